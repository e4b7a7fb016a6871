"""Addresses on which a date is looked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response as BaseResponse

from cop.gatherings import belonging, poll_people, poll_queries, polling, queries, when
from cop.gatherings.forms import GatheringForm
from cop.gatherings.poll_forms import WEEKS, AddDatesForm, AnswerForm, AskForm
from cop.gatherings.poll_models import Can, DatePoll
from cop.gatherings.poll_permissions import POLLS, PollPermission
from cop.gatherings.polling import Proposal
from cop.gatherings.routes import Page, anyway, blueprint, form_page
from cop.members.current import actor
from cop.notifications.operations import mark_subject_read
from cop.platform import clock, i18n
from cop.platform.db import db, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.platform.ratelimit import WRITING, limiter
from cop.spaces.circles import Visibility
from cop.spaces.models import Space
from cop.spaces.words import READERS
from cop.textcheck.asking import AuthorAsked

CAN_LABELS = {Can.YES: _l("Yes"), Can.IF_NEED_BE: _l("If need be"), Can.NO: _l("No")}


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the grid; without a box it has passed."""

    day: date
    name: str
    box: Any


@blueprint.route("/agenda/prikker/nieuw", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def ask_date() -> Page:
    return _ask(None)


@blueprint.route("/proeftuinen/<slug>/agenda/prikker", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def ask_date_in_space(slug: str) -> Page:
    return _ask(queries.space_to_plan_in(db.session(), actor(), slug))


def _ask(space: Space | None) -> Page:
    def ask(proposal: Proposal) -> int:
        space_id = space.id if space is not None else None
        return polling.ask(
            db.session(), actor(), proposal, clock.now(), space_id=space_id, anyway=anyway()
        ).id

    return ask_page(
        ask,
        place=(space.name, f"/proeftuinen/{space.slug}") if space is not None else None,
        circle_id=space.circle_id if space is not None else None,
    )


def ask_page(
    ask: Callable[[Proposal], int],
    *,
    place: tuple[str, str] | None,
    circle_id: int | None,
    fixed: tuple[str, str] | None = None,
    minutes: int | None = None,
) -> Page:
    """The form on which a date is asked for; the rooms above have it for their own kinds too.

    Args:
        ask: stores the proposal and gives the number of the poll.
        place: name and address of what it is asked in; None for the community.
        circle_id: who is asked; None for the community.
        fixed: kind and title, where they are not to be chosen.
        minutes: how long it takes, to begin with.
    """
    today = when.local(clock.now()).date()
    form, asked = AskForm(), None
    form.begin(today, fixed, minutes)
    if form.validate_on_submit():
        try:
            poll_id = ask(form.proposal())
            flash(_("Everybody is asked. Say when you can yourself."), "success")
            return redirect(url_for("gatherings.date_poll", poll_id=poll_id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page(
        "ask_date",
        form,
        asked=asked,
        circle_id=circle_id,
        gathering=None,
        place=place,
        months=_months(today, form),
        weekdays=i18n.WEEKDAYS[i18n.language()],
    )


def _months(today: date, form: AskForm) -> list[dict[str, Any]]:
    """The grid by months: rows of seven, each a check box or nothing."""
    boxes = {str(box.data): box for box in form.days}
    monday = today - timedelta(days=today.weekday())
    days = [monday + timedelta(days=n) for n in range(7 * WEEKS)]
    months = []
    code = i18n.language()
    for (year, number), group in groupby(days, key=lambda day: (day.year, day.month)):
        of_month = list(group)
        cells: list[Any] = [None] * of_month[0].weekday()
        cells += [
            Cell(
                day,
                f"{i18n.WEEKDAYS[code][day.weekday()]} {i18n.format_date(day)}",
                boxes.get(day.isoformat()),
            )
            for day in of_month
        ]
        months.append({"name": f"{i18n.MONTHS[code][number - 1]} {year}", "cells": cells})
    return months


@blueprint.route("/agenda/prikker/<int:poll_id>", methods=["GET", "POST"])
@login_required
def date_poll(poll_id: int) -> Page:
    session, now = db.session(), clock.now()
    form = AnswerForm()
    page = poll_queries.one(session, actor(), poll_id, now)
    if page.told and not form.is_submitted():  # else this request writes, and leads back to here
        with unit_of_work() as own:
            mark_subject_read(own, actor(), poll_queries.TOLD_OF, [poll_id], now)
    said = {option.id: option.mine for option in page.options}
    if form.validate_on_submit():
        said = {option.id: request.form.get(f"datum-{option.id}") for option in page.options}
        answers = {id: can for id, can in said.items() if can}
        try:
            polling.answer(session, actor(), poll_id, answers, form.comes.data, now)
            flash(_("Thank you. You can change your answer until it closes."), "success")
            return redirect(url_for("gatherings.date_poll", poll_id=poll_id))
        except Refused as refusal:
            put_beside(form, refusal)
    elif not form.is_submitted():
        form.comes.data = page.comes
    text = render_template(
        "gatherings/date_poll.html",
        page=page,
        poll=page.poll,
        form=form,
        said=said,
        cans=CAN_LABELS,
        readers=READERS[Visibility(page.visibility)],
    )
    return text, 422 if form.is_submitted() else 200


@blueprint.route("/agenda/prikker/<int:poll_id>/data", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def add_dates(poll_id: int) -> Page:
    """More dates, in a poll that runs."""
    session = db.session()
    poll: DatePoll = POLLS.get(session, actor(), PollPermission.MANAGE, poll_id)
    form = AddDatesForm()
    if form.validate_on_submit():
        try:
            polling.add_dates(session, actor(), poll_id, form.days(), form.begins.data, clock.now())
            flash(_("They are added. Who answered already is asked to look again."), "success")
            return redirect(url_for("gatherings.date_poll", poll_id=poll_id))
        except Refused as refusal:
            refusal.field = {"days": "day"}.get(refusal.field or "", refusal.field)
            put_beside(form, refusal)
    page = render_template("gatherings/add_dates.html", form=form, poll=poll)
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/agenda/prikker/<int:poll_id>/wie/<int:option_id>")
@login_required
def who_can(poll_id: int, option_id: int) -> str:
    """Who can on one date, where so many answered that the poll's own page does not say."""
    session = db.session()
    poll: DatePoll = POLLS.get(session, actor(), PollPermission.MANAGE, poll_id)
    option = poll_queries.option(session, poll_id, option_id)
    if option is None:
        raise NotFound
    return render_template(
        "gatherings/who_can.html",
        poll=poll,
        when=when.spoken(option.starts_at, option.ends_at),
        names=poll_people.who_can(session, option),
        cans=CAN_LABELS,
    )


@blueprint.post("/agenda/prikker/<int:poll_id>/herinneren")
@login_required
def remind_of_date(poll_id: int) -> BaseResponse:
    try:
        polling.remind(db.session(), actor(), poll_id, clock.now())
        flash(_("Who has not answered is reminded."), "success")
    except Refused as refusal:
        flash(refusal.message, "error")
    return redirect(url_for("gatherings.date_poll", poll_id=poll_id))


@blueprint.post("/agenda/prikker/<int:poll_id>/overnemen")
@login_required
def take_over_poll(poll_id: int) -> BaseResponse:
    polling.take_over(db.session(), actor(), poll_id, clock.now())
    flash(_("You look for the date now. Thank you!"), "success")
    return redirect(url_for("gatherings.date_poll", poll_id=poll_id))


@blueprint.post("/agenda/prikker/<int:poll_id>/sluiten")
@login_required
def close_date_poll(poll_id: int) -> BaseResponse:
    polling.close(db.session(), actor(), poll_id, clock.now())
    flash(_("It is closed; nobody answers any more."), "success")
    return redirect(url_for("gatherings.date_poll", poll_id=poll_id))


@blueprint.route("/agenda/prikker/<int:poll_id>/kiezen/<int:option_id>", methods=["GET", "POST"])
@login_required
def choose_date(poll_id: int, option_id: int) -> Page:
    """The form of a gathering with the chosen date in it: place and link are still to say."""
    session = db.session()
    poll: DatePoll = POLLS.get(session, actor(), PollPermission.MANAGE, poll_id)
    option = poll_queries.option(session, poll_id, option_id)
    if option is None:
        raise NotFound
    form, asked = GatheringForm(), None
    room = belonging.of(poll.kind)
    if room is not None:
        form.fix(poll.kind, poll.title)
    if not form.is_submitted():
        if room is None:
            form.title.data, form.kind.data, form.source.data = poll.title, poll.kind, poll.source
        begins, until = when.local(option.starts_at), when.local(option.ends_at)
        form.day.data = begins.date()
        form.begins.data, form.until.data = begins.time(), until.time()
    elif form.validate():
        try:
            made = polling.choose(session, actor(), poll_id, form.details(), clock.now(), anyway())
            flash(_("The date is chosen. Everybody hears of it."), "success")
            return redirect(url_for("gatherings.show", gathering_id=made.id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    circle_id = poll.circle_id if room is not None else None
    return form_page(
        "plan", form, asked=asked, space=poll.space, gathering=None, poll=poll, circle_id=circle_id
    )
