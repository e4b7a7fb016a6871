"""Refuses a transaction that may write, opened inside a request whose own may write already.

On SQLite there is one writer at a time: the inner one waits for the outer one, which waits for
the inner one, until both give up. On PostgreSQL it passes, and the two are stored apart from each
other; so it is looked at on both.
"""

from typing import Any

from flask import has_request_context, request
from sqlalchemy.orm import Session

from cop.platform.db import SAFE_METHODS, _may_write, db


def refuse_a_second(session: Session, *_rest: Any) -> None:
    """For `after_begin` of every session.

    Raises:
        AssertionError: use the request's own session, or roll that back first.
    """
    if not has_request_context() or request.method in SAFE_METHODS or not _may_write.get():
        return
    if not db.session.registry.has() or session is (own := db.session()):
        return
    assert not own.in_transaction(), f"{request.endpoint} opens a transaction beside its own"
