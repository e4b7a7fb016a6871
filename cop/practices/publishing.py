"""Publishing a practice, who reads it, what stands beside its text, and its review date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Persona, PersonaKind
from cop.notifications.operations import mark_subject_read
from cop.platform import audit
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import DEFAULT_ZONE
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.practices import events, opening, words, writing
from cop.practices.models import (
    Knowledge,
    Practice,
    PracticeComparison,
    PracticeEditor,
    PracticeExperience,
    PracticeKind,
    PracticeRevision,
    PracticeSection,
    PracticeState,
    PracticeTheme,
    PracticeUse,
)
from cop.practices.permissions import PracticePermission
from cop.spaces.circles import Circle, Visibility
from cop.spaces.coordinating import is_wider
from cop.spaces.events import moment
from cop.spaces.models import Space
from cop.spaces.operations import Stale
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

SPACE = "space"  # for whom: the circle of its space
FURTHEST = 5 * 366  # days
A_YEAR = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What stands beside the text. `contact` is a handle; it is one of those who write it."""

    kind: str
    knowledge: Sequence[str] = ()
    theme_ids: Sequence[int] = ()
    contact: str = ""
    review_on: date | None = None


def audiences(practice: Practice) -> list[str]:
    """For whom it can be published."""
    wide: list[str] = [Visibility.OPEN, Visibility.PUBLIC]
    return [SPACE, *wide] if practice.space_id is not None else wide


def audience_of(session: Session, practice: Practice) -> str:
    """For whom it is now, as one of `audiences`."""
    if practice.space_id is not None:
        space_circle = session.get_one(Space, practice.space_id).circle_id
        if space_circle == practice.circle_id:
            return SPACE
    return session.get_one(Circle, practice.circle_id).visibility


def today(now: datetime) -> date:
    return now.astimezone(ZoneInfo(DEFAULT_ZONE)).date()


def lacking(session: Session, practice_id: int) -> list[str]:
    """The sections without which it cannot be published."""
    filled = set(
        session.scalars(
            select(PracticeSection.name).where(
                PracticeSection.practice_id == practice_id, PracticeSection.source != ""
            )
        )
    )
    return [name for name in words.NEEDED if name not in filled]


def publish(
    session: Session,
    actor: Actor,
    practice_id: int,
    audience: str,
    now: datetime,
    *,
    named: bool = False,
    anyway: bool = False,
) -> Practice:
    """Let others read it; the review date becomes a year from now unless it was chosen.

    Where others write it as well, it opens to more people than its circle when they want that too.

    Args:
        named: visitors of a public page may see the actor's own name.

    Raises:
        NotFound: the actor does not write this draft.
        Refused: something is missing, or it cannot be for these readers.
    """
    practice = writing.written(session, actor, practice_id, PracticePermission.PUBLISH)
    missing = lacking(session, practice_id)
    if missing:
        names = ", ".join(str(words.SECTIONS[name]) for name in missing)
        raise Refused(
            _("Before others read it, this is still to be written: %(names)s.", names=names)
        )
    if not practice.knowledge:
        raise Refused(_("Say first which kinds of knowledge it rests on."))
    _refuse_audience(session, practice, audience)
    texts = session.scalars(
        select(PracticeSection.source).where(PracticeSection.practice_id == practice_id)
    ).all()
    ask_author(texts, Purpose.PRACTICE, anyway)
    writing.show_all(session, practice_id)
    _give_to(session, actor, practice, audience, named, now)
    practice.state = PracticeState.PUBLISHED
    practice.changed_at = now
    first = practice.published_at is None
    practice.published_at = practice.published_at or now
    if practice.review_on is None or practice.review_on <= today(now):
        practice.review_on = today(now) + A_YEAR
    session.flush()
    if first:
        emit(session, events.Published(practice_id=practice.id), now)
    return practice


def change_audience(
    session: Session,
    actor: Actor,
    practice_id: int,
    audience: str,
    now: datetime,
    named: bool = False,
    anyway: bool = False,
) -> Practice:
    """Let others read what is published already, or fewer people; more when all writers want it.

    What members said beside it stays for those whom they wrote it for.
    """
    practice = writing.written(session, actor, practice_id)
    if practice.state != PracticeState.PUBLISHED:
        raise NotFound
    _refuse_audience(session, practice, audience)
    if audience != audience_of(session, practice):
        texts = session.scalars(
            select(PracticeSection.source).where(PracticeSection.practice_id == practice_id)
        ).all()
        ask_author(texts, Purpose.PRACTICE, anyway)
    _give_to(session, actor, practice, audience, named, now)
    session.flush()
    return practice


def _refuse_audience(session: Session, practice: Practice, audience: str) -> None:
    if audience not in audiences(practice):
        raise Refused(_("Choose one of these, please."), "audience")
    if audience == SPACE or practice.space_id is None:
        return
    circle_of_space = session.get_one(Space, practice.space_id).circle_id
    if practice.circle_id != circle_of_space:
        return
    wrote = select(PracticeRevision.by_id).where(PracticeRevision.practice_id == practice.id)
    writes = select(PracticeEditor.persona_id).where(PracticeEditor.practice_id == practice.id)
    hidden = session.scalar(
        select(Persona.id)
        .where(or_(Persona.id.in_(wrote), Persona.id.in_(writes)))
        .where(Persona.kind == PersonaKind.PSEUDONYM)
        .limit(1)
    )
    if hidden is not None:
        raise Refused(
            _(
                "Somebody wrote along under a pseudonym, which belongs in this space only. So the "
                "practice stays in this space as well."
            ),
            "audience",
        )


def _give_to(
    session: Session, actor: Actor, practice: Practice, audience: str, named: bool, now: datetime
) -> None:
    """Put it in the circle of these readers: its own when it leaves that of its space.

    To more people than before it opens when each who writes it has chosen that: nobody's words are
    read by more people than they wrote them for.
    """
    circle = session.get_one(Circle, practice.circle_id)
    was_public = circle.visibility == Visibility.PUBLIC
    before = audience_of(session, practice)
    persona_id = writing.writes_as(session, actor, practice.id)
    mine = session.get_one(PracticeEditor, (practice.id, persona_id))
    mark_subject_read(session, actor, ["practices.opening"], [practice.id], now)
    after = _visibility(session, practice, audience)
    if after == Visibility.PUBLIC:
        mine.named_to_visitors = named
    if not is_wider(after, circle.visibility):
        opening.forget(session, practice.id, now)
    elif opening.all_want(session, practice.id, mine, audience, now):
        writing.show_all(session, practice.id)
    else:
        return
    if audience == SPACE:
        assert practice.space_id is not None
        practice.circle_id = session.get_one(Space, practice.space_id).circle_id
    elif before == SPACE:
        practice.circle_id = writing.own_circle(session, audience)
    else:
        session.get_one(Circle, practice.circle_id).visibility = audience
    session.flush()
    public = session.get_one(Circle, practice.circle_id).visibility == Visibility.PUBLIC
    newly_public = public and not was_public
    if audience != before:
        by_id = 0 if newly_public else persona_id
        changed = events.AudienceChanged(practice_id=practice.id, by_id=by_id, at=moment(now))
        emit(session, changed, now)
    if newly_public:
        emit(
            session,
            events.OpenedToVisitors(practice_id=practice.id, by_id=persona_id, at=moment(now)),
            now,
        )


def _visibility(session: Session, practice: Practice, audience: str) -> str:
    if audience != SPACE:
        return audience
    assert practice.space_id is not None
    space = session.get_one(Space, practice.space_id)
    return session.get_one(Circle, space.circle_id).visibility


def name_to_visitors(
    session: Session, actor: Actor, practice_id: int, named: bool, now: datetime
) -> None:
    """Show one's own name on the public page, or not: each decides for themselves."""
    writing.written(session, actor, practice_id)
    persona_id = writing.writes_as(session, actor, practice_id)
    session.get_one(PracticeEditor, (practice_id, persona_id)).named_to_visitors = named
    session.flush()
    mark_subject_read(session, actor, ["practices.public"], [practice_id], now)


def change(
    session: Session, actor: Actor, practice_id: int, wanted: Beside, version: int, now: datetime
) -> Practice:
    """Change what stands beside the text.

    Raises:
        NotFound: the actor does not write it.
        Stale: somebody else did meanwhile; its `current` is what it says now.
        Refused: something that cannot be.
    """
    practice = writing.written(session, actor, practice_id)
    if practice.version != version:
        raise Stale(practice, practice.version)
    if wanted.kind not in set(PracticeKind):
        raise Refused(_("Choose one of these, please."), "kind")
    knowledge = [kind for kind in Knowledge if kind in wanted.knowledge]
    if len(knowledge) != len(set(wanted.knowledge)):
        raise Refused(_("Choose one of these, please."), "knowledge")
    if practice.state == PracticeState.PUBLISHED and not knowledge:
        raise Refused(_("Say which kinds of knowledge it rests on."), "knowledge")
    _refuse_day(wanted.review_on, practice, now)
    contact_id = _contact(session, practice_id, wanted.contact)
    themes = writing.known_themes(session, wanted.theme_ids, practice_id)
    practice.kind, practice.knowledge = wanted.kind, [str(kind) for kind in knowledge]
    if practice.review_on != wanted.review_on:
        writing.settle(session, "practices.review", practice_id, now)
    practice.contact_id, practice.review_on = contact_id, wanted.review_on
    session.execute(delete(PracticeTheme).where(PracticeTheme.practice_id == practice_id))
    session.add_all(PracticeTheme(practice_id=practice_id, theme_id=id) for id in themes)
    practice.version += 1
    practice.changed_at = now
    session.flush()
    return practice


def still_right(
    session: Session, actor: Actor, practice_id: int, review_on: date | None, now: datetime
) -> Practice:
    """It was looked at again and holds; the next time is in a year, or when one says.

    Raises:
        NotFound: the actor does not write it, or it is not published.
        Refused: a day that cannot be.
    """
    practice = writing.written(session, actor, practice_id)
    if practice.state != PracticeState.PUBLISHED:
        raise NotFound
    review_on = review_on or today(now) + A_YEAR
    _refuse_day(review_on, None, now)
    practice.review_on, practice.reviewed_at = review_on, now
    practice.version += 1
    session.flush()
    writing.settle(session, "practices.review", practice_id, now)
    return practice


def _refuse_day(day: date | None, practice: Practice | None, now: datetime) -> None:
    if practice is not None and day == practice.review_on:
        return
    if day is None:
        if practice is not None and practice.state == PracticeState.PUBLISHED:
            raise Refused(_("Choose a day on which you look at it again."), "review_on")
        return
    if day <= today(now):
        raise Refused(_("Choose a day that is still to come."), "review_on")
    if day > today(now) + timedelta(days=FURTHEST):
        raise Refused(_("That is more than five years away."), "review_on")


def _contact(session: Session, practice_id: int, handle: str) -> int | None:
    if not handle:
        return None
    found = session.scalar(
        select(Persona.id)
        .join(PracticeEditor, PracticeEditor.persona_id == Persona.id)
        .where(PracticeEditor.practice_id == practice_id, Persona.handle == handle)
        .where(PracticeEditor.accepted_at.is_not(None), Persona.gone_at.is_(None))
    )
    if found is None:
        raise Refused(_("Choose somebody who writes this practice."), "contact")
    return found


def take_back(session: Session, actor: Actor, practice_id: int, now: datetime) -> Practice:
    """Make it a draft again: others no longer read it; nothing of it or beside it is lost.

    Raises:
        NotFound: the actor may not, or it is a draft already.
    """
    practice = writing.written(session, actor, practice_id, PracticePermission.TAKE_BACK)
    practice.state = PracticeState.DRAFT
    practice.changed_at = now
    session.flush()
    writing.settle(session, "practices.review", practice_id, now)
    by_id = writing.persona_of(session, actor, practice.circle_id)
    emit(session, events.TakenBack(practice_id=practice.id, by_id=by_id, at=moment(now)), now)
    if actor.moderates:
        about = f"practice:{practice.id}"
        audit.record(session, "practices.taken_back", actor=actor.audit_id, subject=about, now=now)
    return practice


def destroy(session: Session, actor: Actor, practice_id: int) -> None:
    """Delete a draft that nobody but its writers ever read.

    Raises:
        NotFound: the actor does not write it, or it was published once.
        Refused: others write it as well.
    """
    writing.written(session, actor, practice_id, PracticePermission.DELETE)
    others = session.scalars(
        select(PracticeEditor.persona_id).where(
            PracticeEditor.practice_id == practice_id, PracticeEditor.accepted_at.is_not(None)
        )
    ).all()
    if len(others) > 1:
        raise Refused(_("Others write this as well. You can stop writing along instead."))
    wipe(session, practice_id)


def wipe(session: Session, practice_id: int) -> None:
    """Everything of a practice that nobody reads any more."""
    for model in (
        PracticeSection,
        PracticeRevision,
        PracticeEditor,
        PracticeTheme,
        PracticeUse,
        PracticeExperience,
        PracticeComparison,
    ):
        session.execute(delete(model).where(model.practice_id == practice_id))
    session.execute(delete(Practice).where(Practice.id == practice_id))
    session.flush()
