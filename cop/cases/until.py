"""Until when a case can be read, and what those who agreed to it were told of that.

Who agrees, agrees until a day, which stands on the card that they get. The case is removed on that
day or before it: for a later one its author asks them first.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cop.cases.models import READABLE, Case, Consent
from cop.platform.errors import Refused
from cop.platform.i18n import DEFAULT_ZONE, format_date
from cop.platform.i18n import gettext as _

SHORTEST, LONGEST = timedelta(days=7), timedelta(days=731)
USUAL = timedelta(days=182)
_ZONE = ZoneInfo(DEFAULT_ZONE)
_LAST = timedelta(minutes=1)  # a case goes at midnight: the day before is the last


def end_of(day: date) -> datetime:
    """The end of a day here, whatever the zone of who chose it: one date for the whole circle."""
    return datetime.combine(day + timedelta(days=1), time(), _ZONE)


def day_of(end: datetime) -> date:
    """The last day before this end, here."""
    return (end - _LAST).astimezone(_ZONE).date()


def last_day(case: Case) -> date | None:
    """The last day on which it can be read; None before it is shared."""
    return day_of(case.remove_at) if case.remove_at else None


def check(until: datetime, now: datetime) -> None:
    """
    Raises:
        Refused: beside the day: it is too near or too far.
    """
    if until < now + SHORTEST - timedelta(days=1):
        raise Refused(_("Give people at least a week to read it."), "until")
    if until > now + LONGEST:
        raise Refused(_("Choose a date within two years; you can extend it later."), "until")


def told(session: Session, case: Case) -> datetime | None:
    """The earliest end of those who agreed; None where nobody did."""
    return session.scalar(select(func.min(Consent.until)).where(Consent.case_id == case.id))


def hold_to(session: Session, case: Case, until: datetime, asked: bool) -> None:
    """No longer than who agreed was told; or they were asked, and were told another day.

    Raises:
        Refused: beside the day.
    """
    first = told(session, case)
    if first is None or day_of(until) <= day_of(first):
        return
    if not asked:
        raise Refused(
            _(
                "Who agreed was told: at most until %(day)s. Choose that day or an earlier one, "
                "or ask them first and tick it below.",
                day=format_date(day_of(first)),
            ),
            "until",
        )
    session.execute(
        update(Consent)
        .where(Consent.case_id == case.id, Consent.until < until)
        .values(until=until)
        .execution_options(synchronize_session="fetch")
    )


def end_for(case: Case, consent: Consent) -> date:
    """The last day, as somebody who agreed sees it: of the case, or as they were told."""
    shared = case.remove_at if case.state in READABLE else None
    return day_of(shared or consent.until)
