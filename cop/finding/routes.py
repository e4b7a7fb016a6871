"""The page of results. Words stand in the address, so that it can be kept and gone back to."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from cop.expertise import gaps
from cop.finding import interests, queries, synonyms
from cop.finding.models import ByMail, InterestKind
from cop.finding.queries import Filters, Results
from cop.finding.related import related
from cop.members.current import actor
from cop.members.gates import administrators_only
from cop.members.models import Persona, Theme
from cop.notifications import digest_planning
from cop.platform import clock, i18n
from cop.platform.db import db, unit_of_work
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.numbers import whole_number
from cop.platform.ratelimit import limiter
from cop.platform.search.asking import LONGEST_QUESTION
from cop.platform.search.sources import sources
from cop.platform.web import asked_here
from cop.spaces.models import Space

blueprint = Blueprint("finding", __name__)
OFTEN = "60 per minute"  # of one address: nobody reads faster
QUIET_DAYS = (7, 14, 30)
KEEP_QUIET = "blijft"  # as it is, whatever else is chosen
KINDS = ("discussion", "space", "gathering", "member", "case", "theme")  # first in the list


@blueprint.get("/zoeken")
@limiter.limit(OFTEN)
def search() -> str:
    session, who = db.session(), actor()
    words = request.args.get("q", "").strip()[:LONGEST_QUESTION]
    filters = _filters(request.args)
    found, meant = Results(), list[str]()
    if words or filters.any:
        found = queries.find(
            session, who, words, clock.now(), filters, after=request.args.get("na", "")[:80]
        )
        # A theme of that name is no answer: it leads to what has been said on it.
        kinds = {item.kind for item in found.items}
        whole = filters == Filters(theme=filters.theme)  # narrowed, it may lack what there is
        if kinds <= {"theme"} and whole and not request.args.get("na"):
            _note_missing(words, filters)
        elif "card" in kinds and who.is_member:
            meant = gaps.slugs(session, gaps.themes_in(session, words))
    asked: dict[str, Any] = {name: value for name, value in _asked(words).items() if value}
    return render_template(
        "finding/search.html",
        words=words,
        filters=filters,
        asked=asked,
        since=request.args.get("sinds", "")[:10] if filters.since else "",
        found=found,
        meant=meant,
        searched=bool(words or filters.any),
        may_keep=not filters.kind or filters.kind in interests.NEWS,
        more_url=url_for("finding.search", **asked, na=found.after) if found.after else None,
        is_first=not request.args.get("na"),
        kinds=_kinds(),
        themes=queries.themes(session),
        spaces=queries.spaces(session, who),
    )


def _note_missing(words: str, filters: Filters) -> None:
    """Nothing was found: what themes were meant counts for 'what is missing'; no word is kept."""
    if not actor().is_member or not asked_here():
        return
    with unit_of_work() as session:
        meant = gaps.themes_in(session, words)
        if filters.theme:
            meant += gaps.themes_called(session, filters.theme)
        gaps.note(session, actor(), meant, clock.now())


def _kinds() -> list[tuple[str, str]]:
    """(name, label); what a feature adds later stands after those that every community has."""
    known = sources()
    order = [*KINDS, *(kind for kind in known if kind not in KINDS)]
    return [(kind, str(known[kind].label)) for kind in order if kind in known]


def _filters(args: Mapping[str, str]) -> Filters:
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


# --- interests


@blueprint.get("/ik/interesses")
@login_required
def own_interests() -> Any:
    return _interests()


def _interests(error: str = "", status: int = 200) -> Any:
    session, who = db.session(), actor()
    kept = interests.kept(session, who)
    have = {(each.kind, each.name) for each in kept}
    page = render_template(
        "finding/interests.html",
        kept=kept,
        profile=interests.profile(session, who),
        in_digest=digest_planning.holds_rest(session, who.member_id),
        now=clock.now(),
        quiet_days=QUIET_DAYS,
        keep_quiet=KEEP_QUIET,
        themes=[t for t in queries.themes(session) if ("theme", t[1]) not in have],
        spaces=[s for s in queries.spaces(session, who) if ("space", s[1]) not in have],
        error=error,
        typed=request.form.get("words", ""),
    )
    return (page, status) if status != 200 else page


@blueprint.post("/ik/interesses")
@login_required
def add_interest() -> Any:
    """One thing to hear about: a theme or a space by slug, a person by handle, or words."""
    session, who, form = db.session(), actor(), request.form
    try:
        filters = _filters(form)
        if form.get("words") or filters.any:
            interests.add(
                session,
                who,
                InterestKind.SEARCH,
                clock.now(),
                words=form.get("words", ""),
                filters=filters,
            )
        else:
            kind, subject_id = _chosen(form.get("kind", ""), form.get("name", ""))
            interests.add(session, who, kind, clock.now(), subject_id=subject_id)
    except Refused as refusal:
        db.session.rollback()
        return _interests(refusal.message, 422)
    flash(_("You hear of it from now on."), "success")
    return redirect(url_for("finding.own_interests"))


def _chosen(kind: str, name: str) -> tuple[InterestKind, int | None]:
    try:
        wanted = InterestKind(kind)
    except ValueError:
        raise Refused(_("Type what you want to hear about."), "words") from None
    column: dict[InterestKind, tuple[Any, Any]] = {
        InterestKind.THEME: (Theme.id, Theme.slug),
        InterestKind.SPACE: (Space.id, Space.slug),
        InterestKind.PERSON: (Persona.id, Persona.handle),
    }
    if wanted not in column:
        raise Refused(_("Type what you want to hear about."), "words")
    id, named = column[wanted]
    return wanted, db.session.scalar(select(id).where(named == name[:80]))


@blueprint.post("/ik/interesses/<int:interest_id>/weg")
@login_required
def remove_interest(interest_id: int) -> Response:
    interests.remove(db.session(), actor(), interest_id)
    flash(_("You hear of it no longer."), "success")
    return redirect(url_for("finding.own_interests"))


@blueprint.post("/ik/interesses/<int:interest_id>/waar")
@login_required
def choose_where(interest_id: int) -> Response:
    """Where they hear of one thing."""
    interests.choose(db.session(), actor(), interest_id, **_channels(request.form), now=clock.now())
    flash(_("Saved."), "success")
    return redirect(url_for("finding.own_interests"))


@blueprint.post("/ik/interesses/waar")
@login_required
def choose_channels() -> Response:
    """Where they hear of all of it, or whether they want quiet: a form for each."""
    session, who, now = db.session(), actor(), clock.now()
    if "mail" in request.form:
        interests.choose_all(session, who, **_channels(request.form), now=now)
    wish = request.form.get("stil", KEEP_QUIET)
    if wish != KEEP_QUIET:
        days = whole_number(wish)
        quiet = now + timedelta(days=days) if days in QUIET_DAYS else None
        interests.be_quiet(session, who, quiet_until=quiet, now=now)
    flash(_("Saved."), "success")
    return redirect(url_for("finding.own_interests"))


def _channels(form: Mapping[str, str]) -> dict[str, Any]:
    said = form.get("mail", "")
    by_mail = ByMail(said) if said in set(ByMail) else ByMail.NOT
    return {"on_site": bool(form.get("site")), "by_mail": by_mail}


@blueprint.post("/ik/interesses/<int:interest_id>/zoeken")
@login_required
def search_again(interest_id: int) -> Response:
    """To the results of a search that was kept."""
    words, beside = interests.search_of(db.session(), actor(), interest_id)
    asked: dict[str, Any] = {"q": words, **beside}
    return redirect(url_for("finding.search", **asked))


# --- what is akin to a thing


@blueprint.get("/verwant/<kind>/<int:thing_id>")
@limiter.limit(OFTEN)
def akin(kind: str, thing_id: int) -> str:
    own, naming, items = related(db.session(), actor(), kind, thing_id, clock.now())
    return render_template("finding/related.html", own=own, naming=naming, results=items)


# --- words that mean the same


@blueprint.route("/beheer/synoniemen", methods=["GET", "POST"])
@administrators_only
def same_words() -> Any:
    error = ""
    if request.method == "POST":
        try:
            synonyms.save(db.session(), actor(), request.form.get("words", ""), clock.now())
        except Refused as refusal:
            db.session.rollback()
            error = refusal.message
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("finding.same_words"))
    typed = request.form.get("words") if error else None
    page = render_template(
        "finding/synonyms.html",
        text="\n".join(synonyms.lines(db.session())) if typed is None else typed,
        error=error,
    )
    return (page, 422) if error else page
