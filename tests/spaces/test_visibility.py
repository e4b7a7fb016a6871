"""Who may read: stricter at any time, wider only while nothing by others stands in it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from cop.members.actor import VISITOR
from cop.notifications.models import Notification
from cop.platform.db import Base, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.outbox import Job
from cop.platform.worker import run_due
from cop.spaces import coordinating, holders, joining, measures
from cop.spaces.circles import STRICTNESS, Circle, CircleMembership, Standing, Visibility
from cop.spaces.models import MeasureValue
from cop.spaces.permissions import SPACES, SpacePermission
from cop.spaces.words import audience

PUBLIC, OPEN, CLOSED, PRIVATE = Visibility


def change(make, member, space, to, now):
    with unit_of_work() as session:
        coordinating.change_visibility(session, make.actor(member), space.circle_id, to, now)


def visibility(space):
    with unit_of_work() as session:
        return session.get(Circle, space.circle_id).visibility


def widen_now(space):
    """What the worker does when the day has come."""
    with unit_of_work() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "spaces.widen")).all()
        for job in jobs:
            coordinating.widen(session, job.payload, job.run_at)


@pytest.mark.parametrize("before", Visibility)
@pytest.mark.parametrize("after", Visibility)
def test_stricter_at_once_wider_when_alone(make, now, before, after):
    coordinator = make.member()
    space = make.space(before, coordinator=coordinator)
    change(make, coordinator, space, after, now)
    assert visibility(space) == after


@pytest.mark.parametrize("before", [OPEN, CLOSED, PRIVATE])
def test_never_wider_once_others_wrote_in_it(make, now, before, logbook_entry):
    coordinator, other = make.member(), make.member()
    space = make.space(before, coordinator=coordinator)
    make.join(other, space.circle)
    logbook_entry(space, other)
    with unit_of_work() as session:  # also when they have left since
        joining.leave(session, make.actor(other), space.circle_id, now)
    for wider in STRICTNESS[: STRICTNESS.index(before)]:
        with pytest.raises(Refused) as refused:
            change(make, coordinator, space, wider, now)
        assert refused.value.field == "visibility"
    for stricter in STRICTNESS[STRICTNESS.index(before) :]:
        change(make, coordinator, space, stricter, now)
        assert visibility(space) == stricter


def measured(make, member, space, now, note="Elke week gevraagd."):
    """A measure that the member added, with a value of theirs."""
    details = measures.MeasureDetails(kind="own", name="Rust")
    with unit_of_work() as session:
        made = measures.add(session, make.actor(member), space.id, details, now)
        valued(session, make.actor(member), made.id, note, now)
    return made.id


def valued(session, actor, measure_id, note, now, **more):
    measures.set_value(session, actor, measure_id, date(2025, 1, 1), 7, 12, note, now, **more)


def test_never_wider_once_others_measured_in_it(make, now, add_measure):
    """What others wrote beside a number is theirs, changed by the coordinator or not."""

    def change_details(session, actor, measure_id):
        details = measures.MeasureDetails(kind="own", name="Slaap")
        measures.change(session, actor, measure_id, details, now)

    def change_value(session, actor, measure_id):
        on = session.get_one(MeasureValue, (measure_id, date(2025, 1, 1)))
        version = measures.version_of_value(on)
        valued(session, actor, measure_id, "Anders", now, replaces=version)

    def nothing(session, actor, measure_id):
        pass

    coordinator, other = make.member(), make.member()
    for adds, changes, how in (
        (other, coordinator, nothing),
        (other, coordinator, change_details),
        (coordinator, other, change_value),
        (other, coordinator, change_value),
    ):
        space = make.space(CLOSED, coordinator=coordinator)
        make.join(other, space.circle)
        measure_id = measured(make, adds, space, now)
        with unit_of_work() as session:
            how(session, make.actor(changes), measure_id)
        with pytest.raises(Refused):
            change(make, coordinator, space, PUBLIC, now)
    space = make.space(CLOSED, coordinator=coordinator)
    add_measure(space)  # of before it was kept whose it is
    with pytest.raises(Refused):
        change(make, coordinator, space, PUBLIC, now)


def test_words_of_ones_own_do_not_stand_in_the_way(make, now, logbook_entry):
    coordinator = make.member()
    space = make.space(PRIVATE, coordinator=coordinator)
    logbook_entry(space, coordinator)
    measured(make, coordinator, space, now)
    change(make, coordinator, space, PUBLIC, now)
    assert visibility(space) == PUBLIC


def test_wider_takes_effect_a_week_after_everybody_in_it_was_told(make, now):
    coordinator, other = make.member(), make.member()
    space = make.space(CLOSED, coordinator=coordinator)
    make.join(other, space.circle)
    change(make, coordinator, space, OPEN, now)
    run_due()
    with unit_of_work() as session:
        circle = session.get(Circle, space.circle_id)
        assert (circle.visibility, circle.widens_at) == (CLOSED, now + timedelta(days=7))
        assert "28 november" in audience(circle)  # whoever writes meanwhile reads it
        kinds = session.execute(
            select(Notification.member_id, Notification.kind).order_by(Notification.member_id)
        ).all()
        assert sorted(kinds) == sorted([(m.id, "circles.widens") for m in (coordinator, other)])
        job = session.scalars(select(Job).where(Job.kind == "spaces.widen")).one()
        assert job.run_at == now + timedelta(days=7)
    widen_now(space)
    assert visibility(space) == OPEN


def test_what_others_write_after_the_announcement_ends_it(make, now, logbook_entry):
    """They are told; what whoever announced it writes themselves does not stand in the way."""
    coordinator, other = make.member(), make.member()
    for author, after in ((other, CLOSED), (coordinator, OPEN)):
        space = make.space(CLOSED, coordinator=coordinator)
        make.join(other, space.circle)
        change(make, coordinator, space, OPEN, now)
        logbook_entry(space, author)
        with unit_of_work() as session:
            for job in session.scalars(select(Job).where(Job.kind == "spaces.widen")).all():
                coordinating.widen(session, job.payload, now)  # what comes of it is due already
        run_due()
        with unit_of_work() as session:
            circle = session.get(Circle, space.circle_id)
            assert (circle.visibility, circle.widens_at) == (after, None)
            told = session.scalars(
                select(Notification.member_id).where(
                    Notification.kind == "circles.stays",
                    Notification.subject_id == space.circle_id,
                )
            ).all()
        assert set(told) == ({coordinator.id, other.id} if after == CLOSED else set())


def test_whatever_stands_in_a_circle_says_whether_others_wrote_it():
    """A capability whose tables name a circle registers what of it is by others."""
    # Of groups, which are never wider than closed; their dates are asked after as gatherings.
    of_groups = {"case_turn", "go_on_question", "group_method", "group_session"}
    kinds = {
        model.class_.__module__.split(".")[1]
        for model in Base.registry.mappers
        for key in model.local_table.foreign_keys
        if key.column.table.name == "circle" and model.local_table.name not in of_groups
    }
    registered = {
        holder.written_by_others.__module__.split(".")[1] for holder in holders._holders.values()
    }
    assert kinds - registered == set()


def test_what_was_announced_can_be_taken_back(make, now):
    coordinator, other = make.member(), make.member()
    space = make.space(CLOSED, coordinator=coordinator)
    make.join(other, space.circle)
    change(make, coordinator, space, PUBLIC, now)
    change(make, coordinator, space, CLOSED, now)
    widen_now(space)
    assert visibility(space) == CLOSED
    # Announced anew, only the new announcement counts.
    change(make, coordinator, space, PUBLIC, now)
    change(make, coordinator, space, OPEN, now + timedelta(days=1))
    with unit_of_work() as session:
        first = session.scalars(
            select(Job).where(Job.kind == "spaces.widen").order_by(Job.id).limit(2)
        ).all()[-1]
        coordinating.widen(session, first.payload, now)
    assert visibility(space) == CLOSED


@pytest.mark.parametrize("who", ["joined", "outsider"])
def test_only_coordinators_change_it(make, now, who):
    space, member = make.space(OPEN, coordinator=make.member()), make.member()
    if who == "joined":
        make.join(member, space.circle)
    with pytest.raises(NotFound):
        change(make, member, space, PRIVATE, now)


def test_who_waits_is_told_no_when_it_becomes_private(make, browser, now):
    coordinator, waiting = make.member(), make.member()
    space = make.space(CLOSED, coordinator=coordinator)
    make.join(waiting, space.circle, Standing.REQUESTED)
    change(make, coordinator, space, PRIVATE, now)
    with unit_of_work() as session:
        assert session.get(CircleMembership, (space.circle_id, waiting.id)) is None
        assert SPACES.held(session, make.actor(waiting), space.id) == frozenset()
    run_due()
    with unit_of_work() as session:
        kinds = session.scalars(
            select(Notification.kind).where(Notification.member_id == waiting.id)
        ).all()
    assert kinds == ["circles.declined"]
    told = browser(waiting).get("/meldingen").text
    assert "was turned down" in told
    assert space.name not in told


def test_a_visitor_stops_reading_at_once(make, now):
    coordinator = make.member()
    space = make.space(PUBLIC, coordinator=coordinator)
    change(make, coordinator, space, OPEN, now)
    with unit_of_work() as session:
        assert SpacePermission.READ not in SPACES.held(session, VISITOR, space.id)
