"""How what is new in a discussion is said in a digest: whole for those who read it by mail, and of
private lists only that there is something."""

from dataclasses import dataclass, field
from typing import Any

from cop.discussions.mailing import wording
from cop.discussions.mailing.told import subject_of
from cop.discussions.words import KIND_LABELS
from cop.notifications.digest_mail import answer_slot
from cop.notifications.digests import Piece, Rendered
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.mail import listed
from cop.platform.mail.composing import absolute, wrapped
from cop.platform.markup import reading_minutes

LISTS_ORDER, PRIVATE_ORDER = 10, 20
OPENING = {True: 1500, False: 500}  # characters, with room and without
ANSWER = {True: 400, False: 200}
MOST_ANSWERS = 5  # of one discussion; the latest


@dataclass
class News:
    """A discussion with what is new in it for one reader."""

    head: Any  # a row of any of its posts
    may_answer: bool  # the reader
    opening: Any | None = None
    answers: list[Any] = field(default_factory=list)

    @property
    def rows(self) -> list[Any]:
        return ([self.opening] if self.opening is not None else []) + self.answers


def is_opening(post: Any) -> bool:
    """A discussion that was split off is none: its posts are told where they were written."""
    return bool(post.number == 1 and post.split_from_id is None)


def piece_of(news: News) -> Piece:
    on = news.head
    answers = len(news.answers)
    said = [
        (row.id, row.version, row.writer, row.content_note, row.discussion_note)
        for row in news.rows
    ]
    named = (on.list_name, on.short_name, on.title, on.kind)  # also what its heading says
    return Piece(
        group=(
            LISTS_ORDER,
            (on.sort_key, on.list_id),
            news.opening is None,
            news.rows[0].created_at,
            on.discussion_id,
        ),
        heading=lambda: (wording.clean(on.list_name), absolute(f"/gesprekken/{on.short_name}")),
        key=f"discussion:{on.discussion_id}:{named}:{said}:{news.may_answer}",
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
        "may_answer": news.may_answer,
        "answer_to": answer_slot(on.discussion_id) if news.may_answer else "",
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


def only_that(news: list[News]) -> Piece:
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
