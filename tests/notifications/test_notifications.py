"""Notifications on the site."""

import re
from datetime import timedelta

from sqlalchemy import select

from cop.notifications.asked_part import asked
from cop.notifications.digests import Reader
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.notifications.queries import PAGE, unread
from cop.platform import clock
from cop.platform.db import reading, unit_of_work


@sentences("tests.something")
def _words(session, actor, notifications):
    return {
        n.id: Line(f"Something {n.subject_id}", f"/iets/{n.subject_id}")
        for n in notifications
        if n.subject_id < 900  # 900 and up: no longer for this member
    }


def tell(member, subject, now, key=None):
    with unit_of_work() as session:
        notify(
            session,
            member_ids=[member.id],
            kind="tests.something",
            key=key or f"tests:{subject}",
            subject_id=subject,
            now=now,
        )


def test_the_same_cause_is_told_once(make, browser, now):
    member = make.member()
    for _ in range(2):
        tell(member, 1, now)
    assert browser(member).get("/meldingen").text.count("Something 1") == 1


def test_what_a_member_may_no_longer_see_is_not_shown(make, browser, now):
    member = make.member()
    tell(member, 900, now)
    page = browser(member)
    assert "Something" not in page.get("/meldingen").text
    assert "Older notifications" not in page.get("/meldingen").text
    assert page.get("/meldingen/1").status_code == 404


def test_older_ones_are_reached_past_a_page_of_what_may_no_longer_be_seen(make, browser, now):
    member = make.member()
    for subject in (1, *range(900, 900 + PAGE)):
        tell(member, subject, now)
    older = re.search(r'href="(\?voor=\d+)"', browser(member).get("/meldingen").text)
    assert "Something 1" in browser(member).get(f"/meldingen{older[1]}").text


def test_what_may_no_longer_be_seen_keeps_nothing_else_off_the_page_or_out_of_the_digest(make, now):
    member = make.member()
    for subject in (1, *range(900, 930)):
        tell(member, subject, now)
    for subject in (2, *range(930, 960)):
        tell(member, subject, now)
    reader = Reader(
        delivery_id=1,
        member_id=member.id,
        role=member.site_role,
        language="en",
        zone="Europe/Amsterdam",
        planned_at=now,
        until=now,
        daily_from=None,
        weekly_from=None,
        asked_from=now - timedelta(days=1),
        rest_from=None,
        joined=None,
        held={},
    )

    with reading() as session:
        shown = unread(session, make.actor(member))
        mailed = asked(session, [reader], {reader.delivery_id: {}})[1]

    assert [line.text for _n, line in shown] == ["Something 2", "Something 1"]
    assert [piece.counts for piece in mailed.pieces] == [{"asked": 2}]


def test_following_one_marks_it_read_and_goes_there(make, browser, now):
    member = make.member()
    tell(member, 5, now)
    page = browser(member)
    shown = page.get("/meldingen").text
    address = shown.split('href="/meldingen/')[1].split('"')[0]
    assert page.get(f"/meldingen/{address}").location == "/iets/5"
    assert "is-new" not in page.get("/meldingen").text


def test_another_members_notification_is_not_found(make, browser, now):
    member, other = make.member(), make.member()
    tell(member, 5, now)
    address = browser(member).get("/meldingen").text.split('href="/meldingen/')[1].split('"')[0]
    assert browser(other).get(f"/meldingen/{address}").status_code == 404


def test_all_read_leaves_what_came_in_meanwhile(make, browser, now):
    member = make.member()
    tell(member, 1, now)
    page = browser(member)
    upto = page.get("/meldingen").text.split('name="tot" value="')[1].split('"')[0]
    tell(member, 2, now)
    page.post("/meldingen/gelezen", {"tot": upto})
    assert page.get("/meldingen").text.count("is-new") == 1


def test_pages_go_on_by_key(make, browser, now):
    member = make.member()
    for n in range(45):
        tell(member, n, now)
    page = browser(member)
    first = page.get("/meldingen").text
    assert first.count("Something") == 40
    older = first.split('href="?voor=')[1].split('"')[0]
    assert page.get(f"/meldingen?voor={older}").text.count("Something") == 5


def test_what_says_nothing_any_more_can_be_marked_as_read(make, browser):
    """Else a number stays on the bell, and nothing is there to read."""
    reader = make.member()
    gone = {"kind": "discussions.mention", "subject_id": 10**6, "key": "weg", "at": clock.now()}
    make.save(Notification(member_id=reader.id, **gone))
    page = browser(reader)
    form = re.search(r'name="tot" value="(\d+)"', page.get("/meldingen").text)
    page.post("/meldingen/gelezen", {"tot": form[1]})
    assert 'name="tot"' in page.get("/meldingen").text
    with reading() as session:
        assert session.scalars(select(Notification)).one().read_at is not None
