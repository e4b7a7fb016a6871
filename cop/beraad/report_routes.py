"""Addresses of a report in the making: for those who took part, and nobody else.

`form` in an address is which of the two: the report ('verslag') or the dilemma in general words
('algemeen').
"""

from flask import flash, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.beraad import approving, general, queries, reading, reporting
from cop.beraad.boards import url_of
from cop.beraad.forms import AudienceForm, ChangeForm, GeneralForm, VersionForm
from cop.beraad.items import Body
from cop.beraad.models import Audience, Form, Report
from cop.beraad.routes import Page, blueprint, enter, show, writing_limit
from cop.beraad.words import AUDIENCES, DILEMMA, GENERAL
from cop.cases.queries import circles_of
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import gettext as _
from cop.sessions.permissions import SessionPermission
from cop.spaces.operations import Stale

FORMS = {"verslag": Form.REPORT, "algemeen": Form.GENERAL}
AT = "/sessies/<int:session_id>/beraad"
ITS = f"{AT}/<form>"


def which(form: str) -> Form:
    """The form that an address names."""
    if form not in FORMS:
        raise NotFound
    return FORMS[form]


def found(session_id: int, form: str) -> Report | None:
    """The report as it stands; the caller was let in."""
    current = queries.beraad_of(db.session(), session_id)
    if current is None:
        return None
    return reporting.report_of(db.session(), current, which(form), lock=False)


@blueprint.get(ITS)
@login_required
def report(session_id: int, form: str) -> Page:
    """Where it stands, what it says, and what the actor can do about it."""
    seat = enter(session_id, SessionPermission.READ)
    current = queries.beraad_of(db.session(), session_id)
    if current is None:
        raise NotFound
    which(form)
    made = found(session_id, form)
    if made is None:
        return render_template(
            f"beraad/{'no_report' if form == 'verslag' else 'no_general'}.html",
            url=url_of(session_id),
            beraad=current,
        )
    return render_template(
        "beraad/report.html",
        url=url_of(session_id),
        form_name=form,
        making=reading.in_the_making(db.session(), actor(), seat, made),
        report=made,
        version=VersionForm(version=made.version),
    )


@blueprint.post(f"{AT}/verslag/maken")
@login_required
def make_report(session_id: int) -> Page:
    reporting.make(db.session(), actor(), session_id, clock.now())
    return redirect(f"{url_of(session_id)}/verslag")


@blueprint.route(f"{AT}/verslag/opnieuw", methods=["GET", "POST"])
@login_required
def make_again(session_id: int) -> Page:
    enter(session_id, SessionPermission.READ)
    if found(session_id, "verslag") is None:
        raise NotFound
    if request.method == "POST":
        reporting.make_again(db.session(), actor(), session_id, clock.now())
        flash(_("The report was put together anew."), "success")
        return redirect(f"{url_of(session_id)}/verslag")
    return render_template("beraad/make_again.html", url=url_of(session_id))


# --- one piece of it


def _back(session_id: int, form: str, item_id: int) -> Response:
    return redirect(f"{url_of(session_id)}/{form}#stuk-{item_id}")


@blueprint.post(f"{ITS}/stuk/<int:item_id>/laten")
@login_required
def leave_piece(session_id: int, form: str, item_id: int) -> Response:
    reporting.leave(db.session(), actor(), session_id, which(form), item_id, clock.now())
    return _back(session_id, form, item_id)


@blueprint.post(f"{ITS}/stuk/<int:item_id>/vager")
@login_required
def make_piece_vaguer(session_id: int, form: str, item_id: int) -> Response:
    reporting.make_vaguer(db.session(), actor(), session_id, which(form), item_id, clock.now())
    return _back(session_id, form, item_id)


@blueprint.route(f"{ITS}/stuk/<int:item_id>", methods=["GET", "POST"])
@login_required
@writing_limit
def rewrite_piece(session_id: int, form: str, item_id: int) -> Page:
    seat = enter(session_id, SessionPermission.READ)
    made = found(session_id, form)
    item = Body.from_json(made.body).item(item_id) if made is not None else None
    if item is None or not reporting.may_rewrite(item, seat.persona_id):
        raise NotFound
    page = ChangeForm()
    if not page.is_submitted():
        page.text.data = item.text
    if page.validate_on_submit():
        try:
            reporting.rewrite(
                db.session(),
                actor(),
                session_id,
                which(form),
                item_id,
                page.text.data or "",
                clock.now(),
            )
            return _back(session_id, form, item_id)
        except Refused as refusal:
            put_beside(page, refusal)
    return show("rewrite", page, url=url_of(session_id), form_name=form, item=item)


@blueprint.route(f"{ITS}/stuk/<int:item_id>/weghalen", methods=["GET", "POST"])
@login_required
def strike_piece(session_id: int, form: str, item_id: int) -> Page:
    seat = enter(session_id, SessionPermission.READ)
    made = found(session_id, form)
    item = Body.from_json(made.body).item(item_id) if made is not None else None
    if item is None or not item.is_by(seat.persona_id):
        raise NotFound
    if request.method == "POST":
        reporting.strike(db.session(), actor(), session_id, which(form), item_id, clock.now())
        flash(_("Your words are out of the report."), "success")
        return redirect(f"{url_of(session_id)}/{form}")
    return render_template(
        "beraad/strike_piece.html", url=url_of(session_id), form_name=form, item=item
    )


# --- who it is for, and the approval of all


@blueprint.route(f"{ITS}/voor-wie", methods=["GET", "POST"])
@login_required
def audience(session_id: int, form: str) -> Page:
    """Choose who it is for, and ask all for their approval."""
    enter(session_id, SessionPermission.READ)
    made = found(session_id, form)
    if made is None:
        raise NotFound
    session, who = db.session(), actor()
    page = AudienceForm()
    mine = circles_of(session, who) if form == "verslag" else []
    page.audience.choices = choices(
        [(f"circle:{circle_id}", name) for circle_id, name in mine]
        + [(Audience.COMMUNITY.value, AUDIENCES[Audience.COMMUNITY])]
        if form == "verslag"
        else [(Audience.PUBLIC.value, AUDIENCES[Audience.PUBLIC])]
    )
    if not page.is_submitted() and made.audience is not None:
        page.audience.data = (
            f"circle:{made.circle_id}" if made.audience == Audience.CIRCLE else made.audience
        )
    if page.validate_on_submit():
        kind, _colon, number = (page.audience.data or "").partition(":")
        try:
            approving.choose(
                session,
                who,
                session_id,
                which(form),
                kind,
                int(number) if number else None,
                clock.now(),
            )
            flash(_("Everybody who was there is asked for their approval."), "success")
            return redirect(f"{url_of(session_id)}/{form}#goedkeuring")
        except Refused as refusal:
            put_beside(page, refusal)
    return show("audience", page, url=url_of(session_id), form_name=form)


@blueprint.post(f"{ITS}/goedkeuren")
@login_required
def approve(session_id: int, form: str) -> Page:
    page = VersionForm()
    made = approving.approve(
        db.session(), actor(), session_id, which(form), page.version.data or 0, clock.now()
    )
    flash(
        _("You approved it, as the last one: it is there for others now.")
        if made.approved_at is not None
        else _("You approved it. It waits for the others."),
        "success",
    )
    return redirect(f"{url_of(session_id)}/{form}#goedkeuring")


@blueprint.post(f"{ITS}/goedkeuring-intrekken")
@login_required
def take_back_approval(session_id: int, form: str) -> Response:
    approving.take_back(db.session(), actor(), session_id, which(form), clock.now())
    flash(_("You took your approval back: nobody beyond you reads it now."), "success")
    return redirect(f"{url_of(session_id)}/{form}#goedkeuring")


# --- the general form


@blueprint.route(f"{AT}/algemeen/schrijven", methods=["GET", "POST"])
@login_required
@writing_limit
def write_general(session_id: int) -> Page:
    """The dilemma in general words; it begins with those of the beraad, to be made general."""
    enter(session_id, SessionPermission.READ)
    session, page = db.session(), GeneralForm()
    current = queries.beraad_of(session, session_id)
    if current is None:
        raise NotFound
    made = found(session_id, "algemeen")
    if not page.is_submitted():
        body = Body.from_json(made.body) if made is not None else None
        page.version.data = made.version if made is not None else 0
        for name in GENERAL:
            if body is not None:
                page[name].data = body.text(name)
            elif name in DILEMMA:
                page[name].data = getattr(current, name)
    theirs = None
    if page.validate_on_submit():
        words = {name: page[name].data or "" for name in GENERAL}
        try:
            general.write(session, actor(), session_id, words, page.version.data or 0, clock.now())
            return redirect(f"{url_of(session_id)}/algemeen")
        except Stale as stale:
            body = Body.from_json(stale.current.body)
            theirs = {name: body.text(name) for name in GENERAL}
            page.version.data = stale.version
            put_beside(page, stale)
        except Refused as refusal:
            put_beside(page, refusal)
    return show("write_general", page, url=url_of(session_id), theirs=theirs, labels=GENERAL)
