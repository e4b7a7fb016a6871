"""Markdown to safe HTML."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.platform import markup

MENTIONS = {"fatima-b": markup.Mention("/leden/fatima-b", "Fatima _B_ & <Co>")}


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("**vet** en *schuin*", "<strong>vet</strong> en <em>schuin</em>"),
        ("regel een\nregel twee", "regel een<br>\nregel twee"),
        ("# Kop", "<h3>Kop</h3>"),
        ("1. een\n2. twee", "<ol>\n<li>een</li>"),
        ("a | b\n--|--\n1 | 2", '<th scope="col">a</th>'),
        ("dag @fatima-b!", '<a class="mention" href="/leden/fatima-b"'),
    ],
)
def test_what_members_use_is_there(source, holds):
    assert holds in markup.render(source, MENTIONS)


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![pixel](https://example.org/p.gif)",
        "[klik](javascript:alert(1))",
        "[klik](JaVaScRiPt&#58;alert(1))",
        "[klik](data:text/html;base64,xxx)",
        '<a href="x" style="color:red" onclick="x()">y</a>',
        "<iframe src=//example.org></iframe>",
        "<svg onload=alert(1)>",
        "`<script>` en ``<b onclick=1>``",
    ],
)
def test_nothing_that_runs_or_reports_gets_through(source):
    made = markup.render(source)
    tags = "".join(re.findall(r"<[^>]*>", made)).lower()
    for bad in ("script", "<img", "<iframe", "<svg", "data:", "<b", "style", "onclick", "onload"):
        assert bad not in tags


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_a_refused_link_leaves_only_its_words(address):
    made = markup.render(f'[klik *hier*]({address} "let > op") en [goed](https://example.org)')
    assert made.startswith("<p>klik <em>hier</em> en <a href=")
    assert made.count("<a") == made.count("</a>") == 1


def test_a_mention_shows_the_name_and_the_name_is_no_markup():
    made = markup.render("dag @fatima-b", MENTIONS)
    assert ">@Fatima _B_ &amp; &lt;Co&gt;</a>" in made


@pytest.mark.parametrize(
    ("source", "items"),
    [
        ("We nemen mee:\n- brood\n- kaas", 2),
        ("We nemen mee:\n- brood", 1),
        ("Dit hielp.\n- brood\n- kaas", 2),
        ("Dit hielp.\n* een lange regel\n  die doorloopt\n* kaas", 2),
        ("De stappen zijn\n1. bellen\n2. komen", 2),
        ("> Dit zei ze:\n> - brood\n> - kaas", 2),
        ("a\n\nDit zei ze:\n\n- brood\n- kaas", 2),
        ("En toen\n- of niet -\nging ze weg", 0),
        ("In dat jaar, dus\n2024. Dat jaar was zwaar\n2025. Ook dat", 0),
        ("Het was versie\n1. Daarna niets meer", 0),
        ("Groet,\n- Yusuf", 0),
        ("Met vriendelijke groet,\n- Yusuf\n- Sanne", 0),
        ("Tot dan!\n-- \nYusuf", 0),
        ("Een streep\n- - -\neronder", 0),
        ("-5 graden\n-6 graden", 0),
        ("```\nzo:\n- a\n- b\n```", 0),
    ],
)
def test_a_list_may_stand_right_under_a_sentence(source, items):
    made = markup.render(source)
    assert made.count("<li>") == items
    assert "<h3>" not in made


@pytest.mark.parametrize(
    ("source", "levels"),
    [("## a\n\n#### b\n\n## c", "343"), ("### a\n\n# b\n\n## c", "334"), ("# a", "3")],
)
def test_headings_follow_each_other_without_a_gap(source, levels):
    assert "".join(re.findall(r"<h(\d)>", markup.render(source))) == levels


def test_raw_html_is_shown_as_it_was_typed():
    assert "&lt;b&gt;dik&lt;/b&gt;" in markup.render("<b>dik</b>")


def test_links_tell_the_other_side_nothing():
    assert 'rel="noopener noreferrer nofollow ugc"' in markup.render("[x](https://example.org)")


def test_an_unknown_handle_stays_text():
    assert "<a" not in markup.render("dag @niemand", MENTIONS)


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("Zie https://example.org/a_b_c?x=1&y=2.", "https://example.org/a_b_c?x=1&amp;y=2"),
        ("(https://example.org/x)", "https://example.org/x"),
        ("**https://example.org/x**", "https://example.org/x"),
        ("<https://example.org/x>", "https://example.org/x"),
        ("[https://example.org/x](https://example.org/x)", "https://example.org/x"),
        ("https://example.org/@fatima-b", "https://example.org/@fatima-b"),
    ],
)
def test_an_address_that_is_typed_is_a_link_once(source, address):
    made = markup.render(source, {"fatima-b": markup.Mention("/leden/fatima-b", "Fatima")})
    assert made.count("<a ") == 1
    assert f'href="{address}"' in made
    assert f">{address}<" in made


def test_an_address_in_code_stays_as_it_is():
    assert "<a " not in markup.render("`https://example.org/x` en ```https://example.org```")


@pytest.mark.parametrize("source", ["lid@fatima-b.nl", "https://x.org/@fatima-b"])
def test_an_address_is_no_mention(source):
    assert 'class="mention"' not in markup.render(source, MENTIONS)


@given(st.text(max_size=300))
def test_no_text_breaks_it_or_gets_a_tag_through(source):
    made = markup.render(source)
    assert "<script" not in made.lower()
    assert "<img" not in made.lower()


@given(st.text(max_size=300))
def test_plain_text_loses_no_word(source):
    made = markup.plain_to_html(source)
    assert "<script" not in made.lower()


def test_quoted_lines_are_folded():
    made = markup.plain_to_html("Eens.\n\n> Wat vind jij?\n> Echt?\n\nGroet")
    assert made.count('<details class="quoted">') == 1
    assert made.endswith("<p>Groet</p>")


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (200, 1), (201, 2), (1000, 5)])
def test_reading_minutes(words, minutes):
    assert markup.reading_minutes(words) == minutes


def test_an_excerpt_ends_at_a_word():
    assert markup.excerpt("**Dit** is een zin die te lang is", 12) == "Dit is een …"


MOST = markup.MAX_LENGTH


@pytest.mark.parametrize(
    "source",
    [
        ">" * MOST,
        "> " * (MOST // 2),
        ("> " * 200 + "a\n") * 140,
        "> - " * (MOST // 4),
        "1. " * (MOST // 3),
        "- " * (MOST // 2),
        "".join("    " * deep + "- a\n" for deep in range(160)),
        "[" * MOST,
        "[a](" * (MOST // 4),
        "![" * (MOST // 2),
        ("[" * 24 + "a" * 500) * 110,
        "".join("`" * run + " " for run in range(1, 340)),
        "`a``b" * (MOST // 5),
        "```\n" * (MOST // 4),
        "|a" * 100 + "|\n|" + "-|" * 100 + "\n" + ("|a" * 100 + "|\n") * 280,
        "**a" * (MOST // 3),
        "*_" * (MOST // 2),
        "\\" * MOST,
        "<a@" * (MOST // 3),
    ],
    ids=lambda source: source[:8].strip(),
)
def test_no_text_keeps_it_busy_for_long(source):
    began = time.process_time()
    made = markup.render(source[:MOST])
    assert time.process_time() - began < 3, "the longest text takes about a tenth of this"
    assert made


def test_a_long_text_with_much_markup_is_still_rendered():
    paragraph = "> - **Let op**: lees [dit stuk](https://example.org/a) en *antwoord* (:( mag).\n"
    made = markup.render((paragraph + "\nGewone woorden, en nog een paar.\n\n") * 300)
    assert made.count("<strong>") == 300
