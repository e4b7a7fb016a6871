"""Drafts together: section by section, and nobody overwrites anybody."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop.members.models import Member
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from cop.practices import history, opening, publishing, together, words, writing
from cop.practices.differences import between
from cop.practices.merging import merge
from cop.practices.models import Practice, PracticeRevision, PracticeSection
from cop.spaces.circles import Visibility
from cop.textcheck.asking import AuthorAsked
from tests.practices.writing import draft, practice, published, writes_along
from tests.support.client import Browser
from tests.support.factories import Factory

LINES = st.lists(st.sampled_from(["aap", "noot", "mies", "wim", "zus", ""]), max_size=6).map(
    "\n".join
)


def save(make: Factory, who: object, made: Practice, text: str, version: int) -> Practice:
    with unit_of_work() as session:
        return writing.save(
            session, make.actor(who), made.id, "steps", text, version, clock.now(), True
        )


def test_a_stale_save_shows_both_and_loses_neither(make: Factory, session: Session) -> None:
    anna, bram = make.member("Anna Smit"), make.member("Bram Maas")
    made = draft(make, anna, sections={"steps": "Een.\n\nTwee.\n\nDrie."})
    writes_along(make, anna, bram, made)
    save(make, anna, made, "Een, van Anna.\n\nTwee.\n\nDrie.", 1)
    with pytest.raises(writing.Beside) as found:
        save(make, bram, made, "Een.\n\nTwee.\n\nDrie, van Bram.", 1)
    beside = found.value
    assert "Anna Smit" in beside.message
    assert beside.merged.text == "Een, van Anna.\n\nTwee.\n\nDrie, van Bram."
    assert beside.merged.clashes == 0
    kept = session.get_one(PracticeSection, (made.id, "steps"))
    assert kept.source.startswith("Een, van Anna.")  # nothing of the refused one was stored
    session.rollback()
    save(make, bram, made, beside.merged.text, beside.version)
    versions = session.scalars(
        select(PracticeRevision.source)
        .where(PracticeRevision.practice_id == made.id, PracticeRevision.section == "steps")
        .order_by(PracticeRevision.version)
    ).all()
    assert len(versions) == 3
    assert "van Anna" in (versions[2] or "")
    assert "van Bram" in (versions[2] or "")


def test_two_sections_do_not_stand_in_each_others_way(make: Factory, session: Session) -> None:
    anna, bram = make.member(), make.member()
    made = draft(make, anna)
    writes_along(make, anna, bram, made)
    for who, section in ((anna, "goal"), (bram, "costs")):
        with unit_of_work() as own:
            writing.save(own, make.actor(who), made.id, section, "Kort.", 0, clock.now())
    assert session.get_one(PracticeSection, (made.id, "goal")).source == "Kort."
    assert session.get_one(PracticeSection, (made.id, "costs")).source == "Kort."


def test_the_same_text_sent_twice_is_one_version(make: Factory, session: Session) -> None:
    anna = make.member()
    made = draft(make, anna)
    for _again in range(2):
        save(make, anna, made, "Bel.", 1)
    assert session.get_one(PracticeSection, (made.id, "steps")).version == 2


@settings(max_examples=150, deadline=None)
@given(base=LINES, theirs=LINES, mine=LINES)
def test_a_merge_keeps_every_line_that_somebody_added(base: str, theirs: str, mine: str) -> None:
    made = merge(base, theirs, mine)
    lines = made.text.split("\n")
    for text in (theirs, mine):
        for line in set(text.split("\n")) - set(base.split("\n")):
            assert line in lines
    assert merge(base, base, mine).text == mine
    assert merge(base, theirs, base).text == theirs


@settings(max_examples=100, deadline=None)
@given(old=LINES, new=LINES)
def test_a_difference_holds_both_texts(old: str, new: str) -> None:
    pieces = between(old, new)
    assert "".join(p.text for p in pieces if p.kind != "added") == old
    assert "".join(p.text for p in pieces if p.kind != "taken") == new


def test_a_difference_is_by_words() -> None:
    pieces = [(p.kind, p.text) for p in between("Bel na één dag.", "Bel na twee lange dagen.")]
    assert pieces == [
        ("same", "Bel na "),
        ("taken", "één dag"),
        ("added", "twee lange dagen"),
        ("same", "."),
    ]


def test_bad_input_is_refused_beside_its_field(make: Factory) -> None:
    anna, bram = make.member("Anna Smit"), make.member()
    made, live = draft(make, anna), practice(make, anna, title="Lopen")
    with unit_of_work() as session:
        actor, now = make.actor(anna), clock.now()
        for name, text, field in (
            ("title", "a" * 161, "title"),
            ("summary", "a" * 601, "summary"),
            ("steps", "a" * 6001, "text"),
            ("title", "   ", "text"),
            ("summary", "\u200b", "text"),
        ):
            with pytest.raises(Refused) as refused:
                writing.save(session, actor, made.id, name, text, 1, now)
            assert refused.value.field == field, (name, text[:3])
        for name in words.NEEDED:  # readers need it
            with pytest.raises(Refused):
                writing.save(session, actor, live.id, name, "", 1, now)
        with pytest.raises(NotFound):
            writing.save(session, actor, made.id, "geheim", "x", 0, now)
        with pytest.raises(NotFound):
            writing.save(session, make.actor(bram), made.id, "steps", "x", 1, now)
        with pytest.raises(AuthorAsked):
            writing.save(
                session,
                actor,
                made.id,
                "steps",
                "Mevrouw Jansen, geboren op 3 mei 1961, BSN 111222333, belde ons.",
                1,
                now,
            )
        for beginning, field in (
            (writing.Beginning(title="", summary="x"), "title"),
            (writing.Beginning(title="x", summary=""), "summary"),
            (writing.Beginning(title="x", summary="x", kind="best"), "kind"),
            (writing.Beginning(title="x", summary="x", theme_ids=[999_999]), "themes"),
        ):
            with pytest.raises(Refused) as refused:
                writing.start(session, actor, beginning, now)
            assert refused.value.field == field


def test_publishing_needs_context_and_tomorrow_and_knowledge(make: Factory) -> None:
    anna = make.member()
    made = draft(make, anna, sections={})
    with unit_of_work() as session:
        actor, now = make.actor(anna), clock.now()
        assert publishing.lacking(session, made.id) == ["context", "tomorrow"]
        for name in ("context", "tomorrow"):
            with pytest.raises(Refused):
                publishing.publish(session, actor, made.id, "open", now)
            writing.save(session, actor, made.id, name, "Een dorp.", 0, now)
        with pytest.raises(Refused, match="kennis"):
            publishing.publish(session, actor, made.id, "open", now)
        row = session.get_one(Practice, made.id)
        row.knowledge = ["science"]
        for audience in ("space", "closed", "private", ""):
            with pytest.raises(Refused):
                publishing.publish(session, actor, made.id, audience, now)
        publishing.publish(session, actor, made.id, "open", now)
        assert row.review_on == publishing.today(now) + publishing.A_YEAR
        assert row.contact_id == make.persona(anna).id


def test_readers_see_the_history_since_it_was_published(make: Factory, session: Session) -> None:
    anna, reader = make.member(), make.member()
    made = draft(make, anna, sections={"steps": "Met een naam."})
    with unit_of_work() as own:
        actor, now = make.actor(anna), clock.now()
        writing.save(own, actor, made.id, "steps", "Zonder naam.", 1, now)
        for name in ("context", "tomorrow"):
            writing.save(own, actor, made.id, name, "Een dorp.", 0, now)
    published(make, anna, made)
    save(make, anna, made, "Zonder naam, en korter.", 2)

    def seen(writes: bool) -> list[int]:
        who = make.actor(anna if writes else reader)
        rows, _more = history.changes(session, who, made.id, writes=writes)
        return sorted(row.version for row in rows if row.section == "steps")

    assert seen(writes=True) == [1, 2, 3]
    assert seen(writes=False) == [2, 3]
    first = session.scalars(
        select(PracticeRevision.id).where(
            PracticeRevision.practice_id == made.id,
            PracticeRevision.section == "steps",
            PracticeRevision.version == 1,
        )
    ).one()
    with pytest.raises(NotFound):
        history.difference(session, make.actor(reader), made.id, first, writes=False)
    session.rollback()
    with unit_of_work() as own:
        writing.forget_text(own, make.actor(anna), made.id, first, clock.now())
    session.expire_all()
    gone = history.difference(session, make.actor(anna), made.id, first, writes=True)
    assert gone.pieces is None
    session.rollback()
    with unit_of_work() as own:
        current = own.scalars(
            select(PracticeRevision.id).where(
                PracticeRevision.practice_id == made.id,
                PracticeRevision.section == "steps",
                PracticeRevision.version == 3,
            )
        ).one()
        with pytest.raises(Refused):
            writing.forget_text(own, make.actor(anna), made.id, current, clock.now())


def test_what_was_written_for_others_is_not_in_the_history_of_those_who_come_later(
    make: Factory, session: Session
) -> None:
    """Published again, or opened to more people: readers begin with what it says then."""
    anna, reader = make.member(), make.member()
    space = make.space(Visibility.CLOSED)
    make.join(anna, space.circle)
    made = practice(make, anna, "space", space)

    def seen(member: Member) -> set[int]:
        rows, _more = history.changes(session, make.actor(member), made.id, writes=False)
        session.rollback()
        return {row.version for row in rows if row.section == "steps"}

    def does(operation: Any, *args: Any) -> None:
        with unit_of_work() as own:
            operation(own, make.actor(anna), made.id, *args, clock.now())

    save(make, anna, made, "Zoals mevrouw Kweepeer.", 1)
    save(make, anna, made, "Zonder naam.", 2)
    assert seen(anna) == {1, 2, 3}
    does(publishing.change_audience, "open")
    assert seen(reader) == {3}
    does(publishing.take_back)
    save(make, anna, made, "Met mevrouw Kweepeer.", 3)
    save(make, anna, made, "Weer zonder naam.", 4)
    does(publishing.publish, "open")
    assert seen(reader) == {5}
    save(make, anna, made, "Zonder, en korter.", 5)
    does(publishing.change_audience, "space")
    assert seen(anna) == {5, 6}  # for fewer: what they saw they see
    does(publishing.change_audience, "public")
    assert seen(reader) == {6}


def test_it_opens_to_more_people_when_all_who_write_it_want_that(
    make: Factory, browser: type[Browser]
) -> None:
    anna, bram = make.member("Anna Verzonnen"), make.member("Bram Verzonnen")
    space = make.space(Visibility.CLOSED)
    for each in (anna, bram):
        make.join(each, space.circle)
    made = practice(make, anna, "space", space)
    writes_along(make, anna, bram, made)
    run_due()

    def choose(member: Member, audience: str, publish: bool = False) -> str:
        does = publishing.publish if publish else publishing.change_audience
        with unit_of_work() as own:
            does(own, make.actor(member), made.id, audience, clock.now(), anyway=True)
        run_due()
        with reading() as own:
            return publishing.audience_of(own, own.get_one(Practice, made.id))

    def told(member: Member, kind: str) -> int:
        mine = select(func.count()).where(Notification.member_id == member.id)
        with reading() as own:
            return own.scalar(mine.where(Notification.kind == f"practices.{kind}")) or 0

    assert choose(anna, "public") == "space"
    assert choose(anna, "public") == "space"  # once more is one question
    assert (told(bram, "opening"), told(anna, "opening")) == (1, 0)
    page = browser(bram).get(f"/praktijken/{made.id}/lezers").text
    assert "Bram Verzonnen" in page.split("It opens when these want that too:")[1].split("</p>")[0]
    assert "more people may read" in browser(bram).get("/meldingen").text
    assert choose(bram, "open") == "space"  # something else, which the first is asked now
    assert choose(bram, "space") == "space"  # taken back
    with reading() as own:
        assert opening.asked(own, made.id) is None
    with unit_of_work() as own:  # a way round it
        publishing.take_back(own, make.actor(bram), made.id, clock.now())
    assert choose(bram, "open", publish=True) == "space"
    assert choose(anna, "open") == "open"
    assert (told(bram, "audience"), told(anna, "audience")) == (1, 0)
    assert choose(bram, "space") == "space"  # to fewer at once
    assert told(anna, "audience") == 1


def test_nobody_writes_along_without_saying_yes(make: Factory, session: Session) -> None:
    anna, bram = make.member(), make.member()
    made = draft(make, anna)
    with unit_of_work() as own:
        together.ask(own, make.actor(anna), made.id, make.persona(bram).handle, clock.now())
    with pytest.raises(NotFound):
        writing.writes_as(session, make.actor(bram), made.id)
    session.rollback()
    with unit_of_work() as own:
        together.answer(own, make.actor(bram), made.id, False, clock.now())
    with pytest.raises(NotFound), unit_of_work() as own:
        together.answer(own, make.actor(bram), made.id, True, clock.now())
    with pytest.raises(Refused), unit_of_work() as own:  # a draft is not left alone
        together.stop(own, make.actor(anna), made.id, clock.now())


def test_what_somebody_wrote_under_a_pseudonym_stays_in_its_space(make: Factory) -> None:
    anna = make.member()
    space = make.space(Visibility.CLOSED, pseudonyms=True)
    make.pseudonym(anna, space.circle, "Merel")
    made = practice(make, anna, "space", space)
    with unit_of_work() as session:
        for audience in ("open", "public"):
            with pytest.raises(Refused):
                publishing.change_audience(
                    session, make.actor(anna), made.id, audience, clock.now()
                )


def test_who_has_a_section_open_is_told_and_forgotten(make: Factory, now: datetime) -> None:
    anna, bram = make.member(), make.member()
    made = draft(make, anna)
    writes_along(make, anna, bram, made)
    with unit_of_work() as session:
        writing.note_opened(session, make.actor(anna), made.id, "steps", now)
        writing.note_opened(session, make.actor(bram), made.id, "steps", now)
        row = session.get_one(PracticeSection, (made.id, "steps"))
        assert row.opened_by_id == make.persona(anna).id
        later = now + writing.STILL_WRITING + timedelta(minutes=1)
        writing.note_opened(session, make.actor(bram), made.id, "steps", later)
        assert row.opened_by_id == make.persona(bram).id
