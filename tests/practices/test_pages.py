"""Pages of practices: forms that grow, what readers see, references, paper, query counts."""

import io
import json
import re
from datetime import timedelta

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select

from cop.notifications.models import Notification
from cop.notifications.operations import notify
from cop.platform import clock, pdf
from cop.platform.db import reading, unit_of_work
from cop.platform.worker import run_due
from cop.practices import beside, origin_part, responding, words
from cop.practices.models import Practice, PracticeSection
from cop.spaces import origins
from cop.spaces.circles import Visibility
from tests.practices.writing import draft, practice, writes_along
from tests.support.client import Browser
from tests.support.counting import statements
from tests.support.factories import Factory


def test_from_a_title_to_a_page_that_others_read(make: Factory, browser: type[Browser]) -> None:
    anna, reader = make.member(), make.member()
    mine = browser(anna)
    refused = mine.send("/praktijken/nieuw", {"title": "Bellen"})
    assert refused.status_code == 422
    assert 'value="Bellen"' in refused.text  # everything typed is kept
    made = mine.send("/praktijken/nieuw", {"title": "Bellen", "summary": "Een dag erna."})
    url = made.headers["Location"].removesuffix("/schrijven")
    assert browser(reader).get(url).status_code == 404
    early = mine.send(f"{url}/publiceren")
    assert early.status_code == 422
    assert "/schrijven/context" in early.text
    for part, text in (("context", "Een dorp."), ("tomorrow", "Bel iemand.")):
        assert mine.send(f"{url}/schrijven/{part}", {"text": text}).status_code == 302
    assert mine.send(f"{url}/gegevens", {"knowledge": ["practice"]}).status_code == 302
    assert mine.send(f"{url}/publiceren", {"audience": "open"}).status_code == 302
    page = browser(reader).get(url)
    assert "Bel iemand." in page.text
    assert browser().get(url).status_code == 404
    assert browser(reader).get("/praktijken").text.count("Een dag erna.") == 1


def test_two_at_once_by_forms_alone(make: Factory, browser: type[Browser]) -> None:
    anna, bram = make.member("Anna Smit"), make.member("Bram Maas")
    made = draft(make, anna, sections={"steps": "Een.\n\nTwee."})
    writes_along(make, anna, bram, made)
    url = f"/praktijken/{made.id}/schrijven/steps"
    first = browser(anna).send(url, {"text": "Een van Anna.\n\nTwee."})
    assert first.status_code == 302
    stale = browser(bram).post(url, {"text": "Een.\n\nTwee van Bram.", "version": "1"})
    assert stale.status_code == 422
    assert "Anna Smit changed this while you were writing." in stale.text
    assert "Een van Anna.\n\nTwee van Bram." in stale.text.replace("\r\n", "\n")
    assert "<ins>" in stale.text
    assert "added:" in stale.text  # in words, for who does not see the line
    version = re.search(r'name="version"[^>]*value="(\d+)"', stale.text)
    assert version is not None
    assert version[1] == "2"


def test_a_public_page_says_what_reference_managers_read(
    make: Factory, browser: type[Browser]
) -> None:
    anna = make.member("Anna Smit")
    made = practice(make, anna, "public", title='Bellen & "luisteren"')
    page = browser().get(f"/praktijken/{made.id}")
    assert page.status_code == 200
    for name in ("DC.title", "DC.creator", "citation_title", "citation_publication_date"):
        assert f'name="{name}"' in page.text
    assert 'property="og:url"' in page.text
    assert 'content="Bellen &amp; &#34;luisteren&#34;"' in page.text
    assert "Anna Smit" not in page.text  # she did not choose that visitors see her name
    browser(anna).post(f"/praktijken/{made.id}/naam", {"named": "yes"})
    assert (
        'name="citation_author" content="Anna Smit"' in browser().get(f"/praktijken/{made.id}").text
    )
    ris, bib, csl = (
        browser().get(f"/praktijken/{made.id}/verwijzing.{ending}")
        for ending in ("ris", "bib", "json")
    )
    assert ris.text.startswith("TY  - ELEC\r\n")
    assert ris.text.endswith("ER  - \r\n")
    assert r"Bellen \& " in bib.text
    item = json.loads(csl.text)[0]
    assert item["author"] == [{"literal": "Anna Smit"}]
    assert item["URL"].endswith(f"/praktijken/{made.id}")
    open_one = practice(make, anna, title="Lopen")
    assert browser(anna).get(f"/praktijken/{open_one.id}/verwijzing.ris").status_code == 404
    assert browser(anna).get(f"/praktijken/{made.id}/verwijzing.exe").status_code == 404


def test_a_public_page_says_in_the_words_of_schema_org_what_it_is(
    make: Factory, browser: type[Browser]
) -> None:
    title = 'Bellen </script> & "luisteren"'
    made = practice(make, make.member("Anna Smit"), "public", title=title)
    page = browser().get(f"/praktijken/{made.id}").text
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    said = json.loads(blocks[0])
    assert (said["@context"], said["@type"]) == ("https://schema.org", "Article")
    assert said["headline"] == title
    assert said["url"].endswith(f"/praktijken/{made.id}")
    assert f'<link rel="canonical" href="{said["url"]}">' in page
    assert said["author"][0]["@type"] == "Organization"
    assert "Anna Smit" not in blocks[0]
    assert said["datePublished"] <= said["dateModified"]
    inside = practice(make, make.member(), "open")
    assert "ld+json" not in browser(make.member()).get(f"/praktijken/{inside.id}").text


@pytest.mark.skipif(not pdf.available(), reason="no Pango on this machine")
def test_on_paper_it_is_two_pages_at_most(make: Factory, browser: type[Browser]) -> None:
    anna = make.member()
    long = "Een zin die veel woorden heeft en toch niets zegt. " * 100
    names = ("goal", "target_group", "context", "steps", "phrases", "tomorrow", "results")
    made = practice(make, anna, sections=dict.fromkeys(names, long.strip()))
    answer = browser(anna).get(f"/praktijken/{made.id}/pdf")
    with pikepdf.open(io.BytesIO(answer.data)) as document:
        assert 1 <= len(document.pages) <= 2


def test_pages_run_the_same_number_of_queries_however_much_there_is(
    make: Factory, browser: type[Browser]
) -> None:
    anna, reader = make.member(), make.member()
    space = make.space(Visibility.OPEN, coordinator=anna)
    made = practice(make, anna, "space", space)
    asking = browser(reader)
    paths = ("/praktijken", f"/praktijken/{made.id}", f"/proeftuinen/{space.slug}", "/")

    def counted() -> list[int]:
        found = []
        for path in paths:
            with statements() as seen:
                assert asking.get(path).status_code == 200
            found.append(len(seen))
        return found

    counted()  # what is kept by the process is kept now
    few = counted()
    for n in range(6):
        other = make.member()
        practice(make, anna, "space", space, title=f"Nummer {n}")
        with unit_of_work() as session:
            actor, now = make.actor(other), clock.now()
            responding.tell(session, actor, made.id, "worked", "Een dorp.", "", now)
            points = {"steps": ("same", "Zo.")}
            responding.compare(session, actor, made.id, points, True, now)
    assert counted() == few


def test_filters_and_marks_that_mean_nothing_show_the_list(
    make: Factory, browser: type[Browser]
) -> None:
    practice(make, make.member(), "public", title="Bellen")
    for asked in ("na=x", "na=99999999999999999.1", "soort=best", "kennis=geen", "na=1.9999999999"):
        assert browser().get(f"/praktijken?{asked}").status_code == 200, asked
    assert "Bellen" in browser().get("/praktijken?kennis=experience").text
    assert "Bellen" not in browser().get("/praktijken?kennis=science").text
    assert "Bellen" not in browser().get("/praktijken?soort=did_not_work").text
    assert "Bellen" not in browser().get("/praktijken?thema=alcohol").text


def test_a_review_date_that_has_passed_is_seen(make: Factory, browser: type[Browser]) -> None:
    anna = make.member()
    made = practice(make, anna, "public")
    with unit_of_work() as session:
        session.get_one(Practice, made.id).review_on = clock.now().date()
    for path in ("/praktijken", f"/praktijken/{made.id}"):
        assert "may be out of date" in browser().get(path).text.lower()
    assert "does it still hold?" in browser(anna).get("/").text
    assert browser(anna).send(f"/praktijken/{made.id}/klopt-nog").status_code == 302
    assert "may be out of date" not in browser().get("/praktijken").text.lower()


def test_what_others_told_goes_on_below_the_first_page(
    make: Factory, browser: type[Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "BESIDE", 2)
    anna, first = make.member(), make.member("Eerste Verzonnen")
    made = practice(make, anna, at=clock.now() - timedelta(days=370))
    then = clock.now() - timedelta(days=30)
    for n, who in enumerate([first, make.member(), make.member(), make.member()]):
        with unit_of_work() as session:
            actor = make.actor(who)
            responding.tell(session, actor, made.id, "worked", f"Dorp {n}.", "", then)
            responding.compare(session, actor, made.id, {"steps": ("same", "Zo.")}, True, then)
    with unit_of_work() as session:
        session.get_one(Practice, made.id).years_told = 1
    url = f"/praktijken/{made.id}"
    page = browser(first).get(url).text
    assert ("Dorp 3." in page, "Dorp 0." in page) == (True, False)
    assert "Take away what I told" in page  # theirs is on the next page
    assert "Your comparison" in page
    assert "Dorp 0." in browser(first).get(f"{url}/ervaring").text  # to be changed, not overwritten
    for part, last in (("ervaringen", "Dorp 0."), ("vergelijkingen", "Eerste Verzonnen")):
        more = re.search(rf'href="({url}\?{part}=\d+)#', browser(anna).get(url).text)
        assert more is not None
        assert last in browser(anna).get(more[1]).text
    assert "Dorp 0." in browser(anna).get(f"{url}/jaar/1").text  # a year is told whole


def test_whoever_read_a_page_is_told_of_it_no_more(make: Factory, browser: type[Browser]) -> None:
    anna, reader = make.member(), make.member()
    space = make.space(Visibility.OPEN)
    for each in (anna, reader):
        make.join(each, space.circle)
    made = practice(make, anna, "space", space)
    with unit_of_work() as session:
        responding.tell(
            session, make.actor(reader), made.id, "worked", "Een dorp.", "", clock.now()
        )
    run_due()

    def unread() -> set[tuple[int, str]]:
        asked = select(Notification.member_id, Notification.kind)
        with reading() as session:
            rows = session.execute(asked.where(Notification.read_at.is_(None)))
            return {(row.member_id, row.kind) for row in rows}

    news = {(reader.id, "practices.published"), (anna.id, "practices.experience")}
    assert unread() == news
    browser().get(f"/praktijken/{made.id}")
    assert unread() == news
    for each in (anna, reader):
        browser(each).get(f"/praktijken/{made.id}")
    assert unread() == set()


def test_a_comparison_is_kept_point_by_point_and_shared_when_one_says_so(
    make: Factory, browser: type[Browser]
) -> None:
    anna, reader = make.member(), make.member("Lezer Verzonnen")
    made = practice(make, anna)
    url = f"/praktijken/{made.id}"
    kept = {"steps_alike": "otherwise", "steps_said": "Wij gaan langs.", "shared": ""}
    assert browser(reader).send(f"{url}/vergelijken", {}).status_code == 422
    answer = browser(reader).send(f"{url}/vergelijken", kept)
    assert answer.status_code == 302
    own = answer.headers["Location"]
    page = browser(reader).get(own).text
    assert "Wij gaan langs." in page
    assert "We do it differently" in page
    assert browser(anna).get(own).status_code == 404
    assert "Lezer Verzonnen" not in browser(anna).get(url).text
    assert "Wij gaan langs." in browser(reader).get(f"{url}/vergelijken").text
    shared = browser(reader).send(f"{url}/vergelijken", kept | {"shared": "yes"})
    assert shared.headers["Location"] == own
    assert "Wij gaan langs." in browser(anna).get(own).text
    assert own in browser(anna).get(url).text
    assert browser().get(own).status_code != 200


def test_printed_from_the_browser_it_is_as_short(make: Factory, browser: type[Browser]) -> None:
    anna = make.member()
    long = "Een zin die veel woorden heeft en toch niets zegt. " * 100
    names = ("goal", "target_group", "context", "steps", "phrases", "tomorrow", "results")
    made = practice(make, anna, sections=dict.fromkeys(names, long.strip()))
    page = browser(anna).get(f"/praktijken/{made.id}/afdrukken").text
    assert page.count("(shortened)") == len(names)
    assert f"/praktijken/{made.id}" in page.split("practice-sheet")[1]  # where all of it stands
    assert len(page.split("practice-sheet")[1]) < 8000
    short = practice(make, anna, title="Kort")
    assert "(shortened)" not in browser(anna).get(f"/praktijken/{short.id}/afdrukken").text


def test_what_is_too_long_for_one_part_is_cut_between_paragraphs_and_says_so(
    make: Factory, app: Flask
) -> None:
    anna = make.member()
    paragraphs = [f"Alinea {n}. " + "Woord " * 100 for n in range(20)]
    text = "\n\n".join(each.strip() for each in paragraphs)
    with unit_of_work() as session:
        given = origins.Material("Lang", "Kort gezegd.", text)
        made_id, _url = origin_part.make(session, make.actor(anna), given, clock.now())
    with reading() as session:
        steps = session.get_one(PracticeSection, (made_id, "steps")).source
    kept, _between, notice = steps.rpartition("\n\n")
    assert len(steps) <= words.LONGEST["steps"]
    assert notice.startswith("[")
    assert text.startswith(kept + "\n\n")


def test_a_gathering_and_a_space_that_were_read_ring_no_more(
    make: Factory, browser: type[Browser]
) -> None:
    anna, reader = make.member(), make.member()
    space = make.space(Visibility.OPEN, coordinator=anna)
    gathering = make.gathering(anna, space)
    for kind, subject_id, url in (
        ("gatherings.moved", gathering.id, f"/agenda/{gathering.id}"),
        ("circles.visibility", space.circle_id, f"/proeftuinen/{space.slug}"),
    ):
        with unit_of_work() as session:
            for member, key in ((reader, "een"), (anna, "een")):
                notify(
                    session,
                    member_ids=[member.id],
                    kind=kind,
                    key=f"{kind}:{key}",
                    subject_id=subject_id,
                    now=clock.now(),
                )
        assert browser(reader).get(url).status_code == 200
        with reading() as session:
            asked = select(Notification.member_id).where(
                Notification.kind == kind, Notification.read_at.is_(None)
            )
            assert session.scalars(asked).all() == [anna.id]
