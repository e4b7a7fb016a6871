"""Asking the author: what the checks found is shown, and whoever writes decides.

An operation calls `ask_author` before it stores words for others. The page catches `AuthorAsked`
as it does every refusal, shows the form again with `concerns` of `_parts/textcheck.html`, and its
second button sends the same form with `anyway`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.textcheck.checks import Known, Purpose, check, nobody

MOST_SHOWN = 6
OWN_NAME = "own-name"  # the author's own, where they have a pseudonym
# Without a passage to show; `_parts/textcheck.html` has a sentence for each.
WITHOUT_PASSAGE = {"made-by", "named", OWN_NAME}
_MINOR = {"place", "org", "date"}  # alone no concern: they make others weigh more
AROUND = 30  # characters shown on either side of a place


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that a check speaks up about, with the words around it."""

    before: str
    passage: str
    after: str
    reason: str


class AuthorAsked(Refused):
    """The text may say more than its author means it to.

    Attributes:
        findings: in order of place; shown to nobody but the author, and not kept.
    """

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(_("Read your text once more before others see it."))
        self.findings = findings

    @property
    def shown(self) -> list[Finding]:
        """What the page names: those that tell most, in order of place, and all without one."""
        telling = [f for f in self.of_text if f.reason not in _MINOR] or self.of_text
        return telling[:MOST_SHOWN] + [f for f in self.findings if f.reason in WITHOUT_PASSAGE]

    @property
    def of_text(self) -> list[Finding]:
        """What was found at a place in what the author wrote."""
        return [f for f in self.findings if f.reason not in WITHOUT_PASSAGE]

    @property
    def more(self) -> int:
        """How many places it leaves unnamed."""
        return len(self.findings) - len(self.shown)


def ask_author(
    texts: Iterable[str],
    purpose: Purpose,
    anyway: bool,
    more: Iterable[Finding] = (),
    known: Known = nobody,
) -> None:
    """Let every check see the texts, as one: a title says what its text is about.

    Args:
        anyway: the author has seen what was found and shares the text as it is.
        more: what the author is asked besides, about files that go with the texts.
        known: names of members that are no concern here.

    Raises:
        AuthorAsked: a check speaks up, and the author has not decided yet.
    """
    if anyway:
        return
    text = "\n\n".join(filter(None, texts))
    found = [
        Finding(
            text[max(0, c.start - AROUND) : c.start],
            text[c.start : c.end],
            text[c.end : c.end + AROUND],
            c.reason,
        )
        for c in check(text, purpose, known)
    ]
    found += more
    if found:
        raise AuthorAsked(found)
