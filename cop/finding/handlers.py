"""What finding adds elsewhere: news on a member's interests, on the home page and in the digest."""

import html
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from cop.discussions.mailing.choices import each_message
from cop.discussions.models import Discussion, DiscussionList
from cop.finding import interests
from cop.finding.interests import TO_READ
from cop.finding.models import Interest, InterestProfile
from cop.members.actor import Actor
from cop.members.events import MemberLeft
from cop.members.models import Member, MemberState, SiteRole
from cop.members.site import name_of
from cop.notifications.digests import Found, Piece, Reader, Rendered, brings
from cop.notifications.waits import USUAL, Part, Wait, waits
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.mail.composing import Item, Letter, Words, absolute, post, wrapped
from cop.platform.mail.message import without_slots
from cop.platform.markup import reading_minutes
from cop.platform.outbox import enqueue, job, on
from cop.platform.search import indexing
from cop.platform.search.scoring import Candidate
from cop.platform.search.sources import Shown, sources

ORDER = 17  # after the lists and what is told by kind, before what is only counted
MOST = 10
SOON = 600  # seconds between two looks for who hears of it at once
SETTLED = timedelta(minutes=1)  # what was begun before is stored and found by then


@waits
def on_interests(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """At most eight queries, two for who chose nothing."""
    if not actor.is_member:
        return
    for said in interests.new_on_site(session, actor, now, USUAL):
        yield Wait(
            Part.THEMES,
            said.title,
            said.url,
            reading_minutes(said.words),
            said.at or now,
            where=said.where,
        )


@brings
def of_interests(session: Session, readers: Sequence[Reader]) -> dict[int, Found]:
    """Two queries for all; some for each reader who keeps interests."""
    members = {reader.member_id for reader in readers}
    rows: defaultdict[int, list[Interest]] = defaultdict(list)
    for row in session.scalars(
        select(Interest).where(Interest.member_id.in_(members)).order_by(Interest.id)
    ):
        rows[row.member_id].append(row)
    if not rows:
        return {}
    profiles = {
        row.member_id: row
        for row in session.scalars(
            select(InterestProfile).where(InterestProfile.member_id.in_(rows))
        )
    }
    found: dict[int, Found] = {}
    for reader in readers:
        since = reader.daily_from or reader.weekly_from
        chosen = profiles.get(reader.member_id)
        wants = chosen is None or (
            chosen.in_digest
            and (chosen.quiet_until is None or chosen.quiet_until <= reader.planned_at)
        )
        if since is not None and wants and rows[reader.member_id]:
            news = interests.new_for_mail(
                session, reader.actor, rows[reader.member_id], since, reader.until
            )
            found[reader.delivery_id] = Found(
                [_piece(thing, said, n) for n, (thing, said) in enumerate(news[:MOST])]
            )
    return found


def _piece(thing: Candidate, said: Shown, place: int) -> Piece:
    what = f"{thing.kind}:{thing.thing_id}"
    of_discussion = thing.kind == "discussion"
    title = without_slots(said.title)
    url = absolute(f"/lees/gesprek/{thing.thing_id}#nieuw" if of_discussion else said.url)

    def render(_roomy: bool) -> Rendered:
        minutes = reading_minutes(said.words)
        reading = ngettext("%(num)d minute", "%(num)d minutes", minutes)
        kind = "" if of_discussion else str(sources()[thing.kind].label)
        # A date is named by what it is and when: how long its text takes says nothing there.
        parts = (said.where or kind, reading if said.words and thing.kind in TO_READ else "")
        where = without_slots(" · ".join(part for part in parts if part))
        return Rendered(
            text=f"{wrapped('* ' + title)}\n  {where}\n  {url}",
            html=f'<p style="margin:0 0 10px"><a href="{html.escape(url)}">'
            f"{html.escape(title)}</a><br>{html.escape(where)}</p>",
        )

    return Piece(
        group=(ORDER, "", False, place),
        heading=lambda: (_("On your interests"), absolute("/ik/interesses")),
        key=f"interest:{what}:{title}:{said.where}:{said.words}",
        covers=(),
        words=said.words,
        render=render,
        counts={"new": 1},
        subject=what,
    )


@job("finding.tell_at_once", every=SOON)
def tell_at_once(session: Session, _payload: dict[str, object], now: datetime) -> None:
    """A look of its own for each who asked for that: nobody waits for, or fails by, another."""
    for member_id in session.scalars(_at_once(now)).all():
        known = {"member_id": member_id}
        enqueue(session, "finding.tell_one", known, now=now, key=f"finding.tell_one:{member_id}")


def _at_once(now: datetime) -> Select[int]:
    return (
        select(InterestProfile.member_id)
        .join(Member, Member.id == InterestProfile.member_id)
        .where(InterestProfile.at_once.is_(True), Member.state == MemberState.ACTIVE)
        .where(or_(InterestProfile.quiet_until.is_(None), InterestProfile.quiet_until <= now))
        .order_by(InterestProfile.member_id)
    )


@job("finding.tell_one")
def tell_one(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """One mail with what is new since the last look; often none."""
    member_id = session.scalar(
        _at_once(now).where(InterestProfile.member_id == payload["member_id"])
    )
    if member_id is None:
        return  # left, went quiet or chose otherwise meanwhile
    profile = session.get_one(InterestProfile, member_id)
    until = now - SETTLED
    since = profile.told_until or until - timedelta(seconds=SOON)
    if until <= since:
        return
    profile.told_until = until
    member = session.get_one(Member, member_id)
    rows = session.scalars(
        select(Interest).where(Interest.member_id == member.id).order_by(Interest.id)
    ).all()
    actor = Actor(member.id, SiteRole(member.site_role))
    news = interests.new_for_mail(session, actor, rows, since, until) if rows else []
    come = _by_themselves(session, member, [thing for thing, _said in news])
    left = [said for thing, said in news if (thing.kind, thing.thing_id) not in come]
    if left:
        _mail(session, member, left, now)


def _by_themselves(
    session: Session, member: Member, things: Sequence[Candidate]
) -> set[tuple[str, int]]:
    """Conversations on lists of which every message comes to the member: these ring there."""
    ids = [thing.thing_id for thing in things if thing.kind == "discussion"]
    found = session.scalars(
        select(Discussion.id)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .join(Member, Member.id == member.id)
        .where(Discussion.id.in_(ids))
        .where(each_message(DiscussionList.id, DiscussionList.circle_id, Discussion.last_post_at))
    )
    return {("discussion", id) for id in found}


def _mail(session: Session, member: Member, news: Sequence[Shown], now: datetime) -> None:
    def letter() -> Letter:
        items = [Item(said.title, absolute(said.url), said.where) for said in news[:MOST]]
        more = len(news) - len(items)
        rest = (
            [Words(ngettext("And one more, on the site.", "And %(num)d more, on the site.", more))]
            if more
            else []
        )
        return Letter(
            subject=_("New on your interests"),
            parts=[Words(_("This is new since the last mail:")), *items, *rest],
            why=_(
                "You asked to hear of your interests at once. Change that here: %(url)s",
                url=absolute("/ik/interesses"),
            ),
        )

    post(
        session,
        letter,
        key=f"finding.at_once:{member.id}:{now.timestamp():.6f}",
        recipient=member.email,
        language=member.language,
        zone=member.time_zone,
        now=now,
        sender_name=name_of(session),
        member_id=member.id,
    )


@job("finding.fill", every=3600)
def fill_index(_session: Session, _payload: dict[str, object], _now: datetime) -> bool:
    """A while each time, in transactions of its own: nobody's writing waits for it."""
    return indexing.fill()


@on(MemberLeft)
def forget_interests(session: Session, event: MemberLeft, now: datetime) -> None:
    interests.forget(session, event.member_id)
