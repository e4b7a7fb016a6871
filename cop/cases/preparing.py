"""Before others read: the checklist, the circle, who agreed, and the version that is fixed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cop.cases import sealing, until
from cop.cases.codes import new_code, plain_code
from cop.cases.models import Basis, Case, CaseState, Consent, Protection, Purpose, Relation
from cop.cases.permissions import CASES, CasePermission
from cop.cases.raw import Raw, refuse_unfinished
from cop.cases.words import CHECKS
from cop.cases.writing import drop_circle, look_at, raw_of
from cop.members.actor import Actor
from cop.members.blocks import names_blocked, who_blocked
from cop.members.models import Persona, PersonaKind
from cop.members.queries import own_persona, personas_by_handle
from cop.members.tokens import hash_token
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.versions import version_of as text_mark
from cop.spaces import holders
from cop.spaces.circles import Circle, CircleMembership, Standing, Visibility, standing_of

MOST_PEOPLE = 30
MOST_CONSENTS = 12
LIST, NOBODY = "list", "nobody"  # what an author says of one text: all gone through; none agrees


@dataclass(frozen=True, slots=True)
class Version:
    """The anonymised text as it was fixed: what is agreed to and what the second reader sees.

    Attributes:
        parts: title, question and the parts of the text, by name.
    """

    number: int
    parts: dict[str, str]


def version_of(session: Session, case: Case) -> Version | None:
    """The version that was fixed last, if there is one."""
    found = sealing.load(session, case, sealing.VERSION)
    return Version(found["number"], dict(found["parts"])) if found else None


def fix(session: Session, case: Case, raw: Raw, now: datetime) -> Version:
    """Fix the text as it would be read now; the same text keeps its number.

    Raises:
        Refused: something is missing, or a finding waits for a decision.
    """
    refuse_unfinished(raw)
    seen = look_at(session, case, raw)
    if seen.waiting:
        raise Refused(_decide_first(seen.waiting))
    parts = seen.result()
    last = version_of(session, case)
    if last is not None and last.parts == parts:
        return last
    case.version += 1
    made = Version(case.version, parts)
    sealing.store(session, case, sealing.VERSION, {"number": made.number, "parts": made.parts}, now)
    session.flush()
    return made


def _decide_first(waiting: int) -> str:
    return ngettext(
        "Decide on every finding first: %(num)d is waiting.",
        "Decide on every finding first: %(num)d are waiting.",
        waiting,
    )


def check_list(
    session: Session,
    actor: Actor,
    case_id: int,
    checked: Iterable[str],
    knows_privately: bool,
    now: datetime,
) -> None:
    """Keep what the author went through of what no machine sees, and in which text."""
    case = _locked(session, actor, case_id)
    wanted = set(checked)
    case.checked = [name for name in CHECKS if name in wanted]
    case.knows_privately = knows_privately
    _said_of_text(session, case, LIST, now)
    _changed(session, case, now)


def choose_circle(
    session: Session, actor: Actor, case_id: int, circle_id: int, now: datetime
) -> None:
    """A group, space or list of the author's; the case comes under their name there.

    Raises:
        Refused: they do not take part in it, or the story is under one's own name and they have a
            pseudonym there.
    """
    case = _locked(session, actor, case_id)
    mine = standing_of(session, actor, circle_id)
    place = holders.places(session, actor, [circle_id]).get(circle_id)
    if (
        mine is None
        or mine.standing not in (Standing.JOINED, Standing.COORDINATOR)
        or place is None
        or place.archived
    ):
        raise Refused(_("Choose a group, a space or a list in which you take part."), "circle")
    kind = session.get_one(Persona, mine.persona_id).kind
    if case.basis == Basis.OWN_NAME and kind == PersonaKind.PSEUDONYM:
        raise Refused(
            _("There you have a pseudonym; this story would be under your own name."), "circle"
        )
    _into(session, case, circle_id, False)
    case.author_id = mine.persona_id
    _changed(session, case, now)


def choose_people(
    session: Session, actor: Actor, case_id: int, handles: Sequence[str], now: datetime
) -> None:
    """People by name: a circle of their own, which ends with the case.

    Raises:
        Refused: nobody is called so or in reach, it is oneself, or nobody or too many are named.
    """
    case = _locked(session, actor, case_id)
    wanted = list(dict.fromkeys(h.strip().lstrip("@").lower() for h in handles if h.strip()))
    if not wanted:
        raise Refused(_("Name at least one person."), "people")
    if len(wanted) > MOST_PEOPLE:
        raise Refused(_("Choose at most %(most)s people.", most=MOST_PEOPLE), "people")
    assert actor.member_id is not None
    author = own_persona(session, actor.member_id)
    found = personas_by_handle(session, wanted)
    apart = out_of_reach(session, actor, author.id, wanted)
    chosen = []
    for handle in wanted:
        named = found.get(handle)
        if (
            named is None
            or named.kind != PersonaKind.SELF
            or named.member_id is None
            or handle in apart
        ):
            raise Refused(
                _("Nobody among the members is called “%(name)s”.", name=handle), "people"
            )
        if named.member_id != actor.member_id:
            chosen.append(named)
    if not chosen:
        raise Refused(_("Name somebody beside yourself."), "people")
    members = {actor.member_id, *(n.member_id for n in chosen)}
    if case.own_circle and members == _members_of(session, case):
        return
    circle = Circle(visibility=Visibility.PRIVATE, allows_pseudonyms=False)
    session.add(circle)
    session.flush()
    rows = [(actor.member_id, author.id)]
    rows += [(n.member_id, n.persona_id) for n in chosen if n.member_id is not None]
    for member_id, persona_id in rows:
        session.add(
            CircleMembership(
                circle_id=circle.id,
                member_id=member_id,
                persona_id=persona_id,
                standing=Standing.JOINED,
                since=now,
            )
        )
    session.flush()
    _into(session, case, circle.id, True)
    case.author_id = author.id
    _changed(session, case, now)


def out_of_reach(
    session: Session, actor: Actor, author_id: int, handles: Collection[str]
) -> set[str]:
    """Those of these short names between whom and the author's name one blocked the other.

    To the author they are as if nobody were called so.
    """
    found = personas_by_handle(session, handles)
    members = {n.member_id for n in found.values() if n.member_id is not None}
    apart = who_blocked(session, members, author_id)
    blocked = names_blocked(session, actor, {n.persona_id for n in found.values()})
    return {
        handle for handle, n in found.items() if n.member_id in apart or n.persona_id in blocked
    }


def _members_of(session: Session, case: Case) -> set[int]:
    found = select(CircleMembership.member_id).where(CircleMembership.circle_id == case.circle_id)
    return set(session.scalars(found))


def _into(session: Session, case: Case, circle_id: int, own: bool) -> None:
    """Another circle: who agreed to the one before is asked again. Their codes go on working."""
    old, was_own = case.circle_id, case.own_circle
    if old == circle_id:
        return
    session.execute(
        update(Consent)
        .where(Consent.case_id == case.id)
        .values(circle_id=circle_id, version=0)
        .execution_options(synchronize_session="fetch")
    )
    case.circle_id, case.own_circle = circle_id, own
    session.flush()
    if old is not None and was_own:
        drop_circle(session, old)


def agree(
    session: Session,
    actor: Actor,
    case_id: int,
    *,
    relation: str,
    purpose: str,
    protection: str,
    by_representative: bool,
    end: datetime,
    now: datetime,
) -> Consent:
    """Record that somebody agreed: to this version, for this circle, until this end or withdrawn.

    Raises:
        Refused: a date that is too near or too far, a minor or somebody under guardianship without
            a representative, no circle yet, a finding that waits, or a choice that does not exist.
    """
    case = _locked(session, actor, case_id)
    for field, value, known in (
        ("relation", relation, set(Relation)),
        ("purpose", purpose, set(Purpose)),
        ("protection", protection, set(Protection)),
    ):
        if value not in known:
            raise Refused(_("Choose one of these."), field)
    if protection != Protection.ADULT and not by_representative:
        raise Refused(
            _(
                "For a minor or somebody under guardianship a representative has to agree: a "
                "parent, guardian or curator."
            ),
            "by_representative",
        )
    until.check(end, now)
    if case.circle_id is None:
        raise Refused(_("Choose first who may read it: that is what somebody agrees to."))
    have = session.scalars(select(Consent.id).where(Consent.case_id == case.id)).all()
    if len(have) >= MOST_CONSENTS:
        raise Refused(_("There are %(most)s agreements already.", most=MOST_CONSENTS))
    version = fix(session, case, raw_of(session, case), now)
    code = new_code()
    consent = Consent(
        case_id=case.id,
        relation=relation,
        purpose=purpose,
        protection=protection,
        by_representative=by_representative,
        circle_id=case.circle_id,
        version=version.number,
        given_at=now,
        until=end,
        code_hash=hash_token(plain_code(code)),
        code=code,
    )
    session.add(consent)
    _changed(session, case, now)
    return consent


def agree_again(
    session: Session, actor: Actor, case_id: int, consent_id: int, now: datetime
) -> None:
    """The person agreed to the text as it is now; their code stays the same."""
    case = _locked(session, actor, case_id)
    consent = one_consent(session, case, consent_id)
    consent.version = fix(session, case, raw_of(session, case), now).number
    consent.given_at = now
    _changed(session, case, now)


def forget_agreement(
    session: Session, actor: Actor, case_id: int, consent_id: int, now: datetime
) -> None:
    """Take out an agreement that was recorded by mistake, while nobody reads the case yet."""
    case = _locked(session, actor, case_id)
    session.delete(one_consent(session, case, consent_id))
    _changed(session, case, now)


def nobody_agrees(session: Session, actor: Actor, case_id: int, said: bool, now: datetime) -> None:
    """The author says that nobody has to agree, for the reason that the basis names."""
    case = _locked(session, actor, case_id)
    if case.basis == Basis.SOMEBODY:
        raise Refused(_("For a case about somebody, that person has to agree."))
    case.nobody_agreed = said
    _said_of_text(session, case, NOBODY, now)
    _changed(session, case, now)


def _said_of_text(session: Session, case: Case, what: str, now: datetime) -> None:
    """The author says something of the text as it reads now; it holds for no other."""
    read = text_mark(look_at(session, case, raw_of(session, case)).result())
    said = sealing.load(session, case, sealing.CHECKED) or {}
    sealing.store(session, case, sealing.CHECKED, said | {what: read}, now)


def said_of(session: Session, case: Case, what: str, parts: dict[str, str]) -> bool:
    """What the author said last (`LIST` or `NOBODY`) was said of this text."""
    said = sealing.load(session, case, sealing.CHECKED) or {}
    return bool(said.get(what) == text_mark(parts))


def consents(session: Session, case: Case) -> list[Consent]:
    return list(
        session.scalars(select(Consent).where(Consent.case_id == case.id).order_by(Consent.id))
    )


def lacking(session: Session, case: Case, raw: Raw) -> list[tuple[str, str]]:
    """What has to be done before a second reader is asked: (step, one sentence) each."""
    found: list[tuple[str, str]] = []
    try:
        refuse_unfinished(raw)
    except Refused as refused:
        found.append(("write", refused.message))
    seen = look_at(session, case, raw)
    if seen.waiting:
        found.append(("findings", _decide_first(seen.waiting)))
    now_reads = seen.result()
    if set(case.checked) != set(CHECKS):
        found.append(("checklist", _("Go through the whole checklist.")))
    elif not said_of(session, case, LIST, now_reads):
        found.append(
            ("checklist", _("The text changed after the checklist. Go through it once more."))
        )
    if case.circle_id is None:
        found.append(("circle", _("Choose who may read it.")))
    last = version_of(session, case)
    if case.basis == Basis.SOMEBODY:
        given = consents(session, case)
        if not given:
            found.append(("consent", _("Ask the person whom it is about, and record that.")))
        elif any(c.version == 0 for c in given):
            found.append(
                ("consent", _("Somebody agreed to another circle than this one. Ask them again."))
            )
        elif (
            last is None or any(c.version != last.number for c in given) or last.parts != now_reads
        ):
            found.append(
                ("consent", _("The text changed after somebody agreed to it. Ask them again."))
            )
    elif not case.nobody_agreed:
        found.append(("consent", _("Confirm that nobody has to agree.")))
    elif not said_of(session, case, NOBODY, now_reads):
        found.append(
            (
                "consent",
                _("The text changed after you said that nobody has to agree. Confirm it anew."),
            )
        )
    return found


def one_consent(session: Session, case: Case, consent_id: int) -> Consent:
    consent = session.get(Consent, consent_id)
    if consent is None or consent.case_id != case.id:
        raise NotFound
    return consent


def _locked(session: Session, actor: Actor, case_id: int) -> Case:
    CASES.get(session, actor, CasePermission.WRITE, case_id)
    case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
    if case.state != CaseState.DRAFT:
        raise NotFound
    return case


def _changed(session: Session, case: Case, now: datetime) -> None:
    case.changed_at, case.warned_at = now, None
    session.flush()
