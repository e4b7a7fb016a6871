"""Days with a name, and days that are counted from one (label DATE)."""

from __future__ import annotations

from collections.abc import Iterator

from .casing import uncased
from .date_words import LONG_MONTH, ORDINAL, WEEKDAY, YEAR
from .document import Document
from .spans import Label, Reason, Span

_HOLIDAYS = uncased(
    rf"(?<!\w)(?:(?:eerste|tweede|1e|2e|1ste|2de) (?:kerst|paas|pinkster)dag|kerstavond|"
    rf"kerstnacht|kerstochtend|kerstmis|kerstdag(?:en)?|oudejaars(?:avond|dag|nacht)|"
    rf"oudjaars(?:avond|dag|nacht)|oudjaar|jaarwisseling|nieuwjaars(?:dag|nacht|ochtend)|"
    rf"sinterklaasavond|pakjesavond|koningsdag|koningsnacht|koninginnedag|"
    rf"koninginnenacht|"
    rf"bevrijdingsdag|dodenherdenking|hemelvaartsdag|hemelvaart|goede vrijdag|goeie vrijdag|witte "
    rf"donderdag|aswoensdag|paaszaterdag|paaszondag|paasmaandag|paasochtend|"
    rf"paaszondagochtend|stille zaterdag|palmzondag|palmpasen|pasen|pinksteren|"
    rf"pinkstermaandag|pinksterzondag|moederdag|vaderdag|valentijnsdag|"
    rf"carnavals(?:maandag|dinsdag|zaterdag|zondag|vrijdag)|"
    rf"rosenmontag|prinsjesdag|dierendag|allerzielen|allerheiligen|sint[- "
    rf"]maarten(?=\s(?:stond|liep|kwam|was|is|en|dan|toen|op|ging|belde)|[,.;)!?\n]|$)|driekoningen|"
    rf"suikerfeest|offerfeest|"
    rf"keti koti|"
    rf"oud en nieuw|oud op nieuw|oud & nieuw|nieuwjaar|chinees nieuwjaar|derde kerstdag|"
    rf"eerste paasdag|"
    rf"kerstweekend|paasweekend|pinksterweekend|paasmorgen|kerstmorgen|nieuwjaarsmorgen|"
    rf"vastenavond|vastelaovend|"
    rf"sint[- ]nicolaas|drie koningen|lichtmis|beloken pasen|sacramentsdag|maria[- ]hemelvaart|"
    rf"wapenstilstand(?:sdag)?|leidens ontzet|ketikoti|srefidensi|divali|diwali|"
    rf"holi[- ]phagwa|phagwa|"
    rf"(?:(?:eerste|tweede|1e|2e) )?(?:paos|poas|paus|kars|karst|kors|korst|pinkster)dag|paosen|"
    rf"poasen|poaske|peaske|pinkster|kersmis|karstmis|krysttiid|"
    rf"(?:mit|mei|met|oan) (?:kars|kors|kryst)|"
    rf"newroz|nowruz|noroez|jom kipoer|chanoeka|pesach|poerim|eid al[- ]fitr|eid al[- ]adha|"
    rf"arafat|ramadanfeest|bayram|sint[- ]jansdag|sint[- ]janskermis|luilak|tweede kerst|"
    rf"eerste kerst|"
    rf"(?:boxing|christmas|new year's) (?:day|eve)|"
    rf"(?<!van )kerst|(?:stille|goede) week|biddag|dankdag|hervormingsdag|"
    rf"zwarte zaterdag|black friday|blue monday|sinterklaasweekend|carnavalsweekend|"
    rf"carnavalsweek|koningsdagweekend|"
    rf"(?:elfde|11e|elf) van de (?:elfde|11e|elf)|halloween)(?!\w|-)(?:\s(?:van\s)?{YEAR})?",
)
_HOLIDAY_CUED = uncased(
    rf"(?<!\w)(?:(?<=op )|(?<=met )|(?<=sinds )|(?<=voor )|(?<=vóór )|(?<=na )|(?<=ná "
    rf")|(?<=rond )|(?<=tot )|(?<=vanaf )|(?<=afgelopen )|(?<=vorige )|(?<=tijdens )|(?<=tussen )|"
    rf"(?<=mét )|(?<=bij ))"
    rf"(?:de )?(?:sinterklaas|carnaval|vastelaovend)(?:\s{YEAR})?(?![\w-])"
    rf"|(?<!\w)(?:carnaval|vastelaovend|sinterklaas)\s{YEAR}(?!\w)",
)


# 'derde week van mei', 'dinsdag na Pasen', 'de avond voor Sinterklaas', 'Kerst '19'
_FEAST = (
    r"(?:(?:eerste |tweede |1e |2e )?(?:kerst|paas|pinkster)dag|kerst(?:mis|avond)?|pasen|"
    r"pinksteren|carnaval|hemelvaart(?:sdag)?|koningsdag|sinterklaas|oud en nieuw|oudjaar|"
    r"nieuwjaar|prinsjesdag|goede vrijdag|moederdag|vaderdag|bevrijdingsdag|suikerfeest|offerfeest|"
    r"keti koti|divali|de vierdaagse|de bouwvak|de zwarte cross|sint[- ]maarten|halloween)"
)
_WEEK_OF = uncased(
    rf"\b((?:(?:{ORDINAL}|[1-5]e)\s(?:week|weekend|dag|{WEEKDAY})\s(?:van|in)\s(?:de\s)?"
    rf"(?:{LONG_MONTH}|advent|kerstvakantie|bouwvak)|"
    rf"(?:{ORDINAL}|[1-5]e)\sdag\s(?:van\s)?(?:het\s|de\s)?(?:suikerfeest|offerfeest|ramadan|"
    rf"kerst|pasen|"
    rf"pinksteren|carnaval|chanoeka|kermis)|"
    rf"(?:{WEEKDAY}|avond|ochtend|middag|nacht|dag|week|weekend)\s(?:na|voor|vóór|ná|van|tussen)\s"
    rf"{_FEAST}(?:\sen\s{_FEAST})?)(?:\s{YEAR})?)(?!\w)",
)
# 'paasochtend', 'carnavalszondag', 'oudejaarsmiddag'
_FEAST_DAY = uncased(
    r"(?<!\w)((?:kerst|paas|pinkster|carnavals?|oude?jaars?|nieuwjaars?|hemelvaarts?|sinterklaas|"
    r"konings|bevrijdings|vastenavond|kermis)(?:ochtend|morgen|middag|avond|nacht|maandag|dinsdag|"
    r"woensdag|donderdag|vrijdag|zaterdag|zondag|weekend|week|weekeinde|vakantie|dagen)"
    rf"(?:\s(?:van\s)?{YEAR})?)(?!\w)",
)


def find_feasts(doc: Document) -> Iterator[Span]:
    """Feasts and days by a feast, with their year."""
    for pattern in (_HOLIDAYS, _HOLIDAY_CUED):
        for match in pattern.finditer(doc.small):
            yield Span(match.start(), match.end(), Label.DATE, 0.8, Reason.HOLIDAY)
    for pattern in (_WEEK_OF, _FEAST_DAY):
        for match in pattern.finditer(doc.small):
            yield Span(match.start(1), match.end(1), Label.DATE, 0.86, Reason.DATE)
