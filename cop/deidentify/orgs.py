"""Organisations by the word that says what they are: 'camping De Zon' (label ORG).

Here are those with a capital; `orgs_low` has those in lines without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .casing import uncased
from .cues import FUNCTION, QUARTERS, TITLES
from .document import Document
from .lexicon import NAME, Flag
from .org_kinds import KINDS, LOOSE, NO_NAME
from .spans import Label, Reason, Span

_CAP = r"(?:[A-ZÀ-Ý0-9][\wÀ-ÿ'&+-]*|&)"
_LINK = r"(?:van|de|der|den|ter|ten|te|het|'t|'s|&|la|le|el|al)"
_NAME = (
    rf"(?:(?:De|Het|'t|'s|Sint|Sint-|St\.|In|Ter|Ten|Op|d')[ -]?(?:{_LINK} "
    rf"){{0,2}})?{_CAP}(?: (?:{_LINK} ){{0,2}}{_CAP}){{0,3}}"
)
_KIND_NAME = re.compile(
    (rf"(?<![\w-])(?P<kind>{KINDS}) (?:in )?(?P<quote>['\"“„‘]?)(?P<name>{_NAME})"), re.MULTILINE
)
_KIND_CAPITAL = re.compile(
    rf"(?<![\w-])(?P<name>(?:SV|VV|FC|RKVV|HC|TC|LTC|BV|AV|FACT|PI|ROC|RIBW|GGZ|GGz|"
    rf"GGD|OBS|CBS|RKBS|PCBS|AZC|CVV|JVC|SC|MC|DJI|KV|WV|CSG|OSG|SG|ISK|PCC|RSG|TBS|UZ|"
    rf"IHT|HIC|IBZ|HAP|FPA|FPK|FPC|PAAZ|MPU|ABW|AZ|ZNA|CAW|OCMW|Stichting|Huize|Apotheek|Café|"
    rf"Restaurant|Hotel|Camping|Bakkerij|"
    rf"Garage|Basisschool|Slagerij|Team|Villa|Zorgcentrum|Woonzorgcentrum|Verpleeghuis|"
    rf"Kliniek|Transportbedrijf|Bouwbedrijf|Scouting|Harmonie|Fanfare|Moskee|Hospice|"
    rf"Wijkteam|Buurtteam|Inloophuis|Hostel|Pension|Drukkerij|Autobedrijf|Boerderij|"
    rf"Zorgboerderij|Manege|Brouwerij|Eetcafé|Sportschool|Parochie|Hervormde Gemeente|"
    rf"Gebiedsteam|Jeugdteam|Sociaal Team|Sociaal Wijkteam|FACT-team|Afdeling|Locatie|"
    rf"Unit|Christelijke|Protestantse Gemeente) (?:{_LINK} ){{0,2}}{_NAME})"
)
# The same with a capital, where the kind is part of the name: 'Kwekerij Het Groene Hart'.
_BROAD = frozenset(
    "praktijk gemeente kerk groep praktijk locatie winkel opvang inloop afdeling unit team kantoor "
    "fabriek veiling bedrijf instelling school vereniging organisatie hotel flat koor club".split()
)
_KIND_FIRST = re.compile(
    r"(?<![\w-])(?P<name>(?:"
    + "|".join(
        sorted(
            k.capitalize()
            for k in KINDS.split("|")
            if len(k) > 5 and k.isalpha() and k not in _BROAD
        )
    )
    + rf") (?:{_LINK} ){{0,2}}{_NAME})"
)
# 'naar de opvang (Dikkie Dik)', 'bij de bakker ("Het Stoepje")'
_KIND_BRACKET = re.compile(rf"(?<![\w-])(?P<kind>{KINDS}) \(['\"“‘]?(?P<name>{_NAME})['\"”’]?\)")
# 'de Orthodoxe Tewahedo gemeente'
_SMALL_TAIL = re.compile(
    rf"(?<![\w-])(?P<name>{_CAP} {_CAP}(?: {_CAP})? (?:gemeente|kerk|moskee|parochie|tempel|"
    r"gemeenschap|school|koor|stichting|vereniging))(?![\w-])"
)
# 'in de Ulu moskee', 'bij de Fatih-moskee', 'de Shiva mandir'
_HOUSE = re.compile(
    rf"\b(?:de|het|bij|in|van|naar|uit|onze|'t) (?P<name>{_CAP}(?: {_CAP})? (?:moskee|mandir|"
    rf"tempel|"
    r"synagoge|kerk|kapel|parochie|apotheek|manege|kliniek|poli|school|gym|casino|"
    r"camping))(?![\w-])"
)
# 'afd. Populier 2', 'unit Beuk 1'
_NUMBERED = re.compile(
    r"(?<![\w-])(?P<kind>afd\.?|afdeling|unit|team|groep|leefgroep|woning|paviljoen) "
    r"(?P<name>[A-Z][a-zà-ÿ]{2,} \d{1,2})(?![\w.,:/]\d|\w)"
)
# 'afdeling 3B', 'op unit 2c'; but 'afdeling 2e lijn'
_WARD = uncased(
    r"(?<![\w-])(?P<kind>(?:verpleeg|opname)?afdeling|afd\.?|unit) (?P<name>\d{1,2}-?[abcdfg])"
    r"(?![\w-]|[.,:/]\d)"
)
_TAIL = (
    r"(?:College|Lyceum|Gymnasium|Academie|Academy|Logistics|Transport|Transporten|"
    r"B\.?V\.?|N\.?V\.?|VOF|Holding|Groep|Group|Zorg|Zorggroep|Clinics?|Kliniek|"
    r"Klinieken|Ziekenhuis|Ziekenhuizen|Gasthuis|Casino|Bouw|Techniek|Installaties|"
    r"Factory|Shop|Store|Services?|Schoonmaak|Uitzend\w*|Hospital|School|Scholengroep|"
    r"Instituut|Institute|Foundation|Recovery|Center|Centrum|Centre|Kerk|Moskee|Boys|"
    r"United|Verhuur|Vastgoed|Catering|Security|Beveiliging|Taxi|Food|Foods|Bakery|"
    r"Barbershop|Gym|Fitness|Wonen|Welzijn|Thuiszorg|Bewind|Bewindvoering|Advocaten|"
    r"Advocatuur|Apotheek|& Zn\.?|& Zonen|& Co|en Zn\.?|en Zonen|Gebroeders|Logistiek|"
    r"Metaal|Flowers|Plants|Airlines|Airport)"
)
_NAMED_TAIL = re.compile(
    rf"(?<![\w-])(?P<name>(?:(?:Gebr\.|De|Het|Van|den|de|der) ){{0,3}}{_CAP}(?:[ "
    rf"-](?:{_LINK} )?{_CAP}){{0,3}}[ -]{_TAIL})(?!\w)"
)
_GEBR = re.compile(
    rf"(?<!\w)(?P<name>(?:Gebr\.|Gebroeders|Fa\.|Firma|Gez\.) (?:{_LINK} "
    rf"){{0,2}}{_CAP}(?: {_CAP})?)"
)
_JOINED = re.compile(
    r"(?<![\w-])(?P<name>(?:(?:Sint|St\.|Sint-|De|Het|'t|O\.L\.V\.|Heilige|Grote|"
    r"Nieuwe|Oude)[\s-]?)?[A-ZÀ-Ý][\wà-ÿ'.-]*[a-zà-ÿ.-]"
    r"(?:kerk|basiliek|kapel|moskee|school|college|lyceum|ziekenhuis|kliniek|gasthuis|"
    r"hospitaal|stichting|flat|toren|zorg|hoeve|huys|instituut|schole|bouw|trans|"
    r"harmonie|fonds|museum|theater|bibliotheek|apotheek|praktijk|vereniging|"
    r"koor|gilde|academie|centrum|hospice|manege|bakkerij|slagerij|garage|kwekerij|"
    r"fabriek|fabrieken|werf|staal|foods?|transport|logistiek|bode|courant|"
    r"steunpunt|inloop|opvang|huis|heem|hof|oord|borg|stee|hus|honk|gaarde|burcht)|"
    r"[A-ZÀ-Ý][\wà-ÿ'.]+-(?:kerk|gemeente|moskee|school|college|huis|fonds|groep|club|team|"
    r"kliniek|bank|winkel|fabriek|zaal))(?![\w-])"
)
# Such an end is as often that of a surname or a place.
_SOFT_HEAD = re.compile(
    r"(?:huis|heem|hof|oord|borg|stee|hus|honk|gaarde|burcht|werf|staal|bode|zorg|bouw)$"
)
# 'de Jellinek-schaal', 'scoort 24 op de Jellinek': called after who made it, and where nobody is
_MEASURES = (
    uncased(
        r"(?<![\w-])(?P<name>(?:jellinek|trimbos)-(?:scores?|schaal|curve|test|vragenlijst|lijst|"
        r"methode|model|richtlijn))(?![\w-])"
    ),
    uncased(r"\bscoor\w+ (?:[\w,.]+ ){0,2}op de (?P<name>jellinek|trimbos)(?![\w-])"),
)
_AT = re.compile(r"\b(?:het|'t|bij|naar het|van het|in het)\s$", re.IGNORECASE)
# A named building is a place: 'flat de Zonnehoek', 'gebouw Meridiaan'.
_NOBODYS = frozenset({"winkelcentrum", "metrostation", "bedrijventerrein", "recreatieplas"})
_BUILDING = re.compile(
    rf"(?<![\w-])(?P<kind>winkelcentrum|bedrijventerrein|flat|serviceflat|sterflat|gebouw|flatgebouw|complex|wooncomplex|"
    rf"torenflat|buurthuis|villa|landgoed|hotelschip|woonschip|schip|woonboot|boot|kotter|"
    rf"vrachtschip|"
    rf"binnenvaartschip|tjalk|botter|veerboot|molen|kasteel|hofje|park|stadspark|sluis|brug|gracht|"
    rf"toren|havenhoofd|steiger|plas|recreatieplas|strandpaviljoen|viaduct|metrostation|station|"
    rf"hal|"
    rf"eiland|bos|fort|hof|ark) (?P<name>(?:(?:de|het|'t) )?{_NAME})"
)
# 'aanleunwoning De Wachtelaar 41', 'appartement Hoogwerf 12'
_HOME = re.compile(
    rf"\b(?P<kind>aanleunwoning|seniorenwoning|huurwoning|woning|appartement|flat|recreatiewoning|"
    rf"bungalow|chalet|wooncomplex|complex|woonadres|briefadres|postadres|verblijfadres) "
    rf"(?P<name>{_NAME} \d{{1,4}}(?: ?[a-hA-H]\b)?)(?![\w.,:/]\d|\w| ?(?:jaar|keer|weken|dagen|"
    rf"uur|euro))"
)


_TEAMS = frozenset({"wijkteam", "buurtteam"})
# 'leerling van de dr. bosschool', 'de Burg. Visserschool'
_AFTER_SOMEBODY = re.compile(
    r"(?<![\w.-])(?P<name>(?:dr|prof|burg|ds|mgr|past)\. ?(?:(?:van|de|der|den) ){0,2}"
    r"[^\W\d_]{3,}(?:school|college|lyceum|mavo|kliniek|stichting))(?!\w)",
    re.IGNORECASE,
)
# 'in de tupperwarefabriek': what is made there is no word
_WORKS = re.compile(
    r"\b(?:bij|in|van|naar|uit) de (?P<name>(?P<head>[^\W\d_]{4,})(?:fabriek|brouwerij|slachterij))"
    r"(?![\w-])",
    re.IGNORECASE,
)
# 'hij zit in de Heuvel in Wolfheze': an ordinary word with a capital, and the town where it is
_IN_TOWN = re.compile(
    rf"\b(?:in|naar|uit|bij|op|van) (?P<name>(?:de|het|'t) {_CAP}(?: {_CAP})?) (?:in|te) "
    r"(?P<town>[A-ZÀ-Ý][\wà-ÿ'-]+)"
)
# 'FACT Maas en Peel', '2x opgenomen Martini', 'de winkeliersvereniging, Hart van Stad,'
_OTHERS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\w-])(?P<name>(?:FACT|GGZ|GGD|RIBW|ROC|Regio|Omroep) {_CAP} en {_CAP})",
        rf"\b[Oo]pgenomen (?P<name>{_CAP})(?! (?:is|was)\b)",
        r"\b[a-z]{3,}(?:vereniging|stichting|corporatie|fabriek|bedrijf|kliniek|school|kwekerij), "
        rf"(?P<name>{_CAP}(?: (?:van|voor|op|en|in) {_CAP}| {_CAP}){{0,3}}),",
    )
)


def _span(match: re.Match[str], sure: float, cue: str) -> Span:
    return Span(match.start("name"), match.end("name"), Label.ORG, sure, Reason.ORG_KIND, cue)


def find_orgs(doc: Document) -> Iterator[Span]:
    """Names of organisations that stand with, or end in, a word for their kind."""
    text = doc.text
    for pattern in _MEASURES:
        for match in pattern.finditer(doc.small):
            doc.claim(*match.span("name"))
    for match in _KIND_NAME.finditer(text):
        token = doc.tokens[min(doc.at(match.start("name")), len(doc.tokens) - 1)]
        head = re.split(r"[\s-]", match["name"])[0].lower()
        single = " " not in match["name"]
        flags = doc.lex.flags(match["name"].lower())
        if (
            token.plain
            or head in NO_NAME - {"de", "het"}
            or (token.first and not match["quote"] and match["kind"][-1] != ".")
        ):
            continue
        if (
            len(match["name"]) < 2
            or flags & Flag.SAFE
            or (
                single
                and "." not in match["kind"]
                and (
                    (flags & Flag.PLACE and match["kind"] not in _TEAMS)
                    or (flags & NAME and match["kind"] in LOOSE)
                    or match["name"].isdigit()
                )
            )
        ):
            continue  # a place or person beside the kind: `propers` knows better
        if (
            match["kind"] in LOOSE
            and head not in QUARTERS
            and (flags & Flag.WORD or match["name"][0].isdigit())
        ):
            continue
        if (len(match["kind"]) < 5 and "." in match["kind"]) or match["kind"] in {
            "vv",
            "sv",
            "fc",
            "tv",
            "hc",
        }:
            yield Span(
                match.start("kind"),
                match.end("name"),
                Label.ORG,
                0.85,
                Reason.ORG_KIND,
                match["kind"],
            )
            continue
        yield _span(match, 0.85, match["kind"])
    for pattern in (_KIND_BRACKET, _NUMBERED, _SMALL_TAIL):
        for match in pattern.finditer(text):
            opening = doc.tokens[doc.at(match.start("name"))]
            if opening.plain or opening.flags & (Flag.FIRST | Flag.SAFE):
                continue
            if pattern is _SMALL_TAIL and opening.first and doc.known_word(opening.low):
                continue
            yield _span(match, 0.8, match.groupdict().get("kind") or match["name"].split()[-1])
    for match in _WARD.finditer(doc.small) if doc.figures else ():
        yield _span(match, 0.8, match["kind"])
    for match in _HOUSE.finditer(text):
        opening = doc.tokens[doc.at(match.start("name"))]
        other = Flag.SAFE | Flag.COMMON
        if not (opening.plain or opening.flags & other or doc.known_word(opening.low)):
            yield _span(match, 0.8, match["name"].split()[-1])
    for match in _IN_TOWN.finditer(text):
        core = doc.tokens[doc.at(match.start("name")) + 1]
        region = core.flags & (Flag.PLACE | Flag.ABROAD) and not core.flags & Flag.WORD
        if (
            core.cap
            and not (core.plain or region or core.flags & Flag.SAFE or core.text.isdigit())
            and doc.lex.flags(match["town"].lower()) & Flag.PLACE
        ):
            start = match.start("name") if core.flags & Flag.WORD else core.start
            yield Span(start, match.end("name"), Label.ORG, 0.8, Reason.ORG_KIND, "in")
    for pattern in _OTHERS:
        for match in pattern.finditer(text):
            token = doc.tokens[doc.at(match.start("name"))]
            if not (token.plain or token.flags & Flag.COMMON):
                yield _span(match, 0.8, match[0].split()[0])
    for match in _AFTER_SOMEBODY.finditer(text):
        yield _span(match, 0.85, "school")
    for match in _WORKS.finditer(text):
        head = match["head"].lower()
        if not (doc.known_word(match["name"].lower()) or doc.known_word(head.rstrip("s"))):
            yield _span(match, 0.7, match["name"].lower())
    for match in _HOME.finditer(text):
        start, end = match.span("name")
        if not doc.tokens[doc.at(start)].plain:
            yield Span(start, end, Label.PLACE, 0.85, Reason.STREET, match["kind"])
    for match in _BUILDING.finditer(text):
        if match["kind"] in _NOBODYS or not doc.lex.flags(match["name"].lower()) & (
            NAME | Flag.PLACE | Flag.SAFE
        ):
            start, end = match.span("name")
            yield Span(start, end, Label.PLACE, 0.8, Reason.PLACE_CUE, match["kind"])
    for pattern in (_KIND_CAPITAL, _KIND_FIRST, _NAMED_TAIL, _GEBR):
        for match in pattern.finditer(text):
            index = doc.at(match.start("name"))
            if index < len(doc.tokens) and doc.tokens[index].plain:
                continue
            low = match["name"].lower()
            if doc.lex.flags(low) & Flag.SAFE or low.split()[-1] in NO_NAME:
                continue
            # 'Op het Zwin College': the sentence began before the name.
            first = index
            while (
                first < len(doc.tokens)
                and doc.tokens[first].low in FUNCTION
                and (doc.tokens[first].first or not doc.tokens[first].cap)
            ):
                first += 1
            if (
                first > index
                and first < len(doc.tokens)
                and doc.tokens[first].start < match.end("name")
            ):
                yield Span(
                    doc.tokens[first].start,
                    match.end("name"),
                    Label.ORG,
                    0.85,
                    Reason.ORG_KIND,
                    low.split()[-1],
                )
                continue
            yield _span(
                match,
                0.85,
                low.split()[0] if pattern in (_KIND_CAPITAL, _KIND_FIRST) else low.split()[-1],
            )
    for match in _JOINED.finditer(text):
        low = match["name"].lower()
        index = doc.at(match.start())
        if doc.lex.flags(low) & (Flag.WORD | Flag.SAFE) or doc.tokens[index].plain:
            continue
        if doc.tokens[index].first and doc.lex.is_compound(low):
            continue
        if doc.lex.flags(low.split("-")[0]) & Flag.SAFE:
            continue  # 'GA-groep'
        soft = _SOFT_HEAD.search(low)
        if soft and (
            doc.lex.flags(low) & (NAME | Flag.PLACE)
            or doc.tokens[index].low in TITLES
            or doc.lex.flags(low.split("-")[0]) & Flag.SAFE
            or not _AT.search(text[max(0, match.start() - 16) : match.start()])
        ):
            continue  # 'Nijhof', 'Oosterhuis' are people unless something says 'het' or 'bij'
        start = match.start("name")
        if doc.tokens[index].first and low.startswith(("het ", "de ", "'t ")):
            start += low.index(" ") + 1  # the sentence began with the article
        yield Span(start, match.end("name"), Label.ORG, 0.8, Reason.ORG_KIND, low)
    for token in doc.tokens:
        # 'de Parnassia-crisisunit', 'een Tactus-folder'
        head, dash, tail = token.low.partition("-")
        if dash and (token.cap or token.plain) and not token.flags & ~Flag.PROPER:
            known = doc.lex.flags(head)
            other = NAME | Flag.WORD | Flag.SAFE | Flag.ENGLISH
            if known & Flag.ORG and not known & other and len(head) > 3 and doc.known_word(tail):
                end = token.start + len(head)
                yield Span(token.start, end, Label.ORG, 0.8, Reason.KNOWN_ORG)
