"""What the headers of a mail say: who, when, about what, and in answer to what."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from cop.platform.mail.reading.charsets import decode, decode_header, one_line

EARLIEST = datetime(1981, 1, 1, tzinfo=UTC)  # before it: a clock that was never set
MOST_REFERENCES = 40
MOST_LINES = 2000

_HEADER = re.compile(rb"([!-9;-~]{1,100})[ \t]*:(.*)", re.DOTALL)
_ID = re.compile(r"<\s*([^<>]{1,900}?)\s*>")
_ANSWER = r"re|aw|antw|antwoord|sv"
_FORWARD = r"fw|fwd|wg|doorst|doorgestuurd"
_PREFIX = re.compile(
    rf"(?:(?P<answer>{_ANSWER})|{_FORWARD})\s*(?:\[\d+\]|\(\d+\)|[\^*]\d+)?\s*[:：]\s*",
    re.IGNORECASE,
)
_TAG = re.compile(r"\[\s*([^\[\]]{1,40}?)\s*\]\s*")
_AT = re.compile(r"\s+(?:at|\(at\)|\[at\])\s+", re.IGNORECASE)
_DOT = re.compile(r"\s+(?:dot|\(dot\)|\[dot\])\s+", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:@]+@[^\s<>()\[\]\",;:@]+")
# 'name at example.org', and 'name at example dot org'.
_MASKED = re.compile(
    r"[^\s<>()\",;:@]+\s+at\s+[^\s<>()\",;:@.]+(?:(?:\.|\s+dot\s+)[^\s<>()\",;:@.]+)+",
    re.IGNORECASE,
)
_DUTCH_MONTHS = {"mrt": "mar", "maart": "mar", "mei": "may", "okt": "oct"}
_ZONES = {"cet": 60, "met": 60, "cest": 120, "mest": 120, "bst": 60, "wet": 0, "west": 60}
_ZONES |= {"eet": 120, "eest": 180, "msk": 180, "jst": 540, "aest": 600, "aedt": 660}


@dataclass(frozen=True, slots=True)
class Headers:
    """A mail's headers, names in lower case, values unfolded but not decoded."""

    fields: tuple[tuple[str, bytes], ...]

    def raw(self, name: str) -> bytes:
        """The first value that is not empty; b'' when there is none."""
        return next((value for key, value in self.fields if key == name and value), b"")

    def text(self, name: str) -> str:
        return decode_header(self.raw(name))


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote: a name to show, never an address, and the address in lower case, or None."""

    name: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Subject:
    """
    Attributes:
        title: without prefixes; the list's own tag is still there.
        key: what subjects that belong together share; '' when there is nothing to go by.
        tag: the first `[tag]`, in lower case, or ''.
        answers: it says 'Re:'.
    """

    title: str
    key: str
    tag: str
    answers: bool


def parse(raw: bytes) -> tuple[Headers, int]:
    """The headers and where the body begins.

    A line that is no header and is not indented continues the header before it when more headers
    follow (a broken fold), and begins the body when none do (a lost empty line).
    """
    fields: list[tuple[str, bytes]] = []
    at = 0
    for _ in range(MOST_LINES):
        end = raw.find(b"\n", at)
        end = len(raw) if end < 0 else end + 1
        line = raw[at:end].rstrip(b"\r\n")
        if not line.strip():
            return Headers(tuple(fields)), end
        match = _HEADER.match(line)
        if line[:1] in b" \t" and fields:
            name, value = fields[-1]
            fields[-1] = (name, value + b" " + line.strip())
        elif match is not None and not line.startswith(b">"):
            fields.append((match[1].decode("ascii").lower(), match[2].strip()))
        elif line.startswith((b">From ", b"From ")):
            pass
        elif fields and _more_headers(raw, end):
            name, value = fields[-1]
            fields[-1] = (name, value + b" " + line.strip())
        else:
            return Headers(tuple(fields)), at
        at = end
        if at >= len(raw):
            break
    return Headers(tuple(fields)), at


def _more_headers(raw: bytes, at: int) -> bool:
    for line in raw[at : at + 2000].split(b"\n", 6)[:6]:
        if not line.strip():
            return False
        if re.match(rb"[A-Za-z][A-Za-z0-9-]{1,60}:", line):
            return True
    return False


def message_id(headers: Headers) -> str | None:
    """The Message-ID without its brackets, or None."""
    value = decode(headers.raw("message-id"), None)
    match = _ID.search(value)
    found = _clean_id(match[1] if match else value.strip(" <>"))
    return found or None


def references(headers: Headers) -> list[str]:
    """The ids that it refers to, from far to near: the last one is what it answers."""
    chain = [_clean_id(i) for i in _ID.findall(decode(headers.raw("references"), None))]
    parents = [_clean_id(i) for i in _ID.findall(decode(headers.raw("in-reply-to"), None))]
    # In-Reply-To also held addresses and remarks once: an id has an '@' and no spaces.
    found = [p for p in parents if p not in chain and "@" in p] + chain
    found = list(dict.fromkeys(i for i in found if i))
    if len(found) > MOST_REFERENCES:
        found = found[:1] + found[-MOST_REFERENCES + 1 :]
    return found


def _clean_id(text: str) -> str:
    return re.sub(r"\s+", "", _AT.sub("@", text))


def key_of(identifier: str) -> str:
    """32 hexadecimal characters that stand for a Message-ID of any length."""
    return hashlib.blake2b(identifier.encode(), digest_size=16).hexdigest()


def subject(headers: Headers) -> Subject:
    """The subject, its prefixes ('Re:', 'Antw:', 'Fwd:', '[tag]') weighed."""
    return weighed(headers.text("subject"))


def weighed(text: str) -> Subject:
    """The same of a subject that is at hand."""
    answers = False
    tags: list[str] = []
    kept = text
    while True:
        if match := _PREFIX.match(text):
            answers = answers or match["answer"] is not None
            text = text[match.end() :]
            if not tags:
                kept = text
        elif (match := _TAG.match(text)) and text[match.end() :]:
            tags.append(match[1])
            text = text[match.end() :]
        else:
            break
    bare = re.sub(r"\s*\((?:fwd|fw)\)\s*$", "", text, flags=re.IGNORECASE)
    title = " ".join([*(f"[{tag}]" for tag in tags), text]) if tags else kept
    key = " ".join(re.findall(r"\w+", bare.casefold()))
    return Subject(title, key_of(key) if key else "", tags[0].casefold() if tags else "", answers)


def without_tag(title: str, tag: str) -> str:
    """The title without the list's own tag at its beginning."""
    match = _TAG.match(title)
    if match and match[1].casefold() == tag and title[match.end() :]:
        return title[match.end() :]
    return title


def list_names(headers: Headers) -> set[str]:
    """Under which names the list itself sent this mail, in lower case."""
    found = set()
    for name in ("x-beenthere", "list-post", "delivered-to", "x-mailing-list"):
        for address in _ADDRESS.findall(headers.text(name).lower()):
            found.add(address.removeprefix("mailto:").split("@")[0])
    if match := re.search(r"<([^<>.]+)\.", headers.text("list-id").lower()):
        found.add(match[1])
    return found


def _list_addresses(headers: Headers) -> set[str]:
    return {
        address
        for name in ("x-beenthere", "list-post", "x-mailing-list")
        for address in _ADDRESS.findall(headers.text(name).lower())
    }


def sender(headers: Headers) -> Sender:
    """Who wrote it.

    Lists that rewrite senders ('Jan via Lijst <lijst@example.org>') say elsewhere who it was.
    """
    found = _person(headers.raw("from") or headers.raw("sender") or headers.raw("reply-to"))
    if found.address is not None and found.address in _list_addresses(headers):
        name = re.sub(r"\s+via\s+.*$", "", found.name, flags=re.IGNORECASE)
        for other in ("x-original-from", "original-from", "reply-to"):
            person = _person(headers.raw(other))
            if person.address and person.address not in _list_addresses(headers):
                return Sender(name or person.name, person.address)
        return Sender(name, None)
    return found


def _person(raw: bytes) -> Sender:
    text = " ".join(decode(raw, None).split())
    name, rest = "", text
    if match := re.search(r"<([^<>]*)(?:>[^<>]*)?$", text):
        name, rest = text[: match.start()], match[1]
        if not name.strip(' "'):
            name = " ".join(re.findall(r"\(([^()]*)\)", text[match.end(1) :]))
    elif match := re.search(r"\((.*)\)\s*$", text):
        name, rest = match[1], text[: match.start()]
    address = address_of(rest) or address_of(text)
    if not name.strip(' "') and address is None:
        name = rest
    # Encoded words are decoded after the parts are told apart: they may hold brackets or commas.
    shown = decode_header(name.strip().encode()).strip(" \"'")
    shown = one_line(re.sub(r"\\(.)", r"\1", shown))
    if not shown and address is not None:
        shown = address
    return Sender(mask_addresses(shown)[:80].strip(), address)


def address_of(text: str) -> str | None:
    """The first e-mail address in the text, plain or masked as archives do, in lower case."""
    if match := _ADDRESS.search(text):
        return match[0].strip(".'").lower()[:254]
    if match := _MASKED.search(text):
        return _DOT.sub(".", _AT.sub("@", match[0])).strip(".'").lower()[:254]
    return None


_IN_TEXT = re.compile(
    r"(?P<url>https?://[^\s<>\"]+)"
    r"|(?P<local>[A-Za-z0-9][A-Za-z0-9._%+=-]{0,63})@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
    r"|<(?P<masked>[A-Za-z0-9][A-Za-z0-9._%+=-]{0,63}) at"
    r" [A-Za-z0-9-]{1,63}(?:(?:\.| dot )[A-Za-z0-9-]{1,63}){1,8}>"
)


def mask_addresses(text: str) -> str:
    """Addresses cut to 'name@…': an archive gives harvesters nothing. Web addresses stay."""

    def masked(match: re.Match[str]) -> str:
        if match["url"] is not None:
            return match["url"]
        return f"{match['local']}@…" if match["local"] else f"<{match['masked']}@…>"

    return _IN_TEXT.sub(masked, text)


def date(headers: Headers, now: datetime) -> datetime | None:
    """When it was written, in UTC; None when it does not say, or says what cannot be."""
    text = decode_header(headers.raw("date")).strip()
    found = _iso(text) or _mail_date(text)
    if found is None or not EARLIEST <= found <= now:
        return None
    return found


def _mail_date(text: str) -> datetime | None:
    text = re.sub(
        r"[A-Za-z]+", lambda m: _DUTCH_MONTHS.get(m[0].lower(), m[0]), text.replace(".", ":")
    )
    try:
        parts = parsedate_tz(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    if parts is None or re.search(r"(?<![\d:+-])0\d{3}(?![\d:])", text):  # the year 0
        return None
    named = re.search(r"\b([A-Z]{2,5})\b[)\s]*$", text, re.IGNORECASE)
    seconds = parts[9] or 0
    if not re.search(r"[+-]\d{4}", text) and named and named[1].lower() in _ZONES:
        seconds = _ZONES[named[1].lower()] * 60
    try:
        if abs(seconds) > 14 * 3600:  # no place on earth is further from UTC
            return None
        zone = timezone(timedelta(seconds=seconds))
        return datetime(*parts[:5], min(parts[5], 59), tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> datetime | None:
    if not re.match(r"\d{4}-\d\d-\d\d[T ]", text):
        return None
    try:
        found = datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
