"""Handles: the short names of personas in addresses and @mentions, each used once."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members.models import Persona
from cop.members.names import handle_from

# Nobody is called so: they would be taken for somebody with a task, or for everybody.
RESERVED = frozenset({"lid", "leden", "iedereen", "allen", "moderator", "beheer", "beheerder"})


def free_handle(session: Session, name: str, but: int | None = None) -> str:
    """A handle from the name that nobody has; a number behind it where needed.

    Args:
        but: a persona whose own handle counts as free.
    """
    wanted = handle_from(name)
    query = select(Persona.handle).where(
        (Persona.handle == wanted) | Persona.handle.startswith(f"{wanted}-", autoescape=True)
    )
    if but is not None:
        query = query.where(Persona.id != but)
    taken = set(session.scalars(query)) | RESERVED
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"
