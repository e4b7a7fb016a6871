"""Organisations by the word that says what they are: 'camping De Zon' (label ORG)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .cues import FUNCTION, QUARTERS, RELATIONS, TITLES
from .document import Document
from .lexicon import NAME, Flag
from .spans import Label, Reason, Span

_CAP = r"(?:[A-ZÀ-Ý0-9][\wÀ-ÿ'&+-]*|&)"
_LINK = r"(?:van|de|der|den|ter|ten|te|het|'t|'s|&|la|le|el|al)"
_NAME = (
    rf"(?:(?:De|Het|'t|'s|Sint|Sint-|St\.|In|Ter|Ten|Op|d')[ -]?(?:{_LINK} "
    rf"){{0,2}})?{_CAP}(?: (?:{_LINK} ){{0,2}}{_CAP}){{0,3}}"
)
_KINDS = (
    "school|basisschool|middelbare school|daltonschool|montessorischool|vrije school|"
    "praktijkschool|vmbo|mbo|roc|college|lyceum|gymnasium|scholengemeenschap|sbo|so|"
    "vso|kdv|kinderdagverblijf|crèche|bso|peuterspeelzaal|"
    "apotheek|huisartsenpraktijk|huisartspraktijk|praktijk|gezondheidscentrum|"
    "tandartspraktijk|camping|vakantiepark|bungalowpark|recreatiepark|café|cafe|"
    "kroeg|bar|eetcafé|snackbar|cafetaria|coffeeshop|casino|discotheek|disco|club|"
    "restaurant|pizzeria|shoarmazaak|hotel|grand café|"
    "kerk|gemeente|moskee|synagoge|tempel|parochie|klooster|abdij|harmonie|fanfare|"
    "schutterij|schuttersgilde|gilde|carnavalsvereniging|koor|mannenkoor|"
    "toneelvereniging|muziekvereniging|voetbalclub|voetbalvereniging|voetbalteam|"
    "korfbalvereniging|"
    "tennisvereniging|tennisclub|hockeyclub|zwemclub|wielerclub|motorclub|"
    "schietvereniging|biljartclub|dartclub|boksschool|sportschool|fitnesscentrum|"
    "manege|ponyclub|scouting|buurthuis|wijkcentrum|dorpshuis|buurtcentrum|"
    "jongerencentrum|jeugdhonk|"
    "inloophuis|inloop|dagbesteding|werkplaats|zorgboerderij|boerderij|"
    "woonvoorziening|woonvorm|woongroep|beschermd wonen|opvang|opvanghuis|"
    "nachtopvang|crisisopvang|hostel|pension|verzorgingshuis|verpleeghuis|"
    "verpleegtehuis|woonzorgcentrum|zorgcentrum|zorghotel|hospice|huize|flat|"
    "serviceflat|"
    "ziekenhuis|kliniek|poli|verslavingskliniek|afkickkliniek|herstelkliniek|"
    "polikliniek|afdeling|unit|ward|team|wijkteam|gebiedsteam|buurtteam|fact|"
    "fact-team|straatteam|locatie|leefgroep|groep|instelling|stichting|vereniging|"
    "organisatie|"
    r"nachtdienst|dagdienst|gevangenis|v\.v\.|s\.v\.|f\.c\.|a\.v\.|t\.v\.|"
    r"r\.k\.v\.v\.|pi|penitentiaire inrichting|tbs-kliniek|jji|detentiecentrum|"
    r"bakkerij|bakker|slagerij|slager|garage|garagebedrijf|autobedrijf|"
    r"transportbedrijf|bouwbedrijf|schildersbedrijf|installatiebedrijf|"
    r"schoonmaakbedrijf|hoveniersbedrijf|loonbedrijf|loodgietersbedrijf|"
    r"aannemersbedrijf|"
    "uitzendbureau|bedrijf|firma|fa|winkel|supermarkt|bloemenzaak|kapsalon|"
    "kapperszaak|drogist|boekhandel|fabriek|distributiecentrum|magazijn|kwekerij|"
    "tuincentrum|rederij|scheepswerf|werf|sporthal|zwembad|bibliotheek|theater|"
    "filmhuis|museum|"
    "woningcorporatie|woningbouwvereniging|woningstichting|corporatie|"
    "advocatenkantoor|notariskantoor|accountantskantoor|bewindvoerderskantoor|"
    "kantoor|zorgaanbieder|thuiszorg|thuiszorgorganisatie|sv|vv|fc|tv|rkvv|rkv|hc|tc|"
    "ltc|bv|av|ijsclub|ijsvereniging|schaatsclub|visclub|volleybalclub|"
    "handbalvereniging|roeivereniging|studentenvereniging|speeltuinvereniging|"
    "buurtvereniging|dorpsvereniging|oranjevereniging|manege|dierenpension|dierenkliniek|"
    "dierenasiel|asiel|viswinkel|tattooshop|nagelsalon|nagelstudio|rijschool|dansschool|zangkoor|"
    "orkest|blaasorkest|drumband|kinderopvang|hsv|visvereniging|hengelsportvereniging|"
    "duivenvereniging|stamkroeg|stamcafé|brouwerij|wijnhandel|slijterij|sauna|kringloopwinkel|"
    "kringloop|afhaalchinees|viskraam|cateraar|bewindvoeringskantoor|incassobureau|"
    "muziekschool|toneelgroep|bridgeclub|dansgroep|wandelclub|loopgroep|dartvereniging|"
    "speeltuin|ggz-instelling|salon|kapsalon|sociale werkplaats|werkleerbedrijf|maneges|"
    "stoeterij|melkveebedrijf|kaasboerderij|palingrokerij|visafslag|veiling|"
    "uitvaartonderneming|begrafenisonderneming|krachthonk|kickboksschool|judoschool|turnvereniging"
)
_KIND_NAME = re.compile(
    (rf"(?<![\w-])(?P<kind>{_KINDS}) (?:in )?(?P<quote>['\"“„‘]?)(?P<name>{_NAME})"), re.MULTILINE
)
_KIND_CAPITAL = re.compile(
    rf"(?<![\w-])(?P<name>(?:SV|VV|FC|RKVV|HC|TC|LTC|BV|AV|FACT|PI|ROC|RIBW|GGZ|GGz|"
    rf"GGD|OBS|CBS|RKBS|PCBS|AZC|CVV|JVC|SC|MC|DJI|KV|WV|CSG|OSG|SG|ISK|PCC|RSG|TBS|UZ|"
    rf"IHT|HIC|IBZ|FPA|FPK|FPC|PAAZ|MPU|ABW|AZ|ZNA|CAW|OCMW|Stichting|Huize|Apotheek|Café|Restaurant|Hotel|Camping|Bakkerij|"
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
            for k in _KINDS.split("|")
            if len(k) > 5 and k.isalpha() and k not in _BROAD
        )
    )
    + rf") (?:{_LINK} ){{0,2}}{_NAME})"
)
# 'naar de opvang (Dikkie Dik)', 'bij de bakker ("Het Stoepje")'
_KIND_BRACKET = re.compile(rf"(?<![\w-])(?P<kind>{_KINDS}) \(['\"“‘]?(?P<name>{_NAME})['\"”’]?\)")
# 'de Orthodoxe Tewahedo gemeente'
_SMALL_TAIL = re.compile(
    rf"(?<![\w-])(?P<name>{_CAP} {_CAP}(?: {_CAP})? (?:gemeente|kerk|moskee|parochie|tempel|"
    r"gemeenschap|school|koor|stichting|vereniging))(?![\w-])"
)
# 'afd. Populier 2', 'unit Beuk 1'
_NUMBERED = re.compile(
    r"(?<![\w-])(?P<kind>afd\.?|afdeling|unit|team|groep|leefgroep|woning|paviljoen) "
    r"(?P<name>[A-Z][a-zà-ÿ]{2,} \d{1,2})(?![\w.,:/]\d|\w)"
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
_AT = re.compile(r"\b(?:het|'t|bij|naar het|van het|in het)\s$", re.IGNORECASE)
_LOW_KIND = re.compile(
    rf"(?<![\w-])(?P<kind>{_KINDS}|nachtdienst|"
    rf"afd)\.?\s(?P<quote>['\"]?)"
    r"(?P<name>(?:de|het|'t|sint|st\.?|ons|onze)\s[^\W\d_]+(?: [^\W\d_]+)??)"
    r"(?=\s?(?:[,.;:)'\"!?]|$|\n|(?:in|bij|op|te|aan|van|is|was|heeft|en|dus|maar|"
    r"waar|met|want|nu|sta|staan|zit)\b))",
    re.IGNORECASE,
)
_LOW_ONE = re.compile(
    (
        rf"(?<![\w-])(?P<kind>{_KINDS})\s(?P<quote>['\"]?)(?P<name>[^\W\d_]{{4,}})(?=\s?(?:[,.;:)'\"!?]|"
        rf"$|\n|(?:in|bij|te)\b))"
    ),
    re.IGNORECASE,
)

_LOW_WORK = re.compile(
    r"\b(?:werkt|werkte|werken|werk|werkzaam|gewerkt|baan|baantje|bijbaan|bijbaantje|"
    r"stage|contract|dienst|dienstverband|monteur|chauffeur|vakkenvuller|magazijn|"
    r"schoonmaker|kok|machinist)\b"
    r"(?: [^\W\d_]+){0,4}? bij (?P<name>[^\W\d_]{3,})(?= (?:in|en|als|sinds|maar|op|"
    r"aan|tot|want|dus)\b|\s?[,.;:)]|$)",
    re.IGNORECASE | re.MULTILINE,
)

_LOW_AT = re.compile(
    (
        r"\b(?:woont|wonen|woonde|zit|zitten|zat|verblijft|opgenomen|slaapt|begeleid|"
        r"behandeling|opname|werkt|werk)(?: [^\W\d_]+){0,3}? bij (?P<name>(?:(?:de|het|"
        r"'t) )?[^\W\d_]{3,})(?= in (?P<place>[^\W\d_]+))"
    ),
    re.IGNORECASE,
)

# 'ltc de mar', 'v.v. noordscheschut', 'fact feijenoord'
_LOW_SHORT = re.compile(
    r"(?<![\w.-])(?P<name>(?:ltc|v\.?v\.?|s\.?v\.?|fc|rkvv|rksv|cvv|hc|tc|tv|a\.?v\.?|ijsclub|"
    r"ggd|fact|roc|"
    r"obs|cbs|rkbs|csg|rsg|osg|pi|azc|ribw|pz|uz|buurtzorg|stichting|scouting|huize|villa|gebr\.?|"
    r"firma|fa\.?|bouwbedrijf|grillroom|eetcafé|eetcafe|café|cafe|camping|restaurant)\s"
    r"(?:(?:de|het|'t|van|van der|van den)\s)?[^\W\d_]{3,}(?:-[^\W\d_]+)*)(?!\w)",
    re.IGNORECASE,
)
_LOW_TAIL = re.compile(
    r"(?:\b(?:het|de|'t|op|bij) |: )(?P<name>(?P<first>[^\W\d_]{3,}) "
    r"(?:college|lyceum|gymnasium|ziekenhuis|kliniek|gasthuis|casino|apotheek|moskee))\b",
    re.IGNORECASE,
)

# A named building is a place: 'flat de Zonnehoek', 'gebouw Meridiaan'.
_BUILDING = re.compile(
    rf"(?<![\w-])(?P<kind>flat|serviceflat|sterflat|gebouw|flatgebouw|complex|wooncomplex|"
    rf"torenflat|buurthuis|villa|landgoed|hotelschip|woonschip|schip|woonboot|boot|kotter|"
    rf"vrachtschip|"
    rf"binnenvaartschip|tjalk|botter|veerboot|molen|kasteel|hofje|park|stadspark|sluis|brug|gracht|"
    rf"toren|havenhoofd|steiger|plas|recreatieplas|strandpaviljoen|viaduct|metrostation|station|"
    rf"hal|"
    rf"eiland|bos|fort|hof|ark) (?P<name>(?:(?:de|het|'t) )?{_NAME})"
)

# A word of these kinds is followed by many other things than its name.
_LOOSE = frozenset(
    (
        "poli kliniek ziekenhuis school team groep gemeente praktijk club locatie "
        "afdeling unit instelling werf bar bv av bakker slager kantoor organisatie "
        "winkel kerk opvang mbo vmbo so hc tc fa zwembad kdv praktijk thuiszorg"
    ).split()
)
_NO_NAME = frozenset(
    (
        "ik je we hij zij ze wij het de een dat die er en of maar want dus was is mijn "
        "onze hun haar zijn toen wat wie waar hoe nee ja als dit dan daar hier"
    ).split()
)


def _span(match: re.Match[str], sure: float, cue: str) -> Span:
    return Span(match.start("name"), match.end("name"), Label.ORG, sure, Reason.ORG_KIND, cue)


def find_orgs(doc: Document) -> Iterator[Span]:
    """Names of organisations that stand with, or end in, a word for their kind."""
    text = doc.text
    for match in _KIND_NAME.finditer(text):
        token = doc.tokens[min(doc.at(match.start("name")), len(doc.tokens) - 1)]
        head = re.split(r"[\s-]", match["name"])[0].lower()
        single = " " not in match["name"]
        flags = doc.lex.flags(match["name"].lower())
        if (
            token.plain
            or head in _NO_NAME - {"de", "het"}
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
                    flags & Flag.PLACE
                    or (flags & NAME and match["kind"] in _LOOSE)
                    or match["name"].isdigit()
                )
            )
        ):
            continue  # a place or person beside the kind: `propers` knows better
        if (
            match["kind"] in _LOOSE
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
    for match in _BUILDING.finditer(text):
        if not doc.lex.flags(match["name"].lower()) & (NAME | Flag.PLACE | Flag.SAFE):
            start, end = match.span("name")
            yield Span(start, end, Label.PLACE, 0.8, Reason.PLACE_CUE, match["kind"])
    for pattern in (_KIND_CAPITAL, _KIND_FIRST, _NAMED_TAIL, _GEBR):
        for match in pattern.finditer(text):
            index = doc.at(match.start("name"))
            if index < len(doc.tokens) and doc.tokens[index].plain:
                continue
            low = match["name"].lower()
            if doc.lex.flags(low) & Flag.SAFE or low.split()[-1] in _NO_NAME:
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
    for match in _LOW_WORK.finditer(text):
        index = doc.at(match.start("name"))
        low = match["name"].lower()
        if (
            doc.tokens[index].plain
            and low not in FUNCTION | RELATIONS
            and not doc.lex.flags(low) & (Flag.COMMON | Flag.PLACE | Flag.NAMEWINS | Flag.SAFE)
        ):
            yield Span(
                match.start("name"), match.end("name"), Label.ORG, 0.65, Reason.ORG_CUE, "bij"
            )
    for match in _LOW_AT.finditer(text):
        index = doc.at(match.start("name"))
        last = match["name"].split()[-1].lower()
        if (
            doc.tokens[index].plain
            and last not in FUNCTION | RELATIONS
            and doc.lex.flags(match["place"].lower()) & Flag.PLACE
        ):
            yield Span(
                match.start("name"), match.end("name"), Label.ORG, 0.6, Reason.ORG_CUE, "bij"
            )
    for match in _LOW_KIND.finditer(text):
        index = doc.at(match.start("name"))
        last = match["name"].split()[-1].lower()
        if (
            doc.tokens[index].plain
            and last not in _NO_NAME
            and match["kind"].lower() not in _LOOSE - {"afdeling", "school", "team", "locatie"}
        ):
            if (
                match["name"].split()[0].lower() in {"de", "het"}
                and match["kind"].lower() in {"school", "team", "locatie"}
                and doc.known_word(last)
            ):
                continue
            yield _span(match, 0.7, match["kind"].lower())
    for match in _LOW_SHORT.finditer(text):
        last = match["name"].split()[-1].lower()
        if doc.tokens[doc.at(match.start("name"))].plain and not (
            last in FUNCTION or doc.lex.flags(last) & (Flag.COMMON | Flag.SAFE)
        ):
            yield _span(match, 0.75, match["name"].split()[0].lower())
    for match in _LOW_TAIL.finditer(text):
        head = match["first"].lower()
        loose = head in FUNCTION or (doc.lex.flags(head) & Flag.WORD and head.endswith("e"))
        if doc.tokens[doc.at(match.start("name"))].plain and not loose:
            yield _span(match, 0.65, match["name"].split()[-1].lower())
    for match in _LOW_ONE.finditer(text):
        index = doc.at(match.start("name"))
        low = match["name"].lower()
        if (
            doc.tokens[index].plain
            and not doc.known_word(low)
            and not doc.lex.flags(low) & (Flag.PLACE | Flag.SAFE | NAME)
        ):
            yield _span(match, 0.6, match["kind"].lower())
