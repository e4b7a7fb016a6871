"""Markets in search: what is asked and offered in those to come, and what others yielded.

A market for some spaces is found by who is in them; one for an institution by who takes part, and
by who works there, which no circle says: those few are looked at aside. Its authors are its hosts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import exists, not_, or_, select
from sqlalchemy.orm import Session, aliased

from cop.gatherings import when
from cop.gatherings.models import Attendance, Gathering, GatheringKind
from cop.gatherings.searching import is_known
from cop.markets.after.models import StallYield
from cop.markets.models import (
    Market,
    MarketAudience,
    MarketEntry,
    MarketState,
    MarketTheme,
    Stall,
)
from cop.markets.permissions import MARKETS, MarketPermission, active
from cop.members.actor import Actor
from cop.members.models import MemberOrganisation, Theme
from cop.platform.db import AnySelect, rows
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.platform.markup import own_text, word_count
from cop.platform.search import indexing, links
from cop.platform.search.sources import (
    OF_ALL,
    Audience,
    Document,
    Hit,
    Key,
    Line,
    Shown,
    Source,
    author,
    changed,
    label,
    offer,
    values_of,
)
from cop.spaces.circles import CircleMembership, Standing, in_circle, readable
from cop.spaces.models import Space

KIND = "market"
WHAT_TO_KNOW = 1  # the line of what the host says; entries and stalls come after it
ENTRY, YIELD = 0, 1
MOST = 100  # markets of one's institutions, the newest


def _number(id: int, of: int) -> int:
    """Names an entry, or what a stall yielded, among the lines of a market."""
    return 2 * id + 2 + of


def _parts(session: Session, market_ids: Iterable[int]) -> list[Key]:
    """One for each space that a market is for; else one, for its own circle."""
    ids = sorted(set(market_ids))
    spaces: defaultdict[int, list[int]] = defaultdict(list)
    for market_id, audience_id in session.execute(
        select(MarketAudience.market_id, MarketAudience.id)
        .where(MarketAudience.market_id.in_(ids), MarketAudience.space_id.is_not(None))
        .order_by(MarketAudience.id)
    ):
        spaces[market_id].append(audience_id)
    return [(id, part) for id in ids for part in spaces.get(id, [0])]


def _of_market(session: Session, market: Market) -> Iterator[Key]:
    if changed(market, "state"):
        yield from _parts(session, [market.id])


def _of_gathering(session: Session, gathering: Gathering) -> Iterator[Key]:
    if gathering.kind == GatheringKind.MARKET and changed(
        gathering, "title", "html", "starts_at", "cancelled_at"
    ):
        yield from _of_its_gathering(session, gathering.id)


def _of_its_gathering(session: Session, gathering_id: int) -> list[Key]:
    found = session.scalars(select(Market.id).where(Market.gathering_id == gathering_id)).all()
    return _parts(session, found)


def _of_coming(session: Session, attendance: Attendance) -> Iterator[Key]:
    """What somebody asks and offers is shown while they come."""
    if changed(attendance, "coming"):
        gathering = session.get(Gathering, attendance.gathering_id)
        if gathering is not None and gathering.kind == GatheringKind.MARKET:
            yield from _of_its_gathering(session, gathering.id)


def _of_host(session: Session, row: CircleMembership) -> Iterator[Key]:
    hosting = values_of(row, "standing") | {row.standing}
    if changed(row, "standing", "persona_id") and Standing.COORDINATOR in hosting:
        yield from _of_circle(session, row.circle_id)


def _of_circle(session: Session, circle_id: int) -> list[Key]:
    its = select(Market.id).join(Gathering, Gathering.id == Market.gathering_id)
    its = its.where(Gathering.circle_id == circle_id, Gathering.kind == GatheringKind.MARKET)
    return _parts(session, session.scalars(its.execution_options(autoflush=False)).all())


def touch_of(session: Session, circle_id: int) -> None:
    """Whoever left this circle hosts none of its markets any more."""
    indexing.touch(session, KIND, _of_circle(session, circle_id))


def _of_row(session: Session, row: Any) -> Iterator[Key]:
    yield from _parts(session, [row.market_id])


def _of_entry(session: Session, entry: MarketEntry) -> Iterator[Key]:
    if changed(entry, "line", "expects", "theme_id", "withdrawn_at"):
        yield from _parts(session, [entry.market_id])


def _of_yield(session: Session, row: StallYield) -> Iterator[Key]:
    if changed(row, "source"):
        stall = session.get(Stall, row.stall_id)
        if stall is not None:
            yield from _parts(session, [stall.market_id])


def _of_renamed(session: Session, theme: Theme) -> Iterator[Key]:
    if changed(theme, "name_nl"):
        have = select(MarketTheme.market_id).where(MarketTheme.theme_id == theme.id)
        found = session.scalars(have.execution_options(autoflush=False)).all()
        yield from _parts(session, found)


def documents(session: Session, keys: Sequence[Key]) -> Iterator[Document]:
    """Six queries."""
    ids = sorted({id for id, _part in keys})
    spaces = {
        (row.market_id, row.id): row
        for row in session.execute(
            select(MarketAudience.market_id, MarketAudience.id, Space.circle_id, Space.id)
            .join(Space, Space.id == MarketAudience.space_id)
            .where(MarketAudience.market_id.in_(ids))
        )
    }
    themes = session.execute(
        select(MarketTheme.market_id, Theme.id, Theme.name_nl)
        .join(Theme, Theme.id == MarketTheme.theme_id)
        .where(MarketTheme.market_id.in_(ids))
        .order_by(Theme.position, Theme.id)
    ).all()
    hosts = session.execute(
        select(Market.id, CircleMembership.persona_id)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .join(CircleMembership, CircleMembership.circle_id == Gathering.circle_id)
        .where(Market.id.in_(ids), CircleMembership.standing == Standing.COORDINATOR)
        .order_by(CircleMembership.persona_id)
    ).all()
    said, leads = _lines(session, ids)
    found = {
        row.id: row
        for row in session.execute(
            select(
                *(Market.id, Market.state, Gathering.title, Gathering.html),
                *(Gathering.circle_id, Gathering.starts_at),
            )
            .join(Gathering, Gathering.id == Market.gathering_id)
            .where(Market.id.in_(ids), Gathering.cancelled_at.is_(None))
        )
    }
    for id, part in keys:
        row = found.get(id)
        if row is None or (part and (id, part) not in spaces):
            continue
        own = [(theme_id, name) for market_id, theme_id, name in themes if market_id == id]
        labels = [label("kind", KIND), *(label("theme", theme_id) for theme_id, _name in own)]
        labels += [author(persona_id) for market_id, persona_id in hosts if market_id == id]
        labels += sorted({*links.labels_in(row.html), *leads[id, row.state == MarketState.CLOSED]})
        if part:
            labels.append(label("space", spaces[id, part][3]))
        names = " ".join(name for _id, name in own)
        yield Document(
            key=(id, part),
            title=row.title,
            lines=[
                Line(WHAT_TO_KNOW, f"{own_text(row.html)}\n{names}", OF_ALL),
                *(said[id, row.state == MarketState.CLOSED]),
            ],
            audience=Audience.INSIDE if part else Audience.READERS,
            circle_id=spaces[id, part].circle_id if part else row.circle_id,
            at=row.starts_at,
            labels=labels,
            by=OF_ALL,
        )


@cache
def _at_work(kind: Actor) -> AnySelect:
    of_work, of_space = aliased(MarketAudience), aliased(MarketAudience)
    space, works_at = aliased(Space), aliased(MemberOrganisation)
    here = exists().where(of_space.market_id == Market.id, of_space.space_id == space.id)
    return (
        select(Market.id)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(
            exists().where(
                of_work.market_id == Market.id,
                works_at.organisation_id == of_work.organisation_id,
                works_at.member_id == kind.member_id,
            ),
            MARKETS.clause(kind, MarketPermission.READ),
            # What the index gives them already.
            not_(here.where(in_circle(kind, space.circle_id))),
            or_(here, not_(readable(kind, Gathering.circle_id))),
        )
        .order_by(Market.id.desc())
        .limit(MOST)
    )


def aside(session: Session, actor: Actor) -> Iterator[Document]:
    """Those for an institution where the actor works, of which no circle of theirs says so."""
    if not actor.is_member:
        return
    ids = rows(session, _at_work(actor.left_open), actor.parameters).scalars().all()
    if ids:
        yield from documents(session, [(id, 0) for id in ids])


Said: TypeAlias = defaultdict[tuple[int, bool], list[Line]]


def _lines(
    session: Session, ids: Sequence[int]
) -> tuple[Said, defaultdict[tuple[int, bool], set[str]]]:
    """(market, whether it is over) → what is said in it then, and where that leads."""
    found: Said = defaultdict(list)
    leads: defaultdict[tuple[int, bool], set[str]] = defaultdict(set)
    for row in session.execute(
        select(
            *(MarketEntry.id, MarketEntry.market_id, MarketEntry.persona_id),
            *(MarketEntry.line, MarketEntry.expects),
        )
        .where(MarketEntry.market_id.in_(ids), active())
        .order_by(MarketEntry.id)
    ):
        text = f"{row.line}\n{row.expects}".strip()
        line = Line(_number(row.id, ENTRY), text, row.persona_id)
        found[row.market_id, False].append(line)
    for id, market_id, title, html, by_id in session.execute(
        select(Stall.id, Stall.market_id, Stall.title, StallYield.html, StallYield.by_id)
        .join(StallYield, StallYield.stall_id == Stall.id)
        .where(Stall.market_id.in_(ids))
        .order_by(Stall.number)
    ):
        text = f"{title}\n{own_text(html)}"
        found[market_id, True].append(Line(_number(id, YIELD), text, by_id))
        leads[market_id, True].update(links.labels_in(html))
    return found, leads


def keys(session: Session, after: int, most: int) -> list[Key]:
    ids = session.scalars(
        select(Market.id).where(Market.id > after).order_by(Market.id).limit(most)
    ).all()
    return _parts(session, ids)


def present(session: Session, actor: Actor, hits: Sequence[Hit]) -> dict[int, Shown]:
    """Two queries, and one each for entries and yields."""
    best = {hit.thing_id: hit.line for hit in hits}
    texts = _texts(session, best)
    rows = session.execute(
        select(
            *(Market.id, Market.state, Gathering.title, Gathering.html),
            *(Gathering.starts_at, Gathering.ends_at),
        )
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(Market.id.in_(best), MARKETS.clause(actor, MarketPermission.READ))
        .where(Gathering.cancelled_at.is_(None))
    )
    found = {}
    for row in rows:
        text = texts.get(row.id) or own_text(row.html)
        over = row.state == MarketState.CLOSED
        found[row.id] = Shown(
            title=row.title,
            url=f"/markten/{row.id}/oogst" if over else f"/markten/{row.id}",
            where=f"{_('Knowledge market')}, {when.spoken(row.starts_at, row.ends_at)}",
            words=word_count(text),
            text=text,
        )
    return found


def _texts(session: Session, best: dict[int, int]) -> dict[int, str]:
    """Market → the words of the line that answers best, when it is an entry's or a stall's."""
    lines = {id: divmod(line - 2, 2) for id, line in best.items() if line > WHAT_TO_KNOW}
    wanted: dict[int, list[int]] = {ENTRY: [], YIELD: []}
    for thing_id, of in lines.values():
        wanted[of].append(thing_id)
    found = {
        row.market_id: f"{row.line}\n{row.expects}".strip()
        for row in session.execute(
            select(MarketEntry.market_id, MarketEntry.line, MarketEntry.expects).where(
                MarketEntry.id.in_(wanted[ENTRY]), active()
            )
        )
    }
    return found | {
        row.market_id: own_text(row.html)
        for row in session.execute(
            select(Stall.market_id, StallYield.html)
            .join(StallYield, StallYield.stall_id == Stall.id)
            .where(Stall.id.in_(wanted[YIELD]))
        )
    }


def came(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """When they were announced."""
    rows = session.execute(select(Market.id, Market.created_at).where(Market.id.in_(ids)))
    return {row.id: row.created_at for row in rows}


def known(session: Session, actor: Actor, ids: Sequence[int], now: datetime) -> Sequence[int]:
    """Those of these markets that are over, or that the actor hosts or takes part in."""
    host = MARKETS.clause(actor, MarketPermission.MANAGE)
    return session.scalars(
        select(Market.id)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(Market.id.in_(ids), or_(is_known(actor, now), host))
    ).all()


offer(
    Source(
        kind=KIND,
        label=_l("Knowledge market"),
        present=present,
        documents=documents,
        keys=keys,
        aside=aside,
        version=3,  # with their hosts
        watches={
            Market: _of_market,
            Gathering: _of_gathering,
            Attendance: _of_coming,
            CircleMembership: _of_host,
            MarketEntry: _of_entry,
            MarketTheme: _of_row,
            MarketAudience: _of_row,
            StallYield: _of_yield,
            Theme: _of_renamed,
        },
        came=came,
        known=known,
    )
)
