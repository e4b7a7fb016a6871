"""E-mail addresses: one form for each, so that an account has one."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _

LONGEST = 254  # RFC 5321 4.5.3.1.3, without the angle brackets


def normal(address: str) -> str:
    """Lower case and composed, as accounts keep it; says nothing about whether it is valid."""
    return unicodedata.normalize("NFC", address.strip()).lower()


def valid(address: str, field: str = "email") -> str:
    """The normal form of an address that every mail server can be given (RFC 5321).

    A domain beyond ASCII is kept as DNS and mail servers write it; a name before the at sign that
    goes beyond it needs SMTPUTF8 (RFC 6531) all the way, which most do not have.

    Raises:
        Refused: this cannot be an address.
    """
    try:
        checked = validate_email(normal(address), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise Refused(
            _("This is not an e-mail address. It looks like name@example.org."), field
        ) from None
    return normal(checked.ascii_email or checked.normalized)
