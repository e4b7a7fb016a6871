"""Addresses of the kenniskaart for readers: the list, one card, what is missing."""

from typing import Any, TypeAlias

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.expertise import gaps, queries, words
from cop.expertise.models import CardKind, Knowledge
from cop.expertise.queries import Filters
from cop.members.current import actor
from cop.members.queries import themes
from cop.members.regions import REGIONS
from cop.platform import clock
from cop.platform.db import db, unit_of_work
from cop.platform.ratelimit import limiter
from cop.platform.web import asked_here

blueprint = Blueprint("expertise", __name__)

View: TypeAlias = str | Response | tuple[str, int]
OFTEN = "60 per minute"  # of one address: nobody reads faster
LONGEST_WORDS = 200


@blueprint.get("/kenniskaart")
@limiter.limit(OFTEN)
def index() -> str:
    """People and teams by topic."""
    session, now = db.session(), clock.now()
    filters = Filters(
        theme=request.args.get("thema", "")[:60],
        words=request.args.get("woorden", "").strip()[:LONGEST_WORDS],
        kind=_one_of(request.args.get("soort", ""), set(CardKind)),
        knowledge=_one_of(request.args.get("kennis", ""), set(Knowledge)),
        region=_one_of(request.args.get("regio", ""), set(REGIONS)),
    )
    after = request.args.get("na", "")[:300]
    rows, more = queries.find(session, actor(), filters, now, after)
    looked_for = filters.theme or filters.words
    whole = filters == Filters(theme=filters.theme, words=filters.words)
    # Narrowed to a kind or a region, it may lack what there is elsewhere.
    if looked_for and whole and not rows and not after and actor().is_member and asked_here():
        _note(filters)
    kept: dict[str, Any] = {
        "thema": filters.theme,
        "woorden": filters.words,
        "soort": filters.kind,
        "kennis": filters.knowledge,
        "regio": filters.region,
    }
    kept = {name: value for name, value in kept.items() if value}
    return render_template(
        "expertise/index.html",
        rows=rows,
        filters=filters,
        themes=themes(session),
        kinds=list(words.KINDS.items()),
        knowledge=list(words.KNOWLEDGE.items()),
        regions=REGIONS,
        first_url=url_for("expertise.index", **kept) if after else None,
        more_url=url_for("expertise.index", na=more, **kept) if more else None,
    )


def _one_of(value: str, known: set[Any]) -> str:
    return value if value in known else ""


def _note(filters: Filters) -> None:
    """Nobody has it: the theme counts for 'what is missing', the words are forgotten."""
    with unit_of_work() as session:
        found = gaps.themes_in(session, filters.words) if filters.words else []
        if filters.theme:
            found += gaps.themes_called(session, filters.theme)
        gaps.note(session, actor(), found, clock.now())


@blueprint.get("/kenniskaart/<int:card_id>")
def show(card_id: int) -> str:
    return render_template("expertise/card.html", page=queries.one(db.session(), actor(), card_id))


@blueprint.get("/kenniskaart/wat-ontbreekt")
@limiter.limit(OFTEN)
def missing() -> str:
    """Themes that are asked for, against cards, by region: for everybody."""
    return render_template(
        "expertise/missing.html",
        rows=gaps.grid(db.session(), actor(), clock.now()),
        regions=REGIONS,
        least=gaps.LEAST,
    )
