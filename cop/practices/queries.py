"""Reading one practice: its page, its sections, and who writes it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, null, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Persona, Theme
from cop.members.people import PERSON, Person, person
from cop.members.queries import theme_name
from cop.platform import markup
from cop.platform.errors import NotFound
from cop.practices import words
from cop.practices.listing import review_passed
from cop.practices.models import (
    Knowledge,
    Practice,
    PracticeEditor,
    PracticeSection,
    PracticeState,
    PracticeTheme,
)
from cop.practices.permissions import (
    PRACTICES,
    STARTING,
    PracticePermission,
    StartPermission,
)
from cop.spaces.circles import Circle, Visibility, readable
from cop.spaces.models import Space


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a practice as it reads now."""

    name: str
    label: str
    source: str
    html: str
    version: int
    opened_by: str | None = None
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Editor:
    """Somebody who writes it."""

    person: Person
    named_to_visitors: bool
    is_me: bool
    accepted: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A practice as its page shows it. `editors` are those whose names the actor may see."""

    practice: Practice
    may: frozenset[Any]
    visibility: str
    space_name: str | None
    space_url: str | None
    sections: dict[str, Section]
    editors: list[Editor]
    asked: list[Editor]
    contact: Person | None
    themes: list[Any]
    review_passed: bool
    in_circle_of_space: bool

    def holds(self, permission: str) -> bool:
        return PracticePermission(permission) in self.may

    @property
    def is_draft(self) -> bool:
        return self.practice.state == PracticeState.DRAFT

    @property
    def is_public(self) -> bool:
        return not self.is_draft and self.visibility == Visibility.PUBLIC

    @property
    def filled(self) -> list[Section]:
        """The sections below title and summary that say something, in their order."""
        return [self.sections[name] for name in words.BODY if name in self.sections]

    @property
    def minutes(self) -> int:
        return markup.reading_minutes(self.practice.words)

    @property
    def knowledge(self) -> list[tuple[str, str]]:
        return [
            (str(words.KNOWLEDGE[kind]), str(words.KNOWLEDGE_HELP[kind]))
            for kind in Knowledge
            if kind in self.practice.knowledge
        ]

    @property
    def kind(self) -> str:
        return str(words.KINDS[self.practice.kind])

    @property
    def me(self) -> Editor | None:
        return next((each for each in self.editors if each.is_me), None)

    @property
    def next_section(self) -> str | None:
        """What to write next: what readers cannot do without first."""
        order = [*words.NEEDED, *words.BODY]
        return next((name for name in order if name not in self.sections), None)


def one(
    session: Session,
    actor: Actor,
    practice_id: int,
    now: datetime,
    permission: PracticePermission = PracticePermission.READ,
) -> Page:
    """
    Raises:
        NotFound: it is not there, or the actor does not hold the permission.
    """
    space_shown = and_(Space.id == Practice.space_id, readable(actor, Space.circle_id))
    row = session.execute(
        select(
            Practice,
            *PRACTICES.columns(actor),
            Circle.visibility,
            Space.name.label("space_name"),
            Space.slug,
            Space.circle_id.label("space_circle"),
        )
        .join(Circle, Circle.id == Practice.circle_id)
        .outerjoin(Space, space_shown)
        .where(Practice.id == practice_id)
        .where(PRACTICES.clause(actor, permission)),
        actor.parameters,
    ).one_or_none()
    if row is None:
        raise NotFound
    practice: Practice = row.Practice
    may = PRACTICES.from_row(row)
    everybody = _editors(session, actor, practice)
    sees_names = actor.is_member
    contact = next(
        (
            editor
            for persona_id, editor in everybody
            if persona_id == practice.contact_id and (sees_names or editor.named_to_visitors)
        ),
        None,
    )
    writes = PracticePermission.WRITE in may
    return Page(
        practice=practice,
        may=may,
        visibility=row.visibility,
        space_name=row.space_name,
        space_url=f"/proeftuinen/{row.slug}" if row.slug else None,
        sections=_sections(session, practice.id),
        editors=[
            editor
            for _id, editor in everybody
            if editor.accepted and (sees_names or editor.named_to_visitors)
        ],
        asked=[editor for _id, editor in everybody if not editor.accepted] if writes else [],
        contact=contact.person if contact is not None else None,
        themes=themes_of(session, practice.id),
        review_passed=review_passed(practice.review_on, now),
        in_circle_of_space=row.space_circle == practice.circle_id,
    )


def _sections(session: Session, practice_id: int) -> dict[str, Section]:
    rows = session.execute(
        select(PracticeSection, Persona.name)
        .outerjoin(Persona, Persona.id == PracticeSection.opened_by_id)
        .where(PracticeSection.practice_id == practice_id, PracticeSection.source != "")
    ).all()
    return {
        row.name: Section(
            row.name,
            str(words.SECTIONS[row.name]),
            row.source,
            row.html,
            row.version,
            who,
            row.opened_at,
        )
        for row, who in rows
    }


def _editors(session: Session, actor: Actor, practice: Practice) -> list[tuple[int, Editor]]:
    mine = Persona.member_id == actor.member_id if actor.is_member else null()
    rows = session.execute(
        select(
            Persona.id,
            PracticeEditor.accepted_at,
            PracticeEditor.named_to_visitors,
            mine.label("is_mine"),
            *PERSON,
        )
        .join(PracticeEditor, PracticeEditor.persona_id == Persona.id)
        .where(PracticeEditor.practice_id == practice.id, Persona.gone_at.is_(None))
        .order_by(Persona.sort_key, Persona.id)
    ).all()
    return [
        (
            row.id,
            Editor(
                person(row, actor),
                row.named_to_visitors,
                bool(row.is_mine),
                row.accepted_at is not None,
            ),
        )
        for row in rows
    ]


def themes_of(session: Session, practice_id: int) -> list[Any]:
    """(id, slug, name) in the reader's language."""
    return list(
        session.execute(
            select(Theme.id, Theme.slug, theme_name())
            .join(PracticeTheme, PracticeTheme.theme_id == Theme.id)
            .where(PracticeTheme.practice_id == practice_id)
            .order_by(Theme.position, Theme.id)
        )
    )


def section(session: Session, practice_id: int, name: str) -> Section:
    """One section to write; one that says nothing yet is empty, with the version that it has.

    Raises:
        NotFound: a practice has no such section.
    """
    if name not in words.SECTIONS:
        raise NotFound
    row = session.execute(
        select(PracticeSection, Persona.name)
        .outerjoin(Persona, Persona.id == PracticeSection.opened_by_id)
        .where(PracticeSection.practice_id == practice_id, PracticeSection.name == name)
    ).one_or_none()
    label = str(words.SECTIONS[name])
    if row is None:
        return Section(name, label, "", "", 0)
    found, who = row
    return Section(name, label, found.source, found.html, found.version, who, found.opened_at)


# --- where one can start ---


def space_to_start_in(session: Session, actor: Actor, slug: str) -> Space:
    """
    Raises:
        NotFound: no such space, or the actor does not take part in it.
    """
    found = session.scalar(STARTING.scope(actor, StartPermission.START).where(Space.slug == slug))
    if found is None:
        raise NotFound
    return found


def may_start_in(session: Session, actor: Actor, space: Space) -> bool:
    return StartPermission.START in STARTING.held(session, actor, space.id)
