"""How good search is: word forms one by one, and judged questions over the demo."""

import zlib

from sqlalchemy import select

from cop import create_app
from cop.demo.build import build
from cop.discussions.models import Discussion, DiscussionList, Post
from cop.finding.queries import Filters, find
from cop.members.actor import Actor
from cop.members.models import Member, Persona
from cop.platform.db import db, reading, unit_of_work
from cop.platform.search.terms import VERSION, index_terms
from tests.conftest import empty, make_settings
from tests.finding.forms import APART, FORMS, found_in
from tests.finding.judged import answers, mean, scores


def test_word_forms_find_each_other():
    assert [form for form in FORMS if not found_in(form)] == []


def test_words_that_only_look_alike_stay_apart():
    assert [form for form in APART if found_in(form)] == []


def test_other_terms_have_another_version():
    """Whoever changes what terms a text gives raises `VERSION`: sites make their index anew."""
    terms = [term for form in (*FORMS, *APART) for text in form for term in index_terms(text)]
    assert (VERSION, zlib.crc32(" ".join(terms).encode())) == (2, 1639234775)


def test_judged_questions_are_answered_well_and_alike_on_both(database_urls, folder, now):
    """By a member of the demo; and every form finds a text that holds it."""
    found = {}
    for kind, url in database_urls.items():
        data = folder / f"judged-{kind}"
        data.mkdir()
        app = create_app(make_settings(url, data))
        with app.app_context():
            try:
                found[kind] = _of_one(now, is_first=not found)
            finally:
                db.session.remove()
                empty(app)
                db.engine.dispose()
    assert list(found.values())[1:] == list(found.values())[:-1]


def _of_one(now, is_first):
    with unit_of_work() as session:
        build(session, now)
        _write_forms(session, now)
    with reading() as session:
        member_id = session.scalars(
            select(Member.id).where(Member.demo_hint.is_not(None)).order_by(Member.id).limit(1)
        ).one()
        actor = Actor(member_id)
        given = answers(session, actor, now)
        if is_first:  # the other gives the same
            how_good = scores(session, actor, given, now)
            assert len(how_good) >= 100
            worst = sorted(how_good.items(), key=lambda s: s[1])[:12]
            assert mean(how_good.values()) >= 0.85, worst
        of_forms = Filters(kind="discussion", author="Vorm Verzonnen")
        for n, (typed, stands) in enumerate(FORMS):
            items = find(session, actor, typed, now, of_forms, most=30).items
            assert f"Vorm {n}" in {item.shown.title for item in items}, (typed, stands)
    return given


def _write_forms(session, now):
    """A conversation for each of the forms, by somebody who wrote nothing else."""
    writer = Persona(kind="self", handle="vorm", name="Vorm Verzonnen", sort_key="vorm verzonnen")
    writer.member = Member(
        email="vorm@example.org", state="active", site_role="member", created_at=now
    )
    on = session.scalars(
        select(DiscussionList).where(DiscussionList.short_name == "koffiehoek")
    ).one()
    made = [
        Discussion(
            list_id=on.id,
            kind="conversation",
            title=f"Vorm {n}",
            author=writer,
            created_at=now,
            last_post_at=now,
            last_number=1,
            post_count=1,
        )
        for n in range(len(FORMS))
    ]
    session.add_all(made)
    session.flush()
    session.add_all(
        Post(
            discussion_id=one.id,
            number=1,
            author_id=writer.id,
            source=stands,
            html=f"<p>{stands}</p>",
            words=2,
            created_at=now,
        )
        for one, (_typed, stands) in zip(made, FORMS, strict=True)
    )
