"""Addresses of leading a session: its steps, its timer, who is there."""

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.numbers import whole_number
from cop.sessions import among, holding, letting_in, seating, stepping, visiting
from cop.sessions.permissions import SessionPermission
from cop.sessions.routes import Page, back, blueprint, own, person_named, pressed_at, show
from cop.sessions.visiting import guest_too


def _signed(text: str) -> int | None:
    """A number of seconds, below nothing as well."""
    found = whole_number(text.removeprefix("-"))
    return -found if found is not None and text.startswith("-") else found


def _someone(name: str) -> int:
    found = person_named(name)
    if found is None:
        raise NotFound
    return found


@blueprint.post("/sessies/<int:session_id>/begin")
@guest_too
def start(session_id: int) -> Response:
    try:
        stepping.start(db.session(), actor(), session_id, clock.now())
    except Refused as refusal:
        flash(refusal.message, "warning")
    return back(session_id, "#stap")


@blueprint.post("/sessies/<int:session_id>/stap")
@guest_too
def step(session_id: int) -> Response:
    """On, back, or opening what was written in silence; and the steps anew for the next case."""
    own(session_id, SessionPermission.LEAD)
    round_, number = pressed_at()
    session, who, now = db.session(), actor(), clock.now()
    try:
        match request.form.get("do"):
            case "next":
                stepping.go_on(session, who, session_id, round_, number, now)
            case "back":
                stepping.go_back(session, who, session_id, round_, number, now)
            case "open":
                stepping.open_writing(session, who, session_id, round_, number, now)
            case "again":
                stepping.begin_again(session, who, session_id, round_, now)
            case _:
                raise NotFound
    except Refused as refusal:
        flash(refusal.message, "warning")
    return back(session_id, "#stap")


@blueprint.post("/sessies/<int:session_id>/klok")
@guest_too
def timer(session_id: int) -> Response:
    own(session_id, SessionPermission.LEAD)
    session, who, now = db.session(), actor(), clock.now()
    do, _sep, figures = request.form.get("do", "").partition(":")
    added = _signed(figures)
    try:
        match do:
            case "pause":
                stepping.pause(session, who, session_id, now)
            case "resume":
                stepping.resume(session, who, session_id, now)
            case "add" if added is not None:
                stepping.give_time(session, who, session_id, added, 60, now)
            case _:
                raise NotFound
    except Refused as refusal:
        flash(refusal.message, "warning")
    return back(session_id, "#stap")


@blueprint.post("/sessies/<int:session_id>/overnemen")
@guest_too
def take_over(session_id: int) -> Response:
    try:
        holding.take_over(db.session(), actor(), session_id, clock.now())
    except Refused as refusal:
        flash(refusal.message, "warning")
    return back(session_id)


@blueprint.post("/sessies/<int:session_id>/deelnemers")
@guest_too
def people(session_id: int) -> Response:
    """What a facilitator says of somebody: second, presenter, who has which role, that they
    sit at the table, or may come in again."""
    own(session_id, SessionPermission.LEAD)
    session, who, now = db.session(), actor(), clock.now()
    match request.form.get("do"):
        case "second":
            holding.make_second(session, who, session_id, _someone("who"), True, now)
        case "no-second":
            holding.make_second(session, who, session_id, _someone("who"), False, now)
        case "presents":
            holding.let_present(session, who, session_id, person_named("who"), now)
        case "takes_notes" | "observes" as role:
            try:
                holding.give_role(session, who, session_id, role, person_named("who"), now)
            except Refused as refusal:
                flash(refusal.message, "warning")
        case "let-in":
            letting_in.let_in(session, who, session_id, _someone("who"), now)
        case "seat":
            agreed = whole_number(request.form.get("agreed"))
            try:
                seating.seat(session, who, session_id, request.form.get("handle", ""), now, agreed)
            except Refused as refusal:
                flash(refusal.message, "warning")
        case _:
            raise NotFound
    return back(session_id, "#wie")


@blueprint.route("/sessies/<int:session_id>/uit/<int:participant_id>", methods=["GET", "POST"])
@guest_too
def remove(session_id: int, participant_id: int) -> Page:
    own(session_id, SessionPermission.LEAD)
    session = db.session()
    one = among.participant(session, session_id, participant_id)
    if request.method == "POST":
        try:
            holding.remove(session, actor(), session_id, participant_id, clock.now())
            flash(_("%(name)s is no longer in this session.", name=one.persona.name), "success")
        except Refused as refusal:
            flash(refusal.message, "warning")
        return back(session_id, "#wie")
    return show(
        "remove", session_id=session_id, participant_id=participant_id, name=one.persona.name
    )


@blueprint.route("/sessies/<int:session_id>/afsluiten", methods=["GET", "POST"])
@guest_too
def close(session_id: int) -> Page:
    own(session_id, SessionPermission.LEAD)
    if request.method == "POST":
        try:
            stepping.close(db.session(), actor(), session_id, clock.now())
            flash(_("The session is over. Thank you for leading it."), "success")
            return redirect(visiting.link()) if visiting.link() else back(session_id)
        except Refused as refusal:
            flash(refusal.message, "warning")
        return back(session_id)
    return show("close", session_id=session_id)
