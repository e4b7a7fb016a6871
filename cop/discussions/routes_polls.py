"""Addresses of polls in discussions: asking, voting, closing."""

from datetime import timedelta

from flask import flash, redirect, render_template, request
from flask_login import login_required
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from cop.discussions import polls, queries
from cop.discussions.permissions import DiscussionPermission
from cop.discussions.routes import blueprint
from cop.gatherings import when
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import DayField, put_beside, stripped
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.platform.numbers import whole_number
from cop.platform.ratelimit import WRITING, limiter
from cop.spaces.circle_forms import TOO_LONG
from cop.spaces.forms import REQUIRED
from cop.textcheck.asking import AuthorAsked


class PollForm(FlaskForm):
    """A question with choices."""

    question = StringField(
        _l("What do you ask?"),
        filters=[stripped],
        validators=[
            InputRequired(REQUIRED),
            Length(max=polls.LONGEST_QUESTION, message=TOO_LONG),
        ],
    )
    choices = TextAreaField(
        _l("The choices"),
        description=_l("Each on its own line, from two to twenty."),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=4000, message=TOO_LONG)],
        render_kw={"rows": 6},
    )
    several = BooleanField(_l("People may choose more than one"))
    hidden = BooleanField(
        _l("Nobody sees the outcome before it closes"),
        description=_l("So that nobody votes after others."),
    )
    closes_on = DayField(_l("Vote until"), validators=[InputRequired(REQUIRED)])

    def asked(self) -> polls.Question:
        return polls.Question(
            question=self.question.data or "",
            choices=(self.choices.data or "").splitlines(),
            several=self.several.data,
            hidden=self.hidden.data,
            closes_on=self.closes_on.data,
        )


@blueprint.route("/discussies/<int:discussion_id>/peiling", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def ask_poll(discussion_id: int) -> str | Response | tuple[str, int]:
    """Put a poll at the top, for who started the discussion or coordinates its list."""
    session, now = db.session(), clock.now()
    head = queries.discussion_head(session, actor(), discussion_id)
    if DiscussionPermission.TEND not in head.may:
        raise NotFound
    form, asked = PollForm(), None
    if not form.is_submitted():
        form.closes_on.data = when.local(now).date() + timedelta(days=7)
    elif form.validate():
        try:
            polls.ask(
                session, actor(), discussion_id, form.asked(), now, bool(request.form.get("anyway"))
            )
            flash(_("The poll is there."), "success")
            return redirect(f"{head.url}#peiling")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    page = render_template("discussions/poll_form.html", form=form, head=head, asked=asked)
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/discussies/<int:discussion_id>/peiling/stem")
@login_required
@limiter.limit(WRITING)
def vote(discussion_id: int) -> Response:
    given = map(whole_number, request.form.getlist("keuze")[: polls.MOST])
    chosen = [number for number in given if number is not None]
    try:
        polls.vote(db.session(), actor(), discussion_id, chosen, clock.now())
        flash(_("Your vote counts. You can change it until the poll closes."), "success")
    except Refused as refusal:
        flash(refusal.message, "error")
    return redirect(f"/discussies/{discussion_id}#peiling")


@blueprint.post("/discussies/<int:discussion_id>/peiling/sluiten")
@login_required
def close_poll(discussion_id: int) -> Response:
    polls.close(db.session(), actor(), discussion_id, clock.now())
    flash(_("The poll is closed."), "success")
    return redirect(f"/discussies/{discussion_id}#peiling")


@blueprint.post("/discussies/<int:discussion_id>/peiling/weg")
@login_required
def take_poll_away(discussion_id: int) -> Response:
    try:
        polls.take_away(db.session(), actor(), discussion_id)
        flash(_("The poll is taken away."), "success")
    except Refused as refusal:
        flash(refusal.message, "error")
    return redirect(f"/discussies/{discussion_id}")
