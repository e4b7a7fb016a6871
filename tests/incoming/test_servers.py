"""How mail comes in: a mail server's pipe, LMTP, a mailbox. Each answers as it should."""

import re
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from cop.config import ConfigError, Imap, load
from cop.incoming import commands, polling
from cop.incoming.delivering import deliver
from cop.incoming.envelope import LARGEST
from cop.incoming.models import IncomingMail, Outcome
from cop.incoming.polling import look
from cop.incoming.receiving import receive
from cop.platform import clock
from cop.platform.db import db, reading
from cop.platform.mail.addresses import addresses
from cop.platform.mail.models import OutgoingMail
from tests.incoming.mails import come_in, last, letters, mail, of_member, posts, reply_to, vouched
from tests.support.site import Site, free_port


def outcomes():
    with reading() as session:
        return list(session.scalars(select(IncomingMail.outcome).order_by(IncomingMail.id)))


# --- the pipe


def test_the_pipe_ends_as_sysexits_says(scene):
    to = reply_to(scene.member, scene.discussion)
    now = clock.now()
    assert deliver(of_member(scene.member, to), [to], "a@b.example", now) == 0
    assert deliver(of_member(scene.member, to), ["niemand@elders.example.net"], None, now) == 67
    assert deliver(b"x" * (61 * 1024 * 1024), [to], None, now) == 69
    assert outcomes() == ["posted", "refused", "refused"]


def test_without_an_address_the_headers_say_to_whom_it_came(scene):
    to = reply_to(scene.member, scene.discussion)
    raw = of_member(scene.member, "herstel@lijst.example", more=f"Delivered-To: {to}\n")
    assert deliver(raw, [], None, clock.now()) == 0
    assert deliver(of_member(scene.member, f"Herstel <{to}>", id="b"), [], None, clock.now()) == 0
    assert deliver(b"Dag\n", [], None, clock.now()) == 67
    assert outcomes() == ["waits_sender", "posted", "refused"]


def test_what_clashes_with_another_mail_is_tried_again_and_not_lost(scene, monkeypatch):
    """Only the very same mail, taken in elsewhere at this moment, counts as taken in."""
    from cop.incoming import routing

    def clashes(*_):
        raise IntegrityError("INSERT", {}, Exception())

    to = reply_to(scene.member, scene.discussion)
    raw = of_member(scene.member, to)
    with monkeypatch.context() as during:
        during.setattr(routing, "route", clashes)
        assert come_in(raw, to) == "failed"
        assert outcomes() == ["failed"]  # remembered
        monkeypatch.setattr("cop.incoming.receiving._is_there", lambda *_: True)
        assert come_in(raw, to) == "duplicate"
    assert come_in(raw, to) == "posted"


def test_when_the_database_does_not_answer_the_mail_server_tries_again(scene, monkeypatch):
    from sqlalchemy.exc import OperationalError

    from cop.incoming import receiving

    def broken(*_args):
        raise OperationalError("SELECT", {}, Exception())

    to = reply_to(scene.member, scene.discussion)
    monkeypatch.setattr(receiving, "_receive", broken)
    assert deliver(of_member(scene.member, to), [to], None, clock.now()) == 75


def test_what_failed_unforeseen_is_recorded_and_can_come_again(scene, monkeypatch):
    from cop.incoming import routing

    to = reply_to(scene.member, scene.discussion)
    with monkeypatch.context() as patch:
        patch.setattr(routing, "route", lambda *_: 1 / 0)
        assert come_in(of_member(scene.member, to), to) == "failed"
    assert (last().outcome, last().detail) == ("failed", "ZeroDivisionError")
    assert come_in(of_member(scene.member, to), to) == "posted"
    assert outcomes() == ["posted"]


# --- LMTP and the command, as processes


class MailSite(Site):
    """A site whose commands get mail for the same domain as this process.

    Attributes:
        more: further settings of its commands.
    """

    more: ClassVar[dict[str, str]] = {}

    @property
    def environ(self) -> dict[str, str]:
        return super().environ | {"COP_MAIL_DOMAIN": "localhost"} | self.more


@pytest.fixture
def site(
    tmp_path: Path, app: Flask, database: str, database_urls: dict[str, str]
) -> Iterator[Site]:
    """On both databases; `app` empties what is not its own."""
    made = MailSite(tmp_path, None if database == "sqlite" else database_urls[database])
    yield made
    made.stop()


def waits(site: Site, address: str) -> None:
    deadline = time.monotonic() + 30
    host, _, port = address.rpartition(":")
    while True:
        try:
            socket.create_connection((host, int(port)), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@pytest.mark.slow
def test_lmtp_answers_for_each_recipient_and_a_slow_client_keeps_nobody_waiting(site):
    address = f"127.0.0.1:{free_port()}"
    with site.app.app_context():
        make = site.make
        member = make.member(email="marieke@voorbeeld.example.org")
        discussion = make.discussion(make.list(), make.member())
        to, other = reply_to(member, discussion), addresses().of_list("bestaat-niet")
        outside = "x@elders.example.net"
        child = site.begin("lmtp", "mail", "lmtp", "--listen", address)
        waits(site, address)
        host, _, port = address.rpartition(":")
        with (
            socket.create_connection((host, int(port)), 5) as slow,
            smtplib.LMTP(host, int(port), timeout=20) as server,
        ):
            slow.sendall(b"LHLO traag\r\nMAIL FROM:<a@b.example>\r\n")
            assert server.sendmail("a@b.example", [to, outside], mail(member.email, to)) == {
                outside: (550, b"5.1.1 No such address here")
            }
            server.mail("a@b.example")
            server.rcpt(to)
            server.rcpt(other)
            server.putcmd("data")
            assert server.getreply()[0] == 354
            server.send(mail(member.email, to, id="m2").replace(b"\n", b"\r\n") + b"\r\n.\r\n")
            assert [server.getreply()[0] for _ in range(2)] == [250, 250]
            # A paragraph on one line comes in; what is too large is refused to each.
            long = mail(member.email, to, "woord " * 5000, id="m3")
            assert server.sendmail("a@b.example", [to], long) == {}
            server.mail("a@b.example")
            server.rcpt(to)
            server.rcpt(other)
            server.putcmd("data")
            assert server.getreply()[0] == 354
            line = b"x" * 1_000_000 + b"\r\n"
            for _ in range(LARGEST // len(line) + 1):
                server.send(line)
            server.send(b".\r\n")
            assert [server.getreply()[0] for _ in range(2)] == [552, 552]
            assert server.noop()[0] == 250
            assert server.mail("a@b.example", [f"SIZE={LARGEST + 1}"])[0] == 552
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 0
        assert len(outcomes()) == 7
        with reading() as session:
            refused = select(IncomingMail.reason).where(IncomingMail.outcome == Outcome.REFUSED)
            assert list(session.scalars(refused)) == ["too_large"] * 3
        db.session.remove()
    assert site.trouble() == []


@pytest.mark.slow
def test_the_command_reads_standard_input(site, monkeypatch):
    with site.app.app_context():
        member = site.make.member()
        discussion = site.make.discussion(site.make.list(), site.make.member())
        to = reply_to(member, discussion)
        db.session.remove()

        def run(*arguments, raw=b""):
            return subprocess.run(
                [sys.executable, "-m", "cop.cli", "mail", *arguments],
                input=raw,
                env=site.environ,
                capture_output=True,
                timeout=60,
                check=False,
            ).returncode

        assert run("receive", "--from", "a@b.example", to, raw=mail(member.email, to)) == 0
        assert outcomes() == ["waits_sender"]
        assert run("receive", "x@elders.example.net", raw=b"Dag") == 67
        assert run("poll", "--once") == 1
        # Whatever is wrong with the site, the mail is not given back to its sender.
        with monkeypatch.context() as patch:
            patch.setattr(MailSite, "more", {"COP_KEYS": "kapot"})
            assert run("receive", to, raw=mail(member.email, to)) == 75


# --- a mailbox


class Mailbox:
    """A mailbox with just enough of IMAP (RFC 9051) for what is fetched from it.

    Attributes:
        mails: UID → bytes; `flags`: UID → what it was marked with; `moved`: where it went.
        folders: what can be moved to; `may_make`: whether another can be made.
    """

    def __init__(self, *mails: bytes) -> None:
        self.folders, self.may_make = {"Klaar"}, True
        self.mails = dict(enumerate(mails, 1))
        self.flags: dict[int, set[str]] = {uid: set() for uid in self.mails}
        self.moved: dict[int, str] = {}
        self.fetched: list[int] = []
        self.breaks_at: int | None = None
        self.never: int | None = None  # the connection ends whenever this one is fetched
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            with client, client.makefile("rwb") as file:
                self._talk(file)

    def _talk(self, file) -> None:
        def say(text: bytes) -> None:
            file.write(text + b"\r\n")
            file.flush()

        say(b"* OK [CAPABILITY IMAP4rev1 LOGIN-REFERRALS] hello")  # as Dovecot: more after a login
        signed_in = False
        for line in file:
            tag, _, rest = line.decode().strip().partition(" ")
            command = rest.upper()
            if command.startswith("CAPABILITY"):
                say(b"* CAPABILITY IMAP4rev1" + b" MOVE UIDPLUS" * signed_in)
            elif command.startswith("LOGIN"):
                signed_in = True
            elif match := re.match(r'CREATE "(.*)"', rest):
                self.folders |= {match[1]} if self.may_make else set()
            elif command.startswith("SELECT"):
                say(b"* %d EXISTS" % len(self.mails))
            elif command.startswith("UID SEARCH"):
                left = [u for u in self.mails if "\\Seen" not in self.flags[u]]
                say(b"* SEARCH " + " ".join(map(str, left)).encode())
            elif match := re.match(r"UID FETCH (\d+) \((.*)\)", rest):
                uid = int(match[1])
                if "SIZE" in match[2]:
                    say(b"* %d FETCH (UID %d RFC822.SIZE %d)" % (uid, uid, len(self.mails[uid])))
                else:
                    self.fetched.append(uid)
                    if uid == self.never:
                        return
                    raw = self.mails[uid]
                    if "[HEADER]" in match[2]:
                        raw = raw[: raw.index(b"\n\n") + 2]
                    say(b"* %d FETCH (UID %d BODY[] {%d}" % (uid, uid, len(raw)))
                    file.write(raw)
                    say(b")")
            elif match := re.match(r"UID STORE (\d+) \S+ \((.*)\)", rest):
                if self.breaks_at == int(match[1]):
                    self.breaks_at = None
                    return
                self.flags[int(match[1])].add(match[2])
            elif (match := re.match(r'UID MOVE (\d+) "(.*)"', rest)) and (
                match[2] not in self.folders
            ):
                say(f"{tag} NO [TRYCREATE] no such mailbox".encode())
                continue
            elif match:
                self.moved[int(match[1])] = match[2]
                self.mails.pop(int(match[1]))
            say(f"{tag} OK done".encode())
            if command.startswith("LOGOUT"):
                return


@pytest.fixture
def mailbox():
    made: list[Mailbox] = []

    def make(*mails: bytes) -> tuple[Mailbox, Imap]:
        box = Mailbox(*mails)
        made.append(box)
        where = Imap("127.0.0.1", box.port, "cop", "geheim", done="Klaar", security="none")
        return box, where

    yield make
    for box in made:
        box.close()


def test_a_mailbox_is_emptied_and_a_broken_mail_keeps_no_other_waiting(scene, mailbox):
    to = reply_to(scene.member, scene.discussion)
    box, where = mailbox(
        b"\0\xff" * 5000,
        of_member(scene.member, to),
        mail("v@vreemd.example.com", "iemand@elders.example.net", id="x"),
        of_member(scene.member, f"Herstel <{to}>", "Nog een.", id="m2"),
    )
    found = look(where)
    assert (found.taken, found.left) == (4, 0)
    assert len(posts()) == 3
    assert box.moved == dict.fromkeys((1, 2, 3, 4), "Klaar")


def test_what_must_wait_takes_no_others_place(scene, mailbox, monkeypatch):
    to = reply_to(scene.member, scene.discussion)
    box, where = mailbox(*(of_member(scene.member, to, id=f"m{n}") for n in range(6)))
    waits = {1, 2, 3}

    def fails(raw: bytes, address: str, sender: str | None) -> Outcome:
        return Outcome.FAILED if box.fetched[-1] in waits else receive(raw, address, sender)

    monkeypatch.setattr(polling, "receive", fails)
    monkeypatch.setattr(polling, "AT_ONCE", 2)
    found = look(where)
    assert (found.taken, found.left, set(box.moved)) == (2, 3, {4, 5})
    monkeypatch.setattr(polling, "MOST_LEFT", 1)
    found = look(where, found.failed)
    assert (found.taken, found.left, set(box.moved)) == (1, 1, {4, 5, 6})
    waits.clear()
    assert [look(where, found.failed).taken for _ in range(2)] == [2, 1]


def test_who_sent_what_is_too_large_to_be_fetched_hears_so_once(scene, mailbox, monkeypatch):
    to, on = reply_to(scene.member, scene.discussion), addresses().of_list("herstel")
    long = "Een heel lang verhaal. " * 200
    stranger = "vera@vreemd.example.com"
    box, where = mailbox(
        of_member(scene.member, to, long),
        mail(stranger, on, long, id="v1", proven=vouched(stranger)),
        mail(stranger, on, long, id="v2", proven=vouched(stranger)),
        mail("niemand@vreemd.example.com", on, long, id="v3"),  # nobody vouches for it
        of_member(scene.other, on, long, id="o1", more="Auto-Submitted: auto-replied\n"),
        mail(stranger, "iemand@elders.example.net", long, id="v4", proven=vouched(stranger)),
        of_member(scene.member, to, "Kort.", id="m2"),
    )
    size = len(box.mails[1])
    monkeypatch.setattr(polling, "LARGEST", 2000)
    assert look(where).taken == 7
    assert outcomes() == ["answered"] * 3 + ["dropped"] * 3 + ["posted"]
    with reading() as session:
        asked = select(IncomingMail.reason, IncomingMail.size).order_by(IncomingMail.id)
        found = session.execute(asked).all()
        mails = select(OutgoingMail.recipient).where(OutgoingMail.key.like("%too_large%"))
        told = list(session.scalars(mails))
    assert [reason for reason, _size in found] == ["too_large"] * 6 + [""]
    assert found[0].size == size
    assert sorted(told) == sorted([scene.member.email, stranger])
    # It lies there once more: it is not answered again.
    _box, where = mailbox(of_member(scene.member, to, long))
    assert look(where).taken == 1
    assert len(letters(scene.member.email)) == 1


@pytest.mark.parametrize("may_make", [True, False])
def test_a_folder_that_is_not_there_is_made_and_if_it_cannot_be_mail_comes_in(
    scene, mailbox, may_make
):
    to = reply_to(scene.member, scene.discussion)
    box, where = mailbox(of_member(scene.member, to), of_member(scene.member, to, "Twee", id="m2"))
    box.folders, box.may_make = set(), may_make
    assert look(where).taken == 2
    assert len(posts()) == 3
    assert box.moved == (dict.fromkeys((1, 2), "Klaar") if may_make else {})
    assert look(where).taken == 0  # what stays is marked as seen


def test_a_mailbox_that_cannot_be_opened_is_said_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("COP_DATA_DIR", str(tmp_path))
    url = f"imap://u:p@127.0.0.1:{free_port()}/INBOX?security=none"
    monkeypatch.setenv("COP_IMAP_URL", url)
    said = CliRunner().invoke(commands.mail, ["poll", "--once"])
    assert said.exit_code == 1
    assert "the mailbox of COP_IMAP_URL cannot be opened (ConnectionRefusedError)" in said.output


def test_nothing_is_taken_in_twice_when_it_stopped_half_way(scene, mailbox):
    to = reply_to(scene.member, scene.discussion)
    box, where = mailbox(of_member(scene.member, to), of_member(scene.member, to, "Twee", id="m2"))
    box.breaks_at = 1
    assert look(where).taken == 2  # it connects anew, and goes on behind the one at which it broke
    assert len(posts()) == 3
    assert look(where).taken == 1
    assert box.fetched == [1, 2, 1]
    assert len(posts()) == 3


def test_a_message_at_which_the_connection_breaks_stops_no_mailbox(scene, mailbox, monkeypatch):
    to = reply_to(scene.member, scene.discussion)
    box, where = mailbox(*(of_member(scene.member, to, f"{n}", id=f"b{n}") for n in range(3)))
    box.never = 1
    for _again in range(2):
        found = look(where)
        assert found.left == 1
    assert len(posts()) == 3
    assert box.fetched == [1, 2, 3, 1]


@pytest.mark.parametrize(
    "url",
    [
        "http://x",
        "imaps://host",
        "imaps://u@host",
        "imap://u:p@mail.example.org?security=none",
        "imaps://u:p@host:x",
    ],
)
def test_a_wrong_mailbox_is_named(tmp_path, url):
    with pytest.raises(ConfigError, match=r"^COP_IMAP_URL: "):
        load({"COP_DATA_DIR": str(tmp_path), "COP_IMAP_URL": url})


def test_a_mailbox_is_read_from_one_address(tmp_path):
    url = "imaps://lijst%40example.org:p%2Fw@imap.example.org/Lijsten?done=Klaar"
    found = load({"COP_DATA_DIR": str(tmp_path), "COP_IMAP_URL": url}).imap
    assert found == Imap("imap.example.org", 993, "lijst@example.org", "p/w", "Lijsten", "Klaar")
    assert "p/w" not in repr(found)
