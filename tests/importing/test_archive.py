"""Where one mail ends and the next begins."""

import os
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.discussions.importing.archive import Archive, NotMbox, separator_date
from tests.importing.mails import mail, write


def bodies(path: Path) -> list[bytes]:
    with Archive(path) as archive:
        return [archive.read(place) for place in archive.slices()]


@pytest.mark.parametrize(
    "separator",
    [
        b"From jan@example.org Sat Nov 14 21:29:28 2015",
        b"From jan@example.org  Sat Nov 14 21:29:28 2015",
        b"From jan at example.org  Sat Nov 14 21:29:28 2015",
        b"From - Sat Nov 14 21:29:28 2015",
        b"From ???@??? Sat Nov 14 21:29:28 2015",
        b"From MAILER-DAEMON Fri Jul  8 12:08:34 2011",
        b"From jan@example.org Sat Nov 14 21:29 2015",
        b"From jan@example.org Sat Nov 14 21:29:28 CET 2015",
        b"From jan@example.org Sat Nov 14 21:29:28 MET DST 2015",
        b"From jan@example.org Sat Nov 14 21:29:28 2015 +0100",
        b"From 1234@xxx Sat Nov 14 21:29:28 +0000 2015",
        b"From jan@example.org Sat, 14 Nov 2015 21:29:28 +0100",
        b"From jan Sat Nov 14 21:29:28 2015 remote from host",
        b"From jan jansen at example.org Sat Nov 14 21:29:28 2015\r",
        b"From jan@example.org",
    ],
)
def test_separators_that_programs_write(tmp_path: Path, separator: bytes) -> None:
    path = write(
        tmp_path / "a.mbox", mail("een", separator=separator), mail("twee", separator=separator)
    )

    assert len(bodies(path)) == 2


@pytest.mark.parametrize(
    "body",
    [
        "eerst\n\nFrom here on it gets better.\n\nlast",
        "eerst\n\nFrom jan@example.org Sat Nov 14 21:29:28 2015 we wisten het\n\nlaatst",
        "eerst\n\nFrom jan@example.org Sat Nov 14 21:29:28 2015\nschreef hij, en verder niets\n",
        "eerst\nFrom jan@example.org Sat Nov 14 21:29:28 2015\nNotitie: dit is geen kop\n",
        "eerst\n\nFrom jan@example.org\nNotitie: dit is geen kop\n",
        "eerst\n\nFrom now on: \nSubject matter\n",
        "eerst\n\n From jan@example.org Sat Nov 14 21:29:28 2015\nSubject: x\n",
    ],
)
def test_words_that_only_look_like_a_separator_stay_in_the_body(tmp_path: Path, body: str) -> None:
    path = write(tmp_path / "a.mbox", mail(body), mail("een andere"))

    found = bodies(path)

    assert len(found) == 2
    assert body.strip().encode() in found[0]


def test_a_separator_without_an_empty_line_before_it_still_begins_a_mail(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mbox", mail("een").rstrip(b"\n") + b"\n", mail("twee"))

    assert len(bodies(path)) == 2


def test_quoted_from_lines_are_unquoted_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mbox", mail("x\n\n>From Utrecht\n>>From Breda\n> From Ede"))

    assert b"\nFrom Utrecht\n>From Breda\n> From Ede" in bodies(path)[0]


@pytest.mark.parametrize("before", [b"\n\n", b"\r\n", b"\xef\xbb\xbf", b""])
def test_what_stands_before_the_first_mail_does_not_matter(tmp_path: Path, before: bytes) -> None:
    path = write(tmp_path / "a.mbox", before, mail("een"))

    assert len(bodies(path)) == 1


def test_line_ends_of_windows(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mbox", (mail("een") + mail("twee")).replace(b"\n", b"\r\n"))

    assert len(bodies(path)) == 2


@pytest.mark.parametrize(
    "content",
    [b"Hello", b"root:x:0:0", b"\x89PNG\r\n\x1a\n" + bytes(500), b"From here on\nnothing\n"],
)
def test_what_is_not_an_mbox_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path / "a.mbox", content)

    with pytest.raises(NotMbox):
        bodies(path)


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_an_empty_file_holds_no_mail(tmp_path: Path, content: bytes) -> None:
    assert bodies(write(tmp_path / "a.mbox", content)) == []


def test_mails_across_the_pieces_in_which_a_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = [mail("x" * n + "\n\nFrom Ede\n", id=str(n)) for n in range(0, 9000, 37)]
    path = write(tmp_path / "a.mbox", *mails)
    whole = bodies(path)

    monkeypatch.setattr("cop.discussions.importing.archive.PIECE", 4999)

    assert bodies(path) == whole
    assert len(whole) == len(mails)


def test_a_pipe_is_read_as_well(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    child = os.fork()
    if child == 0:
        with pipe.open("wb") as out:
            out.write(mail("een") + mail("twee"))
        os._exit(0)

    assert len(bodies(pipe)) == 2
    os.waitpid(child, 0)


def test_memory_stays_small_whatever_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    one = mail("woorden " * 4000, id="x")
    with path.open("wb") as file:
        for _ in range(1500):
            file.write(one)
    tracemalloc.start()

    with Archive(path) as archive:
        count = sum(1 for place in archive.slices() if archive.head(place))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 1500
    assert peak < 10_000_000 < path.stat().st_size


def test_the_date_of_a_separator_is_read_with_its_zone() -> None:
    assert separator_date(b"From a@b Sat Nov 14 21:29:28 2015") == datetime(
        2015, 11, 14, 21, 29, 28, tzinfo=UTC
    )
    assert separator_date(b"From a@b Sat Nov 14 21:29:28 2015 +0100") == datetime(
        2015, 11, 14, 20, 29, 28, tzinfo=UTC
    )
    assert separator_date(b"From a@b Sat Nov 34 21:29:28 2015") is None
    assert separator_date(b"From a@b") is None


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.sampled_from(
            [
                b"\n",
                b"\r\n",
                b"From ",
                b"From a@b Sat Nov 14 21:29:28 2015\n",
                b"Subject: x\n",
                b">From ",
                b"\x00\xff",
                b"woord ",
            ]
        ),
        max_size=60,
    )
)
def test_every_byte_after_the_first_separator_is_in_one_mail(parts: list[bytes]) -> None:
    content = mail("een") + b"".join(parts)
    path = Path("/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp") / f"fuzz-{os.getpid()}"
    path.write_bytes(content)
    try:
        with Archive(path) as archive:
            places = list(archive.slices())
        end = 0
        for place in places:
            assert place.offset - end == len(place.separator.rstrip(b"\r")) + (
                content[end : place.offset].count(b"\n")
                + content[end : place.offset].count(b"\r")
                - place.separator.count(b"\r")
            )
            end = place.offset + place.length
        assert end == len(content)
    finally:
        path.unlink()


def test_a_folder_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="folder"):
        Archive(tmp_path)
