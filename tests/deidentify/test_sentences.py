"""Sentences with every mark written out, beside sentences in which the same word is ordinary.

Each table is one rule or a few; the marks are those of the cases (`[[LABEL|text]]`). Invented.
"""

import pytest

from cop.deidentify import Label, find

from .scoring import unmark

# ruff: noqa: E501  (a sentence is one line)
AGAIN = """
meneer [[PERSON|Kok]] is kok. [[PERSON|Kok]] kookt graag.
De kok kookt graag. Meneer [[PERSON|Kok]] niet, zegt [[PERSON|Jan de Vries]].
Cliënt: [[PERSON|Wil de Boer]]. [[PERSON|Wil]] belt. [[PERSON|wil]] heeft gedronken. [[PERSON|Wil]]'s moeder ook.
Wil je koffie? Wil dat lukken? Hij wil wel, zei hij, en wil ik ook.
Het gaat niet goed met [[PERSON|Wil]]. [[PERSON|Wil]] wil niet eten.
mevr [[PERSON|bakker]] en de heer [[PERSON|bakker]] waren er. [[PERSON|bakker]] sloeg haar.
mvr [[PERSON|bakker]] en hr [[PERSON|visser]] hadden ruzie, [[PERSON|bakker]] sloeg [[PERSON|visser]]
mevr [[PERSON|bakker]] belde. de bakker was dicht, een bakker slaat niemand. ze is bakker.
[[PERSON|de wit]] was er niet. mw [[PERSON|de wit]] kwam later
mw [[PERSON|de boer]] kwam. de boer op, bij de boer die ploegt
Mevrouw [[PERSON|Hoop]] kwam. Ze geeft de hoop niet op, want hoop doet leven.
client heet [[PERSON|hoop]]. [[PERSON|hoop]] wil stoppen. ik hoop dat [[PERSON|hoop]] het redt, hoop ik
[[PERSON|Wiebren]] belde. Toen belde [[PERSON|wiebren]] weer. [[PERSON|Wiebrens]] moeder, [[PERSON|wiebrens]] vader.
Ik zei tegen [[PERSON|Wiebren]] dat het kon; [[PERSON|wiebren]] lachte
[[PERSON|Fatima]] belde over de [[PERSON|Fatima]]zaak. In het [[PERSON|fatima]]verhaal klopt iets niet.
[[PERSON|Fatima]] belde. De huiszaak en het levensverhaal, haar kapperszaak ook.
[[PERSON|Jan-Willem]] z'n ex, [[PERSON|JW]], [[PERSON|j.w.]] belde ook
"""
LETTERS = """
Toen zei [[PERSON|T.]] niets. Later ging [[PERSON|T]] weg. [[PERSON|T]]'s moeder.
[[PERSON|B]] vertelt veel. [[PERSON|B]] is [[AGE|34]]. Met [[PERSON|B]] gaat het goed.
Volgens [[PERSON|T.]] was ze dronken, [[PERSON|T]] gaf toe
Optie A of B? A is goedkoper, B is beter.
Stel A zegt ja en B zegt nee. Plan A is het beste, vitamine B is genoeg.
Hij kreeg vitamine B. B is voor de zenuwen.
De B's van dit jaar: B is te laag, groep B zegt weinig.
Zin A vertelt iets, zin B vertelt iets anders. A zegt niets.
"""
NAMED = """
[[PERSON|storm]] is haar zoon, hij drinkt niet meer
ze slaapt slecht. [[PERSON|roos]] is zijn dochter
rust is zijn beste vriend en alcohol is mijn broer niet
vader heet [[PERSON|jo]]. [[PERSON|jo]] drinkt. moeder heet [[PERSON|an]]
de man an sich, jo sy, heet ze nou jo
[[PERSON|Vlinder]] is haar roepnaam
Ontwenning is haar naam niet.
vader ([[PERSON|rob]]) en moeder ([[PERSON|wil]]) maken ruzie
vader (ziek) en moeder (lief) en broer (wil niet) zijn er
zus (klein) en zoon (jong), moeder (wil) zit thuis
[[PERSON|ali]] en [[PERSON|fatma]] met hun kind
[[PERSON|Mo]] en [[PERSON|Appie]] hingen rond
"""
WHOLE = """
Hij heet [[PERSON|Jan van 't hof]] en woont hier.
Meneer [[PERSON|Piet op 't Hof]] kwam langs.
Mw. [[PERSON|v/d Berg-Jansen]] belde.
Hr. [[PERSON|ten Cate]] drinkt veel.
Ze werkte bij [[ORG|Ten Cate]].
Casemanager is [[PERSON|F. el Idrissi]] van de [[ORG|Brijder]].
Meneer [[PERSON|van der Meer]] en mw [[PERSON|van Dam]] kwamen. Mevr. [[PERSON|de Wit]] niet.
De heer in [[PLACE|Arnhem]] belde. Meneer is in de stad.
client heet [[PERSON|sjoerd]]. [[PERSON|fatima]] belde
"""
SMALL = """
Gisteren belde ik met mevrouw [[PERSON|de vries]] over haar dochter. Volgens haar ging het goed.
Zijn begeleider [[PERSON|j. jansen]] was er niet. Dat was jammer.
Ik belde met mw. [[PERSON|van den berg]]. Hr. [[PERSON|ten brink]] zei niets.
Haar psychiater [[PERSON|m. el amrani]] belde terug. Daarna was het stil.
Gisteren sprak ik [[PERSON|piet de boer]] over hem. Ook [[PERSON|karin bakker]] was er.
Mijn cliënt [[PERSON|jan de groot]] bleef weg. Hij was boos.
Mevrouw van de thuiszorg kwam. Mevrouw van de winkel op de hoek ook. Meneer van boven klaagt.
De man van de winkel belde. Zijn vader de boer is boos. Mevrouw de voorzitter, dank u wel.
Hij slikt vitamine b. De boer bracht melk. Collega a. of b. de groot deel zegt niets.
"""
PLACES = """
Hij zit op kamer 14 van [[ORG|Bavo Europoort]].
Hij ligt op afdeling [[ORG|3B]], daarna op unit [[ORG|2c]].
Hij zit op unit 2, in afdeling 3.2 van de wet, afdeling 2e lijn, groep 3.
Hij werkt in winkelcentrum [[PLACE|Nova]].
mw [[PERSON|de wit]], [[PERSON|petra]] en [[PERSON|karin]] kwamen uit [[PLACE|echt]], zei ze
het is echt waar, best lastig, gemaakt en made in china. niet echt, naar best weten.
hij zit in [[ORG|jb west]]
voogd van [[ORG|wss]], rb van [[ORG|jbn]]
begeleider van zn zus, voogd van mn broer, hulp bij ggz
zij werkt bij kapsalon [[ORG|knipkunst]]
hij werkte in de [[ORG|tupperwarefabriek]]
werkte in de koekjesfabriek, in de vleesverwerkingsfabriek, in de kaarsenfabriek
Ze is aangemeld bij wijkteam [[ORG|Kronenburg]].
leerling van de [[ORG|dr. bosschool]]
de dr. zag de basisschool.
Geboren in '78 te [[PLACE|Emmen]].
"""
NUMBERS = """
Haar [[AGE|17]]- en [[AGE|19-jarige]] zonen kwamen, en een [[AGE|veertien]]- of [[AGE|vijftienjarige]] nicht.
De jongens zijn tussen de [[AGE|18 en 20]] jaar, een man van tussen de [[AGE|veertig en drieënveertig]] jaar.
Wij helpen mensen tussen de 18 en 65 jaar. Een vrouw van tussen de 30 en 40 jaar. Dat duurt tussen de 10 en 12 jaar.
Een 2- of 3-daagse training, voor 2- tot 4-persoons tafels.
Drie kinderen, de oudste (bijna [[AGE|9]]).
de jongste werd gisteren [[AGE|3]]
de jongste werd gisteren gezien
vrouw van [[AGE|34]], 2 kinderen
hij zit in cel 14, kamer 12
Zijn pasnr [[ID|NXK4D7812]] ligt hier.
Bel [[CONTACT|06.12.34.56.78]] even.
op [[DATE|06-12-34]] belde hij, versie 3.12
"""
AROUND = """
werkt bij de [[ORG|jumbo]] in [[PLACE|ede]]
Op de Jellinek-schaal zit ze hoog. Hij scoort 24 op de Jellinek, en de Trimbos-richtlijn helpt niet.
Hij zat op de [[ORG|Jellinek]] en wilde weg.
Pastor [[PERSON|Wopereis]] preekte. Mijn moeder, hooyo [[PERSON|Hodan]], kookt.
Paspoort op naam van [[PERSON|Kamil Wróbel]], die weg is.
Hij kent zijn neef. Verder gesprek zonder tolk in Engels. Ze spreekt Frans.
beh: [[PERSON|S. Postma]] / rb: [[PERSON|v.d. Hoek]]
Contactpersoon is zijn zuster. [[PERSON|Vlinder]] is haar roepnaam.
Mijn broer [[PERSON|Tijn]] (destijds [[AGE|9]]) viel. De stoornis (F10.2) is ernstig. Patiënte [[PERSON|Mieke]], v[[AGE|34]].
[[PERSON|Jan]] woont aan de [[PLACE|Kanaaldijk-Noord 231]].
bij zijn oma op de [[PLACE|van nijenrodeweg]] op acht hoog, vlak bij de moskee [[ORG|al kabir]] of nee
[[PERSON|Pim]] zit in [[ORG|de Heuvel]] in [[PLACE|Wolfheze]], niet op de heuvel in het bos.
[[PERSON|Anna]] kwam op [[DATE|Sint-Maarten]] op mijn spreekuur.
casus voor de POH-dag. R: ik weet het niet. Stap 3 Perspectieven. kiest A
hij is vader en [[PERSON|verkerk]] slaapt bij haar praktijk [[ORG|de meent]] | [[PLACE|bunnik]]
gebeld met werkgever [[ORG|van der knaap pootgoed]]: weg. zijn werkgever weet niets.
het restaurant heet [[ORG|gouden tijden]] en hangt vol, aan de [[PLACE|laan van meerwijk]] of het plein van de stad
want hij kende hem. [[PERSON|van eldik]] heet hij. hoe heet hij, zo heet ze
dhr [[PERSON|bosma]] had prn gekregen, bvd weet ervan
"""
KNOWN_BY = """
[[QUASI|zij is burgemeester geweest]]
[[QUASI|Zijn vader is dominee]].
zijn vader is [[QUASI|de bekende cafébaas van het dorp]]
[[QUASI|de apotheker van het dorp]]
[[QUASI|haar tweelingzus is priester geworden]]
[[QUASI|hij was vroeger prof bij]] [[ORG|Ajax]]
Zij is een [[QUASI|trans vrouw]].
[[QUASI|Hij is imam van de moskee in de wijk]].
[[QUASI|Zij was organist van de kerk]].
Zij was [[QUASI|de eerste vrouwelijke brugwachter langs de vaart]].
Hij was [[QUASI|de enige Somalische jongen van de klas]].
Ze was [[QUASI|hoofdzuster op de eerste afdeling van de stad]].
Hij is [[QUASI|vader van elf kinderen]].
Hij [[QUASI|woont in een oude watertoren]].
[[QUASI|de man met de papegaai zat er weer]]
Ik las over [[QUASI|die aanrijding op de]] [[PLACE|Noorderdijk]].
Ze is [[QUASI|voorzitter van de plaatselijke plattelandsvrouwen]].
[[QUASI|hij danste ooit in die clip van een hele bekende rapper]]
Zij is de [[QUASI|dochter van de dierenarts]].
Hij heeft de [[QUASI|ziekte van Huntington]].
De dominee belde, een dominee kan dat. Ze belde met de burgemeester. Hij was de huisarts vergeten.
De winkel van het dorp is dicht. De kinderen van het dorp.
Hij is non-stop aan het werk. Er is een trans-Atlantisch plan. De prof belde. Het transport is weg.
"""


@pytest.mark.parametrize(
    "table", [AGAIN, LETTERS, NAMED, WHOLE, SMALL, PLACES, NUMBERS, AROUND, KNOWN_BY]
)
def test_every_mark_and_no_other(table: str) -> None:
    for line in table.strip().splitlines():
        text, gold = unmark(line)
        found = [(s.start, s.end, s.label) for s in find(text)]
        if table is not KNOWN_BY:
            found = [f for f in found if f[2] is not Label.QUASI]
        said = [(text[start:end], label) for start, end, label in found]
        assert found == gold, (text, said)
