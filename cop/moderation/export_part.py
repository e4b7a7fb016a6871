"""What a member reported, and what was decided about what they wrote, for them to take along."""

from sqlalchemy import exists
from sqlalchemy.orm import aliased

from cop.members.own_data import Room, Rows, exports
from cop.moderation.models import Report
from cop.moderation.permissions import TOLD
from cop.platform.i18n import lazy as _l

_Same = aliased(Report)
# Of one decision one row: how many reported it is not the author's to know.
_FIRST = ~exists().where(
    _Same.subject == Report.subject,
    _Same.concerned_id == Report.concerned_id,
    _Same.decided_at == Report.decided_at,
    _Same.id < Report.id,
)

exports(
    Room(
        "reports",
        _l("Reports"),
        [
            Rows(
                "made",
                _l("What you reported"),
                [Report.reporter_id],
                # Not the passage: those are somebody else's words.
                [
                    *(Report.reason, Report.urgent, Report.note, Report.at),
                    *(Report.decided_at, Report.decision, Report.answer),
                ],
            ),
            Rows(
                "about_you",
                _l("What was decided about what you wrote"),
                [Report.concerned_id],
                [Report.decided_at, Report.decision, Report.request],
                where=[Report.decided_at.is_not(None), TOLD, _FIRST],
            ),
        ],
        left={
            "report.taken_by_id": "what a moderator did in office",
            "report.decided_by_id": "what a moderator did in office",
        },
    )
)
