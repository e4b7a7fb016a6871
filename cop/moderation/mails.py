"""What a mail of the moderation room says: that something waits, never what."""

from datetime import datetime

from sqlalchemy.orm import Session

from cop.members.models import Member
from cop.members.site import name_of
from cop.platform.i18n import gettext as _
from cop.platform.mail import composing
from cop.platform.mail.composing import Letter, Link, Words


def urgent_report(session: Session, member: Member, report_id: int, now: datetime) -> None:
    """To a moderator, at once: somebody may be in danger."""

    def letter() -> Letter:
        return Letter(
            subject=_("Urgent report"),
            parts=(
                Words(_("Somebody reported a message as urgent: a person may be in danger.")),
                Link(
                    _("Look at it now"),
                    composing.absolute(f"/moderatie/{report_id}"),
                ),
                Words(_("Whoever reported it was shown the numbers of 113 and 112.")),
            ),
            why=_("You get this because you are a moderator. Urgent reports are always mailed."),
        )

    composing.post(
        session,
        letter,
        key=f"moderation.urgent:{report_id}:{member.id}",
        recipient=member.email,
        language=member.language,
        zone=member.time_zone,
        now=now,
        sender_name=name_of(session),
    )
