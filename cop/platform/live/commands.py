"""Commands: what a client asks to have done, once, however often it has to ask."""

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar, cast

from sqlalchemy import Table, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cop.platform.db import is_sqlite
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.live.flood import flood
from cop.platform.live.models import LiveCommand

KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # a UUID
LARGEST = 2**31 - 1
_COMMAND = cast(Table, LiveCommand.__table__)

E = TypeVar("E", bound=StrEnum)


class Data:
    """What came with a command, read by name, type and bound. Anything else is refused."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def text(self, name: str, most: int, *, empty: bool = True) -> str:
        """A text of at most so many characters, without NUL and half characters."""
        value = self._values.get(name, "")
        if not isinstance(value, str) or "\x00" in value or _is_half(value):
            raise self.unreadable(name)
        if len(value) > most:
            raise Refused(
                _("This is too long: at most %(most)d characters, please.", most=most), name
            )
        if not empty and not value.strip():
            raise Refused(_("Write something first, please."), name)
        return value

    def whole(self, name: str, least: int = 0, most: int = LARGEST) -> int:
        """A whole number; from a form it comes as digits."""
        value = self._values.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 11:
            value = int(value)
        if type(value) is not int or not least <= value <= most:
            raise self.unreadable(name)
        return value

    def flag(self, name: str) -> bool:
        """True for true, and for a box of a form that was ticked."""
        value = self._values.get(name, False)
        if value in ("", "0", "false", None, False):
            return False
        if value in ("1", "true", "on", "y", True):
            return True
        raise self.unreadable(name)

    def choice(self, name: str, choices: type[E]) -> E:
        """One of a few words."""
        try:
            return choices(str(self._values.get(name)))
        except ValueError:
            raise self.unreadable(name) from None

    @staticmethod
    def unreadable(name: str) -> Refused:
        """What to raise about a value that no screen of ours sends."""
        return Refused(_("Part of what was sent could not be read."), name)

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None


def _is_half(value: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in value)


Answer: TypeAlias = dict[str, int]
Run: TypeAlias = Callable[[Session, Any, Data, datetime], Answer | None]

_commands: dict[str, Run] = {}
_write: set[str] = set()  # those that write what others read


def command(name: str, *, writes: bool = False) -> Callable[[Run], Run]:
    """Decorator: the function `(session, actor, data, now)` carries out the command.

    It calls an operation, which checks the permission and raises NotFound or Refused, and gives
    ids and numbers only (or None): they are kept, so that a retry gets the same answer.

    Args:
        writes: others read what it writes: somebody may do it so many times a minute (`flood`).
    """

    def register(run: Run) -> Run:
        if name in _commands:
            raise ValueError(f"{name}: two commands of one name")
        if writes:
            _write.add(name)
        _commands[name] = run
        return run

    return register


def new_key() -> str:
    """A key for a form's hidden field; scripts make their own with `crypto.randomUUID()`."""
    return str(uuid.uuid4())


def names() -> list[str]:
    """All commands there are: tests walk them."""
    return sorted(_commands)


def once(
    session: Session, who: str, key: object, name: str, now: datetime, run: Callable[[], Any]
) -> Answer:
    """Run something in the caller's transaction, unless this key was used before.

    Somebody who asks the same thing twice at once waits for the first and gets its answer. For
    views of forms as well, with a hidden field `key` filled with `new_key()`.

    Args:
        who: whose key it is: of a member the actor's `audit_id`.

    Raises:
        Refused: the key is none, or was used for another command.
    """
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise Refused(_("Part of what was sent could not be read."))
    make = sqlite.insert if is_sqlite(session) else postgresql.insert
    first = session.scalar(
        make(_COMMAND)
        .values(who=who, key=key, command=name, answer={}, at=now)
        .on_conflict_do_nothing()
        .returning(_COMMAND.c.key)
    )
    mine = (LiveCommand.who == who, LiveCommand.key == key)
    if first is None:
        kept = session.execute(select(LiveCommand.command, LiveCommand.answer).where(*mine)).one()
        if kept.command != name:
            raise Refused(_("Part of what was sent could not be read."))
        return dict(kept.answer)
    answer: Answer = run() or {}
    if not all(type(value) in (int, bool) for value in answer.values()):
        raise TypeError(f"{name}: an answer holds ids and numbers only")
    if answer:
        session.execute(update(LiveCommand).where(*mine).values(answer=answer))
    return answer


def carry_out(
    session: Session, actor: Any, who: str, name: object, key: object, data: object, now: datetime
) -> Answer:
    """Run a command that a client named, once.

    Raises:
        NotFound: there is no such command, or what it is about is not there for this actor.
        Refused: it cannot be done; why.
    """
    if not isinstance(name, str) or name not in _commands:
        raise NotFound
    if not isinstance(data, dict) or len(data) > 30:
        raise Refused(_("Part of what was sent could not be read."))
    run = _commands[name]

    def new() -> Answer | None:
        if name in _write and not flood.may_write(who):
            raise Refused(_("Wait a little, please: this goes too fast."))
        return run(session, actor, Data(data), now)

    return once(session, who, key, name, now, new)
