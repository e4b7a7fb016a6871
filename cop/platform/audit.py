"""The audit trail: append-only, with opaque ids, and a hash chain that shows tampering.

Each entry's hash covers its contents and the hash before it (a hash chain as in RFC 6962's spirit,
kept simple): a changed or removed entry breaks every later one. Entries hold ids and an action,
never names or words; what they point to may be erased without the trail losing its order.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from cop.platform.db import Base, UtcDateTime, is_sqlite

_LOCK = 0x636F70  # any fixed number: the advisory lock that puts writers in a row


class AuditEntry(Base):
    """One thing that was done, by whom (opaque id), to what (opaque id)."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[str] = mapped_column(String(60), index=True)
    actor: Mapped[str] = mapped_column(String(40))  # 'member:12', 'system', 'cli'
    subject: Mapped[str] = mapped_column(String(60), index=True)  # 'persona:7'
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


def record(
    session: Session, action: str, *, actor: str, subject: str, now: datetime, **details: Any
) -> AuditEntry:
    """Append an entry in the caller's transaction."""
    if not is_sqlite(session):  # SQLite's BEGIN IMMEDIATE has already put writers in a row
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1))
    entry = AuditEntry(
        at=now,
        action=action,
        actor=actor,
        subject=subject,
        details=details,
        previous_hash=last or "",
    )
    entry.hash = _hash(entry)
    session.add(entry)
    session.flush()
    return entry


def first_broken(session: Session) -> int | None:
    """The id of the first entry that does not fit the chain, or None when the trail is whole."""
    previous = ""
    with session.scalars(
        select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)
    ) as entries:
        for entry in entries:
            if entry.previous_hash != previous or entry.hash != _hash(entry):
                return entry.id
            previous = entry.hash
    return None


def _hash(entry: AuditEntry) -> str:
    body = [
        entry.previous_hash,
        entry.at.isoformat(),
        entry.action,
        entry.actor,
        entry.subject,
        entry.details,
    ]
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
