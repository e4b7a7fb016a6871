"""The WebSocket that Engine.IO speaks through.

simple-websocket's, but for five things: a frame that goes to a thousand clients is made once; it
is sent whole, however slow the receiver (the library's `send` may leave part of it unsent, after
which that client reads nonsense); a message is bounded while it comes in, not after; nothing is
compressed (a quarter of a megabyte of memory per client, and compressing secrets beside what
others typed tells their length); and where greenlets serve, what a client can take now is sent now.
It reads in the thread that waits, so that a client costs one thread less.
"""

import os
import socket
import struct
import threading
from typing import Any

import simple_websocket
from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from engineio.exceptions import QueueEmpty
from engineio.packet import NOOP, Packet

LARGEST_MESSAGE = 65_000  # bytes that a client may send at once
STUCK_SECONDS = 40.0  # nothing came or could be sent for so long: the client is gone

_TEXT, _FINAL = 0x01, 0x80


def frame(text: str) -> bytes:
    """A text message as a server sends it (RFC 6455, 5.2): one frame, not masked."""
    data = text.encode()
    if len(data) < 126:
        head = struct.pack("!BB", _FINAL | _TEXT, len(data))
    elif len(data) < 65_536:
        head = struct.pack("!BBH", _FINAL | _TEXT, 126, len(data))
    else:
        head = struct.pack("!BBQ", _FINAL | _TEXT, 127, len(data))
    return head + data


class _Frames:
    """The frame of the text that was framed last: Engine.IO sends one string to all in turn."""

    def __init__(self) -> None:
        self._last: tuple[str, bytes] = ("", frame(""))

    def of(self, text: str) -> bytes:
        known, framed = self._last
        if known is text:
            return framed
        framed = frame(text)
        self._last = (text, framed)
        return framed


_frames = _Frames()


class _Whole:
    """A socket whose `send` sends everything, one sender at a time."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._sending = threading.Lock()
        self._rest = b""  # of a frame whose beginning was sent
        self.recv = sock.recv

    def send(self, data: bytes) -> int:
        with self._sending:
            rest, self._rest = self._rest, b""
            self._sock.sendall(rest + data)
        return len(data)

    def send_now(self, data: bytes) -> bool | None:
        """Send what goes without waiting: True when all went, False when nothing did, and None
        when a part went, whose rest the next `send` begins with."""
        if self._rest or not self._sending.acquire(blocking=False):
            return False
        try:
            sent = os.write(self._sock.fileno(), data)
        except OSError:  # it would wait, or the client is gone: whoever waits finds out
            return False
        finally:
            self._sending.release()
        self._rest = data[sent:]
        return None if self._rest else True

    def end(self) -> None:
        self._sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._sock.close()


class _Straight:
    """Sends past Engine.IO's queue while nothing waits in it.

    By itself Engine.IO wakes a greenlet for every client and message. A thousand of these run
    between any two steps of whoever asks the database something: a market's answers then take a
    second. Only where nothing else runs between two lines, which is what greenlets promise.
    """

    def __init__(self, connection: Any, sock: _Whole) -> None:
        self._connection, self._sock = connection, sock
        self._queued, self._polled = connection.send, connection.poll
        self._writing = True  # the writer has packets in hand, until it asks for more
        connection.send, connection.poll = self.send, self.poll

    def poll(self) -> Any:
        self._writing = False
        while True:
            try:
                packets = self._polled()
            except QueueEmpty:  # to Engine.IO a sign that the client is gone; here it had all
                if self._connection.closed:
                    raise
            else:
                self._writing = True
                return packets

    def send(self, packet: Any) -> None:
        connection = self._connection
        if self._writing or packet.binary or not connection.queue.empty():
            self._queued(packet)
        elif connection.check_ping_timeout():
            sent = self._sock.send_now(_frames.of(packet.encode()))
            if sent is None:
                connection.queue.put(Packet(NOOP))  # so that the writer sends the rest
            elif not sent:
                self._queued(packet)


class _NoThread:
    """Takes the place of the library's reading thread."""

    name = ""

    def __init__(self, target: object) -> None: ...

    def start(self) -> None: ...


class WebSocket(simple_websocket.Server):
    """One client's connection."""

    sock: Any  # the library's own types are not known
    connected: bool

    def __init__(self, environ: dict[str, Any]) -> None:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        self._closed = False
        super().__init__(environ, max_message_size=LARGEST_MESSAGE, thread_class=_NoThread)

    def handshake(self) -> None:
        self.sock.settimeout(STUCK_SECONDS)
        self.sock = _Whole(self.sock)
        super().handshake()

    def send(self, data: str | bytes) -> None:
        if not self.connected:
            raise simple_websocket.ConnectionClosed(self.close_reason, self.close_message)
        if isinstance(data, str):
            self.sock.send(_frames.of(data))
        else:
            super().send(data)

    def receive(self, timeout: float | None = None) -> str | bytes:
        """The next message; waits in the thread that asks."""
        while not self.input_buffer and self.connected:
            try:
                came = self.sock.recv(self.receive_bytes)
                if not came:
                    raise OSError("closed")
                self.ws.receive_data(came)
                self.connected = self._handle_events() and not self._closed
            except Exception:  # the connection is over, whatever came
                self.connected = False
        if self.input_buffer and not self._closed:
            message: str | bytes = self.input_buffer.pop(0)
            return message
        raise simple_websocket.ConnectionClosed(self.close_reason, self.close_message)

    def close(self, reason: Any = None, message: str | None = None) -> None:
        self._closed = True
        try:
            super().close(reason, message)
            self.sock.end()
        except OSError:
            self.connected = False


class Driver(SimpleWebSocketWSGI):
    """What Engine.IO calls to take over a request as a WebSocket."""

    def __init__(self, handler: Any, server: Any) -> None:
        super().__init__(handler, server)
        self._greenlets = server.async_mode == "gevent"

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.ws = WebSocket(environ)
        if self._greenlets:
            _Straight(self.app.__self__, self.ws.sock)
        try:
            answer = self.app(self)
        finally:
            self.ws.sock.close()
        if self.ws.mode == "gunicorn":
            raise StopIteration
        if self.ws.mode == "werkzeug":
            raise ConnectionError
        return answer
