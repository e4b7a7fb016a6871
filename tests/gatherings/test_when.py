"""Days and times: both changes of summer time, and readers elsewhere."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.gatherings import when
from cop.platform import i18n
from cop.platform.errors import Refused

moments = st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))


@given(moments, st.integers(1, 60))
def test_days_before_is_the_same_time_on_the_clock(at, days):
    """But for the hour that is skipped, which then is an hour later."""
    then, there = when.local(when.days_before(at, days)), when.local(at)
    assert (there.date() - then.date()).days == days
    skipped = then.time() != there.time()
    assert not skipped or (then.month == 3 and then.hour == 3 and there.hour == 2)


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.times())
def test_what_was_typed_is_what_the_clock_shows(day, at):
    at = at.replace(microsecond=0)
    try:
        found = when.moment(day, at)
    except Refused:
        assert day.month == 3
        assert day.weekday() == 6
        assert day.day > 24
        assert at.hour == 2
        return
    there = when.local(found)
    assert (there.date(), there.time()) == (day, at)


def test_the_skipped_hour_is_refused_and_of_the_double_one_the_first_is_meant(app):
    for year in range(2026, 2031):
        march = max(d for d in range(25, 32) if date(year, 3, d).weekday() == 6)
        with pytest.raises(Refused):
            when.moment(date(year, 3, march), time(2, 30))
        october = max(d for d in range(25, 32) if date(year, 10, d).weekday() == 6)
        found = when.moment(date(year, 10, october), time(2, 30))
        assert found == datetime(year, 10, october, 0, 30, tzinfo=UTC)


def test_a_reader_elsewhere_reads_both_times(app):
    start = datetime(2027, 3, 10, 13, 0, tzinfo=UTC)
    with i18n.speaking("nl", "America/Curacao"):
        words = when.spoken(start, start + timedelta(hours=2))
    assert words.startswith("woensdag 10 maart 2027, 9.00\u201311.00 (Curacao)")
    assert "14.00\u201316.00" in words
    with i18n.speaking("nl", "Europe/Brussels"):
        words = when.spoken(start, start + timedelta(hours=2))
    assert words == "woensdag 10 maart 2027, 14.00\u201316.00"
