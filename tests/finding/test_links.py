"""Links between things go both ways, for who may read both ends."""

from flask import Flask
from sqlalchemy import select

from cop.cases import sharing
from cop.cases.models import CaseState
from cop.discussions import operations
from cop.discussions.models import Discussion
from cop.expertise import cards
from cop.members.models import Theme
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.search import links
from cop.spaces.circles import Visibility
from cop.spaces.models import LogbookEntry
from tests.cases.walking import walk
from tests.expertise.making import card, team
from tests.markets.making import Fair
from tests.practices.writing import TEXTS, practice
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
    fair = Fair(make, anna, title="Markt rond de mispel", source=text)
    assert f"/verwant/market/{fair.id}" in browser(bram).get(fair.url).text
    assert browser(bram).get(f"/verwant/market/{fair.id}").status_code == 200
    for path in (f"/verwant/practice/{made.id}", f"/verwant/space/{space.id}"):
        assert "Markt rond de mispel" in browser(bram).get(path).text
        mine = browser(anna).get(path).text
        assert "Iets heel anders" in mine
        assert "Onder ons" in mine
        theirs = browser(bram).get(path).text
        assert "Iets heel anders" in theirs
        assert "Onder ons" not in theirs


def test_a_case_is_linked_both_ways_for_its_circle_alone(
    make: Factory, browser: type[Browser]
) -> None:
    """What was brought to it leads away and back; who is outside sees nothing, also not here."""
    anna, bram, carla = make.member(), make.member(), make.member(site_role="administrator")
    circle = make.space(Visibility.PRIVATE, coordinator=anna).circle
    make.join(bram, circle)
    case = walk(make, anna).to(CaseState.SHARED, circle, bram)
    other = walk(make, anna).to(CaseState.SHARED, circle, bram)
    made = practice(make, anna, title="Kweeperen inmaken")
    private = make.list(Visibility.PRIVATE, coordinator=bram)
    hidden = make.discussion(private, bram, title="Onder ons")
    text = f"Zie /praktijken/{made.id} en (/discussies/{hidden.id}), niet /praktijken/{made.id}9."
    with unit_of_work() as session:
        operations.answer(
            session,
            make.actor(bram),
            discussion_id=hidden.id,
            text=f"Hoort bij [de casus](/casussen/{case.id}).",
            now=clock.now(),
        )
        sharing.contribute(
            session, make.actor(bram), case.id, "suggestion", text, clock.now(), True
        )
    for reader, sees in ((bram, True), (anna, False)):
        page = browser(reader).get(f"/casussen/{case.id}").text
        assert "Kweeperen inmaken" in page
        assert ("Onder ons" in page) is sees
        page = browser(reader).get(f"/verwant/case/{case.id}").text
        assert ("Onder ons" in page) is sees
    paths = [f"/verwant/practice/{made.id}", f"/verwant/discussion/{hidden.id}"]
    back = f'href="/casussen/{case.id}"'
    assert all(back in browser(bram).get(path).text for path in paths)
    assert f'href="/casussen/{other.id}"' not in browser(bram).get(paths[0]).text
    for outside in (carla, None):
        assert back not in browser(outside).get(paths[0]).text
        assert browser(outside).get(f"/verwant/case/{case.id}").status_code == 404


def test_every_kind_of_thing_leads_to_every_other_and_back(
    make: Factory, browser: type[Browser]
) -> None:
    """Whatever the text stands in, the thing that it names says so, and the other way round."""
    anna, bram = make.member("Anna Smit"), make.member("Bram Maas")
    space = make.space(Visibility.OPEN, coordinator=anna, name="Doel ruimte")
    make.join(bram, space.circle)
    made = practice(make, anna, title="Doel praktijk")
    talk = make.discussion(make.list(), anna, title="Doel gesprek")
    day = make.gathering(anna, title="Doel dag")
    fair = Fair(make, anna, title="Doel markt")
    known, _line = team(make, anna, "Doel team")
    case = walk(make, anna).to(CaseState.SHARED, space.circle, bram)
    targets = {
        "discussion": (talk.id, f"/discussies/{talk.id}"),
        "practice": (made.id, f"/praktijken/{made.id}"),
        "gathering": (day.id, f"/agenda/{day.id}"),
        "market": (fair.id, fair.url),
        "space": (space.id, f"/proeftuinen/{space.slug}"),
        "card": (known, f"/kenniskaart/{known}"),
        "case": (case.id, f"/casussen/{case.id}"),
    }
    text = " ".join(f"[x]({url})" for _id, url in targets.values())
    html = "".join(f'<a href="{url}">x</a>' for _id, url in targets.values())
    now = clock.now()
    named_in = make.discussion(make.list(), anna, title="Bron gesprek")
    practice(make, anna, title="Bron praktijk", sections=TEXTS | {"steps": text})
    make.gathering(anna, title="Bron dag", source=text, html=html)
    Fair(make, anna, title="Bron markt", source=text)
    make.space(Visibility.OPEN, coordinator=anna, name="Bron ruimte", aim=text, aim_html=html)
    keeps = make.space(Visibility.OPEN, coordinator=anna, name="Bron logboek")
    card_id, _line = team(make, anna, "Bron team")
    plain = " ".join(url for _id, url in targets.values())
    with unit_of_work() as session:
        actor = make.actor(anna)
        operations.answer(session, actor, discussion_id=named_in.id, text=text, now=now)
        entry = {"author_id": make.persona(anna).id, "at": now, "title": "Een week"}
        session.add(LogbookEntry(space_id=keeps.id, source=text, html=html, **entry))
        settings = cards.Settings(name="Bron team", about=f"Zie {plain}")
        cards.change(session, actor, card_id, settings, now, anyway=True)
    other = walk(make, anna).to(CaseState.SHARED, space.circle, bram)
    with unit_of_work() as session:
        sharing.contribute(session, make.actor(bram), other.id, "suggestion", plain, now, True)
    page = browser(bram)
    for kind, (id, url) in targets.items():
        akin = page.get(f"/verwant/{kind}/{id}").text.split("Named in")[1].split("More like")[0]
        for source in ("gesprek", "praktijk", "dag", "markt", "ruimte", "logboek", "team"):
            assert f"Bron {source}" in akin, (kind, source)
        assert f'href="/casussen/{other.id}"' in akin, kind
        assert f'href="/verwant/{kind}/{id}"' in page.get(url).text, kind
    mine = browser(bram).get(f"/verwant/practice/{made.id}").text
    assert "Named in" in mine
    assert "Named in" not in browser().get(f"/verwant/space/{space.id}").text


def test_what_is_on_the_same_themes_is_akin_though_it_says_it_in_other_words(
    make: Factory, browser: type[Browser]
) -> None:
    anna = make.member()
    known, _line = team(make, anna, "Team Noord")  # on ghb
    on_it = make.discussion(make.list(), anna, title="Iets heel anders")
    hidden = make.discussion(make.list(Visibility.CLOSED), anna, title="Achter een deur")
    with unit_of_work() as session:
        ghb = session.scalars(select(Theme).where(Theme.slug == "ghb")).one()
        for each in (on_it, hidden):
            kept = session.get_one(Discussion, each.id)
            kept.themes.append(ghb)
    for path, other in (
        (f"/verwant/card/{known}", on_it.title),
        (f"/verwant/discussion/{on_it.id}", "Team Noord"),
    ):
        page = browser(make.member()).get(path).text
        assert other in page
        assert hidden.title not in page


def test_a_card_leads_to_what_its_person_wrote_and_to_who_they_are(
    make: Factory, browser: type[Browser]
) -> None:
    anna, bram = make.member("Anna Smit"), make.member()
    made = card(make, anna)
    handle = make.persona(anna).handle
    page = browser(bram).get(f"/kenniskaart/{made.id}").text
    assert f'href="/zoeken?van={handle}"' in page
    assert f'href="/leden/{handle}"' in page
    assert f'href="/kenniskaart/{made.id}"' in browser(bram).get(f"/leden/{handle}").text


LEADS = [
    ('<a href="/praktijken/12">x</a> <a href="/praktijken/12#een">y</a>', ["practice:12"]),
    ('<a href="http://127.0.0.1:8000/discussies/3?na=2">x</a>', ["discussion:3"]),
    ('<a href="https://elders.example.org/praktijken/12">x</a>', []),
    ('<a href="/proeftuinen/thuis-nuchter">x</a>', ["space:thuis~nuchter"]),
    ('<a href="/leden/anna">x</a> /praktijken/13', []),
]


PLAIN = [
    ("Zie /praktijken/12, /praktijken/12 en\n/agenda/3.", [("practice", "12"), ("gathering", "3")]),
    ("(http://127.0.0.1:8000/discussies/3#nieuw)", [("discussion", "3")]),
    ("https://elders.example.org/praktijken/12", []),
    ("www.example.org/praktijken/12 en en/of/praktijken/13", []),
    ("/proeftuinen/thuis-nuchter", [("space", "thuis-nuchter")]),
]


def test_what_a_text_leads_to(app: Flask) -> None:
    for text, things in PLAIN:
        assert list(links.named_in(text)) == things, text
    for html, kinds in LEADS:
        assert list(links.labels_in(html)) == [f"=to:{each}" for each in kinds], html
