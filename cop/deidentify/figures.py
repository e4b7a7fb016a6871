"""Public figures about how many people in the Netherlands there are of a kind.

Each has its year and its source. They are rounded, since nothing here needs more than the first
two figures, and only those are in it of which the order of magnitude is beyond doubt. How many
live in a place comes from GeoNames (CC BY 4.0), by `kinds`.

Sources: CBS StatLine (cbs.nl, CC BY 4.0): bevolking naar leeftijd en geslacht 2023, bevolking naar
herkomst 2022, beroepen 2022, landbouwtelling 2022, dakloosheid 2022, geboorte 2023, burgerlijke
staat 2023. BIG-register (bigregister.nl), Nivel (nivel.nl), DUO (duo.nl), KNB, NOvA, Raad voor de
rechtspraak, Politie, Defensie, VNG, Tweede Kamer, Nederlands Loodswezen: what they publish of
their own number.
"""

from __future__ import annotations

from dataclasses import dataclass

EVEN = (1.0, 1.0, 1.0, 1.0, 1.0)
# Families that came from outside Europe live in towns: from CBS's figures for the four large cities
# and for municipalities below 20,000 inhabitants, rounded. Farms lie around villages.
IN_TOWNS = (0.3, 0.4, 0.7, 1.2, 2.2)
IN_VILLAGES = (4.5, 1.5, 0.4, 0.1, 0.02)


@dataclass(frozen=True, slots=True)
class Figure:
    """So many people.

    Attributes:
        women: the share of women; None where it is taken for half, or the source says nothing.
        towns: how much more or less there are of them in a village, a large village, a small
            town, a middling town and a city than in the country as a whole.
    """

    people: float
    year: int
    source: str
    women: float | None = None
    towns: tuple[float, ...] = EVEN


POPULATION = Figure(17_800_000, 2023, "CBS", women=0.503)

# Inhabitants of one year of age, in bands (first age of the band, people of each year in it).
AGES: tuple[tuple[int, float], ...] = (
    (0, 170_000),
    (5, 180_000),
    (10, 190_000),
    (15, 205_000),
    (20, 230_000),
    (30, 235_000),
    (35, 222_000),
    (40, 212_000),
    (45, 215_000),
    (50, 250_000),
    (60, 235_000),
    (65, 210_000),
    (70, 190_000),
    (75, 155_000),
    (80, 95_000),
    (85, 53_000),
    (90, 22_000),
    (95, 5_500),
    (100, 260),
    (110, 0),
)
# The share of women from an age on, until the next.
WOMEN = ((0, 0.487), (20, 0.495), (65, 0.515), (80, 0.59), (90, 0.72))
AGE_SOURCE = Figure(17_800_000, 2023, "CBS")
WORKING = (20, 67)  # ages between which occupations are spread here

OCCUPATIONS: dict[str, Figure] = {
    r"huisarts(?:e)?": Figure(13_500, 2021, "Nivel", women=0.6),
    r"(?:wijk)?verpleegkundige": Figure(215_000, 2023, "BIG-register", women=0.87),
    r"apothekers?": Figure(7_000, 2023, "BIG-register"),
    r"tandarts": Figure(11_000, 2023, "BIG-register"),
    r"fysiotherapeut": Figure(37_000, 2023, "BIG-register"),
    r"gz-psycholoog": Figure(18_000, 2023, "BIG-register"),
    r"psychotherapeut": Figure(5_500, 2023, "BIG-register"),
    r"verloskundige": Figure(5_500, 2023, "BIG-register", women=0.97),
    r"(?:medisch specialist|chirurg|internist|gynaecoloog|anesthesist)": Figure(
        27_000, 2023, "BIG-register"
    ),
    r"arts": Figure(85_000, 2023, "BIG-register"),
    r"(?:politieagente?|agent bij de politie|wijkagente?|politieman|politievrouw)": Figure(
        50_000, 2022, "Politie", women=0.33
    ),
    r"(?:militair|marinier|korporaal|sergeant)": Figure(40_000, 2022, "Defensie", women=0.11),
    r"(?:basisschoolleerkracht|leerkracht|leraar basisonderwijs|basisschooljuf)": Figure(
        130_000, 2022, "DUO", women=0.87
    ),
    r"(?:docente?|leraar|lerares)": Figure(75_000, 2022, "DUO"),
    r"(?:melkveehoud(?:er|ster))": Figure(14_700, 2022, "CBS", women=0.1, towns=IN_VILLAGES),
    r"(?:boer|boerin|agrari[eë]r|akkerbouwer|veehouder)": Figure(
        51_000, 2022, "CBS", women=0.15, towns=IN_VILLAGES
    ),
    r"notaris": Figure(1_240, 2022, "KNB", women=0.35),
    r"advocaat|advocate": Figure(18_100, 2022, "NOvA", women=0.456),
    r"rechter": Figure(2_650, 2022, "Raad voor de rechtspraak", women=0.6),
    r"burgemeester": Figure(342, 2023, "VNG", women=0.3),
    r"wethouder": Figure(1_500, 2022, "VNG"),
    r"(?:tweede kamerlid|kamerlid)": Figure(150, 2023, "Tweede Kamer", women=0.4),
    r"(?:registerloods|loods in de haven)": Figure(430, 2022, "Nederlands Loodswezen", women=0.03),
    r"(?:vrachtwagenchauffeur|trucker)": Figure(110_000, 2022, "CBS", women=0.05),
}

# People who came from there or whose parent did.
ORIGINS: dict[str, Figure] = {
    r"turks?e?|turkije|turk": Figure(430_000, 2022, "CBS", towns=IN_TOWNS),
    r"marokkaanse?|marokko|marokkaan": Figure(420_000, 2022, "CBS", towns=IN_TOWNS),
    r"surinaamse?|suriname|surinamer": Figure(360_000, 2022, "CBS", towns=IN_TOWNS),
    r"(?:indonesisch|indisch)e?|indonesi[eë]": Figure(364_000, 2022, "CBS"),
    r"(?:antilliaans|arubaans|curaçaos)e?|cura[cç]ao|aruba|bonaire|antillen": Figure(
        185_000, 2022, "CBS", towns=IN_TOWNS
    ),
    r"poolse?|polen|pool": Figure(220_000, 2022, "CBS"),
    r"syrische?|syri[eë]|syri[eë]r": Figure(126_000, 2022, "CBS", towns=IN_TOWNS),
    r"afghaanse?|afghanistan|afghaan": Figure(52_000, 2022, "CBS", towns=IN_TOWNS),
    r"iraanse?|iran|iraani[eë]r": Figure(50_000, 2022, "CBS", towns=IN_TOWNS),
    r"iraakse?|irak": Figure(65_000, 2022, "CBS", towns=IN_TOWNS),
    r"somalische?|somali[eë]|somali[eë]r": Figure(40_000, 2022, "CBS", towns=IN_TOWNS),
    r"eritrese?|eritrea|eritree[eë]r": Figure(25_000, 2022, "CBS", towns=IN_TOWNS),
    r"ghanese?|ghana|ghanees": Figure(26_000, 2022, "CBS", towns=IN_TOWNS),
    r"kaapverdische?|kaapverdi[eë]": Figure(23_000, 2022, "CBS", towns=IN_TOWNS),
    r"bulgaarse?|bulgarije": Figure(46_000, 2022, "CBS"),
    r"roemeense?|roemeni[eë]": Figure(43_000, 2022, "CBS"),
    r"vietnamese?|vietnam": Figure(25_000, 2022, "CBS", towns=IN_TOWNS),
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to people: how many, of which sex, in bands of age.

    Attributes:
        bands: (first age, age after the last, people).
        women: their share; 1.0 and 0.0 tell the sex.
    """

    bands: tuple[tuple[int, int, float], ...]
    year: int
    women: float
    source: str = "CBS"
    towns: tuple[float, ...] = EVEN

    @property
    def people(self) -> float:
        """All of them."""
        return sum(people for _, _, people in self.bands)


EVENTS: dict[str, Event] = {
    # 164,500 births in 2023, by age of the mother; three quarters of a year each.
    r"zwangere?|in verwachting": Event(
        ((15, 20, 1e3), (20, 25, 9e3), (25, 30, 34e3), (30, 35, 48e3), (35, 45, 31e3)), 2023, 1.0
    ),
    r"weduwe": Event(
        ((20, 60, 45e3), (60, 70, 95e3), (70, 80, 210e3), (80, 110, 290e3)), 2023, 1.0
    ),
    r"weduwnaar": Event(
        ((20, 60, 17e3), (60, 70, 33e3), (70, 80, 70e3), (80, 110, 95e3)), 2023, 0.0
    ),
    r"dakloos|dakloze": Event(((18, 65, 27e3),), 2022, 0.19, towns=IN_TOWNS),
}
