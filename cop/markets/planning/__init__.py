"""Who goes to which stall in which round: a pure library that knows no database.

`plans` yields better and better plans of one market: a first one at once, then the one that meets
as many wishes as possible, then the same wishes in better mixed company. `changes` fits in who is
late and takes out who leaves, and says what a change by hand costs; `reasons` says of every wish
whether it is met, and if not, why.
"""

from cop.markets.planning.changes import Price, leave, move, price, repair, take_in
from cop.markets.planning.model import Market, Plan, Stall, Taker, Wrong
from cop.markets.planning.planner import plans
from cop.markets.planning.reasons import Idle, Why, idle, reasons

__all__ = [
    "Idle",
    "Market",
    "Plan",
    "Price",
    "Stall",
    "Taker",
    "Why",
    "Wrong",
    "idle",
    "leave",
    "move",
    "plans",
    "price",
    "reasons",
    "repair",
    "take_in",
]
