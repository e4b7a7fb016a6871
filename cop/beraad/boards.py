"""What each board shows: the part of a page that a step of a session has besides the conversation.

The same boards stand on the session's page, lit with its step, and on pages of their own.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from cop.beraad import queries, seats, weighing
from cop.beraad.forms import new_key
from cop.beraad.models import Beraad
from cop.beraad.starters import starters
from cop.beraad.together import can_conclude
from cop.beraad.words import ANSWERS, CHOICES, DILEMMA
from cop.members.actor import Actor
from cop.platform.live import last_number
from cop.sessions import kinds, seating
from cop.sessions.kinds import Part
from cop.sessions.methods import SessionKind
from cop.sessions.models import GroupSession, SessionParticipant, SessionState

Shown: TypeAlias = Mapping[str, Any]
Shows: TypeAlias = Callable[[Session, Actor, seats.Seat, Beraad | None], Shown]

ASSETS = Part("beraad/_assets.html")  # once on a page that has boards


def _dilemma(_session: Session, _actor: Actor, _seat: seats.Seat, beraad: Beraad | None) -> Shown:
    said = {name: getattr(beraad, name) for name in DILEMMA} if beraad is not None else {}
    return {
        "dilemma": {name: text for name, text in said.items() if text},
        "labels": DILEMMA,
        "starter": beraad.starter if beraad is not None else None,
        "starters": [] if any(said.values()) else starters(),
    }


def _values(session: Session, actor: Actor, seat: seats.Seat, beraad: Beraad | None) -> Shown:
    # The number first: what is told after it is fetched again, never missed.
    return {
        "number": last_number(session, f"session:{seat.session_id}"),
        **_dilemma(session, actor, seat, beraad),
        "table": queries.table(session, actor, seat, beraad),
        "at_table": typed_for(session, seat),
        "new_key": new_key,
    }


def typed_for(session: Session, seat: seats.Seat) -> list[seating.AtTable]:
    """For whom who leads can type: those at the table without a screen; nobody for the others."""
    types = seat.leads and seat.running
    return seating.typed_for(session, seat.session_id) if types else []


def _weighing(session: Session, actor: Actor, seat: seats.Seat, beraad: Beraad | None) -> Shown:
    return {
        "weighings": queries.weighings(session, actor, seat, beraad),
        "at_table": weighing.still_to_weigh(session, actor, seat.session_id) if seat.leads else [],
        "answers": ANSWERS,
        "choices": CHOICES,
    }


def _conclusion(session: Session, _actor: Actor, seat: seats.Seat, beraad: Beraad | None) -> Shown:
    return {
        "conclusion": beraad.conclusion if beraad is not None else "",
        "can_conclude": can_conclude(session, seat, beraad),
    }


# A step's board (`sessions.methods.Step.board`) → its template, and what that reads.
BOARDS: Mapping[str, tuple[str, Shows]] = {
    "dilemma": ("beraad/_dilemma.html", _dilemma),
    "values": ("beraad/_values.html", _values),
    "alternatives": ("beraad/_reminder.html", _dilemma),
    "weighing": ("beraad/_weighing.html", _weighing),
    "conclusion": ("beraad/_conclusion.html", _conclusion),
}
ALL = ("dilemma", "values", "weighing", "conclusion")


def board(session: Session, actor: Actor, seat: seats.Seat, name: str, back: str) -> Part:
    """A board.

    Args:
        back: the page on which it stands, to which its forms lead back.
    """
    template, shows = BOARDS[name]
    beraad = queries.beraad_of(session, seat.session_id)
    shown = shows(session, actor, seat, beraad)
    return Part(template, {**shown, "seat": seat, "url": url_of(seat.session_id), "back": back})


def url_of(session_id: int) -> str:
    return f"/sessies/{session_id}/beraad"


def of_session(
    session: Session, actor: Actor, its: GroupSession, mine: SessionParticipant
) -> list[Part]:
    """What stands on the session's page: what its step works with, with the dilemma in sight."""
    seat = seats.seat(its, mine)
    back = f"/sessies/{its.id}"
    beraad = queries.beraad_of(session, its.id)
    weighed = beraad is not None and queries.is_weighed(session, beraad)
    made = [
        board(session, actor, seat, name, back)
        for name in _lit(SessionState(its.state), its.its_step.board, weighed)
    ]
    links = Part("beraad/_links.html", {"url": url_of(its.id)})
    return [ASSETS, *made, links]


def _lit(state: SessionState, step: str, weighed: bool) -> list[str]:
    """Which boards stand on the session's page; what was weighed stays in sight."""
    if state == SessionState.PREPARED:
        return ["dilemma"]
    if state == SessionState.CLOSED:
        return ["conclusion"]
    names = [step] if step in BOARDS else []
    if step not in ("dilemma", "alternatives"):
        names.append("alternatives")  # the dilemma itself, to be folded
    if weighed and step in ("", "conclusion"):
        names.append("weighing")
    return names


kinds.register(SessionKind.BERAAD, of_session)
