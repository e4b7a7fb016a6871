"""That a member took everything along, among what they take along."""

from cop.members.own_data import Room, Rows, exports
from cop.platform.i18n import lazy as _l
from cop.privacy.models import OwnExport

exports(
    Room(
        "taken",
        _l("What you took along before"),
        [
            Rows(
                "asked",
                _l("When you asked for it"),
                [OwnExport.member_id],
                [OwnExport.asked_at, OwnExport.ready_at],
            )
        ],
    )
)
