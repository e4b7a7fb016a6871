"""Every role × permission × visibility, on circles and on spaces, as the domain's table says."""

import pytest

from cop.members.actor import SYSTEM, VISITOR, Actor
from cop.members.models import RoleTag, SiteRole
from cop.platform.db import unit_of_work
from cop.spaces.circles import CircleInvitation, CircleRemoval, Standing, Visibility
from cop.spaces.permissions import (
    CIRCLES,
    ENTRIES,
    FILES,
    SPACES,
    CirclePermission,
    PartPermission,
    SpacePermission,
)

PUBLIC, OPEN, CLOSED, PRIVATE = Visibility
C = CirclePermission
S = SpacePermission

# Who asks → what they may do with a circle, per visibility. What is not named is refused.
IN_IT = {C.FIND, C.READ, C.SEE_MEMBERS, C.LEAVE}
READER = {C.FIND, C.READ, C.SEE_MEMBERS}
CIRCLE_TABLE = {
    "visitor": {PUBLIC: {C.FIND, C.READ}, OPEN: set(), CLOSED: set(), PRIVATE: set()},
    "member": {
        PUBLIC: READER | {C.JOIN},
        OPEN: READER | {C.JOIN},
        CLOSED: {C.FIND, C.REQUEST},
        PRIVATE: set(),
    },
    "moderator": {
        PUBLIC: READER | {C.JOIN},
        OPEN: READER | {C.JOIN},
        CLOSED: {C.FIND, C.REQUEST},
        PRIVATE: set(),
    },
    "administrator": {
        PUBLIC: READER | {C.JOIN},
        OPEN: READER | {C.JOIN},
        CLOSED: {C.FIND, C.REQUEST},
        PRIVATE: set(),
    },
    "requested": {
        PUBLIC: READER | {C.JOIN, C.TAKE_BACK},
        OPEN: READER | {C.JOIN, C.TAKE_BACK},
        CLOSED: {C.FIND, C.TAKE_BACK},
        PRIVATE: {C.TAKE_BACK},
    },
    "invited": {
        PUBLIC: READER | {C.JOIN, C.ANSWER_INVITATION},
        OPEN: READER | {C.JOIN, C.ANSWER_INVITATION},
        CLOSED: {C.FIND, C.JOIN, C.ANSWER_INVITATION},
        PRIVATE: {C.FIND, C.JOIN, C.ANSWER_INVITATION},
    },
    "removed": {
        PUBLIC: READER | {C.REQUEST},
        OPEN: READER | {C.REQUEST},
        CLOSED: {C.FIND, C.REQUEST},
        PRIVATE: set(),
    },
    "joined": {PUBLIC: IN_IT, OPEN: IN_IT, CLOSED: IN_IT, PRIVATE: IN_IT},
    "pseudonym": {PUBLIC: IN_IT, OPEN: IN_IT, CLOSED: IN_IT, PRIVATE: IN_IT},
    "coordinator": {v: IN_IT | {C.MANAGE} for v in Visibility},
    "system": {v: {C.FIND, C.READ, C.SEE_MEMBERS} for v in Visibility},
}

WRITES = {S.ADD_FILE, S.ADD_MEASURE, S.ADD_TO_LOGBOOK}
ROLES = list(CIRCLE_TABLE)


def space_table(role, visibility, archived):
    """What the table of circles means for a space, and what only spaces have."""
    on_circle = {p.value for p in CIRCLE_TABLE[role][visibility]}
    held = {p for p in S if p.value in on_circle}
    if role in ("joined", "pseudonym", "coordinator"):
        held |= WRITES
    if role == "coordinator":
        held |= {S.EDIT, S.ARCHIVE}
    if archived:
        held -= WRITES | {S.EDIT, S.ARCHIVE, S.JOIN, S.REQUEST, S.ANSWER_INVITATION}
        if role == "coordinator":
            held |= {S.REOPEN}
    return held


class Scene:
    """A space with everybody around it."""

    def __init__(self, make, visibility, **values):
        self.make = make
        self.coordinator = make.member("Coördinator")
        self.space = make.space(visibility, coordinator=self.coordinator, pseudonyms=True, **values)
        self.circle = self.space.circle

    def actor(self, role):
        make, circle = self.make, self.circle
        match role:
            case "visitor":
                return VISITOR
            case "system":
                return SYSTEM
            case "coordinator":
                return make.actor(self.coordinator)
            case "moderator" | "administrator":
                return make.actor(make.member(site_role=SiteRole(role)))
        member = make.member()
        match role:
            case "requested":
                make.join(member, circle, Standing.REQUESTED)
            case "joined":
                make.join(member, circle)
            case "pseudonym":
                make.pseudonym(member, circle)
            case "invited":
                make.save(
                    CircleInvitation(
                        circle_id=circle.id,
                        persona_id=make.persona(member).id,
                        member_id=member.id,
                        by_id=make.persona(self.coordinator).id,
                        at=self.space.created_at,
                    )
                )
            case "removed":
                make.save(
                    CircleRemoval(
                        circle_id=circle.id,
                        persona_id=make.persona(member).id,
                        member_id=member.id,
                        reason="Afspraken.",
                        at=self.space.created_at,
                    )
                )
        return make.actor(member)


@pytest.mark.parametrize("visibility", Visibility)
def test_circles(make, visibility):
    scene = Scene(make, visibility)
    actors = {role: scene.actor(role) for role in ROLES}
    with unit_of_work() as session:
        held = {role: CIRCLES.held(session, actors[role], scene.circle.id) for role in ROLES}
    assert held == {role: CIRCLE_TABLE[role][visibility] for role in ROLES}


@pytest.mark.parametrize("archived", [False, True])
@pytest.mark.parametrize("visibility", Visibility)
def test_spaces(make, visibility, archived, now):
    scene = Scene(make, visibility, archived_at=now if archived else None)
    actors = {role: scene.actor(role) for role in ROLES}
    with unit_of_work() as session:
        held = {role: SPACES.held(session, actors[role], scene.space.id) for role in ROLES}
        listed = {
            role: {s.id for s in session.scalars(SPACES.scope(actors[role], S.READ))}
            for role in ROLES
        }
    assert held == {role: space_table(role, visibility, archived) for role in ROLES}
    # The list and the answer for one row are the same.
    for role in ROLES:
        assert (scene.space.id in listed[role]) == (S.READ in held[role])


def test_every_permission_is_walked_here():
    walked = {p.value for by in CIRCLE_TABLE.values() for v in by.values() for p in v}
    assert walked == {p.value for p in CirclePermission} - {"take_over"}
    assert {p for r in ROLES for v in Visibility for a in (0, 1) for p in space_table(r, v, a)} == (
        set(SpacePermission) - {S.TAKE_OVER}
    )


@pytest.mark.parametrize("visibility", Visibility)
def test_taking_over_is_for_whoever_is_in_it_when_nobody_coordinates(make, visibility):
    space = make.space(visibility)  # without a coordinator
    inside, outside = make.member(), make.member(site_role=SiteRole.ADMINISTRATOR)
    make.join(inside, space.circle)
    with unit_of_work() as session:
        for policy, id in ((CIRCLES, space.circle_id), (SPACES, space.id)):
            may = {
                who: "take_over" in {p.value for p in policy.held(session, actor, id)}
                for who, actor in (
                    ("inside", make.actor(inside)),
                    ("outside", make.actor(outside)),
                    ("visitor", VISITOR),
                )
            }
            assert may == {"inside": True, "outside": False, "visitor": False}


def test_role_tags_give_and_take_nothing(make):
    """Experience experts, clients and carers have exactly the rights of professionals [B, D]."""
    scene = Scene(make, Visibility.CLOSED)
    held = set()
    for tag in RoleTag:
        member = make.member()
        with unit_of_work() as session:
            session.merge(make.persona(member)).roles = [tag]
        make.join(member, scene.circle)
        with unit_of_work() as session:
            held.add(SPACES.held(session, make.actor(member), scene.space.id))
    assert len(held) == 1


@pytest.mark.parametrize("visibility", Visibility)
def test_a_moderator_takes_away_only_what_they_can_read(make, visibility, logbook_entry):
    scene = Scene(make, visibility)
    entry = logbook_entry(scene.space, scene.coordinator)
    moderator = scene.actor("moderator")
    with unit_of_work() as session:
        held = ENTRIES.held(session, moderator, entry.id)
    public = visibility in (PUBLIC, OPEN)
    assert held == ({PartPermission.READ, PartPermission.DELETE} if public else set())


def test_who_left_is_nobody_here(make):
    scene = Scene(make, Visibility.PRIVATE)
    with unit_of_work() as session:
        assert SPACES.held(session, Actor(member_id=987654), scene.space.id) == frozenset()


def test_a_moderator_under_a_pseudonym_takes_nothing_of_others_away(
    make, session, logbook_entry, add_file
):
    """It would say that the pseudonym is a moderator; under the own name it is as before."""
    writer, moderator = make.member(), make.member(site_role=SiteRole.MODERATOR)
    things = []
    for space, allowed in ((make.space(pseudonyms=True), False), (make.space(), True)):
        make.join(writer, space.circle)
        if not allowed:
            make.pseudonym(moderator, space.circle)
        things.append((logbook_entry(space, writer), add_file(space, writer), allowed))
    actor = make.actor(moderator)
    for entry, file, allowed in things:
        assert (PartPermission.DELETE in ENTRIES.held(session, actor, entry.id)) is allowed
        assert (PartPermission.DELETE in FILES.held(session, actor, file.id)) is allowed
