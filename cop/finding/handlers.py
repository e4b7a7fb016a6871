"""What finding adds elsewhere: news on a member's interests, on the home page and in the digest."""

import html
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.finding import interests
from cop.finding.models import Interest, InterestProfile
from cop.members.actor import Actor
from cop.members.events import MemberLeft
from cop.notifications.digests import Found, Piece, Reader, Rendered, brings
from cop.notifications.waits import USUAL, Part, Wait, waits
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.mail.composing import absolute, wrapped
from cop.platform.mail.message import without_slots
from cop.platform.markup import reading_minutes
from cop.platform.outbox import job, on
from cop.platform.search import indexing
from cop.platform.search.sources import Shown

ORDER = 15  # after the lists, before what is only counted
MOST = 10


@waits
def on_interests(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """At most seven queries, two for who chose nothing."""
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
                [_piece(thing.thing_id, said, n) for n, (thing, said) in enumerate(news[:MOST])]
            )
    return found


def _piece(discussion_id: int, said: Shown, place: int) -> Piece:
    title, url = without_slots(said.title), absolute(f"/lees/gesprek/{discussion_id}#nieuw")

    def render(_roomy: bool) -> Rendered:
        minutes = reading_minutes(said.words)
        where = " · ".join((said.where, ngettext("%(num)d minute", "%(num)d minutes", minutes)))
        return Rendered(
            text=f"{wrapped('* ' + title)}\n  {where}\n  {url}",
            html=f'<p style="margin:0 0 10px"><a href="{html.escape(url)}">'
            f"{html.escape(title)}</a><br>{html.escape(where)}</p>",
        )

    return Piece(
        group=(ORDER, "", False, place),
        heading=lambda: (_("On your interests"), absolute("/ik/interesses")),
        key=f"interest:{discussion_id}:{title}:{said.words}",
        covers=(),
        words=said.words,
        render=render,
        counts={"new": 1},
        subject=f"discussion:{discussion_id}",
    )


@job("finding.fill", every=3600)
def fill_index(session: Session, _payload: dict[str, object], now: datetime) -> bool:
    return indexing.fill(session)


@on(MemberLeft)
def forget_interests(session: Session, event: MemberLeft, now: datetime) -> None:
    interests.forget(session, event.member_id)
