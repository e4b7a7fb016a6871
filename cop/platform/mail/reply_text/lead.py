"""What stands before a quotation: 'Op 3 mei schreef Jan:', or the head of an earlier mail.

Known in Dutch, English, German and French by their words, with quotequail's patterns for some
other languages; in the rest by their shape: a line that ends in a colon and holds a moment and an
address; lines of 'Word: value' with an address and a moment among them.
"""

import re
from collections.abc import Sequence

import quotequail

from cop.platform.mail.reply_text.lines import Line, visible

MOST_LINES = 4  # that such a line is broken into
LONGEST = 400  # characters
MOST_FIELDS = 12

_TIME = re.compile(r"\b\d{1,2}\s?[:.hu]\s?\d{2}\b|\d時|\d点|오[전후]", re.IGNORECASE)
_DAY = re.compile(
    r"\b(?:19|20)\d\d\b|\d{4}[年년]|\b\d{1,2}[-/.]\d{1,2}[-/.](?:\d\d){1,2}\b"
    r"|\b\d{1,2}\.?\s+(?:jan|feb|fév|mrt|maart|mar|mär|apr|avr|mei|may|mai|jun|juin|jul|juil|aug"
    r"|août|sep|okt|oct|nov|dec|dez|déc)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+|<mailto:")
_VERB = re.compile(
    r"\b(?:schreef|schreven|geschreven|wrote|writes|schrieb(?:en)?|geschrieben|écrit|escribió"
    r"|escreveu|scritto|scrisse|skrev|skrifaði|kirjoitti|napisał\w*|napsal\w*|написал\w*|пишет|"
    r"писал\w*|yazdı|írta|έγραψε|escrigué|scrie|a scris|hat (?:am .{4,40} )?folgendes geschrieben)"
    r"|写道|寫道|作成|さん(?:は|が)?書",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"(?:op|on|am|le|il|el|den|em|dňa|dne|dnia|w dniu|pe|pada|vào|på|ma|di|wo|do|vr|za|zo|"
    r"quoting|citeren|zitat|\d{1,4}[-/.年 ]|\w{2,4}[.,] \d)\b",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"(?:je|jij|u|jullie|ik|hij|zij|ze|we|wij|you|he|she|they|i|we|du|sie|er|ihr|ich|wir|tu|vous|"
    r"il|elle|ils|elles|nous|daarin|hierin|eerder|toen)\b",
    re.IGNORECASE,
)
# 'Op maandag om 10:00 schreef ik in mijn dagboek:' tells of oneself, and no program writes it.
_OWN = re.compile(
    r"\b(?:schreef ik|ik schreef|(?:heb ik|ik heb) .{0,60}geschreven|I wrote|wrote I|schrieb ich"
    r"|ich schrieb|(?:habe ich|ich habe) .{0,60}geschrieben|j['’]ai écrit|j['’]écrivais)\b"
)
# Nor does one write of 'mijn moeder' or 'de casemanager': people tell so. Names have capitals.
_TOLD = re.compile(
    r"\b(?:mijn|m['’]n|onze|zijn|haar|hun|iemand|hij|zij|ze|wij|we|my|our|her|his|their|someone"
    r"|somebody|he|she|they|meine?[rnms]?|unsere?|jemand|mon|ma|mes|notre|quelqu['’]un)\b"
    r"|\b(?:schreef|schrieb)\s+(?:de|het|een|er|sie|der|die|das|eine?)\s+[a-zà-ÿ]"
)
# A participle ends such a line: 'wordt er geschreven aan het protocol:' is no such.
_PARTICIPLE = re.compile(r"\b(?:geschreven|geschrieben|écrit|wrote)\b(?!\W*\Z)", re.IGNORECASE)
_DIGITS = {start + n: str(n) for start in (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10) for n in range(10)}
_QUOTING = re.compile(r"(?:quoting|zitat von|citeren|citaat van|citant)\b.{2,200}:", re.IGNORECASE)

_ENDS = (":", "：", "︰")

_FROM = {"van", "from", "von", "de", "da", "från", "fra", "od", "от", "от кого", "afzender"}
_FROM |= {"lähettäjä", "expéditeur", "mittente", "remitente", "absender", "sender", "kimden"}
_WHEN = {"verzonden", "datum", "sent", "date", "gesendet", "envoyé", "envoyée", "fecha", "enviado"}
_WHEN |= {"data", "inviato", "dato", "skickat", "sendt", "дата", "verstuurd", "verzonden op"}
_WHEN |= {"gesendet am", "envoyé le", "sent on", "enviado el", "lähetetty", "wysłano", "gönderildi"}
_TO = {"aan", "to", "an", "à", "a", "para", "onderwerp", "subject", "betreff", "objet", "sujet"}
_TO |= {"asunto", "assunto", "oggetto", "ämne", "emne", "till", "til", "кому", "тема", "cc"}
_TO |= {"ontvanger", "pour", "aihe", "vastaanottaja", "do", "temat", "konu", "kime"}
_FIELD = re.compile(
    r"[*_ ]{0,3}(?P<label>[^\W\d][\w’' .-]{0,22}?)[*_ ]{0,3}[:：][*_]{0,2}(?:\s+|$)"
)

_DASHED = re.compile(
    r"[*_ ]{0,3}(?:[-–—_=*#]{2,}|\|)[ >]{0,3}(?P<words>[^\W\d_][^\n]{2,58}?)[ <]{0,3}"
    r"(?:[-–—_=*#]{2,}|\|)[*_ ]{0,3}",
)
_EARLIER = re.compile(
    r"(?:original|oorspronkelijk|origine+l|ursprüngliche|forwarded|doorgestuurd|weitergeleitete|"
    r"reply|antwoord|vorig|previous|réexpédié|transféré|reenviado|messaggio|inoltrato)"
    r".{0,20}(?:message|mail|bericht|nachricht|mensaje|originale)?|message (?:d.origine|original|"
    r"transféré|initial)|mensaje original|mensagem original",
    re.IGNORECASE,
)
_PASSED_ON = re.compile(
    r"(?:begin(?: van)? (?:het )?doorgestuurd(?:e)? bericht|begin forwarded message|"
    r"anfang der weitergeleiteten (?:nachricht|e-mail)|début du message (?:transféré|réexpédié))"
    r"\s?:",
    re.IGNORECASE,
)
_RULE = re.compile(r"[_\-–—=*]{5,}")


def plain(text: str) -> str:
    """A line for comparing: nothing invisible, no marks of bold or italics around it."""
    return re.sub(r"\s+", " ", visible(text).translate(_DIGITS)).strip("*_ ")


def joined(lines: Sequence[Line]) -> str:
    """Lines that were one before a program broke it."""
    return re.sub(r"([<(\[]) ", r"\1", plain(" ".join(plain(line.text) for line in lines)))


def says_when_and_who(text: str) -> bool:
    """It can only be such a line: fit for telling a quotation that has no marks of its own."""
    if len(text) > LONGEST or not text.endswith(_ENDS) or _OWN.search(text):
        return False
    day, time = _DAY.search(text), _TIME.search(text)
    address = _ADDRESS.search(text)
    if not (day or time) or not (address or (day and time)):
        return False
    if address and day and time:
        return True
    if not address and (_TOLD.search(text) or _PARTICIPLE.search(text)):
        return False
    return bool(_VERB.search(text) or _known_elsewhere(text))


def introduces(text: str) -> bool:
    """It is such a line, given that marked quotation follows directly."""
    if says_when_and_who(text):
        return True
    if len(text) > LONGEST or _OWN.search(text):
        return False
    day, time, verb = _DAY.search(text), _TIME.search(text), _VERB.search(text)
    address = _ADDRESS.search(text)
    if not text.endswith(_ENDS):
        opens = _OPENER.match(text)
        return bool(day and ((address and (time or opens)) or (time and verb and opens)))
    if _QUOTING.fullmatch(text) or (day and time) or (address and (day or time or verb)):
        return True
    if verb and day:
        return True
    # 'Jan Jansen schreef:', but not 'Je schreef:', which is how people talk.
    return bool(verb and verb.end() >= len(text) - 14 and len(text) < 90) and not _SPOKEN.match(
        text
    )


def _known_elsewhere(text: str) -> bool:
    parts: list[tuple[bool, str]] = quotequail.quote(text, quote_intro_line=True)
    return parts[0] == (True, "")


def lead_before(lines: Sequence[Line], end: int) -> int:
    """Where the lead begins that ends at `end` (exclusive), or `end` when there is none."""
    last = end
    while last and lines[last - 1].blank:
        last -= 1
    if end - last > 3:
        return end
    depth = lines[last - 1].depth if last else 0
    weak = end
    for start in range(last - 1, max(-1, last - 1 - MOST_LINES), -1):
        line = lines[start]
        if line.blank or line.depth != depth:
            break
        text = joined(lines[start:last])
        if says_when_and_who(text):
            return _with_opener(lines, start, last, depth)
        if weak == end and introduces(text):
            weak = start  # unless a line more makes it certain
    return _with_opener(lines, weak, last, depth) if weak != end else end


def _with_opener(lines: Sequence[Line], start: int, last: int, depth: int) -> int:
    """A line further up when the lead was broken and its first words stand there."""
    if _OPENER.match(plain(lines[start].text)):
        return start
    for above in range(start - 1, max(-1, last - 1 - MOST_LINES), -1):
        if lines[above].blank or lines[above].depth != depth:
            break
        if _OPENER.match(plain(lines[above].text)) and introduces(joined(lines[above:last])):
            return above
    return start


def lead_at(lines: Sequence[Line], at: int) -> int:
    """How many lines a lead has that begins here and needs no marks after it; 0 when none does."""
    depth = lines[at].depth
    for count in range(1, MOST_LINES + 1):
        part = lines[at : at + count]
        if len(part) < count or part[-1].blank or part[-1].depth != depth:
            return 0
        text = joined(part)
        if says_when_and_who(text):
            opens = _OPENER.match(text)
            if count > 1 and not opens and says_when_and_who(joined(part[1:])):
                return 0  # it begins further down; what stands above it is the writer's own
            begins = at == 0 or lines[at - 1].blank or opens or count == 1
            return count if begins else 0
        if len(text) > LONGEST:
            return 0
    return 0


def of_groupwise(lines: Sequence[Line], at: int) -> bool:
    """'>>> Jan <jan@…> 12-11-2026 10:12 >>>', and below it the earlier mail without marks."""
    line = lines[at]
    below = next((other for other in lines[at + 1 :] if not other.blank), None)
    if line.depth != 3 or (at and lines[at - 1].depth) or below is None or below.depth:
        return False
    text = plain(line.text)
    return says_when_and_who(text) or bool(
        text.endswith(">>>") and _DAY.search(text) and _TIME.search(text)
    )


def head_at(lines: Sequence[Line], at: int) -> int:
    """How many lines the head of an earlier mail has that begins here; 0 when there is none."""
    text, drawn = plain(lines[at].text), visible(lines[at].text)
    if not drawn or len(text) > LONGEST:
        return 0
    after = next((n for n in range(at + 1, min(at + 4, len(lines))) if not lines[n].blank), None)
    if _PASSED_ON.fullmatch(text):
        return 1
    if dashed := _DASHED.fullmatch(drawn):
        if _EARLIER.match(dashed["words"]):
            return 1
        if after is not None and (_fields(lines, after, True) or lead_at(lines, after)):
            return 1
    if _RULE.fullmatch(drawn) and after is not None and after <= at + 2:
        return _fields(lines, after, True) and after - at
    count = _fields(lines, at, False)
    above = visible(lines[at - 1].text) if at else ""
    if _FIELD.match(f"{above} ") and not any(_TIME.search(x.text) for x in lines[at : at + count]):
        return 0  # within a list of the writer's own: 'Wat: … Van: … Datum: …'
    return count


def _fields(lines: Sequence[Line], at: int, set_apart: bool) -> int:
    """How many fields stand here, if together they are the head of a mail."""
    depth = lines[at].depth
    labels: list[str] = []
    values: list[str] = []
    count = 0
    for line in lines[at : at + MOST_FIELDS]:
        text = visible(line.text)
        if line.depth != depth:
            break
        match = _FIELD.match(text + " ")
        if match:
            labels.append(match["label"].strip(" *_").casefold())
            values.append(text[match.end() - 1 :].strip())
        elif not text and len(labels) == 1:
            pass  # some put empty lines between the fields
        elif (
            text
            and labels
            and ("@" in text or values[-1].endswith((";", ",", "<")) or (not values[-1]))
        ):
            values[-1] += " " + text  # a long list of recipients that was broken
        elif not text and 1 < len(labels) < 4 and _FIELD.match(_next_text(lines, at + count)):
            pass
        else:
            break
        count += 1
    if not labels:
        return 0
    address = any(_ADDRESS.search(v) for v in values)
    sender = next((v for label, v in zip(labels, values, strict=True) if label in _FROM), None)
    if sender is not None and sender[:1].isdigit() and not _ADDRESS.search(sender):
        return 0  # 'Van: 13:00'
    # Some begin with when it was sent; then it takes an address to know it by.
    dated = labels[0] in _WHEN and len(labels) >= 4 and bool(_ADDRESS.search(sender or ""))
    named = labels[0] in _FROM or ((set_apart or dated) and sender is not None)
    when = any(
        label in _WHEN and re.search(r"\d", value)
        for label, value in zip(labels, values, strict=True)
    )
    if named and when and set(labels) & _TO:
        return count
    moment = any(_DAY.search(v) and _TIME.search(v) for v in values)
    first = bool(_ADDRESS.search(values[0])) or set_apart
    return count if len(labels) >= 3 and moment and address and first else 0


def _next_text(lines: Sequence[Line], at: int) -> str:
    return next((visible(line.text) + " " for line in lines[at : at + 2] if not line.blank), "")
