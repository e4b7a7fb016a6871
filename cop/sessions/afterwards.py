"""What each takes along, what came of it, and looking back: right after and six weeks later."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop.gatherings import when
from cop.members.actor import Actor
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.sessions import seating
from cop.sessions.among import good_key, held, me, tell
from cop.sessions.models import FollowUp, SessionEvaluation
from cop.sessions.permissions import FOLLOW_UPS, FollowUpPermission, SessionPermission
from cop.sessions.writing import checked
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_ACTION = 500
MOST_OUTCOME = 2_000
MOST_TAKEN = 20  # of one participant from one session
MOST_ANSWER = 1_000
FURTHEST = timedelta(days=366)
LATER = timedelta(weeks=6)
FIRST, SECOND = 1, 2

CHOICES = {"yes": _l("Yes"), "partly": _l("Partly"), "no": _l("No")}

# (name, question, whether one chooses); five at most, on one page [domain, Intervisie].
QUESTIONS = {
    FIRST: (
        ("yield", _l("What did it bring you?"), False),
        ("safe", _l("Could you say what you wanted to say?"), True),
        ("method", _l("Did the method fit?"), True),
        ("time", _l("Was there enough time?"), True),
        ("next", _l("What should be different next time?"), False),
    ),
    SECOND: (
        ("different", _l("What do you do differently now?"), False),
        ("tried", _l("Did you do what you took along?"), True),
        ("helps", _l("What would help you on?"), False),
    ),
}


def take_along(
    session: Session,
    actor: Actor,
    session_id: int,
    action: str,
    due_on: date | None,
    key: str,
    now: datetime,
    anyway: bool = False,
    who: int | None = None,
) -> FollowUp:
    """Write down what one will do, and by when; under the same key it is the same one.

    Args:
        who: the participant at the table without a screen who will do it, typed by who leads; None
            for the actor.

    Raises:
        NotFound: the actor was not there, or does not lead and types for somebody else.
        Refused: no words, too many, a day that is past or more than a year away, too many things,
            or who will do it has a screen now.
    """
    held(session, actor, SessionPermission.TAKE_ALONG, session_id)
    mine = me(session, actor, session_id)
    author = seating.whose(session, mine, who)
    made = session.scalar(
        select(FollowUp).where(FollowUp.participant_id == author.id, FollowUp.key == good_key(key))
    )
    if made is not None:
        return made
    seating.must_sit(session, author, mine)
    action = checked(action, MOST_ACTION, "action")
    check_day(due_on, now)
    ask_author([action], Purpose.SESSION, anyway)
    have = session.scalar(
        select(func.count(FollowUp.id)).where(FollowUp.participant_id == author.id)
    )
    if (have or 0) >= MOST_TAKEN:
        raise Refused(_("You take %(most)s things along already.", most=MOST_TAKEN), "action")
    made = FollowUp(
        session_id=session_id,
        participant_id=author.id,
        action=action,
        due_on=due_on,
        key=key,
        at=now,
    )
    session.add(made)
    session.flush()
    tell(session, session_id, "follow_up", made.id, now)
    return made


def check_day(day: date | None, now: datetime) -> None:
    """By the Dutch clock, which reminders go by.

    Raises:
        Refused: a day that is past, or more than a year away.
    """
    if day is None:
        return
    if day < when.local(now).date():
        raise Refused(_("Choose a day that is still to come."), "due_on")
    if day > (now + FURTHEST).date():
        raise Refused(_("Choose a day within a year."), "due_on")


def say_what_came(
    session: Session,
    actor: Actor,
    follow_up_id: int,
    done: bool,
    outcome: str,
    now: datetime,
    anyway: bool = False,
) -> FollowUp:
    """Tell what came of what one took along: done, or let go; either is fine.

    Raises:
        NotFound: not the actor's own.
        Refused: too many words.
    """
    found = FOLLOW_UPS.get(session, actor, FollowUpPermission.CHANGE, follow_up_id)
    outcome = outcome.strip()
    if len(outcome) > MOST_OUTCOME:
        raise Refused(_("Keep it to %(most)s characters, please.", most=MOST_OUTCOME), "outcome")
    ask_author([outcome], Purpose.SESSION, anyway)
    found.outcome = outcome or None
    found.done_at, found.dropped_at = (now, None) if done else (None, now)
    session.flush()
    tell(session, found.session_id, "follow_up", found.id, now)
    return found


def evaluate(
    session: Session,
    actor: Actor,
    session_id: int,
    turn: int,
    answers: Mapping[str, str],
    now: datetime,
    anyway: bool = False,
) -> SessionEvaluation:
    """Look back; again replaces what one said. Any question may be left open, not all.

    Raises:
        NotFound: the actor was not there, or it is too early for the second.
        Refused: nothing was answered, or too much.
    """
    its = held(session, actor, SessionPermission.LOOK_BACK, session_id)
    if turn not in QUESTIONS or (turn == SECOND and its.asked_again_at is None):
        raise NotFound
    mine = me(session, actor, session_id)
    said = {}
    for name, _question, chooses in QUESTIONS[turn]:
        answer = (answers.get(name) or "").strip()
        if chooses and answer not in CHOICES:
            answer = ""
        if len(answer) > MOST_ANSWER:
            raise Refused(_("Keep it to %(most)s characters, please.", most=MOST_ANSWER), name)
        if answer:
            said[name] = answer
    if not said:
        raise Refused(_("Answer at least one question, please."))
    ask_author(
        [said[n] for n, _q, chooses in QUESTIONS[turn] if n in said and not chooses],
        Purpose.SESSION,
        anyway,
    )
    found = session.scalar(
        select(SessionEvaluation).where(
            SessionEvaluation.participant_id == mine.id, SessionEvaluation.turn == turn
        )
    )
    if found is None:
        found = SessionEvaluation(session_id=session_id, participant_id=mine.id, turn=turn)
        session.add(found)
    found.answers, found.at = json.dumps(said), now
    session.flush()
    return found
