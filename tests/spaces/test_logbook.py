"""The logbook: who takes part writes in it, under the name they have there."""

import re

import pytest
from sqlalchemy import func, select

from cop.members.models import Persona, SiteRole
from cop.notifications.models import Notification
from cop.platform.db import unit_of_work
from cop.platform.worker import run_due
from cop.spaces.circles import CircleMembership, Standing, Visibility
from cop.spaces.models import LogbookEntry

PUBLIC, OPEN, CLOSED, PRIVATE = Visibility


def entries():
    with unit_of_work() as session:
        return list(session.scalars(select(LogbookEntry).order_by(LogbookEntry.id)))


@pytest.fixture
def scene(make, browser):
    """A closed space with a coordinator and somebody who joined: (space, url, pages)."""
    coordinator, member = make.member("Noor Smit"), make.member("Sam Vos")
    space = make.space(CLOSED, coordinator=coordinator, pseudonyms=True)
    make.join(member, space.circle)
    pages = {"coordinator": browser(coordinator), "member": browser(member)}
    return space, f"/proeftuinen/{space.slug}/logboek", pages


def test_who_takes_part_writes_changes_and_takes_away(scene):
    _space, url, pages = scene
    page = pages["member"]
    answer = page.send(f"{url}/nieuw", {"title": "Begin", "source": "We **begonnen**."})
    entry = entries()[0]
    assert answer.headers["Location"] == f"{url}/{entry.id}"
    assert "<strong>begonnen</strong>" in page.get(f"{url}/{entry.id}").text
    page.send(f"{url}/{entry.id}/bewerken", {"source": "We gingen door."})
    assert "We gingen door." in page.get(f"{url}/{entry.id}").text
    assert page.get(f"{url}/{entry.id}/verwijderen").status_code == 200
    page.post(f"{url}/{entry.id}/verwijderen")
    assert entries() == []


def test_it_carries_the_name_that_the_writer_has_in_the_space(make, browser, scene):
    space, url, pages = scene
    hidden = make.member("Ria Bakker")
    make.pseudonym(hidden, space.circle, "Zeewind")
    browser(hidden).send(f"{url}/nieuw", {"title": "Stil", "source": "Woorden"})
    shown = pages["member"].get(url).text
    assert "Zeewind" in shown
    assert "Ria" not in shown


def test_others_do_not_change_it_and_only_coordinators_take_it_away(make, browser, scene):
    space, url, pages = scene
    pages["member"].send(f"{url}/nieuw", {"title": "Begin", "source": "Tekst"})
    path = f"{url}/{entries()[0].id}"
    make.join(other := make.member(), space.circle)
    outsider = make.member(site_role=SiteRole.ADMINISTRATOR)
    for page, change, delete in (
        (browser(other), 404, 404),
        (browser(outsider), 404, 404),
        (pages["coordinator"], 404, 200),
    ):
        assert page.get(f"{path}/bewerken").status_code == change
        assert page.get(f"{path}/verwijderen").status_code == delete
    assert pages["coordinator"].post(f"{path}/verwijderen").status_code == 302


def test_an_entry_of_another_space_does_not_exist_in_this_one(make, scene, logbook_entry):
    _space, url, pages = scene
    coordinator = make.member()
    other = make.space(OPEN, coordinator=coordinator)
    entry = logbook_entry(other, coordinator)
    for end in ("", "/bewerken", "/verwijderen"):
        assert pages["member"].get(f"{url}/{entry.id}{end}").status_code == 404


def test_the_same_form_sent_twice_is_one_entry(scene):
    _space, url, pages = scene
    for _ in range(2):
        pages["member"].send(f"{url}/nieuw", {"title": "Begin", "source": "Tekst"})
    assert len(entries()) == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": ""}, "Fill this in"),
        ({"title": "x" * 5000}, "too long"),
        ({"source": ""}, "Fill this in"),
        ({"source": "x" * 1_000_000}, "too long"),
    ],
    ids=["no title", "long title", "no text", "1 MB"],
)
def test_what_cannot_be_is_said_and_kept(scene, change, sentence):
    _space, url, pages = scene
    fields = {"title": "Begin", "source": "Wat ik typte"} | change
    answer = pages["member"].send(f"{url}/nieuw", fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert (fields["title"] or fields["source"])[:100] in answer.text
    assert entries() == []


def test_script_and_tracking_pixels_are_shown_as_text(scene):
    _space, url, pages = scene
    bad = "<script>alert(1)</script>\n\n![x](https://elders.example/pixel.gif)\n\n[k](javascript:x)"
    fields = {"title": "<b>Vet</b>", "source": bad, "anyway": "yes"}
    pages["member"].send(f"{url}/nieuw", fields)
    shown = pages["member"].get(f"{url}/{entries()[0].id}").text
    assert "<script>alert" not in shown
    assert "<img src" not in shown
    assert 'href="javascript' not in shown
    assert "<b>Vet</b>" not in shown


def test_a_stale_change_shows_what_it_says_now(scene):
    _space, url, pages = scene
    page = pages["member"]
    page.send(f"{url}/nieuw", {"title": "Begin", "source": "Eerste"})
    path = f"{url}/{entries()[0].id}/bewerken"
    page.send(path, {"source": "In het andere venster"})
    fields = {"version": "1", "title": "Begin", "source": "In dit venster"}
    answer = page.post(path, fields)
    assert answer.status_code == 422
    assert "In het andere venster" in answer.text
    assert "In dit venster" in answer.text
    assert page.post(path, fields | {"version": "2"}).status_code == 302


def test_pages_go_on_without_gaps_or_doubles(make, browser, logbook_entry, now):
    coordinator = make.member()
    space = make.space(PUBLIC, coordinator=coordinator)
    for n in range(45):  # many at the same moment
        logbook_entry(space, coordinator, title=f"Stap {n:02d}", at=now)
    url, seen = f"/proeftuinen/{space.slug}/logboek", []
    while url:
        shown = browser().get(url).text
        seen += [part.split("Stap ")[1][:2] for part in shown.split("row-title")[1:]]
        before = shown.split('rel="next"')
        url = before[0].rsplit('href="', 1)[1].split('"')[0] if len(before) > 1 else None
    assert seen == sorted({f"{n:02d}" for n in range(45)}, reverse=True)


@pytest.mark.parametrize("mark", ["x", "====", "MjAyNg", "%F0%9F%98%80"])
def test_a_made_up_place_does_no_harm(make, browser, mark):
    space = make.space(PUBLIC)
    answer = browser().get(f"/proeftuinen/{space.slug}/logboek?voor={mark}")
    assert answer.status_code == 200


def test_a_moderator_takes_away_what_they_can_read_only(make, browser, logbook_entry):
    moderator = browser(make.member(site_role=SiteRole.MODERATOR))
    coordinator = make.member()
    for visibility, status in ((OPEN, 302), (PRIVATE, 404)):
        space = make.space(visibility, coordinator=coordinator)
        entry = logbook_entry(space, coordinator)
        path = f"/proeftuinen/{space.slug}/logboek/{entry.id}/verwijderen"
        assert moderator.post(path).status_code == status
    with unit_of_work() as session:
        assert session.scalar(select(func.count(LogbookEntry.id))) == 1


def test_who_left_takes_away_what_they_wrote_but_no_longer_changes_it(make, browser, logbook_entry):
    writer = make.member()
    space = make.space(PRIVATE, coordinator=make.member())
    make.join(writer, space.circle, Standing.JOINED)
    entry = logbook_entry(space, writer)
    page = browser(writer)
    page.post(f"/kringen/{space.circle_id}/vertrekken")
    path = f"/proeftuinen/{space.slug}/logboek/{entry.id}"
    assert page.get(path).status_code == 404
    assert page.get(f"{path}/bewerken").status_code == 404
    assert page.post(f"{path}/verwijderen").headers["Location"] == "/"
    assert entries() == []


def test_mentions_are_links_and_whoever_is_mentioned_is_told_once(scene, make, browser):
    """As in posts: only names that take part there, and never the writer."""
    space, url, pages = scene
    stranger = make.member("Bo Buiten")
    hidden = make.member("Ria Bakker")
    pseudonym = make.pseudonym(hidden, space.circle, "Zeewind")
    noor, sam = (
        next(h for h in handles(space) if h.startswith(name)) for name in ("noor-smit", "sam-vos")
    )
    words = f"Met @{noor}, @{sam}, @{pseudonym.handle} en @{make.persona(stranger).handle}."
    page = pages["member"]
    answer = page.send(f"{url}/nieuw", {"title": "Samen", "source": words})
    shown = page.get(answer.location).text.split('<div class="prose')[1]
    for handle in (noor, sam, pseudonym.handle):
        assert f'<a class="mention" href="/leden/{handle}"' in shown
    assert f'href="/leden/{make.persona(stranger).handle}"' not in shown
    run_due()
    page.send(f"{answer.location}/bewerken", {"source": words + " Verder!"})
    run_due()
    assert shown.count('class="mention"') == 3
    with unit_of_work() as session:
        told = session.execute(
            select(Notification.member_id, Notification.kind).order_by(Notification.member_id)
        ).all()
        noor_id = session.scalar(select(Persona.member_id).where(Persona.handle == noor))
    kind = "spaces.mention"
    assert [tuple(row) for row in told] == [(noor_id, kind), (hidden.id, kind)]
    line = pages["coordinator"].get("/meldingen").text
    assert "Sam Vos mentioned you in “Samen”" in line
    lead = re.search(r'href="(/meldingen/\d+)"', line)[1]
    assert pages["coordinator"].get(lead).location == answer.location
    assert "Bakker" not in page.get(answer.location).text


def test_a_mention_that_is_added_later_counts_as_well(scene, make):
    space, url, pages = scene
    answer = pages["member"].send(f"{url}/nieuw", {"title": "Samen", "source": "Eerst zonder."})
    noor = next(h for h in handles(space) if h.startswith("noor-smit"))
    pages["member"].send(f"{answer.location}/bewerken", {"source": f"Met @{noor}."})
    run_due()
    assert f'href="/leden/{noor}"' in pages["member"].get(answer.location).text
    assert "mentioned you" in pages["coordinator"].get("/meldingen").text


def handles(space):
    with unit_of_work() as session:
        return list(
            session.scalars(
                select(Persona.handle)
                .join(CircleMembership, CircleMembership.persona_id == Persona.id)
                .where(CircleMembership.circle_id == space.circle_id)
            )
        )


def test_the_preview_links_mentions_as_the_page_does(scene, make, browser):
    space, url, pages = scene
    page = pages["member"]
    token = {"csrf_token": page._fresh_token()}
    noor = next(h for h in handles(space) if h.startswith("noor-smit"))
    text = f"Dank @{noor}."
    page.send(f"{url}/nieuw", {"title": "Begin", "source": text})
    link = re.search(
        r'<a class="mention"[^>]*>@Noor Smit</a>', page.get(f"{url}/{entries()[0].id}").text
    )
    place = f"/voorbeeld?plek=space:{space.id}"
    assert link[0] in page.post(place, {"text": text} | token).text
    assert f"/voorbeeld?plek=space:{space.id}" in page.get(f"{url}/nieuw").text
    assert noor in page.get(f"/noemen/space:{space.id}?q=noor").text
    stranger = browser(make.member())
    assert stranger.post(place, {"text": text}).status_code == 404
    assert stranger.get(f"/noemen/space:{space.id}?q=noor").status_code == 404
