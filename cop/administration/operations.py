"""What administrators change for the whole site. Each change is in the audit trail."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Organisation, SiteSettings, Theme
from cop.members.site import settings_to_change
from cop.platform import audit, markup
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import sort_key
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import Job
from cop.platform.versions import refuse_stale
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

WORDS = ("name", "tagline", "welcome", "house_rules", "sign_up", "members_may_invite")
ORGANISATION = ("name", "kind", "region", "website")
THEME = ("name_nl", "name_en", "group", "position")


def _administrator(actor: Actor) -> None:
    if not (actor.administers or actor.is_system):
        raise NotFound


def change_site(
    session: Session,
    actor: Actor,
    values: dict[str, Any],
    now: datetime,
    anyway: bool = False,
    version: str | None = None,
) -> None:
    """Change name, tagline, welcome, house rules and the way of signing up.

    Args:
        values: name, tagline, welcome, house_rules, sign_up (texts), members_may_invite (bool).

    Raises:
        AuthorAsked: a check speaks up about a text.
        Stale: another administrator changed them meanwhile.
    """
    _administrator(actor)
    site = settings_to_change(session)
    session.refresh(site, with_for_update=True)
    refuse_stale(words_of(site), version)
    texts = [values[name] or "" for name in ("name", "tagline", "welcome", "house_rules")]
    ask_author(texts, Purpose.SITE, anyway)
    for name in WORDS:
        setattr(site, name, values[name])
    site.welcome_html = markup.render(site.welcome, top=2)
    site.house_rules_html = markup.render(site.house_rules, top=2)
    site.changed_at = now
    session.flush()
    audit.record(session, "site.changed", actor=actor.audit_id, subject="site", now=now)


def words_of(site: SiteSettings) -> dict[str, Any]:
    """What the form about the site is opened with."""
    return {name: getattr(site, name) for name in WORDS}


def save_organisation(
    session: Session,
    actor: Actor,
    organisation_id: int | None,
    values: dict[str, str],
    now: datetime,
    version: str | None = None,
) -> Organisation:
    """Add or change an organisation; one that a member proposed is in the list from now on.

    Raises:
        Refused: another one has this name.
        Stale: another administrator changed it meanwhile.
    """
    _administrator(actor)
    key = sort_key(values["name"])
    twin = session.scalar(
        select(Organisation).where(
            Organisation.sort_key == key, Organisation.id != (organisation_id or 0)
        )
    )
    if twin is not None:
        raise Refused(_("There is already an organisation with this name."), "name")
    if organisation_id is None:
        found = Organisation(slug=_slug(session, Organisation, values["name"]))
        session.add(found)
    else:
        found = _get(session, Organisation, organisation_id)
        session.refresh(found, with_for_update=True)
        refuse_stale(words_of_organisation(found), version)
    found.name, found.sort_key = values["name"], key
    found.kind, found.region, found.website = values["kind"], values["region"], values["website"]
    found.proposed_at = None
    session.flush()
    _note(session, actor, "saved", found, now)
    return found


def words_of_organisation(row: Organisation) -> dict[str, Any]:
    """What the form about an organisation is opened with."""
    return {name: getattr(row, name) or "" for name in ORGANISATION}


def save_theme(
    session: Session,
    actor: Actor,
    theme_id: int | None,
    values: dict[str, Any],
    now: datetime,
    version: str | None = None,
) -> Theme:
    """Add or change a theme.

    Raises:
        Stale: another administrator changed it meanwhile.
    """
    _administrator(actor)
    if theme_id is None:
        found = Theme(slug=_slug(session, Theme, values["name_nl"]))
        session.add(found)
    else:
        found = _get(session, Theme, theme_id)
        session.refresh(found, with_for_update=True)
        refuse_stale(words_of_theme(found), version)
    found.name_nl, found.name_en = values["name_nl"], values["name_en"]
    found.group, found.position = values["group"], values["position"] or 0
    session.flush()
    _note(session, actor, "saved", found, now)
    return found


def words_of_theme(row: Theme) -> dict[str, Any]:
    """What the form about a theme is opened with."""
    return {name: getattr(row, name) for name in THEME}


def retire(
    session: Session,
    actor: Actor,
    kind: type[Theme] | type[Organisation],
    row_id: int,
    now: datetime,
) -> None:
    """Take it out of the choices, or put it back; what carries it already keeps it."""
    _administrator(actor)
    row = _get(session, kind, row_id)
    row.retired_at = None if row.retired_at else now
    session.flush()
    _note(session, actor, "retired" if row.retired_at else "put_back", row, now)


def _note(
    session: Session, actor: Actor, what: str, row: Theme | Organisation, now: datetime
) -> None:
    kind = row.__tablename__
    by, about = actor.audit_id, f"{kind}:{row.id}"
    audit.record(session, f"{kind}.{what}", actor=by, subject=about, now=now)


def _get(session: Session, kind: Any, row_id: int) -> Any:
    found = session.get(kind, row_id)
    if found is None:
        raise NotFound
    return found


def _slug(session: Session, kind: type[Theme] | type[Organisation], name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", sort_key(name)).strip("-")[:50] or "x"
    slug, n = base, 2
    while session.scalar(select(kind.id).where(kind.slug == slug)):
        slug, n = f"{base}-{n}", n + 1
    return slug


def retry_job(session: Session, actor: Actor, job_id: int, now: datetime) -> None:
    """Try a job that was given up once more, with all its attempts."""
    _administrator(actor)
    job = _get(session, Job, job_id)
    job.dead_at, job.attempts, job.run_at = None, 0, now
    session.flush()
    about = f"job:{job.id}"
    audit.record(
        session, "job.retried", actor=actor.audit_id, subject=about, now=now, kind=job.kind
    )


def drop_job(session: Session, actor: Actor, job_id: int, now: datetime) -> None:
    """Forget a job that was given up."""
    _administrator(actor)
    job = _get(session, Job, job_id)
    if job.dead_at is None:
        raise Refused(_("This job still has its turn; it cannot be removed."))
    audit.record(
        session,
        "job.dropped",
        actor=actor.audit_id,
        subject=f"job:{job.id}",
        now=now,
        kind=job.kind,
    )
    session.delete(job)
    session.flush()


def retry_mail(session: Session, actor: Actor, mail_id: int, now: datetime) -> None:
    """Send a mail that was given up once more."""
    _administrator(actor)
    if not _retried(session, now, OutgoingMail.id == mail_id):
        raise NotFound
    audit.record(session, "mail.retried", actor=actor.audit_id, subject=f"mail:{mail_id}", now=now)


def retry_mails(session: Session, actor: Actor, now: datetime) -> int:
    """Send every mail that was given up once more; how many those are."""
    _administrator(actor)
    count = _retried(session, now)
    audit.record(
        session, "mail.all_retried", actor=actor.audit_id, subject="mail", now=now, count=count
    )
    return count


def note_mail_test(session: Session, actor: Actor, now: datetime) -> None:
    """A test mail went out; to whom is not in the trail."""
    _administrator(actor)
    audit.record(session, "mail.tested", actor=actor.audit_id, subject="mail", now=now)


def _retried(session: Session, now: datetime, *which: ColumnElement[bool]) -> int:
    changed = session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.dead_at.is_not(None), *which)
        .values(dead_at=None, attempts=0, try_at=now, created_at=now)
        .returning(OutgoingMail.id)
    )
    return len(changed.all())
