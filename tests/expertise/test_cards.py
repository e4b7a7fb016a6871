"""Cards: who sees which line, suggestions, keeping one together, what search tells of it."""

import re
from collections.abc import Sequence

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cop.discussions.models import Discussion, DiscussionList, DiscussionTheme, Post
from cop.expertise import cards, handlers, keeping, queries
from cop.expertise.models import Card, CardKeeper, CardLine, Knowledge, Shown
from cop.expertise.permissions import CARDS
from cop.expertise.queries import Filters
from cop.finding.queries import find
from cop.members.actor import VISITOR
from cop.members.events import MemberLeft
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from tests.expertise.making import card, team, theme
from tests.support.client import Browser
from tests.support.counting import statements
from tests.support.factories import Factory

NOW = clock.now()


def test_from_nothing_to_being_found_by_forms_alone(make: Factory, browser: type[Browser]) -> None:
    anna, bram = make.member("Anna Smit"), make.member()
    mine = browser(anna)
    assert mine.get("/kenniskaart/mijn").status_code == 200
    empty = mine.send(
        "/kenniskaart/mijn/onderwerp", {"theme": "", "knowledge": "practice", "shown": "members"}
    )
    assert empty.status_code == 422
    sent = {
        **{"theme": "", "words": "gesprekken met scholen", "ask": "hoe je binnenkomt"},
        **{"knowledge": "practice", "shown": "members"},
    }
    assert mine.send("/kenniskaart/mijn/onderwerp", sent).status_code == 302
    assert mine.send("/kenniskaart/mijn/onderwerp", sent).status_code == 422  # twice
    reach = {"contact": "Bel op dinsdag", "contact_shown": "members", "often": "week"}
    assert mine.send("/kenniskaart/mijn/gegevens", reach).status_code == 302
    found = browser(bram).get("/kenniskaart?woorden=schoolgesprek").text
    assert "Anna Smit" in found
    with reading() as session:
        card_id = session.scalars(select(Card.id)).one()
    page = browser(bram).get(f"/kenniskaart/{card_id}").text
    assert "hoe je binnenkomt" in page
    assert "Bel op dinsdag" in page
    assert browser().get(f"/kenniskaart/{card_id}").status_code == 404
    assert "Anna Smit" not in browser().get("/kenniskaart?woorden=schoolgesprek").text


def test_each_line_is_seen_by_whom_its_keeper_chose(make: Factory) -> None:
    """The same in the list, on the page and in search, for every level and kind of reader."""
    anna, bram = make.member("Anna Smit"), make.member()
    moderator = make.member(site_role="moderator")
    made = card(make, anna, "alcohol", shown=Shown.OWN)
    sees = {"own": {"anna"}, "members": {"anna", "bram", "moderator"}}
    sees["public"] = sees["members"] | {"visitor"}
    readers = {
        "anna": make.actor(anna),
        "bram": make.actor(bram),
        "moderator": make.actor(moderator),
        "visitor": VISITOR,
    }
    for level, expected in sees.items():
        with unit_of_work() as session:
            session.scalars(select(CardLine)).one().shown = level
        with reading() as session:
            for name, actor in readers.items():
                rows, _more = queries.find(session, actor, Filters(theme="alcohol"), NOW)
                words = queries.found_by_words(session, actor, "alcohol", NOW)
                hits = [i for i in find(session, actor, "alcohol", NOW).items if i.kind == "card"]
                held = CARDS.held(session, actor, made.id)
                may = name in expected
                outside = may if name != "anna" or level != "own" else False
                assert [row.id for row in rows] == ([made.id] if outside else []), (level, name)
                assert words == ([made.id] if outside else []), (level, name)
                assert bool(hits) == outside, (level, name)
                assert ("read" in held) == may, (level, name)
                assert ("change" in held) == (name == "anna"), (level, name)


def test_a_search_that_narrows_to_a_theme_tells_of_no_hidden_line(make: Factory) -> None:
    """A card with one shown line is not found by its hidden one."""
    anna, bram = make.member(), make.member()
    made = card(make, anna, "alcohol", shown=Shown.MEMBERS)
    card(make, anna, "gokken", shown=Shown.OWN, ask="zeldzaamwoord")
    with reading() as session:
        actor = make.actor(bram)
        assert queries.found_by_words(session, actor, "alcohol", NOW) == [made.id]
        assert queries.found_by_words(session, actor, "gokken", NOW) == []
        assert queries.found_by_words(session, actor, "zeldzaamwoord", NOW) == []
        rows, _more = queries.find(session, actor, Filters(theme="gokken"), NOW)
        assert rows == []
        page = queries.one(session, actor, made.id)
        assert [topic.slug for topic in page.row.topics] == ["alcohol"]


def answered(make: Factory, on: DiscussionList, asker: Member, answers_as: int) -> None:
    """A question on GHB that somebody answered."""
    made = make.discussion(on, asker, posts=2)
    with unit_of_work() as session:
        row = session.get_one(Discussion, made.id)
        row.kind, row.answer_number = "question", 2
        second = select(Post).where(Post.discussion_id == made.id, Post.number == 2)
        session.scalars(second).one().author_id = answers_as
        session.add(DiscussionTheme(discussion_id=made.id, theme_id=theme("ghb")))


def test_what_one_did_is_offered_and_never_added_by_itself(
    make: Factory, browser: type[Browser]
) -> None:
    anna, bram = make.member(), make.member()
    on = make.list()
    for _n in range(2):
        answered(make, on, bram, make.persona(anna).id)
    page = browser(anna).get("/kenniskaart/mijn").text
    assert "You answered 2 questions on GHB." in page
    with reading() as session:
        assert session.scalar(select(CardLine.id)) is None
    assert "You answered" not in browser(bram).get("/kenniskaart/mijn").text
    browser(anna).post("/kenniskaart/voorstel/ghb", {"answer": "no"})
    assert "You answered" not in browser(anna).get("/kenniskaart/mijn").text
    yes = browser(anna).post("/kenniskaart/voorstel/ghb", {"answer": "yes"})
    assert "/kenniskaart/onderwerpen/" in yes.headers["Location"]
    with reading() as session:
        assert session.scalars(select(CardLine.theme_id)).all() == [theme("ghb")]


def test_what_a_pseudonym_did_is_not_offered(make: Factory) -> None:
    anna, bram = make.member(), make.member()
    on = make.list(pseudonyms=True)
    merel = make.pseudonym(anna, on.circle, "Merel")
    answered(make, on, bram, merel.id)
    with reading() as session:
        assert queries.suggestions(session, make.actor(anna), None) == []


def test_a_card_of_several_is_kept_together_and_nobody_is_enrolled(make: Factory) -> None:
    anna, bram, carla = make.member(), make.member(), make.member()
    card_id, line_id = team(make, anna)
    with unit_of_work() as session:
        keeping.ask_along(session, make.actor(anna), card_id, make.persona(bram).handle, NOW)
        for stranger in (bram, carla):
            with pytest.raises(NotFound):
                cards.remove_line(session, make.actor(stranger), line_id)
        with pytest.raises(NotFound):
            keeping.answer_invitation(session, make.actor(carla), card_id, True, NOW)
    with unit_of_work() as session:
        keeping.answer_invitation(session, make.actor(bram), card_id, True, NOW)
        topic = cards.Topic(words="avonddienst", knowledge=Knowledge.EXPERIENCE)
        cards.add_line(session, make.actor(bram), card_id, topic, NOW)
        keeping.stop(session, make.actor(anna), card_id)
    with unit_of_work() as session:
        assert session.get(Card, card_id) is not None  # the other goes on
        left = MemberLeft(member_id=bram.id, persona_id=make.persona(bram).id)
        handlers.forget_member(session, left, NOW)
    with reading() as session:
        assert session.get(Card, card_id) is None
        assert session.scalar(select(CardKeeper.card_id)) is None


def test_two_who_keep_a_card_do_not_overwrite_each_other(
    make: Factory, browser: type[Browser]
) -> None:
    anna, bram = make.member(), make.member()
    card_id, line_id = team(make, anna)
    with unit_of_work() as session:
        keeping.ask_along(session, make.actor(anna), card_id, make.persona(bram).handle, NOW)
    with unit_of_work() as session:
        keeping.answer_invitation(session, make.actor(bram), card_id, True, NOW)
    for address, field, others in (
        (f"/kenniskaart/{card_id}/gegevens", "about", "Bel gerust."),
        (f"/kenniskaart/onderwerpen/{line_id}", "ask", "Hoe een dag verloopt."),
    ):
        mine = {field: "Mijn eigen woorden"}
        opened = re.search(r'name="version"[^>]*value="(\w+)"', browser(bram).get(address).text)
        assert opened is not None
        assert browser(anna).send(address, {field: others}).status_code == 302
        page = browser(bram).send(address, mine | {"version": opened[1]})
        assert page.status_code == 422
        assert others in page.text
        assert "Mijn eigen woorden" in page.text
        assert browser(bram).send(address, mine).status_code == 302  # seen, and sent again
        assert "Mijn eigen woorden" in browser(anna).get(address).text


WRONG_TOPICS = [
    cards.Topic(),
    cards.Topic(theme_id=1, words="ook eigen woorden"),
    cards.Topic(theme_id=987_654),
    cards.Topic(words="x" * 81),
    cards.Topic(words="ja", ask="x" * 241),
    cards.Topic(words="ja", knowledge="gerucht"),
    cards.Topic(words="ja", shown="iedereen"),
]


def test_wrong_input_is_refused(make: Factory) -> None:
    anna = make.member()
    with unit_of_work() as session:
        card_id = cards.own_or_new(session, make.actor(anna), NOW).id
        for topic in WRONG_TOPICS:
            with pytest.raises(Refused):
                cards.add_line(session, make.actor(anna), card_id, topic, NOW)
        for kind, settings in (
            ("person", cards.Settings(name="Ik")),
            ("team", cards.Settings()),
            ("team", cards.Settings(name="x" * 121)),
            ("team", cards.Settings(name="Team", region="Atlantis")),
            ("team", cards.Settings(name="Team", organisation_id=987_654)),
            ("team", cards.Settings(name="Team", often="elk uur")),
        ):
            with pytest.raises(Refused):
                cards.start(session, make.actor(anna), kind, settings, NOW)


def test_pages_run_the_same_number_of_queries_however_much_there_is(
    make: Factory, browser: type[Browser]
) -> None:
    anna = make.member()
    card(make, anna)
    mine = browser(anna)
    paths = (
        "/kenniskaart",
        "/kenniskaart/mijn",
        "/kenniskaart/wat-ontbreekt",
        "/kenniskaart/vragen",
    )

    def counted() -> list[int]:
        found = []
        for path in paths:
            with statements() as seen:
                assert mine.get(path).status_code == 200
            found.append(len(seen))
        return found

    counted()
    before = counted()
    for _ in range(3):
        card(make, make.member(), "gokken", shown=Shown.PUBLIC)
    assert counted() == before


def member_with_card(make: Factory, name: str) -> Member:
    made = make.member(name)
    card(make, made)
    return made


def test_the_list_goes_on_by_key(make: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    names = ["Anna", "Bram", "Carla", "Dirk", "Eva"]
    for name in reversed(names):
        member_with_card(make, name)
    seen: list[str] = []
    after: str | None = ""
    with reading() as session:
        while after is not None:
            rows, after = queries.find(session, VISITOR, Filters(), NOW, after)
            assert rows == []  # nothing is public
        after = ""
        while after is not None:
            rows, after = queries.find(session, make.actor(make.member()), Filters(), NOW, after)
            seen += [row.name for row in rows]
    assert seen == names


def test_a_public_topic_tells_visitors_of_no_keeper_and_no_region(
    make: Factory, browser: type[Browser]
) -> None:
    anna = make.member("Anna Smit", region="Utrecht", region_shown=True)
    card_id, _line = team(make, anna, shown=Shown.PUBLIC)
    own = card(make, anna, shown=Shown.PUBLIC)
    assert "Anna Smit" in browser(make.member()).get(f"/kenniskaart/{card_id}").text
    assert "Anna Smit" not in browser().get(f"/kenniskaart/{card_id}").text
    for path in (f"/kenniskaart/{own.id}", "/kenniskaart?regio=Drenthe", "/kenniskaart?regio=x"):
        page = browser().get(path).text
        assert "Anna Smit" in page, path  # found wherever one says to look
        assert "Utrecht" not in page, path
    with reading() as session:
        rows, _more = queries.find(session, make.actor(anna), Filters(region="Utrecht"), NOW)
        assert [row.region for row in rows] == ["Utrecht"]


def test_a_member_keeps_so_many_cards(make: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "MOST_CARDS", 2)
    anna = make.member()
    card(make, anna)  # one's own does not count
    kept = [team(make, anna)[0] for _n in range(2)]
    with pytest.raises(Refused):
        team(make, anna)
    with unit_of_work() as session:
        keeping.stop(session, make.actor(anna), kept[0])
    team(make, anna)


def test_the_last_two_who_stop_at_one_moment_leave_no_card(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waited for their turn sees that the other has stopped."""
    anna, bram = make.member(), make.member()
    card_id, _line = team(make, anna)
    with unit_of_work() as session:
        keeping.ask_along(session, make.actor(anna), card_id, make.persona(bram).handle, NOW)
        keeping.answer_invitation(session, make.actor(bram), card_id, True, NOW)
    turns = keeping.hold

    def late(session: Session, card_ids: Sequence[int]) -> None:
        turns(session, card_ids)
        theirs = delete(CardKeeper).where(CardKeeper.persona_id == make.persona(bram).id)
        session.execute(theirs.execution_options(synchronize_session=False))

    monkeypatch.setattr(keeping, "hold", late)
    with unit_of_work() as session:
        keeping.stop(session, make.actor(anna), card_id)
    with reading() as session:
        assert session.get(Card, card_id) is None
