"""A facilitator from outside: by the link of their mail, with the pages and screens of all others,
for this one session, and gone when it is over."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from cop.gatherings import guests
from cop.gatherings.guest_models import GatheringGuest
from cop.members.actor import Actor
from cop.members.models import Persona, PersonaKind
from cop.platform import clock, live
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound
from cop.platform.worker import run_due
from cop.sessions import holding, methods
from cop.sessions.models import GroupSession, SessionEntry, SessionNote, SessionParticipant
from cop.sessions.permissions import SESSIONS
from tests.sessions.table import guest, table

OUTSIDE = "Greet Buiten"


@pytest.fixture
def asked(make, browser, mails):
    """(the session to come, the browser of who was asked to lead it by mail, their link)."""
    at = table(make, begun=False, soon=True)
    browser(at.lead).send(
        f"/groepen/data/{at.gathering.id}/begeleider",
        {"name": OUTSIDE, "email": "greet@example.org"},
    )
    run_due()
    (mail,) = [m for m in mails() if m.recipient == "greet@example.org"]
    return at, browser(), re.search(r"/gast/[\w-]+", mail.text)[0]


def test_somebody_from_outside_leads_a_session_by_their_link_alone(make, browser, asked):
    at, phone, link = asked
    url = f"/sessies/{at.id}"
    assert "Lead the session" not in phone.get(link).text
    assert phone.post(f"{link}/sessie").status_code == 404  # they have not said yes
    phone.send(link, {"antwoord": "ja", "agrees": "y"})
    # At once, whatever the worker has to do.
    assert "Lead the session" in phone.get(link).text
    # A member's browser stays a member's, and says why.
    assert browser(make.member()).post(f"{link}/sessie").location == link
    # By the button, and not by the link: until then the addresses ask to sign in.
    assert phone.get(url).location.startswith("/inloggen")
    assert phone.post(f"{link}/sessie").location == f"/sessies/voor/{at.gathering.id}"
    assert phone.get(f"/sessies/voor/{at.gathering.id}").location == url
    assert phone.get(url).location == f"{url}/binnenkomen"
    phone.send(f"{url}/binnenkomen")
    phone.post(f"{url}/overnemen")
    page = phone.get(url).text
    assert OUTSIDE in page
    assert f'data-pass="guest:{link.removeprefix("/gast/")}"' in page
    phone.post(f"{url}/begin")
    for step in range(2):
        phone.post(f"{url}/stap", {"do": "next", "at": f"1:{step}"})
    phone.post(f"{url}/klok", {"do": "pause"})
    said = {"kind": "question", "text": "Wat zag je zelf?", "key": "a"}
    phone.post(f"{url}/bijdragen", said)
    phone.post(f"{url}/notities", {"note": "Alleen voor mij."})
    with reading() as session:
        its = session.get_one(GroupSession, at.id)
        assert (its.state, its.step, its.timer.runs) == ("running", 2, False)
        assert session.scalars(select(SessionEntry.text)).all() == ["Wat zag je zelf?"]
    # The name has no page, and nobody in the group is given more than it.
    shown = browser(at.others[0]).get(url).text
    assert OUTSIDE in shown
    with reading() as session:
        persona = session.scalars(select(Persona).where(Persona.kind == PersonaKind.GUEST)).one()
        handle = persona.handle
    assert f"/leden/{handle}" not in shown
    assert browser(at.others[0]).get(f"/leden/{handle}").status_code == 404
    assert "greet@example.org" not in shown
    # Nothing else of the community opens.
    other = table(make)
    for path in (f"/sessies/{other.id}", f"/sessies/{other.id}/binnenkomen"):
        assert phone.get(path).status_code == 404, path
    for path in (f"/groepen/{at.group.id}", f"/groepen/data/{at.gathering.id}", "/leden"):
        assert phone.get(path).status_code in (302, 404), path
    # On a device that others use as well: no more until the button is pressed again.
    assert "Stop on this device" in phone.get(link).text
    phone.post(f"{link}/klaar")
    assert phone.get(url).location.startswith("/inloggen")
    phone.post(f"{link}/sessie")
    assert phone.get(url).status_code == 200
    # What was said stays with the group: once it is closed, a guest reads nothing of it.
    assert phone.send(f"{url}/afsluiten").location == link
    assert phone.get(url).status_code == 404


def test_a_guest_who_is_shown_out_or_taken_back_finds_nothing(make, browser, asked):
    at, phone, link = asked
    url = f"/sessies/{at.id}"
    phone.send(link, {"antwoord": "ja", "agrees": "y"})
    run_due()
    phone.post(f"{link}/sessie")
    phone.send(f"{url}/binnenkomen")
    assert phone.get(url).status_code == 200
    with reading() as session:
        seat = session.scalars(
            select(SessionParticipant.id).where(SessionParticipant.guest_id.is_not(None))
        ).one()
    browser(at.lead).send(f"{url}/uit/{seat}")
    for path in ("", "/binnenkomen", "/weggaan"):
        assert phone.get(url + path).status_code == 404
    phone.send(link, {"antwoord": "nee"})
    assert phone.get(url).location.startswith("/inloggen")


def test_a_guest_is_gone_when_it_is_over_and_what_they_wrote_stays_without_their_name(
    make, browser, asked, set_clock
):
    at, phone, link = asked
    url = f"/sessies/{at.id}"
    phone.send(link, {"antwoord": "ja", "agrees": "y"})
    run_due()
    phone.post(f"{link}/sessie")
    phone.send(f"{url}/binnenkomen")
    for path, data in (
        ("overnemen", {}),
        ("begin", {}),
        ("stap", {"do": "next", "at": "1:0"}),
        ("bijdragen", {"kind": "question", "text": "Wat zag je zelf?", "key": "a"}),
        ("notities", {"note": "Alleen voor mij."}),
    ):
        assert phone.post(f"{url}/{path}", data).status_code == 302
    browser(at.others[0]).get(url)
    phone.send(f"{url}/afsluiten")
    later = at.gathering.ends_at + guests.STAYS + timedelta(hours=2)
    set_clock(later)
    with unit_of_work() as session:
        guests.forget(session, {}, later)
    run_due()
    assert phone.get(link).status_code == 404
    assert phone.get(url).location.startswith("/inloggen")
    page = browser(at.others[0]).get(url).text
    assert "Wat zag je zelf?" in page
    assert OUTSIDE not in page
    with reading() as session:
        assert session.scalars(select(GatheringGuest)).all() == []
        assert session.scalars(select(SessionNote)).all() == []
        assert session.scalars(select(Persona).where(Persona.name == OUTSIDE)).all() == []
        assert not any(session.scalars(select(SessionParticipant.guest_id)))


def test_the_screen_of_a_guest_hears_its_own_session_and_leads_it(app, make):
    at, other = table(make), table(make)
    asked = guest(at)
    token = guests.token(asked.id)
    silent = guests.token(guest(at, "Stille Sien", None).id)
    for wrong in (silent, token[:-2], "", "x" * 400):
        refused = live.socketio.test_client(app, auth={"pass": f"guest:{wrong}"})
        assert not refused.is_connected()
    screen = live.socketio.test_client(app, auth={"pass": f"guest:{token}"})
    assert screen.is_connected()

    def hears(name):
        return screen.emit("listen", {"audience": name, "number": 0}, callback=True)["ok"]

    assert not hears(f"session:{at.id}")  # not yet in
    who = Actor(guest_id=asked.id)
    with unit_of_work() as session:
        holding.come_in(session, who, at.id, clock.now())
    screen = live.socketio.test_client(app, auth={"pass": f"guest:{token}"})
    assert hears(f"session:{at.id}")
    assert not hears(f"session-lead:{at.id}")
    assert not hears(f"session:{other.id}")
    with unit_of_work() as session:
        holding.take_over(session, who, at.id, clock.now())
    assert hears(f"session-lead:{at.id}")
    screen.disconnect()


def test_the_link_of_a_guest_who_is_gone_is_never_somebody_elses(app, make):
    at = table(make)
    gone = guest(at)
    link = guests.token(gone.id)
    with unit_of_work() as session:
        guests.erase(session, session.get_one(GatheringGuest, gone.id), clock.now())
    assert guest(at, "Tweede Twan").id != gone.id
    with reading() as session, pytest.raises(NotFound):
        guests.by_token(session, link, clock.now())


def test_a_guest_leads_the_session_of_their_own_date_and_of_no_other(make):
    at = table(make)
    who = Actor(member_id=None, guest_id=guest(at).id)
    other = make.group_date(at.group, at.lead, clock.now() + timedelta(days=30))
    chosen = methods.shipped("intervisie")["balint"]
    with unit_of_work() as session:
        second = holding.prepare(session, at.actor(), other.id, chosen, clock.now())
        assert SESSIONS.held(session, who, at.id)
        assert SESSIONS.held(session, who, second.id) == frozenset()
