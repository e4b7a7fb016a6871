"""Practices in search: all that a published one says, for who may read it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Theme
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
)
from cop.practices import words
from cop.practices.models import (
    Practice,
    PracticeEditor,
    PracticeSection,
    PracticeState,
    PracticeTheme,
)
from cop.practices.permissions import PRACTICES, PracticePermission

KIND = "practice"
_NUMBERS = {name: n for n, name in enumerate(words.SECTIONS) if name not in words.LINES}
_NAMES = {n: name for name, n in _NUMBERS.items()}


def _of_practice(_session: Session, practice: Practice) -> Iterator[Key]:
    if changed(practice, "title", "state", "circle_id", "space_id", "published_at", "version"):
        yield practice.id, 0


def _of_section(_session: Session, section: PracticeSection) -> Iterator[Key]:
    if changed(section, "source"):
        yield section.practice_id, 0


def _of_editor(_session: Session, row: PracticeEditor) -> Iterator[Key]:
    if changed(row, "accepted_at", "named_to_visitors"):
        yield row.practice_id, 0


def _of_theme(_session: Session, row: PracticeTheme) -> Iterator[Key]:
    yield row.practice_id, 0


def _of_renamed(session: Session, theme: Theme) -> Iterator[Key]:
    if changed(theme, "name_nl"):
        have = select(PracticeTheme.practice_id).where(PracticeTheme.theme_id == theme.id)
        for id in session.scalars(have.execution_options(autoflush=False)):
            yield id, 0


def documents(session: Session, keys: Sequence[Key]) -> Iterator[Document]:
    """Four queries."""
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
    for row in session.execute(
        select(
            Practice.id,
            Practice.title,
            Practice.circle_id,
            Practice.space_id,
            Practice.published_at,
            Practice.changed_at,
        ).where(Practice.id.in_(ids), Practice.state == PracticeState.PUBLISHED)
    ):
        own = [(id, name) for practice_id, id, name in themes if practice_id == row.id]
        labels = [label("kind", KIND), *(label("theme", id) for id, _name in own)]
        labels += [*sorted(leads[row.id]), *wrote[row.id]]
        if row.space_id is not None:
            labels.append(label("space", row.space_id))
        lines = sorted(said[row.id], key=lambda line: line.number)
        yield Document(
            key=(row.id, 0),
            title=row.title,
            lines=[*lines, Line(len(words.SECTIONS), " ".join(name for _id, name in own), OF_ALL)],
            audience=Audience.READERS,
            circle_id=row.circle_id,
            at=row.published_at or row.changed_at,
            labels=labels,
            by=OF_ALL,
        )


def keys(session: Session, after: int, most: int) -> list[Key]:
    ids = session.scalars(
        select(Practice.id)
        .where(Practice.id > after, Practice.state == PracticeState.PUBLISHED)
        .order_by(Practice.id)
        .limit(most)
    )
    return [(id, 0) for id in ids]


def present(session: Session, actor: Actor, hits: Sequence[Hit]) -> dict[int, Shown]:
    """Two queries."""
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
        text = own_text(texts.get((row.id, lines[row.id]), ""))
        found[row.id] = Shown(
            title=row.title,
            url=f"/praktijken/{row.id}",
            where=str(words.KINDS[row.kind]),
            at=row.published_at,
            words=row.words or word_count(text),
            text=text,
        )
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
            Theme: _of_renamed,
        },
        version=2,
    )
)
