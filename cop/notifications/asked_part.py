"""What is asked of a member, in their digest: notifications that they have not seen on the site.

A sentence stands in a mail only where its capability says that it may; of the others the mail
tells that there is something.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.notifications import digest_readers
from cop.notifications.digest_lines import rendered
from cop.notifications.digests import Found, Piece, Reader, brings_besides, comes
from cop.notifications.models import Notification
from cop.notifications.operations import Line, lines
from cop.notifications.spans import SETTLED
from cop.platform import i18n
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.mail.composing import absolute
from cop.platform.mail.message import without_slots

ORDER = 0  # above everything else
MOST = 20  # of one member
LOOKED_AT = 200  # of those that wait; not all of them may still be shown
# Of these other parts of the digest tell at length, where they do: kind → what the subject is
# called there.
ELSEWHERE = {
    "discussions.answers": "discussion",
    "discussions.own": "discussion",
    "discussions.announcement": "discussion",
    "practices.published": "practice",
    "markets.announced": "market",
}

# Of these, what the digest tells of the rest; that may come in another rhythm.
OF_THE_REST = ("practices.published", "markets.announced")


@comes
def in_earlier_digests(
    session: Session, readers: Sequence[Reader]
) -> dict[int, dict[str, datetime]]:
    """What daily digests said of the rest, when that comes weekly. Two queries at most."""
    earlier = digest_readers.before(session, readers)
    asked = [each for some in earlier.values() for each in some if each.asked_from is not None]
    if not asked:
        return {}
    rows = session.scalars(
        select(Notification)
        .where(Notification.member_id.in_({each.member_id for each in asked}))
        .where(Notification.kind.in_(OF_THE_REST))
        .where(Notification.at > min(each.asked_from for each in asked if each.asked_from))
    )
    by_member = _by_member(rows)
    return {
        id: {
            _subject(row): row.at
            for each in some
            for row in by_member.get(each.member_id, ())
            if each.asked_from and each.asked_from < row.at <= each.until
        }
        for id, some in earlier.items()
    }


@brings_besides
def asked(
    session: Session, readers: Sequence[Reader], told: Mapping[int, Mapping[str, datetime]]
) -> dict[int, Found]:
    wanted = [reader for reader in readers if reader.asked_from is not None]
    if not wanted:
        return {}
    rows = session.scalars(
        select(Notification)
        .where(
            Notification.member_id.in_({reader.member_id for reader in wanted}),
            Notification.read_at.is_(None),
            Notification.at > min(r.asked_from for r in wanted if r.asked_from is not None),
            Notification.at <= max(r.until for r in wanted),
        )
        .order_by(Notification.id)
    )
    by_member = _by_member(rows)
    return {
        reader.delivery_id: _of(
            session,
            reader,
            [
                n
                for n in by_member[reader.member_id]
                if not _is_told(n, told[reader.delivery_id])
                and not reader.heard(_subject(n), n.at - SETTLED)
            ],
        )
        for reader in wanted
        if reader.member_id in by_member
    }


def _is_told(notification: Notification, told: Mapping[str, datetime]) -> bool:
    """What came after the mail that told of a subject is not in it."""
    until = told.get(_subject(notification))
    return until is not None and notification.at - SETTLED <= until


def _by_member(rows: Iterable[Notification]) -> dict[int, list[Notification]]:
    found: dict[int, list[Notification]] = {}
    for row in rows:
        found.setdefault(row.member_id, []).append(row)
    return found


def _subject(notification: Notification) -> str:
    return f"{ELSEWHERE.get(notification.kind, notification.kind)}:{notification.subject_id}"


def _of(session: Session, reader: Reader, rows: list[Notification]) -> Found:
    """Only members for whom something waits cost queries: what each sentence says is theirs."""
    since = reader.asked_from
    mine = [n for n in rows if since is not None and since < n.at <= reader.until][:LOOKED_AT]
    with i18n.speaking(reader.language, reader.zone):
        said = lines(session, reader.actor, mine)
    told = [(n.id, said[n.id]) for n in mine if n.id in said]
    shown = [(id, line) for id, line in told if line.in_mail][:MOST]
    pieces = [_piece(id, line) for id, line in shown]
    hidden = [id for id, line in told if (id, line) not in shown]  # these are only counted
    if hidden:
        pieces.append(_piece(-hidden[0], _only_that(len(hidden), reader), len(hidden)))
    return Found(pieces)


def _only_that(count: int, reader: Reader) -> Line:
    with i18n.speaking(reader.language, reader.zone):
        words = ngettext(
            "On the site %(num)d notification waits for you.",
            "On the site %(num)d notifications wait for you.",
            count,
        )
    return Line(words, "/meldingen")


def _piece(id: int, line: Line, count: int = 1) -> Piece:
    words, url, about = without_slots(line.text), absolute(line.url), line.discussion_id
    return Piece(
        group=(ORDER, "", id < 0, abs(id)),
        heading=lambda: (_("For you"), absolute("/meldingen")),
        key=f"asked:{words}:{url}:{about}",
        covers=(),
        words=len(words.split()),
        render=lambda _roomy: rendered(words, url, discussion_id=about),
        counts={"asked": count},
    )
