"""Languages, dates and times."""

from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from flask import render_template_string
from markupsafe import Markup, escape

from cop.config import ConfigError
from cop.members.people import role_labels
from cop.platform import i18n, web

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


def test_a_lazy_text_with_values_is_escaped_like_any_other(app):
    """In templates, and in what is built by hand as HTML."""
    evil = "<script>alert(1)</script>"
    texts = {
        "plain": i18n.gettext("%(name)s asks", name=evil),
        "lazy": i18n.lazy("%(name)s asks", name=evil),
    }
    for text in texts.values():
        with app.test_request_context("/"):
            page = render_template_string("<p>{{ text }}</p>{{ text ~ '' }}", text=text)
        assert evil not in page
        assert page.count("&lt;script&gt;") == 2
        assert evil not in Markup("<b>{}</b>").format(text)
        assert evil not in escape(text)


def test_zones_to_choose_are_real_ones_under_their_present_names(app):
    offered = i18n.zones()
    assert offered[0] == "Europe/Amsterdam"
    assert len(offered) == len(set(offered)) > 300
    assert set(offered) <= available_timezones()
    # Names of earlier days, kept by IANA for old settings only.
    for alias in (
        *("Asia/Calcutta", "Europe/Kiev", "Europe/Belfast", "America/Buenos_Aires"),
        *("Africa/Asmera", "Pacific/Samoa", "Atlantic/Faeroe", "Asia/Saigon", "America/Godthab"),
        *("UTC", "Etc/GMT+1", "US/Eastern", "CET", "Europe/Nicosia"),
    ):
        assert alias not in offered, alias
    for zone in ("Asia/Kolkata", "Europe/Kyiv", "Europe/London", "America/Kralendijk"):
        assert zone in offered


@pytest.mark.parametrize(
    ("language", "shown"), [("nl", ("60.000", "1.048.580")), ("en", ("60,000", "1,048,580"))]
)
def test_a_number_in_a_sentence_has_its_languages_marks(app, language, shown):
    said = i18n.lazy("At most %(max)d characters.")
    most = 60_000
    with app.test_request_context("/"), i18n.speaking(language, i18n.DEFAULT_ZONE):
        words = i18n.gettext(
            "A post has at most %(most)s characters; this one has %(have)s.",
            most=most,
            have=1_048_580,
        )
        assert all(number in words for number in shown)
        assert shown[0] in i18n.ngettext("%(num)d answer", "%(num)d answers", most)
        assert shown[0] in said % {"max": most}  # as WTForms fills it
        page = render_template_string(
            '{{ ngettext("%(num)d answer", "%(num)d answers", n) }} {{ _("Page %(k)s of %(n)s",'
            " k=999, n=n) }}",
            n=most,
        )
        assert page.count(shown[0]) == 2
        assert "999" in page


def test_a_number_that_counts_nothing_has_no_marks(app):
    with app.test_request_context("/"), i18n.speaking("nl", i18n.DEFAULT_ZONE):
        assert i18n.gettext("%(port)s", port=8000) == "8000"


def test_without_its_texts_it_does_not_start_and_says_so_in_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
    with pytest.raises(ConfigError, match=r"messages\.po: cannot be read \(No such file") as told:
        i18n._catalogue.__wrapped__("nl")
    assert "\n" not in str(told.value)


def test_a_template_says_its_texts_in_the_readers_language_and_escapes_what_fills_them(app):
    """Also when the same text was made for somebody else before, and where nothing is escaped."""
    source = '{{ _("Sign in") }}|{{ _("Page %(k)s of %(n)s", k=k, n=2) }}|{{ icon }}'
    source += '{% autoescape false %}|{{ _("Page %(k)s of %(n)s", k=k, n=2) }}{% endautoescape %}'
    said = {}
    for language in ("nl", "en", "nl"):
        with app.test_request_context("/"), i18n.speaking(language, i18n.DEFAULT_ZONE):
            said[language] = render_template_string(source, k="<b>", icon=web.icon("bell", "<b>"))
    assert said["en"].startswith("Sign in|Page &lt;b&gt; of 2|<svg")
    assert said["nl"].startswith("Inloggen|Pagina &lt;b&gt; van 2|<svg")
    for page in said.values():
        assert 'role="img" aria-label="&lt;b&gt;"' in page
        assert "<b>" in page.rpartition("|")[2]


def test_roles_are_named_in_the_readers_language(app):
    named = {}
    for language in ("nl", "en", "nl"):
        with app.test_request_context("/"), i18n.speaking(language, i18n.DEFAULT_ZONE):
            named[language] = role_labels(["carer", "experience_expert"])
    assert named == {
        "nl": ("Ervaringsdeskundige", "Mantelzorger"),
        "en": ("Experience expert", "Informal carer"),
    }
