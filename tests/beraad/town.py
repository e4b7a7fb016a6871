"""Moreel beraad in every state for the walks through the URL map (tests/support/town.py)."""

from typing import Any

from sqlalchemy import select

from cop.beraad import deliberating, general
from cop.beraad.items import Body
from cop.beraad.models import Form
from cop.beraad.starters import starters
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.sessions import seating
from cop.sessions.models import SessionParticipant
from cop.spaces.circles import Visibility
from tests.beraad.access import ACCESS
from tests.beraad.sitting import Sitting, sit
from tests.support.factories import Factory


def _with(make: Factory, owner: Member, leads: bool = False) -> Sitting:
    """A beraad in which the owner sits among the others, or leads."""
    at = sit(make, clock.now(), others=2)
    at.let_in(owner)
    with unit_of_work() as session:
        if leads:
            for one in session.scalars(
                select(SessionParticipant).where(SessionParticipant.session_id == at.id)
            ):
                one.leads = one.may_lead = one.member_id == owner.id
    at.others.append(owner)
    return at


def _item(at: Sitting, form: Form, text: str) -> int:
    with unit_of_work() as session:
        items = Body.from_json(at.now_report(session, form).body).items
        return next(item.id for item in items if item.text == text)


def beraad(make: Factory, owner: Member) -> tuple[dict[str, Any], dict[str, Any]]:
    """What addresses of a beraad stand for, and what of it nobody but the owner may see."""
    going = _with(make, owner)
    going.dilemma()
    other = going.others[0]
    going.entry(other, "Rust voor mevrouw Bakkali uit Spijkenisse")
    going.entry(other, "Rust in huis")
    mine = going.entry(owner, "Gezien worden")
    going.weigh(other)
    going.conclude()
    going.report()
    with unit_of_work() as session:
        added = deliberating.add_perspective(
            session, make.actor(owner), going.id, "Buurtgenoot", "", going.now
        )
        words = {"title": "Open deur", "choice_a": "A", "choice_b": "B", "question": "Mag dat?"}
        general.write(session, make.actor(owner), going.id, words, 0, going.now)
    led = _with(make, owner, leads=True)
    led.dilemma()
    led.weigh(led.others[0])
    sits = make.member("Sien Zonder Scherm")
    make.join(sits, led.at.group.circle)
    make.agree(sits, led.at.group)
    with unit_of_work() as session:
        handle = make.persona(sits).handle
        at_table = seating.seat(session, make.actor(owner), led.id, handle, led.now).id
    done = _with(make, owner)
    readers = make.space(Visibility.PRIVATE, coordinator=owner)
    for one in {done.lead, *done.others} - {owner}:
        make.join(one, readers.circle)
    report = done.all_of_it(readers.circle_id, by=owner)
    with unit_of_work() as session:
        general.write(session, make.actor(owner), done.id, words, 0, done.now)
    done.choose(form=Form.GENERAL)
    with unit_of_work() as session:
        public = done.now_report(session, Form.GENERAL).id
        unapproved = going.now_report(session, Form.GENERAL).id
    done.approve(form=Form.GENERAL)
    shown: dict[str, Any] = {f"{name}.session_id": going.id for name in ACCESS}
    shown |= {
        "board": "values",
        "form": "verslag",
        "beraad.open_weighings.session_id": led.id,
        "beraad.weigh_at_table.session_id": led.id,
        "beraad.weigh_at_table.participant_id": at_table,
        "beraad.report.session_id": done.id,
        "beraad.approve.session_id": done.id,
        "beraad.take_back_approval.session_id": done.id,
        "beraad.change_entry.entry_id": mine,
        "beraad.strike_entry.entry_id": mine,
        "perspective_id": added.id,
        "item_id": _item(going, Form.REPORT, "Gezien worden"),
        "beraad.read_report.report_id": report,
        "beraad.report_pdf.report_id": report,
        "beraad.readings.report_id": report,
        "beraad.read_dilemma.report_id": public,
        "beraad.starter_page.key": starters()[0].key,
    }
    hidden = shown | {"beraad.read_dilemma.report_id": unapproved}
    del hidden["beraad.starter_page.key"]  # for every member
    return shown, hidden
