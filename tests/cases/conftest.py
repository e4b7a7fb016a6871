"""What the tests of cases share: an author, readers, a circle."""

from dataclasses import dataclass

import pytest

from cop.members.models import Member
from cop.spaces.circles import Circle, Standing, Visibility
from tests.cases.walking import Walk, walk


@dataclass
class People:
    """An author and everybody who is something to their case."""

    author: Member
    reader: Member
    colleague: Member  # in the circle
    coordinator: Member  # of the circle
    stranger: Member
    circle: Circle
    slug: str
    walk: Walk


@pytest.fixture
def people(make) -> People:
    author = make.member("Annelies de Wolf")
    coordinator = make.member("Coen Coster")
    space = make.space(Visibility.CLOSED, coordinator=coordinator, name="Proeftuin Oosterhaven")
    colleague = make.member("Karim Jansen")
    for each in (author, colleague):
        make.join(each, space.circle, Standing.JOINED)
    return People(
        author=author,
        reader=make.member("Ria Verlinden"),
        colleague=colleague,
        coordinator=coordinator,
        stranger=make.member("Sjoerd Bakker"),
        circle=space.circle,
        slug=space.slug,
        walk=walk(make, author),
    )
