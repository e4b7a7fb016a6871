"""The dilemma in general words: what a beraad can give to everybody, with no case in it.

Written by those who took part, together; looked over and approved as a report is. When all have
approved, it is public as a dilemma of the month, and `events.DilemmaPublished` says so to whoever
makes something of it.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from cop.beraad.items import Body, Item, look_over
from cop.beraad.models import Form, Report
from cop.beraad.reporting import begin, keep, report_of, table
from cop.beraad.words import GENERAL
from cop.members.actor import Actor
from cop.platform.blank import one_line, trimmed
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.spaces.operations import Stale

LONGEST = 3_000
LONGEST_TITLE = 120
NEEDED = ("title", "choice_a", "choice_b", "question")


def write(
    session: Session,
    actor: Actor,
    session_id: int,
    words: Mapping[str, str],
    version: int,
    now: datetime,
) -> Report:
    """Write it, or change it; anybody who took part may hold the pen.

    Args:
        words: by the names of `words.GENERAL`.
        version: of the report that the form showed; 0 when there was none.

    Raises:
        NotFound: the actor did not take part.
        Refused: something is missing or too long.
        Stale: somebody else wrote meanwhile; its `current` is the report.
    """
    seat, beraad = table(session, actor, session_id)
    said = _checked(words)
    report = report_of(session, beraad, Form.GENERAL)
    if report is None:
        body = Body(items=_items(said, Body()))
        look_over(body)
        return begin(session, beraad, seat, Form.GENERAL, body, now)
    body = Body.from_json(report.body)
    before = {item.part: item.text for item in body.items}
    if said == before:
        return report
    if report.version != version:
        raise Stale(report, report.version)
    body.items = _items(said, body)
    changed = [item for item in body.items if before.get(item.part) != item.text]
    if changed:
        look_over(body, changed)
    keep(session, report, body, now)
    return report


def _items(said: Mapping[str, str], old: Body) -> list[Item]:
    """In the order of the form; what stays the same keeps what was decided about it."""
    had = {item.part: item for item in old.items}
    made = []
    for number, part in enumerate(GENERAL, 1):
        if part not in said:
            continue
        same = had.get(part)
        if same is None or same.text != said[part]:
            same = Item(id=number, part=part, text=said[part])
        made.append(same)
    return made


def _checked(words: Mapping[str, str]) -> dict[str, str]:
    said = {}
    for part in GENERAL:
        text = words.get(part, "").replace("\r\n", "\n")
        text = one_line(text) if part == "title" else trimmed(text)
        most = LONGEST_TITLE if part == "title" else LONGEST
        if len(text) > most:
            raise Refused(_("Keep it to %(most)s characters, please.", most=most), part)
        if not text and part in NEEDED:
            raise Refused(_("Write something, please."), part)
        if text:
            said[part] = text
    return said
