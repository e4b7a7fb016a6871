"""Expertise cards, the questions that are put to who matches, and what is looked for in vain."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.members.models import Organisation, Persona, Theme
from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText


class CardKind(StrEnum):
    """Of whom the card is [A]."""

    PERSON = "person"
    TEAM = "team"
    CLUSTER = "cluster"
    GROUP = "group"  # professional group
    DEPARTMENT = "department"
    INSTITUTION = "institution"


class Knowledge(StrEnum):
    """Side by side, never ranked."""

    EXPERIENCE = "experience"
    PRACTICE = "practice"
    SCIENCE = "science"


class Shown(StrEnum):
    """Who sees a line."""

    PUBLIC = "public"
    MEMBERS = "members"
    OWN = "own"  # those who keep the card


class Often(StrEnum):
    """How often one wants to be asked."""

    ANY = "any"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class Card(Base):
    """Who knows about what: a person, or several together.

    Attributes:
        persona_id: whose card it is, for a person's; one each.
        name: of the team, department, …; '' for a person, who has a name already.
        contact: how to get in touch, in words; a request through the site always works.
        full: 'I'm full': no questions for now.
    """

    __tablename__ = "expertise_card"
    __table_args__ = (
        CheckConstraint("(kind = 'person') = (persona_id IS NOT NULL)", name="person"),
        Index("ix_expertise_card_sort_key_id", "sort_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    persona_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    sort_key: Mapped[str] = mapped_column(String(200), default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    region: Mapped[str] = mapped_column(String(60), default="")
    about: Mapped[str] = mapped_column(String(600), default="")
    contact: Mapped[str] = mapped_column(String(300), default="")
    contact_shown: Mapped[str] = mapped_column(String(8), default=Shown.MEMBERS)
    often: Mapped[str] = mapped_column(String(8), default=Often.MONTH)
    full: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    persona: Mapped[Persona | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class CardKeeper(Base):
    """Somebody who keeps the card and is asked on behalf of it; invited until they accept."""

    __tablename__ = "expertise_keeper"

    card_id: Mapped[int] = mapped_column(ForeignKey("expertise_card.id"), primary_key=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), primary_key=True, index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"))
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CardLine(Base):
    """One topic on a card: a shared theme, or own words.

    Attributes:
        ask: 'ask me about …', in a sentence.
    """

    __tablename__ = "expertise_line"
    __table_args__ = (
        CheckConstraint("(theme_id IS NULL) <> (words = '')", name="one_topic"),
        # Who knows it from experience and by doing it says both, side by side.
        Index("uq_expertise_line_card_topic", "card_id", "theme_id", "knowledge", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("expertise_card.id"))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    words: Mapped[str] = mapped_column(String(80), default="")
    knowledge: Mapped[str] = mapped_column(String(12), default=Knowledge.PRACTICE)
    ask: Mapped[str] = mapped_column(String(240), default="")
    shown: Mapped[str] = mapped_column(String(8), default=Shown.MEMBERS)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    theme: Mapped[Theme | None] = relationship()


class DeclinedSuggestion(Base):
    """A suggestion for one's card that one said no to; it does not come back."""

    __tablename__ = "expertise_declined"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExpertQuestion(Base):
    """A question to whoever's card matches, a handful of people at a time.

    Attributes:
        theme_id: what it is about; None when that is in own words.
        words: the topic in own words; else None.
    """

    __tablename__ = "expert_question"
    __table_args__ = (CheckConstraint("(theme_id IS NULL) <> (words IS NULL)", name="one_topic"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    words: Mapped[str | None] = mapped_column(EncryptedText("expert_question.words"))
    text: Mapped[str] = mapped_column(EncryptedText("expert_question.text"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    handfuls: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    theme: Mapped[Theme | None] = relationship()


class ExpertAsk(Base):
    """One of those whom a question was put to.

    Attributes:
        answer: 'yes', 'no', or None while it waits. Only a yes is told to the asker.
    """

    __tablename__ = "expert_ask"
    __table_args__ = (Index("ix_expert_ask_persona_id_at", "persona_id", "at"),)

    question_id: Mapped[int] = mapped_column(ForeignKey("expert_question.id"), primary_key=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), primary_key=True)
    card_id: Mapped[int | None] = mapped_column(
        ForeignKey("expertise_card.id", ondelete="SET NULL")
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(String(3))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    conversation_id: Mapped[int | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="SET NULL")
    )
    thanked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TopicSought(Base):
    """Somebody looked for a theme and found nothing; who, nobody can tell, and never in what words.

    Attributes:
        token: made of member and theme under a key of ours: the same member counts once, and what
            one looked for in two themes cannot be put side by side.
        month: the first of the month in which it was last looked for.
    """

    __tablename__ = "topic_sought"

    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True)
    token: Mapped[str] = mapped_column(String(32), primary_key=True)
    region: Mapped[str] = mapped_column(String(60), default="")
    month: Mapped[date] = mapped_column(index=True)
