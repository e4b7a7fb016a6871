"""The timer of a step: three facts in the database, and what is left at a moment on the server.

No device's clock has a say: whoever shows the timer is told what was left at the server's moment
of the answer. While it is paused nothing runs; going on moves the beginning forward by the pause.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Timer:
    """
    Attributes:
        minutes: of the step, by its method.
        started_at: when it began, moved forward by every pause since; None before the start.
        paused_at: since when it stands still; None while it runs.
        added: seconds that were given or taken, all together.
    """

    minutes: int
    started_at: datetime | None
    paused_at: datetime | None
    added: int = 0

    def left(self, now: datetime) -> float:
        """Seconds that are left; below zero when the step takes longer."""
        whole = self.minutes * 60 + self.added
        if self.started_at is None:
            return whole
        return whole - ((self.paused_at or now) - self.started_at).total_seconds()

    @property
    def runs(self) -> bool:
        return self.started_at is not None and self.paused_at is None

    def paused(self, now: datetime) -> "Timer":
        return replace(self, paused_at=now) if self.runs else self

    def resumed(self, now: datetime) -> "Timer":
        if self.started_at is None or self.paused_at is None:
            return self
        return replace(self, started_at=self.started_at + (now - self.paused_at), paused_at=None)

    def given(self, more: timedelta) -> "Timer":
        """With time added, or taken away."""
        return replace(self, added=self.added + int(more.total_seconds()))


def shown(seconds: float) -> str:
    """'4:05', '-0:30'; what is left is rounded up, so that it says 0:00 when it is over."""
    whole = -int(-seconds // 1) if seconds > 0 else int(seconds)
    sign, whole = ("-" if whole < 0 else ""), abs(whole)
    return f"{sign}{whole // 60}:{whole % 60:02d}"
