"""Editing, removing and putting back posts."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from cop.discussions import tending_posts, tending_queries
from cop.discussions.models import Discussion, Post, PostRemoval, PostRevision
from cop.members.models import SiteRole
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.spaces.circles import Standing, Visibility
from tests.support.meeting import at_once


def posts_of(session, discussion):
    return session.scalars(
        select(Post).where(Post.discussion_id == discussion.id).order_by(Post.number)
    ).all()


@pytest.fixture
def scene(make):
    class Scene:
        author = make.member("Anna")
        reader = make.member("Bram")
        coordinator = make.member("Cor")
        on = make.list(Visibility.OPEN, coordinator=coordinator)
        discussion = make.discussion(on, author, posts=3, text="Zo was het.")

    return Scene


def edit(session, actor, post, **changes):
    values = {"text": "Zo is het nu.", "version": post.version, "now": clock.now()} | changes
    return tending_posts.edit(session, actor, post.id, **values)


def test_editing_keeps_what_it_said_before_for_every_reader(session, make, scene):
    post = posts_of(session, scene.discussion)[1]
    edit(session, make.actor(scene.author), post)
    assert post.html == "<p>Zo is het nu.</p>"
    assert post.edited_at is not None
    shown = tending_queries.history(session, make.actor(scene.reader), post.id)
    assert [v.html for v in shown.versions] == ["<p>Zo is het nu.</p>", "<p>Zo was het.</p>"]


def test_old_words_that_showed_who_somebody_is_can_be_left_out(session, make, scene):
    author, post = make.actor(scene.author), posts_of(session, scene.discussion)[1]
    edit(session, author, post, text="Met een naam: Piet.")
    edit(session, author, post, text="Zonder naam.", without_trace=True)
    kept = session.execute(select(PostRevision.source, PostRevision.html)).all()
    assert [tuple(k) for k in kept] == [("", ""), ("", "")]
    shown = tending_queries.history(session, make.actor(scene.reader), post.id)
    assert [v.html for v in shown.versions] == ["<p>Zonder naam.</p>", "", ""]


def test_a_stale_edit_shows_the_other_change_and_stores_nothing(session, make, scene):
    author, post = make.actor(scene.author), posts_of(session, scene.discussion)[1]
    edit(session, author, post, text="Van de telefoon", version=1)
    with pytest.raises(tending_posts.Stale) as stale:
        edit(session, author, post, text="Van de laptop", version=1)
    assert stale.value.post.source == "Van de telefoon"
    assert session.scalar(select(func.count(PostRevision.id))) == 1


def test_only_the_opening_carries_the_title(session, make, scene):
    author = make.actor(scene.author)
    first, second, _third = posts_of(session, scene.discussion)
    edit(session, author, first, title="  Een   betere titel ")
    edit(session, author, second, title="Gekaapt")
    assert session.get(Discussion, scene.discussion.id).title == "Een betere titel"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "  \n"}, "text"),
        ({"text": "a" * 60_001}, "text"),
        ({"title": "t" * 5000}, "title"),
        ({"title": " "}, "title"),
        ({"content_note": "n" * 121}, "content_note"),
    ],
)
def test_bad_input_is_refused_beside_its_field(session, make, scene, changes, field):
    post = posts_of(session, scene.discussion)[0]
    with pytest.raises(Refused) as refusal:
        edit(session, make.actor(scene.author), post, **changes)
    assert refusal.value.field == field


def test_words_of_the_discussion_follow_an_edit(session, make, scene):
    post = posts_of(session, scene.discussion)[0]
    edit(session, make.actor(scene.author), post, text="een twee drie vier vijf")
    assert session.get(Discussion, scene.discussion.id).words == 3 + 3 + 5


def test_a_folded_post_is_back_once_its_author_changed_it(session, make, scene, now):
    author, post = make.actor(scene.author), posts_of(session, scene.discussion)[1]
    tending_posts.hide(session, post.id, now)
    with pytest.raises(NotFound):
        tending_queries.history(session, make.actor(scene.reader), post.id)
    assert tending_queries.history(session, author, post.id)
    edit(session, author, post, text="Zo was het.")  # the same words
    assert post.hidden_at is not None
    edit(session, author, post, text="Anders.")
    assert post.hidden_at is None


@pytest.mark.parametrize("who", ["reader", "coordinator", "visitor", "moderator"])
def test_only_its_author_edits_a_post(session, make, scene, who):
    from cop.members.actor import VISITOR

    scene.moderator = make.member(site_role=SiteRole.MODERATOR)
    actor = VISITOR if who == "visitor" else make.actor(getattr(scene, who))
    post = posts_of(session, scene.discussion)[1]
    with pytest.raises(NotFound):
        edit(session, actor, post)
    with pytest.raises(NotFound):
        tending_posts.remove(session, actor, post.id, clock.now())


def test_a_removed_post_leaves_its_place_and_its_number(session, make, scene, now):
    author = make.actor(scene.author)
    third = posts_of(session, scene.discussion)[2]
    tending_posts.remove(session, author, third.id, now)
    from cop.discussions import operations

    new = operations.answer(
        session, author, discussion_id=scene.discussion.id, text="Een nieuw bericht", now=now
    )
    assert new.number == 4
    discussion = session.get(Discussion, scene.discussion.id)
    assert (discussion.post_count, discussion.last_number) == (3, 4)


def test_a_discussion_whose_opening_is_removed_keeps_its_answers(session, make, scene, now):
    first = posts_of(session, scene.discussion)[0]
    tending_posts.remove(session, make.actor(scene.author), first.id, now)
    discussion = session.get(Discussion, scene.discussion.id)
    assert discussion.deleted_at is None
    assert discussion.post_count == 2


def test_a_discussion_without_posts_is_gone_until_one_is_put_back(session, make, scene, now):
    author = make.actor(scene.author)
    alone = make.discussion(scene.on, scene.author, posts=1)
    post = posts_of(session, alone)[0]
    tending_posts.remove(session, author, post.id, now)
    assert session.get(Discussion, alone.id).deleted_at is not None
    tending_posts.put_back(session, author, post.id, now + timedelta(hours=23))
    found = session.get(Discussion, alone.id)
    assert (found.deleted_at, found.post_count, found.words) == (None, 1, 5)


def test_removing_is_undone_by_its_author_alone_and_for_a_day(session, make, scene, now):
    author, post = make.actor(scene.author), posts_of(session, scene.discussion)[2]
    tending_posts.remove(session, author, post.id, now)
    with pytest.raises(NotFound):
        tending_posts.put_back(session, make.actor(scene.coordinator), post.id, now)
    with pytest.raises(NotFound):
        tending_posts.put_back(session, author, post.id, now + timedelta(hours=25))
    tending_posts.put_back(session, author, post.id, now + timedelta(hours=1))
    assert post.deleted_at is None


def test_what_was_removed_is_destroyed_after_a_day(session, make, scene, now):
    author, post = make.actor(scene.author), posts_of(session, scene.discussion)[1]
    edit(session, author, post, text="Iets anders")
    tending_posts.remove(session, author, post.id, now)
    tending_posts.erase_removed(session, {}, now + timedelta(hours=23))
    assert post.source == "Iets anders"
    tending_posts.erase_removed(session, {}, now + timedelta(hours=25))
    session.expire_all()
    assert (post.source, post.html) == ("", "")
    assert session.scalar(select(func.count(PostRevision.id))) == 0


def test_a_coordinator_removes_with_a_reason_that_only_the_author_reads(session, make, scene, now):
    post = posts_of(session, scene.discussion)[2]
    coordinator = make.actor(scene.coordinator)
    with pytest.raises(Refused):
        tending_posts.remove_anothers(session, coordinator, post.id, " ", now)
    tending_posts.remove_anothers(session, coordinator, post.id, "Dit gaat over Piet.", now)
    assert post.deleted_by_moderator
    with pytest.raises(NotFound):  # and their removal is not the author's to undo
        tending_posts.put_back(session, make.actor(scene.author), post.id, now)
    found, by, _post = tending_queries.removal(session, make.actor(scene.author), post.id)
    assert (found.reason, by.name) == ("Dit gaat over Piet.", "Cor")
    with pytest.raises(NotFound):
        tending_queries.removal(session, make.actor(scene.reader), post.id)
    assert session.scalar(select(func.count(PostRemoval.post_id))) == 1


# (visibility, site role, standing) → may remove somebody else's post
REMOVERS = [
    (Visibility.OPEN, SiteRole.MEMBER, None, False),
    (Visibility.OPEN, SiteRole.MEMBER, Standing.JOINED, False),
    (Visibility.OPEN, SiteRole.MEMBER, Standing.COORDINATOR, True),
    (Visibility.OPEN, SiteRole.MODERATOR, None, True),
    (Visibility.CLOSED, SiteRole.MODERATOR, None, False),
    (Visibility.PRIVATE, SiteRole.ADMINISTRATOR, None, False),
    (Visibility.PRIVATE, SiteRole.MODERATOR, Standing.JOINED, True),
    (Visibility.PRIVATE, SiteRole.MEMBER, Standing.COORDINATOR, True),
]


@pytest.mark.parametrize(("visibility", "role", "standing", "allowed"), REMOVERS)
def test_moderators_remove_only_where_they_read(
    session, make, now, visibility, role, standing, allowed
):
    on, author, remover = make.list(visibility), make.member(), make.member(site_role=role)
    make.join(author, on.circle)
    if standing:
        make.join(remover, on.circle, standing)
    post = posts_of(session, make.discussion(on, author))[0]
    if allowed:
        tending_posts.remove_anothers(session, make.actor(remover), post.id, "Reden", now)
        assert post.deleted_at == now
    else:
        with pytest.raises(NotFound):
            tending_posts.remove_anothers(session, make.actor(remover), post.id, "Reden", now)


def test_notes_on_content_by_author_and_coordinator(session, make, scene, now):
    first, second, _third = posts_of(session, scene.discussion)
    tending_posts.set_note(session, make.actor(scene.author), first.id, " Geweld ", now)
    assert session.get(Discussion, scene.discussion.id).content_note == "Geweld"
    tending_posts.set_note(session, make.actor(scene.coordinator), second.id, "Suïcide", now)
    assert second.content_note == "Suïcide"
    with pytest.raises(NotFound):
        tending_posts.set_note(session, make.actor(scene.reader), second.id, "", now)


def test_an_edit_tells_those_whom_it_mentions_once(make, scene):
    from cop.notifications.models import Notification
    from cop.platform.db import unit_of_work
    from cop.platform.worker import run_due

    handle = make.persona(scene.reader).handle
    for text in (f"Wat vind jij, @{handle}?", f"Nog eens, @{handle}."):
        with unit_of_work() as session:
            post = posts_of(session, scene.discussion)[1]
            edit(session, make.actor(scene.author), post, text=text)
        run_due()
    with unit_of_work() as session:
        told = session.scalars(
            select(Notification.kind).where(Notification.member_id == scene.reader.id)
        ).all()
    assert told == ["discussions.mention"]


def test_who_is_mentioned_in_a_quotation_is_not_told_again(make, scene):
    from cop.notifications.models import Notification
    from cop.platform.db import unit_of_work
    from cop.platform.worker import run_due

    handle = make.persona(scene.reader).handle
    with unit_of_work() as session:
        post = posts_of(session, scene.discussion)[1]
        edit(session, make.actor(scene.author), post, text=f"> Wat vind jij, @{handle}?\n\nJa.")
    run_due()
    with unit_of_work() as session:
        mine = select(Notification.id).where(Notification.member_id == scene.reader.id)
        assert session.scalars(mine).all() == []


def test_a_discussion_stands_by_its_latest_post_whatever_the_numbers(session, make, scene, now):
    """Mail of an archive that was brought in later has the highest number and an older date."""
    first, second, third = posts_of(session, scene.discussion)
    third.created_at = now - timedelta(days=900)
    session.flush()
    tending_posts.remove(session, make.actor(scene.author), third.id, now)
    tending_posts.put_back(session, make.actor(scene.author), third.id, now)
    latest = max(first.created_at, second.created_at)
    assert session.get(Discussion, scene.discussion.id).last_post_at == latest


def test_an_imported_mail_stays_plain_text_when_its_author_edits_it(session, make, scene):
    post = posts_of(session, scene.discussion)[1]
    post.plain = True
    edit(session, make.actor(scene.author), post, text="> oud\n> en lang\n\n*geen* opmaak")
    assert "<em>" not in post.html
    assert 'class="quoted"' in post.html


def test_putting_back_twice_at_once_counts_once(app, session, make, scene):
    author, post_id = make.actor(scene.author), posts_of(session, scene.discussion)[1].id
    session.close()
    with unit_of_work() as own:
        tending_posts.remove(own, author, post_id, clock.now())

    def puts_back(own):
        return tending_posts.put_back(own, author, post_id, clock.now())

    late = at_once(app, puts_back, puts_back)
    assert late is None or isinstance(late, NotFound)
    with reading() as own:
        assert own.get_one(Discussion, scene.discussion.id).post_count == 3


def test_words_that_an_author_changed_quickly_can_be_reported(make, browser, scene):
    with unit_of_work() as own:
        post = posts_of(own, scene.discussion)[1]
        edit(own, make.actor(scene.author), post, text="Nu heel iets anders.")
    page, form = f"/berichten/{post.id}/melden", {"reason": "hurtful"}
    reporter = browser(scene.reader)
    assert reporter.send(page, form | {"passage": "Nooit gezegd."}).status_code == 422
    assert reporter.send(page, form | {"passage": "Zo was het."}).status_code == 302


def test_a_post_without_words_is_reported_in_ones_own(make, browser, scene):
    with unit_of_work() as own:
        post = posts_of(own, scene.discussion)[1]
        post.source = post.html = ""
    page, form = f"/berichten/{post.id}/melden", {"reason": "recognisable"}
    reporter = browser(scene.reader)
    assert 'name="passage"' not in reporter.get(page).text
    assert reporter.send(page, form).status_code == 422
    assert reporter.send(page, form | {"note": "Een foto van iemand."}).status_code == 302
