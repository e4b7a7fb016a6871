"""Who is behind a pseudonym: two moderators and a reason, recorded, and the member is told."""

import pytest
from sqlalchemy import select, text

from cop.members import reveals
from cop.members.models import Member, Persona, Reveal
from cop.platform import audit, clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from tests.members.helping import mails

REASON = "Dreigde iemand te zoeken; aangifte volgt."


@pytest.fixture
def scene(make):
    class Scene:
        member = make.member("Ria Bakker")
        pseudonym = make.pseudonym(member, make.circle(pseudonyms=True), "Zeewind")
        first = make.member("Eerste Moderator", site_role="moderator")
        second = make.member("Tweede Moderator", site_role="administrator")
        third = make.member("Derde Moderator", site_role="moderator")
        other = make.member("Gewoon Lid")

    return Scene


def ask(make, scene, actor=None, handle=None, reason=REASON):
    with unit_of_work() as session:
        asked = reveals.ask(
            session,
            make.actor(actor or scene.first),
            handle or scene.pseudonym.handle,
            reason,
            clock.now(),
        )
        return asked.id


def decide(make, actor, reveal_id, agree=True):
    with unit_of_work() as session:
        reveals.decide(session, make.actor(actor), reveal_id, agree, clock.now())


def test_two_agree_and_these_two_alone_see_who_it_is(make, browser, scene):
    page = f"/leden/{scene.pseudonym.handle}/onthulling"
    asked = browser(scene.first).send(page, {"reason": REASON})
    where = asked.headers["Location"]
    run_due()
    for moderator in (scene.second, scene.third):
        assert "who “Zeewind” is" in browser(moderator).get("/meldingen").text
    waiting = browser(scene.second).get(where).text
    assert REASON in waiting
    assert "Ria Bakker" not in waiting
    assert browser(scene.second).post(f"{where}/ja").status_code == 302
    for moderator in (scene.first, scene.second):
        assert "Ria Bakker" in browser(moderator).get(where).text
    for nobody in (scene.third, scene.other, scene.member):
        answer = browser(nobody).get(where)
        assert answer.status_code == 404
        assert "Ria Bakker" not in answer.text.split("<main")[1]
    run_due()
    assert "A second moderator agreed" in browser(scene.first).get("/meldingen").text


def test_the_member_is_told_here_and_by_mail(make, browser, scene):
    reveal_id = ask(make, scene)
    run_due()
    assert mails(scene.member.email) == []
    decide(make, scene.second, reveal_id)
    mail = mails(scene.member.email)[0]
    for words in (mail.subject, mail.text, mail.html):
        assert "Zeewind" not in words  # nothing in the mail ties the pseudonym to the address
        assert REASON not in words
    here = browser(scene.member)
    assert "Two moderators looked up who “Zeewind” is" in here.get("/meldingen").text
    page = here.get("/ik/schuilnamen").text
    assert REASON in page
    assert "Moderator" not in page.split("<main")[1].replace("moderators", "")


def test_it_is_in_the_trail_by_number_only(make, scene):
    decide(make, scene.second, ask(make, scene))
    with reading() as session:
        entries = session.scalars(select(audit.AuditEntry).order_by(audit.AuditEntry.id)).all()
        assert [e.action for e in entries] == ["reveal.asked", "reveal.agreed"]
        assert {e.subject for e in entries} == {f"persona:{scene.pseudonym.id}"}
        assert [e.actor for e in entries] == [
            f"member:{scene.first.id}",
            f"member:{scene.second.id}",
        ]
        assert REASON not in str([e.details for e in entries])
        assert audit.first_broken(session) is None


def test_one_moderator_is_not_enough(make, browser, scene):
    reveal_id = ask(make, scene)
    with pytest.raises(NotFound):
        decide(make, scene.first, reveal_id)
    assert browser(scene.first).post(f"/onthullingen/{reveal_id}/ja").status_code == 404
    assert "Ria Bakker" not in browser(scene.first).get(f"/onthullingen/{reveal_id}").text
    with unit_of_work() as session, pytest.raises(NotFound):
        reveals.learnt(session, make.actor(scene.first), reveal_id)


@pytest.mark.parametrize("who", ["other", "member"])
def test_members_neither_ask_nor_decide_nor_look(make, browser, scene, who):
    somebody = getattr(scene, who)
    reveal_id = ask(make, scene)
    for path in (
        "/onthullingen",
        f"/onthullingen/{reveal_id}",
        f"/leden/{scene.pseudonym.handle}/onthulling",
    ):
        assert browser(somebody).get(path).status_code == 404
    with pytest.raises(NotFound):
        ask(make, scene, somebody)
    with pytest.raises(NotFound):
        decide(make, somebody, reveal_id)


def test_a_moderator_whose_pseudonym_it_is_is_neither_and_does_not_see_it(make, browser, scene):
    make.pseudonym(scene.third, make.circle(pseudonyms=True), "Duinpan")
    with reading() as session:
        handle = session.scalar(select(Persona.handle).where(Persona.name == "Duinpan"))
    with pytest.raises(Refused):
        ask(make, scene, scene.third, handle)
    reveal_id = ask(make, scene, handle=handle)
    run_due()
    here = browser(scene.third)
    assert "Duinpan" not in here.get("/meldingen").text
    assert "Duinpan" not in here.get("/onthullingen").text
    assert here.get(f"/onthullingen/{reveal_id}").status_code == 404
    with pytest.raises(NotFound):
        decide(make, scene.third, reveal_id)
    assert "Duinpan" in browser(scene.second).get("/onthullingen").text


def test_a_refusal_shows_nobody_and_tells_only_who_asked(make, browser, scene):
    reveal_id = ask(make, scene)
    decide(make, scene.second, reveal_id, agree=False)
    run_due()
    assert mails() == []
    assert "refused" in browser(scene.first).get("/meldingen").text
    for moderator in (scene.first, scene.second):
        assert "Ria Bakker" not in browser(moderator).get(f"/onthullingen/{reveal_id}").text
    assert "Looked up" not in browser(scene.member).get("/ik/schuilnamen").text
    with pytest.raises(NotFound):
        decide(make, scene.third, reveal_id)


@pytest.mark.parametrize("reason", ["", "   ", "kort", "x" * 2001])
def test_a_reason_is_needed(make, browser, scene, reason):
    page = f"/leden/{scene.pseudonym.handle}/onthulling"
    answer = browser(scene.first).send(page, {"reason": reason})
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text


def test_only_pseudonyms_are_asked_about_and_once_at_a_time(make, browser, scene):
    ask(make, scene)
    with pytest.raises(Refused):
        ask(make, scene, scene.second)
    own_name = make.persona(scene.other).handle
    assert browser(scene.first).get(f"/leden/{own_name}/onthulling").status_code == 404
    with pytest.raises(NotFound):
        ask(make, scene, handle=own_name)


def test_who_no_longer_moderates_no_longer_sees(make, browser, scene):
    reveal_id = ask(make, scene)
    decide(make, scene.second, reveal_id)
    with unit_of_work() as session:
        session.get(Member, scene.first.id).site_role = "member"
    assert browser(scene.first).get(f"/onthullingen/{reveal_id}").status_code == 404


def test_after_leaving_nobody_can_find_out_any_more(make, browser, scene):
    reveal_id = ask(make, scene)
    decide(make, scene.second, reveal_id)
    browser(scene.member).send("/ik/vertrekken", {"posts": "name"})
    page = browser(scene.first).get(f"/onthullingen/{reveal_id}").text
    assert "Ria Bakker" not in page
    assert "has left since" in page


def test_the_reason_is_encrypted_in_the_database(make, scene, session):
    ask(make, scene)
    raw = session.execute(text("SELECT reason FROM reveal")).scalar_one()
    assert REASON.encode() not in bytes(raw)
    assert session.scalars(select(Reveal.reason)).one() == REASON
