"""Three readers that we do not write with agree with us on every moment, 2026 to 2030."""

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from cop.gatherings import ics
from cop.gatherings.models import Attendance, Coming, Gathering, GatheringKind, Setting
from cop.platform.db import unit_of_work
from cop.platform.mail.addresses import addresses
from cop.platform.mail.calendar_answers import CalendarAnswer
from cop.platform.worker import run_due
from tests.gatherings import readers
from tests.gatherings.test_replies import SHAPES as KNOWN

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
TO = ics.Recipient("ana@example.org", "agenda-x@example.org", 3)

# As Thunderbird writes it.
THUNDERBIRD = """BEGIN:VCALENDAR
PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
VERSION:2.0
METHOD:REPLY
BEGIN:VEVENT
CREATED:20270201T120500Z
LAST-MODIFIED:20270201T120500Z
DTSTAMP:20270201T120500Z
UID:{uid}
SUMMARY:Intervisie
ORGANIZER;CN=Leergemeenschap:mailto:{organiser}
ATTENDEE;CN={address};PARTSTAT={answer};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTIC
 IPANT:mailto:{address}
DTSTART;TZID=Europe/Amsterdam:20270310T140000
DTEND;TZID=Europe/Amsterdam:20270310T160000
SEQUENCE:{sequence}
X-MOZ-INVITED-ATTENDEE:mailto:{address}
END:VEVENT
END:VCALENDAR
"""
SHAPES = KNOWN | {"Thunderbird": THUNDERBIRD}


def changes():
    """The nights in which the clocks change, as moments (01:00 UTC on the last Sunday)."""
    for year in range(2026, 2031):
        for month in (3, 10):
            last = date(year, month, 31)
            day = last - timedelta(days=(last.weekday() + 1) % 7)
            yield datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def gatherings():
    """Around each change by the hour and by the day; over it, and of several days."""
    moments = [
        change + timedelta(hours=hours, minutes=30)
        for change in changes()
        for hours in (-170, -49, -25, -3, -2, -1, 0, 1, 2, 14, 23, 167)
    ]
    made = [Event(moment, timedelta(minutes=90)) for moment in moments]
    made += [Event(change - timedelta(hours=2), timedelta(hours=4)) for change in changes()]
    made += [Event(change - timedelta(hours=30), timedelta(days=3)) for change in changes()]
    return [event.made(number) for number, event in enumerate(made)]


class Event:
    def __init__(self, starts_at, length):
        self.starts_at, self.ends_at = starts_at, starts_at + length

    def made(self, number):
        return Gathering(
            id=number + 1,
            uid=f"gathering-{number}@example.org",
            kind=list(GatheringKind)[number % len(GatheringKind)],
            setting=list(Setting)[number % 3],
            place="Buurthuis De Linde; zaal 2, achterin",
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            provisional=False,
            cancelled_at=None,
        )


# Nothing of this is in a database: once is enough.
@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize("reader", readers.READERS)
def test_every_moment_is_read_as_it_was_written(app, tmp_path, reader):
    made = gatherings()
    wanted = {g.uid: (g.starts_at, g.ends_at) for g in made}
    alarms = [timedelta(days=7), timedelta(days=1)]
    texts, expected = [ics.feed(made, alarms, "Leergemeenschap", NOW)], [wanted]
    for gathering in made[:: len(made) // 3]:
        texts.append(ics.file(gathering, NOW))
        for method in (ics.REQUEST, ics.CANCEL):
            texts.append(ics.message(gathering, method, TO, "Leergemeenschap", NOW))
        expected += [{gathering.uid: wanted[gathering.uid]}] * 3
    assert readers.READERS[reader](texts, tmp_path) == expected


def event_of(mail):
    calendar = Calendar.from_ical(mail.calendar)
    (event,) = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


def test_a_group_asks_by_calendar_and_each_programs_answer_counts(
    make, browser, mails, set_clock, tmp_path
):
    """NEEDS-ACTION, then an update and a cancellation, each with a higher number than before."""
    set_clock(datetime(2027, 2, 1, 12, 0, tzinfo=UTC))
    organiser = make.member("Olga Organiseert")
    people = {program: make.member(f"Lid {program}") for program in SHAPES}
    group = make.group(organiser, *people.values(), name="Geheime kring")
    gathering = make.group_date(group, organiser, datetime(2027, 3, 10, 13, 0, tzinfo=UTC))
    run_due()
    replies = {}
    for program, member in people.items():
        (mail,) = mails(member)
        method, event = event_of(mail)
        attendee = event["ATTENDEE"]
        assert (method, int(event["SEQUENCE"]), str(event["SUMMARY"])) == (
            "REQUEST",
            0,
            "Intervisie",
        )
        assert (attendee.params["PARTSTAT"], attendee.params["RSVP"]) == ("NEEDS-ACTION", "TRUE")
        assert attendee == f"mailto:{member.email}"
        for part in (mail.subject, mail.text, mail.html, mail.calendar):
            assert "Geheime" not in part
            assert "Olga" not in part
        replies[program] = {
            "organiser": str(event["ORGANIZER"]).removeprefix("mailto:"),
            "uid": str(event["UID"]),
            "address": member.email,
            "sequence": 0,
        }
        assert addresses().read(replies[program]["organiser"]).gathering_id == gathering.id

    def coming():
        with unit_of_work() as session:
            return {
                program: session.scalar(
                    select(Attendance.coming).where(Attendance.member_id == member.id)
                )
                for program, member in people.items()
            }

    def reply(said):
        from cop.gatherings import replies as taking

        for program, member in people.items():
            text = SHAPES[program].format(**replies[program], answer=said)
            with unit_of_work() as session:
                assert taking.take(
                    session,
                    CalendarAnswer(text.encode(), member.id, member.email, ""),
                    datetime.now(UTC),
                )

    assert coming() == dict.fromkeys(people, Coming.ASKED)
    reply("TENTATIVE")
    assert coming() == dict.fromkeys(people, Coming.ASKED)
    reply("ACCEPTED")
    assert coming() == dict.fromkeys(people, Coming.GOING)
    run_due()
    assert [len(mails(member)) for member in people.values()] == [1] * len(people)
    page = browser(organiser)
    moved = {"day": "2027-03-31", "begins": "14:00", "minutes": "90"}  # after the clocks changed
    page.send(f"/groepen/data/{gathering.id}/verzetten", moved)
    run_due()
    page.send(f"/groepen/data/{gathering.id}/afzeggen", {"why": ""})
    run_due()
    for member in people.values():
        told = [event_of(mail) for mail in mails(member)]
        assert [method for method, _event in told] == ["REQUEST", "REQUEST", "CANCEL"]
        assert [int(event["SEQUENCE"]) for _method, event in told] == [0, 1, 2]
        assert len({str(event["UID"]) for _method, event in told}) == 1
        assert told[1][1]["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
        assert told[1][1]["DTSTART"].dt.astimezone(UTC).hour == 12
    texts = [mails(member)[1].calendar for member in people.values()]
    for name, read in readers.READERS.items():
        if name != "ical.js":  # once is enough; see above
            begun = [begins for each in read(texts, tmp_path) for begins, _ends in each.values()]
            assert begun == [datetime(2027, 3, 31, 12, 0, tzinfo=UTC)] * len(people), name


def test_no_by_calendar_needs_no_agreeing_and_yes_before_it_is_asked_on_the_site(
    make, browser, mails, set_clock
):
    from cop.gatherings import replies

    set_clock(datetime(2027, 2, 1, 12, 0, tzinfo=UTC))
    organiser, member = make.member(), make.member()
    group = make.group(organiser)
    make.join(member, group.circle)  # has not agreed to the rules
    make.group_date(group, organiser, datetime(2027, 3, 10, 13, 0, tzinfo=UTC))
    run_due()
    _method, event = event_of(mails(member)[0])
    values = {
        "organiser": str(event["ORGANIZER"]).removeprefix("mailto:"),
        "uid": str(event["UID"]),
        "address": member.email,
        "sequence": 0,
    }

    def reply(said):
        text = SHAPES["Google"].format(**values, answer=said)
        with unit_of_work() as session:
            replies.take(
                session,
                CalendarAnswer(text.encode(), member.id, member.email, ""),
                datetime.now(UTC),
            )
            return session.scalar(
                select(Attendance.coming).where(Attendance.member_id == member.id)
            )

    assert reply("ACCEPTED") == Coming.ASKED
    assert "Say it on the page" in browser(member).get("/meldingen").text
    assert reply("DECLINED") == Coming.OFF
