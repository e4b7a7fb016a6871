"""From what was entered to what others read: nobody does before all have approved just this."""

import pytest
from sqlalchemy import select

from cop.beraad import (
    approving,
    deliberating,
    general,
    origin_part,
    published,
    reading,
    reporting,
    seats,
    striking,
)
from cop.beraad.items import Body
from cop.beraad.models import Audience, Form, Report
from cop.beraad.permissions import REPORTS, ReportPermission
from cop.beraad.words import GENERAL
from cop.gatherings import guests
from cop.gatherings.guest_models import GatheringGuest
from cop.members import leaving
from cop.members.actor import VISITOR, Actor
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import reading as reads
from cop.platform.db import unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from cop.sessions import afterwards, holding, writing
from cop.spaces import origins
from cop.spaces.circles import CircleMembership, Visibility
from tests.beraad.sitting import DILEMMA, sit
from tests.sessions.table import guest, table


def _body(at, form=Form.REPORT) -> Body:
    with reads() as session:
        return Body.from_json(at.now_report(session, form).body)


def _texts(at):
    return [item.text for item in _body(at).items]


def _item(at, text):
    return next(item for item in _body(at).items if item.text == text)


def _reads(at, actor, report_id) -> bool:
    with reads() as session:
        try:
            REPORTS.get(session, actor, ReportPermission.READ, report_id)
            return True
        except NotFound:
            return False


def test_the_report_holds_what_was_entered_and_nobody_by_name(make, now):
    at = sit(make, now)
    one, two, _three = at.others
    at.dilemma()
    at.entry(one, "Rust")
    at.entry(two, "Rust")
    at.entry(two, "Blijf in gesprek", "naaste.norm.b")
    struck = at.entry(one, "Weg hiermee")
    with unit_of_work() as session:
        striking.strike_entry(session, at.actor(one), at.id, struck, now)
        own = deliberating.add_perspective(session, at.actor(one), at.id, "Buurtgenoot", "", now)
        deliberating.add_entry(
            session, at.actor(one), at.id, "own.value.a", "Slapen", "", now, perspective_id=own.id
        )
        writing.contribute(
            session, at.actor(two), at.id, "alternative", "Samen buiten roken", "k" * 12, now
        )
        afterwards.take_along(
            session, at.actor(two), at.id, "Het protocol lezen", None, "m" * 12, now
        )
    for member in at.others:
        at.weigh(member, f"Waarde {member.id}")
    with unit_of_work() as session, pytest.raises(Refused):
        reporting.make(session, at.actor(one), at.id, now)
    at.conclude()
    assert at.report() == at.report(), "made twice it is one"
    shown = reading.read(Report(body=_body(at).to_json()))
    assert shown.dilemma["question"] == DILEMMA.question
    cells = {row.label: row.cells for row in shown.table}
    assert cells["Buurtgenoot"] == {"value.a": ["Slapen"]}
    assert next(texts for row in shown.table for texts in row.cells.values()) == ["Rust"]
    assert shown.lists["alternative"] == ["Samen buiten roken"]
    assert shown.lists["agreement"] == ["Het protocol lezen"]
    assert len(shown.weighings) == 3
    whole = str(shown)
    assert "Weg hiermee" not in whole
    for member in (at.lead, *at.others):
        assert make.persona(member).name not in whole


def test_what_a_facilitator_from_outside_wrote_stays_in_it_when_they_are_gone(make):
    now = clock.now()
    at = sit(make, now, others=1)
    asked = guest(at.at)
    outside = Actor(guest_id=asked.id)
    at.dilemma()
    with unit_of_work() as session:
        mine = holding.come_in(session, outside, at.id, now)
        deliberating.add_entry(session, outside, at.id, "client.value.a", "Van buiten", "a", now)
        writing.contribute(session, outside, at.id, "alternative", "Eerst vragen", "b", now)
        assert mine.persona_id not in seats.voices(session, at.id), "nobody waits for a guest"
    at.conclude()
    at.close()
    with unit_of_work() as session:
        guests.erase(session, session.get_one(GatheringGuest, asked.id), now)
    run_due()
    at.report()
    at.choose()
    at.approve()
    assert {"Van buiten", "Eerst vragen"} <= set(_texts(at))
    assert not [text for text in _texts(at) if "Greet" in text], "nobody is named"
    with reads() as session:
        assert at.now_report(session).approved_at is not None


def test_weighings_that_were_not_opened_are_not_in_it(make, now):
    at = sit(make, now)
    at.weigh(at.others[0], "Ongezien")
    at.conclude()
    at.report()
    assert not any("Ongezien" in text for text in _texts(at))


def test_nobody_beyond_the_table_reads_it_before_all_approved(make, now):
    at = sit(make, now)
    space = make.space(Visibility.CLOSED, coordinator=at.lead)
    reader, outsider = make.member(), make.member()
    make.join(reader, space.circle)
    report = at.all_of_it(space.circle_id, approved=False)
    everybody = (at.lead, *at.others)
    for number, member in enumerate(everybody):
        for other in (reader, outsider, at.absent, *everybody):
            assert not _reads(at, make.actor(other), report), number
        at.approve(member)
        at.approve(member)  # twice is once
    for member in (reader, *everybody):
        assert _reads(at, make.actor(member), report)
    for actor in (VISITOR, make.actor(outsider), make.actor(at.absent)):
        assert not _reads(at, actor, report)


def test_a_report_for_all_members_is_not_for_visitors(make, now):
    at = sit(make, now)
    report = at.all_of_it()
    assert _reads(at, make.actor(make.member()), report)
    assert not _reads(at, VISITOR, report)


def test_a_strike_asks_all_again_only_if_a_reader_sees_the_difference(make, now):
    at = sit(make, now)
    one, two, three = at.others
    at.dilemma()
    at.entry(one, "Rust")
    at.entry(two, "Rust")
    at.entry(three, "Ruimte")
    at.conclude()
    at.close()
    report = at.report()
    at.choose()
    at.approve()
    reader = make.actor(make.member())
    assert _reads(at, reader, report)
    with unit_of_work() as session:  # two wrote it: it still stands there
        reporting.strike(session, at.actor(one), at.id, Form.REPORT, _item(at, "Rust").id, now)
    assert _reads(at, reader, report)
    with unit_of_work() as session:
        reporting.strike(session, at.actor(three), at.id, Form.REPORT, _item(at, "Ruimte").id, now)
    assert not _reads(at, reader, report), "what is left is approved by nobody yet"
    assert "Ruimte" not in _texts(at)
    at.approve(one, two, at.lead)
    assert not _reads(at, reader, report)
    at.approve(three)
    assert _reads(at, reader, report)


def test_only_who_wrote_it_strikes_and_says_it_differently(make, now):
    at = sit(make, now)
    one, two, _three = at.others
    at.all_of_it(approved=False)
    item = _item(at, "Rust nummer 0")
    for member in (two, at.lead, at.absent, make.member()):
        with unit_of_work() as session:
            with pytest.raises(NotFound):
                reporting.strike(session, at.actor(member), at.id, Form.REPORT, item.id, now)
            with pytest.raises(NotFound):
                reporting.rewrite(
                    session, at.actor(member), at.id, Form.REPORT, item.id, "Anders", now
                )
    with unit_of_work() as session:
        reporting.rewrite(session, at.actor(one), at.id, Form.REPORT, item.id, "Stilte", now)
        for text in ("", "x" * 100_000):
            with pytest.raises(Refused):
                reporting.rewrite(session, at.actor(one), at.id, Form.REPORT, item.id, text, now)
        # What belongs to all, anybody at the table puts into better words.
        shared = next(i for i in _body(at).items if i.part == "conclusion")
        reporting.rewrite(session, at.actor(two), at.id, Form.REPORT, shared.id, "Samen.", now)
    assert {"Stilte", "Samen."} <= set(_texts(at))


def test_what_is_struck_in_the_session_goes_from_the_report(make, now):
    at = sit(make, now)
    one = at.others[0]
    at.dilemma()
    entry = at.entry(one, "Rust")
    with unit_of_work() as session:
        said = writing.contribute(
            session, at.actor(one), at.id, "alternative", "Samen roken", "k" * 12, now
        ).id
    at.conclude()
    at.close()
    report = at.report()
    at.choose()
    at.approve()
    reader = make.actor(make.member())
    assert _reads(at, reader, report)
    with unit_of_work() as session:
        striking.strike_entry(session, at.actor(one), at.id, entry, now)
    assert not _reads(at, reader, report)
    assert "Rust" not in _texts(at)
    with unit_of_work() as session:
        writing.strike(session, at.actor(one), said, now)
    assert "Samen roken" not in _texts(at), "at once"


def test_findings_wait_for_a_decision_before_anybody_is_asked(make, now):
    at = sit(make, now)
    one, two, three = at.others
    at.dilemma()
    at.entry(one, "Fatima Bakkali belde op 3 maart 2025 vanuit Spijkenisse")
    at.entry(two, "Mevrouw Bakkali wil rust")
    at.entry(three, "Rust")
    at.conclude()
    at.report()
    waiting = [item for item in _body(at).items if item.waits]
    assert len(waiting) == 2
    with unit_of_work() as session, pytest.raises(Refused):
        approving.choose(session, at.actor(one), at.id, Form.REPORT, Audience.COMMUNITY, None, now)
    for item in waiting:
        assert "Bakkali" not in item.vaguer
    with unit_of_work() as session:
        actor = at.actor(three)
        reporting.make_vaguer(session, actor, at.id, Form.REPORT, waiting[0].id, now)
        reporting.leave(session, actor, at.id, Form.REPORT, waiting[1].id, now)
    at.choose()
    text = " ".join(_texts(at))
    assert "Spijkenisse" not in text
    assert "3 maart" not in text


def test_a_new_name_in_better_words_waits_again(make, now):
    at = sit(make, now)
    at.all_of_it(approved=False)
    item = _item(at, "Rust nummer 0")
    with unit_of_work() as session:
        reporting.rewrite(
            session,
            at.actor(at.others[0]),
            at.id,
            Form.REPORT,
            item.id,
            "Rust voor mevrouw Bakkali uit Spijkenisse",
            now,
        )
    assert _body(at).waiting == 1
    with unit_of_work() as session, pytest.raises(Refused):
        approving.choose(
            session, at.actor(at.lead), at.id, Form.REPORT, Audience.COMMUNITY, None, now
        )
    with pytest.raises(Refused):
        at.approve(at.lead)


def test_an_approval_is_of_what_one_read_and_of_who_the_readers_are(make, now):
    at = sit(make, now)
    space = make.space(Visibility.CLOSED, coordinator=at.lead)
    report = at.all_of_it(space.circle_id)
    with unit_of_work() as session, pytest.raises(Refused):
        approving.approve(session, at.actor(at.others[0]), at.id, Form.REPORT, 99, now)
    outsider = make.actor(make.member())
    at.choose()  # for all members now
    assert not _reads(at, outsider, report)
    assert not _reads(at, make.actor(at.lead), report)
    at.approve()
    assert _reads(at, outsider, report)


def test_an_approval_can_be_taken_back_at_any_time(make, now):
    at = sit(make, now)
    report = at.all_of_it()
    reader = make.actor(make.member())
    with unit_of_work() as session:
        approving.take_back(session, at.actor(at.others[1]), at.id, Form.REPORT, now)
        approving.take_back(session, at.actor(at.others[1]), at.id, Form.REPORT, now)
    assert not _reads(at, reader, report)
    at.approve(at.others[1])
    assert _reads(at, reader, report)


def _acts(session, actor, at, item):
    """Everything that can be done to a report, by one actor."""
    who, now = (session, actor, at.id), at.now
    one = (*who, Form.REPORT, item)
    return (
        lambda: reporting.make(*who, now),
        lambda: reporting.make_again(*who, now),
        lambda: reporting.leave(*one, now),
        lambda: reporting.make_vaguer(*one, now),
        lambda: reporting.rewrite(*one, "x", now),
        lambda: reporting.strike(*one, now),
        lambda: approving.approve(*who, Form.REPORT, 1, now),
        lambda: approving.take_back(*who, Form.REPORT, now),
        lambda: approving.choose(*who, Form.REPORT, Audience.COMMUNITY, None, now),
        lambda: general.write(*who, {}, 0, now),
    )


def test_who_did_not_take_part_can_do_nothing(make, now):
    at = sit(make, now)
    at.all_of_it(approved=False)
    item = _body(at).items[0].id
    for member in (at.absent, make.member()):
        with unit_of_work() as session:
            for act in _acts(session, make.actor(member), at, item):
                with pytest.raises(NotFound):
                    act()


def test_circles_that_one_is_not_in_are_no_audience(make, now):
    at = sit(make, now)
    at.all_of_it(approved=False)
    space = make.space(Visibility.CLOSED)
    for audience, circle_id in (
        (Audience.CIRCLE, space.circle_id),
        (Audience.CIRCLE, None),
        (Audience.PUBLIC, None),
        ("nobody", None),
    ):
        with unit_of_work() as session, pytest.raises(Refused) as refused:
            approving.choose(
                session, at.actor(at.lead), at.id, Form.REPORT, audience, circle_id, now
            )
        assert refused.value.field == "audience"
    # One that somebody who is to approve it cannot see: they would say yes to nobody knows whom.
    private = make.space(Visibility.PRIVATE, coordinator=at.lead)
    with unit_of_work() as session, pytest.raises(Refused) as refused:
        approving.choose(
            session, at.actor(at.lead), at.id, Form.REPORT, Audience.CIRCLE, private.circle_id, now
        )
    assert refused.value.field == "audience"
    for member in at.others:
        make.join(member, private.circle)
    at.choose(private.circle_id)
    at.approve()


def test_made_anew_only_while_nobody_approved(make, now):
    at = sit(make, now)
    at.all_of_it(approved=False)
    with unit_of_work() as session:
        reporting.make_again(session, at.actor(at.lead), at.id, now)
    at.choose()
    at.approve(at.lead)
    with unit_of_work() as session, pytest.raises(Refused):
        reporting.make_again(session, at.actor(at.lead), at.id, now)


def test_who_left_is_asked_no_more_and_what_they_wrote_goes_no_further(make, now):
    """Somebody who left the community, one who left the group, one who was shown out."""
    at = sit(make, now, others=4)
    gone, away, out, stays = at.others
    at.dilemma()
    for member, text in zip(at.others, ("Weg", "Groep uit", "Deur uit", "Blijft"), strict=True):
        at.entry(member, text)
    at.conclude()
    report = at.report()
    at.choose()
    at.approve(stays)
    with unit_of_work() as session:
        leaving.leave(session, make.actor(gone), keep_name=True, now=now)
        session.delete(session.get(CircleMembership, (at.at.group.circle_id, away.id)))
        row = at.at.participant(session, out)
        holding.remove(session, at.actor(at.lead), at.id, row.id, now)
    run_due()
    with unit_of_work() as session:
        approving.choose(
            session, at.actor(at.lead), at.id, Form.REPORT, Audience.COMMUNITY, None, now
        )
    assert not {"Weg", "Groep uit", "Deur uit"} & set(_texts(at))
    at.approve(at.lead)
    reader = make.actor(make.member())
    assert not _reads(at, reader, report), "who stays approved something else"
    at.approve(stays)
    # Who comes in before the end is asked as well, and nothing opens before the end.
    late = make.member()
    assert not _reads(at, reader, report)
    at.let_in(late)
    at.close()
    run_due()
    assert not _reads(at, reader, report)
    at.approve(late)
    assert _reads(at, reader, report)


def test_what_all_approved_before_the_end_opens_with_it(make, now):
    at = sit(make, now, others=1)
    at.dilemma()
    at.conclude()
    report = at.report()
    at.choose()
    at.approve()
    reader = make.actor(make.member())
    run_due()
    assert not _reads(at, reader, report)
    at.close()
    run_due()
    assert _reads(at, reader, report)


def test_a_report_that_all_approved_outlives_a_leaving(make, now):
    at = sit(make, now)
    report = at.all_of_it()
    with unit_of_work() as session:
        leaving.leave(session, make.actor(at.others[0]), keep_name=False, now=now)
    run_due()
    assert _reads(at, make.actor(make.member()), report)
    assert "Rust nummer 0" in _texts(at), "they had agreed to it"


def _general(at, member, version=0, **words):
    said = {"title": "Open deur", "choice_a": "Dicht", "choice_b": "Open", "question": "Mag dat?"}
    with unit_of_work() as session:
        general.write(session, at.actor(member), at.id, said | words, version, at.now)


def test_a_dilemma_in_general_words_is_public_when_all_approved_it(make, now):
    at = sit(make, now)
    at.all_of_it()
    one = at.others[0]
    for name in ("title", "choice_a", "choice_b", "question"):
        with pytest.raises(Refused) as refused:
            _general(at, one, **{name: ""})
        assert refused.value.field == name
    with pytest.raises(Refused):
        _general(at, one, considerations="x" * 100_000)
    _general(at, one, helped="Mevrouw Bakkali uit Spijkenisse vroeg door")
    assert _body(at, Form.GENERAL).waiting == 1
    _general(at, at.others[1], version=1, helped="Doorvragen")
    with pytest.raises(Refused):
        _general(at, one, version=1, helped="Iets anders")  # stale
    at.choose(form=Form.GENERAL)
    with reads() as session:
        made = at.now_report(session, Form.GENERAL).id
        assert published.dilemma(session, made) is None
    assert not _reads(at, VISITOR, made)
    at.approve(form=Form.GENERAL)
    assert _reads(at, VISITOR, made)
    with reads() as session:
        shown = reading.read(at.now_report(session, Form.GENERAL))
        offered = published.dilemma(session, made)
        assert offered is not None
        assert (offered.title, offered.words["helped"]) == ("Open deur", "Doorvragen")
        items, _more = reading.shared(session, VISITOR, Form.GENERAL)
    with unit_of_work() as session:  # it can be made into a practice; a report itself cannot
        outside = make.actor(make.member())
        given = origins.material(session, outside, "beraad", made)
        assert (given.title, given.summary) == ("Open deur", "Mag dat?")
        assert "Doorvragen" in given.text
        thing = origin_part.shown(session, VISITOR, [made])[made]
        assert (thing.title, thing.url) == ("Open deur", f"/dilemmas/{made}")
        report = at.now_report(session, Form.REPORT).id
        assert origin_part.shown(session, at.actor(one), [report]) == {}
        with pytest.raises(NotFound):
            origins.material(session, at.actor(one), "beraad", report)
    assert shown.lists["helped"] == ["Doorvragen"]
    assert [item.question for item in items] == ["Open deur"]
    assert set(GENERAL) >= set(shown.lists)


def test_who_is_told_and_nothing_of_it_in_words(make, now):
    at = sit(make, now)
    space = make.space(Visibility.CLOSED, coordinator=at.lead)
    reader = make.member()
    make.join(reader, space.circle)
    at.all_of_it(space.circle_id, approved=False)
    run_due()

    def told(member):
        with reads() as session:
            return list(
                session.scalars(
                    select(Notification.kind).where(
                        Notification.member_id == member.id,
                        Notification.kind.startswith("beraad."),
                    )
                )
            )

    assert told(at.others[0]) == ["beraad.approve"]
    assert told(reader) == told(at.absent) == []
    with reads() as session:
        asked = reading.asked(session, at.actor(at.others[0]))
        assert [a.session_id for a in asked] == [at.id]
        assert reading.asked(session, at.actor(at.absent)) == []
    at.approve()
    run_due()
    assert told(reader) == ["beraad.shared"]
    assert told(at.absent) == []
    with reads() as session:
        assert reading.asked(session, at.actor(at.others[0])) == []


def test_seats_are_of_a_beraad_only(make, now):
    other = table(make)
    with reads() as session, pytest.raises(NotFound):
        seats.enter(session, other.actor(), other.id)
