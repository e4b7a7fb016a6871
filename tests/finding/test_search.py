"""What search finds, for whom, and how the index keeps up."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select

from cop.discussions import operations, tending_closing, tending_moving, tending_posts
from cop.discussions.models import Discussion, Post
from cop.finding import synonyms
from cop.finding.queries import Filters, find
from cop.markets.models import MarketTheme
from cop.members import leaving
from cop.members.actor import VISITOR
from cop.members.models import MemberOrganisation, MemberTheme, Organisation, Theme
from cop.platform import clock, markup
from cop.platform.db import reading, unit_of_work
from cop.platform.search import asking, indexing, retrieving
from cop.platform.search.models import SearchEntry, SearchMade
from cop.platform.search.retrieving import Match
from cop.platform.worker import run_due
from cop.practices import responding, together
from cop.practices.models import Practice, PracticeEditor
from cop.spaces import coordinating, logbook
from cop.spaces.circles import Circle, CircleMembership, Standing, Visibility
from cop.spaces.models import LogbookEntry, SpaceOrganisation, SpaceTheme
from tests.expertise.making import card, team
from tests.markets.making import TERMS, Fair
from tests.practices.writing import practice, writes_along
from tests.support.counting import statements


@pytest.fixture
def reader(make):
    return make.member("Lezer Verzonnen")


def results(actor, words, **filters):
    with reading() as session:
        return find(session, actor, words, clock.now(), Filters(**filters))


def titles(actor, words, **filters):
    return [item.shown.title for item in results(actor, words, **filters).items]


def test_a_discussion_is_found_once_by_the_words_of_any_of_its_posts(app, make, reader):
    author, on = make.member(), make.list(Visibility.OPEN)
    made = make.discussion(on, author, posts=25, title="Vijf kilo appels", text="Over fruit.")
    with unit_of_work() as own:
        operations.answer(
            own,
            make.actor(author),
            discussion_id=made.id,
            text="Kweepeer is het lekkerst.",
            now=clock.now(),
        )
    found = results(make.actor(reader), "kweepeer appels").items
    assert [item.shown.title for item in found] == ["Vijf kilo appels"]
    assert "#bericht-" in found[0].shown.url
    assert ("Kweepeer", True) in found[0].text.pieces


def test_everybody_finds_what_they_may_read_and_nothing_else(app, make, reader):
    """The column 'in search' of 'Who sees what', for each visibility and each standing."""
    inside, owner = make.member(), make.member()
    for visibility in Visibility:
        on = make.list(visibility, coordinator=owner)
        make.join(inside, on.circle)
        make.discussion(on, owner, title=f"Kweepeer {visibility}")
    everything = {"Kweepeer public", "Kweepeer open", "Kweepeer closed", "Kweepeer private"}
    assert set(titles(VISITOR, "kweepeer")) == {"Kweepeer public"}
    assert set(titles(make.actor(reader), "kweepeer")) == {
        "Kweepeer public",
        "Kweepeer open",
    }
    assert set(titles(make.actor(inside), "kweepeer")) == everything
    administrator = make.member(site_role="administrator")
    assert "Kweepeer closed" not in titles(make.actor(administrator), "kweepeer")


def test_a_phrase_may_hold_any_word_that_a_text_may(app, make, reader):
    """What a text parts at a hyphen or an apostrophe is parted in a question, a synonym too."""
    with unit_of_work() as own:
        administrator = make.actor(make.member(site_role="administrator"))
        synonyms.save(own, administrator, "auto's, wagens", clock.now())
    kept = ["e-health cursus", "foto's van cliënten", "12-stappen programma", "z-z-z o'o'o"]
    on, author = make.list(), make.member()
    for each in kept:
        make.discussion(on, author, title=f"Een {each}")
        assert titles(make.actor(reader), f'"{each}"') == [f"Een {each}"]
        assert titles(make.actor(reader), f"cursus {each}")[:1]
    make.discussion(on, author, title="Twee wagens")
    assert titles(make.actor(reader), "auto's") == ["Twee wagens"]
    assert titles(make.actor(reader), '"aᦰb c" ½\0d ᦰ' + "'\\\"(:*") == []
    for wrong in ("e-health", "foto's", 'a"b', "a b", ""):
        for sqlite in (True, False):
            with pytest.raises(ValueError, match="no whole token"):
                Match(sqlite).term(wrong)


def test_an_old_text_with_a_phrase_is_found_behind_many_that_hold_its_words_apart(
    app, make, reader
):
    text = "We maken kweepeer gelei van wat rijp is."
    old = make.discussion(make.list(), make.member(), title="Oud", text=text)
    many = retrieving.ROWS + retrieving.FURTHER[0]
    its = (SearchEntry.kind == "discussion", SearchEntry.thing_id == old.id)
    with unit_of_work() as own:
        row = own.scalars(select(SearchEntry).where(*its)).one()
        apart = {
            **{"kind": row.kind, "part": 0, "at": row.at, "words": 3},
            **{"audience": row.audience, "circle_id": row.circle_id},
            "body": "0|0| kweeper \n1|0| rijp gelei kweeper jam ",
            "lexemes": "kweeper gelei jam rijp",
        }
        own.execute(insert(SearchEntry), [apart | {"thing_id": 10**6 + n} for n in range(many)])
    for phrase in ('"kweepeer gelei"', '"kweepeer gelei" rijp', '"kweepeer gelei" "gelei rijp"'):
        assert titles(make.actor(reader), phrase) == ["Oud"], phrase
    assert titles(make.actor(reader), '"kweepeer rijp"') == []


def test_a_phrase_that_is_found_at_once_takes_no_look_further_back(app, make, reader, monkeypatch):
    on, author = make.list(), make.member()
    for n in range(retrieving.A_PAGE):
        make.discussion(on, author, title=f"Nummer {n}", text="Onze kweepeer gelei.")
    monkeypatch.setattr(retrieving, "ROWS", retrieving.A_PAGE)  # of which it takes all
    monkeypatch.setattr(retrieving, "LEAST", retrieving.A_PAGE)

    def asked():
        with statements() as seen:
            titles(make.actor(reader), '"kweepeer gelei"')
        return len(seen)

    enough = asked()
    monkeypatch.setattr(retrieving, "FURTHER", ())
    assert asked() == enough
    monkeypatch.setattr(retrieving, "FURTHER", (1, 1, 1, 1))
    monkeypatch.setattr(retrieving, "A_PAGE", 10**6)
    assert enough < asked() <= enough + 4


def test_of_many_words_the_first_are_looked_for_and_the_page_says_which_are_not(
    app, make, browser, reader
):
    words = [f"w{chr(97 + n)}rk" for n in range(26)]
    make.discussion(make.list(), make.member(), title=" ".join(words[:24]), text="Kort.")
    long = '"' + " ".join(words) + '"'
    assert titles(make.actor(reader), long) == [" ".join(words[:24])]
    page = browser(reader).get("/zoeken", query_string={"q": long + " jam"}).text
    assert "not looked for: wyrk, wzrk, jam." in page
    assert 'value="{} jam"'.format(long.replace('"', "&#34;")) in page  # all of it is in the box
    assert results(make.actor(reader), " ".join(words)).left_out == tuple(words[12:])
    for few in ('"wark de wbrk" jam', " ".join(words[:12])):
        assert results(make.actor(reader), few).left_out == ()
        assert "not looked for" not in browser(reader).get(f"/zoeken?q={few}").text
    # As many as the box holds, in quotes or not: never more than so many words are asked for.
    for much in ("a1 " * 300, '"' + "a1 " * 300 + '"', '"a1 b1" ' * 90):
        groups = asking.understood(much).groups
        assert sum(len(group.phrase) or 1 for group in groups) <= asking.MOST_WORDS
    assert asking.near("w" * 500) == frozenset()


def test_who_leaves_a_circle_finds_nothing_of_it_from_then_on(app, make, reader):
    on = make.list(Visibility.PRIVATE, coordinator=make.member())
    make.discussion(on, make.member(), title="Kweepeer")
    make.join(reader, on.circle)
    assert titles(make.actor(reader), "kweepeer") == ["Kweepeer"]
    with unit_of_work() as own:
        own.execute(delete(CircleMembership).where(CircleMembership.member_id == reader.id))
    assert titles(make.actor(reader), "kweepeer") == []


def test_a_suggestion_tells_nothing_of_what_one_may_not_read(app, make, reader):
    """A word with a typing error is only corrected to what the searcher can find."""
    hidden = make.list(Visibility.PRIVATE, coordinator=make.member())
    make.discussion(hidden, make.member(), title="Zwammerdamse kweepeerjam")
    before = results(make.actor(reader), "zwammerdmse")
    assert before.items == []
    assert before.meant == {}
    make.discussion(make.list(), make.member(), title="Zwammerdamse kweepeerjam, open")
    after = results(make.actor(reader), "zwammerdmse")
    assert [item.shown.title for item in after.items] == ["Zwammerdamse kweepeerjam, open"]
    assert list(after.meant) == ["zwammerdmse"]


def test_the_index_follows_every_change_in_the_same_transaction(app, make, reader):
    author = make.member()
    actor, who = make.actor(author), make.actor(reader)
    on, narrow = make.list(coordinator=author), make.list(Visibility.PRIVATE, coordinator=author)
    made = make.discussion(on, author, posts=2, title="Onderwerp", text="kweepeer")

    def does(operation, *args, **values):
        with unit_of_work() as own:
            return operation(own, *args, now=clock.now(), **values)

    with reading() as own:
        post = own.scalars(
            select(Post).where(Post.discussion_id == made.id, Post.number == 2)
        ).one()
    does(tending_posts.edit, actor, post.id, text="mispel", version=1)
    assert titles(who, "mispel") == ["Onderwerp"]
    does(tending_posts.remove, actor, post.id)
    assert titles(who, "mispel") == []
    does(tending_posts.put_back, actor, post.id)
    assert titles(who, "mispel") == ["Onderwerp"]
    does(tending_posts.hide, post.id)
    assert titles(who, "mispel") == []
    does(tending_closing.close, actor, made.id, outcome="We kozen de moerbei.")
    assert titles(who, "moerbei") == ["Onderwerp"]
    does(tending_moving.move, actor, made.id, narrow.id)
    assert titles(who, "kweepeer") == []
    assert titles(actor, "kweepeer") == ["Onderwerp"]


def test_what_is_called_otherwise_is_found_by_its_new_name(app, make, reader):
    with unit_of_work() as own:
        theme = own.scalars(select(Theme).order_by(Theme.id).limit(1)).one()
        theme_id, slug = theme.id, theme.slug
    practice(make, reader, title="Jam", theme_ids=[theme_id])
    card(make, reader, slug)
    space = make.space(coordinator=reader)
    fair = Fair(make, reader)
    with unit_of_work() as own:
        own.add(MarketTheme(market_id=fair.id, theme_id=theme_id))
        own.add(SpaceTheme(space_id=space.id, theme_id=theme_id))
        own.add(MemberTheme(member_id=reader.id, theme_id=theme_id, shown=True))
    with unit_of_work() as own:
        own.get_one(Theme, theme_id).name_nl = "Kweepeerteelt"
    found = {item.kind for item in results(make.actor(reader), "kweepeerteelt").items}
    assert found == {"theme", "practice", "card", "member", "space", "market"}


def test_an_institution_that_is_called_otherwise_is_found_by_its_new_name(app, make, reader):
    works_at, space = make.organisation(), make.space(coordinator=reader)
    make.save(SpaceOrganisation(space_id=space.id, organisation_id=works_at.id))
    with unit_of_work() as own:
        own.get_one(Organisation, works_at.id).name = "Kweepeerhuis"
    assert {item.kind for item in results(make.actor(reader), "kweepeerhuis").items} == {"space"}


def test_what_is_rolled_back_is_not_in_the_index(app, make, reader):
    on = make.list()
    with pytest.raises(RuntimeError), unit_of_work() as own:  # noqa: PT012  # the work is undone
        operations.start(
            own,
            make.actor(reader),
            list_id=on.id,
            kind="question",
            title="Kweepeer",
            text="Wie weet het?",
            now=clock.now(),
        )
        raise RuntimeError
    assert titles(make.actor(reader), "kweepeer") == []


def test_made_anew_the_index_is_the_same(app, make, reader, monkeypatch):
    space = make.space(Visibility.OPEN, coordinator=reader, name="Proeftuin Kweepeer")
    make.discussion(make.list(space=space), reader, posts=23, title="Over kweeperen")
    make.gathering(reader, space, title="Kweeperen plukken")
    columns = (SearchEntry.kind, SearchEntry.thing_id, SearchEntry.part, SearchEntry.body)

    def whole():
        with unit_of_work() as own:
            return {tuple(row) for row in own.execute(select(*columns))}

    before = whole()
    gone = {
        "part": 0,
        "audience": "all",
        "at": clock.now(),
        "words": 0,
        "body": "0|0| ",
        "lexemes": "",
    }
    with unit_of_work() as own:
        for kind, thing_id in (("discussion", 10**6), ("yore", 1)):  # of what is there no more
            own.add(SearchEntry(kind=kind, thing_id=thing_id, **gone))
    monkeypatch.setattr(indexing, "AT_ONCE", 2)
    indexing.rebuild()
    after = whole()
    assert before <= after
    assert {row[0] for row in after - before} <= {"theme"}  # those that a migration brought
    kinds = [item.kind for item in results(make.actor(reader), "kweepeer").items]
    assert set(kinds) == {"space", "discussion", "gathering"}


def test_members_are_found_by_members_under_their_own_name_only(app, make, reader):
    shown = make.member("Kwinten Peerdeman", about="Ik weet van moerbeien.")
    circle = make.list(Visibility.OPEN, pseudonyms=True).circle
    make.pseudonym(shown, circle, name="Mispelaar")
    who = make.actor(reader)
    assert titles(who, "peerdeman") == ["Kwinten Peerdeman"]
    assert titles(who, "moerbei") == ["Kwinten Peerdeman"]
    assert titles(who, "mispelaar") == []
    assert titles(VISITOR, "peerdeman") == []


def test_a_search_is_narrowed_by_kind_theme_space_since_and_author(app, make, reader):
    with reading() as own:
        theme = own.scalars(select(Theme).limit(1)).one()
    one, other = make.member("Aart Eerste"), make.member("Berta Tweede")
    space = make.space(coordinator=one, name="Kweepeerhof")
    first = make.discussion(make.list(space=space), one, title="Kweepeer een")
    make.discussion(make.list(), other, title="Kweepeer twee")
    with unit_of_work() as own:
        changed = own.get_one(Discussion, first.id)
        changed.themes.append(own.get_one(Theme, theme.id))
    who = make.actor(reader)
    both = {"Kweepeer een", "Kweepeer twee"}
    assert set(titles(who, "kweepeer", kind="discussion")) == both
    assert titles(who, "kweepeer", kind="space") == ["Kweepeerhof"]
    assert titles(who, "kweepeer", theme=theme.slug) == ["Kweepeer een"]
    assert titles(who, "", theme=theme.slug) == ["Kweepeer een"]
    assert titles(who, "kweepeer", space=space.slug, kind="discussion") == ["Kweepeer een"]
    assert titles(who, "kweepeer", author="Berta Tweede") == ["Kweepeer twee"]
    assert titles(who, "kweepeer", author="niemand") == []
    assert titles(who, "kweepeer", kind="bestaatniet") == []
    later = clock.now().replace(year=2099)
    assert titles(who, "kweepeer", since=later) == []


def test_since_a_day_finds_what_came_to_older_things_as_well(app, make, reader):
    now = clock.now()
    long_ago, then = now - timedelta(days=300), now - timedelta(days=2)
    writer, space = make.member(), make.space(name="De Gaard", created_at=long_ago)
    make.join(writer, space.circle)
    made = practice(make, reader, title="Bellen")
    with unit_of_work() as own:
        own.get_one(Practice, made.id).published_at = long_ago
    with unit_of_work() as own:
        for on, at in ((space.id, now), (make.space(created_at=long_ago).id, long_ago)):
            entry = LogbookEntry(space_id=on, author_id=make.persona(writer).id, title="Kweepeer")
            entry.source = entry.html = ""
            entry.at = at
            own.add(entry)
    with unit_of_work() as own:
        told = responding.tell(own, make.actor(writer), made.id, "worked", "Kweepeer", "", now)
        assert told.at == now
    who = make.actor(reader)
    assert len(titles(who, "kweepeer")) == 3
    assert set(titles(who, "kweepeer", since=then)) == {"Bellen", "De Gaard"}
    assert titles(who, "kweepeer", since=then, kind="space") == ["De Gaard"]
    assert titles(who, "kweepeer", since=now + timedelta(minutes=1)) == []


def test_the_page_marks_the_words_and_works_without_a_script(make, browser, reader):
    make.discussion(make.list(), make.member(), title="Over kweeperen", text="De kweepeer is rijp.")
    page = browser(reader).get("/zoeken?q=kweepeer").text
    assert "<mark>kweeperen</mark>" in page
    assert "<mark>kweepeer</mark> is rijp" in page
    assert "Nothing found" in browser(reader).get("/zoeken?q=bestaatnietwoord").text
    for odd in ("q=%22", "q=%27%3B--", "q=*", "sinds=gisteren&q=x", "q=(&na=zz", "q=-"):
        assert browser(reader).get(f"/zoeken?{odd}").status_code == 200


def test_the_number_of_queries_does_not_grow(make, browser, reader):
    def count():
        page = browser(reader)
        page.get("/zoeken?q=kweepeer")
        with statements() as seen:
            page.get("/zoeken?q=kweepeer")
        return len(seen)

    on = make.list()
    make.discussion(on, make.member(), title="Kweepeer")
    few = count()
    for _ in range(12):
        make.discussion(on, make.member(), title="Kweepeer", posts=12, text="kweepeer")
    assert count() == few


def test_what_is_akin_is_for_who_may_see_both(make, browser, reader):
    on, closed = make.list(), make.list(Visibility.CLOSED)
    first = make.discussion(on, make.member(), title="Kweeperen inmaken met honing")
    make.discussion(on, make.member(), title="Honing bij kweeperen")
    hidden = make.discussion(closed, make.member(), title="Kweeperen in besloten kring")
    page = browser(reader).get(f"/verwant/discussion/{first.id}").text
    assert "Honing</mark> bij" in page
    assert "besloten kring" not in page
    for address in (f"discussion/{hidden.id}", "discussion/98765", "member/1", "iets/1"):
        assert browser(reader).get(f"/verwant/{address}").status_code == 404


def test_administrators_keep_the_words_that_mean_the_same(make, browser, reader):
    make.discussion(make.list(), make.member(), title="Over kweeperen")
    administrator = browser(make.member(site_role="administrator"))
    assert titles(make.actor(reader), "cydonia") == []
    assert administrator.post("/beheer/synoniemen", {"words": "een"}).status_code == 422
    administrator.post("/beheer/synoniemen", {"words": "kweepeer, cydonia oblonga, cydonia\n"})
    assert titles(make.actor(reader), "cydonia") == ["Over kweeperen"]
    assert browser(reader).post("/beheer/synoniemen", {"words": "a, b"}).status_code == 404


def test_what_was_made_by_other_rules_is_made_anew_bit_by_bit(app, make, reader, monkeypatch):
    """After an upgrade: of a site that was there before, of what a migration brought, of new rules.

    One bit a call; broken off, it goes on where it was. `cop check` says that it is not done.
    """

    def whole():
        while indexing.fill(0):
            pass

    def is_behind():
        with reading() as own:
            return indexing.is_behind(own)

    on, who = make.list(), make.actor(reader)
    for n in range(5):
        make.discussion(on, make.member(), title=f"Kweepeer {n}")
    whole()
    assert not is_behind()
    with unit_of_work() as own:
        gone = {"part": 0, "audience": "all", "at": clock.now(), "words": 0, "lexemes": "kweepeer"}
        own.add(SearchEntry(kind="discussion", thing_id=10**6, body="0|0| kweepeer ", **gone))
        own.execute(delete(SearchEntry).where(SearchEntry.kind != "discussion"))
    monkeypatch.setattr(indexing, "AT_ONCE", 2)
    monkeypatch.setattr(indexing, "VERSION", 99)
    made, puts = indexing.put, []

    def broken_off(session, source, keys):
        made(session, source, keys)
        puts.append(keys)
        if source.kind == "discussion" and len(puts) == 2:
            raise RuntimeError

    monkeypatch.setattr(indexing, "put", broken_off)
    with pytest.raises(RuntimeError):
        whole()
    assert is_behind()
    assert len(titles(who, "kweepeer")) == 5  # search goes on finding
    puts.append([])
    make.discussion(on, make.member(), title="Kweepeer 5")
    whole()
    assert not is_behind()
    assert len(titles(who, "kweepeer")) == 6
    assert "Alcohol" in titles(who, "alcohol", kind="theme")
    with reading() as own:
        assert own.scalar(select(SearchEntry.id).where(SearchEntry.thing_id == 10**6)) is None
    with unit_of_work() as own:
        own.execute(delete(SearchMade))
    assert is_behind()
    indexing.rebuild()
    assert not is_behind()


def test_whatever_has_an_author_is_found_by_who_wrote_it(app, make, reader):
    """Practices, cards, gatherings and logbooks too; to visitors only by a name that they see."""
    author = make.member("Aart Schrijver")
    space = make.space(Visibility.PUBLIC, coordinator=author, name="Kweepeerhof")
    written = practice(make, author, Visibility.PUBLIC, title="Kweepeerjam")
    make.gathering(author, space, title="Kweeperen plukken")
    with unit_of_work() as own:
        logbook.add(own, make.actor(author), space.id, "Oogst", "Tien emmers.", clock.now())
    who = make.actor(reader)
    everything = {"Kweepeerjam", "Kweeperen plukken", "Kweepeerhof"}
    assert set(titles(who, "", author="Aart Schrijver")) == everything
    assert set(titles(VISITOR, "", author="Aart Schrijver")) == everything - {"Kweepeerjam"}
    assert titles(who, "emmer", author="Aart Schrijver") == ["Kweepeerhof"]
    assert "/logboek/" in results(who, "emmer").items[0].shown.url
    assert titles(who, "jam", author="Lezer Verzonnen") == []
    with unit_of_work() as own:
        own.get_one(PracticeEditor, (written.id, author.personas[0].id)).named_to_visitors = True
    assert set(titles(VISITOR, "", author="Aart Schrijver")) == everything
    other = make.member("Bo Verzonnen")
    writes_along(make, author, other, written)
    assert titles(who, "", author="Bo Verzonnen") == ["Kweepeerjam"]
    with unit_of_work() as own:
        together.stop(own, make.actor(other), written.id, clock.now())
    assert titles(who, "", author="Bo Verzonnen") == []


def test_a_market_is_of_its_hosts_and_the_card_of_a_team_of_who_keeps_it(app, make, reader):
    author, other = make.member("Aart Schrijver"), make.member("Bo Verzonnen")
    fair = Fair(make, author, title="Kweepeermarkt")
    fair.bring(author, "Wie plukt er mee?")
    fair.bring(other, "Wie kookt de gelei?")
    team(make, author, "Team Kweepeer", "public")
    who = make.actor(reader)
    theirs = {"Kweepeermarkt", "Team Kweepeer"}
    assert set(titles(who, "", author="Aart Schrijver")) == theirs
    assert titles(who, "plukken", author="Aart Schrijver") == ["Kweepeermarkt"]
    assert titles(who, "gelei", author="Aart Schrijver") == [], "that is what another asks"
    assert titles(who, "", author="Bo Verzonnen") == []
    assert titles(VISITOR, "kweepeer") == ["Team Kweepeer"]
    assert titles(VISITOR, "", author="Aart Schrijver") == [], "who keeps it is for members"
    with reading() as own:
        circle = own.get_one(Circle, fair.row().gathering.circle_id)
    make.join(other, circle, Standing.COORDINATOR)
    assert titles(who, "", author="Bo Verzonnen") == ["Kweepeermarkt"]
    with unit_of_work() as own:
        coordinating.step_down(own, make.actor(author), circle.id, clock.now())
    assert titles(who, "", author="Aart Schrijver") == ["Team Kweepeer"]
    with unit_of_work() as own:
        leaving.leave(own, make.actor(other), True, clock.now())
    run_due()
    assert titles(who, "", author="Bo Verzonnen") == []


def test_a_market_for_an_institution_is_found_by_who_works_there(app, make, reader):
    """Whether they take part or not; of who does not, no circle says that it is for them."""
    host, colleague, guest = make.member(), make.member(), make.member()
    work, elsewhere = make.organisation(), make.organisation()
    for who, at in ((host, work), (colleague, work), (reader, elsewhere)):
        make.save(MemberOrganisation(member_id=who.id, organisation_id=at.id))
    space = make.space(Visibility.CLOSED, coordinator=host)
    make.join(guest, space.circle)
    both = replace(TERMS, space_ids=(space.id,), organisation_ids=(work.id,))
    alone = replace(TERMS, organisation_ids=(work.id,))
    fair = Fair(make, host, alone, title="Kweepeermarkt", source="Alle kweepeer.")
    Fair(make, host, both, title="Kweepeerbeurs")
    fair.bring(host, "Wie kookt de gelei?")
    assert set(titles(make.actor(host), "kweepeer")) == {"Kweepeermarkt", "Kweepeerbeurs"}
    assert set(titles(make.actor(colleague), "kweepeer")) == {"Kweepeermarkt", "Kweepeerbeurs"}
    assert titles(make.actor(colleague), "gelei", kind="market") == ["Kweepeermarkt"]
    assert titles(make.actor(guest), "kweepeer") == ["Kweepeerbeurs"]
    for actor in (make.actor(reader), VISITOR):
        assert titles(actor, "kweepeer") == titles(actor, "gelei") == []
    fair.bring(colleague, "Wie weet er meer?")  # takes part now: the index has it
    assert set(titles(make.actor(colleague), "kweepeer")) == {"Kweepeermarkt", "Kweepeerbeurs"}


def test_a_word_that_nobody_wrote_is_looked_for_otherwise(app, make, reader):
    """A typing error as what is meant, with all that stands for that; a compound by its parts."""
    on, author = make.list(), make.member()
    make.discussion(on, author, title="Over afkicken", text="Hij kickt af van drank.")
    make.discussion(on, author, title="Zijn geheugen", text="Het geheugen gaat achteruit.")
    who = make.actor(reader)
    assert titles(who, "geheugenverlies") == ["Zijn geheugen"]
    make.discussion(on, author, title="Detoxificatie thuis")
    assert set(titles(who, "detoxificaite")) == {"Detoxificatie thuis", "Over afkicken"}


def test_a_word_with_hyphens_is_corrected_by_its_pieces_and_taken_apart(app, make, reader):
    hidden = make.list(Visibility.PRIVATE, coordinator=make.member())
    make.discussion(hidden, make.member(), title="Afhankelijkheid van ghb, onder ons")
    who = make.actor(reader)
    assert results(who, "ghb-afhankelijkhied").meant == {}
    on, author = make.list(), make.member()
    make.discussion(on, author, title="Afhankelijkheid van ghb")
    make.discussion(on, author, title="Een instelling voor ggz")
    found = results(who, "ghb-afhankelijkhied")
    assert [item.shown.title for item in found.items][:1] == ["Afhankelijkheid van ghb"]
    assert found.meant == {"ghb-afhankelijkhied": ["ghb-afhankelijkheid"]}
    assert titles(who, "ggz-instelilng")[:1] == ["Een instelling voor ggz"]
    assert titles(who, "kliniek-instelling") == ["Een instelling voor ggz"]  # one of its words


def test_of_what_is_as_good_the_freshest_comes_first(app, make, reader):
    """Freshness has its place, and no more: what says more comes before what is newer."""
    on, author, now = make.list(), make.member(), clock.now()
    for days, title in ((900, "Kweepeer lang geleden"), (1, "Kweepeer gisteren bewaard")):
        at = now - timedelta(days=days)
        make.discussion(on, author, title=title, created_at=at, last_post_at=at)
    assert titles(make.actor(reader), "kweepeer")[0] == "Kweepeer gisteren bewaard"
    at = now - timedelta(days=1000)
    best = {"title": "Kweepeer", "text": "Een kweepeer bij de kweepeer."}
    make.discussion(on, author, **best, created_at=at, last_post_at=at)
    assert titles(make.actor(reader), "kweepeer")[0] == "Kweepeer"


def test_the_next_page_goes_on_where_the_last_ended_however_long_that_was_read(app, make, reader):
    on, author, now = make.list(), make.member(), clock.now()
    last = now - timedelta(days=1)
    for n in range(5):
        at = last - timedelta(days=n // 2)  # some are as good and as fresh
        make.discussion(on, author, title="Kweepeer", text=f"Nummer {n}.", created_at=at)

    def page(at, after="", words="kweepeer"):
        with reading() as own:
            found = find(own, make.actor(reader), words, at, after=after, most=2)
        return [item.key.split("-", 1)[1] for item in found.items], found.after

    first, after = page(now)
    for later in (timedelta(), timedelta(minutes=10), timedelta(hours=9)):
        second, more = page(now + later, after)
        third, end = page(now + 2 * later, more)
        assert len({*first, *second, *third}) == 5, later
        assert (len(first), len(second), len(third), end) == (2, 2, 1, None)


def test_results_say_how_long_reading_takes(make, browser, reader):
    text = "kweepeer " * 660  # three minutes
    make.discussion(make.list(), make.member(), title="Lang", text=text)
    (found,) = results(make.actor(reader), "kweepeer").items
    assert found.minutes == markup.reading_minutes(660)
    page = browser(reader).get("/zoeken?q=kweepeer").text
    assert f"{found.minutes} minutes</span>" in page
