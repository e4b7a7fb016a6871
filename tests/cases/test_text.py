"""From raw to anonymised: the rest of a text stays, a person has one name, odd input is read."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.cases import writing
from cop.cases.models import Basis, Case
from cop.cases.protecting import look, places_of
from cop.cases.raw import MOST_CHARACTERS, Added, Decision, How, Raw
from cop.deidentify import Label
from cop.platform.db import unit_of_work
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


def test_ones_own_name_stays_and_others_are_findings() -> None:
    text = "Ik ben Annelies de Wolf en mijn broer Karim dronk. Annelies was toen twaalf."
    found = {g.original: g for g in look(raw_of(text), KEY, "Annelies de Wolf").groups}
    assert {"Annelies de Wolf", "Karim", "Annelies"} <= set(found)
    assert found["Annelies de Wolf"].decided
    assert found["Annelies de Wolf"].kept
    assert not found["Annelies"].decided, "somebody else may be called so"
    assert not any(g.own for g in look(raw_of(text), KEY).groups)


def mine(text: str) -> dict[str, str]:
    """With every name of the author's own kept, as they say that it is them."""
    raw = raw_of(text)
    for group in look(raw, KEY, "Annelies de Wolf").groups:
        if group.own:
            raw.decisions[group.key] = Decision(How.KEPT, reason="ik")
    return look(raw, KEY, "Annelies de Wolf").result()


def test_others_with_the_authors_own_names_are_protected() -> None:
    text = (
        "Ik ben Annelies de Wolf. Mijn vader, meneer De Wolf, dronk. Mijn oma Annelies niet. "
        "Ik ben ervaringsdeskundige Annelies. Mevrouw de Wolf belde; Annelies zweeg."
    )
    result = mine(text)["text"]
    assert "Ik ben Annelies de Wolf. Mijn vader, meneer " in result
    assert "meneer De Wolf" not in result
    assert "oma Annelies" not in result
    assert "Mevrouw de Wolf" not in result
    assert "ervaringsdeskundige Annelies." in result
    assert result.endswith("Annelies zweeg.")


def test_a_surname_alone_is_a_relatives_once_one_of_them_is_in_the_story() -> None:
    told = {
        "Mijn broer Wiersma nam mij in huis. Later liep Wiersma weg.": 2,
        "Tamara Wiersma werkte daar. Ik vroeg het aan Wiersma.": 2,
        "Wiersma zei dat het genoeg was.": 1,  # the author says 'ik'
        "Mijn broer Wiersma belde. Ze noemden mij altijd Wiersma.": 1,
        "Ik ben Joris Wiersma, en Joris bleef.": 0,
        "'Wiersma, kom eens', riep hij.": 0,
    }
    for text, wanted in told.items():
        seen = look(raw_of(text), KEY, "Joris Wiersma")
        found = [text[s.start : s.end] for g in seen.groups if not g.own for s in g.spans]
        assert sum("Wiersma" in name for name in found) == wanted, (text, found)


def test_a_name_alone_is_the_authors_only_when_they_say_so(people, make, browser) -> None:
    """It may be their grandmother; 'replace all' decides nothing about it."""
    text = "Ik ben Annelies de Wolf. Annelies dronk elke dag. Karim niet."
    case = people.walk.start(Basis.OWN_NAME, RAW | {"text": text, "title": "Thuis"})
    people.walk.decided(case)
    page = browser(people.author).get(f"/casussen/{case.id}/bevindingen").text
    assert "One of your own names." in page
    with unit_of_work() as session:
        found = session.get_one(Case, case.id)
        seen = writing.look_at(session, found, writing.raw_of(session, found))
        waits = [g for g in seen.groups if not g.decided]
        assert [g.original for g in waits] == ["Annelies"]
        assert "Annelies dronk" not in seen.result()["text"]
        actor, key = make.actor(people.author), waits[0].key
        other = {key: writing.Choice("replaced", waits[0].proposed, "")}
        assert writing.decide(session, actor, case.id, other, people.walk.now) == 0
        seen = writing.look_at(session, found, writing.raw_of(session, found))
        assert "Annelies dronk" not in seen.result()["text"]
        assert "Ik ben Annelies de Wolf." in seen.result()["text"]
        me = {key: writing.Choice("kept", "", "This is me")}
        writing.decide(session, actor, case.id, me, people.walk.now)
        seen = writing.look_at(session, found, writing.raw_of(session, found))
        assert "Annelies dronk" in seen.result()["text"]


FAMILY = (
    "Fatima Bouzerda (34) uit Zaltbommel belde. Mevrouw Bouzerda was boos. Fatima's zoon Karim "
    "lachte. Fatima wil naar huis."
)


def decided(text: str, typed: dict[str, str]) -> tuple[Raw, dict[str, list[str]], str]:
    """With these words of the author; what in them points to somebody, and the text."""
    raw = raw_of(text)
    for group in look(raw, KEY).groups:
        if group.original in typed:
            raw.decisions[group.key] = Decision(How.REPLACED, typed[group.original])
    seen = look(raw, KEY)
    return raw, {g.original: g.still for g in seen.groups if g.still}, seen.result()["text"]


def test_a_pseudonym_of_the_author_holds_in_every_form() -> None:
    _raw, still, result = decided(FAMILY, {"Fatima": "Noor"})
    assert not still
    assert result.startswith("Noor ")
    assert "Noors zoon" in result
    assert result.endswith("Noor wil naar huis.")
    _raw, still, result = decided(FAMILY, {"Fatima Bouzerda": "Noor de Haan"})
    assert not still
    assert "Mevrouw De Haan was boos. Noors zoon" in result
    _raw, still, result = decided(FAMILY, {"Fatima Bouzerda": "een vrouw"})
    assert not still
    assert result.startswith("een vrouw (")
    assert "Fatima" not in result
    assert "Bouzerda" not in result


def test_words_of_the_author_are_looked_at_as_well() -> None:
    """A place, an age or somebody's old name in a replacement waits until the author is sure."""
    typed = {
        "Zaltbommel": "een dorp bij Den Bosch",
        "34": "35",
        "Karim": "het kind van Bouzerda",
        "Fatima": "Noor",
    }
    raw, still, _result = decided(FAMILY, typed)
    assert still == {"Zaltbommel": ["Den Bosch"], "34": ["35"], "Karim": ["Bouzerda"]}
    for group in look(raw, KEY).groups:
        if group.original == "34":
            raw.decisions[group.key] = Decision(How.REPLACED, "begin dertig")
        elif group.still:
            raw.decisions[group.key] = Decision(How.REPLACED, group.typed, sure=True)
    seen = look(Raw.from_json(raw.to_json()), KEY)
    assert not any(g.still for g in seen.groups)
    swapped = {"Fatima": "Karim", "Karim": "Fatima"}
    assert decided(FAMILY, swapped)[1] == {"Fatima": ["Karim"], "Karim": ["Fatima"]}


def test_being_sure_is_of_words_that_were_shown(people, browser) -> None:
    case = people.walk.start()
    author, url = browser(people.author), f"/casussen/{case.id}/bevindingen"
    people.walk.decided(case)
    found = re.search(r'<b>Zaltbommel</b>.*?name="how-(\w+)"', author.get(url).text, re.S)
    key = found[1]

    def sent(words: str, *sure: str):
        fields = {f"how-{key}": "replaced", f"text-{key}": words, "on": "yes"}
        return author.send(url, fields | {f"sure-{key}": s for s in sure})

    waits = f"{url}?vanaf=0#b-{key}"
    assert sent("Utrecht", "yes").headers["Location"] == waits
    assert "this still points to somebody: “Utrecht”" in author.get(url).text
    assert sent("Zwolle", "yes").headers["Location"] == waits
    assert "“Zwolle”" in author.get(f"/casussen/{case.id}/bevindingen").text
    assert author.get(f"/casussen/{case.id}").text.count("1 is waiting") == 1
    assert sent("Zwolle", "yes").headers["Location"].endswith("/controle")


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
    assert [g.marks for g in seen.groups if g.added] == [{"bouzerda van de bakker"}]


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


def test_a_mark_that_touches_a_finding_can_be_taken_away(people, make) -> None:
    case = people.walk.start(raw=RAW | {"text": "Ze heet Fatima Bouzerda van de bakker."})
    with unit_of_work() as session:
        actor = make.actor(people.author)
        for words in ("Bouzerda van de bakker", "de bakker"):
            writing.add_words(session, actor, case.id, words, "PERSON", people.walk.now)

        def groups():
            found = session.get_one(Case, case.id)
            return writing.look_at(session, found, writing.raw_of(session, found)).groups

        (marked,) = (g for g in groups() if g.added)
        assert marked.original == "Fatima Bouzerda van de bakker"
        writing.remove_words(session, actor, case.id, marked.key, people.walk.now)
        assert not any(g.added for g in groups())


def test_an_older_window_writes_over_nothing(people, browser) -> None:
    """By itself or by its button; of one window, later words win however they come in."""
    case = people.walk.start()
    author, url = browser(people.author), f"/casussen/{case.id}"
    headers = {"X-CSRFToken": author._fresh_token(), "Accept": "application/json"}

    def sent(text, version, page, turn):
        fields = RAW | {"text": text, "version": str(version), "page": page, "turn": str(turn)}
        answer = author.client.post(f"{url}/bewaren", json=fields, headers=headers)
        return answer.status_code, answer.get_json()

    shown = author.get(f"{url}/schrijven").text
    version = int(re.search(r'name="version"[^>]*value="(\d+)"', shown)[1])
    assert sent("Een.", version, "a", 1)[1]["version"] == version + 1
    assert sent("Een en drie.", version, "a", 3)[0] == 200, "the answer to the first was lost"
    assert sent("Een en twee.", version, "a", 2)[0] == 200
    status, other = sent("Oud.", version, "b", 1)
    assert status == 409
    assert other["parts"]["text"] == "Een en drie.", "and not what came late"
    refused = author.send(f"{url}/schrijven", {"text": "Oud.", "version": str(version)})
    assert refused.status_code == 422
    assert "in another window meanwhile" in refused.text
    assert "Een en drie." in refused.text
    assert "Oud.</textarea>" in refused.text, "both are kept"
    assert "Een en drie." in author.get(f"{url}/schrijven").text
    assert sent("Oud.", other["version"], "b", 2)[0] == 200


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite lets one write at once
def test_who_waited_for_the_other_window_goes_on_from_its_text(people, make) -> None:
    case = people.walk.start()
    with unit_of_work() as session:
        actor = make.actor(people.author)
        writing.open_draft(session, actor, case.id)  # the page read it before it waited
        with unit_of_work() as other:
            parts = RAW | {"text": "Fatima kwam met Sytske."}
            writing.save(other, actor, case.id, parts, people.walk.now)
        writing.add_words(session, actor, case.id, "Sytske", "PERSON", people.walk.now)
    with unit_of_work() as session:
        raw = writing.raw_of(session, session.get_one(Case, case.id))
    assert raw.part("text") == "Fatima kwam met Sytske."


def test_what_could_not_be_read_becomes_a_blank(people, browser) -> None:
    case = people.walk.start()
    author, url = browser(people.author), f"/casussen/{case.id}"
    headers = {"X-CSRFToken": author._fresh_token(), "Accept": "application/json"}
    fields = RAW | {"text": "een\ufffdwoord"}
    assert author.client.post(f"{url}/bewaren", json=fields, headers=headers).status_code == 200
    assert "een woord" in author.get(f"{url}/schrijven").text
    answer = author.client.post(f"{url}/bewaren", json={"title": "x" * 161}, headers=headers)
    assert answer.get_json()["error"] == "Keep it to 160 characters, please."


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
