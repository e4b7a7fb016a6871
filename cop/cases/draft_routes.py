"""Addresses of a draft: writing, checklist, circle, preview, second reader."""

from typing import Any

from flask import flash, redirect, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.cases import nearness, preparing, queries, second_reading, writing
from cop.cases.forms import (
    BasisForm,
    ChecklistForm,
    CircleForm,
    ReaderForm,
    WriteForm,
)
from cop.cases.models import Basis, Case
from cop.cases.permissions import CasePermission
from cop.cases.raw import SHAPES, Raw
from cop.cases.routes import Page, blueprint, own, show, writing_limit
from cop.cases.steps import steps
from cop.cases.words import BASES, CHECKS, basis_shown
from cop.cases.writing import Sent
from cop.members.current import actor
from cop.members.people import Person
from cop.members.queries import people_named
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import Refused
from cop.platform.forms import choices, put_beside, put_stale
from cop.platform.i18n import gettext as _
from cop.platform.numbers import whole_number
from cop.platform.ratelimit import limiter
from cop.platform.versions import Stale
from cop.platform.web import sent_json
from cop.textcheck.crisis import points_to_crisis, show_help_once


def step_url(case_id: int, step: str = "") -> str:
    return f"/casussen/{case_id}/{step}" if step else f"/casussen/{case_id}"


def step_page(template: str, step: str, found: Case, form: Any = None, **context: Any) -> Page:
    return show(template, form, case=found, steps=steps(found, step), **context)


# --- writing


@blueprint.route("/casussen/<int:case_id>/schrijven", methods=["GET", "POST"])
@login_required
@writing_limit
def write(case_id: int) -> Page:
    session = db.session()
    found, raw = writing.open_draft(session, actor(), case_id)
    form = WriteForm(data=raw.parts | {"version": raw.saved})
    parts, changed = _parts(form, found.shape), list[tuple[str, str]]()
    if form.validate_on_submit():
        try:
            sent = Sent(whole_number(form.version.data))
            form.version.data = writing.save(session, actor(), case_id, parts, clock.now(), sent)
            show_help_once("\n".join(parts.values()))
            if "on" not in request.form:
                flash(_("It is kept. Only you can read it."), "success")
                return redirect(step_url(case_id, "schrijven"))
            session.commit()  # what is unfinished is kept, whatever is said about it
            writing.go_on(session, actor(), case_id)
            return redirect(step_url(case_id, "bevindingen"))
        except Stale as stale:
            changed = put_stale(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    fields = [form[name] for name in parts]
    return step_page("write", "write", found, form, fields=fields, changed=changed, bases=BASES)


def _parts(form: WriteForm, shape: str) -> dict[str, str]:
    return {name: form[name].data or "" for name in ("title", *SHAPES[shape], "question")}


@blueprint.post("/casussen/<int:case_id>/bewaren")
@login_required
@limiter.limit("120 per minute")
def autosave(case_id: int) -> dict[str, Any] | tuple[dict[str, Any], int]:
    """JSON of the parts in, with the version that they started from; which version it is now.

    `help` says that the words point to a crisis: the page then shows where help is. When another
    window wrote meanwhile nothing is kept, and the answer is what stands there.
    """
    own(case_id, CasePermission.WRITE)
    fields = sent_json()
    if not all(isinstance(v, str) for v in fields.values()):
        raise Refused(_("Part of what was sent could not be read."))
    if any("\x00" in value for value in fields.values()):
        raise Refused(_("Part of what was sent could not be read."))
    version, turn = (whole_number(fields.pop(name, None)) for name in ("version", "turn"))
    sent = Sent(version, fields.pop("page", "")[:40], turn or 0)
    try:
        now = writing.save(db.session(), actor(), case_id, fields, clock.now(), sent)
    except Stale as stale:
        return {"version": stale.version, "parts": stale.current}, 409
    return {"version": now, "help": points_to_crisis("\n".join(fields.values()))}


@blueprint.route("/casussen/<int:case_id>/over-wie", methods=["GET", "POST"])
@login_required
def basis(case_id: int) -> Page:
    found = own(case_id, CasePermission.WRITE)
    form = BasisForm(basis=found.basis)
    if form.validate_on_submit():
        try:
            writing.set_basis(db.session(), actor(), case_id, form.basis.data, clock.now())
            return redirect(step_url(case_id))
        except Refused as refusal:
            put_beside(form, refusal)
    return step_page("basis", "write", found, form)


# --- what no machine sees


@blueprint.route("/casussen/<int:case_id>/controle", methods=["GET", "POST"])
@login_required
def checklist(case_id: int) -> Page:
    session = db.session()
    found, raw = writing.open_draft(session, actor(), case_id)
    form = ChecklistForm(checked=found.checked, knows_privately=found.knows_privately)
    if form.validate_on_submit():
        checked = form.checked.data or []
        preparing.check_list(
            session, actor(), case_id, checked, bool(form.knows_privately.data), clock.now()
        )
        if len(checked) == len(CHECKS):
            return redirect(step_url(case_id, "kring"))
        flash(_("Kept. Come back for the lines that are left."), "info")
        return redirect(step_url(case_id, "controle"))
    seen = writing.look_at(session, found, raw)
    result = seen.result()
    return step_page(
        "checklist",
        "checklist",
        found,
        form,
        changed=bool(found.checked)
        and not preparing.said_of(session, found, preparing.LIST, result),
        title=result["title"],
        parts=queries.parts_of(_in_order(result, raw)),
        near=nearness.left_in(seen),
    )


def _in_order(result: dict[str, str], raw: Raw) -> dict[str, str]:
    return {name: result[name] for name in raw.body}


# --- who reads it


@blueprint.route("/casussen/<int:case_id>/kring", methods=["GET", "POST"])
@login_required
def circle(case_id: int) -> Page:
    session = db.session()
    found = own(case_id, CasePermission.WRITE)
    known = queries.circles_of(session, actor())
    form = CircleForm(circle=0 if found.own_circle else found.circle_id or 0)
    form.circle.choices = choices([(0, "–"), *known])
    current = queries.circle_page(session, actor(), found)
    unknown: list[tuple[str, list[Person]]] = []
    if request.method == "GET" and found.own_circle and current is not None:
        form.people.data = "\n".join(person.handle for person in current.people)
    if form.validate_on_submit():
        try:
            if "people" in request.form.getlist("choose"):
                handles, unknown = _handles(form.people.data or "")
                if unknown:
                    raise Refused(_("Tick below whom you mean."), "people")
                preparing.choose_people(session, actor(), case_id, handles, clock.now())
            else:
                preparing.choose_circle(
                    session, actor(), case_id, form.circle.data or 0, clock.now()
                )
            return redirect(step_url(case_id, "toestemming"))
        except Refused as refusal:
            put_beside(form, refusal)
    return step_page(
        "circle",
        "circle",
        found,
        form,
        circle=current,
        named=_named(found, queries.person_of(session, actor(), found.author_id)),
        unknown=unknown,
        meant=request.form.getlist("meant") if unknown else [],
        some=bool(known),
    )


def _handles(typed: str) -> tuple[list[str], list[tuple[str, list[Person]]]]:
    """Short names for what was typed, and for each that fits several or none, who is like it.

    `meant` of the form says who of them was picked for a line: 'line=short name'.
    """
    session = db.session()
    handles, unknown = [], []
    meant: dict[str, list[str]] = {}
    for words, _sign, handle in (value.rpartition("=") for value in request.form.getlist("meant")):
        meant.setdefault(words, []).append(handle)
    for line in typed.splitlines()[: preparing.MOST_PEOPLE + 1]:
        words = line.strip().lstrip("@")
        if not words:
            continue
        if words in meant:
            handles += meant[words]
            continue
        like = people_named(session, actor(), words)
        exact = [p for p in like if words.casefold() in (p.handle, p.name.casefold())]
        if len(exact) == 1:
            handles.append(exact[0].handle)
        else:
            unknown.append((words, exact or like))
    return handles, unknown


def _named(found: Case, author: Person | None) -> bool:
    """A story that was to be without its author's name has that name above it."""
    return found.basis == Basis.OWN_STORY and (author is None or not author.is_pseudonym)


# --- as others will see it, and the second reader


@blueprint.get("/casussen/<int:case_id>/voorbeeld")
@login_required
def preview(case_id: int) -> Page:
    """The case exactly as its circle will see it."""
    session = db.session()
    found, raw = writing.open_draft(session, actor(), case_id)
    seen = writing.look_at(session, found, raw)
    result = seen.result()
    author = queries.person_of(session, actor(), found.author_id)
    return step_page(
        "preview",
        "preview",
        found,
        None,
        title=result["title"],
        question=result["question"],
        parts=queries.parts_of(_in_order(result, raw)),
        author=author,
        basis=basis_shown(found.basis, author),
        named=_named(found, author),
        circle=queries.circle_page(session, actor(), found),
        lacking=preparing.lacking(session, found, raw),
        near=nearness.left_in(seen),
        paragraphs=queries.paragraphs,
    )


@blueprint.route("/casussen/<int:case_id>/tweede-lezer", methods=["GET", "POST"])
@login_required
@writing_limit
def reader(case_id: int) -> Page:
    session = db.session()
    found, raw = writing.open_draft(session, actor(), case_id)
    form, like = ReaderForm(), list[Person]()
    if form.validate_on_submit():
        words = request.form.get("chosen") or form.handle.data or ""
        try:
            second_reading.ask(session, actor(), case_id, words, clock.now())
            flash(_("Asked. You hear from us when they have read it."), "success")
            return redirect(step_url(case_id))
        except second_reading.NobodyCalledSo as refusal:
            like = people_named(session, actor(), words)
            apart = preparing.out_of_reach(
                session, actor(), found.author_id, [p.handle for p in like]
            )
            like = [p for p in like if p.handle not in apart]
            one_of = Refused(_("Do you mean one of these?"), "handle")
            put_beside(form, one_of if like else refusal)
        except Refused as refusal:
            put_beside(form, refusal)
    return step_page(
        "reader",
        "reader",
        found,
        form,
        like=like,
        lacking=preparing.lacking(session, found, raw),
        author=queries.person_of(session, actor(), found.author_id),
    )


@blueprint.post("/casussen/<int:case_id>/tweede-lezer/terug")
@login_required
def take_back(case_id: int) -> Response:
    second_reading.take_back(db.session(), actor(), case_id, clock.now())
    flash(_("You have it back. The second reader sees nothing of it any more."), "success")
    return redirect(step_url(case_id))
