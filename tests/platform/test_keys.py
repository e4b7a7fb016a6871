"""The key ring and encrypted columns."""

import os

import pytest
from sqlalchemy import text

from cop.moderation.models import Report
from cop.platform.keys import CannotDecrypt, KeyRing

OLD, NEW = os.urandom(32), os.urandom(32)


def test_a_new_key_in_front_still_opens_what_the_old_one_closed():
    stored = KeyRing([OLD]).encrypt(b"geheim", "draft.content")
    assert KeyRing([NEW, OLD]).decrypt(stored, "draft.content") == b"geheim"
    with pytest.raises(CannotDecrypt):
        KeyRing([NEW]).decrypt(stored, "draft.content")


def test_a_value_moved_to_another_column_does_not_open():
    stored = KeyRing([OLD]).encrypt(b"geheim", "draft.content")
    with pytest.raises(CannotDecrypt):
        KeyRing([OLD]).decrypt(stored, "report.passage")


@pytest.mark.parametrize("place", [0, 1, 5, 20, -1])
def test_a_changed_value_does_not_open(place):
    stored = bytearray(KeyRing([OLD]).encrypt(b"geheim", "x"))
    stored[place] ^= 1
    with pytest.raises(CannotDecrypt):
        KeyRing([OLD]).decrypt(bytes(stored), "x")


def test_the_same_words_never_look_the_same_twice():
    ring = KeyRing([OLD])
    assert ring.encrypt(b"geheim", "x") != ring.encrypt(b"geheim", "x")


def test_the_database_holds_no_word_of_an_encrypted_column(session, make, now):
    session.add(
        Report(
            reporter_id=make.member().id,
            subject="post:1",
            reason="other",
            passage="dit mag niemand lezen",
            note="",
            at=now,
        )
    )
    session.flush()
    session.expire_all()
    raw = bytes(session.execute(text("SELECT passage FROM report")).scalar_one())
    assert b"niemand" not in raw
    assert session.query(Report).one().passage == "dit mag niemand lezen"
