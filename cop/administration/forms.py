"""Input of the administrators' pages."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import URL, DataRequired, Email, Length, NumberRange, Optional, Regexp

from cop.platform.blank import trimmed
from cop.platform.forms import First, Versioned, WholeNumberField
from cop.platform.i18n import lazy as _l

REQUIRED = _l("Fill this in, please.")
WHOLE_ADDRESS = _l("Write the whole address, beginning with https://.")
TOO_LONG = _l("This is too long: at most %(max)d characters.")

SIGN_UP = [
    ("invitation", _l("Only with an invitation")),
    ("request", _l("On request: a moderator says yes or no")),
    ("open", _l("Open to everybody")),
]
ROLES = [
    ("member", _l("Member: as everybody else")),
    ("moderator", _l("Moderator: lets people in and handles what members report")),
    ("administrator", _l("Administrator: all of that, and the settings of the site")),
]
ORGANISATION_KINDS = [
    ("care_institution", _l("Care institution")),
    ("self_help", _l("Self-help")),
    ("municipality", _l("Municipality")),
    ("education", _l("Education")),
    ("research", _l("Research")),
    ("other", _l("Something else")),
]
THEME_GROUPS = [
    ("substance", _l("Substances")),
    ("behaviour", _l("Behaviour")),
    ("group", _l("Groups of people")),
    ("care", _l("Forms of care")),
    ("theme", _l("Themes")),
    ("partner", _l("Partners")),
]


def _strip(value: str | None) -> str | None:
    return trimmed(value) if isinstance(value, str) else value


def _text(most: int, required: bool = False) -> dict[str, Any]:
    validators: list[Any] = [DataRequired(REQUIRED)] if required else []
    return {"filters": [_strip], "validators": [*validators, Length(max=most, message=TOO_LONG)]}


def _choices(pairs: list[tuple[str, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


class SiteForm(FlaskForm, Versioned):
    """What the site is called, what it says, and how one gets in."""

    name = StringField(_l("Name of the community"), **_text(80, required=True))
    tagline = StringField(_l("In one line"), description=_l("Stands below the name."), **_text(160))
    welcome = TextAreaField(
        _l("Words of welcome"),
        description=_l("The first page for visitors. Markdown may be used."),
        **_text(10_000),
    )
    house_rules = TextAreaField(_l("House rules"), **_text(20_000))
    members_may_invite = BooleanField(_l("Every member may invite others"))
    sign_up = RadioField(_l("How does one become a member?"), choices=_choices(SIGN_UP))


class RoleForm(FlaskForm):
    role = RadioField(_l("What do they do for the site?"), choices=_choices(ROLES))


class OrganisationForm(FlaskForm, Versioned):
    name = StringField(_l("Name"), **_text(120, required=True))
    kind = SelectField(_l("Kind"), choices=_choices(ORGANISATION_KINDS))
    region = StringField(_l("Region"), **_text(60))
    website = URLField(
        _l("Website"),
        filters=[_strip],
        validators=[
            Optional(),
            First(
                Length(max=200, message=TOO_LONG),
                Regexp(r"(?i)https?://", message=WHOLE_ADDRESS),  # no other scheme is a website
                URL(message=WHOLE_ADDRESS),
            ),
        ],
    )


class ThemeForm(FlaskForm, Versioned):
    name_nl = StringField(_l("Name in Dutch"), **_text(60, required=True))
    name_en = StringField(_l("Name in English"), **_text(60, required=True))
    group = SelectField(_l("Belongs to"), choices=_choices(THEME_GROUPS))
    position = WholeNumberField(
        _l("Place in the list"),
        validators=[Optional(), NumberRange(0, 9999)],
        description=_l("A lower number is first."),
        render_kw={"inputmode": "numeric"},
    )


class MailTestForm(FlaskForm):
    recipient = EmailField(
        _l("Send a test to"),
        filters=[_strip],
        validators=[DataRequired(REQUIRED), Email(_l("This is not an e-mail address."))],
    )
