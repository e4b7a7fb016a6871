"""A mail that came in, taken apart as far as routing needs it. Nothing in it is believed."""

import hashlib
import re
from dataclasses import dataclass
from email.message import Message

from cop.incoming import senders
from cop.platform.mail.addresses import ToList, addresses
from cop.platform.mail.letters import secret_mark
from cop.platform.mail.reading import headers as head
from cop.platform.mail.reading.charsets import decode, decode_header
from cop.platform.mail.reading.headers import Headers
from cop.platform.mail.reading.parts import Attached, Walk, Words, split

LARGEST = 60 * 1024 * 1024  # bytes; what is larger is given back unread
MOST_RECIPIENTS = 50

_TO = ("delivered-to", "x-original-to", "x-delivered-to", "envelope-to", "x-envelope-to")
_SHOWN = ("to", "cc", "resent-to")
# Nobody begins a subject of their own so, with a colon or nothing behind it.
_PROGRAMS_SAY = (
    r"automatisch (?:antwoord|e-?mail)|automatische antwort|automatic reply|auto-?reply"
    r"|automatiskt svar|r[ée]ponse automatique|abwesenheits(?:notiz|assistent|nachricht)"
    r"|afwezigheids(?:bericht|melding|assistent|antwoord)|vakantie(?:bericht|melding)"
    r"|out of (?:the )?office auto-?reply|autoresponder"
)
_AWAY = re.compile(
    rf"\s*(?:(?P<program>{_PROGRAMS_SAY})(?=\s*(?::|$))|{_PROGRAMS_SAY}"
    r"|abwesenheits\w*|abwesend\b|out of (?:the )?office|afwezigheids\w*|afwezig\b)"
    r"[\s:,.!\-\u2013\u2014]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One mail for one recipient.

    Attributes:
        envelope_from: '' for a bounce or an automatic mail; None when it is not known.
        author: (name, address) of the one author, or None.
        vouched: the own mail server vouches for the author's domain.
        sent_here: and the author sent it to this recipient; else somebody passed it on.
    """

    raw: bytes
    recipient: str
    envelope_from: str | None
    headers: Headers
    message: Message
    author: tuple[str, str] | None
    vouched: bool
    sent_here: bool

    @property
    def address(self) -> str:
        return self.author[1] if self.author else ""

    @property
    def name(self) -> str:
        """As people read it, on one line."""
        raw = self.author[0] if self.author else ""
        return decode_header(raw.encode("utf-8", "surrogateescape"))

    @property
    def sender_mark(self) -> str:
        """Stands for who sent it, without saying so.

        Whoever forges somebody's address is somebody else: their mails never count against it.
        """
        who = self.address or (self.envelope_from or "").lower()
        kind = "sender" if self.vouched else "sender as it says"
        return secret_mark(f"{kind} {who}") if who else ""

    @property
    def source_key(self) -> str:
        """The same for the same bytes to the same address."""
        return source_key(self.raw, self.recipient)

    @property
    def message_id(self) -> str:
        """Its own, or what stands for one when it has none."""
        return head.message_id(self.headers) or f"none-{digest(self.raw)}"

    @property
    def message_key(self) -> str:
        return head.key_of(self.message_id)

    @property
    def subject(self) -> str:
        return self.headers.text("subject")

    def said(self) -> tuple[list[Words], list[Attached]]:
        """Its texts and its files."""
        walk = Walk()
        return walk.part(self.message, 0), walk.files


def digest(*parts: bytes) -> str:
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        made.update(len(part).to_bytes(8) + part)
    return made.hexdigest()


def source_key(raw: bytes, recipient: str) -> str:
    """The same for the same bytes to the same address."""
    return digest(recipient.lower().encode(), raw)


def open_mail(raw: bytes, recipient: str, envelope_from: str | None, server: str) -> Incoming:
    """Take a mail apart.

    Args:
        server: the name of the mail server that is believed about senders.
    """
    try:
        headers, message = split(raw)
    except RecursionError:  # parts within parts within parts, made to hurt
        headers, _at = head.parse(raw)
        message = Message()
    found = senders.author(headers)
    ways = senders.vouching(headers, found[1], server) if found is not None else frozenset()
    sent_here = found is not None and senders.sent_to(headers, found[1], recipient, ways)
    if envelope_from is None:
        returned = [v for n, v in headers.fields if n == "return-path"]
        envelope_from = decode(returned[0], None) if returned else None
    if envelope_from is not None:
        envelope_from = envelope_from.strip(" <>")
        if envelope_from.lower() == "mailer-daemon":  # how Postfix's pipe writes the empty one
            envelope_from = ""
    return Incoming(raw, recipient, envelope_from, headers, message, found, bool(ways), sent_here)


def recipients(raw: bytes) -> tuple[list[str], list[str]]:
    """To whom a mail was delivered: by the server's own notes, and by To and Cc."""
    headers, _at = head.parse(raw[:256_000])
    noted, shown = (
        [
            address.lower()
            for name, value in headers.fields
            if name in names
            for address in senders.PLAIN.findall(decode(value[: senders.LONGEST_SHOWN], None))
        ]
        for names in (_TO, _SHOWN)
    )
    return _few(noted), _few(shown)


def _few(found: list[str]) -> list[str]:
    return list(dict.fromkeys(found))[:MOST_RECIPIENTS]


def is_loop(mail: Incoming, host: str) -> bool:
    """The platform's own mail that came back.

    Args:
        host: the right side of its Message-IDs and List-Ids.
    """
    own_id = re.fullmatch(
        rf"[a-z]+-[a-z0-9-]+@{re.escape(host)}", head.message_id(mail.headers) or "", re.IGNORECASE
    )
    listed = decode(mail.headers.raw("list-id"), None).lower().rstrip("> ").endswith(f".{host}")
    sender = addresses().read(mail.address)
    # Any address at the lists' domain reads as one of a list, and members may have theirs there.
    # What comes from a list itself says so, by its number and its List-Id.
    return bool(own_id) or listed or (sender is not None and not isinstance(sender, ToList))


def is_automatic(mail: Incoming) -> bool:
    """No person sent it: it says so itself (RFC 3834 2, and what programs add besides)."""
    value = {name: decode(mail.headers.raw(name), None).strip().lower() for name in _TELLING}
    submitted = value["auto-submitted"].split(";")[0].strip()
    return (
        mail.envelope_from == ""
        or (bool(submitted) and submitted != "no")
        or value["precedence"].split(" ")[0] in ("bulk", "junk", "list", "auto_reply")
        or any(value[name] for name in _ONLY_MACHINES)
        or mail.address.partition("@")[0] in ("mailer-daemon", "postmaster", "no-reply", "noreply")
    )


@dataclass(frozen=True, slots=True)
class Away:
    """A subject that begins with words with which programs answer for who is away.

    Attributes:
        rest: what stands behind them.
        of_program: they are words that no person begins a subject with.
    """

    rest: str
    of_program: bool


def answered_while_away(mail: Incoming) -> Away | None:
    """What the subject says, when it begins so. A person can begin with 'Afwezig' ('Afwezig op
    dinsdag'), so these words alone prove nothing."""
    match = _AWAY.match(mail.subject)
    if match is None:
        return None
    return Away(mail.subject[match.end() :].strip(), match["program"] is not None)


_ONLY_MACHINES = (
    "x-auto-response-suppress",
    "list-id",
    "list-unsubscribe",
    "list-post",
    "mailing-list",
    "x-beenthere",
    "x-loop",
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
)
_TELLING = ("auto-submitted", "precedence", *_ONLY_MACHINES)
