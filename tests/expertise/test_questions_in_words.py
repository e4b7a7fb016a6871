"""Questions on a topic in own words go round as those on a theme do."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from cop.contacts import blocking
from cop.expertise import cards, handlers, questions, round_queries
from cop.expertise.events import HandfulAsked
from cop.expertise.models import ExpertAsk, ExpertQuestion, Often, Shown
from cop.members.known import seekers
from cop.members.models import Member
from cop.members.own_data import of_room, rooms
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import Refused
from cop.textcheck.asking import AuthorAsked
from tests.expertise.making import card, theme
from tests.support.client import Browser
from tests.support.factories import Factory

NOW = clock.now()
TOPIC = "Rouw na een overdosis"


def in_words(
    make: Factory, member: Member, words: str = TOPIC, *, shown: str = Shown.MEMBERS, ask: str = ""
) -> None:
    """A person's own card, which may be asked any time, with one topic in their words."""
    with unit_of_work() as session:
        actor = make.actor(member)
        made = cards.own_or_new(session, actor, NOW)
        made.often = Often.ANY
        cards.add_line(session, actor, made.id, cards.Topic(words=words, shown=shown, ask=ask), NOW)


def ask(make: Factory, asker: Member, words: str = "rouw", text: str = "Hoe?") -> ExpertQuestion:
    with unit_of_work() as session:
        return questions.ask(session, make.actor(asker), None, text, NOW, words=words)


def asked_of(question: ExpertQuestion) -> list[int]:
    with reading() as session:
        rows = select(ExpertAsk.persona_id).where(ExpertAsk.question_id == question.id)
        return sorted(session.scalars(rows))


def own_names(make: Factory, members: Sequence[Member]) -> list[int]:
    return sorted(make.persona(each).id for each in members)


def test_who_says_the_words_is_asked(make: Factory) -> None:
    """In the topic or in what to ask, inflected or as a theme's name; all of the words."""
    asker, topic, sentence, other, half = (make.member() for _ in range(5))
    in_words(make, topic, "Rouwen na een overdosis")
    in_words(make, sentence, "Afscheid", ask="hoe je met rouw na overdosis omgaat")
    in_words(make, other, "Sporten")
    in_words(make, half, "Rouw bij kinderen")
    assert asked_of(ask(make, asker, "overdosis, rouw")) == own_names(make, [topic, sentence])
    named = make.member()
    card(make, named, "alcohol")
    assert asked_of(ask(make, asker, "alcohol")) == own_names(make, [named])


def test_whom_search_would_find_is_asked(make: Factory) -> None:
    """Within a compound, and by another word for the same; no spelling is guessed."""
    asker, compound, alike = (make.member() for _ in range(3))
    in_words(make, compound, "Omgaan met gameverslaving")
    in_words(make, alike, "Werken met de POH")
    assert asked_of(ask(make, asker, "verslaving")) == own_names(make, [compound])
    assert asked_of(ask(make, asker, "praktijkondersteuner")) == own_names(make, [alike])
    with pytest.raises(Refused):
        ask(make, asker, "praktikondersteuner")


def test_who_is_not_asked(make: Factory) -> None:
    """A line that others do not see, 'I'm full', blocked, the asker: none of them."""
    asker, ready, hidden, full, blocked = (make.member() for _ in range(5))
    for each in (asker, ready, full, blocked):
        in_words(make, each)
    in_words(make, hidden, shown=Shown.OWN)
    with unit_of_work() as session:
        own = cards.own(session, make.actor(full))
        assert own is not None
        cards.switch_full(session, make.actor(full), own.id, True)
        blocking.block(session, make.actor(asker), make.persona(blocked).handle, NOW)
    assert asked_of(ask(make, asker)) == own_names(make, [ready])


def test_a_handful_at_a_time_spread_fairly_and_then_others(make: Factory) -> None:
    experts = [make.member() for _ in range(questions.HANDFUL * 2)]
    for each in experts:
        in_words(make, each)
    first, second = ask(make, asker := make.member()), ask(make, make.member())
    assert len(asked_of(first)) == len(asked_of(second)) == questions.HANDFUL
    times = Counter(asked_of(first) + asked_of(second))
    assert set(times.values()) == {1}  # whoever was not asked yet comes first
    with unit_of_work() as session:
        payload = {"question_id": first.id, "handful": 1}
        handlers.ask_others(session, payload, NOW + questions.PATIENCE)
    assert asked_of(first) == own_names(make, experts)
    later = NOW + questions.PATIENCE + timedelta(days=2)
    with unit_of_work() as session, pytest.raises(Refused):
        questions.ask_others(session, make.actor(asker), first.id, later)


@pytest.mark.parametrize("words", ["schaken", "de en het"])
def test_nobody_to_ask(make: Factory, words: str) -> None:
    """Words that nobody has, and words that say nothing."""
    in_words(make, make.member())
    with pytest.raises(questions.NobodyToAsk):
        ask(make, make.member(), words)
    with reading() as session:
        assert session.scalar(select(ExpertQuestion.id)) is None


def test_a_theme_or_words_and_never_both(make: Factory) -> None:
    asker, expert = make.member(), make.member()
    in_words(make, expert)
    for theme_id, words in ((None, " "), (theme(), "rouw")):
        with unit_of_work() as session, pytest.raises(Refused) as refused:
            questions.ask(session, make.actor(asker), theme_id, "Hoe?", NOW, words=words)
        assert refused.value.field == "theme"
    persona_id = make.persona(asker).id
    for topic in ({}, {"theme_id": theme(), "words": "rouw"}):
        with pytest.raises(IntegrityError), unit_of_work() as session:
            session.add(ExpertQuestion(persona_id=persona_id, text="Hoe?", at=NOW, **topic))


def test_the_words_pass_the_text_check(make: Factory) -> None:
    in_words(make, make.member())
    with pytest.raises(AuthorAsked):
        ask(
            make,
            make.member(),
            "mijn client karim (27), woont bij zijn moeder fatima, geb. 14-02-1991",
        )


def test_the_words_are_encrypted_and_taken_along(make: Factory) -> None:
    in_words(make, make.member())
    made = ask(make, asker := make.member(), "rouw")
    with reading() as session:
        stored = session.execute(text("SELECT words FROM expert_question")).scalar_one()
        assert b"rouw" not in bytes(stored)
        assert session.get_one(ExpertQuestion, made.id).words == "rouw"
        room = next(each for each in rooms() if each.name == "expertise")
        given = of_room(session, make.actor(asker), room)["asked"]
    assert [each["words"] for each in given] == ["rouw"]


def test_from_search_to_the_question_and_its_notice(make: Factory, browser: type[Browser]) -> None:
    """The words stand on the page of questions, and in no notice: that goes by mail too."""
    asker, expert = make.member("Anna Smit"), make.member()
    in_words(make, expert)
    page = browser(asker)
    assert (
        'href="/kenniskaart/vraag?woorden=rouw%20na"'
        in page.get("/kenniskaart?woorden=rouw+na").text
    )
    assert 'value="rouw na"' in page.get("/kenniskaart/vraag?woorden=rouw+na").text
    neither = page.send("/kenniskaart/vraag", {"theme": "", "words": "", "text": "Hoe dan?"})
    assert neither.status_code == 422
    sent = {"theme": "", "words": "rouw na", "text": "Hoe dan?"}
    assert page.send("/kenniskaart/vraag", sent).status_code == 302
    with unit_of_work() as session:
        made = session.scalars(select(ExpertQuestion)).one()
        handlers.tell_handful(session, HandfulAsked(question_id=made.id, handful=1), NOW)
        assert session.scalars(select(Notification.member_id)).all() == [expert.id]
        assert [q.topic for q in round_queries.to_me(session, make.actor(expert))] == ["rouw na"]
        assert [q.topic for q in round_queries.rounds(session, make.actor(asker))] == ["rouw na"]
        assert list(seekers(session, NOW - timedelta(days=1), 3)) == []  # in no theme
    helper = browser(expert)
    for path in ("/", "/meldingen"):
        shown = helper.get(path).text
        assert "Anna Smit has a question on a topic in own words" in shown
        assert "rouw na" not in shown
    assert "rouw na" in helper.get("/kenniskaart/vragen").text
