"""What each takes along from a market, with a day; and looking back on it in three questions."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop.markets.after.models import MarketEvaluation, TakenAlong
from cop.markets.after.permissions import HARVESTS, HarvestPermission
from cop.markets.floor_among import market_held
from cop.markets.models import Stall
from cop.members.actor import Actor
from cop.members.models import Member
from cop.members.queries import own_persona
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.sessions.afterwards import MOST_ACTION, MOST_OUTCOME, check_day
from cop.sessions.among import good_key
from cop.sessions.writing import checked
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST = 20  # of one person, from one market
FEWEST = 5  # of fewer answers an average would tell about people
# Averages move when so many more have answered: from one answer to the next nobody can be read.
STEP = 5

QUESTIONS = {
    "got": _l("I got something that I can go on with"),
    "met": _l("I met people whom I want to talk with again"),
    "again": _l("I would come to a market like this again"),
}


def take_along(
    session: Session,
    actor: Actor,
    market_id: int,
    action: str,
    due_on: date | None,
    key: str,
    now: datetime,
    *,
    stall_id: int | None = None,
    shared: bool = False,
    anyway: bool = False,
) -> TakenAlong:
    """Write down what one will do, and by when; under the same key it is the same one.

    Args:
        stall_id: where it came up.
        shared: it stands in the harvest, with one's name.

    Raises:
        NotFound: the actor was not there, or the stall is of another market.
        Refused: no words, too many, or a day that is past or more than a year away.
        AuthorAsked: what is shared may say who somebody is.
    """
    HARVESTS.get(session, actor, HarvestPermission.BE_PART, market_id)
    assert actor.member_id is not None
    session.get_one(Member, actor.member_id, with_for_update=True)  # two sends, one after another
    made = session.scalar(
        select(TakenAlong).where(
            TakenAlong.member_id == actor.member_id, TakenAlong.key == good_key(key)
        )
    )
    if made is not None:
        return made
    if stall_id is not None:
        stall = session.get(Stall, stall_id)
        if stall is None or stall.market_id != market_id:
            raise NotFound
    action = checked(action, MOST_ACTION, "action")
    check_day(due_on, now)
    mine = (TakenAlong.market_id == market_id, TakenAlong.member_id == actor.member_id)
    if (session.scalar(select(func.count()).where(*mine)) or 0) >= MOST:
        raise Refused(_("That is a lot already. Take the most important ones along."), "action")
    ask_author([action] if shared else [], Purpose.OUTCOME, anyway)
    made = TakenAlong(
        market_id=market_id,
        stall_id=stall_id,
        member_id=actor.member_id,
        persona_id=own_persona(session, actor.member_id).id,
        action=action,
        due_on=due_on,
        shared=shared,
        key=key,
        at=now,
    )
    session.add(made)
    session.flush()
    return made


def say_what_came(
    session: Session,
    actor: Actor,
    taken_id: int,
    done: bool,
    outcome: str,
    now: datetime,
    anyway: bool = False,
) -> TakenAlong:
    """Tell what came of what one took along: done, or let go; either is fine.

    Raises:
        NotFound: not the actor's own.
        Refused: too many words.
        AuthorAsked: what is shared may say who somebody is.
    """
    found = _own(session, actor, taken_id)
    outcome = outcome.strip()
    if len(outcome) > MOST_OUTCOME:
        raise Refused(_("Keep it to %(most)s characters, please.", most=MOST_OUTCOME), "outcome")
    ask_author([outcome] if found.shared else [], Purpose.OUTCOME, anyway)
    found.outcome = outcome or None
    found.done_at, found.dropped_at = (now, None) if done else (None, now)
    session.flush()
    return found


def take_off(session: Session, actor: Actor, taken_id: int) -> int:
    """Take it off one's list, and out of the harvest; the market that it was of.

    Raises:
        NotFound: not the actor's own.
    """
    found = _own(session, actor, taken_id)
    session.delete(found)
    session.flush()
    return found.market_id


def _own(session: Session, actor: Actor, taken_id: int) -> TakenAlong:
    found = session.get(TakenAlong, taken_id, with_for_update=True, populate_existing=True)
    if found is None or actor.member_id is None or found.member_id != actor.member_id:
        raise NotFound
    return found


# --- looking back


def evaluate(
    session: Session, actor: Actor, market_id: int, answers: Mapping[str, int | None], now: datetime
) -> MarketEvaluation:
    """Look back; again replaces what one said. A question may be left open, not all three.

    Raises:
        NotFound: the actor was not there.
        Refused: nothing is answered, or not on the scale.
    """
    HARVESTS.get(session, actor, HarvestPermission.BE_PART, market_id)
    said = {name: answers.get(name) for name in QUESTIONS}
    for name, answer in said.items():
        if answer is not None and not 1 <= answer <= 5:
            raise Refused(_("Choose one of these, please."), name)
    if all(answer is None for answer in said.values()):
        raise Refused(_("Answer at least one question, please."))
    market_held(session, market_id)
    found = own_evaluation(session, actor, market_id)
    if found is None:
        found = MarketEvaluation(market_id=market_id, member_id=actor.member_id)
        session.add(found)
    for name, answer in said.items():
        setattr(found, name, answer)
    found.at = now
    session.flush()
    return found


def own_evaluation(session: Session, actor: Actor, market_id: int) -> MarketEvaluation | None:
    return session.scalar(
        select(MarketEvaluation).where(
            MarketEvaluation.market_id == market_id,
            MarketEvaluation.member_id == actor.member_id,
        )
    )


def averages(session: Session, market_id: int) -> tuple[int, dict[str, float]]:
    """(of how many, question → average on halves); nothing while there are too few answers.

    Only whole steps of answers count, the first that came, so that one more answer changes nothing
    that could be read from the difference.
    """
    rows: list[Any] = list(
        session.execute(
            select(MarketEvaluation.got, MarketEvaluation.met, MarketEvaluation.again)
            .where(MarketEvaluation.market_id == market_id)
            .order_by(MarketEvaluation.id)
        )
    )
    counted = rows[: len(rows) // STEP * STEP]
    found = {}
    for name in QUESTIONS:
        said = [getattr(row, name) for row in counted if getattr(row, name) is not None]
        if len(said) >= FEWEST:
            found[name] = round(2 * sum(said) / len(said)) / 2
    return (len(counted), found) if found else (0, {})
