"""Each weighs alone and unseen, until all are done or the facilitator opens."""

import pytest

from cop.beraad import queries, seats, weighing
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.sessions.permissions import SessionPermission
from tests.beraad.sitting import sit


def _seen(at, member):
    with reading() as session:
        who = at.actor(member)
        seat = seats.enter(session, who, at.id, SessionPermission.READ)
        return queries.weighings(session, who, seat, queries.beraad_of(session, at.id))


def test_nobody_sees_another_answer_before_the_last_is_done(make, now):
    at = sit(make, now)
    one, two, three = at.others
    at.weigh(one)
    at.weigh(two, done=False)
    at.weigh(three)
    for member in (at.lead, one, two, three):
        seen = _seen(at, member)
        assert (seen.open, seen.opened_at) == ([], None)
        assert (seen.done, seen.of) == (2, 3)
    assert _seen(at, one).own.value == "Veiligheid"
    at.weigh(two, "Vrijheid")
    for member in (at.lead, one, two, three):
        assert {w.answers["value"] for w in _seen(at, member).open} == {"Veiligheid", "Vrijheid"}
    assert _seen(at, one).counts == {"a": 3}


def test_the_facilitator_opens_and_what_was_not_handed_in_stays_unseen(make, now):
    at = sit(make, now)
    one, two, _three = at.others
    with unit_of_work() as session, pytest.raises(Refused):
        weighing.open_all(session, at.actor(at.lead), at.id, now)
    at.weigh(one)
    at.weigh(two, "Nog niet af", done=False)
    for member in (one, at.absent, make.member()):
        with unit_of_work() as session, pytest.raises(NotFound):
            weighing.open_all(session, at.actor(member), at.id, now)
    for _twice in range(2):
        with unit_of_work() as session:
            weighing.open_all(session, at.actor(at.lead), at.id, now)
    assert [w.answers["value"] for w in _seen(at, two).open] == ["Veiligheid"]
    with pytest.raises(Refused):
        at.weigh(two, "Toch nog")
    at.weigh(one)  # the same once more is no change


def test_who_leads_does_not_weigh(make, now):
    at = sit(make, now)
    with pytest.raises(NotFound):
        at.weigh(at.lead)


# what was sent, done → the field that says no
BAD = (
    ({}, True, "choice"),
    ({"choice": "a"}, True, "value"),
    ({"choice": "other", "value": "Rust"}, True, "right"),
    ({"choice": "c", "value": "Rust"}, True, "choice"),
    ({"choice": "a", "value": "x" * 100_000}, True, "value"),
    ({"choice": "a", "value": " \u200b "}, True, "value"),
    ({}, False, "value"),
)


def test_bad_weighings_say_what_is_missing(make, now):
    at = sit(make, now)
    for sent, done, field in BAD:
        with unit_of_work() as session, pytest.raises(Refused) as refused:
            weighing.save(
                session, at.actor(at.others[0]), at.id, weighing.Answer(**sent), done, now
            )
        assert refused.value.field == field, sent
