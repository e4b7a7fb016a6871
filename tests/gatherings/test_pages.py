"""The calendar's pages: what one may see, page by page, in so many queries."""

from datetime import UTC, datetime, timedelta

import pytest

from cop.gatherings.models import Coming
from cop.platform import clock
from cop.spaces.circles import Visibility
from tests.support.counting import statements

PUBLIC, OPEN, CLOSED, PRIVATE = Visibility
STARTS = datetime(2027, 3, 10, 13, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("in_february")

SEEN = {
    # visibility of the space: seen by a visitor, a member, somebody in it
    PUBLIC: (True, True, True),
    OPEN: (False, True, True),
    CLOSED: (False, False, True),
    PRIVATE: (False, False, True),
}


def test_each_view_shows_what_one_may_see(make, browser):
    coordinator, before = make.member(), clock.now() - timedelta(days=2)
    planned, been = {}, {}
    for visibility in SEEN:
        space = make.space(visibility, coordinator=coordinator)
        values = {"starts_at": STARTS, "title": f"Om de tafel, {visibility}"}
        planned[visibility] = make.gathering(coordinator, space, **values)
        values = {"starts_at": before, "title": f"Al geweest, {visibility}"}
        been[visibility] = make.gathering(coordinator, space, **values)
    for place, asking in enumerate((None, make.member(), coordinator)):
        page = browser(asking)
        lists = {
            path: page.get(f"/agenda{path}").text
            for path in ("", "/maand?maand=2027-03", "?welke=geweest")
        }
        assert "Al geweest" not in lists[""]
        for visibility, seen in SEEN.items():
            sees, said = seen[place], (visibility, place)
            for path in ("", "/maand?maand=2027-03"):
                assert (planned[visibility].title in lists[path]) == sees, said
            assert (been[visibility].title in lists["?welke=geweest"]) == sees, said
            for path in (f"{planned[visibility].id}", f"{been[visibility].id}/agenda.ics"):
                assert page.get(f"/agenda/{path}").status_code == (200 if sees else 404), said


def test_the_link_of_a_video_meeting_is_for_those_who_come(make, browser):
    organiser, guest, waits = make.member(), make.member(), make.member()
    link = "https://video.example.org/kamer"
    gathering = make.gathering(
        organiser, visibility=PUBLIC, starts_at=STARTS, setting="online", place="", link=link
    )
    make.attendance(gathering, guest)
    make.attendance(gathering, waits, Coming.WAITING)
    for asking, sees in ((guest, True), (waits, False), (make.member(), False), (None, False)):
        assert (link in browser(asking).get(f"/agenda/{gathering.id}").text) == sees


def test_where_i_come_shows_what_i_signed_up_for(make, browser):
    member = make.member()
    for title, coming in (("Kom", Coming.GOING), ("Wacht", Coming.WAITING), ("Af", Coming.OFF)):
        made = make.gathering(make.member(), title=f"{title} erbij", starts_at=STARTS)
        make.attendance(made, member, coming)
    shown = browser(member).get("/agenda?welke=mijn").text
    assert "Kom erbij" in shown
    assert "Wacht erbij" in shown
    assert "Af erbij" not in shown
    assert "Kom erbij" in browser(member).get("/").text


def test_every_page_of_the_list_follows_the_one_before(make, browser):
    member = make.member()
    for n in range(65):
        make.gathering(member, title=f"Nummer {n:02}.", starts_at=STARTS + timedelta(hours=n // 2))
    page, path, seen = browser(member), "/agenda", []
    while path:
        shown = page.get(path).text
        seen += [n for n in range(65) if f"Nummer {n:02}." in shown]
        at = shown.find('rel="next"')
        start = shown.rfind('href="', 0, at) + 6
        path = shown[start : shown.index('"', start)].replace("&amp;", "&") if at > 0 else None
    assert seen == list(range(65))


NONSENSE = """
    na=1e9.1 na=99999999999999.1 na=%F0%9F%A6%86 welke=onzin
    maand=2027-13 maand=0000-00 maand=2100-12 maand=2000-01
""".split()


def test_an_address_that_means_nothing_shows_the_beginning(make, browser):
    page = browser(make.member())
    for asked in NONSENSE:
        path = "/agenda/maand" if asked.startswith("maand") else "/agenda"
        assert page.get(f"{path}?{asked}").status_code == 200, asked


def test_a_foreign_space_is_not_found(make, browser):
    space = make.space(PRIVATE, coordinator=make.member())
    for slug in (space.slug, "bestaat-niet"):
        assert browser(make.member()).get(f"/agenda?proeftuin={slug}").status_code == 404


def test_a_day_of_the_month_is_a_day_of_the_reader(make, browser):
    """Eleven at night in the Netherlands is the day after in Tokio."""
    member = make.member(time_zone="Asia/Tokyo")
    make.gathering(member, starts_at=datetime(2027, 3, 10, 22, 0, tzinfo=UTC), title="Laat")
    shown = browser(member).get("/agenda/maand?maand=2027-03").text
    before = shown[: shown.index("Laat")]
    assert before.rindex('datetime="2027-03-11"') > before.rindex('datetime="2027-03-10"')
    assert "in the Netherlands" in browser(member).get("/agenda").text


PATHS = ("/agenda", "/agenda?welke=mijn", "/agenda?welke=geweest", "/agenda/maand?maand=2027-03")


def test_pages_run_as_many_queries_with_much_as_with_little(make, browser):
    member = make.member()
    space = make.space(OPEN, coordinator=member)
    first = make.gathering(member, space, starts_at=STARTS)
    make.attendance(first, member)
    make.attendance(first, make.member(), Coming.WAITING)
    paths = (*PATHS, f"/agenda/{first.id}", f"/proeftuinen/{space.slug}", "/", "/meldingen")
    page = browser(member)

    def counted():
        found = []
        for path in paths:
            with statements() as seen:
                assert page.get(path).status_code == 200
            found.append(len(seen))
        return found

    counted()
    before = counted()
    for n in range(12):
        made = make.gathering(make.member(), space, starts_at=STARTS + timedelta(hours=n))
        make.attendance(made, member)
        make.attendance(first, make.member())
        make.attendance(first, make.member(), Coming.WAITING)
    assert counted() == before
    assert max(before[:5]) <= 8
