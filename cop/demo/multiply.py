"""The large demo: the small one's words many times over, for measuring. Not for reading."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cop.demo.build import Builder
from cop.discussions.models import Discussion, DiscussionList, Post
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.platform.db import Base
from cop.platform.i18n import sort_key
from cop.spaces.circles import Circle
from cop.spaces.models import Space, Stage

MEMBERS = 2_000
SPACES = 200
LISTS = 60
DISCUSSIONS = 3_000
POSTS_EACH = 30
LONG = 10_000  # posts of the one long discussion
LONG_TITLE = "Een gesprek zonder einde"
TOTAL = DISCUSSIONS * POSTS_EACH + LONG
CHUNK = 5_000

Progress = Callable[[int], None]


def multiply(builder: Builder, progress: Progress, times: int = 1) -> None:
    """Add members, spaces, lists and 100,000 posts; `progress` hears how many posts were added.

    Args:
        times: so many times as many discussions.
    """
    session, now = builder.session, builder.now
    chance = random.Random(20261121)  # noqa: S311  # the same every time, nothing secret
    personas = _members(session, builder)
    _spaces(session, builder, chance)
    lists = [made.id for made in builder.lists.values() if made.circle.visibility == "open"]
    lists += _lists(session, builder)
    texts = session.execute(select(Post.source, Post.html, Post.words).limit(400)).all()
    titles = list(session.scalars(select(Discussion.title)))
    rows: list[dict[str, Any]] = []
    for n in range(DISCUSSIONS * times):
        rows.append(
            _discussion(
                chance.choice(lists),
                f"{titles[n % len(titles)]} ({n + 2})",
                chance.choice(personas),
                now - timedelta(days=4 + n * 0.12 / times),
                POSTS_EACH,
            )
        )
    long = _discussion(
        builder.lists["koffiehoek"].id, LONG_TITLE, personas[0], now - timedelta(days=3.9), LONG
    )
    ids = _returning(session, Discussion, [long, *rows])
    pending: list[dict[str, Any]] = []
    for discussion_id, row in zip(ids, [long, *rows], strict=True):
        begun, count = row["created_at"], row["last_number"]
        step = (row["last_post_at"] - begun) / max(1, count - 1)
        for number in range(1, count + 1):
            source, html, words = chance.choice(texts)
            pending.append(
                {
                    "discussion_id": discussion_id,
                    "number": number,
                    "author_id": chance.choice(personas),
                    "source": source,
                    "html": html,
                    "words": words,
                    "created_at": begun + step * (number - 1),
                    "thanks": chance.choice((0, 0, 0, 1, 4)),
                }
            )
        if len(pending) >= CHUNK:
            session.execute(insert(Post), pending)
            progress(len(pending))
            pending = []
    if pending:
        session.execute(insert(Post), pending)
        progress(len(pending))


def _returning(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> list[int]:
    """Insert the rows; their new ids in the same order."""
    key = model.__table__.c.id
    result = session.execute(insert(model).returning(key, sort_by_parameter_order=True), rows)
    return list(result.scalars())


def _members(session: Session, builder: Builder) -> list[int]:
    """New members' own personas, by id. Names are pairs of the small community's names."""
    names = [p.name.split(" ", 1) for p in builder.own.values()]
    joined = builder.ago(200)
    common = {"state": MemberState.ACTIVE, "created_at": joined, "verified_at": joined}
    ids = _returning(
        session,
        Member,
        [
            common | {"email": f"deelnemer{n}@example.org", "site_role": "member"}
            for n in range(MEMBERS)
        ],
    )
    rows = []
    for n, member_id in enumerate(ids):
        first, last = names[n % len(names)][0], names[(n // len(names)) % len(names)][-1]
        name = f"{first} {last} {n}"
        key = sort_key(name)
        rows.append(
            {
                "member_id": member_id,
                "kind": PersonaKind.SELF,
                "handle": key.replace(" ", "-"),
                "name": name,
                "sort_key": key,
                "roles": [],
            }
        )
    return _returning(session, Persona, rows)


def _circles(session: Session, count: int) -> list[int]:
    rows = [{"visibility": "open", "allows_pseudonyms": False}] * count
    return _returning(session, Circle, rows)


def _spaces(session: Session, builder: Builder, chance: random.Random) -> None:
    patterns = list(builder.spaces.values())
    rows = []
    for n, circle_id in enumerate(_circles(session, SPACES)):
        pattern = chance.choice(patterns)
        name = f"{pattern.name} {n + 2}"
        rows.append(
            {
                "circle_id": circle_id,
                "slug": f"{pattern.slug}-{n + 2}",
                "kind": pattern.kind,
                "name": name,
                "sort_key": sort_key(name),
                "summary": pattern.summary,
                "aim": pattern.aim,
                "aim_html": pattern.aim_html,
                "region": pattern.region,
                "stage": chance.choice(list(Stage)) if pattern.stage else None,
                "contact_id": pattern.contact_id,
                "created_at": builder.ago(100),
            }
        )
    session.execute(insert(Space), rows)


def _lists(session: Session, builder: Builder) -> list[int]:
    return _returning(
        session,
        DiscussionList,
        [
            {
                "short_name": f"meetlijst-{n}",
                "name": f"Lijst {n}",
                "sort_key": f"lijst {n}",
                "description": "Een lijst om mee te meten.",
                "circle_id": circle_id,
                "created_at": builder.ago(100),
            }
            for n, circle_id in enumerate(_circles(session, LISTS), 1)
        ],
    )


def _discussion(list_id: int, title: str, author_id: int, begun: Any, posts: int) -> dict[str, Any]:
    return {
        "list_id": list_id,
        "kind": "conversation",
        "title": title,
        "author_id": author_id,
        "created_at": begun,
        "last_post_at": begun + timedelta(days=3.8 if posts > POSTS_EACH else 2),
        "last_number": posts,
        "post_count": posts,
        "words": posts * 55,
    }
