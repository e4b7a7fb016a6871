"""Which names in a text are members' own: the quiet check leaves those alone."""

from collections.abc import Collection

from flask import has_request_context
from sqlalchemy import select

from cop.members.models import Persona, PersonaKind
from cop.members.names import look_alike_key
from cop.platform.db import db
from cop.textcheck import clients

MOST = 200  # names asked for at once


@clients.members_by
def named(names: Collection[str]) -> Collection[str]:
    """Those of the names that are the own name of a member. Pseudonyms are never told."""
    if not has_request_context():
        return ()
    by_key = {look_alike_key(name): name for name in sorted(names)[:MOST]}
    found = db.session.scalars(
        select(Persona.name_key).where(
            Persona.name_key.in_(by_key), Persona.kind == PersonaKind.SELF
        )
    )
    return {by_key[key] for key in found}
