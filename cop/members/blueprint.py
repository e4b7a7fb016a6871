"""The blueprint that all pages of this room hang on, and what their views share."""

from flask import Blueprint, request

from cop.members import addresses
from cop.members.tokens import hash_token

blueprint = Blueprint("members", __name__)


def typed_account() -> str:
    """Whose account a form speaks of, for counting attempts: a hash of the address typed."""
    typed = addresses.normal(request.form.get("email", ""))
    # Nothing typed is nobody's account: count it with the address it comes from.
    return "account:" + hash_token(typed or f"from {request.remote_addr}")[:32]


def names_no_address() -> bool:
    """The form speaks of no account, so that nothing is mailed."""
    return not request.form.get("email")


def has_password() -> bool:
    """The form brings a password, so that nothing is mailed."""
    return bool(request.form.get("password"))


def asks_link() -> bool:
    """The form brings no password: a link is mailed, and nobody can guess at anything."""
    return not has_password()


def asking_from() -> str:
    """Where a link is asked for, counted apart from passwords tried from the same place."""
    return f"links from {request.remote_addr}"
