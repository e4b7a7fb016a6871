"""The screens of a market: who may hear it, and what each is sent.

Audiences: 'market' is everybody on the floor (the clock, announcements), 'market-places' the same
people about who stands where, once a second at most; 'market-lead' the hosts; 'market-own' each by
themselves; 'stall' those who stand at one. What can be pressed is in `floor_commands`.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.markets import floor_people, floor_queries, stall_table
from cop.markets.floor_among import allowed
from cop.markets.floor_models import FloorPerson
from cop.markets.floor_permissions import HELD, FloorPermission
from cop.markets.models import Market, Stall
from cop.members.actor import VISITOR, Actor
from cop.members.models import Persona
from cop.platform import clock
from cop.platform.live import Place, Row, audience, payload, presence
from cop.platform.live.presence import Shown

# Seconds. Whatever ends a right on the floor says so (`tell_out`, `tell_away`); a sign-in that ends
# says nothing, and may hear for so long.
FRESH = 1.0
ONCE_A = 1.0  # second who stands where is told


# --- who may hear: many are asked about in one query, as `floor_permissions` has it for one


def _there(session: Session, actors: Collection[Actor], *conditions: Any) -> list[Actor]:
    by_id = {actor.member_id: actor for actor in actors if actor.is_member}
    found = session.scalars(
        select(FloorPerson.member_id)
        .join(Market, Market.id == FloorPerson.market_id)
        .where(
            FloorPerson.member_id.in_(list(by_id)),
            FloorPerson.left_at.is_(None),
            FloorPerson.removed_at.is_(None),
            Market.state.in_(HELD),
            *conditions,
        )
    )
    return [by_id[member_id] for member_id in found if member_id is not None]


def _on_floor(session: Session, market_id: int, actors: Collection[Actor]) -> list[Actor]:
    return _there(session, actors, FloorPerson.market_id == market_id)


def _at_stall(session: Session, stall_id: int, actors: Collection[Actor]) -> list[Actor]:
    return _there(session, actors, FloorPerson.stall_id == stall_id)


@audience("market", many=_on_floor, fresh=FRESH)
def may_hear(session: Session, actor: Actor, market_id: int) -> bool:
    return bool(_on_floor(session, market_id, [actor]))


@audience("market-places", many=_on_floor, fresh=FRESH, every=ONCE_A)
def may_hear_places(session: Session, actor: Actor, market_id: int) -> bool:
    return may_hear(session, actor, market_id)


@audience("market-own", many=_on_floor, own=True)
def may_hear_own(session: Session, actor: Actor, market_id: int) -> bool:
    return may_hear(session, actor, market_id)


@audience("market-lead")
def may_hear_hosts(session: Session, actor: Actor, market_id: int) -> bool:
    return allowed(session, actor, FloorPermission.LEAD, market_id)


@audience("stall", many=_at_stall, fresh=FRESH)
def may_hear_stall(session: Session, actor: Actor, stall_id: int) -> bool:
    return bool(_at_stall(session, stall_id, [actor]))


# --- what is sent


@payload("market")
def shown(session: Session, place: Place, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    """The clock as it is now, and what was announced."""
    data: dict[int, dict[str, Any]] = {}
    ids = {row.subject for row in rows if row.kind == "call"}
    said = (
        {one.id: one.told() for one in floor_queries.calls(session, place.id, ids)} if ids else {}
    )
    turned = any(row.kind == "clock" for row in rows)
    found = floor_queries.market_of(place, session) if turned else None
    for row in rows:
        if row.kind == "call" and row.subject in said:
            data[row.number] = said[row.subject]
        elif row.kind == "clock" and found is not None:
            market, its = found
            data[row.number] = floor_queries.clock_of(its, market.rounds, clock.now())
    return data


@payload("market-places")
def places(session: Session, place: Place, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    """Who stands where now, with the last row about a place: whole, of the places that changed."""
    last: dict[int, int] = {}
    everywhere = 0
    for row in rows:
        if row.kind == "all":
            everywhere = row.number
        elif row.kind == "stall":
            last[row.subject] = row.number
    now = clock.now()
    only = None if everywhere else set(last)
    found = floor_queries.spots(session, VISITOR, place.id, now, only=only)
    if everywhere:
        return {rows[-1].number: {"spots": [spot.told() for spot in found]}}
    return {last[spot.id]: {"spots": [spot.told()]} for spot in found}


@payload("market-lead")
def for_hosts(session: Session, place: Place, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    """Who asks for help."""
    hands = [
        {"id": one.id, "name": one.name, "stall": one.stall}
        for one in floor_people.hands(session, place.id)
    ]
    return {row.number: {"hands": hands} for row in rows if row.kind == "hand"}


@payload("stall")
def at_table(session: Session, place: Place, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    """What was said and asked, whose turn it is, the note, what lies there: as it is now."""
    stall = session.get(Stall, place.id)
    if stall is None:
        return {}
    told: dict[tuple[str, int], dict[str, Any]] = {}
    ids = {
        kind: {row.subject for row in rows if row.kind == kind}
        for kind in ("message", "question", "item")
    }
    if ids["message"]:
        for said in stall_table.messages(session, stall.id, ids["message"])[0]:
            told["message", said.id] = said.told()
    if ids["question"]:
        for asked in stall_table.questions(session, stall.id, None, ids["question"]):
            told["question", asked.id] = asked.told()
    if ids["item"]:
        for item in stall_table.items(session, stall.id, ids["item"]):
            told["item", item.id] = item.told()
    data = {
        row.number: told[row.kind, row.subject] for row in rows if (row.kind, row.subject) in told
    }
    # Of these two the last row says all.
    note = max((row.number for row in rows if row.kind == "note"), default=0)
    if note:
        data[note] = stall_table.note(session, stall.id).told()
    people = max((row.number for row in rows if row.kind in ("people", "turn")), default=0)
    if people:
        data[people] = _people(session, stall)
    return data


def _people(session: Session, stall: Stall) -> dict[str, Any]:
    people = floor_queries.at_stall(session, VISITOR, stall, clock.now())
    return {"people": [one.told() for one in people]}


# --- who is there with a screen


def _shown_as(session: Session, actor: Actor, place: Place) -> int | None:
    return session.scalar(
        select(FloorPerson.id).where(
            FloorPerson.stall_id == place.id, FloorPerson.member_id == actor.member_id
        )
    )


def _described(session: Session, asked: Collection[Shown]) -> dict[Shown, dict[str, Any]]:
    rows = session.execute(
        select(FloorPerson.id, Persona.handle)
        .join(Persona, Persona.id == FloorPerson.persona_id)
        .where(FloorPerson.id.in_([id for _stall, id in asked]))
    )
    handles = {row.id: row.handle for row in rows}
    return {(at, id): {"who": handles[id], "id": id} for at, id in asked if id in handles}


presence("stall", shown_as=_shown_as, described=_described)
