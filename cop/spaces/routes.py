"""Addresses of spaces: the index, a space, starting, changing and archiving one."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from cop.members.current import actor
from cop.members.queries import organisations
from cop.members.regions import REGIONS
from cop.notifications.seeing import note_seen
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import format_date, language
from cop.platform.i18n import gettext as _
from cop.platform.numbers import whole_number
from cop.platform.ratelimit import WRITING, limiter
from cop.spaces import operations, participation, queries
from cop.spaces.circles import Visibility
from cop.spaces.forms import EditForm, StartForm
from cop.spaces.models import Space, SpaceKind, Stage
from cop.spaces.operations import Details, Stale
from cop.spaces.permissions import SpacePermission
from cop.spaces.queries import Filters
from cop.spaces.words import (
    KIND_HELP,
    KIND_LABELS,
    STAGE_LABELS,
    VISIBILITY_HELP,
    VISIBILITY_LABELS,
)
from cop.textcheck.asking import AuthorAsked

TOLD_OF = ("circles.admitted", "circles.stays", "circles.visibility", "circles.widens")

blueprint = Blueprint("spaces", __name__, url_prefix="/proeftuinen")

Page = str | Response | tuple[str, int]

WORDS = {
    "kinds": KIND_LABELS,
    "kind_help": KIND_HELP,
    "stage_labels": STAGE_LABELS,
    "visibilities": VISIBILITY_LABELS,
    "visibility_help": VISIBILITY_HELP,
}


@blueprint.get("")
def index() -> str:
    session = db.session()
    filters = _filters()
    rows, more = queries.index(session, actor(), filters, _after())
    return render_template(
        "spaces/index.html",
        rows=rows,
        filters=filters,
        narrowed=filters != Filters(),
        first_url=_url_without_place() if _after() else None,
        more_url=_next_url(f"{more[0]}~{more[1]}") if more else None,
        themes=queries.themes(session),
        organisations=organisations(session),
        regions=REGIONS,
        stages=list(Stage),
        **WORDS,
    )


def _filters() -> Filters:
    """What the address narrows the index to; values that mean nothing are left out."""
    args = request.args
    kind, stage, region = args.get("soort", ""), args.get("fase", ""), args.get("regio", "")
    return Filters(
        kind=kind if kind in list(SpaceKind) else "",
        stage=stage if stage in list(Stage) else "",
        region=region if region in REGIONS else "",
        theme=args.get("thema", "")[:80],
        organisation=args.get("instelling", "")[:80],
        text=args.get("zoek", "").strip()[:100],
        mine=args.get("van") == "mij" and actor().is_member,
        archived=args.get("archief") == "ja",
    )


def _after() -> tuple[str, int] | None:
    """Where the page begins: the name and number of the last one on the page before."""
    key, _, id_text = request.args.get("na", "").rpartition("~")
    id = whole_number(id_text)
    return (key, id) if id is not None else None


def _url_without_place() -> str:
    kept = {k: v for k, v in request.args.items() if k != "na" and v}
    return f"{request.path}?{urlencode(kept)}"


def _next_url(place: str) -> str:
    kept = {k: v for k, v in request.args.items() if k != "na" and v}
    return f"{request.path}?{urlencode(kept | {'na': place})}"


@blueprint.route("/nieuw", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def start() -> Page:
    session = db.session()
    form = StartForm()
    form.themes.choices = choices((t.id, t.name) for t in queries.themes(session))
    asked = None
    if form.validate_on_submit():
        try:
            space = operations.start(
                session,
                actor(),
                form.details(),
                Visibility(form.visibility.data),
                clock.now(),
                allows_pseudonyms=form.allows_pseudonyms.data,
                pseudonym=form.chosen,
                anyway=bool(request.form.get("anyway")),
            )
            flash(_("“%(name)s” is there. Now tell more about it.", name=space.name), "success")
            return redirect(url_for("spaces.edit", slug=space.slug))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    page = render_template(
        "spaces/start.html", form=form, asked=asked, own_name=current_user.name, **WORDS
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/<slug>")
def show(slug: str) -> str:
    page = queries.page(db.session(), actor(), slug)
    note_seen(TOLD_OF, page.space.circle_id)
    return render_template(
        "spaces/space.html", page=page, space=page.space, mine=page.mine, **WORDS
    )


@blueprint.route("/<slug>/bewerken", methods=["GET", "POST"])
@login_required
def edit(slug: str) -> Page:
    session = db.session()
    space, _may = queries.by_slug(session, actor(), slug, SpacePermission.EDIT)
    mine = participation.of(session, actor(), space.circle_id)
    form = EditForm()
    _offer_choices(form, space)
    asked, changed = None, []
    if not form.is_submitted():
        form.fill(operations.details_of(space))
        form.version.data = space.version
    elif form.validate():
        try:
            operations.edit(
                session,
                actor(),
                space.id,
                form.details(),
                form.version.data or 0,
                clock.now(),
                anyway=bool(request.form.get("anyway")),
            )
            flash(_("The page is changed."), "success")
            return redirect(url_for("spaces.show", slug=slug))
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            changed = _differences(form, stale.current)
            form.version.raw_data = None
            form.version.data = stale.version
            put_beside(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    page = render_template(
        "spaces/edit.html",
        form=form,
        space=space,
        mine=mine,
        asked=asked,
        changed=changed,
        **WORDS,
    )
    return page, 422 if form.is_submitted() else 200


def _offer_choices(form: EditForm, space: Space) -> None:
    """What can be chosen; what the space has already stays choosable though it was retired."""
    session = db.session()
    themes = {t.id: t.name for t in queries.themes(session)}
    places = {o[0]: o[2] for o in organisations(session)}
    name = "name_en" if language() == "en" else "name_nl"
    form.themes.choices = choices(({t.id: getattr(t, name) for t in space.themes} | themes).items())
    form.organisations.choices = choices(
        ({o.id: o.name for o in space.organisations} | places).items()
    )
    form.contact.choices = choices(
        [
            ("", _("Any of the coordinators")),
            *(
                (card.handle, card.name)
                for _id, card, _tags in participation.coordinators(
                    session, actor(), space.circle_id
                )
            ),
        ]
    )


def _differences(form: EditForm, current: Details) -> list[tuple[str, str]]:
    """(field, what it says now) of every field in which somebody else's text differs."""
    typed = form.details()
    found = []
    for field in (*operations.LONGEST, "region", "funded_until", "ends_on", "kind", "stage"):
        theirs = getattr(current, field)
        if (theirs or "") != (getattr(typed, field) or ""):
            label = str(form[field].label.text)
            if field in ("kind", "stage"):
                words: Any = KIND_LABELS if field == "kind" else STAGE_LABELS
                theirs = words.get(theirs, "")
            elif field in ("funded_until", "ends_on") and theirs:
                theirs = format_date(theirs)
            found.append((label, str(theirs or "–")))
    for field, ids, chosen in (
        ("themes", current.theme_ids, typed.theme_ids),
        ("organisations", current.organisation_ids, typed.organisation_ids),
    ):
        if set(ids) != set(chosen):
            names = [str(c.label) for c in form[field].choices if c.value in set(ids)]
            found.append((str(form[field].label.text), ", ".join(names) or "–"))
    return found


@blueprint.route("/<slug>/archiveren", methods=["GET", "POST"])
@login_required
def archive(slug: str) -> Page:
    session = db.session()
    space, _may = queries.by_slug(session, actor(), slug, SpacePermission.ARCHIVE)
    if request.method == "POST":
        operations.archive(session, actor(), space.id, clock.now())
        flash(_("“%(name)s” is archived.", name=space.name), "success")
        return redirect(url_for("spaces.show", slug=slug))
    return render_template("spaces/archive.html", space=space)


@blueprint.post("/<slug>/heropenen")
@login_required
def reopen(slug: str) -> Response:
    session = db.session()
    space, _may = queries.by_slug(session, actor(), slug, SpacePermission.REOPEN)
    operations.reopen(session, actor(), space.id, clock.now())
    flash(_("“%(name)s” runs again.", name=space.name), "success")
    return redirect(url_for("spaces.show", slug=slug))


@blueprint.get("/<slug>/leden")
@login_required
def members(slug: str) -> str:
    session = db.session()
    space, _may = queries.by_slug(session, actor(), slug, SpacePermission.SEE_MEMBERS)
    mine = participation.of(session, actor(), space.circle_id)
    found = participation.members_page(
        session, actor(), mine, participation.read_place(request.args.get("na"))
    )
    return render_template(
        "spaces/members.html",
        space=space,
        mine=mine,
        members=found,
        more_url=_next_url(participation.written_place(found.more)) if found.more else None,
    )
