"""An ordinary event that takes more than one day."""

from datetime import UTC, datetime

from icalendar import Calendar
from sqlalchemy import select

from cop.gatherings.models import Gathering
from cop.platform.db import unit_of_work

NOW = datetime(2027, 2, 1, 12, 0, tzinfo=UTC)
FORM = {
    "title": "Herstelweek",
    "kind": "open_day",
    "day": "2027-03-26",
    "begins": "10:00",
    "until": "16:00",
    "last_day": "2027-03-29",
    "setting": "on_site",
    "place": "De Linde",
    "visibility": "open",
}


def test_it_ends_on_its_last_day_on_the_clock_there(make, browser, set_clock):
    set_clock(NOW)
    page = browser(make.member())
    url = page.send("/agenda/nieuw", FORM).headers["Location"]
    with unit_of_work() as session:
        made = session.scalars(select(Gathering)).one()
    assert made.starts_at == datetime(2027, 3, 26, 9, tzinfo=UTC)
    assert made.ends_at == datetime(2027, 3, 29, 14, tzinfo=UTC)  # the clocks changed between
    text = page.get(url).text
    assert "26 March 2027" in text
    assert "29 March 2027" in text
    (event,) = Calendar.from_ical(page.get(f"{url}/agenda.ics").data).walk("VEVENT")
    assert event["DTEND"].dt.astimezone(UTC) == made.ends_at
    page.send(f"{url}/wijzigen", {"title": "Herstelweek!"})  # the form holds the last day
    with unit_of_work() as session:
        assert session.scalars(select(Gathering.ends_at)).one() == made.ends_at
    month = page.get("/agenda/maand?maand=2027-03").text
    assert month.count("Herstelweek!") == 4, "on each of its days"
    assert month.count("goes on") == 3
    for wrong in ({"last_day": "2027-03-25"}, {"last_day": "2027-05-01"}, {"last_day": "morgen"}):
        assert page.send("/agenda/nieuw", FORM | wrong).status_code == 422
