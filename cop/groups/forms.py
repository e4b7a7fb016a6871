"""Input of the pages of groups."""

from datetime import date

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

from cop.gatherings.models import Gathering, Setting
from cop.gatherings.operations import LONGEST_LINK, LONGEST_PLACE, LONGEST_WHY
from cop.gatherings.poll_forms import Days, as_day
from cop.gatherings.words import SETTING_LABELS
from cop.groups.dates import Where
from cop.groups.facilitating import LONGEST_WORDS
from cop.groups.models import Group, GroupKind
from cop.groups.operations import FOR_GROUPS, LONGEST_NAME, LONGEST_TEXT, Details
from cop.groups.words import KIND_LABELS, LENGTHS, first_rules
from cop.platform.forms import ClockField, DayField, WholeNumberField, choices, stripped
from cop.platform.i18n import lazy as _l
from cop.platform.i18n import ngettext
from cop.spaces.circle_forms import TOO_LONG, NameForm
from cop.spaces.circles import Visibility
from cop.spaces.forms import REQUIRED
from cop.spaces.words import VISIBILITY_LABELS

EXTRA = ("another", "and_another", "one_more")


def _minutes(lengths: tuple[int, ...]) -> list[tuple[int, str]]:
    return [(n, ngettext("%(num)s minute", "%(num)s minutes", n)) for n in sorted(lengths)]


class _AboutForm(FlaskForm):
    """What a group says about itself."""

    name = StringField(
        _l("Name of the group"),
        description=_l("It is in no mail and no calendar."),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=LONGEST_NAME, message=TOO_LONG)],
    )
    purpose = TextAreaField(
        _l("What do you want to learn together?"),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=LONGEST_TEXT, message=TOO_LONG)],
    )
    rules = TextAreaField(
        _l("What do you agree on with each other?"),
        description=_l("Everybody reads it and agrees before the first time, and after a change."),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=LONGEST_TEXT, message=TOO_LONG)],
    )
    size = WholeNumberField(
        _l("For how many people?"),
        description=_l(
            "Intervisie goes best with four to eight, moral deliberation with six to ten. The "
            "facilitator is not counted. Who asks later waits for a place. Leave it empty if there "
            "is always room."
        ),
        validators=[Optional()],
    )
    every_weeks = WholeNumberField(
        _l("Every how many weeks?"),
        description=_l("Leave it empty if you find each date by itself."),
        validators=[Optional()],
    )
    minutes = SelectField(_l("How long does it take?"), coerce=int)
    organisation = SelectField(_l("For people of"), coerce=int, default=0)

    def details(self, kind: str) -> Details:
        return Details(
            kind=kind,
            name=self.name.data or "",
            purpose=self.purpose.data or "",
            rules=self.rules.data or "",
            size=self.size.data,
            every_weeks=self.every_weeks.data,
            minutes=self.minutes.data,
            organisation_id=self.organisation.data or None,
        )


class StartForm(NameForm, _AboutForm):
    """Starting a group."""

    kind = RadioField(
        _l("What do you meet for?"),
        choices=choices(KIND_LABELS.items()),
        default=GroupKind.INTERVISIE,
    )
    visibility = RadioField(
        _l("Who can find it?"),
        choices=choices((v, VISIBILITY_LABELS[v]) for v in FOR_GROUPS),
        default=Visibility.CLOSED,
    )
    facilitates = BooleanField(
        _l("I facilitate it myself"),
        description=_l("Otherwise you look for somebody; until then no date is certain."),
    )
    allows_pseudonyms = BooleanField(_l("People can take part under a pseudonym"))

    def begin(self, organisations: list[tuple[int, str]]) -> None:
        """What can be chosen, and what a new group begins with."""
        every = tuple({n for lengths in LENGTHS.values() for n in lengths})
        self.minutes.choices = choices(_minutes(every))
        self.organisation.choices = choices(organisations)
        if not self.is_submitted():
            self.minutes.data = 90
            self.size.process_data(8)
            self.every_weeks.process_data(6)
            self.rules.data = first_rules()


class EditForm(_AboutForm):
    """Changing what a group says about itself."""

    version = IntegerField(widget=HiddenInput(), default=0)

    def begin(self, group: Group, organisations: list[tuple[int, str]]) -> None:
        self.minutes.choices = choices(_minutes(LENGTHS[GroupKind(group.kind)]))
        self.organisation.choices = choices(organisations)
        if not self.is_submitted():
            self.version.data = group.version
            self.name.data, self.purpose.data = group.name, group.purpose
            self.rules.data, self.minutes.data = group.rules, group.minutes
            self.size.process_data(group.size)
            self.every_weeks.process_data(group.every_weeks)
            self.organisation.data = group.organisation_id or 0


class AgreeForm(FlaskForm):
    """Agreeing to the rules as they were shown."""

    version = IntegerField(widget=HiddenInput(), default=0)


class WordsForm(FlaskForm):
    """A few words with a question or an offer."""

    words = TextAreaField(
        _l("A few words with it"),
        filters=[stripped],
        validators=[Length(max=LONGEST_WORDS, message=TOO_LONG)],
        render_kw={"rows": 3},
    )


class AskFacilitatorForm(WordsForm):
    """Whom one asks to facilitate."""

    handle = RadioField(_l("Whom do you ask?"), validators=[InputRequired(REQUIRED)])


class ReadyForm(FlaskForm):
    """Putting oneself into the pool of facilitators."""

    intervisie = BooleanField(_l("Intervisie"), default=True)
    beraad = BooleanField(_l("Moral deliberation"))
    training = TextAreaField(
        _l("How did you learn to facilitate?"),
        description=_l("A training, a course, years of doing it. All members can read this."),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=LONGEST_WORDS, message=TOO_LONG)],
        render_kw={"rows": 3},
    )


class SeriesForm(FlaskForm):
    """Which days are proposed; sent by GET, so it needs no token."""

    class Meta:
        csrf = False

    first = DayField(_l("First day"), validators=[InputRequired(REQUIRED)])
    every = WholeNumberField(_l("Every how many weeks?"), validators=[Optional()])
    number = WholeNumberField(_l("How many dates?"), validators=[Optional()])


class _WhereForm(FlaskForm):
    """Time and place of dates."""

    begins = ClockField(_l("From"), validators=[InputRequired(REQUIRED)])
    setting = RadioField(
        _l("Where do you meet?"), choices=choices(SETTING_LABELS.items()), default=Setting.ON_SITE
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
    minutes = SelectField(_l("How long does it take?"), coerce=int)

    def lengths(self, group: Group) -> None:
        self.minutes.choices = choices(
            _minutes(tuple({*LENGTHS[GroupKind(group.kind)], group.minutes}))
        )
        if not self.is_submitted():
            self.minutes.data = group.minutes

    def where(self) -> Where:
        return Where(
            setting=self.setting.data,
            place=self.place.data or "",
            link=self.link.data or "",
            minutes=self.minutes.data,
        )

    def like(self, gathering: Gathering) -> None:
        """The place of a date that there is already."""
        self.setting.data, self.place.data = gathering.setting, gathering.place
        self.link.data = gathering.link


class DatesForm(_WhereForm):
    """Planning dates: those that are proposed, and days by hand."""

    days = Days(_l("Which days?"), coerce=as_day, validate_choice=False)
    another = DayField(_l("Another day"), validators=[Optional()])
    and_another = DayField(_l("And another"), validators=[Optional()])
    one_more = DayField(_l("One more"), validators=[Optional()])

    def chosen(self) -> list[date]:
        by_hand = [self[name].data for name in EXTRA if self[name].data is not None]
        return sorted({*(self.days.data or []), *by_hand})


class PresenceForm(FlaskForm):
    """Who took part in a date, and for how long."""

    there = Days(_l("Who took part?"), coerce=str)
    minutes = WholeNumberField(_l("For how many minutes?"), validators=[InputRequired(REQUIRED)])


class MoveForm(_WhereForm):
    """Moving a date, or it and the rest of its series."""

    day = DayField(_l("Day"), validators=[InputRequired(REQUIRED)])
    rest = BooleanField(_l("Move the later dates along"))


class CancelForm(FlaskForm):
    """Calling a date off, or it and the rest of its series."""

    why = TextAreaField(
        _l("Why does it not go on?"),
        filters=[stripped],
        validators=[Length(max=LONGEST_WHY, message=TOO_LONG)],
        render_kw={"rows": 3},
    )
    rest = BooleanField(_l("Cancel the later dates too"))
