"""With the large demo every page asks the database as often as with the small one."""

from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from cop.demo import multiply
from cop.demo.build import Builder
from cop.platform import clock
from tests.support import town
from tests.support.client import Browser
from tests.support.counting import statements
from tests.support.factories import Factory
from tests.support.town import Town, needed
from tests.test_access import ON_ONE, address, methods, rules

# Rooms whose own things the large demo has more of. A page of one case, one market or one practice
# is the same with both, and each room's own tests count what such a page asks; their overviews,
# and every other address that names no thing, are visited here too.
GROWN = {"discussions", "finding", "members", "spaces"}
# What is no page, or none here: the rule and why.
NOT_VISITED = {
    "members.first_run_page": "gone as soon as there is an administrator, as here",
    "members.picture": "a file, which nobody here has put there",
    "groups.own_pdf": "a paper, made in seconds, of one member's own dates",
}
MORE = {"MEMBERS": 120, "SPACES": 60, "LISTS": 60, "DISCUSSIONS": 120, "POSTS_EACH": 4, "LONG": 90}


def _paths(app: Flask, sample: Town) -> Iterator[str]:
    """Every page's address; an argument that tests/support/town.py does not know fails."""
    for rule in rules(app):
        room = rule.endpoint.partition(".")[0]
        if "GET" not in methods(rule) or rule.endpoint in ("static", *NOT_VISITED):
            continue
        if not needed(rule) or room in GROWN:
            yield address(app, rule, sample.arguments(rule, "shown") or {})


def _asked(reader: Browser, path: str) -> list[str]:
    """What the page asks. Writes are left out: a read mark is written at the first visit alone."""
    with statements() as seen:
        answer = reader.get(path)
        answer.close()
    assert answer.status_code < 400, f"{path}: {answer.status}"
    return [" ".join(each.split()) for each in seen if each.startswith(("SELECT", "WITH"))]


@ON_ONE
def test_every_page_asks_as_often_of_the_large_demo_as_of_the_small_one(
    app: Flask,
    make: Factory,
    browser: type[Browser],
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in MORE.items():
        monkeypatch.setattr(multiply, name, value)
    sample = town.build(make)
    reader = browser(sample.owner)
    builder = Builder(session, clock.now())  # beside the town, which `build` would refuse
    builder.build()
    session.commit()
    small = {path: _asked(reader, path) for path in _paths(app, sample)}
    added: list[int] = []
    multiply.multiply(builder, added.append)
    session.commit()
    assert sum(added) == MORE["DISCUSSIONS"] * MORE["POSTS_EACH"] + MORE["LONG"]
    wrong = []
    for path, before in small.items():
        after = _asked(reader, path)
        if len(after) != len(before):
            differ = sorted((Counter(after) - Counter(before)) + (Counter(before) - Counter(after)))
            wrong.append(f"{path}: {len(before)}, with the large one {len(after)}: {differ}")
    assert wrong == [], "\n".join(wrong)
