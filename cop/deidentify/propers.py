"""Names of people, places and organisations in running text, told apart by weighing evidence."""

from __future__ import annotations

from collections.abc import Iterator

from . import cues
from .context import add_before
from .context_after import add_after
from .document import Document
from .evidence import ENOUGH, Evidence, base, clear_first, is_name
from .letters import find_letters
from .lexicon import NAME, Flag
from .phrases import find_phrases
from .reach import LONGEST, name_end, particles_end
from .spans import Label, Reason, Span
from .spelled import find_spelled


def _introduced(doc: Document, index: int) -> bool:
    """Whether a title or a word for a person stands before a lower-case particle."""
    before = doc.low(index - 1)
    if before == ".":
        before = doc.low(index - 2)
    of = before in cues.RELATIONS or before == "naam"
    if of and doc.low(index) == "van" and not doc.tokens[index].cap:
        after = doc.tokens[index + 1 : index + 2]
        if after and after[0].flags & Flag.FIRST and not after[0].flags & Flag.LAST:
            return False  # 'oma van Jill'
    return before in cues.TITLES or before in {"heet", "heette", "genaamd", "achternaam", "naam"}


def _weigh(doc: Document, index: int) -> tuple[int, Evidence]:
    """The end of the name that may begin at a token, and the evidence for it."""
    token = doc.tokens[index]
    head = index
    if token.low in cues.PARTICLES and token.is_word and (token.low in cues.STRONG_PARTICLES):
        head = particles_end(doc, index)
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
                if core.cap and not core.flags & (Flag.SAFE | NAME) and out.person < ENOUGH:
                    # 'op De Vlier', 'strandtent De Staat': a capital article is part of a name
                    out.org = max(out.org, ENOUGH)
        elif (
            not token.cap
            and not _introduced(doc, index)
            and not (head - index > 1 and core.flags & Flag.LAST)
            and not (
                core.plain
                and (head - index > 1 or doc.low(index - 1) in cues.RELATIONS)
                and not core.flags & ~(Flag.PROPER | Flag.LAST)
                and not doc.known_word(core.low)
            )
        ):
            return index, Evidence(-9, -9, -9)  # an article or preposition before a name of its own
        elif (
            token.cap
            and token.first
            and head == index + 1
            and token.low
            in {"de", "het", "van", "'t", "voor", "te", "bel", "ben", "al", "over", "op", "in"}
            and not (core.flags & Flag.LAST and token.low in {"de", "van"})
            and not (
                token.low == "van"
                and not core.flags & (Flag.FIRST | Flag.PLACE | Flag.ORG | Flag.SAFE | Flag.ABROAD)
                and doc.low(head + 1) in cues.VERBS
            )
        ):
            return index, Evidence(-9, -9, -9)
        kept = out.place, out.org
        if _introduced(doc, index):
            out.person = max(out.person, 0.0)
        add_before(doc, index, out, core=core)
        if token.low not in {"de", "het", "'t"}:
            out.place, out.org = min(out.place, kept[0]), min(out.org, kept[1])
    elif (
        core.low in cues.ADDRESS
        and doc.touching(index, index + 1)
        and (doc.tokens[index + 1].cap or doc.tokens[index + 1].flags & Flag.FIRST)
    ):
        return index, Evidence(-9, -9, -9)  # 'Abba Yohannes'
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
    last = name_end(doc, head)
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
    for span in find_phrases(doc):
        doc.claim(span.start, span.end)
        yield span
    for span in (*find_spelled(doc), *find_letters(doc)):
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
            if index > 1 and doc.low(index - 1) == "t" and doc.tokens[index - 2].text == "'":
                start = doc.tokens[index - 2].start  # 'bij 't Trefpunt'
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
        head = max(particles_end(doc, index), index)
    last = head
    while last + 1 < len(doc.tokens) and last - head < LONGEST and doc.touching(last, last + 1):
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
    step = last + 1
    if label is Label.PLACE and step < len(doc.tokens) and doc.touching(last, step):
        quarter = doc.tokens[step]
        if quarter.low in cues.WINDS and (quarter.cap or quarter.plain):
            return step  # 'rotterdam zuid'
    return last if doc.tokens[last].is_word else last - 1
