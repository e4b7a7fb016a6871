"""Archives become discussions: once, whole, by date, under placeholders."""

import base64
import io
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cop.discussions import browsing, queries
from cop.discussions.importing import message, run
from cop.discussions.importing.report import Report
from cop.discussions.importing.run import import_archives
from cop.discussions.models import (
    Attachment,
    Discussion,
    DiscussionList,
    KnownMail,
    Post,
    ReadMark,
)
from cop.discussions.operations import answer
from cop.members.models import Persona, PersonaKind
from cop.members.placeholders import claim, claim_hash
from cop.notifications.models import Notification
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import Refused
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import Job
from cop.platform.search.indexing import parts_of_line
from cop.platform.search.models import SearchEntry
from cop.platform.storage import StoredFile
from cop.platform.worker import run_due
from cop.spaces.circles import Circle, Visibility
from cop.textcheck import checks
from cop.textcheck.checks import Concern, Known, Purpose
from tests.conftest import NOW
from tests.importing.mails import START, mail, write
from tests.support.factories import Factory

# Real archives that lie beside a checkout on some machines; elsewhere the tests above say it all.
ARCHIVES = Path(__file__).resolve().parents[3] / "shared" / "data" / "mail"


@pytest.fixture
def bring(app: Flask, tmp_path: Path) -> Callable[..., Report]:
    """`bring(mail, mail, …)` imports one file into the list 'oud'; a path stands for itself."""

    def bring(*mails: bytes | Path, list: str = "oud", **options: Any) -> Report:
        paths = [m for m in mails if isinstance(m, Path)]
        written = [m for m in mails if isinstance(m, bytes)]
        if written:
            paths.append(write(tmp_path / "archief.mbox", *written))
        return import_archives(list, paths, NOW, **({"create": True} | options))

    return bring


def story(list: str = "oud") -> dict[str, Any]:
    """Everything that readers of a list see: titles, and of each post what it says and of whom."""
    parent = Post.__table__.alias()
    with reading() as session:
        rows = session.execute(
            select(
                Discussion.title,
                Discussion.id,
                Post.number,
                Persona.name,
                Post.source,
                Post.created_at,
                Post.date_guessed,
                parent.c.number,
            )
            .join(Discussion, Discussion.id == Post.discussion_id)
            .join(DiscussionList, DiscussionList.id == Discussion.list_id)
            .join(Persona, Persona.id == Post.author_id)
            .outerjoin(parent, parent.c.id == Post.in_reply_to_id)
            .where(DiscussionList.short_name == list)
            .order_by(Discussion.id, Post.number)
        ).all()
        sums = session.execute(
            select(
                Discussion.title,
                Discussion.created_at,
                Discussion.last_post_at,
                Discussion.last_number,
                Discussion.imported_number,
                Discussion.post_count,
                Discussion.words,
            )
            .join(DiscussionList, DiscussionList.id == Discussion.list_id)
            .where(DiscussionList.short_name == list)
            .order_by(Discussion.id)
        ).all()
    order = {id: n for n, id in enumerate(dict.fromkeys(row[1] for row in rows))}
    return {
        "posts": [(row[0], order[row[1]], *row[2:]) for row in rows],
        "discussions": [tuple(row) for row in sums],
    }


def threads(list: str = "oud") -> list[list[str]]:
    """The texts of every discussion, in order of their numbers."""
    found: dict[int, list[str]] = {}
    for row in story(list)["posts"]:
        found.setdefault(row[1], []).append(row[4])
    return [found[n] for n in sorted(found)]


def titles(list: str = "oud") -> list[str]:
    return [row[0] for row in story(list)["discussions"]]


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.read, report.imported, report.duplicates, len(report.skipped)


def test_a_thread_becomes_a_discussion(bring: Callable[..., Report]) -> None:
    report = bring(
        mail(
            "vraag", id="a", subject="[lijst] Terugval", headers=b"X-BeenThere: lijst@example.org"
        ),
        mail(
            "antwoord",
            id="b",
            subject="Re: [lijst] Terugval",
            reply="a",
            days=1,
            sender="piet at example.org (Piet)",
        ),
        mail("iets anders", id="c", subject="Iets anders", days=2),
    )

    assert counts(report) == (3, 3, 0, 0)
    assert threads() == [["vraag", "antwoord"], ["iets anders"]]
    assert titles() == ["Terugval", "Iets anders"]
    assert [row[3] for row in story()["posts"]] == ["Jan Jansen", "Piet", "Jan Jansen"]
    assert [row[7] for row in story()["posts"]] == [None, 1, None]


def test_posts_are_numbered_by_date_whatever_the_order_of_mails_and_files(
    bring: Callable[..., Report], tmp_path: Path
) -> None:
    mails = [
        mail(
            f"nr {n}",
            id=f"m{n}",
            refs=[f"m{n - 1}"] if n % 5 else [],
            days=n,
            subject=f"Draad {n // 5}",
        )
        for n in range(20)
    ]
    bring(*mails)
    for seed in range(3):
        random.Random(seed).shuffle(mails)
        one = write(tmp_path / "1.mbox", *mails[:9])
        two = write(tmp_path / "2.mbox", *mails[9:])
        bring(two, one, list=f"lijst-{seed}")

        assert story(f"lijst-{seed}") == story()


def test_a_second_run_adds_nothing(bring: Callable[..., Report]) -> None:
    mails = [
        mail("een", id="a"),
        mail("twee", reply="a", days=1),
        mail("drie", subject="x", days=2),
    ]
    bring(*mails)
    before = story()

    assert counts(bring(*mails)) == (3, 0, 3, 0)
    assert story() == before


def test_in_pieces_the_result_is_the_same(bring: Callable[..., Report]) -> None:
    mails = [
        mail("een", id="a", subject="s"),
        mail("twee", id="b", refs=["a", "weg"], subject="t", days=1),
        mail("drie", id="c", refs=["weg"], subject="u", days=2),
        mail("vier", id="d", subject="Re: u", days=3),
        mail("vijf", id="e", subject="v", days=4),
    ]
    bring(*mails, list="ineens")
    for each in mails:
        bring(each)

    assert story() == story("ineens")
    assert threads() == [["een", "twee", "drie", "vier"], ["vijf"]]


def test_numbers_are_permanent_when_older_mails_come_later(bring: Callable[..., Report]) -> None:
    bring(mail("derde", id="c", refs=["a"], days=2), mail("vierde", id="d", refs=["c"], days=3))
    bring(mail("eerste", id="a"), mail("tweede", id="b", refs=["a"], days=1))

    assert threads() == [["derde", "vierde", "eerste", "tweede"]]
    posts = story()["posts"]
    assert [row[5] for row in posts] == [START + timedelta(days=d) for d in (2, 3, 0, 1)]
    assert story()["discussions"][0][1:5] == (
        START + timedelta(days=2),
        START + timedelta(days=3),
        4,
        4,
    )


def test_the_same_mail_twice_is_one_post(bring: Callable[..., Report], tmp_path: Path) -> None:
    without = mail("zonder naam", id=None)
    report = bring(mail("een", id="a"), mail("een, met voet", id="a"), without, without)

    assert counts(report) == (4, 2, 2, 0)


def test_two_mails_without_an_id_are_two_posts(bring: Callable[..., Report]) -> None:
    assert counts(bring(mail("een"), mail("twee"))) == (2, 2, 0, 0)


def test_of_copies_that_differ_the_same_one_is_taken_in_any_order(
    bring: Callable[..., Report], tmp_path: Path
) -> None:
    one = write(tmp_path / "1.mbox", mail("een", id="a"))
    two = write(tmp_path / "2.mbox", mail("een, met voet", id="a"))
    bring(one, two)
    bring(two, one, list="anders")

    assert threads() == threads("anders")


@pytest.mark.parametrize(
    "date",
    [
        "",
        "onzin",
        "Sat, 14 Nov 0000 21:00:00 +0000",
        "Fri, 1 Jan 1904 00:00:00 +0000",
        "Sat, 14 Nov 2040 21:00:00 +0000",
        "Sat, 14 Nov 2015 21:00:00 +9900",
        (NOW + timedelta(days=2)).strftime("%a, %d %b %Y %H:%M:%S +0000"),
    ],
)
def test_an_impossible_date_is_the_neighbours_and_the_report_says_so(
    bring: Callable[..., Report], date: str
) -> None:
    report = bring(mail("een", id="a", subject="x"), mail("twee", id="b", subject="y", date=date))

    with reading() as session:
        found = session.execute(select(Post.created_at, Post.date_guessed).order_by(Post.id)).all()
    assert [tuple(row) for row in found] == [(START, False), (START + timedelta(seconds=1), True)]
    assert [(r.position, "no possible date" in r.reason) for r in report.remarks] == [(2, True)]


def test_the_first_mail_without_a_date_takes_that_of_its_separator(
    bring: Callable[..., Report],
) -> None:
    bring(mail("een", date=""))

    with reading() as session:
        assert session.scalar(select(Post.created_at)) == datetime(
            2015, 11, 14, 21, 29, 28, tzinfo=UTC
        )


def test_without_any_date_before_it_the_next_mail_is_the_neighbour(
    bring: Callable[..., Report],
) -> None:
    bring(mail("een", id="a", date="", separator=b"From jan@example.org"), mail("twee", id="b"))

    with reading() as session:
        first = session.scalar(select(Post.created_at).where(Post.source == "een"))
    assert first == START - timedelta(seconds=1)


def test_authors_become_placeholders_without_an_address(bring: Callable[..., Report]) -> None:
    bring(
        mail("een", id="a", subject="x", sender="Jan Jansen <jan@example.org>"),
        mail("twee", id="b", subject="y", days=1, sender="Jan <JAN at example dot org>"),
        mail("drie", id="c", subject="z", days=2, sender="piet@example.org"),
        mail("vier", id="d", subject="q", days=3, sender=None),
    )

    with reading() as session:
        found = session.scalars(select(Persona).order_by(Persona.id)).all()
        assert [p.name for p in found][:2] == ["Jan Jansen", "piet@…"]
        assert found[2].name in ("Unknown", "Onbekend")  # as the catalogue has it
        assert len(found) == 3
        assert {p.kind for p in found} == {PersonaKind.PLACEHOLDER}
        assert found[0].claim_hash == claim_hash("jan@example.org")
        for persona in found:
            assert persona.member_id is None
            assert "example" not in persona.handle + persona.name


def test_who_verifies_the_address_gets_the_posts(
    bring: Callable[..., Report], make: Factory
) -> None:
    bring(mail("een", id="a"), mail("twee", id="b", reply="a", sender="Piet <piet@example.org>"))
    member = make.member("Jan", email="jan@example.org")
    own = make.persona(member).id
    with unit_of_work() as session:
        assert claim(session, "jan@example.org", session.get_one(Persona, own), NOW) == 1
    run_due()

    with reading() as session:
        authors = {row[0]: row[1] for row in session.execute(select(Post.source, Post.author_id))}
        assert authors["een"] == own
        assert authors["twee"] != own
        assert session.scalar(select(Discussion.author_id)) == own
        found = session.scalars(select(SearchEntry).where(SearchEntry.kind == "discussion")).one()
        assert (1, own) in [
            (number, by) for number, by, _terms in map(parts_of_line, found.body.split("\n"))
        ]


def test_a_claim_gives_nothing_but_a_placeholders_posts(
    make: Factory, session: Session, now: datetime
) -> None:
    from cop.discussions.importing.handlers import give_posts
    from cop.members.events import PlaceholderClaimed

    victim, thief = make.member(), make.member()
    discussion = make.discussion(make.list(), victim)
    event = PlaceholderClaimed(
        placeholder_id=make.persona(victim).id, persona_id=make.persona(thief).id
    )

    give_posts(session, event, now)

    assert session.scalar(select(Post.author_id)) == make.persona(victim).id
    assert discussion.author_id == make.persona(victim).id


def test_a_member_who_verified_the_address_is_the_author_at_once(
    bring: Callable[..., Report], make: Factory
) -> None:
    member = make.member(email="jan@example.org")
    make.member(email="piet@example.org", verified_at=None)
    bring(mail("een", id="a"), mail("twee", id="b", reply="a", sender="Piet <piet@example.org>"))

    with reading() as session:
        authors = {row[0]: row[1] for row in session.execute(select(Post.source, Post.author_id))}
        kinds = session.scalars(select(Persona.kind).where(Persona.id == authors["twee"])).all()
    assert authors["een"] == make.persona(member).id
    assert kinds == [PersonaKind.PLACEHOLDER]


def test_an_address_that_was_claimed_before_gets_a_new_placeholder(
    bring: Callable[..., Report], make: Factory
) -> None:
    bring(mail("een", id="a"))
    member = make.member(email="jan@example.org")
    with unit_of_work() as session:
        claim(session, "jan@example.org", session.get_one(Persona, make.persona(member).id), NOW)
        session.execute(update(type(member)).values(email="nieuw@example.org"))
    run_due()

    assert counts(bring(mail("twee", id="b", subject="x"))) == (1, 1, 0, 0)


def test_no_address_is_left_anywhere(bring: Callable[..., Report]) -> None:
    bring(
        mail(
            "bel of mail jan@voorbeeld.example\n\nOp 3 mei schreef piet@voorbeeld.example:\n> ja",
            id="a",
            subject="vraag van klaas@voorbeeld.example",
        ),
    )

    with reading() as session:
        for text in (
            *session.execute(select(Post.source, Post.html)).one(),
            session.scalar(select(Discussion.title)) or "",
        ):
            assert "voorbeeld" not in text


def test_what_is_quoted_is_folded_on_the_page(bring: Callable[..., Report]) -> None:
    bring(mail("ja\n\nOp 3 mei 2015 schreef Jan:\n> oud", id="a"))

    with reading() as session:
        assert (
            '<details class="quoted"><summary>Op 3 mei' in session.scalars(select(Post.html)).one()
        )
        assert session.scalars(select(Post.plain)).one() is True


def test_attachments_come_along_and_what_may_not_is_named(bring: Callable[..., Report]) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (20, 10)).save(picture, "PNG")

    def part(name: str, data: bytes) -> bytes:
        return (
            f"\n--g\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
            f'Content-Disposition: attachment; filename="{name}"\n\n'
        ).encode() + base64.encodebytes(data)

    body = (
        b"--g\nContent-Type: text/plain\n\nzie bijlagen"
        + part("verslag.pdf", b"%PDF-1.4 x")
        + part("foto.png", picture.getvalue())
        + part("spel.exe", b"MZ x")
        + part("vals.pdf", b"geen pdf")
        + part("groot.txt", b"x" * (10 * 1024 * 1024 + 1))
        + b"\n--g--"
    )
    report = bring(mail(body, id="a", headers=b"Content-Type: multipart/mixed; boundary=g"))

    with reading() as session:
        names = session.scalars(
            select(StoredFile.name)
            .join(Attachment, Attachment.file_id == StoredFile.id)
            .order_by(StoredFile.id)
        ).all()
        assert session.scalar(select(Post.source)) == "zie bijlagen"
    assert names == ["verslag.pdf", "foto.jpg"]
    assert [r.reason.split("“")[1].split("”")[0] for r in report.remarks] == [
        "spel.exe",
        "vals.pdf",
        "groot.txt",
    ]
    assert counts(report) == (1, 1, 0, 0)


def test_one_bad_mail_is_named_and_the_rest_goes_in(
    bring: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = run.message.read

    def read(raw: bytes) -> Any:
        if b"kapot" in raw:
            raise RuntimeError("kapot")
        return real(raw)

    monkeypatch.setattr(run.message, "read", read)
    report = bring(
        mail("een", id="a"),
        mail("kapot", id="b", reply="a"),
        mail("", id="c", subject="leeg"),
        mail("vier", id="d", refs=["a", "b"], days=1),
    )

    assert counts(report) == (4, 2, 0, 2)
    assert [(r.position, r.reason) for r in report.skipped] == [
        (2, "cannot be read (RuntimeError)"),
        (3, "has no text"),
    ]
    assert threads() == [["een", "vier"]]


def test_a_bad_copy_does_not_keep_the_good_one_out(bring: Callable[..., Report]) -> None:
    report = bring(mail("", id="a", days=0), mail("goed", id="a", days=1))

    assert counts(report) == (2, 1, 1, 0)
    assert threads() == [["goed"]]


def test_a_mail_that_is_too_large_is_named(
    bring: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cop.discussions.importing.scan.MOST_MESSAGE", 1000)

    report = bring(mail("x" * 2000, id="a"), mail("twee", id="b"))

    assert [(r.position, r.reason) for r in report.skipped] == [(1, "is too large")]
    assert report.imported == 1


def test_files_that_are_missing_or_no_mbox_are_named_and_the_rest_goes_in(
    bring: Callable[..., Report], tmp_path: Path
) -> None:
    other = tmp_path / "foto.png"
    other.write_bytes(b"\x89PNG")
    report = bring(tmp_path / "weg.mbox", other, tmp_path, mail("een", id="a"))

    assert counts(report)[:3] == (1, 1, 0)
    assert [(r.file, r.position) for r in report.skipped] == [
        (str(tmp_path / "weg.mbox"), 0),
        (str(other), 0),
        (str(tmp_path), 0),
    ]


def test_the_text_check_sees_every_text_and_its_doubts_wait_for_a_person(
    bring: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, Purpose]] = []

    def look(text: str, purpose: Purpose, _known: Known) -> list[Concern]:
        seen.append((text, purpose))
        at = text.find("Mevrouw")
        return [Concern(at, at + 7, "name")] if at >= 0 else []

    monkeypatch.setattr(checks._checks, "registered", [look])
    mails = [
        mail("een", id="a"),
        mail("Mevrouw X", id="b", reply="a", days=1),
        mail("drie", id="c", reply="b", days=2),
    ]

    report = bring(*mails)

    assert {purpose for _text, purpose in seen} == {Purpose.IMPORT}
    assert seen[0][0] == "Terugval\n\neen"
    assert [(r.position, "Mevrouw" in r.reason, "name" in r.reason) for r in report.skipped] == [
        (2, False, True)
    ]
    assert threads() == [["een", "drie"]]

    assert counts(bring(*mails, anyway=True)) == (3, 1, 2, 0)
    assert threads() == [["een", "drie", "Mevrouw X"]]


def test_a_reply_does_not_bring_in_what_it_quotes_of_a_mail_that_stayed_out(
    bring: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def look(text: str, _purpose: Purpose, _known: Known) -> list[Concern]:
        seen.append(text)
        at = text.find("Mevrouw")
        return [Concern(at, at + 7, "name")] if at >= 0 else []

    monkeypatch.setattr(checks._checks, "registered", [look])
    first = mail("een", id="a")
    refused = mail("Mevrouw X", id="b", reply="a", days=1)
    quotes_refused = mail("> Mevrouw X\nZo is het.", id="c", reply="b", days=2)
    quotes_first = mail("> > een\n> nieuw\nJa.", id="d", reply="a", days=3)
    below = mail("Eens.\n\n-- \nKarin\n\n> Mevrouw X", id="f", reply="b", days=2)

    report = bring(first, refused, quotes_refused, below, quotes_first)

    assert [r.position for r in report.skipped] == [2, 3, 4]
    assert threads() == [["een", "> > een\n> nieuw\nJa."]]
    assert seen[-1] == "Terugval\n\nnieuw\nJa."
    # In a later run what went in earlier is known as well.
    seen.clear()
    bring(mail("> een\n> twee\nNog iets.", id="e", reply="d", days=4))
    assert seen == ["Terugval\n\ntwee\nNog iets."]


def test_the_text_check_leaves_the_signature_and_nothing_else(
    bring: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def look(text: str, _purpose: Purpose, _known: Known) -> list[Concern]:
        seen.append(text.removeprefix("Terugval\n\n"))
        return []

    monkeypatch.setattr(checks._checks, "registered", [look])
    monkeypatch.setattr(message, "MAX_LENGTH", 100)
    long = "\n".join(f"regel {n}" for n in range(20))
    bring(
        mail("een\n-- \ntwee\n-- \nJan\n06 12345678", id="a"),
        mail(f"een\n--\n{long}", id="b", days=40, subject="Anders"),
    )
    assert seen == ["een\n--\ntwee", f"Anders\n\neen\n--\n{long}"]


def test_what_stayed_out_stays_out_in_a_second_run(
    bring: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes later in a thread is known in its first mail, in every run."""

    def look(text: str, _purpose: Purpose, known: Known) -> list[Concern]:
        strange = [w for w in ("Piet Puk", "Mevrouw X") if w in text and w not in known()]
        return [Concern(0, 1, "name") for _name in strange]

    monkeypatch.setattr(checks._checks, "registered", [look])
    mails = [
        mail("Piet Puk zei dat ook", id="a"),
        mail("Mevrouw X niet", id="b", reply="a", days=1),
        mail("Nee", id="c", reply="a", days=2, sender="Piet Puk <piet@example.org>"),
    ]
    first, told = bring(*mails), story()
    again = bring(*mails)
    assert (counts(first), counts(again)) == ((3, 2, 0, 1), (3, 0, 2, 1))
    assert story() == told


def test_a_run_after_one_that_was_killed_knows_whoever_wrote_before(
    bring: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writers of a thread are no client names in it, in whichever run their mails came in."""

    def look(text: str, _purpose: Purpose, known: Known) -> list[Concern]:
        strange = [w for w in ("Jan Jansen", "Piet Puk") if w in text and w not in known()]
        return [Concern(0, 1, "name") for _name in strange]

    monkeypatch.setattr(checks._checks, "registered", [look])
    mails = [
        mail("een", id="a"),
        mail("twee", id="b", reply="a", days=1, sender="Piet Puk <piet@example.org>"),
        mail("Wat Jan Jansen en Piet Puk zeggen", id="c", reply="b", days=2),
    ]
    bring(*mails, list="heel")
    bring(*mails[:2])
    bring(*mails)
    assert threads() == threads("heel") == [["een", "twee", "Wat Jan Jansen en Piet Puk zeggen"]]


def test_create_makes_a_list_that_is_open_to_members(bring: Callable[..., Report]) -> None:
    bring(mail("een"))

    with reading() as session:
        found = session.scalars(select(DiscussionList)).one()
        assert found.short_name == "oud"
        assert found.circle.visibility == Visibility.OPEN
        assert found.space_id is None


def test_short_names_that_cannot_be(bring: Callable[..., Report]) -> None:
    """The site's own rule: an address of a page, of the site's mail or of a command is none."""
    for name in (
        *("a", "x" * 41, "Hoofdletter", "met spatie", "a_b", "é-lijst", "a/b", ""),
        *("nieuw", "postmaster", "herstel-help", "-x", "x-", "a--b"),
    ):
        with pytest.raises(Refused, match="short name"):
            bring(mail("een"), list=name)


def test_a_list_that_is_not_there_is_not_made_unasked(bring: Callable[..., Report]) -> None:
    with pytest.raises(Refused, match="--create"):
        bring(mail("een"), create=False)

    with reading() as session:
        assert session.scalar(select(func.count()).select_from(DiscussionList)) == 0


def test_no_list_is_made_when_there_is_nothing_to_put_in_it(
    bring: Callable[..., Report], tmp_path: Path
) -> None:
    bring(tmp_path / "weg.mbox")

    with reading() as session:
        assert session.scalar(select(func.count()).select_from(DiscussionList)) == 0


def test_a_private_list_keeps_its_circle(bring: Callable[..., Report], make: Factory) -> None:
    made = make.list(Visibility.PRIVATE, short_name="oud")
    bring(mail("een"))

    with reading() as session:
        assert session.scalars(select(Discussion.list_id)).one() == made.id
        assert session.scalars(select(Circle.visibility)).all() == [Visibility.PRIVATE]


def test_a_reply_does_not_follow_its_discussion_to_another_list(
    bring: Callable[..., Report], make: Factory
) -> None:
    bring(mail("een", id="a"))
    other = make.list(short_name="elders")
    with unit_of_work() as session:
        session.execute(update(Discussion).values(list_id=other.id))

    report = bring(mail("een", id="a"), mail("twee", id="b", reply="a", subject="Re: Terugval"))

    assert counts(report) == (2, 1, 1, 0)
    assert (threads("elders"), threads()) == ([["een"]], [["twee"]])


def test_what_was_removed_does_not_come_back(bring: Callable[..., Report]) -> None:
    bring(mail("een", id="a"), mail("twee", id="b", subject="x"))
    with unit_of_work() as session:
        session.execute(update(Post).values(deleted_at=NOW, source="", html=""))

    assert counts(bring(mail("een", id="a"), mail("twee", id="b", subject="x"))) == (2, 0, 2, 0)


def test_nobody_is_told(bring: Callable[..., Report], make: Factory) -> None:
    make.list(short_name="oud", coordinator=make.member(email="jan@example.org"))
    bring(mail("hallo @iedereen", id="a"), mail("ja", id="b", reply="a"))
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 0
        assert session.scalar(select(func.count()).select_from(Notification)) == 0
        assert session.scalar(select(func.count()).select_from(OutgoingMail)) == 0


def test_an_archive_is_not_new_to_anybody_and_an_answer_to_it_is(
    bring: Callable[..., Report], make: Factory
) -> None:
    reader, writer = make.member(created_at=START), make.member()
    bring(mail("een", id="a", date=f"{NOW - timedelta(days=1):%a, %d %b %Y %H:%M:%S} +0000"))

    def is_new() -> bool:
        with reading() as session:
            row = session.execute(
                select(queries.is_new(Discussion, ReadMark, Discussion.list_id))
                .outerjoin(ReadMark, ReadMark.member_id == reader.id)
                .params(me=reader.id, since=NOW - timedelta(days=90))
            ).one()
        return bool(row[0])

    assert not is_new()

    with unit_of_work() as session:
        discussion_id = session.scalars(select(Discussion.id)).one()
        answer(session, make.actor(writer), discussion_id=discussion_id, text="ja", now=NOW)

    assert is_new()


def test_who_had_read_to_the_end_has_still_read_to_the_end(
    bring: Callable[..., Report], make: Factory
) -> None:
    bring(mail("een", id="a"))
    done, behind = make.member(), make.member()
    with reading() as session:
        discussion_id = session.scalars(select(Discussion.id)).one()
    make.save(ReadMark(member_id=done.id, discussion_id=discussion_id, number=1))
    make.save(ReadMark(member_id=behind.id, discussion_id=discussion_id, number=0))

    bring(mail("twee", id="b", reply="a", days=1))

    with reading() as session:
        marks = {
            row[0]: row[1] for row in session.execute(select(ReadMark.member_id, ReadMark.number))
        }
    assert marks == {done.id: 2, behind.id: 0}


def test_a_native_answer_keeps_its_number_and_what_comes_is_put_after_it(
    bring: Callable[..., Report], make: Factory
) -> None:
    bring(mail("een", id="a"))
    with unit_of_work() as session:
        discussion = session.scalars(select(Discussion)).one()
        session.add(
            Post(
                discussion_id=discussion.id,
                number=2,
                author_id=discussion.author_id,
                source="hier geschreven",
                html="",
                created_at=NOW,
            )
        )
        discussion.last_number = discussion.post_count = 2
        discussion.last_post_at = NOW

    bring(mail("twee", id="b", reply="a", days=1))

    assert threads() == [["een", "hier geschreven", "twee"]]
    assert story()["discussions"][0][2:5] == (NOW, 3, 1)


def test_titles(bring: Callable[..., Report]) -> None:
    bring(
        mail("1", id="a", subject="[oud] Over slapen", days=0),
        mail("2", id="b", subject="[vraag] Wie weet dit?", days=1),
        mail("3", id="c", subject=None, days=2),
        mail("4", id="d", subject="woord " * 60, days=3),
        mail("5", id="e", subject="=?utf-8?Q?Caf=C3=A9?=", days=4),
    )

    found = titles()
    assert found[:2] == ["Over slapen", "[vraag] Wie weet dit?"]
    assert found[2] in ("(no subject)", "(geen onderwerp)")
    assert len(found[3]) <= 200
    assert found[4] == "Café"


def test_the_tag_of_most_subjects_is_the_lists_own(bring: Callable[..., Report]) -> None:
    bring(*(mail(str(n), id=str(n), subject=f"[tag] [deel] Nr {n}", days=n * 40) for n in range(3)))

    assert titles() == ["[deel] Nr 0", "[deel] Nr 1", "[deel] Nr 2"]


def test_another_import_that_was_first_makes_no_doubles(
    bring: Callable[..., Report], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mails = [mail("een", id="a"), mail("twee", id="b", reply="a")]
    real, other = run._Import._save, write(tmp_path / "zelfde.mbox", *mails)

    def save(*arguments: Any) -> None:
        monkeypatch.setattr(run._Import, "_save", real)
        bring(other)
        real(*arguments)

    bring(mail("eerst", subject="zelf"))
    monkeypatch.setattr(run._Import, "_save", save)
    report = bring(*mails)

    assert counts(report) == (2, 0, 2, 0)
    assert threads() == [["eerst"], ["een", "twee"]]


if ARCHIVES.exists():

    @pytest.mark.parametrize("order", [1, -1])
    def test_real_archives(bring: Callable[..., Report], order: int) -> None:
        files = sorted(ARCHIVES.glob("*.mbox"))[::order]

        report = bring(*files)

        assert counts(report) == (11, 11, 0, 0)
        assert titles() == [
            "Removing standard menus and toolbar icons",
            "Revisiting the Gnome Bindings",
            "Low memory hacks",
            "Committer vote for Chuwei Huang has concluded successfully",
            "Docker and MetricsGrimoire",
            "[GrimoireLab] Presenting GrimoireLab",
        ]
        assert [len(thread) for thread in threads()] == [1, 1, 1, 1, 4, 3]
        assert "Danilo Šegan" in {row[3] for row in story()["posts"]}
        assert counts(bring(*files)) == (11, 0, 11, 0)


PIECES = st.sampled_from(
    [
        b"From a@b Sat Nov 14 21:29:28 2015\n",
        b"From a@b\n",
        b"Subject: Re: s\n",
        b"From: J <j@x.nl>\n",
        b"Message-ID: <a@b>\n",
        b"Message-ID: <b@b>\n",
        b"References: <a@b> <b@b>\n",
        b"\n",
        b"woord\n",
        b"Date: Sat, 14 Nov 2015 21:29:28 +0100\n",
        b"Date: x\n",
        b"Content-Type: multipart/mixed; boundary=g\n",
        b"--g\n",
        b"--g--\n",
        b"Content-Transfer-Encoding: base64\n",
        b"\x00\xff\xfe",
        b"> ja\n",
        b"Van: x\n",
    ]
)


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(PIECES, max_size=50))
def test_every_message_read_is_imported_a_duplicate_or_skipped(
    bring: Callable[..., Report], pieces: list[bytes]
) -> None:
    report = bring(mail("een", id="eerste"), b"".join(pieces))

    assert report.read == report.imported + report.duplicates + len(report.skipped)
    again = bring(mail("een", id="eerste"), b"".join(pieces))
    assert (again.read, again.imported, again.skipped) == (report.read, 0, report.skipped)


def test_what_is_known_of_a_mail_is_a_hash(bring: Callable[..., Report]) -> None:
    bring(mail("een", id="a", refs=["b"]))

    with reading() as session:
        rows = session.scalars(select(KnownMail).order_by(KnownMail.post_id.is_(None))).all()
        assert [(len(r.key), r.post_id is None, r.at is None) for r in rows] == [
            (32, False, False),
            (32, True, True),
        ]


def test_what_came_whole_from_an_archive_is_not_asked_what_it_yielded(
    bring: Callable[..., Report], make: Factory
) -> None:
    bring(mail("een", id="a"), mail("twee", id="b", reply="a", days=1))
    reader = make.actor(make.member())
    late = NOW + timedelta(days=30)
    with reading() as session:
        on = queries.list_head(session, reader, "oud")
        rows = browsing.discussions(session, reader, on, browsing.Filters(), late).rows
        assert [row.lacks_outcome for row in rows] == [False]
        lacking = browsing.Filters(lacking=True)
        assert not browsing.discussions(session, reader, on, lacking, late).rows
    with unit_of_work() as session:
        session.execute(update(Discussion).values(last_number=3, post_count=3))
    with reading() as session:
        assert browsing.discussions(session, reader, on, lacking, late).rows[0].lacks_outcome
