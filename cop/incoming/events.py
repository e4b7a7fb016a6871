"""What mail that came in causes."""

from dataclasses import dataclass
from typing import ClassVar

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class MailHeld(Event):
    """A mail waits for whoever looks after a list."""

    name: ClassVar[str] = "incoming.mail_held"
    mail_id: int
