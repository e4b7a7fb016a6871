"""Who may do what with a practice: the table of the domain, held for every kind of reader."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from cop.members.actor import VISITOR, Actor
from cop.members.models import Member, SiteRole
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import Refused
from cop.platform.worker import run_due
from cop.practices import publishing, responding, together
from cop.practices.models import Practice, PracticeEditor
from cop.practices.permissions import (
    COMPARISONS,
    EXPERIENCES,
    PRACTICES,
    BesidePermission,
    PracticePermission,
)
from cop.spaces import joining
from cop.spaces.circles import Standing, Visibility
from tests.practices.writing import draft, practice, writes_along
from tests.support.factories import Factory

READS = {"compare", "read", "respond"}
EDITS = {"read", "write", "end_writing"}
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
        "along": READS | EDITS | {"take_back"},
        "coordinator": READS | {"take_back", "end_writing"},
        "participant": READS,
    },
}


def test_the_table(make: Factory) -> None:
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
    for who in ("editor", "along", "asked", "participant"):
        make.join(people[who], space.circle, Standing.JOINED)
    places = {
        "draft": draft(make, people["editor"], space, title="Een opzet"),
        "public": practice(make, people["editor"], "public", title="Voor iedereen"),
        "open": practice(make, people["editor"], "open", title="Voor leden"),
        "closed space": practice(make, people["editor"], "space", space, title="Onder ons"),
    }
    for made in places.values():
        writes_along(make, people["editor"], people["along"], made)
    with unit_of_work() as own:
        editor, made = make.actor(people["editor"]), places["draft"]
        handles = {who: make.persona(people[who]).handle for who in ("asked", "member")}
        together.ask(own, editor, made.id, handles["asked"], clock.now())
        with pytest.raises(Refused):
            together.ask(own, editor, made.id, handles["member"], clock.now())
    wrong = []
    for where, made in places.items():
        wide = where in ("public", "open")
        for who, member in [*people.items(), ("visitor", None)]:
            actor: Actor = make.actor(member) if member is not None else VISITOR
            with reading() as own:
                held = {p.value for p in PRACTICES.held(own, actor, made.id)}
            as_member = wide and who in ("asked", "coordinator", "participant")
            in_it = where == "closed space" and who == "asked"
            as_who = "member" if as_member else "participant" if in_it else who
            wanted = TABLE[where].get(as_who, set())
            if held != wanted:
                wrong.append((where, who, sorted(held ^ wanted)))
        assert {p.value for p in PracticePermission} >= set().union(*TABLE[where].values())
    assert wrong == []


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


def test_who_is_no_longer_in_the_space_writes_nothing_of_it_any_more(make: Factory) -> None:
    """Their own draft waits for them, unread; what others write too goes on without them."""
    anna, bram, carla = make.member("Anna"), make.member("Bram"), make.member("Carla")
    coordinator = make.member()
    space = make.space(Visibility.PRIVATE, coordinator=coordinator)
    for each in (anna, bram, carla):
        make.join(each, space.circle)
    shared, mine = draft(make, anna, space), draft(make, bram, space, title="Alleen van Bram")
    public = practice(make, bram, "space", space, title="Van Bram, en nu van niemand")
    writes_along(make, anna, bram, shared)
    with unit_of_work() as own:
        handle = make.persona(bram).handle
        asked = draft(make, anna, space, title="Gevraagd")
        together.ask(own, make.actor(anna), asked.id, handle, clock.now())
        why = "Niet meer erbij."
        joining.remove(own, make.actor(coordinator), space.circle_id, handle, why, clock.now())

    def held(member: Member, made: Practice) -> set[str]:
        with reading() as own:
            return {p.value for p in PRACTICES.held(own, make.actor(member), made.id)}

    assert [held(bram, made) for made in (shared, mine, public, asked)] == [set()] * 4
    run_due()
    assert "take_over" in held(carla, public)
    assert "write" in held(anna, shared)
    make.join(bram, space.circle)
    assert [bool(held(bram, made) & {"write", "answer"}) for made in (shared, mine, asked)] == [
        False,
        True,
        False,
    ]


def test_a_co_writer_is_let_go_by_another_or_by_who_coordinates_and_hears_of_it(
    make: Factory, browser: Any
) -> None:
    anna, bram, coordinator = make.member("Anna"), make.member("Bram"), make.member("Coba")
    space = make.space(Visibility.CLOSED, coordinator=coordinator)
    for each in (anna, bram):
        make.join(each, space.circle)
    made = practice(make, anna, "space", space)
    handles = [make.persona(each).handle for each in (anna, bram)]
    path = f"/praktijken/{made.id}/schrijvers"
    for who in (anna, coordinator):
        writes_along(make, anna, bram, made)
        page = browser(who)
        shown = page.get(path)
        assert ("Ask somebody" in shown.text) == (who is anna)
        assert f"{path}/{handles[1]}/beeindigen" in shown.text
        assert "Let Bram write no longer?" in page.get(f"{path}/{handles[1]}/beeindigen").text
        assert page.post(f"{path}/{handles[1]}/beeindigen").status_code == 302
        again = page.post(f"{path}/{handles[1]}/beeindigen", follow_redirects=True)
        assert "You sent this already." in again.text
        run_due()
        told = browser(bram).get("/meldingen").text
        assert "You no longer write along on “Bellen na ontslag”" in told
        assert browser(bram).get(f"{path[: -len('schrijvers')]}schrijven").status_code == 404
    assert browser(coordinator).send(path, {"handle": handles[1]}).status_code == 404
    assert browser(anna).post(f"{path}/{handles[0]}/beeindigen").status_code == 302  # oneself: no
    assert "Anna" in browser(anna).get(path).text
    assert browser(bram).post(f"{path}/{handles[0]}/beeindigen").status_code == 404
