"""What a member wants to hear about, and where they hear it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from cop.discussions import operations
from cop.discussions.mailing import choices
from cop.discussions.models import Discussion
from cop.finding import handlers, interests
from cop.finding.models import Interest, InterestKind
from cop.finding.permissions import mailed
from cop.members import leaving
from cop.members.models import Theme
from cop.notifications import digests
from cop.notifications.digests import Reader
from cop.notifications.models import Rhythm
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import Job
from cop.platform.worker import run_due
from cop.spaces.circles import Circle, Visibility
from tests.practices.writing import practice


@pytest.fixture
def reader(make):
    return make.member("Lezer Verzonnen", created_at=clock.now() - timedelta(days=90))


def add(actor, kind, **values):
    with unit_of_work() as own:
        interests.add(own, actor, kind, clock.now(), **values)


def digest(make, member, joined=None):
    """The subjects of the digest that a member would get now, in order."""
    now = clock.now()
    made = Reader(
        delivery_id=1,
        member_id=member.id,
        role=member.site_role,
        language="en",
        zone="Europe/Amsterdam",
        planned_at=now,
        until=now + timedelta(minutes=1),
        daily_from=now - timedelta(days=1),
        weekly_from=None,
        asked_from=None,
        joined=joined,
        held={},
    )
    with reading() as own:
        return [piece.subject for piece in digests.gather(own, [made])[1].pieces]


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


def test_a_kept_search_comes_in_the_digest_and_its_words_are_nobody_elses(app, make, reader):
    add(make.actor(reader), InterestKind.SEARCH, words="kweeperen inmaken")
    made = make.discussion(make.list(), make.member(), title="Kweepeer inmaken")
    make.discussion(make.list(), make.member(), title="Iets heel anders")
    make.discussion(make.list(), make.member(), title="Kweepeer planten")  # one word of two
    assert digest(make, reader) == [f"discussion:{made.id}"]
    with reading() as own:
        stored = own.execute(text("SELECT words FROM interest")).scalar_one()
    assert b"kweepeer" not in bytes(stored)


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
    assert digest(make, reader) == [f"discussion:{made.id}"]
    with reading() as own:
        ids = own.scalars(select(Interest.id).order_by(Interest.id)).all()
        stored = own.execute(text("SELECT words FROM interest")).scalars().all()
    assert not any(slug.encode() in bytes(each) for each in stored)
    again = page.post(f"/ik/interesses/{ids[0]}/zoeken").headers["Location"]
    assert "q=kweepeer" in again
    assert f"thema={slug}" in again
    assert page.post("/ik/interesses", {"words": "x", "soort": "card"}).status_code == 422


def test_a_kept_search_brings_every_kind_of_thing_that_is_new_and_nothing_old(app, make, reader):
    """What is no news takes no place of what is; and a practice told by its space stands once."""
    now = clock.now()
    for n in range(interests.OF_ONE_SEARCH):
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
        assert interests.new_for_mail(own, make.actor(reader), [], clock.now(), clock.now()) == []


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
    browser(reader).post("/ik/interesses/waar", {"site": "ja"})
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


def test_one_look_that_fails_keeps_nobody_else_from_theirs(app, make):
    """Each look is a job of its own, and looks at what was stored a minute ago."""
    members = [make.member(created_at=clock.now() - timedelta(days=90)) for _n in range(3)]
    for each in members:
        add(make.actor(each), InterestKind.SEARCH, words="kweeperen inmaken")
        with unit_of_work() as own:
            interests.choose(
                *(own, make.actor(each)),
                **{"on_site": True, "by_mail": "at_once", "quiet_until": None, "now": clock.now()},
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
