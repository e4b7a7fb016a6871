"""Reports as pages show them: to those who made them, and to those whom they are for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, literal, select
from sqlalchemy.orm import Session, aliased, joinedload

from cop.beraad import places, seats
from cop.beraad.items import Body, Item, findings
from cop.beraad.models import Approval, Audience, Beraad, Form, Report, ReportReading
from cop.beraad.permissions import REPORTS, ReportPermission
from cop.beraad.reporting import approvals, may_rewrite
from cop.beraad.words import ANSWERS, CHOICES, DILEMMA, PARTS
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.members.queries import own_persona
from cop.platform.db import rows
from cop.platform.i18n import gettext as _
from cop.spaces import holders
from cop.spaces.circles import persona_in

PAGE = 20


# --- the report as its readers see it


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One perspective of the table in a report: its words for each cell."""

    label: str
    cells: dict[str, list[str]]  # 'value.a' → texts


@dataclass(frozen=True, slots=True)
class ReadWeighing:
    choice: str
    answers: list[tuple[str, str]]  # question and answer


@dataclass(frozen=True, slots=True)
class Read:
    """A report in the parts of its page; each empty where there is nothing."""

    title: str
    dilemma: dict[str, str]
    lists: dict[str, list[str]]
    table: list[ReadRow]
    weighings: list[ReadWeighing]


def read(report: Report) -> Read:
    """What a reader sees: no names, and nothing of who wrote what."""
    body = Body.from_json(report.body)
    lists: dict[str, list[str]] = {}
    for item in body.items:
        if not item.who:
            lists.setdefault(item.part, []).append(item.text)
    return Read(
        title=body.text("title"),
        dilemma={name: body.text(name) for name in DILEMMA if body.text(name)},
        lists=lists,
        table=_table(body.items),
        weighings=_weighings(body.items),
    )


def label_of(who: str, items: Sequence[Item]) -> str:
    """What a perspective is called."""
    if who in places.PERSPECTIVES:
        return str(places.PERSPECTIVES[who])
    return next((i.text for i in items if who == f"own-{i.id}"), "")


def _table(items: Sequence[Item]) -> list[ReadRow]:
    rows: dict[str, dict[str, list[str]]] = {}
    for item in items:
        if item.who and not item.part.startswith("weighing."):
            rows.setdefault(item.who, {}).setdefault(item.part, []).append(item.text)
    return [ReadRow(label_of(who, items), cells) for who, cells in rows.items()]


def _weighings(items: Sequence[Item]) -> list[ReadWeighing]:
    by_number: dict[str, dict[str, str]] = {}
    for item in items:
        if item.part.startswith("weighing."):
            by_number.setdefault(item.who, {})[item.part.removeprefix("weighing.")] = item.text
    return [
        ReadWeighing(
            str(CHOICES[said["choice"]]) if "choice" in said else "",  # type: ignore[index]  # a string of the enum
            [(str(label), said[name]) for name, label in ANSWERS.items() if name in said],
        )
        for said in by_number.values()
    ]


# --- the report as those who make it see it


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of a piece; `reason` is the kind of what was found, '' for ordinary words."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the report with what the actor can do about it."""

    id: int
    heading: str
    marked: list[Marked]
    vaguer: str
    waits: bool
    mine: bool
    can_rewrite: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody whose approval is needed."""

    who: Person
    approved: bool
    me: bool


@dataclass(frozen=True, slots=True)
class InTheMaking:
    """A report before those who were there.

    Attributes:
        groups: heading of the section and its pieces, in order.
        needs_me: the actor is asked for their approval now.
        heard: the actor's approval counts: they were there.
    """

    report: Report
    groups: list[tuple[str, list[Piece]]]
    waiting: int
    voices: list[Voice]
    needs_me: bool
    approved_by_me: bool
    heard: bool
    audience: str


def in_the_making(session: Session, actor: Actor, seat: seats.Seat, report: Report) -> InTheMaking:
    """Everything about a report for somebody who took part; a fixed number of queries."""
    body = Body.from_json(report.body)
    yes = approvals(session, report)
    heard = seats.voices(session, seat.session_id)
    sitting = [s for s in seats.people(session, seat.session_id, actor) if s.persona_id in heard]
    groups: list[tuple[str, list[Piece]]] = []
    for item in body.items:
        heading = _section(item, body.items)
        if not groups or groups[-1][0] != heading:
            groups.append((heading, []))
        groups[-1][1].append(_piece(item, seat.persona_id))
    return InTheMaking(
        report=report,
        groups=groups,
        waiting=body.waiting,
        voices=[
            Voice(s.who, s.persona_id in yes, s.persona_id == seat.persona_id) for s in sitting
        ],
        needs_me=report.asked_at is not None
        and seat.persona_id in heard
        and seat.persona_id not in yes,
        approved_by_me=seat.persona_id in yes,
        heard=seat.persona_id in heard,
        audience=audience_of(session, actor, report),
    )


def _section(item: Item, items: Sequence[Item]) -> str:
    if item.part.startswith("weighing."):
        return _("Weighing %(number)s", number=item.who)
    if item.part == "perspective":
        return item.text
    if item.who:
        return label_of(item.who, items)
    return str(PARTS[item.part])


def _piece(item: Item, persona_id: int) -> Piece:
    heading = ""
    if item.who:
        heading = str(PARTS[item.part])
    text = str(CHOICES[item.text]) if item.part == "weighing.choice" else item.text  # type: ignore[index]  # a string of the enum
    return Piece(
        id=item.id,
        heading=heading,
        marked=_marked(text) if item.waits else [Marked(text, "")],
        vaguer=item.vaguer,
        waits=item.waits,
        mine=item.is_by(persona_id),
        can_rewrite=may_rewrite(item, persona_id),
    )


def _marked(text: str) -> list[Marked]:
    out, at = [], 0
    for span in findings(text):
        if span.start > at:
            out.append(Marked(text[at : span.start], ""))
        out.append(Marked(text[span.start : span.end], str(span.label)))
        at = span.end
    if at < len(text):
        out.append(Marked(text[at:], ""))
    return out


def audience_of(session: Session, actor: Actor, report: Report) -> str:
    """Who it is for, in words; '' when nobody chose yet."""
    if report.audience == Audience.COMMUNITY:
        return _("all members of the community")
    if report.audience == Audience.PUBLIC:
        return _("everybody, visitors too")
    if report.audience == Audience.CIRCLE and report.circle_id is not None:
        place = holders.places(session, actor, [report.circle_id]).get(report.circle_id)
        return place.name if place is not None else _("a space or list")
    return ""


# --- lists


@dataclass(frozen=True, slots=True)
class Shared:
    """A report in one line; `invented`: of a dilemma to practise with."""

    id: int
    question: str
    at: datetime
    place: str
    invented: bool


def shared(
    session: Session, actor: Actor, form: Form, before_id: int | None = None
) -> tuple[list[Shared], int | None]:
    """What the actor may read, newest first, and the key of the next page."""
    wanted = (
        select(Report)
        .where(Report.form == form, REPORTS.clause(actor, ReportPermission.READ))
        .options(joinedload(Report.beraad))
        .order_by(Report.id.desc())
        .limit(PAGE + 1)
    )
    if before_id is not None:
        wanted = wanted.where(Report.id < before_id)
    rows = session.scalars(wanted).all()
    shown = rows[:PAGE]
    found = holders.places(session, actor, {r.circle_id for r in shown if r.circle_id})
    items = []
    for report in shown:
        body = Body.from_json(report.body)
        assert report.approved_at is not None
        place = found.get(report.circle_id or 0)
        items.append(
            Shared(
                report.id,
                body.text("title") or body.text("question") or _("A moral deliberation"),
                report.approved_at,
                place.name if place is not None else "",
                report.beraad.starter is not None,
            )
        )
    return items, shown[-1].id if len(rows) > PAGE else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A report that waits for the actor's approval; no word of it."""

    session_id: int
    form: str
    at: datetime


def asked(session: Session, actor: Actor) -> list[Asked]:
    """Reports of which the actor is asked to approve the version that stands; one query."""
    found = rows(session, _asked(actor.left_open), {"me": actor.member_id})
    return [Asked(row.session_id, row.form, row.asked_at) for row in found]


@cache
def _asked(kind: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(Beraad.session_id, Report.form, Report.asked_at)
        .join(Beraad, Beraad.id == Report.beraad_id)
        .where(REPORTS.clause(kind, ReportPermission.TAKE_PART))
        .where(Report.asked_at.is_not(None), Report.approved_at.is_(None), ~_yes_of(kind))
        .order_by(Report.asked_at.desc())
        .limit(PAGE)
    )


def _yes_of(actor: Actor) -> ColumnElement[bool]:
    """The actor approved the version as it stands, under whichever name they have there."""
    approval, persona = aliased(Approval), aliased(Persona)
    return exists().where(
        approval.report_id == Report.id,
        approval.version == Report.version,
        persona.id == approval.persona_id,
        persona.member_id == actor.member_id,
    )


# --- who read it


@dataclass(frozen=True, slots=True)
class Reading:
    at: datetime
    where: str
    who: Person


def note(session: Session, actor: Actor, report: Report, where: str, now: datetime) -> None:
    """Write down that somebody who did not take part reads it."""
    if not actor.is_member or report.form != Form.REPORT:
        return
    if session.scalar(
        REPORTS.scope(actor, ReportPermission.TAKE_PART).where(Report.id == report.id)
    ):
        return
    assert actor.member_id is not None
    persona_id = own_persona(session, actor.member_id).id
    if report.audience == Audience.CIRCLE and report.circle_id is not None:
        persona_id = session.scalars(select(persona_in(actor, literal(report.circle_id)))).one()
    session.add(ReportReading(report_id=report.id, persona_id=persona_id, where=where, at=now))
    session.flush()


def readings(
    session: Session, actor: Actor, report_id: int, before_id: int | None = None
) -> tuple[list[Reading], int | None]:
    """Who beyond the table read it, newest first, and the key of the next page.

    Raises:
        NotFound: the actor did not take part.
    """
    REPORTS.get(session, actor, ReportPermission.TAKE_PART, report_id)
    wanted = (
        select(ReportReading.id, ReportReading.at, ReportReading.where, *PERSON)
        .join(Persona, Persona.id == ReportReading.persona_id)
        .where(ReportReading.report_id == report_id)
        .order_by(ReportReading.id.desc())
        .limit(PAGE + 1)
    )
    if before_id is not None:
        wanted = wanted.where(ReportReading.id < before_id)
    rows = session.execute(wanted).all()
    shown = rows[:PAGE]
    more = shown[-1].id if len(rows) > PAGE else None
    return [Reading(r.at, r.where, person(r, actor)) for r in shown], more
