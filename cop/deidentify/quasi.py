"""Indirect identifiers (label QUASI): nothing in them is a name, yet somebody may recognise them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .document import Document
from .spans import Label, Reason, Span

_NUMBER = r"(?:twee|drie|vier|vijf|zes|zeven|acht|negen|tien|\d{1,2})"
_STOP = r"[^.!?;:\n,()]"
_REST = rf"(?:{_STOP}(?!\s(?:en|maar|want|dus|omdat|toen)\s(?:ik|hij|zij|ze|we|wij|dat|er)\b)){{0,90}}{_STOP}?"
_RULES: tuple[tuple[re.Pattern[str], Reason, float], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reason, sure)
    for pattern, reason, sure in (
        (rf"\b(?:de|het) (?:aller)?(?:enige|enigste|eerste|laatste|jongste|oudste|bekendste|beruchtste|grootste|rijkste) (?:\w+ ){{0,4}}?(?:van (?:het|de|heel|onze)|in (?:de|het|onze|heel|dit|deze|ons|nederland|de wijde)|met een|die (?:ooit|nog|ook|zelf)|op het|uit) {_REST}", Reason.ONLY_ONE, 0.7),
        (rf"\b(?:een|één) van de (?:{_NUMBER}|weinige|laatste|eerste|enige) {_REST}", Reason.ONLY_ONE, 0.7),
        (rf"\bals (?:enige|eerste|laatste) (?:vrouw|man|van|in|uit|met)\w* {_REST}", Reason.ONLY_ONE, 0.6),
        (rf"\b(?:{_STOP}{{0,60}}\b)?(?:in het nieuws|op het nieuws|op televisie|op tv|op de tv|in de krant(?:en)?|landelijk nieuws|het journaal|de voorpagina|voorpaginanieuws|in de media|media-aandacht|viral|miljoen keer|duizend keer bekeken|opsporing verzocht|op de radio|documentaire|regionale omroep|lokale omroep|de omroep|tv-camera's|televisieploeg|cameraploeg|tv-programma|realityserie|talkshow|kort geding|rechtszaak die){_REST}", Reason.NEWS, 0.6),
        (rf"\b(?:{_STOP}{{0,40}}\b)?(?:landelijk bekend|bekende nederlander|iedereen (?:in het dorp |hier |in de (?:stad|streek|wijk) )?kent|heel het dorp kent|het hele dorp|de hele stad kent|wereldkampioen|nederlands kampioen|europees kampioen|olympisch\w*|oud-international|profvoetballer|oud-prof){_REST}", Reason.NEWS, 0.55),
        (rf"\b(?:{_STOP}{{0,30}}\b)?(?:burgemeester|wethouder|raadslid|gemeenteraadslid|kamerlid|statenlid|prins carnaval|stadsprins|jeugdprins|dorpsomroeper|dominee van|pastoor van|koster van|voorzitter van de (?:voetbal|ijs|carnavals|school)\w+|penningmeester van|directeur van de (?:basis)?school|de huisarts van (?:het|ons) dorp|kerkenraad|dijkgraaf|hofleverancier|commissaris van de koning|oud-burgemeester){_REST}", Reason.PUBLIC_ROLE, 0.5),
        (r"\b(?:klokkengieter|scharensliep|beiaardier|torenwachter|molenaar|hoefsmid|imker|palingvisser|palingroker|garnalenvisser|mosselkweker|oesterkweker|rietdekker|klompenmaker|orgelbouwer|orgelstemmer|vioolbouwer|glasblazer|valkenier|circusartiest\w*|koorddanser\w*|trapezewerker|clown|goochelaar|buikspreker|jockey|stuntman|sluiswachter|brugwachter|vuurtorenwachter|loods|havenloods|berenverzorger|dierenverzorger in|kasteelheer|kasteelvrouwe|baron(?:es)?|gravin|graaf van|jonkheer|jonkvrouw|freule|nertsenfokker|schaapherder|herder van|wichelroedeloper|grafdelver|balsemer|lijkwagenchauffeur|thanatopracteur|luchtverkeersleider|astronaut|poolreiziger|diepzeeduiker|kernfysicus|wapensmid|zwaardvechter|stierenvechter|piloot van|operazanger\w*|balletdanser\w*|concertpianist\w*|eerste violist|dirigent van|musicalster|acteur in|actrice in|zanger(?:es)? van|drummer van|dressuurruiter|wielrenner bij|schaatser|turnster|judoka|bokskampioen|gebarentolk|doventolk|nachtburgemeester|eilandbewoner)\b", Reason.RARE_OCCUPATION, 0.55),
        (r"\b(?:uit|afkomstig uit|gevlucht uit|geboren in|een) (?:bhutan\w*|mongoli[eë]\w*|groenland\w*|ijsland\w*|tibet\w*|nieuw-zeeland\w*|paraguay\w*|uruguay\w*|bolivia\w*|ecuador\w*|honduras|guatemala|nicaragua|panama|costa rica|belize|haïti\w*|jamaica\w*|trinidad|barbados|fiji|tonga|samoa\w*|papoea\w*|nauru|madagaskar|mauritius|seychellen|comoren|lesotho|swaziland|eswatini|botswana|namibi[eë]\w*|zambia|malawi|mozambique|tsjaad|niger|gabon|equatoriaal-guinea|djibouti|oeganda|burundi|laos|cambodja\w*|myanmar|birma|brunei|maldiven|oost-timor|kirgizi[eë]\w*|tadzjikistan|turkmenistan|oezbekistan|kazachstan|liechtenstein|andorra|san marino|malta|chileense?|peruaanse?|boliviaanse?|inuit|maori|aboriginal)\b", Reason.RARE_ORIGIN, 0.5),
        (rf"\b(?:{_STOP}{{0,50}}\b)?(?:de (?:aanslag|ramp|vuurwerkramp|vliegramp|watersnood|gijzeling|schietpartij|steekpartij|familiemoord|gezinsmoord|grote brand|cafébrand|explosie|treinramp|bus(?:ongeluk|ramp)) (?:in|op|van|bij)|overleefde (?:als|de)|gezinsdrama|familiedrama|loterijprijs|hoofdprijs|jackpot|straatprijs|lint(?:je)? doorgeknipt|koninklijke onderscheiding|een lintje van|geridderd|naast de koning(?:in)?|met de koning(?:in)? op de foto){_REST}", Reason.NEWS, 0.5),
    )
)


def find_quasi(doc: Document) -> Iterator[Span]:
    """Phrases that could single somebody out, each with the reason why."""
    for pattern, reason, sure in _RULES:
        for match in pattern.finditer(doc.text):
            piece = match[0].strip()
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            cue = " ".join(piece.split()[:4])
            yield Span(start, start + len(piece), Label.QUASI, sure * 0.5, reason, cue)
