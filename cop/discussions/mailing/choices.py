"""What a member wants of each list by mail, and of each discussion.

Where they chose, that counts. Else: of a public or open list that they take part in, what they
want of such lists in general; of any other list nothing. A closed or private list comes by mail
only to those who joined and chose it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from cop.discussions.attending import set_attention
from cop.discussions.models import (
    Attention,
    Discussion,
    DiscussionAttention,
    DiscussionList,
    ListChoice,
)
from cop.discussions.permissions import DISCUSSIONS, LISTS, DiscussionPermission, ListPermission
from cop.members.account import myself
from cop.members.actor import Actor
from cop.members.models import Member
from cop.notifications import digest_planning, digest_readers, spans
from cop.notifications.models import DIGESTS, MailPreference, Rhythm
from cop.notifications.spans import Wish
from cop.platform.db import upsert
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.spaces.circles import Circle, CircleMembership, Standing, Visibility, in_circle
from cop.spaces.models import Space

BY_THEMSELVES = (Visibility.PUBLIC, Visibility.OPEN)
IN_IT = (Standing.JOINED, Standing.COORDINATOR)
MOST_DISCUSSIONS = 100


def each_message(list_id: Any, circle_id: Any, at: Any) -> ColumnElement[bool]:
    """The condition on `Member` under which what was written on a list then came by itself."""

    def was_each(rhythm: Any, before: Any, changed_at: Any) -> ColumnElement[bool]:
        return or_(
            and_(rhythm == Rhythm.EACH, changed_at <= at),
            and_(before == Rhythm.EACH, changed_at > at, rhythm != Rhythm.SITE),
        )

    return _by_choice(
        list_id,
        circle_id,
        lambda row: was_each(row.rhythm, row.before, row.changed_at),
        lambda row: was_each(row.joined, row.joined_before, row.joined_changed_at),
    )


def by_mail(list_id: Any, circle_id: Any, member_id: Any = Member.id) -> ColumnElement[bool]:
    """The condition on `Member`, or on one, under which a list comes by mail now, in whatever form.

    Args:
        member_id: of the one, where there is no `Member` to speak of.
    """
    return _by_choice(
        list_id,
        circle_id,
        lambda row: row.rhythm != Rhythm.SITE,
        lambda row: row.joined != Rhythm.SITE,
        member_id,
    )


def _by_choice(
    list_id: Any,
    circle_id: Any,
    of_list: Callable[[Any], ColumnElement[bool]],
    in_general: Callable[[Any], ColumnElement[bool]],
    member_id: Any = Member.id,
) -> ColumnElement[bool]:
    """A condition on what the member chose for a list; else on what they want in general."""
    chosen, joined, wants, circle = (
        aliased(ListChoice),
        aliased(CircleMembership),
        aliased(MailPreference),
        aliased(Circle),
    )
    has_chosen = exists().where(chosen.member_id == member_id, chosen.list_id == list_id)
    return or_(
        has_chosen.where(of_list(chosen)),
        and_(
            ~has_chosen,
            exists().where(wants.member_id == member_id, in_general(wants)),
            exists().where(circle.id == circle_id, circle.visibility.in_(BY_THEMSELVES)),
            exists().where(
                joined.circle_id == circle_id,
                joined.member_id == member_id,
                joined.standing.in_(IN_IT),
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list on the page of choices.

    Attributes:
        rhythm: what counts now.
        chosen: the member chose it; else it follows from what they want in general.
        joined: they take part in it.
        secret: closed or private: its name is not shown to somebody who did not sign in, since
            whoever a mail was passed on to can open the page as well.
    """

    id: int
    short_name: str
    name: str
    place: str
    rhythm: Rhythm
    chosen: bool
    joined: bool
    secret: bool


def lists(session: Session, actor: Actor) -> list[ListLine]:
    """Every list in use that the actor may read, those they take part in first."""
    joined = in_circle(actor, DiscussionList.circle_id).label("joined")
    rows = session.execute(
        select(
            DiscussionList.id,
            DiscussionList.short_name,
            DiscussionList.name,
            Circle.visibility,
            Space.name.label("place"),
            ListChoice.rhythm,
            joined,
        )
        .join(Circle, Circle.id == DiscussionList.circle_id)
        .outerjoin(Space, Space.id == DiscussionList.space_id)
        .outerjoin(
            ListChoice,
            and_(ListChoice.list_id == DiscussionList.id, ListChoice.member_id == actor.member_id),
        )
        .where(
            LISTS.clause(actor, ListPermission.READ),
            DiscussionList.archived_at.is_(None),
            Space.archived_at.is_(None),
        )
        .order_by(DiscussionList.sort_key, DiscussionList.id)
    ).all()
    general = session.scalar(
        select(MailPreference.joined).where(MailPreference.member_id == actor.member_id)
    )
    found = [_line(row, general or Rhythm.DAILY) for row in rows]
    return sorted(found, key=lambda line: not (line.joined or line.chosen))


def _line(row: Any, general: str) -> ListLine:
    rhythm = row.rhythm or unchosen(row.visibility, row.joined, general)
    return ListLine(
        id=row.id,
        short_name=row.short_name,
        name=row.name,
        place=row.place or "",
        rhythm=Rhythm(rhythm),
        chosen=row.rhythm is not None,
        joined=bool(row.joined),
        secret=row.visibility not in BY_THEMSELVES,
    )


def unchosen(visibility: str, joined: bool, general: str) -> Rhythm:
    """What counts for a list for which the member chose nothing."""
    return Rhythm(general) if joined and visibility in BY_THEMSELVES else Rhythm.SITE


def rhythm_of(session: Session, actor: Actor, list_id: int) -> Rhythm:
    """What the actor gets of one list by mail; nothing of one that they may not read."""
    row = session.execute(
        select(
            ListChoice.rhythm,
            Circle.visibility,
            in_circle(actor, DiscussionList.circle_id).label("joined"),
        )
        .select_from(DiscussionList)
        .join(Circle, Circle.id == DiscussionList.circle_id)
        .outerjoin(
            ListChoice,
            and_(ListChoice.list_id == DiscussionList.id, ListChoice.member_id == actor.member_id),
        )
        .where(DiscussionList.id == list_id, LISTS.clause(actor, ListPermission.READ))
    ).one_or_none()
    if row is None:
        return Rhythm.SITE
    if row.rhythm is not None:
        return Rhythm(row.rhythm)
    general = session.scalar(
        select(MailPreference.joined).where(MailPreference.member_id == actor.member_id)
    )
    return unchosen(row.visibility, bool(row.joined), general or Rhythm.DAILY)


def choose(session: Session, actor: Actor, *, list_id: int, rhythm: str, now: datetime) -> Rhythm:
    """Keep what the actor wants of one list; what it was before.

    Raises:
        NotFound: they may not read the list.
        Refused: there is no such choice.
    """
    if rhythm not in set(Rhythm):
        raise Refused(_("Choose one of the list, please."))
    if not actor.is_member:
        raise NotFound
    LISTS.get(session, actor, ListPermission.READ, list_id)
    wants = digest_planning.preference(session, myself(session, actor), now)
    before = rhythm_of(session, actor, list_id)
    kept = session.get(ListChoice, (actor.member_id, list_id), populate_existing=True)
    in_general = kept is None and before == wants.joined
    if kept is not None:
        counted = spans.wish_of(kept)
    elif in_general:
        counted = spans.general(wants)
    else:  # a list that comes to nobody who did not choose it
        counted = Wish(Rhythm.SITE, Rhythm.SITE, now, now)
    if before == rhythm:  # chosen on purpose from now on, but nothing changes
        if kept is not None:
            return before
        values = {"before": counted.before, "changed_at": counted.changed_at}
        values |= {"told_until": counted.told_until}
    else:
        digest_readers.hold(
            session,
            wants.member_id,
            list_id,
            lambda reader: reader.joined if in_general else reader.span(counted),
        )
        told = spans.told_until(counted, wants, now)
        values = {"before": before, "changed_at": now, "told_until": told}
    values["rhythm"] = rhythm
    upsert(session, ListChoice, {"member_id": actor.member_id, "list_id": list_id}, values)
    return before


def stop_list(session: Session, actor: Actor, list_id: int, now: datetime) -> None:
    """No more mail of this list: what an unsubscribe link does. Fails for nobody.

    A list that the actor may no longer read sends nothing already; if they come back to it, it
    still sends nothing.
    """
    session.flush()
    try:
        choose(session, actor, list_id=list_id, rhythm=Rhythm.SITE, now=now)
    except NotFound:
        kept = session.get(ListChoice, (actor.member_id, list_id))
        if kept is not None:
            kept.before, kept.rhythm, kept.changed_at = kept.rhythm, Rhythm.SITE, now
            session.flush()


def stop_digest(session: Session, actor: Actor, now: datetime) -> None:
    """No more digests: everything that came in one is on the site only from now on.

    Also of lists that the actor may not read just now.
    """
    member = myself(session, actor)
    wants = digest_planning.preference(session, member, now)
    for list_id in session.scalars(
        select(ListChoice.list_id)
        .where(ListChoice.member_id == member.id, ListChoice.rhythm.in_(DIGESTS))
        .order_by(ListChoice.list_id)
    ).all():
        stop_list(session, actor, list_id, now)
    joined = Rhythm(wants.joined)
    digest_planning.change(
        session,
        member,
        digest_planning.Wanted(
            hour=wants.hour,
            weekday=wants.weekday,
            asked=Rhythm.SITE,
            rest=Rhythm.SITE,
            joined=Rhythm.SITE if joined in DIGESTS else joined,
        ),
        now,
    )


# --- discussions


@dataclass(frozen=True, slots=True)
class DiscussionLine:
    """A discussion that the member follows or muted."""

    id: int
    title: str
    list_name: str
    attention: Attention
    secret: bool


def discussions(session: Session, actor: Actor) -> list[DiscussionLine]:
    """Those that the actor follows or muted and may read, the latest first."""
    rows = session.execute(
        select(
            Discussion.id,
            Discussion.title,
            DiscussionList.name,
            DiscussionAttention.attention,
            Circle.visibility,
        )
        .join(DiscussionAttention, DiscussionAttention.discussion_id == Discussion.id)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .join(Circle, Circle.id == DiscussionList.circle_id)
        .where(
            DiscussionAttention.member_id == actor.member_id,
            DISCUSSIONS.clause(actor, DiscussionPermission.READ),
        )
        .order_by(Discussion.last_post_at.desc(), Discussion.id.desc())
        .limit(MOST_DISCUSSIONS)
    )
    return [
        DiscussionLine(
            row.id,
            row.title,
            row.name,
            Attention(row.attention),
            row.visibility not in BY_THEMSELVES,
        )
        for row in rows
    ]


def attend(session: Session, actor: Actor, changes: Sequence[tuple[int, str]]) -> None:
    """Follow, mute, or neither (''), for each of these discussions.

    Raises:
        NotFound: one of them is not the actor's to read.
        Refused: there is no such choice.
    """
    for discussion_id, wanted in changes:
        if wanted and wanted not in set(Attention):
            raise Refused(_("Choose one of the list, please."))
        set_attention(
            session,
            actor,
            discussion_id=discussion_id,
            attention=Attention(wanted) if wanted else None,
        )
