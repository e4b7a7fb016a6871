"""How near a person is in what is left of a text: the library's estimate, for the pages."""

from typing import Any

from cop.cases.protecting import Look


def left_in(_seen: Look) -> Any:
    return None
