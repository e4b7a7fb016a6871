"""Measures: of a way of working over time, never of one person."""

import csv
import io
import itertools
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from cop.platform.db import unit_of_work
from cop.spaces.charts import BOTTOM, HEIGHT, LEFT, MOST_DAYS, RIGHT, TOP, WIDTH, line_chart
from cop.spaces.circles import Visibility
from cop.spaces.measures import number
from cop.spaces.models import Measure, MeasureValue

PUBLIC, OPEN, CLOSED, PRIVATE = Visibility


@pytest.fixture
def scene(make, browser):
    """A public space with a coordinator and somebody who joined: (space, url, pages)."""
    coordinator, member = make.member(), make.member()
    space = make.space(PUBLIC, coordinator=coordinator)
    make.join(member, space.circle)
    pages = {"coordinator": browser(coordinator), "member": browser(member)}
    return space, f"/proeftuinen/{space.slug}/metingen", pages


def values():
    with unit_of_work() as session:
        rows = session.scalars(select(MeasureValue).order_by(MeasureValue.on)).all()
        return [(v.on.isoformat(), v.value, v.people) for v in rows]


VALUE = {"on": "2026-03-01", "value": "12,5", "people": "12", "note": ""}


def test_who_takes_part_adds_a_measure_and_its_values(scene, browser):
    space, url, pages = scene
    answer = pages["member"].send(f"{url}/nieuw", {"kind": "quality_of_life", "unit": "punten"})
    path = answer.headers["Location"]
    page = pages["member"]
    assert page.send(path, VALUE).status_code == 302
    assert page.send(path, VALUE | {"on": "2026-04-01", "value": "14.25"}).status_code == 302
    assert page.send(path, VALUE).status_code == 302  # the same form, sent twice
    asks = page.send(path, VALUE | {"value": "13"})
    assert asks.status_code == 422
    assert "On this day stands 12.5, of 12 people." in asks.text
    replaces = re.search(r'name="replaces" value="(\w+)"', asks.text)[1]
    stale = page.send(path, VALUE | {"value": "13", "replaces": "another"})
    assert stale.status_code == 422
    assert page.send(path, VALUE | {"value": "13", "replaces": replaces}).status_code == 302
    assert values() == [("2026-03-01", 13.0, 12), ("2026-04-01", 14.25, 12)]
    shown = browser().get(path).text
    assert '<svg class="chart"' in shown
    assert "<title" in shown
    assert "<desc" in shown
    assert "14.25" in shown.split("<table")[1]
    assert "Quality of life" in browser().get(f"/proeftuinen/{space.slug}").text


@pytest.mark.parametrize("people", ["0", "1", "4", "-3"])
def test_a_value_of_fewer_than_five_people_is_not_accepted_and_the_form_says_why(
    scene, add_measure, people
):
    space, url, pages = scene
    measure = add_measure(space, values=0)
    answer = pages["member"].send(f"{url}/{measure.id}", VALUE | {"people": people, "note": "Nou"})
    assert answer.status_code == 422
    assert "could be recognised" in answer.text
    assert 'value="Nou"' in answer.text
    assert values() == []


def test_a_value_of_too_few_is_not_shown_however_it_came_in(scene, add_measure, make, browser):
    space, url, _pages = scene
    measure = add_measure(space, values=2)
    make.save(MeasureValue(measure_id=measure.id, on=date(2026, 1, 1), value=98.76, people=4))
    for path in (f"{url}/{measure.id}", f"{url}/{measure.id}.csv", f"/proeftuinen/{space.slug}"):
        shown = browser().get(path).text
        assert "98.76" not in shown
        assert "98,76" not in shown


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"on": "2026-02-30"}, "not a day that exists"),
        ({"on": ""}, "Fill this in"),
        ({"on": "2999-01-01"}, "Choose a day that has been"),
        ({"on": "0001-01-01"}, "Choose a day that has been"),
        ({"value": "veel"}, "Fill in a number"),
        ({"value": ""}, "Fill this in"),
        ({"value": "nan"}, "cannot be right"),
        ({"value": "inf"}, "cannot be right"),
        ({"value": "1e300"}, "cannot be right"),
        ({"people": "tien"}, "whole number"),
        ({"people": "99999999999"}, "cannot be right"),
        ({"note": "x" * 301}, "too long"),
    ],
)
def test_what_cannot_be_is_said(scene, add_measure, change, sentence):
    space, url, pages = scene
    measure = add_measure(space, values=0)
    answer = pages["member"].send(f"{url}/{measure.id}", VALUE | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert values() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "own", "name": ""}, "Give your own measure a name"),
        ({"kind": "own", "name": "x" * 5000}, "too long"),
        ({"kind": "omzet"}, "Choose one of the list"),
    ],
)
def test_a_measure_that_cannot_be_is_said(scene, fields, sentence):
    _space, url, pages = scene
    answer = pages["member"].send(f"{url}/nieuw", fields)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_only_who_takes_part_adds_and_only_coordinators_change(scene, add_measure, make, browser):
    space, url, pages = scene
    measure = add_measure(space)
    path = f"{url}/{measure.id}"
    outsider = browser(make.member())
    assert outsider.get(path).status_code == 200
    assert outsider.post(path, VALUE).status_code == 404
    assert browser().post(path, VALUE).status_code == 404
    assert outsider.get(f"{url}/nieuw").status_code == 404
    for end in ("bewerken", "verwijderen"):
        assert outsider.get(f"{path}/{end}").status_code == 404
        assert pages["member"].get(f"{path}/{end}").status_code == 404
        assert pages["coordinator"].get(f"{path}/{end}").status_code == 200
    pages["coordinator"].send(f"{path}/bewerken", {"kind": "own", "name": "Slaap"})
    assert "Slaap" in browser().get(path).text
    version = re.search(
        r'name="version"[^>]* value="(\w+)"', pages["coordinator"].get(f"{path}/bewerken").text
    )[1]
    pages["coordinator"].send(f"{path}/bewerken", {"unit": "uren"})
    late = pages["coordinator"].send(
        f"{path}/bewerken", {"unit": "dagen", "version": version, "better": "lower"}
    )
    assert late.status_code == 422  # another coordinator was first: shown, not written over
    assert "Somebody else changed this" in late.text
    assert "<dd>uren</dd>" in late.text
    assert "<dd>Higher is better</dd>" in late.text
    assert 'value="dagen"' in late.text
    day = "2025-01-01"
    assert outsider.post(f"{path}/waarden/{day}/verwijderen").status_code == 404
    assert pages["member"].post(f"{path}/waarden/{day}/verwijderen").status_code == 302
    assert len(values()) == 2
    assert pages["coordinator"].post(f"{path}/verwijderen").status_code == 302
    with unit_of_work() as session:
        assert session.scalar(select(Measure.id)) is None
    assert values() == []


@pytest.mark.parametrize("day", ["morgen", "2025-02-31", "2024-01-01", "20250101x"])
def test_a_day_without_a_value_is_not_found(scene, add_measure, day):
    space, url, pages = scene
    measure = add_measure(space)
    path = f"{url}/{measure.id}/waarden/{day}/verwijderen"
    assert pages["coordinator"].get(path).status_code == 404


def test_a_measure_of_another_space_does_not_exist_in_this_one(scene, add_measure, make):
    _space, url, pages = scene
    other = add_measure(make.space(PUBLIC))
    for end in ("", ".csv", "/bewerken", "/verwijderen"):
        assert pages["coordinator"].get(f"{url}/{other.id}{end}").status_code == 404


def test_the_figures_open_in_a_spreadsheet_and_no_word_becomes_a_formula(
    scene, add_measure, make, browser
):
    space, url, _pages = scene
    measure = add_measure(space, values=0, name='=HYPERLINK("http://x")', unit="@SUM(1)")
    notes = ["+1", "-1", "\t=1+1", 'gewoon; met "tekens"', ""]
    for n, note in enumerate(notes):
        make.save(
            MeasureValue(
                measure_id=measure.id,
                on=date(2026, 1, 1) + timedelta(days=n),
                value=-1.5 * n,
                people=8,
                note=note,
            )
        )
    answer = browser().get(f"{url}/{measure.id}.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 6
    assert [r[0] for r in rows[1:]] == [f"2026-01-0{n}" for n in range(1, 6)]
    assert [r[1] for r in rows[1:]] == ["0", "-1,5", "-3", "-4,5", "-6"]
    assert [r[4] for r in rows[1:]] == ["'+1", "'-1", "'\t=1+1", notes[3], ""]
    assert {r[2] for r in rows[1:]} == {"'@SUM(1)"}
    assert {r[5] for r in rows[1:]} == {'\'=HYPERLINK("http://x")'}


@given(
    st.lists(
        st.tuples(
            st.dates(date(1990, 1, 1), date(2100, 1, 1)),
            st.floats(-1e12, 1e12, allow_nan=False).map(lambda v: round(v, 4)),
        ),
        min_size=2,
        max_size=40,
        unique_by=lambda v: v[0],
    ).map(sorted)
)
def test_every_line_stays_in_its_frame(points):
    chart = line_chart(points)
    assert chart is not None
    for dot in chart.dots:
        assert LEFT - 0.1 <= dot.x <= WIDTH - RIGHT + 0.1
        assert TOP - 0.1 <= dot.y <= HEIGHT - BOTTOM + 0.1
    for level in chart.levels:
        assert TOP - 0.1 <= level.at <= HEIGHT - BOTTOM + 0.1
    assert 2 <= len(chart.levels) <= 12
    assert len({level.label for level in chart.levels}) == len(chart.levels)
    assert 2 <= len(chart.days) <= MOST_DAYS
    # Higher values never stand lower.
    by_value = sorted(chart.dots, key=lambda d: d.value)
    assert all(a.y >= b.y for a, b in itertools.pairwise(by_value))


def test_one_value_is_no_line():
    assert line_chart([(date(2026, 1, 1), 3.0)]) is None
    assert line_chart([]) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.0, "12"),
        (12.5, "12.5"),
        (100.0, "100"),
        (0.0, "0"),
        (-3.25, "-3.25"),
        (1e12, "1000000000000"),
    ],
)
def test_numbers_as_people_write_them(value, text):
    assert number(value) == text


@pytest.mark.parametrize(("language", "mark"), [("nl", ","), ("en", ".")])
def test_numbers_have_the_readers_decimal_mark(scene, browser, add_measure, language, mark):
    """In the axis, the words about the chart and the table alike; sizes of files too."""
    space, url, _pages = scene
    measure = add_measure(space, [0.75, 1.25, 1])
    reader = browser(language=language)
    for path in (f"{url}/{measure.id}", f"/proeftuinen/{space.slug}"):
        page = reader.get(path).text
        chart = page.split('<svg class="chart"')[1].split("</table>")[0]
        words = re.sub(r"<[^>]*>", " ", chart)
        found = re.findall(r"\d+[.,]\d+", words)
        assert {f"0{mark}75", f"1{mark}25", f"0{mark}5", f"1{mark}5"} <= set(found)  # and levels
        assert all(mark in number for number in found), found


@pytest.mark.parametrize(("language", "size"), [("nl", "1,5 MB"), ("en", "1.5 MB")])
def test_sizes_of_files_have_it_too(make, browser, add_file, language, size):
    space = make.space(PUBLIC)
    add_file(space, make.member(), b"x" * 1_500_000)
    for path in (f"/proeftuinen/{space.slug}", f"/proeftuinen/{space.slug}/bestanden"):
        assert size in browser(language=language).get(path).text


FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "|cmd", " =1+1", "\t=1+1"]


@pytest.mark.parametrize("words", FORMULAS)
def test_no_word_of_a_download_is_a_formula(scene, browser, add_measure, words):
    """In the name, the unit and the note alike; numbers below zero stay numbers."""
    space, url, _pages = scene
    measure = add_measure(space, [-1.5, 2], name=words, unit=words)
    with unit_of_work() as session:
        for value in session.scalars(select(MeasureValue)):
            value.note = f'{words};"x"\n=2+2'
    answer = browser(language="nl").get(f"{url}/{measure.id}.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert [row[1] for row in rows[1:]] == ["-1,5", "2"]
    for row in rows[1:]:
        assert len(row) == 6
        for cell in (row[2], row[4], row[5]):
            assert cell.startswith("'")


def test_the_day_that_is_filled_in_is_accepted_after_midnight(make, browser, add_measure):
    """In the Netherlands it is a day later than in London for the first hour or two."""
    with time_machine.travel(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), tick=False):
        member = make.member()
        space = make.space(coordinator=member)
        path = f"/proeftuinen/{space.slug}/metingen/{add_measure(space, values=0).id}"
        sent = browser(member).send(path, {"value": "1", "people": "9"})
    assert sent.status_code == 302
    assert values() == [("2026-07-02", 1.0, 9)]
