"""Reading what lies on the table of a stall: the conversation, questions, the note, links."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from cop.markets.floor_models import (
    FloorPerson,
    QuestionVote,
    StallItem,
    StallMessage,
    StallNote,
    StallQuestion,
)
from cop.members.models import Persona
from cop.platform.storage import StoredFile
from cop.spaces.files import url_of

MOST_MESSAGES = 60
MOST_QUESTIONS = 100


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Message:
    """Something that was said; no text when it was taken back."""

    id: int
    by: int
    name: str
    text: str | None
    at: datetime
    round: int

    def told(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "by": self.by,
            "name": self.name,
            "text": self.text,
            "at": _ms(self.at),
        }


def messages(
    session: Session,
    stall_id: int,
    ids: Collection[int] | None = None,
    before: int | None = None,
) -> tuple[list[Message], bool]:
    """The last of the conversation, oldest first, and whether there is more before; one query.

    Args:
        ids: only these, and all of them.
        before: the last of what was said before this one.
    """
    query = (
        select(
            StallMessage.id,
            StallMessage.person_id,
            Persona.name,
            StallMessage.text,
            StallMessage.at,
            StallMessage.round,
        )
        .join(FloorPerson, FloorPerson.id == StallMessage.person_id)
        .join(Persona, Persona.id == FloorPerson.persona_id)
        .where(StallMessage.stall_id == stall_id)
        .order_by(StallMessage.id.desc())
    )
    if before is not None:
        query = query.where(StallMessage.id < before)
    if ids is not None:
        query = query.where(StallMessage.id.in_(list(ids)))
    else:
        query = query.limit(MOST_MESSAGES + 1)
    found = [Message(*row) for row in session.execute(query)]
    more = ids is None and len(found) > MOST_MESSAGES
    return found[:MOST_MESSAGES][::-1] if ids is None else found[::-1], more


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the queue; a nameless one has nobody's name and number, but for its asker.

    Attributes:
        by: who asked, None when that is not said.
        mine, voted: the actor asked it, or wants to know it as well; False where nobody looks.
    """

    id: int
    text: str | None
    by: int | None
    name: str | None
    votes: int
    answered: bool
    mine: bool = False
    voted: bool = False

    def told(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "text": self.text,
            "by": self.by,
            "name": self.name,
            "votes": self.votes,
            "answered": self.answered,
        }


def questions(
    session: Session, stall_id: int, person_id: int | None, ids: Collection[int] | None = None
) -> list[Question]:
    """The queue: what most want to know first, answered ones last; one query.

    Args:
        person_id: who looks; None for what is told to all.
        ids: only these, also when they were taken back.
    """
    given = aliased(QuestionVote)
    query = (
        select(
            StallQuestion.id,
            StallQuestion.text,
            StallQuestion.person_id,
            StallQuestion.nameless,
            StallQuestion.votes,
            StallQuestion.answered_at,
            Persona.name,
            given.person_id.label("voted"),
        )
        .join(FloorPerson, FloorPerson.id == StallQuestion.person_id)
        .join(Persona, Persona.id == FloorPerson.persona_id)
        .outerjoin(
            given, (given.question_id == StallQuestion.id) & (given.person_id == (person_id or 0))
        )
        .where(StallQuestion.stall_id == stall_id)
        .order_by(
            StallQuestion.answered_at.is_not(None), StallQuestion.votes.desc(), StallQuestion.id
        )
    )
    if ids is not None:
        query = query.where(StallQuestion.id.in_(list(ids)))
    else:
        query = query.where(StallQuestion.struck_at.is_(None)).limit(MOST_QUESTIONS + 1)
    return [
        Question(
            id=row.id,
            text=row.text,
            by=None if row.nameless else row.person_id,
            name=None if row.nameless else row.name,
            votes=row.votes,
            answered=row.answered_at is not None,
            mine=row.person_id == person_id,
            voted=row.voted is not None,
        )
        for row in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Note:
    """The note of a stall; version 0 when nobody wrote one."""

    text: str
    version: int
    name: str

    def told(self) -> dict[str, Any]:
        return {"text": self.text, "version": self.version, "name": self.name}


def note(session: Session, stall_id: int) -> Note:
    row = session.execute(
        select(StallNote.text, StallNote.version, Persona.name)
        .join(FloorPerson, FloorPerson.id == StallNote.by_id)
        .join(Persona, Persona.id == FloorPerson.persona_id)
        .where(StallNote.stall_id == stall_id)
    ).one_or_none()
    return Note(*row) if row is not None else Note("", 0, "")


@dataclass(frozen=True, slots=True)
class Item:
    """A link or a file on the table; no address when it was taken away."""

    id: int
    by: int
    name: str
    title: str
    url: str
    is_file: bool

    def told(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "by": self.by,
            "name": self.name,
            "title": self.title,
            "url": self.url,
            "file": self.is_file,
        }


def items(session: Session, stall_id: int, ids: Collection[int] | None = None) -> list[Item]:
    """What lies there, oldest first; one query. With `ids` also what was taken away."""
    query = (
        select(
            StallItem.id,
            StallItem.person_id,
            Persona.name,
            StallItem.title,
            StallItem.url,
            StoredFile.key,
            StoredFile.name.label("file"),
        )
        .join(FloorPerson, FloorPerson.id == StallItem.person_id)
        .join(Persona, Persona.id == FloorPerson.persona_id)
        .outerjoin(StoredFile, StoredFile.id == StallItem.file_id)
        .where(StallItem.stall_id == stall_id)
        .order_by(StallItem.id)
    )
    if ids is not None:
        query = query.where(StallItem.id.in_(list(ids)))
    else:
        query = query.where(StallItem.struck_at.is_(None))
    return [
        Item(
            id=row.id,
            by=row.person_id,
            name=row.name,
            title=row.title,
            url=url_of(row.key, row.file) if row.key else row.url,
            is_file=row.key is not None,
        )
        for row in session.execute(query)
    ]
