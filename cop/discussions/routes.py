"""Addresses for reading: the lists, a list, a discussion, a post, a file."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.discussions import attending, beside, browsing, pages, queries
from cop.discussions.answering import answer_form, note_seen, read_page
from cop.discussions.models import DiscussionKind
from cop.discussions.permissions import DiscussionPermission, ListPermission
from cop.discussions.words import KIND_LABELS
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.numbers import LARGEST_ID
from cop.platform.web import whole
from cop.spaces import origins
from cop.spaces.circles import Visibility
from cop.spaces.words import VISIBILITY_LABELS

blueprint = Blueprint("discussions", __name__)

NEW_AT_ONCE = queries.PAGE


@blueprint.get("/gesprekken")
def index() -> str:
    now = clock.now()
    return render_template(
        "discussions/index.html",
        groups=browsing.lists_by_place(db.session(), actor(), now),
        recent=browsing.recent(db.session(), actor(), now),
    )


@blueprint.post("/gesprekken/gelezen")
@login_required
def all_read() -> Response:
    attending.mark_all_read(db.session(), actor(), now=clock.now())
    return redirect("/gesprekken")


@blueprint.get("/gesprekken/<short_name>")
def list_page(short_name: str) -> str:
    session, now = db.session(), clock.now()
    on = queries.list_head(session, actor(), short_name)
    filters = _filters()
    rows = None
    if ListPermission.READ in on.may:
        rows = browsing.discussions(
            session,
            actor(),
            on,
            filters,
            now,
            older=request.args.get("ouder", ""),
            newer=request.args.get("nieuwer", ""),
        )
    return render_template(
        "discussions/list.html",
        on=on,
        page=rows,
        filters=filters,
        kinds=[(kind.value, label) for kind, label in KIND_LABELS.items()],
        themes=browsing.used_themes(session),
        visibility=VISIBILITY_LABELS[Visibility(on.visibility)],
        may_start=ListPermission.START in on.may,
        may_join=ListPermission.JOIN in on.may,
        may_ask=ListPermission.REQUEST in on.may,
        may_coordinate=ListPermission.COORDINATE in on.may,
        beside=beside.links(session, actor(), on.id) if ListPermission.COORDINATE in on.may else [],
        asked=_asked(filters),
    )


def _filters() -> browsing.Filters:
    kind = request.args.get("soort", "")
    return browsing.Filters(
        kind=kind if kind in list(DiscussionKind) else "",
        theme=request.args.get("thema", "")[:60],
        lacking=request.args.get("zonder") == "opbrengst",
    )


def _asked(filters: browsing.Filters) -> dict[str, str]:
    """The filters as they stand in an address."""
    asked = {
        "soort": filters.kind,
        "thema": filters.theme,
        "zonder": "opbrengst" if filters.lacking else "",
    }
    return {name: value for name, value in asked.items() if value}


@blueprint.post("/gesprekken/<short_name>/gelezen")
@login_required
def list_read(short_name: str) -> Response:
    on = queries.list_head(db.session(), actor(), short_name)
    attending.mark_all_read(db.session(), actor(), now=clock.now(), list_id=on.id)
    return redirect(on.url)


@blueprint.get("/discussies/<int:discussion_id>")
def discussion(discussion_id: int) -> str:
    page = read_page(discussion_id, whole("vanaf") or 1)
    return render_template(
        "discussions/discussion.html",
        page=page,
        form=answer_form(page) if page.may_answer else None,
        made=origins.around(
            db.session(),
            actor(),
            "discussion",
            discussion_id,
            linked=page.head.linked,
            ready=page.head.outcome_at is not None and bool(page.head.outcome_html),
        ),
    )


@blueprint.get("/discussies/<int:discussion_id>/nieuw")
def news(discussion_id: int) -> dict[str, Any]:
    """What a page that is open adds: the posts after a number (`na`), up to another (`tot`).

    JSON: `last`, the highest number there is, and `html` of the posts.
    """
    session, now = db.session(), clock.now()
    head = queries.discussion_head(session, actor(), discussion_id)
    after = max(0, whole("na") or 0)
    upto = min(whole("tot") or LARGEST_ID, after + NEW_AT_ONCE)
    posts = pages.posts_between(session, actor(), head, after + 1, upto, now)
    if request.args.get("gelezen"):
        note_seen(head, min(after + NEW_AT_ONCE, head.last_number), [post.id for post in posts])
    html = render_template(
        "discussions/_posts.html",
        posts=posts,
        may_answer=DiscussionPermission.ANSWER in head.may,
        may_tend=DiscussionPermission.TEND in head.may,
        may_coordinate=DiscussionPermission.COORDINATE in head.may,
        is_question=pages.is_question(head.kind),
    )
    return {"last": head.last_number, "html": html}


@blueprint.get("/berichten/<int:post_id>")
def post(post_id: int) -> Response:
    """The permanent link of a post: to its page, wherever it stands now."""
    discussion_id, number = queries.place_of_post(db.session(), actor(), post_id)
    return redirect(queries.url_of_post(discussion_id, post_id, number))
