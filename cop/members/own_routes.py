"""Pages of a member's own: profile, settings, pseudonyms, invitations, leaving."""

from dataclasses import asdict

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from cop.members import (
    account,
    current,
    deliverability,
    invitations,
    leaving,
    mine,
    profiles,
    pseudonyms,
    reveals,
    roles,
    signing_in,
)
from cop.members.blueprint import blueprint, names_no_address, typed_account
from cop.members.forms import (
    ChangePasswordForm,
    InvitationForm,
    LeaveForm,
    NewEmailForm,
    OwnRoleForm,
    PreferencesForm,
    PseudonymForm,
)
from cop.members.people import ROLES
from cop.members.permissions import may_invite
from cop.members.profile_forms import PictureForm, ProfileForm, as_filled, options
from cop.members.queries import own_organisations, themes_by_group
from cop.members.site import settings_of
from cop.platform import clock, i18n
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_stale
from cop.platform.i18n import DEFAULT_ZONE
from cop.platform.i18n import gettext as _
from cop.platform.mail.composing import absolute
from cop.platform.ratelimit import GUESSING, MAILING, WRITING, limiter
from cop.platform.refusals import show_on
from cop.platform.versions import Stale, version_of
from cop.textcheck.asking import AuthorAsked

Page = str | Response | tuple[str, int]


@blueprint.get("/ik")
@login_required
def me() -> str:
    session, actor = db.session(), current_user.actor
    return render_template(
        "members/me.html",
        profile=profiles.profile(session, actor, current_user.handle),
        parts=mine.parts(session, actor),
        invites=may_invite(actor, settings_of(session)),
    )


@blueprint.route("/ik/profiel", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def change_profile() -> Page:
    session, actor = db.session(), current_user.actor
    now = profiles.filled(session, actor)
    form = ProfileForm(obj=now, region_now=now.region, version=version_of(asdict(now)))
    asked, changed = None, None
    if form.validate_on_submit():
        now = as_filled(form, request.form)
        try:
            profiles.change(
                session,
                actor,
                now,
                clock.now(),
                anyway="anyway" in request.form,
                version=form.version.data or "",
            )
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            changed = put_stale(form, stale)
        except Refused as refused:
            show_on(form, refused)
        else:
            flash(_("Your profile is saved."), "success")
            return redirect(url_for(".me"))
    elif form.is_submitted():
        now = as_filled(form, request.form)
    page = render_template(
        "members/change_profile.html",
        form=form,
        asked=asked,
        changed=changed,
        picture_form=PictureForm(formdata=None),
        tags=options(((t.value, str(label)) for t, label in ROLES.items()), now.tags),
        organisations=options(
            own_organisations(session, actor, now.organisations),
            {str(key): shown for key, shown in now.organisations.items()},
        ),
        theme_groups=[
            (group, options(rows, {str(key): shown for key, shown in now.themes.items()}))
            for group, rows in themes_by_group(session)
        ],
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/ik/foto")
@login_required
@limiter.limit(WRITING)
def set_picture() -> Page:
    form = PictureForm()
    file = form.picture.data
    try:
        if not form.validate():
            raise Refused(_("Something went wrong. Try it once more, please."), "picture")
        if not file or not file.filename:
            raise Refused(_("Choose a picture first."), "picture")
        who = current_user.actor
        db.session.rollback()  # nobody waits at the database while it is cleaned
        picture = profiles.clean_picture(file.stream, file.filename)
        profiles.set_picture(db.session(), who, picture, clock.now())
    except Refused as refused:
        form.picture.errors = [refused.message]
        return render_template("members/picture.html", form=form), 422
    flash(_("Your picture is saved."), "success")
    return redirect(url_for(".change_profile"))


@blueprint.post("/ik/foto/weg")
@login_required
def remove_picture() -> Response:
    profiles.remove_picture(db.session(), current_user.actor)
    flash(_("Your picture is gone."), "success")
    return redirect(url_for(".change_profile"))


@blueprint.route("/ik/instellingen", methods=["GET", "POST"])
@login_required
def settings() -> Page:
    session, actor = db.session(), current_user.actor
    member = account.myself(session, actor)
    form = PreferencesForm(
        language=member.language or i18n.language(),
        time_zone=member.time_zone or DEFAULT_ZONE,
        colour_scheme=member.colour_scheme or "",
        zone_now=member.time_zone,
    )
    if form.validate_on_submit():
        wanted = account.Preferences(
            language=form.language.data,
            time_zone=form.time_zone.data,
            colour_scheme=form.colour_scheme.data or None,
        )
        account.prefer(session, actor, wanted, clock.now())
        flash(_("Your settings are saved."), "success")
        return redirect(url_for(".settings"))
    page = render_template(
        "members/settings.html",
        form=form,
        member_email=member.email,
        has_password=member.password_hash is not None,
        sign_ins=signing_in.own(session, actor, clock.now()),
        this_one=current_user.sign_in_id,
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/ik/sessies/<int:sign_in_id>/beeindigen")
@login_required
def end_sign_in(sign_in_id: int) -> Response:
    signing_in.end(db.session(), current_user.actor, sign_in_id)
    if sign_in_id == current_user.sign_in_id:
        current.forget()
        flash(_("You are signed out."))
        return redirect(url_for("today.home"))
    flash(_("That device is signed out."), "success")
    return redirect(url_for(".settings") + "#sessies")


@blueprint.post("/ik/sessies/andere-beeindigen")
@login_required
def end_other_sign_ins() -> Response:
    signing_in.end_all(db.session(), current_user.member_id, but=current_user.sign_in_id)
    flash(_("All your other devices are signed out."), "success")
    return redirect(url_for(".settings") + "#sessies")


@blueprint.route("/ik/wachtwoord", methods=["GET", "POST"])
@login_required
@limiter.limit(GUESSING, methods=["POST"])
def change_password() -> Page:
    session, actor = db.session(), current_user.actor
    has_password = account.myself(session, actor).password_hash is not None
    form = ChangePasswordForm()
    if not has_password:
        del form.current
    if form.validate_on_submit():
        try:
            account.change_password(
                session,
                actor,
                form.current.data or "" if has_password else "",
                form.password.data or "",
                clock.now(),
                keep_sign_in=current_user.sign_in_id,
            )
        except Refused as refused:
            show_on(form, refused)
        else:
            flash(
                _("Your password is set. Your other devices are signed out.")
                if form.password.data
                else _("You no longer have a password: you sign in with a link by mail."),
                "success",
            )
            return redirect(url_for(".settings"))
    status = 422 if form.is_submitted() else 200
    return render_template(
        "members/change_password.html", form=form, has_password=has_password
    ), status


@blueprint.route("/ik/e-mailadres", methods=["GET", "POST"])
@login_required
@limiter.limit(GUESSING, methods=["POST"])
@limiter.limit(MAILING, key_func=typed_account, methods=["POST"])
def new_email() -> Page:
    session, actor = db.session(), current_user.actor
    member = account.myself(session, actor)
    form = NewEmailForm()
    has_password = member.password_hash is not None
    if not has_password:
        del form.current
    if form.validate_on_submit():
        try:
            account.ask_new_email(
                session,
                actor,
                form.current.data or "" if has_password else "",
                form.email.data or "",
                clock.now(),
            )
        except Refused as refused:
            show_on(form, refused)
        else:
            return redirect(url_for(".look_in_mail"))
    status = 422 if form.is_submitted() else 200
    return render_template("members/new_email.html", form=form, address=member.email), status


@blueprint.route("/ik/e-mailadres/komt-niet-aan", methods=["GET", "POST"])
@login_required
def mail_stopped() -> Page:
    """Mail to the member's address keeps coming back: what they can do."""
    session, actor = db.session(), current_user.actor
    if request.method == "POST":
        deliverability.confirm(session, actor)
        flash(_("Thank you. From now on you get mail again."), "success")
        return redirect(url_for(".settings"))
    return render_template(
        "members/mail_stopped.html",
        trouble=deliverability.trouble_of(session, actor),
        address=account.myself(session, actor).email,
    )


@blueprint.get("/ik/schuilnamen")
@login_required
def own_pseudonyms() -> str:
    session, actor = db.session(), current_user.actor
    return render_template(
        "members/pseudonyms.html",
        pseudonyms=pseudonyms.own(session, actor),
        revealed=reveals.of_own_pseudonyms(session, actor),
    )


@blueprint.route("/ik/schuilnamen/<handle>", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def rename_pseudonym(handle: str) -> Page:
    session, actor = db.session(), current_user.actor
    found = next((p for p in pseudonyms.own(session, actor) if p.handle == handle), None)
    if found is None:
        raise NotFound
    form = PseudonymForm(pseudonym=found.name)
    if form.validate_on_submit():
        try:
            pseudonyms.rename(session, actor, handle, form.pseudonym.data or "")
        except Refused as refused:
            show_on(form, refused)
        else:
            flash(_("Your pseudonym has changed, also beside what you wrote before."), "success")
            return redirect(url_for(".own_pseudonyms"))
    status = 422 if form.is_submitted() else 200
    return render_template("members/rename_pseudonym.html", form=form, name=found.name), status


@blueprint.route("/ik/uitnodigingen", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per day", methods=["POST"])
@limiter.limit(MAILING, key_func=typed_account, exempt_when=names_no_address, methods=["POST"])
def own_invitations() -> Page:
    session, actor = db.session(), current_user.actor
    may = may_invite(actor, settings_of(session))
    form = InvitationForm(uses=1, days=14)
    made, asked = None, None
    if may and form.validate_on_submit():
        wanted = invitations.Wanted(
            email=form.email.data or None,
            uses=form.uses.data or 1,
            days=form.days.data or 0,
            note=form.note.data or "",
        )
        try:
            invitation, path = invitations.make(
                session,
                actor,
                wanted,
                i18n.language(),
                clock.now(),
                anyway="anyway" in request.form,
            )
        except AuthorAsked as question:
            asked = question
        except Refused as refused:
            show_on(form, refused)
        else:
            # Shown at once and not by redirect: the link is kept nowhere, only its hash.
            made = {"link": absolute(path) if path else None, "email": invitation.email}
            form = InvitationForm(formdata=None, uses=1, days=14)
    page = render_template(
        "members/invitations.html",
        form=form,
        may=may,
        made=made,
        asked=asked,
        invitations=invitations.shown(session, actor, clock.now()),
        everybodys=actor.moderates,
    )
    return page, 422 if form.is_submitted() and made is None else 200


@blueprint.post("/ik/uitnodigingen/<int:invitation_id>/intrekken")
@login_required
def revoke_invitation(invitation_id: int) -> Response:
    invitations.revoke(db.session(), current_user.actor, invitation_id, clock.now())
    flash(_("The invitation no longer works."), "success")
    return redirect(url_for(".own_invitations"))


@blueprint.route("/ik/rol", methods=["GET", "POST"])
@login_required
def own_role() -> Page:
    """What one is asked to do for the site, and a way out of what one does."""
    session, actor, form = db.session(), current_user.actor, OwnRoleForm()
    if form.validate_on_submit():
        try:
            if form.answer.data == "stop":
                roles.step_down(session, actor, clock.now())
            else:
                roles.answer(session, actor, form.answer.data == "yes", clock.now())
        except Refused as refused:
            show_on(form, refused)
        else:
            flash(_("Thank you for your answer."), "success")
            return redirect(url_for(".own_role"))
    page = render_template(
        "members/role.html",
        form=form,
        asked=roles.asked(session, actor),
        role=actor.role,
        names=roles.ROLE_NAMES,
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/ik/vertrekken", methods=["GET", "POST"])
@login_required
def leave() -> Page:
    session, actor = db.session(), current_user.actor
    form = LeaveForm()
    if form.validate_on_submit():
        try:
            leaving.leave(session, actor, form.posts.data == "name", clock.now())
        except Refused as refused:
            show_on(form, refused)
        else:
            current.forget()
            flash(_("You are no longer a member. Thank you for what you brought."), "success")
            return redirect(url_for("today.home"))
    page = render_template(
        "members/leave.html",
        form=form,
        hindrance=leaving.hindrance(session, actor),
    )
    return page, 422 if form.is_submitted() else 200
