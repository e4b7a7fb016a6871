"""Pseudonyms: a name of one's own choosing in a space or list that allows it.

A pseudonym is a persona of its own. Its name is like no other name in the house and like nothing
by which the member could be recognised. Only `cop.members.reveals` ever says whose it is.
"""

import re
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cop.members import names
from cop.members.actor import Actor
from cop.members.handles import free_handle
from cop.members.models import Member, Persona, PersonaKind
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import sort_key

FIELD = "pseudonym"
SHORTEST = 3  # letters and figures
LONGEST = 40
_FIGURES = re.compile(r"\d+")

# Nobody should be taken for somebody with a task here.
_TASKS = frozenset(
    names.look_alike_key(word)
    for word in ("moderator", "beheer", "beheerder", "administrator", "admin", "oud-lid")
)


def create(session: Session, actor: Actor, name: str, now: datetime) -> Persona:
    """A new pseudonym of the actor, for whoever lets them join a circle under it.

    Raises:
        Refused: the name is taken, or would give its member away; the field is 'pseudonym'.
        NotFound: the actor is no member.
    """
    member = _member(session, actor)
    name = _acceptable(session, member, name)
    persona = Persona(
        member_id=member.id,
        kind=PersonaKind.PSEUDONYM,
        handle=free_handle(session, name),
        name=name,
        sort_key=sort_key(name),
        roles=[],
    )
    session.add(persona)
    session.flush()
    return persona


def rename(session: Session, actor: Actor, handle: str, name: str) -> Persona:
    """Give one of the actor's own pseudonyms another name; its address changes along.

    Raises:
        Refused: as `create`.
        NotFound: there is no such pseudonym of the actor.
    """
    member = _member(session, actor)
    persona = session.scalar(_own(actor).where(Persona.handle == handle))
    if persona is None:
        raise NotFound
    name = _acceptable(session, member, name, but=persona.id)
    if name != persona.name:
        persona.handle = free_handle(session, name, but=persona.id)
        persona.name = name
        persona.sort_key = sort_key(name)
        persona.name_key = names.look_alike_key(name)
        session.flush()
    return persona


def own(session: Session, actor: Actor) -> list[Persona]:
    """The actor's pseudonyms, by name."""
    return list(session.scalars(_own(actor).order_by(Persona.sort_key)))


def _own(actor: Actor) -> Select[Persona]:
    return select(Persona).where(
        Persona.member_id == actor.member_id,
        Persona.kind == PersonaKind.PSEUDONYM,
        Persona.gone_at.is_(None),
    )


def _member(session: Session, actor: Actor) -> Member:
    member = session.get(Member, actor.member_id) if actor.is_member else None
    if member is None:
        raise NotFound
    return member


def _acceptable(session: Session, member: Member, name: str, but: int | None = None) -> str:
    name = names.clean(name, FIELD)
    key = names.look_alike_key(name)
    if len(key) < SHORTEST:
        raise Refused(_("A pseudonym has at least three letters."), FIELD)
    if len(name) > LONGEST:
        raise Refused(_("A pseudonym has at most %(most)s characters.", most=LONGEST), FIELD)
    if _gives_away(session, member, name):
        raise Refused(
            _("This looks like your own name or e-mail address. Choose another name, please."),
            FIELD,
        )
    # Everybody who ever wrote here, also those who left and authors of an archive: nobody should
    # be taken for somebody else.
    taken = select(Persona.id).where(Persona.name_key == key)
    if but is not None:
        taken = taken.where(Persona.id != but)
    if key in _TASKS or session.scalar(taken.limit(1)) is not None:
        raise Refused(_("Somebody here already has this name. Choose another, please."), FIELD)
    return name


def gives_away(session: Session, actor: Actor, words: str) -> bool:
    """Whether words, such as the name of a file, hold a part of the actor's name or address."""
    return _gives_away(session, _member(session, actor), words)


def _gives_away(session: Session, member: Member, name: str) -> bool:
    """Whether a part of the member's name or address is in the name, or the name in them."""
    own_name = (
        session.scalar(
            select(Persona.name).where(
                Persona.member_id == member.id, Persona.kind == PersonaKind.SELF
            )
        )
        or ""
    )
    local, _at, domain = member.email.partition("@")
    parts = names.words(own_name) | names.words(local) | names.words(_FIGURES.sub(" ", local))
    parts |= {part for part in names.words(domain) if len(part) > SHORTEST}
    key = names.look_alike_key(name)
    return (
        bool(parts & names.words(name))
        or any(part in key for part in parts if len(part) > SHORTEST)
        or any(key in names.look_alike_key(whole) for whole in (own_name, local))
    )
