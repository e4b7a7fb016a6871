"""Addresses of guests: asking them for a date poll, and the one page that each of them has."""

from datetime import datetime

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import login_required
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from cop.gatherings import belonging, guests, ics, poll_queries, taking_back, when, words
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Coming, GatheringKind
from cop.gatherings.poll_models import DatePoll
from cop.gatherings.poll_permissions import POLLS, PollPermission
from cop.gatherings.poll_routes import CAN_LABELS
from cop.gatherings.routes import CALENDAR_TYPE, Page, blueprint
from cop.members.current import actor
from cop.members.names import LONGEST
from cop.members.site import name_of, settings_of
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside, stripped
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.platform.ratelimit import MAILING, WRITING, limiter
from cop.spaces.circle_forms import TOO_LONG
from cop.spaces.forms import REQUIRED


class GuestForm(FlaskForm):
    """Whom one asks, by mail."""

    name = StringField(
        _l("Name"),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=LONGEST, message=TOO_LONG)],
        render_kw={"autocomplete": "off"},
    )
    email = StringField(
        _l("E-mail address"),
        description=_l("Used for this alone, and erased when it is over."),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=254, message=TOO_LONG)],
        render_kw={"autocomplete": "off", "inputmode": "email"},
    )


def said_of_asking(guest: GatheringGuest, now: datetime) -> str:
    """Whether a mail goes to whom one asked, in a sentence."""
    if guest.asked_at == now:
        return _("A mail with a link of their own goes to them.")
    return _(
        "They were asked already, so no mail goes out. You can ask again a day after the last "
        "mail, as long as they have not answered."
    )


class AgreeForm(FlaskForm):
    """What a guest agrees to before anything else."""

    agrees = BooleanField(_l("I have read this and agree"))


@blueprint.route("/agenda/prikker/<int:poll_id>/gasten", methods=["GET", "POST"])
@login_required
@limiter.limit(MAILING, methods=["POST"])
def poll_guests(poll_id: int) -> Page:
    """Who has no account and is asked too; for who organises it."""
    session = db.session()
    poll = POLLS.get(session, actor(), PollPermission.MANAGE, poll_id)
    form, now = GuestForm(), clock.now()
    if form.validate_on_submit():
        try:
            asked = guests.ask_for_poll(
                session, actor(), poll_id, form.name.data or "", form.email.data or "", now
            )
            flash(said_of_asking(asked, now), "success")
            return redirect(url_for("gatherings.poll_guests", poll_id=poll_id))
        except Refused as refusal:
            put_beside(form, refusal)
    page = render_template(
        "gatherings/guests.html", form=form, poll=poll, guests=guests.of_poll(session, poll_id)
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/agenda/prikker/<int:poll_id>/gasten/<int:guest_id>/intrekken")
@login_required
def take_back_guest(poll_id: int, guest_id: int) -> BaseResponse:
    taking_back.take_back(db.session(), actor(), poll_id, guest_id, clock.now())
    flash(_("They are asked no longer, and their address is erased."), "success")
    return redirect(url_for("gatherings.poll_guests", poll_id=poll_id))


# --- a guest's own page ---


@blueprint.route("/gast/<token>", methods=["GET", "POST"])
@limiter.limit(WRITING, methods=["POST"])
def guest(token: str) -> Page:
    """What a guest is asked, and nothing else; opening it changes nothing."""
    session, now = db.session(), clock.now()
    found = guests.by_token(session, token, now, cancelled_too=True)
    if found.gathering is None:
        return _poll_page(found, token)
    if found.gathering.cancelled_at is not None:
        return _cancelled_page(found)
    return _gathering_page(found, token)


def _rules(found: GatheringGuest) -> str:
    """The rules of the group, or else those of the community, as HTML."""
    kind, circle_id = _what(found)
    room = belonging.of(kind)
    if room is not None and room.rules is not None:
        return room.rules(db.session(), circle_id)
    return settings_of(db.session()).house_rules_html


def _what(found: GatheringGuest) -> tuple[str, int]:
    if found.gathering is not None:
        return found.gathering.kind, found.gathering.circle_id
    poll = db.session().get_one(DatePoll, found.poll_id)
    return poll.kind, poll.circle_id


def _page(template: str, form: AgreeForm, found: GatheringGuest, **context: object) -> Page:
    text = render_template(
        f"gatherings/{template}.html",
        form=form,
        guest=found,
        rules=_rules(found),
        community=name_of(db.session()),
        **context,
    )
    return text, 422 if form.is_submitted() else 200


def _cancelled_page(found: GatheringGuest) -> Page:
    """That it does not go on, and no more: neither where it was to be, nor anything to answer."""
    gathering = found.gathering
    assert gathering is not None
    return render_template(
        "gatherings/guest_cancelled.html",
        kind=words.kind(gathering),
        gathering=gathering,
        when=when.spoken(gathering.starts_at, gathering.ends_at),
    ), 200


def _gathering_page(found: GatheringGuest, token: str) -> Page:
    gathering = found.gathering
    assert gathering is not None
    form = AgreeForm()
    if form.validate_on_submit():
        comes = request.form.get("antwoord") == "ja"
        if request.form.get("vraag", _asks(found)) != _asks(found):
            flash(_("You are asked something else since you opened this page. Read it again."))
            return redirect(url_for("gatherings.guest", token=token))
        try:
            guests.answer_gathering(db.session(), found, comes, form.agrees.data, clock.now())
            flash(_("Thank you. You can still change your answer."), "success")
            return redirect(url_for("gatherings.guest", token=token))
        except Refused as refusal:
            put_beside(form, refusal)
    comes = found.coming == Coming.GOING
    return _page(
        "guest_gathering",
        form,
        found,
        gathering=gathering,
        kind=words.kind(gathering),
        when=when.spoken(gathering.starts_at, gathering.ends_at),
        where=words.where(gathering.setting, gathering.place),
        comes=comes,
        asks=_asks(found),
        link=gathering.link if comes and found.agreed_at is not None else "",
        file_url=url_for("gatherings.guest_file", token=token) if comes else None,
        presence_url=_presence_url(found, token) if comes else None,
        lead_url=belonging.lead_url(gathering.kind, token) if comes and found.facilitates else None,
    )


def _asks(found: GatheringGuest) -> str:
    """What the page asks: who says yes to coming has not said yes to facilitating."""
    return "begeleiden" if found.facilitates else "komen"


def _presence_url(found: GatheringGuest, token: str) -> str | None:
    """Where who facilitates says who took part, once it has begun."""
    gathering = found.gathering
    if gathering is None or not found.facilitates or gathering.starts_at > clock.now():
        return None
    room = belonging.of(gathering.kind)
    if room is None or room.presence_url is None:
        return None
    return room.presence_url(token)


def _poll_page(found: GatheringGuest, token: str) -> Page:
    session = db.session()
    poll = session.get_one(DatePoll, found.poll_id)
    form = AgreeForm()
    options = poll_queries.for_guest(session, found)
    said = {option.id: option.mine for option in options}
    if form.validate_on_submit():
        said = {option.id: request.form.get(f"datum-{option.id}") for option in options}
        answers = {id: can for id, can in said.items() if can}
        try:
            guests.answer_poll(session, found, answers, form.agrees.data, clock.now())
            flash(_("Thank you. You can change your answer until it closes."), "success")
            return redirect(url_for("gatherings.guest", token=token))
        except Refused as refusal:
            put_beside(form, refusal)
    return _page(
        "guest_poll",
        form,
        found,
        kind=str(words.KIND_LABELS[GatheringKind(poll.kind)]),
        last_day=poll_queries.last_day(poll.closes_at),
        options=options,
        said=said,
        cans=CAN_LABELS,
    )


@blueprint.get("/gast/<token>/agenda.ics")
def guest_file(token: str) -> Response:
    """The date for the guest's own calendar, once they said that they come."""
    found = guests.by_token(db.session(), token, clock.now())
    if found.gathering is None or found.coming != Coming.GOING:
        raise NotFound
    text = ics.file(found.gathering, clock.now(), guest=True)
    answer = Response(text, content_type=CALENDAR_TYPE)
    answer.headers["Content-Disposition"] = "attachment; filename=agenda.ics"
    return answer
