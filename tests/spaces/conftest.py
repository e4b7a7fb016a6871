"""What the tests of spaces share."""

import pytest

from cop.platform import clock, markup
from cop.spaces.models import LogbookEntry


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
