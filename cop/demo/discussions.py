"""The discussions of the demo: posts, quotes, reactions, outcomes, and who read how far."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from cop.demo import content
from cop.discussions.models import (
    Discussion,
    DiscussionAttention,
    DiscussionList,
    DiscussionTheme,
    ListVisit,
    Post,
    Reaction,
)
from cop.members.models import Member, Persona, Theme
from cop.platform import markup
from cop.platform.i18n import DEFAULT_ZONE
from cop.spaces.circles import Circle

_MENTION = re.compile(r"@\[([\w-]+)\]")
_ZONE = ZoneInfo(DEFAULT_ZONE)
_READ_UNTIL = timedelta(days=2.5)  # what is newer shows as new to everybody


@dataclass(frozen=True)
class _Building:
    session: Session
    members: Mapping[str, Member]
    own: Mapping[str, Persona]
    lists: Mapping[str, DiscussionList]
    themes: Mapping[str, Theme]
    mentions: Mapping[str, markup.Mention]
    author: Callable[[str, Circle], Persona]
    now: datetime

    def ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)


def build(
    session: Session,
    members: Mapping[str, Member],
    own: Mapping[str, Persona],
    lists: Mapping[str, DiscussionList],
    themes: Mapping[str, Theme],
    mentions: Mapping[str, markup.Mention],
    author: Callable[[str, Circle], Persona],
    now: datetime,
) -> None:
    """Make them on their lists; `author` gives the name that a text stands under in a circle."""
    to = _Building(session, members, own, lists, themes, mentions, author, now)
    for text in content.discussions():
        _discussion(to, text)
    for text in content.read("announcements")["announcement"]:
        _announcement(to, text)
    _visits(to)


def _with_mentions(to: _Building, text: str) -> str:
    return _MENTION.sub(lambda m: f"@{to.own[m[1]].handle}", text.strip())


def _discussion(to: _Building, text: dict[str, Any]) -> None:
    on_list = to.lists[text["list"]]
    circle = on_list.circle
    posts = text["post"]
    begun = to.ago(text["days_ago"])
    sources = [_with_mentions(to, _quoting(posts, n)) for n in range(len(posts))]
    moments = _by_day(to, [begun + timedelta(hours=p["after_hours"]) for p in posts])
    begun = moments[0]
    answers = [n for n, p in enumerate(posts, 1) if p.get("answer")]
    outcome = text.get("outcome")
    discussion = Discussion(
        list_id=on_list.id,
        kind=text["kind"],
        title=text["title"],
        author_id=to.author(text["author"], circle).id,
        content_note=text["content_note"],
        created_at=begun,
        last_post_at=max(moments),
        last_number=len(posts),
        post_count=len(posts),
        words=sum(map(markup.word_count, sources)),
        answer_number=answers[0] if answers else None,
    )
    if outcome:
        discussion.outcome = outcome["text"].strip()
        discussion.outcome_html = markup.render(discussion.outcome)
        discussion.outcome_by_id = to.author(outcome["author"], circle).id
        discussion.closed_at = discussion.outcome_at = min(
            max(moments) + timedelta(hours=20), to.now
        )
    to.session.add(discussion)
    to.session.flush()
    for slug in text["themes"]:
        to.session.add(DiscussionTheme(discussion_id=discussion.id, theme_id=to.themes[slug].id))
    for number, (post, source, at) in enumerate(zip(posts, sources, moments, strict=True), 1):
        _post(to, discussion, number, post, source, at, circle)
    _attention(to, discussion, {p["author"] for p in posts})


def _by_day(to: _Building, moments: list[datetime]) -> list[datetime]:
    """The same moments between seven in the morning and eleven at night, in the same order.

    Nobody believes a community that only writes at night because the demo was made at night.
    """
    moved = []
    for moment in moments:
        local = moment.astimezone(_ZONE)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        awake = midnight + timedelta(hours=7) + (local - midnight) * (16 / 24)
        recent = to.now - moment < timedelta(days=1)
        moved.append(moment if recent else awake.astimezone(UTC))
    return list(accumulate(moved, max))


def _quoting(posts: list[dict[str, Any]], n: int) -> str:
    """The post's text, with the quoted post's first paragraph above it when it quotes one."""
    text: str = posts[n]["text"].strip()
    quoted = posts[n].get("quotes")
    if quoted is None:
        return text
    first = posts[quoted]["text"].strip().split("\n\n")[0].replace("\n", " ")
    return f"> {first}\n\n{text}"


def _post(
    to: _Building,
    discussion: Discussion,
    number: int,
    text: dict[str, Any],
    source: str,
    at: datetime,
    circle: Circle,
) -> None:
    reactions = text.get("reactions", {})
    post = Post(
        discussion_id=discussion.id,
        number=number,
        author_id=to.author(text["author"], circle).id,
        source=source,
        html=markup.render(source, to.mentions),
        words=markup.word_count(source),
        created_at=at,
        content_note=discussion.content_note if number == 1 else "",
        **{kind: len(who) for kind, who in reactions.items()},
    )
    to.session.add(post)
    to.session.flush()
    rows = [
        {"post_id": post.id, "member_id": to.members[key].id, "kind": kind}
        for kind, who in reactions.items()
        for key in who
    ]
    if rows:
        to.session.execute(insert(Reaction), rows)


def _attention(to: _Building, discussion: Discussion, authors: set[str]) -> None:
    """Whoever wrote in a discussion follows it."""
    for key in sorted(authors):
        if not key.startswith("pseudonym:"):
            to.session.add(
                DiscussionAttention(
                    discussion_id=discussion.id,
                    member_id=to.members[key].id,
                    attention="follow",
                )
            )


def _announcement(to: _Building, text: dict[str, Any]) -> None:
    administrator = next(
        m["key"] for m in content.read("members")["member"] if m["site_role"] == "administrator"
    )
    source = text["text"].strip()
    at = to.ago(text["days_ago"])
    discussion = Discussion(
        list_id=to.lists["koffiehoek"].id,
        kind="conversation",
        title=text["title"],
        author_id=to.own[administrator].id,
        created_at=at,
        last_post_at=at,
        last_number=1,
        post_count=1,
        words=markup.word_count(source),
        announcement=True,
        announced_at=at,
    )
    to.session.add(discussion)
    to.session.flush()
    _post(
        to,
        discussion,
        1,
        {"author": administrator},
        source,
        at,
        to.lists["koffiehoek"].circle,
    )


def _visits(to: _Building) -> None:
    """Everybody has read up to some days ago, so that new things show as new."""
    lists = [made.id for made in to.lists.values()]
    to.session.execute(
        insert(ListVisit),
        [
            {"member_id": m.id, "list_id": list_id, "read_before": to.now - _READ_UNTIL}
            for m in to.members.values()
            for list_id in lists
        ],
    )
