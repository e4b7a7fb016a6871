"""Input of the pages of a beraad. Keys are made by the browser, or by the page for one send."""

import secrets
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from cop.beraad import places
from cop.beraad.deliberating import LONGEST_NAME
from cop.beraad.words import ANSWERS, CHOICES, DILEMMA, GENERAL
from cop.platform.forms import choices, stripped
from cop.platform.i18n import lazy as _l
from cop.platform.numbers import whole_number


class _Number(IntegerField):
    """A hidden whole number; none when it is not there or is none."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = whole_number(valuelist[0]) if valuelist else None


def new_key() -> str:
    return secrets.token_hex(12)


class _Keyed(FlaskForm):
    """A form whose second sending changes nothing."""

    key = HiddenField(default=new_key)
    back = HiddenField()


class EntryForm(_Keyed):
    """A few words in a cell."""

    says = RadioField(_l("Who says this?"), choices=[], validate_choice=False)
    place = HiddenField()
    perspective = _Number(validators=[Optional()])
    text = TextAreaField(_l("In a few words"), filters=[stripped], render_kw={"rows": 2})


class ChangeForm(FlaskForm):
    """One's own words, said differently."""

    back = HiddenField()
    text = TextAreaField(_l("In a few words"), filters=[stripped], render_kw={"rows": 4})


class PerspectiveForm(_Keyed):
    """Somebody else who is concerned."""

    name = StringField(
        _l("Who else is concerned?"),
        description=_l("In general words, such as “neighbour” or “judge”; no name."),
        filters=[stripped],
        render_kw={"maxlength": LONGEST_NAME, "autocomplete": "off"},
    )


_HELP = {
    "situation": _l("Only what the others need. No names, places or dates."),
    "choice_a": _l("What could we do? One clear choice."),
    "damage_a": _l("Who pays for it, and with what?"),
    "choice_b": _l("The other choice, that excludes the first."),
    "damage_b": _l("Who pays for it, and with what?"),
    "question": _l("Is it right to …? May we …? Should we …?"),
}
_ROWS = {"situation": 6, "title": 1, "considerations": 5, "helped": 4}


class DilemmaForm(FlaskForm):
    """The dilemma as A or B, with the damage of each, and the moral question."""

    version = _Number(default=0)
    back = HiddenField()


class ConclusionForm(FlaskForm):
    """What those who took part come to."""

    version = _Number(default=0)
    back = HiddenField()
    text = TextAreaField(
        _l("Conclusion"),
        description=_l(
            "What do you do now, on which grounds, and what stays hard? You need not agree: write "
            "down where you differ too."
        ),
        filters=[stripped],
        render_kw={"rows": 7},
    )


class WeighingForm(FlaskForm):
    """What one thinks right, and why."""

    back = HiddenField()
    choice = RadioField(
        _l("What is right, as you see it?"),
        choices=choices(CHOICES.items()),
        validators=[Optional()],
        validate_choice=False,
    )


class GeneralForm(FlaskForm):
    """The dilemma in general words."""

    version = _Number(default=0)


class AudienceForm(FlaskForm):
    """Who a report is for; the choices are set by the view."""

    audience = RadioField(_l("Who is it for?"), validate_choice=True)


class VersionForm(FlaskForm):
    """Which version somebody read."""

    version = _Number(default=0)


def _text_field(name: str, label: Any) -> TextAreaField:
    return TextAreaField(
        label,
        description=_HELP.get(name, ""),
        filters=[stripped],
        render_kw={"rows": _ROWS.get(name, 3)},
    )


for _name, _label in DILEMMA.items():
    setattr(DilemmaForm, _name, _text_field(_name, _label))
for _name, _label in ANSWERS.items():
    setattr(WeighingForm, _name, _text_field(_name, _label))
for _name, _label in GENERAL.items():
    setattr(
        GeneralForm,
        _name,
        StringField(_label, filters=[stripped], render_kw={"maxlength": 120})
        if _name == "title"
        else _text_field(_name, _label),
    )

LONGEST_ENTRY = places.LONGEST
