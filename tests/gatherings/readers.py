"""Other people's calendar readers: what they make of our files.

Each gives for each of several files, by UID, when events begin and end, as moments; none of them
is what writes the files. A program is started once for all of them: that is what takes long.
"""

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import vobject
from icalendar import Calendar

from tests.support import node

ICAL_JS = node.MODULES / "ical.js" / "dist" / "ical.js"

Read: TypeAlias = dict[str, tuple[datetime, datetime]]

KHAL = """[calendars]
[[none]]
path = {folder}
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%dT%H:%M
longdatetimeformat = %Y-%m-%dT%H:%M
"""


def icalendar_instants(text: str) -> list[datetime]:
    """When the events begin, as icalendar reads them."""
    events = Calendar.from_ical(text).walk("VEVENT")
    return sorted(e["DTSTART"].dt.astimezone(UTC) for e in events)


def vobject_instants(text: str) -> list[datetime]:
    """The same as vobject does, which takes the zone from the file's own VTIMEZONE."""
    return sorted(begins for begins, _ends in _by_vobject(text).values())


def by_vobject(texts: Sequence[str], folder: Path | None = None) -> list[Read]:
    return [_by_vobject(text) for text in texts]


def _by_vobject(text: str) -> Read:
    calendar = vobject.readOne(text)
    assert calendar.behavior.validate(calendar)
    return {
        e.uid.value: (e.dtstart.value.astimezone(UTC), e.dtend.value.astimezone(UTC))
        for e in calendar.vevent_list
    }


# Its own command, for one file after another.
RUN_KHAL = """
import sys
from khal.cli import main_khal
settings, asked, *files = sys.argv[1:]
for file in files:
    print("file", flush=True)
    main_khal(["-c", settings, "printics", "--format", asked, file], standalone_mode=False)
"""


def by_khal(texts: Sequence[str], folder: Path) -> list[Read]:
    """khal, as its own command."""
    settings = folder / "khal.conf"
    (folder / "khal").mkdir(exist_ok=True)
    settings.write_text(KHAL.format(folder=folder / "khal"))
    asked = "{uid}\t{start-long-full}\t{end-long-full}"
    said = _run([sys.executable, "-c", RUN_KHAL, settings, asked, *_files(texts, folder)])
    found: list[Read] = []
    for line in said.splitlines():
        if line == "file":
            found.append({})
        elif "\t" in line:
            uid, begins, ends = line.split("\t")
            found[-1][uid] = (_utc(begins), _utc(ends))
    return found


def by_ical_js(texts: Sequence[str], folder: Path) -> list[Read]:
    """ical.js, from npm."""
    assert node.installed("ical.js"), node.MISSING
    script = Path(__file__).with_name("ical_reader.mjs")
    said = _run(["node", script, ICAL_JS, *_files(texts, folder)])
    found: list[Read] = []
    for line in said.splitlines():
        if line == "file":
            found.append({})
            continue
        uid, begins, ends = line.split("\t")[:3]
        found[-1][uid] = (_moment(begins), _moment(ends))
    return found


def _files(texts: Sequence[str], folder: Path) -> list[Path]:
    files = [folder / f"{n}.ics" for n, _text in enumerate(texts)]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, newline="")
    return files


def _run(command: Sequence[str | Path]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


READERS = {"khal": by_khal, "ical.js": by_ical_js, "vobject": by_vobject}


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
