"""The home page, and the pages that say how things are done here."""

from flask import Blueprint, render_template
from flask_login import current_user, login_required

from cop.members.current import actor
from cop.members.site import settings_of
from cop.notifications import queries as notifications
from cop.notifications import waits
from cop.notifications.models import Notification
from cop.notifications.operations import Line
from cop.notifications.waits import Part, Wait, place_of
from cop.platform import clock
from cop.platform.db import db
from cop.today import queries

blueprint = Blueprint("today", __name__)

# Of these the line of their page says something else: that there are answers, or another question.
SAY_MORE = ("discussions.mention", "expertise.yes", "expertise.nobody", "expertise.thanks")


@blueprint.get("/")
def home() -> str:
    return _today() if current_user.is_authenticated else _welcome()


def _welcome() -> str:
    session = db.session()
    return render_template(
        "today/visitor.html",
        settings=settings_of(session),
        spaces=queries.public_spaces(session),
        discussions=queries.public_discussions(session, actor()),
    )


def _today() -> str:
    session, who, now = db.session(), actor(), clock.now()
    found = waits.gather(session, who, now)
    told = {place_of(wait.url) for lines in found.values() for wait in lines}

    def stands_below(notification: Notification, line: Line) -> bool:
        """What waits below stands there once, not here as well; what says more than that does."""
        return notification.kind not in SAY_MORE and place_of(line.url) in told

    return render_template(
        "today/member.html",
        waits=found,
        notifications=notifications.unread(session, who, besides=stands_below),
        quarter=waits.fitting(found),
        calm=not found.keys() - {Part.SUGGESTION, Part.COMING, Part.ANNOUNCED},
    )


@blueprint.get("/kwartier")
@login_required
def quarter() -> str:
    """What can be done in a quarter of an hour, the most wanted first."""
    session, who, now = db.session(), actor(), clock.now()
    found = waits.gather(session, who, now)
    chosen: list[Wait] = waits.fitting(found)
    return render_template(
        "today/quarter.html",
        chosen=chosen,
        minutes=sum(wait.minutes or 0 for wait in chosen),
        suggestion=next(iter(found.get(Part.SUGGESTION, ())), None),
    )


@blueprint.get("/huisregels")
def house_rules() -> str:
    return render_template("today/house_rules.html", settings=settings_of(db.session()))


@blueprint.get("/privacy")
def privacy() -> str:
    return render_template("today/privacy.html")


@blueprint.get("/toegankelijkheid")
def accessibility() -> str:
    return render_template("today/accessibility.html")
