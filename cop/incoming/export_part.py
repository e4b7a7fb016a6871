"""What a member sent by mail, for them to take along."""

from cop.incoming.models import IncomingMail
from cop.members.own_data import Room, Rows, exports
from cop.platform.i18n import lazy as _l

exports(
    Room(
        "mail_in",
        _l("Mail that you sent in"),
        [
            Rows(
                "received",
                _l("What became of your mails"),
                [IncomingMail.member_id],
                [IncomingMail.received_at, IncomingMail.size, IncomingMail.outcome],
            ),
        ],
        left={"cut_text.member_id": "quotations: words of others, and links that open something"},
    )
)
