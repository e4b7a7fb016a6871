"""What waits for somebody's yes: for the member it may be of, or for whoever looks after a list."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, select, true
from sqlalchemy.orm import Session

from cop.discussions import operations
from cop.discussions.models import Discussion, DiscussionKind, DiscussionList, Post
from cop.discussions.permissions import (
    DISCUSSIONS,
    LISTS,
    DiscussionPermission,
    ListPermission,
)
from cop.incoming import earlier, posting
from cop.incoming.models import CutText, IncomingMail, Outcome
from cop.incoming.posting import Letter
from cop.members.account import myself
from cop.members.actor import Actor
from cop.platform import audit
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.storage import StoredFile
from cop.textcheck.asking import AuthorAsked

KEPT_FOR = timedelta(days=30)
MOST = 50  # on one page
MOST_CUTS = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """
    Attributes:
        place: what the discussion or the list is called; '' when it belongs nowhere.
    """

    mail: IncomingMail
    letter: Letter
    place: str
    place_url: str
    can_be_placed: bool
    files: list[StoredFile]


def _mine(actor: Actor) -> ColumnElement[bool]:
    return and_(
        IncomingMail.member_id == actor.member_id, IncomingMail.outcome == Outcome.WAITS_SENDER
    )


def _tended(actor: Actor) -> ColumnElement[bool]:
    """For a coordinator of its list, or a moderator who reads it."""
    return and_(
        IncomingMail.outcome == Outcome.WAITS_MODERATOR,
        exists().where(
            DiscussionList.id == IncomingMail.list_id,
            LISTS.clause(actor, ListPermission.COORDINATE),
        ),
    )


def of_member(
    session: Session, actor: Actor, before: int | None = None
) -> tuple[list[IncomingMail], int | None]:
    """A page of what waits for the actor, newest first; and before which the next one begins."""
    return _page(session, _mine(actor), before)


def for_coordinators(
    session: Session, actor: Actor, before: int | None = None
) -> tuple[list[IncomingMail], int | None]:
    """The same of what strangers wrote to lists that the actor looks after."""
    return _page(session, _tended(actor), before)


def _page(
    session: Session, condition: ColumnElement[bool], before: int | None
) -> tuple[list[IncomingMail], int | None]:
    older = IncomingMail.id < before if before is not None else true()
    asked = select(IncomingMail).where(condition, older).order_by(IncomingMail.id.desc())
    found = list(session.scalars(asked.limit(MOST + 1)))
    return found[:MOST], found[MOST - 1].id if len(found) > MOST else None


def one_of_member(session: Session, actor: Actor, mail_id: int) -> Waiting:
    """
    Raises:
        NotFound: it does not wait for the actor.
    """
    return _shown(session, actor, _found(session, _mine(actor), mail_id))


def one_for_coordinators(session: Session, actor: Actor, mail_id: int) -> Waiting:
    """
    Raises:
        NotFound: not of a list that the actor looks after.
    """
    return _shown(session, actor, _found(session, _tended(actor), mail_id))


def _found(
    session: Session, condition: ColumnElement[bool], mail_id: int, locked: bool = False
) -> IncomingMail:
    asked = select(IncomingMail).where(IncomingMail.id == mail_id, condition)
    if locked:
        asked = asked.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(asked)
    if found is None:
        raise NotFound
    return found


def _one(session: Session, condition: ColumnElement[bool], mail_id: int) -> IncomingMail:
    """For whoever decides about it: of two, the second finds it decided."""
    return _found(session, condition, mail_id, locked=True)


def _shown(session: Session, actor: Actor, mail: IncomingMail) -> Waiting:
    letter = Letter.opened(mail.content)
    place = url = ""
    if mail.discussion_id is not None:
        found = session.scalar(
            select(Discussion.title).where(
                Discussion.id == mail.discussion_id,
                DISCUSSIONS.clause(actor, DiscussionPermission.READ),
            )
        )
        place, url = found or "", f"/discussies/{mail.discussion_id}" if found else ""
    elif mail.list_id is not None:
        row = session.execute(
            select(DiscussionList.name, DiscussionList.short_name).where(
                DiscussionList.id == mail.list_id, LISTS.clause(actor, ListPermission.FIND)
            )
        ).one_or_none()
        place, url = (row.name, f"/gesprekken/{row.short_name}") if row else ("", "")
    return Waiting(mail, letter, place, url, bool(place), posting.files_of(session, letter))


def confirm(
    session: Session,
    actor: Actor,
    mail_id: int,
    *,
    title: str,
    text: str,
    anyway: bool,
    now: datetime,
) -> str:
    """The member says that it is theirs, perhaps with other words: it goes on the list.

    Returns:
        The address at which it stands.

    Raises:
        NotFound: it does not wait for them, or they may not write there.
        AuthorAsked: the text check speaks up, or it gives away who has a pseudonym there.
        Refused: the title or the text is not accepted.
    """
    mail = _one(session, _mine(actor), mail_id)
    letter = Letter.opened(mail.content)
    if mail.discussion_id is None and mail.list_id is None:
        raise Refused(_("It belongs to no conversation. Copy your text to where you want it."))
    member = myself(session, actor)
    posting.follow_split(session, mail, member, letter)
    if earlier.is_placed(session, mail):  # by the other of its addresses, since it began to wait
        if text.split() != letter.text.split():
            raise Refused(
                _("Your mail stands there already. Copy your text if you want to add to it.")
            )
        posting.stands_already(session, mail, letter, now)
        return f"/discussies/{mail.discussion_id}"
    letter.title, letter.text = title, text
    own = [] if anyway else posting.own_name(session, mail, member, letter)
    try:
        with session.begin_nested():  # all that is asked, at once: whoever says yes has seen it all
            post = posting.place(session, mail, member, letter, now, anyway)
            if own:
                raise AuthorAsked([])
    except AuthorAsked as asked:
        raise AuthorAsked([*asked.findings, *own]) from None
    except NotFound:
        raise Refused(
            _("You cannot write there any more. Copy your text to where you want it.")
        ) from None
    return f"/berichten/{post.id}"


def pass_on(
    session: Session,
    actor: Actor,
    mail_id: int,
    *,
    title: str,
    text: str,
    anyway: bool,
    now: datetime,
) -> str:
    """A coordinator puts what a stranger wrote on the list, under their own name.

    Returns:
        The address at which it stands.

    Raises:
        NotFound, AuthorAsked, Refused: as for starting a discussion.
    """
    mail = _one(session, _tended(actor), mail_id)
    assert mail.list_id is not None
    made = operations.start(
        session,
        actor,
        list_id=mail.list_id,
        kind=DiscussionKind.CONVERSATION,
        title=title,
        text=text,
        client_id=f"mail-{mail.target_key}",
        anyway=anyway,
        now=now,
    )
    mail.outcome, mail.decided_at, mail.content = Outcome.POSTED, now, None
    mail.discussion_id = made.id
    session.flush()
    _note_by_role(session, actor, "incoming.passed_on", mail, now)
    return f"/discussies/{made.id}"


def as_passed_on(letter: Letter) -> str:
    """The words with which a stranger's mail begins on a list, for the coordinator to change."""
    quoted = "\n".join(f"> {line}".rstrip() for line in letter.text.splitlines())
    return _("Somebody who is not a member wrote to this list:") + f"\n\n{quoted}"


def discard(session: Session, actor: Actor, mail_id: int, now: datetime) -> None:
    """The member says that it is not theirs, or not to be shared.

    Raises:
        NotFound
    """
    _throw_away(session, _one(session, _mine(actor), mail_id), now)


def discard_for_list(session: Session, actor: Actor, mail_id: int, now: datetime) -> None:
    """A coordinator throws away what a stranger wrote.

    Raises:
        NotFound
    """
    mail = _one(session, _tended(actor), mail_id)
    _throw_away(session, mail, now)
    _note_by_role(session, actor, "incoming.discarded", mail, now)


def _note_by_role(
    session: Session, actor: Actor, action: str, mail: IncomingMail, now: datetime
) -> None:
    """What a moderator does for any list is in the trail."""
    if actor.moderates:
        about = f"incoming_mail:{mail.id}"
        audit.record(session, action, actor=actor.audit_id, subject=about, now=now)


def _throw_away(session: Session, mail: IncomingMail, now: datetime) -> None:
    posting.drop_files(session, Letter.opened(mail.content))
    mail.outcome, mail.decided_at, mail.content = Outcome.DISCARDED, now, None
    session.flush()


# --- what was cut


@dataclass(frozen=True, slots=True)
class Cut:
    text: str
    kept_until: datetime
    post_url: str


def cut_of(session: Session, actor: Actor, post_id: int, now: datetime) -> Cut:
    """What was left out of the actor's own post.

    Raises:
        NotFound: not theirs, nothing was cut, or it is gone.
    """
    found = session.scalar(
        select(CutText).where(
            CutText.post_id == post_id,
            CutText.member_id == actor.member_id,
            CutText.kept_until > now,
        )
    )
    if found is None:
        raise NotFound
    return Cut(found.text, found.kept_until, f"/berichten/{post_id}")


def cuts(session: Session, actor: Actor, now: datetime) -> list[tuple[int, str, datetime]]:
    """(post id, title of its discussion, until when) of what was cut from the actor's mails."""
    rows = session.execute(
        select(CutText.post_id, Discussion.title, CutText.kept_until)
        .join(Post, Post.id == CutText.post_id)
        .join(Discussion, Discussion.id == Post.discussion_id)
        .where(
            CutText.member_id == actor.member_id,
            CutText.kept_until > now,
            DISCUSSIONS.clause(actor, DiscussionPermission.READ),
        )
        .order_by(CutText.post_id.desc())
        .limit(MOST_CUTS)
    )
    return [(row.post_id, row.title, row.kept_until) for row in rows]


# --- the log


@dataclass(frozen=True, slots=True)
class LogLine:
    """What an administrator reads of a mail: never who sent it, or to whom it belongs."""

    id: int
    received_at: datetime
    route: str
    outcome: str
    reason: str
    detail: str
    kilobytes: int


PER_PAGE = 50


def log(
    session: Session, before: int | None = None, message_key: str | None = None
) -> tuple[list[LogLine], int | None]:
    """The latest mails, and where the next page begins.

    Args:
        before: only those with a smaller id.
        message_key: only those with this Message-ID's key.
    """
    rows = select(IncomingMail).order_by(IncomingMail.id.desc()).limit(PER_PAGE + 1)
    if before is not None:
        rows = rows.where(IncomingMail.id < before)
    if message_key is not None:
        rows = rows.where(IncomingMail.message_key == message_key)
    columns = (
        IncomingMail.id,
        IncomingMail.received_at,
        IncomingMail.route,
        IncomingMail.outcome,
        IncomingMail.reason,
        IncomingMail.detail,
        IncomingMail.size,
    )
    found = session.execute(rows.with_only_columns(*columns)).all()
    lines = [LogLine(*row[:6], max(1, round(row[6] / 1024))) for row in found[:PER_PAGE]]
    return lines, lines[-1].id if len(found) > PER_PAGE else None
