"""Where a mail goes: bounces and calendar answers first, then answers, new discussions, commands.

A mail is a member's when it carries that member's key (it came to an address that only they have)
and a From of the same member that the own mail server vouches for. With one of the two it waits
until the member confirms on the site; with neither it is a stranger's. Message-ID and References
say which discussion, never who.
"""

import re
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from cop.discussions.models import Discussion, DiscussionList, Post
from cop.discussions.permissions import DISCUSSIONS, LISTS, DiscussionPermission, ListPermission
from cop.incoming import earlier, notices, own_links, posting, reports, whose
from cop.incoming.envelope import Incoming, answered_while_away, is_automatic, is_loop
from cop.incoming.events import MailHeld
from cop.incoming.models import IncomingMail, Outcome, Reason, Route
from cop.incoming.posting import Letter
from cop.incoming.unpacking import Unpacked
from cop.members.models import Member
from cop.platform import storage
from cop.platform.mail.addresses import (
    Forged,
    ListCommand,
    Read,
    ToBounces,
    ToDigest,
    ToDiscussion,
    ToGathering,
    ToGuest,
    ToList,
    ToStart,
    addresses,
)
from cop.platform.mail.letters import mail_host
from cop.platform.mail.reading import headers as head
from cop.platform.outbox import emit
from cop.platform.web import settings
from cop.spaces.circles import Visibility

_OUR_POST = re.compile(r"post-(\d{1,9})@(.+)")


class _Routing:
    """One mail on its way; `log` is what is remembered of it."""

    def __init__(
        self, session: Session, mail: Incoming, unpacked: Unpacked, log: IncomingMail, now: datetime
    ) -> None:
        self.session, self.mail, self.unpacked = session, mail, unpacked
        self.log, self.now = log, now

    def end(self, route: Route, outcome: Outcome, reason: Reason = Reason.NONE) -> None:
        self.log.route, self.log.outcome, self.log.reason = route, outcome, reason

    # --- in order

    def run(self) -> None:
        to = addresses().read(self.mail.recipient)
        if to is None:
            return self.end(Route.NONE, Outcome.REFUSED, Reason.UNKNOWN_ADDRESS)
        if isinstance(to, ToBounces):
            return self.end(
                Route.BOUNCE, *reports.bounce(self.session, self.mail, self.log, to, self.now)
            )
        ics = reports.calendar_answer(self.mail)
        if ics is not None:
            author = self._author() if self.mail.vouched else None
            reason = reports.answered(self.session, self.mail, ics, author, self.now)
            return self.end(Route.CALENDAR, Outcome.HANDED_OVER, reason)
        if is_loop(self.mail, mail_host(settings())):
            return self.end(route_of(to), Outcome.DROPPED, Reason.LOOP)
        if is_automatic(self.mail) or self._answers_for_who_is_away(to):
            return self.end(route_of(to), Outcome.DROPPED, Reason.AUTOMATIC)
        if earlier.too_many(self.session, self.log, self.now):
            return self._too_many(route_of(to), self._author())
        return self._from_a_person(to)

    def _too_many(self, route: Route, author: Member | None) -> None:
        """A member's own mail is given back for now: its server brings it again later. What
        anybody may have written is dropped."""
        proven = author is not None and self.mail.vouched
        return self.end(route, Outcome.FAILED if proven else Outcome.DROPPED, Reason.RATE)

    def _answers_for_who_is_away(self, to: Read) -> bool:
        """'Automatisch antwoord: ' and then the title of what it answers, which only programs
        write. With 'Afwezig', with other words behind it or none, it may be a person's, and waits
        for them."""
        away = answered_while_away(self.mail)
        if away is None or not away.of_program or not isinstance(to, ToDiscussion):
            return False
        title = self.session.scalar(
            select(Discussion.title).where(Discussion.id == to.discussion_id)
        )
        return title is not None and head.weighed(away.rest).key == head.weighed(title).key != ""

    def _answers_a_mail_of(self, on: DiscussionList, author: Member | None) -> bool:
        """The same to the list's own address, from which its mails come: their subjects begin with
        its name in brackets. A member's without it waits for them; whoever is no member could not
        be asked, and an answer would only go to the program."""
        away = answered_while_away(self.mail)
        if away is None:
            return False
        name = " ".join(on.name.split())
        tagged = head.weighed(away.rest).title.casefold().startswith(f"[{name}]".casefold())
        return (away.of_program and (tagged or author is None)) or (tagged and author is None)

    def _from_a_person(self, to: Read) -> None:
        match to:
            case ToDiscussion(member_id, discussion_id):
                self.log.discussion_id = self.session.scalar(
                    select(Discussion.id).where(Discussion.id == discussion_id)
                )
                self._with_key(Route.ANSWER, member_id)
            case ToStart(member_id, list_id):
                self.log.list_id = self.session.scalar(
                    select(DiscussionList.id).where(DiscussionList.id == list_id)
                )
                self._with_key(Route.START, member_id)
            case ToDigest(member_id, _digest_id):
                self._whole_digest(member_id)
            case ToList():
                self._to_list(to)
            case ToGathering() | ToGuest():
                self._to_organiser()
            case _:
                self._forged_key()

    # --- people

    def _author(self) -> Member | None:
        return whose.author(self.session, self.mail)

    def _with_key(self, route: Route, member_id: int) -> None:
        """To an address that only one member has."""
        owner = whose.active(self.session, member_id)
        if owner is None:
            return self.end(route, Outcome.DROPPED, Reason.UNKNOWN_SENDER)
        author = self._author()
        if author is None or author.id != owner.id:
            return self._hold(route, owner, Reason.OTHER_SENDER)
        if not self.mail.vouched:
            return self._hold(route, owner, Reason.NOT_PROVEN)
        if not self.mail.sent_here:
            return self._hold(route, owner, Reason.PASSED_ON)
        if earlier.is_double(self.session, self.log) or earlier.is_placed(self.session, self.log):
            return self.end(route, Outcome.DUPLICATE)
        letter = self._letter(owner)
        if not letter.text.strip() and not letter.file_keys:
            return self._empty(route, owner, letter)
        self.log.route = route
        if answered_while_away(self.mail) is not None:
            return posting.hold(self.session, self.log, owner, letter, Reason.AWAY, self.now)
        return posting.try_to_place(self.session, self.log, owner, letter, self.mail.name, self.now)

    def _hold(self, route: Route, member: Member, reason: Reason, seldom: bool = False) -> None:
        """With one of the two: it waits until the member says that it is theirs."""
        if earlier.is_double(self.session, self.log) or earlier.is_placed(self.session, self.log):
            return self.end(route, Outcome.DUPLICATE)
        if earlier.fill_the_page(self.session, member, self.now):  # nobody can fill a member's page
            author = self._author()
            return self._too_many(route, author if author == member else None)
        letter = self._letter(member)
        if not letter.text.strip() and not letter.file_keys:
            if letter.refusals and self._author() == member:  # a stranger's words go to nobody
                return self._empty(route, member, letter)
            return self.end(route, Outcome.DROPPED, Reason.EMPTY)
        self.log.route = route
        seldom = seldom or answered_while_away(self.mail) is not None  # a program answers all
        return posting.hold(self.session, self.log, member, letter, reason, self.now, seldom)

    def _empty(self, route: Route, member: Member, letter: Letter) -> None:
        key = self._notice_key(member)
        if self.unpacked.is_encrypted():
            notices.encrypted(self.session, member, key, self.now)
        else:
            notices.empty(self.session, member, key, letter.refusals, self.now)
        return self.end(route, Outcome.ANSWERED, Reason.EMPTY)

    def _whole_digest(self, member_id: int) -> None:
        owner = whose.active(self.session, member_id)
        if owner is None:
            return self.end(Route.DIGEST, Outcome.DROPPED, Reason.UNKNOWN_SENDER)
        if self._author() != owner:  # from another address of theirs, or passed on
            return self._hold(Route.DIGEST, owner, Reason.OTHER_SENDER, seldom=True)
        if earlier.is_double(self.session, self.log):
            return self.end(Route.DIGEST, Outcome.DUPLICATE)
        if earlier.fill_the_page(self.session, owner, self.now):
            return self.end(Route.DIGEST, Outcome.FAILED, Reason.RATE)  # comes again: never lost
        letter = self._letter(owner)
        if not letter.text.strip() and not letter.file_keys:
            return self._empty(Route.DIGEST, owner, letter)
        # Kept so that nothing is lost; it belongs to no discussion, so it can only be copied.
        self.log.member_id, self.log.content = owner.id, letter.sealed()
        notices.whole_digest(self.session, owner, self._notice_key(owner), self.now)
        return self.end(Route.DIGEST, Outcome.WAITS_SENDER, Reason.WHOLE_DIGEST)

    def _to_organiser(self) -> None:
        """Words to an invitation's organiser, who is the site: there is nobody to read them."""
        author = self._author()
        if author is not None and whose.heard(self.mail):
            seldom = not self.mail.vouched
            return self._hold(Route.CALENDAR, author, Reason.ORGANISER, seldom=seldom)
        if not self.mail.vouched:
            return self.end(Route.CALENDAR, Outcome.DROPPED, Reason.ORGANISER)
        notices.strangers_to_organiser(self.session, self.mail.address, self.now)
        return self.end(Route.CALENDAR, Outcome.ANSWERED, Reason.ORGANISER)

    def _forged_key(self) -> None:
        """The address looks like a member's own and is none (any more)."""
        author = self._author()
        if author is None or not whose.heard(self.mail):
            return self.end(Route.ANSWER, Outcome.DROPPED, Reason.FORGED)
        self.log.discussion_id = self._meant_discussion(author)
        return self._hold(Route.ANSWER, author, Reason.FORGED, seldom=not self.mail.vouched)

    def _meant_discussion(self, member: Member, *conditions: ColumnElement[bool]) -> int | None:
        """Which discussion the mail answers, by what it refers to, if the member may read it."""
        for identifier in reversed(head.references(self.mail.headers)):
            match = _OUR_POST.fullmatch(identifier)
            if match is None or match[2].lower() != mail_host(settings()):
                continue
            found = self.session.scalar(
                select(Discussion.id).where(
                    Discussion.id
                    == select(Post.discussion_id).where(Post.id == int(match[1])).scalar_subquery(),
                    DISCUSSIONS.clause(posting.actor_of(member), DiscussionPermission.READ),
                    *conditions,
                )
            )
            if found is not None:
                return found
        return None

    # --- lists

    def _to_list(self, to: ToList) -> None:
        author = self._author()
        for name, command in to.readings:
            on = self.session.scalar(
                select(DiscussionList).where(
                    DiscussionList.short_name == name, DiscussionList.archived_at.is_(None)
                )
            )
            if on is None:
                continue
            # To whoever may not know of a list it is not there.
            if not self._finds(author, on):
                break
            if command is not None:
                return self._command(on, command, author)
            if self._answers_a_mail_of(on, author):
                return self.end(Route.START, Outcome.DROPPED, Reason.AUTOMATIC)
            return self._start(on, author)
        return self._no_such_list(author)

    def _finds(self, member: Member | None, on: DiscussionList) -> bool:
        """A stranger may know of a list by its address, though not of a private one."""
        if member is None:
            return on.circle.visibility != Visibility.PRIVATE
        found = LISTS.clause(posting.actor_of(member), ListPermission.FIND)
        return (
            self.session.scalar(select(exists().where(DiscussionList.id == on.id, found))) is True
        )

    def _no_such_list(self, author: Member | None) -> None:
        if author is not None and whose.heard(self.mail):
            notices.no_such_list(self.session, author, self._notice_key(author), self.now)
            return self.end(Route.NONE, Outcome.ANSWERED, Reason.UNKNOWN_ADDRESS)
        away = answered_while_away(self.mail)
        if author is None and self.mail.vouched and not (away and away.of_program):
            notices.stranger(self.session, self.mail.address, self.now)
            return self.end(Route.NONE, Outcome.ANSWERED, Reason.UNKNOWN_ADDRESS)
        return self.end(Route.NONE, Outcome.DROPPED, Reason.UNKNOWN_ADDRESS)

    def _notice_key(self, member: Member) -> str:
        """One notice for one mail; one a day where anybody may have written it, or a program."""
        if self.mail.vouched and answered_while_away(self.mail) is None:
            return self.log.target_key
        return f"seldom:{notices.once_a_day(member, self.now)}"

    def _command(self, on: DiscussionList, command: ListCommand, author: Member | None) -> None:
        if command == ListCommand.OWNER:
            return self._to_owner(on, author)
        away = answered_while_away(self.mail)
        if away is not None and away.of_program:  # to what a command was answered with
            return self.end(Route.COMMAND, Outcome.DROPPED, Reason.AUTOMATIC)
        if author is None or not whose.heard(self.mail):
            return self._stranger(Route.COMMAND, on, holds=False)
        notices.command(self.session, author, on, command, self._notice_key(author), self.now)
        return self.end(Route.COMMAND, Outcome.ANSWERED, Reason(command.value))

    def _to_owner(self, on: DiscussionList, author: Member | None) -> None:
        """To whoever looks after the list; they read it on the site."""
        if not self.mail.vouched and (author is None or not whose.heard(self.mail)):
            return self.end(Route.COMMAND, Outcome.DROPPED, Reason.NOT_PROVEN)
        self.log.list_id = on.id
        return self._for_moderator(Route.COMMAND, Reason.OWNER)

    def _start(self, on: DiscussionList, author: Member | None) -> None:
        if author is None:
            return self._stranger(Route.START, on, on.holds_strangers)
        if not whose.heard(self.mail):
            # Neither a key nor a sender that somebody vouches for.
            return self.end(Route.START, Outcome.DROPPED, Reason.NOT_PROVEN)
        # 'Answer to the list' of a mail program: the conversation goes on where it was.
        self.log.discussion_id = self._meant_discussion(
            author,
            Discussion.list_id == on.id,
            DISCUSSIONS.clause(posting.actor_of(author), DiscussionPermission.ANSWER),
        )
        route = Route.START
        if self.log.discussion_id is None:
            self.log.list_id = on.id
        else:
            route = Route.ANSWER
        if not self.mail.vouched:
            return self._hold(route, author, Reason.NOT_PROVEN, seldom=True)
        return self._hold(route, author, Reason.NO_KEY)

    def _stranger(self, route: Route, on: DiscussionList, holds: bool) -> None:
        if holds:
            self.log.list_id = on.id
            return self._for_moderator(route, Reason.UNKNOWN_SENDER)
        if not self.mail.vouched:
            return self.end(route, Outcome.DROPPED, Reason.UNKNOWN_SENDER)
        notices.stranger(self.session, self.mail.address, self.now)
        return self.end(route, Outcome.ANSWERED, Reason.UNKNOWN_SENDER)

    def _for_moderator(self, route: Route, reason: Reason) -> None:
        if earlier.is_double(self.session, self.log):
            return self.end(route, Outcome.DUPLICATE)
        if earlier.fill_the_list(self.session, self.log):
            return self.end(route, Outcome.DROPPED, Reason.RATE)
        letter = self._letter(None)
        letter.sender = f"{self.mail.name} <{self.mail.address}>".strip()
        if not letter.text.strip():
            return self.end(route, Outcome.DROPPED, Reason.EMPTY)
        self.log.content = letter.sealed()
        emit(self.session, MailHeld(mail_id=self.log.id), self.now)
        return self.end(route, Outcome.WAITS_MODERATOR, reason)

    # --- what is asked on the way

    def _letter(self, member: Member | None) -> Letter:
        """What the mail says. Files come along for members only."""
        reply = self.unpacked.reply()
        text, personal = own_links.without(reply.new)
        subject = head.subject(self.mail.headers)
        letter = Letter(
            title=re.sub(r"\A(?:\[[^\]]{1,60}\]\s*)+", "", subject.title)[:200].strip(),
            text=text,
            cut="\n".join(part for part in (personal, reply.cut) if part),
            sender=self.mail.author[1] if self.mail.author else "",
            shown_name=self.mail.name,
            in_reply_to_id=self._answered_post(),
            message_id=head.message_id(self.mail.headers) or "",
        )
        if member is not None:
            files, letter.refusals = self.unpacked.files(member.language)
            kept = [storage.keep_clean(self.session, file, self.now) for file in files]
            letter.file_keys = [file.key for file in kept]
        return letter

    def _answered_post(self) -> int | None:
        """The post that it answers, by In-Reply-To; the operation checks where it belongs."""
        for identifier in reversed(head.references(self.mail.headers)):
            match = _OUR_POST.fullmatch(identifier)
            if match and match[2].lower() == mail_host(settings()):
                return int(match[1])
        return None


def route(
    session: Session, mail: Incoming, unpacked: Unpacked, log: IncomingMail, now: datetime
) -> None:
    """Decide about one mail, in the caller's transaction; `log` then says what became of it."""
    _Routing(session, mail, unpacked, log, now).run()
    session.flush()


def route_of(to: Read) -> Route:
    """What a mail to there is, before it is looked into."""
    match to:
        case ToDiscussion() | Forged():
            return Route.ANSWER
        case ToDigest():
            return Route.DIGEST
        case ToList(readings) if readings[-1][1] is not None:
            return Route.COMMAND
        case _:
            return Route.START
