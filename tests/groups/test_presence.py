"""Who took part is confirmed by the facilitator; each has their own certificates, and no more."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from cop.groups.models import GroupPresence
from cop.members import leaving
from cop.members.models import SiteRole
from cop.platform import pdf
from cop.platform.db import unit_of_work
from cop.platform.worker import run_due
from cop.spaces import joining

BEFORE = datetime(2027, 1, 4, 12, 0, tzinfo=UTC)
STARTS = datetime(2027, 1, 14, 14, 0, tzinfo=UTC)
AFTER = datetime(2027, 1, 14, 17, 0, tzinfo=UTC)


@pytest.fixture
def held(make, set_clock):
    """A session that has been: (facilitator, somebody who was there, group, its date)."""
    set_clock(BEFORE)
    facilitator, member = make.member("Toos Begeleider"), make.member("Ana Deelnemer")
    group = make.group(facilitator, member, name="Geheime kring")
    gathering = make.group_date(group, facilitator, STARTS)
    set_clock(AFTER)
    return facilitator, member, group, gathering


def confirm(make, browser, facilitator, gathering, *members, minutes="90"):
    handles = [make.persona(m).handle for m in members]
    data = {"there": handles, "minutes": minutes}
    return browser(facilitator).post(f"/groepen/data/{gathering.id}/aanwezig", data)


def rows():
    with unit_of_work() as session:
        return session.scalars(select(GroupPresence)).all()


def test_only_the_facilitator_confirms_and_can_correct_it(make, browser, held):
    facilitator, member, group, gathering = held
    organiser = make.member()
    make.join(organiser, group.circle)
    others = (member, organiser, make.member(site_role=SiteRole.ADMINISTRATOR))
    for other in others:
        assert confirm(make, browser, other, gathering, member).status_code == 404
    assert rows() == []
    confirm(make, browser, facilitator, gathering, member, organiser)
    confirm(make, browser, facilitator, gathering, member, minutes="60")
    (row,) = rows()
    assert (row.member_id, row.minutes, row.facilitator) == (member.id, 60, "Toos Begeleider")
    for wrong in ("0", "5", "100000", ""):
        answer = confirm(make, browser, facilitator, gathering, member, minutes=wrong)
        assert answer.status_code == 422
    stranger = make.member()
    assert confirm(make, browser, facilitator, gathering, stranger).status_code == 422


def test_nothing_is_confirmed_before_it_begins(make, browser, held, set_clock):
    facilitator, member, _group, gathering = held
    set_clock(BEFORE)
    assert confirm(make, browser, facilitator, gathering, member).status_code == 422
    assert rows() == []


def test_each_exports_their_own_and_nothing_of_the_content(make, browser, held):
    facilitator, member, group, gathering = held
    confirm(make, browser, facilitator, gathering, member)
    (row,) = rows()
    page = browser(member)
    text = page.get("/groepen/mijn-deelname").text
    assert "1.5 hours" in text
    assert "What you took part in" in page.get("/ik").text
    exported = page.get("/groepen/mijn-deelname/deelname.csv").data.decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(exported), delimiter=";")
    assert line["Day"] == "2027-01-14"
    assert line["Minutes"] == "90"
    assert line["Facilitator"] == "Toos Begeleider"
    told = json.loads(page.get("/groepen/mijn-deelname/deelname.json").data)
    assert told["name"] == "Ana Deelnemer"
    assert [t["date"] for t in told["took_part"]] == ["2027-01-14"]
    for said in (text, exported, json.dumps(told)):
        assert group.name not in said
    path = f"/groepen/mijn-deelname/{row.id}/bewijs.pdf"
    other = browser(facilitator)
    assert other.get(path).status_code == 404
    assert "Ana Deelnemer" not in other.get("/groepen/mijn-deelname/deelname.json").text
    assert json.loads(other.get("/groepen/mijn-deelname/deelname.json").data)["took_part"] == []
    if pdf.available():
        for name in (path, "/groepen/mijn-deelname/deelname.pdf"):
            made = page.get(name)
            assert made.data.startswith(b"%PDF-")
            assert "attachment" in made.headers["Content-Disposition"]


def test_what_was_confirmed_stays_for_who_leaves_the_group_not_the_community(make, browser, held):
    facilitator, member, group, gathering = held
    confirm(make, browser, facilitator, gathering, member)
    with unit_of_work() as session:
        joining.leave(session, make.actor(member), group.circle_id, AFTER)
    run_due()
    confirm(make, browser, facilitator, gathering, facilitator)  # a correction of the others
    assert "1.5 hours" in browser(member).get("/groepen/mijn-deelname").text
    with unit_of_work() as session:
        leaving.leave(session, make.actor(member), False, AFTER)
    run_due()
    assert [row.member_id for row in rows()] == [facilitator.id]
