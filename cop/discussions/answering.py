"""The page of a discussion together with its answer form, for the views that show it."""

import secrets
from collections.abc import Sequence

from cop.discussions import attending, drafts, on_page, pages, queries
from cop.discussions.forms import AnswerForm
from cop.discussions.pages import DiscussionPage
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db, unit_of_work
from cop.platform.storage import StoredFile
from cop.platform.web import whole

MOST_QUOTED = 3000  # characters of a post that an answer takes over


def read_page(discussion_id: int, wanted: int) -> DiscussionPage:
    """The page with post number `wanted`; what it shows counts as read from now on.

    Raises:
        NotFound
    """
    now = clock.now()
    page = pages.discussion_page(db.session(), actor(), discussion_id, wanted, now)
    note_seen(page.head, page.seen, [post.id for post in page.posts])
    return page


def note_seen(head: queries.DiscussionHead, number: int, post_ids: Sequence[int] = ()) -> None:
    """The member has now seen posts up to this number: written only when that is news."""
    if actor().is_member and number > (head.read_number or 0):
        with unit_of_work() as own:
            attending.note_read(
                own,
                actor(),
                discussion_id=head.id,
                number=number,
                post_ids=post_ids,
                now=clock.now(),
            )


def answer_form(page: DiscussionPage) -> AnswerForm:
    """A fresh form with what the member was writing, or with the post that they quote."""
    session = db.session()
    kept = drafts.read(page.head.draft) if page.head.draft else {}
    form = AnswerForm(
        formdata=None,
        text=kept.get("text", ""),
        content_note=kept.get("content_note", ""),
        in_reply_to=kept.get("in_reply_to", ""),
        client_id=new_client_id(),
    )
    form.kept_files = kept_files(kept)
    quoted = whole("citeer")
    if quoted is not None:
        found = on_page.post_to_quote(session, actor(), page.head.id, quoted)
        if found is not None:
            form.text.data = _with_quote(form.text.data, quoted, *found)
    reply_to = quoted or whole("antwoord")
    if reply_to is not None:
        form.in_reply_to.data = str(reply_to)
    form.reply_name = next((p.author.name for p in page.posts if p.id == form.reply_id), "")
    return form


def kept_files(kept: dict[str, list[str]]) -> list[StoredFile]:
    return drafts.files(db.session(), kept.get("files", []))


def new_client_id() -> str:
    """Goes with a form, so that sending it twice posts it once."""
    return secrets.token_urlsafe(12)


def _with_quote(text: str, post_id: int, name: str, source: str) -> str:
    """The text with a quotation of a post below it, unless it quotes that post already."""
    link = f"](/berichten/{post_id})"
    if link in text:
        return text
    own = [line for line in source.splitlines() if not line.startswith(">")]
    words = "\n".join(own).strip()
    if len(words) > MOST_QUOTED:
        words = words[:MOST_QUOTED].rsplit(" ", 1)[0] + " …"
    quoted = "\n".join(f"> {line}".rstrip() for line in words.splitlines())
    name = name.replace("[", "").replace("]", "")
    before = f"{text.rstrip()}\n\n" if text.strip() else ""
    return f"{before}> [{name}{link}:\n>\n{quoted}\n\n"
