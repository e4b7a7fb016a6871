"""Cards of several count as one; what is narrowed loses nobody; what is settled asks nobody."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cop.expertise import cards, keeping, queries, questions
from cop.expertise.models import (
    Card,
    CardKeeper,
    CardLine,
    ExpertAsk,
    ExpertQuestion,
    Knowledge,
    Often,
    Shown,
)
from cop.expertise.queries import Filters
from cop.members.models import Member, Theme
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from cop.textcheck.asking import AuthorAsked
from tests.expertise.making import card, team, theme
from tests.support.client import Browser
from tests.support.factories import Factory

NOW = clock.now()
WEEKS = timedelta(days=7)


def ask(make: Factory, member: Member, slug: str = "ghb", at: object = NOW) -> int:
    with unit_of_work() as session:
        return questions.ask(session, make.actor(member), theme(slug), "Hoe?", at).id  # type: ignore[arg-type]


def asked_of(question_id: int) -> list[int | None]:
    """The cards for which somebody was asked."""
    with reading() as session:
        wanted = select(ExpertAsk.card_id).where(ExpertAsk.question_id == question_id)
        return list(session.scalars(wanted))


def keepers(make: Factory, card_id: int, count: int) -> None:
    for _n in range(count):
        make.save(
            CardKeeper(card_id=card_id, persona_id=make.persona(make.member()).id, accepted_at=NOW)
        )


def test_a_team_is_asked_once_and_no_more_often_than_its_card_says(make: Factory) -> None:
    team_card, _line = team(make, make.member())
    keepers(make, team_card, 11)
    with unit_of_work() as session:
        session.get_one(Card, team_card).often = Often.MONTH
    others = [card(make, make.member(), "ghb", often=Often.ANY).id for _n in range(3)]
    first = asked_of(ask(make, make.member()))
    assert sorted(first, key=str) == sorted([team_card, *others], key=str)
    for days in (1, 20):
        assert team_card not in asked_of(ask(make, make.member(), at=NOW + timedelta(days=days)))
    assert team_card in asked_of(ask(make, make.member(), at=NOW + 5 * WEEKS))


def test_words_that_are_narrowed_lose_no_card_and_go_on(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)
    made = [
        card(make, make.member(region="Drenthe" if n == 0 else "Utrecht", region_shown=True)).id
        for n in range(7)
    ]
    actor = make.actor(make.member())

    def rows(**filters: str) -> list[int]:
        found: list[int] = []
        after = ""
        while True:
            with reading() as session:
                some, more = queries.find(
                    session, actor, Filters(words="alcohol", **filters), NOW, after
                )
            assert len(some) <= 3
            found += [row.id for row in some]
            if more is None:
                return found
            after = more

    assert sorted(rows()) == made
    for region, expected in (("Drenthe", made[:1]), ("Utrecht", made[1:])):
        assert sorted(rows(region=region)) == expected


def test_one_knows_it_by_living_it_and_by_doing_it(make: Factory, browser: type[Browser]) -> None:
    """Both stand side by side; words and kind of knowledge are asked of one topic."""
    both, mixed = make.member(), make.member()
    kinds = (Knowledge.PRACTICE, Knowledge.EXPERIENCE)
    with unit_of_work() as session:
        own = cards.own_or_new(session, make.actor(both), NOW)
        for knowledge in kinds:
            topic = cards.Topic(theme_id=theme("ghb"), knowledge=knowledge)
            cards.add_line(session, make.actor(both), own.id, topic, NOW)
        with pytest.raises(Refused):
            cards.add_line(session, make.actor(both), own.id, topic, NOW)
        other = cards.own_or_new(session, make.actor(mixed), NOW)
        for slug, knowledge in zip(("ghb", "alcohol"), kinds, strict=True):
            topic = cards.Topic(theme_id=theme(slug), knowledge=knowledge)
            cards.add_line(session, make.actor(mixed), other.id, topic, NOW)
        ids = {own.id: {"ghb"}, other.id: {"alcohol"}}
    actor = make.actor(make.member())
    for words in ("ghb", "alcohol"):
        expected = {id for id, known in ids.items() if words in known}
        for filters in (Filters(words=words), Filters(theme=words)):
            lived = Filters(theme=filters.theme, words=filters.words, knowledge="experience")
            with reading() as session:
                rows, _more = queries.find(session, actor, lived, NOW)
            assert {row.id for row in rows} == expected
    page = browser(make.member()).get("/kenniskaart?thema=ghb").text
    assert page.count('<span class="tag">GHB') <= 2  # once for each card


def test_a_topic_whose_theme_was_retired_can_still_be_hidden(
    make: Factory, browser: type[Browser]
) -> None:
    anna = make.member()
    card(make, anna, "alcohol", shown=Shown.PUBLIC)
    with unit_of_work() as session:
        session.get_one(Theme, theme("alcohol")).retired_at = NOW
        line_id = session.scalars(select(CardLine.id)).one()
    answer = browser(anna).send(f"/kenniskaart/onderwerpen/{line_id}", {"shown": Shown.OWN})
    assert answer.status_code == 302
    with reading() as session:
        line = session.scalars(select(CardLine)).one()
        assert (line.shown, line.theme_id) == (Shown.OWN, theme("alcohol"))
    # It is no theme that others can choose.
    form = {"theme": str(theme("alcohol"))}
    assert browser(make.member()).send("/kenniskaart/mijn/onderwerp", form).status_code == 422


def test_after_a_yes_a_question_counts_no_more_and_ends_in_time(make: Factory) -> None:
    asker = make.member()
    experts = [make.member() for _n in range(2)]
    for each in experts:
        card(make, each, "ghb", often=Often.ANY)
    made = [ask(make, asker) for _n in range(questions.MOST_OPEN)]
    with pytest.raises(Refused):
        ask(make, asker)
    with unit_of_work() as session:
        questions.answer(session, make.actor(experts[0]), made[0], True, NOW)
    ask(make, asker)
    with unit_of_work() as session:
        questions.settle(session, made[1], NOW)  # nobody said yes: it goes on
        questions.settle(session, made[0], NOW + questions.SETTLED)
    with reading() as session:
        closed = [session.get_one(ExpertQuestion, id).closed_at is not None for id in made]
    assert closed == [True, False, False]
    with unit_of_work() as session, pytest.raises(NotFound):
        questions.answer(session, make.actor(experts[1]), made[0], True, NOW)


def test_a_thanks_is_read_where_it_stands(make: Factory, browser: type[Browser]) -> None:
    asker, expert = make.member("Anna Smit"), make.member()
    card(make, expert, "ghb")
    made = ask(make, asker)
    with unit_of_work() as session:
        questions.answer(session, make.actor(expert), made, True, NOW)
    with unit_of_work() as session:
        handle = make.persona(expert).handle
        questions.thank(session, make.actor(asker), made, handle, clock.now())
    run_due()
    page = browser(expert).get("/kenniskaart/vragen").text
    assert "You were thanked" in page
    assert "Anna Smit" in page.split("You were thanked")[1]
    with reading() as session:
        kinds = session.scalars(
            select(Notification.kind).where(
                Notification.member_id == expert.id, Notification.read_at.is_(None)
            )
        ).all()
    assert "expertise.thanks" not in kinds
    assert "You were thanked" not in browser(asker).get("/kenniskaart/vragen").text


def test_who_said_no_and_is_asked_once_more_hears_it(make: Factory) -> None:
    keeper, other = make.member(), make.member()
    team_card, _line = team(make, keeper)
    for _twice in range(2):
        with unit_of_work() as session:
            handle = make.persona(other).handle
            keeping.ask_along(session, make.actor(keeper), team_card, handle, clock.now())
        run_due()
        with unit_of_work() as session:
            keeping.answer_invitation(session, make.actor(other), team_card, False, clock.now())
    with reading() as session:
        told = select(Notification.id).where(Notification.member_id == other.id)
        assert len(session.scalars(told).all()) == 2


def test_how_to_reach_somebody_is_for_whom_they_chose(
    make: Factory, browser: type[Browser]
) -> None:
    anna = make.member()
    made = card(make, anna, "ghb", shown=Shown.PUBLIC)
    with unit_of_work() as session:
        session.get_one(Card, made.id).contact = "bel na vieren"
    readers = {"own": anna, "members": make.member(), "public": None}
    for shown, may in (
        (Shown.OWN, {"own"}),
        (Shown.MEMBERS, {"own", "members"}),
        (Shown.PUBLIC, {"own", "members", "public"}),
    ):
        with unit_of_work() as session:
            session.get_one(Card, made.id).contact_shown = shown
        for name, member in readers.items():
            page = browser(member) if member is not None else browser()
            told = "bel na vieren" in page.get(f"/kenniskaart/{made.id}").text
            assert told is (name in may), (shown, name)


def test_a_region_that_is_not_shown_stands_nowhere(make: Factory) -> None:
    made = card(make, make.member(region="Zeeland", region_shown=False))
    actor = make.actor(make.member())
    with reading() as session:
        (row,), _more = queries.find(session, actor, Filters(theme="alcohol"), NOW)
        assert (row.id, row.region) == (made.id, "")
        assert queries.find(session, actor, Filters(region="Zeeland"), NOW)[0] == []


@pytest.mark.parametrize("field", ["words", "ask"])
def test_a_topic_that_may_say_who_somebody_is_asks_its_author(make: Factory, field: str) -> None:
    said = "mijn client karim (27), woont bij zijn moeder fatima, geb. 14-02-1991"
    topic = cards.Topic(words=said) if field == "words" else cards.Topic(words="Rouw", ask=said)
    anna = make.actor(make.member())
    with unit_of_work() as session, pytest.raises(AuthorAsked):
        cards.add_line(session, anna, cards.own_or_new(session, anna, NOW).id, topic, NOW)
