"""What notifications of practices say, for who may still read what they are about."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.notifications.models import Notification
from cop.notifications.operations import Line, sentences
from cop.platform.i18n import gettext as _
from cop.practices import opening, reviewing, yearly
from cop.practices.models import Practice
from cop.practices.permissions import PRACTICES, PracticePermission
from cop.spaces.circles import Circle, Visibility


@sentences(
    "practices.asked",
    "practices.audience",
    "practices.comparison",
    "practices.ended",
    "practices.experience",
    "practices.opening",
    "practices.public",
    "practices.published",
    "practices.review",
    "practices.take_over",
    "practices.taken_back",
    "practices.writes_along",
    "practices.year",
)
def lines(session: Session, actor: Actor, notifications: Sequence[Notification]) -> dict[int, Line]:
    """One line each; those of a small circle are not for mail. A question that was answered, by
    this member or another, is asked no more: `opening` and `review` know what is still open."""
    rows = session.execute(
        select(Practice, Circle.visibility, *PRACTICES.columns(actor))
        .join(Circle, Circle.id == Practice.circle_id)
        .where(Practice.id.in_({n.subject_id for n in notifications})),
        actor.parameters,
    ).all()
    found = {row.Practice.id: row for row in rows}
    opens = opening.asked_of(
        session, actor, [n.subject_id for n in notifications if n.kind == "practices.opening"]
    )
    made = {}
    for n in notifications:
        row = found.get(n.subject_id)
        if n.kind == "practices.opening" and n.subject_id not in opens:
            continue
        line = _line(n, row) if row is not None else None
        if line is not None:
            made[n.id] = line
    return made


def _line(n: Notification, row: Any) -> Line | None:
    practice: Practice = row.Practice
    may = PRACTICES.from_row(row)
    said = {"title": practice.title, "who": n.by.name if n.by is not None else ""}
    url = f"/praktijken/{practice.id}"
    if PracticePermission.READ not in may and PracticePermission.ANSWER not in may:
        # Who wrote it hears that this ended, and nothing of what they may not read any more.
        ended = n.kind == "practices.ended" and PracticePermission.WRITE not in may
        text = _("You no longer write along on a practice of others. What you wrote stays.")
        return Line(text, "/praktijken") if ended else None
    match n.kind.removeprefix("practices."):
        case "asked" if PracticePermission.ANSWER in may:
            text = _("%(who)s asks whether you write along on “%(title)s”.", **said)
            url += "/uitnodiging"
        case "writes_along":
            text = _("%(who)s writes along on “%(title)s”.", **said)
            url += "/schrijven"
        case "ended" if PracticePermission.WRITE not in may:
            text = _("You no longer write along on “%(title)s”. What you wrote stays.", **said)
        case "public" if row.visibility == Visibility.PUBLIC:
            text = _("“%(title)s” can be read by everybody now. Do visitors see your name?", **said)
        case "audience":
            text = _("%(who)s changed who can read “%(title)s”.", **said)
            url += "/lezers"
        case "opening" if PracticePermission.WRITE in may:
            text = _("%(who)s asks whether more people may read “%(title)s”.", **said)
            url += "/lezers"
        case "published":
            text = _("New in your space: “%(title)s”.", **said)
        case "taken_back":
            text = _("%(who)s took back “%(title)s”. It is a draft again.", **said)
            url += "/schrijven"
        case "experience":
            text = _("%(who)s told how “%(title)s” went in their context.", **said)
            url += "#ervaringen"
        case "comparison":
            text = _("%(who)s put their own way of working beside “%(title)s”.", **said)
            url += "#vergelijken"
        case "review" if PracticePermission.WRITE in may and reviewing.is_due(n.key, practice):
            text = _("Does “%(title)s” still hold? Its review date has come.", **said)
            url += "/klopt-nog"
        case "year":
            text = _("A year of “%(title)s”: read what others told who use it.", **said)
            url += f"/jaar/{yearly.number_of(n.key)}"
        case "take_over" if PracticePermission.TAKE_OVER in may:
            text = _("Nobody looks after “%(title)s” any more. Will you?", **said)
        case _other:
            return None
    wide = row.visibility in (Visibility.PUBLIC, Visibility.OPEN)
    return Line(text, url, in_mail=wide)
