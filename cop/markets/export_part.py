"""What markets hold of a member, for them to take along."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.markets.after import own_data
from cop.markets.floor_models import (
    FloorCall,
    FloorPerson,
    HostAct,
    QuestionVote,
    StallItem,
    StallVisit,
)
from cop.markets.models import MarketPlace, StallHolder, is_in_programme
from cop.members.actor import Actor
from cop.members.own_data import Room, Row, Rows, exports, plain
from cop.platform.i18n import lazy as _l
from cop.platform.storage import StoredFile


def _more(session: Session, actor: Actor) -> dict[str, list[Row]]:
    return {
        name: [plain(row) for row in rows]
        for name, rows in own_data.of_member(session, actor).items()
    }


def _files(session: Session, actor: Actor) -> Iterable[StoredFile]:
    return session.scalars(
        select(StoredFile)
        .join(StallItem, StallItem.file_id == StoredFile.id)
        .join(FloorPerson, FloorPerson.id == StallItem.person_id)
        .where(FloorPerson.member_id == actor.member_id)
        .order_by(StoredFile.id)
    )


exports(
    Room(
        "markets",
        _l("Knowledge markets"),
        [
            Rows(
                "places",
                _l("Where you stood in the plan"),
                [MarketPlace.member_id],
                [MarketPlace.market_id, MarketPlace.round, MarketPlace.stall_id],
                where=[is_in_programme()],
            ),
            Rows(
                "holds",
                _l("Stalls that you held"),
                [StallHolder.member_id, StallHolder.persona_id],
                [StallHolder.stall_id],
                under=StallHolder.persona_id,
            ),
            Rows(
                "came",
                _l("When you were on the floor"),
                [FloorPerson.member_id, FloorPerson.persona_id],
                [FloorPerson.market_id, FloorPerson.came_at, FloorPerson.left_at],
                under=FloorPerson.persona_id,
            ),
            Rows(
                "visits",
                _l("Stalls that you visited"),
                [StallVisit.person_id],
                [StallVisit.stall_id, StallVisit.round, StallVisit.came_at, StallVisit.left_at],
            ),
            Rows(
                "votes",
                _l("Questions that you voted for"),
                [QuestionVote.person_id],
                [QuestionVote.question_id, QuestionVote.at],
            ),
            Rows(
                "called",
                _l("What you called out to all"),
                [FloorCall.by_id],
                [FloorCall.market_id, FloorCall.text, FloorCall.at],
                under=FloorCall.by_id,
            ),
            Rows(
                "hosts_about_you",
                _l("What hosts did about you"),
                [HostAct.person_id],
                [HostAct.market_id, HostAct.act, HostAct.reason, HostAct.at],
            ),
        ],
        more=_more,
        titles={
            "asks_and_offers": _l("What you asked and offered"),
            "seconded": _l("What you wanted to know as well"),
            "wishes": _l("Stalls that you wished for"),
            "declined": _l("Stalls to which you rather do not go"),
            "said": _l("What you said at stalls"),
            "asked_at_stalls": _l("What you asked at stalls"),
            "left_at_stalls": _l("What you laid down at stalls"),
            "notes": _l("Notes of stalls that you saved"),
            "yields": _l("What you wrote of what stalls yielded"),
            "contacts_asked": _l("Contact that you offered"),
            "contacts_answered": _l("Contact that you answered"),
            "taken_along": _l("What you took along"),
            "looked_back": _l("How you looked back"),
        },
        files=_files,
        covers=frozenset(
            {
                *("market_entry.member_id", "market_entry.persona_id"),
                *("entry_second.member_id", "entry_second.persona_id", "entry_second.entry_id"),
                *("stall_wish.member_id", "stall_declined.member_id", "stall_message.person_id"),
                *("stall_question.person_id", "stall_item.person_id", "stall_note.by_id"),
                *("stall_yield.by_id", "market_contact.from_id", "market_contact.to_id"),
                *("market_taken_along.member_id", "market_taken_along.persona_id"),
                *("market_evaluation.member_id", "stall.entry_id", "ask_after.entry_id"),
            }
        ),
        left={
            "market_entry.answers_id": "the ask of another, for which an offer was made",
            "host_act.by_id": "what a host did in office, to somebody else",
            "market_match.ask_id": "made by the machine, of two people",
            "market_match.offer_id": "made by the machine, of two people",
            "market_floor.offered_id": "who hosts a market for now",
            "market_floor.offered_by_id": "who hosts a market for now",
        },
    )
)
