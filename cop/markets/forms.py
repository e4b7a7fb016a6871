"""Input of the pages of markets."""

import uuid
from datetime import datetime
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

from cop.gatherings import when
from cop.gatherings.models import Gathering, GatheringKind, Setting
from cop.gatherings.operations import (
    LONGEST_LINK,
    LONGEST_PLACE,
    LONGEST_TITLE,
    LONGEST_WHY,
    Details,
)
from cop.gatherings.words import SETTING_LABELS
from cop.markets import entries, stalls
from cop.markets.announcing import Terms
from cop.markets.entries import Wanted
from cop.markets.models import Market, MarketEntry, Side, Stall
from cop.platform.forms import ClockField, DayField, WholeNumberField, choices, stripped
from cop.platform.i18n import lazy as _l
from cop.platform.markup import MAX_LENGTH
from cop.spaces.circle_forms import TOO_LONG
from cop.spaces.forms import REQUIRED, Boxes


class MarketForm(FlaskForm):
    """Announcing a market or changing it. Day and times are on the Dutch clock."""

    version = IntegerField(widget=HiddenInput(), default=0)
    title = StringField(
        _l("What is the market called?"),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=LONGEST_TITLE, message=TOO_LONG)],
    )
    day = DayField(_l("Day"), validators=[InputRequired(REQUIRED)])
    begins = ClockField(_l("From"), validators=[InputRequired(REQUIRED)])
    until = ClockField(_l("Until"), validators=[InputRequired(REQUIRED)])
    setting = RadioField(
        _l("Where do you meet?"), choices=choices(SETTING_LABELS.items()), default=Setting.ONLINE
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
    rounds = WholeNumberField(
        _l("How many rounds?"), default=4, validators=[InputRequired(REQUIRED)]
    )
    minutes = WholeNumberField(
        _l("Minutes in a round"), default=20, validators=[InputRequired(REQUIRED)]
    )
    pause = WholeNumberField(
        _l("Minutes between two rounds"), default=5, validators=[InputRequired(REQUIRED)]
    )
    stall_seats = WholeNumberField(
        _l("Seats at a stall"),
        description=_l("Beside who holds it. You can change it for each stall later."),
        default=8,
        validators=[InputRequired(REQUIRED)],
    )
    nameless_questions = BooleanField(
        _l("At a stall, people may ask without their name"), default=True
    )
    themes = Boxes(_l("Themes"), coerce=int)
    spaces = Boxes(_l("Spaces"), coerce=int)
    organisations = Boxes(_l("Institutions"), coerce=int)
    source = TextAreaField(
        _l("What should people know?"),
        filters=[stripped],
        validators=[Length(max=MAX_LENGTH, message=TOO_LONG)],
    )

    def details(self) -> Details:
        """
        Raises:
            Refused: a time that the clocks skip.
        """
        return Details(
            kind=GatheringKind.MARKET,
            title=self.title.data or "",
            starts_at=self._moment("begins"),
            ends_at=self._moment("until"),
            setting=self.setting.data,
            place=self.place.data or "",
            link=self.link.data or "",
            seats=self.seats.data,
            source=self.source.data or "",
        )

    def terms(self) -> Terms:
        return Terms(
            rounds=self.rounds.data or 0,
            minutes=self.minutes.data or 0,
            pause=self.pause.data or 0,
            seats=self.stall_seats.data or 0,
            nameless_questions=self.nameless_questions.data,
            theme_ids=self.themes.data or [],
            space_ids=self.spaces.data or [],
            organisation_ids=self.organisations.data or [],
        )

    def _moment(self, field: str) -> datetime:
        return when.moment(self.day.data, self[field].data, field)

    def show(self, market: Market, gathering: Gathering, theme_ids: list[int]) -> None:
        """Fill the form with what is said now."""
        begins, until = when.local(gathering.starts_at), when.local(gathering.ends_at)
        self.version.data = market.version
        self.title.data, self.source.data = gathering.title, gathering.source
        self.day.data = begins.date()
        self.begins.data, self.until.data = begins.time(), until.time()
        self.setting.data, self.place.data = gathering.setting, gathering.place
        self.link.data = gathering.link
        self.seats.process_data(gathering.seats)
        self.rounds.process_data(market.rounds)
        self.minutes.process_data(market.minutes)
        self.pause.process_data(market.pause)
        self.stall_seats.process_data(market.seats)
        self.nameless_questions.data = market.nameless_questions
        self.themes.data = theme_ids


def _line(label: Any) -> StringField:
    return StringField(
        label,
        filters=[stripped],
        validators=[Length(max=entries.LONGEST_LINE, message=TOO_LONG)],
    )


def _expects(label: Any) -> StringField:
    return StringField(
        label,
        filters=[stripped],
        validators=[Length(max=entries.LONGEST_EXPECTS, message=TOO_LONG)],
    )


class TakePartForm(FlaskForm):
    """Taking part: an ask, an offer, or both; questions first."""

    ask_key = HiddenField(default=lambda: str(uuid.uuid4()))
    offer_key = HiddenField(default=lambda: str(uuid.uuid4()))
    ask = _line(_l("What do you want to know or get?"))
    ask_theme = SelectField(_l("Theme of your question"), default="")
    ask_expects = _expects(_l("What would help you most?"))
    offer = _line(_l("What can you bring?"))
    offer_theme = SelectField(_l("Theme of what you bring"), default="")
    offer_expects = _expects(_l("What can somebody expect to get?"))

    def wanted(self) -> list[Wanted]:
        """What was filled in."""
        found = []
        for side in Side:
            line = self[side].data or ""
            expects = self[f"{side}_expects"].data or ""
            if line or expects:
                theme = self[f"{side}_theme"].data
                found.append(
                    Wanted(
                        side=side,
                        line=line,
                        expects=expects,
                        theme_id=int(theme) if theme else None,
                        key=self[f"{side}_key"].data or "",
                    )
                )
        return found


class EntryForm(FlaskForm):
    """Changing one ask or offer."""

    line = StringField(
        _l("In one line"),
        filters=[stripped],
        validators=[
            InputRequired(REQUIRED),
            Length(max=entries.LONGEST_LINE, message=TOO_LONG),
        ],
    )
    theme = SelectField(_l("Theme"), default="")
    expects = _expects(_l("What can the other expect, or what would help you most?"))

    def wanted(self, entry: MarketEntry) -> Wanted:
        return Wanted(
            side=entry.side,
            line=self.line.data or "",
            expects=self.expects.data or "",
            theme_id=int(self.theme.data) if self.theme.data else None,
            key=entry.key,
        )

    def show(self, entry: MarketEntry) -> None:
        self.line.data, self.expects.data = entry.line, entry.expects
        self.theme.data = str(entry.theme_id or "")


class StallForm(FlaskForm):
    """What a host says about a stall."""

    title = StringField(
        _l("What stands on its sign?"),
        filters=[stripped],
        validators=[
            InputRequired(REQUIRED),
            Length(max=stalls.LONGEST_TITLE, message=TOO_LONG),
        ],
    )
    seats = WholeNumberField(_l("Seats, beside who holds it"), validators=[InputRequired(REQUIRED)])
    rounds = WholeNumberField(
        _l("In how many rounds at most?"),
        description=_l("Leave it empty for as many as there are."),
        validators=[Optional()],
    )
    link = StringField(
        _l("Link for joining online"),
        description=_l("When this stall meets elsewhere than the market as a whole."),
        filters=[stripped],
        validators=[Length(max=LONGEST_LINK, message=TOO_LONG)],
    )
    closed = BooleanField(_l("This stall is not held"))

    def show(self, stall: Stall) -> None:
        self.link.data = stall.link or ""
        self.title.data = stall.title
        self.seats.process_data(stall.seats)
        self.rounds.process_data(stall.rounds)
        self.closed.data = stall.closed_at is not None


class MergeForm(FlaskForm):
    """Two stalls about the same become one."""

    into = SelectField(_l("Together with which stall?"), coerce=int)


class MoveForm(FlaskForm):
    """The host's own hand."""

    who = SelectField(_l("Who?"))
    round = SelectField(_l("In which round?"), coerce=int)
    stall = SelectField(_l("To which stall?"))

    @property
    def stall_id(self) -> int | None:
        return int(self.stall.data) if self.stall.data else None


class CancelForm(FlaskForm):
    """Calling it off, with a word for who would have come."""

    why = TextAreaField(
        _l("Why does it not go on?"),
        filters=[stripped],
        validators=[Length(max=LONGEST_WHY, message=TOO_LONG)],
    )
