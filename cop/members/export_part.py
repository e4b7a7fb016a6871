"""What accounts, names, sign-ins and mail hold of a member, for them to take along."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.blocks import Block
from cop.members.models import (
    AddressTrouble,
    Invitation,
    Member,
    MemberOrganisation,
    MemberRoleTag,
    MemberTheme,
    OneTimeLink,
    Organisation,
    Persona,
    Reveal,
    RoleOffer,
    SignIn,
)
from cop.members.own_data import Room, Row, Rows, exports, plain
from cop.platform.audit import AuditEntry
from cop.platform.i18n import lazy as _l
from cop.platform.mail.models import OutgoingMail
from cop.platform.storage import StoredFile

# What others do to a member that the member is told: not what is asked about them and refused.
TOLD = ("member.admitted", "member.role_asked", "member.role_given", "reveal.agreed")


def _more(session: Session, actor: Actor) -> dict[str, list[Row]]:
    personas = select(Persona.id).where(Persona.member_id == actor.member_id)
    numbers = session.scalars(personas).all()
    me = f"member:{actor.member_id}"
    # What was done by the member, or to them; never who else did it.
    audit = session.execute(
        select(AuditEntry.at, AuditEntry.action)
        .where(
            or_(
                AuditEntry.actor == me,
                and_(
                    AuditEntry.subject.in_([me, *(f"persona:{number}" for number in numbers)]),
                    AuditEntry.action.in_(TOLD),
                ),
            )
        )
        .order_by(AuditEntry.id)
    ).mappings()
    mails = session.execute(
        select(OutgoingMail.created_at, OutgoingMail.sent_at, OutgoingMail.recipient)
        .where(OutgoingMail.member_id == actor.member_id)
        .order_by(OutgoingMail.id)
    ).mappings()
    works = session.execute(
        select(Organisation.name, MemberOrganisation.shown)
        .join(MemberOrganisation, MemberOrganisation.organisation_id == Organisation.id)
        .where(MemberOrganisation.member_id == actor.member_id)
        .order_by(Organisation.id)
    ).mappings()
    trouble = session.execute(
        select(AddressTrouble.address, AddressTrouble.last_at, AddressTrouble.stopped_at)
        .join(Member, Member.email == AddressTrouble.address)
        .where(Member.id == actor.member_id)
    ).mappings()
    found: dict[str, Any] = {
        "organisations": works,
        "mail_to_you": mails,
        "mail_trouble": trouble,
        "trail": audit,
    }
    return {name: [plain(row) for row in rows] for name, rows in found.items()}


def _pictures(session: Session, actor: Actor) -> Iterable[StoredFile]:
    return session.scalars(
        select(StoredFile)
        .join(Persona, Persona.picture_id == StoredFile.id)
        .where(Persona.member_id == actor.member_id)
        .order_by(StoredFile.id)
    )


exports(
    Room(
        "profile",
        _l("Your account and profile"),
        [
            Rows(
                "account",
                _l("Account"),
                [Member.id],
                [
                    *(Member.email, Member.site_role, Member.language, Member.time_zone),
                    *(Member.colour_scheme, Member.profession, Member.profession_shown),
                    *(Member.cluster, Member.cluster_shown, Member.region, Member.region_shown),
                    *(Member.about, Member.motivation, Member.created_at, Member.verified_at),
                    Member.agreed_rules_at,
                ],
            ),
            Rows(
                "names",
                _l("Your names"),
                [Persona.member_id],
                [Persona.kind, Persona.handle, Persona.name, Persona.roles, Persona.gone_at],
            ),
            Rows(
                "roles",
                _l("What you are"),
                [MemberRoleTag.member_id],
                [MemberRoleTag.tag, MemberRoleTag.shown],
            ),
            Rows(
                "themes",
                _l("Your themes"),
                [MemberTheme.member_id],
                [MemberTheme.theme_id, MemberTheme.shown],
            ),
            Rows(
                "sign_ins",
                _l("Where you are signed in"),
                [SignIn.member_id],
                [SignIn.device, SignIn.created_at, SignIn.seen_at, SignIn.expires_at],
            ),
            Rows(
                "links_by_mail",
                _l("Links that you got by mail"),
                [OneTimeLink.member_id],
                [
                    *(OneTimeLink.purpose, OneTimeLink.email, OneTimeLink.created_at),
                    OneTimeLink.used_at,
                ],
            ),
            Rows(
                "invitations",
                _l("Invitations that you made"),
                [Invitation.invited_by_id],
                [
                    *(Invitation.note, Invitation.uses, Invitation.most_uses),
                    *(Invitation.created_at, Invitation.expires_at, Invitation.revoked_at),
                ],
            ),
            Rows(
                "role_asked",
                _l("The role that you are asked to take"),
                [RoleOffer.member_id],
                [RoleOffer.role, RoleOffer.at],
            ),
            Rows(
                "blocked",
                _l("Whom you blocked"),
                [Block.member_id],
                [Block.at],
                who=Block.persona_id,
            ),
            Rows(
                "reveals",
                _l("When moderators looked who is behind your pseudonym"),
                [Reveal.persona_id],
                [Reveal.reason, Reveal.asked_at, Reveal.decided_at],
                under=Reveal.persona_id,
                where=[Reveal.decided_at.is_not(None), Reveal.refused.is_(False)],
            ),
        ],
        more=_more,
        titles={
            "organisations": _l("Where you work"),
            "mail_to_you": _l("Mail that went to you"),
            "mail_trouble": _l("Trouble with your address"),
            "trail": _l("What was written down of you in the log"),
        },
        files=_pictures,
        covers=frozenset(
            {
                *("member_organisation.member_id", "outgoing_mail.member_id"),
                *("outgoing_mail.recipient", "address_trouble.address"),
            }
        ),
        left={
            "block.persona_id": "whoever is blocked is not told so",
            "reveal.asked_by_id": "what a moderator did in office, about somebody else",
            "reveal.agreed_by_id": "what a moderator did in office, about somebody else",
            "role_offer.by_id": "what an administrator did in office, about somebody else",
            "invitation.email": "the address of somebody else",
            "one_time_link.email": "given with the link",
            "member.email": "given with the account",
        },
    )
)
