"""A real SMTP server that keeps what it is given, and can be told to refuse."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from cop.config import Smtp


class Catcher:
    """What arrived, and how to answer.

    Attributes:
        arrived: every message taken, raw arrivals in order.
        raw: the same as bytes; `envelopes` their envelope senders.
        answers: address → SMTP answer to give instead of taking it ('451 later'); under 'MAIL'
            and 'DATA' the answer to whoever sends, whatever it is; under 'DATA address' to what
            goes to one.
        refuses: words → answer to a message whose text holds them; '' hangs up instead.
    """

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.envelopes: list[str] = []
        self.answers: dict[str, str] = {}
        self.refuses: dict[str, str] = {}
        self.connections = 0

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        for asked in ("DATA", *(f"DATA {address}" for address in envelope.rcpt_tos)):
            if asked in self.answers:
                return self.answers[asked]
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        for words, answer in self.refuses.items():
            if words in text:
                if not answer:
                    server.transport.abort()
                return answer or "421 bye"
        self.arrived.append(message)
        self.raw.append(envelope.content)
        self.envelopes.append(envelope.mail_from)
        return "250 taken"


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def smtp_server() -> Iterator[tuple[Smtp, Catcher]]:
    """A server on a free port of loopback; its address and what it caught."""
    catcher = Catcher()
    port = free_port()
    controller = Controller(catcher, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield Smtp("127.0.0.1", port), catcher
    finally:
        controller.stop()
