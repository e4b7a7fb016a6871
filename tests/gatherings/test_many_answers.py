"""A date poll with very many answers, and dates that are added while it runs."""

import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select

from cop.gatherings.poll_models import Can, PollAnswer, PollOption, PollVoter
from cop.members.models import Member, Persona
from cop.platform.db import unit_of_work
from cop.platform.worker import run_due
from tests.support.counting import statements

NOW = datetime(2027, 2, 1, 12, 0, tzinfo=UTC)


def options(poll):
    with unit_of_work() as session:
        return session.scalars(
            select(PollOption.id).where(PollOption.poll_id == poll.id).order_by(PollOption.id)
        ).all()


def answered_by(poll, number):
    """So many members who say something of every date."""
    cans = list(Can)
    ids = options(poll)
    with unit_of_work() as session:
        # Far from the numbers that the database gives out by itself.
        first = max(session.scalar(select(Member.id).order_by(Member.id.desc())) or 0, 10**6) + 1
        people = range(first, first + number)
        session.execute(
            insert(Member),
            [
                {"id": n, "email": f"lid-{n}@example.org", "state": "active", "created_at": NOW}
                | {"site_role": "member"}
                for n in people
            ],
        )
        session.execute(
            insert(Persona),
            [
                {"id": n + 100_000, "member_id": n, "handle": f"lid-{n}", "name": f"Deelnemer {n}"}
                | {"sort_key": f"lid {n:06}", "name_key": f"lid{n}", "roles": []}
                for n in people
            ],
        )
        session.execute(
            insert(PollVoter),
            [
                {"id": n, "poll_id": poll.id, "member_id": n, "persona_id": n + 100_000}
                | {"comes": False, "answered_at": NOW}
                for n in people
            ],
        )
        session.execute(
            insert(PollAnswer),
            [
                {"voter_id": n, "option_id": id, "can": cans[(n + id) % 3]}
                for n in people
                for id in ids
            ],
        )


def test_a_poll_that_five_hundred_people_answered_stays_quick(make, browser, set_clock):
    set_clock(NOW)
    organiser = make.member()
    poll = make.date_poll(organiser, dates=60)
    page = browser(organiser)
    path = f"/agenda/prikker/{poll.id}"
    answered_by(poll, 10)
    page.get(path)
    with statements() as few:
        page.get(path)
    answered_by(poll, 490)
    with statements() as many:
        page.get(path)
    assert len(many) <= len(few)
    times = []
    for _ in range(3):
        began = time.perf_counter()
        answer = page.get(path)
        times.append(time.perf_counter() - began)
    assert "500 people answered" in answer.text
    assert min(times) < 1.5  # the figure itself is for the bench; this holds on a busy machine
    one = options(poll)[0]
    assert "Deelnemer " in page.get(f"{path}/wie/{one}").text
    assert "Deelnemer " not in answer.text
    other = browser(make.member())
    assert other.get(f"{path}/wie/{one}").status_code == 404
    assert other.get(path).status_code == 200


def test_dates_are_added_to_a_poll_that_runs_and_who_answered_hears_of_it(make, browser, set_clock):
    set_clock(NOW)
    organiser, member = make.member(), make.member()
    poll = make.date_poll(organiser)
    path = f"/agenda/prikker/{poll.id}"
    first = options(poll)[0]
    browser(member).send(path, {f"datum-{first}": Can.YES})
    page = browser(organiser)
    for _ in range(2):  # twice the same adds once
        page.send(f"{path}/data", {"day": "2027-03-20", "begins": "10:00"})
    run_due()
    assert len(options(poll)) == 4
    assert "more dates for" in browser(member).get("/meldingen").text
    assert browser(member).get(f"{path}/data").status_code == 404
    failed = []
    for wrong in (
        {"day": "2027-01-20"},
        {"day": "2027-03-28", "begins": "02:30"},
        {"day": ""},
        {"day": "2029-03-28"},
        {"begins": "laat"},
    ):
        answer = page.send(f"{path}/data", {"day": "2027-03-20", "begins": "10:00"} | wrong)
        if answer.status_code != 422:
            failed.append(wrong)
    assert failed == []
    with unit_of_work() as session:
        last = session.scalar(select(PollOption).order_by(PollOption.id.desc()))
        session.add_all(
            PollOption(
                poll_id=poll.id,
                starts_at=last.starts_at + timedelta(days=n),
                ends_at=last.ends_at + timedelta(days=n),
            )
            for n in range(1, 57)
        )
    assert len(options(poll)) == 60
    full = page.send(f"{path}/data", {"day": "2027-12-20", "begins": "10:00"})
    assert "more than 60 dates" in full.text
    page.post(f"{path}/sluiten")
    closed = page.send(f"{path}/data", {"day": "2027-12-20", "begins": "10:00"})
    assert "nobody answers any more" in closed.text
