"""The pages of a draft say how near the person is in the text as others will read it."""

import pytest

from tests.cases.walking import RAW, walk

PAGES = ("bevindingen", "controle", "voorbeeld")


def text_of(answer):
    return " ".join(answer.get_data(as_text=True).split())


@pytest.fixture
def draft(people, make, browser):
    """`draft(text)` is a draft of the author and their browser."""

    def made(text):
        case = walk(make, people.author).start(raw=RAW | {"title": "Wat nu", "text": text})
        return browser(people.author), f"/casussen/{case.id}"

    return made


@pytest.mark.parametrize("page", PAGES)
def test_a_sum_with_words_and_a_picture_that_is_read_aloud(draft, page):
    author, url = draft("Een vrouw van 34 uit Oirschot drinkt weer, zegt haar zus.")
    shown = text_of(author.get(f"{url}/{page}"))
    assert "How near is the person?" in shown
    assert "This combination fits about" in shown
    assert "<title" in shown.split('<svg class="chart"')[1]
    assert "<desc" in shown.split('<svg class="chart"')[1]
    assert "GeoNames" in shown
    assert "not a judgement" in shown
    drawing = shown.split('<svg class="chart"')[1].split("</svg>")[0]
    assert "Oirschot" not in drawing, "the text with its replacements is what counts"
    for word in ("is safe", "anonymous enough"):
        assert word not in shown


def test_where_a_figure_is_missing_the_page_gives_no_number(draft):
    author, url = draft("Een man van 40, het enige kind van zijn ouders, drinkt weer.")
    shown = text_of(author.get(f"{url}/voorbeeld"))
    assert "so there is no number" in shown
    assert "This combination fits about" not in shown
    assert '<svg class="chart"' not in shown


def test_a_text_that_tells_of_nobody_says_so(draft):
    author, url = draft("Wat doe je met een groep die zwijgt?")
    assert "tells too little of one person" in text_of(author.get(f"{url}/voorbeeld"))
