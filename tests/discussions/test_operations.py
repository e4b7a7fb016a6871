"""Starting, answering, reacting, following and reading: what is stored, and what is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from cop.discussions import attending, operations
from cop.discussions.models import (
    Attention,
    Discussion,
    DiscussionAttention,
    DiscussionKind,
    Post,
    Reaction,
    ReadMark,
)
from cop.members.actor import VISITOR
from cop.platform.errors import NotFound, Refused
from cop.platform.live import LiveEvent
from cop.platform.outbox import Job
from cop.spaces.circles import Visibility


def _start(session, actor, on, now, **values):
    fields = {"kind": DiscussionKind.QUESTION, "title": "Hoe pak je dit aan?", "text": "Een vraag."}
    return operations.start(session, actor, list_id=on.id, now=now, **(fields | values))


def test_a_started_discussion_has_its_opening_as_post_one(make, session, now):
    member, on = make.member(), make.list()
    started = _start(session, make.actor(member), on, now, text="Wie **weet** dit?")
    post = session.scalars(select(Post).where(Post.discussion_id == started.id)).one()
    assert (post.number, post.html) == (1, "<p>Wie <strong>weet</strong> dit?</p>")
    assert (started.last_number, started.post_count, started.words) == (1, 1, 3)
    assert started.last_post_at == now
    assert post.author_id == make.persona(member).id


def test_answers_are_numbered_on_and_counted(make, session, now):
    on, author, other = make.list(), make.member(), make.member()
    discussion = make.discussion(on, author, posts=2)
    later = now + timedelta(days=365)
    post = operations.answer(
        session, make.actor(other), discussion_id=discussion.id, text="Drie hele woorden", now=later
    )
    session.flush()
    found = session.get(Discussion, discussion.id)
    assert post.number == found.last_number == found.post_count == 3
    assert found.last_post_at == later
    assert found.words == discussion.words + 3


def test_a_form_sent_twice_makes_one_discussion_and_one_answer(make, session, now):
    member, on = make.member(), make.list()
    actor = make.actor(member)
    first = _start(session, actor, on, now, client_id="een")
    assert _start(session, actor, on, now, client_id="een").id == first.id
    sent = [
        operations.answer(
            session, actor, discussion_id=first.id, text="Ja", now=now, client_id="twee"
        )
        for _ in range(2)
    ]
    assert sent[0].id == sent[1].id
    assert session.scalar(select(func.count()).select_from(Post)) == 2


def test_another_members_client_id_gives_nothing_of_theirs(make, session, now):
    on, a, b = make.list(), make.member(), make.member()
    _start(session, make.actor(a), on, now, client_id="een")
    with pytest.raises(Refused):
        _start(session, make.actor(b), on, now, client_id="een")


def test_in_a_circle_with_a_pseudonym_everything_carries_it(make, session, now):
    on = make.list(Visibility.OPEN, pseudonyms=True)
    member = make.member()
    pseudonym = make.pseudonym(member, on.circle)
    started = _start(session, make.actor(member), on, now)
    post = operations.answer(
        session, make.actor(member), discussion_id=started.id, text="Nog iets", now=now
    )
    assert started.author_id == post.author_id == pseudonym.id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": " \n\t "}, "title"),
        ({"title": "a" * 5000}, "title"),
        ({"text": ""}, "text"),
        ({"text": " \n "}, "text"),
        ({"text": "a" * 1_000_000}, "text"),
        ({"kind": "iets anders"}, "kind"),
        ({"content_note": "a" * 200}, "content_note"),
    ],
)
def test_bad_input_is_refused_beside_its_field(make, session, now, values, field):
    member, on = make.member(), make.list()
    with pytest.raises(Refused) as refused:
        _start(session, make.actor(member), on, now, **values)
    assert refused.value.field == field


def test_scripts_and_tracking_pixels_do_not_survive(make, session, now):
    member, on = make.member(), make.list()
    text = (
        "<script>alert(1)</script> ![x](https://evil.example/p.gif) <img src=x onerror=alert(1)> "
        "[klik](javascript:alert(1)) <a href='data:text/html,x'>x</a>"
    )
    started = _start(session, make.actor(member), on, now, text=text, anyway=True)
    post = session.scalars(select(Post).where(Post.discussion_id == started.id)).one()
    for bad in ("<script", "<img", "javascript:", 'href="data:', "onerror=alert(1)>"):
        assert bad not in post.html.replace("&lt;", "‹")


@pytest.mark.parametrize("how", ["removed", "elsewhere", "never"])
def test_an_answer_to_a_post_that_is_gone_is_refused_in_one_sentence(make, session, now, how):
    on, author = make.list(), make.member()
    discussion, other = make.discussion(on, author, posts=2), make.discussion(on, author)
    parent = session.scalars(
        select(Post).where(Post.discussion_id == discussion.id, Post.number == 2)
    ).one()
    parent.deleted_at = now if how == "removed" else None
    session.flush()
    elsewhere = session.scalars(select(Post.id).where(Post.discussion_id == other.id)).one()
    parent_id = {"removed": parent.id, "elsewhere": elsewhere, "never": 99_999_999}[how]
    values = {"discussion_id": discussion.id, "text": "Toch", "now": now}
    with pytest.raises(operations.ParentGone) as refused:
        operations.answer(session, make.actor(author), in_reply_to_id=parent_id, **values)
    assert refused.value.field == "text"
    assert operations.answer(session, make.actor(author), **values).number == 3


def test_whoever_may_not_gets_not_found(make, session, now):
    on = make.list(Visibility.CLOSED)
    author = make.member()
    outsider = make.member()
    discussion = make.discussion(on, author)
    for actor in (VISITOR, make.actor(outsider)):
        with pytest.raises(NotFound):
            _start(session, actor, on, now)
        with pytest.raises(NotFound):
            operations.answer(session, actor, discussion_id=discussion.id, text="x", now=now)
        with pytest.raises(NotFound):
            attending.set_attention(
                session, actor, discussion_id=discussion.id, attention=Attention.FOLLOW
            )


def test_writing_leaves_an_event_for_the_worker_and_one_for_those_who_look(make, session, now):
    on, author = make.list(), make.member()
    discussion = make.discussion(on, author)
    operations.answer(session, make.actor(author), discussion_id=discussion.id, text="x", now=now)
    live = session.execute(select(LiveEvent.audience, LiveEvent.kind, LiveEvent.subject)).all()
    assert [tuple(row) for row in live] == [(f"discussion:{discussion.id}", "post", 2)]


# --- reactions


def test_a_reaction_is_given_and_taken_back_and_counted(make, session, now):
    discussion = make.discussion(make.list(), make.member())
    readers = [make.member(), make.member()]
    post = session.scalars(select(Post).where(Post.discussion_id == discussion.id)).one()
    for reader in readers:
        operations.react(session, make.actor(reader), post_id=post.id, kind="thanks")
    assert post.thanks == 2
    operations.react(session, make.actor(readers[0]), post_id=post.id, kind="thanks")
    assert post.thanks == 1
    operations.react(session, make.actor(readers[0]), post_id=post.id, kind="learned")
    assert (post.thanks, post.recognised, post.learned) == (1, 0, 1)
    assert session.scalar(select(func.count()).select_from(Reaction)) == 2


def test_an_unknown_reaction_is_refused(make, session):
    discussion = make.discussion(make.list(), make.member())
    reader = make.member()
    post = session.scalars(select(Post).where(Post.discussion_id == discussion.id)).one()
    for kind in ("", "version", "id", "duim"):
        with pytest.raises(Refused):
            operations.react(session, make.actor(reader), post_id=post.id, kind=kind)


# --- following


def _attention(session, member, discussion):
    return session.scalar(
        select(DiscussionAttention.attention).where(
            DiscussionAttention.member_id == member.id,
            DiscussionAttention.discussion_id == discussion.id,
        )
    )


def test_whoever_starts_or_answers_follows(make, session, now):
    starter, answerer, on = make.member(), make.member(), make.list()
    started = _start(session, make.actor(starter), on, now)
    operations.answer(session, make.actor(answerer), discussion_id=started.id, text="x", now=now)
    assert _attention(session, starter, started) == Attention.FOLLOW
    assert _attention(session, answerer, started) == Attention.FOLLOW


def test_a_muted_discussion_stays_muted_when_one_answers(make, session, now):
    member = make.member()
    discussion = make.discussion(make.list(), make.member())
    actor = make.actor(member)
    attending.set_attention(session, actor, discussion_id=discussion.id, attention=Attention.MUTE)
    operations.answer(session, actor, discussion_id=discussion.id, text="x", now=now)
    assert _attention(session, member, discussion) == Attention.MUTE


def test_following_by_oneself_can_be_turned_off(make, session, now):
    member, on = make.member(), make.list()
    actor = make.actor(member)
    attending.set_follows_own(session, actor, False)
    started = _start(session, actor, on, now)
    assert _attention(session, member, started) is None
    attending.set_attention(session, actor, discussion_id=started.id, attention=Attention.FOLLOW)
    attending.set_attention(session, actor, discussion_id=started.id, attention=None)
    assert _attention(session, member, started) is None


# --- reading


def test_a_read_mark_never_moves_back(make, session):
    member = make.member()
    discussion = make.discussion(make.list(), make.member(), posts=5)
    for number in (3, 5, 2):
        attending.read_upto(session, make.actor(member), discussion.id, number)
    assert session.scalars(select(ReadMark.number)).one() == 5


def test_mark_all_as_read_moves_the_marks_of_one_list_or_of_all(make, session, now):
    member, author = make.member(), make.member()
    one, two = make.list(), make.list()
    a, b = make.discussion(one, author, posts=4), make.discussion(two, author, posts=3)
    actor = make.actor(member)
    for discussion in (a, b):
        attending.read_upto(session, actor, discussion.id, 1)

    def marks():
        session.expire_all()
        return dict(session.execute(select(ReadMark.discussion_id, ReadMark.number)).all())

    attending.mark_all_read(session, actor, now=now, list_id=one.id)
    assert marks() == {a.id: 4, b.id: 1}
    attending.mark_all_read(session, actor, now=now)
    assert marks() == {a.id: 4, b.id: 3}


def test_nothing_waits_in_the_outbox_for_what_was_rolled_back(make, session, now):
    member, on = make.member(), make.list()
    _start(session, make.actor(member), on, now)
    session.rollback()
    for model in (Discussion, Post, Job, LiveEvent):
        assert session.scalar(select(func.count()).select_from(model)) == 0


def test_a_note_on_content_folds_the_opening_itself(make, session, now):
    member, on = make.member(), make.list()
    started = _start(session, make.actor(member), on, now, content_note=" Suïcide ")
    opening = session.scalars(select(Post).where(Post.discussion_id == started.id)).one()
    assert (started.content_note, opening.content_note) == ("Suïcide", "Suïcide")
