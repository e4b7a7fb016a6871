"""Answers, outcomes, what lacks one, pins and announcements."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cop.discussions import tending_closing, tending_posts, tending_queries
from cop.discussions.models import Discussion, DiscussionKind, Post
from cop.members.actor import VISITOR
from cop.members.models import SiteRole
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from cop.spaces.circles import Standing, Visibility


def post_number(session, discussion, number):
    return session.scalars(
        select(Post).where(Post.discussion_id == discussion.id, Post.number == number)
    ).one()


@pytest.fixture
def scene(make):
    class Scene:
        asker = make.member("Anna")
        helper = make.member("Bram")
        coordinator = make.member("Cor")
        on = make.list(Visibility.OPEN, coordinator=coordinator)
        discussion = make.discussion(on, asker, posts=3, kind=DiscussionKind.QUESTION)

    return Scene


@pytest.mark.parametrize(
    ("who", "allowed"), [("asker", True), ("coordinator", True), ("helper", False)]
)
def test_the_asker_or_a_coordinator_marks_the_answer(session, make, scene, now, who, allowed):
    actor, answer = make.actor(getattr(scene, who)), post_number(session, scene.discussion, 2)
    if not allowed:
        with pytest.raises(NotFound):
            tending_closing.mark_answer(session, actor, answer.id, now)
        return
    tending_closing.mark_answer(session, actor, answer.id, now)
    assert session.get(Discussion, scene.discussion.id).answer_number == 2
    tending_closing.unmark_answer(session, actor, scene.discussion.id, now)
    assert session.get(Discussion, scene.discussion.id).answer_number is None


def test_only_a_question_has_an_answer_and_never_itself(session, make, scene, now):
    asker = make.actor(scene.asker)
    talk = make.discussion(scene.on, scene.asker, posts=2)
    with pytest.raises(Refused):
        tending_closing.mark_answer(
            session, asker, post_number(session, scene.discussion, 1).id, now
        )
    with pytest.raises(Refused):
        tending_closing.mark_answer(session, asker, post_number(session, talk, 2).id, now)


def test_a_removed_answer_leaves_the_question_open(session, make, scene, now):
    asker, answer = make.actor(scene.asker), post_number(session, scene.discussion, 2)
    tending_closing.mark_answer(session, asker, answer.id, now)
    tending_posts.remove(session, asker, answer.id, now)
    assert session.get(Discussion, scene.discussion.id).answer_number is None
    with pytest.raises(NotFound):
        tending_closing.mark_answer(session, asker, answer.id, now)


def test_closing_says_what_it_yielded_and_reopening_keeps_it(session, make, scene, now):
    asker = make.actor(scene.asker)
    found = tending_closing.close(session, asker, scene.discussion.id, "We doen **dit**.", now)
    assert found.outcome_html == "<p>We doen <strong>dit</strong>.</p>"
    assert (found.closed_at, found.outcome_at) == (now, now)
    assert found.outcome_by_id == make.persona(scene.asker).id
    tending_closing.reopen(session, asker, scene.discussion.id, now)
    assert found.closed_at is None
    assert found.outcome


def test_only_the_author_and_coordinators_close(session, make, scene, now):
    for actor in (make.actor(scene.helper), VISITOR):
        with pytest.raises(NotFound):
            tending_closing.close(session, actor, scene.discussion.id, "x", now)
    with pytest.raises(Refused) as refusal:
        tending_closing.close(
            session, make.actor(scene.asker), scene.discussion.id, "x" * 60_001, now
        )
    assert refusal.value.field == "outcome"


def titles(lines):
    return [line.title for line in lines[0]]


def test_the_list_shows_what_still_lacks_an_outcome(session, make, scene, now):
    def talk(title, posts=2, days=0, **values):
        last = now - timedelta(days=days)
        return make.discussion(
            scene.on, scene.asker, posts=posts, title=title, **{"last_post_at": last} | values
        )

    talk("pas nog", days=1)
    talk("lang stil", days=20)
    talk("gesloten zonder", days=2, closed_at=now)
    talk("gesloten met", days=30, closed_at=now, outcome="x", outcome_at=now)
    talk("zonder antwoord", posts=1, days=30)
    talk("mededeling", days=30, announcement=True)
    reader = make.actor(scene.helper)
    lines = tending_queries.lacking(session, reader, now, scene.on.id)
    assert titles(lines) == ["lang stil", "gesloten zonder"]
    assert [line.mine for line in lines[0]] == [False, False]


def test_over_all_lists_only_where_one_takes_part_or_started(session, make, scene, now):
    old = now - timedelta(days=40)
    make.discussion(scene.on, scene.asker, posts=2, title="van mij", last_post_at=old)
    closed = make.list(Visibility.CLOSED)
    make.join(scene.helper, closed.circle)
    make.discussion(closed, scene.helper, posts=2, title="besloten", last_post_at=old)
    assert titles(tending_queries.lacking(session, make.actor(scene.asker), now)) == ["van mij"]
    assert titles(tending_queries.lacking(session, make.actor(scene.helper), now)) == ["besloten"]
    assert titles(tending_queries.lacking(session, VISITOR, now)) == []


def test_what_lacks_an_outcome_goes_on_over_pages(session, make, scene, now, monkeypatch):
    monkeypatch.setattr(tending_queries, "PER_PAGE", 2)
    same = now - timedelta(days=30)
    for n in range(5):
        make.discussion(scene.on, scene.asker, posts=2, title=str(n), last_post_at=same)
    seen, after = [], None
    while True:
        lines, after = tending_queries.lacking(
            session, make.actor(scene.asker), now, scene.on.id, after
        )
        seen += [line.title for line in lines]
        if after is None:
            break
        after = tending_queries.Key.read(str(after))
    assert seen == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("text", [None, "", "x", "12", "-", "1-2-3", "9" * 40 + "-1", "²-1"])
def test_a_broken_key_is_the_first_page(text):
    assert tending_queries.Key.read(text) is None


def test_pins_are_for_coordinators(session, make, scene):
    with pytest.raises(NotFound):
        tending_closing.pin(
            session, make.actor(scene.asker), scene.discussion.id, True, clock.now()
        )
    assert tending_closing.pin(
        session, make.actor(scene.coordinator), scene.discussion.id, True, clock.now()
    ).pinned


ANNOUNCERS = [
    (SiteRole.MEMBER, Visibility.OPEN, NotFound),
    (SiteRole.MODERATOR, Visibility.OPEN, NotFound),
    (SiteRole.ADMINISTRATOR, Visibility.OPEN, None),
    (SiteRole.ADMINISTRATOR, Visibility.PUBLIC, None),
    (SiteRole.ADMINISTRATOR, Visibility.CLOSED, Refused),
    (SiteRole.ADMINISTRATOR, Visibility.PRIVATE, Refused),
]


@pytest.mark.parametrize(("role", "visibility", "error"), ANNOUNCERS)
def test_announcements_are_made_by_administrators_where_all_members_read(
    session, make, now, role, visibility, error
):
    who, on = make.member(site_role=role), make.list(visibility)
    make.join(who, on.circle)
    discussion, reader = make.discussion(on, who), make.actor(make.member())
    if error is None:
        tending_closing.announce(session, make.actor(who), discussion.id, True, now)
        found = tending_queries.current_announcements(session, reader, now)
        assert [each.id for each in found] == [discussion.id]
    else:
        with pytest.raises(error):
            tending_closing.announce(session, make.actor(who), discussion.id, True, now)


def test_an_announcement_is_news_for_thirty_days_or_until_it_closes(session, make, now):
    admin = make.member(site_role=SiteRole.ADMINISTRATOR)
    on, reader = make.list(Visibility.OPEN), make.actor(make.member())
    discussion = make.discussion(on, admin)
    tending_closing.announce(session, make.actor(admin), discussion.id, True, now)

    def current(days):
        return tending_queries.current_announcements(session, reader, now + timedelta(days=days))

    assert current(29)
    assert not current(31)
    assert not tending_queries.current_announcements(session, VISITOR, now)
    tending_closing.close(session, make.actor(admin), discussion.id, "", now)
    assert not current(1)


def kinds_of(member):
    with unit_of_work() as session:
        return session.scalars(
            select(Notification.kind)
            .where(Notification.member_id == member.id)
            .order_by(Notification.kind)
        ).all()


def test_who_hears_of_a_marked_answer_an_outcome_and_an_announcement(make, browser):
    admin, asker, helper = make.member(site_role=SiteRole.ADMINISTRATOR), make.member(), None
    on = make.list(Visibility.OPEN, coordinator=admin)
    discussion = make.discussion(on, asker, kind=DiscussionKind.QUESTION, title="Hoe dan?")
    helper = make.member()
    from cop.discussions import operations

    with unit_of_work() as session:
        post = operations.answer(
            session,
            make.actor(helper),
            discussion_id=discussion.id,
            text="Zo dus",
            now=clock.now(),
        )
        tending_closing.mark_answer(session, make.actor(asker), post.id, clock.now())
        tending_closing.close(session, make.actor(asker), discussion.id, "Zo.", clock.now())
        tending_closing.announce(session, make.actor(admin), discussion.id, True, clock.now())
    run_due()
    run_due()
    told = set(kinds_of(helper))
    assert {"discussions.marked", "discussions.outcome", "discussions.announcement"} <= told
    assert "discussions.outcome" not in kinds_of(asker)
    page = browser(helper).get("/meldingen").text
    assert "marked your message in “Hoe dan?” as the answer" in page
    assert "“Hoe dan?” has an outcome now" in page


def test_who_left_the_circle_hears_nothing(make):
    asker, helper = make.member(), make.member()
    on = make.list(Visibility.CLOSED, coordinator=asker)
    membership = make.join(helper, on.circle, Standing.JOINED)
    discussion = make.discussion(on, asker, kind=DiscussionKind.QUESTION)
    from cop.discussions import operations

    with unit_of_work() as session:
        post = operations.answer(
            session,
            make.actor(helper),
            discussion_id=discussion.id,
            text="Zo dus",
            now=clock.now(),
        )
        tending_closing.mark_answer(session, make.actor(asker), post.id, clock.now())
        session.delete(session.merge(membership))
    run_due()
    assert "discussions.marked" not in kinds_of(helper)


def test_tending_never_ties_two_names_of_one_member(session, make, scene, now):
    """Only its author can have closed it: another name of theirs there would be known as theirs."""
    on = make.list(Visibility.OPEN, pseudonyms=True)
    asker = make.member("Jan")
    discussion = make.discussion(on, asker, posts=2, kind=DiscussionKind.QUESTION)
    make.pseudonym(asker, on.circle, "Merel")  # joined afterwards, under another name
    actor, own = make.actor(asker), make.persona(asker)
    make.join(scene.helper, on.circle)
    with unit_of_work() as own_session:
        own_session.add(
            Post(
                discussion_id=discussion.id,
                number=3,
                author_id=make.persona(scene.helper).id,
                source="Zo.",
                html="<p>Zo.</p>",
                created_at=now,
            )
        )
        own_session.get(Discussion, discussion.id).last_number = 3
    with unit_of_work() as own_session:
        answer = post_number(own_session, discussion, 3)
        tending_closing.mark_answer(own_session, actor, answer.id, now)
        tending_closing.close(own_session, actor, discussion.id, "Dit werkte.", now)
    run_due(clock.now())
    found = session.get(Discussion, discussion.id)
    assert found.outcome_by_id == own.id
    told = session.scalars(select(Notification).where(Notification.subject_id == discussion.id))
    assert {n.by_id for n in told} <= {own.id}


def test_an_administrator_under_a_pseudonym_announces_nothing_there(make, browser, now):
    admin = make.member(site_role=SiteRole.ADMINISTRATOR)
    on = make.list(Visibility.OPEN, pseudonyms=True)
    discussion = make.discussion(on, make.pseudonym(admin, on.circle))
    elsewhere = make.discussion(make.list(Visibility.OPEN), admin)
    with pytest.raises(NotFound), unit_of_work() as session:
        tending_closing.announce(session, make.actor(admin), discussion.id, True, now)
    assert "/mededeling" not in browser(admin).get(f"/discussies/{discussion.id}").text
    assert "/mededeling" in browser(admin).get(f"/discussies/{elsewhere.id}").text
