"""Reporting, and deciding on a report."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Member, MemberState, SiteRole
from cop.moderation import files, passages, subjects
from cop.moderation.events import ReportDecided, Reported, ReportOver, SubjectChanged
from cop.moderation.models import Decision, Report, ReportReason
from cop.moderation.permissions import REPORTS, ReportPermission
from cop.platform import audit
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.platform.storage import StoredFile
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

LONGEST_PASSAGE = 60_000
LONGEST_NOTE = 2_000
MOST_PER_DAY = 20
FEWEST = 3  # moderators: two who act together, and one whom it may be about
MODERATES = (SiteRole.MODERATOR, SiteRole.ADMINISTRATOR)
KEEP_PASSAGE = timedelta(days=90)  # after the decision; the audit trail keeps that it happened


def report(
    session: Session,
    actor: Actor,
    *,
    subject: str,
    version: int,
    concerned_id: int | None,
    whole: str,
    passage: str,
    reason: str,
    note: str,
    urgent: bool,
    host: str,
    now: datetime,
    needs_passage: bool = True,
    earlier: Collection[str] = (),
    enclosed: Sequence[StoredFile] = (),
    anyway: bool = False,
) -> Report:
    """Send a passage to the moderators. The caller has checked that the actor may read it.

    Args:
        subject: what it is, 'post:12'; moderators never see it.
        version: of the text; the same text is reported once by a member.
        concerned_id: the member who wrote it, if it is one; who never handles this report.
        whole: the text as it stands; the passage may only be cut from it, and not from what tells
            where it is from (`passages.without_place`).
        host: of this site, whose addresses are left out of the note as well.
        urgent: somebody may be in danger now; moderators hear of it at once.
        needs_passage: False where the reporter may say in words of their own alone what is the
            matter, and enclose nothing.
        earlier: what the text said before its author changed it, as far as that is kept: an
            author does not escape a report by being quick.
        enclosed: files of it that the moderators get as well, chosen by the reporter.
        anyway: the reporter has seen what the checks found in the note. What is urgent is never
            kept up by them.

    Raises:
        NotFound: a visitor.
        AuthorAsked: a check speaks up about the note.
        Refused: nothing enclosed, words that are not in the text, reported already, too many.
    """
    if actor.member_id is None:
        raise NotFound
    passage, note = trimmed(passage), passages.without_addresses(trimmed(note), host)
    texts = [passages.without_place(text, host) for text in (whole, *earlier)]
    if reason not in set(ReportReason):
        raise Refused(_("Choose what is the matter."), "reason")
    if not passage and not needs_passage and not note and not enclosed:
        raise Refused(_("Write what is the matter, in your own words."), "note")
    if not passage and needs_passage and not enclosed:
        raise Refused(_("Leave the words that it is about in the box."), "passage")
    if len(passage) > LONGEST_PASSAGE or not any(is_cut_from(passage, text) for text in texts):
        raise Refused(
            _("Only words of the message itself can be in this box. Yours go in the other one."),
            "passage",
        )
    if len(note) > LONGEST_NOTE:
        raise Refused(_("Keep your explanation under 2,000 characters, please."), "note")
    _refuse_again(session, actor.member_id, subject, version, now)
    ask_author([note], Purpose.POST, anyway or urgent)
    made = Report(
        reporter_id=actor.member_id,
        concerned_id=concerned_id,
        subject=subject,
        version=version,
        reason=reason,
        urgent=urgent,
        passage=passage,
        note=note,
        at=now,
    )
    session.add(made)
    session.flush()
    files.enclose(session, made, enclosed, now)
    if urgent:  # earlier reports of the same text come up with it
        session.execute(
            update(Report)
            .where(Report.subject == subject, Report.decided_at.is_(None))
            .values(urgent=True)
        )
    # Who reported is not in the trail: those who read it may be whom the report is about.
    audit.record(
        session,
        "moderation.reported",
        actor="member",
        subject=f"report:{made.id}",
        now=now,
        urgent=urgent,
    )
    emit(session, Reported(report_id=made.id), now)
    return made


def is_cut_from(passage: str, whole: str) -> bool:
    """The passage's words all stand in the text, in the same order: only left out, never added."""
    words = iter(whole.split())
    return all(word in words for word in passage.split())


def _refuse_again(
    session: Session, member_id: int, subject: str, version: int, now: datetime
) -> None:
    same = session.scalar(
        select(Report.id)
        .where(Report.reporter_id == member_id, Report.subject == subject)
        .where((Report.version == version) | Report.decided_at.is_(None))
        .limit(1)
    )
    if same is not None:
        raise Refused(_("You have reported this already. The moderators have it."))
    recent = (
        select(Report.id)
        .where(Report.reporter_id == member_id, Report.at > now - timedelta(days=1))
        .limit(MOST_PER_DAY)
        .subquery()
    )
    if (session.scalar(select(func.count()).select_from(recent)) or 0) >= MOST_PER_DAY:
        raise Refused(
            _(
                "You reported %(num)s messages today. Write to a moderator if there is more,"
                " and call 112 if somebody is in danger.",
                num=MOST_PER_DAY,
            )
        )


def take(session: Session, actor: Actor, report_id: int, now: datetime) -> Report:
    """Say that one handles it, so that two moderators don't; also over from another."""
    found = REPORTS.get(session, actor, ReportPermission.HANDLE, report_id)
    _refuse_decided(found)
    session.execute(
        update(Report)
        .where(Report.subject == found.subject, Report.decided_at.is_(None))
        .values(taken_by_id=actor.member_id)
    )
    session.refresh(found)
    _refuse_decided(found)
    _note(session, actor, "moderation.taken", found, now)
    return found


def release(session: Session, actor: Actor, report_id: int, now: datetime) -> None:
    """Leave it to another moderator."""
    found = REPORTS.get(session, actor, ReportPermission.HANDLE, report_id)
    _refuse_decided(found)
    session.execute(
        update(Report)
        .where(Report.subject == found.subject, Report.taken_by_id == actor.member_id)
        .where(Report.decided_at.is_(None))
        .values(taken_by_id=None)
    )
    session.refresh(found)
    _note(session, actor, "moderation.released", found, now)


def decide(
    session: Session,
    actor: Actor,
    report_id: int,
    *,
    decision: str,
    answer: str,
    request: str,
    now: datetime,
    anyway: bool = False,
) -> Report:
    """Decide on a report and on every other open report of the same text.

    Args:
        answer: to those who reported; may be empty.
        request: to the author: what is the matter and what would help. Needed unless nothing
            is done.

    Raises:
        NotFound: not a moderator, or one who wrote or reported the text.
        AuthorAsked: a check speaks up about what those concerned would read.
        Refused: decided already, in another moderator's hands, or no word to the author.
    """
    found = REPORTS.get(session, actor, ReportPermission.HANDLE, report_id)
    answer, request = trimmed(answer), trimmed(request)
    _refuse_decided(found)
    if found.taken_by_id is not None and found.taken_by_id != actor.member_id:
        raise Refused(_("Another moderator is handling this. Take it over first."))
    if decision not in subjects.decisions(found.subject):
        raise Refused(_("Choose what happens."), "decision")
    if decision != Decision.NOTHING and not request:
        raise Refused(_("Write to the author what is the matter, please."), "request")
    for text, field in ((answer, "answer"), (request, "request")):
        if len(text) > LONGEST_NOTE:
            raise Refused(_("Keep this under 2,000 characters, please."), field)
    ask_author((request, answer), Purpose.POST, anyway)
    same = session.scalars(
        select(Report)
        .where(Report.subject == found.subject, Report.decided_at.is_(None))
        .order_by(Report.id)
        .with_for_update()
    ).all()
    if not same:  # another moderator decided while this one waited for the rows
        raise _decided()
    for each in same:
        each.decision = decision
        each.answer = answer
        each.request = request if decision != Decision.NOTHING else ""
        each.decided_at = now
        each.decided_by_id = each.taken_by_id = actor.member_id
    session.flush()
    files.forget(session, [each.id for each in same])
    for each in same:
        _note(session, actor, "moderation.decided", each, now, decision=str(decision))
    event = ReportDecided(report_id=found.id, subject=found.subject, decision=str(decision))
    emit(session, event, now)
    return found


def subject_changed(session: Session, subject: str, now: datetime) -> None:
    """Whoever keeps the subject calls this when its author changed it after being asked to."""
    emit(session, SubjectChanged(subject=subject), now)


def forget_words(session: Session, gone: Collection[str], now: datetime) -> None:
    """Whoever keeps these subjects calls this when every word of them goes: what was enclosed in
    reports goes as well. Those that still waited are over, and who reported is told."""
    about = session.scalars(
        select(Report).where(Report.subject.in_(gone)).order_by(Report.id).with_for_update()
    ).all()
    for each in about:
        each.passage = each.note = ""
        if each.decided_at is None:
            each.decision, each.decided_at = Decision.GONE, now
            each.answer = each.request = ""
            emit(session, ReportOver(report_id=each.id), now)
    session.flush()
    files.forget(session, [each.id for each in about])


def forget_passages(session: Session, now: datetime) -> int:
    """Erase the words of reports that were decided long ago; how many."""
    old = session.scalars(
        select(Report)
        .where(Report.decided_at < now - KEEP_PASSAGE, Report.erased_at.is_(None))
        .order_by(Report.id)
        .limit(500)
    ).all()
    for each in old:
        each.passage = each.note = each.answer = each.request = ""
        each.erased_at = now
    session.flush()
    return len(old)


def impartial_moderators(session: Session, found: Report) -> list[int]:
    """Member ids of the moderators who may handle this report."""
    involved = set(
        session.scalars(select(Report.reporter_id).where(Report.subject == found.subject))
    ) | {found.concerned_id}
    return [m for m in moderators(session) if m not in involved]


def too_few(session: Session, found: Report | None = None) -> bool:
    """Whether somebody else is needed before moderators can act together.

    To judge a report takes one who neither wrote nor reported it, to learn whose a pseudonym is
    takes two who are not behind it. This counts as if the author were always one of them: told only
    when it is so, it would say of a pseudonym that a moderator is behind it.

    Args:
        found: the report that waits, if it is about one.
    """
    everybody = set(moderators(session))
    if len(everybody) < FEWEST:
        return True
    if found is None:
        return False
    reported = session.scalars(select(Report.reporter_id).where(Report.subject == found.subject))
    return len(everybody.difference(reported)) < 2


def moderators(session: Session) -> list[int]:
    """Member ids of all who moderate: moderators, and administrators as well."""
    return list(
        session.scalars(
            select(Member.id)
            .where(Member.state == MemberState.ACTIVE, Member.site_role.in_(MODERATES))
            .order_by(Member.id)
        )
    )


def _refuse_decided(found: Report) -> None:
    if found.decided_at is not None:
        raise _decided()


def _decided() -> Refused:
    return Refused(_("This was decided already."))


def _note(
    session: Session, actor: Actor, action: str, found: Report, now: datetime, **details: str
) -> None:
    audit.record(
        session, action, actor=actor.audit_id, subject=f"report:{found.id}", now=now, **details
    )
