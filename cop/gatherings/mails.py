"""Mails about gatherings: invitations that calendars act on, and reminders.

A mail says what kind of gathering it is, when and where, and where its page is; nothing else (see
`ics`). Each is to one person, by nobody's name, and lists only them.
"""

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.gatherings import ics, own_calendar, when, words
from cop.gatherings.models import EVENT_KINDS, Attendance, Coming, Gathering
from cop.gatherings.permissions import GATHERINGS, GatheringPermission
from cop.members.actor import Actor
from cop.members.leaving import before_leaving
from cop.members.models import Member, MemberState, SiteRole
from cop.members.site import name_of
from cop.platform import i18n
from cop.platform.errors import NotFound
from cop.platform.i18n import gettext as _
from cop.platform.mail.addresses import addresses
from cop.platform.mail.composing import Letter, Link, Words, absolute, post
from cop.platform.web import settings

_FACTS = 31  # characters of a mark


def bring_up_to_date(session: Session, attendance: Attendance, now: datetime) -> None:
    """Tell one person's calendar how things stand, if that is not what it was told last.

    However often this runs, and whatever happened between: a calendar that is right hears nothing.
    """
    gathering = attendance.gathering
    member = session.get_one(Member, attendance.member_id)
    if member.state != MemberState.ACTIVE or gathering.ends_at <= now:
        return
    comes = (
        attendance.coming in (Coming.ASKED, Coming.GOING)
        and (attendance.told or not gathering.provisional)
        and gathering.cancelled_at is None
        and may_read(session, member, gathering)
    )
    wanted = mark(attendance) if comes else ""
    if wanted == attendance.told:
        return
    _tell(session, attendance, member, wanted, now)


@before_leaving
def clear_calendar(session: Session, member: Member, now: datetime) -> None:
    """Whoever leaves the community: what stands in their own calendar goes from it.

    Now, since no mail reaches them later. Under a pseudonym they still stand among those who come,
    until that name ends; what their own calendar hears shows to nobody else.
    """
    for attendance in session.scalars(
        select(Attendance)
        .join(Gathering, Gathering.id == Attendance.gathering_id)
        .where(Attendance.member_id == member.id, Attendance.told != "", Gathering.ends_at > now)
        .order_by(Attendance.id)
    ).all():
        _tell(session, attendance, member, "", now)


def organiser_of(member_id: int, gathering_id: int) -> str:
    """The address that stands as organiser in messages to one member: their answers come there.

    One for each person and gathering: who compares theirs with another's learns nothing of either.
    """
    if not settings().mail_comes_in:
        return settings().mail_from
    return addresses().to_gathering(member_id, gathering_id)


def may_read(session: Session, member: Member, gathering: Gathering) -> bool:
    """Asked again when something is about to be sent."""
    try:
        GATHERINGS.get(
            session,
            Actor(member.id, SiteRole(member.site_role)),
            GatheringPermission.READ,
            gathering.id,
        )
    except NotFound:
        return False
    return True


def mark(attendance: Attendance) -> str:
    """Stands for everything that a calendar shows of it; begins with '?' while it asks."""
    facts = _mark_of(attendance.gathering, attendance.gathering.provisional)
    return f"?{facts}" if attendance.coming == Coming.ASKED else facts


def _mark_of(gathering: Gathering, provisional: bool) -> str:
    shown = (
        gathering.starts_at.isoformat(),
        gathering.ends_at.isoformat(),
        gathering.kind,
        gathering.setting,
        gathering.place,
        *(("provisional",) if provisional else ()),
    )
    return hashlib.sha256("\0".join(shown).encode()).hexdigest()[:_FACTS]


def _tell(
    session: Session, attendance: Attendance, member: Member, wanted: str, now: datetime
) -> None:
    """Tell one person that from now on it is as the mark `wanted` says.

    Who wants no invitations (any more) gets none; what stands in their calendar is kept right, and
    what does not stand there is not cancelled.
    """
    gathering = attendance.gathering
    before, attendance.told, attendance.told_at = attendance.told, wanted, now
    attendance.sequence += 1
    invites = attendance.in_calendar or (
        bool(wanted) and own_calendar.choices(session, member.id).by_mail
    )
    attendance.in_calendar = invites and bool(wanted)
    session.flush()
    told_of = bool(before) and (bool(wanted) or gathering.cancelled_at is not None)
    if not invites and not told_of:
        return  # they signed up or off by themselves, and want no invitations
    site = name_of(session)
    method = ics.REQUEST if wanted else ics.CANCEL
    code = member.language if member.language in i18n.LANGUAGES else i18n.DEFAULT_LANGUAGE
    with i18n.speaking(code, when.ZONE_NAME):
        calendar = ics.message(
            gathering,
            method,
            ics.Recipient(
                member.email,
                organiser_of(member.id, gathering.id),
                attendance.sequence,
                asked=attendance.coming == Coming.ASKED,
            ),
            site,
            now,
        )

    def letter() -> Letter:
        subject = _subject(gathering)
        same = before[-_FACTS:] == attendance.told[-_FACTS:]
        only_doubt = before[-_FACTS:] == _mark_of(gathering, not gathering.provisional)
        if method == ics.REQUEST and attendance.coming == Coming.ASKED and not before:
            first = _("Do you come to this? Say it on the page, or in your own calendar.")
        elif method == ics.REQUEST and (same or not before):
            first = _("You come to this. It can stand in your own calendar.")
        elif method == ics.REQUEST and only_doubt:
            if gathering.provisional:
                first = _(
                    "It is not certain any more whether this goes on. You hear of it as soon as "
                    "it is. What stands in your calendar stays there, as not certain."
                )
                subject = _("Not certain: %(what)s", what=subject)
            else:
                first = _("It is certain now: this goes on.")
                subject = _("Goes on: %(what)s", what=subject)
        elif method == ics.REQUEST:
            first = _("What it is, the time or the place has changed. This is how it is now.")
            subject = _("Changed: %(what)s", what=subject)
        elif gathering.cancelled_at is not None:
            first = _("This does not go on.")
            subject = _("Cancelled: %(what)s", what=subject)
        elif attendance.coming == Coming.WAITING:
            first = _(
                "It is full. You are on the waiting list, and it stands in your calendar only once "
                "there is a place for you. Then you get a mail."
            )
            subject = _("On the waiting list: %(what)s", what=subject)
        else:
            first = _("You no longer come to this. It goes from your calendar.")
            subject = _("Signed off: %(what)s", what=subject)
        return Letter(subject, (Words(first), *_facts(gathering)), _why(site, gathering))

    post(
        session,
        letter,
        key=f"gatherings.calendar:{attendance.id}:{attendance.sequence}",
        recipient=member.email,
        language=member.language,
        zone=member.time_zone,
        now=now,
        sender_name=site,
        member_id=member.id,
        calendar=calendar if invites else None,
    )


def remind(session: Session, attendance: Attendance, now: datetime) -> None:
    """Remind one person; the same reminder is never sent twice."""
    gathering = attendance.gathering
    member = session.get_one(Member, attendance.member_id)
    site = name_of(session)

    def letter() -> Letter:
        return Letter(
            _("Reminder: %(what)s", what=_subject(gathering)),
            (Words(_("Soon you meet.")), *_facts(gathering)),
            _why(site, gathering),
        )

    post(
        session,
        letter,
        key=f"gatherings.reminder:{attendance.id}:{int(now.timestamp())}",
        recipient=member.email,
        language=member.language,
        zone=member.time_zone,
        now=now,
        sender_name=site,
        member_id=member.id,
    )


def _subject(gathering: Gathering) -> str:
    return f"{words.kind(gathering)}, {i18n.format_moment(gathering.starts_at)}"


def _facts(gathering: Gathering) -> tuple[Words, Link]:
    facts = (
        words.kind(gathering),
        when.spoken(gathering.starts_at, gathering.ends_at),
        words.where(gathering.setting, gathering.place),
    )
    return (
        Words("\n".join(facts)),
        Link(_("Look at the page, or sign off"), absolute(f"/agenda/{gathering.id}")),
    )


def _why(site: str, gathering: Gathering) -> str:
    if gathering.kind not in EVENT_KINDS:
        return _(
            "You get this because you take part in something at %(site)s. What you get by mail you "
            "choose at %(url)s",
            site=site,
            url=absolute("/ik/agenda"),
        )
    return _(
        "You get this because you signed up at %(site)s. What you get by mail you choose at "
        "%(url)s",
        site=site,
        url=absolute("/ik/agenda"),
    )
