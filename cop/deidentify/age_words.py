"""Numbers as ages have them, in figures and words, and what stands beside them, for patterns."""

from __future__ import annotations

UNITS = "een|één|twee|drie|vier|vijf|zes|zeven|acht|negen"
_TENS = (
    "twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|negentig|viertig|vieftig|tachentig|"
    "twinteg|dartig|darteg|feerteg|veerteg|fyftich|tritich|fjirtich|sechstich|sawntich|tachtich"
)
_TEENS = "tien|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|achttien|negentien"
# of Groningen and Drenthe: 'zuzzentwinneg'
_NORTH = r"(?:[a-zà-ÿ]{2,7}en)?(?:twinn|twint|datt|vatt|veirt|vieft|zest|zeuvent|tacht)eg"
WORD = rf"(?:{_NORTH}|(?:{UNITS})(?:en|ën)(?:{_TENS})|{_TENS}|{_TEENS}|{UNITS}|anderhalf)"
NUM = rf"(?:1[01]\d|[1-9]?\d(?:[,.]5|½)?|{WORD})"
BIG = rf"(?:1[01]\d|[1-9]\d|(?:{UNITS})(?:en|ën)(?:{_TENS})|{_TENS}|{_NORTH}|{_TEENS})"
ENGLISH = (
    r"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?|ten|eleven|twelve|thirteen|"
    r"fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
)
ORD = (
    r"(?:[1-9]\d?(?:e|ste|de)|(?:eerste|tweede|derde|vierde|vijfde|zesde|zevende|"
    r"achtste|negende|tiende|elfde|twaalfde|dertiende|"
    r"veertiende|vijftiende|zestiende|zeventiende|achttiende|negentiende|twintigste|"
    r"dertigste|veertigste|vijftigste|zestigste|zeventigste|tachtigste|negentigste|"
    rf"(?:{UNITS})(?:en|ën)(?:twintigste|dertigste|veertigste|vijftigste|zestigste|"
    rf"zeventigste|tachtigste|negentigste)))"
)
JR = r"(?:jaar|jaor|joar|jaer|joer|jier|jèùr|jr|jarige?|j)\b\.?"
# What may follow '34 jaar' when it is a stretch of time and no age.
SPAN_AFTER = (
    r"(?!\s?(?:geleden|verschil|lang\b|later|clean|nuchter|droog|getrouwd|samen\b|gebruikt|"
    r"gedronken|gewerkt|ervaring|onvoorwaardelijk|"
    r"voorwaardelijk|cel\b|gevangen|garantie|terug\b|eerder|verder|wachten|tussen|"
    r"therapie|behandeling|hulp|gestopt|ellende|van de\b|"
    r"verkering|verslaafd|vrij\b|tbs|detentie|niet\b|geen\b|op rij|achtereen|durend|"
    r"in dienst|bij ons|dezelfde|heb\b|heeft\b|hebben|had\b|lid\b))"
)
# Who has an age; what may stand between them and it; who is young; what was used at that age.
PERSON = (
    r"(?:man|vrouw|jongen|meisje|jongeman|dame|heer|knul|meid|zoon|dochter|dochtertje|"
    r"zoontje|kind|kinderen|broer|broertje|zus|zusje|cli[eë]nte?|pati[eë]nte?|"
    r"moeder|vader|oma|opa|vriend|vriendin|ex|partner|neef|nicht|neefje|nichtje|baby|"
    r"peuter|kleuter|puber|tiener|jongere|student|studente|bewoner|bewoonster|"
    r"deelnemer|"
    r"weduwe|weduwnaar|tweeling|jongens|meisjes|meiden|zonen|zoons|dochters|kleinkind|"
    r"kleinzoon|kleindochter|pleegkind|persoon|gast|kerel|vent|iemand|stratenmaker|"
    r"collega|leerling|boer|mens|mensje|joch|jochie|gozer|gast|kereltje|ventje|lid|tante|oom|wijf|"
    r"madam|vrouwke|manneke|jong|wicht|wichtje|deern|jongske|stel|echtpaar|migrant|vluchteling|"
    r"veteraan|girl|guy|boy|woman|kid|\w{4,}er)"
)

TIME = (
    r"(?:(?:volgende|deze|komende|over|in|vandaag|morgen|straks|dit|dat|binnenkort|"
    r"overmorgen|net|pas|nu|trouwens|eigenlijk|echt|maar|vrijdags|inmiddels|alweer|bijna|toen|al|"
    r"ook|zelf|juist|gisteren|vorige|nou|zo|"
    r"rond|haast|een|maand|week|jaar|weken|maanden|januari|februari|maart|april|mei|"
    r"juni|juli|augustus|september|oktober|november|december|maandag|dinsdag|woensdag|"
    r"donderdag|vrijdag|zaterdag|zondag|zomer|voorjaar|herfst|winter)\s){0,3}"
)
CHILD = (
    r"(?:jongen|jongens|meisje|meisjes|zoon|zoons|zonen|dochter|dochters|dochtertje|"
    r"dochtertjes|zoontje|zoontjes|kind|kinderen|broertje|zusje|neefje|nichtje|baby|"
    r"peuter|kleuter|kleinkind|kleinzoon|kleindochter|"
    r"pleegkind|tweeling|jongste|oudste|middelste|ventje|mannetje|kindje|kleintje)"
)
USED = (
    r"cannabis|wiet|hasj|blow\w*|alcohol|drank|bier|drink\w*|dronk|speed|amfetamine|xtc|mdma|ghb|"
    r"coke|"
    r"coca[iï]ne|base\w*|crack|hero[iï]ne|bruin|wit|pillen|benzo\w*|lachgas|ketamine|gok\w*|"
    r"rook\w*|"
    r"tabak|methadon|gebruik\w*|spuit\w*|snuif\w*|alles|jeugdzorg|uithuisgeplaatst|uit huis|"
    r"op straat"
)
