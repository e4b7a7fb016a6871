"""Who takes part, and under which names.

Everything that others can see refers to a `Persona`, never to a `Member`: the member's own name,
a pseudonym in one space or list, or a placeholder from an imported archive. Nothing that leaves
the server holds a member's id.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.members.names import look_alike_key
from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText
from cop.platform.storage import StoredFile


class SiteRole(StrEnum):
    """What a member may do for the site as a whole. Never a right to read cases or sessions."""

    MEMBER = "member"
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"


class MemberState(StrEnum):
    """Where an account is on its way."""

    UNVERIFIED = "unverified"  # signed up, the e-mail address not confirmed yet
    REQUESTED = "requested"  # waits for an administrator's or moderator's yes
    ACTIVE = "active"
    LEFT = "left"


class RoleTag(StrEnum):
    """What a member is, as many as apply. A tag never grants or removes a right [B, D]."""

    EXPERIENCE_EXPERT = "experience_expert"
    PROFESSIONAL = "professional"
    LOVED_ONE = "loved_one"
    CARER = "carer"
    VOLUNTEER = "volunteer"
    CLIENT = "client"
    STUDENT = "student"
    TEACHER = "teacher"
    RESEARCHER = "researcher"
    POLICY_MAKER = "policy_maker"


class Cluster(StrEnum):
    """Professional clusters in Dutch addiction care [A, C]."""

    MEDICAL = "medical"
    NURSING = "nursing"
    BEHAVIOURAL = "behavioural"
    SOCIAL_WORK = "social_work"
    ARTS_THERAPY = "arts_therapy"


class PersonaKind(StrEnum):
    SELF = "self"
    PSEUDONYM = "pseudonym"
    PLACEHOLDER = "placeholder"  # an author of an imported archive who has not claimed it
    GUEST = "guest"  # somebody without an account, for one gathering; has no page and no @name


class SignUp(StrEnum):
    """How one becomes a member; a valid invitation lets somebody in whichever it is."""

    INVITATION = "invitation"
    REQUEST = "request"
    OPEN = "open"


class LinkPurpose(StrEnum):
    """What a link by mail is for; one for one thing does nothing else."""

    CONFIRM = "confirm"  # the address of a new account
    SIGN_IN = "sign_in"
    PASSWORD = "password"  # noqa: S105  # a purpose, not a password
    NEW_EMAIL = "new_email"


class Member(Base):
    """A person with an account. Never shown to others as such: see `Persona`."""

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # as typed, lower case
    password_hash: Mapped[str | None] = mapped_column(String(200))  # argon2id, or link by mail only
    site_role: Mapped[str] = mapped_column(String(20), default=SiteRole.MEMBER)
    state: Mapped[str] = mapped_column(String(20), default=MemberState.UNVERIFIED, index=True)
    language: Mapped[str | None] = mapped_column(String(5))
    time_zone: Mapped[str | None] = mapped_column(String(60))
    colour_scheme: Mapped[str | None] = mapped_column(String(5))  # 'light', 'dark' or none
    profession: Mapped[str] = mapped_column(String(120), default="")
    profession_shown: Mapped[bool] = mapped_column(default=True)
    cluster: Mapped[str | None] = mapped_column(String(20))
    cluster_shown: Mapped[bool] = mapped_column(default=True)
    region: Mapped[str] = mapped_column(String(60), default="")
    region_shown: Mapped[bool] = mapped_column(default=True)
    about: Mapped[str] = mapped_column(String(2000), default="")
    motivation: Mapped[str | None] = mapped_column(EncryptedText("member.motivation"))
    invitation_id: Mapped[int | None]  # no constraint: it may be forgotten
    demo_hint: Mapped[str | None] = mapped_column(String(200))  # demo members to sign in as
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agreed_rules_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    personas: Mapped[list["Persona"]] = relationship(back_populates="member")
    role_tags: Mapped[list["MemberRoleTag"]] = relationship(cascade="all, delete-orphan")
    organisations: Mapped[list["MemberOrganisation"]] = relationship(cascade="all, delete-orphan")
    themes: Mapped[list["MemberTheme"]] = relationship(cascade="all, delete-orphan")


def _name_key(context: Any) -> str:
    """The look-alike key of the name that is being stored, however it is stored."""
    return look_alike_key(context.get_current_parameters()["name"])


class Persona(Base):
    """A name under which somebody takes part; the only thing about a person that others meet."""

    __tablename__ = "persona"
    __table_args__ = (
        Index(
            "uq_persona_own_name",
            "member_id",
            unique=True,
            sqlite_where=text("kind = 'self'"),
            postgresql_where=text("kind = 'self'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12), default=PersonaKind.SELF)
    handle: Mapped[str] = mapped_column(String(60), unique=True)  # in addresses and @mentions
    name: Mapped[str] = mapped_column(String(80))
    sort_key: Mapped[str] = mapped_column(String(200), index=True)
    name_key: Mapped[str] = mapped_column(String(80), index=True, default=_name_key)
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)  # the role tags that are shown
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    claim_hash: Mapped[str | None] = mapped_column(String(64), index=True)  # placeholder's address
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    member: Mapped[Member | None] = relationship(back_populates="personas")
    picture: Mapped[StoredFile | None] = relationship()


class MemberRoleTag(Base):
    __tablename__ = "member_role_tag"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(20), primary_key=True)
    shown: Mapped[bool] = mapped_column(default=True)


class Organisation(Base):
    """A care institution or other employer."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    sort_key: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="other")
    region: Mapped[str] = mapped_column(String(60), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # waits for a yes; else None
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MemberOrganisation(Base):
    __tablename__ = "member_organisation"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )
    shown: Mapped[bool] = mapped_column(default=True)

    organisation: Mapped[Organisation] = relationship()


class Theme(Base):
    """A tag that content, interests and expertise share; seeded from the field, editable."""

    __tablename__ = "theme"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    group: Mapped[str] = mapped_column(String(20))
    name_nl: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MemberTheme(Base):
    __tablename__ = "member_theme"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True, index=True)
    shown: Mapped[bool] = mapped_column(default=True)

    theme: Mapped[Theme] = relationship()


class SignIn(Base):
    """A session, kept here so that it can be ended; the browser holds only the token."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    device: Mapped[str] = mapped_column(String(80))  # 'Firefox, Android': enough to recognise
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class OneTimeLink(Base):
    """A link by mail that works once: confirm an address, sign in, set a new password."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))  # the address it was sent to
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AddressTrouble(Base):
    """How often mail to an address failed lately; no row when it did not."""

    __tablename__ = "address_trouble"

    address: Mapped[str] = mapped_column(String(254), primary_key=True)  # as `member.email`
    score: Mapped[int]
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    last_code: Mapped[str] = mapped_column(String(12), default="")  # '5.1.1' or '550'
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # no mail goes there


class Invitation(Base):
    """An invitation for one address, or a shared link for many, until a date."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))  # None: a shared link
    note: Mapped[str] = mapped_column(String(200), default="")
    uses: Mapped[int] = mapped_column(default=0)
    most_uses: Mapped[int] = mapped_column(default=1)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SiteSettings(Base):
    """What the administrators chose for the site: one row."""

    __tablename__ = "site_settings"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(80), default="")
    tagline: Mapped[str] = mapped_column(String(160), default="")
    welcome: Mapped[str] = mapped_column(String(10_000), default="")
    welcome_html: Mapped[str] = mapped_column(String(30_000), default="")
    house_rules: Mapped[str] = mapped_column(String(20_000), default="")
    house_rules_html: Mapped[str] = mapped_column(String(60_000), default="")
    sign_up: Mapped[str] = mapped_column(String(12), default=SignUp.REQUEST)
    members_may_invite: Mapped[bool] = mapped_column(default=False)
    first_run_token_hash: Mapped[str | None] = mapped_column(String(64))
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RoleOffer(Base):
    """A role of the site that a member is asked to take; gone once they answer."""

    __tablename__ = "role_offer"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Reveal(Base):
    """A request to learn who is behind a pseudonym: a second moderator must agree."""

    __tablename__ = "reveal"
    __table_args__ = (UniqueConstraint("persona_id", "asked_by_id", "asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    reason: Mapped[str] = mapped_column(EncryptedText("reveal.reason"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused: Mapped[bool] = mapped_column(default=False)
