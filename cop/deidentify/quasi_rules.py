"""By what somebody may be recognised without a name: one rule for each kind (label QUASI)."""

from __future__ import annotations

from .casing import uncased
from .quasi_known import RULES as KNOWN
from .quasi_known import STOP, Rule
from .quasi_words import (
    CRAFT,
    EVENT,
    FEAT,
    KIN,
    RARE_FROM,
    RARE_WORK,
    ROLE,
    SHOP,
    THING,
    WHO,
)
from .spans import Reason

NUMBER = r"(?:twee|drie|vier|vijf|zes|zeven|acht|negen|tien|\d{1,2})"
RULES: tuple[Rule, ...] = KNOWN + tuple(
    (uncased(pattern), reason, sure, back, on)
    for pattern, reason, sure, back, on in (
        (
            r"\b(?:de|het|'n|een van de|als) (?:aller)?(?:enige|enigste|eerste|laatste|jongste|"
            r"oudste|"
            r"bekendste|beruchtste|grootste|kleinste|snelste|rijkste|beste) "
            r"(?!(?:keer|dag|dagen|week|weken|tijd|maand|maanden|jaar|jaren|stap|plaats|nacht|"
            r"avond|"
            r"ochtend|uren|minuten|zin|vraag|ander|andere|glas|slok|bier|fles|gesprek|"
            r"sessie)\b)(?:[\w-]+ ){0,4}?(?:van (?:het|de|een|heel|"
            r"onze|ons|nederland)|in (?:de|het|onze|heel|dit|deze|ons|nederland|de wijde|zijn|"
            r"haar)|"
            r"met een|"
            r"die (?:ooit|nog|ook|zelf|er|de|het|in|met|hier|daar)|op het|uit|hier|ter wereld)",
            Reason.ONLY_ONE,
            0.7,
            0,
            True,
        ),
        (
            rf"\b(?:een|één) van de (?:{NUMBER}|weinige|laatste|eerste|enige)\b",
            Reason.ONLY_ONE,
            0.7,
            0,
            True,
        ),
        (
            r"\bals (?:enige|eerste|laatste|jongste|oudste|enigste) (?:(?:vrouw|man|meisje|"
            r"jongen|kind|"
            r"nederland|belg|turk|marokkaan|surinam)\w*|\w{3,}(?:er|ster|ist|iste|eur|in)\b|"
            r"van (?:de|het|"
            r"heel|ons)|in (?:de|het|ons|nederland)|uit|met)",
            Reason.ONLY_ONE,
            0.6,
            0,
            True,
        ),
        (
            r"\b(?:in het nieuws|op het nieuws|op televisie|op tv|op de tv|in de krant(?:en)?|"
            r"landelijk nieuws|het journaal|de voorpagina|voorpaginanieuws|in de media|"
            r"media-aandacht|viral|miljoen keer|duizend keer bekeken|opsporing verzocht|"
            r"op de radio|"
            r"documentaire|regionale omroep|lokale omroep|de omroep|tv-camera's|televisieploeg|"
            r"cameraploeg|tv-programma|realityserie|realityprogramma|talkshow|kort geding|"
            r"rechtszaak die|heel nederland|het hele land|wereldnieuws|landelijke pers|"
            r"omroep [a-z]+ (?:maakte|kwam|filmde))",
            Reason.NEWS,
            0.6,
            60,
            True,
        ),
        (
            r"\b(?:landelijk bekend|bekende nederlander|iedereen (?:in het dorp |hier |"
            r"in de (?:stad|"
            r"streek|wijk|buurt) )?kent|kent iedereen|heel het dorp kent|het hele dorp|"
            r"de hele stad "
            r"kent|wereldkampioen|nederlands kampioen\w*|europees kampioen\w*|olympisch\w*|"
            r"oud-international|profvoetballer|oud-prof|oud-keeper van|ooit op het podium van)",
            Reason.NEWS,
            0.55,
            40,
            True,
        ),
        (
            r"\b(?:burgemeester van|oud-burgemeester|wethouder|raadslid|gemeenteraadslid|kamerlid|"
            r"oud-kamerlid|statenlid|prins carnaval|stadsprins|jeugdprins|dorpsomroeper|"
            r"koning van de "
            r"schutterij|schutterskoning|keizer van de schutterij|dominee van|pastoor van|"
            r"koster van|"
            r"voorzitter van de (?:voetbal|ijs|carnavals|school|oranje|dorps)\w+|"
            r"penningmeester van|"
            r"directeur van de (?:basis)?school|hoofd van de (?:dorps)?school|"
            r"de huisarts van (?:het|"
            r"ons) dorp|kerkenraad|dijkgraaf|hofleverancier|commissaris van de koning|"
            r"brandweercommandant|havenmeester van|marktmeester van|sinterklaas van)",
            Reason.PUBLIC_ROLE,
            0.5,
            30,
            True,
        ),
        (
            rf"\b(?:de|den|dé|die|'n|dè|the) (?:[\w-]+ )?{WHO}(?: van (?:de|het|die|dat|een|'t) "
            rf"[\w-]+(?: [\w-]+)?)?,? (?:die|di|dij|dee|dat|who|wier|wiens)\b{STOP}{{0,60}}?"
            rf"\b{EVENT}",
            Reason.ONLY_ONE,
            0.6,
            0,
            True,
        ),
        (
            r"\b(?:de|den|d'n|dé) (?:enige|enigste|ienige|leste|letste|laatste|eerste|jongste|"
            r"oudste) (?:[\w-]+ ){0,2}?[\w-]+ (?:die|di|dij|dee|dat|mit|met|zonder|aan|bij|"
            r"op|voor wie)\b"
            r"(?<!keer die)(?<!tijd die)(?<!dag die)(?<!week die)(?<!dagen die)",
            Reason.ONLY_ONE,
            0.5,
            0,
            True,
        ),
        (
            r"\b(?:er (?:is|zijn|bestaat|"
            r"zijn er) (?:er )?(?:maar|nog maar|nog|slechts) (?:één|een|twee|drie|vier) \w+ "
            r"(?:in|op|van|bij)|nog (?:één|twee|drie|vier) (?:in|van) (?:de|het|heel|ons)|"
            r"nergens anders in|de enige \w+ van (?:ons|het|de|dit))",
            Reason.ONLY_ONE,
            0.6,
            30,
            True,
        ),
        (
            rf"\b(?:bespeelt|bespeelde|bouwt|bouwde|maakt|maakte|giet|goot|smeedt|smeedde|snijdt|"
            rf"restaureert|stemt|luidt|luidde)\b{STOP}{{0,40}}?\b{CRAFT}|\b{CRAFT} (?:bouwt|"
            rf"maakt|giet|smeedt|restaureert|stemt)",
            Reason.RARE_OCCUPATION,
            0.55,
            40,
            True,
        ),
        (
            r"\b(?:een van de |één van de |de andere van de |helft van (?:de|een) )?(?:drieling|"
            r"vierling|vijfling|siamese)\b|\b(?:film|boek|documentaire|podcast|serie|musical|"
            r"toneelstuk|lied) (?:over (?:hem|haar|hen|zijn|hun|de|het)|van (?:zijn|haar) leven)|"
            r"\b(?:filmpje|foto|standbeeld|monument|gedenkteken|plaquette|muurschildering) "
            r"(?:van (?:hem|haar|zijn|mijn|ons)|met (?:die|dat|de|zijn|haar|twee))",
            Reason.NEWS,
            0.5,
            20,
            True,
        ),
        # what everybody has seen: a name in the papers, a voice, a face, a street called after them
        (
            r"\b(?:in de (?:bladen|pers|roddelbladen|geschiedenisboeken)|bekend (?:als|van|"
            r"geworden) (?:de|het|een|"
            r"van|die|door)|beter bekend als|op (?:de |een )?(?:postzegel|suikerzakje|affiche|"
            r"billboard|cover)|"
            r"spreekt de (?:haltes|stations) in|(?:de )?stem van (?:de|het)|in (?:een|de|"
            r"die) (?:reclame|"
            r"reclamespot|tv-spot|soap|dramaserie|talentenjacht|quiz|videoclip)|(?:naar|"
            r"vernoemd naar) (?:hem|haar|hen|"
            r"zijn \w+|haar \w+) (?:is |werd |wordt )?(?:genoemd|vernoemd)|die naar (?:hem|"
            r"haar) (?:is |werd )?"
            r"(?:genoemd|heet)|schreef (?:een|het|er een) (?:boek|bestseller|schoolboek)|"
            r"boek over (?:hem|haar|hen)|"
            r"op het podium van|stond (?:ooit )?in (?:het )?(?:ahoy|carré|paradiso|ziggo dome)|"
            r"wikipedia)\b",
            Reason.NEWS,
            0.5,
            50,
            True,
        ),
        # who has met the king, the minister, the cabinet
        (
            r"\b(?:(?:de |het )?(?:koning|koningin|koningspaar|prinses|premier|minister|"
            r"kroonprins|paus)\b"
            rf"{STOP}{{0,30}}?\b(?:hem|haar|hun|zijn|mijn)\b|(?:voor|van|naar|naast|door|"
            rf"met) de (?:koning|koningin|"
            r"premier|paus|minister(?:-president)?)\b|in het kabinet|spoeddebat|huilend opstapte|"
            r"(?:als|oud-) ?"
            r"(?:minister|staatssecretaris|kamerlid|burgemeester|wethouder|gedeputeerde)|"
            r"(?:wethouder|gedeputeerde) met|"
            r"fractievoorzitter|lijsttrekker|partijleider|zit in de (?:gemeenteraad|raad voor|"
            r"kamer\b|provinciale)|"
            r"in de kerkenraad en|van zowel de|zowel de kerk)",
            Reason.PUBLIC_ROLE,
            0.5,
            45,
            True,
        ),
        # 'met nog geen duizend inwoners', 'waar in Nederland vier mensen mee leven'
        (
            rf"\b(?:(?:met|van) (?:nog geen|amper|minder dan|maar|slechts|krap|zo'n|"
            rf"nauwelijks) [\w.]+ (?:inwoners|zielen|"
            rf"huizen|mensen)|(?:waar|waarvan|waarmee|die) (?:er )?(?:in|van|"
            rf"wereldwijd) {STOP}{{0,25}}?\b(?:maar |slechts |"
            rf"nog geen )?(?:{NUMBER}|tientallen|twintig|honderd) (?:mensen|gevallen|gezinnen|"
            rf"patiënten|kinderen)|"
            r"zeldzame (?:ziekte|aandoening|stofwisselingsziekte|spierziekte|afwijking|vorm|"
            r"kanker|bloedgroep|erfelijke)|"
            r"(?:met|op|heeft|mist|zonder) (?:één|een kunst|zijn kunst|haar kunst) ?(?:been|arm|"
            r"oog|hand)\b|albino|"
            r"kleine mensen|lilliputter|doofblind\w*|(?:een|de|die) (?:dove|blinde|"
            r"doofstomme) [\w-]+ (?:uit|van|die|met)|"
            r"al (?:drie|vier|vijf|zes|zeven|acht|\d+) generaties|in de (?:derde|vierde|vijfde|"
            r"zesde) generatie)",
            Reason.ONLY_ONE,
            0.5,
            40,
            True,
        ),
        # somebody's kin: 'de broer van de man die sprong', 'de weduwe van een van de vissers'
        (
            rf"\b(?:de|een|als|is|was|zijn|haar) (?:{KIN}) van (?:(?:een|één) van de|de|die|dat|"
            rf"een) (?:[\w-]+ )?"
            rf"(?:{WHO}|slachtoffer|dader|scholieren|vissers|schipper|dode|doden|vermiste|"
            rf"verdachte|overleden\w*|"
            rf"verdwenen \w+|verongelukte \w+|gesprongen \w+|vermoorde \w+)(?:,? (?:die|wier|"
            rf"wiens)\b|(?=\s?[.,;!?\n]|$))",
            Reason.NEWS,
            0.45,
            0,
            True,
        ),
        # what nobody else did: 'die het paard uit de gracht haalde'
        (
            rf"\b(?:de|die|een|dé) (?:[\w-]+ )?{WHO},? (?:die|wiens|wier|van wie|"
            rf"van wie de)\b{STOP}{{0,50}}?\b(?:{THING})\b",
            Reason.ONLY_ONE,
            0.5,
            0,
            True,
        ),
        # a role that people know, of whoever has or had it: 'is burgemeester geweest'
        (
            r"\b(?:is|was|werd|wordt|als) (?:(?:vroeger|lang|jarenlang|ooit|jaren|nog|nu|zelf|"
            rf"ook|een tijd|eerder|daarvoor|gewoon) ){{0,2}}(?:{ROLE})"
            rf"(?=\s?[.,;:!?)\n]|$|\s(?:geweest|geworden|in|van|op|bij|en|toen|tot|maar)\b)"
            rf"(?: geweest| geworden)?",
            Reason.PUBLIC_ROLE,
            0.5,
            25,
            False,
        ),
        # 'de apotheker van het dorp', 'de bekende cafébaas van ons eiland'
        (
            rf"\b(?:de|onze|een) (?:[\w-]+e )?(?:{SHOP}|{ROLE}) van (?:het|ons|dit|hun) "
            r"(?:[\w-]+e )?(?:dorp|dorpje|eiland|gehucht|buurtschap|stadje)\b",
            Reason.PUBLIC_ROLE,
            0.5,
            0,
            False,
        ),
        (
            r"\b(?:was|is|als|werd) (?:[\w-]+ ){0,2}?(?:prof|profspeler|profvoetballer|profrenner)"
            r" (?:bij|in|voor)\b",
            Reason.NEWS,
            0.5,
            20,
            True,
        ),
        (
            r"\b(?:trans ?(?:vrouw|man|meisje|jongen|persoon|gender)|transseksueel|intersekse\w*|"
            r"non-?binair)\b",
            Reason.ONLY_ONE,
            0.5,
            0,
            False,
        ),
        (rf"\b(?:{FEAT})\b", Reason.NEWS, 0.5, 60, True),
        (
            rf"\b(?:(?:de|een|'n) )?(?:{RARE_WORK})\b(?=,? (?:van|in|op|bij|uit|die|aan|hij|"
            rf"zij)\b)",
            Reason.RARE_OCCUPATION,
            0.56,
            0,
            True,
        ),
        (rf"\b(?:{RARE_WORK})\b", Reason.RARE_OCCUPATION, 0.55, 0, False),
        (
            rf"\b(?:uit|afkomstig uit|gevlucht uit|geboren in|een|de|enige|"
            rf"eerste) (?:{RARE_FROM})\b",
            Reason.RARE_ORIGIN,
            0.5,
            0,
            False,
        ),
        (
            r"\b(?:de (?:aanslag|ramp|vuurwerkramp|vliegramp|vliegtuigramp|scheepsramp|kermisramp|"
            r"watersnood|gijzeling|schietpartij|steekpartij|familiemoord|gezinsmoord|grote brand|"
            r"cafébrand|flatbrand|explosie|gasexplosie|treinramp|treinkaping|bus(?:ongeluk|ramp)|"
            r"kettingbotsing|overval|ontvoering|moord|liquidatie|stranding) (?:in|op|van|bij)\b|"
            r"overleefde (?:als|de)\b|\w*ongeluk op de (?:a\d+|n\d+|[a-z]+dijk|[a-z]+weg|"
            r"spoorwegovergang)|"
            r"gezinsdrama|familiedrama|loterijprijs|hoofdprijs|jackpot|straatprijs|postcodekanjer|"
            r"lint(?:je)? doorgeknipt|koninklijke onderscheiding|een lintje van|geridderd|"
            r"naast de koning(?:in)?|met de koning(?:in)? op de foto|de elfstedentocht|"
            r"prins en prinses)",
            Reason.NEWS,
            0.5,
            50,
            True,
        ),
        (
            r"\b(?:(?:de|een) )?(?:weduwe|weduwnaar|zoon|dochter|broer|zus|moeder|vader|kleinzoon|"
            r"kleindochter) van "
            r"(?:de|die|een|onze) (?:burgemeester|wethouder|dominee|pastoor|dokter|huisarts|"
            r"schipper|"
            r"visser|vermoorde|verdronken|omgekomen|verongelukte|man van de|vrouw van de)\b",
            Reason.PUBLIC_ROLE,
            0.5,
            0,
            True,
        ),
    )
)
