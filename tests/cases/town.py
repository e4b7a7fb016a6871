"""Cases of every state for the walks through the URL map (tests/support/town.py)."""

from typing import Any

from cop.cases import preparing, reporting, second_reading, sharing, writing
from cop.cases.models import Basis, Case, CaseState
from cop.members.models import Member, MemberState
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.spaces.circles import Visibility
from tests.cases.walking import walk
from tests.support.factories import Factory


def cases(make: Factory, owner: Member, other: Member) -> dict[str, Any]:
    """What addresses of cases stand for; nobody but the owner, and one other, may see any of it."""
    circle = make.space(Visibility.PRIVATE, coordinator=owner).circle
    make.join(other, circle)
    mine, theirs = walk(make, owner), walk(make, other)
    values: dict[str, Any] = {}

    def stands(case: Case, *endpoints: str) -> None:
        values.update({f"cases.{name}.case_id": case.id for name in endpoints})

    shared = mine.to(CaseState.SHARED, circle, other)
    values["case_id"] = shared.id
    with unit_of_work() as session:
        actor = make.actor(other)
        said = sharing.contribute(session, actor, shared.id, "question", "Wie?", clock.now())
        session.flush()
        values["contribution_id"] = said.id
    draft = mine.ready(circle, Basis.SOMEBODY)
    with unit_of_work() as session:
        actor = make.actor(owner)
        writing.add_words(session, actor, draft.id, "de wijkverpleegkundige", "QUASI", clock.now())
        case = session.get_one(Case, draft.id)
        raw = writing.raw_of(session, case)
        groups = writing.look_at(session, case, raw).groups
        values["cases.remove_words.key"] = next(g.key for g in groups if g.added)
    mine.decided(draft)
    stands(
        draft,
        *("write", "basis", "findings", "checklist", "circle", "consent", "preview", "reader"),
        *("add_words", "autosave", "remove_words", "agree_again", "forget_agreement"),
        *("consent_card", "delete"),
    )
    with unit_of_work() as session:
        values["consent_id"] = preparing.consents(session, session.get_one(Case, draft.id))[0].id
    stands(mine.to(CaseState.WITH_READER, circle, other), "take_back")
    stands(mine.to(CaseState.APPROVED, circle, other), "share")
    read = theirs.to(CaseState.SHARED, circle, owner)
    stands(read, "report", "reported")
    for_owner = theirs.ready(circle)
    theirs.chosen(for_owner, owner)
    theirs.nobody(for_owner)
    theirs.asked(for_owner, owner)
    theirs.approved(for_owner, owner)
    theirs.shared(for_owner)
    stands(for_owner, "leave")
    with unit_of_work() as session:
        actor = make.actor(owner)
        about, _made = reporting.case_to_report(session, actor, for_owner.id)
        sent = reporting.report(
            session,
            actor,
            about,
            passage="",
            reason="other",
            note="Iemand is te herkennen.",
            urgent=True,
            host="example.org",
            now=clock.now(),
        )
        values["cases.reported.report_id"] = sent.id
    before_owner = theirs.to(CaseState.WITH_READER, circle, owner)
    with unit_of_work() as session:
        second_reading.mark(
            session, make.actor(owner), before_owner.id, "naar huis", "Waarom?", clock.now()
        )
    stands(before_owner, "second_read", "unmark", "send_back", "approve", "decline")
    gone = make.member("Piet Vertrokken")
    make.join(gone, circle)
    left = walk(make, gone).to(CaseState.SHARED, circle, other)
    with unit_of_work() as session:
        session.get_one(Member, gone.id).state = MemberState.LEFT
    stands(left, "withdraw_left_behind")
    return values
