"""Patterns for which a capital is no different from a small letter."""

import pytest

from cop.deidentify.casing import small, uncased
from cop.deidentify.document import read


@pytest.mark.parametrize("text", ["Ömer ÉN İsmail", "ΣΑΣ", "STRASSE ẞ", "ŁÓDŹ, Ǆ"])
def test_every_sign_stays_where_it_stood(text: str) -> None:
    assert len(small(text)) == len(text)
    assert not any(sign.isupper() for sign in small(text))


def test_a_pattern_sees_small_letters_unless_it_looks_at_capitals() -> None:
    doc = read("De NOTARIS en Jan")
    any_case = uncased(r"\bnotaris\b")
    a_name = uncased(r"\bEN (?-i:[A-Z])")
    assert any_case.search(doc.seen_by(any_case))
    assert a_name.search(doc.seen_by(a_name))
    assert not a_name.search(doc.small)


def test_a_pattern_that_would_find_nothing_is_refused() -> None:
    assert uncased(r"\W(?P<name>\S)")
    with pytest.raises(ValueError, match="Notaris"):
        uncased("Notaris")
