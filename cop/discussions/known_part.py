"""What members did in conversations, by theme, and which questions nobody answered."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from cop.discussions.models import (
    Discussion,
    DiscussionKind,
    DiscussionList,
    DiscussionTheme,
    Post,
)
from cop.members.actor import Actor
from cop.members.known import Done, Sought, did, few_of_each, seeks
from cop.members.models import Member, MemberState, Persona, PersonaKind, Theme
from cop.members.queries import theme_name
from cop.platform.i18n import ngettext
from cop.spaces.circles import Circle, Visibility

ENOUGH = 3  # conversations in which one wrote, before that says something
MOST = 12


@did
def in_conversations(session: Session, actor: Actor) -> Iterator[Done]:
    """Two queries."""
    if not actor.is_member:
        return
    own = select(Persona.id).where(
        Persona.member_id == actor.member_id, Persona.kind == PersonaKind.SELF
    )
    times = func.count(Discussion.id.distinct())
    answered = (
        select(Theme.id, theme_name(), times.label("times"))
        .join(DiscussionTheme, DiscussionTheme.theme_id == Theme.id)
        .join(Discussion, Discussion.id == DiscussionTheme.discussion_id)
        .join(
            Post, (Post.discussion_id == Discussion.id) & (Post.number == Discussion.answer_number)
        )
        .where(Post.author_id.in_(own), Discussion.author_id.not_in(own))
        .where(Post.deleted_at.is_(None), Discussion.deleted_at.is_(None))
        .where(Theme.retired_at.is_(None))
        .group_by(Theme.id)
        .order_by(times.desc(), Theme.id)
        .limit(MOST)
    )
    for id, name, count in session.execute(answered):
        said = ngettext(
            "You answered %(num)d question on %(theme)s.",
            "You answered %(num)d questions on %(theme)s.",
            count,
            theme=name,
        )
        yield Done(id, said, 100 + count)
    wrote = (
        select(Theme.id, theme_name(), times.label("times"))
        .join(DiscussionTheme, DiscussionTheme.theme_id == Theme.id)
        .join(Discussion, Discussion.id == DiscussionTheme.discussion_id)
        .join(Post, Post.discussion_id == Discussion.id)
        .where(Post.author_id.in_(own), Post.deleted_at.is_(None))
        .where(Discussion.deleted_at.is_(None), Theme.retired_at.is_(None))
        .group_by(Theme.id)
        .having(times >= ENOUGH)
        .order_by(times.desc(), Theme.id)
        .limit(MOST)
    )
    for id, name, count in session.execute(wrote):
        said = ngettext(
            "You wrote in %(num)d conversation on %(theme)s.",
            "You wrote in %(num)d conversations on %(theme)s.",
            count,
            theme=name,
        )
        yield Done(id, said, count)


@seeks
def unanswered_questions(session: Session, since: datetime, most: int) -> Iterator[Sought]:
    """One query: questions on lists that every member reads, under people's own names."""
    circle = aliased(Circle)
    asked = (
        select(DiscussionTheme.theme_id, Member.region, Member.id)
        .join(Discussion, Discussion.id == DiscussionTheme.discussion_id)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .join(circle, circle.id == DiscussionList.circle_id)
        .join(Persona, Persona.id == Discussion.author_id)
        .join(Member, Member.id == Persona.member_id)
        .where(Discussion.kind == DiscussionKind.QUESTION, Discussion.answer_number.is_(None))
        .where(Discussion.closed_at.is_(None), Discussion.deleted_at.is_(None))
        .where(Discussion.created_at >= since)
        .where(circle.visibility.in_((Visibility.PUBLIC, Visibility.OPEN)))
        .where(Persona.kind == PersonaKind.SELF, Member.state == MemberState.ACTIVE)
        .distinct()
    )
    for theme_id, region, member_id in session.execute(few_of_each(asked, most)):
        yield Sought(theme_id, region, member_id)
