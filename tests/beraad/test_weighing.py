"""Each weighs alone and unseen, until all are done or the facilitator opens."""

import pytest

from cop.beraad import queries, seats, weighing
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from cop.sessions import holding, seating
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


def test_what_was_handed_in_opens_when_the_session_is_over(make, now):
    at = sit(make, now)
    one, two, _three = at.others
    at.weigh(one)
    at.weigh(two, "Nog niet af", done=False)
    at.close()
    run_due()
    assert [w.answers["value"] for w in _seen(at, one).open] == ["Veiligheid"]


def test_who_leads_or_observes_does_not_weigh_and_is_not_waited_for(make, now):
    at = sit(make, now)
    one, two, watches = at.others
    with unit_of_work() as session:
        seat = seats.enter(session, at.actor(watches), at.id).participant_id
        holding.give_role(session, at.actor(at.lead), at.id, "observes", seat, now)
    for who in (at.lead, watches):
        with pytest.raises(NotFound):
            at.weigh(who)
    at.weigh(one)
    at.weigh(two)
    assert len(_seen(at, watches).open) == 2


def test_who_has_no_screen_weighs_on_the_facilitators_unseen_and_once(make, browser, now):
    at = sit(make, now, others=2)
    table, sits = at.at, make.member("Sien Zonder Scherm")
    make.join(sits, table.group.circle)
    make.agree(sits, table.group)
    with unit_of_work() as session:
        handle = make.persona(sits).handle
        seat = seating.seat(session, at.actor(at.lead), at.id, handle, now).id
        screen = table.participant(session, at.others[0]).id
    url = f"/sessies/{at.id}/beraad/weging"
    lead, other = browser(at.lead), browser(at.others[0])
    assert f"{url}/tafel/{seat}" in lead.get(f"/sessies/{at.id}/beraad/bord/weighing").text
    for page, who in ((other, seat), (lead, screen), (lead, 999_999)):
        assert page.get(f"{url}/tafel/{who}").status_code == 404
        answer = {"choice": "a", "value": "Geheim"}
        assert page.post(f"{url}/tafel/{who}", answer).status_code == 404
    assert lead.send(f"{url}/tafel/{seat}", {"choice": "b"}).status_code == 422
    lead.send(f"{url}/tafel/{seat}", {"choice": "b", "value": "Van Sien"})
    for path in (f"{url}/tafel/{seat}", "/bord/weighing"):
        assert "Van Sien" not in lead.get(path).text
    assert lead.get(f"{url}/tafel/{seat}").status_code == 404
    for member in at.others:
        assert _seen(at, member).opened_at is None
        at.weigh(member)
    seen = _seen(at, at.lead)
    assert {w.who.name: w.answers["value"] for w in seen.open}["Sien Zonder Scherm"] == "Van Sien"


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
