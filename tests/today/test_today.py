"""The home page."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select

from cop.cases import writing
from cop.cases.models import Basis
from cop.discussions.models import Attention, Discussion, DiscussionAttention, Draft, ReadMark
from cop.finding import interests
from cop.finding.models import InterestKind
from cop.members.models import Theme
from cop.notifications import waits
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.worker import run_due
from cop.spaces.circles import Visibility
from tests.beraad.town import beraad
from tests.cases.town import cases
from tests.contacts.town import contacts
from tests.mailing.helping import answer
from tests.markets.town import markets
from tests.practices.town import practices
from tests.support.counting import statements
from tests.support.town import build, gatherings


@pytest.fixture
def reader(make):
    return make.member("Lezer Verzonnen", created_at=clock.now() - timedelta(days=90))


def home(browser, member=None):
    return browser(member).get("/").text


def test_a_visitor_is_welcomed_and_sees_only_what_is_public(make, browser):
    author = make.member()
    for visibility in Visibility:
        made = make.list(visibility, coordinator=author)
        make.discussion(made, author, title=f"Gesprek {visibility}")
        make.space(visibility, name=f"Proeftuin {visibility}")
    page = home(browser)
    assert "Gesprek public" in page
    assert "Proeftuin public" in page
    for hidden in ("open", "closed", "private"):
        assert f"Gesprek {hidden}" not in page
        assert f"Proeftuin {hidden}" not in page


def test_a_member_sees_what_is_new_on_the_lists_they_joined(make, browser, reader):
    author, joined, other = make.member(), make.list(), make.list()
    make.join(reader, joined.circle)
    make.discussion(joined, author, title="Op mijn lijst")
    make.discussion(other, author, title="Op een andere lijst")
    page = home(browser, reader)
    assert "Op mijn lijst" in page
    assert "Op een andere lijst" not in page


def test_what_was_read_or_muted_is_not_new_and_what_is_followed_is(make, browser, reader):
    author, joined, other = make.member(), make.list(), make.list()
    make.join(reader, joined.circle)
    read, muted = (make.discussion(joined, author, title=t) for t in ("Gelezen", "Gedempt"))
    followed = make.discussion(other, author, title="Gevolgd")
    make.save(ReadMark(member_id=reader.id, discussion_id=read.id, number=read.last_number))
    for discussion, attention in ((muted, Attention.MUTE), (followed, Attention.FOLLOW)):
        make.save(
            DiscussionAttention(
                member_id=reader.id, discussion_id=discussion.id, attention=attention
            )
        )
    page = home(browser, reader)
    assert "Gelezen" not in page
    assert "Gedempt" not in page
    assert "Gevolgd" in page


def test_an_announcement_is_for_those_who_may_read_its_list(make, browser, reader):
    author, closed = make.member(), make.list(Visibility.CLOSED)
    make.discussion(
        make.list(), author, title="Voor iedereen", announcement=True, announced_at=clock.now()
    )
    make.discussion(
        closed, author, title="Voor een kring", announcement=True, announced_at=clock.now()
    )
    page = home(browser, reader)
    assert "Voor iedereen" in page
    assert "Voor een kring" not in page


def test_a_draft_waits_and_nobody_else_sees_it(make, browser, reader):
    author = make.member()
    discussion = make.discussion(make.list(), author, title="Half geschreven")
    make.save(
        Draft(
            member_id=reader.id,
            place=f"discussion:{discussion.id}",
            content="{}",
            saved_at=clock.now(),
        )
    )
    assert "You were writing" in home(browser, reader)
    assert "You were writing" not in home(browser, author)


def test_a_conversation_that_was_not_begun_yet_waits_where_it_may_still_be(make, browser, reader):
    """By the title that it has so far, and only where one may begin one."""
    on, closed = make.list(), make.list(Visibility.CLOSED)
    for place, content in (
        (f"list:{on.id}", {"title": "Hoe zit dat?", "text": "Ik vroeg me"}),
        (f"list:{closed.id}", {"title": "Achter een deur"}),
        ("list:98765", {"title": "Nergens"}),
    ):
        make.save(
            Draft(
                member_id=reader.id,
                place=place,
                content=json.dumps(content),
                saved_at=clock.now(),
            )
        )
    page = home(browser, reader)
    assert "Hoe zit dat?" in page.split("You were writing")[1]
    assert f'href="/gesprekken/{on.short_name}/nieuw"' in page
    assert "Achter een deur" not in page
    assert "Nergens" not in page
    assert "Hoe zit dat?" not in home(browser, make.member())
    with unit_of_work() as session:
        session.scalars(select(Draft).where(Draft.place == f"list:{on.id}")).one().content = "{}"
    assert "A new conversation" in home(browser, reader)


def test_a_case_that_is_a_draft_waits_without_a_word_of_it(make, browser, reader):
    with unit_of_work() as session:
        begun = writing.start(session, make.actor(reader), "own", Basis.COMPOSITE, clock.now())
    page = home(browser, reader)
    assert f'href="/casussen/{begun.id}"' in page.split("You were writing")[1]
    assert f"/casussen/{begun.id}" not in home(browser, make.member())


def test_who_started_a_discussion_that_fell_silent_is_asked_what_it_yielded(make, browser):
    author = make.member(created_at=clock.now() - timedelta(days=90))
    old = clock.now() - timedelta(days=20)
    values = {"last_post_at": old, "created_at": old, "posts": 3}
    make.discussion(make.list(), author, title="Stilgevallen", **values)
    make.discussion(make.list(), author, title="Gesloten", closed_at=old, outcome_at=old, **values)
    page = home(browser, author)
    assert "Stilgevallen" in page.split("What did it yield?")[1]
    assert re.search(r'href="/discussies/\d+/opbrengst" aria-label="Write what it yielded:', page)
    assert "Gesloten" not in page


def test_the_number_of_queries_does_not_grow(make, browser, reader):
    def count():
        page = browser(reader)
        page.get("/")
        with statements() as seen:
            page.get("/")
        return len(seen)

    author, joined = make.member(), make.list(Visibility.PUBLIC)
    make.join(reader, joined.circle)
    make.discussion(joined, author)
    few = count()
    for n in range(25):
        make.discussion(joined, author, posts=3, announcement=n % 2 == 0, announced_at=clock.now())
    assert count() == few


@pytest.mark.parametrize("page", ["/huisregels", "/privacy", "/toegankelijkheid"])
def test_how_things_are_done_here_is_for_everybody(browser, page):
    assert browser().get(page).status_code == 200


def test_a_member_sees_at_once_what_to_do_next(make, browser, reader):
    """The first button leads to what waits; each line says what one could do with it."""
    step = lambda page: re.search(r'class="actions"><a class="button" href="([^"]+)"', page)[1]  # noqa: E731
    page = home(browser, reader)
    assert step(page) == "/gesprekken"
    assert "Nothing is asked of you right now." in page
    joined = make.list(Visibility.PUBLIC)
    make.join(reader, joined.circle)
    discussion = make.discussion(joined, make.member(), title="Nieuws")
    page = home(browser, reader)
    assert step(page) == f"/discussies/{discussion.id}#nieuw"
    assert f'href="/discussies/{discussion.id}#antwoord" aria-label="Answer: Nieuws"' in page
    assert 'href="/gesprekken">All conversations</a>' in page


def test_everything_that_waits_says_how_long_it_takes_and_a_quarter_holds_what_fits(
    make, browser, reader
):
    joined = make.list(Visibility.PUBLIC)
    make.join(reader, joined.circle)
    long = make.discussion(joined, make.member(), title="Heel lang", text="woord " * 4000)
    short = make.discussion(joined, make.member(), title="Kort")
    poll = make.date_poll(make.member(), make.space(coordinator=reader), title="Wanneer?")
    page = browser(reader).get("/kwartier").text
    assert page.index(f"/agenda/prikker/{poll.id}") < page.index(f"/discussies/{short.id}#")
    assert f"/discussies/{long.id}#" not in page
    assert "This takes you 2 minutes" in page
    whole = home(browser, reader)
    assert f"/discussies/{long.id}#" in whole
    assert "20 minutes" in whole


def test_who_has_nothing_to_do_hears_so_and_is_shown_one_question(make, browser, reader):
    """A question that is the member's own, that was answered, or is not theirs to read is none."""
    author, closed = make.member(), make.list(Visibility.CLOSED)
    make.discussion(make.list(), reader, title="Mijn eigen vraag", kind="question")
    make.discussion(closed, author, title="Niet voor mij", kind="question")
    make.discussion(make.list(), author, title="Al beantwoord", kind="question", posts=2)
    asked = make.discussion(make.list(), author, title="Wie weet dit?", kind="question")
    for address in ("/", "/kwartier"):
        page = browser(reader).get(address).text
        assert f'href="/discussies/{asked.id}"' in page
        for other in ("Mijn eigen vraag", "Niet voor mij", "Al beantwoord"):
            assert other not in page


def test_what_waits_is_not_said_twice_on_one_page(make, browser, reader):
    """A notification about a thing that has a line of its own is left to the notifications."""
    joined = make.list(Visibility.PUBLIC)
    make.join(reader, joined.circle)
    discussion = make.discussion(joined, make.member(), title="Nieuws", posts=2)
    make.save(
        Notification(
            member_id=reader.id,
            key=f"answers:{discussion.id}:2",
            kind="discussions.answers",
            subject_id=discussion.id,
            at=clock.now(),
        )
    )
    page = home(browser, reader)
    assert page.count("Nieuws</a>") == 1
    assert "new answer" not in page
    assert "new answer" in browser(reader).get("/meldingen").text


def test_who_is_mentioned_reads_so_also_where_the_conversation_has_a_line(make, browser, reader):
    joined = make.list(Visibility.PUBLIC)
    make.join(reader, joined.circle)
    writer = make.member("Wim Verzonnen")
    discussion = make.discussion(joined, writer, title="Nieuws")
    answer(make, writer, discussion, text=f"@{make.persona(reader).handle}, wat vind jij?")
    run_due()
    page = home(browser, reader)
    assert "Wim Verzonnen mentioned you in “Nieuws”" in page
    assert "Nothing is asked of you" not in page


def test_what_stands_below_takes_no_place_of_what_does_not(make, browser, reader):
    joined = make.list(Visibility.PUBLIC)
    make.join(reader, joined.circle)
    elsewhere = make.discussion(
        make.list(Visibility.PUBLIC), make.member(), title="Elders", posts=2
    )
    for discussion in [
        elsewhere,
        *(make.discussion(joined, make.member(), title=f"Nieuws {n}", posts=2) for n in range(5)),
    ]:
        make.save(
            Notification(
                member_id=reader.id,
                key=f"answers:{discussion.id}:2",
                kind="discussions.answers",
                subject_id=discussion.id,
                at=clock.now(),
            )
        )
    assert "1 new answer in “Elders”" in home(browser, reader)


def test_what_is_suggested_when_all_is_calm_is_not_lost_when_it_is_not(make, browser, reader):
    """The oldest unanswered question on one's theme is news on it too."""
    asked = make.discussion(make.list(), make.member(), title="Wie weet het?", kind="question")
    with unit_of_work() as session:
        theme = session.scalars(select(Theme).limit(1)).one()
        question = session.get_one(Discussion, asked.id)
        question.themes.append(theme)
        kind = InterestKind.THEME
        interests.add(session, make.actor(reader), kind, clock.now(), subject_id=theme.id)
    joined = make.list(Visibility.PUBLIC)
    make.join(reader, joined.circle)
    make.discussion(joined, make.member(), title="Nieuws")
    assert "Wie weet het?" in home(browser, reader)


EVERYTHING = set(waits.Part)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the statements are the same
def test_with_something_in_every_part_the_number_of_queries_does_not_grow(make, browser):
    """Whoever follows five hundred conversations, and everything else several times over."""
    town = build(make)
    owner, other = town.owner, make.member("Ander Mens", created_at=town.owner.created_at)
    space = make.space(coordinator=owner)
    in_every_part(make, owner, other)
    run_due()

    def look():
        """How many statements the page takes, and what stands on it."""
        with unit_of_work() as session:  # which kinds are the latest five is chance
            session.execute(delete(Notification).where(Notification.member_id == owner.id))
        page = browser(owner)
        page.get("/")
        with statements() as seen:
            assert page.get("/").status_code == 200
        with reading() as session:
            return seen, waits.gather(session, make.actor(owner), clock.now())

    few, found = look()
    assert set(found) == EVERYTHING
    practices(make, owner, other, space)
    for _twice in range(2):
        contacts(make, owner, make.member())
        markets(make, owner, make.member())
        gatherings(make, {}, space, owner, make.member())
        in_every_part(make, owner, other)
    beraad(make, owner)
    cases(make, owner, make.member())
    follow_many(make, owner, make.discussion(make.list(), other), 500)
    run_due()
    many, found = look()
    assert set(found) == EVERYTHING
    assert len(many) == len(few)


def in_every_part(make, owner, other):
    """What the town lacks: announced, on one's themes, fallen silent, and a question to answer."""
    now = clock.now()
    on = make.list(Visibility.PUBLIC)
    make.discussion(on, other, announcement=True, announced_at=now)
    silent = now - timedelta(days=20)
    make.discussion(on, owner, posts=3, created_at=silent, last_post_at=silent)
    make.discussion(on, other, kind="question")
    about = make.discussion(make.list(Visibility.PUBLIC), other)
    make.join(owner, on.circle)
    with unit_of_work() as session:
        theme = session.scalars(select(Theme).order_by(Theme.id).limit(1)).one()
        kept = session.get_one(Discussion, about.id)
        kept.themes.append(theme)
        actor = make.actor(owner)
        interests.add(session, actor, InterestKind.THEME, now, subject_id=theme.id)


def follow_many(make, member, like, number):
    """So many conversations like this one, all of them followed and new."""
    with unit_of_work() as session:
        row = session.execute(select(Discussion.__table__).where(Discussion.id == like.id)).one()
        common = {name: value for name, value in row._mapping.items() if name != "id"}
        rows = [common | {"title": f"Gevolgd {n}"} for n in range(number)]
        ids = session.scalars(insert(Discussion).returning(Discussion.id), rows).all()
        session.execute(
            insert(DiscussionAttention),
            [
                {"member_id": member.id, "discussion_id": id, "attention": Attention.FOLLOW}
                for id in ids
            ],
        )
