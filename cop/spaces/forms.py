"""Input of the pages of spaces."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from cop.members.regions import REGIONS
from cop.platform.forms import DayField, choices, stripped
from cop.platform.i18n import lazy as _l
from cop.spaces.circle_forms import TOO_LONG, NameForm
from cop.spaces.circles import Visibility
from cop.spaces.models import SpaceKind, Stage
from cop.spaces.operations import LONGEST, Details
from cop.spaces.words import KIND_LABELS, STAGE_LABELS, VISIBILITY_LABELS

REQUIRED = _l("Fill this in, please.")


class Boxes(SelectMultipleField):
    """Several of a list, as check boxes in a group."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def text(field: str, label: Any, **more: Any) -> Any:
    """A line or box of text with the length that the operation allows."""
    kind = TextAreaField if more.pop("box", False) else StringField
    checks = [Length(max=LONGEST[field], message=TOO_LONG)]
    if more.pop("required", False):
        checks = [InputRequired(REQUIRED), *checks]
    return kind(label, filters=[stripped], validators=checks, **more)


class StartForm(NameForm):
    """Starting a space: what it is and its name; the rest can wait."""

    kind = RadioField(
        _l("What kind of space?"),
        choices=choices(KIND_LABELS.items()),
        default=SpaceKind.PROEFTUIN,
    )
    name = text("name", _l("Name"), required=True)
    summary = text(
        "summary",
        _l("In a sentence or two: what is it about?"),
        box=True,
        render_kw={"rows": 3},
    )
    visibility = RadioField(
        _l("Who can read it?"),
        choices=choices(VISIBILITY_LABELS.items()),
        default=Visibility.OPEN,
    )
    themes = Boxes(_l("Themes"), coerce=int, validate_choice=True)
    allows_pseudonyms = BooleanField(_l("People can take part under a pseudonym"))

    def details(self) -> Details:
        return Details(
            kind=self.kind.data,
            name=self.name.data or "",
            summary=self.summary.data or "",
            theme_ids=self.themes.data or [],
        )


class EditForm(FlaskForm):
    """What a space says about itself: only the name is required."""

    version = IntegerField(widget=HiddenInput(), default=0)
    kind = SelectField(_l("Kind of space"), choices=choices(KIND_LABELS.items()))
    name = text("name", _l("Name"), required=True)
    summary = text("summary", _l("In short"), box=True, render_kw={"rows": 3})
    aim = text("aim", _l("What do you strive for?"), box=True)
    for_whom = text("for_whom", _l("For whom?"), box=True, render_kw={"rows": 2})
    place = text("place", _l("Where?"))
    region = SelectField(
        _l("Region"), choices=choices([("", "–"), *((r, r) for r in REGIONS)]), default=""
    )
    organisations = Boxes(_l("Organisations"), coerce=int)
    partners = text("partners", _l("With which other partners?"), box=True, render_kw={"rows": 2})
    funder = text("funder", _l("Who pays for it?"))
    funded_until = DayField(_l("Paid until"), validators=[Optional()])
    ends_on = DayField(_l("Ends on"), validators=[Optional()])
    stage = SelectField(_l("Stage"), choices=choices(STAGE_LABELS.items()), default=Stage.DEVELOP)
    contact = SelectField(_l("Who to contact first?"), choices=[])
    themes = Boxes(_l("Themes"), coerce=int)

    def fill(self, details: Details) -> None:
        """Show what the space says now."""
        for field in self._plain():
            self[field].data = getattr(details, field)
        self.contact.data = details.contact or ""
        self.themes.data = list(details.theme_ids)
        self.organisations.data = list(details.organisation_ids)

    def details(self) -> Details:
        return Details(
            **{field: self[field].data or "" for field in LONGEST},
            kind=self.kind.data,
            region=self.region.data or "",
            funded_until=self.funded_until.data,
            ends_on=self.ends_on.data,
            stage=self.stage.data or None,
            contact=self.contact.data or None,
            theme_ids=self.themes.data or [],
            organisation_ids=self.organisations.data or [],
        )

    @staticmethod
    def _plain() -> tuple[str, ...]:
        return (*LONGEST, "kind", "region", "funded_until", "ends_on", "stage")
