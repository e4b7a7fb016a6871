"""Links between cases and other things: whoever writes the address of a thing in a case, or in what
they bring to one, links the two both ways.

Nothing of it is stored: what the texts of a case name is read from them for who may read the case,
and the case stands on the page of the other thing for nobody else.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.cases.models import READABLE, Case, Contribution
from cop.cases.permissions import CASES, CasePermission
from cop.members.actor import Actor
from cop.platform.numbers import whole_number
from cop.platform.policy import among
from cop.platform.search import links
from cop.platform.search.sources import Hit, Shown, sources
from cop.spaces.models import Space

MOST = 400  # the newest that somebody may read, as search looks at
MOST_NAMING = 20


def named_by(session: Session, actor: Actor, case: Case, said: Sequence[str]) -> list[Shown]:
    """What the case and what was brought to it name, as far as the actor may see it.

    Args:
        said: contributions and their answers.

    One query for each kind of thing that is named, one more for spaces.
    """
    hits: defaultdict[str, list[Hit]] = defaultdict(list)
    named = list(_named(case, said))
    slugs = [name for kind, name in named if kind == "space"]
    ids = _spaces(session, slugs) if slugs else {}
    for kind, name in named:
        number = ids.get(name) if kind == "space" else whole_number(name)
        if number is not None and (kind, number) != ("case", case.id):
            hits[kind].append(Hit(number, 0))
    known = sources()
    return [
        shown
        for kind, group in hits.items()
        if kind in known
        for shown in known[kind].present(session, actor, group).values()
    ]


def naming(session: Session, actor: Actor, url: str) -> list[int]:
    """The cases that name the thing with this address, for who may read them; two queries.

    Their texts are encrypted where they are kept, so the newest are read for it.
    """
    wanted = links.to(url)
    if not actor.is_member or wanted is None:
        return []
    cases = session.execute(
        select(Case.id, Case.question, Case.text, Case.outcome)
        .where(among(Case.state, READABLE), CASES.clause(actor, CasePermission.READ))
        .order_by(Case.shared_at.desc(), Case.id.desc())
        .limit(MOST)
    ).all()
    said: defaultdict[int, list[str]] = defaultdict(list)
    for case_id, text, answer in session.execute(
        select(Contribution.case_id, Contribution.text, Contribution.answer).where(
            Contribution.case_id.in_([row.id for row in cases])
        )
    ):
        said[case_id] += [text, answer or ""]
    found = [
        row.id
        for row in cases
        if wanted != links.label_of("case", str(row.id))
        and any(links.label_of(*each) == wanted for each in _named(row, said[row.id]))
    ]
    return found[:MOST_NAMING]


def _named(case: Any, said: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(kind, name in its address) of what a case (or a row of its texts) and these words name."""
    parts = json.loads(case.text).values() if case.text else ()
    return links.named_in("\n".join((case.question or "", *parts, case.outcome or "", *said)))


def _spaces(session: Session, slugs: Sequence[str]) -> dict[str, int]:
    rows = session.execute(select(Space.slug, Space.id).where(Space.slug.in_(slugs)))
    return {row.slug: row.id for row in rows}
