"""A passage says nothing of the place that it comes from."""

import pytest

from cop.moderation.passages import without_addresses, without_place

HOST = "leren.example.org"

# What stands in a post → what moderators get of it.
TEXTS = [
    ("> [Anna de Vries](/berichten/12):\n>\n> Piet drinkt weer.", "> …:\n>\n> Piet drinkt weer."),
    ("> [Zeewind](/berichten/12):\n> Ja.\n\nNee!", "> …:\n> Ja.\n\nNee!"),
    ("Zie [dit](https://leren.example.org/discussies/3?vanaf=31#x).", "Zie …."),
    ("Zie https://leren.example.org/berichten/12 en huil.", "Zie … en huil."),
    ("Zie HTTPS://WWW.LEREN.EXAMPLE.ORG/leden/anna", "Zie …"),
    ("Zie //leren.example.org/x en www.leren.example.org/y.", "Zie … en …"),
    ("Zie <https://leren.example.org>", "Zie <…>"),
    ("Zie /berichten/12 of (/proeftuinen/samen-thuis/logboek/4)", "Zie … of (…)"),
    ("Elders: https://kopie.example.net/berichten/12", "Elders: …"),
    ("Zie [dit][1].\n\n[1]: /berichten/12", "Zie [dit][1].\n\n…"),
    ("![foto](/bestanden/abc/foto.jpg)", "…"),
    ("Vraag het @anna-de-vries, zij weet het.", "Vraag het …, zij weet het."),
    ("Ja!\n\nOp 3 mei 2026 schreef Jan Smit:\n> Wat denk je?", "Ja!\n\n…\n> Wat denk je?"),
    (
        "Ja!\n\nVan: Jan Smit <jan@example.org>\nVerzonden: 3 mei\nAan: lijst\nOnderwerp: Werk"
        "\n\nWat denk je?",
        "Ja!\n\n…\n\nWat denk je?",
    ),
]


@pytest.mark.parametrize(("text", "passage"), TEXTS)
def test_names_of_quoted_writers_mentions_and_addresses_of_the_site_are_left_out(text, passage):
    assert without_place(text, HOST) == passage
    assert without_place(passage, HOST) == passage


@pytest.mark.parametrize(
    "text",
    [
        "Piet van de Dorpsstraat drinkt weer.",
        "Zie [de richtlijn](https://richtlijnen.example.net/alcohol).",
        "Mail piet@example.org of bel 113.",
        "Een > b, en/of c/d. 24/7!",
        "> Geen naam erbij.\n\nMijn antwoord.",
        "Regel een\n\n- punt\n- punt",
    ],
)
def test_other_words_stay_as_they_are(text):
    assert without_place(text, HOST) == text
    assert without_addresses(text, HOST) == text


def test_a_note_keeps_its_words_and_loses_addresses_of_the_site():
    note = "Het staat op https://leren.example.org/berichten/12, van Anna."
    assert without_addresses(note, HOST) == "Het staat op … van Anna."
