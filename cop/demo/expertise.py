"""The demo's expertise cards, questions that go round and a request, made by the operations."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cop.contacts import asking
from cop.demo import content
from cop.expertise import cards, gaps, keeping, questions
from cop.expertise.models import Knowledge, Often, Shown
from cop.members.actor import Actor
from cop.members.models import Member, Organisation, Persona, Theme
from cop.platform.outbox import Job

MADE = timedelta(days=40)


def build(
    session: Session,
    members: Mapping[str, Member],
    own: Mapping[str, Persona],
    themes: Mapping[str, Theme],
    organisations: Mapping[str, Organisation],
    now: datetime,
) -> None:
    """All of it. Nobody is told: a demo sends no mail."""
    actors = {key: Actor(member.id) for key, member in members.items()}
    texts = content.read("expertise")
    for text in texts["card"]:
        _card(session, text, actors, own, themes, organisations, now - MADE)
    for text in texts["sought"]:
        for key in text["members"]:
            gaps.note(session, actors[key], [themes[text["theme"]].id], now)
    for text in texts["question"]:
        at = now - timedelta(days=text["days_ago"])
        theme_id = themes[text["theme"]].id
        made = questions.ask(session, actors[text["by"]], theme_id, text["text"], at, anyway=True)
        for key in text["yes"]:
            questions.answer(session, actors[key], made.id, True, at + timedelta(hours=5))
    for text in texts["contact"]:
        at = now - timedelta(days=text["days_ago"])
        to_id = own[text["to"]].id
        asking.ask(session, actors[text["by"]], to_id, text["words"], at, anyway=True)
    session.execute(
        delete(Job).where(Job.kind.startswith("expertise.") | Job.kind.startswith("contacts."))
    )
    session.flush()


def _card(
    session: Session,
    text: dict[str, Any],
    actors: Mapping[str, Actor],
    own: Mapping[str, Persona],
    themes: Mapping[str, Theme],
    organisations: Mapping[str, Organisation],
    at: datetime,
) -> None:
    wanted = cards.Settings(
        about=text.get("about", ""),
        contact=text.get("contact", ""),
        often=text.get("often", Often.MONTH),
        name=text.get("name", ""),
        organisation_id=organisations[text["organisation"]].id if "organisation" in text else None,
        region=text.get("region", ""),
    )
    if "member" in text:
        keeper = actors[text["member"]]
        card = cards.own_or_new(session, keeper, at)
        cards.change(session, keeper, card.id, wanted, at, anyway=True)
    else:
        keeper = actors[text["keeper"]]
        card = cards.start(session, keeper, text["kind"], wanted, at, anyway=True)
        for key in text["along"]:
            keeping.ask_along(session, keeper, card.id, own[key].handle, at)
            keeping.answer_invitation(session, actors[key], card.id, True, at)
    for topic in text["topics"]:
        line = cards.Topic(
            theme_id=themes[topic["theme"]].id if "theme" in topic else None,
            words=topic.get("words", ""),
            knowledge=topic.get("knowledge", Knowledge.PRACTICE),
            ask=topic.get("ask", ""),
            shown=topic.get("shown", Shown.MEMBERS),
        )
        cards.add_line(session, keeper, card.id, line, at, anyway=True)
    card.full = text.get("full", False)
