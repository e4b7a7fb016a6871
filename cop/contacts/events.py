"""What happened between two members, as data: ids only."""

from dataclasses import dataclass

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class ContactAsked(Event):
    name = "contacts.asked"
    request_id: int


@dataclass(frozen=True, kw_only=True)
class ContactAccepted(Event):
    name = "contacts.accepted"
    request_id: int
    conversation_id: int


@dataclass(frozen=True, kw_only=True)
class MessageWritten(Event):
    name = "contacts.message_written"
    message_id: int
