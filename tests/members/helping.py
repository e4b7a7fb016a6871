"""What tests of this room share: reading the mails that would go out, and following their links."""

import re

from sqlalchemy import select

from cop.platform.db import reading
from cop.platform.mail.models import OutgoingMail
from cop.platform.worker import run_due

BASE = "http://127.0.0.1:8000"
GOOD = "vier losse woorden fietsbel"


def mails(to: str | None = None) -> list[OutgoingMail]:
    """Every mail so far, oldest first, after the worker did what was due."""
    run_due()
    with reading() as session:
        found = session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
    return [mail for mail in found if to is None or mail.recipient == to]


def link_to(address: str) -> str:
    """The path of the link in the newest mail to this address."""
    text = mails(address)[-1].text
    found = re.findall(rf"^{BASE}(/\S+)$", text, re.M)
    assert found, text
    return str(found[0])


def sign_up(browser, address="nieuw@example.org", path="/aanmelden", **fields):  # type: ignore[no-untyped-def]
    """Fill in the sign-up form as a visitor; the answer and that visitor's browser."""
    visitor = browser()
    filled = {"name": "Noor Visser", "email": address, "agreed": "y"}
    return visitor.send(path, filled | fields), visitor
