"""Which lines of a plain-text mail quote an earlier one.

Two habits: lines that begin with '>', with a line before them that says whose they are; and the
whole earlier mail below the answer, after a dashed line or its headers, as Outlook does. What is
quoted is still there, folded; a mail that is nothing but a forwarded one stays open.
"""

import re
from dataclasses import dataclass

_DASHED = re.compile(
    r"[ \t*]*-{2,}[ \t]*(?:original message|oorspronkelijk bericht|origineel bericht"
    r"|forwarded message|doorgestuurd bericht|ursprüngliche nachricht|message d'origine)"
    r"[ \t]*-{2,}[ \t*]*",
    re.IGNORECASE,
)
_FROM = re.compile(r"[ \t*]*(?:van|from|von|de)[ \t]?:[* \t]", re.IGNORECASE)
_WHEN = re.compile(
    r"[ \t*]*(?:verzonden|datum|sent|date|gesendet|datum|envoyé)[ \t]?:[* \t]", re.IGNORECASE
)
_ABOUT = re.compile(
    r"[ \t*]*(?:onderwerp|subject|betreff|objet|aan|to|an|à)[ \t]?:[* \t]", re.IGNORECASE
)
_RULE = re.compile(r"[ \t]*(?:_{8,}|-{8,})[ \t]*")
_WROTE = re.compile(
    r"\b(?:schreef|schreven|geschreven|wrote|writes|schrieb|a écrit)\b[^:]{0,120}:[ \t]*\Z",
    re.IGNORECASE,
)
_OPENS = re.compile(r"[ \t]*(?:op|on|am|le|quoting|\d{1,4}[-/. ]\d?)", re.IGNORECASE)
_HEADER_LINES = 8
_MOST_LEAD = 4


@dataclass(slots=True)
class Run:
    """Consecutive lines.

    Attributes:
        lead: of a quotation: the words that say whose it is, '' when nothing does.
    """

    quoted: bool
    lines: list[str]
    lead: str = ""


def runs(text: str) -> list[Run]:
    """The lines of a mail, quoted or not, in order; blank lines stay with what is before them."""
    lines = text.splitlines()
    below = _earlier_mail(lines)
    found = _by_marks(lines[:below])
    if below < len(lines):
        found.append(_whole(lines[below:]))
    return found


def unquoted(line: str) -> str:
    """The line without its marks."""
    return re.sub(r"^(?:[ \t]*>)+ ?", "", line)


def is_quoted(line: str) -> bool:
    """It begins with a mark."""
    return line.lstrip().startswith(">")


def without_quoted(text: str) -> str:
    """The text without the lines that begin with a mark."""
    return "\n".join(line for line in text.splitlines() if not is_quoted(line))


def _by_marks(lines: list[str]) -> list[Run]:
    found: list[Run] = []
    for line in lines:
        quoted = is_quoted(line)
        if found and (found[-1].quoted == quoted or not line.strip()):
            found[-1].lines.append(line)
            continue
        run = Run(quoted, [line])
        if quoted and found:
            run.lead = _take_lead(found[-1].lines)
            if not any(each.strip() for each in found[-1].lines):
                found.pop()
        found.append(run)
    return found


def _take_lead(lines: list[str]) -> str:
    """Takes 'Op 3 mei schreef Jan:' from the end of the lines, also when it was broken in two."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    for start in range(end - 1, max(-1, end - 1 - _MOST_LEAD), -1):
        if not lines[start].strip():
            break
        joined = " ".join(line.strip() for line in lines[start:end])
        if not joined.endswith(":"):
            break
        above = lines[start - 1].strip() if start else ""
        if _WROTE.search(joined) and (_OPENS.match(joined) or not above):
            del lines[start:]
            return joined
    if end and _WROTE.search(lines[end - 1]):
        lead = lines[end - 1].strip()
        del lines[end - 1 :]
        return lead
    return ""


def _earlier_mail(lines: list[str]) -> int:
    """Where a whole earlier mail begins below the writer's own words; past the end if nowhere."""
    own = False
    at = 0
    while at < len(lines):
        headers = _headers_at(lines, at)
        if headers:
            start = at - 1 if at and _RULE.fullmatch(lines[at - 1]) else at
            if own:
                return start
            at += headers  # nothing before it: what was passed on is the message
            own = False
            continue
        line = lines[at].strip()
        own = own or bool(line and not line.startswith(">") and not _RULE.fullmatch(line))
        at += 1
    return len(lines)


def _headers_at(lines: list[str], at: int) -> int:
    """How many lines the head of an earlier mail has here; 0 when there is none."""
    if _DASHED.fullmatch(lines[at]):
        following = next((n for n in range(at + 1, len(lines)) if lines[n].strip()), at)
        return following - at + _fields(lines, following) or 1
    return _fields(lines, at)


def _fields(lines: list[str], at: int) -> int:
    if at >= len(lines) or not _FROM.match(lines[at] + " "):
        return 0
    block = lines[at : at + _HEADER_LINES]
    end = next((n for n, line in enumerate(block) if not line.strip()), len(block))
    names = [line + " " for line in block[:end]]
    if any(_WHEN.match(n) for n in names) and any(_ABOUT.match(n) for n in names):
        return end
    return 0


def _whole(lines: list[str]) -> Run:
    head = next((line for line in lines if _FROM.match(line + " ")), "")
    return Run(True, lines, " ".join(head.replace("*", "").split()))
