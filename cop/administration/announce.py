"""What `make run` prints once the site answers: where to open it and as whom to sign in."""

from sqlalchemy import select

from cop.config import Settings
from cop.demo.commands import people_to_sign_in_as
from cop.members.models import Member, MemberState, SiteRole
from cop.platform.db import reading


def words(settings: Settings) -> str:
    """Needs an application context."""
    lines = ["", f"The site is open:  {settings.base_url}", ""]
    people = people_to_sign_in_as() if settings.demo_sign_in else []
    if people:
        width = max(len(name) for name, _hint in people)
        lines.append(f"Sign in with one press at {settings.base_url}/inloggen as")
        lines += [f"  {name:{width}}  {hint}".rstrip() for name, hint in people]
        lines.append("")
    if not has_administrator():
        lines.append("Nobody is administrator yet. Sign up, then: cop members promote ADDRESS")
        lines.append("")
    lines.append("Ctrl-C stops it.")
    return "\n".join(lines)


def has_administrator() -> bool:
    with reading() as session:
        found = session.scalar(
            select(Member.id)
            .where(Member.site_role == SiteRole.ADMINISTRATOR, Member.state == MemberState.ACTIVE)
            .limit(1)
        )
        return found is not None
