"""A form that is sent twice: pressed twice, or sent again from the page before.

What it asked for is gone the second time, so that its address would say 'not found': a post that
was removed, a request that was answered. Whoever sent the very same form before, from the same
sign-in, is led where it led then and told that it was done once. Nobody else learns anything.

Each form that was carried out leaves a mark in its own transaction: of two at once the second one
finds it. It is made with the browser's token, of which the database has a hash only: nobody can
guess from it what was typed.
"""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from flask import flash, g, redirect, request
from flask import session as cookie
from sqlalchemy import String, Text, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.wrappers import Response

from cop.platform import clock
from cop.platform.db import SAFE_METHODS, Base, UtcDateTime, db, is_sqlite
from cop.platform.i18n import gettext as _
from cop.platform.outbox import job

# As long as somebody presses again or goes back a page; later the same form is a new wish.
KEPT_FOR = timedelta(minutes=10)
MOST_TYPED = 10_000  # characters of fields; no form that can find nothing has more


class SentForm(Base):
    """A form that was carried out; `led_to` is the address to which it led."""

    __tablename__ = "sent_form"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    led_to: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def note(response: Response) -> None:
    """Keep that this request's form was carried out; before the request's work is stored."""
    # A form that was refused, for its size perhaps, is not even read here.
    if response.status_code not in (302, 303) or not response.location or "led_before" in g:
        return
    mark = _mark()
    if mark is not None:
        values = {"led_to": response.location, "at": clock.now()}
        make = sqlite.insert if is_sqlite(db.session()) else postgresql.insert
        db.session.execute(
            make(SentForm)
            .values(mark=mark, **values)
            .on_conflict_do_update(index_elements=[SentForm.mark], set_=values)
        )


def led_before() -> Response | None:
    """Where this request's form led when it was carried out before; None when it was not."""
    mark = _mark()
    if mark is None:
        return None
    db.session.rollback()
    lately = SentForm.at > clock.now() - KEPT_FOR
    led_to = db.session.scalar(select(SentForm.led_to).where(SentForm.mark == mark, lately))
    if led_to is None:
        return None
    g.led_before = True
    flash(_("You sent this already. Nothing is done twice."), "info")
    return redirect(led_to)


def _mark() -> str | None:
    """Names the form that was sent and who sent it; None for what is none, or a visitor's.

    None too for an address that is a secret by itself: it is written down nowhere.
    """
    token = cookie.get("_user_id")
    if request.method in SAFE_METHODS or not token or request.is_json or request.files:
        return None
    if not {"token", "key"}.isdisjoint(request.view_args or {}):
        return None
    fields = [(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"]
    if sum(len(text) for _name, text in fields) > MOST_TYPED:
        return None
    sent = repr((request.full_path, sorted(fields)))
    return hmac.new(token.encode(), sent.encode(), sha256).hexdigest()


@job("sent_forms.forget", every=3600)
def forget(session: Session, _asked: dict[str, object], now: datetime) -> None:
    """What nobody sends again by mistake any more."""
    session.execute(delete(SentForm).where(SentForm.at < now - KEPT_FOR))
