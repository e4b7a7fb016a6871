"""What a screen can take now is sent now, what it can't waits; all comes whole and in order."""

import queue
import socket
from contextlib import suppress
from typing import Any

from engineio.packet import MESSAGE, Packet

from cop.platform.live.websocket import _Straight, _Whole, frame


class _Connection:
    """As much of Engine.IO's connection as is asked: a queue, and what sends by it."""

    def __init__(self) -> None:
        self.queue: queue.Queue[Any] = queue.Queue()
        self.closed = False
        self.send: Any = self.queue.put

    def poll(self) -> list[Any]:
        return [self.queue.get_nowait()]

    def check_ping_timeout(self) -> bool:
        return True


def test_a_slow_screen_gets_everything_once_and_in_order():
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    ours.setblocking(False)
    connection, whole = _Connection(), _Whole(ours)
    _Straight(connection, whole)
    texts = [f"{n}:" + "woord " * 700 for n in range(40)]
    heard = b""
    with ours, theirs:
        connection.send(Packet(MESSAGE, "the writer has not begun"))
        assert connection.queue.qsize() == 1
        first = connection.poll()[0]
        ours.setblocking(True)
        whole.send(frame(first.encode()))
        ours.setblocking(False)
        _begin_to_ask(connection)
        for text in texts:
            connection.send(Packet(MESSAGE, text))
        waiting = connection.queue.qsize()
        assert 0 < waiting < len(texts)  # some went at once, and then nothing went by it
        theirs.setblocking(False)
        while not connection.queue.empty():
            for packet in connection.poll():
                heard += _read(theirs)
                ours.setblocking(True)
                whole.send(frame(packet.encode()))
                ours.setblocking(False)
        heard += _read(theirs)
    expected = [frame("4the writer has not begun"), *(frame(f"4{text}") for text in texts)]
    assert heard.replace(frame("6"), b"") == b"".join(expected)  # Engine.IO's packet for 'nothing'


def _begin_to_ask(connection: _Connection) -> None:
    """The writer asks for packets when it has sent what it had."""
    with suppress(queue.Empty):
        connection.poll()


def _read(end: socket.socket) -> bytes:
    came = b""
    while True:
        try:
            came += end.recv(1 << 20)
        except BlockingIOError:
            return came
