"""`cop import`."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from cop import create_app
from cop.discussions.importing.report import Remark, Report
from cop.discussions.importing.run import import_archives
from cop.platform import clock

MOST_LINES = 50  # of one kind in the summary; --json names all that was skipped


@click.group(name="import")
def import_() -> None:
    """Bring in what a community has elsewhere."""


@import_.command()
@click.option("--create", is_flag=True, help="Make the list, open to members, if there is none.")
@click.option(
    "--coordinator", metavar="ADDRESS", help="The member who is asked to coordinate a new list."
)
@click.option("--anyway", is_flag=True, help="Also what the text check would have looked at.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome for a program.")
@click.argument("short_name", metavar="LIST")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
def mbox(
    create: bool,
    coordinator: str | None,
    anyway: bool,
    as_json: bool,
    short_name: str,
    files: list[Path],
) -> None:
    """Read a mailing list's archive into the list with the short name LIST.

    Nobody is told or mailed of a post, and nothing of it counts as new. Moderators look after a
    list that is made, and hear of it on the site, until the member who is asked to coordinate it
    says yes there. What is in the list already is not added again, so a run that was stopped can
    simply be started once more.

    With --json one object is printed: read, imported, duplicates, and skipped with for each its
    file, its position and the reason. The position is the number of the message in its file; the
    first is 1, and 0 stands for the file as a whole.
    """
    progress = _Bar() if sys.stderr.isatty() and not as_json else None

    def made_list() -> None:
        if progress is not None:
            progress.end()  # a line of its own
        click.echo(f"The list “{short_name}” was made.", err=True)

    with create_app().app_context():
        report = import_archives(
            short_name,
            list(files),
            clock.now(),
            create=create,
            coordinator=coordinator,
            anyway=anyway,
            progress=progress,
            made_list=made_list,
        )
    if progress is not None:
        progress.end()
    if as_json:
        _lines("Note", report.remarks)
        fields = asdict(report)
        del fields["remarks"], fields["held"]
        click.echo(json.dumps(fields, ensure_ascii=False))
    else:
        _summary(report)
    if not (report.imported or report.duplicates or report.held):
        raise click.ClickException("nothing could be read from these files")


def _summary(report: Report) -> None:
    _lines("Skipped", report.skipped)
    _lines("Note", report.remarks)
    messages = sum(1 for remark in report.skipped if remark.position)
    click.echo(
        f"{report.read} messages read: {report.imported} imported,"
        f" {report.duplicates} known already, {messages} skipped."
    )
    if guessed := sum("no possible date" in remark.reason for remark in report.remarks):
        click.echo(f"{guessed} without a possible date got their neighbour's.")


def _lines(label: str, remarks: list[Remark]) -> None:
    for remark in remarks[:MOST_LINES]:
        place = f", message {remark.position}" if remark.position else ""
        click.echo(f"{label}: {remark.file}{place} {remark.reason}", err=True)
    if len(remarks) > MOST_LINES:
        click.echo(f"{label}: and {len(remarks) - MOST_LINES} more", err=True)


class _Bar:
    """Progress on a terminal: one bar for reading, one for storing."""

    def __init__(self) -> None:
        self._bar: click._termui_impl.ProgressBar[int] | None = None

    def begin(self, label: str, total: int) -> None:
        self.end()
        self._bar = click.progressbar(length=total, label=label, file=sys.stderr)
        self._bar.__enter__()

    def advance(self, by: int) -> None:
        if self._bar is not None:
            self._bar.update(by)

    def end(self) -> None:
        """Full, and the line is over: what was left, such as white space after a mail, is read."""
        if self._bar is not None:
            self._bar.update((self._bar.length or 0) - self._bar.pos)
            self._bar.__exit__(None, None, None)
            self._bar = None
