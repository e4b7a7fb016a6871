"""The pages of moderation."""

import pytest

from cop.members.models import SiteRole
from cop.moderation import operations
from cop.moderation.models import ReportReason
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.worker import run_due

WORDS = "Piet van de Dorpsstraat drinkt weer."


@pytest.fixture
def scene(make):
    class Scene:
        author = make.member("Anna Schrijver")
        reporter = make.member("Rosa Melder")
        moderator = make.member("Mo Derator", site_role=SiteRole.MODERATOR)
        second = make.member("Tweede Moderator", site_role=SiteRole.MODERATOR)

    with unit_of_work() as session:
        Scene.report = operations.report(
            session,
            make.actor(Scene.reporter),
            subject="post:4711",
            version=1,
            concerned_id=Scene.author.id,
            whole=WORDS,
            passage=WORDS,
            reason=ReportReason.RECOGNISABLE,
            note="Dit is mijn straat.",
            urgent=False,
            host="example.org",
            now=clock.now(),
        )
    return Scene


def test_a_moderator_reads_the_passage_and_never_the_place_or_the_people(scene, browser):
    page = browser(scene.moderator)
    for answer in (page.get("/moderatie"), page.get(f"/moderatie/{scene.report.id}")):
        assert answer.status_code == 200
        assert "Dorpsstraat" in answer.text
        for hidden in ("4711", "Anna", "Rosa", "post:"):
            assert hidden not in answer.text


@pytest.mark.parametrize("who", ["author", "reporter"])
def test_others_do_not_find_the_pages_of_moderators(scene, browser, who):
    page = browser(getattr(scene, who))
    for path in ("/moderatie", "/moderatie/afgehandeld", f"/moderatie/{scene.report.id}"):
        assert page.get(path).status_code == 404


def test_deciding_tells_the_reporter_and_the_author_and_keeps_them_apart(scene, browser):
    moderator = browser(scene.moderator)
    path = f"/moderatie/{scene.report.id}"
    done = moderator.send(
        path,
        {"decision": "hide", "request": "Haal de straatnaam eruit.", "answer": "Dank je."},
    )
    assert done.status_code == 302
    run_due()
    reporter = browser(scene.reporter).get(f"/moderatie/antwoord/{scene.report.id}")
    assert "Dank je." in reporter.text
    assert "Haal de straatnaam eruit." not in reporter.text
    author = browser(scene.author).get(f"/moderatie/besluit/{scene.report.id}")
    assert "Haal de straatnaam eruit." in author.text
    for hidden in ("Rosa", "Dit is mijn straat", "Dank je.", "Mo Derator"):
        assert hidden not in author.text
    assert browser(scene.author).get(f"/moderatie/antwoord/{scene.report.id}").status_code == 404
    assert "Folded away" in moderator.get("/moderatie/afgehandeld").text


def test_a_decision_without_a_word_to_the_author_keeps_what_was_typed(scene, browser):
    answer = browser(scene.moderator).send(
        f"/moderatie/{scene.report.id}", {"decision": "remove", "answer": "Bewaar dit alsjeblieft"}
    )
    assert answer.status_code == 422
    assert "Bewaar dit alsjeblieft" in answer.text
    assert "Write to the author what is the matter" in answer.text


def test_taking_and_leaving_a_report(scene, browser):
    first, second = browser(scene.moderator), browser(scene.second)
    path = f"/moderatie/{scene.report.id}"
    assert first.post(f"{path}/oppakken").status_code == 302
    assert "Mo Derator handles this" in second.get("/moderatie").text
    refused = second.send(path, {"decision": "nothing"}, to=path)
    assert refused.status_code == 422
    assert "Take it over first" in refused.text
    assert first.post(f"{path}/loslaten").status_code == 302
    assert "handles this" not in second.get("/moderatie").text


def test_notifications_read_as_sentences(scene, make, browser):
    run_due()
    assert "Somebody reported something." in browser(scene.moderator).get("/meldingen").text
