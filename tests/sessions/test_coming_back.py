"""What comes back before the group meets again, and who comes in again after being shown out."""

from datetime import timedelta

from sqlalchemy import func, select, update

from cop.gatherings.models import Gathering
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.live import LiveEvent
from cop.platform.worker import run_due
from cop.sessions import afterwards, holding, letting_in, reminding
from tests.sessions.table import table


def reminded(now):
    """Who was told, in all, that something they took along waits."""
    with unit_of_work() as session:
        reminding.remind_without_day(session, {}, now)
    with reading() as session:
        return session.scalars(
            select(Notification.member_id).where(Notification.kind == "sessions.taken_along")
        ).all()


def taken_along(at, who, now, dropped_at=None):
    with unit_of_work() as session:
        words = "Geheim voornemen"
        made = afterwards.take_along(session, at.actor(who), at.id, words, None, "a", now)
        made.dropped_at = dropped_at


def test_only_a_date_of_ones_own_group_that_goes_on_and_is_to_come_brings_it_back(make, browser):
    now = clock.now()
    at, others = table(make, closed=True), make.member()
    who = at.others[0]
    taken_along(at, who, now)
    taken_along(at, at.others[1], now, dropped_at=now)
    late = now + timedelta(days=20)
    elsewhere = make.group(others)
    make.group_date(elsewhere, others, late + timedelta(days=1))
    off, unsure, _been = (
        make.group_date(at.group, at.lead, late + timedelta(days=n)) for n in (1, 2, -1)
    )
    run_due()

    def dated(which, **values):
        with unit_of_work() as session:
            session.execute(update(Gathering).where(Gathering.id == which.id).values(values))

    dated(off, cancelled_at=now)
    dated(unsure, provisional=True)
    assert reminded(late) == []
    dated(unsure, provisional=False)
    assert reminded(late) == [who.id], "nothing of what they let go"
    shown = browser(who).get("/meldingen").text
    assert "You took something along" in shown
    assert "Geheim" not in shown


def test_what_was_just_said_does_not_come_back_though_the_group_meets_soon(make):
    now = clock.now()
    at = table(make, closed=True)
    make.group_date(at.group, at.lead, now + timedelta(days=2, hours=12))
    run_due()
    taken_along(at, at.others[0], now)
    assert reminded(now + reminding.FRESH - timedelta(hours=1)) == []
    assert reminded(now + reminding.FRESH + timedelta(hours=1)) == [at.others[0].id]


def test_who_came_in_again_stays_where_they_are_when_it_is_pressed_once_more(make):
    at, now = table(make), clock.now()
    one = at.others[0]

    def told(session):
        return session.scalar(
            select(func.count())
            .select_from(LiveEvent)
            .where(LiveEvent.audience == f"session:{at.id}", LiveEvent.kind == "people")
        )

    with unit_of_work() as session:
        seat = at.participant(session, one).id
        holding.remove(session, at.actor(), at.id, seat, now)
        before = told(session)
        letting_in.let_in(session, at.actor(), at.id, seat, now)
        assert told(session) == before + 1, "the screens show that it is so"
        holding.come_in(session, at.actor(one), at.id, now)
        letting_in.let_in(session, at.actor(), at.id, seat, now)
        assert at.participant(session, one).left_at is None


def test_who_is_gone_and_who_was_shown_out_elsewhere_cannot_be_let_in(make):
    at, elsewhere, now = table(make), table(make), clock.now()
    with unit_of_work() as session:
        for its in (at, elsewhere):
            for who in its.others:
                holding.remove(session, its.actor(), its.id, its.participant(session, who).id, now)
        stays, left, ended = (at.participant(session, who) for who in at.others)
        left.member_id = None
        ended.persona.gone_at = now
        session.flush()
        found = letting_in.shown_out(session, at.actor(), at.now_held(session))
        assert [seat for seat, _who in found] == [stays.id]


def test_who_was_shown_out_once_more_reads_nothing_of_being_let_in(make, browser):
    at, now = table(make), clock.now()
    one, page = at.others[0], browser(at.others[0])
    for shown in (True, False):
        with unit_of_work() as session:
            seat = at.participant(session, one).id
            holding.remove(session, at.actor(), at.id, seat, now)
            if shown:
                letting_in.let_in(session, at.actor(), at.id, seat, now)
        assert ("come into your session again" in page.get("/meldingen").text) == shown
