"""Pages of those who are not members yet."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from cop.members import current, first_run, invitations, links, signing_in, signing_up
from cop.members.blueprint import blueprint, typed_account
from cop.members.forms import ConfirmForm, FirstRunForm, SignUpForm
from cop.members.models import LinkPurpose, MemberState
from cop.members.queries import own_persona
from cop.platform import clock, i18n
from cop.platform.db import db
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import CROWD, GUESSING, MAILING, limiter, went_wrong
from cop.platform.refusals import show_on
from cop.textcheck.asking import AuthorAsked

Page = str | Response | tuple[str, int]


@blueprint.route("/aanmelden", methods=["GET", "POST"])
@blueprint.route("/aanmelden/uitnodiging/<token>", methods=["GET", "POST"])
@limiter.limit(CROWD, methods=["POST"])
@limiter.limit(MAILING, key_func=typed_account, methods=["POST"])
def sign_up(token: str | None = None) -> Page:
    session = db.session()
    if token is not None:
        try:
            invitations.look(session, token, clock.now())
        except invitations.InvitationRefused as refused:
            return _invitation_refused(refused)
    if current_user.is_authenticated:
        flash(_("You are a member already."))
        return redirect(url_for("today.home"))
    form = SignUpForm()
    if not signing_up.needs_motivation(session, token):
        del form.motivation
    asked: AuthorAsked | None = None
    if signing_up.is_open(session, token) and form.validate_on_submit():
        try:
            anyway = "anyway" in request.form
            signing_up.ask(session, _wish(form, token), clock.now(), anyway)
        except AuthorAsked as question:
            asked = question
        except Refused as refused:
            show_on(form, refused)
        else:
            return redirect(url_for("members.look_in_mail"))
    page = render_template(
        "members/sign_up.html",
        form=form,
        asked=asked,
        invited=token is not None,
        is_open=signing_up.is_open(session, token),
    )
    return page, 422 if form.is_submitted() else 200


def _invitation_refused(refused: Refused) -> tuple[str, int]:
    member = current_user.is_authenticated
    page = render_template(
        "members/link_refused.html",
        text=refused.message,
        again_url=url_for("today.home" if member else "members.sign_up"),
        again=_("To the first page") if member else _("How to join"),
    )
    return page, 410


def _wish(form: SignUpForm, token: str | None) -> signing_up.Wish:
    return signing_up.Wish(
        name=form.name.data or "",
        email=form.email.data or "",
        motivation=(form.motivation.data or "") if "motivation" in form else "",
        agreed=form.agreed.data,
        language=i18n.language(),
        token=token,
    )


@blueprint.route("/aanmelden/bevestigen/<token>", methods=["GET", "POST"])
@limiter.limit(GUESSING, methods=["POST"], deduct_when=went_wrong)
def confirm_address(token: str) -> Page:
    session, form = db.session(), ConfirmForm()
    try:
        link = links.look(session, token, LinkPurpose.CONFIRM, clock.now())
        if form.validate_on_submit():
            member = signing_up.confirm(session, token, form.password.data or "", clock.now())
            if member.state != MemberState.ACTIVE:
                return redirect(url_for("members.request_waits"))
            started = signing_in.start(session, member, request.user_agent.string, clock.now())
            current.remember(started)
            flash(_("Welcome! Tell the others something about yourself."), "success")
            return redirect(url_for("members.change_profile"))
    except links.LinkRefused as refused:
        page = render_template(
            "members/link_refused.html",
            text=refused.message,
            again_url=url_for("members.sign_in"),
            again=_("Ask for a new link"),
        )
        return page, 410
    except Refused as refused:
        show_on(form, refused)
    page = render_template(
        "members/confirm_address.html",
        form=form,
        name=own_persona(session, link.member_id).name,
        email=link.email,
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/aanmelden/wacht")
def request_waits() -> str:
    """After confirming an address where moderators decide."""
    return render_template("members/request_waits.html")


@blueprint.route("/eerste-keer/<token>", methods=["GET", "POST"])
@limiter.limit(GUESSING)
def first_run_page(token: str) -> Page:
    session, form = db.session(), FirstRunForm()
    first_run.check(session, token)
    if form.validate_on_submit():
        wanted = first_run.Beginning(
            site_name=form.site_name.data or "",
            name=form.name.data or "",
            email=form.email.data or "",
            password=form.password.data or "",
            language=i18n.language(),
        )
        try:
            member = first_run.begin(session, token, wanted, clock.now())
        except Refused as refused:
            show_on(form, refused)
        else:
            started = signing_in.start(session, member, request.user_agent.string, clock.now())
            current.remember(started)
            flash(_("The site is yours to set up. Welcome!"), "success")
            return redirect("/beheer/")
    status = 422 if form.is_submitted() else 200
    return render_template("members/first_run.html", form=form), status
