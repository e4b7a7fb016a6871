"""A facilitator from outside: in by their own link, to the session of the one date they lead.

They have no account. Their link says who they are; a button on its page puts it into this browser,
and from then on the addresses of that session are theirs as they are a participant's. All of it
ends when the link does.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, g
from flask import session as browser
from flask_login import current_user
from sqlalchemy.orm import Session

from cop.gatherings import belonging, guests
from cop.gatherings.models import Coming, GatheringKind
from cop.members.actor import Actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound
from cop.platform.i18n import gettext as _
from cop.platform.live import admits

KEPT = "guest"  # in the browser's session
CALLED = "guest"  # what the connection of a screen says before the token

View = TypeVar("View", bound=Callable[..., Any])


def who_leads(session: Session, token: str, now: datetime) -> Actor | None:
    """The guest whose link this is, when they said yes to facilitating and it is not over."""
    try:
        guest = guests.by_token(session, token, now)
    except NotFound:
        return None
    gathering = guest.gathering
    if gathering is None or gathering.cancelled_at is not None:
        return None
    comes = guest.facilitates and guest.coming == Coming.GOING and guest.agreed_at is not None
    return Actor(guest_id=guest.id) if comes else None


@admits(CALLED)
def admitted(session: Session, token: str) -> Actor | None:
    return who_leads(session, token, clock.now())


def guest_too(view: View) -> View:
    """Decorator: a page for members, and for a guest who leads; others are asked to sign in.

    Whoever is signed in is themselves, whatever link they opened.
    """

    @wraps(view)
    def asked(*args: Any, **values: Any) -> Any:
        if not current_user.is_authenticated:
            token = browser.get(KEPT, "")
            guest = who_leads(db.session(), token, clock.now()) if token else None
            if guest is None:
                browser.pop(KEPT, None)
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]  # Flask-Login adds it
            g.guest = guest
        return view(*args, **values)

    return cast(View, asked)


def forget() -> None:
    """This browser knows no guest any more."""
    browser.pop(KEPT, None)


def live_pass() -> str:
    """What the screen of a guest connects with; '' for members."""
    return f"{CALLED}:{browser[KEPT]}" if g.get("guest") is not None else ""


def link() -> str:
    """The guest's own page; '' for members."""
    return f"/gast/{browser[KEPT]}" if g.get("guest") is not None else ""


def home() -> tuple[str, str]:
    """Where pages of a session lead back to: its name and address."""
    if guests_page := link():
        return _("Your own page"), guests_page
    return _("Intervisie and deliberation"), "/groepen"


def lead_url(token: str) -> str:
    return f"/gast/{token}/sessie"


belonging.lead_at((GatheringKind.INTERVISIE, GatheringKind.BERAAD), lead_url)
