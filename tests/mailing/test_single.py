"""Single messages: who gets them, what stands in them, what their headers promise."""

import dataclasses
import html
import re
from email import message_from_bytes
from email.policy import compat32
from io import BytesIO
from urllib.parse import unquote

import pytest
from sqlalchemy import delete, select, update

from cop.discussions.mailing import single
from cop.discussions.models import Attention, DiscussionList, Post, WhoMay
from cop.discussions.tending_posts import remove
from cop.members.models import Member, MemberState
from cop.notifications.models import Rhythm
from cop.platform import clock, storage
from cop.platform.db import reading, unit_of_work
from cop.platform.mail.addresses import ListCommand, ToBounces, ToDiscussion, ToList, addresses
from cop.platform.mail.models import OutgoingMail
from cop.platform.worker import run_due
from cop.spaces.circles import CircleMembership, Standing, Visibility
from tests.mailing.helping import answer, attend, html_of, start, text_of, wants


def test_every_message_goes_to_those_who_chose_it_and_not_to_its_writer(make, deliver):
    writer, reader, other = make.member("Ayoub"), make.member(), make.member()
    on = make.list(name="Koffiehoek")
    wants(make, reader, on)
    wants(make, writer, on)
    wants(make, other, on, Rhythm.DAILY)
    discussion = start(make, writer, on)
    arrived = deliver()
    assert set(arrived) == {reader.email}
    assert arrived[reader.email]["Subject"] == "[Koffiehoek] Hoe begin je een gesprek?"
    answer(make, reader, discussion)
    arrived = deliver()
    assert set(arrived) == {writer.email}
    assert arrived[writer.email]["Subject"] == "Re: [Koffiehoek] Hoe begin je een gesprek?"
    assert deliver() == {}


def test_it_says_that_one_can_answer_only_to_whom_may(make, deliver):
    writer, reader, coordinator = make.member(), make.member(), make.member()
    on = make.list()
    make.join(coordinator, on.circle, Standing.COORDINATOR)
    with unit_of_work() as session:
        session.get_one(DiscussionList, on.id).answer_by = WhoMay.COORDINATORS
    for member in (reader, coordinator):
        wants(make, member, on)
    start(make, writer, on)
    arrived = deliver()
    for member, may in ((reader, False), (coordinator, True)):
        for said in (text_of(arrived[member.email]), html_of(arrived[member.email])):
            assert ("Je kunt deze mail gewoon beantwoorden" in " ".join(said.split())) == may


def test_who_takes_part_and_wants_all_such_lists_so_gets_them_but_for_closed_ones(
    make, deliver, browser
):
    writer, reader = make.member(), make.member()
    open_list, closed = make.list(), make.list(Visibility.CLOSED)
    for on in (open_list, closed):
        make.join(reader, on.circle)
        make.join(writer, on.circle)
    browser(reader).send("/ik/mail", {"joined": "each"})
    start(make, writer, closed)
    assert deliver() == {}  # a closed list comes by mail to those who joined and chose it
    start(make, writer, open_list)
    assert set(deliver()) == {reader.email}
    wants(make, reader, closed)
    start(make, writer, closed, title="Nog een")
    assert set(deliver()) == {reader.email}


def _mute(make, reader, discussion, on):
    attend(make, reader, discussion, Attention.MUTE)


def _choose_less(make, reader, discussion, on):
    wants(make, reader, on, Rhythm.SITE)


def _leave_circle(make, reader, discussion, on):
    with unit_of_work() as session:
        session.execute(delete(CircleMembership).where(CircleMembership.member_id == reader.id))


def _leave_site(make, reader, discussion, on):
    with unit_of_work() as session:
        session.execute(update(Member).where(Member.id == reader.id).values(state=MemberState.LEFT))


def _remove_post(make, reader, discussion, on):
    with unit_of_work() as session:
        post = session.scalars(select(Post).where(Post.discussion_id == discussion.id)).one()
        writer = session.get_one(Member, make.writer_id)
        remove(session, make.actor(writer), post.id, clock.now())


def _hide_post(make, reader, discussion, on):
    with unit_of_work() as session:
        session.execute(update(Post).values(hidden_at=clock.now()))


@pytest.mark.parametrize(
    "change", [_mute, _choose_less, _leave_circle, _leave_site, _remove_post, _hide_post]
)
def test_permission_and_wish_are_asked_again_at_delivery(make, deliver, change):
    writer, reader = make.member(), make.member()
    make.writer_id = writer.id
    on = make.list(Visibility.CLOSED)
    make.join(writer, on.circle)
    make.join(reader, on.circle)
    wants(make, reader, on)
    discussion = start(make, writer, on)
    run_due()  # the delivery waits
    with reading() as session:
        assert session.scalars(select(OutgoingMail.member_id)).all() == [reader.id]
    change(make, reader, discussion, on)
    assert deliver() == {}
    with reading() as session:
        assert session.scalars(select(OutgoingMail)).all() == []  # and nothing stays behind


def test_a_second_run_of_the_event_sends_nothing_twice(make, deliver):
    writer, reader = make.member(), make.member()
    on = make.list()
    wants(make, reader, on)
    start(make, writer, on)
    deliver()
    with unit_of_work() as session:
        single.send_post(session, session.scalars(select(Post.id)).one(), clock.now())
    assert deliver() == {}


@pytest.fixture
def mail(make, deliver):
    """One message of a list, with everything that its headers were made of."""
    writer, reader = make.member('Jóse, de "Grote"'), make.member()
    on = make.list(name="Koffie & thee")
    wants(make, reader, on)
    discussion = start(make, writer, on, title="Vraag één\u2028Bcc: iedereen@example.org")
    found = deliver()[reader.email]
    found.made = (on, discussion, reader)
    return found


def urls(value):
    """The addresses of a List- header (RFC 2369 2: in angle brackets, separated by commas)."""
    unfolded = re.sub(r"\s+", "", str(value))
    assert re.fullmatch(r"<[^<>\s]+>(,<[^<>\s]+>)*", unfolded), unfolded
    return unfolded.strip("<>").split(">,<")


def test_headers_of_a_list_are_as_the_rfcs_say(mail, app):
    on, _discussion, _reader = mail.made
    ours = addresses()
    # RFC 2919: a phrase, and an identifier that ends in a domain, in angle brackets.
    assert re.search(rf"<{on.short_name}\.localhost>$", mail["List-Id"])
    # RFC 2369: addresses in angle brackets, the best first.
    assert urls(mail["List-Post"]) == [f"mailto:{ours.of_list(on.short_name)}"]
    assert urls(mail["List-Archive"]) == [f"http://127.0.0.1:8000/gesprekken/{on.short_name}"]
    for name, command in (
        ("List-Help", ListCommand.HELP),
        ("List-Subscribe", ListCommand.SUBSCRIBE),
        ("List-Unsubscribe", ListCommand.UNSUBSCRIBE),
    ):
        given = urls(mail[name])
        assert f"mailto:{ours.of_list(on.short_name, command)}" in given
        assert any(url.startswith("http") for url in given)
    # RFC 8058 3.1: one https address, and this very value.
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sum(u.startswith("http") for u in urls(mail["List-Unsubscribe"])) == 1
    # RFC 3834 5, and the habit of list servers.
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] == "list"
    # Each of them once (RFC 5322 3.6, RFC 2369 3).
    names = [name.lower() for name in mail]
    assert len(names) == len(set(names))


def test_the_sender_is_safe_for_dmarc_and_the_answer_goes_to_the_discussion(mail):
    on, discussion, reader = mail.made
    sender = mail["From"].addresses[0]
    assert sender.addr_spec == addresses().of_list(on.short_name)  # a domain of our own
    assert sender.display_name == 'Jóse, de "Grote" via Koffie & thee'
    reply = mail["Reply-To"].addresses[0].addr_spec
    assert addresses().read(reply) == ToDiscussion(reader.id, discussion.id)
    assert mail["To"].addresses[0].addr_spec == reader.email


def test_the_envelope_sender_tells_whose_bounce_it_is(make, server, deliver):
    writer, reader = make.member(), make.member()
    on = make.list()
    wants(make, reader, on)
    start(make, writer, on)
    deliver()
    (sender,) = server.envelopes
    found = addresses().read(sender)
    assert isinstance(found, ToBounces)
    assert found.member_id == reader.id
    assert found.mark == addresses().mark(reader.email)


def test_a_list_address_in_a_mail_is_read_back_as_that_list(mail):
    on, _discussion, _reader = mail.made
    found = addresses().read(mail["From"].addresses[0].addr_spec)
    assert isinstance(found, ToList)
    assert found.readings[0] == (on.short_name, None)


def test_no_words_of_a_member_become_a_header(mail):
    assert mail["Bcc"] is None
    assert mail["Subject"] == "[Koffie & thee] Vraag één Bcc: iedereen@example.org"


def test_lines_are_short_and_of_seven_bits(make, server, deliver):
    writer, reader = make.member("Ünal"), make.member()
    on = make.list(name="Een lijst met een lange naam vóór iedereen die meedoet " * 2)
    wants(make, reader, on)
    start(make, writer, on, title="é" * 180, text="woord " * 3000 + "x" * 3000 + "\n.\n.begin")
    deliver()
    (raw,) = server.raw
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998  # RFC 5322 2.1.1
    _head, _blank, body = raw.partition(b"\r\n\r\n")
    assert max(len(line) for line in body.split(b"\r\n")) <= 78
    parsed = message_from_bytes(raw, policy=compat32)
    assert parsed.defects == []
    assert [part.get_content_type() for part in parsed.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    text = parsed.get_payload(0).get_payload(decode=True).decode()
    assert "\n." in text.replace("\r\n", "\n")


def words(text):
    return re.findall(r"\w+", text)


def said_in_text(mail):
    """Without addresses, which the HTML has behind its links, and the numbers of a list."""
    return re.sub(r"https?://\S+|^\d+\. ", " ", text_of(mail), flags=re.MULTILINE)


def visible_in_html(mail):
    body = html_of(mail).split("<body", 1)[1].split(">", 1)[1]
    return html.unescape(re.sub(r"<[^>]+>", " ", body))


def test_text_and_html_say_the_same(make, deliver):
    writer, reader = make.member("Bea"), make.member()
    on = make.list(name="Lijst")
    wants(make, reader, on)
    source = (
        "## Kop\n\nEen **vet** woord en [een link](https://example.org/pad).\n\n"
        "* een\n* twee\n\n> wat een ander zei\n\n1. eerst\n2. dan\n\n```\ncode  hier\n```"
    )
    start(make, writer, on, title="Van alles", text=source)
    mail = deliver()[reader.email]
    said, shown = words(said_in_text(mail)), words(visible_in_html(mail))
    assert shown == ["Lijst", *said]  # which list it is stands in the subject too
    for word in ("Kop", "vet", "link", "twee", "zei", "eerst", "code"):
        assert word in said
    assert "https://example.org/pad" in text_of(mail)


def test_links_within_the_site_are_whole(make, deliver):
    writer, reader = make.member(), make.member("Noor")
    on = make.list()
    wants(make, reader, on)
    handle = make.persona(reader).handle
    start(make, writer, on, text=f"Dag @{handle}, zie [dit](/discussies/1).")
    mail = deliver()[reader.email]
    assert f'href="http://127.0.0.1:8000/leden/{handle}"' in html_of(mail)
    assert 'href="/' not in html_of(mail)


@pytest.mark.parametrize("visibility", [Visibility.CLOSED, Visibility.OPEN, Visibility.PUBLIC])
def test_files_are_links_for_who_is_signed_in_and_are_not_sent_along(
    make, deliver, browser, visibility
):
    """Also of a list that visitors read on the site: a mail may be passed on to anybody."""
    writer, reader = make.member(), make.member()
    on = make.list(visibility)
    for member in (writer, reader):
        make.join(member, on.circle)
    wants(make, reader, on)
    with unit_of_work() as session:
        file = storage.keep(session, BytesIO(b"geheim verslag"), "ons verslag.txt", clock.now())
    discussion = start(make, writer, on, files=[file])
    mail = deliver()[reader.email]
    assert [p.get_content_type() for p in mail.walk()][1:] == ["text/plain", "text/html"]
    found = re.search(r'href="http://127.0.0.1:8000(/lees/bestand/[^"]+)"', html_of(mail))
    assert found
    assert found[1] in text_of(mail)
    for said in (html_of(mail), text_of(mail)):
        assert "/bestanden/" not in said
    visitor = browser().get(found[1])
    assert visitor.status_code == 302
    assert "/inloggen" in visitor.location
    assert "/lees/bestand/" in unquote(visitor.location)  # and then they come there
    is_for_all = visibility != Visibility.CLOSED
    assert browser(make.member()).get(found[1]).status_code == (302 if is_for_all else 404)
    led = browser(reader).get(found[1])
    with browser(reader).get(led.location) as answered:
        assert answered.data == b"geheim verslag"
    # On the site's own page whoever reads the post reads what hangs on it.
    reads = visibility == Visibility.PUBLIC
    with browser().get(led.location) as answered:
        assert answered.status_code == (200 if reads else 404)
    page = browser().get(f"/discussies/{discussion.id}")
    assert (led.location in page.text) == reads


def test_a_text_with_a_note_waits_on_the_site(make, deliver):
    writer, reader = make.member(), make.member()
    on = make.list()
    wants(make, reader, on)
    start(make, writer, on, text="Het ging om een heftig woord.", content_note="suïcide")
    mail = deliver()[reader.email]
    assert "suïcide" in text_of(mail)
    assert "heftig" not in mail.as_string()


def test_a_private_list_says_only_that_there_is_something(make, server, deliver):
    writer, reader = make.member("Geheime Schrijver"), make.member()
    on = make.list(Visibility.PRIVATE, name="Stille groep", short_name="stille-groep")
    for member in (writer, reader):
        make.join(member, on.circle)
    wants(make, reader, on)
    discussion = start(make, writer, on, title="Verborgen titel", text="Verborgen woorden")
    answer(make, writer, discussion, text="Verborgen antwoord")
    deliver()
    assert len(server.arrived) == 2
    for mail, raw in zip(server.arrived, server.raw, strict=True):
        everything = (raw.decode() + text_of(mail) + html_of(mail) + str(mail["From"])).lower()
        for secret in ("verborgen", "stille", "geheime", "stille-groep"):
            assert secret not in everything
        assert mail["Subject"] == "Er is iets te lezen"
        assert mail["References"] is None
        assert mail["List-Post"] is None
        assert mail["Reply-To"] is None
        assert "/lees/bericht/" in text_of(mail)
    assert len({mail["Message-ID"] for mail in server.arrived}) == 2
    assert len({mail["List-Id"] for mail in server.arrived}) == 1


def test_nothing_in_a_mail_ties_a_pseudonym_to_its_member(make, server, deliver):
    """Neither what the others get, nor what its member gets in the list where it is used."""
    member = make.member("Echte Naam", handle="echte-naam", time_zone="America/Curacao")
    reader = make.member()
    on = make.list(pseudonyms=True)
    persona = make.pseudonym(member, on.circle, "Zwaluw")
    make.join(reader, on.circle)
    wants(make, reader, on)
    discussion = start(make, member, on)
    arrived = deliver()[reader.email]
    raw = server.raw[-1].decode()
    assert arrived["From"].addresses[0].display_name == "Zwaluw via " + on.name
    for mark in ("Echte", "echte-naam", member.email, "-0400"):
        assert mark not in raw + text_of(arrived) + html_of(arrived)
    assert "+0000" in arrived["Date"]
    assert persona.member_id == member.id
    # Two addresses of one member, in two lists, have nothing in common.
    ours = addresses()
    one, two = (ours.to_discussion(member.id, n) for n in (discussion.id, discussion.id + 1))
    assert one[2:20] != two[2:20]


def test_where_no_mail_comes_in_a_link_stands_instead_of_an_address(make, app, deliver):
    writer, reader = make.member(), make.member()
    on = make.list()
    wants(make, reader, on)
    before = app.config["SETTINGS"], app.extensions["cop_mail"]
    app.config["SETTINGS"] = dataclasses.replace(before[0], mail_comes_in=False)
    app.extensions["cop_mail"] = dataclasses.replace(before[1], mail_comes_in=False)
    try:
        start(make, writer, on)
        mail = deliver()[reader.email]
    finally:
        app.config["SETTINGS"], app.extensions["cop_mail"] = before
    assert mail["Reply-To"] is None
    assert "mailto:" not in str(mail)
    assert urls(mail["List-Post"]) == [f"http://127.0.0.1:8000/gesprekken/{on.short_name}/nieuw"]
    assert mail["From"].addresses[0].addr_spec == before[0].mail_from
    assert "/lees/bericht/" in text_of(mail)


def test_all_who_get_the_same_share_one_content(make, server, app):
    from cop.platform.mail import engine
    from cop.platform.mail.models import MailContent

    writer = make.member()
    on = make.list()
    for _n in range(5):
        wants(make, make.member(), on)
    wants(make, make.member(language="en"), on)
    start(make, writer, on)
    run_due()
    engine.send_all()
    assert len(server.arrived) == 6
    with reading() as session:
        assert len(session.scalars(select(MailContent.id)).all()) == 2  # two languages
        assert session.scalar(select(DiscussionList.name)) == on.name
