"""Addresses of a stall: its sign, and what is said and lies there for those who stand at it."""

from typing import Any, BinaryIO, cast

from flask import redirect, render_template, request
from flask_login import login_required
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from cop.markets import (
    floor,
    floor_queries,
    reporting,
    stall_desk,
    stall_queries,
    stall_table,
    stall_talk,
)
from cop.markets.floor_commands import STRIKES
from cop.markets.floor_forms import AskForm, FileForm, LinkForm, NoteForm, SayForm, put_refused
from cop.markets.floor_models import MarketFloor, StallItem, StallMessage, StallQuestion
from cop.markets.floor_permissions import STALLS, FloorPermission, StallPermission
from cop.markets.floor_routes import be_seen, frame, may, mine_on, number_in, require, writing_limit
from cop.markets.models import Stall
from cop.markets.routes import Page, anyway, blueprint, head
from cop.members.current import actor
from cop.moderation.sending import report_page
from cop.platform import clock, storage
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.live import last_number
from cop.platform.web import whole
from cop.textcheck.asking import AuthorAsked

KINDS = {"bericht": "message", "vraag": "question", "link": "item"}
REPORTED = {word: f"stall-{what}" for word, what in (KINDS | {"notitie": "note"}).items()}
MODELS: dict[str, Any] = {"message": StallMessage, "question": StallQuestion, "item": StallItem}


@blueprint.get("/markten/<int:market_id>/kraam")
@login_required
def my_stall(market_id: int) -> Page:
    """The stall where one stands; from the lobby, the floor."""
    held = may(market_id)
    if FloorPermission.READ not in held:
        if FloorPermission.ENTER in held:
            return redirect(f"/markten/{market_id}/binnen")
        raise NotFound
    be_seen(market_id)
    mine = mine_on(market_id)
    if mine.stall_id is None:
        return redirect(f"/markten/{market_id}/vloer")
    return stall_page(market_id, mine.stall_id)


@blueprint.get("/markten/<int:market_id>/kraam/<int:stall_id>")
@login_required
def stall_sign(market_id: int, stall_id: int) -> Page:
    """Where the sign of a stall leads: to its table for who stands there, else to its place."""
    session, held = db.session(), may(market_id)
    if FloorPermission.READ not in held:
        if FloorPermission.ENTER in held:
            return redirect(f"/markten/{market_id}/binnen?kraam={stall_id}")
        return redirect(f"{head(market_id).url}#kraam-{stall_id}")
    page = head(market_id)
    stall = session.get(Stall, stall_id)
    if stall is None or stall.market_id != market_id or stall.closed_at is not None:
        raise NotFound
    reads = StallPermission.READ in STALLS.held(session, actor(), stall_id)
    mine = mine_on(market_id)
    if reads and mine.stall_id == stall_id:
        return redirect(f"/markten/{market_id}/kraam")
    if reads:
        return stall_page(market_id, stall_id)
    its = session.get_one(MarketFloor, market_id)
    planned = floor.planned_stall(session, mine, its)
    spot = floor_queries.spots(
        session, actor(), market_id, clock.now(), only={stall_id}, planned=planned
    )[0]
    return render_template(
        "markets/sign.html", page=page, spot=spot, leads=FloorPermission.LEAD in held
    )


def stall_page(market_id: int, stall_id: int, **forms: Any) -> Page:
    """The table of a stall, with a form that was refused, if one was."""
    session, who, now = db.session(), actor(), clock.now()
    number = last_number(session, f"stall:{stall_id}")
    context = frame(market_id)
    stall = STALLS.get(session, who, StallPermission.READ, stall_id)
    holds = STALLS.held(session, who, stall_id)
    mine = context["mine"]
    here = mine.stall_id == stall_id
    note = stall_table.note(session, stall_id)
    messages, more = stall_table.messages(session, stall_id)
    questions = stall_table.questions(session, stall_id, mine.id)
    people = floor_queries.at_stall(session, who, stall, now)
    context |= {
        "stall": stall,
        "stall_number": number,
        "here": here,
        "may": {str(permission) for permission in holds},
        "people": people,
        "on_floor": floor_queries.on_floor(session, market_id),
        "talking": next((one for one in people if one.talks), None),
        "waiting": sorted(
            (one for one in people if one.waits), key=lambda one: (one.waits or now, one.id)
        ),
        "holders": stall_queries.holders_of(session, who, stall_id),
        "note": note,
        "messages": messages,
        "more_messages": more,
        "questions": questions[: stall_table.MOST_QUESTIONS],
        "more_questions": len(questions) > stall_table.MOST_QUESTIONS,
        "items": stall_table.items(session, stall_id),
        "link": stall.link or context["page"].link,
        "say_form": SayForm(formdata=None),
        "ask_form": AskForm(formdata=None),
        "note_form": NoteForm(formdata=None, note=note.text, version=str(note.version)),
        "link_form": LinkForm(formdata=None),
        "file_form": FileForm(formdata=None),
        "asked": None,
        "asked_in": "",
    }
    rendered = render_template("markets/table.html", **context | forms)
    return rendered, 422 if forms else 200


@blueprint.get("/markten/kramen/<int:stall_id>/gesprek")
@login_required
def said_before(stall_id: int) -> str:
    """What was said before a message (`voor`), for whoever reads the table. It stays as it is while
    others talk, so that one can read on."""
    session = db.session()
    stall = _at(stall_id, StallPermission.READ)
    mine = mine_on(stall.market_id)
    found, more = stall_table.messages(session, stall_id, before=whole("voor"))
    return render_template(
        "markets/before.html",
        page=head(stall.market_id),
        stall=stall,
        mine=mine,
        here=mine.stall_id == stall_id,
        may={str(permission) for permission in STALLS.held(session, actor(), stall_id)},
        messages=found,
        more=f"?voor={found[0].id}" if more else None,
    )


def _at(stall_id: int, permission: StallPermission) -> Stall:
    return STALLS.get(db.session(), actor(), permission, stall_id)


def _back(stall: Stall, place: str = "") -> Response:
    return redirect(f"/markten/{stall.market_id}/kraam{place}")


@blueprint.post("/markten/kramen/<int:stall_id>/zeggen")
@login_required
@writing_limit
def say(stall_id: int) -> Page:
    stall, form = _at(stall_id, StallPermission.SPEAK), SayForm()
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        text, key = form.text.data or "", form.key.data or ""
        try:
            stall_talk.say(db.session(), actor(), stall_id, text, key, clock.now(), anyway())
            return _back(stall, "#gesprek")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_refused(form, refusal)
    return stall_page(stall.market_id, stall_id, say_form=form, asked=asked, asked_in="say")


@blueprint.post("/markten/kramen/<int:stall_id>/vragen")
@login_required
@writing_limit
def ask_at_stall(stall_id: int) -> Page:
    stall, form = _at(stall_id, StallPermission.SPEAK), AskForm()
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        try:
            stall_talk.ask(
                db.session(),
                actor(),
                stall_id,
                form.question.data or "",
                form.nameless.data,
                form.key.data or "",
                clock.now(),
                anyway(),
            )
            return _back(stall, "#vragen")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            refusal.field = "question" if refusal.field == "text" else refusal.field
            put_refused(form, refusal)
    return stall_page(stall.market_id, stall_id, ask_form=form, asked=asked, asked_in="ask")


@blueprint.post("/markten/kramen/vragen/<int:question_id>")
@login_required
def tend_question(question_id: int) -> Response:
    """Vote (`stem`), or mark as answered (`beantwoord`): `1` or `0`."""
    session, now = db.session(), clock.now()
    found = session.get(StallQuestion, question_id)
    if found is None:
        raise NotFound
    stall = _at(found.stall_id, StallPermission.TAKE_PART)
    if "stem" in request.form:
        stall_talk.vote(session, actor(), question_id, request.form["stem"] == "1", now)
    elif "beantwoord" in request.form:
        stall_talk.answered(session, actor(), question_id, request.form["beantwoord"] == "1", now)
    else:
        raise NotFound
    return _back(stall, "#vragen")


@blueprint.post("/markten/kramen/<int:stall_id>/beurt")
@login_required
def turns(stall_id: int) -> Response:
    """'Ik wil meepraten' (`talk`), or whose turn it is (`who`, 0 for nobody's)."""
    session, now = db.session(), clock.now()
    stall = _at(stall_id, StallPermission.TAKE_PART)
    if "talk" in request.form:
        wants = request.form["talk"] == "1"
        stall_talk.want_to_talk(session, actor(), stall_id, wants, now)
    else:
        stall_talk.give_turn(session, actor(), stall_id, number_in("who") or None, now)
    return _back(stall, "#wie")


@blueprint.post("/markten/kramen/<int:stall_id>/notitie")
@login_required
@writing_limit
def write_note(stall_id: int) -> Page:
    stall, form = _at(stall_id, StallPermission.TEND), NoteForm()
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        text = form.note.data or ""
        try:
            stall_desk.write_note(
                db.session(), actor(), stall_id, text, form.base, clock.now(), anyway()
            )
            return _back(stall, "#notitie")
        except AuthorAsked as question:
            asked = question
        except stall_desk.Changed as changed:
            # What is sent next is a change of what stands there now; it is shown below.
            form.version.raw_data = None
            form.version.data = str(stall_table.note(db.session(), stall_id).version)
            put_beside(form, Refused(changed.message, "note"))
        except Refused as refusal:
            put_refused(form, refusal)
    return stall_page(stall.market_id, stall_id, note_form=form, asked=asked, asked_in="note")


@blueprint.post("/markten/kramen/<int:stall_id>/links")
@login_required
@writing_limit
def leave_link(stall_id: int) -> Page:
    stall, form = _at(stall_id, StallPermission.SPEAK), LinkForm()
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        try:
            stall_desk.leave_link(
                db.session(),
                actor(),
                stall_id,
                form.title.data or "",
                form.url.data or "",
                form.key.data or "",
                clock.now(),
                anyway(),
            )
            return _back(stall, "#tafel")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_refused(form, refusal)
    return stall_page(stall.market_id, stall_id, link_form=form, asked=asked, asked_in="link")


@blueprint.post("/markten/kramen/<int:stall_id>/bestanden")
@login_required
@writing_limit
def leave_file(stall_id: int) -> Page:
    stall, form = _at(stall_id, StallPermission.SPEAK), FileForm()
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        try:
            given = form.file.data
            if given is None or not given.filename:
                raise Refused(_("Choose a file."), "file")
            clean = _cleaned(given)
            key = form.key.data or ""
            stall_desk.leave_file(
                db.session(), actor(), stall_id, clean, key, clock.now(), anyway()
            )
            return _back(stall, "#tafel")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_refused(form, refusal)
    return stall_page(stall.market_id, stall_id, file_form=form, asked=asked, asked_in="file")


def _cleaned(given: FileStorage) -> storage.Clean:
    """A picture takes time to be written anew: the form's own transaction is given up before, since
    on SQLite nobody else can write meanwhile.

    Raises:
        Refused: too large, empty, or of a kind that is not accepted.
    """
    db.session.rollback()
    try:
        return storage.clean(cast(BinaryIO, given.stream), given.filename or "")
    except Refused as refusal:
        raise Refused(refusal.message, "file") from None


@blueprint.route("/markten/kramen/terugnemen/<kind>/<int:thing_id>", methods=["GET", "POST"])
@login_required
def take_back(kind: str, thing_id: int) -> Page:
    """Take back what one said, asked or left; asked first, since it cannot be undone."""
    session = db.session()
    what = KINDS.get(kind)
    found = session.get(MODELS[what], thing_id) if what is not None else None
    if what is None or found is None or found.struck_at is not None:
        raise NotFound
    stall = _at(found.stall_id, StallPermission.TAKE_PART)
    mine = mine_on(stall.market_id)
    tends = StallPermission.TEND in STALLS.held(session, actor(), stall.id)
    if found.person_id != mine.id and not tends:
        raise NotFound
    if request.method == "POST":
        STRIKES[what](session, actor(), thing_id, clock.now())
        return _back(stall)
    require(stall.market_id, FloorPermission.TAKE_PART)
    text = found.title if what == "item" else found.text
    return render_template(
        "markets/take_back.html",
        page=head(stall.market_id),
        text=text,
        own=found.person_id == mine.id,
    )


@blueprint.route("/markten/kramen/melden/<kind>/<int:thing_id>", methods=["GET", "POST"])
@login_required
@writing_limit
def report(kind: str, thing_id: int) -> Page:
    """To the moderators: what somebody said, asked, wrote down or left."""
    if kind not in REPORTED:
        raise NotFound
    return report_page(reporting.to_report(db.session(), actor(), REPORTED[kind], thing_id))
