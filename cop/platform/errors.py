"""What an operation says when it cannot do what was asked, and what a log may hold of a fault."""

import os
import traceback

from cop.platform.i18n import gettext as _


class NotFound(Exception):
    """It is not there, or not for this actor: the two are never told apart."""


class Refused(Exception):
    """The request cannot be carried out; the message is one clear sentence for the user.

    Attributes:
        field: name of the form field that the sentence belongs beside, if one.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


def refuse_longer(text: str, most: int, field: str | None = None) -> None:
    """
    Raises:
        Refused: the text is longer than this many characters.
    """
    if len(text) > most:
        raise Refused(_("This is too long: at most %(most)s characters.", most=most), field)


def kind_and_place(error: Exception) -> str:
    """'ValueError at worker.py:12': what a log may hold, without the values in it."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {os.path.basename(where.filename)}:{where.lineno}"
