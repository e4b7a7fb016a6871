"""A session of a group: where it is, who is there, what they wrote, and what they take along.

Words are encrypted. Everything that a screen shows is a fact here: whoever comes back, on
whichever device, finds the session as it is.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.gatherings.models import Gathering
from cop.members.models import Persona
from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText
from cop.sessions import methods
from cop.sessions.methods import Method, Step
from cop.sessions.timer import Timer


class SessionState(StrEnum):
    PREPARED = "prepared"
    RUNNING = "running"
    CLOSED = "closed"


class GroupSession(Base):
    """What a group does on one of its dates.

    `circle` is the group's. `round` counts the cases that were talked about: with a new one the
    steps begin again. `opened_through` is the last step whose silent writing was opened.
    """

    __tablename__ = "group_session"
    __table_args__ = (Index("ix_group_session_circle_id_state", "circle_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"))
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    method: Mapped[dict[str, Any]] = mapped_column(JSON)  # a snapshot, `methods.from_json`
    state: Mapped[str] = mapped_column(String(10), default=SessionState.PREPARED)
    theme: Mapped[str | None] = mapped_column(EncryptedText("group_session.theme"))
    round: Mapped[int] = mapped_column(default=1)
    step: Mapped[int] = mapped_column(default=0)
    step_started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    added_seconds: Mapped[int] = mapped_column(default=0)
    opened_through: Mapped[int] = mapped_column(default=-1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    asked_again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the later evaluation

    gathering: Mapped[Gathering] = relationship()

    @property
    def its_method(self) -> Method:
        return methods.from_json(self.method)

    @property
    def its_step(self) -> Step:
        return self.its_method.steps[self.step]

    @property
    def timer(self) -> Timer:
        return timer_of(self)

    @timer.setter
    def timer(self, timer: Timer) -> None:
        self.step_started_at, self.paused_at = timer.started_at, timer.paused_at
        self.added_seconds = timer.added


def timer_of(its: Any) -> Timer:
    """The timer of a `GroupSession`, or of a row with its columns.

    Of the method only this step's minutes are read: screens ask all the time.
    """
    minutes = its.method["steps"][its.step]["minutes"]
    return Timer(minutes, its.step_started_at, its.paused_at, its.added_seconds)


class SessionParticipant(Base):
    """Somebody who takes part in a session, under the name they have in the group.

    `there_at` is when they were first there while it was held: who never was reads nothing of it
    afterwards. One leads; a second `may_lead`. One `presents`; one speaks at a time. One
    `takes_notes` for all; one `observes` how the conversation goes, and keeps out of it.
    """

    __tablename__ = "session_participant"
    __table_args__ = (
        UniqueConstraint("session_id", "member_id"),
        UniqueConstraint("session_id", "guest_id"),
        Index("ix_session_participant_member_id", "member_id"),
        Index("ix_session_participant_guest_id", "guest_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("group_session.id"))
    # None when whoever it was left the community: the name stays, the tie does not.
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    # A facilitator from outside, until it is over; no constraint: guests are erased by then.
    guest_id: Mapped[int | None]
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    leads: Mapped[bool] = mapped_column(default=False)
    may_lead: Mapped[bool] = mapped_column(default=False)
    presents: Mapped[bool] = mapped_column(default=False)
    takes_notes: Mapped[bool] = mapped_column(default=False)
    observes: Mapped[bool] = mapped_column(default=False)
    came_at: Mapped[datetime] = mapped_column(UtcDateTime)
    there_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hand_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    speaking_since: Mapped[datetime | None] = mapped_column(UtcDateTime)

    persona: Mapped[Persona] = relationship()


class SpeakingTurn(Base):
    """Somebody had the floor; the facilitator alone sees how often each had."""

    __tablename__ = "speaking_turn"
    __table_args__ = (
        Index("ix_speaking_turn_session_id_round_step", "session_id", "round", "step"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("group_session.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("session_participant.id"), index=True)
    round: Mapped[int]
    step: Mapped[int]
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SessionEntry(Base):
    """Something that a participant typed for all; hidden until `shown_at` when it was in silence.

    The key is the client's own: the same entry sent twice is one. A struck entry keeps its key and
    loses its words. One `at_table` was typed for its author, who has no screen, by who leads.
    """

    __tablename__ = "session_entry"
    __table_args__ = (
        UniqueConstraint("session_id", "participant_id", "key"),
        Index("ix_session_entry_session_id_id", "session_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("group_session.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("session_participant.id"), index=True)
    round: Mapped[int]
    step: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str | None] = mapped_column(EncryptedText("session_entry.text"))
    key: Mapped[str] = mapped_column(String(64))
    at_table: Mapped[bool] = mapped_column(default=False, server_default=false())
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    struck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SessionNote(Base):
    """A participant's own notes; nobody else ever reads them."""

    __tablename__ = "session_note"

    participant_id: Mapped[int] = mapped_column(
        ForeignKey("session_participant.id"), primary_key=True
    )
    text: Mapped[str] = mapped_column(EncryptedText("session_note.text"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class FollowUp(Base):
    """What somebody takes along: an action, by when; later what came of it."""

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("participant_id", "key"),
        Index("ix_follow_up_due_on_done_at", "due_on", "done_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("group_session.id"), index=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("session_participant.id"))
    action: Mapped[str] = mapped_column(EncryptedText("follow_up.action"))
    due_on: Mapped[date | None] = mapped_column(Date)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(EncryptedText("follow_up.outcome"))
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SessionEvaluation(Base):
    """A participant's look back: the first right after, the second some six weeks later."""

    __tablename__ = "session_evaluation"
    __table_args__ = (UniqueConstraint("participant_id", "turn"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("group_session.id"), index=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("session_participant.id"))
    turn: Mapped[int]
    answers: Mapped[str] = mapped_column(EncryptedText("session_evaluation.answers"))  # JSON
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SessionReading(Base):
    """Somebody read a session that is over: who and when; those who were there see it."""

    __tablename__ = "session_reading"
    __table_args__ = (Index("ix_session_reading_session_id_id", "session_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("group_session.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("session_participant.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class GroupMethod(Base):
    """A method in a group's own words."""

    __tablename__ = "group_method"

    id: Mapped[int] = mapped_column(primary_key=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
