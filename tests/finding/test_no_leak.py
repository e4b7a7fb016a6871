"""Nothing leaks: what search, home, feed, digest and page give, against what the policy allows.

A town with every kind of content in every visibility, looked at by every kind of role. What must
be found is worked out from the memberships alone, in a few lines, not by the code under test.
"""

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import select

from cop.cases.models import CaseState
from cop.discussions.mailing import choices
from cop.discussions.models import Discussion
from cop.expertise import cards
from cop.expertise.models import Shown
from cop.expertise.queries import suggestions
from cop.finding import interests, news
from cop.finding.models import Interest, InterestKind
from cop.finding.queries import Filters, find
from cop.finding.related import related
from cop.gatherings import own_calendar
from cop.gatherings.models import OwnCalendar
from cop.members.actor import VISITOR
from cop.members.models import SiteRole
from cop.notifications import digests, waits
from cop.notifications.digests import Reader
from cop.notifications.models import Rhythm
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.search import indexing
from cop.platform.search.models import SearchEntry
from cop.platform.search.sources import sources
from cop.platform.worker import run_due
from cop.practices import responding
from cop.spaces import logbook
from cop.spaces.circles import CircleMembership, Standing, Visibility
from tests.cases.walking import walk
from tests.expertise.making import team, theme
from tests.markets.making import TERMS, Fair
from tests.practices.writing import draft, practice, writes_along

WORD = "kweepeertaart"
DRAFT = f"{WORD} concept"  # told to who writes it
HIDDEN = "Wie Er Schuilt"  # the name of who writes under a pseudonym: it stands nowhere
# What a line of a card is worth in the words of circles; 'own' is for nobody else.
AS = {
    Shown.PUBLIC: Visibility.PUBLIC,
    Shown.MEMBERS: Visibility.OPEN,
    Shown.OWN: Visibility.PRIVATE,
}
ROLES = ("member", "moderator", "administrator")
TO_READ = ("gesprek", "schuil", "praktijk")  # what the home page tells of a kept search
NEVER_NEWS = ("casus", "team", "kaart", "lid")  # what mail tells nothing of
PRIVATE_WORD, MISTYPED = "kwispelaar", "kwispalaar"
TOLD_WORD = "mispelstruik"  # of how it went with a practice of a space: members only
LOGBOOK_WORD, ENTRY_WORD = "moerbeihaag", "vlierbessoep"  # of what stands within a space, a market
OF_CARD = {
    Shown.PUBLIC: "kruisbesjam",
    Shown.MEMBERS: "duindoornsap",
    Shown.OWN: "sleedoornwijn",
}
PROFESSION, HIDDEN_PROFESSION = "lijsterbeskweker", "meidoornsnoeier"


@dataclass(frozen=True)
class Thing:
    """What a title is of: the kind, who may find it, and whether a mail may tell of it."""

    kind: str
    shown: Visibility
    circle: int = 0

    def is_found_by(self, is_member, circles):
        """The column 'in search and digest' of 'Who sees what', written out."""
        return (
            self.circle in circles
            or (self.kind != "casus" and self.shown == Visibility.PUBLIC)
            or (self.kind != "casus" and self.shown == Visibility.OPEN and is_member)
        )

    @property
    def in_mail(self):
        return self.shown != Visibility.PRIVATE and self.kind not in NEVER_NEWS


class Town:
    """Contents by title; and the people, each with the circles that they are in."""

    def __init__(self, make):
        self.make, self.things, self.people, self.days = make, {}, [], []
        self.keepers = set()  # the circles of who began all of this, and of who came along
        self.within = {}  # a word → title → the thing within which it stands
        self.owner, self.second = make.member("Eigenaar Een"), make.member("Tweede Lezer")
        self.hidden = make.member(HIDDEN)
        for visibility in Visibility:
            self.quarter(visibility)
        for shown in Shown:
            team(make, self.owner, f"{WORD} team {shown}", shown)
            self.put("team", shown, AS[shown])
        for visibility in (Visibility.PUBLIC, Visibility.OPEN):
            title = self.put("praktijk", f"van {visibility}", visibility)
            practice(make, self.owner, visibility, title=title)
        self.market("van allen", Visibility.OPEN)
        self.persons()
        self.what_nobody_finds()
        for role in ROLES:
            self.people.append((make.member(f"Rol {role}", site_role=role), set()))
        with unit_of_work() as session:  # those that a migration brought
            indexing.touch(session, "theme", [(theme(), 0)])
        run_due()
        self.everybody_comes()

    def market(self, name, shown, circle=0, terms=TERMS):
        """Somebody who takes part asks something in it."""
        title = self.put("markt", name, shown, circle)
        Fair(self.make, self.owner, terms, title=title).bring(self.second, ENTRY_WORD)
        self.within.setdefault(ENTRY_WORD, {})[title] = self.things[title]

    def persons(self):
        """Somebody's card, with a line for each kind of reader; and others' profiles."""
        make = self.make
        expert = make.member(f"{WORD} kaart")
        for shown, word in OF_CARD.items():
            with unit_of_work() as session:
                actor, now = make.actor(expert), clock.now()
                card = cards.own_or_new(session, actor, now)
                cards.add_line(session, actor, card.id, cards.Topic(words=word, shown=shown), now)
            # Who makes the card finds no more of it by searching than others do.
            self.within[word] = {f"{WORD} kaart": Thing("kaart", AS[shown])}
        # Their name is that of a member, and of a card of which a line is for everybody.
        self.things[f"{WORD} kaart"] = Thing("kaart", Visibility.PUBLIC)
        for word, is_shown in ((PROFESSION, True), (HIDDEN_PROFESSION, False)):
            make.member(f"{WORD} lid {is_shown}", profession=word, profession_shown=is_shown)
            title = self.put("lid", is_shown, Visibility.OPEN)
            self.within[word] = {title: self.things[title]} if is_shown else {}

    def what_nobody_finds(self):
        """Not who wrote it either: a draft, and what was deleted."""
        make, owner = self.make, self.owner
        made = draft(make, owner, title=DRAFT)
        writes_along(make, owner, self.second, made)
        gone = make.discussion(make.list(Visibility.PUBLIC), owner, title=f"{WORD} weg")
        with unit_of_work() as session:
            session.get_one(Discussion, gone.id).deleted_at = clock.now()

    def put(self, kind, name, shown, circle=0):
        title = f"{WORD} {kind} {name}"
        self.things[title] = Thing(kind, shown, circle)
        return title

    def quarter(self, visibility):
        """A space of this visibility with everything in it, and two who know of it."""
        make, owner = self.make, self.owner
        space = make.space(visibility, coordinator=owner, name=f"{WORD} ruimte {visibility}")
        circle = space.circle.id
        title = self.put("ruimte", visibility, visibility, circle)
        make.join(self.second, space.circle)
        with unit_of_work() as session:
            logbook.add(
                session, make.actor(owner), space.id, LOGBOOK_WORD, "Meer niet.", clock.now()
            )
        self.within.setdefault(LOGBOOK_WORD, {})[title] = self.things[title]
        talks = make.list(space=space)
        make.discussion(
            talks,
            owner,
            title=self.put("gesprek", visibility, visibility, circle),
            posts=2,
            text=PRIVATE_WORD if visibility == Visibility.PRIVATE else "Meer niet.",
        )
        day = self.put("dag", visibility, visibility, circle)
        self.days.append(make.gathering(owner, space, title=day))
        written = self.put("praktijk", visibility, visibility, circle)
        made = practice(make, owner, "space", space, title=written)
        with unit_of_work() as session:
            responding.tell(
                session, make.actor(owner), made.id, "worked", TOLD_WORD, "", clock.now()
            )
        # A market for a space is for who takes part in it, whoever may read the space.
        narrow = Visibility.CLOSED if visibility != Visibility.PRIVATE else visibility
        terms = replace(TERMS, space_ids=(space.id,))
        self.market(visibility, narrow, circle, terms)
        under = make.list(visibility, pseudonyms=True)
        by = make.pseudonym(self.hidden, under.circle)
        title = self.put("schuil", visibility, visibility, under.circle_id)
        make.discussion(under, by, title=title)
        tends = make.member(f"Beheerder {visibility}")
        make.join(tends, under.circle, Standing.COORDINATOR)
        self.people.append((tends, {under.circle_id}))
        self.keepers |= {circle}
        inside = make.member(f"Lid {visibility}", created_at=clock.now() - timedelta(days=9))
        asked = make.member(f"Vrager {visibility}")
        for each in (space.circle, under.circle):
            make.join(inside, each)
            make.join(asked, each, Standing.REQUESTED)
        for each in (under, talks):
            with unit_of_work() as session:
                choices.choose(
                    *(session, make.actor(inside)),
                    **{"list_id": each.id, "rhythm": Rhythm.DAILY, "now": clock.now()},
                )
        self.people += [(inside, {circle, under.circle_id}), (asked, set())]
        case = walk(make, owner).to(CaseState.SHARED, space.circle, self.second)
        with unit_of_work() as session:
            kept = session.get_one(type(case), case.id)
            kept.title = self.put("casus", visibility, visibility, circle)

    def everybody_comes(self):
        """To every day, whether they may read of it or not any more."""
        for member, _circles in self.people:
            for day in self.days:
                self.make.attendance(day, member)

    def each(self):
        """(member, actor, the titles that they may find)."""
        for member, circles in self.people:
            yield member, self.make.actor(member), self.allowed(True, circles)

    def searchers(self):
        """(actor, whether a member, circles): everybody, also who coordinates, hosts and wrote."""
        yield VISITOR, False, set()
        for member, circles in self.people:
            yield self.make.actor(member), True, circles
        for keeper in (self.owner, self.second):
            yield self.make.actor(keeper), True, self.keepers

    def allowed(self, is_member, circles, things=None):
        found = (self.things if things is None else things).items()
        return {title for title, thing in found if thing.is_found_by(is_member, circles)}

    def of(self, titles, *kinds):
        return {title for title in titles if self.things[title].kind in kinds}

    def told_in(self, text):
        """The titles that stand in a text; none begins with another."""
        text = " ".join(text.split())
        return {title for title in self.things if title in text}


@pytest.fixture
def town(app, make):
    return Town(make)


def titles(session, actor, words, filters=Filters()):  # noqa: B008  # frozen
    found = find(session, actor, words, clock.now(), filters, most=200)
    return {item.shown.title for item in found.items if item.shown.title.startswith(WORD)}


def search_gives_everybody_what_the_policy_allows_and_no_more(town):
    with reading() as session:
        kinds = set()
        for actor, is_member, circles in town.searchers():
            assert titles(session, actor, WORD) == town.allowed(is_member, circles), actor
            for word, things in town.within.items():
                may = town.allowed(is_member, circles, things)
                assert titles(session, actor, word) == may, (word, actor)
            for words in (WORD, *OF_CARD.values(), "alcohol"):
                items = find(session, actor, words, clock.now(), most=200).items
                kinds |= {item.kind for item in items}
        # Whatever kind comes to be found is to be among these things.
        assert kinds == set(sources())


def visitors_read_on_pages_what_they_may_find_and_no_more(town, browser):
    mine = town.allowed(False, set())
    page = browser()
    for address in ("/", f"/zoeken?q={WORD}", "/zoeken", "/praktijken", "/agenda", "/proeftuinen"):
        told = page.get(address, follow_redirects=True).text
        assert town.told_in(told) <= mine, address
        assert HIDDEN not in told
    assert town.told_in(page.get(f"/zoeken?q={WORD}").text)
    with reading() as session:
        for id, title in session.execute(select(Discussion.id, Discussion.title)).all():
            answer = page.get(f"/verwant/discussion/{id}")
            assert (answer.status_code == 200) is (title in mine), title
            assert town.told_in(answer.text) <= mine
        for word, things in town.within.items():
            told = page.get(f"/zoeken?q={word}").text
            # Which spaces one can choose from is told whatever is found.
            told = re.sub(r"<select.*?</select>", "", told, flags=re.DOTALL)
            assert town.told_in(told) <= town.allowed(False, set(), things)


def what_members_told_of_a_practice_is_for_the_members_who_read_it(town):
    told = {title for title in town.things if title.startswith(f"{WORD} praktijk")}
    told -= {title for title in told if " van " in title}
    with reading() as session:
        for words in (TOLD_WORD, "mispelstriuk", "mispel"):
            answer = find(session, VISITOR, words, clock.now())
            assert (answer.items, answer.meant) == ([], {})
            for member, actor, mine in town.each():
                assert titles(session, actor, words) == told & mine, member.personas[0].name


def a_typing_error_and_a_part_of_the_word_find_what_the_word_finds(town):
    with reading() as session:
        for member, actor, mine in town.each():
            talks = town.of(mine, "gesprek")
            for words in ("kweepertaart", "taart", "kweepeertaarten"):
                assert titles(session, actor, words) == mine, (words, member.personas[0].name)
            assert titles(session, actor, f'"{WORD} gesprek"') == talks
            # A word is suggested to whoever may read it, and to nobody else.
            meant = find(session, actor, MISTYPED, clock.now()).meant
            may = any(town.things[title].shown == Visibility.PRIVATE for title in talks)
            assert bool(meant) is may


def a_pseudonym_is_tied_to_nobody(town):
    with reading() as session:
        own = town.make.persona(town.hidden)
        for _member, actor, _mine in town.each():
            for by in (own.name, own.handle):
                assert titles(session, actor, WORD, Filters(author=by)) == set()


def no_word_of_a_case_stands_in_the_index(town):
    with reading() as session:
        for row in session.scalars(select(SearchEntry)):
            assert row.kind != "case"
            assert "casus" not in row.body


def what_is_akin_and_the_own_calendar_tell_it_all_and_no_more(town, browser):
    itself = f"{WORD} gesprek public"
    with reading() as session:
        shown_to_all = session.scalars(
            select(Discussion.id).where(Discussion.title == itself)
        ).one()
    for member, actor, mine in town.each():
        with reading() as session, patch("cop.finding.related.MOST", 200):
            _own, naming, items = related(session, actor, "discussion", shown_to_all, clock.now())
            told = {said.title for said in naming} | {item.shown.title for item in items}
            akin = mine - {itself} - town.of(mine, "lid")  # a person is akin to nothing
            assert {t for t in told if t.startswith(WORD)} == akin
        with unit_of_work() as session:
            own_calendar.renew_feed(session, actor)
            token = session.get_one(OwnCalendar, member.id).token
        feed = browser().get(f"/agenda/feed/{token}.ics").text.replace("\r\n ", "")
        # A calendar carries no content: what it tells is that there is a day, and where it stands.
        days = {f"/agenda/{day.id}": day.title for day in town.days}
        assert {days[at] for at in re.findall(r"/agenda/\d+", feed)} == town.of(mine, "dag")
        assert not town.told_in(feed) - mine


def nobody_is_advised_by_what_others_did(town):
    with reading() as session:
        for _member, actor, _mine in town.each():
            assert suggestions(session, actor, None) == []


def home_digest_and_page_tell_what_search_would_and_no_more(town, browser):
    now = clock.now()
    for member, actor, mine in town.each():
        with unit_of_work() as session:
            interests.add(session, actor, InterestKind.SEARCH, now, words=WORD)
        with reading() as session, many():
            told = {w.title for part in waits.gather(session, actor, now).values() for w in part}
            found = {title for title in told if title.startswith(WORD)}
            assert town.of(found, *TO_READ) == town.of(mine, *TO_READ)
            assert found <= mine
            in_mail = {title for title in mine if town.things[title].in_mail}
            rows = session.scalars(select(Interest).where(Interest.member_id == member.id)).all()
            by_mail = news.new_for_mail(
                session, actor, rows, now - timedelta(days=1), now + timedelta(days=1)
            )
            assert {said.title for _thing, said in by_mail} == in_mail
            assert town.told_in(digest(session, member, now)) == in_mail
        page = browser(member).get(f"/zoeken?q={WORD}").text + browser(member).get("/").text
        assert town.told_in(page) <= mine
        assert HIDDEN not in page


def who_keeps_things_is_told_no_more_than_they_may_find(town, browser):
    """Who coordinates, hosts and wrote: news of their own things comes to them in other ways."""
    now, mine = clock.now(), town.allowed(True, town.keepers)
    for member in (town.owner, town.second):
        actor = town.make.actor(member)
        with unit_of_work() as session:
            interests.add(session, actor, InterestKind.SEARCH, now, words=WORD)
        with reading() as session, many():
            told = {w.title for part in waits.gather(session, actor, now).values() for w in part}
            assert {title for title in told if title.startswith(WORD)} - {DRAFT} <= mine
            in_mail = {title for title in mine if town.things[title].in_mail}
            assert town.told_in(digest(session, member, now)) <= in_mail
        page = browser(member).get(f"/zoeken?q={WORD}").text + browser(member).get("/").text
        assert town.told_in(page) <= mine
        assert HIDDEN not in page


def everybody_there_can_be_is_among_the_people(town):
    """Another role or standing, once there is one, is to be looked at here."""
    assert set(ROLES) == set(SiteRole)
    with reading() as session:
        stood = set(session.scalars(select(CircleMembership.standing).distinct()))
    assert stood == set(Standing)


@contextmanager
def many():
    """As much as there is, where else some is counted."""
    with (
        patch("cop.notifications.waits.USUAL", 200),
        patch.dict("cop.notifications.waits.MOST", dict.fromkeys(waits.Part, 200)),
        patch("cop.finding.handlers.USUAL", 200),
        patch("cop.finding.handlers.MOST", 200),
        patch("cop.finding.news.OF_ONE_SEARCH", 200),
    ):
        yield


def digest(session, member, now):
    """All words of the digest that a member would get now."""
    begins, until = now - timedelta(days=1), now + timedelta(minutes=5)
    made = Reader(
        delivery_id=1,
        member_id=member.id,
        role=member.site_role,
        language="en",
        zone="Europe/Amsterdam",
        planned_at=until,
        until=until,
        daily_from=begins,
        weekly_from=None,
        asked_from=begins,
        rest_from=begins,
        joined=(begins, until),
        held={},
    )
    pieces = digests.gather(session, [made])[1].pieces
    said = "\n".join(piece.render(True).text for piece in pieces)
    assert HIDDEN not in said
    return said


def test_nothing_leaks(town, browser):
    """One town for all of them; what writes something comes last."""
    everybody_there_can_be_is_among_the_people(town)
    search_gives_everybody_what_the_policy_allows_and_no_more(town)
    visitors_read_on_pages_what_they_may_find_and_no_more(town, browser)
    what_members_told_of_a_practice_is_for_the_members_who_read_it(town)
    a_typing_error_and_a_part_of_the_word_find_what_the_word_finds(town)
    a_pseudonym_is_tied_to_nobody(town)
    no_word_of_a_case_stands_in_the_index(town)
    nobody_is_advised_by_what_others_did(town)
    what_is_akin_and_the_own_calendar_tell_it_all_and_no_more(town, browser)
    home_digest_and_page_tell_what_search_would_and_no_more(town, browser)
    who_keeps_things_is_told_no_more_than_they_may_find(town, browser)
