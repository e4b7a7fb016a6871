"""What a digest tells of harvests: of markets for one's space or institution, or on one's themes.

Who came hears of it by name; the digest is for those who could not come, as far as they want to
hear of their themes and wanted no quiet when it was ready. Of a market for a small
circle it tells that there is something to read, and nothing else.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from cop.gatherings.models import Attendance, Coming, Gathering
from cop.markets.after.models import MarketHarvest
from cop.markets.models import Market, MarketAudience, MarketTheme
from cop.members.models import Member, MemberOrganisation, MemberTheme
from cop.notifications import digest_lines as lines
from cop.notifications import wishes
from cop.notifications.digests import Found, Piece, Reader, brings
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.mail.composing import absolute
from cop.platform.mail.message import without_slots
from cop.spaces.circles import Circle, CircleMembership, Standing, Visibility, reading_members
from cop.spaces.models import Space

ORDER, PRIVATE_ORDER = 16, 22
FEW_WORDS = 60  # what a line about a harvest costs of the room in a mail


@brings
def from_harvests(session: Session, readers: Sequence[Reader]) -> dict[int, Found]:
    """Two queries for any number of readers."""
    earliest = lines.since(readers)
    if earliest is None:
        return {}
    rows = session.execute(
        select(Market.id, Gathering.title, MarketHarvest.ready_at, Circle.visibility)
        .join(MarketHarvest, MarketHarvest.market_id == Market.id)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .join(Circle, Circle.id == Gathering.circle_id)
        .where(MarketHarvest.ready_at > earliest)
        .where(MarketHarvest.ready_at <= max(reader.until for reader in readers))
        .order_by(MarketHarvest.ready_at, Market.id)
    ).all()
    if not rows:
        return {}
    wanted = _wanted(session, {reader.member_id for reader in readers}, [row.id for row in rows])
    return {
        reader.delivery_id: _found(reader, rows, wanted.get(reader.member_id, set()))
        for reader in readers
    }


def _wanted(session: Session, members: set[int], ids: Sequence[int]) -> dict[int, set[int]]:
    """member → harvests that are for them, and of which they did not hear by name."""
    for_space = exists().where(
        MarketAudience.market_id == Market.id,
        Space.id == MarketAudience.space_id,
        CircleMembership.circle_id == Space.circle_id,
        CircleMembership.member_id == Member.id,
        CircleMembership.standing.in_((Standing.JOINED, Standing.COORDINATOR)),
    )
    for_work = exists().where(
        MarketAudience.market_id == Market.id,
        MemberOrganisation.organisation_id == MarketAudience.organisation_id,
        MemberOrganisation.member_id == Member.id,
    )
    on_theme = and_(
        reading_members(Gathering.circle_id),
        exists().where(
            MarketTheme.market_id == Market.id,
            MemberTheme.theme_id == MarketTheme.theme_id,
            MemberTheme.member_id == Member.id,
            wishes.by_mail(MemberTheme.member_id, MemberTheme.theme_id),
        ),
    )
    signed_up = exists().where(
        Attendance.gathering_id == Market.gathering_id,
        Attendance.member_id == Member.id,
        or_(Attendance.coming == Coming.GOING, Attendance.coming == Coming.WAITING),
    )
    found: defaultdict[int, set[int]] = defaultdict(set)
    for member_id, market_id in session.execute(
        select(Member.id, Market.id)
        .join(Market, Market.id.in_(ids))
        .join(Gathering, Gathering.id == Market.gathering_id)
        .join(MarketHarvest, MarketHarvest.market_id == Market.id)
        .where(Member.id.in_(members), or_(for_space, for_work, on_theme), ~signed_up)
        .where(wishes.tells(Member.id, MarketHarvest.ready_at))
    ):
        found[member_id].add(market_id)
    return found


def _found(reader: Reader, rows: Sequence[Any], mine: set[int]) -> Found:
    told = lines.of_rows(reader, rows, mine, "harvest", "ready_at")
    wide = [row for row in told if row.visibility in (Visibility.PUBLIC, Visibility.OPEN)]
    small = [row for row in told if row not in wide]
    found = Found([_piece(row) for row in wide])
    if small:
        found.pieces.append(_only_that(small))
    return found


def _piece(row: Any) -> Piece:
    title, url = without_slots(row.title), absolute(f"/markten/{row.id}/oogst")
    return Piece(
        group=(ORDER, "", False, row.ready_at, row.id),
        heading=lambda: (_("What markets yielded"), absolute("/markten?welke=geweest")),
        key=f"harvest:{row.id}:{title}",
        covers=(),
        words=FEW_WORDS,
        render=lambda _roomy: lines.rendered(title, url),
        subject=f"harvest:{row.id}",
    )


def _only_that(rows: Sequence[Any]) -> Piece:
    count = len(rows)
    return lines.only_that(
        PRIVATE_ORDER,
        f"harvests:private:{count}",
        lambda: ngettext(
            "A market in a small circle yielded something. It stands on the site only.",
            "%(num)d markets in a small circle yielded something. It stands on the site only.",
            count,
        ),
        "/markten?welke=geweest",
        rows[0].ready_at,
        (),
    )
