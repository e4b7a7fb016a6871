"""Practices in the circles of others (see `cop.spaces.holders`)."""

from sqlalchemy import and_
from sqlalchemy.orm import Session

from cop.practices.models import (
    Practice,
    PracticeComparison,
    PracticeEditor,
    PracticeExperience,
)
from cop.spaces import holders


def written_by_others(session: Session, circle_id: int, member_id: int) -> bool:
    """A practice that others wrote and published, how it went with them, or how theirs differs.

    A draft does not count: whoever publishes it sees who will read it.
    """
    out = and_(Practice.circle_id == circle_id, Practice.published_at.is_not(None))
    wrote = and_(
        out, PracticeEditor.practice_id == Practice.id, PracticeEditor.accepted_at.is_not(None)
    )
    compared = and_(
        PracticeComparison.circle_id == circle_id, PracticeComparison.shared_at.is_not(None)
    )
    return holders.any_by_others(
        session,
        member_id,
        (out, Practice.started_by_id),
        (wrote, PracticeEditor.persona_id),
        (PracticeExperience.circle_id == circle_id, PracticeExperience.persona_id),
        (compared, PracticeComparison.persona_id),
    )


holders.register("practice", holders.Holder(written_by_others))
