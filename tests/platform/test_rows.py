"""Rows read beside the session's own way of reading."""

from sqlalchemy import select

from cop.members.models import Theme
from cop.platform.db import named, rows, unit_of_work

NAMES = select(Theme.slug, Theme.name_nl).where(Theme.slug.like("nieuw-%")).order_by(Theme.slug)


def test_what_the_session_has_not_written_yet_is_among_them(app):
    with app.app_context(), unit_of_work() as session:
        made = Theme(slug="nieuw-1", name_nl="Een", name_en="One", position=900, group="thema")
        session.add(made)
        assert rows(session, NAMES).all() == [("nieuw-1", "Een")]
        made.name_nl = "Eén"
        assert [row.name_nl for row in named(rows(session, NAMES))] == ["Eén"]
        session.delete(made)
        assert named(rows(session, NAMES)) == []
