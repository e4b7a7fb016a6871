"""Numbers as ages have them, in figures and words, as parts of patterns."""

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
