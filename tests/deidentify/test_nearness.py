"""How near a person is: twenty combinations by hand, and no number where a figure is missing.

The numbers below were worked out apart from the code, from what is published: CBS (inhabitants of
places, by age and sex, by origin, births, marital state, farms), BIG-register, Nivel, KNB, DUO,
Politie, Rechtspraak. Each line says how; what the library says must lie within a factor of three.
"""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from cop.deidentify import find
from cop.deidentify.figures import AGES, EVENTS, OCCUPATIONS, ORIGINS, POPULATION
from cop.deidentify.nearness import Advice, FactorKind, estimate, round_people
from cop.deidentify.nearness_picture import picture
from cop.deidentify.replacing import apply, propose

from .test_properties import TEXTS

BY_HAND = [
    # Oirschot, the village: 10,900 (CBS 2022). One year of 235,000 on 17.8 million; women half.
    ("Een vrouw van 34 uit Oirschot drinkt weer.", 10_900 * 235 / 17_800 * 0.5),
    # Wommels: 2,240 (CBS 2022). Aged 52: 255,000.
    ("Een man van 52 uit Wommels, hij drinkt.", 2_240 * 255 / 17_800 * 0.5),
    # Almere: 222,000 (CBS 2023), a young town; 2,900 of every year, girls 49 of 100.
    ("Een meisje van 14 uit Almere vapet.", 2_900 * 0.49),
    # Emmen, the town: 57,000. Aged 91: 27,000 in all, 71 of 100 women.
    ("Een vrouw van 91 uit Emmen valt vaak.", 57_000 * 27 / 17_800 * 0.71),
    # Volendam: 22,700 (CBS 2022). Aged 16: 205,000, boys 51 of 100.
    ("Een jongen van 16 uit Volendam gebruikt.", 22_700 * 205 / 17_800 * 0.51),
    # Oirschot, women of 79: 10,900 × 160,000 × 0.53; one in three is a widow at that age.
    ("Mevrouw is 79, weduwe, en woont in Oirschot.", 10_900 * 160 / 17_800 * 0.53 * 0.33),
    # Zwolle: 131,000. Men of 84: 85,000 × 0.43; a quarter are widowers.
    ("Een weduwnaar van 84 uit Zwolle.", 131_000 * 85 / 17_800 * 0.43 * 0.25),
    # Rucphen, the village: 4,700. Women of 26: 0.49 × 230,000; 78 births per 1,000, 0.75 year each.
    ("Ze is 26, zwanger, en woont in Rucphen.", 4_700 * 230 / 17_800 * 0.49 * 0.078 * 0.75),
    # Rotterdam: 655,000. Women of 17: 0.49 × 3,400 × 655/655; births 1.5 per 1,000 at that age.
    ("Een zwangere vrouw van 17 uit Rotterdam.", 3_400 * 2 * 0.49 * 0.0015 * 0.75),
    # Enschede: 9,700 of Turkish origin (CBS); men half; 1.6 of 100 are 23.
    ("Een Turkse man van 23 uit Enschede.", 9_700 * 0.5 * 0.016),
    # Gouda: 7,600 of Moroccan origin; women 0.49; 0.9 of 100 are 58.
    ("Een Marokkaanse vrouw van 58 uit Gouda.", 7_600 * 0.49 * 0.009),
    # Amsterdam: 64,000 of Surinamese origin; men 0.46; 1.6 of 100 are 66.
    ("Een Surinaamse man van 66 uit Amsterdam.", 64_000 * 0.46 * 0.016),
    # Zevenaar, the town: 26,500. Poles 12 per 1,000; 2 of 100 are 41; men half.
    ("Een Poolse man van 41 uit Zevenaar.", 26_500 * 0.012 * 0.02 * 0.5),
    # Notaries: 1,240 (KNB 2022), men 0.65, 18 of 100 are 50 to 54. Villages in the north: 950,000.
    (
        "Een man van begin vijftig uit een dorp in het noorden, hij is notaris.",
        1_240 * 0.65 * 0.18 * 950 / 17_800,
    ),
    # Mayors: 342, 31 of 100 women; about 2.5 of 100 are 52.
    ("Een vrouw van 52, ze is burgemeester.", 342 * 0.31 * 0.025),
    # GPs: 13,500 (Nivel), women 0.6, 2.9 of 100 are 38; Utrecht 361,000.
    ("Een vrouw van 38 uit Utrecht, ze is huisarts.", 13_500 * 0.6 * 0.029 * 361 / 17_800),
    # Police: 50,000 in the field, women 0.33, 2.5 of 100 are 29; Assen, the town: 62,000.
    (
        "Een vrouw van 29 uit Assen, ze is politieagent.",
        50_000 * 0.33 * 0.025 * 62 / 17_800,
    ),
    # Judges: 2,646 (Rechtspraak 2022), women 0.6, 3 of 100 are 50.
    ("Een vrouw van 50, ze is rechter.", 2_646 * 0.6 * 0.03),
    # Dairy farms: Friesland 2,600, Groningen 850, Drenthe 1,000; one farmer; 2.5 of 100 are 48.
    (
        "Een man van 48, melkveehouder, uit een dorp in het noorden.",
        4_450 * 0.9 * 0.025,
    ),
    # Pilots of ships: 430 (Loodswezen), nearly all men; 3 of 100 are 45.
    ("Een man van 45, hij is registerloods.", 430 * 0.97 * 0.03),
    # Villages under 20,000 inhabitants: 37 of 100 people; 1,175,000 are 30 to 34; men half.
    ("Een man van begin dertig uit een dorp.", 1_175_000 * 0.5 * 0.37),
    # Pharmacists: 7,000, women 0.6, 3 of 100 are 33; cities from 150,000: 4.7 million.
    (
        "Een vrouw van 33, ze is apotheker in een grote stad.",
        7_000 * 0.6 * 0.03 * 4.7 / 17.8,
    ),
]


@pytest.mark.parametrize(("text", "by_hand"), BY_HAND)
def test_it_is_right_within_a_factor_of_three(text: str, by_hand: float) -> None:
    found = estimate(text, find(text))
    assert found is not None
    assert found.people is not None
    assert by_hand / 3 <= found.people <= by_hand * 3, (found.people, by_hand)


def test_there_are_twenty_of_them() -> None:
    assert len(BY_HAND) >= 20


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Een man van 40 uit Urk, de enige opvarende die het overleefde.", "de enige opvarende"),
        ("Een man van 40 uit Urk, hij was er mee in het nieuws.", "in het nieuws"),
        ("Een man van 40, hij woont op Kerkstraat 204.", "Kerkstraat 204"),
        ("Een man van 40 uit Urk, hij werkt bij Tactus.", "Tactus"),
        ("Een man van 40 uit Urk met BSN 111222333.", "111222333"),
        ("Mijn cliënt is imam in Deventer, 45 jaar.", "imam"),
        ("Een man van 41 uit Urk, blind, speelt orgel.", "blind"),
        ("Een man van 52 uit Wommels, hij is slager.", "slager"),
        ("Een slager van 52 uit Wommels.", "slager"),
        ("Een vrouw van 29 uit Tiel, ze is trans en dirigent.", "trans"),
        ("Een vrouw van 29 uit Tiel, ze is trans en dirigent.", "dirigent"),
        ("Een vrouw van 34 uit Oirschot met acht kinderen.", "acht kinderen"),
        ("Een man van 33 uit Emmen die zijn kind verloor bij een brand.", "verloor bij een brand"),
        ("Een vrouw van 40 uit Wommels is dierenarts.", "dierenarts"),
        ("Een man van 40 uit Emmen werkt als taxateur.", "taxateur"),
        ("De burgemeester van Brummen, een vrouw van 60", "De burgemeester van Brummen"),
        ("Een dominee van 50 uit Urk drinkt.", "dominee"),
    ],
)
def test_where_a_figure_is_missing_there_is_no_number(text: str, missing: str) -> None:
    found = estimate(text, find(text))
    assert found is not None
    assert found.people is None
    assert found.rounded is None
    assert missing in found.missing
    assert picture(found) is None


def test_what_stands_where_an_occupation_might_and_is_none_keeps_its_number() -> None:
    for text in (
        "Een man van 52 uit Wommels is nuchter en klaar, somber, verslaafd en kwetsbaar.",
        "Een vrouw van 34 uit Oirschot, moeder, en haar dochter is ziek. Ze is opgenomen.",
        "Een man van 40 uit Emmen is verder gezond, later ouder en rustiger.",
        "Een man van 40 uit Emmen. Zijn vader is overleden, hij is weer gaan drinken en gokken.",
        "Ik ben slager. Een man van 40 uit Urk drinkt.",
        "De huisarts van zijn moeder belde. Een man van 40 uit Urk had blind vertrouwen.",
    ):
        found = estimate(text, find(text))
        assert found is not None
        assert found.missing == (), text
        assert found.people is not None


def test_no_piece_of_a_clause_is_said_to_lack_a_figure() -> None:
    for text in ("De burgemeester van Brummen, een vrouw van 60", "dominee van 50 uit Urk"):
        found = estimate(text, find(text))
        assert found is not None
        assert set(found.missing) <= {"De burgemeester van Brummen", "dominee"}


@pytest.mark.parametrize(
    "text",
    ["", "Joke drinkt.", "Motiverende gespreksvoering helpt.", "Een vrouw drinkt.", "\x00"],
)
def test_what_tells_less_than_two_things_is_no_combination(text: str) -> None:
    assert estimate(text, find(text)) is None


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("Ik ben huisarts. Een man van 40 uit Urk drinkt.", False),
        ("Als huisarts zie ik een man van 40 uit Urk.", False),
        ("Ik werk als huisarts en zie een man van 40 uit Urk.", False),
        ("Een man van 40 uit Urk werkt als huisarts.", True),
        ("Een man van 40 uit Urk, huisarts, drinkt.", True),
    ],
)
def test_the_writer_is_not_the_one_it_is_about(text: str, counted: bool) -> None:
    found = estimate(text, find(text))
    assert found is not None
    assert (FactorKind.OCCUPATION in {f.kind for f in found.factors}) == counted


def test_factors_narrow_step_by_step_and_say_their_source() -> None:
    text = "Een vrouw van 34 uit Oirschot, ze is notaris."
    found = estimate(text, find(text))
    assert found is not None
    people = [POPULATION.people, *(f.people for f in found.factors)]
    assert people == sorted(people, reverse=True)
    assert found.people == people[-1]
    assert {f.words for f in found.factors} == {"Oirschot", "34", "vrouw", "notaris"}
    assert all(text[f.start : f.end] == f.words for f in found.factors)
    sources = {f.kind: f.source for f in found.factors}
    assert sources[FactorKind.PLACE].startswith("GeoNames")
    assert sources[FactorKind.OCCUPATION] == "KNB 2022"
    assert sources[FactorKind.AGE] == "CBS 2023"


def test_advice_is_what_helps_most() -> None:
    text = "Een vrouw van 34 uit Oirschot, ze is notaris."
    found = estimate(text, find(text))
    assert found is not None
    assert set(found.advice[:2]) == {Advice.PLACE, Advice.OCCUPATION}
    widened = {Advice[f.kind.name]: f.widened for f in found.factors}
    assert [widened[a] for a in found.advice] == sorted(
        (widened[a] for a in found.advice), reverse=True
    )


@pytest.mark.parametrize(
    "age",
    ["30 tot 35 jaar", "tussen de 30 en 35 jaar", "tussen de dertig en vijfendertig jaar oud"],
)
def test_a_range_of_ages_is_counted_whole(age: str) -> None:
    """As what the finder proposes in the place of '33 jaar'."""

    def people(said: str) -> float:
        found = estimate(text := f"Een man van {said} uit Urk drinkt.", find(text))
        assert found is not None
        return found.people or 0

    assert people(age) == people("begin dertig") > 3 * people("33 jaar")


def test_replacing_makes_the_number_larger() -> None:
    text = "Een vrouw van 34 uit Oirschot drinkt weer, ze is weduwe."
    spans = find(text)
    before = estimate(text, spans)
    after_text = apply(text, propose(text, spans, key=b"k" * 32))
    after = estimate(after_text, find(after_text))
    assert before is not None
    assert after is not None
    assert before.people is not None
    assert after.people is not None
    assert after.people > 20 * before.people


def test_the_picture_has_a_bar_for_each_step_and_they_get_shorter() -> None:
    text = "Een vrouw van 34 uit Oirschot, ze is notaris."
    found = estimate(text, find(text))
    assert found is not None
    drawn = picture(found)
    assert drawn is not None
    assert len(drawn.bars) == len(found.factors) + 1
    widths = [b.width for b in drawn.bars]
    assert widths == sorted(widths, reverse=True)
    assert all(0 < b.width <= drawn.width for b in drawn.bars)
    assert drawn.bars[0].people == 18_000_000
    assert drawn.bars[-1].people == found.rounded


@pytest.mark.parametrize(
    ("people", "said"), [(0.2, 0), (0.9, 1), (3.4, 3), (14, 10), (67, 70), (1234, 1200)]
)
def test_numbers_are_rounded_as_people_say_them(people: float, said: int) -> None:
    assert round_people(people) == said


def test_every_figure_has_a_year_and_a_source() -> None:
    for figure in (*OCCUPATIONS.values(), *ORIGINS.values(), *EVENTS.values()):
        assert 2020 <= figure.year <= 2025
        assert figure.source
        assert 0 < figure.people < POPULATION.people
    firsts = [first for first, _ in AGES]
    assert firsts == sorted(firsts)
    whole = sum(each * (after - first) for (first, each), (after, _) in pairwise(AGES))
    assert abs(whole - POPULATION.people) < 0.01 * POPULATION.people


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_any_text_will_do(text: str) -> None:
    found = estimate(text, find(text))
    if found is not None and found.people is not None:
        assert 0 <= found.people <= POPULATION.people
        assert (picture(found) is None) == (not found.factors)
