"""Who took part in a date: confirmed by its facilitator, for the participant's own certificate.

A certificate holds hours, form and facilitator, for accreditation, and nothing of what was said;
not the name of the group either. Each reads and exports their own only.
"""

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, literal, select, tuple_
from sqlalchemy.orm import Session

from cop.gatherings import attending, when
from cop.gatherings.models import Attendance, Coming, Gathering, GatheringKind, Setting
from cop.gatherings.words import KIND_LABELS, SETTING_LABELS
from cop.groups.models import GroupDate, GroupPresence
from cop.groups.permissions import DATES, DatePermission
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.platform import i18n
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.spaces.circles import CircleMembership, persona_in
from cop.spaces.joining import IN_IT
from cop.spaces.measures import harmless

SHORTEST, LONGEST = 15, 12 * 60  # minutes
MOST = 60
PAGE = 100


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who can be confirmed.

    Attributes:
        said: they said that they would come.
        confirmed: they are confirmed already.
    """

    persona_id: int
    who: Person
    said: bool
    confirmed: bool


def candidates(session: Session, actor: Actor, gathering: Gathering) -> list[Present]:
    """Who may have taken part: everybody in the group, by name; one query.

    The caller has asked for FACILITATE.
    """
    rows = session.execute(
        select(Persona.id, Attendance.coming, GroupPresence.id.label("presence"), *PERSON)
        .join(CircleMembership, CircleMembership.persona_id == Persona.id)
        .outerjoin(
            Attendance,
            (Attendance.persona_id == Persona.id) & (Attendance.gathering_id == gathering.id),
        )
        .outerjoin(
            GroupPresence,
            (GroupPresence.persona_id == Persona.id) & (GroupPresence.gathering_id == gathering.id),
        )
        .where(CircleMembership.circle_id == gathering.circle_id)
        .where(CircleMembership.standing.in_(IN_IT))
        .order_by(Persona.sort_key, Persona.handle)
        .limit(MOST)
    )
    return [
        Present(r.id, person(r, actor), r.coming == Coming.GOING, r.presence is not None)
        for r in rows
    ]


def confirm(
    session: Session,
    actor: Actor,
    gathering_id: int,
    handles: Collection[str],
    minutes: int,
    now: datetime,
) -> int:
    """Say who took part, and for how long; a second time replaces the first. How many there are.

    Args:
        handles: of those who took part, by the name that they have in the group.

    Raises:
        NotFound: the actor does not facilitate this date.
        Refused: it has not begun or was cancelled, or the time cannot be.
    """
    found = session.scalar(
        DATES.scope(actor, DatePermission.FACILITATE).where(GroupDate.gathering_id == gathering_id)
    )
    if found is None:
        raise NotFound
    name = session.scalars(
        select(Persona.name).where(
            Persona.id
            == select(persona_in(actor, literal(found.gathering.circle_id))).scalar_subquery()
        )
    ).one()
    return put_down(session, gathering_id, handles, minutes, name, now)


def put_down(
    session: Session,
    gathering_id: int,
    handles: Collection[str],
    minutes: int,
    facilitator: str,
    now: datetime,
) -> int:
    """The rows of who took part. The caller has asked whether this facilitator may."""
    gathering = attending.locked(session, gathering_id)
    if gathering.cancelled_at is not None or gathering.starts_at > now:
        raise Refused(_("It has not begun yet; confirm it afterwards."))
    if not SHORTEST <= minutes <= LONGEST:
        raise Refused(_("It lasts from a quarter of an hour to twelve hours."), "minutes")
    there = session.execute(
        select(CircleMembership.member_id, CircleMembership.persona_id)
        .join(Persona, Persona.id == CircleMembership.persona_id)
        .where(CircleMembership.circle_id == gathering.circle_id)
        .where(CircleMembership.standing.in_(IN_IT), Persona.handle.in_(list(handles)))
    ).all()
    # Who has left the group since keeps what was confirmed.
    inside = select(CircleMembership.persona_id).where(
        CircleMembership.circle_id == gathering.circle_id
    )
    session.execute(
        delete(GroupPresence).where(
            GroupPresence.gathering_id == gathering_id, GroupPresence.persona_id.in_(inside)
        )
    )
    session.add_all(
        GroupPresence(
            gathering_id=gathering_id,
            member_id=member_id,
            persona_id=persona_id,
            minutes=minutes,
            facilitator=facilitator,
            confirmed_at=now,
        )
        for member_id, persona_id in there
    )
    session.flush()
    return len(there)


# --- each their own ---


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says."""

    id: int
    day: date
    starts_at: datetime
    kind: str
    setting: str
    minutes: int
    facilitator: str
    confirmed_at: datetime

    @property
    def hours(self) -> str:
        """'1,5': in the reader's language."""
        return i18n.format_number(round(self.minutes / 60, 2))

    @property
    def when(self) -> str:
        return when.spoken_day(self.starts_at)


def own(
    session: Session, actor: Actor, before: tuple[datetime, int] | None = None, most: int = PAGE
) -> tuple[list[Certificate], tuple[datetime, int] | None]:
    """What the actor took part in, the last first; and where the next page begins."""
    if not actor.is_member:
        raise NotFound
    query = (
        _select()
        .where(GroupPresence.member_id == actor.member_id)
        .order_by(Gathering.starts_at.desc(), GroupPresence.id.desc())
        .limit(most + 1)
    )
    if before is not None:
        query = query.where(tuple_(Gathering.starts_at, GroupPresence.id) < before)
    rows = session.execute(query).all()
    shown = [_certificate(row) for row in rows[:most]]
    more = (shown[-1].starts_at, shown[-1].id) if len(rows) > most else None
    return shown, more


def all_own(session: Session, actor: Actor) -> list[Certificate]:
    """The same, all of it, the first first: for an export."""
    if not actor.is_member:
        raise NotFound
    rows = session.execute(
        _select()
        .where(GroupPresence.member_id == actor.member_id)
        .order_by(Gathering.starts_at, GroupPresence.id)
    )
    return [_certificate(row) for row in rows]


def one(session: Session, actor: Actor, presence_id: int) -> Certificate:
    """
    Raises:
        NotFound: it is not the actor's.
    """
    if not actor.is_member:
        raise NotFound
    row = session.execute(
        _select().where(GroupPresence.id == presence_id, GroupPresence.member_id == actor.member_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return _certificate(row)


def _select() -> Any:
    return select(
        GroupPresence.id,
        GroupPresence.minutes,
        GroupPresence.facilitator,
        GroupPresence.confirmed_at,
        Gathering.starts_at,
        Gathering.kind,
        Gathering.setting,
    ).join(Gathering, Gathering.id == GroupPresence.gathering_id)


def _certificate(row: Any) -> Certificate:
    return Certificate(
        id=row.id,
        day=when.local(row.starts_at).date(),
        starts_at=row.starts_at,
        kind=str(KIND_LABELS[GatheringKind(row.kind)]),
        setting=str(SETTING_LABELS[Setting(row.setting)]),
        minutes=row.minutes,
        facilitator=row.facilitator,
        confirmed_at=row.confirmed_at,
    )


def as_rows(certificates: Collection[Certificate]) -> list[dict[str, Any]]:
    """What an export holds of each."""
    return [
        {
            "date": c.day.isoformat(),
            "form": c.kind,
            "setting": c.setting,
            "minutes": c.minutes,
            "facilitator": c.facilitator,
            "confirmed_on": when.local(c.confirmed_at).date().isoformat(),
        }
        for c in certificates
    ]


def as_csv(certificates: Collection[Certificate]) -> bytes:
    """A file that opens in a Dutch spreadsheet as it is (see `spaces.measures.as_csv`)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    head = (_("Day"), _("Form"), _("Where"), _("Minutes"), _("Facilitator"), _("Confirmed on"))
    writer.writerow([harmless(word) for word in head])
    for row in as_rows(certificates):
        writer.writerow([harmless(str(value)) for value in row.values()])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
