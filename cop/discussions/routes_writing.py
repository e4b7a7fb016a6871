"""Addresses for writing: starting, answering, previews, drafts, reactions, following."""

import re
from contextlib import suppress
from typing import Any, BinaryIO, cast
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request
from flask_login import login_required
from sqlalchemy import literal, select
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from cop.discussions import attending, drafts, operations, pages, queries
from cop.discussions.answering import kept_files, new_client_id
from cop.discussions.forms import AnswerForm, StartForm
from cop.discussions.models import Attention, DiscussionKind, place_of_discussion
from cop.discussions.operations import MOST_TITLE
from cop.discussions.permissions import DiscussionPermission, ListPermission
from cop.discussions.queries import ListHead
from cop.discussions.routes import blueprint
from cop.discussions.words import KIND_HELP, REACTION_WAYS
from cop.members.current import actor
from cop.members.models import Theme
from cop.members.queries import theme_name
from cop.platform import clock, storage
from cop.platform.blank import trimmed
from cop.platform.db import db, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.markup import MAX_LENGTH, MENTION
from cop.platform.numbers import whole_number
from cop.platform.ratelimit import WRITING, limiter
from cop.platform.storage import StoredFile
from cop.platform.web import sent_json
from cop.spaces import mentions
from cop.spaces.permissions import SPACES, SpacePermission
from cop.textcheck import crisis
from cop.textcheck.asking import AuthorAsked
from cop.textcheck.crisis import show_help_once

Shown = str | Response | tuple[str, int]

_SPACE = re.compile(r"space:(?P<space>[1-9]\d{0,8})", re.ASCII)

writing = limiter.limit(WRITING, methods=["POST"])


# --- starting a discussion


@blueprint.route("/gesprekken/<short_name>/nieuw", methods=["GET", "POST"])
@login_required
@writing
def start(short_name: str) -> Shown:
    session = db.session()
    on = queries.list_head(session, actor(), short_name)
    if ListPermission.START not in on.may:
        raise NotFound
    place = drafts.place_of_list(on.id)
    if request.method == "GET":
        return _start_page(on, _fresh_start(place))
    form = StartForm()
    form.themes.choices = _theme_choices()
    came, refusals = _take_files(place)
    kept = drafts.content(session, actor(), place)
    form.kept_files = _wanted(kept_files(kept), came)
    if "preview" in request.form:
        form.kind.data = form.kind.data or DiscussionKind.QUESTION.value
        form.client_id.data = form.client_id.data or new_client_id()
        return _start_page(on, form, preview=_rendered(form.text.data, on.circle_id))
    if form.validate() and not refusals:
        try:
            made = operations.start(
                session,
                actor(),
                list_id=on.id,
                kind=form.kind.data,
                title=form.title.data,
                text=form.text.data,
                theme_ids=form.themes.data or (),
                content_note=form.content_note.data or "",
                files=form.kept_files,
                client_id=form.client_id.data,
                anyway="anyway" in request.form,
                now=clock.now(),
            )
            drafts.drop(session, actor(), place)
            show_help_once(f"{made.title}\n{form.text.data}")
            return redirect(f"/discussies/{made.id}")
        except AuthorAsked as asked:
            _keep_draft(place)
            return _start_page(on, form, asked=asked), 422
        except Refused as refused:
            _tell(form, refused)
    if refusals:
        form.attachments.errors = refusals
    _keep_draft(place)
    return _start_page(on, form), 422


@blueprint.route("/stel-een-vraag", methods=["GET", "POST"])
@login_required
def ask() -> Response:
    """To the form of a new question on a list of the whole community.

    With its title in the address (`titel`), or sent along with the other fields of that form.
    """
    on = queries.open_list(db.session(), actor())
    if on is None:
        return redirect("/gesprekken")
    url = f"/gesprekken/{on}/nieuw"
    if request.method == "POST":
        return redirect(url, 307)
    title = request.args.get("titel", "")[:MOST_TITLE]
    return redirect(f"{url}?{urlencode({'soort': DiscussionKind.QUESTION, 'titel': title})}")


def _fresh_start(place: str) -> StartForm:
    kept = drafts.content(db.session(), actor(), place)
    if not any(kept.values()):  # a draft is never written over
        kind, title = request.args.get("soort", ""), request.args.get("titel", "")[:MOST_TITLE]
        kept = {"kind": kind if kind in set(DiscussionKind) else "", "title": title}
    form = StartForm(
        formdata=None,
        kind=kept.get("kind") or DiscussionKind.CONVERSATION.value,
        title=kept.get("title", ""),
        text=kept.get("text", "") or _addressed_to(request.args.get("noem", "")),
        content_note=kept.get("content_note", ""),
        themes=[n for id in kept.get("themes", []) if (n := whole_number(str(id))) is not None],
        client_id=new_client_id(),
    )
    form.themes.choices = _theme_choices()
    form.kept_files = kept_files(kept)
    return form


def _addressed_to(handle: str) -> str:
    """The beginning of a text that mentions somebody, such as whom a space names as its contact."""
    return f"@{handle} " if MENTION.fullmatch(f"@{handle}") else ""


def _theme_choices() -> list[SelectChoice]:
    rows = db.session.execute(
        select(Theme.id, theme_name())
        .where(Theme.retired_at.is_(None))
        .order_by(Theme.position, Theme.id)
    )
    return [SelectChoice(row[0], row[1]) for row in rows]


def _start_page(on: ListHead, form: StartForm, **more: Any) -> str:
    name, is_pseudonym = queries.name_here(db.session(), actor(), on.circle_id)
    return render_template(
        "discussions/start.html",
        on=on,
        form=form,
        readers=on.readers,
        as_name=name if is_pseudonym else "",
        kind_help={kind.value: words for kind, words in KIND_HELP.items()},
        draft=drafts.place_of_list(on.id),
        **more,
    )


# --- answering


@blueprint.route("/discussies/<int:discussion_id>/antwoord", methods=["GET", "POST"])
@login_required
@writing
def answer(discussion_id: int) -> Shown:
    session = db.session()
    head = queries.discussion_head(session, actor(), discussion_id)
    if request.method == "GET":  # a page that showed a refused form, loaded again
        return redirect(f"{pages.page_url(head.id, queries.page_of(head.last_number))}#antwoord")
    if DiscussionPermission.ANSWER not in head.may:
        return _too_late(head)
    place = place_of_discussion(discussion_id)
    form = AnswerForm()
    came, refusals = _take_files(place)
    form.kept_files = _wanted(kept_files(drafts.content(session, actor(), place)), came)
    form.reply_name = ""
    if "preview" in request.form:
        return _answer_page(head, form, preview=_rendered(form.text.data, head.circle_id))
    if form.validate() and not refusals:
        try:
            post = operations.answer(
                session,
                actor(),
                discussion_id=discussion_id,
                text=form.text.data or "",
                content_note=form.content_note.data or "",
                files=form.kept_files,
                in_reply_to_id=form.reply_id,
                client_id=form.client_id.data,
                anyway="anyway" in request.form,
                now=clock.now(),
            )
            drafts.drop(session, actor(), place)
            show_help_once(form.text.data)
            return redirect(queries.url_of_post(discussion_id, post.id, post.number))
        except AuthorAsked as asked:
            _keep_draft(place)
            return _answer_page(head, form, asked=asked), 422
        except operations.ParentGone as gone:
            form.in_reply_to.data = ""  # what is sent next is an answer to the conversation
            form.in_reply_to.raw_data = None
            _tell(form, gone)
        except Refused as refused:
            _tell(form, refused)
    if refusals:
        form.attachments.errors = refusals
    _keep_draft(place)
    return _answer_page(head, form), 422


def _answer_page(head: queries.DiscussionHead, form: AnswerForm, **more: Any) -> str:
    page = pages.discussion_page(db.session(), actor(), head.id, head.last_number, clock.now())
    return render_template("discussions/discussion.html", page=page, form=form, **more)


def _too_late(head: queries.DiscussionHead) -> Shown:
    """Somebody may read but not answer: it was closed while they wrote. Their text is not lost."""
    page = pages.discussion_page(db.session(), actor(), head.id, head.last_number, clock.now())
    text = request.form.get("text", "")[:MAX_LENGTH]
    return render_template("discussions/discussion.html", page=page, form=None, unsent=text), 422


# --- what both share


def _take_files(place: str) -> tuple[set[str], list[str]]:
    """Store what came with the form, each in the draft of the place: their keys, and refusals.

    Pictures take time to be written anew, so the form's own transaction is given up before, and
    each file is cleaned before the next begins: on SQLite a transaction holds the one place at
    which to write.
    """
    incoming = [file for file in request.files.getlist("attachments") if file.filename]
    came: set[str] = set()
    refusals = []
    who = actor()
    if incoming:
        db.session.rollback()
    for file in incoming:
        try:
            cleaned = storage.clean(cast(BinaryIO, file.stream), file.filename or "")
            with unit_of_work() as own:
                came.add(drafts.add_file(own, who, place, cleaned, clock.now()))
        except Refused as refused:
            refusals.append(refused.message)
    return came, refusals


def _keep_draft(place: str) -> None:
    """What was refused is kept as the draft it may not be yet: the page with it can be lost.

    Nothing else of the request is kept, so its transaction is given up first.
    """
    fields = {name: request.form.get(name, "") for name in drafts.FIELDS}
    if not (trimmed(fields["text"]) or trimmed(fields["title"])):
        return
    who = actor()
    db.session.rollback()
    with suppress(Refused), unit_of_work() as own:  # too long for a draft: the page still has it
        wanted = fields | {"themes": request.form.getlist("themes")}
        drafts.save(own, who, place, wanted, clock.now())


def _wanted(files: list[StoredFile], came: set[str]) -> list[StoredFile]:
    """Of the files in the draft those that came with this form or are ticked in it.

    Others may lie there, from another window or from a sending that broke off half-way: what the
    writer does not see goes with nothing.
    """
    wanted = came | set(request.form.getlist("kept_file"))
    return [file for file in files if file.key in wanted]


def _rendered(text: str | None, circle_id: int) -> dict[str, Any]:
    """A preview: the text as others will see it, and help if its words point to a crisis."""
    text = (text or "")[:MAX_LENGTH]
    return {
        "html": mentions.render(db.session(), text, literal(circle_id)),
        "help": crisis.points_to_crisis(text),
    }


def _tell(form: Any, refused: Refused) -> None:
    name = refused.field or ""
    field = form[name] if name in form else form.text  # noqa: SIM401  # a form has no get
    field.errors = [*field.errors, refused.message]


# --- previews, drafts, mentions: for the scripts of the text box


@blueprint.post("/voorbeeld")
@login_required
@limiter.limit("120 per minute")
def preview() -> str:
    """A text as others will see it; `plek` says where, so that mentions are shown as such."""
    circle_id = _circle_of(request.args.get("plek", ""))
    if circle_id is None:
        shown = {"html": mentions.plain(request.form.get("text", "")[:MAX_LENGTH]), "help": False}
    else:
        shown = _rendered(request.form.get("text"), circle_id)
    return render_template("discussions/_preview.html", preview=shown)


def _circle_of(place: str) -> int | None:
    """The circle of the place of a draft or of a space ('space:12'), whose logbook is written."""
    if not place:
        return None
    of_space = _SPACE.fullmatch(place)
    if of_space is None:
        return drafts.circle_of(db.session(), actor(), place)
    space = SPACES.get(
        db.session(), actor(), SpacePermission.ADD_TO_LOGBOOK, int(of_space["space"])
    )
    return space.circle_id


@blueprint.post("/concepten/<place>")
@login_required
@limiter.limit("120 per minute")
def save_draft(place: str) -> dict[str, Any]:
    """JSON of the form's fields in, `{"saved": …, "help": …}` out; an empty form removes the draft.

    `help` says that the words point to a crisis: the page then shows where help is.
    """
    drafts.circle_of(db.session(), actor(), place)
    fields = sent_json()
    words = "\n".join(str(fields.get(name) or "") for name in ("title", "text"))
    return {
        "saved": drafts.save(db.session(), actor(), place, fields, clock.now()),
        "help": crisis.points_to_crisis(words),
    }


@blueprint.get("/noemen/<place>")
@login_required
def mentionable(place: str) -> dict[str, Any]:
    """Who can be mentioned there and begins with `q`: names and handles, nothing else."""
    circle_id = _circle_of(place)
    found = mentions.suggest(db.session(), literal(circle_id), request.args.get("q", "")[:60])
    return {"people": [{"handle": handle, "name": name} for handle, name in found]}


# --- reactions, following


def _reaction(post_id: int, way: str) -> Shown | dict[str, Any]:
    kind = REACTION_WAYS[way]
    post, given = operations.react(db.session(), actor(), post_id=post_id, kind=kind)
    if request.headers.get("Accept") == "application/json":
        return {"given": given, "count": getattr(post, kind)}
    return redirect(queries.url_of_post(post.discussion_id, post.id, post.number))


@blueprint.post("/berichten/<int:post_id>/dank")
@login_required
def thank(post_id: int) -> Shown | dict[str, Any]:
    return _reaction(post_id, "dank")


@blueprint.post("/berichten/<int:post_id>/herkenbaar")
@login_required
def recognise(post_id: int) -> Shown | dict[str, Any]:
    return _reaction(post_id, "herkenbaar")


@blueprint.post("/berichten/<int:post_id>/geleerd")
@login_required
def learn(post_id: int) -> Shown | dict[str, Any]:
    return _reaction(post_id, "geleerd")


def _attend(discussion_id: int, attention: Attention | None, said: str) -> Response:
    attending.set_attention(db.session(), actor(), discussion_id=discussion_id, attention=attention)
    flash(said, "success")
    return redirect(f"/discussies/{discussion_id}")


@blueprint.post("/discussies/<int:discussion_id>/volgen")
@login_required
def follow(discussion_id: int) -> Response:
    return _attend(discussion_id, Attention.FOLLOW, _("You will hear of new answers here."))


@blueprint.post("/discussies/<int:discussion_id>/niet-volgen")
@login_required
def unfollow(discussion_id: int) -> Response:
    return _attend(discussion_id, None, _("You no longer follow this conversation."))


@blueprint.post("/discussies/<int:discussion_id>/dempen")
@login_required
def mute(discussion_id: int) -> Response:
    return _attend(
        discussion_id, Attention.MUTE, _("You will hear nothing more of this conversation.")
    )


@blueprint.post("/discussies/<int:discussion_id>/niet-dempen")
@login_required
def unmute(discussion_id: int) -> Response:
    return _attend(discussion_id, None, _("This conversation is no longer muted."))
