"""The page on which a member sends something to the moderators, for every room that has words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.members.current import actor
from cop.moderation import operations, queries
from cop.moderation.forms import ReportForm
from cop.moderation.passages import without_place
from cop.platform import clock
from cop.platform.blank import trimmed
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import choices, put_beside
from cop.platform.storage import StoredFile
from cop.platform.web import settings
from cop.textcheck.asking import AuthorAsked

Page: TypeAlias = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Reported:
    """What is reported: words that the actor may read, as the room that keeps them found it.

    Attributes:
        subject, version, concerned_id, words: as `operations.report` takes them.
        back: where the actor read it.
        earlier: what it said before, as `operations.report` takes it.
        files: what hangs on it; the reporter chooses which of them the moderators get.
    """

    subject: str
    concerned_id: int | None
    words: str
    back: str
    version: int = 1
    earlier: Sequence[str] = ()
    files: Sequence[StoredFile] = ()


def report_page(about: Reported) -> Page:
    """The form, or what follows when it was sent; for the address of the request.

    Raises:
        NotFound: it is the actor's own.
    """
    session, who = db.session(), actor()
    if about.concerned_id is not None and about.concerned_id == who.member_id:
        raise NotFound
    made = queries.reported_by(session, who, about.subject, about.version)
    if made is not None and request.method == "GET":
        return redirect(url_for("moderation.answer", report_id=made))
    host, form = urlsplit(settings().base_url).netloc, ReportForm()
    asked: AuthorAsked | None = None
    form.files.choices = choices((file.id, file.name) for file in about.files)
    if not form.is_submitted():
        form.passage.data = without_place(about.words, host)
        form.files.data = [file.id for file in about.files]
    elif form.validate():
        try:
            sent = operations.report(
                session,
                who,
                subject=about.subject,
                version=about.version,
                concerned_id=about.concerned_id,
                whole=about.words,
                passage=form.passage.data or "",
                reason=form.reason.data,
                note=form.note.data or "",
                urgent=form.urgent.data,
                host=host,
                now=clock.now(),
                needs_passage=bool(trimmed(about.words)),
                earlier=about.earlier,
                enclosed=[file for file in about.files if file.id in (form.files.data or ())],
                anyway="anyway" in request.form,
            )
            return redirect(url_for("moderation.reported", report_id=sent.id))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    page = render_template(
        "moderation/send.html",
        form=form,
        asked=asked,
        address=request.path,
        back=about.back,
        has_words=bool(trimmed(about.words)),
    )
    return page, 422 if form.is_submitted() else 200
