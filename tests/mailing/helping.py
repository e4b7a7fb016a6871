"""What tests of list mail do again and again."""

from datetime import timedelta

import time_machine

from cop.discussions import attending, operations
from cop.discussions.mailing import choices
from cop.notifications.models import MailPreference, Rhythm
from cop.platform import clock
from cop.platform.db import reading, unit_of_work


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


def attend(make, member, discussion, attention):
    with unit_of_work() as session:
        attending.set_attention(
            session, make.actor(member), discussion_id=discussion.id, attention=attention
        )


def next_digest(member):
    """When the member's next digest is due."""
    with reading() as session:
        return session.get_one(MailPreference, member.id).next_at


def at(moment):
    """A moment at which to stand."""
    return time_machine.travel(moment, tick=False)


def a_bit_later(**delta):
    return at(clock.now() + timedelta(**delta))


def text_of(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(mail):
    return mail.get_body(("html",)).get_content()
