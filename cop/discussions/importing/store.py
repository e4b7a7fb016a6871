"""Second pass: mails become posts, in order of date, a batch at a time.

Each batch is one transaction, so that a run that is killed has stored the earlier part of the
order, whole. Post numbers are permanent: a mail that is older than what a discussion already has
gets the next number, and its date says when it was written.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from cop.discussions import searching
from cop.discussions.importing import authors
from cop.discussions.importing.message import Attached
from cop.discussions.importing.scan import Entry
from cop.discussions.importing.threads import Earlier, Thread
from cop.discussions.models import (
    Attachment,
    Discussion,
    DiscussionKind,
    DiscussionList,
    KnownMail,
    Post,
    ReadMark,
)
from cop.members.models import Persona
from cop.platform import markup, storage
from cop.platform.db import is_sqlite
from cop.platform.errors import Refused
from cop.platform.mail.reading.headers import Sender
from cop.platform.search.indexing import touch

CHUNK = 500  # values in one IN
MOST_FILES = 30  # of one mail


@dataclass(slots=True)
class Ready:
    """A mail that was read and may be stored."""

    entry: Entry
    thread: Thread
    sender: Sender
    title: str
    text: str
    html: str
    files: list[Attached]
    left_out: list[str] = field(default_factory=list)  # attachments, with the reason


@dataclass(slots=True)
class Known:
    """What the list has already of the mails of a run.

    Attributes:
        imported: keys of mails that came in before.
        places: key → discussion of the list, of those and of mails that they refer to.
        posts: key → (post, discussion).
    """

    imported: set[str] = field(default_factory=set)
    places: dict[str, int] = field(default_factory=dict)
    posts: dict[str, tuple[int, int]] = field(default_factory=dict)


def known_mails(session: Session, list_id: int, keys: Iterable[str]) -> Known:
    """What is known of these keys; a discussion that was moved to another list is not.

    A reply must not follow it there: other people read that list.
    """
    known = Known()
    moved: Any = aliased(Post)
    place = func.coalesce(moved.discussion_id, Post.discussion_id, KnownMail.discussion_id)
    for chunk in _chunks(keys):
        rows = session.execute(
            select(
                KnownMail.key,
                KnownMail.at,
                func.coalesce(moved.id, Post.id),
                Discussion.id,
            )
            .outerjoin(Post, Post.id == KnownMail.post_id)
            .outerjoin(moved, moved.id == Post.moved_to_id)
            .outerjoin(Discussion, and_(Discussion.id == place, Discussion.list_id == list_id))
            .where(KnownMail.list_id == list_id, KnownMail.key.in_(chunk))
        )
        for key, at, post_id, discussion_id in rows:
            if at is not None:
                known.imported.add(key)
            if discussion_id is not None:
                known.places[key] = discussion_id
                if post_id is not None:
                    known.posts[key] = (post_id, discussion_id)
    return known


def earlier_mails(session: Session, list_id: int, subjects: Iterable[str]) -> list[Earlier]:
    """Stored mails with these subjects.

    Only in discussions that are still on the list; a removed one is not found again by its title.
    """
    found: list[Earlier] = []
    for chunk in _chunks(s for s in subjects if s):
        rows = session.execute(
            select(KnownMail.at, KnownMail.key, KnownMail.subject_key, Post.discussion_id)
            .join(Post, Post.id == KnownMail.post_id)
            .join(Discussion, Discussion.id == Post.discussion_id)
            .where(
                KnownMail.list_id == list_id,
                KnownMail.subject_key.in_(chunk),
                KnownMail.at.is_not(None),
                Discussion.list_id == list_id,
                Discussion.deleted_at.is_(None),
            )
        )
        found += [Earlier(r.at, r.key, r.subject_key, r.discussion_id) for r in rows if r.at]
    return found


def beginnings(session: Session, list_id: int, discussions: Iterable[int]) -> dict[int, datetime]:
    """The date of each discussion's first imported mail."""
    began: dict[int, datetime] = {}
    for ids in _chunks(discussions):
        for discussion_id, at in session.execute(
            select(Post.discussion_id, func.min(KnownMail.at))
            .join(Post, Post.id == KnownMail.post_id)
            .where(KnownMail.list_id == list_id, Post.discussion_id.in_(ids))
            .group_by(Post.discussion_id)
        ):
            if at is not None:
                began[discussion_id] = at
    return began


def writers(session: Session, discussions: Iterable[int]) -> dict[int, set[str]]:
    """The names of whoever wrote in each discussion."""
    found: dict[int, set[str]] = {}
    for ids in _chunks(discussions):
        for discussion_id, name in session.execute(
            select(Post.discussion_id, Persona.name)
            .join(Persona, Persona.id == Post.author_id)
            .where(Post.discussion_id.in_(ids))
            .distinct()
        ):
            found.setdefault(discussion_id, set()).add(name)
    return found


def texts(session: Session, discussion_id: int) -> Iterator[str]:
    """The words of each post of a discussion."""
    yield from session.scalars(
        select(Post.source)
        .where(Post.discussion_id == discussion_id)
        .execution_options(yield_per=CHUNK)
    )


def save(
    session: Session, list_id: int, batch: Sequence[Ready], known: Known, now: datetime
) -> set[str]:
    """Store the mails of a batch, in order of date.

    Returns:
        Keys that somebody else's import stored in the meantime: nothing was added for them.
    """
    # Imports into one list take turns.
    session.execute(
        select(DiscussionList.id)
        .where(DiscussionList.id == list_id)
        .with_for_update(key_share=True)
    )
    again = known_mails(session, list_id, [mail.entry.key for mail in batch])
    meanwhile = again.imported
    batch = [mail for mail in batch if mail.entry.key not in meanwhile]
    if not batch:
        return meanwhile
    by = authors.personas(session, dict.fromkeys(mail.sender for mail in batch))
    _start_discussions(session, list_id, batch, by)
    numbers = _give_numbers(session, batch)
    post_ids = session.scalars(
        insert(Post).returning(Post.id, sort_by_parameter_order=True),
        [
            {
                "discussion_id": mail.thread.discussion_id,
                "number": number,
                "author_id": by[mail.sender],
                "source": mail.text,
                "html": mail.html,
                "plain": True,
                "words": markup.word_count(mail.text),
                "created_at": mail.entry.dated,
                "date_guessed": mail.entry.guessed,
                "message_id": mail.entry.message_id[:250] if mail.entry.message_id else None,
            }
            for mail, number in zip(batch, numbers, strict=True)
        ],
    ).all()
    touch(
        session,
        searching.KIND,
        (
            (mail.thread.discussion_id, searching.part_of(number))
            for mail, number in zip(batch, numbers, strict=True)
            if mail.thread.discussion_id is not None
        ),
    )
    _remember(session, list_id, batch, post_ids, known)
    _answers(session, batch, known)
    for mail, post_id in zip(batch, post_ids, strict=True):
        _attach(session, mail, post_id, now)
    return meanwhile


def _start_discussions(
    session: Session, list_id: int, batch: Sequence[Ready], by: dict[Sender, int]
) -> None:
    """A discussion for every thread that has none yet; its earliest mail opens it."""
    opening: dict[Thread, Ready] = {}
    for mail in batch:
        if mail.thread.discussion_id is None:
            opening.setdefault(mail.thread, mail)
    if not opening:
        return
    ids = session.scalars(
        insert(Discussion).returning(Discussion.id, sort_by_parameter_order=True),
        [
            {
                "list_id": list_id,
                "kind": DiscussionKind.CONVERSATION,
                "title": mail.title,
                "author_id": by[mail.sender],
                "created_at": mail.entry.dated,
                "last_post_at": mail.entry.dated,
            }
            for mail in opening.values()
        ],
    )
    for thread, discussion_id in zip(opening, ids, strict=True):
        thread.discussion_id = discussion_id


def _give_numbers(session: Session, batch: Sequence[Ready]) -> list[int]:
    """The next numbers of each discussion, in the order of the batch; its sums are brought along.

    Whoever had read a discussion to its end has still done so: an archive is not news.
    """
    groups: dict[int, list[Ready]] = {}
    for mail in batch:
        assert mail.thread.discussion_id is not None
        groups.setdefault(mail.thread.discussion_id, []).append(mail)
    rows = session.execute(
        select(
            Discussion.id,
            Discussion.last_number,
            Discussion.imported_number,
            Discussion.post_count,
            Discussion.words,
            Discussion.last_post_at,
        )
        .where(Discussion.id.in_(groups))
        .order_by(Discussion.id)
        .with_for_update(key_share=True)
    ).all()
    changes, following = [], {}
    for row in rows:
        mails = groups[row.id]
        following[row.id] = row.last_number + 1
        last = row.last_number + len(mails)
        changes.append(
            {
                "id": row.id,
                "last_number": last,
                "imported_number": last
                if row.imported_number == row.last_number
                else row.imported_number,
                "post_count": row.post_count + len(mails),
                "words": row.words + sum(markup.word_count(mail.text) for mail in mails),
                "last_post_at": max(row.last_post_at, *(mail.entry.dated for mail in mails)),
            }
        )
        if row.last_number:
            session.execute(
                update(ReadMark)
                .where(ReadMark.discussion_id == row.id, ReadMark.number == row.last_number)
                .values(number=last)
            )
    session.execute(update(Discussion), changes)
    numbers = []
    for mail in batch:
        assert mail.thread.discussion_id is not None
        numbers.append(following[mail.thread.discussion_id])
        following[mail.thread.discussion_id] += 1
    return numbers


def _remember(
    session: Session,
    list_id: int,
    batch: Sequence[Ready],
    post_ids: Sequence[int],
    known: Known,
) -> None:
    """Every mail of the batch, and what they refer to, with the discussion where it belongs."""
    dialect = sqlite if is_sqlite(session) else postgresql
    referred: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    for mail, post_id in zip(batch, post_ids, strict=True):
        entry, discussion_id = mail.entry, mail.thread.discussion_id
        assert discussion_id is not None
        rows.append(
            {
                "list_id": list_id,
                "key": entry.key,
                "discussion_id": discussion_id,
                "post_id": post_id,
                "subject_key": entry.subject,
                "at": entry.dated,
            }
        )
        known.posts[entry.key] = (post_id, discussion_id)
        for key in entry.references:
            referred.setdefault(key, discussion_id)
    values = ("discussion_id", "post_id", "subject_key", "at")
    add = dialect.insert(KnownMail)
    session.execute(
        add.on_conflict_do_update(
            index_elements=["list_id", "key"], set_={name: add.excluded[name] for name in values}
        ),
        rows,
    )
    if referred:
        session.execute(
            dialect.insert(KnownMail).on_conflict_do_nothing(index_elements=["list_id", "key"]),
            [
                {"list_id": list_id, "key": key, "discussion_id": discussion_id, "subject_key": ""}
                for key, discussion_id in referred.items()
            ],
        )


def _answers(session: Session, batch: Sequence[Ready], known: Known) -> None:
    """Which post each one answers: the nearest that it refers to and that stands before it."""
    links = []
    for mail in batch:
        own_id, discussion_id = known.posts[mail.entry.key]
        for key in reversed(mail.entry.references):
            post_id, place = known.posts.get(key, (own_id, 0))
            if place == discussion_id and post_id < own_id:
                links.append({"id": own_id, "in_reply_to_id": post_id})
                break
    if links:
        session.execute(update(Post), links)


def _attach(session: Session, mail: Ready, post_id: int, now: datetime) -> None:
    for number, file in enumerate(mail.files):
        try:
            if number >= MOST_FILES:
                raise Refused(f"“{file.name}” is one attachment too many.")
            kept = storage.keep(session, io.BytesIO(file.data), file.name, now)
        except Refused as refusal:
            mail.left_out.append(refusal.message)
            continue
        session.add(Attachment(post_id=post_id, file_id=kept.id))
    session.flush()


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    every = sorted(set(values))
    for at in range(0, len(every), CHUNK):
        yield every[at : at + CHUNK]
