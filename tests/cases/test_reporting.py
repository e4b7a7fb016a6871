"""Reporting a case: moderators get the reporter's words alone, and what they decide is done."""

import pytest
from sqlalchemy import func, select

from cop.cases import sharing
from cop.cases.models import Case, CaseState, Contribution
from cop.members.models import SiteRole
from cop.moderation.models import Decision, Report
from cop.notifications.models import Notification
from cop.platform.db import reading, unit_of_work
from cop.platform.worker import run_due
from tests.cases.test_who import STORY
from tests.cases.walking import IDENTIFIERS, RAW

NOTE = "In de tweede alinea is iemand te herkennen, denk ik."
ENCLOSED = "wil naar"  # words that stand in the approved version


@pytest.fixture
def case(people):
    return people.walk.to(CaseState.SHARED, people.circle, people.reader)


@pytest.fixture
def moderator(make):
    return make.member("Mo Derator", site_role=SiteRole.MODERATOR)


def report(browser, member, path, **fields):
    return browser(member).send(path, {"reason": "recognisable", "note": NOTE, **fields})


def reports():
    with reading() as session:
        return list(session.scalars(select(Report).order_by(Report.id)))


def heard(member):
    with reading() as session:
        wanted = select(Notification.kind).where(Notification.member_id == member.id)
        return set(session.scalars(wanted))


def decide(browser, member, number, decision, **fields):
    given = {"decision": decision, "request": "Kijk nog eens.", "answer": "Dank je.", **fields}
    return browser(member).send(f"/moderatie/{number}", given)


def test_moderators_read_what_the_reporter_wrote_and_nothing_else(
    people, case, moderator, browser
) -> None:
    page = browser(people.colleague).get(f"/casussen/{case.id}/melden").text
    assert STORY not in page  # nothing is filled in: whoever reports chooses
    answer = report(browser, people.colleague, f"/casussen/{case.id}/melden", passage=ENCLOSED)
    assert answer.status_code == 302
    thanks = browser(people.colleague).get(answer.headers["Location"]).text
    assert "Thank you for telling" in thanks
    [made] = reports()
    assert (made.subject, made.concerned_id) == (f"case:{case.id}", people.author.id)
    run_due()
    asking = browser(moderator)
    shown = asking.get(f"/moderatie/{made.id}").text
    assert NOTE in shown
    assert ENCLOSED in shown
    for secret in (STORY, people.author.personas[0].name, "/casussen/", *IDENTIFIERS):
        assert secret not in shown
    assert "Fold it away" not in shown  # an approved text cannot be changed any more
    assert asking.get(f"/casussen/{case.id}").status_code == 404
    assert asking.get(answer.headers["Location"]).status_code == 404


def test_what_is_refused(people, case, moderator, browser) -> None:
    at = f"/casussen/{case.id}/melden"
    for fields, words in (
        ({"note": " "}, "Write what is the matter"),
        ({"passage": "woorden die er niet staan"}, "Only words of the message itself"),
        ({"reason": "zomaar"}, "error-summary"),
    ):
        refused = report(browser, people.colleague, at, **fields)
        assert refused.status_code == 422, fields
        assert words in refused.text, fields
    assert reports() == []
    assert report(browser, people.colleague, at).status_code == 302
    asking = browser(people.colleague)
    assert asking.get(at).headers["Location"].startswith("/moderatie/antwoord/")
    again = asking.post(at, {"reason": "recognisable", "note": NOTE})
    assert "reported this already" in again.text
    assert len(reports()) == 1


def test_what_moderators_decide_is_done_without_their_reading(
    people, case, moderator, browser
) -> None:
    report(browser, people.colleague, f"/casussen/{case.id}/melden", passage=ENCLOSED)
    [made] = reports()
    assert decide(browser, moderator, made.id, Decision.HIDE).status_code == 422
    assert decide(browser, moderator, made.id, Decision.REMOVE).status_code == 302
    run_due()
    with reading() as session:
        gone = session.get_one(Case, case.id)
        assert (gone.state, gone.withdrawn_by) == (CaseState.WITHDRAWN, "moderators")
        assert (gone.title, gone.text) == (None, None)
    [made] = reports()
    assert (made.passage, made.note) == ("", "")  # no word of it stays behind in the report
    assert "moderation.answered" in heard(people.colleague)
    assert "moderation.decided" in heard(people.author)
    author = browser(people.author)
    assert "Kijk nog eens." in author.get(f"/moderatie/besluit/{made.id}").text
    assert "They have not read it" in author.get(f"/casussen/{case.id}").text
    told = browser(people.colleague).get(f"/moderatie/antwoord/{made.id}").text
    assert "Dank je." in told
    assert "The words are gone" in told


def test_asking_the_author_leaves_it_standing(people, case, moderator, browser) -> None:
    report(browser, people.colleague, f"/casussen/{case.id}/melden")
    decide(browser, moderator, reports()[0].id, Decision.ASK)
    run_due()
    author = browser(people.author)
    assert "moderation.decided" in heard(people.author)
    assert f"/casussen/{case.id}" in author.get(f"/moderatie/besluit/{reports()[0].id}").text
    assert STORY in browser(people.colleague).get(f"/casussen/{case.id}").text


def brought(people, case, make, by):
    with unit_of_work() as session:
        said = sharing.contribute(
            session, make.actor(by), case.id, "feedback", "Dit is niet aardig.", people.walk.now
        )
        session.flush()
        return said.id


def test_what_was_brought_can_be_reported_and_taken_away(
    people, case, moderator, make, browser
) -> None:
    number = brought(people, case, make, people.coordinator)
    at = f"/bijdragen/{number}/melden"
    assert browser(people.coordinator).get(at).status_code == 404  # one's own
    assert browser(people.stranger).get(at).status_code == 404
    assert f'"{at}"' in browser(people.author).get(f"/casussen/{case.id}").text
    sent = report(browser, people.author, at, passage="niet aardig.", urgent="y")
    thanks = browser(people.author).get(sent.headers["Location"]).text
    assert "The moderators were warned just now." in thanks
    assert "113" in thanks
    [made] = reports()
    assert made.concerned_id == people.coordinator.id
    decide(browser, moderator, made.id, Decision.REMOVE)
    run_due()
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Contribution)) == 0
    assert STORY in browser(people.colleague).get(f"/casussen/{case.id}").text
    # What comes after it has a number of its own, so that it can be reported as well.
    after = brought(people, case, make, people.coordinator)
    assert after > number
    again = report(browser, people.author, f"/bijdragen/{after}/melden", passage="niet aardig.")
    assert again.status_code == 302


@pytest.mark.parametrize("how", ["withdrawn", "removed", "taken away"])
def test_when_the_words_go_so_do_those_in_reports(
    people, case, moderator, make, browser, how
) -> None:
    number = brought(people, case, make, people.coordinator)
    report(browser, people.colleague, f"/casussen/{case.id}/melden", passage=ENCLOSED)
    report(browser, people.colleague, f"/bijdragen/{number}/melden", passage="niet aardig.")
    with unit_of_work() as session:
        if how == "withdrawn":
            sharing.withdraw(session, make.actor(people.author), case.id, people.walk.now)
        elif how == "removed":
            session.get_one(Case, case.id).remove_at = people.walk.now
            sharing.remove_due(session, people.walk.now, 50)
        else:
            actor = make.actor(people.coordinator)
            sharing.delete_contribution(session, actor, number, people.walk.now)
    run_due()
    of_case, of_contribution = reports()
    gone = [of_contribution] if how == "taken away" else [of_case, of_contribution]
    for each in (of_case, of_contribution):
        assert (each.passage == each.note == "") == (each in gone), how
        assert (each.decision == Decision.GONE) == (each in gone), how
    assert "moderation.answered" in heard(people.colleague)
    told = browser(people.colleague).get(f"/moderatie/antwoord/{gone[0].id}").text
    assert "It was gone before anybody decided" in told
    assert browser(people.author).get(f"/moderatie/besluit/{gone[0].id}").status_code == 404


def test_who_was_chosen_leaves_by_themselves(people, make, browser) -> None:
    walk, chosen = people.walk, people.stranger
    case = walk.ready(people.circle)
    walk.chosen(case, chosen, people.colleague)
    walk.nobody(case)
    walk.asked(case, people.reader)
    walk.approved(case, people.reader)
    walk.shared(case)
    at = f"/casussen/{case.id}/verlaten"
    mine = browser(chosen)
    assert at in mine.get(f"/casussen/{case.id}").text
    assert "You need no reason" in mine.get(at).text
    for other in (people.author, people.coordinator):
        assert browser(other).get(at).status_code == 404
        assert browser(other).post(at).status_code == 404
    assert mine.send(at).status_code == 302
    assert mine.get(f"/casussen/{case.id}").status_code == 404
    assert RAW["title"] not in mine.get("/casussen").text
    assert STORY in browser(people.colleague).get(f"/casussen/{case.id}").text
    assert browser(people.author).get(f"/casussen/{case.id}/gelezen").status_code == 200


def test_in_a_space_one_leaves_the_space_and_not_the_case(people, case, browser) -> None:
    assert browser(people.colleague).get(f"/casussen/{case.id}/verlaten").status_code == 404


HEAVY = "Ik wil niet meer leven."


def test_whoever_writes_of_a_crisis_sees_where_help_is_and_nobody_else_does(
    people, make, browser
) -> None:
    case = people.walk.start()
    author, at = browser(people.author), f"/casussen/{case.id}"
    page = author.get(f"{at}/schrijven").text
    assert page.count('aria-label="Where help is"') == 1  # waits in a template for the script
    for text, helps in ((HEAVY, True), (RAW["text"], False)):
        saved = author.client.post(
            f"{at}/bewaren",
            json=RAW | {"text": text},
            headers={"X-CSRFToken": author._fresh_token()},
        )
        assert saved.get_json()["help"] is helps
    author.send(f"{at}/schrijven", RAW | {"text": HEAVY})
    assert author.get(f"{at}/schrijven").text.count('aria-label="Where help is"') == 2
    assert author.get(f"{at}/schrijven").text.count('aria-label="Where help is"') == 1
    shared = people.walk.to(CaseState.SHARED, people.circle, people.reader)
    reader = browser(people.colleague)
    reader.send(f"/casussen/{shared.id}/bijdragen", {"kind": "feedback", "text": HEAVY})
    assert 'aria-label="Where help is"' in reader.get(f"/casussen/{shared.id}").text
    for other in (people.author, people.coordinator):
        assert 'aria-label="Where help is"' not in browser(other).get(f"/casussen/{shared.id}").text
