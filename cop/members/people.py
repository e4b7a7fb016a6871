"""How a person is shown: the same card on every page.

Made of the persona's own columns and of who is looking, of nothing else: a pseudonym's card has
no way to hold anything of the member behind it.
"""

import zlib
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy.orm import InstrumentedAttribute

from cop.members.actor import Actor
from cop.members.models import Cluster, Persona, PersonaKind, RoleTag
from cop.members.names import initials
from cop.platform.i18n import language
from cop.platform.i18n import lazy as _l

ROLES = {
    RoleTag.EXPERIENCE_EXPERT: _l("Experience expert"),
    RoleTag.PROFESSIONAL: _l("Professional"),
    RoleTag.LOVED_ONE: _l("Loved one"),
    RoleTag.CARER: _l("Informal carer"),
    RoleTag.VOLUNTEER: _l("Volunteer"),
    RoleTag.CLIENT: _l("Client"),
    RoleTag.STUDENT: _l("Student"),
    RoleTag.TEACHER: _l("Teacher"),
    RoleTag.RESEARCHER: _l("Researcher"),
    RoleTag.POLICY_MAKER: _l("Policy maker"),
}

CLUSTERS = {
    Cluster.MEDICAL: _l("Medical"),
    Cluster.NURSING: _l("Nursing"),
    Cluster.BEHAVIOURAL: _l("Behavioural sciences"),
    Cluster.SOCIAL_WORK: _l("Social work"),
    Cluster.ARTS_THERAPY: _l("Arts therapies"),
}

HUES = 6

# What a query selects to make cards of its rows: `select(Post.id, *PERSON)`.
PERSON: tuple[InstrumentedAttribute[Any], ...] = (
    Persona.handle,
    Persona.name,
    Persona.kind,
    Persona.roles,
    Persona.picture_id,
    Persona.gone_at,
)


class Person(NamedTuple):
    """What `person` and `avatar` of `_parts/page.html` show."""

    handle: str
    name: str
    kind: str
    url: str | None
    picture_url: str | None
    initials: str
    hue: int
    role_labels: tuple[str, ...]

    @property
    def is_pseudonym(self) -> bool:
        return self.kind == PersonaKind.PSEUDONYM


def person(row: Any, actor: Actor) -> Person:
    """The card of a persona.

    Args:
        row: a `Persona`, or a row with the columns of `PERSON`.
        actor: who looks; a visitor gets the name and roles, no picture and no link.
    """
    own_name = row.kind == PersonaKind.SELF and row.gone_at is None
    has_page = row.kind in (PersonaKind.SELF, PersonaKind.PSEUDONYM)
    linked = actor.is_member and row.gone_at is None and has_page
    return Person(
        handle=row.handle,
        name=row.name,
        kind=row.kind,
        url=profile_url(row.handle) if linked else None,
        picture_url=picture_url(row.handle, row.picture_id)
        if own_name and actor.is_member
        else None,
        initials=initials(row.name),
        hue=zlib.crc32(row.name.encode()) % HUES + 1,
        role_labels=role_labels(row.roles) if own_name else (),
    )


def profile_url(handle: str) -> str:
    return f"/leden/{handle}"


def picture_url(handle: str, picture_id: int | None) -> str | None:
    """Where the picture is; the number makes a browser fetch a new one after a change."""
    return f"/leden/{handle}/foto?v={picture_id}" if picture_id else None


def role_labels(roles: list[str]) -> tuple[str, ...]:
    """The names of role tags, in the order in which the page lists them."""
    return _role_labels(language(), *roles) if roles else ()


@lru_cache(maxsize=2000)
def _role_labels(_language: str, *roles: str) -> tuple[str, ...]:
    return tuple(str(label) for tag, label in ROLES.items() if tag in roles)
