"""The demo's moreel beraad: a group, one session that was held, and what came of it.

Brought on their way by the operations that pages call.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from cop.beraad import approving, deliberating, general, reporting, together, weighing
from cop.beraad.items import Body
from cop.beraad.models import Audience, Form, Report
from cop.beraad.words import GENERAL
from cop.demo import content
from cop.gatherings import attending, when
from cop.gatherings.models import Setting
from cop.groups import asking, dates
from cop.groups import operations as groups
from cop.groups.dates import Where
from cop.groups.models import Group, GroupKind
from cop.members.actor import Actor
from cop.members.models import Member
from cop.platform.outbox import Job
from cop.sessions import afterwards, holding, methods, stepping, writing
from cop.sessions.methods import SessionKind
from cop.sessions.models import GroupSession
from cop.spaces import joining
from cop.spaces.circles import Visibility

FOUNDED = timedelta(days=40)  # before the session
PLANNED = timedelta(days=20)
AFTERWARDS = timedelta(hours=20)
MINUTES = 90
_ROOMS = ("groups.", "gatherings.", "sessions.", "beraad.", "circles.")


def build(session: Session, members: Mapping[str, Member], now: datetime) -> None:
    """The group and its session. Nobody is told: a demo sends no mail."""
    text = content.read("beraad")
    actors = {key: Actor(member.id) for key, member in members.items()}
    day = when.local(now).date() - timedelta(days=text["group"]["days_ago"])
    held_at = when.moment(day, time.fromisoformat(text["group"]["at"]))
    group = _group(session, text["group"], actors, held_at - FOUNDED)
    lead = actors[text["group"]["lead"]]
    where = Where(setting=Setting.ON_SITE, place="Het tuinhuis", minutes=MINUTES)
    [gathering] = dates.plan(session, lead, group.id, [held_at], where, held_at - PLANNED)
    asking.ask_everybody(session, gathering, held_at - PLANNED)
    for key in (text["group"]["lead"], *text["group"]["members"]):
        attending.sign_up(session, actors[key], gathering.id, held_at - PLANNED)
    method = methods.shipped(SessionKind.BERAAD)["dilemma"]
    its = holding.prepare(session, lead, gathering.id, method, held_at)
    _hold(session, its.id, text, actors, held_at)
    _afterwards(session, its.id, text, actors, held_at + AFTERWARDS)
    session.execute(delete(Job).where(or_(*(Job.kind.startswith(f"{room}") for room in _ROOMS))))
    session.flush()


def _group(
    session: Session, text: Mapping[str, Any], actors: Mapping[str, Actor], at: datetime
) -> Group:
    details = groups.Details(
        kind=GroupKind.BERAAD,
        name=text["name"],
        purpose=text["purpose"],
        rules=text["rules"].strip(),
        size=8,
        every_weeks=6,
        minutes=MINUTES,
    )
    group = groups.start(
        session, actors[text["lead"]], details, Visibility.PRIVATE, at, facilitates=True
    )
    for key in text["members"]:
        joining.take_on(session, actors[key], group.circle_id, at)
        groups.agree(session, actors[key], group.id, group.rules_version, at)
    return group


def _hold(
    session: Session,
    session_id: int,
    text: Mapping[str, Any],
    actors: Mapping[str, Actor],
    at: datetime,
) -> None:
    """Step by step, each contribution in the step to which it belongs."""
    lead = actors[text["group"]["lead"]]
    everybody = [actors[key] for key in text["group"]["members"]]
    stepping.start(session, lead, session_id, at)
    for actor in everybody:
        holding.come_in(session, actor, session_id, at)
    number = 0
    steps = session.get_one(GroupSession, session_id).its_method.steps
    for step, (board, entries, minutes) in enumerate(
        (each.board, each.entries, each.minutes) for each in steps
    ):
        if board == "dilemma":
            dilemma = {name: words.strip() for name, words in text["dilemma"].items()}
            together.write_dilemma(
                session,
                everybody[0],
                session_id,
                together.Dilemma(**dilemma),
                0,
                at,
                anyway=True,
            )
        if board == "values":
            _fill_table(session, session_id, text, actors, at)
        if board == "weighing":
            for said in text["weighing"]:
                answer = {k: v for k, v in said.items() if k != "by"}
                weighing.save(
                    session,
                    actors[said["by"]],
                    session_id,
                    weighing.Answer(**answer),
                    True,
                    at,
                    anyway=True,
                )
        for said in text["said"]:
            if said["kind"] in entries:
                number += 1
                writing.contribute(
                    session,
                    actors[said["by"]],
                    session_id,
                    said["kind"],
                    said["text"],
                    f"demo-said-{number}",
                    at,
                    anyway=True,
                )
        if board == "conclusion":
            words = text["conclusion"]
            together.conclude(
                session, actors[words["by"]], session_id, words["text"], 0, at, anyway=True
            )
            for number, each in enumerate(text["agreed"]):
                afterwards.take_along(
                    session,
                    actors[each["by"]],
                    session_id,
                    each["action"],
                    (at + timedelta(days=each["days"])).date(),
                    f"demo-agreed-{number}",
                    at,
                    anyway=True,
                )
        at += timedelta(minutes=minutes)
        if step + 1 < len(steps):
            stepping.go_on(session, lead, session_id, 1, step, at)
    stepping.close(session, lead, session_id, at)


def _fill_table(
    session: Session,
    session_id: int,
    text: Mapping[str, Any],
    actors: Mapping[str, Actor],
    at: datetime,
) -> None:
    for number, said in enumerate(text["entry"]):
        deliberating.add_entry(
            session,
            actors[said["by"]],
            session_id,
            said["place"],
            said["text"],
            f"demo-entry-{number}",
            at,
            anyway=True,
        )
    added = deliberating.add_perspective(
        session,
        actors[text["perspective"]["by"]],
        session_id,
        text["perspective"]["name"],
        "demo-perspective",
        at,
        anyway=True,
    )
    for number, said in enumerate(text["own"]):
        deliberating.add_entry(
            session,
            actors[said["by"]],
            session_id,
            f"own.{said['kind']}.{said['side']}",
            said["text"],
            f"demo-own-{number}",
            at,
            perspective_id=added.id,
            anyway=True,
        )


def _afterwards(
    session: Session,
    session_id: int,
    text: Mapping[str, Any],
    actors: Mapping[str, Actor],
    at: datetime,
) -> None:
    """The report for all members, and the dilemma in general words; approved by everybody."""
    writer = actors[text["general"]["by"]]
    words = {name: text["general"].get(name, "").strip() for name in GENERAL}
    made = (
        reporting.make(session, actors[text["group"]["lead"]], session_id, at),
        general.write(session, writer, session_id, words, 0, at),
    )
    for report in made:
        form = Form(report.form)
        for item in Body.from_json(report.body).items:
            if item.waits:
                reporting.leave(session, writer, session_id, form, item.id, at)
        approving.choose(session, writer, session_id, form, Audience.COMMUNITY, None, at)
        for key in (text["group"]["lead"], *text["group"]["members"]):
            version = session.get_one(Report, report.id).version
            approving.approve(session, actors[key], session_id, form, version, at)
