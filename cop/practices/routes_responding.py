"""Addresses for what others say: how it went, which institution uses it, how they work."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import WRITING, limiter
from cop.practices import beside, responding, words
from cop.practices.forms import ExperienceForm, UseForm, compare_form
from cop.practices.permissions import (
    COMPARISONS,
    EXPERIENCES,
    BesidePermission,
    PracticePermission,
)
from cop.practices.queries import Page
from cop.practices.routes import View, blueprint, read_page, who_reads
from cop.practices.routes_writing import anyway, form_page, url_of
from cop.spaces.circles import Visibility
from cop.spaces.words import READERS
from cop.textcheck.asking import AuthorAsked


def _readers(page: Page) -> str:
    """Members only, also where visitors read the practice itself."""
    if page.visibility == Visibility.PUBLIC and not page.is_draft:
        return str(READERS[Visibility.OPEN])
    readers: str = who_reads(page)["readers"]
    return readers


@blueprint.route("/praktijken/<int:practice_id>/ervaring", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def tell(practice_id: int) -> View:
    page = read_page(practice_id, PracticePermission.RESPOND)
    session, form, asked = db.session(), ExperienceForm(), None
    own = beside.own_experience(session, actor(), practice_id)
    if not form.is_submitted():
        if own is not None:
            form.verdict.data, form.context.data = own.verdict, own.context
            form.result.data = own.result
    elif form.validate():
        try:
            responding.tell(
                session,
                actor(),
                practice_id,
                form.verdict.data,
                form.context.data or "",
                form.result.data or "",
                clock.now(),
                anyway(),
            )
            flash(_("Thank you. Others can weigh it with your context."), "success")
            return redirect(url_of(practice_id, "#ervaringen"))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page(
        "experience",
        form,
        page=page,
        practice=page.practice,
        own=own,
        asked=asked,
        readers=_readers(page),
    )


@blueprint.route("/ervaringen/<int:experience_id>/verwijderen", methods=["GET", "POST"])
@login_required
def delete_experience(experience_id: int) -> View:
    session = db.session()
    row = EXPERIENCES.get(session, actor(), BesidePermission.DELETE, experience_id)
    back = url_of(row.practice_id)
    if request.method == "POST":
        responding.take_away(session, actor(), experience_id)
        flash(_("It is gone."), "success")
        return redirect(back)
    return render_template("practices/delete_experience.html", row=row, back=back)


@blueprint.route("/praktijken/<int:practice_id>/gebruik", methods=["GET", "POST"])
@login_required
def use(practice_id: int) -> View:
    page = read_page(practice_id, PracticePermission.RESPOND)
    session, form = db.session(), UseForm()
    offered, said = beside.institutions(session, actor(), practice_id)
    form.organisation.choices = choices(offered)
    if form.validate_on_submit():
        try:
            responding.use(session, actor(), practice_id, form.organisation.data, clock.now())
            flash(_("It stands on the page. Your name does not."), "success")
            return redirect(url_of(practice_id, "#gebruik"))
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("use", form, page=page, practice=page.practice, said=said)


@blueprint.post("/praktijken/<int:practice_id>/gebruik/<int:organisation_id>/niet-meer")
@login_required
def use_no_longer(practice_id: int, organisation_id: int) -> Response:
    responding.use_no_longer(db.session(), actor(), practice_id, organisation_id)
    flash(_("Taken back."), "success")
    return redirect(url_of(practice_id, "/gebruik"))


@blueprint.route("/praktijken/<int:practice_id>/vergelijken", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def compare(practice_id: int) -> View:
    """One's own way of working beside the practice, point by point."""
    page = read_page(practice_id, PracticePermission.COMPARE)
    session = db.session()
    shown = [page.sections[name] for name in words.COMPARED if name in page.sections]
    form: Any = compare_form([each.name for each in shown])()
    own = beside.own_comparison(session, actor(), practice_id)
    asked = None
    if not form.is_submitted():
        if own is not None:
            form.shared.data = "yes" if own.shared_at is not None else ""
            for name, (alike, said) in responding.read_points(own).items():
                if f"{name}_alike" in form:
                    form[f"{name}_alike"].data, form[f"{name}_said"].data = alike, said
    elif form.validate():
        points = {
            each.name: (form[f"{each.name}_alike"].data, form[f"{each.name}_said"].data or "")
            for each in shown
        }
        shared = form.shared.data == "yes"
        try:
            row = responding.compare(
                session, actor(), practice_id, points, shared, clock.now(), anyway()
            )
            flash(_("Kept, for all who read it.") if shared else _("Kept, for you."), "success")
            return redirect(f"/vergelijkingen/{row.id}")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page(
        "compare",
        form,
        page=page,
        practice=page.practice,
        shown=shown,
        own=own,
        asked=asked,
        readers=_readers(page),
    )


@blueprint.get("/vergelijkingen/<int:comparison_id>")
@login_required
def comparison(comparison_id: int) -> str:
    row, who, is_mine = beside.comparison(db.session(), actor(), comparison_id)
    page = read_page(row.practice_id)
    points = responding.read_points(row)
    return render_template(
        "practices/comparison.html",
        page=page,
        practice=page.practice,
        row=row,
        who=who,
        is_mine=is_mine,
        points=[
            (page.sections.get(name), words.SECTIONS[name], words.ALIKE.get(alike), said)
            for name in words.COMPARED
            if name in points
            for alike, said in [points[name]]
        ],
        readers=_readers(page),
    )


@blueprint.route("/vergelijkingen/<int:comparison_id>/verwijderen", methods=["GET", "POST"])
@login_required
def delete_comparison(comparison_id: int) -> View:
    session = db.session()
    row = COMPARISONS.get(session, actor(), BesidePermission.DELETE, comparison_id)
    back = url_of(row.practice_id)
    if request.method == "POST":
        responding.forget_comparison(session, actor(), comparison_id)
        flash(_("It is gone."), "success")
        return redirect(back)
    return render_template("practices/delete_comparison.html", row=row, back=back)
