"""Requests for contact and one's own side of private conversations, to take along."""

from cop.contacts.models import ContactRequest, ConversationSide, Message
from cop.members.own_data import Room, Rows, exports
from cop.platform.i18n import lazy as _l

exports(
    Room(
        "contact",
        _l("Contact"),
        [
            Rows(
                "asked",
                _l("Whom you asked for contact"),
                [ContactRequest.from_id],
                [ContactRequest.words, ContactRequest.at],
                under=ContactRequest.from_id,
                who=ContactRequest.to_id,
            ),
            Rows(
                "asked_of_you",
                _l("Who asked you for contact"),
                [ContactRequest.to_id],
                # Not how it was answered to the other, and not the other's words.
                [ContactRequest.at, ContactRequest.answered_at, ContactRequest.accepted],
                under=ContactRequest.to_id,
                who=ContactRequest.from_id,
            ),
            Rows(
                "conversations",
                _l("Private conversations that you are in"),
                [ConversationSide.persona_id],
                [ConversationSide.conversation_id],
                under=ConversationSide.persona_id,
            ),
            Rows(
                "messages",
                _l("What you wrote in private conversations"),
                [Message.persona_id],
                [Message.conversation_id, Message.text, Message.at],
                under=Message.persona_id,
            ),
        ],
    )
)
