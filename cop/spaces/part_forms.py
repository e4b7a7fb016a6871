"""Input of what stands in a space: logbook entries, files, measures."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from cop.platform.forms import DayField, NumberField, Versioned, WholeNumberField, choices, stripped
from cop.platform.i18n import lazy as _l
from cop.platform.markup import MAX_LENGTH
from cop.spaces.circle_forms import TOO_LONG
from cop.spaces.forms import REQUIRED
from cop.spaces.models import MeasureKind
from cop.spaces.words import MEASURE_LABELS


class EntryForm(FlaskForm):
    """A logbook entry."""

    version = IntegerField(widget=HiddenInput(), default=0)
    title = StringField(
        _l("Title"),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=160, message=TOO_LONG)],
    )
    source = TextAreaField(
        _l("What happened, and what did you learn?"),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=MAX_LENGTH, message=TOO_LONG)],
    )


class FileForm(FlaskForm):
    """A file for the space to keep."""

    file = FileField(_l("File"))
    title = StringField(
        _l("What is it?"),
        description=_l("Without words here, the name of the file stands there."),
        filters=[stripped],
        validators=[Length(max=160, message=TOO_LONG)],
    )


class MeasureForm(FlaskForm, Versioned):
    """What is measured."""

    kind = SelectField(
        _l("What do you measure?"),
        choices=choices(MEASURE_LABELS.items()),
        default=MeasureKind.QUALITY_OF_LIFE,
    )
    name = StringField(
        _l("Name"),
        description=_l("Needed for a measure of your own; else it only says it more precisely."),
        filters=[stripped],
        validators=[Length(max=120, message=TOO_LONG)],
    )
    unit = StringField(
        _l("Unit"),
        description=_l("Such as %, points or days."),
        filters=[stripped],
        validators=[Length(max=40, message=TOO_LONG)],
    )
    definition = TextAreaField(
        _l("How do you measure it?"),
        filters=[stripped],
        validators=[Length(max=1000, message=TOO_LONG)],
        render_kw={"rows": 3},
    )
    better = RadioField(
        _l("What is better?"),
        choices=choices([("higher", _l("Higher is better")), ("lower", _l("Lower is better"))]),
        default="higher",
    )


class ValueForm(FlaskForm):
    """The value of a day."""

    on = DayField(_l("Day"), validators=[InputRequired(REQUIRED)])
    value = NumberField(
        _l("Value"),
        validators=[InputRequired(REQUIRED)],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    people = WholeNumberField(
        _l("Of how many people?"),
        validators=[InputRequired(REQUIRED)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    note = StringField(
        _l("Note"), filters=[stripped], validators=[Length(max=300, message=TOO_LONG)]
    )
