"""What members chose about their interests, for rooms that bring news on themes of profiles."""

from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from cop.finding.models import ByMail, Interest, InterestKind, InterestProfile
from cop.notifications import wishes
from cop.notifications.wishes import Id, Moment


def tells(member_id: Id, at: Moment) -> ColumnElement[bool]:
    """What comes while they want quiet is not told, afterwards neither."""
    quiet_until = _of_all(member_id, InterestProfile.quiet_until)
    return or_(quiet_until.is_(None), quiet_until < at)


def on_site(member_id: Id, theme_id: Id) -> ColumnElement[bool]:
    of_it = _of_one(member_id, theme_id, Interest.on_site)
    return func.coalesce(of_it, _of_all(member_id, InterestProfile.on_site), literal(True)).is_(
        True
    )


def by_mail(member_id: Id, theme_id: Id) -> ColumnElement[bool]:
    of_it = _of_one(member_id, theme_id, Interest.by_mail)
    of_all = _of_all(member_id, InterestProfile.by_mail)
    return func.coalesce(of_it, of_all, ByMail.DIGEST.value) != ByMail.NOT


def _of_one(member_id: Id, theme_id: Id, what: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """What they chose for this theme, if it is an interest of theirs."""
    return (
        select(what)
        .where(
            Interest.member_id == member_id,
            Interest.kind == InterestKind.THEME,
            Interest.subject_id == theme_id,
        )
        .limit(1)
        .correlate_except(Interest)
        .scalar_subquery()
    )


def _of_all(member_id: Id, what: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """What they chose for all of them, if they chose anything."""
    return (
        select(what)
        .where(InterestProfile.member_id == member_id)
        .correlate_except(InterestProfile)
        .scalar_subquery()
    )


wishes.chosen(wishes.Chosen(tells=tells, on_site=on_site, by_mail=by_mail))
