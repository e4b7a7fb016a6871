"""Guests: their own link for one thing, rules first, nothing else, and gone when it is over."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from cop.gatherings import guests, reminders
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Gathering
from cop.gatherings.poll_models import Can, PollAnswer, PollOption, PollVoter
from cop.groups.models import FacilitatorState, GroupFacilitator, GroupPresence
from cop.notifications.models import Notification
from cop.platform.db import unit_of_work
from cop.platform.worker import run_due

NOW = datetime(2027, 2, 1, 12, 0, tzinfo=UTC)
SOMEBODY = {"name": "Gerda Gast", "email": "gerda@example.org"}


def link(mails, address="gerda@example.org"):
    run_due()
    (mail, *_more) = [m for m in mails() if m.recipient == address][-1:]
    return re.search(r"/gast/[\w-]+", mail.text)[0]


def the_guest():
    with unit_of_work() as session:
        return session.scalars(select(GatheringGuest)).one_or_none()


def sought(member):
    """How often somebody heard that their group seeks a facilitator."""
    with unit_of_work() as session:
        kinds = session.scalars(
            select(Notification.kind).where(Notification.member_id == member.id)
        ).all()
    return kinds.count("groups.seeks")


def options(poll):
    with unit_of_work() as session:
        return session.scalars(
            select(PollOption.id).where(PollOption.poll_id == poll.id).order_by(PollOption.id)
        ).all()


def answers():
    with unit_of_work() as session:
        return session.scalars(select(PollAnswer.can)).all()


def test_a_guest_says_when_they_can_by_a_button_and_after_the_rules(
    make, browser, mails, set_clock
):
    set_clock(NOW)
    organiser = make.member("Eva Vraagt")
    poll = make.date_poll(organiser, title="Geheime titel")
    path = f"/agenda/prikker/{poll.id}/gasten"
    page, sent = browser(organiser), "goes to them"
    for hours, known, asked in ((0, False, 1), (1, True, 1), (25, False, 2)):
        set_clock(NOW + timedelta(hours=hours))  # one address is asked once a day at most
        shown = page.send(path, SOMEBODY, follow_redirects=True).text
        assert ("asked already" in shown, sent in shown) == (known, not known), hours
        own = link(mails)
        assert len([m for m in mails() if m.recipient == "gerda@example.org"]) == asked
    shown = page.get(f"/agenda/prikker/{poll.id}").text
    assert "Who has not answered" in shown
    assert "Gerda Gast" in shown
    page.post(f"/agenda/prikker/{poll.id}/herinneren")
    run_due()
    assert len([m for m in mails() if m.recipient == "gerda@example.org"]) == 3
    guest = browser()
    for _ in range(3):  # a scanner follows the link
        opened = guest.get(own)
    assert (opened.status_code, answers(), the_guest().agreed_at) == (200, [], None)
    assert "Geheime titel" not in opened.text + mails()[-1].text + mails()[-1].subject
    first = options(poll)[0]
    refused = guest.send(own, {f"datum-{first}": Can.YES})
    assert (refused.status_code, answers()) == (422, [])
    guest.send(own, {f"datum-{first}": Can.YES, "agrees": "y"})
    guest.send(own, {f"datum-{first}": Can.IF_NEED_BE})
    assert answers() == [Can.IF_NEED_BE]
    shown = page.get(f"/agenda/prikker/{poll.id}").text
    assert "Gerda Gast (guest)" in shown
    assert "<h2>Who has not answered</h2>" not in shown
    set_clock(NOW + timedelta(hours=60))
    assert "asked already" in page.send(path, SOMEBODY, follow_redirects=True).text
    page.post(f"/agenda/prikker/{poll.id}/herinneren")
    run_due()
    assert len([m for m in mails() if m.recipient == "gerda@example.org"]) == 3, "who answered"
    assert "Gerda" not in browser(make.member()).get(f"/agenda/prikker/{poll.id}").text
    assert browser(make.member()).get(path).status_code == 404


def test_a_link_opens_nothing_else_and_no_other_link_can_be_made(make, browser, mails, set_clock):
    set_clock(NOW)
    organiser = make.member()
    poll = make.date_poll(organiser)
    browser(organiser).send(f"/agenda/prikker/{poll.id}/gasten", SOMEBODY)
    own = link(mails)
    page = browser()
    assert page.get(own).status_code == 200
    for path in (f"/agenda/prikker/{poll.id}", "/groepen", "/leden", "/meldingen"):
        assert page.get(path).status_code in (302, 404)
    assert page.get(f"{own}/agenda.ics").status_code == 404
    for wrong in (own[:-1], own + "A", own[:-3] + "AAA", "/gast/" + "A" * 40, "/gast/x"):
        assert page.get(wrong).status_code == 404
    with unit_of_work() as session:
        stored = session.execute(text("SELECT name, email FROM gathering_guest")).one()
    assert not any("gerda" in str(value).lower() for value in stored)  # enciphered


def test_wrong_guests_are_refused(make, browser, set_clock):
    set_clock(NOW)
    organiser = make.member()
    poll = make.date_poll(organiser)
    for wrong in ({"name": ""}, {"name": "<b>"}, {"email": "gerda"}, {"email": "a@b@c"}):
        answer = browser(organiser).send(f"/agenda/prikker/{poll.id}/gasten", SOMEBODY | wrong)
        assert answer.status_code == 422
    assert the_guest() is None


def test_a_guest_who_answered_comes_along_to_the_chosen_date_and_is_gone_after_it(
    make, browser, mails, set_clock
):
    set_clock(NOW)
    organiser = make.member()
    poll = make.date_poll(organiser)
    page = browser(organiser)
    page.send(f"/agenda/prikker/{poll.id}/gasten", SOMEBODY)
    page.send(f"/agenda/prikker/{poll.id}/gasten", {"name": "Stil", "email": "stil@example.org"})
    own, silent = link(mails), link(mails, "stil@example.org")
    first = options(poll)[0]
    browser().send(own, {f"datum-{first}": Can.YES, "agrees": "y"})
    page.send(f"/agenda/prikker/{poll.id}/kiezen/{first}", {"place": "De Linde"})
    run_due()
    assert browser().get(silent).status_code == 404  # said nothing: asked no more, and erased
    assert the_guest().name == "Gerda Gast"
    guest = browser()
    assert "De Linde" in guest.get(own).text
    guest.send(own, {"antwoord": "ja"})
    assert guest.get(f"{own}/agenda.ics").data.startswith(b"BEGIN:VCALENDAR")
    with unit_of_work() as session:
        ends_at = session.scalars(select(Gathering.ends_at)).one()
    set_clock(ends_at + timedelta(minutes=1))
    assert browser().get(own).status_code == 404
    set_clock(ends_at + guests.STAYS + timedelta(minutes=1))
    with unit_of_work() as session:
        guests.forget(session, {}, ends_at + guests.STAYS + timedelta(minutes=1))
    with unit_of_work() as session:
        assert session.scalars(select(PollVoter)).all() == []
    assert the_guest() is None


def test_taken_back_the_link_leads_nowhere_and_what_was_said_goes(make, browser, mails, set_clock):
    set_clock(NOW)
    organiser = make.member()
    poll = make.date_poll(organiser)
    page = browser(organiser)
    page.send(f"/agenda/prikker/{poll.id}/gasten", SOMEBODY)
    own = link(mails)
    browser().send(own, {f"datum-{options(poll)[0]}": Can.NO, "agrees": "y"})
    back = f"/agenda/prikker/{poll.id}/gasten/{the_guest().id}/intrekken"
    assert browser(make.member()).post(back).status_code == 404
    page.post(back)
    assert (the_guest(), answers()) == (None, [])
    assert browser().get(own).status_code == 404


def test_somebody_from_outside_facilitates_one_date_after_agreeing_to_the_groups_rules(
    make, browser, mails, set_clock
):
    set_clock(NOW)
    organiser, member = make.member(), make.member()
    group = make.group(organiser, member, facilitates=False, rules="- Niemand wordt gedwongen.")
    first = make.group_date(group, organiser, place="De Linde")
    second = make.group_date(group, organiser, NOW + timedelta(days=50))
    path = f"/groepen/data/{first.id}/begeleider"
    assert browser(member).get(path).status_code == 404
    page = browser(organiser)
    page.send(path, SOMEBODY)
    own = link(mails)
    mail = mails()[-1]
    assert group.name not in mail.text + mail.subject
    assert "De Linde" in mail.text
    guest = browser()
    assert "Niemand wordt gedwongen." in guest.get(own).text
    assert guest.send(own, {"antwoord": "ja"}).status_code == 422
    assert (
        "no facilitator yet"
        in page.post(f"/groepen/data/{first.id}/bevestigen", follow_redirects=True).text
    )
    guest.send(own, {"antwoord": "ja", "agrees": "y"})
    run_due()
    assert "Gerda Gast" in page.get(f"/groepen/data/{first.id}").text
    theirs = [m for m in mails() if m.recipient == SOMEBODY["email"]]
    assert [bool(m.calendar) for m in theirs] == [False, True]
    assert "METHOD:REQUEST" in theirs[-1].calendar
    assert "STATUS:CONFIRMED" in theirs[-1].calendar
    assert "ORGANIZER" in theirs[-1].calendar
    # Their page lets in whoever has its address, and calendars are shared.
    assert "http" not in "".join(theirs[-1].calendar.split("\r\n "))
    assert "http" not in guest.get(f"{own}/agenda.ics").text
    refused = page.post(f"/groepen/data/{second.id}/bevestigen", follow_redirects=True)
    assert "no facilitator yet" in refused.text  # for one date alone
    with unit_of_work() as session:
        assert not session.get_one(Gathering, first.id).provisional
    assert guest.get(f"/groepen{own}/aanwezig").status_code == 404  # it has not begun
    set_clock(first.starts_at + timedelta(hours=1))
    there = {"there": [make.persona(member).handle], "minutes": "90"}
    guest.send(f"/groepen{own}/aanwezig", there)
    with unit_of_work() as session:
        row = session.scalars(select(GroupPresence)).one()
    assert (row.member_id, row.facilitator) == (member.id, "Gerda Gast")
    set_clock(NOW + timedelta(hours=1))  # not before what was signed since: that would not count
    guest.send(own, {"antwoord": "nee"})
    assert guest.get(f"/groepen{own}/aanwezig").status_code == 404
    run_due()
    theirs = [m for m in mails() if m.recipient == SOMEBODY["email"]]
    assert "METHOD:CANCEL" in theirs[-1].calendar
    assert sought(member) == 1  # whoever comes hears that the date has nobody any more
    with unit_of_work() as session:
        row = session.scalars(select(GroupFacilitator)).one()
    assert row.state == FacilitatorState.ENDED
    assert "facilitator wanted" in page.get(f"/groepen/data/{first.id}").text


def test_who_was_asked_by_mistake_is_taken_back_and_who_said_yes_hears_of_it(
    make, browser, mails, set_clock
):
    set_clock(NOW)
    organiser, member = make.member(), make.member()
    group = make.group(organiser, member, facilitates=False)
    date = make.group_date(group, organiser)
    page, path = browser(organiser), f"/groepen/data/{date.id}"
    for said in (False, True):
        page.send(f"{path}/begeleider", SOMEBODY)
        own = link(mails)
        if said:
            browser().send(own, {"antwoord": "ja", "agrees": "y"})
            run_due()
        with unit_of_work() as session:
            row = session.scalars(select(GroupFacilitator.id)).one()
        back = f"{path}/begeleider/{row}/intrekken"
        assert back in page.get(path).text
        assert back not in browser(member).get(path).text
        assert browser(member).post(back).status_code == 404
        before = len(mails())
        page.post(back)
        run_due()
        assert (the_guest(), browser().get(own).status_code) == (None, 404)
        assert "You sent this already." in page.post(back, follow_redirects=True).text
        sent = mails()[before:]
        theirs = [m for m in sent if m.recipient == SOMEBODY["email"]]
        others = {m.recipient: m.calendar for m in sent if m not in theirs}
        assert len(theirs) == int(said)
        # What was certain no longer is: it stays in calendars, and says so.
        assert set(others) == ({organiser.email, member.email} if said else set())
        assert all("STATUS:TENTATIVE" in calendar for calendar in others.values())
        with unit_of_work() as session:
            assert session.get_one(Gathering, date.id).provisional
        assert "facilitator wanted" in page.get(path).text
        assert sought(member) == int(said)
    assert "METHOD:CANCEL" in theirs[0].calendar


@pytest.mark.parametrize("says", [None, "ja", "nee", "ja, and just now nee"])
def test_a_guest_of_the_poll_who_is_taken_back_after_the_date_was_chosen_hears_of_it(
    make, browser, mails, set_clock, says
):
    set_clock(NOW)
    organiser = make.member()
    poll = make.date_poll(organiser)
    page = browser(organiser)
    page.send(f"/agenda/prikker/{poll.id}/gasten", SOMEBODY)
    own, first = link(mails), options(poll)[0]
    browser().send(own, {f"datum-{first}": Can.YES, "agrees": "y"})
    page.send(f"/agenda/prikker/{poll.id}/kiezen/{first}", {"place": "De Linde"})
    run_due()
    if says:
        browser().send(own, {"antwoord": "ja"})
        run_due()
    if says == "nee":
        browser().send(own, {"antwoord": "nee"})
        run_due()
    before = len(mails())
    if says == "ja, and just now nee":  # what they said is still to be told to their calendar
        browser().send(own, {"antwoord": "nee"})
    page.post(f"/agenda/prikker/{poll.id}/gasten/{the_guest().id}/intrekken")
    run_due()
    sent = [m for m in mails()[before:] if m.recipient == SOMEBODY["email"]]
    assert the_guest() is None
    assert len(sent) == (0 if says == "nee" else 1)  # who said no counts on nothing
    for mail in sent:
        assert ("METHOD:CANCEL" in (mail.calendar or "")) == (says is not None)
        assert "/gast/" not in mail.text


def test_who_facilitates_a_date_and_is_taken_back_as_a_guest_of_the_poll_leaves_it_uncertain(
    make, browser, mails, set_clock
):
    set_clock(NOW)
    organiser = make.member()
    group = make.group(organiser, facilitates=False)
    with unit_of_work() as session:
        circle = {"circle_id": group.circle_id, "kind": group.kind}
    poll = make.date_poll(organiser, **circle)
    page, first = browser(organiser), options(poll)[0]
    page.send(f"/agenda/prikker/{poll.id}/gasten", SOMEBODY)
    own = link(mails)
    browser().send(own, {f"datum-{first}": Can.YES, "agrees": "y"})
    page.send(f"/agenda/prikker/{poll.id}/kiezen/{first}", {"place": "De Linde"})
    with unit_of_work() as session:
        gathering = session.scalars(select(Gathering)).one()
    page.send(f"/groepen/data/{gathering.id}/begeleider", SOMEBODY)
    browser().send(own, {"antwoord": "ja"})
    run_due()
    for provisional in (False, True):
        with unit_of_work() as session:
            assert session.get_one(Gathering, gathering.id).provisional == provisional
        if not provisional:
            page.post(f"/agenda/prikker/{poll.id}/gasten/{the_guest().id}/intrekken")
            run_due()
    assert sought(organiser) == 1


def test_who_facilitates_from_outside_is_reminded_and_hears_of_a_move_in_their_calendar(
    make, browser, mails, set_clock
):
    set_clock(NOW)
    organiser = make.member()
    group = make.group(organiser, facilitates=False)
    date = make.group_date(group, organiser, NOW + timedelta(days=20))
    for who in (SOMEBODY, {"name": "Stil", "email": "stil@example.org"}):
        browser(organiser).send(f"/groepen/data/{date.id}/begeleider", who)
    browser().send(link(mails), {"antwoord": "ja", "agrees": "y"})
    run_due()

    def of(address=SOMEBODY["email"]):
        return [m for m in mails() if m.recipient == address]

    had, silent = len(of()), len(of("stil@example.org"))
    for moment, more in (
        (date.starts_at - timedelta(days=8), 0),
        (date.starts_at - timedelta(days=7), 1),
        (date.starts_at - timedelta(days=6, hours=20), 1),
        (date.starts_at - timedelta(days=1), 2),
        (date.starts_at - timedelta(hours=20), 2),
    ):
        set_clock(moment)
        with unit_of_work() as session:
            reminders.look_for_reminders(session, {}, moment)
        run_due()
        assert len(of()) == had + more, moment
    assert len(of("stil@example.org")) == silent
    moved = {"day": "2027-03-20", "begins": "10:00", "minutes": "90", "setting": "on_site"}
    browser(organiser).send(f"/groepen/data/{date.id}/verzetten", moved | {"place": "Elders"})
    run_due()
    assert "SEQUENCE:2" in of()[-1].calendar
    assert "METHOD:REQUEST" in of()[-1].calendar
    browser(organiser).send(f"/groepen/data/{date.id}/afzeggen", {"why": ""})
    run_due()
    assert "SEQUENCE:3" in of()[-1].calendar
    assert "METHOD:CANCEL" in of()[-1].calendar
    assert not of("stil@example.org")[-1].calendar


def asked_of(gathering):
    with unit_of_work() as session:
        return session.execute(
            select(GroupFacilitator.state, GatheringGuest.coming, GatheringGuest.facilitates)
            .outerjoin(GatheringGuest, GatheringGuest.id == GroupFacilitator.guest_id)
            .where(GroupFacilitator.gathering_id == gathering.id)
        ).one()


def test_a_guest_of_the_poll_is_asked_to_facilitate_by_a_mail_of_its_own_and_says_so_themselves(
    make, browser, mails, set_clock
):
    set_clock(NOW)
    organiser = make.member()
    group = make.group(organiser, facilitates=False)
    with unit_of_work() as session:
        circle = {"circle_id": group.circle_id, "kind": group.kind}
    poll = make.date_poll(organiser, **circle)
    page, said = browser(organiser), {"agrees": "y"}
    guests_page = f"/agenda/prikker/{poll.id}/gasten"
    page.send(guests_page, SOMEBODY)
    page.send(guests_page, {"name": "Tweede", "email": "tweede@example.org"})
    own, second = link(mails), link(mails, "tweede@example.org")
    first = options(poll)[0]
    for each in (own, second):
        browser().send(each, {f"datum-{first}": Can.YES} | said)
    page.send(f"/agenda/prikker/{poll.id}/kiezen/{first}", {"place": "De Linde"})
    with unit_of_work() as session:
        gathering = session.scalars(select(Gathering)).one()
    path = f"/groepen/data/{gathering.id}/begeleider"
    page.send(path, SOMEBODY)  # before the worker brought the guests of the poll along
    assert link(mails) == own, "the same guest, by the same link"
    assert asked_of(gathering) == (FacilitatorState.ASKED, "asked", True)
    with unit_of_work() as session:
        assert len(session.scalars(select(GatheringGuest)).all()) == 2

    guest = browser()
    old = guest.get(second).text
    assert "Do you come?" in old
    guest.send(second, {"antwoord": "ja", "vraag": "komen"})
    page.send(path, {"name": "Tweede", "email": "tweede@example.org"})
    guest.send(second, {"antwoord": "ja", "vraag": "komen"})  # on a page opened before that
    run_due()
    mail = [m for m in mails() if m.recipient == "tweede@example.org"][-1]
    assert second in mail.text
    assert "begeleiden" in mail.subject
    with unit_of_work() as session:
        states = session.scalars(select(GroupFacilitator.state)).all()
    assert states == [FacilitatorState.ASKED] * 2, "who says that they come does not facilitate"
    assert "Will you facilitate?" in guest.get(second).text
    guest.send(second, {"antwoord": "ja", "vraag": "begeleiden"})
    run_due()
    assert "Tweede" in page.get(f"/groepen/data/{gathering.id}").text
    refused = page.send(path, {"name": "Tweede", "email": "tweede@example.org"})
    assert refused.status_code == 422
    assert "said yes already" in refused.text
    guest.send(own, {"antwoord": "nee", "vraag": "begeleiden"})
    run_due()
    with unit_of_work() as session:
        assert FacilitatorState.ENDED in session.scalars(select(GroupFacilitator.state)).all()
    assert sought(organiser) == 0  # their yes was to the poll: nobody goes who was to lead


def test_who_said_no_can_be_asked_to_facilitate_once_more(make, browser, mails, set_clock):
    set_clock(NOW)
    organiser = make.member()
    group = make.group(organiser, facilitates=False)
    date = make.group_date(group, organiser)
    page, path = browser(organiser), f"/groepen/data/{date.id}/begeleider"
    for _ in range(2):
        page.send(path, SOMEBODY)
    own = link(mails)
    browser().send(own, {"antwoord": "nee"})
    run_due()
    assert asked_of(date)[0] == FacilitatorState.ENDED
    assert len([m for m in mails() if m.recipient == SOMEBODY["email"]]) == 1
    page.send(path, SOMEBODY)
    assert link(mails) == own
    assert len([m for m in mails() if m.recipient == SOMEBODY["email"]]) == 2
    assert asked_of(date) == (FacilitatorState.ASKED, "asked", True)


def test_of_what_is_cancelled_the_link_says_only_that(make, browser, mails, set_clock):
    set_clock(NOW)
    organiser = make.member()
    group = make.group(organiser, facilitates=False)
    date = make.group_date(group, organiser, setting="mixed", link="https://video.example.org/k")
    browser(organiser).send(f"/groepen/data/{date.id}/begeleider", SOMEBODY)
    own, guest = link(mails), browser()
    guest.send(own, {"antwoord": "ja", "agrees": "y"})
    run_due()
    assert "video.example.org" in guest.get(own).text
    set_clock(date.starts_at + timedelta(minutes=5))
    assert guest.get(f"/groepen{own}/aanwezig").status_code == 200
    browser(organiser).send(f"/groepen/data/{date.id}/afzeggen", {"why": ""})
    shown = guest.get(own)
    assert "This does not go on." in shown.text
    for what in ("video.example.org", "De Linde", "antwoord", "sessie", "aanwezig"):
        assert what not in shown.text
    for rest in (f"/groepen{own}/aanwezig", f"{own}/agenda.ics"):
        assert guest.get(rest).status_code == 404
    assert guest.post(f"{own}/sessie").status_code == 404
    assert guest.send(own, {"antwoord": "nee"}).status_code == 200
