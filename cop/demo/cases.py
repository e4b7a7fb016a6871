"""The demo's cases, brought on their way by the operations that pages call."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cop.cases import preparing, second_reading, sharing, writing
from cop.cases.models import Case
from cop.cases.words import CHECKS
from cop.demo import content
from cop.members.actor import Actor
from cop.members.models import Member, Persona, Theme
from cop.platform.outbox import Job
from cop.spaces.models import Space

STEP = timedelta(hours=12)  # between one step and the next
BETWEEN = timedelta(hours=7)  # between contributions


def build(
    session: Session,
    members: Mapping[str, Member],
    own: Mapping[str, Persona],
    spaces: Mapping[str, Space],
    themes: Mapping[str, Theme],
    now: datetime,
) -> None:
    """Every case of the demo. Nobody is told: a demo sends no mail."""
    for text in content.read("cases")["case"]:
        _case(session, text, members, own, spaces, themes, now)
    session.execute(delete(Job).where(Job.kind.startswith("cases.")))
    session.flush()


def _case(
    session: Session,
    text: dict[str, Any],
    members: Mapping[str, Member],
    own: Mapping[str, Persona],
    spaces: Mapping[str, Space],
    themes: Mapping[str, Theme],
    now: datetime,
) -> None:
    actors = {key: Actor(member.id) for key, member in members.items()}
    author, at = actors[text["author"]], now - timedelta(days=text["days_ago"])
    case = writing.start(session, author, "own", text["basis"], at)
    parts = {name: text[name].strip() for name in ("title", "text", "question")}
    writing.save(session, author, case.id, parts, at)
    if text["state"] == "draft":
        return
    writing.decide(session, author, case.id, {}, at, rest=True)
    preparing.check_list(session, author, case.id, CHECKS, False, at)
    circle_id = spaces[text["circle"]].circle_id
    preparing.choose_circle(session, author, case.id, circle_id, at)
    preparing.nobody_agrees(session, author, case.id, True, at)
    second_reading.ask(session, author, case.id, own[text["reader"]].handle, at)
    if text["state"] == "with_reader":
        return
    at += STEP
    reader = actors[text["reader"]]
    version = session.get_one(Case, case.id).version
    second_reading.approve(session, reader, case.id, version, at)
    at += STEP
    chosen = [themes[slug].id for slug in text.get("themes", [])]
    remove_at = now + timedelta(days=text["keep_for"])
    sharing.share(session, author, case.id, remove_at, chosen, at)
    for said in text.get("contribution", []):
        at += BETWEEN
        made = sharing.contribute(
            session, actors[said["author"]], case.id, said["kind"], said["text"], at, anyway=True
        )
        if "answer" in said:
            sharing.answer(session, author, made.id, said["answer"], at + BETWEEN, anyway=True)
    if "outcome" in text:
        sharing.close(session, author, case.id, text["outcome"].strip(), at + STEP, anyway=True)
