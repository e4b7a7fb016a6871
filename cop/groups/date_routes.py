"""Addresses of the dates of a group: planning them, looking for one, moving and cancelling."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.gatherings import free_days, poll_routes, when
from cop.gatherings.polling import Proposal
from cop.groups import date_queries, dates, recurrence
from cop.groups.date_queries import DatePage
from cop.groups.forms import CancelForm, DatesForm, MoveForm, SeriesForm
from cop.groups.models import Group
from cop.groups.permissions import GROUPS, DatePermission, GroupPermission
from cop.groups.routes import Page, anyway, blueprint, form_page
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.ratelimit import WRITING, limiter
from cop.textcheck.asking import AuthorAsked

PROPOSED = 6  # dates of a series, unless another number is asked for


def _planned(group_id: int) -> Group:
    return GROUPS.get(db.session(), actor(), GroupPermission.PLAN, group_id)


@blueprint.route("/<int:group_id>/data/nieuw", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def plan_dates(group_id: int) -> Page:
    """First which days are proposed (a GET with 'first'), then time and place, then the button."""
    session, now = db.session(), clock.now()
    group = _planned(group_id)
    series = SeriesForm(request.args)
    if not series.first.data and not request.args:
        series.first.data = when.local(now).date() + timedelta(days=14)
        series.every.process_data(group.every_weeks or 6)
        series.number.process_data(PROPOSED)
    proposed = _proposed(series) if request.args.get("first") else []
    form, asked = DatesForm(), None
    form.lengths(group)
    if not form.is_submitted():
        form.days.data = proposed
        last = date_queries.last_date(session, group_id)
        if last is not None:
            form.like(last)
            form.begins.data = when.local(last.starts_at).time()
    shown = sorted({*proposed, *(form.days.data or [])})
    form.days.choices = choices((day, _spoken(day)) for day in shown)
    if form.validate_on_submit():
        try:
            made = dates.plan(
                session,
                actor(),
                group_id,
                recurrence.moments(form.chosen(), form.begins.data),
                form.where(),
                now,
                anyway(),
            )
            flash(_said(made), "success")
            return redirect(url_for("groups.show", group_id=group_id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page(
        "dates",
        form,
        group,
        asked=asked,
        series=series,
        proposed=shown,
        unknown=free_days.unknown(shown),
    )


def _proposed(series: SeriesForm) -> list[date]:
    """The days that the form proposes; none for numbers that mean nothing."""
    if not series.validate():
        return []
    every, number = series.every.data or 1, series.number.data or 1
    if not 1 <= every <= 52:
        series.every.errors = [_("Fill in a number from 1 to %(most)s.", most=52)]
        return []
    if not 1 <= number <= dates.MOST_AT_ONCE:
        series.number.errors = [_("Fill in a number from 1 to %(most)s.", most=dates.MOST_AT_ONCE)]
        return []
    try:
        return recurrence.days(series.first.data, every, number)
    except (OverflowError, ValueError):  # beyond the year 9999
        return []


def _spoken(day: date) -> str:
    return free_days.noted(day, when.spoken_day(when.noon(day)))


def _said(made: list[Any]) -> str:
    if not made:
        return _("These dates were planned already.")
    if made[0].provisional:
        return _("Planned. They are certain as soon as there is a facilitator.")
    return ngettext(
        "Planned. Everybody in the group is asked.",
        "%(num)s dates are planned. Everybody in the group is asked.",
        len(made),
    )


@blueprint.route("/<int:group_id>/prikker", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def ask_date(group_id: int) -> Page:
    """Ask the group when it can meet: the date poll of gatherings."""
    group = _planned(group_id)

    def ask(proposal: Proposal) -> int:
        return dates.ask_date(db.session(), actor(), group_id, proposal, clock.now(), anyway()).id

    return poll_routes.ask_page(
        ask,
        fixed=(group.kind, group.name),
        place=(group.name, f"/groepen/{group_id}"),
        circle_id=group.circle_id,
        minutes=group.minutes,
    )


# --- one date ---


@blueprint.get("/data/<int:gathering_id>")
@login_required
def show_date(gathering_id: int) -> str:
    page = date_queries.date(db.session(), actor(), gathering_id, clock.now())
    return render_template("groups/date.html", page=page, group=page.group)


def _date_to(permission: DatePermission, gathering_id: int) -> DatePage:
    page = date_queries.date(db.session(), actor(), gathering_id, clock.now())
    if permission not in page.may:
        raise NotFound
    return page


@blueprint.post("/data/<int:gathering_id>/bevestigen")
@login_required
def confirm_date(gathering_id: int) -> Response:
    try:
        dates.confirm(db.session(), actor(), gathering_id, clock.now())
        flash(_("It is certain. Everybody in the group is asked."), "success")
    except Refused as refusal:
        flash(refusal.message, "error")
    return redirect(url_for("groups.show_date", gathering_id=gathering_id))


@blueprint.route("/data/<int:gathering_id>/verzetten", methods=["GET", "POST"])
@login_required
def move_date(gathering_id: int) -> Page:
    page = _date_to(DatePermission.PLAN, gathering_id)
    form, asked = MoveForm(), None
    form.lengths(page.group)
    if not form.is_submitted():
        begins = when.local(page.gathering.starts_at)
        form.day.data, form.begins.data = begins.date(), begins.time()
        form.like(page.gathering)
        length = page.gathering.ends_at - page.gathering.starts_at
        form.minutes.data = int(length.total_seconds() // 60)
    elif form.validate():
        try:
            dates.move(
                db.session(),
                actor(),
                gathering_id,
                when.moment(form.day.data, form.begins.data, "begins"),
                form.where(),
                clock.now(),
                rest=form.rest.data,
                anyway=anyway(),
            )
            flash(_("It is changed. Who comes hears of another time or place."), "success")
            return redirect(url_for("groups.show_date", gathering_id=gathering_id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("move", form, page.group, asked=asked, page=page)


@blueprint.route("/data/<int:gathering_id>/afzeggen", methods=["GET", "POST"])
@login_required
def cancel_date(gathering_id: int) -> Page:
    page = _date_to(DatePermission.CANCEL, gathering_id)
    form, asked = CancelForm(), None
    if form.validate_on_submit():
        try:
            off = dates.cancel(
                db.session(),
                actor(),
                gathering_id,
                form.why.data or "",
                clock.now(),
                rest=form.rest.data,
                anyway=anyway(),
            )
            flash(
                ngettext(
                    "The date is cancelled. Who would have come hears of it.",
                    "%(num)s dates are cancelled. Who would have come hears of it.",
                    max(len(off), 1),
                ),
                "success",
            )
            return redirect(url_for("groups.show_date", gathering_id=gathering_id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("cancel", form, page.group, asked=asked, page=page)
