"""Who can be mentioned in a circle, and whom a text mentions: in posts and logbooks alike.

Only names that take part there: in a public or open circle every member's own name, and everywhere
the names in the circle. A member who joined under a pseudonym can be mentioned by it; their
own name is never tied to a closed circle. Placeholders of an imported archive cannot be mentioned.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Row, and_, exists, or_, select
from sqlalchemy.orm import Session

from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.platform import markup
from cop.platform.i18n import sort_key
from cop.spaces.circles import Circle, CircleColumn, CircleMembership, Standing, Visibility

MOST = 20  # mentions in one post that count; more is shouting
MOST_SUGGESTED = 8


def mentionable(circle_id: CircleColumn) -> ColumnElement[bool]:
    """The condition on `Persona` under which it can be mentioned in the circle."""
    return and_(
        Persona.kind != PersonaKind.PLACEHOLDER,
        Persona.gone_at.is_(None),
        exists().where(Member.id == Persona.member_id, Member.state == MemberState.ACTIVE),
        or_(
            and_(
                Persona.kind == PersonaKind.SELF,
                exists().where(
                    Circle.id == circle_id,
                    Circle.visibility.in_([Visibility.PUBLIC, Visibility.OPEN]),
                ),
            ),
            exists().where(
                CircleMembership.circle_id == circle_id,
                CircleMembership.persona_id == Persona.id,
                CircleMembership.standing.in_([Standing.JOINED, Standing.COORDINATOR]),
            ),
        ),
    )


def mentioned(session: Session, source: str, circle_id: CircleColumn) -> dict[str, int]:
    """Handle → persona id of those whom a text mentions and who can be mentioned there."""
    return {row.handle: row.id for row in _mentioned(session, source, circle_id)}


def _mentioned(
    session: Session, source: str, circle_id: CircleColumn
) -> Sequence[Row[str, int, str]]:
    handles = markup.mentioned_handles(source)[:MOST]
    if not handles:
        return []
    return session.execute(
        select(Persona.handle, Persona.id, Persona.name).where(
            Persona.handle.in_(handles), mentionable(circle_id)
        )
    ).all()


def render(session: Session, source: str, circle_id: CircleColumn) -> str:
    """Safe HTML of a text in a circle; mentions that count are links with the person's name.

    The name is the one that the mentioned persona has at this moment: in a circle where somebody
    takes part under a pseudonym, the pseudonym.
    """
    found = _mentioned(session, source, circle_id)
    return markup.render(
        source, {row.handle: markup.Mention(f"/leden/{row.handle}", row.name) for row in found}
    )


def plain(source: str) -> str:
    """Safe HTML of a text that is for no circle: nobody is mentioned."""
    return markup.render(source)


def suggest(session: Session, circle_id: CircleColumn, start: str) -> Sequence[tuple[str, str]]:
    """(handle, name) of those who can be mentioned and whose handle or name begins like this."""
    handle = "".join(c for c in start.lower() if c.isascii() and (c.isalnum() or c == "-"))
    name = sort_key(start)
    begins = [
        column.startswith(value, autoescape=True)
        for column, value in ((Persona.handle, handle), (Persona.sort_key, name))
        if value
    ]
    if not begins:
        return []
    rows = session.execute(
        select(Persona.handle, Persona.name)
        .where(or_(*begins), mentionable(circle_id))
        .order_by(Persona.sort_key, Persona.id)
        .limit(MOST_SUGGESTED)
    )
    return [(row.handle, row.name) for row in rows]
