"""Typed settings, read once from the environment.

Every name starts with ``COP_`` but for ``PORT``, which hosting platforms set. A missing or
wrong value stops the start with the name of the variable (`ConfigError`). Outside production
missing secrets are made and kept in the data directory, so that one command is enough to begin.
"""

import base64
import contextlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

_HOST = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_MAILBOX = re.compile(r"[a-z0-9][a-z0-9.-]{0,10}")

Environment = Literal["development", "production", "test"]


class ConfigError(Exception):
    """A setting that is missing or wrong; the message begins with the variable's name."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """How to reach the mail server, from ``smtp://user:password@host:587?security=starttls``."""

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    security: Literal["none", "starttls", "tls"] = "none"


@dataclass(frozen=True, slots=True)
class Imap:
    """A mailbox to fetch mail from, from ``imaps://user:password@host:993/INBOX?done=Done``.

    Attributes:
        folder: where mail arrives.
        done: where it goes when it was taken in; '' leaves it where it is, marked as seen.
        security: 'tls' from the first byte (imaps), 'starttls', or 'none' (loopback only).
    """

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    done: str = ""
    security: Literal["none", "starttls", "tls"] = "tls"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Secrets are kept out of `repr`."""

    env: Environment
    data_dir: Path
    database_url: str = field(repr=False)
    base_url: str
    host: str
    port: int
    secret_key: str = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)  # the first encrypts, all decrypt
    redis_url: str | None = field(default=None, repr=False)
    smtp: Smtp | None = field(default=None, repr=False)
    mail_from: str = "cop@localhost"
    mail_domain: str = "localhost"  # whose mail comes in here
    mail_mailbox: str = ""  # only its subaddresses do: mailbox+name@domain
    mail_authserv: str = ""  # whose word about senders is believed (RFC 8601)
    imap: "Imap | None" = field(default=None, repr=False)  # a mailbox to fetch mail from
    mail_comes_in: bool = True  # else mails carry links instead of addresses to answer to
    mail_per_minute: int = 0  # the most that all workers together send; 0: no limit of ours
    proxies: int = 0  # how many reverse proxies in front may be believed
    max_upload_bytes: int = 10 * 1024 * 1024
    demo_sign_in: bool = False
    log_level: str = "INFO"
    case_keys_dir: Path | None = None

    @property
    def case_keys(self) -> Path:
        """The folder with a key for each raw case: no backup may ever copy it."""
        return self.case_keys_dir or self.data_dir / "case-keys"

    @property
    def production(self) -> bool:
        return self.env == "production"

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


# What each variable is for: `cop check` prints it, docs/running.md is checked against it.
VARIABLES: dict[str, str] = {
    "COP_ENV": "development (default) or production",
    "COP_DATA_DIR": "folder for the database, files and keys; default ./instance",
    "COP_CASE_KEYS_DIR": "folder for the keys of raw cases, never in a backup; default case-keys "
    "in COP_DATA_DIR",
    "COP_DATABASE_URL": "sqlite:///path or postgresql+psycopg://…; default a file in COP_DATA_DIR",
    "COP_BASE_URL": "the address that members type, https in production",
    "COP_HOST": "address to listen on; default 127.0.0.1",
    "PORT": "port to listen on; default 8000",
    "COP_SECRET_KEY": "signs cookies and links; at least 32 characters",
    "COP_KEYS": "encryption keys: 32 bytes in base64, comma-separated, newest first",
    "COP_REDIS_URL": "redis://… or unix://…; needed with more than one web process",
    "COP_SMTP_URL": "smtp://user:password@host:587?security=starttls (or tls, none)",
    "COP_MAIL_FROM": "sender address of the platform's mail",
    "COP_MAIL_DOMAIN": "domain of the lists' addresses; default the host of COP_BASE_URL",
    "COP_MAIL_MAILBOX": "the one mailbox whose subaddresses (mailbox+name) arrive, if only one",
    "COP_MAIL_AUTHSERV": "name with which your mail server signs Authentication-Results",
    "COP_IMAP_URL": "imaps://user:password@host/folder?done=folder: a mailbox for cop mail poll",
    "COP_MAIL_PER_MINUTE": "the most mails that go out in a minute; default 0, no limit",
    "COP_PROXIES": "number of reverse proxies in front; default 0",
    "COP_MAX_UPLOAD_MB": "largest attachment in megabytes; default 10",
    "COP_DEMO_SIGN_IN": "1 shows demo sign-ins on loopback; never in production",
    "COP_LOG_LEVEL": "DEBUG, INFO (default), WARNING or ERROR",
}


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; make what may be made.

    Raises:
        ConfigError: a value is missing or wrong; its message starts with the variable's name.
    """
    env = os.environ if environ is None else environ
    kind = _one_of(env, "COP_ENV", ("development", "production", "test"), "development")
    production = kind == "production"
    data_dir = Path(env.get("COP_DATA_DIR") or "instance").resolve()
    _make_folder(data_dir)
    host = env.get("COP_HOST") or "127.0.0.1"
    port = _whole(env, "PORT", 8000, 1, 65535)
    base_url = (env.get("COP_BASE_URL") or "").rstrip("/")
    if not base_url:
        if production:
            raise ConfigError("COP_BASE_URL: needed in production, for example https://example.org")
        base_url = f"http://{host}:{port}"
    _check_base_url(base_url, production)
    demo_sign_in = env.get("COP_DEMO_SIGN_IN", "") in ("1", "true", "yes")
    if demo_sign_in and (production or not _is_loopback(host)):
        raise ConfigError("COP_DEMO_SIGN_IN: only on loopback and never in production")
    return Settings(
        env=kind,  # type: ignore[arg-type]  # _one_of has checked it against the literal
        data_dir=data_dir,
        database_url=_database_url(env, data_dir, production),
        base_url=base_url,
        host=host,
        port=port,
        secret_key=_secret_key(env, data_dir, production),
        keys=_keys(env, data_dir, production),
        redis_url=env.get("COP_REDIS_URL") or None,
        smtp=_smtp(env),
        mail_from=env.get("COP_MAIL_FROM") or f"cop@{urlsplit(base_url).hostname}",
        mail_domain=_host_name(env, "COP_MAIL_DOMAIN", urlsplit(base_url).hostname or "localhost"),
        mail_mailbox=_mailbox(env),
        mail_authserv=_host_name(env, "COP_MAIL_AUTHSERV", ""),
        imap=_imap(env),
        mail_comes_in=bool(env.get("COP_MAIL_DOMAIN")) or not production,
        mail_per_minute=_whole(env, "COP_MAIL_PER_MINUTE", 0, 0, 100_000),
        proxies=_whole(env, "COP_PROXIES", 0, 0, 9),
        max_upload_bytes=_whole(env, "COP_MAX_UPLOAD_MB", 10, 1, 500) * 1024 * 1024,
        demo_sign_in=demo_sign_in,
        case_keys_dir=Path(env["COP_CASE_KEYS_DIR"]).resolve()
        if env.get("COP_CASE_KEYS_DIR")
        else None,
        log_level=_one_of(env, "COP_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
    )


def _one_of(env: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = env.get(name) or default
    if value not in allowed:
        raise ConfigError(f"{name}: must be one of {', '.join(allowed)}")
    return value


def _whole(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise ConfigError(f"{name}: must be a whole number from {least} to {most}")
    return int(text)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"COP_DATA_DIR: cannot be made ({error.strerror})") from None
    if not os.access(folder, os.W_OK):
        raise ConfigError("COP_DATA_DIR: cannot be written to")


def _is_loopback(host: str) -> bool:
    return host in ("127.0.0.1", "::1", "localhost")


def _check_base_url(url: str, production: bool) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise ConfigError("COP_BASE_URL: must be http(s)://host[:port] without a path")
    if production and parts.scheme != "https" and not _is_loopback(parts.hostname):
        raise ConfigError("COP_BASE_URL: must be https in production")


def _database_url(env: Mapping[str, str], data_dir: Path, production: bool) -> str:
    if production and not env.get("COP_DATABASE_URL"):
        # Settings that were read badly must not make and serve another, empty community.
        raise ConfigError("COP_DATABASE_URL: needed in production")
    url = env.get("COP_DATABASE_URL") or f"sqlite:///{data_dir / 'cop.db'}"
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ConfigError("COP_DATABASE_URL: must begin with sqlite:/// or postgresql+psycopg://")
    return url


def _secret_key(env: Mapping[str, str], data_dir: Path, production: bool) -> str:
    value = env.get("COP_SECRET_KEY") or ""
    if not value:
        if production:
            raise ConfigError("COP_SECRET_KEY: needed in production (at least 32 characters)")
        value = _kept(data_dir / "secret-key", lambda: secrets.token_urlsafe(48))
    if len(value) < 32:
        raise ConfigError("COP_SECRET_KEY: must have at least 32 characters")
    return value


def _keys(env: Mapping[str, str], data_dir: Path, production: bool) -> tuple[bytes, ...]:
    value = env.get("COP_KEYS") or ""
    if not value:
        if production:
            raise ConfigError("COP_KEYS: needed in production (32 bytes in base64)")
        value = _kept(
            data_dir / "encryption-keys",
            lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
        )
    try:
        keys = tuple(base64.b64decode(k.strip(), validate=True) for k in value.split(","))
    except ValueError:
        raise ConfigError("COP_KEYS: is not base64") from None
    if any(len(k) != 32 for k in keys):
        raise ConfigError("COP_KEYS: each key must be 32 bytes")
    return keys


def _kept(path: Path, make: Callable[[], str]) -> str:
    """The secret in the file, made once; two processes that start together agree on one.

    It is there whole or not at all: whoever starts a moment later must not read half of it.
    """
    if not path.exists():
        own = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with open(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(make())
        with contextlib.suppress(FileExistsError):
            os.link(own, path)
        own.unlink()
    return path.read_text().strip()


def _host_name(env: Mapping[str, str], name: str, default: str) -> str:
    value = (env.get(name) or default).lower().rstrip(".")
    if value and not _HOST.fullmatch(value):
        raise ConfigError(f"{name}: must be a host name, for example lists.example.org")
    return value


def _mailbox(env: Mapping[str, str]) -> str:
    value = (env.get("COP_MAIL_MAILBOX") or "").lower()
    # With '+', a list's name of 40 characters and '-unsubscribe' it must stay within 64.
    if value and not _MAILBOX.fullmatch(value):
        raise ConfigError("COP_MAIL_MAILBOX: must be 1 to 11 letters, digits, dots or hyphens")
    return value


def _imap(env: Mapping[str, str]) -> Imap | None:
    url = env.get("COP_IMAP_URL")
    if not url:
        return None
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    security = "tls" if parts.scheme == "imaps" else asked.get("security", ["starttls"])[0]
    if (
        parts.scheme not in ("imap", "imaps")
        or not (parts.hostname and parts.username and parts.password)
        or security not in ("none", "starttls", "tls")
    ):
        raise ConfigError("COP_IMAP_URL: must be imaps://user:password@host[:port]/folder[?done=…]")
    if security == "none" and not _is_loopback(parts.hostname):
        raise ConfigError("COP_IMAP_URL: security=none sends the password readably; loopback only")
    try:
        port = parts.port or (993 if security == "tls" else 143)
    except ValueError:
        raise ConfigError("COP_IMAP_URL: the port is not a number") from None
    return Imap(
        parts.hostname,
        port,
        unquote(parts.username),
        unquote(parts.password),
        unquote(parts.path.strip("/")) or "INBOX",
        asked.get("done", [""])[0],
        security,  # type: ignore[arg-type]  # checked above
    )


def _smtp(env: Mapping[str, str]) -> Smtp | None:
    url = env.get("COP_SMTP_URL")
    if not url:
        return None
    parts = urlsplit(url)
    security = parse_qs(parts.query).get("security", ["none"])[0]
    if parts.scheme != "smtp" or not parts.hostname or security not in ("none", "starttls", "tls"):
        raise ConfigError("COP_SMTP_URL: must be smtp://[user:password@]host[:port][?security=…]")
    if parts.password and security == "none" and not _is_loopback(parts.hostname):
        raise ConfigError(
            "COP_SMTP_URL: a password needs ?security=starttls or tls; without them it is readable"
        )
    try:
        port = parts.port or {"none": 25, "starttls": 587, "tls": 465}[security]
    except ValueError:
        raise ConfigError("COP_SMTP_URL: the port is not a number") from None
    return Smtp(
        parts.hostname,
        port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        security,  # type: ignore[arg-type]  # checked above
    )
