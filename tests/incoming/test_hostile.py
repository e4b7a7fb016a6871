"""Two hundred hostile mails: none crashes, none gets in, each has an outcome."""

import base64
import itertools
import random
from collections.abc import Iterator

import pytest
from lxml.html import fromstring
from sqlalchemy import func, select

from cop.discussions.models import Discussion
from cop.incoming import earlier
from cop.incoming.models import IncomingMail, Outcome
from cop.members.models import SiteRole
from cop.platform.db import reading
from cop.platform.mail.addresses import addresses
from cop.platform.mail.models import OutgoingMail
from tests.incoming.mails import SERVER, come_in, mail, of_member, posts, reply_to, vouched

IN = {Outcome.POSTED}
NOT_IN = set(Outcome) - {Outcome.POSTED, Outcome.FAILED}


def head(*lines: str, body: bytes = b"\nDag\n") -> bytes:
    return "\n".join(lines).encode("utf-8", "surrogateescape") + b"\n" + body


def _headers(me: str, to: str) -> Iterator[bytes]:
    """Missing, double and broken headers, and headers within values."""
    yield b""
    yield b"\n"
    yield b"\n\n\n"
    yield b"Dag\n"
    yield b"\0" * 5000
    yield bytes(range(256)) * 40
    yield b":" * 3000
    yield b"From\n" * 500
    yield head(f"From: {me}")
    yield head(f"From: {me}", f"From: {me}")
    yield head(f"From: {me}", "From: v@vreemd.example.com", f"To: {to}")
    yield head(f"from : {me}", f"FROM: {me}")
    yield head(f"From: {me}\r\n\tv@vreemd.example.com")
    yield head(f"From: =?utf-8?q?{me}?= <v@vreemd.example.com>")
    yield head(f"From: =?utf-8?b?{base64.b64encode(me.encode()).decode()}?=")
    yield head(f"From: v@vreemd.example.com ({me})")
    yield head(f"From: ({me}) v@vreemd.example.com")
    yield head(f"From: <{me}", f"To: {to}")
    yield head(f"From: {me}>", f"To: {to}")
    yield head(f"From: {me}\0, x", f"To: {to}")
    yield head("From: " + "a" * 60_000 + f"@x.example <{me}>")
    yield head("From: " + "<" * 5000 + me + ">" * 5000)
    yield head("From: " + "(" * 9000 + me)
    yield head('From: "' + "\\" * 9000 + f'" <{me}>')
    yield head("Subject: " + "=?utf-8?q?" * 4000, f"From: {me}")
    yield head("Subject: =?utf-8?q?a=0D=0ABcc:_x@example.com?=", f"From: {me}")
    yield head("Subject: x\rBcc: y@example.com", f"From: {me}")
    yield head("Subject: x\x0bFrom: z@example.com", f"From: {me}")
    yield head("Subject: " + "[" * 20_000, f"From: {me}")
    yield head("Subject: " + "Re: " * 20_000, f"From: {me}")
    yield head("Message-ID: " + "<" * 9000, f"From: {me}")
    yield head("Message-ID: <a@b>\0", "Message-ID: <c@d>", f"From: {me}")
    yield head("References: " + "<a@b> " * 20_000, f"From: {me}")
    yield head("References: <post-99999999999999999999@localhost>", f"From: {me}")
    yield head("References: <post-1@localhost>" * 3, f"From: {me}")
    yield head("In-Reply-To: <post-0@localhost>", f"From: {me}")
    yield head("Date: Thu, 99 Foo 99999 99:99:99 +9999", f"From: {me}")
    yield head(*(f"X-{n}: y" for n in range(3000)), f"From: {me}")
    yield head("X: " + "y" * 2_000_000, f"From: {me}")
    yield head("Received: x", "Received: y", *([f"Received: {n}" for n in range(500)]))
    yield head("\ufeffFrom: " + me)
    yield head("Auto-Submitted: " + ";" * 9000, f"From: {me}")
    yield head("List-Id: " + "<" * 9000, f"From: {me}")
    yield head(f"Resent-From: {me}", f"Sender: {me}", f"Reply-To: {me}", f"Return-Path: <{me}>")
    # Groups, routes, names that are addresses, and headers that speak for somebody else.
    yield head(f"From: Leden: {me};", f"To: {to}")
    yield head(f"From: Leden: {me}, v@vreemd.example.com;", f"To: {to}")
    yield head(f"From: <@vreemd.example.com:{me}>", f"To: {to}")
    yield head(f"From: {me} <v@vreemd.example.com>", f"To: {to}")
    yield head(
        f"From: =?utf-8?b?{base64.b64encode(f'{me}'.encode()).decode()}?= <v@vreemd.example>"
    )
    yield head(f"From: =?utf-8?q?=3C{me.replace('@', '=40')}=3E?= <v@vreemd.example.com>")
    yield head(f"From: {me}", f"Resent-From: {me}", "Resent-Sender: v@vreemd.example.com")
    yield head(f"From: {me.replace('@', '@ (x) ')}", f"To: {to}")
    yield head(f"From: {me.upper()}.", f"To: {to}")
    yield head(f"From: {me}", f"To: {to}", f"Reply-To: {me}, slachtoffer@elders.example.net")
    yield head(f"From: {me}", f"To: {to}", "Disposition-Notification-To: v@vreemd.example.com")


def _types(me: str, to: str) -> Iterator[bytes]:
    """Charsets, encodings, lengths and structures that are not what they say."""
    start = [f"From: {me}", f"To: {to}", "MIME-Version: 1.0"]
    for charset in (
        *("x-none", "utf-7", "utf-16", "utf-32", "hex", "rot13", "zlib", "idna", "punycode"),
        *("unicode-escape", "\0", "a" * 5000, "", "../../etc/passwd", "mbcs", "undefined", "ks_c"),
        *("iso-2022-jp", "utf-8\r\nBcc: x@example.com", "base64", "uu", "quopri", "cp037"),
    ):
        yield head(
            *start, f'Content-Type: text/plain; charset="{charset}"', body=b"\n\xff\xfeDag\n"
        )
    for coding in (
        "base64",
        "quoted-printable",
        "x-uuencode",
        "8bit",
        "binary",
        "gzip",
        "\0",
        "7 bit",
    ):
        yield head(
            *start,
            "Content-Type: text/plain",
            f"Content-Transfer-Encoding: {coding}",
            body=b"\n=ZZ=\xff====\nbegin 644 x\n!!!\nend\n",
        )
    for kind in (
        *("multipart/mixed", "multipart/alternative; boundary=", 'multipart/mixed; boundary=""'),
        *(
            "multipart/mixed; boundary=" + "b" * 5000,
            "text",
            "/",
            "text/",
            "",
            ";;;;",
            "a/b; " * 999,
        ),
        *("message/rfc822", "message/partial; number=1; total=9", "message/external-body"),
        *(
            "multipart/signed",
            "multipart/encrypted",
            "application/ms-tnef",
            "text/html",
            "text/rtf",
        ),
        *("text/calendar; method=REPLY", "multipart/report; report-type=delivery-status"),
        *("text/plain; format=flowed; delsp=yes", "text/enriched", "message/delivery-status"),
        *(
            "text/plain; charset*=utf-8'en'%FF%FE",
            "text/plain; name*0*=a; name*9999*=b",
            "image/png",
        ),
    ):
        yield head(*start, f"Content-Type: {kind}", body=b"\n--b\n\nDag\n--b--\n--\n")
    yield head(*start, "Content-Length: 99999999", "Content-Type: text/plain")
    yield head(*start, "Content-Length: -1", "Content-Type: text/plain")
    for depth, kind in itertools.product((30, 500, 3000), ("multipart/mixed", "message/rfc822")):
        body = "\n".join(start) + "\n"
        for n in range(depth):
            if kind == "message/rfc822":
                body += "Content-Type: message/rfc822\n\n"
            else:
                body += f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n'
        yield body.encode() + b"Content-Type: text/plain\n\nDiep\n"
    parts = "".join(f"--b\nContent-Type: text/plain\n\nDeel {n}\n" for n in range(5000))
    yield head(*start, "Content-Type: multipart/mixed; boundary=b", body=f"\n{parts}--b--".encode())
    html = [
        *("<div>" * 20_000, "<blockquote>" * 20_000, "<" * 50_000, "&#" * 30_000, "<!--" * 20_000),
        *("<a href='" * 20_000, "<table>" * 9000 + "x", "<script>" * 9000, "&amp;" * 50_000),
    ]
    for source in html:
        yield head(*start, "Content-Type: text/html", body=b"\n" + source.encode())
    for text in (
        *("> " * 100_000, ">" * 100_000, "a" * 1_000_000, "-- \n" * 50_000, "Van: a\n" * 30_000),
        *("\0" * 100_000, "\u202e" * 20_000, "Op 1-1-2026 om 10:10 schreef\n" * 20_000),
    ):
        yield head(*start, "Content-Type: text/plain; charset=utf-8", body=b"\n" + text.encode())


def _files(me: str, to: str) -> Iterator[bytes]:
    """What is attached is never what it says."""
    bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\0\0\0"
    for name, data in (
        ("../../../etc/cron.d/x", b"%PDF-"),
        ("x.pdf\0.exe", b"MZ"),
        ("x.exe", b"MZ"),
        ("plaatje.png", bomb),
        ("plaatje.svg", b"<svg onload=alert(1)>"),
        ("pagina.html", b"<script>"),
        ("a" * 3000 + ".txt", b"x"),
        ("", b"x" * 100),
        ('"; filename="y.exe', b"MZ"),
        ("lijst.docx", b"PK\x03\x04" + b"\0" * 1000),
        ("\u202egpj.exe", b"MZ"),
        ("groot.txt", b"x" * 11_000_000),
    ):
        shown = name.replace('"', "%22").replace("\0", "")
        body = (
            (
                f"\n--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment;"
                f' filename="{shown}"\nContent-Transfer-Encoding: base64\n\n'
            ).encode("utf-8", "surrogatepass")
            + base64.encodebytes(data)
            + b"\n--b--\n"
        )
        yield head(
            f"From: {me}", f"To: {to}", "Content-Type: multipart/mixed; boundary=b", body=body
        )


def _proofs(me: str, to: str) -> Iterator[bytes]:
    """Senders that nobody vouches for, in the clothes of one that is vouched for."""
    domain = me.rpartition("@")[2]
    good = f"dkim=pass header.d={domain}"
    for line in (
        f"mx.anders.example.com; {good}",
        f"{SERVER}.example.com; {good}",
        f"x{SERVER}; {good}",
        f"({SERVER}) mx.anders.example.com; {good}",
        f'"{SERVER}; {good}',
        f"{SERVER}; dkim=fail header.d={domain}; spf=softfail smtp.mailfrom={me}",
        f"{SERVER}; dkim=pass header.d={domain}.anders.example.com",
        f"{SERVER}; dkim=pass header.d=anders{domain}",
        f"{SERVER}; dkim=pass",
        f"{SERVER}; dkim=pass header.d=",
        f"{SERVER}; dkim=pass header.d=org",
        f"{SERVER}; dkim=pass header.d=.",
        f"{SERVER}; x-dkim=pass header.d={domain}",
        f"{SERVER}; arc=pass header.d={domain}",
        f"{SERVER}; spf=pass smtp.mailfrom=v@anders.example.com",
        f"{SERVER}; spf=pass smtp.helo={domain}",
        f"{SERVER}; dkim=neutral (dkim=pass header.d={domain})",
        f'{SERVER}; dkim=fail reason="x; dkim=pass header.d={domain}"',
        f"{SERVER}; none; comment=dkim=pass header.d={domain}",
        f"{SERVER}; " + "(" * 9000 + good,
        "",
        ";" * 3000,
        f"{SERVER}",
        f'{SERVER}; dkim=pass header.i="x header.d={domain}"@anders.example.com',
        f"{SERVER}; spf=pass smtp.mailfrom=x=header.d={domain}@anders.example.com",
        f"{SERVER}; spf=pass smtp.mailfrom=header.from={domain}/dmarc=pass@anders.example.com",
        f"{SERVER}; dkim=pass header.b=x header.a={domain}",
    ):
        yield head(f"Authentication-Results: {line}", f"From: {me}", f"To: {to}")
    # Found by the own server, and below it what the sender wrote in its name; and the other way.
    own, false = f"{SERVER}; dkim=fail header.d={domain}", f"{SERVER}; {good}"
    for lines in (
        (own, false),
        (own, false, false),
        (f"{SERVER}; none", false),
        ("mx.anders.example.com; x=y", false.replace(SERVER, "mx.anders.example.com")),
    ):
        run = [f"Authentication-Results: {line}" for line in lines]
        yield head(*run, f"From: {me}", f"To: {to}")
        yield head(run[0], "X-Spam: no", *run[1:], f"From: {me}", f"To: {to}")
        yield head(run[0], "Received: a", "Received: b", *run[1:], f"From: {me}", f"To: {to}")
    for name in ("X-Authentication-Results", "ARC-Authentication-Results", "Received-SPF"):
        yield head(f"{name}: {SERVER}; {good}", f"From: {me}", f"To: {to}")
    yield head(
        "Received: a", "Received: b", f"Authentication-Results: {SERVER}; {good}", f"From: {me}"
    )


def _keys(real: str) -> Iterator[str]:
    """Addresses that look like a member's own."""
    local, _, domain = real.partition("@")
    dice = random.Random(7)
    for _n in range(20):
        place = dice.randrange(2, 40)
        letter = dice.choice([c for c in "abcdefgh234567" if c != local[place]])
        if place != 27:  # whose last two bits say nothing
            yield f"{local[:place]}{letter}{local[place + 1 :]}@{domain}"
    yield f"r-{'a' * 42}@{domain}"
    yield f"b{local[1:]}@{domain}"
    yield f"{local}x@{domain}"
    yield f"{local[:-1]}@{domain}"
    yield f"{local}@anders.example.com"
    yield f"{local}@{domain}.anders.example.com"
    yield f"{local}\0@{domain}"
    yield f"../{local}@{domain}"
    yield f"{local}@{domain}@{domain}"


@pytest.fixture(autouse=True)
def _nothing_is_kept_off_by_its_number(monkeypatch):
    monkeypatch.setattr(earlier, "PER_HOUR", 100_000)
    monkeypatch.setattr(earlier, "PER_DAY", 100_000)


def test_none_crashes_none_gets_in_and_each_has_an_outcome(scene, make, browser):
    real = reply_to(scene.member, scene.discussion)
    on_list = addresses().of_list("herstel")
    me = scene.member.email
    before = len(posts())
    sent = 0
    for raw in itertools.chain(_headers(me, real), _types(me, real), _files(me, real)):
        # The member's key, and nobody who vouches for the sender.
        assert come_in(raw, real) in NOT_IN, raw[:200]
        sent += 1
    for raw in _proofs(me, real):
        assert come_in(raw, real) in NOT_IN, raw[:200]
        sent += 1
    for n, address in enumerate(_keys(real)):
        # A sender that is vouched for, and no key.
        assert come_in(of_member(scene.member, address, id=f"k{n}"), address) in NOT_IN, address
        sent += 1
    theirs = reply_to(scene.other, scene.discussion)
    for n, raw in enumerate((of_member(scene.member, theirs, id="t"), mail(me, theirs, id="u"))):
        # Another member's key: it waits for them, and speaks for nobody.
        assert come_in(raw, theirs) == Outcome.WAITS_SENDER, n
        sent += 1
    for n in range(20):
        stranger = f"v{n}@vreemd.example.com"
        raw = mail(stranger, on_list, id=f"s{n}", proven=vouched(stranger) if n % 2 else "")
        assert come_in(raw, on_list) in NOT_IN
        sent += 1
    assert sent >= 200
    assert len(posts()) == before
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(IncomingMail)) == sent
        assert session.scalar(select(func.count()).select_from(Discussion)) == 1
        outcomes = set(session.scalars(select(IncomingMail.outcome)))
        assert Outcome.FAILED not in outcomes
        # No mail went to whoever was named in a forged one.
        for letter in session.scalars(select(OutgoingMail)):
            assert letter.recipient in {me, scene.other.email} | {
                f"v{n}@vreemd.example.com" for n in range(1, 20, 2)
            }
            assert "\n" not in letter.subject
    # What an administrator reads of them: each a row that says what became of it, and why.
    page = browser(make.member(site_role=SiteRole.ADMINISTRATOR))
    rows, address = [], "/beheer/mail-binnen"
    while address:
        log = fromstring(page.get(address).text)
        cells = [row.xpath("./td") for row in log.xpath("//tbody/tr")]
        rows += [[cell.text_content().strip() for cell in row] for row in cells]
        address = next(
            iter(log.xpath("//a[starts-with(@href, '/beheer/mail-binnen?voor=')]/@href")), ""
        )
    assert len({number for number, *_said in rows}) == len(rows) == sent
    for _number, when, what, outcome, why, _kilobytes in rows:
        assert all((when, what, outcome, why))
        assert outcome != "placed"


def test_what_another_list_passes_on_never_comes_round(scene):
    """A list that somebody subscribed our address to, or theirs to ours."""
    real = reply_to(scene.member, scene.discussion)
    for n, more in enumerate(
        (
            "List-Post: <mailto:buren@lijst.example.com>",
            "List-Id: Buren <buren.lijst.example.com>",
            "List-Unsubscribe: <mailto:buren-uit@lijst.example.com>",
            "X-BeenThere: buren@lijst.example.com",
            "X-Loop: buren@lijst.example.com",
            "Mailing-List: list buren@lijst.example.com; contact buren-owner@lijst.example.com",
            "Precedence: list",
            "Auto-Submitted: auto-forwarded",
        )
    ):
        assert come_in(of_member(scene.member, real, id=f"l{n}", more=f"{more}\n"), real) == (
            Outcome.DROPPED
        ), more
    assert len(posts()) == 1


def test_the_same_mails_with_key_and_proof_do_no_harm_either(scene, browser):
    """What a member really sends may be broken too: it is placed or waits for them."""
    real = reply_to(scene.member, scene.discussion)
    me = scene.member.email
    proof = vouched(me).encode()
    for raw in itertools.chain(_types(me, real), _files(me, real), _headers(me, real)):
        assert come_in(proof + raw, real) != Outcome.FAILED, raw[:200]
    page = browser(scene.other).get(f"/discussies/{scene.discussion.id}")
    assert page.status_code == 200
    assert "<script>" not in page.text.replace("</script>", "").split("<main")[1]
    assert browser(scene.member).get("/ik/mail-wacht").status_code == 200


def test_fifty_megabytes_are_read_and_more_is_given_back(scene):
    real = reply_to(scene.member, scene.discussion)
    start = (
        vouched(scene.member.email)
        + f"From: {scene.member.email}\nTo: {real}\nMessage-ID: <groot@elders.example.net>\n"
        + "Content-Type: multipart/mixed; boundary=b\n\n"
        + "--b\nContent-Type: text/plain\n\nZie de film.\n"
        + '--b\nContent-Type: video/mp4; name="film.mp4"\nContent-Transfer-Encoding: base64\n\n'
    ).encode()
    line = b"A" * 76 + b"\n"
    large = start + line * (50 * 1024 * 1024 // len(line)) + b"--b--\n"
    assert come_in(large, real) == Outcome.POSTED
    assert posts()[-1].source == "Zie de film."
    assert come_in(large + line * 250_000, real) == Outcome.REFUSED


def test_a_replay_in_other_clothes_is_no_second_post(scene):
    real = reply_to(scene.member, scene.discussion)
    raw = of_member(scene.member, real)
    assert come_in(raw, real) in IN
    for n, change in enumerate(
        (
            raw,
            b"Received: x\n" + raw,
            raw + b"\n",
            raw.replace(b"Subject: ", b"Subject: Weer "),
            raw.replace(b"Message-ID: <m1@", b"Message-Id:   < m1@"),
            raw.replace(b"To: ", b"Cc: a@b.example\nTo: "),
            raw.upper().replace(b"M1@ELDERS.EXAMPLE.NET", b"m1@elders.example.net"),
        )
    ):
        assert come_in(change, real) not in IN, n
    assert come_in(raw, real.upper()) not in IN
    assert len(posts()) == 2
