"""The site believes one mail server, and has a list with a discussion."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.incoming.mails import believe


@pytest.fixture(autouse=True)
def trusted(app: Flask) -> Iterator[None]:
    before = app.config["SETTINGS"]
    believe(app)
    yield
    app.config["SETTINGS"] = before


@pytest.fixture
def scene(make: Any) -> Any:
    """A member, an open list, and a discussion that somebody else started there."""

    class Scene:
        member = make.member("Marieke de Wit", email="marieke@voorbeeld.example.org")
        other = make.member("Pieter Hoekstra", email="pieter@elders.example.net")
        list = make.list(short_name="herstel", name="Herstel")
        discussion = make.discussion(list, other, text="Hoe doen jullie dat?")

    return Scene()
