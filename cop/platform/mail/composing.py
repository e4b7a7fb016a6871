"""A mail's words, written once: plain text that reads well and HTML that says the same.

A letter is a subject and a few parts. It is made in the recipient's language and time zone, so
what makes it is given as a function and called while that language is spoken.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import fill
from typing import TypeAlias

from flask import current_app
from sqlalchemy.orm import Session

from cop.config import Settings
from cop.platform import i18n
from cop.platform.mail import sending

LINE = 72  # characters; RFC 5322 advises at most 78


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    text: str
    kind = "words"


@dataclass(frozen=True, slots=True)
class Link:
    """The one thing to do, on a line of its own; in HTML a button."""

    label: str
    url: str
    kind = "link"


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a person wrote, set apart."""

    text: str
    kind = "quoted"


@dataclass(frozen=True, slots=True)
class Item:
    """One of a list: what it is, where it is, a line about it."""

    title: str
    url: str
    note: str = ""
    kind = "item"


@dataclass(frozen=True, slots=True)
class Heading:
    """Above a group of items."""

    text: str
    kind = "heading"


Part: TypeAlias = Words | Link | Quoted | Item | Heading


@dataclass(frozen=True, slots=True)
class Letter:
    """
    Attributes:
        subject: nothing sensitive: it shows on a locked phone.
        parts: in order; the first is what a mail programme previews, so nothing sensitive either.
        why: at the bottom: why this mail came and how to stop it.
    """

    subject: str
    parts: Sequence[Part]
    why: str


def post(
    session: Session,
    letter: Callable[[], Letter],
    *,
    key: str,
    recipient: str,
    language: str | None,
    zone: str | None = None,
    now: datetime,
    sender_name: str = "",
    member_id: int | None = None,
    calendar: str | None = None,
) -> None:
    """Queue a letter in the caller's transaction.

    Args:
        letter: called while the recipient's language is spoken.
        key: names the cause; the same cause is never mailed twice.
        language: the recipient's choice, or None for the site's own.
        zone: IANA name of the recipient's time zone, or None for the site's own.
        sender_name: stands before the sender's address; the site's name.
        member_id: whose address it is, if it is a member's.
        calendar: an iCalendar message for the recipient's calendar, if one goes along.
    """
    code = language if language in i18n.LANGUAGES else i18n.DEFAULT_LANGUAGE
    with i18n.speaking(code, zone or i18n.DEFAULT_ZONE):
        made = letter()
        text, html = as_text(made), as_html(made, code)
    sending.queue(
        session,
        key=key,
        recipient=recipient,
        subject=made.subject,
        text=text,
        html=html,
        language=code,
        now=now,
        sender_name=sender_name,
        member_id=member_id,
        calendar=calendar,
    )


def absolute(path: str) -> str:
    """The whole address of a path of this site, for a mail."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.base_url + path


def as_text(letter: Letter) -> str:
    """Plain text with lines of a length that every mail programme shows; addresses stay whole."""
    blocks = [_text(part) for part in letter.parts]
    return "\n\n".join(block for block in blocks if block) + f"\n\n-- \n{wrapped(letter.why)}\n"


def _text(part: Part) -> str:
    match part:
        case Words(text):
            return wrapped(text)
        case Link(label, url):
            return f"{label}:\n{url}"
        case Quoted(text):
            return "\n".join(f"> {line}" for line in wrapped(text, LINE - 2).splitlines() or [""])
        case Item(title, url, note):
            return "\n".join(
                line for line in (f"* {title}", f"  {note}" if note else "", f"  {url}") if line
            )
        case Heading(text):
            return f"{text}\n{'-' * min(len(text), LINE)}"


def wrapped(text: str, width: int = LINE) -> str:
    """Lines broken at words; addresses stay whole."""
    return "\n".join(
        fill(line, width, break_long_words=False, break_on_hyphens=False)
        for line in text.splitlines()
    )


def as_html(letter: Letter, language: str) -> str:
    """The same in simple dress; the template escapes every value."""
    # Not render_template: a page's context processors ask who is signed in, and a mail is written
    # for somebody else.
    return current_app.jinja_env.get_template("mail/letter.html").render(
        letter=letter, language=language
    )
