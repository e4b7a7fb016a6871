"""The screens of a session: who may hear it, what each is sent, what one can press.

Three audiences: 'session' is everybody who takes part, 'session-lead' who leads it (counts are
theirs alone), and 'session-own' each participant by themselves. What is pressed on a screen calls
the operation that the form calls, with the step that it was pressed on.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Integer, bindparam, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Persona, SiteRole
from cop.platform import clock
from cop.platform.db import rows as rows_of
from cop.platform.errors import Refused
from cop.platform.live import Data, Place, Row, audience, command, payload, presence
from cop.platform.live.audiences import ManyGate
from cop.platform.live.presence import Shown
from cop.platform.versions import Stale
from cop.sessions import holding, letting_in, speaking, stepping, writing
from cop.sessions.models import (
    GroupSession,
    SessionEntry,
    SessionParticipant,
    SessionState,
    SpeakingTurn,
    timer_of,
)
from cop.sessions.permissions import SESSIONS, SessionPermission, is_me
from cop.textcheck.asking import AuthorAsked

MOST_TEXT = 30_000  # characters that are read at all; the operations have bounds of their own


# --- who may hear


AT_ONCE = 12  # actors asked about in one query; more than most groups have


@cache
def _those_who(permission: SessionPermission, how_many: int) -> Any:
    """Which of so many members hold a permission on a session; built once, as their places."""
    return union_all(
        *(
            select(literal(place)).where(
                exists().where(
                    GroupSession.id == bindparam("session"),
                    SESSIONS.clause(_somebody(place), permission),
                )
            )
            for place in range(how_many)
        )
    )


def _somebody(place: int) -> Actor:
    """A member who is left open; no site role grants anything in a session."""
    return Actor(cast(Any, bindparam(f"member_{place}", type_=Integer)), SiteRole.MEMBER)


def _may(session: Session, guest: Actor, permission: SessionPermission, id: int) -> bool:
    """At most one at a time: who facilitates from outside."""
    return permission in SESSIONS.held(session, guest, id)


def _many(permission: SessionPermission) -> ManyGate:
    def those(session: Session, id: int, actors: Collection[Actor]) -> list[Actor]:
        members = [actor for actor in actors if actor.is_member]
        found = [a for a in actors if a.guest_id is not None and _may(session, a, permission, id)]
        for start in range(0, len(members), AT_ONCE):
            some = members[start : start + AT_ONCE]
            values = {f"member_{place}": one.member_id for place, one in enumerate(some)}
            query = _those_who(permission, len(some))
            found += [some[n] for n in rows_of(session, query, values | {"session": id}).scalars()]
        return found

    return those


@audience("session", many=_many(SessionPermission.READ))
def may_hear(session: Session, actor: Actor, session_id: int) -> bool:
    return bool(_many(SessionPermission.READ)(session, session_id, [actor]))


@audience("session-lead", many=_many(SessionPermission.LEAD))
def may_hear_counts(session: Session, actor: Actor, session_id: int) -> bool:
    return bool(_many(SessionPermission.LEAD)(session, session_id, [actor]))


@audience("session-own", many=_many(SessionPermission.READ), own=True)
def may_hear_own(session: Session, actor: Actor, session_id: int) -> bool:
    return may_hear(session, actor, session_id)


# --- what is sent


@payload("session")
def shown(session: Session, place: Place, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    """Where the session is, who has the floor, what was contributed: as it is now."""
    data: dict[int, dict[str, Any]] = {}
    kinds = {row.kind for row in rows}
    state = where_it_is(session, place.id, clock.now()) if kinds & {"state", "opened"} else {}
    floor = _floor(session, place.id) if kinds & {"hand", "floor", "people"} else {}
    entries = _entries(session, place.id, [r.subject for r in rows if r.kind == "entry"])
    for row in rows:
        if row.kind in ("state", "opened"):
            data[row.number] = state
        elif row.kind in ("hand", "floor", "people"):
            data[row.number] = floor
        elif row.kind == "entry" and row.subject in entries:
            data[row.number] = entries[row.subject]
    return data


def where_it_is(session: Session, session_id: int, now: datetime) -> dict[str, Any]:
    """The step, and its timer by the server's clock: screens know how far theirs is off."""
    its = rows_of(session, _where(), {"its_session": session_id}).one_or_none()
    if its is None:
        return {}
    timer = timer_of(its)
    return {
        "state": its.state,
        "round": its.round,
        "step": its.step,
        "open": its.opened_through,
        "added": its.added_seconds,
        "runs": timer.runs and its.state == SessionState.RUNNING,
        "left": round(timer.left(now) * 1000),
        "at": round(now.timestamp() * 1000),
    }


@cache
def _where() -> Any:
    at = GroupSession
    return select(
        at.state,
        at.method,
        at.round,
        at.step,
        at.step_started_at,
        at.paused_at,
        at.added_seconds,
        at.opened_through,
    ).where(at.id == bindparam("its_session"))


def _floor(session: Session, session_id: int) -> dict[str, Any]:
    rows = rows_of(session, _there(), {"its_session": session_id}).all()
    hands = sorted((row.hand_at, row.id) for row in rows if row.hand_at is not None)
    return {
        "speaks": next((row.id for row in rows if row.speaks), None),
        "leads": next((row.id for row in rows if row.leads), None),
        "hands": [id for _at, id in hands],
        "seats": sorted(row.id for row in rows),
    }


@cache
def _there() -> Any:
    at = SessionParticipant
    return select(
        at.id, at.speaking_since.is_not(None).label("speaks"), at.leads, at.hand_at
    ).where(at.session_id == bindparam("its_session"), at.removed_at.is_(None))


def _entries(session: Session, session_id: int, ids: list[int]) -> dict[int, dict[str, Any]]:
    """Contributions that all may see; of one that was taken back only that it was."""
    if not ids:
        return {}
    rows = rows_of(session, _opened(), {"its_session": session_id, "ids": ids})
    return {
        row.id: {
            "id": row.id,
            "by": row.participant_id,
            "kind": row.kind,
            "text": row.text,
            "struck": row.struck_at is not None,
            "changed": row.changed_at is not None,
            "table": row.at_table,
            "round": row.round,
            "step": row.step,
        }
        for row in rows
    }


@cache
def _opened() -> Any:
    at = SessionEntry
    return select(
        at.id,
        at.participant_id,
        at.kind,
        at.text,
        at.struck_at,
        at.changed_at,
        at.at_table,
        at.round,
        at.step,
    ).where(
        at.session_id == bindparam("its_session"),
        at.id.in_(bindparam("ids", expanding=True)),
        at.shown_at.is_not(None),
    )


@payload("session-lead")
def counted(session: Session, place: Place, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    """How often each spoke, and how many wrote: for who leads, so that all get a turn."""
    its = session.get(GroupSession, place.id)
    if its is None:
        return {}
    turns = session.execute(
        select(SpeakingTurn.participant_id, func.count())
        .where(SpeakingTurn.session_id == place.id)
        .group_by(SpeakingTurn.participant_id)
    ).all()
    wrote = session.scalar(
        select(func.count(SessionEntry.participant_id.distinct())).where(
            SessionEntry.session_id == place.id,
            SessionEntry.round == its.round,
            SessionEntry.step == its.step,
            SessionEntry.struck_at.is_(None),
        )
    )
    now = {"turns": {str(who): times for who, times in turns}}
    return {row.number: now | {"wrote": wrote or 0} for row in rows}


# --- who is there


def _shown_as(session: Session, actor: Actor, place: Place) -> int | None:
    who = {"its_session": place.id} | actor.parameters
    return rows_of(session, _shown(actor.left_open), who).scalar()


@cache
def _shown(actor: Actor) -> Any:
    return select(SessionParticipant.persona_id).where(
        SessionParticipant.session_id == bindparam("its_session"), is_me(actor)
    )


def _described(session: Session, asked: Collection[Shown]) -> dict[Shown, dict[str, Any]]:
    sessions, ids = zip(*asked, strict=True)
    rows = rows_of(session, _seats(), {"sessions": sessions, "ids": ids})
    return {(row.session_id, row.id): {"who": row.handle, "seat": row.seat} for row in rows}


@cache
def _seats() -> Any:
    return (
        select(
            SessionParticipant.session_id,
            Persona.id,
            Persona.handle,
            SessionParticipant.id.label("seat"),
        )
        .join(SessionParticipant, SessionParticipant.persona_id == Persona.id)
        .where(
            SessionParticipant.session_id.in_(bindparam("sessions", expanding=True)),
            Persona.id.in_(bindparam("ids", expanding=True)),
        )
    )


presence("session", shown_as=_shown_as, described=_described)


# --- what one can press


@command("session.step")
def press_step(session: Session, actor: Actor, data: Data, now: datetime) -> dict[str, int] | None:
    """On, back, open, again: on the round and step that the screen showed."""
    id, round_, step = data.whole("session"), data.whole("round"), data.whole("step")
    match data.text("do", 10):
        case "start":
            stepping.start(session, actor, id, now)
        case "next":
            return {"done": stepping.go_on(session, actor, id, round_, step, now)}
        case "back":
            return {"done": stepping.go_back(session, actor, id, round_, step, now)}
        case "open":
            stepping.open_writing(session, actor, id, round_, step, now)
        case "again":
            return {"done": stepping.begin_again(session, actor, id, round_, now)}
        case _:
            raise data.unreadable("do")
    return None


@command("session.timer")
def press_timer(session: Session, actor: Actor, data: Data, now: datetime) -> dict[str, int] | None:
    id = data.whole("session")
    match data.text("do", 10):
        case "pause":
            stepping.pause(session, actor, id, now)
        case "resume":
            stepping.resume(session, actor, id, now)
        case "add":
            added = data.whole("added", -100_000, 100_000)
            return {"done": stepping.give_time(session, actor, id, added, 60, now)}
        case _:
            raise data.unreadable("do")
    return None


@command("session.floor")
def give_floor(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    """To somebody, to the next of the round, or to nobody (0)."""
    id = data.whole("session")
    if "after" in data:
        speaking.next_in_round(session, actor, id, data.whole("after") or None, now)
    else:
        speaking.give_floor(session, actor, id, data.whole("who") or None, now)


@command("session.hand")
def hand(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    speaking.raise_hand(session, actor, data.whole("session"), data.flag("up"), now)


@command("session.contribute")
def contribute(session: Session, actor: Actor, data: Data, now: datetime) -> dict[str, int]:
    try:
        made = writing.contribute(
            session,
            actor,
            data.whole("session"),
            data.text("kind", 20),
            data.text("text", MOST_TEXT),
            data.text("key", 64),
            now,
            data.flag("anyway"),
            at=(data.whole("round"), data.whole("step")) if "round" in data else None,
            who=data.whole("who") if "who" in data else None,
        )
    except AuthorAsked as question:  # the page shows what was found, as it does without scripts
        raise Refused(question.message, "asked") from None
    return {"entry": made.id}


@command("session.note")
def keep_note(session: Session, actor: Actor, data: Data, now: datetime) -> dict[str, int]:
    id, text = data.whole("session"), data.text("note", MOST_TEXT)
    try:
        version = writing.keep_note(session, actor, id, text, data.whole("version"), now)
    except Stale as stale:  # the page shows both, as it does without scripts
        raise Refused(stale.message, "asked") from None
    return {"version": version}


@command("session.take-over")
def take_over(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    holding.take_over(session, actor, data.whole("session"), now)


@command("session.remove")
def remove(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    holding.remove(session, actor, data.whole("session"), data.whole("who"), now)


@command("session.let-in")
def let_in(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    letting_in.let_in(session, actor, data.whole("session"), data.whole("who"), now)


@command("session.seen")
def seen(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    """A screen is still there; without one for a while somebody counts as dropped out."""
    holding.seen(session, actor, data.whole("session"), now)
