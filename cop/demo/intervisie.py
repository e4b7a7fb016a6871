"""The demo's intervisie: a group, one session that was held, and one that is being prepared.

Brought on their way by the operations that pages call.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from cop.demo import content
from cop.gatherings import attending, when
from cop.gatherings.models import Setting
from cop.groups import asking, dates
from cop.groups import operations as groups
from cop.groups.dates import Where
from cop.groups.models import Group, GroupKind
from cop.intervisie import queue, themes
from cop.members.actor import Actor
from cop.members.models import Member
from cop.platform.outbox import Job
from cop.sessions import afterwards, holding, methods, stepping, writing
from cop.sessions.methods import SessionKind
from cop.sessions.models import GroupSession
from cop.spaces import joining
from cop.spaces.circles import Visibility

FOUNDED = timedelta(days=60)  # before the session that was held
PLANNED = timedelta(days=25)
BETWEEN = timedelta(weeks=6)
MINUTES = 60
_ROOMS = ("groups.", "gatherings.", "sessions.", "circles.")

Texts = Mapping[str, Any]
Actors = Mapping[str, Actor]


def build(session: Session, members: Mapping[str, Member], now: datetime) -> None:
    """The group and its two sessions. Nobody is told: a demo sends no mail."""
    text = content.read("intervisie")
    actors = {key: Actor(member.id) for key, member in members.items()}
    lead = actors[text["group"]["lead"]]
    day = when.local(now).date() - timedelta(days=text["group"]["days_ago"])
    at, coming_at = (
        when.moment(each, time.fromisoformat(text["group"]["at"])) for each in (day, day + BETWEEN)
    )
    group = _group(session, text["group"], actors, at - FOUNDED)
    where = Where(setting=Setting.ON_SITE, place=text["group"]["place"], minutes=MINUTES)
    held, coming = dates.plan(session, lead, group.id, [at, coming_at], where, at - PLANNED)
    for gathering in (held, coming):
        asking.ask_everybody(session, gathering, at - PLANNED)
    for key in (text["group"]["lead"], *text["group"]["members"]):
        attending.sign_up(session, actors[key], held.id, at - PLANNED)
    attending.sign_up(session, lead, coming.id, at - PLANNED)
    shipped = methods.shipped(SessionKind.INTERVISIE)
    was = holding.prepare(session, lead, held.id, shipped[text["held"]["method"]], at)
    _hold(session, was.id, text["held"], text["group"], actors, at)
    later = now - timedelta(days=1)
    next_one = holding.prepare(session, lead, coming.id, shipped[text["coming"]["method"]], later)
    _prepare(session, next_one.id, text["coming"], actors, later)
    session.execute(delete(Job).where(or_(*(Job.kind.startswith(room) for room in _ROOMS))))
    session.flush()


def _group(session: Session, text: Texts, actors: Actors, at: datetime) -> Group:
    details = groups.Details(
        kind=GroupKind.INTERVISIE,
        name=text["name"],
        purpose=text["purpose"],
        rules=text["rules"].strip(),
        size=8,
        every_weeks=6,
        minutes=MINUTES,
    )
    group = groups.start(
        session, actors[text["lead"]], details, Visibility.CLOSED, at, facilitates=True
    )
    for key in text["members"]:
        joining.take_on(session, actors[key], group.circle_id, at)
        groups.agree(session, actors[key], group.id, group.rules_version, at)
    return group


def _hold(
    session: Session, session_id: int, text: Texts, group: Texts, actors: Actors, at: datetime
) -> None:
    """Step by step, each contribution in the step to which it belongs."""
    lead = actors[group["lead"]]
    themes.propose(session, lead, session_id, text["theme"], "demo-theme", at, anyway=True)
    for key in group["members"]:
        holding.come_in(session, actors[key], session_id, at)
    brings = actors[text["case"]["by"]]
    offered = queue.offer(
        session,
        brings,
        session_id,
        "demo-case",
        at,
        question=text["case"]["question"],
        anyway=True,
    )
    stepping.start(session, lead, session_id, at)
    for key in group["members"]:
        holding.come_in(session, actors[key], session_id, at)
    queue.activate(session, lead, offered.id, at)
    session.get_one(GroupSession, session_id).theme = text["theme"]
    steps = session.get_one(GroupSession, session_id).its_method.steps
    for step, each in enumerate(steps):
        for n, said in enumerate(text["said"]):
            if said["step"] == step:
                writing.contribute(
                    session,
                    actors[said["by"]],
                    session_id,
                    said["kind"],
                    said["text"],
                    f"demo-{n}",
                    at,
                    anyway=True,
                )
        at += timedelta(minutes=each.minutes)
        if step + 1 < len(steps):
            stepping.go_on(session, lead, session_id, 1, step, at)
    for n, taken in enumerate(text["taken"]):
        made = afterwards.take_along(
            session,
            actors[taken["by"]],
            session_id,
            taken["action"],
            (at + timedelta(days=taken["days"])).date(),
            f"demo-{n}",
            at,
            anyway=True,
        )
        if taken.get("outcome"):
            came = at + timedelta(days=taken["days"])
            afterwards.say_what_came(
                session, actors[taken["by"]], made.id, True, taken["outcome"], came, anyway=True
            )
    stepping.close(session, lead, session_id, at)
    for looked in text["looked_back"]:
        answers = {name: words for name, words in looked.items() if name != "by"}
        afterwards.evaluate(
            session, actors[looked["by"]], session_id, afterwards.FIRST, answers, at, anyway=True
        )


def _prepare(session: Session, session_id: int, text: Texts, actors: Actors, at: datetime) -> None:
    made = []
    for n, proposed in enumerate(text["theme"]):
        actor = actors[proposed["by"]]
        holding.come_in(session, actor, session_id, at)
        made.append(
            themes.propose(
                session, actor, session_id, proposed["text"], f"demo-{n}", at, anyway=True
            )
        )
    for vote in text["vote"]:
        holding.come_in(session, actors[vote["by"]], session_id, at)
        themes.vote(session, actors[vote["by"]], made[vote["for"]].id, at)
    for n, case in enumerate(text["case"]):
        queue.offer(
            session,
            actors[case["by"]],
            session_id,
            f"demo-{n}",
            at,
            question=case["question"],
            anyway=True,
        )
