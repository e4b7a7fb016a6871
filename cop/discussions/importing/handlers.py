"""Who verifies the address of an imported author gets what that author wrote."""

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from cop.discussions import searching
from cop.discussions.models import Discussion, Post
from cop.members.events import PlaceholderClaimed
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.platform.outbox import on
from cop.platform.search.indexing import touch


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
    posts = session.execute(
        select(Post.discussion_id, Post.number).where(Post.author_id == event.placeholder_id)
    )
    begun = session.execute(
        select(Discussion.id, Discussion.last_number).where(
            Discussion.author_id == event.placeholder_id
        )
    )
    parts = {(row.discussion_id, searching.part_of(row.number)) for row in posts}
    for row in begun:
        parts |= {(row.id, part) for part in range(searching.part_of(row.last_number) + 1)}
    touch(session, searching.KIND, parts)
    for model in (Post, Discussion):
        session.execute(
            update(model)
            .where(model.author_id == event.placeholder_id)
            .values(author_id=event.persona_id)
        )
