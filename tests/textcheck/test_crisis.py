"""Words that point to a crisis: found when somebody is in need, silent when it is a topic."""

import time

import pytest

from cop.textcheck.crisis import points_to_crisis

IN_NEED = [
    "Ik wil niet meer leven.",
    "ik wil nie meer leve",
    "Ik wil echt niet meer leven, het is op.",
    "k wil dood",
    "Soms wil ik gewoon dood zijn.",
    "Ik wil dood en niemand ziet het",
    "Ik wil er een einde aan maken.",
    "Ik maak er vanavond een eind aan",
    "Ik denk erover om er een einde aan te maken.",
    "Ik ga een einde aan mijn leven maken.",
    "Ik wil mezelf van kant maken",
    "Straks ga ik mezelf iets aandoen.",
    "Ik wil zelfmoord plegen",
    "ik wil zelfmoort plegen",
    "Ik denk steeds aan zelfmoord.",
    "Ik heb weer suïcidale gedachten? Nee: ik ben suïcidaal.",
    "Ik loop al weken met zelfmoordgedachten.",
    "Ik denk dagelijks aan suïcide.",
    "Vannacht wil ik een overdosis nemen.",
    "ik ga gewoon een overdosus nemen",
    "Ik neem al mijn pillen in één keer.",
    "Ik heb alle tabletten geslikt",
    "Ik wil voor de trein springen.",
    "Iedereen is beter af zonder mij.",
    "Zonder mij zijn ze beter af",
    "Dit is mijn afscheid.",
    "Ik heb een afscheidsbrief geschreven.",
    "Ik zie het leven niet meer zitten.",
    "Ik heb geen zin meer om te leven",
    "Was ik maar dood",
    "Ik wou dat ik dood was",
    "Ik kan echt niet meer verder.",
    "Mijn broer: hij zegt dat hij dood wil",
    "Mijn dochter heeft een overdosis genomen, wat nu?",
    "Ik wil er niet meer zijn",
    "I want to die",
    "I dont want to live anymore",
    "I don’t want to be here any more.",
    "im going to kill myslef",
    "I just want to end it all",
    "thinking about ending my life",
    "Everyone would be better off without me",
    "I feel so suicidal today",
    "I have nothing left to live for",
    "I took all my pills",
    "I’m going to take an overdose tonight",
    "I can't go on any more",
    "My son wants to kill himself",
]

A_TOPIC = [
    "Suïcidepreventie hoort op de agenda van elk team.",
    "Wie weet een goede training suïcidepreventie?",
    "Bij een overdosis opiaten geef je naloxon en bel je 112.",
    "Een overdosis herkennen: blauwe lippen, trage adem.",
    "Onze gastspreker vertelt over overdoses en naloxonspray.",
    "We willen een einde maken aan de wachtlijsten.",
    "Het overleg liep uit, we maken er om vijf uur een eind aan met zijn allen.",
    "Ik wil een einde maken aan mijn abonnement.",
    "Ik wil stoppen met drinken en een nieuw leven beginnen.",
    "Ik wil niet meer drinken.",
    "Ik wil niet meer elke week vergaderen.",
    "Ik wil anders leven, zonder cannabis.",
    "Ik kan dinsdag niet meer.",
    "Sorry, ik kan niet meer aansluiten vanmiddag.",
    "Het gesprek viel dood.",
    "De batterij van mijn telefoon is dood.",
    "Mijn vader is vorig jaar overleden.",
    "Hoe praat je over de dood met ouderen?",
    "Tien jaar geleden wilde ik niet meer leven; nu werk ik als ervaringsdeskundige.",
    "Zelfmoord is een taboe in veel families.",
    "Het aantal suïcides daalde vorig jaar.",
    "Bel 113 als je iemand kent die aan zelfdoding denkt.",
    "Ik schaam me dood.",
    "Ik lach me dood om die opmerking.",
    "Ik wil het over de dood hebben met mijn cliënten.",
    "Ik wil een training over overdosis volgen.",
    "Ik hoorde dat mensen zelfmoord plegen na een opname, klopt dat cijfer?",
    "Ik heb alle medicijnen weggegooid.",
    "Ik neem al mijn medicatie trouw.",
    "Ik heb ooit een overdosis genomen; daar vertel ik over in mijn gastlessen.",
    "Ik kan met dit formulier niet meer verder werken.",
    "Ik stel voor om er om vijf uur een einde aan te maken.",
    "Wat doe je als cliënten zeggen dat ze voor de trein springen?",
    "I don't want to die of boredom in that meeting.",
    "I no longer want to live in the city.",
    "Ik leef weer, dankzij de groep.",
    "> Ik wil niet meer leven\nWat goed dat je dit deelde, hoe gaat het nu?",
    "Medicijnen innemen op vaste tijden helpt.",
    "Zij slikt haar pillen elke ochtend.",
    "Een trein eerder nemen is ook goed.",
    "Onze afdeling kan niet meer verder zonder subsidie.",
    "De proeftuin is beter af zonder extra formulieren.",
    "Suicide prevention week starts on Monday.",
    "The workshop covers overdose and naloxone.",
    "I would die for a cup of coffee.",
    "I want to live near the sea.",
    "I can't go on Thursday.",
    "We want to end waiting lists.",
    "She teaches people how to respond to an overdose.",
    "I hurt my back yesterday.",
    "Ik denk aan de dood van mijn oma, zij was 94.",
    "",
]


@pytest.mark.parametrize("text", IN_NEED)
def test_somebody_in_need_is_shown_help(text):
    assert points_to_crisis(text)


@pytest.mark.parametrize("text", A_TOPIC)
def test_a_topic_does_not_shout(text):
    assert not points_to_crisis(text)


def test_a_long_text_is_looked_through_at_once():
    text = "ik wil er een heel gewoon verhaal van maken en ik ga door " * 1000
    started = time.process_time()
    assert not points_to_crisis(text)
    assert time.process_time() - started < 1.5
