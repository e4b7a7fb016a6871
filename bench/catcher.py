"""A small SMTP server that writes down every message it takes: python -m bench.catcher PORT FILE

One line per arrival (recipient, Message-ID, hash of the whole), written before the answer '250', so
that a kill in between leaves an arrival that the sender never heard of, as it would be in life.
It keeps the protocol (RFC 5321) as far as a sender needs it, and costs as little as it can: what is
measured is the sender.
"""

import asyncio
import hashlib
import os
import re
import sys

MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
ADDRESS = re.compile(rb"<([^>]*)>")


class Catcher(asyncio.Protocol):
    """One connection."""

    file: int

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer = bytearray()
        self.in_data = False
        self.recipient = b""
        self.say("220 catcher")

    def say(self, line: str) -> None:
        self.transport.write(line.encode() + b"\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self.step():
            pass

    def step(self) -> bool:
        """Take one command or one message from the buffer."""
        end = self.buffer.find(b"\r\n.\r\n" if self.in_data else b"\r\n")
        if end < 0:
            return False
        taken = bytes(self.buffer[:end])
        del self.buffer[: end + (5 if self.in_data else 2)]
        if self.in_data:
            self.message(taken)
        else:
            self.command(taken)
        return True

    def command(self, line: bytes) -> None:
        match line[:4].upper():
            case b"EHLO":
                self.say("250-catcher\r\n250 8BITMIME")
            case b"RCPT":
                found = ADDRESS.search(line)
                self.recipient = found[1] if found else b"?"
                self.say("250 ok")
            case b"DATA":
                self.in_data = True
                self.say("354 go on")
            case b"QUIT":
                self.say("221 bye")
                self.transport.close()
            case _:
                self.say("250 ok")

    def message(self, content: bytes) -> None:
        self.in_data = False
        found = MESSAGE_ID.search(content[:4000])
        line = b"%s %s %s\n" % (
            self.recipient,
            found[1] if found else b"?",
            hashlib.sha256(content).hexdigest().encode(),
        )
        os.write(self.file, line)
        self.say("250 taken")


async def serve(port: int, path: str) -> None:
    Catcher.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Catcher, "127.0.0.1", port, reuse_address=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
