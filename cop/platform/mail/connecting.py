"""Speaking with the mail server: connecting, and the transfer of one message."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from cop.config import Smtp

TIMEOUT_SECONDS = 30  # to connect and to sign in
# What a server may take (RFC 5321 4.5.3.2): for an answer, and for one after the message itself.
# Whoever hangs up earlier has the message twice: the server goes on with what it was given.
ANSWER_SECONDS, DATA_SECONDS = 300, 600
# Of one message: connecting with five answers, sender, recipient and a reset, DATA in three steps.
LONGEST = timedelta(seconds=5 * TIMEOUT_SECONDS + 3 * ANSWER_SECONDS + 3 * DATA_SECONDS)
CLOSING = 421  # the server closes the channel: nothing was taken

_STATUS = re.compile(rb"^([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(rb"<[^<>]{0,300}>|[^\s<>@]{1,100}@[^\s<>@]{1,300}")
# RFC 3463: the mailbox or its domain does not exist, or the mailbox is closed.
_ADDRESS_FAILS = ("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4")
_ADDRESS_CODES = (550, 551, 553)  # without such a status, RFC 5321 4.2.2
_TOO_LARGE = "5.3.4"  # RFC 1870 6.1; its code alone (552) says the same of a message
_SIGN_IN = (530, 535, 538)  # RFC 4954 6: it is the sender who is not let in


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server said no.

    Attributes:
        code: the reply code of RFC 5321.
        status: the enhanced status of RFC 3463 if there was one, else the code.
        of_recipient: it was the recipient that was refused, not the sender or the message.
            A server that relays nothing for the site refuses the sender, whenever it says so.
        of_content: it had heard the message, and may take another one.
        of_relay: it said of this recipient that it relays nothing: theirs, or everybody's.
    """

    code: int
    status: str
    of_recipient: bool
    of_content: bool = False
    of_relay: bool = False

    @property
    def permanent(self) -> bool:
        return self.code >= 500

    @property
    def too_large(self) -> bool:
        return self.code == 552 or self.status == _TOO_LARGE

    @property
    def of_site(self) -> bool:
        """Another message would be refused as well: the server takes none from this site now."""
        return not (self.of_recipient or self.unsure or self.too_large)

    @property
    def unsure(self) -> bool:
        """Of this message or of the site: what the server says to others tells."""
        return (self.of_content or self.of_relay) and not self.too_large

    @property
    def lasts(self) -> bool:
        """For good. What may be for the site's sake is not: an administrator mends the settings."""
        return self.permanent and (self.too_large or self.of_recipient)

    @property
    def address_fails(self) -> bool:
        """The address itself does not work, now and later."""
        if not (self.permanent and self.of_recipient):
            return False
        if "." in self.status:
            return self.status in _ADDRESS_FAILS
        return self.code in _ADDRESS_CODES

    @property
    def shown(self) -> str:
        return f"{self.code} {self.status}" if "." in self.status else str(self.code)


def connect(smtp: Smtp) -> smtplib.SMTP:
    """An authenticated connection; certificates are checked.

    Raises:
        OSError, smtplib.SMTPException: it could not be made.
    """
    secure = ssl.create_default_context()
    server: smtplib.SMTP
    if smtp.security == "tls":
        server = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=TIMEOUT_SECONDS, context=secure)
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, timeout=TIMEOUT_SECONDS)
    try:
        if smtp.security == "starttls":
            server.starttls(context=secure)
        server.ehlo_or_helo_if_needed()
        if smtp.username:
            server.login(smtp.username, smtp.password)
    except BaseException:
        server.close()
        raise
    return server


def hang_up(server: smtplib.SMTP) -> None:
    _allow(server, TIMEOUT_SECONDS)
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()


@contextmanager
def connection(smtp: Smtp) -> Iterator[smtplib.SMTP]:
    """A connection for a moment."""
    server = connect(smtp)
    try:
        yield server
    finally:
        hang_up(server)


def transfer(
    server: smtplib.SMTP,
    envelope_from: str,
    recipient: str,
    wire: bytes,
    patience: tuple[float, float] = (ANSWER_SECONDS, DATA_SECONDS),
) -> Refusal | None:
    """Hand one message over; None when the server took it.

    Args:
        wire: the whole message in seven bits.
        patience: seconds for an answer, and for one from when the message itself begins.

    Returns:
        A refusal also when the connection ended before the server was given anything.

    Raises:
        OSError, smtplib.SMTPException: it ended later; nobody knows what became of the message.
    """
    options = []
    if not (envelope_from.isascii() and recipient.isascii()):
        if not server.has_extn("smtputf8"):
            return Refusal(553, "5.6.7", True)  # RFC 6531: this server cannot reach that address
        server.command_encoding = "utf-8"
        options = ["SMTPUTF8"]
    if server.has_extn("size"):
        options.append(f"size={len(wire)}")
    _allow(server, patience[0])
    try:
        try:
            refusal = _announced(server, envelope_from, options, recipient)
        except (OSError, smtplib.SMTPException):
            server.close()
            return Refusal(CLOSING, "4.4.2", False)
        if refusal is not None:
            return refusal
        _allow(server, patience[1])
        try:
            code, words = server.data(wire)
        except smtplib.SMTPDataError as error:  # the server does not want to hear it
            code, words = error.smtp_code, _as_bytes(error.smtp_error)
        if code != 250:
            refusal = _refusal(code, words, of_content=True)
            _allow(server, patience[0])
            _reset(server, code)
        return refusal
    finally:
        server.command_encoding = "ascii"


def _announced(
    server: smtplib.SMTP, envelope_from: str, options: list[str], recipient: str
) -> Refusal | None:
    """Who sends, and to whom."""
    code, words = server.mail(envelope_from, options)
    if code != 250:
        refusal = _refusal(code, words)
        _reset(server, code)
        return refusal
    code, words = server.rcpt(recipient)
    if code in (250, 251):
        return None
    refusal = _refused_recipient(code, words)
    _reset(server, code)
    return refusal


def _allow(server: smtplib.SMTP, seconds: float) -> None:
    """How long the server may take for its next answers."""
    if server.sock is not None:
        server.sock.settimeout(seconds)


def _refusal(
    code: int, words: bytes, of_recipient: bool = False, of_content: bool = False
) -> Refusal:
    if code < 0:  # smtplib's way to say that the connection ended in the middle of an answer
        raise smtplib.SMTPServerDisconnected("the connection ended")
    status = _STATUS.match(words)
    shown = status[1].decode() if status else str(code)
    return Refusal(code, shown, of_recipient, of_content)


def _refused_recipient(code: int, words: bytes) -> Refusal:
    """It refused the recipient, and may mean that it relays nothing: every server says that word,
    and some repeat the address, which may hold it."""
    found = _refusal(code, words, of_recipient=code not in _SIGN_IN)
    relays = b"relay" in _ADDRESS.sub(b" ", words.lower())
    if found.of_recipient and relays and found.status not in _ADDRESS_FAILS:
        return replace(found, of_recipient=False, of_relay=True)
    return found


def _as_bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()


def _reset(server: smtplib.SMTP, code: int) -> None:
    """Ready for the next message; a server that hangs up after its refusal has refused."""
    try:
        if code != CLOSING:
            server.rset()
    except (OSError, smtplib.SMTPException):
        server.close()
