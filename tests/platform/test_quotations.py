"""What a mail quotes is folded away; its own words never are."""

import pytest

from cop.platform.markup import plain_to_html
from cop.platform.quotations import runs

OUTLOOK = "Van: Piet\nVerzonden: maandag 3 mei\nAan: ik\nOnderwerp: terugval\n\noude brief"


def folded(text: str) -> list[tuple[bool, str, str]]:
    return [(r.quoted, r.lead, "\n".join(r.lines).strip()) for r in runs(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("eigen", [(False, "", "eigen")]),
        ("> oud\n\neigen", [(True, "", "> oud"), (False, "", "eigen")]),
        ("a\n> b\nc", [(False, "", "a"), (True, "", "> b"), (False, "", "c")]),
        ("> a\n\n> b", [(True, "", "> a\n\n> b")]),
        (
            "ja\n\nOp 3 mei 2015 schreef Jan:\n> oud",
            [(False, "", "ja"), (True, "Op 3 mei 2015 schreef Jan:", "> oud")],
        ),
        (
            "ja\n\nOp 3 mei 2015 om 10:15 schreef\nJan Jansen <jan@…>:\n\n> oud",
            [
                (False, "", "ja"),
                (True, "Op 3 mei 2015 om 10:15 schreef Jan Jansen <jan@…>:", "> oud"),
            ],
        ),
        (
            "On Sat, 2015-11-14 at 21:29 +0100, Jan wrote:\n> oud",
            [(True, "On Sat, 2015-11-14 at 21:29 +0100, Jan wrote:", "> oud")],
        ),
        (
            "2015-11-15 23:43 GMT+01:00 Jan <jan@…>:\n> oud",
            [(False, "", "2015-11-15 23:43 GMT+01:00 Jan <jan@…>:"), (True, "", "> oud")],
        ),
        ("Zij vroegen dit:\n> oud", [(False, "", "Zij vroegen dit:"), (True, "", "> oud")]),
        (f"ja\n\n{OUTLOOK}", [(False, "", "ja"), (True, "Van: Piet", OUTLOOK)]),
        (
            f"ja\n\n-----Oorspronkelijk bericht-----\n{OUTLOOK}",
            [
                (False, "", "ja"),
                (True, "Van: Piet", f"-----Oorspronkelijk bericht-----\n{OUTLOOK}"),
            ],
        ),
        (
            f"ja\n\n________________________________\n{OUTLOOK}",
            [(False, "", "ja"), (True, "Van: Piet", f"{'_' * 32}\n{OUTLOOK}")],
        ),
        (
            "ja\n\n-----Original Message-----\nFrom: A\nSent: B\nTo: C\nSubject: D\n\nold",
            [
                (False, "", "ja"),
                (
                    True,
                    "From: A",
                    "-----Original Message-----\nFrom: A\nSent: B\nTo: C\nSubject: D\n\nold",
                ),
            ],
        ),
        (OUTLOOK, [(False, "", OUTLOOK)]),
        ("ja\nVan: hier tot daar\nis het ver", [(False, "", "ja\nVan: hier tot daar\nis het ver")]),
        ("", []),
    ],
)
def test_what_is_quoted(text: str, expected: list[tuple[bool, str, str]]) -> None:
    assert folded(text) == expected


def test_every_line_stays_on_the_page() -> None:
    html = plain_to_html("ja\n\nOp 3 mei schreef Jan:\n> oud\n>> ouder\n\ngroet\n\n" + OUTLOOK)

    for words in (
        "ja",
        "Op 3 mei schreef Jan:",
        "oud",
        "ouder",
        "groet",
        "Van: Piet",
        "oude brief",
    ):
        assert words in html
    assert html.count('<details class="quoted">') == 2


def test_nothing_in_a_mail_becomes_markup() -> None:
    html = plain_to_html("<script>x</script>\n> <img src=x>\nOp 3 mei schreef <b>:\n> y")

    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html


@pytest.mark.parametrize("line", ["From: a\n", "wrote:\n", "Op 3 mei\n", "> ", " >", "-----\n"])
def test_a_text_made_to_be_slow_is_not(line: str) -> None:
    plain_to_html(line * (60_000 // len(line)))
