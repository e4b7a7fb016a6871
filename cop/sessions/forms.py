"""Input of the pages of a session."""

import secrets
from collections.abc import Iterable
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from cop.platform.errors import Refused
from cop.platform.forms import DayField, choices
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.platform.numbers import whole_number
from cop.sessions.afterwards import CHOICES, QUESTIONS

_PRIVATE = {"autocomplete": "off"}
ASKED = "whose"  # the page that was filled in asked whose words they are


def new_key() -> str:
    """What a form gives to what it makes: sent twice, it makes one."""
    return secrets.token_urlsafe(12)


def ask_whose(field: Any, mine: int, people: Iterable[tuple[int, str]]) -> None:
    """Let a field ask whose words these are; nothing when there is nobody else.

    Nobody is chosen beforehand: words in the wrong name are worse than one press more. A page that
    asked (`frame.whose` says so with what is sent) is asked again although nobody else is left:
    somebody's own screen opened meanwhile, and what was typed for them is not one's own by that.

    Args:
        mine: the participant whose screen it is.
        people: (participant, name) of those at the table without one.
    """
    others = [(str(each), name) for each, name in people]
    asked = others or ASKED in request.form
    field.choices = choices([(str(mine), _l("I myself")), *others]) if asked else []


def whose(field: Any) -> int | None:
    """The participant that was chosen; None for oneself, where nothing was asked.

    Raises:
        Refused: it was asked, and not said.
    """
    chosen = whole_number(field.data)
    if field.choices and chosen is None:
        raise Refused(_("Say whose words these are."), field.name)
    return chosen


class PrepareForm(FlaskForm):
    method = RadioField(_l("Which method?"))
    minutes = RadioField(
        _l("For how long?"),
        choices=choices(
            [("", _l("As the method says")), ("60", _l("60 minutes")), ("90", _l("90 minutes"))]
        ),
        default="",
    )


class EntryForm(FlaskForm):
    says = RadioField(_l("Who says this?"), choices=[], validate_choice=False)
    kind = RadioField(_l("What is it?"), validate_choice=False)
    text = TextAreaField(_l("What do you want to say?"), render_kw={"rows": 3, **_PRIVATE})
    key = HiddenField(default=new_key)


class ChangeForm(FlaskForm):
    text = TextAreaField(_l("What do you want to say?"), render_kw={"rows": 5, **_PRIVATE})


class NoteForm(FlaskForm):
    note = TextAreaField(
        _l("Your own notes"),
        description=_l("Nobody else reads these, now or later."),
        render_kw={"rows": 4, **_PRIVATE},
    )
    version = IntegerField(default=0, validators=[Optional()], widget=HiddenInput())


class TakeAlongForm(FlaskForm):
    takes = RadioField(_l("Who takes this along?"), choices=[], validate_choice=False)
    action = StringField(_l("What will you do?"), render_kw=_PRIVATE)
    due_on = DayField(
        _l("By when?"),
        description=_l(
            "On that day you get a reminder, without what it is. Without a day: some days before "
            "you meet again."
        ),
        validators=[Optional()],
    )
    key = HiddenField(default=new_key)


class WhatCameForm(FlaskForm):
    done = RadioField(
        _l("Did you do it?"),
        choices=choices([("yes", _l("Yes, I did")), ("no", _l("No, I let it go"))]),
        default="yes",
    )
    outcome = TextAreaField(_l("What came of it?"), render_kw={"rows": 4, **_PRIVATE})


class EvaluationForm(FlaskForm):
    """Its questions are added by `evaluation_form`."""


def evaluation_form(turn: int, **given: Any) -> FlaskForm:
    """The questions of a first or second look back."""
    fields: dict[str, Any] = {}
    for name, question, chooses in QUESTIONS[turn]:
        if chooses:
            fields[name] = RadioField(
                question, choices=choices(CHOICES.items()), validate_choice=False
            )
        else:
            fields[name] = TextAreaField(question, render_kw={"rows": 3, **_PRIVATE})
    made: FlaskForm = type("Questions", (EvaluationForm,), fields)(**given)
    return made


class SureForm(FlaskForm):
    sure = BooleanField(_l("Yes"))
