"""Storing letters, trying the settings, and forgetting what has gone out.

Without SMTP settings nothing leaves the machine: messages stay in the table and the development
mailbox page shows them. The sending itself is in `engine`.
"""

import smtplib
import uuid
from datetime import datetime, timedelta
from html import escape

from flask import Flask, current_app
from sqlalchemy import delete, exists
from sqlalchemy.orm import Session

from cop.config import Settings
from cop.platform.db import insert_unless_there
from cop.platform.i18n import gettext as _
from cop.platform.mail import letters
from cop.platform.mail.connecting import TIMEOUT_SECONDS, connection, transfer
from cop.platform.mail.models import MailContent, OutgoingMail
from cop.platform.outbox import job

KEEP_SENT = timedelta(days=7)
KEEP_ROWS = timedelta(days=40)
KEEP_DEAD = timedelta(days=90)  # as the log of what came in
KEEP_CONTENT = timedelta(hours=6)


def init_app(app: Flask, settings: Settings) -> None:
    app.extensions["cop_mail"] = settings


def queue(
    session: Session,
    *,
    key: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    language: str,
    now: datetime,
    sender_name: str = "",
    member_id: int | None = None,
    calendar: str | None = None,
) -> None:
    """Store a letter in the caller's transaction; a second one with the same key is not stored.

    Args:
        member_id: whose address it is, if it is a member's; tells whose bounces come back.
        calendar: an iCalendar message for the recipient's calendar, if one goes along.
    """
    settings: Settings = current_app.extensions["cop_mail"]
    # Whoever has the same cause at this very moment must not fail for it.
    insert_unless_there(
        session,
        OutgoingMail,
        key=key,
        message_id=letters.new_message_id(settings, uuid.uuid4().hex),
        member_id=member_id,
        sender_name=sender_name,
        recipient=recipient,
        subject=" ".join(subject.split()),
        text=text,
        html=html,
        calendar=calendar,
        language=language,
        created_at=now,
        try_at=now,
    )


def try_settings(recipient: str, language: str, now: datetime) -> str | None:
    """Send a test mail at once; None when the server took it, else a sentence with what it said."""
    settings: Settings = current_app.extensions["cop_mail"]
    if settings.smtp is None:
        return _("No mail server is set (COP_SMTP_URL); mails stay on this machine.")
    text = _("This is a test. If you read it, the mail settings work.")
    mail = OutgoingMail(
        id=0,
        sender_name="",
        message_id=letters.new_message_id(settings, uuid.uuid4().hex),
        recipient=recipient,
        subject=_("Test mail"),
        text=text,
        html=f"<p>{escape(text)}</p>",
        language=language,
        created_at=now,
    )
    try:
        wire = letters.message(mail).as_bytes()
        with connection(settings.smtp) as server:
            patience = (TIMEOUT_SECONDS, TIMEOUT_SECONDS)  # somebody waits for the page
            refusal = transfer(server, settings.mail_from, recipient, wire, patience)
    except smtplib.SMTPResponseException as error:
        return _("The mail server refused (code %(code)s).", code=error.smtp_code)
    except (OSError, smtplib.SMTPException) as error:
        return _("The mail server cannot be reached (%(why)s).", why=type(error).__name__)
    if refusal is None:
        return None
    if refusal.of_recipient:
        return _("The mail server refused this address (code %(code)s).", code=refusal.code)
    return _("The mail server refused (code %(code)s).", code=refusal.code)


@job("platform.forget_mail", every=3600)
def forget_sent(session: Session, _payload: dict[str, object], now: datetime) -> None:
    """What was sent is not kept: a mail is a copy of what members wrote.

    The bare row of a delivery, which holds ids only, stays as long as bounces may come back; what
    was given up, as long as an administrator may still try it again.
    """
    letter = OutgoingMail.kind.is_(None)
    session.execute(delete(OutgoingMail).where(letter, OutgoingMail.sent_at < now - KEEP_SENT))
    session.execute(delete(OutgoingMail).where(OutgoingMail.sent_at < now - KEEP_ROWS))
    session.execute(delete(OutgoingMail).where(OutgoingMail.dead_at < now - KEEP_DEAD))
    needed = exists().where(OutgoingMail.content_id == MailContent.id)
    session.execute(delete(MailContent).where(MailContent.made_at < now - KEEP_CONTENT, ~needed))
