"""Who is here: connections that listen, with time to live in the database.

Each process writes down the connections that it serves and says what changed at most once a
second. What comes round again, saying that they are still here and looking what other processes
wrote down, is done for a few audiences at a time: whoever waits for a message is not to wait for
all of them. It is a state, not a happening: it takes no numbers and is not replayed; whoever joins
is told the whole of it.
"""

import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count, islice
from typing import Any, TypeAlias

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from cop.platform.db import glancing, insert_into, unit_of_work
from cop.platform.live.audiences import Place, place_of
from cop.platform.live.models import LivePresence

PRESENT_FOR = timedelta(seconds=40)
REFRESH_SECONDS = 12.0
LOOK_SECONDS = 2.0  # at what other processes wrote down
SOON_SECONDS = 1.0  # what happens within it is told together
ROUND_SECONDS = 0.25  # between two of the parts in which that is done
CHUNK = 400  # names in one query

ShownAs: TypeAlias = Callable[[Session, Any, Place], int | None]
Shown: TypeAlias = tuple[int, int]  # the id of what an audience is of, that of who is shown there
Described: TypeAlias = Callable[[Session, Collection[Shown]], dict[Shown, dict[str, Any]]]

_kinds: dict[str, tuple[ShownAs, Described]] = {}


def presence(kind: str, *, shown_as: ShownAs, described: Described) -> None:
    """Let the audiences of a kind see who listens.

    Args:
        shown_as: `(session, actor, place)` gives the id under which others see the actor there (a
            persona's, never a member's), or None for whoever is not shown.
        described: `(session, asked)` gives what is sent of each who is shown somewhere, in many
            places at once: plain data with a `who`, which is unique and tells no id of a member.
    """
    _kinds[kind] = (shown_as, described)


@dataclass(slots=True)
class _Here:
    mine: dict[str, int] = field(default_factory=dict)  # connection → id shown, of this process
    looked: float = 0.0
    refreshed: float = field(default_factory=time.monotonic)
    told: dict[int, dict[str, Any]] = field(default_factory=dict)
    version: int = 0  # of `told`


class Presence:
    """The presence of this process's listeners.

    Args:
        emit: `(event, data, audience)` sends to all listeners of an audience.
    """

    def __init__(self, emit: Callable[[str, dict[str, Any], str], None]) -> None:
        self._emit = emit
        self._lock = threading.Lock()
        self._here: dict[str, _Here] = {}
        self._came: dict[tuple[str, str], int] = {}  # not written down yet
        self._went: set[tuple[str, str]] = set()
        self._wrote = self._rounded = 0.0
        self._versions = count(1)

    def come(self, session: Session, actor: Any, place: Place, socket_id: str) -> None:
        """A connection listens from now on."""
        if place.kind not in _kinds:
            return
        shown = _kinds[place.kind][0](session, actor, place)
        with self._lock:
            here = self._here.setdefault(place.name, _Here())
            if shown is not None and here.mine.get(socket_id) != shown:
                here.mine[socket_id] = shown
                self._came[place.name, socket_id] = shown
                self._went.discard((place.name, socket_id))

    def go(self, name: str, socket_id: str, last: bool) -> None:
        """A connection listens no more; `last`: nobody in this process does."""
        with self._lock:
            here = self._here.get(name)
            if here is None:
                return
            if here.mine.pop(socket_id, None) is not None:
                self._came.pop((name, socket_id), None)
                self._went.add((name, socket_id))
            if last:
                del self._here[name]

    def told(self, name: str) -> dict[str, Any]:
        """Whom this process has told the audience's listeners of; nothing when it doesn't show it.

        What is told at the same moment may overtake it on its way: of two, the higher `version`
        is the newer.
        """
        with self._lock:
            here = self._here.get(name)
            if here is None:
                return {}
            return {"here": list(here.told.values()), "version": here.version}

    def count(self, name: str) -> int | None:
        with self._lock:
            here = self._here.get(name)
            return None if here is None else len(here.told)

    def tend(self, now: datetime) -> None:
        """Write down who came and went, and tell what changed. Call it a few times a second."""
        tick = time.monotonic()
        with self._lock:
            came, went, names = {}, set(), set()
            if (self._came or self._went) and tick - self._wrote >= SOON_SECONDS:
                self._wrote = tick
                came, self._came = self._came, {}
                went, self._went = self._went, set()
                names = {name for name, _socket in (*came, *went)} & self._here.keys()
            if self._here and tick - self._rounded >= ROUND_SECONDS:
                self._rounded = tick
                for name in self._due("refreshed", tick, REFRESH_SECONDS):
                    came |= {(name, s): who for s, who in self._here[name].mine.items()}
                names.update(self._due("looked", tick, LOOK_SECONDS))
        if came or went:
            self._write(came, went, now)
        if names:
            self._tell(sorted(names), now)

    def _due(self, what: str, tick: float, seconds: float) -> list[str]:
        """The audiences whose turn it is, at most as many as all have theirs in time."""
        most = math.ceil(len(self._here) * ROUND_SECONDS / seconds) + 1
        due = (n for n, here in self._here.items() if tick - getattr(here, what) >= seconds)
        found = list(islice(due, most))
        for name in found:
            setattr(self._here[name], what, tick)
        return found

    def _write(
        self, came: dict[tuple[str, str], int], went: set[tuple[str, str]], now: datetime
    ) -> None:
        rows = [
            {"audience": name, "socket": socket_id, "shown": shown, "seen_at": now}
            for (name, socket_id), shown in sorted(came.items())
        ]
        with unit_of_work() as session:
            if went:
                gone = [{"its_audience": name, "its_socket": id} for name, id in sorted(went)]
                session.connection().execute(_forget(), gone)
            if rows:
                make = insert_into(session, LivePresence)
                session.execute(
                    make.on_conflict_do_update(
                        index_elements=["audience", "socket"],
                        set_={"shown": make.excluded.shown, "seen_at": make.excluded.seen_at},
                    ),
                    rows,
                )

    def _tell(self, names: list[str], now: datetime) -> None:
        with glancing() as session:
            for start in range(0, len(names), CHUNK):
                self._tell_some(session, names[start : start + CHUNK], now)

    def _tell_some(self, session: Session, names: list[str], now: datetime) -> None:
        present: dict[str, set[int]] = {name: set() for name in names}
        for name, shown in session.execute(
            select(LivePresence.audience, LivePresence.shown).where(
                LivePresence.audience.in_(names), LivePresence.seen_at > now - PRESENT_FOR
            )
        ):
            present[name].add(shown)
        with self._lock:
            known = {name: self._here[name].told for name in names if name in self._here}
        changed = {
            place_of(name): told for name, told in known.items() if present[name] != told.keys()
        }
        new = {place: present[place.name] - told.keys() for place, told in changed.items()}
        came = _described(session, new)
        for place, told in changed.items():
            stay = {id: who for id, who in told.items() if id in present[place.name]}
            went = [who["who"] for id, who in told.items() if id not in stay]
            version = next(self._versions)
            with self._lock:
                if place.name in self._here:
                    here = self._here[place.name]
                    here.told, here.version = stay | came[place], version
            news = {"came": list(came[place].values()), "went": went, "version": version}
            self._emit("here", {"audience": place.said} | news, place.name)


def _described(
    session: Session, came: Mapping[Place, Collection[int]]
) -> dict[Place, dict[int, dict[str, Any]]]:
    """What is sent of who came where: one question per kind, for hundreds come back at once."""
    asked: dict[str, list[Shown]] = defaultdict(list)
    for place, ids in came.items():
        asked[place.kind] += [(place.id, id) for id in ids]
    found = {
        kind: _kinds[kind][1](session, pairs) if pairs else {} for kind, pairs in asked.items()
    }
    return {
        place: {id: who for id in ids if (who := found[place.kind].get((place.id, id)))}
        for place, ids in came.items()
    }


@cache
def _forget() -> Any:
    return delete(LivePresence).where(
        LivePresence.audience == bindparam("its_audience"),
        LivePresence.socket == bindparam("its_socket"),
    )


def forget_absent(session: Session, now: datetime) -> None:
    """Forget whoever was here when their process ended without saying so."""
    session.execute(delete(LivePresence).where(LivePresence.seen_at < now - PRESENT_FOR))
