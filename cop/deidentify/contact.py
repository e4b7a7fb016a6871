"""How to reach people: e-mail, telephone, web addresses, names used on line (label CONTACT)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from .casing import uncased
from .cues import FUNCTION, RELATIONS
from .document import Document
from .lexicon import NAME, Flag
from .spans import Label, Reason, Span

_EMAIL = re.compile(r"[\w.+-]*\w@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
# As people write it to fool machines: 'jan punt x apenstaartje voorbeeld punt nl', 'jan (at) x.nl'
_AT = (
    r"(?:\s*[\[(]\s*(?:at|apenstaart(?:je)?)\s*[\])]\s*|\s+(?:at|apenstaart(?:je)?|"
    r"apestaart(?:je)?|@)\s+)"
)
_DOT = r"(?:\s*[\[(]\s*(?:dot|punt)\s*[\])]\s*|\s+(?:dot|punt)\s+|\s?\.\s?)"
_JOIN = r"(?:\s+(?:streepje|underscore|laag streepje)\s+)"
_SPOKEN_EMAIL = re.compile(
    rf"(?<![\w-])(?:[\w-]{{1,40}}(?:{_DOT}|"
    rf"{_JOIN})){{0,4}}[\w-]{{1,40}}{_AT}[\w-]{{1,40}}(?:(?:{_DOT})[\w-]{{1,40}}){{0,3}}(?:{_DOT})"
    r"(?:nl|com|net|org|eu|be|de|nu|info)\b",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]*[\w/]", re.IGNORECASE)
_BARE_URL = re.compile(
    r"(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:nl|com|org|net|be|eu|io|me|info|nu|app|blog)"
    r"(?:/[\w./?=&%-]*\w)?(?![\w@])",
    re.IGNORECASE,
)

_PHONE = re.compile(
    r"(?<![\w.,/-])(?:"
    r"(?:\+|00)\s?\d{1,3}[\s.-]*(?:\(0\)[\s.-]*)?\d(?:[\s./-]{0,3}\d){6,11}"
    r"|\(?0\d{1,3}\)?(?:\s?[-–./]\s?|\s)?\d(?:[\s.-]{0,2}\d){5,8}"
    r")(?![\w]|[.,/-]\d)"
)
# What an app prints before a message ('04-02-2024 20:14') has the shape of a telephone number.
_STAMP = re.compile(
    r"\d{1,2}([-/.])\d{1,2}\1(?:19|20)?\d\d(?!\d|[./-]\d\d[./-]\d)|(?:19|20)\d\d([-/.])\d{1,2}\2\d{1,2}(?!\d)"
    r"|\d{1,2}[-/.]\d{1,2}[ ,]+\d{1,2}[.:]\d\d"
    r"|(?:0?[1-9]|[12]\d|3[01]) (?:0?[1-9]|1[012]) (?:19|20)\d\d(?!\d)"
)
_MASKED = re.compile(r"(?<!\w)0?6[ -]?(?:\d[ -]?|[x*.][ -]?){8}(?![\w*])", re.IGNORECASE)
_EXTENSION = re.compile(
    r"\b(?:toestel|tst|doorkies(?:nummer)?|dect|pieper|sein)\.?\s*(?:nr\.?)?\s*:?\s*"
    r"(\d[\d -]{1,9}\d)\b",
    re.IGNORECASE,
)
_PHONE_CUE = re.compile(
    r"\b(?:tel(?:efoon)?(?:nr|nummer)?|mob(?:iel)?|bel(?:len)?|gsm|app|nummer|06)\b[ "
    r".:]{0,3}"
    r"(\+?\d[\d ()./-]{5,14}\d)(?!\w)",
    re.IGNORECASE,
)
_DIGIT = (
    r"(?:nul|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|zero|one|two|three|four|"
    r"five|six|seven|eight|nine)"
)
_TENS = (
    r"(?:tien|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|achttien|"
    r"negentien|\w*(?:twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|"
    r"negentig))"
)
_SPOKEN_PHONE = uncased(
    rf"\b(?:plus )?(?:nul|zero|{_TENS}|0\d{{1,3}})(?:[ ,-]+(?:dubbel |keer )?(?:{_DIGIT}|"
    rf"{_TENS}|"
    rf"honderd|\d{{1,3}})){{3,}}\b"
)

_AT_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z0-9_](?:[\w.-]*\w)?")
_HANDLE = re.compile(
    r"(?<![\w@./-])(?:"
    r"[^\W_]+(?:_[^\W_]+)+_?\d*"  # with an underscore
    r"|(?=[\w.-]*[a-z])(?:[A-Z][a-z]+){2,}\d+"  # DikkeDirk71
    r"|[a-z]{3,}(?:19|20)\d\d"  # sjaan1971
    r"|[A-Za-z]*[a-z]\d+[a-z]+\w*[a-z]\w*"
    r")(?![\w@/-]|\.\w)"
)
# 'kickflip010': letters that are no word, with figures behind them.
_NUMBERED = re.compile(r"(?<![\w@./-])([A-Za-z]*[a-z]{3})\d{2,4}(?![\w@/%-]|[.,]\d)")
# The writer of a message in a forum, whatever the name looks like.
_POSTER = re.compile(
    r"^[ \t>*]*@?([^\W\d_][\w.=+-]{2,30})\*{0,2} (?:schreef|schrijft|schreef op .{4,25}|"
    r"wrote|reageerde|"
    r"antwoordde|plaatste|zegt)(?: op .{4,30})?:[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_MENTION = re.compile(r"(?<![\w@])[^\W\d_][\w.-]*\w")
_HANDLE_CUE = uncased(
    r"\b(?:insta(?:gram)?|snap(?:chat)?|tiktok|telegram|twitter|discord|facebook|fb|"
    r"signal|teams|skype|wechat|whatsapp|linkedin|youtube|twitch|steam|xbox|psn|roblox|vinted|"
    r"marktplaats|grindr|tinder|bumble|hinge|wickr|threema|gamertag|nickname|nick|"
    r"gebruikersnaam|username|profiel(?:naam)?|account(?:naam)?|inlognaam|schuilnaam|"
    r"(?:heet|noemt zich|bekend als) "
    r"(?:daar|online|op \w+|in dat spel))\b(?: (?:is|heet|onder|als|van (?:hem|"
    r"haar)))*\s*[:=(]?\s*['\"]?"
    r"([a-z][\w.-]{2,}\w)"
)


def _span(start: int, end: int, sure: float, reason: Reason) -> Span:
    return Span(start, end, Label.CONTACT, sure, reason)


def _phones(text: str) -> Iterator[Span]:
    for match in _PHONE.finditer(text):
        if _STAMP.match(text, match.start()):
            continue
        digits = re.sub(r"\D", "", match[0].replace("(0)", ""))
        abroad = match[0][0] == "+" or digits.startswith("00")
        # A Dutch number has ten digits; people drop or add one, and that is no less a leak.
        if (abroad and 8 <= len(digits) <= 15) or (
            not abroad and len(digits) in (9, 10, 11) and digits[1] != "0"
        ):
            yield _span(match.start(), match.end(), 0.95, Reason.PHONE)
    for number in phonenumbers.PhoneNumberMatcher(text, "NL", leniency=phonenumbers.Leniency.VALID):
        if not _STAMP.match(text, number.start):
            yield _span(number.start, number.end, 0.95, Reason.PHONE)
    for pattern in (_EXTENSION, _PHONE_CUE):
        for match in pattern.finditer(text):
            enough = sum(c.isdigit() for c in match[1]) >= (6 if pattern is _PHONE_CUE else 3)
            stamp = _STAMP.match(text, match.start(1)) or _STAMP.match(text, match.start())
            if enough and not stamp:
                yield _span(match.start(1), match.end(1), 0.85, Reason.PHONE)
    for match in _MASKED.finditer(text):
        if sum(c.isdigit() for c in match[0]) >= 5:
            yield _span(match.start(), match.end(), 0.8, Reason.PHONE)


def find_contact(doc: Document) -> Iterator[Span]:
    """Everything by which a person could be reached or looked up on line."""
    text = doc.text
    for pattern in (_EMAIL, _SPOKEN_EMAIL) if "@" in text else (_SPOKEN_EMAIL,):
        for match in pattern.finditer(text):
            yield _span(match.start(), match.end(), 0.98, Reason.EMAIL)
    for pattern in (_URL, _BARE_URL):
        for match in pattern.finditer(text):
            yield _span(match.start(), match.end(), 0.9, Reason.URL)
    if doc.figures:
        yield from _phones(text)
    for match in _SPOKEN_PHONE.finditer(doc.small):
        yield _span(match.start(), match.end(), 0.8, Reason.PHONE)
    for match in _AT_HANDLE.finditer(text):
        yield _span(match.start(), match.end(), 0.95, Reason.HANDLE)
    for match in _HANDLE.finditer(text):
        if not doc.lex.flags(match[0].lower()) and re.search(r"[a-z]{2}", match[0]):
            yield _span(match.start(), match.end(), 0.8, Reason.HANDLE)
    for match in _NUMBERED.finditer(text):
        low = match[1].lower()
        strange = not doc.known_word(low) or match[0][len(low)] == "0"
        if (
            len(match[0]) > 6
            and strange
            and not doc.lex.flags(low) & Flag.SAFE
            and low[1:].islower()
        ):
            yield _span(match.start(), match.end(), 0.75, Reason.HANDLE)
    posters: set[str] = set()
    for match in _POSTER.finditer(text):
        low = match[1].lower()
        if not (doc.lex.flags(low) & NAME or low in FUNCTION | RELATIONS):
            posters.add(match[1])
    for match in _MENTION.finditer(text) if posters else ():
        if match[0] in posters:
            yield _span(match.start(), match.end(), 0.85, Reason.HANDLE)
    for match in _HANDLE_CUE.finditer(doc.small):
        low = match[1]
        odd = re.search(r"[\d_.]|-|[a-z][A-Z]", text[match.start(1) : match.end(1)])
        if odd or not (doc.known_word(low) or doc.lex.flags(low)):
            yield _span(match.start(1), match.end(1), 0.8, Reason.HANDLE)
