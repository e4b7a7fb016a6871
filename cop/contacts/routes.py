"""Addresses of contacts: asking, answering, talking, ending, blocking."""

from typing import Any, TypeAlias

from flask import Blueprint, flash, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.contacts import asking, blocking, conversations, queries
from cop.contacts.forms import AskForm, SayForm
from cop.contacts.models import Message
from cop.contacts.permissions import CONVERSATIONS, ConversationPermission
from cop.members import profiles
from cop.members.blocks import blocked_people
from cop.members.current import actor
from cop.members.models import Persona
from cop.moderation.sending import Reported, report_page
from cop.notifications.operations import mark_subject_read
from cop.platform import clock
from cop.platform.db import db, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import WRITING, limiter
from cop.platform.web import whole
from cop.textcheck.asking import AuthorAsked

blueprint = Blueprint("contacts", __name__)

View: TypeAlias = str | Response | tuple[str, int]
TOLD_OF = ("contacts.message", "contacts.accepted")


def _page(template: str, form: Any, **context: Any) -> View:
    page = render_template(f"contacts/{template}.html", form=form, **context)
    return page, 422 if form is not None and form.is_submitted() else 200


@blueprint.get("/contact")
@login_required
def index() -> str:
    session, after = db.session(), whole("na")
    talks, more = queries.conversations(session, actor(), after)
    return render_template(
        "contacts/index.html",
        to_me=queries.to_me(session, actor()),
        of_me=queries.of_me(session, actor(), clock.now()),
        conversations=talks,
        first_url="/contact#gesprekken" if after is not None else None,
        more_url=f"/contact?na={more}#gesprekken" if more is not None else None,
        blocked=blocked_people(session, actor()),
    )


@blueprint.route("/contact/vragen/<handle>", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def ask(handle: str) -> View:
    """Somebody, under the name that the actor has where that one is used."""
    session, form, asked = db.session(), AskForm(), None
    found = profiles.profile(session, actor(), handle)
    if found.mine or found.left:
        raise NotFound
    try:
        to = blocking.someone(session, actor(), handle)
    except Refused:
        raise NotFound from None  # a pseudonym of their own
    from_id = asking.name_towards(session, actor(), to)
    if form.validate_on_submit():
        try:
            came = asking.ask(
                session,
                actor(),
                to.id,
                form.words.data or "",
                clock.now(),
                from_id=from_id,
                anyway="anyway" in request.form,
            )
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
        else:
            if came.conversation_id is not None:
                return redirect(f"/contact/gesprekken/{came.conversation_id}")
            flash(_("Asked. You hear it when they accept."), "success")
            return redirect("/contact")
    as_name = session.get_one(Persona, from_id).name if from_id is not None else ""
    return _page("ask", form, person=found.person, asked=asked, as_name=as_name)


@blueprint.post("/contact/verzoeken/<int:request_id>")
@login_required
def answer(request_id: int) -> Response:
    accepts = request.form.get("answer") == "yes"
    opened = asking.answer(db.session(), actor(), request_id, accepts, clock.now())
    if opened is None:
        flash(_("You said no. They get no message of it."))
        return redirect("/contact")
    flash(_("You can write to each other now."), "success")
    return redirect(f"/contact/gesprekken/{opened}")


@blueprint.post("/contact/verzoeken/<int:request_id>/intrekken")
@login_required
def withdraw(request_id: int) -> Response:
    asking.withdraw(db.session(), actor(), request_id, clock.now())
    flash(_("Taken back."), "success")
    return redirect("/contact")


@blueprint.route("/contact/gesprekken/<int:conversation_id>", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def conversation(conversation_id: int) -> View:
    session, form, asked = db.session(), SayForm(), None
    url = f"/contact/gesprekken/{conversation_id}"
    page = queries.page(session, actor(), conversation_id, whole("voor"))
    if form.is_submitted() and not page.ended and form.validate():
        try:
            conversations.say(
                session,
                actor(),
                conversation_id,
                form.text.data or "",
                clock.now(),
                "anyway" in request.form,
            )
            return redirect(f"{url}#onderaan")
        except AuthorAsked as question:
            asked = question
        except NotFound:  # it ended just now
            page = queries.page(session, actor(), conversation_id)
        except Refused as refusal:
            put_beside(form, refusal)
    elif request.method == "GET" and page.said:
        _note_read(conversation_id, page.said[-1].id)
    return _page(
        "conversation",
        form,
        page=page,
        url=url,
        asked=asked,
        older_url=f"{url}?voor={page.older}" if page.older else None,
    )


def _note_read(conversation_id: int, message_id: int) -> None:
    """What was just shown rings no more."""
    with unit_of_work() as session:
        conversations.mark_read(session, actor(), conversation_id, message_id)
        mark_subject_read(session, actor(), TOLD_OF, [conversation_id], clock.now())


@blueprint.route("/contact/gesprekken/<int:conversation_id>/stoppen", methods=["GET", "POST"])
@login_required
def end(conversation_id: int) -> View:
    session = db.session()
    page = queries.page(session, actor(), conversation_id)
    if page.ended:
        raise NotFound
    if request.method == "POST":
        conversations.end(session, actor(), conversation_id, clock.now())
        flash(_("The conversation has ended."), "success")
        return redirect("/contact")
    return render_template("contacts/end.html", page=page)


@blueprint.route("/contact/berichten/<int:message_id>/melden", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def report(message_id: int) -> View:
    """To the moderators: the words that the reporter encloses, and no more."""
    session = db.session()
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound
    CONVERSATIONS.get(session, actor(), ConversationPermission.READ, message.conversation_id)
    return report_page(
        Reported(
            f"message:{message_id}",
            session.get_one(Persona, message.persona_id).member_id,
            message.text,
            f"/contact/gesprekken/{message.conversation_id}#bericht-{message_id}",
        )
    )


@blueprint.route("/contact/blokkeren/<handle>", methods=["GET", "POST"])
@login_required
def block(handle: str) -> View:
    session, talk = db.session(), whole("gesprek")
    found = profiles.profile(session, actor(), handle)
    if request.method == "POST":
        blocking.block(session, actor(), handle, clock.now(), conversation_id=talk)
        flash(_("They cannot reach you any more. They are not told."), "success")
        return redirect("/contact#geblokkeerd")
    if found.mine:
        raise NotFound
    return render_template("contacts/block.html", person=found.person, talk=talk)


@blueprint.post("/contact/blokkades/<handle>/weg")
@login_required
def unblock(handle: str) -> Response:
    blocking.unblock(db.session(), actor(), handle)
    flash(_("They can reach you again."), "success")
    return redirect("/contact#geblokkeerd")
