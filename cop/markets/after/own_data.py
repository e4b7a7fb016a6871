"""What markets hold of one member, for themselves: as a file, and for a whole export.

Only their own words and choices: nothing that others said, no name of anybody else, and no titles,
which others wrote: of a market its address, of a stall the number on its sign.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, String, cast, literal, or_, select
from sqlalchemy.orm import Session

from cop.markets.after.models import MarketEvaluation, StallYield, TakenAlong
from cop.markets.floor_models import (
    FloorPerson,
    MarketContact,
    StallItem,
    StallMessage,
    StallNote,
    StallQuestion,
)
from cop.markets.models import EntrySecond, MarketEntry, Stall, StallDeclined, StallWish
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform.errors import NotFound


def of_member(session: Session, actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """Part → its rows, the oldest first; each says at which market it was.

    Raises:
        NotFound: the actor is no member.
    """
    if actor.member_id is None:
        raise NotFound
    return {
        name: [_plain(row._mapping) for row in session.execute(query)]
        for name, query in _queries(actor.member_id).items()
    }


def _queries(me: int) -> dict[str, Select[*tuple[Any, ...]]]:
    def market(market_id: Any) -> Any:
        return literal("/markten/").concat(cast(market_id, String)).label("market")

    def of_stall(*columns: Any, model: Any) -> Any:
        return (
            select(market(Stall.market_id), Stall.number.label("stall"), *columns)
            .select_from(model)
            .join(Stall, Stall.id == model.stall_id)
        )

    def of_market(*columns: Any, model: Any) -> Any:
        return select(market(model.market_id), *columns).select_from(model)

    def said(*columns: Any, model: Any) -> Any:
        person_id = model.by_id if model is StallNote else model.person_id
        return (
            of_stall(*columns, model.at, model=model)
            .join(FloorPerson, FloorPerson.id == person_id)
            .where(FloorPerson.member_id == me)
            .order_by(model.at, Stall.id)
        )

    entry, taken, looked = MarketEntry, TakenAlong, MarketEvaluation
    return {
        "asks_and_offers": of_market(
            *(entry.side, entry.line, entry.expects, entry.created_at, entry.withdrawn_at),
            model=entry,
        )
        .where(entry.member_id == me)
        .order_by(entry.id),
        "seconded": of_market(EntrySecond.at, model=entry)
        .join(EntrySecond, EntrySecond.entry_id == entry.id)
        .where(EntrySecond.member_id == me)
        .order_by(EntrySecond.at, entry.id),
        "wishes": of_stall(StallWish.at, model=StallWish)
        .where(StallWish.member_id == me)
        .order_by(StallWish.at, Stall.id),
        "declined": of_stall(model=StallDeclined)
        .where(StallDeclined.member_id == me)
        .order_by(Stall.id),
        "said": said(StallMessage.text, model=StallMessage),
        "asked_at_stalls": said(StallQuestion.text, model=StallQuestion),
        "left_at_stalls": said(StallItem.title, StallItem.url, model=StallItem),
        "notes": said(StallNote.text, model=StallNote),
        "yields": of_stall(StallYield.source, StallYield.at, model=StallYield)
        .join(Persona, Persona.id == StallYield.by_id)
        .where(Persona.member_id == me)
        .order_by(StallYield.at, Stall.id),
        # What was refused as well, as if it waited; what both agreed on is in their conversation.
        "contacts_asked": of_market(
            MarketContact.from_words.label("said"), MarketContact.at, model=MarketContact
        )
        .join(FloorPerson, FloorPerson.id == MarketContact.from_id)
        .where(FloorPerson.member_id == me)
        .where(MarketContact.agreed_at.is_(None), MarketContact.withdrawn_at.is_(None))
        .order_by(MarketContact.id),
        "contacts_answered": of_market(
            MarketContact.agreed_at, MarketContact.refused_at, model=MarketContact
        )
        .join(FloorPerson, FloorPerson.id == MarketContact.to_id)
        .where(FloorPerson.member_id == me)
        .where(or_(MarketContact.agreed_at.is_not(None), MarketContact.refused_at.is_not(None)))
        .order_by(MarketContact.id),
        "taken_along": of_market(
            *(taken.action, taken.due_on, taken.shared, taken.at),
            *(taken.done_at, taken.dropped_at, taken.outcome),
            model=taken,
        )
        .where(taken.member_id == me)
        .order_by(taken.id),
        "looked_back": of_market(looked.got, looked.met, looked.again, looked.at, model=looked)
        .where(looked.member_id == me)
        .order_by(looked.id),
    }


def _plain(row: Any) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date | datetime) else value
        for name, value in row.items()
    }
