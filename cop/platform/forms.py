"""What forms of all capabilities share."""

from collections.abc import Iterable
from typing import Any

from wtforms import DateField, Field, FloatField, IntegerField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import TextInput

from cop.platform.blank import trimmed
from cop.platform.errors import Refused
from cop.platform.i18n import format_number


def put_beside(form: Any, refusal: Refused) -> None:
    """Show a refusal beside the field that it is about, else above the whole form."""
    if refusal.field is not None and refusal.field in form:
        field = form[refusal.field]
        field.errors = [*field.errors, refusal.message]
    else:
        form.form_errors = [*form.form_errors, refusal.message]


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
