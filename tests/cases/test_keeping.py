"""What happens by itself: warnings, ends of drafts, removal at the date, somebody who leaves."""

from datetime import timedelta

import pytest

from cop.cases import keeping, own_keys, sealing, sharing, withdrawn, writing
from cop.cases.models import Case, CaseState, Consent, Reading, SealedPart, Withdrawal
from cop.cases.permissions import CASES
from cop.members import leaving
from cop.members.models import Member, Persona
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import Job
from cop.platform.worker import run_due
from cop.spaces.circles import Circle
from tests.cases.walking import walk

DAY = timedelta(days=1)
UNSHARED = (CaseState.DRAFT, CaseState.WITH_READER, CaseState.APPROVED)


def tidy(now) -> None:
    with unit_of_work() as session:
        keeping.keep(session, {}, now)


def exists(case_id: int) -> bool:
    with reading() as session:
        return session.get(Case, case_id) is not None


@pytest.mark.parametrize("state", UNSHARED)
def test_a_draft_ends_after_thirty_days_and_its_author_is_warned(people, state) -> None:
    case = people.walk.to(state, people.circle, people.reader)
    start = people.walk.now
    tidy(start + 22 * DAY)
    with reading() as session:
        assert session.query(Notification).filter_by(kind="cases.draft_ends").count() == 0
    tidy(start + 23 * DAY)
    tidy(start + 24 * DAY)
    with reading() as session:
        told = session.query(Notification).filter_by(kind="cases.draft_ends").all()
        assert [n.member_id for n in told] == [people.author.id]
        assert session.query(OutgoingMail).count() == 1, "one mail, that says nothing"
    tidy(start + 29.9 * DAY)
    assert exists(case.id)
    tidy(start + 30.1 * DAY)
    assert not exists(case.id)
    assert own_keys.folder().names() == []


def test_nobody_loses_a_draft_without_a_week_of_warning(people) -> None:
    """Also when nothing ran for two months."""
    case = people.walk.start()
    late = people.walk.now + 60 * DAY
    tidy(late)
    assert exists(case.id)
    tidy(late + 6 * DAY)
    assert exists(case.id)
    tidy(late + 7 * DAY)
    assert not exists(case.id)


def test_a_change_begins_the_thirty_days_anew(people, make) -> None:
    case = people.walk.start()
    tidy(people.walk.now + 25 * DAY)
    later = walk(make, people.author, people.walk.now + 26 * DAY)
    later.checked(case)
    tidy(people.walk.now + 40 * DAY)
    assert exists(case.id)
    with reading() as session:
        assert session.get_one(Case, case.id).warned_at is None


def test_a_shared_case_is_removed_at_its_date_with_all_below_it(people, make) -> None:
    case = people.walk.to(CaseState.SHARED, people.circle, people.reader)  # for ninety days
    with unit_of_work() as session:
        actor = make.actor(people.colleague)
        sharing.contribute(session, actor, case.id, "question", "Wie?", people.walk.now)
    tidy(people.walk.now + 89 * DAY)
    assert exists(case.id)
    with unit_of_work() as session:
        session.get_one(Case, case.id).warned_at = None  # as a second worker still sees it
    tidy(people.walk.now + 89.1 * DAY)
    with reading() as session:
        told = session.query(Notification).filter_by(kind="cases.ends_soon").all()
        assert [n.member_id for n in told] == [people.author.id], "of one end one is warned once"
        assert session.query(OutgoingMail).count() == 1
    tidy(people.walk.now + 90 * DAY)
    assert not exists(case.id)
    with reading() as session:
        for model in (Consent, Reading, SealedPart):
            assert session.query(model).count() == 0


def test_at_its_date_a_case_is_gone_though_no_worker_came_by(
    people, make, browser, monkeypatch
) -> None:
    cases = [people.walk.to(CaseState.SHARED, people.circle, people.reader) for _ in range(3)]
    with unit_of_work() as session:
        for case in cases:
            session.get_one(Case, case.id).remove_at = clock.now() - timedelta(seconds=1)
    for member in (people.author, people.colleague, people.coordinator):
        with reading() as session:
            assert CASES.held(session, make.actor(member), cases[0].id) == frozenset()
        assert browser(member).get(f"/casussen/{cases[0].id}").status_code == 404
        assert "haar moeder" not in browser(member).get("/casussen").get_data(as_text=True)
    # However many are due, the worker goes on until none is left.
    monkeypatch.setattr(keeping, "BATCH", 2)
    with unit_of_work() as session:
        assert keeping.keep(session, {}, clock.now())
    with unit_of_work() as session:
        assert not keeping.keep(session, {}, clock.now())
    assert not any(exists(case.id) for case in cases)


def test_what_was_withdrawn_stays_so_when_a_backup_is_brought_back(people, make) -> None:
    """Not another case that has its number since, and what could not be written down is later."""
    case = people.walk.to(CaseState.WITHDRAWN, people.circle, people.reader)
    other = people.walk.to(CaseState.SHARED, people.circle, people.reader)
    draft = people.walk.to(CaseState.APPROVED, people.circle, people.reader)
    with reading() as session:
        row = session.get_one(Case, draft.id)
        before = {c.key: getattr(row, c.key) for c in Case.__table__.columns}
    with unit_of_work() as session:
        writing.delete_draft(session, make.actor(people.author), draft.id, people.walk.now)
    listed = withdrawn.listed()
    assert set(listed.values()) == {Withdrawal.AUTHOR, None}
    (own_keys.folder().root / withdrawn.FILE).unlink()
    tidy(clock.now())
    assert list(withdrawn.listed().values()) == [Withdrawal.AUTHOR], "written down once more"
    with open(own_keys.folder().root / withdrawn.FILE, "a") as file:
        file.write(f"{draft.id} {draft.created_at.isoformat()} thrown_away\n")
        file.write(f"{other.id} 2026-01-01T00:00:00+00:00 author\n{other.id} 20")
    with unit_of_work() as session:  # as the backup has it
        back = session.get_one(Case, case.id)
        back.state, back.title, back.text = CaseState.SHARED, "Weer te lezen", "{}"
        back.withdrawn_at = back.withdrawn_by = None
        session.add(Case(**before))
    tidy(clock.now())
    with reading() as session:
        found = session.get_one(Case, case.id)
        assert (found.state, found.title, found.withdrawn_by) == ("withdrawn", None, "author")
        assert session.get_one(Case, other.id).state == CaseState.SHARED
    assert not exists(draft.id)


def test_the_circle_of_chosen_people_ends_with_the_case(people, make) -> None:
    case = people.walk.start()
    people.walk.chosen(case, people.colleague, people.stranger)
    with reading() as session:
        circle_id = session.get_one(Case, case.id).circle_id
    people.walk.circled(case, people.circle)
    with reading() as session:
        assert session.get(Circle, circle_id) is None
    people.walk.chosen(case, people.colleague)
    with reading() as session:
        circle_id = session.get_one(Case, case.id).circle_id
    tidy(people.walk.now + 25 * DAY)
    tidy(people.walk.now + 33 * DAY)
    with reading() as session:
        assert session.get(Circle, circle_id) is None


def leave(make, member) -> None:
    with unit_of_work() as session:
        leaving.leave(session, make.actor(member), False, clock.now())
    run_due()


@pytest.mark.parametrize("state", list(CaseState))
def test_who_leaves_takes_what_was_not_shared(people, make, state) -> None:
    case = people.walk.to(state, people.circle, people.reader)
    leave(make, people.author)
    assert exists(case.id) == (state not in UNSHARED)
    assert own_keys.folder().names() == []


def test_a_second_reader_who_leaves_gives_the_case_back(people, make, browser) -> None:
    case = people.walk.to(CaseState.WITH_READER, people.circle, people.reader)
    leave(make, people.reader)
    with reading() as session:
        assert session.get_one(Case, case.id).state == CaseState.DRAFT
    told = browser(people.author).get("/meldingen").get_data(as_text=True)
    assert "Your case waits for your decision." in told


def test_what_a_pseudonym_put_before_a_reader_does_not_say_who_left(people, make, browser) -> None:
    """The raw text is gone at once; the reader sees no change until the pseudonym's own end."""
    space = make.space("private", coordinator=people.reader, pseudonyms=True)
    persona = make.pseudonym(people.author, space.circle, "Zilvermeeuw")
    case = people.walk.to(CaseState.WITH_READER, space.circle, people.reader)
    reader = browser(people.reader)
    seen = reader.get(f"/casussen/{case.id}/tweede-lezing").get_data(as_text=True)
    assert "Zilvermeeuw" in seen
    assert "Annelies" not in seen
    leave(make, people.author)
    assert "Zilvermeeuw" in reader.get(f"/casussen/{case.id}/tweede-lezing").get_data(as_text=True)
    with reading() as session:
        assert {p.name for p in session.query(SealedPart)} == {sealing.VERSION}
    with unit_of_work() as session:
        for job in session.query(Job):
            job.run_at = clock.now() - DAY
    run_due()
    with reading() as session:
        assert session.get_one(Persona, persona.id).gone_at is not None
    assert not exists(case.id)
    assert own_keys.folder().names() == []


def test_under_a_pseudonym_nothing_says_who_it_is(people, make, browser) -> None:
    """Pages, log and notifications hold the pseudonym of author and reader alike."""
    space = make.space("private", coordinator=people.reader, pseudonyms=True)
    make.pseudonym(people.author, space.circle, "Zilvermeeuw")
    make.pseudonym(people.colleague, space.circle, "Merel")
    case = people.walk.to(CaseState.SHARED, space.circle, people.reader)
    run_due()
    colleague, author = browser(people.colleague), browser(people.author)
    assert "A case was shared" in colleague.get("/meldingen").get_data(as_text=True)
    for page in ("", "/afdrukken"):
        body = colleague.get(f"/casussen/{case.id}{page}").get_data(as_text=True)
        assert "Zilvermeeuw" in body
        assert "Annelies" not in body
    colleague.send(f"/casussen/{case.id}/bijdragen", {"kind": "feedback", "text": "Mooi gezien."})
    for page in ("", "/gelezen"):
        body = author.get(f"/casussen/{case.id}{page}").get_data(as_text=True)
        assert "Merel" in body
        assert "Karim" not in body


def test_who_was_chosen_is_told_and_nobody_else(people, make, browser) -> None:
    case = people.walk.start()
    people.walk.decided(case)
    people.walk.checked(case)
    people.walk.chosen(case, people.colleague)
    people.walk.nobody(case)
    people.walk.asked(case, people.reader)
    people.walk.approved(case, people.reader)
    people.walk.shared(case)
    run_due()
    assert "A case was shared with you." in browser(people.colleague).get("/meldingen").text
    assert browser(people.colleague).get(f"/casussen/{case.id}").status_code == 200
    for member in (people.reader, people.stranger, people.coordinator):
        assert browser(member).get(f"/casussen/{case.id}").status_code == 404
    with reading() as session:
        shared = [n.member_id for n in session.query(Notification).filter_by(kind="cases.shared")]
        assert shared == [people.colleague.id]
        assert session.get_one(Member, people.colleague.id).email in {
            m.recipient for m in session.query(OutgoingMail)
        }


def test_a_draft_whose_day_came_is_gone_also_while_the_worker_stands_still(
    people, make, browser
) -> None:
    """For its author and its second reader; not while nobody has been warned a week ago."""
    case = people.walk.to(CaseState.WITH_READER, people.circle, people.reader)
    url = f"/casussen/{case.id}"
    for changed, warned, status in ((31, None, 200), (31, 6, 200), (29, 8, 200), (31, 8, 404)):
        with unit_of_work() as session:
            found = session.get_one(Case, case.id)
            found.changed_at = clock.now() - changed * DAY
            found.warned_at = None if warned is None else clock.now() - warned * DAY
        for member, page in ((people.author, url), (people.reader, f"{url}/tweede-lezing")):
            assert browser(member).get(page).status_code == status, (changed, warned, page)
    assert url not in browser(people.author).get("/casussen").text
