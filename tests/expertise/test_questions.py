"""Questions that go round: a handful at a time, spread fairly, with a thanks and 'I'm full'."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cop.contacts import blocking, conversations
from cop.contacts.models import Message
from cop.expertise import cards, handlers, questions, round_queries
from cop.expertise.events import AskAccepted, HandfulAsked, Thanked
from cop.expertise.models import Card, ExpertAsk, ExpertQuestion, Often, Shown
from cop.members.known import seekers
from cop.members.models import Member
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import db, reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from tests.expertise.making import card, team, theme
from tests.support.client import Browser
from tests.support.factories import Factory

NOW = clock.now()
UNSEEN = {"synchronize_session": False}  # as another transaction's change: rows in hand are stale


def asked_of(question_id: int) -> list[int]:
    with reading() as session:
        return list(
            session.scalars(
                select(ExpertAsk.persona_id)
                .where(ExpertAsk.question_id == question_id)
                .order_by(ExpertAsk.persona_id)
            )
        )


def test_a_handful_at_a_time_and_everybody_gets_their_turn(make: Factory) -> None:
    """Twelve who can be asked any time, ten questions: nobody is asked twice more than another."""
    experts = [make.member() for _ in range(12)]
    for each in experts:
        card(make, each, often=Often.ANY)
    for n in range(10):
        at = NOW + timedelta(hours=n)
        with unit_of_work() as session:
            asker = make.member()
            made = questions.ask(session, make.actor(asker), theme(), "Hoe?", at)
        assert len(asked_of(made.id)) == questions.HANDFUL
    with reading() as session:
        times = Counter(session.scalars(select(ExpertAsk.persona_id)).all())
    assert len(times) == 12
    assert max(times.values()) - min(times.values()) <= 1


def test_who_is_not_asked(make: Factory) -> None:
    """Full, resting, blocked, hidden, of another theme, the asker: none of them.

    Who blocked the asker counts as asked, so that the asker learns nothing, and is shown nothing.
    """
    asker, ready = make.member(), make.member()
    card(make, ready)
    card(make, asker)
    full, resting, blocks, blocked, hidden, other = (make.member() for _ in range(6))
    for each in (full, resting, blocks, blocked):
        card(make, each, often=Often.MONTH)
    card(make, hidden, shown=Shown.OWN)
    card(make, other, "gokken")
    with unit_of_work() as session:
        own = cards.own(session, make.actor(full))
        assert own is not None
        cards.switch_full(session, make.actor(full), own.id, True)
        blocking.block(session, make.actor(blocks), make.persona(asker).handle, NOW)
        blocking.block(session, make.actor(asker), make.persona(blocked).handle, NOW)
        before = ExpertQuestion(
            persona_id=make.persona(other).id, theme_id=theme(), text="Eerder", at=NOW
        )
        session.add(before)
        session.flush()
        ago = NOW - timedelta(days=29)
        row = ExpertAsk(question_id=before.id, persona_id=make.persona(resting).id, at=ago)
        session.add(row)
    with unit_of_work() as session:
        made = questions.ask(session, make.actor(asker), theme(), "Hoe?", NOW)
        blocking.block(session, make.actor(other), make.persona(ready).handle, NOW)
    assert asked_of(made.id) == sorted([make.persona(ready).id, make.persona(blocks).id])
    with unit_of_work() as session:
        handlers.tell_handful(session, HandfulAsked(question_id=made.id, handful=1), NOW)
        told = session.scalars(
            select(Notification.member_id).where(Notification.kind == "expertise.question")
        )
        assert told.all() == [ready.id]
        assert round_queries.to_me(session, make.actor(blocks)) == []
        waiting = round_queries.to_me(session, make.actor(ready))
        assert len(waiting) == 1  # another asker blocked them
        with pytest.raises(NotFound):
            questions.answer(session, make.actor(blocks), made.id, True, NOW)
    later = NOW + timedelta(days=2)
    with unit_of_work() as session:
        assert questions.ask_others(session, make.actor(asker), made.id, later) == 1
    assert make.persona(resting).id in asked_of(made.id)  # a month has passed
    with unit_of_work() as session, pytest.raises(Refused):
        questions.ask_others(session, make.actor(asker), made.id, later)


def test_what_ones_own_card_says_counts_for_the_card_of_a_team(make: Factory) -> None:
    """Full, or asked lately: no question comes by way of a team's card either."""
    full, resting, ready = make.member(), make.member(), make.member()
    for each in (full, resting, ready):
        team_id, _line = team(make, each, f"Team {each.id}")  # on GHB
        card(make, each, "gokken", often=Often.QUARTER)
        with unit_of_work() as session:
            session.get_one(Card, team_id).often = Often.ANY
    with unit_of_work() as session:
        own = cards.own(session, make.actor(full))
        assert own is not None
        cards.switch_full(session, make.actor(full), own.id, True)
        before = ExpertQuestion(
            persona_id=make.persona(ready).id, theme_id=theme(), text="Eerder", at=NOW
        )
        session.add(before)
        session.flush()
        for each, days in ((resting, 90), (ready, 92)):
            at = NOW - timedelta(days=days)
            persona_id = make.persona(each).id
            session.add(ExpertAsk(question_id=before.id, persona_id=persona_id, at=at))
    with unit_of_work() as session:
        made = questions.ask(session, make.actor(make.member()), theme("ghb"), "Hoe?", NOW)
    assert asked_of(made.id) == [make.persona(ready).id]


def test_yes_opens_a_conversation_no_is_told_to_nobody(
    make: Factory, browser: type[Browser]
) -> None:
    asker, helper, shy = make.member("Anna Smit"), make.member("Hans Helpt"), make.member("Shy")
    card(make, helper)
    card(make, shy)
    sent = {"theme": "alcohol", "text": "Hoe begin ik erover?"}
    assert browser(asker).send("/kenniskaart/vraag", sent).status_code == 302
    with reading() as session:
        id = session.scalars(select(ExpertQuestion.id)).one()
    with unit_of_work() as session:
        handlers.tell_handful(session, HandfulAsked(question_id=id, handful=1), NOW)
        handlers.tell_handful(session, HandfulAsked(question_id=id, handful=1), NOW)
    assert "Hoe begin ik erover?" in browser(helper).get("/kenniskaart/vragen").text
    assert "has a question on Alcohol" in browser(shy).get("/").text
    outsider = make.member()
    for path in (f"{id}/antwoord", f"{id}/sluiten", f"{id}/dank/{make.persona(helper).handle}"):
        assert browser(outsider).post(f"/kenniskaart/vragen/{path}").status_code == 404
    browser(shy).post(f"/kenniskaart/vragen/{id}/antwoord", {"answer": "no"})
    yes = browser(helper).post(f"/kenniskaart/vragen/{id}/antwoord", {"answer": "yes"})
    talk = yes.headers["Location"]
    assert "Hoe begin ik erover?" in browser(asker).get(talk).text
    page = browser(asker).get("/kenniskaart/vragen").text
    assert "Hans Helpt" in page
    assert "Shy" not in page
    thanks = f"/kenniskaart/vragen/{id}/dank/{make.persona(helper).handle}"
    assert browser(asker).post(thanks).status_code == 302
    assert browser(asker).post(thanks).status_code == 302
    assert (
        browser(asker).post(f"/kenniskaart/vragen/{id}/dank/{make.persona(shy).handle}").status_code
        == 404
    )
    with unit_of_work() as session:
        event = AskAccepted(question_id=id, persona_id=make.persona(helper).id)
        handlers.tell_asker(session, event, NOW)
        handlers.tell_thanks(
            session, Thanked(question_id=id, persona_id=make.persona(helper).id), NOW
        )
    with reading() as session:
        rows = session.execute(
            select(Notification.member_id, Notification.kind)
            .where(Notification.kind.startswith("expertise."))
            .order_by(Notification.id)
        ).all()
        told = sorted((row.member_id, row.kind) for row in rows)
        assert told == sorted(
            [
                (helper.id, "expertise.question"),
                (shy.id, "expertise.question"),
                (asker.id, "expertise.yes"),
                (helper.id, "expertise.thanks"),
            ]
        )
        assert len(session.scalars(select(Message.id)).all()) == 1


def test_others_are_asked_when_nobody_says_yes(make: Factory) -> None:
    asker = make.member()
    experts = [make.member() for _ in range(7)]
    for each in experts:
        card(make, each)
    with unit_of_work() as session:
        made = questions.ask(session, make.actor(asker), theme(), "Hoe?", NOW)
    later = NOW + questions.PATIENCE
    payload = {"question_id": made.id, "handful": 1}
    with unit_of_work() as session:
        handlers.ask_others(session, payload, later)
    assert len(asked_of(made.id)) == 7
    with unit_of_work() as session:
        handlers.ask_others(session, payload, later)  # done already
        assert round_queries.rounds(session, make.actor(asker))[0].asked == 7
        questions.close(session, make.actor(asker), made.id, later)
        with pytest.raises(NotFound):
            questions.answer(session, make.actor(experts[0]), made.id, True, later)
        handlers.ask_others(session, {"question_id": made.id, "handful": 2}, later)
    run_due()
    assert told(asker) == []  # they closed it themselves


def told(member: Member) -> list[str]:
    with reading() as session:
        mine = select(Notification.kind).where(Notification.member_id == member.id)
        return list(session.scalars(mine.order_by(Notification.id)))


def test_nobody_is_asked_in_between_but_in_the_place_of_a_no(make: Factory) -> None:
    """The wish of the asker waits for a day; a no brings another, and no number tells of it."""
    asker = make.member()
    experts = [make.member() for _ in range(questions.HANDFUL + 3)]
    for each in experts:
        card(make, each)
    with unit_of_work() as session:
        made = questions.ask(session, make.actor(asker), theme(), "Hoe?", NOW)
    soon, next_day = NOW + timedelta(hours=1), NOW + timedelta(days=1)
    with unit_of_work() as session, pytest.raises(Refused):
        questions.ask_others(session, make.actor(asker), made.id, soon)
    asked = asked_of(made.id)
    assert len(asked) == questions.HANDFUL
    first = next(each for each in experts if make.persona(each).id in asked)
    with unit_of_work() as session:
        questions.answer(session, make.actor(first), made.id, False, soon)
    assert len(asked_of(made.id)) == questions.HANDFUL + 1
    with reading() as session:
        assert round_queries.rounds(session, make.actor(asker))[0].asked == questions.HANDFUL
    with unit_of_work() as session:
        questions.ask_others(session, make.actor(asker), made.id, next_day)
    assert len(asked_of(made.id)) == len(experts)
    others = [e for e in experts if e is not first]
    with unit_of_work() as session:
        questions.answer(session, make.actor(others[0]), made.id, True, next_day)
        questions.answer(session, make.actor(others[1]), made.id, False, next_day)
    assert len(asked_of(made.id)) == len(experts)


def test_a_question_that_nobody_could_answer_ends_with_a_word_to_the_asker(
    make: Factory, browser: type[Browser]
) -> None:
    """It goes round no longer, can be asked of everybody, and counts as what is missing."""
    asker, expert = make.member(), make.member()
    make.list(short_name="voor-iedereen")
    card(make, expert)
    begun = NOW - questions.PATIENCE
    with unit_of_work() as session:
        made = questions.ask(session, make.actor(asker), theme(), "Hoe dan wel?", begun)
    assert told(asker) == []
    for _twice in range(2):
        with unit_of_work() as session:
            handlers.ask_others(session, {"question_id": made.id, "handful": 1}, NOW)
    run_due()
    assert told(asker) == ["expertise.nobody"]
    page = browser(asker)
    assert "nobody could help" in page.get("/meldingen").text
    form = page.send("/kenniskaart/vragen", {"preview": "1"}, to="/stel-een-vraag")
    assert form.status_code == 307
    assert form.headers["Location"] == "/gesprekken/voor-iedereen/nieuw"
    sent = {"text": "Hoe dan wel?", "preview": "1"}
    assert "Hoe dan wel?" in page.post("/gesprekken/voor-iedereen/nieuw", sent).text
    with unit_of_work() as session:
        assert [s.member_id for s in seekers(session, begun, 3)] == [asker.id]
        for _n in range(questions.MOST_OPEN):  # none of them is in the way
            session.execute(update(ExpertAsk).values(at=NOW - timedelta(days=200)))
            questions.ask(session, make.actor(asker), theme(), "Nog een?", NOW)


def test_two_wishes_at_once_ask_one_handful(make: Factory) -> None:
    """Each looks before the other wrote; the second waits for its turn and looks again."""
    if db.engine.dialect.name == "sqlite":
        return  # writes there come one after another anyway
    asker = make.member()
    for each in (experts := [make.member() for _ in range(questions.HANDFUL * 2 + 1)]):
        card(make, each)
    with unit_of_work() as session:
        made = questions.ask(session, make.actor(asker), theme(), "Hoe?", NOW)
    later = NOW + timedelta(days=2)

    with unit_of_work() as slow:
        seen = slow.get_one(ExpertQuestion, made.id)
        assert seen.handfuls == 1
        with unit_of_work() as quick:
            questions.ask_others(quick, make.actor(asker), made.id, later)
        with pytest.raises(Refused):
            questions.ask_others(slow, make.actor(asker), made.id, later)
    assert len(asked_of(made.id)) == questions.HANDFUL * 2 < len(experts)


def test_nobody_to_ask_says_so_and_keeps_what_was_typed(
    make: Factory, browser: type[Browser]
) -> None:
    sent = {"theme": "alcohol", "text": "Hoe begin ik erover?"}
    answer = browser(make.member()).send("/kenniskaart/vraag", sent)
    assert answer.status_code == 422
    assert "Hoe begin ik erover?" in answer.text
    with reading() as session:
        assert session.scalar(select(ExpertQuestion.id)) is None


def test_no_conversation_with_an_asker_who_blocked_one_since(make: Factory) -> None:
    """The question looks closed to whoever was blocked after it was put to them."""
    asker, helper = make.member(), make.member()
    card(make, helper)
    with unit_of_work() as session:
        made = questions.ask(session, make.actor(asker), theme(), "Hoe?", NOW)
        assert len(round_queries.to_me(session, make.actor(helper))) == 1
        blocking.block(session, make.actor(asker), make.persona(helper).handle, NOW)
    with unit_of_work() as session:
        assert round_queries.to_me(session, make.actor(helper)) == []
        with pytest.raises(NotFound):
            questions.answer(session, make.actor(helper), made.id, True, NOW)
        assert session.scalar(select(Message.id)) is None


def test_a_yes_that_was_said_meanwhile_is_said_once(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading the question and its turn, the same member's other yes was stored."""
    asker, helper = make.member(), make.member()
    card(make, helper)
    with unit_of_work() as session:
        made = questions.ask(session, make.actor(asker), theme(), "Hoe?", NOW)
    turns = conversations.hold

    def late(session: Session, *persona_ids: int) -> None:
        turns(session, *persona_ids)
        session.execute(update(ExpertAsk).values(answer="yes").execution_options(**UNSEEN))

    monkeypatch.setattr(conversations, "hold", late)
    with unit_of_work() as session, pytest.raises(NotFound):
        questions.answer(session, make.actor(helper), made.id, True, NOW)
    with reading() as session:
        assert session.scalar(select(Message.id)) is None
