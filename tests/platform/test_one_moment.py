"""Whoever only reads sees one moment throughout, whatever is stored meanwhile."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import InternalError

from cop.members.models import Member
from cop.platform.db import db, is_sqlite, reading, unit_of_work


def name_of(session, member):
    return session.scalar(select(Member.email).where(Member.id == member.id))


def change(member, email):
    with unit_of_work() as session:
        session.get_one(Member, member.id).email = email


def test_a_page_is_of_one_moment(app, make, database):
    member = make.member(email="eerst@example.org")
    with app.test_request_context("/"):
        app.preprocess_request()
        assert name_of(db.session(), member) == "eerst@example.org"
        change(member, "later@example.org")
        assert name_of(db.session(), member) == "eerst@example.org"
        db.session.rollback()
        assert name_of(db.session(), member) == "later@example.org"


def test_whoever_changes_something_sees_what_others_stored(app, make, database):
    """What is checked before a change is checked as it is then."""
    member = make.member(email="eerst@example.org")
    with reading() as session:
        assert name_of(session, member) == "eerst@example.org"
        change(member, "later@example.org")
        assert name_of(session, member) == "eerst@example.org"
    with unit_of_work() as session:
        if not is_sqlite(session):  # there writers take turns
            name_of(session, member)
            change(member, "nog later@example.org")
            assert name_of(session, member) == "nog later@example.org"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_only_reads_cannot_write(app, make, database):
    member = make.member()
    with reading() as session, pytest.raises(InternalError, match="read-only"):
        session.get(Member, member.id, with_for_update=True)
