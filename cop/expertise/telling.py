"""What the kenniskaart says elsewhere: in notifications, on the home page, on the page 'me'."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from cop.expertise.models import Card, CardKind, ExpertAsk, ExpertQuestion
from cop.expertise.permissions import (
    CARDS,
    QUESTIONS,
    CardPermission,
    QuestionPermission,
    is_mine,
)
from cop.members.actor import Actor
from cop.members.beside import Way, beside_person
from cop.members.blocks import names_blocked
from cop.members.mine import Entry, part_of_me
from cop.members.mine import Part as PartOfMe
from cop.members.models import Persona, Theme
from cop.members.queries import theme_name
from cop.notifications.models import Notification
from cop.notifications.operations import Line, sentences
from cop.notifications.waits import USUAL, Part, Wait, waits
from cop.platform.db import rows
from cop.platform.i18n import gettext as _
from cop.platform.i18n import language

ANSWERING = 3  # minutes


@sentences("expertise.keep")
def invitations(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    rows = session.execute(
        select(Card.id, Card.name).where(
            Card.id.in_({n.subject_id for n in notifications}),
            CARDS.clause(actor, CardPermission.ANSWER),
        )
    )
    names = {row.id: row.name for row in rows}
    return {
        n.id: Line(
            _(
                "%(who)s asks whether you keep the card of “%(name)s” along.",
                who=n.by.name if n.by is not None else "",
                name=names[n.subject_id],
            ),
            "/kenniskaart/mijn#gevraagd",
            in_mail=True,
        )
        for n in notifications
        if n.subject_id in names
    }


@sentences("expertise.nobody", "expertise.question", "expertise.yes", "expertise.thanks")
def questions(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    """The theme and who; the words of a question, and a topic in own words, stand on its page."""
    ids = {n.subject_id for n in notifications}

    def themes(*conditions: object) -> dict[int, str]:
        rows = session.execute(
            select(ExpertQuestion.id, theme_name())
            .outerjoin(Theme, Theme.id == ExpertQuestion.theme_id)
            .where(ExpertQuestion.id.in_(ids), *conditions)  # type: ignore[arg-type]  # conditions all
        )
        return {row[0]: row[1] or _("a topic in own words") for row in rows}

    waiting = themes(QUESTIONS.clause(actor, QuestionPermission.ANSWER))
    own = themes(QUESTIONS.clause(actor, QuestionPermission.MANAGE))
    helped = themes(
        ExpertQuestion.id.in_(
            select(ExpertAsk.question_id).where(
                is_mine(actor, ExpertAsk.persona_id), ExpertAsk.answer == "yes"
            )
        )
    )
    unwanted = names_blocked(session, actor, {n.by_id for n in notifications if n.by_id})
    found = {}
    for n in notifications:
        if n.by_id in unwanted:
            continue  # what they did before they were blocked
        who = n.by.name if n.by is not None else ""
        if n.kind == "expertise.question" and n.subject_id in waiting:
            text = _(
                "%(who)s has a question on %(theme)s. Can you help?",
                who=who,
                theme=waiting[n.subject_id],
            )
            found[n.id] = Line(text, "/kenniskaart/vragen", in_mail=True)
        elif n.kind == "expertise.yes" and n.subject_id in own:
            text = _(
                "%(who)s wants to help with your question on %(theme)s.",
                who=who,
                theme=own[n.subject_id],
            )
            found[n.id] = Line(text, f"/kenniskaart/vragen#vraag-{n.subject_id}", in_mail=True)
        elif n.kind == "expertise.nobody" and n.subject_id in own:
            text = _(
                "Your question on %(theme)s went round, and nobody could help this time. "
                "You can ask it in a conversation.",
                theme=own[n.subject_id],
            )
            found[n.id] = Line(text, f"/kenniskaart/vragen#vraag-{n.subject_id}", in_mail=True)
        elif n.kind == "expertise.thanks" and n.subject_id in helped:
            text = _(
                "%(who)s thanks you for your help on %(theme)s.",
                who=who,
                theme=helped[n.subject_id],
            )
            found[n.id] = Line(text, "/kenniskaart/vragen", in_mail=True)
    return found


@waits
def asked_of_me(session: Session, actor: Actor, _now: datetime) -> Iterator[Wait]:
    """One query."""
    if not actor.is_member:
        return
    for each in rows(session, _asked(actor.left_open), {"me": actor.member_id}):
        theme = each.name_en if language() == "en" else each.name_nl
        theme = theme or _("a topic in own words")
        yield Wait(
            Part.ASKED,
            _("%(who)s has a question on %(theme)s", who=each.who, theme=theme),
            f"/kenniskaart/vragen#gevraagd-{each.id}",
            ANSWERING,
            each.at,
            where=_("expertise"),
            mark=_("can you help?"),
        )


@cache
def _asked(kind: Actor) -> Select[*tuple[Any, ...]]:
    """Built once per kind of actor: building it costs more than running."""
    mine, asker = aliased(Persona), aliased(Persona)
    return (
        select(
            *(ExpertQuestion.id, ExpertAsk.at, Theme.name_nl, Theme.name_en),
            asker.name.label("who"),
        )
        .join(ExpertAsk, ExpertAsk.question_id == ExpertQuestion.id)
        .join(mine, mine.id == ExpertAsk.persona_id)
        .outerjoin(Theme, Theme.id == ExpertQuestion.theme_id)
        .join(asker, asker.id == ExpertQuestion.persona_id)
        .where(mine.member_id == kind.member_id, ExpertAsk.answer.is_(None))
        .where(QUESTIONS.clause(kind, QuestionPermission.ANSWER))
        .order_by(ExpertAsk.at, ExpertQuestion.id)
        .limit(USUAL)
    )


@beside_person
def own_card(session: Session, actor: Actor, handle: str) -> Iterator[Way]:
    """One query. Only own names have a card."""
    card_id = session.scalar(
        select(Card.id)
        .join(Persona, Persona.id == Card.persona_id)
        .where(Persona.handle == handle, Card.kind == CardKind.PERSON)
        .where(CARDS.clause(actor, CardPermission.READ))
    )
    if card_id is not None:
        yield Way(_("What they know about"), f"/kenniskaart/{card_id}", "users")


@part_of_me
def part(_session: Session, _actor: Actor) -> PartOfMe:
    return PartOfMe(
        _("Expertise"),
        [
            Entry(_("Your expertise card"), "/kenniskaart/mijn"),
            Entry(_("Questions on what people know"), "/kenniskaart/vragen"),
        ],
    )
