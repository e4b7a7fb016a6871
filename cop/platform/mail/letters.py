"""Letters: mails that carry their own words, such as a link to sign in."""

import hmac
from urllib.parse import urlsplit

from flask import current_app

from cop.config import Settings
from cop.platform.mail.addresses import addresses
from cop.platform.mail.message import Content, Message
from cop.platform.mail.models import OutgoingMail

# RFC 3834: no automatic answers, please; the second is how Exchange hears it.
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def message(mail: OutgoingMail) -> Message:
    """The letter as it goes out."""
    settings: Settings = current_app.extensions["cop_mail"]
    assert mail.recipient is not None
    return Message(
        recipient=mail.recipient,
        sender=(mail.sender_name, settings.mail_from),
        envelope_from=envelope_from(settings, mail.recipient, mail.id, mail.member_id),
        message_id=mail.message_id or new_message_id(settings, f"letter-{mail.id}"),
        date=mail.created_at,
        language=mail.language,
        content=Content(mail.subject or "", mail.text or "", mail.html or ""),
        headers=AUTOMATIC,
        calendar=mail.calendar or "",
    )


def envelope_from(
    settings: Settings, recipient: str, delivery_id: int, member_id: int | None
) -> str:
    """Where failures of one delivery are reported (VERP); the site's own address if no mail
    comes in here."""
    if not settings.mail_comes_in:
        return settings.mail_from
    return addresses().envelope(recipient, delivery_id, member_id)


def new_message_id(settings: Settings, name: str) -> str:
    """A Message-ID of this site.

    Args:
        name: unique within it, letters, digits and hyphens.
    """
    return f"<{name}@{mail_host(settings)}>"


def mail_host(settings: Settings) -> str:
    """The right side of Message-IDs and List-Ids: stable, whatever else is set."""
    return settings.mail_domain or urlsplit(settings.base_url).hostname or "localhost"


def content_key(*parts: object) -> str:
    """Names a content that these parts decide; nobody can tell the parts from it."""
    return f"{parts[0]}:{secret_mark(repr(parts))}"


def secret_mark(name: str) -> str:
    """The same for the same name, and nobody can tell from it what the name is."""
    settings: Settings = current_app.extensions["cop_mail"]
    mixed = hmac.digest(settings.secret_key.encode(), f"cop mail {name}".encode(), "sha256")
    return mixed.hex()[:40]
