"""Of which discussions other mails tell, so that a digest does not tell of them as well."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select, union_all
from sqlalchemy.orm import Session

from cop.discussions.mailing.choices import BY_THEMSELVES, IN_IT
from cop.discussions.mailing.single import KIND
from cop.discussions.models import (
    Attention,
    Discussion,
    DiscussionAttention,
    DiscussionList,
    ListChoice,
    Post,
)
from cop.members.models import Persona
from cop.notifications.digests import Reader
from cop.notifications.models import MailPreference, Rhythm
from cop.platform.mail.models import OutgoingMail
from cop.spaces.circles import Circle, CircleMembership


def subject_of(discussion_id: int | None) -> str:
    """What a discussion is called among the subjects of a digest."""
    return f"discussion:{discussion_id}"


def is_told(attention: str | None, opens: bool) -> bool:
    """Whether a digest tells a member of what somebody else wrote in a discussion.

    Answers where they follow, which they need not do to what they started themselves: those are
    told among what is asked of them.

    Args:
        attention: the member's to the discussion.
        opens: it is the opening.
    """
    return attention == Attention.FOLLOW or (opens and attention != Attention.MUTE)


def elsewhere(session: Session, readers: Sequence[Reader]) -> dict[int, dict[str, datetime]]:
    """The subjects by member, since the readers were last told what is asked of them.

    Each with the moment (UTC) up to which they are told of it: what comes after the last single
    message, because they chose otherwise in between, is in none. Three queries at most.
    """
    since = [reader.asked_from for reader in readers if reader.asked_from is not None]
    if not since:
        return {}
    rows = session.execute(
        select(OutgoingMail.member_id, OutgoingMail.about, OutgoingMail.created_at).where(
            OutgoingMail.kind == KIND,
            OutgoingMail.member_id.in_({reader.member_id for reader in readers}),
            OutgoingMail.created_at >= min(since),
        )
    ).all()
    until = {reader.member_id: reader.until for reader in readers}
    came = {
        member_id: dict.fromkeys(subjects, until[member_id])
        for member_id, subjects in _for_their_day(session, readers, min(since)).items()
    }
    if not rows:
        return came
    posts = {row.about["post"] for row in rows}
    found = session.execute(select(Post.id, Post.discussion_id).where(Post.id.in_(posts)))
    where = {row.id: row.discussion_id for row in found}
    for member_id, about, at in rows:
        subjects = came.setdefault(member_id, {})
        subject = subject_of(where.get(about["post"]))
        subjects[subject] = max(at, subjects.get(subject, at))
    return came


def _for_their_day(
    session: Session, readers: Sequence[Reader], since: datetime
) -> dict[int, set[str]]:
    """What moved in lists that come once a week: the digest of that day tells of it."""
    members = {reader.member_id for reader in readers}
    chosen = select(ListChoice.member_id, ListChoice.list_id).where(
        ListChoice.member_id.in_(members), ListChoice.rhythm == Rhythm.WEEKLY
    )
    in_general = (  # what they joined and chose nothing for
        select(CircleMembership.member_id, DiscussionList.id)
        .join(MailPreference, MailPreference.member_id == CircleMembership.member_id)
        .join(Circle, Circle.id == CircleMembership.circle_id)
        .join(DiscussionList, DiscussionList.circle_id == Circle.id)
        .outerjoin(
            ListChoice,
            (ListChoice.member_id == CircleMembership.member_id)
            & (ListChoice.list_id == DiscussionList.id),
        )
        .where(
            CircleMembership.member_id.in_(members),
            CircleMembership.standing.in_(IN_IT),
            MailPreference.joined == Rhythm.WEEKLY,
            Circle.visibility.in_(BY_THEMSELVES),
            ListChoice.list_id.is_(None),
        )
    )
    weekly = union_all(chosen, in_general).subquery()
    opens = and_(
        Discussion.created_at > since,
        Discussion.split_from_id.is_(None),
        or_(Persona.member_id.is_(None), Persona.member_id != weekly.c.member_id),
    )
    rows = session.execute(
        select(weekly.c.member_id, Discussion.id, DiscussionAttention.attention, opens)
        .join(Discussion, Discussion.list_id == weekly.c.list_id)
        .join(Persona, Persona.id == Discussion.author_id)
        .outerjoin(
            DiscussionAttention,
            (DiscussionAttention.member_id == weekly.c.member_id)
            & (DiscussionAttention.discussion_id == Discussion.id),
        )
        .where(Discussion.last_post_at > since)
    )
    found: dict[int, set[str]] = {}
    for member_id, discussion_id, attention, is_opened in rows:
        if is_told(attention, is_opened):
            found.setdefault(member_id, set()).add(subject_of(discussion_id))
    return found
