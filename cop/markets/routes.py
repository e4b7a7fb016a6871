"""Addresses of markets: the list, announcing, one of them, and taking part."""

from datetime import UTC, datetime
from typing import Any, TypeAlias

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from cop.gatherings import attending
from cop.gatherings.models import Coming
from cop.markets import (
    announcing,
    entries,
    entry_queries,
    floor_people,
    matching,
    queries,
    stall_queries,
    stalls,
)
from cop.markets.forms import CancelForm, EntryForm, MarketForm, TakePartForm
from cop.markets.models import MarketEntry, MarketState, MarketTheme, Side, Stall
from cop.markets.permissions import MarketPermission
from cop.markets.queries import MarketPage
from cop.markets.words import STATE_LABELS
from cop.members.current import actor
from cop.members.models import Organisation
from cop.members.queries import themes_by_group
from cop.notifications.seeing import note_seen
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import gettext as _
from cop.platform.numbers import FARTHEST, whole_number
from cop.platform.ratelimit import WRITING, limiter
from cop.spaces.models import Space
from cop.spaces.operations import Stale
from cop.textcheck.asking import AuthorAsked

blueprint = Blueprint("markets", __name__)

Page: TypeAlias = str | Response | tuple[str, int]


@blueprint.get("/markten")
@login_required
def index() -> str:
    session, now = db.session(), clock.now()
    past = request.args.get("welke") == "geweest"
    rows, more = queries.listed(session, actor(), now, past=past, start=_place())
    kept: dict[str, Any] = {"welke": "geweest"} if past else {}
    return render_template(
        "markets/index.html",
        rows=rows,
        past=past,
        states=STATE_LABELS,
        first_url=url_for("markets.index", **kept) if _place() else None,
        more_url=url_for("markets.index", na=f"{int(more[0].timestamp())}.{more[1]}", **kept)
        if more
        else None,
    )


def _place() -> queries.Place | None:
    """Where the page of the list begins; an address that means nothing is the beginning."""
    seconds, _dot, number = request.args.get("na", "")[:24].partition(".")
    at, id = whole_number(seconds, FARTHEST), whole_number(number)
    return (datetime.fromtimestamp(at, UTC), id) if at is not None and id is not None else None


# --- announcing and changing


@blueprint.route("/markten/nieuw", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def announce() -> Page:
    session = db.session()
    form, asked = MarketForm(), None
    _offer_choices(form)
    if form.validate_on_submit():
        try:
            made = announcing.announce(
                session, actor(), form.details(), form.terms(), clock.now(), anyway()
            )
            flash(
                _("The market is announced. Bring your own question or offer as well!"), "success"
            )
            return redirect(f"/markten/{made.id}")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return _market_form(form, None, asked=asked)


@blueprint.route("/markten/<int:market_id>/wijzigen", methods=["GET", "POST"])
@login_required
def change(market_id: int) -> Page:
    session = db.session()
    page = head(market_id, MarketPermission.MANAGE)
    form, asked, current = MarketForm(), None, None
    _offer_choices(form)
    if not form.is_submitted():
        theme_ids = session.scalars(
            select(MarketTheme.theme_id).where(MarketTheme.market_id == market_id)
        ).all()
        form.show(page.market, page.gathering, list(theme_ids))
    elif form.validate():
        try:
            announcing.change(
                session,
                actor(),
                market_id,
                form.details(),
                form.terms(),
                form.version.data or 0,
                clock.now(),
                anyway(),
            )
            flash(_("It is changed. Who comes hears of another time or place."), "success")
            return redirect(page.url)
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            current = page.gathering
            form.version.raw_data, form.version.data = None, stale.version
            put_beside(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return _market_form(form, page, asked=asked, current=current)


def _offer_choices(form: MarketForm) -> None:
    session, who = db.session(), actor()
    form.themes.choices = choices(
        (int(theme_id), name) for _group, of in themes_by_group(session) for theme_id, name in of
    )
    for field, thing, own in (
        (form.spaces, Space, announcing.own_spaces(who)),
        (form.organisations, Organisation, announcing.own_organisations(who)),
    ):
        rows = session.execute(
            select(thing.id, thing.name).where(thing.id.in_(own)).order_by(thing.sort_key, thing.id)
        )
        field.choices = choices((row.id, row.name) for row in rows)


def _market_form(form: MarketForm, page: MarketPage | None, **context: Any) -> Page:
    shown = render_template(
        "markets/form.html",
        form=form,
        page=page,
        theme_groups=themes_by_group(db.session()),
        **context,
    )
    return shown, 422 if form.is_submitted() else 200


@blueprint.route("/markten/<int:market_id>/afgelasten", methods=["GET", "POST"])
@login_required
def cancel(market_id: int) -> Page:
    page = head(market_id, MarketPermission.MANAGE)
    form, asked = CancelForm(), None
    if form.validate_on_submit():
        try:
            announcing.cancel(
                db.session(), actor(), market_id, form.why.data or "", clock.now(), anyway()
            )
            flash(_("It is cancelled. Who would have come hears of it."), "success")
            return redirect(page.url)
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show("cancel", page, form, asked=asked)


# --- one market, and taking part


@blueprint.get("/markten/<int:market_id>")
@login_required
def market(market_id: int) -> str:
    session, who = db.session(), actor()
    page = head(market_id)
    asks, more_asks = entry_queries.entries(session, who, market_id, Side.ASK, after("vragen"))
    offers, more_offers = entry_queries.entries(
        session, who, market_id, Side.OFFER, after("aanbod")
    )
    mine = entry_queries.own_entries(session, who, market_id)
    note_seen(["markets.announced"], market_id)
    return render_template(
        "markets/market.html",
        page=page,
        state=STATE_LABELS[MarketState(page.market.state)],
        asks=asks,
        more_asks=more_asks,
        offers=offers,
        more_offers=more_offers,
        mine=mine,
        stalls=stall_queries.stalls(session, who, market_id),
        programme=stall_queries.programme(session, who, page.market)
        if page.market.state != MarketState.ANNOUNCED
        else [],
        asking=len(floor_people.asking(session, who, [market_id])),
        why_out=floor_people.why_out(session, who, market_id)
        if page.market.state == MarketState.RUNNING
        else None,
    )


def head(market_id: int, permission: MarketPermission = MarketPermission.READ) -> MarketPage:
    return queries.one(db.session(), actor(), market_id, clock.now(), permission)


def show(template: str, page: MarketPage, form: Any = None, **context: Any) -> Page:
    """A page of a market; one whose form was refused says so in its status."""
    shown = render_template(f"markets/{template}.html", page=page, form=form, **context)
    return shown, 422 if form is not None and form.is_submitted() else 200


def anyway() -> bool:
    return bool(request.form.get("anyway"))


def after(name: str) -> int:
    """After which number the page of a list begins."""
    return whole_number(request.args.get(name)) or 0


@blueprint.route("/markten/<int:market_id>/meedoen", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def take_part(market_id: int) -> Page:
    """Taking part, or adding something; with `vraag` for that ask."""
    session = db.session()
    page = head(market_id, MarketPermission.REGISTER)
    form, asked = TakePartForm(), None
    themes = choices(
        [("", _("Something else")), *entry_queries.choices_of_themes(session, market_id)]
    )
    form.ask_theme.choices = form.offer_theme.choices = themes
    answers = matching.ask_of(session, market_id, after("vraag"))
    if answers is not None and not form.is_submitted():
        form.offer_theme.data = str(answers.theme_id or "")
    if form.validate_on_submit():
        try:
            attendance = entries.register(
                session, actor(), market_id, form.wanted(), clock.now(), anyway()
            )
            if answers is not None:
                matching.made_for(session, actor(), answers, form.offer_key.data or "")
            if attendance.coming == Coming.WAITING:
                flash(_("There is no place left. You are on the waiting list."), "info")
            else:
                flash(_("You take part. Look what others ask: you may know something."), "success")
            return redirect(page.url)
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    mine = entry_queries.own_entries(session, actor(), market_id)
    return show("take_part", page, form, asked=asked, mine=mine, answers=answers)


@blueprint.post("/markten/<int:market_id>/afmelden")
@login_required
def sign_off(market_id: int) -> Response:
    session = db.session()
    page = head(market_id)
    try:
        attending.sign_off(session, actor(), page.gathering.id, clock.now())
        flash(_("You are signed off. What you asked or offered is no longer shown."), "success")
    except Refused as refusal:
        flash(refusal.message, "error")
    return redirect(page.url)


@blueprint.route("/markten/<int:market_id>/inbreng/<int:entry_id>", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def entry(market_id: int, entry_id: int) -> Page:
    """Changing one's own ask or offer."""
    session = db.session()
    page = head(market_id, MarketPermission.REGISTER)
    found = entry_queries.own_entry(session, actor(), market_id, entry_id)
    form, asked = EntryForm(), None
    form.theme.choices = choices(
        [("", _("Something else")), *entry_queries.choices_of_themes(session, market_id)]
    )
    if not form.is_submitted():
        form.show(found)
    elif form.validate():
        try:
            entries.change(session, actor(), entry_id, form.wanted(found), clock.now(), anyway())
            flash(_("It is changed."), "success")
            return redirect(page.url)
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show("entry", page, form, asked=asked, entry=found)


@blueprint.post("/markten/<int:market_id>/inbreng/<int:entry_id>/intrekken")
@login_required
def withdraw(market_id: int, entry_id: int) -> Response:
    page = head(market_id)
    entry_queries.own_entry(db.session(), actor(), market_id, entry_id)
    try:
        entries.withdraw(db.session(), actor(), entry_id, clock.now())
        flash(_("It is taken back."), "success")
    except Refused as refusal:
        flash(refusal.message, "error")
    return redirect(page.url)


@blueprint.post("/markten/<int:market_id>/vragen/<int:entry_id>/ook")
@login_required
@limiter.limit(WRITING)
def second(market_id: int, entry_id: int) -> Response:
    """'I want to know that too', or no longer: `?nee`."""
    wants = "nee" not in request.args
    found = entries.second(db.session(), actor(), entry_id, wants, clock.now())
    _of_market(found, market_id)
    return redirect(f"/markten/{market_id}#vraag-{entry_id}")


@blueprint.post("/markten/<int:market_id>/kramen/<int:stall_id>/wens")
@login_required
@limiter.limit(WRITING)
def wish(market_id: int, stall_id: int) -> Response:
    """Want to come to a stall, or no longer: `?nee`."""
    wants = "nee" not in request.args
    found = stalls.wish(db.session(), actor(), stall_id, wants, clock.now())
    _of_market(found, market_id)
    return redirect(f"/markten/{market_id}#kraam-{stall_id}")


def _of_market(found: MarketEntry | Stall, market_id: int) -> None:
    """
    Raises:
        NotFound: the address names another market; nothing is stored.
    """
    if found.market_id != market_id:
        raise NotFound
