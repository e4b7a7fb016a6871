"""What belongs to a group. A room above that has gatherings of a kind of its own registers here.

Ordinary events are managed on the pages of gatherings; of other kinds the room that has them says
who may come, plans what a date poll found, and has pages of its own for the rest.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from cop.gatherings.models import Gathering, GatheringKind
from cop.members.actor import Actor

if TYPE_CHECKING:
    from cop.gatherings.guest_models import GatheringGuest
    from cop.gatherings.operations import Details
    from cop.gatherings.poll_models import DatePoll


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a room says about its kinds of gatherings.

    Attributes:
        hindrance: what has to be done before the actor can come, in a sentence; None for nothing.
        planned: plans the gathering for which a date was found; the actor manages the poll.
        chosen: afterwards, when those who wished so are signed up: who else is asked?
        page_url: of a gathering, by its id: where it is managed.
        rules: of a circle, as HTML: what a guest agrees to; None for those of the community.
        presence_url: where a guest who facilitates says who took part, by the token of their link;
            None where nobody does.
        answered: a guest says whether they come (or facilitate), in the transaction of that: what
            they may from then on holds at once.
        hands_over: the room itself asks who takes over when nobody leads any more.
        held_at: of a gathering, by its id: where it is held on the site, for who comes; None for
            those that are held elsewhere.
        prepare: by gathering, of some of its kinds to which the actor goes: what to do beforehand,
            in half a sentence; one query at most.
        takes_late: one that has begun still takes people.
        ended: whether one is over though its time is not; None where none ends early.
    """

    hindrance: Callable[[Session, Actor, int], str | None]
    planned: "Callable[[Session, Actor, DatePoll, Details, datetime], Gathering]"
    chosen: Callable[[Session, Gathering, datetime], None]
    page_url: Callable[[int], str]
    rules: Callable[[Session, int], str] | None = None
    presence_url: Callable[[str], str] | None = None
    answered: "Callable[[Session, GatheringGuest, bool, datetime], None] | None" = None
    hands_over: bool = False
    takes_late: bool = False
    ended: Callable[[Session, Gathering], bool] | None = None
    held_at: Callable[[int], str] | None = None
    prepare: Callable[[Session, Actor, Sequence[int]], dict[int, str]] | None = None


_kinds: dict[str, Belonging] = {}
_leading: dict[str, Callable[[str], str]] = {}


def register(kinds: Iterable[GatheringKind], belonging: Belonging) -> None:
    """Make a room known as the one that has these kinds; again replaces it."""
    for kind in kinds:
        _kinds[kind] = belonging


def lead_at(kinds: Iterable[GatheringKind], url: Callable[[str], str]) -> None:
    """Make known where a guest who facilitates leads what is held, by the token of their link."""
    for kind in kinds:
        _leading[kind] = url


def lead_url(kind: str, token: str) -> str | None:
    return _leading[kind](token) if kind in _leading else None


def of(kind: str) -> Belonging | None:
    """The room that has this kind; None for ordinary events."""
    return _kinds.get(kind)


def hindrance(session: Session, actor: Actor, gathering: Gathering) -> str | None:
    """What has to be done before the actor can come, in a sentence."""
    room = of(gathering.kind)
    return room.hindrance(session, actor, gathering.circle_id) if room is not None else None


def to_prepare(
    session: Session, actor: Actor, gatherings: Iterable[tuple[int, str]]
) -> dict[int, str]:
    """What to do before these (id, kind), by id; those that ask nothing are not in it."""
    by_kind: defaultdict[str, list[int]] = defaultdict(list)
    for gathering_id, kind in gatherings:
        by_kind[kind].append(gathering_id)
    found: dict[int, str] = {}
    for kind, ids in by_kind.items():
        room = of(kind)
        if room is not None and room.prepare is not None:
            found |= room.prepare(session, actor, ids)
    return found


def is_over(session: Session, gathering: Gathering, now: datetime) -> bool:
    """Its time is over, or it was ended before that."""
    if gathering.ends_at <= now:
        return True
    room = of(gathering.kind)
    return room is not None and room.ended is not None and room.ended(session, gathering)


def takes_people(session: Session, gathering: Gathering, now: datetime) -> bool:
    """One can sign up, and whoever waits gets a place: until it begins, or, where its kind takes
    who comes late, until its end."""
    if is_over(session, gathering, now):
        return False
    room = of(gathering.kind)
    return now < gathering.starts_at or (room is not None and room.takes_late)
