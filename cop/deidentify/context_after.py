"""What the words after a name say about it."""

from __future__ import annotations

import re

from . import cues
from .document import Document
from .evidence import Evidence, clear_first, is_name, line_head
from .lexicon import NAME, Flag
from .spans import Reason

# 'bij Trui in huis', 'bij Trui aan tafel': nobody says that of an institution.
_STAYS = re.compile(
    r" (?:in huis|thuis|aan (?:de )?(?:tafel|deur|keukentafel)|op de bank|op bezoek|"
    r"op schoot|in bed|"
    r"in de auto|achterop|langs geweest|blijven slapen|logeren|ingetrokken)\b"
)
# 'Lieveke, zo noemen ze haar', 'beer, dat is zijn maat'
_SO_CALLED = re.compile(
    r",? \(?(?:zo (?:noem\w*|heet|heette|hiet|staat|wordt|werd|stelde|stelt)\b|dat is (?:zijn|"
    r"haar|mijn|m'n|z'n|"
    r"hun|een|de|'n) (?:\w+ )?(?:maat|vriend|vriendin|ex|zoon|dochter|broer|zus|zusje|"
    r"moeder|vader|oom|tante|"
    r"neef|nicht|collega|buurman|buurvrouw|man|vrouw|hond|sponsor|dealer|kameraad|baas|mentor)\b|"
    r"(?:zijn|haar|mijn) (?:bijnaam|roepnaam|schuilnaam)\b)"
)


def _signs(doc: Document, index: int, last: int) -> bool:
    """Whether a name stands where people sign: alone or before a comma on one of the last lines."""
    if not line_head(doc, index) or len(doc.text) - doc.tokens[last].end > 150:
        return False
    rest = doc.text[doc.tokens[last].end :].split("\n", 1)[0].strip()
    return not rest or (rest[0] in ",(|" and len(rest) < 60)


def add_after(doc: Document, index: int, last: int, out: Evidence) -> None:
    """Add what stands after a name that ends at `last`."""
    token = doc.tokens[last]
    following = doc.text[token.end : token.end + 14]
    after = doc.low(last + 1) if doc.touching(last, last + 1) else ""
    gain = aged = 0.0
    if _STAYS.match(doc.text, token.end):
        gain += 2.0 if not token.flags & (Flag.ORG | Flag.SAFE) else 0.0
    if _SO_CALLED.match(doc.text, token.end) and (token.cap or token.plain):
        gain += 2.2
        out.person_reason = Reason.NAMED
    if doc.text[token.end : token.end + 2].lower() == "'s":
        gain += 0.8
    if following.startswith(" (") and following[2:3].isdigit():
        aged = 2.6 if token.flags & NAME else 1.6 if not doc.known_word(token.low) else 0.6
    elif re.match(r" \((?:bouwjaar|geb\b|[mvx][,/ ]|man|vrouw)", following):
        gain += 1.6
    elif following.startswith(", ") and following[2:4].isdigit():
        gain += 1.4
    elif after in cues.SPEAKING:
        gain += 1.2
    elif after in cues.VERBS:
        gain += 0.9
        if (
            after in {"is", "wordt", "was"}
            and doc.tokens[last + 2 : last + 3]
            and doc.tokens[last + 2].text.isdigit()
        ):
            gain += 0.5
    elif (
        after in {"en", "of", "&"}
        and last + 2 < len(doc.tokens)
        and doc.touching(last + 1, last + 2)
    ):
        other = doc.tokens[last + 2]
        strange = other.cap and not other.first and not doc.known_word(other.low)
        if (clear_first(other) and (other.cap or other.plain)) or (
            strange and not other.flags & Flag.SAFE
        ):
            gain += 0.9
    elif after == "uit" and last + 2 < len(doc.tokens) and doc.tokens[last + 2].flags & Flag.PLACE:
        gain += 1.0
    elif following.startswith(":") and line_head(doc, index):
        gain += 1.2 if not doc.known_word(token.low) else 0.3
    if index > 1 and doc.low(index - 1) in {"en", "&", "of"} and doc.touching(index - 2, index - 1):
        person = doc.tokens[index - 2].end in doc.people
        if (person or clear_first(doc.tokens[index - 2])) and (token.cap or token.plain):
            gain += 1.4 if person else 0.9
    if index and doc.text[doc.tokens[index].start - 1] in "'\"“„" and following[:1] == ",":
        gain += 0.9  # spoken to: 'Bil, kom eens'
    if (
        index > 1
        and doc.low(index - 1) == ","
        and doc.tokens[index - 2].end in doc.people
        and token.cap
    ):
        gain += 1.2 if not token.first else 0.0
    if token.cap and _signs(doc, index, last):
        gain += 1.2
    if token.flags & Flag.WORD and not is_name(token):
        gain *= 0.4
    if following[1:2].isdigit() and following.rstrip().split(" ")[1:3][-1:] in (
        ["mg"],
        ["ml"],
        ["gram"],
        ["gr"],
    ):
        gain -= 2.5
    if after in {"heet", "heette", "genaamd"} and (token.cap or token.plain):
        gain += 1.8
    if after == token.low and token.cap and token.flags & NAME and after in cues.VERBS:
        gain += 2.0  # 'Wil wil niet eten'
        out.person_reason = Reason.NAMED
    out.person += gain + aged
    if after in {"college", "school", "straat", "park", "ziekenhuis", "kerk"}:
        out.org += 1.0
