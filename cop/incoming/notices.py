"""Mails about mails: why something was not put on a list, and what to do.

To a member they go to the address the site knows, never to the one a mail claims. To strangers
one a day at most, and only when the own mail server vouches for the address: a forged sender must
not make the platform send mail to others.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cop.discussions.models import DiscussionList
from cop.incoming.envelope import LARGEST
from cop.incoming.models import Reason
from cop.members import mail_links
from cop.members.mail_links import MailAbout
from cop.members.models import Member
from cop.members.site import name_of
from cop.platform.i18n import gettext as _
from cop.platform.mail.addresses import ListCommand, addresses
from cop.platform.mail.composing import Letter, Link, Part, Words, absolute, post
from cop.platform.mail.letters import secret_mark


def _why() -> str:
    return _("You get this because a mail came in from you, or with your address.")


def _send(
    session: Session, member: Member, key: str, letter: Callable[[], Letter], now: datetime
) -> None:
    """To a member, in their language; the same cause once."""
    post(
        session,
        letter,
        key=f"incoming.{key}",
        recipient=member.email,
        language=member.language,
        zone=member.time_zone,
        now=now,
        sender_name=name_of(session),
        member_id=member.id,
    )


def waits(
    session: Session, member: Member, mail_id: int, reason: str, now: datetime, seldom: bool
) -> None:
    """To a member: a mail waits for their yes.

    One that a program may have sent is told of once a day: programs answer every mail. So is what
    anybody may have sent (`seldom`).
    """
    key = f"waits:{mail_id}"
    if seldom or reason == Reason.AWAY:
        key = f"waits:{'unproven' if seldom else 'away'}:{once_a_day(member, now)}"
    _send(
        session,
        member,
        key,
        lambda: Letter(
            _("A message waits for you"),
            (
                Words(_("A message came in by mail. It is not on the site yet.")),
                Words(why(reason)),
                Words(_("Look at it, and decide whether others may read it.")),
                Link(_("Look at the message"), absolute(f"/ik/mail-wacht/{mail_id}")),
            ),
            _why(),
        ),
        now,
    )


def once_a_day(member: Member, now: datetime) -> str:
    """The part of a notice's key that makes it one a day."""
    return f"{member.id}:{now:%Y%m%d}"


def why(reason: str) -> str:
    """The reason in a sentence, to the member for whom it waits."""
    sentences = {
        Reason.NO_KEY: _(
            "It was not sent to an address of your own, so we are not certain that it is yours."
        ),
        Reason.NOT_PROVEN: _(
            "Your mail provider does not vouch for the sender, so we are not certain that it is "
            "yours."
        ),
        Reason.OTHER_SENDER: _(
            "It was sent to your own address, but from an address we don't know as yours."
        ),
        Reason.PASSED_ON: _(
            "You sent it to somebody else, or with your own address hidden (Bcc). Somebody may "
            "have passed it on."
        ),
        Reason.TEXT_CHECK: _("There may be something in it that you would rather not share."),
        Reason.OWN_NAME: _(
            "It holds your own name, address or number, and you take part there under a pseudonym."
        ),
        Reason.FILES: _(
            "There are documents with it. Those often say who made them, and you take part there "
            "under a pseudonym."
        ),
        Reason.NOT_ALLOWED: _(
            "You cannot write there any more: the conversation was closed, or you no longer take "
            "part in it."
        ),
        Reason.NOT_ACCEPTED: _("It could not be put on the site as it is."),
        Reason.WHOLE_DIGEST: _(
            "You answered an overview. It holds several conversations, so we don't know which one "
            "you meant."
        ),
        Reason.AWAY: _(
            "Its subject reads like an automatic answer. If you wrote it yourself, place it."
        ),
        Reason.ORGANISER: _(
            "It was sent to the address of an invitation. Only the answer of a calendar is read "
            "there: coming, perhaps or not."
        ),
        Reason.FORGED: _("The address that it was sent to does not work any more."),
    }
    return sentences.get(Reason(reason), "")


def empty(
    session: Session, member: Member, key: str, refusals: Sequence[str], now: datetime
) -> None:
    """To a member: there was no text, and of its files none could come along."""
    _send(
        session,
        member,
        f"empty:{key}",
        lambda: Letter(
            _("Your mail had no new text"),
            (
                Words(_("We found nothing in it that you wrote yourself, so nothing was placed.")),
                *([Words(_("These files could not come along:"))] if refusals else ()),
                *(Words(f"- {refusal}") for refusal in refusals),
                Words(_("Write above or between the words that you answer, and send it again.")),
            ),
            _why(),
        ),
        now,
    )


def encrypted(session: Session, member: Member, key: str, now: datetime) -> None:
    """To a member: nobody here can read what they sent."""
    _send(
        session,
        member,
        f"encrypted:{key}",
        lambda: Letter(
            _("Your mail is encrypted"),
            (
                Words(_("We cannot read an encrypted mail, so nothing was placed.")),
                Words(
                    _(
                        "Look it up among what you sent, switch encryption off in your mail "
                        "program, and send it again. Signing is fine."
                    )
                ),
            ),
            _why(),
        ),
        now,
    )


def left_out(
    session: Session, member: Member, key: str, refusals: Sequence[str], path: str, now: datetime
) -> None:
    """To a member: the text stands there, some of the files do not."""
    _send(
        session,
        member,
        f"left_out:{key}",
        lambda: Letter(
            _("Your message was placed, without some files"),
            (
                Words(_("Your words are there. These files could not come along:")),
                *(Words(f"- {refusal}") for refusal in refusals),
                Link(_("To your message"), absolute(path)),
            ),
            _why(),
        ),
        now,
    )


def _too_large() -> Letter:
    return Letter(
        _("Your mail is too large"),
        (
            Words(
                _(
                    "Your mail is larger than %(most)s MB. We could not read it, so nothing was "
                    "placed.",
                    most=LARGEST // (1024 * 1024),
                )
            ),
            Words(_("Send it again without files, or with smaller ones.")),
        ),
        _why(),
    )


def too_large(session: Session, member: Member, key: str, now: datetime) -> None:
    """To a member: their mail was not even fetched."""
    _send(session, member, f"too_large:{key}", _too_large, now)


def strangers_too_large(session: Session, address: str, now: datetime) -> None:
    """The same to somebody without an account, once a day."""
    post(
        session,
        _too_large,
        key=f"incoming.too_large:{secret_mark(address)}:{now:%Y%m%d}",
        recipient=address,
        language=None,
        now=now,
        sender_name=name_of(session),
    )


def strangers_to_organiser(session: Session, address: str, now: datetime) -> None:
    """To somebody without an account who wrote to the organiser of an invitation, once a day."""
    post(
        session,
        lambda: Letter(
            _("Nobody reads mail at that address"),
            (
                Words(
                    _(
                        "You wrote to the address of an invitation. Only the answer of a calendar "
                        "is read there: coming, perhaps or not. Your words reached nobody."
                    )
                ),
                Words(_("Please tell whoever invited you in another way.")),
            ),
            _why(),
        ),
        key=f"incoming.organiser:{secret_mark(address)}:{now:%Y%m%d}",
        recipient=address,
        language=None,
        now=now,
        sender_name=name_of(session),
    )


def whole_digest(session: Session, member: Member, key: str, now: datetime) -> None:
    """To a member who answered a digest as a whole."""
    _send(
        session,
        member,
        f"digest:{key}",
        lambda: Letter(
            _("Which conversation did you mean?"),
            (
                Words(
                    _(
                        "You answered a digest. It holds several conversations, so we don't know "
                        "which one you meant. Nothing was placed, and your text is kept for you."
                    )
                ),
                Words(_("In the digest each item has an address of its own to answer to.")),
                Link(_("To your text"), absolute("/ik/mail-wacht")),
            ),
            _why(),
        ),
        now,
    )


def crisis(session: Session, member: Member, key: str, now: datetime) -> None:
    """To a member whose words point to a crisis: where help is. Nobody else hears of it."""
    _send(
        session,
        member,
        f"crisis:{key}",
        lambda: Letter(
            _("Somebody to talk to"),
            (
                Words(_("Do you or does somebody near you need help now? You are not alone.")),
                Words(_("113 Suicide Prevention: call 113 or 0800 0113, day and night.")),
                Words(_("Your own doctor, or the doctor on call. In danger: 112.")),
                Link(_("More places that help"), absolute("/hulp")),
            ),
            _("Only you get this mail. Your message was placed as you wrote it."),
        ),
        now,
    )


def command(
    session: Session,
    member: Member,
    on: DiscussionList,
    asked: ListCommand,
    key: str,
    now: datetime,
) -> None:
    """To a member who wrote to a list's address for a command: a page where a button acts.

    The link is the member's own and goes to the address we know: a forged sender moves nothing.
    No list is named: of some not even their name belongs in a mail.
    """
    token = mail_links.token(member.id, MailAbout.LIST, on.id)

    def letter() -> Letter:
        own, choices = addresses().to_start(member.id, on.id), absolute(f"/mail/keuzes/{token}")
        parts: list[Part] = [Words(_("You wrote to a list of ours."))]
        if asked == ListCommand.UNSUBSCRIBE:
            stop = absolute(f"/mail/afmelden/{token}")
            parts += [
                Words(_("Open this page and press the button; then its mails stop.")),
                Link(_("Stop the mails of this list"), stop),
            ]
        elif asked == ListCommand.SUBSCRIBE:
            parts += [
                Words(_("On this page you choose what you want to get of it, and how often.")),
                Link(_("Choose what you get"), choices),
            ]
        else:
            parts += [
                Words(_("Answer a mail of the list, and your answer stands in that conversation.")),
                Words(
                    _(
                        "To start a conversation, write to the address below. It is yours alone, "
                        "so keep it to yourself. When you write to the list's own address, you "
                        "confirm your message on the site first."
                    )
                ),
                Words(own),
                Link(_("Choose what you get"), choices),
            ]
        return Letter(_("The list by mail"), parts, _why())

    _send(session, member, f"command:{key}", letter, now)


def no_such_list(session: Session, member: Member, key: str, now: datetime) -> None:
    """To a member who wrote to a list that is not there, or not for them."""

    def letter() -> Letter:
        return Letter(
            _("Your mail was not placed"),
            (
                Words(_("There is no list with the address that you wrote to.")),
                Link(_("To the lists"), absolute("/gesprekken")),
            ),
            _why(),
        )

    _send(session, member, f"no_such_list:{key}", letter, now)


def stranger(session: Session, address: str, now: datetime) -> None:
    """To somebody without an account, once a day."""
    site = name_of(session)
    post(
        session,
        lambda: Letter(
            _("Your mail was not placed"),
            (
                Words(
                    _(
                        "You wrote to a list of %(site)s. Only members can, and we don't know this "
                        "address. Do you have an account with another address? Write from that "
                        "one.",
                        site=site,
                    )
                ),
                Link(_("Become a member"), absolute("/aanmelden")),
            ),
            _("You get this once a day at most, because a mail came in with your address."),
        ),
        key=f"incoming.stranger:{secret_mark(address)}:{now:%Y%m%d}",
        recipient=address,
        language=None,
        now=now,
        sender_name=site,
    )
