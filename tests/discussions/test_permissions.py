"""Who may do what: every role × visibility × permission, as one table."""

import pytest
from sqlalchemy import literal, select

from cop.discussions.models import WhoMay
from cop.discussions.permissions import (
    DISCUSSIONS,
    LISTS,
    POSTS,
    DiscussionPermission,
    ListPermission,
    PostPermission,
)
from cop.members.actor import SYSTEM, VISITOR, Actor
from cop.members.models import Member, SiteRole
from cop.platform.db import unit_of_work
from cop.platform.errors import NotFound
from cop.platform.policy import Policy
from cop.spaces.circles import CircleMembership, Standing, Visibility, reading_members

# With a list: f(ind) r(ead) s(tart) c(oordinate) j(oin) q (ask to join)
LIST_TABLE = """
             public  open   closed  private
visitor      fr      -      -       -
member       frsj    frsj   fq      -
requested    frsj    frsj   f       -
joined       frs     frs    frs     frs
coordinator  frsc    frsc   frsc    frsc
moderator    frscj   frscj  fq      -
administrator frscj  frscj  fq      -
system       fr      fr     fr      fr
"""
# A discussion by somebody else: r(ead) a(nswer) f(ollow) t(end) c(oordinate)
DISCUSSION_TABLE = """
             public  open   closed  private
visitor      r       -      -       -
member       raf     raf    -       -
requested    raf     raf    -       -
joined       raf     raf    raf     raf
coordinator  raftc   raftc  raftc   raftc
moderator    raftc   raftc  -       -
administrator raftc  raftc  -       -
system       r       r      r       r
"""
# A post by somebody else: r(ead) t(hank) b(ookmark) m (report) e(dit) d(elete) c(oordinate)
POST_TABLE = """
             public  open   closed  private
visitor      r       -      -       -
member       rtbm    rtbm   -       -
requested    rtbm    rtbm   -       -
joined       rtbm    rtbm   rtbm    rtbm
coordinator  rtbmc   rtbmc  rtbmc   rtbmc
moderator    rtbmc   rtbmc  -       -
administrator rtbmc  rtbmc  -       -
system       r       r      r       r
"""
LETTERS = {
    "list": dict(zip("frscjq", ListPermission, strict=True)),
    "discussion": dict(zip("raftc", DiscussionPermission, strict=True)),
    "post": dict(
        zip(
            "rtbmedc",
            [
                PostPermission.READ,
                PostPermission.REACT,
                PostPermission.BOOKMARK,
                PostPermission.REPORT,
                PostPermission.EDIT,
                PostPermission.DELETE,
                PostPermission.COORDINATE,
            ],
            strict=True,
        )
    ),
}


def _cells():
    for what, table in (
        ("list", LIST_TABLE),
        ("discussion", DISCUSSION_TABLE),
        ("post", POST_TABLE),
    ):
        lines = table.strip().splitlines()
        for line in lines[1:]:
            role, *cells = line.split()
            for visibility, cell in zip(Visibility, cells, strict=True):
                expected = frozenset(LETTERS[what][c] for c in cell.replace("-", ""))
                yield pytest.param(
                    what, role, visibility, expected, id=f"{what}-{role}-{visibility}"
                )


def _actor(make, role: str, circle) -> Actor:
    if role == "visitor":
        return VISITOR
    if role == "system":
        return SYSTEM
    site = {"moderator": SiteRole.MODERATOR, "administrator": SiteRole.ADMINISTRATOR}
    member = make.member(site_role=site.get(role, SiteRole.MEMBER))
    standing = {s.value: s for s in Standing}.get(role)
    if standing:
        make.join(member, circle, standing)
    return make.actor(member)


@pytest.mark.parametrize(("what", "role", "visibility", "expected"), list(_cells()))
def test_each_role_holds_exactly_what_the_table_says(
    make, session, what, role, visibility, expected
):
    on = make.list(visibility)
    author = make.member()
    make.join(author, on.circle)
    discussion = make.discussion(on, author)
    actor = _actor(make, role, on.circle)
    policy: Policy = {"list": LISTS, "discussion": DISCUSSIONS, "post": POSTS}[what]
    id = {"list": on.id, "discussion": discussion.id, "post": _post_id(session, discussion)}[what]
    assert policy.held(session, actor, id) == expected
    # A statement that is built once, for all actors of the kind, says the same.
    columns = select(*policy.columns(actor.left_open)).where(policy.model.id == id)
    assert policy.from_row(session.execute(columns, {"me": actor.member_id}).one()) == expected
    # What may not be done is 'not found', whatever the permission.
    for permission in set(policy.table) - expected:
        with pytest.raises(NotFound):
            policy.get(session, actor, permission, id)


def _post_id(session, discussion, number=1):
    from cop.discussions.models import Post

    return session.scalars(
        select(Post.id).where(Post.discussion_id == discussion.id, Post.number == number)
    ).one()


def test_an_author_edits_deletes_and_tends_but_does_not_thank_or_report_themselves(make, session):
    author = make.member()
    discussion = make.discussion(make.list(), author)
    held = POSTS.held(session, make.actor(author), _post_id(session, discussion))
    assert {PostPermission.EDIT, PostPermission.DELETE, PostPermission.BOOKMARK} <= held
    assert not {PostPermission.REACT, PostPermission.REPORT, PostPermission.COORDINATE} & held
    assert DiscussionPermission.TEND in DISCUSSIONS.held(session, make.actor(author), discussion.id)


def test_an_author_under_a_pseudonym_is_the_author(make, session):
    on = make.list(Visibility.CLOSED, pseudonyms=True)
    author = make.member()
    pseudonym = make.pseudonym(author, on.circle)
    discussion = make.discussion(on, pseudonym)
    held = POSTS.held(session, make.actor(author), _post_id(session, discussion))
    assert PostPermission.EDIT in held
    assert PostPermission.REACT not in held


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (WhoMay.READERS, {"member": True, "joined": True, "coordinator": True}),
        (WhoMay.JOINED, {"member": False, "joined": True, "coordinator": True}),
        (WhoMay.COORDINATORS, {"member": False, "joined": False, "coordinator": True}),
    ],
)
def test_a_list_says_who_starts_and_who_answers(make, session, who, expected):
    on = make.list(start_by=who, answer_by=who)
    discussion = make.discussion(on, make.member())
    actors = {role: _actor(make, role, on.circle) for role in expected}
    for role, may in expected.items():
        actor = actors[role]
        assert (ListPermission.START in LISTS.held(session, actor, on.id)) is may
        held = DISCUSSIONS.held(session, actor, discussion.id)
        assert (DiscussionPermission.ANSWER in held) is may
        assert DiscussionPermission.READ in held


@pytest.mark.parametrize("what", ["list", "space"])
def test_what_is_archived_is_read_only_even_for_coordinators(make, session, now, what):
    space = make.space(archived_at=now if what == "space" else None)
    on = make.list(space=space, archived_at=now if what == "list" else None)
    author, coordinator = make.member(), make.member()
    make.join(coordinator, on.circle, Standing.COORDINATOR)
    discussion = make.discussion(on, author)
    actor = make.actor(coordinator)
    assert ListPermission.START not in LISTS.held(session, actor, on.id)
    held = DISCUSSIONS.held(session, actor, discussion.id)
    assert DiscussionPermission.READ in held
    assert DiscussionPermission.ANSWER not in held
    post = POSTS.held(session, actor, _post_id(session, discussion))
    assert PostPermission.REACT not in post
    assert PostPermission.READ in post


def test_a_closed_discussion_takes_no_answers(make, session, now):
    author = make.member()
    discussion = make.discussion(make.list(coordinator=author), author, closed_at=now)
    held = DISCUSSIONS.held(session, make.actor(author), discussion.id)
    assert DiscussionPermission.ANSWER not in held
    assert {DiscussionPermission.READ, DiscussionPermission.TEND} <= held


def test_nothing_is_left_of_a_deleted_discussion(make, session, now):
    author = make.member()
    discussion = make.discussion(make.list(coordinator=author), author, deleted_at=now)
    actor = make.actor(author)
    assert DISCUSSIONS.held(session, actor, discussion.id) == frozenset()
    assert POSTS.held(session, actor, _post_id(session, discussion)) == frozenset()


@pytest.mark.parametrize("visibility", Visibility)
def test_the_worker_tells_exactly_those_who_may_read(make, session, visibility):
    on = make.list(visibility)
    roles = ["member", "requested", "joined", "coordinator", "moderator"]
    actors = [_actor(make, role, on.circle) for role in roles]
    told = set(session.scalars(select(Member.id).where(reading_members(literal(on.circle_id)))))
    for actor in actors:
        reads = ListPermission.READ in LISTS.held(session, actor, on.id)
        assert (actor.member_id in told) is reads


@pytest.mark.parametrize("standing", [Standing.REQUESTED, Standing.JOINED])
@pytest.mark.parametrize("role", [SiteRole.MODERATOR, SiteRole.ADMINISTRATOR])
def test_who_is_there_under_a_pseudonym_acts_as_any_other_there(make, session, role, standing):
    """A post that 'Zeewind' removes would say that Zeewind is one of the few moderators."""
    moderator, other = make.member(site_role=role), make.member()
    on, elsewhere = make.list(pseudonyms=True), make.list(pseudonyms=True)
    pseudonym = make.pseudonym(moderator, on.circle)
    make.pseudonym(other, on.circle)
    make.pseudonym(other, elsewhere.circle)
    with unit_of_work() as own:
        own.get(CircleMembership, (on.circle_id, moderator.id)).standing = standing
        own.get(CircleMembership, (on.circle_id, other.id)).standing = standing
    discussion, theirs = make.discussion(on, other), make.discussion(elsewhere, other)
    own_post = make.discussion(on, pseudonym)

    def held(member, list, discussion):
        actor = make.actor(member)
        post_id = _post_id(session, discussion)
        return [
            LISTS.held(session, actor, list.id),
            DISCUSSIONS.held(session, actor, discussion.id),
            POSTS.held(session, actor, post_id),
        ]

    third = make.member()
    make.pseudonym(third, on.circle)
    with unit_of_work() as own:
        own.get(CircleMembership, (on.circle_id, third.id)).standing = standing
    assert held(moderator, on, discussion) == held(third, on, discussion)
    assert held(moderator, on, own_post)[1:] == held(other, on, discussion)[1:]
    # The role is as before where the moderator goes by their own name.
    assert ListPermission.COORDINATE in held(moderator, elsewhere, theirs)[0]
    assert PostPermission.COORDINATE in held(moderator, elsewhere, theirs)[2]


def test_a_pseudonym_that_coordinates_does_what_coordinators_do(make, session):
    moderator = make.member(site_role=SiteRole.MODERATOR)
    on = make.list(pseudonyms=True)
    make.pseudonym(moderator, on.circle)
    with unit_of_work() as own:
        own.get(CircleMembership, (on.circle_id, moderator.id)).standing = Standing.COORDINATOR
    assert ListPermission.COORDINATE in LISTS.held(session, make.actor(moderator), on.id)
