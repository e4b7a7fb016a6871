"""Values, norms and weighings, in what a member keeps of their own words (see
`cop.sessions.own_words`)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cop.beraad.models import Beraad, Entry, Weighing
from cop.beraad.words import ANSWERS
from cop.gatherings.models import Gathering
from cop.members.actor import Actor
from cop.sessions.models import GroupSession, SessionParticipant
from cop.sessions.own_words import Words, adds_words
from cop.sessions.permissions import is_me


@adds_words
def of_beraad(session: Session, actor: Actor) -> Iterable[Words]:
    """What one put into the table, and how one weighed."""
    entries = _mine(Entry, actor, Entry.place, Entry.text, Entry.at)
    for day, place, text, at in session.execute(entries.where(Entry.text.is_not(None))):
        yield Words(day, place, text, at)
    for day, one in session.execute(_mine(Weighing, actor, Weighing)):
        for name in ANSWERS:
            if text := getattr(one, name):
                yield Words(day, f"weighing.{name}", text, one.saved_at)


def _mine(model: Any, actor: Actor, *columns: Any) -> Select[Any]:
    """By the name that one has in the session."""
    return (
        select(Gathering.starts_at, *columns)
        .select_from(model)
        .join(Beraad, Beraad.id == model.beraad_id)
        .join(GroupSession, GroupSession.id == Beraad.session_id)
        .join(Gathering, Gathering.id == GroupSession.gathering_id)
        .join(
            SessionParticipant,
            (SessionParticipant.session_id == GroupSession.id)
            & (SessionParticipant.persona_id == model.author_id),
        )
        .where(is_me(actor))
    )
