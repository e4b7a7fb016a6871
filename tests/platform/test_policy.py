"""The mechanism of permissions."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import bindparam, false

from cop.members.models import Organisation
from cop.platform.errors import NotFound
from cop.platform.policy import Policy, always


class Right(StrEnum):
    SEE = "see"
    CHANGE = "change"
    NOBODYS = "nobodys"


@dataclass(frozen=True)
class Somebody:
    """Who asks, of one region."""

    region: Any

    @property
    def left_open(self):
        return ANYBODY

    @property
    def parameters(self):
        return {"region": self.region}


ANYBODY = Somebody(bindparam("region"))
DRENTHE, UTRECHT = Somebody("Drenthe"), Somebody("Utrecht")


def in_own_region(somebody):
    return Organisation.region == somebody.region


POLICY = Policy(
    Organisation,
    {
        Right.SEE: (always,),
        Right.CHANGE: (in_own_region, lambda _somebody: false()),
        Right.NOBODYS: (),
    },
)


@pytest.fixture
def rows(make):
    rows = [make.organisation() for _ in range(2)]
    for row, region in zip(rows, ("Drenthe", "Utrecht"), strict=True):
        row.region = region
        make.save(row)
    return rows


def test_scope_and_question_agree(session, rows):
    for right in Right:
        scope = set(session.scalars(POLICY.scope(DRENTHE, right)))
        held = {r for r in rows if right in POLICY.held(session, DRENTHE, r.id)}
        assert {r.id for r in scope} == {r.id for r in held}


def test_any_predicate_grants_and_none_grants_nothing(session, rows):
    assert POLICY.held(session, DRENTHE, rows[0].id) == {Right.SEE, Right.CHANGE}
    assert POLICY.held(session, DRENTHE, rows[1].id) == {Right.SEE}


def test_what_was_built_for_one_answers_for_who_asks(session, rows):
    drenthe, utrecht = rows
    for _ in range(2):
        assert POLICY.get(session, DRENTHE, Right.CHANGE, drenthe.id).id == drenthe.id
        assert POLICY.get(session, UTRECHT, Right.CHANGE, utrecht.id).id == utrecht.id
        assert POLICY.held(session, UTRECHT, drenthe.id) == {Right.SEE}
        with pytest.raises(NotFound):
            POLICY.get(session, UTRECHT, Right.CHANGE, drenthe.id)


def test_what_is_not_there_and_what_is_not_allowed_look_the_same(session, rows):
    for row_id in (rows[1].id, 999_999):
        with pytest.raises(NotFound):
            POLICY.get(session, DRENTHE, Right.CHANGE, row_id)
    assert POLICY.held(session, DRENTHE, 999_999) == frozenset()
