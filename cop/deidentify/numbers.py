"""Numbers of people, files and things: BSN, IBAN, licence plates, file numbers (label ID)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import iban
from stdnum.nl import bsn

from .document import Document
from .spans import Label, Reason, Span

_DIGITS = re.compile(r"(?<![\w.,/+-])\d(?:[ .]?\d){7,8}(?![\w/]|[.,-]\d)")
_DUTCH_IBAN = re.compile(r"\bNL\d\d ?[A-Z]{4}(?: ?\d){8,10}(?!\w)", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}\b", re.IGNORECASE)

# The fourteen Dutch patterns ('sidecodes') are made of groups of letters or digits, six signs in
# all; other countries nearby mix them likewise. Groups: letters L, digits D.
_PLATE = re.compile(
    (
        r"(?<![\w-])([A-Z]{1,3}|\d{1,3})([- ])([A-Z]{1,3}|\d{1,3})\2([A-Z]{1,2}|"
        r"\d{1,2})(?![\w-])"
    ),
    re.IGNORECASE,
)
_PLATE_SHAPES = {
    "LLDDDD",
    "DDDDLL",
    "DDLLDD",
    "LLDDLL",
    "LLLLDD",
    "DDLLLL",
    "DDLLLD",
    "DLLLDD",
    "LLDDDL",
    "LDDDLL",
    "LLLDDL",
    "LDDLLL",
    "DLLDDD",
    "DDDLLD",
}
_PLATE_CUE = re.compile(
    r"(?:kenteken\w*|nummerbord|nummerplaat)\W{0,3}(?:is |was |met )?"
    r"((?=[A-Z0-9 -]{0,9}\d)(?:[A-Z]{1,3}|\d{1,4})(?:[ -]?(?:[A-Z]{1,3}|\d{1,4})){1,3})\b",
    re.IGNORECASE,
)

# A word that says what the number is, then perhaps 'nummer', then the number itself.
_CUED = re.compile(
    r"""(?<!\w)
    (?P<cue>
      bsn | sofi | burgerservice
    | (?:pati[eë]nt|cli[eë]nt|pt|pati[eë]nten|cli[eë]nten|dossier|pol(?:is)?|zaak|zaaks|parket
        |reg(?:istratie)?|klant|lid|lidmaatschaps|big|agb|verzekerings?|verzekerden|relatie|kenmerk|paspoort|rijbewijs|document
        |identiteits?|id|v|cjib|detentie|gedetineerden|beschikkings?|incident|melding(?:s)?|aangifte|pv|proces-verbaal
        |ecd|epd|zis|uzovi|personeels|leerling|student(?:en)?|vreemdelingen|rekening|bank|vergunnings?|kamer|ordner
        |case|file|ref(?:erentie)?|medisch|behandel|bewoners|deelnemers|cluster|opname|inschrijf|dbc|zorg|beheer)
      [ -]? (?:nummer|nrs?\b|no\b|rek(?:ening)?\b|code|id\b|\#)
    | dossier | parket | polis | kenmerk | mrn | epd | v-nr | cjib | zaak
    | casenr | reg | cli[eë]nt | pati[eë]nt | pt
    | nummer | nr | ref
    )
    \.? (?: \s (?:is|was|bij\ ons|luidt|van\ \w+|ons)){0,2}
    [\s:=#.(\[]{0,4} (?:nr\.?|no\.?|nummer|is)? [\s:=#.]{0,3}
    (?P<value> (?=[A-Z0-9./ -]*\d[A-Z0-9./ -]*\d)
      [A-Z]{0,4}[-/. ]?\d [A-Z0-9]* (?:[-/. ](?=[A-Z]*\d)[A-Z0-9]+)* (?:[-/][A-Z]{1,2}\b)? )
    (?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
# 'paspoort NXR4R2KK8': of eight or nine signs, letters as well as figures
_PASSPORT = re.compile(
    r"\b(?:paspoort|rijbewijs|identiteitskaart|id-?kaart|id-?bewijs|documentnr|verblijfsdocument|"
    r"vreemdelingenkaart)"
    r"(?:nummer|nr)?\.?(?: is| nr\.?|"
    r" nummer)?[ :=#(]{1,3}((?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{8,10})(?!\w)"
)
_WEAK_CUES = {
    "nummer",
    "nr",
    "zaak",
    "reg",
    "client",
    "cliënt",
    "patiënt",
    "patient",
    "pt",
    "ref",
    "kamernr",
    "kamernummer",
}

_FIGURE = r"(?:nul|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen)"
# A number said aloud figure by figure; ten of them and more are a telephone.
_SPOKEN = re.compile(
    rf"(?<!\w){_FIGURE}(?:[ ,-]+(?:dubbel )?{_FIGURE}){{3,8}}(?!\w)", re.IGNORECASE
)
_SPOKEN_CUE = re.compile(
    r"\b(?:nummer|nr|code|bsn|v-nummer|dossier|client|cliënt|patiënt|ik ben|eindigt op|"
    r"cijfers|kenteken|"
    r"pas|zaak|rekening)\W{1,3}(?:is |was |nummer )?$",
    re.IGNORECASE,
)
# Letters and digits mixed, or digits in groups, long enough to be nobody's dose or score.
_CODE = re.compile(
    r"(?<![\w/.@#+-])(?=[\w/.-]*\d[\w/.-]*\d[\w/.-]*\d)(?:"
    r"[A-Z]{1,5}[-/.]?\d{2,}(?:[-/.][A-Z0-9]{2,})*(?:[-/][A-Z])?"  # PH/20117, R-2023/0441
    r"|\d{2,}(?:[-/.][A-Z0-9]+){1,4}"  # 440-19-0072
    r"|\d{7,}"
    r")(?![\w/-]|\.\d)"
)
# The same where nothing has a capital: 'cl-55-0931', 'pl0100-2023228417'.
_LOW_CODE = re.compile(
    r"(?<![\w/.@#+-])([a-z]{1,4}-?\d{2,}(?:[-/][a-z0-9]{2,})+|"
    r"[a-z]{1,4}-\d{5,}(?:-[a-z])?)(?![\w/-]|\.\d)"
)
# Norms, reports of faults and versions of a standard are numbered too: 'ISO-8859-15', 'NEN 7510-1'.
_STANDARD = re.compile(
    r"(?:iso|iec|nen|din|en|rfc|ieee|ansi|cve|npr|nta|itu|sha|utf|win|ecma|wcag|dsm|icd)[-/ ]?\d",
    re.IGNORECASE,
)
_HOURS = re.compile(r"\d{1,2}\.[0-5]\d-\d{1,2}\.[0-5]\d")  # '10.15-11.00'
_DATE_SHAPE = re.compile(r"\d{1,4}([-/.])\d{1,2}(\1\d{2,4})?|\d{2,4}[-/]\d{2,4}")


def _span(start: int, end: int, sure: float, reason: Reason, cue: str = "") -> Span:
    return Span(start, end, Label.ID, sure, reason, cue)


def find_numbers(doc: Document) -> Iterator[Span]:
    """Numbers that stand for a person, a file, an account or a car."""
    text = doc.text
    for match in _SPOKEN.finditer(text):
        if _SPOKEN_CUE.search(text[max(0, match.start() - 30) : match.start()]):
            yield _span(match.start(), match.end(), 0.75, Reason.NUMBER_CUE, "nummer")
    if not doc.figures:
        return
    # People invent or mistype account numbers; the shape of a Dutch one is enough.
    for match in _DUTCH_IBAN.finditer(text):
        yield _span(match.start(), match.end(), 0.99, Reason.IBAN)
    for match in _IBAN.finditer(text):
        if iban.is_valid(match[0]):
            yield _span(match.start(), match.end(), 0.99, Reason.IBAN)
    for match in _DIGITS.finditer(text):
        figures = re.sub(r"\D", "", match[0])
        if len(figures) == 9 and not figures.startswith(("06", "000")) and bsn.is_valid(figures):
            yield _span(match.start(), match.end(), 0.95, Reason.BSN)
    for match in _PLATE.finditer(text):
        shape = re.sub(r"[A-Z]", "L", re.sub(r"[- ]", "", match[0].upper()))
        shape = re.sub(r"\d", "D", shape)
        loose = match[2] == " " and not match[0].isupper()
        if shape in _PLATE_SHAPES and not loose:
            yield _span(match.start(), match.end(), 0.95, Reason.PLATE)
    for match in _PASSPORT.finditer(text):
        yield _span(match.start(1), match.end(1), 0.9, Reason.NUMBER_CUE, "paspoort")
    for match in _PLATE_CUE.finditer(text):
        yield _span(match.start(1), match.end(1), 0.95, Reason.PLATE)
    for match in _CUED.finditer(text):
        value, cue = match["value"], match["cue"].lower()
        digits = sum(c.isdigit() for c in value)
        if digits < (4 if cue in _WEAK_CUES else 2):
            continue
        if cue in _WEAK_CUES and (
            re.fullmatch(r"(19|20)\d\d", value) or _DATE_SHAPE.fullmatch(value)
        ):
            continue
        start = match.start("value")
        yield _span(start, start + len(value.rstrip(" .-/")), 0.9, Reason.NUMBER_CUE, cue)
    for match in _LOW_CODE.finditer(text):
        index = doc.at(match.start())
        if (
            sum(c.isdigit() for c in match[1]) > 4
            and doc.tokens[index].plain
            and not (_STANDARD.match(match[1]))
        ):
            yield _span(match.start(), match.end(), 0.7, Reason.CODE)
    for match in _CODE.finditer(text):
        value = match[0]
        digits = sum(c.isdigit() for c in value)
        letters = sum(c.isalpha() for c in value)
        short = digits < (4 if letters else 7)
        if short or _DATE_SHAPE.fullmatch(value) or _HOURS.fullmatch(value):
            continue
        if re.fullmatch(r"[A-Z]\d\d(\.\d+)?", value) or _STANDARD.match(value):  # or a diagnosis
            continue
        yield _span(match.start(), match.end(), 0.75, Reason.CODE)
