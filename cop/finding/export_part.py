"""What a member wants to hear of, kept searches with it, for them to take along."""

from cop.finding.models import Interest, InterestProfile
from cop.members.own_data import Room, Rows, exports
from cop.platform.i18n import lazy as _l

exports(
    Room(
        "interests",
        _l("Your interests"),
        [
            Rows(
                "interests",
                _l("What you want to hear of"),
                [Interest.member_id],
                [
                    *(Interest.kind, Interest.words, Interest.created_at),
                    *(Interest.on_site, Interest.by_mail),
                ],
            ),
            Rows(
                "channels",
                _l("How you want to hear of it"),
                [InterestProfile.member_id],
                [
                    *(InterestProfile.on_site, InterestProfile.by_mail),
                    InterestProfile.quiet_until,
                ],
            ),
        ],
    )
)
