"""Addresses of what is written during a beraad: boards, entries, weighings, the conclusion.

A board's forms post here from the session's page and lead back to it.
"""

from typing import Any, TypeAlias

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from cop.beraad import boards, deliberating, places, queries, seats, striking, together
from cop.beraad.boards import url_of
from cop.beraad.forms import (
    ChangeForm,
    ConclusionForm,
    DilemmaForm,
    EntryForm,
    PerspectiveForm,
)
from cop.beraad.models import Entry, OwnPerspective
from cop.beraad.starters import starters
from cop.beraad.words import DILEMMA
from cop.members.current import actor
from cop.members.models import Persona
from cop.platform import clock
from cop.platform.db import db, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.numbers import whole_number
from cop.platform.ratelimit import WRITING, limiter
from cop.platform.web import safe_path
from cop.sessions.forms import ask_whose, whose
from cop.sessions.permissions import SessionPermission
from cop.sessions.visiting import guest_too
from cop.spaces.operations import Stale
from cop.textcheck.asking import AuthorAsked

blueprint = Blueprint("beraad", __name__)
writing_limit = limiter.limit(WRITING, methods=["POST"])

Page: TypeAlias = str | Response | tuple[str, int]
AT = "/sessies/<int:session_id>/beraad"


def show(template: str, form: Any = None, **context: Any) -> Page:
    """A page; one whose form was refused says so in its status."""
    page = render_template(f"beraad/{template}.html", form=form, **context)
    return page, 422 if form is not None and form.is_submitted() else 200


def enter(
    session_id: int, permission: SessionPermission = SessionPermission.TAKE_PART
) -> seats.Seat:
    """The actor's seat; reading a session that is over is written down.

    Raises:
        NotFound: they do not hold the permission.
    """
    seat = seats.enter(db.session(), actor(), session_id, permission)
    if request.method == "GET" and not seat.may_prepare:
        with unit_of_work() as own:  # what could not be written down is not read
            seats.note_reading(own, actor(), session_id, clock.now())
    return seat


def go_back(form: Any, default: str, anchor: str = "") -> Response:
    """To the page on which the form stood, at the place that was changed."""
    target = safe_path(form.back.data, default).partition("#")[0]
    return redirect(target + (f"#{anchor}" if anchor else ""))


def anyway() -> bool:
    return "anyway" in request.form


@blueprint.get(AT)
@guest_too
def overview(session_id: int) -> str:
    """All boards of a beraad on one page: to look back, or to fill in what was passed by."""
    session, who = db.session(), actor()
    seat = enter(session_id, SessionPermission.READ)
    made = [boards.board(session, who, seat, name, request.path) for name in boards.ALL]
    return render_template(
        "beraad/overview.html",
        parts=made,
        session_id=session_id,
        url=url_of(session_id),
    )


@blueprint.get(f"{AT}/bord/<board>")
@guest_too
def board(session_id: int, board: str) -> str:
    """One board, also as the part that a live page fetches when something changed."""
    seat = enter(session_id, SessionPermission.READ)
    if board not in boards.BOARDS:
        raise NotFound
    back = safe_path(request.args.get("terug"), request.path)
    made = boards.board(db.session(), actor(), seat, board, back)
    if "deel" in request.args:
        return render_template(made.template, part=made)
    return render_template(
        "beraad/board.html",
        parts=[made],
        session_id=session_id,
        url=url_of(session_id),
    )


@blueprint.route(f"{AT}/dilemma", methods=["GET", "POST"])
@guest_too
@writing_limit
def dilemma(session_id: int) -> Page:
    enter(session_id, SessionPermission.PREPARE)
    session, form = db.session(), DilemmaForm()
    current = queries.beraad_of(session, session_id)
    if not form.is_submitted() and current is not None:
        form.version.data = current.dilemma_version
        for name in DILEMMA:
            form[name].data = getattr(current, name)
    asked = theirs = None
    if form.validate_on_submit():
        words = together.Dilemma(**{name: form[name].data or "" for name in DILEMMA})
        try:
            together.write_dilemma(
                session, actor(), session_id, words, form.version.data or 0, clock.now(), anyway()
            )
            flash(_("The dilemma is on all screens."), "success")
            return go_back(form, url_of(session_id), "dilemma")
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            theirs = {name: getattr(stale.current, name) for name in DILEMMA}
            form.version.data = stale.version
            put_beside(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return show("dilemma", form, url=url_of(session_id), asked=asked, theirs=theirs, labels=DILEMMA)


@blueprint.route(f"{AT}/oefendilemma", methods=["GET", "POST"])
@guest_too
def take_starter(session_id: int) -> Page:
    """Choose a dilemma to practise with."""
    enter(session_id, SessionPermission.PREPARE)
    if request.method == "POST":
        together.take_starter(
            db.session(), actor(), session_id, request.form.get("starter", ""), clock.now()
        )
        flash(_("You practise with an invented dilemma. It is on all screens."), "success")
        return redirect(safe_path(request.form.get("back"), url_of(session_id)))
    return render_template(
        "beraad/choose_starter.html",
        url=url_of(session_id),
        starters=starters(),
        labels=DILEMMA,
        back=safe_path(request.args.get("terug"), url_of(session_id)),
    )


# --- the value table


@blueprint.route(f"{AT}/waarden/erbij", methods=["GET", "POST"])
@guest_too
@writing_limit
def add_entry(session_id: int) -> Page:
    """Words in a cell; the page of its own shows when something was not right, or without one."""
    seat = enter(session_id)
    session, form = db.session(), EntryForm()
    at_table = boards.typed_for(session, seat)
    ask_whose(form.says, seat.participant_id, [(one.participant_id, one.name) for one in at_table])
    if not form.is_submitted():
        form.place.data = request.args.get("cel", "")
        form.perspective.data = whole_number(request.args.get("wie"))
        form.back.data = safe_path(request.args.get("terug"), f"{url_of(session_id)}/bord/values")
    where = _where(session_id, form)
    asked = None
    if form.validate_on_submit():
        try:
            made = deliberating.add_entry(
                session,
                actor(),
                session_id,
                form.place.data or "",
                form.text.data or "",
                form.key.data or "",
                clock.now(),
                perspective_id=form.perspective.data,
                anyway=anyway(),
                who=whose(form.says),
            )
            return go_back(form, f"{url_of(session_id)}/bord/values", _cell_name(made))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show("entry", form, where=where, asked=asked, url=url_of(session_id))


def _where(session_id: int, form: EntryForm) -> tuple[str, str, str]:
    """Perspective, kind and side of the cell that a form is about, in words."""
    at = places.cell(form.place.data or "")
    if at is None:
        raise NotFound
    if at.who != places.OWN:
        who = str(places.PERSPECTIVES[at.who])
    else:
        found = db.session.get(OwnPerspective, form.perspective.data or 0)
        current = queries.beraad_of(db.session(), session_id)
        if found is None or current is None or found.beraad_id != current.id:
            raise NotFound
        who = found.name
    return who, str(places.KINDS[at.kind]), str(places.SIDES[at.side])


def _cell_name(entry: Entry) -> str:
    number = f"-{entry.perspective_id}" if entry.perspective_id is not None else ""
    return f"cel-{entry.place.replace('.', '-')}{number}"


@blueprint.route(f"{AT}/inbreng/<int:entry_id>", methods=["GET", "POST"])
@guest_too
@writing_limit
def change_entry(session_id: int, entry_id: int) -> Page:
    seat = enter(session_id)
    session, form = db.session(), ChangeForm()
    entry = deliberating.own_entry(session, actor(), session_id, entry_id)
    table = f"{url_of(session_id)}/bord/values"
    if not form.is_submitted():
        form.text.data = entry.text
        form.back.data = safe_path(request.args.get("terug"), table)
    asked = None
    if form.validate_on_submit():
        try:
            changed = deliberating.change_entry(
                session,
                actor(),
                session_id,
                entry_id,
                form.text.data or "",
                clock.now(),
                anyway(),
            )
            return go_back(form, table, _cell_name(changed))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    name = _of_whom(entry, seat)
    url = url_of(session_id)
    return show("change_entry", form, asked=asked, url=url, entry_id=entry_id, name=name)


def _of_whom(entry: Entry, seat: seats.Seat) -> str | None:
    """The name of its author; None when that is the actor."""
    if entry.author_id == seat.persona_id:
        return None
    return db.session().get_one(Persona, entry.author_id).name


@blueprint.route(f"{AT}/inbreng/<int:entry_id>/weghalen", methods=["GET", "POST"])
@guest_too
def strike_entry(session_id: int, entry_id: int) -> Page:
    session = db.session()
    entry = deliberating.own_entry(session, actor(), session_id, entry_id)
    back = safe_path(
        request.values.get("back") or request.args.get("terug"),
        f"{url_of(session_id)}/bord/values",
    )
    if request.method == "POST":
        striking.strike_entry(session, actor(), session_id, entry_id, clock.now())
        flash(_("Your words are gone."), "success")
        return redirect(f"{back.partition('#')[0]}#{_cell_name(entry)}")
    name = _of_whom(entry, enter(session_id, SessionPermission.READ))
    return render_template(
        "beraad/strike_entry.html", entry=entry, back=back, url=url_of(session_id), name=name
    )


@blueprint.route(f"{AT}/perspectief", methods=["GET", "POST"])
@guest_too
@writing_limit
def add_perspective(session_id: int) -> Page:
    enter(session_id)
    form, asked = PerspectiveForm(), None
    table = f"{url_of(session_id)}/bord/values"
    if not form.is_submitted():
        form.back.data = safe_path(request.args.get("terug"), table)
    if form.validate_on_submit():
        try:
            deliberating.add_perspective(
                db.session(),
                actor(),
                session_id,
                form.name.data or "",
                form.key.data or "",
                clock.now(),
                anyway(),
            )
            return go_back(form, table)
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show("perspective", form, asked=asked, url=url_of(session_id))


@blueprint.post(f"{AT}/perspectief/<int:perspective_id>/weghalen")
@guest_too
def remove_perspective(session_id: int, perspective_id: int) -> Response:
    deliberating.remove_perspective(db.session(), actor(), session_id, perspective_id, clock.now())
    return redirect(safe_path(request.form.get("back"), f"{url_of(session_id)}/bord/values"))


# --- concluding


@blueprint.route(f"{AT}/conclusie", methods=["GET", "POST"])
@guest_too
@writing_limit
def conclude(session_id: int) -> Page:
    seat = enter(session_id, SessionPermission.READ)
    session, form = db.session(), ConclusionForm()
    current = queries.beraad_of(session, session_id)
    if seat.may_prepare and not seat.running:
        raise NotFound
    if not form.is_submitted():
        if not together.can_conclude(session, seat, current):
            return redirect(f"{url_of(session_id)}/verslag")
        form.back.data = safe_path(request.args.get("terug"), url_of(session_id))
        if current is not None:
            form.text.data, form.version.data = current.conclusion, current.conclusion_version
    asked = theirs = None
    if form.validate_on_submit():
        try:
            together.conclude(
                session,
                actor(),
                session_id,
                form.text.data or "",
                form.version.data or 0,
                clock.now(),
                anyway(),
            )
            return go_back(form, url_of(session_id), "conclusie")
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            theirs, form.version.data = stale.current.conclusion, stale.version
            put_beside(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return show("conclude", form, asked=asked, theirs=theirs, url=url_of(session_id))
