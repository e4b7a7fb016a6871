"""Places as their kind and size, institutions as what they do; articles fit where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .kinds import Place, kinds
from .lexicon import fold
from .spans import Reason, Span


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of thing. `other` is a word for it with the other article.

    Attributes:
        common: whether `word` takes 'de'; `other` then takes 'het'.
        tail: what follows the noun: 'voor verslavingszorg', 'in het oosten'.
    """

    word: str
    other: str
    common: bool = True
    tail: str = ""

    def bare(self, article: str) -> str:
        """The noun after an article or possessive that stands in the text already."""
        wants_common = article not in {"het", "'t", "ons", "dit", "dat"}
        word = self.word if wants_common == self.common else self.other
        return f"{word} {self.tail}".strip()

    def first(self) -> str:
        return f"een {self.word} {self.tail}".strip()

    def another(self) -> str:
        adjective = "andere" if self.common else "ander"
        return f"een {adjective} {self.word} {self.tail}".strip()

    def again(self) -> str:
        return f"{'de' if self.common else 'het'} {self.word} {self.tail}".strip()


_ARTICLE = re.compile(
    r"\b(de|den|het|'t|ons|onze|dit|dat|deze|die|"
    r"haar|zijn|mijn|hun|z'n|m'n|uw|jullie|hele|heel)\s$",
    re.IGNORECASE,
)
_A = re.compile(r"\b(?:een|'n|geen|ene)\s$", re.IGNORECASE)

_ORG_KINDS: tuple[tuple[str, Noun], ...] = (
    (
        r"verslavingszorg|verslavings|tactus|jellinek|brijder|novadic|\bvnn\b|iris ?zorg|antes|"
        r"mondriaan|victas|trubendorffer|solutions?\b|castle craig|terwille|de hoop|yes we can|"
        r"bouman|u-center|de kiem|de spiegel|mentrum|\bcad\b",
        Noun("instelling", "centrum", tail="voor verslavingszorg"),
    ),
    (
        r"ziekenhuis|\bumc|umc\b|\bmc\b|gasthuis|"
        r"medisch centrum|\bmst\b|\bolvg|hospitaal|kliniek\b.*"
        r"sint|ambulance|spoedeisende",
        Noun("ziekenhuis", "kliniek", common=False),
    ),
    (
        r"\bobs\b|basisschool|daltonschool|montessori|kindcentrum|\bikc\b",
        Noun("basisschool", "kindcentrum"),
    ),
    (r"hogeschool|universiteit|\bhbo\b", Noun("hogeschool", "instituut voor hoger onderwijs")),
    (r"\bmbo\b|\broc\b|vakschool", Noun("mbo-school", "mbo-instituut")),
    (
        r"college|lyceum|gymnasium|mavo|vmbo|"
        r"havo|scholengemeenschap|scholen|school|praktijkonderwijs",
        Noun("school", "college"),
    ),
    (r"moskee|masjid", Noun("moskee", "gebedshuis")),
    (r"mandir|tempel|pagode|synagoge|sjoel", Noun("geloofsgemeenschap", "gebedshuis")),
    (
        r"kerk|parochie|broedergemeente|kapel|evangelis|baptist|pinkster|leger des heils korps",
        Noun("kerk", "kerkgebouw"),
    ),
    (
        r"leger des heils|opvang|hostel|\bhvo\b|exodus|havenzicht|daklozen|blijf|inloop",
        Noun("opvang", "opvanghuis"),
    ),
    (
        r"fact|bemoeizorg|crisisdienst|wijkteam|gebiedsteam|buurtteam|sociaal team|jeugdteam",
        Noun("hulpverleningsteam", "hulpdienst", common=False),
    ),
    (
        r"huize|verpleeghuis|woonzorg|zorgcentrum|bejaarden|seniorenhuis|hospice",
        Noun("woonzorgcentrum", "zorginstelling", common=False),
    ),
    (
        r"\bggz\b|ggz|psychiatr|parnassia|altrecht|arkin|"
        r"dimence|lentis|mediant|karakter|emergis|vincent van gogh",
        Noun("ggz-instelling", "ggz-centrum"),
    ),
    (
        r"\bggd\b|\bjeugdbescherming|veilig thuis|raad voor de kinderbescherming|"
        r"voogdij|jeugdzorg|parlan|\bgi\b",
        Noun("jeugdzorginstelling", "hulpverleningscentrum"),
    ),
    (
        r"reclassering|penitentiair|\bp\.?i\.?\b|gevangenis|justiti|tbs|mesdag|\bdji\b|inforsa",
        Noun("justitiële instelling", "justitieel centrum"),
    ),
    (
        r"gemeente|sociale dienst|\buwv\b|sociale zaken",
        Noun("gemeentelijke instantie", "gemeentehuis"),
    ),
    (r"politie|marechaussee|defensie|brandweer", Noun("overheidsdienst", "korps")),
    (r"apotheek", Noun("apotheek", "medicijnpunt")),
    (r"huisarts|praktijk", Noun("praktijk", "gezondheidscentrum")),
    (
        r"thuiszorg|buurtzorg|careyn|allevo|zorg\b|zorgboog|\w+zorg\b",
        Noun("zorgorganisatie", "zorgbedrijf"),
    ),
    (
        r"\b(?:vv|v\.v\.|fc|sv|s\.v\.|sc|tv|ltc|hc|rkvv|"
        r"vvv|svv|kv|zv|ijs|asv)\b|voetbal|hockey|korfbal|"
        r"tennis|sport|club|turn|judo|zwem|wielren|schaak|gym",
        Noun("sportvereniging", "sportcomplex"),
    ),
    (
        r"harmonie|fanfare|koor|orkest|toneel|scouting|carnaval|gilde|schutterij|vereniging|bond\b",
        Noun("vereniging", "verenigingsgebouw"),
    ),
    (
        r"café|cafe|bar\b|kroeg|restaurant|snackbar|"
        r"cafetaria|coffeeshop|hotel|pizzeria|eetcafé|camping",
        Noun("horecazaak", "café"),
    ),
    (
        r"albert heijn|\bah\b|jumbo|lidl|aldi|plus|coop|vomar|spar|dirk|hoogvliet|poiesz|super",
        Noun("supermarkt", "winkelbedrijf"),
    ),
    (
        r"bakker|slager|bloem|winkel|kapper|barbershop|boekhandel|"
        r"gamma|praxis|karwei|action|hema|kruidvat|bazar|beenhouwer",
        Noun("winkel", "winkelbedrijf"),
    ),
    (
        r"transport|logistiek|keolis|arriva|taxi|connexxion|\bns\b|\bret\b|"
        r"\bgvb\b|\bhtm\b|postnl|dhl|rederij|klm|transavia|expeditie",
        Noun("vervoerder", "vervoersbedrijf"),
    ),
    (
        r"bouw|installatie|schilder|loodgiet|timmer|dakdek|"
        r"aannem|metaal|staal|las|constructie|garage|auto",
        Noun("werkgever", "bedrijf"),
    ),
    (
        r"kwekerij|boerderij|veehouder|tuinder|akkerbouw|melkvee|gaard|manege",
        Noun("boerderij", "agrarisch bedrijf"),
    ),
    (
        r"\bwoning|corporatie|woonbron|ymere|rochdale|vestia|wonen|volkshuisvesting|huurders",
        Noun("woningcorporatie", "woonbedrijf"),
    ),
    (
        r"b\.?v\.?$|n\.?v\.?$|zn\.?$|gebr|zonen|fabriek|industrie|haven|holding",
        Noun("werkgever", "bedrijf"),
    ),
    (r"afdeling|\bafd\b|unit|team|\bhic\b|paaz|poli|groep", Noun("afdeling", "team")),
    (r"stichting", Noun("stichting", "samenwerkingsverband")),
)
_BY_LIST = {
    "care": Noun("zorginstelling", "zorgcentrum"),
    "hospital": Noun("ziekenhuis", "kliniek", common=False),
    "school": Noun("school", "college"),
    "employer": Noun("werkgever", "bedrijf"),
    "other": Noun("organisatie", "bureau"),
}
_ORG = Noun("organisatie", "bureau")
# A word for the kind that stands before the name already: the name itself becomes a letter.
_KIND_BEFORE = re.compile(
    r"\b(?:\w*(?:school|college|lyceum|kerk|team|apotheek|"
    r"kwekerij|bakkerij|slagerij|café|cafe|garage|"
    r"club|vereniging|harmonie|fanfare|koor|ziekenhuis|kliniek|afdeling|corporatie|bedrijf|camping|"
    r"stichting|gemeente|poli|praktijk|restaurant|hotel|winkel|manege|moskee|huize|instelling|afd\.?|"
    r"supermarkt|fabriek|firma|zaak|bar|opvang|hostel|locatie|unit|huis|instituut))\s"
    r"[\"'‘“]?$",
    re.IGNORECASE,
)
_PLACE_KIND_BEFORE = re.compile(
    r"\b(?:\w*park|station|camping|flat|azc|gemeente|locatie|team|poli|gebouw|zorglocatie)\s$",
    re.IGNORECASE,
)

_SIZES = (
    Noun("dorp", "plaats", common=False),
    Noun("groot dorp", "grote plaats", common=False),
    Noun("kleine stad", "stadje"),
    Noun("middelgrote stad", "stadsgebied"),
    Noun("grote stad", "stadsgebied"),
)
_REGION_NAMES = frozenset(
    (
        "friesland fryslân groningerland drenthe overijssel flevoland gelderland noord-holland "
        "zuid-holland zeeland noord-brabant brabant limburg zuid-limburg noord-limburg twente "
        "achterhoek salland veluwe betuwe liemers kempen peel langstraat meierij westland rijnmond "
        "haaglanden drechtsteden bollenstreek kennemerland "
        "zaanstreek waterland west-friesland gooi "
        "rivierenland randstad parkstad walcheren schouwen-duiveland tholen vlaanderen"
    ).split()
)
_STREET = re.compile(
    r"(?:straat|str\.?|weg|laan|plein|kade|singel|gracht|dijk|pad|hof|steeg|dreef|plantsoen|park|"
    r"burgwal|wal|ring|baan|markt|kwartier)\b",
    re.IGNORECASE,
)
_BUILDINGS: tuple[tuple[str, Noun], ...] = (
    (r"flat|toren|hoeve$", Noun("flat", "flatgebouw")),
    (r"buurt|wijk|kwartier|[- ](?:noord|zuid|oost|west)$|haven$|veld$", Noun("wijk", "stadsdeel")),
    (r"station", Noun("station", "spoorhalte", common=False)),
    (r"brug|viaduct|tunnel", Noun("brug", "viaduct")),
    (r"kerk|toren", Noun("kerk", "kerkgebouw")),
    (
        r"kanaal|meer$|plas|vaart|rivier|^(?:maas|rijn|waal|ijssel|linge|berkel|vecht|amstel)$",
        Noun("waterkant", "water"),
    ),
    (r"bos$|park|duin|heide|strand", Noun("omgeving buiten", "natuurgebied")),
)
_WATERS_ABROAD = Noun("plaats", "oord", tail="in het buitenland")


@dataclass
class Vaguer:
    """Words for places and institutions; the first time 'een', after that 'de' or 'het'."""

    text: str
    keep_origin: bool = False
    seen: dict[str, Noun] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    used: list[Noun] = field(default_factory=list)

    def place(self, span: Span) -> str:
        piece = self.text[span.start : span.end]
        low = fold(piece)
        if span.reason is Reason.POSTCODE:
            return "[postcode]"
        if span.reason is Reason.STREET or re.search(r"\d", piece):
            return self._address(piece, span)
        before = self.text[max(0, span.start - 30) : span.start]
        if _PLACE_KIND_BEFORE.search(before):
            return self._letter(piece)
        if low.endswith(("se", "er", "ers", "s")) and (adjective := self._derived(low)):
            return adjective
        return self._worded(span, low, self._kind_of_place(piece, low))

    def org(self, span: Span) -> str:
        piece = self.text[span.start : span.end]
        low = fold(piece)
        before = self.text[max(0, span.start - 30) : span.start]
        if _KIND_BEFORE.search(before):
            return self._letter(piece)
        return self._worded(span, low, _kind_of_org(low, before))

    def _letter(self, piece: str) -> str:
        """A letter for a name whose kind stands before it already: 'wijkteam X'."""
        letter = self.letters.setdefault(fold(piece), "XYZQWVUTSR"[min(len(self.letters), 9)])
        return letter.lower() if piece.islower() else letter

    def _worded(self, span: Span, key: str, noun: Noun) -> str:
        before = self.text[max(0, span.start - 30) : span.start]
        after = self.text[span.end : span.end + 2]
        known = self.seen.get(key)
        noun = known or noun
        if after[:1] == "-" and after[1:2].isalpha():
            return noun.word.replace(" ", "")
        if article := _ARTICLE.search(before):
            self._remember(key, noun)
            return noun.bare(fold(article[1]))
        if _A.search(before):
            self._remember(key, noun)
            return f"{noun.word} {noun.tail}".strip()
        if known is not None:
            return noun.again() if self._alone(noun) else noun.first()
        clash = any(noun == other for other in self.used)
        self._remember(key, noun)
        return noun.another() if clash else noun.first()

    def _remember(self, key: str, noun: Noun) -> None:
        if key not in self.seen:
            self.seen[key] = noun
            self.used.append(noun)

    def _alone(self, noun: Noun) -> bool:
        return self.used.count(noun) == 1

    def _address(self, piece: str, span: Span) -> str:
        before = self.text[max(0, span.start - 12) : span.start]
        if re.search(r"\d", piece):
            return "[adres]" if _ARTICLE.search(before) else "een adres"
        noun = next((n for p, n in _BUILDINGS if re.search(p, fold(piece))), None)
        if noun is None or _STREET.search(piece):
            if re.search(r"\b(?:de|het|'t)\s$", before, re.IGNORECASE):
                return "[straat]"
            return "een straat"
        return self._worded(span, fold(piece), noun)

    def _kind_of_place(self, piece: str, low: str) -> Noun:
        known = kinds().place(low)
        if low in _REGION_NAMES:
            return Noun("streek", "gebied")
        if known is not None:
            return self._sized(known)
        if low in kinds().abroad:
            return _WATERS_ABROAD
        for pattern, noun in _BUILDINGS:
            if re.search(pattern, low):
                return noun
        head = low.split("-")[0].split(" ")[0]
        if head != low and (city := kinds().place(head)) is not None and city.rank >= 2:
            return Noun("wijk", "stadsdeel")
        if _STREET.search(piece):
            return Noun("straat", "adres")
        return Noun("plaats", "dorp")

    def _sized(self, place: Place) -> Noun:
        region = kinds().region(place)
        base = _SIZES[place.rank]
        tail = f"in {region}" if region == "België" else f"in het {region}" if region else ""
        return Noun(base.word, base.other, base.common, tail)

    def _derived(self, low: str) -> str:
        """'Amsterdamse', 'Amsterdammer': words made from the name of a place."""
        for ending, words in (
            ("se", "plaatselijke"),
            ("ers", "plaatsgenoten"),
            ("er", "plaatsgenoot"),
        ):
            stem = low.removesuffix(ending)
            if stem != low and kinds().place(low) is None:
                for base in (stem, stem[:-1] if stem[-2:-1] == stem[-1:] else stem):
                    if base and kinds().place(base) is not None:
                        return words
        return ""


def _kind_of_org(low: str, before: str) -> Noun:
    for pattern, noun in _ORG_KINDS:
        if re.search(pattern, low):
            return noun
    listed = kinds().orgs.get(low)
    if listed:
        return _BY_LIST[listed]
    if re.search(
        r"\b(?:werkt|werkte|werk|baan|chauffeur|machinist|baas|in dienst)\b[^.\n]*$", before
    ):
        return Noun("werkgever", "bedrijf")
    return _ORG
