"""Addresses of the floor of a market: the map, walking, the clock, asking for help."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request
from flask_login import login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from cop.markets import floor, floor_people, floor_queries, hosting, rounds, silence, stall_queries
from cop.markets.floor_forms import CallForm, put_refused
from cop.markets.floor_models import Act, FloorPerson, MarketFloor, Phase
from cop.markets.floor_permissions import FLOORS, FloorPermission
from cop.markets.models import Market, Stall
from cop.markets.queries import MarketPage
from cop.markets.routes import Page, anyway, blueprint, head
from cop.markets.words import PHASE_LABELS
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.live import last_number, own
from cop.platform.ratelimit import WRITING, limiter
from cop.sessions.timer import shown
from cop.textcheck.asking import AuthorAsked

JUST_NOW = timedelta(minutes=10)  # so long it is said why a host brought somebody elsewhere

writing_limit = limiter.limit(WRITING, methods=["POST"])


def may(market_id: int) -> frozenset[Any]:
    return FLOORS.held(db.session(), actor(), market_id)


def require(market_id: int, permission: FloorPermission) -> Market:
    """
    Raises:
        NotFound: the actor does not hold the permission.
    """
    return FLOORS.get(db.session(), actor(), permission, market_id)


def mine_on(market_id: int) -> FloorPerson:
    """
    Raises:
        NotFound: the actor did not come.
    """
    found = db.session().scalar(
        select(FloorPerson).where(
            FloorPerson.market_id == market_id, FloorPerson.member_id == actor().member_id
        )
    )
    if found is None:
        raise NotFound
    return found


def number_in(name: str) -> int:
    """A number that a form holds.

    Raises:
        NotFound: there is none of that name.
    """
    value = request.form.get(name, "")
    if not value.isascii() or not value.isdigit() or len(value) > 15:
        raise NotFound
    return int(value)


# --- doors


@blueprint.route("/markten/<int:market_id>/vloer/openen", methods=["GET", "POST"])
@login_required
def open_doors(market_id: int) -> Page:
    page = head(market_id)
    require(market_id, FloorPermission.OPEN)
    if request.method == "POST":
        try:
            rounds.open_doors(db.session(), actor(), market_id, clock.now())
            return redirect(f"{page.url}/vloer")
        except Refused as refusal:
            flash(refusal.message, "error")
            return redirect(page.url)
    return render_template("markets/open_doors.html", page=page)


@blueprint.route("/markten/<int:market_id>/binnen", methods=["GET", "POST"])
@login_required
def come_in(market_id: int) -> Page:
    """At the door; `kraam` is where a sign in the hall led to."""
    require(market_id, FloorPermission.ENTER)
    page = head(market_id)
    to = request.args.get("kraam", "")
    stall = f"/kraam/{to}" if to.isascii() and to.isdigit() and len(to) < 10 else ""
    if request.method == "POST":
        floor.enter(db.session(), actor(), market_id, clock.now())
        return redirect(f"{page.url}{stall or '/vloer'}")
    return render_template("markets/come_in.html", page=page, stall=to if stall else "")


@blueprint.route("/markten/<int:market_id>/weggaan", methods=["GET", "POST"])
@login_required
def go_home(market_id: int) -> Page:
    require(market_id, FloorPermission.TAKE_PART)
    page = head(market_id)
    if request.method == "POST":
        floor.leave(db.session(), actor(), market_id, clock.now())
        flash(_("You left. You can come back as long as the market goes on."), "success")
        return redirect(page.url)
    return render_template("markets/go_home.html", page=page)


# --- the floor


@blueprint.get("/markten/<int:market_id>/vloer")
@login_required
def on_floor(market_id: int) -> Page:
    """The floor as it is now; who may come in and has not is asked at the door."""
    held = may(market_id)
    if FloorPermission.READ not in held:
        if FloorPermission.ENTER in held:
            return redirect(f"/markten/{market_id}/binnen")
        raise NotFound
    be_seen(market_id)
    return floor_page(market_id)


def be_seen(market_id: int) -> None:
    with unit_of_work() as session:
        silence.seen(session, actor(), market_id, clock.now())


def floor_page(market_id: int, **forms: Any) -> Page:
    """The page of the floor, with a form that was refused, if one was."""
    session, who, now = db.session(), actor(), clock.now()
    context = frame(market_id)
    its, mine = context["its"], context["mine"]
    planned = floor.planned_stall(session, mine, its)
    context |= {
        "spots": floor_queries.spots(session, who, market_id, now, planned=planned),
        "turns": stall_queries.programme(session, who, context["page"].market),
        "places_number": last_number(session, f"market-places:{market_id}"),
        "call_form": CallForm(formdata=None),
        "asked": None,
    }
    rendered = render_template("markets/floor.html", **context | forms)
    return rendered, 422 if forms else 200


def frame(market_id: int) -> dict[str, Any]:
    """What both live pages have: the clock, announcements, who one is, what the screen hears."""
    session, who, now = db.session(), actor(), clock.now()
    # Before anything else is read: what is told from then on reaches the screen by itself.
    held = may(market_id)
    leads = FloorPermission.LEAD in held
    numbers = {
        "number": last_number(session, f"market:{market_id}"),
        "own_number": last_number(session, own("market-own", market_id, who.audit_id)),
        "lead_number": last_number(session, f"market-lead:{market_id}") if leads else None,
    }
    page: MarketPage = head(market_id)
    its = session.get_one(MarketFloor, market_id)
    mine = mine_on(market_id)
    seconds = rounds.left(its, now)
    acts = floor_people.acts_about(session, mine.id)
    return {
        "page": page,
        "its": its,
        "mine": mine,
        "leads": leads,
        "takes_part": FloorPermission.TAKE_PART in held,
        "clock": floor_queries.clock_of(its, page.market.rounds, now),
        "left": seconds,
        "left_shown": shown(seconds) if seconds is not None else "",
        "until": round(its.ends_at.timestamp() * 1000) if its.ends_at is not None else None,
        "phase": PHASE_LABELS[Phase(its.phase)],
        "next_round": its.round + 1 if its.round + 1 < page.market.rounds else None,
        "goes_to": floor.goes_to(session, mine, its),
        "calls": floor_queries.calls(session, market_id),
        "hands": floor_people.hands(session, market_id) if leads else [],
        "offered": hosting.is_offered(session, its, mine),
        "acts": acts,
        "asking": len(floor_people.asking(session, who, [market_id])),
        "brought": next(
            (one for one in acts[:1] if one.act == Act.MOVE and one.at > now - JUST_NOW), None
        ),
        "stall": session.get(Stall, mine.stall_id) if mine.stall_id else None,
        **numbers,
    }


@blueprint.post("/markten/<int:market_id>/vloer/lopen")
@login_required
def walk(market_id: int) -> Response:
    """To a stall, or to the lobby (0)."""
    require(market_id, FloorPermission.TAKE_PART)
    stall_id = number_in("stall") or None
    try:
        floor.walk(db.session(), actor(), market_id, stall_id, clock.now())
    except floor.Full as full:
        flash(full.message, "warning")
        return redirect(f"/markten/{market_id}/vloer#kraam-{stall_id}")
    return redirect(f"/markten/{market_id}/{'kraam' if stall_id else 'vloer'}")


@blueprint.post("/markten/<int:market_id>/vloer/volgen")
@login_required
def follow(market_id: int) -> Response:
    mine = floor.follow(db.session(), actor(), market_id, clock.now())
    return redirect(f"/markten/{market_id}/{'kraam' if mine.stall_id else 'vloer'}")


@blueprint.post("/markten/<int:market_id>/vloer/hulp")
@login_required
def ask_help(market_id: int) -> Response:
    up = request.form.get("up") == "1"
    floor.ask_help(db.session(), actor(), market_id, up, clock.now())
    flash(
        _("A host is asked to come to you.") if up else _("You ask for help no longer."), "success"
    )
    return redirect(f"/markten/{market_id}/{_back()}")


def _back() -> str:
    """Which of the two live pages a form stood on."""
    return "kraam" if request.form.get("at") == "kraam" else "vloer"


# --- the clock, for hosts


@blueprint.post("/markten/<int:market_id>/vloer/ronde")
@login_required
def turn_round(market_id: int) -> Response:
    """Begin or end a round, or say that two minutes are left."""
    require(market_id, FloorPermission.LEAD)
    session, who, now, round_ = db.session(), actor(), clock.now(), number_in("round")
    try:
        match request.form.get("do"):
            case "begin":
                rounds.begin_round(session, who, market_id, round_, now)
            case "end":
                rounds.end_round(session, who, market_id, round_, now)
            case "notice":
                rounds.give_notice(session, who, market_id, round_, now)
            case _:
                raise NotFound
    except Refused as refusal:
        flash(refusal.message, "warning")
    return redirect(f"/markten/{market_id}/{_back()}")


@blueprint.post("/markten/<int:market_id>/vloer/tijd")
@login_required
def give_time(market_id: int) -> Response:
    """A minute more than the end that the page showed, or whether the clock leads."""
    require(market_id, FloorPermission.LEAD)
    session, who, now = db.session(), actor(), clock.now()
    try:
        if "clock" in request.form:
            rounds.lead_by_clock(session, who, market_id, request.form["clock"] == "1", now)
        else:
            until = datetime.fromtimestamp(number_in("until") // 1000, UTC)
            exact = until.replace(microsecond=number_in("until") % 1000 * 1000)
            rounds.give_time(session, who, market_id, exact, 1, now)
    except Refused as refusal:
        flash(refusal.message, "warning")
    except (OverflowError, ValueError, OSError):
        raise NotFound from None
    return redirect(f"/markten/{market_id}/{_back()}")


@blueprint.post("/markten/<int:market_id>/vloer/omroepen")
@login_required
@writing_limit
def announce_to_all(market_id: int) -> Page:
    require(market_id, FloorPermission.LEAD)
    form, asked = CallForm(), None
    if form.validate_on_submit():
        try:
            rounds.announce(
                db.session(),
                actor(),
                market_id,
                form.text.data or "",
                form.key.data or "",
                clock.now(),
                anyway(),
            )
            flash(_("Everybody on the floor sees it now."), "success")
            return redirect(f"/markten/{market_id}/vloer")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_refused(form, refusal)
    return floor_page(market_id, call_form=form, asked=asked)


@blueprint.route("/markten/<int:market_id>/vloer/sluiten", methods=["GET", "POST"])
@login_required
def close_doors(market_id: int) -> Page:
    require(market_id, FloorPermission.LEAD)
    page = head(market_id)
    if request.method == "POST":
        rounds.close(db.session(), actor(), market_id, clock.now())
        flash(_("The market is closed. Thank you for hosting it."), "success")
        return redirect(page.url)
    return render_template("markets/close_doors.html", page=page)
