"""Other names in marked cases, so that the model learns how names stand and not which there are.

A marked case comes back with half of its people, places and organisations under another name:
listed ones of every origin, made-up ones that no list has, and ordinary words as institutions,
wards, villages and surnames have them ('het Kompas', 'De Linde', 'meneer Brand').
"""

from __future__ import annotations

import random
from functools import cache

from cop.deidentify.lexicon import Flag, lexicon

Gold = tuple[int, int, str]

# What houses, wards, teams, clubs and schools are called: trees, birds, ships, tools and virtues.
_WORDS = (
    "linde beuk eik berk wilg esdoorn els iep kastanje olm es vlier meidoorn hulst spar ceder "
    "populier acacia hazelaar jasmijn lavendel klaver distel brem heide varen riet lelie roos "
    "tulp narcis krokus margriet iris viool zonnebloem klimop appel peer kers pruim walnoot "
    "zwaluw merel lijster leeuwerik reiger ooievaar kievit grutto meeuw stern valk havik buizerd "
    "sperwer uil kraai ekster specht mees vink putter zwaan eend gans pauw fazant kwartel otter "
    "bever das vos hert ree haas egel eekhoorn libel vlinder krekel bij hommel zalm snoek baars "
    "anker kompas boei baken kajuit kombuis brug sluis steiger kade haven ark sloep vlet tjalk "
    "botter schuit veerpont loods roer mast zeil kiel boeg stuurman kapitein matroos golf branding "
    "duin strand zee eiland vuurtoren horizon einder oever dijk terp wiel kolk plas meer beek bron "
    "vijver wel put molen wiek schuur hoeve stal erf akker weide veld hof tuin gaard poort toren "
    "muur trap hal zolder venster deur drempel sleutel schakel wissel spil spoor halte kruispunt "
    "kring cirkel ster maan zon regenboog wolk wind storm dauw dageraad morgenrood avondrood lente "
    "zomer herfst oogst vonk vlam vuur lamp kaars licht schijnwerper spiegel prisma kristal parel "
    "diamant robijn goud zilver koper steen rots berg heuvel dal pas pad weg laan stap sprong "
    "vlucht vleugel veer nest ei zaad wortel tak blad knop bloesem vrucht hoop vrede moed trouw "
    "vertrouwen eendracht vriendschap toekomst toevlucht rust ruimte stilte ontmoeting doorgang "
    "doorstart opstap uitweg thuiskomst herberg stek honk dok werf smederij weverij fabriek "
    "bibliotheek kamer salon keuken tafel bank stoel wieg mand kist doos schaal beker kruik boog "
    "pijl schild zwaard kroon scepter zegel munt balans waag pijler fundament mozaïek palet"
).split()
_ONSETS = (
    "b br d dr f fl g gr h j k kl kr l m n p pr r s sch sl st t tj tr v w z y ch kw dz sh".split()
)
_CORES = "a aa ai e ee ei i ie o oe oo ou u ij ia ua eu ya".split()
_CODAS = " k l m n r s t d f g ng nk rs ck ff lm nd rt sk z x sz w".split(" ")
_ENDS = (
    "huizen wolde kerk drecht broek hoven loo veen horst dam berg donk rade ingen um sum gum"
).split()


@cache
def _listed() -> dict[str, list[str]]:
    """Names of one word by kind, out of the word list."""
    out: dict[str, list[str]] = {"FIRST": [], "LAST": [], "PLACE": []}
    for word, flags in lexicon()._flags.items():
        if " " in word or len(word) < 3 or flags & (Flag.SAFE | Flag.NOTNAME):
            continue
        if flags & Flag.FIRST:
            out["FIRST"].append(word)
        if flags & Flag.LAST:
            out["LAST"].append(word)
        if flags & Flag.PLACE and not flags & Flag.COMMON:
            out["PLACE"].append(word)
    return {kind: sorted(words) for kind, words in out.items()}


def _made_up(dice: random.Random) -> str:
    """A name that no list has."""
    return "".join(
        dice.choice(_ONSETS) + dice.choice(_CORES) + dice.choice(_CODAS)
        for _ in range(dice.choice((1, 2, 2, 2, 3)))
    )


def _other(word: str, label: str, known: int, dice: random.Random) -> str:
    """Another name for a word of a name, in its case."""
    chance = dice.random()
    if label == "PERSON":
        kind = "FIRST" if known & Flag.FIRST or dice.random() < 0.3 else "LAST"
        new = _made_up(dice) if chance < 0.25 else dice.choice(_listed()[kind])
        if chance > 0.92:
            new = dice.choice(_WORDS)
    elif label == "PLACE":
        new = dice.choice(_listed()["PLACE"])
        if chance < 0.25:
            new = dice.choice(_WORDS) + dice.choice(_ENDS)
    else:
        new = dice.choice(_WORDS)
        if chance < 0.25:
            new = _made_up(dice)
        elif chance < 0.4:
            new += dice.choice(_WORDS)
        elif chance < 0.5:
            new = dice.choice(_listed()["LAST"])
    if word.isupper() and len(word) > 1:
        return new.upper()
    return "-".join(part.capitalize() for part in new.split("-")) if word[0].isupper() else new


def swapped(text: str, gold: list[Gold], dice: random.Random) -> tuple[str, list[Gold]]:
    """The case under other names, and its marks. A name that comes back changes everywhere."""
    lex = lexicon()
    new: dict[str, str] = {}
    out, marks, at = "", [], 0
    for start, end, label in gold:
        out += text[at:start]
        piece = text[start:end]
        if label in {"PERSON", "PLACE", "ORG"} and not any(c.isdigit() for c in piece):
            words = []
            for word in piece.split(" "):
                low = word.lower()
                fit = word.replace("-", "").isalpha() and len(word) > 2
                if not fit or (low in {"van", "der", "den", "het", "ter", "ten", "aan", "bij"}):
                    words.append(word)
                    continue
                if low not in new:
                    flags = lex.flags(low)
                    new[low] = _other(word, label, flags, dice) if dice.random() < 0.6 else low
                other = new[low]
                words.append(other.capitalize() if word[0].isupper() and other.islower() else other)
                if word[0].islower():
                    words[-1] = words[-1].lower()
                elif new[low] == low:
                    words[-1] = word
            piece = " ".join(words)
        marks.append((len(out), len(out) + len(piece), label))
        out += piece
        at = end
    return out + text[at:], marks
