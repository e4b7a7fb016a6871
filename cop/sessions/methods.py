"""Methods as data: the steps that lead a session, with times, who speaks and what is asked.

What is shipped stands in `data/<kind>.toml`, in Dutch and English. A session holds a snapshot of
its method, so that a later change leaves what was held as it was; a group's own method is the same
shape in its own words.
"""

import tomllib
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from cop.platform import i18n


class SessionKind(StrEnum):
    INTERVISIE = "intervisie"
    BERAAD = "beraad"


class Speaks(StrEnum):
    """Whose turn a step is."""

    PRESENTER = "presenter"
    FACILITATOR = "facilitator"
    ALL = "all"
    EACH = "each"
    OTHERS = "others"  # all but the presenter


class Mode(StrEnum):
    TALK = "talk"
    ROUND = "round"  # everybody in turn
    SILENT = "silent"  # everybody writes; what was written opens for all at once


MINUTES = (60, 90)  # what a session can be planned for [domain, Intervisie]
MOST_MINUTES = 240
MOST_STEPS = 20


@dataclass(frozen=True, slots=True)
class Said:
    """A text in both languages; a group's own words are the same in both."""

    nl: str
    en: str

    def __str__(self) -> str:
        return self.en if i18n.language() == "en" else self.nl

    @classmethod
    def once(cls, text: str) -> "Said":
        return cls(text, text)


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        entries: the kinds of contribution that belong in it; none, then nothing is typed.
        board: what a kind of session shows besides ('values'), or ''.
        takes_along: whether each is asked what they will do, and by when.
    """

    name: Said
    purpose: Said
    minutes: int
    speaks: str = Speaks.ALL
    mode: str = Mode.TALK
    prompts: tuple[Said, ...] = ()
    entries: tuple[str, ...] = ()
    board: str = ""
    takes_along: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """The steps of a session.

    Attributes:
        key: of a shipped one ('incident'); of a group's own 'own:12'.
        minutes: for how long it is meant; `total` is what the steps take.
        source: where the form is known from; '' for a group's own.
    """

    key: str
    kind: str
    name: Said
    minutes: int
    steps: tuple[Step, ...]
    about: Said = Said("", "")
    fits: Said = Said("", "")
    source: str = ""

    @property
    def total(self) -> int:
        return sum(step.minutes for step in self.steps)

    @property
    def adds_up(self) -> bool:
        return self.total == self.minutes

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(data: dict[str, Any]) -> Method:
    """What `Method.as_json` gave."""
    steps = tuple(
        Step(
            **step
            | {
                "name": Said(**step["name"]),
                "purpose": Said(**step["purpose"]),
                "prompts": tuple(Said(**prompt) for prompt in step["prompts"]),
                "entries": tuple(step["entries"]),
            }
        )
        for step in data["steps"]
    )
    words = {name: Said(**data[name]) for name in ("name", "about", "fits")}
    return Method(**data | words | {"steps": steps})


def scaled(method: Method, minutes: int) -> Method:
    """The same steps over another time, each for its share and none under a minute.

    Shares are rounded down and what is left goes to those that lost most, so that the steps add
    up to the time exactly.
    """
    if minutes == method.total:
        return replace(method, minutes=minutes)
    free = minutes - len(method.steps)  # a minute each first
    if free < 0:
        raise ValueError("fewer minutes than steps")
    spread = sum(step.minutes - 1 for step in method.steps) or 1
    exact = [free * (step.minutes - 1) / spread for step in method.steps]
    given = [int(share) for share in exact]
    losers = sorted(range(len(exact)), key=lambda n: (given[n] - exact[n], n))
    for n in losers[: free - sum(given)]:
        given[n] += 1
    given[-1] += free - sum(given)  # only where every step had a single minute
    steps = tuple(
        replace(step, minutes=1 + more) for step, more in zip(method.steps, given, strict=True)
    )
    return replace(method, minutes=minutes, steps=steps)


@cache
def shipped(kind: str) -> dict[str, Method]:
    """The methods that come with the platform, by key, in the order in which they are offered."""
    text = files("cop.sessions").joinpath("data", f"{kind}.toml").read_text("utf-8")
    return {each["key"]: _read(kind, each) for each in tomllib.loads(text)["method"]}


def _read(kind: str, data: dict[str, Any]) -> Method:
    steps = tuple(
        Step(
            name=Said(*step["name"]),
            purpose=Said(*step["purpose"]),
            minutes=step["minutes"],
            speaks=Speaks(step["speaks"]),
            mode=Mode(step.get("mode", "talk")),
            prompts=tuple(Said(*prompt) for prompt in step.get("prompts", ())),
            entries=tuple(step.get("entries", ())),
            board=step.get("board", ""),
            takes_along=step.get("takes_along", False),
        )
        for step in data["step"]
    )
    return Method(
        key=data["key"],
        kind=kind,
        name=Said(*data["name"]),
        minutes=data["minutes"],
        steps=steps,
        about=Said(*data["about"]),
        fits=Said(*data["fits"]),
        source=data["source"],
    )
