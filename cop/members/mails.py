"""What the mails about accounts say. Nothing sensitive in subjects or first lines."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from cop.members.models import Invitation, Member
from cop.members.site import name_of
from cop.members.tokens import hash_token
from cop.platform.i18n import format_date
from cop.platform.i18n import gettext as _
from cop.platform.mail.composing import Letter, Link, Quoted, Words, absolute, post


def confirm_address(session: Session, member: Member, name: str, path: str, now: datetime) -> None:
    """To a new account's address: the button on the page behind the link makes it count."""
    site = name_of(session)

    def letter() -> Letter:
        return Letter(
            _("Confirm your e-mail address"),
            (
                Words(_("Hello %(name)s,", name=name)),
                Words(
                    _(
                        "You signed up for %(site)s. Open this page and press the button, then we "
                        "know that this is your address. The link works for three days.",
                        site=site,
                    )
                ),
                Link(_("Confirm your address"), absolute(path)),
            ),
            _("You did not sign up? Then you need not do anything: no account will come of it."),
        )

    _to_member(session, member, f"members.confirm:{_mark(path)}", letter, now)


def has_account(session: Session, member: Member, path: str, now: datetime) -> None:
    """To somebody who signs up again: only they read that they have an account."""
    site = name_of(session)

    def letter() -> Letter:
        return Letter(
            _("You are already signed up"),
            (
                Words(
                    _(
                        "Somebody, probably you, signed up for %(site)s with this address. You "
                        "already have an account. This link signs you in; it works for half an "
                        "hour.",
                        site=site,
                    )
                ),
                Link(_("Sign in"), absolute(path)),
            ),
            _("Was it not you? Then you need not do anything: nothing has changed."),
        )

    _to_member(session, member, f"members.has_account:{_mark(path)}", letter, now)


def still_waiting(session: Session, member: Member, key: str, now: datetime) -> None:
    """To somebody who tries to get in while their request waits."""
    site = name_of(session)

    def letter() -> Letter:
        return Letter(
            _("Your request is waiting"),
            (
                Words(
                    _(
                        "You asked to join %(site)s. A moderator still has to say yes. You get a "
                        "mail when that has happened.",
                        site=site,
                    )
                ),
            ),
            _("You get this mail because somebody, probably you, tried to sign in."),
        )

    _to_member(session, member, key, letter, now)


def sign_in_link(session: Session, member: Member, path: str, now: datetime) -> None:
    site = name_of(session)

    def letter() -> Letter:
        return Letter(
            _("Your link to sign in"),
            (
                Words(
                    _(
                        "With this link you sign in to %(site)s. It works once, for half an hour.",
                        site=site,
                    )
                ),
                Link(_("Sign in"), absolute(path)),
            ),
            _("You did not ask for this? Then leave it alone: without this mail nobody gets in."),
        )

    _to_member(session, member, f"members.sign_in:{_mark(path)}", letter, now)


def new_password(session: Session, member: Member, path: str, now: datetime) -> None:
    site = name_of(session)

    def letter() -> Letter:
        return Letter(
            _("Choose a new password"),
            (
                Words(
                    _(
                        "With this link you choose a new password for %(site)s. It works once, "
                        "for an hour.",
                        site=site,
                    )
                ),
                Link(_("Choose a new password"), absolute(path)),
            ),
            _("You did not ask for this? Then leave it alone: your password stays as it is."),
        )

    _to_member(session, member, f"members.password:{_mark(path)}", letter, now)


def password_changed(session: Session, member: Member, key: str, now: datetime) -> None:
    site = name_of(session)

    def letter() -> Letter:
        return Letter(
            _("Your password has changed"),
            (
                Words(
                    _(
                        "Your password for %(site)s has just been changed. Was that you? Then "
                        "all is well.",
                        site=site,
                    )
                ),
                Words(_("Was it not you? Then choose a new password at once:")),
                Link(_("Choose a new password"), absolute("/wachtwoord-vergeten")),
            ),
            _("You always get this mail when your password changes."),
        )

    _to_member(session, member, key, letter, now)


def confirm_new_address(
    session: Session, member: Member, address: str, path: str, now: datetime
) -> None:
    site = name_of(session)

    def letter() -> Letter:
        return Letter(
            _("Confirm your new e-mail address"),
            (
                Words(
                    _(
                        "You want to use this address for %(site)s from now on. Open this page and "
                        "press the button. The link works for one day.",
                        site=site,
                    )
                ),
                Link(_("Confirm this address"), absolute(path)),
            ),
            _("You did not ask for this? Then leave it alone: nothing changes."),
        )

    _to_member(session, member, f"members.new_email:{_mark(path)}", letter, now, address)


def address_taken(session: Session, member: Member, address: str, key: str, now: datetime) -> None:
    """To an address that has an account of its own; the page said nothing about it."""
    site = name_of(session)

    def letter() -> Letter:
        return Letter(
            _("This address is in use already"),
            (
                Words(
                    _(
                        "Somebody, probably you, wants to use this address for another account on "
                        "%(site)s. It already belongs to an account, so nothing has changed.",
                        site=site,
                    )
                ),
                Link(_("Sign in with this address"), absolute("/inloggen")),
            ),
            _("Was it not you? Then you need not do anything."),
        )

    _to_member(session, member, key, letter, now, address)


def address_changed(
    session: Session, member: Member, old_address: str, key: str, now: datetime
) -> None:
    """To the old address, which is told and cannot do anything any more."""
    site = name_of(session)

    def letter() -> Letter:
        return Letter(
            _("Your e-mail address has changed"),
            (
                Words(
                    _(
                        "Your account on %(site)s now has another e-mail address. This one is no "
                        "longer used.",
                        site=site,
                    )
                ),
                Words(_("Was it not you? Then write to a moderator of the site at once.")),
            ),
            _("This is the last mail to this address."),
        )

    _to_member(session, member, key, letter, now, old_address)


def admitted(session: Session, member: Member, now: datetime) -> None:
    site = name_of(session)

    def letter() -> Letter:
        return Letter(
            _("Welcome to %(site)s", site=site),
            (
                Words(_("Your request was answered with yes. You are a member now. Welcome!")),
                Link(_("Sign in"), absolute("/inloggen")),
            ),
            _("You get this mail because you asked to join."),
        )

    _to_member(session, member, f"members.admitted:{member.id}", letter, now)


def declined(session: Session, member: Member, words: str, now: datetime) -> None:
    site = name_of(session)

    def letter() -> Letter:
        return Letter(
            _("About your request to join"),
            (
                Words(
                    _(
                        "You asked to join %(site)s. A moderator has read your request and did not "
                        "say yes to it.",
                        site=site,
                    )
                ),
                *((Words(_("The moderator writes:")), Quoted(words)) if words else ()),
                Words(_("What you filled in has been removed. You can ask again.")),
            ),
            _("You get this mail because you asked to join."),
        )

    _to_member(session, member, f"members.declined:{member.id}", letter, now)


def invitation(
    session: Session, made: Invitation, path: str, by: str | None, language: str, now: datetime
) -> None:
    """To the one address that an invitation is for."""
    site = name_of(session)
    assert made.email is not None

    def letter() -> Letter:
        who = (
            _("%(name)s invites you to join %(site)s.", name=by, site=site)
            if by
            else _("You are invited to join %(site)s.", site=site)
        )
        return Letter(
            _("An invitation to %(site)s", site=site),
            (
                Words(who),
                *((Quoted(made.note),) if made.note else ()),
                Link(_("Have a look"), absolute(path)),
                Words(
                    _(
                        "The invitation is for this address only and works until %(day)s.",
                        day=format_date(made.expires_at),
                    )
                ),
            ),
            _("Not interested? Then you need not do anything; you will get no other mail."),
        )

    post(
        session,
        letter,
        key=f"members.invitation:{made.id}",
        recipient=made.email,
        language=language,
        now=now,
        sender_name=site,
    )


def revealed(session: Session, member: Member, reveal_id: int, now: datetime) -> None:
    """To the member behind a pseudonym; which one, and why, is read on the site only."""
    site = name_of(session)

    def letter() -> Letter:
        return Letter(
            _("Something for you to know"),
            (
                Words(
                    _(
                        "Two moderators of %(site)s have looked up who you are. On the site you "
                        "read why.",
                        site=site,
                    )
                ),
                Link(_("Read why"), absolute("/ik/schuilnamen")),
            ),
            _("You always get this mail when this happens; it cannot be turned off."),
        )

    _to_member(session, member, f"members.revealed:{reveal_id}", letter, now)


def _to_member(
    session: Session,
    member: Member,
    key: str,
    letter: Callable[[], Letter],
    now: datetime,
    address: str | None = None,
) -> None:
    post(
        session,
        letter,
        key=key,
        recipient=address or member.email,
        language=member.language,
        zone=member.time_zone,
        now=now,
        sender_name=name_of(session),
        member_id=member.id,
    )


def _mark(path: str) -> str:
    """Enough of the link's hash to name this mail; the token itself is nowhere kept."""
    return hash_token(path)[:32]
