"""What is said and left at a stall can be reported: moderators get enclosed words, and no place."""

from io import BytesIO

import pytest
from sqlalchemy import select

from cop.markets import stall_desk, stall_talk
from cop.markets.floor_models import StallItem, StallMessage, StallNote, StallQuestion
from cop.members.models import SiteRole
from cop.moderation.models import Report
from cop.platform import clock, storage
from cop.platform.db import unit_of_work
from cop.platform.storage import StoredFile
from cop.platform.worker import run_due
from tests.markets.hall import Hall

SAID = {
    "bericht": "Dat is van Piet op de gang.",
    "vraag": "Waarom drinkt Piet weer?",
    "notitie": "Piet komt morgen terug.",
    "link": "Over Piet",
    "bestand": "piet.txt",
}


@pytest.fixture
def talk(make):
    """A stall at which its holder said, asked, wrote and left something; a guest stands there."""
    hall = Hall(make, visitors=4, stalls=2)
    holder, guest = hall.visitors[0], hall.visitors[2]
    stall, now, who = hall.stalls[0], clock.now(), hall.actor(holder)
    hall.walk(holder, stall)
    hall.walk(guest, stall)
    with unit_of_work() as session:
        said = stall_talk.say(session, who, stall, SAID["bericht"], "k", now, True).id
        asked = stall_talk.ask(session, who, stall, SAID["vraag"], True, "k", now, True).id
        stall_desk.write_note(session, who, stall, SAID["notitie"], 0, now, True)
        url = "https://example.org/piet"
        link = stall_desk.leave_link(session, who, stall, SAID["link"], url, "k", now, True).id
        clean = storage.clean(BytesIO(b"Piet"), "piet.txt")
        file = stall_desk.leave_file(session, who, stall, clean, "f", now, True).id
    hall.at = {
        "bericht": f"/markten/kramen/melden/bericht/{said}",
        "vraag": f"/markten/kramen/melden/vraag/{asked}",
        "notitie": f"/markten/kramen/melden/notitie/{stall}",
        "link": f"/markten/kramen/melden/link/{link}",
        "bestand": f"/markten/kramen/melden/link/{file}",
    }
    hall.holder, hall.guest, hall.stall = holder, guest, stall
    return hall


def test_moderators_get_the_words_alone_and_what_they_take_away_is_gone(talk, make, browser):
    moderator = browser(make.member(site_role=SiteRole.MODERATOR))
    guest, elsewhere, author = (browser(one) for one in (talk.guest, talk.visitors[1], talk.holder))
    table = guest.get(f"/markten/{talk.id}/kraam").text
    own = author.get(f"/markten/{talk.id}/kraam").text
    for kind, at in talk.at.items():
        assert f'href="{at}"' in table, kind
        assert f'href="{at}"' not in own, kind  # one's own is taken back, not reported
        assert elsewhere.get(at).status_code == 404, kind
        assert author.get(at).status_code == 404, kind
        assert SAID[kind] in guest.get(at).text, kind
        sent = guest.send(at, {"reason": "recognisable", "note": "Ik herken hem."})
        assert sent.status_code == 302, kind
        back = guest.get(sent.headers["Location"]).text
        assert f"/markten/{talk.id}/kraam/{talk.stall}#" in back, kind
        assert guest.get(at).headers["Location"].startswith("/moderatie/antwoord/"), kind
    with unit_of_work() as session:
        reports = session.scalars(select(Report).order_by(Report.id)).all()
    assert [one.concerned_id for one in reports] == [talk.holder.id] * len(SAID)
    for kind, report in zip(SAID, reports, strict=True):
        page = moderator.get(f"/moderatie/{report.id}").text
        assert SAID[kind] in page
        assert "Ik herken hem." in page
        for never in ("/markten/", make.persona(talk.holder).name, make.persona(talk.guest).name):
            assert never not in page, (kind, never)
        assert 'value="hide"' not in page  # nobody can change what was said
        decided = {"decision": "remove", "request": "Dit is te herkennen."}
        assert moderator.send(f"/moderatie/{report.id}", decided).status_code == 302
    run_due()
    with unit_of_work() as session:
        assert session.scalars(select(StallMessage.text)).all() == [None]
        assert session.scalars(select(StallQuestion.text)).all() == [None]
        assert session.scalars(select(StallNote.text)).all() == [""]
        titles = session.execute(select(StallItem.title, StallItem.url)).all()
        assert [tuple(row) for row in titles] == [("", "")] * 2
        assert session.scalar(select(StoredFile.id).limit(1)) is None
    table = guest.get(f"/markten/{talk.id}/kraam").text
    for kind, at in talk.at.items():
        assert SAID[kind] not in table, kind
        assert browser(talk.visitors[3]).get(at).status_code == 404, kind
    for report in reports:
        assert "Dit is te herkennen." in author.get(f"/moderatie/besluit/{report.id}").text


def test_nothing_goes_when_moderators_leave_it_and_nobody_reports_what_they_cannot_read(
    talk, make, browser
):
    moderator = browser(make.member(site_role=SiteRole.MODERATOR))
    guest = browser(talk.guest)
    sent = guest.send(talk.at["bericht"], {"reason": "hurtful", "passage": "van Piet"})
    number = sent.headers["Location"].rsplit("/", 1)[1]
    moderator.send(f"/moderatie/{number}", {"decision": "nothing"})
    run_due()
    with unit_of_work() as session:
        assert session.scalars(select(StallMessage.text)).all() == [SAID["bericht"]]
    for member in (talk.host, talk.late, make.member()):
        for at in talk.at.values():
            assert browser(member).get(at).status_code == 404
    talk.walk(talk.guest, None)
    assert guest.get(talk.at["link"]).status_code == 404
    page = guest.get(f"/moderatie/antwoord/{number}").text
    assert "/kraam/" not in page
    assert guest.get("/markten/kramen/melden/gezicht/1").status_code == 404
