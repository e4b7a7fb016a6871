"""How a persona is shown beside what they wrote: name, initials, tint, picture, roles.

Everything is worked out from what others may see of the persona; nothing here knows the member.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cop.members.models import Persona, PersonaKind, RoleTag
from cop.platform.i18n import lazy as _l

ROLE_WORDS = {
    RoleTag.EXPERIENCE_EXPERT: _l("experience expert"),
    RoleTag.PROFESSIONAL: _l("professional"),
    RoleTag.LOVED_ONE: _l("loved one"),
    RoleTag.CARER: _l("carer"),
    RoleTag.VOLUNTEER: _l("volunteer"),
    RoleTag.CLIENT: _l("client"),
    RoleTag.STUDENT: _l("student"),
    RoleTag.TEACHER: _l("teacher"),
    RoleTag.RESEARCHER: _l("researcher"),
    RoleTag.POLICY_MAKER: _l("policy maker"),
}

TINTS = 6


@dataclass(frozen=True, slots=True)
class Face:
    """A persona as templates show it.

    Attributes:
        url: of their page; None for a placeholder and for who is gone.
        hue: 1 to 6, from the name that is shown.
    """

    name: str
    handle: str
    url: str | None
    initials: str
    hue: int
    picture_url: str | None
    is_pseudonym: bool
    role_labels: Sequence[str]


# Select these, in this order, and give them to `face`.
COLUMNS = (
    Persona.handle,
    Persona.name,
    Persona.kind,
    Persona.roles,
    Persona.picture_id,
    Persona.gone_at,
)


def role_words() -> dict[str, str]:
    """The word for each role tag in the reader's language, looked up once for a whole page."""
    return {tag.value: str(word) for tag, word in ROLE_WORDS.items()}


def face(columns: Sequence[Any], words: dict[str, str]) -> Face:
    """
    Args:
        columns: values of `COLUMNS`, in their order.
        words: `role_words()`.
    """
    handle, name, kind, roles, picture_id, gone_at = columns
    met = kind != PersonaKind.PLACEHOLDER and gone_at is None
    url = f"/leden/{handle}" if met else None
    return Face(
        name=name,
        handle=handle,
        url=url,
        initials=initials(name),
        hue=zlib.crc32(name.encode()) % TINTS + 1,
        picture_url=f"{url}/foto" if url and picture_id is not None else None,
        is_pseudonym=kind == PersonaKind.PSEUDONYM,
        role_labels=[words[role] for role in roles if role in words] if roles and met else (),
    )


def initials(name: str) -> str:
    """'Fatima el Benali' → 'FB'."""
    parts = name.split()
    return "".join(part[0] for part in parts[:1] + parts[1:][-1:]).upper()
