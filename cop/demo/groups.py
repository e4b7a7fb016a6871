"""The demo's groups, brought on their way by the operations that pages call."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cop.demo import content
from cop.gatherings import attending, when
from cop.gatherings.models import Gathering, Setting
from cop.groups import asking, dates, facilitating, operations, presence
from cop.groups.models import Group
from cop.members.actor import Actor
from cop.members.models import Member, Persona
from cop.platform.outbox import Job
from cop.spaces import joining


def build(
    session: Session,
    members: Mapping[str, Member],
    own: Mapping[str, Persona],
    now: datetime,
) -> None:
    """Every group of the demo, and the pool. Nobody is told: a demo sends no mail."""
    before = session.scalar(select(func.max(Job.id))) or 0
    text = content.read("groups")
    for row in text["trained"]:
        facilitating.stand_ready(
            session,
            Actor(members[row["member"]].id),
            intervisie=row["intervisie"],
            beraad=row["beraad"],
            training=row["training"],
            now=now - timedelta(days=200),
            anyway=True,
        )
    for row in text["group"]:
        _group(session, row, members, own, now)
    session.execute(delete(Job).where(Job.id > before))
    session.flush()


def _group(
    session: Session,
    text: dict[str, Any],
    members: Mapping[str, Member],
    own: Mapping[str, Persona],
    now: datetime,
) -> None:
    at = now - timedelta(days=text["days_ago"])
    actors = {key: Actor(member.id) for key, member in members.items()}
    organiser = actors[text["organiser"]]
    group = operations.start(
        session,
        organiser,
        operations.Details(
            kind=text["kind"],
            name=text["name"],
            purpose=" ".join(text["purpose"].split()),  # lines of the file are none of the text
            rules=text["rules"].strip(),
            size=text["size"],
            every_weeks=text["every_weeks"],
            minutes=text["minutes"],
        ),
        text["visibility"],
        at,
        anyway=True,
    )
    for key in text["members"]:
        joining.ask(session, actors[key], group.circle_id, "", at)
        joining.answer(session, organiser, group.circle_id, own[key].handle, True, at)
        operations.agree(session, actors[key], group.id, group.rules_version, at)
    if text["facilitator"]:
        key = text["facilitator"]
        row = facilitating.offer(session, actors[key], group.id, "", at, anyway=True)
        facilitating.take_offer(session, organiser, group.id, row.id, True, at)
        operations.agree(session, actors[key], group.id, group.rules_version, at)
    for key in text["asks"]:
        joining.ask(session, actors[key], group.circle_id, "", now - timedelta(days=1))
    _dates(session, text, group, actors, own, now, at)


def _dates(
    session: Session,
    text: dict[str, Any],
    group: Group,
    actors: Mapping[str, Actor],
    own: Mapping[str, Persona],
    now: datetime,
    at: datetime,
) -> None:
    today = when.local(now).date()
    starts = [
        when.moment(today + timedelta(days=days), time.fromisoformat(clock))
        for days, clock in text["dates"]
    ]
    online = text["place"] == "Online"
    where = dates.Where(
        setting=Setting.ONLINE if online else Setting.ON_SITE,
        place="" if online else text["place"],
        link="https://video.example.org/beraad" if online else "",
        minutes=text["minutes"],
    )
    made = dates.plan(session, actors[text["organiser"]], group.id, starts, where, at, anyway=True)
    for gathering in made:
        if gathering.provisional:
            continue
        asking.ask_everybody(session, gathering, at)
        for key in text["going"]:
            said_at = min(now, gathering.starts_at) - timedelta(days=2)
            attending.sign_up(session, actors[key], gathering.id, said_at)
        if gathering.ends_at < now:
            _held(session, text, gathering, actors, own)


def _held(
    session: Session,
    text: dict[str, Any],
    gathering: Gathering,
    actors: Mapping[str, Actor],
    own: Mapping[str, Persona],
) -> None:
    """Who facilitated confirmed who was there."""
    presence.confirm(
        session,
        actors[text["facilitator"]],
        gathering.id,
        [own[key].handle for key in text["going"]],
        text["minutes"],
        gathering.ends_at + timedelta(hours=1),
    )
