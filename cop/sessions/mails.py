"""The one mail that sessions send: something waits. Nothing of any session is in it."""

from datetime import datetime

from sqlalchemy.orm import Session

from cop.members.models import Member, MemberState
from cop.members.site import name_of
from cop.platform.i18n import gettext as _
from cop.platform.mail.composing import Letter, Link, Words, absolute, post


def something_waits(session: Session, member_id: int, key: str, url: str, now: datetime) -> None:
    """To somebody who wanted to come back to something.

    Args:
        key: names the cause; the same cause is never mailed twice.
        url: the path of the page; it shows nothing to who may not see it.
    """
    member = session.get(Member, member_id)
    if member is None or member.state != MemberState.ACTIVE:
        return
    site = name_of(session)

    def letter() -> Letter:
        return Letter(
            _("You wanted to come back to this"),
            (
                Words(_("On %(site)s something waits for you.", site=site)),
                Link(_("Look what it is"), absolute(url)),
            ),
            _(
                "You get this mail because it was meant for you personally. What it is about is "
                "never in a mail."
            ),
        )

    post(
        session,
        letter,
        key=f"mail:{key}",
        recipient=member.email,
        language=member.language,
        zone=member.time_zone,
        now=now,
        sender_name=site,
    )
