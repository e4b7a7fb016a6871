"""Who facilitates a group: somebody in it, or somebody from the pool of trained facilitators.

Nobody is made to: whoever is asked says yes or no, and whoever offers it is taken or not. Saying
yes brings somebody from the pool into the group.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cop.groups import events
from cop.groups.models import (
    FacilitatorState,
    Group,
    GroupFacilitator,
    GroupKind,
    TrainedFacilitator,
)
from cop.groups.operations import locked
from cop.groups.permissions import (
    GROUPS,
    GroupPermission,
    has_facilitator,
)
from cop.members.actor import Actor
from cop.members.models import Member, MemberState, Persona
from cop.members.queries import own_persona
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.spaces import joining
from cop.spaces.circles import CircleMembership, standing_of
from cop.spaces.events import moment
from cop.spaces.joining import IN_IT
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

LONGEST_WORDS = 500

ASKED, OFFERED, ACCEPTED, ENDED = FacilitatorState


# --- the pool ---


def stand_ready(
    session: Session,
    actor: Actor,
    *,
    intervisie: bool,
    beraad: bool,
    training: str,
    now: datetime,
    anyway: bool = False,
) -> TrainedFacilitator:
    """Put oneself into the pool, or change what it says; under one's own name.

    Raises:
        NotFound: a visitor.
        Refused: neither kind, no word on the training, or too many.
    """
    if actor.member_id is None:
        raise NotFound
    training = trimmed(training)
    if not (intervisie or beraad):
        raise Refused(_("Choose at least one of the two."), "intervisie")
    if not training:
        raise Refused(_("Say in a line how you learnt to facilitate."), "training")
    if len(training) > LONGEST_WORDS:
        raise Refused(_("Keep it to %(most)s characters, please.", most=LONGEST_WORDS), "training")
    ask_author([training], Purpose.PROFILE, anyway)
    mine = session.get(TrainedFacilitator, actor.member_id, with_for_update=True)
    if mine is None:
        mine = TrainedFacilitator(
            member_id=actor.member_id,
            persona_id=own_persona(session, actor.member_id).id,
            since=now,
        )
        session.add(mine)
    mine.intervisie, mine.beraad, mine.training = intervisie, beraad, training
    session.flush()
    return mine


def stand_down(session: Session, actor: Actor) -> None:
    """Leave the pool; the groups that one facilitates stay."""
    session.execute(
        delete(TrainedFacilitator).where(TrainedFacilitator.member_id == actor.member_id)
    )


# --- asking, offering, answering ---


def ask(
    session: Session,
    actor: Actor,
    group_id: int,
    handle: str,
    words: str,
    now: datetime,
    anyway: bool = False,
) -> GroupFacilitator:
    """Ask somebody in the group, or of the pool, to facilitate it. Of oneself it is a yes.

    Raises:
        NotFound: the actor does not organise the group.
        Refused: nobody of that name can be asked, or too many words.
    """
    GROUPS.get(session, actor, GroupPermission.MANAGE, group_id)
    group = locked(session, group_id)
    words = trimmed(words)
    if len(words) > LONGEST_WORDS:
        raise Refused(_("Keep it to %(most)s characters, please.", most=LONGEST_WORDS), "words")
    persona = _candidate(session, group, handle.strip().removeprefix("@").lower())
    ask_author([words], Purpose.GATHERING, anyway)
    if persona.member_id == actor.member_id:
        return _say_yes(session, _row(session, group, persona, now), now)
    row = _row(session, group, persona, now)
    if row.state in (ASKED, ACCEPTED):
        return row
    if row.state == OFFERED:
        return _take(session, group, row, now)
    mine = standing_of(session, actor, group.circle_id)
    row.state, row.words, row.at = ASKED, words, now
    row.by_id = mine.persona_id if mine is not None else None
    session.flush()
    emit(session, events.FacilitatorAsked(facilitator_id=row.id, at=moment(now)), now)
    return row


def answer(
    session: Session, actor: Actor, group_id: int, accept: bool, now: datetime
) -> GroupFacilitator:
    """Say yes or no to being asked. Who says yes is in the group from then on.

    Raises:
        NotFound: the actor was not asked, or it was taken back.
        Refused: yes, of somebody who is in the group under another name than was asked.
    """
    group = GROUPS.get(session, actor, GroupPermission.ANSWER, group_id)
    locked(session, group_id)
    row = _mine(session, actor, group_id, ASKED)
    if row is None:
        raise NotFound
    if accept:
        membership = joining.take_on(session, actor, group.circle_id, now)
        if membership.persona_id != row.persona_id:
            raise Refused(
                _("You are in this group under another name. Offer it under that one, if you like.")
            )
        return _say_yes(session, row, now)
    return _say_no(session, row, now, by_group=False)


def offer(
    session: Session, actor: Actor, group_id: int, words: str, now: datetime, anyway: bool = False
) -> GroupFacilitator:
    """Offer to facilitate a group that looks for somebody; its organisers decide.

    Raises:
        NotFound: the actor is neither in it nor trained for it, or it has a facilitator.
        Refused: too many words.
    """
    group = GROUPS.get(session, actor, GroupPermission.OFFER, group_id)
    locked(session, group_id)
    assert actor.member_id is not None
    words = trimmed(words)
    if len(words) > LONGEST_WORDS:
        raise Refused(_("Keep it to %(most)s characters, please.", most=LONGEST_WORDS), "words")
    ask_author([words], Purpose.GATHERING, anyway)
    there = standing_of(session, actor, group.circle_id)
    inside = there is not None and there.standing in IN_IT
    persona = (
        there.persona if there is not None and inside else own_persona(session, actor.member_id)
    )
    row = _row(session, group, persona, now)
    if GroupPermission.MANAGE in GROUPS.held(session, actor, group_id):
        return _say_yes(session, row, now)
    row.state, row.words, row.at, row.by_id = OFFERED, words, now, None
    session.flush()
    emit(session, events.FacilitatorOffered(facilitator_id=row.id, at=moment(now)), now)
    return row


def take_offer(
    session: Session,
    actor: Actor,
    group_id: int,
    facilitator_id: int,
    accept: bool,
    now: datetime,
) -> GroupFacilitator:
    """Take somebody who offers to facilitate, or not.

    Raises:
        NotFound: the actor does not organise the group, or nobody offers it.
    """
    group = GROUPS.get(session, actor, GroupPermission.MANAGE, group_id)
    locked(session, group_id)
    row = _of_group(session, group_id, facilitator_id)
    if row.state == ACCEPTED and accept:
        return row
    if row.state != OFFERED or row.member_id is None:
        raise NotFound
    if not accept:
        return _say_no(session, row, now, by_group=True)
    return _take(session, group, row, now)


def take_back(session: Session, actor: Actor, group_id: int, facilitator_id: int) -> None:
    """Ask somebody no longer, who has not answered.

    Raises:
        NotFound: the actor does not organise the group, or nobody waits there.
    """
    GROUPS.get(session, actor, GroupPermission.MANAGE, group_id)
    locked(session, group_id)
    row = _of_group(session, group_id, facilitator_id)
    if row.state != ASKED:
        raise NotFound
    row.state = ENDED
    session.flush()


def relieve(
    session: Session, actor: Actor, group_id: int, facilitator_id: int, now: datetime
) -> None:
    """The group goes on without this facilitator, who hears of it and stays in the group.

    Raises:
        NotFound: the actor does not organise the group, or it is nobody who facilitates.
    """
    GROUPS.get(session, actor, GroupPermission.MANAGE, group_id)
    locked(session, group_id)
    row = _of_group(session, group_id, facilitator_id)
    if row.state != ACCEPTED or row.member_id is None:
        raise NotFound
    end(session, row, now)
    if row.member_id != actor.member_id:
        emit(session, _declined(row, now, by_group=True), now)


def stop(session: Session, actor: Actor, group_id: int, now: datetime) -> None:
    """Facilitate no longer, and stay in the group. Needs no reason.

    Raises:
        NotFound: the actor does not facilitate it and offered nothing.
    """
    group = session.get(Group, group_id)
    row = _mine(session, actor, group_id, OFFERED, ACCEPTED)
    if group is None or row is None:
        raise NotFound
    locked(session, group_id)
    end(session, row, now)


def end(session: Session, row: GroupFacilitator, now: datetime) -> None:
    """Somebody facilitates no longer; when nobody does any more, the group hears of it."""
    was = row.state
    row.state, row.words = ENDED, ""
    session.flush()
    if was == ACCEPTED and not session.scalar(
        select(Group.id).where(Group.id == row.group_id, has_facilitator(Group.id))
    ):
        emit(session, events.LastFacilitatorGone(group_id=row.group_id, at=moment(now)), now)


def _candidate(session: Session, group: Group, handle: str) -> Persona:
    """Who can be asked by this handle: somebody in the group, or of the pool for its kind.

    Raises:
        Refused: nobody.
    """
    inside = session.scalar(
        select(Persona)
        .join(CircleMembership, CircleMembership.persona_id == Persona.id)
        .where(CircleMembership.circle_id == group.circle_id, Persona.handle == handle)
        .where(CircleMembership.standing.in_(IN_IT))
    )
    if inside is not None:
        return inside
    kind = (
        TrainedFacilitator.intervisie
        if group.kind == GroupKind.INTERVISIE
        else TrainedFacilitator.beraad
    )
    trained = session.scalar(
        select(Persona)
        .join(TrainedFacilitator, TrainedFacilitator.persona_id == Persona.id)
        .join(Member, Member.id == TrainedFacilitator.member_id)
        .where(Persona.handle == handle, kind, Member.state == MemberState.ACTIVE)
    )
    if trained is None:
        raise Refused(_("Choose somebody of the group or of the pool, please."), "handle")
    return trained


def _row(session: Session, group: Group, persona: Persona, now: datetime) -> GroupFacilitator:
    """The row of this name; a new one says nothing yet."""
    row = session.scalar(
        select(GroupFacilitator).where(
            GroupFacilitator.group_id == group.id, GroupFacilitator.persona_id == persona.id
        )
    )
    if row is None:
        row = GroupFacilitator(
            group_id=group.id,
            member_id=persona.member_id,
            persona_id=persona.id,
            state=ENDED,
            at=now,
        )
        session.add(row)
        session.flush()
    return row


def _mine(
    session: Session, actor: Actor, group_id: int, *states: FacilitatorState
) -> GroupFacilitator | None:
    if not actor.is_member:
        return None
    return session.scalars(
        select(GroupFacilitator)
        .where(GroupFacilitator.group_id == group_id)
        .where(GroupFacilitator.member_id == actor.member_id)
        .where(GroupFacilitator.state.in_(states))
        .order_by(GroupFacilitator.at, GroupFacilitator.id)
    ).first()


def _of_group(session: Session, group_id: int, facilitator_id: int) -> GroupFacilitator:
    row = session.get(GroupFacilitator, facilitator_id)
    if row is None or row.group_id != group_id:
        raise NotFound
    return row


def _take(session: Session, group: Group, row: GroupFacilitator, now: datetime) -> GroupFacilitator:
    """Who offered it is taken, and is in the group from then on."""
    assert row.member_id is not None  # a member offers, and a row of who left has ended
    membership = joining.take_on(session, Actor(row.member_id), group.circle_id, now)
    if membership.persona_id != row.persona_id:  # came in under another name meanwhile
        return _say_no(session, row, now, by_group=True)
    return _say_yes(session, row, now)


def _say_yes(session: Session, row: GroupFacilitator, now: datetime) -> GroupFacilitator:
    if row.state != ACCEPTED:
        row.state, row.words, row.at = ACCEPTED, "", now
        session.flush()
        emit(session, events.FacilitatorFound(facilitator_id=row.id, at=moment(now)), now)
    return row


def _say_no(
    session: Session, row: GroupFacilitator, now: datetime, by_group: bool
) -> GroupFacilitator:
    row.state, row.words, row.at = ENDED, "", now
    session.flush()
    emit(session, _declined(row, now, by_group), now)
    return row


def _declined(row: GroupFacilitator, now: datetime, by_group: bool) -> events.FacilitatorDeclined:
    return events.FacilitatorDeclined(facilitator_id=row.id, at=moment(now), by_group=by_group)
