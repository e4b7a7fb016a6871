"""What a digest tells of practices: those on a member's themes and in their spaces.

Whoever has a digest has them in it, as far as they want to hear of their themes and wanted no
quiet when it came. Of practices for a small circle it tells that there is
something to read, and nothing else.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from cop.members.models import Member, MemberTheme, Persona
from cop.notifications import digest_lines as lines
from cop.notifications import wishes
from cop.notifications.digests import Found, Piece, Reader, Rendered, brings
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.mail.composing import absolute
from cop.platform.mail.message import without_slots
from cop.platform.markup import reading_minutes
from cop.practices.models import Practice, PracticeEditor, PracticeState, PracticeTheme
from cop.spaces.circles import Circle, CircleMembership, Standing, Visibility, reading_members
from cop.spaces.models import Space

ORDER, PRIVATE_ORDER = 15, 21


@brings
def from_practices(session: Session, readers: Sequence[Reader]) -> dict[int, Found]:
    """Two queries for any number of readers."""
    earliest = lines.since(readers)
    if earliest is None:
        return {}
    rows = session.execute(
        select(
            Practice.id,
            Practice.title,
            Practice.summary,
            Practice.words,
            Practice.published_at,
            Practice.circle_id,
            Circle.visibility,
        )
        .join(Circle, Circle.id == Practice.circle_id)
        .where(Practice.state == PracticeState.PUBLISHED)
        .where(Practice.published_at > earliest)
        .where(Practice.published_at <= max(reader.until for reader in readers))
        .order_by(Practice.published_at, Practice.id)
    ).all()
    if not rows:
        return {}
    wanted = _wanted(session, {reader.member_id for reader in readers}, [row.id for row in rows])
    return {
        reader.delivery_id: _found(reader, rows, wanted.get(reader.member_id, set()))
        for reader in readers
    }


def _wanted(session: Session, members: set[int], ids: Sequence[int]) -> dict[int, set[int]]:
    """member → what they may read, did not write, and want to hear of by theme or space."""
    on_theme = exists().where(
        PracticeTheme.practice_id == Practice.id,
        MemberTheme.theme_id == PracticeTheme.theme_id,
        MemberTheme.member_id == Member.id,
        wishes.by_mail(MemberTheme.member_id, MemberTheme.theme_id),
    )
    in_space = exists().where(
        Space.id == Practice.space_id,
        CircleMembership.circle_id == Space.circle_id,
        CircleMembership.member_id == Member.id,
        CircleMembership.standing.in_((Standing.JOINED, Standing.COORDINATOR)),
    )
    writes = exists().where(
        PracticeEditor.practice_id == Practice.id,
        PracticeEditor.persona_id == Persona.id,
        Persona.member_id == Member.id,
    )
    found: defaultdict[int, set[int]] = defaultdict(set)
    for member_id, practice_id in session.execute(
        select(Member.id, Practice.id)
        .join(Practice, and_(Practice.id.in_(ids)))
        .where(Member.id.in_(members), reading_members(Practice.circle_id))
        .where(or_(on_theme, in_space), ~writes)
        .where(wishes.tells(Member.id, Practice.published_at))
    ):
        found[member_id].add(practice_id)
    return found


def _found(reader: Reader, rows: Sequence[Any], mine: set[int]) -> Found:
    told = lines.of_rows(reader, rows, mine, "practice", "published_at")
    wide = [row for row in told if row.visibility in (Visibility.PUBLIC, Visibility.OPEN)]
    closed = [row for row in told if row.visibility == Visibility.CLOSED]
    hidden = [row for row in told if row.visibility == Visibility.PRIVATE]
    # What stands in a mail is named by numbers below zero: those above are posts'.
    found = Found([_piece(row) for row in (*wide, *closed)], {-row.id for row in told})
    found.told = {f"practice:{row.id}": reader.until for row in told}
    if hidden:
        found.pieces.append(_only_that(hidden))
    return found


def _piece(row: Any) -> Piece:
    title, summary = without_slots(row.title), without_slots(" ".join(row.summary.split()))

    def render(_roomy: bool) -> Rendered:
        minutes = ngettext("%(num)d minute", "%(num)d minutes", reading_minutes(row.words))
        return lines.rendered(title, absolute(f"/praktijken/{row.id}"), minutes, summary)

    return Piece(
        group=(ORDER, "", False, row.published_at, row.id),
        heading=lambda: (_("New practices"), absolute("/praktijken")),
        key=f"practice:{row.id}:{title}:{summary}:{row.words}",
        covers=(-row.id,),
        words=row.words,
        render=render,
        counts={"practices": 1},
        subject=f"practice:{row.id}",
    )


def _only_that(rows: Sequence[Any]) -> Piece:
    count = len(rows)
    return lines.only_that(
        PRIVATE_ORDER,
        f"practices:private:{count}",
        lambda: ngettext(
            "There is a new practice in a small circle. It stands on the site only.",
            "There are %(num)d new practices in a small circle. They stand on the site only.",
            count,
        ),
        "/praktijken",
        rows[0].published_at,
        [-row.id for row in rows],
    )
