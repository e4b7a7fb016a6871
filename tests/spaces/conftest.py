"""What the tests of spaces share."""

from datetime import date, timedelta
from io import BytesIO

import pytest

from cop.platform import clock, markup, storage
from cop.platform.db import unit_of_work
from cop.spaces.models import LogbookEntry, Measure, MeasureKind, MeasureValue, SpaceFile


@pytest.fixture
def logbook_entry(make):
    """`logbook_entry(space, member_or_persona, text)`: an entry, stored."""

    def made(space, author, text="Vandaag begonnen.", **values):
        persona = author if hasattr(author, "handle") else make.persona(author)
        return make.save(
            LogbookEntry(
                **{
                    "space_id": space.id,
                    "author_id": persona.id,
                    "at": clock.now(),
                    "title": "Een stap",
                    "source": text,
                    "html": markup.render(text),
                    "words": markup.word_count(text),
                }
                | values
            )
        )

    return made


@pytest.fixture
def add_file(make):
    """`add_file(space, member, data, name)`: a file that the space keeps, stored."""

    def made(space, member, data=b"Een plan.", name="plan.txt"):
        with unit_of_work() as session:
            stored = storage.keep(session, BytesIO(data), name, clock.now())
            kept = SpaceFile(
                space_id=space.id,
                file_id=stored.id,
                title=name,
                added_by_id=make.persona(member).id,
                added_at=clock.now(),
            )
            session.add(kept)
            session.flush()
            kept.file = stored
        return kept

    return made


@pytest.fixture
def add_measure(make):
    """`add_measure(space, values=3)`: a measure with so many values, or these, a month apart."""

    def made(space, values=3, **fields):
        measure = Measure(
            **{
                "space_id": space.id,
                "kind": MeasureKind.OWN,
                "name": "Rust in huis",
                "created_at": clock.now(),
            }
            | fields
        )
        for n, value in enumerate(range(values) if isinstance(values, int) else values):
            measure.values.append(
                MeasureValue(on=date(2025, 1, 1) + timedelta(days=31 * n), value=value, people=12)
            )
        return make.save(measure)

    return made
