"""Under which name a member takes part in a circle: their own, or a pseudonym for this circle.

Chosen at joining and kept. A pseudonym is used in one circle only and says nothing that ties it
to the member: no picture, no role tags, a handle made of the pseudonym itself.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members import pseudonyms
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.names import look_alike_key
from cop.members.queries import own_persona
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.spaces.circles import Circle, CirclePseudonym, CircleRemoval


def earlier_pseudonyms(session: Session, actor: Actor, circle_id: int) -> list[Persona]:
    """Pseudonyms that the actor used in this circle before; shown to the actor alone."""
    return list(
        session.scalars(
            select(Persona)
            .join(CirclePseudonym, CirclePseudonym.persona_id == Persona.id)
            .where(CirclePseudonym.circle_id == circle_id, Persona.member_id == actor.member_id)
            .where(Persona.gone_at.is_(None))
            .order_by(Persona.sort_key)
        )
    )


def fixed_persona(session: Session, actor: Actor, circle_id: int) -> Persona | None:
    """The name that is not to be chosen again: of whoever was removed under it, else None.

    Somebody who was shown out could otherwise come back as somebody else.
    """
    return session.scalar(
        select(Persona)
        .join(CircleRemoval, CircleRemoval.persona_id == Persona.id)
        .where(CircleRemoval.circle_id == circle_id, CircleRemoval.member_id == actor.member_id)
    )


def persona_for(
    session: Session, actor: Actor, circle: Circle, pseudonym: str | None, now: datetime
) -> Persona:
    """The persona under which the actor will take part.

    Args:
        pseudonym: as typed, or None for one's own name.

    Raises:
        Refused: pseudonyms are not for this circle, or this one cannot be used.
    """
    if pseudonym is None:
        assert actor.member_id is not None
        return own_persona(session, actor.member_id)
    if not circle.allows_pseudonyms:
        raise Refused(_("Here everybody takes part under their own name."), pseudonyms.FIELD)
    key = look_alike_key(pseudonym)
    for earlier in earlier_pseudonyms(session, actor, circle.id):
        if earlier.name_key == key:
            return earlier
    made = pseudonyms.create(session, actor, pseudonym, now)
    session.add(CirclePseudonym(persona_id=made.id, circle_id=circle.id))
    session.flush()
    return made
