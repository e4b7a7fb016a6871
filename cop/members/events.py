"""What happened to members, as data. Ids only."""

from dataclasses import dataclass

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class MemberRequested(Event):
    """Somebody confirmed their address and waits for a moderator's yes."""

    name = "members.requested"
    member_id: int


@dataclass(frozen=True, kw_only=True)
class MemberJoined(Event):
    """An account became active."""

    name = "members.joined"
    member_id: int
    persona_id: int


@dataclass(frozen=True, kw_only=True)
class MemberLeft(Event):
    """Somebody left. Their own persona is marked as gone already, their pseudonyms are cut loose.

    Every capability that keeps rows under the member's id listens and removes its own. What would
    tie a pseudonym to this leaving waits: see `PseudonymEnds`.
    """

    name = "members.left"
    member_id: int
    persona_id: int


@dataclass(frozen=True, kw_only=True)
class ZoneChanged(Event):
    """A member lives by another clock now."""

    name = "members.zone_changed"
    member_id: int


@dataclass(frozen=True, kw_only=True)
class PseudonymEnds(Event):
    """The member behind a pseudonym left, a while ago; its memberships end now.

    Emitted at a random later moment for each pseudonym by itself, so that nobody can tie the two.
    """

    name = "members.pseudonym_ends"
    persona_id: int


@dataclass(frozen=True, kw_only=True)
class PlaceholderClaimed(Event):
    """A member verified the address of an imported author: what it wrote becomes theirs."""

    name = "members.placeholder_claimed"
    placeholder_id: int
    persona_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationProposed(Event):
    """A member named an organisation that was not on the list."""

    name = "members.organisation_proposed"
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class RevealAsked(Event):
    """A moderator asks who is behind a pseudonym; a second one must agree."""

    name = "members.reveal_asked"
    reveal_id: int


@dataclass(frozen=True, kw_only=True)
class RevealDecided(Event):
    """A second moderator agreed or refused."""

    name = "members.reveal_decided"
    reveal_id: int
    agreed: bool


@dataclass(frozen=True, kw_only=True)
class RoleAsked(Event):
    """An administrator asks a member to moderate or administer; `at` is microseconds since 1970."""

    name = "members.role_asked"
    member_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class RoleAnswered(Event):
    """A member said yes or no to the role that another asked them to take."""

    name = "members.role_answered"
    persona_id: int
    asked_by_id: int
    yes: bool
    at: int


@dataclass(frozen=True, kw_only=True)
class RoleEnded(Event):
    """An administrator gave a member a role with which they may do less."""

    name = "members.role_ended"
    member_id: int
    at: int
