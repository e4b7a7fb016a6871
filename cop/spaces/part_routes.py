"""Addresses of what stands in a space: its logbook, files and measures."""

import base64
import binascii
from datetime import UTC, date, datetime
from typing import Any, BinaryIO, cast

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from cop.members.current import actor
from cop.platform import clock, storage, versions
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside, put_stale
from cop.platform.i18n import format_number, zone
from cop.platform.i18n import gettext as _
from cop.platform.numbers import whole_number
from cop.platform.ratelimit import WRITING, limiter
from cop.platform.storage import ALLOWED, PICTURES
from cop.spaces import keeping, logbook, measures, participation, queries
from cop.spaces.charts import line_chart
from cop.spaces.measures import FEWEST, MeasureDetails
from cop.spaces.models import LogbookEntry, Space
from cop.spaces.operations import Stale
from cop.spaces.part_forms import EntryForm, FileForm, MeasureForm, ValueForm
from cop.spaces.permissions import (
    ENTRIES,
    MEASURES,
    MeasurePermission,
    PartPermission,
    SpacePermission,
)
from cop.spaces.routes import Page, blueprint
from cop.textcheck.asking import AuthorAsked


def _space(slug: str, permission: SpacePermission) -> tuple[Space, frozenset[SpacePermission]]:
    return queries.by_slug(db.session(), actor(), slug, permission)


def _show(template: str, form: Any, space: Space, **context: Any) -> Page:
    """A form about a space, with who can read what is written in it."""
    mine = participation.of(db.session(), actor(), space.circle_id)
    page = render_template(f"spaces/{template}.html", form=form, space=space, mine=mine, **context)
    return page, 422 if form.is_submitted() else 200


def _anyway() -> bool:
    return bool(request.form.get("anyway"))


# --- logbook ---


@blueprint.get("/<slug>/logboek")
def entries(slug: str) -> str:
    session = db.session()
    space, may = _space(slug, SpacePermission.READ)
    found, more = logbook.page(session, actor(), space.id, _before())
    return render_template(
        "spaces/logbook.html",
        space=space,
        entries=found,
        first_url=request.path if _before() else None,
        more_url=f"{request.path}?voor={_mark(more)}" if more else None,
        may_add=SpacePermission.ADD_TO_LOGBOOK in may,
    )


def _mark(place: tuple[datetime, int]) -> str:
    """A place in the logbook as a mark for addresses: the moment and number of an entry."""
    text = f"{place[0].isoformat()}~{place[1]}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _before() -> tuple[datetime, int] | None:
    """The place that an address names; one that means nothing is the beginning."""
    mark = request.args.get("voor", "")[:120]
    try:
        text = base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)).decode()
        at, _, id_text = text.partition("~")
        moment, id = datetime.fromisoformat(at), whole_number(id_text)
        return (moment.astimezone(UTC), id) if moment.tzinfo and id is not None else None
    except (ValueError, OverflowError, binascii.Error):
        return None


@blueprint.route("/<slug>/logboek/nieuw", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def add_entry(slug: str) -> Page:
    space, _may = _space(slug, SpacePermission.ADD_TO_LOGBOOK)
    form, asked = EntryForm(), None
    if form.validate_on_submit():
        try:
            entry = logbook.add(
                db.session(),
                actor(),
                space.id,
                form.title.data or "",
                form.source.data or "",
                clock.now(),
                _anyway(),
            )
            flash(_("It is in the logbook."), "success")
            return redirect(url_for("spaces.entry", slug=slug, entry_id=entry.id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return _show("entry_form", form, space, asked=asked, entry_id=None)


@blueprint.get("/<slug>/logboek/<int:entry_id>")
def entry(slug: str, entry_id: int) -> str:
    space, _may = _space(slug, SpacePermission.READ)
    return render_template(
        "spaces/entry.html",
        space=space,
        entry=logbook.one(db.session(), actor(), space.id, entry_id),
    )


@blueprint.route("/<slug>/logboek/<int:entry_id>/bewerken", methods=["GET", "POST"])
@login_required
def change_entry(slug: str, entry_id: int) -> Page:
    session = db.session()
    space, _may = _space(slug, SpacePermission.READ)
    now_there = ENTRIES.get(session, actor(), PartPermission.CHANGE, entry_id)
    _in(now_there.space_id, space)
    form, asked, current = EntryForm(), None, None
    if not form.is_submitted():
        form.title.data, form.source.data = now_there.title, now_there.source
        form.version.data = now_there.version
    elif form.validate():
        try:
            logbook.change(
                session,
                actor(),
                entry_id,
                form.title.data or "",
                form.source.data or "",
                form.version.data or 0,
                clock.now(),
                _anyway(),
            )
            flash(_("The entry is changed."), "success")
            return redirect(url_for("spaces.entry", slug=slug, entry_id=entry_id))
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            current = stale.current
            form.version.raw_data, form.version.data = None, stale.version
            put_beside(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return _show("entry_form", form, space, asked=asked, entry_id=entry_id, current=current)


@blueprint.route("/<slug>/logboek/<int:entry_id>/verwijderen", methods=["GET", "POST"])
@login_required
def delete_entry(slug: str, entry_id: int) -> Page:
    session = db.session()
    found: LogbookEntry = ENTRIES.get(session, actor(), PartPermission.DELETE, entry_id)
    space = session.get_one(Space, found.space_id)
    if space.slug != slug:
        raise NotFound
    if request.method == "POST":
        logbook.delete(session, actor(), entry_id, clock.now())
        flash(_("The entry is gone."), "success")
        return redirect(_back_to(space, "spaces.entries"))
    return render_template("spaces/entry_delete.html", space=space, title=found.title)


def _back_to(space: Space, endpoint: str) -> str:
    """A page of the space; the first page for somebody who is no longer in it."""
    try:
        queries.by_slug(db.session(), actor(), space.slug, SpacePermission.READ)
    except NotFound:
        return "/"
    return url_for(endpoint, slug=space.slug)


def _in(space_id: int, space: Space) -> None:
    """An id from another space does not exist in this one."""
    if space_id != space.id:
        raise NotFound


# --- files ---


@blueprint.get("/<slug>/bestanden")
def files(slug: str) -> str:
    space, may = _space(slug, SpacePermission.READ)
    before = whole_number(request.args.get("voor"))
    found, more = keeping.page(db.session(), actor(), space.id, before)
    return render_template(
        "spaces/files.html",
        space=space,
        files=found,
        first_url=request.path if before else None,
        more_url=f"{request.path}?voor={more}" if more else None,
        may_add=SpacePermission.ADD_FILE in may,
    )


@blueprint.route("/<slug>/bestanden/nieuw", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def add_file(slug: str) -> Page:
    space, _may = _space(slug, SpacePermission.ADD_FILE)
    form, asked = FileForm(), None
    if form.validate_on_submit():
        upload = form.file.data
        try:
            if not isinstance(upload, FileStorage) or not upload.filename:
                raise Refused(_("Choose a file, please."), "file")
            who, space_id = actor(), space.id
            db.session.rollback()  # nobody waits at the database while it is cleaned
            try:
                cleaned = storage.clean(cast(BinaryIO, upload.stream), upload.filename)
            except Refused as refusal:
                raise Refused(refusal.message, "file") from None
            keeping.add(
                db.session(), who, space_id, form.title.data or "", cleaned, clock.now(), _anyway()
            )
            flash(_("The file is kept."), "success")
            return redirect(url_for("spaces.files", slug=slug))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    kinds = sorted({*ALLOWED, *PICTURES})
    return _show("file_form", form, space, asked=asked, kinds=kinds)


@blueprint.route("/<slug>/bestanden/<int:space_file_id>/verwijderen", methods=["GET", "POST"])
@login_required
def delete_file(slug: str, space_file_id: int) -> Page:
    session = db.session()
    space, _may = _space(slug, SpacePermission.READ)
    title = keeping.title_of(session, actor(), space.id, space_file_id)
    if request.method == "POST":
        keeping.delete(session, actor(), space_file_id, clock.now())
        flash(_("The file is gone."), "success")
        return redirect(url_for("spaces.files", slug=slug))
    return render_template("spaces/file_delete.html", space=space, title=title)


# --- measures ---


@blueprint.route("/<slug>/metingen/nieuw", methods=["GET", "POST"])
@login_required
def add_measure(slug: str) -> Page:
    space, _may = _space(slug, SpacePermission.ADD_MEASURE)
    form, asked = MeasureForm(), None
    if form.validate_on_submit():
        try:
            made = measures.add(
                db.session(), actor(), space.id, _details(form), clock.now(), _anyway()
            )
            flash(_("The measure is there. Now add a value."), "success")
            return redirect(url_for("spaces.measure", slug=slug, measure_id=made.id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return _show("measure_form", form, space, asked=asked, measure=None)


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
    space, _may = _space(slug, SpacePermission.READ)
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
                _anyway(),
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
    return _show(
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
    space, _may = _space(slug, SpacePermission.READ)
    series, _held = measures.one(db.session(), actor(), space.id, measure_id)
    answer = make_response(measures.as_csv(series))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{space.slug}-{measure_id}.csv"'
    return answer


@blueprint.route("/<slug>/metingen/<int:measure_id>/bewerken", methods=["GET", "POST"])
@login_required
def change_measure(slug: str, measure_id: int) -> Page:
    session = db.session()
    space, _may = _space(slug, SpacePermission.READ)
    found = MEASURES.get(session, actor(), MeasurePermission.CHANGE, measure_id)
    _in(found.space_id, space)
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
                _anyway(),
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
    return _show("measure_form", form, space, asked=asked, changed=changed, measure=found)


@blueprint.route("/<slug>/metingen/<int:measure_id>/verwijderen", methods=["GET", "POST"])
@login_required
def delete_measure(slug: str, measure_id: int) -> Page:
    session = db.session()
    space, _may = _space(slug, SpacePermission.READ)
    found = MEASURES.get(session, actor(), MeasurePermission.DELETE, measure_id)
    _in(found.space_id, space)
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
    space, _may = _space(slug, SpacePermission.READ)
    found = MEASURES.get(session, actor(), MeasurePermission.ADD_VALUE, measure_id)
    _in(found.space_id, space)
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
