"""The sealed parts of a case: written and read under its own key, as small JSON documents."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cop.cases import own_keys
from cop.cases.models import Case, SealedPart

RAW, VERSION, MARKS = "raw", "version", "marks"
CHECKED = "checked"  # which text the author went through, and said that nobody has to agree to
ASKED = "asked"  # persona → when they were asked who no longer have it before them


def store(session: Session, case: Case, name: str, content: Any, now: datetime) -> None:
    """Seal a part in the place of what was there.

    Raises:
        own_keys.KeyGone: the key was destroyed.
    """
    key = own_keys.folder().read(case.key_name)
    body = own_keys.seal(key, json.dumps(content).encode(), _context(case, name))
    part = _part(session, case, name)
    if part is None:
        session.add(SealedPart(case_id=case.id, name=name, body=body, saved_at=now))
    else:
        part.body, part.saved_at = body, now
    session.flush()


def load(session: Session, case: Case, name: str) -> Any:
    """What is sealed in a part, or None when nothing is.

    Raises:
        own_keys.KeyGone: the key was destroyed.
    """
    part = _part(session, case, name)
    if part is None:
        own_keys.folder().read(case.key_name)
        return None
    return opened(case, name, part.body)


def opened(case: Case, name: str, body: bytes) -> Any:
    """What is sealed in the body of a part.

    Raises:
        own_keys.KeyGone: the key was destroyed.
    """
    key = own_keys.folder().read(case.key_name)
    return json.loads(own_keys.unseal(key, body, _context(case, name)))


def drop(session: Session, case: Case, name: str) -> None:
    part = _part(session, case, name)
    if part is not None:
        session.delete(part)
        session.flush()


def destroy(session: Session, case: Case, now: datetime) -> None:
    """Remove every sealed part and, once this is committed, the key of all their copies."""
    session.execute(delete(SealedPart).where(SealedPart.case_id == case.id))
    own_keys.destroy_after_commit(session, case)
    case.destroyed_at = now
    session.flush()


def key_of(case: Case) -> bytes:
    """The case's own key, from which its pseudonyms are drawn.

    Raises:
        own_keys.KeyGone: the key was destroyed.
    """
    return own_keys.folder().read(case.key_name)


def _part(session: Session, case: Case, name: str) -> SealedPart | None:
    """As it stands in the database now: whoever waited for a lock has read an older one before."""
    return session.get(SealedPart, (case.id, name), populate_existing=True)


def _context(case: Case, name: str) -> str:
    return f"case:{case.id}:{name}"
