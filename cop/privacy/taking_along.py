"""Asking for everything of one's own, making it in the worker, fetching it, and its end."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cop.members import passwords
from cop.members.account import myself
from cop.members.actor import Actor
from cop.members.events import MemberLeft
from cop.members.models import Member, MemberState, SignIn
from cop.members.queries import own_persona
from cop.members.site import name_of
from cop.platform import audit
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import DEFAULT_LANGUAGE, DEFAULT_ZONE, speaking
from cop.platform.i18n import gettext as _
from cop.platform.mail.composing import Letter, Link, Words, absolute, post
from cop.platform.outbox import enqueue, job, long_job, on
from cop.privacy import keeping, packing
from cop.privacy.models import OwnExport

KEPT = timedelta(days=7)
FRESH = timedelta(minutes=15)  # a sign-in that needs no password once more
AGAIN = timedelta(hours=1)  # before which asking a second time changes nothing
PAGE = "/ik/alles-van-mij"


def own(session: Session, actor: Actor) -> OwnExport | None:
    """What the actor asked for, if anything."""
    return session.get(OwnExport, actor.member_id) if actor.is_member else None


def ask(session: Session, actor: Actor, now: datetime) -> None:
    """Have it made; what was made before is gone.

    Raises:
        Refused: one is being made.
    """
    member = myself(session, actor)
    row = session.get(OwnExport, member.id, with_for_update=True)
    if row is not None and row.ready_at is None and now - row.asked_at < AGAIN:
        raise Refused(_("It is being made already. You get a mail when it is ready."))
    if row is None:
        row = OwnExport(member_id=member.id)
        session.add(row)
    elif row.name is not None:
        keeping.remove(row.name)
    row.asked_at, row.ready_at, row.until, row.name, row.size = now, None, None, None, None
    session.flush()
    enqueue(session, "privacy.make", {"member_id": member.id}, now=now, key=f"export:{member.id}")
    _note(session, actor, "privacy.export_asked", now)


@long_job("privacy.make")
def make(payload: dict[str, Any], now: datetime) -> None:
    """Make it beside the other jobs; nothing happens for who left or had it made already."""
    member_id: int = payload["member_id"]
    with reading() as session:
        row, member = session.get(OwnExport, member_id), session.get(Member, member_id)
        if row is None or row.ready_at is not None or not _active(member):
            return
        assert member is not None
        asked_at = row.asked_at
        with speaking(member.language or DEFAULT_LANGUAGE, member.time_zone or DEFAULT_ZONE):
            data = packing.pack(
                session,
                Actor(member_id, member.site_role),  # type: ignore[arg-type]  # a string of the enum
                name_of(session),
                own_persona(session, member_id).name,
                now,
            )
    name = keeping.write(member_id, data)
    with unit_of_work() as session:
        row = session.get(OwnExport, member_id, with_for_update=True)
        member = session.get(Member, member_id)
        if row is None or row.asked_at != asked_at or not _active(member):
            keeping.remove(name)
            return
        row.ready_at, row.until, row.name, row.size = now, now + KEPT, name, len(data)
        assert member is not None
        _tell(session, member, now)


def _active(member: Member | None) -> bool:
    return member is not None and member.state == MemberState.ACTIVE


def _tell(session: Session, member: Member, now: datetime) -> None:
    site = name_of(session)

    def letter() -> Letter:
        return Letter(
            _("What you asked for is ready"),
            (
                Words(_("On %(site)s you asked for something. It is ready for a week.", site=site)),
                Link(_("Fetch it"), absolute(PAGE)),
            ),
            _("Was it not you? Then sign out everywhere else in your settings."),
        )

    post(
        session,
        letter,
        key=f"mail:privacy.ready:{member.id}:{now.isoformat()}",
        recipient=member.email,
        language=member.language,
        zone=member.time_zone,
        now=now,
        sender_name=site,
    )


def needs(session: Session, actor: Actor, sign_in_id: int, now: datetime) -> str:
    """What the actor has to do before fetching it: 'password', 'sign_in' or ''."""
    if myself(session, actor).password_hash is not None:
        return "password"
    begun = session.scalar(select(SignIn.created_at).where(SignIn.id == sign_in_id))
    return "" if begun is not None and now - begun < FRESH else "sign_in"


def fetch(session: Session, actor: Actor, sign_in_id: int, password: str, now: datetime) -> bytes:
    """The ZIP, with what is kept nowhere.

    Raises:
        NotFound: none is ready.
        Refused: the password is wrong, or the actor signed in too long ago to go without one.
    """
    row = own(session, actor)
    if row is None or row.name is None or row.until is None or row.until <= now:
        raise NotFound
    wanted = needs(session, actor, sign_in_id, now)
    stored = myself(session, actor).password_hash
    if wanted == "password" and not passwords.matches(stored, password):
        raise Refused(_("This is not your password."), "password")
    if wanted == "sign_in":
        raise Refused(_("Sign in once more first, then you can fetch it."))
    data = packing.with_fetched(session, actor, keeping.read(row.member_id, row.name))
    _note(session, actor, "privacy.export_fetched", now)
    return data


def remove(session: Session, actor: Actor, now: datetime) -> None:
    """Have it removed before its time; what is not there is removed already."""
    row = own(session, actor)
    if row is not None:
        _drop(session, row)
        _note(session, actor, "privacy.export_removed", now)


def _drop(session: Session, row: OwnExport) -> None:
    if row.name is not None:
        keeping.remove(row.name)
    session.execute(delete(OwnExport).where(OwnExport.member_id == row.member_id))


def _note(session: Session, actor: Actor, action: str, now: datetime) -> None:
    audit.record(
        session, action, actor=actor.audit_id, subject=f"member:{actor.member_id}", now=now
    )


@job("privacy.expire", every=3600)
def expire(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """What was there for its days is gone, and so is what nobody's row names."""
    for row in session.scalars(select(OwnExport).where(OwnExport.until <= now)).all():
        _drop(session, row)
    keeping.sweep(set(session.scalars(select(OwnExport.name).where(OwnExport.name.is_not(None)))))


@on(MemberLeft)
def left(session: Session, event: MemberLeft, _now: datetime) -> None:
    """Whoever left takes nothing along any more."""
    row = session.get(OwnExport, event.member_id)
    if row is not None:
        _drop(session, row)
