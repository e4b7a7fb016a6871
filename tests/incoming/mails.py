"""Mails that come in, made by hand, and a site that believes one mail server."""

from dataclasses import replace
from email.utils import format_datetime
from typing import Any

from sqlalchemy import select

from cop.discussions.models import Post
from cop.incoming.models import IncomingMail, Outcome
from cop.incoming.receiving import receive
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import reading
from cop.platform.mail.addresses import addresses
from cop.platform.mail.models import OutgoingMail

SERVER = "mx.voorbeeld.example.org"
WRITTEN = clock.now()  # one moment for all: a mail that is made again has the same bytes


def believe(app: Any, server: str = SERVER) -> None:
    """Let the site believe this mail server."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_authserv=server)


def vouched(address: str, how: str = "dkim") -> str:
    """What the own mail server writes about a sender."""
    domain = address.rpartition("@")[2]
    what = {
        "dkim": f"dkim=pass (2048-bit key) header.d={domain} header.s=k1",
        "spf": f"spf=pass (sender ok) smtp.mailfrom={address}",
        "none": "dkim=none; spf=none",
    }[how]
    return f"Authentication-Results: {SERVER};\n\t{what}\n"


def mail(
    sender: str = "iemand@elders.example.net",
    to: str = "",
    text: str = "Dat doen wij ook.\n",
    *,
    id: str | None = "m1",
    subject: str = "Re: [Herstel] Nazorg",
    proven: str = "",
    more: str = "",
    name: str = "",
    body: bytes | None = None,
) -> bytes:
    """A message as it reaches the platform."""
    shown = f"{name} <{sender}>" if name else sender
    head = (
        proven
        + f"Received: from elders by {SERVER}; Thu, 12 Nov 2026 10:00:00 +0100\n"
        + f"From: {shown}\nTo: {to}\nSubject: {subject}\n"
        + f"Date: {format_datetime(WRITTEN)}\n"
        + (f"Message-ID: <{id}@elders.example.net>\n" if id else "")
        + more
    )
    if body is None:
        head += "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
        body = b"\n" + text.encode()
    return head.encode("utf-8", "surrogateescape") + body


def of_member(member: Member, to: str, text: str = "Dat doen wij ook.\n", **values: Any) -> bytes:
    """A member's mail, vouched for by the own mail server."""
    return mail(member.email, to, text, proven=vouched(member.email), **values)


def come_in(raw: bytes, to: str, sender: str | None = "iemand@elders.example.net") -> Outcome:
    return receive(raw, to, sender, clock.now())


def reply_to(member: Member, discussion: Any) -> str:
    return addresses().to_discussion(member.id, discussion.id)


def posts() -> list[Post]:
    with reading() as session:
        return list(session.scalars(select(Post).order_by(Post.id)))


def last() -> IncomingMail:
    """The last line of the log."""
    with reading() as session:
        return session.scalars(select(IncomingMail).order_by(IncomingMail.id.desc())).first()


def what() -> tuple[str, str, str]:
    """(route, outcome, reason) of the last mail."""
    entry = last()
    return entry.route, entry.outcome, entry.reason


def letters(recipient: str) -> list[OutgoingMail]:
    """Mails to an address that explain something."""
    with reading() as session:
        return [m for m in session.scalars(select(OutgoingMail)) if m.recipient == recipient]
