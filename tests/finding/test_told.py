"""What members told of a practice is found by who may read it there, and tells others nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from cop.finding import interests, news
from cop.finding.models import ByMail, Interest, InterestKind
from cop.finding.queries import Filters, find
from cop.members.actor import VISITOR, Actor
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


def kept(make, member, words="kweepeer", **filters):
    with unit_of_work() as session:
        interests.add(
            *(session, make.actor(member), InterestKind.SEARCH, clock.now()),
            words=words,
            filters=Filters(**filters),
        )


def news_by_mail(member, since, until):
    """(subject, address) of what the digest of this time tells of their kept searches."""
    with reading() as session:
        rows = session.scalars(select(Interest).where(Interest.member_id == member.id)).all()
        found = news.by_mail(session, Actor(member.id), rows, ByMail.DIGEST, since, until)
        return [(f"{thing.kind}:{thing.thing_id}", said.url) for thing, said in found]


def test_a_kept_search_tells_once_of_what_is_told_of_an_older_practice(app, make, browser):
    """In mail and on the home page: of who told it, not to them, nor to who wrote the practice."""
    now = clock.now()
    anna, bram, reader = make.member(), make.member("Bram Verzonnen"), make.member()
    made = practice(make, anna, "public", title="Bellen", at=now - timedelta(days=40))
    other = practice(make, anna, title="Kweepeer", at=now - timedelta(days=40))
    practice(make, anna, title="Lopen", at=now - timedelta(days=40))
    for each in (anna, bram, reader):
        kept(make, each)
        kept(make, each, "kweepeer bellen", kind="practice")
    soon = now + timedelta(minutes=1)
    assert news_by_mail(reader, now - timedelta(days=1), soon) == []
    tell(make, bram, made)
    tell(make, bram, other, context="Anders gelukt.")  # its title says the word
    expected = [
        (f"practice:{each.id}", f"/praktijken/{each.id}#ervaringen") for each in (made, other)
    ]
    for _made_anew in range(2):
        assert sorted(news_by_mail(reader, now - timedelta(days=1), soon)) == sorted(expected)
        assert news_by_mail(reader, soon, soon + timedelta(days=1)) == []
        for each in (anna, bram):
            assert news_by_mail(each, now - timedelta(days=1), soon) == []
        indexing.rebuild()
    page = browser(reader).get("/").text
    assert page.count(f"/praktijken/{made.id}#ervaringen") == 1
    assert "An experience with this" in page
    assert f"/praktijken/{made.id}#" not in browser(anna).get("/").text
    # Put otherwise it is no news again.
    tell(make, bram, made, context="Nog eens bij de kweepeer.")
    assert news_by_mail(reader, soon, clock.now() + timedelta(days=1)) == []


def test_a_kept_search_tells_of_an_experience_to_who_may_find_it_and_by_what_it_says(app, make):
    now = clock.now()
    anna, inside, outside = (make.member(f"{name} Verzonnen") for name in ("Anna", "In", "Uit"))
    teller = make.member("Bram Verzonnen")
    space = make.space(Visibility.CLOSED, coordinator=anna)
    hidden = make.space(Visibility.PRIVATE, coordinator=anna)
    for each in (inside, teller):
        make.join(each, space.circle)
        make.join(each, hidden.circle)
    old = {"at": now - timedelta(days=40)}
    made = practice(make, anna, "space", space, title="Bellen", **old)
    private = practice(make, anna, "space", hidden, title="Lopen", **old)
    for each in (inside, outside):
        kept(make, each)
    tell(make, teller, made)
    tell(make, teller, private)

    def told(member):
        day = timedelta(days=1)
        return [subject for subject, _url in news_by_mail(member, now - day, now + day)]

    assert told(inside) == [f"practice:{made.id}"]  # of what is private mail says nothing
    give_to(make, anna, made, "open")
    assert (told(inside), told(outside)) == ([f"practice:{made.id}"], [])  # told to the circle
    for words, by, expected in (
        ("", "Bram Verzonnen", [f"practice:{made.id}"]),
        ("kweepeer", "Bram Verzonnen", [f"practice:{made.id}"]),
        ("kweepeer", "Anna Verzonnen", []),
        ("", "Anna Verzonnen", []),
        ("bellen", "Bram Verzonnen", []),  # not their words
        ("kweepeer mispel", "", []),
    ):
        with unit_of_work() as session:
            session.execute(delete(Interest))
        kept(make, inside, words, author=by)
        assert told(inside) == expected, (words, by)


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
