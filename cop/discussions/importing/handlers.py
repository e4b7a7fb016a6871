"""Who verifies the address of an imported author gets what that author wrote."""

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from cop.discussions.models import Discussion, Post
from cop.members.events import PlaceholderClaimed
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.platform.outbox import on


@on(PlaceholderClaimed)
def give_posts(session: Session, event: PlaceholderClaimed, _now: datetime) -> None:
    """Posts and discussions of the placeholder get the member's own name.

    Only a placeholder gives, and only somebody who is still there receives: an author's name is
    never passed from one person to another.
    """
    gives = exists().where(
        Persona.id == event.placeholder_id, Persona.kind == PersonaKind.PLACEHOLDER
    )
    receives = exists().where(
        Persona.id == event.persona_id,
        Persona.kind == PersonaKind.SELF,
        Member.id == Persona.member_id,
        Member.state == MemberState.ACTIVE,
    )
    if not session.scalar(select(gives & receives)):
        return
    for model in (Post, Discussion):
        session.execute(
            update(model)
            .where(model.author_id == event.placeholder_id)
            .values(author_id=event.persona_id)
        )
