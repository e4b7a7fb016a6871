"""Input of the pages after a market."""

import uuid
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from cop.discussions.operations import MOST_TITLE
from cop.markets.after.taking_along import QUESTIONS
from cop.platform.forms import DayField, choices, stripped
from cop.platform.i18n import lazy as _l
from cop.platform.markup import MAX_LENGTH
from cop.platform.numbers import whole_number
from cop.sessions.afterwards import MOST_ACTION, MOST_OUTCOME
from cop.spaces.circle_forms import TOO_LONG
from cop.spaces.forms import REQUIRED, Boxes

SCALE = (
    ("", _l("no answer")),
    ("1", _l("not at all")),
    ("2", _l("a little")),
    ("3", _l("partly")),
    ("4", _l("largely")),
    ("5", _l("wholly")),
)


class YieldForm(FlaskForm):
    """What a stall yielded."""

    version = IntegerField(widget=HiddenInput(), default=0)
    source = TextAreaField(
        _l("What did this stall yield?"),
        description=_l("What did you find out together, and what can others do with it?"),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=MAX_LENGTH, message=TOO_LONG)],
    )
    files = Boxes(_l("Which files come along?"), coerce=int)


class TalkForm(FlaskForm):
    """A discussion that begins with what a market left."""

    client_id = HiddenField(validators=[Length(max=40)])
    asks = HiddenField(validators=[Length(max=2000)])
    on_list = SelectField(_l("In which list?"), coerce=int)
    title = StringField(
        _l("Title"),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=MOST_TITLE, message=TOO_LONG)],
    )
    text = TextAreaField(
        _l("How it begins"),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=MAX_LENGTH, message=TOO_LONG)],
    )

    def begin(self, title: str, text: str, asks: list[int] | None = None) -> None:
        """Fill in what it begins with."""
        self.client_id.data = uuid.uuid4().hex
        self.title.data, self.text.data = title[:MOST_TITLE], text[:MAX_LENGTH]
        self.asks.data = ",".join(map(str, asks or []))

    @property
    def entry_ids(self) -> list[int]:
        found = map(whole_number, (self.asks.data or "").split(","))
        return [one for one in found if one is not None]


class TakeAlongForm(FlaskForm):
    """What one takes along, and by when."""

    key = HiddenField(validators=[Length(max=64)])
    action = TextAreaField(
        _l("What do you take along?"),
        description=_l("One thing that you will do, or try."),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=MOST_ACTION, message=TOO_LONG)],
    )
    due_on = DayField(
        _l("When do you come back to it?"),
        description=_l("You are reminded on that day."),
        validators=[Optional()],
    )
    stall = SelectField(_l("From which stall?"), coerce=int, default=0)
    shared = BooleanField(_l("Show it in the harvest, with my name"))

    def fresh(self) -> None:
        self.key.data = uuid.uuid4().hex


class CameForm(FlaskForm):
    """What came of what one took along."""

    outcome = TextAreaField(
        _l("What came of it?"),
        filters=[stripped],
        validators=[Length(max=MOST_OUTCOME, message=TOO_LONG)],
    )


class LookBackForm(FlaskForm):
    """Three questions on one scale; each may be left open."""

    got = RadioField(QUESTIONS["got"], choices=choices(SCALE), default="")
    met = RadioField(QUESTIONS["met"], choices=choices(SCALE), default="")
    again = RadioField(QUESTIONS["again"], choices=choices(SCALE), default="")

    def show(self, said: Any) -> None:
        for name in QUESTIONS:
            answer = getattr(said, name) if said is not None else None
            self[name].data = str(answer) if answer is not None else ""

    def answers(self) -> dict[str, int | None]:
        return {name: int(self[name].data) if self[name].data else None for name in QUESTIONS}
