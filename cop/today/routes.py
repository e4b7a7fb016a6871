"""The home page, and the pages that say how things are done here."""

from flask import Blueprint, render_template
from flask_login import current_user

from cop.cases import queries as cases
from cop.discussions.tending_queries import current_announcements
from cop.gatherings import poll_queries
from cop.gatherings import queries as gatherings
from cop.members.current import actor
from cop.members.site import settings_of
from cop.notifications import queries as notifications
from cop.platform import clock
from cop.platform.db import db
from cop.today import queries

blueprint = Blueprint("today", __name__)


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
    return render_template(
        "today/member.html",
        waiting=cases.waiting(session, who),
        notifications=notifications.unread(session, who),
        announcements=current_announcements(session, who, now),
        gatherings=gatherings.coming(session, who, now, mine=True, most=gatherings.NEXT)[0],
        polls=poll_queries.open_polls(session, who, now, only_unanswered=True),
        drafts=queries.drafts(session, who),
        discussions=queries.new_for_me(session, who, now),
        lacking=queries.lacking_outcome(session, who, now),
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
