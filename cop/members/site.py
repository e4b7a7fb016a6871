"""What the administrators chose for the site, and who may be an administrator."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop.members.models import Member, MemberState, SignUp, SiteRole, SiteSettings

DEFAULT_NAME = "Leergemeenschap"


def name_of(session: Session) -> str:
    """What the site is called."""
    return session.scalar(select(SiteSettings.name)) or DEFAULT_NAME


def settings_of(session: Session) -> SiteSettings:
    """The site's settings; what has not been chosen yet is as in the model."""
    return session.get(SiteSettings, 1) or SiteSettings(
        id=1,
        name="",
        tagline="",
        welcome="",
        welcome_html="",
        house_rules="",
        house_rules_html="",
        sign_up=SignUp.REQUEST,
        members_may_invite=False,
    )


def settings_to_change(session: Session) -> SiteSettings:
    """The one row, made when it is not there yet."""
    row = session.get(SiteSettings, 1)
    if row is None:
        row = SiteSettings(id=1)
        session.add(row)
        session.flush()
    return row


def administrators(session: Session) -> int:
    """How many members administer the site: never none once there was one."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Member)
            .where(
                Member.site_role == SiteRole.ADMINISTRATOR,
                Member.state == MemberState.ACTIVE,
            )
        )
        or 0
    )


def hold_administrators(session: Session) -> int:
    """The same until the transaction ends: who takes one away by then has to wait. Two who leave
    at once would else each find the other."""
    held = session.scalars(
        select(Member.id)
        .where(Member.site_role == SiteRole.ADMINISTRATOR, Member.state == MemberState.ACTIVE)
        .order_by(Member.id)
        .with_for_update()
    )
    return len(held.all())
