"""A form that is sent twice: what it asked for is done once, and whoever sent it is told so."""

import sqlite3

import pytest
from sqlalchemy import exists, func, select
from sqlalchemy.exc import OperationalError

from cop.discussions.models import Post
from cop.platform import clock, sent_forms
from cop.platform.db import unit_of_work
from cop.platform.sent_forms import KEPT_FOR, SentForm, forget
from cop.spaces.circles import CircleMembership, Standing, Visibility

ALREADY = "You sent this already. Nothing is done twice."


def pressed_twice(browser, path, data=None):
    """The second answer, with the page to which it leads; the first one never reached anybody."""
    first = browser.client
    fields = {"csrf_token": browser._fresh_token()} | (data or {})
    with first.session_transaction() as cookie:
        known = dict(cookie)
    assert browser._post(path, data=fields).status_code == 302
    with first.session_transaction() as cookie:
        cookie.clear()
        cookie.update(known)
    return browser._post(path, data=fields, follow_redirects=True)


@pytest.fixture
def of_post(make):
    """(who wrote a post, its number, the address at which it is removed)."""
    author, on = make.member(), make.list()
    talk = make.discussion(on, author, posts=2)
    with unit_of_work() as session:
        posts = select(func.max(Post.id)).where(Post.discussion_id == talk.id)
        post_id = session.scalars(posts).one()
    return author, post_id, f"/berichten/{post_id}/verwijderen"


@pytest.fixture
def of_request(make):
    """(who coordinates a closed space, who asks to join it, the address of the answer)."""
    coordinator, asks = make.member(), make.member()
    space = make.space(Visibility.CLOSED, coordinator=coordinator)
    make.join(asks, space.circle, Standing.REQUESTED)
    handle = make.persona(asks).handle
    return coordinator, asks, f"/kringen/{space.circle_id}/verzoeken/{handle}?antwoord=nee"


def is_in(member):
    """A condition: they take part somewhere, or asked to."""
    return exists().where(CircleMembership.member_id == member.id)


def test_removing_ones_own_post_twice_leads_where_it_led_and_says_so(browser, of_post):
    author, post_id, path = of_post

    answer = pressed_twice(browser(author), path)

    assert answer.status_code == 200
    assert ALREADY in answer.text
    assert "/discussies/" in answer.request.path
    with unit_of_work() as session:
        assert session.get_one(Post, post_id).deleted_at is not None


def test_where_the_mark_cannot_be_kept_nothing_is_done_and_nothing_says_so(
    browser, of_post, monkeypatch
):
    author, post_id, path = of_post
    mine = browser(author)

    def locked():
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr(sent_forms, "_mark", locked)
    answer = mine.post(path)
    monkeypatch.undo()

    assert answer.status_code == 503
    assert "busy" in answer.text
    with unit_of_work() as session:
        assert session.get_one(Post, post_id).deleted_at is None
    with mine.client.session_transaction() as cookie:
        assert "_flashes" not in cookie  # they would say that it was done


def test_declining_somebody_twice_leads_where_it_led_and_says_so(browser, of_request):
    coordinator, asks, path = of_request

    answer = pressed_twice(browser(coordinator), path)

    assert answer.status_code == 200
    assert ALREADY in answer.text
    assert answer.request.path.endswith("/leden")
    with unit_of_work() as session:
        assert session.scalar(select(is_in(asks))) is False


def test_admitting_somebody_twice_does_it_once(browser, of_request):
    coordinator, asks, path = of_request

    answer = pressed_twice(browser(coordinator), path.replace("nee", "ja"))

    assert answer.status_code == 200
    with unit_of_work() as session:
        assert session.scalar(select(is_in(asks))) is True


def test_nobody_else_learns_that_there_was_something(browser, make, of_post, of_request):
    author, _post_id, path = of_post
    coordinator, _asks, decline = of_request
    assert browser(author).post(path).status_code == 302
    assert browser(coordinator).post(decline).status_code == 302

    for who in (make.member(), coordinator):
        assert browser(who).post(path).status_code == 404
    for who in (make.member(), author):
        assert browser(who).post(decline).status_code == 404
    assert browser(author).post(path).status_code == 404  # from another device


def test_a_form_with_other_words_is_another_form(browser, of_request):
    coordinator, _asks, path = of_request
    mine = browser(coordinator)
    assert mine.post(path).status_code == 302

    assert mine.post(path, {"reason": "Welkom"}).status_code == 404
    assert mine.post(path.replace("=nee", "=ja")).status_code == 404
    assert mine.post(path).status_code == 302


def test_later_the_same_form_is_a_new_wish(browser, of_request):
    coordinator, _asks, path = of_request
    mine = browser(coordinator)
    assert mine.post(path).status_code == 302
    with unit_of_work() as session:
        kept = session.scalars(select(SentForm)).one()
        kept.at -= KEPT_FOR / 2
    assert mine.post(path).status_code == 302  # does not begin the time anew
    with unit_of_work() as session:
        session.scalars(select(SentForm)).one().at -= KEPT_FOR / 2
    assert mine.post(path).status_code == 404


def test_what_was_refused_or_sent_by_a_visitor_leaves_no_mark(browser, of_post):
    _author, _post_id, path = of_post
    assert browser().post(path).status_code != 404

    with unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(SentForm)) == 0


def test_marks_are_forgotten_and_hold_nothing_of_what_was_sent(browser, of_post):
    author, _post_id, path = of_post
    assert browser(author).post(path, {"reason": "appelboom"}).status_code == 302

    with unit_of_work() as session:
        kept = session.scalars(select(SentForm)).one()
        assert len(kept.mark) == 64
        assert "appelboom" not in kept.mark + kept.led_to
        forget(session, {}, kept.at + KEPT_FOR / 2)
        assert session.scalar(select(func.count()).select_from(SentForm)) == 1
        forget(session, {}, clock.now() + 2 * KEPT_FOR)
        assert session.scalar(select(func.count()).select_from(SentForm)) == 0
