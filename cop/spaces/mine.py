"""The spaces and lists that a member is in, on the page 'me'."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.mine import Entry, Part, part_of_me
from cop.members.models import Persona, PersonaKind
from cop.platform.i18n import gettext as _
from cop.platform.i18n import sort_key
from cop.spaces import holders
from cop.spaces.circles import CircleMembership
from cop.spaces.joining import IN_IT

MOST = 60


@part_of_me
def places(session: Session, actor: Actor) -> Part:
    """By name, each with the pseudonym under which the member is there, if any."""
    under = {
        circle_id: name if kind == PersonaKind.PSEUDONYM else ""
        for circle_id, name, kind in session.execute(
            select(CircleMembership.circle_id, Persona.name, Persona.kind)
            .join(Persona, Persona.id == CircleMembership.persona_id)
            .where(
                CircleMembership.member_id == actor.member_id,
                CircleMembership.standing.in_(IN_IT),
            )
            .order_by(CircleMembership.since.desc(), CircleMembership.circle_id)
            .limit(MOST)
        )
    }
    found = sorted(
        holders.places(session, actor, under).values(), key=lambda place: sort_key(place.name)
    )
    return Part(
        _("Where you take part"),
        [
            Entry(
                place.name,
                place.url,
                _("as “%(name)s”", name=under[place.circle_id]) if under[place.circle_id] else "",
            )
            for place in found
        ],
    )
