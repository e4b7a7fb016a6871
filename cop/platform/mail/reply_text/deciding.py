"""Which lines of a mail are its writer's new words."""

from collections.abc import Sequence
from dataclasses import dataclass

from cop.platform.mail.reply_text import lead, signature
from cop.platform.mail.reply_text.lines import Line, Mark, visible

LONG_LINE = 55  # characters; a quoted line of that length may have been broken by a program
SHORT_TAIL = 45


@dataclass(slots=True)
class Decided:
    """
    Attributes:
        lines: all of the mail's, in order.
        new: whether each is new.
        quotes: the mail quotes something.
    """

    lines: list[Line]
    new: list[bool]
    quotes: bool

    def text(self, new: bool) -> str:
        """The new lines, or the others; where some were left out in between, one empty line."""
        out: list[str] = []
        before = True
        for line, is_new in zip(self.lines, self.new, strict=True):
            if is_new == new:
                blank = not line.text.strip() and not line.depth
                if blank and not before and (not out or not out[-1].strip(" >")):
                    continue  # an empty line on both sides of what was left out
                out.append(line.written())
            elif out and before and out[-1].strip(" >"):
                out.append("")
            before = is_new == new
        return "\n".join(out).strip()


@dataclass(slots=True)
class _Block:
    """Consecutive lines, quoted or the writer's own; half open."""

    quoted: bool
    start: int
    end: int


def decide(lines: list[Line]) -> Decided:
    """Tell new lines from others."""
    new = [True] * len(lines)
    _mend(lines)
    end = _earlier_mail(lines)
    for n in range(end, len(lines)):
        new[n] = False
    blocks = _blocks(lines[:end])
    for block in blocks:
        if block.quoted:
            _cut_leads(lines, new, block)
    for n in range(end):
        if lines[n].mark == Mark.LEAD:
            new[n] = False
    if end < len(lines) or not blocks or not blocks[-1].quoted:
        _cut_trailing_lead(lines, new, end)
    for block in blocks:
        if not block.quoted:
            _cut_signature(lines, new, block)
    _cut_quotes(lines, new, blocks)
    quotes = end < len(lines) or any(block.quoted for block in blocks)
    return Decided(lines, new, quotes)


def _mend(lines: list[Line]) -> None:
    """A quoted line that was broken on its way lost its mark: its tail is quoted as well."""
    for n in range(1, len(lines) - 1):
        above, line, below = lines[n - 1], lines[n], lines[n + 1]
        text = visible(line.text)
        if (
            not line.depth
            and above.depth
            and below.depth == above.depth
            and 0 < len(text) <= SHORT_TAIL
            and len(above.text) >= LONG_LINE
            and text[:1].islower()
            and not visible(above.text).endswith((".", "?", "!", ":", ";"))
        ):
            line.depth = above.depth


def _earlier_mail(lines: Sequence[Line]) -> int:
    """Where an earlier mail begins that has no marks and goes on to the end; past it if nowhere."""
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.mark == Mark.REST:
            return _rule_above(lines, at)
        if line.depth and lead.of_groupwise(lines, at):
            return at
        if line.depth or line.blank:
            at += 1
            continue
        if lead.head_at(lines, at):
            return _rule_above(lines, at)
        count = lead.lead_at(lines, at)
        if count:
            below = at + count
            while below < len(lines) and lines[below].blank:
                below += 1
            if below == len(lines) or not (lines[below].depth or lines[below].mark == Mark.LEAD):
                return at
            at = below
            continue
        at += 1
    return len(lines)


def _rule_above(lines: Sequence[Line], at: int) -> int:
    """With the line that some programs draw above it."""
    above = at
    while above and lines[above - 1].blank:
        above -= 1
    drawn = visible(lines[above - 1].text) if above else ""
    if above and not lines[above - 1].depth and len(drawn) >= 5 and not drawn.strip("-_–—"):
        return above - 1
    return at


def _blocks(lines: Sequence[Line]) -> list[_Block]:
    """Stretches of quoted and of own lines; empty lines belong to what is before them."""
    blocks: list[_Block] = []
    for n, line in enumerate(lines):
        quoted = bool(line.depth)
        if blocks and (blocks[-1].quoted == quoted or line.blank):
            blocks[-1].end = n + 1
        else:
            blocks.append(_Block(quoted, n, n + 1))
    for block in blocks:
        if block.quoted:
            _spare_comparison(lines, block)
    return _merged(blocks)


def _spare_comparison(lines: Sequence[Line], block: _Block) -> None:
    """'> 50% van de cliënten': one line of the writer's own that begins with 'more than'."""
    said = [line for line in lines[block.start : block.end] if not line.blank]
    if len(said) != 1 or said[0].depth != 1 or not said[0].text[:1].isdigit():
        return
    if len(said[0].text) <= 100 and lead.lead_before(lines, block.start) == block.start:
        said[0].text, said[0].depth = said[0].written(), 0
        block.quoted = False


def _merged(blocks: list[_Block]) -> list[_Block]:
    out: list[_Block] = []
    for block in blocks:
        if out and out[-1].quoted == block.quoted:
            out[-1].end = block.end
        else:
            out.append(block)
    return out


def _cut_leads(lines: Sequence[Line], new: list[bool], block: _Block) -> None:
    """The line that says who is quoted, above the quotation or as its first line."""
    start = lead.lead_before(lines, block.start)
    for n in range(start, block.start):
        new[n] = False
    first = next((n for n in range(block.start, block.end) if not lines[n].blank), block.end)
    if first >= block.end:
        return
    at = first
    while at < block.end:
        count = lead.lead_at(lines, at) or lead.head_at(lines, at)
        if not count:
            break
        at += count
        while at < block.end and lines[at].blank:
            at += 1
    for n in range(first, min(at, block.end)):
        new[n] = False


def _cut_trailing_lead(lines: Sequence[Line], new: list[bool], end: int) -> None:
    """'Op 3 mei schreef Jan:' at the very end, when what it quoted was taken away."""
    last = end
    while last and (lines[last - 1].blank or not new[last - 1]):
        last -= 1
    for start in range(last - 1, max(-1, last - 1 - lead.MOST_LINES), -1):
        if lines[start].depth or lines[start].blank:
            break
        if lead.says_when_and_who(lead.joined(lines[start:last])):
            for n in range(start, last):
                new[n] = False
            break


def _cut_signature(lines: Sequence[Line], new: list[bool], block: _Block) -> None:
    own = [n for n in range(block.start, block.end) if new[n]]
    found = signature.begins([lines[n] for n in own])
    if found:
        for n in own[found[0] : found[1]]:
            new[n] = False


def _cut_quotes(lines: Sequence[Line], new: list[bool], blocks: Sequence[_Block]) -> None:
    """Quotations go, but for those that are answered one by one; of these goes what stands under
    the mails that are quoted."""

    def says_something(block: _Block) -> bool:
        return not block.quoted and any(
            new[n] and not lines[n].blank for n in range(block.start, block.end)
        )

    quoted = [n for n, block in enumerate(blocks) if block.quoted]
    answered = [n for n in quoted if n + 1 < len(blocks) and says_something(blocks[n + 1])]
    interleaved = bool(answered) and len(quoted) > 1
    for n in quoted:
        whole = not (interleaved and n in answered)
        signed = 0  # how deep what stands under a quoted '-- ' is quoted
        for at in range(blocks[n].start, blocks[n].end):
            line = lines[at]
            if line.depth < signed and not line.blank:
                signed = 0
            if line.depth and visible(line.text) == "--":
                signed = line.depth
            if whole or signed:
                new[at] = False
