"""That the tests' own look at statements finds what it is for."""

import pytest
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from cop.groups.models import Group, GroupFacilitator
from cop.spaces.circles import CircleMembership
from tests.support.correlating import listed_again


def of_its_groups(facilitates: ColumnElement[bool]) -> str:
    """Groups with somebody in them of whom something is so."""
    inside = aliased(CircleMembership)
    somebody = exists().where(inside.circle_id == Group.circle_id, facilitates)
    return str(select(Group.id).join(GroupFacilitator).where(somebody.correlate(Group)))


def test_a_table_that_a_nested_exists_lists_anew_is_found() -> None:
    leads = aliased(GroupFacilitator)
    any_group = exists().where(leads.group_id == Group.id)
    assert listed_again(of_its_groups(any_group)) == {"meeting_group"}
    assert listed_again(of_its_groups(any_group.correlate_except(leads))) == set()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM a WHERE a.id IN (SELECT a.id FROM a WHERE EXISTS (SELECT * FROM b))",
        "SELECT * FROM a JOIN b ON a.x = (1) WHERE EXISTS (SELECT * FROM a AS y, c WHERE 'FROM b')",
        "SELECT * FROM a JOIN b ON a.id = b.x WHERE EXISTS (SELECT * FROM a WHERE a.id = b.x)",
        "SELECT * FROM (SELECT * FROM a) AS x WHERE EXISTS (SELECT * FROM a WHERE a.id = x.id)",
    ],
)
def test_what_is_a_row_of_its_own_is_left_alone(statement: str) -> None:
    assert listed_again(statement) == set()
