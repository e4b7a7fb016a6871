"""The platform's own mail addresses: signed, short, and silent about who is behind a name."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.platform.mail.addresses import (
    LONGEST_LOCAL,
    Addresses,
    Forged,
    ListCommand,
    ToBounces,
    ToDigest,
    ToDiscussion,
    ToList,
)

SITE = Addresses("a secret that is long enough for this", "lijsten.example.org")
ids = st.integers(1, 2**31 - 1)


@given(ids, ids)
def test_what_was_made_is_read_back_in_any_case(member_id, discussion_id):
    for site in (SITE, Addresses("x" * 40, "example.org", "gemeenschap")):
        address = site.to_discussion(member_id, discussion_id)
        assert site.read(address) == ToDiscussion(member_id, discussion_id)
        assert site.read(address.upper()) == ToDiscussion(member_id, discussion_id)
        assert site.read(site.to_digest(member_id, 7)) == ToDigest(member_id, 7)
        bounces = site.read(site.envelope("Lid@Example.org", discussion_id, member_id))
        assert bounces == ToBounces(member_id, discussion_id, site.mark("lid@example.org"))
        assert re.fullmatch(r"[a-z0-9+-]+", address.partition("@")[0])
        assert len(address.partition("@")[0]) <= LONGEST_LOCAL


def test_the_longest_list_in_one_mailbox_stays_within_the_limit():
    site = Addresses("x" * 40, "example.org", "elfletterss")
    address = site.of_list("a" * 40, ListCommand.UNSUBSCRIBE)
    assert len(address.partition("@")[0]) == LONGEST_LOCAL
    assert ("a" * 40, ListCommand.UNSUBSCRIBE) in site.read(address).readings


@given(ids, ids, st.integers(2, 43), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_one_other_letter_makes_it_a_forgery(member_id, discussion_id, place, letter):
    address = SITE.to_discussion(member_id, discussion_id)
    changed = address[:place] + letter + address[place + 1 :]
    if changed != address:
        assert SITE.read(changed) in (Forged(), ToDiscussion(member_id, discussion_id))
        # Base32 leaves two bits over in the block's last letter: they say nothing.
        assert SITE.read(changed) == Forged() or place == 27


def test_another_secret_or_another_kind_does_not_open_it():
    address = SITE.to_discussion(1, 2)
    assert Addresses("another secret", SITE.domain).read(address) == Forged()
    assert SITE.read("b" + address[1:]) == Forged()
    assert SITE.read("r" + SITE.envelope("a@example.org", 1, 2)[1:]) == Forged()


def test_addresses_of_one_member_have_nothing_in_common():
    """Somebody who sees a member's address here and a pseudonym's there cannot tie the two."""
    made = [SITE.to_discussion(12, n).partition("@")[0][2:] for n in range(1, 40)]
    for one, other in itertools.combinations(made, 2):
        shared = sum(a == b for a, b in zip(one, other, strict=True))
        assert shared < 14  # of 42 letters; by chance one or two


@pytest.mark.parametrize(
    ("address", "readings"),
    [
        ("herstel@lijsten.example.org", (("herstel", None),)),
        ("Herstel@LIJSTEN.example.org.", (("herstel", None),)),
        (
            "herstel-help@lijsten.example.org",
            (("herstel-help", None), ("herstel", ListCommand.HELP)),
        ),
        (
            "oud-en-jong-unsubscribe@lijsten.example.org",
            (("oud-en-jong-unsubscribe", None), ("oud-en-jong", ListCommand.UNSUBSCRIBE)),
        ),
    ],
)
def test_addresses_of_lists(address, readings):
    assert SITE.read(address) == ToList(readings)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "herstel",
        "@lijsten.example.org",
        "herstel@example.org",
        "a b@lijsten.example.org",
        "herstel\n@lijsten.example.org",
        "../x@lijsten.example.org",
        "é@lijsten.example.org",
        "a" * 65 + "@lijsten.example.org",
    ],
)
def test_what_is_no_address_of_the_site(address):
    assert SITE.read(address) is None


def test_with_one_mailbox_only_its_subaddresses_count():
    site = Addresses("x" * 40, "example.org", "cop")
    assert site.of_list("herstel") == "cop+herstel@example.org"
    assert site.read("herstel@example.org") is None
    assert site.read("COP+herstel@example.org") == ToList((("herstel", None),))
