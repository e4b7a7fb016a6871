"""What the headers of strange mails say."""

from datetime import UTC, datetime

import pytest

from cop.platform.mail.reading import headers as head
from cop.platform.mail.reading.headers import Sender

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def parsed(text: bytes) -> head.Headers:
    return head.parse(text)[0]


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"Subject: a\n b\n\tc\n\n", "a b c"),
        (
            b"Subject: a long one\nthat was broken here\nTo: x\n\n",
            "a long one that was broken here",
        ),
        (b"Subject:geen spatie\n\n", "geen spatie"),
        (b"SUBJECT : vreemd\n\n", "vreemd"),
        (b"Subject: =?utf-8?Q?Caf=C3=A9?=\n\n", "Café"),
        (b"Subject: =?utf-8?B?Q2Fmw6k=?=\n\n", "Café"),
        (b"Subject: =?utf-8?B?Q2Fmw6k?=\n\n", "Café"),
        (b"Subject: =?utf-8?Q?Caf=C3?=\n =?utf-8?Q?=A9?=\n\n", "Café"),
        (b"Subject: =?iso-8859-1?Q?Caf=E9_een?= twee\n\n", "Café een twee"),
        (b"Subject: =?iso-8859-1?Q?Caf=E9 met spatie?=\n\n", "Café met spatie"),
        (b"Subject: =?utf-8?Q?Caf=C3=A9\n\n", "Café"),
        (b"Subject: =?x-onbekend?Q?Caf=E9?=\n\n", "Café"),
        (b"Subject: =?utf-8?X?Caf?=\n\n", "=?utf-8?X?Caf?="),
        (b"Subject: Caf\xe9\n\n", "Café"),
        (b"Subject: Caf\xc3\xa9\n\n", "Café"),
        (b"Subject: a\x00b\x07c\n\n", "abc"),
        (b"Subject: \xe2\x80\xaeomgekeerd\n\n", "omgekeerd"),
        (b"To: x\n\n", ""),
        (b">From jan Sat\nSubject: x\n\n", "x"),
    ],
)
def test_folded_broken_and_encoded_headers(raw: bytes, subject: str) -> None:
    assert parsed(raw).text("subject") == subject


def test_a_lost_empty_line_does_not_cost_the_text() -> None:
    raw = b"Subject: x\nHier begint de brief al.\nEn verder.\n"

    headers, at = head.parse(raw)

    assert headers.text("subject") == "x"
    assert raw[at:].startswith(b"Hier begint")


@pytest.mark.parametrize(
    ("raw", "name", "address"),
    [
        (b"Jan Jansen <Jan@Example.org>", "Jan Jansen", "jan@example.org"),
        (b'"Jansen, Jan" <jan@example.org>', "Jansen, Jan", "jan@example.org"),
        (b"jan@example.org (Jan Jansen)", "Jan Jansen", "jan@example.org"),
        (b"jan at example.org (Jan Jansen)", "Jan Jansen", "jan@example.org"),
        (b"jan at example dot org (Jan Jansen)", "Jan Jansen", "jan@example.org"),
        (b"Jan Jansen <jan at example.org>", "Jan Jansen", "jan@example.org"),
        (b"jan@example.org", "jan@…", "jan@example.org"),
        (b"<jan@example.org>", "jan@…", "jan@example.org"),
        (b"jan at example.org", "jan@…", "jan@example.org"),
        (b'"jan@example.org" <jan@example.org>', "jan@…", "jan@example.org"),
        (b"=?iso-8859-1?Q?Ren=E9e?= <r@example.org>", "Renée", "r@example.org"),
        (
            b"danilo@example.org (Danilo =?utf-8?Q?=C5=A0egan?=)",
            "Danilo Šegan",
            "danilo@example.org",
        ),
        (b"=?utf-8?Q?Jansen=2C_Jan_=3Cx=3E?= <j@example.org>", "Jansen, Jan <x>", "j@example.org"),
        (b"Jan Jansen", "Jan Jansen", None),
        (b"", "", None),
        (b"Jan <jan@example.org", "Jan", "jan@example.org"),
        (b"x" * 500 + b" <j@example.org>", "x" * 80, "j@example.org"),
    ],
)
def test_who_wrote_it(raw: bytes, name: str, address: str | None) -> None:
    assert head.sender(parsed(b"From: " + raw + b"\n\n")) == Sender(name, address)


def test_the_author_behind_a_list_that_writes_in_its_own_name() -> None:
    headers = parsed(
        b"From: Jan Jansen via Lijst <lijst@example.org>\n"
        b"Reply-To: Jan Jansen <jan@example.org>, lijst@example.org\n"
        b"List-Post: <mailto:lijst@example.org>\n\n"
    )

    assert head.sender(headers) == Sender("Jan Jansen", "jan@example.org")


@pytest.mark.parametrize(
    ("subject", "title", "answers"),
    [
        ("Terugval", "Terugval", False),
        ("Re: Terugval", "Terugval", True),
        ("RE: AW: Antw: Terugval", "Terugval", True),
        ("Re[2]: Terugval", "Terugval", True),
        ("Fwd: Terugval", "Terugval", False),
        ("Re: [lijst] Terugval", "[lijst] Terugval", True),
        ("[lijst] Re: Terugval", "[lijst] Terugval", True),
        ("Re: [lijst] RE: Terugval", "[lijst] Terugval", True),
        ("Terugval (fwd)", "Terugval (fwd)", False),
    ],
)
def test_subjects_that_belong_together(subject: str, title: str, answers: bool) -> None:
    found = head.subject(parsed(f"Subject: {subject}\n\n".encode()))
    plain = head.subject(parsed(b"Subject: terugval\n\n"))

    assert (found.title, found.answers, found.key) == (title, answers, plain.key)


@pytest.mark.parametrize("subject", ["", "Re:", "Re: ", "...", "[lijst]"])
def test_a_subject_that_says_nothing_is_no_reason_to_join(subject: str) -> None:
    assert head.subject(parsed(f"Subject: {subject}\n\n".encode())).key in (
        "",
        head.key_of("lijst"),
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sat, 14 Nov 2015 21:29:28 +0100", datetime(2015, 11, 14, 20, 29, 28, tzinfo=UTC)),
        ("14 Nov 2015 21:29:28 +0100", datetime(2015, 11, 14, 20, 29, 28, tzinfo=UTC)),
        ("Sat, 14 Nov 2015 21:29 +0100 (CET)", datetime(2015, 11, 14, 20, 29, tzinfo=UTC)),
        ("Sat, 14 Nov 2015 21:29:28 CET", datetime(2015, 11, 14, 20, 29, 28, tzinfo=UTC)),
        ("Sat, 14 Nov 2015 21:29:28 GMT", datetime(2015, 11, 14, 21, 29, 28, tzinfo=UTC)),
        ("za, 14 mei 2015 21:29:28 +0200", datetime(2015, 5, 14, 19, 29, 28, tzinfo=UTC)),
        ("Sat, 14 Nov 98 21:29:28 +0100", datetime(1998, 11, 14, 20, 29, 28, tzinfo=UTC)),
        ("2015-11-14T21:29:28+01:00", datetime(2015, 11, 14, 20, 29, 28, tzinfo=UTC)),
        ("2015-11-14 21:29:28 +0100", datetime(2015, 11, 14, 20, 29, 28, tzinfo=UTC)),
        ("", None),
        ("gisteren", None),
        ("Sat, 14 Nov 0000 21:29:28 +0100", None),
        ("Fri, 1 Jan 1904 00:00:00 +0000", None),
        ("Thu, 1 Jan 1970 00:00:00 +0000", None),
        ("Sat, 14 Nov 2040 21:29:28 +0100", None),
        ("Sun, 22 Nov 2026 21:29:28 +0100", None),
        ("Sat, 34 Nov 2015 21:29:28 +0100", None),
        ("Sat, 14 Nov 2015 21:29:28 +9900", None),
        ("Sat, 14 Nov 2015 25:61:28 +0100", None),
    ],
)
def test_dates_that_can_be_and_dates_that_cannot(text: str, found: datetime | None) -> None:
    assert head.date(parsed(f"Date: {text}\n\n".encode()), NOW) == found


def test_references_in_order_the_nearest_last() -> None:
    headers = parsed(
        b'References: <a@x> <b@x>\n <c@x>\nIn-Reply-To: <c@x> (Jan\'s message of\n\t"Sun")\n\n'
    )

    assert head.references(headers) == ["a@x", "b@x", "c@x"]


def test_in_reply_to_that_holds_an_address_or_a_remark_refers_to_nothing() -> None:
    assert head.references(parsed(b"In-Reply-To: Your message of Monday\n\n")) == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mail jan.de-wit+x@mail.example.org!", "mail jan.de-wit+x@…!"),
        ("<jan at example.org> schreef", "<jan@…> schreef"),
        ("<jan at example dot org>", "<jan@…>"),
        ("mailto:jan@example.org", "mailto:jan@…"),
        ("kijk at example.org", "kijk at example.org"),
        (
            "https://example.org/@jan en http://a@b.example/",
            "https://example.org/@jan en http://a@b.example/",
        ),
        ("@jan en 5@6", "@jan en 5@6"),
    ],
)
def test_no_address_stays_to_be_harvested(text: str, masked: str) -> None:
    assert head.mask_addresses(text) == masked
