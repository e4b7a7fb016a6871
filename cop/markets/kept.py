"""Plans of a market as they are stored: the one that people follow, and the newest."""

from sqlalchemy import ColumnElement, Select, delete, insert, select, update
from sqlalchemy.orm import Session

from cop.markets.models import Market, MarketPlace, MarketPlan
from cop.markets.planning import Plan

Row = list[int | None]  # where somebody goes, by round


def asked_for(market: Market, number: int) -> Select[MarketPlan]:
    return select(MarketPlan).where(MarketPlan.market_id == market.id, MarketPlan.number == number)


def of_plan(market: Market, number: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The condition on a place: it is of this plan."""
    return MarketPlace.market_id == market.id, MarketPlace.plan == number


def places_of(session: Session, market: Market, number: int) -> dict[int, Row]:
    """Everybody's places in a plan, as they are stored."""
    found: dict[int, Row] = {}
    for who, round_, stall in session.execute(
        select(MarketPlace.member_id, MarketPlace.round, MarketPlace.stall_id)
        .where(*of_plan(market, number), MarketPlace.round < market.rounds)
        .order_by(MarketPlace.member_id, MarketPlace.round)
    ):
        found.setdefault(who, [None] * market.rounds)[round_] = stall
    return found


def row_of(session: Session, market: Market, member_id: int) -> Row:
    """Where somebody goes, round by round; the lobby where nothing is said."""
    row: Row = [None] * market.rounds
    for round_, stall in session.execute(
        select(MarketPlace.round, MarketPlace.stall_id).where(
            *of_plan(market, market.followed),
            MarketPlace.member_id == member_id,
            MarketPlace.round < market.rounds,
        )
    ):
        row[round_] = stall
    return row


def placed(session: Session, market: Market, number: int, from_round: int) -> set[int]:
    """Who has a place (the lobby is one) in a plan from a round on; whoever went home has none."""
    rounds = (MarketPlace.round >= from_round, MarketPlace.round < market.rounds)
    return set(
        session.scalars(select(MarketPlace.member_id).where(*of_plan(market, number), *rounds))
    )


def count(asked: MarketPlan, plan: Plan) -> None:
    """Write down the numbers of a plan."""
    asked.wishes = sum(len(one.wishes) for one in plan.market.takers)
    asked.met, asked.bound = plan.wishes_met, plan.bound
    asked.repeats, asked.colleagues = plan.repeats, plan.colleagues


def store(session: Session, market: Market, number: int, plan: Plan, from_round: int = 0) -> None:
    """Write down who is where in a plan, from a round on; whoever comes no more is nowhere then.

    Where they were before stays: it was so, and they may come back.
    """
    its = of_plan(market, number)
    known = set(
        session.scalars(select(MarketPlace.member_id).where(*its, MarketPlace.round < from_round))
    )
    session.execute(delete(MarketPlace).where(*its, MarketPlace.round >= from_round))
    made = [
        {
            "market_id": market.id,
            "plan": number,
            "member_id": who,
            "round": round_,
            "stall_id": stall,
            "pinned": (who, round_) in plan.market.pins,
        }
        for who, places in plan.places.items()
        for round_, stall in enumerate(places)
        if round_ >= from_round or who not in known
    ]
    if made:
        session.execute(insert(MarketPlace), made)


def host_sees(session: Session, market: Market, number: int, begun: int) -> None:
    """A new plan is the one that the host looks at; what people follow stays as it is.

    Args:
        begun: how many rounds have: where the plan had everybody then goes along, whoever is away
            now too, when people followed one that was never brought out.
    """
    if market.plan not in (market.told, number):
        old = of_plan(market, market.plan)
        if not market.told:
            past = (*old, MarketPlace.round < begun)
            session.execute(update(MarketPlace).where(*past).values(plan=number))
        session.execute(delete(MarketPlace).where(*old))
    market.plan = number
    session.flush()
