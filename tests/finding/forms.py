"""Word forms that a search should find: what is typed, and a text that it has to be found in."""

from cop.platform.search import asking, scoring
from cop.platform.search.asking import Group
from cop.platform.search.terms import PART, index_terms, main_term

# Synonyms as administrators enter them.
SYNONYMS = (
    "ghb, gbl, gammahydroxyboterzuur",
    "casus, casuïstiek",
    "ggz, psychiatrie",
    "poh, praktijkondersteuner",
)

# (typed, stands there)
FORMS = [
    # inflection
    *(("verslaafd", "de verslaafde man"), ("verslaafden", "hij is verslaafd")),
    *(("verslaafde", "hulp voor verslaafden"), ("verslavingen", "een verslaving")),
    *(("gesprek", "twee gesprekken"), ("gesprekken", "een kort gesprekje")),
    *(("huis", "in de huizen"), ("brieven", "een brief"), ("kind", "de kinderen")),
    *(("kinderen", "een kindje"), ("groepje", "alle groepen"), ("stad", "in de steden")),
    *(("behandelen", "zij is behandeld"), ("behandeling", "wij behandelen")),
    *(("gestopt", "hij wil stoppen"), ("stopt", "ik ben gestopt"), ("roken", "hij rookte")),
    *(("gedronken", "zij drinkt"), ("dronk", "niet drinken"), ("opgenomen", "laten opnemen")),
    *(("teruggevallen", "een terugval"), ("terugvallen", "hij viel terug: terugval")),
    *(("wonen", "waar hij woont"), ("gewoond", "waar zij woonde"), ("probleem", "veel problemen")),
    *(("afspraken", "een afspraak"), ("maatje", "alle maatjes"), ("moeder", "de moeders")),
    *(
        ("ervaring", "met ervaringen"),
        ("mogelijkheden", "een mogelijkheid"),
        ("zus", "twee zussen"),
    ),
    *(("gebruikt", "wat zij gebruiken"), ("gesproken", "met hem spreken"), ("arts", "de artsen")),
    *(("jongere", "voor jongeren"), ("oudere", "bij ouderen"), ("man", "twee mannen")),
    *(
        ("afbouwen", "heeft afgebouwd"),
        ("gemeld", "moet je melden"),
        ("vrijwilliger", "vrijwilligers"),
    ),
    *(("gegokt", "hij gokt"), ("geblowd", "wij blowen"), ("schaamte", "de schaamte")),
    *(("rookvrij", "een rookvrije dag"), ("eenzame", "zij is eenzaam"), ("pil", "de pillen")),
    *(("sociaal", "sociale hulp"), ("individuele", "individueel"), ("seksueel", "seksuele")),
    *(("opname", "laten opgenomen"), ("opgenomen", "de opname"), ("verbroken", "verbreken")),
    *(("verbreken", "het is verbroken"), ("ondersteunende", "wij ondersteunen")),
    # who does it and what is done
    *(("begeleider", "zij begeleidt"), ("begeleidt", "een begeleider")),
    *(("hulpverlener", "de hulpverlening"), ("hulpverlening", "twee hulpverleners")),
    *(("behandelaar", "de behandeling"), ("gebruiker", "wat zij gebruiken")),
    # compounds, from both sides
    *(("zorg", "de verslavingszorg"), ("verslaving", "de verslavingszorg")),
    *(("intervisie", "onze intervisiegroep"), ("groep", "onze intervisiegroep")),
    *(("machtiging", "een zorgmachtiging"), ("preventie", "terugvalpreventie")),
    *(
        ("plan", "mijn terugvalplan"),
        ("schuld", "schuldhulpverlening"),
        ("alcohol", "alcoholgebruik"),
    ),
    *(("gebruik", "middelengebruik"), ("team", "het wijkteam"), ("wijk", "het wijkteam")),
    *(("opvang", "crisisopvang"), ("deskundige", "een ervaringsdeskundige")),
    *(
        ("arts", "mijn huisarts"),
        ("controle", "urinecontroles"),
        ("instelling", "een ggz-instelling"),
    ),
    *(("ggz", "een ggz-instelling"), ("zelfhulpgroep", "een groep voor zelfhulp")),
    *(("verslavingszorg", "zorg bij verslaving"), ("e-health", "over e-health")),
    *(("gokverslaving", "verslaving aan gokken"),),
    *(("lachgas", "het lachgasgebruik"), ("schulden", "schuldsanering")),
    *(("dag", "een dagbesteding"), ("herstel", "herstelondersteunende zorg")),
    # one typing error
    *(
        ("verslavig", "een verslaving"),
        ("medicijen", "een medicijn"),
        ("methadno", "over methadon"),
    ),
    *(("terugvla", "een terugval"), ("intevisie", "onze intervisie"), ("naloxonn", "naloxon")),
    *(("psycholog", "een psycholoog"), ("begelieding", "de begeleiding"), ("oxicodon", "oxycodon")),
    *(("huisrats", "de huisarts"), ("ervaringsdeskudige", "een ervaringsdeskundige")),
    *(("gbh", "over ghb"), ("kokaine", "cocaïne"), ("begelijding", "de begeleiding")),
    # accents, capitals, punctuation
    *(("cafe", "in het café"), ("café", "in het cafe"), ("clienten", "voor cliënten")),
    *(("suicide", "suïcide"), ("coordinator", "de coördinator"), ("GHB", "over ghb")),
    *(("ghb", "over GHB."), ("autos", "twee auto's"), ("comorbiditeit", "co-morbiditeit")),
    # synonyms of the field
    *(("ghb", "een flesje GBL"), ("casuïstiek", "een casus"), ("casus", "casuistiek bespreken")),
    *(("psychiatrie", "bij de ggz"), ("poh", "de praktijkondersteuner")),
    # phrases
    *(
        ('"eigen regie"', "zij houdt eigen regie"),
        ('"contact met familie"', "contact met de familie"),
    ),
]
# Not found: a phrase that does not stand there, and words that only look alike.
APART = [
    ('"eigen regie"', "regie over je eigen leven"),
    ("gezin", "geen zin"),
    ("begeleiding", "het beleid"),
    ("wonen", "heel gewoon"),
    ("school", "schuld"),
    ("nemen", "met name"),
    ("moed", "een moeder"),
    ("vergeten", "zij eet"),
    ("ghb", "gb"),
]


def found_in(form: tuple[str, str]) -> bool:
    """Whether what is typed finds the text, as a search over that text alone would."""
    typed, stands = form
    terms = f" {' '.join(index_terms(stands))} "
    groups = asking.understood(typed, asking.alike(*SYNONYMS)).groups
    return bool(groups) and all(_holds(group, terms) for group in groups)


def _holds(group: Group, terms: str) -> bool:
    if scoring.weight_in(group, terms):
        return True
    if group.phrase:
        return False
    near = [
        word
        for word in sorted(asking.near(group.word))
        if f" {main_term(word)} " in terms or f" {PART}{main_term(word)} " in terms
    ]
    return asking.may_be_wrong(group.word) and bool(
        scoring.weight_in(asking.meant(group, near), terms)
    )
