"""What a member wants to hear about, and where they hear it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text

from cop.discussions import operations
from cop.discussions.attending import set_attention
from cop.discussions.mailing import choices
from cop.discussions.models import Attention, Discussion
from cop.finding import handlers, interests, news
from cop.finding.models import ByMail, Interest, InterestKind
from cop.finding.permissions import mailed
from cop.finding.queries import Filters
from cop.members import leaving
from cop.members.models import MemberTheme, Theme
from cop.notifications import digests
from cop.notifications.digests import Reader
from cop.notifications.models import Rhythm
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import Job
from cop.platform.worker import run_due
from cop.practices import responding
from cop.spaces import logbook
from cop.spaces.circles import Circle, Visibility
from tests.markets.making import Fair
from tests.practices.writing import practice
from tests.support.counting import statements


@pytest.fixture
def reader(make):
    return make.member("Lezer Verzonnen", created_at=clock.now() - timedelta(days=90))


def add(actor, kind, **values):
    with unit_of_work() as own:
        interests.add(own, actor, kind, clock.now(), **values)


def digest(make, member, joined=None, **spans):
    """The subjects of the digest that a member would get now, in order."""
    with reading() as own:
        made = digest_reader(member, joined, **spans)
        return [piece.subject for piece in digests.gather(own, [made])[1].pieces]


def digest_reader(member, joined=None, **spans):
    now = clock.now()
    spans = {"daily_from": now - timedelta(days=1), "weekly_from": None, "asked_from": None} | spans
    spans = {"rest_from": spans["daily_from"] or spans["weekly_from"]} | spans
    return Reader(
        delivery_id=1,
        member_id=member.id,
        role=member.site_role,
        language="en",
        zone="Europe/Amsterdam",
        planned_at=now,
        until=now + timedelta(minutes=1),
        joined=joined,
        held={},
        **spans,
    )


def with_theme(discussion):
    with unit_of_work() as own:
        theme = own.scalars(select(Theme).limit(1)).one()
        kept = own.get_one(Discussion, discussion.id)
        kept.themes.append(theme)
        return theme.id


def test_what_is_new_on_a_theme_stands_on_the_home_page_and_in_the_digest(make, browser, reader):
    made = make.discussion(make.list(), make.member(), title="Over kweeperen")
    hidden = make.discussion(make.list(Visibility.CLOSED), make.member(), title="Dichte kweeper")
    theme_id = with_theme(made)
    with_theme(hidden)
    assert "Over kweeperen" not in browser(reader).get("/").text
    add(make.actor(reader), InterestKind.THEME, subject_id=theme_id)
    page = browser(reader).get("/").text
    assert "Over kweeperen" in page.split("On your themes")[1]
    assert "Dichte kweeper" not in page
    assert digest(make, reader) == [f"discussion:{made.id}"]
    browser(reader).get(f"/discussies/{made.id}")
    assert "On your themes" not in browser(reader).get("/").text
    assert digest(make, reader) == []


def test_practices_on_the_themes_of_ones_profile_come_where_one_wants(make, browser, reader):
    """On the home page, in the digest, nowhere while quiet; a theme may be chosen for by itself."""
    with reading() as own:
        theme_id = own.scalars(select(Theme.id).limit(1)).one()
    make.save(MemberTheme(member_id=reader.id, theme_id=theme_id))
    written = practice(make, make.member(), title="Kweepeerjam", theme_ids=[theme_id])
    page = browser(reader)

    def told(**chosen):
        if chosen:
            page.post("/ik/interesses/waar", chosen)
        in_mail = f"practice:{written.id}" in digest(make, reader)
        return "Kweepeerjam" in page.get("/").text, in_mail

    assert told() == (True, True)
    assert told(mail="digest") == (False, True)
    assert told(site="ja", mail="not") == (True, False)
    assert told(site="ja", mail="at_once") == (True, True)  # at once come interests only
    assert told(site="ja", mail="digest") == (True, True)
    add(make.actor(reader), InterestKind.THEME, subject_id=theme_id)
    with reading() as own:
        (kept,) = interests.kept(own, make.actor(reader))
    page.post(f"/ik/interesses/{kept.id}/waar", {"mail": "not"})
    assert told() == (False, False)
    page.post(f"/ik/interesses/{kept.id}/weg")
    assert told(site="ja", mail="digest", stil="7") == (False, False)
    assert told(stil="") == (True, False)  # what came meanwhile is not told


def test_a_digest_says_how_many_more_there_are(app, make, reader):
    theme_ids = {with_theme(make.discussion(make.list(), make.member())) for _n in range(13)}
    add(make.actor(reader), InterestKind.THEME, subject_id=theme_ids.pop())
    now = clock.now()
    spans = {"daily_from": now - timedelta(days=1), "weekly_from": None, "asked_from": None}
    told = digest(make, reader, **spans)
    assert [subject for subject in told if not subject] == [""]
    assert len(told) == 11


def test_quiet_stays_while_something_else_is_chosen(make, browser, reader):
    page = browser(reader)
    page.post("/ik/interesses/waar", {"site": "ja", "mail": "digest", "stil": "7"})
    form = page.get("/ik/interesses").text.partition('name="stil"')[2]
    chosen = re.search(r'<option value="(\w*)" selected', form)[1]
    with reading() as own:
        before = interests.profile(own, make.actor(reader)).quiet_until
    page.post("/ik/interesses/waar", {"mail": "digest", "stil": chosen})
    with reading() as own:
        assert interests.profile(own, make.actor(reader)).quiet_until == before
    page.post("/ik/interesses/waar", {"mail": "digest", "stil": ""})
    with reading() as own:
        assert interests.profile(own, make.actor(reader)).quiet_until <= clock.now()


def test_quiet_leaves_what_was_chosen_of_each(make, browser, reader):
    made = make.discussion(make.list(), make.member(), title="Over kweeperen")
    add(make.actor(reader), InterestKind.THEME, subject_id=with_theme(made))
    page, actor = browser(reader), make.actor(reader)

    def kept():
        with reading() as own:
            (each,) = interests.kept(own, actor)
            quiet = interests.profile(own, actor).quiet_until
            return each.on_site, each.by_mail, quiet is not None and quiet > clock.now()

    with reading() as own:
        (each,) = interests.kept(own, actor)
    page.post(f"/ik/interesses/{each.id}/waar", {"mail": "at_once"})
    assert kept() == (False, "at_once", False)
    page.post("/ik/interesses/waar", {"stil": "7"})
    assert kept() == (False, "at_once", True)
    page.post("/ik/interesses/waar", {"stil": ""})
    assert kept() == (False, "at_once", False)
    for wrong in ("-1", "x", "²", "99999"):
        assert page.post("/ik/interesses/waar", {"stil": wrong}).status_code == 302
        assert kept() == (False, "at_once", False)


def test_all_that_a_search_brings_is_told_or_counted(app, make, reader):
    """One search fills no mail by itself, and what it leaves out is not passed over in silence."""
    on, many = make.list(), handlers.MOST + 3
    for words in ("kweepeer", "mispel"):
        add(make.actor(reader), InterestKind.SEARCH, words=words)
    for n in range(many):
        make.discussion(on, make.member(), title=f"Kweepeer {n}")
    only = make.discussion(on, make.member(), title="Mispel")
    told = digest(make, reader)
    assert len(told) == handlers.MOST + 1
    assert f"discussion:{only.id}" in told
    with reading() as own:
        made = digest_reader(reader)
        *_each, last = digests.gather(own, [made])[made.delivery_id].pieces
    assert last.counts == {"news": many + 1 - handlers.MOST}


def test_a_digest_calls_nothing_a_new_conversation_that_is_none(make, browser, reader):
    made = practice(make, make.member(), title="Jam", theme_ids=[1])
    assert made
    add(make.actor(reader), InterestKind.THEME, subject_id=1)
    with reading() as own:
        reader_of = digest_reader(reader)
        pieces = digests.gather(own, [reader_of])[1].pieces
    assert [piece.counts for piece in pieces] == [{"news": 1}]


def test_a_kept_search_comes_in_the_digest_and_its_words_are_nobody_elses(app, make, reader):
    add(make.actor(reader), InterestKind.SEARCH, words="kweeperen inmaken")
    made = make.discussion(make.list(), make.member(), title="Kweepeer inmaken")
    make.discussion(make.list(), make.member(), title="Iets heel anders")
    make.discussion(make.list(), make.member(), title="Kweepeer planten")  # one word of two
    assert digest(make, reader) == [f"discussion:{made.id}"]
    with reading() as own:
        stored = own.execute(text("SELECT words FROM interest")).scalar_one()
    assert b"kweepeer" not in bytes(stored)


def test_a_kept_search_reads_many_words_as_the_page_of_results_does(app, make, reader):
    words = [f"w{chr(97 + n)}rk" for n in range(26)]
    add(make.actor(reader), InterestKind.SEARCH, words=f'"{" ".join(words)}"')
    made = make.discussion(make.list(), make.member(), title=" ".join(words[:24]))
    assert digest(make, reader) == [f"discussion:{made.id}"]
    with reading() as own:
        (kept,) = interests.kept(own, make.actor(reader))
    assert kept.name == f'"{" ".join(words)}"'  # all of it is kept


def test_a_kept_search_keeps_what_it_was_narrowed_to(make, browser, reader):
    made = make.discussion(make.list(), make.member(), title="Kweepeer snoeien")
    make.discussion(make.list(), make.member(), title="Kweepeer zonder thema")
    theme_id = with_theme(made)
    with reading() as own:
        slug = own.scalar(select(Theme.slug).where(Theme.id == theme_id))
    page = browser(reader)
    for words in ("kweepeer", ""):
        sent = page.send(f"/zoeken?q={words}&thema={slug}", to="/ik/interesses")
        assert sent.status_code == 302
    with reading() as own:
        name = own.scalar(select(Theme.name_en).where(Theme.id == theme_id))
    assert f"kweepeer · {name}<" in page.get("/ik/interesses").text
    assert digest(make, reader) == [f"discussion:{made.id}"]
    with reading() as own:
        ids = own.scalars(select(Interest.id).order_by(Interest.id)).all()
        stored = own.execute(text("SELECT words FROM interest")).scalars().all()
    assert not any(slug.encode() in bytes(each) for each in stored)
    again = page.post(f"/ik/interesses/{ids[0]}/zoeken").headers["Location"]
    assert "q=kweepeer" in again
    assert f"thema={slug}" in again
    assert page.post("/ik/interesses", {"words": "x", "soort": "card"}).status_code == 422


def test_the_home_page_tells_of_dates_and_spaces_too_until_they_are_over_or_answered(
    make, browser, reader
):
    """Whoever wants to hear on the home page alone misses no gathering, market or space."""
    add(make.actor(reader), InterestKind.SEARCH, words="kweeperen")
    now = clock.now()
    fair, _hosted = (Fair(make, who, title="Kweepeermarkt") for who in (make.member(), reader))
    space = make.space(name="De Kweepeergaard")
    old = now - timedelta(days=60)
    make.gathering(make.member(), title="Kweepeer van lang gepland", created_at=old)
    make.gathering(make.member(), title="Kweepeer die niet doorgaat", cancelled_at=now)
    make.gathering(reader, title="Mijn eigen kweepeer")
    made = make.gathering(make.member(), title="Samen kweeperen plukken")
    page = browser(reader)

    def told(at=None):
        with reading() as own:
            found = news.on_site(own, make.actor(reader), at or clock.now(), 10)
            return [said.url for said in found]

    its = f"/agenda/{made.id}"
    assert set(told()) == {its, f"/proeftuinen/{space.slug}", f"/markten/{fair.id}"}
    text = page.get("/").text.split("On your themes")[1]
    for title in ("Samen kweeperen plukken", "De Kweepeergaard", "Kweepeermarkt"):
        assert title in text
    make.join(reader, space.circle)
    assert set(told()) == {its, f"/markten/{fair.id}"}
    assert its not in told(made.ends_at + timedelta(minutes=1))
    assert its in told(made.ends_at - timedelta(minutes=1))
    assert page.post(f"/agenda/{made.id}/aanmelden").status_code == 302
    assert told() == [f"/markten/{fair.id}"]


def test_what_is_new_in_a_logbook_is_told_of_its_space_its_writer_and_by_its_words(
    make, browser, reader
):
    """Of an older space, also to who is in it; once by mail, and not to who wrote it."""
    now = clock.now()
    writer, other = make.member("Wil Verzonnen"), make.member()
    old = {"created_at": now - timedelta(days=60)}
    space = make.space(name="De Gaard", coordinator=writer, **old)
    hidden = make.space(Visibility.PRIVATE, name="Het Hok", coordinator=writer, **old)
    make.join(reader, space.circle)
    for each in (reader, writer):
        add(make.actor(each), InterestKind.SPACE, subject_id=space.id)
    add(make.actor(other), InterestKind.SEARCH, words="kweepeer")
    assert digest(make, reader) == []
    entries = []
    for on, title in ((space, "Kweepeer geplant"), (hidden, "Kweepeer verstopt")):
        with unit_of_work() as own:
            entries.append(
                logbook.add(own, make.actor(writer), on.id, title, "Voor later.", clock.now())
            )
    url = f"/proeftuinen/{space.slug}/logboek/{entries[0].id}"
    for each in (reader, other):
        assert digest(make, each) == [f"space:{space.id}"]
        assert digest(make, each, daily_from=now + timedelta(minutes=1)) == []
        home = browser(each).get("/").text.split("On your themes")[1]
        assert (home.count(url), home.count("Logbook: Kweepeer geplant")) == (1, 1)
        assert "verstopt" not in home
    assert digest(make, writer) == []
    assert url not in browser(writer).get("/").text
    with unit_of_work() as own:
        own.execute(delete(Interest))
    add(make.actor(other), InterestKind.PERSON, subject_id=make.persona(writer).id)
    assert digest(make, other) == [f"space:{space.id}"]


def test_what_was_added_to_many_older_things_takes_no_more_queries(make, browser, reader):
    writer, old = make.member(), clock.now() - timedelta(days=60)
    for words in ("kweepeer", "kweepeer geplant"):
        add(make.actor(reader), InterestKind.SEARCH, words=words)

    def one_more():
        space = make.space(coordinator=writer, created_at=old)
        made, teller = practice(make, writer, title=space.name, at=old), make.member()
        with unit_of_work() as own:
            actor = make.actor(writer)
            logbook.add(own, actor, space.id, "Kweepeer geplant", "Voor later.", clock.now())
            told = make.actor(teller), made.id, "worked", "Kweepeer geplant.", ""
            responding.tell(own, *told, clock.now())

    def count():
        page = browser(reader)
        page.get("/")
        with statements() as seen:
            text = page.get("/").text
        return len(seen), text.count("Logbook:"), text.count("#ervaringen")

    one_more()
    few, *told = count()
    assert told == [1, 1]
    for _twice in range(2):
        one_more()
    assert count() == (few, 3, 3)


def test_a_kept_search_is_called_as_people_call_what_it_is_narrowed_to(make, browser, reader):
    """Also a space, as long as they may read it; and what cannot be news is not offered to keep."""
    open_one, hidden = make.space(name="De Gaard"), make.space(Visibility.PRIVATE, name="Het Hok")
    for space in (open_one, hidden):
        filters = Filters(kind="practice", space=space.slug, author="Aart")
        add(make.actor(reader), InterestKind.SEARCH, words="gelei", filters=filters)
    page = browser(reader)
    text = page.get("/ik/interesses").text
    assert "gelei · Practice · De Gaard · Aart" in text
    assert "Het Hok" not in text
    for kind, offered in (("", True), ("practice", True), ("card", False), ("member", False)):
        found = page.get(f"/zoeken?q=gelei&soort={kind}").text
        assert ("Keep this search" in found) is offered, kind


def test_a_kept_search_brings_every_kind_of_thing_that_is_new_and_nothing_old(app, make, reader):
    """What is no news takes no place of what is; and a practice told by its space stands once."""
    now = clock.now()
    for n in range(news.OF_ONE_SEARCH):
        old = {"title": f"Kweepeer, kweepeer {n}", "created_at": now - timedelta(days=9)}
        make.gathering(make.member(), **old)
        make.gathering(make.member(), title=f"Kweepeer, kweeperen {n}", cancelled_at=now)
    practice(make, reader, title="Mijn kweepeer")
    space = make.space(name="De kweepeergaard")
    for each in (reader, inside := make.member()):
        make.join(each, space.circle)
    in_space = practice(make, inside, audience="space", space=space, title="Gelei van kweepeer")
    add(make.actor(reader), InterestKind.SEARCH, words="kweeperen")
    assert digest(make, reader) == [f"practice:{in_space.id}", f"space:{space.id}"]
    talk = make.discussion(make.list(), make.member(), title="Over kweeperen")
    written = practice(make, make.member(), title="Kweepeer inmaken")
    planned = make.gathering(make.member(), title="Kweeperen plukken")
    assert set(digest(make, reader)) == {
        *(f"practice:{in_space.id}", f"space:{space.id}", f"discussion:{talk.id}"),
        *(f"practice:{written.id}", f"gathering:{planned.id}"),
    }


def test_nothing_of_a_private_circle_comes_by_mail(app, make, reader):
    private = make.list(Visibility.PRIVATE, coordinator=make.member())
    make.join(reader, private.circle)
    make.discussion(private, make.member(), title="Kweepeer onder ons")
    add(make.actor(reader), InterestKind.SEARCH, words="kweepeer")
    assert not any(subject for subject in digest(make, reader))
    with reading() as own:
        assert mailed(make.actor(reader)).actor.member_id is None
        assert news.new_for_mail(own, make.actor(reader), [], clock.now(), clock.now()) == []


def test_a_discussion_stands_once_in_a_digest(app, make, reader):
    """It is new on a list that the member joined, and on a search that they keep."""
    on = make.list()
    make.join(reader, on.circle)
    made = make.discussion(on, make.member(), title="Kweepeer")
    add(make.actor(reader), InterestKind.SEARCH, words="kweepeer")
    now = clock.now()
    whole = (now - timedelta(days=1), now + timedelta(minutes=1))
    subjects = [subject for subject in digest(make, reader, joined=whole) if subject]
    assert subjects == [f"discussion:{made.id}"]


def test_quiet_is_quiet(make, browser, reader):
    made = make.discussion(make.list(), make.member(), title="Over kweeperen")
    add(make.actor(reader), InterestKind.THEME, subject_id=with_theme(made))
    browser(reader).post("/ik/interesses/waar", {"site": "ja", "mail": "digest", "stil": "7"})
    assert "On your themes" not in browser(reader).get("/").text
    assert digest(make, reader) == []
    browser(reader).post("/ik/interesses/waar", {"stil": ""})
    assert "On your themes" in browser(reader).get("/").text
    assert digest(make, reader) == []


def test_what_may_be_kept_and_what_not(app, make, reader):
    """A space that one may not read, a thing that is not there, nothing to search for, too many."""
    actor = make.actor(reader)
    closed = make.space(Visibility.CLOSED, coordinator=make.member())
    for kind, id in ((InterestKind.SPACE, closed.id), (InterestKind.THEME, 98765)):
        with pytest.raises(NotFound):
            add(actor, kind, subject_id=id)
    for words in ("", "   ", "de het een"):
        with pytest.raises(Refused):
            add(actor, InterestKind.SEARCH, words=words)
    for n in range(interests.MOST_SEARCHES):
        add(actor, InterestKind.SEARCH, words=f"kweepeer{n}")
    add(actor, InterestKind.SEARCH, words="kweepeer1")  # kept already
    with pytest.raises(Refused):
        add(actor, InterestKind.SEARCH, words="nog een")


def test_who_wants_no_such_news_in_the_digest_is_not_told_that_it_stands_there(
    make, browser, reader
):
    page = browser(reader)
    page.post("/ik/interesses", {"words": "kweepeer jam"})
    shown = page.get("/ik/interesses").text
    assert "on your home page, in your digest" in shown
    assert "holds no news" not in shown
    page.send("/ik/mail", {"rest": "site"})
    shown = page.get("/ik/interesses").text
    assert "in your digest" not in shown
    assert "You hear of it: on your home page" in shown
    assert "holds no news on your interests" in shown


def test_the_page_adds_removes_and_keeps_what_was_typed(make, browser, reader):
    page = browser(reader)
    page.post("/ik/interesses", {"words": "kweepeer jam"})
    assert "kweepeer jam" in page.get("/ik/interesses").text
    with reading() as own:
        id = own.scalars(select(Interest.id)).one()
    other = browser(make.member())
    assert other.post(f"/ik/interesses/{id}/weg").status_code == 404
    assert other.post(f"/ik/interesses/{id}/zoeken").status_code == 404
    refused = page.post("/ik/interesses", {"words": "de het"})
    assert refused.status_code == 422
    assert 'value="de het"' in refused.text
    assert page.post("/ik/interesses", {"kind": "theme", "name": "bestaatniet"}).status_code == 404
    page.post(f"/ik/interesses/{id}/weg")
    assert "kweepeer jam" not in page.get("/ik/interesses").text


def test_who_leaves_leaves_no_interests(app, make, reader):
    add(make.actor(reader), InterestKind.SEARCH, words="kweepeer")
    with unit_of_work() as own:
        leaving.leave(own, make.actor(reader), keep_name=False, now=clock.now())
    run_due()
    with reading() as own:
        assert own.scalars(select(Interest)).all() == []


def test_what_one_may_see_no_longer_can_be_removed_and_does_not_count(
    app, make, reader, monkeypatch
):
    person = make.member()
    space = make.space(Visibility.OPEN)
    actor = make.actor(reader)
    add(actor, InterestKind.PERSON, subject_id=make.persona(person).id)
    add(actor, InterestKind.SPACE, subject_id=space.id)
    with unit_of_work() as own:
        own.get_one(Circle, space.circle_id).visibility = Visibility.PRIVATE
        leaving.leave(own, make.actor(person), keep_name=False, now=clock.now())
    monkeypatch.setattr(interests, "MOST", 1)
    add(actor, InterestKind.SEARCH, words="kweeperen")
    with reading() as own:
        kept = interests.kept(own, actor)
    assert [each.is_gone for each in kept] == [True, True, False]
    with unit_of_work() as own:
        interests.remove(own, actor, kept[0].id)


def test_a_person_is_followed_by_their_own_name_and_no_pseudonym_is(make, browser, reader):
    author = make.member("Aart Schrijver")
    on = make.list(pseudonyms=True)
    hidden = make.pseudonym(author, on.circle, name="Mispelaar")
    page = browser(reader)
    handle = make.persona(author).handle
    assert "Hear of what they write" in page.get(f"/leden/{handle}").text
    page.post("/ik/interesses", {"kind": "person", "name": handle})
    assert page.post("/ik/interesses", {"kind": "person", "name": hidden.handle}).status_code == 404
    mine = make.discussion(make.list(), author, title="Van Aart zelf")
    make.discussion(on, hidden, title="Van Mispelaar")
    whole = page.get("/").text
    assert "Van Aart zelf" in whole
    assert "Van Mispelaar" not in whole
    assert digest(make, reader) == [f"discussion:{mine.id}"]
    browser(reader).get(f"/discussies/{mine.id}")
    with unit_of_work() as own:
        operations.answer(
            own,
            make.actor(make.member()),
            discussion_id=mine.id,
            text="Van een ander.",
            now=clock.now(),
        )
    assert "Van Aart zelf" not in page.get("/").text
    assert digest(make, reader) == []
    with unit_of_work() as own:
        operations.answer(
            own, make.actor(author), discussion_id=mine.id, text="Van mij.", now=clock.now()
        )
    assert "Van Aart zelf" in page.get("/").text
    assert digest(make, reader) == [f"discussion:{mine.id}"]


def test_of_what_one_muted_one_hears_nothing(make, reader):
    """Neither by mail nor on the home page, whatever interest it answers."""
    add(make.actor(reader), InterestKind.SEARCH, words="kweeperen")
    made = make.discussion(make.list(), make.member(), title="Over kweeperen")
    assert digest(make, reader) == [f"discussion:{made.id}"]
    with unit_of_work() as own:
        set_attention(own, make.actor(reader), discussion_id=made.id, attention=Attention.MUTE)
    assert digest(make, reader) == []
    with reading() as own:
        assert news.on_site(own, make.actor(reader), clock.now(), 5) == []


def test_at_once_comes_once_and_not_in_the_digest(make, browser, reader):
    """One mail for what is new; none of it in the digest, none while quiet, no small circle."""
    add(make.actor(reader), InterestKind.SEARCH, words="kweeperen inmaken")
    browser(reader).post("/ik/interesses/waar", {"site": "ja", "mail": "at_once"})
    assert mails_at_once(reader) == []
    on, author = make.list(), make.member()
    make.discussion(on, author, title="Kweepeer inmaken")
    make.discussion(make.list(Visibility.PRIVATE), author, title="Onder ons kweepeer")
    (text,) = mails_at_once(reader)
    assert "Kweepeer inmaken" in text
    assert "Onder ons" not in text
    assert len(mails_at_once(reader)) == 1  # not a second time
    assert digest(make, reader) == []
    each = make.list()
    with unit_of_work() as own:
        choices.choose(
            own, make.actor(reader), list_id=each.id, rhythm=Rhythm.EACH, now=clock.now()
        )
    make.discussion(each, make.member(), title="Kweepeer inmaken, per bericht")
    assert len(mails_at_once(reader)) == 1  # its list rings for it
    many = handlers.MOST + 2
    for n in range(many):
        theme_id = with_theme(make.discussion(each if n == 0 else on, author, title=f"Nummer {n}"))
        if n == 0:
            add(make.actor(reader), InterestKind.THEME, subject_id=theme_id)
    (_first, text) = mails_at_once(reader)
    assert text.count("Nummer ") == handlers.MOST
    assert "En nog één, op de site." in text
    browser(reader).post("/ik/interesses/waar", {"site": "ja", "mail": "at_once", "stil": "7"})
    make.discussion(make.list(), make.member(), title="Nog eens kweepeer inmaken")
    assert len(mails_at_once(reader)) == 2


def where(make, member, words, by_mail, on_site=True):
    """Where a member hears of the search with these words, or of all but searches without."""
    actor = make.actor(member)
    with unit_of_work() as own:
        for each in interests.kept(own, actor):
            if each.name == words or (not words and each.kind != "search"):
                interests.choose(
                    own, actor, each.id, on_site=on_site, by_mail=by_mail, now=clock.now()
                )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is told needs one
def test_of_each_one_hears_where_one_wants(make, browser, reader):
    """A theme, a space, a person and a search: on the page of each, and nowhere else."""
    author, inside = make.member("Aart Schrijver"), make.member()
    space = make.space(coordinator=inside)
    talks = {
        "theme": make.discussion(make.list(), inside, title="Van het thema"),
        "space": make.discussion(make.list(space=space), inside, title="Uit de ruimte"),
        "person": make.discussion(make.list(), author, title="Van de persoon"),
        "search": make.discussion(make.list(), inside, title="Kweepeer, gezocht"),
    }
    actor, page = make.actor(reader), browser(reader)
    add(actor, InterestKind.THEME, subject_id=with_theme(talks["theme"]))
    add(actor, InterestKind.SPACE, subject_id=space.id)
    add(actor, InterestKind.PERSON, subject_id=make.persona(author).id)
    add(actor, InterestKind.SEARCH, words="kweeperen zoeken")
    with reading() as own:
        ids = {each.kind: each.id for each in interests.kept(own, actor)}

    def told():
        whole = page.get("/").text
        home = {kind for kind, talk in talks.items() if talk.title in whole}
        subjects = digest(make, reader)
        return home, {kind for kind, talk in talks.items() if f"discussion:{talk.id}" in subjects}

    everything = set(talks)
    assert told() == (everything, everything)
    for kind, id in ids.items():
        assert page.post(f"/ik/interesses/{id}/waar", {"mail": "digest"}).status_code == 302
        assert told() == (everything - {kind}, everything)
        page.post(f"/ik/interesses/{id}/waar", {"site": "ja", "mail": "not"})
        assert told() == (everything, everything - {kind})
        page.post(f"/ik/interesses/{id}/waar", {"site": "ja", "mail": "digest"})
        assert told() == (everything, everything)  # what came while it was wanted there
    text = page.get("/ik/interesses").text
    assert text.count("You hear of it: on your home page, in your digest") == len(ids)
    other = browser(make.member())
    assert other.post(f"/ik/interesses/{ids['theme']}/waar", {"site": "ja"}).status_code == 404


def test_a_kept_search_on_the_home_page_keeps_to_its_words_and_to_what_it_is_narrowed_to(
    make, browser, reader
):
    """All of them are asked in one statement, each with its own words and labels."""
    author = make.member("Aart Schrijver")
    on, title = make.list(), "Kweepeer inmaken"
    by_him = make.discussion(on, author, title=f"{title} van Aart")
    make.discussion(on, make.member(), title=f"{title} van een ander")
    make.discussion(make.list(Visibility.CLOSED), author, title=f"{title} achter een deur")
    themed = make.discussion(on, make.member(), title="Mispel op thema")
    make.discussion(on, make.member(), title="Mispel zonder thema")
    make.discussion(on, make.member(), title="Een kweepeer inmaken doet men niet")
    theme_id = with_theme(themed)
    with reading() as own:
        slug = own.scalar(select(Theme.slug).where(Theme.id == theme_id))
    actor = make.actor(reader)
    for words, filters in (
        ('"kweepeer inmaken" van', Filters(author="Aart Schrijver")),
        ("mispels", Filters(theme=slug)),
        ("kweepeer", Filters(space="bestaat-niet")),
        ("", Filters(kind="gathering")),
    ):
        add(actor, InterestKind.SEARCH, words=words, filters=filters)
    with reading() as own:
        found = {said.title for said in news.on_site(own, actor, clock.now(), 10)}
    assert found == {by_him.title, themed.title}
    page = browser(reader).get("/").text.split("On your themes")[1]
    assert by_him.title in page


def each_of(make, on, member, rhythm):
    with unit_of_work() as own:
        choices.choose(own, make.actor(member), list_id=on.id, rhythm=rhythm, now=clock.now())


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is told needs one
def test_what_was_mailed_at_once_stands_in_no_digest(make, browser, reader):
    """Not under a list, not under other interests, not as a notification; what came later does."""
    theme_on, joined = make.list(), make.list()
    make.join(reader, joined.circle)
    add(make.actor(reader), InterestKind.SEARCH, words="kweeperen")
    where(make, reader, "kweeperen", ByMail.AT_ONCE)
    talk = make.discussion(joined, make.member(), title="Kweepeer")
    other = make.discussion(theme_on, make.member(), title="Kweepeer op thema")
    add(make.actor(reader), InterestKind.THEME, subject_id=with_theme(other))
    space = make.space(name="De gaard")
    for each in (reader, inside := make.member()):
        make.join(each, space.circle)
    written = practice(make, inside, audience="space", space=space, title="Gelei van kweepeer")
    run_due()
    now = clock.now()
    spans = {
        "joined": (now - timedelta(days=1), now + timedelta(minutes=1)),
        "asked_from": now - timedelta(days=1),
    }
    subjects = {f"discussion:{talk.id}", f"discussion:{other.id}", f"practice:{written.id}"}
    assert not subjects & set(digest(make, reader, **spans))  # they come in a minute
    (text,) = mails_at_once(reader)
    for title in ("Kweepeer\n", "Kweepeer op thema", "Gelei van kweepeer"):
        assert title in text
    assert not subjects & set(digest(make, reader, **spans))
    with unit_of_work() as own:
        set_attention(own, make.actor(reader), discussion_id=talk.id, attention=Attention.FOLLOW)
    where(make, reader, "kweeperen", ByMail.NOT)  # what comes from now on does not come at once
    with unit_of_work() as own:
        operations.answer(
            own, make.actor(inside), discussion_id=talk.id, text="Later.", now=clock.now()
        )
    assert f"discussion:{talk.id}" in digest(make, reader, **spans)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is told needs one
def test_a_change_skips_nothing_and_tells_nothing_twice(make, browser, reader):
    """What counted when a thing came decides how it is told."""
    add(make.actor(reader), InterestKind.SEARCH, words="kweeperen")
    on = make.list()
    first = make.discussion(on, make.member(), title="Kweepeer een")
    where(make, reader, "kweeperen", ByMail.AT_ONCE)
    make.discussion(on, make.member(), title="Kweepeer twee")
    where(make, reader, "kweeperen", ByMail.DIGEST)
    third = make.discussion(on, make.member(), title="Kweepeer drie")
    (text,) = mails_at_once(reader)
    assert "Kweepeer twee" in text
    assert "Kweepeer een" not in text
    assert "Kweepeer drie" not in text
    of_digest = {f"discussion:{first.id}", f"discussion:{third.id}"}
    assert set(digest(make, reader)) == of_digest
    where(make, reader, "kweeperen", ByMail.AT_ONCE)
    assert set(digest(make, reader)) == of_digest
    assert len(mails_at_once(reader)) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is told needs one
def test_one_event_rings_once_whatever_way_its_list_comes(make, reader):
    """By itself, or on the day of the week: interests do not tell of it as well, or not again."""
    now = clock.now()
    each, weekly = make.list(), make.list()
    each_of(make, each, reader, Rhythm.EACH)
    each_of(make, weekly, reader, Rhythm.WEEKLY)
    add(make.actor(reader), InterestKind.SEARCH, words="kweeperen")
    make.discussion(each, make.member(), title="Kweepeer per bericht")
    make.discussion(weekly, make.member(), title="Kweepeer van de week")
    with unit_of_work() as own:
        for row in own.scalars(select(Interest)):
            row.created_at = row.changed_at = now - timedelta(days=8)
    in_a_while = {"daily_from": clock.now(), "weekly_from": now - timedelta(days=7)}
    told = [f"discussion:{id}" for id in _ids(weekly)]
    assert digest(make, reader) == told  # the daily one
    assert digest(make, reader, **in_a_while) == []  # the one of the week, some days later
    with unit_of_work() as own:
        own.execute(delete(Interest))
    assert digest(make, reader, **in_a_while) == told


def _ids(on):
    with reading() as own:
        return own.scalars(select(Discussion.id).where(Discussion.list_id == on.id)).all()


def test_one_look_that_fails_keeps_nobody_else_from_theirs(app, make):
    """Each look is a job of its own, and looks at what was stored a minute ago."""
    members = [make.member(created_at=clock.now() - timedelta(days=90)) for _n in range(3)]
    for each in members:
        add(make.actor(each), InterestKind.SEARCH, words="kweeperen inmaken")
        with unit_of_work() as own:
            interests.choose_all(
                *(own, make.actor(each)),
                **{"on_site": True, "by_mail": ByMail.AT_ONCE},
                now=clock.now(),
            )
    make.discussion(make.list(), make.member(), title="Kweepeer inmaken")
    with unit_of_work() as own:
        for _twice in range(2):
            handlers.tell_at_once(own, {}, clock.now())
        waiting = own.scalars(
            select(Job.payload).where(Job.kind == "finding.tell_one").order_by(Job.id)
        ).all()
        assert [job["member_id"] for job in waiting] == sorted(m.id for m in members)
        handlers.tell_one(own, waiting[0], clock.now())  # too early: it may not be stored whole
        assert own.scalar(select(OutgoingMail.id)) is None
        handlers.tell_one(own, waiting[0], clock.now() + LATER)
        mailed_to = own.scalars(select(OutgoingMail.member_id)).all()
        assert mailed_to == [waiting[0]["member_id"]]


LATER = handlers.SETTLED  # a look then is at all that is stored by now


def mails_at_once(member):
    """What the member got at once so far, after another look."""
    with unit_of_work() as own:
        handlers.tell_one(own, {"member_id": member.id}, clock.now() + LATER)
    with reading() as own:
        return list(
            own.scalars(
                select(OutgoingMail.text)
                .where(OutgoingMail.member_id == member.id)
                .where(OutgoingMail.key.startswith("finding.at_once:"))
                .order_by(OutgoingMail.id)
            )
        )
