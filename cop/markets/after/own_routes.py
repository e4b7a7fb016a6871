"""Addresses of one's own page of a market that is over."""

import json
from typing import Any

from flask import flash, make_response, redirect, request
from flask_login import login_required
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from cop.discussions.models import Discussion
from cop.markets import floor_people
from cop.markets.after import asks, own_data, queries, taking_along, talking
from cop.markets.after.forms import CameForm, LookBackForm, TakeAlongForm, TalkForm
from cop.markets.after.models import TakenAlong
from cop.markets.after.permissions import HARVESTS, HarvestPermission
from cop.markets.after.routes import blueprint, show, talk_page
from cop.markets.permissions import MarketPermission
from cop.markets.queries import MarketPage
from cop.markets.queries import one as market_one
from cop.markets.routes import Page, anyway
from cop.members.actor import Actor
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import gettext as _
from cop.platform.numbers import whole_number
from cop.platform.ratelimit import WRITING, limiter
from cop.textcheck.asking import AuthorAsked


def _head(market_id: int) -> MarketPage:
    """The head of a market at which the actor was.

    Raises:
        NotFound: it is not over, or they were not there.
    """
    session, who = db.session(), actor()
    HARVESTS.get(session, who, HarvestPermission.BE_PART, market_id)
    return market_one(session, who, market_id, clock.now(), MarketPermission.READ)


@blueprint.get("/markten/<int:market_id>/mijn")
@login_required
def own(market_id: int) -> Page:
    return _page(market_id)


def _page(market_id: int, form: Any = None, asked: AuthorAsked | None = None) -> Page:
    """One's own page; with a form that was refused in its place."""
    session, who = db.session(), actor()
    page = _head(market_id)
    visited = queries.visited(session, who, market_id)
    take = form if isinstance(form, TakeAlongForm) else TakeAlongForm(formdata=None)
    _offer_stalls(take, market_id, visited)
    if form is not take:
        take.fresh()
        chosen = request.args.get("kraam", "")
        known = {str(choice.value) for choice in take.stall.choices}
        take.stall.data = int(chosen) if chosen in known else 0
    look = form if isinstance(form, LookBackForm) else LookBackForm(formdata=None)
    said = taking_along.own_evaluation(session, who, market_id)
    if form is not look:
        look.show(said)
    return show(
        "own",
        page,
        form,
        take=take,
        look=look,
        looked_back=said is not None,
        asked=asked,
        visited=visited,
        contacts=queries.contacts(session, who, market_id),
        asking=len(floor_people.asking(session, who, [market_id])),
        taken=queries.taken(session, who, market_id),
        mine=asks.own(session, who, market_id),
        ahead=asks.markets_ahead(session, who, clock.now()),
    )


def _offer_stalls(form: TakeAlongForm, market_id: int, visited: list[queries.Visited]) -> None:
    stalls = queries.to_take_from(db.session(), market_id, visited)
    form.stall.choices = choices([(0, _("Of the market as a whole")), *stalls])


@blueprint.post("/markten/<int:market_id>/mijn/meenemen")
@login_required
@limiter.limit(WRITING)
def take_along(market_id: int) -> Page:
    session, who, asked = db.session(), actor(), None
    page = _head(market_id)
    form = TakeAlongForm()
    _offer_stalls(form, market_id, queries.visited(session, who, market_id))
    if form.validate():
        try:
            taking_along.take_along(
                session,
                who,
                market_id,
                form.action.data or "",
                form.due_on.data,
                form.key.data or "",
                clock.now(),
                stall_id=form.stall.data or None,
                shared=form.shared.data,
                anyway=anyway(),
            )
            flash(_("You take it along."), "success")
            return redirect(f"{page.url}/mijn#meegenomen")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return _page(market_id, form, asked)


@blueprint.route("/markten/<int:market_id>/meegenomen/<int:taken_id>", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def say_what_came(market_id: int, taken_id: int) -> Page:
    """What came of it: done, let go (`laat`), or off the list (`weg`)."""
    session, who, asked = db.session(), actor(), None
    page = _head(market_id)
    taken = session.get(TakenAlong, taken_id)
    if taken is None or taken.market_id != market_id or taken.member_id != who.member_id:
        raise NotFound
    form = CameForm()
    if not form.is_submitted():
        form.outcome.data = taken.outcome or ""
    elif "weg" in request.form:
        taking_along.take_off(session, who, taken_id)
        flash(_("It is off your list."), "success")
        return redirect(f"{page.url}/mijn#meegenomen")
    elif form.validate():
        try:
            done, outcome = "laat" not in request.form, form.outcome.data or ""
            taking_along.say_what_came(session, who, taken_id, done, outcome, clock.now(), anyway())
            flash(_("Thank you. It stands on your page."), "success")
            return redirect(f"{page.url}/mijn#meegenomen")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show("came", page, form, taken=taken, asked=asked)


@blueprint.post("/markten/<int:market_id>/mijn/terugblik")
@login_required
@limiter.limit(WRITING)
def look_back(market_id: int) -> Page:
    page = _head(market_id)
    form = LookBackForm()
    if form.validate():
        try:
            taking_along.evaluate(db.session(), actor(), market_id, form.answers(), clock.now())
            flash(_("Thank you for looking back."), "success")
            return redirect(f"{page.url}/mijn")
        except Refused as refusal:
            put_beside(form, refusal)
    return _page(market_id, form)


@blueprint.post("/markten/<int:market_id>/mijn/vragen/<int:entry_id>")
@login_required
@limiter.limit(WRITING)
def own_ask(market_id: int, entry_id: int) -> Response:
    """Whether one's own ask has an answer (`antwoord`), or to which market it goes (`markt`)."""
    session, who, now = db.session(), actor(), clock.now()
    into = whole_number(request.form.get("markt"))
    try:
        if into is not None:
            asks.ask_again(session, who, market_id, entry_id, into, now)
            flash(_("You ask it there as well, and take part in that market."), "success")
        else:
            yes = request.form.get("antwoord") == "ja"
            asks.answered(session, who, market_id, entry_id, yes, now)
            flash(_("Thank you, that is known."), "success")
    except Refused as refusal:
        flash(refusal.message, "error")
    return redirect(f"/markten/{market_id}/{_own_asks(market_id)}")


def _own_asks(market_id: int) -> str:
    """Where one's asks stand: on one's own page, or in the harvest of a market one did not come
    to."""
    may = HARVESTS.held(db.session(), actor(), market_id)
    return "mijn#vragen" if HarvestPermission.BE_PART in may else "oogst#open"


@blueprint.route(
    "/markten/<int:market_id>/mijn/vragen/<int:entry_id>/gesprek", methods=["GET", "POST"]
)
@login_required
@limiter.limit(WRITING, methods=["POST"])
def bring_ask(market_id: int, entry_id: int) -> Page:
    """One's own ask, brought to a list."""
    session, who = db.session(), actor()
    ask = talking.own_ask(session, who, market_id, entry_id)
    form = TalkForm()
    if not form.is_submitted():
        form.begin(ask.line, "\n\n".join(part for part in (ask.line, ask.expects) if part))

    def begin(session: Session, who: Actor, *words: Any) -> Discussion:
        return talking.bring_own(session, who, market_id, entry_id, *words)

    lead = _("Ask it of more people than were at the market.")
    return talk_page(market_id, form, begin, lead, _own_asks(market_id))


@blueprint.get("/markten/wat-van-mij-is.json")
@login_required
def own_file() -> Response:
    """All that a member brought to markets, took along and said of them, as a file."""
    found = own_data.of_member(db.session(), actor())
    answer = make_response(json.dumps(found, ensure_ascii=False, indent=2))
    answer.headers["Content-Type"] = "application/json; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="markten.json"'
    return answer
