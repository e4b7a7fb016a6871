"""Who reads digests that were planned, and of which time each tells."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from cop.members.deliverability import mailable
from cop.members.models import Member, MemberState
from cop.notifications import spans
from cop.notifications.digests import KIND, Reader
from cop.notifications.models import MailPreference, Rhythm
from cop.notifications.spans import SETTLED, Span
from cop.platform.i18n import DEFAULT_LANGUAGE, DEFAULT_ZONE, LANGUAGES
from cop.platform.mail.models import OutgoingMail


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
    planned = Reader(
        delivery_id=mail.id,
        member_id=member.id,
        role=member.site_role,
        language=member.language if member.language in LANGUAGES else DEFAULT_LANGUAGE,
        zone=member.time_zone or DEFAULT_ZONE,
        **_planned(mail),
    )
    return replace(
        planned,
        asked_from=planned.asked_from if member.asked != Rhythm.SITE else None,
        rest_from=planned.rest_from if member.rest != Rhythm.SITE else None,
        joined=planned.joined if member.joined != Rhythm.SITE else None,
    )


def _planned(mail: OutgoingMail) -> dict[str, Any]:
    """Of which time a digest tells, as it was planned."""
    about = mail.about or {}

    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(about[name]) if about.get(name) else None

    # One that was planned before this could be chosen told of it daily.
    rest = "rest" if "rest" in about else "daily"
    return {
        "planned_at": moment("at") or mail.created_at,
        "until": moment("until") or mail.created_at,
        "daily_from": moment("daily"),
        "weekly_from": moment("weekly"),
        "asked_from": moment("asked"),
        "rest_from": moment(rest),
        "joined": spans.read(about.get("joined")),
        "held": {int(id): spans.read(each) for id, each in about.get("lists", {}).items()},
    }


def before(session: Session, readers: Sequence[Reader]) -> dict[int, list[Reader]]:
    """The digests since these told of the rest, by delivery id: none where that comes daily.

    One query; none when no reader has the rest weekly.
    """
    since = {
        reader.delivery_id: reader.rest_from + SETTLED
        for reader in readers
        if reader.rest_from and reader.daily_from and reader.rest_from < reader.daily_from
    }
    if not since:
        return {}
    mails = session.scalars(
        select(OutgoingMail).where(
            OutgoingMail.member_id.in_({r.member_id for r in readers if r.delivery_id in since}),
            OutgoingMail.kind == KIND,
            OutgoingMail.dead_at.is_(None),
            OutgoingMail.created_at > min(since.values()),
        )
    ).all()
    return {
        reader.delivery_id: [
            replace(reader, delivery_id=mail.id, **_planned(mail))
            for mail in mails
            if mail.member_id == reader.member_id
            and mail.id < reader.delivery_id
            and mail.created_at > since[reader.delivery_id]
        ]
        for reader in readers
        if reader.delivery_id in since
    }


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
            lists = lists | {str(list_id): spans.written(tells(_reader(mail, member)))}
            session.execute(  # by statement: a worker may have sent it meanwhile
                update(OutgoingMail)
                .where(OutgoingMail.id == mail.id)
                .values(about=(mail.about or {}) | {"lists": lists})
                .execution_options(synchronize_session=False)
            )
