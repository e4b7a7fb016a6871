"""Taking everything along: all of one's own, nothing of others, nothing secret, for some days."""

import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from cop.cases.models import CaseState
from cop.discussions import operations
from cop.discussions.models import Bookmark, Post
from cop.incoming.models import CutText
from cop.members import leaving, reveals, signing_in
from cop.members.models import Member, SignIn, SiteRole
from cop.members.own_data import rooms
from cop.moderation import operations as reporting
from cop.moderation.models import ReportReason
from cop.platform import clock
from cop.platform.audit import AuditEntry
from cop.platform.db import Base, reading, unit_of_work
from cop.platform.mail.models import OutgoingMail
from cop.platform.worker import run_due
from cop.practices.models import Practice
from cop.privacy import keeping, taking_along
from cop.privacy.models import OwnExport
from cop.spaces.circles import Visibility
from tests.cases.walking import RAW, walk
from tests.practices.writing import draft
from tests.support.client import Browser
from tests.support.factories import PASSWORD, Factory

PAGE = "/ik/alles-van-mij"
FETCH = f"{PAGE}/ophalen"
# A row that leads here is somebody's own: to the account, a name, or a place at a gathering.
PEOPLE = """
    member.id persona.id session_participant.id floor_person.id poll_voter.id choice_voter.id
    expertise_card.id market_entry.id
""".split()
ADDRESSES = {"email", "recipient", "address", "member_id"}
NEVER = {"password_hash", "token_hash", "token", "claim_hash", "key", "key_name", "code", "hash"}


def made(make: Factory, member: Member) -> None:
    with unit_of_work() as session:
        taking_along.ask(session, make.actor(member), clock.now())
    run_due()


def fetched(browser: type[Browser], member: Member) -> dict[str, str]:
    """File name → what stands in it."""
    answer = browser(member).post(FETCH, {"password": PASSWORD})
    assert answer.status_code == 200, answer.status_code
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as held:
        return {
            name: held.read(name).decode()
            for name in held.namelist()
            if name.endswith((".json", ".html"))
        }


def test_no_table_with_somebody_in_it_is_forgotten() -> None:
    """Each such column is given, or stands in the list of what is not, with the reason."""
    said: set[str] = set()
    for room in rooms():
        said |= room.covers | room.left.keys()
        assert all(room.left.values()), room.name
        for rows in room.rows:
            said |= rows.columns
            for column in rows.give:
                stored = column.property.columns[0]
                assert column.class_ is rows.of[0].class_, (room.name, rows.name, column.key)
                assert stored.name not in NEVER, (room.name, rows.name, column.key)
                others = {key.target_fullname for key in stored.foreign_keys} & set(PEOPLE)
                # A card is not somebody: its number stands in its address.
                assert others <= {"expertise_card.id"}, (room.name, rows.name, column.key)
    held = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name in ADDRESSES
        or any(key.target_fullname in PEOPLE for key in column.foreign_keys)
    }
    assert held - said == set(), "say in the room's export_part.py what is given of it, or why not"


def test_every_part_that_has_a_title_is_given(make: Factory) -> None:
    actor = make.actor(make.member())
    with reading() as session:
        for room in rooms():
            calls = [call for call in (room.more, room.fetched) if call is not None]
            given = {name for call in calls for name in call(session, actor)}
            assert given == room.titles.keys(), room.name


def test_all_of_ones_own_comes_and_nothing_of_others(make: Factory, browser: type[Browser]) -> None:
    anna = make.member("Anna Verzonnen", about="Ik kweek kweeperen")
    bram = make.member("Bram Bedacht", about="Over Bram", email="bram.bedacht@example.org")
    list_ = make.list(Visibility.OPEN, pseudonyms=True, coordinator=bram)
    hidden = make.pseudonym(anna, list_.circle, "Zeewind")
    own = make.discussion(list_, hidden, title="Onder een andere naam", posts=1)
    theirs = make.discussion(make.list(), bram, title="Van Bram", posts=1)
    practice = draft(make, bram, title="Mispels na ontslag")
    with unit_of_work() as session:
        for who, text in ((anna, "Kweeperen helpen mij"), (bram, "Mispels helpen mij")):
            operations.answer(
                session, make.actor(who), discussion_id=theirs.id, text=text, now=clock.now()
            )
        post_id = session.scalars(select(Post.id).where(Post.discussion_id == theirs.id)).first()
        session.add(Bookmark(member_id=anna.id, post_id=post_id, at=clock.now()))
        cut, until = "Bram schreef over Mispels", clock.now() + timedelta(days=1)
        session.add(CutText(post_id=post_id, member_id=anna.id, text=cut, kept_until=until))
        session.get_one(Practice, practice.id).contact_id = make.persona(anna).id
    made(make, anna)
    files = fetched(browser, anna)
    said = json.loads(files["conversations.json"])
    assert [post["source"] for post in said["posts"] if post["discussion_id"] == theirs.id] == [
        "Kweeperen helpen mij"
    ]
    assert {post["under"] for post in said["posts"]} == {"Zeewind", "Anna Verzonnen"}
    assert said["saved"] == [{"post_id": post_id, "at": said["saved"][0]["at"]}]
    assert own.id in [each["id"] for each in said["begun"]]
    (contact_of,) = json.loads(files["practices.json"])["contact_of"]
    assert contact_of["id"] == practice.id
    profile = json.loads(files["profile.json"])
    assert profile["account"][0]["about"] == "Ik kweek kweeperen"
    assert {"Anna Verzonnen", "Zeewind"} == {each["name"] for each in profile["names"]}
    whole = "\n".join(files.values())
    for other in ("Mispels", "Bram", "bedacht@", "Van Bram"):
        assert other not in whole, other
    with reading() as session:
        secret = session.get_one(Member, anna.id).password_hash or ""
        tokens = session.scalars(select(SignIn.token_hash)).all()
    assert not any(each in whole for each in (secret, *tokens))
    page = files["index.html"]
    assert "Kweeperen helpen mij" in page
    assert not re.search(r"<script|src=|http", page)  # it stands alone


def test_what_moderation_keeps_from_the_author_is_kept_here_too(
    make: Factory, browser: type[Browser]
) -> None:
    """No report of which nothing came, not how many reported, no reveal but one agreed to."""
    anna, bram, cor = make.member(), make.member(), make.member()
    first = make.member(site_role=SiteRole.MODERATOR)
    second = make.member(site_role=SiteRole.MODERATOR)
    names = [make.pseudonym(anna, make.circle(pseudonyms=True), name) for name in "XYZ"]
    now = clock.now()
    words = "Iedereen kan dit lezen"
    with unit_of_work() as session:
        for subject, decision in (("post:1", "nothing"), ("post:2", "ask")):
            for who in (bram, cor):
                report = reporting.report(
                    session,
                    make.actor(who),
                    subject=subject,
                    version=1,
                    concerned_id=anna.id,
                    whole=words,
                    passage=words,
                    reason=ReportReason.OTHER,
                    note="",
                    urgent=False,
                    host="example.org",
                    now=now,
                )
            reporting.decide(
                session,
                make.actor(first),
                report.id,
                decision=decision,
                answer="",
                request="Haal de straat eruit.",
                now=now,
            )
        for name, agree in zip(names, (None, False, True), strict=True):
            asked = reveals.ask(session, make.actor(first), name.handle, "Er is gevaar. " * 3, now)
            if agree is not None:
                reveals.decide(session, make.actor(second), asked.id, agree, now)
    made(make, anna)
    files = fetched(browser, anna)
    about = json.loads(files["reports.json"])["about_you"]
    assert [each["decision"] for each in about] == ["ask"]
    trail = [each["action"] for each in json.loads(files["profile.json"])["trail"]]
    assert [each for each in trail if each.startswith("reveal.")] == ["reveal.agreed"]
    assert "privacy.export_asked" in trail  # and all that one did oneself
    assert len(json.loads(files["profile.json"])["reveals"]) == 1


def test_raw_words_of_a_case_come_only_while_they_are_fetched(
    make: Factory, browser: type[Browser]
) -> None:
    """The kept file never holds them: destroying their key must destroy every copy."""
    anna = make.member()
    case = walk(make, anna).start()
    made(make, anna)
    with reading() as session:
        row = session.get_one(OwnExport, anna.id)
        kept = keeping.read(anna.id, row.name or "")
    with zipfile.ZipFile(io.BytesIO(kept)) as held:
        assert not any(RAW["title"].encode() in held.read(name) for name in held.namelist())
    drafts = json.loads(fetched(browser, anna)["cases-drafts.json"])["drafts"]
    assert [(each["id"], each["title"]) for each in drafts] == [(case.id, RAW["title"])]
    bram = make.member()
    circle = make.space(Visibility.PRIVATE, coordinator=anna).circle
    make.join(bram, circle)
    shared = walk(make, anna).to(CaseState.SHARED, circle, bram)
    made(make, bram)
    files = fetched(browser, bram)
    assert "cases-drafts.json" not in files
    with reading() as session:
        title = session.get_one(type(shared), shared.id).title or "-"
    assert title not in "\n".join(files.values())


def test_only_the_member_fetches_it_and_says_who_they_are(
    make: Factory, browser: type[Browser]
) -> None:
    anna, bram = make.member(), make.member()
    assert browser(anna).post(FETCH, {"password": PASSWORD}).status_code == 404
    assert browser(anna).send(PAGE).status_code == 302
    run_due()
    with reading() as session:
        row = session.get_one(OwnExport, anna.id)
        letter = session.scalars(
            select(OutgoingMail).where(OutgoingMail.key.startswith("mail:privacy.ready"))
        ).one()
        assert letter.recipient == anna.email
        stored = (keeping.folder() / (row.name or "")).read_bytes()
    assert not stored.startswith(b"PK")  # encrypted where it lies
    assert "It is ready" in browser(anna).get(PAGE).text
    wrong = browser(anna).post(FETCH, {"password": "niet het wachtwoord"})
    assert wrong.status_code == 422
    assert "This is not your password." in wrong.text
    assert browser(bram).post(FETCH, {"password": PASSWORD}).status_code == 404
    assert browser().post(FETCH, {"password": PASSWORD}).status_code != 200
    assert fetched(browser, anna)
    with reading() as session:
        trail = session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.actor == f"member:{anna.id}", AuditEntry.action.like("privacy.%"))
            .order_by(AuditEntry.id)
        ).all()
    assert trail == ["privacy.export_asked", "privacy.export_fetched"]


def test_without_a_password_a_fresh_sign_in_is_needed(make: Factory) -> None:
    anna, now = make.member(), clock.now()
    with unit_of_work() as session:
        session.get_one(Member, anna.id).password_hash = None
        signing_in.start(session, session.get_one(Member, anna.id), "Telefoon", now)
    with reading() as session:
        number = session.scalars(select(SignIn.id).where(SignIn.member_id == anna.id)).one()
        late = now + taking_along.FRESH + timedelta(seconds=1)
        actor = make.actor(anna)
        assert taking_along.needs(session, actor, number, now) == ""
        assert taking_along.needs(session, actor, number, late) == "sign_in"
        assert taking_along.needs(session, actor, number + 1, now) == "sign_in"


def test_it_is_gone_after_its_days_when_removed_and_when_its_member_leaves(
    make: Factory, browser: type[Browser]
) -> None:
    members = [make.member() for _ in range(3)]
    waits, removes, leaves = members
    files = {}
    for each in members:
        made(make, each)
        files[each.id] = kept_as(each)
    assert browser(removes).send(PAGE, to=f"{PAGE}/weg").status_code == 302
    with unit_of_work() as session:
        leaving.leave(session, make.actor(leaves), True, clock.now())
    run_due()
    assert [file.exists() for file in files.values()] == [True, False, False]
    with unit_of_work() as session:
        taking_along.expire(session, {}, clock.now() + taking_along.KEPT)
    assert not files[waits.id].exists()
    assert "It is ready" not in browser(waits).get(PAGE).text


def test_asking_twice_makes_one_and_asking_anew_removes_the_old(
    make: Factory, browser: type[Browser]
) -> None:
    anna = make.member()
    assert browser(anna).send(PAGE).status_code == 302
    assert "It is being made" in browser(anna).post(PAGE, follow_redirects=True).text
    run_due()
    first = kept_as(anna)
    assert first.exists()
    made(make, anna)
    assert not first.exists()
    assert kept_as(anna).exists()


def kept_as(member: Member) -> Path:
    with reading() as session:
        return keeping.folder() / (session.get_one(OwnExport, member.id).name or "-")
