"""Input of a group's own method: its steps, in the order of their numbers."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)

from cop.platform.forms import WholeNumberField, choices
from cop.platform.i18n import lazy as _l
from cop.sessions.methods import MOST_STEPS, Method, Mode, Speaks
from cop.sessions.own_methods import Edited, EditedStep
from cop.sessions.words import MODES, SPEAKS


class StepForm(Form):
    place = WholeNumberField(_l("Place in the order"))
    name = StringField(_l("Name of the step"))
    purpose = TextAreaField(_l("What it is for"), render_kw={"rows": 2})
    minutes = WholeNumberField(_l("Minutes"))
    speaks = SelectField(_l("Who speaks"), choices=choices(SPEAKS.items()), default=Speaks.ALL)
    mode = SelectField(_l("How"), choices=choices(MODES.items()), default=Mode.TALK)
    prompts = TextAreaField(
        _l("Questions that help"), description=_l("One a line."), render_kw={"rows": 2}
    )
    takes_along = BooleanField(_l("Each writes down what they take along"))
    board = HiddenField()
    entries = HiddenField()  # the kinds of contribution, as the method it was copied from has them
    out = BooleanField(_l("Leave this step out"))


class MethodForm(FlaskForm):
    name = StringField(_l("Name of the method"))
    about = TextAreaField(_l("What kind of conversation it gives"), render_kw={"rows": 2})
    minutes = WholeNumberField(_l("Minutes in all"))
    version = HiddenField()
    steps = FieldList(FormField(StepForm), max_entries=MOST_STEPS + 1)


class CopyForm(FlaskForm):
    key = SelectField(_l("Which one do you begin with?"), validate_choice=False)


def filled(method: Method, version: int) -> dict[str, Any]:
    """What the form shows of a method."""
    return {
        "name": str(method.name),
        "about": str(method.about),
        "minutes": method.minutes,
        "version": str(version),
        "steps": [
            {
                "place": n,
                "name": str(step.name),
                "purpose": str(step.purpose),
                "minutes": step.minutes,
                "speaks": step.speaks,
                "mode": step.mode,
                "prompts": "\n".join(map(str, step.prompts)),
                "takes_along": step.takes_along,
                "board": step.board,
                "entries": " ".join(step.entries),
            }
            for n, step in enumerate(method.steps, 1)
        ],
    }


def edited(form: MethodForm, kinds: frozenset[str], boards: frozenset[str]) -> Edited:
    """What the form says; a step without a name that has nothing else is none.

    Args:
        kinds: of contribution that exist.
        boards: that the kind of session has.
    """
    steps = [each.form for each in form.steps]
    kept = [s for s in steps if not s.out.data and (s.name.data or s.purpose.data)]
    kept.sort(key=lambda s: s.place.data if s.place.data is not None else MOST_STEPS + 1)
    return Edited(
        name=form.name.data or "",
        about=form.about.data or "",
        minutes=form.minutes.data or 0,
        steps=[
            EditedStep(
                name=s.name.data or "",
                purpose=s.purpose.data or "",
                minutes=s.minutes.data or 0,
                speaks=s.speaks.data,
                mode=s.mode.data,
                prompts=s.prompts.data or "",
                entries=[kind for kind in (s.entries.data or "").split() if kind in kinds],
                board=s.board.data if s.board.data in boards else "",
                takes_along=s.takes_along.data,
            )
            for s in kept
        ],
    )
