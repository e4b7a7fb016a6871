"""Words whose neighbours are names: the context that rules for people, places and work share."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


TITLES = _set(
    "dhr mw mevr mevrouw mvr mej mejuffrouw meneer mijnheer menheer heer heren dames "
    "dame mr drs dr ir ing prof professor "
    "ds dominee pastoor pater pastor kapelaan imam hoca sheikh rabbi zuster zr "
    "broeder br frater juf juffrouw meester tante oom opa "
    "oma opoe ome nonkel tant familie fam gezin echtpaar weduwe wed nicht neef agent "
    "wijkagent brigadier rechercheur "
    "dokter docter dokters ouderling diaken burgemeester wethouder mrs miss ms sir "
    "moeke vadertje madame monsieur mme huize hr mnr abba abuna bung usi bapak ibu hadji "
    "hajji haji sjeik oustaz ustad frère soeur sœur mgr monseigneur rabbijn rebbe peetoom "
    "peettante abla abi amca teyze khalti ammi pandit swami guru lama pfarrer hauptmann "
    "wachtmeester marechaussee "
    "herr frau señor señora mister majoor kapitein sergeant korporaal luitenant generaal "
    "kolonel luit adjudant hoofdagent inspecteur zustr broer bruder mamsie mammie "
    "tannie ooms omaatje opaatje hooyo aabo adeer eeddo habo babcia ciocia wujek dziadek lalla "
    "sidi jaddi khala anneanne babaanne enişte yenge nani dadi chacha mausi bhai didi ajie "
    "aja pake beppe wela welo abuela abuelo"
)
# Of those, the ones that a list of names may hold.
ADDRESS = _set(
    "abba abuna bung usi bapak ibu hadji hajji haji abla abi amca teyze khalti guru lama "
    "pandit swami sir miss don doña dona madame tante oom opa oma nonkel zuster broeder pater "
    "mister "
)
# A capital after one of these is a name even when the word is an ordinary one; in lower case the
# word must look like a name as well, since 'tante komt' and 'meester zegt' are just as usual.
RELATIONS = _set(
    "zoon zoontje dochter dochtertje vader moeder ma pa mam pap mama papa mams paps "
    "man vrouw partner echtgenoot echtgenote "
    "vriend vriendin vriendje vriendinnetje ex exman exvrouw ex-man ex-vrouw "
    "ex-vriend ex-vriendin ex-partner broer broertje zus zusje zuster tweelingbroer "
    "tweelingzus "
    "halfbroer halfzus halfzusje halfbroertje stiefvader stiefmoeder stiefzoon "
    "stiefdochter schoonvader schoonmoeder schoonzus schoonzoon schoondochter "
    "schoonbroer zwager neef neefje nicht nichtje kleinzoon kleindochter kleinkind "
    "pleegvader pleegmoeder pleegzoon pleegdochter oom tante oma opa "
    "buurvrouw buurman buurmeisje buurjongen buren huisgenoot huisgenote kamergenoot "
    "kamergenote celgenoot medebewoner medebewoonster medecliënt medepatiënt maat "
    "maatje "
    "collega collegaatje stagiair stagiaire cliënt client cliënte patiënt patient pt "
    "bewoner bewoonster deelnemer deelneemster gast begeleider begeleidster "
    "behandelaar regiebehandelaar hulpverlener casemanager psycholoog psychiater "
    "huisarts arts huisartsen verpleegkundige vpk sociotherapeut therapeut coach "
    "mentor mentrix "
    "curator bewindvoerder voogd gezinsvoogd jeugdbeschermer advocaat rechter "
    "reclasseringswerker wijkcoach wijkagent teamleider teamcoach manager "
    "leidinggevende "
    "baas chef directeur bestuurder voorzitter docent leraar lerares rector "
    "conrector juf meester mantelzorger ervaringsdeskundige ervaringswerker "
    "vrijwilliger vrijwilligster buddy sponsor sponsee tolk apotheker verzorgende "
    "kok portier nachtportier conciërge chauffeur kapper dealer huisbaas "
    "gedetineerde veteraan weduwe weduwnaar jongen meisje kind kindje baby hond kat "
    "poes werkbegeleider opleider supervisor beheerder maatschappelijk "
    "werker gynaecoloog neuroloog internist specialist fysiotherapeut diëtist poh "
    "gezinscoach pleger dader slachtoffer verdachte kameraad compagnon "
    "penningmeester ouderling "
    "vriendinnen vrienden zonen zoons dochters broers zussen kinderen collega's kids "
    "jongens meisjes kleinkinderen cliënten neven nichten ouders"
)
NICKNAME = _set(
    "lange dikke kleine rooie rode blonde zwarte ouwe oude gekke schele kale mooie "
    "dunne witte malle boze stille jonge grote korte kromme dove blinde manke "
    "haagse turkse friese snelle dronken domme slome dolle lelijke scheve bolle big lil little "
    "mad crazy fat tall young lieve brave kwaaie rosse blauwe lepe vette magere stoere tante"
)
NAMING = _set(
    "ene zekere heet heette heten heetten genaamd geheten genoemd noem noemt noemen "
    "noemden noemde roepnaam bijgenaamd bijnaam alias voornaam achternaam naam "
    "vernoemd gedoopt "
    "meisjesnaam geb geboren officieel eigenlijk bekend"
)
GREETINGS = _set(
    "hoi hallo hai hey hi dag beste lieve geachte hé ha heey hee goedemorgen "
    "goedemiddag goedenavond goeiemorgen moin hello dear hej "
    "bedankt dankjewel dank dankje thanks"
)
FAREWELLS = _set(
    "grtn grtjs gtz vrgr mvrgr gr's groetjs groetekes liefst hgr groet groeten "
    "groetjes grt grtjes grtz gr mvg liefs warmte knuffel kus kusjes xx xxx x doei "
    "groetje hartelijks regards cheers greetings gegroet hoogachtend ondertekend "
    "namens afzender "
    "dikke veel sterkte tot"
)
FIELDS = _set(
    "inbrenger afw aanw afgem aanw afwez aanwez betr betrokken betrokkene "
    "cliëntnaam voornamen tolk contactpersonen echtgenoot echtgenote kind "
    "naam client cliënt patiënt patient pt van aan cc bcc door auteur inbreng "
    "ingebracht inbrenger aanwezig afwezig deelnemers betreft contactpersoon mentor "
    "bewindvoerder "
    "curator huisarts psychiater behandelaar casemanager moeder vader partner zoon "
    "dochter broer zus verwijzer voorzitter notulist notulen verslag afgemeld "
    "deelnemer voornaam achternaam "
    "roepnaam from to opgesteld schrijver melder aanmelder betrokkenen kinderen "
    "ouders vriend vriendin begeleider teamleider naaste naasten contact opa oma "
    "collega"
)
# After one of these stands a medicine, a drink or a thing, whatever it looks like.
CONSUMED = _set(
    "slikt slikte slikken gebruikt drinkt drank dronk rookt rookte krijgt kreeg "
    "voorgeschreven glas glazen fles flesje flessen blik blikje blikken blikjes "
    "strip doosje doosjes pakje pakjes tablet tabletten pil pillen pilletjes "
    "capsules druppels merk liter gram mg ml krat kratje kratten halve app game spel "
    "spelletje serie film programma liedje nummer boek lied album"
)
# What people do; after an unknown word at the head of a sentence it makes that word a name.
VERBS = _set(
    "is was wordt werd heeft had zegt zei zeg belt belde appt appte mailt mailde "
    "schrijft schreef vertelt vertelde vraagt vroeg wil wilde wou kan kon moet moest "
    "mag mocht zal zou gaat ging komt kwam woont woonde werkt werkte slaapt sliep "
    "drinkt dronk gebruikt gebruikte blowt blowde gokt gokte snuift spoot slikt "
    "slikte rookt "
    "rookte zit zat staat stond ligt lag loopt liep rijdt reed blijft bleef vindt "
    "vond vind denkt dacht weet wist voelt voelde krijgt kreeg geeft gaf neemt nam "
    "noemt noemde ziet zag kijkt keek lacht lachte huilt huilde zwijgt zweeg knikt "
    "knikte antwoordt antwoordde reageert reageerde roept riep schreeuwt "
    "doet deed laat liet houdt hield begint begon stopt stopte probeert probeerde "
    "hoort hoorde leest las eet at heet heette kent kende herkent praat praatte "
    "sprak spreekt "
    "meldt meldde verdwijnt verdween vertrok vertrekt stuurt stuurde appte zette zet "
    "tekent tekende wacht wachtte volgt volgde mist miste vertrouwt "
    "woedend boos overleed overleden overlijdt stierf sterft trilt trilde verhuist "
    "verhuisde ontkent ontkende bedankt bedankte beloofde belooft "
    "durft durfde hoeft hoefde lijkt leek blijkt bleek schrok schrikt haalt haalde "
    "brengt bracht zoekt zocht gelooft geloofde verkoopt verkocht betaalt betaalde "
    "speelt speelde "
    "wist zeggen vonden zijn waren hebben hadden willen kunnen moeten gaan komen "
    "wonen says said told asked wants lives called hef zeit zeet hat wier seit kikt "
    "wet"
)
SPEAKING = _set(
    "zegt zei zeg vertelt vertelde belt belde appt appte vraagt vroeg vindt vond "
    "mailt mailde schrijft schreef antwoordt antwoordde roept riep reageert "
    "reageerde huilt huilde knikt knikte lacht lachte zwijgt zweeg appte stuurde "
    "says said asked told woont slikt gebruikt drinkt blowt gokt dronk gebruikte "
    "heeft wil zit"
)
PARTICLES = _set(
    "van de der den ter ten te het 't d' op in aan bij onder uit uijt v.d vd v/d von "
    "zu zur la le les du des da dos das di del della do e el al ul oul ould bel ben "
    "bin ibn ibnu abu abou "
    "aït ait baron barones graaf gravin jhr jkvr jonkheer jonkvrouw ridder thoe mac "
    "mc o' san santa st 's tot over voor vande vander vanden 'n"
)
NOBLE = _set("baron barones graaf gravin jhr jkvr jonkheer jonkvrouw ridder")
# Of those, the ones that may stand alone before a surname with a capital in running text.
STRONG_PARTICLES = _set(
    "van de het der den ter ten te vd 't el al ben ait aït bel abu abou da dos di "
    "del la le von vande vander vanden oul tot thoe"
)

QUARTERS = _set(
    "noord zuid oost west centrum stad buiten haven binnen midden zuidoost noordoost "
    "zuidwest noordwest dorp binnenstad"
)

WINDS = _set("noord zuid oost west zuidoost zuidwest noordoost noordwest centrum")
PLACE_BEFORE = {
    "in": 2.0,
    "uit": 2.2,
    "te": 2.2,
    "vanuit": 2.2,
    "richting": 2.0,
    "omgeving": 2.0,
    "regio": 2.0,
    "gemeente": 2.5,
    "naar": 1.3,
    "nabij": 2.0,
    "rond": 1.0,
    "rondom": 1.5,
    "tussen": 0.8,
    "bij": 0.6,
    "stad": 1.5,
    "dorp": 2.0,
    "dorpje": 2.0,
    "wijk": 2.0,
    "buurt": 2.0,
    "plaats": 1.5,
    "locatie": 1.8,
    "vestiging": 1.8,
    "station": 2.0,
    "binnenstad": 1.5,
    "centrum": 1.0,
    "provincie": 2.0,
    "eiland": 2.0,
    "heel": 1.0,
    "buiten": 1.0,
    "near": 1.5,
    "from": 1.5,
    "at": 0.6,
    "woonplaats": 3.0,
    "geboorteplaats": 3.0,
    "adres": 2.0,
    "straatteam": 2.6,
    "jongerenwerk": 1.5,
    "wijkteam": 1.5,
    "poli": 1.0,
    "azc": 1.5,
    "hartje": 1.5,
    "gehucht": 2.5,
    "noaberschap": 0.5,
    "camping": 0.3,
    "haven": 1.0,
    "markt": 1.0,
    "oet": 2.0,
    "yn": 2.0,
    "út": 2.0,
    "langs": 0.8,
    "over": 0.2,
    "politie": 1.2,
    "ziekenhuis": 0.8,
    "rechtbank": 2.0,
    "via": 0.4,
    "woonachtig": 1.0,
    "geboren": 0.6,
    "woont": 0.6,
    "op": 0.6,
    "aan": 0.6,
    "onder": 0.6,
    "achter": 0.6,
    "tegenover": 1.0,
    "kliniek": 0.8,
    "gevangenis": 1.5,
    "omstreken": 1.0,
}
ORG_BEFORE = {
    "bij": 1.5,
    "at": 1.3,
    "for": 0.6,
    "werkgever": 3.0,
    "school": 2.0,
    "werkzaam": 2.0,
    "namens": 0.8,
    "stichting": 3.0,
    "firma": 3.0,
    "bedrijf": 2.0,
    "zaak": 1.0,
    "door": 0.2,
    "van": 0.3,
    "restaurant": 3.0,
    "discotheek": 3.0,
    "club": 2.0,
    "locatie": 1.0,
    "supermarkt": 2.0,
    "verzekeraar": 2.0,
    "bank": 1.0,
    "vereniging": 2.5,
    "organisatie": 2.0,
    "instelling": 2.0,
}
WORK = _set(
    "works work worked job stage werkt werk werkte werken gewerkt baan stage opname "
    "opgenomen kliniek detox intake cliënt aangemeld aanmelding bekend behandeling "
    "behandeld zorg woont verblijft verpleegkundige "
    "begeleider casemanager verpleger psycholoog maatschappelijk werkzaam "
    "vrijwilliger ervaringsdeskundige baantje bijbaan magazijn vakkenvuller monteur "
    "chauffeur dienst dienstverband team contract "
    "solliciteert leerling school opleiding lid trainer voetbalt sport zingt zit "
    "afkickt afgekickt gedetoxt collega huishouding schoonmaak ontslagen aangenomen "
    "purser counselor behandelaar arts aan het"
)
PLACE_ENDINGS = (
    "dorp",
    "dijk",
    "wijk",
    "veen",
    "hoven",
    "broek",
    "drecht",
    "wolde",
    "zijl",
    "werd",
    "wird",
    "burg",
    "burgh",
    "stad",
    "schoot",
    "horst",
    "huizen",
    "hausen",
    "kerke",
    "kapelle",
    "rode",
    "rooi",
    "lo",
    "loo",
    "um",
    "ingen",
    "gen",
    "heem",
    "hem",
    "ham",
    "land",
    "meer",
    "mond",
    "oord",
    "voort",
    "voorde",
    "zand",
    "zijde",
    "berg",
    "beek",
    "mars",
    "buurt",
    "kwartier",
    "eiland",
    "waard",
    "polder",
    "vliet",
    "dam",
    "hout",
    "woud",
    "wold",
    "terp",
    "gea",
    "sluis",
    "haven",
    "hoek",
    "foort",
    "trecht",
    "gem",
    "gem",
    "burgh",
    "grad",
    "pur",
    "abad",
    "stan",
    "ville",
    "town",
    "shire",
    "owo",
    "ice",
)
# Not at a name, however they are written: words that stand with a capital for other reasons.
FUNCTION = _set(
    "yn út nei fan myn syn har ús dy dat wat hy sy wy jo net mar noch ek oer foar troch by "
    "ik jij je u hij zij ze wij we jullie het de een en of maar want dus toch nog al "
    "wel niet geen ook als dan dat die dit deze wat wie waar hoe waarom wanneer met "
    "voor van door over "
    "op in uit aan bij naar na te tot om onder tegen zonder sinds tijdens tussen er "
    "hier daar nu toen soms vaak altijd nooit mijn jouw zijn haar ons onze hun hen "
    "hem mij me mezelf zichzelf "
    "zich ja nee nou oké ok goed heel erg veel weinig meer minder alles iets niets "
    "niemand iemand iedereen elke elk ieder alle allemaal beide zo zoals omdat "
    "doordat zodat terwijl hoewel waarheen waarvandaan vandaar "
    "the and or but not with from this that these those is was are were be been he "
    "she they we you my your his her their our it its of to for as at by if so no "
    "yes a an "
    "dear dhr mw mevr mevrouw meneer mijnheer maandag dinsdag woensdag donderdag "
    "vrijdag zaterdag zondag vandaag gisteren morgen vanmiddag vanavond vanmorgen "
    "vannacht ma di wo do vr za zo "
    "januari februari maart april mei juni juli augustus september oktober november december "
    "ze'n zn m'n z'n d'r 'm ie haha hahaha pfff tja och ach zeg hoor joh nee ja "
    "jawel even weer samen zelf eigen ander andere eerste tweede derde laatste "
    "volgende vorige eén één twee drie vier vijf zes zeven acht negen tien"
)
