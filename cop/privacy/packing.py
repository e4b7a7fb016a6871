"""The ZIP that a member takes along: a JSON file for each room, their files, a page to read."""

import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.own_data import Room, Row, of_room, rooms, title_of
from cop.platform.i18n import format_date, language
from cop.platform.storage import StoredFile, storage
from cop.privacy.words import SHOWN

MOST_BYTES = 100 * 1024 * 1024  # of files together; what does not fit is named on the page
_SAFE = re.compile(r"[^\w.() -]", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d(T|$)")


@dataclass(frozen=True, slots=True)
class Part:
    """One heading of the readable page; of each row what a person reads: (label, words)."""

    title: str
    rows: Sequence[Sequence[tuple[str, str]]]
    count: int


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    file: str
    parts: Sequence[Part]


def pack(session: Session, actor: Actor, site: str, name: str, now: datetime) -> bytes:
    """All that the rooms give of the actor; in their language when called so."""
    body = io.BytesIO()
    chapters = []
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as made:
        for room in rooms():
            given = of_room(session, actor, room)
            if given:
                file = f"{room.name}.json"
                made.writestr(file, as_json(given))
                chapters.append(_chapter(room, file, given))
        kept, too_much = _files(session, actor, made)
        # Without what surrounds the site's own pages: there is no request, and nobody signed in.
        page = current_app.jinja_env.get_template("privacy/export.html").render(
            language=language(),
            site=site,
            name=name,
            made_on=format_date(now),
            chapters=chapters,
            files=kept,
            too_much=too_much,
        )
        made.writestr("index.html", page)
    return body.getvalue()


def with_fetched(session: Session, actor: Actor, data: bytes) -> bytes:
    """The same with what is given while it is fetched and kept nowhere."""
    body = io.BytesIO(data)
    with zipfile.ZipFile(body, "a", zipfile.ZIP_DEFLATED) as made:
        for room in rooms():
            for name, rows in (room.fetched(session, actor) if room.fetched else {}).items():
                if rows:
                    made.writestr(f"{room.name}-{name}.json", as_json({name: list(rows)}))
    return body.getvalue()


def as_json(given: dict[str, list[Row]]) -> str:
    return json.dumps(given, ensure_ascii=False, indent=1, default=str)


def _chapter(room: Room, file: str, given: dict[str, list[Row]]) -> Chapter:
    return Chapter(
        str(room.title),
        file,
        [
            Part(title_of(room, name), [line for row in rows if (line := _line(row))], len(rows))
            for name, rows in given.items()
        ],
    )


def _line(row: Row) -> list[tuple[str, str]]:
    """What of a row a person reads; numbers that only machines know stay in the file."""
    return [(str(SHOWN[key]), _said(value)) for key, value in row.items() if key in SHOWN]


def _said(value: Any) -> str:
    if isinstance(value, str) and _DAY.match(value):
        return format_date(datetime.fromisoformat(value))
    return str(value)


def _files(session: Session, actor: Actor, made: zipfile.ZipFile) -> tuple[list[str], list[str]]:
    """Put the actor's own files in; (those in it, those for which there was no room)."""
    kept: list[str] = []
    too_much: list[str] = []
    seen: set[int] = set()
    left = MOST_BYTES
    for room in rooms():
        for file in room.files(session, actor) if room.files else ():
            if file.id in seen:
                continue
            seen.add(file.id)
            data = _bytes(file) if file.size <= left else None
            if data is None:
                too_much.append(file.name)
                continue
            left -= len(data)
            place = f"files/{len(kept) + 1:03}-{_SAFE.sub('_', file.name)[-80:]}"
            made.writestr(place, data)
            kept.append(place)
    return kept, too_much


def _bytes(file: StoredFile) -> bytes | None:
    try:
        return storage().path(file.key).read_bytes()
    except OSError:
        return None
