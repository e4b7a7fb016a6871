"""Kinds of deliveries: who composes them, and the storing of what many of them say.

A capability stores deliveries with `deliver` (ids only) and registers with `composes` a function
that makes messages of a batch of them when their turn has come. There it asks permissions again:
a delivery that it leaves out is not sent, and is gone.
"""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.platform.db import insert_into
from cop.platform.keys import key_ring
from cop.platform.mail.message import Content, Message
from cop.platform.mail.models import MailContent, OutgoingMail

_CONTEXT = "mail_content.sealed"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before its content is fixed.

    Attributes:
        content_key: names the content: two drafts with the same key say the same.
        content: makes it; called once per key, while the recipient's language is spoken.
        addressed: puts it into a message to this recipient.
        still: whether the recipient may get a content that was fixed earlier, before a crash.
    """

    content_key: str
    content: Callable[[], Content]
    addressed: Callable[[Content], Message]
    still: Callable[[Content], bool] = lambda _content: True


Composer: TypeAlias = Callable[[Session, Sequence[OutgoingMail], datetime], Mapping[int, Draft]]

_composers: dict[str, Composer] = {}


def composes(kind: str) -> Callable[[Composer], Composer]:
    """Decorator: the function makes drafts of deliveries of this kind, by delivery id."""

    def register(composer: Composer) -> Composer:
        _composers[kind] = composer
        return composer

    return register


def drafts(
    session: Session, mails: Sequence[OutgoingMail], now: datetime
) -> tuple[dict[int, Draft], list[int]]:
    """Drafts of those that may be sent, by id, and the ids of those that may not."""
    by_kind: dict[str, list[OutgoingMail]] = {}
    for mail in mails:
        by_kind.setdefault(mail.kind or "", []).append(mail)
    found: dict[int, Draft] = {}
    for kind, group in by_kind.items():
        composer = _composers.get(kind)
        if composer is None:
            raise LookupError(f"nobody composes {kind!r}")
        found |= composer(session, group, now)
    return found, [mail.id for mail in mails if mail.id not in found]


def deliver(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store deliveries in the caller's transaction; one whose key is known is not stored again.

    Args:
        rows: each with key, kind, about, member_id, priority, message_id, created_at, try_at.
    """
    common = {"attempts": 0, "sender_name": "", "language": "nl"}
    for start in range(0, len(rows), _CHUNK):
        part = [common | row for row in rows[start : start + _CHUNK]]
        session.execute(
            insert_into(session, OutgoingMail).on_conflict_do_nothing(index_elements=["key"]), part
        )


# --- contents


def keep_contents(
    session: Session, contents: Mapping[str, Content], now: datetime
) -> dict[str, int]:
    """The ids of contents by key, stored if they are not there yet."""
    wanted = select(MailContent.key, MailContent.id).where(MailContent.key.in_(contents))
    known = {row.key: row.id for row in session.execute(wanted)}
    missing = [key for key in contents if key not in known]
    if missing:
        session.execute(
            insert_into(session, MailContent).on_conflict_do_nothing(index_elements=["key"]),
            [{"key": key, "sealed": _seal(contents[key]), "made_at": now} for key in missing],
        )
        known = {row.key: row.id for row in session.execute(wanted)}
    return known


def kept_contents(session: Session, ids: set[int]) -> dict[int, tuple[str, Content]]:
    """Keys and contents by id."""
    rows = session.execute(
        select(MailContent.id, MailContent.key, MailContent.sealed).where(MailContent.id.in_(ids))
    )
    return {row.id: (row.key, _open(row.sealed)) for row in rows}


def _seal(content: Content) -> bytes:
    plain = json.dumps([content.subject, content.text, content.html, content.covers])
    return key_ring().encrypt(zlib.compress(plain.encode(), 1), _CONTEXT)


def _open(sealed: bytes) -> Content:
    subject, text, html, covers = json.loads(zlib.decompress(key_ring().decrypt(sealed, _CONTEXT)))
    return Content(subject, text, html, tuple(covers))
