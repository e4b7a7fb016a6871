"""Files that members bring."""

import io
import os
import subprocess
import sys
import time
import zlib

import pytest
from PIL import Image, ImageFile
from sqlalchemy import select

from cop.platform import storage
from cop.platform.errors import Refused
from cop.platform.i18n import speaking
from cop.platform.storage import StoredFile, clean_square, keep, keep_clean, sweep


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
    cleaned = clean_square(io.BytesIO(picture(size=(900, 300))), "ik.png", 256)
    row = keep_clean(session, cleaned, now)
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


# What decodes at the limit of each format: (format, mode, width, height, extra), as the largest.
LARGEST = {
    "camera": ("JPEG", "RGB", 8000, 6200, {}),
    "panorama": ("JPEG", "RGB", 49_000, 1000, {}),
    "print": ("JPEG", "CMYK", 8000, 6200, {}),
    "progressive": ("JPEG", "RGB", 4600, 3450, {"progressive": True, "subsampling": 0}),
    "drawing": ("PNG", "RGBA", 5000, 3990, {"compress_level": 1}),
    "palette": ("PNG", "P", 5000, 3990, {"compress_level": 1}),
    "gif": ("GIF", "P", 5000, 3990, {}),
    "webp": ("WEBP", "RGBA", 2900, 2050, {"method": 0}),
}
MEASURE = """
import resource, sys
from pathlib import Path
from cop.platform import storage
data = Path(sys.argv[1]).read_bytes()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
made = storage.clean_picture(data, "foto", int(sys.argv[2]), sys.argv[3] == "square")
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((after - before) // 1024, *made[2:])
"""


@pytest.mark.parametrize("kind", LARGEST)
@pytest.mark.parametrize(("side", "shape"), [(1600, "as it is"), (256, "square")])
def test_the_largest_picture_that_is_accepted_takes_little_memory(tmp_path, kind, side, shape):
    form, mode, width, height, extra = LARGEST[kind]
    path = tmp_path / "largest"
    Image.new(mode, (width, height)).save(path, form, **extra)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, path, str(side), shape],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    megabytes, _media_type, wide, high = done.stdout.split()
    assert int(megabytes) < 150
    if shape == "square":
        assert (int(wide), int(high)) == (side, side)
    else:
        assert max(int(wide), int(high)) == side
        assert int(wide) / int(high) == pytest.approx(width / height, rel=0.02)


@pytest.mark.parametrize(
    ("kind", "size", "extra", "most"),
    [
        ("JPEG", (8000, 6300), {}, 50),
        ("JPEG", (4700, 3450), {"progressive": True}, 16),
        ("PNG", (5000, 4010), {}, 20),
        ("GIF", (5000, 4010), {}, 20),
        ("WEBP", (3000, 2050), {}, 6),
    ],
)
def test_a_larger_one_is_refused_in_one_sentence_before_it_is_decoded(
    app, kind, size, extra, most, monkeypatch
):
    data = picture(kind, size, **extra)
    monkeypatch.setattr(Image.Image, "load", None)
    monkeypatch.setattr(ImageFile.ImageFile, "load", None)
    with speaking("en", "Europe/Amsterdam"), pytest.raises(Refused) as refusal:
        storage.clean_picture(data, "foto.jpg", 1600)
    assert refusal.value.message == (
        "“foto.jpg” has too many pixels. Make it smaller first: at most"  # one sentence, and how
        f" {most} million."
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_was_made_sideways_stands_upright(app, kind):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    data = picture(kind, (3000, 2000), exif=exif)
    assert storage.clean_picture(data, "foto", 1500)[3:] == (1000, 1500)
    assert storage.clean_picture(data, "foto", 200, square=True)[3:] == (200, 200)


@pytest.mark.parametrize("side", [10_000, 12_000, 30_000, 60_000])
def test_of_a_bomb_it_is_said_that_it_has_too_many_pixels(app, side):
    with speaking("en", "Europe/Amsterdam"), pytest.raises(Refused) as refusal:
        storage.clean_picture(png_bomb(side), "bom.png", 1600)
    assert refusal.value.message.startswith("“bom.png” has too many pixels.")
