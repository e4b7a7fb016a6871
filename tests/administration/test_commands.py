"""`cop check`, `cop db` and what the command line says when something is wrong."""

import json
import os
import re
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from cop import cli
from cop.administration import checks, commands
from cop.config import VARIABLES, Imap, Smtp
from cop.platform import audit, clock
from cop.platform.db import unit_of_work
from cop.platform.mail.models import OutgoingMail
from cop.platform.search import indexing
from cop.platform.web import TOP
from cop.platform.worker import Heartbeat
from tests.conftest import make_settings
from tests.support.smtp import smtp_server

SECRET = "geheim-dat-nergens-mag-staan-12345"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [n for n in os.environ if n.startswith("COP_") or n == "PORT"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COP_DATA_DIR", str(tmp_path / "data"))


def found(report: list[checks.Setting]) -> dict[str, str | None]:
    return {s.name: s.problem for s in report}


def test_every_variable_is_reported() -> None:
    report, settings = checks.settings_report(os.environ)
    assert [s.name for s in report] == list(VARIABLES)
    assert settings is not None


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("COP_ENV", "productie", "must be one of"),
        ("PORT", "0", "whole number"),
        ("PORT", "acht", "whole number"),
        ("COP_DATABASE_URL", "mysql://x", "must begin with"),
        ("COP_BASE_URL", "example.org", "http(s)://"),
        ("COP_SECRET_KEY", "kort", "32 characters"),
        ("COP_KEYS", "geen base64!", "base64"),
        ("COP_KEYS", "YWJj", "32 bytes"),
        ("COP_SMTP_URL", "mail.example", "smtp://"),
        ("COP_PROXIES", "-1", "whole number"),
        ("COP_LOG_LEVEL", "LUID", "must be one of"),
    ],
)
def test_a_wrong_value_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    report, settings = checks.settings_report(os.environ)
    assert says in (found(report)[name] or "")
    assert settings is None
    assert [n for n, problem in found(report).items() if problem] == [name]


def test_all_that_is_wrong_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COP_ENV", "production")
    monkeypatch.setenv("COP_SMTP_URL", "x")
    report, settings = checks.settings_report(os.environ)
    wrong = {name for name, problem in found(report).items() if problem}
    assert wrong == {
        "COP_BASE_URL",
        "COP_DATABASE_URL",
        "COP_SECRET_KEY",
        "COP_KEYS",
        "COP_SMTP_URL",
    }
    assert settings is None


def test_a_name_that_no_setting_has_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COP_SECRET_KEYS", "x")
    report, _settings = checks.settings_report(os.environ)
    assert found(report)["COP_SECRET_KEYS"] == "no setting has this name"


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COP_SECRET_KEY", SECRET)
    monkeypatch.setenv("COP_DATABASE_URL", f"postgresql://cop:{SECRET}@127.0.0.1:1/cop")
    monkeypatch.setenv("COP_REDIS_URL", f"redis://:{SECRET}@127.0.0.1:1/0")
    monkeypatch.setenv("COP_SMTP_URL", f"smtp://cop:{SECRET}@127.0.0.1:1")
    for arguments in ([], ["--json"]):
        done = CliRunner().invoke(commands.check, arguments)
        assert SECRET not in done.output
        assert done.exit_code == 1
        assert "127.0.0.1" in done.output


def test_the_report_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    CliRunner().invoke(commands.database, ["upgrade"], catch_exceptions=False)
    done = CliRunner().invoke(commands.check, ["--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.output)
    assert said["ok"] is True
    names = {check["name"] for check in said["checks"]}
    assert {"database", "migrations", "worker", "audit trail", "data folder", "Redis"} <= names


def test_an_empty_database_is_wrong() -> None:
    done = CliRunner().invoke(commands.check)
    assert done.exit_code == 1
    assert "run: cop db upgrade" in done.output


def test_what_the_settings_point_to_is_tried(app: Flask, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        settings = make_settings(
            app.config["SQLALCHEMY_DATABASE_URI"],
            tmp_path,
            redis_url=f"redis://127.0.0.1:{port}/0",
            smtp=Smtp("127.0.0.1", port),
        )
        findings = {f.name: f for f in checks.look(app, settings)}
    assert findings["Redis"].ok is False
    assert findings["mail server"].ok is False
    assert findings["database"].ok is True
    assert findings["migrations"].ok is True


def test_a_mail_server_that_answers(app: Flask, tmp_path: Path) -> None:
    with smtp_server() as (smtp, _catcher):
        settings = make_settings(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, smtp=smtp)
        findings = {f.name: f for f in checks.look(app, settings)}
    assert findings["mail server"].ok is True


def test_a_silent_worker_and_a_broken_trail_are_seen(app: Flask, tmp_path: Path) -> None:
    settings = make_settings(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
    now = clock.now()
    with unit_of_work() as session:
        session.add(Heartbeat(name="w", started_at=now, seen_at=now))
        entry = audit.record(session, "test.done", actor="cli", subject="x:1", now=now)
    findings = {f.name: f for f in checks.look(app, settings)}
    assert findings["worker"].ok is True
    assert findings["audit trail"].ok is True
    assert findings["search index"].ok is None  # no worker made it yet
    while indexing.fill():
        pass
    with unit_of_work() as session:
        beat = session.get(Heartbeat, "w")
        assert beat is not None
        beat.seen_at = now - timedelta(minutes=5)
        session.merge(entry).action = "test.undone"
    findings = {f.name: f for f in checks.look(app, settings)}
    assert findings["worker"].ok is None
    assert findings["audit trail"].ok is False
    assert findings["search index"].ok is True
    settings = replace(settings, env="production")
    findings = {f.name: f for f in checks.look(app, settings)}
    assert findings["worker"].ok is False  # then nothing is mailed
    with unit_of_work() as session:
        session.delete(session.get_one(Heartbeat, "w"))
    assert {f.name: f for f in checks.look(app, settings)}["worker"].ok is False


def test_mail_that_failed_and_mail_that_cannot_come_in_are_seen(app: Flask, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        imap = Imap("127.0.0.1", closed.getsockname()[1], "u", "p", security="none")
        settings = make_settings(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
        before = {f.name: f for f in checks.look(app, replace(settings, mail_authserv="mx.x"))}
        with unit_of_work() as session:
            row = OutgoingMail(key="k", created_at=clock.now(), try_at=clock.now())
            row.dead_at = clock.now()
            session.add(row)
        after = {f.name: f for f in checks.look(app, replace(settings, imap=imap))}
    assert before["mails"].ok is True
    assert not {"mailbox", "mail that comes in"} & set(before)
    assert (after["mails"].ok, after["mails"].says[:1]) == (None, "1")
    assert after["mailbox"].ok is False
    assert "COP_MAIL_AUTHSERV" in after["mail that comes in"].says


def test_a_folder_of_case_keys_that_cannot_serve_is_wrong(app: Flask, tmp_path: Path) -> None:
    """Without it nobody can bring a case."""
    (tmp_path / "file").touch()
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "own").mkdir(mode=0o700)
    for folder, ok in (
        ("own", True),
        ("own/not/yet", True),
        ("open", False),
        ("file", False),
        ("file/below", False),
    ):
        settings = make_settings(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
        settings = replace(settings, case_keys_dir=tmp_path / folder)
        findings = {f.name: f for f in checks.look(app, settings)}
        assert findings["case keys"].ok is ok, folder


def test_every_block_of_commands_in_production_loads_the_settings_first() -> None:
    """Without them `cop` takes the defaults: another database, and no word of it."""
    page = (TOP / "docs/production.md").read_text()
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    blocks = [block for block in blocks if "cop db" in block]
    assert len(blocks) >= 2
    for block in blocks:
        assert block.index(". /etc/cop/env") < block.index("cop db")


def test_a_data_folder_that_others_can_read_is_wrong(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    settings = make_settings(app.config["SQLALCHEMY_DATABASE_URI"], folder)
    assert next(f for f in checks.look(app, settings) if f.name == "data folder").ok is False


def test_up_down_and_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*arguments: str) -> str:
        return CliRunner().invoke(commands.database, arguments, catch_exceptions=False).output

    assert "database: empty" in run("current")
    assert "went from nothing to" in run("upgrade")
    assert "already" in run("upgrade")
    said = json.loads(run("current", "--json"))
    assert said["current"] == said["head"]
    assert "went from" in run("downgrade", "base", "--yes")
    assert "database: empty" in run("current")


def test_a_migration_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    done = CliRunner().invoke(commands.database, ["upgrade", "nergens"])
    assert done.exit_code == 1
    assert "no migration is named nergens" in done.output


@pytest.mark.parametrize(
    ("environ", "arguments", "code", "says"),
    [
        ({"PORT": "x"}, ["check"], 1, "cop: wrong: PORT"),
        ({"PORT": "x"}, ["db", "current"], 78, "cop: PORT: must be"),
        ({}, ["nergens"], 2, "cop: No such command"),
        ({}, ["serve", "pages"], 1, "cop: COP_REDIS_URL: needed"),
        ({}, ["serve", "all", "--workers", "3"], 2, "cop: --workers is for"),
        ({}, ["serve"], 1, "cop: the database is not up to date; run: cop db upgrade"),
        ({}, ["worker"], 1, "cop: the database is not up to date; run: cop db upgrade"),
        (
            {"COP_DATABASE_URL": "postgresql://127.0.0.1:1/x"},
            ["worker"],
            1,
            "cop: the database cannot be used: it does not answer",
        ),
        (
            {"COP_DATABASE_URL": "postgresql://127.0.0.1:1/x"},
            ["db", "upgrade"],
            1,
            "cop: COP_DATABASE_URL: it does not answer",
        ),
    ],
)
def test_one_clear_line_when_it_fails(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environ: dict[str, str],
    arguments: list[str],
    code: int,
    says: str,
) -> None:
    for name, value in ({"PORT": "18999"} | environ).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["cop", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == code
    said = capsys.readouterr().err
    assert said.startswith(says)
    assert said.count("\n") == 1


def test_what_nobody_foresaw_is_one_line_without_the_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(commands, "load", fails)
    monkeypatch.setattr("sys.argv", ["cop", "db", "current"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().err
    assert ended.value.code == 70
    assert said.startswith("cop: unexpected failure: RuntimeError")
    assert SECRET not in said
