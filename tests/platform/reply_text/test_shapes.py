"""Bodies of mails by themselves: the ways of quoting that whole messages do not cover."""

# ruff: noqa: E501  # a body is one value, as it came

import pytest

from cop.platform.mail.reading.parts import Words
from cop.platform.mail.reply_text.choosing import of_words

# (what it is, plain text, HTML, the new words)
SHAPES = [
    (
        "html gmail interleaved only",
        "",
        '<div dir="ltr"><div dir="ltr"><br></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Op do 12 nov 2026 om 10:12 schreef Piet &lt;<a href="mailto:a@example.org">a@example.org</a>&gt;:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid"><div dir="ltr">Vraag een?<br></div></blockquote><div><br></div><div>Antwoord een.</div><div>&nbsp;</div><blockquote class="gmail_quote" style="border-left:1px solid"><div dir="ltr"><div>Vraag twee?</div></div></blockquote><div><br></div><div>Antwoord twee.</div><blockquote class="gmail_quote" style="border-left:1px solid"><div>Groet, Piet</div></blockquote></div></div>',
        "> Vraag een?\n\nAntwoord een.\n\n> Vraag twee?\n\nAntwoord twee.",
    ),
    (
        "apple interleaved html",
        "",
        '<html><body><br><div><blockquote type="cite"><div>Op 12 nov 2026 om 10:12 heeft Piet &lt;a@example.org&gt; het volgende geschreven:</div><br class="Apple-interchange-newline"><div>Vraag een?</div></blockquote><div><br></div>Antwoord een.</div><div><br><blockquote type="cite"><div>Vraag twee?</div></blockquote><div><br></div>Antwoord twee.</div></body></html>',
        "> Vraag een?\n\nAntwoord een.\n\n> Vraag twee?\n\nAntwoord twee.",
    ),
    (
        "outlook under html sig",
        "",
        '<div class="WordSection1"><p class="MsoNormal">Ja.<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class="MsoNormal">Groet,<o:p></o:p></p><p class="MsoNormal">Jan<o:p></o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b><span lang="EN-US">From:</span></b><span lang="EN-US"> Piet Klaas &lt;a@example.org&gt; <br><b>Sent:</b> donderdag 12 november 2026 10:12<br><b>To:</b> Jan<br><b>Subject:</b> RE: iets<o:p></o:p></span></p></div></div><p class="MsoNormal">oud</p></div>',
        "Ja.\n\nGroet,\nJan",
    ),
    (
        "ios plain nl",
        "Ja prima!\n\nVerstuurd vanaf mijn iPhone\n\n> Op 12 nov 2026 om 10:12 heeft Piet <a@example.org> het volgende geschreven:\n> \n> \ufeffHoi\n",
        "",
        "Ja prima!",
    ),
    (
        "unquoted attr nl",
        "Goed.\n\nOp 12 november 2026 om 10:12 schreef Piet Klaas <a@example.org>:\n\nHoi allen,\n\ntekst\n",
        "",
        "Goed.",
    ),
    (
        "van verzonden no blank",
        "Goed.\n\nVan: Piet Klaas\nVerzonden: donderdag 12 november 2026 10:12\nAan: Jan de Vries; Kees Bakker; Lies van Dam;\n Mies\nCC: Klaas\nOnderwerp: iets\n\nHoi\n",
        "",
        "Goed.",
    ),
    (
        "dash en",
        "Fine.\n\n-----Original Message-----\nFrom: Piet [mailto:a@example.org] \nSent: Thursday, November 12, 2026 10:12 AM\nTo: Jan\nSubject: x\n\nHi\n",
        "",
        "Fine.",
    ),
    (
        "op datum heeft geschreven zonder >",
        "Fijn.\n\nPiet Klaas <a@example.org> schreef op 12 november 2026 10:12:\n\n> Hoi\n> tot ziens\n",
        "",
        "Fijn.",
    ),
    (
        "interleaved no blank",
        "Op 12-11-2026 om 10:12 schreef Piet:\n> Vraag een?\nAntwoord een.\n> Vraag twee?\nAntwoord twee.\n",
        "",
        "> Vraag een?\nAntwoord een.\n> Vraag twee?\nAntwoord twee.",
    ),
    (
        "bottom + sig",
        "On 12/11/2026 10:12, Piet wrote:\n> Hi\n\nFine by me.\n\n-- \nJan",
        "",
        "Fine by me.",
    ),
    (
        "own with colon time",
        "De agenda:\n\nMa 12 november 10:00: koffie\nDi 13 november 11:00: thee\n\nTot dan!",
        "",
        "De agenda:\n\nMa 12 november 10:00: koffie\nDi 13 november 11:00: thee\n\nTot dan!",
    ),
    (
        "ownline ends colon mail date",
        "Mail voor 12 november 2026 naar info@example.org met daarin:\n\n- je naam\n- je vraag\n",
        "",
        "Mail voor 12 november 2026 naar info@example.org met daarin:\n\n- je naam\n- je vraag",
    ),
    (
        "dashes own",
        "Eerste deel.\n\n--- Wat ik wil zeggen ---\n\nTweede deel.",
        "",
        "Eerste deel.\n\n--- Wat ik wil zeggen ---\n\nTweede deel.",
    ),
    (
        "double dash mid",
        "Twee dingen\n\n--\n\nregel 0 met tekst die verder gaat.\nregel 1 met tekst die verder gaat.\nregel 2 met tekst die verder gaat.\nregel 3 met tekst die verder gaat.\nregel 4 met tekst die verder gaat.\nregel 5 met tekst die verder gaat.\nregel 6 met tekst die verder gaat.\nregel 7 met tekst die verder gaat.\nregel 8 met tekst die verder gaat.\nregel 9 met tekst die verder gaat.\nregel 10 met tekst die verder gaat.\nregel 11 met tekst die verder gaat.\nregel 12 met tekst die verder gaat.\nregel 13 met tekst die verder gaat.\nregel 14 met tekst die verder gaat.\nregel 15 met tekst die verder gaat.\nregel 16 met tekst die verder gaat.\nregel 17 met tekst die verder gaat.\nregel 18 met tekst die verder gaat.\nregel 19 met tekst die verder gaat.",
        "",
        "Twee dingen\n\n--\n\nregel 0 met tekst die verder gaat.\nregel 1 met tekst die verder gaat.\nregel 2 met tekst die verder gaat.\nregel 3 met tekst die verder gaat.\nregel 4 met tekst die verder gaat.\nregel 5 met tekst die verder gaat.\nregel 6 met tekst die verder gaat.\nregel 7 met tekst die verder gaat.\nregel 8 met tekst die verder gaat.\nregel 9 met tekst die verder gaat.\nregel 10 met tekst die verder gaat.\nregel 11 met tekst die verder gaat.\nregel 12 met tekst die verder gaat.\nregel 13 met tekst die verder gaat.\nregel 14 met tekst die verder gaat.\nregel 15 met tekst die verder gaat.\nregel 16 met tekst die verder gaat.\nregel 17 met tekst die verder gaat.\nregel 18 met tekst die verder gaat.\nregel 19 met tekst die verder gaat.",
    ),
    (
        "sent sentence",
        "Verstuurd met veel liefde aan iedereen die het nodig heeft.\n\nMarieke",
        "",
        "Verstuurd met veel liefde aan iedereen die het nodig heeft.\n\nMarieke",
    ),
    (
        "tb sig html",
        "",
        '<p>Hoi</p><div class="moz-signature">-- <br>Jan<br>baas</div><div class="moz-cite-prefix">On 12/11/2026 10:12, Piet wrote:<br></div><blockquote type="cite" cite="mid:x">Hi</blockquote>',
        "Hoi",
    ),
    (
        "gmail fr plain wrapped",
        "Oui.\n\nLe jeu. 12 nov. 2026 à 10:12, Jean-Baptiste de la Fontaine <\njb.delafontaine@example.org> a écrit :\n\n> Bonjour\n",
        "",
        "Oui.",
    ),
    (
        "fr outlook nbsp",
        "Oui.\n\nDe\xa0: Jean <a@example.org>\nEnvoyé\xa0: jeudi 12 novembre 2026 10:12\nÀ\xa0: Marie\nObjet\xa0: x\n\nBonjour",
        "",
        "Oui.",
    ),
    (
        "de on wrote",
        "Ja.\n\nAm Do., 12. Nov. 2026 um 10:12 Uhr schrieb Hans-Peter Müller <\nhp@example.org>:\n\n> Hallo\n",
        "",
        "Ja.",
    ),
    (
        "hr blackberry",
        "Ok.\n\nVerzonden vanaf mijn BlackBerry 10-smartphone.\n\n  Oorspronkelijk bericht  \nVan: Piet\nVerzonden: donderdag 12 november 2026 10:12\nAan: Jan\nOnderwerp: x\n\nHoi",
        "",
        "Ok.",
    ),
    (
        "two sigs",
        "Hoi\n\nGroet,\nJan\n\nOutlook voor iOS<https://aka.ms/o0ukef> downloaden\n________________________________\nVan: Piet <a@example.org>\nVerzonden: donderdag 12 november 2026 10:12\nAan: Jan <j@example.org>\nOnderwerp: x\n\nHoi",
        "",
        "Hoi\n\nGroet,\nJan",
    ),
    (
        "zwolle own quote no attr, interleaved",
        "> wil je komen?\n\nJa\n\n> neem je iets mee?\n\nTaart",
        "",
        "> wil je komen?\n\nJa\n\n> neem je iets mee?\n\nTaart",
    ),
    (
        "greeting+quote+answer",
        "Hoi Piet,\n\nOp 12-11-2026 om 10:12 schreef Piet:\n> Wanneer?\n\nMorgen.\n\nGroet, Jan",
        "",
        "Hoi Piet,\n\nMorgen.\n\nGroet, Jan",
    ),
    (
        "outlook html border left",
        "",
        '<div>Top</div><div style="border:none;border-left:solid blue 1.5pt;padding:0cm 0cm 0cm 4.0pt"><div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class=MsoNormal><b>Van:</b> Piet &lt;a@example.org&gt;<br><b>Verzonden:</b> donderdag 12 november 2026 10:12<br><b>Aan:</b> Jan<br><b>Onderwerp:</b> x</p></div></div><p>oud</p></div>',
        "Top",
    ),
    (
        "ends with iPad german",
        "Gut.\n\nVon meinem iPad gesendet\n\n> Am 12.11.2026 um 10:12 schrieb Hans <a@example.org>:\n> \n> Hallo",
        "",
        "Gut.",
    ),
    (
        "sent via own",
        "Gesendet mit der GMX iPhone App\n\nAm 12.11.26 um 10:12 schrieb Hans\n\n> Von: Hans\n",
        "",
        "",
    ),
    (
        "nl gmail mobiel verstuurd met",
        "Ok dan.\n\nVerzonden met de Gmail-app\n\nOp do 12 nov. 2026 10:12 schreef Piet <a@example.org>:\n\n> hoi",
        "",
        "Ok dan.",
    ),
    (
        "no blank before attr",
        "Ja.\nOp do 12 nov 2026 om 10:12 schreef Jan <j@example.org>:\n> hoi\n",
        "",
        "Ja.",
    ),
    (
        "attr no time name only",
        "Ja.\n\nOp 12 november 2026 schreef Jan de Vries:\n\n> hoi\n",
        "",
        "Ja.",
    ),
    (
        "attr html p + blockquote plain",
        "",
        "<p>Ja.</p><p>Op 12-11-2026 10:12 schreef Jan:</p><blockquote><p>hoi</p></blockquote>",
        "Ja.",
    ),
    (
        "de cc",
        "Ja.\n\nVon: Jan <j@example.org>\nGesendet: Donnerstag, 12. November 2026 10:12\nAn: Eva <e@example.org>; Ute <u@example.org>\nCc: Max <m@example.org>\nBetreff: Nachsorge\nWichtigkeit: Hoch\n\nHallo",
        "",
        "Ja.",
    ),
    (
        "outlook android en",
        "Ok\n\nSent from Outlook for Android<https://aka.ms/AAb9ysg>\n________________________________\nFrom: Jan <j@example.org>\nSent: Thursday, November 12, 2026 10:12:44 AM\nTo: Eva <e@example.org>\nSubject: x\n\nhi",
        "",
        "Ok",
    ),
    (
        "verzonden met outlook",
        "Ok\n\nVerzonden met Outlook voor Android\n\n________________________________\nVan: Jan <j@example.org>\nVerzonden: donderdag 12 november 2026 10:12\nAan: Eva\nOnderwerp: x\n\nhi",
        "",
        "Ok",
    ),
    (
        "en-GB attr",
        "Fine.\n\nOn Thu, 12 Nov 2026 at 10:12, Jan de Vries via List <list@example.org>\nwrote:\n\n> hi\n",
        "",
        "Fine.",
    ),
    (
        "fr attr nbsp",
        "Oui.\n\nLe jeu. 12 nov. 2026 à 10:12, Jean <j@example.org> a écrit\xa0:\n\n> salut\n",
        "",
        "Oui.",
    ),
    (
        "bottom html gmail",
        "",
        '<div dir="ltr"><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Thu, Nov 12, 2026 at 10:12 AM Jan &lt;<a href="mailto:j@example.org">j@example.org</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0"><div>hi</div></blockquote><div><br></div><div>My answer.</div><div>Eva</div></div></div>',
        "My answer.\nEva",
    ),
    (
        "tb interleaved html",
        "",
        '<div class="moz-cite-prefix">Op 12-11-2026 om 10:12 schreef Jan:<br></div><blockquote type="cite" cite="mid:x"><p>Vraag 1?</p></blockquote><p>Antwoord 1.</p><blockquote type="cite" cite="mid:x"><p>Vraag 2?</p></blockquote><p>Antwoord 2.</p><blockquote type="cite" cite="mid:x"><p>Groet</p></blockquote>',
        "> Vraag 1?\n\nAntwoord 1.\n\n> Vraag 2?\n\nAntwoord 2.",
    ),
    (
        "interleaved nested keep",
        "On 12/11/2026 10:12, Jan wrote:\n> On 11/11/2026, Eva wrote:\n>> oud?\n> ja\n\nMee eens.\n\n> en nu?\n\nVerder.\n",
        "",
        "> On 11/11/2026, Eva wrote:\n>> oud?\n> ja\n\nMee eens.\n\n> en nu?\n\nVerder.",
    ),
    (
        "quoted with space prefix",
        "Ja.\n\n> Op 12-11-2026 10:12 CET schreef Jan <j@example.org>:\n> \n>  \n> hoi\n",
        "",
        "Ja.",
    ),
    (
        "ox nl 2 lines",
        "Leuk.\n\n> Op 12-11-2026 10:12 schreef Jan\n> <j@example.org>:\n> \n> hoi\n",
        "",
        "Leuk.",
    ),
    (
        "sig + disclaimer after",
        "Prima.\n\n-- \nEva\nDit bericht is vertrouwelijk.\n\nOp 12-11-2026 om 10:12 schreef Jan:\n> hoi",
        "",
        "Prima.",
    ),
    ("bullets stay", "Drie dingen:\n- een\n- twee\n-- \nEva", "", "Drie dingen:\n- een\n- twee"),
    (
        "mobile below",
        "Van: Jan <j@example.org>\nVerzonden: donderdag 12 november 2026 10:12\nAan: Eva\nOnderwerp: x\n\nhi",
        "",
        "",
    ),
    (
        "hyphen rule",
        "Ja hoor\n\n----------------------------------------\nVan: Jan <j@example.org>\nDatum: 12 november 2026 10:12\nAan: Eva\nOnderwerp: x\n\nhi",
        "",
        "Ja hoor",
    ),
    (
        "ms new outlook html nl",
        "",
        '<html><body><div class="elementToProof">Akkoord.</div><div class="elementToProof"><br></div><div class="elementToProof" id="Signature"><p>Met groet,</p><p>Eva</p></div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font><b>Van:</b> Jan</font></div><div>oud</div></body></html>',
        "Akkoord.\n\nMet groet,\n\nEva",
    ),
    (
        "samsung de",
        "Gut.\n\nVon meinem Samsung Galaxy Smartphone gesendet.\n\n\n-------- Ursprüngliche Nachricht --------\nVon: Jan <j@example.org>\nDatum: 12.11.26 10:12 (GMT+01:00)\nAn: Eva\nBetreff: x\n\nhi",
        "",
        "Gut.",
    ),
    (
        "icloud html",
        "",
        '<html><body><div>Ok.</div><div><br></div><div><br></div><blockquote type="cite"><div>Op 12 nov 2026, om 10:12 heeft Jan &lt;j@example.org&gt; het volgende geschreven:</div><div><br></div><div>hoi</div></blockquote></body></html>',
        "Ok.",
    ),
    (
        "verstuurd vanuit gmail mobile",
        "Ok.\n\nVerstuurd vanuit Gmail Mobile\n\nOp do 12 nov 2026 10:12 schreef Jan <j@example.org>:\n\n> hoi",
        "",
        "Ok.",
    ),
    (
        "outlook html interleaved color",
        "",
        '<div class="WordSection1"><p class="MsoNormal">Zie hieronder.</p><div style="border:none;border-left:solid blue 1.5pt;padding:0cm 0cm 0cm 4.0pt"><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>Van:</b> Jan <br><b>Verzonden:</b> donderdag 12 november 2026 10:12<br><b>Aan:</b> Eva<br><b>Onderwerp:</b> x</p></div><p class="MsoNormal">oud</p></div></div>',
        "Zie hieronder.",
    ),
]


@pytest.mark.parametrize(
    ("plain", "html", "wanted"), [row[1:] for row in SHAPES], ids=[row[0] for row in SHAPES]
)
def test_the_new_words_of_a_body(plain, html, wanted):
    assert of_words([Words(plain, html)]).new == wanted
