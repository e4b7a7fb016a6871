"""Of a community that has grown every page asks the database as often as before."""

import gc
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.cases.models import CaseTheme, Reading
from cop.demo import multiply
from cop.demo.build import Builder
from cop.discussions.models import (
    Bookmark,
    DiscussionList,
    DiscussionTheme,
    Draft,
    PostRevision,
    Reaction,
)
from cop.members.models import (
    MemberOrganisation,
    MemberRoleTag,
    MemberTheme,
    Persona,
    PersonaKind,
)
from cop.platform import clock
from cop.platform.db import db
from cop.practices.models import PracticeTheme
from cop.spaces.models import Space, SpaceOrganisation, SpaceTheme
from tests.support import town
from tests.support.client import Browser
from tests.support.counting import statements
from tests.support.factories import Factory
from tests.support.growing import Growing
from tests.support.town import Town
from tests.test_access import ON_ONE, address, methods, rules

# What is no page, or none here: the rule and why. Papers (PDF) ask what their pages ask.
NOT_VISITED = {
    "beraad.add_entry": "a cell of a table, which its query names",
    "members.first_run_page": "gone as soon as there is an administrator, as here",
    "members.picture": "a file, which nobody here has put there",
}
MORE = {"MEMBERS": 120, "SPACES": 60, "LISTS": 60, "DISCUSSIONS": 120, "POSTS_EACH": 4, "LONG": 90}


def _paths(app: Flask, sample: Town) -> Iterator[str]:
    """Every page's address; an argument that tests/support/town.py does not know fails."""
    for rule in rules(app):
        left = rule.endpoint in ("static", *NOT_VISITED) or str(rule).endswith("pdf")
        if "GET" in methods(rule) and not left:
            yield address(app, rule, sample.arguments(rule, "shown") or {})


def _asked(reader: Browser, path: str) -> list[str] | None:
    """What the page asks, None of what is no page.

    Writes are left out: a read mark is written at the first visit alone.
    """
    with statements() as seen:
        answer = reader.get(path)
        answer.close()
    assert answer.status_code < 400, f"{path}: {answer.status}"
    if answer.mimetype != "text/html":
        return None
    return [" ".join(each.split()) for each in seen if each.startswith(("SELECT", "WITH"))]


def _multiplied(session: Session) -> None:
    """As the large demo is made of the small one, of what stands in the town."""
    builder = Builder(session, clock.now())
    own = select(Persona).where(Persona.kind == PersonaKind.SELF, Persona.name.contains(" "))
    builder.own = {persona.handle: persona for persona in session.scalars(own)}
    builder.spaces = {space.slug: space for space in session.scalars(select(Space))}
    lists = session.scalars(select(DiscussionList))
    builder.lists = {each.short_name: each for each in lists}
    builder.lists["koffiehoek"] = next(iter(builder.lists.values()))
    multiply.multiply(builder, lambda _added: None)
    session.commit()


def _hung_on(session: Session, make: Factory, sample: Town) -> None:
    """What nothing in the town carries, so that it grows as well."""
    now, shown = clock.now(), sample.shown
    member_id, persona_id = sample.owner.id, make.persona(sample.owner).id
    post_id, theme_id = shown["post_id"], shown["administration.theme.row_id"]
    organisation_id = shown["organisation_id"]
    space_id = session.scalars(select(Space.id).where(Space.slug == shown["slug"])).one()
    discussion_id = shown["discussion_id"]
    session.add_all(
        [
            Bookmark(member_id=member_id, post_id=post_id, at=now),
            Reading(case_id=shown["case_id"], persona_id=persona_id, where="page", at=now),
            CaseTheme(case_id=shown["case_id"], theme_id=theme_id),
            DiscussionTheme(discussion_id=discussion_id, theme_id=theme_id),
            Draft(member_id=member_id, place=shown["place"], content="{}", saved_at=now),
            MemberOrganisation(member_id=member_id, organisation_id=organisation_id),
            MemberRoleTag(member_id=member_id, tag="professional"),
            MemberTheme(member_id=member_id, theme_id=theme_id),
            PostRevision(post_id=post_id, source="Eerst", html="Eerst", at=now, by_id=persona_id),
            PracticeTheme(practice_id=shown["practice_id"], theme_id=theme_id),
            Reaction(post_id=post_id, member_id=member_id, kind="thanks"),
            SpaceOrganisation(space_id=space_id, organisation_id=organisation_id),
            SpaceTheme(space_id=space_id, theme_id=theme_id),
        ]
    )
    session.commit()


@pytest.fixture
def _left_lying() -> Iterator[None]:
    """Of all that is made here, the collector would look at everything again and again."""
    gc.disable()
    yield
    gc.enable()


@ON_ONE
@pytest.mark.usefixtures("_left_lying")
def test_every_page_asks_as_often_of_a_large_community_as_of_a_small_one(
    app: Flask, make: Factory, browser: type[Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in MORE.items():
        monkeypatch.setattr(multiply, name, value)
    sample = town.build(make)
    reader = browser(sample.owner)
    with Session(db.engine) as session:
        _hung_on(session, make, sample)
    with db.engine.begin() as connection:
        growing = Growing(connection)
        growing.more()  # so that of everything there are several
    small = {path: _asked(reader, path) for path in _paths(app, sample)}
    with Session(db.engine) as session:
        _multiplied(session)
    with db.engine.begin() as connection:
        growing.connection = connection
        growing.more()
    pages = {path: asked for path, asked in small.items() if asked is not None}
    assert len(pages) > 300
    wrong = []
    for path, before in pages.items():
        after = _asked(reader, path) or []
        if len(after) != len(before):
            differ = sorted((Counter(after) - Counter(before)) + (Counter(before) - Counter(after)))
            wrong.append(f"{path}: {len(before)}, with the large one {len(after)}: {differ}")
    assert wrong == [], "\n".join(wrong)
