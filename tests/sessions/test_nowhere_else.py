"""Nothing of a session is anywhere but in it: not on pages of others, on their screens, in mail, in
search or in an export. Whoever took part keeps their own words, and only those."""

import io
import json
import zipfile
from urllib.parse import quote

from cop.gatherings import guests, when
from cop.groups.models import GroupKind
from cop.intervisie import queue, themes
from cop.members.models import SiteRole
from cop.members.own_data import rooms
from cop.platform import clock, live
from cop.platform.db import reading, unit_of_work
from cop.platform.worker import run_due
from cop.privacy import packing
from cop.sessions import afterwards, stepping, writing
from cop.spaces.circles import Standing
from tests.beraad.sitting import sit
from tests.sessions.table import guest, table
from tests.support.live import cookie_of

# A word of each kind that was written in a session, by one and by another: none is anywhere else.
OWN = ("vogelbekdier", "zandloper", "lantaarn", "kompas", "trekharmonica")
OTHERS = ("stroopwafel", "windmolen", "klompendans", "dijkgraaf")
PAGES = ("", "/binnenkomen", "/werkvorm", "/weggaan", "/afsluiten", "/terugkijken/1", "/beraad")


def _held(make):
    """A session in which two wrote something of every kind."""
    at, now = table(make, others=2), clock.now()
    mine, theirs = (at.actor(member) for member in at.others)
    with unit_of_work() as session:
        themes.propose(session, mine, at.id, f"Thema {OWN[0]}", "a", now)
        themes.propose(session, theirs, at.id, f"Thema {OTHERS[0]}", "a", now)
        queue.offer(session, mine, at.id, "b", now, question=f"Hoe {OWN[1]}?")
        stepping.go_on(session, at.actor(), at.id, 1, 0, now)
        writing.contribute(session, mine, at.id, "question", f"Wat {OWN[2]}?", "c", now)
        writing.contribute(session, theirs, at.id, "question", f"Wat {OTHERS[1]}?", "c", now)
        writing.keep_note(session, mine, at.id, f"Let op {OWN[3]}", 0, now)
        writing.keep_note(session, theirs, at.id, f"Let op {OTHERS[2]}", 0, now)
        afterwards.take_along(
            session, mine, at.id, f"Ik doe {OWN[4]}", when.local(now).date(), "d", now
        )
        afterwards.take_along(
            session, theirs, at.id, f"Ik doe {OTHERS[3]}", when.local(now).date(), "d", now
        )
    return at


def test_who_took_no_part_finds_nothing_anywhere(app, make, browser, mails):
    at, other, coordinator = _held(make), table(make), make.member()
    make.join(coordinator, at.group.circle, Standing.COORDINATOR)
    make.agree(coordinator, at.group)
    with unit_of_work() as session:
        stepping.close(session, at.actor(), at.id, clock.now())
    run_due()
    words = (*OWN, *OTHERS)
    everybody = {
        "absent": at.absent,
        "coordinator who was absent": coordinator,
        "of another session": other.lead,
        "member": make.member(),
        "moderator": make.member(site_role=SiteRole.MODERATOR),
        "administrator": make.member(site_role=SiteRole.ADMINISTRATOR),
    }
    for who, member in everybody.items():
        page = browser(member)
        for path in PAGES:
            assert page.get(f"/sessies/{at.id}{path}").status_code == 404, (who, path)
        for word in words:
            found = page.get(f"/zoeken?q={quote(word)}").text
            assert f"/sessies/{at.id}" not in found, (who, word)
        for path in ("/", "/groepen", "/meldingen", "/agenda"):
            shown = page.get(path).text
            assert not [word for word in words if word in shown], (who, path)
        kept = page.get("/sessies/eigen-woorden.json").text
        assert not [word for word in words if word in kept], who
        whole = _everything_of(make, member)
        assert member.email in whole, who
        assert not [word for word in words if word in whole], who
        client = app.test_client()
        client.set_cookie(*cookie_of(app, member).split("=", 1))
        screen = live.socketio.test_client(app, flask_test_client=client)
        for kind in ("session", "session-lead", "session-own"):
            asked = {"audience": f"{kind}:{at.id}", "number": 0}
            assert screen.emit("listen", asked, callback=True) == {"ok": False}, (who, kind)
        screen.disconnect()
    outside = browser()  # a visitor, and a guest of another session
    token = guest_link(other)
    outside.post(f"{token}/sessie")
    for path in PAGES:
        assert outside.get(f"/sessies/{at.id}{path}").status_code == 404, path
    assert browser().get(f"/sessies/{at.id}").location.startswith("/inloggen")
    said = "\n".join(f"{mail.subject}\n{mail.text}\n{mail.html}" for mail in mails())
    assert not [word for word in words if word in said]


def _everything_of(make, member) -> str:
    """All that somebody may take along, also what is given only while they fetch it."""
    actor = make.actor(member)
    with reading() as session:
        data = packing.pack(session, actor, "Leergemeenschap", member.email, clock.now())
        fetched = [room.fetched(session, actor) for room in rooms() if room.fetched is not None]
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        files = [held.read(name).decode(errors="replace") for name in held.namelist()]
    return "\n".join((*files, json.dumps(fetched, default=str)))


def guest_link(at) -> str:
    return f"/gast/{guests.token(guest(at).id)}"


def test_one_keeps_ones_own_words_and_nobody_elses(make, browser):
    at = _held(make)
    answer = browser(at.others[0]).get("/sessies/eigen-woorden.json")
    kept = json.loads(answer.text)["words"]
    assert sorted(each["what"] for each in kept) == sorted(
        ("theme", "case_question", "question", "note", "taken_along")
    )
    text = " ".join(each["text"] for each in kept)
    assert [word for word in OWN if word not in text] == []
    assert [word for word in (*OTHERS, at.group.name) if word in answer.text] == []
    # Of the table and the weighing of a beraad the same.
    held = sit(make, clock.now(), others=2)
    held.dilemma()
    for number, member in enumerate(held.others):
        held.entry(member, f"Rust van {number}")
        held.weigh(member, f"Waarde van {number}")
    text = browser(held.others[1]).get("/sessies/eigen-woorden.json").text
    assert ("Rust van 1" in text, "Waarde van 1" in text) == (True, True)
    assert "van 0" not in text
    assert browser().get("/sessies/eigen-woorden.json").location.startswith("/inloggen")
    assert held.at.group.kind == GroupKind.BERAAD
