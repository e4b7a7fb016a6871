"""A crowd at a market: socket.io-client's from npm, not our own code (`visitors.mjs`); what their
screens show at the end is held against the database."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.markets.floor_models import FloorCall, FloorPerson, StallMessage, StallQuestion
from cop.members.models import Member
from cop.platform import live
from cop.platform.db import unit_of_work
from cop.platform.live.models import LiveEvent
from tests.support import node
from tests.support.site import Site

VISITORS, STALLS = 30, 6
SOAK = bool(os.environ.get("SOAK"))
ROUND_MS, OFFLINE_MS = 4000 if SOAK else 1000, 30_000

needs_node = pytest.mark.skipif(not node.installed("socket.io-client"), reason=node.MISSING)


class Held(Protocol):
    """A market, its host, and who visits it in the crowd."""

    id: int
    host: Member
    visitors: list[Member]


def hold(
    site: Site,
    hall: Held,
    rounds: int,
    urls: Sequence[str],
    in_round: Mapping[int, Callable[[], None]],
) -> list[dict[str, Any]]:
    """The market from its first round to its last; what each screen shows at the end.

    A third of the crowd is offline for half a minute, from the first round on.

    Args:
        urls: where the crowd is spread over; who loses one goes to the next.
        in_round: round → what happens while it goes on.
    """
    asked = {
        "url": site.url,
        "urls": list(urls),
        "market": hall.id,
        "modules": str(node.MODULES),
        "people": [
            {"cookie": f"cop={site.cookie(one)}", "host": one is hall.host}
            for one in [hall.host, *hall.visitors]
        ],
        "rounds": rounds,
        "round": ROUND_MS,
        "offline": OFFLINE_MS,
    }
    command = ["node", Path(__file__).with_name("visitors.mjs")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        print(json.dumps(asked), file=running.stdin, flush=True)
        for line in running.stdout:
            if line.startswith("["):
                shown: list[dict[str, Any]] = json.loads(line)
                return shown
            word, _space, number = line.strip().partition(" ")
            if word == "round":
                in_round.get(int(number), lambda: None)()
                print(file=running.stdin, flush=True)
        raise AssertionError("the visitors ended without a word")


def is_as_the_database(
    hall: Held, rounds: int, said: Sequence[dict[str, Any]], others: int = 0
) -> None:
    """Everybody's screen shows what the database holds: each thing once, and in order.

    Args:
        others: how many things others than the crowd typed.
    """
    with unit_of_work() as session:
        keys = {
            *session.scalars(select(StallMessage.key)),
            *session.scalars(select(StallQuestion.key)),
            *session.scalars(select(FloorCall.key)),
        }
        rows = [
            *session.execute(select(StallMessage.person_id, StallMessage.key)).all(),
            *session.execute(select(StallQuestion.person_id, StallQuestion.key)).all(),
        ]
        assert len(rows) == len(set(rows))
        sent = {key for one in said for key in one["sent"]}
        assert len(sent) > VISITORS  # they talked
        assert sent <= keys  # all that was answered
        assert len(keys) == len(sent) + others  # and nothing else
        stands = dict(
            session.execute(
                select(FloorPerson.member_id, FloorPerson.stall_id).where(
                    FloorPerson.market_id == hall.id
                )
            ).all()
        )
        calls = list(session.scalars(select(FloorCall.id).order_by(FloorCall.id)))
        assert len(calls) == rounds
        for member, one in zip([hall.host, *hall.visitors], said, strict=True):
            heard = one["heard"]
            wanted = {f"market:{hall.id}", f"market-places:{hall.id}"}
            if stands[member.id] is not None:
                wanted.add(f"stall:{stands[member.id]}")
            assert set(heard) == wanted
            for audience, events in heard.items():
                shown = [(e["number"], e["kind"], e["subject"]) for e in events]
                assert shown == _told(session, audience), audience
            told = [e["subject"] for e in heard[f"market:{hall.id}"] if e["kind"] == "call"]
            assert told == calls
            if stands[member.id] is not None:
                _stall_is_whole(session, stands[member.id], heard[f"stall:{stands[member.id]}"])


def _told(session: Session, audience: str) -> list[tuple[int, str, int]]:
    """All that an audience was told, in order: numbers without a gap."""
    told = [
        tuple(row)
        for row in session.execute(
            select(LiveEvent.number, LiveEvent.kind, LiveEvent.subject)
            .where(LiveEvent.audience == audience)
            .order_by(LiveEvent.number)
        )
    ]
    assert [row[0] for row in told] == list(range(1, live.last_number(session, audience) + 1))
    return told


def _stall_is_whole(session: Session, stall_id: int, events: list[dict[str, Any]]) -> None:
    """Every message and question of the stall, each once, in the order in which it was told: who
    says something at the same moment as another may be told after them with a lower number."""
    for model, kind in ((StallMessage, "message"), (StallQuestion, "question")):
        stored = dict(
            session.execute(select(model.id, model.text).where(model.stall_id == stall_id)).all()
        )
        order = [
            subject
            for _number, its_kind, subject in _told(session, f"stall:{stall_id}")
            if its_kind == kind
        ]
        assert len(order) == len(stored)
        shown = [(e["subject"], e["data"]["text"]) for e in events if e["kind"] == kind]
        assert shown == [(id, stored[id]) for id in order]
