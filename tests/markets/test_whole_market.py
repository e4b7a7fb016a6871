"""A whole market with thirty visitors, while its server is killed and a third of them is offline.

They are socket.io-client's from npm, not our own code (`visitors.mjs`). At the end everybody's
screen shows what the database holds: each thing once, and in order.
"""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cop.markets.announcing import Terms
from cop.markets.floor_models import FloorCall, FloorPerson, StallMessage, StallQuestion
from cop.platform import live
from cop.platform.db import unit_of_work
from tests.markets.hall import Hall
from tests.support import servers
from tests.support.site import TOP, Site

MODULES = TOP / ".cache" / "html-validator" / "node_modules"
VISITORS, STALLS, ROUNDS = 30, 6, 4
ROUND_MS, OFFLINE_MS = 3000, 4500


@pytest.fixture
def site() -> Iterator[Site]:
    folder = servers.scratch()
    site = Site(folder)
    yield site
    site.stop()
    servers.remove(folder)


@pytest.mark.skipif(
    shutil.which("node") is None or not (MODULES / "socket.io-client").exists(),
    reason="needs Node.js and socket.io-client: sh scripts/html_validator.sh",
)
def test_nothing_is_lost_or_doubled_whatever_happens_to_server_and_clients(site: Site) -> None:
    with site.app.app_context():
        terms = Terms(rounds=ROUNDS, minutes=20, pause=5, seats=6)
        hall = Hall(site.make, visitors=VISITORS, stalls=STALLS, terms=terms, planned=True)
        people = [
            {"cookie": f"cop={site.cookie(one)}", "host": one is hall.host}
            for one in [hall.host, *hall.visitors]
        ]
    site.begin("web", "serve", "all")
    site.wait()
    said = _held(site, hall.id, people)
    with site.app.app_context():
        _is_as_the_database(hall, said)
    assert site.trouble() == []


def _held(site: Site, market_id: int, people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The market from its first round to its last; the server is killed in the first and third."""
    asked = {
        "url": site.url,
        "market": market_id,
        "modules": str(MODULES),
        "people": people,
        "rounds": ROUNDS,
        "round": ROUND_MS,
        "offline": OFFLINE_MS,
    }
    command = ["node", Path(__file__).with_name("visitors.mjs")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as node:
        assert node.stdin is not None
        assert node.stdout is not None
        node.stdin.write(json.dumps(asked))
        node.stdin.close()
        for line in node.stdout:
            if line.startswith("["):
                shown: list[dict[str, Any]] = json.loads(line)
                return shown
            if line.strip() in ("round 0", "round 2"):
                time.sleep(ROUND_MS / 2000)
                site.kill("web")
                site.begin("web", "serve", "all")
        raise AssertionError("the visitors ended without a word")


def _is_as_the_database(hall: Hall, said: list[dict[str, Any]]) -> None:
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
        sent = [key for one in said for key in one["sent"]]
        assert len(sent) > VISITORS  # they talked
        assert sorted(keys) == sorted(set(sent))  # all that was answered, and nothing else
        stands = dict(
            session.execute(
                select(FloorPerson.member_id, FloorPerson.stall_id).where(
                    FloorPerson.market_id == hall.id
                )
            ).all()
        )
        calls = list(session.scalars(select(FloorCall.id).order_by(FloorCall.id)))
        assert len(calls) == ROUNDS
        for member, one in zip([hall.host, *hall.visitors], said, strict=True):
            heard = one["heard"]
            wanted = {f"market:{hall.id}", f"market-places:{hall.id}"}
            if stands[member.id] is not None:
                wanted.add(f"stall:{stands[member.id]}")
            assert set(heard) == wanted
            for audience, events in heard.items():
                last = live.last_number(session, audience)
                assert [event["number"] for event in events] == list(range(1, last + 1)), audience
            told = [e["subject"] for e in heard[f"market:{hall.id}"] if e["kind"] == "call"]
            assert told == calls
            if stands[member.id] is not None:
                _stall_is_whole(session, stands[member.id], heard[f"stall:{stands[member.id]}"])


def _stall_is_whole(session: Any, stall_id: int, events: list[dict[str, Any]]) -> None:
    """Every message and question of the stall, each once, in the order in which it was said."""
    for model, kind in ((StallMessage, "message"), (StallQuestion, "question")):
        stored = list(
            session.execute(
                select(model.id, model.text).where(model.stall_id == stall_id).order_by(model.id)
            )
        )
        shown = [(e["subject"], e["data"]["text"]) for e in events if e["kind"] == kind]
        assert sorted(shown) == [tuple(row) for row in stored]
        assert len(shown) == len(stored)
