"""Input of the pages about accounts."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, NumberRange, Optional

from cop.platform.blank import trimmed
from cop.platform.forms import WholeNumberField
from cop.platform.i18n import LANGUAGES, zones
from cop.platform.i18n import lazy as _l

REQUIRED = _l("Fill this in, please.")
TOO_LONG = _l("This is too long: at most %(max)d characters.")
NUMBER = _l("Fill in a number from %(min)s to %(max)s, please.")


def _strip(value: str | None) -> str | None:
    return trimmed(value) if isinstance(value, str) else value


def _text(most: int, required: bool = True, **render: Any) -> dict[str, Any]:
    """Arguments of a text field: stripped, not too long, one sentence when empty."""
    validators: list[Any] = [DataRequired(REQUIRED)] if required else []
    return {
        "filters": [_strip],
        "validators": [*validators, Length(max=most, message=TOO_LONG)],
        "render_kw": render,
    }


def _email(**render: Any) -> dict[str, Any]:
    return _text(254, **{"autocomplete": "email", "spellcheck": "false"} | render)


def _password(kind: str, required: bool) -> dict[str, Any]:
    """A password is taken as typed, spaces included."""
    validators: list[Any] = [InputRequired(REQUIRED)] if required else []
    return {
        "validators": [*validators, Length(max=200, message=TOO_LONG)],
        "render_kw": {"autocomplete": kind},
    }


class ButtonForm(FlaskForm):
    """A button only, with its token."""


class SignInForm(FlaskForm):
    """E-mail address and password; the password may stay empty for a link by mail."""

    email = EmailField(_l("E-mail address"), **_email(autocomplete="username"))
    password = PasswordField(
        _l("Password"),
        description=_l("Leave this empty and you get a mail with a link that signs you in."),
        **_password("current-password", required=False),
    )
    next = HiddenField()


class ForgottenForm(FlaskForm):
    email = EmailField(_l("E-mail address"), **_email(autocomplete="username"))


class NewPasswordForm(FlaskForm):
    password = PasswordField(
        _l("New password"),
        description=_l("At least 12 characters. Four words in a row are easy to remember."),
        **_password("new-password", required=True),
    )


class SignUpForm(FlaskForm):
    """Who wants to become a member. A password is chosen later, by whoever reads the mail."""

    name = StringField(
        _l("Your name"),
        description=_l("As others will see it here."),
        **_text(80, autocomplete="name"),
    )
    email = EmailField(
        _l("E-mail address"),
        description=_l("Nobody else gets to see it."),
        **_email(),
    )
    motivation = TextAreaField(
        _l("Why do you want to join?"),
        description=_l("A few words are enough."),
        **_text(1000, required=False),
    )
    agreed = BooleanField(
        _l("I agree to the house rules"),
        validators=[DataRequired(_l("You can join when you agree to the house rules."))],
    )


class ConfirmForm(FlaskForm):
    """The button behind the first link, with a password if one wants to have one."""

    password = PasswordField(
        _l("Password"),
        description=_l(
            "At least 12 characters. Leave it empty and you get a link by mail each time you "
            "sign in."
        ),
        **_password("new-password", required=False),
    )


class FirstRunForm(FlaskForm):
    site_name = StringField(_l("Name of the community"), **_text(80))
    name = StringField(_l("Your name"), **_text(80, autocomplete="name"))
    email = EmailField(_l("E-mail address"), **_email())
    password = PasswordField(
        _l("Password"),
        description=_l("At least 12 characters. Four words in a row are easy to remember."),
        **_password("new-password", required=True),
    )


class PreferencesForm(FlaskForm):
    """How the member reads the site."""

    language = RadioField(
        _l("Language"), choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()]
    )
    time_zone = SelectField(_l("Time zone"))
    colour_scheme = RadioField(
        _l("Colours"),
        choices=[
            SelectChoice("", _l("As my device says")),
            SelectChoice("light", _l("Light")),
            SelectChoice("dark", _l("Dark")),
        ],
    )

    def __init__(self, *args: Any, zone_now: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The member's own stays among them when it is an old name of its zone.
        offered = dict.fromkeys([*zones(), *([zone_now] if zone_now else [])])
        self.time_zone.choices = [SelectChoice(zone, zone.replace("_", " ")) for zone in offered]


class ChangePasswordForm(FlaskForm):
    current = PasswordField(
        _l("Your password until now"), **_password("current-password", required=False)
    )
    password = PasswordField(
        _l("New password"),
        description=_l("At least 12 characters. Four words in a row are easy to remember."),
        **_password("new-password", required=False),
    )


class NewEmailForm(FlaskForm):
    email = EmailField(_l("New e-mail address"), **_email())
    current = PasswordField(_l("Your password"), **_password("current-password", required=False))


class InvitationForm(FlaskForm):
    """For one address, or a link for several people when no address is filled in."""

    email = EmailField(
        _l("E-mail address"),
        description=_l("Leave this empty for a link that you can give to several people."),
        **_text(254, required=False, autocomplete="off"),
    )
    uses = WholeNumberField(
        _l("For how many people?"),
        description=_l("Counts for a link without an address."),
        validators=[Optional(), NumberRange(1, 500, NUMBER)],
        render_kw={"class_": "short", "inputmode": "numeric"},
    )
    days = WholeNumberField(
        _l("How many days does it work?"),
        validators=[InputRequired(REQUIRED), NumberRange(1, 90, NUMBER)],
        render_kw={"inputmode": "numeric"},
    )
    note = StringField(
        _l("A word with it"),
        description=_l("Stands in the mail, and in your list to remember it by."),
        **_text(200, required=False),
    )


class DeclineForm(FlaskForm):
    words = TextAreaField(
        _l("A word to them"),
        description=_l("Goes into the mail that they get."),
        **_text(1000, required=False),
    )


class RevealForm(FlaskForm):
    reason = TextAreaField(_l("Reason"), **_text(2000))


class PseudonymForm(FlaskForm):
    pseudonym = StringField(_l("Pseudonym"), **_text(40, autocomplete="off"))


class LeaveForm(FlaskForm):
    posts = RadioField(
        _l("What you wrote stays. Under which name?"),
        choices=[
            SelectChoice("name", _l("Under my name")),
            SelectChoice("former", _l("As a former member, without my name")),
        ],
        validators=[InputRequired(_l("Choose one of the two, please."))],
    )


class OwnRoleForm(FlaskForm):
    """The buttons under what one is asked to do for the site."""

    answer = StringField(validators=[AnyOf(("yes", "no", "stop"))])
