"""What an operation says when it cannot do what was asked."""


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
