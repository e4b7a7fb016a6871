"""Other people's calendar readers: what they make of our files.

Each gives, by UID, when events begin and end, as moments; none of them is what writes the files.
"""

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pytest
import vobject
from icalendar import Calendar

TOP = Path(__file__).parents[2]
ICAL_JS = TOP / ".cache" / "html-validator" / "node_modules" / "ical.js" / "dist" / "ical.js"

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
    return sorted(begins for begins, _ends in by_vobject(text).values())


def by_vobject(text: str, folder: Path | None = None) -> Read:
    calendar = vobject.readOne(text)
    assert calendar.behavior.validate(calendar)
    return {
        e.uid.value: (e.dtstart.value.astimezone(UTC), e.dtend.value.astimezone(UTC))
        for e in calendar.vevent_list
    }


def by_khal(text: str, folder: Path) -> Read:
    """khal, as its own command."""
    settings, file = folder / "khal.conf", folder / "khal.ics"
    (folder / "khal").mkdir(exist_ok=True)
    settings.write_text(KHAL.format(folder=folder / "khal"))
    file.write_text(text, newline="")
    asked = "{uid}\t{start-long-full}\t{end-long-full}"
    done = subprocess.run(
        [sys.executable, "-m", "khal", "-c", settings, "printics", "--format", asked, file],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
    return {uid: (_utc(begins), _utc(ends)) for uid, begins, ends in rows}


def by_ical_js(text: str, folder: Path) -> Read:
    """ical.js, from npm."""
    node = shutil.which("node")
    if node is None or not ICAL_JS.exists():
        pytest.skip("ical.js is not installed; scripts/html_validator.sh does")
    file = folder / "ical_js.ics"
    file.write_text(text, newline="")
    script = Path(__file__).with_name("ical_reader.mjs")
    done = subprocess.run(
        [node, script, ICAL_JS, file], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return {
        row[0]: (
            datetime.fromtimestamp(int(row[1]), UTC),
            datetime.fromtimestamp(int(row[2]), UTC),
        )
        for row in rows
    }


READERS = {"khal": by_khal, "ical.js": by_ical_js, "vobject": by_vobject}


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
