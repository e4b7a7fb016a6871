"""`cop members`: invite somebody, give somebody a role, see who is there."""

import json

import click
from sqlalchemy import select

from cop import create_app
from cop.members import addresses, invitations, roles, signing_up
from cop.members.actor import SYSTEM
from cop.members.models import Member, MemberState, Persona, PersonaKind, SiteRole
from cop.platform import clock
from cop.platform.db import db, reading, unit_of_work
from cop.platform.errors import Refused
from cop.platform.i18n import DEFAULT_LANGUAGE, DEFAULT_ZONE, speaking
from cop.platform.mail.composing import absolute


@click.group()
def members() -> None:
    """Invite members and give them their role."""


@members.command()
@click.argument("address", required=False)
@click.option("--uses", default=1, show_default=True, help="People who may use a shared link.")
@click.option("--days", default=14, show_default=True, help="How many days it works.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def invite(address: str | None, uses: int, days: int, as_json: bool) -> None:
    """Print the link of a new invitation, and mail it when it is for one ADDRESS."""
    with create_app().app_context():
        wanted = invitations.Wanted(email=address, uses=uses, days=days)
        with speaking("en", DEFAULT_ZONE), unit_of_work() as session:  # as the rest of `cop`
            made, path = invitations.make(session, SYSTEM, wanted, DEFAULT_LANGUAGE, clock.now())
            assert path is not None  # the system's are new each time
        if as_json:
            said = {
                "link": absolute(path),
                "email": made.email,
                "uses": made.most_uses,
                "expires_at": made.expires_at.isoformat(),
            }
            click.echo(json.dumps(said))
        else:
            click.echo(absolute(path))
        db.engine.dispose()


@members.command()
@click.argument("address")
@click.option(
    "--role",
    type=click.Choice([role.value for role in SiteRole]),
    default=SiteRole.ADMINISTRATOR.value,
    show_default=True,
)
def promote(address: str, role: str) -> None:
    """Give the member with this ADDRESS a role; the first administrator is made so."""
    with create_app().app_context():
        now = clock.now()
        with unit_of_work() as session:
            member = session.scalar(
                select(Member).where(
                    Member.email == addresses.normal(address),
                    Member.state.in_((MemberState.ACTIVE, MemberState.REQUESTED)),
                )
            )
            if member is None:
                raise Refused(
                    "No member has this address: they have to sign up and confirm it first."
                )
            if member.state == MemberState.REQUESTED:  # who has the server lets them in
                signing_up.activate(session, member, now)
            with speaking("en", DEFAULT_ZONE):
                roles.give(session, member, SiteRole(role), "cli", now)
        click.echo(f"{addresses.normal(address)}: {role}")
        db.engine.dispose()


@members.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
def list_(as_json: bool) -> None:
    """Print the members: address, role, name."""
    with create_app().app_context():
        with reading() as session:
            rows = session.execute(
                select(Member.email, Member.site_role, Persona.name, Persona.handle)
                .join(
                    Persona,
                    (Persona.member_id == Member.id) & (Persona.kind == PersonaKind.SELF),
                )
                .where(Member.state == MemberState.ACTIVE)
                .order_by(Persona.sort_key, Member.id)
            )
            for row in rows:
                said = {"email": row.email, "role": row.site_role, "name": row.name}
                if as_json:
                    click.echo(json.dumps(said | {"handle": row.handle}, ensure_ascii=False))
                else:
                    click.echo("\t".join(said.values()))
        db.engine.dispose()
