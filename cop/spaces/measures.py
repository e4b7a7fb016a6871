"""Outcome measures: what a space measures of its way of working over time [B].

Never of one person, and never of so few that one of them could be recognised: a value of fewer
than five people is not accepted. Results evaluate a way of working, never a professional [A].
"""

import csv
import io
import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.platform.blank import one_line
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import format_number, zone
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.platform.versions import refuse_stale, version_of
from cop.spaces import events
from cop.spaces.circles import standing_of
from cop.spaces.models import Measure, MeasureKind, MeasureValue, Space
from cop.spaces.permissions import MEASURES, SPACES, MeasurePermission, SpacePermission
from cop.spaces.words import MEASURE_LABELS
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

FEWEST = 5  # people behind a value
MOST_MEASURES = 40  # of one space; all of them stand on one page
MOST_VALUES = 400  # of one measure: a value a week for eight years
_LONGEST = {"name": 120, "unit": 40, "definition": 1000}


@dataclass(frozen=True, kw_only=True)
class MeasureDetails:
    """What is measured, and how to read it."""

    kind: str
    name: str = ""
    unit: str = ""
    definition: str = ""
    higher_is_better: bool = True


@dataclass(frozen=True, slots=True)
class Series:
    """A measure with its values, oldest first."""

    measure: Measure
    values: list[MeasureValue]

    @property
    def name(self) -> str:
        return name_of(self.measure)


def name_of(measure: Measure) -> str:
    """Its own name, else that of its kind in the reader's language."""
    if measure.name:
        return measure.name
    label = str(MEASURE_LABELS[MeasureKind(measure.kind)])
    return label[:1].upper() + label[1:]


def add(
    session: Session,
    actor: Actor,
    space_id: int,
    details: MeasureDetails,
    now: datetime,
    anyway: bool = False,
) -> Measure:
    """A new measure of a space.

    Raises:
        NotFound: the actor does not take part, or the space is archived.
        Refused: something is missing or wrong.
    """
    space = SPACES.get(session, actor, SpacePermission.ADD_MEASURE, space_id)
    session.get_one(Space, space.id, with_for_update=True)
    details = _checked(details)
    ask_author(_words(details), Purpose.SPACE, anyway)
    have = session.scalars(select(Measure).where(Measure.space_id == space.id)).all()
    for twin in have:
        if (twin.kind, twin.name) == (details.kind, details.name):
            return twin  # the form was sent twice, or somebody measures it already
    if len(have) >= MOST_MEASURES:
        raise Refused(_("A space has at most %(most)s measures.", most=MOST_MEASURES))
    measure = Measure(space_id=space.id, created_at=now)
    measure.added_by_id = _name_here(session, actor, space.circle_id)
    _write(measure, details)
    session.add(measure)
    session.flush()
    _emit(session, measure, now)
    return measure


def _words(details: MeasureDetails) -> list[str]:
    return [details.name, details.unit, details.definition]


def change(
    session: Session,
    actor: Actor,
    measure_id: int,
    details: MeasureDetails,
    now: datetime,
    anyway: bool = False,
    version: str | None = None,
) -> Measure:
    """Change what a measure says of itself; its values stay.

    Raises:
        Stale: another coordinator changed it meanwhile.
    """
    measure = MEASURES.get(session, actor, MeasurePermission.CHANGE, measure_id)
    session.refresh(measure, with_for_update=True)
    refuse_stale(details_of(measure), version)
    details = _checked(details)
    ask_author(_words(details), Purpose.SPACE, anyway)
    _write(measure, details)
    space = session.get_one(Space, measure.space_id)
    if measure.added_by_id != _name_here(session, actor, space.circle_id):
        measure.added_by_id = None  # of more than one now
    session.flush()
    _emit(session, measure, now)
    return measure


def details_of(measure: Measure) -> dict[str, Any]:
    """What the form about a measure is opened with."""
    return {
        "kind": str(measure.kind),
        "name": measure.name,
        "unit": measure.unit,
        "definition": measure.definition,
        "better": "higher" if measure.higher_is_better else "lower",
    }


def _name_here(session: Session, actor: Actor, circle_id: int) -> int | None:
    """The persona under which the actor takes part."""
    mine = standing_of(session, actor, circle_id)
    return None if mine is None else mine.persona_id


def delete(session: Session, actor: Actor, measure_id: int, now: datetime) -> None:
    """Take a measure away with all its values."""
    measure = MEASURES.get(session, actor, MeasurePermission.DELETE, measure_id)
    session.execute(delete_rows(MeasureValue).where(MeasureValue.measure_id == measure.id))
    _emit(session, measure, now)
    session.delete(measure)
    session.flush()


class Stands(Refused):
    """The day has a value; whoever brings another one decides."""

    def __init__(self, found: MeasureValue) -> None:
        super().__init__(
            _(
                "On this day stands %(value)s, of %(people)s people.",
                value=format_number(found.value),
                people=found.people,
            ),
            "on",
        )
        self.version = version_of_value(found)


def version_of_value(found: MeasureValue) -> str:
    """Stands for what a value says at this moment."""
    return version_of({"value": found.value, "people": found.people, "note": found.note})


def set_value(
    session: Session,
    actor: Actor,
    measure_id: int,
    on: date,
    value: float,
    people: int,
    note: str,
    now: datetime,
    anyway: bool = False,
    replaces: str = "",
) -> MeasureValue:
    """Add the value of a day. Another one for the same day is asked about.

    Args:
        people: of how many people the value was made.
        replaces: the version of the value of that day that may go (`version_of_value`).

    Raises:
        NotFound: the actor does not take part, or the space is archived.
        Stands: that day has a value that is not the one to replace.
        Refused: too few people, or a day or number that cannot be right.
    """
    measure = MEASURES.get(session, actor, MeasurePermission.ADD_VALUE, measure_id)
    session.get_one(Measure, measure.id, with_for_update=True)
    note = one_line(note)
    if people < FEWEST:
        raise Refused(
            _(
                "A value of fewer than %(fewest)s people is not shown here: one of them could be "
                "recognised. Take a longer period, or wait until there are more.",
                fewest=FEWEST,
            ),
            "people",
        )
    if people > 10_000_000:
        raise Refused(_("This number cannot be right."), "people")
    if not math.isfinite(value) or abs(value) > 1e12:
        raise Refused(_("This number cannot be right."), "value")
    if not date(1990, 1, 1) <= on <= now.astimezone(zone()).date():
        raise Refused(_("Choose a day that has been, after 1990."), "on")
    if len(note) > 300:
        raise Refused(_("Keep it to %(most)s characters, please.", most=300), "note")
    ask_author([note], Purpose.SPACE, anyway)
    space = session.get_one(Space, measure.space_id)
    by_id = _name_here(session, actor, space.circle_id)
    found = session.get(MeasureValue, (measure.id, on), populate_existing=True)
    given = {"value": value, "people": people, "note": note}
    if found is not None and version_of_value(found) not in (version_of(given), replaces):
        raise Stands(found)
    if found is None:
        days = session.scalars(
            select(MeasureValue.on).where(MeasureValue.measure_id == measure.id)
        ).all()
        if len(days) >= MOST_VALUES:
            raise Refused(_("A measure has at most %(most)s values.", most=MOST_VALUES))
        found = MeasureValue(measure_id=measure.id, on=on, added_by_id=by_id)
        session.add(found)
    elif version_of_value(found) != version_of(given) and found.added_by_id != by_id:
        found.added_by_id = None  # of more than one now: the note may still be another's
    found.value, found.people, found.note = value, people, note
    session.flush()
    _emit(session, measure, now)
    return found


def delete_value(session: Session, actor: Actor, measure_id: int, on: date, now: datetime) -> None:
    """Take the value of a day away."""
    measure = MEASURES.get(session, actor, MeasurePermission.ADD_VALUE, measure_id)
    found = session.get(MeasureValue, (measure.id, on))
    if found is None:
        raise NotFound
    session.delete(found)
    session.flush()
    _emit(session, measure, now)


def of_space(session: Session, space_id: int) -> list[Series]:
    """All measures of a space with their values; two queries. The caller has asked for READ.

    Values of too few people are left out here as well, however they came in.
    """
    measures = session.scalars(
        select(Measure).where(Measure.space_id == space_id).order_by(Measure.id)
    ).all()
    values: dict[int, list[MeasureValue]] = defaultdict(list)
    for value in session.scalars(
        select(MeasureValue)
        .where(MeasureValue.measure_id.in_([m.id for m in measures]))
        .where(MeasureValue.people >= FEWEST)
        .order_by(MeasureValue.on)
    ):
        values[value.measure_id].append(value)
    return [Series(measure, values[measure.id]) for measure in measures]


def one(
    session: Session, actor: Actor, space_id: int, measure_id: int
) -> tuple[Series, frozenset[MeasurePermission]]:
    """A measure of this space, with what the actor may do with it.

    Raises:
        NotFound: it is not there, or not for this actor.
    """
    row = session.execute(
        select(Measure, *MEASURES.columns(actor))
        .where(Measure.id == measure_id, Measure.space_id == space_id)
        .where(MEASURES.clause(actor, MeasurePermission.READ)),
        actor.parameters,
    ).one_or_none()
    if row is None:
        raise NotFound
    values = session.scalars(
        select(MeasureValue)
        .where(MeasureValue.measure_id == measure_id, MeasureValue.people >= FEWEST)
        .order_by(MeasureValue.on)
    )
    held = frozenset(MeasurePermission(p) for p in MEASURES.from_row(row))
    return Series(row.Measure, list(values)), held


def as_csv(series: Series) -> bytes:
    """The values as a file that opens in a Dutch spreadsheet as it is.

    UTF-8 with a byte order mark, semicolons, decimal commas, days as ISO 8601 (RFC 4180 for the
    quoting). Words that a spreadsheet would take for a formula get an apostrophe before them
    (OWASP, CSV injection); numbers are written by us and stay numbers.
    """
    out = io.StringIO(newline="")
    rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
    head = (_("Day"), _("Value"), _("Unit"), _("People"), _("Note"), _("Measure"))
    rows.writerow([harmless(word) for word in head])
    for value in series.values:
        rows.writerow(
            [
                value.on.isoformat(),
                number(value.value).replace(".", ","),
                harmless(series.measure.unit),
                value.people,
                harmless(value.note),
                harmless(series.name),
            ]
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def number(value: float) -> str:
    """Six decimals at most, none that say nothing, a point: '12.5'."""
    return f"{value or 0.0:.6f}".rstrip("0").rstrip(".")


def harmless(words: str) -> str:
    return f"'{words}" if words.lstrip()[:1] in ("=", "+", "-", "@", "|") else words


def _checked(details: MeasureDetails) -> MeasureDetails:
    if details.kind not in list(MeasureKind):
        raise Refused(_("Choose what you measure."), "kind")
    words = {}
    for field, most in _LONGEST.items():
        words[field] = one_line(getattr(details, field))
        if len(words[field]) > most:
            raise Refused(_("Keep it to %(most)s characters, please.", most=most), field)
    if details.kind == MeasureKind.OWN and not words["name"]:
        raise Refused(_("Give your own measure a name, please."), "name")
    return MeasureDetails(kind=details.kind, higher_is_better=details.higher_is_better, **words)


def _write(measure: Measure, details: MeasureDetails) -> None:
    measure.kind, measure.higher_is_better = details.kind, details.higher_is_better
    measure.name, measure.unit = details.name, details.unit
    measure.definition = details.definition


def _emit(session: Session, measure: Measure, now: datetime) -> None:
    emit(session, events.MeasureChanged(space_id=measure.space_id, measure_id=measure.id), now)
