"""Files that members bring, kept outside the web root under names that say nothing.

A file is written beside its place, flushed to disk and renamed, before its row is stored: a crash
leaves at most a file without a row, which `sweep` removes, never a row without a file. Pictures
are decoded and written anew, which drops metadata and whatever else was hidden in them; everything
else is only ever served as a download, so a browser never runs it.

That takes long, so `clean` does it before the transaction in which `keep_clean` stores the row: on
SQLite nobody else can write meanwhile.
"""

import hashlib
import io
import math
import os
import secrets
import time
import warnings
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from flask import Flask, current_app
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cop.platform import authorship
from cop.platform.db import Base, UtcDateTime
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import job
from cop.platform.site_mark import is_ours

# How many pixels a picture may unfold to, so that decoding one takes some 100 MB at most. A plain
# JPEG, what cameras make, is decoded at a fraction of its size; others are decoded whole, and WebP
# keeps several copies.
MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 20_000_000, "GIF": 20_000_000, "WEBP": 6_000_000}
MOST_PIXELS_PROGRESSIVE = 16_000_000  # a JPEG whose rows come in several rounds
MAX_SIDE = 1600
ORPHAN_AGE_SECONDS = 24 * 3600

# What may be attached, by the file's own first bytes and its ending; all of it as a download.
ALLOWED = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK",)),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", (b"PK",)),
    "odt": ("application/vnd.oasis.opendocument.text", (b"PK",)),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", (b"PK",)),
    "odp": ("application/vnd.oasis.opendocument.presentation", (b"PK",)),
    "txt": ("text/plain", ()),
    "md": ("text/markdown", ()),
    "csv": ("text/csv", ()),
    "ics": ("text/calendar", (b"BEGIN:VCALENDAR",)),
    "mp3": ("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    "m4a": ("audio/mp4", ()),
    "mp4": ("video/mp4", ()),
}
PICTURES = {"jpg", "jpeg", "png", "gif", "webp"}
_EXECUTABLE = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")


class StoredFile(Base):
    """A file's description; its bytes lie in the data directory under `key`."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(43), unique=True)  # unguessable, also its URL
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int | None]
    height: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def is_picture(self) -> bool:
        return self.width is not None


@dataclass(frozen=True)
class Storage:
    """The folder with the bytes.

    Attributes:
        root: absolute; made when missing.
        max_bytes: the largest file accepted.
    """

    root: Path
    max_bytes: int

    def path(self, key: str) -> Path:
        return self.root / key[:2] / key

    def write(self, key: str, data: bytes) -> None:
        path = self.path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_name(f".{key}.part")
        with open(part, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)


@dataclass(frozen=True, slots=True)
class Clean:
    """A file that was checked and lies in its place; what it lacks is its row."""

    key: str
    name: str
    media_type: str
    size: int
    sha256: str
    width: int | None
    height: int | None


MOST_AT_ONCE = 10  # files of one form


def init_app(app: Flask, data_dir: Path, max_bytes: int) -> None:
    app.extensions["cop_storage"] = Storage(data_dir / "files", max_bytes)


def storage() -> Storage:
    found: Storage = current_app.extensions["cop_storage"]
    return found


def keep(session: Session, stream: BinaryIO, filename: str, now: datetime) -> StoredFile:
    """Check a file and keep it, where nobody waits for the transaction.

    Raises:
        Refused: as `clean` does.
    """
    return keep_clean(session, clean(stream, filename), now)


def clean(stream: BinaryIO, filename: str) -> Clean:
    """Check a file that came in, and write what may be kept of it.

    Raises:
        Refused: too large, empty, of a kind that is not accepted, or not what its name says.
    """
    store = storage()
    data = stream.read(store.max_bytes + 1)
    name = _clean_name(filename)
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if not data:
        raise Refused(_("“%(name)s” is empty.", name=name), "attachments")
    if len(data) > store.max_bytes:
        raise Refused(
            _(
                "“%(name)s” is larger than %(most)s MB.",
                name=name,
                most=store.max_bytes // (1024 * 1024),
            ),
            "attachments",
        )
    if ending in PICTURES:
        return _written(store, *clean_picture(data, name, MAX_SIDE))
    if ending not in ALLOWED or data.startswith(_EXECUTABLE):
        raise Refused(_("“%(name)s” is of a kind that cannot be added.", name=name), "attachments")
    media_type, starts = ALLOWED[ending]
    if starts and not data.startswith(starts):
        raise Refused(_("“%(name)s” is not what its name says.", name=name), "attachments")
    return _written(store, data, name, media_type, None, None)


def without_author(session: Session, file: StoredFile) -> bool:
    """Take out of a kept file who made it; False when nobody can say that it is out.

    Pictures were made anew when they came in. The document gets another key, and the bytes with
    the names in them go with the next sweep.
    """
    if file.is_picture:
        return True
    store = storage()
    data = store.path(file.key).read_bytes()
    made = authorship.removed(data, file.name.rsplit(".", 1)[-1].lower())
    if made is None or len(made) > 2 * store.max_bytes:
        return False
    if made != data:
        file.key = secrets.token_urlsafe(32)
        store.write(file.key, made)
        file.size, file.sha256 = len(made), hashlib.sha256(made).hexdigest()
        session.flush()
    return True


def copied(session: Session, file: StoredFile, name: str, now: datetime) -> StoredFile | None:
    """Another file with the same bytes, of its own; None when they are gone.

    What can be taken out of who made it is.
    """
    store = storage()
    path = store.path(file.key)
    if not path.is_file():
        return None
    data = path.read_bytes()
    if not file.is_picture:
        made = authorship.removed(data, file.name.rsplit(".", 1)[-1].lower())
        data = made if made is not None and len(made) <= 2 * store.max_bytes else data
    return keep_clean(
        session, _written(store, data, name, file.media_type, file.width, file.height), now
    )


def clean_square(stream: BinaryIO, filename: str, side: int) -> Clean:
    """The same for a square picture of at most `side` pixels (for a profile).

    Raises:
        Refused: it is not a picture, or too large.
    """
    store = storage()
    data = stream.read(store.max_bytes + 1)
    if len(data) > store.max_bytes:
        raise Refused(_("This picture is too large."), "picture")
    return _written(store, *clean_picture(data, _clean_name(filename), side, square=True))


def clean_picture(
    data: bytes, name: str, side: int, square: bool = False
) -> tuple[bytes, str, str, int, int]:
    """Decode and write anew: (bytes, name, media type, width, height), without metadata.

    Raises:
        Refused: it does not decode as a picture, or would unfold to too many pixels.
    """
    refusal = Refused(_("“%(name)s” is not a picture that can be read.", name=name), "attachments")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint turns it on for all of a process
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "GIF", "WEBP")) as picture:
                _refuse_too_many_pixels(picture, name)
                seen = _decoded(picture, side, square)
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(name, min(MOST_PIXELS.values())) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise refusal from None
    seen.info = {}  # else comments and colour profiles are written along
    out = io.BytesIO()
    stem = name.rsplit(".", 1)[0] or "picture"
    if seen.mode == "RGBA":
        seen.save(out, "PNG", optimize=True)
        return out.getvalue(), f"{stem}.png", "image/png", seen.width, seen.height
    seen.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue(), f"{stem}.jpg", "image/jpeg", seen.width, seen.height


def _refuse_too_many_pixels(picture: Image.Image, name: str) -> None:
    """By what the file's head says, before anything is unfolded."""
    most = MOST_PIXELS[picture.format or ""]
    if picture.info.get("progressive") or picture.info.get("progression"):
        most = min(most, MOST_PIXELS_PROGRESSIVE)
    if picture.width * picture.height > most:
        raise _too_many_pixels(name, most)


def _too_many_pixels(name: str, most: int) -> Refused:
    return Refused(
        _(
            "“%(name)s” has too many pixels. Make it smaller first: at most %(most)s million.",
            name=name,
            most=most // 1_000_000,
        ),
        "attachments",
    )


def _decoded(picture: Image.Image, side: int, square: bool) -> Image.Image:
    """The picture upright, at most `side` wide and high; made small before anything is copied."""
    by = min if square else max
    share = min(1.0, side / by(picture.size))
    small = tuple(max(1, math.ceil(length * share)) for length in picture.size)
    picture.draft("RGB", (small[0], small[1]))  # JPEG only: decodes an eighth, a quarter or a half
    if picture.mode not in ("RGB", "RGBA", "L"):
        # Colours from a palette cannot be mixed; what has fewer or other channels becomes plain.
        picture = picture.convert("RGBA" if _has_alpha(picture) else "RGB")
    picture.thumbnail((small[0], small[1]) if square else (side, side))
    upright = ImageOps.exif_transpose(picture)
    seen = upright.convert("RGBA" if _has_alpha(upright) else "RGB")
    return ImageOps.fit(seen, (side, side)) if square else seen


def _has_alpha(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA") or "transparency" in picture.info


def _written(
    store: Storage, data: bytes, name: str, media_type: str, width: int | None, height: int | None
) -> Clean:
    key = secrets.token_urlsafe(32)
    store.write(key, data)
    sha256 = hashlib.sha256(data).hexdigest()
    return Clean(key, name, media_type, len(data), sha256, width, height)


def keep_clean(session: Session, file: Clean, now: datetime) -> StoredFile:
    """Store the row of a file that was cleaned."""
    row = StoredFile(
        key=file.key,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        width=file.width,
        height=file.height,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _clean_name(filename: str) -> str:
    """The last part of the name, printable, at most 120 characters, ending kept."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if c.isprintable()).strip(" .") or "file"
    if len(name) > 120:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: 119 - len(ending)]}.{ending[:20]}" if dot else name[:120]
    return name


@job("platform.sweep_files", every=3600)
def sweep(session: Session, _payload: dict[str, object], _now: datetime) -> None:
    """Remove files on disk that no row speaks of: what a crash or an undone upload left."""
    store = storage()
    before = time.time() - ORPHAN_AGE_SECONDS
    if not is_ours(session, store.root.parent, lambda: _knows(session, store)):
        return
    if not store.root.exists():
        return
    for folder in store.root.iterdir():
        names = [p for p in folder.iterdir() if p.is_file() and p.stat().st_mtime < before]
        known = set(
            session.scalars(
                select(StoredFile.key).where(StoredFile.key.in_([p.name for p in names]))
            )
        )
        for path in names:
            if path.name not in known:
                path.unlink(missing_ok=True)


def _knows(session: Session, store: Storage) -> bool:
    """Nothing lies there, or what this database kept last does."""
    last = session.scalar(select(StoredFile.key).order_by(StoredFile.id.desc()).limit(1))
    if last is None:
        return not any(store.root.glob("*/*"))
    return store.path(last).exists()


def remove(session: Session, file: StoredFile) -> None:
    """Forget the row; the bytes go with the next sweep, so that a rollback loses nothing."""
    session.delete(file)
