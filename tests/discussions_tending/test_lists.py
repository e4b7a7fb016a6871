"""Making and looking after lists."""

import pytest
from sqlalchemy import select

from cop.discussions import lists_managing
from cop.discussions.models import DiscussionList
from cop.discussions.permissions import LISTS, ListPermission
from cop.members.models import Persona, PersonaKind, SiteRole
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from cop.spaces import coordinating, holders, joining
from cop.spaces.circles import Circle, CircleMembership, Standing, Visibility


def create(session, actor, space=None, **changes):
    values = {
        "space": space,
        "name": "Herstel en werk",
        "short_name": "herstel-en-werk",
        "description": "",
        "visibility": Visibility.OPEN,
        "start_by": "readers",
        "answer_by": "readers",
        "now": clock.now(),
    } | changes
    return lists_managing.create(session, actor, **values)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(SiteRole.MEMBER, False), (SiteRole.MODERATOR, True), (SiteRole.ADMINISTRATOR, True)],
)
def test_a_list_of_the_site_is_made_by_whoever_moderates_and_they_look_after_it(
    session, make, role, allowed
):
    actor = make.actor(make.member(site_role=role))
    if not allowed:
        with pytest.raises(NotFound):
            create(session, actor)
        return
    made = create(session, actor)
    assert ListPermission.COORDINATE in LISTS.held(session, actor, made.id)


@pytest.mark.parametrize("standing", [None, Standing.REQUESTED, Standing.JOINED])
def test_a_list_of_a_space_is_made_by_who_coordinates_it(session, make, standing):
    space, member = make.space(), make.member(site_role=SiteRole.ADMINISTRATOR)
    if standing:
        make.join(member, space.circle, standing)
    with pytest.raises(NotFound):
        lists_managing.space_for_list(session, make.actor(member), space.slug)


def test_a_list_of_a_space_is_for_the_same_people_unless_it_has_its_own(session, make):
    coordinator = make.member()
    space = make.space(Visibility.OPEN, coordinator=coordinator)
    actor = make.actor(coordinator)
    found = lists_managing.space_for_list(session, actor, space.slug)
    same = create(session, actor, found, visibility=None)
    own = create(session, actor, found, visibility=Visibility.CLOSED, short_name="apart")
    assert same.circle_id == space.circle_id
    assert own.circle_id != space.circle_id
    assert not lists_managing.own_circle(session, same)
    assert lists_managing.own_circle(session, own)


# visibility of the space, and of a list with a circle of its own in it → allowed
WITHIN = [
    (Visibility.PUBLIC, Visibility.PUBLIC, False),
    (Visibility.PUBLIC, Visibility.CLOSED, True),
    (Visibility.OPEN, Visibility.OPEN, False),
    (Visibility.OPEN, Visibility.PRIVATE, True),
    (Visibility.CLOSED, Visibility.CLOSED, True),
    (Visibility.PRIVATE, Visibility.CLOSED, False),
    (Visibility.PRIVATE, Visibility.PRIVATE, True),
]


@pytest.mark.parametrize(("of_space", "of_list", "allowed"), WITHIN)
def test_a_list_never_tells_of_a_space_that_one_may_not_know(
    session, make, of_space, of_list, allowed
):
    coordinator = make.member()
    space = make.space(of_space, coordinator=coordinator)
    actor = make.actor(coordinator)
    found = lists_managing.space_for_list(session, actor, space.slug)
    if allowed:
        assert create(session, actor, found, visibility=of_list)
    else:
        with pytest.raises(Refused) as refusal:
            create(session, actor, found, visibility=of_list)
        assert refusal.value.field == "visibility"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "!!"}, "name"),
        ({"name": "n" * 121}, "name"),
        ({"description": "d" * 1001}, "description"),
        ({"short_name": ""}, "short_name"),
        ({"short_name": "a"}, "short_name"),
        ({"short_name": "a" * 41}, "short_name"),
        ({"short_name": "Hoofdletter"}, "short_name"),
        ({"short_name": "spatie ertussen"}, "short_name"),
        ({"short_name": "-streep"}, "short_name"),
        ({"short_name": "streep-"}, "short_name"),
        ({"short_name": "twee--strepen"}, "short_name"),
        ({"short_name": "één"}, "short_name"),
        ({"short_name": "gelezen"}, "short_name"),
        ({"short_name": "postmaster"}, "short_name"),
        ({"short_name": "bezet"}, "short_name"),
        ({"start_by": "iedereen"}, "start_by"),
        ({"answer_by": ""}, "answer_by"),
        ({"visibility": None}, "visibility"),
    ],
)
def test_bad_input_is_refused_beside_its_field(session, make, changes, field):
    make.list(Visibility.PRIVATE, short_name="bezet")
    actor = make.actor(make.member(site_role=SiteRole.MODERATOR))
    with pytest.raises(Refused) as refusal:
        create(session, actor, **changes)
    assert refusal.value.field == field


@pytest.mark.parametrize("short_name", ["ab", "a1", "a" * 40, "herstel-in-utrecht", "2027"])
def test_short_names_that_are_fine(session, make, short_name):
    actor = make.actor(make.member(site_role=SiteRole.MODERATOR))
    assert create(session, actor, short_name=short_name).short_name == short_name


def test_a_coordinator_can_use_a_pseudonym_on_a_list_of_its_own(session, make):
    anna = make.member("Anna")
    own = {"visibility": Visibility.CLOSED, "allows_pseudonyms": True, "pseudonym": "Boomkruin"}
    made = create(session, make.actor(anna), make.space(coordinator=anna), **own)
    name = session.execute(
        select(Persona.name, Persona.kind)
        .join(CircleMembership, CircleMembership.persona_id == Persona.id)
        .where(CircleMembership.circle_id == made.circle_id)
    ).one()
    assert tuple(name) == ("Boomkruin", PersonaKind.PSEUDONYM)


def test_a_list_of_the_site_is_never_looked_after_under_a_pseudonym(make, browser):
    """Only moderators make one: the others would know that the pseudonym is one of those few."""
    moderator = make.member(site_role=SiteRole.MODERATOR)
    with pytest.raises(Refused) as refused, unit_of_work() as own:
        create(own, make.actor(moderator), allows_pseudonyms=True, pseudonym="Boomkruin")
    assert refused.value.field == "under"
    page = browser(moderator)
    assert 'name="pseudonym"' not in page.get("/lijsten/nieuw").text
    form = {"name": "Werk", "short_name": "werk", "visibility": "open", "under": "pseudonym"}
    sent = page.send("/lijsten/nieuw", form | {"pseudonym": "Boomkruin", "allows_pseudonyms": "y"})
    assert sent.status_code == 422
    assert "looked after under your own name" in sent.text


def test_editing_keeps_the_address(session, make):
    coordinator = make.member()
    on = make.list(coordinator=coordinator, short_name="oud-adres")
    stranger = make.actor(make.member())
    values = {"description": "Nieuw", "start_by": "joined", "answer_by": "coordinators"}
    found = lists_managing.edit(
        session, make.actor(coordinator), on.id, name="Nieuwe naam", now=clock.now(), **values
    )
    assert (found.name, found.short_name, found.start_by) == ("Nieuwe naam", "oud-adres", "joined")
    with pytest.raises(NotFound):
        lists_managing.edit(session, stranger, on.id, name="x", now=clock.now(), **values)


def test_an_archived_list_is_read_and_takes_nothing_new(session, make, now):
    coordinator = make.member()
    on = make.list(coordinator=coordinator)
    actor = make.actor(coordinator)
    lists_managing.set_archived(session, actor, on.id, True, now)
    held = LISTS.held(session, actor, on.id)
    assert ListPermission.READ in held
    assert ListPermission.START not in held
    lists_managing.set_archived(session, actor, on.id, False, now)
    assert ListPermission.START in LISTS.held(session, actor, on.id)


# --- lists as holders of circles


def test_joining_a_list_of_its_own(session, make, now):
    on, member = make.list(Visibility.OPEN), make.member()
    joining.join(session, make.actor(member), on.circle_id, now)
    place = holders.place(session, make.actor(member), on.circle_id)
    assert place.url == f"/gesprekken/{on.short_name}"


def test_an_archived_list_takes_no_members(session, make, now):
    on = make.list(Visibility.OPEN, archived_at=now)
    with pytest.raises(Refused):
        joining.join(session, make.actor(make.member()), on.circle_id, now)


def test_a_hidden_list_is_no_place(session, make):
    on = make.list(Visibility.PRIVATE)
    with pytest.raises(NotFound):
        holders.place(session, make.actor(make.member()), on.circle_id)


def test_a_circle_in_which_others_wrote_is_not_made_wider(session, make, now):
    coordinator, other = make.member(), make.member()
    on = make.list(Visibility.PRIVATE, coordinator=coordinator)
    make.join(other, on.circle)
    actor = make.actor(coordinator)
    make.discussion(on, coordinator)
    assert coordinating.may_widen(session, actor, on.circle_id)
    session.rollback()
    make.discussion(on, other)
    assert not coordinating.may_widen(session, actor, on.circle_id)


def list_in(session, make, space, visibility, coordinator):
    """A list with a circle of its own in a space."""
    on = make.list(visibility, coordinator=coordinator)
    session.get(DiscussionList, on.id).space_id = space.id
    session.commit()
    return on


def test_a_list_in_a_space_is_never_wider_than_the_space(session, make, now):
    coordinator = make.member()
    space = make.space(Visibility.CLOSED, coordinator=coordinator)
    on = list_in(session, make, space, Visibility.PRIVATE, coordinator)
    actor = make.actor(coordinator)
    with pytest.raises(Refused):
        coordinating.change_visibility(session, actor, on.circle_id, Visibility.OPEN, now)
    coordinating.change_visibility(session, actor, on.circle_id, Visibility.CLOSED, now)
    assert session.get(Circle, on.circle_id).visibility == Visibility.CLOSED


def test_lists_follow_a_space_that_becomes_private(session, make, now):
    coordinator = make.member()
    space = make.space(Visibility.OPEN, coordinator=coordinator)
    on = list_in(session, make, space, Visibility.CLOSED, coordinator)
    coordinating.change_visibility(
        session, make.actor(coordinator), space.circle_id, Visibility.PRIVATE, now
    )
    session.commit()
    run_due()
    session.expire_all()
    assert session.get(Circle, on.circle_id).visibility == Visibility.PRIVATE


def test_who_leaves_a_space_leaves_its_lists(session, make, now):
    space, member = make.space(Visibility.CLOSED), make.member()
    on = make.list(Visibility.PRIVATE)
    row = session.get(DiscussionList, on.id)
    row.space_id = space.id
    session.commit()
    make.join(member, space.circle)
    make.join(member, on.circle)
    joining.leave(session, make.actor(member), space.circle_id, now)
    left = session.scalars(
        select(CircleMembership.circle_id).where(CircleMembership.member_id == member.id)
    ).all()
    assert left == []


@pytest.mark.parametrize("in_space", [False, True])
@pytest.mark.parametrize("visibility", [Visibility.OPEN, Visibility.CLOSED, Visibility.PRIVATE])
def test_a_list_that_nobody_can_join_ends_with_its_last_member(make, browser, visibility, in_space):
    last, asks = make.member(), make.member()
    looks_after = make.member(site_role="member" if in_space else "administrator")
    on = make.list(visibility, name="De kring", coordinator=last)
    if in_space:
        space = make.space(coordinator=looks_after)
        with unit_of_work() as session:
            session.get_one(DiscussionList, on.id).space_id = space.id
    if visibility == Visibility.CLOSED:
        make.join(asks, on.circle, Standing.REQUESTED)
    with unit_of_work() as session:
        joining.leave(session, make.actor(last), on.circle_id, clock.now())
    for _ in range(2):  # what follows from what follows
        run_due()
    ends = visibility != Visibility.OPEN
    with reading() as session:
        assert (session.get_one(DiscussionList, on.id).archived_at is not None) is ends
        still = session.scalars(select(CircleMembership.standing)).all()
    assert Standing.REQUESTED not in still
    told = browser(looks_after).get("/meldingen").text
    assert ("Nobody is in" in told) is ends
    assert ("De kring” any more" in told) is (visibility == Visibility.CLOSED)
    if visibility == Visibility.CLOSED:
        assert "was turned down" in browser(asks).get("/meldingen").text
