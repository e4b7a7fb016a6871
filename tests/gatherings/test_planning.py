"""Planning, changing and cancelling gatherings, and the report afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from cop.gatherings import operations
from cop.gatherings.models import Gathering
from cop.gatherings.operations import Details
from cop.members.actor import VISITOR
from cop.members.models import SiteRole
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from cop.spaces.circles import Visibility
from cop.spaces.operations import Stale

PUBLIC, OPEN, CLOSED, PRIVATE = Visibility
STARTS = datetime(2027, 3, 10, 13, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("in_february")

FIELDS = {
    "title": "Samen verder",
    "kind": "theme_afternoon",
    "day": "2027-03-10",
    "begins": "14:00",
    "until": "16:00",
    "setting": "on_site",
    "place": "Buurthuis De Linde",
    "link": "",
    "seats": "",
    "source": "Neem **iets** mee.",
    "visibility": "open",
}


def details(**changes):
    return Details(
        **{
            "kind": "meeting",
            "title": "Samen verder",
            "starts_at": STARTS,
            "ends_at": STARTS + timedelta(hours=2),
            "setting": "on_site",
            "place": "Assen",
        }
        | changes
    )


def all_of_them():
    with unit_of_work() as session:
        return list(session.scalars(select(Gathering).order_by(Gathering.id)))


def now_of(gathering):
    with unit_of_work() as session:
        return session.get_one(Gathering, gathering.id)


def test_any_member_plans_for_the_community(make, browser):
    page = browser(make.member("Noor Smit"))
    answer = page.send("/agenda/nieuw", FIELDS)
    made = all_of_them()[0]
    assert answer.headers["Location"] == f"/agenda/{made.id}"
    assert (made.starts_at, made.ends_at) == (STARTS, STARTS + timedelta(hours=2))
    shown = page.get(f"/agenda/{made.id}").text
    assert "<strong>iets</strong>" in shown
    assert "Wednesday 10 March 2027, 14:00\u201316:00" in shown
    assert "Samen verder" in browser(make.member()).get("/agenda").text
    assert browser().get(f"/agenda/{made.id}").status_code == 404
    page.send(f"/agenda/{made.id}/wijzigen", {"visibility": "public"})
    assert browser().get(f"/agenda/{made.id}").status_code == 200


def test_who_takes_part_plans_in_a_space_under_the_name_they_have_there(make, browser):
    space = make.space(CLOSED, coordinator=make.member(), pseudonyms=True)
    hidden = make.member("Ria Bakker")
    make.pseudonym(hidden, space.circle, "Zeewind")
    url = f"/proeftuinen/{space.slug}/agenda/nieuw"
    assert browser(hidden).send(url, FIELDS).status_code == 302
    made = all_of_them()[0]
    make.join(other := make.member(), space.circle)
    shown = browser(other).get(f"/agenda/{made.id}").text
    assert "Zeewind" in shown
    assert "Ria" not in shown
    assert "Samen verder" in browser(other).get(f"/proeftuinen/{space.slug}").text
    for outsider in (make.member(), make.member(site_role=SiteRole.ADMINISTRATOR)):
        assert browser(outsider).get(f"/agenda/{made.id}").status_code == 404
        assert browser(outsider).get(url).status_code == 404
        assert "Samen verder" not in browser(outsider).get("/agenda").text


def test_the_same_form_sent_twice_is_one_gathering(make, session, now):
    actor = make.actor(make.member())
    for _ in range(2):
        operations.plan(session, actor, details(), clock.now())
    assert len(session.scalars(select(Gathering)).all()) == 1


BAD = {
    "no title": ({"title": " "}, "Give it a title"),
    "long title": ({"title": "x" * 5000}, "too long"),
    "no place": ({"place": ""}, "Where do you meet?"),
    "no day": ({"day": ""}, "Fill this in"),
    "no such day": ({"day": "2027-02-30"}, "not a day that exists"),
    "no such time": ({"begins": "25:00"}, "not a time that exists"),
    "past": ({"day": "2027-01-10"}, "has passed"),
    "far away": ({"day": "2037-01-10"}, "three years"),
    "ends before it begins": ({"until": "13:00"}, "ends before"),
    "ends as it begins": ({"until": "14:00"}, "ends before"),
    "the hour that is skipped": ({"day": "2027-03-28", "begins": "02:30"}, "does not exist"),
    "no address": ({"setting": "online", "link": "javascript:alert(1)"}, "https://"),
    "plain http": ({"setting": "mixed", "link": "http://video.example.org"}, "https://"),
    "no seats": ({"seats": "0"}, "from 1 to"),
    "half a seat": ({"seats": "1,5"}, "whole number"),
    "too many seats": ({"seats": "99999999999"}, "from 1 to"),
    "1 MB": ({"source": "x" * 1_000_000}, "too long"),
    "another kind": ({"kind": "intervisie"}, "Choose one of the list, please."),
    "for whom": ({"visibility": "private"}, "Choose one of the list, please."),
}


def test_what_cannot_be_is_said_and_kept(make, browser):
    page = browser(make.member())
    for what, (change, sentence) in BAD.items():
        answer = page.send("/agenda/nieuw", FIELDS | change)
        assert answer.status_code == 422, what
        assert sentence in answer.text, what
        assert "Neem **iets** mee." in answer.text or "source" in change, what
    assert all_of_them() == []


def test_of_the_hour_that_comes_twice_the_first_is_meant(make, browser):
    browser(make.member()).send(
        "/agenda/nieuw", FIELDS | {"day": "2027-10-31", "begins": "02:30", "until": "05:00"}
    )
    assert all_of_them()[0].starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_what_does_not_belong_to_the_setting_is_not_kept(make, session, now):
    actor = make.actor(make.member())
    link = "https://video.example.org/kamer"
    online = operations.plan(session, actor, details(setting="online", link=link), clock.now())
    assert (online.place, online.link) == ("", link)
    there = operations.plan(session, actor, details(title="Daar", link=link), clock.now())
    assert there.link == ""


def test_a_stale_change_shows_what_it_says_now(make, browser):
    member = make.member()
    gathering = make.gathering(member, starts_at=STARTS, source="Eerste", html="<p>Eerste</p>")
    page, path = browser(member), f"/agenda/{gathering.id}/wijzigen"
    page.send(path, {"title": "Tweede titel"})
    answer = page.send(path, {"version": "1", "title": "Derde titel"})
    assert answer.status_code == 422
    assert "Tweede titel" in answer.text
    assert "Derde titel" in answer.text
    assert now_of(gathering).title == "Tweede titel"


def test_a_stale_change_raises_with_what_it_says_now(make, session):
    member = make.member()
    gathering = make.gathering(member, starts_at=STARTS)
    with pytest.raises(Stale):
        operations.change(session, make.actor(member), gathering.id, details(), 7, clock.now())


def test_nobody_is_sent_away_by_a_smaller_limit(make, session):
    member = make.member()
    gathering = make.gathering(member, starts_at=STARTS)
    for _ in range(3):
        make.attendance(gathering, make.member())
    with pytest.raises(Refused) as refusal:
        operations.change(
            session, make.actor(member), gathering.id, details(seats=2), 1, clock.now()
        )
    assert refusal.value.field == "seats"


def test_a_cancelled_one_stays_with_why_and_is_not_changed_any_more(make, browser):
    member = make.member()
    gathering = make.gathering(member, starts_at=STARTS)
    page, path = browser(member), f"/agenda/{gathering.id}"
    page.send(f"{path}/afzeggen", {"why": "De zaal is dicht."})
    assert "De zaal is dicht." in browser(make.member()).get(path).text
    assert page.send(f"{path}/wijzigen", {"title": "Toch"}).status_code == 422
    assert "Toch" not in now_of(gathering).title


def test_a_report_is_written_when_it_has_begun_and_told_to_who_came(make, browser, set_clock):
    organiser, guest = make.member("Noor Smit"), make.member()
    gathering = make.gathering(organiser, starts_at=STARTS)
    make.attendance(gathering, guest)
    page, path = browser(organiser), f"/agenda/{gathering.id}/verslag"
    assert "nothing to report yet" in page.send(path, {"source": "Te vroeg"}).text
    set_clock(STARTS + timedelta(days=1))
    assert page.send(path, {"source": ""}).status_code == 422
    assert page.send(path, {"source": "We spraken **af**."}).status_code == 302
    run_due()
    assert "<strong>af</strong>" in browser(make.member()).get(f"/agenda/{gathering.id}").text
    assert "Read what came of" in browser(guest).get("/meldingen").text


# Who may what with a gathering in a closed space, and with one of the community.
MANAGING = ("wijzigen", "afzeggen", "verslag")
MATRIX = {
    "organiser": (200, 200, 200),
    "coordinator": (200, 200, 200),
    "somebody in it": (404, 404, 404),
    "somebody outside": (404, 404, 404),
    "a moderator outside": (404, 404, 404),
    "a moderator in it": (404, 200, 404),
    "an organiser who left": (404, 404, 404),
}


def test_who_manages_what_is_planned_in_a_closed_space(make, browser):
    coordinator, organiser, left = make.member(), make.member(), make.member()
    space = make.space(CLOSED, coordinator=coordinator)
    make.join(organiser, space.circle)
    planned = make.gathering(organiser, space, starts_at=STARTS)
    people = {"organiser": organiser, "coordinator": coordinator, "an organiser who left": left}
    for who, expected in MATRIX.items():
        asking = people.get(who)
        if asking is None:
            role = SiteRole.MODERATOR if "moderator" in who else SiteRole.MEMBER
            asking = make.member(site_role=role)
            if "in it" in who:
                make.join(asking, space.circle)
        gathering = make.gathering(left, space, starts_at=STARTS) if asking is left else planned
        page = browser(asking)
        codes = tuple(page.get(f"/agenda/{gathering.id}/{way}").status_code for way in MANAGING)
        assert codes == expected, who
        reads = page.get(f"/agenda/{gathering.id}").status_code == 200
        assert reads == ("outside" not in who and asking is not left), who


def test_visitors_never_plan(make, session):
    with pytest.raises(NotFound):
        operations.plan(session, VISITOR, details(), clock.now())


def test_nothing_is_planned_in_an_archived_space(make, browser):
    member = make.member()
    space = make.space(OPEN, coordinator=member, archived_at=clock.now())
    assert browser(member).get(f"/proeftuinen/{space.slug}/agenda/nieuw").status_code == 404


def test_members_of_the_space_hear_of_it_and_nobody_else(make, browser):
    space = make.space(CLOSED, coordinator=make.member("Noor Smit"))
    planner, other, outsider = make.member("Sam Vos"), make.member(), make.member()
    for member in (planner, other):
        make.join(member, space.circle)
    browser(planner).send(f"/proeftuinen/{space.slug}/agenda/nieuw", FIELDS)
    run_due()
    assert "Sam Vos planned" in browser(other).get("/meldingen").text
    for member in (planner, outsider):
        assert "planned" not in browser(member).get("/meldingen").text


def test_whoever_comes_takes_over_when_the_organiser_left(make, browser):
    organiser, guest = make.member("Noor Smit"), make.member("Sam Vos")
    gathering = make.gathering(organiser, starts_at=STARTS)
    make.attendance(gathering, guest)
    browser(organiser).send("/ik/vertrekken", {"posts": "former"})
    run_due()
    page, path = browser(guest), f"/agenda/{gathering.id}"
    assert "Will you take over?" in page.get("/meldingen").text
    assert browser(make.member()).post(f"{path}/overnemen").status_code == 404
    assert page.post(f"{path}/overnemen").status_code == 302
    assert page.get(f"{path}/wijzigen").status_code == 200
    assert "Will you take over?" not in page.get("/meldingen").text
