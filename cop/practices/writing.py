"""Starting a practice and writing it, section by section.

Every section has a version of its own. A save over a version that somebody else has changed
meanwhile stores nothing: whoever writes sees what the other did beside their own words, and both
put together, and sends again. Every version stays in the history.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import literal, or_, select, update
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Member, Persona, Theme
from cop.members.queries import own_persona
from cop.notifications.operations import mark_settled
from cop.platform import markup
from cop.platform.blank import one_line, trimmed
from cop.platform.errors import NotFound, Refused, refuse_longer
from cop.platform.i18n import gettext as _
from cop.practices import words
from cop.practices.merging import Merged, merge
from cop.practices.models import (
    Practice,
    PracticeEditor,
    PracticeKind,
    PracticeRevision,
    PracticeSection,
    PracticeState,
    PracticeTheme,
)
from cop.practices.permissions import PRACTICES, STARTING, PracticePermission, StartPermission
from cop.spaces.circles import Circle, Visibility, persona_in
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

SAME_FORM = timedelta(minutes=10)
STILL_WRITING = timedelta(minutes=15)  # after opening a section somebody is taken to write in it


class Beside(Refused):
    """Somebody else saved the section meanwhile; nothing was stored.

    Attributes:
        base: the text from which the actor began, '' when that is no longer known.
        theirs: what it says now; `mine` what the actor sent.
        merged: both together.
        version: to be sent along when the actor has seen it and sends again.
    """

    def __init__(self, base: str, theirs: str, mine: str, by: Persona, version: int) -> None:
        super().__init__(_("%(who)s changed this while you were writing.", who=by.name))
        self.base, self.theirs, self.mine = base, theirs, mine
        self.merged: Merged = merge(base, theirs, mine)
        self.by, self.version = by, version


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """What a new practice starts with; more than title and summary when it is made of something."""

    title: str
    summary: str
    kind: str = PracticeKind.WORKS
    theme_ids: Sequence[int] = ()
    sections: Mapping[str, str] | None = None


def start(
    session: Session,
    actor: Actor,
    beginning: Beginning,
    now: datetime,
    *,
    space_id: int | None = None,
    anyway: bool = False,
) -> Practice:
    """A draft that only the actor reads; the same form sent twice gives one.

    Args:
        space_id: the space that it belongs to; None for the whole community.

    Raises:
        NotFound: the actor is no member, or does not take part in the space.
        Refused: a title or summary is missing, or something is too long.
    """
    if actor.member_id is None:
        raise NotFound
    space = (
        STARTING.get(session, actor, StartPermission.START, space_id)
        if space_id is not None
        else None
    )
    if beginning.kind not in set(PracticeKind):
        raise Refused(_("Choose one of these, please."), "kind")
    texts = {"title": beginning.title, "summary": beginning.summary} | dict(
        beginning.sections or {}
    )
    texts = {name: checked(name, text) for name, text in texts.items()}
    for name in ("title", "summary"):
        if not texts[name]:
            raise Refused(_("Fill this in, please."), name)
    themes = known_themes(session, beginning.theme_ids)
    ask_author(texts.values(), Purpose.PRACTICE, anyway)
    session.get_one(Member, actor.member_id, with_for_update=True)  # two sends, one after another
    persona_id = (
        persona_of(session, actor, space.circle_id)
        if space is not None
        else own_persona(session, actor.member_id).id
    )
    twin = session.scalar(
        select(Practice)
        .where(Practice.started_by_id == persona_id, Practice.title == texts["title"])
        .where(Practice.space_id == space_id, Practice.created_at > now - SAME_FORM)
        .limit(1)
    )
    if twin is not None:
        return twin
    made = Practice(
        circle_id=space.circle_id if space is not None else own_circle(session, Visibility.OPEN),
        space_id=space_id,
        state=PracticeState.DRAFT,
        kind=beginning.kind,
        title=texts["title"],
        started_by_id=persona_id,
        contact_id=persona_id,
        knowledge=[],
        created_at=now,
        changed_at=now,
        version=1,
        years_told=0,
    )
    session.add(made)
    session.flush()
    session.add_all(PracticeTheme(practice_id=made.id, theme_id=id) for id in themes)
    session.add(
        PracticeEditor(practice_id=made.id, persona_id=persona_id, asked_at=now, accepted_at=now)
    )
    for name, text in texts.items():
        if text:
            row = PracticeSection(practice_id=made.id, name=name, version=0)
            session.add(row)
            _put(session, made, row, text, persona_id, 0, now)
    session.flush()
    _count(session, made)
    return made


def save(
    session: Session,
    actor: Actor,
    practice_id: int,
    section: str,
    text: str,
    version: int,
    now: datetime,
    anyway: bool = False,
) -> Practice:
    """Write a section over the version that the actor has seen.

    Raises:
        NotFound: the actor does not write this practice, or it has no such section.
        Beside: somebody else changed it meanwhile.
        Refused: too long, or readers would miss what a practice must have.
    """
    if section not in words.SECTIONS:
        raise NotFound
    practice = written(session, actor, practice_id)
    persona_id = writes_as(session, actor, practice_id)
    row = session.get(PracticeSection, (practice_id, section))
    if row is None:
        row = PracticeSection(practice_id=practice_id, name=section, source="", version=0)
        session.add(row)
    text = checked(section, text)
    if row.source == text:
        _close(row, persona_id)
        session.flush()
        return practice
    if row.version != version:
        latest = _revision(session, practice_id, section, row.version)
        seen = _revision(session, practice_id, section, version)
        assert latest is not None  # every version has one
        base = (seen.source or "") if seen is not None else ""
        raise Beside(base, row.source, text, latest.by, row.version)
    published = practice.state == PracticeState.PUBLISHED
    needed = words.NEEDED if published else ("title", "summary")
    if section in needed and not text:
        raise Refused(
            _("Readers need this part: change it, but do not leave it empty.")
            if published
            else _("Fill this in, please."),
            "text",
        )
    ask_author([text], Purpose.PRACTICE, anyway)
    _put(session, practice, row, text, persona_id, version, now)
    if published and row.shown_from is None:
        row.shown_from = row.version
    _close(row, persona_id)
    practice.changed_at = now
    session.flush()
    _count(session, practice)
    return practice


def note_opened(
    session: Session, actor: Actor, practice_id: int, section: str, now: datetime
) -> None:
    """The actor has the section before them; others are told so, and can write all the same."""
    persona_id = writes_as(session, actor, practice_id)
    row = session.get(PracticeSection, (practice_id, section), with_for_update=True)
    if row is None:
        return
    taken = row.opened_at is not None and row.opened_at > now - STILL_WRITING
    if not taken or row.opened_by_id == persona_id:
        row.opened_by_id, row.opened_at = persona_id, now
        session.flush()


def forget_text(
    session: Session, actor: Actor, practice_id: int, revision_id: int, now: datetime
) -> PracticeRevision:
    """Take the words of an earlier version out of the history, where they should not have stood.

    Raises:
        NotFound: the actor does not write it, or there is no such version.
        Refused: it is what the section says now.
    """
    practice = written(session, actor, practice_id)
    found = session.get(PracticeRevision, revision_id)
    if found is None or found.practice_id != practice_id:
        raise NotFound
    row = session.get_one(PracticeSection, (practice_id, found.section))
    if found.version == row.version:
        raise Refused(_("This is what it says now. Change the section first."))
    found.source = None
    practice.changed_at = now
    session.flush()
    return found


def written(
    session: Session,
    actor: Actor,
    practice_id: int,
    permission: PracticePermission = PracticePermission.WRITE,
) -> Practice:
    """The practice, locked: of two who write at once, one comes after the other.

    Raises:
        NotFound: the actor does not hold the permission.
    """
    PRACTICES.get(session, actor, permission, practice_id)
    return session.get_one(
        Practice, practice_id, with_for_update={"of": Practice}, populate_existing=True
    )


def writes_as(session: Session, actor: Actor, practice_id: int) -> int:
    """The name under which the actor writes this practice.

    Raises:
        NotFound: they do not.
    """
    found = session.scalar(
        select(Persona.id)
        .join(PracticeEditor, PracticeEditor.persona_id == Persona.id)
        .where(PracticeEditor.practice_id == practice_id)
        .where(PracticeEditor.accepted_at.is_not(None))
        .where(Persona.member_id == actor.member_id, Persona.gone_at.is_(None))
        .order_by(PracticeEditor.accepted_at, Persona.id)
        .limit(1)
    )
    if found is None or not actor.is_member:
        raise NotFound
    return found


def persona_of(session: Session, actor: Actor, circle_id: int) -> int:
    """The name under which the actor does things in a circle."""
    found: int = session.scalars(select(persona_in(actor, literal(circle_id)))).one()
    return found


def settle(session: Session, kind: str, practice_id: int, now: datetime) -> None:
    """What those who write it were asked by notices of this kind needs no answer any more."""
    writers = (
        select(Persona.member_id)
        .join(PracticeEditor, PracticeEditor.persona_id == Persona.id)
        .where(PracticeEditor.practice_id == practice_id)
    )
    mark_settled(session, kind, practice_id, writers, now)


def own_circle(session: Session, visibility: str) -> int:
    """A circle that nobody joins: it says who may read."""
    circle = Circle(visibility=visibility)
    session.add(circle)
    session.flush()
    return circle.id


def checked(section: str, text: str) -> str:
    """The text as it is stored.

    Raises:
        Refused: too long.
    """
    text = one_line(text) if section in words.LINES else trimmed(text.replace("\r\n", "\n"))
    field = section if section in ("title", "summary") else "text"
    refuse_longer(text, words.LONGEST[section], field)
    return text


def known_themes(
    session: Session, theme_ids: Sequence[int], practice_id: int | None = None
) -> list[int]:
    """The ids, each once; retired ones only where the practice has them already.

    Raises:
        Refused: there is no such theme.
    """
    wanted = list(dict.fromkeys(theme_ids))
    has = select(PracticeTheme.theme_id).where(PracticeTheme.practice_id == practice_id)
    known = set(
        session.scalars(
            select(Theme.id)
            .where(Theme.id.in_(wanted))
            .where(or_(Theme.retired_at.is_(None), Theme.id.in_(has)))
        )
    )
    if len(known) != len(wanted):
        raise Refused(_("Choose themes from the list."), "themes")
    return wanted


def _put(
    session: Session,
    practice: Practice,
    row: PracticeSection,
    text: str,
    persona_id: int,
    over: int,
    now: datetime,
) -> None:
    row.source, row.version = text, row.version + 1
    row.html = "" if row.name in words.LINES else markup.render(text)
    session.add(
        PracticeRevision(
            practice_id=practice.id,
            section=row.name,
            version=row.version,
            source=text,
            by_id=persona_id,
            at=now,
            over_version=over,
        )
    )
    if row.name == "title":
        practice.title = text
    elif row.name == "summary":
        practice.summary = text


def _close(row: PracticeSection, persona_id: int) -> None:
    if row.opened_by_id == persona_id:
        row.opened_by_id = row.opened_at = None


def _revision(
    session: Session, practice_id: int, section: str, version: int
) -> PracticeRevision | None:
    return session.scalar(
        select(PracticeRevision).where(
            PracticeRevision.practice_id == practice_id,
            PracticeRevision.section == section,
            PracticeRevision.version == version,
        )
    )


def _count(session: Session, practice: Practice) -> None:
    texts = session.scalars(
        select(PracticeSection.source).where(PracticeSection.practice_id == practice.id)
    )
    practice.words = sum(markup.word_count(text) for text in texts)
    session.flush()


def show_all(session: Session, practice_id: int) -> None:
    """Readers see the history from here on; what was before was not for them."""
    session.execute(
        update(PracticeSection)
        .where(PracticeSection.practice_id == practice_id, PracticeSection.version > 0)
        .values(shown_from=PracticeSection.version)
        .execution_options(synchronize_session=False)
    )
