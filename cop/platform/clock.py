"""The one place that asks what time it is."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment in UTC, aware."""
    return datetime.now(UTC)
