"""What comes back later: review dates, the yearly note, notices, digests, and leaving."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members import leaving
from cop.members.models import Member, MemberTheme, Persona, Theme
from cop.notifications.digests import Reader
from cop.notifications.models import Notification
from cop.notifications.operations import lines
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.errors import NotFound
from cop.platform.i18n import speaking
from cop.platform.outbox import registry
from cop.platform.worker import run_due
from cop.practices import beside, digest_part, publishing, responding, together, yearly
from cop.practices.models import (
    Practice,
    PracticeComparison,
    PracticeEditor,
    PracticeExperience,
    PracticeUse,
)
from cop.practices.waiting import in_practices
from cop.spaces.circles import Visibility
from tests.practices.writing import draft, practice, writes_along
from tests.support.client import Browser
from tests.support.factories import Factory


def told(session: Session, kind: str) -> list[int]:
    session.expire_all()
    return sorted(
        session.scalars(
            select(Notification.member_id).where(Notification.kind == f"practices.{kind}")
        )
    )


def run(kind: str, now: datetime) -> None:
    with unit_of_work() as session:
        registry.jobs[kind](session, {}, now)


def test_of_each_review_date_the_contact_person_is_reminded_once(
    make: Factory, session: Session
) -> None:
    anna, bram = make.member(), make.member()
    made = practice(make, anna)
    writes_along(make, anna, bram, made)
    day = clock.now() + publishing.A_YEAR
    for moment, expected in (
        (day - timedelta(days=2), []),
        (day + timedelta(days=1), [anna.id]),
        (day + timedelta(days=2), [anna.id]),
    ):
        run("practices.review", moment)
        assert told(session, "review") == expected, moment
        session.rollback()
    with unit_of_work() as own:
        publishing.still_right(own, make.actor(anna), made.id, None, day)
    run("practices.review", day + timedelta(days=400))
    assert told(session, "review") == [anna.id, anna.id]


def test_what_users_told_goes_back_once_a_year(make: Factory, session: Session) -> None:
    anna, user, other = make.member(), make.member(), make.member()
    begun = clock.now() - timedelta(days=380)
    made = practice(make, anna, at=begun)
    silent = practice(make, anna, at=begun, title="Lopen")
    house = make.organisation("Het Huis")
    with unit_of_work() as own:
        actor, then = make.actor(user), begun + timedelta(days=100)
        responding.use(own, actor, made.id, house.id, then)
        responding.tell(own, make.actor(other), made.id, "did_not", "Een dorp.", "Te ver.", then)
    for _twice in range(2):
        with unit_of_work() as own:
            for each in (made, silent):
                registry.jobs["practices.year"](own, {"practice_id": each.id}, clock.now())
        assert told(session, "year") == sorted([anna.id, user.id, other.id])
        session.rollback()
    row = session.get_one(Practice, made.id)
    note = yearly.note(session, make.actor(user), row, 1, clock.now())
    assert [each.result for each in note.did_not] == ["Te ver."]
    assert note.new_users == ["Het Huis"]
    with pytest.raises(NotFound):
        yearly.note(session, make.actor(user), row, 2, clock.now())


def test_notices_say_nothing_to_who_may_not_read_it_any_more(
    make: Factory, session: Session
) -> None:
    anna, bram = make.member("Anna Smit"), make.member()
    space = make.space(Visibility.PRIVATE)
    for each in (anna, bram):
        make.join(each, space.circle)
    made = practice(make, anna, "space", space, title="Bellen")
    run_due()
    assert told(session, "published") == [bram.id]
    rows = session.scalars(select(Notification).where(Notification.member_id == bram.id)).all()
    with speaking("en", "Europe/Amsterdam"):
        found = lines(session, make.actor(bram), rows)
        assert [line.text for line in found.values()] == ["New in your space: “Bellen”."]
        assert not any(line.in_mail for line in found.values())  # a small circle
        session.rollback()
        with unit_of_work() as own:
            publishing.take_back(own, make.actor(anna), made.id, clock.now())
        session.expire_all()
        assert lines(session, make.actor(bram), rows) == {}


def test_an_institution_is_named_never_who_said_so(make: Factory, session: Session) -> None:
    anna, bram = make.member(), make.member()
    made, house = practice(make, anna), make.organisation("Het Huis")
    with unit_of_work() as own:
        for who in (anna, bram, bram):
            responding.use(own, make.actor(who), made.id, house.id, clock.now())
    assert [name for name, _since in beside.users(session, made.id)] == ["Het Huis"]
    session.rollback()
    with unit_of_work() as own:
        responding.use_no_longer(own, make.actor(bram), made.id, house.id)
    assert len(session.scalars(select(PracticeUse.id)).all()) == 1


def test_leaving_leaves_what_others_need_and_nothing_else(make: Factory, session: Session) -> None:
    anna, bram = make.member(), make.member()
    alone, shared = draft(make, anna, title="Alleen"), practice(make, anna, title="Samen")
    only = practice(make, anna, title="Enig")
    writes_along(make, anna, bram, shared)
    asked, house = make.persona(make.member()).handle, make.organisation()
    with unit_of_work() as own:
        actor, now = make.actor(anna), clock.now()
        responding.compare(own, actor, only.id, {"steps": ("same", "Zo.")}, False, now)
        responding.use(own, actor, only.id, house.id, now)
        responding.tell(own, make.actor(bram), only.id, "worked", "Een dorp.", "", now)
        together.ask(own, make.actor(bram), shared.id, asked, now)
    with unit_of_work() as own:
        leaving.leave(own, make.actor(anna), keep_name=False, now=clock.now())
    run_due()
    assert session.get(Practice, alone.id) is None
    assert session.get_one(Practice, shared.id).contact_id == make.persona(bram).id
    left = session.get_one(Practice, only.id)
    assert left.contact_id is None
    assert session.scalars(select(PracticeComparison.id)).all() == []
    assert session.scalars(select(PracticeUse.persona_id)).all() == [None]
    assert (
        session.scalars(
            select(PracticeEditor.practice_id).where(
                PracticeEditor.persona_id == make.persona(anna).id
            )
        ).all()
        == []
    )
    assert told(session, "take_over") == [bram.id]  # who told how it went is asked
    assert len(session.scalars(select(PracticeExperience.id)).all()) == 1
    session.rollback()
    with unit_of_work() as own:
        together.take_over(own, make.actor(bram), only.id, clock.now())
        assert own.get_one(Practice, only.id).contact_id == make.persona(bram).id


def test_a_digest_tells_of_what_is_on_my_themes_and_of_a_small_circle_only_that(
    make: Factory, session: Session
) -> None:
    anna, bram = make.member(), make.member()
    space = make.space(Visibility.PRIVATE)
    for each in (anna, bram):
        make.join(each, space.circle)
    theme_id = session.scalars(select(Theme.id).limit(1)).one()
    session.rollback()
    make.save(MemberTheme(member_id=bram.id, theme_id=theme_id))
    before = clock.now() - timedelta(days=1)
    on_theme = practice(make, anna, title="Op thema", theme_ids=[theme_id])
    practice(make, anna, title="Elders")
    practice(make, anna, "space", space, title="Geheim")

    def reader(member: Member) -> Reader:
        until = clock.now() + timedelta(minutes=1)
        common = {"role": "member", "language": "en", "zone": "Europe/Amsterdam"}
        return Reader(
            delivery_id=member.id,
            member_id=member.id,
            planned_at=until,
            until=until,
            daily_from=before,
            weekly_from=None,
            asked_from=None,
            rest_from=before,
            joined=None,
            held={},
            **common,
        )

    found = digest_part.from_practices(session, [reader(anna), reader(bram)])
    assert found[anna.id].pieces == []  # their own
    with speaking("en", "Europe/Amsterdam"):
        said = [piece.render(True) for piece in found[bram.id].pieces]
    assert len(said) == 2
    assert "Op thema" in said[0].text
    assert "Geheim" not in "".join(each.text + each.html for each in said)
    assert -on_theme.id in found[bram.id].may_see


def test_a_pseudonym_is_the_one_who_tells(make: Factory, session: Session) -> None:
    anna, bram = make.member(), make.member()
    space = make.space(Visibility.CLOSED, pseudonyms=True)
    make.join(anna, space.circle)
    merel = make.pseudonym(bram, space.circle, "Merel")
    made = practice(make, anna, "space", space)
    with unit_of_work() as own:
        responding.tell(own, make.actor(bram), made.id, "worked", "Een dorp.", "", clock.now())
    assert session.scalars(select(PracticeExperience.persona_id)).all() == [merel.id]
    assert session.get_one(Persona, merel.id).name == "Merel"


def said(make: Factory, session: Session, member: Member, kind: str) -> dict[str, bool]:
    """Where the notices of this kind that the member is still shown lead, and which are read."""
    session.rollback()
    found = session.scalars(
        select(Notification)
        .where(Notification.member_id == member.id, Notification.kind == f"practices.{kind}")
        .order_by(Notification.id)
        .execution_options(populate_existing=True)
    ).all()
    with speaking("en", "Europe/Amsterdam"):
        shown = lines(session, make.actor(member), found)
    return {shown[n.id].url: n.read_at is not None for n in found if n.id in shown}


def rings(session: Session, kind: str) -> list[int]:
    """Whose bell rings for a notice of this kind, worded or not."""
    session.rollback()
    return sorted(
        session.scalars(
            select(Notification.member_id).where(
                Notification.kind == f"practices.{kind}", Notification.read_at.is_(None)
            )
        )
    )


@pytest.mark.parametrize("how", ["another day", "taken back"])
def test_a_review_that_is_settled_otherwise_rings_for_nobody(
    make: Factory, session: Session, how: str
) -> None:
    anna = make.member()
    made, _other = practice(make, anna), practice(make, anna, title="Lopen")
    day = clock.now() + publishing.A_YEAR + timedelta(days=1)
    run("practices.review", day)
    with unit_of_work() as own:
        row = own.get_one(Practice, made.id)
        kept = publishing.Beside(kind=row.kind, knowledge=row.knowledge, review_on=row.review_on)
        publishing.change(own, make.actor(anna), made.id, kept, row.version, day)
    assert rings(session, "review") == [anna.id, anna.id]  # it is still to be looked at
    session.rollback()
    with unit_of_work() as own:
        if how == "taken back":
            publishing.take_back(own, make.actor(anna), made.id, day)
        else:
            later = replace(kept, review_on=day.date() + timedelta(days=90))
            publishing.change(own, make.actor(anna), made.id, later, row.version, day)
    assert rings(session, "review") == [anna.id]  # of the other one


def test_a_review_that_is_done_is_asked_of_nobody_again(make: Factory, session: Session) -> None:
    anna, bram = make.member(), make.member()
    made = practice(make, anna)
    writes_along(make, anna, bram, made)
    with unit_of_work() as own:
        own.get_one(Practice, made.id).contact_id = None  # so both are asked
    day = clock.now() + publishing.A_YEAR + timedelta(days=1)
    run("practices.review", day)
    asked = {f"/praktijken/{made.id}/klopt-nog": False}
    for member in (anna, bram):
        assert said(make, session, member, "review") == asked
        titles = [w.title for w in in_practices(session, make.actor(member), day)]
        assert made.title in titles, "where nobody is the contact it waits for all who write it"
    session.rollback()
    with unit_of_work() as own:
        publishing.still_right(own, make.actor(anna), made.id, None, day)
    for member in (anna, bram):
        assert said(make, session, member, "review") == {}
    assert rings(session, "review") == []


def test_an_opening_is_asked_until_it_is_answered(make: Factory, session: Session) -> None:
    anna, bram, carla = (make.member() for _each in range(3))
    made = practice(make, anna)
    for other in (bram, carla):
        writes_along(make, anna, other, made)

    def choose(member: Member, audience: str, at_once: bool = False) -> None:
        session.rollback()
        with unit_of_work() as own:
            publishing.change_audience(
                own, make.actor(member), made.id, audience, clock.now(), anyway=True
            )
        if not at_once:
            run_due()

    choose(anna, "public")
    assert said(make, session, bram, "opening") == {f"/praktijken/{made.id}/lezers": False}
    choose(bram, "public")
    assert said(make, session, bram, "opening") == {}
    assert len(said(make, session, carla, "opening")) == 1
    choose(carla, "open")  # it stays as it is, for all
    assert said(make, session, carla, "opening") == {}
    choose(anna, "public")
    assert rings(session, "opening") == sorted([bram.id, carla.id])
    choose(anna, "open")  # who asked thinks better of it
    assert rings(session, "opening") == []
    for audience in ("public", "open"):
        choose(anna, audience, at_once=True)
    run_due()
    assert rings(session, "opening") == []  # settled before anybody was told
    for member in (anna, bram, carla):
        choose(member, "public")
    assert said(make, session, anna, "public") == {f"/praktijken/{made.id}": False}
    session.rollback()
    with unit_of_work() as own:
        publishing.name_to_visitors(own, make.actor(anna), made.id, False, clock.now())
    assert said(make, session, anna, "public") == {f"/praktijken/{made.id}": True}
    choose(anna, "open")
    assert said(make, session, anna, "public") == {}


def test_the_note_of_a_year_stays_what_it_was(make: Factory, session: Session) -> None:
    anna, user = make.member(), make.member()
    begun = clock.now() - timedelta(days=800)
    made = practice(make, anna, at=begun)
    in_year = [begun + timedelta(days=n) for n in (100, 500)]
    others = [make.member() for _each in in_year]
    for who, then in zip(others, in_year, strict=True):
        with unit_of_work() as own:
            responding.tell(own, make.actor(who), made.id, "worked", "Een dorp.", "Goed.", then)
    with unit_of_work() as own:
        responding.use(own, make.actor(user), made.id, make.organisation().id, begun)
    for _each_year in in_year:
        with unit_of_work() as own:
            registry.jobs["practices.year"](own, {"practice_id": made.id}, clock.now())
    url = f"/praktijken/{made.id}/jaar"
    assert set(said(make, session, user, "year")) == {f"{url}/1", f"{url}/2"}
    session.rollback()
    with unit_of_work() as own:  # told in the first year, put in other words now
        responding.tell(
            own, make.actor(others[0]), made.id, "worked", "Een dorp.", "Beter.", clock.now()
        )
    row = session.get_one(Practice, made.id)
    note = yearly.note(session, make.actor(user), row, 1, clock.now())
    assert [each.result for each in note.worked] == ["Beter."]


def test_the_note_of_a_year_that_was_seen_rings_no_more(
    make: Factory, session: Session, browser: type[Browser]
) -> None:
    anna, user = make.member(), make.member()
    begun = clock.now() - timedelta(days=800)
    made = practice(make, anna, at=begun)
    work = make.organisation().id
    with unit_of_work() as own:
        responding.use(own, make.actor(user), made.id, work, begun)
    for days in (100, 500):
        teller = make.actor(make.member())
        with unit_of_work() as own:
            then = begun + timedelta(days=days)
            responding.tell(own, teller, made.id, "worked", "Een dorp.", "", then)
        with unit_of_work() as own:
            registry.jobs["practices.year"](own, {"practice_id": made.id}, clock.now())
    url = f"/praktijken/{made.id}/jaar"
    browser(user).get(f"{url}/1")
    assert said(make, session, user, "year") == {f"{url}/1": True, f"{url}/2": False}
    assert not any(said(make, session, anna, "year").values())


def test_the_job_that_looks_for_years_finds_each_once(make: Factory, session: Session) -> None:
    anna, user = make.member(), make.member()
    begun = clock.now() - timedelta(days=380)
    made, young = practice(make, anna, at=begun), practice(make, anna, title="Jong")
    with unit_of_work() as own:
        then = begun + timedelta(days=9)
        responding.tell(own, make.actor(user), made.id, "worked", "Een dorp.", "", then)
    for _twice in range(2):
        run("practices.years", clock.now())
    run_due()
    assert told(session, "year") == sorted([anna.id, user.id])
    assert session.get_one(Practice, made.id).years_told == 1
    assert session.get_one(Practice, young.id).years_told == 0
