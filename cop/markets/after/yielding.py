"""From what was written at a stall to its opbrengst, and saying that the harvest is ready."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.markets.after.events import HarvestReady
from cop.markets.after.models import MarketHarvest, StallYield
from cop.markets.after.permissions import HARVESTS, YIELDS, HarvestPermission, YieldPermission
from cop.markets.floor_among import market_held
from cop.markets.floor_models import StallItem, StallNote
from cop.markets.models import Market, Stall
from cop.members.actor import Actor
from cop.members.queries import own_persona
from cop.platform import markup
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.markup import MAX_LENGTH
from cop.platform.outbox import emit
from cop.spaces.operations import Stale
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_LINKS = 30


@dataclass(frozen=True, slots=True)
class File:
    """A file that lies at a stall; `comes`: it came along into the opbrengst."""

    id: int
    title: str
    comes: bool


def beginning(session: Session, actor: Actor, stall_id: int) -> str:
    """What the opbrengst begins with: the note and the links, for who may read those."""
    if YieldPermission.READ_NOTE not in YIELDS.held(session, actor, stall_id):
        return ""
    note = session.scalar(select(StallNote.text).where(StallNote.stall_id == stall_id)) or ""
    links = session.execute(
        select(StallItem.title, StallItem.url)
        .where(StallItem.stall_id == stall_id, StallItem.struck_at.is_(None), StallItem.url != "")
        .order_by(StallItem.id)
        .limit(MOST_LINKS)
    ).all()
    lines = [f"- [{_plain(row.title)}]({row.url})" for row in links]
    return "\n\n".join(part for part in (note.strip(), "\n".join(lines)) if part)


def files(session: Session, actor: Actor, stall_id: int) -> list[File]:
    """The files that were left at the stall, oldest first, for who may read its note."""
    if YieldPermission.READ_NOTE not in YIELDS.held(session, actor, stall_id):
        return []
    rows = session.execute(
        select(StallItem.id, StallItem.title, StallItem.in_yield)
        .where(StallItem.stall_id == stall_id, StallItem.file_id.is_not(None))
        .order_by(StallItem.id)
    )
    return [File(*row) for row in rows]


def _bring(session: Session, actor: Actor, stall_id: int, item_ids: Collection[int]) -> None:
    """These of the stall's files are read with its opbrengst, and the others are not."""
    for file in files(session, actor, stall_id):
        if file.comes != (file.id in item_ids):
            session.get_one(StallItem, file.id).in_yield = not file.comes
    session.flush()


def _plain(title: str) -> str:
    """A title that stays inside the brackets of a link."""
    return title.replace("[", "(").replace("]", ")").replace("\n", " ")


def write(
    session: Session,
    actor: Actor,
    stall_id: int,
    source: str,
    version: int,
    now: datetime,
    anyway: bool = False,
    item_ids: Collection[int] | None = None,
) -> StallYield:
    """Write down what a stall yielded, for all whom the market is for.

    Args:
        item_ids: of the files that come along, as `files` lists them; None leaves them.
        version: of the opbrengst that was changed; 0 when there was none.

    Raises:
        NotFound: the market is not over, or the actor neither held the stall nor hosts.
        Refused: nothing is written, or too much.
        Stale: somebody else changed it meanwhile; its `current` is the opbrengst.
        AuthorAsked: the words may say who somebody is.
    """
    YIELDS.get(session, actor, YieldPermission.WRITE, stall_id)
    assert actor.member_id is not None
    session.get_one(Stall, stall_id, with_for_update=True)  # of two first ones, one after another
    found = session.get(StallYield, stall_id, with_for_update=True, populate_existing=True)
    source = trimmed(source.replace("\r\n", "\n"))
    if found is not None and found.source == source:
        if item_ids is not None:
            _bring(session, actor, stall_id, item_ids)
        return found
    if not source:
        raise Refused(_("Write something first."), "source")
    if len(source) > MAX_LENGTH:
        raise Refused(_("Keep it to %(most)s characters, please.", most=MAX_LENGTH), "source")
    if (found.version if found is not None else 0) != version:
        raise Stale(found, found.version if found is not None else 0)
    ask_author([source], Purpose.OUTCOME, anyway)
    by_id = own_persona(session, actor.member_id).id
    if found is None:
        found = StallYield(stall_id=stall_id, version=0)
        session.add(found)
    found.source, found.html = source, markup.render(source)
    found.words = markup.word_count(source)
    found.version += 1
    found.by_id, found.at = by_id, now
    session.flush()
    if item_ids is not None:
        _bring(session, actor, stall_id, item_ids)
    return found


def say_ready(session: Session, actor: Actor, market_id: int, now: datetime) -> MarketHarvest:
    """The harvest is ready: everybody whom the market is for hears of it, once.

    Raises:
        NotFound: the market is not over, or the actor does not host.
        Refused: no stall has written down anything yet.
    """
    HARVESTS.get(session, actor, HarvestPermission.LEAD, market_id)
    if not has_yield(session, market_id):
        raise Refused(_("No stall has written down yet what it yielded."))
    return make_ready(session, market_id, now)


def has_yield(session: Session, market_id: int) -> bool:
    return (
        session.scalar(
            select(StallYield.stall_id)
            .join(Stall, Stall.id == StallYield.stall_id)
            .where(Stall.market_id == market_id)
            .limit(1)
        )
        is not None
    )


def make_ready(session: Session, market_id: int, now: datetime) -> MarketHarvest:
    """Mark the harvest as ready, by whoever may; again changes nothing."""
    found = harvest_of(session, market_id, now)
    if found.ready_at is None:
        found.ready_at = now
        session.flush()
        emit(session, HarvestReady(market_id=market_id), now)
    return found


def harvest_of(session: Session, market_id: int, now: datetime) -> MarketHarvest:
    """The market's harvest, made when it is not there yet.

    Raises:
        NotFound: there is no such market.
    """
    if session.get(Market, market_id) is None:
        raise NotFound
    market_held(session, market_id)
    found = session.get(MarketHarvest, market_id, populate_existing=True)
    if found is None:
        found = MarketHarvest(market_id=market_id, opened_at=now)
        session.add(found)
        session.flush()
    return found
