"""What a member wrote and did in sessions, for them to take along.

The words come from `own_words`, to which every kind of session adds its own; no group, no theme
and no name stands in them.
"""

from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.own_data import Room, Row, Rows, exports
from cop.platform.i18n import lazy as _l
from cop.sessions import own_words
from cop.sessions.models import (
    FollowUp,
    SessionParticipant,
    SessionReading,
    SpeakingTurn,
)


def _more(session: Session, actor: Actor) -> dict[str, list[Row]]:
    return {"words": own_words.everything(session, actor)}


exports(
    Room(
        "sessions",
        _l("Sessions"),
        [
            Rows(
                "took_part",
                _l("Sessions that you were in"),
                [SessionParticipant.member_id, SessionParticipant.persona_id],
                [
                    *(SessionParticipant.session_id, SessionParticipant.leads),
                    *(SessionParticipant.presents, SessionParticipant.takes_notes),
                    *(SessionParticipant.observes, SessionParticipant.came_at),
                    SessionParticipant.left_at,
                ],
                under=SessionParticipant.persona_id,
            ),
            Rows(
                "taken_along",
                _l("What you took along"),
                [FollowUp.participant_id],
                [
                    *(FollowUp.session_id, FollowUp.action, FollowUp.due_on, FollowUp.at),
                    *(FollowUp.done_at, FollowUp.dropped_at, FollowUp.outcome),
                ],
            ),
            Rows(
                "turns",
                _l("When you had the floor"),
                [SpeakingTurn.participant_id],
                [SpeakingTurn.session_id, SpeakingTurn.step, SpeakingTurn.began_at],
            ),
            Rows(
                "read_back",
                _l("When you read a session back"),
                [SessionReading.participant_id],
                [SessionReading.session_id, SessionReading.at],
            ),
        ],
        more=_more,
        titles={"words": _l("What you wrote")},
        covers=frozenset(
            {
                *("session_entry.participant_id", "session_note.participant_id"),
                "session_evaluation.participant_id",
            }
        ),
    )
)
