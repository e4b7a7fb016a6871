"""Addresses of groups: the list, one of them, starting and changing it, its rules and people."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from cop.groups import date_queries, facilitating, facilitator_queries, operations, queries
from cop.groups.forms import AgreeForm, EditForm, ReadyForm, StartForm
from cop.groups.models import Group, GroupKind
from cop.groups.permissions import GROUPS, GroupPermission
from cop.groups.queries import GroupPage, Place
from cop.groups.words import KIND_HELP, KIND_LABELS
from cop.members.current import actor
from cop.members.queries import organisations
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.numbers import whole_number
from cop.platform.ratelimit import WRITING, limiter
from cop.spaces import participation
from cop.spaces.circles import Visibility
from cop.spaces.operations import Stale
from cop.spaces.words import READERS, VISIBILITY_HELP
from cop.textcheck.asking import AuthorAsked

blueprint = Blueprint("groups", __name__, url_prefix="/groepen")

Page = str | Response | tuple[str, int]

TABS = ("", "mijn", "gezocht", "archief")


@blueprint.get("")
@login_required
def index() -> str:
    """Groups that one can find: all, mine, those that look for a facilitator, those that ended."""
    which, kind = request.args.get("welke", ""), request.args.get("soort", "")
    which = which if which in TABS else ""
    kind = kind if kind in list(GroupKind) else ""
    rows, more = queries.index(
        db.session(), actor(), clock.now(), which=which, kind=kind, after=_place()
    )
    narrowed = {"welke": which, "soort": kind}
    kept: dict[str, Any] = {name: value for name, value in narrowed.items() if value}
    return render_template(
        "groups/index.html",
        rows=rows,
        which=which,
        kind=kind,
        kinds=KIND_LABELS,
        first_url=url_for("groups.index", **kept) if _place() else None,
        more_url=url_for("groups.index", na=f"{more[0]}~{more[1]}", **kept) if more else None,
    )


def _place() -> Place | None:
    key, _mark, number = request.args.get("na", "")[:212].rpartition("~")
    id = whole_number(number)
    return (key, id) if id is not None else None


@blueprint.route("/nieuw", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def start() -> Page:
    session = db.session()
    form, asked = StartForm(), None
    form.begin(_organisations())
    if form.validate_on_submit():
        try:
            made = operations.start(
                session,
                actor(),
                form.details(form.kind.data),
                form.visibility.data,
                clock.now(),
                facilitates=form.facilitates.data,
                allows_pseudonyms=form.allows_pseudonyms.data,
                pseudonym=form.chosen,
                anyway=anyway(),
            )
            flash(_("The group is there. Now plan its dates, and ask people in."), "success")
            return redirect(url_for("groups.show", group_id=made.id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    page = render_template(
        "groups/start.html",
        form=form,
        asked=asked,
        kind_help=KIND_HELP,
        visibility_help=VISIBILITY_HELP,
        own_name=current_user.name,
        readers=_("Who can find the group reads this. What you agree on is for who is in it."),
    )
    return page, 422 if form.is_submitted() else 200


def _organisations() -> list[tuple[int, str]]:
    across = [(0, _("Several organisations: everybody is welcome"))]
    return across + [(id, name) for id, _slug, name in organisations(db.session())]


def anyway() -> bool:
    return bool(request.form.get("anyway"))


@blueprint.get("/<int:group_id>")
@login_required
def show(group_id: int) -> str:
    session, now = db.session(), clock.now()
    page = queries.one(session, actor(), group_id)
    inside = page.holds("read")
    return render_template(
        "groups/group.html",
        page=page,
        group=page.group,
        mine=_mine(page),
        dates=date_queries.dates(session, actor(), group_id, now) if inside else [],
        past=date_queries.dates(session, actor(), group_id, now, past=True) if inside else [],
        polls=date_queries.open_polls(session, actor(), page.group, now) if inside else [],
        visibility=page.group.circle.visibility,
    )


def _mine(page: GroupPage) -> participation.Participation | None:
    """How the actor stands to the circle; None for who was only asked to facilitate."""
    try:
        return participation.of(db.session(), actor(), page.group.circle_id)
    except NotFound:
        return None


@blueprint.route("/<int:group_id>/wijzigen", methods=["GET", "POST"])
@login_required
def edit(group_id: int) -> Page:
    group = managed(group_id)
    form, asked, current = EditForm(), None, None
    form.begin(group, _organisations())
    if form.validate_on_submit():
        try:
            operations.edit(
                db.session(),
                actor(),
                group_id,
                form.details(group.kind),
                form.version.data or 0,
                clock.now(),
                anyway=anyway(),
            )
            flash(_("It is changed."), "success")
            return redirect(url_for("groups.show", group_id=group_id))
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            current = stale.current
            form.version.raw_data, form.version.data = None, stale.version
            put_beside(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("edit", form, group, asked=asked, current=current)


def managed(group_id: int) -> Group:
    return GROUPS.get(db.session(), actor(), GroupPermission.MANAGE, group_id)


def form_page(template: str, form: Any, group: Group, **context: Any) -> Page:
    """A form about a group, with who can read what is written in it."""
    page = render_template(
        f"groups/{template}.html",
        form=form,
        group=group,
        readers=str(READERS[Visibility(group.circle.visibility)]),
        **context,
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/<int:group_id>/afspraken", methods=["GET", "POST"])
@login_required
def rules(group_id: int) -> Page:
    """What the group agreed on; a button agrees to it as it is shown."""
    session = db.session()
    group = GROUPS.get(session, actor(), GroupPermission.AGREE, group_id)
    form = AgreeForm()
    if form.validate_on_submit():
        try:
            operations.agree(session, actor(), group_id, form.version.data or 0, clock.now())
            flash(_("You agree. Welcome!"), "success")
            return redirect(url_for("groups.show", group_id=group_id))
        except Refused as refusal:
            put_beside(form, refusal)
            form.version.raw_data = None
    form.version.data = group.rules_version
    return form_page(
        "rules", form, group, agreement=facilitator_queries.agreement(session, actor(), group_id)
    )


@blueprint.get("/<int:group_id>/leden")
@login_required
def members(group_id: int) -> str:
    session = db.session()
    group = GROUPS.get(session, actor(), GroupPermission.READ, group_id)
    mine = participation.of(session, actor(), group.circle_id)
    found = participation.members_page(
        session, actor(), mine, participation.read_place(request.args.get("na"))
    )
    more = participation.written_place(found.more) if found.more else None
    return render_template(
        "groups/members.html",
        group=group,
        page=queries.one(session, actor(), group_id),
        mine=mine,
        members=found,
        more_url=url_for("groups.members", group_id=group_id, na=more) if more else None,
    )


@blueprint.route("/<int:group_id>/archiveren", methods=["GET", "POST"])
@login_required
def archive(group_id: int) -> Page:
    group = managed(group_id)
    if request.method == "POST":
        operations.set_archived(db.session(), actor(), group_id, True, clock.now())
        flash(_("The group has ended. It stays to be read by those in it."), "success")
        return redirect(url_for("groups.show", group_id=group_id))
    coming = date_queries.dates(db.session(), actor(), group_id, clock.now())
    return render_template("groups/archive.html", group=group, coming=coming)


@blueprint.post("/<int:group_id>/heropenen")
@login_required
def reopen(group_id: int) -> Response:
    operations.set_archived(db.session(), actor(), group_id, False, clock.now())
    flash(_("The group goes on."), "success")
    return redirect(url_for("groups.show", group_id=group_id))


# --- the pool of facilitators ---


@blueprint.route("/begeleiders", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def pool() -> Page:
    """Who can be asked to facilitate; one puts oneself among them."""
    session = db.session()
    form, asked = ReadyForm(), None
    ready = facilitator_queries.ready(session, actor())
    if form.validate_on_submit():
        try:
            facilitating.stand_ready(
                session,
                actor(),
                intervisie=form.intervisie.data,
                beraad=form.beraad.data,
                training=form.training.data or "",
                now=clock.now(),
                anyway=anyway(),
            )
            flash(_("Groups can ask you now. You always decide yourself."), "success")
            return redirect(url_for("groups.pool"))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    elif not form.is_submitted() and ready is not None:
        form.intervisie.data, form.beraad.data = ready.intervisie, ready.beraad
        form.training.data = ready.training
    page = render_template(
        "groups/pool.html",
        form=form,
        asked=asked,
        ready=ready,
        pool=facilitator_queries.pool(session, actor()),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/begeleiders/weg")
@login_required
def leave_pool() -> Response:
    facilitating.stand_down(db.session(), actor())
    flash(_("Groups ask you no longer. What you facilitate already goes on."), "success")
    return redirect(url_for("groups.pool"))
