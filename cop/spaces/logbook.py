"""The logbook of a space: what it did and learnt, as it goes along."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.platform import audit, markup
from cop.platform.blank import one_line, trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.spaces import events, mentions
from cop.spaces.circles import CircleMembership
from cop.spaces.models import LogbookEntry, Space
from cop.spaces.operations import Stale
from cop.spaces.permissions import ENTRIES, SPACES, PartPermission, SpacePermission
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

PAGE = 20
LATEST = 3
LONGEST_TITLE = 160
SAME_FORM = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as pages show it."""

    id: int
    title: str
    html: str
    excerpt: str
    minutes: int
    at: datetime
    edited_at: datetime | None
    author: Person
    may_change: bool
    may_delete: bool


def add(
    session: Session,
    actor: Actor,
    space_id: int,
    title: str,
    source: str,
    now: datetime,
    anyway: bool = False,
) -> LogbookEntry:
    """Write an entry, under the name that the actor has in the space.

    The same form sent twice gives the same entry.

    Raises:
        NotFound: the actor does not take part, or the space is archived.
        Refused: nothing in it, or too much.
    """
    space = SPACES.get(session, actor, SpacePermission.ADD_TO_LOGBOOK, space_id)
    title, source = _checked(title, source)
    ask_author([title, source], Purpose.LOGBOOK, anyway)
    session.get_one(Space, space.id, with_for_update=True)  # two sends, one after another
    author_id = session.scalars(
        select(CircleMembership.persona_id).where(
            CircleMembership.circle_id == space.circle_id,
            CircleMembership.member_id == actor.member_id,
        )
    ).one()
    twin = session.scalar(
        select(LogbookEntry)
        .where(LogbookEntry.space_id == space.id, LogbookEntry.author_id == author_id)
        .where(LogbookEntry.title == title, LogbookEntry.source == source)
        .where(LogbookEntry.at > now - SAME_FORM)
        .limit(1)
    )
    if twin is not None:
        return twin
    entry = LogbookEntry(space_id=space.id, author_id=author_id, at=now)
    _write(session, entry, space.circle_id, title, source)
    session.add(entry)
    session.flush()
    emit(session, events.LogbookEntryAdded(entry_id=entry.id), now)
    return entry


def change(
    session: Session,
    actor: Actor,
    entry_id: int,
    title: str,
    source: str,
    version: int,
    now: datetime,
    anyway: bool = False,
) -> LogbookEntry:
    """Change one's own entry.

    Raises:
        NotFound: it is another's, or the actor no longer takes part.
        Refused: nothing in it, or too much.
        Stale: it was changed meanwhile (in another window); its `current` is the entry.
    """
    ENTRIES.get(session, actor, PartPermission.CHANGE, entry_id)
    entry = session.get_one(LogbookEntry, entry_id, with_for_update=True, populate_existing=True)
    if entry.version != version:
        raise Stale(entry, entry.version)
    title, source = _checked(title, source)
    ask_author([title, source], Purpose.LOGBOOK, anyway)
    _write(session, entry, _circle_of(session, entry), title, source)
    entry.edited_at = now
    entry.version += 1
    session.flush()
    emit(session, events.LogbookEntryChanged(entry_id=entry.id), now)
    return entry


def delete(session: Session, actor: Actor, entry_id: int, now: datetime) -> Space:
    """Take an entry away for good; the space it stood in.

    Raises:
        NotFound: the actor is not its author, coordinates nothing here, and moderates nothing.
    """
    entry = ENTRIES.get(session, actor, PartPermission.DELETE, entry_id)
    space = session.get_one(Space, entry.space_id)
    session.delete(entry)
    session.flush()
    if actor.moderates:
        about = f"logbook_entry:{entry_id}"
        audit.record(session, "spaces.entry_deleted", actor=actor.audit_id, subject=about, now=now)
    emit(session, events.LogbookEntryDeleted(entry_id=entry_id, space_id=space.id), now)
    return space


def page(
    session: Session,
    actor: Actor,
    space_id: int,
    before: tuple[datetime, int] | None = None,
    most: int = PAGE,
) -> tuple[list[Entry], tuple[datetime, int] | None]:
    """Entries, newest first; and before which entry the next page begins. One query.

    The caller has asked for READ on the space.
    """
    query = (
        select(LogbookEntry, *ENTRIES.columns(actor), *PERSON)
        .join(Persona, Persona.id == LogbookEntry.author_id)
        .where(LogbookEntry.space_id == space_id)
        .order_by(LogbookEntry.at.desc(), LogbookEntry.id.desc())
        .limit(most + 1)
    )
    if before is not None:
        query = query.where(tuple_(LogbookEntry.at, LogbookEntry.id) < before)
    rows = session.execute(query, actor.parameters).all()
    last = rows[most - 1].LogbookEntry if len(rows) > most else None
    return [_seen(row, actor) for row in rows[:most]], (last.at, last.id) if last else None


def one(session: Session, actor: Actor, space_id: int, entry_id: int) -> Entry:
    """One entry of the space.

    Raises:
        NotFound: it is not there, or not for this actor.
    """
    row = session.execute(
        select(LogbookEntry, *ENTRIES.columns(actor), *PERSON)
        .join(Persona, Persona.id == LogbookEntry.author_id)
        .where(LogbookEntry.space_id == space_id, LogbookEntry.id == entry_id)
        .where(ENTRIES.clause(actor, PartPermission.READ)),
        actor.parameters,
    ).one_or_none()
    if row is None:
        raise NotFound
    return _seen(row, actor)


def _seen(row: object, actor: Actor) -> Entry:
    entry: LogbookEntry = row.LogbookEntry  # type: ignore[attr-defined]  # columns of a row
    held = ENTRIES.from_row(row)
    return Entry(
        id=entry.id,
        title=entry.title,
        html=entry.html,
        excerpt=markup.opening(entry.html),
        minutes=markup.reading_minutes(entry.words),
        at=entry.at,
        edited_at=entry.edited_at,
        author=person(row, actor),
        may_change=PartPermission.CHANGE in held,
        may_delete=PartPermission.DELETE in held,
    )


def _checked(title: str, source: str) -> tuple[str, str]:
    title, source = one_line(title), trimmed(source)
    if not title:
        raise Refused(_("Give it a title, please."), "title")
    if len(title) > LONGEST_TITLE:
        raise Refused(_("Keep it to %(most)s characters, please.", most=LONGEST_TITLE), "title")
    if not source:
        raise Refused(_("Write something, please."), "source")
    if len(source) > markup.MAX_LENGTH:
        raise Refused(
            _("This is too long: at most %(most)s characters.", most=markup.MAX_LENGTH), "source"
        )
    return title, source


def _circle_of(session: Session, entry: LogbookEntry) -> int:
    return session.scalars(select(Space.circle_id).where(Space.id == entry.space_id)).one()


def _write(session: Session, entry: LogbookEntry, circle_id: int, title: str, source: str) -> None:
    entry.title, entry.source = title, source
    entry.html = mentions.render(session, source, literal(circle_id))
    entry.words = markup.word_count(source)
