"""What a member did in moral deliberations, to take along; their words stand with the sessions."""

from cop.beraad.models import Approval, OwnPerspective, ReportReading
from cop.members.own_data import Room, Rows, exports
from cop.platform.i18n import lazy as _l

exports(
    Room(
        "beraad",
        _l("Moral deliberation"),
        [
            Rows(
                "perspectives",
                _l("Perspectives that you added"),
                [OwnPerspective.author_id],
                [OwnPerspective.name, OwnPerspective.at],
                under=OwnPerspective.author_id,
            ),
            Rows(
                "approved",
                _l("Reports that you approved"),
                [Approval.persona_id],
                [Approval.version, Approval.at],
                under=Approval.persona_id,
            ),
            Rows(
                "read",
                _l("Reports that you read"),
                [ReportReading.persona_id],
                [ReportReading.where, ReportReading.at],
                under=ReportReading.persona_id,
            ),
        ],
        covers=frozenset({"beraad_entry.author_id", "beraad_weighing.author_id"}),
        left={"beraad_report.made_by_id": "a report is made of what all of them said"},
    )
)
