"""Choosing a method for a session: what is shipped, what the group wrote itself, for how long."""

from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.sessions import methods, queries
from cop.sessions.methods import MOST_MINUTES, Method


def offered(session: Session, circle_id: int, kind: str) -> dict[str, Method]:
    """Every method that a session of this group can be held by, by the key of its choice.

    The caller knows that the actor is in the group.
    """
    own = {
        f"own:{id}": methods.from_json(body | {"key": f"own:{id}"})
        for id, body in queries.own_methods(session, circle_id, kind)
    }
    return methods.shipped(kind) | own


def chosen(
    session: Session, _actor: Actor, circle_id: int, kind: str, key: str, minutes: int | None
) -> Method:
    """The method of this key, over so many minutes; None for as long as it says.

    Raises:
        Refused: there is no such method, or its steps do not fit into the time.
    """
    found = offered(session, circle_id, kind).get(key)
    if found is None:
        raise Refused(_("Choose one of these, please."), "method")
    if minutes is None:
        return found
    if not len(found.steps) <= minutes <= MOST_MINUTES:
        raise Refused(_("The steps do not fit into this time."), "minutes")
    return methods.scaled(found, minutes)
