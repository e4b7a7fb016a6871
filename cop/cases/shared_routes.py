"""Addresses of an approved case: sharing, contributions, outcome, date of removal, print, PDF."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.cases import queries, sharing, until
from cop.cases.forms import (
    AnswerForm,
    ContributionForm,
    OutcomeForm,
    ShareForm,
    UntilForm,
    chosen_end,
)
from cop.cases.models import Case
from cop.cases.permissions import CONTRIBUTIONS, CasePermission, ContributionPermission
from cop.cases.routes import (
    Page,
    blueprint,
    note_reading,
    own,
    show,
    writing_limit,
)
from cop.cases.steps import steps
from cop.cases.words import KINDS, basis_shown
from cop.members.current import actor
from cop.platform import clock, pdf
from cop.platform.db import db
from cop.platform.errors import Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import gettext as _
from cop.textcheck.asking import AuthorAsked
from cop.textcheck.crisis import show_help_once


def _anyway() -> bool:
    return "anyway" in request.form


@blueprint.route("/casussen/<int:case_id>/delen", methods=["GET", "POST"])
@login_required
@writing_limit
def share(case_id: int) -> Page:
    session = db.session()
    found = own(case_id, CasePermission.SHARE)
    told, now = until.told(session, found), clock.now()
    usual = told if told and told >= now + until.SHORTEST else now + until.USUAL
    form = ShareForm(until=until.day_of(usual))
    form.themes.choices = choices(queries.themes(session))
    if form.validate_on_submit():
        try:
            sharing.share(
                session,
                actor(),
                case_id,
                chosen_end(form),
                form.themes.data or [],
                now,
                bool(form.asked.data),
            )
            flash(_("Shared. You see here what others bring, and who read it."), "success")
            return redirect(f"/casussen/{case_id}")
        except Refused as refusal:
            put_beside(form, refusal)
    return show(
        "share",
        form,
        case=found,
        steps=steps(found, "share"),
        told=until.day_of(told) if told else None,
        circle=queries.circle_page(session, actor(), found),
        author=queries.person_of(session, actor(), found.author_id),
    )


@blueprint.route("/casussen/<int:case_id>/bewaartermijn", methods=["GET", "POST"])
@login_required
def change_until(case_id: int) -> Page:
    session = db.session()
    found = own(case_id, CasePermission.EXTEND)
    told = until.told(session, found)
    form = UntilForm(until=until.last_day(found))
    if form.validate_on_submit():
        try:
            end, asked = chosen_end(form), bool(form.asked.data)
            sharing.extend(session, actor(), case_id, end, clock.now(), asked)
            flash(_("The date is changed."), "success")
            return redirect(f"/casussen/{case_id}")
        except Refused as refusal:
            put_beside(form, refusal)
    return show("until", form, case=found, told=until.day_of(told) if told else None)


@blueprint.route("/casussen/<int:case_id>/bijdragen", methods=["GET", "POST"])
@login_required
@writing_limit
def contribute(case_id: int) -> Page:
    session = db.session()
    found = own(case_id, CasePermission.CONTRIBUTE)
    kind = request.args.get("soort", "")
    form = ContributionForm(**({"kind": kind} if kind in set(KINDS) else {}))
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        try:
            made = sharing.contribute(
                session,
                actor(),
                case_id,
                form.kind.data,
                form.text.data or "",
                clock.now(),
                _anyway(),
            )
            show_help_once(made.text)
            return redirect(f"/casussen/{case_id}#bijdrage-{made.id}")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show(
        "contribute",
        form,
        case=found,
        asked=asked,
        circle=queries.circle_page(session, actor(), found),
    )


@blueprint.route("/bijdragen/<int:contribution_id>/antwoord", methods=["GET", "POST"])
@login_required
@writing_limit
def answer(contribution_id: int) -> Page:
    session = db.session()
    found = CONTRIBUTIONS.get(session, actor(), ContributionPermission.ANSWER, contribution_id)
    form, asked = AnswerForm(text=found.answer or ""), None
    if form.validate_on_submit():
        try:
            sharing.answer(
                session, actor(), contribution_id, form.text.data or "", clock.now(), _anyway()
            )
            show_help_once(form.text.data)
            return redirect(f"/casussen/{found.case_id}#bijdrage-{found.id}")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show(
        "answer",
        form,
        said=found,
        asked=asked,
        circle=queries.circle_page(session, actor(), session.get_one(Case, found.case_id)),
        paragraphs=queries.paragraphs,
    )


@blueprint.route("/bijdragen/<int:contribution_id>/verwijderen", methods=["GET", "POST"])
@login_required
def delete_contribution(contribution_id: int) -> Page:
    found = CONTRIBUTIONS.get(db.session(), actor(), ContributionPermission.DELETE, contribution_id)
    if request.method == "POST":
        case_id = sharing.delete_contribution(db.session(), actor(), contribution_id, clock.now())
        flash(_("The contribution is gone."), "success")
        return redirect(f"/casussen/{case_id}")
    return render_template("cases/delete_contribution.html", said=found)


@blueprint.route("/casussen/<int:case_id>/verlaten", methods=["GET", "POST"])
@login_required
def leave(case_id: int) -> Page:
    own(case_id, CasePermission.LEAVE)
    if request.method == "POST":
        sharing.leave(db.session(), actor(), case_id)
        flash(_("You are no longer in the circle of that case."), "success")
        return redirect("/casussen")
    return render_template("cases/leave.html", case_id=case_id)


@blueprint.route("/casussen/<int:case_id>/opbrengst", methods=["GET", "POST"])
@login_required
@writing_limit
def outcome(case_id: int) -> Page:
    session = db.session()
    found = own(case_id, CasePermission.CLOSE)
    form, asked = OutcomeForm(outcome=found.outcome or ""), None
    if form.validate_on_submit():
        try:
            sharing.close(
                session, actor(), case_id, form.outcome.data or "", clock.now(), _anyway()
            )
            show_help_once(form.outcome.data)
            flash(_("The outcome stands below the case. Thank you for sharing it."), "success")
            return redirect(f"/casussen/{case_id}")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show(
        "outcome",
        form,
        case=found,
        asked=asked,
        circle=queries.circle_page(session, actor(), found),
    )


# --- on paper


def _sheet(found: Case) -> dict[str, Any]:
    """What the print view and the PDF hold: the case alone, with circle and end date."""
    session, who = db.session(), actor()
    author = queries.person_of(session, who, found.author_id)
    return {
        "case": found,
        "parts": queries.text_of(found),
        "author": author,
        "circle": queries.circle_page(session, who, found),
        "last_day": until.last_day(found),
        "basis": basis_shown(found.basis, author),
        "outcome": queries.paragraphs(found.outcome or ""),
        "paragraphs": queries.paragraphs,
    }


@blueprint.get("/casussen/<int:case_id>/afdrukken")
@login_required
def print_view(case_id: int) -> str:
    found = own(case_id, CasePermission.READ)
    note_reading(case_id, "print")
    return render_template("cases/print.html", pdf=pdf.available(), **_sheet(found))


@blueprint.get("/casussen/<int:case_id>/pdf")
@login_required
def as_pdf(case_id: int) -> Page | Response:
    """The case on paper; where the machine cannot make one, a page says what to do instead."""
    found = own(case_id, CasePermission.READ)
    if not pdf.available():
        return render_template("cases/no_pdf.html", case=found), 200
    note_reading(case_id, "pdf")
    made = make_response(
        pdf.make(render_template("cases/paper.html", **_sheet(found)), "circle-paper.css")
    )
    made.headers["Content-Type"] = "application/pdf"
    made.headers["Content-Disposition"] = f'attachment; filename="casus-{found.id}.pdf"'
    return made
