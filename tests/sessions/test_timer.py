"""The timer: three facts, and what is left follows from them and the server's clock alone."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cop.sessions.timer import Timer, shown

START = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the night in which summer time ends

presses = st.lists(
    st.tuples(
        st.sampled_from(["pause", "resume", "add", "take", "look"]),
        st.floats(0, 900, allow_nan=False),
    ),
    max_size=30,
)


@given(st.integers(1, 60), presses)
def test_what_is_left_is_the_whole_less_the_time_that_it_ran(minutes, presses):
    timer, now, ran, given_ = Timer(minutes, START, None), START, 0.0, 0
    for press, seconds in presses:
        passed = timedelta(seconds=round(seconds, 3))
        if timer.runs:
            ran += passed.total_seconds()
        now += passed
        match press:
            case "pause":
                timer = timer.paused(now)
            case "resume":
                timer = timer.resumed(now)
            case "add" | "take":
                more = 60 if press == "add" else -60
                given_ += more
                timer = timer.given(timedelta(seconds=more))
        assert abs(timer.left(now) - (minutes * 60 + given_ - ran)) < 0.001


@given(st.integers(1, 60), st.floats(0, 5000, allow_nan=False), st.floats(0, 5000))
def test_a_pause_costs_nothing_however_long(minutes, before, pause):
    at = START + timedelta(seconds=before)
    later = at + timedelta(seconds=pause)
    timer = Timer(minutes, START, None).paused(at)
    assert timer.left(later) == timer.left(at)
    assert abs(timer.resumed(later).left(later) - timer.left(at)) < 0.001


@given(st.integers(1, 60), st.lists(st.sampled_from(["pause", "resume"]), max_size=6))
def test_pressing_twice_is_pressing_once(minutes, presses):
    now = START + timedelta(seconds=30)
    once = twice = Timer(minutes, START, None)
    for press in presses:
        step = (lambda t: t.paused(now)) if press == "pause" else (lambda t: t.resumed(now))
        once, twice = step(once), step(step(twice))
        assert once == twice


def test_no_clock_but_the_servers_has_a_say():
    """All screens are told the same, whichever zone their moments are written in."""
    from zoneinfo import ZoneInfo

    timer = Timer(10, START, None)
    moment = START + timedelta(minutes=4)
    assert {timer.left(moment.astimezone(ZoneInfo(z))) for z in ("Asia/Tokyo", "UTC")} == {360.0}


def test_what_is_left_reads_as_minutes_and_seconds():
    for seconds, reads in {
        600: "10:00",
        59.2: "1:00",
        0.4: "0:01",
        0: "0:00",
        -61.5: "-1:01",
    }.items():
        assert shown(seconds) == reads
