"""Who agreed, why nobody has to, and withdrawing: at once, without an account, without a reason."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import inspect

from cop.cases import preparing, second_reading, until, writing
from cop.cases.codes import new_code, plain_code
from cop.cases.models import Basis, Case, CaseState, Consent, Contribution
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import Refused
from cop.platform.worker import run_due
from tests.cases.walking import IDENTIFIERS


def test_who_cannot_decide_alone_needs_a_representative(people, browser) -> None:
    author = browser(people.author)
    for protection in ("minor", "guardianship"):
        case = people.walk.ready(people.circle, Basis.SOMEBODY)
        url = f"/casussen/{case.id}/toestemming"
        day = str((people.walk.now + timedelta(days=90)).date())
        given = {"relation": "client", "purpose": "learning", "protection": protection}
        given["until"] = day
        refused = author.send(url, given)
        assert refused.status_code == 422, protection
        assert "a representative has to agree" in refused.get_data(as_text=True)
        assert author.send(url, given | {"by_representative": "y"}).status_code == 302


def test_a_record_of_consent_has_no_room_for_a_name() -> None:
    """Every column is a choice of ours, a number, a moment or the code."""
    choices = {"relation": 20, "purpose": 20, "protection": 12}
    for column in inspect(Consent).columns:
        length = getattr(column.type, "length", None)
        if length is not None:
            assert column.name in {*choices, "code_hash"}, column.name


def test_a_relation_that_is_a_name_is_refused(people, make) -> None:
    case = people.walk.ready(people.circle, Basis.SOMEBODY)
    for field in ("relation", "purpose", "protection"):
        given = {"relation": "client", "purpose": "learning", "protection": "adult"}
        with pytest.raises(Refused), unit_of_work() as session:
            preparing.agree(
                session,
                make.actor(people.author),
                case.id,
                **(given | {field: "Fatima Bouzerda"}),
                by_representative=False,
                end=people.walk.now + timedelta(days=90),
                now=people.walk.now,
            )


@pytest.mark.parametrize("basis", list(Basis))
def test_without_consent_or_its_reason_nobody_reads_along(people, make, basis) -> None:
    case = people.walk.start(basis)
    people.walk.decided(case)
    people.walk.checked(case)
    people.walk.circled(case, people.circle)
    with pytest.raises(Refused), unit_of_work() as session:
        second_reading.ask(
            session,
            make.actor(people.author),
            case.id,
            make.persona(people.reader).handle,
            people.walk.now,
        )
    if basis == Basis.SOMEBODY:
        with pytest.raises(Refused), unit_of_work() as session:
            preparing.nobody_agrees(
                session, make.actor(people.author), case.id, True, people.walk.now
            )
        people.walk.agreed(case)
    else:
        people.walk.nobody(case)
    people.walk.asked(case, people.reader)


def steps_lacking(case: Case) -> list[str]:
    with reading() as session:
        found = session.get_one(Case, case.id)
        return [s for s, _why in preparing.lacking(session, found, writing.raw_of(session, found))]


def more_text(people, make, case: Case, words: str) -> None:
    with unit_of_work() as session:
        raw = writing.raw_of(session, session.get_one(Case, case.id))
        parts = raw.parts | {"text": raw.part("text") + words}
        writing.save(session, make.actor(people.author), case.id, parts, people.walk.now)


def test_another_circle_needs_another_yes_and_a_code_outlives_it(people, make, browser) -> None:
    """The same circle, or the same people, change nothing; only 'Take this out' ends a code."""
    case = people.walk.ready(people.circle, Basis.SOMEBODY)
    other = make.space("private", coordinator=people.author)
    with reading() as session:
        code = session.query(Consent).filter_by(case_id=case.id).one().code
    author, url = browser(people.author), f"/casussen/{case.id}/toestemming"
    circles = (
        (lambda: people.walk.circled(case, people.circle), False),
        (lambda: people.walk.circled(case, other.circle), True),
        (lambda: people.walk.circled(case, other.circle), False),
        (lambda: people.walk.chosen(case, people.colleague, people.stranger), True),
        (lambda: people.walk.chosen(case, people.stranger, people.colleague), False),
        (lambda: people.walk.chosen(case, people.stranger), True),
        (lambda: people.walk.circled(case, people.circle), True),
    )
    for number, (choose, asks) in enumerate(circles):
        choose()
        with reading() as session:
            found = session.query(Consent).filter_by(case_id=case.id).one()
            assert found.code == code, number
            assert found.circle_id == session.get_one(Case, case.id).circle_id, number
        assert steps_lacking(case) == (["consent"] if asks else []), number
        if asks:
            page = author.get(url).text
            assert "for another circle" in page, number
            author.send(url, to=re.search(rf"{url}/\d+/opnieuw", page)[0])
            assert steps_lacking(case) == [], number
    sure = browser().send("/toestemming-intrekken", {"code": code, "sure": "yes"})
    assert "From this moment nobody" in sure.text
    taken_out = people.walk.ready(people.circle, Basis.SOMEBODY)
    with unit_of_work() as session:
        consent = session.query(Consent).filter_by(case_id=taken_out.id).one()
        actor = make.actor(people.author)
        preparing.forget_agreement(session, actor, taken_out.id, consent.id, people.walk.now)
        code = consent.code
    assert browser().send("/toestemming-intrekken", {"code": code}).status_code == 422


def test_what_was_said_of_a_text_is_asked_again_of_another(people, make, browser) -> None:
    """Consent, the checklist, and that nobody has to agree: each is of the text that was read."""
    case = people.walk.ready(people.circle, Basis.SOMEBODY)
    more_text(people, make, case, " En toen?")
    assert steps_lacking(case) == ["checklist", "consent"]
    case = people.walk.ready(people.circle)
    more_text(people, make, case, " En toen?")
    assert steps_lacking(case) == ["checklist", "consent"]
    author = browser(people.author)
    assert "Your text changed" in author.get(f"/casussen/{case.id}/toestemming").text
    people.walk.checked(case)
    assert steps_lacking(case) == ["consent"]
    people.walk.nobody(case)
    assert steps_lacking(case) == []


@pytest.mark.parametrize("state", [s for s in CaseState if s != CaseState.WITHDRAWN])
def test_withdrawing_ends_everything_at_once(people, browser, make, state) -> None:
    case = people.walk.to(state, people.circle, people.reader, Basis.SOMEBODY)
    with reading() as session:
        code = session.query(Consent).filter_by(case_id=case.id).one().code
    visitor = browser()
    page = visitor.send("/toestemming-intrekken", {"code": code}).get_data(as_text=True)
    assert "moeder" not in page, "nothing of the case is shown to whoever has a code"
    visitor.send("/toestemming-intrekken", {"code": code, "sure": "yes"})
    with reading() as session:
        found = session.get_one(Case, case.id)
        assert found.state == CaseState.WITHDRAWN
        assert (found.title, found.question, found.text, found.outcome) == (None,) * 4
        assert found.key_name is None
        assert session.query(Contribution).filter_by(case_id=case.id).count() == 0
    for member in (people.colleague, people.reader, people.coordinator):
        assert browser(member).get(f"/casussen/{case.id}").status_code == 404
        assert browser(member).get(f"/casussen/{case.id}/tweede-lezing").status_code == 404
    run_due()
    told = browser(people.author).get("/meldingen").get_data(as_text=True)
    assert "Somebody withdrew their consent" in told


def test_a_code_is_typed_in_any_way(people) -> None:
    code = new_code()
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}", code)
    for typed in (code.lower(), code.replace("-", " "), f"  {code} ", code.replace("0", "O")):
        assert plain_code(typed) == plain_code(code)
    assert len({new_code() for _ in range(200)}) == 200


def test_a_code_that_is_none(people, browser) -> None:
    visitor = browser()
    for code in ("", "A", "0000-0000-0000-0000-0000", "é" * 20, "A" * 5000):
        answer = visitor.send("/toestemming-intrekken", {"code": code, "sure": "yes"})
        assert answer.status_code == 422, code


def test_withdrawn_before_sharing_is_never_shared(people, browser, make) -> None:
    case = people.walk.to(CaseState.APPROVED, people.circle, people.reader, Basis.SOMEBODY)
    with unit_of_work() as session:
        session.query(Consent).filter_by(case_id=case.id).one().withdrawn_at = people.walk.now
    answer = browser(people.author).send(f"/casussen/{case.id}/delen", {})
    assert answer.status_code == 422
    assert "no longer agrees" in answer.get_data(as_text=True)


def test_a_story_under_ones_own_name_has_no_pseudonym(people, make) -> None:
    space = make.space("private", coordinator=people.coordinator, pseudonyms=True)
    make.pseudonym(people.author, space.circle)
    case = people.walk.start(Basis.OWN_NAME)
    with pytest.raises(Refused):
        people.walk.circled(case, space.circle)
    other = people.walk.start(Basis.OWN_STORY)
    people.walk.circled(other, space.circle)
    with pytest.raises(Refused), unit_of_work() as session:
        writing.set_basis(
            session, make.actor(people.author), other.id, Basis.OWN_NAME, people.walk.now
        )


def test_the_day_of_removal_is_the_authors(people, browser) -> None:
    case = people.walk.to(CaseState.SHARED, people.circle, people.reader)
    today = people.walk.now.date()
    author, url = browser(people.author), f"/casussen/{case.id}/bewaartermijn"
    for days, status in ((2, 422), (8, 302), (400, 302), (800, 422)):
        answer = author.send(url, {"until": str(today + timedelta(days=days))})
        assert answer.status_code == status, days
    for given in ("31-31-2026", "", "9999-12-31", "0001-01-01"):
        assert author.send(url, {"until": given}).status_code == 422, given
    assert browser(people.coordinator).get(url).status_code == 404


def test_the_card_keeps_its_word_about_the_day(people, browser) -> None:
    """No longer than who agreed was told; or they were asked, and card and code say the new day."""
    case = people.walk.to(CaseState.APPROVED, people.circle, people.reader, Basis.SOMEBODY)
    author, url = browser(people.author), f"/casussen/{case.id}"
    with reading() as session:
        consent = session.query(Consent).filter_by(case_id=case.id).one()
    card, told = f"{url}/toestemming/{consent.id}/kaart", until.day_of(consent.until)

    def stands(later: int, *, shared: bool = True) -> None:
        """On the card and behind the code, without an account: the same, and nothing of the case.

        Args:
            later: than was told first, in days.
        """
        day = told + timedelta(days=later)
        shown = f"{day.day} {day:%B} {day.year} at most; then it is removed"
        behind = browser().send("/toestemming-intrekken", {"code": consent.code})
        for page in (author.get(card), behind):
            assert page.status_code == 200
            body = page.text.partition("<main")[2].partition("</main")[0]
            assert shown in body, later
            assert ("(nobody yet)" in body) != shared, later
            assert "the members of one closed group on this site" in body
            for word in ("moeder", "Annelies", "Oosterhaven", *IDENTIFIERS):
                assert word not in body, word
        assert "no-store" in behind.headers["Cache-Control"]

    stands(0, shared=False)
    assert card in author.get(url).text
    new = {"until": str(told + timedelta(days=30))}
    refused = author.send(f"{url}/delen", new)
    assert refused.status_code == 422
    assert "Who agreed was told: at most until" in refused.text
    assert author.send(f"{url}/delen", new | {"asked": "y"}).status_code == 302
    stands(30)
    assert card in author.get(url).text
    steps = ((-60, {}, 302), (60, {}, 422), (30, {}, 302), (60, {"asked": "y"}, 302))
    is_now = 30
    for later, asked, status in steps:
        given = {"until": str(told + timedelta(days=later))} | asked
        assert author.send(f"{url}/bewaartermijn", given).status_code == status, later
        is_now = later if status == 302 else is_now
        stands(is_now)
    assert browser(people.colleague).get(card).status_code == 404
    with unit_of_work() as session:
        session.get_one(Case, case.id).remove_at = people.walk.now - timedelta(minutes=1)
    over = browser().send("/toestemming-intrekken", {"code": consent.code})
    assert over.status_code == 422, "before the worker has been by as well"
    assert "its last day came" in over.text


def test_a_day_that_passed_while_it_was_prepared_is_asked_again(people, browser) -> None:
    case = people.walk.to(CaseState.APPROVED, people.circle, people.reader, Basis.SOMEBODY)
    with unit_of_work() as session:
        found = session.query(Consent).filter_by(case_id=case.id).one()
        found.until = people.walk.now + timedelta(days=2)
    author, url = browser(people.author), f"/casussen/{case.id}/delen"
    assert author.send(url).status_code == 422
    assert author.send(url, {"asked": "y"}).status_code == 302
