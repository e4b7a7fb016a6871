"""Holding a session: steps, floor, silence, who leads, and what happens when somebody goes."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.live import LiveEvent
from cop.sessions import afterwards, holding, methods, speaking, stepping, writing
from cop.sessions.models import SessionEntry, SessionState, SpeakingTurn
from cop.sessions.permissions import ENTRIES, SESSIONS, EntryPermission, SessionPermission
from tests.sessions.table import table


def test_a_date_has_one_session_whoever_asks_and_how_often(session, make, now):
    at = table(make, begun=False)
    chosen = methods.shipped("intervisie")["balint"]
    again = holding.prepare(session, at.actor(at.absent), at.gathering.id, chosen, now)
    assert again.id == at.id
    assert again.its_method.key == "incident"


def test_two_who_press_next_make_one_step(session, make, now):
    at = table(make)
    holding.make_second(
        session, at.actor(), at.id, at.participant(session, at.others[0]).id, True, now
    )
    assert stepping.go_on(session, at.actor(), at.id, 1, 0, now)
    assert not stepping.go_on(session, at.actor(), at.id, 1, 0, now)
    assert at.now_held(session).step == 1
    assert stepping.give_time(session, at.actor(), at.id, 0, 60, now)
    assert not stepping.give_time(session, at.actor(), at.id, 0, 60, now)
    assert at.now_held(session).added_seconds == 60
    assert stepping.begin_again(session, at.actor(), at.id, 1, now)
    assert not stepping.begin_again(session, at.actor(), at.id, 1, now)
    assert (at.now_held(session).round, at.now_held(session).step) == (2, 0)


def test_the_last_step_is_followed_by_closing_and_closing_is_for_good(session, make, now):
    at = table(make)
    for step in range(5):
        stepping.go_on(session, at.actor(), at.id, 1, step, now)
    with pytest.raises(Refused):
        stepping.go_on(session, at.actor(), at.id, 1, 5, now)
    stepping.close(session, at.actor(), at.id, now)
    assert at.now_held(session).state == SessionState.CLOSED
    for act in (stepping.close, stepping.pause, stepping.start):
        with pytest.raises(NotFound):
            act(session, at.actor(), at.id, now)


def test_what_is_written_in_silence_opens_for_all_together(session, make, now):
    at = table(make)
    stepping.go_on(session, at.actor(), at.id, 1, 0, now)
    stepping.go_on(session, at.actor(), at.id, 1, 1, now)
    one, two = (at.actor(m) for m in at.others[:2])
    mine = writing.contribute(session, one, at.id, "direction", "Ik zou wachten.", "a", now)

    def may(who):
        return SESSIONS and session.scalar(
            ENTRIES.scope(who, EntryPermission.READ).where(SessionEntry.id == mine.id)
        )

    assert may(one)
    assert not may(two)
    assert not may(at.actor())
    stepping.open_writing(session, at.actor(), at.id, 1, 2, now)
    session.expire_all()
    assert may(one)
    assert may(two)
    assert may(at.actor())
    late = writing.contribute(session, two, at.id, "direction", "Ik ook.", "b", now)
    assert late.shown_at is not None


def test_going_on_opens_what_nobody_opened(session, make, now):
    at = table(make)
    for step in (0, 1):
        stepping.go_on(session, at.actor(), at.id, 1, step, now)
    mine = writing.contribute(
        session, at.actor(at.others[0]), at.id, "feedback", "Ik zie.", "a", now
    )
    assert mine.shown_at is None
    stepping.go_on(session, at.actor(), at.id, 1, 2, now)
    session.refresh(mine)
    assert mine.shown_at is not None


def test_an_entry_sent_twice_is_one_and_only_its_author_changes_it(session, make, now):
    at = table(make)
    one, two = (at.actor(m) for m in at.others[:2])
    first = writing.contribute(session, one, at.id, "question", "Wie was erbij?", "k1", now)
    assert writing.contribute(session, one, at.id, "question", "Anders", "k1", now).id == first.id
    assert session.scalar(select(func.count(SessionEntry.id))) == 1
    for stranger in (two, at.actor()):
        for act in (
            lambda: writing.change(session, stranger, first.id, "Mijn woorden", now),  # noqa: B023
            lambda: writing.strike(session, stranger, first.id, now),  # noqa: B023
        ):
            with pytest.raises(NotFound):
                act()
    writing.strike(session, one, first.id, now)
    assert first.text is None
    with pytest.raises(NotFound):
        writing.change(session, one, first.id, "Toch weer", now)


@pytest.mark.parametrize(
    ("kind", "text", "key"),
    [
        ("question", "x" * 100_000, "a"),
        ("question", "   ", "a"),
        ("mening", "Iets", "a"),
        ("question", "Iets", ""),
        ("question", "Iets", "k" * 65),
        ("question", "Iets", "k\n"),
    ],
)
def test_what_cannot_be_a_contribution_is_refused_and_leaves_nothing(
    session, make, now, kind, text, key
):
    at = table(make)
    with pytest.raises(Refused):
        writing.contribute(session, at.actor(at.others[0]), at.id, kind, text, key, now)
    assert session.scalar(select(func.count(SessionEntry.id))) == 0


def test_going_round_gives_everybody_one_turn_and_the_presenter_none(session, make, now):
    at = table(make)
    presenter = at.participant(session, at.others[0])
    holding.let_present(session, at.actor(), at.id, presenter.id, now)
    for step in (0, 1, 2):
        stepping.go_on(session, at.actor(), at.id, 1, step, now)
    last = at.others[-1]
    speaking.raise_hand(session, at.actor(last), at.id, True, now)
    had, after = [], None
    for _turn in range(6):
        speaking.next_in_round(session, at.actor(), at.id, after, now)
        speaking.next_in_round(session, at.actor(), at.id, after, now)  # pressed twice
        spoke = [
            p
            for p in (at.participant(session, m) for m in [at.lead, *at.others])
            if p.speaking_since
        ]
        after = spoke[0].id if spoke else None
        if after is None:
            break
        had.append(after)
    assert had[0] == at.participant(session, last).id
    assert sorted(had) == sorted(at.participant(session, m).id for m in [at.lead, *at.others[1:]])
    assert session.scalar(select(func.count(SpeakingTurn.id))) == len(had)


def test_when_the_facilitator_drops_out_a_second_takes_over_and_else_anybody(session, make):
    now = clock.now()
    at = table(make, now=now)
    second, third = at.others[:2]
    with pytest.raises(Refused):
        holding.take_over(session, at.actor(third), at.id, now)
    holding.make_second(session, at.actor(), at.id, at.participant(session, second).id, True, now)
    later = now + timedelta(minutes=3)
    holding.seen(session, at.actor(second), at.id, later)
    with pytest.raises(Refused):
        holding.take_over(session, at.actor(third), at.id, later)
    holding.take_over(session, at.actor(second), at.id, later)
    assert at.participant(session, second).leads
    assert not at.participant(session, at.lead).leads
    much_later = later + timedelta(minutes=3)
    holding.take_over(session, at.actor(third), at.id, much_later)
    assert at.participant(session, third).leads
    assert not at.participant(session, second).leads


def test_a_facilitator_who_leaves_hands_over_to_the_second_who_is_there(session, make):
    now = clock.now()
    at = table(make, now=now)
    second = at.participant(session, at.others[0])
    holding.make_second(session, at.actor(), at.id, second.id, True, now)
    holding.leave(session, at.actor(), at.id, now)
    session.refresh(second)
    assert second.leads
    assert stepping.go_on(session, at.actor(at.others[0]), at.id, 1, 0, now)


def test_who_is_shown_out_reaches_nothing_from_that_moment(session, make, now):
    at = table(make)
    one = at.others[0]
    entry = writing.contribute(session, at.actor(one), at.id, "question", "Wie?", "a", now)
    holding.remove(session, at.actor(), at.id, at.participant(session, one).id, now)
    for act in (
        lambda: holding.come_in(session, at.actor(one), at.id, now),
        lambda: writing.contribute(session, at.actor(one), at.id, "question", "Nog", "b", now),
        lambda: writing.strike(session, at.actor(one), entry.id, now),
        lambda: SESSIONS.get(session, at.actor(one), SessionPermission.READ, at.id),
    ):
        with pytest.raises(NotFound):
            act()
    kinds = session.scalars(
        select(LiveEvent.kind).where(LiveEvent.audience == f"session:{at.id}")
    ).all()
    assert "removed" in kinds


def test_notes_are_ones_own(session, make, now):
    at = table(make)
    writing.keep_note(session, at.actor(at.others[0]), at.id, "Alleen voor mij", now)
    assert writing.note_of(session, at.actor(at.others[0]), at.id) == "Alleen voor mij"
    assert writing.note_of(session, at.actor(), at.id) == ""


def test_words_of_a_session_are_encrypted_in_the_database(make, now):
    from sqlalchemy import text

    at = table(make)
    with unit_of_work() as session:
        who = at.actor(at.others[0])
        writing.contribute(session, who, at.id, "question", "geheimwoord", "a", now)
        writing.keep_note(session, who, at.id, "geheimwoord", now)
        afterwards.take_along(session, who, at.id, "geheimwoord", None, "a", now)
        for table_, column in (
            ("session_entry", "text"),
            ("session_note", "text"),
            ("follow_up", "action"),
        ):
            stored = session.execute(text(f"SELECT {column} FROM {table_}")).scalar_one()
            assert b"geheimwoord" not in bytes(stored)
