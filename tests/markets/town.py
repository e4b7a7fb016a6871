"""A market with everything on its pages, for the walks (tests/support/town.py)."""

from datetime import timedelta
from typing import Any

from cop.markets import contacts, floor, rounds, stall_desk, stall_talk, stalls
from cop.markets.after import taking_along
from cop.markets.announcing import Terms
from cop.markets.models import Stall
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.spaces.circles import Visibility
from cop.spaces.models import Space
from tests.markets.access import AFTER
from tests.markets.held import Held
from tests.markets.making import Fair
from tests.support.factories import Factory


def markets(make: Factory, owner: Member, other: Member) -> dict[str, Any]:
    """What addresses of markets stand for; nobody outside one private space knows of it."""
    space = make.space(Visibility.PRIVATE, coordinator=owner)
    make.join(other, space.circle)
    fair = Fair(make, owner, Terms(rounds=2, minutes=20, space_ids=[space.id]))
    mine, *_rest = fair.bring(owner, "Hoe betrek je naasten bij herstel?")
    theirs, unanswered = fair.bring(other, "Wie werkt er met GHB?", "Hoe begin je een groep?")
    offer, *_more = fair.offer(owner, "Vijf jaar ervaring met GHB en nazorg")
    fair.match((theirs, offer))
    fair.lay_out()
    fair.plan(out=True)
    gathering_id = fair.row().gathering_id
    with unit_of_work() as session:
        stall = session.query(Stall).filter(Stall.entry_id == unanswered).one()
        stalls.wish(session, make.actor(owner), stall.id, True, clock.now())
        before = {
            "market_id": fair.id,
            "markets.entry.entry_id": mine,
            "markets.withdraw.entry_id": mine,
            "markets.second.entry_id": theirs,
            "stall_id": stall.id,
            "markets.of_gathering.gathering_id": gathering_id,
        }
    return before | _held(make, owner, other, space) | _over(make, owner, other)


ON_FLOOR = """
    come_in go_home on_floor walk follow ask_help turn_round give_time announce_to_all close_doors
    people act_on tend host_as_well step_down contact_list ask_contact my_stall stall_sign
""".split()
AT_STALL = "said_before say ask_at_stall turns write_note leave_link leave_file stall_sign".split()


def _held(make: Factory, owner: Member, other: Member, space: Space) -> dict[str, Any]:
    """A market that goes on; its host stands at the stall of the other, where much was said."""
    now = clock.now()
    times = {"starts_at": now + timedelta(minutes=5), "ends_at": now + timedelta(hours=4)}
    fair = Fair(make, owner, Terms(rounds=2, minutes=20, space_ids=[space.id]), **times)
    fair.offer(owner, "Ervaring met rust in de groep")
    (ask,) = fair.bring(other, "Hoe houd je rust in de groep?")
    third = make.member()
    make.join(third, space.circle)
    fair.offer(third, "Ik luister graag")
    fair.lay_out()
    host, guest = make.actor(owner), make.actor(other)
    with unit_of_work() as session:
        stall_id = session.query(Stall).filter(Stall.entry_id == ask).one().id
        rounds.open_doors(session, host, fair.id, now)
        mine = floor.enter(session, host, fair.id, now)
        theirs = floor.enter(session, guest, fair.id, now)
        rounds.announce(session, host, fair.id, "Koffie in de gang.", "town-1", now, True)
        rounds.announce(session, host, fair.id, "De eerste ronde begint.", "town-2", now, True)
        rounds.begin_round(session, host, fair.id, 0, now)
        rounds.give_notice(session, host, fair.id, 0, now)
        for actor in (host, guest):
            floor.walk(session, actor, fair.id, stall_id, now)
        said = stall_talk.say(session, host, stall_id, "Begin klein.\nEcht.", "town", now, True)
        asked = stall_talk.ask(session, guest, stall_id, "En daarna?", True, "town", now, True)
        stall_talk.want_to_talk(session, guest, stall_id, True, now)
        stall_desk.write_note(session, guest, stall_id, "Klein beginnen", 0, now, True)
        link = "https://example.org/rust"
        stall_desk.leave_link(session, guest, stall_id, "Meer", link, "town", now, True)
        floor.ask_help(session, guest, fair.id, True, now)
        asks = make.actor(third)
        floor.enter(session, asks, fair.id, now)
        contact = contacts.ask(session, asks, fair.id, mine.id, "Schrijf je mij?", now)
        return {
            **{f"markets.{name}.market_id": fair.id for name in ON_FLOOR},
            **{f"markets.{name}.stall_id": stall_id for name in AT_STALL},
            "person_id": theirs.id,
            "markets.act_on.act": "verplaatsen",
            "markets.take_back.kind": "bericht",
            "markets.take_back.thing_id": said.id,
            "markets.report.kind": "vraag",
            "markets.report.thing_id": asked.id,
            "markets.tend_question.question_id": asked.id,
            "contact_id": contact.id,
        }


def _over(make: Factory, owner: Member, other: Member) -> dict[str, Any]:
    """The same of one that was held, with a harvest that has something of everything."""
    space = make.space(Visibility.PRIVATE, coordinator=owner)
    make.join(other, space.circle)
    terms = Terms(rounds=2, minutes=20, space_ids=[space.id])
    held = Held(Fair(make, owner, terms, title="Markt die is geweest"))
    lost, ask = held.fair.bring(owner, "Wie heeft een huisregel over gamen?", "Hoe werkt nazorg?")
    (offer,) = held.fair.offer(other, "Nazorg met een maatje")
    held.fair.match((ask, offer))
    held.fair.lay_out()
    stall_id = held.stall_of(offer)
    third = make.member()
    held.hold({stall_id: [owner, other, third]})
    held.note(stall_id, other, "Begin met een maatje, en *blijf bellen*.")
    held.link(stall_id, other, "Folder over nazorg", "https://example.org/nazorg")
    held.file(stall_id, other, "nazorg.txt")
    held.meet(owner, third, ("bel op dinsdag", "mail maar"), agreed=True)
    held.write(stall_id, other, "Begin met een maatje.\n\n- blijf bellen\n- plan het samen")
    with unit_of_work() as session:
        actor, now = make.actor(owner), clock.now()
        taken = [
            taking_along.take_along(
                session,
                actor,
                held.id,
                action,
                (now + timedelta(days=6)).date(),
                f"town-{shared}",
                now,
                stall_id=stall_id,
                shared=shared,
            )
            for action, shared in (("Ik bel een maatje", False), ("Ik plan een dag", True))
        ]
        taking_along.say_what_came(session, actor, taken[1].id, True, "Dat ging goed.", now)
        taking_along.evaluate(session, actor, held.id, {"got": 4, "met": 5, "again": None}, now)
        taken_id = taken[0].id
    held.begin_harvest()
    return {
        **{f"markets_after.{name}.market_id": held.id for name in AFTER},
        **{f"markets_after.{name}.stall_id": stall_id for name in ("write", "talk")},
        "markets_after.say_what_came.taken_id": taken_id,
        "markets_after.own_ask.entry_id": lost,
        "markets_after.bring_ask.entry_id": lost,
    }
