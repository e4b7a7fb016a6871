"""Four eyes: somebody of the author's choice reads the anonymised version, and nothing else.

Their yes destroys the key, the raw text, the decisions and the marks; the version that they read
becomes the case.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.cases import events, sealing
from cop.cases.models import Case, CaseState
from cop.cases.own_keys import KeyGone
from cop.cases.permissions import CASES, CasePermission
from cop.cases.preparing import Version, fix, lacking, out_of_reach, version_of
from cop.cases.protecting import folded, places_of
from cop.cases.raw import Added
from cop.cases.writing import raw_of
from cop.deidentify import Label
from cop.members.actor import Actor
from cop.members.models import Persona, PersonaKind
from cop.members.queries import personas_by_handle
from cop.platform import audit, markup
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.spaces.circles import CircleMembership, Standing

MOST_MARKS = 60
MOST_NOTE = 300
MOST_WORDS = 300
ASKED_AGAIN = timedelta(days=1)  # when it was taken back, or they had no time


class NobodyCalledSo(Refused):
    """The page offers whose names are like it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A spot at which the second reader stopped."""

    number: int
    words: str
    note: str


def ask(session: Session, actor: Actor, case_id: int, handle: str, now: datetime) -> None:
    """Put the version as it is now before a second reader.

    Raises:
        NotFound: not the actor's draft.
        NobodyCalledSo: or one of the two blocked the other, which nobody is told.
        Refused: something has to be done first, it is the author, or somebody who was asked within
            a day: else to ask and take back again and again would be a mail each time.
    """
    CASES.get(session, actor, CasePermission.WRITE, case_id)
    case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
    if case.state != CaseState.DRAFT:
        raise NotFound
    raw = raw_of(session, case)
    first = lacking(session, case, raw)
    if first:
        raise Refused(first[0][1])
    wanted = handle.strip().lstrip("@").lower()
    named = personas_by_handle(session, [wanted]).get(wanted) if wanted else None
    if (
        named is None
        or (named.kind != PersonaKind.SELF and not _in_the_circle(session, case, named.persona_id))
        or out_of_reach(session, actor, case.author_id, [wanted])
    ):
        raise NobodyCalledSo(_("Nobody is called so. Type their name as it is shown."), "handle")
    if named.member_id == actor.member_id:
        raise Refused(_("Ask somebody else: four eyes see more than two."), "handle")
    asked = (sealing.load(session, case, sealing.ASKED) or {}).get(str(named.persona_id))
    if asked is not None and now < datetime.fromisoformat(asked) + ASKED_AGAIN:
        raise Refused(
            _("They were asked less than a day ago. Try again tomorrow, or ask somebody else."),
            "handle",
        )
    fix(session, case, raw, now)
    sealing.drop(session, case, sealing.MARKS)
    case.state, case.reader_id, case.asked_at = CaseState.WITH_READER, named.persona_id, now
    case.changed_at, case.warned_at = now, None
    session.flush()
    emit(session, events.SecondReadingAsked(case_id=case.id, round=now.isoformat()), now)


def _in_the_circle(session: Session, case: Case, persona_id: int) -> bool:
    return bool(
        session.scalar(
            select(CircleMembership.persona_id).where(
                CircleMembership.circle_id == case.circle_id,
                CircleMembership.persona_id == persona_id,
                CircleMembership.standing.in_((Standing.JOINED, Standing.COORDINATOR)),
            )
        )
    )


def take_back(session: Session, actor: Actor, case_id: int, now: datetime) -> None:
    """The author goes on with it; the second reader sees nothing any more."""
    CASES.get(session, actor, CasePermission.TAKE_BACK, case_id)
    case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
    if case.state != CaseState.WITH_READER:
        raise NotFound
    _not_again_soon(session, case, now)
    _to_draft(session, case, now)


def for_reader(session: Session, actor: Actor, case_id: int) -> tuple[Case, Version]:
    """What the second reader sees.

    Raises:
        NotFound: it is not before them.
        own_keys.KeyGone: nobody can read it any more.
    """
    case = CASES.get(session, actor, CasePermission.SECOND_READ, case_id)
    version = version_of(session, case)
    if version is None:
        raise NotFound
    return case, version


def marks_of(session: Session, case: Case) -> list[Mark]:
    found = sealing.load(session, case, sealing.MARKS) or []
    return [Mark(number, words, note) for number, words, note in found]


def mark(
    session: Session, actor: Actor, case_id: int, words: str, note: str, now: datetime
) -> None:
    """Mark a spot, with a word why.

    Raises:
        NotFound: it is not before the actor.
        Refused: the words do not stand in the text, or there are too many marks.
    """
    case, version = _locked(session, actor, case_id)
    words, note = " ".join(words.split()), " ".join(note.split())
    if not any(c.isalnum() for c in words):
        raise Refused(_("Type or select the words that say too much."), "words")
    for field, value, most in (("words", words, MOST_WORDS), ("note", note, MOST_NOTE)):
        if len(value) > most:
            raise Refused(_("Keep it to %(most)s characters, please.", most=most), field)
    wanted = Added(words, Label.QUASI)
    if not any(places_of(wanted, part) for part in version.parts.values()):
        raise Refused(_("These words do not stand in the text like this."), "words")
    # The same words once more, or the same form twice, is the same spot.
    marks = [m for m in marks_of(session, case) if folded(m.words) != folded(words)]
    if len(marks) >= MOST_MARKS:
        raise Refused(_("Send it back with what you marked; that is enough for one round."))
    number = max((m.number for m in marks), default=0) + 1
    _store(session, case, [*marks, Mark(number, words, note)], now)


def unmark(session: Session, actor: Actor, case_id: int, number: int, now: datetime) -> None:
    case, _version = _locked(session, actor, case_id)
    marks = marks_of(session, case)
    _store(session, case, [m for m in marks if m.number != number], now)


def send_back(session: Session, actor: Actor, case_id: int, now: datetime) -> None:
    """To the author, with the marks.

    Raises:
        Refused: nothing is marked: then it is a yes, or no time.
    """
    case, _version = _locked(session, actor, case_id)
    if not marks_of(session, case):
        raise Refused(_("Mark at least one spot, so that the author knows what to look at."))
    asked = case.asked_at
    _to_draft(session, case, now, keep_marks=True)
    _done(session, case, asked, now)


def decline(session: Session, actor: Actor, case_id: int, now: datetime) -> None:
    """No time, or too near to it: no reason is asked. The author chooses somebody else."""
    case, _version = _locked(session, actor, case_id)
    asked = case.asked_at
    _not_again_soon(session, case, now)
    _to_draft(session, case, now)
    _done(session, case, asked, now)


def approve(session: Session, actor: Actor, case_id: int, number: int, now: datetime) -> None:
    """Nobody can be recognised in what was read: key, raw text and decisions are destroyed.

    Args:
        number: of the version that the reader had before them.

    Raises:
        NotFound: it is not before the actor.
        Refused: there are marks, or it is not the version that they read.
    """
    case, version = _locked(session, actor, case_id)
    if number != version.number:
        raise Refused(_("The text has changed meanwhile. Read it once more, please."))
    if marks_of(session, case):
        raise Refused(_("You marked something. Send it back, or take your marks away first."))
    case.title, case.question = version.parts["title"], version.parts["question"]
    body = {n: p for n, p in version.parts.items() if n not in ("title", "question")}
    case.text = json.dumps(body)
    case.words = sum(markup.word_count(part) for part in version.parts.values())
    asked = case.asked_at
    case.state, case.approved_at, case.approved_by_id = CaseState.APPROVED, now, case.reader_id
    case.reader_id, case.changed_at, case.warned_at = None, now, None
    sealing.destroy(session, case, now)
    audit.record(
        session, "case.raw_text_destroyed", actor="system", subject=f"case:{case.id}", now=now
    )
    _done(session, case, asked, now)


def reader_left(session: Session, case: Case, now: datetime) -> None:
    """Whoever it was before is no longer here: the author chooses somebody else."""
    asked = case.asked_at
    _to_draft(session, case, now)
    _done(session, case, asked, now)


def _not_again_soon(session: Session, case: Case, now: datetime) -> None:
    """Whoever has it before them is not asked for it again at once (see `ask`)."""
    assert case.asked_at is not None
    try:
        before = sealing.load(session, case, sealing.ASKED) or {}
        asked = before | {str(case.reader_id): case.asked_at.isoformat()}
        sealing.store(session, case, sealing.ASKED, asked, now)
    except KeyGone:
        return  # nobody is asked for a case that cannot be read any more


def _done(session: Session, case: Case, asked: datetime | None, now: datetime) -> None:
    at = (asked or now).isoformat()
    emit(session, events.SecondReadingDone(case_id=case.id, round=at), now)


def _to_draft(session: Session, case: Case, now: datetime, keep_marks: bool = False) -> None:
    case.state, case.reader_id, case.asked_at = CaseState.DRAFT, None, None
    case.changed_at, case.warned_at = now, None
    if not keep_marks:
        sealing.drop(session, case, sealing.MARKS)
    session.flush()


def _store(session: Session, case: Case, marks: list[Mark], now: datetime) -> None:
    rows = [[m.number, m.words, m.note] for m in marks]
    sealing.store(session, case, sealing.MARKS, rows, now)


def _locked(session: Session, actor: Actor, case_id: int) -> tuple[Case, Version]:
    CASES.get(session, actor, CasePermission.SECOND_READ, case_id)
    case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
    if case.state != CaseState.WITH_READER:
        raise NotFound
    version = version_of(session, case)
    if version is None:
        raise NotFound
    return case, version


def reader_of(session: Session, case: Case) -> Persona | None:
    return session.get(Persona, case.reader_id) if case.reader_id else None
