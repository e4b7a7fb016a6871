"""The demo's practices, written and published by the operations that pages call."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cop.demo import content
from cop.members.actor import Actor
from cop.members.models import Member, Organisation, Persona, Theme
from cop.platform.outbox import Job
from cop.practices import publishing, responding, together, words, writing
from cop.practices.models import Practice
from cop.spaces.models import Space

DRAFTED = timedelta(days=9)  # before it is published


def build(
    session: Session,
    members: Mapping[str, Member],
    own: Mapping[str, Persona],
    spaces: Mapping[str, Space],
    themes: Mapping[str, Theme],
    organisations: Mapping[str, Organisation],
    now: datetime,
) -> None:
    """Every practice of the demo. Nobody is told: a demo sends no mail."""
    actors = {key: Actor(member.id) for key, member in members.items()}
    for text in content.read("practices")["practice"]:
        practice = _written(session, text, actors, own, spaces, themes, now)
        if text["audience"] != "draft":
            _published(session, practice, text, actors, organisations, now)
    session.execute(delete(Job).where(Job.kind.startswith("practices.")))
    session.flush()


def _written(
    session: Session,
    text: dict[str, Any],
    actors: Mapping[str, Actor],
    own: Mapping[str, Persona],
    spaces: Mapping[str, Space],
    themes: Mapping[str, Theme],
    now: datetime,
) -> Practice:
    author, begun = actors[text["author"]], now - timedelta(days=text["days_ago"]) - DRAFTED
    made = writing.start(
        session,
        author,
        writing.Beginning(
            title=text["title"],
            summary=text["summary"],
            kind=text["kind"],
            theme_ids=[themes[slug].id for slug in text["themes"]],
        ),
        begun,
        space_id=spaces[text["space"]].id if text["space"] else None,
        anyway=True,
    )
    for key in [*text.get("along", []), *text.get("asked", [])]:
        together.ask(session, author, made.id, own[key].handle, begun)
    writers = [text["author"]]
    for key in text.get("along", []):
        together.answer(session, actors[key], made.id, True, begun)
        writers.append(key)
    for n, name in enumerate(name for name in words.BODY if name in text):
        who, at = actors[writers[n % len(writers)]], begun + timedelta(hours=5 * (n + 1))
        writing.save(session, who, made.id, name, text[name].strip(), 0, at, anyway=True)
    made.knowledge = text["knowledge"]
    return made


def _published(
    session: Session,
    practice: Practice,
    text: dict[str, Any],
    actors: Mapping[str, Actor],
    organisations: Mapping[str, Organisation],
    now: datetime,
) -> None:
    author, at = actors[text["author"]], now - timedelta(days=text["days_ago"])
    publishing.publish(session, author, practice.id, text["audience"], at, named=True, anyway=True)
    if "review_days" in text:
        practice.review_on = publishing.today(now) + timedelta(days=text["review_days"])
    elif practice.review_on is not None and practice.review_on <= publishing.today(now):
        publishing.still_right(session, author, practice.id, None, now - timedelta(days=20))
    for key in text["users"]:
        user = actors[text["author"]]
        responding.use(session, user, practice.id, organisations[key].id, at + DRAFTED)
    for told in text.get("experience", []):
        responding.tell(
            session,
            actors[told["author"]],
            practice.id,
            told["verdict"],
            told["context"],
            told["result"],
            now - timedelta(days=told["days_ago"]),
            anyway=True,
        )
    if text["days_ago"] > 366:
        practice.years_told = 1
    session.flush()
