"""What two lines have in common, for matching; and the words of pages."""

import re
import unicodedata

from cop.markets.floor_models import Act, Phase
from cop.markets.models import MarketState, PlanState, Side
from cop.markets.planning import Idle, Why
from cop.platform.i18n import lazy as _l

STATE_LABELS = {
    MarketState.ANNOUNCED: _l("Announced"),
    MarketState.PLANNED: _l("The programme is out"),
    MarketState.RUNNING: _l("Going on now"),
    MarketState.CLOSED: _l("Over"),
}

SIDE_LABELS = {Side.ASK: _l("I want to get"), Side.OFFER: _l("I can bring")}

PLAN_LABELS = {
    PlanState.WORKING: _l("Being made"),
    PlanState.READY: _l("Ready"),
    PlanState.STOPPED: _l("Called off; the best so far stands"),
    PlanState.FAILED: _l("It did not work"),
}

TROUBLE = {
    "full": _l("You put more people at a stall than it has seats. Let somebody go, please."),
    "unheld": _l("You put somebody at a stall that nobody can hold in that round."),
    "input": _l("The market changed while it was planned. Try again, please."),
}

WHYS = {
    Why.NOT_HELD: _l("it is not held"),
    Why.NOT_THERE: _l("it is held when you are not there"),
    Why.HOLDS_THEN: _l("it is held while you hold a stall yourself"),
    Why.FULL: _l("it is full in every round in which you could come"),
    Why.OTHER_WISHES: _l("your rounds went to other wishes"),
    Why.HOST: _l("the host put you elsewhere"),
}

# The same as the host reads it, of all whom it concerns.
WHYS_OF_ALL = {
    Why.NOT_HELD: _l("it is not held"),
    Why.NOT_THERE: _l("they are not there when it is held"),
    Why.HOLDS_THEN: _l("they hold a stall themselves then"),
    Why.FULL: _l("it is full whenever they could come"),
    Why.OTHER_WISHES: _l("their rounds went to other wishes"),
    Why.HOST: _l("you put them elsewhere"),
}

IDLE = {
    Idle.HOST: _l("The host keeps this round free for you."),
    Idle.NOTHING: _l("Nothing is held in this round: everybody has been to what there is."),
    Idle.FULL: _l("Every stall is full in this round. A seat may still come free."),
    Idle.ROOM: _l("There is room: choose a stall when the round begins."),
}

PHASE_LABELS = {
    Phase.LOBBY: _l("The doors are open"),
    Phase.ROUND: _l("Round"),
    Phase.BREAK: _l("Break"),
    Phase.CLOSED: _l("The market is over"),
}

ACT_LABELS = {
    Act.MOVE: _l("Move"),
    Act.MUTE: _l("Mute"),
    Act.UNMUTE: _l("Let write again"),
    Act.REMOVE: _l("Show them out"),
    Act.READMIT: _l("Let in again"),
}

ACT_HEADINGS = {
    Act.MOVE: _l("Move %(name)s"),
    Act.MUTE: _l("Mute %(name)s"),
    Act.UNMUTE: _l("Let %(name)s write again"),
    Act.REMOVE: _l("Show %(name)s out"),
    Act.READMIT: _l("Let %(name)s in again"),
}

_WORD = re.compile(r"[^\W\d_]{3,}")
_ENDINGS = ("en", "er", "es", "te", "de", "e", "s", "t", "d")
# Words that say nothing about what is asked: they would tie every ask to every offer.
_EMPTY = frozenset(
    """
    als ben bij dag dan dat den der die dit een had heb hem hen het hij hoe hun iet kan men met
    mij nog nou nul onze ons ook per toe tot uit van wat wel wie wij zal zij zin zou and are but
    can did for had has her him his how its may not our out she the too use was who why you aan
    alle allemaal alleen als andere anders bent beter betere bijna binnen breng brengen daar
    daarna daarom deze dezelfde dingen doen door doet dragen eens eerste eigen elkaar enkele
    ervaring ervaringen gaan gaat geen geven geweest goed goede graag haar hebben hebt heeft
    helpen hier hoeveel iedereen iemand iets jaar jullie kan komen kunnen kunt laten leren maakt
    maar maken manier meer mensen met mijn moet moeten naar niet nieuwe nodig over samen soms
    staan steeds tegen tijd tijdens toch tussen vaak veel vertel vertellen verschillende vinden
    voor vraag vragen waar waarom wanneer want waren wat weet welke werd werken werkt weten wie
    wij wil willen worden wordt zeggen zelf zich zijn zoals zonder zouden zullen about after
    from have help how into know more other people some that their them they this want what when
    where which with your
    """.split()
)


def stems(text: str) -> frozenset[str]:
    """The words of a line, made comparable: no accents, no capitals, no endings."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return frozenset(_stem(word) for word in _WORD.findall(plain) if word not in _EMPTY)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
