"""After the second reader's yes nothing of a raw text is on disk, and no key opens what is left."""

import errno
import logging
import os
import re
import unicodedata
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from cop.cases import own_keys, sealing, second_reading
from cop.cases.models import Case, SealedPart
from cop.config import Settings, load
from cop.platform.db import db, reading, unit_of_work
from cop.platform.worker import run_due
from tests.cases.walking import IDENTIFIERS, RAW

# In every form in which bytes of it could lie somewhere.
NEEDLES = [
    form
    for word in (*IDENTIFIERS, "Zwartewaterland", "reden met Quirijn")
    for form in (
        word.encode(),
        word.lower().encode(),
        word.encode("utf-16-le"),
        unicodedata.normalize("NFD", word).encode(),
    )
]


def lying(folder: Path) -> list[str]:
    """Files under the folder that hold any of it, the database's log and shared memory included."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            found += [f"{path}: {n!r}" for n in NEEDLES if n in data]
    return found


def in_the_database(app) -> list[str]:
    """What any table holds, row by row, as bytes: the files of PostgreSQL are its own."""
    found = []
    with reading() as session:
        for table in db.metadata.sorted_tables:
            for row in session.execute(text(f'SELECT * FROM "{table.name}"')):
                for value in row:
                    data = value if isinstance(value, bytes) else str(value).encode()
                    found += [f"{table.name}: {n!r}" for n in NEEDLES if n in bytes(data)]
    return found


def test_no_raw_identifier_is_anywhere_on_disk(
    app, people, browser, folder, caplog, tmp_path
) -> None:
    caplog.set_level(logging.DEBUG)
    author, reader = browser(people.author), browser(people.reader)
    case = people.walk.start()
    url = f"/casussen/{case.id}"
    # Everything that a raw text passes through: saving, refusals, findings, decisions, reasons.
    raw = RAW | {"text": RAW["text"] + "\n\nZe woonde eerder in Zwartewaterland."}
    author.send(f"{url}/schrijven", raw)
    author.send(f"{url}/schrijven", raw | {"question": ""} | {"on": "yes"})
    author.send(f"{url}/schrijven", raw | {"text": "Fatima Bouzerda " * 3000})
    author.send(f"{url}/schrijven", raw | {"on": "yes"})
    author.client.post(f"{url}/bewaren", json=raw, headers={"X-CSRFToken": author._fresh_token()})
    key_of = author.get(f"{url}/bevindingen").get_data(as_text=True).split('name="how-')[1][:16]
    author.send(
        f"{url}/bevindingen",
        {f"how-{key_of}": "kept", f"reason-{key_of}": "reden met Quirijn"},
    )
    author.send(
        f"{url}/bevindingen",
        {"words": "Zwartewaterland", "label": "PLACE"},
        to=f"{url}/bevindingen/toevoegen",
    )
    author.send(f"{url}/bevindingen", {f"how-{key_of}": "replaced", f"text-{key_of}": "Els"})
    people.walk.decided(case)
    people.walk.checked(case)
    people.walk.circled(case, people.circle)
    people.walk.nobody(case)
    author.get("/")
    author.get("/casussen")
    author.get(f"{url}/voorbeeld")
    people.walk.asked(case, people.reader)
    run_due()
    with reading() as session:  # a backup of this moment, in which the text is still alive
        before = [(p.name, p.body) for p in session.query(SealedPart).filter_by(case_id=case.id)]
        assert b"Fatima" in own_keys.unseal(
            sealing.key_of(session.get_one(Case, case.id)),
            dict(before)["raw"],
            f"case:{case.id}:raw",
        )
    assert lying(folder) == [], "a raw text is never in the clear, before its approval neither"
    assert in_the_database(app) == []

    reader.get(f"{url}/tweede-lezing")
    reader.send(f"{url}/tweede-lezing/akkoord")
    run_due()
    people.walk.shared(case)
    browser(people.colleague).get(url)
    browser(people.colleague).get(f"{url}/pdf")
    run_due()

    assert lying(folder) == []
    assert in_the_database(app) == []
    assert not any(n.decode("utf-8", "ignore") in caplog.text for n in NEEDLES if n.isascii())
    assert not any(word in caplog.text for word in IDENTIFIERS)
    assert own_keys.folder().names() == [], "the key is gone"
    # What a backup of the database holds is of no use to anybody any more.
    keys = [p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.stat().st_size == 32]
    for name, body in before:
        for key in [*keys, bytes(32)]:
            with pytest.raises(own_keys.KeyGone):
                own_keys.unseal(key, body, f"case:{case.id}:{name}")


def test_a_draft_that_is_thrown_away_leaves_nothing(people, browser, folder) -> None:
    case = people.walk.start()
    browser(people.author).send(f"/casussen/{case.id}/verwijderen")
    assert own_keys.folder().names() == []
    assert lying(folder) == []


def test_the_key_outlives_an_approval_that_fails(people, make) -> None:
    """Key and text go together: when the transaction fails, both are still there."""
    case = people.walk.ready(people.circle)
    people.walk.asked(case, people.reader)
    with Session(db.engine) as session:
        second_reading.approve(session, make.actor(people.reader), case.id, 1, people.walk.now)
        session.rollback()
    with reading() as session:
        found = session.get_one(Case, case.id)
        assert found.state == "with_reader"
        assert sealing.load(session, found, sealing.RAW)["parts"]["title"] == RAW["title"]


def test_a_key_without_a_case_is_swept_away(people, make) -> None:
    """As after a crash between the commit and the removal of the file, or a restored backup."""
    case = people.walk.start()
    with unit_of_work() as session:
        kept = session.get_one(Case, case.id).key_name
    stray = own_keys.folder().make()
    with unit_of_work() as session:
        assert own_keys.sweep(session) == 0, "it may belong to a case that is being made"
        for name in (stray, kept):
            os.utime(own_keys.folder().root / name, (0, 0))
        assert own_keys.sweep(session) == 1
    assert own_keys.folder().names() == [kept]


def test_a_key_goes_where_the_disk_is_full_as_well(tmp_path, monkeypatch) -> None:
    keys = own_keys.KeyFolder(tmp_path)
    name = keys.make()

    def full(_size: int) -> bytes:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(own_keys.secrets, "token_bytes", full)
    keys.destroy(name)
    assert keys.names() == []


def test_a_case_that_is_not_made_leaves_no_key(people, make) -> None:
    from cop.cases import writing

    with Session(db.engine) as session:
        writing.start(session, make.actor(people.author), "own", "invented", people.walk.now)
        assert len(own_keys.folder().names()) == 1
        session.rollback()
    assert own_keys.folder().names() == []


def test_without_its_key_a_draft_says_so(people, browser) -> None:
    """As when a backup of the database is brought back."""
    case = people.walk.start()
    for name in own_keys.folder().names():
        own_keys.folder().destroy(name)
    author = browser(people.author)
    for page in ("", "/schrijven", "/bevindingen", "/voorbeeld"):
        answer = author.get(f"/casussen/{case.id}{page}")
        assert answer.status_code == 410
        assert "Nobody can read this any more" in answer.get_data(as_text=True)
    assert author.get("/casussen").status_code == 200
    assert f"{case.id}/verwijderen" in author.get(f"/casussen/{case.id}").text
    assert author.send(f"/casussen/{case.id}/verwijderen").status_code == 302


def test_a_sealed_part_opens_nowhere_else(people) -> None:
    """Neither under another case's key nor as another part."""
    one, other = people.walk.start(), people.walk.start()
    with reading() as session:
        body = session.get_one(SealedPart, (one.id, "raw")).body
        key = sealing.key_of(session.get_one(Case, one.id))
        foreign = sealing.key_of(session.get_one(Case, other.id))
    assert own_keys.unseal(key, body, f"case:{one.id}:raw")
    for wrong in ((foreign, f"case:{one.id}:raw"), (key, f"case:{other.id}:raw")):
        with pytest.raises(own_keys.KeyGone):
            own_keys.unseal(wrong[0], body, wrong[1])


def test_keys_lie_where_the_settings_say(tmp_path) -> None:
    given: Settings = load(
        {"COP_DATA_DIR": str(tmp_path), "COP_CASE_KEYS_DIR": str(tmp_path / "elders")}
    )
    assert given.case_keys == tmp_path / "elders"
    assert load({"COP_DATA_DIR": str(tmp_path)}).case_keys == tmp_path / "case-keys"


def test_nginx_lays_no_case_on_its_disk_on_the_way() -> None:
    """The configuration that we hand out keeps bodies and answers in memory (docs/cases.md)."""
    conf = (Path(__file__).parents[2] / "deploy/nginx/cop.conf").read_text()
    conf = re.sub(r"#.*", "", conf)
    assert "proxy_max_temp_file_size 0;" in conf
    assert "client_body_in_single_buffer on;" in conf
    held = re.search(r"client_body_buffer_size (\w+);", conf)
    confidential = next(
        (place, inside)
        for place, inside in re.findall(r"location ~ (\S+) \{([^}]*)\}", conf)
        if re.match(place, "/casussen/7/schrijven")
    )
    assert held is not None
    assert f"client_max_body_size {held[1]};" in confidential[1], "nothing larger than the memory"
    assert "proxy_max_temp_file_size" not in confidential[1]


def test_keys_are_for_this_user_alone(people) -> None:
    people.walk.start()
    root = own_keys.folder().root
    assert root.stat().st_mode & 0o077 == 0
    assert all(p.stat().st_mode & 0o077 == 0 for p in root.iterdir())
