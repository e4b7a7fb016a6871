"""Signing up and off, the waiting list, and who sees whom."""

import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from cop.gatherings import attending
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.members.events import PseudonymEnds
from cop.members.models import SiteRole
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.outbox import emit
from cop.platform.worker import run_due
from cop.spaces import joining
from cop.spaces.circles import Visibility

PUBLIC, OPEN, CLOSED, PRIVATE = Visibility
GOING, WAITING, OFF = Coming.GOING, Coming.WAITING, Coming.OFF


def coming(gathering, member):
    with unit_of_work() as session:
        return session.scalar(
            select(Attendance.coming).where(
                Attendance.gathering_id == gathering.id, Attendance.member_id == member.id
            )
        )


def counts(gathering):
    with unit_of_work() as session:
        kept = session.get_one(Gathering, gathering.id)
        return kept.going, kept.waiting


def ways(gathering):
    return f"/agenda/{gathering.id}/aanmelden", f"/agenda/{gathering.id}/afmelden"


def test_one_signs_up_and_off_without_a_reason_as_often_as_one_likes(make, browser):
    gathering, member = make.gathering(make.member()), make.member()
    up, off = ways(gathering)
    page = browser(member)
    for _ in range(2):
        page.post(up)
        page.post(up)
        assert (coming(gathering, member), counts(gathering)) == (GOING, (1, 0))
        page.post(off)
        page.post(off)
        assert (coming(gathering, member), counts(gathering)) == (OFF, (0, 0))


def test_who_finds_no_place_waits_and_the_first_who_waits_gets_the_next(make, browser):
    gathering = make.gathering(make.member(), seats=1)
    up, off = ways(gathering)
    people = [make.member() for _ in range(3)]
    pages = [browser(member) for member in people]
    for page in pages:
        page.post(up)
    assert [coming(gathering, m) for m in people] == [GOING, WAITING, WAITING]
    assert "number 2" in pages[2].get(f"/agenda/{gathering.id}").text
    pages[0].post(off)
    run_due()
    assert [coming(gathering, m) for m in people] == [OFF, GOING, WAITING]
    assert "There is a place for you" in pages[1].get("/meldingen").text
    assert "There is a place for you" not in pages[2].get("/meldingen").text
    assert counts(gathering) == (1, 1)
    pages[2].post(off)
    assert counts(gathering) == (1, 0)


def test_a_newcomer_does_not_pass_those_who_wait(make, browser):
    gathering = make.gathering(make.member(), seats=2)
    make.attendance(gathering, make.member())
    make.attendance(gathering, make.member(), WAITING)  # a place came free a moment ago
    member = make.member()
    browser(member).post(ways(gathering)[0])
    assert coming(gathering, member) == WAITING


def test_more_places_go_to_those_who_wait(make, browser):
    organiser, people = make.member(), [make.member() for _ in range(4)]
    page = browser(organiser)
    for seats, expected in (("3", (3, 1)), ("", (4, 0)), ("9", (4, 0))):
        gathering = make.gathering(organiser, seats=1)
        make.attendance(gathering, people[0])
        for n, member in enumerate(people[1:]):
            since = clock.now() + timedelta(seconds=n)
            make.attendance(gathering, member, WAITING, since=since)
        page.send(f"/agenda/{gathering.id}/wijzigen", {"seats": seats})
        assert counts(gathering) == expected, seats


def test_what_is_cancelled_or_has_begun_takes_nobody(make, browser):
    before, organiser, member = datetime(2026, 1, 1, tzinfo=UTC), make.member(), make.member()
    page = browser(member)
    for values, sentence in (
        ({"cancelled_at": before}, "cancelled"),
        ({"starts_at": before}, "begun"),
    ):
        gathering = make.gathering(organiser, **values)
        answer = page.post(ways(gathering)[0], follow_redirects=True)
        assert sentence in answer.text
        assert coming(gathering, member) is None, sentence


def test_who_may_not_read_it_cannot_sign_up(make, browser):
    space = make.space(CLOSED, coordinator=make.member())
    gathering = make.gathering(make.member(), space)
    for asking in (make.member(), make.member(site_role=SiteRole.ADMINISTRATOR)):
        assert browser(asking).post(ways(gathering)[0]).status_code == 404
        assert browser(asking).post(ways(gathering)[1]).status_code == 404
    assert counts(gathering) == (0, 0)


def test_of_two_who_want_the_last_place_one_gets_it(app, make):
    """Both at once, each in a transaction of its own."""
    gathering = make.gathering(make.member(), seats=1)
    people = [make.member() for _ in range(4)]
    ready = threading.Barrier(len(people))

    def sign_up(actor):
        with app.app_context():
            ready.wait(10)
            with unit_of_work() as session:
                attending.sign_up(session, actor, gathering.id, clock.now())

    threads = [threading.Thread(target=sign_up, args=(make.actor(m),)) for m in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(coming(gathering, m) for m in people) == [GOING, *[WAITING] * 3]
    assert counts(gathering) == (1, 3)


NAMES = {
    "organiser": True,
    "somebody who comes": True,
    "somebody who waits": False,
    "another member": False,
    "moderator": False,
    "visitor": False,
}


def test_who_comes_is_seen_by_who_comes_and_who_organises(make, browser):
    organiser, guest, waits = make.member(), make.member("Sam Vos"), make.member("Ria Bakker")
    gathering = make.gathering(organiser, visibility=PUBLIC, seats=1)
    make.attendance(gathering, guest)
    make.attendance(gathering, waits, WAITING)
    people = {
        "organiser": organiser,
        "somebody who comes": guest,
        "somebody who waits": waits,
        "another member": make.member(),
        "moderator": make.member(site_role=SiteRole.MODERATOR),
        "visitor": None,
    }
    for who, sees in NAMES.items():
        shown = browser(people[who]).get(f"/agenda/{gathering.id}").text
        main = shown[shown.index('id="wie"') :]
        assert ("Sam Vos" in main) == sees, who
        assert ("Ria Bakker" in main) == (who == "organiser"), who
        assert "One person has signed up" in main or sees, who


def test_a_pseudonym_is_one_among_those_who_come_and_in_their_order(make, browser):
    organiser = make.member("Noor Smit")
    space = make.space(OPEN, coordinator=organiser, pseudonyms=True)
    hidden = make.member("Aad Aalders", time_zone="America/Curacao")
    make.pseudonym(hidden, space.circle, "Zeewind")
    gathering = make.gathering(organiser, space)
    for n in range(3):
        make.attendance(gathering, make.member(f"Bart {n}"))
    assert browser(hidden).post(ways(gathering)[0]).status_code == 302
    shown = browser(organiser).get(f"/agenda/{gathering.id}").text
    main = shown[shown.index('id="wie"') :]
    assert "Aad" not in shown
    assert "Curacao" not in shown
    assert main.index("Zeewind") > main.index("Bart 2")
    assert "You come, as Zeewind." in browser(hidden).get(f"/agenda/{gathering.id}").text


def test_who_leaves_a_closed_space_comes_to_nothing_there_any_more(make, browser, app):
    space = make.space(CLOSED, coordinator=make.member())
    member, waits = make.member(), make.member()
    for each in (member, waits):
        make.join(each, space.circle)
    gathering = make.gathering(make.member(), space, seats=1)
    been = make.gathering(make.member(), space, starts_at=clock.now() - timedelta(days=3))
    make.attendance(been, member)
    make.attendance(gathering, member)
    make.attendance(gathering, waits, WAITING)
    with unit_of_work() as session:
        joining.leave(session, make.actor(member), space.circle_id, clock.now())
    run_due()
    assert coming(gathering, member) == OFF
    assert coming(gathering, waits) == GOING
    assert coming(been, member) == GOING


def test_who_leaves_an_open_space_may_still_come(make, app):
    space = make.space(OPEN, coordinator=make.member())
    make.join(member := make.member(), space.circle)
    gathering = make.gathering(make.member(), space)
    make.attendance(gathering, member)
    with unit_of_work() as session:
        joining.leave(session, make.actor(member), space.circle_id, clock.now())
    run_due()
    assert coming(gathering, member) == GOING


def unfolded(text):
    return text.replace("\r\n ", "")


def test_leaving_the_community_forgets_own_name_now_and_a_pseudonym_at_its_own_end(
    make, browser, mails
):
    space = make.space(OPEN, coordinator=make.member(), pseudonyms=True)
    member = make.member("Ria Bakker")
    persona = make.pseudonym(member, space.circle, "Zeewind")
    own, under = make.gathering(make.member()), make.gathering(make.member(), space)
    make.attendance(own, member, told="it", in_calendar=True)
    make.attendance(under, member, persona=persona, told="it", in_calendar=True)
    make.attendance(make.gathering(make.member()), member)  # of which no calendar was told
    browser(member).send("/ik/agenda/adres", to="/ik/agenda/adres")
    browser(member).send("/ik/vertrekken", {"posts": "former"})
    run_due()
    assert (coming(own, member), counts(own)) == (None, (0, 0))
    gone = [mail.calendar for mail in mails(member) if "METHOD:CANCEL" in (mail.calendar or "")]
    assert [any(g.uid in unfolded(text) for text in gone) for g in (own, under)] == [True, True]
    assert len(gone) == 2, "what stands in their own calendar goes while their address is known"
    assert coming(under, member) == GOING
    with unit_of_work() as session:
        emit(session, PseudonymEnds(persona_id=persona.id), clock.now())
    run_due()
    assert (coming(under, member), counts(under)) == (None, (0, 0))


def test_home_says_what_to_read_and_to_think_of_before_one_goes(make, browser):
    owner, member = make.member(), make.member()
    gathering = make.gathering(owner, words=900)
    session = make.group_date(make.group(owner, member), owner)
    assert "minutes to read" not in browser(member).get("/").text
    browser(member).post(ways(gathering)[0])
    assert "5 minutes to read" in browser(member).get("/").text
    browser(member).post(ways(session)[0])
    assert "think of what you want to bring" in browser(member).get("/").text
