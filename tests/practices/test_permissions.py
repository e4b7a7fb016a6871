"""Who may do what with a practice: the table of the domain, held for every kind of reader."""

import pytest
from sqlalchemy.orm import Session

from cop.members.actor import VISITOR, Actor
from cop.members.models import SiteRole
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.practices import publishing, responding, together
from cop.practices.models import Practice, PracticeEditor
from cop.practices.permissions import (
    COMPARISONS,
    EXPERIENCES,
    PRACTICES,
    BesidePermission,
    PracticePermission,
)
from cop.spaces.circles import Standing, Visibility
from tests.practices.writing import draft, practice, writes_along
from tests.support.factories import Factory

READS = {"compare", "read", "respond"}
EDITS = {"read", "write"}
PUBLISHED = {
    "editor": READS | EDITS | {"take_back"},
    "along": READS | EDITS | {"take_back"},
    "moderator": READS | {"take_back"},
    "administrator": READS | {"take_back"},
    "member": READS,
    "visitor": {"read"},
}
NOBODY: dict[str, set[str]] = {}
# Where it stands → who holds what; whoever is not named holds nothing.
TABLE: dict[str, dict[str, set[str]]] = {
    "draft": {
        "editor": EDITS | {"delete", "publish"},
        "along": EDITS | {"delete", "publish"},
        "asked": {"answer"},
    },
    "public": PUBLISHED,
    "open": {who: held for who, held in PUBLISHED.items() if who != "visitor"},
    "closed space": {
        "editor": READS | EDITS | {"take_back"},
        "along": EDITS | {"take_back"},  # does not take part in the space
        "coordinator": READS | {"take_back"},
        "participant": READS,
    },
}


@pytest.mark.parametrize("where", TABLE)
def test_the_table(make: Factory, session: Session, where: str) -> None:
    people = {
        "editor": make.member(),
        "along": make.member(),
        "asked": make.member(),
        "coordinator": make.member(),
        "participant": make.member(),
        "member": make.member(),
        "moderator": make.member(site_role=SiteRole.MODERATOR),
        "administrator": make.member(site_role=SiteRole.ADMINISTRATOR),
    }
    space = make.space(Visibility.CLOSED, coordinator=people["coordinator"])
    for who in ("editor", "participant"):
        make.join(people[who], space.circle, Standing.JOINED)
    if where == "draft":
        made = draft(make, people["editor"], space)
    elif where == "closed space":
        made = practice(make, people["editor"], "space", space)
    else:
        made = practice(make, people["editor"], where)
    writes_along(make, people["editor"], people["along"], made)
    if where == "draft":
        with unit_of_work() as own:
            handle = make.persona(people["asked"]).handle
            together.ask(own, make.actor(people["editor"]), made.id, handle, clock.now())
    wide = where in ("public", "open")
    wrong = []
    for who, member in [*people.items(), ("visitor", None)]:
        actor: Actor = make.actor(member) if member is not None else VISITOR
        held = {p.value for p in PRACTICES.held(session, actor, made.id)}
        as_member = wide and who in ("asked", "coordinator", "participant")
        wanted = TABLE[where].get("member" if as_member else who, set())
        if held != wanted:
            wrong.append((who, sorted(held ^ wanted)))
    assert wrong == []
    assert {p.value for p in PracticePermission} >= set().union(*TABLE[where].values())


def test_a_practice_that_nobody_looks_after_can_be_taken_over(
    make: Factory, session: Session
) -> None:
    anna, reader = make.member(), make.member()
    made = practice(make, anna)
    assert PracticePermission.TAKE_OVER not in PRACTICES.held(session, make.actor(reader), made.id)
    session.rollback()
    with unit_of_work() as own:
        own.delete(own.get_one(PracticeEditor, (made.id, make.persona(anna).id)))
    session.expire_all()
    assert PracticePermission.TAKE_OVER in PRACTICES.held(session, make.actor(reader), made.id)
    assert PracticePermission.TAKE_OVER not in PRACTICES.held(session, VISITOR, made.id)


def test_what_members_told_stays_with_those_whom_they_told_it(
    make: Factory, session: Session
) -> None:
    """Opening a practice up opens nothing of what was said beside it."""
    anna, inside, outside = make.member(), make.member(), make.member()
    space = make.space(Visibility.CLOSED)
    for each in (anna, inside):
        make.join(each, space.circle)
    made = practice(make, anna, "space", space)
    with unit_of_work() as own:
        now, actor = clock.now(), make.actor(inside)
        said = responding.tell(own, actor, made.id, "worked", "Een dorp.", "", now)
        kept = responding.compare(own, actor, made.id, {"steps": ("same", "Zo.")}, False, now)
        publishing.change_audience(own, make.actor(anna), made.id, "public", now)

    def read(policy: object, member: object, id: int) -> bool:
        actor = make.actor(member) if member is not None else VISITOR
        return BesidePermission.READ in policy.held(session, actor, id)

    assert PracticePermission.READ in PRACTICES.held(session, VISITOR, made.id)
    assert [read(EXPERIENCES, who, said.id) for who in (anna, inside, outside, None)] == [
        True,
        True,
        False,
        False,
    ]
    assert [read(COMPARISONS, who, kept.id) for who in (anna, inside, outside, None)] == [
        False,
        True,
        False,
        False,
    ]
    session.rollback()
    with unit_of_work() as own:
        responding.compare(
            own, make.actor(inside), made.id, {"steps": ("same", "Zo.")}, True, clock.now()
        )
    session.expire_all()
    assert session.get_one(Practice, made.id).circle_id != space.circle_id
    assert read(COMPARISONS, outside, kept.id)  # shared now, with who reads it now
    assert not read(COMPARISONS, None, kept.id)
