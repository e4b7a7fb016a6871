"""Reading where a date is looked for: which are open, and the page of one."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from cop.gatherings import belonging, guests, poll_people, when, words
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.poll_models import Can, DatePoll, PollAnswer, PollOption, PollVoter
from cop.gatherings.poll_people import MOST_NAMES
from cop.gatherings.poll_permissions import POLLS, PollPermission
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.notifications.operations import is_told
from cop.platform import markup
from cop.platform.db import rows
from cop.platform.errors import NotFound
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.spaces import holders
from cop.spaces.circles import Circle, in_circle
from cop.spaces.models import Space

MOST_OPEN = 10
# What the page of a poll answers; that its date is chosen is told on the page of the gathering.
TOLD_OF = tuple(
    f"gatherings.{what}"
    for what in ("date_asked", "date_closed", "date_reminder", "dates_added", "poll_take_over")
)


def last_day(closes_at: datetime) -> datetime:
    """A moment of the last day on which one can answer: it closes with the day."""
    return closes_at - timedelta(minutes=1)


def behind(session: Session, gathering_id: int) -> list[int]:
    """The poll from which this gathering came, if one did."""
    found = session.scalars(select(DatePoll.id).where(DatePoll.gathering_id == gathering_id))
    return list(found)


@dataclass(frozen=True, slots=True)
class OpenPoll:
    """A date that is looked for, in a list."""

    id: int
    title: str
    kind: str
    space_name: str | None
    closes_at: datetime
    answered: bool

    @property
    def last_day(self) -> datetime:
        return last_day(self.closes_at)


def open_polls(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    space_id: int | None = None,
    only_unanswered: bool = False,
) -> list[OpenPoll]:
    """Where the actor is asked: in circles that they are in, and in the whole community."""
    if not actor.is_member:
        return []
    wanted = "space" if space_id is not None else "unanswered" if only_unanswered else "all"
    asked = {"me": actor.member_id, "now": now}
    if space_id is not None:
        asked["space_id"] = space_id
    return [
        OpenPoll(
            r.id,
            r.title,
            str(words.KIND_LABELS[r.kind]),
            r.space_name,
            r.closes_at,
            bool(r.answered),
        )
        for r in rows(session, _open(actor.left_open, wanted), asked)
    ]


@cache
def _open(kind: Actor, wanted: str) -> Any:
    """Built once per kind of actor: building it takes longer than running it."""
    answered = exists().where(
        PollVoter.poll_id == DatePoll.id, PollVoter.member_id == bindparam("me")
    )
    query = (
        select(
            DatePoll.id,
            DatePoll.title,
            DatePoll.kind,
            DatePoll.closes_at,
            Space.name.label("space_name"),
            answered.label("answered"),
        )
        .outerjoin(Space, Space.id == DatePoll.space_id)
        .where(POLLS.clause(kind, PollPermission.READ))
        .where(DatePoll.closed_at.is_(None), DatePoll.closes_at > bindparam("now"))
        .order_by(DatePoll.closes_at, DatePoll.id)
        .limit(MOST_OPEN)
    )
    if wanted == "space":
        return query.where(DatePoll.space_id == bindparam("space_id"))
    if wanted == "unanswered":
        return query.where(in_circle(kind, DatePoll.circle_id), ~answered)
    return query.where(or_(DatePoll.space_id.is_(None), in_circle(kind, DatePoll.circle_id)))


@dataclass(frozen=True, slots=True)
class Option:
    """A proposed date with what people said of it.

    Attributes:
        mine: what the actor said, None for nothing.
        names: who said what, for who organises it: `Can` → names.
    """

    id: int
    starts_at: datetime
    ends_at: datetime
    yes: int
    if_need_be: int
    no: int
    mine: str | None
    names: dict[str, list[str]]

    @property
    def when(self) -> str:
        return when.spoken(self.starts_at, self.ends_at)

    @property
    def can(self) -> int:
        return self.yes + self.if_need_be

    def why(self, all_of_them: int) -> str:
        """Why it stands where it stands, in a sentence."""
        if not all_of_them:
            return _("Nobody has answered yet.")
        if self.yes == all_of_them:
            said = _("Everybody who answered can.")
        else:
            said = ngettext(
                "%(can)s of the one who answered can.",
                "%(can)s of the %(num)s who answered can.",
                all_of_them,
                can=self.can,
            )
        if self.if_need_be:
            said += " " + ngettext(
                "One of them if need be.", "%(num)s of them if need be.", self.if_need_be
            )
        return said


@dataclass(frozen=True, slots=True)
class PollPage:
    """What the page shows.

    Attributes:
        options: in the order of time.
        names_apart: so many answered that who said what stands on a page for each date.
        voters: how many answered.
        silent: who was asked and has not answered, for who organises it; None for others.
        more_silent: there are more of them than are shown.
        silent_guests: names of guests who have not answered, for who organises it.
    """

    poll: DatePoll
    told: bool  # and the notice of it is unread
    may: frozenset[Any]
    kind: str
    minutes: int
    organiser: Person
    space_name: str | None
    space_url: str | None
    visibility: str
    options: list[Option]
    names_apart: bool
    voters: int
    comes: bool
    as_name: str | None
    is_open: bool
    silent: list[Person] | None
    more_silent: bool
    silent_guests: list[str]

    @property
    def last_day(self) -> datetime:
        return last_day(self.poll.closes_at)

    @property
    def manages(self) -> bool:
        return PollPermission.MANAGE in self.may

    @property
    def orphaned(self) -> bool:
        """Nobody looks for the date any more, and the actor may."""
        return PollPermission.TAKE_OVER in self.may

    @property
    def best(self) -> list[Option]:
        """The best first: most who can, then fewest who would rather not, then the earliest."""
        return sorted(self.options, key=lambda o: (-o.can, -o.yes, o.starts_at))


def one(session: Session, actor: Actor, poll_id: int, now: datetime) -> PollPage:
    """One date that is looked for; five queries, three more for who organises it; of a
    group one more.

    Raises:
        NotFound: it is not there, or not for this actor.
    """
    row = session.execute(
        select(
            DatePoll,
            *POLLS.columns(actor),
            *PERSON,
            Circle.visibility,
            Space.name.label("space_name"),
            Space.slug,
            is_told(actor, TOLD_OF, DatePoll.id).label("told"),
        )
        .join(Persona, Persona.id == DatePoll.organiser_id)
        .join(Circle, Circle.id == DatePoll.circle_id)
        .outerjoin(Space, Space.id == DatePoll.space_id)
        .where(DatePoll.id == poll_id)
        .where(POLLS.clause(actor, PollPermission.READ)),
        actor.parameters,
    ).one_or_none()
    if row is None:
        raise NotFound
    poll: DatePoll = row.DatePoll
    may = POLLS.from_row(row)
    manages = PollPermission.MANAGE in may
    voters = session.scalar(
        select(func.count()).select_from(PollVoter).where(PollVoter.poll_id == poll_id)
    )
    own = session.execute(
        select(PollVoter.id, PollVoter.comes, Persona.name)
        .join(Persona, Persona.id == PollVoter.persona_id)
        .where(PollVoter.poll_id == poll_id, PollVoter.member_id == actor.member_id)
    ).one_or_none()
    place = None
    if belonging.of(poll.kind) is not None:
        place = holders.places(session, actor, [poll.circle_id]).get(poll.circle_id)
    elif row.slug:
        place = holders.Place(poll.circle_id, row.space_name, f"/proeftuinen/{row.slug}", "")
    silent = poll_people.silent(session, actor, poll) if manages and place is not None else None
    return PollPage(
        poll=poll,
        told=row.told,
        may=may,
        kind=str(words.KIND_LABELS[poll.kind]),  # type: ignore[index]  # its own kinds only
        minutes=markup.reading_minutes(poll.words),
        organiser=person(row, actor),
        space_name=place.name if place is not None else None,
        space_url=place.url if place is not None else None,
        visibility=row.visibility,
        options=_options(
            session, poll_id, own.id if own else 0, manages and (voters or 0) <= MOST_NAMES
        ),
        names_apart=manages and (voters or 0) > MOST_NAMES,
        voters=voters or 0,
        comes=bool(own.comes) if own else False,
        as_name=own.name if own else None,
        is_open=poll.closed_at is None and poll.closes_at > now,
        silent=silent[:MOST_NAMES] if silent is not None else None,
        more_silent=silent is not None and len(silent) > MOST_NAMES,
        silent_guests=[g.name for g in guests.silent(session, poll_id)] if manages else [],
    )


def _options(session: Session, poll_id: int, mine: int, with_names: bool) -> list[Option]:
    """The dates with what was said of each: counts from one query, names from two others."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for option_id, can, number in session.execute(
        select(PollAnswer.option_id, PollAnswer.can, func.count())
        .join(PollOption, PollOption.id == PollAnswer.option_id)
        .where(PollOption.poll_id == poll_id)
        .group_by(PollAnswer.option_id, PollAnswer.can)
    ):
        counts[option_id][can] = number
    names: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    if with_names:
        for option_id, can, name in poll_people.names(session, poll_id):
            names[option_id][can].append(name)
    rows = session.execute(
        select(PollOption.id, PollOption.starts_at, PollOption.ends_at, PollAnswer.can)
        .outerjoin(
            PollAnswer,
            and_(PollAnswer.option_id == PollOption.id, PollAnswer.voter_id == mine),
        )
        .where(PollOption.poll_id == poll_id)
        .order_by(PollOption.starts_at, PollOption.id)
    )
    return [
        Option(
            r.id,
            r.starts_at,
            r.ends_at,
            counts[r.id].get(Can.YES, 0),
            counts[r.id].get(Can.IF_NEED_BE, 0),
            counts[r.id].get(Can.NO, 0),
            r.can,
            names[r.id],
        )
        for r in rows
    ]


def for_guest(session: Session, guest: GatheringGuest) -> list[Option]:
    """The dates of the poll that a guest is asked about, with what they said; one query."""
    rows = session.execute(
        select(PollOption.id, PollOption.starts_at, PollOption.ends_at, PollAnswer.can)
        .select_from(PollOption)
        .outerjoin(PollVoter, PollVoter.guest_id == guest.id)
        .outerjoin(
            PollAnswer,
            and_(PollAnswer.option_id == PollOption.id, PollAnswer.voter_id == PollVoter.id),
        )
        .where(PollOption.poll_id == guest.poll_id)
        .order_by(PollOption.starts_at, PollOption.id)
    )
    return [Option(r.id, r.starts_at, r.ends_at, 0, 0, 0, r.can, {}) for r in rows]


def option(session: Session, poll_id: int, option_id: int) -> PollOption | None:
    """A proposal of this poll."""
    return session.scalar(
        select(PollOption).where(PollOption.id == option_id, PollOption.poll_id == poll_id)
    )
