"""Addresses of the second reader: the version that is before them, marks, yes and no."""

from flask import flash, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.cases import queries, second_reading
from cop.cases.forms import MarkForm
from cop.cases.protecting import places_of
from cop.cases.raw import SHAPES, Added
from cop.cases.routes import Page, blueprint, note_reading, show, writing_limit
from cop.cases.second_reading import Mark
from cop.cases.words import basis_shown
from cop.deidentify import Label
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.numbers import whole_number
from cop.platform.web import whole


@blueprint.route("/casussen/<int:case_id>/tweede-lezing", methods=["GET", "POST"])
@login_required
@writing_limit
def second_read(case_id: int) -> Page:
    session = db.session()
    second_reading.for_reader(session, actor(), case_id)
    form = MarkForm()
    if form.validate_on_submit():
        try:
            second_reading.mark(
                session,
                actor(),
                case_id,
                form.words.data or "",
                form.note.data or "",
                clock.now(),
            )
            return redirect(f"/casussen/{case_id}/tweede-lezing#merken")
        except Refused as refusal:
            put_beside(form, refusal)
    session.rollback()  # what was refused holds the case
    note_reading(case_id, "second")
    return _second_page(case_id, form)


def _second_page(case_id: int, form: MarkForm) -> Page:
    session, who = db.session(), actor()
    found, version = second_reading.for_reader(session, who, case_id)
    marks = second_reading.marks_of(session, found)
    author = queries.person_of(session, who, found.author_id)
    body = {name: version.parts[name] for name in SHAPES[found.shape]}
    return show(
        "second",
        form,
        case=found,
        version=version,
        title=_cut(version.parts["title"], marks),
        question=_cut(version.parts["question"], marks),
        parts=[
            (part.label, [[_cut(line, marks) for line in lines] for lines in part.paragraphs])
            for part in queries.parts_of(body)
        ],
        marks=marks,
        author=author,
        basis=basis_shown(found.basis, author),
        circle=queries.circle_page(session, who, found),
    )


def _cut(text: str, marks: list[Mark]) -> list[tuple[str, bool]]:
    """The text in stretches, each with whether it is marked."""
    spans = sorted(
        (span.start, span.end)
        for m in marks
        for span in places_of(Added(m.words, Label.QUASI), text)
    )
    pieces, at = [], 0
    for start, end in spans:
        if start < at:
            continue
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    pieces.append((text[at:], False))
    return [piece for piece in pieces if piece[0]]


@blueprint.post("/casussen/<int:case_id>/tweede-lezing/merk-weg")
@login_required
def unmark(case_id: int) -> Response:
    second_reading.unmark(db.session(), actor(), case_id, _number("mark"), clock.now())
    return redirect(f"/casussen/{case_id}/tweede-lezing#merken")


@blueprint.post("/casussen/<int:case_id>/tweede-lezing/terug")
@login_required
def send_back(case_id: int) -> Response:
    try:
        second_reading.send_back(db.session(), actor(), case_id, clock.now())
    except Refused as refusal:
        flash(refusal.message, "error")
        return redirect(f"/casussen/{case_id}/tweede-lezing")
    flash(_("Sent back with what you marked. Thank you."), "success")
    return redirect("/casussen")


@blueprint.route("/casussen/<int:case_id>/tweede-lezing/akkoord", methods=["GET", "POST"])
@login_required
def approve(case_id: int) -> Page:
    """Asked once more: with this yes the raw text is destroyed for good."""
    session = db.session()
    found, version = second_reading.for_reader(session, actor(), case_id)
    if request.method == "POST":
        try:
            second_reading.approve(session, actor(), case_id, _number("version"), clock.now())
            flash(
                _("Approved, and the raw text is destroyed. Thank you for reading along."),
                "success",
            )
            return redirect("/casussen")
        except Refused as refusal:
            flash(refusal.message, "error")
            return redirect(f"/casussen/{case_id}/tweede-lezing")
    number = whole("versie", version.number)
    return render_template("cases/approve.html", case=found, number=number)


@blueprint.post("/casussen/<int:case_id>/tweede-lezing/geen-tijd")
@login_required
def decline(case_id: int) -> Response:
    second_reading.decline(db.session(), actor(), case_id, clock.now())
    flash(_("That is fine: the author asks somebody else."), "success")
    return redirect("/casussen")


def _number(name: str) -> int:
    return whole_number(request.form.get(name)) or 0
