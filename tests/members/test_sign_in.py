"""Signing in."""

from tests.support.factories import PASSWORD


def test_signs_in_with_the_password_and_out_again(make, browser):
    member = make.member()
    visitor = browser()
    answer = visitor.send("/inloggen", {"email": member.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert visitor.post("/uitloggen").status_code == 302


def test_a_wrong_password_keeps_what_was_typed(make, browser):
    member = make.member()
    answer = browser().send("/inloggen", {"email": member.email, "password": "x" * 12})
    assert answer.status_code == 422
    assert member.email in answer.text
