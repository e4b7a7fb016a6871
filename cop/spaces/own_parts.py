"""The sections of a space's page that spaces bring themselves: logbook, files, measures."""

from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.platform.i18n import format_number
from cop.spaces import keeping, logbook, measures, parts
from cop.spaces.charts import line_chart
from cop.spaces.models import Space
from cop.spaces.parts import Part


def latest_entries(session: Session, actor: Actor, space: Space) -> Part:
    entries, more = logbook.page(session, actor, space.id, most=logbook.LATEST)
    return Part("spaces/parts/logbook.html", {"entries": entries, "more": more is not None})


def latest_files(session: Session, actor: Actor, space: Space) -> Part:
    files, more = keeping.page(session, actor, space.id, most=keeping.LATEST)
    return Part("spaces/parts/files.html", {"files": files, "more": more is not None})


def charts(session: Session, _actor: Actor, space: Space) -> Part:
    found = [
        (series, line_chart([(v.on, v.value) for v in series.values]))
        for series in measures.of_space(session, space.id)
    ]
    return Part("spaces/parts/measures.html", {"measures": found, "number": format_number})


parts.register("logbook", 10, latest_entries)
# 20 is for lists, 30 to 60 for what later features bring.
parts.register("files", 70, latest_files)
parts.register("measures", 80, charts)
