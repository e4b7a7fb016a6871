"""The stem of a Dutch word: what its forms have in common.

Rules for what Dutch adds to a word (plural, diminutive, verb endings, participles), and a table of
the verbs and plurals that follow none (`data/irregular.txt`). A participle loses its `ge-` only
where the verb is a known word, so that 'gezin' stays apart from 'zin' and 'begeleiding' from
'beleid'. The same stem is what matters, not that it reads well.
"""

import re
from functools import cache, lru_cache
from pathlib import Path

from cop.platform.search.wordlist import words

IRREGULAR = Path(__file__).parent / "data" / "irregular.txt"
SHORTEST = 3  # what is left of a word has at least so many letters
# Before a verb's own beginning: 'op-ge-nomen', 'terug-ge-vallen'.
_BEFORE = (
    "aan achter af bij binnen boven buiten deel dicht door hard in kapot klaar klem los mee mis na "
    "neer om onder op open over plaats samen stil tegen terug thuis toe uit vast voor voorbij "
    "vrij weg"
).split()
_NOUNS = {"name": "nemen", "names": "nemen"}  # only after one of these: 'opname', not 'met name'
_NO_GE = ("be", "er", "ge", "her", "ont", "ver")  # 'behandeld', 'verslaafd' have no ge-
# Nouns and other words that look like a participle.
_NO_PARTICIPLE = frozenset(
    "gebed gebied geboorte gebruik gedicht gedrag geduld geest gehalte gehucht geld gelaat gelijk "
    "geluid geluk gemak gemeen gemeente gemoed genade genot gepast gerecht gericht gerucht gerust "
    "geslacht gespannen gestalte getal geval gevecht gevolg geweld gewest geweten gewicht gewoon "
    "gezag gezant gezicht gezin gezond gezwel geheel geheim gebrek gebouw gebaar gedoe gevaar "
    "gevoel gesprek getuige geliefd gevangen gemiddeld".split()
)
_VOWELS = "aeiouy"
_VOWEL = re.compile(r"ij|[aeiouy]+")


@cache
def _irregular() -> dict[str, str]:
    """form → the word that its line begins with."""
    found: dict[str, str] = {}
    for line in IRREGULAR.read_text(encoding="utf-8").splitlines():
        forms = line.partition("#")[0].split()
        for form in forms[1:]:
            found.setdefault(form, forms[0])
    return found


@lru_cache(maxsize=60_000)
def stem(word: str) -> str:
    """The stem of a folded word (lower case, no accents)."""
    if len(word) <= SHORTEST or not word.isalpha():
        return word
    return _ending(_base(word))


def _base(word: str) -> str:
    """The word that this is a form of, where a rule for endings would not find it."""
    known = _irregular()
    if word in known:
        return known[word]
    for before in _BEFORE:
        rest = word.removeprefix(before)
        if rest is not word and len(rest) > SHORTEST:
            verb = known.get(rest) or _NOUNS.get(rest)
            if verb is not None:
                return before + verb
            verb = _of_participle(rest)
            if verb:
                return before + verb
    return _of_prefixed(word) or _of_participle(word) or _of_present(word) or word


def _of_prefixed(word: str) -> str | None:
    """The verb of a strong form without ge-: 'verbroken', 'verbrak' → 'verbreken'."""
    known = _irregular()
    for prefix in _NO_GE:
        rest = word.removeprefix(prefix)
        if rest is not word and len(rest) > SHORTEST:
            verb = known.get(f"ge{rest}") or known.get(rest)
            if verb and prefix + verb in words():
                return prefix + verb
    return None


def _of_present(word: str) -> str | None:
    """The verb of a present participle: 'ondersteunende' → 'ondersteunen'."""
    found = re.fullmatch(r"(.{4,}en)d(?:en?)?", word)
    return found[1] if found is not None and found[1] in words() else None


def _of_participle(word: str) -> str | None:
    """The verb of a regular participle: 'gestopte' → 'stoppen'; None for other words."""
    if not word.startswith("ge") or len(word) < 6:
        return None
    plain = re.sub(r"(?<=[td])en?$", "", word)
    if plain in _NO_PARTICIPLE or word in _NO_PARTICIPLE:
        return None
    known = words()
    if plain[-1] in "td":
        # 'gemeld' is of 'melden'; of 'gestopt' it finds 'stopten', which has the same stem.
        for verb in (plain[2:] + "en", *_infinitives(plain[2:-1]), *_infinitives(plain[2:])):
            if verb in known and len(verb) > 4:
                return verb
    return None


def _infinitives(core: str) -> list[str]:
    """What a verb with this core may look like: 'stop' → 'stoppen', 'woon' → 'wonen'."""
    if len(core) < 2:
        return []
    found: list[str] = []
    if core[-1] not in _VOWELS and re.search(r"(?<![aeiouy])[aeiou][^aeiouy]$", core):
        found.append(core + core[-1] + "en")
    found.append(core + "en")
    if core[-1] not in _VOWELS:
        if re.search(r"(aa|ee|oo|uu)[^aeiouy]$", core):
            last = {"f": "v", "s": "z"}.get(core[-1], core[-1])
            found += [core[:-2] + core[-1] + "en", core[:-2] + last + "en"]
        voiced = {"f": "v", "s": "z"}.get(core[-1])
        if voiced:
            found.append(core[:-1] + voiced + "en")
    return found


def _ending(word: str) -> str:
    """Without what inflection adds at the end."""
    word = re.sub(r"heden$", "heid", word)
    word = _without_diminutive(word)
    for ending in ("ingen", "ings", "ing"):
        core = word.removesuffix(ending)
        if core is not word and len(core) >= 3 and _VOWEL.search(core) and core[-1] != "k":
            return _settled(_closed(core))
    if word.endswith("heid") and len(word) > 6:
        return _settled(_without_e(word[:-4]))
    if word.endswith(("lijke", "lijk", "lijks")) and len(word) > 7:
        return _settled(re.sub(r"lijke?s?$", "lijk", word))
    return _settled(_without_e(word))


def _without_diminutive(word: str) -> str:
    found = re.fullmatch(r"(.{3,}?)jes?", word)
    if found is None:
        return word
    core = found[1]
    if core[-1] in _VOWELS:
        return word  # 'vrije'
    if re.search(r"(.)\1et$", core):
        return core[:-3]  # 'mannetje'
    if core.endswith("mp") or (re.search(r"[aeiouylnrw]t$", core) and core[:-1] in words()):
        return core[:-1]  # 'boompje', 'vrouwtje'; but 'lotje'
    if core.endswith("nk") and core[:-1] + "g" in words():
        return core[:-1] + "g"  # 'koninkje'
    return core


def _without_e(word: str) -> str:
    """Without -en, -e, -s, -n, and the -t or -d of a verb."""
    for ending in ("eren", "ers"):
        if word.endswith(ending) and len(word) > 6:
            return word[: -len(ending)] + "er"
    if word.endswith("s") and len(word) > 4 and word[-2] not in "siu":
        listed = words()
        if word[:-1] in listed or (word[-2] != "t" and word not in listed):
            word = word[:-1]
    if word.endswith(("den", "ten")) and len(word) > 6 and word[-4] in "kfschpbdglmnrvwz":
        # 'stopten', 'meldden'; a plural as 'klanten' loses the same
        return _closed(word[:-2])
    for ending in ("en", "e"):
        core = word.removesuffix(ending)
        if core is not word and len(core) >= 3 and _VOWEL.search(core):
            if core[-1] in _VOWELS and core[-2:] not in ("ij", "ei", "ui", "oe", "ie", "ou", "au"):
                return core
            return _closed(core)
    return word


def _closed(core: str) -> str:
    """The syllable that an ending left open is closed again: 'wonen' → 'woon', 'stopp' → 'stop'."""
    if len(core) > 2 and core[-1] == core[-2] and core[-1] not in _VOWELS:
        return core[:-1]
    open_vowel = re.search(r"(?<![aeiouy])([aeou])[^aeiouy]$", core)
    if open_vowel and core[-1] not in "xw" and len(_VOWEL.findall(core)) == 1:
        return core[:-1] + core[-2] + core[-1]
    return core


def _settled(word: str) -> str:
    """Spelling that depends on what follows made the same: v and f, z and s, -dt, -d and -t."""
    short = len(word) == 4 and word[-1] == "t" and word[-2] not in _VOWELS
    if short and any(verb in words() for verb in _infinitives(word[:-1])):
        return word[:-1]  # 'gokt'
    if len(word) > 4:
        if word.endswith("dt"):
            word = word[:-1]
        if word[-1] in "td" and word[-2] not in _VOWELS and len(word) > 4:
            word = word[:-1]
    if len(word) > 4 and word[-1] in "td" and word[-2] == word[-1]:
        word = word[:-1]
    if len(word) > 2:
        word = word[:-1] + {"v": "f", "z": "s"}.get(word[-1], word[-1])
    if len(_VOWEL.findall(word)) > 1:
        # The length of a last vowel says nothing in a longer word: 'probleem', 'problemen'.
        # After another vowel as well: 'sociaal', 'sociale'.
        word = re.sub(r"([aeou])\1([^aeiouy]?)$", r"\1\2", word)
    return word
