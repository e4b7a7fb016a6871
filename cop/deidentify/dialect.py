"""Words of the regional languages and dialects that look like names to a Dutch word list.

What looks like a name ('Mien', 'Joe', 'Noa', 'Dao') is a small word elsewhere: 'mien man', 'ik zeg
joe', 'noa t eten'. A text with several words of `SIGNS` is taken to be in dialect; there the words
of `DOUBTFUL` are words, not names, unless they stand with a capital in the middle of a sentence.
"""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Low Saxon, Limburgish, Brabantian, Flemish, Zeelandic, Frisian; none of them is also Dutch.
SIGNS = _set(
    "aevel ain aine allez alman altied altiet altyd amai ambetant aon aonder auch awel awél "
    "bern betje biej bissie bist bomma bompa bruier bruur daor dees dich dieje diejen dij "
    "dizze dizzent doar doarnoa doarom doarveur doot drij dy dyn dêr dês effekes efkens efkes "
    "elkien eur eure eurlu evel famke ferteld fertelle foar folle freon freondinne frou gaait "
    "gaode gaon gedaon geer gegaon geis gestaon gezeed gezeet gie gien giet gijer gijle "
    "ginder gisteroamd goa goan goe goei goeien goesting goie gongen greun grootva groutens "
    "grutte grösterig gröts gullie guster gèt haaj hae haet hai haor hawdoe hea heanig hedde "
    "heim heit hendig heur hie hiene hja hjir hokker houdoe hullie hwat hy hèdde höb höbbe "
    "höbs hûs ich iederein jao jaor jaore jaoren jeh jier jierren jimme joar joaren joen "
    "jonkje kaam kaem kal kalle kolde komme koom kraant kroamen kump kumps kumt kweetnie kömp "
    "laef laeve leeve letste leu libben luu lyts lytse lètste maor mear meej meense mem merrn "
    "mich miene minne mit moanne moar moast moederke moeke moes moete moette moi mojn mout "
    "mouten mun munne munnen myn mèrge mörgen mörn nait nao naodat naor ne nea nei nem nen "
    "neume nimmeer noab noaber noabers noar noets nonkel nonneke nonnekes noots nömme oale "
    "oalf oamd oavend oaver oer oet oetkommen oew oewe oewen olde olle opoe oug pake pinte "
    "praot praote praoten prate proat proaten prootn rooi sei sikkom sizz sizze sjei sjlaop "
    "sjlaope sjoen sjoon sjpele sjtaon sjtil sjtraot sjwaor skreaun skriuw skriuwe slaop "
    "slaope slaopen sloap sloapen smèrges staon stie stoa stoan stroade stroat stroaten "
    "suster swalker sy syn tegeworrig thoes thuus thús tige tis tsjin twas twei twij ummer "
    "ummertoe vadder vandaog vannoavend vanoamd vaoder vedan veur voader vroug vruger vruug "
    "waark waarken waarkt wai waor wark warken warkt wer werom wichter wiederop wiene wike "
    "woar wol wos wullie wurk wurket wurkje wus wy wêr zaes zaet zai zedde zeej zeen zeetie "
    "zel zelle zeuk zeuke zeuven ziede ziene zijt zol zollen zot zotte zulle zullie zès zèt "
    "zörg zörgd ús út ûnder hoe't hef iederien ieder'n zunder zeeden mut mien'n warkt warkte daor "
    "hum huus huuske kiend kiender kerel'n loater aaltied nooit'n niks'n wicht'n dizzen gunder "
    "wieder heurt heurde zegd zegde drunk zeup zuup zuups gaar häöm häör óm vertèlle vertelle "
    "mót mótte kins kinste bös waerd waerdj gesjtorve sjterve gesjtange wèt wètte nag gein "
    "auw awt kleng kènjer kinjer breur zösters naeve baeter lestens earst hiele libben pleats "
    "dyn't dy't wer't dêr't folk sûnt nimt kriget kryget meitsje fertel fertelle seit hieltyd "
    "fierder iennichste noait hjoed moarn juster ien haile laifste zeden dut bèr dörp "
)
# Names elsewhere; in dialect they are 'my', 'you', 'after', 'there', 'him', 'went' and so on.
DOUBTFUL = _set(
    "ien ain al aon auch beppe bet bie bin bist dai dao den dich dien diene dij din doe dus dy "
    "ene evel ge geer gij gin goa goan got ha hai han hat hea hee heit hol hy ich ine jao "
    "jaon jo joe joen kin kum lei leu loa lot lu mag mar mei mem mich mien miene min moe mot "
    "mun ne nei nen noa noe noen oen oet om ome ouch pake reer sien sjei sy tis ver vis wei "
    "wes wi wie wiede wier wol zee zeg zel zien ziene "
)
ENOUGH = 4


def is_dialect(words: set[str]) -> bool:
    """Whether the words of a text (folded) hold several that only a dialect has."""
    return len(words & SIGNS) >= ENOUGH
