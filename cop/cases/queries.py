"""Reads about cases, each scoped to who asks."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from cop.cases import sealing, until
from cop.cases.models import (
    DRAFT_ENDS,
    READABLE,
    UNSHARED,
    Case,
    CaseState,
    CaseTheme,
    Contribution,
    SealedPart,
)
from cop.cases.own_keys import KeyGone
from cop.cases.permissions import (
    CASES,
    CONTRIBUTIONS,
    CasePermission,
)
from cop.cases.raw import Raw
from cop.cases.words import PART_LABELS
from cop.members.actor import Actor
from cop.members.blocks import blocked_by
from cop.members.models import Persona, Theme
from cop.members.people import PERSON, Person, person
from cop.platform.db import AnySelect, rows
from cop.platform.i18n import gettext as _
from cop.platform.i18n import language, ngettext
from cop.platform.markup import reading_minutes
from cop.platform.policy import among
from cop.spaces import holders
from cop.spaces.circles import Circle, CircleMembership, Standing, Visibility

PAGE = 20
MOST_OWN = 60
MOST_CONTRIBUTIONS = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something of cases that the member has to do; never a word of the case itself.

    Attributes:
        is_draft: nobody asks it: they were writing.
    """

    text: str
    url: str
    at: datetime
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Mine:
    """A case of one's own in one line.

    Attributes:
        title: as it stands now; '' when nothing is written yet or nobody can read it any more.
        ends_at: when it is destroyed if nothing changes, before it is shared.
        last_day: on which it can be read, once it is.
    """

    id: int
    state: CaseState
    title: str
    changed_at: datetime
    ends_at: datetime | None
    last_day: date | None
    marked: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A shared case in one line, for those in its circle."""

    id: int
    title: str
    question: str
    minutes: int
    at: datetime
    closed: bool
    author: Person
    place: str
    key: tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the text as pages show it: paragraphs of lines."""

    label: str
    paragraphs: list[list[str]]


@dataclass(frozen=True, slots=True)
class Said:
    """A contribution with what was answered."""

    id: int
    kind: str
    text: str
    at: datetime
    author: Person
    answer: str | None
    answered_at: datetime | None
    may: frozenset[Any]


@dataclass(frozen=True, slots=True)
class CirclePage:
    """Who a case is for, in words for pages.

    Attributes:
        name: of the group, space or list, or of the people who were chosen.
        joinable: everybody who signs up can join, and then reads it.
    """

    name: str
    url: str | None
    joinable: bool
    people: list[Person]


@cache
def _waiting(kind: Actor) -> Any:
    # Whoever blocked the author since is not reminded of it; the author can take it back.
    reader = and_(CASES.clause(kind, CasePermission.SECOND_READ), ~blocked_by(kind, Case.author_id))
    share = CASES.clause(kind, CasePermission.SHARE)
    marks = exists().where(SealedPart.case_id == Case.id, SealedPart.name == sealing.MARKS)
    write = CASES.clause(kind, CasePermission.WRITE)
    return (
        select(
            Case.id,
            Case.asked_at,
            Case.changed_at,
            reader.label("reader"),
            share.label("share"),
            marks.label("back"),
        )
        .where(or_(reader, share, write))
        .order_by(Case.changed_at.desc())
        .limit(PAGE)
    )


def waiting(session: Session, actor: Actor) -> list[Waiting]:
    """What of cases waits for the actor; one query."""
    if not actor.is_member:
        return []
    found = []
    for row in rows(session, _waiting(actor.left_open), {"me": actor.member_id}):
        url = f"/casussen/{row.id}"
        if row.reader:
            text, url = _("A case waits for your second reading."), f"{url}/tweede-lezing"
        elif row.share:
            text, url = _("Your case was approved: choose until when to share it."), f"{url}/delen"
        elif row.back:
            text, url = _("Your case came back with marks."), f"{url}/bevindingen"
        else:
            found.append(Waiting(_("A case"), url, row.changed_at, is_draft=True))
            continue
        found.append(Waiting(text, url, row.asked_at or row.changed_at))
    return found


def mine(session: Session, actor: Actor) -> list[Mine]:
    """Everything of the actor's own, what was changed last first."""
    marked = exists().where(SealedPart.case_id == Case.id, SealedPart.name == sealing.MARKS)
    raw = aliased(SealedPart)
    rows = session.execute(
        select(Case, marked, raw.body)
        .outerjoin(raw, and_(raw.case_id == Case.id, raw.name == sealing.RAW))
        .where(CASES.clause(actor, CasePermission.OWN))
        .order_by(Case.changed_at.desc(), Case.id.desc())
        .limit(MOST_OWN)
    ).all()
    return [
        Mine(
            id=case.id,
            state=CaseState(case.state),
            title=case.title or _raw_title(case, body),
            changed_at=case.changed_at,
            ends_at=case.changed_at + DRAFT_ENDS if case.state in UNSHARED else None,
            last_day=until.last_day(case) if case.state in READABLE else None,
            marked=is_marked,
        )
        for case, is_marked, body in rows
    ]


def _raw_title(case: Case, body: bytes | None) -> str:
    """What the author called a draft so far; only for the author's own list."""
    if body is None:
        return ""
    try:
        found = sealing.opened(case, sealing.RAW, body)
    except KeyGone:
        return ""
    return Raw.from_json(found).part("title")


def for_circles(
    session: Session,
    actor: Actor,
    before: tuple[datetime, int] | None = None,
    circle_id: int | None = None,
    most: int = PAGE,
) -> tuple[list[Item], tuple[datetime, int] | None]:
    """Cases that others shared with circles of the actor, newest first, and the next page's key.

    Args:
        circle_id: only of one circle; then the actor's own are among them.
    """
    wanted: Select[Any] = (
        select(
            Case.id,
            Case.title,
            Case.question,
            Case.words,
            Case.shared_at,
            Case.state,
            Case.circle_id,
            *PERSON,
        )
        .join(Persona, Persona.id == Case.author_id)
        .where(among(Case.state, READABLE), CASES.clause(actor, CasePermission.READ))
        .order_by(Case.shared_at.desc(), Case.id.desc())
        .limit(most + 1)
    )
    if circle_id is not None:
        wanted = wanted.where(Case.circle_id == circle_id)
    else:
        wanted = wanted.where(~CASES.clause(actor, CasePermission.OWN))
    if before is not None:
        at, id = before
        wanted = wanted.where(or_(Case.shared_at < at, and_(Case.shared_at == at, Case.id < id)))
    rows = session.execute(wanted).all()
    shown = rows[:most]
    places = holders.places(session, actor, {row.circle_id for row in shown})
    items = [
        Item(
            id=row.id,
            title=row.title or "",
            question=row.question or "",
            minutes=reading_minutes(row.words),
            at=row.shared_at,
            closed=row.state == CaseState.CLOSED,
            author=person(row, actor),
            place=places[row.circle_id].name if row.circle_id in places else "",
            key=(row.shared_at, row.id),
        )
        for row in shown
    ]
    return items, items[-1].key if len(rows) > most else None


def paragraphs(text: str) -> list[list[str]]:
    """Blank lines part paragraphs; other line breaks stay."""
    blocks = (block.strip("\n") for block in text.replace("\r\n", "\n").split("\n\n"))
    return [block.split("\n") for block in blocks if block.strip()]


def parts_of(body: dict[str, str]) -> list[Part]:
    """The parts of a text for pages; a part without words is left out."""
    return [
        Part("" if name == "text" else str(PART_LABELS[name]), paragraphs(text))
        for name, text in body.items()
        if name not in ("title", "question") and text.strip()
    ]


def text_of(case: Case) -> list[Part]:
    return parts_of(json.loads(case.text)) if case.text else []


def contributions(session: Session, actor: Actor, case_id: int) -> list[Said]:
    """What was brought to a case, oldest first; whoever calls has asked whether it may be read."""
    rows = session.execute(
        select(
            Contribution.id,
            Contribution.kind.label("said_as"),
            Contribution.text,
            Contribution.at,
            Contribution.answer,
            Contribution.answered_at,
            *PERSON,
            *CONTRIBUTIONS.columns(actor),
        )
        .join(Persona, Persona.id == Contribution.author_id)
        .where(Contribution.case_id == case_id)
        .order_by(Contribution.id)
        .limit(MOST_CONTRIBUTIONS),
        actor.parameters,
    )
    return [
        Said(
            id=row.id,
            kind=row.said_as,
            text=row.text,
            at=row.at,
            author=person(row, actor),
            answer=row.answer,
            answered_at=row.answered_at,
            may=CONTRIBUTIONS.from_row(row),
        )
        for row in rows
    ]


def themes_of(session: Session, case_id: int) -> list[str]:
    column = Theme.name_nl if language() == "nl" else Theme.name_en
    return list(
        session.scalars(
            select(column)
            .join(CaseTheme, CaseTheme.theme_id == Theme.id)
            .where(CaseTheme.case_id == case_id)
            .order_by(Theme.position, Theme.id)
        )
    )


def themes(session: Session) -> list[tuple[int, str]]:
    column = Theme.name_nl if language() == "nl" else Theme.name_en
    rows = session.execute(
        select(Theme.id, column)
        .where(Theme.retired_at.is_(None))
        .order_by(Theme.position, Theme.id)
    )
    return [(id, name) for id, name in rows]


def person_of(session: Session, actor: Actor, persona_id: int | None) -> Person | None:
    """The card of a persona that belongs to a case."""
    found = session.get(Persona, persona_id) if persona_id is not None else None
    return person(found, actor) if found is not None else None


def circle_page(session: Session, actor: Actor, case: Case) -> CirclePage | None:
    """Who it is for; of chosen people, everybody in the circle is named."""
    if case.circle_id is None:
        return None
    if case.own_circle:
        rows = session.execute(
            select(*PERSON)
            .join(CircleMembership, CircleMembership.persona_id == Persona.id)
            .where(CircleMembership.circle_id == case.circle_id)
            .where(Persona.id != case.author_id)
            .order_by(Persona.sort_key, Persona.id)
        ).all()
        people = [person(row, actor) for row in rows]
        return CirclePage(", ".join(p.name for p in people), None, False, people)
    place = holders.places(session, actor, [case.circle_id]).get(case.circle_id)
    joinable = _joinable(session, case)
    if place is None:
        return CirclePage(_("a group, space or list"), None, joinable, [])
    return CirclePage(place.name, place.url, joinable, [])


def circle_in_words(session: Session, case: Case) -> str:
    """Who reads it, for whoever agreed and has no account: no names of people or of places."""
    if case.own_circle:
        chosen = select(func.count()).where(CircleMembership.circle_id == case.circle_id)
        many = max((session.scalar(chosen) or 0) - 1, 0)  # its author is in it as well
        return ngettext(
            "%(num)d person whom its author chose", "%(num)d people whom its author chose", many
        )
    if _joinable(session, case):
        return _("the members of one group on this site; every member of the site can join it")
    return _("the members of one closed group on this site")


def _joinable(session: Session, case: Case) -> bool:
    visibility = session.scalar(select(Circle.visibility).where(Circle.id == case.circle_id))
    return visibility in (Visibility.PUBLIC, Visibility.OPEN)


def circles_of(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """The groups, spaces and lists that the actor takes part in, by name, for choosing one."""
    ids = session.scalars(
        select(CircleMembership.circle_id)
        .where(
            CircleMembership.member_id == actor.member_id,
            among(CircleMembership.standing, (Standing.JOINED, Standing.COORDINATOR)),
        )
        .limit(200)
    ).all()
    found = holders.places(session, actor, ids).values()
    return sorted(
        ((p.circle_id, p.name) for p in found if not p.archived),
        key=lambda pair: pair[1].casefold(),
    )


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A case whose author is gone, as far as somebody needs to know who may only withdraw it."""

    id: int
    place: str
    shared_at: datetime
    remove_at: datetime


@cache
def _newest_left_behind(kind: Actor) -> AnySelect:
    may = CASES.clause(kind, CasePermission.WITHDRAW_LEFT_BEHIND)
    return select(func.max(Case.shared_at)).where(may)


def newest_left_behind(session: Session, actor: Actor) -> datetime | None:
    """When the newest of `left_behind` was shared (UTC); None when there are none."""
    return rows(session, _newest_left_behind(actor.left_open), actor.parameters).scalar()


def left_behind(session: Session, actor: Actor) -> list[LeftBehind]:
    """Cases that the actor may withdraw and need not be able to read: no word of them is here."""
    rows = session.execute(
        select(Case.id, Case.circle_id, Case.shared_at, Case.remove_at)
        .where(CASES.clause(actor, CasePermission.WITHDRAW_LEFT_BEHIND))
        .order_by(Case.shared_at, Case.id)
        .limit(100)
    ).all()
    places = holders.places(session, actor, {row.circle_id for row in rows})
    return [
        LeftBehind(
            row.id,
            places[row.circle_id].name if row.circle_id in places else "",
            row.shared_at,
            row.remove_at,
        )
        for row in rows
    ]
