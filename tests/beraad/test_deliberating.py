"""What participants write: every entry is its author's alone, and nothing is lost or doubled."""

from pathlib import Path

import pytest
from sqlalchemy import select

from cop.beraad import deliberating, places, queries, seats, striking, together
from cop.beraad.items import Body
from cop.beraad.models import Beraad, Entry
from cop.beraad.starters import starters
from cop.beraad.together import Dilemma
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.sessions import holding, seating
from cop.sessions.permissions import SessionPermission
from cop.spaces.operations import Stale
from tests.beraad.sitting import DILEMMA, sit
from tests.support.meanwhile import meanwhile


def _texts(sitting, place="client.value.a"):
    with reading() as session:
        who = sitting.actor(sitting.lead)
        seat = seats.enter(session, who, sitting.id, SessionPermission.READ)
        rows = queries.table(session, who, seat, queries.beraad_of(session, sitting.id))
    return [
        entry.text
        for each in rows
        for row in each.rows
        for cell in row.cells
        for entry in cell.entries
        if cell.place == place
    ]


def test_an_entry_sent_twice_is_one_and_a_late_retry_does_not_bring_it_back(make, now):
    at = sit(make, now)
    one = at.others[0]
    first = at.entry(one, "Rust", key="sleutel-1234")
    assert at.entry(one, "Rust", key="sleutel-1234") == first
    assert at.entry(one, "Rust en ruimte", key="sleutel-1234") == first, "the words as last sent"
    assert _texts(at) == ["Rust en ruimte"]
    other = at.entry(at.others[1], "Rust", key="sleutel-1234")
    assert other != first, "a key is of one author"
    with unit_of_work() as session:
        striking.strike_entry(session, at.actor(one), at.id, first, now)
    at.entry(one, "Rust en ruimte", key="sleutel-1234")
    assert _texts(at) == ["Rust"]


def test_only_its_author_changes_or_strikes_an_entry(make, now):
    at = sit(make, now)
    one, two = at.others[:2]
    entry = at.entry(one, "Rust")
    for member in (two, at.lead, at.absent, make.member()):
        with unit_of_work() as session:
            with pytest.raises(NotFound):
                deliberating.change_entry(session, at.actor(member), at.id, entry, "Anders", now)
            with pytest.raises(NotFound):
                striking.strike_entry(session, at.actor(member), at.id, entry, now)
    elsewhere = sit(make, now)
    elsewhere.let_in(one)
    with unit_of_work() as session, pytest.raises(NotFound):
        striking.strike_entry(session, at.actor(one), elsewhere.id, entry, now)
    with unit_of_work() as session:
        deliberating.change_entry(session, at.actor(one), at.id, entry, "Ruimte", now)
    assert _texts(at) == ["Ruimte"]


def test_a_struck_entry_leaves_no_words_behind(app, make, now):
    at = sit(make, now)
    entry = at.entry(at.others[0], "Rust")
    who = at.actor(at.others[0])
    changed = meanwhile(  # from another device, at the same moment
        app,
        lambda s: striking.strike_entry(s, who, at.id, entry, now),
        lambda s: deliberating.change_entry(s, who, at.id, entry, "Toch weer", now),
    )
    assert isinstance(changed, NotFound)
    with reading() as session:
        assert session.get_one(Entry, entry).text is None
    with unit_of_work() as session, pytest.raises(NotFound):
        striking.strike_entry(session, at.actor(at.others[0]), at.id, entry, now)


def test_after_the_session_words_are_only_struck(make, now):
    at = sit(make, now)
    one = at.others[0]
    entry = at.entry(one, "Rust")
    at.close()
    with unit_of_work() as session:
        for refused in (
            lambda: at.entry(one, "Meer"),
            lambda: deliberating.change_entry(session, at.actor(one), at.id, entry, "Anders", now),
            lambda: together.write_dilemma(session, at.actor(one), at.id, DILEMMA, 0, now),
        ):
            with pytest.raises(NotFound):
                refused()
        striking.strike_entry(session, at.actor(one), at.id, entry, now)
    assert _texts(at) == []


# what was sent → the field beside which it says no, or None for 'not found'
BAD = (
    ({"text": ""}, "text"),
    ({"text": " \u200b\n"}, "text"),
    ({"text": "x" * 100_000}, "text"),
    ({"place": "client.value.c"}, None),
    ({"place": "client.colour.a"}, None),
    ({"place": "nobody.value.a"}, None),
    ({"place": ""}, None),
    ({"place": "own.value.a"}, None),
    ({"perspective_id": 1}, None),
    ({"place": "own.value.a", "perspective_id": 999_999}, None),
)


def test_bad_entries_say_what_is_wrong_and_leave_nothing(make, now):
    at = sit(make, now)
    for sent, field in BAD:
        values = {"place": "client.value.a", "text": "Rust", "key": ""} | sent
        with unit_of_work() as session:
            actor = at.actor(at.others[0])
            if field is None:
                with pytest.raises(NotFound):
                    deliberating.add_entry(session, actor, at.id, now=now, **values)
            else:
                with pytest.raises(Refused) as refused:
                    deliberating.add_entry(session, actor, at.id, now=now, **values)
                assert refused.value.field == field, sent
    with reading() as session:
        assert session.scalars(select(Entry)).all() == []


def test_the_dilemma_is_not_written_over_unseen(make, now):
    at = sit(make, now)
    at.dilemma()
    changed = Dilemma(choice_a="Anders", choice_b="Nog anders")
    with unit_of_work() as session:
        with pytest.raises(Stale) as stale:
            together.write_dilemma(session, at.actor(at.others[1]), at.id, changed, 0, now)
        assert stale.value.version == 1
        together.write_dilemma(session, at.actor(at.others[1]), at.id, changed, 1, now)
        # The same form sent twice is no conflict.
        together.write_dilemma(session, at.actor(at.others[1]), at.id, changed, 1, now)
    with reading() as session:
        found = session.scalars(select(Beraad)).one()
        assert (found.choice_a, found.situation, found.dilemma_version) == ("Anders", "", 2)


def test_a_dilemma_can_be_prepared_and_a_starter_taken_before_the_session_begins(make, now):
    at = sit(make, now, begun=False)
    with unit_of_work() as session:
        together.take_starter(session, at.actor(at.others[0]), at.id, starters()[0].key, now)
        with pytest.raises(NotFound):
            together.take_starter(session, at.actor(at.others[0]), at.id, "bestaat-niet", now)
        with pytest.raises(Refused):
            together.take_starter(session, at.actor(at.others[0]), at.id, starters()[1].key, now)
    with reading() as session:
        found = session.scalars(select(Beraad)).one()
        assert found.starter == starters()[0].key
        assert found.question == starters()[0].question
    with pytest.raises(NotFound):
        at.entry(at.others[0], "Rust")


def test_starters_are_of_the_field_and_whole():
    themes = " ".join(each.theme for each in starters()).lower()
    for word in ("dwang", "schade", "naasten", "veiligheid"):
        assert word in themes
    for each in starters():
        for name in ("situation", "choice_a", "damage_a", "choice_b", "damage_b", "question"):
            assert len(getattr(each, name)) > 20, (each.key, name)
    assert len({each.key for each in starters()}) == len(starters()) >= 4


def test_perspectives_of_ones_own(make, now):
    at = sit(make, now)
    one, two = at.others[:2]
    with unit_of_work() as session:
        made = deliberating.add_perspective(
            session, at.actor(one), at.id, "Buurvrouw", "sleutel-5678", now
        )
        again = deliberating.add_perspective(
            session, at.actor(one), at.id, "Buurvrouw", "sleutel-5678", now
        )
        assert again.id == made.id
        for name in ("", "buurvrouw", "x" * 61, str(places.PERSPECTIVES["client"])):
            with pytest.raises(Refused):
                deliberating.add_perspective(session, at.actor(two), at.id, name, "", now)
        with pytest.raises(NotFound):
            deliberating.remove_perspective(session, at.actor(two), at.id, made.id, now)
        entry = deliberating.add_entry(
            session, at.actor(two), at.id, "own.norm.b", "Rust", "", now, perspective_id=made.id
        )
        with pytest.raises(Refused):
            deliberating.remove_perspective(session, at.actor(one), at.id, made.id, now)
        striking.strike_entry(session, at.actor(two), at.id, entry.id, now)
        deliberating.remove_perspective(session, at.actor(one), at.id, made.id, now)


def test_what_is_written_stands_nowhere_in_plain_words(make, now, database_urls, database):
    if database != "sqlite":
        return  # the file of the other database is not ours to read
    at = sit(make, now)
    at.dilemma()
    at.entry(at.others[0], "Xylofoonrust")
    at.weigh(at.others[0], "Zeepaardveiligheid")
    at.conclude("Giraffebesluit")
    path = database_urls["sqlite"].removeprefix("sqlite:///")
    files = [Path(path + end) for end in ("", "-wal")]
    whole = b"".join(file.read_bytes() for file in files if file.exists())
    for word in (b"Xylofoonrust", b"Zeepaardveiligheid", b"Giraffebesluit", b"tegenhouden"):
        assert word not in whole


def test_who_leads_fills_in_for_somebody_without_a_screen(make, browser, now):
    at = sit(make, now)
    sits = make.member("Sien Zonder Scherm")
    make.join(sits, at.at.group.circle)
    make.agree(sits, at.at.group)
    url = f"/sessies/{at.id}/beraad"
    lead = browser(at.lead)
    form = f"{url}/waarden/erbij?cel=naaste.norm.a"
    assert 'name="says"' not in lead.get(f"{url}/bord/values").text
    with unit_of_work() as session:
        handle = make.persona(sits).handle
        seat = seating.seat(session, at.actor(at.lead), at.id, handle, now).id
    assert f'name="says" id="zegt-{seat}-cel-' in lead.get(f"{url}/bord/values").text
    assert 'name="says"' not in browser(at.others[0]).get(f"{url}/bord/values").text
    unsaid = lead.send(form, {"text": "Bellen mag"}, to=f"{url}/waarden/erbij")
    assert unsaid.status_code == 422
    assert "Bellen mag" in unsaid.text
    lead.send(form, {"text": "Bellen mag", "says": str(seat)}, to=f"{url}/waarden/erbij")
    with reading() as session:
        made = session.scalars(select(Entry)).one()
        assert made.author_id == make.persona(sits).id
    for who, ok in ((at.others[0], False), (at.lead, True)):
        page = browser(who)
        change, strike = (page.get(f"{url}/inbreng/{made.id}{way}") for way in ("", "/weghalen"))
        assert (change.status_code == 200) is ok
        if ok:
            assert f"You type for {make.persona(sits).name}." in change.text
            assert f"You type for {make.persona(sits).name}." in strike.text
        assert (f"{url}/inbreng/{made.id}/weghalen" in page.get(f"{url}/bord/values").text) is ok
    for member, error in ((at.others[0], NotFound), (at.lead, None)):
        with unit_of_work() as session:
            if error is None:
                deliberating.change_entry(
                    session, at.actor(member), at.id, made.id, "Bellen moet", now
                )
                continue
            with pytest.raises(error):
                deliberating.add_entry(
                    session, at.actor(member), at.id, "client.value.a", "Nee", "", now, who=seat
                )
    assert _texts(at, "naaste.norm.a") == ["Bellen moet"]
    with unit_of_work() as session:
        holding.come_in(session, at.actor(sits), at.id, now)
    with unit_of_work() as session:
        for late in (
            lambda: striking.strike_entry(session, at.actor(at.lead), at.id, made.id, now),
            lambda: deliberating.add_entry(
                session, at.actor(at.lead), at.id, "client.value.a", "Nee", "", now, who=seat
            ),
        ):
            with pytest.raises((NotFound, Refused)):
                late()
        striking.strike_entry(session, at.actor(sits), at.id, made.id, now)
    assert _texts(at, "naaste.norm.a") == []


def test_a_report_holds_what_was_typed_for_somebody_as_theirs(make, now):
    at = sit(make, now)
    sits = make.member("Sien Zonder Scherm")
    make.join(sits, at.at.group.circle)
    make.agree(sits, at.at.group)
    persona = make.persona(sits)
    with unit_of_work() as session:
        lead = at.actor(at.lead)
        seat = seating.seat(session, lead, at.id, persona.handle, now).id
        made = deliberating.add_entry(
            session, lead, at.id, "client.value.a", "Van Sien", "", now, who=seat
        ).id
    at.dilemma()
    at.conclude()
    at.close()
    at.report()

    def theirs():
        with reading() as session:
            items = Body.from_json(at.now_report(session).body).items
            return [item.text for item in items if item.is_by(persona.id)]

    assert theirs() == ["Van Sien"]
    with unit_of_work() as session, pytest.raises(NotFound):
        striking.strike_entry(session, at.actor(at.lead), at.id, made, now)
    with unit_of_work() as session:
        striking.strike_entry(session, at.actor(sits), at.id, made, now)
    assert theirs() == []
