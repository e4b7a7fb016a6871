"""A mail to its new text and the rest: which of its bodies tells it best."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cop.platform.mail.reading.parts import Walk, Words, split
from cop.platform.mail.reply_text.deciding import Decided, decide
from cop.platform.mail.reply_text.html_lines import of_html
from cop.platform.mail.reply_text.lines import of_plain
from cop.platform.mail.reply_text.other_marks import see

LONGEST = 400_000  # characters that are looked at; the rest counts as cut


@dataclass(frozen=True, slots=True)
class Reply:
    """
    Attributes:
        new: what the writer wrote, as plain text; '' when that is nothing.
        cut: everything else that the same body said.
    """

    new: str
    cut: str


def read(raw: bytes) -> Reply:
    """The new words of a whole mail, headers included. Never fails on a strange one."""
    try:
        _headers, mail = split(raw)
        found = Walk().part(mail, 0)
    except RecursionError:  # parts within parts within parts, made to hurt
        return Reply("", "")
    return of_words(found)


def of_words(found: Sequence[Words]) -> Reply:
    """The same of parts that were taken out of the mail before."""
    said = [words for words in found if words.plain.strip() or words.html.strip()]
    if not said:
        return Reply("", "")
    plain = "\n\n".join(words.plain.strip("\n") for words in said if words.plain.strip())
    html = "\n".join(words.html for words in said if words.html.strip())
    if len(said) > 1 and not all(w.html.strip() for w in said):
        # Text in several places, each in one way only: as plain text they are in one order.
        plain, html = "\n\n".join(words.text.strip("\n") for words in said), ""
    decided, over = _best(plain, html)
    cut = "\n".join(part for part in (decided.text(False), over) if part.strip())
    return Reply(decided.text(True), cut)


def _best(plain: str, html: str) -> tuple[Decided, str]:
    if not plain.strip():
        return decide(of_html(html)), ""
    text, over = plain[:LONGEST], plain[LONGEST:]
    by_plain = decide(see(of_plain(text)))
    if not html.strip():
        return by_plain, over
    by_html = decide(of_html(html))
    return (by_html, "") if _html_tells_better(by_plain, by_html) else (by_plain, over)


def _html_tells_better(by_plain: Decided, by_html: Decided) -> bool:
    """The plain text is what its writer meant to be read so, unless it hides what is quoted."""
    plain, html = _words(by_plain.text(True)), _words(by_html.text(True))
    if plain == html:
        return False
    everything = _words("\n".join(line.text for line in by_html.lines))
    if not by_plain.quotes and len(everything) > 3 * max(1, len(plain)):
        return True  # 'your program does not show HTML'
    if not by_html.quotes:
        return False
    if not plain:
        return bool(html)
    # Quoted words without marks were taken for new ones.
    return len(html) < len(plain) and _within(html, plain)


def _within(few: list[str], many: list[str]) -> bool:
    """Every word of the one comes in the other, in the same order."""
    rest = iter(many)
    return all(word in rest for word in few)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"<[^<>\s]+>|\[[^\]\n]{1,80}\]", " ", text).casefold())
