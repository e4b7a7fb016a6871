"""Starting, changing and archiving spaces.

Any member may start one: no diploma, level or approval stands before it [A, B, D].
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Member, Organisation, Persona, Theme
from cop.members.regions import REGIONS
from cop.platform import markup
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import sort_key
from cop.platform.outbox import emit
from cop.platform.versions import Stale as Stale  # the rooms above know it from here
from cop.spaces import events, joining
from cop.spaces.circles import CircleMembership, Standing, Visibility
from cop.spaces.models import Space, SpaceKind, Stage
from cop.spaces.permissions import SPACES, SpacePermission
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

RESERVED = frozenset({"nieuw", "zoeken", "archief"})  # addresses beside those of the spaces
SAME_FORM = timedelta(minutes=10)  # within which the same form sent twice is one start

# The most characters of each field; the columns are as long.
LONGEST = {
    "name": 120,
    "summary": 500,
    "aim": 20_000,
    "for_whom": 500,
    "place": 120,
    "partners": 500,
    "funder": 200,
}


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a space says about itself.

    Attributes:
        aim: Markdown.
        contact: handle of a coordinator, or None: then all coordinators are named.
        theme_ids, organisation_ids: unknown or retired ones are refused.
    """

    kind: str
    name: str
    summary: str = ""
    aim: str = ""
    for_whom: str = ""
    place: str = ""
    region: str = ""
    partners: str = ""
    funder: str = ""
    funded_until: date | None = None
    ends_on: date | None = None
    stage: str | None = None
    contact: str | None = None
    theme_ids: Sequence[int] = ()
    organisation_ids: Sequence[int] = ()


def start(
    session: Session,
    actor: Actor,
    details: Details,
    visibility: Visibility,
    now: datetime,
    *,
    allows_pseudonyms: bool = False,
    pseudonym: str | None = None,
    anyway: bool = False,
) -> Space:
    """A new space, with the actor as its coordinator and the one to contact.

    The same form sent twice gives the same space.

    Raises:
        NotFound: a visitor.
        Refused: something is missing or wrong.
    """
    if not actor.is_member:
        raise NotFound
    details = _checked(session, details)
    _ask_author(details, anyway)
    session.get_one(Member, actor.member_id, with_for_update=True)  # two sends, one after another
    twin = _started_just_now(session, actor, details, now)
    if twin is not None:
        return twin
    circle = joining.open_circle(session, actor, visibility, allows_pseudonyms, now, pseudonym)
    space = Space(circle_id=circle.id, slug=_free_slug(session, details.name), created_at=now)
    session.add(space)
    _write(session, space, details)
    space.contact_id = session.scalar(
        select(CircleMembership.persona_id).where(CircleMembership.circle_id == circle.id)
    )
    session.flush()
    emit(session, events.SpaceStarted(space_id=space.id), now)
    return space


def edit(
    session: Session,
    actor: Actor,
    space_id: int,
    details: Details,
    version: int,
    now: datetime,
    *,
    anyway: bool = False,
) -> Space:
    """Change what a space says about itself; its address stays as it is.

    Args:
        version: of the text that the author started from.

    Raises:
        NotFound: the actor may not.
        Refused: something is missing or wrong.
        Stale: somebody else changed it meanwhile.
    """
    SPACES.get(session, actor, SpacePermission.EDIT, space_id)
    space = session.get_one(Space, space_id, with_for_update=True, populate_existing=True)
    if space.version != version:
        raise Stale(details_of(space), space.version)
    details = _checked(session, details)
    _ask_author(details, anyway)
    contact_id = None
    if details.contact:
        contact_id = session.scalar(
            select(CircleMembership.persona_id)
            .join(Persona, Persona.id == CircleMembership.persona_id)
            .where(CircleMembership.circle_id == space.circle_id)
            .where(CircleMembership.standing == Standing.COORDINATOR)
            .where(Persona.handle == details.contact)
        )
        if contact_id is None:
            raise Refused(_("The contact is one of the coordinators."), "contact")
    _write(session, space, details)
    space.contact_id = contact_id
    space.version += 1
    session.flush()
    emit(session, events.SpaceChanged(space_id=space.id), now)
    return space


def archive(session: Session, actor: Actor, space_id: int, now: datetime) -> Space:
    """End a space: it stays to be read by the same people, and nothing is added any more."""
    space = SPACES.get(session, actor, SpacePermission.ARCHIVE, space_id)
    return archive_now(session, space, now)


def archive_now(session: Session, space: Space, now: datetime) -> Space:
    space.archived_at = now
    session.flush()
    emit(session, events.SpaceArchived(space_id=space.id), now)
    return space


def reopen(session: Session, actor: Actor, space_id: int, now: datetime) -> Space:
    space = SPACES.get(session, actor, SpacePermission.REOPEN, space_id)
    space.archived_at = None
    session.flush()
    emit(session, events.SpaceReopened(space_id=space.id), now)
    return space


def details_of(space: Space) -> Details:
    """What the space says about itself now."""
    plain = {
        f.name: getattr(space, f.name)
        for f in fields(Details)
        if f.name not in ("contact", "theme_ids", "organisation_ids")
    }
    return Details(
        **plain,
        contact=space.contact.handle if space.contact else None,
        theme_ids=[t.id for t in space.themes],
        organisation_ids=[o.id for o in space.organisations],
    )


def _checked(session: Session, details: Details) -> Details:
    """The details with loose ends trimmed.

    Raises:
        Refused: a field is missing, too long, or not one of what can be chosen.
    """
    changes: dict[str, Any] = {}
    for field, most in LONGEST.items():
        value = trimmed(getattr(details, field))
        if field not in ("aim",):
            value = " ".join(value.split())
        if len(value) > most:
            raise Refused(_("Keep it to %(most)s characters, please.", most=most), field)
        changes[field] = value
    if not sort_key(changes["name"]):
        raise Refused(_("Give it a name, please."), "name")
    if details.kind not in list(SpaceKind):
        raise Refused(_("Choose what kind of space it is."), "kind")
    if details.region and details.region not in REGIONS:
        raise Refused(_("Choose a region from the list."), "region")
    changes["stage"] = None
    if details.kind == SpaceKind.PROEFTUIN:
        changes["stage"] = details.stage or Stage.DEVELOP
        if changes["stage"] not in list(Stage):
            raise Refused(_("Choose a stage from the list."), "stage")
    if details.kind == SpaceKind.LEARNING_NETWORK and not details.theme_ids:
        raise Refused(_("A learning network is about a theme: choose at least one."), "themes")
    if _chosen(session, Theme, details.theme_ids) != len(set(details.theme_ids)):
        raise Refused(_("Choose themes from the list."), "themes")
    if _chosen(session, Organisation, details.organisation_ids) != len(
        set(details.organisation_ids)
    ):
        raise Refused(_("Choose organisations from the list."), "organisations")
    for field in ("funded_until", "ends_on"):
        day = getattr(details, field)
        if day is not None and not 1990 <= day.year <= 2100:
            raise Refused(_("This date cannot be right."), field)
    return Details(
        **{f.name: changes.get(f.name, getattr(details, f.name)) for f in fields(Details)}
    )


def _chosen(session: Session, model: Any, ids: Sequence[int]) -> int:
    if not ids:
        return 0
    return len(session.scalars(select(model.id).where(model.id.in_(ids))).all())


def _ask_author(details: Details, anyway: bool) -> None:
    ask_author([getattr(details, field) for field in LONGEST], Purpose.SPACE, anyway)


def _write(session: Session, space: Space, details: Details) -> None:
    for field in (*LONGEST, "kind", "region", "funded_until", "ends_on", "stage"):
        setattr(space, field, getattr(details, field))
    space.sort_key = sort_key(details.name)
    space.aim_html = markup.render(details.aim)
    space.themes = _rows(session, Theme, details.theme_ids)
    space.organisations = _rows(session, Organisation, details.organisation_ids)
    session.flush()


def _rows(session: Session, model: Any, ids: Sequence[int]) -> list[Any]:
    return list(session.scalars(select(model).where(model.id.in_(ids)))) if ids else []


def _free_slug(session: Session, name: str) -> str:
    """An address made of the name; never one that another space has or had."""
    stem = re.sub(r"[^a-z0-9]+", "-", sort_key(name)).strip("-")[:70].strip("-") or "ruimte"
    slug, n = stem, 1
    while slug in RESERVED or session.scalar(select(exists().where(Space.slug == slug))):
        n += 1
        slug = f"{stem}-{n}"
    return slug


def _started_just_now(
    session: Session, actor: Actor, details: Details, now: datetime
) -> Space | None:
    return session.scalar(
        select(Space)
        .join(CircleMembership, CircleMembership.circle_id == Space.circle_id)
        .where(CircleMembership.member_id == actor.member_id)
        .where(CircleMembership.standing == Standing.COORDINATOR)
        .where(Space.name == details.name, Space.kind == details.kind)
        .where(Space.summary == details.summary, Space.created_at > now - SAME_FORM)
        .limit(1)
    )
