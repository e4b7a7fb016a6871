"""The hook through which every text passes before others see it.

Every operation that stores words for others calls `check` with the text and where it is going;
whoever is writing then decides. Checks are registered by the capabilities that have one; a text
that no check speaks up about passes silently.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


class Purpose(StrEnum):
    """Where a text is going."""

    POST = "post"
    LOGBOOK = "logbook"
    PROFILE = "profile"
    SPACE = "space"
    OUTCOME = "outcome"
    CASE = "case"  # what is said below a case
    GATHERING = "gathering"
    SESSION = "session"  # in a session, for those who take part in it
    PRACTICE = "practice"
    IMPORT = "import"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Concern:
    """A place in a text about which the author is asked.

    Attributes:
        start, end: characters, half open.
        reason: a code that the page has words for.
    """

    start: int
    end: int
    reason: str


# Names of members that a text may well hold: who writes, who wrote before. Called only by a check
# that would speak up without them.
Known: TypeAlias = Callable[[], Collection[str]]
Check: TypeAlias = Callable[[str, Purpose, Known], list[Concern]]


def nobody() -> Collection[str]:
    """No names are known."""
    return ()


@dataclass
class _Checks:
    registered: list[Check] = field(default_factory=list)


_checks = _Checks()


def register(check: Check) -> Check:
    """Add a check; it must not raise on any text, and must not keep it."""
    if check not in _checks.registered:
        _checks.registered.append(check)
    return check


def check(text: str, purpose: Purpose, known: Known = nobody) -> list[Concern]:
    """What every registered check says about the text, in order of place."""
    found = {c for each in _checks.registered for c in each(text, purpose, known)}
    return sorted(found, key=lambda c: (c.start, c.end))
