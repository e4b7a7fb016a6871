"""Profiles: what a member says about themself, each thing shown or hidden as they wish."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members import names
from cop.members.account import myself
from cop.members.actor import Actor
from cop.members.events import OrganisationProposed
from cop.members.handles import free_handle
from cop.members.models import (
    Cluster,
    Member,
    MemberOrganisation,
    MemberRoleTag,
    MemberTheme,
    Organisation,
    Persona,
    PersonaKind,
    RoleTag,
    Theme,
)
from cop.members.people import CLUSTERS, PERSON, Person, person
from cop.members.permissions import PERSONAS, PersonaPermission
from cop.members.queries import own_persona, theme_name
from cop.members.regions import REGIONS
from cop.platform import storage
from cop.platform.blank import is_blank, one_line, trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import sort_key
from cop.platform.outbox import emit
from cop.platform.storage import Clean, StoredFile
from cop.platform.versions import ChangedElsewhere, version_of
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_ABOUT = 2000
MOST_PROFESSION = 120
MOST_ORGANISATIONS = 12
WORDS = ("name", "about", "profession", "cluster", "region")
PICTURE_SIDE = 256  # pixels; the largest is shown at 96 on a screen of double density


@dataclass(frozen=True, slots=True)
class Profile:
    """What others read on a member's page; hidden things are not in it at all.

    Attributes:
        mine: the page is the actor's own.
        left: they are no longer a member.
    """

    person: Person
    mine: bool
    left: bool
    about: str = ""
    profession: str = ""
    cluster: str = ""
    region: str = ""
    organisations: tuple[str, ...] = ()
    themes: tuple[tuple[str, str], ...] = ()  # (slug, name)


@dataclass(frozen=True, slots=True)
class Filled:
    """A profile as its member fills it in; in each mapping the value says whether it is shown."""

    name: str
    about: str = ""
    profession: str = ""
    profession_shown: bool = True
    cluster: str = ""
    cluster_shown: bool = True
    region: str = ""
    region_shown: bool = True
    tags: Mapping[str, bool] = field(default_factory=dict)
    organisations: Mapping[int, bool] = field(default_factory=dict)
    new_organisation: str = ""
    themes: Mapping[int, bool] = field(default_factory=dict)


def profile(session: Session, actor: Actor, handle: str) -> Profile:
    """The page behind a name, as the actor may see it.

    Raises:
        NotFound: nobody has this handle, or not for the actor.
    """
    row = session.execute(
        select(*PERSON, Persona.member_id).where(
            Persona.handle == handle, PERSONAS.clause(actor, PersonaPermission.SEE)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    shown = person(row, actor)
    mine = row.member_id == actor.member_id and row.kind == PersonaKind.SELF
    if row.kind != PersonaKind.SELF or row.gone_at is not None or row.member_id is None:
        # Nothing else is read: the page of a pseudonym cannot hold what was never fetched.
        return Profile(person=shown, mine=False, left=row.gone_at is not None)
    member = session.execute(
        select(
            *(Member.about, Member.profession, Member.profession_shown),
            *(Member.cluster, Member.cluster_shown, Member.region, Member.region_shown),
        ).where(Member.id == row.member_id)
    ).one()
    return Profile(
        person=shown,
        mine=mine,
        left=False,
        about=member.about,
        profession=member.profession if member.profession_shown else "",
        cluster=str(CLUSTERS[Cluster(member.cluster)])
        if member.cluster and member.cluster_shown
        else "",
        region=member.region if member.region_shown else "",
        organisations=_shown_organisations(session, row.member_id),
        themes=_shown_themes(session, row.member_id),
    )


def _shown_organisations(session: Session, member_id: int) -> tuple[str, ...]:
    return tuple(
        session.scalars(
            select(Organisation.name)
            .join(MemberOrganisation, MemberOrganisation.organisation_id == Organisation.id)
            .where(MemberOrganisation.member_id == member_id, MemberOrganisation.shown)
            .order_by(Organisation.sort_key)
        )
    )


def _shown_themes(session: Session, member_id: int) -> tuple[tuple[str, str], ...]:
    rows = session.execute(
        select(Theme.slug, theme_name())
        .join(MemberTheme, MemberTheme.theme_id == Theme.id)
        .where(MemberTheme.member_id == member_id, MemberTheme.shown)
        .order_by(Theme.position, Theme.id)
    )
    return tuple((slug, name) for slug, name in rows)


def filled(session: Session, actor: Actor) -> Filled:
    """The actor's own profile, for the form."""
    member = myself(session, actor)
    return Filled(
        name=own_persona(session, member.id).name,
        about=member.about,
        profession=member.profession,
        profession_shown=member.profession_shown,
        cluster=member.cluster or "",
        cluster_shown=member.cluster_shown,
        region=member.region,
        region_shown=member.region_shown,
        tags={row.tag: row.shown for row in member.role_tags},
        organisations={row.organisation_id: row.shown for row in member.organisations},
        themes={row.theme_id: row.shown for row in member.themes},
    )


def change(
    session: Session,
    actor: Actor,
    wanted: Filled,
    now: datetime,
    anyway: bool = False,
    version: str | None = None,
) -> None:
    """Keep the actor's profile as filled in.

    Args:
        anyway: the author has seen what the text check found and shares it as it is.
        version: of the profile that the form was opened with; None for whoever had none.

    Raises:
        ChangedElsewhere: another window was kept meanwhile; its `current` are the words there.
        Refused: a field is not right; `AuthorAsked` when the text check has something to ask.
    """
    member = myself(session, actor)
    session.refresh(member, with_for_update=True)
    stands = asdict(filled(session, actor))
    if version is not None and version != (stands_at := version_of(stands)):
        raise ChangedElsewhere({name: stands[name] for name in WORDS}, stands_at)
    name = names.clean(wanted.name)
    about, profession = trimmed(wanted.about), one_line(wanted.profession)
    if len(about) > MOST_ABOUT:
        raise Refused(_("Use at most %(most)s characters, please.", most=MOST_ABOUT), "about")
    if len(profession) > MOST_PROFESSION:
        raise Refused(
            _("Use at most %(most)s characters, please.", most=MOST_PROFESSION), "profession"
        )
    if wanted.cluster and wanted.cluster not in set(Cluster):
        raise Refused(_("Choose one of the list, please."), "cluster")
    if wanted.region and wanted.region not in (*REGIONS, member.region):
        raise Refused(_("Choose one of the list, please."), "region")
    if not set(wanted.tags) <= set(RoleTag):
        raise Refused(_("Choose one of the list, please."), "tags")
    ask_author((about, profession), Purpose.PROFILE, anyway, known=lambda: (name,))
    member.about, member.profession = about, profession
    member.profession_shown = wanted.profession_shown
    member.cluster, member.cluster_shown = wanted.cluster or None, wanted.cluster_shown
    member.region, member.region_shown = wanted.region, wanted.region_shown
    _keep_tags(member, wanted.tags)
    _keep_organisations(session, member, wanted, now)
    _keep_themes(session, member, wanted.themes)
    _keep_name(session, member, name)
    own_persona(session, member.id).roles = [tag for tag in RoleTag if wanted.tags.get(tag) is True]
    session.flush()


def _keep_name(session: Session, member: Member, name: str) -> None:
    """The address follows the name: an old name is not kept alive in a link."""
    persona = own_persona(session, member.id)
    if name != persona.name:
        persona.handle = free_handle(session, name, but=persona.id)
        persona.name = name
        persona.sort_key = sort_key(name)
        persona.name_key = names.look_alike_key(name)


def _keep_tags(member: Member, wanted: Mapping[str, bool]) -> None:
    have = {row.tag: row for row in member.role_tags}
    member.role_tags = [
        have.get(tag) or MemberRoleTag(tag=tag, shown=wanted[tag]) for tag in wanted
    ]
    for row in member.role_tags:
        row.shown = wanted[row.tag]


def _keep_organisations(session: Session, member: Member, wanted: Filled, now: datetime) -> None:
    have = {row.organisation_id: row for row in member.organisations}
    known = set(
        session.scalars(
            select(Organisation.id).where(
                Organisation.id.in_(wanted.organisations),
                Organisation.retired_at.is_(None) | Organisation.id.in_(have),
                Organisation.proposed_at.is_(None) | Organisation.id.in_(have),
            )
        )
    )
    chosen = {key: shown for key, shown in wanted.organisations.items() if key in known}
    if not is_blank(wanted.new_organisation):
        chosen[_proposed(session, wanted.new_organisation, now)] = True
    if len(chosen) > MOST_ORGANISATIONS:
        raise Refused(
            _("Choose at most %(most)s organisations.", most=MOST_ORGANISATIONS), "organisations"
        )
    member.organisations = [
        have.get(key) or MemberOrganisation(organisation_id=key, shown=shown)
        for key, shown in chosen.items()
    ]
    for row in member.organisations:
        row.shown = chosen[row.organisation_id]


def _proposed(session: Session, name: str, now: datetime) -> int:
    """The organisation of this name: one that is there, else a new one for an administrator."""
    name = one_line(name)
    key = sort_key(name)
    if not key or len(name) > 120:
        raise Refused(
            _("Write the name of the organisation in at most 120 characters."), "new_organisation"
        )
    found = session.scalar(select(Organisation.id).where(Organisation.sort_key == key).limit(1))
    if found is not None:
        return found
    base = names.handle_from(name)
    slug, number = base, 2
    while session.scalar(select(Organisation.id).where(Organisation.slug == slug)) is not None:
        slug, number = f"{base}-{number}", number + 1
    organisation = Organisation(slug=slug, name=name, sort_key=key, proposed_at=now)
    session.add(organisation)
    session.flush()
    emit(session, OrganisationProposed(organisation_id=organisation.id), now)
    return organisation.id


def _keep_themes(session: Session, member: Member, wanted: Mapping[int, bool]) -> None:
    have = {row.theme_id: row for row in member.themes}
    known = set(
        session.scalars(
            select(Theme.id).where(
                Theme.id.in_(wanted), Theme.retired_at.is_(None) | Theme.id.in_(have)
            )
        )
    )
    member.themes = [
        have.get(key) or MemberTheme(theme_id=key, shown=wanted[key])
        for key in wanted
        if key in known
    ]
    for row in member.themes:
        row.shown = wanted[row.theme_id]


def clean_picture(stream: BinaryIO, filename: str) -> Clean:
    """A picture decoded and written anew, so that nothing else comes along; it takes long.

    Raises:
        Refused: it is not a picture; the field is 'picture'.
    """
    try:
        return storage.clean_square(stream, filename, PICTURE_SIDE)
    except Refused as refused:
        raise Refused(refused.message, "picture") from None


def set_picture(session: Session, actor: Actor, picture: Clean, now: datetime) -> None:
    """Show this picture."""
    persona = own_persona(session, myself(session, actor).id)
    kept = storage.keep_clean(session, picture, now)
    before, persona.picture_id = persona.picture_id, kept.id
    session.flush()
    _drop(session, before)


def remove_picture(session: Session, actor: Actor) -> None:
    """Show initials again."""
    persona = own_persona(session, myself(session, actor).id)
    before, persona.picture_id = persona.picture_id, None
    session.flush()
    _drop(session, before)


def _drop(session: Session, picture_id: int | None) -> None:
    picture = session.get(StoredFile, picture_id) if picture_id else None
    if picture is not None:
        storage.remove(session, picture)
        session.flush()


def picture(session: Session, actor: Actor, handle: str) -> StoredFile:
    """The picture on somebody's page.

    Raises:
        NotFound: there is none, or not for the actor. A pseudonym never has one.
    """
    found = session.scalar(
        select(StoredFile)
        .join(Persona, Persona.picture_id == StoredFile.id)
        .where(
            Persona.handle == handle,
            Persona.kind == PersonaKind.SELF,
            Persona.gone_at.is_(None),
            PERSONAS.clause(actor, PersonaPermission.SEE),
        )
    )
    if found is None or not found.is_picture:
        raise NotFound
    return found
