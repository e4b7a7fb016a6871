"""What a mail that came back says: for good or for now, and with which code.

Most are delivery status notifications (RFC 3464); some servers write sentences instead. Which
address it is about is never read from here: the address it came back to says so (VERP).
"""

import re
from dataclasses import dataclass
from email.message import Message

from cop.platform.mail.reading.parts import Walk, body

LOOKED_AT = 20_000  # characters of text; the reason stands near the top


@dataclass(frozen=True, slots=True)
class Failure:
    """
    Attributes:
        action: 'failed', 'delayed', 'delivered' (and 'relayed', 'expanded').
        permanent: the address itself does not work.
        code: '5.1.1' or '550'; '' when it says none.
    """

    action: str
    permanent: bool
    code: str


_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_REPLY = re.compile(r"\b([45]\d\d)[ \-](?=\S)")
_NO_SUCH = re.compile(
    r"(?:user|mailbox|recipient|address|account|inbox)\s+(?:is\s+)?(?:unknown|not (?:found|exist)"
    r"|unavailable|disabled|invalid|inactive|rejected)|(?:no such|unknown|invalid) (?:user|mailbox"
    r"|recipient|address|person)|does(?:n.t| not) (?:exist|have an? \S{0,20} account)|bestaat niet"
    r"|onbekende? (?:gebruiker|ontvanger|adres|postbus)"
    r"|(?:adres|postvak|mailbox|bezorgd) .{0,60}niet gevonden"
    r"|unbekannt\w* (?:empfänger|benutzer)|empfänger .{0,20}unbekannt|existiert nicht"
    r"|n.existe pas|utilisateur inconnu|boîte .{0,20}(?:introuvable|désactivée)"
    r"|(?:domain (?:name )?|host (?:or domain name )?)not found"
    r"|account has been (?:disabled|closed)",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"(?:mailbox|inbox|quota|postvak|postfach|boîte)\b.{0,40}(?:full|exceeded|vol\b|voll\b|pleine|"
    r"overschreden|überschritten|dépassé)|over ?quota",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"undeliver|delivery (?:status notification|has failed|failure)|returned mail|mail delivery|"
    r"failure notice|could not be delivered|couldn.t be delivered|onbestelbaar|niet (?:worden )?"
    r"bezorgd|niet worden afgeleverd|unzustellbar|nicht zugestellt|non remis|n.a pas (?:pu|été)",
    re.IGNORECASE,
)


def read(message: Message, subject: str) -> Failure | None:
    """What failed; None when this is no bounce."""
    report = _status_part(message)
    if report is not None:
        return report
    words = "\n".join(w.text for w in Walk().part(message, 0))[:LOOKED_AT]
    return _from_words(subject, words)


def _status_part(message: Message) -> Failure | None:
    """The fields of the part message/delivery-status, of its worst recipient."""
    found: Failure | None = None
    for n, part in enumerate(message.walk()):
        if n > 100:
            break
        if part.get_content_type().lower() != "message/delivery-status":
            continue
        if part.is_multipart():
            groups = [each for each in list(part.get_payload())[:50] if isinstance(each, Message)]
            texts = ["\n".join(f"{k}: {v}" for k, v in group.items()) for group in groups]
        else:
            texts = [body(part).decode("utf-8", "replace")]
        for text in texts:
            failure = _fields(text[:LOOKED_AT])
            if failure and (found is None or failure.action == "failed"):
                found = failure
    return found


def _fields(text: str) -> Failure | None:
    text = re.sub(r"\r?\n[ \t]+", " ", text)
    fields = {
        match[1].lower(): match[2].strip()
        for match in re.finditer(r"^([A-Za-z-]{3,40})[ \t]*:(.*)$", text, re.MULTILINE)
    }
    action = fields.get("action", "").split("(")[0].strip().lower()
    status = _STATUS.search(fields.get("status", ""))
    if not action and status is None:
        return None
    said = fields.get("diagnostic-code", "")
    deeper = _STATUS.search(said)
    # 5.0.0 says nothing; what the other server answered often says more.
    if deeper and (status is None or status[0].endswith(".0.0")):
        status = deeper
    reply = _REPLY.search(said)
    code = status[0] if status else reply[1] if reply else ""
    return Failure(action or "failed", _is_permanent(code, said), code)


def _from_words(subject: str, words: str) -> Failure | None:
    if not (_FAILED.search(subject) or _FAILED.search(words[:3000])):
        return None
    status, reply = _STATUS.search(words), _REPLY.search(words)
    code = status[0] if status else reply[1] if reply else ""
    return Failure("failed", _is_permanent(code, words), code)


def _is_permanent(code: str, words: str) -> bool:
    """For good only when the address does not exist: policies and full mailboxes may change."""
    if _FULL.search(words) or code.startswith(("2", "4")):
        return False
    match = _STATUS.fullmatch(code)
    if match:
        kind, detail = match[2], match[3]
        if kind == "1":  # addressing: no such mailbox or domain
            return detail in ("0", "1", "2", "3", "6", "10")
        if kind == "2":
            return detail in ("0", "1")  # disabled
        if kind == "4":
            return detail == "4"  # no host takes mail of the domain
        return kind == "0" and bool(_NO_SUCH.search(words))
    return bool(_NO_SUCH.search(words))
