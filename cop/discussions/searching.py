"""What of discussions can be found: one result a discussion, by the words of any of its posts.

A document holds ten posts: long conversations have several, so that an answer makes ten posts anew
and not ten thousand. Posts that were removed or folded away are in none.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from cop.discussions.models import Discussion, DiscussionList, DiscussionTheme, Post, ReadMark
from cop.discussions.permissions import DISCUSSIONS, DiscussionPermission
from cop.discussions.queries import url_of_post
from cop.members.actor import Actor
from cop.members.models import Persona, Theme
from cop.platform.i18n import lazy as _l
from cop.platform.markup import own_text
from cop.platform.search import links
from cop.platform.search.sources import (
    Audience,
    Document,
    Hit,
    Key,
    Line,
    Shown,
    Source,
    changed,
    label,
    offer,
    values_of,
)

KIND = "discussion"
IN_ONE = 10  # posts of a document
OUTCOME, THEMES = -1, -2  # the lines that are no posts


def part_of(number: int) -> int:
    """The part of a discussion in which a post stands."""
    return max(0, number - 1) // IN_ONE


def _of_post(_session: Session, post: Post) -> Iterator[Key]:
    if changed(post, "source", "deleted_at", "hidden_at", "number", "discussion_id", "author_id"):
        for discussion_id in values_of(post, "discussion_id"):
            for number in values_of(post, "number"):
                yield discussion_id, part_of(number)


def _of_discussion(_session: Session, discussion: Discussion) -> Iterator[Key]:
    if changed(discussion, "title", "list_id", "deleted_at", "kind", "themes", "outcome"):
        for part in range(part_of(discussion.last_number) + 1):
            yield discussion.id, part


def _of_renamed(session: Session, theme: Theme) -> Iterator[Key]:
    if changed(theme, "name_nl"):
        have = select(DiscussionTheme.discussion_id).where(DiscussionTheme.theme_id == theme.id)
        for id in session.scalars(have.execution_options(autoflush=False)):
            yield id, 0


# Asked at every post that is written: built once, of the tables.
_D, _P, _L, _T, _N = (
    cast("Any", model.__table__).c
    for model in (Discussion, Post, DiscussionList, DiscussionTheme, Theme)
)
_THESE: Any = bindparam("ids", expanding=True)
_HEADS = (
    select(
        *(_D.id, _D.title, _D.list_id, _D.author_id, _D.outcome_html, _D.created_at),
        *(_T.theme_id, _N.name_nl.label("theme"), _L.circle_id, _L.space_id),
    )
    .join_from(_D.id.table, _L.id.table, _L.id == _D.list_id)
    .outerjoin(_T.theme_id.table, _T.discussion_id == _D.id)
    .outerjoin(_N.id.table, _N.id == _T.theme_id)
    .where(_D.id.in_(_THESE), _D.deleted_at.is_(None))
    .order_by(_D.id, _T.theme_id)
)
_POSTS = (
    select(_P.discussion_id, _P.number, _P.html, _P.author_id, _P.created_at)
    .where(_P.discussion_id.in_(_THESE))
    .where(_P.number > bindparam("above"), _P.number <= bindparam("until"))
    .where(_P.deleted_at.is_(None), _P.hidden_at.is_(None))
    .order_by(_P.discussion_id, _P.number)
)


def documents(session: Session, keys: Sequence[Key]) -> Iterator[Document]:
    """Two queries."""
    wanted: defaultdict[int, set[int]] = defaultdict(set)
    for discussion_id, part in keys:
        wanted[discussion_id].add(part)
    posts = _posts(session, wanted)
    rows = session.execute(_HEADS, {"ids": list(wanted)}).all()
    for _id, of_one in groupby(rows, key=lambda row: row.id):
        heads = list(of_one)  # one for each theme
        head = heads[0]
        labels = {label("kind", KIND), label("list", head.list_id), label("by", head.author_id)}
        labels |= {label("theme", row.theme_id) for row in heads if row.theme_id is not None}
        if head.space_id is not None:
            labels.add(label("space", head.space_id))
        for part in sorted(wanted[head.id]):
            found = posts[head.id, part]
            lines = [Line(row.number, own_text(row.html), row.author_id) for row in found]
            leads = {each for row in found for each in links.labels_in(row.html)}
            if part == 0 and head.outcome_html:
                lines.append(Line(OUTCOME, own_text(head.outcome_html)))
                leads.update(links.labels_in(head.outcome_html))
            if not lines:
                continue
            if part == 0 and heads[0].theme is not None:
                lines.append(Line(THEMES, "\n".join(row.theme for row in heads)))
            yield Document(
                key=(head.id, part),
                title=head.title,
                lines=lines,
                audience=Audience.READERS,
                circle_id=head.circle_id,
                at=max((row.created_at for row in found), default=head.created_at),
                by=head.author_id,
                labels=labels | leads | {label("by", row.author_id) for row in found},
            )


def _posts(session: Session, wanted: dict[int, set[int]]) -> defaultdict[Key, list[Any]]:
    """The posts that stand, by part."""
    parts = set().union(*wanted.values())
    between = {"above": min(parts) * IN_ONE, "until": (max(parts) + 1) * IN_ONE}
    found: defaultdict[Key, list[Any]] = defaultdict(list)
    for row in session.execute(_POSTS, {"ids": list(wanted), **between}):
        found[row.discussion_id, part_of(row.number)].append(row)
    return found


def keys(session: Session, after: int, most: int) -> list[Key]:
    rows = session.execute(
        select(Discussion.id, Discussion.last_number)
        .where(Discussion.id > after, Discussion.deleted_at.is_(None))
        .order_by(Discussion.id)
        .limit(most)
    )
    return [(row.id, part) for row in rows for part in range(part_of(row.last_number) + 1)]


def present(session: Session, actor: Actor, hits: Sequence[Hit]) -> dict[int, Shown]:
    """Three queries: the discussions, the post that answers best, and what began each."""
    rows = session.execute(
        select(
            Discussion.id,
            Discussion.title,
            Discussion.content_note,
            Discussion.words,
            Discussion.last_post_at,
            Discussion.outcome_html,
            DiscussionList.name.label("list_name"),
        )
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .where(
            Discussion.id.in_([hit.thing_id for hit in hits]),
            DISCUSSIONS.clause(actor, DiscussionPermission.READ),
        )
    )
    heads = {row.id: row for row in rows}
    posts = _shown_posts(session, [hit for hit in hits if hit.thing_id in heads])
    found: dict[int, Shown] = {}
    for hit in hits:
        head = heads.get(hit.thing_id)
        if head is None:
            continue
        opening = posts.get((hit.thing_id, 1))
        post = posts.get((hit.thing_id, hit.line)) or opening
        note = (post.content_note if post else "") or head.content_note
        outcome = hit.line == OUTCOME and head.outcome_html
        text = own_text(head.outcome_html) if outcome else own_text(post.html) if post else ""
        url = f"/discussies/{head.id}"
        if post is not None and post.number > 1 and not outcome:
            url = url_of_post(head.id, post.id, post.number)
        found[hit.thing_id] = Shown(
            title=head.title,
            url=url,
            where=head.list_name,
            at=head.last_post_at,
            words=head.words,
            text="" if note else text,
            note=note,
            by=post.name if post and not outcome else "",
            message_id=opening.message_id if opening else None,
        )
    return found


def _shown_posts(session: Session, hits: Sequence[Hit]) -> dict[tuple[int, int], Any]:
    wanted = {(hit.thing_id, hit.line) for hit in hits} | {(hit.thing_id, 1) for hit in hits}
    if not wanted:
        return {}
    rows = session.execute(
        select(
            Post.id,
            Post.discussion_id,
            Post.number,
            Post.html,
            Post.content_note,
            Post.message_id,
            Persona.name,
        )
        .join(Persona, Persona.id == Post.author_id)
        .where(
            # Some pairs too many: SQLite looks pairs up in no index.
            Post.discussion_id.in_({discussion_id for discussion_id, _number in wanted}),
            Post.number.in_({number for _id, number in wanted}),
            Post.deleted_at.is_(None),
            Post.hidden_at.is_(None),
        )
    )
    return {(row.discussion_id, row.number): row for row in rows}


def wrote(
    session: Session,
    actor: Actor,
    ids: Sequence[int],
    personas: Sequence[int],
    since: datetime,
    until: datetime,
) -> dict[int, datetime]:
    """When one of these last wrote in each, past what the actor has read; one query."""
    read = (
        select(ReadMark.number)
        .where(ReadMark.discussion_id == Post.discussion_id)
        .where(ReadMark.member_id == actor.member_id)
        .scalar_subquery()
    )
    rows: Sequence[Any] = session.execute(
        select(Post.discussion_id, func.max(Post.created_at))
        .where(Post.discussion_id.in_(ids), Post.author_id.in_(personas))
        .where(Post.created_at > since, Post.created_at <= until)
        .where(Post.deleted_at.is_(None), Post.hidden_at.is_(None))
        .where(Post.number > func.coalesce(read, 0))
        .group_by(Post.discussion_id)
    ).all()
    return dict(rows)


offer(
    Source(
        kind=KIND,
        label=_l("Conversation"),
        present=present,
        documents=documents,
        keys=keys,
        watches={Post: _of_post, Discussion: _of_discussion, Theme: _of_renamed},
        wrote=wrote,
        version=2,
    )
)
