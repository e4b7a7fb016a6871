"""The command: marks, JSON, JSON lines, and one clear line when the input is bad."""

import json
from pathlib import Path

from click.testing import CliRunner

from cop.deidentify.cli import deidentify

TEXT = "Gisteren belde Sjoerd uit Wommels.\n"


def test_marks(tmp_path: Path) -> None:
    path = tmp_path / "case.md"
    path.write_text(TEXT, encoding="utf-8")
    result = CliRunner().invoke(deidentify, [str(path)])
    assert result.output == "Gisteren belde [[PERSON|Sjoerd]] uit [[PLACE|Wommels]].\n"


def test_json(tmp_path: Path) -> None:
    path = tmp_path / "case.md"
    path.write_text(TEXT, encoding="utf-8")
    rows = json.loads(CliRunner().invoke(deidentify, [str(path), "--json"]).output)
    assert [(r["text"], r["label"]) for r in rows] == [("Sjoerd", "PERSON"), ("Wommels", "PLACE")]
    assert all(r["reason"] and r["why"] for r in rows)


def test_another_language_is_told_beside_the_text(tmp_path: Path) -> None:
    path = tmp_path / "case.md"
    polish = "Pani Kowalska mieszka sama, codziennie dzwoni do swojej córki: 06-12345678.\n"
    for text, told in ((TEXT, False), (polish, True)):
        path.write_text(text, encoding="utf-8")
        result = CliRunner().invoke(deidentify, [str(path), "--json"])
        assert result.exit_code == 0
        assert ("knows Dutch and English best" in result.stderr) is told
        assert all(row["start"] < row["end"] for row in json.loads(result.stdout))


def test_jsonl() -> None:
    lines = (
        json.dumps({"id": "a", "text": TEXT}) + "\n\n" + json.dumps({"id": 2, "text": ""}) + "\n"
    )
    result = CliRunner().invoke(deidentify, ["--jsonl"], input=lines)
    rows = [json.loads(line) for line in result.output.splitlines()]
    assert [r["id"] for r in rows] == ["a", 2]
    assert rows[0]["spans"][0] == {"start": 15, "end": 21, "label": "PERSON"}
    assert rows[1]["spans"] == []


def test_bad_input(tmp_path: Path) -> None:
    binary = tmp_path / "b"
    binary.write_bytes(b"\xff\xfe\x00")
    runner = CliRunner()
    for arguments, given in (
        ([str(tmp_path / "none")], ""),
        ([str(binary)], ""),
        (["--jsonl"], "{}\n"),
        (["--jsonl"], '{"id": 1, "text": 5}\n'),
        ([], ""),
    ):
        result = runner.invoke(deidentify, arguments, input=given)
        assert result.exit_code != 0
        assert "Traceback" not in result.output
        assert not isinstance(result.exception, (KeyError, ValueError))
