"""The form with everything that a member wants by mail."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from cop.notifications.models import Rhythm
from cop.platform.forms import choices
from cop.platform.i18n import WEEKDAYS
from cop.platform.i18n import lazy as _l

RHYTHM_LABELS = {
    Rhythm.EACH: _l("every message"),
    Rhythm.DAILY: _l("in the daily overview"),
    Rhythm.WEEKLY: _l("in the weekly overview"),
    Rhythm.SITE: _l("only on the site"),
}


def _in_an_overview() -> list[SelectChoice]:
    return choices((r.value, RHYTHM_LABELS[r]) for r in Rhythm if r != Rhythm.EACH)


class MailForm(FlaskForm):
    """What counts in general; lists and discussions follow on the page, each with its own field."""

    hour = SelectField(
        _l("At what time the overview comes"),
        coerce=int,
        choices=choices((hour, f"{hour:02d}:00") for hour in range(24)),
    )
    weekday = SelectField(_l("On which day the weekly one comes"), coerce=int)
    asked = RadioField(
        _l("What is asked of you"),
        choices=_in_an_overview(),
    )
    rest = RadioField(_l("What else is new"), choices=_in_an_overview())
    joined = RadioField(
        _l("Lists that you take part in"),
        choices=choices((r.value, RHYTHM_LABELS[r]) for r in Rhythm),
    )
    follows_own = BooleanField(_l("Follow what I start or answer"))

    def name_days(self, language: str) -> None:
        self.weekday.choices = choices(enumerate(WEEKDAYS[language]))
