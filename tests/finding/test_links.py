"""Links between things go both ways, for who may read both ends."""

from flask import Flask

from cop.discussions import operations
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.search import links
from cop.spaces.circles import Visibility
from tests.practices.writing import practice
from tests.support.client import Browser
from tests.support.factories import Factory


def test_a_link_in_a_text_is_shown_at_its_other_end(make: Factory, browser: type[Browser]) -> None:
    anna, bram = make.member(), make.member()
    space = make.space(Visibility.OPEN, coordinator=anna, name="Rond de kweepeer")
    made = practice(make, anna, title="Kweeperen inmaken")
    text = f"Zie [dit](/praktijken/{made.id}#stappen) en [hier](/proeftuinen/{space.slug})."
    open_one = make.discussion(make.list(), anna, title="Iets heel anders")
    private = make.list(Visibility.PRIVATE, coordinator=anna)
    hidden = make.discussion(private, anna, title="Onder ons")
    for each in (open_one, hidden):
        with unit_of_work() as session:
            operations.answer(
                session, make.actor(anna), discussion_id=each.id, text=text, now=clock.now()
            )
    for path in (f"/verwant/practice/{made.id}", f"/verwant/space/{space.id}"):
        mine = browser(anna).get(path).text
        assert "Iets heel anders" in mine
        assert "Onder ons" in mine
        theirs = browser(bram).get(path).text
        assert "Iets heel anders" in theirs
        assert "Onder ons" not in theirs


LEADS = [
    ('<a href="/praktijken/12">x</a> <a href="/praktijken/12#een">y</a>', ["practice:12"]),
    ('<a href="http://127.0.0.1:8000/discussies/3?na=2">x</a>', ["discussion:3"]),
    ('<a href="https://elders.example.org/praktijken/12">x</a>', []),
    ('<a href="/proeftuinen/thuis-nuchter">x</a>', ["space:thuis~nuchter"]),
    ('<a href="/leden/anna">x</a> /praktijken/13', []),
]


def test_what_a_text_leads_to(app: Flask) -> None:
    for html, kinds in LEADS:
        assert list(links.labels_in(html)) == [f"=to:{each}" for each in kinds], html
