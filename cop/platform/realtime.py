"""Live updates: a projection of the database over Socket.IO.

`publish` writes a row in the caller's transaction, with a running number of its own per audience
that is taken under the audience row's lock: a gap means a loss, and whoever may not hear an
audience learns nothing of it. Rows hold ids only; what is shown is fetched, permission-checked,
when it is heard. Who listens is asked again before anything is sent: a sign-in or a membership
that ended ends the listening. Every process that serves sockets tails the table for the audiences
it has listeners for; in the process that wrote, and through Redis in others, a wake-up makes that
quick.
A client that reconnects says its last number and gets what it missed.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import redis
from flask import Flask, request
from flask_login import current_user
from flask_socketio import SocketIO, join_room, leave_room
from sqlalchemy import Index, String, delete, event, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from cop.platform.db import Base, UtcDateTime, is_sqlite, only_reads, reading
from cop.platform.outbox import job

log = logging.getLogger("cop.live")

POLL_SECONDS = 1.0
CHECK_SECONDS = 20.0  # how long somebody who may no longer hear may still be connected
MOST_AUDIENCES = 20  # per socket
KEPT_FOR = timedelta(days=2)
REPLAY_LIMIT = 200
CHANNEL = "cop:live"


class LiveAudience(Base):
    """Those who hear the same things: 'discussion:12'. The row's lock orders its events."""

    __tablename__ = "live_audience"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class LiveEvent(Base):
    """One thing an audience is told; `subject` is an id, never words."""

    __tablename__ = "live_event"
    __table_args__ = (Index("uq_live_event_audience_number", "audience", "number", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    audience: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


Gate: TypeAlias = Callable[[Session, Any, int], bool]
Identify: TypeAlias = Callable[[Session, str], Any]  # the browser's token → actor, or None

socketio = SocketIO()
_gates: dict[str, Gate] = {}


def audience(kind: str) -> Callable[[Gate], Gate]:
    """Decorator: the function decides whether an actor may hear audience 'kind:id'."""

    def register(gate: Gate) -> Gate:
        _gates[kind] = gate
        return gate

    return register


def publish(session: Session, name: str, kind: str, subject: int, now: datetime) -> int:
    """Tell an audience, in the caller's transaction; the number this event got."""
    make = sqlite.insert if is_sqlite(session) else postgresql.insert
    number: int = session.scalars(
        make(LiveAudience)
        .values(name=name, last_number=1)
        .on_conflict_do_update(
            index_elements=["name"], set_={"last_number": LiveAudience.last_number + 1}
        )
        .returning(LiveAudience.last_number)
    ).one()
    session.execute(
        insert(LiveEvent).values(audience=name, number=number, kind=kind, subject=subject, at=now)
    )
    if not session.info.get("wakes"):
        session.info["wakes"] = True
        event.listen(session, "after_commit", _wake, once=True)
    return number


def _wake(session: Session) -> None:
    session.info.pop("wakes", None)
    tailer.wake()


def last_number(session: Session, name: str) -> int:
    return session.scalar(select(LiveAudience.last_number).where(LiveAudience.name == name)) or 0


def since(session: Session, name: str, number: int) -> list[dict[str, Any]]:
    """What the audience was told after `number`, oldest first, at most `REPLAY_LIMIT`."""
    rows = session.execute(
        select(LiveEvent.number, LiveEvent.kind, LiveEvent.subject)
        .where(LiveEvent.audience == name, LiveEvent.number > number)
        .order_by(LiveEvent.number)
        .limit(REPLAY_LIMIT)
    )
    return [{"number": r.number, "kind": r.kind, "subject": r.subject} for r in rows]


class Tailer:
    """Reads the event table for the audiences that somebody in this process listens to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[str, dict[str, str]] = {}  # audience → socket id → token
        self._sent: dict[str, int] = {}
        self._wake = threading.Event()
        self._started = False
        self._app: Flask | None = None
        self._redis: redis.Redis | None = None
        self._checked = 0.0

    def init_app(self, app: Flask, redis_url: str | None, identify: Identify) -> None:
        self._app = app
        self._identify = identify
        self._redis = (
            redis.Redis.from_url(redis_url, socket_connect_timeout=2) if redis_url else None
        )

    def listen(self, name: str, socket_id: str, token: str, number: int) -> bool:
        """Add a listener; False when the socket listens to too much already."""
        with self._lock:
            if sum(socket_id in sockets for sockets in self._listeners.values()) > MOST_AUDIENCES:
                return False
            self._listeners.setdefault(name, {})[socket_id] = token
            self._sent.setdefault(name, number)
            if not self._started:
                self._started = True
                socketio.start_background_task(self._run)
                if self._redis is not None:
                    socketio.start_background_task(self._hear_wakes)
        return True

    def forget(self, socket_id: str, name: str | None = None) -> None:
        with self._lock:
            for known in [name] if name else list(self._listeners):
                sockets = self._listeners.get(known, {})
                sockets.pop(socket_id, None)
                if not sockets:
                    self._listeners.pop(known, None)
                    self._sent.pop(known, None)

    def wake(self) -> None:
        """Something was committed: look now rather than at the next tick."""
        self._wake.set()
        if self._redis is not None:
            try:
                self._redis.publish(CHANNEL, b"1")
            except redis.RedisError:
                log.warning("Redis does not answer; live updates come with the next tick")

    def _hear_wakes(self) -> None:
        assert self._redis is not None
        while True:
            try:
                with self._redis.pubsub(  # type: ignore[no-untyped-call]  # the library's
                    ignore_subscribe_messages=True
                ) as heard:
                    heard.subscribe(CHANNEL)
                    for _message in heard.listen():
                        self._wake.set()
            except redis.RedisError:
                socketio.sleep(2)

    def _run(self) -> None:
        assert self._app is not None
        while True:
            self._wake.wait(POLL_SECONDS)
            self._wake.clear()
            try:
                with self._app.app_context():
                    self.deliver()
            except SQLAlchemyError:
                log.warning("the database does not answer; live updates wait")
            except Exception as error:  # whatever it is, the next tick must come
                log.error("live updates: %s", type(error).__name__)

    def deliver(self) -> None:
        """Send everything new, once per audience, in order, to those who may hear it still."""
        with self._lock:
            sent = dict(self._sent)
        if not sent:
            return
        with reading() as session:
            if time.monotonic() - self._checked > CHECK_SECONDS:
                self._checked = time.monotonic()
                for name in sent:
                    self._turn_out(session, name)
            latest = session.execute(
                select(LiveAudience.name, LiveAudience.last_number).where(
                    LiveAudience.name.in_(sent)
                )
            ).all()
            for name, number in latest:
                if number <= sent[name]:
                    continue
                self._turn_out(session, name)
                for item in since(session, name, sent[name]):
                    socketio.emit("live", {"audience": name, **item}, to=name)
                    with self._lock:
                        if name in self._sent:
                            self._sent[name] = item["number"]

    def _turn_out(self, session: Session, name: str) -> None:
        """Stop telling those whose sign-in ended or who may not hear this audience any more."""
        with self._lock:
            sockets = dict(self._listeners.get(name, {}))
        kind, _, id_text = name.partition(":")
        for token in set(sockets.values()):
            actor = self._identify(session, token)
            if actor is not None and _gates[kind](session, actor, int(id_text)):
                continue
            for socket_id in [sid for sid, whose in sockets.items() if whose == token]:
                self.forget(socket_id, name)
                socketio.server.leave_room(socket_id, name, namespace="/")
                with self._lock:
                    listens = any(socket_id in others for others in self._listeners.values())
                if actor is None or not listens:
                    socketio.server.disconnect(socket_id, namespace="/")


tailer = Tailer()


def init_app(
    app: Flask, base_url: str, redis_url: str | None, async_mode: str, identify: Identify
) -> None:
    """Serve sockets from this application; only pages of `base_url` may connect.

    Args:
        identify: who is behind a token now; asked again at every delivery.
    """
    tailer.init_app(app, redis_url, identify)
    socketio.init_app(
        app,
        async_mode=async_mode,
        cors_allowed_origins=[base_url],
        manage_session=False,
        max_http_buffer_size=20_000,
        ping_interval=25,
        logger=False,
        engineio_logger=False,
    )


@socketio.on("connect")
def _connect() -> bool:
    only_reads()
    return bool(current_user.is_authenticated)


@socketio.on("disconnect")
def _disconnect(*_reason: object) -> None:
    tailer.forget(_socket_id())


@socketio.on("listen")
def _listen(data: object) -> dict[str, Any]:
    """`{audience, number}` → `{ok, events, number}`; checked at every join, whatever was shown."""
    only_reads()
    if not isinstance(data, dict):
        return {"ok": False}
    name, number = data.get("audience"), data.get("number")
    if not isinstance(name, str) or not isinstance(number, int) or not _may_hear(name):
        return {"ok": False}
    with reading() as session:
        now_at = last_number(session, name)
        missed = since(session, name, max(0, number))
    if not tailer.listen(name, _socket_id(), current_user.get_id(), now_at):
        return {"ok": False}
    join_room(name)
    return {"ok": True, "events": missed, "number": now_at}


@socketio.on("leave")
def _leave(data: object) -> None:
    if isinstance(data, dict) and isinstance(data.get("audience"), str):
        leave_room(data["audience"])
        tailer.forget(_socket_id(), data["audience"])


def _may_hear(name: str) -> bool:
    kind, _, id_text = name.partition(":")
    gate = _gates.get(kind)
    if gate is None or not id_text.isascii() or not id_text.isdigit() or len(id_text) > 9:
        return False
    if not current_user.is_authenticated:
        return False
    with reading() as session:
        return gate(session, current_user.actor, int(id_text))


def _socket_id() -> str:
    return str(request.sid)  # type: ignore[attr-defined]  # Flask-SocketIO adds it


@job("platform.forget_live_events", every=3600)
def forget_old(session: Session, _payload: dict[str, object], now: datetime) -> None:
    """Forget events that no client can still need; numbers go on where they were."""
    session.execute(delete(LiveEvent).where(LiveEvent.at < now - KEPT_FOR))
