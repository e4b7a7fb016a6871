"""Addresses for reporting a case, or what somebody brought to one, to the moderators."""

from urllib.parse import urlsplit

from flask import redirect, render_template, request
from flask_login import login_required

from cop.cases import reporting
from cop.cases.forms import CaseReportForm
from cop.cases.models import Case, Contribution
from cop.cases.permissions import CasePermission
from cop.cases.routes import Page, blueprint, own, show, writing_limit
from cop.members.current import actor
from cop.moderation import queries as reports
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.web import settings
from cop.textcheck.asking import AuthorAsked


@blueprint.route("/casussen/<int:case_id>/melden", methods=["GET", "POST"])
@login_required
@writing_limit
def report(case_id: int) -> Page:
    found, made = reporting.case_to_report(db.session(), actor(), case_id)
    return _report(found, made, case_id, request.path)


@blueprint.route("/bijdragen/<int:contribution_id>/melden", methods=["GET", "POST"])
@login_required
@writing_limit
def report_contribution(contribution_id: int) -> Page:
    found, made = reporting.contribution_to_report(db.session(), actor(), contribution_id)
    return _report(found, made, found.case_id, request.path)


def _report(about: Case | Contribution, made: int | None, case_id: int, at: str) -> Page:
    if made is not None and request.method == "GET":
        return redirect(f"/moderatie/antwoord/{made}")
    form, asked = CaseReportForm(), None
    if form.validate_on_submit():
        try:
            sent = reporting.report(
                db.session(),
                actor(),
                about,
                passage=form.passage.data or "",
                reason=form.reason.data,
                note=form.note.data or "",
                urgent=form.urgent.data,
                host=urlsplit(settings().base_url).netloc,
                now=clock.now(),
                anyway="anyway" in request.form,
            )
            return redirect(f"/casussen/{case_id}/gemeld/{sent.id}")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    whole = isinstance(about, Case)
    return show("report", form, asked=asked, case_id=case_id, at=at, whole=whole)


@blueprint.get("/casussen/<int:case_id>/gemeld/<int:report_id>")
@login_required
def reported(case_id: int, report_id: int) -> str:
    """Thanks, what happens now, and where help is when it was urgent."""
    own(case_id, CasePermission.READ)
    found = reports.for_reporter(db.session(), actor(), report_id)
    if found.subject.partition(":")[0] not in ("case", "contribution"):
        raise NotFound
    return render_template("moderation/reported.html", report=found, back=f"/casussen/{case_id}")
