"""The author's own work on a draft: writing, deciding on findings, marking by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cop.cases import own_keys, sealing, withdrawn
from cop.cases.models import (
    Basis,
    Case,
    CaseState,
    CaseTheme,
    Consent,
    Contribution,
    Reading,
    SealedPart,
)
from cop.cases.permissions import CASES, CasePermission
from cop.cases.protecting import Group, Look, folded, joined, look, look_again, places_of
from cop.cases.raw import (
    MOST_ADDED,
    MOST_REASON,
    MOST_REPLACEMENT,
    MOST_WORDS,
    SHAPES,
    Added,
    Decision,
    How,
    Raw,
    refuse_unfinished,
    taken,
)
from cop.deidentify import Label
from cop.members.actor import Actor
from cop.members.models import Persona, PersonaKind
from cop.members.queries import own_persona
from cop.moderation import operations as moderation
from cop.platform import audit
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.versions import ChangedElsewhere
from cop.spaces.circles import Circle, CircleMembership

MOST_DRAFTS = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """What a form says about one finding: not checked yet."""

    how: str
    text: str
    reason: str
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """From where a text was sent.

    Attributes:
        version: what was typed started from this one; None for whoever need not know.
        page: the window that sends it by itself, with a turn that counts up.
    """

    version: int | None = None
    page: str = ""
    turn: int = 0


ANYHOW = Sent()


def start(session: Session, actor: Actor, shape: str, basis: str, now: datetime) -> Case:
    """Begin a case: an empty draft under the author's own name, with a key of its own.

    Raises:
        NotFound: a visitor.
        Refused: too many drafts at once, or a choice that does not exist.
    """
    if actor.member_id is None:
        raise NotFound
    if shape not in SHAPES or basis not in set(Basis):
        raise Refused(_("Choose one of these."), "shape" if shape not in SHAPES else "basis")
    persona = own_persona(session, actor.member_id)
    session.get_one(Persona, persona.id, with_for_update=True)  # two sends, one after another
    mine = session.scalars(
        select(Case.id).where(
            CASES.clause(actor, CasePermission.WRITE), Case.author_id == persona.id
        )
    ).all()
    if len(mine) >= MOST_DRAFTS:
        raise Refused(
            _("You have %(most)s drafts. Finish one first, or throw one away.", most=MOST_DRAFTS)
        )
    case = Case(
        author_id=persona.id,
        shape=shape,
        basis=basis,
        key_name=own_keys.new_key(session),
        created_at=now,
        changed_at=now,
    )
    session.add(case)
    session.flush()
    sealing.store(session, case, sealing.RAW, Raw(shape=shape).to_json(), now)
    return case


def raw_of(session: Session, case: Case) -> Raw:
    """What the author wrote. Callers have asked WRITE or, for a fixed version, know why.

    Raises:
        own_keys.KeyGone: the key is not there any more.
    """
    found = sealing.load(session, case, sealing.RAW)
    return Raw.from_json(found) if found else Raw(shape=case.shape)


def open_draft(session: Session, actor: Actor, case_id: int) -> tuple[Case, Raw]:
    """The actor's own draft and what is written in it.

    Raises:
        NotFound: not theirs, or not a draft.
        own_keys.KeyGone: nobody can read it any more.
    """
    case = CASES.get(session, actor, CasePermission.WRITE, case_id)
    return case, raw_of(session, case)


def look_at(session: Session, case: Case, raw: Raw) -> Look:
    """The findings in a draft."""
    own_name = ""
    if case.basis == Basis.OWN_NAME:
        own_name = session.get_one(Persona, case.author_id).name
    return look(raw, sealing.key_of(case), own_name)


def save(
    session: Session,
    actor: Actor,
    case_id: int,
    given: Mapping[str, str],
    now: datetime,
    sent: Sent = ANYHOW,
) -> int:
    """Keep what was typed, as it is; which version of the text that is.

    Raises:
        NotFound: not the actor's draft.
        Refused: more than a case can hold.
        ChangedElsewhere: its `current` are the parts as they are.
    """
    case, raw = _locked(session, actor, case_id)
    parts = taken(case.shape, given)
    if parts == raw.parts:
        return raw.saved
    own = bool(sent.page) and sent.page == raw.page
    if own and sent.turn <= raw.turn:
        return raw.saved  # later words of the same window came first
    if not own and sent.version is not None and sent.version != raw.saved:
        raise ChangedElsewhere(raw.parts, raw.saved)
    raw.parts, raw.saved, raw.page, raw.turn = parts, raw.saved + 1, sent.page, sent.turn
    _keep(session, case, raw, now)
    return raw.saved


def set_basis(session: Session, actor: Actor, case_id: int, basis: str, now: datetime) -> None:
    """Whom it is about; what was said about consent starts anew.

    Raises:
        Refused: it does not exist, or a story under one's own name stands under a pseudonym.
    """
    case = _lock(session, actor, case_id)
    if basis not in set(Basis):
        raise Refused(_("Choose one of these."), "basis")
    if basis == case.basis:
        return
    kind = session.get_one(Persona, case.author_id).kind
    if basis == Basis.OWN_NAME and kind == PersonaKind.PSEUDONYM:
        raise Refused(
            _(
                "In the circle that you chose you have a pseudonym. Choose another circle first, "
                "or tell your story without your name."
            ),
            "basis",
        )
    case.basis, case.nobody_agreed, case.changed_at, case.warned_at = basis, False, now, None
    session.flush()


def go_on(session: Session, actor: Actor, case_id: int) -> None:
    """The text is finished enough to look for what identifies people.

    Raises:
        Refused: beside what is missing.
    """
    refuse_unfinished(open_draft(session, actor, case_id)[1])


def decide(
    session: Session,
    actor: Actor,
    case_id: int,
    choices: Mapping[str, Choice],
    now: datetime,
    rest: bool = False,
    keep_origin: bool | None = None,
) -> int:
    """Keep the author's decisions; how many findings still wait for one.

    Args:
        choices: by the key of a finding; one without a choice stays open.
        rest: every finding that is open and has a proposal is replaced by it, but for names of the
            author's own: whether they are the author, only they can say.
        keep_origin: whether pseudonyms show the origin of the names; None leaves it.

    Raises:
        NotFound: not the actor's draft.
        Refused: a finding stays without a reason, or is replaced by nothing.
    """
    case, raw = _locked(session, actor, case_id)
    if keep_origin is not None:
        raw.keep_origin = keep_origin
    seen = look_at(session, case, raw)
    for group in seen.groups:
        choice = choices.get(group.key)
        if choice is not None and choice.how:
            raw.decisions[group.key] = _decision(group, choice)
        elif rest and group.key not in raw.decisions and group.proposed and not group.own:
            raw.decisions[group.key] = Decision(How.REPLACED)
    known = {group.key for group in seen.groups}
    raw.decisions = {key: d for key, d in raw.decisions.items() if key in known}
    _keep(session, case, raw, now)
    for group in seen.groups:
        group.decision = raw.decisions.get(group.key)
    look_again(seen.text, seen.groups)
    return seen.waiting


def _decision(group: Group, choice: Choice) -> Decision:
    key, original = group.key, group.original
    if choice.how == How.KEPT:
        reason = " ".join(choice.reason.split())
        if not reason:
            raise Refused(_("Say why “%(words)s” can stay.", words=original[:60]), f"reason-{key}")
        if len(reason) > MOST_REASON:
            raise Refused(
                _("Keep it to %(most)s characters, please.", most=MOST_REASON), f"reason-{key}"
            )
        return Decision(How.KEPT, reason=reason)
    if choice.how != How.REPLACED:
        raise Refused(_("Choose one of these."), f"how-{key}")
    text = " ".join(choice.text.split())
    if not text:
        raise Refused(
            _("Write what stands in the place of “%(words)s”.", words=original[:60]),
            f"text-{key}",
        )
    if len(text) > MOST_REPLACEMENT:
        raise Refused(
            _("Keep it to %(most)s characters, please.", most=MOST_REPLACEMENT), f"text-{key}"
        )
    if folded(text) == folded(original):
        raise Refused(
            _("This is what stood there. Choose “keep it” if it can stay."), f"text-{key}"
        )
    if text == group.proposed:
        return Decision(How.REPLACED)
    # Being sure is of words that were shown with what they point to, and of no others.
    return Decision(How.REPLACED, text, sure=choice.sure and text == group.typed)


def add_words(
    session: Session, actor: Actor, case_id: int, words: str, label: str, now: datetime
) -> int:
    """Mark words by hand, wherever they stand; in how many places they do.

    Raises:
        NotFound: not the actor's draft.
        Refused: they stand nowhere, or there is nothing to mark.
    """
    case, raw = _locked(session, actor, case_id)
    words = " ".join(words.split())
    if not any(c.isalnum() for c in words):
        raise Refused(_("Type or select the words that say too much."), "words")
    if len(words) > MOST_WORDS:
        raise Refused(_("Keep it to %(most)s characters, please.", most=MOST_WORDS), "words")
    if label not in set(Label):
        raise Refused(_("Choose one of these."), "label")
    if len(raw.added) >= MOST_ADDED:
        raise Refused(_("You marked too much by hand. Change the text instead."), "words")
    added = Added(words, Label(label))
    places = places_of(added, joined(raw)[0])
    if not places:
        raise Refused(_("These words do not stand in your text like this."), "words")
    raw.added = [a for a in raw.added if folded(a.words) != folded(words)] + [added]
    _keep(session, case, raw, now)
    return len(places)


def remove_words(session: Session, actor: Actor, case_id: int, key: str, now: datetime) -> None:
    """Take back a mark that was made by hand."""
    case, raw = _locked(session, actor, case_id)
    group = next((g for g in look_at(session, case, raw).groups if g.key == key), None)
    if group is None or not group.added:
        raise NotFound
    raw.added = [a for a in raw.added if folded(a.words) not in group.marks]
    raw.decisions.pop(key, None)
    _keep(session, case, raw, now)


def delete_draft(session: Session, actor: Actor, case_id: int, now: datetime) -> None:
    """Throw away a case that was not shared; its key with it."""
    case = CASES.get(session, actor, CasePermission.DELETE, case_id)
    withdrawn.note(session, case, None)
    erase(session, case, now)
    audit.record(session, "case.thrown_away", actor="author", subject=f"case:{case_id}", now=now)


def erase(session: Session, case: Case, now: datetime) -> None:
    """Remove a case wholly: its rows, its key, and the circle that was made for it."""
    sealing.destroy(session, case, now)
    forget_reported(session, case.id, now)
    for model in (CaseTheme, Consent, Contribution, Reading, SealedPart):
        session.execute(delete(model).where(model.case_id == case.id))
    circle_id = case.circle_id if case.own_circle else None
    session.delete(case)
    session.flush()
    if circle_id is not None:
        drop_circle(session, circle_id)


def forget_reported(session: Session, case_id: int, now: datetime) -> None:
    """What was enclosed in reports about it, or about what was brought to it, goes with it."""
    brought = session.scalars(select(Contribution.id).where(Contribution.case_id == case_id))
    gone = [f"case:{case_id}", *(f"contribution:{id}" for id in brought)]
    moderation.forget_words(session, gone, now)


def drop_circle(session: Session, circle_id: int) -> None:
    """A circle of chosen people goes with its case."""
    session.execute(delete(CircleMembership).where(CircleMembership.circle_id == circle_id))
    session.execute(delete(Circle).where(Circle.id == circle_id))


def _lock(session: Session, actor: Actor, case_id: int) -> Case:
    """The draft, locked: what is sent twice, or by two windows, comes one after another."""
    CASES.get(session, actor, CasePermission.WRITE, case_id)
    case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
    if case.state != CaseState.DRAFT:
        raise NotFound
    return case


def _locked(session: Session, actor: Actor, case_id: int) -> tuple[Case, Raw]:
    case = _lock(session, actor, case_id)
    return case, raw_of(session, case)


def _keep(session: Session, case: Case, raw: Raw, now: datetime) -> None:
    sealing.store(session, case, sealing.RAW, raw.to_json(), now)
    case.changed_at, case.warned_at = now, None
    session.flush()
