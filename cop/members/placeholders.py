"""Authors of an imported archive, and how they become members' own.

A placeholder is a name beside old messages and a keyed hash of the address they came from. Whoever
verifies that address gets them: see `claim`. It gets no mail, cannot be mentioned and is not found
among members.
"""

import hashlib
import hmac
from datetime import datetime

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.config import Settings
from cop.members.events import PlaceholderClaimed
from cop.members.models import Persona, PersonaKind
from cop.platform.outbox import emit


def claim_hash(address: str) -> str:
    """A keyed hash of the address without case: equal addresses are found, none can be read."""
    settings: Settings = current_app.config["SETTINGS"]
    # The secret signs other things too; the prefix keeps this use apart from them.
    key = b"placeholder address\0" + settings.secret_key.encode()
    return hmac.new(key, address.strip().lower().encode(), hashlib.sha256).hexdigest()


def claim(session: Session, address: str, persona: Persona, now: datetime) -> int:
    """Give the placeholders of a verified address to its member; how many there were.

    What they wrote is re-pointed by the handlers of `PlaceholderClaimed`.
    """
    found = session.scalars(
        select(Persona).where(
            Persona.claim_hash == claim_hash(address),
            Persona.kind == PersonaKind.PLACEHOLDER,
            Persona.gone_at.is_(None),
        )
    ).all()
    for placeholder in found:
        placeholder.gone_at = now
        placeholder.claim_hash = None
        emit(session, PlaceholderClaimed(placeholder_id=placeholder.id, persona_id=persona.id), now)
    return len(found)
