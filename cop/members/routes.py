"""Addresses of the members' pages."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from cop.members import current, kept, signing_in
from cop.members.forms import SignInForm
from cop.members.models import Member, MemberState
from cop.members.passwords import matches
from cop.platform import clock
from cop.platform.db import db
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import GUESSING, limiter
from cop.platform.web import safe_path

blueprint = Blueprint("members", __name__)


@blueprint.route("/inloggen", methods=["GET", "POST"])
@limiter.limit(GUESSING, methods=["POST"])
def sign_in() -> str | Response | tuple[str, int]:
    form = SignInForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        session = db.session()
        member = session.scalar(select(Member).filter_by(email=(form.email.data or "").lower()))
        known = member is not None and matches(member.password_hash, form.password.data or "")
        if member is not None and known and member.state == MemberState.ACTIVE:
            token = signing_in.start(session, member, request.user_agent.string, clock.now())
            current.remember(token)
            return redirect(safe_path(form.next.data))
        form.password.errors = [_("This address and password do not belong together.")]
    status = 422 if form.is_submitted() else 200
    return render_template("members/sign_in.html", form=form, kept=kept.brought_along()), status


@blueprint.post("/uitloggen")
@login_required
def sign_out() -> Response:
    signing_in.end(db.session(), current_user.actor, current_user.sign_in_id)
    current.forget()
    flash(_("You are signed out."))
    return redirect(url_for("today.home"))
