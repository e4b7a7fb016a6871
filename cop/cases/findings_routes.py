"""Addresses of a draft's findings: the text with its marks, and what the author decides."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.cases import nearness, second_reading, writing
from cop.cases.draft_routes import step_page, step_url
from cop.cases.forms import (
    AddForm,
    FindingsForm,
)
from cop.cases.models import Case
from cop.cases.protecting import Finding, Group, Look, folded
from cop.cases.raw import Raw
from cop.cases.routes import Page, blueprint, writing_limit
from cop.cases.words import (
    LABELS,
    PART_LABELS,
    SIGNS,
    advice,
    why,
)
from cop.cases.writing import Choice
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.numbers import whole_number

GROUPS = 40  # findings on one page: a form that can be looked through


@blueprint.route("/casussen/<int:case_id>/bevindingen", methods=["GET", "POST"])
@login_required
@writing_limit
def findings(case_id: int) -> Page:
    """The text with its findings, and the list in which the author decides."""
    session = db.session()
    found, raw = writing.open_draft(session, actor(), case_id)
    form = FindingsForm(keep_origin=raw.keep_origin) if request.method == "GET" else FindingsForm()
    given = _choices()
    if form.validate_on_submit():
        try:
            left = writing.decide(
                session,
                actor(),
                case_id,
                given,
                clock.now(),
                rest="rest" in request.form,
                keep_origin=form.keep_origin.data,
            )
        except Refused as refusal:
            form.form_errors = [*form.form_errors, refusal.message]
            return _findings_page(found, raw, form, AddForm(formdata=None), given, refusal.field)
        if "on" in request.form and not left:
            return redirect(step_url(case_id, "controle"))
        if left:
            flash(
                ngettext(
                    "Kept. %(num)d finding waits for your decision.",
                    "Kept. %(num)d findings wait for your decision.",
                    left,
                ),
                "info",
            )
            return redirect(_at_first(found, lambda group: not group.decided))
        flash(_("You decided on everything."), "success")
        return redirect(f"{step_url(case_id, 'bevindingen')}{_from_query()}")
    return _findings_page(found, raw, form, AddForm(formdata=None), {}, None)


def _from_query() -> str:
    at = whole_number(request.args.get("vanaf"))
    return f"?vanaf={at}" if at is not None else ""


def _at_first(found: Case, wanted: Callable[[Group], bool]) -> str:
    """Where the first such finding stands: on which page of the list, and there."""
    session, address = db.session(), step_url(found.id, "bevindingen")
    groups = writing.look_at(session, found, writing.raw_of(session, found)).groups
    for number, group in enumerate(groups):
        if wanted(group):
            return f"{address}?vanaf={number // GROUPS * GROUPS}#b-{group.key}"
    return address


def _choices() -> dict[str, Choice]:
    """What the form says about each finding that it held."""
    keys = {name.removeprefix("how-") for name in request.form if name.startswith("how-")}
    return {
        key: Choice(
            request.form.get(f"how-{key}", ""),
            request.form.get(f"text-{key}", ""),
            request.form.get(f"reason-{key}", ""),
            f"sure-{key}" in request.form,
        )
        for key in keys
    }


def _findings_page(
    found: Case,
    raw: Raw,
    form: FindingsForm,
    add: AddForm,
    given: dict[str, Choice],
    refused: str | None,
) -> Page:
    session = db.session()
    seen = writing.look_at(session, found, raw)
    first = whole_number(request.args.get("vanaf")) or 0
    first = first if first < len(seen.groups) else 0
    shown = seen.groups[first : first + GROUPS]
    return step_page(
        "findings",
        "findings",
        found,
        form,
        add=add,
        seen=seen,
        parts=_marked(seen),
        groups=[_row(group, seen, given.get(group.key)) for group in shown],
        refused=refused,
        first=first,
        total=len(seen.groups),
        before=first - GROUPS if first else None,
        after=first + GROUPS if first + GROUPS < len(seen.groups) else None,
        page_of={g.key: n // GROUPS * GROUPS for n, g in enumerate(seen.groups)},
        marks=second_reading.marks_of(session, found),
        near=nearness.left_in(seen),
        labels=LABELS,
        signs=SIGNS,
    )


def _marked(seen: Look) -> list[tuple[str, list[str | Finding]]]:
    """Each part as stretches of text and findings, in turn."""
    shown = []
    for name, places in seen.findings().items():
        text, at = seen.raw.part(name), 0
        pieces: list[str | Finding] = []
        for place in places:
            pieces += [text[at : place.start], place]
            at = place.end
        pieces.append(text[at:])
        if text.strip():
            shown.append((str(PART_LABELS[name]), [p for p in pieces if p != ""]))
    order = [str(PART_LABELS[n]) for n in ("title", *seen.raw.body, "question")]
    return sorted(shown, key=lambda part: order.index(part[0]))


def _row(group: Group, seen: Look, choice: Choice | None) -> dict[str, Any]:
    """One finding in the list, with what was typed about it when the form was refused."""
    decision = group.decision
    how = choice.how if choice else decision.how if decision else "kept" if group.vague else ""
    return {
        "key": group.key,
        "label": group.label,
        "original": group.original,
        "count": len(group.spans),
        "why": _why(group),
        "advice": advice(group.spans[0]),
        "added": group.added,
        "vague": group.vague,
        "decided": group.decided,
        "still": group.still,
        "how": how,
        "text": choice.text if choice else (decision.text if decision else "") or group.proposed,
        "reason": choice.reason if choice else decision.reason if decision else _stays(group),
    }


def _why(group: Group) -> str:
    if group.added:
        return _("You marked this yourself")
    if group.own and group.vague:
        return _("your own name; your story is told under it")
    if group.own:
        return _(
            "One of your own names. Keep it if it is you wherever it stands. Is it also somebody "
            "else, such as your father? Then replace it, or change your text."
        )
    return why(group.spans[0])


def _stays(group: Group) -> str:
    """The reason that is written already, for what can stay or may."""
    if group.own:
        return _("This is me")
    return _("It says little as it is") if group.vague else ""


@blueprint.post("/casussen/<int:case_id>/bevindingen/toevoegen")
@login_required
@writing_limit
def add_words(case_id: int) -> Page:
    session = db.session()
    found, raw = writing.open_draft(session, actor(), case_id)
    add = AddForm()
    if add.validate_on_submit():
        try:
            places = writing.add_words(
                session, actor(), case_id, add.words.data or "", add.label.data, clock.now()
            )
            flash(
                _("Marked, in %(n)s places.", n=places) if places > 1 else _("Marked."), "success"
            )
            mark = folded(add.words.data or "")
            return redirect(_at_first(found, lambda group: mark in group.marks))
        except Refused as refusal:
            put_beside(add, refusal)
    form = FindingsForm(formdata=None, keep_origin=raw.keep_origin)
    return _findings_page(found, raw, form, add, {}, None)


@blueprint.post("/casussen/<int:case_id>/bevindingen/<key>/weghalen")
@login_required
def remove_words(case_id: int, key: str) -> Response:
    writing.remove_words(db.session(), actor(), case_id, key, clock.now())
    flash(_("Your mark is gone."), "success")
    return redirect(step_url(case_id, "bevindingen"))
