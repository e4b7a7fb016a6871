"""What the mails about a programme say: when, and that it is on the page.

No stall, no name, no question: a mail is read on locked telephones and by colleagues.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from cop.gatherings import when, words
from cop.markets.models import Market
from cop.members.models import Member
from cop.members.site import name_of
from cop.platform import i18n
from cop.platform.i18n import gettext as _
from cop.platform.mail.composing import Letter, Link, Words, absolute, post


def programme(session: Session, market: Market, member: Member, plan: int, now: datetime) -> None:
    """Tell somebody that their programme is there; the same plan is told once."""
    _post(
        session,
        market,
        member,
        lambda: _("Your programme for the knowledge market is ready."),
        f"markets.programme:{market.id}:{plan}:{member.id}",
        now,
    )


def programme_changed(
    session: Session, market: Market, member: Member, at: int, now: datetime
) -> None:
    """Tell somebody that they go elsewhere than they were told."""
    _post(
        session,
        market,
        member,
        lambda: _("Your programme for the knowledge market has changed."),
        f"markets.programme_changed:{market.id}:{at}:{member.id}",
        now,
    )


def _post(
    session: Session,
    market: Market,
    member: Member,
    words_: Callable[[], str],
    key: str,
    now: datetime,
) -> None:
    gathering = market.gathering
    site = name_of(session)

    def letter() -> Letter:
        facts = (
            when.spoken(gathering.starts_at, gathering.ends_at),
            words.where(gathering.setting, gathering.place),
        )
        return Letter(
            f"{words.kind(gathering)}, {i18n.format_moment(gathering.starts_at)}",
            (
                Words(words_()),
                Words("\n".join(facts)),
                Link(_("See where you go"), absolute(f"/markten/{market.id}/programma")),
            ),
            _(
                "You get this because you signed up at %(site)s. What you get by mail you choose "
                "at %(url)s",
                site=site,
                url=absolute("/ik/agenda"),
            ),
        )

    post(
        session,
        letter,
        key=key,
        recipient=member.email,
        language=member.language,
        zone=member.time_zone,
        now=now,
        sender_name=site,
        member_id=member.id,
    )
