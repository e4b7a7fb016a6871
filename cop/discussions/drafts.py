"""Drafts: what a member is writing, kept on the server while they write.

A draft belongs to a place, 'discussion:12' or 'list:3', holds the form's fields and the files that
were accepted already, and is encrypted: nobody else reads it, nor the database's backups. Posting
removes it. A file is stored and named in the draft in one transaction, so that a crash half-way
leaves either nothing or a draft that still has it.
"""

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from cop.discussions.models import Attachment, Draft
from cop.discussions.operations import MOST_FILES, circle_id_of
from cop.discussions.permissions import (
    DISCUSSIONS,
    LISTS,
    DiscussionPermission,
    ListPermission,
)
from cop.members.actor import Actor
from cop.platform import storage
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.storage import Clean, StoredFile

FIELDS = ("text", "title", "kind", "content_note", "themes", "in_reply_to")
MOST_CHARACTERS = 200_000
KEPT_FOR = timedelta(days=60)
_PLACE = re.compile(r"(discussion|list):(\d{1,9})", re.ASCII)


def place_of_list(list_id: int) -> str:
    return f"list:{list_id}"


def circle_of(session: Session, actor: Actor, place: str) -> int:
    """The circle that a place is in.

    Raises:
        NotFound: no such place, or the actor may not read there.
    """
    match = _PLACE.fullmatch(place)
    if match is None or not actor.is_member:
        raise NotFound
    if match[1] == "discussion":
        found = DISCUSSIONS.get(session, actor, DiscussionPermission.READ, int(match[2]))
        return circle_id_of(session, found)
    return LISTS.get(session, actor, ListPermission.READ, int(match[2])).circle_id


def content(session: Session, actor: Actor, place: str) -> dict[str, Any]:
    """The actor's draft for a place: its fields and, under 'files', keys of files."""
    row = session.execute(_content, {"me": actor.member_id, "place": place}).first()
    return read(row[0]) if row is not None else {}


_content = select(Draft.content).where(
    Draft.member_id == bindparam("me"), Draft.place == bindparam("place")
)


def save(session: Session, actor: Actor, place: str, fields: dict[str, Any], now: datetime) -> bool:
    """Keep what is in the form; the files of the draft stay. True when there is a draft now.

    Raises:
        NotFound: the actor may not read there.
        Refused: more than a form can hold.
    """
    circle_of(session, actor, place)
    kept = {name: value for name in FIELDS if (value := fields.get(name))}
    if not all(isinstance(value, str | list) for value in kept.values()):
        raise Refused(_("Part of what was sent could not be read."))
    draft = _own(session, actor, place)
    if draft is not None and (files := read(draft.content).get("files")):
        kept["files"] = files
    return _store(session, actor, place, draft, kept, now)


def add_file(session: Session, actor: Actor, place: str, file: Clean, now: datetime) -> str:
    """Store a file and name it in the draft; its key.

    Raises:
        Refused: there are enough.
    """
    draft = _own(session, actor, place)
    kept = read(draft.content) if draft is not None else {}
    if len(kept.get("files", [])) >= MOST_FILES:
        raise Refused(_("Add at most %(most)s files.", most=MOST_FILES), "attachments")
    storage.keep_clean(session, file, now)
    kept["files"] = [*kept.get("files", []), file.key]
    _store(session, actor, place, draft, kept, now)
    return file.key


def files(session: Session, keys: Sequence[str]) -> list[StoredFile]:
    """The files of a draft that hang on no post yet, in the order in which they came."""
    if not keys:
        return []
    found = session.scalars(
        select(StoredFile).where(
            StoredFile.key.in_(keys), ~exists().where(Attachment.file_id == StoredFile.id)
        )
    )
    return sorted(found, key=lambda file: file.id)


def drop(session: Session, actor: Actor, place: str) -> None:
    """The draft was posted or thrown away; files that hang on no post go with it."""
    draft = _own(session, actor, place)
    if draft is not None:
        _discard(session, draft)
        session.flush()


def forget_old(session: Session, now: datetime) -> None:
    """Drafts that nobody came back to."""
    old = select(Draft).where(Draft.saved_at < now - KEPT_FOR).limit(200)
    for draft in session.scalars(old):
        _discard(session, draft)


def forget_of(session: Session, member_id: int) -> None:
    """Whoever leaves takes what they did not post with them."""
    for draft in session.scalars(select(Draft).where(Draft.member_id == member_id)):
        _discard(session, draft)


def _discard(session: Session, draft: Draft) -> None:
    for file in files(session, read(draft.content).get("files", [])):
        storage.remove(session, file)
    session.delete(draft)


def _own(session: Session, actor: Actor, place: str) -> Draft | None:
    return session.scalar(
        select(Draft).where(Draft.member_id == actor.member_id, Draft.place == place)
    )


def _store(
    session: Session,
    actor: Actor,
    place: str,
    draft: Draft | None,
    kept: dict[str, Any],
    now: datetime,
) -> bool:
    if not kept:
        if draft is not None:
            session.delete(draft)
        return False
    written = json.dumps(kept)
    if len(written) > MOST_CHARACTERS:
        raise Refused(_("This is too long to keep."))
    if draft is None:
        assert actor.member_id is not None
        draft = Draft(member_id=actor.member_id, place=place)
        session.add(draft)
    draft.content = written
    draft.saved_at = now
    session.flush()
    return True


def read(written: str) -> dict[str, Any]:
    """What a draft's `content` holds: the form's fields and, under 'files', keys of files."""
    found = json.loads(written)
    return found if isinstance(found, dict) else {}
