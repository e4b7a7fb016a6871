"""The screens of a session: who hears and presses what, and that they show the same at once."""

import itertools
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from cop.members.models import SiteRole
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.live import commands
from cop.sessions import holding, stepping, writing
from cop.sessions.models import (
    GroupSession,
    SessionEntry,
    SessionNote,
    SessionParticipant,
    SpeakingTurn,
)
from tests.sessions.table import table
from tests.support import live as real
from tests.support import servers
from tests.support.factories import Factory
from tests.support.site import Site

AUDIENCES = ("session", "session-lead", "session-own")
HEARS = {
    "lead": {"session", "session-lead", "session-own"},
    "second": {"session", "session-own"},
    "participant": {"session", "session-own"},
    "removed": set(),
    "absent": set(),
    "of another session": set(),
    "other member": set(),
    "moderator": set(),
    "administrator": set(),
}
# What everybody who takes part can press, and with what; the rest is the facilitator's alone.
TAKING_PART: dict[str, dict[str, Any]] = {
    "session.contribute": {"kind": "question", "text": "Wie was erbij?", "key": "k"},
    "session.hand": {"up": True},
    "session.note": {"note": "voor mij", "version": 0},
    "session.seen": {},
    "session.take-over": {},
}
LEADING: dict[str, dict[str, Any]] = {
    "session.step": {"do": "next", "round": 1, "step": 0},
    "session.timer": {"do": "pause"},
    "session.floor": {"after": 0},
    "session.let-in": {"who": 0},
    "session.remove": {"who": 0},
}
FORGED = (0, 999_999, 2**31 - 1)


# What one server serves, one after the other, each at a table of its own.
SCENES: list[Callable[[Flask, Factory, str], None]] = []


def scene(played: Callable[[Flask, Factory, str], None]) -> Callable[[Flask, Factory, str], None]:
    SCENES.append(played)
    return played


def test_the_screens_of_a_session(app, make, database, database_urls, subtests) -> None:
    """Each scene is a test; a server takes seconds to begin, so that one serves them all."""
    folder = app.config["SETTINGS"].data_dir
    with real.running(database_urls[database], folder, unslowed=True) as base:
        for played in SCENES:
            with subtests.test(played.__name__):
                played(app, make, base)


def _people(make: Factory):
    """A session that goes on, and everybody who could want to hear it."""
    at, elsewhere = table(make, others=3), table(make)
    now = clock.now()
    with unit_of_work() as session:
        second, _participant, removed = (at.participant(session, m) for m in at.others)
        holding.make_second(session, at.actor(), at.id, second.id, True, now)
        holding.remove(session, at.actor(), at.id, removed.id, now)
    return at, {
        "lead": at.lead,
        "second": at.others[0],
        "participant": at.others[1],
        "removed": at.others[2],
        "absent": at.absent,
        "of another session": elsewhere.lead,
        "other member": make.member(),
        "moderator": make.member(site_role=SiteRole.MODERATOR),
        "administrator": make.member(site_role=SiteRole.ADMINISTRATOR),
    }


def _facts(session_id: int) -> list[Any]:
    """What commands could have changed."""
    with unit_of_work() as session:
        its = session.get_one(GroupSession, session_id)
        return [
            (its.round, its.step, its.paused_at, its.added_seconds, its.opened_through, its.state),
            *(
                session.scalar(select(func.count()).select_from(model))
                for model in (SessionEntry, SessionNote, SpeakingTurn)
            ),
            session.execute(
                select(
                    SessionParticipant.id,
                    SessionParticipant.leads,
                    SessionParticipant.hand_at,
                    SessionParticipant.removed_at,
                ).order_by(SessionParticipant.id)
            ).all(),
        ]


def test_every_command_of_a_session_stands_in_the_table():
    assert {n for n in commands.names() if n.startswith("session.")} == {*TAKING_PART, *LEADING}


@scene
def who_hears_and_who_presses_what(app, make, base):
    at, everybody = _people(make)
    forged = itertools.cycle(FORGED)
    members = itertools.cycle(everybody.values())
    with pytest.raises(real.Refused):
        real.Screen(base)  # a visitor
    screens = {
        person: real.Screen(base, real.cookie_of(app, member))
        for person, member in everybody.items()
    }
    for person, screen in screens.items():
        for kind in AUDIENCES:
            joins = screen.listen(f"{kind}:{at.id}")["ok"]
            assert joins is (kind in HEARS[person]), (person, kind)
            assert screen.listen(f"{kind}:{next(forged)}") == {"ok": False}, (person, kind)
        next(forged)  # the next person asks with another one for each kind
        for member in (everybody["lead"], next(members)):  # somebody's own, by any name
            for name in (f"session-own:{at.id}:member:{member.id}", f"session:{at.id}:{member.id}"):
                assert screen.listen(name) == {"ok": False}, (person, name)
    before = _facts(at.id)
    frames = []
    for person, screen in screens.items():
        for name, data in (LEADING | TAKING_PART).items():
            if person == "lead" or (name in TAKING_PART and HEARS[person]):
                continue
            for id in (at.id, next(forged)):
                frame = {"command": name, "key": str(uuid.uuid4()), "data": data | {"session": id}}
                answer = screen.client.call("do", frame, timeout=10)
                assert answer["ok"] is False, (person, name)
                assert answer.get("gone") is True, (person, name)
                frames.append(frame)
        next(forged)
    assert _facts(at.id) == before
    # Who takes part may press theirs; what they sent, sent again by others, changes nothing.
    sent = []
    for name, data in TAKING_PART.items():
        frame = {
            "command": name,
            "key": str(uuid.uuid4()),
            "data": data | {"session": at.id},
        }
        answer = screens["participant"].client.call("do", frame, timeout=10)
        assert "gone" not in answer, name
        assert answer["ok"] is (name != "session.take-over"), name  # somebody leads it
        sent.append(frame)
    frame = {
        "command": "session.step",
        "key": str(uuid.uuid4()),
        "data": LEADING["session.step"] | {"session": at.id},
    }
    first = screens["lead"].client.call("do", frame, timeout=10)
    assert first == {"ok": True, "answer": {"done": True}}
    sent.append(frame)
    after = _facts(at.id)
    for person, screen in screens.items():
        for frame in sent:
            if person == "lead" or (HEARS[person] and frame["command"] in TAKING_PART):
                continue
            answer = screen.client.call("do", frame, timeout=10)
            assert answer["ok"] is False, (person, frame["command"])
            assert answer.get("gone") is True, (person, frame["command"])
    for frame in sent[:-1]:  # one's own, sent again
        screens["participant"].client.call("do", frame, timeout=10)
    assert screens["lead"].client.call("do", sent[-1], timeout=10) == first
    assert _facts(at.id) == after
    for person, screen in screens.items():
        if HEARS[person]:  # what was told last has come, and with it whatever came before it
            assert real.eventually(lambda s=screen: "state" in {e["kind"] for e in s.heard}), person
    for person, screen in screens.items():
        heard = {event["audience"].partition(":")[0] for event in screen.heard}
        assert heard <= HEARS[person], person
        assert screen.client.connected, person
    for screen in screens.values():
        screen.close()


@scene
def two_facilitators_press_next_together_and_all_screens_follow(app, make, base):
    at = table(make, others=4)
    name = f"session:{at.id}"
    screens = [real.Screen(base, real.cookie_of(app, m)) for m in [at.lead, *at.others]]
    for screen in screens:
        screen.follow(name)
    twice = real.Screen(base, real.cookie_of(app, at.lead))
    numbers = {screen: len(screen.shown[name]) for screen in screens}
    began = time.monotonic()
    answers: list[dict[str, Any]] = []
    pressed = [
        threading.Thread(
            target=lambda s=s: answers.append(
                s.do("session.step", session=at.id, do="next", round=1, step=0)
            )
        )
        for s in (screens[0], twice)
    ]
    for press in pressed:
        press.start()
    for press in pressed:
        press.join()
    assert sorted(a["answer"]["done"] for a in answers) == [False, True]
    for screen in screens:
        assert real.eventually(lambda screen=screen: len(screen.shown[name]) > numbers[screen])
        data = screen.shown[name][-1]["data"]
        assert (data["round"], data["step"], data["runs"]) == (1, 1, True)
    assert time.monotonic() - began < 2
    for screen in [*screens, twice]:
        screen.close()


@scene
def a_timer_says_what_was_left_at_the_servers_moment(app, make, base):
    at = table(make, others=1)
    name = f"session:{at.id}"
    screen = real.Screen(base, real.cookie_of(app, at.lead))
    screen.follow(name)
    for press in ({"do": "pause"}, {"do": "add", "added": 0}, {"do": "resume"}):
        assert screen.do("session.timer", session=at.id, **press)["ok"]

    def last() -> dict[str, Any]:
        return [e["data"] for e in screen.shown[name] if e["kind"] == "state"][-1]

    assert real.eventually(lambda: (last()["runs"], last()["added"]) == (True, 60))
    told = last()
    with unit_of_work() as session:
        its = session.get_one(GroupSession, at.id)
        left = its.timer.left(clock.now()) * 1000
    ran = time.time() * 1000 - told["at"]
    assert abs((told["left"] - ran) - left) < 1000
    screen.close()


@scene
def counts_are_for_who_leads_and_silence_is_kept_until_it_opens(app, make, base):
    at = table(make, others=2)
    screens = [real.Screen(base, real.cookie_of(app, m)) for m in (at.lead, *at.others)]
    name, counts = f"session:{at.id}", f"session-lead:{at.id}"
    now = clock.now()
    with unit_of_work() as session:
        for step in (0, 1):
            stepping.go_on(session, at.actor(), at.id, 1, step, now)
    for screen in screens:
        screen.follow(name)
    screens[0].follow(counts)
    assert screens[1].listen(counts) == {"ok": False}
    for screen, text in zip(screens[1:], ("Ik wacht.", "Ik bel."), strict=True):
        answer = screen.do(
            "session.contribute",
            session=at.id,
            kind="direction",
            text=text,
            key=str(uuid.uuid4()),
        )
        assert answer["ok"], answer
    assert real.eventually(
        lambda: screens[0].shown[counts] and screens[0].shown[counts][-1]["data"]["wrote"] == 2
    )
    for screen in screens:
        assert "Ik wacht." not in str(screen.heard)
        assert not [e for e in screen.shown[name] if e["kind"] == "entry"]
    assert screens[0].do("session.step", session=at.id, do="open", round=1, step=2)["ok"]
    for screen in screens:
        assert real.eventually(
            lambda screen=screen: screen.shown[name] and screen.shown[name][-1]["kind"] == "opened"
        )
        assert screen.shown[name][-1]["data"]["open"] == 2
    # From now on it is seen at once; and what is taken back comes as taken back.
    made = screens[1].do(
        "session.contribute", session=at.id, kind="direction", text="Later.", key="later"
    )["answer"]["entry"]
    assert real.eventually(
        lambda: screens[2].shown[name][-1].get("data", {}).get("text") == "Later."
    )
    with unit_of_work() as session:
        writing.strike(session, at.actor(at.others[0]), made, clock.now())
    late = real.Screen(base, real.cookie_of(app, at.lead))
    late.follow(name)
    told = [e["data"] for e in late.shown[name] if e["subject"] == made and e["kind"] == "entry"]
    assert [(one["struck"], one["text"]) for one in told] == [(True, None)] * 2
    for screen in [*screens, late]:
        screen.close()


@scene
def who_is_shown_out_is_closed_at_once_and_a_second_leads_on(app, make, base):
    at = table(make, others=3)
    name = f"session:{at.id}"
    lead, second, _third, out = screens = [
        real.Screen(base, real.cookie_of(app, m)) for m in (at.lead, *at.others)
    ]
    for screen in screens:
        screen.follow(name)
    lead.follow(f"session-lead:{at.id}")
    with unit_of_work() as session:
        holding.make_second(
            session,
            at.actor(),
            at.id,
            at.participant(session, at.others[0]).id,
            True,
            clock.now(),
        )
        who = at.participant(session, at.others[2]).id
    began = time.monotonic()
    assert lead.do("session.remove", session=at.id, who=who)["ok"]
    assert real.eventually(lambda: not out.client.connected)
    assert time.monotonic() - began < 2
    assert "removed" not in [e["kind"] for e in out.heard]
    # A second facilitator takes over; who led hears no counts any more, and is still there.
    assert second.do("session.take-over", session=at.id)["ok"]
    assert real.eventually(lambda: ("out", {"audience": f"session-lead:{at.id}"}) in lead.other)
    assert lead.client.connected
    assert second.listen(f"session-lead:{at.id}")["ok"]
    assert lead.do("session.timer", session=at.id, do="pause").get("gone")
    assert second.do("session.timer", session=at.id, do="pause")["ok"]
    for screen in screens:
        screen.close()


@scene
def presence_is_by_the_name_in_the_group(app, make, base):
    at = table(make, others=1)
    name = f"session:{at.id}"
    lead, other = (real.Screen(base, real.cookie_of(app, m)) for m in (at.lead, at.others[0]))
    lead.follow(name)
    other.follow(name)
    assert real.eventually(lambda: len(lead.here[name]) == 2)
    with unit_of_work() as session:
        seats = {at.participant(session, m).id for m in (at.lead, at.others[0])}
        handles = {at.participant(session, m).persona.handle for m in (at.lead, at.others[0])}
    assert {who["seat"] for who in lead.here[name].values()} == seats
    assert set(lead.here[name]) == handles
    other.close()
    assert real.eventually(lambda: len(lead.here[name]) == 1)
    lead.close()


@scene
def a_contribution_that_is_far_too_long_is_refused_and_nothing_is_lost(app, make, base):
    at = table(make, others=1)
    screen = real.Screen(base, real.cookie_of(app, at.others[0]))
    answer = screen.do(
        "session.contribute", session=at.id, kind="question", text="x" * 50_000, key="k"
    )
    assert (answer["ok"], answer["field"]) == (False, "text")
    assert screen.do("session.contribute", session=at.id, kind="question", text="Kort.", key="k")[
        "ok"
    ]
    screen.close()


def test_one_process_for_all_and_a_process_for_sockets_serve_the_same() -> None:
    """As `cop serve` does it: threads, and gevent with Redis as the wake-up."""
    folder, redis = servers.scratch(), servers.Redis()
    site = Site(folder, redis_url=redis.url)
    try:
        with site.app.app_context():
            at = table(site.make, others=1)
            cookies = [f"cop={site.cookie(member)}" for member in (at.lead, *at.others)]
        name, up = f"session:{at.id}", True
        for kind in ("all", "live"):
            site.begin("web", "serve", kind)
            site.wait()
            lead, other = (real.Screen(site.url, cookie) for cookie in cookies)
            for screen in (lead, other):
                screen.follow(name)
            before = len(lead.shown[name])
            assert other.do("session.hand", session=at.id, up=up)["ok"]
            assert real.eventually(lambda: len(lead.shown[name]) > before)  # noqa: B023
            assert lead.shown[name][-1]["kind"] == "hand"
            assert real.eventually(lambda: len(lead.here[name]) == 2)  # noqa: B023
            up = not up
            for screen in (lead, other):
                screen.close()
            site.kill("web")
        assert site.trouble() == []
    finally:
        site.stop()
        redis.stop()
        servers.remove(folder)
        real.close_all()
