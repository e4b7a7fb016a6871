"""Every message by itself, for those who want a list so.

An event stores one delivery per member who wanted it so when it was written, in one statement.
When its turn has come it is asked again whether the member may read the post and still wants mail
of the list: from now on in a digest changes nothing about what is on its way. Of a private list
only the news that there is something to read goes out: no name, no title, nothing that tells which
list.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from sqlalchemy import String, cast, exists, insert, literal, select
from sqlalchemy.orm import Session, aliased

from cop.discussions.events import DiscussionStarted, PostAdded
from cop.discussions.mailing import wording
from cop.discussions.mailing.choices import by_mail, each_message
from cop.discussions.mailing.threads import message_id, references
from cop.discussions.models import (
    Attachment,
    Attention,
    Discussion,
    DiscussionAttention,
    DiscussionList,
    Post,
)
from cop.discussions.permissions import answering_members
from cop.discussions.poll_models import ChoicePoll
from cop.members import mail_links
from cop.members.deliverability import mailable
from cop.members.mail_links import MailAbout
from cop.members.models import Member, Persona
from cop.members.site import name_of
from cop.platform import i18n
from cop.platform.i18n import gettext as _
from cop.platform.mail import letters, listed
from cop.platform.mail.addresses import ListCommand, addresses
from cop.platform.mail.composing import absolute, wrapped
from cop.platform.mail.kinds import Draft, composes
from cop.platform.mail.message import Content, Message, slot
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import on
from cop.platform.storage import StoredFile
from cop.platform.web import settings
from cop.spaces.circles import Circle, Visibility, reading_members

KIND = "discussions.post"
PRIORITY = 10

_Writer: Any = aliased(Persona)


@on(DiscussionStarted)
def mail_opening(session: Session, event: DiscussionStarted, now: datetime) -> None:
    send_post(session, event.post_id, now)


@on(PostAdded)
def mail_answer(session: Session, event: PostAdded, now: datetime) -> None:
    send_post(session, event.post_id, now)


def send_post(session: Session, post_id: int, now: datetime) -> None:
    """Store a delivery for each member who wants it; a second call adds nothing."""
    post = session.get(Post, post_id)
    if post is None:
        return
    list_id, circle_id = session.execute(
        select(DiscussionList.id, DiscussionList.circle_id)
        .join(Discussion, Discussion.list_id == DiscussionList.id)
        .where(Discussion.id == post.discussion_id)
    ).one()
    key = literal(f"post:{post_id}:") + cast(Member.id, String)
    rows = select(
        key,
        literal(KIND),
        literal({"post": post_id}, OutgoingMail.about.type),
        Member.id,
        literal(PRIORITY),
        literal(message_id(post_id)),
        literal(""),
        literal(i18n.DEFAULT_LANGUAGE),
        literal(now, OutgoingMail.created_at.type),
        literal(now, OutgoingMail.try_at.type),
        literal(0),
    ).where(
        each_message(
            literal(list_id), literal(circle_id), literal(post.created_at, Post.created_at.type)
        ),
        *_may_get(post_id, literal(circle_id)),
        ~exists().where(OutgoingMail.key == key),
    )
    columns = (
        "key",
        "kind",
        "about",
        "member_id",
        "priority",
        "message_id",
        "sender_name",
        "language",
        "created_at",
        "try_at",
        "attempts",
    )
    session.execute(insert(OutgoingMail).from_select(columns, rows, include_defaults=False))


def _may_get(post_id: Any, circle_id: Any) -> tuple[Any, ...]:
    """The conditions on `Member` under which a post goes to them at all."""
    writer, written, muted = aliased(Persona), aliased(Post), aliased(DiscussionAttention)
    return (
        reading_members(circle_id),
        mailable(),
        ~exists().where(
            written.id == post_id, writer.id == written.author_id, writer.member_id == Member.id
        ),
        ~exists().where(
            written.id == post_id,
            muted.discussion_id == written.discussion_id,
            muted.member_id == Member.id,
            muted.attention == Attention.MUTE,
        ),
    )


# --- composing

_POST = (
    Post.id,
    Post.discussion_id,
    Post.number,
    Post.version,
    Post.html,
    Post.content_note,
    Post.created_at,
    Post.in_reply_to_id,
    Discussion.title,
    Discussion.closed_at,
    Discussion.content_note.label("discussion_note"),
    exists()
    .where(ChoicePoll.discussion_id == Discussion.id, ChoicePoll.closed_at.is_(None))
    .label("poll_open"),
    DiscussionList.id.label("list_id"),
    DiscussionList.short_name,
    DiscussionList.name.label("list_name"),
    Circle.visibility,
    _Writer.name.label("writer"),
)


@composes(KIND)
def compose(session: Session, mails: Sequence[OutgoingMail], now: datetime) -> dict[int, Draft]:
    """Drafts of those that may still be sent, in a fixed number of queries."""
    post_ids = {mail.about["post"] for mail in mails if mail.about}
    posts = {row.id: row for row in _standing(session, post_ids)}
    allowed = {
        (row.post_id, row.member_id): row
        for row in session.execute(
            select(
                Post.id.label("post_id"),
                Member.id.label("member_id"),
                Member.email,
                Member.language,
                Member.time_zone,
                Member.site_role,
                answering_members().label("may_answer"),
            )
            .select_from(Post)
            .join(Discussion, Discussion.id == Post.discussion_id)
            .join(DiscussionList, DiscussionList.id == Discussion.list_id)
            .join(Member, Member.id.in_({mail.member_id for mail in mails}))
            .where(
                Post.id.in_(posts.keys()),
                by_mail(DiscussionList.id, DiscussionList.circle_id),
                *_may_get(Post.id, DiscussionList.circle_id),
            )
        )
    }
    files, threads = _files(session, posts), references(session, posts)
    site = name_of(session)
    found = {}
    for mail in mails:
        row = allowed.get((mail.about["post"] if mail.about else 0, mail.member_id))
        if row is None:
            continue
        post = posts[row.post_id]
        language = row.language if row.language in i18n.LANGUAGES else i18n.DEFAULT_LANGUAGE
        if post.visibility == Visibility.PRIVATE:
            found[mail.id] = _notice(mail, post, row, language, site)
        else:
            found[mail.id] = _draft(
                mail, post, row, language, site, files.get(post.id, []), threads[post.id]
            )
    return found


def _standing(session: Session, post_ids: set[int]) -> Sequence[Any]:
    return session.execute(
        select(*_POST)
        .join(Discussion, Discussion.id == Post.discussion_id)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .join(Circle, Circle.id == DiscussionList.circle_id)
        .join(_Writer, _Writer.id == Post.author_id)
        .where(
            Post.id.in_(post_ids),
            Post.deleted_at.is_(None),
            Post.hidden_at.is_(None),
            Discussion.deleted_at.is_(None),
        )
    ).all()


def _files(session: Session, posts: dict[int, Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in session.execute(
        select(Attachment.post_id, StoredFile.key, StoredFile.name, StoredFile.size)
        .join(StoredFile, StoredFile.id == Attachment.file_id)
        .where(Attachment.post_id.in_(posts.keys()))
        .order_by(Attachment.post_id, StoredFile.id)
    ):
        found.setdefault(row.post_id, []).append(row)
    return found


def _draft(
    mail: OutgoingMail,
    post: Any,
    member: Any,
    language: str,
    site: str,
    files: list[Any],
    thread: list[int],
) -> Draft:
    said = (post.id, post.version, post.number, post.title, post.writer, post.list_name)
    said += (post.content_note, post.discussion_note, post.poll_open, *(file.key for file in files))
    answers = settings().mail_comes_in and member.may_answer and post.closed_at is None
    return Draft(
        content_key=letters.content_key("post", language, answers, site, *said),
        content=lambda: _content(post, files, language, site, answers),
        addressed=partial(_addressed, mail, post, member, language, thread),
    )


def _content(post: Any, files: list[Any], language: str, site: str, answers: bool) -> Content:
    """The words of one post, for all who get it in a language and can answer it by mail, or not."""
    title, list_name = wording.clean(post.title), wording.clean(post.list_name)
    # No times in it: it is the same for every time zone.
    with i18n.speaking(language, i18n.DEFAULT_ZONE):
        of_discussion = post.discussion_note if post.number == 1 else ""
        note = wording.clean(post.content_note or of_discussion)
        values = {
            "language": language,
            "title": title,
            "writer": wording.clean(post.writer),
            "list_name": list_name,
            "list_url": absolute(f"/gesprekken/{post.short_name}"),
            "url": absolute(f"/lees/bericht/{post.id}"),
            "note": note,
            "body": "" if note else wording.as_html(post.html),
            "files": [
                (
                    file.name,
                    absolute(f"/lees/bestand/{file.key}/{quote(file.name)}"),
                    wording.size(file.size),
                )
                for file in files
            ],
            "by_mail": answers,
            "choices_url": slot("choices"),
            "stop_url": slot("stop"),
            "mute_url": slot("mute"),
            "site": site,
            "is_opening": post.number == 1,
            "poll_url": absolute(f"/discussies/{post.discussion_id}#peiling")
            if post.poll_open
            else "",
        }
        html = listed.template("mail/post.html").render(values)
        text = listed.template("mail/post.txt").render(
            values | {"body": "" if note else wording.as_text(post.html), "wrapped": wrapped}
        )
    subject = f"[{list_name}] {title}"
    return Content(
        subject=subject if post.number == 1 else f"Re: {subject}",
        text=text,
        html=html,
        covers=(post.id,),
    )


def _links(member_id: int, post: Any) -> dict[str, str]:
    token = mail_links.token(member_id, MailAbout.LIST, post.list_id)
    muting = mail_links.token(member_id, MailAbout.DISCUSSION, post.discussion_id)
    return {
        "choices": absolute(f"/mail/keuzes/{token}"),
        "stop": absolute(f"/mail/afmelden/{token}"),
        "mute": absolute(f"/mail/afmelden/{muting}"),
    }


def _addressed(
    mail: OutgoingMail, post: Any, member: Any, language: str, thread: list[int], content: Content
) -> Message:
    chosen, ours, links = settings(), addresses(), _links(member.member_id, post)
    list_url = absolute(f"/gesprekken/{post.short_name}")
    headers: dict[str, str] = {}
    if thread:
        headers["In-Reply-To"] = message_id(thread[-1])
        headers["References"] = " ".join(message_id(id) for id in thread)
    help_url, choices_url = absolute("/mail/uitleg"), absolute(f"/ik/mail#lijst-{post.short_name}")
    if chosen.mail_comes_in:
        headers["Reply-To"] = f"<{ours.to_discussion(member.member_id, post.discussion_id)}>"
        posting = f"<mailto:{ours.of_list(post.short_name)}>"
        helping = f"<mailto:{ours.of_list(post.short_name, ListCommand.HELP)}>, <{help_url}>"
        subscribing = (
            f"<mailto:{ours.of_list(post.short_name, ListCommand.SUBSCRIBE)}>, <{choices_url}>"
        )
        unsubscribing = ours.of_list(post.short_name, ListCommand.UNSUBSCRIBE)
        sender = ours.of_list(post.short_name)
    else:
        posting, helping, subscribing = f"<{list_url}/nieuw>", f"<{help_url}>", f"<{choices_url}>"
        unsubscribing, sender = "", chosen.mail_from
    headers |= listed.headers(
        list_id=listed.list_id(chosen, post.short_name, wording.clean(post.list_name)),
        unsubscribe_url=links["stop"],
        unsubscribe_mail=unsubscribing,
        post=posting,
        help=helping,
        archive=f"<{list_url}>",
        subscribe=subscribing,
    )
    with i18n.speaking(language, i18n.DEFAULT_ZONE):
        name = _(
            "%(name)s via %(list)s",
            name=wording.clean(post.writer),
            list=wording.clean(post.list_name),
        )
    return Message(
        recipient=member.email,
        sender=(name, sender),
        envelope_from=letters.envelope_from(chosen, member.email, mail.id, member.member_id),
        message_id=mail.message_id or message_id(post.id),
        date=post.created_at,
        language=language,
        content=content,
        headers=headers,
        slots=links.__getitem__,
    )


# --- private lists


def _notice(mail: OutgoingMail, post: Any, member: Any, language: str, site: str) -> Draft:
    """Only that there is something; for every private list the same words."""
    return Draft(
        content_key=letters.content_key("private", language, site),
        content=lambda: _notice_content(language, site),
        addressed=partial(_notice_addressed, mail, post, member, language, site),
    )


def _notice_content(language: str, site: str) -> Content:
    with i18n.speaking(language, i18n.DEFAULT_ZONE):
        values = {
            "language": language,
            "site": site,
            "url": slot("read"),
            "choices_url": slot("choices"),
            "stop_url": slot("stop"),
        }
        return Content(
            subject=_("There is something to read"),
            text=listed.template("mail/private.txt").render(values | {"wrapped": wrapped}),
            html=listed.template("mail/private.html").render(values),
        )


def _notice_addressed(
    mail: OutgoingMail, post: Any, member: Any, language: str, site: str, content: Content
) -> Message:
    chosen, links = settings(), _links(member.member_id, post)
    # Nothing that says which list or thread it is; yet of two lists each is stopped by itself.
    which = letters.secret_mark(f"notices:{member.member_id}:{post.list_id}")[:16]
    return Message(
        recipient=member.email,
        sender=(site, chosen.mail_from),
        envelope_from=letters.envelope_from(chosen, member.email, mail.id, member.member_id),
        message_id=letters.new_message_id(chosen, f"notice-{letters.secret_mark(mail.key)}"),
        date=mail.created_at,
        language=language,
        content=content,
        headers=listed.headers(
            list_id=listed.list_id(chosen, f"notices-{which}"),
            unsubscribe_url=links["stop"],
            help=f"<{absolute('/mail/uitleg')}>",
        ),
        slots=(links | {"read": absolute(f"/lees/bericht/{post.id}")}).__getitem__,
    )
