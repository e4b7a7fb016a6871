"""Addresses of what stands in a space: its logbook and files (measures: `measure_routes`)."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.datastructures import FileStorage

from cop.members.current import actor
from cop.notifications.seeing import note_seen
from cop.platform import clock, storage
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.numbers import whole_number
from cop.platform.ratelimit import WRITING, limiter
from cop.platform.storage import ALLOWED, PICTURES
from cop.spaces import keeping, logbook, participation, queries
from cop.spaces.models import LogbookEntry, Space
from cop.spaces.operations import Stale
from cop.spaces.part_forms import EntryForm, FileForm
from cop.spaces.permissions import (
    ENTRIES,
    PartPermission,
    SpacePermission,
)
from cop.spaces.routes import Page, blueprint
from cop.textcheck.asking import AuthorAsked


def space_of(slug: str, permission: SpacePermission) -> tuple[Space, frozenset[SpacePermission]]:
    return queries.by_slug(db.session(), actor(), slug, permission)


def show(template: str, form: Any, space: Space, **context: Any) -> Page:
    """A form about a space, with who can read what is written in it."""
    mine = participation.of(db.session(), actor(), space.circle_id)
    page = render_template(f"spaces/{template}.html", form=form, space=space, mine=mine, **context)
    return page, 422 if form.is_submitted() else 200


def anyway() -> bool:
    return bool(request.form.get("anyway"))


# --- logbook ---


@blueprint.get("/<slug>/logboek")
def entries(slug: str) -> str:
    session = db.session()
    space, may = space_of(slug, SpacePermission.READ)
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
    space, _may = space_of(slug, SpacePermission.ADD_TO_LOGBOOK)
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
                anyway(),
            )
            flash(_("It is in the logbook."), "success")
            return redirect(url_for("spaces.entry", slug=slug, entry_id=entry.id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show("entry_form", form, space, asked=asked, entry_id=None)


@blueprint.get("/<slug>/logboek/<int:entry_id>")
def entry(slug: str, entry_id: int) -> str:
    space, _may = space_of(slug, SpacePermission.READ)
    found = logbook.one(db.session(), actor(), space.id, entry_id)
    note_seen(["spaces.mention"], entry_id)
    return render_template("spaces/entry.html", space=space, entry=found)


@blueprint.route("/<slug>/logboek/<int:entry_id>/bewerken", methods=["GET", "POST"])
@login_required
def change_entry(slug: str, entry_id: int) -> Page:
    session = db.session()
    space, _may = space_of(slug, SpacePermission.READ)
    now_there = ENTRIES.get(session, actor(), PartPermission.CHANGE, entry_id)
    must_stand_in(now_there.space_id, space)
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
                anyway(),
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
    return show("entry_form", form, space, asked=asked, entry_id=entry_id, current=current)


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
        return redirect(back_to(space, "spaces.entries"))
    return render_template("spaces/entry_delete.html", space=space, title=found.title)


def back_to(space: Space, endpoint: str) -> str:
    """A page of the space; the first page for somebody who is no longer in it."""
    try:
        queries.by_slug(db.session(), actor(), space.slug, SpacePermission.READ)
    except NotFound:
        return "/"
    return url_for(endpoint, slug=space.slug)


def must_stand_in(space_id: int, space: Space) -> None:
    """An id from another space does not exist in this one."""
    if space_id != space.id:
        raise NotFound


# --- files ---


@blueprint.get("/<slug>/bestanden")
def files(slug: str) -> str:
    space, may = space_of(slug, SpacePermission.READ)
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
    space, _may = space_of(slug, SpacePermission.ADD_FILE)
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
                db.session(), who, space_id, form.title.data or "", cleaned, clock.now(), anyway()
            )
            flash(_("The file is kept."), "success")
            return redirect(url_for("spaces.files", slug=slug))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    kinds = sorted({*ALLOWED, *PICTURES})
    return show("file_form", form, space, asked=asked, kinds=kinds)


@blueprint.route("/<slug>/bestanden/<int:space_file_id>/verwijderen", methods=["GET", "POST"])
@login_required
def delete_file(slug: str, space_file_id: int) -> Page:
    session = db.session()
    space, _may = space_of(slug, SpacePermission.READ)
    title = keeping.title_of(session, actor(), space.id, space_file_id)
    if request.method == "POST":
        keeping.delete(session, actor(), space_file_id, clock.now())
        flash(_("The file is gone."), "success")
        return redirect(url_for("spaces.files", slug=slug))
    return render_template("spaces/file_delete.html", space=space, title=title)
