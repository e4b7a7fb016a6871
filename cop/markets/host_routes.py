"""Addresses for who hosts a market: matching, stalls, the plan."""

from flask import flash, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.markets import (
    announcing,
    entry_queries,
    matching,
    may_know,
    planned,
    queries,
    stall_queries,
    stalls,
    standing,
)
from cop.markets.forms import MergeForm, MoveForm, StallForm
from cop.markets.models import PlanState, Side, Stall
from cop.markets.permissions import MarketPermission
from cop.markets.queries import MarketPage
from cop.markets.routes import Page, after, anyway, blueprint, head, show
from cop.markets.words import PLAN_LABELS, TROUBLE, WHYS_OF_ALL
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.textcheck.asking import AuthorAsked

# --- asks and offers


@blueprint.get("/markten/<int:market_id>/koppelen")
@login_required
def match(market_id: int) -> Page:
    session = db.session()
    page = head(market_id, MarketPermission.HOST)
    rows, more = entry_queries.matched(session, actor(), market_id, after("na"))
    offers, _more = entry_queries.entries(session, actor(), market_id, Side.OFFER, most=500)
    open_asks = [row.ask.id for row in rows if not row.taken]
    known = may_know.people(session, actor(), market_id, open_asks)
    return show("match", page, rows=rows, more=more, offers=offers, known=known, after=after("na"))


@blueprint.post("/markten/<int:market_id>/koppelen")
@login_required
def decide(market_id: int) -> Response:
    """Take or drop one match, or all suggestions at once: `alles`; or ask who may know: `wie`."""
    session = db.session()
    if "alles" in request.form:
        count = matching.take_all(session, actor(), market_id, clock.now())
        flash(ngettext("%(num)s match is taken.", "%(num)s matches are taken.", count), "success")
        return redirect(f"/markten/{market_id}/koppelen")
    ask_id = _number("vraag")
    try:
        if "wie" in request.form:
            may_know.ask(session, actor(), market_id, ask_id, request.form["wie"], clock.now())
            flash(_("They are asked. Whether they come with an answer is up to them."), "success")
        else:
            keep = "laat" not in request.form
            matching.decide(
                session, actor(), market_id, ask_id, _number("aanbod"), keep, clock.now()
            )
    except Refused as refusal:
        flash(refusal.message, "error")
    back = f"?na={after('na')}" if after("na") else ""
    return redirect(f"/markten/{market_id}/koppelen{back}#vraag-{ask_id}")


def _number(name: str) -> int:
    """
    Raises:
        NotFound: the form holds no number there.
    """
    value = request.form.get(name, "")
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise NotFound
    return int(value)


# --- stalls


@blueprint.get("/markten/<int:market_id>/kramen")
@login_required
def stall_list(market_id: int) -> Page:
    page = head(market_id, MarketPermission.HOST)
    session = db.session()
    rows = stall_queries.stalls(session, actor(), market_id, closed=True)
    return show("stalls", page, rows=rows, missing=stalls.missing(session, market_id))


@blueprint.post("/markten/<int:market_id>/kramen")
@login_required
def lay_out(market_id: int) -> Response:
    count = stalls.lay_out(db.session(), actor(), market_id, clock.now())
    if count:
        flash(
            ngettext("%(num)s stall is laid out.", "%(num)s stalls are laid out.", count),
            "success",
        )
    else:
        flash(_("There is nothing new to lay out."), "info")
    return redirect(f"/markten/{market_id}/kramen")


@blueprint.route("/markten/<int:market_id>/kramen/<int:stall_id>/wijzigen", methods=["GET", "POST"])
@login_required
def change_stall(market_id: int, stall_id: int) -> Page:
    page, stall = _stall(market_id, stall_id)
    form, asked = StallForm(), None
    if not form.is_submitted():
        form.show(stall)
    elif form.validate():
        try:
            stalls.change(
                db.session(),
                actor(),
                stall_id,
                title=form.title.data or "",
                seats=form.seats.data or 0,
                rounds=form.rounds.data,
                link=form.link.data or "",
                closed=form.closed.data,
                now=clock.now(),
                anyway=anyway(),
            )
            flash(_("It is changed. Plan again to see what it does."), "success")
            return redirect(f"{page.url}/kramen#kraam-{stall_id}")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show("stall", page, form, asked=asked, stall=stall)


@blueprint.route(
    "/markten/<int:market_id>/kramen/<int:stall_id>/samenvoegen", methods=["GET", "POST"]
)
@login_required
def merge(market_id: int, stall_id: int) -> Page:
    page, stall = _stall(market_id, stall_id)
    form = MergeForm()
    others = stall_queries.stalls(db.session(), actor(), market_id)
    form.into.choices = choices(
        (other.id, f"{other.number}. {other.title}") for other in others if other.id != stall_id
    )
    if form.validate_on_submit():
        into = stalls.merge(db.session(), actor(), stall_id, form.into.data, clock.now())
        flash(_("They are one stall now."), "success")
        return redirect(f"{page.url}/kramen#kraam-{into.id}")
    return show("merge", page, form, stall=stall)


def _stall(market_id: int, stall_id: int) -> tuple[MarketPage, Stall]:
    page = head(market_id, MarketPermission.MANAGE)
    stall = db.session().get(Stall, stall_id)
    if stall is None or stall.market_id != market_id:
        raise NotFound
    return page, stall


# --- the plan


@blueprint.get("/markten/<int:market_id>/indeling")
@login_required
def plan(market_id: int) -> Page:
    session = db.session()
    page = head(market_id, MarketPermission.HOST)
    last = queries.last_plan(session, market_id)
    cells = stall_queries.floor(session, actor(), page.market) if page.market.plan else {}
    rounds = page.market.rounds if cells else 0
    working = last is not None and last.state == PlanState.WORKING
    wishes, unmet = stall_queries.unmet(session, page.market) if cells and not working else (0, [])
    return show(
        "plan",
        page,
        last=last,
        stands=queries.plan_that_stands(session, page.market),
        working=working,
        label=PLAN_LABELS[PlanState(last.state)] if last is not None else "",
        trouble=TROUBLE.get(last.trouble) if last is not None else None,
        stalls=stall_queries.stalls(session, actor(), market_id),
        cells=cells,
        begun=standing.next_round(session, page.market, clock.now()),
        quiet=[round_ + 1 for round_ in stall_queries.quiet(cells, rounds)],
        nowhere=stall_queries.nowhere(cells, rounds),
        unmet=unmet,
        wishes=wishes,
        whys=WHYS_OF_ALL,
        missing=stalls.missing(session, market_id),
    )


@blueprint.post("/markten/<int:market_id>/indeling")
@login_required
def make_plan(market_id: int) -> Response:
    """Have a plan made, or call it off: `stop`."""
    session = db.session()
    try:
        if "stop" in request.form:
            planned.stop(session, actor(), market_id, clock.now())
            flash(_("Called off; the best plan so far stands."), "info")
        else:
            planned.ask(session, actor(), market_id, clock.now())
    except Refused as refusal:
        flash(refusal.message, "error")
    return redirect(f"/markten/{market_id}/indeling")


@blueprint.post("/markten/<int:market_id>/indeling/klaar")
@login_required
def bring_out(market_id: int) -> Response:
    try:
        announcing.bring_out(db.session(), actor(), market_id, clock.now())
        flash(_("The programme is out. Everybody who comes hears of it."), "success")
    except Refused as refusal:
        flash(refusal.message, "error")
    return redirect(f"/markten/{market_id}/indeling")


@blueprint.route("/markten/<int:market_id>/indeling/verplaatsen", methods=["GET", "POST"])
@login_required
def put(market_id: int) -> Page:
    """The host's own hand: first what it costs, then the move; or let go of one: `los`."""
    session, who = db.session(), actor()
    page = head(market_id, MarketPermission.MANAGE)
    form, pinned = _move_form(page), False
    if form.is_submitted() and form.validate():
        try:
            member_id = queries.member_named(session, page.gathering.id, form.who.data)
            if "los" in request.form:
                standing.let_go(session, who, market_id, member_id, form.round.data)
                flash(_("Let go: the next plan may put them elsewhere."), "success")
                return redirect(f"{page.url}/indeling#ronde-{form.round.data + 1}")
            pinned = standing.is_pinned(session, page.market, member_id, form.round.data)
            wanted = (session, who, market_id, member_id, form.round.data, form.stall_id)
            if "zeker" in request.form:
                standing.put(*wanted, clock.now())
                flash(_("Done. The next plan keeps to it."), "success")
                return redirect(f"{page.url}/indeling#ronde-{form.round.data + 1}")
            _after, cost = standing.look(*wanted, clock.now())
            return render_template(
                "markets/move.html", page=page, form=form, cost=cost, pinned=pinned
            )
        except Refused as refusal:
            put_beside(form, refusal)
    elif not form.is_submitted() and form.who.data:
        member_id = queries.member_named(session, page.gathering.id, form.who.data)
        pinned = standing.is_pinned(session, page.market, member_id, form.round.data)
    return show("move", page, form, cost=None, pinned=pinned)


def _move_form(page: MarketPage) -> MoveForm:
    session, who = db.session(), actor()
    form = MoveForm()
    people = queries.who_comes(session, who, page.gathering.id)
    form.who.choices = choices((person.handle, person.name) for person in people)
    begun = standing.next_round(session, page.market, clock.now())
    form.round.choices = choices(
        (each.number - 1, f"{each.number} ({each.when})")
        for each in page.rounds
        if each.number > begun
    )
    form.stall.choices = choices(
        [("", _("To the lobby"))]
        + [
            (str(stall.id), f"{stall.number}. {stall.title}")
            for stall in stall_queries.stalls(session, who, page.market.id)
        ]
    )
    if not form.is_submitted():  # where a name was dropped in the table
        form.who.data = request.args.get("wie", "")
        at = request.args.get("ronde", "")
        form.round.data = int(at) if at.isascii() and at.isdigit() and len(at) < 3 else 0
        form.stall.data = request.args.get("kraam", "")
    return form
