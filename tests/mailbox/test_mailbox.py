"""The development mailbox shows what would be mailed, on this machine only, and runs nothing."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from cop.config import Smtp
from cop.platform.db import reading
from cop.platform.mail import sending
from cop.platform.mail.models import OutgoingMail
from tests.members.helping import mails


@pytest.fixture
def mail_id(make, browser):
    browser().send("/inloggen", {"email": make.member(language="en").email})
    return mails()[0].id


def test_it_shows_the_text_with_its_link(browser, mail_id):
    assert "Your link to sign in" in browser().get("/postbus").text
    page = browser().get(f"/postbus/{mail_id}")
    assert '<a href="http://127.0.0.1:8000/inloggen/link/' in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "sandbox" in page.text


def test_the_html_stands_in_a_frame_where_nothing_runs_or_loads(app, browser, session, now):
    hostile = (
        '<html><head></head><body><p style="color:red">Hoi</p>'
        '<p class="muted" lang="nl" style="margin:0">Ja</p><script>alert(1)</script>'
        '<img src="https://evil.example/x"></body></html>'
    )
    sending.queue(
        session,
        key="x",
        recipient="a@example.org",
        subject="<b>Hoi</b>",
        text="Hoi",
        html=hostile,
        language="nl",
        now=now,
    )
    session.commit()
    with reading() as own:
        mail_id = own.scalars(select(OutgoingMail.id)).one()
    answer = browser().get(f"/postbus/{mail_id}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'nonce-")
    assert "unsafe" not in policy
    assert 'style="' not in answer.text
    assert '<p class="muted s1" lang="nl">' in answer.text  # with its own class, or it has none
    assert "&lt;b&gt;Hoi" in browser().get("/postbus").text


def test_only_without_mail_server_outside_production_and_from_here(app, browser, mail_id):
    before = app.config["SETTINGS"]
    paths = ("/postbus", f"/postbus/{mail_id}", f"/postbus/{mail_id}/html")
    try:
        for values in ({"env": "production"}, {"smtp": Smtp("mail.example.org", 25)}):
            app.config["SETTINGS"] = replace(before, **values)
            assert [browser().get(path).status_code for path in paths] == [404] * 3
    finally:
        app.config["SETTINGS"] = before
    for environ in ({"REMOTE_ADDR": "192.0.2.1"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}):
        visitor = browser()
        visitor.client.environ_base |= environ
        assert [visitor.get(path).status_code for path in paths] == [404] * 3
    rebound = [browser().get(p, headers={"Host": "evil.example"}).status_code for p in paths]
    assert rebound == [404] * 3
    assert [browser().get(path).status_code for path in paths] == [200] * 3
    assert browser().get("/postbus/999999").status_code == 404
