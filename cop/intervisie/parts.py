"""What intervisie adds to the page of a session: themes and the queue before, the case during."""

from typing import Any

from sqlalchemy.orm import Session

from cop.intervisie import queries, queue, undoing
from cop.intervisie.forms import OfferForm, ThemeForm
from cop.intervisie.models import OfferState
from cop.members.actor import Actor
from cop.platform.forms import choices
from cop.platform.i18n import gettext as _
from cop.sessions import kinds
from cop.sessions.kinds import Part
from cop.sessions.methods import SessionKind
from cop.sessions.models import GroupSession, SessionParticipant, SessionState
from cop.sessions.routes import ask_whose_words


def offer_form(
    session: Session, actor: Actor, its: GroupSession, mine: SessionParticipant, **given: Any
) -> OfferForm:
    """The form that offers a case, with those that the actor shared with this group.

    Who leads says whose it is, while somebody sits at the table without a screen.
    """
    form = OfferForm(**given)
    ask_whose_words(its, mine, form.brings)
    own = [(str(id), title) for id, title in queue.own_cases(session, actor, its.circle_id)]
    form.case.choices = choices([("", _("None; I tell it on the spot")), *own]) if own else []
    return form


def parts(
    session: Session, actor: Actor, its: GroupSession, mine: SessionParticipant
) -> list[Part]:
    """Three queries before and during, one afterwards; some more for who leads."""
    cases = queries.queue(session, actor, its.id)
    if its.state == SessionState.CLOSED:
        return [Part("intervisie/_closed.html", {"cases": cases})]
    asks = queries.asks(session, actor, its.id)
    themes = queries.proposals(session, actor, its.id)
    context = {
        "themes": themes,
        "cases": cases,
        "active": next((each for each in cases if each.state == OfferState.ACTIVE), None),
        "waiting": [each for each in cases if each.state == OfferState.OFFERED],
        "asked": next((ask for ask in asks if ask.waits), None),
        "undo": undoing.offered(session, its) if mine.leads else None,
        "passed": [ask for ask in asks if ask.passed],
        "theme_form": ThemeForm(formdata=None),
        "offer_form": offer_form(session, actor, its, mine, formdata=None),
    }
    if its.state == SessionState.RUNNING:
        return [Part("intervisie/_case.html", context), Part("intervisie/_queue.html", context)]
    return [Part("intervisie/_themes.html", context), Part("intervisie/_queue.html", context)]


kinds.register(SessionKind.INTERVISIE, parts)
