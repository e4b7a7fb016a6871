"""One phone on the table: who leads types for whoever has no screen, and the words are theirs."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from cop.groups.models import Group, GroupAgreement
from cop.members.models import Member
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.live.commands import Data
from cop.sessions import afterwards, holding, live, own_words, queries, seating, stepping, writing
from cop.sessions.methods import Mode
from cop.sessions.models import FollowUp, SessionEntry, SessionParticipant
from tests.sessions.table import Table, table


@dataclass
class _Seated:
    """Somebody of the group who sits at the table without a screen."""

    member: Member
    handle: str
    id: int


def _seat(make, at: Table, now, name: str = "Sien Zonder Scherm") -> _Seated:
    member = make.member(name)
    make.join(member, at.group.circle)
    make.agree(member, at.group)
    handle = make.persona(member).handle
    with unit_of_work() as session:
        return _Seated(member, handle, seating.seat(session, at.actor(), at.id, handle, now).id)


def _to_typing(at: Table, now) -> None:
    """On to the first step in which something is typed and seen at once."""
    with unit_of_work() as session:
        its = at.now_held(session)
        while its.its_step.mode == Mode.SILENT or not its.its_step.entries:
            stepping.go_on(session, at.actor(), at.id, its.round, its.step, now)


def _type(at: Table, who, now, *, by=None, text="Rust", key="sleutel"):
    with unit_of_work() as session:
        return writing.contribute(
            session, at.actor(by), at.id, "question", text, key, now, who=who
        ).id


def _seen(at: Table, member) -> list:
    with reading() as session:
        return queries.entries(session, at.actor(member), at.now_held(session))


def test_what_is_typed_for_somebody_is_theirs_and_once(make, now):
    at = table(make, now=now)
    sits = _seat(make, at, now)
    made = _type(at, sits.id, now)
    assert _type(at, sits.id, now) == made
    with reading() as session:
        assert session.get_one(SessionEntry, made).participant_id == sits.id
        words = own_words.everything(session, at.actor(sits.member))
        assert [each["text"] for each in words] == ["Rust"]
        assert own_words.everything(session, at.actor()) == []
    [entry] = _seen(at, at.others[0])
    assert (entry.who.name, entry.mine) == ("Sien Zonder Scherm", False)
    with unit_of_work() as session:
        screen = at.participant(session, at.others[0]).id
    with pytest.raises(NotFound):
        _type(at, sits.id, now, by=at.others[0], key="anders")
    with pytest.raises(NotFound):
        _type(at, 999_999, now, key="anders")
    with pytest.raises(Refused):
        _type(at, screen, now, key="anders")
    with unit_of_work() as session:
        holding.come_in(session, at.actor(sits.member), at.id, now)
    assert _type(at, sits.id, now) == made, "a retry of what arrived before they had a screen"
    with pytest.raises(Refused):
        _type(at, sits.id, now, text="Rust en ruimte")
    with pytest.raises(Refused):
        _type(at, sits.id, now, key="anders")


def test_who_typed_it_changes_it_until_they_have_a_screen_of_their_own(make, now):
    at = table(make, now=now)
    sits = _seat(make, at, now)
    made, struck = _type(at, sits.id, now), _type(at, sits.id, now, key="weg")
    for member in (at.others[0], at.absent, make.member()):
        with unit_of_work() as session, pytest.raises(NotFound):
            writing.change(session, at.actor(member), made, "Anders", now)
    assert all(entry.mine for entry in _seen(at, at.lead))
    with unit_of_work() as session:
        writing.change(session, at.actor(), made, "Ruimte", now)
        writing.strike(session, at.actor(), struck, now)
    with unit_of_work() as session:
        holding.come_in(session, at.actor(sits.member), at.id, now)
    assert not any(entry.mine for entry in _seen(at, at.lead))
    with unit_of_work() as session, pytest.raises(NotFound):
        writing.change(session, at.actor(), made, "Toch anders", now)
    with unit_of_work() as session:
        assert writing.change(session, at.actor(sits.member), made, "Zelf", now).text == "Zelf"
        own = writing.contribute(
            session, at.actor(sits.member), at.id, "question", "Zelf getypt", "zelf", now
        ).id
    # The battery is empty, and they sit at the table again: what they typed themselves stays so.
    with unit_of_work() as session:
        session.get_one(SessionParticipant, sits.id).seen_at = None
    with unit_of_work() as session, pytest.raises(NotFound):
        writing.strike(session, at.actor(), own, now)
    with pytest.raises(NotFound):
        _type(at, sits.id, now, key="zelf", text="Anders")


def test_what_is_typed_for_somebody_in_silence_is_not_read_on_that_screen(make, now):
    at = table(make, now=now)
    sits = _seat(make, at, now)
    with unit_of_work() as session:
        its = at.now_held(session)
        its.method = its.method | {
            "steps": [step | {"mode": "silent"} for step in its.method["steps"]]
        }
    made = _type(at, sits.id, now)
    assert _seen(at, at.lead) == []
    with unit_of_work() as session, pytest.raises(NotFound):
        writing.change(session, at.actor(), made, "Anders", now)
    with unit_of_work() as session:
        stepping.open_writing(session, at.actor(), at.id, 1, 0, now)
    assert [entry.text for entry in _seen(at, at.lead)] == ["Rust"]


def test_what_somebody_without_a_screen_takes_along_is_theirs(make, now):
    at = table(make, now=now)
    sits = _seat(make, at, now)

    def take(by=None, who=sits.id, key="a"):
        with unit_of_work() as session:
            return afterwards.take_along(
                session, at.actor(by), at.id, "Bellen", None, key, now, who=who
            )

    assert take().participant_id == sits.id
    take()
    with reading() as session:
        assert len(session.scalars(select(FollowUp)).all()) == 1
    with pytest.raises(NotFound):
        take(by=at.others[0], key="b")
    with unit_of_work() as session:
        stepping.close(session, at.actor(), at.id, now)
    assert take().participant_id == sits.id
    with pytest.raises(Refused):
        take(key="b")


def test_by_forms_and_over_the_socket(make, browser, now):
    at = table(make)
    _to_typing(at, now)
    lead, url = browser(at.lead), f"/sessies/{at.id}"
    assert 'name="says"' not in lead.get(url).text, "nobody to type for"
    sits = _seat(make, at, now)
    page = lead.get(url).text
    assert f'value="{sits.id}"' in page.split('name="says"', 1)[1]
    assert 'name="says"' not in browser(at.others[0]).get(url).text
    with reading() as session:
        kind = at.now_held(session).its_step.entries[0]
        mine = at.participant(session, at.lead).id
    said = {"kind": kind, "key": "a", "text": "Niet kwijt"}
    unsaid = lead.post(f"{url}/bijdragen", said)
    assert unsaid.status_code == 422
    assert "Niet kwijt" in unsaid.text
    assert "Say whose words these are." in unsaid.text
    lead.post(f"{url}/bijdragen", said | {"says": str(sits.id)})
    lead.post(f"{url}/bijdragen", said | {"says": str(mine), "key": "b", "text": "Van mij"})
    assert "Written down for Sien Zonder Scherm." in lead.get(url).text
    taken = {"key": "a", "action": "Morgen bellen"}
    assert lead.post(f"{url}/meenemen", taken).status_code == 422
    lead.post(f"{url}/meenemen", taken | {"takes": str(sits.id)})
    with unit_of_work() as session:
        sent = {"session": at.id, "kind": kind, "text": "Over de lijn", "key": "c", "who": sits.id}
        live.contribute(session, at.actor(), Data(sent), now)
        with pytest.raises(NotFound):
            live.contribute(session, at.actor(at.others[0]), Data(sent | {"key": "d"}), now)
    with reading() as session:
        rows = session.execute(select(SessionEntry.text, SessionEntry.participant_id)).all()
        assert set(rows) == {("Niet kwijt", sits.id), ("Van mij", mine), ("Over de lijn", sits.id)}
        assert session.scalars(select(FollowUp)).one().participant_id == sits.id
        entry = session.scalars(select(SessionEntry.id).order_by(SessionEntry.id)).first()
    change = lead.get(f"/sessies/bijdragen/{entry}/wijzigen").text
    assert "You type for Sien Zonder Scherm." in change
    lead.send(f"/sessies/bijdragen/{entry}/terugnemen")
    theirs = browser(sits.member).get(url).text
    assert "Over de lijn" in theirs
    assert "Niet kwijt" not in theirs


def test_what_was_typed_for_who_opens_a_screen_meanwhile_is_not_ones_own(make, browser, now):
    at = table(make)
    _to_typing(at, now)
    sits, url = _seat(make, at, now), f"/sessies/{at.id}"
    lead = browser(at.lead)
    with reading() as session:
        kind = at.now_held(session).its_step.entries[0]
        mine = at.participant(session, at.lead).id
    forms = {
        "bijdragen": {"kind": kind, "text": "Van Sien", "key": "a"},
        "meenemen": {"action": "Van Sien", "key": "a"},
    }
    assert 'name="whose"' in lead.get(url).text
    browser(sits.member).get(url)  # her own screen
    for form, said in forms.items():
        asked = {"whose": "asked", **said}
        chosen = "says" if form == "bijdragen" else "takes"
        refused = lead.post(f"{url}/{form}", asked | {chosen: str(sits.id)})
        unsaid = lead.post(f"{url}/{form}", asked)
        assert (refused.status_code, unsaid.status_code) == (422, 422)
        if form == "bijdragen":  # in this step the other one is not on the page
            assert "does not sit at the table without a screen now" in refused.text
            assert "Van Sien" in refused.text
            assert 'name="whose"' in refused.text
            assert "Say whose words these are." in unsaid.text
    with reading() as session:
        assert session.scalars(select(SessionEntry.id)).all() == []
        assert session.scalars(select(FollowUp.id)).all() == []
    for form, said in forms.items():
        own = {"says": str(mine), "takes": str(mine)}
        assert lead.post(f"{url}/{form}", {"whose": "asked", **said, **own}).status_code == 302
    assert 'name="whose"' not in lead.get(url).text


def test_who_is_noted_at_the_table_agreed_to_the_rules_as_they_are_now(make, browser, now):
    at = table(make)
    agreed, fresh, before = (make.member(name) for name in ("Al Akkoord", "Nieuw", "Van Eerder"))
    for member in (agreed, fresh, before):
        make.join(member, at.group.circle)
        if member is not fresh:
            make.agree(member, at.group)
    with unit_of_work() as session:
        group = session.get_one(Group, at.group.id)
        group.rules_version, group.rules_html = 2, "<p>Wat hier gezegd wordt, vergeten wij.</p>"
    make.agree(agreed, at.group)
    lead, url = browser(at.lead), f"/sessies/{at.id}/deelnemers"
    page = lead.get(f"/sessies/{at.id}").text
    assert "Wat hier gezegd wordt, vergeten wij." in page
    assert "Nieuw agrees" in page
    assert "Al Akkoord agrees" not in page
    handles = {m.id: make.persona(m).handle for m in (agreed, fresh, before)}

    def seat(member, **more):
        lead.post(url, {"do": "seat", "handle": handles[member.id]} | more)
        with reading() as session:
            return session.scalar(
                select(SessionParticipant.id).where(
                    SessionParticipant.session_id == at.id,
                    SessionParticipant.member_id == member.id,
                )
            )

    assert seat(agreed)
    for member in (fresh, before):
        assert seat(member) is None
        assert "ask whether" in lead.get(f"/sessies/{at.id}").text
        assert seat(member, agreed="1") is None, "they just changed"
        assert seat(member, agreed="2")
    page = lead.get(f"/sessies/{at.id}").text
    assert not any(f'name="handle" value="{handle}"' in page for handle in handles.values())
    with reading() as session:
        said = set(session.scalars(select(GroupAgreement.member_id).filter_by(version=2)))
    assert said == {agreed.id}, "on the site everybody agrees by themselves"
