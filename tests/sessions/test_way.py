"""A session by forms and reload alone, from its date to what came of it: nothing needs scripts."""

import importlib.util
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select

from cop.gatherings import when
from cop.gatherings.models import Gathering
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import Refused
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import Job
from cop.platform.worker import run_due
from cop.sessions import (
    afterwards,
    holding,
    looking_back,
    methods,
    reminding,
    stepping,
    writing,
)
from cop.sessions.events import SessionClosed
from cop.sessions.models import FollowUp, GroupSession, SessionEntry, SessionParticipant
from tests.sessions.table import table
from tests.support.counting import statements


def test_the_whole_way_on_one_phone(make, browser):
    lead, one, two = make.member("Leida Leidt"), make.member("Eén"), make.member("Twee")
    home, stays = make.member("Thuis"), make.member("Blijft")
    group = make.group(lead, one, two, home, stays)
    date = make.group_date(group, lead, clock.now() + timedelta(hours=1))
    phone = browser(lead)
    assert "To the session" in phone.get(f"/groepen/data/{date.id}").text
    made = phone.send(f"/sessies/voor/{date.id}", {"method": "incident", "minutes": "90"})
    url = made.location
    page = phone.get(url).text
    assert "Incident method" in page
    assert "Begin the session" in page
    phone.post(f"/intervisie{url}/themas", {"theme": "Grenzen", "key": "a"})
    phone.post(f"/intervisie{url}/casussen", {"question": "Hoe zeg ik nee?", "key": "b"})
    with reading() as session:
        handle = make.persona(one).handle
        at_home = make.persona(home).handle
        id = session.scalars(select(GroupSession.id)).one()
    # Two prepare at home; one of them comes, and sits at the table without a screen.
    for who in (home, stays):
        theirs = browser(who)
        theirs.send(f"{url}/binnenkomen")
        theirs.post(f"/intervisie{url}/themas", {"theme": f"Van {who.id}", "key": "a"})
    with unit_of_work() as session:
        for each in session.scalars(select(SessionParticipant)):
            if each.member_id in (home.id, stays.id):
                each.seen_at = clock.now() - timedelta(days=2)
    offered = phone.get(url).text
    for name in (handle, at_home):
        assert f'name="handle" value="{name}"' in offered
    phone.post(f"{url}/deelnemers", {"do": "seat", "handle": handle})
    assert f'name="handle" value="{handle}"' not in phone.get(url).text
    phone.post(f"{url}/begin")
    assert f'name="handle" value="{at_home}"' in phone.get(url).text
    phone.post(f"{url}/deelnemers", {"do": "seat", "handle": at_home})
    assert f'name="handle" value="{at_home}"' not in phone.get(url).text
    phone.post(f"/intervisie{url}/vraag-een-casus")
    asking = phone.get(url).text
    found = re.search(r"/intervisie/vragen/\d+/deze-keer-niet", asking)
    assert found, "who leads can write down what somebody without a screen says"
    phone.post(found[0])
    phone.post(f"/intervisie{url}/vraag-een-casus")
    phone.post(re.search(r"/intervisie/vragen/\d+/deze-keer-niet", phone.get(url).text)[0])
    phone.post(f"/intervisie{url}/vraag-een-casus")
    assert "/deze-keer-niet" not in phone.get(url).text, "nobody is asked who did not come"
    spoke = []
    for _turn in range(4):
        phone.post(f"{url}/woord", {"next": spoke[-1] if spoke else ""})
        with reading() as session:
            speaker = select(SessionParticipant).where(
                SessionParticipant.speaking_since.is_not(None)
            )
            last = session.scalar(speaker)
            if last is not None:
                spoke.append(last.id)
    with reading() as session:
        in_turn = [session.get_one(SessionParticipant, one).member_id for one in spoke]
    assert set(in_turn) == {lead.id, one.id, home.id}
    page = phone.get(url).text
    assert "Step 1 of 6" in page
    assert 'aria-current="step"' in page
    assert "Eén" in page
    for step in range(5):
        assert phone.post(f"{url}/stap", {"do": "next", "at": f"1:{step}"}).status_code == 302
        assert phone.post(f"{url}/stap", {"do": "next", "at": f"1:{step}"}).status_code == 302
    assert "Step 6 of 6" in phone.get(url).text
    phone.post(f"{url}/klok", {"do": "pause"})
    assert "paused" in phone.get(url).text
    for odd in ("add:²", "add:--5", "add:", "add:9999999999", "²"):
        assert phone.post(f"{url}/klok", {"do": odd}).status_code == 404, odd
    assert phone.post(f"{url}/stap", {"do": "next", "at": "1:²"}).status_code == 404
    # Who leads says whose it is, while others sit there without a screen.
    takes = re.findall(r'name="takes"[^>]*value="(\d+)"', phone.get(url).text)
    assert len(takes) == 3, "who leads, and two at the table"
    for whose, action in zip(takes, ("Met de ploeg praten", "Een gast bellen"), strict=False):
        taken = {"action": action, "due_on": "", "key": "c", "takes": whose}
        phone.post(f"{url}/meenemen", taken)
    phone.send(f"{url}/afsluiten")
    page = phone.get(url).text
    assert "Met de ploeg praten" in page
    assert "Five questions, on one page." in page
    assert phone.send(f"{url}/terugkijken/1", {"yield": "Rust"}).status_code == 302
    # Whoever sat at the table reads it, who was not there finds nothing.
    for who, status in ((one, 200), (home, 200), (two, 404), (stays, 404)):
        assert browser(who).get(url).status_code == status, who.name
    assert id


def test_what_is_too_long_is_shown_again_with_everything_that_was_typed(make, browser):
    at = table(make)
    with unit_of_work() as session:
        stepping.go_on(session, at.actor(), at.id, 1, 0, clock.now())
    phone = browser(at.others[0])
    long = "Waarom? " * 13_000
    answer = phone.post(
        f"/sessies/{at.id}/bijdragen", {"kind": "question", "text": long, "key": "a"}
    )
    assert answer.status_code == 422
    assert "4000" in answer.text or "4,000" in answer.text
    assert answer.text.count("Waarom?") >= 13_000
    with reading() as session:
        assert session.scalars(select(SessionEntry)).all() == []


def test_what_was_refused_stays_in_the_step_it_was_typed_in(make, browser):
    """A page without scripts does not follow: whoever leads went on while somebody wrote."""
    at = table(make)
    phone, url = browser(at.others[0]), f"/sessies/{at.id}/bijdragen"
    steps = methods.shipped("intervisie")["incident"].steps
    wrote_in = next(n for n, step in enumerate(steps) if step.entries)
    said = {"kind": steps[wrote_in].entries[0], "at": f"1:{wrote_in}", "key": "a"}
    named = said | {"text": "BSN 111222333 kwam weer langs."}
    for step in range(len(steps) - 1):
        with unit_of_work() as session:
            stepping.go_on(session, at.actor(), at.id, 1, step, clock.now())
        if step < wrote_in:
            continue
        answer = phone.post(url, named)
        assert answer.status_code == 422, step
        for shown in (named["text"], f'name="at" value="1:{wrote_in}"', 'id="textcheck"'):
            assert shown in answer.text, (step, shown)
    fields = said | {"text": "Een vraag van eerder."}
    assert phone.post(url, fields).status_code == 302
    with reading() as session:
        assert [(one.step, one.kind) for one in session.scalars(select(SessionEntry))] == [
            (wrote_in, said["kind"])
        ]


def test_every_page_of_a_session_is_not_found_from_the_moment_somebody_is_shown_out(make, browser):
    at = table(make)
    one = at.others[0]
    phone = browser(one)
    assert phone.get(f"/sessies/{at.id}").status_code == 200
    with reading() as session:
        mine = at.participant(session, one).id
    assert browser(at.lead).send(f"/sessies/{at.id}/uit/{mine}").status_code == 302
    for path in ("", "/binnenkomen", "/weggaan"):
        assert phone.get(f"/sessies/{at.id}{path}").status_code == 404
    for path in ("/hand", "/bijdragen", "/notities", "/meenemen", "/overnemen"):
        assert phone.post(f"/sessies/{at.id}{path}", {"text": "x"}).status_code == 404


def test_a_page_runs_a_fixed_number_of_queries(make, browser):
    counts = []
    for others, entries in ((2, 1), (6, 30)):
        at = table(make, others=others)
        with unit_of_work() as session:
            stepping.go_on(session, at.actor(), at.id, 1, 0, clock.now())
            for n in range(entries):
                who = at.actor(at.others[n % others])
                writing.contribute(
                    session, who, at.id, "question", f"Vraag {n}", str(n), clock.now()
                )
        phone = browser(at.lead)
        phone.get(f"/sessies/{at.id}")
        with statements() as counted:
            phone.get(f"/sessies/{at.id}")
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_only_the_facilitator_sees_how_often_each_spoke(make, browser):
    at = table(make)
    lead = browser(at.lead)
    lead.post(f"/sessies/{at.id}/woord", {"next": ""})
    assert "1 turn" in lead.get(f"/sessies/{at.id}").text
    assert "1 turn" not in browser(at.others[0]).get(f"/sessies/{at.id}").text


def test_what_was_taken_along_comes_back_on_its_day_without_a_word_of_it(make, browser):
    now = clock.now()
    at = table(make, closed=True)
    who = at.others[0]
    with unit_of_work() as session:
        made = afterwards.take_along(
            session, at.actor(who), at.id, "Geheim voornemen", when.local(now).date(), "a", now
        )
        id = made.id
    with unit_of_work() as session:
        reminding.remind(session, {}, now + timedelta(days=1))
        reminding.remind(session, {}, now + timedelta(days=1))
    with reading() as session:
        mails = session.scalars(select(OutgoingMail)).all()
        assert [m.recipient for m in mails] == [who.email]
        sent = mails[0].subject + mails[0].text + mails[0].html
        for word in ("Geheim", "Incident", at.group.name, "ntervisie"):
            assert word not in sent
    home = browser(who).get("/").text
    assert f"/sessies/meegenomen/{id}" in home
    assert "Geheim" not in home
    assert "Geheim" not in browser(who).get("/meldingen").text


@pytest.mark.parametrize("meets", [True, False])
def test_what_was_taken_along_without_a_day_comes_back_once_before_the_group_meets_again(
    make, meets
):
    now = clock.now()
    at = table(make, closed=True)
    who, other = at.others[:2]
    with unit_of_work() as session:
        for n, whose in enumerate((who, who, other)):
            words = f"Geheim voornemen {n}"
            afterwards.take_along(session, at.actor(whose), at.id, words, None, f"k{n}", now)
        done = session.scalars(select(FollowUp).order_by(FollowUp.id.desc())).first()
        done.done_at = now
    if meets:
        make.group_date(at.group, at.lead, now + timedelta(days=20))
        run_due()
    comes = timedelta(days=17) if meets else timedelta(weeks=8)
    for after, told in (
        (comes - timedelta(hours=1), 0),
        (comes + timedelta(hours=1), 1),
        (comes + timedelta(days=1), 1),
        (timedelta(weeks=20), 1),
    ):
        with unit_of_work() as session:
            reminding.remind_without_day(session, {}, now + after)
            kinds = session.execute(
                select(Notification.kind, Notification.member_id).where(
                    Notification.kind == "sessions.taken_along"
                )
            ).all()
            mails = session.scalars(
                select(OutgoingMail).where(OutgoingMail.key.like("mail:sessions.taken_along%"))
            ).all()
            assert [k.member_id for k in kinds] == [who.id] * told, after
            assert [m.recipient for m in mails] == [who.email] * told
            assert not any("Geheim" in m.subject + m.text for m in mails)


def test_what_was_taken_along_long_before_there_were_reminders_does_not_come_back_at_once(make):
    path = Path(__file__).parents[2] / "migrations/versions/20261123_0745_long_taken_along.py"
    spec = importlib.util.spec_from_file_location("long_taken_along", path)
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    now = clock.now()
    at = table(make, closed=True)
    who = at.actor(at.others[0])
    old = now - reminding.WITHOUT_NEXT - timedelta(days=1)
    with unit_of_work() as session:
        for key, due_on, moment in (
            ("old", None, old),
            ("young", None, now - timedelta(weeks=7)),
            ("a day", when.local(now).date(), old),
        ):
            made = afterwards.take_along(session, who, at.id, "Voornemen", due_on, key, now)
            made.at = moment
    with unit_of_work() as session:
        with Operations.context(MigrationContext.configure(session.connection())):
            migration.upgrade()
        rows = session.execute(select(FollowUp.key, FollowUp.reminded_at)).all()
        assert dict(map(tuple, rows)) == {"old": old, "young": None, "a day": None}
        reminding.remind_without_day(session, {}, now)
        assert session.scalars(select(OutgoingMail)).all() == []
        reminding.remind_without_day(session, {}, now + timedelta(weeks=2))
        assert len(session.scalars(select(OutgoingMail)).all()) == 1


def test_looking_back_is_asked_of_who_was_there_and_once_more_six_weeks_later(make):
    at = table(make, closed=True)
    with unit_of_work() as session:
        reminding.ask_to_look_back(session, SessionClosed(session_id=at.id), clock.now())
        reminding.ask_again(session, {}, clock.now() + timedelta(weeks=5))
        assert session.get_one(GroupSession, at.id).asked_again_at is None
        reminding.ask_again(session, {}, clock.now() + timedelta(weeks=6, minutes=1))
        kinds = session.execute(select(Notification.kind, Notification.member_id)).all()
    there = {m.id for m in (at.lead, *at.others)}
    for kind in ("sessions.look_back", "sessions.look_back_later"):
        assert {member for k, member in kinds if k == kind} == there


def test_answers_are_shown_without_names_once_three_looked_back(make, browser, now):
    at = table(make, closed=True)
    said = {"safe": "yes", "yield": "Ik ben minder alleen"}
    for count, who in enumerate(at.others):
        shown = browser(at.lead).get(f"/sessies/{at.id}").text
        assert "minder alleen" not in shown, count
        with unit_of_work() as session:
            afterwards.evaluate(session, at.actor(who), at.id, 1, said, now)
    assert "minder alleen" in browser(at.lead).get(f"/sessies/{at.id}").text


def test_who_looked_back_later_is_read_also_where_few_did_at_first(make, browser, now):
    at = table(make, closed=True)
    with unit_of_work() as session:
        session.get_one(GroupSession, at.id).asked_again_at = now
    (name, *_rest), *_others = afterwards.QUESTIONS[2]
    for who in at.others:
        with unit_of_work() as session:
            afterwards.evaluate(session, at.actor(who), at.id, 2, {name: "Wij bellen nu"}, now)
    page = browser(at.lead).get(f"/sessies/{at.id}").text
    assert "Wij bellen nu" in page
    assert "0 people looked back." in page


def test_from_last_time_is_for_who_was_there_last_time(make, browser, now):
    at = table(make, closed=True)
    with unit_of_work() as session:
        afterwards.take_along(
            session, at.actor(at.others[0]), at.id, "Eerst bellen", None, "a", now
        )
    day = make.group_date(at.group, at.lead, clock.now() + timedelta(days=60))
    url = browser(at.lead).send(f"/sessies/voor/{day.id}", {"method": "balint"}).location
    browser(at.absent).send(f"{url}/binnenkomen")
    assert "Eerst bellen" in browser(at.lead).get(url).text
    assert "Eerst bellen" not in browser(at.absent).get(url).text


def test_what_was_done_or_let_go_in_between_comes_back_once(make, browser, now):
    at = table(make, now=now, closed=True)
    with unit_of_work() as session:
        for action in ("Eerst bellen", "Mee naar de markt", "Later vragen"):
            afterwards.take_along(session, at.actor(), at.id, action, None, action, now)
    with unit_of_work() as session:
        for one in session.scalars(select(FollowUp)):
            if one.action != "Later vragen":
                done, later = one.action == "Eerst bellen", now + timedelta(days=7)
                afterwards.say_what_came(session, at.actor(), one.id, done, "Het hielp.", later)
    pages = []
    for weeks in (6, 12):
        day, then = make.group_date(at.group, at.lead), now + timedelta(weeks=weeks)
        with unit_of_work() as session:
            session.get_one(Gathering, day.id).starts_at = then
            session.get_one(Gathering, day.id).ends_at = then + timedelta(hours=1)
            made = holding.prepare(
                session, at.actor(), day.id, methods.shipped("intervisie")["balint"], then
            ).id
        with reading() as session:
            its = session.get_one(GroupSession, made)
            pages.append(
                {
                    one.action: (one.done, one.dropped)
                    for one in looking_back.from_before(session, at.actor(), its, then)
                }
            )
        with unit_of_work() as session:
            stepping.start(session, at.actor(), made, then)
            stepping.close(session, at.actor(), made, then)
    still = {"Later vragen": (False, False)}
    assert pages[0] == still | {"Eerst bellen": (True, False), "Mee naar de markt": (False, True)}
    assert pages[1] == still


def test_nothing_of_a_session_is_in_events_or_jobs(make):
    at = table(make)
    with unit_of_work() as session:
        who = at.actor(at.others[0])
        writing.contribute(session, who, at.id, "question", "Sleutelwoord", "a", clock.now())
        stepping.close(session, at.actor(), at.id, clock.now())
        payloads = [str(job.payload) for job in session.scalars(select(Job))]
    assert payloads
    assert not [p for p in payloads if "Sleutelwoord" in p]


def test_who_leaves_the_community_keeps_no_notes_and_no_tie(make, now):
    from cop.members.events import MemberLeft
    from cop.sessions import handlers

    at = table(make, closed=True)
    one = at.others[0]
    with unit_of_work() as session:
        writing.keep_note(session, at.actor(one), at.id, "Van mij", 0, now)
        event = MemberLeft(member_id=one.id, persona_id=make.persona(one).id)
        handlers.cut_loose(session, event, now)
        rows = session.scalars(select(SessionParticipant.member_id)).all()
        assert one.id not in rows
        assert session.scalars(select(FollowUp)).all() == []


def test_the_day_of_an_action_is_still_to_come_by_the_dutch_clock():
    night = datetime(2026, 1, 10, 23, 30, tzinfo=UTC)  # 11 January in the Netherlands
    afterwards.check_day(date(2026, 1, 11), night)
    for day in (date(2026, 1, 10), date(2025, 12, 1)):
        with pytest.raises(Refused):
            afterwards.check_day(day, night)
