"""Addresses of attendance: confirming who took part, and each their own certificates."""

import json
from datetime import UTC, datetime

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required

from cop.gatherings import guests
from cop.gatherings.models import Coming, Gathering
from cop.groups import date_queries, presence
from cop.groups.forms import PresenceForm
from cop.groups.permissions import DatePermission
from cop.groups.routes import Page, blueprint, form_page
from cop.members.actor import Actor
from cop.members.current import actor
from cop.members.site import name_of
from cop.platform import clock, pdf
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.numbers import FARTHEST, whole_number
from cop.platform.ratelimit import WRITING, limiter


@blueprint.route("/data/<int:gathering_id>/aanwezig", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def presence_of_date(gathering_id: int) -> Page:
    """The facilitator says who took part."""
    session, now = db.session(), clock.now()
    page = date_queries.date(session, actor(), gathering_id, now)
    if DatePermission.FACILITATE not in page.may:
        raise NotFound
    people = presence.candidates(session, actor(), page.gathering)
    form = PresenceForm()
    form.there.choices = choices((each.who.handle, each.who.name) for each in people)
    if form.validate_on_submit():
        try:
            number = presence.confirm(
                session,
                actor(),
                gathering_id,
                form.there.data or [],
                form.minutes.data or 0,
                now,
            )
            flash(
                ngettext(
                    "One person took part, you say. They find their certificate under “Me”.",
                    "%(num)s people took part, you say. They find their certificates under “Me”.",
                    number,
                ),
                "success",
            )
            return redirect(url_for("groups.show_date", gathering_id=gathering_id))
        except Refused as refusal:
            put_beside(form, refusal)
    elif not form.is_submitted():
        _begin(form, people, page.gathering)
    return form_page("presence", form, page.group, page=page)


@blueprint.route("/gast/<token>/aanwezig", methods=["GET", "POST"])
@limiter.limit(WRITING, methods=["POST"])
def guest_presence(token: str) -> Page:
    """The same for a facilitator from outside, by the link that was mailed to them."""
    session, now = db.session(), clock.now()
    guest = guests.by_token(session, token, now)
    gathering = guest.gathering
    if gathering is None or not guest.facilitates or guest.coming != Coming.GOING:
        raise NotFound
    if gathering.starts_at > now or gathering.cancelled_at is not None:
        raise NotFound
    people = presence.candidates(session, Actor(), gathering)
    form = PresenceForm()
    form.there.choices = choices((each.who.handle, each.who.name) for each in people)
    if form.validate_on_submit():
        try:
            presence.put_down(
                session,
                gathering.id,
                form.there.data or [],
                form.minutes.data or 0,
                guest.name,
                now,
            )
            flash(_("Thank you. It is confirmed."), "success")
            return redirect(url_for("gatherings.guest", token=token))
        except Refused as refusal:
            put_beside(form, refusal)
    elif not form.is_submitted():
        _begin(form, people, gathering)
    page = render_template(
        "groups/guest_presence.html", form=form, back=url_for("gatherings.guest", token=token)
    )
    return page, 422 if form.is_submitted() else 200


def _begin(form: PresenceForm, people: list[presence.Present], gathering: Gathering) -> None:
    """What is confirmed already, or else who said that they would come."""
    known = [each.who.handle for each in people if each.confirmed]
    form.there.data = known or [each.who.handle for each in people if each.said]
    length = gathering.ends_at - gathering.starts_at
    form.minutes.process_data(int(length.total_seconds() // 60))


# --- each their own, under 'me' ---


@blueprint.get("/mijn-deelname")
@login_required
def own_presence() -> str:
    found, more = presence.own(db.session(), actor(), _before())
    return render_template(
        "groups/own_presence.html",
        certificates=found,
        more_url=url_for("groups.own_presence", voor=f"{more[0].timestamp():.0f}.{more[1]}")
        if more
        else None,
        first_url=url_for("groups.own_presence") if _before() else None,
        pdf=pdf.available(),
    )


def _before() -> tuple[datetime, int] | None:
    seconds, _dot, number = request.args.get("voor", "")[:24].partition(".")
    at, id = whole_number(seconds, FARTHEST), whole_number(number)
    return (datetime.fromtimestamp(at, UTC), id) if at is not None and id is not None else None


def _attached(body: str | bytes, kind: str, name: str) -> Response:
    answer = Response(body, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.get("/mijn-deelname/deelname.csv")
@login_required
def own_csv() -> Response:
    text = presence.as_csv(presence.all_own(db.session(), actor()))
    return _attached(text, "text/csv; charset=utf-8", "deelname.csv")


@blueprint.get("/mijn-deelname/deelname.json")
@login_required
def own_json() -> Response:
    rows = presence.as_rows(presence.all_own(db.session(), actor()))
    text = json.dumps({"name": current_user.name, "took_part": rows}, ensure_ascii=False, indent=1)
    return _attached(text, "application/json", "deelname.json")


@blueprint.get("/mijn-deelname/deelname.pdf")
@login_required
def own_pdf() -> Page | Response:
    """Everything on one list."""
    return _paper(presence.all_own(db.session(), actor()), "deelname.pdf")


@blueprint.get("/mijn-deelname/<int:presence_id>/bewijs.pdf")
@login_required
def certificate(presence_id: int) -> Page | Response:
    """One certificate."""
    found = presence.one(db.session(), actor(), presence_id)
    return _paper([found], f"deelname-{found.day.isoformat()}.pdf", single=True)


def _paper(found: list[presence.Certificate], name: str, single: bool = False) -> Page | Response:
    if not pdf.available():
        flash(_("No PDF can be made on this machine. The list and the files below work."), "error")
        return redirect(url_for("groups.own_presence"))
    html = render_template(
        "groups/certificate.html",
        certificates=found,
        single=single,
        name=current_user.name,
        made_at=clock.now(),
        community=name_of(db.session()),
    )
    return _attached(pdf.make(html, "certificate-paper.css"), "application/pdf", name)
