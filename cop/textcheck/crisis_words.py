"""Words that point to somebody in acute need. Data only: see `crisis`.

Phrases are made of plain words in a fixed order. `(a|b)` is a choice, `[a]` may be left out, `…`
stands for at most three words in between, `~` for a few that change nothing (`FILLERS`), `$` for
the end of a sentence. Phrases speak in the first person, or of somebody near, in the present: a
topic ('suicide prevention', 'a talk on overdoses') and a story of long ago do not match. Chosen
after the signals that 113 Zelfmoordpreventie names (wanting to be dead, seeing no way on, being a
burden, saying goodbye, having a plan).
"""

# What people type in haste, and what is meant. Applied word by word before phrases are looked for.
MEANT = {
    "k": "ik",
    "ikk": "ik",
    "ikwil": "ik wil",
    "nie": "niet",
    "neit": "niet",
    "nit": "niet",
    "niett": "niet",
    "mr": "meer",
    "meeer": "meer",
    "leve": "leven",
    "levn": "leven",
    "levne": "leven",
    "lven": "leven",
    "leevn": "leven",
    "dod": "dood",
    "dooood": "dood",
    "wl": "wil",
    "wiil": "wil",
    "mn": "mijn",
    "m'n": "mijn",
    "mezelve": "mezelf",
    "mijzelf": "mezelf",
    "mezelluf": "mezelf",
    "zn": "zijn",
    "z'n": "zijn",
    "d'r": "er",
    "eind": "einde",
    "aant": "aan het",
    "n": "een",
    "suicide": "zelfmoord",
    "zelfdoding": "zelfmoord",
    "overdoses": "overdosis",
    "overdose": "overdosis",
    "dont": "don't",
    "cant": "can't",
    "im": "i'm",
    "wanna": "want to",
    "wana": "want to",
    "gonna": "going to",
    "anymore": "any more",
    "myslef": "myself",
    "mysef": "myself",
    "tabletten": "pillen",
    "medicijnen": "pillen",
    "medicatie": "pillen",
    "pilen": "pillen",
    "tablets": "pills",
    "meds": "pills",
}

# Long words that are recognised with one letter wrong, missing, doubled or swapped.
FUZZY = ("zelfmoord", "overdosis", "myself", "zelfmoordgedachten", "suicidaal", "suicidal")

# Words that change nothing, of which `~` lets any few stand in between.
FILLERS = (
    *("echt", "gewoon", "alleen", "maar", "soms", "nu", "zo", "heel", "graag", "liever", "liefst"),
    *("eigenlijk", "ook", "het", "weer", "nog", "dan", "vaak", "steeds", "straks", "vanavond"),
    *("vannacht", "vandaag", "morgen", "net", "zojuist", "allemaal", "helemaal", "toch", "wel"),
    *("just", "really", "only", "so", "actually", "honestly", "often", "still", "sometimes", "now"),
    *("tonight", "today", "simply", "always"),
)

_WANTS = "(ik wil|wil ik|hij wil|zij wil|ze wil|wil hij|wil ze)"
_MINE = "(ik wil|ik ga|ik zal|ik zou|ik kan|wil ik|ga ik|kan ik|zou ik)"

PHRASES = (
    # Not wanting to live
    f"{_WANTS} ~ niet [meer] (leven|bestaan|wakker worden)",
    f"{_WANTS} ~ er ~ niet meer zijn",
    f"{_WANTS} ~ (dood|sterven|doodgaan)",
    f"{_WANTS} ~ uit het leven stappen",
    "(ik hoef|hoef ik) ~ niet meer [te] leven",
    "niet meer (leven wil|wil leven)",
    "(ik|hij|zij|ze) ~ dood wil",
    "voor mij hoeft ~ niet meer $",
    "(ik heb|heb ik) ~ geen (zin|reden) meer (in|om) [te] [het] leven",
    "(ik was|was ik|ik had) ~ (beter|maar) dood [geweest] $",
    "ik ben ~ beter (dood|er niet meer) $",
    "ik wou dat ik dood was",
    "mijn leven heeft ~ geen (zin|waarde) meer",
    "ik zie het leven ~ niet meer zitten",
    "ik (kan|trek|wil) ~ niet meer verder $",
    "ik (kan|wil) ~ niet meer verder leven",
    "ik kan niet meer en [ik] wil niet meer",
    # Ending it
    f"{_WANTS} ~ er ~ [een] einde aan (maken|te maken)",
    "(ik maak|maak ik) er ~ [een] einde aan",
    "(ik denk|denk ik|ik zit) … om er ~ [een] einde aan te maken",
    "einde [maken] aan mijn leven",
    "(hij|zij|ze) (wil|gaat) ~ [een] einde [maken] aan (zijn|haar) leven",
    f"{_MINE} ~ (mezelf|me) ~ (van kant maken|iets aandoen|wat aandoen|ombrengen|doodmaken)",
    f"{_MINE} ~ (mezelf|me) ~ (verhangen|ophangen|opknopen|voor de trein gooien)",
    "(mezelf|me) [ga] (iets|wat) aan (wil|ga) doen",
    f"({_MINE}|{_WANTS}) ~ zelfmoord ~ plegen",
    "(ik pleeg|pleeg ik) ~ zelfmoord",
    "ik … om zelfmoord te plegen",
    "ik ~ zelfmoord (wil|ga) plegen",
    "(ik denk|denk ik|ik loop|loop ik|ik zit|zit ik) … (aan|met) (zelfmoord|zelfmoordgedachten) $",
    "(ik denk|denk ik) … aan de dood $",
    "(ik heb|heb ik) ~ [last van] zelfmoordgedachten",
    "(ik ben|ben ik|ik voel me|voel ik me) ~ suicidaal",
    f"({_MINE}|{_WANTS}|ik spring) ~ voor (de|een) trein (springen|stappen|$)",
    f"({_MINE}|{_WANTS}|ik spring) ~ van (het dak|de flat|een flat|de brug|een brug) "
    "(springen|af|$)",
    # An overdose
    f"({_MINE}|ik neem|neem ik) ~ een overdosis (nemen|$)",
    "(ik heb|hij heeft|zij heeft|ze heeft) ~ een overdosis (genomen|$)",
    "mijn … heeft ~ een overdosis [genomen] [$]",
    f"{_MINE} ~ (al mijn|alle) pillen ~ [in een keer] (slikken|innemen|nemen)",
    "(ik neem|ik slik|neem ik|slik ik) (al mijn|alle) pillen (in een keer|tegelijk|op)",
    "(heb ik|ik heb) ~ (al mijn|alle|te veel|een hele strip) pillen (geslikt|ingenomen|genomen|op)",
    "heeft ~ (al zijn|al haar|alle|te veel) pillen (geslikt|ingenomen|genomen)",
    # Being a burden, saying goodbye, a plan
    "(iedereen|ze|jullie|mijn kinderen|mijn gezin|de wereld) … beter af zonder mij",
    "zonder mij (zijn|is|zou|zouden) … beter af",
    "dit (is|wordt) mijn (afscheid|afscheidsbrief|laatste bericht) [$]",
    "(ik heb|ik schreef|ik schrijf) ~ [al] (een|mijn) afscheidsbrief",
    "(ik heb|heb ik) een plan om ~ (dood te gaan|te sterven)",
    "niemand (zal|gaat) (mij|me) missen",
    # Self-harm now
    "(ik snijd|ik snij|ik kras) ~ (mezelf|me) ~ (open|kapot)",
    f"{_MINE} ~ (mezelf|me) ~ (snijden|pijn doen|verwonden)",
    # English
    "i ~ (want to|wish i could|going to|am ready to) ~ (die|be dead)",
    "i wish i (was|were) dead",
    "i'd (rather be|be better off) dead",
    "i ~ (don't|do not|no longer) ~ want to (live|be alive|exist|wake up) (any more|$)",
    "i ~ (don't|do not) ~ want to be here any more",
    "i ~ (want to|might|could|will) ~ (kill|hang) myself",
    "(i'm|i am|i'll|i will|want to) ~ (going to|thinking of|thinking about) [to] "
    "(kill|killing|hang|hanging) myself",
    "(want to|going to|i'll|i will) ~ (end it all|end my life|take my [own] life)",
    "(thinking of|thinking about|think about) ~ ending (my life|it all)",
    "i … (no reason|nothing left|nothing) to live for",
    "i can't go on (any more|like this|living|$)",
    "(i feel|i'm|i am|i have been|i've been) ~ suicidal",
    "(i have|i've|having) ~ [got] suicidal thoughts",
    "i … (thinking about|think about|thinking of|contemplating) zelfmoord $",
    "i … (commit|committing) zelfmoord",
    "better off without me",
    "(i want to|i'm going to|i am going to|i'll|i will|i|i've|i have) ~ (take|took|taken) "
    "an overdosis",
    "i (took|swallowed|have taken|want to take|am going to take) ~ "
    "(all my|all of my|all the) pills",
    "(this is|writing) my (goodbye|last message|zelfmoord note)",
    "(he|she|my son|my daughter|my brother|my sister|my partner|my friend) … "
    "(wants to die|wants to kill (himself|herself)|has taken an overdosis|is suicidal)",
    "i … (cutting|hurting|harming) myself again",
)
