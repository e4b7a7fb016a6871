"""Who reaches what of a session: every role by every permission, in every state."""

from cop.members.actor import SYSTEM, VISITOR
from cop.members.models import SiteRole
from cop.platform.db import reading, unit_of_work
from cop.sessions import holding, stepping
from cop.sessions.permissions import SESSIONS
from cop.spaces.circles import CircleMembership
from tests.sessions.table import table

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
    "prepared": {"facilitator": "clpr", "participant": "cpr", "absent": "c"},
    "running": {"facilitator": "clprat", "participant": "cprat", "absent": "c"},
    "closed": {"facilitator": "bra", "participant": "bra", "absent": ""},
}
NOBODY = (
    *("visitor", "system", "stranger", "moderator", "administrator"),
    *("shown_out", "left_group", "guest_of_other_group"),
)


def test_only_those_who_take_part_reach_anything(make, now):
    for state, rows in MAY.items():
        at = table(make, others=3, begun=state != "prepared", closed=False)
        out, gone = at.others[1:3]
        with unit_of_work() as own:
            row = at.participant(own, out)
            holding.remove(own, at.actor(), at.id, row.id, now)
            own.delete(own.get(CircleMembership, (at.gathering.circle_id, gone.id)))
        other = table(make)
        if state == "closed":
            with unit_of_work() as own:
                stepping.close(own, at.actor(), at.id, now)
        actors = {
            "facilitator": at.actor(),
            "participant": at.actor(at.others[0]),
            "absent": at.actor(at.absent),
            "visitor": VISITOR,
            "system": SYSTEM,
            "stranger": make.actor(make.member()),
            "moderator": make.actor(make.member(site_role=SiteRole.MODERATOR)),
            "administrator": make.actor(make.member(site_role=SiteRole.ADMINISTRATOR)),
            "shown_out": at.actor(out),
            "left_group": at.actor(gone),
            "guest_of_other_group": at.actor(other.lead),
        }
        for role, actor in actors.items():
            wanted = NOTHING if role in NOBODY else rows[role]
            with reading() as session:
                held = "".join(LETTERS[str(p)] for p in SESSIONS.held(session, actor, at.id))
            assert sorted(held) == sorted(wanted), (state, role, held)
