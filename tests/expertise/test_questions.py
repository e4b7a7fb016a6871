"""Questions that go round: a handful at a time, spread fairly, with a thanks and 'I'm full'."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cop.contacts import blocking, conversations
from cop.contacts.models import Message
from cop.expertise import cards, handlers, queries, questions
from cop.expertise.events import AskAccepted, HandfulAsked, Thanked
from cop.expertise.models import ExpertAsk, ExpertQuestion, Often, Shown
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from tests.expertise.making import card, theme
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
    assert asked_of(made.id) == sorted([make.persona(ready).id, make.persona(blocks).id])
    with unit_of_work() as session:
        handlers.tell_handful(session, HandfulAsked(question_id=made.id, handful=1), NOW)
        told = session.scalars(
            select(Notification.member_id).where(Notification.kind == "expertise.question")
        )
        assert told.all() == [ready.id]
        assert queries.to_me(session, make.actor(blocks)) == []
        with pytest.raises(NotFound):
            questions.answer(session, make.actor(blocks), made.id, True, NOW)
    later = NOW + timedelta(days=2)
    with unit_of_work() as session:
        assert questions.ask_others(session, make.actor(asker), made.id, later) == 1
    assert make.persona(resting).id in asked_of(made.id)  # a month has passed
    with unit_of_work() as session, pytest.raises(Refused):
        questions.ask_others(session, make.actor(asker), made.id, later)


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
        assert queries.rounds(session, make.actor(asker))[0].asked == 7
        questions.close(session, make.actor(asker), made.id, later)
        with pytest.raises(NotFound):
            questions.answer(session, make.actor(experts[0]), made.id, True, later)


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
        assert len(queries.to_me(session, make.actor(helper))) == 1
        blocking.block(session, make.actor(asker), make.persona(helper).handle, NOW)
    with unit_of_work() as session:
        assert queries.to_me(session, make.actor(helper)) == []
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
