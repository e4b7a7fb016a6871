"""Input of the pages of practices."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from cop.platform.forms import DayField, choices, stripped
from cop.platform.i18n import LazyText
from cop.platform.i18n import lazy as _l
from cop.practices import words
from cop.practices.models import Practice, PracticeKind
from cop.practices.publishing import SPACE, Beside
from cop.practices.responding import LONGEST, LONGEST_POINT
from cop.practices.words import LONGEST as SECTION_LENGTH
from cop.practices.writing import Beginning
from cop.spaces.circle_forms import TOO_LONG
from cop.spaces.circles import Visibility
from cop.spaces.forms import REQUIRED, Boxes


class StartForm(FlaskForm):
    """A title and a summary are enough to begin."""

    title = StringField(
        words.SECTIONS["title"],
        description=words.HELP["title"],
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=SECTION_LENGTH["title"], message=TOO_LONG)],
    )
    summary = TextAreaField(
        words.SECTIONS["summary"],
        description=words.HELP["summary"],
        filters=[stripped],
        validators=[
            InputRequired(REQUIRED),
            Length(max=SECTION_LENGTH["summary"], message=TOO_LONG),
        ],
        render_kw={"rows": 4},
    )
    kind = RadioField(
        _l("What is it?"),
        description=_l("What did not work is as much worth telling: it saves others the road."),
        choices=choices(words.KINDS.items()),
        default=PracticeKind.WORKS,
    )

    def beginning(self) -> Beginning:
        return Beginning(
            title=self.title.data or "", summary=self.summary.data or "", kind=self.kind.data
        )


class LineForm(FlaskForm):
    """A section of one line."""

    version = IntegerField(widget=HiddenInput(), default=0)
    text = StringField("", filters=[stripped])


class TextForm(FlaskForm):
    """A section; the operation says how long it may be."""

    version = IntegerField(widget=HiddenInput(), default=0)
    text = TextAreaField("", filters=[stripped])


class DetailsForm(FlaskForm):
    """What stands beside the text."""

    version = IntegerField(widget=HiddenInput(), default=0)
    kind = RadioField(_l("What is it?"), choices=choices(words.KINDS.items()))
    knowledge = Boxes(
        _l("On which knowledge does it rest?"),
        description=_l("Choose all that apply. They stand side by side; none counts for more."),
        choices=choices(words.KNOWLEDGE.items()),
    )
    themes = Boxes(_l("Themes"), coerce=int)
    contact = SelectField(_l("Who can people turn to?"), choices=[])
    review_on = DayField(
        _l("When do you look at it again?"),
        description=_l(
            "The contact person gets a reminder. After this day readers see it as well."
        ),
        validators=[Optional()],
    )

    def show(self, practice: Practice, contact: str, theme_ids: list[int]) -> None:
        self.version.data, self.kind.data = practice.version, practice.kind
        self.knowledge.data, self.themes.data = list(practice.knowledge), theme_ids
        self.contact.data, self.review_on.data = contact, practice.review_on

    def wanted(self) -> Beside:
        return Beside(
            kind=self.kind.data,
            knowledge=self.knowledge.data or [],
            theme_ids=self.themes.data or [],
            contact=self.contact.data or "",
            review_on=self.review_on.data,
        )


AUDIENCES: Mapping[str, LazyText] = {
    SPACE: _l("Whoever reads the space"),
    Visibility.OPEN: _l("All members"),
    Visibility.PUBLIC: _l("Everybody, also without an account"),
}


class AudienceForm(FlaskForm):
    """For whom it is."""

    audience = RadioField(_l("Who can read it?"), choices=[])
    named = BooleanField(
        _l("Visitors see my name"),
        description=_l("Only for a page that everybody reads. Each of you decides this alone."),
    )


class ReviewForm(FlaskForm):
    """It still holds; until when."""

    review_on = DayField(
        _l("When do you look at it again?"),
        description=_l("Leave it empty for a year from now."),
        validators=[Optional()],
    )


class AskForm(FlaskForm):
    """Asking somebody to write along."""

    handle = StringField(
        _l("Who?"),
        description=_l("Their name, or the short name on their page, such as jan-de-boer."),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=80, message=TOO_LONG)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


def _box(label: Any, help: Any, most: int, required: bool = False, rows: int = 4) -> TextAreaField:
    checks: list[Any] = [Length(max=most, message=TOO_LONG)]
    if required:
        checks.insert(0, InputRequired(REQUIRED))
    return TextAreaField(
        label, description=help, filters=[stripped], validators=checks, render_kw={"rows": rows}
    )


class ExperienceForm(FlaskForm):
    """How it went in one's own context."""

    verdict = RadioField(
        _l("How did it go?"),
        choices=choices(words.VERDICTS.items()),
        validators=[InputRequired(REQUIRED)],
    )
    context = _box(
        _l("What is your context?"),
        _l("What kind of place, how many people, what was there already? Without names."),
        LONGEST,
        required=True,
    )
    result = _box(
        _l("What came of it?"),
        _l(
            "What did it bring about, and how do you know? It is about the way of working, never "
            "about a colleague or a client."
        ),
        LONGEST,
    )


class UseForm(FlaskForm):
    """Which institution works this way."""

    organisation = SelectField(_l("Which institution?"), coerce=int, choices=[])


def compare_form(sections: list[str]) -> type[FlaskForm]:
    """A form with two fields for each section that can be compared."""
    fields: dict[str, Any] = {
        "shared": RadioField(
            _l("Who can read this?"),
            choices=choices(
                [("", _l("Only I")), ("yes", _l("The members who read this practice"))]
            ),
            default="",
        )
    }
    for name in sections:
        fields[f"{name}_alike"] = RadioField(
            _l("How do you do it?"),
            choices=choices([("", _l("Nothing to say")), *words.ALIKE.items()]),
            default="",
        )
        fields[f"{name}_said"] = TextAreaField(
            _l("In your words"),
            filters=[stripped],
            validators=[Length(max=LONGEST_POINT, message=TOO_LONG)],
            render_kw={"rows": 2},
        )
    return type("CompareForm", (FlaskForm,), fields)
