"""The page of results. Words stand in the address, so that it can be kept and gone back to."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for

from cop.finding import queries
from cop.finding.queries import Filters, Results
from cop.members.current import actor
from cop.platform import clock, i18n
from cop.platform.db import db
from cop.platform.ratelimit import limiter
from cop.platform.search.asking import LONGEST_QUESTION
from cop.platform.search.sources import sources

blueprint = Blueprint("finding", __name__)
OFTEN = "60 per minute"  # of one address: nobody reads faster
KINDS = ("discussion", "space", "gathering", "member", "case", "theme")  # first in the list


@blueprint.get("/zoeken")
@limiter.limit(OFTEN)
def search() -> str:
    session, who = db.session(), actor()
    words = request.args.get("q", "").strip()[:LONGEST_QUESTION]
    filters = _filters()
    found = Results()
    if words or filters.any:
        found = queries.find(
            session, who, words, clock.now(), filters, after=request.args.get("na", "")[:80]
        )
    asked: dict[str, Any] = {name: value for name, value in _asked(words).items() if value}
    return render_template(
        "finding/search.html",
        words=words,
        filters=filters,
        asked=asked,
        since=request.args.get("sinds", "")[:10] if filters.since else "",
        found=found,
        searched=bool(words or filters.any),
        more_url=url_for("finding.search", **asked, na=found.after) if found.after else None,
        is_first=not request.args.get("na"),
        kinds=_kinds(),
        themes=queries.themes(session),
        spaces=queries.spaces(session, who),
    )


def _kinds() -> list[tuple[str, str]]:
    """(name, label); what a feature adds later stands after those that every community has."""
    known = sources()
    order = [*KINDS, *(kind for kind in known if kind not in KINDS)]
    return [(kind, str(known[kind].label)) for kind in order if kind in known]


def _filters() -> Filters:
    args = request.args
    return Filters(
        kind=args.get("soort", "")[:16],
        theme=args.get("thema", "")[:60],
        space=args.get("ruimte", "")[:80],
        since=_day(args.get("sinds", "")),
        author=args.get("van", "").strip()[:80],
    )


def _asked(words: str) -> dict[str, str]:
    """What was asked, as it stands in an address."""
    names = ("soort", "thema", "ruimte", "sinds", "van")
    return {"q": words} | {name: request.args.get(name, "")[:80] for name in names}


def _day(text: str) -> datetime | None:
    """The beginning of a day ('2026-03-01') by the reader's clock; None for anything else."""
    try:
        return datetime.fromisoformat(text[:10]).replace(tzinfo=i18n.zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
