"""Addresses of the moderation pages."""

from typing import TypeAlias

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import login_required
from markupsafe import Markup
from werkzeug.wrappers import Response

from cop.members.current import actor
from cop.moderation import files, operations, queries, subjects
from cop.moderation.forms import DecisionForm
from cop.moderation.labels import DECIDED, DECISIONS, REASONS
from cop.platform import clock, markup
from cop.platform.db import db, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import choices
from cop.platform.i18n import gettext as _
from cop.platform.numbers import whole_number
from cop.spaces.files import send
from cop.textcheck.asking import AuthorAsked

blueprint = Blueprint("moderation", __name__, url_prefix="/moderatie")

Page: TypeAlias = str | Response | tuple[str, int]

# What else moderators do, on pages of other rooms, where those are part of the site.
ELSEWHERE = ("members.join_requests", "members.asked_reveals")


def _rendered(text: str) -> Markup:
    """What somebody wrote, as readers saw it."""
    return Markup(markup.render(text))  # noqa: S704  # nh3 has cleaned it


def _moderators_only() -> None:
    if not actor().moderates:
        raise NotFound


@blueprint.get("")
@login_required
def overview() -> Page:
    """What waits for a moderator: urgent first, then what came first."""
    _moderators_only()
    lines, more = queries.open_reports(db.session, actor(), _key(request.args.get("na")))
    return render_template(
        "moderation/overview.html",
        lines=lines,
        more=url_for("moderation.overview", na=more) if more else None,
        reasons=REASONS,
        decided=False,
        elsewhere={e: url_for(e) for e in ELSEWHERE if e in current_app.view_functions},
    )


@blueprint.get("/afgehandeld")
@login_required
def decided() -> Page:
    _moderators_only()
    before = request.args.get("voor", type=int)
    lines, more = queries.decided_reports(db.session, actor(), before)
    return render_template(
        "moderation/overview.html",
        lines=lines,
        more=url_for("moderation.decided", voor=more.split("-")[1]) if more else None,
        reasons=REASONS,
        outcomes=DECIDED,
        decided=True,
        elsewhere={},
    )


@blueprint.route("/<int:report_id>", methods=["GET", "POST"])
@login_required
def report(report_id: int) -> Page:
    """One report: what was enclosed, and the decision."""
    page = queries.for_moderator(db.session, actor(), report_id)
    form = DecisionForm()
    form.decision.choices = choices(
        (each, DECISIONS[each]) for each in subjects.decisions(page.report.subject)
    )
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        try:
            operations.decide(
                db.session,
                actor(),
                report_id,
                decision=form.decision.data,
                answer=form.answer.data or "",
                request=form.request.data or "",
                now=clock.now(),
                anyway="anyway" in request.form,
            )
        except AuthorAsked as question:
            asked = question
        except Refused as error:
            _put(form, error)
        else:
            flash(_("Decided. Whoever reported it and the author are told."), "success")
            return redirect(url_for("moderation.overview"))
    status = 422 if form.is_submitted() else 200
    return (
        render_template(
            "moderation/report.html",
            page=page,
            form=form,
            asked=asked,
            reasons=REASONS,
            outcomes=DECIDED,
            rendered=_rendered,
        ),
        status,
    )


@blueprint.get("/<int:report_id>/bijlage/<int:number>")
@login_required
def enclosed(report_id: int, number: int) -> Response:
    """A file that was enclosed, while the report waits; that it was opened is recorded."""
    file = files.to_read(db.session(), actor(), report_id, number)
    answer = send(file, kept="no-store")
    with unit_of_work() as session:
        files.note_reading(session, actor(), report_id, number, clock.now())
    return answer


@blueprint.post("/<int:report_id>/oppakken")
@login_required
def take(report_id: int) -> Page:
    operations.take(db.session, actor(), report_id, clock.now())
    flash(_("You handle this report now."), "success")
    return redirect(url_for("moderation.report", report_id=report_id))


@blueprint.post("/<int:report_id>/loslaten")
@login_required
def release(report_id: int) -> Page:
    operations.release(db.session, actor(), report_id, clock.now())
    flash(_("This report waits for another moderator again."), "success")
    return redirect(url_for("moderation.overview"))


@blueprint.get("/gemeld/<int:report_id>")
@login_required
def reported(report_id: int) -> Page:
    """Thanks, what happens now, and where help is when it was urgent."""
    found = queries.for_reporter(db.session, actor(), report_id)
    return render_template(
        "moderation/reported.html",
        report=found,
        back=subjects.place(db.session, actor(), found.subject) or "/",
    )


@blueprint.get("/antwoord/<int:report_id>")
@login_required
def answer(report_id: int) -> Page:
    """For whoever reported something: what came of it."""
    found = queries.for_reporter(db.session, actor(), report_id)
    return render_template(
        "moderation/answer.html",
        report=found,
        reasons=REASONS,
        outcomes=DECIDED,
        rendered=_rendered,
        place=subjects.place(db.session, actor(), found.subject),
    )


@blueprint.get("/besluit/<int:report_id>")
@login_required
def decision(report_id: int) -> Page:
    """For the author of a text: what the moderators ask or did."""
    found = queries.for_author(db.session, actor(), report_id)
    return render_template(
        "moderation/decision.html",
        decision=found.decision,
        request_text=found.request,
        decided_at=found.decided_at,
        rendered=_rendered,
        place=subjects.place(db.session, actor(), found.subject),
    )


def _key(text: str | None) -> tuple[bool, int] | None:
    urgent, _dash, figures = (text or "").partition("-")
    number = whole_number(figures)
    return (urgent == "1", number) if urgent in ("0", "1") and number is not None else None


def _put(form: DecisionForm, error: Refused) -> None:
    """The sentence of a refusal, beside its field or above the form."""
    if error.field in form:
        form[error.field].errors = [*form[error.field].errors, error.message]
    else:
        form.form_errors.append(error.message)
