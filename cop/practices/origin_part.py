"""A practice made of something else: a draft with what that gave along."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.practices import words, writing
from cop.practices.models import Practice
from cop.practices.permissions import PRACTICES, PracticePermission
from cop.spaces import origins

KIND = "practice"


def shown(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, origins.Thing]:
    """The practices that the actor may read, drafts of their own included."""
    rows = session.execute(
        select(Practice.id, Practice.title)
        .where(Practice.id.in_(ids))
        .where(PRACTICES.clause(actor, PracticePermission.READ))
    )
    return {
        row.id: origins.Thing(_("practice"), row.title, f"/praktijken/{row.id}") for row in rows
    }


def make(session: Session, actor: Actor, given: origins.Material, now: datetime) -> tuple[int, str]:
    """A draft that only the actor reads; what was yielded stands under the steps.

    Nobody is asked about its words yet: they were written for others before, and are looked at
    again when it is published.
    """
    made = writing.start(
        session,
        actor,
        writing.Beginning(
            title=given.title[: words.LONGEST["title"]],
            summary=given.summary[: words.LONGEST["summary"]],
            theme_ids=given.theme_ids,
            sections={"steps": _fitting(given.text, words.LONGEST["steps"])},
        ),
        now,
        space_id=given.space_id,
        anyway=True,
    )
    return made.id, f"/praktijken/{made.id}/schrijven"


def _fitting(text: str, most: int) -> str:
    """What fits of it in whole paragraphs, else in whole words; then it says that it goes on where
    it came from, to which its page links."""
    if len(text) <= most:
        return text
    said = "\n\n" + _("[This was longer. The rest stands where it came from.]")
    room = most - len(said)
    for between in ("\n\n", "\n", " "):
        kept = text[: room + 1].rpartition(between)[0].rstrip()
        if len(kept) > room // 2:
            return kept + said
    return text[:room] + said


origins.show_as(KIND, shown)
origins.takes(KIND, origins.Target(_l("Make a practice of it"), make))
