"""A case on its way, and what belongs to it.

Until the second reader approves, everything that was written stands in `SealedPart`, encrypted
under a key of the case's own that lies outside the database (`own_keys`). What stands in `Case`
itself is the approved, anonymised version, and where the case is on its way.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.members.models import Persona, Theme
from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText


class CaseState(StrEnum):
    DRAFT = "draft"  # the author writes and decides; nobody else reads anything
    WITH_READER = "with_reader"  # the second reader has the anonymised version before them
    APPROVED = "approved"  # the raw text is destroyed; the author may share
    SHARED = "shared"
    CLOSED = "closed"  # with its opbrengst; still to be read until the retention date
    WITHDRAWN = "withdrawn"  # nothing of it is left but that it was


UNSHARED = (CaseState.DRAFT, CaseState.WITH_READER, CaseState.APPROVED)
READABLE = (CaseState.SHARED, CaseState.CLOSED)

DRAFT_ENDS = timedelta(days=30)  # without change, of whatever is not shared
WARNED_BEFORE = timedelta(days=7)


class Basis(StrEnum):
    """Whom the case is about, and so whether somebody has to agree to it."""

    SOMEBODY = "somebody"  # needs consent
    COMPOSITE = "composite"  # made of several people
    INVENTED = "invented"
    OWN_STORY = "own_story"
    OWN_NAME = "own_name"  # one's own story under one's own name; the others in it are protected


class Relation(StrEnum):
    """In which relation the person stands to the case: one of these, never a name."""

    CLIENT = "client"
    FORMER_CLIENT = "former_client"
    LOVED_ONE = "loved_one"
    CHILD = "child"
    COLLEAGUE = "colleague"
    OTHER = "other"


class Purpose(StrEnum):
    """What the person agrees to."""

    LEARNING = "learning"
    PEER_CONSULTATION = "peer_consultation"
    TEACHING = "teaching"


class Protection(StrEnum):
    """Whether the person decides alone."""

    ADULT = "adult"
    MINOR = "minor"
    GUARDIANSHIP = "guardianship"


class ContributionKind(StrEnum):
    """What a contribution is [A]."""

    QUESTION = "question"  # verhelderende vraag
    FEEDBACK = "feedback"
    SUGGESTION = "suggestion"
    DIRECTION = "direction"  # oplossingsrichting


class Withdrawal(StrEnum):
    """Who withdrew a case."""

    AUTHOR = "author"
    CONSENT = "consent"  # the person whom it is about
    LEFT_BEHIND = "left_behind"  # the author is gone
    MODERATORS = "moderators"  # on a report, without having read it


class Case(Base):
    """A case. Title, question and text are the approved version; before that they are None."""

    __tablename__ = "learning_case"  # `case` is a word of SQL
    __table_args__ = (
        Index("ix_learning_case_circle_state", "circle_id", "state", "shared_at"),
        Index("ix_learning_case_state_changed", "state", "changed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default=CaseState.DRAFT)
    shape: Mapped[str] = mapped_column(String(10), default="own")  # 'own' words or 'template'
    basis: Mapped[str] = mapped_column(String(12), default=Basis.SOMEBODY)
    key_name: Mapped[str | None] = mapped_column(String(43), unique=True)  # None: destroyed
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    circle_id: Mapped[int | None] = mapped_column(ForeignKey("circle.id"))
    own_circle: Mapped[bool] = mapped_column(default=False)  # of chosen people, made for this case
    checked: Mapped[list[str]] = mapped_column(JSON, default=list)  # lines of the checklist
    knows_privately: Mapped[bool] = mapped_column(default=False)
    nobody_agreed: Mapped[bool] = mapped_column(default=False)  # says why no consent is needed
    version: Mapped[int] = mapped_column(default=0)

    reader_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"), index=True)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"))
    destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the raw text, with its key

    title: Mapped[str | None] = mapped_column(EncryptedText("learning_case.title"))
    question: Mapped[str | None] = mapped_column(EncryptedText("learning_case.question"))
    text: Mapped[str | None] = mapped_column(EncryptedText("learning_case.text"))  # JSON of parts
    words: Mapped[int] = mapped_column(default=0)
    shared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remove_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    outcome: Mapped[str | None] = mapped_column(EncryptedText("learning_case.outcome"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(12))

    author: Mapped[Persona] = relationship(foreign_keys=[author_id])
    reader: Mapped[Persona | None] = relationship(foreign_keys=[reader_id])


class SealedPart(Base):
    """What exists only until approval: raw text, decisions, the version that is read, marks.

    Encrypted under the case's own key: when that key is destroyed, every copy of this table,
    in backups and in the database's own leftovers, is as good as gone.
    """

    __tablename__ = "case_sealed_part"

    case_id: Mapped[int] = mapped_column(ForeignKey("learning_case.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(12), primary_key=True)  # see `sealing`
    body: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseTheme(Base):
    __tablename__ = "case_theme"

    case_id: Mapped[int] = mapped_column(ForeignKey("learning_case.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True, index=True)

    theme: Mapped[Theme] = relationship()


class Consent(Base):
    """Somebody whom the case is about agreed to it. Never holds a name: only a relation."""

    __tablename__ = "case_consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("learning_case.id"), index=True)
    relation: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(20))
    protection: Mapped[str] = mapped_column(String(12))
    by_representative: Mapped[bool] = mapped_column(default=False)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"))
    version: Mapped[int]  # 0: of another circle; this person is asked again
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)  # no longer, unless they are asked anew
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code: Mapped[str] = mapped_column(
        EncryptedText("case_consent.code")
    )  # for the author to pass on
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Contribution(Base):
    """What a reader brings to a case; an answer stands below a question."""

    __tablename__ = "case_contribution"
    __table_args__ = (Index("ix_case_contribution_case_id_id", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("learning_case.id"))
    kind: Mapped[str] = mapped_column(String(12))
    author_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    text: Mapped[str] = mapped_column(EncryptedText("case_contribution.text"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(EncryptedText("case_contribution.answer"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    author: Mapped[Persona] = relationship()


class Reading(Base):
    """Somebody read a case: who, when, and on which page. The author sees it."""

    __tablename__ = "case_reading"
    __table_args__ = (Index("ix_case_reading_case_id_id", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("learning_case.id"))
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    where: Mapped[str] = mapped_column(String(12))  # 'page', 'print', 'pdf', 'second'
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    persona: Mapped[Persona] = relationship()
