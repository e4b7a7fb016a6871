"""The whole way of a case through its pages, without JavaScript."""

import re
from datetime import timedelta

import pytest

from cop.cases import own_keys
from cop.cases.models import Case, CaseState, SealedPart
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
