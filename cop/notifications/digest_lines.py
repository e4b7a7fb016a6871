"""Lines of a digest that several rooms write alike: a thing in a line, and that there is something.

A room that tells of things one by one (practices, harvests) says what is new since when and for
whom; here stands how that becomes pieces of each reader's digest.
"""

import html
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from cop.notifications.digest_mail import answer_slot
from cop.notifications.digests import Piece, Reader, Rendered
from cop.platform.i18n import gettext as _
from cop.platform.mail.composing import absolute, wrapped


def rendered(
    words: str,
    url: str,
    beside: str = "",
    below: str = "",
    discussion_id: int | None = None,
) -> Rendered:
    """A thing with where it is; `beside` in brackets after it, `below` on a line of its own.

    Args:
        discussion_id: an answer to this item goes to that discussion.
    """
    more = f" ({beside})" if beside else ""
    under = f"<br>{html.escape(below)}" if below else ""
    text = "\n".join(filter(None, (wrapped(f"* {words}{more}"), below and wrapped(below))))
    text = f"{text}\n  {url}"
    answer_to = answer_slot(discussion_id) if discussion_id is not None else ""
    if answer_to:
        label = _("Answer by mail")
        text += f"\n  {label}: {answer_to}"
        under += f'<br><a href="mailto:{answer_to}">{html.escape(label)}</a>'
    return Rendered(
        text=text,
        html=f'<p style="margin:0 0 10px"><a href="{html.escape(url)}">{html.escape(words)}</a>'
        f"{html.escape(more)}{under}</p>",
    )


def begins(reader: Reader) -> datetime | None:
    """Since when a digest tells of what is neither a list's nor asked of its reader."""
    return reader.rest_from


def since(readers: Sequence[Reader]) -> datetime | None:
    """Nothing older is told in any of these digests; None: nothing at all."""
    return min(filter(None, map(begins, readers)), default=None)


def is_told(reader: Reader, at: datetime) -> bool:
    """Whether this digest tells of what happened then."""
    after = begins(reader)
    return after is not None and after < at <= reader.until


def only_that(
    order: int, key: str, words: Callable[[], str], url: str, at: datetime, ids: Sequence[int]
) -> Piece:
    """That there is something for a small circle, and nothing else.

    Args:
        words: made while the reader's language is spoken.
        at: when the first of it came.
        ids: what it covers, as `Piece.covers`.
    """

    def render(_roomy: bool) -> Rendered:
        said = words()
        return Rendered(
            text=f"{wrapped(said)}\n  {absolute(url)}", html=rendered(said, absolute(url)).html
        )

    return Piece(
        group=(order, "", False, at, 0),
        heading=lambda: (_("For a small circle"), ""),
        key=key,
        covers=tuple(ids),
        words=0,
        render=render,
    )


def of_rows(
    reader: Reader, rows: Sequence[Any], mine: set[int], subject: str, moment: str
) -> list[Any]:
    """Those rows (`id`, and when in `moment`) that are for a reader, new, and not heard of."""
    return [
        row
        for row in rows
        if row.id in mine
        and is_told(reader, getattr(row, moment))
        and not reader.heard(f"{subject}:{row.id}", getattr(row, moment))
    ]
