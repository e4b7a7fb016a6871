"""How far a name reaches: particles, initials, surnames and nicknames that belong to it."""

from __future__ import annotations

import re

from . import cues
from .document import Document, Token
from .evidence import clear_first, is_name, is_slip
from .lexicon import NAME, Flag

LONGEST = 16  # tokens, full stops of initials included


# Surnames that are words without their article: 'van 't Hof', 'op 't Root'.
_AFTER_T = frozenset("hof hoff hek hooft veer wout riet zelfde hull hart ende eynde root".split())
_BEFORE_ARTICLE = frozenset({"in", "op", "uit", "aan"})
_NICKNAME = re.compile(r"\s?['\"“„(][^'\"”)\n]{2,20}['\"”)]\s(?=[A-Z])")


def is_initial(token: Token) -> bool:
    return token.is_word and len(token.text) == 1


def dotted(doc: Document, index: int) -> bool:
    """Whether a full stop follows a token at once."""
    end = doc.tokens[index].end
    return doc.text[end : end + 1] == "."


def initials_end(doc: Document, index: int) -> int:
    """The last token of a row of initials ('J.H.M.', 'Th.') that begins here; -1 when none does."""
    last = -1
    pos = index
    while (
        pos < min(len(doc.tokens), index + LONGEST)
        and is_initial(doc.tokens[pos])
        and dotted(doc, pos)
    ):
        if pos > index and not doc.touching(pos - 1, pos):
            break
        last = pos + 1  # the full stop
        pos += 2
    return last


def particles_end(doc: Document, index: int) -> int:
    """The first token after a row of particles ('van de') that begins here, or `index`."""
    pos = index
    while pos - index < 3 and pos < len(doc.tokens) - 1 and doc.touching(pos, pos + 1):
        token = doc.tokens[pos]
        if token.low in cues.NOBLE and doc.low(pos + 1) not in {"van", "de", "tot"}:
            break
        if token.low in cues.PARTICLES and token.is_word:
            pos += 1
        elif (token.text == "'" and doc.low(pos + 1) in {"t", "n", "s"}) or (
            token.text in {"v", "vd", "d"} and doc.text[token.end : token.end + 1] in "./"
        ):
            pos += 2
        else:
            break
    return pos


def _surname(doc: Document, index: int, after_first: bool) -> bool:
    """Whether a word can be a surname, given that a name or particle stands before it."""
    token = doc.tokens[index]
    if not token.is_word or token.low in cues.FUNCTION or not doc.free(token.start, token.end):
        return False
    if token.flags & Flag.SAFE and not token.flags & NAME:
        return False
    if token.cap and not token.first:
        return not (token.text.isupper() and len(token.text) < 4 and not token.flags & NAME)
    if token.cap or not token.plain:
        return False
    if token.flags & (Flag.COMMON | Flag.NOTNAME):
        return bool(token.flags & Flag.LAST) and after_first and _boundary(doc, index)
    if token.flags & Flag.LAST:
        return True
    if (
        after_first
        and index
        and clear_first(doc.tokens[index - 1])
        and not token.flags & ~Flag.PROPER
        and len(token.low) > 4
        and not doc.known_word(token.low)
        and not is_slip(token.low, doc.lex)
    ):
        return True  # 'ronny sahuleka bij mij'
    return (
        not doc.known_word(token.low)
        and len(token.low) > 3
        and not token.flags & Flag.PLACE
        and (
            token.low not in cues.VERBS
            and (_boundary(doc, index) or doc.low(index + 1) in cues.VERBS)
        )
    )


def _boundary(doc: Document, index: int) -> bool:
    """Whether a phrase ends after a token: punctuation, the end of the line, a verb."""
    token = doc.tokens[index]
    rest = doc.text[token.end : token.end + 2].lstrip(" ")
    return (
        not rest
        or rest[0] in ",.;:()!?\n'\""
        or doc.low(index + 1) in cues.VERBS | {"en", "uit", "van", "met"}
    )


def name_end(doc: Document, index: int) -> int:
    """The last token of the personal name that begins at `index`."""
    last = index
    while last + 1 < len(doc.tokens) and last - index < LONGEST:
        token = doc.tokens[last]
        nickname = _NICKNAME.match(doc.text, token.end) if doc.tokens[index].cap else None
        if nickname:
            after = doc.at(nickname.end())
            if after < len(doc.tokens) and _surname(doc, after, True):
                last = after
                continue
        step = last + 1
        if not doc.touching(last, step):
            break
        following = doc.tokens[step]
        if (
            is_initial(following)
            and following.text not in "'"
            and dotted(doc, step)
            and (following.text.isupper() or following.plain)
            and following.low != "u"
        ):
            last = initials_end(doc, step)
            continue
        if (
            is_initial(following)
            and following.text.isupper()
            and not following.plain
            and following.text not in "IU"
            and (
                (doc.tokens[index].cap and not doc.known_word(doc.low(index)))
                or is_name(doc.tokens[index])
            )
            and (not doc.text[following.end : following.end + 2].strip(" \n?!,:;)").isalnum())
        ):
            last = step  # 'Elyas B'
            continue
        if (
            following.text == ","
            and doc.touching(step, step + 1)
            and initials_end(doc, step + 1) > 0
        ):
            end = initials_end(doc, step + 1)
            if doc.text[doc.tokens[end].end : doc.tokens[end].end + 2].strip(" \n")[:1] in {
                "",
                "<",
                "(",
                ";",
                "|",
                "[",
            }:
                last = end  # 'Pronk, A.J.'
                continue
        if (token.text == "." or following.text in ",") and token.text != ".":
            break
        name = particles_end(doc, step)
        if name > step and name < len(doc.tokens) and doc.touching(name - 1, name):
            strong = any(
                doc.low(p) in cues.STRONG_PARTICLES or doc.low(p) == "t" for p in range(step, name)
            )
            candidate = doc.tokens[name]
            article = doc.low(name - 1) == "t"
            if article and candidate.low in _AFTER_T and (candidate.cap or doc.low(step) == "van"):
                last = name
                continue
            if candidate.flags & Flag.ORG and not candidate.flags & NAME:
                break  # 'F. el Idrissi van de Brijder': where she works
            if is_initial(candidate) and dotted(doc, name) and candidate.text.isupper():
                last = name + 1
                continue
            if candidate.plain or not candidate.cap:
                ok = (
                    bool(candidate.flags & Flag.LAST)
                    and candidate.plain
                    and strong
                    and not (candidate.flags & Flag.COMMON and not _boundary(doc, name))
                )
            else:
                ok = strong and _surname(doc, name, True)
                alone = doc.low(step) if name == step + 1 else ""
                if (
                    alone in {"van", "in", "op", "bij", "uit", "voor", "aan", "over"}
                    and not candidate.flags & Flag.LAST
                ):
                    ok = (
                        alone == "van"
                        and not (candidate.flags & (Flag.ORG | Flag.FIRST))
                        and not doc.text[doc.tokens[step].start].isupper()
                        and _plausible(doc, name)
                    )
                if alone in {"en", "of"}:
                    ok = False
                if not strong and name > step + 1 and doc.low(step) in _BEFORE_ARTICLE:
                    # 'Jansen op de Haar', 'J. in 't Veld'
                    other = Flag.PLACE | Flag.ORG | Flag.SAFE | Flag.COMMON
                    ok = candidate.cap and not candidate.flags & other
            if ok:
                last = name
                continue
            break
        if not _surname(doc, step, True):
            break
        if following.flags & Flag.ORG and not following.flags & NAME:
            break
        if not following.cap and not is_name(following) and doc.low(step) in cues.VERBS:
            break
        last = step
    if doc.tokens[last].text == "." and not is_initial(doc.tokens[last - 1]):
        last -= 1
    if doc.low(last + 1) in {"sr", "jr", "junior", "senior"} and doc.touching(last, last + 1):
        last += 2 if dotted(doc, last + 1) else 1
    return last


def _plausible(doc: Document, index: int) -> bool:
    """Whether 'Anna van X' is a surname rather than 'Anna of the firm X'."""
    token = doc.tokens[index]
    return not token.text.isupper() or bool(token.flags & Flag.LAST)
