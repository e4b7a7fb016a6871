"""A gathering and who comes to it.

What is said here about time, place, people and calendars holds for every kind of gathering: events
of a space or of the community, and whatever else people meet for.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.members.models import Persona
from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText
from cop.spaces.circles import Circle
from cop.spaces.models import Space

LONGEST = timedelta(days=14)


class GatheringKind(StrEnum):
    """What a calendar shows, in the place of a title."""

    MEETING = "meeting"
    THEME_AFTERNOON = "theme_afternoon"
    OPEN_DAY = "open_day"
    INTERVISIE = "intervisie"
    BERAAD = "beraad"
    MARKET = "market"


# What members plan by the form of an ordinary event; the others belong to groups.
EVENT_KINDS = (GatheringKind.MEETING, GatheringKind.THEME_AFTERNOON, GatheringKind.OPEN_DAY)


class Setting(StrEnum):
    """Where people meet."""

    ON_SITE = "on_site"
    ONLINE = "online"
    MIXED = "mixed"


class Coming(StrEnum):
    """What somebody's answer comes to."""

    ASKED = "asked"  # their calendar asks; nothing is said yet
    GOING = "going"
    WAITING = "waiting"  # there was no place left; first come, first served
    OFF = "off"  # was signed up once; nobody sees it any more


class Gathering(Base):
    """Something planned: when, where, for whom.

    `circle` says who it is for: that of its space, or one of its own for the whole community. The
    counts are kept under the row's lock. `moved_at` is when time or place last changed. While it
    is `provisional` it may still not go on: nobody is reminded, and no calendar hears of it. One
    that was certain and is so no more stays where it stands, marked as not certain.
    """

    __tablename__ = "gathering"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_gathering_starts_at_id", "starts_at", "id"),
        Index("ix_gathering_circle_id_starts_at", "circle_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(120), unique=True)  # the same in every calendar
    kind: Mapped[str] = mapped_column(String(20))
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"), index=True)
    organiser_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    source: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    setting: Mapped[str] = mapped_column(String(12))
    place: Mapped[str] = mapped_column(String(200), default="")
    # Where to join online: an address that lets people in, so only for those who come.
    link: Mapped[str] = mapped_column(EncryptedText("gathering.link"), default="")
    seats: Mapped[int | None]
    going: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    provisional: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)  # a stale edit is noticed by it
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_why: Mapped[str] = mapped_column(String(500), default="")
    report: Mapped[str] = mapped_column(Text, default="")
    report_html: Mapped[str] = mapped_column(Text, default="")
    report_by_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"))
    report_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    report_version: Mapped[int] = mapped_column(default=0)

    circle: Mapped[Circle] = relationship()
    space: Mapped[Space | None] = relationship()
    organiser: Mapped[Persona] = relationship(foreign_keys=[organiser_id])


class Attendance(Base):
    """Somebody comes, waits for a place, or did once; under the name they have in the circle.

    `told` is a mark of what the person was last told (empty: they do not come, as far as they
    know), `told_at` when, `sequence` the number of that message (RFC 5545 3.8.7.4), one for each
    person. `in_calendar`: a message put it into their own calendar, and none took it out.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("gathering_id", "member_id"),
        Index("ix_attendance_gathering_id_coming_since", "gathering_id", "coming", "since"),
        Index("ix_attendance_member_id_coming", "member_id", "coming"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    coming: Mapped[str] = mapped_column(String(12))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    told: Mapped[str] = mapped_column(String(32), default="")
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sequence: Mapped[int] = mapped_column(default=-1)
    in_calendar: Mapped[bool] = mapped_column(default=False, server_default=false())
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    gathering: Mapped[Gathering] = relationship()
    persona: Mapped[Persona] = relationship()


class OwnCalendar(Base):
    """How a member hears of dates: reminders, mails for the calendar, the secret address."""

    __tablename__ = "own_calendar"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    week_before: Mapped[bool] = mapped_column(default=True)
    day_before: Mapped[bool] = mapped_column(default=True)
    by_mail: Mapped[bool] = mapped_column(default=True)
    token: Mapped[str | None] = mapped_column(EncryptedText("own_calendar.token"))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
