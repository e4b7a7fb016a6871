"""The demo's knowledge markets: one to come, one that was held.

Brought on their way by the operations that pages call; what a floor leaves behind is put down as it
would have been.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cop.contacts import asking
from cop.demo import content
from cop.gatherings import when
from cop.gatherings.operations import Details
from cop.markets import announcing, entries, matching, stalls
from cop.markets.after import asks, taking_along, yielding
from cop.markets.announcing import Terms
from cop.markets.entries import Wanted
from cop.markets.floor_models import (
    FloorPerson,
    MarketContact,
    MarketFloor,
    Phase,
    StallNote,
    StallVisit,
)
from cop.markets.models import Market, MarketState, Side, Stall
from cop.members.actor import Actor
from cop.members.models import Member, Persona, Theme
from cop.platform.i18n import DEFAULT_ZONE
from cop.platform.outbox import Job

_ZONE = ZoneInfo(DEFAULT_ZONE)
_ROOMS = ("markets.", "gatherings.", "circles.", "contacts.")
BRINGING = timedelta(hours=7)  # between one ask or offer and the next
WRITING = timedelta(hours=20)  # after a market its stalls write down what they yielded

Texts = Mapping[str, Any]
Actors = Mapping[str, Actor]


def build(
    session: Session,
    members: Mapping[str, Member],
    own: Mapping[str, Persona],
    themes: Mapping[str, Theme],
    now: datetime,
) -> None:
    """Both markets. Nobody is told: a demo sends no mail."""
    actors = {key: Actor(member.id) for key, member in members.items()}
    for text in content.read("markets")["market"]:
        market, brought = _announced(session, text, actors, themes, now)
        if text["in_days"] < 0:
            _Held(session, text, market, brought, members, own).build()
    session.execute(delete(Job).where(or_(*(Job.kind.startswith(room) for room in _ROOMS))))
    session.flush()


def _announced(
    session: Session, text: Texts, actors: Actors, themes: Mapping[str, Theme], now: datetime
) -> tuple[Market, list[int]]:
    """The market with its entries, and the ids of these in the order of the text."""
    host, at = actors[text["host"]], now - timedelta(days=text["announced_days_ago"])
    day = now.astimezone(_ZONE).date() + timedelta(days=text["in_days"])
    starts_at = when.moment(day, time.fromisoformat(text["at"]))
    terms = Terms(
        rounds=text["rounds"],
        minutes=text["minutes"],
        pause=text["pause"],
        theme_ids=[themes[slug].id for slug in text["themes"]],
    )
    details = Details(
        kind="market",
        title=text["title"],
        starts_at=starts_at,
        ends_at=starts_at + terms.length + timedelta(minutes=30),
        setting=text["setting"],
        place=text["place"],
        seats=text.get("seats"),
        source=text["text"].strip(),
    )
    market = announcing.announce(session, host, details, terms, at, anyway=True)
    brought = [
        _brought(session, market, f"{n:02}", each, actors, themes, at + (n + 1) * BRINGING)
        for n, each in enumerate(text["entry"])
    ]
    for entry_id, each in zip(brought, text["entry"], strict=True):
        for key in each.get("seconds", ()):
            entries.second(session, actors[key], entry_id, True, now - timedelta(hours=9))
        for ask in each.get("answers", ()):
            matching.decide(session, host, market.id, brought[ask], entry_id, True, now)
    stalls.lay_out(session, host, market.id, now)
    for key, wanted in text.get("wishes", {}).items():
        for place in wanted:
            at_stall = session.scalars(select(Stall.id).where(Stall.entry_id == brought[place]))
            stalls.wish(session, actors[key], at_stall.one(), True, now)
    return market, brought


def _brought(
    session: Session,
    market: Market,
    number: str,
    each: Texts,
    actors: Actors,
    themes: Mapping[str, Theme],
    at: datetime,
) -> int:
    wanted = Wanted(
        side=each["side"],
        line=each["line"],
        expects=each.get("expects", ""),
        theme_id=themes[each["theme"]].id,
        key=f"demo-{market.id}-{number}",
    )
    actor = actors[each["by"]]
    entries.register(session, actor, market.id, [wanted], at, anyway=True)
    return next(
        entry.id
        for entry in entries.standing(session, market.id, Side(each["side"]))
        if entry.key == wanted.key
    )


class _Held:
    """What a market leaves behind that was held."""

    def __init__(
        self,
        session: Session,
        text: Texts,
        market: Market,
        brought: list[int],
        members: Mapping[str, Member],
        own: Mapping[str, Persona],
    ) -> None:
        self.session, self.text, self.market = session, text, market
        self.brought, self.members, self.own = brought, members, own
        self.at, self.over = market.gathering.starts_at, market.gathering.ends_at
        self.people: dict[str, FloorPerson] = {}
        self.stalls: dict[int, int] = {
            place: session.scalars(select(Stall.id).where(Stall.entry_id == entry_id)).one()
            for place, entry_id in enumerate(brought)
            if session.scalar(select(Stall.id).where(Stall.entry_id == entry_id)) is not None
        }

    def build(self) -> None:
        self.market.state = MarketState.CLOSED
        self.session.add(
            MarketFloor(
                market_id=self.market.id,
                phase=Phase.CLOSED,
                round=self.market.rounds - 1,
                began_at=self.at,
                opened_at=self.at - timedelta(minutes=20),
                closed_at=self.over,
            )
        )
        for stall in self.text["stall"]:
            self._stall(stall)
        self._contacts()
        self._afterwards()

    def _actor(self, key: str) -> Actor:
        return Actor(self.members[key].id)

    def _person(self, key: str) -> FloorPerson:
        if key not in self.people:
            self.people[key] = FloorPerson(
                market_id=self.market.id,
                member_id=self.members[key].id,
                persona_id=self.own[key].id,
                came_at=self.at,
                seen_at=self.over,
                left_at=self.over,
            )
            self.session.add(self.people[key])
            self.session.flush()
        return self.people[key]

    def _stall(self, text: Texts) -> None:
        stall_id = self.stalls[text["of"]]
        for key in text["there"]:
            self.session.add(
                StallVisit(
                    stall_id=stall_id,
                    person_id=self._person(key).id,
                    round=0,
                    came_at=self.at,
                    left_at=self.at + timedelta(minutes=self.market.minutes),
                )
            )
        by = text["there"][0]
        self.session.add(
            StallNote(
                stall_id=stall_id,
                by_id=self._person(by).id,
                text=text["note"].strip(),
                at=self.at + timedelta(minutes=self.market.minutes),
            )
        )
        self.session.flush()
        if "yield" in text:
            words, at = text["yield"].strip(), self.over + WRITING
            yielding.write(self.session, self._actor(by), stall_id, words, 0, at, anyway=True)

    def _contacts(self) -> None:
        for contact in self.text["contact"]:
            people = [self._person(contact[side]) for side in ("from", "to")]
            self.session.add(
                MarketContact(
                    market_id=self.market.id,
                    from_id=people[0].id,
                    to_id=people[1].id,
                    at=self.over,
                    agreed_at=self.over,
                )
            )
            said = [
                (one.persona_id, words) for one, words in zip(people, contact["words"], strict=True)
            ]
            asking.agreed(self.session, said, "market", self.over, self.over)

    def _afterwards(self) -> None:
        at = self.over + WRITING
        for entry_id, each in zip(self.brought, self.text["entry"], strict=True):
            if "answered" in each:
                asks.answered(
                    self.session,
                    self._actor(each["by"]),
                    self.market.id,
                    entry_id,
                    each["answered"],
                    at,
                )
        for n, taken in enumerate(self.text["taken"]):
            taking_along.take_along(
                self.session,
                self._actor(taken["by"]),
                self.market.id,
                taken["action"],
                (at + timedelta(days=taken["days"])).date(),
                f"demo-{n}",
                at,
                stall_id=self.stalls[taken["stall"]],
                shared=taken["shared"],
                anyway=True,
            )
        for looked in self.text["looked_back"]:
            for n, key in enumerate(looked["by"]):
                answers = {name: looked[name][n] for name in taking_along.QUESTIONS}
                taking_along.evaluate(self.session, self._actor(key), self.market.id, answers, at)
        yielding.make_ready(self.session, self.market.id, at + timedelta(days=2))
