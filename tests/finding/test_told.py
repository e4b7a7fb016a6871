"""What members told of a practice is found by who may read it there, and tells others nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cop.finding import interests
from cop.finding.models import InterestKind
from cop.finding.queries import Filters, find
from cop.members.actor import VISITOR
from cop.notifications import waits
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.search import indexing
from cop.platform.search.models import SearchEntry
from cop.practices import publishing, responding
from cop.practices.models import PracticeExperience, PracticeKind
from cop.spaces.circles import Visibility
from tests.practices.writing import draft, practice, published


def found(actor, words="kweepeer", **filters):
    with reading() as session:
        return find(session, actor, words, clock.now(), Filters(**filters))


def titles(actor, words="kweepeer", **filters):
    return [item.shown.title for item in found(actor, words, **filters).items]


def tell(make, member, made, context="Bij de kweepeer.", result="Daar liep het vast."):
    with unit_of_work() as session:
        return responding.tell(
            session, make.actor(member), made.id, "did_not", context, result, clock.now()
        ).id


def give_to(make, owner, made, audience):
    with unit_of_work() as session:
        publishing.change_audience(
            session, make.actor(owner), made.id, audience, clock.now(), anyway=True
        )


def test_how_it_went_is_found_by_members_and_shown_as_it_was_told(app, make):
    anna, bram, reader = make.member(), make.member("Bram Verzonnen"), make.member()
    made = practice(make, anna, "public", title="Bellen")
    tell(make, bram, made)
    item = found(make.actor(reader)).items[0]
    assert (item.shown.title, item.shown.by) == ("Bellen", "Bram Verzonnen")
    assert ("kweepeer", True) in item.text.pieces
    assert item.shown.url == f"/praktijken/{made.id}#ervaringen"
    assert titles(make.actor(reader), author="Bram Verzonnen") == ["Bellen"]
    assert titles(make.actor(reader), "bellen", author="Bram Verzonnen") == []  # not their words
    # Visitors read the practice, and not what members say of it: nothing of it, by any way.
    assert titles(VISITOR, "bellen") == ["Bellen"]
    for asked in ({}, {"author": "Bram Verzonnen"}):
        assert titles(VISITOR, **asked) == []
    assert titles(VISITOR, "", author="Bram Verzonnen") == []
    assert found(VISITOR, "kweepear").meant == {}
    assert found(make.actor(reader), "kweepear").meant


def test_it_goes_with_its_words_and_with_the_practice(app, make):
    anna, bram = make.member(), make.member()
    made, asking = practice(make, anna, title="Bellen"), make.actor(make.member())
    told = tell(make, bram, made)
    tell(make, bram, made, context="Bij de mispel.")
    assert titles(asking) == []
    assert titles(asking, "mispel") == ["Bellen"]
    with unit_of_work() as session:
        publishing.take_back(session, make.actor(anna), made.id, clock.now())
    assert titles(asking, "mispel") == []
    published(make, anna, made)
    assert titles(asking, "mispel") == ["Bellen"]
    with unit_of_work() as session:
        responding.take_away(session, make.actor(bram), told)
    assert titles(asking, "mispel") == []
    with reading() as session:
        parts = select(SearchEntry.part).where(SearchEntry.kind == "practice")
        assert session.scalars(parts).all() == [0]


def test_only_who_reads_both_the_practice_and_what_was_told_finds_it(app, make):
    """A practice that is opened does not take it along; one that is closed closes it as well."""
    anna, inside, outside = make.member(), make.member(), make.member()
    space = make.space(Visibility.CLOSED, coordinator=anna)
    make.join(inside, space.circle)
    made = practice(make, anna, "space", space, title="Bellen")
    tell(make, inside, made)
    who = {name: make.actor(m) for name, m in (("in", inside), ("out", outside))}

    def finds(words="kweepeer"):
        return {name for name, actor in who.items() if titles(actor, words)}

    assert finds() == {"in"}
    give_to(make, anna, made, "open")
    assert finds("bellen") == {"in", "out"}
    assert finds() == {"in"}
    assert found(who["out"], "kweepear").meant == {}
    tell(make, outside, made, context="Bij de mispel.")
    assert finds("mispel") == {"in", "out"}
    give_to(make, anna, made, "space")
    assert finds("mispel") == {"in"}
    indexing.rebuild()
    assert (finds("mispel"), finds()) == ({"in"}, {"in"})
    with reading() as session:
        assert len(session.scalars(select(PracticeExperience.circle_id)).all()) == 2


def test_who_follows_somebody_hears_no_practice_of_others_where_they_told_how_it_went(app, make):
    anna, bram, reader = make.member(), make.member(), make.member()
    made = practice(make, anna, title="Bellen")
    own = practice(make, bram, title="Lopen")
    tell(make, bram, made)
    with unit_of_work() as session:
        interests.add(
            *(session, make.actor(reader), InterestKind.PERSON, clock.now()),
            subject_id=make.persona(bram).id,
        )
    with reading() as session:
        later = clock.now() + timedelta(minutes=1)
        parts = waits.gather(session, make.actor(reader), later).values()
        told = {each.title for part in parts for each in part}
    assert own.title in told
    assert made.title not in told


@pytest.mark.parametrize("audience", ["open", "public"])
def test_what_did_not_work_is_published_as_such_and_found(app, make, browser, audience):
    anna, reader = make.member(), make.member()
    made = draft(make, anna, title="Kweepeer op recept", kind=PracticeKind.DID_NOT_WORK)
    asking = browser(reader) if audience == "open" else browser()
    assert "Kweepeer op recept" not in asking.get("/zoeken?q=kweepeer").text
    published(make, anna, made, audience)
    page = asking.get("/zoeken?q=kweepeer").text
    assert f'href="/praktijken/{made.id}"' in page
    assert "What did not work" in page
    assert "What did not work" in asking.get(f"/praktijken/{made.id}").text
    assert "Kweepeer op recept" in asking.get("/praktijken?soort=did_not_work").text
    assert "Kweepeer op recept" not in asking.get("/praktijken?soort=works").text
