"""Whom a place or everybody knows, without a name (label QUASI): by what they lead, where they
live, what happened to them or what they did before many eyes."""

from __future__ import annotations

import re

from .casing import uncased
from .quasi_words import (
    BIG,
    CLUB,
    FAMOUS,
    HOUSE,
    KIN,
    LEADS,
    MISHAP,
    ROLE,
    SHOP,
    SHOW,
    WHO,
    WITH,
)
from .spans import Reason

STOP = r"[^.!?;:\n,()]"
# The core of a rule; its reason; how sure; how far back the phrase may begin; whether it runs on.
Rule = tuple[re.Pattern[str], Reason, float, int, bool]
RULES: tuple[Rule, ...] = tuple(
    (uncased(pattern), reason, sure, back, on)
    for pattern, reason, sure, back, on in (
        # 'de eerste vrouwelijke brugwachter langs de Zaan', 'de enige Turkse jongen van de klas'
        (
            rf"\b(?:de|het|onze|een van de) (?:enige|enigste|eerste|laatste|jongste|oudste) "
            rf"(?:(?:vrouwelijke|mannelijke|zwarte|[\w-]{{2,}}[^\Ws]se) (?:[\w-]+ )?{WHO}\b|"
            rf"(?:[\w-]+ ){{0,2}}?{WHO} (?:langs|aan|bij|binnen|op|uit|tussen)\b)",
            Reason.ONLY_ONE,
            0.6,
            0,
            True,
        ),
        # 'hoofdzuster op de eerste IC van de stad'
        (
            rf"\b(?:{WHO}|[\w-]+(?:zuster|meester|vrouw|baas)) (?:op|in|van|bij) "
            r"(?:[\w-]+ ){1,4}?van (?:de|het|ons|onze|heel) (?:stad|dorp|eiland|eilanden|streek|"
            r"provincie|land|polder|regio)\b",
            Reason.ONLY_ONE,
            0.5,
            0,
            True,
        ),
        # a family larger than others, or one that people know
        (
            rf"\b(?:(?:vader|moeder|gezin) van {BIG}(?! (?:jaar|maanden|weken|[a-z]*jarige))"
            rf"(?: kinderen)?|{BIG} (?:kinderen|broers|zussen|zusters)|uit een (?:gezin|nest) "
            rf"(?:van|met) {BIG}|(?:telg|nazaat|afstammeling|stamhouder) (?:uit|van)|"
            r"van adel|adellijke? \w+|erfgena(?:am|men) van)\b",
            Reason.ONLY_ONE,
            0.5,
            0,
            True,
        ),
        # where hardly anybody lives
        (
            r"\b(?:woon(?:t|de|den)?|wonen|slaapt?|sliep(?:en)?|leeft|leefde|bivakkeert|verblijft|"
            r"opgegroeid|groeide|geboren|gewoond)\b"
            rf"{STOP}{{0,25}}?\b(?:in|op|onder|boven) (?:een|de|het|zijn|haar|hun|die|'n) "
            rf"(?:[\w-]+ ){{0,2}}?(?:{HOUSE})\b",
            Reason.ONLY_ONE,
            0.5,
            0,
            True,
        ),
        # who has with them what nobody else has
        (
            rf"\b(?:de|die|dat|een) {WHO} (?:met|van|achter|op) (?:de|het|zijn|haar|die|een|drie|"
            rf"twee) (?:[\w-]+ ){{0,2}}?(?:{WITH})\b",
            Reason.ONLY_ONE,
            0.5,
            0,
            True,
        ),
        # seen by everybody: programmes, clips, numbers of followers
        (
            rf"\b(?:{SHOW}|(?:in|uit|aan) (?:die|de|een|dat) (?:clip|videoclip|speelfilm|film|"
            r"musical|serie|commercial) (?:van|over|waar)|[\d.]+ (?:volgers|views|kijkers)|"
            r"(?:duizend|duizenden|miljoen) (?:volgers|views|kijkers)|"
            rf"(?:foto|filmpje|interview|artikel|stuk) "
            rf"{STOP}{{0,30}}?(?:de hele wereld|over de wereld|overal te zien|op internet))\b",
            Reason.NEWS,
            0.5,
            45,
            True,
        ),
        # whom a place knows
        (
            r"\b(?:(?:lokale|plaatselijke|landelijke) (?:beroemdheid|bekendheid|held|ster|legende|"
            r"figuur)|(?:dorps|stads|straat|markt)(?:figuur|type|legende|held)|(?:wereld)?beroemd|"
            r"een (?:begrip|legende) (?:in|op|bij)|iedereen kent (?:hem|haar)|kennen (?:hem|haar) "
            r"allemaal|heel (?:het dorp|de stad|de wijk|het eiland|de buurt|de kerk) (?:kent|weet|"
            rf"praat|praatte|sprak)|(?:een |de )?bekende (?:[\w-]+ )?(?:{FAMOUS}))\b",
            Reason.NEWS,
            0.5,
            30,
            True,
        ),
        # 'die aanrijding op de Vlaardingerdijk'
        (
            rf"\b(?:die|dat|de|het) (?:dodelijke? |grote |zware |fatale )?(?:{MISHAP}) (?:op|in|"
            r"bij|aan) (?:(?:de|het|die|dat|'t) )?(?:(?-i:[A-ZÀ-Ý])[\w'-]+|[\w-]+(?:dijk|weg|laan|"
            r"straat|brug|plein|kade|sluis|haven|plas|kanaal|dam|overgang|fabriek|school|kerk|disco|zwembad|"
            r"station|flat|festival|tunnel|markt))\b",
            Reason.NEWS,
            0.5,
            0,
            True,
        ),
        # who was in what everybody has heard of
        (
            r"\b(?:kindsoldaat|kroongetuige|beschermd getuige|dutchbat\w*|mh17|bijlmerramp|"
            r"vuurwerkramp|watersnoodramp|srebrenica|overlevenden? van|nabestaanden? van (?:de|"
            r"het) (?!overled)\w+|slachtoffer van (?:de|die) (?:brand|ramp|aanslag|schietpartij)|"
            r"uitgetreden (?:non|priester|monnik|pater|zuster)|ex-(?:non|priester|monnik|pater|"
            r"minister|prof\w*|international)|hoofdverdachte|verdachte (?:in|van) de|"
            r"zat (?:op|in) (?:de|het) (?:boot|vlucht|vliegtuig|trein|bus|schip) (?:die|dat|"
            r"waar\w*))\b",
            Reason.NEWS,
            0.5,
            20,
            True,
        ),
        # who leads what a place has one of
        (
            rf"\b(?:oud-|ex-|voormalige? )?(?:{LEADS}) "
            rf"(?:van|bij) (?:(?:de|het|ons|onze|die|een|alle|drie|twee) )?"
            rf"(?:plaatselijke |lokale |enige |grote |oude )?(?:{CLUB})\b",
            Reason.PUBLIC_ROLE,
            0.5,
            0,
            True,
        ),
        # the kin of whom a place knows
        (
            rf"\b(?:{KIN}) van (?:de|onze|dé|een bekende|een beroemde) (?:[\w-]+ )?"
            rf"(?:{ROLE}|{SHOP}|voorzitter|directeur|rector|taxichauffeur|trainer)\b",
            Reason.PUBLIC_ROLE,
            0.5,
            0,
            True,
        ),
        # a body or an illness that few have
        (
            r"\b(?:ziekte van (?:huntington|wilson|fabry|gaucher|duchenne)|syndroom van (?:marfan|"
            r"williams|rett|prader|klinefelter|turner|tourette)|taaislijmziekte|kunsthart|"
            r"harttransplantatie|longtransplantatie|geboren zonder|mist (?:een|zijn|haar) "
            r"(?:hand|been|arm|oog|oor|neus)|glazen oog|houten been|siamese tweeling|"
            r"(?:helft|een|één) van een (?:eeneiige )?(?:tweeling|drieling))\b",
            Reason.ONLY_ONE,
            0.5,
            0,
            True,
        ),
        # what few did in sport or on a stage
        (
            r"\b(?:(?:nationaal|fries|belgisch|zeeuws|brabants|limburgs|gronings|twents|drents) "
            r"(?:kampioen\w*|record\w*)|recordhoud\w+|(?:speelde|keepte|voetbalde|schaatste|reed|"
            r"bokste|turnde|zwom|zong|danste|streed)(?: (?:ooit|vroeger|nog|jarenlang|zelf)){0,2} "
            r"(?:bij|voor|in|met|tegen|op) (?:ajax|psv|feyenoord|oranje|jong oranje|het nederlands|"
            r"de eredivisie|carré|ahoy|het concertgebouw|de tour|de giro|de dakar|het wk|het ek|"
            r"de olympische))\b",
            Reason.NEWS,
            0.5,
            30,
            True,
        ),
    )
)
