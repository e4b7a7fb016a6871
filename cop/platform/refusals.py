"""A refusal, shown on the form that caused it."""

from wtforms import Form

from cop.platform.errors import Refused


def show_on(form: Form, refused: Refused) -> None:
    """Put the sentence beside its field, or above the form when it belongs to none."""
    if refused.field is not None and refused.field in form:
        form[refused.field].errors = [*form[refused.field].errors, refused.message]
    else:
        form.form_errors.append(refused.message)
