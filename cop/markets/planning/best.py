"""As many wishes met as can be: a model of whole numbers for HiGHS (MIT licence, highs.dev)."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cop.markets.planning.board import Board
from cop.markets.planning.model import Market, Plan

GAP = 0.005  # wishes are people's: the last half of a percent is not worth half a minute
FIRST = 0.01  # how much more the first wish of somebody counts: everybody gets something
Stop = Callable[[], bool]


@dataclass
class _Model:
    """Columns (0 to 1) with what they are worth, and rows 'at most'."""

    worth: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[float, dict[int, float]]] = field(default_factory=list)

    def column(self, worth: float = 0.0, whole: bool = True) -> int:
        self.worth.append(worth)
        self.whole.append(whole)
        return len(self.worth) - 1

    def at_most(self, bound: float, of: dict[int, float]) -> None:
        self.rows.append((bound, of))


def most_wishes(market: Market, start: Plan, seconds: float, stop: Stop) -> Plan:
    """The plan that meets most wishes, `bound` set; `start` again where nothing better was found.

    Args:
        start: a plan of this market, to begin with.
        seconds: how long to look at most.
        stop: asked while it looks; True ends it with the best so far.
    """
    model, comes, holds = _model(market)
    values, bound = _solve(model, _given(model, start, comes, holds), seconds, stop)
    most = min(math.floor(bound + 1e-6), sum(len(one.wishes) for one in market.takers))
    if values is None:
        return Plan(market, start.places, most)
    board = Board(market)
    board.pin()
    for (who, stall, round_), column in {**holds, **comes}.items():
        if values[column] > 0.5:
            board.put(who, round_, stall)
    board.close_empty()
    board.fill()
    found = board.plan(most)
    if found.faults() or found.wishes_met < start.wishes_met:
        return Plan(market, start.places, most)
    return found


_Columns = dict[tuple[int, int, int], int]


def _model(market: Market) -> tuple[_Model, _Columns, _Columns]:
    model = _Model()
    comes: _Columns = {}
    holds: _Columns = {}
    opens = {
        (stall.key, round_): model.column(whole=False)
        for stall in market.stalls
        for round_ in range(market.rounds)
    }
    pinned = market.pins
    for one in market.takers:
        for stall in one.wishes:
            for round_ in market.there(one.key):
                if pinned.get((one.key, round_), stall) == stall:
                    comes[one.key, stall, round_] = model.column(1.0)
        for stall in market.holds.get(one.key, ()):
            for round_ in market.there(one.key):
                if pinned.get((one.key, round_), stall) == stall:
                    holds[one.key, stall, round_] = model.column()

    busy: dict[tuple[int, int], list[int]] = {}
    once: dict[tuple[int, int], list[int]] = {}
    guests: dict[tuple[int, int], list[int]] = {}
    held: dict[tuple[int, int], list[int]] = {}
    first: dict[int, list[int]] = {}
    for (who, stall, round_), column in comes.items():
        busy.setdefault((who, round_), []).append(column)
        once.setdefault((who, stall), []).append(column)
        guests.setdefault((stall, round_), []).append(column)
        first.setdefault(who, []).append(column)
    for (who, stall, round_), column in holds.items():
        busy.setdefault((who, round_), []).append(column)
        held.setdefault((stall, round_), []).append(column)
    for columns in [*busy.values(), *once.values()]:
        if len(columns) > 1:
            model.at_most(1, dict.fromkeys(columns, 1.0))
    taken: dict[tuple[int, int], int] = {}  # seats that the host gave to somebody without the wish
    for (who, round_), place in pinned.items():
        if (
            place is not None
            and place not in market.taker[who].wishes
            and who not in market.stall[place].holders
        ):
            taken[place, round_] = taken.get((place, round_), 0) + 1
    for (stall, round_), opened in opens.items():
        coming = guests.get((stall, round_), [])
        seats = market.stall[stall].seats - taken.get((stall, round_), 0)
        model.at_most(0, {**dict.fromkeys(coming, 1.0), opened: -float(seats)})
        for column in coming:
            model.at_most(0, {column: 1.0, opened: -1.0})
        if market.stall[stall].holders:
            model.at_most(0, {opened: 1.0, **dict.fromkeys(held.get((stall, round_), []), -1.0)})
    for stall_ in market.stalls:
        if stall_.most is not None:
            rounds = [opens[stall_.key, round_] for round_ in range(market.rounds)]
            model.at_most(stall_.most, dict.fromkeys(rounds, 1.0))
    for columns in first.values():
        got = model.column(FIRST, whole=False)
        model.at_most(0, {got: 1.0, **dict.fromkeys(columns, -1.0)})
    return model, comes, holds


def _given(model: _Model, start: Plan, comes: _Columns, holds: _Columns) -> list[float] | None:
    """The columns' values in the plan to begin with; those that are left out HiGHS works out."""
    values = [math.nan] * len(model.worth)
    seen: set[tuple[int, int]] = set()
    for (who, stall, round_), column in sorted(comes.items()):
        here = start.places[who][round_] == stall and (who, stall) not in seen
        if here:
            seen.add((who, stall))
        values[column] = float(here)
    for (who, stall, round_), column in holds.items():
        values[column] = float(start.places[who][round_] == stall)
    return values


def _solve(
    model: _Model, given: list[float] | None, seconds: float, stop: Stop
) -> tuple[list[float] | None, float]:
    # Here and not above: 30 MB that only the worker needs, and only while a market is planned.
    import highspy
    import numpy as np

    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # the library's
    for name, value in {
        "output_flag": False,
        "time_limit": float(seconds),
        "mip_rel_gap": GAP,
        "threads": 1,
        "random_seed": 1,
    }.items():
        solver.setOptionValue(name, value)
    problem: Any = highspy.HighsLp()
    columns, rows = len(model.worth), len(model.rows)
    problem.num_col_, problem.num_row_ = columns, rows
    problem.sense_ = highspy.ObjSense.kMaximize
    problem.col_cost_ = np.array(model.worth)
    problem.col_lower_ = np.zeros(columns)
    problem.col_upper_ = np.ones(columns)
    problem.row_lower_ = np.full(rows, -highspy.kHighsInf)
    problem.row_upper_ = np.array([bound for bound, _ in model.rows], dtype=np.double)
    problem.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    problem.a_matrix_.start_ = np.cumsum([0, *(len(of) for _, of in model.rows)])
    problem.a_matrix_.index_ = np.array([c for _, of in model.rows for c in of])
    problem.a_matrix_.value_ = np.array([v for _, of in model.rows for v in of.values()])
    kinds = highspy.HighsVarType
    problem.integrality_ = [kinds.kInteger if w else kinds.kContinuous for w in model.whole]
    solver.passModel(problem)
    if given is not None:
        known = [n for n, value in enumerate(given) if not math.isnan(value)]
        solver.setSolution(
            len(known), np.array(known, dtype=np.int32), np.array([given[n] for n in known])
        )

    def look(event: Any) -> None:
        if stop():
            event.interrupt()

    solver.cbMipInterrupt += look
    solver.cbSimplexInterrupt += look
    solver.run()
    info = solver.getInfo()
    every = float(sum(model.worth))
    bound = info.mip_dual_bound if math.isfinite(info.mip_dual_bound) else every
    if info.primal_solution_status != 2:  # kSolutionStatusFeasible
        return None, bound
    return list(solver.getSolution().col_value), bound
