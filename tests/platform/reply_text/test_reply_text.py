"""The new words of a mail: every program's way of quoting, and no word of the writer lost."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.platform.mail.reading.parts import Walk, Words, split
from cop.platform.mail.reply_text import read
from cop.platform.mail.reply_text.choosing import of_words
from cop.platform.mail.reply_text.signature import is_sent_line

HERE = Path(__file__).parent
TOP = HERE.parent.parent.parent
MAILS = sorted(HERE.glob("*/*.eml"))


def wanted(path):
    return path.with_suffix(".txt").read_text().strip("\n")


def test_there_are_enough_messages_to_go_by():
    assert len(MAILS) >= 80


@pytest.mark.parametrize("path", MAILS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_the_new_words_are_what_the_writer_wrote(path):
    assert read(path.read_bytes()).new == wanted(path)


def words(text):
    return sorted(re.findall(r"[^\s>]+", text))


@pytest.mark.parametrize("path", MAILS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_new_and_cut_together_are_all_of_the_mail(path):
    _headers, mail = split(path.read_bytes())
    said = Walk().part(mail, 0)
    reply = of_words(said)
    either = [words(w) for w in ("\n".join(s.plain for s in said), said[0].text) if w.strip()]
    if said[0].html:
        either.append(words(Words(html="\n".join(s.html for s in said)).text))
    assert words(f"{reply.new}\n{reply.cut}") in either


LINES = st.sampled_from(
    [
        "",
        "",
        "Een gewone zin over herstel.",
        "En nog een, wat langer, over wat er gebeurde toen iedereen weg was.",
        "Groet,",
        "Marieke",
        "-- ",
        "--",
        "Verstuurd vanaf mijn iPhone",
        "Op 12-11-2026 om 10:12 schreef Pieter:",
        "On Thu, Nov 12, 2026 at 10:12 AM Peter <peter@example.org> wrote:",
        "jan@example.org>:",
        "-----Oorspronkelijk bericht-----",
        "________________________________",
        "Van: Pieter <pieter@example.org>",
        "Verzonden: donderdag 12 november 2026 10:12",
        "Aan: Marieke",
        "Onderwerp: Nazorg",
        "> een vraag?",
        "> > nog ouder",
        ">> ook ouder",
        ">",
        "> 50% doet mee",
        "JD> een vraag?",
        "JD> 50% doet mee",
        "| een vraag?",
        "| ma | groep |",
        "\ufeff",
        "tekst die doorgaat\xa0",
    ]
)


@given(st.lists(LINES | st.text(max_size=30).map(lambda t: " ".join(t.split())), max_size=25))
def test_no_word_is_lost_or_made_up_in_plain_text(lines):
    text = "\n".join(lines)
    reply = of_words([Words(text)])
    assert words(f"{reply.new}\n{reply.cut}") == words(text)


@given(
    st.lists(
        st.sampled_from(
            [
                "woord",
                "<div>",
                "</div>",
                "<blockquote>",
                "</blockquote>",
                '<blockquote type="cite">',
                '<div id="divRplyFwdMsg">',
                '<div class="gmail_attr">',
                "<p>",
                '<p class="MsoNormal">',
                "</p>",
                "<br>",
                "<hr>",
                "&nbsp;",
                "Op 12-11-2026 om 10:12 schreef A:",
                '<div class="yahoo_quoted">',
                "<td>",
                "</table>",
                "<ul>",
                "<li>",
                "</ul>",
                "-- ",
            ]
        ),
        max_size=40,
    )
)
def test_no_word_is_lost_in_html(pieces):
    source = "".join(pieces)
    reply = of_words([Words(html=source)])
    got = [w for w in words(f"{reply.new}\n{reply.cut}") if w.strip("-")]
    assert got == [w for w in words(Words(html=source).text) if w.strip("-")]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Verstuurd vanaf mijn iPhone", True),
        ("Verzonden vanaf mijn Samsung Galaxy-smartphone.", True),
        ("Verzonden vanuit Outlook voor iOS<https://aka.ms/o0ukef>", True),
        ("Outlook voor Android<https://aka.ms/AAb9ysg> downloaden", True),
        ("Download Outlook voor Android", True),
        ("Get Outlook for iOS", True),
        ("Sent from my iPad", True),
        ("Sent from Mail for Windows", True),
        ("Sent with Proton Mail secure email.", True),
        ("Von meinem iPhone gesendet", True),
        ("Gesendet mit der GMX Mail App", True),
        ("Holen Sie sich Outlook für iOS", True),
        ("Envoyé de mon iPhone", True),
        ("Télécharger Outlook pour Android", True),
        ("Envoyé depuis l'application Mail Orange", True),
        ("Vanaf mijn mobiel verzonden", True),
        ("Verstuurd met liefde", False),
        ("Verzonden op dinsdag, aangekomen op vrijdag.", False),
        ("Ik heb het verstuurd vanaf mijn werk.", False),
        ("Sent letters are answered within a week", False),
        ("Get well soon!", False),
        ("Groet van mijn iPhone en mij", False),
    ],
)
def test_lines_that_programs_add(text, is_one):
    assert is_sent_line(text) == is_one


@pytest.mark.parametrize(
    "text",
    [
        "De agenda:\n\nMa 12 november 10:00: koffie\nDi 13 november 11:00: thee\n\nTot dan!",
        "Mail voor 12 november 2026 naar info@example.org met daarin:\n\n- je naam\n- je vraag",
        "Eerste deel.\n\n--- Wat ik wil zeggen ---\n\nTweede deel.",
        "Van: 10 uur\nTot: 12 uur\nWaar: De Brug",
        "Wat: middag\nVan: De Brug\nDatum: 3 mei\nOnderwerp: nazorg\nMail: a@example.org\n\nKom!",
        "Datum: 3 mei 2026\nVan: Karin\nOnderwerp: nazorg\nMail: karin@example.org\n\nTot dan!",
        "Wat ik las:\n\nFrom here on it gets better.",
        "Op 3 mei 2026 schreef mijn moeder mij:\n\nKom terug.\n\nDat deed ik.",
        ">From mij mag het.",
    ],
)
def test_words_that_only_look_like_a_quotation_stay(text):
    assert of_words([Words(text)]).new == text


LEAD = "Op 12-11-2026 om 10:12 schreef Jan Dekker:\n"


@pytest.mark.parametrize(
    ("text", "new"),
    [
        (LEAD + "JD> Hoe doen jullie dat?\nJD> Met wie?\n\nMet een maatje.", "Met een maatje."),
        (LEAD + "JD>Hoe doen jullie dat?\nJD>Met wie?\n\nMet een maatje.", "Met een maatje."),
        ("Jan Dekker schreef:\n\nJD> Hoe?\nJD> Wie?\n\nMet Jan.", "Met Jan."),
        ("Zo.\n\n" + LEAD + "JD> Hoe?\nJD> MB> Wie?\nJD>\nJD> Groet, Jan", "Zo."),
        (
            LEAD + "JD> Een vraag?\nJD> Met uitleg.\nJa.\nJD> Nog een?\nNee.",
            "JD> Een vraag?\nJD> Met uitleg.\nJa.\nJD> Nog een?\nNee.",
        ),
        (LEAD + "| Hoe doen jullie dat?\n| Met wie?\n\nMet een maatje.", "Met een maatje."),
    ],
)
def test_quotations_marked_by_initials_or_bars_go(text, new):
    reply = of_words([Words(text)])
    assert reply.new == new
    assert words(f"{reply.new}\n{reply.cut}") == words(text)


@pytest.mark.parametrize(
    "text",
    [
        "Uit onze chat:\n\nJD> Hoe gaat het?\nJD> Kom je?\nMB> Ja.",
        "Mijn schema:\n\n| ma | groep |\n| di | wandelen |",
        "De stappen:\n| eerst bellen\n| dan langsgaan",
        "Jan schreef:\nJD> Kom je?\nDat vond ik fijn.",  # one line is not enough
        "Wat Jan Dekker schreef:\n\n| ma | groep |\n| di | wandelen |\n| nog iets",
        "A> B\nA> C\ndus B en C volgen uit A.",
    ],
)
def test_tables_and_chats_of_the_writers_own_stay(text):
    assert of_words([Words(text)]).new == text


@pytest.mark.parametrize(
    "text",
    [
        ">" * 20_000,
        "> " * 20_000 + "\n" + "-" * 20_000,
        "Van: a\n" * 20_000,
        "Op 12-11-2026 om 10:12 schreef\n" * 5_000,
        ("x" * 2000 + ":\n") * 100,
        "=-" * 30_000,
        "Verstuurd vanaf " * 3_000,
        "--\n" * 20_000,
        "> a\nb\n" * 10_000,
        "Jan Dekker schreef:\nJD> a\nJD> b\n" * 5_000,
        "Jan Dekker schreef:\n| a\n\n" * 5_000,
    ],
)
def test_no_text_takes_long(text):
    begun = time.process_time()
    of_words([Words(text, "<div>" * 3000 + text.replace("\n", "<br>"))])
    assert time.process_time() - begun < 5


def test_parts_nested_without_end_do_no_harm():
    raw = b"From: a@example.org\n"
    for n in range(600):
        raw += b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n)
    assert read(raw + b"\ntekst\n").new == ""


def run(raw):
    return subprocess.run(
        [sys.executable, "-m", "cop.cli", "mail", "reply-text"],
        cwd=TOP,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "COP_ENV": "nonsense", "PYTHONPATH": str(TOP)},
        input=raw,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_the_command_needs_no_settings_and_speaks_utf8():
    path = HERE / "known" / "thunderbird-nl-windows-1252.eml"
    done = run(path.read_bytes())
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == wanted(path) + "\n"


@pytest.mark.parametrize("raw", [b"", b"Subject: niets\n\n", b"> alleen citaat\n"])
def test_nothing_new_is_nothing_printed(raw):
    done = run(raw)
    assert (done.returncode, done.stdout) == (0, b"")
