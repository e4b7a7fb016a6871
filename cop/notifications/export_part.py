"""What was told to a member and how they want to hear of it, for them to take along."""

from cop.members.own_data import Room, Rows, exports
from cop.notifications.models import MailPreference, Notification
from cop.platform.i18n import lazy as _l

exports(
    Room(
        "notifications",
        _l("Notifications"),
        [
            Rows(
                "told",
                _l("What you were told"),
                [Notification.member_id],
                [Notification.kind, Notification.at, Notification.read_at],
            ),
            Rows(
                "digest",
                _l("When your digest comes"),
                [MailPreference.member_id],
                [
                    *(MailPreference.hour, MailPreference.weekday, MailPreference.asked),
                    *(MailPreference.rest, MailPreference.joined, MailPreference.next_at),
                ],
            ),
        ],
        left={"notification.by_id": "who caused it is somebody else"},
    )
)
