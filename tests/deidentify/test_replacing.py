"""Replacements: what is outside them stays, one person is one pseudonym, and the words fit."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cop.deidentify import Label, Reason, Span, find
from cop.deidentify.replacing import Mismatch, Replacement, advise, apply, moved, propose

from .scoring import CASES, unmark
from .test_properties import TEXTS

KEY = b"a key of one case, 32 bytes long"
OTHER = b"a key of another case, 32 bytes."


def marked(text: str) -> tuple[str, list[Span]]:
    """Text with marks as the cases have them; the spans are those of the marks."""
    plain, gold = unmark(text)
    reasons = {
        "PERSON": Reason.KNOWN_NAME,
        "PLACE": Reason.KNOWN_PLACE,
        "ORG": Reason.ORG_CUE,
        "DATE": Reason.DATE,
        "AGE": Reason.AGE,
        "ID": Reason.CODE,
        "CONTACT": Reason.PHONE,
        "QUASI": Reason.ONLY_ONE,
    }
    return plain, [Span(s, e, Label(label), 1.0, reasons[label]) for s, e, label in gold]


def replaced(text: str, key: bytes = KEY, **more: bool) -> str:
    plain, spans = marked(text)
    return apply(plain, propose(plain, spans, key=key, **more))


def words_of(text: str, key: bytes = KEY) -> list[str]:
    plain, spans = marked(text)
    return [r.text for r in propose(plain, spans, key=key)]


def around(text: str, replacements: list[Replacement]) -> list[str]:
    edges = [0] + [edge for r in replacements for edge in (r.start, r.end)] + [len(text)]
    return [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]


def all_cases() -> list[tuple[str, str]]:
    return [(p.name, unmark(p.read_text(encoding="utf-8"))[0]) for p in sorted(CASES.glob("*.md"))]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_text_outside_replacements_is_unchanged(text: str) -> None:
    proposed = propose(text, find(text), key=KEY)
    done = apply(text, proposed)
    assert around(text, proposed) == around(done, moved(proposed))
    assert all(text[r.start : r.end] == r.original for r in proposed)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_applying_twice_changes_nothing(text: str) -> None:
    proposed = propose(text, find(text), key=KEY)
    done = apply(text, proposed)
    if done != text:
        assert apply(done, proposed) == done


@st.composite
def spans_anywhere(draw: st.DrawFn) -> tuple[str, list[Span]]:
    """Any text with any spans: authors add spans by selecting."""
    text = draw(TEXTS)
    edges = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    pairs = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False) if a < b]
    labels, reasons = st.sampled_from(list(Label)), st.sampled_from(list(Reason))
    return text, [Span(a, b, draw(labels), 1.0, draw(reasons)) for a, b in pairs]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spans_anywhere())
def test_any_span_at_all_can_be_replaced(given_: tuple[str, list[Span]]) -> None:
    text, spans = given_
    proposed = propose(text, spans, key=KEY)
    done = apply(text, proposed)
    assert around(text, proposed) == around(done, moved(proposed))
    assert propose(text, spans, key=KEY) == proposed


NAMES = st.sampled_from("Fatima Sjoerd Wendy Karim Ria Mehmet Joke Dean Priscilla Kees".split())
SURNAMES = st.sampled_from("Bakker|de Wit|El Amrani|van der Velde|Yıldız|Kramer".split("|"))
FORMS = st.sampled_from(["{g} {s}", "{g}", "mevrouw {s}", "{g} {s}", "{i}. {s}"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(NAMES, SURNAMES, FORMS), min_size=1, max_size=14))
def test_one_person_keeps_one_pseudonym(people: list[tuple[str, str, str]]) -> None:
    sentences, parts = [], []
    for given_, surname, form in people:
        name = form.format(g=given_, s=surname, i=given_[0])
        title, _, rest = name.rpartition("mevrouw ")
        sentences.append(f"Toen kwam {title and 'mevrouw '}[[PERSON|{rest}]].")
        parts.append((given_, surname, form))
    said = words_of(" ".join(sentences))
    givens: dict[str, set[str]] = {}
    surnames: dict[str, set[str]] = {}
    for (given_, surname, form), words in zip(parts, said, strict=True):
        if "{g}" in form:
            givens.setdefault(given_, set()).add(words.split(" ")[0])
        if "{s}" in form:
            surnames.setdefault(surname, set()).add(words.split(" ")[-1])
    for kept in (givens, surnames):
        assert all(len(names) == 1 for names in kept.values())
        assert len({min(n) for n in kept.values()}) == len(kept), "two people, one pseudonym"


@pytest.mark.parametrize(("name", "text"), all_cases())
def test_no_pseudonym_is_a_name_of_the_text(name: str, text: str) -> None:
    spans = find(text)
    words = {w.lower() for w in re.findall(r"[^\W\d_]+", text)}
    for r in propose(text, spans, key=KEY):
        if r.label is Label.PERSON and r.text != r.original:
            new = re.findall(r"[^\W\d_]{3,}", r.text.lower())
            ours = [w for w in new if w not in {"van", "der", "den", "ter", "jr", "sr"}]
            assert not set(ours) & words, (r, name)


@pytest.mark.parametrize(("name", "text"), all_cases())
def test_nothing_that_was_found_is_left(name: str, text: str) -> None:
    spans = find(text)
    proposed = propose(text, spans, key=KEY)
    vague = {s.start for s in spans if s.label is Label.AGE} - {r.start for r in proposed}
    for span in spans:
        if span.label is Label.QUASI or span.start in vague:
            continue
        r = next(r for r in proposed if r.start == span.start)
        assert r.text.strip() != r.original, r


def test_same_key_same_words_and_another_key_others() -> None:
    text = "[[PERSON|Fatima El Amrani]] belde [[PERSON|Sjoerd]]. [[PERSON|Fatima]] huilde."
    assert replaced(text) == replaced(text)
    assert replaced(text) != replaced(text, OTHER)


def test_a_name_that_comes_later_does_not_rename_the_others() -> None:
    before = words_of("[[PERSON|Fatima]] belde [[PERSON|Sjoerd]].")
    after = words_of("[[PERSON|Fatima]] belde [[PERSON|Sjoerd]]. Toen kwam [[PERSON|Olga]].")
    assert after[:2] == before


def test_kept_findings_stay() -> None:
    text, spans = marked("Ik ben [[PERSON|Bep Kramer]], [[AGE|67]], uit [[PLACE|Hoogezand]].")
    for kept in ([spans[0]], [(spans[0].start, spans[0].end)], ["bep kramer"]):
        done = apply(text, propose(text, spans, key=KEY, kept=kept))
        assert done.startswith("Ik ben Bep Kramer, eind zestig, uit een")


def test_indirect_identifiers_get_advice_and_no_words() -> None:
    text, spans = marked("Hij is [[QUASI|de enige notaris]] van het dorp.")
    assert propose(text, spans, key=KEY) == []
    assert {advise(Span(0, 1, Label.QUASI, 1.0, r)) for r in Reason if r.value}


def test_other_text_is_refused() -> None:
    text, spans = marked("Toen kwam [[PERSON|Karim]].")
    proposed = propose(text, spans, key=KEY)
    with pytest.raises(Mismatch):
        apply("Toen kwam Henk.", proposed)
    with pytest.raises(Mismatch):
        apply(text, [*proposed, *proposed])


# The forms of names


def first_names(text: str) -> list[str]:
    return [w.rstrip("'s") for w in words_of(text)]


def test_full_name_first_name_surname_and_initials_go_together() -> None:
    full, given_, titled, initialled = words_of(
        "[[PERSON|Karin de Wit]] is hier. [[PERSON|Karin]] drinkt. Mevrouw [[PERSON|De Wit]] belt. "
        "[[PERSON|K. de Wit]] tekende."
    )
    first, surname = full.split(" ", 1)
    assert given_ == first
    assert titled == surname[0].upper() + surname[1:]
    assert initialled == f"{first[0]}. {surname}"
    assert surname.split()[0] in {"de", "van", "ter"}, "a name with a prefix keeps one"


@pytest.mark.parametrize(
    "text",
    [
        "[[PERSON|Priscilla]], iedereen zegt [[PERSON|Pris]], is hier.",
        "[[PERSON|Muriel]] dus. Ze noemen mij [[PERSON|Muri]].",
        "[[PERSON|Mohammed]] belde. Later zei [[PERSON|Mo]] niets.",
    ],
)
def test_a_nickname_is_short_for_the_pseudonym(text: str) -> None:
    name, short = words_of(text)
    pairs = dict(e.split(":") for e in _short_forms())
    assert pairs.get(name) == short


def _short_forms() -> list[str]:
    from cop.deidentify.name_sets import MEN, NEUTRAL, WOMEN

    return [e for e in (*WOMEN, *MEN, *NEUTRAL) if ":" in e]


def test_genitives_fit() -> None:
    name, own, outside = words_of(
        "[[PERSON|Soerin]] slaat niet. [[PERSON|Soerins]] score is 31. [[PERSON|Fatima]]'s zoon."
    )
    assert own in {f"{name}s", f"{name}'s", f"{name}'"}
    assert outside[-1] in "aiouy"


@pytest.mark.parametrize(
    ("text", "pool"),
    [
        ("Mevrouw [[PERSON|Jikke]] zegt dat ze drinkt.", "WOMEN"),
        ("Zijn broer [[PERSON|Xander]] zegt dat hij drinkt.", "MEN"),
        ("[[PERSON|Fatima]] belde.", "WOMEN"),
        ("[[PERSON|Mehmet]] belde.", "MEN"),
        ("[[PERSON|Xyzzo]] belde.", "NEUTRAL"),
        ("[[PERSON|Xyzzo]] belde. Hij huilde.", "MEN"),
        ("[[PERSON|Xyzzo]] (v, 34) belde.", "WOMEN"),
    ],
)
def test_gender_follows_what_the_text_shows(text: str, pool: str) -> None:
    from cop.deidentify import name_sets

    names = {e.split(":")[0] for e in getattr(name_sets, pool)}
    assert words_of(text)[0] in names


def test_lower_case_and_capitals_are_kept() -> None:
    assert words_of("toen kwam [[PERSON|jan de wit]] binnen")[0].islower()
    assert words_of("TOEN KWAM [[PERSON|JAN DE WIT]] BINNEN")[0].isupper()
    assert re.fullmatch(r"[a-z]\.", words_of("grt [[PERSON|a.]] (nacht)")[0])


def test_origin_is_kept_only_when_asked() -> None:
    from cop.deidentify.name_sets import ORIGINS

    text = "[[PERSON|Fatima El Amrani]] belde."
    women, _, surnames = ORIGINS["arabic"]
    with_origin = replaced(text, keep_origin=True).split(" belde")[0].split()
    assert with_origin[0] in women
    assert with_origin[-1] in surnames
    without = replaced(text).split(" belde")[0].split()
    assert not {without[0], without[-1]} & {*women, *surnames}


# Ages


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ze is [[AGE|34]].", "begin dertig"),
        ("een man van [[AGE|52]] uit", "begin vijftig"),
        ("(v/[[AGE|34]])", "begin dertig"),
        ("een vrouw van [[AGE|vierendertig]] jaar", "dertig tot vijfendertig"),
        ("een vrouw van [[AGE|34]] jaar oud", "30 tot 35"),
        ("de [[AGE|34-jarige]] vrouw", "ongeveer vijfendertigjarige"),
        ("de [[AGE|34-jarige]] uit het noorden", "dertiger"),
        ("de [[AGE|17-jarige]] zoon", "ongeveer zestienjarige"),
        ("hun zoon ([[AGE|17]])", "rond de zestien"),
        ("[[AGE|19]]jr", "18 tot 20"),
        ("baby ([[AGE|5]] mnd)", "een paar"),
        ("drinkt vanaf haar [[AGE|vijftiende]]", "vijftiende of zestiende"),
        ("sinds zijn [[AGE|19e]].", "negentiende of twintigste"),
        ("wordt volgende maand [[AGE|27]].", "een jaar ouder"),
        ("hij wordt [[AGE|18]].", "meerderjarig"),
        ("Ze is [[AGE|91]].", "boven de negentig"),
        ("v[[AGE|34]]", " begin dertig"),
        ("De jongens zijn tussen de [[AGE|18 en 20]] jaar.", "15 en 20"),
        ("een man van tussen de [[AGE|veertig en drieënveertig]] jaar", "veertig en vijfenveertig"),
        ("een jaar of [[AGE|47]]", "vijfenveertig"),
    ],
)
def test_ages_become_ranges(text: str, words: str) -> None:
    assert words_of(text) == [words]


@pytest.mark.parametrize("text", ["is [[AGE|begin veertig]].", "een jaar of [[AGE|zestig]]"])
def test_a_vague_age_stays(text: str) -> None:
    assert words_of(text) == []


# Days


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sinds [[DATE|februari]]", ["de winter"]),
        ("Op [[DATE|24 augustus]] viel ze", ["een dag in de zomer"]),
        ("in [[DATE|maart 2020]]", ["het voorjaar van 2020"]),
        ("van [[DATE|okt '22]], toen", ["het najaar van 2022"]),
        ("eind [[DATE|mei]]", ["voorjaar"]),
        ("Op [[DATE|12 maart]] en op [[DATE|14 maart]].", ["dag 1", "dag 3"]),
        ("op [[DATE|3-4]], de [[DATE|5e]] kwam", ["dag 1", "derde dag"]),
        ("geb. [[DATE|12-3-1984]]", ["begin jaren tachtig"]),
        ("vóór de [[DATE|21ste]]", ["zoveelste"]),
        ("maandag [[DATE|12 maart]] viel hij", ["in het voorjaar"]),
        ("zag ik haar [[DATE|3 juni]] weer", ["op een dag in de zomer"]),
        ("op [[DATE|30 december]], op [[DATE|2 januari]]", ["dag 1", "dag 4"]),
    ],
)
def test_days_become_seasons_or_are_counted(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_a_feast_becomes_a_feast_in_its_season() -> None:
    text, spans = marked("Sinds [[DATE|Pasen]]. Op [[DATE|kerstavond 2021]] zat hij daar.")
    spans = [Span(s.start, s.end, s.label, 1.0, Reason.HOLIDAY) for s in spans]
    assert apply(text, propose(text, spans, key=KEY)) == (
        "Sinds het voorjaar. Op een feestdag in de winter van 2021 zat hij daar."
    )


# Places and institutions


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("in [[PLACE|Oirschot]]", "in een groot dorp in het zuiden"),
        ("in [[PLACE|Gouda]]", "in een middelgrote stad in het westen"),
        ("in [[PLACE|Groningen]]", "in een grote stad"),
        ("[[PLACE|Emmen]] is klein.", "Een middelgrote stad is klein."),
        ("bij [[ORG|Tactus]]", "bij een instelling voor verslavingszorg"),
        ("van het [[ORG|Bravis]] wil", "van het ziekenhuis wil"),
        ("wijkteam [[ORG|Zorgboog Zuid]]", "wijkteam X"),
        ("bij een [[ORG|Tactus]]", "bij een instelling voor verslavingszorg"),
        (
            "bij [[ORG|Tactus]]. Dus belde ik [[ORG|Tactus]], niet [[ORG|Brijder]]",
            "bij een instelling voor verslavingszorg. Dus belde ik de instelling voor "
            "verslavingszorg, niet een andere instelling voor verslavingszorg",
        ),
        ("BSN [[ID|111222333]] tel [[CONTACT|0612345671]]", "BSN [nummer] tel [contactgegevens]"),
    ],
)
def test_places_and_institutions_become_kinds(text: str, done: str) -> None:
    assert replaced(text) == done


def test_a_region_is_named_only_when_enough_places_fit() -> None:
    from cop.deidentify.kinds import ENOUGH, kinds

    for place in kinds().places.values():
        region = kinds().region(place)
        assert not region or region == "België" or kinds().counts[(region, place.rank)] >= ENOUGH


def test_seven_thousand_characters_take_no_time() -> None:
    import time

    text = (Path(CASES) / "r2-jeugd.md").read_text(encoding="utf-8")
    plain = unmark(text)[0] * 6
    spans = find(plain)
    propose(plain, spans, key=KEY)
    began = time.process_time()
    propose(plain, spans, key=KEY)
    assert time.process_time() - began < 2
