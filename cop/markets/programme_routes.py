"""Addresses of programmes: one's own on screen and on paper, and everybody's for the host."""

import segno
from flask import make_response, redirect, render_template
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.gatherings.models import Gathering
from cop.markets import queries, stall_queries
from cop.markets.models import Market, MarketState
from cop.markets.permissions import MARKETS, MarketPermission
from cop.markets.queries import MarketPage
from cop.markets.routes import Page, blueprint, head, show
from cop.markets.words import IDLE, WHYS
from cop.members.current import actor
from cop.notifications.seeing import note_seen
from cop.platform import pdf
from cop.platform.db import db
from cop.platform.errors import NotFound
from cop.platform.mail.composing import absolute

STYLE = "market-paper.css"


@blueprint.get("/markten/van/<int:gathering_id>")
@login_required
def of_gathering(gathering_id: int) -> Response:
    """The market of a gathering in the calendar."""
    found = db.session().scalar(
        MARKETS.scope(actor(), MarketPermission.READ)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(Gathering.id == gathering_id)
    )
    if found is None:
        raise NotFound
    return redirect(f"/markten/{found.id}")


@blueprint.get("/markten/<int:market_id>/programma")
@login_required
def programme(market_id: int) -> Page:
    session, who = db.session(), actor()
    page = head(market_id, MarketPermission.SEE_PROGRAMME)
    note_seen(["markets.programme", "markets.programme_changed"], market_id)
    turns = _own_turns(page)
    unmet, idle = stall_queries.explained(session, page.market, who.member_id if turns else None)
    return show(
        "programme",
        page,
        turns=turns,
        unmet=unmet,
        whys=WHYS,
        idle={round_: IDLE[why] for round_, why in idle.items()},
        pdf=pdf.available(),
    )


def _own_turns(page: MarketPage) -> list[stall_queries.Turn]:
    if page.market.state == MarketState.ANNOUNCED:
        return []
    return stall_queries.programme(db.session(), actor(), page.market)


@blueprint.get("/markten/<int:market_id>/programma/pdf")
@login_required
def own_paper(market_id: int) -> Response:
    page = head(market_id, MarketPermission.SEE_PROGRAMME)
    turns = _own_turns(page)
    if not turns or not pdf.available():
        raise NotFound
    name = queries.own_name(db.session(), actor())
    return _paper("paper_programmes", "programma", page, people=[(name, turns)])


@blueprint.get("/markten/<int:market_id>/programmas")
@login_required
def papers(market_id: int) -> Page:
    page = head(market_id, MarketPermission.HOST)
    return show("papers", page, pdf=pdf.available())


@blueprint.get("/markten/<int:market_id>/programmas/pdf")
@login_required
def all_programmes(market_id: int) -> Response:
    page = head(market_id, MarketPermission.HOST)
    people = stall_queries.all_programmes(db.session(), page.market)
    if not people or not pdf.available():
        raise NotFound
    return _paper("paper_programmes", "programmas", page, people=people)


@blueprint.get("/markten/<int:market_id>/kraambordjes/pdf")
@login_required
def signs(market_id: int) -> Response:
    page = head(market_id, MarketPermission.HOST)
    rows = stall_queries.stalls(db.session(), actor(), market_id)
    if not rows or not pdf.available():
        raise NotFound
    codes = {row.id: code_of(absolute(f"{page.url}/kraam/{row.id}")) for row in rows}
    return _paper("paper_signs", "kraambordjes", page, stalls=rows, codes=codes)


def code_of(address: str) -> str:
    """A QR code of an address, as the address of a picture that stands in the paper itself."""
    uri: str = segno.make(address, error="m").svg_data_uri(scale=4, border=2)
    return uri


def _paper(template: str, name: str, page: MarketPage, **context: object) -> Response:
    html = render_template(f"markets/{template}.html", page=page, **context)
    made = make_response(pdf.make(html, STYLE))
    made.headers["Content-Type"] = "application/pdf"
    made.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return made
