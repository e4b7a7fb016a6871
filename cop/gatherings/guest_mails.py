"""Mails to guests. They say what kind of gathering it is, when and where; who asks, and no more."""

from datetime import datetime

from sqlalchemy.orm import Session

from cop.gatherings import events, guests, when, words
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import GatheringKind
from cop.gatherings.poll_models import DatePoll
from cop.members.site import name_of
from cop.platform.i18n import gettext as _
from cop.platform.mail.composing import Letter, Link, Words, absolute, post
from cop.platform.outbox import on


@on(events.GuestAsked)
def ask_guest(session: Session, event: events.GuestAsked, now: datetime) -> None:
    """Send the link; for a gathering that was cancelled meanwhile nothing."""
    guest = session.get(GatheringGuest, event.guest_id)
    if guest is None:
        return
    if guest.gathering is not None and guest.gathering.cancelled_at is not None:
        return
    site = name_of(session)
    post(
        session,
        lambda: _letter(session, guest, site),
        key=f"gatherings.guest:{guest.id}:{event.at}",
        recipient=guest.email,
        language=None,
        now=now,
        sender_name=site,
    )


@on(events.Moved)
def tell_guests_of_move(session: Session, event: events.Moved, now: datetime) -> None:
    _tell_all(session, event.gathering_id, str(event.at), now)


@on(events.Cancelled)
def tell_guests_of_cancelling(session: Session, event: events.Cancelled, now: datetime) -> None:
    _tell_all(session, event.gathering_id, "cancelled", now)


def _tell_all(session: Session, gathering_id: int, cause: str, now: datetime) -> None:
    site = name_of(session)
    for guest in guests.of_gathering(session, gathering_id):
        if guest.coming == "off":
            continue
        post(
            session,
            lambda guest=guest: _letter(session, guest, site, changed=True),  # type: ignore[misc]  # mypy cannot infer a default of a lambda
            key=f"gatherings.guest:{guest.id}:{cause}",
            recipient=guest.email,
            language=None,
            now=now,
            sender_name=site,
        )


def _letter(session: Session, guest: GatheringGuest, site: str, changed: bool = False) -> Letter:
    why = _(
        "You get this because %(who)s of %(site)s gave your address for this alone. It is erased "
        "when it is over.",
        who=guest.asked_by.name,
        site=site,
    )
    to_page = absolute(f"/gast/{guests.token(guest.id)}")
    gathering = guest.gathering
    if gathering is None:
        poll = session.get_one(DatePoll, guest.poll_id)
        kind = str(words.KIND_LABELS[GatheringKind(poll.kind)])
        return Letter(
            _("When can you?"),
            (
                Words(
                    _(
                        "%(who)s looks for a date and would like you to be there: %(kind)s. You "
                        "need no account to say when you can.",
                        who=guest.asked_by.name,
                        kind=kind,
                    )
                ),
                Link(_("Say when you can"), to_page),
            ),
            why,
        )
    facts = Words(
        "\n".join(
            (
                words.kind(gathering),
                when.spoken(gathering.starts_at, gathering.ends_at),
                words.where(gathering.setting, gathering.place),
            )
        )
    )
    if gathering.cancelled_at is not None:
        subject = _("Cancelled: %(what)s", what=words.kind(gathering))
        return Letter(subject, (Words(_("This does not go on.")), facts), why)
    if changed:
        subject = _("Changed: %(what)s", what=words.kind(gathering))
        first = _("The time or the place has changed. This is how it is now.")
    elif guest.facilitates:
        subject = _("Will you facilitate?")
        first = _("%(who)s asks you to facilitate this.", who=guest.asked_by.name)
    else:
        subject = _("Do you come?")
        first = _("The date is chosen. Do you come?")
    return Letter(subject, (Words(first), facts, Link(_("Read more and answer"), to_page)), why)
