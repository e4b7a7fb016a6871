"""What a mail says, taken out of it before the transaction in which it is decided about.

To read a long mail and to write its pictures anew takes long, and while a transaction is open
nobody else can write on SQLite. Files are cleaned for members only: nobody else's are kept.
"""

import io
from datetime import datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from cop.discussions.models import DiscussionList
from cop.discussions.operations import MOST_FILES
from cop.incoming import earlier, whose
from cop.incoming.envelope import Incoming, is_automatic, is_loop
from cop.incoming.models import IncomingMail, Outcome
from cop.platform import i18n, storage
from cop.platform.db import reading
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.mail.addresses import ListCommand, Read, ToBounces, ToList, addresses
from cop.platform.mail.letters import mail_host
from cop.platform.mail.reading.parts import Attached
from cop.platform.mail.reply_text.choosing import Reply, of_words
from cop.platform.storage import Clean
from cop.platform.web import settings

MOST_REFUSALS = 20  # that are named


class Unpacked:
    """The words and files of one mail, each made when it is first asked for."""

    def __init__(self, mail: Incoming) -> None:
        self._mail = mail
        self._reply: Reply | None = None
        self._attached: list[Attached] = []
        self._files: tuple[list[Clean], list[str]] | None = None

    def reply(self) -> Reply:
        if self._reply is None:
            said, self._attached = self._mail.said()
            self._reply = of_words(said)
        return self._reply

    def is_encrypted(self) -> bool:
        """The mail, or a part of it, is for others' eyes than ours."""
        self.reply()
        return any(file.encrypted for file in self._attached)

    def files(self, language: str | None) -> tuple[list[Clean], list[str]]:
        """What the web would accept, cleaned; and why others stay behind, in the language."""
        if self._files is None:
            self.reply()
            with i18n.speaking(language or i18n.DEFAULT_LANGUAGE, i18n.DEFAULT_ZONE):
                self._files = _cleaned(self._attached)
        return self._files


def _cleaned(attached: list[Attached]) -> tuple[list[Clean], list[str]]:
    kept: list[Clean] = []
    refusals: list[str] = []
    for file in attached:
        try:
            if len(kept) >= MOST_FILES:
                raise Refused(
                    _("“%(name)s”: at most %(most)s files.", name=file.name, most=MOST_FILES)
                )
            if file.encrypted:
                raise Refused(_("What is encrypted: we cannot read it."))
            kept.append(storage.clean(io.BytesIO(file.data), file.name))
        except Refused as refused:
            refusals.append(refused.message)
    return kept, refusals[:MOST_REFUSALS]


def unpack(mail: Incoming, now: datetime) -> Unpacked:
    """A mail with everything made that the decision about it will ask for.

    What nobody will read is left as it came: mails of programs and strangers, repeats, and more
    than a person sends. What is guessed wrong is made later, when it is asked for.
    """
    unpacked = Unpacked(mail)
    to = addresses().read(mail.recipient)
    if to is None or isinstance(to, ToBounces):
        return unpacked
    if is_loop(mail, mail_host(settings())) or is_automatic(mail):
        return unpacked
    with reading() as session:
        before = session.scalar(
            select(IncomingMail.outcome).where(IncomingMail.source_key == mail.source_key)
        )
        sender = IncomingMail(sender_mark=mail.sender_mark)
        if before not in (None, Outcome.FAILED) or earlier.too_many(session, sender, now):
            return unpacked
        member = whose.meant(session, mail, to)
        language = member.language if member is not None else None
        proven = mail.vouched and member is not None and member == whose.author(session, mail)
        wanted = proven or (member is not None and not earlier.fill_the_page(session, member, now))
        passed_on = member is None and _for_coordinators(session, mail, to)
    if wanted or passed_on:
        unpacked.reply()
    if wanted:
        unpacked.files(language)
    return unpacked


def _for_coordinators(session: Session, mail: Incoming, to: Read) -> bool:
    """Whoever looks after a list may read what a stranger wrote."""
    if not isinstance(to, ToList):
        return False
    owned = [n for n, asked in to.readings if asked == ListCommand.OWNER and whose.heard(mail)]
    held = and_(
        DiscussionList.short_name.in_([n for n, asked in to.readings if asked is None]),
        DiscussionList.holds_strangers,
    )
    found = exists().where(or_(held, DiscussionList.short_name.in_(owned)))
    return session.scalar(select(found)) is True
