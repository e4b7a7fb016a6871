"""Who reaches what of a session: every role by every permission, in every state."""

from cop.gatherings import guests
from cop.members.actor import SYSTEM, VISITOR, Actor
from cop.members.models import SiteRole
from cop.platform.db import reading, unit_of_work
from cop.sessions import among, holding, stepping
from cop.sessions.permissions import SESSIONS
from cop.spaces.circles import CircleMembership, Standing
from tests.sessions.table import Table, guest, table

NOTHING = ""
# What stands for each permission in the table.
LETTERS = {
    "come_in": "c",
    "lead": "l",
    "look_back": "b",
    "prepare": "p",
    "read": "r",
    "take_along": "a",
    "take_part": "t",
}
MAY = {
    "prepared": {"facilitator": "clpr", "participant": "cpr", "absent": "c", "guest_asked": "c"},
    "running": {"facilitator": "clprat", "participant": "cprat", "absent": "c", "guest_asked": "c"},
    "closed": {"facilitator": "bra", "participant": "bra", "absent": "", "guest_asked": ""},
}
# A guest who facilitates this date is at the table as a member is, and leads once they took over.
# Who organises the group and did not come has nothing more than any other who was absent.
AS = {"guest": "participant", "guest_leads": "facilitator", "coordinator_absent": "absent"}
NOBODY = (
    *("visitor", "system", "stranger", "moderator", "administrator"),
    *("shown_out", "left_group", "of_other_group"),
    *("guest_silent", "guest_says_no", "guest_of_other_date", "guest_of_poll", "guest_shown_out"),
)


def _guests(make, at: Table, other: Table, now) -> dict[str, Actor]:
    """Everybody from outside who has a link to something, and what they did with it."""
    found = {
        "guest_asked": guest(at, "Gonda Zegt Ja"),
        "guest": guest(at, "Gijs Zit Erbij"),
        "guest_leads": guest(at, "Guus Leidt"),
        "guest_silent": guest(at, "Stille Sien", None),
        "guest_says_no": guest(at, "Nee Neel", False),
        "guest_of_other_date": guest(other, "Ander Aart"),
        "guest_shown_out": guest(at, "Uit Ursel"),
    }
    actors = {role: Actor(guest_id=one.id) for role, one in found.items()}
    poll = make.date_poll(at.lead)
    with unit_of_work() as own:
        asked = guests.ask_for_poll(own, at.actor(), poll.id, "Pol", "pol@example.org", now)
        actors["guest_of_poll"] = Actor(guest_id=asked.id)
        for role in ("guest", "guest_shown_out", "guest_leads"):
            holding.come_in(own, actors[role], at.id, now)
        out = among.me(own, actors["guest_shown_out"], at.id)
        holding.remove(own, at.actor(), at.id, out.id, now)
        # Beside the one who leads already: the table asks both.
        among.me(own, actors["guest_leads"], at.id).leads = True
    return actors


def test_only_those_who_take_part_reach_anything(make, now):
    for state, rows in MAY.items():
        at = table(make, others=3, begun=state != "prepared", closed=False)
        out, gone = at.others[1:3]
        with unit_of_work() as own:
            row = at.participant(own, out)
            holding.remove(own, at.actor(), at.id, row.id, now)
            own.delete(own.get(CircleMembership, (at.gathering.circle_id, gone.id)))
        other, coordinator = table(make), make.member()
        make.join(coordinator, at.group.circle, Standing.COORDINATOR)
        make.agree(coordinator, at.group)
        outside = _guests(make, at, other, now)
        if state == "closed":
            with unit_of_work() as own:
                stepping.close(own, outside["guest_leads"], at.id, now)
        actors = {
            "facilitator": at.actor(),
            "participant": at.actor(at.others[0]),
            "absent": at.actor(at.absent),
            "coordinator_absent": at.actor(coordinator),
            "visitor": VISITOR,
            "system": SYSTEM,
            "stranger": make.actor(make.member()),
            "moderator": make.actor(make.member(site_role=SiteRole.MODERATOR)),
            "administrator": make.actor(make.member(site_role=SiteRole.ADMINISTRATOR)),
            "shown_out": at.actor(out),
            "left_group": at.actor(gone),
            "of_other_group": at.actor(other.lead),
        } | outside
        for role, actor in actors.items():
            wanted = NOTHING if role in NOBODY else rows[AS.get(role, role)]
            if state == "closed" and role in AS:
                wanted = NOTHING  # what was said stays with the group
            with reading() as session:
                held = "".join(LETTERS[str(p)] for p in SESSIONS.held(session, actor, at.id))
            assert sorted(held) == sorted(wanted), (state, role, held)
