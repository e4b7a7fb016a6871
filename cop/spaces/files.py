"""Files of all capabilities, at one address; each capability says who may read its own.

The key in the address cannot be guessed, but it is not what guards the file: every request asks
the gates. What comes back is a download, except pictures, which were decoded and written anew when
they came in. A browser told otherwise would still run nothing: the answer is sandboxed.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias
from urllib.parse import quote

from flask import Blueprint, send_file
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from cop.members import pseudonyms
from cop.members.actor import Actor
from cop.members.current import actor
from cop.members.models import Persona, PersonaKind
from cop.platform.db import db
from cop.platform.errors import NotFound
from cop.platform.storage import StoredFile, storage, without_author
from cop.spaces.models import SpaceFile
from cop.spaces.permissions import FILES, PartPermission
from cop.textcheck.asking import Finding

blueprint = Blueprint("files", __name__)

# Gives the ids of the stored files that the actor may read, as a select of one column.
Gate: TypeAlias = Callable[[Actor], Select[int]]

_gates: dict[str, Gate] = {}

SANDBOX = "sandbox; default-src 'none'"


def file_gate(name: str) -> Callable[[Gate], Gate]:
    """Decorator: the function says which stored files of one kind an actor may read."""

    def register(gate: Gate) -> Gate:
        _gates[name] = gate
        return gate

    return register


MADE_BY, NAMED = "made-by", "named"  # why the author is asked about a file


def telling(
    session: Session, actor: Actor, persona_id: int, kept: Sequence[StoredFile]
) -> list[Finding]:
    """What would say of files shared under a pseudonym who shares them; for `ask_author`.

    The names that programs wrote into documents are taken out here. Left to ask about are files of
    which that cannot be done, and those that are called after the member.
    """
    if session.get_one(Persona, persona_id).kind != PersonaKind.PSEUDONYM:
        return []
    found = []
    for file in kept:
        if not without_author(session, file):
            found.append(Finding("", file.name, "", MADE_BY))
        if pseudonyms.gives_away(session, actor, file.name.rpartition(".")[0]):
            found.append(Finding("", file.name, "", NAMED))
    return found


def url_of(key: str, name: str) -> str:
    """Where a stored file is read, for templates and whoever writes links by hand."""
    return f"/bestanden/{key}/{quote(name)}"


def readable_file(session: Session, actor: Actor, key: str) -> StoredFile:
    """The file with this key, if one of the gates lets the actor in; one query.

    Raises:
        NotFound: it is not there, or not for this actor.
    """
    file = session.scalar(
        select(StoredFile).where(
            StoredFile.key == key,
            or_(*(StoredFile.id.in_(gate(actor).correlate(None)) for gate in _gates.values())),
        )
    )
    if file is None:
        raise NotFound
    return file


@blueprint.get("/bestanden/<key>/<name>")
def serve(key: str, name: str) -> Response:
    """The bytes, whole or in part (RFC 9110 ranges); nothing but this browser may keep them."""
    file = readable_file(db.session(), actor(), key)
    if file.name != name:
        raise NotFound
    # Kept by the reader's own browser, and asked about each time: a right can end.
    return send(file, kept="private, no-cache")


def send(file: StoredFile, kept: str) -> Response:
    """The bytes of a file that the caller has found to be the actor's to read.

    Args:
        kept: the answer's Cache-Control.

    Raises:
        NotFound: they are gone.
    """
    path = storage().path(file.key)
    if not path.is_file():
        raise NotFound
    answer = send_file(
        path,
        mimetype=file.media_type,
        as_attachment=not file.is_picture,
        download_name=file.name,
        conditional=True,
        etag=file.sha256,
        max_age=0,
    )
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = kept
    return answer


@file_gate("spaces")
def _of_spaces(actor: Actor) -> Select[int]:
    return select(SpaceFile.file_id).where(FILES.clause(actor, PartPermission.READ))
