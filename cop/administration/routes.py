"""The administrators' pages."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.administration import operations, queries
from cop.administration.forms import (
    MailTestForm,
    OrganisationForm,
    RoleForm,
    SiteForm,
    ThemeForm,
)
from cop.members import roles as site_roles
from cop.members.current import actor
from cop.members.gates import administrators_only
from cop.members.models import Organisation, Theme
from cop.members.site import settings_of
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_stale
from cop.platform.i18n import gettext as _
from cop.platform.i18n import language, ngettext
from cop.platform.mail import sending
from cop.platform.versions import Stale, version_of
from cop.platform.web import settings
from cop.textcheck.asking import AuthorAsked

blueprint = Blueprint("administration", __name__, url_prefix="/beheer")

Page = str | Response | tuple[str, int]


@blueprint.get("/")
@administrators_only
def index() -> str:
    return render_template(
        "administration/index.html", work=queries.work(db.session(), clock.now())
    )


@blueprint.route("/instellingen", methods=["GET", "POST"])
@administrators_only
def site() -> Page:
    session = db.session()
    site = settings_of(session)
    version = version_of(operations.words_of(site))
    form, asked, changed = SiteForm(obj=site, version=version), None, None
    if form.validate_on_submit():
        values = {name: form[name].data for name in operations.WORDS}
        try:
            operations.change_site(
                session,
                actor(),
                values,
                clock.now(),
                anyway="anyway" in request.form,
                version=form.version.data or "",
            )
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            changed = put_stale(form, stale)
        else:
            flash(_("The settings are saved."), "success")
            return redirect(url_for("administration.site"))
    return _page("administration/site.html", form, asked=asked, changed=changed)


@blueprint.get("/rollen")
@administrators_only
def roles() -> str:
    session, words = db.session(), request.args.get("naam", "").strip()[:80]
    return render_template(
        "administration/roles.html",
        holders=site_roles.holders(session, actor()),
        words=words,
        found=site_roles.found(session, actor(), words),
        names=site_roles.ROLE_NAMES,
    )


@blueprint.route("/rollen/<handle>", methods=["GET", "POST"])
@administrators_only
def role(handle: str) -> Page:
    session = db.session()
    holder = site_roles.one(session, actor(), handle)
    form = RoleForm(role=holder.asked or holder.role)
    if form.validate_on_submit():
        try:
            waits = site_roles.choose(session, actor(), handle, form.role.data, clock.now())
        except Refused as refusal:
            form.role.errors = [refusal.message]
        else:
            name = holder.person.name
            said = _("%(name)s is asked. It holds once they say yes.", name=name)
            flash(said if waits else _("The role of %(name)s is saved.", name=name), "success")
            return redirect(url_for("administration.roles"))
    return _page("administration/role.html", form, holder=holder, names=site_roles.ROLE_NAMES)


@blueprint.get("/organisaties")
@administrators_only
def organisations() -> str:
    return render_template(
        "administration/organisations.html", organisations=queries.organisations(db.session())
    )


@blueprint.route("/organisaties/nieuw", methods=["GET", "POST"], defaults={"row_id": None})
@blueprint.route("/organisaties/<int:row_id>", methods=["GET", "POST"])
@administrators_only
def organisation(row_id: int | None) -> Page:
    session = db.session()
    row = _row(Organisation, row_id)
    version = version_of(operations.words_of_organisation(row)) if row else ""
    form, changed = OrganisationForm(obj=row, version=version), None
    if form.validate_on_submit():
        values = {name: form[name].data or "" for name in operations.ORGANISATION}
        try:
            operations.save_organisation(
                session, actor(), row_id, values, clock.now(), version=form.version.data or ""
            )
        except Stale as stale:
            changed = put_stale(form, stale)
        except Refused as refusal:
            form[refusal.field or "name"].errors = [refusal.message]
        else:
            flash(_("The organisation is saved."), "success")
            return redirect(url_for("administration.organisations"))
    return _page("administration/organisation.html", form, row=row, changed=changed)


@blueprint.post("/organisaties/<int:row_id>/uit-de-lijst")
@administrators_only
def retire_organisation(row_id: int) -> Response:
    operations.retire(db.session(), actor(), Organisation, row_id, clock.now())
    return redirect(url_for("administration.organisations"))


@blueprint.get("/themas")
@administrators_only
def themes() -> str:
    return render_template("administration/themes.html", themes=queries.themes(db.session()))


@blueprint.route("/themas/nieuw", methods=["GET", "POST"], defaults={"row_id": None})
@blueprint.route("/themas/<int:row_id>", methods=["GET", "POST"])
@administrators_only
def theme(row_id: int | None) -> Page:
    row = _row(Theme, row_id)
    version = version_of(operations.words_of_theme(row)) if row else ""
    form, changed = ThemeForm(obj=row, version=version), None
    if form.validate_on_submit():
        values = {name: form[name].data for name in operations.THEME}
        try:
            operations.save_theme(
                db.session(), actor(), row_id, values, clock.now(), version=form.version.data or ""
            )
        except Stale as stale:
            changed = put_stale(form, stale)
        else:
            flash(_("The theme is saved."), "success")
            return redirect(url_for("administration.themes"))
    return _page("administration/theme.html", form, row=row, changed=changed)


@blueprint.post("/themas/<int:row_id>/uit-de-lijst")
@administrators_only
def retire_theme(row_id: int) -> Response:
    operations.retire(db.session(), actor(), Theme, row_id, clock.now())
    return redirect(url_for("administration.themes"))


@blueprint.route("/mail", methods=["GET", "POST"])
@administrators_only
def mail_test() -> Page:
    """Send a test mail through the settings in use, and say what the mail server said."""
    form = MailTestForm()
    if form.validate_on_submit():
        problem = sending.try_settings(form.recipient.data or "", language(), clock.now())
        if problem is None:
            operations.note_mail_test(db.session(), actor(), clock.now())
            flash(_("The mail server took the test mail. Look whether it arrives."), "success")
            return redirect(url_for("administration.mail_test"))
        form.recipient.errors = [problem]
    return _page(
        "administration/mail.html",
        form,
        smtp=settings().smtp,
        sender=settings().mail_from,
        rate=settings().mail_per_minute,
    )


@blueprint.get("/werk")
@administrators_only
def work() -> str:
    return render_template("administration/work.html", work=queries.work(db.session(), clock.now()))


@blueprint.post("/werk/taken/<int:job_id>/opnieuw")
@administrators_only
def retry_job(job_id: int) -> Response:
    operations.retry_job(db.session(), actor(), job_id, clock.now())
    flash(_("It is tried again."), "success")
    return redirect(url_for("administration.work"))


@blueprint.post("/werk/taken/<int:job_id>/weg")
@administrators_only
def drop_job(job_id: int) -> Response:
    operations.drop_job(db.session(), actor(), job_id, clock.now())
    flash(_("It is removed."), "success")
    return redirect(url_for("administration.work"))


@blueprint.post("/werk/mails/<int:mail_id>/opnieuw")
@administrators_only
def retry_mail(mail_id: int) -> Response:
    operations.retry_mail(db.session(), actor(), mail_id, clock.now())
    flash(_("It is tried again."), "success")
    return redirect(url_for("administration.work"))


@blueprint.post("/werk/mails/opnieuw")
@administrators_only
def retry_mails() -> Response:
    count = operations.retry_mails(db.session(), actor(), clock.now())
    flash(
        ngettext("%(num)d mail is tried again.", "%(num)d mails are tried again.", count), "success"
    )
    return redirect(url_for("administration.work"))


def _row(kind: Any, row_id: int | None) -> Any:
    if row_id is None:
        return None
    found = db.session().get(kind, row_id)
    if found is None:
        raise NotFound
    return found


def _page(template: str, form: Any, **values: Any) -> tuple[str, int]:
    status = 422 if form.is_submitted() else 200
    return render_template(template, form=form, **values), status
