"""A dilemma in general words can become a practice; that shows where it came from.

Only this form: all who took part approved it for everybody. A report itself stays with its circle.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.beraad.models import Form, Report
from cop.beraad.permissions import REPORTS, ReportPermission
from cop.beraad.published import dilemma
from cop.beraad.words import GENERAL
from cop.members.actor import Actor
from cop.platform.errors import NotFound
from cop.platform.i18n import gettext as _
from cop.spaces import origins

KIND = "beraad"


def shown(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, origins.Thing]:
    """The dilemmas that the actor may read; their words are in a JSON text, so each is read."""
    found = session.scalars(
        select(Report.id).where(
            Report.id.in_(ids),
            Report.form == Form.GENERAL,
            REPORTS.clause(actor, ReportPermission.READ),
        )
    )
    published = {id: dilemma(session, id) for id in found.all()}
    return {
        id: origins.Thing(_("dilemma"), each.title, each.url)
        for id, each in published.items()
        if each is not None
    }


def material(session: Session, actor: Actor, report_id: int) -> origins.Material:
    """What was written for everybody, each part under its heading.

    Raises:
        NotFound: it is no dilemma in general words that the actor may read.
    """
    REPORTS.get(session, actor, ReportPermission.READ, report_id)
    found = dilemma(session, report_id)
    if found is None:
        raise NotFound
    words = found.words
    parts = [f"## {label}\n\n{words[name]}" for name, label in GENERAL.items() if name in words]
    return origins.Material(
        title=found.title,
        summary=words.get("question", ""),
        text="\n\n".join(parts),
    )


origins.show_as(KIND, shown)
origins.gives(KIND, material)
