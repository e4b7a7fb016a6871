"""Groups: who starts, finds, joins and reads them; rules that everybody agrees to; facilitators."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cop.gatherings.models import Attendance, Coming, Gathering
from cop.groups import dates, facilitating, mine
from cop.groups.certainty import OPEN_AFTER
from cop.groups.models import (
    FacilitatorState,
    Group,
    GroupAgreement,
    GroupFacilitator,
    GroupKind,
)
from cop.groups.permissions import GROUPS, GroupPermission
from cop.members import leaving
from cop.members.blocks import Block
from cop.members.models import SiteRole
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from cop.spaces import joining
from cop.spaces.circles import Standing, Visibility
from tests.support.counting import statements

CLOSED, PRIVATE = Visibility.CLOSED, Visibility.PRIVATE

NOW = clock.now()

FORM = {
    "kind": "intervisie",
    "name": "Herstel in de wijk",
    "purpose": "Leren van elkaars praktijk.",
    "rules": "- Wat hier gezegd wordt, blijft hier.",
    "size": "6",
    "every_weeks": "6",
    "minutes": "90",
    "organisation": "0",
    "visibility": "closed",
}


def the_group():
    with unit_of_work() as session:
        return session.scalars(select(Group).options(joinedload(Group.circle))).one()


def held(make, member, group):
    with unit_of_work() as session:
        return GROUPS.held(session, make.actor(member), group.id)


def ready(make, name="Toos Begeleider"):
    """Somebody in the pool."""
    member = make.member(name)
    with unit_of_work() as session:
        facilitating.stand_ready(
            session,
            make.actor(member),
            intervisie=True,
            beraad=True,
            training="Ja.",
            now=clock.now(),
        )
    return member


def facilitators(group, state=FacilitatorState.ACCEPTED):
    with unit_of_work() as session:
        return set(
            session.scalars(
                select(GroupFacilitator.member_id).where(
                    GroupFacilitator.group_id == group.id, GroupFacilitator.state == state
                )
            )
        )


def test_any_member_starts_a_group_and_the_same_form_twice_is_one(make, browser):
    member = make.member()
    page = browser(member)
    for _ in range(2):
        answer = page.send("/groepen/nieuw", FORM)
    group = the_group()
    assert answer.headers["Location"] == f"/groepen/{group.id}"
    assert group.circle.visibility == CLOSED
    assert (group.every_weeks, group.minutes, group.size) == (6, 90, 6)
    text = page.get(f"/groepen/{group.id}").text
    assert "facilitator wanted" in text
    assert {GroupPermission.MANAGE, GroupPermission.TAKE_PART} <= held(make, member, group)


WRONG = (
    {"name": " "},
    {"purpose": ""},
    {"rules": ""},
    {"size": "1"},
    {"size": "31"},
    {"every_weeks": "0"},
    {"every_weeks": "27"},
    {"kind": "meeting"},
    {"visibility": "open"},
    {"visibility": "public"},
    {"minutes": "45"},
    {"minutes": "120"},  # two hours are for a deliberation
    {"organisation": "999999"},
)


def test_what_cannot_be_is_said_beside_its_field(make, browser):
    phone = browser(make.member())
    for wrong in WRONG:
        answer = phone.send("/groepen/nieuw", FORM | wrong)
        assert answer.status_code == 422, wrong
    with unit_of_work() as session:
        assert session.scalars(select(Group)).all() == []


# what each sees of a closed and of a private group: (list, page, dates on it, people)
SEES = {
    "visitor": {CLOSED: (0, 0, 0, 0), PRIVATE: (0, 0, 0, 0)},
    "member": {CLOSED: (1, 1, 0, 0), PRIVATE: (0, 0, 0, 0)},
    "moderator": {CLOSED: (1, 1, 0, 0), PRIVATE: (0, 0, 0, 0)},
    "administrator": {CLOSED: (1, 1, 0, 0), PRIVATE: (0, 0, 0, 0)},
    "asked to join": {CLOSED: (1, 1, 0, 0), PRIVATE: (0, 0, 0, 0)},
    "in it": {CLOSED: (1, 1, 1, 1), PRIVATE: (1, 1, 1, 1)},
}


def test_who_sees_what_of_a_group(make, browser):
    organiser = make.member("Eva Begin")
    wrong = []
    for visibility in (CLOSED, PRIVATE):
        group = make.group(organiser, visibility=visibility, name=f"Kring {visibility.value}")
        gathering = make.group_date(group, organiser, place="Zaal Zeven")
        inside, waits = make.member(), make.member()
        make.join(inside, group.circle)
        make.join(waits, group.circle, standing=Standing.REQUESTED)
        people = {
            "visitor": None,
            "member": make.member(),
            "moderator": make.member(site_role=SiteRole.MODERATOR),
            "administrator": make.member(site_role=SiteRole.ADMINISTRATOR),
            "asked to join": waits,
            "in it": inside,
        }
        for who, member in people.items():
            page = browser(member) if member else browser()
            listed = page.get("/groepen")
            shown = page.get(f"/groepen/{group.id}")
            seen = (
                int(listed.status_code == 200 and group.name in listed.text),
                int(shown.status_code == 200),
                int("Zaal Zeven" in shown.text),
                int(page.get(f"/groepen/{group.id}/leden").status_code == 200),
            )
            if seen != SEES[who][visibility]:
                wrong.append((who, visibility, seen))
            for path in (
                f"/groepen/data/{gathering.id}",
                f"/agenda/{gathering.id}",
                f"/agenda/{gathering.id}/agenda.ics",
            ):
                answer = page.get(path)
                if (answer.status_code == 200) != (who == "in it"):
                    wrong.append((who, visibility, path, answer.status_code))
            if who != "in it" and "Zaal Zeven" in page.get("/agenda").text:
                wrong.append((who, visibility, "calendar"))
    assert wrong == []


def test_only_oneself_joins_and_who_comes_when_it_is_full_waits(make, browser):
    organiser = make.member()
    group = make.group(organiser, make.member(), size=2)
    first, second = make.member("Anna Wacht"), make.member("Bea Wacht")
    make.group(first)  # to facilitate elsewhere is to take a place here
    for member in (first, second):
        text = browser(member).get(f"/groepen/{group.id}").text
        assert "All places are taken" not in text  # who facilitates is not counted
        browser(member).send(f"/kringen/{group.circle_id}/deelnemen", {"why": "Graag."})
    people = f"/groepen/{group.id}/leden"
    page = browser(organiser)

    def let_in(member):
        handle = make.persona(member).handle
        return page.post(
            f"/kringen/{group.circle_id}/verzoeken/{handle}?antwoord=ja", follow_redirects=True
        ).text

    assert "no place left" not in let_in(first)
    assert "no place left" in let_in(second)
    assert GroupPermission.READ not in held(make, second, group)
    assert "All places are taken" in browser(make.member()).get(f"/groepen/{group.id}").text
    with unit_of_work() as session:
        joining.leave(session, make.actor(first), group.circle_id, clock.now())
    run_due()
    assert "There is a place in" in page.get("/meldingen").text
    assert "The group is full" not in page.get(people).text
    assert "no place left" not in let_in(second)
    assert GroupPermission.READ in held(make, second, group)


def test_everybody_agrees_and_a_changed_text_asks_again(make, browser):
    organiser, member = make.member(), make.member()
    group = make.group(organiser)
    gathering = make.group_date(group, organiser)
    make.join(member, group.circle)
    page = browser(member)
    path = f"/groepen/{group.id}/afspraken"
    assert GroupPermission.TAKE_PART not in held(make, member, group)
    refused = page.post(f"/agenda/{gathering.id}/aanmelden", follow_redirects=True).text
    assert "First read what the group agreed on" in refused
    page.send(path)
    assert GroupPermission.TAKE_PART in held(make, member, group)
    to_it = f"/sessies/voor/{gathering.id}"
    assert to_it not in page.get(f"/agenda/{gathering.id}").text
    page.post(f"/agenda/{gathering.id}/aanmelden")
    assert to_it in page.get(f"/agenda/{gathering.id}").text
    assert page.get(to_it).status_code == 200
    with unit_of_work() as session:
        agreement = session.get_one(GroupAgreement, (group.id, member.id))
        assert (agreement.version, agreement.agreed_at.date()) == (1, clock.now().date())
        assert session.scalars(select(Gathering.going)).one() == 1
    shown = page.get(path)
    browser(organiser).send(f"/groepen/{group.id}/wijzigen", {"rules": "- Iets anders."})
    run_due()
    assert GroupPermission.TAKE_PART not in held(make, member, group)
    assert GroupPermission.TAKE_PART in held(make, organiser, group)
    assert "have changed. Do you agree?" in page.get("/meldingen").text
    assert page.get(to_it).location == path
    stale = page.post(path, {"version": "1"})  # read before the change
    assert stale.status_code == 422
    assert "agreed on" in shown.text
    page.send(path)
    assert GroupPermission.TAKE_PART in held(make, member, group)


def test_a_change_of_something_else_asks_nobody_to_agree_again(make, browser):
    organiser, member = make.member(), make.member()
    group = make.group(organiser, member)
    browser(organiser).send(f"/groepen/{group.id}/wijzigen", {"name": "Andere naam"})
    assert GroupPermission.TAKE_PART in held(make, member, group)


def test_without_a_facilitator_a_date_is_not_certain_and_cannot_be_confirmed(make, browser, mails):
    organiser, member, trained = make.member(), make.member(), ready(make)
    group = make.group(organiser, member, facilitates=False)
    gathering = make.group_date(group, organiser)
    run_due()
    page = browser(organiser)
    answer = page.post(f"/groepen/data/{gathering.id}/bevestigen", follow_redirects=True)
    assert "no facilitator yet" in answer.text
    assert mails() == []
    assert "facilitator wanted" in browser(member).get(f"/groepen/data/{gathering.id}").text
    page.send(f"/groepen/{group.id}/begeleider", {"handle": make.persona(trained).handle})
    run_due()
    assert "asks you to facilitate" in browser(trained).get("/meldingen").text
    browser(trained).post(f"/groepen/{group.id}/begeleider/antwoord", {"antwoord": "ja"})
    assert facilitators(group) == {trained.id}
    assert GroupPermission.READ in held(make, trained, group)
    run_due()  # it is certain of itself
    with unit_of_work() as session:
        rows = session.execute(select(Attendance.member_id, Attendance.coming)).all()
    assert sorted(rows) == sorted((m.id, Coming.ASKED) for m in (organiser, member, trained))
    assert {m.recipient for m in mails()} == {organiser.email, member.email, trained.email}


def test_a_date_can_be_confirmed_as_long_as_its_session_can_begin(make, session):
    organiser = make.member()
    group = make.group(organiser)
    gathering = make.group_date(group, organiser)
    who, late = make.actor(organiser), gathering.ends_at + OPEN_AFTER
    for now, goes in ((late, False), (late - timedelta(minutes=1), True)):
        session.get_one(Gathering, gathering.id).provisional = True
        session.flush()
        if not goes:
            with pytest.raises(Refused):
                dates.confirm(session, who, gathering.id, now)
            continue
        assert not dates.confirm(session, who, gathering.id, now).provisional


def test_when_who_facilitates_goes_a_date_is_not_certain_until_somebody_else_does(
    make, browser, mails
):
    organiser, member, other = make.member(), make.member(), make.member()
    group = make.group(organiser, member, other, facilitates=False)
    gathering = make.group_date(group, organiser)
    page = browser(member)
    shown = f"/groepen/data/{gathering.id}"
    for who in (member, other):
        browser(organiser).send(
            f"/groepen/{group.id}/begeleider", {"handle": make.persona(who).handle}
        )
        browser(who).post(f"/groepen/{group.id}/begeleider/antwoord", {"antwoord": "ja"})
        run_due()
        assert "facilitator wanted" not in page.get(shown).text
        assert "not certain yet" not in page.get(f"/groepen/{group.id}").text
        if who is member:
            page.post(f"/agenda/{gathering.id}/aanmelden")
            run_due()
            page.post(f"/groepen/{group.id}/begeleider/stoppen")
            run_due()
            assert "facilitator wanted" in page.get(shown).text
            for path in (shown, f"/groepen/{group.id}", f"/agenda/{gathering.id}", "/agenda"):
                assert "not certain yet" in page.get(path).text, path
    told = [m for m in mails(member) if m.calendar]
    assert all("METHOD:REQUEST" in mail.calendar for mail in told)
    sure = [re.search("STATUS:([A-Z]+)", mail.calendar)[1] for mail in told]
    assert sure == ["CONFIRMED", "CONFIRMED", "TENTATIVE", "CONFIRMED"]
    assert "niet zeker" in told[2].text
    assert "zeker" in told[3].text


def test_nobody_facilitates_who_did_not_say_yes(make, browser):
    organiser, trained, stranger = make.member(), ready(make), make.member()
    group = make.group(organiser, facilitates=False, visibility=PRIVATE)
    path = f"/groepen/{group.id}/begeleider"
    nobody = browser(organiser).send(path, {"handle": make.persona(stranger).handle})
    assert nobody.status_code == 422  # neither in the group nor in the pool
    browser(organiser).send(path, {"handle": make.persona(trained).handle, "words": "Help je?"})
    assert facilitators(group) == set()
    assert "Help je?" in browser(trained).get(f"/groepen/{group.id}").text
    assert browser(stranger).post(f"{path}/antwoord", {"antwoord": "ja"}).status_code == 404
    browser(trained).post(f"{path}/antwoord", {"antwoord": "nee"})
    run_due()
    assert facilitators(group) == set()
    assert browser(trained).get(f"/groepen/{group.id}").status_code == 404
    assert "cannot facilitate" in browser(organiser).get("/meldingen").text


def test_who_is_trained_offers_it_and_the_group_decides(make, browser):
    organiser, trained, stranger = make.member(), ready(make), make.member()
    group = make.group(organiser, facilitates=False)
    offer = f"/groepen/{group.id}/begeleiden"
    assert browser(stranger).get(offer).status_code == 404
    browser(trained).send(offer, {"words": "Ik doe het graag."})
    assert facilitators(group) == set()
    page = browser(organiser)
    text = page.get(f"/groepen/{group.id}/begeleider").text
    assert "Ik doe het graag." in text
    with unit_of_work() as session:
        row = session.scalars(select(GroupFacilitator)).one()
    page.post(f"/groepen/{group.id}/begeleider/{row.id}/antwoord?antwoord=ja")
    assert facilitators(group) == {trained.id}
    assert GroupPermission.FACILITATE in held(make, trained, group)
    # Organisers end it as well; the member hears of it and stays. Asked while offering is taken.
    end = f"/groepen/{group.id}/begeleider/{row.id}/niet-meer"
    assert browser(trained).post(end).status_code == 404
    page.post(end)
    run_due()
    assert facilitators(group) == set()
    assert "goes on with another facilitator" in browser(trained).get("/meldingen").text
    assert GroupPermission.READ in held(make, trained, group)
    assert "You sent this already." in page.post(end, follow_redirects=True).text
    other = ready(make)
    browser(other).send(offer, {"words": ""})
    page.send(f"/groepen/{group.id}/begeleider", {"handle": make.persona(other).handle})
    with unit_of_work() as session:
        facilitating.ask(
            session, make.actor(organiser), group.id, make.persona(other).handle, "", clock.now()
        )
    assert facilitators(group) == {other.id}
    assert GroupPermission.READ in held(make, other, group), "who is taken is in the group"


def test_when_the_last_facilitator_goes_the_group_is_asked(make, browser):
    organiser, trained, member = make.member(), ready(make), make.member()
    group = make.group(organiser, member, facilitates=False)
    with unit_of_work() as session:
        facilitating.offer(session, make.actor(trained), group.id, "", clock.now())
        row = session.scalars(select(GroupFacilitator)).one()
        facilitating.take_offer(session, make.actor(organiser), group.id, row.id, True, clock.now())
    run_due()
    with unit_of_work() as session:
        leaving.leave(session, make.actor(trained), True, clock.now())
    run_due()
    assert facilitators(group) == set()
    for asked in (organiser, member):
        assert "has no facilitator any more" in browser(asked).get("/meldingen").text
    assert "facilitator wanted" in browser(member).get(f"/groepen/{group.id}").text


def test_when_the_last_organiser_goes_somebody_is_asked(make, browser):
    organiser, member = make.member(), make.member()
    group = make.group(organiser, member)
    with unit_of_work() as session:
        joining.leave(session, make.actor(organiser), group.circle_id, clock.now())
    run_due()
    assert "Will you take over?" in browser(member).get("/meldingen").text
    browser(member).post(f"/kringen/{group.circle_id}/overnemen")
    assert GroupPermission.MANAGE in held(make, member, group)


def test_leaving_takes_every_trace_of_agreeing_and_facilitating(make):
    organiser, member = make.member(), ready(make, "Mia Gaat")
    make.group(organiser, member, kind=GroupKind.BERAAD)
    with unit_of_work() as session:
        leaving.leave(session, make.actor(member), False, clock.now())
    run_due()
    with unit_of_work() as session:
        assert session.scalars(select(GroupAgreement.member_id)).all() == [organiser.id]
        ready_now = session.execute(select(facilitating.TrainedFacilitator)).all()
        assert ready_now == []


def test_a_group_never_becomes_wider_than_closed(make, browser):
    organiser = make.member()
    group = make.group(organiser)
    path = f"/kringen/{group.circle_id}/zichtbaarheid"
    for wanted in ("open", "public"):
        browser(organiser).send(f"{path}?naar={wanted}", {"visibility": wanted}, to=path)
    assert the_group().circle.visibility == CLOSED


def test_the_list_and_a_page_run_a_fixed_number_of_queries(make, browser):
    organiser = make.member()
    group = make.group(organiser)
    page = browser(organiser)
    counts: list[int] = []
    days = 3
    for more in (1, 6):
        for _ in range(more):
            make.group(organiser, make.member())
            days += 7
            make.group_date(group, organiser, clock.now() + timedelta(days=days))
        for path in ("/groepen", f"/groepen/{group.id}"):
            page.get(path)
            with statements() as seen:
                assert page.get(path).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 16


def test_nobody_is_asked_to_facilitate_by_somebody_they_blocked(make):
    """Nothing of it waits or can be answered; for the asker it looks as any that waits."""
    organiser, trained = make.member(), ready(make)
    group = make.group(organiser, visibility=CLOSED, facilitates=False)
    handle = make.persona(trained).handle

    def seen():
        with unit_of_work() as session:
            waiting = list(mine.in_groups(session, make.actor(trained), clock.now()))
            may = GROUPS.held(session, make.actor(trained), group.id)
            return len(waiting), GroupPermission.ANSWER in may

    with unit_of_work() as session:
        row = facilitating.ask(session, make.actor(organiser), group.id, handle, "Kun je?", NOW)
    assert seen() == (1, True)
    with unit_of_work() as session:
        session.add(Block(member_id=trained.id, persona_id=row.by_id, at=NOW))
    assert seen() == (0, False)
    with unit_of_work() as session, pytest.raises(NotFound):
        facilitating.answer(session, make.actor(trained), group.id, True, NOW)
    with unit_of_work() as session:
        assert session.get_one(GroupFacilitator, row.id).state == FacilitatorState.ASKED
