"""Where mail goes: a forwarded mail or a forged sender never speaks for somebody."""

import io
import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from PIL import Image

from cop.discussions.models import Discussion
from cop.incoming import earlier, envelope, receiving, unpacking, waiting
from cop.incoming.handlers import forget
from cop.incoming.models import CutText, IncomingMail, Outcome, Reason
from cop.incoming.posting import Letter
from cop.members.models import AddressTrouble, MemberState
from cop.platform import clock, storage
from cop.platform.db import reading, unit_of_work
from cop.platform.mail import calendar_answers
from cop.platform.mail.addresses import addresses
from cop.platform.mail.letters import mail_host
from cop.platform.web import settings
from cop.platform.worker import run_due
from cop.spaces.circles import Circle, Visibility
from cop.textcheck import checks
from tests.incoming.mails import (
    SERVER,
    believe,
    come_in,
    last,
    letters,
    mail,
    of_member,
    posts,
    reply_to,
    vouched,
    what,
)

QUOTE = "\nOp 12-11-2026 om 10:12 schreef Pieter:\n> Hoe doen jullie dat?\n"


def test_an_answer_with_key_and_proven_sender_is_the_members_post(scene):
    to = reply_to(scene.member, scene.discussion)
    assert come_in(of_member(scene.member, to, "Met een maatje." + QUOTE), to) == Outcome.POSTED
    post = posts()[-1]
    assert (post.source, post.discussion_id) == ("Met een maatje.", scene.discussion.id)
    assert post.author_id == scene.member.personas[0].id
    assert what() == ("answer", "posted", "")
    assert last().content is None


@pytest.mark.parametrize("how", ["dkim", "spf"])
def test_either_dkim_or_spf_will_do(scene, how):
    to = reply_to(scene.member, scene.discussion)
    raw = mail(scene.member.email, to, proven=vouched(scene.member.email, how))
    assert come_in(raw, to) == Outcome.POSTED


@pytest.mark.parametrize(
    ("proven", "sender", "reason"),
    [
        ("", "{me}", Reason.NOT_PROVEN),
        (vouched("x@voorbeeld.example.org", "none"), "{me}", Reason.NOT_PROVEN),
        (vouched("x@kwaad.example.com"), "{me}", Reason.NOT_PROVEN),
        (vouched("pieter@elders.example.net"), "pieter@elders.example.net", Reason.OTHER_SENDER),
        (vouched("v@vreemd.example.com"), "v@vreemd.example.com", Reason.OTHER_SENDER),
        (
            f"Authentication-Results: {SERVER}.kwaad.example.com;"
            " dkim=pass header.d=voorbeeld.example.org\n",
            "{me}",
            Reason.NOT_PROVEN,
        ),
        (
            f"Authentication-Results: mx.kwaad.example.com; x=y {SERVER};"
            " dkim=pass header.d=voorbeeld.example.org\n",
            "{me}",
            Reason.NOT_PROVEN,
        ),
        (
            f"Authentication-Results: {SERVER}; dkim=fail"
            ' reason="; dkim=pass header.d=voorbeeld.example.org"\n',
            "{me}",
            Reason.NOT_PROVEN,
        ),
        (
            f"Authentication-Results: {SERVER}; dkim=fail"
            " (; dkim=pass header.d=voorbeeld.example.org)\n",
            "{me}",
            Reason.NOT_PROVEN,
        ),
        (
            f"Authentication-Results: {SERVER}; dkim=pass header.d=org\n",
            "{me}",
            Reason.NOT_PROVEN,
        ),
        (
            f"Authentication-Results: {SERVER}; none\nAuthentication-Results: {SERVER};"
            " dkim=pass header.d=voorbeeld.example.org\n",
            "{me}",
            Reason.NOT_PROVEN,
        ),
        (
            "Received: from a by b; Thu, 12 Nov 2026 10:00:00 +0100\nReceived: from c by a;"
            " Thu, 12 Nov 2026 10:00:00 +0100\n" + vouched("x@voorbeeld.example.org"),
            "{me}",
            Reason.NOT_PROVEN,
        ),
    ],
)
def test_with_the_key_alone_it_waits_for_the_member(scene, proven, sender, reason):
    to = reply_to(scene.member, scene.discussion)
    raw = mail(sender.format(me=scene.member.email), to, proven=proven)
    assert come_in(raw, to) == Outcome.WAITS_SENDER
    assert what() == ("answer", "waits_sender", reason)
    assert len(posts()) == 1
    assert last().member_id == scene.member.id
    assert [m.subject for m in letters(scene.member.email)] != []
    assert letters("v@vreemd.example.com") == []


@pytest.mark.parametrize(
    "head",
    [
        "From: {me}, pieter@elders.example.net",
        "From: {me}\nFrom: pieter@elders.example.net",
        'From: "{me}" <v@vreemd.example.com>',
        "From: <v@vreemd.example.com> {me}",
        "From:",
        "From: <>",
        "Sender: {me}",
        "Reply-To: {me}",
    ],
)
def test_a_from_that_says_two_things_is_nobodys(scene, head):
    to = reply_to(scene.member, scene.discussion)
    raw = (vouched(scene.member.email) + head.format(me=scene.member.email)).encode()
    raw += f"\nTo: {to}\nMessage-ID: <a@b.example>\n\nDag\n".encode()
    assert come_in(raw, to) == Outcome.WAITS_SENDER
    assert len(posts()) == 1


def test_confirming_on_the_site_places_it_once(scene, browser):
    to = reply_to(scene.member, scene.discussion)
    come_in(mail(scene.member.email, to, "Wij ook."), to)
    page = f"/ik/mail-wacht/{last().id}"
    mine = browser(scene.member)
    assert "Wij ook." in mine.get(page).text
    assert "Wij ook." in mine.get("/ik/mail-wacht").text
    assert browser(scene.other).get(page).status_code == 404
    assert len(posts()) == 1  # looking does nothing
    answer = mine.send(page, {"text": "Wij ook, al jaren."})
    assert answer.headers["Location"] == f"/berichten/{posts()[-1].id}"
    assert posts()[-1].source == "Wij ook, al jaren."
    assert mine.get(page).status_code == 404
    assert mine.post(page, {"text": "Nog eens"}).status_code == 404
    assert len(posts()) == 2


def test_throwing_away_leaves_nothing(scene, browser):
    to = reply_to(scene.member, scene.discussion)
    come_in(mail(scene.member.email, to, "Niet van mij."), to)
    number = last().id
    assert browser(scene.other).post(f"/ik/mail-wacht/{number}/weg").status_code == 404
    browser(scene.member).post(f"/ik/mail-wacht/{number}/weg")
    assert (last().outcome, last().content) == ("discarded", None)


def test_references_tell_which_discussion_never_who(scene, make):
    forged = f"r-{'a' * 42}@{addresses().domain}"
    host = addresses().domain
    refers = f"References: <post-{posts()[0].id}@{host}>\n"
    raw = of_member(scene.member, forged, more=refers)
    assert come_in(raw, forged) == Outcome.WAITS_SENDER
    assert (last().discussion_id, last().reason) == (scene.discussion.id, Reason.FORGED)
    raw = mail("v@vreemd.example.com", forged, more=refers, proven=vouched("v@vreemd.example.com"))
    assert come_in(raw, forged) == Outcome.DROPPED
    assert len(posts()) == 1


def test_references_open_nothing_that_the_member_cannot_read(scene, make):
    secret = make.discussion(make.list(Visibility.PRIVATE), scene.other)
    number = posts()[-1].id
    forged = f"r-{'a' * 42}@{addresses().domain}"
    refers = f"In-Reply-To: <post-{number}@{addresses().domain}>\n"
    come_in(of_member(scene.member, forged, more=refers), forged)
    assert last().discussion_id is None
    assert secret.id not in [p.discussion_id for p in posts()[2:]]


# --- starting


def test_a_mail_to_the_list_waits_for_its_sender_and_then_starts_a_discussion(scene, browser):
    to = addresses().of_list("herstel")
    raw = of_member(scene.member, to, "Wie weet het?", subject="[Herstel] Vraag over werk")
    assert come_in(raw, to) == Outcome.WAITS_SENDER
    assert what() == ("start", "waits_sender", "no_key")
    browser(scene.member).send(f"/ik/mail-wacht/{last().id}")
    with reading() as session:
        made = session.get(Discussion, posts()[-1].discussion_id)
        assert (made.title, made.list_id) == ("Vraag over werk", scene.list.id)


def test_to_the_members_own_address_of_the_list_it_starts_at_once(scene):
    to = addresses().to_start(scene.member.id, scene.list.id)
    assert come_in(of_member(scene.member, to, subject="Vraag"), to) == Outcome.POSTED
    assert come_in(mail(scene.member.email, to, id="m2"), to) == Outcome.WAITS_SENDER


def test_without_key_and_proof_it_is_nobodys(scene):
    to = addresses().of_list("herstel")
    assert come_in(mail(scene.member.email, to), to) == Outcome.DROPPED
    assert what() == ("start", "dropped", "not_proven")
    assert letters(scene.member.email) == []


def test_a_stranger_is_answered_once_a_day_and_only_when_proven(scene):
    to = addresses().of_list("herstel")
    stranger = "v@vreemd.example.com"
    for n in range(3):
        come_in(mail(stranger, to, id=f"a{n}", proven=vouched(stranger)), to)
    assert len(letters(stranger)) == 1
    assert come_in(mail("w@vreemd.example.com", to, id="b"), to) == Outcome.DROPPED
    assert letters("w@vreemd.example.com") == []


def test_where_the_list_holds_strangers_a_coordinator_decides(make, browser):
    coordinator, other = make.member(), make.member()
    make.list(coordinator=coordinator, short_name="open-lijst", holds_strangers=True)
    to = addresses().of_list("open-lijst")
    name = "=?utf-8?q?Jos=C3=A9=0D=0ABcc=3A_Vis?="
    come_in(mail("v@vreemd.example.com", to, "Mag ik ook?", subject="Vraag", name=name), to)
    assert what() == ("start", "waits_moderator", "unknown_sender")
    page = f"/gesprekken-mail/{last().id}"
    assert browser(other).get(page).status_code == 404
    assert "Vraag" not in browser(other).get("/gesprekken-mail").text
    assert "Vraag" in browser(coordinator).get("/gesprekken-mail").text
    assert letters("v@vreemd.example.com") == []
    assert "José Bcc: Vis &lt;v@vreemd.example.com&gt;" in browser(coordinator).get(page).text
    browser(coordinator).send(page)
    assert "> Mag ik ook?" in posts()[-1].source
    assert posts()[-1].author_id == coordinator.personas[0].id
    assert browser(coordinator).get(page).status_code == 404


def test_a_private_list_is_no_different_from_one_that_is_not_there(scene, make):
    make.list(Visibility.PRIVATE, short_name="geheim")
    for n, name in enumerate(("geheim", "bestaat-niet")):
        to = addresses().of_list(name)
        come_in(of_member(scene.member, to, id=f"g{n}"), to)
        assert what() == ("none", "answered", "unknown_address")
    subjects = {m.subject for m in letters(scene.member.email)}
    texts = {m.text for m in letters(scene.member.email)}
    assert len(subjects) == len(texts) == 1


def test_to_a_stranger_a_private_list_is_not_there(scene, make):
    """Nor is it told by what does not come back, from the list or from who looks after it."""
    make.list(Visibility.PRIVATE, short_name="geheim", holds_strangers=True)
    for n, name in enumerate(("geheim", "geheim-owner", "bestaat-niet", "bestaat-niet-owner")):
        stranger = f"v{n}@vreemd.example.com"
        for proven in (vouched(stranger), ""):
            to = addresses().of_list(name)
            come_in(mail(stranger, to, id=f"g{n}{len(proven)}", proven=proven), to)
            expected = "answered" if proven else "dropped"
            assert what() == ("none", expected, "unknown_address"), name
        assert len(letters(stranger)) == 1


def test_where_no_server_vouches_every_mail_of_a_member_waits_for_their_yes(app, scene, browser):
    """The notices go to the address we know, and are few: anybody may have written."""
    believe(app, "")
    made = [("herstel", "start", "waits_sender", "not_proven")] * 3 + [
        ("herstel-help", "command", "answered", "help"),
        ("herstel-help", "command", "answered", "help"),
        ("herstel-owner", "command", "waits_moderator", "owner"),
        ("bestaat-niet", "none", "answered", "unknown_address"),
    ]
    for n, (name, *became) in enumerate(made):
        to = addresses().of_list(name)
        come_in(mail(scene.member.email, to, f"Vraag {n}", id=f"w{n}"), to)
        assert what() == tuple(became), name
        assert come_in(mail("v@vreemd.example.com", to, id=f"x{n}"), to) == Outcome.DROPPED
    subjects = [letter.subject for letter in letters(scene.member.email)]
    assert len(subjects) == len(set(subjects)) == 3
    assert letters("v@vreemd.example.com") == []
    assert "Vraag 2" in browser(scene.member).get("/ik/mail-wacht").text
    forged = f"r-{'a' * 42}@{addresses().domain}"
    assert come_in(mail(scene.member.email, forged, id="f"), forged) == Outcome.WAITS_SENDER


@pytest.mark.parametrize("command", ["help", "subscribe", "unsubscribe"])
def test_commands_are_answered_to_the_address_we_know(scene, command):
    to = addresses().of_list("herstel-" + command)
    assert come_in(of_member(scene.member, to), to) == Outcome.ANSWERED
    assert what() == ("command", "answered", command)
    [letter] = letters(scene.member.email)
    assert "/mail/" in letter.text
    assert come_in(mail(scene.member.email, to, id="m2"), to) == Outcome.DROPPED
    assert len(letters(scene.member.email)) == 1


# --- what is not for people


@pytest.mark.parametrize(
    ("more", "subject"),
    [
        ("Auto-Submitted: auto-replied\n", "Re: iets"),
        ("Auto-Submitted: auto-generated; x=y\n", "Re: iets"),
        ("Precedence: bulk\n", "Re: iets"),
        ("Precedence: Auto_Reply\n", "Re: iets"),
        ("X-Auto-Response-Suppress: All\n", "Re: iets"),
        ("List-Id: <andere.lijst.example.com>\n", "Re: iets"),
    ],
)
def test_automatic_mail_is_dropped_with_a_record(scene, more, subject):
    to = reply_to(scene.member, scene.discussion)
    assert come_in(of_member(scene.member, to, more=more, subject=subject), to) == Outcome.DROPPED
    assert what() == ("answer", "dropped", "automatic")
    assert letters(scene.member.email) == []


ONLY_PROGRAMS_SAY = [
    "Automatisch antwoord: {}",
    "Automatic reply: {}",
    "Abwesenheitsnotiz: {}",
    "Réponse automatique : {}",
    "=?utf-8?q?Afwezigheidsbericht:_{}?=",
]
AWAY = [*ONLY_PROGRAMS_SAY, "Out of Office: {}", "Afwezig: {}"]


def test_who_is_away_is_told_by_the_title_that_is_answered(scene):
    """Words that only programs say, and the title: dropped. 'Afwezig' may be a person's, whatever
    stands behind it: what they wrote is never lost without them knowing."""
    to = reply_to(scene.member, scene.discussion)
    for n, words in enumerate(AWAY):
        for of in (f"Re: [Herstel] {scene.discussion.title}", scene.discussion.title):
            asked = words.format(of.replace(" ", "_") if words.startswith("=") else of)
            raw = of_member(scene.member, to, subject=asked, id=f"{n}-{len(of)}")
            dropped = words in ONLY_PROGRAMS_SAY
            assert come_in(raw, to) == (Outcome.DROPPED if dropped else Outcome.WAITS_SENDER), asked
            assert last().reason == (Reason.AUTOMATIC if dropped else Reason.AWAY)
    for n in range(3):  # nor is its key alone: and of all these they hear once a day
        raw = mail(scene.member.email, to, subject=f"Afwezig: {scene.discussion.title}", id=f"u{n}")
        assert come_in(raw, to) == Outcome.WAITS_SENDER
        assert last().reason == Reason.NOT_PROVEN
    assert len(letters(scene.member.email)) == 2


def test_a_program_that_answers_a_command_or_a_digest_hears_little(scene):
    """Of what only programs say no command is answered; a digest's is kept, and told once a day."""
    subject = "Automatisch antwoord: Nieuws van De Lange Tafel"
    to = addresses().of_list("herstel-help")
    assert come_in(of_member(scene.member, to, subject=subject), to) == Outcome.DROPPED
    assert last().reason == Reason.AUTOMATIC
    for n in range(3):
        to = addresses().to_digest(scene.member.id, n)
        raw = of_member(scene.member, to, subject=subject, id=f"d{n}")
        assert come_in(raw, to) == Outcome.WAITS_SENDER
    assert len(letters(scene.member.email)) == 1


def test_who_is_away_answers_a_mail_of_the_list_at_the_lists_own_address(scene):
    """Its mails come from there, with its name before the title."""
    to = addresses().of_list("herstel")
    of = f"[Herstel] {scene.discussion.title}"
    senders = (scene.member.email, "vreemd@elders.example.net")
    for n, words in enumerate(w for w in ONLY_PROGRAMS_SAY if not w.startswith("=")):
        for sender in senders:
            for said in (of, f"Re: {of}"):
                raw = mail(
                    sender,
                    to,
                    subject=words.format(said),
                    id=f"{n}-{said}-{sender}".replace(" ", ""),
                    proven=vouched(sender),
                )
                assert come_in(raw, to) == Outcome.DROPPED, words
                assert what() == ("start", "dropped", "automatic")
    assert [letters(sender) for sender in senders] == [[], []]


def test_a_program_whom_nobody_knows_is_neither_answered_nor_kept(scene, make):
    """A moderator need not read it, and an answer would go to a program."""
    make.list(short_name="open-deur", holds_strangers=True)
    stranger = "vreemd@elders.example.net"
    for n, name in enumerate(("herstel", "open-deur", "herstel-help", "geen-lijst")):
        to = addresses().of_list(name)
        subject = "Automatisch antwoord: Vraag"
        raw = mail(stranger, to, subject=subject, id=f"v{n}", proven=vouched(stranger))
        assert come_in(raw, to) == Outcome.DROPPED, name
    raw = mail(
        stranger,
        addresses().of_list("open-deur"),
        subject="Automatisch antwoord instellen, hoe doen jullie dat?",
        proven=vouched(stranger),
    )
    assert come_in(raw, addresses().of_list("open-deur")) == Outcome.WAITS_MODERATOR
    assert letters(stranger) == []


def test_a_members_own_words_under_such_a_subject_are_not_lost(scene):
    """A conversation about automatic answers waits for its writer, who is told once a day."""
    to = addresses().of_list("herstel")
    for n, subject in enumerate(
        ("Automatisch antwoord: hoe zet je dat aan?", "Out of Office: Vraag", "Afwezig")
    ):
        raw = of_member(scene.member, to, "Weet iemand het?", subject=subject, id=f"w{n}")
        assert come_in(raw, to) == Outcome.WAITS_SENDER, subject
    assert len(letters(scene.member.email)) == 1


def test_a_command_that_a_program_may_have_sent_is_answered_once_a_day(scene):
    to = addresses().of_list("herstel-unsubscribe")
    for n in range(3):
        raw = of_member(scene.member, to, subject="Out of Office: Vraag", id=f"c{n}")
        assert come_in(raw, to) == Outcome.ANSWERED
    assert len(letters(scene.member.email)) == 1


def test_a_person_may_write_that_somebody_is_away(scene, browser):
    """'Afwezig' and nothing that proves a program: it waits for them, and they hear of it once."""
    before = len(posts())
    to = reply_to(scene.member, scene.discussion)
    for n, words in enumerate((*AWAY, "Afwezig", "Afwezig op dinsdag: wie neemt het over?")):
        subject = words.format("iets_heel_anders")
        raw = of_member(scene.member, to, f"Wie neemt het over? {n}", subject=subject, id=f"p{n}")
        assert come_in(raw, to) == Outcome.WAITS_SENDER, subject
        assert what() == ("answer", "waits_sender", "away")
    assert [m.subject for m in letters(scene.member.email)] == ["Er wacht een bericht op je"]
    assert len(posts()) == before
    page = f"/ik/mail-wacht/{last().id}"
    assert "reads like an automatic answer" in browser(scene.member).get(page).text
    browser(scene.member).send(page)
    assert posts()[-1].source == f"Wie neemt het over? {len(AWAY) + 1}"
    start = addresses().to_start(scene.member.id, scene.list.id)
    raw = of_member(scene.member, start, "Ik ben er niet bij.", subject="Afwezig", id="start")
    assert come_in(raw, start) == Outcome.WAITS_SENDER
    assert what() == ("start", "waits_sender", "away")


def test_absence_as_a_subject_of_a_conversation_is_ordinary(scene):
    start = addresses().to_start(scene.member.id, scene.list.id)
    raw = of_member(scene.member, start, "En jullie?", subject="Afwezigheid op groep")
    assert come_in(raw, start) == Outcome.POSTED


def test_no_and_nothing_are_no_machines(scene):
    to = reply_to(scene.member, scene.discussion)
    raw = of_member(scene.member, to, more="Auto-Submitted: no\nPrecedence: first-class\n")
    assert come_in(raw, to) == Outcome.POSTED


@pytest.mark.parametrize("sender", ["", "<>", "MAILER-DAEMON"])  # the last: Postfix's pipe
def test_an_empty_envelope_sender_is_a_machine(scene, sender):
    to = reply_to(scene.member, scene.discussion)
    assert come_in(of_member(scene.member, to), to, sender=sender) == Outcome.DROPPED


@pytest.mark.parametrize("more", ["List-Id: <herstel.127.0.0.1>\n", ""])
def test_our_own_mail_that_comes_back_is_a_loop(scene, more):
    to = reply_to(scene.member, scene.discussion)
    raw = of_member(scene.member, to, more=more or "Message-ID: <post-1@localhost>\n", id=None)
    assert come_in(raw, to) == Outcome.DROPPED
    assert last().reason in (Reason.LOOP, Reason.AUTOMATIC)


def test_one_message_id_is_one_post(scene):
    to = reply_to(scene.member, scene.discussion)
    raw = of_member(scene.member, to)
    assert come_in(raw, to) == Outcome.POSTED
    assert come_in(raw, to) == Outcome.DUPLICATE
    assert come_in(b"X-Weg: anders\n" + raw, to) == Outcome.DUPLICATE
    other = raw.replace(b"Dat doen", b"En dat doen")
    assert come_in(other, to) == Outcome.DUPLICATE
    assert len(posts()) == 2


def test_the_same_mail_to_two_places_is_two(scene, make):
    second = make.discussion(scene.list, scene.other)
    for discussion in (scene.discussion, second):
        to = reply_to(scene.member, discussion)
        assert come_in(of_member(scene.member, to), to) == Outcome.POSTED


def test_a_mail_to_a_discussion_and_its_list_is_one_post(scene):
    to, on_list = reply_to(scene.member, scene.discussion), addresses().of_list("herstel")
    answers = f"In-Reply-To: <post-{posts()[0].id}@{addresses().domain}>\n"
    raw = of_member(scene.member, to, more=answers)
    assert come_in(raw, to) == Outcome.POSTED
    assert come_in(raw, on_list) == Outcome.DUPLICATE
    assert len(posts()) == 2


def test_whichever_of_its_two_addresses_came_first_it_is_one_post(scene, browser):
    to, on_list = reply_to(scene.member, scene.discussion), addresses().of_list("herstel")
    answers = f"In-Reply-To: <post-{posts()[0].id}@{addresses().domain}>\n"
    raw = of_member(scene.member, to, more=answers)
    come_in(raw, on_list)
    waits = last().id
    assert what() == ("answer", "waits_sender", "no_key")
    assert come_in(raw, to) == Outcome.POSTED
    more = {"title": "Een vraag", "text": "En nog iets anders."}
    asked = browser(scene.member).send(f"/ik/mail-wacht/{waits}", more)
    assert asked.status_code == 422
    assert "En nog iets anders." in asked.text
    done = browser(scene.member).send(f"/ik/mail-wacht/{waits}", {"title": "Een vraag"})
    assert done.headers["Location"] == f"/discussies/{scene.discussion.id}"
    assert len(posts()) == 2
    assert browser(scene.member).get(f"/ik/mail-wacht/{waits}").status_code == 404
    # And the other way round: confirmed first, the copy with the key is no second.
    again = raw.replace(b"<m1@", b"<m2@")
    come_in(again, on_list)
    browser(scene.member).send(f"/ik/mail-wacht/{last().id}", {"title": "Een vraag"})
    assert len(posts()) == 3
    assert come_in(again, to) == Outcome.DUPLICATE
    assert len(posts()) == 3


# --- what may not be placed as it is


def test_forged_mails_never_use_up_what_their_victim_may_send(scene):
    """Else whoever knows an address could silence its owner."""
    on_list, to = addresses().of_list("herstel"), reply_to(scene.member, scene.discussion)
    for n in range(35):
        come_in(mail(scene.member.email, on_list, id=f"vals{n}"), on_list)
    assert what() == ("start", "dropped", "rate")
    assert come_in(of_member(scene.member, to), to) == Outcome.POSTED


def test_when_the_text_check_speaks_up_it_waits_for_its_author(scene, browser, monkeypatch):
    def speaks_up(text, _purpose, _known):
        at = text.find("Jansen")
        return [checks.Concern(at, at + 6, "name")] if at >= 0 else []

    monkeypatch.setattr(checks._checks, "registered", [speaks_up])
    to = reply_to(scene.member, scene.discussion)
    come_in(of_member(scene.member, to, "Meneer Jansen woont hier."), to)
    assert what() == ("answer", "waits_sender", "text_check")
    page = f"/ik/mail-wacht/{last().id}"
    shown = browser(scene.member).send(page)
    assert shown.status_code == 422
    assert "<mark>Jansen</mark>" in shown.text
    browser(scene.member).send(page, {"anyway": "yes"})
    assert posts()[-1].source == "Meneer Jansen woont hier."


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("Dat herken ik. Groet, Marieke", True),
        ("Zie mariekedewit.nl voor meer.", True),
        ("Bel me op 06-12345678.", True),
        ("Mail me: m.dewit@elders.example.net", True),
        ("Dat herken ik. Groet, Zoë", True),  # as their mail program calls them, encoded
        ("Dat herken ik zeker.", False),
        ("Dat herken ik.\n\n-- \nMarieke de Wit", False),
    ],
)
def test_under_a_pseudonym_a_mail_that_names_its_sender_waits(make, text, waits):
    member = make.member("Marieke de Wit", email="marieke@voorbeeld.example.org")
    on = make.list(Visibility.CLOSED, pseudonyms=True)
    persona = make.pseudonym(member, on.circle, "Zonnebloem")
    discussion = make.discussion(on, persona)
    if text.endswith("Marieke"):  # who has a pseudonym keeps it when no newcomer may have one
        with unit_of_work() as session:
            session.get_one(Circle, on.circle_id).allows_pseudonyms = False
    to = reply_to(member, discussion)
    name = "=?utf-8?q?Zo=C3=AB_de_Wit?="
    outcome = come_in(of_member(member, to, text, name=name), to)
    if waits:
        assert (outcome, last().reason) == (Outcome.WAITS_SENDER, Reason.OWN_NAME)
        assert len(posts()) == 1
    else:
        assert outcome == Outcome.POSTED
        assert posts()[-1].author_id == persona.id


def test_under_a_pseudonym_what_waited_is_asked_about_when_it_names_its_sender(
    make, browser, monkeypatch
):
    def speaks_up(text, _purpose, _known):
        at = text.find("Jansen")
        return [checks.Concern(at, at + 6, "name")] if at >= 0 else []

    monkeypatch.setattr(checks._checks, "registered", [speaks_up])
    member = make.member("Marieke de Wit", email="marieke@voorbeeld.example.org")
    on = make.list(Visibility.CLOSED, pseudonyms=True, short_name="stil")
    persona = make.pseudonym(member, on.circle, "Zonnebloem")
    to = addresses().of_list("stil")
    come_in(mail(member.email, to, "Groet, Marieke", proven=vouched(member.email)), to)
    assert last().reason == Reason.NO_KEY
    page = f"/ik/mail-wacht/{last().id}"
    asked = browser(member).send(page, {"title": "Een vraag"})
    assert asked.status_code == 422
    assert "under a pseudonym" in asked.text
    assert posts() == []
    client = {"title": "Een vraag", "text": "Meneer Jansen woont hier. Groet, Marieke"}
    asked = browser(member).send(page, client)  # about all of it, before a yes counts for all
    assert asked.status_code == 422
    assert "under a pseudonym" in asked.text
    assert "<mark>Jansen</mark>" in asked.text
    assert posts() == []
    placed = browser(member).send(page, {"title": "Een vraag", "anyway": "yes"})
    assert placed.status_code == 302
    assert posts()[-1].author_id == persona.id


def test_where_one_cannot_write_any_more_the_text_is_not_lost(scene, browser):
    with unit_of_work() as session:
        session.get(Discussion, scene.discussion.id).closed_at = clock.now()
    to = reply_to(scene.member, scene.discussion)
    come_in(of_member(scene.member, to, "Te laat."), to)
    assert what() == ("answer", "waits_sender", "not_allowed")
    page = f"/ik/mail-wacht/{last().id}"
    answer = browser(scene.member).send(page)
    assert answer.status_code == 422
    assert "Te laat." in answer.text


def test_whoever_left_or_was_put_out_writes_no_more(scene, make):
    closed = make.list(Visibility.CLOSED)
    make.join(scene.member, closed.circle)
    discussion = make.discussion(closed, scene.other)
    to = reply_to(scene.member, discussion)
    with unit_of_work() as session:
        session.get(type(scene.member), scene.member.id).state = MemberState.LEFT
    assert come_in(of_member(scene.member, to), to) == Outcome.DROPPED


def test_an_answer_without_new_words_is_explained(scene):
    to = reply_to(scene.member, scene.discussion)
    assert come_in(of_member(scene.member, to, QUOTE), to) == Outcome.ANSWERED
    assert what() == ("answer", "answered", "empty")
    assert len(letters(scene.member.email)) == 1


def test_answering_the_digest_as_a_whole_gets_a_note_and_is_kept(scene, browser):
    to = addresses().to_digest(scene.member.id, 7)
    come_in(of_member(scene.member, to, "Mooi overzicht!"), to)
    assert what() == ("digest", "waits_sender", "whole_digest")
    shown = browser(scene.member).get("/ik/mail-wacht").text
    assert "Mooi overzicht!" in shown
    assert "which one you meant" in shown
    (note,) = letters(scene.member.email)
    assert "/ik/mail-wacht" in note.text
    # It can be read and thrown away, and put nowhere.
    page = browser(scene.member).get(f"/ik/mail-wacht/{last().id}").text
    assert "Mooi overzicht!" in page
    assert "place it" not in page
    assert len(posts()) == 1


def test_an_answer_to_a_digest_comes_again_while_too_many_wait(scene, monkeypatch):
    monkeypatch.setattr(earlier, "fill_the_page", lambda *_args: True)
    to = addresses().to_digest(scene.member.id, 5)
    assert come_in(mail(scene.member.email, to, "Mijn woorden."), to) == Outcome.FAILED


def test_what_was_cut_is_for_its_author_for_thirty_days(scene, browser):
    to = reply_to(scene.member, scene.discussion)
    come_in(of_member(scene.member, to, "Nieuw." + QUOTE), to)
    page = f"/ik/uit-mijn-mail/{posts()[-1].id}"
    assert "Hoe doen jullie dat?" in browser(scene.member).get(page).text
    assert browser(scene.other).get(page).status_code == 404
    with unit_of_work() as session:
        forget(session, {}, clock.now() + timedelta(days=31))
    assert browser(scene.member).get(page).status_code == 404


def test_leaving_takes_what_waited_and_what_was_cut(scene, browser):
    to = reply_to(scene.member, scene.discussion)
    come_in(of_member(scene.member, to, "Nieuw." + QUOTE), to)
    come_in(mail(scene.member.email, to, "Wacht.", id="w"), to)
    browser(scene.member).send("/ik/vertrekken", {"posts": "name"})

    run_due()
    with reading() as session:
        assert session.query(CutText).count() == 0
        kept = session.query(IncomingMail).all()
        assert all(m.member_id is None and m.content is None for m in kept)


# --- bounces and calendars

DSN = """Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b--
"""


def bounce(member, action="failed", status="5.1.1", said="550 no such user", mark=None):
    to = addresses().envelope(mark or member.email, 12, member.id)
    body = DSN.format(to=member.email, action=action, status=status, said=said).encode()
    raw = mail("MAILER-DAEMON@mx.example.com", to, body=body, subject="Undelivered Mail")
    return come_in(raw, to, sender="")


@pytest.mark.parametrize(
    ("values", "outcome", "reason", "score"),
    [
        ({}, "counted", "permanent", 2),
        ({"status": "5.2.1"}, "counted", "permanent", 2),
        ({"status": "5.2.2", "said": "552 mailbox full"}, "counted", "temporary", 1),
        ({"status": "5.7.1", "said": "554 spam"}, "counted", "temporary", 1),
        ({"status": "4.4.1"}, "counted", "temporary", 1),
        ({"status": "5.0.0", "said": "550 5.1.1 unknown user"}, "counted", "permanent", 2),
        ({"action": "delayed", "status": "4.4.1"}, "dropped", "delayed", None),
        ({"action": "delivered", "status": "2.0.0"}, "dropped", "delivered", None),
        ({"mark": "oud@voorbeeld.example.org"}, "dropped", "other_address", None),
    ],
)
def test_bounces_count_for_the_address_they_came_back_from(scene, values, outcome, reason, score):
    bounce(scene.member, **values)
    assert what() == ("bounce", outcome, reason)
    with reading() as session:
        trouble = session.get(AddressTrouble, scene.member.email)
        assert (trouble.score if trouble else None) == score


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Your message could not be delivered.\n<a@b>: User unknown", "permanent"),
        (
            "Delivery has failed to these recipients\n550 5.1.1 RESOLVER.ADR.RecipNotFound",
            "permanent",
        ),
        ("Uw bericht kon niet worden afgeleverd. De mailbox bestaat niet.", "permanent"),
        ("Die Nachricht konnte nicht zugestellt werden: Postfach ist voll", "temporary"),
    ],
)
def test_bounces_in_sentences(scene, text, reason):
    to = addresses().envelope(scene.member.email, 12, scene.member.id)
    come_in(mail("postmaster@x.example.com", to, text, subject="Mail delivery failed"), to, "")
    assert what() == ("bounce", "counted", reason)


def test_an_automatic_answer_to_the_envelope_is_no_bounce(scene):
    to = addresses().envelope(scene.member.email, 12, scene.member.id)
    raw = of_member(scene.member, to, "Ik ben er niet.", subject="Afwezig")
    assert come_in(raw, to) == Outcome.DROPPED


ICS = (
    "Content-Type: text/calendar; method=REPLY; charset=utf-8\n\nBEGIN:VCALENDAR\r\n"
    "METHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:12@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def test_calendar_answers_go_to_whoever_takes_them(scene, monkeypatch):
    to = reply_to(scene.member, scene.discussion)
    assert come_in(of_member(scene.member, to, body=ICS.encode()), to) == Outcome.HANDED_OVER
    assert last().reason == Reason.NO_HANDLER
    got = []
    monkeypatch.setattr(
        calendar_answers._handlers, "registered", [lambda s, a, n: bool(got.append(a) or 1)]
    )
    come_in(of_member(scene.member, to, body=ICS.encode(), id="m2"), to)
    come_in(mail(scene.member.email, to, body=ICS.encode(), id="m3"), to)
    assert [a.member_id for a in got] == [scene.member.id, None]
    assert b"UID:12" in got[0].ics
    assert last().reason == Reason.NONE
    assert len(posts()) == 1


# --- files


def attached(name, data, kind="application/pdf", text="Zie bijlage."):
    import base64

    return (
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n{text}"
        f'\n--b\nContent-Type: {kind}\nContent-Disposition: attachment; filename="{name}"\n'
        "Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(data).decode() + "\n--b--\n"
    ).encode()


def test_files_come_along_under_the_webs_limits(scene, browser):
    to = reply_to(scene.member, scene.discussion)
    come_in(of_member(scene.member, to, body=attached("verslag.pdf", b"%PDF-1.7 x")), to)
    page = browser(scene.other).get(f"/discussies/{scene.discussion.id}").text
    assert "verslag.pdf" in page
    assert letters(scene.member.email) == []


def test_nobody_waits_at_the_database_while_a_mail_is_taken_apart(scene, monkeypatch):
    """Its words and pictures are made ready before the transaction begins."""
    writing, seen = [], []

    @contextmanager
    def watched():
        with unit_of_work() as session:
            writing.append(session)
            yield session
            writing.clear()

    def slow(name, function):
        def called(*arguments, **named):
            seen.append((name, bool(writing)))
            return function(*arguments, **named)

        return called

    monkeypatch.setattr(receiving, "unit_of_work", watched)
    monkeypatch.setattr(envelope.Incoming, "said", slow("said", envelope.Incoming.said))
    monkeypatch.setattr(unpacking, "of_words", slow("words", unpacking.of_words))
    monkeypatch.setattr(storage, "clean_picture", slow("picture", storage.clean_picture))
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    to = reply_to(scene.member, scene.discussion)
    body = attached("foto.png", out.getvalue(), "image/png")
    for n, proven in enumerate((vouched(scene.member.email), "")):
        raw = mail(scene.member.email, to, body=body, id=f"foto{n}", proven=proven)
        come_in(raw, to)
    assert seen == [("said", False), ("words", False), ("picture", False)] * 2
    assert what() == ("answer", "waits_sender", "not_proven")
    assert len(posts()) == 2
    # A program's mail, and one that came before, are not taken apart at all.
    come_in(raw, to)
    come_in(of_member(scene.member, to, body=body, more="Precedence: bulk\n", id="foto3"), to)
    assert len(seen) == 6


def test_files_that_stay_behind_are_named_and_the_text_is_kept(scene):
    to = reply_to(scene.member, scene.discussion)
    come_in(of_member(scene.member, to, body=attached("spel.exe", b"MZ" + b"x" * 99)), to)
    assert posts()[-1].source == "Zie bijlage."
    assert "spel.exe" in letters(scene.member.email)[0].text


@pytest.mark.parametrize("proven", [True, False])
def test_a_mail_of_refused_files_alone_is_told_which(scene, proven):
    to = reply_to(scene.member, scene.discussion)
    body = attached("spel.exe", b"MZ" + b"x" * 99, text="")
    raw = mail(scene.member.email, to, body=body, proven=vouched(scene.member.email) * proven)
    assert come_in(raw, to) == Outcome.ANSWERED
    assert what() == ("answer", "answered", "empty")
    (letter,) = letters(scene.member.email)
    assert "spel.exe" in letter.text
    assert len(posts()) == 1


def test_a_strangers_file_is_named_to_nobody(scene):
    """The words of its name would be a letter of theirs to whoever owns the address."""
    to = reply_to(scene.member, scene.discussion)
    body = attached("je wachtwoord is verlopen.exe", b"MZ" + b"x" * 99, text="")
    stranger = "vreemd@elders.example.net"
    assert come_in(mail(stranger, to, body=body, proven=vouched(stranger)), to) == Outcome.DROPPED
    assert letters(scene.member.email) == []


def test_the_log_names_nobody(scene, browser, make):
    from cop.members.models import SiteRole

    admin = make.member(site_role=SiteRole.ADMINISTRATOR)
    to = reply_to(scene.member, scene.discussion)
    come_in(of_member(scene.member, to, "Een geheim."), to)
    page = browser(admin).get("/beheer/mail-binnen").text
    assert "placed" in page
    for secret in (scene.member.email, "Marieke", "geheim", "Nazorg"):
        assert secret not in page
    assert (
        "placed"
        in browser(admin).get("/beheer/mail-binnen?message_id=<m1@elders.example.net>").text
    )
    assert "Not found" in browser(admin).get("/beheer/mail-binnen?message_id=x@y").text
    assert browser(scene.member).get("/beheer/mail-binnen").status_code == 404


def test_a_letter_survives_being_kept():
    letter = Letter("T", "Tekst \0 ünd", "weg", "a@b", ["k"], ["r"], 3)
    assert Letter.opened(letter.sealed()) == letter
    assert waiting.KEPT_FOR.days == 30


def test_a_member_at_the_domain_of_the_lists_is_no_list(scene, make, monkeypatch):
    """Where a community takes its own domain for both."""
    monkeypatch.setattr(addresses(), "domain", "tafel.example.org")
    domain = addresses().of_list("herstel").partition("@")[2]
    jan = make.member("Jan Jansen", email=f"jan@{domain}")
    to = reply_to(jan, scene.discussion)
    assert come_in(of_member(jan, to, "Bij ons ook."), to) == Outcome.POSTED
    # What a list sent and came back says so itself.
    echo = of_member(jan, to, id="x", more=f"List-Id: Herstel <herstel.{mail_host(settings())}>\n")
    assert come_in(echo, to) == Outcome.DROPPED


def test_all_that_waits_is_reached_the_newest_first(scene, browser, monkeypatch):
    monkeypatch.setattr(waiting, "MOST", 2)
    to = reply_to(scene.other, scene.discussion)
    for n in range(5):
        raw = of_member(scene.member, to, f"Bericht {n}.", id=f"w{n}")
        assert come_in(raw, to) == Outcome.WAITS_SENDER
    page, found, address = browser(scene.other), [], "/ik/mail-wacht"
    while address:
        text = page.get(address).text
        found.append(re.findall(r"Bericht \d", text))
        older = re.search(r'href="(/ik/mail-wacht\?voor=\d+)">Older', text)
        address = older[1] if older else ""
    assert found == [["Bericht 4", "Bericht 3"], ["Bericht 2", "Bericht 1"], ["Bericht 0"]]


def test_words_to_the_organiser_of_an_invitation_are_kept_or_answered(scene, browser):
    """Somebody pressed 'mail the organiser' in their calendar."""
    its = addresses().to_gathering(scene.member.id, 1)
    raw = of_member(scene.member, its, "Ik kom een half uur later.")
    assert come_in(raw, its) == Outcome.WAITS_SENDER
    assert "Ik kom een half uur later." in browser(scene.member).get("/ik/mail-wacht").text
    (letter,) = letters(scene.member.email)
    assert "alleen het antwoord van een agenda gelezen" in " ".join(letter.text.split())
    guest, its = "gast@elders.example.net", addresses().to_guest(1, 1)
    for n in range(2):
        raw = mail(guest, its, id=f"g{n}", proven=vouched(guest))
        assert come_in(raw, its) == Outcome.ANSWERED
    (letter,) = letters(guest)  # once a day
    assert "hebben niemand bereikt" in " ".join(letter.text.split())
    assert come_in(mail("nep@elders.example.net", its, id="nep"), its) == Outcome.DROPPED
    assert letters("nep@elders.example.net") == []
