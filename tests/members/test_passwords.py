"""Passwords are long, not among those that are tried first, and kept as argon2id only."""

import pytest
from argon2 import PasswordHasher

from cop.members import passwords, signing_in
from cop.members.models import Member
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import Refused


@pytest.mark.parametrize(
    "password",
    [
        "kort",
        "elfletters1",
        "wachtwoord123456",
        "Wachtwoord2026!",
        "W@chtw00rd!2345",
        "password123456",
        "welkomwelkom",
        "Welkom01Welkom01",
        "123456789012",
        "123123123123",
        "aaaaaaaaaaaa",
        "ababababababab",
        "qwertyuiopas",
        "Qwertyuiop[]",
        "azertyuiopqsd",
        "1qaz2wsx3edc",
        "abcdefghijklm",
        "zyxwvutsrqpo",
        "feyenoord1908!!",
        "06-12345678-90",
        "x" * 201,
    ],
)
def test_what_is_tried_first_is_refused(app, password):
    with pytest.raises(Refused) as refused:
        passwords.check(password)
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "password",
    ["ria bakker 2026", "BakkerRia!1990", "leergemeenschap-1", "ria.bakker@duinzicht"],
)
def test_own_name_address_and_site_name_are_refused(app, password):
    passwords.check(password)  # nothing wrong with it for somebody else
    with pytest.raises(Refused):
        passwords.check(
            password, ("Ria Bakker", "ria.bakker@duinzicht.example.org", "Leergemeenschap")
        )


@pytest.mark.parametrize(
    "password",
    [
        "vier losse woorden fietsbel",
        "correct horse battery staple",
        "mijn fiets staat buiten",
        "kT9#vQ2!xLpz",
        "een lang wachtwoord voor tests",
        "漢字はとても長いパスワード",
        "zonnebloem tractor 7",
    ],
)
def test_ordinary_long_ones_are_accepted(app, password):
    passwords.check(password, ("Ria Bakker", "ria@example.org", "Leergemeenschap"))


def test_the_list_holds_thousands_and_no_source_is_unnamed():
    assert len(passwords.common()) > 4000
    head = passwords.LIST.read_text().splitlines()[:2]
    assert "zxcvbn" in head[1]
    assert "MIT" in head[1]


def test_the_same_characters_typed_on_another_keyboard_fit():
    assert passwords.matches(
        passwords.hash_password("caf\u00e9 met koffie"), "cafe\u0301 met koffie"
    )


def test_a_hash_is_argon2id_and_made_anew_when_the_settings_change(make, app):
    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(
        "fietsen op maandag"
    )
    member = make.member(password_hash=old)
    with unit_of_work() as session:
        signing_in.with_password(session, member.email, "fietsen op maandag")
    with reading() as session:
        kept = session.get(Member, member.id).password_hash
    assert kept.startswith("$argon2id$")
    assert kept != old
    assert not passwords.is_dated(kept)
    assert passwords.matches(kept, "fietsen op maandag")
