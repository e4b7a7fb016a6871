"""Days and times of gatherings.

People meet in the Netherlands: a form's day and time are on the clock there, whatever the zone of
whoever fills it in, so that the form gives nobody's zone away. Pages and mails show a moment on
the reader's clock, and the Dutch time beside it where the two differ.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cop.platform import i18n
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _

ZONE_NAME = i18n.DEFAULT_ZONE
ZONE = ZoneInfo(ZONE_NAME)


def moment(day: date, at: time, field: str | None = None) -> datetime:
    """The moment (UTC) at which Dutch clocks show this; of an hour that comes twice, the first.

    Raises:
        Refused: the clocks skip it, in the night in which summer time begins.
    """
    local = datetime.combine(day, at, tzinfo=ZONE)
    found = local.astimezone(UTC)
    if found.astimezone(ZONE).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Refused(_("This time does not exist: the clocks go forward in that night."), field)
    return found


def noon(day: date) -> datetime:
    """Noon of a day in the Netherlands: a moment that stands for the day."""
    return datetime.combine(day, time(12), tzinfo=ZONE).astimezone(UTC)


def local(at: datetime) -> datetime:
    """The moment on a Dutch clock."""
    return at.astimezone(ZONE)


def days_before(at: datetime, days: int) -> datetime:
    """The same time on the clock so many days earlier, whichever way the clocks went between."""
    there = local(at)
    return datetime.combine(
        there.date() - timedelta(days=days), there.time(), tzinfo=ZONE
    ).astimezone(UTC)


def spoken_day(at: datetime) -> str:
    """'donderdag 3 december 2026', in the reader's language and zone."""
    there = at.astimezone(i18n.zone())
    return f"{i18n.WEEKDAYS[i18n.language()][there.weekday()]} {i18n.format_date(at)}"


def spoken(start: datetime, end: datetime) -> str:
    """'donderdag 3 december 2026, 14.00–16.00'; with the Dutch time where clocks differ."""
    words = f"{spoken_day(start)}, {_hours(start, end)}"
    if start.astimezone(i18n.zone()).utcoffset() == local(start).utcoffset():
        return words
    with_zone = f"{words} ({i18n.zone().key.rpartition('/')[2].replace('_', ' ')})"
    with i18n.speaking(i18n.language(), ZONE_NAME):
        there = f"{spoken_day(start)}, {_hours(start, end)}"
    return _("%(here)s; in the Netherlands %(there)s", here=with_zone, there=there)


def _hours(start: datetime, end: datetime) -> str:
    zone = i18n.zone()
    if start.astimezone(zone).date() == end.astimezone(zone).date():
        return f"{i18n.format_time(start)}\u2013{i18n.format_time(end)}"
    return f"{i18n.format_time(start)} \u2013 {spoken_day(end)}, {i18n.format_time(end)}"
