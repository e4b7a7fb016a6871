"""The signed-in member of this request (Flask-Login), read from the server's own sign-ins.

The browser's cookie holds a token; its hash names a `SignIn` row. Ending the row ends the sign-in
at once, wherever the cookie is. One query per request gives the sign-in, the member, their own
persona and whether something unread waits.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import Flask, g, redirect, request, session, url_for
from flask_login import AnonymousUserMixin, LoginManager, current_user
from sqlalchemy import Select, bindparam, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from cop.members.actor import VISITOR, Actor
from cop.members.kept import page_with_kept_text
from cop.members.models import Member, MemberState, Persona, PersonaKind, SignIn, SiteRole
from cop.members.tokens import hash_token
from cop.platform import clock
from cop.platform.db import db, rows, unit_of_work
from cop.platform.live.passes import Behind
from cop.platform.web import failed

SEEN_EVERY = timedelta(minutes=10)

login_manager = LoginManager()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The member who asks, as pages and operations need them."""

    token: str
    sign_in_id: int
    actor: Actor
    persona_id: int
    name: str
    handle: str
    picture_id: int | None
    language: str | None
    time_zone: str | None
    colour_scheme: str | None

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.token

    @property
    def member_id(self) -> int:
        assert self.actor.member_id is not None
        return self.actor.member_id


class Visitor(AnonymousUserMixin):
    """Somebody who is not signed in."""

    actor = VISITOR
    language = time_zone = colour_scheme = None


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    login_manager.anonymous_user = Visitor
    login_manager.session_protection = None  # a phone changes its address between two visits
    login_manager.user_loader(load)
    login_manager.unauthorized_handler(ask_to_sign_in)


# Built once: every page of a member begins with it.
_SIGNED_IN = (
    select(
        SignIn.id,
        SignIn.seen_at,
        Member.id.label("member_id"),
        Member.site_role,
        Member.language,
        Member.time_zone,
        Member.colour_scheme,
        Persona.id.label("persona_id"),
        Persona.name,
        Persona.handle,
        Persona.picture_id,
    )
    .join(Member, Member.id == SignIn.member_id)
    .join(Persona, (Persona.member_id == Member.id) & (Persona.kind == PersonaKind.SELF))
    .where(SignIn.token_hash == bindparam("token"), SignIn.expires_at > bindparam("now"))
    .where(Member.state == MemberState.ACTIVE)
)


def load(token: str) -> SignedIn | None:
    """The member whose browser holds this token, or None when it was ended or has run out.

    An error page that cannot ask the database is made as for a visitor.
    """
    try:
        return _signed_in(token)
    except SQLAlchemyError:
        if not failed():
            raise
        db.session.rollback()
        return None


def _signed_in(token: str) -> SignedIn | None:
    now = clock.now()
    row = rows(db.session(), _SIGNED_IN, {"token": hash_token(token), "now": now}).one_or_none()
    if row is None:
        return None
    if now - row.seen_at > SEEN_EVERY:
        _note_seen(row.id, now)
    return SignedIn(
        token=token,
        sign_in_id=row.id,
        actor=Actor(row.member_id, SiteRole(row.site_role)),
        persona_id=row.persona_id,
        name=row.name,
        handle=row.handle,
        picture_id=row.picture_id,
        language=row.language,
        time_zone=row.time_zone,
        colour_scheme=row.colour_scheme,
    )


def behind(session: Session, tokens: Collection[str]) -> dict[str, Behind]:
    """Who is behind browsers' tokens at this moment, outside a request; ended ones are left out."""
    by_hash = {hash_token(token): token for token in tokens}
    if not by_hash:
        return {}
    # Most ask about one.
    whose = {"token": next(iter(by_hash))} if len(by_hash) == 1 else {"tokens": list(by_hash)}
    found = rows(session, _behind(len(by_hash) == 1), whose | {"now": clock.now()})
    return {
        by_hash[row.token_hash]: Behind(
            Actor(row.id, SiteRole(row.site_role)), row.language, row.time_zone
        )
        for row in found
    }


@cache
def _behind(one: bool) -> Select[*tuple[Any, ...]]:
    """Built once: live screens ask it at every touch."""
    which = (
        SignIn.token_hash == bindparam("token")
        if one
        else SignIn.token_hash.in_(bindparam("tokens", expanding=True))
    )
    return (
        select(
            SignIn.token_hash,
            Member.id,
            Member.site_role,
            Member.language,
            Member.time_zone,
        )
        .join(Member, Member.id == SignIn.member_id)
        .where(which, SignIn.expires_at > bindparam("now"), Member.state == MemberState.ACTIVE)
    )


def _note_seen(sign_in_id: int, now: datetime) -> None:
    """Show the member when each of their devices was last used, to ten minutes."""
    if request.method in ("GET", "HEAD"):
        with unit_of_work() as own:
            sign_in = own.get(SignIn, sign_in_id)
            if sign_in is not None:
                sign_in.seen_at = now


def actor() -> Actor:
    """Who asks, in this request; on a guest's pages the guest."""
    guest: Actor | None = g.get("guest")
    found: Actor = current_user.actor
    return found if guest is None else guest


def reader() -> tuple[str | None, str | None]:
    """The signed-in member's chosen (language, time zone)."""
    return current_user.language, current_user.time_zone


def ask_to_sign_in() -> Response:
    """To the sign-in page and back; what was posted is kept there (see `members.routes`)."""
    if request.method == "POST":
        return page_with_kept_text()
    return redirect(url_for("members.sign_in", next=request.full_path.rstrip("?")))


def remember(token: str) -> None:
    """Put the token in this browser; whatever the session held before is gone (fixation).

    But for the language, and the token of forms: whoever had forms open in other tabs when their
    session ended signs in again in one of them, and the others still work. A site elsewhere that
    knew the token could not use it: the cookie is SameSite.
    """
    kept = {name: session[name] for name in ("language", "csrf_token") if name in session}
    session.clear()
    session.update(kept)
    session["_user_id"] = token
    session["_fresh"] = True
    session.permanent = True


def forget() -> None:
    """Take the token out of this browser, with all it held but the language."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
