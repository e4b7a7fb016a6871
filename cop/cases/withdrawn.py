"""A list of the cases that were withdrawn or thrown away, kept outside the database.

A backup that is brought back knows nothing of what was withdrawn after it was made: the case would
be read again, against what was promised to whoever it is about. So each is written down in the
folder of the keys, which no backup sets back (docs/cases.md), and `keeping` withdraws it once more.
The list holds numbers and moments, and no word of any case.
"""

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session

from cop.cases import own_keys
from cop.cases.models import Case, Withdrawal
from cop.platform.numbers import whole_number

FILE = "withdrawn"  # no key is called so
_THROWN_AWAY = "thrown_away"
log = logging.getLogger("cop.cases")


@dataclass(frozen=True, slots=True)
class Name:
    """Which case it was. A database that was set back gives its number to another as well."""

    case_id: int
    created_at: str


def name_of(case: Case) -> Name:
    return Name(case.id, case.created_at.isoformat())


def note(session: Session, case: Case, by: Withdrawal | None) -> None:
    """Write it down once the transaction is committed.

    Args:
        by: who withdrew it; None when its author threw it away before it was shared.
    """
    path, line, state = _path(), _line(name_of(case), by), {"open": True}

    def committed(_session: Session) -> None:
        if state["open"]:
            state["open"] = False
            _append(path, line)

    def rolled_back(_session: Session) -> None:
        state["open"] = False

    event.listen(session, "after_commit", committed, once=True)
    event.listen(session, "after_rollback", rolled_back, once=True)


def write_down(case: Case, by: Withdrawal) -> None:
    """Write down at once one that is withdrawn already."""
    _append(_path(), _line(name_of(case), by))


def listed() -> dict[Name, Withdrawal | None]:
    """Every case that was withdrawn, and by whom; None: thrown away."""
    try:
        lines = _path().read_text("ascii", "replace").splitlines()
    except FileNotFoundError:
        return {}
    found: dict[Name, Withdrawal | None] = {}
    for line in lines:
        figures, _sep, rest = line.partition(" ")
        moment, _sep, by = rest.partition(" ")
        number = whole_number(figures)
        if number is not None and by in {*Withdrawal, _THROWN_AWAY}:  # half a line says nothing
            found[Name(number, moment)] = None if by == _THROWN_AWAY else Withdrawal(by)
    return found


def _path() -> Path:
    return own_keys.folder().root / FILE


def _line(name: Name, by: Withdrawal | None) -> str:
    return f"{name.case_id} {name.created_at} {by or _THROWN_AWAY}\n"


def _append(path: Path, line: str) -> None:
    """What cannot be written now is written by the worker, while the case is still known."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with open(handle, "w", encoding="ascii") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        log.error("a withdrawn case could not be written down yet (%s)", type(error).__name__)
