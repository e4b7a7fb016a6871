"""What others say who try it: how it went, which institution uses it, how they work themselves.

All of it speaks of a way of working, never of a person, and nobody is counted or compared [A].
"""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Organisation, Persona
from cop.platform import markup
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused, refuse_longer
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.practices import events, words, writing
from cop.practices.models import (
    Alike,
    Practice,
    PracticeComparison,
    PracticeExperience,
    PracticeUse,
    Verdict,
)
from cop.practices.permissions import (
    COMPARISONS,
    EXPERIENCES,
    PRACTICES,
    BesidePermission,
    PracticePermission,
)
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

LONGEST = 3000
LONGEST_POINT = 1500


def tell(
    session: Session,
    actor: Actor,
    practice_id: int,
    verdict: str,
    context: str,
    result: str,
    now: datetime,
    anyway: bool = False,
) -> PracticeExperience:
    """Say how it went in one's own context; a second time changes what one said.

    Raises:
        NotFound: the actor is no member who reads it.
        Refused: the context is missing [E], or something is too long.
    """
    practice = PRACTICES.get(session, actor, PracticePermission.RESPOND, practice_id)
    if verdict not in set(Verdict):
        raise Refused(_("Choose one of these, please."), "verdict")
    context, result = trimmed(context), trimmed(result)
    if not context:
        raise Refused(
            _("Say in which context: without it nobody knows what it means for theirs."), "context"
        )
    for text, field in ((context, "context"), (result, "result")):
        refuse_longer(text, LONGEST, field)
    ask_author([context, result], Purpose.PRACTICE, anyway)
    # One at a time for a practice: the same form sent twice is one experience.
    session.get_one(Practice, practice_id, with_for_update={"of": Practice})
    persona_id = responds_as(session, actor, practice)
    row = session.scalar(
        select(PracticeExperience).where(
            PracticeExperience.practice_id == practice_id,
            PracticeExperience.persona_id == persona_id,
        )
    )
    first = row is None
    if row is None:
        row = PracticeExperience(
            practice_id=practice_id, persona_id=persona_id, circle_id=practice.circle_id, at=now
        )
        session.add(row)
    row.verdict, row.context, row.result, row.changed_at = verdict, context, result, now
    row.circle_id = practice.circle_id
    row.words = markup.word_count(context) + markup.word_count(result)
    session.flush()
    if first:
        emit(session, events.ExperienceTold(experience_id=row.id), now)
    return row


def take_away(session: Session, actor: Actor, experience_id: int) -> int:
    """Delete an experience: one's own, or as whoever looks after the space; gives the practice.

    Raises:
        NotFound: the actor may not.
    """
    row = EXPERIENCES.get(session, actor, BesidePermission.DELETE, experience_id)
    practice_id = row.practice_id
    session.delete(row)
    session.flush()
    return practice_id


def responds_as(session: Session, actor: Actor, practice: Practice) -> int:
    """The name under which the actor speaks below a practice: the one that they write it under.

    Else theirs in its circle. Who writes it under a pseudonym does not answer under their own name.
    """
    try:
        return writing.writes_as(session, actor, practice.id)
    except NotFound:
        return writing.persona_of(session, actor, practice.circle_id)


def use(
    session: Session, actor: Actor, practice_id: int, organisation_id: int, now: datetime
) -> PracticeUse:
    """Say that an institution works this way; who said so is shown to nobody.

    Raises:
        NotFound: the actor is no member who reads it.
        Refused: there is no such institution to choose.
    """
    practice = PRACTICES.get(session, actor, PracticePermission.RESPOND, practice_id)
    known = session.scalar(
        select(Organisation.id).where(
            Organisation.id == organisation_id,
            Organisation.retired_at.is_(None),
            Organisation.proposed_at.is_(None),
        )
    )
    if known is None:
        raise Refused(_("Choose one of these, please."), "organisation")
    session.get_one(Practice, practice_id, with_for_update={"of": Practice})
    persona_id = responds_as(session, actor, practice)
    row = session.scalar(
        select(PracticeUse).where(
            PracticeUse.practice_id == practice_id,
            PracticeUse.organisation_id == organisation_id,
            PracticeUse.persona_id == persona_id,
        )
    )
    if row is None:
        row = PracticeUse(
            practice_id=practice_id,
            organisation_id=organisation_id,
            persona_id=persona_id,
            since=now,
        )
        session.add(row)
        session.flush()
    return row


def use_no_longer(session: Session, actor: Actor, practice_id: int, organisation_id: int) -> None:
    """Take back what one said oneself; what colleagues said stands.

    Raises:
        NotFound: the actor does not read it.
    """
    PRACTICES.get(session, actor, PracticePermission.RESPOND, practice_id)
    mine = select(Persona.id).where(Persona.member_id == actor.member_id)
    session.execute(
        delete(PracticeUse).where(
            PracticeUse.practice_id == practice_id,
            PracticeUse.organisation_id == organisation_id,
            PracticeUse.persona_id.in_(mine),
        )
    )
    session.flush()


Points = Mapping[str, tuple[str, str]]  # section → how alike ('' is nothing said), own words


def compare(
    session: Session,
    actor: Actor,
    practice_id: int,
    points: Points,
    shared: bool,
    now: datetime,
    anyway: bool = False,
) -> PracticeComparison:
    """Put one's own way of working beside a practice, for oneself or for its readers.

    Raises:
        NotFound: the actor is no member who reads it.
        Refused: nothing was filled in, or a point is too long.
    """
    practice = PRACTICES.get(session, actor, PracticePermission.COMPARE, practice_id)
    kept: dict[str, list[str]] = {}
    for section, (alike, said) in points.items():
        said = trimmed(said)
        if section not in words.COMPARED or (alike and alike not in set(Alike)):
            raise Refused(_("Choose one of these, please."), f"{section}_alike")
        refuse_longer(said, LONGEST_POINT, f"{section}_said")
        if alike or said:
            kept[section] = [alike, said]
    if not kept:
        raise Refused(_("Fill in at least one point."))
    if shared:
        ask_author([said for _alike, said in kept.values()], Purpose.PRACTICE, anyway)
    session.get_one(Practice, practice_id, with_for_update={"of": Practice})
    persona_id = responds_as(session, actor, practice)
    row = session.scalar(
        select(PracticeComparison).where(
            PracticeComparison.practice_id == practice_id,
            PracticeComparison.persona_id == persona_id,
        )
    )
    if row is None:
        row = PracticeComparison(practice_id=practice_id, persona_id=persona_id)
        session.add(row)
    told = row.shared_at is not None
    row.points, row.changed_at = json.dumps(kept), now
    row.circle_id = practice.circle_id
    row.shared_at = (row.shared_at or now) if shared else None
    session.flush()
    if shared and not told:
        emit(session, events.ComparisonShared(comparison_id=row.id), now)
    return row


def read_points(row: PracticeComparison) -> dict[str, tuple[str, str]]:
    """The points as they were filled in."""
    return {section: (alike, said) for section, (alike, said) in json.loads(row.points).items()}


def forget_comparison(session: Session, actor: Actor, comparison_id: int) -> int:
    """Delete one's own comparison; gives the practice.

    Raises:
        NotFound: it is not the actor's.
    """
    row = COMPARISONS.get(session, actor, BesidePermission.DELETE, comparison_id)
    practice_id = row.practice_id
    session.delete(row)
    session.flush()
    return practice_id
