"""Other people's calendar readers: what they make of our files."""

from datetime import UTC, datetime

import vobject
from icalendar import Calendar


def icalendar_instants(text: str) -> list[datetime]:
    """When the events begin, as icalendar reads them."""
    events = Calendar.from_ical(text).walk("VEVENT")
    return sorted(e["DTSTART"].dt.astimezone(UTC) for e in events)


def vobject_instants(text: str) -> list[datetime]:
    """The same as vobject does, which takes the zone from the file's own VTIMEZONE."""
    calendar = vobject.readOne(text)
    assert calendar.behavior.validate(calendar)
    return sorted(e.dtstart.value.astimezone(UTC) for e in calendar.vevent_list)
