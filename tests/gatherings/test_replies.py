"""Answers of calendars by mail: each big program's shape counts, for who proves to be who."""

from dataclasses import replace
from datetime import UTC, datetime
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from icalendar import Calendar
from sqlalchemy import select

from cop.gatherings import replies
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.incoming.models import Outcome
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.mail.addresses import addresses
from cop.platform.mail.calendar_answers import CalendarAnswer
from cop.platform.worker import run_due
from tests.incoming.mails import SERVER, come_in, of_member

BELIEVED = {"mail_authserv": SERVER}
STARTS = datetime(2027, 3, 10, 13, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("in_february")

# As these programs write them, with what differs: order, case, folding, line ends, comments.
GOOGLE = """BEGIN:VCALENDAR\r
PRODID:-//Google Inc//Google Calendar 70.9054//EN\r
VERSION:2.0\r
CALSCALE:GREGORIAN\r
METHOD:REPLY\r
BEGIN:VEVENT\r
DTSTART:20270310T130000Z\r
DTEND:20270310T150000Z\r
DTSTAMP:20270201T120500Z\r
ORGANIZER;CN=Leergemeenschap:mailto:{organiser}\r
UID:{uid}\r
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};CN=iemand;X-NUM-GUESTS=0:mail\r
 to:{address}\r
SEQUENCE:{sequence}\r
STATUS:CONFIRMED\r
SUMMARY:Bijeenkomst\r
END:VEVENT\r
END:VCALENDAR\r
"""
OUTLOOK = """BEGIN:VCALENDAR\r
METHOD:REPLY\r
PRODID:Microsoft Exchange Server 2010\r
VERSION:2.0\r
BEGIN:VTIMEZONE\r
TZID:W. Europe Standard Time\r
BEGIN:STANDARD\r
DTSTART:16010101T030000\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r
END:STANDARD\r
BEGIN:DAYLIGHT\r
DTSTART:16010101T020000\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r
END:DAYLIGHT\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
ORGANIZER:MAILTO:{organiser}\r
ATTENDEE;PARTSTAT={answer};CN=Iemand:MAILTO:{address}\r
COMMENT;LANGUAGE=nl-NL:\\n\r
UID:{uid}\r
SUMMARY;LANGUAGE=nl-NL:Afgewezen: Bijeenkomst\r
DTSTART;TZID=W. Europe Standard Time:20270310T140000\r
DTEND;TZID=W. Europe Standard Time:20270310T160000\r
CLASS:PRIVATE\r
PRIORITY:5\r
DTSTAMP:20270201T120500Z\r
TRANSP:OPAQUE\r
STATUS:CONFIRMED\r
SEQUENCE:{sequence}\r
X-MICROSOFT-CDO-APPT-SEQUENCE:{sequence}\r
END:VEVENT\r
END:VCALENDAR\r
"""
APPLE = """BEGIN:VCALENDAR
CALSCALE:GREGORIAN
VERSION:2.0
METHOD:REPLY
PRODID:-//Apple Inc.//macOS 15.1//EN
BEGIN:VEVENT
ATTENDEE;CUTYPE=INDIVIDUAL;EMAIL={address};PARTSTAT={answer}:mailto:{address}
DTEND;TZID=Europe/Amsterdam:20270310T160000
DTSTAMP:20270201T120500Z
DTSTART;TZID=Europe/Amsterdam:20270310T140000
LAST-MODIFIED:20270201T120500Z
ORGANIZER;CN=Leergemeenschap;EMAIL={organiser}:mailto:{organiser}
SEQUENCE:{sequence}
SUMMARY:Bijeenkomst
UID:{uid}
END:VEVENT
END:VCALENDAR
"""
SHAPES = {"Google": GOOGLE, "Outlook": OUTLOOK, "Apple": APPLE}
# Exchange and outlook.com leave out whom they answer: it is only whom the mail is sent to.
EXCHANGE = OUTLOOK.replace("ORGANIZER:MAILTO:{organiser}\r\n", "")


@pytest.fixture
def scene(make, browser, mails):
    """Somebody who signed up and was told: (gathering, member, answer(shape, said, **changes))."""
    gathering, member = make.gathering(make.member(), starts_at=STARTS), make.member()
    browser(member).post(f"/agenda/{gathering.id}/aanmelden")
    run_due()
    event = Calendar.from_ical(mails(member)[0].calendar).walk("VEVENT")[0]

    def answer(shape, said, vouched=member, **changes):
        values = {
            "organiser": str(event["ORGANIZER"]).removeprefix("mailto:"),
            "uid": str(event["UID"]),
            "address": member.email,
            "sequence": 0,
            "answer": said,
        } | changes
        with unit_of_work() as session:
            return replies.take(
                session,
                CalendarAnswer(
                    SHAPES[shape].format(**values).encode(),
                    vouched.id if vouched is not None else None,
                    member.email,
                    "",
                ),
                clock.now(),
            )

    return gathering, member, answer


def coming(member):
    with unit_of_work() as session:
        return session.scalar(select(Attendance.coming).where(Attendance.member_id == member.id))


def test_no_counts_as_signing_off_and_yes_as_signing_up_again(scene, mails):
    _gathering, member, answer = scene
    for shape in SHAPES:
        assert answer(shape, "DECLINED"), shape
        assert coming(member) == Coming.OFF, shape
        run_due()
        assert len(mails(member)) == 1, "a calendar that said no need not be told"
        assert answer(shape, "DECLINED"), "the same answer twice is borne"
        assert answer(shape, "ACCEPTED"), shape
        assert coming(member) == Coming.GOING, shape


def test_an_answer_that_names_no_organiser_counts_by_whom_it_is_sent_to(
    app, scene, monkeypatch, make
):
    gathering, member, _answer = scene
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], **BELIEVED))
    other = make.gathering(make.member(), starts_at=STARTS)

    def come_in_by_mail(to, said, n):
        values = {"uid": gathering.uid, "address": member.email, "sequence": 0, "answer": said}
        body = ("Content-Type: text/calendar; method=REPLY\n\n" + EXCHANGE).format(**values)
        return come_in(of_member(member, to, body=body.encode(), id=f"m{n}"), to)

    its = addresses().to_gathering(member.id, gathering.id)
    elsewhere = addresses().to_gathering(member.id, other.id)
    for n, (to, said, then) in enumerate(
        (
            (elsewhere, "DECLINED", Coming.GOING),  # another gathering's address is no key to it
            (its, "DECLINED", Coming.OFF),
            (its, "ACCEPTED", Coming.GOING),
        )
    ):
        assert come_in_by_mail(to, said, n) == Outcome.HANDED_OVER
        assert coming(member) == then, (n, said)


def _whole(ics, copy):
    """A whole body: the words and the calendar as alternatives; Google adds a second copy."""
    parts = MIMEMultipart("alternative")
    parts.attach(MIMEText("Iemand heeft geantwoord.", "plain", "utf-8"))
    calendar = MIMEText(ics, "calendar", "utf-8")  # in base64
    calendar.set_param("method", "REPLY")
    parts.attach(calendar)
    if not copy:
        return parts.as_bytes()
    mixed = MIMEMultipart("mixed")
    mixed.attach(parts)
    mixed.attach(MIMEApplication(ics.encode(), "ics", name="invite.ics"))
    return mixed.as_bytes()


@pytest.mark.parametrize("shape", ["Google", "Apple"])
def test_a_whole_mail_of_a_program_counts(app, scene, monkeypatch, shape):
    gathering, member, _answer = scene
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], **BELIEVED))
    its = addresses().to_gathering(member.id, gathering.id)
    google = shape == "Google"
    by = "Sender: Kalender <calendar-notification@kalender.example.org>\n" if google else ""
    for said, then in (("DECLINED", Coming.OFF), ("ACCEPTED", Coming.GOING)):
        ics = SHAPES[shape].format(
            organiser=its, uid=gathering.uid, address=member.email, sequence=0, answer=said
        )
        raw = of_member(member, its, body=_whole(ics, copy=google), id=said, more=by)
        assert come_in(raw, its) == Outcome.HANDED_OVER
        assert coming(member) == then, said


def test_a_yes_for_which_there_is_no_place_says_so(scene, make, mails):
    gathering, member, answer = scene
    answer("Google", "DECLINED")
    with unit_of_work() as session:
        session.get_one(Gathering, gathering.id).seats = 1
    make.attendance(gathering, make.member())
    answer("Google", "ACCEPTED")
    run_due()
    assert coming(member) == Coming.WAITING
    last = mails(member)[-1]
    assert "METHOD:CANCEL" in last.calendar  # it is no date of theirs yet
    assert "wachtlijst" in last.subject.lower()
    assert "wachtlijst" in last.text
    assert "niet meer" not in last.text


def test_nothing_else_changes_anything_and_who_is_not_vouched_for_is_asked_on_the_site(
    scene, make, browser
):
    _gathering, member, answer = scene
    for said in ("ACCEPTED", "TENTATIVE", "NEEDS-ACTION", "DELEGATED", ""):
        answer("Google", said)
        assert coming(member) == Coming.GOING, said
    for vouched in (None, make.member()):
        assert answer("Google", "DECLINED", vouched=vouched)
    assert coming(member) == Coming.GOING
    assert browser(member).get("/meldingen").text.count("Your calendar answered") == 1


def test_an_answer_to_what_has_changed_since_does_not_count(scene):
    _gathering, member, answer = scene
    with unit_of_work() as session:
        session.scalars(select(Attendance)).one().sequence = 3
    assert answer("Google", "DECLINED", sequence=2)
    assert coming(member) == Coming.GOING
    assert answer("Google", "DECLINED", sequence=3)
    assert coming(member) == Coming.OFF


@pytest.mark.parametrize(
    ("stamp", "then"),
    [
        ("DTSTAMP:20270201T120459Z\r\n", Coming.GOING),
        ("DTSTAMP:20270201T120500Z\r\n", Coming.OFF),
        ("DTSTAMP:20270201T120501\r\n", Coming.OFF),  # some leave out the zone
        ("DTSTAMP;VALUE=DATE:20270202\r\n", Coming.GOING),  # no moment: as if it said none
        ("", Coming.GOING),
    ],
)
def test_an_answer_without_a_number_counts_when_it_came_after_the_change(
    scene, monkeypatch, stamp, then
):
    _gathering, member, answer = scene
    with unit_of_work() as session:
        attendance = session.scalars(select(Attendance)).one()
        attendance.sequence = 3
        attendance.told_at = datetime(2027, 2, 1, 12, 5, 0, 900_000, tzinfo=UTC)
    without = GOOGLE.replace("SEQUENCE:{sequence}\r\n", "")
    without = without.replace("DTSTAMP:20270201T120500Z\r\n", stamp)
    monkeypatch.setitem(SHAPES, "other", without)
    assert answer("other", "DECLINED")
    assert coming(member) == then


def test_what_is_not_to_one_of_our_invitations_is_left_to_others(scene, make):
    _gathering, member, answer = scene
    assert not answer("Google", "DECLINED", uid="iets@elders.example")
    assert not answer("Google", "DECLINED", organiser="iemand@elders.example")
    other = make.gathering(make.member(), starts_at=STARTS)
    foreign = addresses().to_gathering(member.id, other.id)
    assert not answer("Google", "DECLINED", organiser=foreign)
    assert coming(member) == Coming.GOING


NONSENSE = {
    "empty": b"",
    "bytes": b"\xff\xfe\x00",
    "cut off": b"BEGIN:VCALENDAR",
    "no event": b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n",
    "empty event": b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"
    b"BEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "deep": b"BEGIN:VCALENDAR\r\n" * 5000,
    "nonsense": b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nSEQUENCE:x\r\n"
    b"ORGANIZER:\r\nATTENDEE:\r\nUID:\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
}


def test_any_bytes_are_borne(app, session):
    for what, ics in NONSENSE.items():
        answer = CalendarAnswer(ics, None, "x@example.org", "")
        assert not replies.take(session, answer, clock.now()), what


@pytest.mark.parametrize("shape", SHAPES)
def test_a_guests_calendar_that_says_no_counts_when_it_is_theirs(make, mails, shape):
    organiser = make.member()
    gathering = make.gathering(organiser, starts_at=STARTS)
    guest = make.save(
        GatheringGuest(
            gathering_id=gathering.id,
            name="Gerda Gast",
            email="gerda@gast.example.org",
            email_key="gerda",
            asked_by_id=make.persona(organiser).id,
            asked_at=clock.now(),
            agreed_at=clock.now(),
            coming=Coming.GOING,
            in_calendar=True,
            sequence=2,
        )
    )
    to = addresses().to_guest(guest.id, gathering.id)

    def answer(said, vouched, sequence=2, uid=gathering.uid):
        values = {"organiser": to, "uid": uid, "address": guest.email, "sequence": sequence}
        ics = SHAPES[shape].format(**values, answer=said).encode()
        with unit_of_work() as session:
            sent = CalendarAnswer(ics, None, guest.email, to, vouched)
            taken = replies.take(session, sent, clock.now())
        run_due()
        with unit_of_work() as session:
            return taken, session.get_one(GatheringGuest, guest.id).coming

    assert answer("DECLINED", True, uid="anders@example.org") == (False, Coming.GOING)
    assert answer("DECLINED", True, sequence=1) == (True, Coming.GOING)
    with unit_of_work() as session:
        session.get_one(Gathering, gathering.id).cancelled_at = clock.now()
    assert answer("DECLINED", False) == (True, Coming.GOING)
    assert [mail for mail in mails() if mail.recipient == guest.email] == []  # nothing to decline
    with unit_of_work() as session:
        session.get_one(Gathering, gathering.id).cancelled_at = None
    assert answer("DECLINED", False) == (True, Coming.GOING)
    (asked,) = [mail for mail in mails() if mail.recipient == guest.email]
    assert "Do you not come?" in asked.subject or "Kom je niet?" in asked.subject
    assert answer("DECLINED", True) == (True, Coming.OFF)
    assert answer("ACCEPTED", True) == (True, Coming.OFF)  # where the rules are, on their page
