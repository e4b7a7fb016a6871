"""Addresses of a member's own calendar: choices, the secret address, and the feed behind it."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response as BaseResponse

from cop.gatherings import own_calendar
from cop.gatherings.forms import OwnCalendarForm
from cop.gatherings.routes import CALENDAR_TYPE, Page, blueprint
from cop.members.current import actor
from cop.members.tokens import hash_token
from cop.platform import clock
from cop.platform.db import db
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import limiter

FETCHING = "60 per hour; 10 per minute"  # calendars ask every few hours, some every few minutes


@blueprint.route("/ik/agenda", methods=["GET", "POST"])
@login_required
def own() -> Page:
    session = db.session()
    form = OwnCalendarForm()
    if form.validate_on_submit():
        own_calendar.choose(
            session,
            actor(),
            week_before=form.week_before.data,
            day_before=form.day_before.data,
            by_mail=form.by_mail.data,
        )
        flash(_("Your choices are kept."), "success")
        return redirect(url_for("gatherings.own"))
    chosen = own_calendar.choices(session, current_user.member_id)
    if not form.is_submitted():
        form.week_before.data, form.day_before.data = chosen.week_before, chosen.day_before
        form.by_mail.data = chosen.by_mail
    page = render_template("gatherings/own.html", form=form, feed=chosen.feed)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/ik/agenda/adres", methods=["GET", "POST"])
@login_required
def renew_feed() -> Page:
    """A first address is made at once; a new one after a question, since the old one ends."""
    if request.method == "POST":
        own_calendar.renew_feed(db.session(), actor())
        flash(_("This is your address. Put it into your calendar."), "success")
        return redirect(url_for("gatherings.own") + "#adres")
    return render_template("gatherings/renew.html")


@blueprint.post("/ik/agenda/adres/weg")
@login_required
def end_feed() -> BaseResponse:
    own_calendar.end_feed(db.session(), actor())
    flash(_("The address leads nowhere any more."), "success")
    return redirect(url_for("gatherings.own"))


def _by_feed() -> str:
    """Counts per feed: one address of a calendar service asks for many people."""
    return hash_token(str((request.view_args or {}).get("token")))


@blueprint.get("/agenda/feed/<token>.ics")
@limiter.limit(FETCHING, key_func=_by_feed)
def feed(token: str) -> Response:
    """Whoever has the address reads the dates: calendars cannot sign in."""
    text = own_calendar.feed(db.session(), token, clock.now())
    return Response(text, content_type=CALENDAR_TYPE)
