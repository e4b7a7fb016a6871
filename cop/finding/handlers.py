"""What finding adds elsewhere: news on a member's interests, on the home page and in the digest."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from cop.discussions.mailing.choices import each_message
from cop.discussions.models import Discussion, DiscussionList
from cop.discussions.permissions import DISCUSSIONS, DiscussionPermission
from cop.finding import interests, news
from cop.finding.models import ByMail, Interest, InterestProfile
from cop.finding.news import TO_READ
from cop.members.actor import Actor
from cop.members.beside import Way, beside_person
from cop.members.events import MemberLeft
from cop.members.models import Member, MemberState, SiteRole
from cop.members.site import name_of
from cop.notifications import digest_lines as lines
from cop.notifications.digests import Found, Piece, Reader, Rendered, brings, comes
from cop.notifications.waits import USUAL, Part, Wait, waits
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.mail.composing import Item, Letter, Words, absolute, post
from cop.platform.mail.message import without_slots
from cop.platform.markup import reading_minutes
from cop.platform.outbox import enqueue, job, on
from cop.platform.search import indexing
from cop.platform.search.retrieving import LONG_AGO
from cop.platform.search.scoring import Candidate
from cop.platform.search.sources import Shown, sources

ORDER = 17  # after the lists and what is told by kind, before what is only counted
MOST = 10
SOON = 600  # seconds between two looks for who hears of it at once
SETTLED = timedelta(minutes=1)  # what was begun before is stored and found by then


@beside_person
def what_they_wrote(_session: Session, _actor: Actor, handle: str) -> Iterator[Way]:
    """As far as whoever looks may read it: it is a search."""
    yield Way(_("What they wrote"), f"/zoeken?van={handle}", "messages-square")


@waits
def on_interests(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """A fixed number of queries; one for who chose nothing."""
    if not actor.is_member:
        return
    for said in news.on_site(session, actor, now, USUAL):
        yield Wait(
            Part.THEMES,
            said.title,
            said.url,
            reading_minutes(said.words) if said.words else None,
            said.at or now,
            where=said.where,
        )


@comes
def in_other_mails(session: Session, readers: Sequence[Reader]) -> dict[int, dict[str, datetime]]:
    """What mails at once told or will tell, and what daily digests told before a weekly one.

    Worked out anew: nothing is kept of what was told. Two queries for all, some for each reader
    who keeps interests.
    """
    found: dict[int, dict[str, datetime]] = {}
    for reader, rows, told_from in _who_keeps(session, readers):
        since = min(filter(None, _begins(reader)))
        spans = [(ByMail.AT_ONCE, max(since, told_from), reader.until)]
        if reader.rest_from is not None:
            spans.append((ByMail.DIGEST, max(since, told_from), reader.rest_from))
        came = found.setdefault(reader.delivery_id, {})
        for way, begins, ends in spans:
            for thing, _said in news.by_mail(
                session, reader.actor, rows, way, begins, ends, told=True
            ):
                came[_subject(thing)] = max(thing.at, came.get(_subject(thing), thing.at))
    return found


@brings
def of_interests(session: Session, readers: Sequence[Reader]) -> dict[int, Found]:
    """Two queries for all; some for each reader who keeps interests."""
    found: dict[int, Found] = {}
    for reader, rows, told_from in _who_keeps(session, readers):
        if reader.rest_from is None:
            continue
        since = max(reader.rest_from, told_from)
        new = news.by_mail(session, reader.actor, rows, ByMail.DIGEST, since, reader.until)
        come = _by_themselves(session, reader.member_id, [thing for thing, _said in new])
        left = [
            (thing, said)
            for thing, said in new
            if (thing.kind, thing.thing_id) not in come
            and not reader.heard(_subject(thing), thing.at)
        ]
        answered = _answered(session, reader.actor, [thing for thing, _said in left[:MOST]])
        found[reader.delivery_id] = Found(
            [
                _piece(thing, said, n, thing.thing_id in answered)
                for n, (thing, said) in enumerate(left[:MOST])
            ]
            + ([_and_more(len(left) - MOST)] if len(left) > MOST else [])
        )
    return found


def _who_keeps(
    session: Session, readers: Sequence[Reader]
) -> Iterator[tuple[Reader, list[Interest], datetime]]:
    """Who wants to hear of interests now, with these, and from when on they want it."""
    members = {reader.member_id for reader in readers}
    rows: defaultdict[int, list[Interest]] = defaultdict(list)
    for row in session.scalars(
        select(Interest).where(Interest.member_id.in_(members)).order_by(Interest.id)
    ):
        rows[row.member_id].append(row)
    if not rows:
        return
    quiet = {
        row.member_id: row.quiet_until
        for row in session.scalars(
            select(InterestProfile).where(InterestProfile.member_id.in_(rows))
        )
    }
    for reader in readers:
        told_from = quiet.get(reader.member_id) or LONG_AGO
        if rows[reader.member_id] and any(_begins(reader)) and told_from <= reader.planned_at:
            yield reader, rows[reader.member_id], told_from


def _begins(reader: Reader) -> tuple[datetime | None, ...]:
    return (reader.daily_from, reader.weekly_from, reader.asked_from, reader.rest_from)


def _subject(thing: Candidate) -> str:
    return f"{thing.kind}:{thing.thing_id}"


def _answered(session: Session, actor: Actor, things: Sequence[Candidate]) -> set[int]:
    """Those conversations in which the actor may answer."""
    ids = [thing.thing_id for thing in things if thing.kind == "discussion"]
    if not ids:
        return set()
    may = DISCUSSIONS.clause(actor, DiscussionPermission.ANSWER)
    return set(session.scalars(select(Discussion.id).where(Discussion.id.in_(ids), may)))


def _piece(thing: Candidate, said: Shown, place: int, may_answer: bool) -> Piece:
    what = _subject(thing)
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
        about = thing.thing_id if of_discussion and may_answer else None
        return lines.rendered(title, url, below=where, discussion_id=about)

    return Piece(
        group=(ORDER, "", False, place),
        heading=lambda: (_("On your interests"), absolute("/ik/interesses")),
        key=f"interest:{what}:{title}:{said.where}:{said.words}:{may_answer}",
        covers=(),
        words=said.words,
        render=render,
        counts={"news": 1},  # of an older thing as well
        subject=what,
    )


def _and_more(count: int) -> Piece:
    def render(_roomy: bool) -> Rendered:
        words = ngettext("And one more, on the site.", "And %(num)d more, on the site.", count)
        return lines.rendered(words, absolute("/"))

    return Piece(
        group=(ORDER, "", True, 0),
        heading=lambda: (_("On your interests"), absolute("/ik/interesses")),
        key=f"interest:more:{count}",
        covers=(),
        words=0,
        render=render,
        counts={"news": count},
    )


@job("finding.tell_at_once", every=SOON)
def tell_at_once(session: Session, _payload: dict[str, object], now: datetime) -> None:
    """A look of its own for each who asked for that: nobody waits for, or fails by, another."""
    for member_id in session.scalars(_at_once(now)).all():
        known = {"member_id": member_id}
        enqueue(session, "finding.tell_one", known, now=now, key=f"finding.tell_one:{member_id}")


def _at_once(now: datetime) -> Select[int]:
    """Who hears of something at once, or did until just now."""
    waits_for = exists().where(
        Interest.member_id == InterestProfile.member_id,
        or_(
            Interest.by_mail == ByMail.AT_ONCE,
            Interest.changed_at > InterestProfile.told_until,
        ),
    )
    return (
        select(InterestProfile.member_id)
        .join(Member, Member.id == InterestProfile.member_id)
        .where(waits_for, Member.state == MemberState.ACTIVE)
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
    since = max(since, profile.quiet_until or since)
    if until <= since:
        return
    profile.told_until = until
    member = session.get_one(Member, member_id)
    rows = session.scalars(
        select(Interest).where(Interest.member_id == member.id).order_by(Interest.id)
    ).all()
    actor = Actor(member.id, SiteRole(member.site_role))
    new = news.by_mail(session, actor, rows, ByMail.AT_ONCE, since, until)
    come = _by_themselves(session, member.id, [thing for thing, _said in new])
    left = [said for thing, said in new if (thing.kind, thing.thing_id) not in come]
    if left:
        _mail(session, member, left, now)


def _by_themselves(
    session: Session, member_id: int, things: Sequence[Candidate]
) -> set[tuple[str, int]]:
    """Conversations on lists of which every message comes to the member: these ring there."""
    ids = [thing.thing_id for thing in things if thing.kind == "discussion"]
    if not ids:
        return set()
    found = session.scalars(
        select(Discussion.id)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .join(Member, Member.id == member_id)
        .where(Discussion.id.in_(ids))
        .where(each_message(DiscussionList.id, DiscussionList.circle_id, Discussion.last_post_at))
    )
    return {("discussion", id) for id in found}


def _mail(session: Session, member: Member, new: Sequence[Shown], now: datetime) -> None:
    def letter() -> Letter:
        items = [Item(said.title, absolute(said.url), said.where) for said in new[:MOST]]
        more = len(new) - len(items)
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
