"""Reporting, and deciding: who sees what of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from cop.members import reveals
from cop.members.models import SiteRole
from cop.moderation import operations, queries
from cop.moderation.models import Decision, Report, ReportReason
from cop.moderation.permissions import REPORTS, ReportPermission
from cop.notifications.models import Notification
from cop.platform import audit, clock
from cop.platform.db import unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.mail.models import OutgoingMail
from cop.platform.worker import run_due
from tests.support.meeting import at_once

WHOLE = "Gisteren sprak ik Piet van de Dorpsstraat.\n\nHij vertelde mij alles over zijn buurman."


@pytest.fixture
def people(make):
    class People:
        author = make.member("Anna de Schrijver")
        reporter = make.member("Rosa Melder")
        moderator = make.member("Mo Derator", site_role=SiteRole.MODERATOR)
        second = make.member("Tweede Moderator", site_role=SiteRole.MODERATOR)

    return People


def send(session, actor, author=None, now=None, **changes):
    values = {
        "subject": "post:1",
        "version": 1,
        "concerned_id": author.id if author else None,
        "whole": WHOLE,
        "passage": WHOLE,
        "reason": ReportReason.RECOGNISABLE,
        "note": "",
        "urgent": False,
        "host": "example.org",
        "now": now or clock.now(),
    } | changes
    return operations.report(session, actor, **values)


def sent(make, people, by=None, **changes):
    with unit_of_work() as session:
        return send(session, make.actor(by or people.reporter), people.author, **changes)


def kinds_of(member):
    with unit_of_work() as session:
        return set(
            session.scalars(select(Notification.kind).where(Notification.member_id == member.id))
        )


@pytest.mark.parametrize(
    ("passage", "allowed"),
    [
        (WHOLE, True),
        ("Piet van de Dorpsstraat.", True),
        ("Gisteren sprak ik … alles", False),
        ("Gisteren sprak ik alles over zijn buurman.", True),
        ("Piet is een dief", False),
        ("zijn buurman. Gisteren", False),
    ],
)
def test_only_words_of_the_text_can_be_enclosed(passage, allowed):
    assert operations.is_cut_from(passage, WHOLE) is allowed


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"passage": "  "}, "passage"),
        ({"passage": "heel iets anders"}, "passage"),
        ({"reason": "zomaar"}, "reason"),
        ({"note": "x" * 2001}, "note"),
    ],
)
def test_bad_input_is_refused_beside_its_field(session, make, people, changes, field):
    with pytest.raises(Refused) as refusal:
        send(session, make.actor(people.reporter), people.author, **changes)
    assert refusal.value.field == field


def test_one_report_per_member_and_text_until_the_text_changes(session, make, people):
    reporter, moderator = make.actor(people.reporter), make.actor(people.moderator)
    first = send(session, reporter, people.author)
    with pytest.raises(Refused):
        send(session, reporter, people.author, version=2)  # it is still being looked at
    operations.decide(
        session, moderator, first.id, decision="nothing", answer="", request="", now=clock.now()
    )
    with pytest.raises(Refused):
        send(session, reporter, people.author)
    assert send(session, reporter, people.author, version=2).id != first.id


def test_nobody_floods_the_moderators(session, make, people, now):
    reporter = make.actor(people.reporter)
    for n in range(operations.MOST_PER_DAY):
        send(session, reporter, people.author, subject=f"post:{n}", now=now)
    with pytest.raises(Refused):
        send(session, reporter, people.author, subject="post:99", now=now)
    later = now + timedelta(days=1, minutes=1)
    assert send(session, reporter, people.author, subject="post:99", now=later)


# (who, may handle, may read the answer, may read the decision), of a report that was decided
MATRIX = [
    ("moderator", True, False, False),
    ("second", True, False, False),
    ("reporter", False, True, False),
    ("author", False, False, True),
    ("reporting_moderator", False, True, False),
    ("writing_moderator", False, False, True),
    ("stranger", False, False, False),
]


@pytest.mark.parametrize(("who", "handle", "answer", "decision"), MATRIX)
def test_permissions(session, make, people, who, handle, answer, decision):
    people.stranger = make.member()
    people.reporting_moderator = make.member(site_role=SiteRole.ADMINISTRATOR)
    people.writing_moderator = make.member(site_role=SiteRole.ADMINISTRATOR)
    author = people.writing_moderator if who == "writing_moderator" else people.author
    by = people.reporting_moderator if who == "reporting_moderator" else people.reporter
    report = send(session, make.actor(by), author)
    report.decision, report.decided_at = Decision.ASK, clock.now()
    session.flush()
    held = REPORTS.held(session, make.actor(getattr(people, who)), report.id)
    assert (ReportPermission.HANDLE in held) is handle
    assert (ReportPermission.READ_ANSWER in held) is answer
    assert (ReportPermission.READ_DECISION in held) is decision


def test_the_author_learns_nothing_while_it_is_open_or_when_nothing_is_done(session, make, people):
    author = make.actor(people.author)
    report = send(session, make.actor(people.reporter), people.author)
    assert not REPORTS.held(session, author, report.id)
    report.decision, report.decided_at = Decision.NOTHING, clock.now()
    session.flush()
    assert not REPORTS.held(session, author, report.id)


def test_a_moderator_who_reported_the_same_text_is_not_listed_anybody_elses_report(
    session, make, people
):
    both = make.actor(people.moderator)
    report = send(session, make.actor(people.reporter), people.author)
    send(session, both, people.author)
    assert queries.open_reports(session, both)[0] == []
    with pytest.raises(NotFound):
        operations.take(session, both, report.id, clock.now())
    listed, _more = queries.open_reports(session, make.actor(people.second))
    assert [line.times for line in listed] == [2]


def test_urgent_comes_first_then_what_came_first(session, make, people, now):
    reporter, other = make.actor(people.reporter), make.actor(make.member())
    old = send(session, reporter, people.author, subject="post:1")
    older_text = send(session, reporter, people.author, subject="post:2")
    urgent = send(session, reporter, people.author, subject="post:3", urgent=True)
    # Somebody else finds the second one urgent: it comes up, as one line.
    send(session, other, people.author, subject="post:2", urgent=True)
    lines, _more = queries.open_reports(session, make.actor(people.moderator))
    assert [line.id for line in lines] == [older_text.id, urgent.id, old.id]


def test_pages_go_on_where_the_last_one_ended(session, make, people, monkeypatch):
    monkeypatch.setattr(queries, "PER_PAGE", 2)
    reporter, moderator = make.actor(people.reporter), make.actor(people.moderator)
    made = [
        send(session, reporter, people.author, subject=f"post:{n}", urgent=n in (1, 3, 4)).id
        for n in range(5)
    ]
    seen, after = [], None
    while True:
        lines, more = queries.open_reports(session, moderator, after)
        seen += [line.id for line in lines]
        if more is None:
            break
        urgent, number = more.split("-")
        after = (urgent == "1", int(number))
    assert seen == [made[n] for n in (1, 3, 4, 0, 2)]


def test_another_moderators_report_is_taken_over_before_deciding(session, make, people):
    report = send(session, make.actor(people.reporter), people.author)
    first, second = make.actor(people.moderator), make.actor(people.second)
    operations.take(session, first, report.id, clock.now())
    values = {"decision": "nothing", "answer": "", "request": "", "now": clock.now()}
    with pytest.raises(Refused):
        operations.decide(session, second, report.id, **values)
    operations.take(session, second, report.id, clock.now())
    operations.decide(session, second, report.id, **values)
    with pytest.raises(Refused):
        operations.decide(session, second, report.id, **values)


def test_of_two_who_decide_at_once_the_second_is_told(app, make, people):
    """And what they decided is not carried out."""
    report = sent(make, people)

    def decides(member, decision):
        return lambda session: operations.decide(
            session,
            make.actor(member),
            report.id,
            decision=decision,
            answer="",
            request="Waarom",
            now=clock.now(),
        )

    second = at_once(app, decides(people.moderator, "nothing"), decides(people.second, "remove"))
    assert isinstance(second, Refused)
    with unit_of_work() as session:
        found = session.get_one(Report, report.id)
        assert (found.decision, found.decided_by_id) == ("nothing", people.moderator.id)


def test_a_decision_that_asks_something_says_what(session, make, people):
    report = send(session, make.actor(people.reporter), people.author)
    for decision in (Decision.ASK, Decision.HIDE, Decision.REMOVE):
        with pytest.raises(Refused) as refusal:
            operations.decide(
                session,
                make.actor(people.moderator),
                report.id,
                decision=decision,
                answer="",
                request=" ",
                now=clock.now(),
            )
        assert refusal.value.field == "request"


def test_a_decision_holds_for_everybody_who_reported_the_text(make, people):
    other = make.member()
    one, two = sent(make, people), sent(make, people, by=other)
    with unit_of_work() as session:
        operations.decide(
            session,
            make.actor(people.moderator),
            two.id,
            decision="ask",
            answer="Dank",
            request="Haal de straat eruit.",
            now=clock.now(),
        )
    run_due()
    with unit_of_work() as session:
        assert set(session.scalars(select(Report.decision))) == {"ask"}
        told = session.scalars(
            select(Notification.kind).where(Notification.member_id == people.author.id)
        ).all()
    assert told == ["moderation.decided"]  # once
    assert "moderation.answered" in kinds_of(people.reporter)
    assert "moderation.answered" in kinds_of(other)
    assert one.id != two.id


def test_an_urgent_report_reaches_every_impartial_moderator_by_mail_at_once(make, people):
    sent(make, people, by=people.second, urgent=True)
    run_due()
    run_due()
    with unit_of_work() as session:
        mails = session.scalars(select(OutgoingMail)).all()
        assert [mail.recipient for mail in mails] == [people.moderator.email]
        assert "Piet" not in mails[0].text + mails[0].subject + mails[0].html
    assert kinds_of(people.moderator) == {"moderation.reported"}
    assert kinds_of(people.second) == set()


def test_an_ordinary_report_is_told_on_the_site_only(make, people):
    sent(make, people)
    run_due()
    with unit_of_work() as session:
        assert session.scalars(select(OutgoingMail)).all() == []
    assert kinds_of(people.second) == {"moderation.reported"}


def test_administrators_hear_when_no_moderator_can_judge(make):
    class People:
        author = make.member(site_role=SiteRole.ADMINISTRATOR)
        reporter = make.member()

    sent(make, People)
    run_due()
    assert kinds_of(People.author) == {"moderation.nobody"}


@pytest.mark.parametrize(
    ("moderators", "who_report", "asked"),
    [(1, 0, True), (2, 0, True), (3, 0, False), (3, 1, False), (3, 2, True), (4, 2, False)],
)
@pytest.mark.parametrize("author_moderates", [True, False])
def test_more_are_asked_for_when_too_few_can_act_whoever_wrote_it(
    make, moderators, who_report, asked, author_moderates
):
    """Whether it is asked says nothing of who wrote: a pseudonym may be a moderator's."""
    roles = [SiteRole.ADMINISTRATOR] + [SiteRole.MODERATOR] * (moderators - 1)
    those = [make.member(site_role=role) for role in roles]

    class People:
        author = those[0] if author_moderates else make.member()
        reporter = make.member()

    for by in those[moderators - who_report :] or [People.reporter]:
        sent(make, People, by=by)
    run_due()
    assert ("moderation.nobody" in kinds_of(those[0])) is asked


@pytest.mark.parametrize(("moderators", "asked"), [(1, True), (2, True), (3, False)])
@pytest.mark.parametrize("whose", ["a moderator's", "somebody else's"])
def test_a_reveal_asks_for_a_third_when_there_are_fewer(make, browser, moderators, asked, whose):
    roles = [SiteRole.ADMINISTRATOR] + [SiteRole.MODERATOR] * (moderators - 1)
    those = [make.member(site_role=role) for role in roles]
    on = make.list(pseudonyms=True)
    behind = those[-1] if whose == "a moderator's" and moderators > 1 else make.member()
    pseudonym = make.pseudonym(behind, on.circle, "Zeewind")
    with unit_of_work() as session:
        why = "Hier wordt iemand bedreigd, en dat moet stoppen."
        reveals.ask(session, make.actor(those[0]), pseudonym.handle, why, clock.now())
    run_due()
    assert ("moderation.nobody" in kinds_of(those[0])) is asked
    if asked:
        line = browser(those[0]).get("/meldingen").text
        assert "more moderators: at least three" in line
        assert "Zeewind" not in line.split("at least three")[0].rsplit("<li", 1)[1]


def test_what_is_stored_cannot_be_read_in_the_database(make, people, session):
    sent(make, people, note="Ik ken Piet")
    row = session.execute(text("SELECT passage, note FROM report")).one()
    assert b"Piet" not in bytes(row.passage)
    assert b"Piet" not in bytes(row.note)


def test_the_trail_says_what_was_done_and_never_who_reported(make, people, session):
    report = sent(make, people)
    with unit_of_work() as own:
        operations.take(own, make.actor(people.moderator), report.id, clock.now())
    entries = session.execute(
        select(audit.AuditEntry.action, audit.AuditEntry.actor).order_by(audit.AuditEntry.id)
    ).all()
    assert [tuple(e) for e in entries] == [
        ("moderation.reported", "member"),
        ("moderation.taken", f"member:{people.moderator.id}"),
    ]


def test_words_are_erased_some_time_after_the_decision(make, people, now):
    report = sent(make, people, now=now)
    with unit_of_work() as session:
        operations.decide(
            session,
            make.actor(people.moderator),
            report.id,
            decision="nothing",
            answer="Niets aan de hand",
            request="",
            now=now,
        )
    with unit_of_work() as session:
        assert operations.forget_passages(session, now + timedelta(days=89)) == 0
        assert operations.forget_passages(session, now + timedelta(days=91)) == 1
        assert operations.forget_passages(session, now + timedelta(days=91)) == 0
        gone = session.get(Report, report.id)
        assert gone.passage == gone.note == gone.answer == ""


def test_reporters_hear_that_what_they_reported_was_changed(make, people):
    report = sent(make, people)
    with unit_of_work() as session:
        operations.decide(
            session,
            make.actor(people.moderator),
            report.id,
            decision="hide",
            answer="",
            request="Haal de naam weg.",
            now=clock.now(),
        )
        operations.subject_changed(session, "post:1", clock.now())
    run_due()
    assert kinds_of(people.reporter) == {"moderation.answered", "moderation.changed"}
