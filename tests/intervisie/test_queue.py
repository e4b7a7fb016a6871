"""Themes and the queue of a session: one vote each, one case active, asking that may be passed."""

import itertools
import random
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from cop.cases.models import CaseState
from cop.intervisie import queries, queue, themes, undoing
from cop.intervisie.models import CaseAsk, CaseOffer, CaseTurn, OfferState, ThemeVote
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.sessions import holding, seating, speaking, stepping, writing
from cop.sessions.events import SessionStarted
from cop.sessions.models import SessionEntry, SessionParticipant
from tests.cases.walking import walk
from tests.sessions.table import table
from tests.support.meanwhile import meanwhile


def test_each_has_one_vote_and_the_votes_settle_the_theme(session, make, now):
    at = table(make, begun=False)
    one, two, three = (at.actor(m) for m in at.others)
    near = themes.propose(session, one, at.id, "Nabij blijven", "a", now)
    far = themes.propose(session, two, at.id, "Grenzen stellen", "a", now)
    assert themes.propose(session, one, at.id, "Nog eens", "a", now).id == near.id
    themes.vote(session, three, far.id, now)
    themes.vote(session, three, far.id, now)
    assert [(p.text, p.votes) for p in queries.proposals(session, one, at.id)] == [
        ("Grenzen stellen", 2),
        ("Nabij blijven", 1),
    ]
    assert len(session.scalars(select(ThemeVote)).all()) == 3
    themes.settle(session, SessionStarted(session_id=at.id), now)
    assert at.now_held(session).theme == "Grenzen stellen"
    with pytest.raises(NotFound):
        themes.strike(session, one, far.id, now)
    with pytest.raises(NotFound):
        themes.choose(session, one, near.id, now)
    themes.choose(session, at.actor(), near.id, now)
    assert at.now_held(session).theme == "Nabij blijven"
    themes.strike(session, one, near.id, now)
    assert at.now_held(session).theme is None, "who proposed it took it back before it began"


def test_what_cannot_be_a_theme_or_a_question_is_refused(session, make, now):
    at = table(make)
    who = at.actor(at.others[0])
    for text in ("", "   ", "x" * 161, "y" * 100_000):
        with pytest.raises(Refused):
            themes.propose(session, who, at.id, text, "a", now)
        with pytest.raises(Refused):
            queue.offer(session, who, at.id, "a", now, question=text * 4)
    assert not session.scalars(select(CaseOffer)).all()


def test_one_case_is_active_and_the_next_begins_the_steps_anew(session, make, now):
    at = table(make)
    one, two = (at.actor(m) for m in at.others[:2])
    first = queue.offer(session, one, at.id, "a", now, question="Hoe blijf ik in gesprek?")
    assert queue.offer(session, one, at.id, "a", now, question="Anders").id == first.id
    second = queue.offer(session, two, at.id, "a", now, question="Wat zeg ik tegen zijn zus?")
    with pytest.raises(NotFound):
        queue.activate(session, one, first.id, now)
    queue.activate(session, at.actor(), first.id, now)
    queue.activate(session, at.actor(), first.id, now)
    assert at.participant(session, at.others[0]).presents
    stepping.go_on(session, at.actor(), at.id, 1, 0, now)
    queue.activate(session, at.actor(), second.id, now)
    states = dict(session.execute(select(CaseOffer.id, CaseOffer.state)).all())
    assert states == {first.id: OfferState.DONE, second.id: OfferState.ACTIVE}
    assert (at.now_held(session).round, at.now_held(session).step) == (2, 0)
    assert at.participant(session, at.others[1]).presents
    assert not at.participant(session, at.others[0]).presents
    with pytest.raises(NotFound):
        queue.take_back(session, two, second.id, now)


def test_a_case_taken_back_at_that_moment_does_not_become_the_active_one(app, make, now):
    at = table(make)
    one = at.actor(at.others[0])
    with unit_of_work() as session:
        case = queue.offer(session, one, at.id, "a", now, question="Hoe nu?").id
    refused = meanwhile(
        app,
        lambda s: queue.take_back(s, one, case, now),
        lambda s: queue.activate(s, at.actor(), case, now),
    )
    assert isinstance(refused, NotFound)
    with unit_of_work() as session:
        assert session.get_one(CaseOffer, case).state == OfferState.TAKEN_BACK


def test_the_database_itself_holds_one_active_case(session, make, now):
    at = table(make)
    mine = at.participant(session, at.others[0]).id
    session.add_all(
        CaseOffer(session_id=at.id, participant_id=mine, state="active", key=k, at=now)
        for k in "ab"
    )
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_written_case_is_ones_own_and_shared_with_this_group(session, make, now):
    at = table(make)
    author, other = at.others[:2]
    circle = at.group.circle
    shared = walk(make, author).to(CaseState.SHARED, circle, other)
    with pytest.raises(Refused):
        queue.offer(session, at.actor(other), at.id, "a", now, case_id=shared.id)
    made = queue.offer(session, at.actor(author), at.id, "a", now, case_id=shared.id)
    assert made.question is None
    shown = queries.queue(session, at.actor(other), at.id)[0]
    assert shown.case_url == f"/casussen/{shared.id}"
    assert shown.question


def test_asking_goes_on_to_the_next_when_somebody_passes(session, make, now):
    at = table(make)
    lead = at.actor()
    asked = queue.ask_first(session, lead, at.id, now)
    assert queue.ask_first(session, lead, at.id, now).id == asked.id  # pressed twice
    people = {at.participant(session, m).id: m for m in at.others}
    first = people[asked.participant_id]
    other = next(m for m in at.others if m is not first)
    with pytest.raises(NotFound):
        queue.pass_on(session, at.actor(other), asked.id, now)
    queue.pass_on(session, at.actor(first), asked.id, now)
    second = queue.ask_first(session, lead, at.id, now)
    assert second.participant_id != asked.participant_id
    queue.offer(
        session, at.actor(people[second.participant_id]), at.id, "a", now, question="Wat nu?"
    )
    assert session.get_one(CaseAsk, second.id).answer == "brings"
    third = queue.ask_first(session, lead, at.id, now)
    queue.pass_on(session, at.actor(people[third.participant_id]), third.id, now)
    assert queue.ask_first(session, lead, at.id, now) is None


def test_over_fifty_sessions_nobody_is_asked_twice_before_everybody_once(session, make, now):
    at, chance = table(make, begun=False), random.Random(50)
    people = {at.participant(session, m).id: at.actor(m) for m in at.others}
    counts = dict.fromkeys(people, 0)
    for number in range(50):
        then = now + timedelta(weeks=6 * number)
        while (asked := queue.ask_first(session, at.actor(), at.id, then)) is not None:
            counts[asked.participant_id] += 1
            assert max(counts.values()) - min(counts.values()) <= 1, (number, counts)
            who = people[asked.participant_id]
            if chance.random() < 0.5:
                queue.pass_on(session, who, asked.id, then)
                continue
            made = queue.offer(session, who, at.id, str(number), then, question="Hoe nu?")
            queue.activate(session, at.actor(), made.id, then)
            break
        # The next session of the group: what stays is whose turn it was.
        session.execute(delete(CaseAsk))
        session.execute(delete(CaseOffer))


def test_who_leaves_while_being_asked_does_not_hold_the_others_up(session, make, now):
    at = table(make)
    asked = queue.ask_first(session, at.actor(), at.id, now)
    gone = next(m for m in at.others if at.participant(session, m).id == asked.participant_id)
    holding.leave(session, at.actor(gone), at.id, now)
    assert queue.ask_first(session, at.actor(), at.id, now).id != asked.id


def test_nobody_from_outside_reaches_themes_or_cases(make, browser, now):
    at = table(make)
    with unit_of_work() as session:
        who = at.actor(at.others[0])
        theme = themes.propose(session, who, at.id, "Nabij", "a", now).id
        case = queue.offer(session, who, at.id, "a", now, question="Hoe nu?").id
    for person in (at.absent, make.member(), make.member(site_role="administrator")):
        seen = browser(person)
        for path in (
            f"/intervisie/sessies/{at.id}/themas",
            f"/intervisie/themas/{theme}/stem",
            f"/intervisie/themas/{theme}/kies",
            f"/intervisie/themas/{theme}/terug",
            f"/intervisie/sessies/{at.id}/casussen",
            f"/intervisie/casussen/{case}/aan-de-beurt",
            f"/intervisie/casussen/{case}/terug",
            f"/intervisie/sessies/{at.id}/vraag-een-casus",
        ):
            assert seen.post(path, {"theme": "x", "question": "x"}).status_code == 404, path


def _facts(session, at):
    """Everything that a press in the queue changes."""
    session.flush()
    its = at.now_held(session)
    people = select(SessionParticipant.id, SessionParticipant.presents, SessionParticipant.observes)
    offers = select(CaseOffer.id, CaseOffer.state)
    asks = select(CaseAsk.participant_id, CaseAsk.answer)
    turns = select(CaseTurn.member_id, CaseTurn.asked_round, CaseTurn.brought_at)
    entries = select(SessionEntry.id, SessionEntry.shown_at)
    return (
        stepping.place(its),
        *(sorted(map(tuple, session.execute(rows)), key=str) for rows in (people, offers, asks)),
        *(sorted(map(tuple, session.execute(rows)), key=str) for rows in (turns, entries)),
    )


def _undo(session, at, made, kind="case", by=None, now=None):
    undoing.undo(session, at.actor(by), at.id, kind, made.id, now)


def test_a_wrong_case_is_taken_back_with_its_steps_presenter_and_turns(session, make, now):
    at, later, outside = table(make, now=now), now + timedelta(minutes=9), make.member()
    its = at.now_held(session)
    steps = [step | {"mode": "silent"} for step in its.method["steps"]]
    its.method = its.method | {"steps": steps}
    one, two = (at.actor(m) for m in at.others[:2])
    holding.give_role(
        session, at.actor(), at.id, "observes", at.participant(session, at.others[1]).id, now
    )
    first = queue.offer(session, one, at.id, "a", now, question="Hoe blijf ik in gesprek?")
    second = queue.offer(session, two, at.id, "a", now, question="Wat zeg ik tegen zijn zus?")
    was = _facts(session, at)
    queue.activate(session, at.actor(), first.id, now)
    _undo(session, at, first, now=now)
    assert _facts(session, at) == was
    queue.activate(session, at.actor(), first.id, now)
    stepping.go_on(session, at.actor(), at.id, 1, 0, now)
    writing.contribute(session, one, at.id, "question", "Nog niet open", "a", now)
    stepping.give_time(session, at.actor(), at.id, 0, 60, now)
    stepping.pause(session, at.actor(), at.id, now + timedelta(minutes=2))
    was = _facts(session, at)
    queue.activate(session, at.actor(), second.id, later)
    assert _facts(session, at) != was
    # Somebody was still writing on the screen of before: their words come in at its place.
    after = later + timedelta(seconds=2)
    late = writing.contribute(session, one, at.id, "question", "Ook niet", "b", after, at=(1, 1))
    assert late.shown_at == after
    for member in (at.others[0], at.absent, outside):
        with pytest.raises(NotFound):
            _undo(session, at, second, by=member, now=later)
    with pytest.raises(Refused):
        _undo(session, at, first, now=later)
    _undo(session, at, second, now=later + timedelta(seconds=8))
    session.expire(late)
    assert late.shown_at is None
    session.delete(late)
    assert _facts(session, at) == was
    with pytest.raises(Refused):
        _undo(session, at, second, now=later)


def test_what_went_on_since_is_not_taken_back(session, make, now):
    since = now + timedelta(minutes=1)

    def typed(at, one):
        writing.contribute(session, one, at.id, "question", "Wie was erbij?", "a", since)

    def stepped(at, one):
        its = at.now_held(session)
        stepping.go_on(session, at.actor(), at.id, its.round, its.step, since)

    def spoke(at, one):
        who = at.participant(session, at.others[2]).id
        speaking.give_floor(session, at.actor(), at.id, who, since)

    def began_again(at, one):
        stepping.begin_again(session, at.actor(), at.id, at.now_held(session).round, since)

    ways = list(itertools.product((typed, stepped, spoke, began_again), (False, True)))
    tables = [table(make, now=now) for _way in ways]
    for at, (happens, before) in zip(tables, ways, strict=True):
        one, two = (at.actor(m) for m in at.others[:2])
        if before:
            other = queue.offer(session, two, at.id, "a", now, question="Wat nu?")
            queue.activate(session, at.actor(), other.id, now)
        made = queue.offer(session, one, at.id, "a", now, question="Hoe nu?")
        queue.activate(session, at.actor(), made.id, now)
        assert undoing.offered(session, at.now_held(session)), happens
        happens(at, one)
        assert undoing.offered(session, at.now_held(session)) is None, happens
        was = _facts(session, at)
        with pytest.raises(Refused):
            _undo(session, at, made, now=since)
        assert _facts(session, at) == was
    stepping.close(session, at.actor(), at.id, since)
    with pytest.raises(NotFound):
        _undo(session, at, made, now=since)


def test_asking_is_taken_back_until_they_answer(session, make, now):
    at = table(make, now=now)
    was = _facts(session, at)
    asked = queue.ask_first(session, at.actor(), at.id, now)
    who = asked.participant_id
    _undo(session, at, asked, "ask", now=now)
    assert _facts(session, at) == was
    again = queue.ask_first(session, at.actor(), at.id, now)
    assert again.participant_id == who, "whose turn it was it is still"
    queue.pass_on(session, at.actor(), again.id, now)
    with pytest.raises(Refused):
        _undo(session, at, again, "ask", now=now)


def test_a_question_that_is_answered_at_that_moment_is_not_taken_back(app, make, now):
    at = table(make, now=now)
    with unit_of_work() as session:
        asked = queue.ask_first(session, at.actor(), at.id, now)
        who = next(m for m in at.others if at.participant(session, m).id == asked.participant_id)
    refused = meanwhile(
        app,
        lambda s: queue.pass_on(s, at.actor(who), asked.id, now),
        lambda s: _undo(s, at, asked, "ask", now=now),
    )
    assert isinstance(refused, Refused)
    with unit_of_work() as session:
        assert session.get_one(CaseAsk, asked.id).answer == "passes"


def test_who_has_no_screen_brings_a_case_on_the_phone_on_the_table(make, browser, now):
    """Who leads writes down its question; it is theirs, and so is the turn that it takes."""
    at = table(make, others=1)
    sits = make.member("Sien Zonder Scherm")
    make.join(sits, at.group.circle)
    make.agree(sits, at.group)
    lead, url = browser(at.lead), f"/sessies/{at.id}"
    offer = f"/intervisie{url}/casussen"
    assert 'name="brings"' not in lead.get(url).text.split('id="casus-brengen"')[1], "nobody else"
    with unit_of_work() as session:
        handle = make.persona(sits).handle
        theirs = seating.seat(session, at.actor(), at.id, handle, now).id
        asked = queue.ask_first(session, at.actor(), at.id, now)
        if asked.participant_id != theirs:
            queue.pass_on(session, at.actor(), asked.id, now)
            asked = queue.ask_first(session, at.actor(), at.id, now)
        assert asked.participant_id == theirs
    assert "They bring one" in lead.get(url).text
    said = {"question": "Hoe zeg ik nee?", "key": "a"}
    unsaid = lead.post(offer, said)
    assert unsaid.status_code == 422
    assert "Say whose words these are." in unsaid.text
    assert "Hoe zeg ik nee?" in unsaid.text
    assert browser(at.others[0]).post(offer, said | {"brings": str(theirs)}).status_code == 404
    assert lead.post(offer, said | {"brings": str(theirs)}).status_code == 302
    assert "Written down for Sien Zonder Scherm." in lead.get(url).text
    with reading() as session:
        made = session.scalars(select(CaseOffer).where(CaseOffer.question.is_not(None))).all()
        mine = [one for one in made if one.participant_id == theirs]
        assert len(mine) == 1
        assert session.get_one(CaseAsk, asked.id).answer == "brings"
    # Taken back for them, and brought anew: it becomes the active one, and they present.
    back = f"/intervisie/casussen/{mine[0].id}/terug"
    assert browser(at.others[0]).post(back).status_code == 404
    assert lead.post(back).status_code == 302
    lead.post(offer, said | {"brings": str(theirs), "key": "b"})
    with unit_of_work() as session:
        waits = session.scalars(
            select(CaseOffer.id).where(CaseOffer.participant_id == theirs, CaseOffer.key == "b")
        ).one()
        queue.activate(session, at.actor(), waits, now)
        assert session.get_one(SessionParticipant, theirs).presents
        assert queue.turns_of(session, at.group.circle_id)[sits.id].brought_at == now
    # With a screen of their own it is theirs alone.
    with unit_of_work() as session:
        holding.come_in(session, at.actor(sits), at.id, now)
        with pytest.raises(Refused):
            queue.offer(session, at.actor(), at.id, "c", now, question="Nog een?", who=theirs)
        with pytest.raises(NotFound):
            queue.offer(
                session, at.actor(at.others[0]), at.id, "d", now, question="Nog een?", who=theirs
            )


def test_a_written_case_is_brought_by_its_author_alone(session, make, now):
    at = table(make)
    sits = make.member("Sien Zonder Scherm")
    make.join(sits, at.group.circle)
    make.agree(sits, at.group)
    shared = walk(make, at.lead).to(CaseState.SHARED, at.group.circle, at.others[0])
    handle = make.persona(sits).handle
    theirs = seating.seat(session, at.actor(), at.id, handle, now).id
    with pytest.raises(Refused):
        queue.offer(session, at.actor(), at.id, "a", now, case_id=shared.id, who=theirs)


def test_who_leads_takes_a_press_back_by_a_button(make, browser, now):
    at = table(make)
    with unit_of_work() as session:
        who = at.actor(at.others[0])
        case = queue.offer(session, who, at.id, "a", now, question="Hoe nu?").id
    lead, other, url = browser(at.lead), browser(at.others[0]), f"/sessies/{at.id}"
    undo = f"/intervisie{url}/ongedaan"
    lead.post(f"/intervisie/casussen/{case}/aan-de-beurt")
    press = f'formaction="{undo}" name="press" value="case:{case}"'
    assert press in lead.get(url).text
    assert press not in other.get(url).text
    assert other.post(undo, {"press": f"case:{case}"}).status_code == 404
    lead.post(undo, {"press": f"case:{case}"})
    assert "everything is as it was" in lead.get(url).text
    lead.post(undo, {"press": f"case:{case}"})
    page = lead.get(url).text
    assert "something else was pressed since" in page
    assert undo not in page
    assert "No case has its turn yet" in page
