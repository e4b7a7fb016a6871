"""Addresses on which each weighs alone, and on which the answers are opened."""

from flask import flash, redirect, render_template, request

from cop.beraad import boards, queries, seats, weighing
from cop.beraad.boards import url_of
from cop.beraad.forms import WeighingForm
from cop.beraad.routes import AT, Page, anyway, blueprint, enter, go_back, show, writing_limit
from cop.beraad.words import ANSWERS
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.web import safe_path
from cop.sessions.permissions import SessionPermission
from cop.sessions.visiting import guest_too
from cop.textcheck.asking import AuthorAsked


@blueprint.route(f"{AT}/weging", methods=["GET", "POST"])
@guest_too
@writing_limit
def weigh(session_id: int) -> Page:
    seat = enter(session_id, SessionPermission.READ)
    session, form = db.session(), WeighingForm()
    # What somebody sends just after it closed is shown to them once more, not thrown away.
    if not seat.weighs or not (seat.running or form.is_submitted()):
        raise NotFound
    current = queries.beraad_of(session, session_id)
    seen = queries.weighings(session, actor(), seat, current)
    at = f"{url_of(session_id)}/bord/weighing"
    if not form.is_submitted():
        form.back.data = safe_path(request.args.get("terug"), at)
        if seen.own is not None:
            form.choice.data = seen.own.choice
            for name in ANSWERS:
                form[name].data = getattr(seen.own, name)
    return _weigh_page(session_id, seat, form, seen)


@blueprint.route(f"{AT}/weging/tafel/<int:participant_id>", methods=["GET", "POST"])
@guest_too
@writing_limit
def weigh_at_table(session_id: int, participant_id: int) -> Page:
    """Somebody without a screen weighs on the facilitator's; handed in, nobody reads it there."""
    seat = enter(session_id)
    session, form = db.session(), WeighingForm()
    sits = weighing.at_table(session, actor(), session_id, participant_id)
    if not form.is_submitted():
        at = f"{url_of(session_id)}/bord/weighing"
        form.back.data = safe_path(request.args.get("terug"), at)
    seen = queries.weighings(session, actor(), seat, queries.beraad_of(session, session_id))
    return _weigh_page(session_id, seat, form, seen, sits)


def _weigh_page(
    session_id: int,
    seat: seats.Seat,
    form: WeighingForm,
    seen: queries.Weighings,
    sits: seats.Sitting | None = None,
) -> Page:
    session, asked = db.session(), None
    if form.validate_on_submit():
        done = sits is not None or "later" not in request.form
        answer = weighing.Answer(
            choice=form.choice.data or "", **{name: form[name].data or "" for name in ANSWERS}
        )
        try:
            now = clock.now()
            if sits is not None:
                weighing.save_at_table(
                    session, actor(), session_id, sits.participant_id, answer, now, anyway()
                )
                flash(_("Handed in, and not to be read here. Pass the phone on."), "success")
            else:
                weighing.save(session, actor(), session_id, answer, done, now, anyway())
                flash(
                    _("You are done. Until all are, or the facilitator opens, nobody reads it.")
                    if done
                    else _("Kept, and not handed in yet."),
                    "success",
                )
            return go_back(form, f"{url_of(session_id)}/bord/weighing", "weging")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return show(
        "weigh",
        form,
        asked=asked,
        sits=sits,
        weighings=seen,
        part=boards.board(session, actor(), seat, "alternatives", request.path),
        url=url_of(session_id),
    )


@blueprint.route(f"{AT}/weging/openen", methods=["GET", "POST"])
@guest_too
def open_weighings(session_id: int) -> Page:
    seat = enter(session_id)
    if not seat.leads:
        raise NotFound
    at = f"{url_of(session_id)}/bord/weighing"
    back = safe_path(request.values.get("back") or request.args.get("terug"), at)
    if request.method == "POST":
        weighing.open_all(db.session(), actor(), session_id, clock.now())
        flash(_("All answers are open, side by side."), "success")
        return redirect(f"{back.partition('#')[0]}#weging")
    current = queries.beraad_of(db.session(), session_id)
    seen = queries.weighings(db.session(), actor(), seat, current)
    return render_template(
        "beraad/open_weighings.html", weighings=seen, back=back, url=url_of(session_id)
    )
