"""The WebSocket that Engine.IO speaks through.

simple-websocket's, but for four things: a frame that goes to a thousand clients is made once; it
is sent whole, however slow the receiver (the library's `send` may leave part of it unsent, after
which that client reads nonsense); a message is bounded while it comes in, not after; and nothing
is compressed (a quarter of a megabyte of memory per client, and compressing secrets beside what
others typed tells their length). It reads in the thread that waits, so that a client costs one
thread less.
"""

import socket
import struct
import threading
from typing import Any

import simple_websocket
from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI

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
        self.recv = sock.recv

    def send(self, data: bytes) -> int:
        with self._sending:
            self._sock.sendall(data)
        return len(data)

    def end(self) -> None:
        self._sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._sock.close()


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

    def __init__(self, handler: Any, _server: Any) -> None:
        super().__init__(handler, _server)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.ws = WebSocket(environ)
        try:
            answer = self.app(self)
        finally:
            self.ws.sock.close()
        if self.ws.mode == "gunicorn":
            raise StopIteration
        if self.ws.mode == "werkzeug":
            raise ConnectionError
        return answer
