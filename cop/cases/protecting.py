"""From what the author wrote to what others may read: findings, decisions, replacements.

Nothing here writes anything. A finding is one expression (say 'Fatima') wherever it stands; the
author decides about it once, so that the same person cannot become two.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cop.cases.own_name import without_author
from cop.cases.own_words import points_still, words_of
from cop.cases.raw import ALL_PARTS, Added, Decision, How, Raw
from cop.deidentify import Label, Reason, Span, find, language
from cop.deidentify.chosen_names import is_name
from cop.deidentify.pseudonyms import genitive
from cop.deidentify.replacing import Replacement, propose

BETWEEN = "\n\n"
_CAN_BE_VAGUE = (Label.AGE, Label.DATE, Label.PLACE, Label.ORG)
_GENITIVE = re.compile(r"['’]s(?!\w)")
# Characters without width, as pasted Word and PDF text has them in the middle of names.
_NOTHING = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a part stands in the joined text."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in a part, in characters of that part."""

    part: str
    start: int
    end: int
    key: str
    text: str
    label: Label
    decided: bool
    kept: bool


@dataclass
class Group:
    """One expression that the author decides about, with every place where it stands.

    Attributes:
        key: names it in forms; says nothing by itself.
        proposed: the replacement that is proposed, '' when only the author can find words.
        spans: its places, in the joined text.
        marks: the words in it that were marked by hand, folded.
        vague: it says so little ('begin dertig') that it stays unless the author decides otherwise.
        still: words of the author's own replacement that point to somebody (see `own_words`).
        own: a name of the author's, whose own story it is: the author says whether it is them.
            The whole name stays by itself; a part of it may be their father's as well.
    """

    key: str
    label: Label
    original: str
    proposed: str
    vague: bool
    decision: Decision | None
    spans: list[Span] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    still: list[str] = field(default_factory=list)
    own: bool = False

    @property
    def added(self) -> bool:
        """It was marked by hand, or a part of it was."""
        return bool(self.marks)

    @property
    def typed(self) -> str:
        """The author's own words for it."""
        own = self.decision is not None and self.decision.how is How.REPLACED
        return self.decision.text if own and self.decision is not None else ""

    @property
    def decided(self) -> bool:
        return self.vague if self.decision is None else not self.still

    @property
    def kept(self) -> bool:
        if self.decision is None:
            return self.vague
        return self.decision.how is How.KEPT

    @property
    def shown(self) -> str:
        """What stands in its place as things are now."""
        if self.kept:
            return self.original
        return (self.decision.text if self.decision else "") or self.proposed


@dataclass(frozen=True)
class Look:
    """What was found in a raw text, and what it becomes.

    Attributes:
        text: all parts joined.
        groups: in order of place.
        language: 'nl', 'en' or 'other'.
    """

    raw: Raw
    text: str
    pieces: list[Piece]
    groups: list[Group]
    proposals: dict[int, Replacement]  # by the start of the finding
    language: str

    @property
    def waiting(self) -> int:
        """How many findings the author has not decided about."""
        return sum(not group.decided for group in self.groups)

    def findings(self) -> dict[str, list[Finding]]:
        """By part, in order of place."""
        found: dict[str, list[Finding]] = {piece.name: [] for piece in self.pieces}
        for span, group in self._placed():
            piece = next(p for p in self.pieces if p.start <= span.start < p.end)
            found[piece.name].append(
                Finding(
                    piece.name,
                    span.start - piece.start,
                    min(span.end, piece.end) - piece.start,
                    group.key,
                    self.text[span.start : span.end],
                    group.label,
                    group.decided,
                    group.kept,
                )
            )
        return found

    def result(self) -> dict[str, str]:
        """Every part as others will read it, with the decisions that were made.

        What is not decided yet is replaced by what is proposed, or by a gap: a preview never
        shows more than the author chose to show.
        """
        made: dict[str, str] = {}
        for piece in self.pieces:
            out: list[str] = []
            at = piece.start
            for span, group in self._placed():
                if not piece.start <= span.start < piece.end:
                    continue
                words, end = self._instead(span, group)
                out += (self.text[at : span.start], words)
                at = min(end, piece.end)
            out.append(self.text[at : piece.end])
            made[piece.name] = "".join(out)
        return made

    def _instead(self, span: Span, group: Group) -> tuple[str, int]:
        """What stands there instead, and where the text goes on."""
        if group.kept:
            return self.text[span.start : span.end], span.end
        proposed = self.proposals.get(span.start)
        # The point of an abbreviation goes with it, so the end is the proposal's own.
        words, end = (proposed.text, proposed.end) if proposed is not None else ("[…]", span.end)
        if group.typed:
            words, end = group.typed, span.end
        follows = _GENITIVE.match(self.text, end) if group.label is Label.PERSON else None
        # 'Fatima’s' becomes 'Noors'; where the name takes the same, that stays as it was written.
        if follows and is_name(words) and not genitive(words).endswith("'s"):
            return genitive(words), follows.end()
        return words, end

    def _placed(self) -> list[tuple[Span, Group]]:
        pairs = [(span, group) for group in self.groups for span in group.spans]
        return sorted(pairs, key=lambda pair: pair[0].start)


def joined(raw: Raw) -> tuple[str, list[Piece]]:
    """All parts in one text, the story first: it tells what a name in the title is."""
    pieces, text = [], ""
    for name in (n for n in ALL_PARTS if n in (*raw.body, "question", "title")):
        if text:
            text += BETWEEN
        pieces.append(Piece(name, len(text), len(text) + len(raw.part(name))))
        text += raw.part(name)
    return text, pieces


def look(raw: Raw, key: bytes, own_name: str = "") -> Look:
    """Find what identifies people, and match it with what the author decided.

    Args:
        key: the case's own: the same person has one pseudonym in one case, another in the next.
        own_name: of an author who tells their own story under it.
    """
    text, pieces = joined(raw)
    found = _within(find(text), pieces)
    author = set(found) - set(without_author(found, text, own_name))
    by_hand = [(s, folded(a.words)) for a in raw.added for s in places_of(a, text)]
    spans = _merged(found, _within([s for s, _ in by_hand], pieces))
    mac = hmac.new(key, b"cop.cases.pseudonyms", hashlib.sha256).digest()
    groups: dict[str, Group] = {}
    for span in spans:
        original = text[span.start : span.end]
        inside = {m for s, m in by_hand if span.start <= s.start and s.end <= span.end}
        mine = not inside and span in author
        name = _key(mac, "own" if mine else span.label, original)
        if name not in groups:
            stays = mine and folded(original) == folded(own_name)
            groups[name] = Group(name, span.label, original, "", stays, raw.decisions.get(name))
            groups[name].own = mine
        groups[name].spans.append(span)
        groups[name].marks.update(inside)
    people = [g for g in groups.values() if g.label is Label.PERSON and g.typed]
    kept = {span for g in groups.values() if g.own and g.kept for span in g.spans}
    proposals = {
        r.start: r
        for r in propose(
            text,
            [span for span in spans if span not in kept],
            key=mac,
            keep_origin=raw.keep_origin,
            chosen={s.start: g.typed for g in people for s in g.spans},
        )
        if r.text != r.original
    }
    for group in groups.values():
        proposal = proposals.get(group.spans[0].start)
        group.proposed = proposal.text if proposal is not None else ""
        if not group.own:
            group.vague = proposal is None and group.label in _CAN_BE_VAGUE and not group.added
    look_again(text, list(groups.values()))
    return Look(raw, text, pieces, list(groups.values()), proposals, language(text))


def look_again(text: str, groups: Sequence[Group]) -> None:
    """What the author wrote in the place of a finding is looked at as well."""
    typed = [(span, g.typed) for g in groups if g.typed for span in g.spans]
    people = [g for g in groups if g.label is Label.PERSON and not g.kept]
    replaced = {word for g in people for word in words_of(g.original)}
    names = {word for g in people for word in words_of(f"{g.typed} {g.proposed}")}
    found = points_still(text, typed, replaced, names - replaced) if typed else {}
    for g in groups:
        sure = g.decision is not None and g.decision.sure
        g.still = [] if sure else found.get((g.label, g.typed), [])


def folded(words: str) -> str:
    """How words are compared: without case, characters of no width, and forms of letters."""
    plain = _NOTHING.sub("", unicodedata.normalize("NFKC", words))
    return " ".join(plain.casefold().split())


def places_of(added: Added, text: str) -> list[Span]:
    """Everywhere that these words stand by themselves in the text, however they were pasted."""
    wanted = folded(added.words)
    if not wanted:
        return []
    letters, places = _letters(text)
    found, at = [], letters.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        inside = (at > 0 and letters[at - 1].isalnum() and wanted[0].isalnum()) or (
            end < len(letters) and letters[end].isalnum() and wanted[-1].isalnum()
        )
        if not inside:
            start, stop = places[at][0], places[end - 1][1]
            found.append(Span(start, stop, added.label, 1.0, Reason.AGAIN))
        at = letters.find(wanted, at + 1 if inside else end)
    return found


def _letters(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text as it is compared, and for each of its characters the stretch it came from."""
    out: list[str] = []
    places: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and (unicodedata.combining(text[end]) or _NOTHING.match(text[end])):
            end += 1
        plain = _NOTHING.sub("", unicodedata.normalize("NFKC", text[at:end])).casefold()
        for char in plain:
            if char.isspace():
                if out and out[-1] == " ":
                    places[-1] = (places[-1][0], end)
                    continue
                char = " "
            out.append(char)
            places.append((at, end))
        at = end
    return "".join(out), places


def _key(mac: bytes, kind: str, original: str) -> str:
    named = f"{kind}:{folded(original)}".encode()
    return hmac.new(mac, named, hashlib.sha256).hexdigest()[:16]


def _within(spans: Iterable[Span], pieces: Sequence[Piece]) -> list[Span]:
    """Spans that end where their part ends; nothing runs on into the next."""
    kept = []
    for span in spans:
        piece = next((p for p in pieces if p.start <= span.start < p.end), None)
        if piece is not None:
            end = min(span.end, piece.end)
            kept.append(Span(span.start, end, span.label, span.confidence, span.reason, span.cue))
    return kept


def _merged(found: Sequence[Span], by_hand: Sequence[Span]) -> list[Span]:
    """Both, without overlap: what was marked by hand wins, and takes in what it touches."""
    hand: list[Span] = []
    for span in sorted(by_hand):
        if hand and span.start < hand[-1].end:
            last = hand.pop()
            span = Span(last.start, max(last.end, span.end), last.label, 1.0, last.reason)
        hand.append(span)
    kept: list[Span] = []
    for span in found:
        over = next((h for h in hand if span.start < h.end and h.start < span.end), None)
        if over is None:
            kept.append(span)
            continue
        wider = Span(
            min(over.start, span.start), max(over.end, span.end), over.label, 1.0, over.reason
        )
        hand[hand.index(over)] = wider
    settled: list[Span] = []
    for span in sorted([*kept, *hand]):
        if settled and span.start < settled[-1].end:
            last = settled.pop()
            span = Span(last.start, max(last.end, span.end), last.label, 1.0, last.reason)
        settled.append(span)
    return settled
