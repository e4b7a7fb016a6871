"""Dates that come back: every so many weeks on a weekday, on the Dutch clock.

Days are counted on the calendar and only then given a time, so that neither change of summer time
moves a date by an hour.
"""

from datetime import date, datetime, time

from dateutil.rrule import WEEKLY, rrule

from cop.gatherings import when


def days(first: date, every_weeks: int, number: int) -> list[date]:
    """The first day and those after it, so many in all."""
    begin = datetime.combine(first, time())
    return [day.date() for day in rrule(WEEKLY, interval=every_weeks, count=number, dtstart=begin)]


def moments(chosen: list[date], at: time) -> list[datetime]:
    """The moments at which Dutch clocks show this time on these days.

    Raises:
        Refused: on one of them the clocks skip it.
    """
    return [when.moment(day, at, "begins") for day in chosen]
