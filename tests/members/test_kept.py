"""A session that ended never costs a text."""

import re

from cop.members import signing_in
from cop.platform.db import unit_of_work
from tests.members.helping import link_to
from tests.support.client import _Forms
from tests.support.factories import PASSWORD

TEXT = "Een lange tekst over <herstel> & hoop.\nMet een tweede regel."


def write_after_the_session_ended(make, browser):
    member = make.member()
    writer = browser(member)
    writer.get("/ik/profiel")
    token = writer._fresh_token()
    with unit_of_work() as session:
        signing_in.end_all(session, member.id)
    answer = writer._post(
        "/ik/profiel?van=menu",
        data={"csrf_token": token, "name": "Noor Visser", "about": TEXT, "password": "geheim"},
        headers={"Referer": "http://localhost/ik/profiel?x=1"},
    )
    assert answer.status_code == 401
    return member, writer, answer


def fields(answer, action):
    shown = _Forms()
    shown.feed(answer.text)
    return next(f["fields"] for f in shown.forms if f["action"] == action)


def test_it_is_kept_through_signing_in_with_a_password_and_sent_by_one_button(make, browser):
    member, writer, answer = write_after_the_session_ended(make, browser)
    assert "geheim" not in answer.text
    form = fields(answer, "/inloggen") | {"email": member.email, "password": PASSWORD}
    wrong = writer._post("/inloggen", data=form | {"password": "y" * 12})
    assert wrong.status_code == 422
    form = fields(wrong, "/inloggen") | {"email": member.email, "password": PASSWORD}
    page = writer._post("/inloggen", data=form)
    assert page.status_code == 200
    assert "What you typed is still here" in page.text
    assert "Een lange tekst over &lt;herstel&gt; &amp; hoop." in page.text
    assert 'href="/ik/profiel?x=1"' in page.text
    sent = writer._post("/ik/profiel", data=fields(page, "/ik/profiel?van=menu"))
    assert sent.status_code == 302
    assert "over &lt;herstel&gt;" in writer.get("/ik/profiel").text


def test_it_waits_on_the_page_while_somebody_signs_in_by_mail(make, browser):
    member, writer, answer = write_after_the_session_ended(make, browser)
    form = fields(answer, "/inloggen") | {"email": member.email, "password": ""}
    waits = writer._post("/inloggen", data=form)
    assert waits.status_code == 200
    assert "&lt;herstel&gt;" in waits.text
    too_soon = writer._post("/inloggen/bewaard", data=fields(waits, "/inloggen/bewaard"))
    assert too_soon.status_code == 401
    writer.send(link_to(member.email))
    page = writer._post("/inloggen/bewaard", data=fields(waits, "/inloggen/bewaard"))
    assert page.status_code == 200
    assert "&lt;herstel&gt;" in page.text


def test_nothing_of_it_leads_to_another_site(make, browser):
    member = make.member()
    visitor = browser()
    page = visitor.send(
        "/inloggen",
        {
            "email": member.email,
            "password": PASSWORD,
            "kept:about": TEXT,
            "kept-action": "https://evil.example/steal",
            "kept-back": "//evil.example",
        },
    )
    assert page.status_code == 200
    assert "evil.example" not in page.text
    assert re.search(r'<form class="form" method="post" action="/"', page.text)
