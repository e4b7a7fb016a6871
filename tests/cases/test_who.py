"""Every role × every state of a case: who reaches what, over web, live, mail and command line."""

import importlib
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cop.cases import keeping, sharing, writing
from cop.cases.models import Basis, Case, CaseState
from cop.cases.permissions import CASES, CasePermission
from cop.members.actor import SYSTEM, VISITOR
from cop.members.models import Member, MemberState, SiteRole
from cop.platform import audit, live
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import Refused
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import Job
from cop.platform.worker import run_due
from cop.spaces import coordinating
from cop.spaces.circles import Circle, CircleMembership, Visibility
from tests.cases.walking import IDENTIFIERS, walk

STATES = tuple(CaseState)
P = CasePermission
BEFORE = {P.OWN, P.DELETE}
SHARED = {P.OWN, P.READ, P.CLOSE, P.EXTEND, P.WITHDRAW}

# role → state → what it may. Whoever and whatever is not named may nothing.
MAY = {
    "author": {
        CaseState.DRAFT: BEFORE | {P.WRITE},
        CaseState.WITH_READER: BEFORE | {P.TAKE_BACK},
        CaseState.APPROVED: BEFORE | {P.SHARE},
        CaseState.SHARED: SHARED | {P.ANSWER, P.CONTRIBUTE},
        CaseState.CLOSED: SHARED,
        CaseState.WITHDRAWN: {P.OWN},
    },
    "reader": {CaseState.WITH_READER: {P.SECOND_READ}},
    "colleague": {
        CaseState.SHARED: {P.READ, P.REPORT, P.CONTRIBUTE},
        CaseState.CLOSED: {P.READ, P.REPORT},
    },
    "coordinator": {
        CaseState.SHARED: {P.READ, P.REPORT, P.CONTRIBUTE},
        CaseState.CLOSED: {P.READ, P.REPORT},
    },
}
ROLES = (
    *("author", "reader", "colleague", "coordinator", "stranger", "requester"),
    *("moderator", "administrator", "visitor", "system"),
)


@pytest.fixture
def everybody(people, make):
    """role → the member, or None for a visitor and the system."""
    requester = make.member("Wacht nog")
    make.join(requester, people.circle, standing="requested")
    return {
        "author": people.author,
        "reader": people.reader,
        "colleague": people.colleague,
        "coordinator": people.coordinator,
        "stranger": people.stranger,
        "requester": requester,
        "moderator": make.member(site_role=SiteRole.MODERATOR),
        "administrator": make.member(site_role=SiteRole.ADMINISTRATOR),
        "visitor": None,
        "system": None,
    }


def test_the_table_of_permissions(people, everybody, make) -> None:
    wrong = []
    for state in STATES:
        case = people.walk.to(state, people.circle, people.reader)
        for role in ROLES:
            member = everybody[role]
            actor = make.actor(member) if member else VISITOR if role == "visitor" else SYSTEM
            with reading() as session:
                held = CASES.held(session, actor, case.id)
            wanted = MAY.get(role, {}).get(state, set())
            if held != wanted:
                wrong.append(f"{role}, {state}: {sorted(held)} and not {sorted(wanted)}")
    assert wrong == []


CIRCLE = ("author", "colleague", "coordinator")
# What a page of the case shows of it, by who may see it: role → states in which it opens.
PAGES = {
    "": {
        "author": set(STATES),
        "reader": {CaseState.WITH_READER},
        "colleague": {CaseState.SHARED, CaseState.CLOSED},
        "coordinator": {CaseState.SHARED, CaseState.CLOSED},
    },
    "/schrijven": {"author": {CaseState.DRAFT}},
    "/bevindingen": {"author": {CaseState.DRAFT}},
    "/controle": {"author": {CaseState.DRAFT}},
    "/kring": {"author": {CaseState.DRAFT}},
    "/toestemming": {"author": {CaseState.DRAFT}},
    "/voorbeeld": {"author": {CaseState.DRAFT}},
    "/tweede-lezer": {"author": {CaseState.DRAFT}},
    "/tweede-lezing": {"reader": {CaseState.WITH_READER}},
    "/delen": {"author": {CaseState.APPROVED}},
    "/gelezen": {"author": set(STATES)},
    "/afdrukken": {
        role: {CaseState.SHARED, CaseState.CLOSED}
        for role in ("author", "colleague", "coordinator")
    },
    "/pdf": {
        role: {CaseState.SHARED, CaseState.CLOSED}
        for role in ("author", "colleague", "coordinator")
    },
    "/bijdragen": {role: {CaseState.SHARED} for role in ("author", "colleague", "coordinator")},
    "/opbrengst": {"author": {CaseState.SHARED, CaseState.CLOSED}},
    "/bewaartermijn": {"author": {CaseState.SHARED, CaseState.CLOSED}},
    "/intrekken": {"author": {CaseState.SHARED, CaseState.CLOSED}},
    "/achtergebleven": {},
    "/melden": {
        role: {CaseState.SHARED, CaseState.CLOSED} for role in ("colleague", "coordinator")
    },
    "/verlaten": {},
}
STORY = "wijkverpleegkundige ziet dat niet zitten"


def test_over_the_web(people, everybody, browser) -> None:
    """Every page, every role, every state: who may not gets what a case that is not gets."""
    cases = {s: people.walk.to(s, people.circle, people.reader) for s in STATES}
    wrong = []
    for role, member in everybody.items():
        if role == "system":
            continue
        asking = browser(member) if member else browser()
        for state, case in cases.items():
            for page, opens in PAGES.items():
                answer = asking.get(f"/casussen/{case.id}{page}")
                may = state in opens.get(role, set())
                body = answer.get_data().decode("utf-8", "replace")
                if may != (answer.status_code in (200, 302) and role != "visitor"):
                    wrong.append(f"{role} {state} {page}: {answer.status_code}")
                if not may and (STORY in body or any(word in body for word in IDENTIFIERS)):
                    wrong.append(f"{role} {state} {page}: shows the story")
                if role != "author" and any(word in body for word in IDENTIFIERS):
                    wrong.append(f"{role} {state} {page}: shows who it is about")
                if "no-store" not in answer.headers["Cache-Control"]:
                    wrong.append(f"{role} {state} {page}: may be kept by a browser")
    assert wrong == []


# What is sent to an address about one case, by the permission that it takes.
SENT = {
    P.WRITE: "write basis autosave checklist circle consent agree_again forget_agreement reader "
    "findings add_words remove_words",
    P.TAKE_BACK: "take_back",
    P.DELETE: "delete",
    P.SHARE: "share",
    P.EXTEND: "change_until",
    P.CONTRIBUTE: "contribute",
    P.CLOSE: "outcome",
    P.WITHDRAW: "withdraw",
    P.WITHDRAW_LEFT_BEHIND: "withdraw_left_behind",
    P.SECOND_READ: "second_read unmark send_back approve decline",
    P.LEAVE: "leave",
    P.REPORT: "report",
}
# About a contribution of the colleague: who is told apart from who may not read the case at all.
SENT_TO_CONTRIBUTION = {"answer", "delete_contribution", "report_contribution"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the permissions have both
def test_what_is_sent(people, everybody, browser, make, app) -> None:
    """Every address, every role, every state: whoever may not changes and learns nothing."""
    needs = {name: permission for permission, names in SENT.items() for name in names.split()}
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/casussen/<", "/bijdragen/<")) and "POST" in rule.methods
    ]
    names = {rule.endpoint.removeprefix("cases.") for rule in rules}
    assert names == set(needs) | SENT_TO_CONTRIBUTION, "say who may send there"
    cases = {s: people.walk.to(s, people.circle, people.reader) for s in STATES}
    with unit_of_work() as session:
        actor, at = make.actor(people.colleague), people.walk.now
        case_id = cases[CaseState.SHARED].id
        said = sharing.contribute(session, actor, case_id, "question", "Wie?", at)
    before = {s: state_of(case.id) for s, case in cases.items()}
    wrong = []
    for role, member in everybody.items():
        if role == "system":
            continue
        asking = browser(member) if member else browser()
        for rule in rules:
            name = rule.endpoint.removeprefix("cases.")
            if name in SENT_TO_CONTRIBUTION and role in CIRCLE:
                continue
            for state, case in cases.items():
                if needs.get(name) in MAY.get(role, {}).get(state, set()):
                    continue
                ids = {"case_id": case.id, "contribution_id": said.id}
                ids |= {"consent_id": 1, "key": "0", "number": 1}
                with app.test_request_context():
                    path = rule.build({k: ids[k] for k in rule.arguments})[1]
                answer = asking.post(path)
                if answer.status_code != 404 and role != "visitor":
                    wrong.append(f"{role} {state} {path}: {answer.status_code}")
                if STORY in answer.text or any(word in answer.text for word in IDENTIFIERS):
                    wrong.append(f"{role} {state} {path}: shows the story")
    assert wrong == []
    assert {s: state_of(case.id) for s, case in cases.items()} == before


def state_of(case_id: int) -> str:
    with reading() as session:
        return session.get_one(Case, case_id).state


def test_lists_and_frames_of_others_hold_nothing(people, everybody, browser) -> None:
    """The pages that everybody has: nothing of a case for whom it is not."""
    people.walk.to(CaseState.DRAFT, people.circle, people.reader)
    people.walk.to(CaseState.WITH_READER, people.circle, people.reader)
    people.walk.to(CaseState.SHARED, people.circle, people.reader)
    run_due()
    space = f"/proeftuinen/{people.slug}"
    for role in ("stranger", "requester", "moderator", "administrator"):
        asking = browser(everybody[role])
        for page in ("/", "/casussen", "/meldingen", "/gesprekken", "/ik", space):
            body = asking.get(page).get_data(as_text=True)
            assert "en haar moeder" not in body, (role, page)
            assert "Hoe blijf ik naast" not in body, (role, page)
    colleague = browser(everybody["colleague"])
    assert "en haar moeder" in colleague.get("/casussen").get_data(as_text=True)
    assert "en haar moeder" in colleague.get(space).get_data(as_text=True)


def test_live(people, everybody, make) -> None:
    """No audience is about a case: nothing of it is ever said over a socket."""
    assert [kind for kind in live.audiences._kinds if "cas" in kind] == []
    people.walk.to(CaseState.CLOSED, people.circle, people.reader)
    run_due()
    with reading() as session:
        assert session.scalars(select(live.LiveEvent.audience)).all() == []


def test_mail(people, everybody, make) -> None:
    """Mail goes to whom something is asked of, says that, and nothing else."""
    case = people.walk.ready(people.circle, Basis.SOMEBODY)
    people.walk.asked(case, people.reader)
    run_due()
    people.walk.approved(case, people.reader)
    run_due()
    people.walk.shared(case)
    run_due()
    with reading() as session:
        mails = session.scalars(select(OutgoingMail)).all()
    told = {m.recipient for m in mails}
    assert told == {people.reader.email, people.author.email}
    for mail in mails:
        whole = f"{mail.subject}\n{mail.text}\n{mail.html}".lower()
        for word in (*IDENTIFIERS, "moeder", "wijkverpleeg", "oosterhaven", "annelies", "ria "):
            assert word.lower() not in whole, word
        assert not re.search(rf"casussen/{case.id}\b", whole)


def test_jobs_and_the_trail_hold_ids_only(people) -> None:
    case = people.walk.ready(people.circle)
    people.walk.asked(case, people.reader)
    with reading() as session:
        waiting = [str(job.payload) for job in session.scalars(select(Job))]
        trail = [f"{e.action} {e.actor} {e.details}" for e in session.query(audit.AuditEntry)]
    for line in (*waiting, *trail):
        assert not any(word in line for word in (*IDENTIFIERS, "moeder"))
    people.walk.approved(case, people.reader)
    people.walk.shared(case)
    with reading() as session:
        mine = session.query(audit.AuditEntry).filter_by(subject=f"case:{case.id}").all()
        assert {e.action for e in mine} == {"case.raw_text_destroyed", "case.shared"}
        assert not any("member:" in e.actor for e in mine), "that would say whose pseudonym it is"


def test_command_line(people, commands_here, monkeypatch) -> None:
    """The only command about cases prints how many, never what."""
    for state in STATES:
        people.walk.to(state, people.circle, people.reader)
    with unit_of_work() as session:
        for case in session.scalars(select(Case).where(Case.remove_at.is_not(None))):
            case.remove_at = people.walk.now - timedelta(days=1)
    monkeypatch.setattr(keeping, "BATCH", 1)
    commands = importlib.import_module("cop.cases.commands")
    commands_here(commands)
    ran = CliRunner().invoke(commands.cases, ["tidy"])
    assert ran.exit_code == 0, ran.output
    assert ran.output.startswith("Authors warned: 0. Drafts ended: 0. Cases removed: 3,")
    assert not any(word in ran.output for word in (*IDENTIFIERS, "moeder"))
    assert set(commands.cases.commands) == {"tidy"}, "a new command belongs in this test"


def test_author_gone(people, everybody, make, browser) -> None:
    """The coordinator may withdraw; a moderator only where nobody coordinates; nobody reads."""
    case = people.walk.to(CaseState.SHARED, people.circle, people.reader)
    assert browser(people.coordinator).get(f"/casussen/{case.id}/achtergebleven").status_code == 404
    with unit_of_work() as session:
        session.get_one(Member, people.author.id).state = MemberState.LEFT
    moderator = browser(everybody["moderator"])
    assert moderator.get(f"/casussen/{case.id}/achtergebleven").status_code == 404
    with unit_of_work() as session:
        key = (people.circle.id, people.coordinator.id)
        session.get_one(CircleMembership, key).standing = "joined"
    way = 'href="/casussen/achtergebleven"'
    for page in ("/", "/casussen"):
        assert way in moderator.get(page).text, "a page leads there"
        assert "moeder" not in moderator.get(page).text
        for other in (people.colleague, people.stranger):
            assert way not in browser(other).get(page).text
    page = moderator.get("/casussen/achtergebleven").get_data(as_text=True)
    assert f"Case {case.id}" in page
    assert "moeder" not in page
    assert moderator.get(f"/casussen/{case.id}").status_code == 404
    assert browser(people.stranger).get(f"/casussen/{case.id}/achtergebleven").status_code == 404
    moderator.send(f"/casussen/{case.id}/achtergebleven")
    with reading() as session:
        found = session.get_one(Case, case.id)
        assert (found.state, found.title, found.text) == (CaseState.WITHDRAWN, None, None)
    assert way not in moderator.get("/").text + moderator.get("/casussen").text


def test_who_left_the_circle_reads_no_more(people, make, browser) -> None:
    case = people.walk.to(CaseState.SHARED, people.circle, people.reader)
    assert browser(people.colleague).get(f"/casussen/{case.id}").status_code == 200
    with unit_of_work() as session:
        session.delete(session.get_one(CircleMembership, (people.circle.id, people.colleague.id)))
    assert browser(people.colleague).get(f"/casussen/{case.id}").status_code == 404


def test_an_open_circle_is_read_by_who_joined_alone(make, browser, people) -> None:
    """Everybody may read an open space; a case in it is for those who are in it."""
    space = make.space("open", coordinator=people.author)
    case = people.walk.to(CaseState.SHARED, space.circle, people.reader)
    assert browser(people.stranger).get(f"/proeftuinen/{space.slug}").status_code == 200
    assert browser(people.stranger).get(f"/casussen/{case.id}").status_code == 404
    make.join(people.stranger, space.circle)
    assert browser(people.stranger).get(f"/casussen/{case.id}").status_code == 200


def test_a_circle_with_a_case_of_another_is_not_widened(make, people) -> None:
    """Also before it is shared, and when it is one's own but others brought something to it."""
    own = walk(make, people.coordinator)

    def widens() -> bool:
        with reading() as session:
            actor = make.actor(people.coordinator)
            return coordinating.may_widen(session, actor, people.circle.id)

    mine = own.to(CaseState.SHARED, people.circle, people.reader)
    assert widens()
    draft = people.walk.start()
    people.walk.circled(draft, people.circle)
    assert not widens(), "who agreed to this circle agreed to it as it is"
    with unit_of_work() as session:
        writing.delete_draft(session, make.actor(people.author), draft.id, people.walk.now)
    assert widens()
    shared = people.walk.to(CaseState.CLOSED, people.circle, people.reader)
    assert not widens()
    people.walk.withdrawn(shared)
    assert widens()
    with unit_of_work() as session:
        actor = make.actor(people.colleague)
        sharing.contribute(session, actor, mine.id, "feedback", "Mooi gezien.", own.now)
    assert not widens()


@pytest.mark.parametrize("state", [CaseState.DRAFT, CaseState.SHARED])
def test_a_circle_that_somebody_agreed_to_is_not_widened(make, people, state) -> None:
    """Though nobody else wrote in it: whoever agreed, agreed to this circle as it is."""
    space = make.space("private", coordinator=people.author)
    actor, now = make.actor(people.author), people.walk.now
    make.join(people.colleague, space.circle)
    with unit_of_work() as session:  # announced before anybody agreed
        coordinating.change_visibility(session, actor, space.circle_id, Visibility.OPEN, now)
        assert session.get_one(Circle, space.circle_id).widens_at == now + coordinating.NOTICE
    case = people.walk.to(state, space.circle, people.reader, Basis.SOMEBODY)
    with pytest.raises(Refused), unit_of_work() as session:
        coordinating.change_visibility(session, actor, space.circle_id, Visibility.OPEN, now)
    with unit_of_work() as session:
        job = session.query(Job).filter_by(kind="spaces.widen").one()
        coordinating.widen(session, job.payload, job.run_at)
    with unit_of_work() as session:
        circle = session.get_one(Circle, space.circle_id)
        assert (circle.visibility, circle.widens_at) == (Visibility.PRIVATE, None)
        if state == CaseState.DRAFT:
            writing.delete_draft(session, actor, case.id, now)
        else:
            sharing.withdraw(session, actor, case.id, now)
        assert coordinating.may_widen(session, actor, space.circle_id)


def test_titles_of_pages_say_nothing(people, browser) -> None:
    """A browser's history keeps them."""
    for state in STATES:
        case = people.walk.to(state, people.circle, people.reader)
        asking = browser(people.author)
        for page in (*(f"/casussen/{case.id}{page}" for page in PAGES), f"/verwant/case/{case.id}"):
            body = asking.get(page).get_data().decode("utf-8", "replace")
            title = re.search(r"<title>(.*?)</title>", body, re.S)
            if title:
                assert "moeder" not in title[1], (state, page)
