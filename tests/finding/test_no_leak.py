"""Nothing leaks: what search, home, the digest and the page give, against what the policy allows.

A town with every kind of content in every visibility, looked at by every kind of role. What must
be found is worked out from the memberships alone, in a few lines, not by the code under test.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cop.cases.models import CaseState
from cop.discussions.models import Discussion
from cop.expertise.models import Shown
from cop.finding import interests
from cop.finding.models import InterestKind
from cop.finding.queries import find
from cop.finding.related import related
from cop.gatherings import own_calendar
from cop.gatherings.models import OwnCalendar
from cop.members.actor import VISITOR
from cop.notifications import waits
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.search.models import SearchEntry
from cop.spaces.circles import Standing, Visibility
from tests.cases.walking import walk
from tests.expertise.making import team
from tests.practices.writing import practice

WORD = "kweepeertaart"
# What a line of a card is worth in the words of circles; 'own' is for nobody else.
AS = {
    Shown.PUBLIC: Visibility.PUBLIC,
    Shown.MEMBERS: Visibility.OPEN,
    Shown.OWN: Visibility.PRIVATE,
}
ROLES = ("member", "moderator", "administrator")


@pytest.fixture
def town(app, make):
    """Contents by title → circle and visibility; and the people by what they are in."""
    owner, second = make.member("Eigenaar Een"), make.member("Tweede Lezer")
    things, people = {}, {}
    for visibility in Visibility:
        space = make.space(visibility, coordinator=owner, name=f"{WORD} ruimte {visibility}")
        make.join(second, space.circle)
        on = make.list(space=space)
        make.discussion(on, owner, title=f"{WORD} gesprek {visibility}", posts=2)
        make.gathering(owner, space, title=f"{WORD} dag {visibility}")
        for kind in ("ruimte", "gesprek", "dag"):
            things[f"{WORD} {kind} {visibility}"] = (visibility, space.circle.id, False)
        inside = make.member(f"Lid {visibility}", created_at=clock.now() - timedelta(days=9))
        make.join(inside, space.circle)
        asked = make.member(f"Vrager {visibility}")
        make.join(asked, space.circle, Standing.REQUESTED)
        people[inside.id] = (inside, {space.circle.id})
        people[asked.id] = (asked, set())
        case = walk(make, owner).to(CaseState.SHARED, space.circle, second)
        with unit_of_work() as session:
            kept = session.get_one(type(case), case.id)
            kept.title = f"{WORD} casus {visibility}"
        things[f"{WORD} casus {visibility}"] = (visibility, space.circle.id, True)
    for shown in Shown:
        card_id, _line = team(make, owner, f"{WORD} team {shown}", shown)
        things[f"{WORD} team {shown}"] = (AS[shown], f"card {card_id}", False)
    for visibility in (Visibility.PUBLIC, Visibility.OPEN):
        made = practice(make, owner, visibility, title=f"{WORD} praktijk {visibility}")
        things[made.title] = (visibility, f"practice {made.id}", False)
    for role in ROLES:
        member = make.member(f"Rol {role}", site_role=role)
        people[member.id] = (member, set())
    return things, people


def allowed(things, is_member, circles):
    """The column 'in search and digest' of 'Who sees what', written out."""
    return {
        title
        for title, (visibility, circle_id, is_case) in things.items()
        if circle_id in circles
        or (not is_case and visibility == Visibility.PUBLIC)
        or (not is_case and visibility == Visibility.OPEN and is_member)
    }


def titles(session, actor, words):
    found = find(session, actor, words, clock.now(), most=100)
    return {item.shown.title for item in found.items if item.shown.title.startswith(WORD)}


def search_gives_everybody_what_the_policy_allows_and_no_more(town, make):
    things, people = town
    with reading() as session:
        assert titles(session, VISITOR, WORD) == allowed(things, False, set())
        for member, circles in people.values():
            mine = allowed(things, True, circles)
            assert titles(session, make.actor(member), WORD) == mine, member.personas[0].name


def a_typing_error_and_a_part_of_the_word_find_no_more_than_the_word(town, make):
    things, people = town
    with reading() as session:
        for member, circles in people.values():
            mine = allowed(things, True, circles)
            for words in ("kweepertaart", "taart", '"kweepeertaart gesprek"', "kweepeertaarten"):
                assert titles(session, make.actor(member), words) <= mine


def home_digest_and_page_tell_of_nothing_that_search_would_not(town, make, browser):
    things, people = town
    now = clock.now()
    for member, circles in people.values():
        actor, mine = make.actor(member), allowed(things, True, circles)
        with unit_of_work() as session:
            interests.add(session, actor, InterestKind.SEARCH, now, words=WORD)
        with reading() as session:
            told = {w.title for part in waits.gather(session, actor, now).values() for w in part}
            assert {title for title in told if title.startswith(WORD)} <= mine
            rows = session.scalars(
                select(interests.Interest).where(interests.Interest.member_id == member.id)
            ).all()
            by_mail = {
                said.title
                for _thing, said in interests.new_for_mail(
                    session, actor, rows, now - timedelta(days=1), now + timedelta(days=1)
                )
            }
        private = {t for t, (v, _c, case) in things.items() if v == Visibility.PRIVATE or case}
        assert by_mail <= mine - private
        page = browser(member).get(f"/zoeken?q={WORD}").text
        for title in things.keys() - mine:
            assert title.split(" ", 1)[1] not in page, title


def no_word_of_a_case_stands_in_the_index(town):
    with reading() as session:
        for row in session.scalars(select(SearchEntry)):
            assert row.kind != "case"
            assert "casus" not in row.body


def what_is_akin_and_the_own_calendar_tell_no_more(town, make, browser):
    things, people = town
    with reading() as session:
        wanted = select(Discussion.id).where(Discussion.title == f"{WORD} gesprek public")
        shown_to_all = session.scalars(wanted).one()
    for member, circles in people.values():
        actor, mine = make.actor(member), allowed(things, True, circles)
        with reading() as session:
            _own, naming, items = related(session, actor, "discussion", shown_to_all, clock.now())
            told = {said.title for said in naming} | {item.shown.title for item in items}
            assert {title for title in told if title.startswith(WORD)} <= mine
        with unit_of_work() as session:
            own_calendar.renew_feed(session, actor)
            token = session.get_one(OwnCalendar, member.id).token
        feed = browser().get(f"/agenda/feed/{token}.ics").text.replace("\r\n ", "")
        assert "BEGIN:VCALENDAR" in feed
        for title in things.keys() - mine:
            assert title not in feed, title


def test_nothing_leaks(town, make, browser):
    """One town for all of them; what writes something comes last."""
    search_gives_everybody_what_the_policy_allows_and_no_more(town, make)
    a_typing_error_and_a_part_of_the_word_find_no_more_than_the_word(town, make)
    no_word_of_a_case_stands_in_the_index(town)
    what_is_akin_and_the_own_calendar_tell_no_more(town, make, browser)
    home_digest_and_page_tell_of_nothing_that_search_would_not(town, make, browser)
