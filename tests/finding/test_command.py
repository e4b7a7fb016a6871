"""`cop search`: what somebody would find, as a program reads it, and the index made anew."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select

from cop.discussions.models import Post
from cop.finding import commands
from cop.platform.db import reading, unit_of_work
from cop.platform.search import indexing
from cop.platform.search.models import SearchEntry
from cop.spaces.circles import Visibility
from tests.practices.writing import practice


@pytest.fixture
def run(commands_here):
    """The command on the test's own site."""
    commands_here(commands)

    def given(*arguments):
        return CliRunner().invoke(commands.search, arguments)

    return given


@pytest.fixture
def found(run):
    """What it prints for a program."""

    def given(*arguments):
        done = run("--json", *arguments)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return given


def test_a_program_reads_kind_title_address_and_message_id_best_first(make, found):
    author = make.member()
    make.discussion(make.list(Visibility.PUBLIC), author, posts=2, title="Appels", text="Kweepeer?")
    by_mail = make.discussion(make.list(Visibility.PUBLIC), author, title="Kweepeer per mail")
    written = practice(make, author, Visibility.PUBLIC, title="Een goede kweepeer")
    with unit_of_work() as own:
        opening = select(Post).where(Post.discussion_id == by_mail.id, Post.number == 1)
        own.scalars(opening).one().message_id = "kweepeer@example.org"
    said = found("kweepeer")
    assert [each.keys() for each in said] == [{"kind", "title", "url", "message_id"}] * 3
    by_title = {each["title"]: each for each in said}
    assert by_title["Kweepeer per mail"] == {
        "kind": "discussion",
        "title": "Kweepeer per mail",
        "url": f"/discussies/{by_mail.id}",
        "message_id": "kweepeer@example.org",
    }
    assert by_title["Appels"]["message_id"] is None  # begun on the site
    of_practice = by_title["Een goede kweepeer"]
    assert (of_practice["kind"], of_practice["message_id"]) == ("practice", None)
    assert of_practice["url"] == f"/praktijken/{written.id}"
    order = list(by_title)
    assert order.index("Kweepeer per mail") < order.index("Appels")  # which lacks it in its title
    assert found("--most", "1", "kweepeer") == said[:1]
    assert found("bestaatnietwoord") == []


def test_a_member_finds_what_is_theirs_and_a_visitor_what_is_everybodys(make, found, run):
    inside = make.member(email="binnen@example.org")
    closed = make.list(Visibility.CLOSED, coordinator=inside)
    make.discussion(closed, inside, title="Kweepeer in de kring")
    make.discussion(make.list(Visibility.OPEN), inside, title="Kweepeer voor leden")
    make.discussion(make.list(Visibility.PUBLIC), inside, title="Kweepeer voor ieder")
    outside = make.member(email="buiten@example.org")

    def titles(*arguments):
        return {each["title"] for each in found(*arguments, "kweepeer")}

    assert titles() == {"Kweepeer voor ieder"}
    assert titles("--as", outside.email) == {"Kweepeer voor ieder", "Kweepeer voor leden"}
    assert len(titles("--as", "Binnen@example.org")) == 3
    assert run("--as", "niemand@example.org", "kweepeer").exit_code != 0
    people_read = run("kweepeer").stdout
    assert "Kweepeer voor ieder" in people_read
    assert "Kweepeer voor leden" not in people_read
    assert run("bestaatnietwoord").stdout == "Nothing found.\n"


def test_what_is_not_looked_for_is_said_beside_the_answer(make, found, run):
    """So many words are looked for, on the site, by the command and for a kept search alike."""
    words = [f"w{chr(97 + n)}rk" for n in range(26)]
    make.discussion(make.list(Visibility.PUBLIC), make.member(), title=" ".join(words[:24]))
    asked = f'"{" ".join(words)}"'
    assert len(found(asked)) == 1
    assert "not looked for: wyrk, wzrk." in run("--json", asked).stderr
    assert run("--json", "wark").stderr == ""


def test_names_of_commands_are_words_as_well(make, found):
    """`cop search rebuild` makes the index; after an option it is a word, as `query` always is."""
    for word in ("query", "rebuild"):
        make.discussion(make.list(Visibility.PUBLIC), make.member(), title=f"Over {word}")
        assert [each["title"] for each in found(word)] == [f"Over {word}"]
    assert [each["title"] for each in found("query", "over")][:1] == ["Over query"]


def test_an_empty_index_is_made_anew_with_a_bar_as_long_as_what_there_is(
    make, found, run, monkeypatch
):
    on, author = make.list(Visibility.PUBLIC), make.member()
    for n in range(3):
        make.discussion(on, author, title=f"Kweepeer {n}")
    with unit_of_work() as own:
        own.execute(delete(SearchEntry))
    assert found("kweepeer") == []
    bars = []
    bar_of_click = commands.click.progressbar

    def bar(**values):
        bars.append(bar_of_click(**values))
        return bars[-1]

    monkeypatch.setattr(commands.click, "progressbar", bar)
    monkeypatch.setattr(indexing, "AT_ONCE", 2)
    monkeypatch.setattr(indexing, "COUNTED_AT_ONCE", 2)
    done = run("rebuild")
    assert done.exit_code == 0, done.output
    assert len(found("kweepeer")) == 3
    with reading() as own:
        total = indexing.how_many(own)
    assert total > 3
    assert f"{total} documents." in done.stderr
    assert [(each.length, each.pos) for each in bars] == [(total, total)]
