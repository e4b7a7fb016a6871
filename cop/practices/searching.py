"""Practices in search: all that a published one says, for who may read it.

What members told of it stands beside it in a part for each circle that they told it to: for
members only, and wherever practice and telling have other readers, for those of both.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Persona, Theme
from cop.platform.i18n import lazy as _l
from cop.platform.markup import own_text, word_count
from cop.platform.search import links
from cop.platform.search.sources import (
    OF_ALL,
    Audience,
    Document,
    Hit,
    Key,
    Line,
    Shown,
    Source,
    author,
    changed,
    label,
    offer,
    values_of,
)
from cop.practices import words
from cop.practices.models import (
    Practice,
    PracticeEditor,
    PracticeExperience,
    PracticeSection,
    PracticeState,
    PracticeTheme,
)
from cop.practices.permissions import (
    EXPERIENCES,
    PRACTICES,
    BesidePermission,
    PracticePermission,
)
from cop.spaces.models import Space

KIND = "practice"
_NUMBERS = {name: n for n, name in enumerate(words.SECTIONS) if name not in words.LINES}
_NAMES = {n: name for name, n in _NUMBERS.items()}
MOST_ADDED = 500  # experiences that are looked at for one reader, the newest
_TOLD = len(words.SECTIONS)  # the line of an experience is its id above this


def _parts(session: Session, practice_ids: Collection[int]) -> list[Key]:
    """Of each what it says itself, and what was told to each circle."""
    told = session.execute(
        select(PracticeExperience.practice_id, PracticeExperience.circle_id)
        .where(PracticeExperience.practice_id.in_(practice_ids))
        .distinct()
        .execution_options(autoflush=False)
    )
    return sorted({(id, 0) for id in practice_ids} | {(id, circle_id) for id, circle_id in told})


def _of_practice(session: Session, practice: Practice) -> Iterator[Key]:
    if changed(practice, "title", "state", "circle_id", "space_id", "published_at", "version"):
        yield from _parts(session, [practice.id])


def _of_experience(_session: Session, row: PracticeExperience) -> Iterator[Key]:
    if changed(row, "context", "result", "circle_id", "persona_id"):
        for circle_id in values_of(row, "circle_id"):
            yield row.practice_id, circle_id


def _of_section(_session: Session, section: PracticeSection) -> Iterator[Key]:
    if changed(section, "source"):
        yield section.practice_id, 0


def _of_editor(_session: Session, row: PracticeEditor) -> Iterator[Key]:
    if changed(row, "accepted_at", "named_to_visitors"):
        yield row.practice_id, 0


def _of_theme(session: Session, row: PracticeTheme) -> Iterator[Key]:
    yield from _parts(session, [row.practice_id])


def _of_renamed(session: Session, theme: Theme) -> Iterator[Key]:
    if changed(theme, "name_nl"):
        have = select(PracticeTheme.practice_id).where(PracticeTheme.theme_id == theme.id)
        yield from _parts(session, session.scalars(have.execution_options(autoflush=False)).all())


def documents(session: Session, keys: Sequence[Key]) -> Iterator[Document]:
    """Five queries."""
    ids = [id for id, _part in keys]
    said: defaultdict[int, list[Line]] = defaultdict(list)
    leads: defaultdict[int, set[str]] = defaultdict(set)
    for id, name, html in session.execute(
        select(PracticeSection.practice_id, PracticeSection.name, PracticeSection.html).where(
            PracticeSection.practice_id.in_(ids), PracticeSection.source != ""
        )
    ):
        if name in _NUMBERS:
            said[id].append(Line(_NUMBERS[name], own_text(html), OF_ALL))
            leads[id].update(links.labels_in(html))
    themes = session.execute(
        select(PracticeTheme.practice_id, Theme.id, Theme.name_nl)
        .join(Theme, Theme.id == PracticeTheme.theme_id)
        .where(PracticeTheme.practice_id.in_(ids))
    ).all()
    wrote: defaultdict[int, list[str]] = defaultdict(list)
    for id, persona_id, named in session.execute(
        select(
            PracticeEditor.practice_id, PracticeEditor.persona_id, PracticeEditor.named_to_visitors
        ).where(PracticeEditor.practice_id.in_(ids), PracticeEditor.accepted_at.is_not(None))
    ):
        wrote[id].append(author(persona_id, to_visitors=named))
    told = _told(session, ids)
    wanted = set(keys)
    for row in session.execute(
        select(
            Practice.id,
            Practice.title,
            Practice.circle_id,
            Practice.space_id,
            Practice.published_at,
            Practice.changed_at,
            Space.circle_id.label("of_space"),
        )
        .outerjoin(Space, Space.id == Practice.space_id)
        .where(Practice.id.in_(ids), Practice.state == PracticeState.PUBLISHED)
    ):
        own = [(id, name) for practice_id, id, name in themes if practice_id == row.id]
        labels = [label("kind", KIND), *(label("theme", id) for id, _name in own)]
        if row.space_id is not None:
            labels.append(label("space", row.space_id))
        at = row.published_at or row.changed_at
        for circle_id, (lines, last) in told[row.id].items():
            if (row.id, circle_id) in wanted:
                yield Document(
                    key=(row.id, circle_id),
                    title=row.title,
                    lines=lines,
                    audience=Audience.READING,
                    # Beside that of its space a practice has circles of its own only, that every
                    # member reads: who reads that of its space reads both.
                    circle_id=row.of_space if row.of_space == row.circle_id else circle_id,
                    at=max(at, last),
                    labels=[*labels, *(author(by) for by in sorted({line.by for line in lines}))],
                )
        if (row.id, 0) not in wanted:
            continue
        labels += [*sorted(leads[row.id]), *wrote[row.id]]
        lines = sorted(said[row.id], key=lambda line: line.number)
        yield Document(
            key=(row.id, 0),
            title=row.title,
            lines=[*lines, Line(len(words.SECTIONS), " ".join(name for _id, name in own), OF_ALL)],
            audience=Audience.READERS,
            circle_id=row.circle_id,
            at=at,
            labels=labels,
            by=OF_ALL,
        )


def _told(
    session: Session, ids: Sequence[int]
) -> defaultdict[int, dict[int, tuple[list[Line], datetime]]]:
    """Practice → circle → what was told to it, and when last."""
    found: defaultdict[int, dict[int, tuple[list[Line], datetime]]] = defaultdict(dict)
    for row in session.scalars(
        select(PracticeExperience)
        .where(PracticeExperience.practice_id.in_(ids))
        .order_by(PracticeExperience.id)
    ):
        line = Line(_TOLD + row.id, _said(row.context, row.result), row.persona_id)
        lines, last = found[row.practice_id].get(row.circle_id, ([], row.at))
        found[row.practice_id][row.circle_id] = ([*lines, line], max(last, row.at))
    return found


def _said(context: str, result: str) -> str:
    return f"{context}\n{result}".strip()


def keys(session: Session, after: int, most: int) -> list[Key]:
    ids = session.scalars(
        select(Practice.id)
        .where(Practice.id > after, Practice.state == PracticeState.PUBLISHED)
        .order_by(Practice.id)
        .limit(most)
    )
    return _parts(session, ids.all())


def present(session: Session, actor: Actor, hits: Sequence[Hit]) -> dict[int, Shown]:
    """Three queries."""
    told = {hit.thing_id: hit.line - _TOLD for hit in hits if hit.line > _TOLD}
    tellings = {
        row.practice_id: row
        for row in session.execute(
            select(
                *(PracticeExperience.practice_id, PracticeExperience.context),
                *(PracticeExperience.result, PracticeExperience.at, Persona.name),
            )
            .join(Persona, Persona.id == PracticeExperience.persona_id)
            .where(PracticeExperience.id.in_(told.values()))
            .where(EXPERIENCES.clause(actor, BesidePermission.READ))
        )
    }
    lines = {hit.thing_id: _NAMES.get(hit.line, "summary") for hit in hits}
    texts = {
        (row.practice_id, row.name): row.html
        for row in session.execute(
            select(PracticeSection.practice_id, PracticeSection.name, PracticeSection.html).where(
                PracticeSection.practice_id.in_(lines), PracticeSection.name.in_(lines.values())
            )
        )
    }
    found = {}
    for row in session.execute(
        select(
            *(Practice.id, Practice.title, Practice.kind, Practice.published_at),
            Practice.words,
        )
        .where(Practice.id.in_(lines), Practice.state == PracticeState.PUBLISHED)
        .where(PRACTICES.clause(actor, PracticePermission.READ))
    ):
        telling = tellings.get(row.id)
        text = own_text(texts.get((row.id, lines[row.id]), ""))
        if telling is not None:
            text = _said(telling.context, telling.result)
        found[row.id] = Shown(
            title=row.title,
            url=f"/praktijken/{row.id}" + ("#ervaringen" if telling is not None else ""),
            where=str(words.KINDS[row.kind] if telling is None else _l("An experience with this")),
            at=row.published_at if telling is None else telling.at,
            words=row.words or word_count(text),
            text=text,
            by=telling.name if telling is not None else "",
        )
    return found


def came(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """When they came out: of how it went since is told by itself."""
    rows = session.execute(
        select(Practice.id, Practice.published_at).where(
            Practice.id.in_(ids), Practice.state == PracticeState.PUBLISHED
        )
    )
    return {row.id: row.published_at for row in rows if row.published_at is not None}


def wrote(
    session: Session,
    _actor: Actor,
    ids: Sequence[int],
    personas: Sequence[int],
    since: datetime,
    until: datetime,
) -> dict[int, datetime]:
    """When those that one of these wrote came out: who tells how it went wrote none of it."""
    rows = session.execute(
        select(Practice.id, Practice.published_at)
        .join(PracticeEditor, PracticeEditor.practice_id == Practice.id)
        .where(Practice.id.in_(ids), PracticeEditor.persona_id.in_(personas))
        .where(PracticeEditor.accepted_at.is_not(None))
        .where(Practice.published_at > since, Practice.published_at <= until)
    )
    return {row.id: row.published_at for row in rows if row.published_at is not None}


def added(
    session: Session, actor: Actor, since: datetime, until: datetime
) -> dict[Key, dict[int, datetime]]:
    """What was told first in this time, as in `documents`; a second telling changes the first."""
    found: defaultdict[Key, dict[int, datetime]] = defaultdict(dict)
    for row in session.execute(
        select(
            *(PracticeExperience.id, PracticeExperience.practice_id),
            *(PracticeExperience.circle_id, PracticeExperience.at),
        )
        .join(Persona, Persona.id == PracticeExperience.persona_id)
        .where(PracticeExperience.at > since, PracticeExperience.at <= until)
        .where(Persona.member_id.is_distinct_from(actor.member_id))
        .order_by(PracticeExperience.id.desc())
        .limit(MOST_ADDED)
    ):
        found[row.practice_id, row.circle_id][_TOLD + row.id] = row.at
    return found


offer(
    Source(
        kind=KIND,
        label=_l("Practice"),
        present=present,
        documents=documents,
        keys=keys,
        watches={
            Practice: _of_practice,
            PracticeSection: _of_section,
            PracticeEditor: _of_editor,
            PracticeTheme: _of_theme,
            PracticeExperience: _of_experience,
            Theme: _of_renamed,
        },
        version=4,  # of when something was last told of them
        came=came,
        wrote=wrote,
        added=added,
    )
)
