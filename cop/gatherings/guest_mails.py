"""Mails to guests. They say what kind of gathering it is, when and where; who asks, and no more."""

from datetime import datetime

from sqlalchemy.orm import Session

from cop.gatherings import events, guests, ics, when, words
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Coming, Gathering, GatheringKind
from cop.gatherings.poll_models import DatePoll
from cop.members.site import name_of
from cop.platform import i18n
from cop.platform.i18n import gettext as _
from cop.platform.mail.addresses import addresses
from cop.platform.mail.composing import Letter, Link, Words, absolute, post
from cop.platform.outbox import on
from cop.platform.web import settings


@on(events.GuestAsked)
def ask_guest(session: Session, event: events.GuestAsked, now: datetime) -> None:
    """Send the link; for a gathering that was cancelled meanwhile nothing."""
    guest = session.get(GatheringGuest, event.guest_id)
    if guest is not None and not _is_off(guest.gathering):
        _post(session, guest, str(event.at), now)


@on(events.GuestAnswered)
def put_into_calendar(session: Session, event: events.GuestAnswered, now: datetime) -> None:
    """Who says yes gets it into their own calendar; a no takes it out again."""
    guest = session.get(GatheringGuest, event.guest_id)
    if guest is None or guest.gathering is None or _is_off(guest.gathering):
        return
    comes = guest.coming == Coming.GOING
    if comes != event.comes or comes == guest.in_calendar:
        return
    _post(session, guest, f"{event.comes}:{guest.sequence}", now, "yes" if comes else "no")


@on(events.Moved)
def tell_guests_of_move(session: Session, event: events.Moved, now: datetime) -> None:
    _tell_all(session, event.gathering_id, str(event.at), now)


@on(events.Cancelled)
def tell_guests_of_cancelling(session: Session, event: events.Cancelled, now: datetime) -> None:
    _tell_all(session, event.gathering_id, "cancelled", now)


@on(events.CertaintyChanged)
def tell_guests_of_doubt(session: Session, event: events.CertaintyChanged, now: datetime) -> None:
    """Those in whose calendar it stands; who facilitates it is sure of it by their own yes."""
    gathering = session.get(Gathering, event.gathering_id)
    if gathering is None or _is_off(gathering) or gathering.ends_at <= now:
        return
    if gathering.provisional == event.certain:
        return  # it changed again since: that tells of itself
    for guest in guests.of_gathering(session, gathering.id):
        if guest.coming == Coming.GOING and guest.in_calendar and not guest.facilitates:
            _post(session, guest, f"certain:{event.at}", now, "certain")


def _tell_all(session: Session, gathering_id: int, cause: str, now: datetime) -> None:
    for guest in guests.of_gathering(session, gathering_id):
        if guest.coming != Coming.OFF:
            _post(session, guest, cause, now, "changed")


def remind_all(session: Session, gathering: Gathering, latest: datetime, now: datetime) -> None:
    """Remind the guests who said yes and were not reminded since `latest`; the row is theirs.

    Who said yes after that, or was told of a move, has just heard of it.
    """
    for guest in guests.of_gathering(session, gathering.id):
        if guest.coming != Coming.GOING or (guest.reminded_at or latest) > latest:
            continue
        guest.reminded_at = now
        if max(guest.agreed_at or latest, gathering.moved_at) <= latest:
            _post(session, guest, f"soon:{int(latest.timestamp())}", now, "soon")


def remind_of_poll(session: Session, poll: DatePoll, cause: str, now: datetime) -> None:
    """Remind the guests of a poll who have not said when they can."""
    for guest in guests.silent(session, poll.id):
        _post(session, guest, cause, now)


def ask_on_their_page(session: Session, guest: GatheringGuest, now: datetime) -> None:
    """Somebody's calendar said no for them, and nobody vouches for it: did they mean it?"""
    _post(session, guest, f"calendar:{guest.sequence}", now, "calendar")


def tell_of_taking_back(session: Session, guest: GatheringGuest, now: datetime) -> None:
    """Somebody is asked no longer; sent before everything about them is erased."""
    _post(session, guest, "taken back", now, "taken back")


def _is_off(gathering: Gathering | None) -> bool:
    return gathering is not None and gathering.cancelled_at is not None


def _post(
    session: Session, guest: GatheringGuest, cause: str, now: datetime, what: str = "asked"
) -> None:
    """One mail; with it what their own calendar should hear, if it should hear something."""
    site = name_of(session)
    post(
        session,
        lambda: _letter(session, guest, site, what),
        key=f"gatherings.guest:{guest.id}:{cause}",
        recipient=guest.email,
        language=None,
        now=now,
        sender_name=site,
        calendar=_calendar(guest, site, what, now),
    )


def _calendar(guest: GatheringGuest, site: str, what: str, now: datetime) -> str | None:
    """An invitation, a change of it or a cancellation, for their own calendar."""
    gathering = guest.gathering
    if gathering is None or what not in ("yes", "no", "changed", "certain", "taken back"):
        return None
    comes = guest.coming == Coming.GOING and what != "taken back" and not _is_off(gathering)
    if not comes and not guest.in_calendar:
        return None
    guest.in_calendar, guest.told_at = comes, now
    guest.sequence += 1
    organiser = settings().mail_from
    if settings().mail_comes_in:  # their calendar's answer comes there, and says whose it is
        organiser = addresses().to_guest(guest.id, gathering.id)
    to = ics.Recipient(guest.email, organiser, guest.sequence, sure=guest.facilitates)
    method = ics.REQUEST if comes else ics.CANCEL
    with i18n.speaking(i18n.DEFAULT_LANGUAGE, when.ZONE_NAME):
        return ics.message(gathering, method, to, site, now, guest=True)


def _page(guest: GatheringGuest) -> str:
    return f"/gast/{guests.token(guest.id)}"


def _letter(session: Session, guest: GatheringGuest, site: str, what: str) -> Letter:
    why = _(
        "You get this because %(who)s of %(site)s gave your address for this alone. It is erased "
        "when it is over.",
        who=guest.asked_by.name,
        site=site,
    )
    to_page = absolute(_page(guest))
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
    kind = words.kind(gathering)
    if _is_off(gathering):
        subject = _("Cancelled: %(what)s", what=kind)
        return Letter(subject, (Words(_("This does not go on.")), facts), why)
    if what == "taken back":
        first = (
            _("Somebody else facilitates this, or it is arranged otherwise. Thank you anyway!")
            if guest.facilitates
            else _("You are no longer asked to come to this. Thank you for saying when you could!")
        )
        return Letter(_("No longer needed: %(what)s", what=kind), (Words(first), facts), why)
    subject, first = _said(guest, gathering, kind, what)
    return Letter(subject, (Words(first), facts, Link(_("Read more and answer"), to_page)), why)


def _said(guest: GatheringGuest, gathering: Gathering, kind: str, what: str) -> tuple[str, str]:
    """The subject and the first sentence."""
    match what:
        case "changed":
            return (
                _("Changed: %(what)s", what=kind),
                _("What it is, the time or the place has changed. This is how it is now."),
            )
        case "certain" if gathering.provisional:
            return (
                _("Not certain: %(what)s", what=kind),
                _(
                    "It is not certain any more whether this goes on. You hear of it as soon as "
                    "it is. What stands in your calendar stays there, as not certain."
                ),
            )
        case "certain":
            return (
                _("Goes on: %(what)s", what=kind),
                _("It is certain now: this goes on."),
            )
        case "yes":
            return (
                _("Thank you: %(what)s", what=kind),
                _("You said yes. It can stand in your own calendar."),
            )
        case "no":
            return (
                _("Signed off: %(what)s", what=kind),
                _("You no longer come to this. It goes from your calendar."),
            )
        case "calendar":
            return (
                _("Do you not come? %(what)s", what=kind),
                _("Your calendar answered that you do not come. If so, say it on your page."),
            )
        case "soon":
            return _("Reminder: %(what)s", what=kind), _("Soon you meet.")
    if guest.facilitates:
        return (
            _("Will you facilitate?"),
            _("%(who)s asks you to facilitate this.", who=guest.asked_by.name),
        )
    return _("Do you come?"), _("The date is chosen. Do you come?")
