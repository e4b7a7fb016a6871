"""What a member wrote in sessions, for themselves to keep: their own words, and nobody else's.

No group, no theme and no name stands in it; the day of the session says which it was. A room with
words of its own adds them (`@adds_words`).
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cop.gatherings import when
from cop.gatherings.models import Gathering
from cop.members.actor import Actor
from cop.sessions.models import (
    FollowUp,
    GroupSession,
    SessionEntry,
    SessionEvaluation,
    SessionNote,
    SessionParticipant,
)
from cop.sessions.permissions import is_me


class Words(NamedTuple):
    """Something that one wrote: in the session of which day, as what, and when."""

    day: datetime
    what: str
    text: str
    at: datetime


Source: TypeAlias = Callable[[Session, Actor], Iterable[Words]]

_sources: list[Source] = []


def adds_words(source: Source) -> Source:
    """Decorator: the function gives what the actor wrote in its room, and nothing of others."""
    _sources.append(source)
    return source


def everything(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """All that the actor wrote in sessions, oldest first; also in those they left since."""
    if not actor.is_member:
        return []
    found = [words for source in _sources for words in source(session, actor)]
    return [
        {
            "session": when.local(words.day).date().isoformat(),
            "what": words.what,
            "text": words.text,
            "at": words.at.isoformat(),
        }
        for words in sorted(found, key=lambda words: (words.at, words.what, words.text))
    ]


def mine(model: Any, actor: Actor, *columns: Any) -> Select[Any]:
    """The day of the session, and columns, of the rows of a model that has a `participant_id`."""
    return (
        select(Gathering.starts_at, *columns)
        .select_from(model)
        .join(SessionParticipant, SessionParticipant.id == model.participant_id)
        .join(GroupSession, GroupSession.id == SessionParticipant.session_id)
        .join(Gathering, Gathering.id == GroupSession.gathering_id)
        .where(is_me(actor))
    )


@adds_words
def of_sessions(session: Session, actor: Actor) -> Iterable[Words]:
    """Contributions, notes, what was taken along and what came of it, and looking back."""
    entry = mine(SessionEntry, actor, SessionEntry.kind, SessionEntry.text, SessionEntry.at)
    for row in session.execute(entry.where(SessionEntry.text.is_not(None))):
        yield Words(*row)
    notes = mine(SessionNote, actor, SessionNote.text, SessionNote.at)
    for day, text, at in session.execute(notes):
        yield Words(day, "note", text, at)
    taken = mine(FollowUp, actor, FollowUp.action, FollowUp.outcome, FollowUp.at)
    for day, action, outcome, at in session.execute(taken):
        yield Words(day, "taken_along", action, at)
        if outcome:
            yield Words(day, "what_came", outcome, at)
    answers = mine(SessionEvaluation, actor, SessionEvaluation.answers, SessionEvaluation.at)
    for day, text, at in session.execute(answers):
        yield Words(day, "looking_back", text, at)
