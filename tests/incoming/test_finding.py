"""What waits is found, what is answered is followed, and nothing of a member's is lost."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from cop.discussions import tending_moving
from cop.discussions.models import Discussion
from cop.discussions.tending_posts import remove
from cop.incoming.models import IncomingMail, Outcome
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.mail.addresses import addresses
from cop.platform.worker import run_due
from tests.incoming.mails import (
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


def notified():
    with reading() as session:
        return sorted(session.scalars(select(Notification.member_id)))


def test_who_looks_after_a_list_is_led_to_a_strangers_mail(make, browser):
    coordinator, other = make.member(), make.member()
    moderator = make.member(site_role="moderator")
    on = make.list(
        coordinator=coordinator, short_name="open-lijst", name="Tuinlijst", holds_strangers=True
    )
    make.list(short_name="zonder", name="Wezen", holds_strangers=True)
    to = addresses().of_list("open-lijst")
    for n in range(3):
        come_in(mail("v@vreemd.example.com", to, "Rozengeur", subject="Doornen", id=f"s{n}"), to)
    run_due()
    assert notified() == [coordinator.id]  # once a day, not for each mail
    home = browser(coordinator).get("/").text
    assert "3 mails wait for your decision" in home
    assert "Tuinlijst" in home
    assert 'href="/gesprekken-mail"' in home
    bell = browser(coordinator).get("/meldingen").text
    assert "waits for your decision" in bell
    for page in (home, bell):
        assert "Rozengeur" not in page
        assert "Doornen" not in page
    for path in (f"/gesprekken/{on.short_name}", f"/gesprekken/{on.short_name}/instellingen"):
        assert "3 mails wait for your decision" in browser(coordinator).get(path).text, path
    found = browser(coordinator).get("/gesprekken-mail").text
    assert f"/gesprekken-mail/{last().id}" in found
    assert "Rozengeur" in browser(coordinator).get(f"/gesprekken-mail/{last().id}").text
    for somebody in (other, moderator):  # who has a coordinator needs no moderator
        assert "for your decision" not in browser(somebody).get("/").text
    assert "for your decision" not in browser(other).get(f"/gesprekken/{on.short_name}").text
    to = addresses().of_list("zonder-owner")
    come_in(mail("w@vreemd.example.com", to, "Hulp", proven=vouched("w@vreemd.example.com")), to)
    run_due()
    assert notified() == sorted([coordinator.id, moderator.id])
    assert "1 mail waits for your decision" in browser(moderator).get("/").text


def test_an_answer_to_the_list_is_an_answer(scene, make, browser):
    """Of what may be answered on that very list; else it begins a conversation."""
    elsewhere = make.discussion(make.list(short_name="anders"), scene.other)
    closed = make.discussion(scene.list, scene.other)
    with unit_of_work() as session:
        session.get_one(Discussion, closed.id).closed_at = clock.now()
    post_of = {post.discussion_id: post.id for post in posts()}
    to, before = addresses().of_list("herstel"), len(posts())
    for on, answers in ((scene.discussion, True), (elsewhere, False), (closed, False)):
        more = f"In-Reply-To: <post-{post_of[on.id]}@{addresses().domain}>\n"
        come_in(of_member(scene.member, to, more=more, id=f"a{on.id}"), to)
        assert what() == ("answer" if answers else "start", "waits_sender", "no_key")
        assert (last().discussion_id, last().list_id) == (
            (on.id, None) if answers else (None, scene.list.id)
        )
        if answers:
            browser(scene.member).send(f"/ik/mail-wacht/{last().id}")
            assert posts()[-1].discussion_id == on.id
    assert len(posts()) == before + 1


def test_an_answer_follows_what_it_answers(scene, make):
    """Into a conversation that was split off; to the whole one when the message is gone."""
    coordinator = make.member(site_role="moderator")
    long = make.discussion(scene.list, scene.other, posts=3)
    first, second, third = [post for post in posts() if post.discussion_id == long.id]
    with unit_of_work() as session:
        part = tending_moving.split(
            session, make.actor(coordinator), long.id, numbers=[second.number],
            title="Apart", kind="conversation", now=clock.now(),
        )  # fmt: skip
        remove(session, make.actor(scene.other), third.id, now=clock.now())
    to = reply_to(scene.member, long)
    for post, where in ((first, long), (second, part), (third, long)):
        more = f"In-Reply-To: <post-{post.id}@{addresses().domain}>\n"
        assert come_in(of_member(scene.member, to, more=more, id=f"s{post.id}"), to) == "posted"
        made = posts()[-1]
        assert made.discussion_id == where.id
        assert made.in_reply_to_id == (None if post is third else post.id)
    before = len(posts())
    more = f"In-Reply-To: <post-{second.id}@{addresses().domain}>\n"
    anew = reply_to(scene.member, part)
    both = of_member(scene.member, f"{anew}, {to}", more=more, id="both")
    assert [come_in(both, anew), come_in(both, to)] == ["posted", "duplicate"]
    assert len(posts()) == before + 1


def test_more_than_a_person_writes_comes_later_when_it_is_proven(scene):
    to = reply_to(scene.member, scene.discussion)
    raws = [of_member(scene.member, to, f"Bericht {n}", id=f"r{n}") for n in range(32)]
    outcomes = [come_in(raw, to) for raw in raws]
    assert outcomes == [Outcome.POSTED] * 30 + [Outcome.FAILED] * 2
    assert what() == ("answer", "failed", "rate")
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        assert [come_in(raw, to) for raw in raws[30:]] == [Outcome.POSTED] * 2
    assert len(posts()) == 33
    assert len({post.source for post in posts()}) == 33


def test_only_the_reader_of_a_digest_is_answered_about_it(scene):
    """What anybody may have written with their name is told of once a day."""
    to, me = addresses().to_digest(scene.member.id, 7), scene.member.email
    for n, (sender, proven, outcome) in enumerate(
        (
            ("pieter@elders.example.net", vouched("pieter@elders.example.net"), "waits_sender"),
            ("v@vreemd.example.com", vouched("v@vreemd.example.com"), "waits_sender"),
            (me, "", "waits_sender"),
            (me, "", "waits_sender"),
            (me, vouched(me), "waits_sender"),
        )
    ):
        come_in(mail(sender, to, f"Dag {n}", id=f"d{n}", proven=proven), to)
        assert last().outcome == outcome
        assert f"Dag {n}" in (last().content or "")  # whoever wrote it: it is not lost
        assert len(letters(me)) == [1, 1, 2, 2, 3][n]
    assert letters("v@vreemd.example.com") == []


@pytest.mark.usefixtures("scene")
def test_when_the_database_is_away_no_mail_ends_the_one_who_brings_it(monkeypatch):
    from sqlalchemy.exc import OperationalError

    from cop.incoming import receiving

    def away(*_arguments):
        raise OperationalError("BEGIN", {}, Exception())

    monkeypatch.setattr(receiving, "unit_of_work", away)
    monkeypatch.setattr(receiving, "LARGEST", 10)
    assert come_in(b"x" * 11, "iemand@elders.example.net") == Outcome.FAILED


def test_a_mail_counts_as_received_when_its_transaction_begins(scene, monkeypatch):
    """Taking it apart takes seconds, and so may others who write."""
    from cop.incoming import receiving

    unpack, begun = receiving.unpack, clock.now()

    def slow(*arguments):
        with time_machine.travel(begun, tick=False):
            found = unpack(*arguments)
        moved.shift(timedelta(seconds=40))
        return found

    monkeypatch.setattr(receiving, "unpack", slow)
    to = reply_to(scene.member, scene.discussion)
    with time_machine.travel(begun, tick=False) as moved:
        receiving.receive(of_member(scene.member, to), to, "a@b.example")
    with reading() as session:
        came = session.scalars(select(IncomingMail.received_at)).one()
    assert came == begun + timedelta(seconds=40)
    assert posts()[-1].created_at == came
