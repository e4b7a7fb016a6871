"""Indirect identifiers (QUASI): nothing in them is a name, yet somebody may be recognised."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .document import Document
from .spans import Label, Reason, Span

_NUMBER = r"(?:twee|drie|vier|vijf|zes|zeven|acht|negen|tien|\d{1,2})"
_STOP = r"[^.!?;:\n,()]"
_REST = (
    rf"(?:{_STOP}(?!\s(?:en|maar|want|dus|omdat|toen)\s(?:ik|hij|zij|ze|we|wij|dat|"
    rf"er)\b)){{0,90}}{_STOP}?"
)
_RULES: tuple[tuple[re.Pattern[str], Reason, float], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reason, sure)
    for pattern, reason, sure in (
        (
            (
                rf"\b(?:de|het) (?:aller)?(?:enige|enigste|eerste|laatste|jongste|oudste|bekendste|"
                rf"beruchtste|grootste|rijkste) (?:\w+ ){{0,4}}?(?:van (?:het|de|heel|onze)|in "
                rf"(?:de|het|onze|heel|dit|deze|ons|nederland|de wijde)|met een|die (?:ooit|nog|"
                rf"ook|zelf)|op het|uit) {_REST}"
            ),
            Reason.ONLY_ONE,
            0.7,
        ),
        (
            (rf"\b(?:een|één) van de (?:{_NUMBER}|weinige|laatste|eerste|enige) {_REST}"),
            Reason.ONLY_ONE,
            0.7,
        ),
        (
            (rf"\bals (?:enige|eerste|laatste) (?:vrouw|man|van|in|uit|met)\w* {_REST}"),
            Reason.ONLY_ONE,
            0.6,
        ),
        (
            (
                rf"\b(?:{_STOP}{{0,60}}\b)?(?:in het nieuws|op het nieuws|op televisie|op tv|op de "
                rf"tv|in de krant(?:en)?|landelijk nieuws|het journaal|de voorpagina|"
                rf"voorpaginanieuws|in de media|media-aandacht|viral|miljoen keer|duizend keer "
                rf"bekeken|opsporing verzocht|op de radio|documentaire|regionale omroep|lokale "
                rf"omroep|de omroep|tv-camera's|televisieploeg|cameraploeg|tv-programma|"
                rf"realityserie|talkshow|kort geding|rechtszaak die){_REST}"
            ),
            Reason.NEWS,
            0.6,
        ),
        (
            (
                rf"\b(?:{_STOP}{{0,40}}\b)?(?:landelijk bekend|bekende nederlander|iedereen (?:in "
                rf"het dorp |hier |in de (?:stad|streek|wijk) )?kent|heel het dorp kent|het hele "
                rf"dorp|de hele stad kent|wereldkampioen|nederlands kampioen|europees kampioen|"
                rf"olympisch\w*|oud-international|profvoetballer|oud-prof){_REST}"
            ),
            Reason.NEWS,
            0.55,
        ),
        (
            (
                rf"\b(?:{_STOP}{{0,30}}\b)?(?:burgemeester|wethouder|raadslid|gemeenteraadslid|"
                rf"kamerlid|statenlid|prins carnaval|stadsprins|jeugdprins|dorpsomroeper|dominee "
                rf"van|pastoor van|koster van|voorzitter van de (?:voetbal|ijs|carnavals|"
                rf"school)\w+|penningmeester van|directeur van de (?:basis)?school|de huisarts van "
                rf"(?:het|ons) dorp|kerkenraad|dijkgraaf|hofleverancier|commissaris van de koning|"
                rf"oud-burgemeester){_REST}"
            ),
            Reason.PUBLIC_ROLE,
            0.5,
        ),
        (
            (
                r"\b(?:klokkengieter|scharensliep|beiaardier|torenwachter|molenaar|hoefsmid|imker|"
                r"palingvisser|palingroker|garnalenvisser|mosselkweker|oesterkweker|rietdekker|"
                r"klompenmaker|orgelbouwer|orgelstemmer|vioolbouwer|glasblazer|valkenier|"
                r"circusartiest\w*|koorddanser\w*|trapezewerker|clown|goochelaar|buikspreker|"
                r"jockey|stuntman|sluiswachter|brugwachter|vuurtorenwachter|loods|havenloods|"
                r"berenverzorger|dierenverzorger in|kasteelheer|kasteelvrouwe|baron(?:es)?|gravin|"
                r"graaf van|jonkheer|jonkvrouw|freule|nertsenfokker|schaapherder|herder van|"
                r"wichelroedeloper|grafdelver|balsemer|lijkwagenchauffeur|thanatopracteur|"
                r"luchtverkeersleider|astronaut|poolreiziger|diepzeeduiker|kernfysicus|wapensmid|"
                r"zwaardvechter|stierenvechter|piloot van|operazanger\w*|balletdanser\w*|"
                r"concertpianist\w*|eerste violist|dirigent van|musicalster|acteur in|actrice in|"
                r"zanger(?:es)? van|drummer van|dressuurruiter|wielrenner bij|schaatser|turnster|"
                r"judoka|bokskampioen|gebarentolk|doventolk|nachtburgemeester|eilandbewoner)\b"
            ),
            Reason.RARE_OCCUPATION,
            0.55,
        ),
        (
            (
                r"\b(?:uit|afkomstig uit|gevlucht uit|geboren in|een) (?:bhutan\w*|mongoli[eë]\w*|"
                r"groenland\w*|ijsland\w*|tibet\w*|nieuw-zeeland\w*|paraguay\w*|uruguay\w*|"
                r"bolivia\w*|ecuador\w*|honduras|guatemala|nicaragua|panama|costa rica|belize|"
                r"haïti\w*|jamaica\w*|trinidad|barbados|fiji|tonga|samoa\w*|papoea\w*|nauru|"
                r"madagaskar|mauritius|seychellen|comoren|lesotho|swaziland|eswatini|botswana|"
                r"namibi[eë]\w*|zambia|malawi|mozambique|tsjaad|niger|gabon|equatoriaal-guinea|"
                r"djibouti|oeganda|burundi|laos|cambodja\w*|myanmar|birma|brunei|maldiven|"
                r"oost-timor|kirgizi[eë]\w*|tadzjikistan|turkmenistan|oezbekistan|kazachstan|"
                r"liechtenstein|andorra|san marino|malta|chileense?|peruaanse?|boliviaanse?|inuit|"
                r"maori|aboriginal)\b"
            ),
            Reason.RARE_ORIGIN,
            0.5,
        ),
        (
            (
                rf"\b(?:{_STOP}{{0,50}}\b)?(?:de (?:aanslag|ramp|vuurwerkramp|vliegramp|watersnood|"
                rf"gijzeling|schietpartij|steekpartij|familiemoord|gezinsmoord|grote brand|"
                rf"cafébrand|explosie|treinramp|bus(?:ongeluk|ramp)) (?:in|op|van|bij)|overleefde "
                rf"(?:als|de)|gezinsdrama|familiedrama|loterijprijs|hoofdprijs|jackpot|straatprijs|"
                rf"lint(?:je)? doorgeknipt|koninklijke onderscheiding|een lintje van|geridderd|"
                rf"naast de koning(?:in)?|met de koning(?:in)? op de foto){_REST}"
            ),
            Reason.NEWS,
            0.5,
        ),
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
