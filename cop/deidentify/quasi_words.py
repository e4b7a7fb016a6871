"""Words by which somebody may be recognised: rare work and origins, what others remember."""

from __future__ import annotations

RARE_WORK = (
    r"klokkengieter|straatmuzikant|straatmuzikante|straatartiest|klokkenist|klokkenluider|"
    r"klokkenmaker|scharensliep|beiaardier|torenwachter|"
    r"molenaar|molenaarster|hoefsmid|siersmid|imker|palingvisser|palingroker|garnalenvisser|"
    r"garnalenvisster|mosselkweker|oesterkweker|oestervisser|walvisvaarder|strandjutter|"
    r"rietdekker|rietsnijder|klompenmaker|klompenmaakster|orgelbouwer|orgelstemmer|pianostemmer|"
    r"vioolbouwer|glasblazer|glasblaasster|glazenier|valkenier|circusartiest\w*|acrobaat|"
    r"acrobate|koorddanser\w*|trapezewerker|clown|goochelaar|buikspreker|hypnotiseur|jockey|"
    r"pikeur|stuntman|stuntvrouw|sluiswachter|brugwachter|vuurtorenwachter|loods|havenloods|"
    r"berenverzorger|dierenverzorger in|kasteelheer|kasteelvrouwe|baron(?:es)?|gravin|graaf van|"
    r"jonkheer|jonkvrouw|freule|nertsenfokker|schaapherder\w*|herder van|wichelroedeloper|"
    r"grafdelver|doodgraver|balsemer|lijkwagenchauffeur|thanatopracteur|luchtverkeersleider|"
    r"astronaut|poolreiziger|diepzeeduiker|bergingsduiker|kernfysicus|wapensmid|zwaardvechter|"
    r"stierenvechter|piloot van|helikopterpiloot|straaljagerpiloot|testpiloot|operazanger\w*|"
    r"sopraan|balletdanser\w*|concertpianist\w*|eerste violist\w*|concertmeester|"
    r"dirigent van|musicalster|acteur in|actrice in|zanger(?:es)? van|drummer van|"
    r"gitarist van|bassist van|presentator van|presentatrice van|dressuurruiter|dressuuramazone|"
    r"wielrenner bij|profwielrenner|profbokser|topturnster|topvolleybal\w*|tophockeyster|"
    r"schaatser|turnster|judoka|bokskampioen|schaakmeester|dammeester|grootmeester|gebarentolk|"
    r"doventolk|nachtburgemeester|eilandbewoner|skûtsjesiler|kaatser|kaatskoning|"
    r"fierljepper|polsstokverspringer|duivenmelker van|paardenfluisteraar|zeehondenverzorger|"
    r"brouwmeester|meesterbrouwer|meesterkaasmaker|zoutzieder|turfsteker|veerman|veerbaas|"
    r"pontbaas|kapitein van de (?:pont|veerboot|reddingboot)|schipper van de reddingboot|"
    r"koster van|organist van|stadsdichter|dorpsdichter|stadsomroeper|dorpsgek|dorpssmid|"
    r"dorpsdokter|eilandarts|stadsbeiaardier|stadsgids van|kastelein van|burchtvoogd|"
    r"abt van|abdis van|priorin|novice|kluizenaar|bisschop|hulpbisschop|rabbijn|imam van|"
    r"sterrenkok|chef van een sterrenrestaurant|wijnboer|wijnbouwer|valschermjager|commando|"
    r"scheepsbouwer van|botenbouwer|leerlooier|mandenvlechter|touwslager|zadelmaker|"
    r"poppenspeler|poppenspeelster|draaiorgelman|orgelman|orgeldraaier|kermisexploitant\w*|"
    r"circusdirecteur|dompteur|dompteuse|leeuwentemmer|vuurspuwer|tatoeëerder van"
)
RARE_FROM = (
    r"bhutan\w*|mongoli[eë]\w*|mongool\w*|groenland\w*|ijsland\w*|tibet\w*|nieuw-zeeland\w*|"
    r"paraguay\w*|uruguay\w*|bolivia\w*|ecuador\w*|honduras|guatemala|nicaragua|panama|"
    r"costa rica|belize|haïti\w*|jamaica\w*|trinidad|barbados|fiji|tonga|samoa\w*|papoea\w*|"
    r"nauru|"
    r"madagaskar|mauritius|seychellen|comoren|lesotho|swaziland|eswatini|botswana|namibi[eë]\w*|"
    r"zambia|malawi|mozambique|tsjaad|niger|gabon|equatoriaal-guinea|djibouti|oeganda|burundi|laos|"
    r"cambodja\w*|myanmar|birma|brunei|maldiven|oost-timor|kirgizi[eë]\w*|tadzjikistan|"
    r"turkmenistan|oezbekistan|kazachstan|liechtenstein|andorra|san marino|malta|chileense?|"
    r"peruaanse?|boliviaanse?|inuit|maori|aboriginal|jezidi\w*|yezidi\w*|uyghur\w*|oeigoer\w*|"
    r"sami|roma uit|sinti|woonwagen\w*|tamil\w*|hmong"
)
# What happened to somebody, or what they did, that others remember.
EVENT = (
    r"(?:stierf|overleed|verongelukte\w*|verongelukt|verdronk\w*|verdronken|overleefde|overleefd|"
    r"omkwam|omgekomen|kwam om|gered|redde|gevonden|ontsnapte|ontsnapt|ontvoerd|gegijzeld|"
    r"beschoten|neergeschoten|neergestoken|vermoord\w*|brand|ongeluk|ramp|aanslag|gijzeling|"
    r"bezetting|moord|schietpartij|steekpartij|overval|explosie|omsloeg|omslaan|vergaan|verging|"
    r"gezonken|neerstortte|podium|uitzending|filmpje|documentaire|foto|voorpagina|krant|nieuws|"
    r"record|prijs|gewonnen|won\b|kampioen\w*|brons|zilver|goud|medaille|monument|standbeeld|"
    r"koning|koningin|minister|burgemeester|lintje|optrad|opgetreden|gesprongen|sprong|"
    r"hakselaar|steiger|trekker|uitvond|schreef het|platgebrand|bevrijd\w*|gevangen zat|"
    r"losliet|levend|als (?:enige|eerste|laatste|jongste|oudste))"
)
WHO = (
    r"(?:man|vrouw|jongen|meid|meisje|gast|vent|kerel|broer|zus|moeder|vader|zoon|dochter|weduwe|"
    r"weduwnaar|zanger(?:es)?|portier|chauffeur|schipper|visser|boer|boerin|bakker|slager|kapper|"
    r"dokter|arts|dominee|pastoor|leraar|lerares|agent|keeper|speler|trainer|familie|tweeling|"
    r"drieling|[a-z]{3,}(?:er|ster|ist|iste|eur|man|vrouw))"
)
# What is made by hand by so few that the craft says who it is.
CRAFT = (
    r"(?:orgels?|orgelpijpen|kerkorgel\w*|violen|viool|klokken|klompen|zeilen|zadels|tonnen|"
    r"vaten|kano's|boten|botters|harpen|clavecimbels|doedelzakken|poppen|marionetten|"
    r"kunstgebitten|glas-in-lood|manden|touw|messen|zwaarden|hoefijzers|bijenkorven|"
    r"orgel in|carillon|beiaard)"
)

# Roles by which people know somebody; bare behind 'is' or 'was' they say what somebody is.
ROLE = (
    r"(?:oud-|voormalig |loco)?(?:burgemeester|wethouder|gedeputeerde|minister|staatssecretaris|"
    r"ambassadeur|dominee|predikant|pastoor|priester|pater|kapelaan|imam|rabbijn|bisschop|hindoepriester|"
    r"pandit|koster|kosteres|dorpsdokter|dijkgraaf|korpschef|officier van justitie|hoogleraar|"
    r"organist|dirigent|concertpianist|nieuwslezer\w*|filmregisseur|topsporter|topsportster|"
    r"profvoetballer|profvoetbalster|cabaretier|cabaretière|zendeling|abt|non|monnik)"
)
# Whom everybody in a village knows by their work.
SHOP = (
    r"(?:apotheker|huisarts|dokter|dierenarts|tandarts|notaris|bakker|slager|smid|kapper|kapster|"
    r"kroegbaas|cafébaas|cafebaas|caféhouder|kastelein|postbode|schoolmeester|meester|juf|"
    r"kruidenier|groenteboer|visboer|melkboer|fietsenmaker|veldwachter|wijkagent|verloskundige|"
    r"vroedvrouw|timmerman|schilder|molenaar|winkelier|snackbarhouder|koster|dorpsgek|zwerver)"
)

KIN = (
    r"weduwe|weduwnaar|zoon|dochter|broer|zus|zusje|broertje|moeder|vader|kleinzoon|kleindochter|"
    r"tweelingbroer|tweelingzus|stiefzoon|stiefdochter|nicht|neef|oma|opa|vriendin|ex"
)
# What stands in few stories: with it a clause tells which man or woman is meant.
THING = (
    r"(?:paard|koe|stier|leeuw|tijger|olifant|krokodil|slang|wolf|potvis|walvis|dolfijn|zeehond|"
    r"heteluchtballon|luchtballon|helikopter|zweefvliegtuig|vliegtuig|vlot|reddingboot|kotter|"
    r"veerboot|"
    r"tank|kanon|bom|handgranaat|toren|kerktoren|hijskraan|windmolen|stadhuis|gemeentehuis|"
    r"raadhuis|paleis|"
    r"kasteel|museum|schilderij|standbeeld|gracht|sluis|rivier|kanaal|noordzee|ijsbaan|podium|"
    r"orgel|kruis|"
    r"kruiwagen|bakfiets|draaiorgel|koets|hondenkar|wereldrecord|marathon|elfsteden\w*|sinterklaas|"
    r"miljoen(?:en)?|loterij|jackpot|kluis|gouden|zilveren|hakselaar|dorsmachine|mijn(?:gang)?|"
    r"bijl|zwaard|"
    r"kruisboog|samoeraizwaard)"
)
# What is told of one person only.
FEAT = (
    r"(?:bezetting|kaping|gijzeling|ontvoering|belegering) van (?:de|het|dat|die) [\w-]+|"
    r"verdr[io]nk\w* [^.!?;:\n,()]{0,40}?\bin (?:de|het) (?:sluis|haven|gracht|rivier|plas|vaart|"
    r"kanaal|zee)|"
    r"(?:grootste|kleinste|duurste|zwaarste|langste) [\w-]+ (?:dat|die) ooit|"
    r"levend (?:naar boven|uit|onder|begraven)|onderuit (?:gereden|reed)|uit (?:de|"
    r"een) (?:gracht|toren|boom|ballon|"
    r"helikopter|rijdende) (?:gehaald|gesprongen|gevallen|haalde|sprong|viel)|van het (?:paard|"
    r"dak|podium|balkon) "
    r"(?:gevallen|gesprongen|viel|sprong)|op het dak van (?:het|de)|over (?:de rivier|"
    r"het hoge koord|de toren) (?:liep|"
    r"gelopen)|op het hoge koord|met de beeltenis van|op de motorkap|(?:uren|dagen|nachten|"
    r"maanden) (?:op een (?:omgeslagen )?"
    r"(?:vlot|rots|eiland)|onder het puin|in (?:gijzeling|een put|de lawine)|vermist)|"
    r"omgeslagen (?:vlot|boot|schip)|"
    r"won (?:brons|zilver|goud)|(?:zeven|acht|negen|tien|elf) keer (?:nederlands|wereld|"
    r"europees)|de berg (?:op|beklom)|"
    r"uit (?:de |het )?(?:zee|water|ijs|brand|brandende \w+) (?:gehaald|gered|getrokken|haalde|"
    r"redde|trok)|waar de (?:koning|koningin|premier|minister|burgemeester) |"
    r"(?:mount everest|kanaal over|noordpool|zuidpool)|zogeheten \w+moord\w*|\w+moorden\b|(?:in|"
    r"op) de cel tegenover|"
    r"processie-?\w+|met paard en wagen|met de hondenkar|de laatste (?:mijnwerker|klompenmaker|"
    r"visser|veerman|smid)\w*"
)

# Where hardly anybody lives.
HOUSE = (
    r"(?:water|vuur|kerk|klokken|lucht)toren|molen|bunker|kasteel|klooster|boomhut|silo|grot|"
    r"pipowagen|kermiswagen|circuswagen|brugwachters\w+|sluiswachters\w+|landgoed|pastorie|fort|"
    r"forteiland|onderzeeër|dubbeldekker|stadsbus|schoolbus|treinwagon|wagon|paardentrailer|"
    r"zeecontainer|lichtschip|binnenvaartschip|tjalk|botter|klipper|schoolgebouw|kapel|stationnetje"
)
# What somebody always has with them, and nobody else does.
WITH = (
    r"papegaai|ezel|geit|aap|kaketoe|pony|varken|haan|uil|fret|leguaan|kruiwagen|accordeon|"
    r"draaiorgel|doedelzak|saxofoon|trompet|harp|hoge hoed|tulband|cape|kilt|zwaard|poppenwagen|"
    r"trommel|megafoon|toeter|bolderkar|steps?|eenwieler"
)
# What a village or town has one of, and who leads it.
CLUB = (
    r"[\w-]*(?:vereniging|koor|kerk|fanfare|harmonie|drumband|brandweer|moskee|synagoge|parochie|"
    r"club|carnaval|schutterij|gilde|museum|dorpshuis|buurthuis|begraafplaats|camping|pont|haven|"
    r"kermis|ijsbaan|zwembad|basisschool|comité|dierentuin|circus|plattelandsvrouwen|toneelgroep|"
    r"dorpskrant|omroep|reddingsbrigade|reddingboot|vakbond|ijsclub|bibliotheek)"
)
LEADS = (
    r"voorzitt(?:er|ster)|secretaris|penningmeester|bestuurslid|dirigent\w*|organist\w*|koster(?:es)?|"
    r"opricht(?:er|ster)|aanvoerd(?:er|ster)|hoofdtrainer|uitbat(?:er|ster)|hoofdredacteur|"
    r"direct(?:eur|rice)|rector|badmeester|beheerd(?:er|ster)|eigena(?:ar|res)|commandant|"
    r"kapelmeester|schatbewaarder|boegbeeld"
)
# What happened in one place, so that who was in it is known there.
MISHAP = (
    r"aanrijding|[\w-]*ongeluk|ongeval|[\w-]*brand|explosie|ontploffing|botsing|ontsporing|"
    r"overstroming|dijkdoorbraak|instorting|rellen|verdrinking|vermissing|schietpartij|steekpartij|"
    r"gijzeling|ramkraak|plofkraak|overval|ontvoering|stranding|moord|dubbele moord|doodslag|"
    r"liquidatie|zedenzaak|bende|gezinsmoord"
)
FAMOUS = (
    r"rapper|zanger(?:es)?|voetballer|voetbalster|acteur|actrice|schrijver|schrijfster|dichter(?:es)?|"
    r"kunstena(?:ar|res)|presentat(?:or|rice)|sport(?:er|ster)|muzikant\w*|politicus|wielrenner|"
    r"schaats(?:er|ster)|bokser|kickbokser|dj|kok|journalist\w*|youtuber|influencer|vlogger|streamer|"
    r"tiktokker|familie|naam|kop"
)
SHOW = (
    r"boer zoekt vrouw|expeditie robinson|the voice|idols|big brother|temptation island|got talent|"
    r"x factor|lingo|heel holland bakt|spoorloos|ik vertrek|de slimste mens|wie is de mol|"
    r"opsporing verzocht|goede tijden|sesamstraat|kinderen voor kinderen|songfestival|"
    r"hart van nederland|man bijt hond|hello goodbye|pauw|zembla|undercover"
)
BIG = r"(?:acht|negen|tien|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|[89]|1[0-9])"
