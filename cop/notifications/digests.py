"""Digests: planning whose is due, and composing them from what the capabilities bring.

A digest is planned as a delivery that says only which time it tells of; in the same transaction
the member's marks move on, so that what it covers is told once, whatever happens to a worker. What
it says is gathered when its turn has come, with permissions asked at that moment. One in which
nothing is to be said is not sent.

A capability brings `Piece`s by registering a gatherer with `brings`. Every piece has a key that
names what it says: digests of the same pieces are one content, rendered once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, insert, select, update
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.deliverability import mailable
from cop.members.models import Member, MemberState, SiteRole
from cop.notifications import rhythm, spans
from cop.notifications.models import DIGESTS, MailPreference, Rhythm
from cop.notifications.spans import SETTLED, Span, Wish
from cop.platform.i18n import DEFAULT_LANGUAGE, DEFAULT_ZONE, LANGUAGES
from cop.platform.mail.kinds import deliver
from cop.platform.mail.letters import new_message_id, secret_mark
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import job
from cop.platform.web import settings

KIND = "digest"
PRIORITY = 20  # after letters and single messages
PLAN_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody whose digest is composed.

    Attributes:
        delivery_id: of the digest.
        daily_from, weekly_from, asked_from: since when it tells of each; None leaves it out.
        rest_from: the same of what is neither a list's nor asked of them.
        until: up to when.
        planned_at: when it was planned.
        joined: what it tells of lists that they take part in and chose nothing for.
        held: the same of lists for which they have chosen anew since it was planned, by list id.
        came: subjects of which another mail tells, or a digest told, and up to when; see `comes`.
    """

    delivery_id: int
    member_id: int
    role: str
    language: str
    zone: str
    planned_at: datetime
    until: datetime
    daily_from: datetime | None
    weekly_from: datetime | None
    asked_from: datetime | None
    rest_from: datetime | None
    joined: Span | None
    held: dict[int, Span | None]
    came: Mapping[str, datetime] = field(default_factory=dict)

    def heard(self, subject: str, at: datetime) -> bool:
        """Whether they heard of what happened then to a subject: one event never rings twice."""
        told = self.came.get(subject)
        return told is not None and at <= told

    @property
    def actor(self) -> Actor:
        return Actor(self.member_id, SiteRole(self.role))

    def span(self, wish: Wish) -> Span | None:
        """What this digest tells of a list for which the reader has chosen."""
        return spans.span(wish, self.daily_from, self.weekly_from, self.until)


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a piece says, in both forms; the HTML is safe."""

    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing in a digest.

    Attributes:
        group: (order, key) of the heading under which it stands.
        heading: the heading's words and address, made while the reader's language is spoken.
        key: names what it says; with the language it is enough to know it again.
        covers: ids of what it shows.
        minutes: how long reading takes.
        render: makes it, given whether it has room; called while the language is spoken.
        counts: what it adds to the first line: 'new', 'answers', 'asked' or 'private' → how many.
        subject: what it is about, 'discussion:12'; of a subject the first piece stands alone.
    """

    group: tuple[Any, ...]
    heading: Callable[[], tuple[str, str]]
    key: str
    covers: tuple[int, ...]
    words: int
    render: Callable[[bool], Rendered]
    counts: dict[str, int] = field(default_factory=dict)
    subject: str = ""


@dataclass
class Found:
    """What was found for one reader: the pieces, and the ids of all that they may see.

    Attributes:
        told: subjects of which this digest tells, or other mails told.
    """

    pieces: list[Piece] = field(default_factory=list)
    may_see: set[int] = field(default_factory=set)
    told: set[str] = field(default_factory=set)


Gatherer: TypeAlias = Callable[[Session, Sequence[Reader]], dict[int, Found]]

# Also given, by delivery id, of which subjects the reader's digest tells already.
Later: TypeAlias = Callable[[Session, Sequence[Reader], dict[int, set[str]]], dict[int, Found]]

# By delivery id: of which subjects mails other than this digest tell its reader, and up to when.
Coming: TypeAlias = Callable[[Session, Sequence[Reader]], dict[int, dict[str, datetime]]]

_comings: list[Coming] = []
_gatherers: list[Gatherer] = []
_later: list[Later] = []


def comes(coming: Coming) -> Coming:
    """Decorator: the function says what comes to these readers in other mails."""
    if coming not in _comings:
        _comings.append(coming)
    return coming


def brings(gatherer: Gatherer) -> Gatherer:
    """Decorator: the function finds what is to be said to these readers, by delivery id.

    It asks permissions, and runs a fixed number of queries for any number of readers.
    """
    if gatherer not in _gatherers:
        _gatherers.append(gatherer)
    return gatherer


def brings_besides(gatherer: Later) -> Later:
    """Decorator: the same for a function that leaves out what the others tell."""
    if gatherer not in _later:
        _later.append(gatherer)
    return gatherer


def gather(session: Session, readers: Sequence[Reader]) -> dict[int, Found]:
    """Everything for these readers, by delivery id, pieces in order."""
    readers = _who_heard(session, readers)
    found = {reader.delivery_id: Found() for reader in readers}
    for gatherer in _gatherers:
        for delivery_id, more in gatherer(session, readers).items():
            found[delivery_id].pieces += more.pieces
            found[delivery_id].may_see |= more.may_see
            found[delivery_id].told |= more.told
    told = {id: each.told | {p.subject for p in each.pieces} for id, each in found.items()}
    for later in _later:
        for delivery_id, more in later(session, readers, told).items():
            found[delivery_id].pieces += more.pieces
    for each in found.values():
        each.pieces.sort(key=lambda piece: piece.group)
        each.pieces = _once(each.pieces)
    return found


def _who_heard(session: Session, readers: Sequence[Reader]) -> list[Reader]:
    """The readers, each with what they hear or heard of elsewhere."""
    came: dict[int, dict[str, datetime]] = {}
    for coming in _comings:
        for delivery_id, more in coming(session, readers).items():
            known = came.setdefault(delivery_id, {})
            for subject, at in more.items():
                known[subject] = max(at, known.get(subject, at))
    return [
        replace(each, came=came[each.delivery_id]) if each.delivery_id in came else each
        for each in readers
    ]


def _once(pieces: list[Piece]) -> list[Piece]:
    """Without further pieces about the same subject: one event never rings twice."""
    first: dict[str, Piece] = {}
    for piece in pieces:
        if piece.subject:
            first.setdefault(piece.subject, piece)
    return [piece for piece in pieces if not piece.subject or first[piece.subject] is piece]


# --- planning


def preference(session: Session, member: Member, now: datetime) -> MailPreference:
    """A member's preference, made when it is not there yet."""
    found = session.get(MailPreference, member.id)
    if found is None:
        found = MailPreference(**fresh(member.id, member.time_zone, now))
        session.add(found)
        session.flush()
    return found


def fresh(member_id: int, zone: str | None, now: datetime, hour: int = 7) -> dict[str, Any]:
    """The values of a preference of somebody who chose nothing: news begins now."""
    until = now - SETTLED
    until_now = ("daily_until", "weekly_until", "asked_until", "rest_until")
    marks = ("joined_changed_at", "joined_told_until", *until_now)
    return {
        "member_id": member_id,
        "hour": hour,
        "weekday": 0,
        "asked": Rhythm.DAILY,
        "rest": Rhythm.DAILY,
        "joined": Rhythm.DAILY,
        "joined_before": Rhythm.DAILY,
        **dict.fromkeys(marks, until),
        "next_at": rhythm.next_moment(now, hour, ZoneInfo(zone or DEFAULT_ZONE)),
    }


def plan(session: Session, now: datetime, limit: int = PLAN_AT_ONCE) -> int:
    """Plan digests that are due, and move their members' marks on; how many were planned."""
    due = session.execute(
        select(MailPreference, Member.time_zone)
        .join(Member, Member.id == MailPreference.member_id)
        .where(MailPreference.next_at <= now, Member.state == MemberState.ACTIVE)
        .order_by(MailPreference.next_at, MailPreference.member_id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=MailPreference)
    ).all()
    rows = []
    for wanted, zone_name in due:
        zone = ZoneInfo(zone_name or DEFAULT_ZONE)
        rows.append(_planned(wanted, zone, now))
        wanted.next_at = rhythm.next_moment(now, wanted.hour, zone)
    if rows:
        deliver(session, rows)
        session.flush()
    return len(due)


def _planned(wanted: MailPreference, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """The delivery of one digest; the preference's marks move on."""
    until = max(now - SETTLED, wanted.daily_until)
    # Their day came since they were told last: today, or one that a change of hour or clock passed
    # over. Whoever waited a week and more, say because no worker ran, does not wait another one.
    day = wanted.next_at.astimezone(zone).date()
    day -= timedelta(days=(day.weekday() - wanted.weekday) % 7)
    weekly = rhythm.moment_of(day, wanted.hour, zone) - SETTLED > wanted.weekly_until
    weekly = weekly or until - wanted.weekly_until >= timedelta(days=7)
    about: dict[str, Any] = {
        "until": until.isoformat(),
        "at": now.isoformat(),
        "daily": wanted.daily_until.isoformat(),
    }
    if weekly:
        about["weekly"] = wanted.weekly_until.isoformat()
    weekly_from = wanted.weekly_until if weekly else None
    joined = spans.span(spans.general(wanted), wanted.daily_until, weekly_from, until)
    about["joined"] = _written(joined)
    due = (Rhythm.DAILY, Rhythm.WEEKLY) if weekly else (Rhythm.DAILY,)
    if wanted.asked in due:
        about["asked"] = wanted.asked_until.isoformat()
        wanted.asked_until = until
    about["rest"] = None
    if wanted.rest in due:
        about["rest"] = wanted.rest_until.isoformat()
        wanted.rest_until = until
    key = f"digest:{wanted.member_id}:{int(wanted.next_at.timestamp())}"
    wanted.daily_until = until
    if weekly:
        wanted.weekly_until = until
    return {
        "key": key,
        "kind": KIND,
        "about": about,
        "member_id": wanted.member_id,
        "priority": PRIORITY,
        "message_id": new_message_id(settings(), f"digest-{secret_mark(key)}"),
        "created_at": now,
        "try_at": now,
    }


@job("digests.plan", every=15)
def plan_due(session: Session, _payload: dict[str, object], now: datetime) -> bool:
    """Members without a preference get one; whose digest is due gets it planned."""
    missing = session.execute(
        select(Member.id, Member.time_zone)
        .where(
            Member.state == MemberState.ACTIVE,
            ~exists().where(MailPreference.member_id == Member.id),
        )
        .order_by(Member.id)
        .limit(PLAN_AT_ONCE)
    ).all()
    if missing:
        session.execute(insert(MailPreference), [fresh(m.id, m.time_zone, now) for m in missing])
    return plan(session, now) == PLAN_AT_ONCE or len(missing) == PLAN_AT_ONCE


# --- who reads


def readers(session: Session, mails: Sequence[OutgoingMail]) -> list[tuple[Reader, str]]:
    """Those who may get their digest now, each with the address."""
    rows = session.execute(
        _members().where(
            Member.id.in_({mail.member_id for mail in mails}),
            Member.state == MemberState.ACTIVE,
            mailable(),
        )
    )
    members = {row.id: row for row in rows}
    found = []
    for mail in mails:
        member = members.get(mail.member_id)
        if member is not None:
            found.append((_reader(mail, member), member.email))
    return found


def _members() -> Select[int, str, str, str | None, str | None, str, str, str]:
    """Members with what they want now."""
    return select(
        Member.id,
        Member.email,
        Member.site_role,
        Member.language,
        Member.time_zone,
        MailPreference.asked,
        MailPreference.rest,
        MailPreference.joined,
    ).join(MailPreference, MailPreference.member_id == Member.id)


def _reader(mail: OutgoingMail, member: Any) -> Reader:
    """Who gets a digest, and of which time. What they stopped meanwhile is left out."""
    about = mail.about or {}

    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(about[name]) if about.get(name) else None

    # One that was planned before this could be chosen told of it daily.
    rest = "rest" if "rest" in about else "daily"
    held = {int(id): _read(each) for id, each in about.get("lists", {}).items()}
    return Reader(
        delivery_id=mail.id,
        member_id=member.id,
        role=member.site_role,
        language=member.language if member.language in LANGUAGES else DEFAULT_LANGUAGE,
        zone=member.time_zone or DEFAULT_ZONE,
        planned_at=moment("at") or mail.created_at,
        until=moment("until") or mail.created_at,
        daily_from=moment("daily"),
        weekly_from=moment("weekly"),
        asked_from=moment("asked") if member.asked != Rhythm.SITE else None,
        rest_from=moment(rest) if member.rest != Rhythm.SITE else None,
        joined=_read(about.get("joined")) if member.joined != Rhythm.SITE else None,
        held=held,
    )


def _written(of: Span | None) -> list[str] | None:
    return [moment.isoformat() for moment in of] if of is not None else None


def _read(written: list[str] | None) -> Span | None:
    if written is None:
        return None
    begins, ends = map(datetime.fromisoformat, written)
    return begins, ends


def hold(
    session: Session, member_id: int, list_id: int, tells: Callable[[Reader], Span | None]
) -> None:
    """Digests that wait to be sent go by what counted when they were planned.

    Call it before a choice for a list changes.

    Args:
        tells: the span of this list in a digest, as long as the choice has not changed.
    """
    waiting = session.scalars(
        select(OutgoingMail).where(
            OutgoingMail.member_id == member_id,
            OutgoingMail.kind == KIND,
            OutgoingMail.sent_at.is_(None),
            OutgoingMail.dead_at.is_(None),
        )
    ).all()
    if not waiting:
        return
    member = session.execute(_members().where(Member.id == member_id)).one()
    for mail in waiting:
        lists = (mail.about or {}).get("lists", {})
        if str(list_id) not in lists:
            lists = lists | {str(list_id): _written(tells(_reader(mail, member)))}
            session.execute(  # by statement: a worker may have sent it meanwhile
                update(OutgoingMail)
                .where(OutgoingMail.id == mail.id)
                .values(about=(mail.about or {}) | {"lists": lists})
                .execution_options(synchronize_session=False)
            )


# --- changing what one wants


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a member chooses about their digest."""

    hour: int
    weekday: int
    asked: Rhythm
    rest: Rhythm
    joined: Rhythm


def change(session: Session, member: Member, wanted: Wanted, now: datetime) -> None:
    """Keep a member's choices; what was told already is not told again, and nothing is skipped."""
    row = preference(session, member, now)
    if row.joined != wanted.joined:
        row.joined_told_until = spans.told_until(spans.general(row), row, now)
        row.joined_before, row.joined_changed_at = row.joined, now
        row.joined = wanted.joined
    if row.asked not in DIGESTS and wanted.asked in DIGESTS:
        row.asked_until = now - SETTLED
    if row.rest not in DIGESTS and wanted.rest in DIGESTS:
        # Not from now on, as a weekly digest counts on what this week's daily ones told.
        row.rest_until = max(row.rest_until, row.weekly_until)
    row.asked, row.rest, row.weekday = wanted.asked, wanted.rest, wanted.weekday
    if row.hour != wanted.hour:
        row.hour = wanted.hour
        row.next_at = rhythm.next_moment(now, row.hour, ZoneInfo(member.time_zone or DEFAULT_ZONE))
    session.flush()


def follow_zone(session: Session, member_id: int, zone: str | None, now: datetime) -> None:
    """The member lives by another clock now: the next digest comes at their hour there."""
    row = session.get(MailPreference, member_id)
    if row is not None:
        row.next_at = rhythm.next_moment(now, row.hour, ZoneInfo(zone or DEFAULT_ZONE))
        session.flush()
