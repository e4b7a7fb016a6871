"""Addresses after a market: its harvest, and making something of it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask_login import login_required
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from cop.discussions.models import Discussion
from cop.markets.after import asks, picture, queries, taking_along, talking, yielding
from cop.markets.after.forms import TalkForm, YieldForm
from cop.markets.after.permissions import YieldPermission
from cop.markets.queries import MarketPage
from cop.markets.routes import Page, after, anyway
from cop.markets.routes import head as market_head
from cop.members.actor import Actor
from cop.members.current import actor
from cop.notifications.seeing import note_seen
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import WRITING, limiter
from cop.spaces.operations import Stale
from cop.textcheck.asking import AuthorAsked

blueprint = Blueprint("markets_after", __name__)


def show(name: str, page: MarketPage, form: Any = None, **more: Any) -> Page:
    """A page after a market; 422 when its form was refused."""
    shown = render_template(f"markets/after/{name}.html", page=page, form=form, **more)
    return (shown, 422) if form is not None and form.is_submitted() else shown


@blueprint.get("/markten/<int:market_id>/oogst")
@login_required
def harvest(market_id: int) -> Page:
    session, who = db.session(), actor()
    found = queries.harvest(session, who, market_id, after("meegenomen"))
    page = market_head(market_id)
    note_seen(["markets.harvest"], market_id)
    still_open, more = asks.still_open(session, who, market_id, after("vragen"))
    to_bring = any(ask.mine and not ask.went for ask in still_open)
    many, averages = taking_along.averages(session, market_id)
    return show(
        "harvest",
        page,
        harvest=found,
        picture=picture.picture(asks.counts(session, market_id)),
        open_asks=still_open,
        ahead=asks.markets_ahead(session, who, clock.now()) if to_bring else [],
        more=more,
        many=many,
        averages=averages,
        questions=taking_along.QUESTIONS,
    )


@blueprint.post("/markten/<int:market_id>/oogst/klaar")
@login_required
def ready(market_id: int) -> Response:
    try:
        yielding.say_ready(db.session(), actor(), market_id, clock.now())
        flash(_("Everybody whom the market is for hears that there is something to read."))
    except Refused as refusal:
        flash(refusal.message, "error")
    return redirect(f"/markten/{market_id}/oogst")


@blueprint.route("/markten/<int:market_id>/oogst/<int:stall_id>/opbrengst", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def write(market_id: int, stall_id: int) -> Page:
    """What a stall yielded, beginning with its note."""
    session, who = db.session(), actor()
    stall, found = queries.stall_to_write(session, who, market_id, stall_id, YieldPermission.WRITE)
    page = market_head(market_id)
    form, asked, current = YieldForm(), None, None
    lying = yielding.files(session, who, stall_id)
    form.files.choices = choices((file.id, file.title) for file in lying)
    if not form.is_submitted():
        form.files.data = [file.id for file in lying if file.comes or found is None]
        form.version.data = found.version if found is not None else 0
        form.source.data = (
            found.source if found is not None else yielding.beginning(session, who, stall_id)
        )
    elif form.validate():
        try:
            yielding.write(
                session,
                who,
                stall_id,
                form.source.data or "",
                form.version.data or 0,
                clock.now(),
                anyway(),
                form.files.data or (),
            )
            flash(_("It stands in the harvest."), "success")
            return redirect(f"{page.url}/oogst#kraam-{stall_id}")
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            current = found
            form.version.raw_data, form.version.data = None, stale.version
            put_beside(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return show("write", page, form, stall=stall, asked=asked, current=current)


@blueprint.route("/markten/<int:market_id>/oogst/<int:stall_id>/gesprek", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def talk(market_id: int, stall_id: int) -> Page:
    """A discussion about a stall."""
    session, who = db.session(), actor()
    stall, _found = queries.stall_to_write(session, who, market_id, stall_id, YieldPermission.GO_ON)
    form = TalkForm()
    if not form.is_submitted():
        form.begin(*talking.opening(session, who, stall))

    def begin(session: Session, who: Actor, *words: Any) -> Discussion:
        return talking.from_stall(session, who, stall_id, *words)

    lead = _("Who asked, who held the stall, and you follow it.")
    return talk_page(market_id, form, begin, lead, f"oogst#kraam-{stall_id}")


@blueprint.route("/markten/<int:market_id>/oogst/open-vragen", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def talk_of_asks(market_id: int) -> Page:
    """A discussion about the asks that nobody met."""
    session, who = db.session(), actor()
    form = TalkForm()
    if not form.is_submitted():
        try:
            form.begin(*talking.opening_of_asks(session, who, market_id))
        except Refused as refusal:
            flash(refusal.message, "info")
            return redirect(f"/markten/{market_id}/oogst#open")

    def begin(session: Session, who: Actor, *words: Any) -> Discussion:
        return talking.from_asks(session, who, market_id, form.entry_ids, *words)

    lead = _("Who asked one of these follows it, as far as they can read the list.")
    return talk_page(market_id, form, begin, lead, "oogst#open")


def talk_page(
    market_id: int,
    form: TalkForm,
    begin: Callable[..., Discussion],
    lead: str,
    back: str,
) -> Page:
    """The form with which a discussion begins, or the discussion that began."""
    session, who, asked = db.session(), actor(), None
    form.on_list.choices = choices(talking.places(session, who))
    page = market_head(market_id)
    if form.is_submitted() and form.validate():
        try:
            made = begin(
                session,
                who,
                form.on_list.data,
                form.title.data or "",
                form.text.data or "",
                form.client_id.data or "",
                clock.now(),
                anyway(),
            )
            flash(_("The conversation has begun."), "success")
            return redirect(f"/discussies/{made.id}")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show("talk", page, form, asked=asked, lead=lead, back=f"{page.url}/{back}")
