"""Names of which the letters stand apart. Everything here is invented."""

import pytest

from cop.deidentify import Label, find
from cop.deidentify.replacing import apply, propose


def people(text: str) -> list[str]:
    return [text[s.start : s.end] for s in find(text) if s.label is Label.PERSON]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zij heet F a t i m a en woont alleen.", ["F a t i m a"]),
        ("f a t i m a is weer gaan gebruiken", ["f a t i m a"]),
        ("Ik noem haar F.a.t.i.m.a, zoals ze heet.", ["F.a.t.i.m.a"]),
        ("Het gaat om F*a*t*i*m*a en haar werk.", ["F*a*t*i*m*a"]),
        ("Het gaat om F_a_t_i_m_a en haar werk.", ["F_a_t_i_m_a"]),
        ("J. a. n zei dat hij weer drinkt.", ["J. a. n"]),
        ("Gisteren sprak ik J a n over de detox.", ["J a n"]),
        ("Zijn zus A n n a belt.", ["A n n a"]),
        ("R o o s kwam te laat.", ["R o o s"]),
        ("Het gaat om P i e t  J a n s e n uit de wijk.", ["P i e t  J a n s e n"]),
        ("Mevrouw V I S S E R belde.", ["V I S S E R"]),
        ("Mevrouw Z h a r g u l o belde.", ["Z h a r g u l o"]),
        ("Zijn zus heet F-a-t-i-m-a.", ["F-a-t-i-m-a"]),
        ("Mijn naam is v.i.s.s.e.r", ["v.i.s.s.e.r"]),
    ],
)
def test_a_name_is_found_letter_by_letter(text: str, expected: list[str]) -> None:
    assert people(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Zo, dat was  e c h t  n i e t leuk.",
        "V E R S L A G van de vergadering",
        "A B C D E zijn de criteria",
        "SMART staat voor S, M, A, R, T.",
        "s-t-o-p! n-i-e-t doen",
        "S. M. A. R. T. formuleren, z.s.m., e.v.a. en i.v.m. de tijd",
        "zet een kruis bij a / b / c / d, t/m v/d a/d/a",
        "klas 1 a b en 2 c d e, m v m v m v en 1 x d 2 x w",
    ],
)
def test_what_is_no_name_is_left_alone(text: str) -> None:
    assert people(text) == []


def test_who_is_named_elsewhere_is_the_same_person() -> None:
    text = "Haar zoon Zhargulo belde. z h a r g u l o komt niet. Z-h-a-r-g-u-l-o ook niet."
    assert people(text) == ["Zhargulo", "z h a r g u l o", "Z-h-a-r-g-u-l-o"]
    done = apply(text, propose(text, find(text), key=bytes(32)))
    first, second, third = done.removeprefix("Haar zoon ").split(". ")
    name = first.split()[0]
    assert [second.split()[0].title(), third.split()[0]] == [name, name]


def test_initials_stay_initials() -> None:
    assert people("J. A. N. de Vries en mw. J.H.M. Visser") == [
        "J. A. N. de Vries",
        "J.H.M. Visser",
    ]
