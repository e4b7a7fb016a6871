"""Addresses of methods: what there is, each with its steps, before anybody needs one."""

from flask import render_template
from flask_login import login_required

from cop.platform.errors import NotFound
from cop.sessions import methods
from cop.sessions.routes import blueprint
from cop.sessions.words import KINDS, MODES, SPEAKS


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
