"""The floor for live rooms: a bare python-socketio server that sends what one client says to all.

`gunicorn -k gevent -w 1 floor_echo:app`; a market's live process is measured beside it, with the
same clients. It keeps nothing, asks nobody who they are, and knows no permission.
"""

from typing import Any

import socketio

server = socketio.Server(async_mode="gevent", cors_allowed_origins="*")
app = socketio.WSGIApp(server)


@server.event
def connect(sid: str, _environ: dict[str, Any]) -> None:
    server.enter_room(sid, "all")


@server.on("go")
def go(_sid: str, data: Any) -> None:
    server.emit("go", data, room="all")
