"""When a digest comes: a member's own hour, by the clock on their wall.

On the night that summer time begins the hour may not exist: the digest comes at the first moment
after. On the night that it ends the hour comes twice: the digest comes at the first. There is one
a day in either case, and none is skipped.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def moment_of(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The first moment of a local day at or after a full hour, in UTC."""
    local = datetime.combine(day, time(hour), zone)  # fold 0: of two such hours the first
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    # The hour does not exist: the clocks jumped over it. PEP 495 reads it with the offset from
    # before the jump, which is as much too late as the jump is long; look for the jump itself.
    early, late = moment - timedelta(hours=25), moment
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).replace(tzinfo=None) >= local.replace(tzinfo=None):
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)


def next_moment(after: datetime, hour: int, zone: ZoneInfo) -> datetime:
    """The first of the daily moments that lies after a moment."""
    day = after.astimezone(zone).date() - timedelta(days=1)
    while (found := moment_of(day, hour, zone)) <= after:
        day += timedelta(days=1)
    return found
