"""What a digest tells of lists: new discussions with their opening, answers in followed ones.

Of private lists it tells how many discussions hold something new, and nothing else. What a reader
wrote themselves, muted, has seen on the site or got by itself is left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.discussions.mailing import wording
from cop.discussions.mailing.choices import BY_THEMSELVES
from cop.discussions.mailing.single import KIND as POST
from cop.discussions.mailing.told import elsewhere, subject_of
from cop.discussions.models import (
    Attention,
    Discussion,
    DiscussionAttention,
    DiscussionList,
    ListChoice,
    ListVisit,
    Post,
    ReadMark,
)
from cop.discussions.words import KIND_LABELS
from cop.members.models import Member, Persona
from cop.notifications import spans
from cop.notifications.digest_mail import answer_slot
from cop.notifications.digests import Found, Piece, Reader, Rendered, brings
from cop.notifications.models import Rhythm
from cop.notifications.spans import Span, Wish
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.mail import listed
from cop.platform.mail.composing import absolute, wrapped
from cop.platform.mail.models import OutgoingMail
from cop.platform.markup import reading_minutes
from cop.spaces.circles import (
    Circle,
    CircleMembership,
    Standing,
    Visibility,
    reading_members,
)

LISTS_ORDER, PRIVATE_ORDER = 10, 20
OPENING = {True: 1500, False: 500}  # characters, with room and without
ANSWER = {True: 400, False: 200}
MOST_ANSWERS = 5  # of one discussion; the latest


@dataclass
class News:
    """A discussion with what is new in it for one reader."""

    head: Any  # a row of any of its posts
    opening: Any | None = None
    answers: list[Any] = field(default_factory=list)

    @property
    def rows(self) -> list[Any]:
        return ([self.opening] if self.opening is not None else []) + self.answers


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
        found[reader.delivery_id].told |= others.get(reader.member_id, set())
    return found


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
        self.may_read = _pairs(
            session.execute(
                select(Member.id, DiscussionList.id)
                .join(DiscussionList, DiscussionList.id.in_(list_ids))
                .where(Member.id.in_(members), reading_members(DiscussionList.circle_id))
            )
        )
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

    def found(self, reader: Reader) -> Found:
        told = {id: self.span(reader, on) for id, on in self.lists.items()}
        news: dict[int, News] = {}
        found = Found()
        for post in self.posts:
            span = told[post.list_id]
            if span is None or not span[0] < post.created_at <= span[1]:
                continue
            found.may_see.add(post.id)
            if self._is_news(reader, post):
                entry = news.setdefault(post.discussion_id, News(post))
                if _is_opening(post):
                    entry.opening = post
                else:
                    entry.answers.append(post)
        found.told = {subject_of(discussion_id) for discussion_id in news}
        private = [each for each in news.values() if each.head.visibility == Visibility.PRIVATE]
        found.pieces = [
            self._piece(each)
            for each in news.values()
            if each.head.visibility != Visibility.PRIVATE
        ]
        if private:
            found.pieces.append(_private(private))
        return found

    def _piece(self, news: News) -> Piece:
        """The same for every reader to whom the same of a discussion is new."""
        said = (news.opening is None, *(row.id for row in news.rows))
        if said not in self._pieces:
            self._pieces[said] = _piece(news)
        return self._pieces[said]

    def _is_news(self, reader: Reader, post: Any) -> bool:
        where = (reader.member_id, post.discussion_id)
        attention = self.attention.get(where)
        if post.writer_id == reader.member_id or attention == Attention.MUTE:
            return False
        if self.marks.get(where, 0) >= post.number:
            return False
        if (reader.member_id, post.id) in self.came:
            return False
        if reader.heard(subject_of(post.discussion_id), post.created_at):
            return False
        seen = self.visits.get((reader.member_id, post.list_id))
        if seen is not None and post.created_at <= seen:
            return False
        return _is_opening(post) or attention == Attention.FOLLOW


def _is_opening(post: Any) -> bool:
    """A discussion that was split off is none: its posts are told where they were written."""
    return bool(post.number == 1 and post.split_from_id is None)


def _pairs(rows: Iterable[Any]) -> set[tuple[int, int]]:
    return {(row[0], row[1]) for row in rows}


def _values(rows: Iterable[Any]) -> dict[tuple[int, int], Any]:
    return {(row[0], row[1]): row[2] for row in rows}


# --- pieces


def _piece(news: News) -> Piece:
    on = news.head
    answers = len(news.answers)
    said = [
        (row.id, row.version, row.writer, row.content_note, row.discussion_note)
        for row in news.rows
    ]
    return Piece(
        group=(
            LISTS_ORDER,
            (on.sort_key, on.list_id),
            news.opening is None,
            news.rows[0].created_at,
            on.discussion_id,
        ),
        heading=lambda: (wording.clean(on.list_name), absolute(f"/gesprekken/{on.short_name}")),
        key=f"discussion:{on.discussion_id}:{on.title}:{on.kind}:{said}",
        covers=tuple(row.id for row in news.rows),
        words=sum(row.words for row in news.rows),
        render=lambda roomy: _rendered(news, roomy),
        counts={"new": int(news.opening is not None), "answers": answers},
        subject=subject_of(on.discussion_id),
    )


def _rendered(news: News, roomy: bool) -> Rendered:
    on = news.head
    title = wording.clean(on.title)
    labels = {str(kind): str(label) for kind, label in KIND_LABELS.items()}
    values = {
        "title": title,
        "url": absolute(f"/lees/gesprek/{on.discussion_id}#nieuw"),
        "kind": labels.get(on.kind, ""),
        "minutes": ngettext(
            "%(num)d minute",
            "%(num)d minutes",
            reading_minutes(sum(row.words for row in news.rows)),
        ),
        "opening": _excerpt(news.opening, OPENING[roomy]) if news.opening is not None else None,
        "answers": [_excerpt(row, ANSWER[roomy]) for row in news.answers[-MOST_ANSWERS:]],
        "answer_count": ngettext("%(num)d new answer", "%(num)d new answers", len(news.answers)),
        "more_answers": len(news.answers) > MOST_ANSWERS,
        "answer_to": answer_slot(on.discussion_id),
        "subject": f"Re: {title}",
        "answer_url": absolute(f"/lees/gesprek/{on.discussion_id}#antwoord"),
        "wrapped": wrapped,
    }
    return Rendered(
        text=listed.template("mail/digest_discussion.txt").render(values).strip("\n"),
        html=listed.template("mail/digest_discussion.html").render(values),
    )


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The beginning of a post."""

    writer: str
    note: str
    blocks: list[str]
    cut: bool

    @property
    def html(self) -> str:
        return wording.paragraphs(self.blocks)

    @property
    def text(self) -> str:
        return "\n\n".join(wording.rewrapped(block) for block in self.blocks)


def _excerpt(post: Any, most: int) -> Excerpt:
    note = post.content_note or (post.discussion_note if post.number == 1 else "")
    blocks, cut = ([], True) if note else wording.opening(post.html, most)
    return Excerpt(wording.clean(post.writer), wording.clean(note), blocks, cut)


def _private(news: list[News]) -> Piece:
    """How much there is; the same words for every private list."""
    count = len(news)

    def render(_roomy: bool) -> Rendered:
        words = ngettext(
            "There is something to read in %(num)d conversation. It is for a small circle, so it "
            "stands on the site only.",
            "There is something to read in %(num)d conversations. They are for a small circle, so "
            "they stand on the site only.",
            count,
        )
        label, url = _("Sign in and read"), absolute("/gesprekken")
        return Rendered(
            text=f"{wrapped(words)}\n\n{label}:\n{url}",
            html=listed.template("mail/digest_private.html").render(
                words=words, label=label, url=url
            ),
        )

    return Piece(
        group=(PRIVATE_ORDER, "", False, news[0].rows[0].created_at, 0),
        heading=lambda: (_("For a small circle"), ""),
        key=f"private:{count}",
        covers=tuple(row.id for each in news for row in each.rows),
        words=0,
        render=render,
    )
