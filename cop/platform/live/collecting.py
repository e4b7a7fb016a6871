"""Python's own cleaning up, kept from stopping a process that serves many screens.

With a thousand connections a full collection takes half a second in which nothing is sent, and by
itself it comes every half minute. Here it comes every ten minutes; what was there from the start
is not looked at again. Only what refers to itself waits that long: all else is freed at once.
"""

import gc

from flask_socketio import SocketIO

EVERY_SECONDS = 600.0
YOUNG = (2_000, 10)  # what is looked at more often: thousandths of a second
NEVER = 1_000_000


def begin(socketio: SocketIO) -> None:
    """From now on, in a process that serves nothing but sockets."""
    if socketio.async_mode != "gevent":
        return
    gc.collect()
    gc.freeze()
    gc.set_threshold(*YOUNG, NEVER)
    socketio.start_background_task(_now_and_then, socketio)


def _now_and_then(socketio: SocketIO) -> None:
    while True:
        socketio.sleep(EVERY_SECONDS)
        gc.collect()
