"""What participants type: contributions for all, and notes for oneself."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.live import own, publish
from cop.platform.versions import Stale
from cop.sessions import seating
from cop.sessions.among import good_key, held, is_open, me, tell, tell_lead
from cop.sessions.models import GroupSession, SessionEntry, SessionNote
from cop.sessions.permissions import ENTRIES, EntryPermission, SessionPermission
from cop.sessions.words import ENTRIES as KINDS
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_ENTRY = 4_000
MOST_NOTE = 20_000
MOST_ENTRIES = 200  # of one participant in one session: more is no conversation

# (session, the session's id, the contribution's id, now)
Strike: TypeAlias = Callable[[Session, int, int, datetime], None]

_strikes: list[Strike] = []


def strikes_too(strike: Strike) -> Strike:
    """Decorator: what is made from contributions takes out one that its author takes back.

    It runs in the transaction of the striking: there is no moment at which the words are gone
    here and still stand there.
    """
    _strikes.append(strike)
    return strike


def checked(text: str, most: int, field: str = "text") -> str:
    """The words without blank around them.

    Raises:
        Refused: none, or too many.
    """
    text = trimmed(text)
    if not text:
        raise Refused(_("Write something, please."), field)
    if len(text) > most:
        raise Refused(_("Keep it to %(most)s characters, please.", most=most), field)
    return text


def contribute(
    session: Session,
    actor: Actor,
    session_id: int,
    kind: str,
    text: str,
    key: str,
    now: datetime,
    anyway: bool = False,
    at: tuple[int, int] | None = None,
    who: int | None = None,
) -> SessionEntry:
    """Bring something for all; in a silent step they see it when it is opened.

    Sent again under the same key it is the same contribution, with the words as last sent: whoever
    types on while the first answer is under way loses nothing. A retry of what was struck since
    changes nothing.

    Args:
        at: the round and step that the screen showed: what comes later, since the connection was
            lost, stands where it was said (see `place`).
        who: the participant at the table without a screen whose words they are, typed by who
            leads; None for the actor's own.

    Raises:
        NotFound: the actor takes no part, or it is not going on; or they do not lead, and type
            for somebody else.
        Refused: no words, too many, no such kind, too many contributions, or who they are of has
            a screen now.
        AuthorAsked: the words may say who somebody is.
    """
    its = held(session, actor, SessionPermission.TAKE_PART, session_id)
    mine = me(session, actor, session_id)
    author = seating.whose(session, mine, who)
    made = session.scalar(
        select(SessionEntry)
        .where(
            SessionEntry.participant_id == author.id,
            SessionEntry.session_id == session_id,
            SessionEntry.key == good_key(key),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if made is not None and made.at_table is (author is mine):
        raise NotFound  # typed by another hand
    if made is not None and (made.struck_at is not None or made.text == trimmed(text)):
        return made
    seating.must_sit(session, author, mine)
    if kind not in KINDS:
        raise Refused(_("Choose one of these."), "kind")
    text = checked(text, MOST_ENTRY)
    ask_author([text], Purpose.SESSION, anyway)
    if made is not None:
        made.kind, made.text, made.changed_at = kind, text, now
        session.flush()
        _tell(session, made, now)
        return made
    have = session.scalar(
        select(func.count(SessionEntry.id)).where(SessionEntry.participant_id == author.id)
    )
    if (have or 0) >= MOST_ENTRIES:
        raise Refused(_("You wrote %(most)s entries already.", most=MOST_ENTRIES), "text")
    round_, step = place(its, at)
    open_now = round_ < its.round or is_open(its, step)
    made = SessionEntry(
        session_id=session_id,
        participant_id=author.id,
        at_table=author is not mine,
        round=round_,
        step=step,
        kind=kind,
        text=text,
        key=key,
        at=now,
        shown_at=now if open_now else None,
    )
    session.add(made)
    session.flush()
    _tell(session, made, now)
    return made


def place(its: GroupSession, at: tuple[int, int] | None) -> tuple[int, int]:
    """The round and step in which a contribution stands, of the one that its screen showed.

    Of a step that is still to come only words written in silence stay there: who leads stepped
    back meanwhile, and they are to open together with those of others.
    """
    now = (its.round, its.step)
    if at is None or not (at[0] > 0 <= at[1] < len(its.its_method.steps)):
        return now
    if at > now and (at[0] != its.round or is_open(its, at[1])):
        return now
    return at


def change(
    session: Session, actor: Actor, entry_id: int, text: str, now: datetime, anyway: bool = False
) -> SessionEntry:
    """Other words for one's own contribution.

    Raises:
        NotFound: not the actor's own or typed for who has no screen, struck, or no longer theirs
            to read.
        Refused: no words, or too many.
    """
    made = _own(session, actor, entry_id)
    text = checked(text, MOST_ENTRY)
    ask_author([text], Purpose.SESSION, anyway)
    if made.text != text:
        made.text, made.changed_at = text, now
        session.flush()
        _tell(session, made, now)
    return made


def strike(session: Session, actor: Actor, entry_id: int, now: datetime) -> SessionEntry:
    """Take one's own contribution back: its words are gone, that there was one is not.

    Raises:
        NotFound: not the actor's own, or struck already.
    """
    made = _own(session, actor, entry_id)
    made.text, made.struck_at = None, now
    session.flush()
    for strikes in _strikes:
        strikes(session, made.session_id, made.id, now)
    _tell(session, made, now)
    return made


def _own(session: Session, actor: Actor, entry_id: int) -> SessionEntry:
    """The actor's own contribution, its row held: what another device struck just now stays so.

    Raises:
        NotFound: not the actor's own, struck, or no longer theirs to read.
    """
    session.get(SessionEntry, entry_id, with_for_update=True, populate_existing=True)
    return ENTRIES.get(session, actor, EntryPermission.CHANGE, entry_id)


def _tell(session: Session, made: SessionEntry, now: datetime) -> None:
    if made.shown_at is not None:
        tell(session, made.session_id, "entry", made.id, now)
    else:
        tell_lead(session, made.session_id, "writing", made.session_id, now)


def keep_note(
    session: Session, actor: Actor, session_id: int, text: str, version: int, now: datetime
) -> int:
    """Keep one's own notes as they are now, as a version; nobody else ever reads them.

    Args:
        version: which one the device showed; 0 for none.

    Raises:
        NotFound: the actor does not reach the session.
        Refused: too long.
        Stale: another device of theirs wrote meanwhile; its `current` is the note.
    """
    held(session, actor, SessionPermission.READ, session_id)
    mine = me(session, actor, session_id)
    if len(text) > MOST_NOTE:
        raise Refused(_("Keep it to %(most)s characters, please.", most=MOST_NOTE), "note")
    note = session.get(SessionNote, mine.id, populate_existing=True)
    if note is None:
        note = SessionNote(participant_id=mine.id, text=text, version=1, at=now)
        session.add(note)
    elif note.text == text:
        return note.version  # the same, sent twice
    elif note.version != version:
        raise Stale(note, note.version)
    else:
        note.text, note.version, note.at = text, version + 1, now
    session.flush()
    publish(session, own("session-own", session_id, actor.audit_id), "note", note.version, now)
    return note.version


def note_of(session: Session, actor: Actor, session_id: int) -> tuple[str, int]:
    """One's own notes, and which version; ('', 0) when there are none."""
    try:
        mine = me(session, actor, session_id)
    except NotFound:
        return "", 0
    note = session.get(SessionNote, mine.id)
    return (note.text, note.version) if note is not None else ("", 0)
