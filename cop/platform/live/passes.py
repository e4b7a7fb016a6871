"""Who is behind a connection: a member's sign-in, or a guest's pass for one thing."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

LONGEST = 300  # characters of a pass
_PREFIX = "pass:"


@dataclass(frozen=True, slots=True)
class Behind:
    """Who is behind a token at this moment, and what they read by: None is not chosen."""

    actor: Any
    language: str | None = None
    time_zone: str | None = None


Admits: TypeAlias = Callable[[Session, str], Any]
Identify: TypeAlias = Callable[[Session, Collection[str]], dict[str, Behind]]

_admits: dict[str, Admits] = {}


def admits(kind: str) -> Callable[[Admits], Admits]:
    """Decorator: the function `(session, text)` gives the actor behind a guest's pass, or None.

    A page for a guest gives its script `kind:text` (the signed text of the guest's link), which it
    sends when it connects. The function is asked again whenever gates are.
    """

    def register(admit: Admits) -> Admits:
        _admits[kind] = admit
        return admit

    return register


def token_of(auth: object) -> str | None:
    """The token of a guest's connection, from what its client sent along; None when nothing."""
    said = auth.get("pass") if isinstance(auth, dict) else None
    if not isinstance(said, str) or len(said) > LONGEST or said.partition(":")[0] not in _admits:
        return None
    return _PREFIX + said


def who_of(token: str, actor: Any) -> str:
    """Under which name commands and own audiences of this connection are kept."""
    if token.startswith(_PREFIX):
        return "guest:" + hashlib.sha256(token.encode()).hexdigest()[:40]
    who: str = actor.audit_id
    return who


def with_guests(members: Identify) -> Identify:
    """The same function for members' tokens and guests' passes together."""

    def identify(session: Session, tokens: Collection[str]) -> dict[str, Behind]:
        guests = [token for token in tokens if token.startswith(_PREFIX)]
        found = members(session, [t for t in tokens if not t.startswith(_PREFIX)])
        for token in guests:
            kind, _, text = token.removeprefix(_PREFIX).partition(":")
            actor = _admits[kind](session, text)
            if actor is not None:
                found[token] = Behind(actor)
        return found

    return identify
