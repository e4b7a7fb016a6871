"""Addresses for what one wants by mail: on the site, and from a link in a mail without signing in.

Opening a link only shows a page, since mail scanners follow links; a button acts. The one
exception is the POST that a mail program sends for its own unsubscribe button (RFC 8058): it comes
without cookie or token, and the address itself is the right to do it.
"""

import hashlib
from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from cop.discussions import attending, queries
from cop.discussions.mailing import choices
from cop.discussions.mailing.forms import RHYTHM_LABELS, MailForm
from cop.discussions.models import Attention, DiscussionList
from cop.members import mail_links
from cop.members.account import myself
from cop.members.actor import Actor
from cop.members.current import actor
from cop.members.mail_links import MailAbout, MailLink
from cop.notifications import digest_planning
from cop.notifications.models import MailPreference, Rhythm
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound
from cop.platform.i18n import DEFAULT_ZONE, language
from cop.platform.i18n import gettext as _
from cop.platform.numbers import whole_number
from cop.platform.ratelimit import WRITING, limiter
from cop.platform.web import csrf, settings
from cop.spaces.circles import Circle
from cop.spaces.files import readable_file, url_of

blueprint = Blueprint("mailing", __name__)

Page = str | Response | tuple[str, int]


def _by_token() -> str:
    """Counted for each link, not for each address: one server presses the buttons of many readers.
    The token itself is not kept beside the counts."""
    token = str((request.view_args or {}).get("token", ""))
    return hashlib.blake2b(token.encode(), digest_size=16).hexdigest()


_LIST, _DISCUSSION = "lijst-", "gesprek-"


@blueprint.route("/ik/mail", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def own() -> Page:
    """Everything that one wants by mail, on one page."""
    return _choices_page(actor(), url_for(".own"), signed_in=True)


@blueprint.route("/mail/keuzes/<token>", methods=["GET", "POST"])
@limiter.limit(WRITING, methods=["POST"])
def by_link(token: str) -> Page:
    """The same page for whoever comes from a mail. Names of closed and private lists stay out of
    it: it may be somebody to whom the mail was passed on."""
    link = mail_links.read(db.session(), token)
    of_mail = link.id if link.about == MailAbout.LIST else None
    back = url_for(".by_link", token=token)
    return _choices_page(link.actor, back, signed_in=False, of_mail=of_mail)


def _choices_page(who: Actor, back: str, signed_in: bool, of_mail: int | None = None) -> Page:
    session, now = db.session(), clock.now()
    member = myself(session, who)
    wants = session.get(MailPreference, member.id) or MailPreference(
        **digest_planning.fresh(member.id, member.time_zone, now)
    )
    form = MailForm(obj=wants, follows_own=queries.follows_own(session, who))
    form.name_days(language())
    if form.validate_on_submit():
        _keep(session, who, form)
        flash(_("Your choices are kept."), "success")
        return redirect(back)
    page = render_template(
        "discussions/mailing/choices.html",
        form=form,
        lists=choices.lists(session, who),
        discussions=choices.discussions(session, who),
        rhythms=[(rhythm.value, label) for rhythm, label in RHYTHM_LABELS.items()],
        zone=member.time_zone or DEFAULT_ZONE,
        signed_in=signed_in,
        of_mail=of_mail,
        action=back,
    )
    return page, 422 if form.is_submitted() else 200


def _keep(session: Session, who: Actor, form: MailForm) -> None:
    """Keep what differs from what was shown: another page may have changed the rest meanwhile."""
    now = clock.now()
    wanted = digest_planning.Wanted(
        hour=form.hour.data,
        weekday=form.weekday.data,
        asked=Rhythm(form.asked.data),
        rest=Rhythm(form.rest.data),
        joined=Rhythm(form.joined.data),
    )
    attending.set_follows_own(session, who, form.follows_own.data)
    for list_id, rhythm in _changed(_LIST):
        choices.choose(session, who, list_id=list_id, rhythm=rhythm, now=now)
    choices.attend(session, who, _changed(_DISCUSSION))
    digest_planning.change(session, myself(session, who), wanted, now)


def _changed(prefix: str) -> list[tuple[int, str]]:
    """(id, value) of the fields of a kind whose value is not what the page showed."""
    found = []
    for name, value in request.form.items():
        if name.startswith(prefix) and value != request.form.get(f"was-{name}"):
            number = whole_number(name.removeprefix(prefix))
            if number is None:
                raise NotFound
            found.append((number, value))
    return found


@blueprint.route("/mail/afmelden/<token>", methods=["GET", "POST"])
@csrf.exempt
@limiter.limit(WRITING, methods=["POST"], key_func=_by_token)
def stop(token: str) -> Page:
    """No more mail of one list or discussion, or no more digests."""
    session = db.session()
    link = mail_links.read(session, token)
    name = _list_name(session, link)
    if request.method == "POST":
        if link.about == MailAbout.LIST:
            choices.stop_list(session, link.actor, link.id, clock.now())
        elif link.about == MailAbout.DISCUSSION:
            with suppress(NotFound):  # they may not read it any more, and hear nothing of it
                choices.attend(session, link.actor, [(link.id, Attention.MUTE)])
        else:
            choices.stop_digest(session, link.actor, clock.now())
        return render_template(
            "discussions/mailing/stopped.html", name=name, token=token, link=link
        )
    return render_template("discussions/mailing/stop.html", name=name, token=token, link=link)


def _list_name(session: Session, link: MailLink) -> str:
    """What the list is called; '' of a closed or private one, whose name is for who signs in."""
    if link.about != MailAbout.LIST:
        return ""
    name = session.scalar(
        select(DiscussionList.name)
        .join(Circle, Circle.id == DiscussionList.circle_id)
        .where(DiscussionList.id == link.id, Circle.visibility.in_(choices.BY_THEMSELVES))
    )
    return name or ""


@blueprint.get("/lees/bericht/<int:post_id>")
@login_required
def to_post(post_id: int) -> Response:
    """From a mail to a post: whoever is not signed in is asked to, and comes there."""
    discussion_id, number = queries.place_of_post(db.session(), actor(), post_id)
    return redirect(queries.url_of_post(discussion_id, post_id, number))


@blueprint.get("/lees/gesprek/<int:discussion_id>")
@login_required
def to_discussion(discussion_id: int) -> Response:
    """From a mail to a discussion, where what is new begins."""
    return redirect(queries.discussion_head(db.session(), actor(), discussion_id).url)


@blueprint.get("/lees/bestand/<key>/<name>")
@login_required
def to_file(key: str, name: str) -> Response:
    """From a mail to a file that hangs on a post, of any list: for members who may read it."""
    readable_file(db.session(), actor(), key)
    return redirect(url_of(key, name))


@blueprint.get("/mail/uitleg")
def explained() -> str:
    """How lists work by mail: for everybody who gets one."""
    return render_template("discussions/mailing/explained.html", by_mail=settings().mail_comes_in)
