"""What is said at a stall: the conversation, the queue of questions, whose turn it is to talk.

Everything carries the key of the screen that sent it: sent again it is the same.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cop.markets.floor_among import (
    allowed,
    at_stall,
    good_key,
    me,
    people_held,
    round_now,
    same_words,
    tell_stall,
    words,
)
from cop.markets.floor_models import FloorPerson, QuestionVote, StallMessage, StallQuestion
from cop.markets.floor_permissions import StallPermission
from cop.markets.models import Market, Stall
from cop.members.actor import Actor
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_SAID = 2_000
MOST_QUESTION = 500
MOST_MESSAGES = 300  # of one person at one stall
MOST_QUESTIONS = 30


def say(
    session: Session,
    actor: Actor,
    stall_id: int,
    text: str,
    key: str,
    now: datetime,
    anyway: bool = False,
) -> StallMessage:
    """Say something to all at the stall.

    Raises:
        NotFound: the actor does not stand there, or is muted.
        Refused: no words, or too many; other words under a known key.
        AuthorAsked: the words may say who somebody is.
    """
    stall, mine = at_stall(session, actor, StallPermission.SPEAK, stall_id)
    made = session.scalar(
        select(StallMessage).where(
            StallMessage.person_id == mine.id, StallMessage.key == good_key(key)
        )
    )
    if made is not None:
        same_words(made.text, text)
        return made
    text = words(text, MOST_SAID)
    _refuse_too_many(session, StallMessage, stall_id, mine.id, MOST_MESSAGES)
    ask_author([text], Purpose.POST, anyway)
    made = StallMessage(
        stall_id=stall_id,
        person_id=mine.id,
        round=round_now(session, stall.market_id),
        text=text,
        key=key,
        at=now,
    )
    session.add(made)
    session.flush()
    tell_stall(session, stall_id, "message", made.id, now)
    return made


def strike_message(session: Session, actor: Actor, message_id: int, now: datetime) -> StallMessage:
    """Take back what one said, or as who tends the stall what another said: its words are gone.

    Raises:
        NotFound: not the actor's own and not theirs to tend, or struck already.
    """
    made = session.get(StallMessage, message_id)
    if made is None:
        raise NotFound
    _own_or_tended(session, actor, made.stall_id, made.person_id)
    session.refresh(made, with_for_update=True)
    take_words(session, made, now)
    return made


def take_words(session: Session, made: StallMessage | StallQuestion, now: datetime) -> None:
    """Its words are gone, for all; its row is held by the caller. Again changes nothing."""
    if made.struck_at is None:
        made.text, made.struck_at = None, now
        session.flush()
        kind = "message" if isinstance(made, StallMessage) else "question"
        tell_stall(session, made.stall_id, kind, made.id, now)


# --- questions


def ask(
    session: Session,
    actor: Actor,
    stall_id: int,
    text: str,
    nameless: bool,
    key: str,
    now: datetime,
    anyway: bool = False,
) -> StallQuestion:
    """Put a question in the stall's queue, without one's name where the market allows that.

    Raises:
        NotFound: the actor does not stand there, or is muted.
        Refused: no words, too many, or a name is needed here.
        AuthorAsked: the words may say who somebody is.
    """
    stall, mine = at_stall(session, actor, StallPermission.SPEAK, stall_id)
    made = session.scalar(
        select(StallQuestion).where(
            StallQuestion.person_id == mine.id, StallQuestion.key == good_key(key)
        )
    )
    if made is not None:
        same_words(made.text, text)
        return made
    if nameless and not session.get_one(Market, stall.market_id).nameless_questions:
        raise Refused(_("At this market questions carry a name."), "nameless")
    text = words(text, MOST_QUESTION)
    _refuse_too_many(session, StallQuestion, stall_id, mine.id, MOST_QUESTIONS)
    ask_author([text], Purpose.POST, anyway)
    made = StallQuestion(
        stall_id=stall_id, person_id=mine.id, text=text, nameless=nameless, key=key, at=now
    )
    session.add(made)
    session.flush()
    tell_stall(session, stall_id, "question", made.id, now)
    return made


def vote(session: Session, actor: Actor, question_id: int, wants: bool, now: datetime) -> None:
    """'I want to know that as well', or no longer. Again changes nothing.

    Raises:
        NotFound: the actor does not stand there, asked it, or it is gone.
    """
    found = session.get(StallQuestion, question_id)
    if found is None:
        raise NotFound
    _stall, mine = at_stall(session, actor, StallPermission.TAKE_PART, found.stall_id)
    found = _question(session, question_id)
    if found.person_id == mine.id or found.struck_at is not None:
        raise NotFound
    given = session.get(QuestionVote, (question_id, mine.id))
    if wants == (given is not None):
        return
    if wants:
        session.add(QuestionVote(question_id=question_id, person_id=mine.id, at=now))
        found.votes += 1
    else:
        session.execute(
            delete(QuestionVote).where(
                QuestionVote.question_id == question_id, QuestionVote.person_id == mine.id
            )
        )
        found.votes -= 1
    session.flush()
    tell_stall(session, found.stall_id, "question", found.id, now)


def answered(
    session: Session, actor: Actor, question_id: int, done: bool, now: datetime
) -> StallQuestion:
    """Mark a question as answered, or not yet.

    Raises:
        NotFound: the actor does not tend the stall.
    """
    found = session.get(StallQuestion, question_id)
    if found is None:
        raise NotFound
    at_stall(session, actor, StallPermission.TEND, found.stall_id)
    found = _question(session, question_id)
    if done != (found.answered_at is not None) and found.struck_at is None:
        found.answered_at = now if done else None
        session.flush()
        tell_stall(session, found.stall_id, "question", found.id, now)
    return found


def strike_question(
    session: Session, actor: Actor, question_id: int, now: datetime
) -> StallQuestion:
    """Take a question back, or as who tends the stall away.

    Raises:
        NotFound: not the actor's own and not theirs to tend.
    """
    found = session.get(StallQuestion, question_id)
    if found is None:
        raise NotFound
    _own_or_tended(session, actor, found.stall_id, found.person_id)
    found = _question(session, question_id)
    take_words(session, found, now)
    return found


# --- whose turn it is


def want_to_talk(session: Session, actor: Actor, stall_id: int, wants: bool, now: datetime) -> None:
    """'Ik wil meepraten', or not any more; who asked first stays first.

    Raises:
        NotFound: the actor does not stand there, or is muted.
    """
    _stall, mine = at_stall(session, actor, StallPermission.SPEAK, stall_id)
    if wants == (mine.talk_at is not None):
        return
    mine.talk_at = now if wants else None
    if not wants:
        mine.talks_since = None
    session.flush()
    tell_stall(session, stall_id, "turn", mine.id, now)


def give_turn(
    session: Session, actor: Actor, stall_id: int, person_id: int | None, now: datetime
) -> None:
    """Say whose turn it is; None for nobody. Again changes nothing.

    Raises:
        NotFound: the actor does not tend the stall, or nobody of that number stands there.
    """
    stall = session.get(Stall, stall_id)
    if stall is None:
        raise NotFound
    people = people_held(
        session,
        stall.market_id,
        FloorPerson.member_id == actor.member_id,
        FloorPerson.id == person_id,
        FloorPerson.talks_since.is_not(None) & (FloorPerson.stall_id == stall_id),
    )
    if not allowed(session, actor, StallPermission.TEND, stall_id):
        raise NotFound
    there = {one.id: one for one in people if one.stall_id == stall_id}
    wanted = there.get(person_id) if person_id is not None else None
    if person_id is not None and (wanted is None or wanted.muted_at is not None):
        raise NotFound
    if wanted is not None and wanted.talks_since is not None:
        return
    for one in there.values():
        one.talks_since = None
    if wanted is not None:
        wanted.talks_since, wanted.talk_at = now, None
    session.flush()
    tell_stall(session, stall_id, "turn", wanted.id if wanted else 0, now)


def _refuse_too_many(
    session: Session,
    model: type[StallMessage | StallQuestion],
    stall_id: int,
    person_id: int,
    most: int,
) -> None:
    """
    Raises:
        Refused: they said or asked so much at this stall that others find nothing back.
    """
    its = (model.person_id == person_id, model.stall_id == stall_id)
    if session.scalar(select(model.id).where(*its).offset(most - 1).limit(1)) is not None:
        raise Refused(_("You wrote a great deal at this stall already. Let others write now."))


def _question(session: Session, question_id: int) -> StallQuestion:
    return session.get_one(StallQuestion, question_id, with_for_update=True, populate_existing=True)


def _own_or_tended(session: Session, actor: Actor, stall_id: int, person_id: int) -> None:
    """
    Raises:
        NotFound: the actor neither made it, at a stall where they stand, nor tends the stall.
    """
    stall = session.get_one(Stall, stall_id)
    mine = me(session, actor, stall.market_id)
    own = mine.id == person_id and allowed(session, actor, StallPermission.TAKE_PART, stall_id)
    if not own and not allowed(session, actor, StallPermission.TEND, stall_id):
        raise NotFound
