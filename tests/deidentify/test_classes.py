"""Classes of writing that a stranger's text showed, each with a look-alike. All is invented."""

from itertools import pairwise

import pytest

from cop.deidentify import Label, find


def told(text: str) -> list[tuple[str, str]]:
    return [(str(s.label), text[s.start : s.end]) for s in find(text) if s.label is not Label.QUASI]


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        # days without their month; ranks are no days
        ("Kan ze vóór de 9e bellen? Liever niet de 12e, dan pas.", "DATE", ["9e", "12e"]),
        ("Hij komt op de achttiende, denk ik.", "DATE", ["achttiende"]),
        ("Zijn 3e opname, de 2e verdieping, de 2e lijn, hij werd de 4e.", "DATE", []),
        ("| 7 jul 14.20 | gevonden |", "DATE", ["7 jul"]),
        ("Te betalen vóór Nieuwjaar.", "DATE", ["Nieuwjaar"]),
        # ages beside things that are none
        ("Ik sprak hem. 58 jaar, kraanmachinist, stil.", "AGE", ["58"]),
        ("Dan Kees. 44, grote vent, zachte stem.", "AGE", ["44"]),
        ("Hoe oud is je zoon?\nNegen. Hij zit in groep 5.", "AGE", ["Negen"]),
        ("Ik bin een kerel van 63 jaor", "AGE", ["63"]),
        ("Daarna speed, twaalf jaar lang niets anders.", "AGE", []),
        ("De MoCA was 19. Op de lijst scoort zij 27. Later had ze 14.", "AGE", []),
        # stamps of an app, writers in a forum
        ("11-05-2023 21:40 - Proefje: kom je", "CONTACT", []),
        ("Nachtuil schreef:\nhoi\n\nDank, Nachtuil", "CONTACT", ["Nachtuil", "Nachtuil"]),
        ("let op een zekere flipkick030 hier", "CONTACT", ["flipkick030"]),
        ("Op de 28ste wordt Ineke vijftig.", "DATE", ["28ste"]),
        ("Rapportage nacht 8 op 9 november", "DATE", ["8 op 9 november"]),
        ("Geboortedatum 16 11 75, man.", "DATE", ["16 11 75"]),
        ("Op de 28ste wordt Ineke vijftig.", "AGE", ["vijftig"]),
        ("ja hij is 52 hij heeft altijd gewerkt en nu dit", "AGE", ["52"]),
        ("ja hij is 52 kilo en dat is te weinig", "AGE", []),
        ("Ik schat 10 per dag, het aantal plekken is 12.", "AGE", []),
        (
            "Hij heeft op mijn vijftiende, nee zestiende, gezwegen.",
            "AGE",
            ["vijftiende", "zestiende"],
        ),
        ("Zie aanmelding PRF-889120-B.", "ID", ["PRF-889120-B"]),
        ("kenteken B 77 XYZ, rood", "ID", ["B 77 XYZ"]),
        # addresses
        ("wij wonen op proefweg 3, 9999 xa delft", "PLACE", ["proefweg 3", "9999 xa", "delft"]),
        ("Ik woon op de Proefstraat 5 huis.", "PLACE", ["Proefstraat 5 huis"]),
        ("Adres: Proefweg 88 C2, 9999 XA Epe", "PLACE", ["Proefweg 88 C2", "9999 XA", "Epe"]),
        ("Gesprek 4, uitgewerkt\nEen 8, netjes", "PLACE", []),
        ("op woonboot De Reiger, aan de kade", "PLACE", ["De Reiger"]),
        ("hij komt uit leiden en zij woont in gouda.", "PLACE", ["leiden", "gouda"]),
        # numbers said aloud
        ("mijn nummer is zeven nul vier twee, zei ze", "ID", ["zeven nul vier twee"]),
        ("een, twee, drie, vier keer per dag", "ID", []),
        # organisations by their head
        ("Naar de opvang (Dikke Duim) gebracht.", "ORG", ["Dikke Duim"]),
        ("Gebeld met Kwekerij Het Groene Blad.", "ORG", ["Kwekerij Het Groene Blad"]),
        ("De kat zit in dierenpension De Vier Poten.", "ORG", ["De Vier Poten"]),
        ("Het Proefmannfonds betaalt mee.", "ORG", ["Proefmannfonds"]),
        ("Hij zit altijd bij 't Anker.", "ORG", ["'t Anker"]),
        ("Volgens de test van Jellinek scoort hij hoog.", "ORG", []),
        ("Ze komt op De Proefhaver en blijft daar.", "ORG", ["De Proefhaver"]),
        ("Sara van Proefring51 belt straks terug.", "ORG", ["Proefring51"]),
        # days in words, by a feast, within a month, misspelled or in another language
        (
            "Sinds carnaval 2008 drinkt hij, en hij haalt kerst niet.",
            "DATE",
            ["carnaval 2008", "kerst"],
        ),
        ("Zij kwam de derde week van mei terug.", "DATE", ["derde week van mei"]),
        ("Hij viel op dinsdag na Pasen 2023 om.", "DATE", ["dinsdag na Pasen 2023"]),
        ("Dat was in septeber 2009, zei hij.", "DATE", ["septeber 2009"]),
        ("Op de 5th of July kwam hij.", "DATE", ["5th of July"]),
        ("Zij schrijft op 6 lutego dat het gaat.", "DATE", ["6 lutego"]),
        ("Intake is de 15e, niet in de 19e eeuw of de 15e keer.", "DATE", ["15e"]),
        ("Hij slikt 24/7 en het is kerstpakkettentijd.", "DATE", []),
        # ages in other words
        ("Truus wordt vrijdag zestig, kaart volgt.", "AGE", ["zestig"]),
        ("Hij is bouwjaar '88 en sterk.", "AGE", ["'88"]),
        ("My client told me that he is sixty-four and tired of it all.", "AGE", ["sixty-four"]),
        ("Neeltje Proef, eenenvijftig toen ze stierf, lachte.", "AGE", ["eenenvijftig"]),
        ("Wij hebben 35 jaar ervaring samen en 12 stappen.", "AGE", []),
        ("Ze is trouwens 77 vandaag, zei hij.", "AGE", ["77"]),
        ("Hij wil niet terug na het incident vr 1/3 in de hal.", "DATE", ["1/3"]),
        ("Neem 1/3 van de tablet en slik 1/2 later.", "DATE", []),
        ("She stayed here until March and then she left for good.", "DATE", ["March"]),
        ("Tijd: 10.15-11.00, ref. 440-19-0072.", "ID", ["440-19-0072"]),
        ("Zij schreef op 06 09 2023 een brief.", "DATE", ["06 09 2023"]),
        ("Ik bel met Proefman & Zwaan over de huur.", "ORG", ["Proefman & Zwaan"]),
        # ages and days in words, in rows, before what was used
        ("Gebruik: vanaf 13 cannabis, vanaf 16 speed.", "AGE", ["13", "16"]),
        ("Mijn zus Willeke was zeven, ik vijf.", "AGE", ["zeven", "vijf"]),
        ("Hij was negen toen hij zijn moeder vond.", "AGE", ["negen"]),
        ("De man, ong 50, slaapt hier. Ik word overmorgen 15.", "AGE", ["50", "15"]),
        ("Sinds 12 weken gebruikt hij niet, vanaf 16 uur is er koffie.", "AGE", []),
        ("Tweede dag Suikerfeest stond hij er.", "DATE", ["Tweede dag Suikerfeest"]),
        ("geboortedatum een een zevenentachtig, man", "DATE", ["een een zevenentachtig"]),
        ("Werkte tot 15.XI in de kas; 3.10 gebeld.", "DATE", ["15.XI", "3.10"]),
        ("In maart-april was hij weg.", "DATE", ["maart", "april"]),
        ("Het werd 5-4, de stemming ging van 60-40 naar 52-48.", "DATE", []),
        ("Bel 06 tien nul nul veertig zestig.", "CONTACT", ["06 tien nul nul veertig zestig"]),
        ("Haar paspoort NXR4R2KK8 ligt hier.", "ID", ["NXR4R2KK8"]),
        # all of an institution's name
        ("Jan (34) speelt bij ODV '58 in het eerste.", "ORG", ["ODV '58"]),
        ("Jan (34) ging naar de Fatih moskee met Els.", "ORG", ["Fatih moskee"]),
        ("jan (34) is gevallen bij de plus in krimpen", "ORG", ["plus"]),
        ("Els (34) woont in aanleunwoning De Proeflaar 41.", "PLACE", ["De Proeflaar 41"]),
        ("Hij was lid van carnavalsvereniging de Proefvossen.", "ORG", ["de Proefvossen"]),
    ],
)
def test_forms(text: str, label: str, expected: list[str]) -> None:
    assert [piece for kind, piece in told(text) if kind == label] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "k2 – winterling: onrustig\nk4 – leeg, gelucht\nk7 - mw de boer: slaapt",
            ["winterling", "de boer"],
        ),
        ("Hoi PJ,\n\nZie onder.", ["PJ"]),
        ("Ze noemen hem de Snoek, al jaren.", ["Snoek"]),
        ("Ik werd geholpen. Wimmeke, zo noemt iedereen haar, kwam.", ["Wimmeke"]),
        ("Wij kennen haar als R., meer niet.", ["R."]),
        ("01.00 opname via crisis: D. Proef, rustig", ["D. Proef"]),
        ("Rinske v/d Proefmolen belde over de baby.", ["Rinske v/d Proefmolen"]),
        ("Zij slikt clonazepidine en proefosartan. Literatuur volgt.", []),
        ("We lazen het.\nLiteratuur: Proefman & Zweers, deel 2", []),
        ("Mijn dochter Mei belt. In mei was het erg. Toen kwam Mei.", ["Mei", "Mei"]),
        ("Vader (Arie sr.) zwijgt.", ["Arie sr."]),
        ("Hij heet R-O-S-M-A-L-E-N, met een s.", ["R-O-S-M-A-L-E-N"]),
        ("Het ligt bij de burgemeester. Daarna drinkt hij.", []),
        ("Mevr. X kwam weer. De PIW'er keek. In de Wvggz staat niets.", []),
        ("In het Balintachtige groepje nam hij een Duvelglas met Bacardi.", []),
        ("Ich bin 't zat, zag hae, en mien zuster geit auch neet mit.", []),
        ("Strepsils, Rennies, Pickwick en een Amsterdammertje.", []),
        ("She is Nigerian, hij is Pools.", []),
        ("Ze spreekt goed Frans. Graag via HR. De oefening is verplaatst.", []),
        ("Dat heet gewaarworden (Proefman, 2012; Van Proef, 2005).", []),
        ("Hoi Team,\n\nVanaf maandag werken we anders.", []),
        ("Hoop is haar dochter. Iedereen noemt hem de Generaal.", ["Hoop", "Generaal"]),
        ("Dat is mijn dochter. Drank is mijn vriend.", []),
        ("19:23 Nies 🌻: en\n19:25 Nies 🌻: ja", ["Nies", "Nies"]),
    ],
)
def test_people(text: str, expected: list[str]) -> None:
    assert [piece for kind, piece in told(text) if kind == "PERSON"] == expected


def test_who_is_meant_without_a_name() -> None:
    """Each phrase tells which person is meant; each of the others is anybody's."""
    telling = (
        "Zij is de enige notaris van een eiland.",
        "Hij was de man die het paard uit de gracht haalde.",
        "In de bladen bekend als de Kelderkoning.",
        "Hij heeft de taart gebakken voor de koning.",
        "Zij spreekt de haltes in van de streekbus.",
        "Een gemeente met nog geen duizend inwoners.",
        "Zij is de weduwe van een van de vissers.",
        "Een zeldzame ziekte waar in Nederland vier mensen mee leven.",
        "Het museum dat naar hem genoemd wordt.",
        "Hij zat zeven uur op een omgeslagen vlot.",
    )
    anybodys = (
        "Dat was de eerste keer in dertig jaar dat hij om hulp vroeg.",
        "Wie gaan we als eerste bellen?",
        "Hij heeft een zware week gehad en wil naar huis.",
        "De man die naast mij zat zei niets.",
    )
    for text in telling:
        assert any(s.label is Label.QUASI for s in find(text)), text
    for text in anybodys:
        assert not any(s.label is Label.QUASI for s in find(text)), text
    both = "Hij is de enige dierenarts van het eiland, een van de twee die er wonen."
    spans = [s for s in find(both) if s.label is Label.QUASI]
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_a_text_about_nobody_is_left_alone() -> None:
    """Sports, dishes, papers and doses with capitals, in a text of some length without people."""
    text = (
        "Vragenlijst voor het groepsgesprek. Ik sport: Hardlopen, Fitness, Tai Chi, Zumba. Ik ken: "
        "CRA, Mindfulness, Liberman, ACT, Schematherapie. Ik slik: Refusal, Campral, Ritalin. Ik "
        "rook: Marlboro, Drum. Mijn score op de AUDIT was boven 20. Ik heb hulp van de WMO of de "
        "Participatiewet. Ik doe mee aan Stoptober of Dry January. Sessieduur 90, 75 en 120 "
        "minuten. "
        "Geef dit blad aan de balie; er staat met opzet geen naam op. Menu: Nasi, Saté, Hachee, "
        "Kibbeling. De zaal ging van 60-40 naar 52-48."
    )
    assert told(text) == []
