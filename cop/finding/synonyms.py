"""The words of the field that mean the same: a list that administrators keep."""

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.platform import audit
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.search.models import Synonyms

MOST_LINES, LONGEST = 400, 500


def lines(session: Session) -> list[str]:
    """One line for each group of words, parted by commas."""
    return list(session.scalars(select(Synonyms.words).order_by(Synonyms.id)))


def save(session: Session, actor: Actor, text: str, now: datetime) -> None:
    """The whole list anew, a line for each group.

    Raises:
        NotFound: the actor is no administrator.
        Refused: a line has one word only, is too long, or there are too many.
    """
    if not actor.administers:
        raise NotFound
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        words = [" ".join(word.split()) for word in line.split(",")]
        words = list(dict.fromkeys(word for word in words if word))
        if not words:
            continue
        if len(words) < 2:
            raise Refused(_("Line %(num)s has one word: write at least two.", num=number), "words")
        joined = ", ".join(words)
        if len(joined) > LONGEST:
            raise Refused(_("Line %(num)s is too long.", num=number), "words")
        found.append(joined)
    if len(found) > MOST_LINES:
        raise Refused(_("Keep at most %(most)s lines.", most=MOST_LINES), "words")
    session.execute(delete(Synonyms))
    if found:
        session.execute(insert(Synonyms), [{"words": line} for line in found])
    audit.record(
        session, "search.synonyms_changed", actor=actor.audit_id, subject="search", now=now
    )
