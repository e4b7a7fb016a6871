"""Settings: a missing or wrong one stops the start with its name."""

import base64
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cop.config import ConfigError, load

KEY = base64.b64encode(bytes(32)).decode()
PRODUCTION = {
    "COP_ENV": "production",
    "COP_BASE_URL": "https://example.org",
    "COP_SECRET_KEY": "x" * 32,
    "COP_KEYS": KEY,
    "COP_DATABASE_URL": "postgresql://cop@/cop",
}


def test_outside_production_an_empty_environment_is_enough(tmp_path):
    first = load({"COP_DATA_DIR": str(tmp_path / "new")})
    again = load({"COP_DATA_DIR": str(tmp_path / "new")})
    assert first == again  # the secrets that were made are kept
    assert first.database_url.startswith("sqlite:///")
    assert (tmp_path / "new" / "secret-key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"COP_ENV": "live"}, "COP_ENV"),
        ({"PORT": "eight"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"PORT": "٣"}, "PORT"),
        ({"COP_DATABASE_URL": "mysql://x"}, "COP_DATABASE_URL"),
        ({"COP_BASE_URL": "example.org"}, "COP_BASE_URL"),
        ({"COP_BASE_URL": "https://example.org/cop"}, "COP_BASE_URL"),
        ({"COP_SECRET_KEY": "short"}, "COP_SECRET_KEY"),
        ({"COP_KEYS": "no base64!"}, "COP_KEYS"),
        ({"COP_KEYS": base64.b64encode(b"short").decode()}, "COP_KEYS"),
        ({"COP_SMTP_URL": "http://x"}, "COP_SMTP_URL"),
        ({"COP_SMTP_URL": "smtp://x:notaport"}, "COP_SMTP_URL"),
        ({"COP_PROXIES": "-1"}, "COP_PROXIES"),
        ({"COP_DEMO_SIGN_IN": "1", "COP_HOST": "0.0.0.0"}, "COP_DEMO_SIGN_IN"),
        (PRODUCTION | {"COP_BASE_URL": "http://example.org"}, "COP_BASE_URL"),
        (PRODUCTION | {"COP_SECRET_KEY": ""}, "COP_SECRET_KEY"),
        (PRODUCTION | {"COP_KEYS": ""}, "COP_KEYS"),
        (PRODUCTION | {"COP_DATABASE_URL": ""}, "COP_DATABASE_URL"),
        ({"COP_SMTP_URL": "smtp://name:word@mail.example.org"}, "COP_SMTP_URL"),
        (PRODUCTION | {"COP_DEMO_SIGN_IN": "1"}, "COP_DEMO_SIGN_IN"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, change, names):
    with pytest.raises(ConfigError, match=f"^{names}: "):
        load({"COP_DATA_DIR": str(tmp_path)} | change)


def test_secrets_are_not_shown(tmp_path):
    settings = load(PRODUCTION | {"COP_DATA_DIR": str(tmp_path)})
    assert "xxxx" not in repr(settings)
    assert KEY not in repr(settings)


def test_a_mail_server_is_read_from_one_address(tmp_path):
    url = "smtp://lid:w%40chtwoord@mail.example.org?security=starttls"
    smtp = load({"COP_DATA_DIR": str(tmp_path), "COP_SMTP_URL": url}).smtp
    assert (smtp.host, smtp.port, smtp.username, smtp.password) == (
        "mail.example.org",
        587,
        "lid",
        "w@chtwoord",
    )


def test_a_secret_is_never_read_half(tmp_path):
    """Whoever starts while another makes it waits for nothing and reads all of it."""
    with ThreadPoolExecutor(8) as pool:
        made = pool.map(lambda _: load({"COP_DATA_DIR": str(tmp_path)}).secret_key, range(8))
    assert len(set(made)) == 1


def test_the_example_of_settings_is_read_by_a_shell_as_it_stands():
    """Values with signs that mean something to a shell included: a lost one is another database."""
    example = (Path(__file__).parents[2] / "deploy" / "cop.env.example").read_text()
    url = "postgresql://cop:a;b$c@/cop?host=/run/pg&sslmode=require"
    changed = re.sub("COP_DATABASE_URL='.*'", lambda _: f"COP_DATABASE_URL='{url}'", example)
    assert url in changed
    done = subprocess.run(
        ["sh", "-c", "set -a; . /dev/stdin; env"],
        input=changed,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"COP_DATABASE_URL={url}" in done.stdout.splitlines()
