"""One table per family of rules. Everything here is invented."""

import pytest

from cop.deidentify import Label, Reason, explain, find, language, quick_check


def marks(text: str, label: Label) -> list[str]:
    return [text[s.start : s.end] for s in find(text) if s.label is label]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BSN 111222333 staat in het dossier", ["111222333"]),
        ("zijn nummer 111222333 klopt", ["111222333"]),
        ("IBAN: NL91 ABNA 0417 1643 00.", ["NL91 ABNA 0417 1643 00"]),
        ("dossiernummer R-2020/04417 ligt klaar", ["R-2020/04417"]),
        ("pt nr 0048213, opname", ["0048213"]),
        ("kenteken XX-123-Y, grijs", ["XX-123-Y"]),
        ("witte bus (xx-713-y) tegen een paal", ["xx-713-y"]),
        ("hij slikt 40 mg, RR 152/95, AUDIT 27", []),
        ("diagnose F10.2, B12 te laag", []),
        ("het kostte 12.500 euro in 2019", []),
    ],
)
def test_numbers(text: str, expected: list[str]) -> None:
    assert marks(text, Label.ID) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bel 06 1000 55 66 of", ["06 1000 55 66"]),
        ("tel. +31 (0)6 1000 7788", ["+31 (0)6 1000 7788"]),
        ("app +599 700 1234", ["+599 700 1234"]),
        ("mail proef@example.org maar", ["proef@example.org"]),
        (
            "mieke punt proef apenstaartje example punt nl",
            ["mieke punt proef apenstaartje example punt nl"],
        ),
        ("op nul zes tien nul nul twintig dertig", ["nul zes tien nul nul twintig dertig"]),
        ("via @lucht.proef gekocht", ["@lucht.proef"]),
        ("heet daar Tuinkabouter_66", ["Tuinkabouter_66"]),
        ("kijk op www.example.org/proef", ["www.example.org/proef"]),
        ("toestel 4432 graag", ["4432"]),
        ("24/7 bereikbaar, 3 tot 4 uur", []),
    ],
)
def test_contact(text: str, expected: list[str]) -> None:
    assert marks(text, Label.CONTACT) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Op 12 maart 2019 kwam hij", ["12 maart 2019"]),
        ("sinds okt '22 weg", ["okt '22"]),
        ("op 12-03-2019 en op 1-sept-23", ["12-03-2019", "1-sept-23"]),
        ("op de derde van mei", ["derde van mei"]),
        ("de data 5-1, 8-1, 12-1 schreef ik op", ["5-1", "8-1", "12-1"]),
        ("kerstavond 2021 en oudejaarsavond", ["kerstavond 2021", "oudejaarsavond"]),
        ("3 en 4 oktober", ["3 en 4 oktober"]),
        ("called me on March 3 from home", ["March 3"]),
        ("vorige week dinsdag in 2019, 3-4 glazen, score 7-8", []),
        ("een 1/2 tablet, 24/7, 2 x 5 mg", []),
    ],
)
def test_dates(text: str, expected: list[str]) -> None:
    assert marks(text, Label.DATE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("een man van 52 uit het dorp", ["52"]),
        ("Fatima's zoon (17) slaapt", ["17"]),
        ("v/34, alcohol", ["34"]),
        ("ze is vierendertig jaar oud", ["vierendertig"]),
        ("de 34-jarige bewoner", ["34-jarige"]),
        ("vanaf haar vijftiende", ["vijftiende"]),
        ("gebruikt sinds zijn 19e heroïne", ["19e"]),
        ("Ze zijn 9 en 6.", ["9", "6"]),
        ("wordt volgende maand 27.", ["27"]),
        ("drie jaar clean, tien jaar geleden, twee keer per week", []),
        ("moeder van vier, zijn derde opname", []),
        ("Zijn AUDIT was 36.", []),
    ],
)
def test_ages(text: str, expected: list[str]) -> None:
    assert marks(text, Label.AGE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hij woont in Wommels.", ["Wommels"]),
        ("jan uit emmen is weer binnen vandaag", ["emmen"]),
        ("aan de Lage Veldweg 6 staat een wagen", ["Lage Veldweg 6"]),
        ("op de ookproefweg tegen een paal gereden", ["ookproefweg"]),
        ("adres: 9999 XA", ["9999 XA"]),
        ("komt uit Tilburg-Noord", ["Tilburg-Noord"]),
        ("onze woonwijk en de snelweg, Bossche bollen, uit Polen", []),
    ],
)
def test_places(text: str, expected: list[str]) -> None:
    assert marks(text, Label.PLACE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("opname bij Tactus vorige week", ["Tactus"]),
        ("op camping De Proefkees zit hij", ["De Proefkees"]),
        ("in de Maranathakerk zat hij", ["Maranathakerk"]),
        ("zij werkt bij Fade Proef Factory als kok", ["Fade Proef Factory"]),
        ("de AA, het Minnesotamodel en Al-Anon", []),
    ],
)
def test_organisations(text: str, expected: list[str]) -> None:
    assert marks(text, Label.ORG) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gisteren belde Sjoerd Hoekstra weer.", ["Sjoerd Hoekstra"]),
        ("Ik sprak mevrouw De Wit in de gang.", ["De Wit"]),
        ("Volgens dr. Vermeulen kan het.", ["Vermeulen"]),
        ("Mevr. K. (79) valt vaak. Mevr. K. wil niets.", ["K.", "K."]),
        ("vriendin kimberly belde drie keer vannacht", ["kimberly"]),
        ("Anna kwam. Anna's moeder en Annas zus ook.", ["Anna", "Anna", "Annas"]),
        (
            "Storm van der Velde sliep buiten. Het werd storm. Van der Velde lachte.",
            ["Storm van der Velde", "Van der Velde"],
        ),
        ("Ik noem haar Quendra. QUENDRA lacht.", ["Quendra", "QUENDRA"]),
        ("Gerrit-Jan belde. Daarna belde GJ weer.", ["Gerrit-Jan", "GJ"]),
        ("De Jansen-familie kwam, want meneer Jansen was ziek.", ["Jansen", "Jansen"]),
        ("Wernicke en Korsakov, Balint, Prochaska", []),
        ("Hoop is geen plan. Roos en storm, wit en bloem.", []),
    ],
)
def test_people(text: str, expected: list[str]) -> None:
    assert marks(text, Label.PERSON) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Zij is de enige vrouwelijke klokkengieter van het land.", Reason.ONLY_ONE),
        ("Het ongeluk was in het nieuws, iedereen zag het.", Reason.NEWS),
    ],
)
def test_indirect_identifiers_say_why(text: str, reason: Reason) -> None:
    spans = [s for s in find(text) if s.label is Label.QUASI]
    assert reason in {s.reason for s in spans}
    assert all(explain(s) for s in spans)


def test_every_reason_has_words() -> None:
    from cop.deidentify.spans import Span

    for reason in Reason:
        assert explain(Span(0, 1, Label.PERSON, 0.5, reason, "cue"))
        assert "{" not in explain(Span(0, 1, Label.PERSON, 0.5, reason))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Het gaat niet goed met de man die bij ons op de afdeling woont", "nl"),
        ("He told me that he was not able to come to the meeting", "en"),
        ("Nie wiem co mam robić z tym wszystkim kiedy wraca pijany", "other"),
        ("kort", ""),
    ],
)
def test_language(text: str, expected: str) -> None:
    assert language(text) == expected


def test_other_languages_keep_numbers_and_contact() -> None:
    text = "Zadzwoń do mnie, +48 512 000 123, albo proef@example.org"
    assert len(marks(text, Label.CONTACT)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Zet het bestand om naar UTF-8 en gebruik de Latin-1 codering niet meer.",
        "Sinds Covid-19 doen we de MATE-2.1 en de OQ-45 vaker op afstand, zei het Trimbos-12 team.",
        "Please save the file as UTF-8, the locale en_GB.UTF-8 and ISO-8859-15 are not the same.",
        "The Airbus-40, the Boeing/34 and the Debian-12 package are all in the list of this week.",
    ],
)
def test_a_number_that_hangs_on_a_word_is_no_age(text: str) -> None:
    assert marks(text, Label.AGE) == []
    assert quick_check(text) == []


def test_in_english_the_model_for_dutch_says_nothing() -> None:
    text = (
        "I have moved all of the grep and awk calls to one script, and it is more flexible than "
        "what we had before. We will look at it this week."
    )
    assert marks(text, Label.PERSON) == []
    assert marks("My client Mrs. Smith is drinking again and she told me so.", Label.PERSON)


def test_a_numbered_list_a_week_and_a_group_in_a_study_are_no_ages() -> None:
    for text in (
        "De deelnemer oefent: 1) een Ik-zin, 2) een nee, 3) een stilte. Daarna wisselen we.",
        "intake gepland in wk 48, bloedprikken de dag erna",
        "De groep was klein (n = 54) en een derde viel uit.",
    ):
        assert marks(text, Label.AGE) == [], text
    assert marks("Op mn twaalfde eerste jointje, Petra (54) zag het.", Label.AGE) == [
        "twaalfde",
        "54",
    ]


# Words of the language with a capital, as on a board or in a training; nobody is named.
BOARD = (
    "Planning van de week. Maandag Nasi, dinsdag Stamppot met Worst, woensdag Soep, donderdag "
    "Vis, vrijdag Patat, zaterdag Salade. Wie kookt zet het Licht uit en het Raam dicht. Graag "
    "doorgeven wie er Vegetarisch eet. De oefening Wachten doen we na de Pauze, met de Emmer "
    "en de Kapotte Plaat, en daarna een Rondje door de tuin met wie dat wil."
)


def test_where_ordinary_words_have_capitals_a_capital_makes_no_name() -> None:
    assert [BOARD[s.start : s.end] for s in find(BOARD) if s.label is not Label.QUASI] == []
    told = BOARD + " Dinsdag belt Wiebrigje Zandstra (61) uit Emmen op 06-12345678 over haar zoon."
    assert {told[s.start : s.end] for s in find(told)} >= {"Wiebrigje Zandstra", "61", "Emmen"}
