"""Starting, changing and archiving groups, and agreeing to their rules.

Any member may start one: no diploma, level or approval stands before it [A, B, D].
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.groups import events
from cop.groups.models import (
    FacilitatorState,
    Group,
    GroupAgreement,
    GroupFacilitator,
    GroupKind,
)
from cop.groups.permissions import GROUPS, GroupPermission
from cop.groups.words import LENGTHS
from cop.members.actor import Actor
from cop.members.models import Member, Organisation
from cop.platform import markup
from cop.platform.blank import one_line, trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import sort_key
from cop.platform.outbox import emit
from cop.spaces import joining
from cop.spaces.circles import CircleMembership, Standing, Visibility, standing_of
from cop.spaces.operations import Stale
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

LONGEST_NAME = 120
LONGEST_TEXT = 5_000
SMALLEST, LARGEST = 2, 30
MOST_WEEKS = 26
SAME_FORM = timedelta(minutes=10)
FOR_GROUPS = (Visibility.CLOSED, Visibility.PRIVATE)


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a group says about itself; see `models.Group`."""

    kind: str
    name: str
    purpose: str
    rules: str
    size: int | None
    every_weeks: int | None
    minutes: int
    organisation_id: int | None = None


def start(
    session: Session,
    actor: Actor,
    details: Details,
    visibility: str,
    now: datetime,
    *,
    facilitates: bool = False,
    allows_pseudonyms: bool = False,
    pseudonym: str | None = None,
    anyway: bool = False,
) -> Group:
    """A new group; the actor organises it and agrees to its rules. The same form sent twice
    gives one.

    Args:
        facilitates: the actor facilitates it too.
        pseudonym: under which the actor takes part, where that is allowed.

    Raises:
        NotFound: a visitor.
        Refused: something is missing or wrong.
    """
    if actor.member_id is None:
        raise NotFound
    details = _checked(session, details)
    if visibility not in FOR_GROUPS:
        raise Refused(_("Choose one of these, please."), "visibility")
    ask_author([details.name, details.purpose, details.rules], Purpose.GATHERING, anyway)
    session.get_one(Member, actor.member_id, with_for_update=True)  # two sends, one after another
    twin = session.scalar(
        select(Group)
        .join(CircleMembership, CircleMembership.circle_id == Group.circle_id)
        .where(CircleMembership.member_id == actor.member_id)
        .where(CircleMembership.standing == Standing.COORDINATOR)
        .where(Group.kind == details.kind, Group.name == details.name)
        .where(Group.created_at > now - SAME_FORM)
        .limit(1)
    )
    if twin is not None:
        return twin
    circle = joining.open_circle(
        session, actor, Visibility(visibility), allows_pseudonyms, now, pseudonym
    )
    group = Group(circle_id=circle.id, created_at=now, rules_version=1)
    _write(group, details, now)
    session.add(group)
    session.flush()
    _agree(session, actor, group, now)
    if facilitates:
        mine = standing_of(session, actor, circle.id)
        assert mine is not None
        session.add(
            GroupFacilitator(
                group_id=group.id,
                member_id=actor.member_id,
                persona_id=mine.persona_id,
                state=FacilitatorState.ACCEPTED,
                at=now,
            )
        )
        session.flush()
    return group


def edit(
    session: Session,
    actor: Actor,
    group_id: int,
    details: Details,
    version: int,
    now: datetime,
    *,
    anyway: bool = False,
) -> Group:
    """Change what a group says about itself. Other rules ask everybody to agree anew.

    Its kind stays: what was said in one kind of session does not fit the other.

    Raises:
        NotFound: the actor does not organise it.
        Refused: something is missing or wrong.
        Stale: somebody else changed it meanwhile; its `current` is the group.
    """
    GROUPS.get(session, actor, GroupPermission.MANAGE, group_id)
    group = locked(session, group_id)
    if group.version != version:
        raise Stale(group, group.version)
    details = _checked(session, details)
    ask_author([details.name, details.purpose, details.rules], Purpose.GATHERING, anyway)
    before = group.rules
    kind = group.kind
    _write(group, details, now)
    group.kind = kind
    group.version += 1
    if group.rules != before:
        group.rules_version += 1
        session.flush()
        _agree(session, actor, group, now)
        emit(session, events.RulesChanged(group_id=group.id, version=group.rules_version), now)
    session.flush()
    return group


def agree(session: Session, actor: Actor, group_id: int, version: int, now: datetime) -> Group:
    """Agree to the rules that one has read.

    Args:
        version: of the text that was shown.

    Raises:
        NotFound: the actor is not in the group.
        Refused: the rules changed since they were shown.
    """
    GROUPS.get(session, actor, GroupPermission.AGREE, group_id)
    group = locked(session, group_id)
    if group.rules_version != version:
        raise Refused(_("The agreements have just changed. Read them once more, please."))
    _agree(session, actor, group, now)
    return group


def set_archived(
    session: Session, actor: Actor, group_id: int, archived: bool, now: datetime
) -> Group:
    """End a group, or take it up again. Its dates that are still to come are not touched.

    Raises:
        NotFound: the actor does not organise it.
    """
    permission = GroupPermission.MANAGE if archived else GroupPermission.REOPEN
    GROUPS.get(session, actor, permission, group_id)
    group = locked(session, group_id)
    if (group.archived_at is not None) != archived:
        group.archived_at = now if archived else None
        session.flush()
    return group


def locked(session: Session, group_id: int) -> Group:
    """The row as it is now, held until the end of the transaction."""
    return session.get_one(Group, group_id, with_for_update=True, populate_existing=True)


def _agree(session: Session, actor: Actor, group: Group, now: datetime) -> None:
    mine = standing_of(session, actor, group.circle_id)
    assert mine is not None
    agreement = session.get(GroupAgreement, (group.id, mine.member_id))
    if agreement is None:
        agreement = GroupAgreement(group_id=group.id, member_id=mine.member_id, version=0)
        session.add(agreement)
    if agreement.version != group.rules_version:
        agreement.persona_id = mine.persona_id
        agreement.version, agreement.agreed_at = group.rules_version, now
    session.flush()


def _write(group: Group, details: Details, now: datetime) -> None:
    group.kind, group.name = details.kind, details.name
    group.sort_key = sort_key(details.name)
    group.purpose, group.purpose_html = details.purpose, markup.render(details.purpose)
    if details.rules != group.rules:
        group.rules, group.rules_html = details.rules, markup.render(details.rules)
        group.rules_at = now
    group.size, group.every_weeks, group.minutes = (
        details.size,
        details.every_weeks,
        details.minutes,
    )
    group.organisation_id = details.organisation_id


def _checked(session: Session, details: Details) -> Details:
    name = one_line(details.name)
    purpose, rules = trimmed(details.purpose), trimmed(details.rules)
    if details.kind not in set(GroupKind):
        raise Refused(_("Choose one of these, please."), "kind")
    if not name or not sort_key(name):
        raise Refused(_("Give it a name."), "name")
    if not purpose:
        raise Refused(_("Say in a few words what you want to learn together."), "purpose")
    if not rules:
        raise Refused(_("Write what you agree on with each other."), "rules")
    for value, field, most in (
        (name, "name", LONGEST_NAME),
        (purpose, "purpose", LONGEST_TEXT),
        (rules, "rules", LONGEST_TEXT),
    ):
        if len(value) > most:
            raise Refused(_("Keep it to %(most)s characters, please.", most=most), field)
    if details.size is not None and not SMALLEST <= details.size <= LARGEST:
        raise Refused(
            _("Fill in a number from %(least)s to %(most)s.", least=SMALLEST, most=LARGEST), "size"
        )
    if details.every_weeks is not None and not 1 <= details.every_weeks <= MOST_WEEKS:
        raise Refused(_("Fill in a number from 1 to %(most)s.", most=MOST_WEEKS), "every_weeks")
    if details.minutes not in LENGTHS[GroupKind(details.kind)]:
        raise Refused(_("Choose one of these, please."), "minutes")
    if details.organisation_id is not None:
        found = session.get(Organisation, details.organisation_id)
        if found is None or found.proposed_at is not None:
            raise Refused(_("Choose one of these, please."), "organisation")
    return Details(
        kind=details.kind,
        name=name,
        purpose=purpose,
        rules=rules,
        size=details.size,
        every_weeks=details.every_weeks,
        minutes=details.minutes,
        organisation_id=details.organisation_id,
    )
