"""Input of the moderation pages, and the form with which a member reports something."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from cop.moderation.labels import DECISIONS, REASONS
from cop.moderation.operations import LONGEST_NOTE, LONGEST_PASSAGE
from cop.platform.i18n import lazy as _l
from cop.spaces.forms import Boxes

TOO_LONG = _l("Keep this under 2,000 characters, please.")


class ReportForm(FlaskForm):
    """What is the matter, in which words, and how urgent it is."""

    reason = RadioField(
        _l("What is the matter?"),
        choices=[SelectChoice(key.value, label) for key, label in REASONS.items()],
        validators=[DataRequired(_l("Choose what is the matter."))],
    )
    passage = TextAreaField(
        _l("The words that the moderators get"),
        validators=[Length(max=LONGEST_PASSAGE)],
    )
    files = Boxes(_l("The files that they get"), coerce=int, choices=[])
    note = TextAreaField(
        _l("What do the moderators need to know?"),
        validators=[Length(max=LONGEST_NOTE, message=TOO_LONG)],
    )
    urgent = BooleanField(_l("It is urgent: somebody may be in danger now"))


class DecisionForm(FlaskForm):
    """What happens, and what those concerned are told."""

    decision = RadioField(
        _l("What happens?"),
        choices=[SelectChoice(key.value, label) for key, label in DECISIONS.items()],
        validators=[DataRequired(_l("Choose what happens."))],
    )
    request = TextAreaField(
        _l("To the author: what is the matter and what would help?"),
        validators=[Length(max=LONGEST_NOTE, message=TOO_LONG)],
    )
    answer = TextAreaField(
        _l("To whoever reported it"), validators=[Length(max=LONGEST_NOTE, message=TOO_LONG)]
    )
