"""Addresses of what hosts do with people on the floor, and of staying in touch."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.markets import contacts, floor_people, hosting, stall_queries
from cop.markets.floor_forms import ActForm, ContactForm
from cop.markets.floor_models import Act, MarketContact, MarketFloor
from cop.markets.floor_permissions import FloorPermission
from cop.markets.floor_routes import mine_on, require, writing_limit
from cop.markets.routes import Page, anyway, blueprint, head
from cop.markets.words import ACT_HEADINGS, ACT_LABELS
from cop.members.current import actor
from cop.notifications.seeing import note_seen
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import gettext as _
from cop.textcheck.asking import AuthorAsked

ACTS = {
    "verplaatsen": Act.MOVE,
    "dempen": Act.MUTE,
    "ontdempen": Act.UNMUTE,
    "uitzetten": Act.REMOVE,
    "toelaten": Act.READMIT,
}


@blueprint.get("/markten/<int:market_id>/vloer/mensen")
@login_required
def people(market_id: int) -> Page:
    """Everybody who came, for hosts."""
    require(market_id, FloorPermission.LEAD)
    its = db.session().get_one(MarketFloor, market_id)
    rows, more = floor_people.everybody(
        db.session(), actor(), its, request.args.get("na", type=int)
    )
    hands = floor_people.hands(db.session(), market_id)
    return render_template(
        "markets/people.html", page=head(market_id), rows=rows, more=more, hands=hands
    )


@blueprint.route(
    "/markten/<int:market_id>/vloer/mensen/<int:person_id>/<act>", methods=["GET", "POST"]
)
@login_required
def act_on(market_id: int, person_id: int, act: str) -> Page:
    """Move, mute, remove, or let in again: with a reason."""
    require(market_id, FloorPermission.LEAD)
    if act not in ACTS:
        raise NotFound
    session, kind = db.session(), ACTS[act]
    one = floor_people.one_on_floor(session, actor(), market_id, person_id)
    form, asked = ActForm(), None
    form.stall.choices = choices(
        [("", _("To the lobby"))]
        + [
            (str(row.id), f"{row.number}. {row.title}")
            for row in stall_queries.stalls(session, actor(), market_id)
        ]
    )
    if form.validate_on_submit():
        try:
            _do(kind, market_id, person_id, form)
            flash(_("Done; they see why."), "success")
            return redirect(f"/markten/{market_id}/vloer/mensen")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    rendered = render_template(
        "markets/act.html",
        page=head(market_id),
        one=one,
        form=form,
        asked=asked,
        act=kind,
        heading=ACT_HEADINGS[kind] % {"name": one.person.name},
        label=ACT_LABELS[kind],
        before=floor_people.acts_about(session, person_id),
        labels=ACT_LABELS,
    )
    return rendered, 422 if form.is_submitted() else 200


def _do(act: Act, market_id: int, person_id: int, form: ActForm) -> None:
    session, who, now, sure = db.session(), actor(), clock.now(), anyway()
    whom, reason = (market_id, person_id), form.reason.data or ""
    match act:
        case Act.MOVE:
            hosting.move(session, who, *whom, form.stall_id, reason, now, sure)
        case Act.MUTE | Act.UNMUTE:
            hosting.mute(session, who, *whom, act == Act.MUTE, reason, now, sure)
        case Act.REMOVE:
            hosting.remove(session, who, *whom, reason, now, sure)
        case Act.READMIT:
            hosting.readmit(session, who, *whom, reason, now, sure)


@blueprint.post("/markten/<int:market_id>/vloer/mensen")
@login_required
def tend(market_id: int) -> Response:
    """A hand was answered (`helped`), or somebody is asked to host as well (`offer`)."""
    require(market_id, FloorPermission.LEAD)
    session, who, now = db.session(), actor(), clock.now()
    do, _sep, number = request.form.get("do", "").partition(":")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise NotFound
    try:
        match do:
            case "helped":
                hosting.helped(session, who, market_id, int(number), now)
            case "offer":
                hosting.offer(session, who, market_id, int(number), now)
                flash(_("They are asked. They host as soon as they say yes."), "success")
            case _:
                raise NotFound
    except Refused as refusal:
        flash(refusal.message, "warning")
    return redirect(f"/markten/{market_id}/vloer/mensen")


@blueprint.post("/markten/<int:market_id>/vloer/gastheer")
@login_required
def host_as_well(market_id: int) -> Response:
    """Say yes (`1`) or no to hosting as well."""
    accept = request.form.get("accept") == "1"
    hosting.answer_offer(db.session(), actor(), market_id, accept, clock.now())
    if accept:
        flash(_("You host this market now. Thank you!"), "success")
    return redirect(f"/markten/{market_id}/vloer")


@blueprint.route("/markten/<int:market_id>/vloer/stoppen", methods=["GET", "POST"])
@login_required
def step_down(market_id: int) -> Page:
    require(market_id, FloorPermission.LEAD)
    page = head(market_id)
    if request.method == "POST":
        try:
            hosting.step_down(db.session(), actor(), market_id, clock.now())
            flash(_("You host no more; you can stay on the floor."), "success")
        except Refused as refusal:
            flash(refusal.message, "warning")
        return redirect(f"{page.url}/vloer")
    return render_template("markets/step_down.html", page=page)


# --- staying in touch


@blueprint.get("/markten/<int:market_id>/contacten")
@login_required
def contact_list(market_id: int) -> Page:
    require(market_id, FloorPermission.MEET)
    mine = mine_on(market_id)
    rows = floor_people.contacts(db.session(), actor(), market_id, mine.id)
    note_seen([contacts.TOLD], market_id)
    return _contacts(market_id, rows)


def _contacts(market_id: int, rows: Any, **more: Any) -> Page:
    context = {"form": ContactForm(formdata=None), "wrong": None, "asked": None} | more
    rendered = render_template("markets/contacts.html", page=head(market_id), rows=rows, **context)
    return rendered, 422 if more else 200


@blueprint.route("/markten/<int:market_id>/contacten/<int:person_id>", methods=["GET", "POST"])
@login_required
@writing_limit
def ask_contact(market_id: int, person_id: int) -> Page:
    """Ask somebody to stay in touch; with whom one can write already, that is where one goes."""
    require(market_id, FloorPermission.MEET)
    session, who = db.session(), actor()
    one = floor_people.one_on_floor(session, who, market_id, person_id)
    if one.removed:
        raise NotFound
    talk_id = contacts.talk_of(session, mine_on(market_id), person_id)
    if talk_id is not None:
        return redirect(f"/contact/gesprekken/{talk_id}")
    form, asked = ContactForm(), None
    if form.validate_on_submit():
        try:
            said = form.said.data or ""
            contacts.ask(session, who, market_id, person_id, said, clock.now(), anyway())
            flash(_("They are asked. You hear of it when they agree."), "success")
            return redirect(f"/markten/{market_id}/contacten")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    rendered = render_template(
        "markets/ask_contact.html", page=head(market_id), one=one, form=form, asked=asked
    )
    return rendered, 422 if form.is_submitted() else 200


@blueprint.post("/markten/contacten/<int:contact_id>")
@login_required
def answer_contact(contact_id: int) -> Page:
    """Agree (`ja`), which opens a conversation, or not (`nee`); or ask no longer (`weg`)."""
    session, who, now = db.session(), actor(), clock.now()
    contact = session.get(MarketContact, contact_id)
    if contact is None:
        raise NotFound
    market_id, form, asked = contact.market_id, ContactForm(), None
    require(market_id, FloorPermission.MEET)
    mine = mine_on(market_id)
    try:
        match request.form.get("do"):
            case "ja":
                said = form.said.data or ""
                contacts.answer(session, who, contact_id, True, said, now, anyway())
                talk_id = contacts.talk_of(session, mine, contact.from_id)
                if talk_id is None:  # in another window they said no
                    flash(_("You answered before that you would rather not."), "error")
                    return redirect(f"/markten/{market_id}/contacten")
                flash(_("You can write to each other now."), "success")
                return redirect(f"/contact/gesprekken/{talk_id}")
            case "nee":
                contacts.answer(session, who, contact_id, False, "", now)
            case "weg":
                contacts.take_back(session, who, contact_id, now)
                flash(_("Taken back."), "success")
            case _:
                raise NotFound
        return redirect(f"/markten/{market_id}/contacten")
    except AuthorAsked as question:
        asked = question
    except Refused as refusal:
        put_beside(form, refusal)
    rows = floor_people.contacts(session, who, market_id, mine.id)
    return _contacts(market_id, rows, form=form, wrong=contact_id, asked=asked)
