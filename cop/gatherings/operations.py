"""Planning gatherings, changing and cancelling them, and writing what came of them."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.gatherings import attending, events, ground
from cop.gatherings.models import LONGEST, Gathering, GatheringKind, Setting
from cop.gatherings.permissions import (
    GATHERINGS,
    GatheringPermission,
)
from cop.members.actor import Actor
from cop.members.models import Member
from cop.members.queries import own_persona
from cop.platform import audit, markup
from cop.platform.blank import one_line, trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.platform.web import settings
from cop.spaces.circles import Visibility
from cop.spaces.events import moment
from cop.spaces.operations import Stale
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

LONGEST_TITLE = 160
LONGEST_PLACE = 200
LONGEST_LINK = 500
LONGEST_WHY = 500
MOST_SEATS = 5000
FURTHEST = timedelta(days=3 * 366)
SAME_FORM = timedelta(minutes=10)
FOR_ALL = (Visibility.OPEN, Visibility.PUBLIC)  # who an event of the community can be for


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a gathering's form says. Moments in UTC; `seats` None for as many as come."""

    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    setting: str
    place: str = ""
    link: str = ""
    seats: int | None = None
    source: str = ""


def plan(
    session: Session,
    actor: Actor,
    details: Details,
    now: datetime,
    *,
    space_id: int | None = None,
    visibility: str = Visibility.OPEN,
    anyway: bool = False,
    told: bool = True,
) -> Gathering:
    """Plan a gathering in a space, or for the community; the same form sent twice gives one.

    Args:
        space_id: the space whose circle it is for; None for the community.
        visibility: of an event of the community: open (members) or public.
        told: whether the members of the space are told; else the caller does it.

    Raises:
        NotFound: the actor is no member, or does not take part in the space.
        Refused: something that cannot be, beside its field.
    """
    space = ground.space_to_plan_in(session, actor, space_id)
    assert actor.member_id is not None
    details = checked(details)
    not_past(details, now)
    if space is None and visibility not in FOR_ALL:
        raise Refused(_("Choose one of these, please."), "visibility")
    ground.refuse_kind_of_group(details.kind)
    ask_author([details.title, details.place, details.source], Purpose.GATHERING, anyway)
    session.get_one(Member, actor.member_id, with_for_update=True)  # two sends, one after another
    organiser_id = (
        ground.name_in(session, actor, space.circle_id)
        if space is not None
        else own_persona(session, actor.member_id).id
    )
    twin = session.scalar(
        select(Gathering)
        .where(Gathering.organiser_id == organiser_id, Gathering.space_id == space_id)
        .where(Gathering.title == details.title, Gathering.starts_at == details.starts_at)
        .where(Gathering.created_at > now - SAME_FORM, Gathering.cancelled_at.is_(None))
        .limit(1)
    )
    if twin is not None:
        return twin
    circle_id = space.circle_id if space is not None else ground.circle_for_all(session, visibility)
    made = put_down(session, details, circle_id, organiser_id, now, space_id=space_id)
    if told:
        emit(session, events.Planned(gathering_id=made.id), now)
    return made


def put_down(
    session: Session,
    details: Details,
    circle_id: int,
    organiser_id: int,
    now: datetime,
    *,
    space_id: int | None = None,
    provisional: bool = False,
) -> Gathering:
    """The row of a new gathering. The caller has asked whether the organiser may.

    Raises:
        Refused: something that cannot be, beside its field.
    """
    details = checked(details)
    not_past(details, now)
    made = Gathering(
        uid=f"{uuid.uuid4().hex}@{urlsplit(settings().base_url).hostname}",
        circle_id=circle_id,
        space_id=space_id,
        organiser_id=organiser_id,
        going=0,
        waiting=0,
        provisional=provisional,
        created_at=now,
        moved_at=now,
    )
    _write(made, details)
    session.add(made)
    session.flush()
    return made


def change(
    session: Session,
    actor: Actor,
    gathering_id: int,
    details: Details,
    version: int,
    now: datetime,
    *,
    visibility: str | None = None,
    anyway: bool = False,
) -> Gathering:
    """Change what is said about a gathering, or move it; who comes is told of the latter.

    Args:
        visibility: of an event of the community; None leaves it.

    Raises:
        NotFound: the actor does not manage it.
        Refused: something that cannot be, or it is over or cancelled.
        Stale: it was changed meanwhile; its `current` is the gathering.
    """
    GATHERINGS.get(session, actor, GatheringPermission.MANAGE, gathering_id)
    gathering = attending.locked(session, gathering_id)
    refuse_if_over(gathering, now)
    if gathering.version != version:
        raise Stale(gathering, gathering.version)
    details = checked(details)
    ground.refuse_kind_of_group(details.kind)
    ask_author([details.title, details.place, details.source], Purpose.GATHERING, anyway)
    rewrite(session, gathering, details, now)
    if gathering.space_id is None and visibility in FOR_ALL:
        gathering.circle.visibility = visibility
        session.flush()
    return gathering


def rewrite(session: Session, gathering: Gathering, details: Details, now: datetime) -> None:
    """Change a gathering whose row the caller holds; who comes is told of a move.

    Raises:
        Refused: something that cannot be, beside its field.
    """
    details = checked(details)
    if (details.starts_at, details.ends_at) != (gathering.starts_at, gathering.ends_at):
        not_past(details, now)
    if details.seats is not None and details.seats < gathering.going:
        raise Refused(
            _("%(num)s people come already; nobody is sent away.", num=gathering.going), "seats"
        )
    before = _what_and_where(gathering)
    _write(gathering, details)
    gathering.version += 1
    moved = _what_and_where(gathering) != before
    if moved:
        gathering.moved_at = now
    session.flush()
    attending.fill(session, gathering, now)
    if moved:
        emit(session, events.Moved(gathering_id=gathering.id, at=moment(now)), now)


def cancel(
    session: Session,
    actor: Actor,
    gathering_id: int,
    why: str,
    now: datetime,
    anyway: bool = False,
) -> Gathering:
    """Call it off; it stays to be read, with why. A second time changes nothing.

    Raises:
        NotFound: the actor may not.
        Refused: it is over, or the words are too long.
    """
    GATHERINGS.get(session, actor, GatheringPermission.CANCEL, gathering_id)
    gathering = attending.locked(session, gathering_id)
    if gathering.cancelled_at is not None:
        return gathering
    ask_author([why], Purpose.GATHERING, anyway)
    call_off(session, gathering, why, now)
    if actor.moderates:
        about = f"gathering:{gathering.id}"
        audit.record(session, "gatherings.cancelled", actor=actor.audit_id, subject=about, now=now)
    return gathering


def call_off(session: Session, gathering: Gathering, why: str, now: datetime) -> None:
    """Cancel a gathering whose row the caller holds; who comes is told.

    Raises:
        Refused: it is over or cancelled, or the words are too long.
    """
    refuse_if_over(gathering, now)
    why = " ".join(why.split())
    if len(why) > LONGEST_WHY:
        raise Refused(_("Keep it to %(most)s characters, please.", most=LONGEST_WHY), "why")
    gathering.cancelled_at, gathering.cancelled_why = now, why
    session.flush()
    emit(session, events.Cancelled(gathering_id=gathering.id), now)


def write_report(
    session: Session,
    actor: Actor,
    gathering_id: int,
    source: str,
    version: int,
    now: datetime,
    anyway: bool = False,
) -> Gathering:
    """Say what came of it, for everybody who may read the gathering.

    Raises:
        NotFound: the actor does not manage it.
        Refused: it has not begun, was cancelled, or there is nothing in it, or too much.
        Stale: somebody else wrote meanwhile; its `current` is the gathering.
    """
    GATHERINGS.get(session, actor, GatheringPermission.MANAGE, gathering_id)
    gathering = attending.locked(session, gathering_id)
    if gathering.cancelled_at is not None or gathering.starts_at > now:
        raise Refused(_("There is nothing to report yet."))
    if gathering.report_version != version:
        raise Stale(gathering, gathering.report_version)
    source = trimmed(source)
    if not source:
        raise Refused(_("Write something, please."), "source")
    if len(source) > markup.MAX_LENGTH:
        raise Refused(
            _("This is too long: at most %(most)s characters.", most=markup.MAX_LENGTH), "source"
        )
    ask_author([source], Purpose.GATHERING, anyway)
    first = gathering.report_at is None
    gathering.report, gathering.report_html = source, markup.render(source)
    gathering.report_by_id = ground.name_in(session, actor, gathering.circle_id)
    gathering.report_at = now
    gathering.report_version += 1
    session.flush()
    if first:
        emit(session, events.ReportWritten(gathering_id=gathering.id), now)
    return gathering


def take_over(session: Session, actor: Actor, gathering_id: int, now: datetime) -> Gathering:
    """Organise what somebody planned who left the community; of two at once, one does.

    Raises:
        NotFound: there is an organiser, or the actor does not come.
    """
    GATHERINGS.get(session, actor, GatheringPermission.TAKE_OVER, gathering_id)
    gathering = attending.locked(session, gathering_id)
    if gathering.organiser.gone_at is None:
        raise NotFound
    gathering.organiser_id = ground.name_in(session, actor, gathering.circle_id)
    session.flush()
    return gathering


def refuse_if_over(gathering: Gathering, now: datetime) -> None:
    """
    Raises:
        Refused: it is cancelled, or its time has passed.
    """
    if gathering.cancelled_at is not None:
        raise Refused(_("This was cancelled."))
    if gathering.ends_at <= now:
        raise Refused(_("This is over."))


def _what_and_where(gathering: Gathering) -> tuple[object, ...]:
    """What stands in people's calendars (`mails.mark`)."""
    facts = (gathering.starts_at, gathering.ends_at, gathering.setting, gathering.place)
    return (gathering.kind, *facts)


def _write(gathering: Gathering, details: Details) -> None:
    gathering.kind, gathering.title = details.kind, details.title
    gathering.starts_at, gathering.ends_at = details.starts_at, details.ends_at
    gathering.setting, gathering.place, gathering.link = (
        details.setting,
        details.place,
        details.link,
    )
    gathering.seats = details.seats
    gathering.source, gathering.html = details.source, markup.render(details.source)
    gathering.words = markup.word_count(details.source)


def not_past(details: Details, now: datetime) -> None:
    """
    Raises:
        Refused: it has begun already, or is too far away.
    """
    if details.starts_at <= now:
        raise Refused(_("This moment has passed already."), "day")
    if details.starts_at > now + FURTHEST:
        raise Refused(_("That is more than three years away."), "day")


def checked(details: Details) -> Details:
    """The details with spaces and what does not belong to the setting taken away.

    Raises:
        Refused: something is missing, too long, or not to be.
    """
    title, place = one_line(details.title), one_line(details.place)
    link, source = details.link.strip(), trimmed(details.source)
    if details.kind not in set(GatheringKind):
        raise Refused(_("Choose one of these, please."), "kind")
    if details.setting not in set(Setting):
        raise Refused(_("Choose one of these, please."), "setting")
    if not title:
        raise Refused(_("Give it a title, please."), "title")
    place = "" if details.setting == Setting.ONLINE else place
    link = "" if details.setting == Setting.ON_SITE else link
    if details.setting != Setting.ONLINE and not place:
        raise Refused(_("Where do you meet?"), "place")
    ground.refuse_too_long(
        (title, "title", LONGEST_TITLE),
        (place, "place", LONGEST_PLACE),
        (link, "link", LONGEST_LINK),
        (source, "source", markup.MAX_LENGTH),
    )
    parts = urlsplit(link)
    if link and (parts.scheme != "https" or not parts.hostname or not link.isprintable()):
        raise Refused(_("Fill in an address that begins with https://."), "link")
    if details.ends_at <= details.starts_at:
        raise Refused(_("It ends before it begins."), "until")
    if details.ends_at - details.starts_at > LONGEST:
        raise Refused(_("It lasts two weeks at most."), "until")
    if details.seats is not None and not 1 <= details.seats <= MOST_SEATS:
        raise Refused(_("Fill in a number from 1 to %(most)s.", most=MOST_SEATS), "seats")
    return Details(
        kind=details.kind,
        title=title,
        starts_at=details.starts_at,
        ends_at=details.ends_at,
        setting=details.setting,
        place=place,
        link=link,
        seats=details.seats,
        source=source,
    )
