"""Addresses of questions that go round to those who match."""

from flask import flash, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.expertise import gaps, questions, round_queries
from cop.expertise.forms import QuestionForm
from cop.expertise.routes import View, blueprint
from cop.expertise.routes_writing import form_page
from cop.expertise.words import LONGEST
from cop.members.current import actor
from cop.members.queries import themes
from cop.notifications.operations import mark_subject_read
from cop.platform import clock
from cop.platform.db import db, unit_of_work
from cop.platform.errors import Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import WRITING, limiter
from cop.textcheck.asking import AuthorAsked

TOLD_OF = ("expertise.nobody", "expertise.question", "expertise.thanks", "expertise.yes")


@blueprint.get("/kenniskaart/vragen")
@login_required
def rounds() -> str:
    """What waits for one's yes or no, and one's own questions with who said yes."""
    session = db.session()
    to_me, own = round_queries.to_me(session, actor()), round_queries.rounds(session, actor())
    helped = round_queries.thanked(session, actor())
    seen = [each.id for each in own] + [each.id for each in (*to_me, *helped)]
    with unit_of_work() as tiny:
        mark_subject_read(tiny, actor(), TOLD_OF, seen, clock.now())
    return render_template("expertise/questions.html", to_me=to_me, own=own, helped=helped)


@blueprint.route("/kenniskaart/vraag", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def ask_round() -> View:
    session, form, asked = db.session(), QuestionForm(), None
    form.theme.choices = choices([("", _("Choose a theme")), *themes(session)])
    if not form.is_submitted():
        form.theme.data = request.args.get("thema", "")[:60]
        form.words.data = request.args.get("woorden", "")[: LONGEST["words"]]
        form.text.data = request.args.get("vraag", "")[: LONGEST["question"]]
    elif form.validate():
        slug, words = form.theme.data or "", form.words.data or ""
        found = gaps.themes_called(session, slug) if slug else gaps.themes_in(session, words)
        try:
            questions.ask(
                session,
                actor(),
                next(iter(found), 0) if slug else None,
                form.text.data or "",
                clock.now(),
                "anyway" in request.form,
                words,
            )
            flash(_("Asked of a handful of people. You hear it when somebody says yes."), "success")
            return redirect("/kenniskaart/vragen")
        except AuthorAsked as question:
            asked = question
        except questions.NobodyToAsk as refusal:
            db.session.rollback()  # the question is not stored; that it was sought is
            with unit_of_work() as tiny:
                gaps.note(tiny, actor(), found, clock.now())
            put_beside(form, refusal)
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("ask", form, asked=asked)


@blueprint.post("/kenniskaart/vragen/<int:question_id>/antwoord")
@login_required
def answer_round(question_id: int) -> Response:
    accepts = request.form.get("answer") == "yes"
    opened = questions.answer(db.session(), actor(), question_id, accepts, clock.now())
    if opened is None:
        flash(_("All right. Nobody is told, and others are asked."))
        return redirect("/kenniskaart/vragen")
    flash(_("You can write to each other now."), "success")
    return redirect(f"/contact/gesprekken/{opened}")


@blueprint.post("/kenniskaart/vragen/<int:question_id>/anderen")
@login_required
@limiter.limit(WRITING)
def ask_others(question_id: int) -> Response:
    try:
        questions.ask_others(db.session(), actor(), question_id, clock.now())
        flash(_("Some people more were asked."), "success")
    except Refused as refusal:
        flash(refusal.message, "warning")
    return redirect("/kenniskaart/vragen")


@blueprint.post("/kenniskaart/vragen/<int:question_id>/sluiten")
@login_required
def close_round(question_id: int) -> Response:
    questions.close(db.session(), actor(), question_id, clock.now())
    flash(_("This question goes round no longer."), "success")
    return redirect("/kenniskaart/vragen")


@blueprint.post("/kenniskaart/vragen/<int:question_id>/dank/<handle>")
@login_required
def thank(question_id: int, handle: str) -> Response:
    questions.thank(db.session(), actor(), question_id, handle, clock.now())
    flash(_("They hear that you thank them."), "success")
    return redirect("/kenniskaart/vragen")
