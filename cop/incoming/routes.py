"""Pages about mail that came in: what waits for me, for my lists, and the administrators' log."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.incoming import waiting
from cop.incoming.forms import LogForm, WaitingForm
from cop.incoming.notices import why
from cop.incoming.posting import Letter
from cop.incoming.waiting import Waiting
from cop.incoming.words import OUTCOMES, REASONS, ROUTES
from cop.members.current import actor
from cop.members.gates import administrators_only
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.mail.reading.headers import key_of
from cop.platform.ratelimit import WRITING, limiter
from cop.platform.refusals import show_on
from cop.platform.web import whole
from cop.textcheck.asking import AuthorAsked

blueprint = Blueprint("incoming", __name__)

Page = str | Response | tuple[str, int]


@blueprint.get("/ik/mail-wacht")
@login_required
def mine() -> str:
    session = db.session()
    mails, older = waiting.of_member(session, actor(), whole("voor"))
    return render_template(
        "incoming/mine.html",
        waiting=mails,
        older=older,
        opened=Letter.opened,
        cuts=waiting.cuts(session, actor(), clock.now()),
        why=why,
    )


@blueprint.route("/ik/mail-wacht/<int:mail_id>", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def one(mail_id: int) -> Page:
    """A message that may be the member's: they look, change what they want, and decide."""
    found = waiting.one_of_member(db.session(), actor(), mail_id)
    return _decided(
        "incoming/one.html",
        found,
        found.letter.text,
        waiting.confirm,
        _("Your message is placed."),
    )


def _decided(
    template: str, found: Waiting, text: str, place: Callable[..., str], thanks: str
) -> Page:
    """The page on which somebody looks at a mail that waits, changes what they want, and decides.

    Args:
        text: with which the form begins.
        place: puts it on the list, and says at which address it stands.
    """
    form = WaitingForm(title=found.letter.title, text=text)
    asked = None
    if form.validate_on_submit():
        try:
            url = place(
                db.session(),
                actor(),
                found.mail.id,
                title=form.title.data or "",
                text=form.text.data or "",
                anyway="anyway" in request.form,
                now=clock.now(),
            )
            flash(thanks, "success")
            return redirect(url)
        except AuthorAsked as question:
            asked = question
        except Refused as refused:
            show_on(form, refused)
    page = render_template(template, found=found, form=form, asked=asked, why=why)
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/ik/mail-wacht/<int:mail_id>/weg")
@login_required
def discard(mail_id: int) -> Response:
    waiting.discard(db.session(), actor(), mail_id, clock.now())
    flash(_("The message is thrown away."), "success")
    return redirect("/ik/mail-wacht")


@blueprint.get("/ik/uit-mijn-mail/<int:post_id>")
@login_required
def cut(post_id: int) -> str:
    """What was left out of a post that came by mail: for its author, for thirty days."""
    found = waiting.cut_of(db.session(), actor(), post_id, clock.now())
    return render_template("incoming/cut.html", cut=found)


# --- strangers' mails, for whoever looks after the list


@blueprint.get("/gesprekken-mail")
@login_required
def strangers() -> str:
    mails, older = waiting.for_coordinators(db.session(), actor(), whole("voor"))
    return render_template(
        "incoming/strangers.html",
        waiting=mails,
        older=older,
        opened=Letter.opened,
    )


@blueprint.route("/gesprekken-mail/<int:mail_id>", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def stranger(mail_id: int) -> Page:
    """What a stranger wrote: whoever looks after the list may place it, under their own name."""
    found = waiting.one_for_coordinators(db.session(), actor(), mail_id)
    return _decided(
        "incoming/stranger.html",
        found,
        waiting.as_passed_on(found.letter),
        waiting.pass_on,
        _("It is placed, under your name."),
    )


@blueprint.post("/gesprekken-mail/<int:mail_id>/weg")
@login_required
def discard_stranger(mail_id: int) -> Response:
    waiting.discard_for_list(db.session(), actor(), mail_id, clock.now())
    flash(_("The message is thrown away."), "success")
    return redirect("/gesprekken-mail")


# --- the log


@blueprint.get("/beheer/mail-binnen")
@administrators_only
def log() -> str:
    form = LogForm(request.args)
    wanted = (form.message_id.data or "").strip(" <>")
    lines, more = waiting.log(
        db.session(), whole("voor"), key_of("".join(wanted.split())) if wanted else None
    )
    return render_template(
        "incoming/log.html",
        form=form,
        lines=lines,
        more=more,
        wanted=wanted,
        routes=ROUTES,
        outcomes=OUTCOMES,
        reasons=REASONS,
    )
