"""What members wrote down as practices, by theme."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.known import Done, did
from cop.members.models import Persona, PersonaKind, Theme
from cop.members.queries import theme_name
from cop.platform.i18n import ngettext
from cop.practices.models import Practice, PracticeEditor, PracticeState, PracticeTheme

MOST = 12


@did
def in_practices(session: Session, actor: Actor) -> Iterator[Done]:
    """One query."""
    if not actor.is_member:
        return
    times = func.count(Practice.id.distinct())
    rows = session.execute(
        select(Theme.id, theme_name(), times)
        .join(PracticeTheme, PracticeTheme.theme_id == Theme.id)
        .join(Practice, Practice.id == PracticeTheme.practice_id)
        .join(PracticeEditor, PracticeEditor.practice_id == Practice.id)
        .join(Persona, Persona.id == PracticeEditor.persona_id)
        .where(Persona.member_id == actor.member_id, Persona.kind == PersonaKind.SELF)
        .where(Practice.state == PracticeState.PUBLISHED, PracticeEditor.accepted_at.is_not(None))
        .where(Theme.retired_at.is_(None))
        .group_by(Theme.id)
        .order_by(times.desc(), Theme.id)
        .limit(MOST)
    )
    for id, name, count in rows:
        said = ngettext(
            "You wrote %(num)d practice on %(theme)s.",
            "You wrote %(num)d practices on %(theme)s.",
            count,
            theme=name,
        )
        yield Done(id, said, 200 + count)
