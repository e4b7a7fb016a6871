"""The quiet check for ordinary posts."""

from __future__ import annotations

from collections.abc import Collection

from .finder import find
from .spans import Span


def quick_check(text: str, known: Collection[str] = ()) -> list[Span]:
    """Placeholder."""
    return find(text)
