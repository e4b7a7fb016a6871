"""Addresses of what participants do: hands and turns, own contributions, what they take along."""

from flask import flash, redirect, request
from flask_login import login_required

from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.sessions import afterwards, among, queries, speaking, writing
from cop.sessions.forms import ChangeForm, TakeAlongForm, WhatCameForm, evaluation_form
from cop.sessions.permissions import (
    ENTRIES,
    FOLLOW_UPS,
    EntryPermission,
    FollowUpPermission,
    SessionPermission,
)
from cop.sessions.routes import (
    Page,
    back,
    blueprint,
    own,
    page,
    person_named,
    show,
    writing_limit,
)
from cop.textcheck.asking import AuthorAsked


@blueprint.post("/sessies/<int:session_id>/hand")
@login_required
def hand(session_id: int) -> Page:
    up = request.form.get("up") == "1"
    speaking.raise_hand(db.session(), actor(), session_id, up, clock.now())
    return back(session_id, "#woord")


@blueprint.post("/sessies/<int:session_id>/woord")
@login_required
def floor(session_id: int) -> Page:
    """The floor to somebody, to nobody, or to the next in the round."""
    own(session_id, SessionPermission.LEAD)
    session, who, now = db.session(), actor(), clock.now()
    if "next" in request.form:
        speaking.next_in_round(session, who, session_id, person_named("next"), now)
    else:
        speaking.give_floor(session, who, session_id, person_named("who"), now)
    return back(session_id, "#woord")


@blueprint.route("/sessies/bijdragen/<int:entry_id>/wijzigen", methods=["GET", "POST"])
@login_required
@writing_limit
def change_entry(entry_id: int) -> Page:
    session = db.session()
    found = ENTRIES.get(session, actor(), EntryPermission.CHANGE, entry_id)
    form, asked = ChangeForm(text=found.text), None
    if form.validate_on_submit():
        try:
            anyway = "anyway" in request.form
            writing.change(session, actor(), entry_id, form.text.data or "", clock.now(), anyway)
            return back(found.session_id, f"#bijdrage-{entry_id}")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show("change_entry", form, session_id=found.session_id, asked=asked)


@blueprint.route("/sessies/bijdragen/<int:entry_id>/terugnemen", methods=["GET", "POST"])
@login_required
def strike_entry(entry_id: int) -> Page:
    session = db.session()
    found = ENTRIES.get(session, actor(), EntryPermission.CHANGE, entry_id)
    if request.method == "POST":
        writing.strike(session, actor(), entry_id, clock.now())
        return back(found.session_id, "#bijdragen")
    return show("strike_entry", session_id=found.session_id, entry=found)


@blueprint.post("/sessies/<int:session_id>/meenemen")
@login_required
@writing_limit
def take_along(session_id: int) -> Page:
    own(session_id, SessionPermission.TAKE_ALONG)
    form = TakeAlongForm()
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        try:
            afterwards.take_along(
                db.session(),
                actor(),
                session_id,
                form.action.data or "",
                form.due_on.data,
                form.key.data or "",
                clock.now(),
                "anyway" in request.form,
            )
            return back(session_id, "#meenemen")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return page(session_id, take_form=form, asked_to_take=asked)


@blueprint.route("/sessies/meegenomen/<int:follow_up_id>", methods=["GET", "POST"])
@login_required
@writing_limit
def what_came(follow_up_id: int) -> Page:
    session = db.session()
    found = FOLLOW_UPS.get(session, actor(), FollowUpPermission.CHANGE, follow_up_id)
    form = WhatCameForm(done="no" if found.dropped_at else "yes", outcome=found.outcome)
    asked = None
    if form.validate_on_submit():
        try:
            done = form.done.data == "yes"
            afterwards.say_what_came(
                session,
                actor(),
                follow_up_id,
                done,
                form.outcome.data or "",
                clock.now(),
                "anyway" in request.form,
            )
            flash(_("Written down. It comes back at the next session."), "success")
            return back(found.session_id, "#meenemen")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show("what_came", form, found=found, asked=asked)


@blueprint.route("/sessies/<int:session_id>/terugkijken/<int:turn>", methods=["GET", "POST"])
@login_required
@writing_limit
def evaluate(session_id: int, turn: int) -> Page:
    """One page of at most five questions; the second comes some six weeks later."""
    its = own(session_id, SessionPermission.LOOK_BACK)
    if turn not in afterwards.QUESTIONS or (turn == afterwards.SECOND and not its.asked_again_at):
        raise NotFound
    session = db.session()
    mine = among.me(session, actor(), session_id)
    form = evaluation_form(turn, **queries.my_answers(session, mine, turn))
    asked = None
    if form.validate_on_submit():
        try:
            given = {name: form[name].data or "" for name, _q, _c in afterwards.QUESTIONS[turn]}
            afterwards.evaluate(
                session,
                actor(),
                session_id,
                turn,
                given,
                clock.now(),
                "anyway" in request.form,
            )
            flash(_("Thank you for looking back."), "success")
            return redirect(f"/sessies/{session_id}#terugkijken")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show(
        "evaluate",
        form,
        its=its,
        turn=turn,
        asked=asked,
        names=[name for name, _q, _c in afterwards.QUESTIONS[turn]],
        when=queries.spoken_date(its.gathering),
    )
