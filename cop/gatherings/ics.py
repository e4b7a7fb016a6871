"""iCalendar: invitations by mail, the subscription feed, single files (RFC 5545, RFC 5546).

Whatever leaves here for a calendar says what kind of gathering it is, when and where, and the
address of its page: no title, no names, no address of a video meeting. Calendars are shared with
colleagues and family, and shown on locked telephones.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress, vText

from cop.gatherings import when, words
from cop.gatherings.models import Gathering
from cop.platform.i18n import gettext as _
from cop.platform.mail.composing import absolute

# RFC 5545 3.6.5, with the rules of the European Union since 1996 (directive 2000/84/EC). Written
# out once: what libraries make from the zone's history, other programmes read an hour wrong.
AMSTERDAM = Timezone.from_ical(
    b"""BEGIN:VTIMEZONE\r
TZID:Europe/Amsterdam\r
BEGIN:DAYLIGHT\r
DTSTART:19960331T020000\r
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
TZNAME:CEST\r
END:DAYLIGHT\r
BEGIN:STANDARD\r
DTSTART:19961027T030000\r
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
TZNAME:CET\r
END:STANDARD\r
END:VTIMEZONE\r
"""
)

REQUEST, CANCEL = "REQUEST", "CANCEL"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whose calendar a message is for: the only one who is listed in it.

    Attributes:
        address: their own e-mail address, without a name.
        organiser: the address that stands as ORGANIZER in messages to them.
        sequence: RFC 5545 3.8.7.4; higher with every message to them.
        asked: they have not said whether they come; an answer of their calendar counts.
        sure: to them it is certain, since their own yes makes it so.
    """

    address: str
    organiser: str
    sequence: int
    asked: bool = False
    sure: bool = False


def message(
    gathering: Gathering,
    method: str,
    to: Recipient,
    site: str,
    now: datetime,
    guest: bool = False,
) -> str:
    """An invitation, an update (a REQUEST with a higher sequence) or a cancellation, for one.

    Args:
        guest: for somebody without an account: no address of a page stands in it, because
            theirs lets in whoever has it, and calendars are shared.
    """
    event = _event(gathering, now, guest)
    event["SEQUENCE"] = to.sequence
    sure = "TENTATIVE" if gathering.provisional and not to.sure else "CONFIRMED"
    event["STATUS"] = vText("CANCELLED" if method == CANCEL else sure)
    organiser = vCalAddress(f"mailto:{to.organiser}")
    organiser.params["CN"] = vText(site)
    event["ORGANIZER"] = organiser
    attendee = vCalAddress(f"mailto:{to.address}")
    # Who said on the page that they come need not be asked by a programme; an answer counts.
    says = "NEEDS-ACTION" if to.asked else "ACCEPTED"
    attendee.params.update(
        {
            "CUTYPE": vText("INDIVIDUAL"),
            "ROLE": vText("REQ-PARTICIPANT"),
            "PARTSTAT": vText("DECLINED" if method == CANCEL else says),
            "RSVP": vText("TRUE" if to.asked and method == REQUEST else "FALSE"),
        }
    )
    event.add("ATTENDEE", attendee)
    return _written(_calendar([event], method))


def file(gathering: Gathering, now: datetime, guest: bool = False) -> str:
    """A single file, for whoever opens it in a calendar.

    Args:
        guest: for somebody without an account: no address of a page stands in it, because
            theirs lets in whoever has it, and calendars are shared.
    """
    event = _event(gathering, now, guest)
    sure = "TENTATIVE" if gathering.provisional else "CONFIRMED"
    event["STATUS"] = vText("CANCELLED" if gathering.cancelled_at else sure)
    return _written(_calendar([event]))


def feed(
    gatherings: Iterable[Gathering], alarms: Iterable[timedelta], site: str, now: datetime
) -> str:
    """A calendar to subscribe to.

    Args:
        alarms: how long before each the calendar warns.
    """
    before = list(alarms)
    events = []
    for gathering in gatherings:
        event = _event(gathering, now)
        event["STATUS"] = vText("TENTATIVE" if gathering.provisional else "CONFIRMED")
        for time in before:
            alarm = Alarm()
            alarm.add("ACTION", "DISPLAY")
            alarm.add("DESCRIPTION", words.kind(gathering))
            alarm.add("TRIGGER", -time)
            event.add_component(alarm)
        events.append(event)
    calendar = _calendar(events)
    calendar["X-WR-CALNAME"] = calendar["NAME"] = vText(site)
    calendar.add("REFRESH-INTERVAL", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    calendar["X-PUBLISHED-TTL"] = vText("PT6H")
    return _written(calendar)


def _event(gathering: Gathering, now: datetime, guest: bool = False) -> Event:
    event = Event()
    event["UID"] = vText(gathering.uid)
    event.add("DTSTAMP", now)
    event.add("DTSTART", _on_the_clock(gathering.starts_at))
    event.add("DTEND", _on_the_clock(gathering.ends_at))
    event.add("SUMMARY", words.kind(gathering))
    event.add("LOCATION", words.where(gathering.setting, gathering.place))
    if guest:
        event.add("DESCRIPTION", _("Everything about it is behind the link in your mail."))
    else:
        url = absolute(f"/agenda/{gathering.id}")
        event.add("DESCRIPTION", _("Everything about it: %(url)s", url=url))
        event.add("URL", url)
    event.add("CLASS", "PRIVATE")
    event.add("TRANSP", "OPAQUE")
    return event


def _on_the_clock(at: datetime) -> datetime:
    """On the Dutch clock; in UTC where that would not say which of two hours is meant.

    Of an hour that comes twice RFC 5545 3.3.5 means the first, and half of the programmes do.
    """
    there = when.local(at)
    twice = there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()
    return at.astimezone(UTC) if twice else there


def _calendar(events: Iterable[Event], method: str | None = None) -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//cop//gatherings//NL")
    calendar.add("CALSCALE", "GREGORIAN")
    if method is not None:
        calendar.add("METHOD", method)
    calendar.add_component(AMSTERDAM)
    for event in events:
        calendar.add_component(event)
    return calendar


def _written(calendar: Calendar) -> str:
    written: bytes = calendar.to_ical()
    return written.decode()
