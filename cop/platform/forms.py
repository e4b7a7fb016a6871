"""What forms of all capabilities share."""

from collections.abc import Iterable
from typing import Any

from wtforms.fields.choices import SelectChoice

from cop.platform.errors import Refused


def put_beside(form: Any, refusal: Refused) -> None:
    """Show a refusal beside the field that it is about, else above the whole form."""
    if refusal.field is not None and refusal.field in form:
        field = form[refusal.field]
        field.errors = [*field.errors, refusal.message]
    else:
        form.form_errors = [*form.form_errors, refusal.message]


def stripped(value: str | None) -> str | None:
    """A field's filter: no spaces around what was typed."""
    return value.strip() if isinstance(value, str) else value


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Choices of a select, radio or check box field from (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in pairs]
