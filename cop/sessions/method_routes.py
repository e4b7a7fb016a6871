"""Addresses of methods: what there is, each with its steps, and a group's own."""

from flask import flash, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.groups.models import Group
from cop.groups.permissions import GROUPS, GroupPermission
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import choices, put_beside
from cop.platform.i18n import gettext as _
from cop.platform.numbers import whole_number
from cop.sessions import methods, own_methods, queries
from cop.sessions.method_forms import CopyForm, MethodForm, edited, filled
from cop.sessions.models import GroupMethod
from cop.sessions.permissions import METHODS, MethodPermission
from cop.sessions.routes import Page, blueprint, show, writing_limit
from cop.sessions.words import ENTRIES, KINDS, MODES, SPEAKS
from cop.spaces import holders
from cop.spaces.operations import Stale
from cop.textcheck.asking import AuthorAsked


@blueprint.get("/werkvormen")
@login_required
def all_methods() -> str:
    return render_template(
        "sessions/methods.html",
        kinds=[(kind, KINDS[kind], methods.shipped(kind).values()) for kind in methods.SessionKind],
    )


@blueprint.get("/werkvormen/<string:kind>/<string:key>")
@login_required
def method(kind: str, key: str) -> str:
    if kind not in set(methods.SessionKind) or key not in methods.shipped(kind):
        raise NotFound
    return render_template(
        "sessions/method.html",
        method=methods.shipped(kind)[key],
        kind=KINDS[methods.SessionKind(kind)],
        speaks=SPEAKS,
        modes=MODES,
    )


@blueprint.route("/werkvormen/groep/<int:group_id>", methods=["GET", "POST"])
@login_required
@writing_limit
def own_methods_of(group_id: int) -> Page:
    """A group's own methods, and beginning a new one from a copy."""
    session, who = db.session(), actor()
    group: Group = GROUPS.get(session, who, GroupPermission.TAKE_PART, group_id)
    form = CopyForm()
    form.key.choices = choices((k, m.name) for k, m in methods.shipped(group.kind).items())
    if form.validate_on_submit():
        try:
            made = own_methods.copy(session, who, group_id, form.key.data or "", clock.now())
            return redirect(f"/werkvormen/eigen/{made.id}")
        except Refused as refusal:
            put_beside(form, refusal)
    own = queries.own_methods(session, group.circle_id, group.kind)
    return show(
        "own_methods",
        form,
        group=group,
        own=[(id, methods.from_json(body)) for id, body in own],
    )


@blueprint.route("/werkvormen/eigen/<int:method_id>", methods=["GET", "POST"])
@login_required
@writing_limit
def edit_method(method_id: int) -> Page:
    session, who = db.session(), actor()
    row: GroupMethod = METHODS.get(session, who, MethodPermission.EDIT, method_id)
    now_is = methods.from_json(row.body)
    form = MethodForm(**filled(now_is, row.version))
    theirs: methods.Method | None = None
    asked: AuthorAsked | None = None
    if "add" in request.form and len(form.steps) <= methods.MOST_STEPS:
        form.steps.append_entry({"place": len(form.steps) + 1, "minutes": 5})
    elif form.validate_on_submit():
        try:
            made = own_methods.change(
                session,
                who,
                method_id,
                edited(form, frozenset(ENTRIES), _boards(row.kind)),
                whole_number(form.version.data) or 0,
                clock.now(),
                anyway="anyway" in request.form,
            )
            flash(_said(made), "success" if made.adds_up else "warning")
            return redirect(f"/werkvormen/eigen/{method_id}")
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            now_is = theirs = methods.from_json(stale.current.body)
            form.version.data = str(stale.version)  # they have seen it when they send again
            put_beside(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return show(
        "edit_method",
        form,
        asked=asked,
        row=row,
        method=now_is,
        theirs=theirs,
        speaks=SPEAKS,
        modes=MODES,
        place=holders.places(session, who, [row.circle_id]).get(row.circle_id),
    )


def _said(made: methods.Method) -> str:
    if made.adds_up:
        return _("Kept. The steps add up to %(minutes)s minutes.", minutes=made.minutes)
    return _(
        "Kept. The steps take %(total)s minutes, and the method says %(minutes)s.",
        total=made.total,
        minutes=made.minutes,
    )


def _boards(kind: str) -> frozenset[str]:
    shipped = methods.shipped(kind).values()
    return frozenset(step.board for method in shipped for step in method.steps)


@blueprint.route("/werkvormen/eigen/<int:method_id>/weg", methods=["GET", "POST"])
@login_required
def retire_method(method_id: int) -> Page | Response:
    session, who = db.session(), actor()
    row: GroupMethod = METHODS.get(session, who, MethodPermission.EDIT, method_id)
    if request.method == "POST":
        own_methods.retire(session, who, method_id, clock.now())
        flash(_("The method is no longer offered."), "success")
        place = holders.places(session, who, [row.circle_id]).get(row.circle_id)
        return redirect(place.url if place else "/groepen")
    return show("retire_method", method=methods.from_json(row.body), method_id=method_id)
