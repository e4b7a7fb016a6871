"""The page 'take everything of mine along'."""

from flask import Blueprint, Response, flash, redirect, render_template
from flask_login import current_user, login_required
from werkzeug.wrappers import Response as Answer

from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import GUESSING, MAILING, limiter
from cop.privacy import taking_along
from cop.privacy.forms import FetchForm

blueprint = Blueprint("privacy", __name__)

Page = str | Answer | tuple[str, int]


def _who() -> str:
    """Counted per member: whoever guesses does so in a browser that is signed in."""
    return f"member:{current_user.actor.member_id}"


def _page(form: FetchForm | None = None) -> Page:
    session, who, now = db.session(), actor(), clock.now()
    row = taking_along.own(session, who)
    needs = taking_along.needs(session, who, current_user.sign_in_id, now)
    shown = form or FetchForm(formdata=None)
    if needs != "password":
        del shown.password
    page = render_template(
        "privacy/mine.html",
        form=shown,
        ready=row if row and row.until and row.until > now else None,
        waits=row is not None and row.ready_at is None and now - row.asked_at < taking_along.AGAIN,
        needs=needs,
    )
    return (page, 422) if form is not None else page


@blueprint.get(taking_along.PAGE)
@login_required
def mine() -> Page:
    return _page()


@blueprint.post(taking_along.PAGE)
@login_required
@limiter.limit(MAILING, key_func=_who)
def ask() -> Page:
    try:
        taking_along.ask(db.session(), actor(), clock.now())
        flash(_("It is being made. You get a mail when it is ready."), "success")
    except Refused as refusal:
        flash(refusal.message, "info")
    return redirect(taking_along.PAGE)


@blueprint.post(f"{taking_along.PAGE}/ophalen")
@login_required
@limiter.limit(GUESSING, key_func=_who)
def fetch() -> Page:
    """The ZIP itself; never kept by the browser."""
    form = FetchForm()
    try:
        data = taking_along.fetch(
            db.session(),
            actor(),
            current_user.sign_in_id,
            form.password.data or "",
            clock.now(),
        )
    except Refused as refusal:
        put_beside(form, refusal)
        return _page(form)
    answer = Response(data, mimetype="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="alles-van-mij.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post(f"{taking_along.PAGE}/weg")
@login_required
def remove() -> Page:
    taking_along.remove(db.session(), actor(), clock.now())
    flash(_("It is removed."), "success")
    return redirect(taking_along.PAGE)
