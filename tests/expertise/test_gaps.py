"""What is missing: themes only, from three different members on, and never a word of a search."""

from datetime import timedelta

import pytest
from sqlalchemy import inspect, select, text

from cop.discussions.models import Discussion, DiscussionTheme
from cop.expertise import gaps
from cop.expertise.models import Shown, TopicSought
from cop.markets import entries
from cop.markets.models import MarketEntry
from cop.members.actor import VISITOR, Actor
from cop.members.models import Theme
from cop.members.regions import REGIONS
from cop.platform import clock
from cop.platform.db import Base, reading, unit_of_work
from cop.spaces.circles import Visibility
from tests.expertise.making import card, theme
from tests.markets.making import Fair, Terms
from tests.support.client import Browser
from tests.support.factories import Factory

NOW = clock.now()
UTRECHT = REGIONS.index("Utrecht")


READER = Actor(1)  # any member
HERE = {"Sec-Fetch-Site": "same-origin"}


def row(slug: str, reader: Actor = READER) -> gaps.Row | None:
    with reading() as session:
        return next((r for r in gaps.grid(session, reader, NOW) if r.slug == slug), None)


def test_every_theme_is_named_by_its_own_name(app: object) -> None:
    with reading() as session:
        for each in session.scalars(select(Theme).order_by(Theme.id)):
            for name in (each.name_nl, each.name_en):
                for said in (name, f'"{name}"'):
                    assert each.id in gaps.themes_in(session, said), said


def test_two_members_do_not_count_three_do(make: Factory) -> None:
    seekers = [make.member(region="Utrecht") for _ in range(3)]
    for each in seekers[:2]:
        for _again in range(5):  # how often somebody looks says nothing
            with unit_of_work() as session:
                gaps.note(session, make.actor(each), [theme("gokken")], NOW)
    assert row("gokken") is None
    with unit_of_work() as session:
        gaps.note(session, make.actor(seekers[2]), [theme("gokken")], NOW)
    found = row("gokken")
    assert found is not None
    assert found.whole.lacks
    assert [n for n, cell in enumerate(found.cells) if cell.asked] == [UTRECHT]


def test_a_region_counts_three_of_its_own(make: Factory) -> None:
    for region in ("Utrecht", "Utrecht", "Drenthe"):
        with unit_of_work() as session:
            gaps.note(session, make.actor(make.member(region=region)), [theme("gokken")], NOW)
    found = row("gokken")
    assert found is not None
    assert found.whole.asked
    assert not any(cell.asked for cell in found.cells)


def test_one_member_counts_once_whatever_they_did(make: Factory) -> None:
    """A search and two questions under one's own name are one; a pseudonym's counts for nobody."""
    anna, bram = make.member(), make.member()
    for visibility, author in (
        (Visibility.OPEN, anna),
        (Visibility.OPEN, anna),
        (Visibility.OPEN, bram),
        (Visibility.PRIVATE, make.member()),
    ):
        on = make.list(visibility, coordinator=author)
        made = make.discussion(on, author, posts=1)
        with unit_of_work() as session:
            session.get_one(Discussion, made.id).kind = "question"
            session.add(DiscussionTheme(discussion_id=made.id, theme_id=theme("gokken")))
    with unit_of_work() as session:
        gaps.note(session, make.actor(anna), [theme("gokken")], NOW)
    assert row("gokken") is None
    with unit_of_work() as session:
        gaps.note(session, make.actor(make.member()), [theme("gokken")], NOW)
    assert row("gokken") is not None


def test_a_search_in_vain_leaves_a_theme_and_no_word(make: Factory, browser: type[Browser]) -> None:
    """Every table is looked through for the words, as text and as bytes."""
    seeking = browser(make.member())
    words = "zeldzaamheid+gokverslaving"
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}):
        for path in (f"/zoeken?q={words}", f"/kenniskaart?woorden={words}"):
            assert seeking.get(path, headers=headers).status_code == 200
    with reading() as session:  # a link or a picture elsewhere counts for nothing
        assert session.scalar(select(TopicSought.theme_id)) is None
    assert seeking.get(f"/zoeken?q={words}", headers=HERE).status_code == 200
    assert seeking.get(f"/kenniskaart?woorden={words}", headers=HERE).status_code == 200
    assert browser().get(f"/zoeken?q={words}", headers=HERE).status_code == 200
    with reading() as session:
        assert session.scalars(select(TopicSought.theme_id)).all() == [theme("gokken")]
        for table in Base.metadata.sorted_tables:
            if not inspect(session.connection()).has_table(table.name):
                continue
            for stored in session.execute(text(f'SELECT * FROM "{table.name}"')):
                held = " ".join(str(value) for value in stored).lower()
                assert "zeldzaam" not in held, table.name


def test_a_narrowed_search_in_vain_says_nothing_of_what_is_missing(
    make: Factory, browser: type[Browser]
) -> None:
    """It found nothing of that kind, or there; narrowed to a theme only, it does count."""
    seeking = browser(make.member())
    for path in (
        "/zoeken?q=gokken&soort=gathering",
        "/zoeken?q=gokken&van=niemand",
        "/zoeken?q=gokken&sinds=2099-01-01",
        "/kenniskaart?woorden=gokken&soort=team",
        "/kenniskaart?thema=gokken&regio=Utrecht",
        "/kenniskaart?thema=gokken&kennis=science",
    ):
        assert seeking.get(path, headers=HERE).status_code == 200
    with reading() as session:
        assert session.scalar(select(TopicSought.theme_id)) is None
    assert seeking.get("/zoeken?thema=gokken", headers=HERE).status_code == 200
    with reading() as session:
        assert session.scalars(select(TopicSought.theme_id)).all() == [theme("gokken")]


def test_what_is_covered_is_no_gap_and_a_year_is_forgotten(
    make: Factory, browser: type[Browser]
) -> None:
    long_ago = NOW - gaps.KEPT - timedelta(days=40)
    for _n in range(3):
        seeker = make.actor(make.member(region="Utrecht"))
        with unit_of_work() as session:
            gaps.note(session, seeker, [theme("alcohol")], NOW)
            gaps.note(session, seeker, [theme("cocaine")], long_ago)
    card(make, make.member(region="Utrecht"), "alcohol")
    found = row("alcohol")
    assert found is not None
    assert (found.whole.asked, found.whole.level) == (True, "few")
    assert found.cells[UTRECHT].level == "few"
    assert row("cocaine") is None
    with unit_of_work() as session:
        gaps.purge(session, NOW.date())
        assert {r.theme_id for r in session.scalars(select(TopicSought))} == {theme("alcohol")}
    assert browser().get("/kenniskaart/wat-ontbreekt").status_code == 200


def test_who_looked_cannot_be_told_and_goes_with_the_member(make: Factory) -> None:
    anna = make.member()
    with unit_of_work() as session:
        gaps.note(session, make.actor(anna), [theme("gokken"), theme("alcohol")], NOW)
        rows = session.scalars(select(TopicSought).order_by(TopicSought.theme_id)).all()
        assert len({each.token for each in rows}) == 2  # cannot be put side by side
        assert not any(str(anna.id) == each.token for each in rows)
        gaps.forget(session, anna.id)
    with reading() as session:
        assert session.scalar(select(TopicSought.token)) is None


def test_visitors_see_only_what_is_public_of_the_cards(make: Factory) -> None:
    """The grid counts no members' line for them, and ties no region to a person's card."""
    card(make, make.member(region="Utrecht", region_shown=True), "alcohol")
    assert row("alcohol", VISITOR) is None
    card(make, make.member(region="Utrecht", region_shown=True), "alcohol", shown=Shown.PUBLIC)
    mine, theirs = row("alcohol"), row("alcohol", VISITOR)
    assert mine is not None
    assert theirs is not None
    # Of cards by region visitors are told nothing: neither that there are any nor that not.
    assert (mine.cells[UTRECHT].level, theirs.cells[UTRECHT].level) == ("few", "")
    assert theirs.whole.level == "few"


def test_the_grid_reads_a_few_of_each_theme_whatever_the_history(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty who searched and five who asked: six at most of one theme and region are looked at."""
    with unit_of_work() as session:
        session.add_all(
            TopicSought(
                theme_id=theme("gokken"), token=f"{n:032}", region="Utrecht", month=NOW.date()
            )
            for n in range(20)
        )
    on = make.list(Visibility.OPEN)
    for _n in range(5):
        made = make.discussion(on, make.member(region="Utrecht"), posts=1)
        with unit_of_work() as session:
            session.get_one(Discussion, made.id).kind = "question"
            session.add(DiscussionTheme(discussion_id=made.id, theme_id=theme("gokken")))
    made_of: list[int] = []
    token = gaps._token
    monkeypatch.setattr(gaps, "_token", lambda t, m: made_of.append(m) or token(t, m))
    found = row("gokken")
    assert found is not None
    assert found.cells[UTRECHT].lacks
    assert len(made_of) == len(set(made_of)) * 2 == gaps.LEAST * 2  # for the region and the whole


def test_asks_of_markets_for_everybody_count_until_they_are_answered(make: Factory) -> None:
    """Who asks and who seconds it are people; a market of a space stays in its space."""
    anna, bram, carla, host = (make.member(region="Utrecht") for _ in range(4))
    space = make.space(Visibility.OPEN, coordinator=host)
    among = Fair(make, host, Terms(rounds=2, minutes=20, space_ids=[space.id]))
    for each in (anna, bram, carla):
        make.join(each, space.circle)
        _about("alcohol", among.bring(each, "Wie weet er hier meer van?"))
    assert row("alcohol") is None

    market = Fair(make, host)
    (ask,) = market.bring(anna, "Hoe begin je hiermee?")
    (other,) = market.bring(bram, "Wie heeft dit eerder gedaan?")
    market.bring(carla, "Wie wil er samen leren?")
    _about("gokken", [ask, other])
    assert row("gokken") is None
    with unit_of_work() as session:
        entries.second(session, make.actor(carla), ask, True, NOW)
    found = row("gokken")
    assert found is not None
    assert [n for n, cell in enumerate(found.cells) if cell.asked] == [UTRECHT]

    (offer,) = market.offer(host, "Dat deden wij twee jaar")
    market.match((other, offer))
    assert row("gokken") is None  # what is answered is not missing


def _about(slug: str, entry_ids: list[int]) -> None:
    with unit_of_work() as session:
        for id in entry_ids:
            session.get_one(MarketEntry, id).theme_id = theme(slug)
