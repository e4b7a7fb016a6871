"""Addresses for writing practices: starting, section by section, together, publishing."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db, unit_of_work
from cop.platform.errors import Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import WRITING, limiter
from cop.practices import differences, history, opening, publishing, queries, words, writing
from cop.practices.forms import (
    AUDIENCES,
    AudienceForm,
    DetailsForm,
    LineForm,
    ReviewForm,
    StartForm,
    TextForm,
)
from cop.practices.permissions import PracticePermission
from cop.practices.queries import Page
from cop.practices.routes import View, blueprint, read_page, who_reads
from cop.spaces.models import Space
from cop.spaces.operations import Stale
from cop.spaces.queries import themes
from cop.textcheck.asking import AuthorAsked


def url_of(practice_id: int, part: str = "") -> str:
    return f"/praktijken/{practice_id}{part}"


def anyway() -> bool:
    return "anyway" in request.form


def form_page(template: str, form: Any, **context: Any) -> View:
    page = render_template(f"practices/{template}.html", form=form, **context)
    return page, 422 if form is not None and form.is_submitted() else 200


# --- starting ---


@blueprint.route("/praktijken/nieuw", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def start() -> View:
    return _start(None)


@blueprint.route("/proeftuinen/<slug>/praktijken/nieuw", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def start_in_space(slug: str) -> View:
    return _start(queries.space_to_start_in(db.session(), actor(), slug))


def _start(space: Space | None) -> View:
    form, asked = StartForm(), None
    if form.validate_on_submit():
        try:
            made = writing.start(
                db.session(),
                actor(),
                form.beginning(),
                clock.now(),
                space_id=space.id if space is not None else None,
                anyway=anyway(),
            )
            flash(_("Your draft is kept. Only you read it, until you ask others."), "success")
            return redirect(url_of(made.id, "/schrijven"))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("start", form, space=space, asked=asked)


# --- section by section ---


def written_page(practice_id: int) -> Page:
    return read_page(practice_id, PracticePermission.WRITE)


@blueprint.get("/praktijken/<int:practice_id>/schrijven")
@login_required
def write(practice_id: int) -> str:
    """All sections, what they say, and what to write next."""
    page = written_page(practice_id)
    now = clock.now()
    return render_template(
        "practices/write.html",
        page=page,
        practice=page.practice,
        labels=words.SECTIONS,
        help=words.HELP,
        needed=words.NEEDED,
        busy={
            name: each.opened_by
            for name, each in page.sections.items()
            if each.opened_at is not None
            and each.opened_at > now - writing.STILL_WRITING
            and (page.me is None or each.opened_by != page.me.person.name)
        },
        **who_reads(page),
    )


@blueprint.route("/praktijken/<int:practice_id>/schrijven/<section>", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def write_section(practice_id: int, section: str) -> View:
    page, now = written_page(practice_id), clock.now()
    current = queries.section(db.session(), practice_id, section)
    form = LineForm() if section in words.LINES else TextForm()
    asked, beside = None, None
    if not form.is_submitted():
        form.text.data, form.version.data = current.source, current.version
        with unit_of_work() as session:
            writing.note_opened(session, actor(), practice_id, section, now)
    elif form.validate():
        try:
            writing.save(
                db.session(),
                actor(),
                practice_id,
                section,
                form.text.data or "",
                form.version.data or 0,
                now,
                anyway(),
            )
            flash(_("Kept: %(part)s.", part=current.label), "success")
            return redirect(url_of(practice_id, f"/schrijven#{section}"))
        except writing.Beside as conflict:
            beside = conflict
            # What is sent next is over what the writer sees now.
            form.version.raw_data, form.version.data = None, conflict.version
            if section not in words.LINES:
                form.text.data = conflict.merged.text
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    form.text.label.text = current.label
    me = page.me
    busy = (
        current.opened_by
        if current.opened_at is not None
        and current.opened_at > now - writing.STILL_WRITING
        and (me is None or current.opened_by != me.person.name)
        else None
    )
    return form_page(
        "section",
        form,
        page=page,
        practice=page.practice,
        section=current,
        help=words.HELP[section],
        is_line=section in words.LINES,
        longest=words.LONGEST[section],
        needed=section in words.NEEDED,
        busy=busy,
        asked=asked,
        beside=beside,
        theirs=differences.between(beside.base, beside.theirs) if beside else None,
        ours=differences.between(beside.base, beside.mine) if beside else None,
        **who_reads(page),
    )


@blueprint.route(
    "/praktijken/<int:practice_id>/geschiedenis/<int:revision_id>/weghalen",
    methods=["GET", "POST"],
)
@login_required
def forget(practice_id: int, revision_id: int) -> View:
    page = written_page(practice_id)
    found = history.difference(db.session(), actor(), practice_id, revision_id, writes=True)
    if request.method == "POST":
        try:
            writing.forget_text(db.session(), actor(), practice_id, revision_id, clock.now())
            flash(_("These words are out of the history."), "success")
        except Refused as refusal:
            flash(refusal.message, "error")
        return redirect(url_of(practice_id, "/geschiedenis"))
    return render_template(
        "practices/forget.html", page=page, practice=page.practice, change=found.change
    )


# --- what stands beside it ---


@blueprint.route("/praktijken/<int:practice_id>/gegevens", methods=["GET", "POST"])
@login_required
def details(practice_id: int) -> View:
    page, session = written_page(practice_id), db.session()
    form, current = DetailsForm(), None
    offered = {t.id: t.name for t in themes(session)} | {t.id: t.name for t in page.themes}
    form.themes.choices = choices(offered.items())
    form.contact.choices = choices(
        [("", "–"), *((each.person.handle, each.person.name) for each in page.editors)]
    )
    if not form.is_submitted():
        contact = page.contact.handle if page.contact is not None else ""
        form.show(page.practice, contact, [theme.id for theme in page.themes])
    elif form.validate():
        try:
            publishing.change(
                session,
                actor(),
                practice_id,
                form.wanted(),
                form.version.data or 0,
                clock.now(),
            )
            flash(_("Kept."), "success")
            return redirect(url_of(practice_id, "/schrijven"))
        except Stale as stale:
            form.version.raw_data, form.version.data = None, stale.version
            current = stale.current
            put_beside(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("details", form, page=page, practice=page.practice, current=current)


@blueprint.route("/praktijken/<int:practice_id>/publiceren", methods=["GET", "POST"])
@login_required
def publish(practice_id: int) -> View:
    page = read_page(practice_id, PracticePermission.PUBLISH)
    return _audience(page, new=True)


@blueprint.route("/praktijken/<int:practice_id>/lezers", methods=["GET", "POST"])
@login_required
def audience(practice_id: int) -> View:
    page = written_page(practice_id)
    if page.is_draft:
        return redirect(url_of(practice_id, "/publiceren"))
    return _audience(page, new=False)


def _audience(page: Page, new: bool) -> View:
    session, practice_id = db.session(), page.practice.id
    form, asked = AudienceForm(), None
    form.audience.choices = choices(
        (value, AUDIENCES[value]) for value in publishing.audiences(page.practice)
    )
    if not form.is_submitted():
        form.audience.data = publishing.audience_of(session, page.practice)
        form.named.data = page.me.named_to_visitors if page.me is not None else False
    elif form.validate():
        do = publishing.publish if new else publishing.change_audience
        try:
            do(
                session,
                actor(),
                practice_id,
                form.audience.data,
                clock.now(),
                named=form.named.data,
                anyway=anyway(),
            )
            flash(
                _("It is published. Thank you for sharing how you work!") if new else _("Kept."),
                "success",
            )
            waiting = opening.asked(session, practice_id)
            if waiting is not None:
                names = ", ".join(waiting.waits_for)
                flash(
                    _("It opens further when these want that too: %(names)s.", names=names), "info"
                )
            return redirect(url_of(practice_id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    missing = publishing.lacking(session, practice_id) if new else []
    return form_page(
        "publish",
        form,
        page=page,
        practice=page.practice,
        new=new,
        asked=asked,
        opening=opening.asked(session, practice_id),
        audiences=AUDIENCES,
        missing=[(name, words.SECTIONS[name]) for name in missing],
    )


@blueprint.post("/praktijken/<int:practice_id>/naam")
@login_required
def named(practice_id: int) -> Response:
    shown = request.form.get("named") == "yes"
    publishing.name_to_visitors(db.session(), actor(), practice_id, shown, clock.now())
    flash(
        _("Visitors see your name now.") if shown else _("Visitors do not see your name."),
        "success",
    )
    return redirect(url_of(practice_id))


@blueprint.route("/praktijken/<int:practice_id>/klopt-nog", methods=["GET", "POST"])
@login_required
def review(practice_id: int) -> View:
    page, form = written_page(practice_id), ReviewForm()
    if form.validate_on_submit():
        try:
            publishing.still_right(
                db.session(), actor(), practice_id, form.review_on.data, clock.now()
            )
            flash(_("Good to know that it still holds. Readers see it too."), "success")
            return redirect(url_of(practice_id))
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("review", form, page=page, practice=page.practice)


@blueprint.route("/praktijken/<int:practice_id>/terugnemen", methods=["GET", "POST"])
@login_required
def take_back(practice_id: int) -> View:
    page = read_page(practice_id, PracticePermission.TAKE_BACK)
    if request.method == "POST":
        publishing.take_back(db.session(), actor(), practice_id, clock.now())
        flash(_("It is a draft again. Only those who write it read it."), "success")
        return redirect(url_of(practice_id) if page.holds("write") else "/praktijken")
    return render_template("practices/take_back.html", page=page, practice=page.practice)


@blueprint.route("/praktijken/<int:practice_id>/verwijderen", methods=["GET", "POST"])
@login_required
def delete(practice_id: int) -> View:
    page = read_page(practice_id, PracticePermission.DELETE)
    if request.method == "POST":
        try:
            publishing.destroy(db.session(), actor(), practice_id)
            flash(_("The draft is gone."), "success")
            return redirect("/praktijken?welke=mijn")
        except Refused as refusal:
            flash(refusal.message, "error")
            return redirect(url_of(practice_id, "/schrijven"))
    return render_template("practices/delete.html", page=page, practice=page.practice)
