"""Input of the members' pages."""

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import DataRequired, Length

from cop.platform.i18n import lazy as _l

REQUIRED = _l("Fill this in, please.")


def _strip(value: str | None) -> str | None:
    return value.strip() if isinstance(value, str) else value


class SignInForm(FlaskForm):
    """E-mail address and password; the password may stay empty for a link by mail."""

    email = EmailField(
        _l("E-mail address"),
        filters=[_strip],
        validators=[DataRequired(REQUIRED), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"),
        validators=[Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()
