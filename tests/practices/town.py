"""Practices of every state for the walks through the URL map (tests/support/town.py)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from cop.members.models import Member, Persona
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.practices import responding, together, writing
from cop.practices.models import Practice, PracticeRevision
from cop.spaces.circles import Visibility
from cop.spaces.models import Space
from tests.practices.writing import draft, practice, published, writes_along
from tests.support.factories import Factory

YEAR = timedelta(days=370)


def practices(make: Factory, owner: Member, other: Member, space: Space) -> dict[str, Any]:
    """What addresses of practices stand for, in a public space or in a private one."""
    public = space.circle.visibility == Visibility.PUBLIC
    now = clock.now()
    main = practice(
        make, owner, "public" if public else "space", space, at=now - YEAR, title="Bellen"
    )
    values: dict[str, Any] = {"practice_id": main.id, "ending": "ris"}
    organisation = make.organisation()
    if not public:
        make.join(other, space.circle)
    with unit_of_work() as session:
        row = session.get_one(Practice, main.id)
        row.years_told, row.review_on = 1, row.published_at.date() if row.published_at else None
        actor = make.actor(owner)
        writing.save(session, actor, main.id, "steps", "1. Bel.\n2. Luister.", 1, now)
        told = responding.tell(
            session,
            make.actor(other),
            main.id,
            "worked",
            "Een wijkteam.",
            "Meer rust.",
            now - timedelta(days=20),
        )
        responding.use(session, actor, main.id, organisation.id, now)
        shared = responding.compare(
            session, actor, main.id, {"steps": ("same", "Wij bellen ook.")}, True, now
        )
        first = session.scalars(
            select(PracticeRevision.id).where(
                PracticeRevision.practice_id == main.id,
                PracticeRevision.section == "steps",
                PracticeRevision.version == 1,
            )
        ).one()
    values |= {
        "number": 1,
        "revision_id": first,
        "section": "steps",
        "experience_id": told.id,
        "organisation_id": organisation.id,
        "comparison_id": shared.id,
        "practices.start_in_space.slug": space.slug,
    }
    begun = draft(make, owner, space, title="Samen eten")
    for name in ("publish", "delete", "write"):
        values[f"practices.{name}.practice_id"] = begun.id
    asked_of_other = make.member("Noor Gevraagd")
    if not public:
        make.join(asked_of_other, space.circle)
    with unit_of_work() as session:
        handle = make.persona(asked_of_other).handle
        together.ask(session, make.actor(owner), begun.id, handle, now)
    values["practices.withdraw.practice_id"] = begun.id
    values["practices.withdraw.handle"] = handle
    theirs = draft(make, other, title=f"Wandelen {space.id}")
    with unit_of_work() as session:
        together.ask(session, make.actor(other), theirs.id, make.persona(owner).handle, now)
    values["practices.invitation.practice_id"] = theirs.id
    along = published(make, other, draft(make, other, title=f"Koken {space.id}"))
    writes_along(make, other, owner, along)
    values["practices.stop.practice_id"] = along.id
    for name in ("writers", "end_writing"):
        values[f"practices.{name}.practice_id"] = along.id
    values["practices.end_writing.handle"] = make.persona(other).handle
    gone = make.member("Piet Vertrok")
    if not public:
        make.join(gone, space.circle)
    left = (
        practice(make, gone, title=f"Fietsen {space.id}")
        if public
        else practice(make, gone, "space", space, title=f"Fietsen {space.id}")
    )
    with unit_of_work() as session:
        session.get_one(Persona, make.persona(gone).id).gone_at = now
    values["practices.take_over.practice_id"] = left.id
    return values
