"""What somebody typed into a form that could not be taken, as a page shows it back to them.

Views are not asked: the form may have been refused before any of them saw it.
"""

from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

from flask import Request

from cop.platform.blank import is_blank
from cop.platform.i18n import LazyText
from cop.platform.i18n import lazy as _l

URL_ENCODED = "application/x-www-form-urlencoded"

# By the name of the field; the others are shown only when they hold more than one word.
LABELS: Final[dict[str, LazyText]] = {
    "about": _l("About you"),
    "aim": _l("What is it for?"),
    "answer": _l("Your answer"),
    "content_note": _l("Note on content"),
    "definition": _l("How do you measure it?"),
    "description": _l("What is it for?"),
    "email": _l("E-mail address"),
    "house_rules": _l("House rules"),
    "motivation": _l("Why do you want to join?"),
    "name": _l("Name"),
    "note": _l("Note"),
    "outcome": _l("What did it yield?"),
    "place": _l("Place"),
    "profession": _l("Profession"),
    "pseudonym": _l("Pseudonym"),
    "question": _l("Your question"),
    "reason": _l("Reason"),
    "source": _l("Your text"),
    "text": _l("Your text"),
    "title": _l("Title"),
    "welcome": _l("Words of welcome"),
    "why": _l("Why?"),
}
_OTHER = _l("You wrote")


def kept(request: Request) -> list[tuple[str, str]]:
    """(label, text) of what a person wrote, in the form's order: no choices, marks or secrets.

    Bytes that are no text come as replacement signs.
    """
    return [
        (str(LABELS.get(name, _OTHER)), value)
        for name, value in _fields(request)
        if "password" not in name
        and "token" not in name
        and not is_blank(value)
        and (name in LABELS or len(value.split()) > 1)
    ]


def _fields(request: Request) -> Iterator[tuple[str, str]]:
    if request.mimetype != URL_ENCODED:
        yield from request.form.items(multi=True)
        return
    for piece in request.get_data(cache=True).split(b"&"):
        name, _is, value = piece.partition(b"=")
        yield _decoded(name), _decoded(value)


def _decoded(piece: bytes) -> str:
    return unquote_to_bytes(piece.replace(b"+", b" ")).decode(errors="replace").replace("\0", "�")
