"""The first plan, at once: round after round, the stalls that are wanted most, the seekers who got
the least so far."""

from cop.markets.planning.board import Board
from cop.markets.planning.model import Market, Plan


def first(market: Market) -> Plan:
    """A whole plan within a second for some hundreds of people.

    Raises:
        Wrong: what the host wants cannot be.
    """
    board = Board(market)
    board.pin()
    seekers: dict[int, list[int]] = {stall.key: [] for stall in market.stalls}
    for one in market.takers:
        for stall in one.wishes:
            seekers[stall].append(one.key)
    for round_ in range(market.rounds):
        _round(board, seekers, round_)
    board.close_empty()
    board.fill()
    return board.plan()


def _round(board: Board, seekers: dict[int, list[int]], round_: int) -> None:
    def waiting(stall: int) -> list[int]:
        return [
            who
            for who in seekers[stall]
            if board.is_free(who, round_) and stall not in board.places[who]
        ]

    left = {stall: len(waiting(stall)) for stall in seekers}
    while left:
        stall = max(left, key=lambda key: (left[key], -key))
        people = waiting(stall)
        if len(people) < left[stall]:  # somebody went elsewhere meanwhile: look again
            left[stall] = len(people)
            if people:
                continue
        del left[stall]
        if not people or not board.open(stall, round_):
            continue
        people = [who for who in people if board.is_free(who, round_)]
        people.sort(key=lambda who: (len(board.wanted[who]) - len(board.still_wants(who)), who))
        for who in people:
            if not board.has_seat(stall, round_):
                break
            board.put(who, round_, stall)
