"""From a discussion's opbrengst to a practice in one step, with the way back shown."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop.beraad import general
from cop.beraad.models import Form
from cop.discussions.models import Discussion
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.practices.models import Practice
from cop.spaces.circles import Visibility
from cop.spaces.models import Space
from tests.beraad.sitting import sit
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


def test_what_a_beraad_yielded_becomes_a_practice_and_both_show_the_other(
    make: Factory, browser: type[Browser], session: Session
) -> None:
    """The dilemma in general words, which all approved for everybody."""
    at = sit(make, clock.now(), others=1)
    at.all_of_it()
    one = at.others[0]
    said = {"title": "Open deur", "choice_a": "Dicht", "choice_b": "Open", "question": "Mag dat?"}
    with unit_of_work() as own:
        general.write(own, at.actor(one), at.id, said | {"helped": "Doorvragen"}, 0, at.now)
    at.choose(form=Form.GENERAL)
    report = at.now_report(session, Form.GENERAL).id
    session.rollback()
    reader = browser(make.member())
    way = f"/oogst/beraad/{report}/practice"
    assert reader.post(way).status_code == 404  # not before all approved it
    at.approve(form=Form.GENERAL)
    assert way in reader.get(f"/dilemmas/{report}").text
    for _twice in range(2):
        answer = reader.post(way)
        assert answer.status_code == 302
    made = session.scalars(select(Practice)).one()
    assert answer.headers["Location"] == f"/praktijken/{made.id}/schrijven"
    assert (made.title, made.summary) == ("Open deur", "Mag dat?")
    url = f"/praktijken/{made.id}"
    session.rollback()
    assert "Doorvragen" in reader.get(url).text
    assert f"/dilemmas/{report}" in reader.get(url).text
    assert url in reader.get(f"/dilemmas/{report}").text
    assert url not in browser(one).get(f"/dilemmas/{report}").text  # a draft of somebody else
