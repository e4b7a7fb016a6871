"""Organisations in lines that have no capitals: 'werkt bij de zandverstuiving', 'ltc de mar'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .casing import uncased
from .cues import FUNCTION, RELATIONS, WINDS
from .document import Document
from .lexicon import NAME, Flag
from .org_kinds import KINDS, LOOSE, NO_NAME
from .spans import Label, Reason, Span

_LOW_KIND = uncased(
    rf"(?<![\w-])(?P<kind>{KINDS}|nachtdienst|"
    rf"afd)\.?\s(?P<quote>['\"]?)"
    r"(?P<name>(?:de|het|'t|sint|st\.?|ons|onze|al|el|an|ar|as|at)\s[^\W\d_]+(?: [^\W\d_]+)??)"
    r"(?=\s?(?:[,.;:)'\"!?|]|$|\n|(?:in|bij|op|te|aan|van|is|was|heeft|en|dus|maar|"
    r"waar|met|want|nu|sta|staan|zit|of|naar|om|toen)\b))"
)
_LOW_ONE = uncased(
    rf"(?<![\w-])(?P<kind>{KINDS})\s(?P<quote>['\"]?)(?P<name>[^\W\d_]{{4,}})(?=\s?(?:[,.;:)'\"!?]|"
    rf"$|\n|(?:in|bij|te)\b))"
)

_LOW_WORK = uncased(
    r"\b(?:werkt|werkte|werken|werk|werkzaam|gewerkt|baan|baantje|bijbaan|bijbaantje|"
    r"stage|contract|dienst|dienstverband|monteur|chauffeur|vakkenvuller|magazijn|"
    r"schoonmaker|kok|machinist)\b"
    r"(?: [^\W\d_]+){0,4}? bij (?P<name>[^\W\d_]{3,})(?= (?:in|en|als|sinds|maar|op|"
    r"aan|tot|want|dus)\b|\s?[,.;:)]|(?m:$))"
)

# 'gevallen bij de plus in krimpen', 'naar de mac': shops that are called as words are
_SHOP = uncased(
    r"\b(?:bij|naar|van|in|voor|achter|tegenover|op) de (?P<name>jumbo|plus|spar|lidl|aldi|"
    r"action|hema|gamma|"
    r"praxis|karwei|makro|sligro|dirk|coop|etos|kruidvat|zeeman|wibra|shell|bp|esso|texaco|tango|"
    r"mac|mcdonalds|"
    r"mcdo|burger king|kfc|febo|primark|ikea|blokker|big bazar|poiesz|deen|vomar|boni|hoogvliet|"
    r"nettorama|emté|"
    r"xenos|scapino|welkoop|boerenbond|intratuin|media ?markt|basic ?fit|voedselbank)"
    r"(?= (?:in|te|op|aan|om|bij|daar|hier|achter|naast|waar|want|gezien|gewerkt|staan|stond|zat|"
    r"gaat)\b|[,.;:!?)\n]|$)"
)
_LOW_AT = uncased(
    r"\b(?:woont|wonen|woonde|zit|zitten|zat|verblijft|opgenomen|slaapt|begeleid|"
    r"behandeling|opname|werkt|werk)(?: [^\W\d_]+){0,3}? bij (?P<name>(?:(?:de|het|"
    r"'t) )?[^\W\d_]{3,})(?= in (?P<place>[^\W\d_]+))"
)

# 'ltc de mar', 'v.v. noordscheschut', 'fact feijenoord'
_LOW_SHORT = uncased(
    r"(?<![\w.-])(?P<name>(?:ltc|v\.?v\.?|s\.?v\.?|fc|rkvv|rksv|cvv|hc|tc|tv|a\.?v\.?|ijsclub|"
    r"ggd|fact|roc|"
    r"obs|cbs|rkbs|csg|rsg|osg|pi|azc|ribw|pz|uz|buurtzorg|stichting|scouting|huize|villa|gebr\.?|"
    r"firma|fa\.?|bouwbedrijf|grillroom|eetcafé|eetcafe|café|cafe|camping|restaurant)\s"
    r"(?:(?:de|het|'t|van|van der|van den)\s)?[^\W\d_]{3,}(?:-[^\W\d_]+)*)(?!\w)"
)
# 'voogd van wss', 'rb bij jbn': letters without a vowel, behind somebody's work
_LOW_LETTERS = uncased(
    r"\b(?:voogd|gezinsvoogd|jeugdbeschermer|jeugdzorgwerker|rb|pb|cm|casemanager|behandelaar|"
    r"begeleider|begeleidster|reclasseerder|bewindvoerder|consulent|werkt|werkte)\s(?:van|bij)\s"
    r"(?P<name>[b-df-hj-np-tv-xz]{2,5})(?![\w'.])"
)
_REGION = uncased(
    rf"\b(?P<name>(?:jb|jeugdbescherming) (?:{'|'.join(sorted(WINDS))}|brabant|gelderland|"
    r"overijssel|limburg|rijnmond|friesland|zeeland))\b"
)
# 'werkgever van der knaap pootgoed:', 'het restaurant heet gouden tijden en'
_EMPLOYER = uncased(
    r"\bwerkgever(?: is|:)? (?P<name>(?:(?:de|het|van|der|den|fa|firma) ){0,3}[^\W\d_]+"
    r"(?: [^\W\d_]+){0,2})(?=[,.:;)\n]|$)"
)
_CALLED = uncased(
    rf"(?<![\w-])(?P<kind>{KINDS}) heet(?:te)? (?P<name>[^\W\d_]+(?: [^\W\d_]+){{0,2}}?)"
    r"(?= (?:en|in|aan|op|bij)\b|\s?(?:[,.;:)\n]|$))"
)
_SHORT = frozenset("zn mn dr vd mvr hr mw dhr mr hm bv nr tv pc pb rb cm cl pt".split())
_LOW_TAIL = uncased(
    r"(?:\b(?:het|de|'t|op|bij) |: )(?P<name>(?P<first>[^\W\d_]{3,}) "
    r"(?:college|lyceum|gymnasium|ziekenhuis|kliniek|gasthuis|casino|apotheek|moskee))\b"
)


def _span(match: re.Match[str], sure: float, cue: str) -> Span:
    return Span(match.start("name"), match.end("name"), Label.ORG, sure, Reason.ORG_KIND, cue)


_FIRST = frozenset(m[0] for k in KINDS.split("|") if (m := re.match(r"[^\W\d_]+", k)))


def _by_kind(doc: Document, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The matches of a pattern that opens with a kind, tried only where such a word stands."""
    end = 0
    for token in doc.tokens:
        if token.start >= end and (token.low in _FIRST or token.low in ("nachtdienst", "afd")):
            match = pattern.match(doc.small, token.start)
            if match:
                end = match.end()
                yield match


def find_orgs_low(doc: Document) -> Iterator[Span]:
    """Names of organisations where no capital shows them; nothing in a text that has capitals."""
    if not any(token.plain for token in doc.tokens):
        return
    text = doc.small
    for match in _LOW_WORK.finditer(text):
        index = doc.at(match.start("name"))
        low = match["name"]
        if (
            doc.tokens[index].plain
            and low not in FUNCTION | RELATIONS
            and not doc.lex.flags(low) & (Flag.COMMON | Flag.PLACE | Flag.NAMEWINS | Flag.SAFE)
        ):
            yield Span(
                match.start("name"), match.end("name"), Label.ORG, 0.65, Reason.ORG_CUE, "bij"
            )
    for pattern in (_EMPLOYER, _CALLED):
        for match in pattern.finditer(text):
            words = match["name"].split()
            strange = any(not doc.known_word(w) or doc.lex.flags(w) & NAME for w in words)
            fits = strange if pattern is _EMPLOYER else words[0] not in FUNCTION
            if fits and doc.tokens[doc.at(match.start("name"))].plain:
                yield _span(match, 0.7, match[0].split()[0])
    for match in _SHOP.finditer(text):
        if doc.tokens[doc.at(match.start("name"))].plain:
            yield _span(match, 0.75, "de")
    for match in _LOW_AT.finditer(text):
        index = doc.at(match.start("name"))
        last = match["name"].split()[-1]
        if (
            doc.tokens[index].plain
            and last not in FUNCTION | RELATIONS
            and not (" " not in match["name"] and last.endswith("en") and doc.known_word(last))
            and not (" " not in match["name"] and last.endswith("s") and doc.known_word(last))
            and doc.lex.flags(match["place"]) & Flag.PLACE
        ):
            yield Span(
                match.start("name"), match.end("name"), Label.ORG, 0.6, Reason.ORG_CUE, "bij"
            )
    for match in _by_kind(doc, _LOW_KIND):
        index = doc.at(match.start("name"))
        last = match["name"].split()[-1]
        if (
            doc.tokens[index].plain
            and last not in NO_NAME
            and match["kind"] not in LOOSE - {"afdeling", "school", "team", "locatie", "praktijk"}
        ):
            if (
                match["name"].split()[0] in {"de", "het"}
                and match["kind"] in {"school", "team", "locatie"}
                and doc.known_word(last)
            ):
                continue
            yield _span(match, 0.7, match["kind"])
    for match in _LOW_SHORT.finditer(text):
        last = match["name"].split()[-1]
        if doc.tokens[doc.at(match.start("name"))].plain and not (
            last in FUNCTION or doc.lex.flags(last) & (Flag.COMMON | Flag.SAFE)
        ):
            yield _span(match, 0.75, match["name"].split()[0])
    for match in _LOW_TAIL.finditer(text):
        head = match["first"]
        loose = head in FUNCTION or (doc.lex.flags(head) & Flag.WORD and head.endswith("e"))
        if doc.tokens[doc.at(match.start("name"))].plain and not loose:
            yield _span(match, 0.65, match["name"].split()[-1])
    for match in _REGION.finditer(text):
        if doc.tokens[doc.at(match.start("name"))].plain:
            yield _span(match, 0.8, match["name"].split()[0])
    for match in _LOW_LETTERS.finditer(text):
        low = match["name"]
        known = low in _SHORT or doc.lex.flags(low) & Flag.SAFE
        if doc.tokens[doc.at(match.start("name"))].plain and not known:
            yield Span(
                match.start("name"), match.end("name"), Label.ORG, 0.7, Reason.ORG_CUE, "van"
            )
    for match in _by_kind(doc, _LOW_ONE):
        index = doc.at(match.start("name"))
        low = match["name"]
        # 'bij kapsalon knipkunst', but 'de kapsalon medewerkster'
        coined = (
            match["kind"] not in LOOSE
            and doc.low(doc.at(match.start("kind")) - 1) in {"bij", "van", "naar", "in", "door"}
            and not doc.lex.flags(low) & Flag.WORD
        )
        if (
            doc.tokens[index].plain
            and (coined or not doc.known_word(low))
            and not doc.lex.flags(low) & (Flag.PLACE | Flag.SAFE | NAME)
        ):
            yield _span(match, 0.6, match["kind"])
