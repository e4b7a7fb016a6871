"""Reads about members for every room: who can be named, found or picked."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from cop.members.actor import Actor
from cop.members.models import (
    Member,
    MemberOrganisation,
    MemberState,
    Organisation,
    Persona,
    PersonaKind,
    Theme,
)
from cop.members.people import PERSON, Person, person
from cop.platform.i18n import language, sort_key

MOST_PICKED = 10


@dataclass(frozen=True, slots=True)
class Named:
    """A persona that can be mentioned.

    Attributes:
        member_id: for telling them, never for a page; None when nobody is to be told (a pseudonym
            whose member left looks as before for a while, so that its end is not tied to theirs).
    """

    persona_id: int
    member_id: int | None
    handle: str
    name: str
    kind: str


def takes_part() -> ColumnElement[bool]:
    """The persona is of an active member and not given up: nobody who left, no placeholder.

    A pseudonym takes part until its own end, also when its member has left by then.
    """
    member = aliased(Member)  # whoever asks may have joined Member already
    active = exists().where(member.id == Persona.member_id, member.state == MemberState.ACTIVE)
    return and_(
        Persona.gone_at.is_(None),
        or_(
            and_(Persona.kind == PersonaKind.SELF, active),
            and_(Persona.kind == PersonaKind.PSEUDONYM, or_(Persona.member_id.is_(None), active)),
        ),
    )


def among_members() -> ColumnElement[bool]:
    """The persona is found among members: own names only."""
    return and_(takes_part(), Persona.kind == PersonaKind.SELF)


def personas_by_handle(session: Session, handles: Iterable[str]) -> dict[str, Named]:
    """Who can be mentioned by these handles, in one query.

    Pseudonyms are among them: whoever asks says in which circle one may be named.
    """
    wanted = set(handles)
    if not wanted:
        return {}
    rows = session.execute(
        select(Persona.id, Persona.member_id, Persona.handle, Persona.name, Persona.kind).where(
            Persona.handle.in_(wanted), takes_part()
        )
    )
    return {
        handle: Named(persona_id, member_id, handle, name, kind)
        for persona_id, member_id, handle, name, kind in rows
    }


def people_named(
    session: Session, actor: Actor, words: str, most: int = MOST_PICKED
) -> list[Person]:
    """Members whose name or handle begins with the words, for choosing somebody."""
    key = sort_key(words)
    if not key or not actor.is_member:
        return []
    rows = session.execute(
        select(*PERSON)
        .where(among_members())
        .where(name_begins(key) | Persona.handle.startswith(words.lower(), autoescape=True))
        .order_by(Persona.sort_key, Persona.id)
        .limit(most)
    )
    return [person(row, actor) for row in rows]


def name_begins(key: str) -> ColumnElement[bool]:
    """The name, or a word in it, begins with the sort key given."""
    return or_(
        Persona.sort_key.startswith(key, autoescape=True),
        Persona.sort_key.contains(f" {key}", autoescape=True),
    )


def own_persona(session: Session, member_id: int) -> Persona:
    """The persona with the member's own name."""
    return session.scalars(
        select(Persona).where(Persona.member_id == member_id, Persona.kind == PersonaKind.SELF)
    ).one()


def moderators(session: Session) -> list[int]:
    """Member ids of everybody who moderates, for telling them something."""
    from_roles = select(Member.id).where(
        Member.state == MemberState.ACTIVE, Member.site_role.in_(("moderator", "administrator"))
    )
    return list(session.scalars(from_roles))


def theme_name() -> ColumnElement[str]:
    """The theme's name in the reader's language."""
    return (Theme.name_en if language() == "en" else Theme.name_nl).label("name")


def organisations(session: Session) -> list[tuple[int, str, str]]:
    """(id, slug, name) of the organisations that can be chosen, by name."""
    rows = session.execute(
        select(Organisation.id, Organisation.slug, Organisation.name)
        .where(Organisation.retired_at.is_(None), Organisation.proposed_at.is_(None))
        .order_by(Organisation.sort_key, Organisation.id)
    )
    return [(row.id, row.slug, row.name) for row in rows]


def themes(session: Session) -> list[tuple[str, str]]:
    """(slug, name) of the themes that can be chosen, in the administrators' order."""
    rows = session.execute(
        select(Theme.slug, theme_name())
        .where(Theme.retired_at.is_(None))
        .order_by(Theme.position, Theme.id)
    )
    return [(slug, name) for slug, name in rows]


def themes_by_group(session: Session) -> list[tuple[str, list[tuple[str, str]]]]:
    """group → (id, name) of the themes that can be chosen, in the administrators' order."""
    rows = session.execute(
        select(Theme.group, Theme.id, theme_name())
        .where(Theme.retired_at.is_(None))
        .order_by(Theme.position, Theme.id)
    )
    groups: dict[str, list[tuple[str, str]]] = {}
    for group, theme_id, name in rows:
        groups.setdefault(group, []).append((str(theme_id), name))
    return list(groups.items())


def own_organisations(
    session: Session, actor: Actor, chosen: Iterable[int]
) -> list[tuple[str, str]]:
    """(id, name) of what a member can choose: the list, and what they have already."""
    mine = select(MemberOrganisation.organisation_id).where(
        MemberOrganisation.member_id == actor.member_id
    )
    listed = and_(Organisation.retired_at.is_(None), Organisation.proposed_at.is_(None))
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .where(or_(listed, Organisation.id.in_(mine)))
        .order_by(Organisation.sort_key, Organisation.id)
    ).all()
    first = set(chosen)
    ordered = sorted(rows, key=lambda row: row.id not in first)  # what one has stands on top
    return [(str(row.id), row.name) for row in ordered]
