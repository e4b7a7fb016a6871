"""Live updates: a projection of the database over Socket.IO.

*Audiences.* Everything is told to an audience, 'kind:id'. `publish` writes a row in the caller's
transaction, with a running number of its own per audience that is taken under the audience row's
lock: a gap means a loss, and whoever may not hear an audience learns nothing of it. Rows hold ids
only. A capability says in its `live.py` who may hear a kind, and what is sent of its rows:

    @audience("session", many=those_who_may)      # asked at every join and before every message
    def may_hear(session, actor, session_id) -> bool: ...

    @payload("session")                           # optional; without it clients get ids only
    def shown(session, place, rows) -> dict[int, dict]:
        '''Plain data per row's number, as things are now: once per audience and batch, and again
        for every replay, so that what was struck comes as struck. `place.id` is the session,
        `row.kind` and `row.subject` are what was published. The same for all who hear it: no
        language, no time zone, nothing that only some may see, no member's id.'''

    publish(session, "session:12", "step", 3, now)     # in an operation, with the change itself

What only some may see has an audience of its own with a gate of its own ('session-lead:12'). What
one person alone may see is a kind with `own=True`: clients ask for 'session-own:12', the server
adds who they are; `publish(session, own("session-own", 12, actor.audit_id), …)` tells only them.
Whatever ends somebody's right to hear calls `turn_out(session, "session:12", now)` in the same
transaction: their screens are closed at once (event `out`), wherever they are connected, and
nothing told after it reaches them. Audiences whose ends are all told so may set `fresh`.

*Commands.* What a client wants done is a command that calls the same operation as the form does:

    @command("session.next")
    def next_step(session, actor, data, now):
        step = operations.next_step(session, actor, data.whole("session"), data.whole("step"), now)
        return {"step": step.number}              # ids and numbers only; or None

`data` reads by name, type and bound. The operation checks the permission (NotFound) and the input
(Refused: its sentence is what the client is told, in the member's language). The client makes a
key (a UUID): a command with a key that was carried out before changes nothing and is answered the
same, for two days. A view of a form does the same with a hidden field `key` (`new_key()` in
templates): `once(session, actor.audit_id, form.key.data, "session.next", now, lambda: …)`.

*Presence.* `presence("session", shown_as=…, described=…)` lets an audience see who listens: a
state that is told whole to whoever joins, then by who came and went, at most once a second.

*Guests* without an account: `@admits("kind")` gives the actor behind the pass of their link.

*On the wire* (`sockets`): client to server `listen {audience, number}`, `leave {audience}`,
`do {command, key, data}`, `clock`; server to client `live {audience, events: [{number, kind,
subject, data?}]}`, `here {audience, came, went}`, `beat {audience, number, here?}`,
`out {audience}`. `static/js/live.js` speaks it; a client that reconnects says its last number and
gets what it missed, and who missed more than `REPLAY_LIMIT` or `KEPT_FOR` is told to `reset`.

*Processes.* Every process that serves sockets reads the table for the audiences it has listeners
for: at once for what it wrote itself, through Redis (a wake-up, never the truth) for what others
wrote, and within a second whatever was lost. Flooding is slowed, then cut (`flood`).
"""

from cop.platform.live.audiences import (
    REPLAY_LIMIT,
    TURNED_OUT,
    Place,
    Row,
    audience,
    last_number,
    own,
    payload,
    publish,
    rows_since,
    turn_out,
)
from cop.platform.live.commands import Data, command, new_key, once
from cop.platform.live.keeping import KEPT_FOR, forget_person
from cop.platform.live.models import LiveAudience, LiveCommand, LiveEvent, LivePresence
from cop.platform.live.passes import admits
from cop.platform.live.presence import presence
from cop.platform.live.sockets import init_app, listeners, socketio

__all__ = [
    "KEPT_FOR",
    "REPLAY_LIMIT",
    "TURNED_OUT",
    "Data",
    "LiveAudience",
    "LiveCommand",
    "LiveEvent",
    "LivePresence",
    "Place",
    "Row",
    "admits",
    "audience",
    "command",
    "forget_person",
    "init_app",
    "last_number",
    "listeners",
    "new_key",
    "once",
    "own",
    "payload",
    "presence",
    "publish",
    "rows_since",
    "socketio",
    "turn_out",
]
