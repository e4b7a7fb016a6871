"""Input of the pages on which a date is looked for."""

from collections.abc import Iterator
from datetime import date, timedelta

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields import StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from cop.gatherings.models import GatheringKind
from cop.gatherings.operations import LONGEST_TITLE
from cop.gatherings.polling import Proposal
from cop.gatherings.words import EVENT_LABELS
from cop.platform.forms import ClockField, DayField, choices, stripped
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.platform.i18n import ngettext
from cop.platform.markup import MAX_LENGTH
from cop.spaces.circle_forms import TOO_LONG
from cop.spaces.forms import REQUIRED

WEEKS = 13  # that the grid shows
TIMES = ("first", "second", "third")
LENGTHS = (30, 45, 60, 90, 120, 150, 180, 240, 300, 360, 480)


def as_day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


class Days(SelectMultipleField):
    """Several days of a grid, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _length(minutes: int) -> str:
    if minutes < 60:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    hours, rest = divmod(minutes, 60)
    if rest:
        return _("%(hours)s hours", hours=f"{hours}:{rest:02d}")
    return ngettext("%(num)s hour", "%(num)s hours", hours)


class AskForm(FlaskForm):
    """Asking when people can: some days, some times, and how long."""

    title = StringField(
        _l("What is it about?"),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=LONGEST_TITLE, message=TOO_LONG)],
    )
    kind = RadioField(
        _l("What kind of gathering?"),
        choices=choices(EVENT_LABELS.items()),
        default=GatheringKind.MEETING,
    )
    source = TextAreaField(
        _l("What should people know?"),
        filters=[stripped],
        validators=[Length(max=MAX_LENGTH, message=TOO_LONG)],
    )
    days = Days(_l("Which days?"), coerce=as_day)
    first = ClockField(_l("From"), validators=[InputRequired(REQUIRED)])
    second = ClockField(_l("Or from"), validators=[Optional()])
    third = ClockField(_l("Or from"), validators=[Optional()])
    minutes = SelectField(_l("How long?"), coerce=int, default=120)
    closes_on = DayField(
        _l("Answer until"),
        description=_l("After this day nobody can answer, and you get the outcome."),
        validators=[InputRequired(REQUIRED)],
    )

    def begin(
        self, today: date, fixed: tuple[str, str] | None = None, minutes: int | None = None
    ) -> None:
        """Give the grid its days, from tomorrow on.

        Args:
            fixed: kind and title, where they are not to be chosen.
        """
        self.fixed = fixed
        if fixed is not None:
            del self.kind, self.title
        if minutes is not None and not self.is_submitted():
            self.minutes.data = minutes
        self.days.choices = choices((day, str(day.day)) for day in grid_days(today))
        self.minutes.choices = choices((n, _length(n)) for n in LENGTHS)
        if not self.is_submitted():
            self.closes_on.data = today + timedelta(days=7)

    def proposal(self) -> Proposal:
        kind, title = self.fixed or (self.kind.data, self.title.data or "")
        return Proposal(
            kind=kind,
            title=title,
            days=self.days.data or [],
            times=[self[name].data for name in TIMES if self[name].data is not None],
            minutes=self.minutes.data,
            closes_on=self.closes_on.data,
            source=self.source.data or "",
        )


def grid_days(today: date) -> Iterator[date]:
    """The days that can be chosen: from tomorrow to the end of the last week."""
    monday = today - timedelta(days=today.weekday())
    day = today + timedelta(days=1)
    while day < monday + timedelta(weeks=WEEKS):
        yield day
        day += timedelta(days=1)


class AddDatesForm(FlaskForm):
    """More dates in a poll that runs."""

    day = DayField(_l("Day"), validators=[InputRequired(REQUIRED)])
    another = DayField(_l("Another day"), validators=[Optional()])
    one_more = DayField(_l("One more"), validators=[Optional()])
    begins = ClockField(_l("From"), validators=[InputRequired(REQUIRED)])

    def days(self) -> list[date]:
        fields = (self.day, self.another, self.one_more)
        return [field.data for field in fields if field.data is not None]


class AnswerForm(FlaskForm):
    """What one says of each date stands in fields of their own: 'datum-12'."""

    comes = BooleanField(
        _l("Sign me up if a date is chosen to which I say yes"),
        description=_l("You can always sign off again. Otherwise you are asked first."),
    )
