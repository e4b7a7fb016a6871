"""Words that say what kind of organisation a name belongs to."""

from __future__ import annotations

KINDS = (
    "school|basisschool|middelbare school|daltonschool|montessorischool|vrije school|"
    "praktijkschool|vmbo|mbo|roc|college|lyceum|gymnasium|scholengemeenschap|sbo|so|"
    "vso|kdv|kinderdagverblijf|crèche|bso|peuterspeelzaal|"
    "apotheek|huisartsenpraktijk|huisartspraktijk|praktijk|gezondheidscentrum|"
    "tandartspraktijk|camping|vakantiepark|bungalowpark|recreatiepark|café|cafe|"
    "kroeg|bar|eetcafé|snackbar|cafetaria|coffeeshop|casino|discotheek|disco|club|"
    "restaurant|pizzeria|shoarmazaak|hotel|grand café|"
    "kerk|gemeente|moskee|synagoge|tempel|parochie|klooster|abdij|harmonie|fanfare|"
    "schutterij|schuttersgilde|gilde|carnavalsvereniging|koor|mannenkoor|"
    "toneelvereniging|muziekvereniging|voetbalclub|voetbalvereniging|voetbalteam|"
    "korfbalvereniging|"
    "tennisvereniging|tennisclub|hockeyclub|zwemclub|wielerclub|motorclub|"
    "schietvereniging|biljartclub|dartclub|boksschool|sportschool|fitnesscentrum|"
    "manege|ponyclub|scouting|buurthuis|wijkcentrum|dorpshuis|buurtcentrum|"
    "jongerencentrum|jeugdhonk|"
    "inloophuis|inloop|dagbesteding|werkplaats|zorgboerderij|boerderij|"
    "woonvoorziening|woonvorm|woongroep|beschermd wonen|opvang|opvanghuis|"
    "nachtopvang|crisisopvang|hostel|pension|verzorgingshuis|verpleeghuis|"
    "verpleegtehuis|woonzorgcentrum|zorgcentrum|zorghotel|hospice|huize|flat|"
    "serviceflat|"
    "ziekenhuis|kliniek|poli|verslavingskliniek|afkickkliniek|herstelkliniek|"
    "polikliniek|afdeling|unit|ward|team|wijkteam|gebiedsteam|buurtteam|fact|"
    "fact-team|straatteam|locatie|leefgroep|groep|instelling|stichting|vereniging|"
    "organisatie|"
    r"nachtdienst|dagdienst|gevangenis|v\.v\.|s\.v\.|f\.c\.|a\.v\.|t\.v\.|"
    r"r\.k\.v\.v\.|pi|penitentiaire inrichting|tbs-kliniek|jji|detentiecentrum|"
    r"bakkerij|bakker|slagerij|slager|garage|garagebedrijf|autobedrijf|"
    r"transportbedrijf|bouwbedrijf|schildersbedrijf|installatiebedrijf|"
    r"schoonmaakbedrijf|hoveniersbedrijf|loonbedrijf|loodgietersbedrijf|"
    r"aannemersbedrijf|"
    "uitzendbureau|bedrijf|firma|fa|winkel|supermarkt|bloemenzaak|kapsalon|"
    "kapperszaak|drogist|boekhandel|fabriek|distributiecentrum|magazijn|kwekerij|"
    "tuincentrum|rederij|scheepswerf|werf|sporthal|zwembad|bibliotheek|theater|"
    "filmhuis|museum|"
    "woningcorporatie|woningbouwvereniging|woningstichting|corporatie|"
    "advocatenkantoor|notariskantoor|accountantskantoor|bewindvoerderskantoor|"
    "kantoor|zorgaanbieder|thuiszorg|thuiszorgorganisatie|sv|vv|fc|tv|rkvv|rkv|hc|tc|"
    "ltc|bv|av|ijsclub|ijsvereniging|schaatsclub|visclub|volleybalclub|"
    "handbalvereniging|roeivereniging|studentenvereniging|speeltuinvereniging|"
    "buurtvereniging|dorpsvereniging|oranjevereniging|manege|dierenpension|dierenkliniek|"
    "dierenasiel|asiel|viswinkel|tattooshop|nagelsalon|nagelstudio|rijschool|dansschool|zangkoor|"
    "orkest|blaasorkest|drumband|kinderopvang|hsv|visvereniging|hengelsportvereniging|"
    "duivenvereniging|stamkroeg|stamcafé|brouwerij|wijnhandel|slijterij|sauna|kringloopwinkel|"
    "kringloop|afhaalchinees|viskraam|cateraar|bewindvoeringskantoor|incassobureau|"
    "muziekschool|toneelgroep|bridgeclub|dansgroep|wandelclub|loopgroep|dartvereniging|"
    "speeltuin|ggz-instelling|salon|kapsalon|sociale werkplaats|werkleerbedrijf|maneges|"
    "stoeterij|melkveebedrijf|kaasboerderij|palingrokerij|visafslag|veiling|"
    "uitvaartonderneming|begrafenisonderneming|krachthonk|kickboksschool|judoschool|turnvereniging|gezinshuis|logeerhuis|buurtkamer|behandelgroep"
)
# A word of these kinds is followed by many other things than its name.
LOOSE = frozenset(
    (
        "poli kliniek ziekenhuis school team groep gemeente praktijk club locatie "
        "afdeling unit instelling werf bar bv av bakker slager kantoor organisatie "
        "winkel kerk opvang mbo vmbo so hc tc fa zwembad kdv praktijk thuiszorg"
    ).split()
)
NO_NAME = frozenset(
    (
        "ik je we hij zij ze wij het de een dat die er en of maar want dus was is mijn "
        "onze hun haar zijn toen wat wie waar hoe nee ja als dit dan daar hier"
    ).split()
)
