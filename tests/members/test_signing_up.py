"""Becoming a member: by invitation, by request, or openly, as the site decides."""

import hashlib
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from cop.members import placeholders, requests, signing_up
from cop.members.events import MemberRequested
from cop.members.models import Member, MemberState, OneTimeLink, Persona, SiteSettings
from cop.notifications.models import Notification
from cop.notifications.of_members import tell_moderators_who_asks
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound
from cop.platform.outbox import Job, on
from cop.platform.worker import run_due
from tests.members.helping import GOOD, link_to, mails, sign_up
from tests.support.meeting import at_once


@pytest.fixture(params=["open", "request", "invitation"])
def way(request):
    return request.param


def site(make, way, **values):
    make.save(SiteSettings(id=1, name="Proefplaats", sign_up=way, **values))


def member(address="nieuw@example.org"):
    with reading() as session:
        return session.scalar(select(Member).where(Member.email == address))


def test_open_anybody_who_confirms_their_address_is_a_member(make, browser):
    site(make, "open")
    answer, visitor = sign_up(browser)
    assert answer.headers["Location"] == "/kijk-in-je-mail"
    assert member() is None  # the page itself does the same for every address
    path = link_to("nieuw@example.org")
    assert visitor.get(path).status_code == 200
    assert member().state == MemberState.UNVERIFIED  # following a link does nothing
    assert visitor.get("/ik").status_code == 302
    assert visitor.send(path, {"password": GOOD}).headers["Location"] == "/ik/profiel"
    assert visitor.get("/leden/noor-visser").status_code == 200
    found = member()
    assert (found.state, found.language) == (MemberState.ACTIVE, "en")
    assert found.agreed_rules_at is not None
    assert found.password_hash.startswith("$argon2id$")
    assert browser().get(path).status_code == 410


def test_the_password_may_stay_out(make, browser):
    site(make, "open")
    _answer, visitor = sign_up(browser)
    assert visitor.send(link_to("nieuw@example.org")).status_code == 302
    assert member().password_hash is None
    assert visitor.get("/ik").status_code == 200


def test_a_weak_password_keeps_the_link_working(make, browser):
    site(make, "open")
    _answer, visitor = sign_up(browser)
    path = link_to("nieuw@example.org")
    for weak in ("kort", "noor visser 2026", "proefplaats-2026"):
        assert visitor.send(path, {"password": weak}).status_code == 422
    assert visitor.send(path, {"password": GOOD}).status_code == 302


def test_on_request_a_moderator_says_yes(make, browser):
    site(make, "request")
    moderator, other = make.member(site_role="moderator"), make.member()
    answer, visitor = sign_up(browser, motivation="")
    assert answer.status_code == 422
    assert "why you want to join" in answer.text
    _answer, visitor = sign_up(browser, motivation="Ik werk in de <zorg>.")
    path = link_to("nieuw@example.org")
    assert visitor.send(path, {"password": GOOD}).headers["Location"] == "/aanmelden/wacht"
    assert visitor.get("/ik").status_code == 302
    run_due()
    assert "Noor Visser asks to join." in browser(moderator).get("/meldingen").text
    asks = browser(moderator).get("/aanmeldingen")
    assert "Ik werk in de &lt;zorg&gt;." in asks.text
    assert browser(other).get("/aanmeldingen").status_code == 404
    assert browser(other).post(f"/aanmeldingen/{member().id}/ja").status_code == 404
    assert member().state == MemberState.REQUESTED
    assert browser(moderator).post(f"/aanmeldingen/{member().id}/ja").status_code == 302
    found = member()
    assert (found.state, found.motivation) == (MemberState.ACTIVE, None)
    assert "Welcome to Proefplaats" in mails("nieuw@example.org")[-1].subject
    again = browser()
    again.send("/inloggen", {"email": "nieuw@example.org", "password": GOOD})
    assert again.get("/ik").status_code == 200
    assert browser(moderator).post(f"/aanmeldingen/{found.id}/ja").status_code == 404


def test_of_two_moderators_who_answer_at_once_the_second_changes_nothing(app, make):
    asks = make.member(state=MemberState.REQUESTED)
    one, other = (make.actor(make.member(site_role="moderator")) for _ in range(2))
    late = at_once(
        app,
        lambda session: requests.admit(session, one, asks.id, clock.now()),
        lambda session: requests.decline(session, other, asks.id, "Nee", clock.now()),
    )
    assert isinstance(late, NotFound)
    assert member(asks.email).state == MemberState.ACTIVE


def test_on_request_a_moderator_says_no_and_nothing_is_kept(make, browser):
    site(make, "request")
    moderator = make.member(site_role="moderator")
    sign_up(browser, motivation="Daarom")
    browser().send(link_to("nieuw@example.org"))
    page = f"/aanmeldingen/{member().id}/nee"
    assert browser(moderator).get(page).status_code == 200
    assert browser(moderator).send(page, {"words": "We zijn vol."}).status_code == 302
    assert member() is None
    with reading() as session:
        assert session.scalar(select(Persona).where(Persona.name == "Noor Visser")) is None
    text = mails("nieuw@example.org")[-1].text
    assert "> We zijn vol." in text
    answer, _visitor = sign_up(browser, motivation="Nog eens")
    assert answer.status_code == 302
    assert link_to("nieuw@example.org").startswith("/aanmelden/bevestigen/")


def test_by_invitation_there_is_no_form_without_one(make, browser):
    site(make, "invitation")
    page = browser().get("/aanmelden")
    assert page.status_code == 200
    assert "by invitation" in page.text
    assert 'name="email"' not in page.text
    form = {"name": "Noor", "email": "nieuw@example.org", "agreed": "y"}
    browser().post("/aanmelden", form)
    assert mails() == []
    assert member() is None


@pytest.mark.parametrize("state", ["active", "requested", "unverified", "left", None])
def test_the_page_says_the_same_whoever_has_an_account(make, browser, state):
    site(make, "open")
    address = make.member(state=state).email if state else "niemand@example.org"
    answer, visitor = sign_up(browser, address)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/kijk-in-je-mail")
    assert address not in visitor.get("/kijk-in-je-mail").text
    with reading() as session:  # and does the same: one job, which does not show the address
        jobs = session.scalars(select(Job)).all()
    assert [job.kind for job in jobs] == ["members.sign_up"]
    assert address not in str(jobs[0].payload)


def test_a_member_who_signs_up_again_is_told_by_mail_only(make, browser):
    site(make, "open")
    known = make.member("Noor de Echte")
    sign_up(browser, known.email)
    mail = mails(known.email)[0]
    assert "already signed up" in mail.subject
    with reading() as session:
        names = session.scalars(select(Persona.name).where(Persona.member_id == known.id)).all()
        assert names == ["Noor de Echte"]
        assert session.scalar(select(func.count()).select_from(Member)) == 1


def test_who_signs_up_again_before_confirming_has_one_account_and_one_link(make, browser):
    site(make, "open")
    sign_up(browser)
    first = link_to("nieuw@example.org")
    sign_up(browser, name="Noortje Visser")
    second = link_to("nieuw@example.org")
    assert browser().get(first).status_code == 410
    page = browser().get(second)
    assert "Noortje Visser" in page.text
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Member)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "<script>alert(1)</script>"),
        ("name", "a\u202eb"),
        ("name", "x" * 81),
        ("email", ""),
        ("email", "geen adres"),
        ("email", "twee@@example.org"),
        ("agreed", None),
    ],
)
def test_what_is_not_right_is_said_beside_its_field_and_kept(make, browser, field, value):
    site(make, "open")
    answer, _visitor = sign_up(browser, **{("address" if field == "email" else field): value or ""})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "error-summary" in answer.text
    kept = "Noor Visser" if field != "name" else "nieuw@example.org"
    assert kept in answer.text
    assert mails() == []


def test_the_link_works_three_days_and_then_all_is_forgotten(make, browser):
    site(make, "open")
    sign_up(browser)
    path = link_to("nieuw@example.org")
    with time_machine.travel(clock.now() + timedelta(days=3, minutes=1)):
        assert browser().get(path).status_code == 410
        assert browser().post(path).status_code == 410
    with unit_of_work() as session:
        signing_up.forget_unconfirmed(session, {}, clock.now() + timedelta(days=6))
    assert member() is not None
    with unit_of_work() as session:
        signing_up.forget_unconfirmed(session, {}, clock.now() + timedelta(days=8))
    assert member() is None
    with reading() as session:
        assert session.scalars(select(OneTimeLink)).all() == []


def test_the_way_in_may_change_while_somebody_confirms(make, browser):
    site(make, "open")
    sign_up(browser)
    with unit_of_work() as session:
        session.get(SiteSettings, 1).sign_up = "invitation"
    visitor = browser()
    answer = visitor.send(link_to("nieuw@example.org"))
    assert answer.status_code == 422
    assert "need an invitation" in answer.text
    assert member().state == MemberState.UNVERIFIED


def test_what_they_wrote_in_an_archive_becomes_theirs(make, browser):
    site(make, "open")
    placeholder = make.save(
        Persona(
            kind="placeholder",
            handle="n-visser",
            name="N. Visser",
            sort_key="n visser",
            claim_hash=placeholders.claim_hash("Nieuw@Example.ORG"),
        )
    )
    other = make.save(
        Persona(
            kind="placeholder",
            handle="iemand",
            name="Iemand",
            sort_key="iemand",
            claim_hash=placeholders.claim_hash("iemand@example.org"),
        )
    )
    heard = []

    @on(placeholders.PlaceholderClaimed)
    def hear(_session, event, _now):
        heard.append((event.placeholder_id, event.persona_id))

    sign_up(browser)
    path = link_to("nieuw@example.org")
    run_due()
    assert heard == []  # a link that is followed proves nothing yet
    browser().send(path)
    run_due()
    with reading() as session:
        own = session.scalars(select(Persona.id).where(Persona.member_id == member().id)).one()
        assert heard == [(placeholder.id, own)]
        assert session.get(Persona, placeholder.id).claim_hash is None
        assert session.get(Persona, other.id).gone_at is None


def test_a_claim_hash_cannot_be_made_without_the_key(app):
    plain = hashlib.sha256(b"nieuw@example.org").hexdigest()
    assert placeholders.claim_hash("nieuw@example.org") != plain
    assert placeholders.claim_hash(" NIEUW@example.org ") == placeholders.claim_hash(
        "nieuw@example.org"
    )


def test_a_placeholder_has_no_page_and_is_not_found(make, browser):
    make.save(Persona(kind="placeholder", handle="oud", name="Oude Schrijver", sort_key="oude"))
    reader = browser(make.member())
    assert reader.get("/leden/oud").status_code == 404
    assert "Oude Schrijver" not in reader.get("/leden").text
    assert "Oude Schrijver" not in reader.get("/leden?zoek=oude").text


def test_moderators_are_told_once_however_often_it_runs(make, browser, session, now):
    make.member(site_role="moderator")
    asks = make.member(state="requested")
    for _turn in range(2):
        tell_moderators_who_asks(session, MemberRequested(member_id=asks.id), now)
    assert session.scalar(select(func.count()).select_from(Notification)) == 1
