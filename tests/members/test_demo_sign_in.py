"""Demo sign-ins: on this machine only, for invented members only, when they are switched on."""

from dataclasses import replace

import pytest
from flask import Flask

from cop.config import Settings


@pytest.fixture
def switch(app: Flask):
    """Change settings of the running application for this test."""
    before: Settings = app.config["SETTINGS"]

    def change(**values):
        app.config["SETTINGS"] = replace(before, **values)

    yield change
    app.config["SETTINGS"] = before


@pytest.fixture
def demo(make):
    return make.member("Ria Bakker", demo_hint="Verpleegkundige, coördineert een proeftuin")


def get_in(visitor, make, member, **kwargs):
    visitor.post(f"/inloggen/demo/{make.persona(member).handle}", **kwargs)
    return visitor.get("/ik").status_code == 200


def test_whoever_is_offered_can_be_signed_in_as(make, browser, switch, demo):
    switch(demo_sign_in=True)
    other = make.member("Kees Smit")
    page = browser().get("/inloggen").text
    assert "coördineert een proeftuin" in page
    assert "Kees Smit" not in page
    assert get_in(browser(), make, demo)
    assert not get_in(browser(), make, other)


def test_only_invented_addresses(make, browser, switch):
    switch(demo_sign_in=True)
    real = make.member(email="ria@kliniek.nl", demo_hint="Per ongeluk")
    assert "Per ongeluk" not in browser().get("/inloggen").text
    assert not get_in(browser(), make, real)


def test_not_when_they_are_off_and_never_in_production(make, browser, switch, demo):
    for values in ({"demo_sign_in": False}, {"demo_sign_in": True, "env": "production"}):
        switch(**values)
        assert "demo member" not in browser().get("/inloggen").text
        assert not get_in(browser(), make, demo)


@pytest.mark.parametrize(
    "environ",
    [
        {"REMOTE_ADDR": "192.0.2.1"},
        {"HTTP_HOST": "attacker.example"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.1"},
        {"HTTP_FORWARDED": "for=192.0.2.1"},
    ],
)
def test_not_from_elsewhere(make, browser, switch, demo, environ):
    switch(demo_sign_in=True)
    visitor = browser()
    visitor._fresh_token()
    visitor.client.environ_base |= {k: v for k, v in environ.items() if k != "HTTP_HOST"}
    headers = {"Host": environ["HTTP_HOST"]} if "HTTP_HOST" in environ else {}
    assert "demo member" not in visitor.get("/inloggen", headers=headers).text
    answer = visitor.post(f"/inloggen/demo/{make.persona(demo).handle}", headers=headers)
    # Under another name the form's token does not fit either.
    assert answer.status_code == (400 if headers else 404)
