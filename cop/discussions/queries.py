"""Reading lists and discussions, always from what the actor may see.

Pages select columns, not objects, and their statements are built once per kind of actor
(`left_open`): the member's id and what the address names are parameters. A page of a discussion is
a window of thirty post numbers, so its cost is the same at the first post and the ten thousandth.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from cop.discussions.models import (
    Discussion,
    DiscussionAttention,
    DiscussionList,
    DiscussionPreference,
    Draft,
    ListVisit,
    Post,
    ReadMark,
    place_of_discussion,
)
from cop.discussions.permissions import (
    DISCUSSIONS,
    LISTS,
    DiscussionPermission,
    ListPermission,
)
from cop.discussions.poll_models import ChoicePoll
from cop.members.actor import Actor
from cop.members.models import Member, Persona, PersonaKind
from cop.platform.db import AnySelect, rows
from cop.platform.errors import NotFound
from cop.platform.live import LiveAudience
from cop.spaces import words
from cop.spaces.circles import Circle, Visibility, persona_in
from cop.spaces.models import Space
from cop.spaces.origins import is_linked

PAGE = 30


_Circle: Any = aliased(Circle)
_OutcomeBy: Any = aliased(Persona)
_ID: Any = bindparam("id")


def audience(discussion_id: int) -> str:
    """The name of those who have the discussion open, for `live.publish`."""
    return f"discussion:{discussion_id}"


@dataclass(frozen=True, slots=True)
class ListHead:
    """A list as the top of a page shows it."""

    may: frozenset[Any]
    id: int
    short_name: str
    name: str
    description: str
    archived: bool
    circle_id: int
    visibility: str
    allows_pseudonyms: bool
    widens_to: str | None
    widens_at: datetime | None
    space_slug: str | None
    space_name: str | None

    @property
    def readers(self) -> str:
        """Who can read what is written here, in words."""
        return _readers(self)

    @property
    def url(self) -> str:
        return f"/gesprekken/{self.short_name}"


def _readers(head: Any) -> str:
    return words.audience(
        Circle(visibility=head.visibility, widens_to=head.widens_to, widens_at=head.widens_at)
    )


_LIST_COLUMNS: tuple[Any, ...] = (
    DiscussionList.id,
    DiscussionList.short_name,
    DiscussionList.name,
    DiscussionList.description,
    or_(DiscussionList.archived_at.is_not(None), Space.archived_at.is_not(None)),
    DiscussionList.circle_id,
    _Circle.visibility,
    _Circle.allows_pseudonyms,
    _Circle.widens_to,
    _Circle.widens_at,
    Space.slug,
    Space.name,
)


@cache
def _list_head(kind: Actor) -> AnySelect:
    return (
        select(*_LIST_COLUMNS, *LISTS.columns(kind))
        .join(_Circle, _Circle.id == DiscussionList.circle_id)
        .outerjoin(Space, Space.id == DiscussionList.space_id)
        .where(LISTS.clause(kind, ListPermission.FIND))
    )


@cache
def _list_by_name(kind: Actor) -> AnySelect:
    return _list_head(kind).where(DiscussionList.short_name == bindparam("name"))


def list_head(session: Session, actor: Actor, short_name: str) -> ListHead:
    """A list that the actor may find; what they may do there is in `may`.

    Raises:
        NotFound
    """
    row = session.execute(
        _list_by_name(actor.left_open), {"name": short_name, "me": actor.member_id}
    ).one_or_none()
    if row is None:
        raise NotFound
    return ListHead(LISTS.from_row(row), *row[: len(_LIST_COLUMNS)])


def open_list(session: Session, actor: Actor) -> str | None:
    """The short name of the community's own list on which the actor can ask what everybody reads.

    The oldest of them; None where there is none.
    """
    return session.scalar(
        select(DiscussionList.short_name)
        .join(_Circle, _Circle.id == DiscussionList.circle_id)
        .where(DiscussionList.space_id.is_(None), DiscussionList.archived_at.is_(None))
        .where(_Circle.visibility.in_((Visibility.OPEN, Visibility.PUBLIC)))
        .where(LISTS.clause(actor, ListPermission.START))
        .order_by(DiscussionList.id)
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class DiscussionHead:
    """A discussion as the top of its page shows it, and where the reader stands in it."""

    may: frozenset[Any]
    id: int
    title: str
    kind: str
    author_id: int
    content_note: str
    created_at: datetime
    last_post_at: datetime
    last_number: int
    post_count: int
    words: int
    pinned: bool
    announcement: bool
    answer_number: int | None
    closed_at: datetime | None
    outcome_html: str
    outcome_at: datetime | None
    outcome_by: str | None
    split_from_id: int | None
    list_id: int
    list_short_name: str
    list_name: str
    list_archived: bool
    circle_id: int
    visibility: str
    allows_pseudonyms: bool
    widens_to: str | None
    widens_at: datetime | None
    space_slug: str | None
    space_name: str | None
    poll_id: int | None
    linked: bool  # something was made of it, or it of something
    persona_id: int | None  # the name under which the reader takes part here
    persona_name: str | None
    as_pseudonym: bool | None
    read_number: int | None
    read_before: datetime | None
    attention: str | None
    live_number: int | None  # the last number that those who listen were told
    draft: str | None  # what the reader was writing, as `drafts.read` takes it

    @property
    def readers(self) -> str:
        """Who can read what is written here, in words."""
        return _readers(self)

    @property
    def url(self) -> str:
        return f"/discussies/{self.id}"

    @property
    def pages(self) -> int:
        return max(1, -(-self.last_number // PAGE))


def _baseline(list_id: Any) -> Any:
    """Before this moment nothing is new to the reader: marked as read, or before they came.

    The list is that of the row outside, however deep this stands in its query.
    """
    visit = (
        select(ListVisit.read_before)
        .where(ListVisit.member_id == bindparam("me"), ListVisit.list_id == list_id)
        .correlate_except(ListVisit)
        .scalar_subquery()
    )
    came = (
        select(Member.created_at)
        .where(Member.id == bindparam("me"))
        .correlate_except(Member)
        .scalar_subquery()
    )
    return func.coalesce(visit, came)


@cache
def _discussion_head(kind: Actor) -> AnySelect:
    mine: Any = aliased(Persona)
    own: tuple[Any, ...] = (null(),) * 8
    if kind.is_member:
        own = (
            mine.id,
            mine.name,
            mine.kind == PersonaKind.PSEUDONYM,
            ReadMark.number,
            _baseline(Discussion.list_id),
            DiscussionAttention.attention,
            select(LiveAudience.last_number)
            .where(LiveAudience.name == bindparam("audience"))
            .scalar_subquery(),
            Draft.content,
        )
    made = (
        select(
            Discussion.id,
            Discussion.title,
            Discussion.kind,
            Discussion.author_id,
            Discussion.content_note,
            Discussion.created_at,
            Discussion.last_post_at,
            Discussion.last_number,
            Discussion.post_count,
            Discussion.words,
            Discussion.pinned,
            Discussion.announcement,
            Discussion.answer_number,
            Discussion.closed_at,
            Discussion.outcome_html,
            Discussion.outcome_at,
            _OutcomeBy.name,
            Discussion.split_from_id,
            DiscussionList.id,
            DiscussionList.short_name,
            DiscussionList.name,
            or_(DiscussionList.archived_at.is_not(None), Space.archived_at.is_not(None)),
            DiscussionList.circle_id,
            _Circle.visibility,
            _Circle.allows_pseudonyms,
            _Circle.widens_to,
            _Circle.widens_at,
            Space.slug,
            Space.name,
            select(ChoicePoll.id)
            .where(ChoicePoll.discussion_id == Discussion.id)
            .correlate(Discussion)
            .scalar_subquery(),
            is_linked("discussion", Discussion.id),
            *own,
            *DISCUSSIONS.columns(kind),
        )
        .select_from(Discussion)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .join(_Circle, _Circle.id == DiscussionList.circle_id)
        .outerjoin(Space, Space.id == DiscussionList.space_id)
        .outerjoin(_OutcomeBy, _OutcomeBy.id == Discussion.outcome_by_id)
    )
    if kind.is_member:
        made = (
            made.outerjoin(mine, mine.id == persona_in(kind, DiscussionList.circle_id))
            .outerjoin(
                ReadMark,
                and_(
                    ReadMark.discussion_id == Discussion.id,
                    ReadMark.member_id == kind.member_id,
                ),
            )
            .outerjoin(
                DiscussionAttention,
                and_(
                    DiscussionAttention.discussion_id == Discussion.id,
                    DiscussionAttention.member_id == kind.member_id,
                ),
            )
            .outerjoin(
                Draft, and_(Draft.place == bindparam("place"), Draft.member_id == kind.member_id)
            )
        )
    return made.where(Discussion.id == _ID, DISCUSSIONS.clause(kind, DiscussionPermission.READ))


def discussion_head(session: Session, actor: Actor, discussion_id: int) -> DiscussionHead:
    """A discussion that the actor may read.

    Raises:
        NotFound
    """
    row = rows(
        session,
        _discussion_head(actor.left_open),
        {
            "id": discussion_id,
            "me": actor.member_id,
            "audience": audience(discussion_id),
            "place": place_of_discussion(discussion_id),
        },
    ).one_or_none()
    if row is None:
        raise NotFound
    plain = len(row) - len(DiscussionPermission)
    return DiscussionHead(DISCUSSIONS.from_row(row), *row[:plain])


# --- where a post stands


def place_of_post(session: Session, actor: Actor, post_id: int) -> tuple[int, int]:
    """(discussion id, number) of a post that the actor may read.

    Raises:
        NotFound
    """
    row = session.execute(_place(actor.left_open), {"id": post_id, "me": actor.member_id}).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


@cache
def _place(kind: Actor) -> AnySelect:
    return (
        select(Post.discussion_id, Post.number)
        .join(Discussion, Discussion.id == Post.discussion_id)
        .where(Post.id == _ID, DISCUSSIONS.clause(kind, DiscussionPermission.READ))
    )


def page_of(number: int) -> int:
    """The first number of the page on which a post stands: 1, 31, 61 …"""
    return (max(1, number) - 1) // PAGE * PAGE + 1


def url_of_post(discussion_id: int, post_id: int, number: int) -> str:
    """The page and anchor of a post."""
    first = page_of(number)
    asked = f"?vanaf={first}" if first > 1 else ""
    return f"/discussies/{discussion_id}{asked}#bericht-{post_id}"


def is_new(discussion: Any, mark: Any, list_id: Any) -> ColumnElement[bool]:
    """The reader (`me`) has not seen everything in a discussion since the moment `since`.

    What an archive brought is no news, however recent its dates are.
    """
    return and_(
        discussion.last_post_at > bindparam("since"),
        or_(
            mark.number < discussion.last_number,
            and_(
                mark.number.is_(None),
                discussion.last_number > discussion.imported_number,
                discussion.last_post_at > _baseline(list_id),
            ),
        ),
    )


def name_here(session: Session, actor: Actor, circle_id: int) -> tuple[str, bool]:
    """(name, whether it is a pseudonym) under which a member takes part in a circle."""
    row = session.execute(
        select(Persona.name, Persona.kind).where(
            Persona.id == persona_in(actor, literal(circle_id))
        )
    ).one()
    return row[0], row[1] == PersonaKind.PSEUDONYM


def follows_own(session: Session, actor: Actor) -> bool:
    """Whether the actor follows by themselves what they start or answer."""
    chosen = session.scalar(
        select(DiscussionPreference.follows_own).where(
            DiscussionPreference.member_id == actor.member_id
        )
    )
    return chosen is not False
