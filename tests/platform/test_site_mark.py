"""Nothing is swept out of a folder that belongs to another database."""

import os
import time
from dataclasses import replace
from io import BytesIO

import pytest
from sqlalchemy import delete

from cop.administration import checks
from cop.cases import own_keys
from cop.platform import site_mark, storage
from cop.platform.db import unit_of_work
from cop.platform.site_mark import SiteMark

DAYS = 2 * 86_400


def _grown_old(folder):
    for path in folder.rglob("*"):
        if path.is_file() and path.name != site_mark.NAME:
            os.utime(path, (time.time() - DAYS, time.time() - DAYS))


def _lying(folder):
    names = (path.name for path in folder.rglob("*") if path.is_file())
    return {name for name in names if name != site_mark.NAME}


def _swept(now):
    with unit_of_work() as session:
        storage.sweep(session, {}, now)
        own_keys.sweep(session)


@pytest.fixture
def left(app, now):
    """A file and a raw case's key of days ago that no row names."""
    with unit_of_work():
        storage.storage().write("ab" * 32, b"words")
        own_keys.folder().make()
        settings = app.config["SETTINGS"]
        for folder in (settings.data_dir / "files", settings.case_keys):
            _grown_old(folder)
    return settings


def test_what_a_crash_left_goes_when_the_folder_is_the_databases_own(app, now):
    settings = app.config["SETTINGS"]
    _swept(now)  # empty: they are its own from here on
    with unit_of_work() as session:
        storage.keep(session, BytesIO(b"words"), "words.txt", now)
    storage.storage().write("ab" * 32, b"words")
    own_keys.folder().make()
    for folder in (settings.data_dir / "files", settings.case_keys):
        _grown_old(folder)
    _swept(now)
    assert len(_lying(settings.data_dir / "files")) == 1
    assert _lying(settings.case_keys) == set()


def test_a_fresh_database_beside_old_folders_destroys_nothing(left, now):
    """As while a backup is being brought back, or when another database was named by mistake."""
    files, keys = _lying(left.data_dir / "files"), _lying(left.case_keys)
    assert files
    assert keys
    _swept(now)
    assert (_lying(left.data_dir / "files"), _lying(left.case_keys)) == (files, keys)


def test_folders_that_bear_another_mark_are_left_alone_and_said(app, left, now):
    for folder in (left.data_dir, left.case_keys):
        (folder / site_mark.NAME).write_text("another")
    files, keys = _lying(left.data_dir / "files"), _lying(left.case_keys)
    _swept(now)
    assert (_lying(left.data_dir / "files"), _lying(left.case_keys)) == (files, keys)
    wrong = [f for f in checks.look(app, replace(left)) if f.name == "folder"]
    assert [f.ok for f in wrong] == [False, False]


def test_the_mark_comes_back_with_the_database(app, now):
    _swept(now)
    settings = app.config["SETTINGS"]
    with unit_of_work() as session:
        assert not site_mark.is_foreign(session, settings.data_dir)
        session.execute(delete(SiteMark))
        assert site_mark.is_foreign(session, settings.data_dir)
