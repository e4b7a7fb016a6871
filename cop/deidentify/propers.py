"""Names of people, places and organisations in running text, told apart by weighing evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import cues
from .document import Document, Token
from .evidence import ENOUGH, Evidence, add_after, add_before, base, clear_first, is_name, line_head
from .lexicon import NAME, Flag
from .spans import Label, Reason, Span

_LONGEST = 16  # tokens, full stops of initials included
_NICKNAME = re.compile(r"\s?['\"“„(][^'\"”)\n]{2,20}['\"”)]\s(?=[A-Z])")


def _initial(token: Token) -> bool:
    return token.is_word and len(token.text) == 1


def _dotted(doc: Document, index: int) -> bool:
    """Whether a full stop follows a token at once."""
    end = doc.tokens[index].end
    return doc.text[end : end + 1] == "."


def _initials_end(doc: Document, index: int) -> int:
    """The last token of a row of initials ('J.H.M.', 'Th.') that begins here; -1 when none does."""
    last = -1
    pos = index
    while (
        pos < min(len(doc.tokens), index + _LONGEST)
        and _initial(doc.tokens[pos])
        and _dotted(doc, pos)
    ):
        if pos > index and not doc.touching(pos - 1, pos):
            break
        last = pos + 1  # the full stop
        pos += 2
    return last


def _particles(doc: Document, index: int) -> int:
    """The first token after a row of particles ('van de') that begins here, or `index`."""
    pos = index
    while pos - index < 3 and pos < len(doc.tokens) - 1 and doc.touching(pos, pos + 1):
        token = doc.tokens[pos]
        if token.low in cues.NOBLE and doc.low(pos + 1) not in {"van", "de", "tot"}:
            break
        if token.low in cues.PARTICLES and token.is_word:
            pos += 1
        elif token.text == "'" and doc.low(pos + 1) in {"t", "n", "s"}:
            pos += 2
        elif token.text in {"v", "vd", "d"} and doc.text[token.end : token.end + 1] in "./":
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


def _extend(doc: Document, index: int) -> int:
    """The last token of the personal name that begins at `index`."""
    last = index
    while last + 1 < len(doc.tokens) and last - index < _LONGEST:
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
            _initial(following)
            and following.text not in "'"
            and _dotted(doc, step)
            and (following.text.isupper() or following.plain)
            and following.low != "u"
        ):
            last = _initials_end(doc, step)
            continue
        if (
            _initial(following)
            and following.text.isupper()
            and not following.plain
            and following.text not in "IU"
            and (
                doc.tokens[index].cap
                and not doc.known_word(doc.low(index))
                or is_name(doc.tokens[index])
            )
            and (not doc.text[following.end : following.end + 2].strip(" \n?!,:;)").isalnum())
        ):
            last = step  # 'Elyas B'
            continue
        if (
            following.text == ","
            and doc.touching(step, step + 1)
            and _initials_end(doc, step + 1) > 0
        ):
            end = _initials_end(doc, step + 1)
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
        if token.text == "." or following.text in ",":
            if not (token.text == "."):
                break
        name = _particles(doc, step)
        if name > step and name < len(doc.tokens) and doc.touching(name - 1, name):
            strong = any(doc.low(p) in cues.STRONG_PARTICLES for p in range(step, name))
            candidate = doc.tokens[name]
            if _initial(candidate) and _dotted(doc, name) and candidate.text.isupper():
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
    if doc.tokens[last].text == "." and not _initial(doc.tokens[last - 1]):
        last -= 1
    return last


def _plausible(doc: Document, index: int) -> bool:
    """Whether 'Anna van X' is a surname rather than 'Anna of the firm X'."""
    token = doc.tokens[index]
    return not token.text.isupper() or bool(token.flags & Flag.LAST)


def _phrase(doc: Document, index: int) -> tuple[int, Flag]:
    """The longest entry of several words that begins here: (last token, flags)."""
    longest = doc.lex.longest_phrase(doc.tokens[index].low)
    if not longest and doc.tokens[index].text == "'":
        longest = doc.lex.longest_phrase("'" + doc.low(index + 1))
    if not longest:
        return -1, Flag(0)
    start = doc.tokens[index].start
    for last in range(min(index + 2 * longest, len(doc.tokens) - 1), index, -1):
        if doc.tokens[last].end - start > 60:
            continue
        end = doc.tokens[last].end
        piece = doc.text[start:end].lower()
        flags = doc.lex.flags(piece) or (
            doc.lex.flags(piece + "'s") if doc.text[end : end + 2] == "'s" else Flag(0)
        )
        if flags and " " in piece:
            return last, flags
    return -1, Flag(0)


def _phrases(doc: Document) -> Iterator[Span]:
    """Listed names of several words; SAFE ones are claimed without a mark."""
    index = 0
    while index < len(doc.tokens):
        last, flags = _phrase(doc, index)
        token = doc.tokens[index]
        if last < 0 or not doc.free(token.start, doc.tokens[last].end):
            index += 1
            continue
        start, end = token.start, doc.tokens[last].end
        capitals = any(t.cap for t in doc.tokens[index : last + 1])
        plain = token.plain or doc.tokens[last].plain
        pieces = [t for t in doc.tokens[index : last + 1] if t.is_word]
        wordy = all(t.flags & (Flag.WORD | Flag.ENGLISH) or t.low in cues.FUNCTION for t in pieces)
        cased = capitals and not (token.first and sum(t.cap for t in pieces) < 2)
        near = doc.low(index - 1) in cues.PLACE_BEFORE or doc.low(index - 1) in {
            "van",
            "bij",
            "aan",
        }
        if flags & Flag.SAFE:
            doc.claim(start, end)
        elif flags & Flag.ORG and (cased or (plain and (not wordy or (near and len(pieces) > 1)))):
            yield Span(start, end, Label.ORG, 0.9, Reason.KNOWN_ORG)
        elif flags & (Flag.PLACE | Flag.ABROAD) and (
            cased or capitals or (plain and (not wordy or near))
        ):
            yield Span(start, end, Label.PLACE, 0.9, Reason.KNOWN_PLACE)
        index = last + 1


def _letters(doc: Document) -> Iterator[Span]:
    """People who are only a letter: 'mevrouw K.', 'D. (24)', 'cliënt J. de V.'."""
    strong: set[str] = set()
    found: list[tuple[int, int, float, Evidence]] = []
    for index, token in enumerate(doc.tokens):
        if not (_initial(token) and doc.free(token.start, token.end)):
            continue
        if (
            index
            and _initial(doc.tokens[index - 2])
            and doc.tokens[index - 1].text == "."
            and doc.touching(index - 1, index)
        ):
            continue
        upper = token.text.isupper()
        dotted = _dotted(doc, index)
        glued = (
            doc.text[token.end : token.end + 1] in "-/&'+"
            or doc.text[token.start - 1 : token.start] in "-/&+"
            and token.start > 0
        )
        if glued and not dotted:
            continue
        last = _initials_end(doc, index) if dotted else index
        end = _extend(doc, last) if dotted else last
        longer = end > last
        out = Evidence(person=0.0)
        add_before(doc, index, out, letter=True)
        tail = doc.text[doc.tokens[end].end : doc.tokens[end].end + 6]
        score = out.person
        if longer and (upper or token.plain):
            score += 2.0
        if re.match(r"\s\(\d|,\s\d\d\b", tail):
            score += 2.0
        after = doc.low(end + 1)
        if dotted and upper and after in cues.VERBS and not line_head(doc, index):
            score += 1.2
        if (
            dotted
            and upper
            and not token.first
            and not line_head(doc, index)
            and (last - index) >= 3
        ):
            score += 1.0
        if not upper and not longer:
            score -= 0.5
        if not dotted:
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
    for index, end, score, out in found:
        token = doc.tokens[index]
        again = (
            token.text in strong
            and token.text.isupper()
            and (_dotted(doc, index) or not line_head(doc, index))
            and token.text not in "IU"
        )
        if score >= 1.5 or (
            again and not (line_head(doc, index) and doc.text[token.end : token.end + 2] == ") ")
        ):
            reason = out.person_reason if out.person_cue else Reason.INITIALS
            stop = doc.tokens[end].end
            yield Span(token.start, stop, Label.PERSON, 0.8, reason, out.person_cue)


def _introduced(doc: Document, index: int) -> bool:
    """Whether a title or a word for a person stands before a lower-case particle."""
    before = doc.low(index - 1)
    if before == ".":
        before = doc.low(index - 2)
    return before in cues.TITLES or before in {"heet", "heette", "genaamd", "achternaam", "naam"}


def _weigh(doc: Document, index: int) -> tuple[int, Evidence]:
    """The end of the name that may begin at a token, and the evidence for it."""
    token = doc.tokens[index]
    head = index
    if token.low in cues.PARTICLES and token.is_word and (token.low in cues.STRONG_PARTICLES):
        head = _particles(doc, index)
        if head == index or head >= len(doc.tokens) or not doc.touching(head - 1, head):
            return index, Evidence(-9, -9, -9)
    core = doc.tokens[head]
    if not core.is_word or not doc.free(core.start, core.end):
        return index, Evidence(-9, -9, -9)
    if head > index:
        named_so = token.cap and core.cap and not token.first  # 'mr. Ter Haar'
        if not (core.cap or core.plain) or (core.low in cues.FUNCTION and not named_so):
            return index, Evidence(-9, -9, -9)
        out = base(doc, core)
        if core.low in cues.FUNCTION:
            out = Evidence(0.5, -1.0, -1.0)
        out.person += 0.4 if core.flags & Flag.LAST else 0.0
        if core.flags & Flag.PLACE or core.flags & Flag.ORG:
            out.person -= 0.5
        if token.cap and not token.first and token.low not in {"in", "op"}:
            out.person += 0.9  # 'De Wit', 'Van Rijn' in the middle of a sentence
            if token.low in {"de", "het", "'t"}:
                out.org += 1.4
        elif (
            not token.cap
            and not _introduced(doc, index)
            and not (head - index > 1 and core.flags & Flag.LAST)
        ):
            return index, Evidence(-9, -9, -9)  # an article or preposition before a name of its own
        elif (
            token.cap
            and token.first
            and head == index + 1
            and token.low
            in {"de", "het", "van", "'t", "voor", "te", "bel", "ben", "al", "over", "op", "in"}
            and not (core.flags & Flag.LAST and token.low in {"de", "van"})
        ):
            return index, Evidence(-9, -9, -9)
        kept = out.place, out.org
        if _introduced(doc, index):
            out.person = max(out.person, 0.0)
        add_before(doc, index, out, core=core)
        if token.low not in {"de", "het", "'t"}:
            out.place, out.org = min(out.place, kept[0]), min(out.org, kept[1])
    elif core.low in cues.GREETINGS and core.first:
        return index, Evidence(-9, -9, -9)
    else:
        out = base(doc, core)
        nickname = (
            core.low in cues.NICKNAME
            and doc.touching(head, head + 1)
            and (
                core.cap == doc.tokens[head + 1].cap
                and (core.cap or core.plain)
                and clear_first(doc.tokens[head + 1])
            )
        )
        if nickname:
            return head + 1, Evidence(2.5)  # 'Lange Frans'
        if max(out.person, out.place, out.org) <= -2.5:
            return index, out
        add_before(doc, index, out)
    last = _extend(doc, head)
    if last > head:
        extra = doc.tokens[last]
        if extra.text == ".":
            extra = doc.tokens[last - 1]
        pure = doc.known_word(core.low) and not core.flags & NAME
        gain = 1.2 if extra.cap or extra.flags & Flag.LAST else 0.6
        if pure and (core.first or not core.cap or core.low in cues.RELATIONS | cues.TITLES):
            return index, Evidence(-9, -9, -9)  # 'Werkbegeleider Anna': the name begins later
        if pure and clear_first(doc.tokens[head + 1]):
            out.person += 1.0  # 'Blonde Henk'
        if pure and not any(
            is_name(t) or (t.is_word and not doc.known_word(t.low))
            for t in doc.tokens[head + 1 : last + 1]
        ):
            gain = 0.0  # 'Geweldloze Communicatie'
        elif core.flags & Flag.FIRST and not (core.flags & Flag.NOTNAME and not core.cap):
            gain += 0.6
        elif core.flags & Flag.WORD and core.first:
            gain -= 1.0
        if out.place >= 2.2 and not core.flags & NAME:
            gain -= 1.0
        out.person += gain
    add_after(doc, index, last, out)
    return last, out


def find_propers(doc: Document) -> Iterator[Span]:
    """Names in running text that reach the weight of `ENOUGH`."""
    for span in _phrases(doc):
        doc.claim(span.start, span.end)
        yield span
    for span in _letters(doc):
        doc.claim(span.start, span.end)
        doc.people.add(span.end)
        yield span
    index = 0
    while index < len(doc.tokens):
        token = doc.tokens[index]
        if not token.is_word or len(token.text) < 2 or not doc.free(token.start, token.end):
            index += 1
            continue
        last, out = _weigh(doc, index)
        best = max(out.person, out.place, out.org)
        if best < ENOUGH:
            index += 1
            continue
        sure = min(0.95, 0.5 + best / 10)
        if out.person >= best:
            start = token.start
            span = Span(
                start, doc.tokens[last].end, Label.PERSON, sure, out.person_reason, out.person_cue
            )
            doc.people.add(span.end)
        else:
            label = Label.PLACE if out.place >= out.org else Label.ORG
            last = _run(doc, index, label)
            start = token.start
            if label is Label.PLACE:
                known = token.flags & (Flag.PLACE | Flag.ABROAD)
                reason, cue = (
                    (Reason.KNOWN_PLACE, "") if known else (Reason.PLACE_CUE, out.place_cue)
                )
            else:
                known = token.flags & Flag.ORG
                reason, cue = (Reason.KNOWN_ORG, "") if known else (Reason.ORG_CUE, out.org_cue)
            span = Span(start, doc.tokens[last].end, label, sure, reason, cue)
        doc.claim(span.start, span.end)
        yield span
        index = last + 1


def _run(doc: Document, index: int, label: Label) -> int:
    """The last token of a name of a place or organisation: words with a capital that follow."""
    head = index
    if doc.tokens[index].low in cues.PARTICLES:
        head = max(_particles(doc, index), index)
    last = head
    while last + 1 < len(doc.tokens) and last - head < _LONGEST and doc.touching(last, last + 1):
        token = doc.tokens[last + 1]
        if (
            token.is_word
            and token.cap
            and not token.first
            and doc.free(token.start, token.end)
            and (token.low not in cues.FUNCTION and not token.flags & Flag.SAFE)
        ):
            if label is Label.PLACE and clear_first(token):
                break
            last += 1
        elif token.text == "&" and label is Label.ORG:
            last += 1
        else:
            break
    return last if doc.tokens[last].is_word else last - 1
