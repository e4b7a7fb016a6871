"""Who may do what with a case: the table, and the predicates it is made of.

A case is read by its circle, that is by those who are in it, also where the circle itself can be
read by everybody. No site role grants any reading, and neither does coordinating a circle. Until
it is shared nobody reads it but the author, and the second reader the version that is before them.

At its date a case is gone, for its author as well, whether the worker has removed it yet or not; so
is a draft thirty days after its last change, if its author was warned a week ago.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy import ColumnElement, and_, bindparam, exists, false, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from cop.cases.models import (
    DRAFT_ENDS,
    READABLE,
    UNSHARED,
    WARNED_BEFORE,
    Case,
    CaseState,
    Contribution,
)
from cop.members.actor import Actor
from cop.members.models import Member, MemberState, Persona
from cop.platform import clock
from cop.platform.db import UtcDateTime
from cop.platform.policy import Policy, among
from cop.spaces.circles import coordinates, in_circle, lacks_coordinator

Rule: TypeAlias = Callable[[Actor], ColumnElement[bool]]


class CasePermission(StrEnum):
    ANSWER = "answer"  # a question below one's own case
    CLOSE = "close"
    CONTRIBUTE = "contribute"
    DELETE = "delete"  # before it is shared
    EXTEND = "extend"
    LEAVE = "leave"  # the circle of chosen people, by oneself
    OWN = "own"  # know where it stands, see who read it
    READ = "read"
    REPORT = "report"  # to the moderators, who don't read it
    SECOND_READ = "second_read"
    SHARE = "share"
    TAKE_BACK = "take_back"  # from the second reader
    WITHDRAW = "withdraw"  # what one shared oneself
    WITHDRAW_LEFT_BEHIND = "withdraw_left_behind"
    WRITE = "write"  # the raw text and everything up to the second reading


def _of(persona_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]) -> Rule:
    """The actor is behind the persona."""

    def rule(actor: Actor) -> ColumnElement[bool]:
        if not actor.is_member:
            return false()
        mine = select(Persona.id).where(Persona.member_id == actor.member_id)
        return persona_id.in_(mine.correlate(None))

    return rule


# Asked when a statement runs: a policy builds its statements once.
def _ago(name: str, since: timedelta) -> ColumnElement[datetime]:
    return bindparam(name, callable_=lambda: clock.now() - since, type_=UtcDateTime())


_NOW = _ago("case_now", timedelta(0))
_CHANGED_BY = _ago("case_changed_by", DRAFT_ENDS)
_WARNED_BY = _ago("case_warned_by", WARNED_BEFORE)


def still_there() -> ColumnElement[bool]:
    """Its date has not come: of removal, or of a draft whose author was warned in time."""
    ended = and_(
        Case.warned_at.is_not(None),
        Case.changed_at <= _CHANGED_BY,
        Case.warned_at <= _WARNED_BY,
        among(Case.state, UNSHARED),
    )
    return and_(or_(Case.remove_at.is_(None), Case.remove_at > _NOW), not_(ended))


_author = _of(Case.author_id)
_reader = _of(Case.reader_id)


def _in_its_circle(actor: Actor) -> ColumnElement[bool]:
    return in_circle(actor, Case.circle_id)  # without one, nobody is in it


def _another_of_it(actor: Actor) -> ColumnElement[bool]:
    """In its circle, and not its author."""
    return and_(_in_its_circle(actor), ~_author(actor))


def _chosen(actor: Actor) -> ColumnElement[bool]:
    """Chosen by name."""
    return and_(Case.own_circle, _another_of_it(actor))


def _while_in(rule: Rule, *states: CaseState) -> Rule:
    """In one of these states, until its date."""
    return lambda actor: and_(among(Case.state, states), still_there(), rule(actor))


def _owns(actor: Actor) -> ColumnElement[bool]:
    return and_(_author(actor), still_there())


def author_gone() -> ColumnElement[bool]:
    """Nobody is behind the author any more, as far as others may know of it.

    A pseudonym whose member left lives on until its own end, so that the two are not tied.
    """
    persona, member = aliased(Persona), aliased(Member)
    left = exists().where(member.id == persona.member_id, member.state != MemberState.ACTIVE)
    return exists().where(persona.id == Case.author_id, or_(persona.gone_at.is_not(None), left))


def _left_to(actor: Actor) -> ColumnElement[bool]:
    """The circle's coordinator; where it has none, a moderator stands in. Never to read it."""
    if not actor.is_member:
        return false()
    circle = Case.circle_id
    mine = coordinates(actor, circle)
    if actor.moderates:
        mine = or_(mine, lacks_coordinator(circle))
    return and_(author_gone(), mine)


CASES: Policy[Actor, Case] = Policy(
    Case,
    {
        CasePermission.ANSWER: (_while_in(_author, CaseState.SHARED),),
        CasePermission.CLOSE: (_while_in(_author, *READABLE),),
        CasePermission.CONTRIBUTE: (_while_in(_in_its_circle, CaseState.SHARED),),
        CasePermission.DELETE: (_while_in(_author, *UNSHARED),),
        CasePermission.EXTEND: (_while_in(_author, *READABLE),),
        CasePermission.LEAVE: (_while_in(_chosen, *READABLE),),
        CasePermission.OWN: (_owns,),
        CasePermission.READ: (
            _while_in(_author, *READABLE),
            _while_in(_in_its_circle, *READABLE),
        ),
        CasePermission.REPORT: (_while_in(_another_of_it, *READABLE),),
        CasePermission.SECOND_READ: (_while_in(_reader, CaseState.WITH_READER),),
        CasePermission.SHARE: (_while_in(_author, CaseState.APPROVED),),
        CasePermission.TAKE_BACK: (_while_in(_author, CaseState.WITH_READER),),
        CasePermission.WITHDRAW: (_while_in(_author, *READABLE),),
        CasePermission.WITHDRAW_LEFT_BEHIND: (_while_in(_left_to, *READABLE),),
        CasePermission.WRITE: (_while_in(_author, CaseState.DRAFT),),
    },
)


class ContributionPermission(StrEnum):
    ANSWER = "answer"
    DELETE = "delete"
    REPORT = "report"


def _under(permission: CasePermission) -> Rule:
    return lambda actor: Contribution.case_id.in_(
        select(Case.id).where(CASES.clause(actor, permission)).correlate(None)
    )


CONTRIBUTIONS: Policy[Actor, Contribution] = Policy(
    Contribution,
    {
        ContributionPermission.ANSWER: (_under(CasePermission.ANSWER),),
        # One's own as long as one may read the case; all of them below a case of one's own.
        ContributionPermission.DELETE: (
            lambda actor: and_(
                _of(Contribution.author_id)(actor), _under(CasePermission.READ)(actor)
            ),
            _under(CasePermission.ANSWER),
        ),
        ContributionPermission.REPORT: (
            lambda actor: and_(
                ~_of(Contribution.author_id)(actor), _under(CasePermission.READ)(actor)
            ),
        ),
    },
)
