"""What a member did in intervisie, for them to take along; their words stand with the sessions."""

from cop.intervisie.models import CaseAsk, CaseTurn, GoOnAnswer, ThemeVote
from cop.members.own_data import Room, Rows, exports
from cop.platform.i18n import lazy as _l

exports(
    Room(
        "intervisie",
        _l("Intervisie"),
        [
            Rows(
                "asked_for_case",
                _l("When you were asked for a case"),
                [CaseAsk.participant_id],
                [CaseAsk.session_id, CaseAsk.at, CaseAsk.answer],
            ),
            Rows(
                "turn",
                _l("When you brought a case last"),
                [CaseTurn.member_id],
                [CaseTurn.asked_round, CaseTurn.brought_at],
            ),
            Rows(
                "votes",
                _l("Themes that you voted for"),
                [ThemeVote.participant_id],
                [ThemeVote.proposal_id],
            ),
            Rows(
                "going_on",
                _l("Whether you want to go on"),
                [GoOnAnswer.member_id],
                [GoOnAnswer.question_id, GoOnAnswer.says, GoOnAnswer.at],
            ),
        ],
        covers=frozenset({"case_offer.participant_id", "theme_proposal.participant_id"}),
    )
)
