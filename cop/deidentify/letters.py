"""People who are only a letter (label PERSON)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import cues
from .context import add_before
from .document import Document, Token
from .evidence import Evidence, line_head
from .reach import dotted, initials_end, is_initial, name_end
from .spans import Label, Reason, Span

OPTIONS = frozenset(
    "plan optie groep vitamine type model variant hepatitis klas antwoord stap scenario blok fase "
    "categorie deel punt cluster team afdeling bijlage route lijn versie methode keuze zin "
    "rij kiest kies koos kozen kiezen gekozen".split()
)
_PERSONAL = cues.SPEAKING - {"heeft", "wil", "zit", "gebruikt", "gebruikte", "stuurde"}
_BE = frozenset({"is", "was", "wordt", "werd"})


_TIES = frozenset("-/&+")


def glued(doc: Document, token: Token) -> bool:
    """Whether a sign ties a letter to what stands beside it: 'A-team', 'J&J', but "T's"."""
    after = doc.text[token.end : token.end + 1]
    if after == "'":
        return doc.text[token.end : token.end + 2] != "'s"
    return after in {"-", "/", "&", "+"} or (
        token.start > 0 and doc.text[token.start - 1] in "-/&+"
    )


def acts(doc: Document, index: int, end: int) -> int:
    """Whether a letter does something (1), and something that only people do (2): 'T gaf toe',
    'B is 34'; never (-1) where it counts ways or kinds: 'optie A', 'vitamine B'."""
    token = doc.tokens[index]
    if not token.text.isupper() or token.plain or token.text in "IUXY":
        return 0
    if doc.low(index - 1) in OPTIONS:
        return -1
    after = doc.low(end + 1) if doc.touching(end, end + 1) else ""
    if after in _PERSONAL or doc.text.startswith("'s ", token.end):
        return 2
    aged = doc.tokens[end + 2 : end + 3]
    if (
        after in _BE
        and aged
        and aged[0].text.isdigit()
        and not doc.free(aged[0].start, aged[0].end)
    ):
        return 2
    if after in cues.VERBS:
        return 2 if end > index and not token.first else 1
    before = doc.low(index - 1) if doc.touching(index - 1, index) else ""
    return 2 if before in _PERSONAL else int(before in cues.VERBS)


def find_letters(doc: Document) -> Iterator[Span]:
    """People who are only a letter: 'mevrouw K.', 'D. (24)', 'cliënt J. de V.'."""
    strong: set[str] = set()
    does: dict[str, list[int]] = {}
    found: list[tuple[int, int, float, Evidence]] = []
    for index, token in enumerate(doc.tokens):
        if token.text == "E" and doc.text[token.start : token.start + 5] == "E.H. ":
            doc.claim(token.start, token.start + 4)  # a title in Flanders
            name = doc.tokens[doc.at(token.start + 5)]
            if name.cap and name.is_word and doc.free(name.start, name.end):
                stop = doc.tokens[name_end(doc, doc.at(name.start))].end
                yield Span(name.start, stop, Label.PERSON, 0.85, Reason.TITLE, "e.h.")
            continue
        if not (is_initial(token) and doc.free(token.start, token.end)):
            continue
        if (
            index
            and is_initial(doc.tokens[index - 2])
            and doc.tokens[index - 1].text == "."
            and doc.touching(index - 1, index)
        ):
            continue
        if token.text in "XYxy" and not dotted(doc, index):
            continue  # 'mevrouw X': the writer left the name out already
        upper = token.text.isupper()
        stopped = dotted(doc, index)
        if not stopped and glued(doc, token):
            continue
        last = initials_end(doc, index) if stopped else index
        end = name_end(doc, last) if stopped else last
        longer = end > last
        if not longer:
            does.setdefault(token.text, []).append(acts(doc, index, end))
        out = Evidence(person=0.0)
        add_before(doc, index, out, letter=True)
        tail = doc.text[doc.tokens[end].end : doc.tokens[end].end + 6]
        score = out.person
        if longer and (upper or token.plain):
            score += 2.0
        if re.match(r"\s\(\d|,\s\d\d\b", tail):
            score += 2.0
        after = doc.low(end + 1)
        if stopped and upper and after in cues.VERBS and not line_head(doc, index):
            score += 1.2
        if (
            stopped
            and upper
            and not token.first
            and not line_head(doc, index)
            and (last - index) >= 3
        ):
            score += 1.0
        if not upper and not longer:
            score -= 0.5
        if not stopped:
            score -= 0.6
            if token.low in {"u", "x", "n", "t", "s", "k", "m", "v"} and not (
                out.person_reason is Reason.TITLE and upper
            ):
                score -= 2.0
            if not upper:
                score -= 2.0
        if score >= 1.5:
            strong.add(token.text)
        found.append((index, end, score, out))
    # Who does things twice, and once something that only people do: 'B vertelt veel. B is 34.'
    doing = {
        letter
        for letter, did in does.items()
        if min(did) >= 0 and max(did) > 1 and sum(d > 0 for d in did) > 1
    }
    for index, end, score, out in found:
        token = doc.tokens[index]
        again = (
            token.text in strong | doing
            and token.text.isupper()
            and (token.text in doing or dotted(doc, index) or not line_head(doc, index))
            and token.text not in "IU"
        )
        if score >= 1.5 or (
            again and not (line_head(doc, index) and doc.text[token.end : token.end + 2] == ") ")
        ):
            reason = out.person_reason if out.person_cue else Reason.INITIALS
            stop = doc.tokens[end].end
            sure = 0.9 if token.text in doing else 0.8
            yield Span(token.start, stop, Label.PERSON, sure, reason, out.person_cue)
