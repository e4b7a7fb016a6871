"""Addresses of cases: one's own and those of one's circles, one case, its log, withdrawing."""

from datetime import datetime
from typing import Any, TypeAlias

from flask import Blueprint, flash, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.cases import links, preparing, queries, readings, second_reading, sharing, until, writing
from cop.cases.forms import StartForm
from cop.cases.models import DRAFT_ENDS, Case, CaseState
from cop.cases.own_keys import KeyGone
from cop.cases.permissions import CASES, CasePermission
from cop.cases.words import KINDS, RELATIONS, STATES, WITHDRAWALS, basis_shown
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.numbers import whole_number
from cop.platform.ratelimit import WRITING, limiter
from cop.platform.web import whole

blueprint = Blueprint("cases", __name__)
writing_limit = limiter.limit(WRITING, methods=["POST"])

Page: TypeAlias = str | Response | tuple[str, int]


@blueprint.app_errorhandler(KeyGone)
def key_gone(_error: KeyGone) -> tuple[str, int]:
    """The text is in the database and its key is not: nobody can read it."""
    case_id = (request.view_args or {}).get("case_id")
    if case_id is None or CasePermission.DELETE not in CASES.held(db.session(), actor(), case_id):
        case_id = None  # a second reader has nothing to throw away
    return render_template("cases/key_gone.html", case_id=case_id), 410


def show(template: str, form: Any = None, **context: Any) -> Page:
    """A page; one whose form was refused says so in its status."""
    page = render_template(f"cases/{template}.html", form=form, **context)
    return page, 422 if form is not None and form.is_submitted() else 200


def own(case_id: int, permission: CasePermission) -> Case:
    return CASES.get(db.session(), actor(), permission, case_id)


def note_reading(case_id: int, where: str) -> None:
    """Before anything is shown: what could not be written down is not read.

    In a transaction of its own, so nothing may be held by that of the request.
    """
    with unit_of_work() as session:
        found = session.get(Case, case_id)
        if found is None:
            raise NotFound
        readings.note(session, actor(), found, where, clock.now())


@blueprint.get("/casussen")
@login_required
def index() -> str:
    session, who = db.session(), actor()
    items, more = queries.for_circles(session, who, _before())
    return render_template(
        "cases/index.html",
        waiting=[each for each in queries.waiting(session, who) if not each.is_draft],
        mine=queries.mine(session, who),
        items=items,
        left_behind=queries.newest_left_behind(session, who) is not None,
        first=_before() is None,
        more=f"?voor={more[0].timestamp():.6f}~{more[1]}" if more else None,
        states=STATES,
    )


def _before() -> tuple[datetime, int] | None:
    """The place in the list that an address names; one that means nothing is the beginning."""
    at, _sep, figures = request.args.get("voor", "").partition("~")
    number = whole_number(figures)
    try:
        if number is None:
            return None
        return datetime.fromtimestamp(float(at), clock.now().tzinfo), number
    except (ValueError, OverflowError, OSError):
        return None


@blueprint.route("/casussen/nieuw", methods=["GET", "POST"])
@login_required
@writing_limit
def start() -> Page:
    form = StartForm()
    if form.validate_on_submit():
        try:
            case = writing.start(
                db.session(), actor(), form.shape.data, form.basis.data, clock.now()
            )
            return redirect(f"/casussen/{case.id}/schrijven")
        except Refused as refusal:
            put_beside(form, refusal)
    return show("start", form)


@blueprint.get("/casussen/<int:case_id>")
@login_required
def case(case_id: int) -> Page:
    """The case for its circle; for its author, before it is shared, where it stands."""
    session, who = db.session(), actor()
    may = CASES.held(session, who, case_id)
    if CasePermission.READ in may:
        return _read(session.get_one(Case, case_id), may)
    if CasePermission.OWN in may:
        return _stands(session.get_one(Case, case_id))
    if CasePermission.SECOND_READ in may:
        return redirect(f"/casussen/{case_id}/tweede-lezing")
    raise NotFound


def _read(found: Case, may: frozenset[Any]) -> str:
    session, who = db.session(), actor()
    note_reading(found.id, "page")
    said = queries.contributions(session, who, found.id)
    author = queries.person_of(session, who, found.author_id)
    brought = [text for each in said for text in (each.text, each.answer or "")]
    return render_template(
        "cases/case.html",
        case=found,
        may={str(permission) for permission in may},
        parts=queries.text_of(found),
        author=author,
        circle=queries.circle_page(session, who, found),
        themes=queries.themes_of(session, found.id),
        said=said,
        named=links.named_by(session, who, found, brought),
        outcome=queries.paragraphs(found.outcome or ""),
        last_day=until.last_day(found),
        paragraphs=queries.paragraphs,
        kinds=KINDS,
        basis=basis_shown(found.basis, author),
        given=preparing.consents(session, found) if CasePermission.OWN in may else [],
        relations=RELATIONS,
    )


def _stands(found: Case) -> Page:
    """Where one's own case stands, and the next step."""
    session, who = db.session(), actor()
    lacking = []
    if found.state == CaseState.DRAFT:
        lacking = preparing.lacking(session, found, writing.raw_of(session, found))
        return render_template(
            "cases/draft.html",
            case=found,
            lacking=lacking,
            marks=second_reading.marks_of(session, found),
            ends=found.changed_at + DRAFT_ENDS,
        )
    return render_template(
        "cases/stands.html",
        case=found,
        state=CaseState(found.state),
        states=STATES,
        reader=queries.person_of(session, who, found.reader_id or found.approved_by_id),
        circle=queries.circle_page(session, who, found),
        withdrawals=WITHDRAWALS,
        ends=found.changed_at + DRAFT_ENDS,
        last_day=until.last_day(found),
        given=preparing.consents(session, found),
        relations=RELATIONS,
    )


@blueprint.get("/casussen/<int:case_id>/gelezen")
@login_required
def log(case_id: int) -> str:
    found, more = readings.page(db.session(), actor(), case_id, whole("voor"))
    return render_template(
        "cases/log.html",
        case=own(case_id, CasePermission.OWN),
        readings=found,
        more=f"?voor={more}" if more else None,
        first=request.path if whole("voor") is not None else None,
    )


@blueprint.route("/casussen/<int:case_id>/verwijderen", methods=["GET", "POST"])
@login_required
def delete(case_id: int) -> Page:
    own(case_id, CasePermission.DELETE)
    if request.method == "POST":
        writing.delete_draft(db.session(), actor(), case_id, clock.now())
        flash(_("It is gone, and nobody can bring it back."), "success")
        return redirect("/casussen")
    return render_template("cases/delete.html", case_id=case_id)


# --- withdrawing


@blueprint.route("/casussen/<int:case_id>/intrekken", methods=["GET", "POST"])
@login_required
def withdraw(case_id: int) -> Page:
    own(case_id, CasePermission.WITHDRAW)
    if request.method == "POST":
        sharing.withdraw(db.session(), actor(), case_id, clock.now())
        flash(_("Your case is withdrawn. Nobody can read it any more."), "success")
        return redirect("/casussen")
    return render_template("cases/withdraw.html", case_id=case_id)


@blueprint.get("/casussen/achtergebleven")
@login_required
def left_behind() -> str:
    """Cases whose author is gone, for whoever has to be able to withdraw them."""
    return render_template(
        "cases/left_behind.html", cases=queries.left_behind(db.session(), actor())
    )


@blueprint.route("/casussen/<int:case_id>/achtergebleven", methods=["GET", "POST"])
@login_required
def withdraw_left_behind(case_id: int) -> Page:
    own(case_id, CasePermission.WITHDRAW_LEFT_BEHIND)
    if request.method == "POST":
        sharing.withdraw_left_behind(db.session(), actor(), case_id, clock.now())
        flash(_("The case is withdrawn."), "success")
        return redirect("/casussen/achtergebleven")
    return render_template("cases/withdraw_left_behind.html", case_id=case_id)
