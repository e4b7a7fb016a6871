"""Languages, dates and times."""

from datetime import UTC, datetime, timedelta

import pytest

from cop.platform import i18n

MOMENT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # an hour before summer time begins


def test_a_visitor_gets_dutch(browser):
    assert '<html lang="nl"' in browser(language="").get("/").text


@pytest.mark.parametrize(
    ("asks", "gets"),
    [("en", "en"), ("en-US,en;q=0.9", "en"), ("en-US,en;q=0.9,nl;q=0.5", "nl"), ("de", "nl")],
)
def test_english_only_for_who_asks_for_it_and_reads_no_dutch(browser, asks, gets):
    assert f'<html lang="{gets}"' in browser(language=asks).get("/").text


def test_dates_as_dutch_people_write_them(app):
    with i18n.speaking("nl", "Europe/Amsterdam"):
        assert i18n.format_moment(MOMENT) == "29 maart 2026, 1.30"
        assert i18n.format_moment(MOMENT + timedelta(hours=1)) == "29 maart 2026, 3.30"
    with i18n.speaking("en", "America/Curacao"):
        assert i18n.format_moment(MOMENT) == "28 March 2026, 20:30"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "just now"), (30, "just now"), (60, "1 minute ago"), (7200, "2 hours ago")],
)
def test_how_long_ago(app, seconds, words):
    with i18n.speaking("en", "Europe/Amsterdam"):
        assert i18n.format_ago(MOMENT - timedelta(seconds=seconds), MOMENT) == words


@pytest.mark.parametrize(
    ("name", "key"),
    [("Élise van 't Hof", "elise van t hof"), ("Łukasz", "łukasz"), ("  A--B ", "ab")],
)
def test_names_sort_alike_on_every_database(name, key):
    assert i18n.sort_key(name) == key
