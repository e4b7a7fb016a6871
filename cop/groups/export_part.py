"""Groups that a member is in or facilitated, and what they took part in, to take along."""

from cop.groups.models import (
    GroupAgreement,
    GroupFacilitator,
    GroupPresence,
    TrainedFacilitator,
)
from cop.members.own_data import Room, Rows, exports
from cop.platform.i18n import lazy as _l

exports(
    Room(
        "groups",
        _l("Groups"),
        [
            Rows(
                "agreed",
                _l("Rules that you agreed to"),
                [GroupAgreement.member_id, GroupAgreement.persona_id],
                [GroupAgreement.group_id, GroupAgreement.version, GroupAgreement.agreed_at],
                under=GroupAgreement.persona_id,
            ),
            Rows(
                "took_part",
                _l("What you took part in"),
                [GroupPresence.member_id, GroupPresence.persona_id],
                [
                    *(GroupPresence.gathering_id, GroupPresence.minutes),
                    *(GroupPresence.facilitator, GroupPresence.confirmed_at),
                ],
                under=GroupPresence.persona_id,
            ),
            Rows(
                "facilitates",
                _l("What you facilitate"),
                [GroupFacilitator.member_id, GroupFacilitator.persona_id],
                [
                    *(GroupFacilitator.group_id, GroupFacilitator.gathering_id),
                    *(GroupFacilitator.state, GroupFacilitator.at),
                ],
                under=GroupFacilitator.persona_id,
            ),
            Rows(
                "trained",
                _l("Your training as a facilitator"),
                [TrainedFacilitator.member_id, TrainedFacilitator.persona_id],
                [
                    *(TrainedFacilitator.intervisie, TrainedFacilitator.beraad),
                    *(TrainedFacilitator.training, TrainedFacilitator.since),
                ],
            ),
        ],
        left={"group_facilitator.by_id": "who asked is somebody else"},
    )
)
