"""Pseudonyms: the same person keeps one throughout a text, and the forms fit.

Given names and surnames are followed apart, so that 'Anna', 'Anna de Wit', 'mevrouw De Wit' and
'familie De Wit' go on belonging together. Which names stand in is drawn with a key: another key,
other names.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .chosen_names import as_name
from .kinds import kinds
from .lexicon import Flag, fold, lexicon
from .mentions import Mention, key_of, letters, surname_parts, without_genitive
from .name_sets import LETTERS, MEN, NEUTRAL, ORIGINS, PREFIXED, SURNAMES, WOMEN

_WOMAN = (
    r"mevrouw|mevr\.?|mw\.?|mvr\.?|mevr|juffrouw|juf|tante|oma|zus|zusje|zuster|dochter|dochtertje|"
    r"moeder|mama|vrouw|vriendin|buurvrouw|nicht|nichtje|echtgenote|schoonzus|schoondochter|"
    r"schoonmoeder|weduwe|cliënte|patiënte|meisje|dame|kleindochter|mevr\.|moeke|mem"
)
_MAN = (
    r"dhr\.?|heer|meneer|mnr\.?|oom|opa|broer|broertje|broeder|zoon|zoontje|vader|papa|man|"
    r"vriend|buurman|meester|neef|neefje|echtgenoot|kleinzoon|zwager|schoonzoon|schoonvader|"
    r"schoonbroer|weduwnaar|jongen|pastoor|heit|jongetje"
)
_BEFORE = re.compile(
    rf"(?:\b(?P<f>{_WOMAN})|\b(?P<m>{_MAN}))(?:[ ,:(]|\bis\b|\bheet\b)*$", re.IGNORECASE
)
_AFTER = re.compile(
    r"^[\s,(]{0,3}(?:(?:is|zijn|haar|mijn|de|een|als|\d{1,3}|jaar)[\s,]{1,2}){0,4}"
    rf"(?:(?P<f>(?:{_WOMAN}|v)(?=[\s,.)/]))|(?P<m>(?:{_MAN}|m)(?=[\s,.)/])))",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:(?P<f>ze|zij|haar|d'r|she|her)|(?P<m>hij|hem|ie|z'n|'m|he|him|his))\b", re.IGNORECASE
)
_ALSO = re.compile(
    r"^[\s,.('\"‘]{0,3}(?:(?:door |voor )?(?:iedereen|wij|we|ik|ze|zij|vrienden|allen) "
    r"(?:zeg\w*|noem\w*)(?: (?:hem|haar|mij|me))?|"
    r"roepnaam|roepn\.?|oftewel|ofwel|alias|ook wel|bijgenaamd|beter bekend als|kortweg|zeg maar|"
    r"genaamd|genoemd|noem\w* (?:ze|we|zich(?:zelf)?)(?: (?:hem|haar|mij|me))?)[\s:,'\"‘]{1,3}"
    r"(?:hem |haar |mij |me |oom |tante |ome )?$",
    re.IGNORECASE,
)
_NICKNAMES = {
    "mo": "mohammed mohamed muhammed mohamad",
    "bep": "elisabeth elizabeth",
    "betty": "elisabeth elizabeth",
    "bets": "elisabeth elizabeth",
    "kees": "cornelis",
    "cor": "cornelis cornelia",
    "wim": "willem",
    "henk": "hendrik",
    "rik": "hendrik richard",
    "sjaak": "jacques jacob",
    "sjaan": "adriana johanna",
    "truus": "geertruida",
    "mien": "wilhelmina",
    "riet": "maria margriet",
    "ria": "maria",
    "mieke": "maria",
    "hans": "johannes johan",
    "jan": "johannes",
    "joop": "johannes johan",
    "ko": "jacobus",
    "koos": "jacobus",
    "toon": "antonius anton",
    "ton": "antonius anton",
    "teun": "antonius theunis",
    "bert": "albert lambert hubert egbert",
    "gert": "gerrit gerard gerhardus",
    "ger": "gerrit gerard",
    "klaas": "nicolaas",
    "lex": "alexander",
    "sjors": "george",
    "sjef": "jozef",
    "jos": "jozef joseph",
    "dirk": "diederik",
    "freek": "frederik",
    "fien": "josefien",
    "rob": "robert",
    "bob": "robert",
}


def draw(key: bytes, what: str, among: Iterable[str]) -> list[str]:
    """The candidates in an order that only the key and `what` decide."""

    def rank(candidate: str) -> bytes:
        return hmac.new(key, f"{what}|{candidate}".encode(), hashlib.sha256).digest()

    return sorted(dict.fromkeys(among), key=rank)


@dataclass
class People:
    """Everybody in one text, and the names that stand in for them."""

    text: str
    key: bytes
    keep_origin: bool
    mentions: list[Mention]
    chosen: Mapping[int, str] = field(default_factory=dict)  # by where a mention starts
    same: dict[str, str] = field(default_factory=dict)  # a nickname's key by the name's
    givens: dict[str, tuple[str, str]] = field(default_factory=dict)  # key: name, short form
    surnames: dict[str, tuple[str, str]] = field(default_factory=dict)  # key: prefix, name
    letters: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.words = {key_of(w) for w in re.findall(r"[^\W\d_]+", self.text)}
        self.used: set[str] = set()
        self.first_letters: set[str] = set()
        self.by_author: set[str] = set()  # surnames, by the key of what they stand in for
        self._sort_out_singles()
        self._link_nicknames()
        self._take_chosen()
        self._name_everybody()

    # Who is who

    def _sort_out_singles(self) -> None:
        givens = {key_of(m.given) for m in self.mentions if m.given and not m.single}
        surnames = {key_of(p) for m in self.mentions for p in surname_parts(m.surname)}
        alone = {key_of(m.given) for m in self.mentions if m.single}
        for m in self.mentions:
            if not m.single:
                continue
            key, known = key_of(m.given), givens | surnames | alone
            stem = without_genitive(m.given)
            if stem and key not in givens | surnames and key_of(stem) in known - {key}:
                m.given, m.genitive, key = stem, True, key_of(stem)
            flags = lexicon().flags(fold(m.given))
            is_surname = key not in givens and (
                key in surnames
                or (m.titled and not (flags & Flag.FIRST and not flags & Flag.LAST))
                or bool(flags & Flag.LAST and not flags & Flag.FIRST)
            )
            if is_surname:
                m.surname, m.given = m.given, ""
        # One and the same single word is one and the same name, whatever stands before it.
        as_surname = {key_of(m.surname) for m in self.mentions if m.single and m.surname}
        for m in self.mentions:
            if m.single and m.given and key_of(m.given) in as_surname - givens:
                m.surname, m.given = m.given, ""

    def _link_nicknames(self) -> None:
        places: dict[str, list[Mention]] = defaultdict(list)
        for m in self.mentions:
            if m.given:
                places[key_of(m.given)].append(m)
        for one, other in zip(self.mentions, self.mentions[1:], strict=False):
            a, b = key_of(one.given), key_of(other.given)
            if a and b and a != b and other.start - one.end < 45:
                between = self.text[one.end : other.start]
                if _ALSO.search(between) or (other.single and between == " (" and len(b) < len(a)):
                    self._join(b, a)
        for short in sorted(places, key=len):
            if short in self.same or any(not m.single for m in places[short]):
                continue
            long = [
                name
                for name in places
                if name not in self.same
                and name != short
                and (
                    (len(short) >= 3 and len(name) > len(short) and name.startswith(short))
                    or name in _NICKNAMES.get(short, "").split()
                )
                and {self._gender([short]), self._gender([name])} != {"f", "m"}
                and not self._side_by_side(places[short], places[name])
            ]
            if len(long) == 1:
                self._join(short, long[0])
        for m in self.mentions:
            m.also = key_of(m.given) in self.same

    def _join(self, short: str, long: str) -> None:
        while long in self.same:
            long = self.same[long]
        if short != long and short not in self.same:
            self.same[short] = long

    def _side_by_side(self, some: list[Mention], others: list[Mention]) -> bool:
        return any(
            not re.search(r"[.!?\n]", self.text[min(a.end, b.end) : max(a.start, b.start)])
            for a in some
            for b in others
            if abs(a.start - b.start) < 300
        )

    def root(self, given: str) -> str:
        """The key of whoever bears this name or nickname."""
        key = key_of(given)
        while key in self.same:
            key = self.same[key]
        return key

    def _gender(self, keys: Sequence[str]) -> str:
        """'f', 'm' or '' where the text and the name do not show it."""
        score = 0.0
        starts = [m.start for m in self.mentions] + [len(self.text)]
        pronouns = 0.0
        for index, m in enumerate(self.mentions):
            if key_of(m.given) not in keys:
                continue
            before = _BEFORE.search(self.text[max(0, m.start - 24) : m.start])
            after = _AFTER.match(self.text[m.end : m.end + 40])
            for match, weight in ((before, 3.0), (after, 2.0)):
                if match:
                    score += weight if match["f"] else -weight
            stop = min(m.end + 120, starts[index + 1])
            said = _PRONOUN.search(self.text, m.end, max(m.end, stop))
            if said:
                pronouns += 0.5 if said["f"] else -0.5
        for key in keys:
            score += {"f": 2.5, "m": -2.5}.get(_listed(key), 0.0)
        score += max(-1.5, min(1.5, pronouns))
        return "f" if score >= 0.5 else "m" if score <= -0.5 else ""

    # Which names stand in

    def _take_chosen(self) -> None:
        """Names that the author chose hold in every form: 'Noor' for 'Fatima' makes 'Noors'."""
        own = {key_of(word) for m in self.mentions for word in m.piece.split()}
        by_author = [m for m in self.mentions if m.start in self.chosen]
        for m in sorted(by_author, key=lambda m: (m.genitive, m.also, m.start)):
            given, prefix, surname = as_name(m, self.chosen[m.start])
            if m.given and given and key_of(given) not in own:
                self.givens.setdefault(self.root(m.given), (given, given))
                self.used.add(key_of(given))
                self.first_letters.add(key_of(given)[0])
            if surname and key_of(surname) not in own:
                for part in surname_parts(m.surname):
                    self.surnames.setdefault(key_of(part), (prefix, surname))
                    self.by_author.add(key_of(part))
                self.used.add(key_of(surname))

    def _name_everybody(self) -> None:
        taken_letters = {key_of(m.given or m.surname or m.initials)[:1] for m in self.mentions}
        for m in self.mentions:
            if m.given and self.root(m.given) not in self.givens:
                self._name_given(m, taken_letters)
        for m in self.mentions:
            if m.surname:
                self._name_surname(m)
        for m in self.mentions:
            for letter, last in [
                *((c, m.titled and not m.surname) for c in letters(m.initials)),
                *((c, True) for c in letters(m.last_initial)),
            ]:
                self._name_letter(letter, last)

    def _free(self, name: str, original: str) -> bool:
        parts = [key_of(p) for p in re.split(r"[\s-]", name)]
        return not (
            {*parts, key_of(name)} & (self.words | self.used) or key_of(name)[0] == original[:1]
        )

    def _name_given(self, mention: Mention, taken: set[str]) -> None:
        root = self.root(mention.given)
        bearers = [m for m in self.mentions if m.given and self.root(m.given) == root]
        gender = self._gender([root, *(s for s in self.same if self.root(s) == root)])
        pool = {"f": WOMEN, "m": MEN}.get(gender, NEUTRAL)
        if self.keep_origin and (origin := kinds().given.get(root)) in ORIGINS:
            women, men, _ = ORIGINS[origin or ""]
            pool = {"f": women, "m": men}.get(gender, [*women, *men])
        after = {self.text[m.end : m.end + 2] for m in bearers}
        wants_short = any(m.also for m in bearers)

        def strain(entry: str) -> int:
            """How badly a name fits; the drawing decides among equals."""
            name = entry.split(":")[0]
            if after & {"'s", "’s"}:
                fits = name[-1] in "aiouy"
            elif any(a[:1] in {"'", "’"} for a in after):
                fits = name[-1] in "sxz"
            else:
                fits = True
            return (
                4 * (not fits)
                + 2 * (wants_short and ":" not in entry)
                + (key_of(name)[0] in self.first_letters or key_of(name)[0] in taken)
            )

        order = sorted(draw(self.key, f"given|{root}", pool), key=strain)
        chosen = next(
            (e for e in order if all(self._free(n, root) for n in e.split(":"))), None
        ) or self._numbered(order, root)
        name, _, short = chosen.partition(":")
        self.givens[root] = (name, short or name)
        self.used |= {key_of(name), key_of(short or name)}
        self.first_letters.add(key_of(name)[0])

    def _numbered(self, order: list[str], root: str) -> str:
        """When a text has more people than we have names: two names in one."""
        for first in order:
            for second in order:
                name = f"{first.split(':')[0]}-{second.split(':')[0]}"
                if first != second and key_of(name) not in self.used | self.words:
                    return name
        return f"Persoon-{len(self.givens) + 1}"

    def _name_surname(self, mention: Mention) -> None:
        keys = [key_of(p) for p in surname_parts(mention.surname)]
        known = next((k for k in keys if k in self.surnames), None)
        if known is not None:
            for k in keys:
                self.surnames.setdefault(k, self.surnames[known])
            return
        prefixed = any(
            m.prefix and key_of(m.surname) == keys[0] for m in self.mentions if m.surname
        )
        pool = [" ".join(p) for p in PREFIXED] if prefixed else SURNAMES
        if self.keep_origin and (origin := kinds().surnames.get(keys[0])) in ORIGINS:
            pool, prefixed = ORIGINS[origin or ""][2], False
        order = draw(self.key, f"surname|{keys[0]}", pool)
        order.sort(key=lambda n: key_of(n.rpartition(" ")[2])[0] in self.first_letters)
        chosen = next((n for n in order if self._free(n.rpartition(" ")[2], keys[0])), "")
        if not chosen:
            chosen = self._numbered(order, keys[0]).replace("-van ", "-").replace("-de ", "-")
        prefix, _, name = chosen.rpartition(" ")
        for k in keys:
            self.surnames[k] = (prefix, name)
        self.used.add(key_of(name))

    def _name_letter(self, letter: str, last: bool) -> None:
        """A letter follows the one name that it can stand for, and else is drawn."""
        low = key_of(letter)
        where = ("last|" if last else "first|") + low
        if where in self.letters:
            return
        names: dict[str, str] = (
            {k: n for k, (_, n) in self.surnames.items()}
            if last
            else {k: n for k, (n, _) in self.givens.items()}
        )
        fitting = {name[0].upper() for k, name in names.items() if k.startswith(low)}
        if len(fitting) == 1:
            self.letters[where] = fitting.pop()
            return
        avoid = {v for k, v in self.letters.items()} | {low.upper()}
        avoid |= {n[0].upper() for n in names.values()}
        order = draw(self.key, where, LETTERS)
        self.letters[where] = next((c for c in order if c not in avoid), None) or next(
            c for c in order if c != low.upper()
        )

    # How it is written

    def words_for(self, m: Mention) -> str:
        """The pseudonym in the form of the mention."""
        pieces = []
        if m.initials:
            last = m.titled and not m.surname and not m.last_initial
            pieces.append(self._lettered(m.initials, "last|" if last else "first|"))
        elif m.given:
            name, short = self.givens[self.root(m.given)]
            pieces.append(short if m.also else name)
        if m.surname:
            key = key_of(surname_parts(m.surname)[0])
            prefix, name = self.surnames[key]
            if prefix and (m.prefix or key in self.by_author):
                if not m.prefix[:1].islower() and not (m.given or m.initials):
                    prefix = prefix[0].upper() + prefix[1:]
                pieces.append(prefix)
            pieces.append(name)
        if m.turned:
            pieces = [*pieces[1:], pieces[0]]
            pieces[-2] += "," if m.comma else ""
        if m.last_initial:
            pieces.append(self._lettered(m.last_initial, "last|"))
        if m.suffix:
            pieces.append(m.suffix)
        written = " ".join(pieces)
        if m.genitive:
            written = genitive(written)
        if m.piece.islower():
            return written.lower()
        letters = [c for c in m.piece if c.isalpha()]
        if m.piece.isupper() and len(letters) > 2 and "." not in m.piece:
            return written.upper()
        return written

    def _lettered(self, initials: str, where: str) -> str:
        out, first = "", True
        for c in initials:
            low = key_of(c)
            if c.isalpha() and (first or not out[-1:].isalpha()):
                out += self.letters.get(where + low, "N")
            elif not c.isalpha():
                out += c
            first = False
        return out


def genitive(name: str) -> str:
    """'Anna's', 'Bruno's', 'Gijs'', 'Koens'."""
    if name[-1].lower() in "aiouy":
        return f"{name}'s"
    return f"{name}'" if name[-1].lower() in "sxz" else f"{name}s"


def _listed(key: str) -> str:
    """Whose name it is by the lists, or by how it ends; '' where that shows nothing."""
    genders = kinds().genders
    known = [genders[p] for p in (key, *key.split("-")) if p in genders]
    if known:
        return known[0]
    return "f" if re.search(r"(?:[^e]eke|tje|lien|tien|ina|iska|etta|ijn?tje)$", key) else ""
