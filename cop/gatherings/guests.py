"""Guests of a gathering or a date poll: asked by mail, by their own link, gone when it is over.

A link is signed and works for one gathering or poll alone. Opening it only shows a page, since
mail scanners follow links; a button there acts. A guest agrees to the rules before they see more
than what they are asked, and sees nothing else of the community.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from cop.gatherings import attending, belonging, events, polling
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Coming, Gathering
from cop.gatherings.operations import refuse_if_over
from cop.gatherings.poll_models import DatePoll, PollAnswer, PollVoter
from cop.gatherings.poll_permissions import POLLS, PollPermission
from cop.gatherings.voting import refuse_if_closed
from cop.members import names
from cop.members.actor import Actor
from cop.members.mail_links import seal, unseal
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit, job
from cop.spaces.circles import persona_in
from cop.spaces.events import moment

MOST = 40  # of one gathering or poll
STAYS = timedelta(days=1)  # after a gathering, for who facilitated to confirm who was there
BETWEEN_MAILS = timedelta(days=1)  # that ask the same
UNCHOSEN = timedelta(days=30)  # that a closed poll waits for its choice
_MARK = b"guest"


def token(guest_id: int) -> str:
    """The guest's own link ends in this."""
    return seal(_MARK + guest_id.to_bytes(6))


def by_token(
    session: Session, text: str, now: datetime, *, cancelled_too: bool = False
) -> GatheringGuest:
    """
    Args:
        cancelled_too: for the one page that says that it was cancelled; everything else that a
            guest could open is closed from then on.

    Raises:
        NotFound: not a link of ours, taken back, or it is over.
    """
    plain = unseal(text)
    if plain[:-6] != _MARK:
        raise NotFound
    guest = session.get(GatheringGuest, int.from_bytes(plain[-6:]))
    if guest is None or _is_over(session, guest, now):
        raise NotFound
    cancelled = guest.gathering is not None and guest.gathering.cancelled_at is not None
    if cancelled and not cancelled_too:
        raise NotFound
    return guest


def _is_over(session: Session, guest: GatheringGuest, now: datetime) -> bool:
    if guest.gathering is not None:
        return guest.gathering.ends_at + (STAYS if guest.facilitates else timedelta()) <= now
    poll = session.get(DatePoll, guest.poll_id)
    return poll is None or poll.closed_at is not None or poll.closes_at <= now


# --- asking ---


def ask_for_poll(
    session: Session, actor: Actor, poll_id: int, name: str, email: str, now: datetime
) -> GatheringGuest:
    """Ask somebody without an account when they can; once for each address.

    Raises:
        NotFound: the actor does not manage the poll.
        Refused: the name or the address cannot be, there are too many, or it is closed.
    """
    POLLS.get(session, actor, PollPermission.MANAGE, poll_id)
    poll = polling.locked(session, poll_id)
    refuse_if_closed(poll, now)
    by_id = session.scalars(
        select(persona_in(actor, DatePoll.circle_id)).where(DatePoll.id == poll_id)
    ).one()
    return _ask(session, name, email, by_id, now, poll_id=poll_id)


def ask_to_facilitate(
    session: Session,
    gathering: Gathering,
    by_id: int,
    name: str,
    email: str,
    now: datetime,
) -> GatheringGuest:
    """Ask somebody without an account to facilitate. The caller has asked whether `by_id` may.

    Whoever is a guest of it already, or of the poll that found its date, is the same guest, and is
    asked this by a mail of its own; as is whoever said no before.

    Raises:
        Refused: the name or the address cannot be, there are too many, it is over, or they have
            said yes to this.
    """
    gathering = attending.locked(session, gathering.id)  # see `bring_along`
    refuse_if_over(gathering, now)
    guest = _ask(session, name, email, by_id, now, gathering_id=gathering.id, facilitates=True)
    asked_here = guest.facilitates and guest.gathering_id == gathering.id
    if asked_here and guest.coming == Coming.GOING:
        raise Refused(_("They have said yes already."), "email")
    if not asked_here or guest.coming == Coming.OFF:
        guest.gathering_id, guest.facilitates, guest.coming = gathering.id, True, Coming.ASKED
        guest.asked_by_id, guest.asked_at = by_id, now
        session.flush()
        emit(session, events.GuestAsked(guest_id=guest.id, at=moment(now)), now)
    return guest


def _ask(
    session: Session,
    name: str,
    email: str,
    by_id: int,
    now: datetime,
    *,
    gathering_id: int | None = None,
    poll_id: int | None = None,
    facilitates: bool = False,
) -> GatheringGuest:
    """The guest of this address: made and asked now, or the one who is there, as they are.

    Who is there and has not answered is asked once more, a day after the last mail at the
    earliest; `asked_at` says when that was.
    """
    name = names.clean(name)
    try:
        address = validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Refused(_("Fill in an e-mail address, please."), "email") from None
    if len(address) > 254:
        raise Refused(_("Fill in an e-mail address, please."), "email")
    found_by = select(DatePoll.id).where(DatePoll.gathering_id == gathering_id)
    where = (
        or_(GatheringGuest.gathering_id == gathering_id, GatheringGuest.poll_id.in_(found_by))
        if gathering_id is not None
        else GatheringGuest.poll_id == poll_id
    )
    key = hashlib.sha256(address.encode()).hexdigest()
    known = session.scalar(select(GatheringGuest).where(where, GatheringGuest.email_key == key))
    if known is not None:
        if known.asked_at <= now - BETWEEN_MAILS and not _has_answered(session, known):
            known.asked_at = now
            session.flush()
            emit(session, events.GuestAsked(guest_id=known.id, at=moment(now)), now)
        return known
    if (session.scalar(select(func.count()).select_from(GatheringGuest).where(where)) or 0) >= MOST:
        raise Refused(_("That makes more than %(most)s guests.", most=MOST), "email")
    guest = GatheringGuest(
        gathering_id=gathering_id,
        poll_id=poll_id,
        facilitates=facilitates,
        name=name,
        email=address,
        email_key=key,
        asked_by_id=by_id,
        asked_at=now,
        coming=Coming.ASKED,
    )
    session.add(guest)
    session.flush()
    emit(session, events.GuestAsked(guest_id=guest.id, at=moment(now)), now)
    return guest


def _has_answered(session: Session, guest: GatheringGuest) -> bool:
    if guest.gathering_id is not None:
        return guest.coming != Coming.ASKED
    return session.scalar(select(PollVoter.id).where(PollVoter.guest_id == guest.id)) is not None


def silent(session: Session, poll_id: int) -> list[GatheringGuest]:
    """Guests of a poll who have not said when they can; the caller manages it."""
    said = select(PollVoter.guest_id).where(
        PollVoter.poll_id == poll_id, PollVoter.guest_id.is_not(None)
    )
    return list(
        session.scalars(
            select(GatheringGuest)
            .where(GatheringGuest.poll_id == poll_id, GatheringGuest.id.not_in(said))
            .order_by(GatheringGuest.id)
        )
    )


def of_poll(session: Session, poll_id: int) -> list[GatheringGuest]:
    """Guests of a poll, in the order in which they were asked; the caller manages it."""
    return list(
        session.scalars(
            select(GatheringGuest)
            .where(GatheringGuest.poll_id == poll_id)
            .order_by(GatheringGuest.id)
        )
    )


def of_gathering(session: Session, gathering_id: int) -> list[GatheringGuest]:
    """Guests of a gathering, in the order in which they were asked."""
    return list(
        session.scalars(
            select(GatheringGuest)
            .where(GatheringGuest.gathering_id == gathering_id)
            .order_by(GatheringGuest.id)
        )
    )


# --- answering ---


def answer_poll(
    session: Session,
    guest: GatheringGuest,
    answers: Mapping[int, str],
    agrees: bool,
    now: datetime,
) -> PollVoter:
    """A guest says when they can; a second time replaces the first.

    Raises:
        Refused: they do not agree to the rules, it is closed, or nothing was said.
    """
    if guest.poll_id is None:
        raise NotFound
    poll = polling.locked(session, guest.poll_id)
    refuse_if_closed(poll, now)
    _agree(guest, agrees, now)
    voter = session.scalar(select(PollVoter).where(PollVoter.guest_id == guest.id))
    if voter is None:
        voter = PollVoter(poll_id=poll.id, guest_id=guest.id)
    return polling.put_answers(session, poll, voter, answers, comes=False, now=now)


def answer_gathering(
    session: Session, guest: GatheringGuest, comes: bool, agrees: bool, now: datetime
) -> None:
    """A guest says whether they come, or facilitate. No needs no agreeing.

    Raises:
        Refused: yes without agreeing to the rules; or it is over or cancelled.
    """
    if guest.gathering_id is None:
        raise NotFound
    gathering = attending.locked(session, guest.gathering_id)
    session.refresh(guest)  # asked to facilitate meanwhile?
    refuse_if_over(gathering, now)
    if comes:
        _agree(guest, agrees, now)
    wanted = Coming.GOING if comes else Coming.OFF
    if guest.coming == wanted:
        return
    guest.coming = wanted
    session.flush()
    room = belonging.of(gathering.kind)
    if room is not None and room.answered is not None:
        room.answered(session, guest, comes, now)
    said = events.GuestAnswered(
        guest_id=guest.id, gathering_id=gathering.id, comes=comes, at=moment(now)
    )
    emit(session, said, now)


def _agree(guest: GatheringGuest, agrees: bool, now: datetime) -> None:
    if guest.agreed_at is None:
        if not agrees:
            raise Refused(_("Read the rules and agree to them, please."), "agrees")
        guest.agreed_at = now


# --- when it is over ---


def bring_along(session: Session, poll: DatePoll, gathering: Gathering, now: datetime) -> None:
    """A date was chosen: the guests of the poll are asked for it.

    Who was asked to facilitate it in the meantime came along with that.
    """
    attending.locked(session, gathering.id)  # nobody is asked for it while they are brought along
    for guest in of_poll(session, poll.id):
        if guest.gathering_id is not None:
            continue
        if guest.agreed_at is None:
            erase(session, guest, now)  # never answered
            continue
        guest.gathering_id, guest.coming = gathering.id, Coming.ASKED
        session.flush()
        emit(session, events.GuestAsked(guest_id=guest.id, at=moment(now)), now)


def erase(session: Session, guest: GatheringGuest, now: datetime) -> None:
    """Everything about a guest goes."""
    emit(session, events.GuestGone(guest_id=guest.id), now)
    voters = select(PollVoter.id).where(PollVoter.guest_id == guest.id).scalar_subquery()
    session.execute(delete(PollAnswer).where(PollAnswer.voter_id == voters))
    session.execute(delete(PollVoter).where(PollVoter.guest_id == guest.id))
    session.delete(guest)
    session.flush()


@job("gatherings.forget_guests", every=3600)
def forget(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Erase the guests of what is over."""
    rows = session.scalars(
        select(GatheringGuest)
        .outerjoin(Gathering, Gathering.id == GatheringGuest.gathering_id)
        .outerjoin(DatePoll, DatePoll.id == GatheringGuest.poll_id)
        .where(
            or_(
                Gathering.ends_at <= now - STAYS,
                Gathering.cancelled_at <= now - STAYS,
                (GatheringGuest.gathering_id.is_(None)) & (DatePoll.closes_at <= now - UNCHOSEN),
            )
        )
    ).all()
    for guest in rows:
        erase(session, guest, now)
