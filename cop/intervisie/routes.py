"""Addresses of intervisie: themes, the queue, who is asked, the overview, whether to go on."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.groups.permissions import GROUPS, GroupPermission
from cop.intervisie import going_on, queries, queue, themes, undoing
from cop.intervisie.forms import SAYS, GoOnForm, ThemeForm
from cop.intervisie.models import CaseOffer, ThemeProposal
from cop.intervisie.parts import offer_form
from cop.intervisie.permissions import (
    ASKS,
    OFFERS,
    PROPOSALS,
    AskPermission,
    OfferPermission,
    ProposalPermission,
)
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.numbers import whole_number
from cop.platform.web import whole
from cop.sessions.among import me
from cop.sessions.forms import whose
from cop.sessions.permissions import SESSIONS, SessionPermission
from cop.sessions.routes import Page, back, page, say_for_whom, writing_limit
from cop.sessions.visiting import guest_too
from cop.spaces import holders
from cop.textcheck.asking import AuthorAsked

blueprint = Blueprint("intervisie", __name__, url_prefix="/intervisie")


def _anyway() -> bool:
    return "anyway" in request.form


@blueprint.post("/sessies/<int:session_id>/themas")
@guest_too
@writing_limit
def propose(session_id: int) -> Page:
    session, who = db.session(), actor()
    SESSIONS.get(session, who, SessionPermission.PREPARE, session_id)
    form = ThemeForm()
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        try:
            words, key = form.theme.data or "", form.key.data or ""
            themes.propose(session, who, session_id, words, key, clock.now(), _anyway())
            return back(session_id, "#themas")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return page(session_id, theme_form=form, theme_asked=asked)


def _proposal(proposal_id: int, permission: ProposalPermission) -> ThemeProposal:
    return PROPOSALS.get(db.session(), actor(), permission, proposal_id)


@blueprint.post("/themas/<int:proposal_id>/stem")
@guest_too
def vote(proposal_id: int) -> Response:
    proposal = _proposal(proposal_id, ProposalPermission.VOTE)
    themes.vote(db.session(), actor(), proposal_id, clock.now())
    return back(proposal.session_id, "#themas")


@blueprint.post("/themas/<int:proposal_id>/kies")
@guest_too
def choose(proposal_id: int) -> Response:
    its = themes.choose(db.session(), actor(), proposal_id, clock.now())
    return back(its.id, "#themas")


@blueprint.post("/themas/<int:proposal_id>/terug")
@guest_too
def strike(proposal_id: int) -> Response:
    proposal = themes.strike(db.session(), actor(), proposal_id, clock.now())
    return back(proposal.session_id, "#themas")


@blueprint.post("/sessies/<int:session_id>/casussen")
@guest_too
@writing_limit
def offer(session_id: int) -> Page:
    session, who = db.session(), actor()
    its = SESSIONS.get(session, who, SessionPermission.PREPARE, session_id)
    mine = me(session, who, session_id)
    form = offer_form(session, who, its, mine)
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        try:
            made = queue.offer(
                session,
                who,
                session_id,
                form.key.data or "",
                clock.now(),
                case_id=whole_number(form.case.data),
                question=form.question.data or "",
                anyway=_anyway(),
                who=whose(form.brings),
            )
            say_for_whom(made.participant_id, mine)
            return back(session_id, "#casussen")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return page(session_id, offer_form=form, offer_asked=asked)


@blueprint.post("/casussen/<int:offer_id>/aan-de-beurt")
@guest_too
def activate(offer_id: int) -> Response:
    found: CaseOffer = OFFERS.get(db.session(), actor(), OfferPermission.ACTIVATE, offer_id)
    queue.activate(db.session(), actor(), offer_id, clock.now())
    return back(found.session_id, "#casus")


@blueprint.post("/casussen/<int:offer_id>/terug")
@guest_too
def take_back(offer_id: int) -> Response:
    found = queue.take_back(db.session(), actor(), offer_id, clock.now())
    return back(found.session_id, "#casussen")


@blueprint.post("/sessies/<int:session_id>/vraag-een-casus")
@guest_too
def ask(session_id: int) -> Response:
    asked = queue.ask_first(db.session(), actor(), session_id, clock.now())
    if asked is None:
        flash(_("Everybody was asked."), "info")
    return back(session_id, "#casussen")


@blueprint.post("/sessies/<int:session_id>/ongedaan")
@guest_too
def undo(session_id: int) -> Response:
    """The last press in the queue, as the button that takes it back named it."""
    SESSIONS.get(db.session(), actor(), SessionPermission.LEAD, session_id)
    kind, _sep, number = request.form.get("press", "").partition(":")
    try:
        undoing.undo(db.session(), actor(), session_id, kind, whole_number(number), clock.now())
        flash(_("Taken back: everything is as it was before."), "success")
    except Refused as refusal:
        flash(refusal.message, "warning")
    return back(session_id, "#casussen")


@blueprint.post("/vragen/<int:ask_id>/deze-keer-niet")
@guest_too
def pass_on(ask_id: int) -> Response:
    found = ASKS.get(db.session(), actor(), AskPermission.ANSWER, ask_id)
    queue.pass_on(db.session(), actor(), ask_id, clock.now())
    if found.participant_id == me(db.session(), actor(), found.session_id).id:
        flash(_("That is fine. Another time."), "success")
    return back(found.session_id, "#casussen")


@blueprint.get("/groepen/<int:group_id>")
@login_required
def overview(group_id: int) -> str:
    """What a group did over time, for who was there."""
    session, who = db.session(), actor()
    group = GROUPS.get(session, who, GroupPermission.READ, group_id)
    held, more = queries.overview(session, who, group.circle_id, whole("voor"))
    return render_template("intervisie/overview.html", group=group, held=held, more=more)


@blueprint.route("/doorgaan/<int:question_id>", methods=["GET", "POST"])
@login_required
def go_on(question_id: int) -> Page:
    session, who = db.session(), actor()
    found = going_on.question_of(session, who, question_id)
    form = GoOnForm(says=going_on.mine(session, who, question_id))
    if form.validate_on_submit():
        try:
            going_on.answer(session, who, question_id, form.says.data or "", clock.now())
            flash(_("Thank you. Everybody sees how many say what, never who."), "success")
            return redirect(f"/intervisie/doorgaan/{question_id}")
        except Refused as refusal:
            put_beside(form, refusal)
    counted: dict[str, Any] = going_on.answers(session, question_id)
    rendered = render_template(
        "intervisie/go_on.html",
        form=form,
        place=holders.places(session, who, [found.circle_id]).get(found.circle_id),
        counts=[(label, counted[key]) for key, label in SAYS.items()],
        said=going_on.mine(session, who, question_id),
    )
    return rendered, 422 if form.is_submitted() else 200
