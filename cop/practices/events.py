"""What happened to practices, as data. Ids and moments only; `at` is microseconds since 1970."""

from dataclasses import dataclass

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class Published(Event):
    """The first time; later changes stand in the history."""

    name = "practices.published"
    practice_id: int


@dataclass(frozen=True, kw_only=True)
class TakenBack(Event):
    """No longer to be read by others."""

    name = "practices.taken_back"
    practice_id: int
    by_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class AskedToWrite(Event):
    name = "practices.asked_to_write"
    practice_id: int
    persona_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class WritesAlong(Event):
    """Somebody who was asked said yes."""

    name = "practices.writes_along"
    practice_id: int
    persona_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class WritingEnded(Event):
    """Somebody else decided that they write along no longer."""

    name = "practices.writing_ended"
    practice_id: int
    persona_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class AudienceChanged(Event):
    """Others can read it than before; `by_id` is 0 where its writers are told in another way."""

    name = "practices.audience_changed"
    practice_id: int
    by_id: int = 0
    at: int = 0


@dataclass(frozen=True, kw_only=True)
class OpeningAsked(Event):
    """One who writes it wants more people to read it, which all of them have to want."""

    name = "practices.opening_asked"
    practice_id: int
    by_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class OpenedToVisitors(Event):
    """The page became public: each of its writers decides whether visitors see their name."""

    name = "practices.opened_to_visitors"
    practice_id: int
    by_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class ExperienceTold(Event):
    """Somebody says how it went elsewhere, for the first time."""

    name = "practices.experience_told"
    experience_id: int


@dataclass(frozen=True, kw_only=True)
class ComparisonShared(Event):
    name = "practices.comparison_shared"
    comparison_id: int


@dataclass(frozen=True, kw_only=True)
class Left(Event):
    """Nobody looks after it any more."""

    name = "practices.left"
    practice_id: int
    at: int
