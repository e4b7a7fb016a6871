"""The live part through a real server and real Socket.IO clients: nothing lost, nothing doubled,
nothing to whoever may not know."""

import json
import socket
import threading
import time
import uuid
from collections.abc import Iterator

import pytest
import websocket
from sqlalchemy import func, select, update

from cop.discussions.models import Post
from cop.members.models import SignIn
from cop.platform import clock, live
from cop.platform.db import unit_of_work
from cop.platform.live.keeping import forget_old
from cop.spaces.circles import Visibility
from tests.support import live as real
from tests.support import live_talk, servers
from tests.support.site import free_port


@pytest.fixture
def base(app, database, database_urls) -> Iterator[str]:
    with real.running(database_urls[database], app.config["SETTINGS"].data_dir) as address:
        yield address


@pytest.fixture
def talk(make):
    """(discussion on a private list, two members who read it)."""
    on = make.list(Visibility.PRIVATE)
    members = [make.member(), make.member()]
    for member in members:
        make.join(member, on.circle)
    return make.discussion(on, members[0]), *members


def _posts(discussion) -> list[str]:
    with unit_of_work() as session:
        return list(
            session.scalars(
                select(Post.source)
                .where(Post.discussion_id == discussion.id, Post.number > 1)
                .order_by(Post.number)
            )
        )


def test_two_write_at_once_and_both_read_all_of_it_in_order(app, make, base, talk):
    discussion, *members = talk
    name = f"talk:{discussion.id}"
    screens = [real.Screen(base, real.cookie_of(app, m)) for m in members]
    for screen in screens:
        screen.follow(name)

    def write(screen: real.Screen, word: str) -> None:
        for i in range(6):
            assert screen.do("talk.say", talk=discussion.id, text=f"{word} {i}")["ok"]

    writers = [
        threading.Thread(target=write, args=(screen, word))
        for screen, word in zip(screens, ("een", "twee"), strict=True)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    for screen in screens:
        assert real.eventually(lambda screen=screen: len(screen.shown[name]) == 12)
        assert [e["number"] for e in screen.shown[name]] == list(range(1, 13))
        assert [e["data"]["text"] for e in screen.shown[name]] == _posts(discussion)
        screen.close()


def test_a_retry_changes_nothing_and_is_answered_the_same(app, make, base, talk):
    discussion, author, _other = talk
    screen = real.Screen(base, real.cookie_of(app, author))
    key = str(uuid.uuid4())
    first = screen.do("talk.say", key, talk=discussion.id, text="één keer")
    assert first == {"ok": True, "answer": {"post": 2}}
    answers: list[dict] = []
    again = [  # from other devices, at the same moment
        real.Screen(base, real.cookie_of(app, author)) for _ in range(3)
    ]
    threads = [
        threading.Thread(
            target=lambda s=s: answers.append(
                s.do("talk.say", key, talk=discussion.id, text="één keer")
            )
        )
        for s in again
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [first] * 3
    assert _posts(discussion) == ["één keer"]
    # A key belongs to one command, and to one person.
    assert screen.do("talk.refuse", key)["ok"] is False
    with unit_of_work() as session:
        kept = session.scalars(select(live.LiveCommand)).one()
        assert (kept.who, kept.answer) == (f"member:{author.id}", {"post": 2})
        forget_old(session, {}, clock.now() + live.KEPT_FOR * 2)
        assert session.scalar(select(func.count()).select_from(live.LiveCommand)) == 0
    for one in [screen, *again]:
        one.close()


def test_where_no_websocket_comes_through_long_polling_does_all_of_it(app, make, base, talk):
    discussion, author, reader = talk
    name = f"talk:{discussion.id}"
    polling = real.Screen(base, real.cookie_of(app, reader), transports=("polling",))
    other = real.Screen(base, real.cookie_of(app, author))
    assert polling.client.transport() == "polling"
    with pytest.raises(real.Refused):
        real.Screen(base, transports=("polling",))  # a visitor
    screens = (polling, other)
    for screen in screens:
        screen.follow(name)
    for i in range(4):
        assert screens[i % 2].do("talk.say", talk=discussion.id, text=f"{i}")["ok"]
    for screen in screens:
        assert real.eventually(lambda screen=screen: len(screen.shown[name]) == 4, 30)
    # Away while the other goes on; back, everything is there, once and in order.
    polling.close()
    for i in range(4, 6):
        assert other.do("talk.say", talk=discussion.id, text=f"{i}")["ok"]
    polling.again()
    assert real.eventually(lambda: len(polling.shown[name]) == 6, 30)
    for screen in screens:
        assert real.eventually(lambda screen=screen: len(screen.shown[name]) == 6, 30)
        assert [e["number"] for e in screen.shown[name]] == list(range(1, 7))
        assert [e["data"]["text"] for e in screen.shown[name]] == _posts(discussion)
    # Whoever is removed hears nothing more by this way either.
    assert polling.client.call("clock", timeout=20)["now"] > 0
    with unit_of_work() as session:
        live_talk.remove(session, discussion.id, reader.id, clock.now())
    assert other.do("talk.say", talk=discussion.id, text="geheim")["ok"]
    assert real.eventually(lambda: not polling.client.connected, 30)
    assert "geheim" not in str(polling.shown)
    other.close()


NO_COMMANDS = [  # what is sent in the place of a command
    None,
    "talk.say",
    {"command": "talk.say"},
    {"command": "talk.say", "key": "no key", "data": {"talk": 1, "text": "t"}},
    {"command": "talk.say", "key": 7, "data": {"talk": 1, "text": "t"}},
    {"command": "talk.say", "key": str(uuid.uuid4()), "data": []},
    {"command": "talk.say", "key": str(uuid.uuid4())},
]
BAD_COMMANDS = [  # (command, data, what the answer says beside its sentence)
    ("nothing.such", {}, {"gone": True}),
    (["talk.say"], {}, {"gone": True}),
    ("talk.say", {"talk": "x", "text": "t"}, {"field": "talk"}),
    ("talk.say", {"talk": 2**40, "text": "t"}, {"field": "talk"}),
    ("talk.say", {"talk": True, "text": "t"}, {"field": "talk"}),
    ("talk.say", {"talk": 999999, "text": "t"}, {"gone": True}),
    ("talk.say", {"talk": 1, "text": "x" * 2001}, {"field": "text"}),
    ("talk.say", {"talk": 1, "text": "a\x00b"}, {"field": "text"}),
    ("talk.say", {"talk": 1, "text": "\ud800"}, {"field": "text"}),
    ("talk.say", {"talk": 1, "text": {"a": 1}}, {"field": "text"}),
    ("talk.refuse", {}, {"field": "text", "error": "Not today."}),
    ("talk.crash", {}, {"again": True}),
]


def test_a_command_that_cannot_be_is_answered_with_a_sentence(app, make, talk):
    browser = app.test_client()
    browser.set_cookie(*real.cookie_of(app, talk[1]).split("=", 1))
    client = live.socketio.test_client(app, flask_test_client=browser)
    asked = [(said, {}) for said in NO_COMMANDS] + [
        ({"command": name, "key": str(uuid.uuid4()), "data": data}, told)
        for name, data, told in BAD_COMMANDS
    ]
    for said, told in asked:
        answer = client.emit("do", said, callback=True)
        assert answer["ok"] is False
        assert answer["error"].endswith(".")
        assert "confidential" not in answer["error"]
        assert answer | told == answer, said
    client.disconnect()
    assert _posts(talk[0]) == []


def test_nothing_is_kept_under_the_name_of_who_left(session, make, now):
    leaving, staying = (f"member:{make.member().id}" for _ in range(2))
    for who in (leaving, staying):
        live.once(session, who, str(uuid.uuid4()), "talk.say", now, lambda: {"post": 1})
        live.publish(session, live.own("talk-own", 1, who), "mine", 1, now)
    live.forget_person(session, leaving)
    assert session.scalars(select(live.LiveCommand.who)).all() == [staying]
    for name in (live.LiveEvent.audience, live.LiveAudience.name):
        assert session.scalars(select(name)).all() == [f"talk-own:1:{staying}"]


def test_the_sentence_is_in_the_members_language(app, make, base):
    told = {}
    for language in ("nl", "en"):
        screen = real.Screen(base, real.cookie_of(app, make.member(language=language)))
        told[language] = screen.do("nothing.such")["error"]
        screen.close()
    assert told["nl"] != told["en"]


def test_what_was_struck_comes_as_struck_also_to_whoever_catches_up(app, make, base, talk):
    discussion, author, reader = talk
    name = f"talk:{discussion.id}"
    writer = real.Screen(base, real.cookie_of(app, author))
    for text in ("blijft", "wordt geschrapt"):
        writer.do("talk.say", talk=discussion.id, text=text)
    with unit_of_work() as session:
        session.execute(
            update(Post)
            .where(Post.discussion_id == discussion.id, Post.number == 3)
            .values(deleted_at=clock.now(), source="", html="")
        )
    screen = real.Screen(base, real.cookie_of(app, reader))
    screen.follow(name)
    assert [e["data"] for e in screen.shown[name]] == [{"text": "blijft"}, {"struck": True}]
    for one in (writer, screen):
        one.close()


def test_ones_own_audience_is_heard_by_oneself_alone(app, make, base, talk):
    discussion, author, reader = talk
    own = f"talk-own:{discussion.id}"
    screens = [real.Screen(base, real.cookie_of(app, m)) for m in (author, reader)]
    for screen in screens:
        screen.follow(own)
        forged = screen.listen(f"{own}:member:{author.id}")
        assert forged == {"ok": False}
        assert screen.listen(f"talk-own:{discussion.id}:{author.id}") == {"ok": False}
    screens[0].do("talk.say", talk=discussion.id, text="van mij")
    assert real.eventually(lambda: screens[0].shown[own])
    assert [(e["audience"], e["kind"]) for e in screens[0].heard] == [(own, "mine")]
    time.sleep(0.5)
    assert screens[1].heard == []
    for screen in screens:
        screen.close()


def test_whoever_is_removed_hears_nothing_more_and_is_closed_within_a_second(app, make, base, talk):
    """Removed by another process; what is told right after it does not reach them."""
    discussion, author, removed = talk
    name = f"talk:{discussion.id}"
    screens = [real.Screen(base, real.cookie_of(app, m)) for m in (author, removed)]
    for screen in screens:
        screen.follow(name)
    with unit_of_work() as session:
        live_talk.remove(session, discussion.id, removed.id, clock.now())
        live.publish(session, name, "said", 1, clock.now())
    began = time.monotonic()
    assert real.eventually(lambda: not screens[1].client.connected)
    assert time.monotonic() - began < 2  # a second, and what this machine needs for it
    assert ("out", {"audience": name}) in screens[1].other
    assert screens[1].heard == []
    assert real.eventually(lambda: [e["kind"] for e in screens[0].heard] == ["turned-out", "said"])
    screens[0].close()


def test_a_sign_in_that_ended_may_say_nothing_more(app, make, base, talk):
    discussion, author, _reader = talk
    screen = real.Screen(base, real.cookie_of(app, author))
    screen.follow(f"talk:{discussion.id}")
    with unit_of_work() as session:
        session.execute(SignIn.__table__.delete())
    assert screen.do("talk.say", talk=discussion.id, text="te laat")["ok"] is False
    screen.client.emit("listen", {"audience": f"talk:{discussion.id}", "number": 0})
    assert real.eventually(lambda: not screen.client.connected)
    assert _posts(discussion) == []


def test_a_server_that_was_killed_and_came_back(app, database, database_urls, make, talk):
    """What was said while one was away, and the answer that was lost: all of it, once."""
    discussion, author, reader = talk
    name, port = f"talk:{discussion.id}", free_port()
    url, folder = database_urls[database], app.config["SETTINGS"].data_dir
    key = str(uuid.uuid4())
    with real.running(url, folder, port) as base:
        screens = [real.Screen(base, real.cookie_of(app, m)) for m in (author, reader)]
        for screen in screens:
            screen.follow(name)
        assert screens[0].do("talk.say", key, talk=discussion.id, text="voor")["ok"]
        assert real.eventually(lambda: screens[1].shown[name])
    for screen in screens:  # killed
        assert real.eventually(lambda screen=screen: not screen.client.connected)
    with unit_of_work() as session:
        live_talk.say(
            session,
            make.actor(reader),
            live.Data({"talk": discussion.id, "text": "tijdens"}),
            clock.now(),
        )
    with real.running(url, folder, port) as base:
        for screen in screens:
            screen.again()
        assert screens[0].do("talk.say", key, talk=discussion.id, text="voor")["ok"]  # a retry
        assert screens[0].do("talk.say", talk=discussion.id, text="na")["ok"]
        for screen in screens:
            assert real.eventually(lambda screen=screen: len(screen.shown[name]) == 3)
            assert [e["data"]["text"] for e in screen.shown[name]] == ["voor", "tijdens", "na"]
            screen.close()
    assert _posts(discussion) == ["voor", "tijdens", "na"]


def test_a_heartbeat_tells_the_last_number(app, make, base, talk):
    discussion, author, _reader = talk
    name = f"talk:{discussion.id}"
    screen = real.Screen(base, real.cookie_of(app, author))
    screen.follow(name)
    screen.do("talk.say", talk=discussion.id, text="hallo")
    assert real.eventually(
        lambda: ("beat", {"audience": name, "number": 1, "here": 1}) in screen.other, 15
    )
    screen.close()


def test_who_missed_too_much_or_too_long_ago_is_told_to_load_it_anew(app, make, talk):
    discussion, author, _reader = talk
    name = f"talk:{discussion.id}"
    browser = app.test_client()
    browser.set_cookie(*real.cookie_of(app, author).split("=", 1))
    client = live.socketio.test_client(app, flask_test_client=browser)

    def asked(number: object) -> tuple[int, int, bool]:
        answer = client.emit("listen", {"audience": name, "number": number}, callback=True)
        assert answer["ok"]
        return answer["number"], len(answer["events"]), answer.get("reset", False)

    with unit_of_work() as session:
        for _ in range(live.REPLAY_LIMIT + 1):
            live.publish(session, name, "said", 1, clock.now())
    last = live.REPLAY_LIMIT + 1
    assert asked(None) == (last, 0, False)
    assert asked(0) == (last, 0, True)
    assert asked(1) == (last, live.REPLAY_LIMIT, False)
    assert asked(last) == (last, 0, False)
    assert asked(last + 1) == (last, 0, True)  # of a database that was put back
    with unit_of_work() as session:
        forget_old(session, {}, clock.now() + live.KEPT_FOR * 2)
        live.publish(session, name, "said", 1, clock.now())
    assert asked(last) == (last + 1, 1, False)
    assert asked(last - 1) == (last + 1, 0, True)
    client.disconnect()


def test_who_is_here_is_shown_by_persona_and_forgotten_in_time(app, make, base, talk):
    discussion, author, reader = talk
    name = f"talk:{discussion.id}"
    first = real.Screen(base, real.cookie_of(app, author))
    first.follow(name)
    assert real.eventually(lambda: len(first.here[name]) == 1)
    others = [real.Screen(base, real.cookie_of(app, reader)) for _ in range(2)]
    for other in others:
        other.follow(name)
    assert real.eventually(lambda: len(first.here[name]) == 2)
    assert set(first.here[name]) == {make.persona(m).handle for m in (author, reader)}
    others[0].close()  # one of two devices
    late = real.Screen(base, real.cookie_of(app, author))
    joined = late.follow(name)
    assert len(joined["here"]) == 2
    others[1].close()
    assert real.eventually(lambda: set(first.here[name]) == {make.persona(author).handle})
    # Of what overtakes each other on its way it is known which is the newer.
    assert late.follow(name)["version"] > joined["version"] > 0
    with unit_of_work() as session:  # of a process that was killed
        session.add(
            live.LivePresence(
                audience=name,
                socket="x",
                shown=make.persona(reader).id,
                seen_at=clock.now() - live.KEPT_FOR,
            )
        )
    time.sleep(2.5)
    assert set(first.here[name]) == {make.persona(author).handle}
    for one in (first, late):
        one.close()


def test_clients_learn_the_servers_time(app, make, base):
    screen = real.Screen(base, real.cookie_of(app, make.member()))
    before = time.time() * 1000
    told = screen.client.call("clock", timeout=5)["now"]
    assert before - 5 <= told <= time.time() * 1000 + 5
    screen.close()


def test_who_floods_is_slowed_then_cut_and_others_do_not_notice(app, make, base, talk):
    discussion, calm, wild = talk
    name = f"talk:{discussion.id}"
    flooding = real.Screen(base, real.cookie_of(app, wild))
    quiet = real.Screen(base, real.cookie_of(app, calm))
    quiet.follow(name)
    began = time.monotonic()
    for _ in range(2000):
        if not flooding.client.connected:
            break
        flooding.client.emit("clock")
    waits = []
    while flooding.client.connected and time.monotonic() - began < 20:
        at = time.monotonic()
        assert quiet.do("talk.say", talk=discussion.id, text="rustig")["ok"]
        waits.append(time.monotonic() - at)
        time.sleep(0.3)
    assert not flooding.client.connected
    assert time.monotonic() - began > 2  # slowed first
    assert max(waits) < 2
    with pytest.raises(real.Refused):
        real.Screen(base, real.cookie_of(app, wild))
    assert real.eventually(lambda: len(quiet.shown[name]) == len(waits))
    quiet.close()


def test_who_does_not_read_keeps_nobody_waiting_and_loses_nothing(
    app, database, database_urls, make
):
    """A phone with a bad line: what is for it fills every buffer, and comes when it reads again."""
    on = make.list(Visibility.PRIVATE)
    members = [make.member() for _ in range(3)]
    for member in members:
        make.join(member, on.circle)
    talk, many = make.discussion(on, members[0]), 120
    name = f"talk:{talk.id}"
    folder = app.config["SETTINGS"].data_dir
    with real.running(database_urls[database], folder, unslowed=True) as base:
        cookies = [real.cookie_of(app, member) for member in members]
        slow = websocket.create_connection(
            f"{base.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket",
            cookie=cookies[0],
            origin=base,
            sockopt=((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),),
            timeout=30,
        )
        slow.recv()  # Engine.IO's greeting
        slow.send("40")
        slow.recv()
        slow.send("421" + json.dumps(["listen", {"audience": name, "number": 0}]))
        while not slow.recv().startswith("431"):
            pass
        fast, speaker = (real.Screen(base, cookie) for cookie in cookies[1:])
        fast.follow(name)
        waits = []
        for n in range(many):
            began = time.monotonic()
            assert speaker.do("talk.at_length", talk=talk.id, nth=n)["ok"]
            assert real.eventually(lambda n=n: len(fast.shown[name]) == n + 1)
            waits.append(time.monotonic() - began)
        assert max(waits) < 2
        heard: list[int] = []
        while len(heard) < many:
            text = slow.recv()
            if text == "2":
                slow.send("3")  # alive, as a browser says by itself
            elif text.startswith("42"):
                kind, told = json.loads(text[2:])
                if kind == "live" and told["audience"] == name:
                    heard += [event["number"] for event in told["events"]]
        assert heard == list(range(1, many + 1))
        slow.close()
        for screen in (fast, speaker):
            screen.close()


def test_a_message_that_is_too_large_ends_the_connection_and_nothing_else(app, make, base, talk):
    discussion, author, reader = talk
    large = real.Screen(base, real.cookie_of(app, author))
    other = real.Screen(base, real.cookie_of(app, reader))
    large.client.emit("do", {"command": "talk.say", "data": {"text": "x" * 200_000}})
    assert real.eventually(lambda: not large.client.connected)
    assert other.do("talk.say", talk=discussion.id, text="gaat door")["ok"]
    other.close()


def test_two_processes_hear_each_other_at_once_by_redis_and_soon_without(
    app, database, database_urls, make, talk
):
    discussion, author, reader = talk
    name = f"talk:{discussion.id}"
    url, folder = database_urls[database], app.config["SETTINGS"].data_dir
    redis = servers.Redis()
    with (
        real.running(url, folder, redis_url=redis.url) as one,
        real.running(url, folder, redis_url=redis.url) as two,
    ):
        here = real.Screen(one, real.cookie_of(app, author))
        there = real.Screen(two, real.cookie_of(app, reader))
        for screen in (here, there):
            screen.follow(name)
        took = []
        for i in range(5):
            here.do("talk.say", talk=discussion.id, text=f"{i}")
            at = time.monotonic()
            assert real.eventually(lambda i=i: len(there.shown[name]) > i)
            took.append(time.monotonic() - at)
        assert sorted(took)[2] < 0.4  # by a tick it would be half a second in the middle
        assert real.eventually(lambda: len(here.here[name]) == len(there.here[name]) == 2)
        redis.stop()
        here.do("talk.say", talk=discussion.id, text="zonder")
        assert real.eventually(lambda: len(there.shown[name]) == 6, 20)
        for screen in (here, there):
            assert [e["number"] for e in screen.shown[name]] == list(range(1, 7))
            screen.close()
