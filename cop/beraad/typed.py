"""What is typed in a beraad: without blanks around it, not too long, and quietly asked about."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from cop.beraad import seats
from cop.platform.blank import trimmed
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.textcheck.asking import ask_author


def bounded(text: str, most: int, field: str) -> str:
    """Refuses more than `most` characters, beside `field`."""
    text = trimmed(text.replace("\r\n", "\n"))
    if len(text) > most:
        raise Refused(_("Keep it to %(most)s characters, please.", most=most), field)
    return text


def filled(text: str, most: int, field: str) -> str:
    """The same, and refuses nothing at all."""
    text = bounded(text, most, field)
    if not text:
        raise Refused(_("Write something, please."), field)
    return text


def ask(session: Session, seat: seats.Seat, texts: Iterable[str], anyway: bool) -> None:
    """The quiet check; those who sit at the table may be named."""
    ask_author(texts, seats.PURPOSE, anyway, known=lambda: seats.names(session, seat.session_id))
