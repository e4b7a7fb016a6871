"""Addresses about circles: joining, leaving, who coordinates, who may read.

The same pages serve spaces and lists with a circle of their own; what they belong to comes from
`cop.spaces.holders`. Every id that the actor may not act on is 'not found'.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from cop.members.actor import SYSTEM
from cop.members.current import actor
from cop.members.models import Persona
from cop.members.people import Person
from cop.members.queries import people_named
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import WRITING, limiter
from cop.spaces import coordinating, holders, joining, naming, participation
from cop.spaces.circle_forms import (
    AskForm,
    InviteForm,
    JoinForm,
    NameForm,
    RemoveForm,
    VisibilityForm,
)
from cop.spaces.circles import CircleMembership, CircleRemoval, Standing, Visibility
from cop.spaces.coordinating import NobodyCalledSo
from cop.spaces.participation import Participation
from cop.spaces.words import VISIBILITY_HELP, VISIBILITY_LABELS
from cop.textcheck.asking import AuthorAsked

blueprint = Blueprint("circles", __name__, url_prefix="/kringen")

Page = str | Response | tuple[str, int]


def _seen(circle_id: int, permission: str) -> tuple[holders.Place, Participation]:
    """The place and how the actor stands to it, if they hold the permission."""
    session = db.session()
    mine = participation.of(session, actor(), circle_id)
    if not mine.may(permission):
        raise NotFound
    return holders.place(session, actor(), circle_id), mine


def _show(template: str, form: Any, **context: Any) -> Page:
    page = render_template(f"circles/{template}.html", form=form, **context)
    return page, 422 if form.is_submitted() else 200


def _name_context(form: NameForm, circle_id: int) -> dict[str, Any]:
    """What the choice of a name shows: the earlier pseudonym in this circle is offered again."""
    session = db.session()
    earlier = naming.earlier_pseudonyms(session, actor(), circle_id)
    if earlier and not form.is_submitted():
        form.under.data, form.pseudonym.data = "pseudonym", earlier[-1].name
    return {"own_name": current_user.name, "earlier": earlier}


@blueprint.route("/<int:circle_id>/deelnemen", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def join(circle_id: int) -> Page:
    """Join, or ask to where one cannot by oneself."""
    session = db.session()
    mine = participation.of(session, actor(), circle_id)
    place = holders.place(session, actor(), circle_id)
    if mine.is_in:
        return redirect(place.url)
    if mine.may("join"):
        form: Any = JoinForm()
    elif mine.may("request") or mine.standing == Standing.REQUESTED:
        form = AskForm()
    else:
        raise NotFound
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        try:
            if isinstance(form, JoinForm):
                joining.join(session, actor(), circle_id, clock.now(), form.chosen)
                flash(_("You take part in “%(name)s” now. Welcome!", name=place.name), "success")
            else:
                joining.ask(
                    session,
                    actor(),
                    circle_id,
                    form.why.data or "",
                    clock.now(),
                    form.chosen,
                    anyway="anyway" in request.form,
                )
                flash(_("Your request is with the coordinators. You will hear."), "success")
            return redirect(place.url)
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    fixed = naming.fixed_persona(session, actor(), circle_id) if mine.may("request") else None
    context = _name_context(form, circle_id)
    return _show("join", form, place=place, mine=mine, fixed=fixed, asked=asked, **context)


@blueprint.post("/<int:circle_id>/verzoek-intrekken")
@login_required
def take_back(circle_id: int) -> Response:
    place = holders.place(db.session(), actor(), circle_id)
    joining.take_back(db.session(), actor(), circle_id, clock.now())
    flash(_("Your request is taken back."), "success")
    return redirect(place.url)


@blueprint.post("/<int:circle_id>/verzoeken/<handle>")
@login_required
def answer(circle_id: int, handle: str) -> Response:
    place, _mine = _seen(circle_id, "manage")
    admit = request.args.get("antwoord") == "ja"
    try:
        joining.answer(db.session(), actor(), circle_id, handle, admit, clock.now())
    except Refused as refusal:
        flash(refusal.message, "error")
        return redirect(place.members_url)
    flash(_("They are told that they take part now.") if admit else _("They are told."), "success")
    return redirect(place.members_url)


@blueprint.route("/<int:circle_id>/vertrekken", methods=["GET", "POST"])
@login_required
def leave(circle_id: int) -> Page:
    """Asks once, since a closed circle cannot be joined again by oneself; needs no reason."""
    session = db.session()
    place, mine = _seen(circle_id, "leave")
    if request.method == "POST":
        joining.leave(session, actor(), circle_id, clock.now())
        flash(_("You no longer take part in “%(name)s”.", name=place.name), "success")
        still = holders.places(session, actor(), [circle_id])
        return redirect(place.url if still else "/")
    return render_template(
        "circles/leave.html",
        place=place,
        mine=mine,
        has_within=bool(holders.within(session, circle_id)),
        alone=participation.is_alone(session, actor(), circle_id),
    )


@blueprint.post("/<int:circle_id>/overnemen")
@login_required
def take_over(circle_id: int) -> Response:
    place = holders.place(db.session(), actor(), circle_id)
    coordinating.take_over(db.session(), actor(), circle_id, clock.now())
    flash(_("You coordinate “%(name)s” now. Thank you!", name=place.name), "success")
    return redirect(place.url)


@blueprint.route("/<int:circle_id>/uitnodigen", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def invite(circle_id: int) -> Page:
    """By short name, or by a name of which one is chosen: nobody knows handles by heart."""
    session = db.session()
    place, mine = _seen(circle_id, "manage")
    form = InviteForm(handle=request.args.get("lid", ""))
    found: list[Person] = []
    asked = None
    if form.validate_on_submit():
        handle = request.form.get("chosen") or form.handle.data or ""
        try:
            coordinating.invite(
                session,
                actor(),
                circle_id,
                handle,
                form.words.data or "",
                clock.now(),
                anyway="anyway" in request.form,
            )
            flash(_("The question is sent. They decide."), "success")
            return redirect(place.members_url)
        except NobodyCalledSo as refusal:
            found = people_named(session, actor(), handle)
            one_of = Refused(_("Do you mean one of these?"), "handle")
            put_beside(form, one_of if found else refusal)
        except AuthorAsked as question:
            asked, form.handle.data = question, handle
        except Refused as refusal:
            put_beside(form, refusal)
    return _show("invite", form, place=place, mine=mine, found=found, asked=asked)


@blueprint.post("/<int:circle_id>/uitnodigingen/<handle>/intrekken")
@login_required
def withdraw(circle_id: int, handle: str) -> Response:
    place, _mine = _seen(circle_id, "manage")
    coordinating.withdraw(db.session(), actor(), circle_id, handle)
    flash(_("The question is taken back."), "success")
    return redirect(place.members_url)


@blueprint.route("/<int:circle_id>/uitnodiging", methods=["GET", "POST"])
@login_required
def invitation(circle_id: int) -> Page:
    """What one is asked, with yes and no. A form for each: to join, to coordinate."""
    session = db.session()
    mine = participation.of(session, actor(), circle_id)
    place = holders.place(session, actor(), circle_id)
    if request.method == "GET" and mine.is_in and not mine.may("answer_invitation"):
        return redirect(place.url)  # there is nothing to answer any more
    if not mine.may("answer_invitation"):
        raise NotFound
    form = JoinForm()
    if form.validate_on_submit():
        asked_as = Standing.COORDINATOR if request.args.get("als") == "coordinator" else None
        standing = asked_as or Standing.JOINED
        accept = request.form.get("antwoord") == "ja"
        try:
            coordinating.answer_invitation(
                session, actor(), circle_id, standing, accept, clock.now(), form.chosen
            )
        except Refused as refusal:
            put_beside(form, refusal)
        else:
            flash(
                _("You take part in “%(name)s” now. Welcome!", name=place.name)
                if accept and standing == Standing.JOINED
                else _("You coordinate “%(name)s” now. Thank you!", name=place.name)
                if accept
                else _("You said no. That is fine."),
                "success",
            )
            still = holders.places(session, actor(), [circle_id])
            return redirect(place.url if still else "/")
    return _show(
        "invitation",
        form,
        place=place,
        mine=mine,
        invitations=coordinating.invitations_to(session, actor(), circle_id),
        **_name_context(form, circle_id),
    )


@blueprint.post("/<int:circle_id>/leden/<handle>/coordinator")
@login_required
def ask_to_coordinate(circle_id: int, handle: str) -> Response:
    place, _mine = _seen(circle_id, "manage")
    coordinating.ask_to_coordinate(db.session(), actor(), circle_id, handle, clock.now())
    flash(_("The question is sent. They decide."), "success")
    return redirect(place.members_url)


@blueprint.route("/<int:circle_id>/leden/<handle>/coordinator-af", methods=["GET", "POST"])
@login_required
def unmake(circle_id: int, handle: str) -> Page:
    session = db.session()
    place, mine = _seen(circle_id, "manage")
    membership = joining.by_handle(
        session, circle_id, handle, (Standing.COORDINATOR,), locked=False
    )
    if request.method == "POST":
        coordinating.unmake(session, actor(), circle_id, handle, clock.now())
        flash(_("The coordinators are changed."), "success")
        return redirect(place.members_url)
    return render_template(
        "circles/unmake.html", place=place, mine=mine, **_about(membership, place, handle)
    )


@blueprint.route("/<int:circle_id>/leden/<handle>/verwijderen", methods=["GET", "POST"])
@login_required
def remove(circle_id: int, handle: str) -> Page:
    session = db.session()
    place, mine = _seen(circle_id, "manage")
    membership = joining.by_handle(session, circle_id, handle, joining.IN_IT, locked=False)
    form = RemoveForm()
    about = _about(membership, place, handle)
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        try:
            joining.remove(
                session,
                actor(),
                circle_id,
                handle,
                form.reason.data or "",
                clock.now(),
                anyway="anyway" in request.form,
            )
            flash(_("They no longer take part, and are told why."), "success")
            return redirect(place.members_url)
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return _show("remove", form, place=place, mine=mine, asked=asked, **about)


def _about(membership: CircleMembership, place: holders.Place, handle: str) -> dict[str, Any]:
    persona: Persona = membership.persona
    return {
        "name": persona.name,
        "handle": handle,
        "is_me": membership.member_id == actor().member_id,
        "back_url": place.members_url,
    }


@blueprint.get("/verwijderd/<int:removal_id>")
@login_required
def removal(removal_id: int) -> str:
    """For the one who was removed: why."""
    session = db.session()
    found = session.get(CircleRemoval, removal_id)
    if found is None or found.member_id != actor().member_id:
        raise NotFound
    place = holders.place(session, SYSTEM, found.circle_id)
    mine = holders.places(session, actor(), [found.circle_id])
    return render_template("circles/removal.html", removal=found, place=place, findable=bool(mine))


@blueprint.route("/<int:circle_id>/zichtbaarheid", methods=["GET", "POST"])
@login_required
def visibility(circle_id: int) -> Page:
    """Who may read: first the choice (a GET with `naar`), then what it means, then the button."""
    session = db.session()
    place, mine = _seen(circle_id, "manage")
    chosen = request.args.get("naar")
    form = VisibilityForm(visibility=chosen or mine.visibility)
    context = {
        "place": place,
        "mine": mine,
        "labels": VISIBILITY_LABELS,
        "help": VISIBILITY_HELP,
        "may_widen": coordinating.may_widen(session, actor(), circle_id),
        "notice_days": coordinating.NOTICE.days,
        "alone": participation.is_alone(session, actor(), circle_id),
    }
    if form.validate_on_submit():
        wanted = Visibility(form.visibility.data)
        try:
            coordinating.change_visibility(session, actor(), circle_id, wanted, clock.now())
        except Refused as refusal:
            put_beside(form, refusal)
            return _show("visibility", form, **context)
        flash(_visibility_words(wanted, circle_id), "success")
        return redirect(place.url)
    if form.is_submitted() or chosen not in list(Visibility) or chosen == mine.visibility:
        return _show("visibility", form, **context)
    wider = coordinating.is_wider(chosen, mine.visibility)
    return render_template(
        "circles/visibility_sure.html", form=form, chosen=Visibility(chosen), wider=wider, **context
    )


def _visibility_words(wanted: Visibility, circle_id: int) -> str:
    mine = participation.of(db.session(), actor(), circle_id)
    if mine.widens_at is not None:
        return _("Everybody in it is told. It takes effect in a week.")
    return _("It is %(visibility)s now.", visibility=VISIBILITY_LABELS[wanted])


@blueprint.post("/<int:circle_id>/schuilnamen")
@login_required
def pseudonyms(circle_id: int) -> Response:
    place, _mine = _seen(circle_id, "manage")
    allowed = request.args.get("mag") == "ja"
    coordinating.allow_pseudonyms(db.session(), actor(), circle_id, allowed)
    flash(
        _("Newcomers can choose a pseudonym now.")
        if allowed
        else _("Newcomers take part under their own name. Who has a pseudonym keeps it."),
        "success",
    )
    return redirect(place.members_url)
