"""Addresses of who hosts a market: asking others to, and taking over when nobody does."""

from flask import flash, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.markets import handing_over
from cop.markets.permissions import MarketPermission
from cop.markets.routes import Page, after, blueprint, head
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import WRITING, limiter


@blueprint.route("/markten/<int:market_id>/gastheren", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def hosts(market_id: int) -> Page:
    """Who hosts, and asking somebody who comes to host as well."""
    session, who = db.session(), actor()
    page = head(market_id, MarketPermission.MANAGE)
    if request.method == "POST":
        try:
            handle = request.form.get("handle", "")
            handing_over.ask(session, who, market_id, handle, clock.now())
            flash(_("They are asked. They host as soon as they say yes."), "success")
        except Refused as refusal:
            flash(refusal.message, "warning")
        return redirect(f"{page.url}/gastheren")
    visitors, more = handing_over.visitors(session, who, page, after("na"))
    return render_template("markets/hosts.html", page=page, visitors=visitors, more=more)


@blueprint.post("/markten/<int:market_id>/overnemen")
@login_required
def take_over(market_id: int) -> Response:
    market = handing_over.take_over(db.session(), actor(), market_id, clock.now())
    flash(_("You host this market now. Thank you!"), "success")
    return redirect(f"/markten/{market.id}")
