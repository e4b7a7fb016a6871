"""One thing made into another, in one step; both show where the other is."""

from flask import Blueprint, flash, redirect
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import WRITING, limiter
from cop.spaces import origins

blueprint = Blueprint("harvest", __name__)


@blueprint.post("/oogst/<kind>/<int:thing_id>/<into>")
@login_required
@limiter.limit(WRITING)
def make(kind: str, thing_id: int, into: str) -> Response:
    """Make it, for the actor alone; they go on writing where it stands."""
    session, now = db.session(), clock.now()
    target = origins.target(into)
    given = origins.material(session, actor(), kind, thing_id)
    made_id, url = target.make(session, actor(), given, now)
    origins.remember(session, (kind, thing_id), (into, made_id), now)
    flash(_("This is a beginning. Nobody but you reads it yet; change what you like."), "success")
    return redirect(url)
