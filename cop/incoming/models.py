"""What became of each mail that came in, and what waits for somebody's yes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText


class Route(StrEnum):
    """What a mail is, by where it was sent."""

    BOUNCE = "bounce"
    CALENDAR = "calendar"
    ANSWER = "answer"  # to a discussion
    DIGEST = "digest"  # an answer to a digest as a whole
    START = "start"  # a discussion on a list
    COMMAND = "command"
    NONE = "none"


class Outcome(StrEnum):
    """What became of it."""

    POSTED = "posted"
    WAITS_SENDER = "waits_sender"  # for the member's yes on the site
    WAITS_MODERATOR = "waits_moderator"
    ANSWERED = "answered"  # by a mail that explains
    COUNTED = "counted"  # a bounce
    HANDED_OVER = "handed_over"  # to whoever takes such mails, or kept for them
    DROPPED = "dropped"
    DUPLICATE = "duplicate"
    REFUSED = "refused"  # given back to the mail server
    FAILED = "failed"  # something unforeseen; the mail server tries again
    DISCARDED = "discarded"  # by whom it waited for


class Reason(StrEnum):
    """Why. Page and mails have words for each."""

    NONE = ""
    NO_KEY = "no_key"  # a known sender, but not the member's own reply address
    NOT_PROVEN = "not_proven"  # the member's reply address, but nobody vouches for the sender
    OTHER_SENDER = "other_sender"  # the member's reply address, and somebody else's From
    PASSED_ON = "passed_on"  # the member's own mail, which they sent to somebody else
    TEXT_CHECK = "text_check"
    OWN_NAME = "own_name"
    FILES = "files"  # documents of a pseudonym: they name who made them
    NOT_ALLOWED = "not_allowed"  # closed, archived, no longer a member of it
    NOT_ACCEPTED = "not_accepted"  # too long, no title
    WHOLE_DIGEST = "whole_digest"  # which conversation was meant, nobody can tell
    EMPTY = "empty"
    UNKNOWN_SENDER = "unknown_sender"
    UNKNOWN_ADDRESS = "unknown_address"
    FORGED = "forged"
    ORGANISER = "organiser"  # words to an address that only reads answers of calendars
    AUTOMATIC = "automatic"
    AWAY = "away"  # reads like an automatic answer, and may be none
    LOOP = "loop"
    RATE = "rate"
    TOO_LARGE = "too_large"
    BROKEN = "broken"
    REPLAYED = "replayed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    OTHER_ADDRESS = "other_address"  # a bounce of an address that the member no longer has
    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    NO_HANDLER = "no_handler"
    HELP = "help"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    OWNER = "owner"


class IncomingMail(Base):
    """A mail that came in for one address. Words are kept only while it waits for somebody."""

    __tablename__ = "incoming_mail"
    __table_args__ = (
        Index("ix_incoming_mail_member_waits", "member_id", "outcome"),
        Index("ix_incoming_mail_list_waits", "list_id", "outcome"),
        Index("ix_incoming_mail_sender_at", "sender_mark", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    source_key: Mapped[str] = mapped_column(String(32), unique=True)  # hash of the very bytes
    message_key: Mapped[str] = mapped_column(String(32), index=True)  # hash of its Message-ID
    target_key: Mapped[str] = mapped_column(String(32), index=True)  # of Message-ID and target
    sender_mark: Mapped[str] = mapped_column(String(40))  # keyed hash of the address; '' for none
    size: Mapped[int]
    route: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(20), default="")
    detail: Mapped[str] = mapped_column(String(60), default="")  # a code; never words of a mail
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))  # for whom it waits
    list_id: Mapped[int | None] = mapped_column(ForeignKey("discussion_list.id"))
    discussion_id: Mapped[int | None] = mapped_column(ForeignKey("discussion.id"), index=True)
    content: Mapped[str | None] = mapped_column(EncryptedText("incoming_mail.content"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CutText(Base):
    """What was left out of a post that came by mail: for its author only, and for a while."""

    __tablename__ = "cut_text"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    text: Mapped[str] = mapped_column(EncryptedText("cut_text.text"))
    kept_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
