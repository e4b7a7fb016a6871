"""Where a member takes part and what they wrote in spaces, for them to take along."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.own_data import Room, Row, Rows, exports, plain
from cop.platform.i18n import lazy as _l
from cop.platform.storage import StoredFile
from cop.spaces import holders
from cop.spaces.circles import (
    CircleInvitation,
    CircleMembership,
    CirclePseudonym,
    CircleRemoval,
)
from cop.spaces.models import LogbookEntry, Measure, MeasureValue, Space, SpaceFile


def _more(session: Session, actor: Actor) -> dict[str, list[Row]]:
    """With the names of the places, as far as the member may still know of them."""

    def of(model: Any, *columns: Any) -> Sequence[Any]:
        return session.execute(
            select(model.circle_id, *columns)
            .where(model.member_id == actor.member_id)
            .order_by(model.circle_id)
        ).all()

    joined = of(CircleMembership, CircleMembership.standing, CircleMembership.since)
    invited = of(CircleInvitation, CircleInvitation.standing, CircleInvitation.at)
    put_out = of(CircleRemoval, CircleRemoval.reason, CircleRemoval.at)
    every = {row.circle_id for row in (*joined, *invited, *put_out)}
    places = holders.places(session, actor, every)

    def given(rows: Sequence[Any]) -> list[Row]:
        found = []
        for row in rows:
            place = places.get(row.circle_id)
            values = dict(row._mapping)
            del values["circle_id"]
            where = {"place": place.name, "address": place.url} if place else {}
            found.append(plain(where | values))
        return found

    return {"joined": given(joined), "invited": given(invited), "put_out": given(put_out)}


def _files(session: Session, actor: Actor) -> Iterable[StoredFile]:
    return session.scalars(
        select(StoredFile)
        .join(SpaceFile, SpaceFile.file_id == StoredFile.id)
        .join(Persona, Persona.id == SpaceFile.added_by_id)
        .where(Persona.member_id == actor.member_id)
        .order_by(StoredFile.id)
    )


exports(
    Room(
        "spaces",
        _l("Spaces"),
        [
            Rows(
                "pseudonyms",
                _l("Your pseudonyms"),
                [CirclePseudonym.persona_id],
                [],
                under=CirclePseudonym.persona_id,
            ),
            Rows(
                "logbook",
                _l("What you wrote in logbooks"),
                [LogbookEntry.author_id],
                [*(LogbookEntry.title, LogbookEntry.source, LogbookEntry.at)],
                under=LogbookEntry.author_id,
            ),
            Rows(
                "files",
                _l("Files that you added to spaces"),
                [SpaceFile.added_by_id],
                [SpaceFile.title, SpaceFile.added_at],
                under=SpaceFile.added_by_id,
            ),
            Rows(
                "measures",
                _l("Measures that you added to spaces"),
                [Measure.added_by_id],
                [
                    *(Measure.kind, Measure.name, Measure.unit),
                    *(Measure.definition, Measure.created_at),
                ],
                under=Measure.added_by_id,
            ),
            Rows(
                "values",
                _l("Values that you added to measures"),
                [MeasureValue.added_by_id],
                [*(MeasureValue.on, MeasureValue.value, MeasureValue.people, MeasureValue.note)],
                under=MeasureValue.added_by_id,
            ),
            Rows(
                "contact_of",
                _l("Spaces of which you are the contact"),
                [Space.contact_id],
                [Space.name, Space.slug],
                under=Space.contact_id,
            ),
        ],
        more=_more,
        titles={
            "joined": _l("Where you take part"),
            "invited": _l("Invitations to you"),
            "put_out": _l("Where you were put out"),
        },
        files=_files,
        covers=frozenset(
            f"{table}.{column}"
            for table in ("circle_membership", "circle_invitation", "circle_removal")
            for column in ("member_id", "persona_id")
        ),
        left={"circle_invitation.by_id": "who invited is somebody else"},
    )
)
