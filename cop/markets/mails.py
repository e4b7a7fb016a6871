"""What the mails about a programme say: when, and where the page of it is.

Of a market for all members also at which stall one is in each round: what is open stands whole in
a mail. Of one for some no stall, no question; of none a name. The subject says no more than when.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from cop.gatherings import when, words
from cop.markets import stall_queries
from cop.markets.models import Market
from cop.markets.queries import rounds_of
from cop.members.models import Member
from cop.members.site import name_of
from cop.platform import i18n
from cop.platform.i18n import gettext as _
from cop.platform.mail.composing import Letter, Link, Words, absolute, post
from cop.spaces.circles import Visibility


def programme(session: Session, market: Market, member: Member, which: str, now: datetime) -> None:
    """Tell somebody that their programme is there; the same one (`which`) is told once."""
    _post(
        session,
        market,
        member,
        lambda: _("Your programme for the knowledge market is ready."),
        f"markets.programme:{market.id}:{which}:{member.id}",
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


def _spoken(market: Market, turns: list[stall_queries.Turn]) -> list[str]:
    """A line a round, in the zone and the language of who reads it."""
    rounds = rounds_of(market, market.gathering)
    return [
        f"{rounds[turn.round].when}: "
        + (f"{turn.number}. {turn.title}" if turn.stall_id else _("Lobby"))
        for turn in turns
    ]


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
    is_open = gathering.circle.visibility == Visibility.OPEN
    turns = stall_queries.programme_of(session, market, member.id) if is_open else []

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
                *([Words("\n".join(_spoken(market, turns)))] if turns else []),
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
