"""What forms of all capabilities share."""

from collections.abc import Iterable
from typing import Any

from wtforms import DateField, Field, FloatField, HiddenField, IntegerField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import TextInput

from cop.platform.blank import trimmed
from cop.platform.errors import Refused
from cop.platform.i18n import format_number
from cop.platform.i18n import gettext as _
from cop.platform.versions import Stale


def put_beside(form: Any, refusal: Refused) -> None:
    """Show a refusal beside the field that it is about, else above the whole form."""
    if refusal.field is not None and refusal.field in form:
        field = form[refusal.field]
        field.errors = [*field.errors, refusal.message]
    else:
        form.form_errors = [*form.form_errors, refusal.message]


class Versioned:
    """For a form that changes what others change as well (see `cop.platform.versions`)."""

    version = HiddenField()


def put_stale(form: Any, stale: Stale) -> list[tuple[str, str]]:
    """Let the form say so and go on from what stands there now.

    Returns:
        (label, value in words) of what stands there and the form would replace.
    """
    put_beside(form, stale)
    form.version.raw_data, form.version.data = None, stale.version
    return [
        (str(form[name].label.text), _in_words(form[name], value))
        for name, value in stale.current.items()
        if value != form[name].data
    ]


def _in_words(field: Any, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    for choice in getattr(field, "choices", None) or ():
        if choice.value == value:
            return str(choice.label)
    return str(value) or "\u2013"


def stripped(value: str | None) -> str | None:
    """A field's filter: no spaces around what was typed."""
    return trimmed(value) if isinstance(value, str) else value


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Choices of a select, radio or check box field from (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in pairs]


class _OneSentence(Field):
    """What cannot be read as its kind is said once: no check looks at a value that is not there."""

    def pre_validate(self, form: Any) -> None:
        if self.process_errors and any(str(typed).strip() for typed in self.raw_data or ()):
            raise StopValidation


class First:
    """Validators in order, of which only the first that refuses says so."""

    def __init__(self, *checks: Any) -> None:
        self.checks = checks

    def __call__(self, form: Any, field: Field) -> None:
        for check in self.checks:
            try:
                check(form, field)
            except ValidationError as refusal:
                raise StopValidation(str(refusal)) from None


class DayField(_OneSentence, DateField):
    """A day."""


class ClockField(_OneSentence, TimeField):
    """A time of day, also as people type it: 14.00."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([value.strip().replace(".", ":") for value in valuelist])


class NumberField(_OneSentence, FloatField):
    """A number with a comma or a point."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else format_number(self.data, grouped=False)

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = (valuelist[0] if valuelist else "").strip().replace("\u2212", "-")
        if typed.count(",") == 1 and "." not in typed:
            typed = typed.replace(",", ".")
        self.data = None
        if typed:
            super().process_formdata([typed])


class WholeNumberField(_OneSentence, IntegerField):
    """A whole number."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        super().process_formdata([v.strip() for v in valuelist if v.strip()])
