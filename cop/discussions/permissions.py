"""Who may do what with lists, discussions and posts: one table each.

Everything follows from the list's circle and from what the list allows (`start_by`, `answer_by`).
Moderators act where they can read as a member, and not where they take
part under a pseudonym; the role itself opens nothing. An archived list, or
a list of an archived space, stays readable and takes nothing new; a closed discussion takes no
answers.
"""

from enum import StrEnum
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, exists, false, or_
from sqlalchemy.orm import aliased
from sqlalchemy.orm.util import AliasedClass

from cop.discussions.models import Discussion, DiscussionList, Post, WhoMay
from cop.members.actor import Actor
from cop.members.models import Member, Persona, SiteRole
from cop.platform.policy import Policy
from cop.spaces import circles
from cop.spaces.models import Space


class ListPermission(StrEnum):
    FIND = "find"  # know that it exists
    READ = "read"
    START = "start"  # a discussion
    COORDINATE = "coordinate"  # settings, pins, order
    JOIN = "join"
    REQUEST = "request"  # ask to join


class DiscussionPermission(StrEnum):
    READ = "read"
    ANSWER = "answer"
    FOLLOW = "follow"  # or mute
    TEND = "tend"  # close, reopen, mark the answer: its author and whoever coordinates
    COORDINATE = "coordinate"  # pin, move, split, fold


class PostPermission(StrEnum):
    READ = "read"
    REACT = "react"
    BOOKMARK = "bookmark"
    REPORT = "report"
    EDIT = "edit"
    DELETE = "delete"  # by its author
    COORDINATE = "coordinate"  # remove, fold, move


# The predicates look at other tables through these, so that a query may join the tables as well.
_List: Any = aliased(DiscussionList)
_Discussion: Any = aliased(Discussion)
_Space: Any = aliased(Space)
_Author: Any = aliased(Persona)

AnyList = type[DiscussionList] | AliasedClass[DiscussionList] | Any


def _open_for_writing(on: AnyList) -> ColumnElement[bool]:
    archived = exists().where(_Space.id == on.space_id, _Space.archived_at.is_not(None))
    return and_(on.archived_at.is_(None), ~archived)


def _may_write(actor: Actor, on: AnyList, who: Any) -> ColumnElement[bool]:
    """Among readers, those whom the list lets start or answer; coordinators always."""
    if not actor.is_member:
        return false()
    return and_(
        _open_for_writing(on),
        circles.readable(actor, on.circle_id),
        or_(
            who == WhoMay.READERS,
            and_(who == WhoMay.JOINED, circles.in_circle(actor, on.circle_id)),
            circles.coordinates(actor, on.circle_id),
        ),
    )


def _may_coordinate(actor: Actor, on: AnyList) -> ColumnElement[bool]:
    """Its coordinators; moderators where they read it, unless they are there under a pseudonym."""
    mine = circles.coordinates(actor, on.circle_id)
    if not actor.moderates:
        return mine
    by_role = and_(
        circles.readable(actor, on.circle_id), circles.under_own_name(actor, on.circle_id)
    )
    return or_(mine, by_role)


# --- lists


def list_finder(actor: Actor) -> ColumnElement[bool]:
    return circles.findable(actor, DiscussionList.circle_id)


def list_reader(actor: Actor) -> ColumnElement[bool]:
    return circles.readable(actor, DiscussionList.circle_id)


def list_starter(actor: Actor) -> ColumnElement[bool]:
    return _may_write(actor, DiscussionList, DiscussionList.start_by)


def answering_members() -> ColumnElement[bool]:
    """The condition on `Member` under which they may answer in a list's discussions that are open.

    For mails, which go to many members at once.
    """
    each = Actor(cast(Any, Member.id), SiteRole.MEMBER)
    return _may_write(each, DiscussionList, DiscussionList.answer_by)


def list_coordinator(actor: Actor) -> ColumnElement[bool]:
    return _may_coordinate(actor, DiscussionList)


def list_joiner(actor: Actor) -> ColumnElement[bool]:
    return circles.joinable(actor, DiscussionList.circle_id)


def list_requester(actor: Actor) -> ColumnElement[bool]:
    return circles.requestable(actor, DiscussionList.circle_id)


LISTS: Policy[Actor, DiscussionList] = Policy(
    DiscussionList,
    {
        ListPermission.FIND: (list_finder,),
        ListPermission.READ: (list_reader,),
        ListPermission.START: (list_starter,),
        ListPermission.COORDINATE: (list_coordinator,),
        ListPermission.JOIN: (list_joiner,),
        ListPermission.REQUEST: (list_requester,),
    },
)


# --- discussions


def _its_list(of: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(of.deleted_at.is_(None), exists().where(_List.id == of.list_id, *conditions))


def _its_reader(actor: Actor, of: Any) -> ColumnElement[bool]:
    return _its_list(of, circles.readable(actor, _List.circle_id))


def _its_coordinator(actor: Actor, of: Any) -> ColumnElement[bool]:
    return _its_list(of, _may_coordinate(actor, _List))


def _written_by(actor: Actor, author_id: Any) -> ColumnElement[bool]:
    """The author is one of the actor's own names."""
    if not actor.is_member:
        return false()
    return exists().where(_Author.id == author_id, _Author.member_id == actor.member_id)


def discussion_reader(actor: Actor) -> ColumnElement[bool]:
    return _its_reader(actor, Discussion)


def discussion_answerer(actor: Actor) -> ColumnElement[bool]:
    return and_(
        Discussion.closed_at.is_(None),
        _its_list(Discussion, _may_write(actor, _List, _List.answer_by)),
    )


def discussion_member(actor: Actor) -> ColumnElement[bool]:
    return discussion_reader(actor) if actor.is_member else false()


def discussion_author(actor: Actor) -> ColumnElement[bool]:
    return and_(
        _written_by(actor, Discussion.author_id),
        _its_list(Discussion, _open_for_writing(_List), circles.readable(actor, _List.circle_id)),
    )


def discussion_coordinator(actor: Actor) -> ColumnElement[bool]:
    return _its_coordinator(actor, Discussion)


DISCUSSIONS: Policy[Actor, Discussion] = Policy(
    Discussion,
    {
        DiscussionPermission.READ: (discussion_reader,),
        DiscussionPermission.ANSWER: (discussion_answerer,),
        DiscussionPermission.FOLLOW: (discussion_member,),
        DiscussionPermission.TEND: (discussion_author, discussion_coordinator),
        DiscussionPermission.COORDINATE: (discussion_coordinator,),
    },
)


# --- posts


def _in_discussion(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_Discussion.id == Post.discussion_id, condition)


def post_reader(actor: Actor) -> ColumnElement[bool]:
    """Deleted and folded posts included: what is left of them is shown to every reader."""
    return _in_discussion(_its_reader(actor, _Discussion))


def _standing_post_reader(actor: Actor) -> ColumnElement[bool]:
    return and_(Post.deleted_at.is_(None), post_reader(actor)) if actor.is_member else false()


def post_thanker(actor: Actor) -> ColumnElement[bool]:
    """Whoever reads it and did not write it, while the list is in use."""
    if not actor.is_member:
        return false()
    return and_(
        Post.deleted_at.is_(None),
        Post.hidden_at.is_(None),
        ~_written_by(actor, Post.author_id),
        _in_discussion(
            _its_list(
                _Discussion, _open_for_writing(_List), circles.readable(actor, _List.circle_id)
            )
        ),
    )


def post_author(actor: Actor) -> ColumnElement[bool]:
    """Its author, also after the discussion closed: a name that slipped in can always go."""
    return and_(_written_by(actor, Post.author_id), _standing_post_reader(actor))


def post_other_reader(actor: Actor) -> ColumnElement[bool]:
    return and_(~_written_by(actor, Post.author_id), _standing_post_reader(actor))


def post_coordinator(actor: Actor) -> ColumnElement[bool]:
    return _in_discussion(_its_coordinator(actor, _Discussion))


POSTS: Policy[Actor, Post] = Policy(
    Post,
    {
        PostPermission.READ: (post_reader,),
        PostPermission.REACT: (post_thanker,),
        PostPermission.BOOKMARK: (_standing_post_reader,),
        PostPermission.REPORT: (post_other_reader,),
        PostPermission.EDIT: (post_author,),
        PostPermission.DELETE: (post_author,),
        PostPermission.COORDINATE: (post_coordinator,),
    },
)
