"""Addresses on which a group finds its facilitator."""

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.gatherings.guest_routes import GuestForm, said_of_asking
from cop.groups import date_queries, facilitating, facilitator_queries, outside
from cop.groups.forms import AskFacilitatorForm, WordsForm
from cop.groups.permissions import GROUPS, GroupPermission
from cop.groups.routes import Page, anyway, blueprint, form_page, managed
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import MAILING, WRITING, limiter
from cop.textcheck.asking import AuthorAsked


@blueprint.route("/<int:group_id>/begeleider", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def facilitator(group_id: int) -> Page:
    """For organisers: who facilitates, who offers it, and whom one can ask."""
    session = db.session()
    group = managed(group_id)
    choice = facilitator_queries.choice(session, actor(), group)
    form, asked = AskFacilitatorForm(), None
    form.handle.choices = choices(
        (each.who.handle, each.who.name) for each in (*choice.inside, *choice.pool)
    )
    if form.validate_on_submit():
        try:
            row = facilitating.ask(
                session,
                actor(),
                group_id,
                form.handle.data,
                form.words.data or "",
                clock.now(),
                anyway(),
            )
            flash(
                _("You facilitate the group.")
                if row.member_id == actor().member_id
                else _("The question is sent. They decide."),
                "success",
            )
            return redirect(url_for("groups.facilitator", group_id=group_id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("facilitator", form, group, asked=asked, choice=choice)


@blueprint.route("/data/<int:gathering_id>/begeleider", methods=["GET", "POST"])
@login_required
@limiter.limit(MAILING, methods=["POST"])
def guest_facilitator(gathering_id: int) -> Page:
    """Ask somebody without an account, by mail, to facilitate this one date."""
    page = date_queries.date(db.session(), actor(), gathering_id, clock.now())
    managed(page.group.id)
    form, now = GuestForm(), clock.now()
    if form.validate_on_submit():
        try:
            guest = outside.ask_guest(
                db.session(),
                actor(),
                gathering_id,
                form.name.data or "",
                form.email.data or "",
                now,
            )
            flash(said_of_asking(guest, now), "success")
            return redirect(url_for("groups.show_date", gathering_id=gathering_id))
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("guest", form, page.group, page=page)


@blueprint.post("/data/<int:gathering_id>/begeleider/<int:facilitator_id>/intrekken")
@login_required
def take_back_guest(gathering_id: int, facilitator_id: int) -> Response:
    outside.take_back_guest(db.session(), actor(), gathering_id, facilitator_id, clock.now())
    flash(_("They no longer facilitate this date, and their address is erased."), "success")
    return redirect(url_for("groups.show_date", gathering_id=gathering_id))


@blueprint.post("/<int:group_id>/begeleider/antwoord")
@login_required
def answer_facilitating(group_id: int) -> Response:
    """Yes or no of who is asked."""
    accept = request.form.get("antwoord") == "ja"
    try:
        facilitating.answer(db.session(), actor(), group_id, accept, clock.now())
    except Refused as refusal:
        flash(refusal.message, "error")
        return redirect(url_for("groups.show", group_id=group_id))
    if accept:
        flash(_("You facilitate the group now. Thank you!"), "success")
        return redirect(url_for("groups.show", group_id=group_id))
    flash(_("You said no. That is fine."), "success")
    return redirect(url_for("groups.index"))


@blueprint.route("/<int:group_id>/begeleiden", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def offer(group_id: int) -> Page:
    """Offer to facilitate a group that looks for somebody."""
    session = db.session()
    group = GROUPS.get(session, actor(), GroupPermission.OFFER, group_id)
    form, asked = WordsForm(), None
    if form.validate_on_submit():
        try:
            facilitating.offer(
                session, actor(), group_id, form.words.data or "", clock.now(), anyway()
            )
            flash(_("Thank you! The group hears of your offer."), "success")
            return redirect(url_for("groups.show", group_id=group_id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("offer", form, group, asked=asked)


@blueprint.post("/<int:group_id>/begeleider/<int:facilitator_id>/antwoord")
@login_required
def answer_offer(group_id: int, facilitator_id: int) -> Response:
    """Take who offers to facilitate, or not."""
    accept = request.args.get("antwoord") == "ja"
    facilitating.take_offer(db.session(), actor(), group_id, facilitator_id, accept, clock.now())
    flash(_("They are told."), "success")
    return redirect(url_for("groups.facilitator", group_id=group_id))


@blueprint.post("/<int:group_id>/begeleider/<int:facilitator_id>/intrekken")
@login_required
def take_back_question(group_id: int, facilitator_id: int) -> Response:
    facilitating.take_back(db.session(), actor(), group_id, facilitator_id)
    flash(_("The question is taken back."), "success")
    return redirect(url_for("groups.facilitator", group_id=group_id))


@blueprint.post("/<int:group_id>/begeleider/<int:facilitator_id>/niet-meer")
@login_required
def relieve_facilitator(group_id: int, facilitator_id: int) -> Response:
    facilitating.relieve(db.session(), actor(), group_id, facilitator_id, clock.now())
    flash(_("They no longer facilitate the group, and stay in it."), "success")
    return redirect(url_for("groups.facilitator", group_id=group_id))


@blueprint.post("/<int:group_id>/begeleider/stoppen")
@login_required
def stop_facilitating(group_id: int) -> Response:
    facilitating.stop(db.session(), actor(), group_id, clock.now())
    flash(_("You no longer facilitate this group."), "success")
    return redirect(url_for("groups.show", group_id=group_id))
