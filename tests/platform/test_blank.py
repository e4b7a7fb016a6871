"""Text in which nothing can be seen is no text."""

import pytest

from cop.platform.blank import is_blank, one_line, trimmed

UNSEEN = ["", " \t\n", "\u200b", "\u00ad\u2060", "\u00a0\u3000", "\u2800", "\u3164\u115f", "\u0301"]


@pytest.mark.parametrize("text", [*UNSEEN, None, "".join(UNSEEN)], ids=ascii)
def test_what_nobody_can_see_is_blank(text):
    assert is_blank(text)
    assert trimmed(text or "") == ""
    assert one_line(text or "") == ""


@pytest.mark.parametrize("text", ["a", "é", "e\u0301", "👩\u200d🚒", "\u200b1", "ب"], ids=ascii)
def test_one_sign_is_enough(text):
    assert not is_blank(text)
    assert trimmed(f" {text}\n") == text


def test_words_stand_in_one_line():
    assert one_line("  a \n b\u00a0c ") == "a b c"
