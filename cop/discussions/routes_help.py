"""The page that says where help is, for everybody."""

from flask import render_template

from cop.discussions.routes_tending import blueprint
from cop.members.current import actor
from cop.members.people import person
from cop.moderation.queries import moderator_names
from cop.platform.db import db


@blueprint.get("/hulp")
def helplines() -> str:
    """Numbers for whoever is in need, and how members reach the moderators."""
    found = moderator_names(db.session()) if actor().is_member else []
    return render_template(
        "discussions/tending/help.html", moderators=[person(p, actor()) for p in found]
    )
