"""A digest as a mail: its pieces under their headings, each with a way to answer it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache, partial
from typing import Any

from sqlalchemy.orm import Session

from cop.config import Settings
from cop.members import mail_links
from cop.members.mail_links import MailAbout
from cop.members.site import name_of
from cop.notifications import digest_readers, digests
from cop.notifications.digests import Found, Piece, Reader, Rendered
from cop.platform import i18n
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.mail import letters, listed
from cop.platform.mail.addresses import addresses
from cop.platform.mail.composing import absolute, wrapped
from cop.platform.mail.kinds import Draft, composes
from cop.platform.mail.message import Content, Message, slot
from cop.platform.mail.models import OutgoingMail
from cop.platform.markup import reading_minutes
from cop.platform.web import settings

MOST = 40  # pieces; the rest is counted, with a link. Mail programs cut what exceeds 100 kB
ROOMY = 12  # up to so many pieces each has room for more of its text


@dataclass(frozen=True, slots=True)
class Group:
    """A heading and what stands under it."""

    words: str
    url: str
    pieces: list[Rendered]


@composes(digests.KIND)
def compose(session: Session, mails: Sequence[OutgoingMail], now: datetime) -> dict[int, Draft]:
    """Drafts of the digests in which there is something; a fixed number of queries for all."""
    readers = digest_readers.readers(session, mails)
    found = digests.gather(session, [reader for reader, _address in readers])
    site, chosen = name_of(session), settings()
    by_id = {mail.id: mail for mail in mails}
    return {
        reader.delivery_id: _draft(
            by_id[reader.delivery_id], reader, address, found[reader.delivery_id], site, chosen
        )
        for reader, address in readers
        if found[reader.delivery_id].pieces
    }


def _draft(
    mail: OutgoingMail, reader: Reader, address: str, found: Found, site: str, chosen: Settings
) -> Draft:
    shown = found.pieces[:MOST]
    with i18n.speaking(reader.language, reader.zone):
        day = i18n.format_date(reader.planned_at, with_year=False)
    left_out = len(found.pieces) - len(shown)
    total: Counter[str] = Counter()
    for piece in found.pieces:
        total.update(piece.counts)
    roomy = len(found.pieces) <= ROOMY
    key = letters.content_key(
        "digest",
        *(reader.language, day, site, chosen.mail_comes_in, left_out, sorted(total.items())),
        *(piece.key for piece in shown),
    )
    return Draft(
        content_key=key,
        content=partial(
            _content, reader.language, reader.zone, day, shown, total, roomy, left_out, site
        ),
        addressed=partial(_addressed, mail, reader, address, site, chosen),
        still=lambda content: found.may_see.issuperset(content.covers),
    )


def _content(
    language: str,
    zone: str,
    day: str,
    pieces: list[Piece],
    total: Counter[str],
    roomy: bool,
    left_out: int,
    site: str,
) -> Content:
    with i18n.speaking(language, zone):
        groups: list[Group] = []
        last: Any = None
        for piece in pieces:
            if piece.group[:2] != last:
                last = piece.group[:2]
                groups.append(Group(*piece.heading(), []))
            groups[-1].pieces.append(
                _rendered(_Known(piece), language, roomy, settings().mail_comes_in)
            )
        minutes = reading_minutes(sum(piece.words for piece in pieces))
        counts = _counts(total)
        values = {
            "language": language,
            "site": site,
            "day": day,
            "home_url": absolute("/"),
            "summary": counts,
            "minutes": ngettext("%(num)d minute to read", "%(num)d minutes to read", minutes),
            "groups": groups,
            "left_out": ngettext(
                "And %(num)d more on the site.", "And %(num)d more on the site.", left_out
            )
            if left_out
            else "",
            "by_mail": settings().mail_comes_in,
            "choices_url": slot("choices"),
            "stop_url": slot("stop"),
        }
        return Content(
            subject=f"{site}: {counts}",
            text=listed.template("mail/digest.txt").render(values | {"wrapped": wrapped}),
            html=listed.template("mail/digest.html").render(values),
            covers=tuple(sorted({id for piece in pieces for id in piece.covers})),
        )


class _Known:
    """A piece that counts as the same when its key is: so it is rendered once."""

    __slots__ = ("piece",)

    def __init__(self, piece: Piece) -> None:
        self.piece = piece

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and other.piece.key == self.piece.key

    def __hash__(self) -> int:
        return hash(self.piece.key)


@lru_cache(maxsize=1500)
def _rendered(known: _Known, language: str, roomy: bool, _by_mail: bool) -> Rendered:
    """Kept for the next digest that says the same, in the language that is spoken now."""
    return known.piece.render(roomy)


def _counts(total: Counter[str]) -> str:
    """'3 new conversations, 12 answers': no titles, since it shows on a locked phone."""
    words = []
    if count := total["new"]:
        words.append(ngettext("%(num)d new conversation", "%(num)d new conversations", count))
    if count := total["answers"]:
        words.append(ngettext("%(num)d new answer", "%(num)d new answers", count))
    if count := total["practices"]:
        words.append(ngettext("%(num)d new practice", "%(num)d new practices", count))
    if count := total["news"]:
        words.append(
            ngettext("%(num)d new on your interests", "%(num)d new on your interests", count)
        )
    if count := total["asked"]:
        words.append(ngettext("%(num)d thing for you", "%(num)d things for you", count))
    return ", ".join(words) or _("there is something to read")


def _addressed(
    mail: OutgoingMail,
    reader: Reader,
    address: str,
    site: str,
    chosen: Settings,
    content: Content,
) -> Message:
    token = mail_links.token(reader.member_id, MailAbout.DIGEST)
    stop = absolute(f"/mail/afmelden/{token}")
    headers = {}
    if chosen.mail_comes_in:
        headers["Reply-To"] = f"<{addresses().to_digest(reader.member_id, mail.id)}>"

    def value(name: str) -> str:
        if name == "choices":
            return absolute(f"/mail/keuzes/{token}")
        if name == "stop":
            return stop
        return addresses().to_discussion(reader.member_id, int(name.removeprefix("r")))

    return Message(
        recipient=address,
        sender=(site, chosen.mail_from),
        envelope_from=letters.envelope_from(chosen, address, mail.id, reader.member_id),
        message_id=mail.message_id
        or letters.new_message_id(chosen, f"digest-{letters.secret_mark(mail.key)}"),
        date=reader.planned_at,
        language=reader.language,
        content=content,
        headers=headers
        | listed.headers(
            list_id=listed.list_id(chosen, "digest"),
            unsubscribe_url=stop,
            help=f"<{absolute('/mail/uitleg')}>",
            subscribe=f"<{absolute('/ik/mail')}>",
            archive=f"<{absolute('/')}>",
            post="NO",  # RFC 2369 3.4
        ),
        slots=cache(value),  # each stands in the text and in the HTML
    )


def answer_slot(discussion_id: int) -> str:
    """Where the address stands at which this reader answers a discussion; '' if none comes in."""
    return slot(f"r{discussion_id}") if settings().mail_comes_in else ""
