"""Who is told what about members, in the worker; permissions are asked again there."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.events import (
    MemberLeft,
    MemberRequested,
    OrganisationProposed,
    RevealAsked,
    RevealDecided,
    RoleAnswered,
    RoleAsked,
    RoleEnded,
)
from cop.members.models import (
    Member,
    MemberState,
    Organisation,
    Persona,
    PersonaKind,
    Reveal,
    RoleOffer,
    SiteRole,
)
from cop.members.permissions import REQUESTS, REVEALS, RequestPermission, RevealPermission
from cop.members.queries import moderators
from cop.members.roles import ROLE_NAMES
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.i18n import gettext as _
from cop.platform.outbox import on


@on(MemberRequested)
def tell_moderators_who_asks(session: Session, event: MemberRequested, now: datetime) -> None:
    member = session.get(Member, event.member_id)
    if member is None or member.state != MemberState.REQUESTED:
        return
    notify(
        session,
        member_ids=moderators(session),
        kind="members.request",
        key=f"members.request:{event.member_id}:{member.created_at.isoformat()}",
        subject_id=event.member_id,
        now=now,
    )


@on(OrganisationProposed)
def tell_of_organisation(session: Session, event: OrganisationProposed, now: datetime) -> None:
    notify(
        session,
        member_ids=session.scalars(
            select(Member.id).where(
                Member.site_role == SiteRole.ADMINISTRATOR, Member.state == MemberState.ACTIVE
            )
        ).all(),
        kind="members.organisation",
        key=f"members.organisation:{event.organisation_id}",
        subject_id=event.organisation_id,
        now=now,
    )


@on(RevealAsked)
def tell_moderators_what_is_asked(session: Session, event: RevealAsked, now: datetime) -> None:
    """All but the one who asked, and but the one whose pseudonym it is."""
    row = session.execute(
        select(Reveal.asked_by_id, Reveal.decided_at, Persona.member_id)
        .join(Persona, Persona.id == Reveal.persona_id)
        .where(Reveal.id == event.reveal_id)
    ).one_or_none()
    if row is None or row.decided_at is not None:
        return
    notify(
        session,
        member_ids=[m for m in moderators(session) if m not in (row.asked_by_id, row.member_id)],
        kind="members.reveal_asked",
        key=f"members.reveal_asked:{event.reveal_id}",
        subject_id=event.reveal_id,
        now=now,
    )


@on(RevealDecided)
def tell_what_was_decided(session: Session, event: RevealDecided, now: datetime) -> None:
    """The one who asked; and with a yes, the member."""
    row = session.execute(
        select(Reveal.asked_by_id, Persona.member_id)
        .join(Persona, Persona.id == Reveal.persona_id)
        .where(Reveal.id == event.reveal_id)
    ).one_or_none()
    if row is None:
        return
    told = {"members.reveal_decided": row.asked_by_id}
    if event.agreed and row.member_id is not None:
        told["members.revealed"] = row.member_id
    for kind, member_id in told.items():
        notify(
            session,
            member_ids=[member_id],
            kind=kind,
            key=f"{kind}:{event.reveal_id}",
            subject_id=event.reveal_id,
            now=now,
        )


@on(RoleAsked)
def tell_who_is_asked(session: Session, event: RoleAsked, now: datetime) -> None:
    by_id = session.scalar(
        select(Persona.id)
        .join(RoleOffer, RoleOffer.by_id == Persona.member_id)
        .where(RoleOffer.member_id == event.member_id, Persona.kind == PersonaKind.SELF)
    )
    if by_id is None:
        return  # answered or taken back meanwhile
    notify(
        session,
        member_ids=[event.member_id],
        kind="members.role_asked",
        key=f"members.role_asked:{event.member_id}:{event.at}",
        subject_id=event.member_id,
        by_id=by_id,
        now=now,
    )


@on(RoleAnswered)
def tell_who_asked(session: Session, event: RoleAnswered, now: datetime) -> None:
    kind = "members.role_yes" if event.yes else "members.role_no"
    notify(
        session,
        member_ids=[event.asked_by_id],
        kind=kind,
        key=f"{kind}:{event.persona_id}:{event.at}",
        subject_id=event.persona_id,
        by_id=event.persona_id,
        now=now,
    )


@on(RoleEnded)
def tell_whose_role_ended(session: Session, event: RoleEnded, now: datetime) -> None:
    notify(
        session,
        member_ids=[event.member_id],
        kind="members.role_ended",
        key=f"members.role_ended:{event.member_id}:{event.at}",
        subject_id=event.member_id,
        now=now,
    )


@on(MemberLeft)
def forget_notifications(session: Session, event: MemberLeft, now: datetime) -> None:
    """Nobody is left to read them."""
    session.execute(delete(Notification).where(Notification.member_id == event.member_id))


def _names(session: Session, query: Select[int, str]) -> dict[int, str]:
    """id → name, of a select of the two."""
    return {row[0]: row[1] for row in session.execute(query)}


@sentences("members.request")
def lines_about_requests(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    names = _names(
        session,
        select(Member.id, Persona.name)
        .join(Persona, (Persona.member_id == Member.id) & (Persona.kind == PersonaKind.SELF))
        .where(
            Member.id.in_({n.subject_id for n in notifications}),
            REQUESTS.clause(actor, RequestPermission.DECIDE),
        ),
    )
    return {
        n.id: Line(_("%(name)s asks to join.", name=names[n.subject_id]), "/aanmeldingen")
        for n in notifications
        if n.subject_id in names
    }


@sentences("members.organisation")
def lines_about_organisations(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    if not actor.administers:
        return {}
    names = _names(
        session,
        select(Organisation.id, Organisation.name).where(
            Organisation.id.in_({n.subject_id for n in notifications})
        ),
    )
    return {
        n.id: Line(
            _("A member proposes the organisation “%(name)s”.", name=names[n.subject_id]),
            f"/beheer/organisaties/{n.subject_id}",
        )
        for n in notifications
        if n.subject_id in names
    }


@sentences("members.reveal_asked", "members.reveal_decided")
def lines_about_reveals(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    rows = {
        row.id: row
        for row in session.execute(
            select(Reveal.id, Reveal.refused, Persona.name)
            .join(Persona, Persona.id == Reveal.persona_id)
            .where(
                Reveal.id.in_({n.subject_id for n in notifications}),
                REVEALS.clause(actor, RevealPermission.SEE),
            )
        )
    }
    lines = {}
    for n in notifications:
        row = rows.get(n.subject_id)
        if row is None:
            continue
        if n.kind == "members.reveal_asked":
            text = _("A moderator asks to know who “%(name)s” is. You decide.", name=row.name)
        elif row.refused:
            text = _("A second moderator refused to look up who “%(name)s” is.", name=row.name)
        else:
            text = _("A second moderator agreed: you can see who “%(name)s” is.", name=row.name)
        lines[n.id] = Line(text, f"/onthullingen/{row.id}")
    return lines


@sentences("members.revealed")
def lines_about_being_revealed(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    names = _names(
        session,
        select(Reveal.id, Persona.name)
        .join(Persona, Persona.id == Reveal.persona_id)
        .where(
            Reveal.id.in_({n.subject_id for n in notifications}),
            Persona.member_id == actor.member_id,
        ),
    )
    return {
        n.id: Line(
            _(
                "Two moderators looked up who “%(name)s” is. Read why.",
                name=names[n.subject_id],
            ),
            "/ik/schuilnamen",
        )
        for n in notifications
        if n.subject_id in names
    }


@sentences("members.role_asked", "members.role_yes", "members.role_no", "members.role_ended")
def lines_about_roles(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    """What one is asked, while it is; the answer to it; and what one no longer does."""
    asked = session.scalar(select(RoleOffer.role).where(RoleOffer.member_id == actor.member_id))
    lines = {}
    for n in notifications:
        name = n.by.name if n.by is not None else ""
        if n.kind == "members.role_ended" and actor.role is not None:
            text = _("Your role on this site is now: %(role)s.", role=ROLE_NAMES[actor.role])
            lines[n.id] = Line(text, "/ik/rol")
        elif n.kind == "members.role_asked" and asked == SiteRole.ADMINISTRATOR:
            lines[n.id] = Line(
                _("%(name)s asks you to become an administrator.", name=name), "/ik/rol"
            )
        elif n.kind == "members.role_asked" and asked is not None:
            lines[n.id] = Line(_("%(name)s asks you to become a moderator.", name=name), "/ik/rol")
        elif n.kind == "members.role_yes" and actor.administers:
            text = _("%(name)s said yes to what you asked them to do for the site.", name=name)
            lines[n.id] = Line(text, "/beheer/rollen")
        elif n.kind == "members.role_no" and actor.administers:
            text = _("%(name)s said no to what you asked them to do for the site.", name=name)
            lines[n.id] = Line(text, "/beheer/rollen")
    return lines
