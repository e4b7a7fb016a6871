"""Who answered in a search for a date and what they said, and who did not: for who organises it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import exists, literal, select
from sqlalchemy.orm import Session

from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.poll_models import DatePoll, PollAnswer, PollOption, PollVoter
from cop.members.actor import Actor
from cop.members.models import Member, MemberState, Persona
from cop.members.people import PERSON, Person, person
from cop.platform.i18n import gettext as _
from cop.spaces.circles import CircleMembership, Standing

MOST_NAMES = 60


def who_can(session: Session, option: PollOption) -> dict[str, list[str]]:
    """Who said what of one date: `Can` → names; the caller manages the poll. Two queries."""
    said: dict[str, list[str]] = defaultdict(list)
    for _option_id, can, name in names(session, option.poll_id, option.id):
        said[can].append(name)
    return said


def names(
    session: Session, poll_id: int, option_id: int | None = None
) -> Iterator[tuple[int, str, str]]:
    """(number of a date, what is said of it, name), members by name and then guests."""
    of_poll = [PollVoter.poll_id == poll_id]
    if option_id is not None:
        of_poll.append(PollAnswer.option_id == option_id)
    for row in session.execute(
        select(PollAnswer.option_id, PollAnswer.can, Persona.name)
        .join(PollVoter, PollVoter.id == PollAnswer.voter_id)
        .join(Persona, Persona.id == PollVoter.persona_id)
        .where(*of_poll)
        .order_by(Persona.sort_key, Persona.id)
    ):
        yield row.option_id, row.can, row.name
    for said in session.execute(
        select(PollAnswer.option_id, PollAnswer.can, GatheringGuest)
        .join(PollVoter, PollVoter.id == PollAnswer.voter_id)
        .join(GatheringGuest, GatheringGuest.id == PollVoter.guest_id)
        .where(*of_poll)
        .order_by(GatheringGuest.id)
    ):
        yield said.option_id, said.can, _("%(name)s (guest)", name=said.GatheringGuest.name)


def silent(session: Session, actor: Actor, poll: DatePoll) -> list[Person]:
    """Who is in the circle and has not answered, by the name that is shown."""
    rows = session.execute(
        select(*PERSON)
        .join(CircleMembership, CircleMembership.persona_id == Persona.id)
        .where(*_unanswered(poll))
        .order_by(Persona.sort_key, Persona.id)
        .limit(MOST_NAMES + 1)
    )
    return [person(r, actor) for r in rows]


def silent_members(session: Session, poll: DatePoll) -> list[Member]:
    """The same as members, for reminding them."""
    return list(
        session.scalars(
            select(Member)
            .join(CircleMembership, CircleMembership.member_id == Member.id)
            .where(*_unanswered(poll), Member.state == MemberState.ACTIVE)
            .order_by(Member.id)
        )
    )


def _unanswered(poll: DatePoll) -> tuple[Any, ...]:
    voter = exists().where(
        PollVoter.poll_id == literal(poll.id), PollVoter.member_id == CircleMembership.member_id
    )
    return (
        CircleMembership.circle_id == poll.circle_id,
        CircleMembership.standing.in_((Standing.JOINED, Standing.COORDINATOR)),
        ~voter,
    )


def voters_of(session: Session, poll_id: int) -> list[int]:
    """Member ids of everybody who answered, for the worker."""
    found = session.scalars(select(PollVoter.member_id).where(PollVoter.poll_id == poll_id))
    return [member_id for member_id in found if member_id is not None]
