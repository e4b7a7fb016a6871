"""What the page of a discussion shows, worked out before the template runs.

Thirty posts stand on a page, so whatever costs time per post (words, times, cards of people) is
made here, once; the template only writes it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from cop.discussions import on_page, polls, queries
from cop.discussions.models import Attention, DiscussionKind, ReactionKind
from cop.discussions.permissions import DiscussionPermission
from cop.discussions.queries import PAGE, DiscussionHead
from cop.discussions.tending_posts import UNDO_FOR
from cop.discussions.words import KIND_LABELS
from cop.members.actor import Actor
from cop.members.people import Person, person
from cop.platform import markup
from cop.platform.i18n import format_size, language, moment_writer
from cop.platform.i18n import gettext as _
from cop.spaces.circles import Visibility
from cop.spaces.files import url_of
from cop.spaces.words import VISIBILITY_LABELS

REACTIONS = (ReactionKind.THANKS, ReactionKind.RECOGNISED, ReactionKind.LEARNED)


@dataclass(frozen=True, slots=True)
class File:
    """An attachment: a picture is shown, anything else is a link that downloads it."""

    url: str
    name: str
    size: str
    is_picture: bool
    width: int | None
    height: int | None


class PostView(NamedTuple):
    """A post as the template writes it out.

    Attributes:
        removed, folded: a sentence that stands in its place or above it, else empty.
        moved: it stands elsewhere now; `id` is the one that it has kept.
        put_back: its author, who reads, can still undo the removal.
        counts: of the three reactions, '' for none.
        given: 'true' or 'false' for each of them.
        first_new: the first post that the reader has not seen.
    """

    id: int
    number: int
    author: Person
    html: str
    note: str
    time: str
    iso: str
    edited: str
    removed: str
    folded: str
    moved: bool
    put_back: bool
    counts: tuple[int | str, int | str, int | str]
    given: tuple[str, str, str]
    kept: bool
    own: bool
    reacts: bool
    files: Sequence[File]
    reply_to: int | None
    guessed: bool
    is_answer: bool
    first_new: bool


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of the pages around this one; None where there is none."""

    first: str | None
    previous: str | None
    next: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class DiscussionPage:
    """A page of a discussion.

    Attributes:
        first, last: the numbers of its window.
        number, pages: page k of n.
        seen: the highest number that it shows.
        new_url: where what is new begins, when that is on another page.
        poll: of the first page, where the opening stands.
    """

    head: DiscussionHead
    posts: list[PostView]
    themes: list[tuple[str, str]]
    first: int
    last: int
    number: int
    pages: int
    seen: int
    links: Links
    new_url: str | None
    kind: str
    visibility: str
    readers: str
    minutes: int
    answers: int
    may_answer: bool
    may_tend: bool
    may_coordinate: bool
    follows: bool
    mutes: bool
    is_question: bool
    answer_url: str | None
    closed_on: str
    poll: polls.PollView | None

    @property
    def on_last_page(self) -> bool:
        return self.number == self.pages


def is_question(kind: str) -> bool:
    """Whether it waits for an answer that can be marked."""
    return kind in (DiscussionKind.QUESTION, DiscussionKind.CONSULTATION)


def page_url(discussion_id: int, first: int) -> str:
    return f"/discussies/{discussion_id}" + (f"?vanaf={first}" if first > 1 else "")


def discussion_page(
    session: Session, actor: Actor, discussion_id: int, wanted: int, now: datetime
) -> DiscussionPage:
    """The page on which post number `wanted` stands; the nearest one there is.

    Raises:
        NotFound
    """
    head = queries.discussion_head(session, actor, discussion_id)
    first = queries.page_of(min(max(1, wanted), max(1, head.last_number)))
    last = first + PAGE - 1
    new_from = _first_unread(head, actor)
    shown = posts_between(session, actor, head, first, last, now, new_from)
    number, pages = (first - 1) // PAGE + 1, head.pages
    last_first = (pages - 1) * PAGE + 1
    new_first = queries.page_of(new_from) if new_from and new_from <= head.last_number else None
    theme_name = 2 if language() == "en" else 1
    may = head.may
    write = moment_writer(now)
    return DiscussionPage(
        head=head,
        posts=shown,
        themes=[(t[0], t[theme_name]) for t in on_page.themes(session, head.id)],
        first=first,
        last=last,
        number=number,
        pages=pages,
        seen=min(last, head.last_number),
        links=Links(
            first=page_url(head.id, 1) if number > 2 else None,
            previous=page_url(head.id, first - PAGE) if number > 1 else None,
            next=page_url(head.id, first + PAGE) if number < pages else None,
            last=page_url(head.id, last_first) if number < pages - 1 else None,
        ),
        new_url=f"{page_url(head.id, new_first)}#nieuw"
        if new_first is not None and new_first != first
        else None,
        kind=str(KIND_LABELS[DiscussionKind(head.kind)]),
        visibility=str(VISIBILITY_LABELS[Visibility(head.visibility)]),
        readers=head.readers,
        minutes=markup.reading_minutes(head.words),
        answers=max(0, head.post_count - 1),
        may_answer=DiscussionPermission.ANSWER in may,
        may_tend=DiscussionPermission.TEND in may,
        may_coordinate=DiscussionPermission.COORDINATE in may,
        follows=head.attention == Attention.FOLLOW,
        mutes=head.attention == Attention.MUTE,
        is_question=is_question(head.kind),
        answer_url=f"{page_url(head.id, queries.page_of(head.answer_number))}#antwoord-gevonden"
        if head.answer_number
        else None,
        closed_on=write(head.closed_at)[0] if head.closed_at else "",
        poll=polls.view(session, actor, head.id, now)
        if number == 1 and head.poll_id is not None
        else None,
    )


def _first_unread(head: DiscussionHead, actor: Actor) -> int | None:
    """The first number that the reader has not seen; None for visitors and first-time readers.

    Somebody who opens a discussion for the first time starts at its beginning: a line that says
    'new' above the first post would tell nothing.
    """
    if not actor.is_member or head.read_number is None:
        return None
    return head.read_number + 1


def posts_between(
    session: Session,
    actor: Actor,
    head: DiscussionHead,
    first: int,
    last: int,
    now: datetime,
    new_from: int | None = None,
) -> list[PostView]:
    """The posts with these numbers, as the reader sees them; three queries."""
    rows = on_page.posts(session, actor, head.id, first, last)
    if not rows:
        return []
    marks = on_page.own_marks(session, actor, head.id, first, last)
    files = on_page.files(session, head.id, first, last)
    write = moment_writer(now)
    writable = actor.is_member and not head.list_archived
    people: dict[str, Person] = {}
    views = []
    unseen = new_from
    for row in rows:
        author = people.get(row.handle)
        if author is None:
            author = people[row.handle] = person(row, actor)
        time, iso = write(row.created_at)
        removed = _removed(row)
        is_first_new = unseen is not None and row.number >= unseen
        if is_first_new:
            unseen = None
        id = row.moved_to_id or row.id
        views.append(
            PostView(
                id=id,
                number=row.number,
                author=author,
                html="" if removed else row.html,
                note=row.content_note or (head.content_note if row.number == 1 else ""),
                time=time,
                iso=iso,
                edited=write(row.edited_at)[0] if row.edited_at is not None else "",
                removed=removed,
                folded=_("Others don't see this until you have changed it.")
                if row.hidden_at is not None
                else "",
                moved=row.moved_to_id is not None,
                put_back=_can_put_back(row, now),
                counts=(row.thanks or "", row.recognised or "", row.learned or ""),
                given=(
                    "true" if (id, "thanks") in marks else "false",
                    "true" if (id, "recognised") in marks else "false",
                    "true" if (id, "learned") in marks else "false",
                ),
                kept=(id, "bookmark") in marks,
                own=bool(row.own),
                reacts=writable and not row.own and row.hidden_at is None,
                files=[] if removed else [_file(f) for f in files.get(id, ())],
                reply_to=row.in_reply_to_id,
                guessed=row.date_guessed,
                is_answer=row.number == head.answer_number,
                first_new=is_first_new,
            )
        )
    return views


def _removed(row: Any) -> str:
    """The sentence in place of a post that the reader does not see; empty for one that they do."""
    if row.deleted_at is None:
        if row.hidden_at is not None and not row.own:
            return _("This post is folded away until its writer has changed it.")
        return ""
    if row.moved_to_id is not None:
        return _("This post stands in a conversation of its own now.")
    if row.deleted_by_moderator:
        return _("A moderator removed this post.")
    return _("The writer removed this post.")


def _can_put_back(row: Any, now: datetime) -> bool:
    if not row.own or row.deleted_at is None or row.deleted_by_moderator:
        return False
    return row.moved_to_id is None and bool(row.deleted_at > now - UNDO_FOR)


def _file(row: Any) -> File:
    return File(
        url=url_of(row.key, row.name),
        name=row.name,
        size=format_size(row.size),
        is_picture=row.width is not None,
        width=row.width,
        height=row.height,
    )
