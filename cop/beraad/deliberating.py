"""What each participant puts in the table of a beraad, on their own screen.

Entries are never merged: each has one author, who alone changes or strikes it, and two people who
write in the same cell at the same moment leave two entries. The dilemma and the conclusion, which
belong to all, are in `together`.
"""

import re
import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from cop.beraad import places, seats, together, typed
from cop.beraad.models import Beraad, Entry, OwnPerspective
from cop.members.actor import Actor
from cop.platform.blank import one_line
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.sessions import seating
from cop.sessions.among import me
from cop.sessions.models import SessionParticipant
from cop.sessions.permissions import SessionPermission, without_screen

MOST_ENTRIES = 200  # of one participant in one beraad: more is no conversation
MOST_PERSPECTIVES = 8
LONGEST_NAME = 60
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")


# --- perspectives beside the six


def add_perspective(
    session: Session,
    actor: Actor,
    session_id: int,
    name: str,
    key: str,
    now: datetime,
    anyway: bool = False,
) -> OwnPerspective:
    """Somebody else who is concerned: two rows more in the table.

    Raises:
        NotFound: the actor does not take part, or the session is over.
        Refused: no name, too long, there already, or too many.
    """
    seat = seats.enter(session, actor, session_id)
    name = one_line(name)
    if not name:
        raise Refused(_("Who is it? A few words, no name."), "name")
    if len(name) > LONGEST_NAME:
        raise Refused(_("Keep it to %(most)s characters, please.", most=LONGEST_NAME), "name")
    typed.ask(session, seat, [name], anyway)
    beraad = together.of(session, session_id, now)
    have = session.scalars(
        select(OwnPerspective).where(OwnPerspective.beraad_id == beraad.id)
    ).all()
    key = _key(key)
    for each in have:
        if each.author_id == seat.persona_id and each.key == key:
            return each
    taken = {each.name.casefold() for each in have}
    taken |= {str(label).casefold() for label in places.PERSPECTIVES.values()}
    if name.casefold() in taken:
        raise Refused(_("“%(name)s” stands in the table already.", name=name), "name")
    if len(have) >= MOST_PERSPECTIVES:
        raise Refused(
            _(
                "At most %(most)s of your own; choose those that weigh most.",
                most=MOST_PERSPECTIVES,
            ),
            "name",
        )
    made = OwnPerspective(
        beraad_id=beraad.id, author_id=seat.persona_id, key=key, name=name, at=now
    )
    session.add(made)
    session.flush()
    seats.tell(session, session_id, "beraad.perspective", made.id, now)
    return made


def remove_perspective(
    session: Session, actor: Actor, session_id: int, perspective_id: int, now: datetime
) -> None:
    """Take out a perspective that one added oneself, while nothing stands in it.

    Raises:
        NotFound: not in this session, or somebody else's.
        Refused: somebody wrote in it.
    """
    seat = seats.enter(session, actor, session_id)
    beraad = together.of(session, session_id, now)
    found = session.get(OwnPerspective, perspective_id)
    if found is None or found.beraad_id != beraad.id or found.author_id != seat.persona_id:
        raise NotFound
    rows = session.scalars(select(Entry).where(Entry.perspective_id == found.id)).all()
    if any(row.text is not None for row in rows):
        raise Refused(_("Something stands in it already, so it stays."))
    for row in rows:
        session.delete(row)
    session.flush()
    session.delete(found)
    session.flush()
    seats.tell(session, session_id, "beraad.perspective", perspective_id, now)


# --- entries


def add_entry(
    session: Session,
    actor: Actor,
    session_id: int,
    place: str,
    text: str,
    key: str,
    now: datetime,
    *,
    perspective_id: int | None = None,
    anyway: bool = False,
    who: int | None = None,
) -> Entry:
    """Put words in a cell. The same key again gives the same entry, with the words as last sent.

    A retry of what was struck since changes nothing.

    Args:
        place: see `places`.
        key: made by the client for this entry; '' when the client makes none.
        perspective_id: which perspective of the participants' own, for a cell of 'own'.
        who: the participant at the table without a screen whose words they are, typed by who
            leads; None for the actor's own.

    Raises:
        NotFound: the actor does not take part, the session is over, or there is no such place; or
            they do not lead, and type for somebody else.
        Refused: nothing in it, too much, too many entries, or who they are of has a screen now.
    """
    seat = seats.enter(session, actor, session_id)
    mine = me(session, actor, session_id)
    author = seating.whose(session, mine, who)
    at = places.cell(place)
    if at is None or (at.who == places.OWN) != (perspective_id is not None):
        raise NotFound
    text = typed.filled(text, places.LONGEST, "text")
    key = _key(key)
    typed.ask(session, seat, [text], anyway)
    beraad = together.of(session, session_id, now)
    if perspective_id is not None:
        perspective = session.get(OwnPerspective, perspective_id)
        if perspective is None or perspective.beraad_id != beraad.id:
            raise NotFound
    made = session.scalar(
        select(Entry)
        .where(Entry.beraad_id == beraad.id, Entry.author_id == author.persona_id, Entry.key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if made is not None:
        if made.at_table is (author is mine):
            raise NotFound  # typed by another hand
        if made.text is not None and made.text != text:
            seating.must_sit(session, author, mine)
            made.text, made.changed_at = text, now
            session.flush()
            seats.tell(session, session_id, "beraad.entry", made.id, now)
        return made
    seating.must_sit(session, author, mine)
    have = session.scalar(
        select(func.count())
        .select_from(Entry)
        .where(Entry.beraad_id == beraad.id, Entry.author_id == author.persona_id)
    )
    if (have or 0) >= MOST_ENTRIES:
        raise Refused(_("You wrote %(most)s entries already.", most=MOST_ENTRIES), "text")
    made = Entry(
        beraad_id=beraad.id,
        place=place,
        perspective_id=perspective_id,
        author_id=author.persona_id,
        at_table=author is not mine,
        key=key,
        text=text,
        at=now,
    )
    session.add(made)
    session.flush()
    seats.tell(session, session_id, "beraad.entry", made.id, now)
    return made


def own_entry(
    session: Session, actor: Actor, session_id: int, entry_id: int, lock: bool = False
) -> Entry:
    """An entry that was not struck, of the actor's own or typed by who leads for somebody without
    a screen, as it is now.

    Args:
        lock: hold its row: who changes it does not bring back what another device struck.

    Raises:
        NotFound: somebody else's, struck, or of another session.
    """
    seat = seats.enter(session, actor, session_id, SessionPermission.READ)
    wanted = (
        select(Entry)
        .join(Beraad, Beraad.id == Entry.beraad_id)
        .where(Entry.id == entry_id, Beraad.session_id == session_id)
        .where(may_change(seat))
        .execution_options(populate_existing=True)
    )
    found = session.scalar(wanted.with_for_update(of=Entry) if lock else wanted)
    if found is None or found.text is None:
        raise NotFound
    return found


def change_entry(
    session: Session,
    actor: Actor,
    session_id: int,
    entry_id: int,
    text: str,
    now: datetime,
    anyway: bool = False,
) -> Entry:
    """Say it differently; only one's own (see `own_entry`), while the session lasts.

    Raises:
        NotFound: somebody else's, struck, or the session is over.
        Refused: nothing in it, or too much.
    """
    seat = seats.enter(session, actor, session_id)
    found = own_entry(session, actor, session_id, entry_id, lock=True)
    text = typed.filled(text, places.LONGEST, "text")
    if text == found.text:
        return found
    typed.ask(session, seat, [text], anyway)
    found.text, found.changed_at = text, now
    session.flush()
    seats.tell(session, session_id, "beraad.entry", found.id, now)
    return found


def may_change(seat: seats.Seat) -> ColumnElement[bool]:
    """An entry of this session is the seat's own, or typed at the table for who has no screen."""
    own = Entry.author_id == seat.persona_id
    if not (seat.leads and seat.running):
        return own
    at_table = select(SessionParticipant.persona_id).where(
        SessionParticipant.session_id == seat.session_id, without_screen()
    )
    return or_(own, and_(Entry.at_table, Entry.author_id.in_(at_table)))


# --- words


def _key(key: str) -> str:
    return key if _KEY.fullmatch(key) else secrets.token_hex(16)
