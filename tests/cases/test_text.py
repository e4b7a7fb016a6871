"""From raw to anonymised: the rest of a text stays, a person has one name, odd input is read."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.cases.protecting import look, places_of
from cop.cases.raw import MOST_CHARACTERS, Added, Decision, How, Raw
from cop.deidentify import Label
from tests.cases.walking import RAW

KEY = bytes(range(32))
OTHER = bytes(range(1, 33))


def raw_of(text: str, **more) -> Raw:
    parts = {"title": "Een casus", "question": "Wat nu?", "text": text}
    return Raw(parts=parts | more.pop("parts", {}), **more)


WORDS = st.lists(
    st.sampled_from(
        "Fatima Bouzerda Karim uit Zaltbommel belde op 12 maart (34) 06-12345678 haar moeder zei: "
        "ik ga naar huis. 😀 café nai\u0308ef Fa\u00adtima\u200b , \n de Kerkstraat wonen".split(
            " "
        )
    ),
    max_size=40,
).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(text=WORDS)
def test_outside_replacements_nothing_changes(text: str) -> None:
    seen = look(raw_of(text), KEY)
    result = seen.result()["text"]
    at = 0
    pieces = seen.findings()["text"]
    for n, place in enumerate(pieces):
        assert text[place.start : place.end] == place.text
        between = text[(pieces[n - 1].end if n else 0) : place.start]
        # The point of an abbreviation may go with it.
        found = result.find(between, at)
        if found < 0:
            found = result.find(between.removeprefix("."), at)
        assert found >= 0, "text between findings stands there as it was, in order"
        at = found


@settings(max_examples=60, deadline=None)
@given(text=WORDS)
def test_findings_lie_inside_and_never_overlap(text: str) -> None:
    for part, places in look(raw_of(text), KEY).findings().items():
        end = 0
        for place in places:
            assert part in ("text", "title", "question")
            assert end <= place.start < place.end
            end = place.end
        assert end <= max(len(text), 20)


@settings(max_examples=30, deadline=None)
@given(text=WORDS)
def test_the_same_twice(text: str) -> None:
    raw = raw_of(text)
    assert look(raw, KEY).result() == look(raw, KEY).result()
    again = Raw.from_json(raw.to_json())
    assert again == raw


def test_one_person_has_one_pseudonym_in_every_part() -> None:
    seen = look(Raw(parts=dict(RAW)), KEY)
    names = {g.shown for g in seen.groups if g.original == "Fatima"}
    assert len(names) == 1
    name = names.pop()
    assert name
    assert name != "Fatima"
    result = seen.result()
    assert all(name in result[part] for part in ("title", "text", "question"))
    assert all("Fatima" not in part for part in result.values())


def test_another_case_has_other_pseudonyms() -> None:
    parts = {"text": "Fatima en Karim en Sjoerd en Roosmarijn aten samen met Bouzerda."}
    one = [g.shown for g in look(raw_of("", parts=parts), KEY).groups]
    other = [g.shown for g in look(raw_of("", parts=parts), OTHER).groups]
    assert one != other


def test_what_is_not_decided_is_never_shown() -> None:
    """A preview of a draft shows no more than the author chose to show."""
    seen = look(Raw(parts=dict(RAW)), KEY)
    assert seen.waiting == len([g for g in seen.groups if not g.vague])
    whole = " ".join(seen.result().values())
    assert "Bouzerda" not in whole
    assert "06-12345678" not in whole


def test_what_is_kept_stays() -> None:
    raw = Raw(parts=dict(RAW))
    place = next(g for g in look(raw, KEY).groups if g.original == "Zaltbommel")
    raw.decisions[place.key] = Decision(How.KEPT, reason="groot genoeg")
    assert "Zaltbommel" in look(raw, KEY).result()["text"]
    raw.decisions[place.key] = Decision(How.REPLACED, text="een stadje")
    assert "uit een stadje kwam" in look(raw, KEY).result()["text"]


def test_ones_own_name_is_no_finding_and_others_are() -> None:
    text = "Ik ben Annelies de Wolf en mijn broer Karim dronk. Annelies was toen twaalf."
    named = {g.original for g in look(raw_of(text), KEY).groups}
    assert "Karim" in named
    own = {g.original for g in look(raw_of(text), KEY, "Annelies de Wolf").groups}
    assert "Karim" in own
    assert not any("Annelies" in name for name in own)


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("fatima", "Fatima belde. FATIMA!", ["Fatima", "FATIMA"]),
        ("Fatima", "Fa\u00adtima en Fati\u200bma", ["Fa\u00adtima", "Fati\u200bma"]),
        ("café Oost", "in cafe\u0301  Oost zat hij", ["cafe\u0301  Oost"]),
        ("ima", "Fatima", []),
        ("de rode auto", "hij had de\nrode auto", ["de\nrode auto"]),
        ("😀 Jan", "x 😀 Jan y", ["😀 Jan"]),
        ("  ", "niets", []),
        ("ﬁets", "de fiets", ["fiets"]),
    ],
)
def test_words_are_found_however_they_were_pasted(words, text, found) -> None:
    spans = places_of(Added(words, Label.PERSON), text)
    assert [text[s.start : s.end] for s in spans] == found


def test_what_was_marked_by_hand_takes_in_what_it_touches() -> None:
    raw = raw_of("Ze heet Fatima Bouzerda van de bakker.")
    raw.added = [Added("Bouzerda van de bakker", Label.PERSON)]
    seen = look(raw, KEY)
    result = seen.result()["text"]
    assert "Bouzerda" not in result
    assert "bakker" not in result
    assert "Fatima" not in result


ODD = {
    "soft hyphens": "Fa\u00adti\u00adma uit Zalt\u00adbom\u00admel belde.",
    "zero width": "Fati\u200bma uit Zaltbommel\u200d belde 06\u200b-12345678.",
    "combining": unicodedata.normalize("NFD", "Renée Köhler uit Zaltbommel belde."),
    "emoji": "👩‍👩‍👧 Fatima 🇳🇱 uit Zaltbommel 😀 belde 06-12345678 👍🏽",
    "word paste": "Fatima\u00a0Bouzerda\u2028uit\u00a0Zaltbommel\u000bbelde “gisteren”.",
    "pdf paste": "Fatima Bou-\nzerda uit Zaltbom\u00ad\nmel belde.",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_offsets_are_right_in_odd_text(text: str) -> None:
    seen = look(raw_of(text), KEY)
    for place in seen.findings()["text"]:
        assert text[place.start : place.end] == place.text
    plain = re.sub("[\u00ad\u200b\u200d]\n?", "", seen.result()["text"])
    assert "Zaltbommel" not in plain
    assert "12345678" not in plain


def test_only_numbers_and_nothing(people, browser) -> None:
    case = people.walk.start(raw={"title": "", "text": "", "question": ""})
    author, url = browser(people.author), f"/casussen/{case.id}/schrijven"
    empty = author.send(url, {"on": "yes"})
    assert empty.status_code == 422
    assert "Fill this in, please." in empty.get_data(as_text=True)
    numbers = {"title": "12", "text": "06-12345678 1234", "question": "99"}
    refused = author.send(url, numbers | {"on": "yes"})
    assert refused.status_code == 422
    assert "Write it in words, please." in refused.get_data(as_text=True)
    assert "06-12345678 1234" in author.get(url).get_data(as_text=True), "kept all the same"


def test_two_hundred_thousand_characters(people, browser) -> None:
    """Refused in one sentence, with everything that was typed still there."""
    case = people.walk.start()
    author, url = browser(people.author), f"/casussen/{case.id}"
    long = "Fatima belde. " * 14_300
    assert len(long) > 200_000
    refused = author.send(f"{url}/schrijven", {"text": long, "on": "yes"})
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert "at most 30,000 characters" in page
    assert long.strip() in page
    answer = author.client.post(
        f"{url}/bewaren",
        json={"text": long},
        headers={"X-CSRFToken": author._fresh_token(), "Accept": "application/json"},
    )
    assert answer.status_code == 422
    fits = "woord " * (MOST_CHARACTERS // 6 - 50)
    assert author.send(f"{url}/schrijven", {"text": fits}).status_code == 302


def test_another_language_is_told(people, browser) -> None:
    polish = (
        "Kobieta mieszka sama i pije od wielu lat. Jej córka dzwoni codziennie pod numer "
        "06-12345678 i pyta, czy może przyjść. Nie wiemy, jak jej pomóc w tej sytuacji."
    )
    case = people.walk.start(raw={"title": "Sprawa", "text": polish, "question": "Co robić dalej?"})
    page = browser(people.author).get(f"/casussen/{case.id}/bevindingen").get_data(as_text=True)
    assert "We know Dutch and English best" in page
    assert "kind-contact" in page, "numbers are found all the same"


def test_markup_is_text(people, browser) -> None:
    text = "<script>alert(1)</script> & <b>Fatima</b> **niet vet**"
    case = people.walk.start(raw=RAW | {"text": text})
    for page in ("schrijven", "bevindingen", "voorbeeld"):
        body = browser(people.author).get(f"/casussen/{case.id}/{page}").get_data(as_text=True)
        assert "<script>alert" not in body
    assert "&lt;script&gt;" in body


def test_many_findings_come_on_pages(people, browser) -> None:
    """A form that holds a thousand fields would be refused; findings are shown forty at a time."""
    names = " ".join(f"Tel. 06-{n:08d}." for n in range(10_000_000, 10_000_090))
    case = people.walk.start(raw=RAW | {"text": names})
    author, url = browser(people.author), f"/casussen/{case.id}/bevindingen"
    page = author.get(url).get_data(as_text=True)
    assert page.count('<fieldset class="finding-card') == 40
    assert "?vanaf=40" in page
    assert author.get(f"{url}?vanaf=80").get_data(as_text=True).count("finding-card kind") > 0
    assert author.get(f"{url}?vanaf=99999").status_code == 200
    assert author.send(url, {"rest": "yes"}).status_code == 302


def test_decisions_are_checked(people, browser) -> None:
    case = people.walk.start()
    author, url = browser(people.author), f"/casussen/{case.id}/bevindingen"
    page = author.get(url).get_data(as_text=True)
    key = page.split('name="how-')[1][:16]
    for how, text, reason, says in (
        ("kept", "", " ", "Say why"),
        ("replaced", " ", "", "Write what stands in the place"),
        ("replaced", "fatima bouzerda", "", "This is what stood there"),
        ("kept", "", "x" * 301, "Keep it to 300 characters"),
        ("replaced", "x" * 201, "", "Keep it to 200 characters"),
        ("vernietigd", "", "", "Choose one of these"),
    ):
        answer = author.send(url, {f"how-{key}": how, f"text-{key}": text, f"reason-{key}": reason})
        assert answer.status_code == 422, how
        assert says in answer.get_data(as_text=True).replace("&#34;", '"')
    for words, says in (("", "Type or select"), ("Xerxes", "do not stand in your text")):
        answer = author.send(url, {"words": words, "label": "PERSON"}, to=f"{url}/toevoegen")
        assert answer.status_code == 422
        assert says in answer.get_data(as_text=True)


def test_the_title_is_checked_like_the_text(people, browser) -> None:
    case = people.walk.ready(people.circle)
    page = browser(people.author).get(f"/casussen/{case.id}/voorbeeld").get_data(as_text=True)
    assert "Fatima" not in page
    assert "en haar moeder" in page
