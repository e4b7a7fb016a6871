"""The mechanism of permissions."""

from enum import StrEnum

import pytest
from sqlalchemy import false

from cop.members.models import Organisation
from cop.platform.errors import NotFound
from cop.platform.policy import Policy, always


class Right(StrEnum):
    SEE = "see"
    CHANGE = "change"
    NOBODYS = "nobodys"


def in_own_region(region):
    return Organisation.region == region


POLICY = Policy(
    Organisation,
    {
        Right.SEE: (always,),
        Right.CHANGE: (in_own_region, lambda _region: false()),
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
        scope = set(session.scalars(POLICY.scope("Drenthe", right)))
        held = {r for r in rows if right in POLICY.held(session, "Drenthe", r.id)}
        assert {r.id for r in scope} == {r.id for r in held}


def test_any_predicate_grants_and_none_grants_nothing(session, rows):
    assert POLICY.held(session, "Drenthe", rows[0].id) == {Right.SEE, Right.CHANGE}
    assert POLICY.held(session, "Drenthe", rows[1].id) == {Right.SEE}


def test_what_is_not_there_and_what_is_not_allowed_look_the_same(session, rows):
    for row_id in (rows[1].id, 999_999):
        with pytest.raises(NotFound):
            POLICY.get(session, "Drenthe", Right.CHANGE, row_id)
    assert POLICY.held(session, "Drenthe", 999_999) == frozenset()
