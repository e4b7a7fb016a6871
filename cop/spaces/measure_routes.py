"""Addresses of the measures of a space."""

from datetime import date
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.members.current import actor
from cop.platform import clock, versions
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside, put_stale
from cop.platform.i18n import format_number, zone
from cop.platform.i18n import gettext as _
from cop.spaces import measures
from cop.spaces.charts import line_chart
from cop.spaces.measures import FEWEST, MeasureDetails
from cop.spaces.part_forms import MeasureForm, ValueForm
from cop.spaces.part_routes import anyway, must_stand_in, show, space_of
from cop.spaces.permissions import (
    MEASURES,
    MeasurePermission,
    SpacePermission,
)
from cop.spaces.routes import Page, blueprint
from cop.textcheck.asking import AuthorAsked


@blueprint.route("/<slug>/metingen/nieuw", methods=["GET", "POST"])
@login_required
def add_measure(slug: str) -> Page:
    space, _may = space_of(slug, SpacePermission.ADD_MEASURE)
    form, asked = MeasureForm(), None
    if form.validate_on_submit():
        try:
            made = measures.add(
                db.session(), actor(), space.id, _details(form), clock.now(), anyway()
            )
            flash(_("The measure is there. Now add a value."), "success")
            return redirect(url_for("spaces.measure", slug=slug, measure_id=made.id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show("measure_form", form, space, asked=asked, measure=None)


def _details(form: MeasureForm) -> MeasureDetails:
    return MeasureDetails(
        kind=form.kind.data,
        name=form.name.data or "",
        unit=form.unit.data or "",
        definition=form.definition.data or "",
        higher_is_better=form.better.data == "higher",
    )


@blueprint.route("/<slug>/metingen/<int:measure_id>", methods=["GET", "POST"])
def measure(slug: str, measure_id: int) -> Page:
    """The line, the table behind it, and the form for a value."""
    session = db.session()
    space, _may = space_of(slug, SpacePermission.READ)
    series, held = measures.one(session, actor(), space.id, measure_id)
    may_add = MeasurePermission.ADD_VALUE in held
    if request.method == "POST" and not may_add:
        raise NotFound
    form, asked, replaces = ValueForm(on=clock.now().astimezone(zone()).date()), None, None
    if form.validate_on_submit():
        given: dict[str, Any] = form.data
        try:
            measures.set_value(
                session,
                actor(),
                measure_id,
                given["on"],
                given["value"],
                given["people"],
                given["note"] or "",
                clock.now(),
                anyway(),
                replaces=request.form.get("replaces", ""),
            )
            flash(_("The value is added."), "success")
            return redirect(url_for("spaces.measure", slug=slug, measure_id=measure_id))
        except AuthorAsked as question:
            asked = question
        except measures.Stands as stands:
            replaces = stands.version
            put_beside(form, stands)
        except Refused as refusal:
            put_beside(form, refusal)
    return show(
        "measure",
        form,
        space,
        asked=asked,
        replaces=replaces,
        series=series,
        chart=line_chart([(v.on, v.value) for v in series.values]),
        number=format_number,
        may_add=may_add,
        may_change=MeasurePermission.CHANGE in held,
        fewest=FEWEST,
    )


@blueprint.get("/<slug>/metingen/<int:measure_id>.csv")
def measure_csv(slug: str, measure_id: int) -> Response:
    space, _may = space_of(slug, SpacePermission.READ)
    series, _held = measures.one(db.session(), actor(), space.id, measure_id)
    answer = make_response(measures.as_csv(series))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{space.slug}-{measure_id}.csv"'
    return answer


@blueprint.route("/<slug>/metingen/<int:measure_id>/bewerken", methods=["GET", "POST"])
@login_required
def change_measure(slug: str, measure_id: int) -> Page:
    session = db.session()
    space, _may = space_of(slug, SpacePermission.READ)
    found = MEASURES.get(session, actor(), MeasurePermission.CHANGE, measure_id)
    must_stand_in(found.space_id, space)
    stands = measures.details_of(found)
    form, asked, changed = MeasureForm(data=stands, version=versions.version_of(stands)), None, None
    if form.validate_on_submit():
        try:
            measures.change(
                session,
                actor(),
                measure_id,
                _details(form),
                clock.now(),
                anyway(),
                version=form.version.data or "",
            )
            flash(_("The measure is changed."), "success")
            return redirect(url_for("spaces.measure", slug=slug, measure_id=measure_id))
        except AuthorAsked as question:
            asked = question
        except versions.Stale as stale:
            changed = put_stale(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return show("measure_form", form, space, asked=asked, changed=changed, measure=found)


@blueprint.route("/<slug>/metingen/<int:measure_id>/verwijderen", methods=["GET", "POST"])
@login_required
def delete_measure(slug: str, measure_id: int) -> Page:
    session = db.session()
    space, _may = space_of(slug, SpacePermission.READ)
    found = MEASURES.get(session, actor(), MeasurePermission.DELETE, measure_id)
    must_stand_in(found.space_id, space)
    if request.method == "POST":
        measures.delete(session, actor(), measure_id, clock.now())
        flash(_("The measure is gone."), "success")
        return redirect(url_for("spaces.show", slug=slug))
    return render_template("spaces/measure_delete.html", space=space, title=measures.name_of(found))


@blueprint.route(
    "/<slug>/metingen/<int:measure_id>/waarden/<day>/verwijderen", methods=["GET", "POST"]
)
@login_required
def delete_value(slug: str, measure_id: int, day: str) -> Page:
    session = db.session()
    space, _may = space_of(slug, SpacePermission.READ)
    found = MEASURES.get(session, actor(), MeasurePermission.ADD_VALUE, measure_id)
    must_stand_in(found.space_id, space)
    on = _day(day)
    values = [
        v for v in measures.one(session, actor(), space.id, measure_id)[0].values if v.on == on
    ]
    if not values:
        raise NotFound
    if request.method == "POST":
        measures.delete_value(session, actor(), measure_id, on, clock.now())
        flash(_("The value is gone."), "success")
        return redirect(url_for("spaces.measure", slug=slug, measure_id=measure_id))
    return render_template(
        "spaces/value_delete.html",
        space=space,
        measure=found,
        value=values[0],
        name=measures.name_of(found),
        number=format_number,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
