"""A member's expertise card and what they asked and were asked, for them to take along."""

from cop.expertise.models import (
    Card,
    CardKeeper,
    CardLine,
    DeclinedSuggestion,
    ExpertAsk,
    ExpertQuestion,
)
from cop.members.own_data import Room, Rows, exports
from cop.platform.i18n import lazy as _l

exports(
    Room(
        "expertise",
        _l("Expertise"),
        [
            Rows(
                "card",
                _l("Your card"),
                [Card.persona_id],
                [
                    *(Card.kind, Card.region, Card.about, Card.contact, Card.contact_shown),
                    *(Card.often, Card.full, Card.created_at, Card.changed_at),
                ],
                under=Card.persona_id,
            ),
            Rows(
                "lines",
                _l("What you know about"),
                [CardLine.card_id],
                [
                    *(CardLine.theme_id, CardLine.words, CardLine.knowledge),
                    *(CardLine.ask, CardLine.shown, CardLine.at),
                ],
            ),
            Rows(
                "keeps",
                _l("Cards that you keep together with others"),
                [CardKeeper.persona_id],
                [CardKeeper.card_id, CardKeeper.accepted_at],
                under=CardKeeper.persona_id,
            ),
            Rows(
                "asked",
                _l("Questions that you asked"),
                [ExpertQuestion.persona_id],
                [
                    *(ExpertQuestion.theme_id, ExpertQuestion.words, ExpertQuestion.text),
                    *(ExpertQuestion.at, ExpertQuestion.closed_at),
                ],
                under=ExpertQuestion.persona_id,
            ),
            Rows(
                "asked_of_you",
                _l("When you were asked"),
                [ExpertAsk.persona_id, ExpertAsk.card_id],
                [ExpertAsk.at, ExpertAsk.answer, ExpertAsk.answered_at, ExpertAsk.thanked_at],
                under=ExpertAsk.persona_id,
            ),
            Rows(
                "declined",
                _l("Suggestions for your card that you did not want"),
                [DeclinedSuggestion.member_id],
                [DeclinedSuggestion.theme_id, DeclinedSuggestion.at],
            ),
        ],
        left={
            "expertise_keeper.asked_by_id": "who asked is somebody else",
            "expertise_keeper.card_id": "the others who keep a card",
            "topic_sought.token": "tied to nobody: it is made so that nobody can say whose it is",
        },
    )
)
