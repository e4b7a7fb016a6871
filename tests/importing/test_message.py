"""What a mail says, however it was carried."""

import base64
import binascii
import quopri

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.discussions.importing import message
from cop.platform.mail.reading.flowed import unflow
from cop.platform.mail.reading.html_text import to_text
from cop.platform.markup import MAX_LENGTH

TEXT = "Café, déjà vu: €5 voor één ‘koffie’."


def read(headers: str, body: bytes) -> message.Content:
    return message.read(f"From: a@b\n{headers}\n\n".encode() + body)


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("utf-8", "utf-8"),
        ("windows-1252", "cp1252"),
        ("iso-8859-15", "utf-8"),
        ("iso-8859-1", "cp1252"),
        ("us-ascii", "utf-8"),
        ("us-ascii", "cp1252"),
        ("utf-8", "cp1252"),
        ("x-onbekend", "utf-8"),
        ("x-onbekend", "cp1252"),
        ("unknown-8bit", "cp1252"),
        ("rot13", "utf-8"),
        ("zlib", "utf-8"),
        ("punycode", "utf-8"),
        ("unicode-escape", "utf-8"),
        ("utf-16", "utf-16"),
        ("", "utf-8"),
        ("", "cp1252"),
        ("'utf-8'", "utf-8"),
    ],
)
def test_any_charset_or_none_or_a_wrong_one(declared: str, written: str) -> None:
    charset = f"; charset={declared}" if declared else ""
    body = TEXT.encode(written)

    found = read(
        f"Content-Type: text/plain{charset}\nContent-Transfer-Encoding: base64",
        base64.encodebytes(body),
    )

    assert found.text == TEXT


def test_a_dutch_text_in_latin_9() -> None:
    found = read("Content-Type: text/plain; charset=iso-8859-15", "één €".encode("iso-8859-15"))

    assert found.text == "één €"


@pytest.mark.parametrize(
    ("coding", "body", "text"),
    [
        ("7bit", b"plain", "plain"),
        ("8bit", TEXT.encode(), TEXT),
        ("x-unheard-of", b"plain", "plain"),
        ("quoted-printable", quopri.encodestring(TEXT.encode()), TEXT),
        ("quoted-printable", b"a=\nb =ZZ =3", "ab =ZZ =3"),
        ("QUOTED-PRINTABLE ", b"Caf=C3=A9", "Café"),
        ("base64", base64.encodebytes(TEXT.encode()), TEXT),
        ("base64", base64.b64encode(b"zonder einde").rstrip(b"="), "zonder einde"),
        ("base64", base64.b64encode(b"afgebroken")[:-3], "afgebroke"),
        ("base64", b"dit is helemaal geen base64, zie je", "dit is helemaal geen base64, zie je"),
        (
            "base64",
            base64.encodebytes(b"de brief") + b"_______\nLijst mailing list\nlijst@x.example\n",
            "de brief\n_______\nLijst mailing list\nlijst@…",
        ),
        ("x-uuencode", b"begin 644 x\n" + binascii.b2a_uu(b"oud spul") + b"`\nend\n", "oud spul"),
    ],
)
def test_any_transfer_encoding_or_a_broken_one(coding: str, body: bytes, text: str) -> None:
    found = read(
        f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {coding}", body
    )

    assert found.text == text


def multipart(kind: str, *parts: str) -> bytes:
    inner = "".join(f"--grens\n{part}\n" for part in parts)
    return (
        f"From: a@b\nMIME-Version: 1.0\n"
        f"Content-Type: multipart/{kind}; boundary=grens\n\npreambule\n{inner}--grens--\n"
    ).encode()


PLAIN = "Content-Type: text/plain; charset=utf-8\n\n{}"
HTML = "Content-Type: text/html; charset=utf-8\n\n<p>{}</p>"
PDF = (
    "Content-Type: application/pdf; name=verslag.pdf\nContent-Disposition: attachment;"
    " filename=verslag.pdf\nContent-Transfer-Encoding: base64\n\n"
    + base64.b64encode(b"%PDF-1.4 inhoud").decode()
)


@pytest.mark.parametrize(
    ("raw", "text", "files"),
    [
        (multipart("alternative", PLAIN.format("plat"), HTML.format("html")), "plat", []),
        (multipart("alternative", HTML.format("html"), PLAIN.format("plat")), "plat", []),
        (multipart("alternative", PLAIN.format(" \n"), HTML.format("html")), "html", []),
        (multipart("alternative", HTML.format("html")), "html", []),
        (multipart("mixed", PLAIN.format("een"), PLAIN.format("twee")), "een\n\ntwee", []),
        (multipart("mixed", HTML.format("een"), PLAIN.format("voet")), "een\n\nvoet", []),
        (multipart("mixed", PLAIN.format("een"), PDF), "een", ["verslag.pdf"]),
        (multipart("related", HTML.format("een"), PDF), "een", ["verslag.pdf"]),
        (
            multipart(
                "signed", PLAIN.format("een"), "Content-Type: application/pgp-signature\n\nx"
            ),
            "een",
            [],
        ),
        (
            multipart(
                "mixed",
                PLAIN.format("zie onder"),
                "Content-Type: message/rfc822\n\nFrom: Piet <p@x.nl>\nSubject: Oud\n\noude brief",
            ),
            "zie onder\n\n---------- Forwarded message ----------\n"
            "From: Piet\nSubject: Oud\n\noude brief",
            [],
        ),
        (b"Content-Type: multipart/mixed\n\nzonder grens", "zonder grens", []),
        (b"Content-Type: nonsense\n\nwoorden", "woorden", []),
        (b"Content-Type: text/plain; charset\n\nwoorden", "woorden", []),
        (multipart("mixed", PLAIN.format("een"))[:-11], "een", []),
    ],
)
def test_parts_of_a_mail(raw: bytes, text: str, files: list[str]) -> None:
    found = message.read(raw)

    assert (found.text, [file.name for file in found.files]) == (text, files)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="verslag 1.pdf"', "verslag 1.pdf"),
        ("attachment; filename*=utf-8''versl%C3%A9g.pdf", "verslég.pdf"),
        ('attachment; filename="=?utf-8?Q?versl=C3=A9g.pdf?="', "verslég.pdf"),
        ("attachment", "bijlage.pdf"),
        ("attachment; filename*0=ver; filename*1=slag.pdf", "verslag.pdf"),
    ],
)
def test_names_of_attachments(header: str, name: str) -> None:
    part = f"Content-Type: application/pdf\nContent-Disposition: {header}\n\n%PDF-1.4"

    assert message.read(multipart("mixed", part)).files[0].name == name


def test_a_file_written_into_the_text_becomes_an_attachment() -> None:
    body = (
        b"Hier is het:\n\nbegin 644 lijst.txt\n" + binascii.b2a_uu(b"een twee") + b"`\nend\n\nGroet"
    )

    found = read("Content-Type: text/plain", body)

    assert (found.files[0].name, found.files[0].data) == ("lijst.txt", b"een twee")
    assert "begin 644" not in found.text
    assert found.text.endswith("Groet")


def test_the_notice_of_a_scrubbed_html_part_goes_and_that_of_a_file_stays() -> None:
    body = (
        b"woorden\n-------------- next part --------------\nAn HTML attachment was scrubbed...\n"
        b"URL: <http://lists.example/a.htm>\n-------------- next part --------------\n"
        b"A non-text attachment was scrubbed...\nName: foto.png\nURL: <http://lists.example/f.png>\n"
    )

    found = read("Content-Type: text/plain", body).text

    assert found.startswith("woorden\n-------------- next part")
    assert "HTML attachment" not in found
    assert "foto.png" in found


def test_a_text_that_is_too_long_for_a_page_is_whole_in_an_attachment() -> None:
    body = "\n".join(f"regel {n}" for n in range(20_000))

    found = read("Content-Type: text/plain", body.encode())

    assert len(found.text) <= MAX_LENGTH
    assert found.text.endswith("[…]")
    assert found.files[0].data.decode() == body


@pytest.mark.parametrize(
    ("text", "delsp", "whole"),
    [
        ("een \ntwee\ndrie", False, "een twee\ndrie"),
        ("een \ntwee", True, "eentwee"),
        ("> een \n> twee\n>> drie", False, "> een twee\n>> drie"),
        (" >geen citaat", False, ">geen citaat"),
        (" From here", False, "From here"),
        ("groet \n-- \nJan", False, "groet \n-- \nJan"),
    ],
)
def test_flowed_lines_are_made_whole(text: str, delsp: bool, whole: str) -> None:
    assert unflow(text, delsp) == whole


def test_flowed_is_heard_from_the_header() -> None:
    found = read("Content-Type: text/plain; format=flowed; delsp=yes", b"een \ntwee")

    assert found.text == "eentwee"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>een</p><p>twee</p>", "een\n\ntwee"),
        ("<div>een</div><div>twee</div>", "een\ntwee"),
        ("een<br>twee<br/>drie", "een\ntwee\ndrie"),
        ("<p>a &amp; b &lt;c&gt;&nbsp;d</p>", "a & b <c> d"),
        ("<style>p{}</style><script>x()</script><title>t</title>woord", "woord"),
        ("<head><meta x><title>t</title></head><body>woord</body>", "woord"),
        ("<!-- weg --><![endif]>woord<!--[if mso]>weg<![endif]-->", "woord"),
        ("<ul><li>een<li>twee</ul>", "- een\n- twee"),
        ("<ol><li>een</li><li>twee</li></ol>", "1. een\n2. twee"),
        ('<a href="https://example.org/">hier</a>', "hier <https://example.org/>"),
        ('<a href="https://example.org/">example.org</a>', "example.org"),
        ('<a href="javascript:x()">hier</a>', "hier"),
        ("<a title=\"a>b\" href='https://example.org/'>hier</a>", "hier <https://example.org/>"),
        (
            "<p>ja</p><blockquote><p>oud</p><blockquote>ouder</blockquote></blockquote>",
            "ja\n\n> oud\n>\n>> ouder",
        ),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a  b\nc"),
        ("3 < 4 en <onbekend>woord", "3 < 4 en woord"),
        ("afgebroken <a href=", "afgebroken"),
        ("<o:p>woord</o:p>", "woord"),
    ],
)
def test_html_that_brings_nothing_else_becomes_text(html: str, text: str) -> None:
    assert to_text(html) == text


@pytest.mark.parametrize(
    "evil",
    ["<div>", "<!--", "<a href='", '<a href="', "<script>", "<", "<ul><li>", "<blockquote>", "<b "],
)
def test_html_made_to_be_slow_is_not(evil: str) -> None:
    to_text(evil * 100_000)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=400))
def test_no_bytes_make_reading_fail_or_bring_what_a_database_refuses(body: bytes) -> None:
    for headers in (
        "Content-Type: text/html",
        "Content-Type: text/plain; charset=utf-7",
        "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: quoted-printable",
        "Content-Type: multipart/mixed; boundary=a",
    ):
        found = read(headers, body)
        found.text.encode()
        assert "\x00" not in found.text
        for file in found.files:
            file.name.encode()


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=300))
def test_no_headers_make_reading_fail(head: bytes) -> None:
    message.read(head + b"\n\nwoorden").text.encode()
