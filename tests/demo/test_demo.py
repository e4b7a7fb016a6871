"""The demo community."""

import re
import tomllib
from collections import Counter
from datetime import time

import pytest
from sqlalchemy import func, select

from cop.cases.models import Case
from cop.demo import content, multiply
from cop.demo.build import build
from cop.discussions.models import Discussion, Post
from cop.gatherings import when
from cop.gatherings.models import Attendance, Gathering
from cop.gatherings.poll_models import PollOption
from cop.groups.models import GroupDate
from cop.members.models import Member, Persona, PersonaKind
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import Refused
from cop.platform.outbox import Job
from cop.spaces.models import Space, Stage


def texts(value):
    """Every string in it, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


def sentences(text):
    """What ends as one and has four words or more; names, keys and labels do not."""
    for part in re.split(r"(?<=[.!?])[\"'”’)*_]*\s+|\n\s*\n|\n- ", text):
        words = re.findall(r"\w+", part.lower())
        if len(words) >= 4 and re.search(r"[.!?]\W*$", part):
            yield " ".join(words)


def test_no_sentence_stands_in_it_twice():
    files = sorted(content.FOLDER.rglob("*.toml"))
    assert len(files) > 60  # the discussions are among them
    counts = Counter(
        sentence
        for file in files
        for text in texts(tomllib.loads(file.read_text("utf-8")))
        for sentence in sentences(text)
    )
    assert len(counts) > 2000
    assert [s for s, n in counts.items() if n > 1] == []


def test_the_small_community_is_as_it_says(session, now):
    """It takes seconds to build: all that is only read is asked of one, made in the night."""
    now = now.replace(hour=23, minute=33)
    build(session, now)
    _whatever_meets_does_so_by_day(session)
    _whoever_is_in_a_group_is_asked_for_its_dates(session)
    _it_is_whole(session, now)
    _counts_kept_beside_discussions_are_right(session)
    _a_pseudonym_writes_only_in_its_own_circle(session)
    _cases_stand_in_different_states_and_nobody_is_mailed(session)


def _whatever_meets_does_so_by_day(session):
    """On the Dutch clock, whenever the demo was made."""
    for starts in (Gathering.starts_at, PollOption.starts_at):
        clocks = {when.local(at).time() for at in session.scalars(select(starts))}
        assert time(9) <= min(clocks) <= max(clocks) <= time(16), starts


def _whoever_is_in_a_group_is_asked_for_its_dates(session):
    of_groups = select(Gathering.id).join(GroupDate).where(~Gathering.provisional)
    asked = select(Attendance.gathering_id)
    assert set(session.scalars(of_groups)) <= set(session.scalars(asked))


def _it_is_whole(session, now):
    assert session.scalar(select(func.count()).select_from(Member)) >= 40
    assert set(session.scalars(select(Space.stage))) >= set(Stage)
    assert session.scalar(select(func.count()).where(Discussion.outcome != "")) >= 20
    assert session.scalar(select(func.max(Post.created_at))) <= now
    for address in session.scalars(select(Member.email)):
        assert address.endswith("@example.org")


SHALLOW = 120  # addresses; enough to meet each kind of page


def test_members_of_it_can_open_whatever_its_pages_link_to(app, browser):
    """With rows as people leave them, on both databases: no address that a page gives fails."""
    with unit_of_work() as session:
        build(session, clock.now())
    with reading() as session:
        wanted = select(Member).where(Member.demo_hint.is_not(None)).order_by(Member.id)
        members = session.scalars(wanted).all()[:2]
    for member in members:
        reader, seen, ahead = browser(member), set(), ["/"]
        while ahead and len(seen) < SHALLOW:
            path = ahead.pop(0)
            seen.add(path)
            answer = reader.get(path)
            assert answer.status_code < 400, path
            if answer.mimetype == "text/html":
                links = re.findall(r'href="(/[^"#?]*)', answer.text)
                ahead += [a for a in dict.fromkeys(links) if a not in seen and a not in ahead]
            answer.close()


def _counts_kept_beside_discussions_are_right(session):
    counted = select(func.count()).where(Post.discussion_id == Discussion.id).scalar_subquery()
    wrong = session.scalars(select(Discussion.id).where(Discussion.post_count != counted)).all()
    assert wrong == []


def _a_pseudonym_writes_only_in_its_own_circle(session):
    pseudonyms = session.scalars(select(Persona).where(Persona.kind == PersonaKind.PSEUDONYM)).all()
    assert pseudonyms
    for persona in pseudonyms:
        circles = session.scalars(
            select(Discussion.list_id).join(Post).where(Post.author_id == persona.id).distinct()
        ).all()
        assert len(circles) <= 1


def test_a_demo_never_mixes_with_members(session, make, now):
    make.member()
    with pytest.raises(Refused):
        build(session, now)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_large_one_multiplies_it(session, now, monkeypatch):
    """On SQLite `test_fixed_queries.py` does."""
    monkeypatch.setattr(multiply, "DISCUSSIONS", 20)
    monkeypatch.setattr(multiply, "LONG", 120)
    monkeypatch.setattr(multiply, "MEMBERS", 60)
    builder = build(session, now)
    heard = []
    multiply.multiply(builder, heard.append)
    assert sum(heard) == 20 * multiply.POSTS_EACH + 120
    long = session.scalars(select(Discussion).filter_by(title=multiply.LONG_TITLE)).one()
    assert long.last_number == 120
    assert session.scalar(select(func.max(Post.created_at))) <= now


# A word that only one case has, and what may not be left in that one.
IDENTIFIERS = {
    "avondeten": ("Joris", "Anouk", "Papendrecht"),
    "uit bed": ("Corrie", "Melvin"),
}


def _cases_stand_in_different_states_and_nobody_is_mailed(session):
    states = set(session.scalars(select(Case.state)))
    assert states == {"draft", "with_reader", "shared", "closed"}
    assert session.scalars(select(Job).where(Job.kind.startswith("cases."))).all() == []
    # A name of one may be what somebody is called in another: each is held against its own.
    met = set()
    for case in session.scalars(select(Case).where(Case.text.is_not(None))):
        said = f"{case.title} {case.question} {case.text} {case.outcome}"
        for word, names in IDENTIFIERS.items():
            if word in said:
                met.add(word)
                assert [name for name in names if name in said] == []
    assert met == set(IDENTIFIERS)
