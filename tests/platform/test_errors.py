"""Errors: what was typed is shown again, and the log holds nothing of it, whatever is away."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from cop.members.models import Member
from cop.platform.db import db, unit_of_work
from cop.spaces.circles import Visibility
from tests.support.client import Browser
from tests.support.factories import Factory

WORDS = "Kweeperen helpen mij"


class Away:
    """The database fails while `at` is 'execute' or 'commit'."""

    at = ""

    def execute(self, *_: Any) -> None:
        if self.at == "execute":
            raise self.error()

    def commit(self, *_: Any) -> None:
        if self.at == "commit":
            raise OperationalError("COMMIT", None, self.error())

    @staticmethod
    def error() -> Exception:
        found: type[Exception] = db.engine.dialect.loaded_dbapi.OperationalError
        return found("database is locked")


@pytest.fixture
def away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Away]:
    monkeypatch.setitem(app.config, "TESTING", False)  # errors get their pages, as in use
    made = Away()
    event.listen(db.engine, "do_execute", made.execute)
    event.listen(db.engine, "commit", made.commit)
    yield made
    event.remove(db.engine, "do_execute", made.execute)
    event.remove(db.engine, "commit", made.commit)


def test_what_was_typed_is_shown_when_the_database_is_away(
    make: Factory, browser: type[Browser], away: Away, caplog: pytest.LogCaptureFixture
) -> None:
    anna = make.member("Anna Verzonnen", language="en")
    discussion = make.discussion(make.list(Visibility.OPEN), anna)
    path = f"/discussies/{discussion.id}/antwoord"
    member, visitor = browser(anna), browser()
    for each in (member, visitor):
        each.post("/taal", {"language": "en"})  # has a token from here on
    caplog.set_level(logging.INFO)
    for at, who in (("execute", member), ("execute", visitor), ("commit", member)):
        away.at = at
        answer = who.post(path, {"text": WORDS})
        away.at = ""
        assert answer.status_code == 503, (at, answer.status_code)
        assert f">{WORDS}</textarea>" in answer.text
        assert "Try again in a moment" in answer.text
        assert "Content-Security-Policy" in answer.headers
        assert ("Anna Verzonnen" in answer.text) is (at == "commit")
    page = member.get(f"/discussies/{discussion.id}").text
    assert WORDS not in page
    assert "OperationalError" in caplog.text
    for secret in (path, WORDS, "Verzonnen", anna.email, "SELECT", "INSERT"):
        assert secret not in caplog.text, secret


def test_an_error_that_no_page_was_made_of_is_logged_by_kind_and_place(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with app.test_request_context(f"/ik?q={WORDS}"):
        try:
            raise ValueError(WORDS)
        except ValueError as error:
            app.log_exception((ValueError, error, error.__traceback__))
    assert "ValueError at " in caplog.text
    assert "test_errors.py:" in caplog.text
    for secret in (WORDS, "/ik", "Traceback"):
        assert secret not in caplog.text, secret


def test_an_error_of_the_database_holds_no_values(away: Away) -> None:
    away.at = "execute"
    with pytest.raises(OperationalError) as raised, unit_of_work() as session:
        session.scalar(select(Member.id).where(Member.email == "anna@example.org"))
    assert "anna@" not in str(raised.value)
