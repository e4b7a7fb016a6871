"""Input of the pages of cases."""

from datetime import date, datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from cop.cases.models import Basis, ContributionKind, Protection, Purpose
from cop.cases.until import end_of
from cop.cases.words import (
    BASES,
    CHECKS,
    KINDS,
    LABELS,
    PART_HELP,
    PART_LABELS,
    PROTECTIONS,
    PURPOSES,
    RELATIONS,
    SHAPE_LABELS,
)
from cop.moderation.forms import ReportForm
from cop.moderation.operations import LONGEST_PASSAGE
from cop.platform.errors import Refused
from cop.platform.forms import DayField, Versioned, choices, stripped
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.spaces.forms import Boxes

# What a browser must not remember or send elsewhere of a raw text.
_PRIVATE = {"autocomplete": "off", "spellcheck": "false"}


class StartForm(FlaskForm):
    """How one writes, and whom it is about."""

    basis = RadioField(
        _l("Whom is it about?"), choices=choices(BASES.items()), default=Basis.SOMEBODY
    )
    shape = RadioField(
        _l("How do you want to write?"), choices=choices(SHAPE_LABELS.items()), default="own"
    )


def _part(name: str, rows: int) -> Any:
    kind = StringField if name == "title" else TextAreaField
    more = dict(_PRIVATE) if name == "title" else _PRIVATE | {"rows": rows}
    return kind(PART_LABELS[name], description=PART_HELP[name], render_kw=more)


class WriteForm(Versioned, FlaskForm):
    """The raw text. Lengths are the operation's to check: what is too long is kept on the page."""

    title = _part("title", 1)
    text = _part("text", 16)
    situation = _part("situation", 8)
    done = _part("done", 6)
    nags = _part("nags", 5)
    question = _part("question", 3)


class BasisForm(FlaskForm):
    basis = RadioField(_l("Whom is it about?"), choices=choices(BASES.items()))


class FindingsForm(FlaskForm):
    """The decisions themselves are fields named by the key of each finding."""

    keep_origin = BooleanField(
        _l("New names may show the same origin as the names in the text"),
        description=_l("Only when the story needs it: an origin helps to recognise somebody."),
    )


class AddForm(FlaskForm):
    """Words that the author marks by hand."""

    words = StringField(
        _l("Words that say too much"),
        description=_l("Select them in the text, or type them as they stand there."),
        render_kw=_PRIVATE,
    )
    label = SelectField(_l("What is it?"), choices=choices(LABELS.items()))


class ChecklistForm(FlaskForm):
    checked = Boxes(_l("I went through this"), choices=choices(CHECKS.items()))
    knows_privately = BooleanField(
        _l("I also know the person outside my work"),
        description=_l("Readers see this line, so that they can take it into account."),
    )


class CircleForm(FlaskForm):
    """A group, space or list, or people by name: one button each."""

    circle = SelectField(_l("A group, space or list in which you take part"), coerce=int)
    people = TextAreaField(
        _l("Or a few people"),
        description=_l("Their names or short names, one on each line."),
        filters=[stripped],
        render_kw={"rows": 3, "autocomplete": "off"},
    )


class ConsentForm(FlaskForm):
    """That somebody agreed: no field in which a name could be typed."""

    relation = RadioField(_l("Who agrees? This person is …"), choices=choices(RELATIONS.items()))
    purpose = RadioField(
        _l("For what?"), choices=choices(PURPOSES.items()), default=Purpose.LEARNING
    )
    protection = RadioField(
        _l("Can this person decide alone?"),
        choices=choices(PROTECTIONS.items()),
        default=Protection.ADULT,
    )
    by_representative = BooleanField(
        _l("Their representative agrees (a parent, guardian, mentor or curator)")
    )
    until = DayField(
        _l("Until when at most?"),
        description=_l("This day stands on their card. You can share it for less long."),
    )


class NobodyForm(FlaskForm):
    said = BooleanField(_l("This is so"))


class ReaderForm(FlaskForm):
    handle = StringField(
        _l("Who reads it first?"),
        description=_l("Their name, or the short name on their page, such as jan-de-boer."),
        filters=[stripped],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class MarkForm(FlaskForm):
    words = StringField(
        _l("Words by which somebody could be recognised"),
        description=_l("Select them in the text, or type them as they stand there."),
        render_kw=_PRIVATE,
    )
    note = StringField(_l("Why?"), render_kw=_PRIVATE)


class UntilForm(FlaskForm):
    """`asked` is shown where somebody agreed to the case, until a day."""

    until = DayField(_l("Until when can it be read?"))
    asked = BooleanField(_l("I asked who agreed, and they agree to this day as well"))


class ShareForm(UntilForm):
    themes = Boxes(_l("Themes"), coerce=int)


def chosen_end(form: Any) -> datetime:
    """The end of the day that was chosen.

    Raises:
        Refused: none was, or the last that there is.
    """
    if form.until.data in (None, date.max):
        raise Refused(_("Choose a day."), "until")
    return end_of(form.until.data)


class ContributionForm(FlaskForm):
    kind = RadioField(
        _l("What do you bring?"), choices=choices(KINDS.items()), default=ContributionKind.QUESTION
    )
    text = TextAreaField(_l("Your words"), render_kw={"rows": 5})


class AnswerForm(FlaskForm):
    text = TextAreaField(_l("Your answer"), render_kw={"rows": 4})


class OutcomeForm(FlaskForm):
    outcome = TextAreaField(
        _l("What did it yield?"),
        description=_l("What do you take along, and what will you do differently?"),
        render_kw={"rows": 7},
    )


class CodeForm(FlaskForm):
    code = StringField(
        _l("Your code"),
        description=_l("The twenty letters and figures on the card that you were given."),
        filters=[stripped],
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "maxlength": 60,
        },
    )


class CaseReportForm(ReportForm):
    """What is the matter, in one's own words; what stands there is enclosed only if one wants."""

    note = TextAreaField(_l("What do the moderators need to know?"), filters=[stripped])
    passage = TextAreaField(
        _l("Words of the case, if they are needed"), validators=[Length(max=LONGEST_PASSAGE)]
    )
