"""Which database a folder belongs to.

Files that no row speaks of are removed, keys that no case names destroyed: what a crash left. Seen
from another database, a fresh one that is waiting for its backup, or one that was named by
mistake, that would be everything. So a database has a mark, folders bear it, and nothing is swept
out of a folder that bears another one.
"""

import logging
import secrets
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cop.platform.db import Base, insert_unless_there

NAME = "site"
log = logging.getLogger("cop.storage")


class SiteMark(Base):
    """The one row of this table is made when it is first asked for."""

    __tablename__ = "site_mark"

    only: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[str] = mapped_column(String(64))


def is_ours(session: Session, folder: Path, knows: Callable[[], bool]) -> bool:
    """Whether a folder belongs to this database, so that what is left in it may be removed.

    Args:
        knows: asked of a folder without a mark, as all were once: whether this database knows of
            what lies there, or nothing does. It is ours from then on.
    """
    insert_unless_there(session, SiteMark, only=1, mark=secrets.token_urlsafe(32))
    mark = session.scalars(select(SiteMark.mark)).one()
    found = _read(folder)
    if found is None and knows():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / NAME).write_text(mark)
        return True
    if found != mark:
        log.error("%s belongs to another database; nothing is removed from it", folder)
    return found == mark


def is_foreign(session: Session, folder: Path) -> bool:
    """Whether a folder bears the mark of another database."""
    found = _read(folder)
    return found is not None and found != session.scalar(select(SiteMark.mark))


def _read(folder: Path) -> str | None:
    try:
        return (folder / NAME).read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
