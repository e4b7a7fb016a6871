"""What became of mails, as data."""

from dataclasses import dataclass
from typing import ClassVar

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class MailGivenUp(Event):
    """A mail server refused a recipient, and the mail will not be tried again.

    Attributes:
        permanent: the address itself does not work.
        code: the status, '5.1.1' or '550'; never the server's words.
    """

    name: ClassVar[str] = "mail.given_up"
    mail_id: int
    permanent: bool
    code: str
