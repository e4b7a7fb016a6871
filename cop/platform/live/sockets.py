"""The events of Socket.IO: what a client may say, each time checked as if for the first time.

A connection's events are handled one after the other, in the order in which they were sent. Only
connecting is a request, with a cookie; of what comes later nothing is asked of a request any more.
"""

import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from flask import Flask, request, session
from flask_socketio import SocketIO
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from cop.platform import clock, i18n
from cop.platform.db import glancing, look_anew, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.live import audiences, commands, passes
from cop.platform.live.audiences import Place
from cop.platform.live.flood import flood
from cop.platform.live.listeners import Listeners
from cop.platform.live.passes import Behind
from cop.platform.live.together import Together
from cop.platform.live.websocket import LARGEST_MESSAGE, Driver

log = logging.getLogger("cop.live")

PING_SECONDS = 15  # a link that broke unnoticed is noticed within twice this

COMING = 8  # who joins at the same moment: hundreds at once take longer than one after the other
_coming = threading.BoundedSemaphore(COMING)

socketio = SocketIO()
listeners = Listeners(socketio)


@dataclass(frozen=True, slots=True)
class _Caller:
    """Who is connected: only the token is believed later, and asked about every time."""

    token: str
    who: str
    language: str
    zone: str


_callers: dict[str, _Caller] = {}


def init_app(
    app: Flask, base_url: str, redis_url: str | None, async_mode: str, identify: passes.Identify
) -> None:
    """Serve sockets from this application; only pages of `base_url` may connect.

    Args:
        identify: who is behind members' tokens now; asked again before everything.
    """
    listeners.init_app(app, redis_url, passes.with_guests(identify))
    socketio.init_app(
        app,
        async_mode=async_mode,
        cors_allowed_origins=[base_url],
        manage_session=False,
        max_http_buffer_size=LARGEST_MESSAGE,
        ping_interval=PING_SECONDS,
        ping_timeout=PING_SECONDS,
        async_handlers=False,
        logger=False,
        engineio_logger=False,
    )
    engine = socketio.server.eio
    engine._async = engine._async | {"websocket": Driver}
    for event, handler in _HANDLERS.items():
        socketio.server.on(event, _outside_requests(handler))
    app.jinja_env.globals["new_key"] = commands.new_key


def _outside_requests(handler: Callable[..., Any]) -> Callable[..., Any]:
    """`(socket id, …)` in an application context: a request's costs more than most events do."""

    def handle(socket_id: str, *said: object) -> Any:
        connected = socketio.server.get_environ(socket_id)
        if connected is None:
            return None
        app: Flask = connected["flask.app"]
        with app.app_context():
            return handler(socket_id, *said)

    return handle


@socketio.on("connect")
def _connect(auth: object = None) -> bool:
    # Not `current_user`: hundreds who come at once are looked up together.
    for token in (session.get("_user_id"), passes.token_of(auth)):
        if token is None:
            continue
        found = listeners.behind(None, token)
        if found is not None:
            return _admit(token, found)
    return False


def _admit(token: str, behind: Behind) -> bool:
    who = passes.who_of(token, behind.actor)
    if not flood.may_connect(who):
        return False
    socket_id = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it
    language = behind.language or i18n.asked_language()
    _callers[socket_id] = _Caller(token, who, language, behind.time_zone or i18n.DEFAULT_ZONE)
    return True


def _disconnect(socket_id: str, *_reason: object) -> None:
    caller = _callers.pop(socket_id, None)
    if caller is not None:
        flood.gone(caller.who)
    listeners.forget(socket_id)


def _listen(socket_id: str, *said: object) -> dict[str, Any]:
    """`{audience, number}` → `{ok, number, events, reset, here, version}`, checked at every join.

    Without a number, or with one that is too old, nothing is replayed: whoever is told `reset`
    loads the whole state.
    """
    data = said[0] if said else None
    caller = _slowed(socket_id)
    if caller is None or not isinstance(data, dict):
        return {"ok": False}
    number = data.get("number")
    place = audiences.parsed(data.get("audience"), caller.who)
    if place is None or not (number is None or type(number) is int):
        return {"ok": False}
    with _coming, glancing() as session:
        behind = listeners.behind(session, caller.token)
        if behind is None or not audiences.kind_of(place).gate(session, behind.actor, place.id):
            _not_any_more(socket_id, place, signed_out=behind is None)
            return {"ok": False}
        begin = listeners.sent(place.name)
        if begin is None:
            begin = audiences.last_number(session, place.name)
        if not listeners.listen(place, socket_id, caller.token, begin):
            return {"ok": False}
        listeners.presence.come(session, behind.actor, place, socket_id)
        # What is told from here on comes by itself; what was told before, now.
        socketio.server.enter_room(socket_id, place.name)
        answer = {"ok": True} | (_missed_by(session, (place, number)) or {})
    return answer | listeners.presence.told(place.name)


def _missed(
    session: Session, asked: Collection[tuple[Place, int | None]]
) -> dict[tuple[Place, int | None], dict[str, Any]]:
    """What was told in these places after these numbers, as it is shown now."""
    look_anew(session)
    found = {}
    for place, number in asked:
        rows, last, reset = audiences.missed(session, place.name, number)
        events = audiences.shown(session, place, rows)
        found[place, number] = {"number": last, "events": events} | (
            {"reset": True} if reset else {}
        )
    return found


_missed_by = Together(_missed, COMING)


def _leave(socket_id: str, *said: object) -> None:
    caller = _slowed(socket_id)
    data = said[0] if said else None
    if caller is None or not isinstance(data, dict):
        return
    place = audiences.parsed(data.get("audience"), caller.who)
    if place is not None:
        socketio.server.leave_room(socket_id, place.name)
        listeners.forget(socket_id, place.name)


def _clock(socket_id: str, *_said: object) -> dict[str, int]:
    """The server's time in milliseconds: clients work out how far their own clock is off."""
    if _slowed(socket_id) is None:
        return {}
    return {"now": round(clock.now().timestamp() * 1000)}


def _do(socket_id: str, *said: object) -> dict[str, Any]:
    """`{command, key, data}` → `{ok: true, answer}` or `{ok: false, error, …}`.

    `again`: it may be tried again with the same key. `gone`: it is not there for this person.
    """
    caller = _slowed(socket_id)
    if caller is None:
        return {"ok": False, "error": _("Wait a little, please: this goes too fast.")}
    with i18n.speaking(caller.language, caller.zone):
        data = said[0] if said else None
        if not isinstance(data, dict):
            return {"ok": False, "error": _("Part of what was sent could not be read.")}
        return _done(caller, data)


def _done(caller: _Caller, data: dict[str, Any]) -> dict[str, Any]:
    command, key = data.get("command"), data.get("key")
    try:
        with unit_of_work() as session:
            behind = listeners.identify(session, [caller.token]).get(caller.token)
            if behind is None:
                raise Refused(_("Your session has ended. Sign in again, please."))
            answer = commands.carry_out(
                session, behind.actor, caller.who, command, key, data.get("data"), clock.now()
            )
    except NotFound:
        return {"ok": False, "gone": True, "error": _("This is not there, or not for you to see.")}
    except Refused as refused:
        told = {"ok": False, "error": refused.message}
        return told | ({"field": refused.field} if refused.field else {})
    except DataError:
        return {"ok": False, "error": _("Part of what was sent could not be read.")}
    except (IntegrityError, OperationalError) as error:
        log.warning("%s in %s", type(error.orig).__name__, command)
        busy = _("The site is very busy. Try again in a moment, please.")
        return {"ok": False, "again": True, "error": busy}
    except Exception as error:  # its values may be confidential
        log.error("%s in %s", type(error).__name__, command)
        wrong = _("Something went wrong here. Try again in a moment, please.")
        return {"ok": False, "again": True, "error": wrong}
    return {"ok": True, "answer": answer}


def _slowed(socket_id: str) -> _Caller | None:
    """Who says something, after the time that it has to wait; None when it was cut off."""
    caller = _callers.get(socket_id)
    if caller is None:
        return None
    wait = flood.take(caller.who)
    if wait is None:
        _cut(socket_id)
        return None
    if wait:
        try:
            socketio.sleep(wait)
        finally:
            flood.waited(caller.who)
    return caller


def _cut(socket_id: str) -> None:
    """End a connection altogether, not only its namespace."""
    connection = socketio.server.manager.eio_sid_from_sid(socket_id, "/")
    socketio.server.disconnect(socket_id, namespace="/")
    if connection is not None:
        socketio.server.eio.disconnect(connection)


def _not_any_more(socket_id: str, place: Place, signed_out: bool) -> None:
    """Somebody asks again for what they heard until now and may hear no longer."""
    if listeners.listens(socket_id, place.name):
        listeners.turn_out(place, socket_id, signed_out)


_HANDLERS: dict[str, Callable[..., Any]] = {
    "disconnect": _disconnect,
    "listen": _listen,
    "leave": _leave,
    "clock": _clock,
    "do": _do,
}
