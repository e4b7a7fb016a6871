"""The command `deidentify`: marks in a text what could identify people. Needs no configuration."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from .finder import find
from .language import language
from .spans import Span, explain


def marked(text: str, spans: list[Span]) -> str:
    """The text with each span written as `[[LABEL|text]]`."""
    parts: list[str] = []
    pos = 0
    for span in spans:
        parts += [text[pos : span.start], f"[[{span.label}|{text[span.start : span.end]}]]"]
        pos = span.end
    return "".join([*parts, text[pos:]])


def _lines() -> None:
    for number, raw in enumerate(sys.stdin.buffer, 1):
        line = raw.decode("utf-8", errors="replace")
        if not line.strip():
            continue
        try:
            row: Any = json.loads(line)
            key, text = row["id"], row["text"]
            if not isinstance(text, str):
                raise TypeError
        except (ValueError, KeyError, TypeError):
            raise click.ClickException(
                f'line {number} of standard input is not a JSON object with "id" and "text"'
            ) from None
        spans = [{"start": s.start, "end": s.end, "label": s.label} for s in find(text)]
        click.echo(json.dumps({"id": key, "spans": spans}))


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the spans with their reasons as JSON.")
@click.option(
    "--jsonl",
    is_flag=True,
    help='Read JSON lines {"id", "text"} on standard input, write {"id", "spans"}.',
)
def deidentify(file: str | None, as_json: bool, jsonl: bool) -> None:
    """Find what could identify people in a case description.

    Prints the text of FILE ('-' for standard input) with marks [[LABEL|text]]. It advises only:
    no text is anonymous because this command finds nothing in it.
    """
    if jsonl:
        if file or as_json:
            raise click.UsageError("--jsonl reads standard input and takes no FILE and no --json")
        _lines()
        return
    if file is None:
        raise click.UsageError("name a FILE, or use --jsonl")
    try:
        if file == "-":
            text = sys.stdin.buffer.read().decode("utf-8")
        else:
            with open(file, encoding="utf-8", newline="") as handle:
                text = handle.read()
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is not a text in UTF-8") from None
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
    if language(text) == "other":
        click.echo(
            "The finder knows Dutch and English best. In this text it finds little more than "
            "numbers and contact data.",
            err=True,
        )
    spans = find(text)
    if as_json:
        rows = [
            {
                "start": s.start,
                "end": s.end,
                "label": s.label,
                "text": text[s.start : s.end],
                "confidence": round(s.confidence, 2),
                "reason": s.reason,
                "cue": s.cue,
                "why": explain(s),
            }
            for s in spans
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        click.echo(marked(text, spans), nl=not text.endswith("\n"))
