"""What `cop check` looks at, as data: the settings, and what they point to."""

import imaplib
import os
import smtplib
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import redis
from flask import Flask
from sqlalchemy import func, select

from cop.administration.database import at_head, revisions
from cop.config import VARIABLES, ConfigError, Settings, load
from cop.incoming.polling import mailbox
from cop.platform import audit, clock, site_mark
from cop.platform.db import reading
from cop.platform.mail.connecting import connection
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import Job
from cop.platform.search import indexing
from cop.platform.worker import Heartbeat

WORKER_SILENT = timedelta(seconds=30)
SECRETS = {"COP_SECRET_KEY", "COP_KEYS"}
ADDRESSES = {"COP_DATABASE_URL", "COP_REDIS_URL", "COP_SMTP_URL", "COP_IMAP_URL"}
# Values that let the reading of the settings go on past one that production demands.
STAND_INS = {
    "COP_BASE_URL": "https://example.org",
    "COP_SECRET_KEY": "x" * 32,
    "COP_KEYS": "A" * 43 + "=",
    "COP_DATABASE_URL": "sqlite:///stands-in",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: what was set (masked), and what is wrong with it, if anything."""

    name: str
    what_for: str
    value: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `ok` is None when it is worth knowing but no error."""

    name: str
    ok: bool | None
    says: str


def settings_report(environ: Mapping[str, str]) -> tuple[list[Setting], Settings | None]:
    """Every variable with its problem; the settings themselves when there is none."""
    problems: dict[str, str] = {}
    tried = dict(environ)
    settings: Settings | None = None
    while settings is None:
        try:
            settings = load(tried)
        except ConfigError as error:
            name, _, problem = str(error).partition(": ")
            if name in problems:
                break  # a stand-in does not help either
            problems[name] = problem
            tried.pop(name, None)
            if name in STAND_INS:
                tried[name] = STAND_INS[name]
    report = [
        Setting(name, what_for, _masked(name, environ.get(name) or None), problems.pop(name, None))
        for name, what_for in VARIABLES.items()
    ]
    unknown = sorted(n for n in environ if n.startswith("COP_") and n not in VARIABLES)
    report += [Setting(n, "", "set", "no setting has this name") for n in unknown]
    sound = all(setting.problem is None for setting in report)
    return report, settings if sound else None


def _masked(name: str, value: str | None) -> str | None:
    if value is None:
        return None
    if name in SECRETS:
        return "set, not shown"
    if name in ADDRESSES:
        parts = urlsplit(value)
        if "@" in parts.netloc:
            who, _, host = parts.netloc.rpartition("@")
            user = who.partition(":")[0]
            value = urlunsplit(parts._replace(netloc=f"{user}:***@{host}"))
    return value


def look(app: Flask, settings: Settings) -> list[Finding]:
    """Try everything that the settings point to."""
    findings = [
        _folder("data folder", settings.data_dir),
        _case_keys(settings.case_keys),
        _base_url(settings),
        *_database(app, settings),
    ]
    return [*findings, _redis(settings), _smtp(settings), *_mail_in(settings)]


def _folder(name: str, folder: Path) -> Finding:
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK | os.X_OK):
        return Finding(name, False, f"{folder} cannot be written to")
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        return Finding(name, False, f"{folder} can be read by others (mode {mode:o}); chmod 700 it")
    return Finding(name, True, f"{folder} can be written to, by this user only")


def _case_keys(folder: Path) -> Finding:
    """Without this folder nobody can bring a case; it is made with the first key."""
    name = "case keys"
    if os.path.exists(folder):
        return _folder(name, folder)
    above = next(parent for parent in folder.parents if os.path.exists(parent))
    if not os.path.isdir(above) or not os.access(above, os.W_OK | os.X_OK):
        return Finding(name, False, f"{folder} cannot be made")
    return Finding(name, True, f"{folder} is made with the first case")


def _base_url(settings: Settings) -> Finding:
    if settings.https:
        return Finding("address", True, settings.base_url)
    says = f"{settings.base_url} is not https: fit for loopback only"
    return Finding("address", False if settings.production else None, says)


def _database(app: Flask, settings: Settings) -> list[Finding]:
    kind = "SQLite" if settings.is_sqlite else "PostgreSQL"
    found = revisions(settings.database_url)
    if found.problem:
        return [Finding("database", False, f"{kind}: {found.problem}")]
    if not at_head(found):
        at = found.current or "nothing"
        return [
            Finding("database", True, f"{kind} answers"),
            Finding(
                "migrations", False, f"at {at}, the code wants {found.head}; run: cop db upgrade"
            ),
        ]
    with app.app_context():
        return [
            Finding("database", True, f"{kind} answers"),
            Finding("migrations", True, f"up to date ({found.head})"),
            _worker(settings),
            _jobs(),
            _mails(),
            _audit(),
            _search(),
            *_folders(settings),
        ]


def _folders(settings: Settings) -> list[Finding]:
    """Files and keys that are another database's: this one is not the one that was meant."""
    with reading() as session:
        return [
            Finding("folder", False, f"{folder} belongs to another database than this one")
            for folder in (settings.data_dir, settings.case_keys)
            if site_mark.is_foreign(session, folder)
        ]


def _worker(settings: Settings) -> Finding:
    """In production nothing is mailed, reminded or cleared up without one."""
    wrong = False if settings.production else None
    with reading() as session:
        seen = session.scalar(select(func.max(Heartbeat.seen_at)))
    if seen is None:
        return Finding("worker", wrong, "none has run yet; start one with: cop worker")
    if clock.now() - seen > WORKER_SILENT:
        return Finding("worker", wrong, f"last seen {seen:%Y-%m-%d %H:%M} UTC; is it running?")
    return Finding("worker", True, "running")


def _jobs() -> Finding:
    with reading() as session:
        dead = session.scalar(select(func.count()).where(Job.dead_at.is_not(None))) or 0
    if dead:
        return Finding("jobs", None, f"{dead} given up after many tries; see the worker's page")
    return Finding("jobs", True, "none given up")


def _mails() -> Finding:
    """Some addresses always fail, so this alone is no error."""
    with reading() as session:
        dead = session.scalar(select(func.count()).where(OutgoingMail.dead_at.is_not(None))) or 0
    if dead:
        return Finding("mails", None, f"{dead} given up; /beheer/werk shows why, and tries again")
    return Finding("mails", True, "none given up")


def _audit() -> Finding:
    with reading() as session:
        broken = audit.first_broken(session)
    if broken is not None:
        return Finding("audit trail", False, f"entry {broken} does not fit the one before it")
    return Finding("audit trail", True, "whole")


def _search() -> Finding:
    """After an upgrade that changes how words are looked for, and on a site that is new."""
    with reading() as session:
        behind = indexing.is_behind(session)
    if behind:
        says = "being made anew by the worker; at once with: cop search rebuild"
        return Finding("search index", None, says)
    return Finding("search index", True, "up to date")


def _redis(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return Finding("Redis", None, "not set; enough for one web process")
    try:
        redis.Redis.from_url(settings.redis_url, socket_timeout=5).ping()
    except (redis.RedisError, ValueError) as error:
        return Finding("Redis", False, f"does not answer ({type(error).__name__})")
    return Finding("Redis", True, "answers")


def _smtp(settings: Settings) -> Finding:
    if settings.smtp is None:
        says = "not set; no mail leaves the site"
        return Finding("mail server", False if settings.production else None, says)
    where = f"{settings.smtp.host}:{settings.smtp.port}"
    try:
        with connection(settings.smtp) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding("mail server", False, f"{where} does not answer ({type(error).__name__})")
    return Finding("mail server", True, f"{where} answers")


def _mail_in(settings: Settings) -> list[Finding]:
    """Where mail is fetched from, and whether anybody vouches for who sent it."""
    findings = []
    if settings.imap is not None:
        where = f"{settings.imap.host}:{settings.imap.port}"
        try:
            with mailbox(settings.imap):
                findings.append(Finding("mailbox", True, f"{where} opens"))
        except (OSError, imaplib.IMAP4.error) as error:
            says = f"{where} does not open ({type(error).__name__})"
            findings.append(Finding("mailbox", False, says))
    if settings.mail_comes_in and not settings.mail_authserv:
        says = "COP_MAIL_AUTHSERV is not set: every mail that comes in waits for its sender's yes"
        findings.append(Finding("mail that comes in", None, says))
    return findings
