"""Addresses and streets by their form (label PLACE); places by name are in `propers`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .cues import FUNCTION, VERBS
from .document import Document
from .lexicon import Flag
from .spans import Label, Reason, Span

_POSTCODE = re.compile(
    r"(?<![\w.,/-])[1-9]\d{3}(?: ?(?!SA|SD|SS|NL|EU|JR|MG|ML|UU)[A-Z]{2}|(?!sa|sd|"
    r"ss)[a-z]{2})(?![\w])"
)
_LOW_POSTCODE = re.compile(r"(?<![\w.,/-])[1-9]\d{3} ([a-z]{2})(?!\w)")
_LOW_ADDRESS = re.compile(
    r"\b(?:brief|post|woon|bezoek)?adres(?:sen)?(?:\sis|:)?\s([^\W\d_][\w'.-]*(?:\s[^\W\d_][\w'.-]*){0,3}\s"
    r"\d{1,4}(?:\s?[a-z]\b|\s?-\s?[\divx]+)?)(?=\s?[,;.\n]|$|\s(?:te|in|[1-9]\d{3}))",
    re.IGNORECASE,
)
_NOT_POSTCODE = frozenset(
    (
        "in en of is op de te na om we ze hij uu jr mg ml kg km gr cm mm al en nr ad bc "
        "va tm kb mb gb ct nu"
    ).split()
)

_KIND = (
    r"(?:straat|straatje|laan|weg|plein|pleintje|kade|gracht|singel|pad|dijk|steeg|"
    r"dreef|plantsoen|boulevard|hof|hofje|allee|baan|wal|vaart|oever|kanaal|haven|erf|"
    r"ring|"
    r"markt|park|wijk|waard|veld|akker|burcht|werf|meent|stede|steeg|rak|poort|brink|"
    r"wei|weide|zoom|loop|horst|kamp|es|ey|viaduct|brug|tunnel|dam|kwartier|buurt|ln|"
    r"str|straete|stroat|leane|strjitte|wei)"
)
_SURE_KIND = (
    r"(?:straat|straatje|laan|weg|plein|kade|gracht|singel|steeg|dreef|plantsoen|"
    r"boulevard|hof|dijk|pad|wal|allee|stroat|strjitte|leane|viaduct|brug|kwartier|"
    r"buurt|wijk|park|diep|kanaal|vaart|ln|str)"
)
_NUMBER = (
    r"(?: ?(?:nr\.?|nummer|no\.?)? ?\d{1,4}(?!\d| ?(?:januari|februari|maart|april|"
    r"mei|juni|juli|augustus|september|oktober|november|december|mg|ml|jaar|keer|uur|"
    r"x\b|gram|%|euro|dagen|weken|maanden|man\b|minuten|meter|km|cliënten|mensen|"
    r"glazen))(?: ?- ?(?:\d{1,4}|[IVX]{1,4})\b| ?[a-hA-H]\b(?!\s[a-z]{2,})|-?(?:bis|"
    r"hs|huis|zw|[a-zA-Z])\b"
    r"| ?(?:bis|huis|hs|rood|zwart|boven|beneden|bov|[1-9]e? ?-?hoog|[A-H]\d{1,2}|"
    r"\d?[IVX]{2,3})\b)?)"
)
_CAP = r"[A-ZÀ-Ý][\wà-ÿ'-]*"
_WIND = r"(?:-(?:Noord|Zuid|Oost|West|Noordzijde|Zuidzijde|Oostzijde|Westzijde|NZ|ZZ))"
_LINK = r"(?:van|de|der|den|ter|ten|te|het|'t|la)"
# 'Jan van Galenstraat 12', 'Lage Veldweg 6', 'Kerkstraat', 'Laan van Meerdervoort 5'
_STREET = re.compile(
    rf"(?<![\w-])(?:(?:{_CAP}|\d+e) (?:{_LINK} "
    rf"){{0,2}}){{0,3}}[A-ZÀ-Ý][\wà-ÿ'-]*{_SURE_KIND}{_WIND}?(?![\w-]){_NUMBER}?"
)
_TWO_WORDS = re.compile(
    rf"(?<![\w-])(?:[A-ZÀ-Ý][\wà-ÿ'-]*(?:se|sche|er|ste|de|ge|we|ten)) (?:Ring|Poort|"
    rf"Brug|Plas|Plassen|Bos|Haven|Markt|Kade|Weg|Straat|Laan|Dijk|Singel|Wal|Gracht|"
    rf"Baan|Vaart|Dreef|Pad|Hout|Heide|Hof|Plein|Toren|Meer|Polder|Park|Duinen|Rijn|"
    rf"Maas|Schie|Vliet|Tuin|Wei|Buurt|Wijk|Kwartier|Heuvel|Berg|"
    rf"Zoom){_NUMBER}?(?![\w-])"
)
_NAMED_FIRST = re.compile(
    rf"(?<!\w)(?:Laan|Plein|Weg|Kade|Park|Hof|Gracht|Straat|Burg\.|Burgemeester|Prof\.|"
    rf"Dr\.|Pastoor|Koningin|Prins|Prinses|Oude|Nieuwe|Lange|Korte|Hoge|Lage|Grote|"
    rf"Kleine)\s"
    rf"(?:{_LINK} ){{0,2}}{_CAP}(?: {_CAP})?{_NUMBER}"
)
# A word with a capital, or two, and a house number after 'aan (de/het)', 'op', 'adres'
_NUMBERED = re.compile(
    rf"(?:\b(?:aan|op|adres\w*|woont|woonachtig|van|naar|bij|in|te)\b:?\s(?:de\s|het\s|"
    rf"'t\s)?|(?:^|\n|,\s?|\(|;\s?|[.!?]\s))((?:(?!Maandag|Dinsdag|Woensdag|Donderdag|"
    rf"Vrijdag|Zaterdag|Zondag|Mei|Januari|Februari|Maart|April|Juni|Juli|Augustus|"
    rf"September|Oktober|November|December|Kerst|Pasen|Covid|Fortnite|Windows|Sinds|"
    rf"Rond|Tot|Voor|Vanaf|Ruim|Bijna|Nog|Al|Na|Per|Om|Stap|Vraag|Fase|Dag|Week|Level|"
    rf"Kamer|Casus|Groep|Deel|Punt|Artikel|Art|Optie|Ronde|Sessie|Bijlage|Hoofdstuk|Nr|"
    rf"Audit|AUDIT|MATE|"
    rf"CIWA){_CAP}\s(?:{_LINK}\s){{0,2}}){{1,3}}\d{{1,4}}(?:\s?-\s?(?:\d{{1,4}}|"
    rf"[IVX]{{1,4}})|\s?[a-hA-H](?!\w))?)"
    r"(?=\s?(?:[,;)\n]|\.(?!\d)|$|in\s[A-Z]|te\s[A-Z]|"
    r"[1-9]\d{3}\s?[A-Z]{2}))(?!\s?(?:mg|ml|jaar|keer|uur))"
)
_LOW_STREET = re.compile(
    (
        rf"(?<![\w-])(?:(?:prinses|prins|koningin|burgemeester|pastoor|dokter|jan|oude|nieuwe|"
        rf"lange|korte|hoge|lage|grote|kleine|van|de|der|"
        rf"den)\s){{0,3}}([^\W\d_]{{3,}}{_SURE_KIND})(?![\w-])({_NUMBER})?"
    ),
    re.IGNORECASE,
)
# 'op de goudse singel': a road called after a town, in lines that have no capitals
_LOW_TOWN_ROAD = re.compile(
    r"\b(?:op|aan|in|bij|langs|van|naar|hoek) (?:de|het) (?P<name>(?P<town>[^\W\d_]{3,}?)"
    r"(?P<end>e?se|er) "
    r"(?:singel|kade|straat|weg|straatweg|plein|laan|vaart|poort|gracht|haven|brug|dijk|wal|plas|hout|"
    r"steenweg|rijweg|schie|rijn))(?!\w)"
)
# 'aan de laan van meerwijk'
_LOW_LAAN = re.compile(
    r"\b(?:op|aan|in|bij|langs|naar) (?:de|het) (?P<name>(?:laan|plein|weg|kade|hof|burcht) van "
    r"(?:de |het |den |der )?(?P<of>[^\W\d_]{4,})(?: \d{1,4})?)(?!\w)"
)
_STREET_WORDS = frozenset(
    "winkelstraat hoofdweg snelweg fietspad zijstraat landweg straat laan weg plein "
    "park parkeerplaats achterweg onderweg halverwege spoorbrug doorweg rondweg "
    "overweg uitweg zandweg toegangsweg provincialeweg "
    "woonwijk volkswijk achterstandswijk nieuwbouwwijk krachtwijk villawijk "
    "prachtwijk probleemwijk binnenhof gerechtshof kerkhof buurtpark stadspark "
    "voetpad zandpad bospad wandelpad jaagpad dierenpark pretpark wagenpark "
    "bedrijventerrein vakantiepark bungalowpark industriepark levenspad herstelpad "
    "hersteldijk marktplein schoolplein dorpsplein achterbuurt rosse volksbuurt "
    "woonbuurt buurt gang kantoorpark caravanpark recreatiepark sportpark skatepark "
    "buitenwijk rookplein".split()
)


def _span(start: int, end: int, sure: float, reason: Reason, cue: str = "") -> Span:
    return Span(start, end, Label.PLACE, sure, reason, cue)


def _town_after(doc: Document, end: int) -> Iterator[Span]:
    """The town that follows a postcode, however it is written."""
    index = doc.at(end)
    if 0 < index < len(doc.tokens) and doc.touching(index - 1, index):
        token = doc.tokens[index]
        if token.flags & Flag.PLACE and (token.cap or token.plain):
            yield _span(token.start, token.end, 0.9, Reason.KNOWN_PLACE)


def find_addresses(doc: Document) -> Iterator[Span]:
    """Postcodes and streets, with or without a number, with or without capitals."""
    text = doc.text
    for match in _POSTCODE.finditer(text):
        if match[0][-2:] not in _NOT_POSTCODE:
            yield _span(match.start(), match.end(), 0.95, Reason.POSTCODE)
            yield from _town_after(doc, match.end())
    for match in _LOW_POSTCODE.finditer(text):
        after = doc.tokens[doc.at(match.end()) : doc.at(match.end()) + 1]
        begins = match.start() == 0 or text[max(0, match.start() - 4) : match.start()].rstrip(" ")[
            -1:
        ] in {
            ",",
            "\n",
            ";",
            "(",
        }
        if match[1] not in _NOT_POSTCODE and (begins or (after and after[0].flags & Flag.PLACE)):
            yield _span(match.start(), match.end(), 0.9, Reason.POSTCODE)
            yield from _town_after(doc, match.end())
    for match in _LOW_ADDRESS.finditer(text):
        yield _span(match.start(1), match.end(1), 0.9, Reason.STREET)
    for pattern in (_STREET, _TWO_WORDS, _NAMED_FIRST):
        for match in pattern.finditer(text):
            words = re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", match[0])
            index = doc.at(match.start())
            # At the head of a sentence an ordinary word ('Onderweg') is no street.
            if (
                len(words) == 1
                and index < len(doc.tokens)
                and (
                    (words[0].lower() in _STREET_WORDS and not re.search(r"\d\w?$", match[0]))
                    or (
                        doc.tokens[index].first
                        and not re.search(r"\d$", match[0])
                        and doc.lex.flags(words[0].lower()) & 1
                    )
                )
            ):
                continue
            # 'Brontewal', 'Buitendijk' may be people; a number or 'aan de' makes them streets.
            weak = re.search(
                (r"(?:wal|hof|dijk|pad|wijk|park|weg|kade|buurt|brug|diep|kanaal|vaart)$"),
                words[-1].lower(),
            )
            before = text[max(0, match.start() - 12) : match.start()].lower()
            if (
                weak
                and not re.search(r"\d\w?$", match[0])
                and not re.search(
                    (
                        r"\b(?:aan|op|in|over|van|langs|bij|naar|uit|onder|voor|achter|tegenover|via|"
                        r"vanaf|rond|tot|adres:?)\s(?:de|het|'t)\s$|\badres:?\s$"
                    ),
                    before,
                )
            ):
                continue
            start = match.start()
            # A sentence may begin before the street: 'Bij Kerkstraat 5'.
            while (
                len(words) > 1
                and doc.tokens[index].first
                and doc.tokens[index].low
                in {
                    "in",
                    "op",
                    "de",
                    "het",
                    "bij",
                    "van",
                    "naar",
                    "aan",
                    "hij",
                    "zij",
                    "ze",
                    "ook",
                    "uit",
                    "adres",
                    *VERBS,
                }
            ):
                index += 1
                words = words[1:]
                start = doc.tokens[index].start
            yield _span(start, match.end(), 0.9, Reason.STREET)
    for match in _NUMBERED.finditer(text):
        words = re.findall(r"[^\W\d_]+", match[1].lower())
        first = words[0]
        # 'Interview 7', 'Een 9': an ordinary word and a number, with nothing that says address.
        alone = not match[0][: match.start(1) - match.start()].strip(" \n,(;.!?")
        road = re.search(
            r"(?:singel|markt|plein|dijk|kade|haven|brink|spui|wal|gracht|hof|heuvel|dreef|laan|weg|"
            r"straat|park|pad|ring|plantsoen|steeg|wijk|bos|hout|heide|kamp|akker|weide|es)$",
            words[-1],
        )
        if not re.search(r"[a-z]", match[1]):
            continue  # 'P 88', 'RR 110'
        if (
            alone
            and not road
            and all(w in FUNCTION or doc.lex.flags(w) & 5 or doc.known_word(w) for w in words)
        ):
            continue
        if first not in _STREET_WORDS and not doc.lex.flags(first) & 512:
            yield _span(match.start(1), match.end(1), 0.75, Reason.STREET)
    for match in _LOW_LAAN.finditer(text):
        low = match["of"].lower()
        strange = not doc.known_word(low) or doc.lex.flags(low) & (Flag.PLACE | Flag.LAST)
        if strange and doc.tokens[doc.at(match.start("name"))].plain:
            yield _span(*match.span("name"), 0.8, Reason.STREET)
    for match in _LOW_TOWN_ROAD.finditer(text):
        town = match["town"]
        towns = (town, town + "a", town + "en", town[:-1] if match["end"] == "er" else town + "e")
        if doc.tokens[doc.at(match.start("name"))].plain and any(
            doc.lex.flags(each) & Flag.PLACE for each in towns
        ):
            yield _span(*match.span("name"), 0.8, Reason.STREET)
    for match in _LOW_STREET.finditer(text):
        low = match[1].lower()
        known = doc.lex.flags(low) & 1 or low in _STREET_WORDS
        numbered = bool(match[2])
        before = text[max(0, match.start() - 8) : match.start()].lower()
        at_home = re.search(
            r"\b(?:op|aan|in|bij|langs|onder|naar|van|uit|hoek|vanaf)\s(?:de\s|het\s|"
            r"'t\s)?$",
            before,
        )
        if (
            (numbered and (at_home or not known))
            or (not known and at_home and not doc.lex.is_compound(low))
            or (
                not known
                and re.search(r"(?:straat|laan|plein|gracht|singel|kade|weg|dreef)$", low)
                and at_home
            )
        ):
            start = match.start()
            while doc.tokens[doc.at(start)].low in {
                "de",
                "den",
                "der",
                "van",
            } and start < match.start(1):
                article = doc.tokens[doc.at(start)].low == "de"
                start = doc.tokens[doc.at(start) + 1].start
                if article and text.startswith("van ", start):
                    break  # 'op de van nijenrodeweg'
            yield _span(start, match.end(), 0.8, Reason.STREET)
