"""A letter reads the same as text and as HTML, in the recipient's language."""

from sqlalchemy import select

from cop.platform import i18n
from cop.platform.mail.composing import (
    Heading,
    Item,
    Letter,
    Link,
    Quoted,
    Words,
    as_html,
    as_text,
    post,
)
from cop.platform.mail.models import OutgoingMail

EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)>" onmouseover=alert(3)><b>'

LETTER = Letter(
    "Onderwerp",
    (
        Words("Dag " + "lange zin " * 20),
        Link("Doe iets", "https://example.org/een/adres/dat/langer/is/dan/een/regel/" + "x" * 60),
        Quoted("Een vraag.\nNog een regel."),
        Heading("Nieuw"),
        Item("Titel <b>", "https://example.org/1", "3 minuten"),
    ),
    "Je krijgt dit omdat je lid bent.",
)


def test_text_has_short_lines_and_whole_addresses(app):
    text = as_text(LETTER)
    assert all(len(line) <= 72 or line.startswith("https://") for line in text.splitlines())
    assert "> Nog een regel." in text
    assert "\n-- \nJe krijgt dit" in text


def test_html_says_the_same_and_escapes(app):
    html = as_html(LETTER, "nl")
    assert '<html lang="nl">' in html
    assert "Titel &lt;b&gt;" in html
    for part in ("Een vraag.", "Doe iets", "3 minuten", "Je krijgt dit omdat je lid bent."):
        assert part in html
    assert "<script" not in html
    assert "<img" not in html


def test_a_letter_is_written_in_the_language_of_who_gets_it(app, session, now):
    said = []

    def letter() -> Letter:
        said.append(i18n.language())
        return LETTER

    for number, code in enumerate(("en", "nl", None)):
        post(session, letter, key=f"k{number}", recipient="a@example.org", language=code, now=now)
    assert said == ["en", "nl", "nl"]
    kept = select(OutgoingMail.language).order_by(OutgoingMail.key)
    assert session.scalars(kept).all() == ["en", "nl", "nl"]


def test_whatever_somebody_typed_is_text_in_a_mail(app):
    """In every part of a letter: names, titles, words, reasons."""
    letter = Letter(
        EVIL,
        (
            Words(EVIL),
            Link(EVIL, f"https://example.org/{EVIL}"),
            Quoted(f"{EVIL}\n{EVIL}"),
            Heading(EVIL),
            Item(EVIL, f"https://example.org/{EVIL}", EVIL),
        ),
        EVIL,
    )
    html = as_html(letter, "nl")
    assert html.count("&lt;script&gt;") >= 10
    for bad in ("<script", "<img", "<b>", "onmouseover=alert(3)>", '" onmouseover'):
        assert bad not in html
