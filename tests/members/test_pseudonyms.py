"""A pseudonym is like no other name and gives nothing of its member away."""

import pytest

from cop.members import pseudonyms
from cop.members.models import Persona, PersonaKind
from cop.members.names import look_alike_key
from cop.platform.errors import NotFound, Refused


def test_a_pseudonym_is_a_persona_without_roles_or_picture(make, session, now):
    member = make.member("Ria Bakker")
    made = pseudonyms.create(session, make.actor(member), "Zeewind", now)
    assert (made.kind, made.name, made.handle) == (PersonaKind.PSEUDONYM, "Zeewind", "zeewind")
    assert made.roles == []
    assert made.picture_id is None
    assert [p.name for p in pseudonyms.own(session, make.actor(member))] == ["Zeewind"]


@pytest.mark.parametrize(
    "name",
    [
        "Ria",
        "ria b.",
        "RIA de derde",
        "Bakkertje",
        "b a k k e r",
        "Bàkkér",
        "B4kker",
        "Riab",
        "brandmeester",
        "r.brandm",
        "Duinzicht",
    ],
)
def test_it_is_not_like_the_own_name_or_address(make, session, now, name):
    member = make.member("Ria Bakker", email="r.brandmeester1967@duinzicht.example.org")
    with pytest.raises(Refused) as refused:
        pseudonyms.create(session, make.actor(member), name, now)
    assert refused.value.field == "pseudonym"


@pytest.mark.parametrize(
    "name", ["Piet Mulder", "PIET MULDER", "piet-mulder", "P1et Muldér", "\u0420iet Mulder"]
)
def test_it_is_not_like_the_name_of_anybody_else(make, session, now, name):
    make.member("Piet Mulder")
    member = make.member("Ria Bakker")
    with pytest.raises(Refused):
        pseudonyms.create(session, make.actor(member), name, now)


def test_a_pseudonym_is_used_once(make, session, now):
    one, two = make.member("Ria Bakker"), make.member("Kees Smit")
    pseudonyms.create(session, make.actor(one), "Zeewind", now)
    with pytest.raises(Refused):
        pseudonyms.create(session, make.actor(two), "zee wind", now)


@pytest.mark.parametrize("name", ["", "  ", "12345", "ab", "x" * 41, "Moderator", "a‮bc", "<b>boe"])
def test_a_name_that_is_none_is_refused(make, session, now, name):
    member = make.member("Ria Bakker")
    with pytest.raises(Refused):
        pseudonyms.create(session, make.actor(member), name, now)


def test_renaming_changes_the_address_too(make, session, now):
    member, other = make.member("Ria Bakker"), make.member("Kees Smit")
    made = pseudonyms.create(session, make.actor(member), "Zeewind", now)
    pseudonyms.rename(session, make.actor(member), "zeewind", "Landwind")
    assert (made.name, made.handle, made.sort_key) == ("Landwind", "landwind", "landwind")
    assert made.name_key == look_alike_key("Landwind")
    with pytest.raises(NotFound):
        pseudonyms.rename(session, make.actor(other), "landwind", "Storm")


def test_handles_are_unique_and_get_a_number(make, session, now):
    make.save(Persona(kind="placeholder", handle="zeewind", name="Oud", sort_key="z"))
    made = pseudonyms.create(session, make.actor(make.member("Ria Bakker")), "Zeewind", now)
    assert made.handle == "zeewind-2"
