"""What narrows the circle of people and is in no table of figures: then there is no number.

A number that leaves it out would comfort: 'a man of 52 from a village' fits many, and the only
butcher among them is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from . import cues
from .figures import EVENTS, OCCUPATIONS, ORIGINS
from .lexicon import Flag, fold, lexicon
from .quasi_words import RARE_WORK, ROLE, SHOP
from .spans import Label, Reason, Span

_COUNTED = re.compile(rf"(?:{'|'.join([*OCCUPATIONS, *ORIGINS, *EVENTS])})", re.IGNORECASE)
_COUNTED_IN = re.compile(
    rf"(?<![\w-])(?:{'|'.join([*OCCUPATIONS, *ORIGINS])})(?![\w-])", re.IGNORECASE
)
_WORD = r"[^\W\d_]+(?:-[^\W\d_]+)*"
_END = r"(?=\s?[,.;:)!?\n]|\s?$|\s(?:in|van|bij|op|uit|en|te|aan|geweest|geworden|met|voor|die)\b)"
# Where an occupation stands: 'hij is slager', ', imam,', 'een slager van 52', 'werkt als lasser'.
_SLOTS = (
    (
        re.compile(
            r"(?:\b(?:is|was|werd|wordt)\s(?:(?:een|nu|ook|vroeger|zelf|nog|lang|jarenlang|altijd)"
            rf"\s){{0,2}}|[,(;]\s(?:een\s)?|\sen\s)(?P<it>{_WORD}){_END}",
            re.IGNORECASE,
        ),
        False,
    ),
    (re.compile(rf"\b(?:een|de)\s(?P<it>{_WORD})(?=\s(?:van\s|\()\d\d)", re.IGNORECASE), False),
    (
        re.compile(
            rf"\b(?:werk(?:t|te|en|zaam|end)? als|beroep:?|van beroep)\s(?:een\s)?(?P<it>{_WORD})",
            re.IGNORECASE,
        ),
        True,
    ),
)
# What people are called by what they do ends so; frequent words that end so are something else.
_DOES = re.compile(
    r"\w{2,}(?:er|ster|aar|eur|euse|ist|iste|trice|arts|loog|loge|graaf|kundige|meester|baas|boer|"
    r"boerin|smid|ent|ente|ant|ante|ier|or|man|vrouw|houder|chef)|kok|imam|dominee|priester|pastoor|"
    r"pater|juf|non|monnik|piloot|clown|model|kapster|boer|smid|portier|tolk|loods|prof|koster|"
    rf"(?:{ROLE})|(?:{SHOP})|(?:{RARE_WORK})",
    re.IGNORECASE,
)
_WORK = frozenset(
    "directeur leraar trainer schrijver manager minister professor dokter acteur bakker chauffeur "
    "schilder schipper visser kapitein ingenieur journalist muzikant zanger ondernemer jager "
    "slager kapper rechter verpleger timmerman brandweerman schrijfster zangeres actrice".split()
)
_NOT = frozenset(
    "nuchter somber wakker dapper mager helder bitter duister eenzamer klaar zwaar raar waar baar "
    "tiener puber cliënt patiënt student studente alcoholist alcoholiste gebruiker drinker roker "
    "gokker deelnemer bewoner hulpvrager buurman buurvrouw huisvrouw iemand niemand present "
    "absent intelligent arrogant constant interessant relevant ambulant urgent permanent november "
    "december september oktober zuiver teder zeker lekker amper ouder jonger tamboer".split()
)
_MORE = ("iger", "ijker", "zamer", "lozer", "baarder", "voller")  # 'rustiger'
_FEW = r"(?:twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|[2-9]|1\d)"
_OTHERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # how many children
        rf"\b{_FEW}\s(?:[\w-]+e\s)?(?:kinderen|zoons|zonen|dochters|jongens|meisjes|kleinkinderen)\b",
        r"\b(?:moeder|vader)\svan\s(?:een tweeling|een drieling|(?:drie|vier|vijf|zes|zeven|acht|"
        r"negen|tien|elf|twaalf))\b(?!\s(?:jaar|jr))",
        # what a body lacks
        r"\b(?:blind|blinde|slechtziend\w*|doof|dove|slechthorend\w*|doofblind\w*|doofstom\w*)\b"
        r"(?!\s(?:vertrouwen|vlek|voor|paniek|woede|geloof))",
        r"\b(?:rolstoel\w*|dwarslaesie|verlamd\w*|spastisch\w*|kunstbeen|kunstarm|beenprothese|"
        r"geamputeerd\w*|amputatie|downsyndroom|syndroom van down|dwerggroei|albino|"
        r"verstandelijk\w* (?:beperk\w+|gehandicapt\w*))\b",
        # who somebody is
        r"\b(?:trans(?: ?(?:vrouw|man|meisje|jongen|persoon|gender))?|transseksueel|intersekse\w*|"
        r"non-?binair\w*|genderfluïde?)\b(?!-)",
        # whom they lost, and how
        r"\b(?:verloor|verloren|overleed|overleden|omkwam|kwamen? om|omgekomen|stierf|stierven|"
        r"gestorven)\b[^.!?\n]{0,50}?\b(?:bij|door|aan|tijdens)\s(?:een\s|de\s|het\s)?"
        r"(?:[\w-]+e\s)?[^\W\d_]{3,}",
        r"\b(?:verdronk\w*|verongeluk\w*|vermoord\w*|doodgestoken|doodgeschoten|doodgereden|"
        r"verbrandd?e?)\b",
        # of whom a place has one
        rf"\bde (?:{ROLE}|{SHOP}) van (?!mijn|haar|zijn|hun|deze|onze|hem|mij)"
        rf"(?:(?:het|de|ons|dit) )?{_WORD}",
    )
)
_BARE = re.compile(r"^(?:is|was|werd|wordt|als|ben)\s|\s(?:van|in|op|bij|uit)$", re.IGNORECASE)


def uncounted(text: str, spans: Iterable[Span], near: range) -> list[str]:
    """Words that tell of somebody what is nowhere counted, `near` where the text tells of them."""
    out = [*_found(spans, text)]
    for pattern in _OTHERS:
        out += [m[0] for m in pattern.finditer(text, near.start, near.stop)]
    out += _work(text, near)
    return out


def _found(spans: Iterable[Span], text: str) -> Iterator[str]:
    """Of what the finder takes for an indirect identifier, what no table has."""
    for span in spans:
        if span.label is not Label.QUASI:
            continue
        words = text[span.start : span.end]
        if not any(len(w) > 3 and w in fold(words) for w in fold(span.cue).split()):
            continue  # what is left of a clause beside a name in it
        if span.reason in (Reason.ONLY_ONE, Reason.NEWS):
            yield words
        elif not _COUNTED_IN.search(words):
            yield _BARE.sub("", _BARE.sub("", span.cue)) or words


def _work(text: str, near: range) -> Iterator[str]:
    """Occupations that are in no table."""
    for pattern, sure in _SLOTS:
        for match in pattern.finditer(text, near.start, near.stop):
            low = fold(match["it"])
            if _COUNTED.fullmatch(low) or low in cues.FUNCTION | cues.RELATIONS or low in _NOT:
                continue
            if writer(text, match.start("it")):
                continue
            frequent = lexicon().flags(low) & Flag.COMMON
            does = _DOES.fullmatch(low) and not frequent and not low.endswith(_MORE)
            if sure or low in _WORK or does:
                yield match["it"]


_WRITER = re.compile(
    r"\bik\s(?:ben|was|werk|werkte)\b[^.!?\n]{0,25}$|(?:^|[.!?\n]\s*)als\s$", re.IGNORECASE
)


def writer(text: str, start: int) -> bool:
    """Whether what stands here is said of whoever is writing: 'Ik ben huisarts.'"""
    return bool(_WRITER.search(text[max(0, start - 40) : start]))
