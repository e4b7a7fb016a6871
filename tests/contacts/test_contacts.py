"""Members reach each other by consent: nothing is exchanged before both agree."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cop.contacts import asking, blocking, conversations, handlers, queries, telling
from cop.contacts.events import ContactAccepted, ContactAsked, MessageWritten
from cop.contacts.models import ContactRequest, Conversation, Message
from cop.members.events import MemberLeft
from cop.members.models import Member
from cop.notifications.models import Notification
from cop.notifications.operations import lines, notify
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from cop.spaces.circles import CircleInvitation, Visibility
from tests.support.client import Browser
from tests.support.counting import statements
from tests.support.factories import Factory

NOW = clock.now()


def agreed(make: Factory, one: Member, other: Member) -> int:
    """A conversation to which both agreed."""
    with unit_of_work() as session:
        asking.ask(session, make.actor(one), make.persona(other).id, "Mag ik?", NOW)
        made = asking.ask(session, make.actor(other), make.persona(one).id, "", NOW)
    assert made.conversation_id is not None
    return made.conversation_id


def told(member: Member, *kinds: str) -> list[str]:
    with reading() as session:
        return list(
            session.scalars(
                select(Notification.kind)
                .where(Notification.member_id == member.id, Notification.kind.in_(kinds))
                .order_by(Notification.id)
            )
        )


def test_from_asking_to_talking_by_forms_alone(make: Factory, browser: type[Browser]) -> None:
    anna, bram, carla = make.member("Anna Smit"), make.member("Bram Maas"), make.member()
    handle = make.persona(bram).handle
    empty = browser(anna).send(f"/contact/vragen/{handle}", {"words": ""})
    assert empty.status_code == 422
    sent = browser(anna).send(f"/contact/vragen/{handle}", {"words": "Hoe deed jij dat?"})
    assert sent.status_code == 302
    again = browser(anna).send(f"/contact/vragen/{handle}", {"words": "Hallo?"})
    assert again.status_code == 422
    page = browser(bram).get("/contact").text
    assert "Hoe deed jij dat?" in page
    assert "Hoe deed jij dat?" not in browser(carla).get("/contact").text
    with reading() as session:
        request_id = session.scalars(select(ContactRequest.id)).one()
    assert browser(carla).post(f"/contact/verzoeken/{request_id}").status_code == 404
    opened = browser(bram).post(f"/contact/verzoeken/{request_id}", {"answer": "yes"})
    talk = opened.headers["Location"]
    assert "Hoe deed jij dat?" in browser(anna).get(talk).text
    assert browser(bram).send(talk, {"text": "Gewoon gedaan."}).status_code == 302
    assert "Gewoon gedaan." in browser(anna).get(talk).text
    for outsider in (browser(carla), browser(make.member(site_role="administrator"))):
        assert outsider.get(talk).status_code == 404
        assert outsider.post(talk, {"text": "Ik ook"}).status_code == 404
    assert browser(anna).post(f"{talk}/stoppen").status_code == 302
    assert browser(bram).post(talk, {"text": "Nog iets"}).status_code == 422
    with reading() as session:
        assert len(session.scalars(select(Message.id)).all()) == 2


def test_a_reported_message_that_moderators_take_away_is_gone_for_both(
    make: Factory, browser: type[Browser]
) -> None:
    anna, bram = make.member("Anna Smit"), make.member("Bram Maas")
    moderator = browser(make.member(site_role="moderator"))
    talk = agreed(make, anna, bram)
    with unit_of_work() as session:
        said = conversations.say(session, make.actor(anna), talk, "Ga weg, Bram.", NOW, True).id
    at = f"/contact/berichten/{said}/melden"
    assert browser(anna).get(at).status_code == 404
    sent = browser(bram).send(at, {"reason": "hurtful", "urgent": "y"})
    thanks = browser(bram).get(sent.headers["Location"]).text
    assert 'class="crisis"' in thanks
    assert f"/contact/gesprekken/{talk}#bericht-{said}" in thanks
    report = f"/moderatie/{sent.headers['Location'].rsplit('/', 1)[1]}"
    assert 'value="hide"' not in moderator.get(report).text
    moderator.send(report, {"decision": "remove", "request": "Zo niet."})
    run_due()
    for member in (anna, bram):
        assert "Ga weg" not in browser(member).get(f"/contact/gesprekken/{talk}").text


def test_a_pseudonym_is_asked_by_the_name_that_one_has_where_it_is_used(
    make: Factory, browser: type[Browser]
) -> None:
    anna, bram, carla = make.member("Anna Smit"), make.member("Bram Maas"), make.member("Carla Oud")
    circle = make.circle(Visibility.CLOSED, pseudonyms=True)
    merel, ekster = (
        make.pseudonym(who, circle, name) for who, name in ((anna, "Merel"), (bram, "Ekster"))
    )
    address = f"/contact/vragen/{merel.handle}"
    assert address in browser(bram).get(f"/leden/{merel.handle}").text
    assert browser(anna).get(address).status_code == 404  # oneself
    assert "You ask as Carla Oud." in browser(carla).get(address).text  # has no other name there
    assert "You ask as Ekster." in browser(bram).get(address).text
    assert browser(bram).send(address, {"words": "Mag ik iets vragen?"}).status_code == 302
    with reading() as session:
        asked = session.scalars(select(ContactRequest)).one()
        assert (asked.from_id, asked.to_id) == (ekster.id, merel.id)
    page = browser(anna).get("/contact").text
    assert "Ekster" in page
    assert "Bram Maas" not in page


def test_a_no_opens_nothing_and_leaves_no_words(make: Factory) -> None:
    anna, bram = make.member(), make.member()
    with unit_of_work() as session:
        asked = asking.ask(session, make.actor(anna), make.persona(bram).id, "Mag ik?", NOW)
        assert asking.answer(session, make.actor(bram), asked.request_id or 0, False, NOW) is None
    with reading() as session:
        request = session.scalars(select(ContactRequest)).one()
        assert (request.accepted, request.words) == (False, None)
        assert session.scalar(select(Conversation.id)) is None
    with unit_of_work() as session, pytest.raises(Refused):
        asking.ask(session, make.actor(anna), make.persona(bram).id, "Toch?", NOW)
    later = NOW + asking.AFTER_NO + timedelta(days=1)
    with unit_of_work() as session:
        again = asking.ask(session, make.actor(anna), make.persona(bram).id, "Nu wel?", later)
        asking.withdraw(session, make.actor(anna), again.request_id or 0, later)
    with unit_of_work() as session, pytest.raises(Refused):
        asking.ask(session, make.actor(anna), make.persona(bram).id, "En nu?", later)


def test_both_agree_before_anything_is_exchanged(make: Factory) -> None:
    """As a room calls it that brings two together under names in a circle: a market."""
    anna, bram = make.member(), make.member()
    circle = make.circle(Visibility.PRIVATE, pseudonyms=True)
    merel = make.pseudonym(anna, circle, "Merel")
    with unit_of_work() as session:
        first = asking.ask(
            *(session, make.actor(anna), make.persona(bram).id, "", NOW),
            from_id=merel.id,
            about="market",
        )
        assert first.conversation_id is None
        with pytest.raises(NotFound):  # a name that is not theirs
            asking.ask(session, make.actor(bram), make.persona(anna).id, "", NOW, from_id=merel.id)
        second = asking.ask(session, make.actor(bram), merel.id, "", NOW, about="market")
        assert second.conversation_id is not None
        assert (
            conversations.between(session, merel.id, make.persona(bram).id)
            == second.conversation_id
        )
        page = queries.page(session, make.actor(bram), second.conversation_id)
        assert page.person.name == "Merel"
        assert queries.page(session, make.actor(anna), second.conversation_id).as_name == "Merel"


def test_a_mail_says_only_that_something_waits_and_rings_once(make: Factory) -> None:
    anna, bram = make.member(), make.member()
    talk = agreed(make, anna, bram)
    with unit_of_work() as session:
        for n in range(3):
            said = conversations.say(session, make.actor(anna), talk, f"Geheim {n}", NOW)
            handlers.tell_the_other(session, MessageWritten(message_id=said.id), NOW)
    assert told(bram, "contacts.message") == ["contacts.message"]
    with reading() as session:
        rows = session.scalars(
            select(Notification).where(Notification.member_id == bram.id).order_by(Notification.id)
        ).all()
        worded = lines(session, make.actor(bram), rows).values()
        assert worded
        assert not any(line.in_mail or "Geheim" in line.text for line in worded)


def test_whoever_is_blocked_reaches_nobody_and_is_not_told(
    make: Factory, browser: type[Browser]
) -> None:
    anna, bram = make.member("Anna Smit"), make.member("Bram Maas")
    talk = agreed(make, anna, bram)
    space = make.space(Visibility.CLOSED, coordinator=bram)
    assert browser(anna).post(f"/contact/blokkeren/{make.persona(bram).handle}").status_code == 302
    with unit_of_work() as session:
        session.add(
            CircleInvitation(
                circle_id=space.circle_id,
                persona_id=make.persona(anna).id,
                member_id=anna.id,
                by_id=make.persona(bram).id,
                at=NOW,
            )
        )
        # Any notice that he causes: a mention, an invitation, an answer.
        notify(
            session,
            member_ids=[anna.id],
            kind="discussions.mention",
            key="mention:1",
            subject_id=1,
            by_id=make.persona(bram).id,
            now=NOW,
        )
        asked = asking.ask(session, make.actor(bram), make.persona(anna).id, "Nog eens?", NOW)
        assert asked.request_id is not None  # it looks as any request that waits
        handlers.tell_who_is_asked(session, ContactAsked(request_id=asked.request_id), NOW)
    assert told(anna, "discussions.mention", "contacts.asked") == []
    assert "Nog eens?" not in browser(anna).get("/contact").text
    assert browser(anna).get(f"/kringen/{space.circle_id}/uitnodiging").status_code == 404
    theirs = browser(bram)
    assert "ended" in theirs.get(f"/contact/gesprekken/{talk}").text
    assert "block" not in theirs.get("/contact").text.lower().split("whom you blocked")[0]
    assert browser(anna).post(f"/contact/verzoeken/{asked.request_id}").status_code == 404
    with unit_of_work() as session:
        blocking.unblock(session, make.actor(anna), make.persona(bram).handle)
    assert "Nog eens?" in browser(anna).get("/contact").text


def test_a_block_of_a_pseudonym_tells_nothing_of_the_member(make: Factory) -> None:
    anna, bram = make.member(), make.member()
    circle = make.circle(Visibility.OPEN, pseudonyms=True)
    make.join(anna, circle)
    merel = make.pseudonym(bram, circle, "Merel")
    with unit_of_work() as session:
        blocking.block(session, make.actor(anna), merel.handle, NOW)
        asked = asking.ask(session, make.actor(bram), make.persona(anna).id, "Hoi", NOW)
        assert asked.request_id is not None
    with reading() as session:
        assert len(queries.to_me(session, make.actor(anna))) == 1


def test_whoever_leaves_takes_their_words_along(make: Factory) -> None:
    anna, bram, carla = make.member(), make.member(), make.member()
    talk = agreed(make, anna, bram)
    with unit_of_work() as session:
        conversations.say(session, make.actor(anna), talk, "Van Anna", NOW)
        conversations.say(session, make.actor(bram), talk, "Van Bram", NOW)
        blocking.block(session, make.actor(anna), make.persona(carla).handle, NOW)
        left = MemberLeft(member_id=anna.id, persona_id=make.persona(anna).id)
        handlers.forget_member(session, left, NOW)
    with reading() as session:
        assert session.scalars(select(Message.text)).all() == ["Van Bram"]
        assert session.get_one(Conversation, talk).ended_at is not None
        assert session.scalar(select(ContactRequest.id)) is None


def test_an_accepted_request_is_told(make: Factory) -> None:
    anna, bram = make.member(), make.member()
    with unit_of_work() as session:
        asked = asking.ask(session, make.actor(anna), make.persona(bram).id, "Mag ik?", NOW)
        talk = asking.answer(session, make.actor(bram), asked.request_id or 0, True, NOW)
        event = ContactAccepted(request_id=asked.request_id or 0, conversation_id=talk or 0)
        handlers.tell_who_asked(session, event, NOW)
        handlers.tell_who_asked(session, event, NOW)
    assert told(anna, "contacts.accepted") == ["contacts.accepted"]


def test_a_page_runs_the_same_number_of_queries_however_much_there_is(
    make: Factory, browser: type[Browser]
) -> None:
    anna = make.member()
    talk = agreed(make, anna, make.member())
    mine = browser(anna)

    def counted(path: str) -> int:
        with statements() as seen:
            assert mine.get(path).status_code == 200
        return len(seen)

    paths = ("/contact", f"/contact/gesprekken/{talk}")
    for path in paths:
        counted(path)
    before = [counted(path) for path in paths]
    for _ in range(3):
        agreed(make, anna, make.member())
    with unit_of_work() as session:
        for n in range(5):
            conversations.say(session, make.actor(anna), talk, f"Nog {n}", NOW)
    for path in paths:
        counted(path)
    assert [counted(path) for path in paths] == before


def test_whoever_one_blocked_gets_no_conversation_of_what_one_asked_before(
    make: Factory, browser: type[Browser]
) -> None:
    """The request is taken back; one of another name of theirs looks so too, and opens nothing."""
    anna, bram = make.member(), make.member()
    circle = make.circle(Visibility.OPEN, pseudonyms=True)
    merel = make.pseudonym(anna, circle, "Merel")
    to = make.persona(bram).id
    with unit_of_work() as session:
        own = asking.ask(session, make.actor(anna), to, "Mag ik?", NOW)
        other = asking.ask(session, make.actor(anna), to, "Hoi", NOW, from_id=merel.id)
        blocking.block(session, make.actor(anna), make.persona(bram).handle, NOW)
    with unit_of_work() as session:
        assert queries.to_me(session, make.actor(bram)) == []
        for asked in (own, other):
            with pytest.raises(NotFound):
                asking.answer(session, make.actor(bram), asked.request_id or 0, True, NOW)
        mine = session.get_one(ContactRequest, own.request_id)
        assert (mine.answered_at, mine.words) == (NOW, None)
        # Asking back agrees to nothing either, and tells nothing.
        back = asking.ask(session, make.actor(bram), merel.id, "Ik ook", NOW)
        assert back.request_id is not None
        with pytest.raises(NotFound):
            conversations.open_between(session, make.persona(anna).id, to, NOW)
        assert session.scalar(select(Conversation.id)) is None
    handle = make.persona(bram).handle
    refused = browser(anna).send(f"/contact/vragen/{handle}", {"words": "Toch een vraag"})
    assert refused.status_code == 422
    assert "You blocked them" in refused.text
    assert "Toch een vraag" in refused.text


def test_what_somebody_did_before_they_were_blocked_is_told_no_more(make: Factory) -> None:
    """Under the name that blocks the conversation ends; under another it goes on, and is quiet."""
    anna, bram = make.member(), make.member()
    merel = make.pseudonym(anna, make.circle(Visibility.OPEN, pseudonyms=True), "Merel")
    talks = [agreed(make, anna, bram)]
    with unit_of_work() as session:
        talks.append(conversations.open_between(session, merel.id, make.persona(bram).id, NOW))
        for talk in talks:
            said = conversations.say(session, make.actor(bram), talk, "Hoi", NOW)
            handlers.tell_the_other(session, MessageWritten(message_id=said.id), NOW)
        notices = session.scalars(select(Notification).order_by(Notification.id)).all()
        assert len(list(telling.requests_and_messages(session, make.actor(anna), NOW))) == 2
        assert len(lines(session, make.actor(anna), notices)) == 2
        blocking.block(
            session, make.actor(anna), make.persona(bram).handle, NOW, conversation_id=talks[1]
        )
    with reading() as session:
        ended = [session.get_one(Conversation, talk).ended_at for talk in talks]
        assert ended == [None, NOW]
        assert list(telling.requests_and_messages(session, make.actor(anna), NOW)) == []
        assert lines(session, make.actor(anna), notices) == {}


def test_two_answers_at_one_moment_are_one(make: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading the request and its turn, the other answer was stored."""
    anna, bram = make.member(), make.member()
    with unit_of_work() as session:
        asked = asking.ask(session, make.actor(anna), make.persona(bram).id, "Mag ik?", NOW)
    turns = conversations.hold

    def late(session: Session, *persona_ids: int) -> None:
        turns(session, *persona_ids)
        unseen = {"synchronize_session": False}  # as another transaction's: what is in hand is old
        change = update(ContactRequest).values(answered_at=NOW, accepted=False)
        session.execute(change.execution_options(**unseen))

    monkeypatch.setattr(conversations, "hold", late)
    with unit_of_work() as session, pytest.raises(NotFound):
        asking.answer(session, make.actor(bram), asked.request_id or 0, True, NOW)
    with reading() as session:
        assert session.scalar(select(Conversation.id)) is None


def test_nothing_that_was_typed_is_lost(make: Factory, browser: type[Browser]) -> None:
    """Asked meanwhile, agreed already, or ended while one typed: the words are there."""
    anna, bram = make.member(), make.member()
    with unit_of_work() as session:
        asking.ask(session, make.actor(anna), make.persona(bram).id, "Van Anna", NOW)
    handle = make.persona(anna).handle
    both = browser(bram).send(f"/contact/vragen/{handle}", {"words": "Van Bram"})
    talk = both.headers["Location"]
    browser(bram).send(f"/contact/vragen/{handle}", {"words": "Nog iets"})
    page = browser(anna).get(talk).text
    assert all(words in page for words in ("Van Anna", "Van Bram", "Nog iets"))
    browser(anna).post(f"{talk}/stoppen")
    late = browser(bram).post(talk, {"text": "Net getypt"})
    assert late.status_code == 422
    assert "Net getypt" in late.text
    assert "has ended" in late.text


def test_conversations_go_on_by_key(
    make: Factory, browser: type[Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST", 2)
    anna = make.member()
    expected = [agreed(make, anna, make.member()) for _n in range(5)][::-1]
    seen: list[int] = []
    after: int | None = None
    with reading() as session:
        for _page in range(3):
            rows, after = queries.conversations(session, make.actor(anna), after)
            seen += [row.id for row in rows]
    assert (seen, after) == (expected, None)
    assert f"/contact?na={expected[1]}" in browser(anna).get("/contact").text
