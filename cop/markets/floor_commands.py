"""What one can press on the screens of a market: each command calls the form's operation."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from cop.markets import contacts, floor, hosting, rounds, silence, stall_desk, stall_talk
from cop.members.actor import Actor
from cop.platform.errors import NotFound, Refused
from cop.platform.live import Data, command
from cop.textcheck.asking import AuthorAsked

MOST_TEXT = 30_000  # characters that are read at all; the operations have bounds of their own
FARTHEST = 4_102_444_800_000  # milliseconds; the year 2100


@contextmanager
def _author_decides() -> Iterator[None]:
    """What the checks found is shown by the page, as it is without scripts."""
    try:
        yield
    except AuthorAsked as question:
        raise Refused(question.message, "asked") from None


# --- hosts


@command("market.round")
def press_round(session: Session, actor: Actor, data: Data, now: datetime) -> dict[str, int]:
    """Begin or end a round, or say that two minutes are left: of the round that is named."""
    its, round_ = data.whole("market"), data.whole("round")
    match data.text("do", 10):
        case "begin":
            return {"done": rounds.begin_round(session, actor, its, round_, now)}
        case "end":
            return {"done": rounds.end_round(session, actor, its, round_, now)}
        case "notice":
            return {"done": rounds.give_notice(session, actor, its, round_, now)}
        case _:
            raise data.unreadable("do")


@command("market.time")
def press_time(session: Session, actor: Actor, data: Data, now: datetime) -> dict[str, int]:
    """A minute more, or less, on the end that the screen showed (milliseconds)."""
    until = datetime.fromtimestamp(_moment(data) / 1000, UTC)
    minutes = data.whole("minutes", -60, 60)
    done = rounds.give_time(session, actor, data.whole("market"), until, minutes, now)
    return {"done": done}


def _moment(data: Data) -> int:
    text = data.text("until", 16)
    if not text.isascii() or not text.isdigit() or int(text) > FARTHEST:
        raise data.unreadable("until")
    return int(text)


@command("market.by-clock")
def by_clock(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    rounds.lead_by_clock(session, actor, data.whole("market"), data.flag("on"), now)


@command("market.announce")
def announce(session: Session, actor: Actor, data: Data, now: datetime) -> dict[str, int]:
    with _author_decides():
        made = rounds.announce(
            session,
            actor,
            data.whole("market"),
            data.text("text", MOST_TEXT),
            data.text("key", 64),
            now,
            data.flag("anyway"),
        )
    return {"call": made.id}


@command("market.move")
def move(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    stall_id, reason = data.whole("stall") or None, data.text("reason", MOST_TEXT)
    with _author_decides():
        hosting.move(session, actor, *_whom(data), stall_id, reason, now, _sure(data))


@command("market.mute")
def mute(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    muted, reason = data.flag("muted"), data.text("reason", MOST_TEXT)
    with _author_decides():
        hosting.mute(session, actor, *_whom(data), muted, reason, now, _sure(data))


@command("market.remove")
def remove(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    reason = data.text("reason", MOST_TEXT)
    with _author_decides():
        hosting.remove(session, actor, *_whom(data), reason, now, _sure(data))


@command("market.readmit")
def readmit(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    reason = data.text("reason", MOST_TEXT)
    with _author_decides():
        hosting.readmit(session, actor, *_whom(data), reason, now, _sure(data))


@command("market.helped")
def helped(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    hosting.helped(session, actor, data.whole("market"), data.whole("who"), now)


@command("market.offer")
def offer(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    hosting.offer(session, actor, data.whole("market"), data.whole("who"), now)


# --- everybody on the floor


@command("market.host")
def host(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    """Say yes or no to hosting as well."""
    hosting.answer_offer(session, actor, data.whole("market"), data.flag("accept"), now)


@command("market.walk")
def walk(session: Session, actor: Actor, data: Data, now: datetime) -> dict[str, int]:
    """To a stall, or to the lobby (0)."""
    mine = floor.walk(session, actor, data.whole("market"), data.whole("stall") or None, now)
    return {"stall": mine.stall_id or 0}


@command("market.follow")
def follow(session: Session, actor: Actor, data: Data, now: datetime) -> dict[str, int]:
    mine = floor.follow(session, actor, data.whole("market"), now)
    return {"stall": mine.stall_id or 0}


@command("market.help")
def ask_help(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    floor.ask_help(session, actor, data.whole("market"), data.flag("up"), now)


@command("market.seen")
def seen(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    """A screen is still there."""
    silence.seen(session, actor, data.whole("market"), now)


@command("market.contact", writes=True)
def contact(session: Session, actor: Actor, data: Data, now: datetime) -> dict[str, int]:
    said, market_id = data.text("said", MOST_TEXT), data.whole("market")
    with _author_decides():
        made = contacts.ask(session, actor, market_id, data.whole("who"), said, now, _sure(data))
    return {"contact": made.id}


@command("market.answer", writes=True)
def answer(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    said, agree = data.text("said", MOST_TEXT), data.flag("agree")
    with _author_decides():
        contacts.answer(session, actor, data.whole("contact"), agree, said, now, _sure(data))


# --- at a stall


@command("stall.say", writes=True)
def say(session: Session, actor: Actor, data: Data, now: datetime) -> dict[str, int]:
    with _author_decides():
        made = stall_talk.say(session, actor, data.whole("stall"), *_typed(data), now, _sure(data))
    return {"message": made.id}


@command("stall.ask", writes=True)
def ask(session: Session, actor: Actor, data: Data, now: datetime) -> dict[str, int]:
    text, key = _typed(data)
    nameless = data.flag("nameless")
    with _author_decides():
        made = stall_talk.ask(
            session, actor, data.whole("stall"), text, nameless, key, now, _sure(data)
        )
    return {"question": made.id}


@command("stall.vote")
def vote(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    stall_talk.vote(session, actor, data.whole("question"), data.flag("wants"), now)


@command("stall.answered")
def answered(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    stall_talk.answered(session, actor, data.whole("question"), data.flag("done"), now)


@command("stall.talk")
def talk(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    """'Ik wil meepraten', or not any more."""
    stall_talk.want_to_talk(session, actor, data.whole("stall"), data.flag("wants"), now)


@command("stall.turn")
def turn(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    """To somebody, or to nobody (0)."""
    who = data.whole("who") or None
    stall_talk.give_turn(session, actor, data.whole("stall"), who, now)


@command("stall.note")
def note(session: Session, actor: Actor, data: Data, now: datetime) -> dict[str, int]:
    text, version = data.text("text", MOST_TEXT), data.whole("version")
    with _author_decides():
        kept = stall_desk.write_note(
            session, actor, data.whole("stall"), text, version, now, _sure(data)
        )
    return {"version": kept.version}


@command("stall.link", writes=True)
def link(session: Session, actor: Actor, data: Data, now: datetime) -> dict[str, int]:
    title, url = data.text("title", MOST_TEXT), data.text("url", MOST_TEXT)
    key = data.text("key", 64)
    with _author_decides():
        item = stall_desk.leave_link(
            session, actor, data.whole("stall"), title, url, key, now, _sure(data)
        )
    return {"item": item.id}


STRIKES: dict[str, Any] = {
    "message": stall_talk.strike_message,
    "question": stall_talk.strike_question,
    "item": stall_desk.strike_item,
}


@command("stall.strike")
def strike(session: Session, actor: Actor, data: Data, now: datetime) -> None:
    """Take back a message, a question, a link or a file."""
    what = data.text("what", 10)
    if what not in STRIKES:
        raise NotFound
    STRIKES[what](session, actor, data.whole("id"), now)


def _whom(data: Data) -> tuple[int, int]:
    return data.whole("market"), data.whole("who")


def _typed(data: Data) -> tuple[str, str]:
    return data.text("text", MOST_TEXT), data.text("key", 64)


def _sure(data: Data) -> bool:
    return data.flag("anyway")
