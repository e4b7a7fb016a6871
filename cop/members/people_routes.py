"""Members as others see them."""

from urllib.parse import urlencode

from flask import render_template, request
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from cop.members import beside, directory, profiles
from cop.members.blueprint import blueprint
from cop.members.models import RoleTag
from cop.members.people import ROLES
from cop.members.queries import organisations, themes
from cop.members.regions import REGIONS
from cop.platform.db import db
from cop.platform.storage import storage

PICTURE_KEPT = 24 * 3600  # seconds in the member's own browser; its address changes with it


@blueprint.get("/leden")
@login_required
def people() -> str:
    session, args = db.session(), request.args
    filters = directory.Filters(
        words=args.get("zoek", "").strip()[:80],
        role=args.get("rol", "") if args.get("rol", "") in set(RoleTag) else "",
        theme=args.get("thema", ""),
        organisation=args.get("organisatie", ""),
        region=args.get("regio", ""),
    )
    page = directory.find(
        session, current_user.actor, filters, after=args.get("na"), before=args.get("voor")
    )
    return render_template(
        "members/people.html",
        page=page,
        filters=filters,
        next_url=_page_url(filters, na=page.after) if page.after else None,
        previous_url=_page_url(filters, voor=page.before) if page.before else None,
        first_url=_page_url(filters) if page.before else None,
        roles=list(ROLES.items()),
        themes=themes(session),
        organisations=[(slug, name) for _id, slug, name in organisations(session)],
        regions=[(region, region) for region in REGIONS],
    )


def _page_url(filters: directory.Filters, **place: str) -> str:
    asked = {
        "zoek": filters.words,
        "rol": filters.role,
        "thema": filters.theme,
        "organisatie": filters.organisation,
        "regio": filters.region,
    }
    query = urlencode({key: value for key, value in (asked | place).items() if value})
    return "/leden" + (f"?{query}" if query else "")


@blueprint.get("/leden/<handle>")
@login_required
def person(handle: str) -> str:
    found = profiles.profile(db.session(), current_user.actor, handle)
    ways = [] if found.left else beside.ways(db.session(), current_user.actor, handle)
    return render_template("members/person.html", profile=found, ways=ways)


@blueprint.get("/leden/<handle>/foto")
@login_required
def picture(handle: str) -> Response:
    """The picture, as bytes that this server itself wrote as PNG or JPEG."""
    stored = profiles.picture(db.session(), current_user.actor, handle)
    response = Response(storage().path(stored.key).read_bytes(), mimetype=stored.media_type)
    response.headers["Cache-Control"] = f"private, max-age={PICTURE_KEPT}"
    response.headers["Content-Disposition"] = "inline"
    response.set_etag(stored.sha256[:32])
    return response.make_conditional(request.environ)
