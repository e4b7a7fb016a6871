"""Moving a discussion to another list, and splitting posts off into one of their own.

Nobody's words are read by people whom they were not written for. So a discussion only goes where
every reader could read it already: from a public list anywhere, from an open one anywhere but to
visitors, and from a closed or private circle to lists of the same circle, or of a circle all of
whose members are in it. Nor are anybody's words taken from them: it only goes where everybody who
still takes part and wrote in it can read. And a pseudonym is only for its own circle: where
somebody writes under one, the discussion stays in that circle, since elsewhere the name could be
laid beside another.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, insert, literal, select
from sqlalchemy.orm import Session, aliased

from cop.discussions.models import (
    Discussion,
    DiscussionAttention,
    DiscussionKind,
    DiscussionList,
    DiscussionTheme,
    Post,
    ReadMark,
)
from cop.discussions.operations import (
    audience,
    check_title,
    circle_id_of,
    persona_id_in,
)
from cop.discussions.permissions import (
    DISCUSSIONS,
    LISTS,
    DiscussionPermission,
    ListPermission,
)
from cop.discussions.tending_events import DiscussionMoved, DiscussionSplit
from cop.discussions.tending_posts import set_last_post_at
from cop.members.actor import Actor
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.platform import audit, live
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.spaces.circles import (
    Circle,
    CircleMembership,
    Standing,
    Visibility,
    reading_members,
)
from cop.spaces.models import Space
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_SPLIT = 200
MOST_TARGETS = 300


@dataclass(frozen=True, slots=True)
class Target:
    """A list to which a discussion could go."""

    id: int
    name: str
    space_name: str | None
    visibility: str


def targets(session: Session, actor: Actor, discussion: Discussion) -> list[Target]:
    """Lists that the actor coordinates, other than the one that the discussion is on."""
    its_circle = aliased(Circle)  # the predicates look at circles themselves
    rows = session.execute(
        select(DiscussionList.id, DiscussionList.name, Space.name, its_circle.visibility)
        .join(its_circle, its_circle.id == DiscussionList.circle_id)
        .outerjoin(Space, Space.id == DiscussionList.space_id)
        .where(LISTS.clause(actor, ListPermission.COORDINATE))
        .where(DiscussionList.id != discussion.list_id, DiscussionList.archived_at.is_(None))
        .where(Space.archived_at.is_(None))
        .order_by(DiscussionList.sort_key, DiscussionList.id)
        .limit(MOST_TARGETS)
    )
    return [Target(*row) for row in rows]


def offered(session: Session, actor: Actor, discussion: Discussion) -> list[Target]:
    """Of these, without those of which one knows at once that more people can read them."""
    source = session.scalar(
        select(Circle.visibility)
        .join(DiscussionList, DiscussionList.circle_id == Circle.id)
        .where(DiscussionList.id == discussion.list_id)
    )
    wider = {Visibility.PUBLIC: (), Visibility.OPEN: (Visibility.PUBLIC,)}.get(
        Visibility(source or Visibility.PRIVATE), (Visibility.PUBLIC, Visibility.OPEN)
    )
    return [t for t in targets(session, actor, discussion) if t.visibility not in wider]


def move(
    session: Session, actor: Actor, discussion_id: int, list_id: int, now: datetime
) -> Discussion:
    """Move a discussion to another list; its address and those of its posts stay.

    Raises:
        NotFound: the actor does not coordinate both lists.
        Refused: more people could read it there, somebody who wrote in it could not, it would
            carry a pseudonym out of its circle, or it would tie two names of the actor: only who
            coordinates both lists can move it.
    """
    DISCUSSIONS.get(session, actor, DiscussionPermission.COORDINATE, discussion_id)
    target = LISTS.get(session, actor, ListPermission.COORDINATE, list_id)
    discussion = _locked(session, discussion_id)
    if target.id == discussion.list_id:
        raise Refused(_("It is on this list already."), "list_id")
    if not any(t.id == target.id for t in targets(session, actor, discussion)):
        raise Refused(_("That list is archived: it can be read only."), "list_id")
    source = session.get_one(DiscussionList, discussion.list_id)
    if source.circle_id != target.circle_id:
        if not _read_by_the_same(session, source.circle_id, target.circle_id):
            raise Refused(
                _(
                    "More people could read it there than it was written for. That needs the"
                    " consent of everybody who wrote in it, so it stays here."
                ),
                "list_id",
            )
        if _shuts_out_an_author(session, discussion.id, target.circle_id):
            raise Refused(
                _("Somebody who wrote in it cannot read that list, and would lose their words."),
                "list_id",
            )
        if persona_id_in(session, actor, source.circle_id) != persona_id_in(
            session, actor, target.circle_id
        ):
            raise Refused(
                _(
                    "You take part under another name there. Moving it would show that both"
                    " names are yours, so somebody else has to."
                ),
                "list_id",
            )
        if _has_pseudonyms(session, discussion.id):
            raise Refused(
                _(
                    "Somebody writes here under a pseudonym, which is for this circle only."
                    " So it stays here."
                ),
                "list_id",
            )
    was = discussion.list_id
    discussion.list_id = target.id
    discussion.pinned = False
    if discussion.announcement and not _read_by_all(session, target.circle_id):
        discussion.announcement, discussion.announced_at = False, None
    session.flush()
    _note(session, actor, "discussions.moved", discussion.id, now, to=target.id)
    by_id = persona_id_in(session, actor, target.circle_id)
    emit(
        session,
        DiscussionMoved(
            discussion_id=discussion.id, from_list_id=was, to_list_id=target.id, by_id=by_id
        ),
        now,
    )
    live.publish(session, audience(discussion.id), "changed", 0, now)
    return discussion


def _read_by_the_same(session: Session, source_id: int, target_id: int) -> bool:
    """Whoever can read the target could read the source already."""
    source, target = session.get_one(Circle, source_id), session.get_one(Circle, target_id)
    if source.visibility == Visibility.PUBLIC:
        return True
    if target.visibility == Visibility.PUBLIC:
        return False
    if source.visibility == Visibility.OPEN:
        return True
    if target.visibility == Visibility.OPEN or target.widens_at is not None:
        return False
    there = aliased(CircleMembership)
    in_source = exists().where(
        there.circle_id == source_id,
        there.member_id == CircleMembership.member_id,
        there.standing != Standing.REQUESTED,
    )
    stranger = session.scalar(
        select(CircleMembership.member_id)
        .where(CircleMembership.circle_id == target_id)
        .where(CircleMembership.standing != Standing.REQUESTED, ~in_source)
        .limit(1)
    )
    return stranger is None


def _shuts_out_an_author(session: Session, discussion_id: int, target_id: int) -> bool:
    """Somebody who takes part and wrote what stands in it cannot read the target."""
    found = session.scalar(
        select(Post.id)
        .join(Persona, Persona.id == Post.author_id)
        .join(Member, Member.id == Persona.member_id)
        .where(Post.discussion_id == discussion_id, Post.deleted_at.is_(None))
        .where(Persona.kind == PersonaKind.SELF)  # a pseudonym stays where it is anyhow
        .where(Member.state == MemberState.ACTIVE, ~reading_members(literal(target_id)))
        .limit(1)
    )
    return found is not None


def _read_by_all(session: Session, circle_id: int) -> bool:
    circle = session.get_one(Circle, circle_id)
    return circle.visibility in (Visibility.PUBLIC, Visibility.OPEN)


def _has_pseudonyms(session: Session, discussion_id: int) -> bool:
    found = session.scalar(
        select(Post.id)
        .join(Persona, Persona.id == Post.author_id)
        .where(Post.discussion_id == discussion_id, Persona.kind == PersonaKind.PSEUDONYM)
        .limit(1)
    )
    return found is not None


def split(
    session: Session,
    actor: Actor,
    discussion_id: int,
    *,
    numbers: Collection[int],
    title: str,
    kind: str,
    now: datetime,
    anyway: bool = False,
) -> Discussion:
    """Make posts of a discussion into one of their own, on the same list.

    Each keeps its id, so that addresses of posts keep working; in its place stays a line that
    says where it went.

    Raises:
        NotFound: the actor does not coordinate the list.
        AuthorAsked: a check speaks up about the title.
        Refused: nothing chosen, the opening chosen, or no title.
    """
    DISCUSSIONS.get(session, actor, DiscussionPermission.COORDINATE, discussion_id)
    old = _locked(session, discussion_id)
    title = " ".join(title.split())
    wanted = set(numbers)
    if not wanted:
        raise Refused(_("Choose at least one message."), "numbers")
    if len(wanted) > MOST_SPLIT:
        raise Refused(_("Choose at most %(most)s messages.", most=MOST_SPLIT), "numbers")
    if 1 in wanted:
        raise Refused(_("The opening stays. Choose from the messages after it."), "numbers")
    check_title(title)
    if kind not in set(DiscussionKind):
        raise Refused(_("Choose what kind of conversation it is."), "kind")
    ask_author([title], Purpose.POST, anyway)
    chosen = session.scalars(
        select(Post)
        .where(Post.discussion_id == old.id, Post.number.in_(wanted), Post.deleted_at.is_(None))
        .order_by(Post.number)
    ).all()
    if len(chosen) != len(wanted):
        raise Refused(
            _("Some of these messages are no longer there. Look again, please."), "numbers"
        )
    new = _new_discussion(session, old, chosen, title, kind)
    _carry_over(session, old, new, chosen, now)
    _note(session, actor, "discussions.split", old.id, now, to=new.id)
    by_id = persona_id_in(session, actor, circle_id_of(session, old))
    emit(session, DiscussionSplit(discussion_id=old.id, new_id=new.id, by_id=by_id), now)
    for number in sorted(wanted):
        live.publish(session, audience(old.id), "changed", number, now)
    return new


def _new_discussion(
    session: Session, old: Discussion, chosen: Collection[Post], title: str, kind: str
) -> Discussion:
    posts = list(chosen)
    new = Discussion(
        list_id=old.list_id,
        kind=kind,
        title=title,
        author_id=posts[0].author_id,
        content_note=posts[0].content_note or old.content_note,
        created_at=posts[0].created_at,
        last_post_at=posts[-1].created_at,
        last_number=len(posts),
        imported_number=sum(post.number <= old.imported_number for post in posts),
        post_count=len(posts),
        words=sum(post.words for post in posts),
        split_from_id=old.id,
    )
    session.add(new)
    session.flush()
    themes = select(literal(new.id), DiscussionTheme.theme_id).where(
        DiscussionTheme.discussion_id == old.id
    )
    session.execute(insert(DiscussionTheme).from_select(["discussion_id", "theme_id"], themes))
    return new


def _carry_over(
    session: Session, old: Discussion, new: Discussion, chosen: Collection[Post], now: datetime
) -> None:
    """The posts, what members had read of them, and who follows or muted."""
    numbers = [post.number for post in chosen]
    read = (
        select(func.count(Post.id))
        .where(Post.discussion_id == old.id, Post.number.in_(numbers))
        .where(Post.number <= ReadMark.number)
        .scalar_subquery()
    )
    marks = select(ReadMark.member_id, literal(new.id), read).where(
        ReadMark.discussion_id == old.id, read > 0
    )
    session.execute(insert(ReadMark).from_select(["member_id", "discussion_id", "number"], marks))
    wishes = select(
        DiscussionAttention.member_id, literal(new.id), DiscussionAttention.attention
    ).where(DiscussionAttention.discussion_id == old.id)
    session.execute(
        insert(DiscussionAttention).from_select(["member_id", "discussion_id", "attention"], wishes)
    )
    if old.answer_number in numbers:
        number = numbers.index(old.answer_number) + 1
        if number > 1 and new.kind == old.kind:
            new.answer_number = number
        old.answer_number = None
    for place, post in enumerate(chosen, start=1):
        post.discussion_id, post.number = new.id, place
        if place == 1:
            post.content_note = new.content_note  # an opening is folded under what lists say of it
    session.flush()  # the places are free before what marks them is written
    for number, post in zip(numbers, chosen, strict=True):
        session.add(
            Post(
                discussion_id=old.id,
                number=number,
                author_id=post.author_id,
                source="",
                html="",
                created_at=post.created_at,
                deleted_at=now,
                moved_to_id=post.id,
            )
        )
    old.post_count -= len(numbers)
    old.words -= sum(post.words for post in chosen)
    session.flush()
    set_last_post_at(session, old)
    if old.post_count == 0:
        old.deleted_at = now
        session.flush()


def _locked(session: Session, discussion_id: int) -> Discussion:
    return session.scalars(
        select(Discussion)
        .where(Discussion.id == discussion_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def _note(
    session: Session, actor: Actor, action: str, discussion_id: int, now: datetime, to: int
) -> None:
    audit.record(
        session, action, actor=actor.audit_id, subject=f"discussion:{discussion_id}", now=now, to=to
    )
