"""Two who change the same text: the later one sees what the earlier one wrote, and decides.

A form takes along which version it was opened with; the operation that stores it locks the row,
compares, and raises `Stale` when another one stands there. Rows that count their versions compare
the number; of others `version_of` stands for what they say.
"""

import hashlib
import json
from typing import Any

from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _


class Stale(Refused):
    """Somebody else changed it meanwhile.

    Attributes:
        current: what it says now.
        version: to be sent along when the author has seen that and sends again.
    """

    def __init__(self, current: Any, version: Any) -> None:
        super().__init__(_("Somebody else changed this while you were writing."))
        self.current = current
        self.version = version


class ChangedElsewhere(Stale):
    """Another window of the author wrote meanwhile."""

    def __init__(self, current: Any, version: Any) -> None:
        super().__init__(current, version)
        self.message = _("You changed this in another window meanwhile.")


def version_of(values: dict[str, Any]) -> str:
    """A mark that is another one as soon as one of these says something else."""
    said = json.dumps(values, sort_keys=True)
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


def refuse_stale(values: dict[str, Any], version: str | None) -> None:
    """
    Args:
        values: what stands there now, its row locked.
        version: what the author started from; None for whoever started from nothing.

    Raises:
        Stale: it says something else now; its `current` are the values.
    """
    stands = version_of(values)
    if version is not None and version != stands:
        raise Stale(values, stands)
