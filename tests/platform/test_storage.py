"""Files that members bring."""

import io
import os
import time
import zlib

import pytest
from PIL import Image
from sqlalchemy import select

from cop.platform import storage
from cop.platform.errors import Refused
from cop.platform.storage import StoredFile, keep, keep_picture, sweep


def picture(kind="JPEG", size=(64, 48), **extra):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **extra)
    return out.getvalue()


def png_bomb(side=60_000):
    """A PNG of a few kilobytes that says it is `side` pixels wide and high."""

    def chunk(kind, data):
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    rows = zlib.compress(bytes(10_000_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("leeg.pdf", b""),
        ("programma.exe", b"MZ" + bytes(50)),
        ("foto.jpg", b"MZ" + bytes(50)),
        ("verslag.pdf", b"MZ" + bytes(50)),
        ("notitie.txt", b"\x7fELF" + bytes(50)),
        ("script.txt", b"#!/bin/sh\nrm -rf /"),
        ("pagina.html", b"<script>alert(1)</script>"),
        ("tekening.svg", b"<svg onload='alert(1)'/>"),
        ("verslag.docx", b"not a zip"),
        ("zonder-einde", b"tekst"),
        ("bom.png", png_bomb()),
        ("afgekapt.jpg", picture()[:200]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_accepted_is_refused_with_its_name(session, now, name, data):
    with pytest.raises(Refused) as refusal:
        keep(session, io.BytesIO(data), name, now)
    assert name in refusal.value.message
    assert not list(storage.storage().root.rglob("*.*"))


def test_too_large_is_refused(app, session, now):
    data = b"%PDF-" + bytes(app.config["SETTINGS"].max_upload_bytes)
    with pytest.raises(Refused, match=r"groot\.pdf"):
        keep(session, io.BytesIO(data), "groot.pdf", now)


def test_a_picture_loses_its_metadata(session, now):
    exif = Image.Exif()
    exif[0x010E] = "Thuis bij de familie Verzonnen"
    row = keep(session, io.BytesIO(picture(exif=exif)), "IMG_1.JPG", now)
    data = storage.storage().path(row.key).read_bytes()
    assert b"Verzonnen" not in data
    assert (row.media_type, row.name, row.is_picture) == ("image/jpeg", "IMG_1.jpg", True)


@pytest.mark.parametrize("kind", ["JPEG", "GIF"])
def test_a_comment_in_a_picture_is_not_written_along(session, now, kind):
    data = picture(kind, comment=b"Gemaakt door Jan Verzonnen")
    row = keep(session, io.BytesIO(data), f"foto.{kind.lower()}", now)
    assert b"Verzonnen" not in storage.storage().path(row.key).read_bytes()


def test_a_colour_profile_is_not_written_along(session, now):
    data = picture("PNG", icc_profile=b"scherm van Jan Verzonnen")
    row = keep(session, io.BytesIO(data), "foto.png", now)
    with Image.open(storage.storage().path(row.key)) as kept:
        assert "icc_profile" not in kept.info


def test_a_large_picture_becomes_smaller(session, now):
    row = keep(session, io.BytesIO(picture(size=(4000, 1000))), "breed.jpg", now)
    assert (row.width, row.height) == (1600, 400)


def test_a_profile_picture_becomes_square(session, now):
    row = keep_picture(session, io.BytesIO(picture(size=(900, 300))), "ik.png", 256, now)
    assert (row.width, row.height) == (256, 256)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\map\\verslag.txt", "verslag.txt"),
        ("a\r\nb.txt", "ab.txt"),
        ("x" * 300 + ".txt", "x" * 115 + ".txt"),
    ],
)
def test_names_are_cleaned(session, now, given_name, kept):
    row = keep(session, io.BytesIO(b"tekst"), given_name, now)
    assert row.name.endswith(".txt")
    assert row.name[:10] == kept[:10]
    assert len(row.name) <= 120


def test_the_place_on_disk_says_nothing(session, now):
    row = keep(session, io.BytesIO(b"tekst"), "verslag-van-iemand.txt", now)
    path = storage.storage().path(row.key)
    assert path.read_bytes() == b"tekst"
    assert "verslag" not in str(path)


def test_files_without_a_row_are_swept_and_others_kept(session, now):
    kept = keep(session, io.BytesIO(b"tekst"), "a.txt", now)
    store = storage.storage()
    store.write("zz-left-by-a-crash", b"half")
    old = time.time() - storage.ORPHAN_AGE_SECONDS - 60
    for path in (store.path(kept.key), store.path("zz-left-by-a-crash")):
        os.utime(path, (old, old))
    store.write("zz-being-uploaded", b"now")
    sweep(session, {}, now)
    assert not store.path("zz-left-by-a-crash").exists()
    assert store.path("zz-being-uploaded").exists()
    assert store.path(kept.key).exists()
    assert session.scalar(select(StoredFile.id)) == kept.id
