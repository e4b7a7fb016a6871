"""Joining and leaving: opt-in, always possible, nobody enrolled by somebody else [A, D]."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from cop.members.actor import Actor
from cop.members.events import MemberLeft, PseudonymEnds
from cop.members.models import Persona, SiteRole
from cop.notifications.models import Notification
from cop.notifications.operations import lines
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import speaking
from cop.platform.outbox import Job, emit
from cop.platform.worker import run_due
from cop.spaces import coordinating, holders, joining, participation
from cop.spaces.circles import (
    CircleInvitation,
    CircleMembership,
    CircleRemoval,
    Standing,
    Visibility,
)
from cop.spaces.models import Space

PUBLIC, OPEN, CLOSED, PRIVATE = Visibility


@pytest.fixture
def do(now):
    """`do(operation, actor, circle, …)` in a transaction of its own."""

    def run(operation, *args, **kwargs):
        with unit_of_work() as session:
            return operation(session, *args, now=now, **kwargs)

    return run


def standing(circle, member):
    with unit_of_work() as session:
        found = session.get(CircleMembership, (circle.id, member.id))
        return found.standing if found else None


def told(member, kind=None):
    """What the worker told the member: the kinds, or the lines of one kind as they read now."""
    run_due()
    with unit_of_work() as session:
        notes = list(
            session.scalars(
                select(Notification)
                .where(Notification.member_id == member.id)
                .order_by(Notification.id)
            )
        )
        if kind is None:
            return [n.kind for n in notes]
        actor = Actor(member.id, SiteRole(member.site_role))
        with speaking("en", "Europe/Amsterdam"):
            read = lines(session, actor, [n for n in notes if n.kind == kind])
        return [line.text for line in read.values()]


@pytest.mark.parametrize("visibility", [PUBLIC, OPEN])
def test_one_joins_by_oneself_and_twice_is_once(make, do, visibility):
    space, member = make.space(visibility, coordinator=make.member()), make.member()
    do(joining.join, make.actor(member), space.circle_id)
    do(joining.join, make.actor(member), space.circle_id)
    assert standing(space.circle, member) == Standing.JOINED


@pytest.mark.parametrize("visibility", [CLOSED, PRIVATE])
def test_nobody_joins_a_closed_or_private_one_by_themselves(make, do, visibility):
    space, member = make.space(visibility, coordinator=make.member()), make.member()
    with pytest.raises(NotFound):
        do(joining.join, make.actor(member), space.circle_id)


@pytest.mark.parametrize("visibility", [PUBLIC, OPEN, PRIVATE])
def test_only_a_closed_one_is_asked(make, do, visibility):
    space, member = make.space(visibility, coordinator=make.member()), make.member()
    with pytest.raises(NotFound):
        do(joining.ask, make.actor(member), space.circle_id, "Graag")


def test_a_request_is_answered_by_a_coordinator_and_both_are_told(make, do):
    coordinator, member, other = make.member(), make.member("Sam Vos"), make.member("Bo Prins")
    space = make.space(CLOSED, coordinator=coordinator, name="Samen thuis")
    for asking in (member, other):
        do(joining.ask, make.actor(asking), space.circle_id, "Ik werk hier ook aan.")
    assert told(coordinator, "circles.request") == [
        "Sam Vos asks to join “Samen thuis”.",
        "Bo Prins asks to join “Samen thuis”.",
    ]
    handles = [make.persona(m).handle for m in (member, other)]
    do(joining.answer, make.actor(coordinator), space.circle_id, handles[0], True)
    do(joining.answer, make.actor(coordinator), space.circle_id, handles[0], True)  # pressed twice
    do(joining.answer, make.actor(coordinator), space.circle_id, handles[1], False)
    assert standing(space.circle, member) == Standing.JOINED
    assert standing(space.circle, other) is None
    assert told(member) == ["circles.admitted"]
    assert told(other) == ["circles.declined"]


def test_only_coordinators_answer(make, do):
    space, member = make.space(CLOSED, coordinator=make.member()), make.member()
    joined, admin = make.member(), make.member(site_role=SiteRole.ADMINISTRATOR)
    make.join(joined, space.circle)
    do(joining.ask, make.actor(member), space.circle_id, "")
    for nobody in (joined, admin, member):
        with pytest.raises(NotFound):
            do(
                joining.answer,
                make.actor(nobody),
                space.circle_id,
                make.persona(member).handle,
                True,
            )


def test_a_request_can_be_taken_back(make, do):
    coordinator, member = make.member(), make.member()
    space = make.space(CLOSED, coordinator=coordinator)
    do(joining.ask, make.actor(member), space.circle_id, "")
    do(joining.take_back, make.actor(member), space.circle_id)
    assert standing(space.circle, member) is None
    assert told(coordinator) == []  # the worker came later than the change of mind
    with pytest.raises(NotFound):
        do(joining.take_back, make.actor(member), space.circle_id)


def test_a_request_of_too_many_words_is_refused(make, do):
    space = make.space(CLOSED, coordinator=make.member())
    with pytest.raises(Refused) as refused:
        do(joining.ask, make.actor(make.member()), space.circle_id, "x" * 501)
    assert refused.value.field == "why"


def test_leaving_needs_no_reason_and_tells_nobody(make, do):
    coordinator, member = make.member(), make.member()
    space = make.space(PRIVATE, coordinator=coordinator)
    make.join(member, space.circle)
    do(joining.leave, make.actor(member), space.circle_id)
    assert standing(space.circle, member) is None
    assert told(coordinator) == []
    with pytest.raises(NotFound):
        do(joining.leave, make.actor(member), space.circle_id)


def test_nobody_joins_what_is_archived(make, do, now):
    space = make.space(OPEN, coordinator=make.member(), archived_at=now)
    with pytest.raises(Refused):
        do(joining.join, make.actor(make.member()), space.circle_id)


# --- names ---


def test_a_pseudonym_only_where_it_is_allowed(make, do):
    allowed = make.space(OPEN, coordinator=make.member(), pseudonyms=True)
    not_allowed = make.space(OPEN, coordinator=make.member())
    member = make.member("Ria Bakker")
    do(joining.join, make.actor(member), allowed.circle_id, pseudonym="Zeewind")
    with pytest.raises(Refused) as refused:
        do(joining.join, make.actor(member), not_allowed.circle_id, pseudonym="Landwind")
    assert refused.value.field == "pseudonym"
    with unit_of_work() as session:
        found = session.get(CircleMembership, (allowed.circle_id, member.id))
        assert found.persona.name == "Zeewind"


def test_who_comes_back_can_be_the_same_pseudonym_and_in_no_other_circle(make, do):
    one, two = (make.space(OPEN, coordinator=make.member(), pseudonyms=True) for _ in "ab")
    member = make.member("Ria Bakker")
    first = do(joining.join, make.actor(member), one.circle_id, pseudonym="Zeewind").persona_id
    do(joining.leave, make.actor(member), one.circle_id)
    again = do(joining.join, make.actor(member), one.circle_id, pseudonym="zeewind").persona_id
    assert again == first
    with pytest.raises(Refused):
        do(joining.join, make.actor(member), two.circle_id, pseudonym="Zeewind")


def test_who_has_a_pseudonym_keeps_it_when_newcomers_may_not(make, do, now):
    coordinator, member = make.member(), make.member("Ria Bakker")
    space = make.space(OPEN, coordinator=coordinator, pseudonyms=True)
    do(joining.join, make.actor(member), space.circle_id, pseudonym="Zeewind")
    with unit_of_work() as session:
        coordinating.allow_pseudonyms(session, make.actor(coordinator), space.circle_id, False)
    with unit_of_work() as session:
        found = session.get(CircleMembership, (space.circle_id, member.id))
        assert found.persona.name == "Zeewind"


# --- being shown out ---


def test_who_is_removed_reads_why_and_nobody_else_does(make, do):
    coordinator, member = make.member(), make.member()
    space = make.space(PRIVATE, coordinator=coordinator, name="Stille kamer")
    make.join(member, space.circle)
    handle = make.persona(member).handle
    with pytest.raises(Refused) as refused:
        do(joining.remove, make.actor(coordinator), space.circle_id, handle, "  ")
    assert refused.value.field == "reason"
    do(joining.remove, make.actor(coordinator), space.circle_id, handle, "Afspraken geschonden.")
    assert standing(space.circle, member) is None
    assert told(member, "circles.removed") == [
        "You no longer take part in “Stille kamer”. Read why."
    ]
    with unit_of_work() as session:
        assert session.scalar(select(CircleRemoval.reason)) == "Afspraken geschonden."


def test_who_was_removed_comes_back_on_request_under_the_same_name(make, do):
    coordinator, member = make.member(), make.member("Ria Bakker")
    space = make.space(OPEN, coordinator=coordinator, pseudonyms=True)
    do(joining.join, make.actor(member), space.circle_id, pseudonym="Zeewind")
    do(joining.remove, make.actor(coordinator), space.circle_id, "zeewind", "Hard gepraat.")
    with pytest.raises(NotFound):
        do(joining.join, make.actor(member), space.circle_id)
    do(joining.ask, make.actor(member), space.circle_id, "Het spijt me.", pseudonym=None)
    with unit_of_work() as session:
        found = session.get(CircleMembership, (space.circle_id, member.id))
        assert (found.standing, found.persona.name) == (Standing.REQUESTED, "Zeewind")
    do(joining.answer, make.actor(coordinator), space.circle_id, "zeewind", True)
    with unit_of_work() as session:
        assert session.scalar(select(CircleRemoval.id)) is None


def test_a_coordinator_does_not_remove_themselves(make, do):
    coordinator = make.member()
    space = make.space(OPEN, coordinator=coordinator)
    with pytest.raises(Refused):
        do(
            joining.remove,
            make.actor(coordinator),
            space.circle_id,
            make.persona(coordinator).handle,
            "Zomaar",
        )


# --- being asked in ---


def test_an_invitation_is_nothing_until_it_is_accepted(make, do):
    coordinator, member = make.member("Noor Smit"), make.member()
    space = make.space(PRIVATE, coordinator=coordinator, name="Stille kamer")
    handle = make.persona(member).handle
    do(coordinating.invite, make.actor(coordinator), space.circle_id, f"@{handle}", "Kom je?")
    do(coordinating.invite, make.actor(coordinator), space.circle_id, handle, "Kom je?")
    assert standing(space.circle, member) is None
    assert told(member, "circles.invited") == ["Noor Smit asks you to join “Stille kamer”."]
    do(
        coordinating.answer_invitation,
        make.actor(member),
        space.circle_id,
        Standing.JOINED,
        True,
    )
    assert standing(space.circle, member) == Standing.JOINED


def test_turning_an_invitation_down_leaves_no_trace(make, do):
    coordinator, member = make.member(), make.member()
    space = make.space(PRIVATE, coordinator=coordinator)
    do(
        coordinating.invite,
        make.actor(coordinator),
        space.circle_id,
        make.persona(member).handle,
        "",
    )
    do(coordinating.answer_invitation, make.actor(member), space.circle_id, Standing.JOINED, False)
    assert standing(space.circle, member) is None
    with unit_of_work() as session:
        assert session.scalar(select(CircleInvitation.member_id)) is None
        assert holders.places(session, make.actor(member), [space.circle_id]) == {}


def test_asking_somebody_in_never_says_who_is_behind_a_pseudonym(make, do):
    """The member is in it already under a pseudonym; the answer is as for anybody else."""
    coordinator, hidden, other = make.member(), make.member("Ria Bakker"), make.member("Bo Vos")
    space = make.space(CLOSED, coordinator=coordinator, pseudonyms=True)
    pseudonym = make.pseudonym(hidden, space.circle, "Zeewind")
    for asked in (hidden, other):
        do(
            coordinating.invite,
            make.actor(coordinator),
            space.circle_id,
            make.persona(asked).handle,
            "",
        )
    # Nor can the coordinator ask a pseudonym in, or take back by one what went to the other name.
    answers = set()
    for handle in (pseudonym.handle, "bestaat-niet"):
        with pytest.raises(Refused) as refused:
            do(coordinating.invite, make.actor(coordinator), space.circle_id, handle, "")
        answers.add((refused.value.field, refused.value.message))
    assert len(answers) == 1
    with pytest.raises(NotFound), unit_of_work() as session:
        coordinating.withdraw(session, make.actor(coordinator), space.circle_id, pseudonym.handle)
    do(coordinating.ask_to_coordinate, make.actor(coordinator), space.circle_id, pseudonym.handle)
    with unit_of_work() as session:
        asked = list(
            session.scalars(
                select(Persona.name)
                .join(CircleInvitation, CircleInvitation.persona_id == Persona.id)
                .order_by(Persona.name)
            )
        )
    assert asked == ["Bo Vos", "Ria Bakker", "Zeewind"]


# --- coordinating ---


def test_who_is_asked_to_coordinate_decides(make, do):
    coordinator, member = make.member(), make.member()
    space = make.space(OPEN, coordinator=coordinator)
    make.join(member, space.circle)
    do(
        coordinating.ask_to_coordinate,
        make.actor(coordinator),
        space.circle_id,
        make.persona(member).handle,
    )
    assert standing(space.circle, member) == Standing.JOINED
    assert told(member) == ["circles.asked_to_coordinate"]
    do(
        coordinating.answer_invitation,
        make.actor(member),
        space.circle_id,
        Standing.COORDINATOR,
        True,
    )
    assert standing(space.circle, member) == Standing.COORDINATOR
    assert standing(space.circle, coordinator) == Standing.COORDINATOR


def test_a_coordinator_ends_anothers_coordinating_and_they_are_told(make, do):
    one, two = make.member(), make.member()
    space = make.space(OPEN, coordinator=one)
    make.join(two, space.circle, Standing.COORDINATOR)
    do(coordinating.unmake, make.actor(one), space.circle_id, make.persona(two).handle)
    assert standing(space.circle, two) == Standing.JOINED
    assert told(two) == ["circles.coordinator_ended"]


def _orphan(make, do, how, space, coordinator):
    actor = make.actor(coordinator)
    if how == "leaves":
        do(joining.leave, actor, space.circle_id)
    elif how == "steps down":
        do(coordinating.step_down, actor, space.circle_id)
    else:
        with unit_of_work() as session:
            persona = session.merge(make.persona(coordinator))
            emit(
                session,
                MemberLeft(member_id=coordinator.id, persona_id=persona.id),
                space.created_at,
            )
        run_due()


@pytest.mark.parametrize("how", ["leaves", "steps down", "leaves the community"])
def test_when_the_last_coordinator_goes_the_longest_members_are_asked(make, do, how, now):
    coordinator = make.member()
    admin = make.member(site_role=SiteRole.ADMINISTRATOR)
    space = make.space(PRIVATE, coordinator=coordinator, name="Stille kamer")
    people = [make.member() for _ in range(5)]
    for days, member in enumerate(people):
        make.join(member, space.circle)
        with unit_of_work() as session:
            session.execute(
                update(CircleMembership)
                .where(CircleMembership.member_id == member.id)
                .values(since=now - timedelta(days=900 - days))
            )
    if how == "steps down":  # who steps down is not asked before those who came earlier
        with unit_of_work() as session:
            session.execute(
                update(CircleMembership)
                .where(CircleMembership.member_id == coordinator.id)
                .values(since=now)
            )
    _orphan(make, do, how, space, coordinator)
    assert [told(m) for m in people] == [["circles.take_over"]] * 3 + [[], []]
    # The name of a private place stays with those in it.
    assert told(admin, "circles.orphaned") == [
        "A private place has no coordinator. Its members were asked."
    ]
    do(coordinating.take_over, make.actor(people[4]), space.circle_id)  # anybody in it can
    do(coordinating.take_over, make.actor(people[4]), space.circle_id)  # pressed twice
    assert standing(space.circle, people[4]) == Standing.COORDINATOR
    with pytest.raises(NotFound):
        do(coordinating.take_over, make.actor(people[0]), space.circle_id)
    # Nobody reads any more that somebody is wanted.
    assert told(people[0], "circles.take_over") == told(admin, "circles.orphaned") == []


def test_nobody_is_asked_while_another_coordinates(make, do):
    one, two, member = make.member(), make.member(), make.member()
    space = make.space(OPEN, coordinator=one)
    make.join(two, space.circle, Standing.COORDINATOR)
    make.join(member, space.circle)
    do(joining.leave, make.actor(one), space.circle_id)
    assert told(member) == []


@pytest.mark.parametrize(
    ("visibility", "ends"), [(PUBLIC, False), (OPEN, False), (CLOSED, True), (PRIVATE, True)]
)
def test_the_last_one_to_go_archives_what_nobody_could_join(make, do, visibility, ends):
    coordinator, newcomer = make.member(), make.member()
    space = make.space(visibility, coordinator=coordinator)
    do(joining.leave, make.actor(coordinator), space.circle_id)
    run_due()
    with unit_of_work() as session:
        assert (session.get(Space, space.id).archived_at is not None) == ends
    if not ends:
        do(joining.join, make.actor(newcomer), space.circle_id)
        do(coordinating.take_over, make.actor(newcomer), space.circle_id)
        assert standing(space.circle, newcomer) == Standing.COORDINATOR


# --- circles within ---


@pytest.fixture
def inner(make, monkeypatch):
    """A circle that stands within another: `inner(space)`."""
    known = {}

    def within(_session, circle_id):
        return known.get(circle_id, [])

    holder = holders.Holder(lambda *_a: False, within=within)
    monkeypatch.setitem(holders._holders, "test", holder)

    def made(space, pseudonyms=False):
        circle = make.circle(CLOSED, pseudonyms)
        known.setdefault(space.circle_id, []).append(circle.id)
        return circle

    return made


def test_leaving_a_space_leaves_what_is_within(make, do, inner):
    space, member = make.space(OPEN, coordinator=make.member()), make.member()
    circle = inner(space)
    make.join(member, space.circle)
    make.join(member, circle)
    do(joining.leave, make.actor(member), space.circle_id)
    assert standing(circle, member) is None


def test_another_name_within_goes_at_another_moment(make, do, inner, now):
    """Two names that go together would be known as one person."""
    space, member = make.space(OPEN, coordinator=make.member()), make.member()
    circle = inner(space, pseudonyms=True)
    make.join(member, space.circle)
    make.pseudonym(member, circle)
    do(joining.leave, make.actor(member), space.circle_id)
    assert standing(circle, member) == Standing.JOINED
    with unit_of_work() as session:
        waiting = session.scalars(select(Job).where(Job.kind == "spaces.leave_within")).one()
        assert waiting.run_at > now
        payload = dict(waiting.payload)
    with unit_of_work() as session:
        joining.leave_within(session, payload, now)
    assert standing(circle, member) is None


def test_a_member_who_leaves_the_community_keeps_their_names_apart(make, do, inner, now):
    space, member = make.space(OPEN, coordinator=make.member()), make.member()
    circle = inner(space, pseudonyms=True)
    make.join(member, space.circle)
    pseudonym = make.pseudonym(member, circle)
    with unit_of_work() as session:
        own = make.persona(member).id
        emit(session, MemberLeft(member_id=member.id, persona_id=own), now)
    run_due()
    assert standing(space.circle, member) is None
    assert standing(circle, member) is None  # nothing says any more whose the pseudonym is
    with reading() as session:
        row = session.scalars(select(CircleMembership).filter_by(persona_id=pseudonym.id)).one()
    assert (row.circle_id, row.standing) == (circle.id, Standing.JOINED)
    with unit_of_work() as session:
        emit(session, PseudonymEnds(persona_id=pseudonym.id), now)
    run_due()
    with reading() as session:
        left = select(CircleMembership).filter_by(persona_id=pseudonym.id)
        assert session.scalars(left).all() == []


# --- at the same time ---


def at_once(app, *tasks):
    """Run the tasks in threads that start together, each in a transaction of its own."""
    together = threading.Barrier(len(tasks))

    def run(task):
        with app.app_context():
            together.wait(20)
            with unit_of_work() as session:
                return task(session)

    with ThreadPoolExecutor(len(tasks)) as pool:
        return [future.result() for future in [pool.submit(run, task) for task in tasks]]


def test_two_last_coordinators_who_go_together_leave_nothing_orphaned(app, make, now):
    one, two, member = make.member(), make.member(), make.member()
    space = make.space(OPEN, coordinator=one)
    make.join(two, space.circle, Standing.COORDINATOR)
    make.join(member, space.circle)

    def second():
        with app.app_context(), unit_of_work() as session:
            joining.leave(session, make.actor(two), space.circle_id, now)

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work() as session:
            joining.leave(session, make.actor(one), space.circle_id, now)
            waiting = pool.submit(second)
            wait([waiting], timeout=0.5)  # it has to wait: the first is not done yet
            assert not waiting.done()
        waiting.result(30)
    assert told(member) == ["circles.take_over"]


@pytest.mark.parametrize("visibility", [OPEN, CLOSED])
def test_a_form_sent_twice_at_once_is_one(app, make, now, visibility):
    member = make.member()
    for _ in range(3):
        space = make.space(visibility, coordinator=make.member())

        def send(session, circle_id=space.circle_id):
            if visibility == OPEN:
                joining.join(session, make.actor(member), circle_id, now)
            else:
                joining.ask(session, make.actor(member), circle_id, "Graag", now)

        at_once(app, send, send)
        assert standing(space.circle, member) is not None


def test_an_invitation_stays_as_it_was_when_somebody_comes_in_under_a_pseudonym(make, do):
    """A row that vanishes when a pseudonym comes or goes would say who the pseudonym is."""

    def asked():
        with unit_of_work() as session:
            mine = participation.of(session, make.actor(coordinator), space.circle_id)
            page = participation.members_page(session, make.actor(coordinator), mine)
            return [each.who.name for each in page.asked]

    coordinator = make.member()
    space = make.space(PRIVATE, coordinator=coordinator, pseudonyms=True)
    ria, bo = make.member("Ria Bakker"), make.member("Bo Vos")
    for who in (ria, bo):
        handle = make.persona(who).handle
        do(coordinating.invite, make.actor(coordinator), space.circle_id, handle, "Kom je?")
    answer = (coordinating.answer_invitation, make.actor(ria), space.circle_id, Standing.JOINED)
    do(*answer, True, pseudonym="Zeewind")
    assert standing(space.circle, ria) == Standing.JOINED
    assert asked() == ["Ria Bakker", "Bo Vos"]
    with pytest.raises(NotFound):  # to the member it is answered, whichever way they try
        do(*answer, False)
    with unit_of_work() as session:
        mine = participation.of(session, make.actor(ria), space.circle_id)
        assert not mine.may("answer_invitation")
    do(joining.leave, make.actor(ria), space.circle_id)
    assert asked() == ["Ria Bakker", "Bo Vos"]
    # Under the name that was asked it is answered for everybody.
    do(coordinating.answer_invitation, make.actor(bo), space.circle_id, Standing.JOINED, True)
    assert asked() == ["Ria Bakker"]


def test_a_request_under_a_pseudonym_leaves_the_invitation_of_the_own_name(make, do):
    coordinator, ria = make.member(), make.member("Ria Bakker")
    space = make.space(CLOSED, coordinator=coordinator, pseudonyms=True)
    do(joining.ask, make.actor(ria), space.circle_id, "", pseudonym="Zeewind")
    handle = make.persona(ria).handle
    do(coordinating.invite, make.actor(coordinator), space.circle_id, handle, "")
    do(joining.answer, make.actor(coordinator), space.circle_id, "zeewind", True)
    assert standing(space.circle, ria) == Standing.JOINED
    with unit_of_work() as session:
        assert session.scalars(select(CircleInvitation.member_id)).all() == [ria.id]
