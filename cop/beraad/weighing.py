"""Each weighs alone: nobody reads what another thinks right before all answers open together.

They open when everybody who weighs is done, or when the facilitator opens them; from then on
they stay as they are, side by side.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.beraad import seats
from cop.beraad.models import Beraad, Choice, Weighing
from cop.beraad.together import of
from cop.members.actor import Actor
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.sessions.permissions import SessionPermission
from cop.textcheck.asking import ask_author

LONGEST = 1_500
ANSWERS = ("right", "value", "despite", "lessen", "asks")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is right, because of which value, despite which damage, and what follows."""

    choice: str = ""
    right: str = ""
    value: str = ""
    despite: str = ""
    lessen: str = ""
    asks: str = ""


def save(
    session: Session,
    actor: Actor,
    session_id: int,
    answer: Answer,
    done: bool,
    now: datetime,
    anyway: bool = False,
) -> Weighing:
    """Keep one's own weighing; done, it counts, and the last one opens them all.

    Whoever saves again without being done takes their 'done' back.

    Raises:
        NotFound: the actor does not weigh in this session, or it has not begun.
        Refused: opened already, over, too long, or done without saying what is right and why.
    """
    seat = seats.enter(session, actor, session_id, SessionPermission.READ)
    if not seat.weighs or (seat.may_prepare and not seat.running):
        raise NotFound
    return _kept(session, seat, seat.persona_id, answer, done, now, anyway)


def save_at_table(
    session: Session,
    actor: Actor,
    session_id: int,
    participant_id: int,
    answer: Answer,
    now: datetime,
    anyway: bool = False,
) -> Weighing:
    """The weighing of somebody without a screen, handed in on the facilitator's.

    Only once: what is handed in does not come back on a screen that is another's.

    Raises:
        NotFound: the actor does not lead it, or nobody without a screen has still to weigh there.
        Refused: opened already, too long, or without saying what is right and why.
    """
    sits = at_table(session, actor, session_id, participant_id)
    seat = seats.enter(session, actor, session_id)
    return _kept(session, seat, sits.persona_id, answer, True, now, anyway)


def at_table(session: Session, actor: Actor, session_id: int, participant_id: int) -> seats.Sitting:
    """Who sits at the table without a screen, and has not weighed.

    Raises:
        NotFound: the actor does not lead it, or it is nobody of those.
    """
    if not seats.enter(session, actor, session_id).leads:
        raise NotFound
    for one in still_to_weigh(session, actor, session_id):
        if one.participant_id == participant_id:
            return one
    raise NotFound


def still_to_weigh(session: Session, actor: Actor, session_id: int) -> list[seats.Sitting]:
    """Who sits at the table without a screen, and has not weighed; two queries."""
    beraad = session.scalar(select(Beraad).where(Beraad.session_id == session_id))
    done = _done(session, beraad) if beraad is not None else set()
    return [
        one
        for one in seats.people(session, session_id, actor)
        if one.at_table and one.persona_id not in done
    ]


def _kept(
    session: Session,
    seat: seats.Seat,
    author_id: int,
    answer: Answer,
    done: bool,
    now: datetime,
    anyway: bool,
) -> Weighing:
    """Keep somebody's answer; the last one that is done opens them all."""
    answer = _checked(answer, done)
    ask_author(
        [getattr(answer, name) for name in ANSWERS],
        seats.PURPOSE,
        anyway,
        known=lambda: seats.names(session, seat.session_id),
    )
    beraad = of(session, seat.session_id, now)
    own = session.scalar(
        select(Weighing).where(Weighing.beraad_id == beraad.id, Weighing.author_id == author_id)
    )
    if beraad.opened_at is not None or not seat.running:
        if own is not None and _same(own, answer):
            return own  # the same form sent twice
        if not seat.running:
            raise Refused(_("The session is over, so this was not kept. Your words stand below."))
        raise Refused(_("The answers are open; they stay as they are now."))
    if own is None:
        own = Weighing(beraad_id=beraad.id, author_id=author_id)
        session.add(own)
    own.choice = answer.choice
    for name in ANSWERS:
        setattr(own, name, getattr(answer, name))
    own.saved_at, own.done_at = now, now if done else None
    session.flush()
    if done:
        _open_if_all_are_done(session, beraad, now)
    # That somebody is done is for all to see; what they think is not.
    seats.tell(session, seat.session_id, "beraad.weighing", beraad.id, now)
    return own


def open_all(session: Session, actor: Actor, session_id: int, now: datetime) -> Beraad:
    """The facilitator opens the answers, also when somebody is not done. Once more does nothing.

    What was not marked as done is not shown: it was never handed in.

    Raises:
        NotFound: the actor does not lead this session.
        Refused: nobody is done yet.
    """
    seat = seats.enter(session, actor, session_id)
    if not seat.leads:
        raise NotFound
    beraad = of(session, session_id, now)
    if beraad.opened_at is not None:
        return beraad
    if not _done(session, beraad):
        raise Refused(_("Nobody is done yet: there is nothing to open."))
    _open(session, beraad, now)
    return beraad


def open_at_the_end(session: Session, session_id: int, now: datetime) -> None:
    """What was handed in opens when the session is over: nobody could open it any more.

    Whoever only leaves may be back in a minute, so until then the facilitator decides.
    """
    beraad = session.scalar(select(Beraad).where(Beraad.session_id == session_id))
    if beraad is not None and beraad.opened_at is None and _done(session, beraad):
        _open(session, beraad, now)


def _open_if_all_are_done(session: Session, beraad: Beraad, now: datetime) -> None:
    wanted = seats.weighing(session, beraad.session_id)
    if wanted and wanted <= _done(session, beraad):
        _open(session, beraad, now)


def _open(session: Session, beraad: Beraad, now: datetime) -> None:
    beraad.opened_at = now
    session.flush()
    seats.tell(session, beraad.session_id, "beraad.opened", beraad.id, now)


def _done(session: Session, beraad: Beraad) -> set[int]:
    return set(
        session.scalars(
            select(Weighing.author_id).where(
                Weighing.beraad_id == beraad.id, Weighing.done_at.is_not(None)
            )
        )
    )


def _same(own: Weighing, answer: Answer) -> bool:
    return all(getattr(own, name) == getattr(answer, name) for name in ("choice", *ANSWERS))


def _checked(answer: Answer, done: bool) -> Answer:
    texts = {}
    for name in ANSWERS:
        texts[name] = trimmed(getattr(answer, name).replace("\r\n", "\n"))
        if len(texts[name]) > LONGEST:
            raise Refused(_("Keep it to %(most)s characters, please.", most=LONGEST), name)
    if answer.choice and answer.choice not in set(Choice):
        raise Refused(_("Choose one of these, please."), "choice")
    if done:
        if not answer.choice:
            raise Refused(_("What is right, as you see it?"), "choice")
        if answer.choice == Choice.OTHER and not texts["right"]:
            raise Refused(_("Which other way do you mean?"), "right")
        if not texts["value"]:
            raise Refused(_("Which value weighs most for you?"), "value")
    elif not answer.choice and not any(texts.values()):
        raise Refused(_("Write something, please."), "value")
    return Answer(choice=answer.choice, **texts)
