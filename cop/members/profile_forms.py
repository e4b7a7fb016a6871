"""Input of the profile: fields, and three lists in which each thing is chosen and shown or not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from cop.members.people import CLUSTERS
from cop.members.profiles import Filled
from cop.members.regions import REGIONS
from cop.platform.forms import Versioned
from cop.platform.i18n import lazy as _l
from cop.platform.numbers import whole_number

REQUIRED = _l("Fill this in, please.")
TOO_LONG = _l("This is too long: at most %(max)d characters.")
SHOWN = _l("Others may see this")


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: a role tag, an organisation, a theme."""

    value: str
    label: str
    chosen: bool
    hidden: bool


class ProfileForm(Versioned, FlaskForm):
    name = StringField(
        _l("Name"),
        validators=[DataRequired(REQUIRED), Length(max=80, message=TOO_LONG)],
        render_kw={"autocomplete": "name"},
    )
    about = TextAreaField(
        _l("About you"),
        description=_l("What you do, what you like to talk about."),
        validators=[Length(max=2000, message=TOO_LONG)],
    )
    profession = StringField(_l("Profession"), validators=[Length(max=120, message=TOO_LONG)])
    profession_shown = BooleanField(SHOWN)
    cluster = SelectField(_l("Cluster"))
    cluster_shown = BooleanField(SHOWN)
    region = SelectField(_l("Region"))
    region_shown = BooleanField(SHOWN)
    new_organisation = StringField(
        _l("Another organisation"),
        description=_l("Not in the list? Write its name; an administrator adds it."),
        validators=[Length(max=120, message=TOO_LONG)],
        render_kw={"autocomplete": "organization"},
    )

    def __init__(self, *args: Any, region_now: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nothing = SelectChoice("", _l("Not filled in"))
        self.cluster.choices = [
            nothing,
            *(SelectChoice(c.value, label) for c, label in CLUSTERS.items()),
        ]
        regions = dict.fromkeys([*REGIONS, *([region_now] if region_now else [])])
        self.region.choices = [nothing, *(SelectChoice(region, region) for region in regions)]


class PictureForm(FlaskForm):
    picture = FileField(
        _l("Picture"),
        description=_l("A photo of you: JPEG, PNG, GIF or WebP."),
        render_kw={"accept": "image/jpeg,image/png,image/gif,image/webp"},
    )


def chosen(sent: MultiDict[str, str], name: str) -> dict[str, bool]:
    """value → shown, of the list `name`: ticked ones, hidden where the second box was ticked."""
    hidden = set(sent.getlist(f"{name}_hidden"))
    return {value: value not in hidden for value in sent.getlist(name)}


def numbers(values: Mapping[str, bool]) -> dict[int, bool]:
    """The same with whole numbers as keys; whatever is none is dropped."""
    return {
        number: shown
        for value, shown in values.items()
        if (number := whole_number(value)) is not None
    }


def options(rows: Iterable[tuple[str, str]], have: Mapping[str, bool]) -> list[Option]:
    """The list as the page shows it, from (value, label) and what is chosen."""
    return [Option(value, label, value in have, have.get(value) is False) for value, label in rows]


def as_filled(form: ProfileForm, sent: MultiDict[str, str]) -> Filled:
    """What the form holds, for `profiles.change`."""
    return Filled(
        name=form.name.data or "",
        about=form.about.data or "",
        profession=form.profession.data or "",
        profession_shown=form.profession_shown.data,
        cluster=form.cluster.data or "",
        cluster_shown=form.cluster_shown.data,
        region=form.region.data or "",
        region_shown=form.region_shown.data,
        tags=chosen(sent, "tag"),
        organisations=numbers(chosen(sent, "organisation")),
        new_organisation=form.new_organisation.data or "",
        themes=numbers(chosen(sent, "theme")),
    )
