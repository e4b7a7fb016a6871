"""Who asks. Operations and queries take an `Actor`, never the request."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam

from cop.members.models import SiteRole


@dataclass(frozen=True, slots=True)
class Actor:
    """A visitor, a member, or the system itself.

    Attributes:
        member_id: None for a visitor, a guest and the system.
        role: the site role; visitors have none.
        is_system: the worker or an administrator's command.
        guest_id: somebody without an account, by their own link, for one gathering alone.
    """

    member_id: int | None = None
    role: SiteRole | None = None
    is_system: bool = False
    guest_id: int | None = None

    @property
    def is_member(self) -> bool:
        return self.member_id is not None

    @property
    def moderates(self) -> bool:
        """Moderators; administrators too, since a small community has nobody else."""
        return self.role in (SiteRole.MODERATOR, SiteRole.ADMINISTRATOR)

    @property
    def administers(self) -> bool:
        return self.role == SiteRole.ADMINISTRATOR

    @property
    def left_open(self) -> "Actor":
        """The same kind of actor, with the member or guest left open as the parameter `me`.

        Building a page's SQL with all its permissions costs more than running it. A statement
        that is built once per kind of actor (`functools.cache` on what this gives) is run with
        `parameters`.
        """
        if self.guest_id is not None:
            return Actor(guest_id=_ME)
        return Actor(_ME, self.role) if self.is_member else self

    @property
    def parameters(self) -> dict[str, Any]:
        """What a statement for `left_open` is run with."""
        me = self.member_id if self.guest_id is None else self.guest_id
        return {} if me is None else {"me": me}

    @property
    def audit_id(self) -> str:
        if self.is_system:
            return "system"
        if self.guest_id is not None:
            return f"guest:{self.guest_id}"
        return f"member:{self.member_id}" if self.is_member else "visitor"


VISITOR = Actor()
SYSTEM = Actor(is_system=True)

_ME: Any = bindparam("me")
