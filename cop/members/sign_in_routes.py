"""Signing in and out, links by mail, and the language of the pages."""

from flask import flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from cop.members import account, current, demo_sign_in, kept, links, signing_in
from cop.members.blueprint import (
    asking_from,
    asks_link,
    blueprint,
    has_password,
    typed_account,
)
from cop.members.forms import ButtonForm, ForgottenForm, NewPasswordForm, SignInForm
from cop.members.models import LinkPurpose, Member
from cop.platform import clock, i18n
from cop.platform.db import db
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import CROWD, GUESSING, MAILING, limiter, went_wrong
from cop.platform.refusals import show_on
from cop.platform.web import safe_path

Page = str | Response | tuple[str, int]


@blueprint.route("/inloggen", methods=["GET", "POST"])
# Whoever tries passwords on somebody's address must not shut them out of the way in by mail.
@limiter.limit(GUESSING, methods=["POST"], exempt_when=asks_link, deduct_when=went_wrong)
@limiter.limit(GUESSING, key_func=typed_account, methods=["POST"], exempt_when=asks_link)
@limiter.limit(CROWD, key_func=asking_from, methods=["POST"], exempt_when=has_password)
@limiter.limit(MAILING, key_func=typed_account, methods=["POST"], exempt_when=has_password)
def sign_in() -> Page:
    if current_user.is_authenticated and request.method == "GET":
        return redirect(safe_path(request.args.get("next")))
    form = SignInForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        try:
            if not form.password.data:
                return _mail_sign_in_link(form)
            member = signing_in.with_password(
                db.session(), form.email.data or "", form.password.data
            )
            return _signed_in(member, form.next.data)
        except Refused as refused:
            show_on(form, refused)
    status = 422 if form.is_submitted() else 200
    page = render_template(
        "members/sign_in.html",
        form=form,
        kept=kept.brought_along(),
        demo_members=demo_sign_in.offered(db.session()),
    )
    return page, status


def _mail_sign_in_link(form: SignInForm) -> Page:
    signing_in.ask_link(db.session(), form.email.data or "", clock.now())
    brought = kept.brought_along()
    if brought is not None:
        # Not by redirect: the text would be lost. It waits here until the link was followed.
        return render_template("members/look_in_mail.html", kept=brought, form=ButtonForm())
    session["next"] = safe_path(form.next.data)
    return redirect(url_for("members.look_in_mail"))


def _signed_in(member: Member, target: str | None) -> Page:
    """Begin the sign-in, then on to where they wanted to be, or to what they had typed."""
    target = safe_path(target or session.get("next"))
    token = signing_in.start(db.session(), member, request.user_agent.string, clock.now())
    current.remember(token)
    brought = kept.brought_along()
    if brought is not None:
        return _kept_page(brought)
    return redirect(target)


def _kept_page(brought: kept.Kept) -> str:
    return render_template("members/kept_text.html", kept=brought, form=ButtonForm(formdata=None))


@blueprint.post("/inloggen/bewaard")
@login_required
def kept_text() -> Page:
    """After following the link in another tab: on with what was typed in this one."""
    brought = kept.brought_along()
    return _kept_page(brought) if brought is not None else redirect(url_for("today.home"))


@blueprint.get("/kijk-in-je-mail")
def look_in_mail() -> str:
    """After a form that took an address: the same page for every address."""
    return render_template("members/look_in_mail.html", kept=None, form=None)


@blueprint.route("/inloggen/link/<token>", methods=["GET", "POST"])
@limiter.limit(GUESSING, methods=["POST"], deduct_when=went_wrong)
def sign_in_link(token: str) -> Page:
    form = ButtonForm()
    try:
        if form.validate_on_submit():
            return _signed_in(signing_in.with_link(db.session(), token, clock.now()), None)
        links.look(db.session(), token, LinkPurpose.SIGN_IN, clock.now())
    except links.LinkRefused as refused:
        return link_refused(refused, url_for("members.sign_in"), _("Ask for a new link"))
    return render_template("members/sign_in_link.html", form=form)


def link_refused(refused: Refused, again_url: str, again: str) -> tuple[str, int]:
    """The page of a link that does not work (any more): one sentence, and the way on."""
    page = render_template(
        "members/link_refused.html", text=refused.message, again_url=again_url, again=again
    )
    return page, 410


@blueprint.post("/inloggen/demo/<handle>")
def sign_in_as_demo_member(handle: str) -> Page:
    member = demo_sign_in.member(db.session(), handle)
    return _signed_in(member, request.form.get("next"))


@blueprint.post("/uitloggen")
@login_required
def sign_out() -> Response:
    signing_in.end(db.session(), current_user.actor, current_user.sign_in_id)
    current.forget()
    flash(_("You are signed out."))
    return redirect(url_for("today.home"))


@blueprint.route("/wachtwoord-vergeten", methods=["GET", "POST"])
@limiter.limit(CROWD, methods=["POST"])
@limiter.limit(MAILING, key_func=typed_account, methods=["POST"])
def forgotten_password() -> Page:
    form = ForgottenForm()
    if form.validate_on_submit():
        try:
            signing_in.ask_link(
                db.session(), form.email.data or "", clock.now(), LinkPurpose.PASSWORD
            )
        except Refused as refused:
            show_on(form, refused)
        else:
            return redirect(url_for("members.look_in_mail"))
    status = 422 if form.is_submitted() else 200
    return render_template("members/forgotten_password.html", form=form), status


@blueprint.route("/wachtwoord/nieuw/<token>", methods=["GET", "POST"])
@limiter.limit(GUESSING, methods=["POST"], deduct_when=went_wrong)
def new_password(token: str) -> Page:
    form = NewPasswordForm()
    again = (url_for("members.forgotten_password"), _("Ask for a new link"))
    try:
        links.look(db.session(), token, LinkPurpose.PASSWORD, clock.now())
        if form.validate_on_submit():
            member = account.reset_password(
                db.session(), token, form.password.data or "", clock.now()
            )
            flash(_("Your new password is set, and you are signed in."), "success")
            return _signed_in(member, "/")
    except links.LinkRefused as refused:
        return link_refused(refused, *again)
    except Refused as refused:
        show_on(form, refused)
    status = 422 if form.is_submitted() else 200
    return render_template("members/new_password.html", form=form), status


@blueprint.route("/e-mailadres/bevestigen/<token>", methods=["GET", "POST"])
@limiter.limit(GUESSING, methods=["POST"], deduct_when=went_wrong)
def confirm_new_email(token: str) -> Page:
    form = ButtonForm()
    try:
        link = links.look(db.session(), token, LinkPurpose.NEW_EMAIL, clock.now())
        if form.validate_on_submit():
            account.confirm_new_email(db.session(), token, clock.now())
            flash(_("Your e-mail address has changed."), "success")
            return redirect(url_for("today.home"))
    except links.LinkRefused as refused:
        return link_refused(refused, url_for("members.new_email"), _("Ask for a new link"))
    return render_template("members/confirm_new_email.html", form=form, address=link.email)


@blueprint.post("/taal")
def change_language() -> Response:
    """For this browser, and for a member wherever they sign in."""
    wanted = request.form.get("language", "")
    if wanted in i18n.LANGUAGES:
        session["language"] = wanted
        if current_user.is_authenticated:
            member = account.myself(db.session(), current_user.actor)
            member.language = wanted
            db.session().flush()
    return redirect(safe_path(request.form.get("next")))
