"""The way out: claims what is due, has it composed, and hands it to the mail server.

One `Mailer` holds one connection and works on a batch at a time. What a batch says is fixed in the
database before the first byte of it is sent, and the outcome of each message is stored before the
next one begins, together with the note that the next one begins. Killed at any moment, a mailer has
therefore one message at most of which nobody knows whether it arrived: that one is sent again,
unchanged, under the same Message-ID. The others may say something else by then.

A claim is a lease. A mailer of the same name takes its own claims over at once (see `cop worker`:
a name belongs to one process at a time); another one when the lease has run out. So before each
message a mailer makes sure that it still has it, and holds it for as long as a server may take.
"""

import logging
import smtplib
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, bindparam, delete, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from cop.config import Settings, Smtp
from cop.platform import clock
from cop.platform.db import is_away, reading, unit_of_work
from cop.platform.mail import connecting, kinds, letters, outcomes
from cop.platform.mail.message import Content, Message
from cop.platform.mail.models import MailPace, OutgoingMail
from cop.platform.mail.outcomes import waiting

LEASE = timedelta(seconds=90)  # of a batch; of the message at hand see `connecting.LONGEST`
BATCH = 50
PER_CONNECTION = 500  # messages; a fresh connection now and then is good manners
IDLE_SECONDS = 20.0  # a connection that nobody used for so long is closed
LONGEST_PAUSE = 300.0  # seconds, while the server cannot be reached
# It heard what it refuses, or at what it hangs up, and may take others: so many different ones go
# one after the other, and then one after each pause.
MOST_DOUBTS, LONGEST_DOUBT = 20, 30.0
PACE_AHEAD = 2.0  # seconds' worth of mail that a site with a rate sends at once
MOST_DOUBLINGS = 16  # of the pause: more than it ever takes

log = logging.getLogger("cop.mail")


class ServerGone(Exception):
    """The connection failed, or the server takes nothing from this site.

    Args:
        longest: seconds that the mailer waits at most before it tries again.
    """

    def __init__(self, reason: str, longest: float = LONGEST_PAUSE) -> None:
        super().__init__(reason)
        self.longest = longest


class Mailer:
    """Sends what is due, in an application context.

    Args:
        name: under which it claims; no two processes at a time may have the same.
        stop: set it to end after the message at hand.
        kind: send only deliveries of this kind.
    """

    def __init__(
        self, name: str, stop: threading.Event | None = None, kind: str | None = None
    ) -> None:
        self.name = name[:64]
        self.stop = stop or threading.Event()
        self.kind = kind
        self._server: smtplib.SMTP | None = None
        self._used_at = 0.0
        self._handed_over = 0  # over this connection
        self._failures = 0
        self._wait_until = 0.0
        self._claimed_at = 0.0
        self._begun: int | None = None  # noted as begun, and not begun yet
        self._heard = outcomes.Heard()

    # --- the loop

    def run(self) -> None:
        """Send until stopped."""
        while not self.stop.is_set():
            if not self.step():
                self._close_when_idle()
                self.stop.wait(0.5)
        self.close()

    def step(self) -> int:
        """Send one batch of what is due; how many left the queue."""
        settings: Settings = current_app.extensions["cop_mail"]
        now = clock.now()
        if settings.smtp is None:
            return self._compose_only(now)
        if time.monotonic() < self._wait_until:
            return 0
        with unit_of_work() as session:
            ids, start_at, spacing = self._claim(session, now, settings)
        if not ids:
            return 0
        ready, done = self._compose(ids, now)
        try:
            for number, (mail_id, message) in enumerate(ready):
                if self._wait_for_turn(start_at + spacing * number):
                    break
                following = [] if spacing else ready[number + 1 : number + 2]
                self._hand_over(settings.smtp, mail_id, message, following)
                done += 1
        except ServerGone as error:
            self._pause(str(error), error.longest)
        finally:
            self._put_back()
        return done

    def take_over(self) -> None:
        """Free what an earlier mailer of this name had claimed when it ended."""
        self._put_back()

    def close(self) -> None:
        if self._server is not None:
            connecting.hang_up(self._server)
            self._server = None

    # --- claiming

    def _claim(
        self, session: Session, now: datetime, settings: Settings
    ) -> tuple[list[int], datetime, timedelta]:
        """Ids of what this mailer sends now, when it may begin, and the time between two."""
        limit, spacing = BATCH, timedelta(0)
        pace: MailPace | None = None
        if settings.mail_per_minute:
            spacing = timedelta(minutes=1) / settings.mail_per_minute
            limit = max(1, min(BATCH, int(PACE_AHEAD / spacing.total_seconds())))
            pace = session.get(MailPace, 1, with_for_update=True)
            if pace is None:
                pace = MailPace(id=1, next_at=now)
                session.add(pace)
            if pace.next_at > now + timedelta(seconds=PACE_AHEAD):
                return [], now, spacing
        ids = list(
            session.scalars(
                select(OutgoingMail.id)
                .where(waiting(), OutgoingMail.try_at <= now, *self._of_kind())
                .where(or_(OutgoingMail.claimed_until.is_(None), OutgoingMail.claimed_until < now))
                .order_by(OutgoingMail.priority, OutgoingMail.try_at, OutgoingMail.id)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
        )
        start_at = now
        if ids:
            self._claimed_at = time.monotonic()
            session.execute(
                update(OutgoingMail)
                .where(OutgoingMail.id.in_(ids))
                .values(claimed_by=self.name, claimed_until=now + LEASE)
            )
        if pace is not None and ids:
            start_at = max(now, pace.next_at)
            pace.next_at = start_at + spacing * len(ids)
        return ids, start_at, spacing

    def _of_kind(self) -> list[ColumnElement[bool]]:
        return [OutgoingMail.kind == self.kind] if self.kind is not None else []

    @property
    def reachable(self) -> bool:
        """The server answered when it was last spoken to."""
        return self._failures == 0

    def _wait_for_turn(self, at: datetime) -> bool:
        """Wait until a message may go; whether the mailer was told to stop meanwhile."""
        return self.stop.wait(max(0.0, (at - clock.now()).total_seconds()))

    def _put_back(self) -> None:
        """What was claimed and did not go waits its turn again; nothing is held against it."""
        with unit_of_work() as session:
            session.execute(
                update(OutgoingMail)
                .where(OutgoingMail.claimed_by == self.name, waiting())
                .values(claimed_by=None, claimed_until=None)
            )
            if self._begun is not None:
                session.execute(
                    update(OutgoingMail)
                    .where(OutgoingMail.id == self._begun, OutgoingMail.claimed_by.is_(None))
                    .values(begun_at=None)
                )
                self._begun = None

    # --- composing

    def _compose(self, ids: Sequence[int], now: datetime) -> tuple[list[tuple[int, Message]], int]:
        """The messages of a batch, in order, their contents fixed; how many were not sent at all.

        One that cannot be composed does not keep the others: it is tried by itself, and later.
        """
        try:
            return self._compose_batch(ids, now)
        except Exception as error:
            if isinstance(error, OperationalError) and is_away(error):
                raise
            if len(ids) == 1:
                outcomes.note_fault(ids[0], error)
                return [], 0
        ready, gone = [], 0
        for mail_id in ids:
            alone, none = self._compose([mail_id], now)
            ready += alone
            gone += none
        return ready, gone

    def _compose_batch(
        self, ids: Sequence[int], now: datetime
    ) -> tuple[list[tuple[int, Message]], int]:
        """What may not be sent any more is removed. Rendering keeps no writer waiting."""
        with reading() as session:
            mails = list(session.scalars(select(OutgoingMail).where(OutgoingMail.id.in_(ids))))
            messages = {m.id: letters.message(m) for m in mails if m.kind is None}
            found, gone = kinds.drafts(session, [m for m in mails if m.kind is not None], now)
            fixed = kinds.kept_contents(
                session, {m.content_id for m in mails if m.content_id is not None}
            )
            fresh: dict[str, Content] = {}
            keys: dict[int, str] = {}
            for mail in mails:
                draft = found.get(mail.id)
                if draft is None:
                    continue
                key, content = fixed.get(mail.content_id or 0, ("", None))
                if mail.begun_at is None and key != draft.content_key:
                    content = None  # nothing of it is out: it says what is true now
                if content is None or not draft.still(content):
                    if draft.content_key not in fresh:
                        fresh[draft.content_key] = draft.content()
                    keys[mail.id] = draft.content_key
                    content = fresh[draft.content_key]
                messages[mail.id] = draft.addressed(content)
        self._fix(keys, fresh, gone, now)
        return [(id, messages[id]) for id in ids if id in messages], len(gone)

    def _fix(
        self, keys: dict[int, str], fresh: dict[str, Content], gone: list[int], now: datetime
    ) -> None:
        if not keys and not gone:
            return
        with unit_of_work() as session:
            ids = kinds.keep_contents(session, fresh, now) if fresh else {}
            if keys:
                session.connection().execute(
                    update(OutgoingMail)
                    .where(
                        OutgoingMail.id == bindparam("mail_id"),
                        OutgoingMail.claimed_by == self.name,
                    )
                    .values(content_id=bindparam("fixed_id")),
                    [{"mail_id": id, "fixed_id": ids[key]} for id, key in keys.items()],
                )
            if gone:
                session.execute(
                    delete(OutgoingMail).where(
                        OutgoingMail.id.in_(gone), OutgoingMail.claimed_by == self.name
                    )
                )

    def _compose_only(self, now: datetime) -> int:
        """Without a mail server: fix what each mail says, for the mailbox page."""
        with unit_of_work() as session:
            unmade = (
                select(OutgoingMail.id)
                .where(waiting(), OutgoingMail.try_at <= now, *self._of_kind())
                .where(OutgoingMail.kind.is_not(None), OutgoingMail.content_id.is_(None))
                .where(or_(OutgoingMail.claimed_until.is_(None), OutgoingMail.claimed_until < now))
                .order_by(OutgoingMail.id)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
            ids = list(session.scalars(unmade))
            if ids:
                session.execute(
                    update(OutgoingMail)
                    .where(OutgoingMail.id.in_(ids))
                    .values(claimed_by=self.name, claimed_until=now + LEASE)
                )
        if ids:
            self._compose(ids, now)
            self._put_back()
        return len(ids)

    # --- handing over

    def _hand_over(
        self,
        smtp: Smtp,
        mail_id: int,
        message: Message,
        following: Sequence[tuple[int, Message]],
    ) -> None:
        """Give one message to the server and store what became of it.

        Args:
            following: the one that goes at once after it, if there is one.

        Raises:
            ServerGone: the connection ended; the message at hand is tried again after others. Or
                the server takes nothing from this site.
        """
        if self._begun != mail_id:
            with unit_of_work() as session:
                if not self._begin(session, mail_id):
                    return
        try:
            wire = message.as_bytes()
        except ValueError as error:
            self._begun = None
            outcomes.note_fault(mail_id, error)
            return
        try:
            server = self._connected(smtp)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise ServerGone(type(error).__name__) from None
        self._begun = None
        try:
            refusal = connecting.transfer(server, message.envelope_from, message.recipient, wire)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            outcomes.lost(mail_id, type(error).__name__, clock.now())
            raise ServerGone(type(error).__name__, LONGEST_DOUBT) from None
        self._used_at = time.monotonic()
        self._handed_over += 1
        now = clock.now()
        with unit_of_work() as session:
            outcomes.store(session, mail_id, refusal, self._heard, self.name, now)
            if time.monotonic() - self._claimed_at > LEASE.total_seconds() / 3:
                self._claimed_at = time.monotonic()
                session.execute(  # the rest of the batch stays ours
                    update(OutgoingMail)
                    .where(OutgoingMail.claimed_by == self.name, waiting())
                    .values(claimed_until=now + LEASE)
                )
            begun = next((id for id, _next in following if self._begin(session, id)), None)
        self._begun = begun
        if refusal is not None and self._ends(refusal):
            self.close()  # it may let us in next time
            heard = refusal.unsure
            raise ServerGone(f"SMTP {refusal.shown}", LONGEST_DOUBT if heard else LONGEST_PAUSE)
        self._failures = 0

    def _ends(self, refusal: connecting.Refusal) -> bool:
        """The server closes the connection, or may refuse the next message as well."""
        return (
            refusal.code == connecting.CLOSING
            or refusal.of_site
            or (refusal.unsure and self._heard.doubts >= MOST_DOUBTS)
        )

    def _begin(self, session: Session, mail_id: int) -> bool:
        """Note that a message is on its way, if it is still ours; whether it is."""
        now = clock.now()
        noted = session.execute(
            update(OutgoingMail)
            .where(OutgoingMail.id == mail_id, OutgoingMail.claimed_by == self.name, waiting())
            .values(claimed_until=now + connecting.LONGEST, begun_at=now)
            .returning(OutgoingMail.id)
        )
        return noted.one_or_none() is not None

    def _connected(self, smtp: Smtp) -> smtplib.SMTP:
        if self._server is not None and self._handed_over >= PER_CONNECTION:
            self.close()
        if self._server is not None and self._server.sock is None:  # it ended after a refusal
            self._server = None
        if self._server is None:
            self._server = connecting.connect(smtp)
            self._handed_over = 0
        return self._server

    def _close_when_idle(self) -> None:
        if self._server is not None and time.monotonic() - self._used_at > IDLE_SECONDS:
            self.close()

    def _pause(self, reason: str, longest: float = LONGEST_PAUSE) -> None:
        """The server is not there for us: at once again the first time, then ever more seldom."""
        seconds = min(2.0 ** min(self._failures, MOST_DOUBLINGS) - 1, longest)
        self._failures += 1
        self._wait_until = time.monotonic() + seconds
        log.warning("the mail server is not there (%s); again in %d s", reason, seconds)
        outcomes.note_pause(self.name, reason)


def send_all(name: str = "once") -> int:
    """Send everything that is due now; how many left the queue. For commands and tests."""
    mailer = Mailer(name)
    mailer.take_over()
    done = 0
    try:
        while sent := mailer.step():
            done += sent
    finally:
        mailer.close()
    return done


def preview(session: Session, mail: OutgoingMail, now: datetime) -> Message | None:
    """The message as its recipient would get it now; None when it may not be sent any more."""
    if mail.kind is None:
        return letters.message(mail)
    found, _gone = kinds.drafts(session, [mail], now)
    draft = found.get(mail.id)
    if draft is None:
        return None
    fixed = kinds.kept_contents(session, {mail.content_id}) if mail.content_id else {}
    _key, content = fixed.get(mail.content_id or 0, ("", None))
    return draft.addressed(content if content and draft.still(content) else draft.content())
