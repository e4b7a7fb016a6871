"""A member's own cases and what they brought to others', for them to take along.

What was written before a case is approved stands under a key of its own, and destroying that key
must destroy every copy: so it is given only while the author fetches it, and is kept nowhere.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.cases import writing
from cop.cases.models import UNSHARED, Case, Consent, Contribution, Reading
from cop.cases.own_keys import KeyGone
from cop.cases.permissions import CASES, CasePermission
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.own_data import Room, Row, Rows, exports, plain
from cop.platform.i18n import lazy as _l
from cop.platform.policy import among


def _more(session: Session, actor: Actor) -> dict[str, list[Row]]:
    """The approved versions, and who agreed to them: never a name, only in which relation."""
    personas = select(Persona.id).where(Persona.member_id == actor.member_id)
    cases = session.scalars(
        select(Case).where(Case.author_id.in_(personas)).order_by(Case.id)
    ).all()
    agreed: Sequence[Any] = session.execute(
        select(
            *(Consent.case_id, Consent.relation, Consent.purpose, Consent.protection),
            *(Consent.version, Consent.given_at, Consent.until, Consent.withdrawn_at),
        )
        .where(Consent.case_id.in_([case.id for case in cases]))
        .order_by(Consent.id)
    ).all()
    return {
        "own": [_given(case) for case in cases],
        "agreements": [plain(row._mapping) for row in agreed],
    }


def _given(case: Case) -> Row:
    values: dict[str, Any] = {
        "id": case.id,
        "state": str(case.state),
        "title": case.title,
        "question": case.question,
        "outcome": case.outcome,
        "basis": str(case.basis),
        "created_at": case.created_at,
        "approved_at": case.approved_at,
        "shared_at": case.shared_at,
        "remove_at": case.remove_at,
        "closed_at": case.closed_at,
        "withdrawn_at": case.withdrawn_at,
        "under": case.author.name,
    }
    parts = json.loads(case.text) if case.text else {}
    body = {name: text for name, text in parts.items() if name not in ("title", "question")}
    return plain(values | body)


def _drafts(session: Session, actor: Actor) -> dict[str, list[Row]]:
    """What the author wrote, as long as its key is there."""
    found = []
    cases = select(Case).where(CASES.clause(actor, CasePermission.OWN), among(Case.state, UNSHARED))
    for case in session.scalars(cases.order_by(Case.id)):
        try:
            raw = writing.raw_of(session, case)
        except KeyGone:
            continue
        if raw.parts:
            found.append({"id": case.id} | dict(raw.parts))
    return {"drafts": found}


exports(
    Room(
        "cases",
        _l("Cases"),
        [
            Rows(
                "brought",
                _l("What you brought to cases of others"),
                [Contribution.author_id],
                [Contribution.case_id, Contribution.kind, Contribution.text, Contribution.at],
                under=Contribution.author_id,
            ),
            Rows(
                "read",
                _l("Cases that you read"),
                [Reading.persona_id],
                [Reading.case_id, Reading.where, Reading.at],
                under=Reading.persona_id,
            ),
        ],
        more=_more,
        titles={
            "own": _l("Your own cases"),
            "agreements": _l("Who agreed to your cases"),
            "drafts": _l("What you are writing, as you wrote it"),
        },
        fetched=_drafts,
        covers=frozenset({"learning_case.author_id"}),
        left={
            "learning_case.reader_id": "a second reader reads somebody else's case",
            "learning_case.approved_by_id": "a second reader reads somebody else's case",
        },
    )
)
