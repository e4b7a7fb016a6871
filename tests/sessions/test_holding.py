"""Holding a session: steps, floor, silence, who leads, and what happens when somebody goes."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from cop.gatherings.models import Gathering
from cop.groups.certainty import OPEN_AFTER
from cop.members.events import MemberLeft, PseudonymEnds
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.live import LiveEvent
from cop.platform.worker import run_due
from cop.sessions import (
    afterwards,
    among,
    handlers,
    holding,
    letting_in,
    methods,
    queries,
    speaking,
    stepping,
    writing,
)
from cop.sessions.models import SessionEntry, SessionParticipant, SessionState, SpeakingTurn
from cop.sessions.permissions import ENTRIES, SESSIONS, EntryPermission, SessionPermission
from cop.spaces.circles import CircleMembership
from tests.sessions.table import table
from tests.support.meanwhile import meanwhile


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


def test_what_comes_late_stands_in_the_step_in_which_it_was_written(session, make, now):
    at = table(make)
    for step in (0, 1):
        stepping.go_on(session, at.actor(), at.id, 1, step, now)
    one = at.actor(at.others[0])
    told = (((1, 1), (1, 1), True), ((1, 2), (1, 2), False), ((1, 4), (1, 2), False))
    for number, (said_at, stands_at, is_seen) in enumerate((*told, ((0, 1), (1, 2), False))):
        made = writing.contribute(
            session, one, at.id, "question", f"Wie {number}?", f"k{number}", now, at=said_at
        )
        assert ((made.round, made.step), made.shown_at is not None) == (stands_at, is_seen)
    stepping.begin_again(session, at.actor(), at.id, 1, now)
    made = writing.contribute(session, one, at.id, "direction", "Toen.", "z", now, at=(1, 2))
    assert (made.round, made.step, made.shown_at) == (1, 2, now)
    # A step that the method does not have is none.
    made = writing.contribute(session, one, at.id, "direction", "Nu.", "y", now, at=(1, 99))
    assert (made.round, made.step) == (2, 0)


def test_what_was_written_in_silence_waits_also_when_who_leads_stepped_back(session, make, now):
    at = table(make)
    for step in (0, 1):
        stepping.go_on(session, at.actor(), at.id, 1, step, now)
    stepping.go_back(session, at.actor(), at.id, 1, 2, now)
    one = at.actor(at.others[0])
    made = writing.contribute(session, one, at.id, "feedback", "Ik zie.", "a", now, at=(1, 2))
    assert ((made.round, made.step), made.shown_at) == ((1, 2), None)
    for step in (1, 2):
        stepping.go_on(session, at.actor(), at.id, 1, step, now)
    session.refresh(made)
    assert made.shown_at == now


def test_an_entry_sent_twice_is_one_and_only_its_author_changes_it(session, make, now):
    at = table(make)
    one, two = (at.actor(m) for m in at.others[:2])
    first = writing.contribute(session, one, at.id, "question", "Wie was erbij?", "k1", now)
    again = writing.contribute(
        session, one, at.id, "feedback", "Wie was erbij, en wie niet?", "k1", now
    )
    assert again.id == first.id
    assert (first.kind, first.text) == ("feedback", "Wie was erbij, en wie niet?")
    assert first.changed_at
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
    late = writing.contribute(session, one, at.id, "question", "Wie was erbij?", "k1", now)
    assert (late.id, late.text) == (first.id, None), (
        "a retry of what was struck brings nothing back"
    )


def test_what_one_device_strikes_another_does_not_bring_back(app, make, now):
    at = table(make)
    who = at.actor(at.others[0])
    for again in (
        lambda s, id: writing.change(s, who, id, "Toch weer", now),
        lambda s, _id: writing.contribute(s, who, at.id, "question", "Toch weer", "k", now),
    ):
        with unit_of_work() as session:
            session.execute(delete(SessionEntry))
            id = writing.contribute(session, who, at.id, "question", "Wie?", "k", now).id
        meanwhile(
            app,
            lambda s: writing.strike(s, who, id, now),  # noqa: B023
            lambda s: again(s, id),  # noqa: B023
        )
        with unit_of_work() as session:
            assert session.get_one(SessionEntry, id).text is None


def test_contributions_have_a_bound_and_the_newest_is_never_missing(session, make, now):
    at = table(make)
    who, mine = at.actor(at.others[0]), at.participant(session, at.others[0])
    values = {"session_id": at.id, "round": 1, "step": 0, "kind": "question", "at": now}
    for one in (mine, at.participant(session, at.others[1]), at.participant(session, at.others[2])):
        for n in range(writing.MOST_ENTRIES - 1):
            row = {"participant_id": one.id, "text": "Wie?", "key": f"k{n}", "shown_at": now}
            session.add(SessionEntry(**values | row))
    session.flush()
    last = writing.contribute(session, who, at.id, "question", "De laatste", "z", now)
    with pytest.raises(Refused):
        writing.contribute(session, who, at.id, "question", "Te veel", "te veel", now)
    shown = queries.entries(session, at.actor(), at.now_held(session))
    assert len(shown) == 3 * writing.MOST_ENTRIES - 2
    assert shown[-1].id == last.id
    for n in range(afterwards.MOST_TAKEN):
        afterwards.take_along(session, who, at.id, "Bellen", None, f"k{n}", now)
    with pytest.raises(Refused):
        afterwards.take_along(session, who, at.id, "Te veel", None, "te veel", now)


def test_a_session_that_nobody_closed_ends_by_itself_and_lets_nobody_in_late(
    make, browser, set_clock
):
    at = table(make)
    ahead, late_begun = (table(make, begun=False, soon=True) for _ in range(2))
    over = max(each.gathering.ends_at for each in (at, ahead, late_begun)) + OPEN_AFTER
    with unit_of_work() as session:
        stepping.start(session, late_begun.actor(), late_begun.id, over)
    states = []
    for moment in (at.gathering.ends_at, over - OPEN_AFTER + timedelta(minutes=1), over):
        with unit_of_work() as session:
            stepping.end_forgotten(session, {}, moment)
            states.append([each.now_held(session).state for each in (at, ahead, late_begun)])
    assert states == [
        ["running", "prepared", "running"],
        ["running", "prepared", "running"],
        ["closed", "prepared", "running"],
    ]
    set_clock(over)
    run_due()
    with reading() as session:
        told = session.scalars(select(Notification.member_id)).all()
        assert {m.id for m in (at.lead, *at.others)} <= set(told), "all are asked to look back"
    # Who was in comes back; who was not does not, also where it was never held.
    for each, finds in ((at, 404), (ahead, 404), (late_begun, 200)):
        assert browser(each.absent).get(f"/sessies/{each.id}/binnenkomen").status_code == finds
    for member, finds in ((ahead.others[0], None), (ahead.absent, NotFound)):
        with unit_of_work() as session, pytest.raises(finds) if finds else nullcontext():
            holding.come_in(session, ahead.actor(member), ahead.id, over)
    unused = make.group_date(ahead.group, ahead.lead)
    chosen = methods.shipped("intervisie")["balint"]
    with unit_of_work() as session, pytest.raises(Refused):
        holding.prepare(session, ahead.actor(), unused.id, chosen, unused.ends_at + OPEN_AFTER)


def test_what_cannot_be_a_contribution_is_refused_and_leaves_nothing(session, make, now):
    at = table(make)
    for kind, text, key, field in (
        ("question", "x" * 100_000, "a", "text"),
        ("question", "   ", "a", "text"),
        ("mening", "Iets", "a", "kind"),
        ("question", "Iets", "", None),
        ("question", "Iets", "k" * 65, None),
        ("question", "Iets", "k\n", None),
    ):
        with pytest.raises(Refused) as refused:
            writing.contribute(session, at.actor(at.others[0]), at.id, kind, text, key, now)
        assert refused.value.field == field, (kind, text[:9], key)
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


def test_who_observes_keeps_out_of_the_rounds_until_the_last_step(session, make, now):
    at = table(make, others=2)
    watches, brings = (at.participant(session, member) for member in at.others)
    holding.let_present(session, at.actor(), at.id, brings.id, now)
    for one in (brings, at.participant(session, at.lead)):
        with pytest.raises(Refused):
            holding.give_role(session, at.actor(), at.id, "observes", one.id, now)
    with pytest.raises(NotFound):
        holding.give_role(session, at.actor(at.others[0]), at.id, "observes", watches.id, now)
    for role in ("observes", "takes_notes"):
        holding.give_role(session, at.actor(), at.id, role, watches.id, now)
    assert (watches.observes, watches.takes_notes) == (True, True)
    holding.give_role(session, at.actor(), at.id, "takes_notes", brings.id, now)
    assert (watches.takes_notes, brings.takes_notes) == (False, True)

    def had_a_turn():
        had = []
        while len(had) < 5:
            speaking.next_in_round(session, at.actor(), at.id, had[-1] if had else None, now)
            speaker = select(SessionParticipant.id).where(SessionParticipant.speaking_since == now)
            if (found := session.scalar(speaker)) is None:
                return set(had)
            had.append(found)
        raise AssertionError("a round ends")

    last = len(at.now_held(session).its_method.steps) - 1
    assert watches.id not in had_a_turn()
    for step in range(last):
        stepping.go_on(session, at.actor(), at.id, 1, step, now)
    assert watches.id in had_a_turn()
    holding.let_present(session, at.actor(), at.id, watches.id, now)
    assert not watches.observes


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


def test_a_session_begins_from_some_hours_before_its_confirmed_date(make, browser):
    at = table(make, begun=False)
    lead, other = browser(at.lead), browser(at.others[0])
    begin, url, now = "Begin the session", f"/sessies/{at.id}", clock.now()
    near = {"starts_at": now + among.OPEN_BEFORE, "provisional": False, "cancelled_at": None}

    def dated(**values):
        with unit_of_work() as session:
            session.execute(update(Gathering).values(near | values))
            # Who leads is at no screen now.
            at.participant(session, at.lead).seen_at = now - timedelta(days=1)

    for values, why in (
        ({"starts_at": now + among.OPEN_BEFORE + timedelta(hours=1)}, "The session can begin from"),
        ({"provisional": True}, "This date is not confirmed yet"),
        ({"cancelled_at": now}, "This date was cancelled"),
    ):
        dated(**values)
        assert "I facilitate" not in other.get(url).text, "nobody stands in yet"
        with unit_of_work() as session, pytest.raises(Refused):
            holding.take_over(session, at.actor(at.others[0]), at.id, now)
        shown = lead.get(url).text
        assert why in shown
        assert begin not in shown
        assert lead.post(f"{url}/begin").status_code == 302
        assert lead.get(url).text.count(why) == 2, "what the button says, and the page"
        with reading() as session:
            assert at.now_held(session).state == SessionState.PREPARED
    dated()
    assert "I facilitate" in other.get(url).text
    other.post(f"{url}/overnemen")
    assert begin in other.get(url).text
    lead.post(f"{url}/overnemen")
    assert begin in lead.get(url).text
    lead.post(f"{url}/begin")
    with reading() as session:
        assert at.now_held(session).state == SessionState.RUNNING


def test_a_facilitator_who_leaves_hands_over_to_the_second_who_is_there(session, make):
    now = clock.now()
    at = table(make, now=now)
    second = at.participant(session, at.others[0])
    holding.make_second(session, at.actor(), at.id, second.id, True, now)
    holding.leave(session, at.actor(), at.id, now)
    session.refresh(second)
    assert second.leads
    assert stepping.go_on(session, at.actor(at.others[0]), at.id, 1, 0, now)


def test_who_is_back_under_another_name_begins_anew_and_nobody_waits_for_a_name_that_ended(
    make, now
):
    at = table(make, others=2)
    one, lead = at.others[0], at.lead
    with unit_of_work() as session:
        said = writing.contribute(session, at.actor(one), at.id, "question", "Wie?", "a", now).id
        writing.keep_note(session, at.actor(one), at.id, "Van mij", 0, now)
        old = at.participant(session, one).id
        session.delete(session.get(CircleMembership, (at.group.circle_id, one.id)))
    name = make.pseudonym(one, at.group.circle)
    make.agree(one, at.group)
    who = at.actor(one)
    with reading() as session:
        assert SESSIONS.held(session, who, at.id) == {SessionPermission.COME_IN}
    with unit_of_work() as session:
        new = holding.come_in(session, who, at.id, now)
        assert (new.persona_id, new.id != old) == (name.id, True)
        assert holding.come_in(session, who, at.id, now).id == new.id
        assert writing.note_of(session, who, at.id) == ("Van mij", 1)
        was = session.get_one(SessionParticipant, old)
        assert (was.member_id, was.persona_id) == (None, make.persona(one).id)
        assert was.left_at is not None
        assert session.get_one(SessionEntry, said).participant_id == old
    # The name of who led ends: nobody waits for them to lead, or for them to speak.
    with unit_of_work() as session:
        speaking.give_floor(session, at.actor(), at.id, at.participant(session, lead).id, now)
        handlers.end_pseudonym(session, PseudonymEnds(persona_id=make.persona(lead).id), now)
    with unit_of_work() as session:
        led = at.participant(session, lead)
        assert (led.leads, led.may_lead, led.speaking_since) == (False, False, None)
        assert led.left_at is not None
        # Who leaves the community is not waited for either, under the name that ends with it.
        two = at.participant(session, at.others[1])
        persona_id, two.leads = two.persona_id, True
        session.flush()
        left = MemberLeft(member_id=at.others[1].id, persona_id=persona_id)
        handlers.cut_loose(session, left, now)
        assert (two.member_id, two.leads, two.left_at) == (None, False, now)


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


def test_who_was_shown_out_can_be_let_in_again(make, browser):
    at, elsewhere, now = table(make), table(make), clock.now()
    one = at.others[0]
    with unit_of_work() as session:
        row = at.participant(session, one)
        holding.make_second(session, at.actor(), at.id, row.id, True, now)
        holding.remove(session, at.actor(), at.id, row.id, now)
    for its, actor in (
        (at, at.actor(one)),
        (at, at.actor(at.others[1])),
        (elsewhere, elsewhere.actor()),
    ):
        with pytest.raises(NotFound), unit_of_work() as session:
            letting_in.let_in(session, actor, its.id, row.id, now)
    page, lead, path = browser(one), browser(at.lead), f"/sessies/{at.id}"
    assert page.get(path).status_code == 404
    assert 'value="let-in"' in lead.get(path).text
    assert 'value="let-in"' not in browser(at.others[1]).get(path).text
    for _ in range(2):  # pressed twice
        lead.post(f"{path}/deelnemers", {"do": "let-in", "who": str(row.id)})
    assert 'value="let-in"' not in lead.get(path).text
    with unit_of_work() as session:
        row = at.participant(session, one)
        assert (row.removed_at, row.may_lead, row.left_at is None) == (None, False, False)
    assert page.get("/meldingen").text.count("come into your session again") == 1
    assert page.get(path).status_code == 200
    with unit_of_work() as session:
        assert at.participant(session, one).left_at is None


def test_who_stands_in_cannot_show_out_who_facilitates_the_group(session, make):
    now = clock.now()
    at = table(make, now=now)
    stands_in = at.others[0]
    later = now + timedelta(minutes=10)  # nothing was heard of who led
    holding.take_over(session, at.actor(stands_in), at.id, later)
    lead = at.participant(session, at.lead)
    with pytest.raises(Refused):
        holding.remove(session, at.actor(stands_in), at.id, lead.id, later)
    assert lead.removed_at is None
    other = at.participant(session, at.others[1])
    holding.remove(session, at.actor(stands_in), at.id, other.id, later)
    assert other.removed_at == later


def test_notes_are_ones_own(session, make, now):
    at = table(make)
    writing.keep_note(session, at.actor(at.others[0]), at.id, "Alleen voor mij", 0, now)
    assert writing.note_of(session, at.actor(at.others[0]), at.id) == ("Alleen voor mij", 1)
    assert writing.note_of(session, at.actor(), at.id) == ("", 0)


def test_notes_of_one_device_are_not_written_over_unseen_by_another(make, browser, now):
    at = table(make)
    one = at.others[0]
    here, there = browser(one), browser(one)
    url = f"/sessies/{at.id}"
    here.post(f"{url}/notities", {"note": "Op de telefoon", "version": "0"})
    late = there.post(f"{url}/notities", {"note": "Op de laptop", "version": "0"})
    assert late.status_code == 422
    assert "Op de telefoon" in late.text
    assert "Op de laptop" in late.text
    assert 'name="version" value="1"' in late.text
    assert there.post(f"{url}/notities", {"note": "Beide", "version": "1"}).status_code == 302
    with unit_of_work() as session:
        who = at.actor(one)
        assert writing.keep_note(session, who, at.id, "Beide", 0, now) == 2, "sent twice it is one"
        assert writing.note_of(session, who, at.id) == ("Beide", 2)
        told = session.scalars(
            select(LiveEvent.kind).where(LiveEvent.audience.like("session-own:%"))
        )
        assert set(told) == {"note"}


def test_words_of_a_session_are_encrypted_in_the_database(make, now):
    from sqlalchemy import text

    at = table(make)
    with unit_of_work() as session:
        who = at.actor(at.others[0])
        writing.contribute(session, who, at.id, "question", "geheimwoord", "a", now)
        writing.keep_note(session, who, at.id, "geheimwoord", 0, now)
        afterwards.take_along(session, who, at.id, "geheimwoord", None, "a", now)
        for table_, column in (
            ("session_entry", "text"),
            ("session_note", "text"),
            ("follow_up", "action"),
        ):
            stored = session.execute(text(f"SELECT {column} FROM {table_}")).scalar_one()
            assert b"geheimwoord" not in bytes(stored)
