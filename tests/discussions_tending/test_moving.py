"""Moving and splitting: never to people for whom it was not written."""

import pytest
from sqlalchemy import select, update

from cop.discussions import attending, operations, queries, tending_moving
from cop.discussions.models import Discussion, DiscussionKind, Post, ReadMark
from cop.members.models import Persona, PersonaKind, SiteRole
from cop.platform import clock
from cop.platform.errors import NotFound, Refused
from cop.spaces.circles import Standing, Visibility

PUBLIC, OPEN, CLOSED, PRIVATE = Visibility

# (from, to, allowed) between circles of their own, with a member of the target who is not in
# the source
WAYS = [
    (PUBLIC, PUBLIC, True),
    (PUBLIC, OPEN, True),
    (PUBLIC, CLOSED, True),
    (PUBLIC, PRIVATE, True),
    (OPEN, PUBLIC, False),
    (OPEN, OPEN, True),
    (OPEN, CLOSED, True),
    (OPEN, PRIVATE, True),
    (CLOSED, PUBLIC, False),
    (CLOSED, OPEN, False),
    (CLOSED, CLOSED, False),
    (CLOSED, PRIVATE, False),
    (PRIVATE, PUBLIC, False),
    (PRIVATE, OPEN, False),
    (PRIVATE, CLOSED, False),
    (PRIVATE, PRIVATE, False),
]


@pytest.fixture
def mover(make):
    return make.member("Mo Ver")


@pytest.mark.parametrize(("source", "target", "allowed"), WAYS)
def test_a_discussion_only_goes_where_every_reader_could_read_it_already(
    session, make, mover, now, source, target, allowed
):
    old, new = make.list(source, coordinator=mover), make.list(target, coordinator=mover)
    make.join(make.member(), new.circle)
    discussion = make.discussion(old, mover)
    elsewhere = make.discussion(old, make.member())  # no words are taken from their author
    if allowed:
        moved = tending_moving.move(session, make.actor(mover), discussion.id, new.id, now)
        assert moved.list_id == new.id
        if target in (PUBLIC, OPEN):
            tending_moving.move(session, make.actor(mover), elsewhere.id, new.id, now)
        else:
            with pytest.raises(Refused, match="woorden kwijtraken"):
                tending_moving.move(session, make.actor(mover), elsewhere.id, new.id, now)
            session.execute(
                update(Post).where(Post.discussion_id == elsewhere.id).values(deleted_at=now)
            )
            tending_moving.move(session, make.actor(mover), elsewhere.id, new.id, now)
    else:
        with pytest.raises(Refused) as refusal:
            tending_moving.move(session, make.actor(mover), discussion.id, new.id, now)
        assert refusal.value.field == "list_id"


def test_from_a_closed_circle_into_one_whose_members_are_all_in_it(session, make, mover, now):
    old, new = make.list(CLOSED, coordinator=mover), make.list(PRIVATE, coordinator=mover)
    both, asked = make.member(), make.member()
    make.join(both, old.circle)
    make.join(both, new.circle)
    make.join(asked, new.circle, Standing.REQUESTED)  # reads nothing yet
    discussion = make.discussion(old, both)
    assert tending_moving.move(session, make.actor(mover), discussion.id, new.id, now)


def test_between_lists_of_one_circle_a_pseudonym_may_go_along(session, make, mover, now):
    space = make.space(CLOSED, coordinator=mover, pseudonyms=True)
    old, new = make.list(space=space), make.list(space=space)
    name = make.pseudonym(make.member(), space.circle)
    discussion = make.discussion(old, name)
    moved = tending_moving.move(session, make.actor(mover), discussion.id, new.id, now)
    assert moved.list_id == new.id


def test_a_pseudonym_is_never_carried_into_another_circle(session, make, mover, now):
    old = make.list(OPEN, coordinator=mover, pseudonyms=True)
    new = make.list(OPEN, coordinator=mover, pseudonyms=True)
    name = make.pseudonym(make.member(), old.circle)
    discussion = make.discussion(old, mover)
    operations.answer(session, make.actor(mover), discussion_id=discussion.id, text="x", now=now)
    session.add(
        Post(
            discussion_id=discussion.id,
            number=9,
            author_id=name.id,
            source="y",
            html="y",
            created_at=now,
        )
    )
    session.flush()
    with pytest.raises(Refused):
        tending_moving.move(session, make.actor(mover), discussion.id, new.id, now)


# who they are on the list it is on and on the other → may move it
MOVERS = [
    (Standing.COORDINATOR, Standing.COORDINATOR, SiteRole.MEMBER, True),
    (Standing.COORDINATOR, Standing.JOINED, SiteRole.MEMBER, False),
    (Standing.JOINED, Standing.COORDINATOR, SiteRole.MEMBER, False),
    (None, None, SiteRole.MODERATOR, True),
    (None, None, SiteRole.MEMBER, False),
]


@pytest.mark.parametrize(("here", "there", "role", "allowed"), MOVERS)
def test_only_who_may_tend_both_lists_moves(session, make, now, here, there, role, allowed):
    who, old, new = make.member(site_role=role), make.list(OPEN), make.list(OPEN)
    for standing, on in ((here, old), (there, new)):
        if standing:
            make.join(who, on.circle, standing)
    discussion = make.discussion(old, make.member())
    if allowed:
        assert tending_moving.move(session, make.actor(who), discussion.id, new.id, now)
    else:
        with pytest.raises(NotFound):
            tending_moving.move(session, make.actor(who), discussion.id, new.id, now)


def test_nothing_moves_to_an_archived_list(session, make, mover, now):
    old = make.list(OPEN, coordinator=mover)
    new = make.list(OPEN, coordinator=mover, archived_at=now)
    discussion = make.discussion(old, mover)
    with pytest.raises(Refused):
        tending_moving.move(session, make.actor(mover), discussion.id, new.id, now)


@pytest.fixture
def long_one(make, mover):
    class Scene:
        on = make.list(OPEN, coordinator=mover)
        author = make.member()
        discussion = make.discussion(on, author, posts=6, text="een twee")

    return Scene


def split(session, actor, discussion, numbers, **changes):
    values = {"title": "Apart", "kind": DiscussionKind.CONVERSATION, "now": clock.now()} | changes
    return tending_moving.split(session, actor, discussion.id, numbers=numbers, **values)


def test_splitting_keeps_ids_and_leaves_a_marker_in_each_place(session, make, mover, long_one):
    before = dict(
        session.execute(
            select(Post.number, Post.id).where(Post.discussion_id == long_one.discussion.id)
        ).all()
    )
    new = split(session, make.actor(mover), long_one.discussion, [3, 5])
    actor = make.actor(long_one.author)
    assert queries.place_of_post(session, actor, before[3]) == (new.id, 1)
    assert queries.place_of_post(session, actor, before[5]) == (new.id, 2)
    markers = session.execute(
        select(Post.number, Post.moved_to_id, Post.source, Post.html)
        .where(Post.discussion_id == long_one.discussion.id, Post.moved_to_id.is_not(None))
        .order_by(Post.number)
    ).all()
    assert [tuple(m) for m in markers] == [(3, before[3], "", ""), (5, before[5], "", "")]
    old = session.get(Discussion, long_one.discussion.id)
    assert (old.post_count, old.words, old.last_number) == (4, 8, 6)
    assert (new.post_count, new.words, new.last_number) == (2, 4, 2)
    assert new.split_from_id == old.id
    assert new.imported_number == 0


def test_what_an_archive_brought_is_no_news_after_a_split_either(session, make, mover, long_one):
    session.get(Discussion, long_one.discussion.id).imported_number = 4
    session.flush()
    assert split(session, make.actor(mover), long_one.discussion, [3, 4, 5]).imported_number == 2


def test_what_was_read_stays_read_after_a_split(session, make, mover, long_one):
    reader, late = make.member(), make.member()
    attending.read_upto(session, make.actor(reader), long_one.discussion.id, 4)
    attending.read_upto(session, make.actor(late), long_one.discussion.id, 2)
    new = split(session, make.actor(mover), long_one.discussion, [3, 5])
    marks = dict(
        session.execute(
            select(ReadMark.member_id, ReadMark.number).where(ReadMark.discussion_id == new.id)
        ).all()
    )
    assert marks == {reader.id: 1}


def test_the_answer_of_a_question_goes_along_only_with_it(session, make, mover, long_one):
    old = session.get(Discussion, long_one.discussion.id)
    old.kind, old.answer_number = DiscussionKind.QUESTION, 5
    session.flush()
    new = split(session, make.actor(mover), old, [3, 5], kind=DiscussionKind.QUESTION)
    assert (old.answer_number, new.answer_number) == (None, 2)


@pytest.mark.parametrize(
    ("numbers", "changes", "field"),
    [
        ([], {}, "numbers"),
        ([1, 2], {}, "numbers"),
        ([2, 99], {}, "numbers"),
        ([2], {"title": "  "}, "title"),
        ([2], {"title": "x" * 5000}, "title"),
        ([2], {"kind": "iets"}, "kind"),
    ],
)
def test_bad_input_for_a_split(session, make, mover, long_one, numbers, changes, field):
    with pytest.raises(Refused) as refusal:
        split(session, make.actor(mover), long_one.discussion, numbers, **changes)
    assert refusal.value.field == field


def test_only_coordinators_split(session, make, long_one):
    with pytest.raises(NotFound):
        split(session, make.actor(long_one.author), long_one.discussion, [2])


def test_moving_never_ties_two_names_of_the_mover(session, make, mover, now):
    """Only who coordinates both lists can move: the names on both would be known as one person."""
    old = make.list(OPEN, pseudonyms=True)
    persona = make.save(
        Persona(
            member_id=mover.id,
            kind=PersonaKind.PSEUDONYM,
            handle="merel",
            name="Merel",
            sort_key="merel",
        )
    )
    make.join(mover, old.circle, Standing.COORDINATOR, persona)
    new = make.list(OPEN, coordinator=mover)
    discussion = make.discussion(old, make.member())
    with pytest.raises(Refused):
        tending_moving.move(session, make.actor(mover), discussion.id, new.id, now)


def test_what_is_split_off_stays_folded(session, make, mover, now):
    on = make.list(OPEN, coordinator=mover)
    old = make.discussion(on, mover, posts=2, content_note="Geweld")
    new = tending_moving.split(
        session,
        make.actor(mover),
        old.id,
        numbers=[2],
        title="Verder",
        kind="conversation",
        now=now,
    )
    opening = session.scalars(select(Post).where(Post.discussion_id == new.id)).one()
    assert (new.content_note, opening.content_note) == ("Geweld", "Geweld")
