"""What a digest tells of lists: new discussions with their opening, answers in followed ones.

Of private lists it tells how many discussions hold something new, and nothing else. What a reader
wrote themselves, muted, has seen on the site or got by itself is left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.discussions.mailing.choices import BY_THEMSELVES
from cop.discussions.mailing.digest_pieces import News, is_opening, only_that, piece_of
from cop.discussions.mailing.single import KIND as POST
from cop.discussions.mailing.told import elsewhere, is_told, subject_of
from cop.discussions.models import (
    Discussion,
    DiscussionAttention,
    DiscussionList,
    ListChoice,
    ListVisit,
    Post,
    ReadMark,
)
from cop.discussions.permissions import answering_members
from cop.members.models import Member, Persona
from cop.notifications import digest_readers, spans
from cop.notifications.digests import Found, Piece, Reader, brings, comes
from cop.notifications.models import Rhythm
from cop.notifications.spans import Span, Wish
from cop.platform.mail.models import OutgoingMail
from cop.spaces.circles import (
    Circle,
    CircleMembership,
    Standing,
    Visibility,
    reading_members,
)


@brings
def from_lists(session: Session, readers: Sequence[Reader]) -> dict[int, Found]:
    choices = _choices(session, readers)
    told = list(_told(readers, choices))
    posts: Sequence[Any] = ()
    if told:
        posts = _posts(session, min(span[0] for span in told), max(span[1] for span in told))
    found = {reader.delivery_id: Found() for reader in readers}
    if posts:
        known = _Known(session, readers, posts, choices)
        found = {reader.delivery_id: known.found(reader) for reader in readers}
    others = elsewhere(session, readers)
    for reader in readers:
        each = found[reader.delivery_id]
        each.told = others.get(reader.member_id, {}) | each.told
    return found


@comes
def in_earlier_digests(
    session: Session, readers: Sequence[Reader]
) -> dict[int, dict[str, datetime]]:
    """What digests told of lists since these told of the rest: where only that comes weekly.

    A fixed number of queries; none when nobody has it so.
    """
    earlier = digest_readers.before(session, readers)
    each = [reader for some in earlier.values() for reader in some]
    choices = _choices(session, each) if each else {}
    told = list(_told(each, choices))
    if not told:
        return {}
    posts = _posts(session, min(span[0] for span in told), max(span[1] for span in told))
    if not posts:
        return {}
    known = _Known(session, each, posts, choices)
    return {
        id: {
            subject_of(post.discussion_id): post.created_at  # the latest stays
            for reader in sorted(some, key=lambda reader: reader.until)
            for post in known.of_time(reader)
            if known.is_for(reader, post)
        }
        for id, some in earlier.items()
    }


def _told(readers: Sequence[Reader], choices: dict[tuple[int, int], Wish]) -> Iterator[Span]:
    """Every span of which one of these digests may tell: nothing older needs to be looked at."""
    wishes: dict[int, list[Wish]] = {}
    for (member_id, _list_id), wish in choices.items():
        wishes.setdefault(member_id, []).append(wish)
    for reader in readers:
        found = [reader.joined, *reader.held.values()]
        found += map(reader.span, wishes.get(reader.member_id, ()))
        yield from (span for span in found if span is not None)


def _choices(session: Session, readers: Sequence[Reader]) -> dict[tuple[int, int], Wish]:
    rows = session.execute(
        select(
            ListChoice.member_id,
            ListChoice.list_id,
            ListChoice.rhythm,
            ListChoice.before,
            ListChoice.changed_at,
            ListChoice.told_until,
        ).where(ListChoice.member_id.in_({reader.member_id for reader in readers}))
    )
    return {(row.member_id, row.list_id): spans.wish_of(row) for row in rows}


def _posts(session: Session, after: datetime, until: datetime) -> Sequence[Any]:
    """Every post of this time that stands, with its discussion; the oldest first."""
    return session.execute(
        select(
            Post.id,
            Post.discussion_id,
            Post.number,
            Post.version,
            Post.html,
            Post.words,
            Post.content_note,
            Post.created_at,
            Discussion.title,
            Discussion.kind,
            Discussion.content_note.label("discussion_note"),
            Discussion.imported_number,
            Discussion.split_from_id,
            Discussion.closed_at,
            Discussion.list_id,
            DiscussionList.circle_id,
            DiscussionList.short_name,
            DiscussionList.name.label("list_name"),
            DiscussionList.sort_key,
            Circle.visibility,
            Persona.name.label("writer"),
            Persona.member_id.label("writer_id"),  # to leave out one's own; goes nowhere
        )
        .join(Discussion, Discussion.id == Post.discussion_id)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .join(Circle, Circle.id == DiscussionList.circle_id)
        .join(Persona, Persona.id == Post.author_id)
        .where(
            Post.created_at > after,
            Post.created_at <= until,
            Post.deleted_at.is_(None),
            Post.hidden_at.is_(None),
            Post.number > Discussion.imported_number,
            Discussion.deleted_at.is_(None),
        )
        .order_by(Post.created_at, Post.id)
    ).all()


class _Known:
    """Everything about these readers and these posts, in one query each."""

    def __init__(
        self,
        session: Session,
        readers: Sequence[Reader],
        posts: Sequence[Any],
        choices: dict[tuple[int, int], Wish],
    ) -> None:
        members = {reader.member_id for reader in readers}
        list_ids = {post.list_id for post in posts}
        discussion_ids = {post.discussion_id for post in posts}
        self.posts = posts
        self.choices = choices
        self._pieces: dict[tuple[int, ...], Piece] = {}
        self.lists = {post.list_id: post for post in posts}
        rows = session.execute(
            select(Member.id, DiscussionList.id, answering_members().label("may_answer"))
            .join(DiscussionList, DiscussionList.id.in_(list_ids))
            .where(Member.id.in_(members), reading_members(DiscussionList.circle_id))
        ).all()
        self.may_read = _pairs(rows)
        self.may_answer = _pairs(row for row in rows if row.may_answer)
        self.joined = _pairs(
            session.execute(
                select(CircleMembership.member_id, CircleMembership.circle_id).where(
                    CircleMembership.member_id.in_(members),
                    CircleMembership.circle_id.in_({post.circle_id for post in posts}),
                    CircleMembership.standing.in_((Standing.JOINED, Standing.COORDINATOR)),
                )
            )
        )
        self.attention = _values(
            session.execute(
                select(
                    DiscussionAttention.member_id,
                    DiscussionAttention.discussion_id,
                    DiscussionAttention.attention,
                ).where(
                    DiscussionAttention.member_id.in_(members),
                    DiscussionAttention.discussion_id.in_(discussion_ids),
                )
            )
        )
        self.marks = _values(
            session.execute(
                select(ReadMark.member_id, ReadMark.discussion_id, ReadMark.number).where(
                    ReadMark.member_id.in_(members), ReadMark.discussion_id.in_(discussion_ids)
                )
            )
        )
        # Where somebody changed to single messages and back: what came by itself.
        self.came = {
            (row.member_id, row.about["post"])
            for row in session.execute(
                select(OutgoingMail.member_id, OutgoingMail.about).where(
                    OutgoingMail.kind == POST,
                    OutgoingMail.member_id.in_(members),
                    OutgoingMail.created_at >= posts[0].created_at,
                )
            )
        }
        self.visits = _values(
            session.execute(
                select(ListVisit.member_id, ListVisit.list_id, ListVisit.read_before).where(
                    ListVisit.member_id.in_(members), ListVisit.list_id.in_(list_ids)
                )
            )
        )

    def span(self, reader: Reader, on: Any) -> Span | None:
        """Between which moments a reader's digest tells of a list; None when it does not."""
        if (reader.member_id, on.list_id) not in self.may_read:
            return None
        choice = self.choices.get((reader.member_id, on.list_id))
        if choice is None:
            joined = (reader.member_id, on.circle_id) in self.joined
            return reader.joined if joined and on.visibility in BY_THEMSELVES else None
        if choice.rhythm == Rhythm.SITE:  # whoever stops it gets nothing of it any more
            return None
        if on.list_id in reader.held:
            return reader.held[on.list_id]
        return reader.span(choice)

    def of_time(self, reader: Reader) -> Iterator[Any]:
        """The posts of which a reader's digest tells, as far as they are news."""
        told = {id: self.span(reader, on) for id, on in self.lists.items()}
        for post in self.posts:
            span = told[post.list_id]
            if span is not None and span[0] < post.created_at <= span[1]:
                yield post

    def found(self, reader: Reader) -> Found:
        news: dict[int, News] = {}
        found = Found()
        for post in self.of_time(reader):
            found.may_see.add(post.id)
            if self._is_news(reader, post):
                where = (reader.member_id, post.list_id)
                may_answer = post.closed_at is None and where in self.may_answer
                entry = news.setdefault(post.discussion_id, News(post, may_answer))
                if is_opening(post):
                    entry.opening = post
                else:
                    entry.answers.append(post)
        found.told = {subject_of(discussion_id): reader.until for discussion_id in news}
        private = [each for each in news.values() if each.head.visibility == Visibility.PRIVATE]
        found.pieces = [
            self._piece(each)
            for each in news.values()
            if each.head.visibility != Visibility.PRIVATE
        ]
        if private:
            found.pieces.append(only_that(private))
        return found

    def _piece(self, news: News) -> Piece:
        """The same for every reader to whom the same of a discussion is new."""
        said = (news.opening is None, news.may_answer, *(row.id for row in news.rows))
        if said not in self._pieces:
            self._pieces[said] = piece_of(news)
        return self._pieces[said]

    def _is_news(self, reader: Reader, post: Any) -> bool:
        if not self.is_for(reader, post):
            return False
        if self.marks.get((reader.member_id, post.discussion_id), 0) >= post.number:
            return False
        if reader.heard(subject_of(post.discussion_id), post.created_at):
            return False
        seen = self.visits.get((reader.member_id, post.list_id))
        return seen is None or post.created_at > seen

    def is_for(self, reader: Reader, post: Any) -> bool:
        """A reader's digest tells of it, unless they saw it on the site or heard of it before."""
        if post.writer_id == reader.member_id or (reader.member_id, post.id) in self.came:
            return False
        attention = self.attention.get((reader.member_id, post.discussion_id))
        return is_told(attention, is_opening(post))


def _pairs(rows: Iterable[Any]) -> set[tuple[int, int]]:
    return {(row[0], row[1]) for row in rows}


def _values(rows: Iterable[Any]) -> dict[tuple[int, int], Any]:
    return {(row[0], row[1]): row[2] for row in rows}
