"""Asking the author: what the checks found is shown, and whoever writes decides.

An operation calls `ask_author` before it stores words for others. The page catches `AuthorAsked`
as it does every refusal, shows the form again with `concerns` of `_parts/textcheck.html`, and its
second button sends the same form with `anyway`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.textcheck.checks import Purpose, check

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


def ask_author(
    texts: Iterable[str], purpose: Purpose, anyway: bool, more: Iterable[Finding] = ()
) -> None:
    """Let every check see the texts.

    Args:
        more: what the author is asked besides, about files that go with the texts.
        anyway: the author has seen what was found and shares the text as it is.

    Raises:
        AuthorAsked: a check speaks up, and the author has not decided yet.
    """
    found = [
        Finding(
            text[max(0, c.start - AROUND) : c.start],
            text[c.start : c.end],
            text[c.end : c.end + AROUND],
            c.reason,
        )
        for text in texts
        for c in check(text, purpose)
    ]
    found += more
    if found and not anyway:
        raise AuthorAsked(found)
