"""Addresses for looking after a post: edit, history, remove, note, keep, report."""

from typing import Any, TypeAlias

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import login_required
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response

from cop.discussions import (
    queries,
    tending_bookmarks,
    tending_posts,
    tending_queries,
)
from cop.discussions.models import Discussion, Post
from cop.discussions.permissions import POSTS, PostPermission
from cop.discussions.tending_forms import EditForm, NoteForm, ReasonForm
from cop.discussions.tending_queries import Key
from cop.members.current import actor
from cop.members.models import Persona
from cop.moderation.sending import Reported, report_page
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import WRITING, limiter
from cop.spaces.circles import Circle
from cop.spaces.words import audience
from cop.textcheck.asking import AuthorAsked
from cop.textcheck.crisis import show_help_once

blueprint = Blueprint("tending", __name__)

Page: TypeAlias = str | Response | tuple[str, int]


def form_page(template: str, form: Any, **context: Any) -> Page:
    """A page with a form; shown again with status 422 when it was sent and refused."""
    page = render_template(f"discussions/tending/{template}.html", form=form, **context)
    return page, 422 if form.is_submitted() else 200


def to_post(post: Post) -> Response:
    return redirect(queries.url_of_post(post.discussion_id, post.id, post.number))


# --- editing


@blueprint.route("/berichten/<int:post_id>/bewerken", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def edit(post_id: int) -> Page:
    post = POSTS.get(db.session(), actor(), PostPermission.EDIT, post_id)
    head = queries.discussion_head(db.session(), actor(), post.discussion_id)
    form = EditForm()
    theirs, asked = None, None
    if not form.is_submitted():
        form.text.data, form.content_note.data = post.source, post.content_note
        form.title.data, form.version.data = head.title, post.version
        if post.number == 1:
            form.content_note.data = head.content_note or post.content_note
    elif form.validate():
        try:
            edited = tending_posts.edit(
                db.session(),
                actor(),
                post_id,
                text=form.text.data or "",
                title=form.title.data if post.number == 1 else None,
                content_note=form.content_note.data or "",
                version=form.version.data or 0,
                without_trace=form.without_trace.data,
                anyway="anyway" in request.form,
                now=clock.now(),
            )
            flash(_("Changed."), "success")
            show_help_once(form.text.data)
            return to_post(edited)
        except tending_posts.Stale as stale:
            theirs = stale.post
            form.version.raw_data = None
            form.version.data = theirs.version
            put_beside(form, stale)
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page(
        "edit",
        form,
        post=post,
        head=head,
        theirs=theirs,
        asked=asked,
        readers=audience(db.session.get_one(Circle, head.circle_id)),
        was_edited=post.edited_at is not None,
    )


@blueprint.get("/berichten/<int:post_id>/geschiedenis")
def history(post_id: int) -> str:
    shown = tending_queries.history(db.session(), actor(), post_id)
    return render_template(
        "discussions/tending/history.html",
        shown=shown,
        url=queries.url_of_post(shown.post.discussion_id, post_id, shown.post.number),
    )


# --- removing, and taking that back


@blueprint.route("/berichten/<int:post_id>/verwijderen", methods=["GET", "POST"])
@login_required
def remove(post_id: int) -> Page:
    """One's own at once, with a day to take it back; another's with a reason for its author."""
    session = db.session()
    held = POSTS.held(session, actor(), post_id)
    if PostPermission.DELETE in held:
        return _remove_own(post_id)
    post = POSTS.get(session, actor(), PostPermission.COORDINATE, post_id)
    if post.deleted_at is not None:
        raise NotFound
    form = ReasonForm()
    asked: AuthorAsked | None = None
    if form.validate_on_submit():
        try:
            tending_posts.remove_anothers(
                session,
                actor(),
                post_id,
                form.reason.data or "",
                clock.now(),
                anyway="anyway" in request.form,
            )
            flash(_("Removed. Its author is told why."), "success")
            return _after_removal(post)
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    name = session.scalar(select(Persona.name).where(Persona.id == post.author_id))
    return form_page("remove_anothers", form, post=post, name=name, back=_url(post), asked=asked)


def _remove_own(post_id: int) -> Page:
    session = db.session()
    post = POSTS.get(session, actor(), PostPermission.DELETE, post_id)
    discussion = session.get_one(Discussion, post.discussion_id)
    if request.method == "POST":
        tending_posts.remove(session, actor(), post_id, clock.now())
        back = Markup('<a href="{}">{}</a>').format(
            url_for("tending.put_back", post_id=post_id), _("Put it back")
        )
        flash(Markup("{} {}").format(_("Your message is removed."), back), "success")
        return _after_removal(post)
    return render_template(
        "discussions/tending/remove.html",
        post=post,
        alone=discussion.post_count == 1,
        opening=post.number == 1,
        back=_url(post),
    )


def _after_removal(post: Post) -> Response:
    """To the discussion, or to its list when nothing is left of it."""
    discussion = db.session.get_one(Discussion, post.discussion_id)
    if discussion.deleted_at is None:
        return redirect(_url(post))
    return redirect(f"/gesprekken/{discussion.on_list.short_name}")


def _url(post: Post) -> str:
    return queries.url_of_post(post.discussion_id, post.id, post.number)


@blueprint.route("/berichten/<int:post_id>/terugzetten", methods=["GET", "POST"])
@login_required
def put_back(post_id: int) -> Page:
    now = clock.now()
    post = tending_posts.removed_own(db.session(), actor(), post_id, now)
    if request.method == "POST":
        tending_posts.put_back(db.session(), actor(), post_id, now)
        flash(_("Your message is back."), "success")
        return to_post(post)
    assert post.deleted_at is not None
    return render_template(
        "discussions/tending/put_back.html",
        post=post,
        until=post.deleted_at + tending_posts.UNDO_FOR,
    )


@blueprint.get("/berichten/<int:post_id>/weggehaald")
@login_required
def removal(post_id: int) -> str:
    """For the author: who removed it, and why."""
    found, by, post = tending_queries.removal(db.session(), actor(), post_id)
    try:
        queries.place_of_post(db.session(), actor(), post_id)
        place = _url(post)
    except NotFound:
        place = None
    return render_template(
        "discussions/tending/removal.html", removal=found, by=by, post=post, place=place
    )


# --- a note on content


@blueprint.route("/berichten/<int:post_id>/waarschuwing", methods=["GET", "POST"])
@login_required
def note(post_id: int) -> Page:
    post = tending_posts.to_note(db.session(), actor(), post_id)
    form, asked = NoteForm(content_note=post.content_note), None
    if form.validate_on_submit():
        try:
            tending_posts.set_note(
                db.session(),
                actor(),
                post_id,
                form.content_note.data or "",
                clock.now(),
                anyway="anyway" in request.form,
            )
            flash(_("Kept."), "success")
            return to_post(post)
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("note", form, post=post, back=_url(post), asked=asked)


# --- keeping


@blueprint.post("/berichten/<int:post_id>/bewaren")
@login_required
def keep(post_id: int) -> Response:
    """Keep or let go; nobody else sees it."""
    kept = tending_bookmarks.toggle(db.session(), actor(), post_id, clock.now())
    flash(_("Saved for you alone.") if kept else _("No longer saved."), "success")
    if request.args.get("terug") == "bewaard":
        return redirect(url_for("tending.kept"))
    discussion_id, number = queries.place_of_post(db.session(), actor(), post_id)
    return redirect(queries.url_of_post(discussion_id, post_id, number))


@blueprint.get("/ik/bewaard")
@login_required
def kept() -> str:
    found, more = tending_queries.bookmarks(
        db.session(), actor(), Key.read(request.args.get("voor"))
    )
    return render_template(
        "discussions/tending/kept.html",
        kept=found,
        more=url_for("tending.kept", voor=str(more)) if more else None,
        first=not request.args.get("voor"),
    )


# --- reporting


@blueprint.route("/berichten/<int:post_id>/melden", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def report(post_id: int) -> Page:
    session = db.session()
    post = POSTS.get(session, actor(), PostPermission.REPORT, post_id)
    if post.hidden_at is not None:
        raise NotFound
    return report_page(
        Reported(
            f"post:{post.id}",
            session.scalar(select(Persona.member_id).where(Persona.id == post.author_id)),
            post.source,
            _url(post),
            post.version,
            tending_queries.earlier_words(session, post.id) if request.method == "POST" else (),
            tending_queries.files_of(session, post.id),
        )
    )
