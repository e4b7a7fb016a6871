"""Addresses for looking after a discussion: answer, opbrengst, pin, announce, move, split."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from cop.discussions import queries, tending_closing, tending_moving, tending_queries
from cop.discussions.browsing import QUIET_AFTER
from cop.discussions.models import Discussion, DiscussionKind
from cop.discussions.permissions import (
    DISCUSSIONS,
    POSTS,
    DiscussionPermission,
    ListPermission,
    PostPermission,
)
from cop.discussions.routes_tending import Page, blueprint, form_page, to_post
from cop.discussions.tending_forms import MoveForm, OutcomeForm, SplitForm
from cop.discussions.tending_queries import Key
from cop.members.current import actor
from cop.platform import clock
from cop.platform.blank import is_blank
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside, put_stale
from cop.platform.i18n import gettext as _
from cop.platform.versions import Stale, version_of
from cop.spaces.circles import Circle, Visibility
from cop.spaces.words import VISIBILITY_LABELS, audience
from cop.textcheck.asking import AuthorAsked


def _url(discussion: Discussion) -> str:
    return f"/discussies/{discussion.id}"


# --- the answer


@blueprint.post("/berichten/<int:post_id>/is-het-antwoord")
@login_required
def mark_answer(post_id: int) -> Response:
    tending_closing.mark_answer(db.session(), actor(), post_id, clock.now())
    flash(_("Marked as the answer."), "success")
    return to_post(POSTS.get(db.session(), actor(), PostPermission.READ, post_id))


@blueprint.post("/discussies/<int:discussion_id>/geen-antwoord")
@login_required
def unmark_answer(discussion_id: int) -> Response:
    found = tending_closing.unmark_answer(db.session(), actor(), discussion_id, clock.now())
    flash(_("The question is open again."), "success")
    return redirect(_url(found))


# --- the opbrengst


@blueprint.route("/discussies/<int:discussion_id>/opbrengst", methods=["GET", "POST"])
@login_required
def outcome(discussion_id: int) -> Page:
    """Close a discussion with what it yielded, or write that down later."""
    session = db.session()
    found = DISCUSSIONS.get(session, actor(), DiscussionPermission.TEND, discussion_id)
    head = queries.discussion_head(session, actor(), discussion_id)
    kept = tending_closing.outcome_of(found)
    form, asked, changed = OutcomeForm(**kept, version=version_of(kept)), None, None
    if form.validate_on_submit():
        text = form.outcome.data or ""
        try:
            tending_closing.close(
                session,
                actor(),
                discussion_id,
                text,
                clock.now(),
                "anyway" in request.form,
                form.version.data or "",
            )
            said = _("Kept. It stands above the conversation.")
            flash(said if not is_blank(text) else _("The conversation is closed."), "success")
            return redirect(_url(found))
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            changed = put_stale(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page(
        "outcome",
        form,
        head=head,
        asked=asked,
        changed=changed,
        readers=audience(db.session.get_one(Circle, head.circle_id)),
    )


@blueprint.post("/discussies/<int:discussion_id>/heropenen")
@login_required
def reopen(discussion_id: int) -> Response:
    found = tending_closing.reopen(db.session(), actor(), discussion_id, clock.now())
    flash(_("The conversation is open again."), "success")
    return redirect(_url(found))


@blueprint.get("/opbrengsten")
@login_required
def lacking() -> str:
    """What still lacks its opbrengst on all lists that one takes part in."""
    return _lacking_page(None, "tending.lacking")


@blueprint.get("/gesprekken/<short_name>/opbrengsten")
@login_required
def lacking_on(short_name: str) -> str:
    on = queries.list_head(db.session(), actor(), short_name)
    if ListPermission.READ not in on.may:
        raise NotFound
    return _lacking_page(on, "tending.lacking_on", short_name=short_name)


def _lacking_page(on: queries.ListHead | None, endpoint: str, **values: Any) -> str:
    after = Key.read(request.args.get("na"))
    found, more = tending_queries.lacking(
        db.session(), actor(), clock.now(), on.id if on else None, after
    )
    return render_template(
        "discussions/tending/lacking.html",
        on=on,
        lines=found,
        more=url_for(endpoint, na=str(more), **values) if more else None,
        first=after is None,
        quiet_days=QUIET_AFTER.days,
    )


# --- pins and announcements


def _pin(discussion_id: int, pinned: bool) -> Response:
    found = tending_closing.pin(db.session(), actor(), discussion_id, pinned, clock.now())
    flash(_("It stays on top of its list.") if pinned else _("No longer on top."), "success")
    return redirect(_url(found))


@blueprint.post("/discussies/<int:discussion_id>/vastzetten")
@login_required
def pin(discussion_id: int) -> Response:
    return _pin(discussion_id, True)


@blueprint.post("/discussies/<int:discussion_id>/losmaken")
@login_required
def unpin(discussion_id: int) -> Response:
    return _pin(discussion_id, False)


def _announce(discussion_id: int, announced: bool) -> Response:
    found = tending_closing.announce(db.session(), actor(), discussion_id, announced, clock.now())
    flash(
        _("All members are told, and it stands on their first page for thirty days.")
        if announced
        else _("It is no announcement any more."),
        "success",
    )
    return redirect(_url(found))


@blueprint.post("/discussies/<int:discussion_id>/mededeling")
@login_required
def announce(discussion_id: int) -> Response:
    return _announce(discussion_id, True)


@blueprint.post("/discussies/<int:discussion_id>/geen-mededeling")
@login_required
def end_announcement(discussion_id: int) -> Response:
    return _announce(discussion_id, False)


# --- moving and splitting


@blueprint.route("/discussies/<int:discussion_id>/verplaatsen", methods=["GET", "POST"])
@login_required
def move(discussion_id: int) -> Page:
    session = db.session()
    found = DISCUSSIONS.get(session, actor(), DiscussionPermission.COORDINATE, discussion_id)
    head = queries.discussion_head(session, actor(), discussion_id)
    targets = tending_moving.offered(session, actor(), found)
    form = MoveForm()
    form.list_id.choices = [
        SelectChoice(
            t.id,
            f"{t.name}{f' – {t.space_name}' if t.space_name else ''}"
            f" ({VISIBILITY_LABELS[Visibility(t.visibility)]})",
        )
        for t in targets
    ]
    if form.validate_on_submit():
        try:
            tending_moving.move(session, actor(), discussion_id, form.list_id.data, clock.now())
            flash(_("Moved. Its author and those who follow it are told."), "success")
            return redirect(_url(found))
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("move", form, head=head, has_targets=bool(targets))


@blueprint.route("/berichten/<int:post_id>/splitsen", methods=["GET", "POST"])
@login_required
def split(post_id: int) -> Page:
    """From a post on: which of them become a conversation of their own."""
    session = db.session()
    post = POSTS.get(session, actor(), PostPermission.COORDINATE, post_id)
    if post.deleted_at is not None:
        raise NotFound
    head = queries.discussion_head(session, actor(), post.discussion_id)
    lines = tending_queries.from_post_on(session, actor(), post)
    asked = None
    form = SplitForm(kind=DiscussionKind.CONVERSATION.value)
    form.numbers.choices = [
        SelectChoice(line.number, f"{line.author.name}: {line.excerpt}") for line in lines
    ]
    if not form.is_submitted():
        form.numbers.data = [post.number] if post.number > 1 else []
    elif form.validate():
        try:
            made = tending_moving.split(
                session,
                actor(),
                post.discussion_id,
                numbers=form.numbers.data or [],
                title=form.title.data or "",
                kind=form.kind.data,
                anyway="anyway" in request.form,
                now=clock.now(),
            )
            flash(_("Split off. Those who wrote in it are told."), "success")
            return redirect(_url(made))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    back = queries.url_of_post(post.discussion_id, post.id, post.number)
    return form_page("split", form, head=head, post=post, back=back, asked=asked)
