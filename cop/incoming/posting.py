"""From a member's mail to a post: the same operations as the site's forms, or it waits for them."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from cop.discussions import operations
from cop.discussions.models import Discussion, DiscussionKind, DiscussionList, Post
from cop.discussions.operations import ParentGone
from cop.discussions.permissions import DISCUSSIONS, DiscussionPermission
from cop.incoming import earlier, notices, own_names
from cop.incoming.models import CutText, IncomingMail, Outcome, Reason
from cop.members.actor import Actor
from cop.members.models import Member, Persona, PersonaKind, SiteRole
from cop.platform import storage
from cop.platform.errors import NotFound, Refused
from cop.platform.markup import MAX_LENGTH
from cop.platform.storage import StoredFile
from cop.spaces.circles import persona_in
from cop.textcheck import crisis
from cop.textcheck.asking import OWN_NAME, AuthorAsked, Finding

KEEP_CUT = timedelta(days=30)
MOST_KEPT = 200_000  # characters of what was cut


@dataclass(slots=True)
class Letter:
    """What a mail wants to say, kept as JSON while it waits.

    Attributes:
        file_keys: of files that were accepted.
        refusals: why others were not, each in a sentence.
    """

    title: str = ""
    text: str = ""
    cut: str = ""
    sender: str = ""  # as the mail says, for whoever decides about it
    shown_name: str = ""  # what its From says beside the address
    file_keys: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    in_reply_to_id: int | None = None
    message_id: str = ""  # RFC 5322 3.6.4, without its brackets

    def sealed(self) -> str:
        return json.dumps({name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def opened(cls, content: str | None) -> "Letter":
        values: dict[str, Any] = json.loads(content or "{}")
        return cls(**values)


def actor_of(member: Member) -> Actor:
    """The member, with the rights they have on the site."""
    return Actor(member.id, SiteRole(member.site_role))


def files_of(session: Session, letter: Letter) -> list[StoredFile]:
    if not letter.file_keys:
        return []
    found = session.scalars(select(StoredFile).where(StoredFile.key.in_(letter.file_keys)))
    return sorted(found, key=lambda file: file.id)


def drop_files(session: Session, letter: Letter) -> None:
    """The files go with a mail that is thrown away."""
    for file in files_of(session, letter):
        storage.remove(session, file)


def under_pseudonym(session: Session, actor: Actor, circle_id: int) -> bool:
    """The actor takes part in this circle under a pseudonym: one who has it keeps it, also when
    the circle takes no new ones any more."""
    kind = session.scalar(
        select(Persona.kind).where(Persona.id == persona_in(actor, literal(circle_id)))
    )
    return kind == PersonaKind.PSEUDONYM


def concern(
    session: Session, member: Member, letter: Letter, shown_name: str, circle_id: int
) -> Reason:
    """Why a letter waits for its own writer, where they have a pseudonym; NONE: it need not."""
    if not under_pseudonym(session, actor_of(member), circle_id):
        return Reason.NONE
    files = files_of(session, letter)
    texts = [letter.title, letter.text, *(file.name.rsplit(".", 1)[0] for file in files)]
    if own_names.gives_away(session, member, shown_name, texts):
        return Reason.OWN_NAME
    if any(not file.is_picture for file in files):
        return Reason.FILES
    return Reason.NONE


def own_name(session: Session, mail: IncomingMail, member: Member, letter: Letter) -> list[Finding]:
    """What is asked of whoever places what waited under a pseudonym, when its words give them
    away: they hold the member's name, an address or a number."""
    circle_id = circle_of(session, mail)
    if circle_id is None or not under_pseudonym(session, actor_of(member), circle_id):
        return []
    told = own_names.gives_away(session, member, letter.shown_name, (letter.title, letter.text))
    return [Finding("", "", "", OWN_NAME)] if told else []


def place(
    session: Session,
    mail: IncomingMail,
    member: Member,
    letter: Letter,
    now: datetime,
    anyway: bool,
) -> Post:
    """Put it on the list, as the member.

    Raises:
        NotFound: the member may not write there.
        AuthorAsked: the text check speaks up.
        Refused: the title or the text is not accepted.
    """
    actor = actor_of(member)
    files = files_of(session, letter)
    text = letter.text.strip() or "\n".join(f"*{file.name}*" for file in files)
    client_id = f"mail-{mail.target_key}"
    follow_split(session, mail, member, letter)
    if mail.discussion_id is not None:
        answer = partial(
            operations.answer,
            session,
            actor,
            discussion_id=mail.discussion_id,
            text=text,
            files=files,
            client_id=client_id,
            anyway=anyway,
            now=now,
        )
        try:
            post = answer(in_reply_to_id=letter.in_reply_to_id)
        except ParentGone:  # then it answers the conversation
            post = answer(in_reply_to_id=None)
    elif mail.list_id is not None:
        made = operations.start(
            session,
            actor,
            list_id=mail.list_id,
            kind=DiscussionKind.CONVERSATION,
            title=letter.title,
            text=text,
            files=files,
            client_id=client_id,
            anyway=anyway,
            now=now,
        )
        post = session.scalars(
            select(Post).where(Post.discussion_id == made.id, Post.number == 1)
        ).one()
        if post.author.kind == PersonaKind.SELF:  # of a pseudonym it would tell whose mail it was
            post.message_id = letter.message_id[:250] or None
    else:
        raise NotFound
    mail.discussion_id = post.discussion_id
    mail.outcome, mail.decided_at, mail.content = Outcome.POSTED, now, None
    if letter.cut.strip() and session.get(CutText, post.id) is None:
        session.add(
            CutText(
                post_id=post.id,
                member_id=member.id,
                text=letter.cut[:MOST_KEPT],
                kept_until=now + KEEP_CUT,
            )
        )
    session.flush()
    path = f"/berichten/{post.id}"
    if letter.refusals:
        notices.left_out(session, member, mail.target_key, letter.refusals, path, now)
    if crisis.points_to_crisis(f"{letter.title}\n{letter.text}"):
        notices.crisis(session, member, mail.target_key, now)
    return post


def hold(
    session: Session,
    mail: IncomingMail,
    member: Member,
    letter: Letter,
    reason: Reason,
    now: datetime,
    seldom: bool = False,
) -> None:
    """It waits for the member's yes; they are told, at the address that the site knows.

    Args:
        seldom: tell them once a day of all that came so.
    """
    mail.outcome, mail.reason, mail.member_id = Outcome.WAITS_SENDER, reason, member.id
    mail.content = letter.sealed()
    session.flush()
    notices.waits(session, member, mail.id, reason, now, seldom)


def try_to_place(
    session: Session,
    mail: IncomingMail,
    member: Member,
    letter: Letter,
    shown_name: str,
    now: datetime,
) -> None:
    """Put it on the list, or let it wait for the member with the reason."""
    if len(letter.text) > MAX_LENGTH:
        return hold(session, mail, member, letter, Reason.NOT_ACCEPTED, now)
    follow_split(session, mail, member, letter)
    if earlier.is_placed(session, mail):  # by the address of the conversation that was split off
        return stands_already(session, mail, letter, now)
    circle_id = circle_of(session, mail)
    reason = concern(session, member, letter, shown_name, circle_id) if circle_id else Reason.NONE
    if reason:
        return hold(session, mail, member, letter, reason, now)
    try:
        with session.begin_nested():
            place(session, mail, member, letter, now, anyway=False)
    except AuthorAsked:
        hold(session, mail, member, letter, Reason.TEXT_CHECK, now)
    except NotFound:
        hold(session, mail, member, letter, Reason.NOT_ALLOWED, now)
    except Refused:
        hold(session, mail, member, letter, Reason.NOT_ACCEPTED, now)
    return None


def stands_already(session: Session, mail: IncomingMail, letter: Letter, now: datetime) -> None:
    """The same message is in its conversation: nothing of this one is kept."""
    drop_files(session, letter)
    mail.outcome, mail.decided_at, mail.content = Outcome.DUPLICATE, now, None


def follow_split(session: Session, mail: IncomingMail, member: Member, letter: Letter) -> None:
    """What is answered may stand in a conversation by now that was split off from this one."""
    if mail.discussion_id is None or letter.in_reply_to_id is None:
        return
    at = session.scalar(select(Post.discussion_id).where(Post.id == letter.in_reply_to_id))
    seen: set[int] = set()
    before = at
    while before is not None and before != mail.discussion_id and before not in seen:
        seen.add(before)
        before = session.scalar(select(Discussion.split_from_id).where(Discussion.id == before))
    if before != mail.discussion_id or at == mail.discussion_id:
        return
    may = DISCUSSIONS.clause(actor_of(member), DiscussionPermission.ANSWER)
    if session.scalar(select(Discussion.id).where(Discussion.id == at, may)) is not None:
        mail.discussion_id = at


def circle_of(session: Session, mail: IncomingMail) -> int | None:
    """The circle of the list that it is for."""
    list_id = mail.list_id
    if mail.discussion_id is not None:
        list_id = session.scalar(
            select(Discussion.list_id).where(Discussion.id == mail.discussion_id)
        )
    return session.scalar(select(DiscussionList.circle_id).where(DiscussionList.id == list_id))
