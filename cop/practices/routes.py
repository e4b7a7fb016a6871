"""Addresses of practices: the list, one of them, its history, on paper and as a reference."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from cop.members.current import actor
from cop.members.site import name_of as site_name
from cop.notifications.seeing import note_seen
from cop.platform import clock, pdf
from cop.platform.db import db
from cop.platform.errors import NotFound
from cop.platform.i18n import gettext as _
from cop.platform.mail.composing import absolute
from cop.platform.numbers import FARTHEST, whole_number
from cop.platform.web import whole
from cop.practices import beside, citing, history, listing, paper, queries, words, yearly
from cop.practices.listing import Place
from cop.practices.models import Knowledge, PracticeKind
from cop.practices.permissions import PracticePermission
from cop.practices.queries import Page
from cop.spaces import origins
from cop.spaces.circles import Visibility
from cop.spaces.queries import themes
from cop.spaces.words import READERS, VISIBILITY_LABELS

blueprint = Blueprint("practices", __name__)

View = str | BaseResponse | tuple[str, int]

# What its page shows; a question of it is on a page of its own, and `public` is asked on this one.
TOLD_OF = (
    "practices.audience",
    "practices.comparison",
    "practices.experience",
    "practices.public",
    "practices.published",
)
_NOTHING: tuple[list[Any], int | None] = [], None


@blueprint.get("/praktijken")
def index() -> str:
    """What one may read, by theme, kind and knowledge; and what one writes oneself."""
    session, now = db.session(), clock.now()
    asked = {
        "thema": request.args.get("thema", "")[:60],
        "soort": request.args.get("soort", "")[:12],
        "kennis": request.args.get("kennis", "")[:12],
        "proeftuin": request.args.get("proeftuin", "")[:80],
    }
    slug = asked["proeftuin"]
    space = listing.space_of_list(session, actor(), slug) if slug else None
    own = request.args.get("welke") == "mijn" and actor().is_member
    rows: list[listing.Row]
    more: Place | None = None
    if own:
        rows = listing.mine(session, actor(), now)
    else:
        rows, more = listing.published(
            session,
            actor(),
            now,
            theme=asked["thema"],
            kind=asked["soort"],
            knowledge=asked["kennis"],
            space_id=space.id if space is not None else None,
            before=_place(),
        )
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value}
    start_url = None
    if space is not None and queries.may_start_in(session, actor(), space):
        start_url = f"/proeftuinen/{space.slug}/praktijken/nieuw"
    elif space is None and actor().is_member:
        start_url = "/praktijken/nieuw"
    return render_template(
        "practices/index.html",
        rows=rows,
        own=own,
        asked=asked,
        filtered=any(asked[name] for name in ("thema", "soort", "kennis")),
        space=space,
        themes=themes(session),
        kinds=[(kind, words.KINDS[kind]) for kind in PracticeKind],
        knowledge=[(kind, words.KNOWLEDGE[kind]) for kind in Knowledge],
        start_url=start_url,
        first_url=url_for("practices.index", **kept) if _place() else None,
        more_url=url_for("practices.index", na=_mark(more), **kept) if more else None,
    )


def _mark(place: Place) -> str:
    """A place in the list as a mark for addresses."""
    return f"{int(place[0].timestamp() * 1_000_000)}.{place[1]}"


def _place() -> Place | None:
    """The place that an address names; one that means nothing is the beginning."""
    micro, _dot, number = request.args.get("na", "")[:30].partition(".")
    at, id = whole_number(micro, FARTHEST * 1_000_000), whole_number(number)
    if at is None or id is None:
        return None
    seconds, micros = divmod(at, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros), id


def read_page(practice_id: int, permission: PracticePermission = PracticePermission.READ) -> Page:
    """The practice, if the actor holds the permission on it."""
    return queries.one(db.session(), actor(), practice_id, clock.now(), permission)


@blueprint.get("/praktijken/<int:practice_id>")
def show(practice_id: int) -> str:
    session, page = db.session(), read_page(practice_id)
    own, shared, told = None, _NOTHING, _NOTHING
    if actor().is_member:
        own = beside.own_comparison(session, actor(), practice_id)
        shared = beside.comparisons(session, actor(), practice_id, whole("vergelijkingen"))
        told = beside.experiences(session, actor(), practice_id, whole("ervaringen"))
        note_seen(TOLD_OF, practice_id)
    return render_template(
        "practices/practice.html",
        page=page,
        practice=page.practice,
        experiences=told[0],
        older_experiences=told[1],
        mine=beside.own_experience(session, actor(), practice_id),
        users=beside.users(session, practice_id),
        comparison=own,
        comparisons=shared[0],
        older_comparisons=shared[1],
        years=yearly.years(page.practice),
        made=origins.around(session, actor(), "practice", practice_id, ready=False),
        of=citing.reference(page, site_name(session)) if page.is_public else None,
        citing=citing,
        **who_reads(page),
    )


def who_reads(page: Page) -> dict[str, Any]:
    """In words, for whom it is."""
    visibility = Visibility(page.visibility)
    if page.is_draft:
        readers = _("Only those who write this can read it.")
    elif page.in_circle_of_space:
        readers = (
            _("Whoever can read the space %(name)s can read this.", name=page.space_name)
            if page.space_name
            else _("Whoever can read its space can read this.")
        )
    else:
        readers = str(READERS[visibility])
    return {"readers": readers, "visibility_label": VISIBILITY_LABELS[visibility]}


@blueprint.get("/praktijken/<int:practice_id>/geschiedenis")
def changes(practice_id: int) -> str:
    page = read_page(practice_id)
    before = whole("voor")
    rows, more = history.changes(
        db.session(), actor(), practice_id, writes=page.holds("write"), before=before
    )
    url = url_for("practices.changes", practice_id=practice_id)
    return render_template(
        "practices/history.html",
        page=page,
        practice=page.practice,
        rows=rows,
        first_url=url if before else None,
        more_url=f"{url}?voor={more}" if more else None,
    )


@blueprint.get("/praktijken/<int:practice_id>/geschiedenis/<int:revision_id>")
def difference(practice_id: int, revision_id: int) -> str:
    page = read_page(practice_id)
    writes = page.holds("write")
    found = history.difference(db.session(), actor(), practice_id, revision_id, writes=writes)
    return render_template(
        "practices/difference.html",
        page=page,
        practice=page.practice,
        change=found.change,
        pieces=found.pieces,
        may_forget=writes and not found.change.is_current and not found.change.taken_out,
    )


@blueprint.get("/praktijken/<int:practice_id>/jaar/<int:number>")
def year(practice_id: int, number: int) -> str:
    """What those who use it told in one year: for them, to work on with."""
    if not actor().is_member:
        raise NotFound
    page = read_page(practice_id)
    note = yearly.note(db.session(), actor(), page.practice, number, clock.now())
    note_seen(["practices.year"], practice_id, key=yearly.key_of(practice_id, number))
    return render_template("practices/year.html", page=page, practice=page.practice, note=note)


# --- on paper, and as a reference ---


def _sheet(page: Page) -> dict[str, Any]:
    session = db.session()
    return {
        "practice": page.practice,
        "users": beside.users(session, page.practice.id),
        "site_title": site_name(session),
        "url": absolute(f"/praktijken/{page.practice.id}"),
        **who_reads(page),
    }


@blueprint.get("/praktijken/<int:practice_id>/afdrukken")
def print_view(practice_id: int) -> str:
    page = read_page(practice_id)
    return render_template(
        "practices/print.html",
        page=page,
        parts=paper.parts_for_print(page),
        has_pdf=pdf.available(),
        **_sheet(page),
    )


@blueprint.get("/praktijken/<int:practice_id>/pdf")
def as_pdf(practice_id: int) -> View:
    page = read_page(practice_id)
    if not pdf.available():
        return render_template("practices/no_pdf.html", practice=page.practice), 200
    made = make_response(paper.make(page, _sheet(page)))
    made.headers["Content-Type"] = "application/pdf"
    made.headers["Content-Disposition"] = f'attachment; filename="praktijk-{practice_id}.pdf"'
    return made


@blueprint.get("/praktijken/<int:practice_id>/verwijzing.<ending>")
def reference(practice_id: int, ending: str) -> Response:
    """A public practice as reference managers read it."""
    page = read_page(practice_id)
    if not page.is_public or ending not in citing.WRITERS:
        raise NotFound
    of = citing.reference(page, site_name(db.session()))
    answer = Response(
        citing.WRITERS[ending](of), content_type=f"{citing.TYPES[ending]}; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="praktijk-{practice_id}.{ending}"'
    )
    return answer
