"""Single messages: who gets them, what stands in them."""

from cop.discussions import operations
from cop.discussions.mailing import choices
from cop.notifications.models import Rhythm
from cop.platform import clock
from cop.platform.db import unit_of_work


def wants(make, member, on, rhythm=Rhythm.EACH):
    with unit_of_work() as session:
        choices.choose(session, make.actor(member), list_id=on.id, rhythm=rhythm, now=clock.now())


def start(make, member, on, title="Hoe begin je een gesprek?", text="Ik zoek **raad**.", **values):
    with unit_of_work() as session:
        return operations.start(
            session,
            make.actor(member),
            list_id=on.id,
            kind="question",
            title=title,
            text=text,
            now=clock.now(),
            **values,
        )


def answer(make, member, discussion, text="Zo doe ik het.", **values):
    with unit_of_work() as session:
        return operations.answer(
            session,
            make.actor(member),
            discussion_id=discussion.id,
            text=text,
            now=clock.now(),
            **values,
        )


def test_every_message_goes_to_those_who_chose_it_and_not_to_its_writer(make, deliver):
    writer, reader, other = make.member("Ayoub"), make.member(), make.member()
    on = make.list(name="Koffiehoek")
    wants(make, reader, on)
    wants(make, writer, on)
    wants(make, other, on, Rhythm.DAILY)
    start(make, writer, on)
    arrived = deliver()
    assert set(arrived) == {reader.email}
    mail = arrived[reader.email]
    print(mail.as_string())
    assert mail["Subject"] == "[Koffiehoek] Hoe begin je een gesprek?"
