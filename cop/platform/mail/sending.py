"""Storing mail and handing it to the mail server.

Without SMTP settings nothing leaves the machine: messages stay in the table and the development
mailbox page shows them.
"""

import smtplib
import ssl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit

from flask import Flask, current_app
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from cop.config import Settings, Smtp
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.i18n import gettext as _
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import job

LEASE = timedelta(minutes=2)
BATCH = 50
GIVE_UP_AFTER = timedelta(days=4)  # RFC 5321 4.5.4.1: at least four to five days
KEEP_SENT = timedelta(days=7)
TIMEOUT_SECONDS = 30


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
) -> None:
    """Store a mail in the caller's transaction; a second one with the same key is not stored."""
    if session.scalar(select(OutgoingMail.id).where(OutgoingMail.key == key)):
        return
    settings: Settings = current_app.extensions["cop_mail"]
    domain = urlsplit(settings.base_url).hostname
    session.add(
        OutgoingMail(
            key=key,
            message_id=f"<{uuid.uuid4().hex}@{domain}>",
            sender_name=sender_name,
            recipient=recipient,
            subject=" ".join(subject.split()),
            text=text,
            html=html,
            language=language,
            created_at=now,
            try_at=now,
        )
    )
    session.flush()


def build(mail: OutgoingMail, settings: Settings) -> EmailMessage:
    """The message as it goes over the wire: text and HTML that say the same."""
    message = EmailMessage(policy=SMTP_POLICY)
    message["From"] = Address(mail.sender_name or "", addr_spec=settings.mail_from)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    message["Content-Language"] = mail.language
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answers, please
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


@contextmanager
def connection(smtp: Smtp) -> Iterator[smtplib.SMTP]:
    """An authenticated connection; certificates are checked."""
    secure = ssl.create_default_context()
    server: smtplib.SMTP
    if smtp.security == "tls":
        server = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=TIMEOUT_SECONDS, context=secure)
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, timeout=TIMEOUT_SECONDS)
    try:
        if smtp.security == "starttls":
            server.starttls(context=secure)
        if smtp.username:
            server.login(smtp.username, smtp.password)
        yield server
    finally:
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            server.close()


def try_settings(recipient: str, language: str, now: datetime) -> str | None:
    """Send a test mail at once; None when the server took it, else a sentence with what it said."""
    settings: Settings = current_app.extensions["cop_mail"]
    if settings.smtp is None:
        return _("No mail server is set (COP_SMTP_URL); mails stay on this machine.")
    text = _("This is a test. If you read it, the mail settings work.")
    mail = OutgoingMail(
        message_id=f"<{uuid.uuid4().hex}@{urlsplit(settings.base_url).hostname}>",
        recipient=recipient,
        subject=_("Test mail"),
        text=text,
        html=f"<p>{escape(text)}</p>",
        language=language,
        created_at=now,
    )
    try:
        with connection(settings.smtp) as server:
            server.send_message(build(mail, settings), settings.mail_from, [recipient])
    except smtplib.SMTPRecipientsRefused as error:
        code, _words = next(iter(error.recipients.values()))
        return _("The mail server refused this address (code %(code)s).", code=code)
    except smtplib.SMTPResponseException as error:
        return _("The mail server refused (code %(code)s).", code=error.smtp_code)
    except (OSError, smtplib.SMTPException) as error:
        return _("The mail server cannot be reached (%(why)s).", why=type(error).__name__)
    return None


@job("platform.send_mail", every=1)
def send_due(_session: Session, _payload: dict[str, object], now: datetime) -> None:
    """Hand over what is due, one connection for a batch.

    Each message is marked before and after: a crash leaves at most the one that was in flight to
    be sent again, unchanged, under the same Message-ID.
    """
    settings: Settings = current_app.extensions["cop_mail"]
    if settings.smtp is None:
        return
    name = uuid.uuid4().hex
    with unit_of_work() as session:
        ids = _claim(session, name, now)
    if not ids:
        return
    try:
        with connection(settings.smtp) as server:
            for mail_id in ids:
                _send_one(server, mail_id, name, settings)
    except (OSError, smtplib.SMTPException) as error:
        _put_back(name, type(error).__name__)


def _claim(session: Session, name: str, now: datetime) -> list[int]:
    due = (
        select(OutgoingMail.id)
        .where(OutgoingMail.sent_at.is_(None), OutgoingMail.dead_at.is_(None))
        .where(OutgoingMail.try_at <= now)
        .where(or_(OutgoingMail.claimed_until.is_(None), OutgoingMail.claimed_until < now))
        .order_by(OutgoingMail.try_at, OutgoingMail.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(due))
    session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.id.in_(ids))
        .values(claimed_by=name, claimed_until=now + LEASE)
    )
    return ids


def _send_one(server: smtplib.SMTP, mail_id: int, name: str, settings: Settings) -> None:
    with unit_of_work() as session:
        mail = session.get(OutgoingMail, mail_id)
        if mail is None or mail.claimed_by != name or mail.sent_at:
            return
        mail.attempts += 1
        message = build(mail, settings)
    refusal: smtplib.SMTPResponseException | None = None
    try:
        server.send_message(message, settings.mail_from, [mail.recipient])
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        refusal = smtplib.SMTPResponseException(code, words)
        server.rset()
    except smtplib.SMTPResponseException as error:
        refusal = error
        server.rset()
    with unit_of_work() as session:
        sent = session.get(OutgoingMail, mail_id)
        if sent is not None:
            _note_outcome(sent, refusal, clock.now())


def _note_outcome(
    mail: OutgoingMail, refusal: smtplib.SMTPResponseException | None, now: datetime
) -> None:
    mail.claimed_by = mail.claimed_until = None
    if refusal is None:
        mail.sent_at, mail.error = now, None
        return
    mail.error = f"SMTP {refusal.smtp_code}"
    if refusal.smtp_code >= 500 or now - mail.created_at > GIVE_UP_AFTER:
        mail.dead_at = now
    else:
        mail.try_at = now + backoff(mail.attempts)


def backoff(attempts: int) -> timedelta:
    """One minute, doubled each time, at most four hours."""
    return timedelta(minutes=min(2 ** max(0, attempts - 1), 240))


def _put_back(name: str, reason: str) -> None:
    """The server could not be reached: everything of this batch waits its turn again."""
    now = clock.now()
    with unit_of_work() as session:
        for mail in session.scalars(
            select(OutgoingMail).where(
                OutgoingMail.claimed_by == name, OutgoingMail.sent_at.is_(None)
            )
        ):
            mail.attempts += 1
            mail.claimed_by = mail.claimed_until = None
            mail.error = reason
            if now - mail.created_at > GIVE_UP_AFTER:
                mail.dead_at = now
            else:
                mail.try_at = now + backoff(mail.attempts)


@job("platform.forget_mail", every=3600)
def forget_sent(session: Session, _payload: dict[str, object], now: datetime) -> None:
    """What was sent is not kept: a mail is a copy of what members wrote."""
    session.execute(delete(OutgoingMail).where(OutgoingMail.sent_at < now - KEEP_SENT))
