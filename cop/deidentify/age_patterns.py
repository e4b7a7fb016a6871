"""The forms in which people say how old somebody is, each with how sure it is."""

from __future__ import annotations

import re

from .age_words import (
    BIG,
    CHILD,
    ENGLISH,
    JR,
    NUM,
    ORD,
    PERSON,
    SPAN_AFTER,
    TIME,
    UNITS,
    USED,
    WORD,
)
from .casing import uncased

PATTERNS: tuple[tuple[re.Pattern[str], float], ...] = tuple(
    (uncased(pattern), sure)
    for pattern, sure in (
        # she is sixty-four, he turned twenty
        (
            rf"\b(?:he|she|i|i'm|he's|she's|who|they)\s(?:is|was|am|turned|just|now|only|about|"
            rf"nearly|almost|\s){{0,3}}\s?({ENGLISH})(?!-?\w|\s(?:days|weeks|months|times|"
            rf"drinks|beers|years (?:sober|clean|ago|in|of)))",
            0.8,
        ),
        (rf"(?<![\w-])({ENGLISH})[\s-](?:years?[\s-]old)\b", 0.95),
        # 'hoe oud bende. ik zeg 83'
        (rf"\bhoe oud\b[^\n]{{0,40}}?\b(?:zeg|zei|zeej|zeg)\s({NUM})(?!\w|[,.]\d)", 0.8),
        # bouwjaar '88: a year that stands for an age
        (r"\b(?:bouwjaar|geboortejaar|jaargang|bj\.?)\s?:?\s?((?:19|20)\d\d|'?\d\d)(?!\w)", 0.85),
        # 34-jarige, vierendertigjarige
        (
            (rf"(?<![\w-])((?:1[01]\d|[1-9]?\d|{WORD})\s?-?\s?(?:jarige?n?\b|jr\.?-?\s?oude?\b))"),
            0.97,
        ),
        # 'zijn 17- en 19-jarige zonen'
        (
            rf"(?<![\w-])([1-9]?\d|{WORD})-\s?(?:en|of|tot|,)\s(?=(?:[1-9]?\d|{WORD})\s?-?\s?jarige?n?\b)",
            0.9,
        ),
        # 34 jaar oud; de leeftijd van 34; leeftijd: 34
        (rf"(?<![\w-])({NUM})[\s-]?{JR}\s(?:jong|oud)\b", 0.97),
        (rf"\bleeftijd\w*(?:\svan|\sis)?\s?:?\s?({NUM})(?!\w)", 0.95),
        (rf"(?:^|\n|[;,|]\s?)oud\s?:\s?({NUM})(?!\w|[.,]\d)", 0.9),
        (rf"\b(?:lft|lftd|leeft(?=[.:]))\.?\s?:?\s?({NUM})(?!\w|[.,]\d)", 0.9),
        # 'm 52 alleenstaand', 'vrouw 61, weduwe': how a note begins
        (
            rf"(?:^|\n|[;:]\s)(?:m|v|man|vrouw|mnl|vrl)\.?\s({BIG})(?:\s?{JR})?(?=\s?[,;.(]|"
            rf"\s[a-z])"
            rf"(?![.,:/]\d|\s?(?:mg|ml|gr?|gram|x|keer|%|uur|u|kilo|kg|euro|glazen|min|dagen|weken|"
            rf"cm|m|km)\b)",
            0.8,
        ),
        (
            rf"\b{CHILD}\s\(?({NUM})\s?(?:mnd|mndn|maanden|wkn|weken|wk)\b(?!\s(?:geleden|clean|"
            rf"lang))",
            0.8,
        ),
        (
            rf"\b{CHILD}\s(?:van|v\.)\s({NUM})(?=\s(?:zat|zit|is|was|ligt|lag|speelt|speelde|"
            rf"slaapt|"
            rf"sliep|huilt|huilde|woont|woonde|heeft|had|komt|kwam|loopt|liep|kijkt|keek|wil|kan|"
            rf"ziet|"
            rf"zag|staat|stond|erbij|thuis|gaat|ging|krijgt|kreeg|mist|vraagt|vroeg|zegt|zei)\b)",
            0.8,
        ),
        # 'de oudste (bijna 9)'
        (
            rf"\b{CHILD}\s\((?:bijna|net|pas|nu|ruim|nog geen|inmiddels)\s({NUM})"
            rf"(?=\s?[),]|\s{JR}\b)",
            0.85,
        ),
        # 'kids 12 en 9'
        (
            rf"\b(?:kids|kinderen|jongens|meisjes|meiden|zoons|zonen|dochters|"
            rf"kleinkinderen)\s\(?({NUM})"
            rf"(?=\s?(?:en|&|,|\+)\s?{NUM}\b(?!\s?(?:keer|x\b|dagen|weken|uur|euro|mensen)))",
            0.8,
        ),
        (rf"\b(?:age|aged)\s?:?\s?({BIG})(?!\w)", 0.9),
        (rf"(?<![\w-])({BIG})[\s-](?:years?[\s-]old|y/?o)\b", 0.95),
        # v/34, m34, (m, 38), man/34, 34/v
        (
            (
                rf"(?<![\w/])(?:m|v|x|man|vrouw|mnl|vrl|f)\s?[/,|"
                rf".]\s?({BIG})(?:\s?{JR})?(?!\w|/\d|[,.]\d|\s?(?:mg|ml|gr?|x|keer|%))"
            ),
            0.9,
        ),
        (r"(?<![\w/])(?:[mv]|(?-i:f))((?:[1-9]\d))(?![\w/-]|[.,]\d)", 0.85),
        (rf"(?<![\w/])({BIG})(?:\s?{JR})?\s?[/,]\s?(?:m|v|f|man|vrouw)(?![\w/])", 0.85),
        # a man of 34 (jaar); Fardau van drie; een tweeling van anderhalf
        (
            (
                rf"\b{PERSON}\s(?:(?:van|v\.|is|was|"
                rf"wordt)\s)({BIG})(?:\s?{JR}{SPAN_AFTER})?(?!\w|[,.]\d|\s?(?:mg|ml|gram|glazen|"
                rf"keer|x\b|kilo|kg|euro|dagen|weken|maanden|uur|meter|procent|%|van de|kinderen|"
                rf"jaar))"
            ),
            0.9,
        ),
        (
            (
                rf"\b{CHILD}\s(?:(?:van|v\.|is|was|werd|"
                rf"wordt)\s){TIME}({NUM})(?:\s?{JR}{SPAN_AFTER})?(?=\s?(?:[,.;:)!?]|$|\n|op\b|"
                rf"die\b|en\b|in\b|met\b|aan\b|bij\b|nog\b|jaar\b|maanden\b))(?!\s?[,.]\d)"
            ),
            0.85,
        ),
        (
            (
                rf"(?-i:\b[A-Z][a-zà-ÿ]+)\s(?:van|is|wordt|werd|"
                rf"was)\s{TIME}({NUM})(?:\s?{JR}{SPAN_AFTER})?(?=\s?(?:[,.;:)!?]|$|\n|op\b|"
                rf"die\b|en\b|geworden))(?!\s?[,.]\d)"
            ),
            0.8,
        ),
        (
            (
                rf"\b(?:zijn|waren|"
                rf"worden)\s{TIME}({NUM})(?=,?\s(?:en\s)?(?:{NUM})\b(?!\s(?:keer|dagen|weken|"
                rf"uur|mg|glazen|maanden|euro|kinderen|cli|mensen)))"
            ),
            0.8,
        ),
        (rf"(?<![\w,.])({BIG})\s(?:is|was|wordt|werd)\s(?:hij|zij|ze|ie|ik)\b", 0.8),
        (
            (
                rf"\b(?:hij|zij|ze|ie|ik|je|jij|die|hee|hie|hai|hie|zie|hy|sy|ich|ikke|he|she|i)\s"
                rf"(?:wordt|word|werd|was|is|bin|bun|zijt|zin|ben|am|turned)\s{TIME}({BIG})"
                rf"(?=\s?(?:[.;,!?)]|$|\n|(?:en|and|plus|jaar|maar|geworden|nou|inmiddels|"
                rf"vandaag|trouwens)\b|"
                rf"in\s(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|"
                rf"november|december)\b))(?!\s?[,.]\d)"
            ),
            0.85,
        ),
        (
            (
                rf"\b(?:wordt|word|werd|was|is|ben|bent)\s(?:hij|zij|ze|ie|ik|je|jij|"
                rf"u)\s{TIME}({BIG})(?=\s?(?:[.;,!?)]|$|\n|en\b))(?!\s?[,.]\d)"
            ),
            0.85,
        ),
        (rf"\bword\s{TIME}({BIG})(?=\s?(?:[.;,!?)]|$|\n))(?!\s?[,.]\d)", 0.75),
        # 'poolse man, ong 50, slaapt onder het viaduct'
        (
            rf",\s(?:ong|ongeveer|ca|circa|rond de|zo'n|plm|plusminus|±|een jaar of|naar schatting|"
            rf"geschat)\.?\s({BIG})(?=\s?(?:[,.;)]|$|\n|jaar|jr))",
            0.85,
        ),
        (rf"\bwordt\s{TIME}({BIG})(?=\s?(?:[.;,!?)]|$|\n))(?!\s?[,.]\d)", 0.75),
        # is/wordt/was/ben 34 (jaar); pas 16
        (
            rf"\b(?:hij|zij|ze|ie|die|ik|is|ben|wordt|werd|was|bent|net|pas|bijna|amper|zijn|"
            rf"waren|nu|toen)\s(?:(?:is|ben|was|werd|wordt|nu|inmiddels|net|pas|bijna|ook|zelf|"
            rf"al|amper|nog maar|ik|hij|ze|zij|toen|nog)\s){{0,3}}({BIG})"
            rf"(?:\s?{JR}{SPAN_AFTER})?(?=\s?(?:[.;,!?)'\"]|$|\n|en\b|maar\b|geworden|toen\b|"
            rf"als\b|dus\b|woont|was\b|werd\b|is\b|oud\b|met\b))(?!\s?[,.]\d)(?!\s?en\s(?:een "
            rf"half|\d+\s?(?:mg|uur|dagen)))",
            0.8,
        ),
        # in brackets or between commas straight after a name or person
        (
            (
                rf"[\w.]['’]?s?\s?\((?:\w{{1,12}}[,/]\s?|(?:destijds|toen|toentertijd|nu|inmiddels|"
                rf"intussen|net|pas|bijna|nog maar)\s)?({BIG}|[1-9]|"
                rf"{UNITS})(?:\s?{JR})?(?=\)|\s?[,;/]\s?[^\d\s)][^)\d]*\))"
            ),
            0.85,
        ),
        (rf"\(({BIG}|[1-9])\s?(?:{JR})\)", 0.9),
        (
            (
                rf"(?:(?<=[^\W\d_]{{2}})|"
                rf"(?<=[^\W\d_][.'-])),?\s?,\s({BIG})(?:\s?{JR}{SPAN_AFTER})?(?=\s?(?:[,.;:)]|$|"
                rf"\n|en\b|"
                rf"uit\b|woont|met\b|gebruikt|al\b|komt|die\b|heeft|werkt))(?![.,]\d)"
            ),
            0.75,
        ),
        (
            (
                rf"[\w)],\s({NUM})\s?{JR}{SPAN_AFTER}(?=\s?[,.;:)]|$|\n|\s(?:en|uit|woont|met|"
                rf"die|oud))"
            ),
            0.85,
        ),
        (
            (
                rf"(?<=\w\s)({BIG})\s?(?:jr|jrs)\b\.?{SPAN_AFTER}(?=\s?[,.;:)]|$|\n|\s(?:en|uit|"
                rf"woont|met|die|gebruikt|lvb))"
            ),
            0.7,
        ),
        # at the head of a sentence: '61 jaar, melkveehouder', '38, kleine jongen'
        (rf"(?:^|\n|[.!?;:]\s)({BIG})\s?{JR}(?=\s?[,.;])(?!,?\s(?:clean|nuchter|droog))", 0.8),
        (
            (
                rf"(?:\n|[.!?]\s)({BIG})(?=,\s(?:\w+\s){{0,2}}{PERSON}\b|"
                rf",\s(?:getrouwd|gescheiden|single|alleenstaand|weduwe|weduwnaar|werkloos|zwanger|"
                rf"ongehuwd|samenwonend|vrijgezel|gepensioneerd))"
            ),
            0.8,
        ),
        # hij is 19 Nel; ze is 72 en; I am 23
        (
            (
                r"\b(?:hij|zij|ze|ie|ik|je|jij|u|hai|hee|hy|sy)\s(?:is|ben|bent|bin|bun|wordt|word|"
                rf"werd|was)\s{TIME}({BIG})(?=\s(?-i:[A-Z])|\s(?:maar|hoor|dus|toch|geworden|pas|"
                r"joh|ja|he|hè|nu|al|inmiddels|weet|heeft|heb|woont|woon|geen|gelukkig)\b)"
            ),
            0.8,
        ),
        # 'hij is 52 hij heeft altijd gewerkt', 'ze is pas 22 zonde': no sign where a sentence ends
        (
            rf"\b(?:hij|zij|ze|ie|ik)\s(?:is|ben|was|wordt|word|werd)\s(?:nu\s|pas\s|net\s|al\s|"
            rf"ook\s|"
            rf"zelf\s|bijna\s|inmiddels\s|nog maar\s|amper\s){{0,2}}({BIG})(?=\s[^\W\d_])"
            rf"(?!\s(?:keer|x|maal|uur|uren|dagen?|weken?|maanden?|mnd|minuten|min|mg|ml|gram|"
            rf"kilo|kg|"
            rf"euro|glazen|procent|meter|cm|km|punten|plekken|stuks|mensen|man|personen|biertjes|"
            rf"bier|jaar|jr|jaren|van de|tot|a|à|of|op de|bij|stappen|sessies|nachten|graden|"
            rf"kinderen)\b)",
            0.72,
        ),
        # 'Appie jarig, 31!', 'wordt Angelique vijftig'; 'Hij is... achttien'
        (rf"\bjarig,?\s(?:en\s|wordt\s|word\s)?({BIG})(?!\w|[,.]\d)", 0.8),
        (
            rf"\b(?:wordt|werd|is|was)\s(?-i:[A-Z][a-zà-ÿ]+)\s({BIG})"
            rf"(?=\s?(?:[,.;!?)]|$|\n)|\sen\b)(?!\s?[,.]\d)",
            0.75,
        ),
        (
            rf"\b(?:hij|zij|ze|die|ik)\s(?:is|was|ben)\s?(?:\.{{2,}}|…|,)\s?(?:eh+m?[,.…]*\s)?"
            rf"({BIG})(?=\s?[,.?!…])(?!\s?[,.]\d)",
            0.75,
        ),
        # niet ouder geworden dan 26; maybe 20; een jaar of 40; ik schat haar 30
        (rf"\b(?:ouder|jonger|oud)\s(?:geworden\s|was\s|is\s)?dan\s({BIG})(?!\w|[,.]\d)", 0.85),
        (
            (
                rf"\b(?:schat\w*|ogen\w*|oogt|lijkt|leek)\s(?:hem|haar|ze|hun|ongeveer|eerder|"
                rf"zo'n|een|jaar|of|rond|de|op|\s){{0,4}}\b({BIG})(?!\w|[,.]\d|\s(?:per|keer|x|"
                rf"stuks|"
                rf"glazen|bier|pillen|mg|gram|euro|uur|dagen|weken|kilo|procent)\b)"
            ),
            0.7,
        ),
        (rf"\b(?:maybe|misschien|hooguit|naar schatting)\s({BIG})(?=\s?[.,;!?)])", 0.65),
        (rf"\b(?:jaar of|jaartje of)\s({BIG})(?!\s(?:geleden|lang|terug|later)|\w)", 0.75),
        # geworden/ geboren: 'is 45 geworden', 'mocht 80 worden', 'toen hij 14 was', 'op mijn 12'
        (rf"(?<![\w,.])({BIG})\s(?:geworden|worden|werd|wordt)\b", 0.75),
        (
            (
                rf"\b(?:toen|als|zolang|sinds|tot|voordat|voor|nadat|vanaf dat|dat)\s(?:ik|"
                rf"hij|zij|ze|ie|je|we|"
                rf"(?-i:[A-Z]\w+))\s(?:nog\s|net\s|pas\s|zelf\s|ongeveer\s|een jaar of\s|"
                rf"zo'n\s)?({NUM})"
                rf"(?:\s?{JR})?\s(?:was|is|werd|wordt|waren|ben)\b"
            ),
            0.85,
        ),
        # een kind/jongen van elf als
        (
            (
                rf"\b(?:een|die|deze|dat|dit|'n|ne|nen)\s(?:\w+\s)?{CHILD}\s(?:van|v\.)\s({NUM})"
                rf"(?!\w|[,.]\d|\s(?:dagen|weken|maanden|keer|glazen|euro|kilo|meter))"
            ),
            0.85,
        ),
        # haar vijftiende, zijn 19e, op haar achttiende verjaardag
        (
            (
                rf"\b(?:zijn|haar|z'n|zn|d'r|dr|mijn|m'n|hun|je|jouw|sinds|vanaf|"
                rf"m'n)\s({ORD})(?=\s?(?:[.,;:!?)'\"]|$|\n|levensjaar|jaar\b|verjaardag|al\b|en\b|"
                rf"is\b|was\b|ging|gebruik|drink|dronk|blow|niet\b|voor\b|met\b|heeft|begon|"
                rf"begonnen|uit\b|het\b|de\b|op\b|werd|toen|in\b|ook\b|rook|gok|naar\b|sinds|"
                rf"kreeg))"
            ),
            0.75,
        ),
        (
            (
                r"\b(?:zijn|haar|z'n|zn|d'r|dr|mijn|m'n|mn|hun|je|jouw)\s((?:[1-9]\d(?:e|ste|de))|"
                r"(?:tiende|elfde|twaalfde|dertiende|veertiende|vijftiende|zestiende|zeventiende|"
                r"achttiende|negentiende|\w*(?:twintigste|dertigste|veertigste|"
                r"vijftigste|zestigste|zeventigste|tachtigste|negentigste)))\b(?!\s(?:keer|"
                r"opname|poging|kind|week|dag|maand|detox|bier|"
                r"biertje|glas|gesprek|sessie|plaats|eeuw|stap|ronde|terugval|jaar|werkdag|"
                r"huwelijk|joint|jointje|afspraak|pil|kans|baan|woning|klant|uur|les|cliënt|trede))"
            ),
            0.75,
        ),
        (rf"\b(?:beiden?|allebei|samen|tweeling,?)\s({BIG})(?=\s?[,.;)]|\s(?:jaar|en)\b)", 0.7),
        (rf"\b({ORD})\s(?:verjaardag|levensjaar)\b", 0.85),
        (
            (
                rf"\b(?:op|vanaf|sinds|rond|tot)\s(?:\w+\s){{0,2}}?({ORD})\s(?:begonnen|begon|"
                rf"gebruikt|gestart)\b"
            ),
            0.8,
        ),
        (
            (
                rf"\b(?:sinds|vanaf|op|tot|rond)\s(?:zijn|haar|mijn|z'n|d'r|m'n|"
                rf"hun)\s({NUM})(?!\w|[,.]\d)(?!\s(?:mg|ml|gram|jaar\s(?:bij|in)))"
            ),
            0.75,
        ),
        (
            (
                rf"\b(?:vanaf|sinds|voor|tot|op)\s(?:de leeftijd van\s|haar leeftijd "
                rf"van\s)?({BIG})\s?{JR}{SPAN_AFTER}(?=\s?[,.;]|\s(?:leeftijd|oude))"
            ),
            0.6,
        ),
        (
            (
                rf"\b(?:zoon|dochter|dochtertje|zoontje|kind|kinderen|jongens|meisjes|meiden|zoons|"
                rf"zonen|dochters|broertje|zusje|broertjes|zusjes|baby|kleinkinderen|kleinzoon|"
                rf"kleindochter|tweeling|kids)\s?(?:van|,|:|"
                rf"\()\s?({NUM})(?:\s?{JR}{SPAN_AFTER})?(?=\s?(?:[.,;:)]|en\b|$|\n|mnd|maanden|"
                rf"jaar|op\b|die\b|bij\b|aan\b|uit\b|of\b|met\b))(?!\s?[,.]\d)"
            ),
            0.85,
        ),
        # 'achtentwintig lentes', 'Joke is zeventig en een half', 'is nog geen dertig'
        (rf"(?<![\w-])({NUM})\s(?:lentes|zomers|winters)(?:\sjong|\soud)?\b(?!\sgeleden)", 0.85),
        (
            rf"\b(?:nog geen|nag gein|nog gin|noch gjin|nog niet eens|ruim|dik in de|"
            rf"diep in de)\s({BIG})(?=\s?[.,;!?)])",
            0.7,
        ),
        # 'Jip en Roos, acht en vijf', 'who is 31 and came'
        (
            rf"(?-i:[A-Z][a-zà-ÿ]+) en (?-i:[A-Z][a-zà-ÿ]+), ({NUM})(?= en (?:{NUM})\s?[,.;)])",
            0.75,
        ),
        (
            rf"(?-i:[A-Z][a-zà-ÿ]+) en (?-i:[A-Z][a-zà-ÿ]+), (?:{NUM}) en ({NUM})(?=\s?[,.;)])",
            0.75,
        ),
        (rf"\b(?:is|was|turned) ({BIG})(?= and\b)", 0.75),
        # 'vanaf 13 cannabis', 'vanaf haar vijftien speed', 'sinds 16 xtc'
        (
            rf"\b(?:vanaf|sinds|op)\s(?:ongeveer\s|ca\.?\s|zijn\s|haar\s|mijn\s|m'n\s|z'n\s|d'r\s)?"
            rf"({BIG})\s?:?\s(?:begonnen met\s|eerste\s|dagelijks\s|elke dag\s|ook\s|de eerste\s)?"
            rf"(?:{USED})\b",
            0.8,
        ),
        # 'toen betrokkene elf was', 'toen zijn vader 8 was', 'hij was negen toen hij'
        (
            rf"\b(?:toen|als|zolang|voordat|voor|nadat)\s(?:(?:de|het|zijn|haar|mijn|m'n|z'n|d'r|"
            rf"ons|"
            rf"onze|hun|een)\s)?[^\W\d_]{{2,}}\s(?:nog\s|net\s|pas\s|amper\s|bijna\s)?({NUM})"
            rf"(?:\s?{JR})?\s(?:was|is|werd|wordt|waren)\b",
            0.8,
        ),
        (
            rf"\b(?:ik|hij|zij|ze|ie|je|jij|die|hee|hai|hy|(?-i:[A-Z][a-zà-ÿ]+))\s(?:was|ben|is|"
            rf"werd)\s"
            rf"(?:nog\s|net\s|pas\s|amper\s|bijna\s|maar\s|nog maar\s)?({NUM})(?=,?\stoen\b)",
            0.8,
        ),
        # 'mijn zoontje vijf', 'haar kind Zjennaro van 3 bij pleegouders'
        (
            rf"\b(?:mijn|zijn|haar|hun|ons|onze|m'n|z'n|d'r|mn|zn|dr)\s(?:\w+\s)?{CHILD}\s"
            rf"(?:is\s|was\s|werd\s|wordt\s)?(?:nu\s|net\s|pas\s|bijna\s|inmiddels\s)?({NUM})"
            rf"(?=\s?(?:[,.;)!?]|$|\n)|\s(?:maanden|mnd|weken|en|jaar)\b)(?!\s?[,.]\d)"
            rf"(?!\s(?:maanden|weken|jaar)\s(?:geleden|clean|nuchter|bij|in|niet|later|lang|weg|"
            rf"terug|na))",
            0.8,
        ),
        (
            rf"\b{CHILD}\s[^\W\d_]{{2,}}\s(?:van|v\.)\s({NUM})(?!\w|[,.:/-]\d|\s(?:keer|dagen|"
            rf"euro|kilo|"
            rf"meter|uur|glazen|weken|cm|procent|mg|gram|mensen)\b)",
            0.8,
        ),
        (
            rf"\b(?:{CHILD}|baby'tje|kleine|jongste|kindje)\s?(?:dat|die|van|,|is|was|wordt|"
            rf"werd)\s(?:nu\s|"
            rf"net\s|pas\s|nog maar\s|bijna\s|maar\s)?({NUM})\s(?:maanden|mnd|weken)\b"
            rf"(?!\s(?:geleden|clean|later|lang|weg|bij|in|niet|was|werd|vastzit))",
            0.75,
        ),
        (rf"(?<![\w-])({NUM})\s(?:maanden|weken|dagen)\s(?:oud|jong)\b", 0.9),
        (r"\(([1-9]\d?)\s?(?:maanden|mnd|mn|weken|wkn|wk)\.?\)", 0.85),
        (r"\b([1-9]\d?)\s?(?:maanden|mnd|weken|wkn)\s(?:oud|jong)\b", 0.9),
    )
)
