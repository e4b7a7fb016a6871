"""Input of the pages of a market that is held."""

import secrets
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField

from cop.platform.errors import Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import lazy as _l

_PRIVATE = {"autocomplete": "off"}


def new_key() -> str:
    """What a form gives to what it makes: sent twice, it makes one."""
    return secrets.token_urlsafe(12)


def put_refused(form: Any, refusal: Refused) -> None:
    """Show a refusal; words that came under a used key go under one of their own next time."""
    put_beside(form, refusal if refusal.field != "key" else Refused(refusal.message))
    if refusal.field == "key":
        form.key.data = new_key()


class CallForm(FlaskForm):
    text = StringField(_l("What do you want to say to all?"), render_kw=_PRIVATE)
    key = HiddenField(default=new_key)


class SayForm(FlaskForm):
    text = TextAreaField(_l("What do you want to say?"), render_kw={"rows": 2, **_PRIVATE})
    key = HiddenField(default=new_key)


class AskForm(FlaskForm):
    question = StringField(_l("What do you want to know?"), render_kw=_PRIVATE)
    nameless = BooleanField(_l("Without my name"))
    key = HiddenField(default=new_key)


class NoteForm(FlaskForm):
    note = TextAreaField(_l("The note of this stall"), render_kw={"rows": 8, **_PRIVATE})
    version = HiddenField(default="0")

    @property
    def base(self) -> int:
        """Of which version it is a change; 0 when that cannot be read."""
        said = self.version.data or ""
        return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0


class LinkForm(FlaskForm):
    url = StringField(_l("Address"), render_kw={"inputmode": "url", **_PRIVATE})
    title = StringField(_l("What is it?"), render_kw=_PRIVATE)
    key = HiddenField(default=new_key)


class FileForm(FlaskForm):
    file = FileField(_l("File"))
    key = HiddenField(default=new_key)


class ActForm(FlaskForm):
    """What a host does with somebody, and why."""

    stall = SelectField(_l("To which stall?"), validate_choice=False)
    reason = StringField(
        _l("Why?"), description=_l("They read this, and so do the other hosts."), render_kw=_PRIVATE
    )

    @property
    def stall_id(self) -> int | None:
        said = self.stall.data or ""
        return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


class ContactForm(FlaskForm):
    said = StringField(
        _l("What do you want to say to them?"),
        description=_l("They read it when you both agreed, not before."),
        render_kw=_PRIVATE,
    )
