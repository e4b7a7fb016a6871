"""Lines that a mail program broke are joined; lines that a person ended are not."""

import pytest

from cop.platform import wrapping
from cop.platform.markup import plain_to_html

LETTER = [
    "Beste allemaal, vorige week hebben we met de werkgroep gesproken over",
    "wat er nodig is om mensen sneller te kunnen helpen, en daarbij kwam de",
    "vraag op of jullie daar al iets mee doen.",
]
POEM = ["De dag begint met licht", "en eindigt in de straten", "waar niemand meer iets zegt"]
LIST = ["- bel eerst de huisarts van degene om wie het gaat en leg uit wat er", "- kom langs"]
HANGING = [
    "- bel eerst de huisarts van degene om wie het gaat en leg uit wat er",
    "  aan de hand is",
]
CODE = [
    "for woord in woorden: tel_letters(van=woord, en_onthoud=dat_getal);",
    "    print(woord)",
]
NAME = ["Dat lijkt ons heel goed, dus laten we het volgende maand gaan proberen.", "Sanne"]
TABLE = [
    "maandag   van tien tot twaalf uur in de grote zaal   boven in huis",
    "dinsdag   niets",
]
LINK = [
    "Het hele verslag van de bijeenkomst staat nu voor iedereen op deze plek",
    "https://example.org/een/heel/lang/adres/dat/nergens/in/past",
]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (LETTER, 1),
        (POEM, 3),
        (LIST, 2),
        (HANGING, 1),
        (CODE, 2),
        (NAME, 2),
        (TABLE, 2),
        (LINK, 2),
        (["kort", "en kort"], 2),
    ],
)
def test_only_what_a_program_broke_is_joined(lines, expected):
    wide = wrapping.width([*LETTER, *lines])
    assert len(wrapping.unwrapped(lines, wide)) == expected


def test_short_lines_show_no_width_and_stay():
    assert wrapping.width(POEM) == 0
    assert plain_to_html("\n".join(POEM)).count("<br>") == 2


def test_a_letter_reads_as_paragraphs_and_loses_no_word():
    made = plain_to_html("\n".join(LETTER) + "\n\nGroet,\nSanne\n-- \nSanne Visser")
    assert made.startswith(f"<p>{' '.join(LETTER)}</p>")
    assert made.endswith("<p>Groet,<br>Sanne<br>--<br>Sanne Visser</p>")


def test_a_folded_quotation_does_not_say_its_first_line_twice():
    made = plain_to_html("Ja.\n\n> Kom je ook naar de bijeenkomst?\n> We beginnen om tien uur.")
    assert made.count("Kom je ook") == 1
    assert "<summary>Kom je ook naar de bijeenkomst? …</summary>" in made
    assert "<p>… We beginnen om tien uur.</p>" in made


def test_a_quotation_as_long_as_its_summary_is_not_folded():
    made = plain_to_html("> Kom je ook?\n\nJa.")
    assert made == "<blockquote><p>Kom je ook?</p></blockquote><p>Ja.</p>"


def test_a_quotation_of_one_long_line_goes_on_where_its_summary_stops():
    line = "woord " * 40
    made = plain_to_html(f"> {line}\n\nJa.")
    assert made.count("woord") == 40
    assert "<details" in made
