"""What a discussion yielded can become something that lasts."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.discussions.models import Discussion, DiscussionList, DiscussionTheme
from cop.discussions.permissions import DISCUSSIONS, DiscussionPermission
from cop.members.actor import Actor
from cop.members.models import Theme
from cop.platform.errors import NotFound
from cop.platform.i18n import gettext as _
from cop.platform.markup import opening
from cop.spaces import origins
from cop.spaces.circles import in_circle
from cop.spaces.models import Space

KIND = "discussion"
SUMMARY = 500  # characters


def shown(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, origins.Thing]:
    """The discussions that the actor may read."""
    rows = session.execute(
        select(Discussion.id, Discussion.title)
        .where(Discussion.id.in_(ids))
        .where(DISCUSSIONS.clause(actor, DiscussionPermission.READ))
    )
    return {
        row.id: origins.Thing(_("conversation"), row.title, f"/discussies/{row.id}") for row in rows
    }


def outcome(session: Session, actor: Actor, discussion_id: int) -> origins.Material:
    """Its opbrengst; in the space of its list where the actor takes part in that.

    Raises:
        NotFound: the actor may not read it, or it has no opbrengst yet.
    """
    found = DISCUSSIONS.get(session, actor, DiscussionPermission.READ, discussion_id)
    if found.outcome_at is None or not found.outcome:
        raise NotFound
    themes = session.scalars(
        select(DiscussionTheme.theme_id)
        .join(Theme, Theme.id == DiscussionTheme.theme_id)
        .where(DiscussionTheme.discussion_id == found.id, Theme.retired_at.is_(None))
    ).all()
    space_id = session.scalar(
        select(Space.id)
        .join(DiscussionList, DiscussionList.space_id == Space.id)
        .where(DiscussionList.id == found.list_id, Space.archived_at.is_(None))
        .where(in_circle(actor, Space.circle_id))
    )
    return origins.Material(
        title=found.title,
        summary=opening(found.outcome_html, SUMMARY),
        text=found.outcome,
        theme_ids=themes,
        space_id=space_id,
    )


origins.show_as(KIND, shown)
origins.gives(KIND, outcome)
