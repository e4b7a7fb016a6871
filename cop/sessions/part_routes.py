"""Addresses of what participants do: hands and turns, own contributions and notes, what they take
along, looking back, leaving."""

import json

from flask import Response, flash, redirect, request
from flask_login import login_required

from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.versions import Stale
from cop.sessions import (
    afterwards,
    among,
    holding,
    looking_back,
    own_words,
    queries,
    speaking,
    visiting,
    writing,
)
from cop.sessions.forms import (
    ChangeForm,
    EntryForm,
    NoteForm,
    TakeAlongForm,
    WhatCameForm,
    evaluation_form,
    whose,
)
from cop.sessions.models import SessionEntry, SessionParticipant
from cop.sessions.permissions import (
    ENTRIES,
    FOLLOW_UPS,
    EntryPermission,
    FollowUpPermission,
    SessionPermission,
)
from cop.sessions.routes import (
    Page,
    ask_whose_words,
    back,
    blueprint,
    entry_form_of,
    own,
    page,
    person_named,
    pressed_at,
    say_for_whom,
    show,
    writing_limit,
)
from cop.sessions.visiting import guest_too
from cop.textcheck.asking import AuthorAsked


@blueprint.get("/sessies/eigen-woorden.json")
@login_required
def own_words_file() -> Response:
    """Everything that one wrote in sessions oneself, as a file to keep."""
    body = {"words": own_words.everything(db.session(), actor())}
    answer = Response(
        json.dumps(body, ensure_ascii=False, indent=1), content_type="application/json"
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="sessies.json"'
    return answer


@blueprint.post("/sessies/<int:session_id>/hand")
@guest_too
def hand(session_id: int) -> Page:
    up = request.form.get("up") == "1"
    speaking.raise_hand(db.session(), actor(), session_id, up, clock.now())
    return back(session_id, "#woord")


@blueprint.post("/sessies/<int:session_id>/woord")
@guest_too
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
@guest_too
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
    return show(
        "change_entry", form, session_id=found.session_id, asked=asked, name=_of_whom(found)
    )


@blueprint.route("/sessies/bijdragen/<int:entry_id>/terugnemen", methods=["GET", "POST"])
@guest_too
def strike_entry(entry_id: int) -> Page:
    session = db.session()
    found = ENTRIES.get(session, actor(), EntryPermission.CHANGE, entry_id)
    if request.method == "POST":
        writing.strike(session, actor(), entry_id, clock.now())
        return back(found.session_id, "#bijdragen")
    return show("strike_entry", session_id=found.session_id, entry=found, name=_of_whom(found))


@blueprint.post("/sessies/<int:session_id>/meenemen")
@guest_too
@writing_limit
def take_along(session_id: int) -> Page:
    its = own(session_id, SessionPermission.TAKE_ALONG)
    form, mine = TakeAlongForm(), among.me(db.session(), actor(), session_id)
    ask_whose_words(its, mine, form.takes)
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        try:
            made = afterwards.take_along(
                db.session(),
                actor(),
                session_id,
                form.action.data or "",
                form.due_on.data,
                form.key.data or "",
                clock.now(),
                "anyway" in request.form,
                whose(form.takes),
            )
            say_for_whom(made.participant_id, mine)
            return back(session_id, "#meenemen")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return page(session_id, take_form=form, asked_to_take=asked)


def _of_whom(entry: SessionEntry) -> str | None:
    """The name of its author; None when that is the actor."""
    mine = among.me(db.session(), actor(), entry.session_id)
    if entry.participant_id == mine.id:
        return None
    return db.session().get_one(SessionParticipant, entry.participant_id).persona.name


@blueprint.route("/sessies/meegenomen/<int:follow_up_id>", methods=["GET", "POST"])
@guest_too
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
@guest_too
@writing_limit
def evaluate(session_id: int, turn: int) -> Page:
    """One page of at most five questions; the second comes some six weeks later."""
    its = own(session_id, SessionPermission.LOOK_BACK)
    if turn not in afterwards.QUESTIONS or (turn == afterwards.SECOND and not its.asked_again_at):
        raise NotFound
    session = db.session()
    mine = among.me(session, actor(), session_id)
    form = evaluation_form(turn, **looking_back.my_answers(session, mine, turn))
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


@blueprint.route("/sessies/<int:session_id>/weggaan", methods=["GET", "POST"])
@guest_too
def leave(session_id: int) -> Page:
    its = own(session_id, SessionPermission.PREPARE)
    if request.method == "POST":
        holding.leave(db.session(), actor(), session_id, clock.now())
        flash(_("You left the session. You can come back as long as it goes on."), "success")
        return redirect(visiting.link() or "/groepen")
    return show("leave", its=its, session_id=session_id)


@blueprint.post("/sessies/<int:session_id>/bijdragen")
@guest_too
@writing_limit
def contribute(session_id: int) -> Page:
    its = own(session_id, SessionPermission.TAKE_PART)
    form, mine = EntryForm(), among.me(db.session(), actor(), session_id)
    # The page without scripts may be behind: what is refused is shown in the step it was typed in.
    at = writing.place(its, pressed_at() if "at" in request.form else None)
    form.kind.choices = entry_form_of(its, at[1]).kind.choices
    ask_whose_words(its, mine, form.says)
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        try:
            made = writing.contribute(
                db.session(),
                actor(),
                session_id,
                form.kind.data or "",
                form.text.data or "",
                form.key.data or "",
                clock.now(),
                "anyway" in request.form,
                at=at,
                who=whose(form.says),
            )
            say_for_whom(made.participant_id, mine)
            return back(session_id, "#bijdragen")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return page(session_id, entry_form=form, asked=asked, entry_at=at)


@blueprint.post("/sessies/<int:session_id>/notities")
@guest_too
def note(session_id: int) -> Page:
    own(session_id, SessionPermission.READ)
    form, theirs = NoteForm(), None
    if form.validate_on_submit():
        try:
            text, version = form.note.data or "", form.version.data or 0
            writing.keep_note(db.session(), actor(), session_id, text, version, clock.now())
            return back(session_id, "#notities")
        except Stale as stale:
            theirs, form.version.data = stale.current.text, stale.version
            put_beside(form, Refused(_("You wrote on another device meanwhile."), "note"))
        except Refused as refusal:
            put_beside(form, refusal)
    return page(session_id, note_form=form, note_theirs=theirs)
