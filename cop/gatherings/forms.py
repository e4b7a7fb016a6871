"""Input of the pages of gatherings."""

from datetime import datetime

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from cop.gatherings import when
from cop.gatherings.models import Gathering, GatheringKind, Setting
from cop.gatherings.operations import (
    FOR_ALL,
    LONGEST_LINK,
    LONGEST_PLACE,
    LONGEST_TITLE,
    LONGEST_WHY,
    Details,
)
from cop.gatherings.words import EVENT_LABELS, SETTING_LABELS
from cop.platform.forms import ClockField, DayField, WholeNumberField, choices, stripped
from cop.platform.i18n import lazy as _l
from cop.platform.markup import MAX_LENGTH
from cop.spaces.circle_forms import TOO_LONG
from cop.spaces.circles import Visibility
from cop.spaces.forms import REQUIRED
from cop.spaces.words import VISIBILITY_LABELS


class GatheringForm(FlaskForm):
    """Planning a gathering or changing it. Day and times are on the Dutch clock."""

    version = IntegerField(widget=HiddenInput(), default=0)
    title = StringField(
        _l("What is it about?"),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=LONGEST_TITLE, message=TOO_LONG)],
    )
    kind = RadioField(
        _l("What kind of gathering?"),
        description=_l("In calendars and mails only this is shown, with time and place."),
        choices=choices(EVENT_LABELS.items()),
        default=GatheringKind.MEETING,
    )
    day = DayField(_l("Day"), validators=[InputRequired(REQUIRED)])
    begins = ClockField(_l("From"), validators=[InputRequired(REQUIRED)])
    until = ClockField(_l("Until"), validators=[InputRequired(REQUIRED)])
    last_day = DayField(
        _l("Last day"),
        description=_l("Only if it takes more than one day: the time above is then on this day."),
        validators=[Optional()],
    )
    setting = RadioField(
        _l("Where do you meet?"),
        choices=choices(SETTING_LABELS.items()),
        default=Setting.ON_SITE,
    )
    place = StringField(
        _l("Place"),
        filters=[stripped],
        validators=[Length(max=LONGEST_PLACE, message=TOO_LONG)],
    )
    link = StringField(
        _l("Link for joining online"),
        description=_l("Only those who come see it, on the page; it is in no mail or calendar."),
        filters=[stripped],
        validators=[Length(max=LONGEST_LINK, message=TOO_LONG)],
    )
    seats = WholeNumberField(
        _l("How many people at most?"),
        description=_l("Who comes later waits for a place. Leave it empty if there is room."),
        validators=[Optional()],
    )
    source = TextAreaField(
        _l("What should people know?"),
        filters=[stripped],
        validators=[Length(max=MAX_LENGTH, message=TOO_LONG)],
    )
    visibility = RadioField(
        _l("Who can see it?"),
        choices=choices((v, VISIBILITY_LABELS[v]) for v in FOR_ALL),
        default=Visibility.OPEN,
    )

    fixed: tuple[str, str] | None = None

    def fix(self, kind: str, title: str) -> None:
        """Of a group: kind and title are not to be chosen, and everybody has a place."""
        self.fixed = kind, title
        del self.kind, self.title, self.source, self.seats, self.visibility, self.last_day

    def details(self) -> Details:
        """
        Raises:
            Refused: a time that the clocks skip.
        """
        if self.fixed is not None:
            kind, title = self.fixed
            return Details(
                kind=kind,
                title=title,
                starts_at=self._moment("begins"),
                ends_at=self._ends(),
                setting=self.setting.data,
                place=self.place.data or "",
                link=self.link.data or "",
            )
        return Details(
            kind=self.kind.data,
            title=self.title.data or "",
            starts_at=self._moment("begins"),
            ends_at=self._ends(),
            setting=self.setting.data,
            place=self.place.data or "",
            link=self.link.data or "",
            seats=self.seats.data,
            source=self.source.data or "",
        )

    def _moment(self, field: str) -> datetime:
        return when.moment(self.day.data, self[field].data, field)

    def _ends(self) -> datetime:
        day = self.last_day.data if "last_day" in self else None
        return when.moment(day or self.day.data, self.until.data, "until")

    def show(self, gathering: Gathering) -> None:
        """Fill the form with what is said now."""
        begins, until = when.local(gathering.starts_at), when.local(gathering.ends_at)
        self.version.data = gathering.version
        self.title.data, self.kind.data = gathering.title, gathering.kind
        self.day.data = begins.date()
        self.begins.data, self.until.data = begins.time(), until.time()
        self.last_day.data = until.date() if until.date() != begins.date() else None
        self.setting.data, self.place.data = gathering.setting, gathering.place
        self.link.data = gathering.link
        self.seats.process_data(gathering.seats)
        self.source.data = gathering.source
        self.visibility.data = gathering.circle.visibility


class CancelForm(FlaskForm):
    """Calling it off, with a word for who would have come."""

    why = TextAreaField(
        _l("Why does it not go on?"),
        filters=[stripped],
        validators=[Length(max=LONGEST_WHY, message=TOO_LONG)],
    )


class ReportForm(FlaskForm):
    """What came of it."""

    version = IntegerField(widget=HiddenInput(), default=0)
    source = TextAreaField(
        _l("What came of it?"),
        description=_l("What did you talk about, what do you do with it, who does what?"),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=MAX_LENGTH, message=TOO_LONG)],
    )


class OwnCalendarForm(FlaskForm):
    """How a member hears of dates."""

    week_before = BooleanField(_l("A reminder a week before"))
    day_before = BooleanField(_l("A reminder a day before"))
    by_mail = BooleanField(
        _l("By mail: an invitation that your calendar understands"),
        description=_l(
            "It puts each date into your calendar, moves it and takes it out. Turn it off if you "
            "subscribe below, or dates may stand there twice. What stands there by then is still "
            "kept right by mail."
        ),
    )
