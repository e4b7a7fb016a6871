"""What happened to gatherings. Ids and moments only; `at` is microseconds since 1970."""

from dataclasses import dataclass

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class Planned(Event):
    name = "gatherings.planned"
    gathering_id: int


@dataclass(frozen=True, kw_only=True)
class Moved(Event):
    """Time or place changed."""

    name = "gatherings.moved"
    gathering_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class Cancelled(Event):
    name = "gatherings.cancelled"
    gathering_id: int


@dataclass(frozen=True, kw_only=True)
class CertaintyChanged(Event):
    """It is `certain` now that it goes on, or no longer."""

    name = "gatherings.certainty_changed"
    gathering_id: int
    certain: bool
    at: int


@dataclass(frozen=True, kw_only=True)
class ComingChanged(Event):
    """Somebody's calendar may have to be told something else than it was."""

    name = "gatherings.coming_changed"
    attendance_id: int


@dataclass(frozen=True, kw_only=True)
class PlaceFound(Event):
    """Somebody who waited got a place."""

    name = "gatherings.place_found"
    attendance_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class OrganiserGone(Event):
    name = "gatherings.organiser_gone"
    gathering_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class ReportWritten(Event):
    """The first time; later changes are not told."""

    name = "gatherings.report_written"
    gathering_id: int


@dataclass(frozen=True, kw_only=True)
class GuestAsked(Event):
    """Somebody without an account is asked by mail: for a gathering, or when they can."""

    name = "gatherings.guest_asked"
    guest_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class GuestAnswered(Event):
    """A guest said whether they come; `comes` is their answer."""

    name = "gatherings.guest_answered"
    guest_id: int
    gathering_id: int
    comes: bool
    at: int = 0


@dataclass(frozen=True, kw_only=True)
class GuestGone(Event):
    """It is over, or was taken back: the guest's rows are erased."""

    name = "gatherings.guest_gone"
    guest_id: int


@dataclass(frozen=True, kw_only=True)
class DateAsked(Event):
    """A date is looked for."""

    name = "gatherings.date_asked"
    poll_id: int


@dataclass(frozen=True, kw_only=True)
class DatesAdded(Event):
    """More dates are proposed in a poll that runs, by the persona `by_id`."""

    name = "gatherings.dates_added"
    poll_id: int
    at: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class DateReminded(Event):
    """The persona `by_id` wants everybody reminded who has not answered."""

    name = "gatherings.date_reminded"
    poll_id: int
    at: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class DatePollClosed(Event):
    """Its day came."""

    name = "gatherings.date_poll_closed"
    poll_id: int


@dataclass(frozen=True, kw_only=True)
class PollOrganiserGone(Event):
    """Whoever looks for a date left the community: somebody is asked to take over."""

    name = "gatherings.poll_organiser_gone"
    poll_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class DateChosen(Event):
    name = "gatherings.date_chosen"
    poll_id: int
