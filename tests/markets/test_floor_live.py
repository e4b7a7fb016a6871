"""The screens of a market: every event as every kind of person, and what each of them is sent."""

import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from cop.markets import contacts, floor, hosting, rounds, stall_desk, stall_talk
from cop.markets.announcing import Terms
from cop.markets.floor_among import GONE_AFTER
from cop.markets.floor_live import FRESH
from cop.markets.floor_models import (
    FloorCall,
    FloorPerson,
    HostAct,
    MarketContact,
    MarketFloor,
    QuestionVote,
    StallItem,
    StallMessage,
    StallNote,
    StallQuestion,
    StallVisit,
)
from cop.markets.models import Market
from cop.members.models import SignIn, SiteRole
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.live import commands, last_number
from cop.platform.worker import run_due
from tests.markets.hall import Hall
from tests.support import live as real

FORGED = (0, 987_654, 2**31 - 1)
FORGERS = {"host", "not signed up"}  # who may most, and who may nothing
EVERYBODY = {"market", "market-places", "market-own"}
HEARS = {
    "host": {*EVERYBODY, "market-lead", "stall"},
    "holder": {*EVERYBODY, "stall"},
    "at the stall": {*EVERYBODY, "stall"},
    "muted": {*EVERYBODY, "stall"},
    "elsewhere": EVERYBODY,
    "not inside": set(),
    "gone home": set(),
    "removed": set(),
    "not signed up": set(),
    "host of another": set(),
    "moderator": set(),
    "administrator": set(),
}
SPEAKERS = {"host", "holder", "at the stall"}
HERE = {*SPEAKERS, "muted"}
INSIDE = {*HERE, "elsewhere"}
MET = {*INSIDE, "gone home"}
TENDERS = {"host", "holder"}
HOSTS = {"host"}
# Who may send what. What a frame names is filled in from the scene: `$stall`, `$message`, …
TABLE: dict[str, tuple[set[str], dict[str, Any]]] = {
    "market.round": (HOSTS, {"market": "$market", "do": "notice", "round": 0}),
    "market.time": (HOSTS, {"market": "$market", "until": "$until", "minutes": 1}),
    "market.by-clock": (HOSTS, {"market": "$market", "on": False}),
    "market.announce": (HOSTS, {"market": "$market", "text": "Pauze.", "key": "$key"}),
    "market.move": (HOSTS, {"market": "$market", "who": "$who", "stall": 0, "reason": "Vol."}),
    "market.mute": (HOSTS, {"market": "$market", "who": "$who", "muted": True, "reason": "Rust."}),
    "market.remove": (HOSTS, {"market": "$market", "who": "$who", "reason": "Weg."}),
    "market.readmit": (HOSTS, {"market": "$market", "who": "$who", "reason": "Terug."}),
    "market.helped": (HOSTS, {"market": "$market", "who": "$who"}),
    "market.offer": (HOSTS, {"market": "$market", "who": "$who"}),
    "market.host": (set(), {"market": "$market", "accept": True}),  # nobody is asked
    "market.walk": (INSIDE, {"market": "$market", "stall": "$there"}),
    "market.follow": (INSIDE, {"market": "$market"}),
    "market.help": (INSIDE, {"market": "$market", "up": True}),
    "market.contact": (MET, {"market": "$market", "who": "$other", "said": "bel mij"}),
    "market.answer": (set(), {"contact": "$contact", "agree": True, "said": "mail mij"}),
    "stall.say": (SPEAKERS, {"stall": "$stall", "text": "Hallo.", "key": "$key"}),
    "stall.ask": (SPEAKERS, {"stall": "$stall", "text": "Hoe?", "key": "$key"}),
    "stall.vote": (HERE, {"question": "$question", "wants": True}),
    "stall.answered": (TENDERS, {"question": "$question", "done": True}),
    "stall.talk": (SPEAKERS, {"stall": "$stall", "wants": True}),
    "stall.turn": (TENDERS, {"stall": "$stall", "who": 0}),
    "stall.note": (TENDERS, {"stall": "$stall", "text": "Notitie", "version": 1}),
    "stall.link": (SPEAKERS, {"stall": "$stall", "url": "https://example.org", "key": "$key"}),
    "stall.strike": (TENDERS, {"what": "message", "id": "$message"}),
}
# Other things that the same commands take.
MORE: list[tuple[str, set[str], dict[str, Any]]] = [
    ("stall.turn", TENDERS, {"stall": "$stall", "who": "$asker"}),
    ("stall.strike", TENDERS, {"what": "question", "id": "$question"}),
    ("stall.strike", TENDERS, {"what": "item", "id": "$item"}),
]
SILENT = {"market.seen"}  # says nothing about whether there is anything
CHANGING = (
    FloorCall,
    FloorPerson,
    HostAct,
    MarketContact,
    MarketFloor,
    QuestionVote,
    StallItem,
    StallMessage,
    StallNote,
    StallQuestion,
    StallVisit,
)


@pytest.fixture
def base(app, database, database_urls) -> Iterator[str]:
    folder = app.config["SETTINGS"].data_dir
    with real.running(database_urls[database], folder, unslowed=True) as address:
        yield address


class Scene:
    """A round goes on at a stall where something of everything lies."""

    def __init__(self, make: Any) -> None:
        now = clock.now()
        hall = self.hall = Hall(make, visitors=9, stalls=2)
        holder, here, muted, elsewhere, home, removed, asker, other, whom = hall.visitors
        self.stall, there = hall.stalls
        hall.begin()
        for member in (hall.host, holder, here, muted, home, asker):
            hall.walk(member, self.stall)
        hall.walk(elsewhere, there)
        ids = {member: hall.person(member).id for member in hall.visitors}
        with unit_of_work() as session:
            host, who = hall.actor(), hall.actor(asker)
            self.message = stall_talk.say(session, who, self.stall, "Eerst.", "a", now).id
            self.question = stall_talk.ask(session, who, self.stall, "Wat?", True, "a", now).id
            stall_desk.write_note(session, hall.actor(holder), self.stall, "Een", 0, now)
            hosting.mute(session, host, hall.id, ids[muted], True, "Rust.", now)
            hosting.remove(session, host, hall.id, ids[removed], "Weg.", now)
            self.item = stall_desk.leave_link(
                session, who, self.stall, "Wijzer", "https://example.org/wijzer", "a", now
            ).id
            self.contact = contacts.ask(
                session, hall.actor(other), hall.id, ids[whom], "bel mij", now
            ).id
        with unit_of_work() as session:
            floor.leave(session, hall.actor(home), hall.id, now)
        nearby = Hall(make, visitors=2)
        # What is there, but of another market.
        self.elsewhere = {
            "market": nearby.id,
            "stall": nearby.stalls[0],
            "who": nearby.person(nearby.visitors[0]).id,
        }
        self.until = str(round(hall.floor().ends_at.timestamp() * 1000))
        self.names = {
            "$market": hall.id,
            "$stall": self.stall,
            "$there": there,
            "$who": ids[whom],
            "$other": ids[other],
            "$asker": ids[asker],
            "$item": self.item,
            "$message": self.message,
            "$question": self.question,
            "$contact": self.contact,
            "$until": self.until,
        }
        self.everybody = {
            "host": hall.host,
            "holder": holder,
            "at the stall": here,
            "muted": muted,
            "elsewhere": elsewhere,
            "gone home": home,
            "removed": removed,
            "not inside": hall.late,
            "not signed up": make.member(),
            "host of another": nearby.host,
            "moderator": make.member(site_role=SiteRole.MODERATOR),
            "administrator": make.member(site_role=SiteRole.ADMINISTRATOR),
        }

    def data(self, said: dict[str, Any]) -> dict[str, Any]:
        key = str(uuid.uuid4())
        names = self.names | {"$key": key}
        return {n: names.get(v, v) if isinstance(v, str) else v for n, v in said.items()}


def _facts() -> list[Any]:
    """Everything that commands could have changed; signs of life aside."""
    with unit_of_work() as session:
        facts: list[Any] = []
        for model in CHANGING:
            columns = [c for c in model.__table__.columns if c.name != "seen_at"]
            facts.append(
                [
                    tuple(row)
                    for row in session.execute(
                        select(*columns).order_by(*model.__table__.primary_key)
                    )
                ]
            )
        facts.append(session.execute(select(Market.id, Market.state).order_by(Market.id)).all())
        return facts


def test_every_command_of_a_market_stands_in_the_table():
    known = {n for n in commands.names() if n.startswith(("market.", "stall."))}
    assert known == {*TABLE, *SILENT}


def test_who_hears_and_who_sends_what(app, make, base):
    scene = Scene(make)
    with pytest.raises(real.Refused):
        real.Screen(base)  # a visitor
    screens = {
        person: real.Screen(base, real.cookie_of(app, member))
        for person, member in scene.everybody.items()
    }
    audiences = [
        *((kind, scene.hall.id) for kind in (*sorted(EVERYBODY), "market-lead")),
        ("stall", scene.stall),
    ]
    for person, screen in screens.items():
        for kind, id in audiences:
            joins = screen.listen(f"{kind}:{id}", None)["ok"]
            assert joins is (kind in HEARS[person]), (person, kind)
            for forged in FORGED if person in FORGERS else ():
                assert screen.listen(f"{kind}:{forged}") == {"ok": False}, (person, kind)
        for member in scene.everybody.values():  # somebody's own, by any name
            name = f"market-own:{scene.hall.id}:member:{member.id}"
            assert screen.listen(name) == {"ok": False}, (person, name)
    # Whoever may not: the same answer as for what is not there, and nothing changes.
    before = _facts()
    every = [*((name, may, said) for name, (may, said) in TABLE.items()), *MORE]
    for name, may, said in every:
        for person, screen in screens.items():
            data = scene.data(said)
            forged_data = [
                data | {field: forged}
                for field in data
                if field in ("market", "stall", "question", "contact", "id", "who")
                and said[field] not in (0, "$there")
                for forged in (
                    (*FORGED, scene.elsewhere.get(field, 0)) if person in FORGERS else ()
                )
                if (field, forged) != ("who", 0) or name != "stall.turn"  # to nobody
            ]
            for sent in ([] if person in may else [data]) + forged_data:
                frame = {"command": name, "key": str(uuid.uuid4()), "data": sent}
                answer = screen.client.call("do", frame, timeout=20)
                assert answer["ok"] is False, (person, name, sent)
                assert answer.get("gone") is True, (person, name, sent, answer)
    assert _facts() == before
    # Whoever may: once, and what they sent, sent again by themselves or by others, changes nothing.
    frames = []
    last = ("market.move", "market.mute", "market.remove")
    for name, may, said in sorted(every, key=lambda one: one[0] in last):
        for person in sorted(may & {"host", "holder", "at the stall"}):
            if name in ("market.walk", "market.follow") and person != "host":
                continue  # who walks away hears no more of the stall
            if name in ("market.walk", "market.follow"):
                data = scene.data(said) | ({"stall": scene.stall} if "stall" in said else {})
                if name == "market.follow":
                    continue
            else:
                data = scene.data(said)
            if name == "stall.note":
                with unit_of_work() as session:
                    version = session.get_one(StallNote, scene.stall).version
                data |= {"version": version, "text": f"Van {person}"}
            frame = {"command": name, "key": str(uuid.uuid4()), "data": data}
            answer = screens[person].client.call("do", frame, timeout=20)
            assert answer["ok"] is True, (person, name, answer)
            frames.append((person, may, frame, answer))
    after = _facts()
    stolen_once = set()
    for person, may, frame, answer in frames:
        again = screens[person].client.call("do", frame, timeout=20)
        assert again == answer, frame["command"]
        if frame["command"] in stolen_once:
            continue
        stolen_once.add(frame["command"])
        for other, screen in screens.items():
            if other in may or other == person:
                continue
            stolen = screen.client.call("do", frame, timeout=20)
            assert stolen.get("gone") is True, (other, frame["command"])
    assert _facts() == after
    time.sleep(1.5)
    for person, screen in screens.items():
        heard = {event["audience"].partition(":")[0] for event in screen.heard}
        assert heard <= HEARS[person], person
        assert "asker" not in str(screen.heard)
        if person not in SPEAKERS | {"muted"}:
            assert "Eerst." not in str(screen.heard), person
            assert "Hallo." not in str(screen.heard), person
    for screen in screens.values():
        screen.close()


def _who_is_removed_is_closed_at_once_and_hears_nothing_more(app, make, base):
    hall = Hall(make)
    out, signed_out = hall.visitors[2:4]
    for member in (out, signed_out, hall.host):
        hall.walk(member, hall.stalls[0])
    who = hall.person(out).id
    gone, left, host = (
        real.Screen(base, real.cookie_of(app, m)) for m in (out, signed_out, hall.host)
    )
    names = [
        *(f"{kind}:{hall.id}" for kind in sorted(EVERYBODY)),
        f"stall:{hall.stalls[0]}",
    ]
    for name in names:
        gone.follow(name, 0)
    left.follow(f"stall:{hall.stalls[0]}", 0)
    host.follow(f"market:{hall.id}")
    with unit_of_work() as session:
        session.execute(delete(SignIn).where(SignIn.member_id == signed_out.id))
    took = []
    for _ in range(3):  # the best of three: a machine that has much to do is slow now and then
        assert host.do("market.remove", market=hall.id, who=who, reason="Genoeg.")["ok"]
        asked = time.monotonic()
        assert real.eventually(lambda screen=gone: not screen.client.connected)
        took.append(time.monotonic() - asked)
        if took[-1] < 1.0:
            break
        assert host.do("market.readmit", market=hall.id, who=who, reason="Toch.")["ok"]
        hall.enter(out)
        hall.walk(out, hall.stalls[0])
        gone = real.Screen(base, real.cookie_of(app, out))
        for name in names:
            gone.follow(name, 0)
    assert min(took) < 1.0
    before = len(gone.heard)
    time.sleep(max(0.0, FRESH - took[-1]))
    said = host.do("stall.say", stall=hall.stalls[0], text="Zonder hen.", key="zonder", anyway=True)
    assert said["ok"]
    again = real.Screen(base, real.cookie_of(app, out))
    for name in names:
        assert again.listen(name) == {"ok": False}
    assert len(gone.heard) == before
    assert "Zonder hen." not in str(again.heard)
    assert real.eventually(lambda: not left.client.connected)
    assert "Zonder hen." not in str(left.heard)
    for screen in (again, host):
        screen.close()


def _catching_up_gives_what_was_missed_once_and_struck_words_as_struck(app, make, base):
    hall = Hall(make)
    stall, member = hall.stalls[0], hall.visitors[2]
    for one in (hall.host, member):
        hall.walk(one, stall)
    name = f"stall:{stall}"
    screen = real.Screen(base, real.cookie_of(app, member))
    screen.follow(name)
    screen.client.disconnect()
    now = clock.now()
    with unit_of_work() as session:
        ids = [
            stall_talk.say(session, hall.actor(), stall, f"Regel {n}", f"k{n}", now, True).id
            for n in range(5)
        ]
        stall_talk.strike_message(session, hall.actor(), ids[1], now)
    screen.again()
    told = [e for e in screen.shown[name] if e["kind"] == "message"]
    texts = [(e["subject"], e["data"]["text"]) for e in told]
    assert texts == [
        *((id, None if n == 1 else f"Regel {n}") for n, id in enumerate(ids)),
        (ids[1], None),
    ]
    numbers = [event["number"] for event in screen.shown[name]]
    assert numbers == list(range(1, len(numbers) + 1))
    with unit_of_work() as session:
        kept = select(func.count()).where(StallMessage.stall_id == stall)
        assert session.scalar(kept) == 5
    screen.close()


def _who_stands_where_is_told_together(app, make, base):
    hall = Hall(make, visitors=8, stalls=2)
    name = f"market-places:{hall.id}"
    screen = real.Screen(base, real.cookie_of(app, hall.host))
    screen.follow(name)
    told_before = len(screen.shown[name])
    batches: list[int] = []
    screen.client.on("live", lambda told: (screen._hear(told), batches.append(len(told["events"]))))
    for member in hall.visitors[2:8]:
        hall.walk(member, hall.stalls[0])
    assert real.eventually(lambda: len(screen.shown[name]) >= told_before + 12)
    spots = [e["data"]["spots"] for e in screen.shown[name][told_before:] if e.get("data")]
    last = {spot["stall"]: spot for batch in spots for spot in batch}
    assert last[hall.stalls[0]]["guests"] == 6
    assert len(last[hall.stalls[0]]["people"]) == 6
    assert len(batches) < 12  # twelve changes, fewer messages
    assert all(set(one) >= {"id", "name"} for one in last[hall.stalls[0]]["people"])
    assert "member" not in str(last)
    screen.close()


def _whoever_asks_for_help_and_walks_on_is_found_where_they_stand(app, make, base):
    hall = Hall(make)
    guest = hall.visitors[2]
    name = f"market-lead:{hall.id}"
    screen = real.Screen(base, real.cookie_of(app, hall.host))
    screen.follow(name)
    hall.walk(guest, hall.stalls[0])
    with unit_of_work() as session:
        floor.ask_help(session, hall.actor(guest), hall.id, True, clock.now())

    def stands() -> list[int | None]:
        told = [event["data"]["hands"] for event in screen.shown[name] if event["kind"] == "hand"]
        return [hand["stall"] for hand in told[-1]] if told else []

    assert real.eventually(lambda: stands() == [1])
    hall.walk(guest, hall.stalls[1])
    assert real.eventually(lambda: stands() == [2])
    screen.close()


def _last(audience: str) -> int:
    with unit_of_work() as session:
        return last_number(session, audience)


def _whose_device_is_silent_frees_the_seat_before_the_eyes_of_all(app, make, base):
    hall = Hall(make, visitors=6, terms=Terms(rounds=3, minutes=20, pause=5, seats=3))
    stall = hall.stalls[0]
    holder, _other, gone, dozes, stays, waits = hall.visitors
    for member in (holder, gone, dozes, stays):
        hall.walk(member, stall)
    places, table = f"market-places:{hall.id}", f"stall:{stall}"
    screen = real.Screen(base, real.cookie_of(app, waits))
    near = real.Screen(base, real.cookie_of(app, stays))
    screen.follow(places, _last(places))
    near.follow(table, _last(table))
    ids = {member: hall.person(member).id for member in (gone, dozes)}
    now = clock.now()
    with unit_of_work() as session:
        for member, ago in ((gone, GONE_AFTER), (dozes, GONE_AFTER - timedelta(seconds=6))):
            session.get_one(FloorPerson, ids[member]).seen_at = now - ago

    def seats() -> list[int]:
        """As the map was told, one after the other."""
        told = [event["data"]["spots"] for event in screen.shown[places] if event.get("data")]
        return [spot["guests"] for spots in told for spot in spots if spot["stall"] == stall]

    def away() -> set[int]:
        """As whoever stands there was told last."""
        told = [event["data"]["people"] for event in near.shown[table] if event.get("data")]
        return {one["id"] for one in told[-1] if one["away"]} if told else set()

    def works(check: Any) -> bool:
        return real.eventually(lambda: (run_due(), check())[1])

    assert works(lambda: seats() == [2] and away() == {ids[gone]})
    assert works(lambda: seats() == [2, 1] and away() == set(ids.values()))
    assert len(near.shown[table]) == 2  # each told once
    # One is back, says so by any sign, and has the seat again; a second sign says nothing.
    back = real.Screen(base, real.cookie_of(app, gone))
    for _ in range(2):
        assert back.do("market.seen", market=hall.id)["ok"]
    assert real.eventually(lambda: seats() == [2, 1, 2] and away() == {ids[dozes]})
    assert screen.do("market.walk", market=hall.id, stall=stall)["ok"]
    assert real.eventually(lambda: seats()[-1] == 3)
    # Who touches nothing but a button that leaves them where they are is back as well.
    hall.walk(dozes, stall)
    assert real.eventually(lambda: seats()[-1] == 4 and not away())
    for one in (screen, near, back):
        one.close()


def _after_the_market_nobody_says_a_thing_and_nobody_comes_to_hear_it(app, make, base):
    """Who was there catches up with how it ended."""
    hall = Hall(make)
    guest, stall = hall.visitors[2], hall.stalls[0]
    hall.walk(guest, stall)
    names = [*(f"{kind}:{hall.id}" for kind in sorted(EVERYBODY)), f"stall:{stall}"]
    with unit_of_work() as session:
        rounds.close(session, hall.actor(), hall.id, clock.now())
    was_there, never_came = (
        real.Screen(base, real.cookie_of(app, member)) for member in (guest, hall.late)
    )
    heard = was_there.listen(names[0], 0)
    assert [event["data"]["phase"] for event in heard["events"] if "data" in event] == ["closed"]
    for name in names:
        assert never_came.listen(name) == {"ok": False}, name
    for screen in (was_there, never_came):
        said = screen.do("stall.say", stall=stall, text="Nog iets.", key="laat", anyway=True)
        assert said["gone"] is True
        walked = screen.do("market.walk", market=hall.id, stall=stall)
        assert walked["gone"] is True
        screen.close()


def test_what_a_screen_is_told(app, make, base):
    """Each rule on a market of its own; one server, whose start takes seconds, serves all."""
    _who_is_removed_is_closed_at_once_and_hears_nothing_more(app, make, base)
    _catching_up_gives_what_was_missed_once_and_struck_words_as_struck(app, make, base)
    _who_stands_where_is_told_together(app, make, base)
    _whose_device_is_silent_frees_the_seat_before_the_eyes_of_all(app, make, base)
    _whoever_asks_for_help_and_walks_on_is_found_where_they_stand(app, make, base)
    _after_the_market_nobody_says_a_thing_and_nobody_comes_to_hear_it(app, make, base)
