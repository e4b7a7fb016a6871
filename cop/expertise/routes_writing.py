"""Addresses for keeping cards: one's own, and those of teams and the like."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask_login import login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from cop.expertise import cards, gaps, keeping, queries
from cop.expertise.forms import AlongForm, SettingsForm, SeveralForm, StartForm, TopicForm
from cop.expertise.models import Card, CardKind, CardLine
from cop.expertise.permissions import CARDS, LINES, CardPermission, LinePermission
from cop.expertise.routes import View, blueprint
from cop.members.current import actor
from cop.members.models import Theme
from cop.members.queries import own_organisations, theme_name, themes_by_group
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import choices, put_beside, put_stale
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import WRITING, limiter
from cop.platform.versions import Stale
from cop.textcheck.asking import AuthorAsked


def form_page(template: str, form: Any, **context: Any) -> View:
    page = render_template(f"expertise/{template}.html", form=form, **context)
    return page, 422 if form.is_submitted() else 200


def _anyway() -> bool:
    return "anyway" in request.form


def _url(card: Card) -> str:
    """Where whoever keeps it goes on."""
    own = card.kind == CardKind.PERSON
    return "/kenniskaart/mijn" if own else f"/kenniskaart/{card.id}/bewerken"


@blueprint.get("/kenniskaart/mijn")
@login_required
def mine() -> str:
    """One's own card, what could be added, and the cards that one keeps with others."""
    session = db.session()
    card = cards.own(session, actor())
    return render_template(
        "expertise/mine.html",
        page=queries.one(session, actor(), card.id) if card is not None else None,
        suggestions=queries.suggestions(session, actor(), card),
        others=queries.mine(session, actor()),
        asked=queries.mine(session, actor(), accepted=False),
    )


@blueprint.route("/kenniskaart/mijn/gegevens", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def settings() -> View:
    session, form, asked = db.session(), SettingsForm(), None
    changed: list[tuple[str, str]] = []
    if not form.is_submitted():
        form.show(cards.own(session, actor()))
    elif form.validate():
        try:
            card = cards.own_or_new(session, actor(), clock.now())
            version = form.version.data or None
            cards.change(session, actor(), card.id, form.wanted(), clock.now(), _anyway(), version)
            flash(_("Saved."), "success")
            return redirect("/kenniskaart/mijn")
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            changed = put_stale(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page(
        "settings", form, asked=asked, back="/kenniskaart/mijn", card=None, changed=changed
    )


@blueprint.route("/kenniskaart/mijn/onderwerp", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def add_own() -> View:
    """A topic on one's own card, which is made with the first."""
    return _add(None)


@blueprint.route("/kenniskaart/<int:card_id>/onderwerp", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def add(card_id: int) -> View:
    return _add(CARDS.get(db.session(), actor(), CardPermission.CHANGE, card_id))


def _add(card: Card | None) -> View:
    session, form, asked = db.session(), _topic_form(), None
    back = "/kenniskaart/mijn" if card is None else _url(card)
    if form.validate_on_submit():
        try:
            on = card or cards.own_or_new(session, actor(), clock.now())
            cards.add_line(session, actor(), on.id, form.wanted(), clock.now(), _anyway())
            flash(_("It stands on the card."), "success")
            return redirect(back)
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("topic", form, asked=asked, back=back, line=None)


def _topic_form(line: CardLine | None = None) -> TopicForm:
    form = TopicForm()
    there = _themes()
    own = str(line.theme_id or "") if line is not None else ""
    # Retired since: it stays until they choose another.
    if line is not None and own and own not in dict(there):
        named = select(theme_name()).where(Theme.id == line.theme_id)
        there.append((own, db.session().scalars(named).one()))
    form.theme.choices = choices([("", _("Choose a theme")), *there])
    return form


def _themes() -> list[tuple[str, str]]:
    return [pair for _group, pairs in themes_by_group(db.session()) for pair in pairs]


@blueprint.route("/kenniskaart/onderwerpen/<int:line_id>", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def change_topic(line_id: int) -> View:
    session, asked = db.session(), None
    changed: list[tuple[str, str]] = []
    line = LINES.get(session, actor(), LinePermission.CHANGE, line_id)
    form = _topic_form(line)
    back = _url(session.get_one(Card, line.card_id))
    if not form.is_submitted():
        form.show(line)
    elif form.validate():
        try:
            version = form.version.data or None
            cards.change_line(
                session, actor(), line_id, form.wanted(), clock.now(), _anyway(), version
            )
            flash(_("Saved."), "success")
            return redirect(back)
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            changed = put_stale(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("topic", form, asked=asked, back=back, line=line, changed=changed)


@blueprint.post("/kenniskaart/onderwerpen/<int:line_id>/weg")
@login_required
def remove_topic(line_id: int) -> Response:
    session = db.session()
    line = LINES.get(session, actor(), LinePermission.CHANGE, line_id)
    back = _url(session.get_one(Card, line.card_id))
    cards.remove_line(session, actor(), line_id)
    flash(_("It is off the card."), "success")
    return redirect(back)


@blueprint.post("/kenniskaart/voorstel/<slug>")
@login_required
def suggestion(slug: str) -> Response:
    """Yes adds the theme to one's own card, no lets it not come back."""
    session, now = db.session(), clock.now()
    found = gaps.themes_called(session, slug)
    if not found:
        raise NotFound
    if request.form.get("answer") == "yes":
        card = cards.own_or_new(session, actor(), now)
        line = cards.add_line(session, actor(), card.id, cards.Topic(theme_id=found[0]), now)
        flash(_("It stands on your card. Say in a sentence what people can ask you about."))
        return redirect(f"/kenniskaart/onderwerpen/{line.id}")
    cards.decline(session, actor(), found[0], now)
    flash(_("This suggestion does not come back."))
    return redirect("/kenniskaart/mijn")


@blueprint.post("/kenniskaart/<int:card_id>/vol")
@login_required
def full(card_id: int) -> Response:
    """The 'I'm full' switch."""
    card = cards.switch_full(db.session(), actor(), card_id, request.form.get("full") == "yes")
    if card.full:
        flash(_("No questions that go round come to you until you switch this back."), "success")
    else:
        flash(_("Questions can come again."), "success")
    return redirect(_url(card))


# --- of several


@blueprint.route("/kenniskaart/nieuw", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def start() -> View:
    session, form, asked = db.session(), StartForm(), None
    _offer_organisations(form)
    if not form.is_submitted():
        form.show(None)
    elif form.validate():
        try:
            card = cards.start(
                session, actor(), form.kind.data, form.wanted(), clock.now(), _anyway()
            )
            flash(_("The card is there. Others see it when a topic stands on it."), "success")
            return redirect(_url(card))
        except AuthorAsked as question:
            asked = question
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("start", form, asked=asked)


def _offer_organisations(form: SeveralForm) -> None:
    offered = own_organisations(db.session(), actor(), ())
    form.organisation.choices = choices([("", _("No institution")), *offered])


@blueprint.get("/kenniskaart/<int:card_id>/bewerken")
@login_required
def tend(card_id: int) -> View:
    """A card of several, for those who keep it."""
    page = queries.one(db.session(), actor(), card_id, CardPermission.CHANGE)
    if page.card.kind == CardKind.PERSON:
        return redirect("/kenniskaart/mijn")
    return render_template("expertise/tend.html", page=page, form=AlongForm())


@blueprint.route("/kenniskaart/<int:card_id>/gegevens", methods=["GET", "POST"])
@login_required
@limiter.limit(WRITING, methods=["POST"])
def details(card_id: int) -> View:
    session, asked = db.session(), None
    changed: list[tuple[str, str]] = []
    card = CARDS.get(session, actor(), CardPermission.CHANGE, card_id)
    if card.kind == CardKind.PERSON:
        return redirect("/kenniskaart/mijn/gegevens")
    form = SeveralForm()
    _offer_organisations(form)
    if not form.is_submitted():
        form.show(card)
    elif form.validate():
        try:
            version = form.version.data or None
            cards.change(session, actor(), card_id, form.wanted(), clock.now(), _anyway(), version)
            flash(_("Saved."), "success")
            return redirect(_url(card))
        except AuthorAsked as question:
            asked = question
        except Stale as stale:
            changed = put_stale(form, stale)
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("settings", form, asked=asked, back=_url(card), card=card, changed=changed)


@blueprint.post("/kenniskaart/<int:card_id>/samen")
@login_required
@limiter.limit(WRITING)
def ask_along(card_id: int) -> View:
    session, form = db.session(), AlongForm()
    page = queries.one(session, actor(), card_id, CardPermission.ASK_ALONG)
    if form.validate():
        try:
            keeping.ask_along(session, actor(), card_id, form.handle.data or "", clock.now())
            flash(_("Asked. They keep it along when they say yes."), "success")
            return redirect(_url(page.card))
        except Refused as refusal:
            put_beside(form, refusal)
    return form_page("tend", form, page=page)


@blueprint.post("/kenniskaart/<int:card_id>/uitnodiging")
@login_required
def answer_invitation(card_id: int) -> Response:
    accepts = request.form.get("answer") == "yes"
    keeping.answer_invitation(db.session(), actor(), card_id, accepts, clock.now())
    if accepts:
        flash(_("You keep this card along."), "success")
        return redirect(f"/kenniskaart/{card_id}/bewerken")
    flash(_("All right. Nobody is told."))
    return redirect("/kenniskaart/mijn")


@blueprint.route("/kenniskaart/<int:card_id>/stoppen", methods=["GET", "POST"])
@login_required
def stop(card_id: int) -> View:
    """Keep it no longer; the last one takes it along."""
    session = db.session()
    page = queries.one(session, actor(), card_id, CardPermission.CHANGE)
    if request.method == "POST":
        keeping.stop(session, actor(), card_id)
        flash(_("Done."), "success")
        return redirect("/kenniskaart/mijn")
    return render_template("expertise/stop.html", page=page, last=len(page.keepers) == 1)
