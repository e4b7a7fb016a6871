"""Whom to ask for a case first: whoever has brought none for longest, everybody once a round.

A round ends when everybody who could be asked was asked, whether they brought one or passed; so
over any number of sessions nobody is asked twice before everybody was once. Who brings a case
unasked has had their turn. Who was away while others were asked is asked once when they are back,
not once for each time.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """
    Attributes:
        asked_round: the last round in which they were asked; 0 for never.
        brought_at: when they last brought a case; None for never.
    """

    asked_round: int = 0
    brought_at: datetime | None = None


Turns = Mapping[int, Turn]  # by member


def current_round(turns: Turns) -> int:
    return max((turn.asked_round for turn in turns.values()), default=0)


def next_to_ask(turns: Turns, there: Sequence[int], asked: Collection[int] = ()) -> int | None:
    """Whom to ask now; None when everybody was asked.

    Args:
        there: who could bring one, in an order that breaks ties.
        asked: who was asked in this session already, or brings a case anyway.
    """
    could = [one for one in there if one not in asked]
    its_round = current_round(turns)
    fresh = [one for one in could if turns.get(one, Turn()).asked_round < its_round]
    pool = fresh or could

    def since(one: int) -> tuple[bool, float]:
        brought = turns.get(one, Turn()).brought_at
        return brought is not None, brought.timestamp() if brought is not None else 0.0

    return min(pool, key=since) if pool else None


def was_asked(turns: Turns, one: int) -> Turn:
    """The turn of somebody who is asked now."""
    mine, its_round = turns.get(one, Turn()), current_round(turns)
    return replace(mine, asked_round=its_round if mine.asked_round < its_round else its_round + 1)


def brought(turns: Turns, one: int, now: datetime) -> Turn:
    """The turn of somebody who brings a case, asked or not."""
    mine, its_round = turns.get(one, Turn()), current_round(turns)
    return Turn(max(mine.asked_round, its_round), now)
