"""Looking for a date: proposing, answering, reminding, closing, and choosing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from cop.gatherings import attending, belonging, events, ground, operations, when
from cop.gatherings.models import Gathering, GatheringKind
from cop.gatherings.operations import LONGEST_TITLE, SAME_FORM, Details
from cop.gatherings.poll_models import Can, DatePoll, PollAnswer, PollOption, PollVoter
from cop.gatherings.poll_permissions import POLLS, PollPermission
from cop.gatherings.voting import Ballots, end_of, refuse_if_closed
from cop.members.actor import Actor
from cop.members.models import Member, Persona
from cop.platform import markup
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.spaces.circles import reading_members
from cop.spaces.events import moment
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

BALLOTS = Ballots(DatePoll, PollVoter, PollAnswer)

MOST_OPTIONS = 60
SHORTEST, LONGEST = 15, 12 * 60  # minutes
FURTHEST = timedelta(days=366)
BETWEEN_REMINDERS = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What is asked. Each of the days at each of the times, on the Dutch clock."""

    kind: str
    title: str
    days: Iterable[date]
    times: Iterable[time]
    minutes: int
    closes_on: date
    source: str = ""


def ask(
    session: Session,
    actor: Actor,
    proposal: Proposal,
    now: datetime,
    *,
    space_id: int | None = None,
    anyway: bool = False,
) -> DatePoll:
    """Ask when people can; the same form sent twice asks once.

    Args:
        space_id: whose members are asked; None for all members of the community.

    Raises:
        NotFound: the actor is no member, or does not take part in the space.
        Refused: something that cannot be, beside its field.
    """
    space = ground.space_to_plan_in(session, actor, space_id)
    ground.refuse_kind_of_group(proposal.kind)
    return put_down(
        session,
        actor,
        proposal,
        now,
        circle_id=space.circle_id if space is not None else None,
        space_id=space_id,
        anyway=anyway,
    )


def put_down(
    session: Session,
    actor: Actor,
    proposal: Proposal,
    now: datetime,
    *,
    circle_id: int | None,
    space_id: int | None = None,
    anyway: bool = False,
) -> DatePoll:
    """The rows of what is asked. The caller has asked whether the actor may.

    Args:
        circle_id: whose members are asked; None for all members of the community.

    Raises:
        Refused: something that cannot be, beside its field.
    """
    title, source = _checked(proposal)
    options = _options(proposal, now)
    closes_at = end_of(proposal.closes_on)
    if closes_at <= now:
        raise Refused(_("This day has passed already."), "closes_on")
    if closes_at >= options[-1][0]:
        raise Refused(_("Choose a day before the last of the dates."), "closes_on")
    ask_author([title, source], Purpose.GATHERING, anyway)
    session.get_one(Member, actor.member_id, with_for_update=True)  # two sends, one after another
    recent = session.scalars(
        select(DatePoll)
        .join(Persona, Persona.id == DatePoll.organiser_id)
        .where(Persona.member_id == actor.member_id)
        .where(DatePoll.title == title, DatePoll.kind == proposal.kind)
        # For the community each poll has a circle of its own.
        .where(DatePoll.circle_id == circle_id if circle_id else DatePoll.space_id.is_(None))
        .where(DatePoll.created_at > now - SAME_FORM, DatePoll.closed_at.is_(None))
        .order_by(DatePoll.id.desc())
    ).all()
    for twin in recent:
        if _dates_of(session, twin.id) == options:
            return twin
    if circle_id is None:
        circle_id = ground.circle_for_all(session)
    poll = DatePoll(
        kind=proposal.kind,
        circle_id=circle_id,
        space_id=space_id,
        organiser_id=ground.name_in(session, actor, circle_id),
        title=title,
        source=source,
        html=markup.render(source),
        words=markup.word_count(source),
        created_at=now,
        closes_at=closes_at,
    )
    session.add(poll)
    session.flush()
    session.add_all(
        PollOption(poll_id=poll.id, starts_at=start, ends_at=end) for start, end in options
    )
    session.flush()
    emit(session, events.DateAsked(poll_id=poll.id), now)
    return poll


def add_dates(
    session: Session,
    actor: Actor,
    poll_id: int,
    days: Iterable[date],
    at: time,
    now: datetime,
) -> int:
    """Propose more dates in a poll that runs, as long as those before; how many are new.

    Who answered already is asked to look again.

    Raises:
        NotFound: the actor does not manage it.
        Refused: it is closed, no day, one that has passed, or more than sixty dates in all.
    """
    POLLS.get(session, actor, PollPermission.MANAGE, poll_id)
    poll = locked(session, poll_id)
    refuse_if_closed(poll, now)
    known = _dates_of(session, poll_id)
    length = known[0][1] - known[0][0]
    proposal = Proposal(
        kind=poll.kind,
        title=poll.title,
        days=days,
        times=[at],
        minutes=int(length.total_seconds() // 60),
        closes_on=when.local(poll.closes_at).date(),
    )
    have = {start for start, _end in known}
    new = [(start, end) for start, end in _options(proposal, now) if start not in have]
    if len(have) + len(new) > MOST_OPTIONS:
        raise Refused(
            _("That makes more than %(most)s dates; choose fewer.", most=MOST_OPTIONS), "days"
        )
    session.add_all(PollOption(poll_id=poll_id, starts_at=start, ends_at=end) for start, end in new)
    session.flush()
    if new:
        by_id = ground.name_in(session, actor, poll.circle_id)
        emit(session, events.DatesAdded(poll_id=poll_id, at=moment(now), by_id=by_id), now)
    return len(new)


def answer(
    session: Session,
    actor: Actor,
    poll_id: int,
    answers: Mapping[int, str],
    comes: bool,
    now: datetime,
) -> PollVoter:
    """Say when one can; a second time replaces the first.

    Args:
        answers: option id → `Can`; options of which nothing is said are left out.
        comes: sign me up if a date is chosen to which I said yes.

    Raises:
        NotFound: the actor may not read it.
        Refused: it is closed, or nothing was said.
    """
    POLLS.get(session, actor, PollPermission.ANSWER, poll_id)
    poll = locked(session, poll_id)
    refuse_if_closed(poll, now)
    voter = BALLOTS.of(session, poll_id, actor.member_id)
    if voter is None:
        persona_id = ground.name_in(session, actor, poll.circle_id)
        voter = PollVoter(poll_id=poll_id, member_id=actor.member_id, persona_id=persona_id)
    return put_answers(session, poll, voter, answers, comes, now)


def put_answers(
    session: Session,
    poll: DatePoll,
    voter: PollVoter,
    answers: Mapping[int, str],
    comes: bool,
    now: datetime,
) -> PollVoter:
    """Store what a member or guest says of the dates, instead of what they said before.

    Raises:
        Refused: nothing was said.
    """
    known = set(session.scalars(select(PollOption.id).where(PollOption.poll_id == poll.id)))
    said = {id: can for id, can in answers.items() if id in known and can in set(Can)}
    if not said:
        raise Refused(_("Say of at least one date whether you can."))
    voter.comes = comes
    given = [PollAnswer(option_id=id, can=can) for id, can in said.items()]
    BALLOTS.put(session, voter, given, now)
    return voter


def remind(session: Session, actor: Actor, poll_id: int, now: datetime) -> DatePoll:
    """Remind everybody who has not answered; once a day at most.

    Raises:
        NotFound: the actor does not manage it.
        Refused: it is closed, or they were reminded today.
    """
    POLLS.get(session, actor, PollPermission.MANAGE, poll_id)
    poll = locked(session, poll_id)
    refuse_if_closed(poll, now)
    if poll.reminded_at is not None and now - poll.reminded_at < BETWEEN_REMINDERS:
        raise Refused(_("They were reminded less than a day ago."))
    poll.reminded_at = now
    session.flush()
    by_id = ground.name_in(session, actor, poll.circle_id)
    emit(session, events.DateReminded(poll_id=poll.id, at=moment(now), by_id=by_id), now)
    return poll


def close(session: Session, actor: Actor, poll_id: int, now: datetime) -> DatePoll:
    """Take no more answers; closed already, nothing changes.

    Raises:
        NotFound: the actor does not manage it.
    """
    POLLS.get(session, actor, PollPermission.MANAGE, poll_id)
    poll = locked(session, poll_id)
    if poll.closed_at is None:
        poll.closed_at = now
        session.flush()
    return poll


def take_over(session: Session, actor: Actor, poll_id: int, now: datetime) -> DatePoll:
    """Look for the date that somebody looked for who left the community; of two, one does.

    Raises:
        NotFound: there is an organiser, a date was chosen, or the actor was not asked.
    """
    POLLS.get(session, actor, PollPermission.TAKE_OVER, poll_id)
    poll = locked(session, poll_id)
    if poll.organiser.gone_at is None or poll.gathering_id is not None:
        raise NotFound
    poll.organiser_id = ground.name_in(session, actor, poll.circle_id)
    session.flush()
    return poll


def close_due(session: Session, now: datetime) -> None:
    """Close those whose day has come, and tell who asked."""
    for poll in BALLOTS.close_due(session, now):
        emit(session, events.DatePollClosed(poll_id=poll.id), now)


def choose(
    session: Session,
    actor: Actor,
    poll_id: int,
    details: Details,
    now: datetime,
    anyway: bool = False,
) -> Gathering:
    """Plan the gathering; who said yes to its date and wished so is signed up.

    Who has something to do first, as agreeing to a group's rules, is asked whether they come.

    Raises:
        NotFound: the actor does not manage it.
        Refused: a date was chosen already, or the details cannot be.
    """
    POLLS.get(session, actor, PollPermission.MANAGE, poll_id)
    poll = locked(session, poll_id)
    if poll.gathering_id is not None:
        raise Refused(_("A date was chosen already."))
    room = belonging.of(poll.kind)
    if room is not None:
        gathering = room.planned(session, actor, poll, details, now)
    else:
        gathering = operations.plan(
            session, actor, details, now, space_id=poll.space_id, anyway=anyway, told=False
        )
    poll.gathering_id = gathering.id
    poll.closed_at = poll.closed_at or now
    session.flush()
    for voter in session.scalars(
        select(PollVoter)
        .join(PollAnswer, PollAnswer.voter_id == PollVoter.id)
        .join(PollOption, PollOption.id == PollAnswer.option_id)
        .join(Member, Member.id == PollVoter.member_id)
        .where(PollVoter.poll_id == poll_id, PollVoter.comes, PollAnswer.can == Can.YES)
        .where(PollOption.starts_at == gathering.starts_at)
        .where(reading_members(literal(poll.circle_id)))
        .order_by(PollVoter.answered_at, PollVoter.id)
    ).all():
        assert voter.member_id is not None  # joined to members
        assert voter.persona_id is not None
        first = belonging.hindrance(session, Actor(voter.member_id), gathering)
        put = attending.put_in if first is None else attending.ask
        put(session, gathering, voter.member_id, voter.persona_id, now)
    if room is not None:
        room.chosen(session, gathering, now)
    emit(session, events.DateChosen(poll_id=poll.id), now)
    return gathering


def drop_who_may_not_read(session: Session, circle_id: int) -> None:
    """Whoever left a closed or private circle does not count in what it still looks for."""
    BALLOTS.drop_who_may_not_read(session, circle_id, DatePoll.circle_id == circle_id)


def locked(session: Session, poll_id: int) -> DatePoll:
    """The row as it is now, held until the end of the transaction."""
    found: DatePoll = BALLOTS.locked(session, poll_id)
    return found


def _checked(proposal: Proposal) -> tuple[str, str]:
    title, source = " ".join(proposal.title.split()), proposal.source.strip()
    if proposal.kind not in set(GatheringKind):
        raise Refused(_("Choose one of these, please."), "kind")
    if not title:
        raise Refused(_("Give it a title, please."), "title")
    ground.refuse_too_long((title, "title", LONGEST_TITLE), (source, "source", markup.MAX_LENGTH))
    if not SHORTEST <= proposal.minutes <= LONGEST:
        raise Refused(_("It lasts from a quarter of an hour to twelve hours."), "minutes")
    return title, source


def _dates_of(session: Session, poll_id: int) -> list[tuple[datetime, datetime]]:
    """What the poll proposes, in order."""
    return [
        (row.starts_at, row.ends_at)
        for row in session.execute(
            select(PollOption.starts_at, PollOption.ends_at)
            .where(PollOption.poll_id == poll_id)
            .order_by(PollOption.starts_at)
        )
    ]


def _options(proposal: Proposal, now: datetime) -> list[tuple[datetime, datetime]]:
    """Each day at each time, in order, none twice."""
    days, times = sorted(set(proposal.days)), sorted(set(proposal.times))
    if not days:
        raise Refused(_("Choose at least one day."), "days")
    if not times:
        raise Refused(_("Fill in at least one time."), "first")
    if len(days) * len(times) > MOST_OPTIONS:
        raise Refused(
            _("That makes more than %(most)s dates; choose fewer.", most=MOST_OPTIONS), "days"
        )
    length = timedelta(minutes=proposal.minutes)
    found = sorted({when.moment(day, at, "days") for day in days for at in times})
    if found[0] <= now:
        raise Refused(_("One of these dates has passed already."), "days")
    if found[-1] > now + FURTHEST:
        raise Refused(_("That is more than a year away."), "days")
    return [(start, start + length) for start in found]
