"""`cop import mbox` as an administrator types it, and what `kill -9` does to it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from cop import cli
from cop.config import Settings
from cop.discussions import commands
from cop.discussions.importing.run import import_archives
from cop.discussions.models import Discussion, DiscussionList, Post
from cop.members.models import SiteRole
from cop.notifications.models import Notification
from cop.platform.audit import AuditEntry
from cop.platform.db import reading, unit_of_work
from cop.platform.worker import run_due
from cop.spaces import joining
from cop.spaces.circles import coordinating_members
from tests.conftest import NOW
from tests.importing.mails import mail, write
from tests.importing.test_import import story
from tests.support.client import Browser
from tests.support.factories import Factory

TOP = Path(__file__).parents[2]
MAILS = 1800


@pytest.fixture
def environment(app: Flask) -> dict[str, str]:
    """What a command needs to work on the test's database."""
    settings: Settings = app.config["SETTINGS"]
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("COP_")},
        "COP_ENV": "test",
        "COP_DATA_DIR": str(settings.data_dir),
        "COP_DATABASE_URL": settings.database_url,
        "COP_SECRET_KEY": settings.secret_key,
    }


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "cop.cli", "import", "mbox", *map(str, arguments)]


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def call(
    commands_here: Callable[[ModuleType], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Done]:
    """`call("--json", "oud", file)`: the command in this process, on the test's application."""
    commands_here(commands)

    def call(*arguments: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["cop", "import", "mbox", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return call


def test_json_is_exactly_what_programs_read(call: Callable[..., Done], tmp_path: Path) -> None:
    good = write(tmp_path / "a.mbox", mail("een", id="a"), mail("een", id="a"), mail("", id="b"))
    gone = tmp_path / "weg.mbox"

    done = call("--create", "--json", "oud", gone, good)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "read": 3,
        "imported": 1,
        "duplicates": 1,
        "skipped": [
            {
                "file": str(gone),
                "position": 0,
                "reason": "cannot be read: No such file or directory",
            },
            {"file": str(good), "position": 3, "reason": "has no text"},
        ],
    }
    again = call("--json", "oud", good)
    assert (again.returncode, json.loads(again.stdout)["imported"]) == (0, 0)


def test_no_newcomer_takes_over_an_archive(
    call: Callable[..., Done], tmp_path: Path, make: Factory, browser: type[Browser]
) -> None:
    """Moderators look after it, and are told, until the member who is asked says yes."""
    file = write(tmp_path / "a.mbox", mail("een"))
    chosen, newcomer = make.member(email="anna@example.org"), make.member()
    moderator = make.member(site_role=SiteRole.MODERATOR)
    nobody = call("--create", "--coordinator", "niemand@example.org", "oud", file)
    assert nobody.returncode == 1
    assert "No member has the address" in nobody.stderr
    for name, more in (("met", ["--coordinator", "Anna@example.org"]), ("zonder", [])):
        assert call("--create", *more, name, file).returncode == 0
    run_due()
    with reading() as session:
        circles = dict(
            session.execute(select(DiscussionList.short_name, DiscussionList.circle_id)).all()
        )
        assert coordinating_members(session, circles["met"]) == []  # she has not said yes
        assert coordinating_members(session, circles["zonder"]) == []
        told = session.execute(select(Notification.kind, Notification.member_id)).all()
        made = select(AuditEntry.actor).where(AuditEntry.action == "discussions.list_made")
        assert session.scalars(made).all() == ["cli", "cli"]
    assert sorted(map(tuple, told)) == [
        ("circles.asked_to_coordinate", chosen.id),
        ("discussions.list_brought", moderator.id),
        ("discussions.list_brought", moderator.id),
    ]
    asked, answer = browser(chosen), f"/kringen/{circles['met']}/uitnodiging"
    assert "Will you coordinate “met”?" in asked.get("/meldingen").text
    assert "Will you coordinate?" in asked.get(answer).text
    # Who takes part first is still asked.
    asked.post(f"/kringen/{circles['met']}/deelnemen", {"under": "own"})
    assert asked.post(f"{answer}?als=coordinator", {"antwoord": "ja"}).status_code == 302
    with reading() as session:
        assert coordinating_members(session, circles["met"]) == [chosen.id]
    lines = browser(moderator).get("/meldingen").text
    assert "“zonder” was made for an archive" in lines
    assert "“met” was made for an archive" not in lines
    circle_id, page = circles["zonder"], "I will coordinate"
    for member, code in ((newcomer, 404), (moderator, 302)):
        theirs = browser(member)
        assert theirs.post(f"/kringen/{circle_id}/deelnemen", {"under": "own"}).status_code == 302
        assert (page in theirs.get("/gesprekken/zonder/leden").text) == (code == 302)
        assert theirs.post(f"/kringen/{circle_id}/overnemen").status_code == code
    with unit_of_work() as session:  # once it had one, it is as every circle
        assert coordinating_members(session, circle_id) == [moderator.id]
        joining.leave(session, make.actor(moderator), circle_id, NOW)
    assert browser(newcomer).post(f"/kringen/{circle_id}/overnemen").status_code == 302


def test_the_summary_names_what_was_skipped_and_which_dates_were_guessed(
    call: Callable[..., Done], tmp_path: Path
) -> None:
    file = write(tmp_path / "a.mbox", mail("een", date="onzin"), mail("", id="b"))

    done = call("--create", "oud", file)

    assert done.returncode == 0
    assert "2 messages read: 1 imported, 0 known already, 1 skipped." in done.stdout
    assert f"Skipped: {file}, message 2 has no text" in done.stderr
    assert f"Note: {file}, message 1 has no possible date" in done.stderr
    assert "\r" not in done.stderr  # no bar where nobody looks


def test_on_a_terminal_bars_show_how_far_reading_and_storing_are(
    call: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "a.mbox", mail("een"), mail("twee", id="b"))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    done = call("--create", "oud", file)

    assert "2 messages read: 2 imported" in done.stdout
    for label in ("Reading", "Storing"):
        last = done.stderr.split(label)[-1].split("\n")[0]
        assert "100%" in last
    assert "\nThe list “oud” was made.\n" in done.stderr.replace("\x1b[?25h", "")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["oud", "a.mbox"], 1, "There is no list “oud”"),
        (["--create", "Oud!", "a.mbox"], 1, "cannot be a short name"),
        (["--create", "oud", "weg.mbox"], 1, "nothing could be read"),
        (["--create", "oud", "geen.txt"], 1, "nothing could be read"),
        (["--create", "oud"], 2, "FILE"),
    ],
)
def test_what_goes_wrong_is_one_clear_line(
    call: Callable[..., Done], tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    write(tmp_path / "a.mbox", mail("een"))
    write(tmp_path / "geen.txt", b"gewoon een tekst\n")
    *words, last = arguments
    where = tmp_path / last if last.endswith(("mbox", "txt")) else last

    done = call(*words, where)

    last_line = done.stderr.strip().splitlines()[-1]
    assert (done.returncode, last_line.startswith("cop: "), says in last_line) == (code, True, True)
    assert "Traceback" not in done.stderr


def test_an_archive_that_the_text_check_holds_back_was_read(
    call: Callable[..., Done], tmp_path: Path
) -> None:
    file = write(tmp_path / "a.mbox", mail("Client Fatima Elbouzidi, BSN 123456782, 06-12345678."))

    done = call("--create", "oud", file)

    assert (done.returncode, "with --anyway it goes in" in done.stderr) == (0, True)


def _posts(short_name: str) -> int:
    with reading() as session:
        return (
            session.scalar(
                select(func.count())
                .select_from(Post)
                .join(Discussion, Discussion.id == Post.discussion_id)
                .join(DiscussionList, DiscussionList.id == Discussion.list_id)
                .where(DiscussionList.short_name == short_name)
            )
            or 0
        )


def _archive(folder: Path, count: int) -> Path:
    """Mails in threads of many shapes, in no order, some of them broken."""
    mails = []
    for n in range(count):
        values: dict[str, Any] = {"id": f"m{n}", "subject": f"Draad {n // 7}", "days": n / 50}
        if n % 7:
            values["refs"] = [f"m{n - n % 7}", f"m{n - 1}"]
        if n % 11 == 3:
            values |= {"refs": [], "subject": f"Re: Draad {n // 7}"}
        if n % 97 == 5:
            values["date"] = "onzin"
        mails.append(
            mail(f"Bericht {n}", sender=f"Lid {n % 23} <lid{n % 23}@example.org>", **values)
        )
    return write(folder / "groot.mbox", *mails[::2], *mails[1::2])


def test_killed_half_way_and_run_again_the_result_is_that_of_one_run(
    call: Callable[..., Done], environment: dict[str, str], tmp_path: Path
) -> None:
    file = _archive(tmp_path, MAILS)
    import_archives("ineens", [file], NOW, create=True)
    for least in (1, 700):
        child = subprocess.Popen(
            command("--create", "--json", "vaker", file),
            env=environment,
            cwd=TOP,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while _posts("vaker") < least and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert child.returncode == -signal.SIGKILL, "it was done before it could be killed"
        assert 0 < _posts("vaker") < MAILS

    done = call("--json", "vaker", file)

    report = json.loads(done.stdout)
    assert report["read"] == report["imported"] + report["duplicates"] == MAILS
    assert 0 < report["imported"] < MAILS
    assert story("vaker") == story("ineens")


@pytest.mark.slow
def test_ten_thousand_mails_take_well_under_a_minute(app: Flask, tmp_path: Path) -> None:
    file = _archive(tmp_path, 10_000)
    start = time.process_time()

    report = import_archives("groot", [file], NOW, create=True)

    assert report.imported == 10_000
    assert time.process_time() - start < 40
