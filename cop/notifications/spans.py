"""Between which moments a digest tells of something, also when its reader chose anew meanwhile.

What counted when it was written decides how a thing is told: what was wanted in a digest until
noon is in the next digest, though every message has come by itself since. So nothing is skipped.
Whoever changes from digests to single messages and back between two digests has one long span: what
came by itself in the meantime is for the gatherer to leave out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from cop.notifications.models import DIGESTS, MailPreference, Rhythm

# What was written a moment ago may not be stored yet: its transaction is still open. The next
# digest tells of it, so that nothing falls between two.
SETTLED = timedelta(minutes=2)
INSTANT = timedelta(microseconds=1)

# Tells what came after the first moment, up to the second and with it.
Span: TypeAlias = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Wish:
    """In which rhythm something is wanted.

    Attributes:
        before: in which until `changed_at`; from that moment on the new one counts.
        told_until: up to when mails had told of it then.
    """

    rhythm: Rhythm
    before: Rhythm
    changed_at: datetime
    told_until: datetime


class Chosen(Protocol):
    """A row that holds a wish."""

    rhythm: str
    before: str
    changed_at: datetime
    told_until: datetime


def wish_of(row: Chosen) -> Wish:
    return Wish(Rhythm(row.rhythm), Rhythm(row.before), row.changed_at, row.told_until)


def general(row: MailPreference) -> Wish:
    """What is wanted of lists that one takes part in and chose nothing for."""
    return Wish(
        Rhythm(row.joined),
        Rhythm(row.joined_before),
        row.joined_changed_at,
        row.joined_told_until,
    )


def span(
    wish: Wish, daily_from: datetime | None, weekly_from: datetime | None, until: datetime
) -> Span | None:
    """What a digest tells of what is wanted so; None: nothing.

    Args:
        daily_from, weekly_from: up to when the digest before told; None: it is not of this rhythm.
        until: up to when this one tells.
    """
    begins = {Rhythm.DAILY: daily_from, Rhythm.WEEKLY: weekly_from}.get(wish.rhythm)
    if begins is not None:
        return (wish.told_until if _since(wish, begins) else max(begins, wish.told_until), until)
    if wish.rhythm == Rhythm.EACH and daily_from is not None and _leaves_over(wish, daily_from):
        return (wish.told_until, wish.changed_at - INSTANT)
    return None


def written(of: Span | None) -> list[str] | None:
    """A span as a delivery keeps it."""
    return [moment.isoformat() for moment in of] if of is not None else None


def read(kept: list[str] | None) -> Span | None:
    """What `written` made of it."""
    if kept is None:
        return None
    begins, ends = map(datetime.fromisoformat, kept)
    return begins, ends


def told_until(wish: Wish, wants: MailPreference, now: datetime) -> datetime:
    """Up to when mails have told of what was wanted in this way until now."""
    marks = {Rhythm.DAILY: wants.daily_until, Rhythm.WEEKLY: wants.weekly_until}
    told = marks.get(wish.rhythm)
    if told is not None:
        return wish.told_until if _since(wish, told) else max(told, wish.told_until)
    if wish.rhythm == Rhythm.EACH:
        return wish.told_until if _leaves_over(wish, wants.daily_until) else now - INSTANT
    return now - SETTLED


def _since(wish: Wish, told: datetime) -> bool:
    """It was changed after the digest that told up to this moment was planned."""
    return wish.changed_at >= told + SETTLED


def _leaves_over(wish: Wish, told: datetime) -> bool:
    """What a digest would have told when single messages were chosen, and none has told since."""
    return wish.before in DIGESTS and _since(wish, told)
