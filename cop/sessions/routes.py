"""Addresses of a session: preparing it, and its page.

Leading it is in `leading_routes`, taking part in `part_routes`.
"""

from datetime import timedelta
from typing import Any, TypeAlias

from flask import Blueprint, flash, redirect, render_template, request
from flask import session as browser
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from cop.gatherings import guests
from cop.gatherings.models import Gathering
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import gettext as _
from cop.platform.live import last_number
from cop.platform.numbers import whole_number
from cop.platform.ratelimit import WRITING, limiter
from cop.sessions import (
    among,
    holding,
    kinds,
    letting_in,
    looking_back,
    methods,
    preparing,
    queries,
    seating,
    stepping,
    visiting,
    writing,
)
from cop.sessions.forms import EntryForm, NoteForm, PrepareForm, TakeAlongForm, ask_whose
from cop.sessions.models import GroupSession, SessionParticipant, SessionState
from cop.sessions.permissions import SESSIONS, SessionPermission
from cop.sessions.timer import shown
from cop.sessions.visiting import guest_too
from cop.sessions.words import ENTRIES, ENTRY_ICONS, KINDS, MODES, SPEAKS, STATES

blueprint = Blueprint("sessions", __name__)
writing_limit = limiter.limit(WRITING, methods=["POST"])

Page: TypeAlias = str | Response | tuple[str, int]

SEEN_EVERY = timedelta(seconds=20)


def show(template: str, form: Any = None, **context: Any) -> Page:
    """A page; one whose form was refused says so in its status."""
    page = render_template(f"sessions/{template}.html", form=form, home=visiting.home(), **context)
    return page, 422 if form is not None and form.is_submitted() else 200


def own(session_id: int, permission: SessionPermission) -> GroupSession:
    return SESSIONS.get(db.session(), actor(), permission, session_id)


def back(session_id: int, place: str = "") -> Response:
    return redirect(f"/sessies/{session_id}{place}")


def url_of(its: GroupSession) -> str:
    return f"/sessies/{its.id}"


# --- before


@blueprint.route("/sessies/voor/<int:gathering_id>", methods=["GET", "POST"])
@guest_too
def prepare(gathering_id: int) -> Page:
    """The session of a date: to its page when there is one, else choosing how to hold it."""
    session, who = db.session(), actor()
    unread = holding.asks_to_agree(session, who, gathering_id)
    if unread is not None:
        flash(_("First read what the group agreed on, on its page, and agree to it."), "info")
        return redirect(f"/groepen/{unread}/afspraken")
    group = holding.of_date(session, who, gathering_id)
    there = session.scalar(select(GroupSession.id).where(GroupSession.gathering_id == gathering_id))
    if there is not None:
        return back(there)
    gathering = session.get_one(Gathering, gathering_id)
    kind = methods.SessionKind(group.kind)
    form = _method_form(group.circle_id, kind)
    if form.validate_on_submit():
        try:
            method = _method(form, group.circle_id, kind)
            made = holding.prepare(session, who, gathering_id, method, clock.now())
            return back(made.id)
        except Refused as refusal:
            put_beside(form, refusal)
    return show(
        "prepare",
        form,
        offered=preparing.offered(session, group.circle_id, kind),
        when=queries.spoken_date(gathering),
        kind=KINDS[kind],
        its=None,
        group_id=group.id,
    )


@blueprint.route("/sessies/<int:session_id>/werkvorm", methods=["GET", "POST"])
@guest_too
def choose_method(session_id: int) -> Page:
    its = own(session_id, SessionPermission.PREPARE)
    session, kind = db.session(), methods.SessionKind(its.kind)
    form = _method_form(its.circle_id, kind, its.its_method.key)
    if form.validate_on_submit():
        try:
            method = _method(form, its.circle_id, kind)
            stepping.choose_method(session, actor(), session_id, method, clock.now())
            return back(session_id)
        except Refused as refusal:
            put_beside(form, refusal)
    return show(
        "prepare",
        form,
        offered=preparing.offered(session, its.circle_id, kind),
        when=queries.spoken_date(its.gathering),
        kind=KINDS[kind],
        its=its,
        group_id=holding.of_date(session, actor(), its.gathering_id).id,
    )


def _method_form(circle_id: int, kind: methods.SessionKind, key: str = "") -> PrepareForm:
    offered = preparing.offered(db.session(), circle_id, kind)
    form = PrepareForm(**({"method": key} if key in offered else {}))
    form.method.choices = choices((key, method.name) for key, method in offered.items())
    return form


def _method(form: PrepareForm, circle_id: int, kind: methods.SessionKind) -> methods.Method:
    minutes = int(form.minutes.data) if form.minutes.data else None
    return preparing.chosen(db.session(), actor(), circle_id, kind, form.method.data, minutes)


@blueprint.route("/sessies/<int:session_id>/binnenkomen", methods=["GET", "POST"])
@guest_too
def come_in(session_id: int) -> Page:
    its = own(session_id, SessionPermission.COME_IN)
    if holding.is_too_late_for(db.session(), actor(), its, clock.now()):
        raise NotFound
    if request.method == "POST":
        holding.come_in(db.session(), actor(), session_id, clock.now())
        return back(session_id)
    return show(
        "come_in",
        its=its,
        kind=KINDS[methods.SessionKind(its.kind)],
        when=queries.spoken_date(its.gathering),
        makes_report=its.kind == methods.SessionKind.BERAAD,
        from_outside=actor().guest_id is not None,
    )


@blueprint.post("/gast/<token>/sessie")
def lead_as_guest(token: str) -> Response:
    """From a guest's own page to the session that they lead; this browser knows them from now."""
    session = db.session()
    guest = guests.by_token(session, token, clock.now())
    if visiting.who_leads(session, token, clock.now()) is None or guest.gathering_id is None:
        raise NotFound
    if current_user.is_authenticated:
        return redirect(f"/gast/{token}")  # it says why
    browser[visiting.KEPT] = token
    return redirect(f"/sessies/voor/{guest.gathering_id}")


@blueprint.post("/gast/<token>/klaar")
def done_as_guest(token: str) -> Response:
    """On a device that others use as well, a guest ends what the button above began."""
    guests.by_token(db.session(), token, clock.now())
    visiting.forget()
    return redirect(f"/gast/{token}")


# --- the page


@blueprint.get("/sessies/<int:session_id>")
@guest_too
def session(session_id: int) -> Page:
    """The session as it is now; who may come in and has not is asked at the door."""
    may = SESSIONS.held(db.session(), actor(), session_id)
    if SessionPermission.READ not in may:
        if SessionPermission.COME_IN in may:
            return redirect(f"/sessies/{session_id}/binnenkomen")
        raise NotFound
    _be_seen(session_id)
    return page(session_id)


def page(session_id: int, **forms: Any) -> Page:
    """The page of a session that the actor reads, with a form that was refused, if one was."""
    session, who, now = db.session(), actor(), clock.now()
    its = own(session_id, SessionPermission.READ)
    may = SESSIONS.held(session, who, session_id)
    # Before anything else is read: what is told from then on reaches the screen by itself.
    numbers = _numbers(session_id, SessionPermission.LEAD in may)
    mine = among.me(session, who, session_id)
    seats = queries.seats(session, who, session_id, now)
    entries = queries.entries(session, who, its)
    method = its.its_method
    left = its.timer.left(now)
    context: dict[str, Any] = {
        "its": its,
        "home": visiting.home(),
        "url": url_of(its),
        "may": {str(permission) for permission in may},
        "method": method,
        "step": method.steps[its.step],
        "path": queries.path(its),
        "seats": seats,
        "mine": next(seat for seat in seats if seat.mine),
        "leader": next((seat for seat in seats if seat.leads), None),
        "speaker": next((seat for seat in seats if seat.speaks), None),
        "presenter": next((seat for seat in seats if seat.presents), None),
        "hands": sorted((s for s in seats if s.hand_at), key=lambda s: s.hand_at or now),
        "entries": entries,
        "in_step": [e for e in entries if (e.round, e.step) == (its.round, its.step)],
        "left": left,
        "left_shown": shown(left),
        "ends_at": now + timedelta(seconds=left) if its.timer.runs else None,
        "note_form": note_form(writing.note_of(session, who, session_id)),
        "note_theirs": None,
        "refused": bool(forms),
        "entry_form": entry_form_of(its, its.step),
        "entry_at": (its.round, its.step),
        "taken": looking_back.taken_along(session, who, its, now),
        "before": looking_back.from_before(session, who, its, now),
        "take_form": TakeAlongForm(),
        "parts": kinds.parts(session, who, its, mine),
        "kind": KINDS[methods.SessionKind(its.kind)],
        "state": STATES[SessionState(its.state)],
        "speaks": SPEAKS[methods.Speaks(method.steps[its.step].speaks)],
        "mode": MODES[methods.Mode(method.steps[its.step].mode)],
        "opens_together": _opens_together(its),
        "wrote": queries.how_many_wrote(session, its),
        "when": queries.spoken_date(its.gathering),
        "table": queries.at_table_too(session, who, its, now) if mine.leads else None,
        "shown_out": letting_in.shown_out(session, who, its) if mine.leads else [],
        "asked": None,
        "live": numbers
        | {"at": round(now.timestamp() * 1000), "kinds": ENTRIES, "icons": ENTRY_ICONS}
        | {"pass": visiting.live_pass()},
    }
    if its.state == SessionState.PREPARED:
        context["not_yet"] = among.not_yet(its, now)
        opens_at = among.opens_at(its)
        context["opens_at"] = round(opens_at.timestamp() * 1000) if now < opens_at else None
        context["may_lead"] = holding.may_lead(session, who, its, mine)
    if its.state == SessionState.CLOSED:
        context |= _looking_back(its, mine)
    template = {
        SessionState.PREPARED: "prepared",
        SessionState.RUNNING: "running",
        SessionState.CLOSED: "closed",
    }[SessionState(its.state)]
    context |= forms
    ask_whose_words(its, mine, context["entry_form"].says, context["take_form"].takes)
    rendered = render_template(f"sessions/{template}.html", **context)
    return rendered, 422 if forms else 200


def _numbers(session_id: int, leads: bool) -> dict[str, Any]:
    """The last number of what the page's screen listens to; no `lead` for who doesn't lead."""
    session = db.session()
    lead = last_number(session, f"session-lead:{session_id}") if leads else None
    return {"number": last_number(session, f"session:{session_id}"), "lead": lead}


def _opens_together(its: GroupSession) -> bool:
    """What is typed in this step waits for all; what a board keeps unseen opens on the board."""
    step = its.its_step
    waits = step.mode == methods.Mode.SILENT and bool(step.entries)
    return waits and not among.is_open(its, its.step)


def _looking_back(its: GroupSession, mine: SessionParticipant) -> dict[str, Any]:
    session = db.session()
    counted, answers = looking_back.evaluations(session, its)
    return {
        "looked_back": counted,
        "answers": answers,
        "my_answers": looking_back.my_answers(session, mine, 1),
        "my_later": looking_back.my_answers(session, mine, 2) if its.asked_again_at else {},
        "later": looking_back.evaluations(session, its, 2)[1] if its.asked_again_at else [],
        "readers": looking_back.readers(session, actor(), its),
        # A guest has led this date, and sees no other.
        "next": None
        if visiting.link()
        else looking_back.what_next(session, actor(), its, clock.now()),
    }


def note_form(kept: tuple[str, int]) -> NoteForm:
    return NoteForm(formdata=None, note=kept[0], version=kept[1])


def entry_form_of(its: GroupSession, step: int) -> EntryForm:
    kinds_here = its.its_method.steps[step].entries
    form = EntryForm(formdata=None, **({"kind": kinds_here[0]} if kinds_here else {}))
    form.kind.choices = choices((kind, ENTRIES[kind]) for kind in kinds_here)
    return form


def ask_whose_words(its: GroupSession, mine: SessionParticipant, *fields: Any) -> None:
    """For who leads, while somebody sits at the table without a screen."""
    types = mine.leads and its.state == SessionState.RUNNING
    at_table = seating.typed_for(db.session(), its.id) if types else []
    for field in fields:
        ask_whose(field, mine.id, [(one.participant_id, one.name) for one in at_table])


def say_for_whom(author_id: int, mine: SessionParticipant) -> None:
    """Whoever typed for somebody else reads that it is theirs, also when nobody may read it yet."""
    if author_id != mine.id:
        name = db.session().get_one(SessionParticipant, author_id).persona.name
        flash(_("Written down for %(name)s.", name=name), "success")


def _be_seen(session_id: int) -> None:
    """A sign of life, and being there while it is held; a reading once it is over."""
    now = clock.now()
    with unit_of_work() as session:
        its = SESSIONS.get(session, actor(), SessionPermission.READ, session_id)
        mine = among.me(session, actor(), session_id)
        if its.state == SessionState.CLOSED:
            looking_back.note_reading(session, its, mine, now)
            return
        if its.state == SessionState.RUNNING and mine.there_at is None:
            mine.there_at = now
            among.tell(session, session_id, "people", mine.id, now)
        if mine.seen_at is None or mine.seen_at < now - SEEN_EVERY or mine.left_at is not None:
            mine.seen_at, mine.left_at = now, None


def person_named(name: str) -> int | None:
    """The participant that a button names; None for nobody.

    Raises:
        NotFound: it names nothing of the sort.
    """
    value = request.form.get(name, "")
    if not value:
        return None
    found = whole_number(value)
    if found is None:
        raise NotFound
    return found


def pressed_at() -> tuple[int, int]:
    """In which round and step of the session a form stood: 'round:step'.

    Raises:
        NotFound: it names none.
    """
    before, _sep, after = request.form.get("at", "").partition(":")
    round_, step = whole_number(before), whole_number(after)
    if round_ is None or step is None:
        raise NotFound
    return round_, step
