"""What must hold for any text at all."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cop.deidentify import find, language

PIECES = st.sampled_from(
    [
        "Jan",
        "de Wit",
        "van",
        "emmen",
        "06 10002233",
        "(34)",
        ", 34 jaar",
        "\n",
        ". ",
        "mevr. K.",
        "🙂",
        "e\u0301",
        "\u200b",
        "\u00ad",
        "\u00a0",
        "BSN 111222333",
        "@x_1",
        "op 3 mei",
        "'s",
        "A.",
        "Kerkstraat 5",
        "1234 AB",
        "bij Tactus",
        "JANSEN",
        "zegt",
        "é",
        "I",
        "ß",
        "ﬁ",
        "Wester-\nhoff",
        "\ud83d",
        "x" * 300,
    ]
)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(PIECES, max_size=40).map(" ".join),
    st.lists(PIECES, max_size=40).map("".join),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_spans_lie_in_order_inside_the_text(text: str) -> None:
    spans = find(text)
    edges = [0] + [edge for s in spans for edge in (s.start, s.end)] + [len(text)]
    assert edges == sorted(edges)
    assert all(s.start < s.end and 0 <= s.confidence <= 1 for s in spans)
    assert find(text) == spans


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\u200d", "\ufeff", "\u2060"])
def test_invisible_characters_hide_nothing(sign: str) -> None:
    text = "Gisteren belde Sjoerd Hoekstra uit Wommels, 06 1000 2233."
    expected = {text[s.start : s.end] for s in find(text)}
    hidden = sign.join(text)
    found = {hidden[s.start : s.end].replace(sign, "") for s in find(hidden)}
    assert found == expected


def test_blanks_and_accents_of_pasted_text() -> None:
    text = "Gisteren belde Rene\u0301\u00a0Vermeulen uit\u00a0Zoe\u00adter\u00admeer 🙂."
    pieces = [text[s.start : s.end] for s in find(text)]
    assert pieces == ["Rene\u0301\u00a0Vermeulen", "Zoe\u00adter\u00admeer"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "12345",
        "1" * 5000,
        "!?",
        "😀" * 500,
        "\u200b" * 50,
        "\x00",
        "[[",
        "a" * 9999,
    ],
)
def test_odd_input_is_no_trouble(text: str) -> None:
    find(text)


@pytest.mark.parametrize(
    "unit",
    [
        "Vandaag kwam Karim (34) uit Emmen bij ons. Hij drinkt weer. ",
        "Jan van ",
        "A. ",
        "12 ",
        "a@",
        "1",
        "a.",
        "nul ",
        "de enige ",
        "\n",
        "'a ",
        "Aa ",
        "x_",
    ],
)
def test_time_grows_with_length_only(unit: str) -> None:
    # The bound is loose on purpose: what it must catch is quadratic time, which takes minutes.
    began = time.process_time()
    find((unit * 100_000)[:100_000])
    assert time.process_time() - began < 20


def test_what_pdf_and_phones_make_of_a_text_is_found_all_the_same() -> None:
    text = (
        "Mevrouw Zoe\u0301 Yi\u0307ldi\u0307z en de heer Wester-\nhoff uit Apel-\ndoorn, "
        "Kerk-\nstraat 12, zijn vieren-\ndertig. Meneer Griﬃoen uit Delﬀt \ud83d belde "
        "０６－１２３４５６７８ weer op."
    )
    pieces = [text[s.start : s.end] for s in find(text)]
    assert pieces == [
        "Zoe\u0301 Yi\u0307ldi\u0307z",
        "Wester-\nhoff",
        "Apel-\ndoorn",
        "Kerk-\nstraat 12",
        "vieren-\ndertig",
        "Griﬃoen",
        "Delﬀt",
        "０６－１２３４５６７８",
    ]
    assert find("De nadelen van voor-\nen nazorg in het kook-\nboek.") == []
    assert language("اسم المريض محمد، هاتف 0612345678، بريد a@example.org") == "other"
