"""Indirect identifiers (QUASI): nothing in them is a name, yet somebody may be recognised."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .document import Document
from .spans import Label, Reason, Span

_NUMBER = r"(?:twee|drie|vier|vijf|zes|zeven|acht|negen|tien|\d{1,2})"
_STOP = r"[^.!?;:\n,()]"
# What a phrase runs on to: the end of the clause, or where somebody else's doings begin.
_REST = re.compile(
    rf"(?:{_STOP}(?!\s(?:en|maar|want|dus|omdat|toen)\s(?:ik|hij|zij|ze|we|wij|dat|"
    rf"er)\b)){{0,90}}{_STOP}?"
)
_LETTER = re.compile(r"\w")
_RARE_WORK = (
    "klokkengieter|klokkenist|klokkenluider|klokkenmaker|scharensliep|beiaardier|torenwachter|"
    "molenaar|molenaarster|hoefsmid|siersmid|imker|palingvisser|palingroker|garnalenvisser|"
    "garnalenvisster|mosselkweker|oesterkweker|oestervisser|walvisvaarder|strandjutter|"
    "rietdekker|rietsnijder|klompenmaker|klompenmaakster|orgelbouwer|orgelstemmer|pianostemmer|"
    "vioolbouwer|glasblazer|glasblaasster|glazenier|valkenier|circusartiest\\w*|acrobaat|"
    "acrobate|koorddanser\\w*|trapezewerker|clown|goochelaar|buikspreker|hypnotiseur|jockey|"
    "pikeur|stuntman|stuntvrouw|sluiswachter|brugwachter|vuurtorenwachter|loods|havenloods|"
    "berenverzorger|dierenverzorger in|kasteelheer|kasteelvrouwe|baron(?:es)?|gravin|graaf van|"
    "jonkheer|jonkvrouw|freule|nertsenfokker|schaapherder\\w*|herder van|wichelroedeloper|"
    "grafdelver|doodgraver|balsemer|lijkwagenchauffeur|thanatopracteur|luchtverkeersleider|"
    "astronaut|poolreiziger|diepzeeduiker|bergingsduiker|kernfysicus|wapensmid|zwaardvechter|"
    "stierenvechter|piloot van|helikopterpiloot|straaljagerpiloot|testpiloot|operazanger\\w*|"
    "sopraan|balletdanser\\w*|concertpianist\\w*|eerste violist\\w*|concertmeester|"
    "dirigent van|musicalster|acteur in|actrice in|zanger(?:es)? van|drummer van|"
    "gitarist van|bassist van|presentator van|presentatrice van|dressuurruiter|dressuuramazone|"
    "wielrenner bij|profwielrenner|profbokser|topturnster|topvolleybal\\w*|tophockeyster|"
    "schaatser|turnster|judoka|bokskampioen|schaakmeester|dammeester|grootmeester|gebarentolk|"
    "doventolk|nachtburgemeester|eilandbewoner|skûtsjesiler|kaatser|kaatskoning|"
    "fierljepper|polsstokverspringer|duivenmelker van|paardenfluisteraar|zeehondenverzorger|"
    "brouwmeester|meesterbrouwer|meesterkaasmaker|zoutzieder|turfsteker|veerman|veerbaas|"
    "pontbaas|kapitein van de (?:pont|veerboot|reddingboot)|schipper van de reddingboot|"
    "koster van|organist van|stadsdichter|dorpsdichter|stadsomroeper|dorpsgek|dorpssmid|"
    "dorpsdokter|eilandarts|stadsbeiaardier|stadsgids van|kastelein van|burchtvoogd|"
    "abt van|abdis van|priorin|novice|kluizenaar|bisschop|hulpbisschop|rabbijn|imam van|"
    "sterrenkok|chef van een sterrenrestaurant|wijnboer|wijnbouwer|valschermjager|commando|"
    "scheepsbouwer van|botenbouwer|leerlooier|mandenvlechter|touwslager|zadelmaker|"
    "poppenspeler|poppenspeelster|draaiorgelman|orgelman|orgeldraaier|kermisexploitant\\w*|"
    "circusdirecteur|dompteur|dompteuse|leeuwentemmer|vuurspuwer|tatoeëerder van"
)
_RARE_FROM = (
    "bhutan\\w*|mongoli[eë]\\w*|mongool\\w*|groenland\\w*|ijsland\\w*|tibet\\w*|nieuw-zeeland\\w*|"
    "paraguay\\w*|uruguay\\w*|bolivia\\w*|ecuador\\w*|honduras|guatemala|nicaragua|panama|"
    "costa rica|belize|haïti\\w*|jamaica\\w*|trinidad|barbados|fiji|tonga|samoa\\w*|papoea\\w*|"
    "nauru|"
    "madagaskar|mauritius|seychellen|comoren|lesotho|swaziland|eswatini|botswana|namibi[eë]\\w*|"
    "zambia|malawi|mozambique|tsjaad|niger|gabon|equatoriaal-guinea|djibouti|oeganda|burundi|laos|"
    "cambodja\\w*|myanmar|birma|brunei|maldiven|oost-timor|kirgizi[eë]\\w*|tadzjikistan|"
    "turkmenistan|oezbekistan|kazachstan|liechtenstein|andorra|san marino|malta|chileense?|"
    "peruaanse?|boliviaanse?|inuit|maori|aboriginal|jezidi\\w*|yezidi\\w*|uyghur\\w*|oeigoer\\w*|"
    "sami|roma uit|sinti|woonwagen\\w*|tamil\\w*|hmong"
)
# What happened to somebody, or what they did, that others remember.
_EVENT = (
    r"(?:stierf|overleed|verongelukte\w*|verongelukt|verdronk\w*|verdronken|overleefde|overleefd|"
    r"omkwam|omgekomen|kwam om|gered|redde|gevonden|ontsnapte|ontsnapt|ontvoerd|gegijzeld|"
    r"beschoten|neergeschoten|neergestoken|vermoord\w*|brand|ongeluk|ramp|aanslag|gijzeling|"
    r"bezetting|moord|schietpartij|steekpartij|overval|explosie|omsloeg|omslaan|vergaan|verging|"
    r"gezonken|neerstortte|podium|uitzending|filmpje|documentaire|foto|voorpagina|krant|nieuws|"
    r"record|prijs|gewonnen|won\b|kampioen\w*|brons|zilver|goud|medaille|monument|standbeeld|"
    r"koning|koningin|minister|burgemeester|lintje|optrad|opgetreden|gesprongen|sprong|"
    r"hakselaar|steiger|trekker|uitvond|schreef het|platgebrand|bevrijd\w*|gevangen zat|"
    r"losliet|levend|als (?:enige|eerste|laatste|jongste|oudste))"
)
_WHO = (
    r"(?:man|vrouw|jongen|meid|meisje|gast|vent|kerel|broer|zus|moeder|vader|zoon|dochter|weduwe|"
    r"weduwnaar|zanger(?:es)?|portier|chauffeur|schipper|visser|boer|boerin|bakker|slager|kapper|"
    r"dokter|arts|dominee|pastoor|leraar|lerares|agent|keeper|speler|trainer|familie|tweeling|"
    r"drieling|[a-z]{3,}(?:er|ster|ist|iste|eur|man|vrouw))"
)
# What is made by hand by so few that the craft says who it is.
_CRAFT = (
    r"(?:orgels?|orgelpijpen|kerkorgel\w*|violen|viool|klokken|klompen|zeilen|zadels|tonnen|"
    r"vaten|kano's|boten|botters|harpen|clavecimbels|doedelzakken|poppen|marionetten|"
    r"kunstgebitten|glas-in-lood|manden|touw|messen|zwaarden|hoefijzers|bijenkorven|"
    r"orgel in|carillon|beiaard)"
)
# The core of each rule; how far back the phrase may begin; whether it runs on.
_RULES: tuple[tuple[re.Pattern[str], Reason, float, int, bool], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reason, sure, back, on)
    for pattern, reason, sure, back, on in (
        (
            r"\b(?:de|het|'n|een van de|als) (?:aller)?(?:enige|enigste|eerste|laatste|jongste|"
            r"oudste|"
            r"bekendste|beruchtste|grootste|rijkste|beste) (?:[\w-]+ ){0,4}?(?:van (?:het|de|heel|"
            r"onze|nederland)|in (?:de|het|onze|heel|dit|deze|ons|nederland|de wijde|zijn|haar)|"
            r"met een|"
            r"die (?:ooit|nog|ook|zelf|er|de|het|in|met|hier|daar)|op het|uit|hier|ter wereld)",
            Reason.ONLY_ONE,
            0.7,
            0,
            True,
        ),
        (
            rf"\b(?:een|één) van de (?:{_NUMBER}|weinige|laatste|eerste|enige)\b",
            Reason.ONLY_ONE,
            0.7,
            0,
            True,
        ),
        (
            r"\bals (?:enige|eerste|laatste) (?:vrouw|man|van|in|uit|met)\w*",
            Reason.ONLY_ONE,
            0.6,
            0,
            True,
        ),
        (
            r"\b(?:in het nieuws|op het nieuws|op televisie|op tv|op de tv|in de krant(?:en)?|"
            r"landelijk nieuws|het journaal|de voorpagina|voorpaginanieuws|in de media|"
            r"media-aandacht|viral|miljoen keer|duizend keer bekeken|opsporing verzocht|"
            r"op de radio|"
            r"documentaire|regionale omroep|lokale omroep|de omroep|tv-camera's|televisieploeg|"
            r"cameraploeg|tv-programma|realityserie|realityprogramma|talkshow|kort geding|"
            r"rechtszaak die|heel nederland|het hele land|wereldnieuws|landelijke pers|"
            r"omroep [a-z]+ (?:maakte|kwam|filmde))",
            Reason.NEWS,
            0.6,
            60,
            True,
        ),
        (
            r"\b(?:landelijk bekend|bekende nederlander|iedereen (?:in het dorp |hier |"
            r"in de (?:stad|"
            r"streek|wijk|buurt) )?kent|kent iedereen|heel het dorp kent|het hele dorp|"
            r"de hele stad "
            r"kent|wereldkampioen|nederlands kampioen\w*|europees kampioen\w*|olympisch\w*|"
            r"oud-international|profvoetballer|oud-prof|oud-keeper van|ooit op het podium van)",
            Reason.NEWS,
            0.55,
            40,
            True,
        ),
        (
            r"\b(?:burgemeester van|oud-burgemeester|wethouder|raadslid|gemeenteraadslid|kamerlid|"
            r"oud-kamerlid|statenlid|prins carnaval|stadsprins|jeugdprins|dorpsomroeper|"
            r"koning van de "
            r"schutterij|schutterskoning|keizer van de schutterij|dominee van|pastoor van|"
            r"koster van|"
            r"voorzitter van de (?:voetbal|ijs|carnavals|school|oranje|dorps)\w+|"
            r"penningmeester van|"
            r"directeur van de (?:basis)?school|hoofd van de (?:dorps)?school|"
            r"de huisarts van (?:het|"
            r"ons) dorp|kerkenraad|dijkgraaf|hofleverancier|commissaris van de koning|"
            r"brandweercommandant|havenmeester van|marktmeester van|sinterklaas van)",
            Reason.PUBLIC_ROLE,
            0.5,
            30,
            True,
        ),
        (
            rf"\b(?:de|den|dé|die|'n|dè|the) (?:[\w-]+ )?{_WHO}(?: van (?:de|het|die|dat|een|'t) "
            rf"[\w-]+(?: [\w-]+)?)?,? (?:die|di|dij|dee|dat|who|wier|wiens)\b{_STOP}{{0,60}}?"
            rf"\b{_EVENT}",
            Reason.ONLY_ONE,
            0.6,
            0,
            True,
        ),
        (
            r"\b(?:de|den|d'n|dé) (?:enige|enigste|ienige|leste|letste|laatste|eerste|jongste|"
            r"oudste) (?:[\w-]+ ){0,2}?[\w-]+ (?:die|di|dij|dee|dat|mit|met|zonder|aan|bij|"
            r"op|voor wie)\b"
            r"(?<!keer die)(?<!tijd die)(?<!dag die)(?<!week die)(?<!dagen die)",
            Reason.ONLY_ONE,
            0.5,
            0,
            True,
        ),
        (
            r"\b(?:als (?:enige|eerste|laatste|jongste|oudste|enigste) \w+|er (?:is|zijn|bestaat|"
            r"zijn er) (?:er )?(?:maar|nog maar|nog|slechts) (?:één|een|twee|drie|vier) \w+ "
            r"(?:in|op|van|bij)|nog (?:één|twee|drie|vier) (?:in|van) (?:de|het|heel|ons)|"
            r"nergens anders in|de enige \w+ van (?:ons|het|de|dit))",
            Reason.ONLY_ONE,
            0.6,
            30,
            True,
        ),
        (
            rf"\b(?:bespeelt|bespeelde|bouwt|bouwde|maakt|maakte|giet|goot|smeedt|smeedde|snijdt|"
            rf"restaureert|stemt|luidt|luidde)\b{_STOP}{{0,40}}?\b{_CRAFT}|\b{_CRAFT} (?:bouwt|"
            rf"maakt|giet|smeedt|restaureert|stemt)",
            Reason.RARE_OCCUPATION,
            0.55,
            40,
            True,
        ),
        (
            r"\b(?:een van de |één van de |de andere van de |helft van (?:de|een) )?(?:drieling|"
            r"vierling|vijfling|siamese)\b|\b(?:film|boek|documentaire|podcast|serie|musical|"
            r"toneelstuk|lied) (?:over (?:hem|haar|hen|zijn|hun|de|het)|van (?:zijn|haar) leven)|"
            r"\b(?:filmpje|foto|standbeeld|monument|gedenkteken|plaquette|muurschildering) "
            r"(?:van (?:hem|haar|zijn|mijn|ons)|met (?:die|dat|de|zijn|haar|twee))",
            Reason.NEWS,
            0.5,
            20,
            True,
        ),
        (rf"\b(?:{_RARE_WORK})\b", Reason.RARE_OCCUPATION, 0.55, 0, False),
        (
            rf"\b(?:uit|afkomstig uit|gevlucht uit|geboren in|een|de|enige|"
            rf"eerste) (?:{_RARE_FROM})\b",
            Reason.RARE_ORIGIN,
            0.5,
            0,
            False,
        ),
        (
            r"\b(?:de (?:aanslag|ramp|vuurwerkramp|vliegramp|vliegtuigramp|scheepsramp|kermisramp|"
            r"watersnood|gijzeling|schietpartij|steekpartij|familiemoord|gezinsmoord|grote brand|"
            r"cafébrand|flatbrand|explosie|gasexplosie|treinramp|treinkaping|bus(?:ongeluk|ramp)|"
            r"kettingbotsing|overval|ontvoering|moord|liquidatie|stranding) (?:in|op|van|bij)\b|"
            r"overleefde (?:als|de)\b|\w*ongeluk op de (?:a\d+|n\d+|[a-z]+dijk|[a-z]+weg|"
            r"spoorwegovergang)|"
            r"gezinsdrama|familiedrama|loterijprijs|hoofdprijs|jackpot|straatprijs|postcodekanjer|"
            r"lint(?:je)? doorgeknipt|koninklijke onderscheiding|een lintje van|geridderd|"
            r"naast de koning(?:in)?|met de koning(?:in)? op de foto|de elfstedentocht|"
            r"prins en prinses)",
            Reason.NEWS,
            0.5,
            50,
            True,
        ),
        (
            r"\b(?:weduwe|weduwnaar|zoon|dochter|broer|zus|moeder|vader|kleinzoon|"
            r"kleindochter) van "
            r"(?:de|die|een|onze) (?:burgemeester|wethouder|dominee|pastoor|dokter|huisarts|"
            r"schipper|"
            r"visser|vermoorde|verdronken|omgekomen|verongelukte|man van de|vrouw van de)\b",
            Reason.PUBLIC_ROLE,
            0.5,
            0,
            True,
        ),
    )
)


def _opening(text: str, start: int, back: int) -> int:
    """Where the clause begins in which a core stands, at most `back` characters before it."""
    low = max(0, start - back)
    for position in range(start - 1, low - 1, -1):
        if text[position] in ".!?;:\n,()":
            low = position + 1
            break
    else:
        while low and low < start and text[low - 1].isalnum():
            low += 1
    found = _LETTER.search(text, low, start)
    return found.start() if found else start


def find_quasi(doc: Document) -> Iterator[Span]:
    """Phrases that could single somebody out, each with the reason why."""
    text = doc.text
    for pattern, reason, sure, back, on in _RULES:
        for match in pattern.finditer(text):
            start = _opening(text, match.start(), back) if back else match.start()
            rest = _REST.match(text, match.end()) if on else None
            piece = text[start : rest.end() if rest else match.end()].rstrip()
            cue = " ".join(match[0].split()[:4])
            yield Span(start, start + len(piece), Label.QUASI, sure * 0.5, reason, cue)
