"""Looking for a date: proposing, answering, reminding, closing, choosing; and who sees what."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import delete, select

from cop.gatherings import events, polling
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.gatherings.poll_models import DatePoll, PollAnswer, PollOption, PollVoter
from cop.members.actor import Actor
from cop.members.blocks import Block
from cop.members.models import Persona, SiteRole
from cop.notifications import queries as notices
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.outbox import emit, registry
from cop.platform.worker import run_due
from cop.spaces import joining
from cop.spaces.circles import CircleMembership, Standing, Visibility
from tests.support.counting import statements

PUBLIC, OPEN, CLOSED, PRIVATE = Visibility
GOING, WAITING, OFF = Coming.GOING, Coming.WAITING, Coming.OFF

pytestmark = pytest.mark.usefixtures("in_february")

FIELDS = {
    "title": "Wanneer zien we elkaar?",
    "kind": "meeting",
    "days": ["2027-03-09", "2027-03-10"],
    "first": "10:00",
    "second": "14:30",
    "third": "",
    "minutes": "90",
    "closes_on": "2027-02-20",
    "source": "Neem je agenda **mee**.",
}


def all_polls():
    with unit_of_work() as session:
        return list(session.scalars(select(DatePoll).order_by(DatePoll.id)))


def options_of(poll):
    with unit_of_work() as session:
        return list(
            session.scalars(
                select(PollOption)
                .where(PollOption.poll_id == poll.id)
                .order_by(PollOption.starts_at)
            )
        )


def coordinators(circle_id):
    return (
        select(Persona)
        .join(CircleMembership, CircleMembership.persona_id == Persona.id)
        .where(CircleMembership.circle_id == circle_id)
        .where(CircleMembership.standing == Standing.COORDINATOR)
    )


def answered(poll, *cans):
    """A form with answers to the dates in their order; None says nothing."""
    return {
        f"datum-{option.id}": can
        for option, can in zip(options_of(poll), cans or ("yes",), strict=False)
        if can is not None
    }


def say(page, poll, *cans, **fields):
    return page.post(f"/agenda/prikker/{poll.id}", answered(poll, *cans) | fields)


@pytest.fixture
def scene(make, browser):
    """A closed space with an organiser, two others, and a poll of three dates."""
    organiser, first, second = make.member("Noor Smit"), make.member("Sam"), make.member("Ria")
    space = make.space(CLOSED, coordinator=make.member("Coördinator"), pseudonyms=True)
    for member in (organiser, first, second):
        make.join(member, space.circle)
    poll = make.date_poll(organiser, space)
    return (
        poll,
        space,
        {m: browser(m) for m in (organiser, first, second)},
        (organiser, first, second),
    )


def test_each_day_is_proposed_at_each_time(make, browser):
    page = browser(make.member())
    answer = page.send("/agenda/prikker/nieuw", FIELDS)
    poll = all_polls()[0]
    assert answer.headers["Location"] == f"/agenda/prikker/{poll.id}"
    found = [(o.starts_at, (o.ends_at - o.starts_at).seconds // 60) for o in options_of(poll)]
    assert found == [
        (datetime(2027, 3, day, hour, minute, tzinfo=UTC), 90)
        for day in (9, 10)
        for hour, minute in ((9, 0), (13, 30))
    ]
    assert poll.closes_at == datetime(2027, 2, 20, 23, 0, tzinfo=UTC)  # the end of that day
    page.send("/agenda/prikker/nieuw", FIELDS)
    assert len(all_polls()) == 1, "the same form sent twice asks once"
    page.send("/agenda/prikker/nieuw", FIELDS | {"days": ["2027-03-16"]})
    page.send("/agenda/prikker/nieuw", FIELDS)
    assert len(all_polls()) == 2, "other dates under the same title are asked too"
    assert "Wanneer zien we elkaar?" in browser(make.member()).get("/agenda").text
    assert "Wanneer zien we elkaar?" not in browser().get("/agenda").text


BAD = {
    "no title": ({"title": ""}, "Fill this in"),
    "no days": ({"days": []}, "at least one day"),
    "no such day": ({"days": ["2027-02-30"]}, "Choose one of the list"),
    "a day that has passed": ({"days": ["2027-01-30"]}, "Choose one of the list"),
    "no time": ({"first": ""}, "Fill this in"),
    "no such time": ({"second": "26:00"}, "not a time that exists"),
    "too many": (
        {"days": [f"2027-03-{n:02}" for n in range(1, 31)], "third": "18:00"},
        "more than 60 dates",
    ),
    "the hour that is skipped": ({"days": ["2027-03-28"], "first": "02:30"}, "does not exist"),
    "another length": ({"minutes": "7"}, "Choose one of the list"),
    "closes too late": ({"closes_on": "2027-03-10"}, "before the last of the dates"),
    "closed already": ({"closes_on": "2027-01-31"}, "has passed"),
    "1 MB": ({"source": "x" * 1_000_000}, "too long"),
}


def test_what_cannot_be_is_said_and_kept(make, browser):
    page = browser(make.member())
    for what, (change, sentence) in BAD.items():
        answer = page.send("/agenda/prikker/nieuw", FIELDS | change)
        assert answer.status_code == 422, what
        assert sentence in answer.text, what
        assert "Neem je agenda **mee**." in answer.text or "source" in change, what
    assert all_polls() == []


def test_one_says_when_one_can_and_may_change_it(scene):
    poll, _space, pages, (_organiser, first, _second) = scene
    page = pages[first]
    say(page, poll, "yes", "if_need_be", None)
    say(page, poll, "no", None, "yes")
    with unit_of_work() as session:
        assert len(session.scalars(select(PollVoter)).all()) == 1
        said = {a.option_id: a.can for a in session.scalars(select(PollAnswer))}
    first_id, _middle, last_id = (option.id for option in options_of(poll))
    assert said == {first_id: "no", last_id: "yes"}
    assert "You answered, as Sam." in page.get(f"/agenda/prikker/{poll.id}").text


def test_saying_nothing_is_no_answer_and_dates_of_another_poll_are_left_alone(scene, make):
    poll, space, pages, (organiser, first, _second) = scene
    for can in (None, "maybe", ""):
        answer = say(pages[first], poll, can)
        assert answer.status_code == 422, can
        assert "at least one date" in answer.text, can
    other = make.date_poll(organiser, space)
    foreign = options_of(other)[0].id
    assert (
        pages[first].post(f"/agenda/prikker/{poll.id}", {f"datum-{foreign}": "yes"}).status_code
        == 422
    )
    assert pages[organiser].get(f"/agenda/prikker/{poll.id}/kiezen/{foreign}").status_code == 404


def test_the_best_date_is_the_one_on_which_most_can(scene):
    poll, _space, pages, (organiser, first, second) = scene
    say(pages[organiser], poll, "yes", "if_need_be", "no")
    say(pages[first], poll, "no", "yes", "yes")
    say(pages[second], poll, "yes", "yes", "no")
    shown = pages[first].get(f"/agenda/prikker/{poll.id}").text
    best = shown[shown.index('id="beste"') :]
    order = [best.index(f"{day} February 2027") for day in (12, 11, 13)]
    assert order == sorted(order)
    assert "3 of the 3 who answered can. One of them if need be." in best


def test_who_answered_what_is_for_the_organiser_and_who_is_silent_too(scene):
    poll, _space, pages, (organiser, first, second) = scene
    say(pages[first], poll, "yes", "no", "no")
    for member, sees in ((organiser, True), (second, False)):
        shown = pages[member].get(f"/agenda/prikker/{poll.id}").text
        best = shown[shown.index('id="beste"') : shown.index("</main>")]
        assert ("Sam" in best) == sees
        assert ("Who has not answered" in best) == sees
        assert ("Ria" in best) == sees


def test_a_reminder_goes_to_who_is_silent_once_a_day_and_says_no_title(
    scene, mails, browser, set_clock
):
    poll, _space, pages, (organiser, first, second) = scene
    say(pages[first], poll, "yes")
    path = f"/agenda/prikker/{poll.id}/herinneren"
    for _ in range(2):
        pages[organiser].post(path)
        run_due()
    assert len(mails(second)) == 1
    assert mails(first) == []
    mail = mails(second)[0]
    assert poll.title not in mail.subject + mail.text + mail.html
    assert "Noor" not in mail.subject + mail.text + mail.html
    assert "is looking for a date" in pages[second].get("/meldingen").text
    assert pages[second].post(path).status_code == 404
    set_clock(clock.now() + timedelta(hours=25))
    pages[organiser].post(path)
    run_due()
    assert len(mails(second)) == 2


def test_whoever_blocked_the_organiser_or_who_reminds_hears_of_neither_reminder_nor_date(
    scene, mails, make
):
    poll, space, pages, (organiser, first, second) = scene
    path = f"/agenda/prikker/{poll.id}"
    with unit_of_work() as session:
        coordinates = session.scalars(coordinators(space.circle_id)).one()
    for blocking, whom in ((first, make.persona(organiser).id), (second, coordinates.id)):
        make.save(Block(member_id=blocking.id, persona_id=whom, at=clock.now()))
    with unit_of_work() as session:
        polling.remind(session, Actor(coordinates.member_id), poll.id, clock.now())
    run_due()
    assert (mails(first), mails(second), len(mails(organiser))) == ([], [], 1)
    for member in (first, second):
        say(pages[member], poll, "yes")
    with unit_of_work() as session:
        day, at = date(2027, 3, 20), time(10)
        polling.add_dates(session, make.actor(organiser), poll.id, [day], at, clock.now())
    run_due()
    told = [pages[member].get("/meldingen").text for member in (first, second)]
    assert ["is looking for a date" in shown for shown in told] == [False, False]
    assert ["There are more dates" in shown for shown in told] == [False, True]
    with unit_of_work() as session:
        session.execute(delete(PollAnswer))
        session.execute(delete(PollVoter))
    pages[organiser].send(f"{path}/kiezen/{options_of(poll)[0].id}", {"place": "De Linde"})
    run_due()
    told = [pages[member].get("/meldingen").text for member in (first, second)]
    assert ["Do you come?" in shown for shown in told] == [False, True]


def test_it_closes_itself_and_the_organiser_hears_of_it(scene, set_clock):
    poll, _space, pages, (organiser, first, _second) = scene
    say(pages[first], poll, "yes")
    set_clock(poll.closes_at + timedelta(seconds=1))
    assert say(pages[first], poll, "no").status_code == 422, "also before the worker came"
    with unit_of_work() as session:
        registry.jobs["gatherings.close_date_polls"](session, {}, clock.now())
    run_due()
    assert all_polls()[0].closed_at == poll.closes_at
    assert "Choose the date" in pages[organiser].get("/meldingen").text
    assert "Choose the date" not in pages[first].get("/meldingen").text


def test_choosing_signs_up_who_said_yes_and_wished_so_and_asks_the_others(scene, mails):
    poll, space, pages, (organiser, first, second) = scene
    say(pages[organiser], poll, "yes", "yes", "yes", comes="y")
    say(pages[first], poll, "if_need_be", "no", "yes", comes="y")
    say(pages[second], poll, "yes", "yes", "yes")
    option = options_of(poll)[0]
    page = pages[organiser]
    path = f"/agenda/prikker/{poll.id}/kiezen/{option.id}"
    answer = page.send(path, {"place": "Buurthuis De Linde"})
    assert answer.status_code == 302
    run_due()
    with unit_of_work() as session:
        gathering = session.scalars(select(Gathering)).one()
        coming = {a.member_id: a.coming for a in session.scalars(select(Attendance))}
    assert (gathering.starts_at, gathering.space_id) == (option.starts_at, space.id)
    assert coming == {organiser.id: GOING}, "if need be is not yes, and yes alone is not a wish"
    assert [bool(mail.calendar) for mail in mails(organiser)] == [True]
    for member in (first, second):
        assert "Do you come?" in pages[member].get("/meldingen").text
    assert page.send(path, {"place": "Elders"}).status_code == 422, "a date is chosen once"
    assert say(pages[first], poll, "yes").status_code == 422


def test_that_a_date_is_chosen_rings_no_more_for_who_saw_the_gathering(scene):
    poll, _space, pages, (organiser, first, second) = scene

    def unread():
        with unit_of_work() as session:
            rows = session.execute(
                select(Notification.member_id, Notification.kind).where(
                    Notification.read_at.is_(None),
                    Notification.member_id.in_([organiser.id, first.id, second.id]),
                )
            ).all()
        return {(row.member_id, row.kind.removeprefix("gatherings.")) for row in rows}

    option = options_of(poll)[0]
    path = f"/agenda/prikker/{poll.id}/kiezen/{option.id}"
    pages[organiser].send(path, {"place": "Buurthuis De Linde"})
    run_due()
    assert (first.id, "date_chosen") in unread()
    with unit_of_work() as session:
        gathering_id = session.scalars(select(Gathering.id)).one()
    pages[first].get(f"/agenda/{gathering_id}")
    assert (first.id, "date_chosen") not in unread()
    assert (second.id, "date_chosen") in unread()


def test_with_fewer_places_than_wishes_the_first_answer_comes_first(scene):
    poll, _space, pages, (organiser, first, second) = scene
    for member in (second, first):
        say(pages[member], poll, "yes", comes="y")
    path = f"/agenda/prikker/{poll.id}/kiezen/{options_of(poll)[0].id}"
    pages[organiser].send(path, {"place": "De Linde", "seats": "1"})
    with unit_of_work() as session:
        coming = {a.member_id: a.coming for a in session.scalars(select(Attendance))}
    assert coming == {second.id: GOING, first.id: WAITING}


WAYS = {
    # who: (reads, answers, manages)
    "organiser": (200, 302, 200),
    "coordinator": (200, 302, 200),
    "somebody in it": (200, 302, 404),
    "somebody outside": (404, 404, 404),
    "an administrator": (404, 404, 404),
}


def test_who_may_what_in_a_closed_space(make, browser):
    people = {who: make.member() for who in WAYS if who != "an administrator"}
    people["an administrator"] = make.member(site_role=SiteRole.ADMINISTRATOR)
    organiser = people["organiser"]
    space = make.space(CLOSED, coordinator=people["coordinator"])
    for who in ("organiser", "somebody in it"):
        make.join(people[who], space.circle)
    for who, (reads, answers, manages) in WAYS.items():
        poll = make.date_poll(organiser, space)
        page, path = browser(people[who]), f"/agenda/prikker/{poll.id}"
        choose = f"{path}/kiezen/{options_of(poll)[0].id}"
        assert page.get(path).status_code == reads, who
        assert say(page, poll, "yes").status_code == answers, who
        assert page.get(choose).status_code == manages, who
        for way in ("herinneren", "sluiten"):
            expected = 302 if manages == 200 else 404
            assert page.post(f"{path}/{way}").status_code == expected, (who, way)


def test_a_pseudonym_is_one_among_the_answers(make, browser):
    organiser = make.member("Noor Smit")
    space = make.space(OPEN, coordinator=organiser, pseudonyms=True)
    hidden = make.member("Ria Bakker", time_zone="America/Curacao")
    make.pseudonym(hidden, space.circle, "Zeewind")
    poll = make.date_poll(organiser, space)
    page = browser(organiser)
    assert "Zeewind" in page.get(f"/agenda/prikker/{poll.id}").text
    say(browser(hidden), poll, "yes", "yes", "yes", comes="y")
    shown = page.get(f"/agenda/prikker/{poll.id}").text
    assert "Zeewind" in shown
    page.send(f"/agenda/prikker/{poll.id}/kiezen/{options_of(poll)[0].id}", {"place": "Assen"})
    with unit_of_work() as session:
        gathering = session.scalars(select(Gathering)).one()
    shown += page.get(f"/agenda/{gathering.id}").text
    assert "Zeewind" in page.get(f"/agenda/{gathering.id}").text
    assert "Ria" not in shown
    assert "Curacao" not in shown


def test_who_leaves_does_not_count_any_more(scene, browser, make):
    poll, space, pages, (_organiser, first, second) = scene
    for member in (first, second):
        say(pages[member], poll, "yes", comes="y")
    with unit_of_work() as session:
        joining.leave(session, make.actor(first), space.circle_id, clock.now())
    pages[second].send("/ik/vertrekken", {"posts": "former"})
    run_due()
    with unit_of_work() as session:
        assert session.scalars(select(PollVoter)).all() == []


def test_whoever_answered_takes_over_when_the_organiser_left(make, browser):
    organiser, first, second = make.member(), make.member(), make.member()
    poll = make.date_poll(organiser)
    page, path = browser(first), f"/agenda/prikker/{poll.id}"
    say(page, poll, "yes")
    assert page.post(f"{path}/overnemen").status_code == 404
    browser(organiser).send("/ik/vertrekken", {"posts": "former"})
    run_due()
    assert "Will you?" in page.get("/meldingen").text
    assert browser(second).post(f"{path}/overnemen").status_code == 404
    assert f"{path}/overnemen" in page.get(path).text
    assert page.post(f"{path}/overnemen").status_code == 302
    assert page.get(f"{path}/data").status_code == 200
    assert "Will you?" not in page.get("/meldingen").text
    assert "You sent this already." in page.post(f"{path}/overnemen", follow_redirects=True).text
    assert browser(first).post(f"{path}/overnemen").status_code == 404


def test_what_is_asked_of_me_stands_on_my_first_page_until_i_answer(scene):
    poll, _space, pages, (_organiser, first, _second) = scene
    assert poll.title in pages[first].get("/").text
    say(pages[first], poll, "no")
    assert poll.title not in pages[first].get("/").text


def test_whoever_opens_the_page_is_rung_no_more_for_it(scene, make):
    poll, _space, pages, (organiser, first, second) = scene
    with unit_of_work() as session:
        emit(session, events.DateAsked(poll_id=poll.id), clock.now())
    run_due()

    def rings(member):
        with reading() as session:
            unread = notices.unread(session, make.actor(member))
            return [n.kind for n, _line in unread if n.subject_id == poll.id]

    assert (rings(first), rings(second)) == (["gatherings.date_asked"], ["gatherings.date_asked"])
    pages[first].get(f"/agenda/prikker/{poll.id}")
    assert (rings(first), rings(second)) == ([], ["gatherings.date_asked"])
    assert poll.title in pages[first].get("/").text  # it still waits for an answer
    assert rings(organiser) == []
    # Rung while the page stood open: the answer waits for nobody, and leads to the page again.
    assert pages[second].post(f"/agenda/prikker/{poll.id}", answered(poll)).status_code == 302
    pages[second].get(f"/agenda/prikker/{poll.id}")
    assert rings(second) == []


def test_the_page_runs_as_many_queries_with_many_answers_as_with_one(scene, make, browser):
    poll, space, pages, (organiser, first, _second) = scene
    say(pages[organiser], poll, "yes")
    say(pages[first], poll, "yes")

    def counted():
        with statements() as seen:
            assert pages[organiser].get(f"/agenda/prikker/{poll.id}").status_code == 200
        return len(seen)

    counted()
    before = counted()
    for _ in range(12):
        make.join(member := make.member(), space.circle)
        say(browser(member), poll, "yes", "no", "if_need_be")
        make.join(make.member(), space.circle)
    assert counted() == before
    assert before <= 11
