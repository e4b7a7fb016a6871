"""A question to those who match: a handful of people at a time, spread fairly.

Whoever was asked least in the past half year comes first, then whoever was asked longest ago, and
chance decides among equals; nobody is asked who is full, or more often than they wish, be it for
the card of a team. A card of several counts as one: one of those who keep it is asked at a time,
and no more often than it says. Whoever
blocked the asker counts as asked and is shown nothing: the asker learns of no block by it. Only a
yes is told to the asker; in the place of whoever says no another is asked, and no number shows it.
Where it went round and nobody said yes, the asker hears that, and it goes round no longer.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from cop.contacts import conversations
from cop.expertise.events import AskAccepted, HandfulAsked, RoundEnded, Thanked
from cop.expertise.matching import on_topic
from cop.expertise.models import (
    Card,
    CardKeeper,
    CardLine,
    ExpertAsk,
    ExpertQuestion,
)
from cop.expertise.permissions import QUESTIONS, QuestionPermission, is_mine
from cop.expertise.words import LONGEST, REST
from cop.members.actor import Actor
from cop.members.blocks import blocked
from cop.members.models import Member, Persona, PersonaKind, Theme
from cop.members.queries import own_persona, takes_part
from cop.platform.blank import one_line, trimmed
from cop.platform.db import UtcDateTime
from cop.platform.errors import NotFound, Refused, refuse_longer
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit, enqueue
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

HANDFUL = 5
MOST_HANDFULS = 4
PATIENCE = timedelta(days=3)  # before others are asked as well
A_DAY = timedelta(days=1)  # so long nobody else is asked, whatever the asker wishes
COUNTED = timedelta(days=182)
MOST_OPEN = 3  # questions of one member that go round without a yes
SETTLED = timedelta(days=14)  # after the first yes others are not asked any more


class NobodyToAsk(Refused):
    """No card on the topic that can be asked now."""


_dice = random.SystemRandom()


def ask(
    session: Session,
    actor: Actor,
    theme_id: int | None,
    text: str,
    now: datetime,
    anyway: bool = False,
    words: str = "",
) -> ExpertQuestion:
    """Put a question to a handful of those whose card has the theme, or says the words.

    Raises:
        NotFound: the actor is no member.
        AuthorAsked: the text or the words may say more than meant.
        Refused: empty, too long, no such theme, a theme and words or neither, too many open;
            `NobodyToAsk`.
    """
    if actor.member_id is None:
        raise NotFound
    text, words = trimmed(text), one_line(words)
    if not text:
        raise Refused(_("Write your question, please."), "text")
    refuse_longer(text, LONGEST["question"], "text")
    if (theme_id is None) == (not words):
        raise Refused(_("Choose a theme, or use words of your own."), "theme")
    refuse_longer(words, LONGEST["words"], "words")
    if theme_id is not None:
        known = select(Theme.id).where(Theme.id == theme_id, Theme.retired_at.is_(None))
        if session.scalar(known) is None:
            raise Refused(_("Choose one of the list, please."), "theme")
    session.scalars(select(Member).where(Member.id == actor.member_id).with_for_update()).one()
    answered = exists().where(ExpertAsk.question_id == ExpertQuestion.id, ExpertAsk.answer == "yes")
    open_ones = session.scalar(
        select(func.count())
        .select_from(ExpertQuestion)
        .where(is_mine(actor, ExpertQuestion.persona_id), ExpertQuestion.closed_at.is_(None))
        .where(~answered)
    )
    if (open_ones or 0) >= MOST_OPEN:
        raise Refused(
            _("%(most)s questions of yours go round already. Close one first.", most=MOST_OPEN)
        )
    ask_author([words, text], Purpose.POST, anyway)
    made = ExpertQuestion(
        persona_id=own_persona(session, actor.member_id).id,
        theme_id=theme_id,
        words=words or None,
        text=text,
        at=now,
    )
    session.add(made)
    session.flush()
    if not next_handful(session, made, now):
        raise NobodyToAsk(
            _("Nobody whom you could ask has this on their card now. Start a conversation instead?")
        )
    return made


def next_handful(session: Session, question: ExpertQuestion, now: datetime) -> int:
    """Ask some people more; how many: 0 when it is closed or everybody was asked."""
    hold(session, question)
    if question.closed_at is not None or question.handfuls >= MOST_HANDFULS:
        return 0
    chosen = _who_is_next(session, question, now)
    if not chosen:
        return 0
    question.handfuls += 1
    _put_to(session, question, chosen, now)
    enqueue(
        session,
        "expertise.ask_others",
        {"question_id": question.id, "handful": question.handfuls},
        now=now,
        run_at=now + PATIENCE,
    )
    return len(chosen)


def hold(session: Session, question: ExpertQuestion) -> None:
    """Who is asked is decided one at a time, until the transaction ends."""
    session.refresh(question, with_for_update={"of": ExpertQuestion})


def _put_to(
    session: Session, question: ExpertQuestion, chosen: Sequence[tuple[int, int]], now: datetime
) -> None:
    session.add_all(
        ExpertAsk(question_id=question.id, persona_id=persona_id, card_id=card_id, at=now)
        for persona_id, card_id in chosen
    )
    session.flush()
    emit(session, HandfulAsked(question_id=question.id, handful=question.handfuls), now)


def _ask_instead(session: Session, question: ExpertQuestion, now: datetime) -> None:
    """Somebody said no, and nobody yes: another is asked in their place, if there is one."""
    hold(session, question)
    if question.closed_at is None and not has_yes(session, question):
        chosen = _who_is_next(session, question, now)[:1]
        if chosen:
            _put_to(session, question, chosen, now)


def has_yes(session: Session, question: ExpertQuestion) -> bool:
    yes = select(ExpertAsk.persona_id).where(
        ExpertAsk.question_id == question.id, ExpertAsk.answer == "yes"
    )
    return session.scalar(yes.limit(1)) is not None


def in_a_handful() -> ColumnElement[bool]:
    """Asked in their turn, not in the place of somebody who said no: of that nothing tells."""
    no = aliased(ExpertAsk)
    return ~exists().where(
        no.question_id == ExpertAsk.question_id, no.answer == "no", no.answered_at == ExpertAsk.at
    )


def go_on(session: Session, question: ExpertQuestion, now: datetime) -> None:
    """Nobody said yes for some days: others are asked, or the asker hears that nobody is left."""
    hold(session, question)
    if question.closed_at is not None or has_yes(session, question):
        return
    if not next_handful(session, question, now):
        question.closed_at = now
        session.flush()
        emit(session, RoundEnded(question_id=question.id), now)


def _who_is_next(
    session: Session, question: ExpertQuestion, now: datetime
) -> list[tuple[int, int]]:
    """(persona, card) of those who can be asked, who was asked least first."""
    asker = session.get_one(Persona, question.persona_id)
    before, here, own = aliased(ExpertAsk), aliased(ExpertAsk), aliased(Card)
    last = (
        select(func.max(before.at))
        .where(before.persona_id == CardKeeper.persona_id)
        .correlate(CardKeeper)
        .scalar_subquery()
    )
    lately = (
        select(func.count())
        .where(before.persona_id == CardKeeper.persona_id, before.at > now - COUNTED)
        .correlate(CardKeeper)
        .scalar_subquery()
    )
    rests = (
        select(before.card_id, func.max(before.at).label("at"))
        .where(before.at > now - max(REST.values()))
        .group_by(before.card_id)
        .subquery()
    )
    already = select(here.persona_id).where(here.question_id == question.id).correlate(None)
    rows = session.execute(
        select(CardKeeper.persona_id, Card.id, last.label("last"), lately.label("lately"))
        .join(Card, Card.id == CardKeeper.card_id)
        .join(CardLine, CardLine.card_id == Card.id)
        .join(Persona, Persona.id == CardKeeper.persona_id)
        # Who keeps the card of several is asked no more than their own card says.
        .outerjoin(own, own.persona_id == CardKeeper.persona_id)
        .outerjoin(rests, rests.c.card_id == Card.id)
        .where(on_topic(session, question))
        .where(CardKeeper.accepted_at.is_not(None), Card.full.is_(False))
        .where(or_(own.id.is_(None), own.full.is_(False)))
        .where(takes_part(), Persona.kind == PersonaKind.SELF)
        .where(Persona.member_id != asker.member_id)
        .where(Persona.id.not_in(already))
        .where(~blocked(asker.member_id, Persona.id))
        .where(_rested(Card.often, last, now), _rested(own.often, last, now))
        .where(_rested(Card.often, rests.c.at, now))
        .order_by(Card.id, CardKeeper.persona_id)
    ).all()
    # Somebody on several cards is asked once, and chance decides among who was never asked.
    once = {row.persona_id: row for row in reversed(rows)}
    found = sorted(once.values(), key=lambda row: row.persona_id)
    _dice.shuffle(found)
    found.sort(key=lambda row: (row.lately, _moment(row.last)))
    # Of a card of several one is asked, whose turn it is.
    of_each = {row.id: row for row in reversed(found)}
    chosen = [row for row in found if of_each[row.id] is row]
    return [(row.persona_id, row.id) for row in chosen[:HANDFUL]]


def _moment(at: datetime | None) -> float:
    return at.timestamp() if at is not None else 0.0


def _rested(
    wished: InstrumentedAttribute[str], last: ColumnElement[datetime], now: datetime
) -> ColumnElement[bool]:
    """Nobody is asked more often than a card says."""
    moments = {often: literal(now - rest, UtcDateTime) for often, rest in REST.items()}
    until = case(
        *((wished == often, at) for often, at in moments.items()),
        else_=literal(now, UtcDateTime),
    )
    return or_(last.is_(None), and_(last.is_not(None), last <= until))


def answer(
    session: Session, actor: Actor, question_id: int, accepts: bool, now: datetime
) -> int | None:
    """Say yes, which opens a conversation with the asker (its id), or no, which nobody is told.

    Raises:
        NotFound: nobody asked the actor, or it was closed.
    """
    question = QUESTIONS.get(session, actor, QuestionPermission.ANSWER, question_id)
    row = session.scalars(
        select(ExpertAsk).where(
            ExpertAsk.question_id == question.id, is_mine(actor, ExpertAsk.persona_id)
        )
    ).one()
    conversations.hold(session, question.persona_id, row.persona_id)
    QUESTIONS.get(session, actor, QuestionPermission.ANSWER, question_id)  # as it stands now
    row.answer, row.answered_at = ("yes" if accepts else "no"), now
    session.flush()
    if not accepts:
        _ask_instead(session, question, now)
        return None
    opened = conversations.open_between(session, question.persona_id, row.persona_id, now)
    conversations.put(session, opened, question.persona_id, question.text, now)
    row.conversation_id = opened
    session.flush()
    enqueue(
        session,
        "expertise.settle",
        {"question_id": question.id},
        now=now,
        run_at=now + SETTLED,
        key=f"expertise.settle:{question.id}",
    )
    emit(session, AskAccepted(question_id=question.id, persona_id=row.persona_id), now)
    return opened


def ask_others(session: Session, actor: Actor, question_id: int, now: datetime) -> int:
    """Ask some people more, at the asker's wish; how many.

    Raises:
        NotFound: not the actor's question.
        Refused: nobody is left to ask, or whoever was asked last has had no day to answer.
    """
    question = QUESTIONS.get(session, actor, QuestionPermission.MANAGE, question_id)
    hold(session, question)
    waiting = select(ExpertAsk.persona_id).where(
        ExpertAsk.question_id == question.id,
        ExpertAsk.answer.is_(None),
        ExpertAsk.at > now - A_DAY,
        in_a_handful(),
    )
    if session.scalar(waiting.limit(1)) is not None:
        raise Refused(_("Whoever was asked last has a day to answer. Ask others then."))
    asked = next_handful(session, question, now)
    if not asked:
        raise Refused(_("Nobody is left whom you could ask now."))
    return asked


def close(session: Session, actor: Actor, question_id: int, now: datetime) -> None:
    """The question goes round no longer.

    Raises:
        NotFound: not the actor's question.
    """
    question = QUESTIONS.get(session, actor, QuestionPermission.MANAGE, question_id)
    question.closed_at = question.closed_at or now
    session.flush()


def settle(session: Session, question_id: int, now: datetime) -> None:
    """Somebody said yes some time ago: whoever was asked as well need not answer any more."""
    question = session.get(ExpertQuestion, question_id)
    if question is not None and has_yes(session, question):
        hold(session, question)
        question.closed_at = question.closed_at or now
        session.flush()


def thank(session: Session, actor: Actor, question_id: int, handle: str, now: datetime) -> None:
    """Thank somebody who said yes; they hear it once, and nobody counts.

    Raises:
        NotFound: not the actor's question, or nobody who said yes.
    """
    question = QUESTIONS.get(session, actor, QuestionPermission.MANAGE, question_id)
    row = session.scalar(
        select(ExpertAsk)
        .join(Persona, Persona.id == ExpertAsk.persona_id)
        .where(ExpertAsk.question_id == question.id, ExpertAsk.answer == "yes")
        .where(Persona.handle == handle)
    )
    if row is None:
        raise NotFound
    if row.thanked_at is None:
        row.thanked_at = now
        session.flush()
        emit(session, Thanked(question_id=question.id, persona_id=row.persona_id), now)
