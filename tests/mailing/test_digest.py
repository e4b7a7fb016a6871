"""Digests: what is in them, when they come, and that each thing is told once."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, func, select, update

from cop.discussions import attending, telling
from cop.discussions.mailing import choices
from cop.discussions.models import Attention, Discussion, DiscussionList, Post, WhoMay
from cop.finding import interests
from cop.finding.models import InterestKind
from cop.members import account
from cop.notifications import digest_mail, digest_planning
from cop.notifications.models import MailPreference, Rhythm
from cop.notifications.operations import mark_read, notify
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.mail import engine
from cop.platform.mail.addresses import ToDigest, ToDiscussion, addresses
from cop.platform.mail.models import MailContent, OutgoingMail
from cop.platform.worker import run_due
from cop.practices.models import Practice
from cop.spaces.circles import CircleMembership, Visibility
from tests.mailing.helping import answer, at, attend, html_of, next_digest, start, text_of, wants
from tests.practices.writing import practice
from tests.support.counting import statements

MONDAY = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday_noon():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def reader(make):
    """A member with a preference: digests at seven in the morning, weekly ones on Monday."""
    member = make.member("Lezer")
    with unit_of_work() as session:
        digest_planning.preference(session, member, clock.now())
    return member


@pytest.fixture
def tomorrow(reader, deliver):
    """What the reader gets at the hour of their next digest, or None."""

    def run():
        with at(next_digest(reader)):
            return deliver().get(reader.email)

    return run


def later(minutes=5):
    return at(clock.now() + timedelta(minutes=minutes))


def test_a_new_discussion_comes_with_its_opening_once(make, reader, tomorrow):
    on = make.list(name="Koffiehoek")
    wants(make, reader, on, Rhythm.DAILY)
    with later():
        start(make, make.member("Noor"), on, title="Hoe verder?", text="Eerst dit.\n\nDan dat.")
    mail = tomorrow()
    for part in (text_of(mail), html_of(mail)):
        for words in ("Koffiehoek", "Hoe verder?", "Noor", "Eerst dit.", "Dan dat.", "1 minuut"):
            assert words in part
    assert tomorrow() is None


def choose_rest(make, reader, rest, asked=Rhythm.SITE):
    with unit_of_work() as session:
        member = session.merge(reader)
        wanted = digest_planning.Wanted(7, 0, asked, rest, Rhythm.SITE)
        digest_planning.change(session, member, wanted, clock.now())


@pytest.fixture
def news(make, reader):
    """A practice and an interest's discussion come, none of it of a list that the reader reads."""

    def run():
        space = make.space(name="De gaard")
        for each in (reader, inside := make.member()):
            make.join(each, space.circle)
        with unit_of_work() as session:
            actor, search = make.actor(reader), InterestKind.SEARCH
            interests.add(session, actor, search, clock.now(), words="kweeperen")
        with later():
            practice(make, inside, audience="space", space=space, title="Bellen")
            make.discussion(make.list(), make.member(), title="Over kweeperen")
            run_due()

    return run


@pytest.mark.parametrize("rest", [Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.SITE])
def test_practices_and_interests_come_in_the_rhythm_that_was_chosen(
    make, reader, news, tomorrow, rest
):
    choose_rest(make, reader, rest)
    news()
    came = {}
    for _day in range(8):
        day = next_digest(reader).weekday()
        mail = tomorrow()
        if mail is not None:
            came[day] = text_of(mail)
    expected = {Rhythm.DAILY: [1], Rhythm.WEEKLY: [0], Rhythm.SITE: []}[rest]
    assert list(came) == expected
    for text in came.values():
        assert "Bellen" in text
        assert "Over kweeperen" in text


def test_what_a_daily_digest_told_is_not_told_again_weekly(make, reader, news, tomorrow):
    """Of a list that comes daily, and of what is asked of me; what it did not tell comes."""
    choose_rest(make, reader, Rhythm.WEEKLY, asked=Rhythm.DAILY)
    on, still = make.list(), make.list()
    wants(make, reader, on, Rhythm.DAILY)
    wants(make, reader, still, Rhythm.SITE)
    news()  # the practice is new in the reader's space: they hear that by name
    with later():
        start(make, writer := make.member(), on, title="Kweeperen in mei")
        start(make, writer, still, title="Kweeperen in juni")
    said = text_of(tomorrow())
    assert "Bellen" in said
    assert "Kweeperen in mei" in said
    assert "Kweeperen in juni" not in said
    with unit_of_work() as session:
        mark_read(session, make.actor(reader), clock.now())
    (weekly,) = [text_of(mail) for _day in range(7) if (mail := tomorrow()) is not None]
    assert "Bellen" not in weekly
    assert "Kweeperen in mei" not in weekly
    assert "Kweeperen in juni" in weekly
    assert "Over kweeperen" in weekly


def test_after_no_more_overviews_none_comes_of_anything(make, reader, news, tomorrow):
    with unit_of_work() as session:
        choices.stop_digest(session, make.actor(reader), clock.now())
    news()
    assert [tomorrow() for _day in range(8)] == [None] * 8


def test_an_empty_digest_is_not_sent_and_leaves_nothing(make, reader, tomorrow):
    wants(make, reader, make.list(), Rhythm.DAILY)
    assert tomorrow() is None
    with reading() as session:
        assert session.scalars(select(OutgoingMail)).all() == []
        assert session.scalars(select(MailContent)).all() == []


def test_answers_come_of_what_one_follows_only(make, reader, tomorrow):
    on = make.list()
    followed, other, muted = (make.discussion(on, make.member()) for _ in range(3))
    wants(make, reader, on, Rhythm.DAILY)
    attend(make, reader, followed, Attention.FOLLOW)
    attend(make, reader, muted, Attention.MUTE)
    with later():
        for n, discussion in enumerate((followed, other, muted)):
            answer(make, make.member(), discussion, text=f"Antwoord nummer {n}")
        start(make, make.member(), on, title="Nieuw")
    said = text_of(tomorrow())
    assert "Antwoord nummer 0" in said
    assert "Antwoord nummer 1" not in said
    assert "Antwoord nummer 2" not in said
    assert "Nieuw" in said


def test_what_one_wrote_or_saw_on_the_site_is_left_out(make, reader, tomorrow):
    on = make.list()
    wants(make, reader, on, Rhythm.DAILY)
    with later():
        start(make, reader, on, title="Van mijzelf")
        seen = start(make, make.member(), on, title="Al gezien")
        start(make, make.member(), on, title="Nog niet gezien")
        with unit_of_work() as session:
            attending.read_upto(session, make.actor(reader), seen.id, 1)
    said = text_of(tomorrow())
    assert "Van mijzelf" not in said
    assert "Al gezien" not in said
    assert "Nog niet gezien" in said


@pytest.mark.parametrize("rhythm", [Rhythm.EACH, Rhythm.SITE])
def test_other_choices_leave_a_list_out(make, reader, tomorrow, rhythm):
    on = make.list()
    wants(make, reader, on, rhythm)
    with later():
        start(make, make.member(), on)
    assert tomorrow() is None or rhythm == Rhythm.EACH


def test_weekly_lists_are_in_the_digest_of_one_day(make, reader, deliver):
    daily, weekly = make.list(name="Dagelijks"), make.list(name="Wekelijks")
    wants(make, reader, daily, Rhythm.DAILY)
    wants(make, reader, weekly, Rhythm.WEEKLY)
    came = {}
    with later():
        start(make, make.member(), weekly, title="Voor de week")
    for day in range(8):
        with time_machine.travel(MONDAY + timedelta(days=day, minutes=9), tick=False):
            start(make, make.member(), daily, title=f"Dag {day}")
        with at(next_digest(reader)):
            came[clock.now().date().isoformat()] = text_of(deliver()[reader.email])
    with_week = [day for day, said in came.items() if "Voor de week" in said]
    assert with_week == ["2026-11-23"]  # the next Monday, in one mail with the daily list
    assert "Dag 6" in came["2026-11-23"]
    assert all(f"Dag {n}" in said for n, said in enumerate(came.values()))


def test_a_change_of_choice_tells_nothing_twice_and_skips_nothing(make, reader, deliver):
    on = make.list()
    wants(make, reader, on, Rhythm.DAILY)
    told = []
    for day in range(20):
        with time_machine.travel(MONDAY + timedelta(days=day, minutes=9), tick=False):
            start(make, make.member(), on, title=f"Gesprek nummer {day}.")
        with time_machine.travel(MONDAY + timedelta(days=day, hours=2), tick=False):
            wants(make, reader, on, (Rhythm.WEEKLY, Rhythm.DAILY, Rhythm.DAILY)[day % 3])
        with at(next_digest(reader)):
            mail = deliver().get(reader.email)
            told += re.findall(r"^Gesprek nummer (\d+)\.$", text_of(mail), re.M) if mail else []
    with time_machine.travel(MONDAY + timedelta(days=30), tick=False):
        mail = deliver().get(reader.email)
        told += re.findall(r"^Gesprek nummer (\d+)\.$", text_of(mail), re.M) if mail else []
    assert sorted(map(int, told)) == list(range(20))


def test_lists_stand_together_with_minutes_and_each_with_its_own_address(make, reader, tomorrow):
    lists = [make.list(name=f"Lijst {c}") for c in "ABC"]
    made = []
    with later():
        for on in lists * 2:
            made.append(start(make, make.member(), on, title=f"Op {on.name}", text="woord " * 900))
    for on in lists:
        wants(make, reader, on, Rhythm.DAILY)
    with unit_of_work() as session:
        session.execute(update(MailPreference).values(daily_until=MONDAY - timedelta(days=1)))
    from cop.discussions.models import ListChoice

    with unit_of_work() as session:
        session.execute(update(ListChoice).values(told_until=MONDAY - timedelta(days=1)))
    mail = tomorrow()
    said = text_of(mail)
    heads = [said.index(f"\n{on.name}\n=") for on in lists]
    assert heads == sorted(heads)
    assert said.count("Op Lijst A") == 2
    assert said.index("Op Lijst A") > heads[0]
    assert said.rindex("Op Lijst A") < heads[1]
    assert "5 minuten" in said
    assert "27 minuten" in said
    found = [addresses().read(a) for a in re.findall(r"r-[a-z2-7]+@localhost", said)]
    assert {f.discussion_id for f in found} == {d.id for d in made}
    assert all(isinstance(f, ToDiscussion) and f.member_id == reader.id for f in found)
    whole = addresses().read(mail["Reply-To"].addresses[0].addr_spec)
    assert isinstance(whole, ToDigest)
    assert whole.member_id == reader.id


def test_of_a_private_list_only_that_there_is_something(make, reader, server, tomorrow):
    on = make.list(Visibility.PRIVATE, name="Stille groep", short_name="stil")
    writer = make.member("Geheim")
    for member in (reader, writer):
        make.join(member, on.circle)
    wants(make, reader, on, Rhythm.DAILY)
    with later():
        start(make, writer, on, title="Verborgen titel", text="Verborgen woorden")
    mail = tomorrow()
    everything = (mail["Subject"] + text_of(mail) + html_of(mail)).lower()
    assert "er is iets te lezen" in everything
    for secret in ("verborgen", "stil", "geheim"):
        assert secret not in everything


def test_answers_are_told_by_mail_once_whatever_way_the_list_comes(make, reader, tomorrow):
    """At length in a digest, by themselves, or in one line of what is for me."""
    writer, made = make.member(), {}
    for rhythm in Rhythm:
        on = make.list(name=f"Lijst {rhythm}")
        wants(make, reader, on, rhythm)
        made[rhythm] = make.discussion(on, reader, title=f"Gesprek {rhythm}")
        attend(make, reader, made[rhythm], Attention.FOLLOW)
    with later():
        for discussion in made.values():
            answer(make, writer, discussion)
        run_due()
    said = text_of(tomorrow())
    mine = said.partition("Voor jou")[2].partition("Lijst daily")[0]
    assert "Gesprek site" in mine
    assert "Gesprek daily" not in mine
    assert "Gesprek each" not in said
    assert "Gesprek weekly" not in said  # its day comes
    assert said.count("Gesprek daily") == 1


@pytest.mark.parametrize("changes", [True, False], ids=["stops", "stays"])
def test_what_came_after_the_last_message_by_itself_is_told(
    make, reader, tomorrow, deliver, changes
):
    """They read the noon answer in a mail, had no more of them, and hear of the one of three."""
    on, writer = make.list(), make.member()
    wants(make, reader, on, Rhythm.EACH)
    discussion = make.discussion(on, reader, title="Mijn vraag")
    attend(make, reader, discussion, Attention.FOLLOW)
    with later():
        answer(make, writer, discussion)
        deliver()
        with unit_of_work() as session:
            seen = {"number": discussion.last_number + 1, "post_ids": [], "now": clock.now()}
            attending.note_read(session, make.actor(reader), discussion_id=discussion.id, **seen)
        if changes:
            wants(make, reader, on, Rhythm.SITE)
    with later(180):
        answer(make, writer, discussion)
        deliver()
    said = tomorrow()
    assert (said is not None and text_of(said).count("Mijn vraag") == 1) is changes


def test_what_a_weekly_digest_tells_is_not_told_daily_too(make, reader, tomorrow):
    """Of lists that are joined and come weekly because all do: nothing was chosen for each."""
    writer = make.member()
    joined, other = make.list(), make.list()
    make.join(reader, joined.circle)
    titles, made = ("Mijn gesprek", "Ander gesprek"), []
    for on, title in zip((joined, other), titles, strict=True):
        made.append(make.discussion(on, reader, title=title))
        attend(make, reader, made[-1], Attention.FOLLOW)
    with unit_of_work() as session:
        its_day = (clock.now().weekday() + 3) % 7
        wanted = digest_planning.Wanted(7, its_day, Rhythm.DAILY, Rhythm.SITE, Rhythm.WEEKLY)
        digest_planning.change(session, session.merge(reader), wanted, clock.now())
    with later():
        for discussion in made:
            answer(make, writer, discussion)
        run_due()
    mails = [text_of(mail) for _day in range(8) if (mail := tomorrow()) is not None]
    assert [sum(title in said for said in mails) for title in titles] == [1, 1]


@pytest.mark.parametrize("rhythm", [Rhythm.DAILY, Rhythm.WEEKLY])
@pytest.mark.parametrize("before", [True, False], ids=["older", "new"])
def test_answers_to_what_one_started_without_following_are_told_once(
    make, reader, tomorrow, rhythm, before
):
    """The digest of the list tells at length of what is followed only; a line tells of these."""
    on, writer = make.list(), make.member()
    with unit_of_work() as session:
        attending.set_follows_own(session, make.actor(reader), False)
    wants(make, reader, on, rhythm)
    discussion = start(make, reader, on, title="Mijn vraag") if before else None
    with later():
        discussion = discussion or start(make, reader, on, title="Mijn vraag")
        answer(make, writer, discussion)
        run_due()
    mails = [text_of(mail) for _day in range(8) if (mail := tomorrow()) is not None]
    assert [said.count("Mijn vraag") for said in mails] == [1]


def test_what_is_asked_of_me_stands_on_top(make, reader, tomorrow):
    on, private = make.list(), make.list(Visibility.PRIVATE)
    chosen, closed = make.list(Visibility.CLOSED), make.list(Visibility.CLOSED)
    handle = make.persona(reader).handle
    writer = make.member("Noor")
    for member in (reader, writer):
        for each in (private, chosen, closed):
            make.join(member, each.circle)
    wants(make, reader, chosen, Rhythm.DAILY)
    discussion, hidden = make.discussion(on, writer), make.discussion(private, writer, title="Stil")
    with later():
        for each, title in ((chosen, "Gekozen"), (closed, "Besloten")):
            answer(make, writer, make.discussion(each, writer, title=title), text=f"Ja, @{handle}?")
        answer(make, writer, discussion, text=f"Wat vind jij, @{handle}?")
        answer(make, writer, hidden, text=f"En jij, @{handle}?")
        run_due()
    mail = tomorrow()
    said = text_of(mail)
    assert "Noor noemde je in" in said
    assert "noemde je in “Gekozen”" in said
    # Each can be answered where it stands.
    (item,) = re.findall(rf"noemde je in “{discussion.title}”.*?\n\n", said, re.DOTALL)
    assert addresses().to_discussion(reader.id, discussion.id) in item
    assert said.count("Antwoord per mail") >= 2
    assert "Stil" not in said
    assert "Besloten" not in said  # a closed list comes by mail to who chose it
    assert "2 meldingen" in said
    assert tomorrow() is None


def test_what_does_not_fit_of_what_is_asked_is_counted(make, reader, tomorrow):
    on, writer = make.list(), make.member("Noor")
    handle = make.persona(reader).handle
    with later():
        for number in range(23):
            discussion = make.discussion(on, writer, title=f"Vraag {number}")
            answer(make, writer, discussion, text=f"Wat vind jij, @{handle}?")
        run_due()
    said = text_of(tomorrow())
    assert said.count("Noor noemde je in") == 20
    assert "3 meldingen" in said


def test_an_answer_is_asked_for_only_where_it_is_taken(make, reader, tomorrow):
    """Not in a closed conversation, nor where only those who coordinate answer."""
    on, few, other = make.list(), make.list(), make.list()
    handle = make.persona(reader).handle
    writer = make.member("Noor")
    with unit_of_work() as session:
        for each in (few, other):
            session.get_one(DiscussionList, each.id).answer_by = WhoMay.COORDINATORS
        actor, search = make.actor(reader), InterestKind.SEARCH
        interests.add(session, actor, search, clock.now(), words="kweeperen")
    for each in (on, few):
        wants(make, reader, each, Rhythm.DAILY)
    wants(make, reader, other, Rhythm.SITE)
    with later():
        start(make, writer, on, title="Vrij")
        shut = start(make, writer, on, title="Gesloten")
        start(make, writer, few, title="Mededeling")
        start(make, writer, other, title="Over kweeperen")
        start(make, writer, other, title="Genoemd", text=f"Lees dit, @{handle}.")
        followed = make.discussion(other, reader, title="Begonnen")
        with unit_of_work() as session:
            session.get_one(Discussion, shut.id).closed_at = clock.now()
            notify(
                session,
                member_ids=[reader.id],
                kind=telling.ANSWERS,
                key=f"{telling.ANSWERS}:{followed.id}:1",
                subject_id=followed.id,
                now=clock.now(),
            )
        run_due()
    mail = tomorrow()
    for said in (text_of(mail), html_of(mail)):
        for title in ("Vrij", "Gesloten", "Mededeling", "Over kweeperen", "Genoemd", "Begonnen"):
            assert title in said
        assert said.count("Antwoord per mail") == 1


def test_permission_is_asked_again_when_its_turn_comes(make, reader, deliver):
    on, other = make.list(Visibility.CLOSED), make.list()
    writer = make.member()
    for member in (reader, writer):
        make.join(member, on.circle)
    for each in (on, other):
        wants(make, reader, each, Rhythm.DAILY)
    with later():
        start(make, writer, on, title="Besloten")
        gone = start(make, writer, other, title="Weggehaald")
        start(make, writer, other, title="Blijft")
    with at(next_digest(reader)):
        with unit_of_work() as session:
            digest_planning.plan(session, clock.now())
        with unit_of_work() as session:
            session.execute(delete(CircleMembership).where(CircleMembership.member_id == reader.id))
            session.execute(
                update(Post).where(Post.discussion_id == gone.id).values(deleted_at=clock.now())
            )
        said = text_of(deliver()[reader.email])
    assert "Besloten" not in said
    assert "Weggehaald" not in said
    assert "Blijft" in said


def test_a_digest_that_was_fixed_is_made_anew_when_its_reader_may_no_longer_see_all(
    make, reader, deliver, app
):
    on, other = make.list(Visibility.CLOSED), make.list()
    writer = make.member()
    for member in (reader, writer):
        make.join(member, on.circle)
    for each in (on, other):
        wants(make, reader, each, Rhythm.DAILY)
    with later():
        start(make, writer, on, title="Besloten")
        start(make, writer, other, title="Open")
    with at(next_digest(reader)):
        with unit_of_work() as session:
            digest_planning.plan(session, clock.now())
        mailer = engine.Mailer("killed")
        with reading() as session:
            ids = list(session.scalars(select(OutgoingMail.id)))
        with unit_of_work() as session:
            session.execute(update(OutgoingMail).values(claimed_by="killed"))
        mailer._compose(ids, clock.now())  # fixed, and then the worker is killed
        mailer.take_over()
        with unit_of_work() as session:
            session.execute(delete(CircleMembership).where(CircleMembership.member_id == reader.id))
        said = text_of(deliver()[reader.email])
    assert "Besloten" not in said
    assert "Open" in said


def test_what_is_stored_late_is_told_in_the_next_one(make, reader, tomorrow):
    """A post whose transaction was open while the digest was planned."""
    on = make.list()
    wants(make, reader, on, Rhythm.DAILY)
    due = next_digest(reader)
    first = tomorrow()
    assert first is None
    with at(due - timedelta(seconds=30)):
        start(make, make.member(), on, title="Op het nippertje")
    assert "Op het nippertje" in text_of(tomorrow())


def test_after_days_without_a_worker_one_digest_tells_it_all(make, reader, deliver):
    on = make.list()
    wants(make, reader, on, Rhythm.DAILY)
    for day in range(3):
        with time_machine.travel(MONDAY + timedelta(days=day, minutes=9), tick=False):
            start(make, make.member(), on, title=f"Dag {day}")
    with time_machine.travel(MONDAY + timedelta(days=4), tick=False):
        said = text_of(deliver()[reader.email])
        assert deliver() == {}
    assert all(f"Dag {day}" in said for day in range(3))


def test_the_same_pieces_are_one_content_rendered_once(make, server, monkeypatch):
    on = make.list()
    readers = [make.member() for _ in range(6)]
    for member in readers:
        wants(make, member, on, Rhythm.DAILY)
    with later():
        start(make, make.member(), on)
    made = []
    original = digest_mail._content
    monkeypatch.setattr(digest_mail, "_content", lambda *a: made.append(1) or original(*a))
    with at(next_digest(readers[0])):
        with unit_of_work() as session:
            digest_planning.plan_due(session, {}, clock.now())
        engine.send_all()
    assert len([m for m in server.arrived if m["To"] in {r.email for r in readers}]) == 6
    assert len(made) == 1


def test_everything_that_is_said_decides_which_digests_are_one(make, reader):
    """A list that was named anew heads what is said, and a practice's words are its minutes."""
    writer, space = make.member(), make.space()
    on = make.list(name="Oude naam", short_name="oud")
    make.join(reader, space.circle)
    make.join(writer, space.circle)
    wants(make, reader, on, Rhythm.DAILY)
    with later():
        start(make, writer, on)
        kept = practice(make, writer, audience="space", space=space)
    of_list, made = update(DiscussionList).where(DiscussionList.id == on.id), []
    with at(next_digest(reader)), unit_of_work() as session:
        digest_planning.plan_due(session, {}, clock.now())
        (mail,) = session.scalars(select(OutgoingMail).where(OutgoingMail.member_id == reader.id))
        for change in (
            select(1),
            of_list.values(name="Nieuwe naam"),
            of_list.values(short_name="nieuw"),
            update(Practice).where(Practice.id == kept.id).values(words=5000),
        ):
            session.execute(change)
            draft = digest_mail.compose(session, [mail], clock.now())[mail.id]
            made.append((draft.content_key, draft.content()))
    assert len({content.html for _key, content in made}) == len(made)
    assert len({key for key, _content in made}) == len(made)


def test_the_number_of_statements_does_not_grow_with_readers_or_posts(make, server):
    def cost(readers, posts):
        on = make.list()
        members = [make.member() for _ in range(readers)]
        for member in members:
            wants(make, member, on, Rhythm.DAILY)
        with later():
            for _ in range(posts):
                start(make, make.member(), on)
        with at(clock.now() + timedelta(days=2)):
            with unit_of_work() as session:
                digest_planning.plan(session, clock.now())
            with reading() as session:
                mails = session.scalars(
                    select(OutgoingMail).where(
                        OutgoingMail.member_id.in_([m.id for m in members]),
                        OutgoingMail.sent_at.is_(None),
                    )
                ).all()
                with statements() as seen:
                    assert len(digest_mail.compose(session, mails, clock.now())) == readers
        return len(seen)

    assert cost(2, 2) == cost(9, 12)


def test_a_new_zone_or_hour_moves_the_next_digest(make, reader, browser, deliver):
    assert next_digest(reader).hour == 6  # seven in Amsterdam
    browser(reader).send("/ik/mail", {"hour": "21"})
    assert next_digest(reader) == datetime(2026, 11, 16, 20, 0, tzinfo=UTC)
    with unit_of_work() as session:
        wanted = account.Preferences("nl", "America/Curacao", None)
        account.prefer(session, make.actor(reader), wanted, clock.now())
    run_due()
    assert next_digest(reader) == datetime(2026, 11, 17, 1, 0, tzinfo=UTC)


def test_a_week_is_told_when_a_change_of_hour_passes_over_its_day(make, reader, browser, deliver):
    """On the first day after it, once; then on its day again."""
    weekly, came = make.list(name="Wekelijks"), []
    wants(make, reader, weekly, Rhythm.WEEKLY)
    browser(reader).send("/ik/mail", {"hour": "20"})
    for day in range(22):
        noon = MONDAY + timedelta(days=day)
        with time_machine.travel(noon, tick=False):
            if day == 7:  # its own Monday: the next one at this hour is on Tuesday
                browser(reader).send("/ik/mail", {"hour": "7"})
            start(make, make.member(), weekly, title=f"Dag {day}")
        with at(next_digest(reader)):
            if reader.email in deliver():
                came.append(clock.now().date().isoformat()[5:])
    assert came == ["11-16", "11-24", "11-30", "12-07"]


def test_whoever_has_no_preference_gets_one_and_news_begins_then(make, deliver):
    on, member = make.list(), make.member()
    make.join(member, on.circle)
    with at(MONDAY - timedelta(hours=1)):
        make.discussion(on, make.member(), title="Oud")
    deliver()
    with later():
        start(make, make.member(), on, title="Vers")
    with at(next_digest(member)):
        said = text_of(deliver()[member.email])
    assert "Vers" in said
    assert "Oud" not in said


def test_nothing_stays_of_somebody_who_left(make, reader, browser):
    on = make.list()
    wants(make, reader, on, Rhythm.DAILY)
    from cop.members import leaving

    with unit_of_work() as session:
        for key, dead_at in (("opgegeven", clock.now()), ("wacht", None)):
            words = {"recipient": reader.email, "subject": key, "text": "Dag", "html": ""}
            times = {"created_at": clock.now(), "try_at": clock.now(), "dead_at": dead_at}
            session.add(OutgoingMail(key=key, member_id=reader.id, **words, **times))
    with unit_of_work() as session:
        leaving.leave(session, make.actor(reader), True, clock.now())
    run_due()
    with reading() as session:
        assert session.get(MailPreference, reader.id) is None
        kept = set(session.scalars(select(OutgoingMail.key)))
        assert "wacht" in kept  # leaving cancels by mail what waits for an answer
        assert "opgegeven" not in kept  # nobody can have it tried again
        assert session.scalar(select(func.count()).select_from(Discussion)) == 0


def test_a_long_digest_is_cut_with_a_count(make, reader, tomorrow, server):
    on = make.list()
    wants(make, reader, on, Rhythm.DAILY)
    writer = make.member()
    with later():
        for n in range(digest_mail.MOST + 7):
            start(make, writer, on, title=f"Gesprek {n}", text="woord " * 400)
    mail = tomorrow()
    assert "nog 7 op de site" in text_of(mail)
    assert f"{digest_mail.MOST + 7} nieuwe gesprekken" in mail["Subject"]
    assert len(html_of(mail)) < 100_000  # longer ones are cut by mail programs


def test_headers_of_a_digest(make, reader, tomorrow):
    on = make.list()
    wants(make, reader, on, Rhythm.DAILY)
    with later():
        start(make, make.member(), on)
    mail = tomorrow()
    assert mail["List-Id"] == "<digest.localhost>"
    assert mail["List-Post"] == "NO"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] == "list"
    assert str(reader.id) not in mail["Message-ID"].split("-")


def test_an_excerpt_begins_with_new_words_and_says_when_it_is_cut(make, reader, tomorrow):
    """What an answer quotes was told before; an address in it can be followed."""
    on, writer = make.list(), make.member()
    wants(make, reader, on, Rhythm.DAILY)
    with later():
        discussion = start(make, writer, on, text="woord " * 248 + "\n\n" + "slot " * 200)
        attend(make, reader, discussion, Attention.FOLLOW)
        text = "> Hoe doen jullie dat?\n\nZo: [lees dit](https://example.org/a_b)."
        answer(make, writer, discussion, text)
    mail = tomorrow()
    said, shown = text_of(mail), html_of(mail)
    assert "Hoe doen jullie dat?" not in said + shown
    assert "lees dit <https://example.org/a_b>." in said
    assert '<a href="https://example.org/a_b">' in shown
    assert "&lt;https" not in shown
    assert re.search(r"woord …\s", said)
    assert "woord …</p>" in shown
