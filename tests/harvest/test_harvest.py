"""From a discussion's opbrengst to a practice in one step, with the way back shown."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop.discussions.models import Discussion
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.practices.models import Practice
from cop.spaces.circles import Visibility
from cop.spaces.models import Space
from tests.support.client import Browser
from tests.support.factories import Factory


def yielded(make: Factory, author: Member, space: Space) -> Discussion:
    found = make.discussion(make.list(space=space), author, title="Bellen na ontslag")
    with unit_of_work() as session:
        row = session.get_one(Discussion, found.id)
        row.outcome, row.outcome_html = "We bellen de dag erna.", "<p>We bellen de dag erna.</p>"
        row.outcome_at = row.closed_at = clock.now()
    return found


def test_an_opbrengst_becomes_a_practice_and_both_show_the_other(
    make: Factory, browser: type[Browser], session: Session
) -> None:
    anna, other = make.member(), make.member()
    space = make.space(Visibility.OPEN, coordinator=anna)
    found = yielded(make, anna, space)
    way = f"/oogst/discussion/{found.id}/practice"
    mine = browser(anna)
    assert way in mine.get(f"/discussies/{found.id}").text
    for _twice in range(2):  # a second press makes no second one
        answer = mine.post(way)
        assert answer.status_code == 302
    made = session.scalars(select(Practice)).one()
    assert answer.headers["Location"] == f"/praktijken/{made.id}/schrijven"
    assert made.space_id == space.id
    assert made.title == "Bellen na ontslag"
    session.expunge(made)
    session.rollback()
    assert f"/discussies/{found.id}" in mine.get(f"/praktijken/{made.id}").text
    assert f"/praktijken/{made.id}" in mine.get(f"/discussies/{found.id}").text
    # A draft is nobody else's to know of.
    assert f"/praktijken/{made.id}" not in browser(other).get(f"/discussies/{found.id}").text


def test_who_may_not_read_it_or_finds_nothing_makes_nothing(
    make: Factory, browser: type[Browser], session: Session
) -> None:
    anna, outside = make.member(), make.member()
    space = make.space(Visibility.CLOSED, coordinator=anna)
    found = yielded(make, anna, space)
    without = make.discussion(make.list(space=space), anna)
    for who, way in (
        (outside, f"discussion/{found.id}/practice"),
        (anna, f"discussion/{without.id}/practice"),
        (anna, f"discussion/{found.id}/geheim"),
        (anna, f"geheim/{found.id}/practice"),
    ):
        assert browser(who).post(f"/oogst/{way}").status_code == 404, way
    assert session.scalar(select(func.count()).select_from(Practice)) == 0
