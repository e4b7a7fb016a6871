"""Who listens to what in this process, and the loop that tells them.

One loop per process reads what was published for the audiences that somebody here listens to: at
once when this process wrote it or Redis says that another did, else within a second. Before
anything is sent it is asked again who may hear it.
"""

import logging
import math
import os
import threading
import time
import uuid
from collections.abc import Collection, Iterable
from itertools import islice
from typing import Any

import redis
from flask import Flask
from flask_socketio import SocketIO
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from cop.platform import clock
from cop.platform.db import glancing
from cop.platform.live import audiences, collecting
from cop.platform.live.audiences import REPLAY_LIMIT, TURNED_OUT, Place, place_of
from cop.platform.live.models import LiveAudience
from cop.platform.live.passes import Behind, Identify
from cop.platform.live.presence import Presence
from cop.platform.live.together import Together

log = logging.getLogger("cop.live")

POLL_SECONDS = 1.0
TEND_SECONDS = 0.25  # presence and heartbeats are looked after this often while there are any
BEAT_SECONDS = 5.0  # after the last thing that was told: what follows shows a gap by itself
QUIET_SECONDS = 20.0  # between the heartbeats of an audience that hears nothing
MOST_BEATS = 10  # audiences at once; of very many a fortieth
CHECK_SECONDS = 20.0  # how long somebody who may no longer hear may still be connected
MOST_AUDIENCES = 20  # per socket
MOST_ASKED = 10  # audiences in one turn of the loop, of those that hear nothing
CHUNK = 400  # names or tokens in one query
CHANNEL = "cop:live"


class Listeners:
    """This process's listening sockets.

    Args:
        socketio: what sends.
    """

    def __init__(self, socketio: SocketIO) -> None:
        self._socketio = socketio
        self._lock = threading.Lock()
        self._listeners: dict[str, dict[str, str]] = {}  # audience → socket id → token
        self._of_socket: dict[str, set[str]] = {}  # socket id → audiences
        self._sent: dict[str, int] = {}
        self._asked: dict[str, float] = {}
        self._beats: dict[str, float] = {}  # audience → when its next heartbeat is due
        self._told_at: dict[str, float] = {}  # of those that are told something now and then only
        self._dirty: set[str] = set()
        self._wake = threading.Event()
        self._started = False
        self._app: Flask | None = None
        self._redis: redis.Redis | None = None
        self._made = uuid.uuid4().hex
        self._looked = self._beaten = 0.0
        self.presence = Presence(self._emit)
        audiences.on_commit(self.wake)

    def init_app(self, app: Flask, redis_url: str | None, identify: Identify) -> None:
        self._app = app
        self.identify = identify
        self.behind = Together(identify, CHUNK)
        self._redis = (
            redis.Redis.from_url(redis_url, socket_connect_timeout=2) if redis_url else None
        )

    # Sockets come and go.

    def listen(self, place: Place, socket_id: str, token: str, number: int) -> bool:
        """Add a listener; False when the socket listens to too much already.

        Args:
            number: what the audience was told, or its last number, read before; what comes after
                it will be sent.
        """
        name = place.name
        with self._lock:
            mine = self._of_socket.setdefault(socket_id, set())
            if len(mine) >= MOST_AUDIENCES and name not in mine:
                return False
            mine.add(name)
            self._listeners.setdefault(name, {})[socket_id] = token
            self._sent.setdefault(name, number)
            self._asked.setdefault(name, time.monotonic())
            self._beats.setdefault(name, time.monotonic() + BEAT_SECONDS)
            if not self._started:
                self._started = True
                self._socketio.start_background_task(self._run)
                self._socketio.start_background_task(self._tend)
                collecting.begin(self._socketio)
                if self._redis is not None:
                    self._socketio.start_background_task(self._hear_wakes, self._redis)
        return True

    def listens(self, socket_id: str, name: str) -> bool:
        with self._lock:
            return name in self._of_socket.get(socket_id, ())

    def sent(self, name: str) -> int | None:
        """The number up to which an audience was told; None when nobody here listens."""
        with self._lock:
            return self._sent.get(name)

    def forget(self, socket_id: str, name: str | None = None) -> None:
        """A socket stopped listening, to one audience or altogether."""
        with self._lock:
            mine = self._of_socket.get(socket_id, set())
            gone = {name} & mine if name is not None else set(mine)
            last = []
            for known in gone:
                mine.discard(known)
                sockets = self._listeners[known]
                sockets.pop(socket_id, None)
                last.append((known, not sockets))
                if not sockets:
                    for kept in (self._listeners, self._sent, self._asked, self._beats):
                        kept.pop(known, None)
                    self._told_at.pop(known, None)
            if not mine:
                self._of_socket.pop(socket_id, None)
        for known, was_last in last:
            self.presence.go(known, socket_id, was_last)

    # Waking up.

    def wake(self, names: set[str]) -> None:
        """Something was committed in this process: look now, and have the others look."""
        self._note(names)
        if self._redis is not None:
            try:
                self._redis.publish(CHANNEL, " ".join((self._id(), *names)))
            except redis.RedisError:
                log.warning("Redis does not answer; live updates come with the next tick")

    def _id(self) -> str:
        """Of this process: a fork of it is another one."""
        return f"{self._made}-{os.getpid()}"

    def _note(self, names: Iterable[str]) -> None:
        with self._lock:
            mine = [name for name in names if name in self._sent]
            self._dirty.update(mine)
        if mine:
            self._wake.set()

    def _hear_wakes(self, server: redis.Redis) -> None:
        while True:
            try:
                with server.pubsub(  # type: ignore[no-untyped-call]  # the library's
                    ignore_subscribe_messages=True
                ) as heard:
                    heard.subscribe(CHANNEL)
                    for message in heard.listen():
                        by, *names = bytes(message["data"]).decode(errors="replace").split()
                        if by != self._id():  # its own it knows of
                            self._note(names)
            except redis.RedisError:
                self._socketio.sleep(2)

    # The loop.

    def _run(self) -> None:
        assert self._app is not None
        while True:
            self._wake.wait(TEND_SECONDS if self._of_socket else POLL_SECONDS)
            self._wake.clear()
            try:
                with self._app.app_context():
                    self.turn()
            except SQLAlchemyError:
                log.warning("the database does not answer; live updates wait")
                self._socketio.sleep(POLL_SECONDS)
            except Exception as error:  # whatever it is, the next tick must come
                log.error("live updates: %s", type(error).__name__)
                self._socketio.sleep(POLL_SECONDS)

    def _tend(self) -> None:
        """Look after who is here, apart from the loop: no message waits for it."""
        assert self._app is not None
        while True:
            self._socketio.sleep(TEND_SECONDS if self._of_socket else POLL_SECONDS)
            if not self._sent:
                continue
            try:
                with self._app.app_context():
                    self.presence.tend(clock.now())
            except SQLAlchemyError:
                log.warning("the database does not answer; presence waits")
            except Exception as error:  # whatever it is, the next tick must come
                log.error("presence: %s", type(error).__name__)

    def turn(self) -> None:
        """One turn of the loop: send what is new, and now and then look after the rest."""
        now = time.monotonic()
        with self._lock:
            if not self._sent:
                return
            dirty, self._dirty = self._dirty, set()
        with glancing() as session:
            if now - self._looked >= POLL_SECONDS:
                self._looked = now
                dirty |= self._behind(session)
            for name in self._long_not_asked(now):
                self._ask(session, name)
            for name in dirty:
                if not self._waits(name, now):
                    self._deliver(session, name)
        if now - self._beaten >= TEND_SECONDS:
            self._beaten = now
            self._beat(now)

    def _long_not_asked(self, now: float) -> list[str]:
        """A few at a time: whoever waits for a message is not to wait for all of them."""
        with self._lock:
            due = (name for name, at in self._asked.items() if now - at >= CHECK_SECONDS)
            return list(islice(due, MOST_ASKED))

    def _behind(self, session: Session) -> set[str]:
        """The audiences with more than was sent, whoever wrote it and whatever was lost."""
        with self._lock:
            sent = dict(self._sent)
        names, found = list(sent), set()
        for start in range(0, len(names), CHUNK):
            for name, number in session.execute(
                select(LiveAudience.name, LiveAudience.last_number).where(
                    LiveAudience.name.in_(names[start : start + CHUNK])
                )
            ):
                if number > sent[name]:
                    found.add(name)
        return found

    def _waits(self, name: str, now: float) -> bool:
        """An audience that is told something now and then only was told something just now."""
        every = audiences.kind_of(place_of(name)).every
        if not every:
            return False
        with self._lock:
            if now - self._told_at.get(name, -math.inf) < every:
                self._dirty.add(name)
                return True
            self._told_at[name] = now
        return False

    def _deliver(self, session: Session, name: str) -> None:
        """Send an audience everything new, in order, to those who may hear it still."""
        with self._lock:
            sent = self._sent.get(name)
        if sent is None:
            return
        place = place_of(name)
        rows = audiences.rows_since(session, name, sent)
        if not rows:
            return
        forced = any(row.kind == TURNED_OUT for row in rows)
        asked = self._asked.get(name, 0.0)
        if forced or time.monotonic() - asked >= audiences.kind_of(place).fresh:
            self._ask(session, name)
        events = audiences.shown(session, place, rows)
        self._emit("live", {"audience": place.said, "events": events}, name)
        with self._lock:
            if name in self._sent:
                self._sent[name] = rows[-1].number
                self._beats[name] = time.monotonic() + BEAT_SECONDS
                if len(rows) == REPLAY_LIMIT:
                    self._dirty.add(name)
                    self._wake.set()

    def _ask(self, session: Session, name: str) -> None:
        """Stop telling those whose sign-in ended or who may not hear this audience any more."""
        with self._lock:
            sockets = dict(self._listeners.get(name, {}))
            if sockets:
                self._asked[name] = time.monotonic()
        place = place_of(name)
        behind = self._behind_tokens(session, set(sockets.values()))
        actors = {token: one.actor for token, one in behind.items()}
        may = set(audiences.kind_of(place).still(session, place.id, set(actors.values())))
        for socket_id, token in sockets.items():
            if actors.get(token) not in may:
                self.turn_out(place, socket_id, signed_out=token not in actors)

    def _behind_tokens(self, session: Session, tokens: Collection[str]) -> dict[str, Behind]:
        listed, found = list(tokens), dict[str, Behind]()
        for start in range(0, len(listed), CHUNK):
            found.update(self.identify(session, listed[start : start + CHUNK]))
        return found

    def turn_out(self, place: Place, socket_id: str, signed_out: bool) -> None:
        """A socket may not hear an audience any more; with nothing left to hear it is closed."""
        self.forget(socket_id, place.name)
        self._socketio.emit("out", {"audience": place.said}, to=socket_id)
        self._socketio.server.leave_room(socket_id, place.name, namespace="/")
        with self._lock:
            others = self._of_socket.get(socket_id, ())
            listens = bool(others)
            for name in others:  # what else they hear may have ended with it: asked next
                self._asked[name] = -math.inf
        self._wake.set()
        if signed_out or not listens:
            self._socketio.server.disconnect(socket_id, namespace="/")

    def _beat(self, now: float) -> None:
        """Say audiences' last numbers, so that clients notice what they lost: a few at a time."""
        with self._lock:
            most = max(MOST_BEATS, len(self._beats) // 40)
            due = list(islice((n for n, at in self._beats.items() if at <= now), most))
            for name in due:
                self._beats[name] = now + QUIET_SECONDS
            sent = {name: self._sent[name] for name in due}
        for name, number in sent.items():
            beat: dict[str, Any] = {"audience": place_of(name).said, "number": number}
            here = self.presence.count(name)
            if here is not None:
                beat["here"] = here
            self._emit("beat", beat, name)

    def _emit(self, event: str, data: dict[str, Any], name: str) -> None:
        self._socketio.emit(event, data, to=name)
