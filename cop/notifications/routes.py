"""Notifications, read in one place."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.members.current import actor
from cop.notifications import operations, queries
from cop.platform import clock
from cop.platform.db import db, unit_of_work
from cop.platform.errors import NotFound

blueprint = Blueprint("notifications", __name__)


@blueprint.get("/meldingen")
@login_required
def index() -> str:
    before = request.args.get("voor", type=int)
    return render_template(
        "notifications/index.html", page=queries.page(db.session(), actor(), before)
    )


@blueprint.get("/meldingen/<int:notification_id>")
@login_required
def follow(notification_id: int) -> Response:
    """Go to what a notification is about; it then counts as read."""
    found = queries.get(db.session(), actor(), notification_id)
    if found is None:
        raise NotFound
    notification, line = found
    if notification.read_at is None:
        with unit_of_work() as own:
            operations.mark_one_read(own, actor(), notification_id, clock.now())
    return redirect(line.url)


@blueprint.post("/meldingen/gelezen")
@login_required
def all_read() -> Response:
    upto = request.form.get("tot", type=int)
    operations.mark_read(db.session(), actor(), clock.now(), upto)
    return redirect(url_for("notifications.index"))
