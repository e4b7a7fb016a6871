"""The whole way of a case through its pages, without JavaScript."""

import re
from datetime import timedelta

import pytest

from cop.cases import own_keys
from cop.cases.models import Basis, Case, CaseState, SealedPart
from cop.cases.words import CHECKS
from cop.platform.db import reading
from cop.platform.worker import run_due
from cop.spaces.circles import CircleMembership
from tests.cases.walking import IDENTIFIERS, RAW


def state_of(case_id: int) -> str:
    with reading() as session:
        return session.get_one(Case, case_id).state


@pytest.fixture
def last_case(app):
    def find() -> int:
        with reading() as session:
            return max(c.id for c in session.query(Case))

    return find


def test_a_case_goes_its_whole_way(people, browser, make, last_case) -> None:
    author, reader, colleague = map(browser, (people.author, people.reader, people.colleague))

    begun = author.send("/casussen/nieuw", {"basis": "somebody", "shape": "own"})
    number = last_case()
    url = f"/casussen/{number}"
    assert begun.headers["Location"] == f"{url}/schrijven"

    kept = author.send(f"{url}/schrijven", RAW | {"on": "yes"})
    assert kept.headers["Location"] == f"{url}/bevindingen"
    page = author.get(f"{url}/bevindingen").get_data(as_text=True)
    assert "kind-person" in page
    assert "kind-contact" in page
    decided = author.send(f"{url}/bevindingen", {"rest": "yes"})
    assert decided.status_code == 302
    decided = author.send(f"{url}/bevindingen", {"on": "yes"})
    assert decided.headers["Location"] == f"{url}/controle"

    checked = author.send(f"{url}/controle", {"checked": list(CHECKS)})
    assert checked.headers["Location"] == f"{url}/kring"
    circled = author.send(f"{url}/kring", {"circle": people.circle.id, "choose": "circle"})
    assert circled.headers["Location"] == f"{url}/toestemming"
    day = str(people.walk.now.date() + timedelta(days=90))
    agreed = author.send(
        f"{url}/toestemming",
        {"relation": "client", "purpose": "learning", "protection": "adult", "until": day},
    )
    card = author.get(agreed.headers["Location"]).get_data(as_text=True)
    code = re.search(r"(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}", card)
    assert code

    preview = author.get(f"{url}/voorbeeld").get_data(as_text=True)
    assert not any(word in preview for word in IDENTIFIERS)
    assert "wijkverpleegkundige ziet dat niet zitten" in preview
    handle = make.persona(people.reader).handle
    asked = author.send(f"{url}/tweede-lezer", {"handle": handle})
    assert asked.headers["Location"] == url
    assert state_of(number) == CaseState.WITH_READER

    seen = reader.get(f"{url}/tweede-lezing").get_data(as_text=True)
    assert not any(word in seen for word in IDENTIFIERS)
    marked = reader.send(
        f"{url}/tweede-lezing", {"words": "wijkverpleegkundige", "note": "er is er maar één"}
    )
    assert marked.status_code == 302
    back = reader.send(f"{url}/tweede-lezing", to=f"{url}/tweede-lezing/terug")
    assert back.headers["Location"] == "/casussen"
    assert state_of(number) == CaseState.DRAFT

    page = author.get(f"{url}/bevindingen").get_data(as_text=True)
    assert "er is er maar één" in page
    added = author.send(
        f"{url}/bevindingen",
        {"words": "wijkverpleegkundige", "label": "QUASI"},
        to=f"{url}/bevindingen/toevoegen",
    )
    assert added.status_code == 302
    page = author.get(f"{url}/bevindingen").get_data(as_text=True)
    waits = r'name="how-(\w+)" id="\S+" value="replaced" aria-describedby="\S+">'
    key = re.search(waits, page)
    assert key, "the new finding waits"
    decided = author.send(
        f"{url}/bevindingen",
        {f"how-{key[1]}": "replaced", f"text-{key[1]}": "zorgverlener", "on": "yes"},
    )
    assert decided.status_code == 302
    refused = author.send(f"{url}/tweede-lezer", {"handle": handle})
    assert refused.status_code == 422, "who agreed, agreed to another text"
    consent = re.search(r"toestemming/(\d+)/opnieuw", author.get(f"{url}/toestemming").text)
    assert consent
    author.send(f"{url}/toestemming", to=f"{url}/toestemming/{consent[1]}/opnieuw")
    refused = author.send(f"{url}/tweede-lezer", {"handle": handle})
    assert refused.status_code == 422, "the checklist was of another text"
    assert "Your text changed after you went through" in author.get(f"{url}/controle").text
    author.send(f"{url}/controle")
    assert author.send(f"{url}/tweede-lezer", {"handle": handle}).status_code == 302

    yes = reader.send(f"{url}/tweede-lezing/akkoord")
    assert yes.headers["Location"] == "/casussen"
    assert state_of(number) == CaseState.APPROVED
    assert own_keys.folder().names() == []
    with reading() as session:
        assert session.query(SealedPart).count() == 0
        assert session.get_one(Case, number).destroyed_at is not None
    assert reader.get(f"{url}/tweede-lezing").status_code == 404

    assert colleague.get(url).status_code == 404
    assert author.send(f"{url}/delen", {}).headers["Location"] == url
    run_due()
    seen = colleague.get(url).get_data(as_text=True)
    assert "zorgverlener ziet dat niet zitten" in seen
    brought = colleague.send(
        f"{url}/bijdragen", {"kind": "question", "text": "Wat wil de moeder zelf?"}
    )
    assert brought.status_code == 302
    page = author.get(url).get_data(as_text=True)
    assert "Wat wil de moeder zelf?" in page
    answer = re.search(r"/bijdragen/\d+/antwoord", page)
    assert answer
    assert author.send(answer[0], {"text": "Dat vroeg ik nog niet."}).status_code == 302
    assert author.send(f"{url}/opbrengst", {"outcome": "Eerst vragen."}).status_code == 302
    assert "Eerst vragen." in colleague.get(url).get_data(as_text=True)
    log = author.get(f"{url}/gelezen").get_data(as_text=True)
    assert "Karim Jansen" in log
    assert "Ria Verlinden" in log

    anybody = browser()
    sure = anybody.send("/toestemming-intrekken", {"code": code[0].lower().replace("-", " ")})
    assert sure.status_code == 200
    assert "Yes, I withdraw" in sure.get_data(as_text=True)
    done = anybody.send("/toestemming-intrekken", {"code": code[0], "sure": "yes"})
    assert "From this moment nobody" in done.get_data(as_text=True)
    assert colleague.get(url).status_code == 404
    assert "Somebody whom it is about withdrew" in author.get(url).get_data(as_text=True)
    assert anybody.send("/toestemming-intrekken", {"code": code[0]}).status_code == 422


def shown_below(page: str) -> str:
    """The line about whom the case is about, without what only a shared case says."""
    line = re.search(r'<p class="help">([^<]*?Names and details were changed\.)', page)
    assert line
    return " ".join(line[1].split())


def test_the_preview_and_every_reader_see_the_same_line(people, browser) -> None:
    author, colleague = browser(people.author), browser(people.colleague)
    case = people.walk.ready(people.circle, Basis.SOMEBODY)
    url = f"/casussen/{case.id}"
    author.send(f"{url}/controle", {"checked": list(CHECKS), "knows_privately": "y"})
    line = shown_below(author.get(f"{url}/voorbeeld").text)
    assert line == (
        "The person whom it is about agrees to this. "
        "The author also knows the person outside their work. Names and details were changed."
    )
    people.walk.asked(case, people.reader)
    assert shown_below(browser(people.reader).get(f"{url}/tweede-lezing").text) == line
    people.walk.approved(case, people.reader)
    people.walk.shared(case)
    for page in (url, f"{url}/afdrukken"):
        assert shown_below(colleague.get(page).text) == line, page


def test_a_story_without_a_name_is_not_told_from_others_under_that_name(
    people, make, browser
) -> None:
    """Only where a pseudonym stands above it does it say what it is."""
    colleague = browser(people.colleague)

    def line(case: Case) -> str:
        return shown_below(colleague.get(f"/casussen/{case.id}").text)

    own, made = (
        people.walk.to(CaseState.SHARED, people.circle, people.reader, basis)
        for basis in (Basis.OWN_STORY, Basis.COMPOSITE)
    )
    assert line(own) == line(made)
    assert "story" not in line(own)

    circle = make.space("closed", coordinator=people.coordinator, pseudonyms=True).circle
    hidden = make.pseudonym(people.author, circle)
    make.join(people.colleague, circle)
    author, warned = browser(people.author), "Your own name stands above it"
    draft = people.walk.ready(people.circle, Basis.OWN_STORY)
    for page in ("kring", "voorbeeld"):
        assert warned in author.get(f"/casussen/{draft.id}/{page}").text
    people.walk.circled(draft, circle)
    for page in ("kring", "voorbeeld"):
        assert warned not in author.get(f"/casussen/{draft.id}/{page}").text
    people.walk.checked(draft)
    people.walk.nobody(draft)
    people.walk.asked(draft, people.reader)
    people.walk.approved(draft, people.reader)
    people.walk.shared(draft)
    assert line(draft).startswith("This is somebody&#39;s own story.")
    assert hidden.name in colleague.get(f"/casussen/{draft.id}").text


@pytest.mark.parametrize("kind", ["group", "list"])
def test_a_case_is_for_a_group_or_a_list_as_for_a_space(people, browser, make, kind) -> None:
    """It is offered by name, and read by who is in it."""
    if kind == "group":
        place = make.group(people.author, people.colleague)
        make.join(people.reader, place.circle, "requested")
    else:
        place = make.list(coordinator=people.author)
        make.join(people.colleague, place.circle)
    case, author = people.walk.start(), browser(people.author)
    url = f"/casussen/{case.id}"
    page = author.get(f"{url}/kring").text
    assert "A group, space or list in which you take part" in page
    assert f'<option value="{place.circle_id}">{place.name}</option>' in page
    sent = author.send(f"{url}/kring", {"circle": place.circle_id, "choose": "circle"})
    assert sent.headers["Location"] == f"{url}/toestemming"
    people.walk.decided(case)
    people.walk.checked(case)
    people.walk.nobody(case)
    people.walk.asked(case, people.reader)
    people.walk.approved(case, people.reader)
    people.walk.shared(case)
    seen = browser(people.colleague).get(url)
    assert f"Only who is in “{place.name}” reads this" in seen.text
    for other in (people.reader, people.coordinator, people.stranger):
        assert browser(other).get(url).status_code == 404


def test_whoever_is_like_what_was_typed_is_ticked(people, browser, make) -> None:
    case, handle = people.walk.start(), make.persona(people.colleague).handle
    author, url = browser(people.author), f"/casussen/{case.id}/kring"
    typed = {"people": "Karim\nRia Verlinden", "choose": "people"}
    asked = author.post(url, typed)
    assert asked.status_code == 422
    box = f'name="meant" id="meant-1-1" value="Karim={handle}"'
    assert box in asked.text
    assert author.post(url, typed | {"meant": f"Karim={handle}"}).status_code == 302
    with reading() as session:
        circle_id = session.get_one(Case, case.id).circle_id
        members = session.query(CircleMembership.member_id).filter_by(circle_id=circle_id)
        assert {row.member_id for row in members} == {
            people.author.id,
            people.colleague.id,
            people.reader.id,
        }
