"""Addresses of gatherings: the calendar, one of them, planning and changing it, coming to it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response as BaseResponse

from cop.gatherings import attending, ics, operations, poll_queries, queries
from cop.gatherings.forms import CancelForm, GatheringForm, ReportForm
from cop.gatherings.models import Coming, Gathering
from cop.gatherings.permissions import GATHERINGS, GatheringPermission
from cop.gatherings.queries import GatheringPage, Place
from cop.members.current import actor
from cop.notifications.seeing import note_seen
from cop.platform import clock, i18n
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.numbers import FARTHEST, whole_number
from cop.platform.ratelimit import WRITING, limiter
from cop.spaces import participation
from cop.spaces.circles import Visibility
from cop.spaces.models import Space
from cop.spaces.operations import Stale
from cop.spaces.words import READERS, VISIBILITY_HELP, VISIBILITY_LABELS
from cop.textcheck.asking import AuthorAsked

blueprint = Blueprint("gatherings", __name__)

Page = str | BaseResponse | tuple[str, int]

# What the page of a gathering shows; whoever is asked something answers it there.
TOLD_OF = tuple(
    f"gatherings.{what}"
    for what in ("cancelled", "moved", "place", "planned", "reminder", "report")
)
MONTH = "%Y-%m"
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 1)
CALENDAR_TYPE = "text/calendar; charset=utf-8"


@blueprint.get("/agenda")
def index() -> str:
    """What is to come, what I come to, what has been; of everything or of one space."""
    session, now = db.session(), clock.now()
    which = request.args.get("welke", "")
    slug = request.args.get("proeftuin", "")
    space = queries.space_of_list(session, actor(), slug) if slug else None
    space_id = space.id if space is not None else None
    if which == "geweest":
        rows, more = queries.past(session, actor(), now, space_id=space_id, before=_place())
    else:
        rows, more = queries.coming(
            session,
            actor(),
            now,
            mine=which == "mijn" and actor().is_member,
            space_id=space_id,
            after=_place(),
        )
    kept: dict[str, Any] = {"welke": which} if which in ("geweest", "mijn") else {}
    if slug:
        kept["proeftuin"] = slug
    return render_template(
        "gatherings/index.html",
        rows=rows,
        which=kept.get("welke", ""),
        space=space,
        first_url=url_for("gatherings.index", **kept) if _place() else None,
        more_url=url_for("gatherings.index", na=_mark(more), **kept) if more else None,
        plan_url=_plan_url(space),
        polls=poll_queries.open_polls(session, actor(), now, space_id=space_id)
        if not kept.get("welke") and not _place()
        else [],
    )


def _plan_url(space: Space | None) -> str | None:
    """Where the actor plans something, in this space or for everybody."""
    if space is None:
        return "/agenda/nieuw" if actor().is_member else None
    if queries.may_plan_in(db.session(), actor(), space):
        return f"/proeftuinen/{space.slug}/agenda/nieuw"
    return None


@blueprint.get("/agenda/maand")
def month() -> str:
    """A month on one page, in the reader's zone."""
    now = clock.now()
    today = now.astimezone(i18n.zone()).date()
    first = _month(today)
    before = (first - timedelta(days=1)).replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    days = queries.month(db.session(), actor(), first, now)
    code = i18n.language()
    return render_template(
        "gatherings/month.html",
        days=days,
        name=f"{i18n.MONTHS[code][first.month - 1]} {first.year}",
        weekdays=i18n.WEEKDAYS[code],
        is_empty=not any(day.gatherings for day in days if day.in_month),
        before_url=_month_url(before),
        after_url=_month_url(after),
        today_url=None if first == today.replace(day=1) else url_for("gatherings.month"),
        plan_url=_plan_url(None),
    )


def _month(today: date) -> date:
    """The first day of the month that the address names; one that means nothing is this month."""
    try:
        asked = date.fromisoformat(f"{request.args.get('maand', '')[:7]}-01")
    except ValueError:
        return today.replace(day=1)
    return asked if EARLIEST <= asked <= LATEST else today.replace(day=1)


def _month_url(first: date) -> str | None:
    if not EARLIEST <= first <= LATEST:
        return None
    return url_for("gatherings.month", maand=first.strftime(MONTH))


def _mark(place: Place) -> str:
    """A place in the list as a mark for addresses: the moment and number of a gathering."""
    return f"{int(place[0].timestamp())}.{place[1]}"


def _place() -> Place | None:
    """The place that an address names; one that means nothing is the beginning."""
    seconds, _dot, number = request.args.get("na", "")[:24].partition(".")
    at, id = whole_number(seconds, FARTHEST), whole_number(number)
    return (datetime.fromtimestamp(at, UTC), id) if at is not None and id is not None else None


# --- planning and changing ---


@blueprint.route("/agenda/nieuw", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def plan() -> Page:
    return _plan(None)


@blueprint.route("/proeftuinen/<slug>/agenda/nieuw", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def plan_in_space(slug: str) -> Page:
    return _plan(queries.space_to_plan_in(db.session(), actor(), slug))


def _plan(space: Space | None) -> Page:
    form, asked = GatheringForm(), None
    if form.validate_on_submit():
        try:
            made = operations.plan(
                db.session(),
                actor(),
                form.details(),
                clock.now(),
                space_id=space.id if space is not None else None,
                visibility=form.visibility.data,
                anyway=anyway(),
            )
            flash(_("It stands in the calendar."), "success")
            return redirect(url_for("gatherings.show", gathering_id=made.id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("plan", form, asked=asked, space=space, gathering=None)


@blueprint.route("/agenda/<int:gathering_id>/wijzigen", methods=["GET", "POST"])
@login_required
def change(gathering_id: int) -> Page:
    gathering = _managed(gathering_id)
    form, asked, current = GatheringForm(), None, None
    if not form.is_submitted():
        form.show(gathering)
    elif form.validate():
        try:
            operations.change(
                db.session(),
                actor(),
                gathering_id,
                form.details(),
                form.version.data or 0,
                clock.now(),
                visibility=form.visibility.data,
                anyway=anyway(),
            )
            flash(_("It is changed. Who comes hears of another time or place."), "success")
            return redirect(url_for("gatherings.show", gathering_id=gathering_id))
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            current = stale.current
            form.version.raw_data, form.version.data = None, stale.version
            put_beside(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page(
        "plan", form, asked=asked, space=gathering.space, gathering=gathering, current=current
    )


def _managed(gathering_id: int) -> Gathering:
    return GATHERINGS.get(db.session(), actor(), GatheringPermission.MANAGE, gathering_id)


def form_page(template: str, form: Any, **context: Any) -> Page:
    """A form, with who can read what is written in it."""
    space, gathering = context.get("space"), context.get("gathering")
    circle_id = context.pop("circle_id", None) or (space.circle_id if space is not None else None)
    if circle_id is not None:
        readers = participation.of(db.session(), actor(), circle_id).readers
    elif gathering is not None:
        readers = str(READERS[Visibility(gathering.circle.visibility)])
    elif "months" in context or "poll" in context:
        readers = str(READERS[Visibility.OPEN])  # where a date is looked for among all members
    else:
        readers = _("All members can read this, or everybody: choose it below.")
    page = render_template(
        f"gatherings/{template}.html",
        form=form,
        readers=readers,
        visibility_help=VISIBILITY_HELP,
        **context,
    )
    return page, 422 if form.is_submitted() else 200


def anyway() -> bool:
    return bool(request.form.get("anyway"))


@blueprint.route("/agenda/<int:gathering_id>/afzeggen", methods=["GET", "POST"])
@login_required
def cancel(gathering_id: int) -> Page:
    session = db.session()
    gathering = GATHERINGS.get(session, actor(), GatheringPermission.CANCEL, gathering_id)
    form, asked = CancelForm(), None
    if form.validate_on_submit():
        try:
            operations.cancel(
                session, actor(), gathering_id, form.why.data or "", clock.now(), anyway()
            )
            flash(_("It is cancelled. Who would have come hears of it."), "success")
            return redirect(url_for("gatherings.show", gathering_id=gathering_id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("cancel", form, asked=asked, space=gathering.space, gathering=gathering)


@blueprint.route("/agenda/<int:gathering_id>/verslag", methods=["GET", "POST"])
@login_required
def report(gathering_id: int) -> Page:
    gathering = _managed(gathering_id)
    form, asked, current = ReportForm(), None, None
    if not form.is_submitted():
        form.source.data, form.version.data = gathering.report, gathering.report_version
    elif form.validate():
        try:
            operations.write_report(
                db.session(),
                actor(),
                gathering_id,
                form.source.data or "",
                form.version.data or 0,
                clock.now(),
                anyway(),
            )
            flash(_("The report is there."), "success")
            return redirect(url_for("gatherings.show", gathering_id=gathering_id) + "#verslag")
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            current = stale.current
            form.version.raw_data, form.version.data = None, stale.version
            put_beside(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page(
        "report", form, asked=asked, space=gathering.space, gathering=gathering, current=current
    )


@blueprint.post("/agenda/<int:gathering_id>/overnemen")
@login_required
def take_over(gathering_id: int) -> BaseResponse:
    operations.take_over(db.session(), actor(), gathering_id, clock.now())
    flash(_("You organise this now. Thank you!"), "success")
    return redirect(url_for("gatherings.show", gathering_id=gathering_id))


# --- one gathering, and coming to it ---


@blueprint.get("/agenda/<int:gathering_id>")
def show(gathering_id: int) -> str:
    page = queries.one(db.session(), actor(), gathering_id, clock.now())
    note_seen(TOLD_OF, gathering_id)
    note_seen(["gatherings.date_chosen"], *poll_queries.behind(db.session(), gathering_id))
    return _show(page)


def _show(page: GatheringPage) -> str:
    session = db.session()
    people = queries.people(session, actor(), page, _person())
    more = people.more if people is not None else None
    return render_template(
        "gatherings/gathering.html",
        page=page,
        gathering=page.gathering,
        people=people,
        people_url=f"{request.path}?vanaf={more[0]}~{more[1]}#wie" if more else None,
        first_people_url=f"{request.path}#wie" if _person() else None,
        readers=READERS[Visibility(page.visibility)],
        visibility_label=VISIBILITY_LABELS[Visibility(page.visibility)],
    )


def _person() -> tuple[str, int] | None:
    """Where the page of people begins."""
    key, _mark, number = request.args.get("vanaf", "")[:212].rpartition("~")
    id = whole_number(number)
    return (key, id) if id is not None else None


@blueprint.post("/agenda/<int:gathering_id>/aanmelden")
@login_required
@limiter.limit(WRITING)
def sign_up(gathering_id: int) -> BaseResponse:
    try:
        attendance = attending.sign_up(db.session(), actor(), gathering_id, clock.now())
    except Refused as refusal:
        return _refused(gathering_id, refusal)
    if attendance.coming == Coming.WAITING:
        flash(_("There is no place left. You are on the waiting list."), "info")
    else:
        flash(_("You are signed up. See you there!"), "success")
    return redirect(url_for("gatherings.show", gathering_id=gathering_id))


@blueprint.post("/agenda/<int:gathering_id>/afmelden")
@login_required
def sign_off(gathering_id: int) -> BaseResponse:
    session = db.session()
    try:
        attending.sign_off(session, actor(), gathering_id, clock.now())
    except Refused as refusal:
        return _refused(gathering_id, refusal)
    flash(_("You are signed off."), "success")
    try:
        GATHERINGS.get(session, actor(), GatheringPermission.READ, gathering_id)
    except NotFound:
        return redirect("/agenda")
    return redirect(url_for("gatherings.show", gathering_id=gathering_id))


def _refused(gathering_id: int, refusal: Refused) -> BaseResponse:
    flash(refusal.message, "error")
    return redirect(url_for("gatherings.show", gathering_id=gathering_id))


@blueprint.get("/agenda/<int:gathering_id>/agenda.ics")
def file(gathering_id: int) -> Response:
    """One gathering for whoever opens it in a calendar of their own."""
    session, now = db.session(), clock.now()
    gathering = GATHERINGS.get(session, actor(), GatheringPermission.READ, gathering_id)
    answer = Response(ics.file(gathering, now), content_type=CALENDAR_TYPE)
    answer.headers["Content-Disposition"] = "attachment; filename=agenda.ics"
    return answer
