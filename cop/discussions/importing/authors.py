"""Authors of imported mails: a member who has verified the address, else a placeholder.

An address is never stored: a placeholder keeps a keyed hash of it, by which whoever verifies the
address later gets what they wrote.
"""

from collections.abc import Iterable

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.members.placeholders import claim_hash
from cop.platform.i18n import DEFAULT_LANGUAGE, DEFAULT_ZONE, sort_key, speaking
from cop.platform.i18n import gettext as _
from cop.platform.mail.reading.headers import Sender


def personas(session: Session, senders: Iterable[Sender]) -> dict[Sender, int]:
    """The persona of every sender; placeholders are made for those who have none.

    A placeholder keeps the name under which its address was met first.
    """
    wanted = {sender: _claim(sender) for sender in senders}
    found = _of_members(session, wanted)
    hashes = {claim for sender, claim in wanted.items() if sender not in found}
    have: dict[str | None, int] = {
        row.claim_hash: row.id
        for row in session.execute(
            select(Persona.claim_hash, Persona.id)
            .where(
                Persona.claim_hash.in_(hashes),
                Persona.kind == PersonaKind.PLACEHOLDER,
                Persona.gone_at.is_(None),
            )
            .order_by(Persona.id.desc())
        )
    }
    new: dict[str, Sender] = {}
    for sender, claim in wanted.items():
        if sender not in found and claim not in have:
            new.setdefault(claim, sender)
    if new:
        ids = session.scalars(
            insert(Persona).returning(Persona.id, sort_by_parameter_order=True),
            [_row(session, claim, sender) for claim, sender in new.items()],
        )
        have |= dict(zip(new, ids, strict=True))
    return found | {s: have[claim] for s, claim in wanted.items() if s not in found}


def _of_members(session: Session, wanted: dict[Sender, str]) -> dict[Sender, int]:
    """Personas, under their own name, of members who have verified the address."""
    addresses = {sender.address for sender in wanted if sender.address}
    rows = session.execute(
        select(Member.email, Persona.id)
        .join(Persona, Persona.member_id == Member.id)
        .where(
            Member.email.in_(addresses),
            Member.verified_at.is_not(None),
            Member.state == MemberState.ACTIVE,
            Persona.kind == PersonaKind.SELF,
        )
    )
    by_address = {row.email: row.id for row in rows}
    return {s: by_address[s.address] for s in wanted if s.address in by_address}


def _claim(sender: Sender) -> str:
    # Without an address nobody can claim it; the name alone keeps one author one author. No
    # address holds a line end, so that the two never meet.
    return claim_hash(sender.address or f"without address\n{sender.name}")


def _row(session: Session, claim: str, sender: Sender) -> dict[str, object]:
    with speaking(DEFAULT_LANGUAGE, DEFAULT_ZONE):
        name = sender.name or _("Unknown")
    return {
        "kind": PersonaKind.PLACEHOLDER,
        "name": name,
        "sort_key": sort_key(name),
        "handle": _handle(session, claim),
        "roles": [],
        "claim_hash": claim,
    }


def _handle(session: Session, claim: str) -> str:
    """Made of the hash, so that no member's name is taken; with a number after it was claimed."""
    wanted = f"archief-{claim[:24]}"
    query = select(func.count()).where(Persona.handle.startswith(wanted, autoescape=True))
    before = session.scalar(query) or 0
    return f"{wanted}-{before + 1}" if before else wanted
