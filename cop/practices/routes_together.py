"""Addresses for writing together: who writes, who is asked, who stops, who takes over."""

from flask import flash, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.members.current import actor
from cop.members.queries import people_named
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import WRITING, limiter
from cop.practices import together
from cop.practices.forms import AskForm
from cop.practices.permissions import PracticePermission
from cop.practices.routes import View, blueprint, read_page
from cop.practices.routes_writing import form_page, url_of, written_page
from cop.spaces.coordinating import NobodyCalledSo


@blueprint.route("/praktijken/<int:practice_id>/schrijvers", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def writers(practice_id: int) -> View:
    """Who writes it, who was asked, and asking somebody; for its space's coordinators only who."""
    page, session = read_page(practice_id, PracticePermission.END_WRITING), db.session()
    form, found = AskForm(), []
    if request.method == "POST" and not page.holds("write"):
        raise NotFound
    if form.validate_on_submit():
        handle = request.form.get("chosen", "")[:80] or form.handle.data or ""
        try:
            together.ask(session, actor(), practice_id, handle, clock.now())
            flash(_("The question is sent. They decide."), "success")
            return redirect(url_of(practice_id, "/schrijvers"))
        except NobodyCalledSo as refusal:
            found = people_named(session, actor(), handle)
            one_of = Refused(_("Do you mean one of these?"), "handle")
            put_beside(form, one_of if found else refusal)
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("writers", form, page=page, practice=page.practice, found=found)


@blueprint.post("/praktijken/<int:practice_id>/schrijvers/<handle>/intrekken")
@login_required
def withdraw(practice_id: int, handle: str) -> Response:
    together.withdraw(db.session(), actor(), practice_id, handle)
    flash(_("The question is taken back."), "success")
    return redirect(url_of(practice_id, "/schrijvers"))


@blueprint.route(
    "/praktijken/<int:practice_id>/schrijvers/<handle>/beeindigen", methods=["GET", "POST"]
)
@login_required
def end_writing(practice_id: int, handle: str) -> View:
    """Let somebody else write along no longer."""
    page = read_page(practice_id, PracticePermission.END_WRITING)
    who = next((each.person for each in page.editors if each.person.handle == handle), None)
    if who is None:
        raise NotFound
    if request.method == "POST":
        try:
            together.remove(db.session(), actor(), practice_id, handle, clock.now())
            flash(_("They no longer write along. They hear of it."), "success")
        except Refused as refusal:
            flash(refusal.message, "error")
        return redirect(url_of(practice_id, "/schrijvers"))
    return render_template("practices/end_writing.html", page=page, practice=page.practice, who=who)


@blueprint.route("/praktijken/<int:practice_id>/uitnodiging", methods=["GET", "POST"])
@login_required
def invitation(practice_id: int) -> View:
    """What one is asked, with yes and no."""
    page = read_page(practice_id, PracticePermission.ANSWER)
    if request.method == "POST":
        yes = request.form.get("answer") == "yes"
        together.answer(db.session(), actor(), practice_id, yes, clock.now())
        if yes:
            flash(_("You write along from now on."), "success")
            return redirect(url_of(practice_id, "/schrijven"))
        flash(_("You do not write along. Nobody is told."), "success")
        return redirect("/praktijken")
    return render_template("practices/invitation.html", page=page, practice=page.practice)


@blueprint.route("/praktijken/<int:practice_id>/stoppen", methods=["GET", "POST"])
@login_required
def stop(practice_id: int) -> View:
    page = written_page(practice_id)
    if request.method == "POST":
        try:
            together.stop(db.session(), actor(), practice_id, clock.now())
            flash(_("You no longer write along. What you wrote stays."), "success")
            return redirect("/praktijken")
        except Refused as refusal:
            flash(refusal.message, "error")
            return redirect(url_of(practice_id, "/schrijvers"))
    return render_template("practices/stop.html", page=page, practice=page.practice)


@blueprint.post("/praktijken/<int:practice_id>/overnemen")
@login_required
def take_over(practice_id: int) -> Response:
    together.take_over(db.session(), actor(), practice_id, clock.now())
    flash(_("You look after this now. Thank you!"), "success")
    return redirect(url_of(practice_id))
