"""What surrounds every page: the site's name, the way in, who is signed in, what is unread."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask import Flask, request
from flask_login import current_user
from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.exc import SQLAlchemyError

from cop.members.models import AddressTrouble, Member, SiteSettings
from cop.members.names import initials
from cop.members.people import picture_url, profile_url
from cop.members.site import DEFAULT_NAME
from cop.notifications.models import Notification
from cop.platform import i18n
from cop.platform.db import db, rows
from cop.platform.i18n import lazy as _l
from cop.platform.web import failed

MOST_UNREAD = 99  # the badge says '99+'; counting on would cost more than it tells


@dataclass(frozen=True, slots=True)
class Site:
    name: str
    tagline: str


@dataclass(frozen=True, slots=True)
class Me:
    """The signed-in member as the page's head shows them."""

    name: str
    initials: str
    picture_url: str | None
    url: str
    moderates: bool
    administers: bool


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    url: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    name: str


# (label, address, icon, for members only)
WAYS = (
    (_l("Today"), "/", "sun", True),
    (_l("Spaces"), "/proeftuinen", "sprout", False),
    (_l("Conversations"), "/gesprekken", "messages-square", False),
    (_l("Cases"), "/casussen", "scale", True),
    (_l("Intervisie and deliberation"), "/groepen", "heart-handshake", True),
    (_l("Knowledge markets"), "/markten", "store", True),
    (_l("Practice"), "/praktijken", "lightbulb", False),
    (_l("Expertise"), "/kenniskaart", "users", False),
    (_l("Calendar"), "/agenda", "calendar", False),
)


def init_app(app: Flask) -> None:
    app.context_processor(around)


_unread = (
    select(Notification.id)
    .where(Notification.member_id == bindparam("me"), Notification.read_at.is_(None))
    .limit(MOST_UNREAD + 1)
    .subquery()
)
# Built once: every page runs one of them.
# One row also when nobody has chosen anything for the site yet.
_FOR_VISITORS = select(
    select(SiteSettings.name).scalar_subquery().label("name"),
    select(SiteSettings.tagline).scalar_subquery().label("tagline"),
)
_FOR_MEMBERS = _FOR_VISITORS.add_columns(
    select(func.count()).select_from(_unread).scalar_subquery().label("unread"),
    exists()
    .where(
        Member.id == bindparam("me"),
        AddressTrouble.address == Member.email,
        AddressTrouble.stopped_at.is_not(None),
    )
    .label("mail_stopped"),
)

_UNKNOWN = SimpleNamespace(name=None, tagline=None, unread=0, mail_stopped=False)


def around() -> dict[str, Any]:
    """Template variables of every page; one query, which an error page can do without."""
    member = current_user.is_authenticated
    row: Any
    try:
        if member:
            row = rows(db.session(), _FOR_MEMBERS, {"me": current_user.member_id}).one()
        else:
            row = rows(db.session(), _FOR_VISITORS).one()
    except SQLAlchemyError:
        if not failed():
            raise
        row = _UNKNOWN
    code = i18n.language()
    other = "en" if code == "nl" else "nl"
    return {
        "site": Site(row.name or DEFAULT_NAME, row.tagline or ""),
        "me": _me() if member else None,
        "mail_stopped": bool(member and row.mail_stopped),
        "unread": row.unread if member else 0,
        "nav": _nav(member),
        "lang": code,
        "other_language": Language(other, i18n.LANGUAGES[other]),
        "theme": current_user.colour_scheme,
    }


def _me() -> Me:
    name = current_user.name
    return Me(
        name=name,
        initials=initials(name),
        picture_url=picture_url(current_user.handle, current_user.picture_id),
        url=profile_url(current_user.handle),
        moderates=current_user.actor.moderates,
        administers=current_user.actor.administers,
    )


# Pages that belong to a way in although their address begins otherwise.
ALSO = {
    "/casussen": ("/bijdragen/",),
    "/kenniskaart": ("/leden",),
    "/groepen": ("/sessies/", "/werkvormen", "/intervisie/", "/beraad", "/dilemmas"),
    "/praktijken": ("/ervaringen/", "/vergelijkingen/"),
    "/gesprekken": ("/discussies/", "/berichten/", "/lijsten/", "/opbrengsten"),
}


def _belongs(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith((url, *ALSO.get(url, ()))))


def _nav(member: bool) -> list[NavItem]:
    path = request.path
    return [
        NavItem(str(label), url, icon, _belongs(path, url))
        for label, url, icon, members_only in WAYS
        if member or not members_only
    ]
