"""Pages of moderators: requests to join, and who is behind a pseudonym."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from cop.members import profiles, requests, reveals
from cop.members.blueprint import blueprint
from cop.members.forms import DeclineForm, RevealForm
from cop.members.gates import moderators_only
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.refusals import show_on
from cop.textcheck.asking import AuthorAsked

Page = str | Response | tuple[str, int]


@blueprint.get("/aanmeldingen")
@moderators_only
def join_requests() -> str:
    found = requests.waiting(db.session(), current_user.actor)
    return render_template("members/requests.html", requests=found)


@blueprint.post("/aanmeldingen/<int:request_id>/ja")
@moderators_only
def admit(request_id: int) -> Response:
    requests.admit(db.session(), current_user.actor, request_id, clock.now())
    flash(_("They are a member now and get a mail."), "success")
    return redirect(url_for(".join_requests"))


@blueprint.route("/aanmeldingen/<int:request_id>/nee", methods=["GET", "POST"])
@moderators_only
def decline(request_id: int) -> Page:
    session, actor = db.session(), current_user.actor
    asked = requests.one(session, actor, request_id)
    form = DeclineForm()
    question: AuthorAsked | None = None
    if form.validate_on_submit():
        words, anyway = form.words.data or "", "anyway" in request.form
        try:
            requests.decline(session, actor, request_id, words, clock.now(), anyway)
        except AuthorAsked as found:
            question = found
        else:
            flash(_("They get a mail, and what they filled in is removed."), "success")
            return redirect(url_for(".join_requests"))
    status = 422 if form.is_submitted() else 200
    page = render_template("members/decline.html", form=form, waiting=asked, asked=question)
    return page, status


@blueprint.get("/onthullingen")
@moderators_only
def asked_reveals() -> str:
    found = reveals.asked(db.session(), current_user.actor)
    return render_template("members/reveals.html", reveals=found)


@blueprint.route("/leden/<handle>/onthulling", methods=["GET", "POST"])
@moderators_only
def ask_reveal(handle: str) -> Page:
    session, actor = db.session(), current_user.actor
    found = profiles.profile(session, actor, handle)
    if not found.person.is_pseudonym:
        raise NotFound
    form = RevealForm()
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        reason, anyway = form.reason.data or "", "anyway" in request.form
        try:
            reveal = reveals.ask(session, actor, handle, reason, clock.now(), anyway)
        except AuthorAsked as question:
            asked = question
        except Refused as refused:
            show_on(form, refused)
        else:
            flash(_("Another moderator is asked to decide with you."), "success")
            return redirect(url_for(".reveal", reveal_id=reveal.id))
    status = 422 if form.is_submitted() else 200
    page = render_template("members/ask_reveal.html", form=form, person=found.person, asked=asked)
    return page, status


@blueprint.get("/onthullingen/<int:reveal_id>")
@moderators_only
def reveal(reveal_id: int) -> str:
    session, actor = db.session(), current_user.actor
    asked = reveals.one(session, actor, reveal_id)
    agreed = asked.state == "agreed"
    return render_template(
        "members/reveal.html",
        asked=asked,
        learnt=reveals.learnt(session, actor, reveal_id) if agreed else None,
    )


@blueprint.post("/onthullingen/<int:reveal_id>/ja")
@moderators_only
def agree_to_reveal(reveal_id: int) -> Response:
    reveals.decide(db.session(), current_user.actor, reveal_id, True, clock.now())
    return redirect(url_for(".reveal", reveal_id=reveal_id))


@blueprint.post("/onthullingen/<int:reveal_id>/nee")
@moderators_only
def refuse_reveal(reveal_id: int) -> Response:
    reveals.decide(db.session(), current_user.actor, reveal_id, False, clock.now())
    flash(_("You refused. The one who asked is told."), "success")
    return redirect(url_for(".reveal", reveal_id=reveal_id))
