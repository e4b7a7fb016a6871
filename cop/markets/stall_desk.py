"""What lies on the table of a stall: the note that all there see grow, links and files."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cop.markets.floor_among import allowed, at_stall, good_key, me, same_words, tell_stall, words
from cop.markets.floor_models import StallItem, StallNote
from cop.markets.floor_permissions import STALLS, StallPermission
from cop.markets.models import Stall
from cop.members.actor import Actor
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.storage import Clean, StoredFile, keep_clean, remove
from cop.platform.web import is_https
from cop.spaces.files import file_gate
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_NOTE = 20_000
MOST_TITLE = 200
MOST_URL = 500
MOST_ITEMS = 100  # at one stall


class Changed(Refused):
    """Another who holds the stall changed the note meanwhile."""


def write_note(
    session: Session,
    actor: Actor,
    stall_id: int,
    text: str,
    version: int,
    now: datetime,
    anyway: bool = False,
) -> StallNote:
    """Keep the note as it is now; all at the stall see it.

    Args:
        version: of the note that was changed; 0 when there was none.

    Raises:
        NotFound: the actor does not tend the stall.
        Refused: too long.
        Changed: another changed it meanwhile.
        AuthorAsked: lines that are new may say who somebody is.
    """
    _stall, mine = at_stall(session, actor, StallPermission.TEND, stall_id)
    note = session.get(StallNote, stall_id, with_for_update=True, populate_existing=True)
    text = text.replace("\r\n", "\n").rstrip()
    if note is not None and note.text == text:
        return note
    if len(text) > MOST_NOTE:
        raise Refused(_("Keep it to %(most)s characters, please.", most=MOST_NOTE), "note")
    if (note.version if note is not None else 0) != version:
        raise Changed(_("Somebody else changed the note meanwhile. Look at it first."), "stale")
    before = set(note.text.split("\n")) if note is not None else set()
    new = [line for line in text.split("\n") if line not in before]  # the rest was asked about
    ask_author(["\n".join(new)], Purpose.POST, anyway)
    if note is None:
        note = StallNote(stall_id=stall_id, by_id=mine.id, text=text, at=now)
        session.add(note)
    else:
        note.text, note.by_id, note.at = text, mine.id, now
        note.version += 1
    session.flush()
    tell_stall(session, stall_id, "note", stall_id, now)
    return note


def leave_link(
    session: Session,
    actor: Actor,
    stall_id: int,
    title: str,
    url: str,
    key: str,
    now: datetime,
    anyway: bool = False,
) -> StallItem:
    """Leave a link for all at the stall.

    Raises:
        NotFound: the actor does not stand there, or is muted.
        Refused: no address that begins with https://, too long, or too many.
        AuthorAsked: the words may say who somebody is.
    """
    mine, made = _new(session, actor, stall_id, key)
    if made is not None:
        same_words(made.url or None, url)
        return made
    url = words(url, MOST_URL, "url")
    if not is_https(url):
        raise Refused(_("Fill in an address that begins with https://."), "url")
    title = title.strip() or urlsplit(url).hostname or url
    if len(title) > MOST_TITLE:
        raise Refused(_("Keep it to %(most)s characters, please.", most=MOST_TITLE), "title")
    ask_author([title], Purpose.POST, anyway)
    item = StallItem(stall_id=stall_id, person_id=mine, title=title, url=url, key=key, at=now)
    return _add(session, item, now)


def leave_file(
    session: Session,
    actor: Actor,
    stall_id: int,
    clean: Clean,
    key: str,
    now: datetime,
    anyway: bool = False,
) -> StallItem:
    """Leave a file for all at the stall.

    Raises:
        NotFound: the actor does not stand there, or is muted.
        Refused: too many; another file under a known key.
        AuthorAsked: its name may say who somebody is.
    """
    mine, made = _new(session, actor, stall_id, key)
    if made is not None:
        if made.struck_at is None and _is_another(made.file, clean):
            raise Refused(
                _("This form was sent before with another file. Choose it once more."), "key"
            )
        return made
    ask_author([clean.name], Purpose.POST, anyway)
    file = keep_clean(session, clean, now)
    item = StallItem(
        stall_id=stall_id,
        person_id=mine,
        title=file.name[:MOST_TITLE],
        file_id=file.id,
        key=key,
        at=now,
    )
    return _add(session, item, now)


def _is_another(kept: StoredFile | None, clean: Clean) -> bool:
    return kept is None or (kept.name, kept.sha256) != (clean.name, clean.sha256)


def strike_item(session: Session, actor: Actor, item_id: int, now: datetime) -> StallItem:
    """Take a link or file away again: one's own, or as who tends the stall another's.

    Raises:
        NotFound: not the actor's own and not theirs to tend.
    """
    item = session.get(StallItem, item_id)
    if item is None:
        raise NotFound
    stall = session.get_one(Stall, item.stall_id)
    mine = me(session, actor, stall.market_id)
    own = mine.id == item.person_id and allowed(
        session, actor, StallPermission.TAKE_PART, item.stall_id
    )
    if not own and not allowed(session, actor, StallPermission.TEND, item.stall_id):
        raise NotFound
    session.refresh(item, with_for_update=True)
    take_item(session, item, now)
    return item


def take_item(session: Session, item: StallItem, now: datetime) -> None:
    """It lies there no more, and a file is gone; its row is held by the caller."""
    if item.struck_at is None:
        file, item.file_id, item.file = item.file, None, None
        item.struck_at, item.title, item.url = now, "", ""
        session.flush()
        if file is not None:
            remove(session, file)
        tell_stall(session, item.stall_id, "item", item.id, now)


def empty_note(session: Session, note: StallNote, now: datetime) -> None:
    """Nothing stands in the note; its row is held by the caller. A change on its way is stale."""
    if note.text:
        note.text, note.at = "", now
        note.version += 1
        session.flush()
        tell_stall(session, note.stall_id, "note", note.stall_id, now)


def _new(session: Session, actor: Actor, stall_id: int, key: str) -> tuple[int, StallItem | None]:
    """(who leaves it, what was left under this key before)."""
    _stall, mine = at_stall(session, actor, StallPermission.SPEAK, stall_id)
    made = session.scalar(
        select(StallItem).where(StallItem.person_id == mine.id, StallItem.key == good_key(key))
    )
    if made is None:
        lying = session.scalars(
            select(StallItem.id).where(
                StallItem.stall_id == stall_id, StallItem.struck_at.is_(None)
            )
        ).all()
        if len(lying) >= MOST_ITEMS:
            raise Refused(_("There is no more room on this table."))
    return mine.id, made


def _add(session: Session, item: StallItem, now: datetime) -> StallItem:
    session.add(item)
    session.flush()
    tell_stall(session, item.stall_id, "item", item.id, now)
    return item


@file_gate("markets")
def _of_stalls(actor: Actor) -> Select[Any]:
    """The files of stalls whose table the actor sees."""
    return (
        select(StallItem.file_id)
        .join(Stall, Stall.id == StallItem.stall_id)
        .where(STALLS.clause(actor, StallPermission.READ), StallItem.file_id.is_not(None))
    )
