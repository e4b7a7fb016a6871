"""Who may do what with members' things. A role of the site never opens what somebody hides."""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, false, or_, true
from sqlalchemy.orm import aliased

from cop.members.actor import Actor
from cop.members.models import (
    Invitation,
    Member,
    MemberState,
    Persona,
    PersonaKind,
    Reveal,
    SiteSettings,
)
from cop.members.queries import takes_part
from cop.platform.policy import Policy


class PersonaPermission(StrEnum):
    SEE = "see"  # the page behind the name


class RequestPermission(StrEnum):
    DECIDE = "decide"  # on somebody's request to become a member


class InvitationPermission(StrEnum):
    REVOKE = "revoke"


class RevealPermission(StrEnum):
    SEE = "see"  # that it was asked, and why
    DECIDE = "decide"  # as the second moderator
    LEARN = "learn"  # whose the pseudonym is


def _shown_to_members(actor: Actor) -> ColumnElement[bool]:
    # Those who left under their own name keep a page that says so; a placeholder or a guest never
    # has one.
    pageless = (PersonaKind.PLACEHOLDER, PersonaKind.GUEST)
    left = and_(Persona.kind.not_in(pageless), Persona.gone_at.is_not(None))
    return or_(takes_part(), left) if actor.is_member else false()


def _waits_for_moderators(actor: Actor) -> ColumnElement[bool]:
    return Member.state == MemberState.REQUESTED if actor.moderates else false()


def _invited(actor: Actor) -> ColumnElement[bool]:
    return Invitation.invited_by_id == actor.member_id if actor.is_member else false()


def _any_invitation(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.moderates else false()


def _not_about(actor: Actor) -> ColumnElement[bool]:
    """The pseudonym is not the moderator's own: they do not even see that somebody asks."""
    own = aliased(Persona)
    return ~exists().where(own.id == Reveal.persona_id, own.member_id == actor.member_id)


def _open_to_moderators(actor: Actor) -> ColumnElement[bool]:
    if not actor.moderates:
        return false()
    return and_(Reveal.decided_at.is_(None), _not_about(actor))


def _one_of_the_two(actor: Actor) -> ColumnElement[bool]:
    if not actor.moderates:
        return false()
    return or_(Reveal.asked_by_id == actor.member_id, Reveal.agreed_by_id == actor.member_id)


def _second_moderator(actor: Actor) -> ColumnElement[bool]:
    return and_(_open_to_moderators(actor), Reveal.asked_by_id != actor.member_id)


def _agreed_by_two(actor: Actor) -> ColumnElement[bool]:
    agreed = and_(Reveal.decided_at.is_not(None), Reveal.refused.is_(False))
    return and_(agreed, Reveal.agreed_by_id.is_not(None), _one_of_the_two(actor))


PERSONAS: Policy[Actor, Persona] = Policy(Persona, {PersonaPermission.SEE: (_shown_to_members,)})
REQUESTS: Policy[Actor, Member] = Policy(
    Member, {RequestPermission.DECIDE: (_waits_for_moderators,)}
)
INVITATIONS: Policy[Actor, Invitation] = Policy(
    Invitation, {InvitationPermission.REVOKE: (_invited, _any_invitation)}
)
REVEALS: Policy[Actor, Reveal] = Policy(
    Reveal,
    {
        RevealPermission.SEE: (_open_to_moderators, _one_of_the_two),
        RevealPermission.DECIDE: (_second_moderator,),
        RevealPermission.LEARN: (_agreed_by_two,),
    },
)


def may_invite(actor: Actor, settings: SiteSettings) -> bool:
    """Moderators and administrators always, members where the site lets them."""
    return actor.moderates or (actor.is_member and settings.members_may_invite)
