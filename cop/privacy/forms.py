"""The form of what a member takes along."""

from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from cop.platform.i18n import lazy as _l


class FetchForm(FlaskForm):
    password = PasswordField(
        _l("Your password"),
        validators=[InputRequired(_l("Fill this in, please.")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
