"""What calendars are told: invitations by mail, single files, the feed; and what they never are."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from itertools import pairwise

import pytest
from icalendar import Calendar

from cop.gatherings.models import Coming
from cop.platform import clock
from cop.platform.mail import letters
from cop.platform.mail.addresses import ToGathering, addresses
from cop.platform.worker import run_due
from cop.spaces.circles import Visibility
from tests.gatherings import readers

PUBLIC, OPEN, CLOSED, PRIVATE = Visibility
STARTS = datetime(2027, 3, 10, 13, 0, tzinfo=UTC)
SECRETS = ("Terugval", "Noor", "Sam", "video.example.org", "soep")

pytestmark = pytest.mark.usefixtures("in_february")


@pytest.fixture
def scene(make, browser):
    """(gathering, organiser's page, guest, guest's page): something in a closed space."""
    organiser, guest = make.member("Noor Smit"), make.member("Sam Vos")
    space = make.space(CLOSED, coordinator=organiser, name="Na de terugval")
    make.join(guest, space.circle)
    gathering = make.gathering(
        organiser,
        space,
        title="Terugval, en dan?",
        source="Er is soep.",
        starts_at=STARTS,
        setting="mixed",
        place="Buurthuis De Linde",
        link="https://video.example.org/kamer",
    )
    return gathering, browser(organiser), guest, browser(guest)


def calendar_of(mail):
    """The one event of the invitation that goes with a mail."""
    calendar = Calendar.from_ical(mail.calendar)
    events = calendar.walk("VEVENT")
    assert len(events) == 1
    return str(calendar["METHOD"]), events[0]


def test_signing_up_moving_and_cancelling_tell_the_calendar_in_order(scene, mails):
    gathering, organiser, guest, page = scene
    path = f"/agenda/{gathering.id}"
    page.post(f"{path}/aanmelden")
    run_due()
    organiser.send(f"{path}/wijzigen", {"begins": "15:00", "until": "17:00"})
    run_due()
    organiser.send(f"{path}/wijzigen", {"title": "Terugval, en nu"})  # no calendar shows a title
    run_due()
    organiser.send(f"{path}/wijzigen", {"kind": "open_day"})
    run_due()
    organiser.send(f"{path}/afzeggen", {"why": "Ziek."})
    run_due()
    told = [calendar_of(mail) for mail in mails(guest)]
    assert [method for method, _event in told] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert [int(event["SEQUENCE"]) for _method, event in told] == [0, 1, 2, 3]
    assert [str(event["STATUS"]) for _method, event in told] == [
        "CONFIRMED",
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
    ]
    assert {str(event["UID"]) for _method, event in told} == {gathering.uid}
    assert [e["DTSTART"].dt.astimezone(UTC).hour for _m, e in told] == [13, 14, 14, 14]


def test_each_message_lists_its_recipient_alone_and_nothing_else(scene, mails, browser, make):
    gathering, organiser, _guest, page = scene
    page.post(f"/agenda/{gathering.id}/aanmelden")
    organiser.post(f"/agenda/{gathering.id}/aanmelden")
    run_due()
    for mail in mails():
        _method, event = calendar_of(mail)
        assert event["ATTENDEE"] == f"mailto:{mail.recipient}"
        key = addresses().read(str(event["ORGANIZER"]).removeprefix("mailto:"))
        assert isinstance(key, ToGathering)
        assert key.gathering_id == gathering.id
        assert str(event["SUMMARY"]) == "Bijeenkomst"
        assert str(event["LOCATION"]) == "Buurthuis De Linde, en online"
        for part in (mail.subject, mail.text, mail.html, mail.calendar):
            assert [
                secret for secret in SECRETS if secret in part.replace(mail.recipient, "")
            ] == []


def test_up_and_off_and_up_again_ends_as_it_is_with_rising_numbers(scene, mails):
    gathering, _organiser, guest, page = scene
    for way in ("aanmelden", "afmelden", "aanmelden"):
        page.post(f"/agenda/{gathering.id}/{way}")
        run_due()
    told = [calendar_of(mail) for mail in mails(guest)]
    assert [method for method, _event in told] == ["REQUEST", "CANCEL", "REQUEST"]
    numbers = [int(event["SEQUENCE"]) for _method, event in told]
    assert all(a < b for a, b in pairwise(numbers))


def test_a_calendar_that_is_right_hears_nothing(scene, mails):
    """Up and off before the worker came: there is nothing to tell."""
    gathering, _organiser, guest, page = scene
    for way in ("aanmelden", "afmelden"):
        page.post(f"/agenda/{gathering.id}/{way}")
    run_due()
    assert mails(guest) == []


def test_who_waits_is_in_no_calendar_until_there_is_a_place(scene, mails, make, browser):
    gathering, organiser, guest, page = scene
    organiser.send(f"/agenda/{gathering.id}/wijzigen", {"seats": "1"})
    organiser.post(f"/agenda/{gathering.id}/aanmelden")
    page.post(f"/agenda/{gathering.id}/aanmelden")
    run_due()
    assert mails(guest) == []
    organiser.post(f"/agenda/{gathering.id}/afmelden")
    run_due()
    assert [calendar_of(mail)[0] for mail in mails(guest)] == ["REQUEST"]


def test_who_wants_no_invitations_still_hears_that_it_is_cancelled(scene, mails):
    gathering, organiser, guest, page = scene
    page.send("/ik/agenda", {"by_mail": ""})
    page.post("/ik/agenda", {"week_before": "y", "day_before": "y"})
    page.post(f"/agenda/{gathering.id}/aanmelden")
    run_due()
    assert mails(guest) == []
    organiser.send(f"/agenda/{gathering.id}/afzeggen", {})
    run_due()
    assert [(mail.calendar, "afgezegd" in mail.subject.lower()) for mail in mails(guest)] == [
        (None, True)
    ]


@pytest.mark.parametrize("ends", ["afzeggen", "afmelden"])
def test_what_stands_in_a_calendar_when_invitations_are_switched_off_is_still_kept_right(
    scene, mails, make, ends
):
    gathering, organiser, guest, page = scene
    page.post(f"/agenda/{gathering.id}/aanmelden")
    run_due()
    page.post("/ik/agenda", {"week_before": "y", "day_before": "y"})  # by_mail off
    run_due()
    assert len(mails(guest)) == 1, "switching it off sends nothing"
    organiser.send(f"/agenda/{gathering.id}/wijzigen", {"begins": "15:00", "until": "17:00"})
    run_due()
    (organiser if ends == "afzeggen" else page).send(f"/agenda/{gathering.id}/{ends}", {})
    run_due()
    told = [calendar_of(mail) for mail in mails(guest)]
    assert [method for method, _event in told] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [int(event["SEQUENCE"]) for _method, event in told] == [0, 1, 2]
    later = make.gathering(make.member(), starts_at=STARTS)
    page.post(f"/agenda/{later.id}/aanmelden")
    run_due()
    assert len(mails(guest)) == 3, "nothing new comes"


def test_who_never_had_it_in_their_calendar_hears_of_no_cancelling(scene, mails):
    gathering, _organiser, guest, page = scene
    page.post("/ik/agenda", {"week_before": "y", "day_before": "y"})  # by_mail off
    page.post(f"/agenda/{gathering.id}/aanmelden")
    run_due()
    page.post("/ik/agenda", {"week_before": "y", "day_before": "y", "by_mail": "y"})
    page.post(f"/agenda/{gathering.id}/afmelden")
    run_due()
    assert mails(guest) == []
    page.post(f"/agenda/{gathering.id}/aanmelden")
    run_due()
    assert [calendar_of(mail)[0] for mail in mails(guest)] == ["REQUEST"]


def test_the_message_is_built_as_mail_programs_expect(scene, mails):
    gathering, _organiser, guest, page = scene
    page.post(f"/agenda/{gathering.id}/aanmelden")
    run_due()
    raw = letters.message(mails(guest)[0]).as_bytes()
    message = message_from_bytes(raw, policy=policy.default)
    assert message.get_content_type() == "multipart/mixed"
    alternative, attached = message.iter_parts()
    kinds = [part.get_content_type() for part in alternative.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    invitation = list(alternative.iter_parts())[2]
    assert invitation.get_param("method") == "REQUEST"
    assert invitation.get_param("charset") == "utf-8"
    assert invitation["Content-Transfer-Encoding"] == "base64"
    assert invitation.get_content() == mails(guest)[0].calendar
    assert attached.get_filename() == "agenda.ics"
    assert attached.get_content() == mails(guest)[0].calendar.encode()


def test_a_single_file_says_no_more_than_a_mail(scene):
    gathering, _organiser, _guest, page = scene
    answer = page.get(f"/agenda/{gathering.id}/agenda.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    event = Calendar.from_ical(answer.text).walk("VEVENT")[0]
    assert str(event["UID"]) == gathering.uid
    assert event["DTSTART"].dt.astimezone(UTC) == STARTS
    assert [secret for secret in SECRETS if secret in answer.text] == []


def _feed_path(page):
    page.send("/ik/agenda/adres", to="/ik/agenda/adres")
    shown = page.get("/ik/agenda").text
    start = shown.index("/agenda/feed/")
    return shown[start : shown.index(".ics", start)] + ".ics"


def test_the_feed_holds_what_one_comes_to_and_nothing_more(scene, make, browser):
    gathering, _organiser, guest, page = scene
    path = _feed_path(page)
    for n, coming in enumerate((Coming.WAITING, Coming.OFF)):
        make.attendance(make.gathering(make.member(), title=f"Niet {n}"), guest, coming)
    cancelled = make.gathering(make.member(), cancelled_at=clock.now())
    make.attendance(cancelled, guest)
    long_ago = make.gathering(make.member(), starts_at=clock.now() - timedelta(days=100))
    make.attendance(long_ago, guest)
    page.post(f"/agenda/{gathering.id}/aanmelden")
    text = browser().get(path).text
    events = Calendar.from_ical(text).walk("VEVENT")
    assert [str(e["UID"]) for e in events] == [gathering.uid]
    triggers = [a["TRIGGER"].dt for a in events[0].walk("VALARM")]
    assert triggers == [timedelta(days=-7), timedelta(days=-1)]
    assert [secret for secret in SECRETS if secret in text] == []
    page.post("/ik/agenda", {"day_before": "y"})
    events = Calendar.from_ical(browser().get(path).text).walk("VEVENT")
    assert [a["TRIGGER"].dt for a in events[0].walk("VALARM")] == [timedelta(days=-1)]


def test_a_new_address_ends_the_old_one(scene, browser):
    _gathering, _organiser, _guest, page = scene
    old = _feed_path(page)
    new = _feed_path(page)
    assert browser().get(old).status_code == 404
    assert browser().get(new).status_code == 200
    page.post("/ik/agenda/adres/weg")
    assert browser().get(new).status_code == 404
    assert "/agenda/feed/" not in page.get("/ik/agenda").text


def test_the_feed_forgets_what_one_may_no_longer_read(scene, make, browser):
    gathering, _organiser, _guest, page = scene
    page.post(f"/agenda/{gathering.id}/aanmelden")
    path = _feed_path(page)
    assert "VEVENT" in browser().get(path).text
    page.post(f"/kringen/{gathering.circle_id}/vertrekken")
    assert "VEVENT" not in browser().get(path).text  # before the worker came


def test_the_feed_ends_when_its_member_leaves(make, browser):
    member = make.member()
    path = _feed_path(browser(member))
    browser(member).send("/ik/vertrekken", {"posts": "former"})
    assert browser().get(path).status_code == 404


# Sunday on which the clocks go forward and back, and the days around.
AROUND = [
    (year, month, day, hour)
    for year in range(2026, 2031)
    for month, day in ((3, 20), (3, 31), (10, 20), (10, 31), (7, 1), (12, 31))
    for hour in (0, 9, 23)
]


def test_other_readers_find_the_same_moments_over_both_changes(make, browser, set_clock):
    """vobject reads what icalendar wrote, VTIMEZONE included, to the same instants."""
    set_clock(datetime(2026, 1, 1, tzinfo=UTC))
    member = make.member()
    starts = [datetime(y, m, d, h, 30, tzinfo=UTC) for y, m, d, h in AROUND]
    for start in starts:
        make.attendance(make.gathering(member, starts_at=start), member)
    text = browser().get(_feed_path(browser(member))).text
    assert readers.vobject_instants(text) == sorted(starts)
    assert readers.icalendar_instants(text) == sorted(starts)
