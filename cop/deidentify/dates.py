"""Days and months (label DATE). Bare years, weekdays and 'vorige week' are no dates here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .casing import uncased
from .cues import RELATIONS
from .date_words import (
    DAY,
    DAYWORD,
    LONG_MONTH,
    MONTH,
    ORDINAL,
    REGIONAL,
    SLIP,
    WEEKDAY,
    YEAR,
    slip_of_month,
)
from .document import Document
from .spans import Label, Reason, Span

_WRITTEN = re.compile(
    rf"(?<![\w/])(?:"
    rf"{DAY}(?:e|ste|de)?(?:\s?(?:,|en|of|op|à|a|t/m|tot|-|/|&)\s?(?:met\s)?{DAY}(?:e|ste|"
    rf"de)?)*[\s-]?(?:van\s)?{MONTH}\b\.?"
    rf"(?:[ -]*(?:{YEAR}|\d\d\b(?!\s*(?:uur|jaar|u\b|mg|%|x\b|keer)|[.:]\d\d)))?"
    rf"|{ORDINAL}\s(?:{WEEKDAY}\s)?(?:van\s|in\s)?{LONG_MONTH}(?:\s{YEAR})?"
    rf"|{DAYWORD}\s{LONG_MONTH}(?:\s(?:{YEAR}|tweeduizend(?:\s?(?:en\s)?[^\W\d_]+(?:tien|twintig|"
    rf"elf|twaalf|"
    rf"een|twee|drie|vier|vijf|zes|zeven|acht|negen))?|negentien(?:honderd)?\s?[^\W\d_]+tig))?"
    rf"|{MONTH}\.?[\s-]?{YEAR}"
    rf"|{MONTH}\.?\s{DAY}(?:st|nd|rd|th)?,?\s{YEAR}"
    rf"|(?:january|february|march|april|may|june|july|august|september|october|november|december)"
    rf"\s{DAY}(?:st|nd|rd|th)"
    rf"|(?-i:January|February|March|April|May|June|July|August|September|October|"
    rf"November|December)\s{DAY}(?:st|nd|rd|th)?(?!\d)"
    rf")(?!\w)",
    re.IGNORECASE,
)
# 'op vrijdag 13', 'di 4 komt ze': a weekday and the day of the month
_WEEKDAY_DAY = uncased(
    rf"\b(?:{WEEKDAY}|(?:ma|di|wo|do|vr|za)\.?|(?:op )zo\.?)\s({DAY})"
    rf"(?!\w|[.,:/-]\d|\s?(?:uur|u\b|x\b|"
    rf"keer|"
    r"glazen|bier|mensen|man\b|cliënten|jaar|min|mg|personen|biertjes|à|a\b|tot\b|of\b|weken|dagen|"
    r"januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|"
    r"jan|feb|mrt|apr|jun|jul|aug|sep|okt|nov|dec))"
)
# 'dinsdag de zevende', 'za. de 3e'
_WEEKDAY_RANK = uncased(
    rf"\b(?:{WEEKDAY}|(?:ma|di|wo|do|vr|za|zo)\.?|(?:mon|tues|wednes|thurs|fri|satur|sun)day),?"
    rf"\s(?:de|the)\s({ORDINAL}|{DAY}(?:e|ste|de|st|nd|rd|th))(?!\w)"
)
# 'op 21.11': a day and a month with a full stop, only where a day is expected
_DOTTED = re.compile(
    rf"\b(?:op|d\.d\.|dd|per|sinds|vanaf|tot|van|datum:?)\s({DAY}\.(?:0[1-9]|"
    rf"1[012]))(?![\w.,]\d|\w|\s?(?:uur|u\b|euro|mg|%|kg))"
)
_OF_MONTH = re.compile(
    rf"\bde ({DAY}(?:e|ste|de)) van (?:de|deze|elke|iedere|vorige|volgende) maand", re.I
)
_ENGLISH = re.compile(
    rf"\b(?:the )?({DAY}(?:st|nd|rd|th) of (?:january|february|march|april|may|june|july|august|"
    rf"september|"
    r"october|november|december)(?: (?:19|20)\d\d)?)",
    re.IGNORECASE,
)
# 'jan-mrt', 'mrt/apr'
_MONTHS = re.compile(
    r"(?<![\w-])((?:jan|feb|mrt|apr|mei|jun|jul|aug|sept?|okt|nov|dec)\s?[-/]\s?"
    r"(?:jan|feb|mrt|apr|mei|jun|jul|aug|sept?|okt|nov|dec))(?![\w-])",
    re.IGNORECASE,
)
# 'geboortedatum 16 11 75'
_BORN = re.compile(
    rf"\bgeb(?:oren|\.|oortedatum|dat|datum)?\W{{0,3}}(?:op\s)?({DAY} (?:0?[1-9]|1[012]) "
    r"(?:(?:19|20)?\d\d))(?!\w)",
    re.IGNORECASE,
)
# 'geboortedatum een een zevenentachtig': day, month and year as they are said
_SAID = (
    r"(?:een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|(?:der|veer|vijf|zes|"
    r"zeven|"
    r"acht|negen)tien|(?:(?:een|één|twee|drie|vier|vijf|zes|zeven|acht|negen)[eë]n)?(?:twintig|"
    r"dertig))"
)
_BORN_SAID = re.compile(
    rf"\bgeb(?:oren|\.|oortedatum|dat|datum)?\W{{0,3}}(?:op\s|"
    rf"is\s)?({_SAID}\s{_SAID}\s(?:negentien\s?)?"
    r"(?:(?:een|één|twee|drie|vier|vijf|zes|zeven|acht|negen)[eë]n)?(?:veertig|vijftig|zestig|"
    r"zeventig|"
    r"tachtig|negentig|tweeduizend\w*|nul \w+))(?!\w)",
    re.IGNORECASE,
)
# '15.XI', '12 xi 1980': a month in Roman figures
_ROMAN = re.compile(
    rf"(?<![\w.,/-])({DAY}(?:[.-](?:I{{1,3}}|IV|VI{{0,3}}|IX|XI{{0,2}}|X)(?:[.-](?:19|20)?\d\d)?|"
    rf"[ .-](?i:i{{1,3}}|iv|vi{{0,3}}|ix|xi{{0,2}}|x)[ .-](?:19|20)\d\d))(?![\w-]|[.,]\d)"
)
_WAS_DONE = (
    r"(?:ge(?!ld)\w{3,}|opgenomen|opname|ontslag\w*|hb|huisbezoek|overleg|mdo|intake|consult|"
    r"contact|"
    r"belafspraak|brief|afspraak|evaluatie|no show|retour|verhuisd|overleden)\b"
)
# '3.10 gebeld', '; 4.2 opname': with a full stop, before what was done that day
_DONE = re.compile(rf"(?:^|[,;\n(]\s?)({DAY}\.(?:1[012]|0?[1-9]))(?=\s{_WAS_DONE})", re.IGNORECASE)
_DONE_AFTER = re.compile(rf"\s{_WAS_DONE}", re.IGNORECASE)
# 'de 17e', 'vóór de 21ste': the day of a month that both know. A noun after it ('de 3e keer')
# makes it something else.
_DAY_ONLY = re.compile(
    rf"\b(?:de|den|d'n|the)\s({DAY}(?:e|ste|de|th|st|nd))"
    r"(?=\s?(?:[.,;:!?)]|$|\n)|\s(?:om|en|of|in|is|was|wil|kan|komt|kwam|heb|heeft|had|naar|"
    r"voor|na|al|nog|weer|dus|wordt|werd|word|zou|zal|zit|zat|ga|mag|begint|begon|start|vertrekt|"
    r"krijgt|kreeg|heb|hebben|gaan|zijn|staat|stond|vertrok|overleed|stierf|sliep|want|maar|"
    r"moet|moest|gaat|ging|bellen|belde|belt|met|bij|terug|"
    r"pas|even|langs|ik|we|ze|hij|dan|niet|van de(?:ze)? maand|a\.?s\.?|"
    r"jl)\b(?!\s?(?:graad|graads)))",
    re.IGNORECASE,
)
# From the thirteenth on a rank is rare, and a noun says so: 'de 19e eeuw', 'de 15e keer'.
_LATE_DAY = re.compile(
    r"\b(?:de|den|d'n|the)\s((?:1[3-9]|2\d|3[01])(?:e|ste|de|th|st|nd|rd)|"
    r"(?:der|veer|vijf|zes|zeven|acht|negen)tiende|(?:een|twee|drie|vier|"
    r"vijf|zes|zeven|acht|negen)[eë]ntwintigste)(?!\w)"
    r"(?!\s(?:eeuw|keer|verjaardag|jaar|editie|plaats|minuut|etage|verdieping|druk|lijn|week|dag|"
    r"maand|"
    r"sessie|stap|hole|kilometer|km|bier|biertje|glas|poging|opname|gesprek|bespreking|kandidaat|"
    r"wijk|century|time|birthday|deelnemer|man|vrouw|cliënt|patiënt|huwelijksdag|paragraaf)\b)",
    re.IGNORECASE,
)
# What makes such a number a rank and no day.
_RANK_BEFORE = re.compile(
    r"(?:geworden|werd|wordt|eindigde|plaats|klas|groep|jaars|verdieping|etage|lijn|"
    r"trap)\s(?:op\s)?$",
    re.IGNORECASE,
)
_DAY_CUE = re.compile(
    r"(?:\b(?:dat was|dat is|dit is|het was|'t was|het is|het werd|op|vóór|voor|tot|t/m|sinds|"
    r"vanaf|na|rond|niet|per|pas|of|en|van|afspraak|uiterlijk|"
    r"morgen|overmorgen|vandaag|gisteren|avonds|ochtends|middags|volgende|komende|nacht van|"
    r"avond van|"
    r"weekend van|nu|tegen|mo|ma|di|wo|do|vr|za|zo|maandag|dinsdag|woensdag|donderdag|vrijdag|"
    r"zaterdag|zondag)"
    r"[,:]?\s|[(,]\s?)$",
    re.IGNORECASE,
)
# 'op de zeventiende', 'vóór de eenentwintigste'
_DAY_WORD = re.compile(
    rf"\b(?:op|vóór|voor|tot|sinds|vanaf|na|rond|uiterlijk|niet|per)\sde\s((?!eerste|laatste|"
    rf"tweede|derde)"
    rf"{ORDINAL})(?=\s?(?:[.,;:!?)]|$|\n)|\s(?:om|en|of|komt|kwam|is|was|moet|ga|gaat|bel|belt|"
    rf"dus|maar)\b)",
    re.IGNORECASE,
)
_BEFORE_MONTH = frozenset(
    "in eind begin half medio sinds vanaf tot t/m van en of per , - ( / afgelopen vorige "
    "komende vorig maand tussen naar na voor vóór was is of heel ".split()
)
_BARE_MONTH = uncased(
    rf"(?=[adfjmnos])(?:(?<![\w-])|(?<=half-)|(?<=eind-)|(?<=begin-)|(?<=ari-)|(?<=aart-)|"
    rf"(?<=pril-)|(?<=mei-)|(?<=uni-)|"
    rf"(?<=uli-)|(?<=tus-)|(?<=mber-)|(?<=ober-)){LONG_MONTH}(?![\w]|-(?!{MONTH}\b)[a-z])"
)
_SHORT_MONTH = re.compile(
    (r"(?<![\w-])(?:jan|febr?|mrt|apr|jun|jul|aug|sept|sep|okt|nov|dec)(?:\.|\b)(?![\w-])"),
    re.IGNORECASE,
)
_SHORT_BEFORE = re.compile(
    r"(?:\b(?:in|sinds|vanaf|tot|t/m|eind|begin|half|medio|per|van|tussen|en|of|vorige|"
    r"ca|geb|d\.d)\.?\s|"
    r"(?:^|\n)[\s*#>|-]*|[(|/-]\s?)$",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"(?<![\w./-])(?:\d{1,2}\s?([-/.])\s?(?:\d{1,2}|[a-z]{3,9}\.?)\s?\1\s?(?:'?\d{2}|"
    r"\d{4})|(?:19|20)\d\d([-/.])\d{1,2}\2\d{1,2}"
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[012])(?:19|20)\d\d|(?:19|20)\d\d(?:0[1-9]|"
    r"1[012])(?:0[1-9]|[12]\d|3[01]))(?![\w/]|-\d)",
    re.IGNORECASE,
)
# '12032019' is a date after such a word
_RUN_BEFORE = re.compile(r"(?:geb\w*|datum|dd?)[.: ]*$", re.IGNORECASE)
_SHORT = re.compile(r"(?<![\w.,:/+-])(\d{1,2})([-/])(\d{1,2})(?![\w/]|[-.,]\d|-\w|\s?[%€])")
_MONTH_YEAR = re.compile(r"(?<![\w./-])(0?[1-9]|1[012])[-/]((?:19|20)\d\d)(?![\w/-])")
_COUNTED = re.compile(
    r"\s?(?:à \d+ )?(?:keer|x\b|maal|dagen|dag\b|weken|week|uur|uren|u\b|jaar|jr\b|"
    r"maanden|maand|min|glazen|glas|bier|biertjes|"
    r"flessen|blikken|blikjes|pillen|tabletten|gram|gr?\b|mg|ml|cc|kg|liter|ltr|km|"
    r"sigaretten|joints?|lijntjes|lijnen|personen|man\b|mensen|"
    r"cli[eë]nten|bewoners|punten|stuks|nachten|sessies|gesprekken|toets|scores?|"
    r"minuten|sec|borrels|wijntjes|halve|euro|eu\b|procent|per\b|p/|op een schaal)",
    re.IGNORECASE,
)
_DATE_BEFORE = re.compile(
    r"(?:\b(?:op|ad|nd|morgen|overmorgen|gisteren|vandaag|avond|nacht|dienst|overdracht|"
    r"rapportage|sinds|vanaf|per|tot|t/m|d\.d\.?|"
    r"dd\.?|datum\w*|voor|vóór|na|ná|geb\w*\.?|"
    r"geboren|was|is|en|ma|di|wo|do|vr|za|zo|"
    r"maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|opname|ontslag|"
    r"intake|gesprek|afspraak|zie|evaluatie|eval|zitting|controle|overleg|mdo|zpb|consult|"
    r"bezoek|besproken|"
    r"vermist|aangemeld|ontslagen|opgenomen|gebeld|tussen|om|van|op de|de|ondertekend|"
    r"gestart|start|einde?|voorval|incident|melding|huisbezoek|hb|notitie|update|verslag|"
    r"laatst|belafspraak|retour|terug|gezien|gesproken|uitslag|wanneer|dag)[:\s]*"
    r"|(?:^|\n)[\s*#>|\[(-]*|[(|\[]\s?|[.;]\s)$",
    re.IGNORECASE,
)

# Months in the languages of people here, with the day before it: '6 lutego', '3 mayıs'.
_ABROAD = re.compile(
    rf"(?<![\w/])({DAY}\.?(?:\sde)?\s(?:stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|"
    rf"września|października|listopada|grudnia|ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|"
    rf"eylül|ekim|kasım|aralık|januar|februar|märz|juli|august|oktober|dezember|janvier|février|"
    rf"mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|"
    rf"abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|janeiro|fevereiro|"
    rf"março|maio|junho|julho|setembro|outubro|novembro|dezembro)(?:\s(?:de\s)?{YEAR})?)(?!\w)",
    re.IGNORECASE,
)
# 'op 06 09 2023', 'd.d. 6 9 23'
_SPACED = re.compile(
    rf"\b(?:op|d\.d\.?|dd|datum:?|per|sinds|vanaf)\s({DAY}\s(?:0?[1-9]|1[012])\s(?:(?:19|20)\d\d|"
    rf"\d\d))"
    r"(?![\w.,]\d|\w|\s\d)",
    re.IGNORECASE,
)


# Before a day that might be a share: 'vr 1/3', 'd.d. 2/3'.
_ON_DAY = re.compile(
    rf"\b(?:ma|di|wo|do|vr|za|zo|d\.d\.|dd|datum|lab|echo|uc|controle|intake|"
    rf"{WEEKDAY})\.?[:\s]{{1,2}}$",
    re.IGNORECASE,
)
# 'until March', 'in May': of the months in English that are words too, with what stands before.
_ENGLISH_MONTH = re.compile(
    r"\b(?:in|until|since|by|of|last|next|this|early|late|from|before|after|till|every)\s"
    r"(March|May|April|August)(?!\w)"
)


def _valid(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12


def _named_month(doc: Document, start: int, word: str) -> bool:
    """Whether 'Mei' or 'April' is somebody's name: with a capital in running text, after a word for
    a person or before what people do. A month has no capital in Dutch."""
    index = doc.at(start)
    token = doc.tokens[index]
    if not token.cap or token.first or word not in {"mei", "april", "juni", "augustus", "juli"}:
        return False
    before = doc.low(index - 1)
    return before in RELATIONS or not (
        before in _BEFORE_MONTH or before.isdigit() or doc.low(index + 1).isdigit()
    )


def _span(start: int, end: int, sure: float) -> Span:
    return Span(start, end, Label.DATE, sure, Reason.DATE)


def find_dates(doc: Document) -> Iterator[Span]:
    """Dates and parts of dates that fix a day or a month."""
    yield from _in_words(doc)
    if doc.figures:
        yield from _in_figures(doc)
        yield from _in_short(doc)


def _in_words(doc: Document) -> Iterator[Span]:
    """What may stand without a figure: 'drie mei', 'jan-mrt', 'op de zeventiende', 'in mei'."""
    text = doc.text
    for match in _WRITTEN.finditer(text):
        yield _span(match.start(), match.end() - match[0].endswith("."), 0.97)
    for pattern in (_BORN_SAID, _MONTHS):
        for match in pattern.finditer(text):
            yield _span(match.start(1), match.end(1), 0.75)
    for match in _WEEKDAY_RANK.finditer(doc.small):
        yield _span(match.start(1), match.end(1), 0.86)
    for match in _ENGLISH_MONTH.finditer(text):
        yield _span(match.start(1), match.end(1), 0.86)
    for match in _LATE_DAY.finditer(text):
        yield _span(match.start(1), match.end(1), 0.72)
    for match in SLIP.finditer(text):
        low = match[1].lower()
        if low in REGIONAL or (not doc.known_word(low) and slip_of_month(low)):
            yield _span(match.start(), match.end(), 0.75)
    for match in _DAY_WORD.finditer(text):
        yield _span(match.start(1), match.end(1), 0.7)
    for match in _BARE_MONTH.finditer(doc.small):
        if _named_month(doc, match.start(), match[0]):
            continue
        if doc.dialect and text[match.start() : match.end()] == "mei":
            before = doc.low(doc.at(match.start()) - 1)
            if before not in _BEFORE_MONTH - {"is", "was", "of", "en"}:
                continue  # 'Frysk mei har': 'with' in Frisian
        yield _span(match.start(), match.end(), 0.85)
    for match in _SHORT_MONTH.finditer(text):
        if _SHORT_BEFORE.search(text[max(0, match.start() - 12) : match.start()]) and not (
            match[0].istitle() and doc.lower is False and match[0].rstrip(".").lower() == "jan"
        ):
            yield _span(match.start(), match.end() - match[0].endswith("."), 0.75)


def _in_figures(doc: Document) -> Iterator[Span]:
    """'2019-03-12', 'geb. 16 11 75', '15.XI', 'di 4', 'op 21.11', 'de 17e', '3 mayıs'."""
    text = doc.text
    for match in _FULL.finditer(text):
        before = text[max(0, match.start() - 15) : match.start()]
        if re.search(r"[-/.]", match[0]) or _RUN_BEFORE.search(before):
            yield _span(match.start(), match.end() - match[0].endswith("."), 0.97)
    for pattern in (_BORN, _ROMAN, _DONE, _DOTTED, _OF_MONTH, _ENGLISH):
        for match in pattern.finditer(text):
            yield _span(match.start(1), match.end(1), 0.9 if pattern in (_BORN, _ENGLISH) else 0.75)
    for match in _DAY_ONLY.finditer(text):
        before = text[max(0, match.start() - 20) : match.start()]
        if _DAY_CUE.search(before) and not _RANK_BEFORE.search(before):
            yield _span(match.start(1), match.end(1), 0.75)
    for match in _WEEKDAY_DAY.finditer(doc.small):
        yield _span(match.start(1), match.end(1), 0.75)
    for pattern in (_ABROAD, _SPACED):
        for match in pattern.finditer(text):
            yield _span(match.start(1), match.end(1), 0.86)
    for match in _MONTH_YEAR.finditer(text):
        yield _span(match.start(), match.end(), 0.85)


def _in_short(doc: Document) -> Iterator[Span]:
    """'12-3', '5/1': a day and a month, or a range, or a share."""
    text = doc.text
    days = [
        m for m in _SHORT.finditer(text) if _valid(m[1], m[3]) and not _COUNTED.match(text, m.end())
    ]
    cued = [
        bool(_DATE_BEFORE.search(text[max(0, m.start() - 16) : m.start()]))
        or bool(_DONE_AFTER.match(text, m.end()))
        for m in days
    ]
    for index, match in enumerate(days):
        # Without a cue it is a date when its neighbour is one ('5-1, 8-1, 12-1'), or when the
        # first number is too high for a range of glasses or a score.
        near = any(
            0 <= index + step < len(days)
            and (
                text[days[index + min(step, 0)].end() : days[index + max(step, 0)].start()]
                in {", ", " en ", "; ", ","}
            )
            for step in (-1, 1)
        )
        wide = int(match[1]) > 10 and int(match[1]) > int(match[3])
        share = match[0] in {"1/2", "1/3", "2/3", "1/4", "3/4", "9-5", "24/7"}
        if share:  # 'vr 1/3' all the same
            cued[index] = bool(_ON_DAY.search(text[max(0, match.start() - 12) : match.start()]))
        if cued[index] or (not share and (near or wide)):
            cued[index] = True
            yield _span(match.start(), match.end(), 0.8)
