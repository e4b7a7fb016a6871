"""The author's own words in the place of a finding: they may point to somebody as well.

They are read where they stand. A name that stands in for a name is what is meant; the name of
somebody who was replaced is not, and neither is another place, day, age or number.
"""

import re
from collections.abc import Collection, Sequence

from cop.deidentify import Label, Span, find
from cop.deidentify.chosen_names import is_name
from cop.deidentify.lexicon import fold
from cop.deidentify.mentions import PREFIXES, without_genitive
from cop.deidentify.replacing import propose

_WORD = re.compile(r"[^\W\d_][\w'’]*")


def words_of(name: str) -> set[str]:
    """The words by which a name is known, without 'de' and 'van' and single letters."""
    words = (fold(without_genitive(word) or word) for word in _WORD.findall(name))
    return {word for word in words if len(word) > 1 and word not in PREFIXES}


def points_still(
    text: str,
    typed: Sequence[tuple[Span, str]],
    replaced: Collection[str],
    names: Collection[str],
) -> dict[tuple[Label, str], list[str]]:
    """What in the author's own words points to somebody, by the kind of finding and those words.

    Args:
        typed: the places in the text that get words of the author, with these.
        replaced: words of the names of people who were replaced.
        names: words of the names that stand in for them.
    """
    out, at, stretches = "", 0, list[tuple[int, int, Label, str]]()
    for span, words in sorted(typed):
        out += text[at : span.start]
        stretches.append((len(out), len(out) + len(words), span.label, words))
        out += words
        at = span.end
    out += text[at:]
    found = [s for s in find(out) if any(s.start < e and b < s.end for b, e, _, _ in stretches)]
    # What is as vague as we would make it ('begin dertig') points to nobody.
    telling = {r.start for r in propose(out, found, key=b"which") if r.text != r.original}
    answer: dict[tuple[Label, str], list[str]] = {}
    for start, end, label, words in stretches:
        name = label is Label.PERSON and is_name(words)
        said = [w for w in _WORD.findall(words) if words_of(w) & set(replaced)]
        for span in found:
            part = out[max(start, span.start) : min(end, span.end)].strip()
            if not any(c.isalnum() for c in part):
                continue
            if span.label is Label.PERSON or name:
                known = label is Label.PERSON or words_of(part) <= set(names)
            else:
                known = span.label is not Label.QUASI and span.start not in telling
            if not known:
                said.append(part)
        seen = answer.setdefault((label, words), [])
        seen += [w for w in dict.fromkeys(said) if w not in seen]
    return answer
