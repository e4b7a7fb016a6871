"""Input of what intervisie adds to a session."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from cop.intervisie.models import GoOn
from cop.platform.forms import choices
from cop.platform.i18n import lazy as _l
from cop.sessions.forms import new_key

_PRIVATE = {"autocomplete": "off"}


class ThemeForm(FlaskForm):
    theme = StringField(_l("Propose a theme"), render_kw=_PRIVATE)
    key = HiddenField(default=new_key)


class OfferForm(FlaskForm):
    brings = RadioField(_l("Who brings it?"), choices=[], validate_choice=False)
    case = SelectField(_l("One of your cases"), validate_choice=False)
    question = TextAreaField(
        _l("Or tell it on the spot: your learning question"),
        description=_l("Nothing else of what you tell is written down."),
        render_kw={"rows": 2, **_PRIVATE},
    )
    key = HiddenField(default=new_key)


SAYS = {
    GoOn.ON: _l("Yes, let us meet again"),
    GoOn.PAUSE: _l("Not now, later"),
    GoOn.STOP: _l("It is done; we can stop"),
}


class GoOnForm(FlaskForm):
    says = RadioField(_l("Do you want to go on?"), choices=choices(SAYS.items()))
