"""Addresses for looking after lists: making one, its settings, its members, its archive."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required

from cop.discussions import beside, lists_managing, queries
from cop.discussions.models import DiscussionList
from cop.discussions.permissions import ListPermission
from cop.discussions.routes_tending import Page, blueprint, form_page
from cop.discussions.tending_forms import ListForm, NewListForm
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import choices, put_beside, put_stale
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import WRITING, limiter
from cop.platform.versions import Stale, version_of
from cop.spaces import participation
from cop.spaces.circles import Circle, Visibility
from cop.spaces.models import Space
from cop.spaces.words import VISIBILITY_HELP, VISIBILITY_LABELS
from cop.textcheck.asking import AuthorAsked

SAME = "same"  # as its space


def _coordinated(short_name: str) -> tuple[queries.ListHead, DiscussionList]:
    head = queries.list_head(db.session(), actor(), short_name)
    if ListPermission.COORDINATE not in head.may:
        raise NotFound
    return head, db.session.get_one(DiscussionList, head.id)


@blueprint.route("/lijsten/nieuw", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def new_list() -> Page:
    """Make a list: for a space (`ruimte` names it), or for the site."""
    session, slug = db.session(), request.args.get("ruimte")
    space = lists_managing.space_for_list(session, actor(), slug) if slug else None
    if space is None and not actor().moderates:
        raise NotFound
    form = NewListForm()
    form.visibility.choices = choices(_visibilities(space))
    if not form.is_submitted():
        form.visibility.data = SAME if space else Visibility.OPEN.value
    asked = None
    if form.validate_on_submit():
        wanted = form.visibility.data
        try:
            made = lists_managing.create(
                session,
                actor(),
                space=space,
                name=form.name.data or "",
                short_name=form.short_name.data or "",
                description=form.description.data or "",
                visibility=None if wanted == SAME else Visibility(wanted),
                start_by=form.start_by.data,
                answer_by=form.answer_by.data,
                holds_strangers=form.holds_strangers.data,
                allows_pseudonyms=form.allows_pseudonyms.data,
                pseudonym=form.chosen if wanted != SAME else None,
                anyway="anyway" in request.form,
                now=clock.now(),
            )
            flash(
                _("“%(name)s” is there. Start its first conversation.", name=made.name), "success"
            )
            return redirect(f"/gesprekken/{made.short_name}")
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("new_list", form, space=space, asked=asked, own_name=current_user.name)


def _visibilities(space: Space | None) -> list[tuple[str, Any]]:
    """What can be chosen, with what it means."""
    kinds = list(Visibility)
    if space is not None:
        closed = db.session.get_one(Circle, space.circle_id).visibility != Visibility.PRIVATE
        kinds = [Visibility.CLOSED, Visibility.PRIVATE] if closed else [Visibility.PRIVATE]
    offered: list[tuple[str, Any]] = [
        (kind.value, f"{VISIBILITY_LABELS[kind]}: {VISIBILITY_HELP[kind]}") for kind in kinds
    ]
    if space is not None:
        offered.insert(0, (SAME, _("the same people as %(name)s", name=space.name)))
    return offered


@blueprint.route("/gesprekken/<short_name>/instellingen", methods=["GET", "POST"])
@login_required
def list_settings(short_name: str) -> Page:
    head, found = _coordinated(short_name)
    version = version_of(lists_managing.settings_of(found))
    form, asked, changed = ListForm(obj=found, version=version), None, None
    if form.validate_on_submit():
        try:
            lists_managing.edit(
                db.session(),
                actor(),
                found.id,
                name=form.name.data or "",
                description=form.description.data or "",
                start_by=form.start_by.data,
                answer_by=form.answer_by.data,
                holds_strangers=form.holds_strangers.data,
                anyway="anyway" in request.form,
                now=clock.now(),
                version=form.version.data or "",
            )
            flash(_("Changed."), "success")
            return redirect(head.url)
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            changed = put_stale(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page(
        "list_settings",
        form,
        on=head,
        asked=asked,
        changed=changed,
        is_archived=found.archived_at is not None,
        beside=beside.links(db.session(), actor(), found.id),
        own_circle=lists_managing.own_circle(db.session(), found),
    )


@blueprint.route("/gesprekken/<short_name>/archiveren", methods=["GET", "POST"])
@login_required
def archive_list(short_name: str) -> Page:
    head, found = _coordinated(short_name)
    if request.method == "POST":
        lists_managing.set_archived(db.session(), actor(), found.id, True, clock.now())
        flash(_("“%(name)s” is archived. It can still be read.", name=found.name), "success")
        return redirect(head.url)
    return render_template("discussions/tending/archive_list.html", on=head)


@blueprint.post("/gesprekken/<short_name>/heropenen")
@login_required
def reopen_list(short_name: str) -> Page:
    head, found = _coordinated(short_name)
    lists_managing.set_archived(db.session(), actor(), found.id, False, clock.now())
    flash(_("“%(name)s” is in use again.", name=found.name), "success")
    return redirect(head.url)


@blueprint.get("/gesprekken/<short_name>/leden")
@login_required
def list_members(short_name: str) -> Page:
    """Who takes part in the list; a list that shares its space's circle shows the space's page."""
    session = db.session()
    head = queries.list_head(session, actor(), short_name)
    found = session.get_one(DiscussionList, head.id)
    if head.space_slug and not lists_managing.own_circle(session, found):
        return redirect(f"/proeftuinen/{head.space_slug}/leden")
    mine = participation.of(session, actor(), head.circle_id)
    after = participation.read_place(request.args.get("na"))
    members = participation.members_page(session, actor(), mine, after)
    more = participation.written_place(members.more) if members.more else None
    return render_template(
        "discussions/tending/list_members.html",
        on=head,
        mine=mine,
        members=members,
        more_url=url_for("tending.list_members", short_name=short_name, na=more) if more else None,
    )
