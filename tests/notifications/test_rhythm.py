"""A digest comes at the member's hour by the clock on their wall, once a day, always."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.notifications.rhythm import moment_of, next_moment

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        ("2026-03-28", 7, "2026-03-28T06:00"),
        ("2026-03-29", 7, "2026-03-29T05:00"),  # summer time since two o'clock
        ("2026-03-29", 2, "2026-03-29T01:00"),  # does not exist: the first moment after
        ("2026-03-29", 3, "2026-03-29T01:00"),
        ("2026-10-24", 7, "2026-10-24T05:00"),
        ("2026-10-25", 2, "2026-10-25T00:00"),  # twice: the first of the two
        ("2026-10-25", 3, "2026-10-25T02:00"),
        ("2026-10-25", 7, "2026-10-25T06:00"),
    ],
)
def test_both_changes_of_summer_time(day, hour, expected):
    found = moment_of(datetime.fromisoformat(day).date(), hour, AMSTERDAM)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Amsterdam",
        "America/Curacao",
        "America/Santiago",  # changes at midnight
        "Australia/Lord_Howe",  # by half an hour
        "Asia/Kathmandu",
        "Africa/Casablanca",
    ],
)
@given(hour=st.integers(0, 23), start=st.integers(0, 365 * 24))
def test_one_a_day_and_none_skipped(zone, hour, start):
    where = ZoneInfo(zone)
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=start)
    days = []
    for _ in range(10):
        after, at = at, next_moment(at, hour, where)
        assert at > after
        local = at.astimezone(where)
        days.append(local.date())
        if local.hour != hour:  # only where the clocks jumped over it
            before = (at - timedelta(minutes=1)).astimezone(where)
            assert local.utcoffset() != before.utcoffset()
    assert days == [days[0] + timedelta(days=n) for n in range(10)]
